/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NULL and values out of range at every public entry of the DTLS model. */
#include "models/dtls/test_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t data[14] = {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0, 1, 7};

static void
client(void **state)
{
	struct nbs_dtls_client_config good, bad;
	struct pair *pair = pair_new(1, NULL);
	struct nbs_dtls_client_ops no_send = pair_client_ops;
	struct nbs_engine *engine = pair->engine;
	struct nbs_dtls_client *made = NULL;
	struct pair_node node;
	uint8_t bytes[256] = {0};
	size_t len = 0;

	(void)state;
	no_send.send = NULL;
	pair_client_defaults(&good);
	assert_int_equal(nbs_dtls_client_new(NULL, &good, &pair_client_ops, NULL, &made),
			 NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_new(engine, NULL, &pair_client_ops, NULL, &made),
			 NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_new(engine, &good, NULL, NULL, &made), NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_new(engine, &good, &no_send, NULL, &made), NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_new(engine, &good, &pair_client_ops, NULL, NULL),
			 NBS_E_ARG);
	bad = good;
	bad.stream = NULL;
	assert_int_equal(nbs_dtls_client_new(engine, &bad, &pair_client_ops, NULL, &made),
			 NBS_E_ARG);
	pair_node_init(&node, pair, 1, NULL);
	assert_int_equal(nbs_dtls_client_connect(NULL), NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_input(NULL, data, sizeof(data)), NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_input(node.client, NULL, 1), NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_input(node.client, NULL, 0), NBS_OK);
	assert_int_equal(nbs_dtls_client_stats(node.client)->not_dtls, 1); /* an empty datagram */
	assert_int_equal(nbs_dtls_client_write(NULL, data, 1), NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_write(node.client, NULL, 1), NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_save(NULL, bytes, sizeof(bytes), &len), NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_save(node.client, bytes, sizeof(bytes), NULL), NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_save(node.client, NULL, 1, &len), NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_load(NULL, bytes, sizeof(bytes)), NBS_E_ARG);
	assert_int_equal(nbs_dtls_client_load(node.client, NULL, 0), NBS_E_ARG);
	assert_false(nbs_dtls_client_is_connected(NULL));
	assert_null(nbs_dtls_client_stats(NULL));
	assert_int_equal(nbs_dtls_client_suite(NULL), 0);
	nbs_dtls_client_close(NULL);
	nbs_dtls_client_free(NULL);
	pair_node_fini(&node);
	pair_free(pair);
}

static void
server(void **state)
{
	const struct nbs_endpoint peer = {1, 1};
	struct nbs_dtls_server_config good, bad;
	struct pair *pair = pair_new(1, NULL);
	struct nbs_dtls_server_ops no_psk = pair_server_ops;
	struct nbs_engine *engine = pair->engine;
	struct nbs_dtls_server *made = NULL;

	(void)state;
	no_psk.psk = NULL;
	pair_server_defaults(&good);
	assert_int_equal(nbs_dtls_server_new(NULL, &good, &pair_server_ops, NULL, &made),
			 NBS_E_ARG);
	assert_int_equal(nbs_dtls_server_new(engine, NULL, &pair_server_ops, NULL, &made),
			 NBS_E_ARG);
	assert_int_equal(nbs_dtls_server_new(engine, &good, NULL, NULL, &made), NBS_E_ARG);
	assert_int_equal(nbs_dtls_server_new(engine, &good, &no_psk, NULL, &made), NBS_E_ARG);
	assert_int_equal(nbs_dtls_server_new(engine, &good, &pair_server_ops, NULL, NULL),
			 NBS_E_ARG);
	bad = good;
	bad.idle_ns = UINT64_MAX; /* no timer takes it, no sum either */
	assert_int_equal(nbs_dtls_server_new(engine, &bad, &pair_server_ops, NULL, &made),
			 NBS_E_ARG);
	bad = good;
	bad.park_after_ns = UINT64_MAX;
	assert_int_equal(nbs_dtls_server_new(engine, &bad, &pair_server_ops, NULL, &made),
			 NBS_E_ARG);
	bad = good;
	bad.suite_count = 1;
	assert_int_equal(nbs_dtls_server_new(engine, &bad, &pair_server_ops, NULL, &made),
			 NBS_E_ARG);
	assert_int_equal(nbs_dtls_server_input(NULL, peer, data, sizeof(data), 0), NBS_E_ARG);
	assert_int_equal(nbs_dtls_server_input(pair->server, peer, NULL, 1, 0), NBS_E_ARG);
	assert_null(nbs_dtls_server_stats(NULL));
	assert_int_equal(nbs_dtls_server_sessions(NULL), 0);
	assert_int_equal(nbs_dtls_server_parked(NULL), 0);
	assert_int_equal(nbs_dtls_server_wakes(NULL), 0);
	assert_null(nbs_dtls_server_find(NULL, peer));
	nbs_dtls_server_free(NULL);
	pair_free(pair);
}

static void
session(void **state)
{
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;

	(void)state;
	assert_int_equal(nbs_dtls_session_write(NULL, data, 1), NBS_E_ARG);
	nbs_dtls_session_close(NULL);
	assert_int_equal(nbs_dtls_session_peer(NULL).addr, 0);
	assert_null(nbs_dtls_session_identity(NULL).data);
	assert_int_equal(nbs_dtls_session_handle(NULL), 0);
	nbs_dtls_session_set_user(NULL, &node);
	assert_null(nbs_dtls_session_user(NULL));
	assert_null(nbs_dtls_session_stats(NULL));
	assert_int_equal(nbs_dtls_session_suite(NULL), 0);
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	assert_int_equal(nbs_dtls_session_write(pair->newest, NULL, 1), NBS_E_ARG);
	assert_int_equal(nbs_dtls_session_write(pair->newest, NULL, 0), NBS_E_RANGE);
	assert_int_equal(nbs_dtls_client_write(node.client, NULL, 0), NBS_E_RANGE);
	pair_node_fini(&node);
	pair_free(pair);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(client),
	    cmocka_unit_test(server),
	    cmocka_unit_test(session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
