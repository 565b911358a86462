/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Session IDs are in the clear: somebody else offers one. Under its suite the handshake fails for
 * want of the secret; under another suite it is a whole one, and must be of whom it proves.
 */
#include "models/dtls/conn.h"
#include "models/dtls/test_credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define VICTIM "victim"

/* The victim's association, and the session that its client could resume. */
struct theft {
	struct pair *pair;
	struct nbs_dtls_credentials *own, *thief;
	struct pair_node victim;
	mbedtls_ssl_session session;
};

/* A client's connection is its first member (client.c). */
static mbedtls_ssl_context *
library_context(struct nbs_dtls_client *client)
{
	return &((struct nbsi_dtls_conn *)client)->live->ssl;
}

static void
theft_begin(struct theft *theft)
{
	static const uint16_t suites[] = {NBS_DTLS_PSK_AES_128_CCM_8, CCM_8};
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;

	memset(theft, 0, sizeof(*theft));
	theft->own = credentials("server", "ca", NULL, true);
	theft->thief = credentials("device", "ca", NULL, false);
	pair_server_defaults(&server);
	server.suites = suites;
	server.suite_count = 2;
	server.credentials = theft->own;
	server.resumable_limit = 10;
	theft->pair = pair_new(1, &server);
	pair_client_defaults(&client);
	client.identity = (const uint8_t *)VICTIM;
	client.identity_len = strlen(VICTIM);
	pair_node_init(&theft->victim, theft->pair, 1, &client);
	pair_connect(&theft->victim);
	mbedtls_ssl_session_init(&theft->session);
	assert_int_equal(
	    mbedtls_ssl_get_session(library_context(theft->victim.client), &theft->session), 0);
}

static void
theft_end(struct theft *theft)
{
	mbedtls_ssl_session_free(&theft->session);
	pair_node_fini(&theft->victim);
	pair_free(theft->pair);
	nbs_dtls_credentials_free(theft->own);
	nbs_dtls_credentials_free(theft->thief);
}

/* A device with a certificate of its own offers the victim's ID: it is itself, not the victim. */
static void
test_under_another_suite(void **state)
{
	static const uint16_t suite = CCM_8;
	struct nbs_dtls_identity identity;
	struct nbs_dtls_client_config client;
	struct pair_node node;
	struct theft theft;

	(void)state;
	theft_begin(&theft);
	client = (struct nbs_dtls_client_config){.stream = "dtls/thief",
						 .suites = &suite,
						 .suite_count = 1,
						 .credentials = theft.thief,
						 .resumption = NBS_DTLS_RESUME_SESSION_ID};
	pair_node_init(&node, theft.pair, 2, &client);
	assert_int_equal(mbedtls_ssl_set_session(library_context(node.client), &theft.session), 0);
	pair_connect(&node);
	identity = nbs_dtls_session_identity(theft.pair->newest);
	assert_int_equal(identity.len, strlen("METER-000001"));
	assert_memory_equal(identity.data, "METER-000001", identity.len);
	assert_int_equal(nbs_dtls_server_stats(theft.pair->server)->handshakes_resumed, 0);
	/* What the server remembers of it is whose it is, too. */
	nbs_dtls_client_drop(node.client, true);
	pair_connect(&node);
	assert_int_equal(nbs_dtls_server_stats(theft.pair->server)->handshakes_resumed, 1);
	identity = nbs_dtls_session_identity(theft.pair->newest);
	assert_int_equal(identity.len, strlen("METER-000001"));
	assert_memory_equal(identity.data, "METER-000001", identity.len);
	pair_node_fini(&node);
	theft_end(&theft);
}

/* Another device with a key: under the same suite, with a secret that is not the victim's. */
static void
test_without_the_secret(void **state)
{
	struct nbs_dtls_client_config client;
	struct pair_node node;
	struct theft theft;

	(void)state;
	theft_begin(&theft);
	theft.session.MBEDTLS_PRIVATE(master)[0] ^= 1;
	pair_client_defaults(&client);
	client.identity = (const uint8_t *)"thief";
	client.identity_len = 5;
	client.stream = "dtls/thief";
	pair_node_init(&node, theft.pair, 2, &client);
	assert_int_equal(mbedtls_ssl_set_session(library_context(node.client), &theft.session), 0);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	pair_run_s(theft.pair, 130);
	assert_int_equal(node.connected, 0);
	assert_int_equal(theft.pair->connected, 1); /* the victim's own */
	pair_node_fini(&node);
	theft_end(&theft);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_under_another_suite),
	    cmocka_unit_test(test_without_the_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
