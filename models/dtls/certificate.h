/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What an endpoint proves itself with, and whom it believes: an X.509 chain with its private key,
 * and trust anchors (RFC 5280, RFC 8422, RFC 7925 4.4).
 *
 * Models: ECDHE-ECDSA suites of DTLS 1.2: certificates on P-256 as mbedTLS 3.6 checks them, their
 * validity on virtual time; signatures are deterministic (RFC 6979). The server may ask for the
 * client's certificate.
 * Does not model: raw public keys (RFC 7250) and cached information (RFC 7924), which mbedTLS 3.6
 * has not; revocation (CRL, OCSP); RSA keys of an endpoint; files: the caller brings the bytes.
 */
#ifndef NBSEC_MODELS_DTLS_CERTIFICATE_H
#define NBSEC_MODELS_DTLS_CERTIFICATE_H

#include "sim/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nbs_dtls_credentials;

/** DER, or PEM with or without a NUL behind it. */
struct nbs_dtls_bytes {
	const uint8_t *data; /* NULL = none */
	size_t len;
};

/** What credentials are made from; everything is copied. */
struct nbs_dtls_credentials_config {
	struct nbs_dtls_bytes chain; /* own certificate; in PEM those of its issuers may follow */
	struct nbs_dtls_bytes key;   /* its private key on P-256: SEC 1 or PKCS #8, not encrypted */
	struct nbs_dtls_bytes trust; /* trust anchors: one in DER, any number in PEM */
	const char *server_name;     /* client: what the server must be called; NULL = unchecked */
	bool require_client;         /* server: no session without a client's certificate */
};

/**
 * Parses credentials. A server needs a chain and, to require a client's certificate, trust anchors;
 * a client needs trust anchors, and a chain if it is asked for one. One pair may serve many
 * endpoints.
 * @param[out] credentials  freed by nbs_dtls_credentials_free(), after all endpoints that use it.
 * @retval NBS_E_ARG      a NULL, a chain without its key or a key without a chain, neither a chain
 *                        nor trust anchors, `require_client` without trust anchors.
 * @retval NBS_E_INVALID  not to be parsed, a key that is not on P-256 or does not fit the chain.
 * @retval NBS_E_RANGE    a chain that the library's buffers do not hold, or a name of more than 255
 *                        bytes.
 */
NBS_API enum nbs_status nbs_dtls_credentials_new(const struct nbs_dtls_credentials_config *config,
						 struct nbs_dtls_credentials **credentials);

/** NULL is fine. */
NBS_API void nbs_dtls_credentials_free(struct nbs_dtls_credentials *credentials);

/** @return whether an IANA number is that of a suite which authenticates by certificates, one that
 * the library knows: ECDHE-ECDSA. */
NBS_API bool nbs_dtls_suite_has_certificate(uint16_t suite);

#ifdef __cplusplus
}
#endif
#endif
