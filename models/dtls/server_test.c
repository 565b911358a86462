/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Life and death of a server's sessions. */
#include "models/dtls/test_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* ---- the same address again (RFC 6347 4.2.8) ---- */

/* The device forgets its client, as at a reboot; the same address starts over. */
static void
reboot(struct pair_node *node, const char *stream)
{
	struct nbs_dtls_client_config config;
	struct pair *pair = node->pair;
	unsigned number = node->at.addr & 0xff;

	pair_client_defaults(&config);
	config.stream = stream;
	pair_node_fini(node);
	pair_node_init(node, pair, number, &config);
}

static void
reconnect_check(bool cookies, unsigned datagrams)
{
	struct nbs_dtls_server_config config;
	struct pair_node node;
	struct pair *pair;
	uint64_t handle;
	size_t sent;

	pair_server_defaults(&config);
	config.cookies = cookies;
	pair = pair_new(1, &config);
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	handle = nbs_dtls_session_handle(pair->newest);
	assert_true(handle != 0);
	reboot(&node, "dtls/rebooted");
	sent = pair->packet_count;
	pair_connect(&node);
	assert_int_equal(pair->packet_count, sent + datagrams);
	assert_int_equal(pair->closed_count, 1);
	assert_int_equal(pair->closed[0].reason, NBS_DTLS_REPLACED);
	assert_int_equal(pair->closed[0].handle, handle);
	assert_int_equal(pair->connected, 2);
	assert_int_not_equal(nbs_dtls_session_handle(pair->newest), handle);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 1);
	assert_ptr_equal(nbs_dtls_server_find(pair->server, node.at), pair->newest);
	pair_node_fini(&node);
	pair_free(pair);
}

/* With cookies off the second handshake needs one all the same: six datagrams, not four. */
static void
test_reconnect_from_same_port(void **state)
{
	(void)state;
	reconnect_check(true, 6);
	reconnect_check(false, 6);
}

/* A handshake that its client left half way does not lock the address. */
static void
test_half_open_is_replaced(void **state)
{
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	/* 50 ms a way: at 170 ms the second ClientHello was answered, the answer not yet there */
	assert_int_equal(nbs_run(pair->engine, 170 * NBS_NS_PER_MS), NBS_OK);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 1);
	assert_null(nbs_dtls_server_find(pair->server, node.at));
	reboot(&node, "dtls/rebooted");
	/* the stale ServerHello passes before the new ClientHello leaves */
	assert_int_equal(nbs_run(pair->engine, 500 * NBS_NS_PER_MS), NBS_OK);
	pair_connect(&node);
	assert_int_equal(pair->connected, 1);
	assert_int_equal(pair->closed_count, 0);
	assert_int_equal(pair->failed_count, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_REPLACED);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->handshakes_failed, 1);
	pair_node_fini(&node);
	pair_free(pair);
}

/* A client that falls silent: the server repeats its flight as in RFC 6347 4.2.4.1, then drops. */
static void
test_half_open_times_out(void **state)
{
	static const uint64_t want_s[] = {0, 1, 3, 7, 15, 31, 63};
	struct pair *pair = pair_new(1, NULL);
	uint64_t start;
	struct pair_node node;

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	assert_int_equal(nbs_run(pair->engine, 170 * NBS_NS_PER_MS), NBS_OK);
	pair_node_fini(&node);
	pair_run_s(pair, 200);
	start = pair_packet(pair, PAIR_DOWN, 1)->time_ns;
	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(pair_packet(pair, PAIR_DOWN, 1 + i)->len, 131);
		assert_int_equal(pair_packet(pair, PAIR_DOWN, 1 + i)->time_ns - start,
				 want_s[i] * NBS_NS_PER_S);
	}
	assert_null(pair_packet(pair, PAIR_DOWN, 8));
	assert_int_equal(pair->failed_count, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_TIMEOUT);
	assert_int_equal(pair->failed[0].frame, 0);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->retransmissions, 6);
	pair_free(pair);
}

/* ---- ends ---- */

/* close_notify of the client: answered (RFC 5246 7.2.1), 13 + 8 + 2 + 8 bytes each. */
static void
test_client_closes(void **state)
{
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	nbs_dtls_client_close(node.client);
	assert_int_equal(nbs_dtls_client_write(node.client, (const uint8_t *)"x", 1), NBS_E_STATE);
	pair_run_s(pair, 1);
	assert_int_equal(pair->packet_count, 8);
	assert_int_equal(pair->packets[6].len, 31);
	assert_int_equal(pair->packets[6].what, NBS_DTLS_DATAGRAM_ALERT);
	assert_int_equal(pair->packets[7].len, 31);
	assert_int_equal(pair->closed_count, 1);
	assert_int_equal(pair->closed[0].reason, NBS_DTLS_PEER_CLOSE);
	assert_int_equal(pair->failed_count, 0);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->bad_records, 0);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0);
	assert_int_equal(node.closed, 0); /* its own doing */
	pair_connect(&node);              /* and again */
	assert_int_equal(pair->connected, 2);
	pair_node_fini(&node);
	pair_free(pair);
}

static void
test_server_closes(void **state)
{
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	nbs_dtls_session_close(pair->newest);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0);
	pair_run_s(pair, 1);
	assert_int_equal(node.closed, 1);
	assert_int_equal(node.reason, NBS_DTLS_PEER_CLOSE);
	assert_int_equal(pair->closed_count, 0);
	/* the client's answer finds no session */
	assert_int_equal(nbs_dtls_server_stats(pair->server)->strays, 1);
	assert_int_equal(nbs_dtls_client_stats(node.client)->handshakes_failed, 0);
	pair_node_fini(&node);
	pair_free(pair);
}

static void
close_on_received(struct pair *pair, struct nbs_dtls_session *session)
{
	(void)pair;
	nbs_dtls_session_close(session);
	nbs_dtls_session_close(session); /* harmless while its op runs */
	assert_int_equal(nbs_dtls_session_write(session, (const uint8_t *)"x", 1), NBS_E_STATE);
}

/* A session may be closed by the op that it is calling. */
static void
test_close_inside_op(void **state)
{
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;

	(void)state;
	pair->on_received = close_on_received;
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	assert_int_equal(nbs_dtls_client_write(node.client, (const uint8_t *)"x", 1), NBS_OK);
	assert_int_equal(nbs_dtls_client_write(node.client, (const uint8_t *)"y", 1), NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(pair->received, 1);
	assert_int_equal(pair->closed_count, 0);
	assert_int_equal(node.reason, NBS_DTLS_PEER_CLOSE);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0);
	pair_node_fini(&node);
	pair_free(pair);
}

/* Silence for 100 s ends a session, 100/64 s late at most; records put it off. */
static void
test_idle_timeout(void **state)
{
	struct nbs_dtls_server_config config;
	struct pair_node silent, talker;
	struct pair *pair;

	(void)state;
	pair_server_defaults(&config);
	config.idle_ns = 100 * NBS_NS_PER_S;
	pair = pair_new(1, &config);
	pair_node_init(&silent, pair, 1, NULL);
	pair_node_init(&talker, pair, 2, NULL);
	pair_connect(&silent);
	pair_connect(&talker);
	pair_run_s(pair, 60);
	assert_int_equal(nbs_dtls_client_write(talker.client, (const uint8_t *)"x", 1), NBS_OK);
	pair_run_s(pair, 37); /* 99 s: both are there */
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 2);
	pair_run_s(pair, 4); /* 103 s */
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 1);
	assert_non_null(nbs_dtls_server_find(pair->server, talker.at));
	assert_int_equal(pair->closed[0].reason, NBS_DTLS_TIMEOUT);
	pair_run_s(pair, 55); /* 158 s: 96 s after the talker's record */
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 1);
	pair_run_s(pair, 6); /* 164 s */
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0);
	assert_int_equal(pair->closed_count, 2);
	pair_node_fini(&silent);
	pair_node_fini(&talker);
	pair_free(pair);
}

/* The fourth of three: the one that was silent for longest goes. */
static void
test_session_limit(void **state)
{
	struct nbs_dtls_server_config config;
	struct pair_node nodes[4];
	struct pair *pair;

	(void)state;
	pair_server_defaults(&config);
	config.session_limit = 3;
	pair = pair_new(1, &config);
	for (unsigned i = 0; i < 3; i++) {
		pair_node_init(&nodes[i], pair, i, NULL);
		pair_connect(&nodes[i]);
	}
	assert_int_equal(nbs_dtls_client_write(nodes[0].client, (const uint8_t *)"x", 1), NBS_OK);
	pair_node_init(&nodes[3], pair, 3, NULL);
	pair_connect(&nodes[3]);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 3);
	assert_int_equal(pair->closed_count, 1);
	assert_int_equal(pair->closed[0].reason, NBS_DTLS_EVICTED);
	assert_int_equal(pair->closed[0].handle, 2);
	assert_null(nbs_dtls_server_find(pair->server, nodes[1].at));
	assert_non_null(nbs_dtls_server_find(pair->server, nodes[0].at));
	for (unsigned i = 0; i < 4; i++)
		pair_node_fini(&nodes[i]);
	pair_free(pair);
}

/* ---- accessors and arguments ---- */

static void
test_accessors(void **state)
{
	struct pair *pair = pair_new(1, NULL);
	struct nbs_dtls_session *session;
	struct pair_node node;
	uint8_t big[4096] = {0};

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	session = pair->newest;
	assert_ptr_equal(nbs_dtls_server_find(pair->server, node.at), session);
	assert_int_equal(nbs_dtls_session_peer(session).addr, node.at.addr);
	assert_int_equal(nbs_dtls_session_peer(session).port, node.at.port);
	assert_null(nbs_dtls_session_user(session));
	nbs_dtls_session_set_user(session, pair);
	assert_ptr_equal(nbs_dtls_session_user(session), pair);
	assert_int_equal(nbs_dtls_session_write(session, big, 0), NBS_E_RANGE);
	assert_int_equal(nbs_dtls_session_write(session, big, sizeof(big)), NBS_E_RANGE);
	assert_int_equal(nbs_dtls_client_write(node.client, big, sizeof(big)), NBS_E_RANGE);
	assert_int_equal(nbs_dtls_session_write(session, big, 1400), NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(node.received, 1);
	pair_node_fini(&node);
	pair_free(pair);
}

static void
test_bad_server_config(void **state)
{
	uint16_t suites[NBS_DTLS_SUITES_MAX + 1];
	const uint16_t not_psk = 0xC0AE; /* TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8 */
	const uint16_t unknown = 0xFFFE;
	struct nbs_dtls_server_config bad[7];
	struct nbs_dtls_server *server = NULL;
	struct nbs_dtls_server_ops ops = pair_server_ops;
	struct pair *pair = pair_new(1, NULL);

	(void)state;
	for (unsigned i = 0; i <= NBS_DTLS_SUITES_MAX; i++)
		suites[i] = NBS_DTLS_PSK_AES_128_CCM_8;
	for (unsigned i = 0; i < 7; i++)
		pair_server_defaults(&bad[i]);
	bad[0].suites = &not_psk;
	bad[0].suite_count = 1;
	bad[1].suites = &unknown;
	bad[1].suite_count = 1;
	bad[2].suites = suites;
	bad[2].suite_count = NBS_DTLS_SUITES_MAX + 1;
	bad[3].suite_count = 1;                    /* and no list */
	bad[4].timeout_min_ns = 999999;            /* below 1 ms */
	bad[5].timeout_min_ns = 61 * NBS_NS_PER_S; /* above the default maximum */
	bad[6].stream = NULL;
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(
		    nbs_dtls_server_new(pair->engine, &bad[i], &pair_server_ops, pair, &server),
		    NBS_E_ARG);
	ops.psk = NULL;
	pair_server_defaults(&bad[0]);
	assert_int_equal(nbs_dtls_server_new(pair->engine, &bad[0], &ops, pair, &server),
			 NBS_E_ARG);
	assert_int_equal(nbs_dtls_server_new(pair->engine, NULL, &pair_server_ops, pair, &server),
			 NBS_E_ARG);
	assert_int_equal(nbs_dtls_server_new(NULL, &bad[0], &pair_server_ops, pair, &server),
			 NBS_E_ARG);
	assert_null(server);
	pair_free(pair);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reconnect_from_same_port),
	    cmocka_unit_test(test_half_open_is_replaced),
	    cmocka_unit_test(test_half_open_times_out),
	    cmocka_unit_test(test_client_closes),
	    cmocka_unit_test(test_server_closes),
	    cmocka_unit_test(test_close_inside_op),
	    cmocka_unit_test(test_idle_timeout),
	    cmocka_unit_test(test_session_limit),
	    cmocka_unit_test(test_accessors),
	    cmocka_unit_test(test_bad_server_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
