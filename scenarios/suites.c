/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cipher suites of fleets (RFC 7925 4.2, 4.4: CCM_8 is what devices with either must have). */
#include "scenarios/suites.h"

#include <string.h>

/* What a kind is called, and its suites by their beginning and the usual one. */
static const struct {
	const char *name, *prefix, *usual;
} kinds[] = {
    [NBS_SEC_NONE] = {"none", "", "psk-aes128-ccm8"},
    [NBS_SEC_DTLS_PSK] = {"dtls-psk", "psk-", "psk-aes128-ccm8"},
    [NBS_SEC_DTLS_PSK_CID] = {"dtls-psk-cid", "psk-", "psk-aes128-ccm8"},
    [NBS_SEC_DTLS_ECDHE_PSK] = {"dtls-ecdhe-psk", "ecdhe-psk-", "ecdhe-psk-aes128-cbc-sha256"},
    [NBS_SEC_DTLS_ECDHE_ECDSA] = {"dtls-ecdhe-ecdsa", "ecdhe-ecdsa-", "ecdhe-ecdsa-aes128-ccm8"},
};

const char *
nbsi_security_name(enum nbs_security security)
{
	return (size_t)security < sizeof(kinds) / sizeof(kinds[0]) ? kinds[security].name : NULL;
}

const char *
nbsi_suite_prefix(enum nbs_security security)
{
	return kinds[security].prefix;
}

const struct nbs_dtls_suite *
nbsi_fleet_suite(const struct nbs_fleet_config *fleet)
{
	const struct nbs_dtls_suite *suite = NULL;

	if (fleet->dtls.suite > 0)
		suite = nbs_dtls_suite_at(fleet->dtls.suite - 1);
	return suite != NULL ? suite : nbs_dtls_suite_find(kinds[fleet->security].usual);
}

size_t
nbsi_fleet_suites(const struct nbs_fleet_config *fleet, uint16_t *numbers)
{
	const struct nbs_dtls_suite *first = nbsi_fleet_suite(fleet), *suite;
	size_t count = 0;

	numbers[count++] = first->number;
	for (size_t i = 0; fleet->dtls.offers_all && (suite = nbs_dtls_suite_at(i)) != NULL; i++) {
		const char *prefix = kinds[fleet->security].prefix;
		bool alike = strncmp(suite->name, prefix, strlen(prefix)) == 0;

		if (suite != first && alike && count < NBS_DTLS_SUITES_MAX)
			numbers[count++] = suite->number;
	}
	return count;
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
