/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Credentials as the library's configuration takes them, and the name that a peer has proved.
 */
#ifndef NBSEC_MODELS_DTLS_CREDENTIALS_H
#define NBSEC_MODELS_DTLS_CREDENTIALS_H

#include "models/dtls/certificate.h"
#include "models/dtls/dtls.h"

#include <mbedtls/ssl.h>

/** @return whether an endpoint (MBEDTLS_SSL_IS_CLIENT or _SERVER) can use certificates with it; not
 * with NULL. */
bool nbsi_dtls_credentials_fit(const struct nbs_dtls_credentials *credentials, int endpoint);

/** Sets an endpoint's certificate, key, trust anchors and what it requires; NULL does nothing. */
enum nbs_status nbsi_dtls_credentials_use(const struct nbs_dtls_credentials *credentials,
					  mbedtls_ssl_config *conf, int endpoint);

/** @return the name that the server must have, or NULL. */
const char *nbsi_dtls_credentials_name(const struct nbs_dtls_credentials *credentials);

/**
 * @return the common name of a certificate (RFC 4519
 * 2.3): bytes in it. Without a certificate (NULL), and where the subject has none, more than one,
 * or one that is empty or longer than NBS_DTLS_IDENTITY_MAX, it is {NULL, 0}.
 */
struct nbs_dtls_identity nbsi_dtls_certificate_name(const mbedtls_x509_crt *certificate);

#endif
