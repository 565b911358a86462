/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * One mbedtls_ssl_config with what it needs: random stream, suites, time-outs, key log.
 *
 * The library keeps random source, key and identity in its config, not in the connection: so one
 * of these is needed for each client, and one for a whole server.
 */
#ifndef NBSEC_MODELS_DTLS_SETTINGS_H
#define NBSEC_MODELS_DTLS_SETTINGS_H

#include "models/dtls/certificate.h"
#include "models/dtls/dtls.h"
#include "models/dtls/keylog.h"
#include "sim/engine.h"

#include <mbedtls/ssl.h>

/** What clients and servers are configured with alike; see client.h for the meaning. */
struct nbsi_dtls_params {
	const uint16_t *suites;
	size_t suite_count;
	uint64_t timeout_min_ns, timeout_max_ns;
	const char *stream;
	const struct nbs_dtls_keylog *keylog;           /* NULL = none */
	size_t cid_len;                                 /* of the own connection ID, 0 = empty */
	bool has_psk;                                   /* so PSK suites are allowed */
	const struct nbs_dtls_credentials *credentials; /* for certificate suites; NULL = none */
	struct nbs_dtls_options options;
	bool tickets; /* a client asks for them */
};

struct nbsi_dtls_settings {
	mbedtls_ssl_config conf;
	gsl_rng *rng;
	int *suites;                   /* own list, 0-terminated; NULL = the shared default */
	struct nbs_dtls_keylog keylog; /* line NULL = none */
	uint8_t cid_len;
	bool sha256_only; /* no suite hashes with SHA-384 and no certificate may, see work.h */
};

/**
 * Fills settings in place and binds the library's clock to the engine.
 * @param endpoint  MBEDTLS_SSL_IS_CLIENT or MBEDTLS_SSL_IS_SERVER.
 * @return anything but NBS_OK: nothing is left to be freed.
 */
enum nbs_status nbsi_dtls_settings_init(struct nbsi_dtls_settings *settings,
					struct nbs_engine *engine, int endpoint,
					const struct nbsi_dtls_params *params);
void nbsi_dtls_settings_fini(struct nbsi_dtls_settings *settings);

/** The library's random source: arg is a gsl_rng. */
int nbsi_dtls_random(void *arg, unsigned char *out, size_t len);

/** The library's key export: arg is the settings. */
void nbsi_dtls_export_key(void *arg, mbedtls_ssl_key_export_type type, const unsigned char *secret,
			  size_t secret_len, const unsigned char client_random[32],
			  const unsigned char server_random[32], mbedtls_tls_prf_types prf);

#endif
