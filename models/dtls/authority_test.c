/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates that the simulation makes itself (RFC 5280 4.1): what is in them, whom they let in.
 */
#include "models/dtls/authority.h"
#include "models/dtls/test_credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct nbs_dtls_credentials *
issue(const struct nbs_dtls_authority *authority, struct nbs_dtls_issue what)
{
	struct nbs_dtls_credentials *made = NULL;

	assert_int_equal(nbs_dtls_authority_issue(authority, &what, &made), NBS_OK);
	return made;
}

static struct nbs_dtls_authority *
authority_of(struct pair *pair, const char *name)
{
	struct nbs_dtls_authority *made = NULL;

	assert_int_equal(nbs_dtls_authority_new(pair->engine, name, &made), NBS_OK);
	return made;
}

/* Replaces the pair's server and its client by ones that have certificates. */
static void
setup_certificates(struct setup *s)
{
	const uint16_t suite = CCM_8;
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;

	setup_configs(s, &suite, &server, &client);
	nbs_dtls_server_free(s->pair->server);
	assert_int_equal(nbs_dtls_server_new(s->pair->engine, &server, &pair_server_ops, s->pair,
					     &s->pair->server),
			 NBS_OK);
	pair_node_init(&s->node, s->pair, 1, &client);
	assert_int_equal(nbs_dtls_client_connect(s->node.client), NBS_OK);
	pair_run_s(s->pair, 1);
}

/* A client's certificate, as it went over the wire at the front of its last flight. */
static const uint8_t *
client_certificate(const struct pair *pair, size_t *len)
{
	const uint8_t *body = pair_packet(pair, PAIR_UP, 2)->data + 13 + 12;

	*len = body[4] * 256U + body[5];
	return body + 6; /* 3 bytes of each length, RFC 5246 7.4.2 */
}

static bool
has_bytes(const uint8_t *data, size_t len, const char *bytes)
{
	size_t wanted = strlen(bytes);

	for (size_t i = 0; i + wanted <= len; i++) {
		if (memcmp(data + i, bytes, wanted) == 0)
			return true;
	}
	return false;
}

/* A name with the characters that RFC 4514 2.4 escapes comes out as it went in. */
static void
test_mutual(void **state)
{
	static const char name[] = "a,b+c=\"d\" #;<\\>";
	struct setup s = {.suite = CCM_8, .pair = pair_new(1, NULL)};
	struct nbs_dtls_authority *authority = authority_of(s.pair, "maker");
	const uint8_t *certificate;
	size_t len;

	(void)state;
	s.server =
	    issue(authority, (struct nbs_dtls_issue){.name = "gateway", .require_client = true});
	s.client =
	    issue(authority, (struct nbs_dtls_issue){.name = name, .server_name = "gateway"});
	nbs_dtls_authority_free(authority);
	setup_certificates(&s);
	assert_int_equal(s.node.connected, 1);
	assert_int_equal(nbs_dtls_session_identity(s.pair->newest).len, strlen(name));
	assert_memory_equal(nbs_dtls_session_identity(s.pair->newest).data, name, strlen(name));
	certificate = client_certificate(s.pair, &len);
	/* UTCTime until 2049, RFC 5280 4.1.2.5: the tests' epoch; GeneralizedTime after it */
	assert_true(has_bytes(certificate, len,
			      "\x17\x0d"
			      "260101000000Z"));
	assert_true(has_bytes(certificate, len,
			      "\x18\x0f"
			      "99991231235959Z"));
	assert_true(has_bytes(certificate, len, name));
	assert_true(has_bytes(certificate, len, "maker"));
	setup_fini(&s);
}

/* Whom another authority has named is nobody here. */
static void
test_stranger(void **state)
{
	struct setup s = {.suite = CCM_8, .pair = pair_new(1, NULL)};
	struct nbs_dtls_authority *maker = authority_of(s.pair, "maker");
	struct nbs_dtls_authority *other = authority_of(s.pair, "other");

	(void)state;
	s.server = issue(maker, (struct nbs_dtls_issue){.name = "gateway", .require_client = true});
	s.client = issue(other, (struct nbs_dtls_issue){.name = "device", .trust = maker});
	nbs_dtls_authority_free(maker);
	nbs_dtls_authority_free(other);
	setup_certificates(&s);
	assert_int_equal(s.node.connected, 0);
	assert_int_equal(s.node.reason, NBS_DTLS_ALERT);
	assert_int_equal(s.pair->failed_count, 1);
	assert_int_equal(s.pair->failed[0].reason, NBS_DTLS_CERTIFICATE);
	setup_fini(&s);
}

/* The client's certificate in a run where so many others were issued before. */
static size_t
certificate_after(unsigned others, uint32_t seed, uint8_t out[512])
{
	struct setup s = {.suite = CCM_8, .pair = pair_new(seed, NULL)};
	struct nbs_dtls_authority *authority = authority_of(s.pair, "maker");
	const uint8_t *certificate;
	size_t len;

	for (unsigned i = 0; i < others; i++)
		nbs_dtls_credentials_free(
		    issue(authority, (struct nbs_dtls_issue){.name = "another"}));
	s.client = issue(authority, (struct nbs_dtls_issue){.name = "device"});
	s.server =
	    issue(authority, (struct nbs_dtls_issue){.name = "gateway", .require_client = true});
	nbs_dtls_authority_free(authority);
	setup_certificates(&s);
	assert_int_equal(s.node.connected, 1);
	certificate = client_certificate(s.pair, &len);
	assert_in_range(len, 200, 512);
	memcpy(out, certificate, len);
	setup_fini(&s);
	return len;
}

/* A device's certificate depends on the seed and its name, and on nobody else's. */
static void
test_of_its_own(void **state)
{
	uint8_t one[512], again[512], other[512];
	size_t len = certificate_after(0, 1, one);

	(void)state;
	assert_int_equal(certificate_after(2, 1, again), len);
	assert_memory_equal(one, again, len);
	(void)certificate_after(0, 2, other);
	assert_memory_not_equal(one, other, 200);
}

static void
test_arguments(void **state)
{
	static const char longest[] =
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	struct pair *pair = pair_new(1, NULL);
	struct nbs_dtls_authority *made = NULL, *authority = authority_of(pair, longest);
	struct nbs_dtls_credentials *got = NULL;
	struct nbs_dtls_issue what = {.name = longest};
	char name[66];

	(void)state;
	memset(name, 'n', 65);
	name[65] = '\0';
	assert_int_equal(strlen(longest), NBS_DTLS_COMMON_NAME_MAX);
	assert_int_equal(nbs_dtls_authority_new(NULL, "a", &made), NBS_E_ARG);
	assert_int_equal(nbs_dtls_authority_new(pair->engine, NULL, &made), NBS_E_ARG);
	assert_int_equal(nbs_dtls_authority_new(pair->engine, "a", NULL), NBS_E_ARG);
	assert_int_equal(nbs_dtls_authority_new(pair->engine, "", &made), NBS_E_RANGE);
	assert_int_equal(nbs_dtls_authority_new(pair->engine, name, &made), NBS_E_RANGE);
	assert_int_equal(nbs_dtls_authority_issue(NULL, &what, &got), NBS_E_ARG);
	assert_int_equal(nbs_dtls_authority_issue(authority, NULL, &got), NBS_E_ARG);
	assert_int_equal(nbs_dtls_authority_issue(authority, &what, NULL), NBS_E_ARG);
	assert_int_equal(nbs_dtls_authority_issue(authority, &what, &got), NBS_OK);
	nbs_dtls_credentials_free(got);
	got = NULL;
	what.name = name;
	assert_int_equal(nbs_dtls_authority_issue(authority, &what, &got), NBS_E_RANGE);
	what.name = "";
	assert_int_equal(nbs_dtls_authority_issue(authority, &what, &got), NBS_E_RANGE);
	assert_null(got);
	nbs_dtls_authority_free(authority);
	nbs_dtls_authority_free(NULL);
	pair_free(pair);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_mutual),
	    cmocka_unit_test(test_stranger),
	    cmocka_unit_test(test_of_its_own),
	    cmocka_unit_test(test_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
