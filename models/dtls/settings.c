/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings shared by the connections of an endpoint: DTLS 1.2 alone, suites that fit what it has (a
 * key, certificates), session tickets where asked for, RFC 6347 4.2.4.1 timers in whole
 * milliseconds.
 */
#include "models/dtls/settings.h"

#include "models/dtls/clock.h"
#include "models/dtls/credentials.h"

#include <mbedtls/platform_util.h>
#include <stdlib.h>
#include <string.h>

/*
 * The library's CID padding is a compile-time macro that our configuration header points here.
 * Buffers are sized by it, so nothing may change it while an endpoint lives: these are counted.
 */
size_t nbsi_cid_padding = NBS_DTLS_CID_PADDING;
static size_t settings_alive;

static const int settings_default_suites[] = {NBS_DTLS_PSK_AES_128_CCM_8, 0};

int
nbsi_dtls_random(void *arg, unsigned char *out, size_t len)
{
	const gsl_rng *rng = arg;

	for (size_t i = 0; i < len; i += 4) {
		unsigned long draw = gsl_rng_get(rng); /* 32 bits */

		for (size_t j = i; j < i + 4 && j < len; j++, draw >>= 8)
			out[j] = (unsigned char)(draw & 0xff);
	}
	return 0;
}

void
nbsi_dtls_export_key(void *arg, mbedtls_ssl_key_export_type type, const unsigned char *secret,
		     size_t secret_len, const unsigned char client_random[32],
		     const unsigned char server_random[32], mbedtls_tls_prf_types prf)
{
	const struct nbsi_dtls_settings *settings = arg;
	char text[NBSI_DTLS_KEYLOG_LINE];

	(void)server_random;
	(void)prf;
	if (type != MBEDTLS_SSL_KEY_EXPORT_TLS12_MASTER_SECRET || secret_len != NBSI_DTLS_MASTER)
		return;
	nbsi_dtls_keylog_format(client_random, secret, text);
	settings->keylog.line(settings->keylog.arg, text);
	mbedtls_platform_zeroize(text, sizeof(text));
}

/* The library knows the suite, and its key exchange is PSK or ECDHE-PSK. */
static bool
settings_suite_is_psk(uint16_t suite)
{
	const char *name = mbedtls_ssl_get_ciphersuite_name(suite);

	return name != NULL &&
	       (strncmp(name, "TLS-PSK-", 8) == 0 || strncmp(name, "TLS-ECDHE-PSK-", 14) == 0);
}

/* Whether the endpoint has what the suite proves it with. */
static bool
settings_suite_fits(const struct nbsi_dtls_params *params, int endpoint, uint16_t suite)
{
	if (nbs_dtls_suite_has_certificate(suite))
		return nbsi_dtls_credentials_fit(params->credentials, endpoint);
	return params->has_psk && settings_suite_is_psk(suite);
}

static bool
settings_suite_is_sha384(uint16_t suite)
{
	const mbedtls_ssl_ciphersuite_t *info = mbedtls_ssl_ciphersuite_from_id(suite);

	return info->MBEDTLS_PRIVATE(mac) == MBEDTLS_MD_SHA384;
}

static enum nbs_status
settings_suites(struct nbsi_dtls_settings *settings, int endpoint,
		const struct nbsi_dtls_params *params)
{
	const uint16_t *suites = params->suites;
	size_t count = params->suite_count;

	settings->sha256_only = params->credentials == NULL;
	if (count == 0) {
		mbedtls_ssl_conf_ciphersuites(&settings->conf, settings_default_suites);
		return params->has_psk ? NBS_OK : NBS_E_ARG;
	}
	if (suites == NULL || count > NBS_DTLS_SUITES_MAX)
		return NBS_E_ARG;
	settings->suites = calloc(count + 1, sizeof(*settings->suites));
	if (settings->suites == NULL)
		return NBS_E_NOMEM;
	for (size_t i = 0; i < count; i++) {
		if (!settings_suite_fits(params, endpoint, suites[i]))
			return NBS_E_ARG;
		settings->suites[i] = suites[i];
		if (settings_suite_is_sha384(suites[i]))
			settings->sha256_only = false;
	}
	mbedtls_ssl_conf_ciphersuites(&settings->conf, settings->suites);
	return NBS_OK;
}

static enum nbs_status
settings_timeouts(struct nbsi_dtls_settings *settings, uint64_t min_ns, uint64_t max_ns)
{
	uint64_t min_ms = (min_ns == 0 ? NBS_DTLS_TIMEOUT_MIN_NS : min_ns) / NBS_NS_PER_MS;
	uint64_t max_ms = (max_ns == 0 ? NBS_DTLS_TIMEOUT_MAX_NS : max_ns) / NBS_NS_PER_MS;

	if (min_ms == 0 || min_ms > max_ms || max_ms > UINT32_MAX / 2) /* the library doubles */
		return NBS_E_ARG;
	mbedtls_ssl_conf_handshake_timeout(&settings->conf, (uint32_t)min_ms, (uint32_t)max_ms);
	return NBS_OK;
}

/* What comes with another ID than ours is dropped in silence, like all that is not authentic. */
static enum nbs_status
settings_cid(struct nbsi_dtls_settings *settings, size_t cid_len)
{
	if (cid_len > NBS_DTLS_CID_MAX ||
	    mbedtls_ssl_conf_cid(&settings->conf, cid_len, MBEDTLS_SSL_UNEXPECTED_CID_IGNORE) != 0)
		return NBS_E_ARG;
	settings->cid_len = (uint8_t)cid_len;
	return NBS_OK;
}

static enum nbs_status
settings_options(mbedtls_ssl_config *conf, const struct nbs_dtls_options *options)
{
	static const uint16_t lengths[] = {
	    [MBEDTLS_SSL_MAX_FRAG_LEN_NONE] = 0,
	    [MBEDTLS_SSL_MAX_FRAG_LEN_512] = 512,
	    [MBEDTLS_SSL_MAX_FRAG_LEN_1024] = 1024,
	};
	unsigned char code = 0;

	if (options->no_extended_master_secret)
		mbedtls_ssl_conf_extended_master_secret(conf, MBEDTLS_SSL_EXTENDED_MS_DISABLED);
	if (options->no_encrypt_then_mac)
		mbedtls_ssl_conf_encrypt_then_mac(conf, MBEDTLS_SSL_ETM_DISABLED);
	while (code < sizeof(lengths) / sizeof(lengths[0]) &&
	       lengths[code] != options->max_fragment)
		code++;
	return mbedtls_ssl_conf_max_frag_len(conf, code) == 0 ? NBS_OK : NBS_E_ARG;
}

static enum nbs_status
settings_fill(struct nbsi_dtls_settings *settings, struct nbs_engine *engine, int endpoint,
	      const struct nbsi_dtls_params *params)
{
	mbedtls_ssl_config *conf = &settings->conf;
	enum nbs_status status;

	if (mbedtls_ssl_config_defaults(conf, endpoint, MBEDTLS_SSL_TRANSPORT_DATAGRAM,
					MBEDTLS_SSL_PRESET_DEFAULT) != 0)
		return NBS_E_NOMEM;
	mbedtls_ssl_conf_min_tls_version(conf, MBEDTLS_SSL_VERSION_TLS1_2);
	mbedtls_ssl_conf_max_tls_version(conf, MBEDTLS_SSL_VERSION_TLS1_2);
	mbedtls_ssl_conf_session_tickets(conf, params->tickets
						   ? MBEDTLS_SSL_SESSION_TICKETS_ENABLED
						   : MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
	status = settings_suites(settings, endpoint, params);
	if (status == NBS_OK)
		status = nbsi_dtls_credentials_use(params->credentials, conf, endpoint);
	if (status == NBS_OK)
		status =
		    settings_timeouts(settings, params->timeout_min_ns, params->timeout_max_ns);
	if (status == NBS_OK)
		status = settings_cid(settings, params->cid_len);
	if (status == NBS_OK)
		status = settings_options(conf, &params->options);
	if (status == NBS_OK)
		status = nbs_rng_new(engine, params->stream, &settings->rng);
	if (status != NBS_OK)
		return status;
	mbedtls_ssl_conf_rng(conf, nbsi_dtls_random, settings->rng);
	if (params->keylog != NULL)
		settings->keylog = *params->keylog;
	return nbsi_dtls_clock_bind(engine);
}

enum nbs_status
nbsi_dtls_settings_init(struct nbsi_dtls_settings *settings, struct nbs_engine *engine,
			int endpoint, const struct nbsi_dtls_params *params)
{
	enum nbs_status status = NBS_E_ARG;

	memset(settings, 0, sizeof(*settings));
	mbedtls_ssl_config_init(&settings->conf);
	if (engine != NULL && params->stream != NULL)
		status = settings_fill(settings, engine, endpoint, params);
	settings_alive++;
	if (status != NBS_OK)
		nbsi_dtls_settings_fini(settings);
	return status;
}

void
nbsi_dtls_settings_fini(struct nbsi_dtls_settings *settings)
{
	mbedtls_ssl_config_free(&settings->conf);
	if (settings->rng != NULL)
		gsl_rng_free(settings->rng);
	free(settings->suites);
	settings->rng = NULL;
	settings->suites = NULL;
	settings_alive--;
}

enum nbs_status
nbs_dtls_set_cid_padding(size_t multiple)
{
	if (multiple < 1 || multiple > NBS_DTLS_CID_PADDING_MAX)
		return NBS_E_ARG;
	if (multiple != nbsi_cid_padding && settings_alive != 0)
		return NBS_E_STATE;
	nbsi_cid_padding = multiple;
	return NBS_OK;
}
