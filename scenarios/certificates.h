/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Who gives a run's endpoints their certificates: the maker of the devices for them and for the
 * gateway, an authority of their own for attackers.
 */
#ifndef NBSEC_SCENARIOS_CERTIFICATES_H
#define NBSEC_SCENARIOS_CERTIFICATES_H

#include "models/dtls/authority.h"
#include "scenarios/scenario.h"

/** All NULL in a run without a fleet that has certificates. */
struct nbsi_certificates {
	struct nbs_dtls_authority *maker;      /* whom devices and gateway believe */
	struct nbs_dtls_credentials *gateway;  /* of its service, which wants the clients' */
	struct nbs_dtls_credentials *attacker; /* by an authority that nobody believes */
};

/** Zero-initialised before; whatever it returns, nbsi_certificates_fini() follows. */
enum nbs_status nbsi_certificates_init(struct nbsi_certificates *certificates,
				       struct nbs_engine *engine,
				       const struct nbs_scenario *scenario);

/** After all endpoints, before the engine. */
void nbsi_certificates_fini(struct nbsi_certificates *certificates);

/** A device's, freed by the caller after its station. */
enum nbs_status nbsi_certificates_issue(const struct nbsi_certificates *certificates,
					const char *identity,
					struct nbs_dtls_credentials **credentials);

#endif
