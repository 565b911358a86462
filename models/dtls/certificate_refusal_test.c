/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates that an endpoint refuses (RFC 5280 6.1, RFC 5246 7.4.6), credentials that nobody
 * takes. */
#include "models/dtls/test_credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAY_S UINT64_C(86400)

/* ---- refusals: the client's ---- */

/* The client gives up over the server's certificate and says so: the server has no session. */
static void
server_refused_check(struct nbs_dtls_credentials *server, struct nbs_dtls_credentials *client,
		     uint64_t wait_s)
{
	struct setup s = {.suite = CCM_8, .server = server, .client = client};

	setup_init(&s, 0);
	pair_run_s(s.pair, wait_s);
	assert_int_equal(nbs_dtls_client_connect(s.node.client), NBS_OK);
	pair_run_s(s.pair, 1);
	assert_int_equal(s.node.connected, 0);
	assert_int_equal(s.node.closed, 1);
	assert_int_equal(s.node.reason, NBS_DTLS_CERTIFICATE);
	assert_int_equal(s.pair->packets[s.pair->packet_count - 1].what, NBS_DTLS_DATAGRAM_ALERT);
	assert_int_equal(s.pair->connected, 0);
	assert_int_equal(s.pair->failed_count, 1);
	assert_int_equal(s.pair->failed[0].reason, NBS_DTLS_ALERT);
	assert_int_equal(nbs_dtls_server_sessions(s.pair->server), 0);
	setup_fini(&s);
}

static void
test_untrusted_server(void **state)
{
	(void)state;
	server_refused_check(credentials("server", NULL, NULL, false),
			     credentials(NULL, "other-ca", NULL, false), 0);
}

static void
test_expired_server(void **state)
{
	(void)state;
	server_refused_check(credentials("past", NULL, NULL, false),
			     credentials(NULL, "ca", NULL, false), 0);
	/* Valid to 2055-01-01, 29 years with 7 leap days after the tests' epoch. */
	server_refused_check(credentials("server", NULL, NULL, false),
			     credentials(NULL, "ca", NULL, false), (29 * 365 + 7) * DAY_S + 1);
}

/* One day less, and it is good. */
static void
test_last_day(void **state)
{
	struct setup s = {.suite = CCM_8,
			  .server = credentials("server", NULL, NULL, false),
			  .client = credentials(NULL, "ca", NULL, false)};

	(void)state;
	setup_init(&s, 0);
	pair_run_s(s.pair, (29 * 365 + 7 - 1) * DAY_S);
	pair_connect(&s.node);
	setup_fini(&s);
}

static void
test_server_of_another_name(void **state)
{
	(void)state;
	server_refused_check(credentials("server", NULL, NULL, false),
			     credentials(NULL, "ca", "gateway.example", false), 0);
}

/* ---- refusals: the server's ---- */

/* The server says no to the client's certificate, and the client is told. */
static void
client_refused_check(struct nbs_dtls_credentials *client)
{
	struct setup s = {
	    .suite = CCM_8, .server = credentials("server", "ca", NULL, true), .client = client};

	setup_try(&s);
	assert_int_equal(s.node.connected, 0);
	assert_int_equal(s.node.closed, 1);
	assert_int_equal(s.node.reason, NBS_DTLS_ALERT);
	assert_int_equal(s.pair->connected, 0);
	assert_int_equal(s.pair->failed_count, 1);
	assert_int_equal(s.pair->failed[0].reason, NBS_DTLS_CERTIFICATE);
	assert_int_equal(nbs_dtls_server_sessions(s.pair->server), 0);
	setup_fini(&s);
}

static void
test_bad_clients(void **state)
{
	(void)state;
	client_refused_check(credentials("stranger", "ca", NULL, false));
	client_refused_check(credentials("past", "ca", NULL, false));
}

/*
 * A client that has none is refused too, but not told: mbedTLS sends no alert there (RFC 5246 7.4.6
 * leaves it open). It repeats its flight to nobody and gives up after 123 s.
 */
static void
test_client_without_certificate(void **state)
{
	struct setup s = {.suite = CCM_8,
			  .server = credentials("server", "ca", NULL, true),
			  .client = credentials(NULL, "ca", NULL, false)};

	(void)state;
	setup_try(&s);
	assert_int_equal(s.pair->connected, 0);
	assert_int_equal(s.pair->failed_count, 1);
	assert_int_equal(s.pair->failed[0].reason, NBS_DTLS_CERTIFICATE);
	assert_int_equal(nbs_dtls_server_sessions(s.pair->server), 0);
	pair_run_s(s.pair, 130);
	assert_int_equal(s.node.connected, 0);
	assert_int_equal(s.node.closed, 1);
	assert_int_equal(s.node.reason, NBS_DTLS_TIMEOUT);
	assert_int_equal(s.pair->failed[1].reason, NBS_DTLS_NO_SESSION);
	setup_fini(&s);
}

/* ---- arguments ---- */

static void
test_suites_fit(void **state)
{
	const uint16_t psk = NBS_DTLS_PSK_AES_128_CCM_8, ecdsa = CCM_8;
	struct nbs_dtls_credentials *trusting = credentials(NULL, "ca", NULL, false);
	struct nbs_dtls_credentials *own = credentials("server", NULL, NULL, false);
	struct nbs_dtls_server *server = NULL;
	struct nbs_dtls_client *client = NULL;
	struct pair *pair = pair_new(1, NULL);
	const struct {
		struct nbs_dtls_server_config server;
		struct nbs_dtls_client_config client;
	} bad[] = {
	    /* no credentials; a server without a chain, a client without trust anchors */
	    {{.suites = &ecdsa, .suite_count = 1},
	     {.suites = &ecdsa, .suite_count = 1, .identity_len = 0}},
	    {{.suites = &ecdsa, .suite_count = 1, .credentials = trusting},
	     {.suites = &ecdsa, .suite_count = 1, .credentials = own}},
	    /* a client without a key for the suite, or for the one that nothing names */
	    {{.suites = &ecdsa, .suite_count = 1},
	     {.suites = &psk, .suite_count = 1, .credentials = trusting}},
	    {{.suites = &ecdsa, .suite_count = 1}, {.credentials = trusting}},
	    /* half a key */
	    {{.suites = &ecdsa, .suite_count = 1},
	     {.suites = &ecdsa, .suite_count = 1, .credentials = trusting, .psk_len = 16}},
	    {{.suites = &ecdsa, .suite_count = 1},
	     {.suites = &ecdsa,
	      .suite_count = 1,
	      .credentials = trusting,
	      .psk = pair_key,
	      .psk_len = 16}},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct nbs_dtls_server_config up = bad[i].server;
		struct nbs_dtls_client_config down = bad[i].client;

		up.stream = "test/server";
		down.stream = "test/client";
		assert_int_equal(
		    nbs_dtls_server_new(pair->engine, &up, &pair_server_ops, pair, &server),
		    NBS_E_ARG);
		assert_int_equal(
		    nbs_dtls_client_new(pair->engine, &down, &pair_client_ops, NULL, &client),
		    NBS_E_ARG);
	}
	assert_true(nbs_dtls_suite_has_certificate(CCM_8));
	assert_false(nbs_dtls_suite_has_certificate(psk));
	assert_false(nbs_dtls_suite_has_certificate(0xFFFE));
	pair_free(pair);
	nbs_dtls_credentials_free(trusting);
	nbs_dtls_credentials_free(own);
}

static void
credentials_refused(struct nbs_dtls_credentials_config config, enum nbs_status want)
{
	struct nbs_dtls_credentials *made = NULL;

	assert_int_equal(nbs_dtls_credentials_new(&config, &made), want);
	assert_null(made);
}

static void
test_bad_credentials(void **state)
{
	char *chain = file_read("server", ".pem"), *key = file_read("server", ".key.pem");
	char *other = file_read("device", ".key.pem"), *trust = file_read("ca", ".pem");
	char name[257], *many = malloc(5 * strlen(chain) + 1);

	(void)state;
	assert_non_null(many);
	memset(name, 'n', 256);
	name[256] = many[0] = '\0';
	for (unsigned i = 0; i < 5; i++)
		strcat(many, chain);
	credentials_refused((struct nbs_dtls_credentials_config){.server_name = "gateway"},
			    NBS_E_ARG);
	credentials_refused((struct nbs_dtls_credentials_config){.chain = bytes_of(chain)},
			    NBS_E_ARG);
	credentials_refused(
	    (struct nbs_dtls_credentials_config){.key = bytes_of(key), .trust = bytes_of(trust)},
	    NBS_E_ARG);
	credentials_refused((struct nbs_dtls_credentials_config){.chain = bytes_of(chain),
								 .key = bytes_of(key),
								 .require_client = true},
			    NBS_E_ARG);
	credentials_refused(
	    (struct nbs_dtls_credentials_config){.chain = bytes_of(chain), .key = bytes_of(other)},
	    NBS_E_INVALID);
	credentials_refused((struct nbs_dtls_credentials_config){.trust = bytes_of(key)},
			    NBS_E_INVALID);
	credentials_refused((struct nbs_dtls_credentials_config){.trust = {(uint8_t *)chain, 0}},
			    NBS_E_INVALID);
	/* 15 + 5 * (3 + 362) is more than the 1536 bytes of the library's buffer */
	credentials_refused(
	    (struct nbs_dtls_credentials_config){.chain = bytes_of(many), .key = bytes_of(key)},
	    NBS_E_RANGE);
	credentials_refused(
	    (struct nbs_dtls_credentials_config){.trust = bytes_of(trust), .server_name = name},
	    NBS_E_RANGE);
	assert_int_equal(nbs_dtls_credentials_new(NULL, NULL), NBS_E_ARG);
	nbs_dtls_credentials_free(NULL);
	free(chain);
	free(key);
	free(other);
	free(trust);
	free(many);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_untrusted_server),
	    cmocka_unit_test(test_expired_server),
	    cmocka_unit_test(test_last_day),
	    cmocka_unit_test(test_server_of_another_name),
	    cmocka_unit_test(test_bad_clients),
	    cmocka_unit_test(test_client_without_certificate),
	    cmocka_unit_test(test_suites_fit),
	    cmocka_unit_test(test_bad_credentials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
