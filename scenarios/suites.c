/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cipher suites of fleets (RFC 7925 4.2: CCM_8 is the one that PSK devices must have). */
#include "scenarios/suites.h"

const struct nbs_dtls_suite *
nbsi_fleet_suite(const struct nbs_fleet_config *fleet)
{
	const struct nbs_dtls_suite *suite = NULL;

	if (fleet->dtls.suite > 0)
		suite = nbs_dtls_suite_at(fleet->dtls.suite - 1);
	if (suite == NULL && fleet->security == NBS_SEC_DTLS_ECDHE_PSK)
		suite = nbs_dtls_suite_find("ecdhe-psk-aes128-cbc-sha256");
	return suite != NULL ? suite : nbs_dtls_suite_at(0);
}

static bool
is_offered(const struct nbs_scenario *scenario, const struct nbs_dtls_suite *suite)
{
	for (size_t i = 0; i < scenario->fleet_count; i++) {
		const struct nbs_fleet_config *fleet = &scenario->fleets[i];

		if (fleet->security != NBS_SEC_NONE && nbsi_fleet_suite(fleet) == suite)
			return true;
	}
	return false;
}

size_t
nbsi_scenario_suites(const struct nbs_scenario *scenario, uint16_t *numbers)
{
	const struct nbs_dtls_suite *suite;
	size_t count = 0;

	for (size_t i = 0; (suite = nbs_dtls_suite_at(i)) != NULL; i++) {
		if (count < NBS_DTLS_SUITES_MAX && is_offered(scenario, suite))
			numbers[count++] = suite->number;
	}
	return count;
}
