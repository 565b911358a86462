/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A certification authority that gives simulated endpoints their certificates (RFC 5280 4.1).
 *
 * Models: an X.509 authority on P-256 that issues leaves with a common name, as a maker of devices
 * does on its production line: key, serial number and signature come from a random stream of the
 * name's own, so nobody's certificate depends on who else there is. They are valid from the start
 * of the run and have no end (RFC 5280 4.1.2.5, 99991231235959Z). Does not model: intermediate
 * authorities, revocation, renewal, subject alternative names.
 */
#ifndef NBSEC_MODELS_DTLS_AUTHORITY_H
#define NBSEC_MODELS_DTLS_AUTHORITY_H

#include "models/dtls/certificate.h"
#include "sim/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_DTLS_COMMON_NAME_MAX 64U /* bytes, RFC 5280 A.1, ub-common-name */

struct nbs_dtls_authority;

/** What a certificate and what its holder believes are made from. */
struct nbs_dtls_issue {
	const char *name;        /* common name, 1..NBS_DTLS_COMMON_NAME_MAX bytes of UTF-8 */
	const char *server_name; /* what the holder wants its server called; NULL = unchecked */
	bool require_client;     /* the holder is a server and wants its clients' certificates */
	const struct nbs_dtls_authority *trust; /* whom it believes; NULL = who issues it */
};

/**
 * Makes an authority.
 * @param[in]  name  its common name, and the prefix of its random streams.
 * @param[out] authority  freed by nbs_dtls_authority_free(), before the engine.
 * @retval NBS_E_RANGE  a name that is empty or too long.
 */
NBS_API enum nbs_status nbs_dtls_authority_new(struct nbs_engine *engine, const char *name,
					       struct nbs_dtls_authority **authority);

/** NULL is fine. What it has issued stays. */
NBS_API void nbs_dtls_authority_free(struct nbs_dtls_authority *authority);

/**
 * Issues a certificate and makes credentials of it; about a millisecond of the simulating machine.
 * The same name again is the same key and certificate.
 * @param[out] credentials  freed by nbs_dtls_credentials_free().
 * @retval NBS_E_RANGE  a name that is empty or too long.
 */
NBS_API enum nbs_status nbs_dtls_authority_issue(const struct nbs_dtls_authority *authority,
						 const struct nbs_dtls_issue *what,
						 struct nbs_dtls_credentials **credentials);

#ifdef __cplusplus
}
#endif
#endif
