/* SPDX-License-Identifier: GPL-2.0-or-later */
/* X.509 certificates of simulated endpoints, written by mbedTLS (RFC 5280 4.1, 4.2.1). */
#include "models/dtls/authority.h"

#include "models/dtls/settings.h"

#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DER_MAX 1024U /* bytes: above any certificate with a name of 64 bytes, or key */
#define SERIAL 8U     /* bytes; RFC 5280 4.1.2.2 allows 20 */
#define STREAM_MAX 192U
#define NAME_TEXT (3U + 3U * NBS_DTLS_COMMON_NAME_MAX + 1U) /* CN= and each byte as \XX */
#define DATE 16U
#define NO_END "99991231235959"

struct nbs_dtls_authority {
	struct nbs_engine *engine;
	mbedtls_pk_context key;
	char name[NBS_DTLS_COMMON_NAME_MAX + 1];
	char begin[DATE]; /* of every validity, YYYYMMDDhhmmss */
	uint8_t der[DER_MAX];
	size_t der_len;
};

/* A certificate under way: whose, with which random numbers. */
struct authority_draft {
	const char *name;
	gsl_rng *rng;
	mbedtls_pk_context *key;
	bool is_authority;
};

static bool
authority_name_is_valid(const char *name)
{
	return name != NULL && name[0] != '\0' && strlen(name) <= NBS_DTLS_COMMON_NAME_MAX;
}

/* RFC 4514 2.4: any byte may be written as \XX, so no name can be read as something else. */
static void
authority_name_text(const char *name, char text[NAME_TEXT])
{
	char *at = text + snprintf(text, NAME_TEXT, "CN=");

	for (; *name != '\0'; name++)
		at += snprintf(at, 4, "\\%02x", (unsigned)(uint8_t)*name);
}

static enum nbs_status
authority_draw_key(const struct authority_draft *draft)
{
	const mbedtls_pk_info_t *info = mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY);

	if (mbedtls_pk_setup(draft->key, info) != 0)
		return NBS_E_NOMEM;
	return mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*draft->key),
				   nbsi_dtls_random, draft->rng) == 0
		   ? NBS_OK
		   : NBS_E_NOMEM;
}

/* Positive, and always as long (RFC 5280 4.1.2.2). */
static int
authority_set_serial(mbedtls_x509write_cert *crt, gsl_rng *rng)
{
	uint8_t serial[SERIAL];

	(void)nbsi_dtls_random(rng, serial, sizeof(serial));
	serial[0] = (serial[0] & 0x3f) | 0x40;
	return mbedtls_x509write_crt_set_serial_raw(crt, serial, sizeof(serial));
}

static int
authority_fill(const struct nbs_dtls_authority *authority, const struct authority_draft *draft,
	       mbedtls_x509write_cert *crt)
{
	char subject[NAME_TEXT], issuer[NAME_TEXT];
	unsigned usage =
	    draft->is_authority ? MBEDTLS_X509_KU_KEY_CERT_SIGN : MBEDTLS_X509_KU_DIGITAL_SIGNATURE;
	int failed;

	authority_name_text(draft->name, subject);
	authority_name_text(authority->name, issuer);
	mbedtls_x509write_crt_set_md_alg(crt, MBEDTLS_MD_SHA256);
	mbedtls_x509write_crt_set_subject_key(crt, draft->key);
	failed = mbedtls_x509write_crt_set_subject_name(crt, subject);
	failed |= mbedtls_x509write_crt_set_issuer_name(crt, issuer);
	failed |= mbedtls_x509write_crt_set_validity(crt, authority->begin, NO_END);
	failed |= authority_set_serial(crt, draft->rng);
	failed |= mbedtls_x509write_crt_set_key_usage(crt, usage);
	if (draft->is_authority)
		failed |= mbedtls_x509write_crt_set_basic_constraints(crt, 1, 0);
	return failed;
}

/* Signs with the authority's key; the certificate stands at the end of the buffer. */
static enum nbs_status
authority_sign(const struct nbs_dtls_authority *authority, const struct authority_draft *draft,
	       mbedtls_pk_context *signer, uint8_t der[DER_MAX], size_t *len)
{
	mbedtls_x509write_cert crt;
	int got = -1;

	mbedtls_x509write_crt_init(&crt);
	mbedtls_x509write_crt_set_issuer_key(&crt, signer);
	if (authority_fill(authority, draft, &crt) == 0)
		got = mbedtls_x509write_crt_der(&crt, der, DER_MAX, nbsi_dtls_random, draft->rng);
	mbedtls_x509write_crt_free(&crt);
	if (got <= 0)
		return NBS_E_NOMEM; /* the rest has been made sure of */
	*len = (size_t)got;
	return NBS_OK;
}

/* ---- the authority itself ---- */

static enum nbs_status
authority_self(struct nbs_dtls_authority *authority)
{
	struct authority_draft draft = {
	    .name = authority->name, .key = &authority->key, .is_authority = true};
	uint8_t der[DER_MAX];
	enum nbs_status status = nbs_rng_new(authority->engine, authority->name, &draft.rng);

	if (status == NBS_OK)
		status = authority_draw_key(&draft);
	if (status == NBS_OK)
		status =
		    authority_sign(authority, &draft, &authority->key, der, &authority->der_len);
	if (status == NBS_OK)
		memcpy(authority->der, der + DER_MAX - authority->der_len, authority->der_len);
	if (draft.rng != NULL)
		gsl_rng_free(draft.rng);
	return status;
}

static enum nbs_status
authority_begin(struct nbs_dtls_authority *authority)
{
	time_t start = (time_t)nbs_epoch_unix_s(authority->engine);
	struct tm tm;

	if (gmtime_r(&start, &tm) == NULL ||
	    strftime(authority->begin, DATE, "%Y%m%d%H%M%S", &tm) != DATE - 2)
		return NBS_E_RANGE;
	return NBS_OK;
}

enum nbs_status
nbs_dtls_authority_new(struct nbs_engine *engine, const char *name,
		       struct nbs_dtls_authority **authority)
{
	struct nbs_dtls_authority *made;
	enum nbs_status status;

	if (engine == NULL || name == NULL || authority == NULL)
		return NBS_E_ARG;
	if (!authority_name_is_valid(name))
		return NBS_E_RANGE;
	made = calloc(1, sizeof(*made));
	if (made == NULL)
		return NBS_E_NOMEM;
	made->engine = engine;
	mbedtls_pk_init(&made->key);
	memcpy(made->name, name, strlen(name) + 1);
	status = authority_begin(made);
	if (status == NBS_OK)
		status = authority_self(made);
	if (status != NBS_OK) {
		nbs_dtls_authority_free(made);
		return status;
	}
	*authority = made;
	return NBS_OK;
}

void
nbs_dtls_authority_free(struct nbs_dtls_authority *authority)
{
	if (authority == NULL)
		return;
	mbedtls_pk_free(&authority->key);
	free(authority);
}

/* ---- what it issues ---- */

static enum nbs_status
authority_parse(const struct nbs_dtls_authority *authority, const struct nbs_dtls_issue *what,
		struct nbs_dtls_bytes chain, mbedtls_pk_context *key,
		struct nbs_dtls_credentials **credentials)
{
	const struct nbs_dtls_authority *trust = what->trust != NULL ? what->trust : authority;
	uint8_t der[DER_MAX];
	int len = mbedtls_pk_write_key_der(key, der, sizeof(der));
	struct nbs_dtls_credentials_config config = {
	    .chain = chain,
	    .trust = {trust->der, trust->der_len},
	    .server_name = what->server_name,
	    .require_client = what->require_client,
	};
	enum nbs_status status = NBS_E_INTERNAL;

	if (len > 0) {
		config.key = (struct nbs_dtls_bytes){der + sizeof(der) - len, (size_t)len};
		status = nbs_dtls_credentials_new(&config, credentials);
	}
	mbedtls_platform_zeroize(der, sizeof(der));
	return status;
}

static enum nbs_status
authority_draw(const struct nbs_dtls_authority *authority, const struct nbs_dtls_issue *what,
	       struct authority_draft *draft, struct nbs_dtls_credentials **credentials)
{
	/* The library's parameter is not const; signing leaves the key as it is. */
	union {
		const mbedtls_pk_context *in;
		mbedtls_pk_context *out;
	} signer = {&authority->key};
	uint8_t der[DER_MAX];
	size_t len = 0;
	enum nbs_status status = authority_draw_key(draft);

	if (status == NBS_OK)
		status = authority_sign(authority, draft, signer.out, der, &len);
	if (status != NBS_OK)
		return status;
	return authority_parse(authority, what,
			       (struct nbs_dtls_bytes){der + sizeof(der) - len, len}, draft->key,
			       credentials);
}

enum nbs_status
nbs_dtls_authority_issue(const struct nbs_dtls_authority *authority,
			 const struct nbs_dtls_issue *what,
			 struct nbs_dtls_credentials **credentials)
{
	struct authority_draft draft = {0};
	mbedtls_pk_context key;
	char stream[STREAM_MAX];
	enum nbs_status status;

	if (authority == NULL || what == NULL || credentials == NULL)
		return NBS_E_ARG;
	if (!authority_name_is_valid(what->name))
		return NBS_E_RANGE;
	(void)snprintf(stream, sizeof(stream), "%s/%s", authority->name, what->name);
	draft.name = what->name;
	draft.key = &key;
	status = nbs_rng_new(authority->engine, stream, &draft.rng);
	if (status != NBS_OK)
		return status;
	mbedtls_pk_init(&key);
	status = authority_draw(authority, what, &draft, credentials);
	mbedtls_pk_free(&key);
	gsl_rng_free(draft.rng);
	return status;
}
