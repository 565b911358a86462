/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates of a run (RFC 7925 4.4): mutual authentication, a device's name is its identity. */
#include "scenarios/certificates.h"

/* Common names; they are the prefixes of random streams as well. */
#define MAKER "device-ca"
#define STRANGER "attacker-ca"
#define GATEWAY "gateway"

static bool
is_needed(const struct nbs_scenario *scenario)
{
	size_t i;

	for (i = 0; i < scenario->fleet_count; i++)
		if (scenario->fleets[i].security == NBS_SEC_DTLS_ECDHE_ECDSA)
			return true;
	return false;
}

/* An attacker can make itself any certificate: by an authority of its own, under any name. */
static enum nbs_status
issue_attacker(struct nbsi_certificates *certificates, struct nbs_engine *engine)
{
	const struct nbs_dtls_issue what = {.name = "attacker", .trust = certificates->maker};
	struct nbs_dtls_authority *stranger = NULL;
	enum nbs_status status = nbs_dtls_authority_new(engine, STRANGER, &stranger);

	if (status == NBS_OK)
		status = nbs_dtls_authority_issue(stranger, &what, &certificates->attacker);
	nbs_dtls_authority_free(stranger);
	return status;
}

enum nbs_status
nbsi_certificates_init(struct nbsi_certificates *certificates, struct nbs_engine *engine,
		       const struct nbs_scenario *scenario)
{
	const struct nbs_dtls_issue gateway = {.name = GATEWAY, .require_client = true};
	enum nbs_status status;

	if (!is_needed(scenario))
		return NBS_OK;
	status = nbs_dtls_authority_new(engine, MAKER, &certificates->maker);
	if (status == NBS_OK)
		status =
		    nbs_dtls_authority_issue(certificates->maker, &gateway, &certificates->gateway);
	return status == NBS_OK ? issue_attacker(certificates, engine) : status;
}

void
nbsi_certificates_fini(struct nbsi_certificates *certificates)
{
	nbs_dtls_credentials_free(certificates->gateway);
	nbs_dtls_credentials_free(certificates->attacker);
	nbs_dtls_authority_free(certificates->maker);
}

enum nbs_status
nbsi_certificates_issue(const struct nbsi_certificates *certificates, const char *identity,
			struct nbs_dtls_credentials **credentials)
{
	const struct nbs_dtls_issue what = {.name = identity, .server_name = GATEWAY};

	return nbs_dtls_authority_issue(certificates->maker, &what, credentials);
}
