/* SPDX-License-Identifier: GPL-2.0-or-later */
/* X.509 credentials (RFC 5280) by mbedTLS, parsed once for any number of endpoints. */
#include "models/dtls/certificate.h"

#include "models/dtls/credentials.h"

#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 255U  /* bytes, the library's MBEDTLS_SSL_MAX_HOST_NAME_LEN */
#define LENGTH 3U          /* bytes of each length in a Certificate message, RFC 5246 7.4.2 */
#define MESSAGE_HEADER 12U /* bytes, RFC 6347 4.2.2 */

/* By pointers, so that endpoints can hold them const: the library's parameters are not. */
struct nbs_dtls_credentials {
	mbedtls_x509_crt *chain; /* NULL = none */
	mbedtls_pk_context *key; /* of the chain's first */
	mbedtls_x509_crt *trust; /* NULL = none */
	char *server_name;       /* NULL = unchecked */
	bool require_client;
};

/*
 * What the library blinds its arithmetic with while it parses: results do not depend on it, and
 * nobody measures power in here.
 */
static int
certificate_random(void *arg, unsigned char *out, size_t len)
{
	uint8_t *next = arg;

	for (size_t i = 0; i < len; i++)
		out[i] = (*next)++;
	return 0;
}

/* ---- parsing ---- */

/* The library knows PEM by the NUL that its length includes: a copy with one, freed by the caller.
 * @param[out] len  what to tell the library. */
static uint8_t *
certificate_copy(struct nbs_dtls_bytes from, size_t *len)
{
	static const char pem[] = "-----BEGIN";
	uint8_t *copy = malloc(from.len + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, from.data, from.len);
	copy[from.len] = '\0';
	*len = from.len;
	if (strstr((const char *)copy, pem) != NULL)
		*len = strlen((const char *)copy) + 1;
	return copy;
}

static void
certificate_chain_free(mbedtls_x509_crt *chain)
{
	if (chain != NULL)
		mbedtls_x509_crt_free(chain);
	free(chain);
}

/* All certificates of a PEM text must be good, where the library would be content with some. */
static enum nbs_status
certificate_parse_chain(struct nbs_dtls_bytes from, mbedtls_x509_crt **chain)
{
	size_t len = 0;
	uint8_t *copy;
	int result;

	if (from.data == NULL)
		return NBS_OK;
	copy = certificate_copy(from, &len);
	*chain = calloc(1, sizeof(**chain));
	if (copy == NULL || *chain == NULL) {
		free(copy);
		return NBS_E_NOMEM;
	}
	mbedtls_x509_crt_init(*chain);
	result = mbedtls_x509_crt_parse(*chain, copy, len);
	free(copy);
	if (result == MBEDTLS_ERR_X509_ALLOC_FAILED)
		return NBS_E_NOMEM;
	return result == 0 ? NBS_OK : NBS_E_INVALID;
}

static enum nbs_status
certificate_parse_key(struct nbs_dtls_bytes from, mbedtls_pk_context **key)
{
	uint8_t next = 1;
	size_t len = 0;
	uint8_t *copy;
	int result;

	if (from.data == NULL)
		return NBS_OK;
	copy = certificate_copy(from, &len);
	*key = calloc(1, sizeof(**key));
	if (copy == NULL || *key == NULL) {
		free(copy);
		return NBS_E_NOMEM;
	}
	mbedtls_pk_init(*key);
	result = mbedtls_pk_parse_key(*key, copy, len, NULL, 0, certificate_random, &next);
	mbedtls_platform_zeroize(copy, from.len);
	free(copy);
	return result == 0 ? NBS_OK : NBS_E_INVALID;
}

/* ---- whether they fit together ---- */

/* The Certificate message has to stand in the library's buffer, RFC 5246 7.4.2. */
static bool
certificate_chain_fits(const mbedtls_x509_crt *chain)
{
	size_t bytes = MESSAGE_HEADER + LENGTH;

	for (; chain != NULL; chain = chain->next)
		bytes += LENGTH + chain->raw.len;
	return bytes <= MBEDTLS_SSL_OUT_CONTENT_LEN;
}

/* ECDSA on the one curve that is compiled in for it. */
static enum nbs_status
certificate_check_own(const struct nbs_dtls_credentials *credentials)
{
	uint8_t next = 1;

	if (credentials->chain == NULL)
		return NBS_OK;
	if (mbedtls_pk_can_do(credentials->key, MBEDTLS_PK_ECDSA) != 1 ||
	    mbedtls_pk_check_pair(&credentials->chain->pk, credentials->key, certificate_random,
				  &next) != 0)
		return NBS_E_INVALID;
	return certificate_chain_fits(credentials->chain) ? NBS_OK : NBS_E_RANGE;
}

static enum nbs_status
certificate_set_name(struct nbs_dtls_credentials *credentials, const char *name)
{
	if (name == NULL)
		return NBS_OK;
	if (strlen(name) > NAME_MAX_LEN)
		return NBS_E_RANGE;
	credentials->server_name = strdup(name);
	return credentials->server_name != NULL ? NBS_OK : NBS_E_NOMEM;
}

static bool
certificate_config_is_valid(const struct nbs_dtls_credentials_config *config)
{
	bool chain = config->chain.data != NULL, trust = config->trust.data != NULL;

	return chain == (config->key.data != NULL) && (chain || trust) &&
	       (trust || !config->require_client);
}

static enum nbs_status
certificate_fill(struct nbs_dtls_credentials *credentials,
		 const struct nbs_dtls_credentials_config *config)
{
	enum nbs_status status = certificate_parse_chain(config->chain, &credentials->chain);

	if (status == NBS_OK)
		status = certificate_parse_key(config->key, &credentials->key);
	if (status == NBS_OK)
		status = certificate_parse_chain(config->trust, &credentials->trust);
	if (status == NBS_OK)
		status = certificate_check_own(credentials);
	if (status == NBS_OK)
		status = certificate_set_name(credentials, config->server_name);
	credentials->require_client = config->require_client;
	return status;
}

enum nbs_status
nbs_dtls_credentials_new(const struct nbs_dtls_credentials_config *config,
			 struct nbs_dtls_credentials **credentials)
{
	struct nbs_dtls_credentials *made;
	enum nbs_status status;

	if (config == NULL || credentials == NULL || !certificate_config_is_valid(config))
		return NBS_E_ARG;
	made = calloc(1, sizeof(*made));
	if (made == NULL)
		return NBS_E_NOMEM;
	status = certificate_fill(made, config);
	if (status != NBS_OK) {
		nbs_dtls_credentials_free(made);
		return status;
	}
	*credentials = made;
	return NBS_OK;
}

void
nbs_dtls_credentials_free(struct nbs_dtls_credentials *credentials)
{
	if (credentials == NULL)
		return;
	certificate_chain_free(credentials->chain);
	certificate_chain_free(credentials->trust);
	if (credentials->key != NULL)
		mbedtls_pk_free(credentials->key);
	free(credentials->key);
	free(credentials->server_name);
	free(credentials);
}

/* ---- for endpoints ---- */

bool
nbs_dtls_suite_has_certificate(uint16_t suite)
{
	static const char prefix[] = "TLS-ECDHE-ECDSA-";
	const mbedtls_ssl_ciphersuite_t *info = mbedtls_ssl_ciphersuite_from_id(suite);

	return info != NULL &&
	       strncmp(mbedtls_ssl_ciphersuite_get_name(info), prefix, sizeof(prefix) - 1) == 0;
}

bool
nbsi_dtls_credentials_fit(const struct nbs_dtls_credentials *credentials, int endpoint)
{
	if (credentials == NULL)
		return false;
	return endpoint == MBEDTLS_SSL_IS_SERVER ? credentials->chain != NULL
						 : credentials->trust != NULL;
}

enum nbs_status
nbsi_dtls_credentials_use(const struct nbs_dtls_credentials *credentials, mbedtls_ssl_config *conf,
			  int endpoint)
{
	bool required;

	if (credentials == NULL)
		return NBS_OK;
	required = endpoint == MBEDTLS_SSL_IS_CLIENT || credentials->require_client;
	mbedtls_ssl_conf_authmode(conf,
				  required ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
	if (credentials->trust != NULL)
		mbedtls_ssl_conf_ca_chain(conf, credentials->trust, NULL);
	if (credentials->chain != NULL &&
	    mbedtls_ssl_conf_own_cert(conf, credentials->chain, credentials->key) != 0)
		return NBS_E_NOMEM;
	return NBS_OK;
}

const char *
nbsi_dtls_credentials_name(const struct nbs_dtls_credentials *credentials)
{
	return credentials == NULL ? NULL : credentials->server_name;
}

struct nbs_dtls_identity
nbsi_dtls_certificate_name(const mbedtls_x509_crt *certificate)
{
	const mbedtls_x509_name *at = certificate != NULL ? &certificate->subject : NULL;
	struct nbs_dtls_identity name = {NULL, 0};

	for (; at != NULL; at = at->next) {
		if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &at->oid) != 0)
			continue;
		if (name.data != NULL) /* whoever reads another of them sees somebody else */
			return (struct nbs_dtls_identity){NULL, 0};
		name = (struct nbs_dtls_identity){at->val.p, at->val.len};
	}
	if (name.len < 1 || name.len > NBS_DTLS_IDENTITY_MAX)
		return (struct nbs_dtls_identity){NULL, 0};
	return name;
}
