/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A server under load: cookies above a threshold, half-open and session limits, hidden identities.
 */
#include "models/dtls/test_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HALF_OPEN_S 123 /* a handshake without answer: 1 + 2 + 4 + ... + 32 + 60 s */
#define ALERT_AT 14U    /* of the description in a plaintext alert record: 13 + 1 */

/* Starts a handshake whose replies are all lost; runs until the hello has arrived. */
static void
hello(struct pair_node *node)
{
	assert_int_equal(nbs_dtls_client_connect(node->client), NBS_OK);
	assert_int_equal(
	    nbs_run(node->pair->engine, nbs_now(node->pair->engine) + 100 * NBS_NS_PER_MS), NBS_OK);
}

/* A pair without replies, and so many clients. */
static struct pair *
flood_start(const struct nbs_dtls_server_config *server, struct pair_node *nodes, unsigned count)
{
	struct pair *pair = pair_new(1, server);

	pair->lose_down = true;
	for (unsigned i = 0; i < count; i++)
		pair_node_init(&nodes[i], pair, 1 + i, NULL);
	return pair;
}

static void
flood_end(struct pair *pair, struct pair_node *nodes, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		pair_node_fini(&nodes[i]);
	pair_free(pair);
}

/* ---- cookies ---- */

/* Threshold 2: two hellos begin handshakes at once; the third is asked for a cookie. */
static void
test_cookie_threshold(void **state)
{
	struct nbs_dtls_server_config server;
	struct pair_node nodes[3];
	struct pair *pair;

	(void)state;
	pair_server_defaults(&server);
	server.cookie_threshold = 2;
	pair = flood_start(&server, nodes, 3);
	for (unsigned i = 0; i < 3; i++) {
		hello(&nodes[i]);
		assert_int_equal(nbs_dtls_server_half_open(pair->server), i < 2 ? i + 1 : 2);
	}
	assert_int_equal(pair_packet(pair, PAIR_DOWN, 0)->len, 131); /* ServerHello, Done */
	assert_int_equal(pair_packet(pair, PAIR_DOWN, 1)->len, 131);
	assert_int_equal(pair_packet(pair, PAIR_DOWN, 2)->len, 60); /* HelloVerifyRequest */
	assert_int_equal(nbs_dtls_server_stats(pair->server)->cookies_sent, 1);
	/* The load is gone when the first two have timed out: no cookie is asked for then. */
	pair->lose_down = false;
	for (unsigned i = 0; i < 3; i++)
		nbs_dtls_client_drop(nodes[i].client, false);
	pair_run_s(pair, HALF_OPEN_S);
	assert_int_equal(nbs_dtls_server_half_open(pair->server), 0);
	pair_connect(&nodes[2]);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->cookies_sent, 1);
	assert_int_equal(nbs_dtls_server_half_open(pair->server), 0);
	flood_end(pair, nodes, 3);
}

/* ---- limits ---- */

/* Two handshakes at once: the third hello is not answered at all, but its repeat later is. */
static void
test_half_open_limit(void **state)
{
	struct nbs_dtls_server_config server;
	struct pair_node nodes[3];
	struct pair *pair;
	size_t down;

	(void)state;
	pair_server_defaults(&server);
	server.cookies = false;
	server.half_open_limit = 2;
	pair = flood_start(&server, nodes, 3);
	hello(&nodes[0]);
	hello(&nodes[1]);
	down = pair->packet_count;
	hello(&nodes[2]);
	assert_int_equal(pair->packet_count, down + 1); /* the hello itself */
	assert_int_equal(pair->failed_count, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_BUSY);
	assert_int_equal(pair->failed[0].frame, down + 1);
	assert_int_equal(nbs_dtls_server_failed(pair->server, NBS_DTLS_BUSY), 1);
	assert_int_equal(nbs_dtls_server_half_open(pair->server), 2);
	nbs_dtls_client_drop(nodes[0].client, false);
	nbs_dtls_client_drop(nodes[1].client, false);
	pair->lose_down = false;
	pair_run_s(pair, HALF_OPEN_S);
	assert_int_equal(nbs_dtls_server_failed(pair->server, NBS_DTLS_TIMEOUT), 2);
	assert_false(nbs_dtls_client_is_connected(nodes[2].client)); /* gave up at the same time */
	pair_connect(&nodes[2]);
	flood_end(pair, nodes, 3);
}

/* A client that begins anew at its own address is no further handshake. */
static void
test_half_open_again(void **state)
{
	struct nbs_dtls_server_config server;
	struct pair_node node;
	struct pair *pair;

	(void)state;
	pair_server_defaults(&server);
	server.half_open_limit = 1;
	pair = pair_new(1, &server);
	pair_node_init(&node, pair, 1, NULL);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	assert_int_equal(nbs_run(pair->engine, 125 * NBS_NS_PER_MS), NBS_OK); /* has its cookie */
	pair->lose_down = true;
	assert_int_equal(nbs_run(pair->engine, 300 * NBS_NS_PER_MS), NBS_OK);
	pair->lose_down = false;
	assert_int_equal(nbs_dtls_server_half_open(pair->server), 1);
	nbs_dtls_client_drop(node.client, false);
	pair_connect(&node);
	assert_int_equal(nbs_dtls_server_failed(pair->server, NBS_DTLS_BUSY), 0);
	assert_int_equal(nbs_dtls_server_failed(pair->server, NBS_DTLS_REPLACED), 1);
	assert_int_equal(nbs_dtls_server_half_open(pair->server), 0);
	pair_node_fini(&node);
	pair_free(pair);
}

/* Scandium's rule: only who was silent for 30 minutes makes room; until then newcomers wait. */
static void
test_stale(void **state)
{
	struct nbs_dtls_server_config server;
	struct pair_node nodes[3];
	struct pair *pair;

	(void)state;
	pair_server_defaults(&server);
	server.session_limit = 2;
	server.stale_ns = 1800 * NBS_NS_PER_S;
	pair = pair_new(1, &server);
	for (unsigned i = 0; i < 3; i++)
		pair_node_init(&nodes[i], pair, 1 + i, NULL);
	pair_connect(&nodes[0]);
	pair_connect(&nodes[1]);
	assert_int_equal(nbs_dtls_client_connect(nodes[2].client), NBS_OK);
	pair_run_s(pair, 60);
	assert_false(nbs_dtls_client_is_connected(nodes[2].client));
	assert_true(nbs_dtls_server_failed(pair->server, NBS_DTLS_FULL) > 0);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 2);
	nbs_dtls_client_drop(nodes[2].client, false);
	pair_run_s(pair, 1800);
	assert_int_equal(nbs_dtls_client_write(nodes[0].client, pair_key, 1), NBS_OK);
	pair_run_s(pair, 1); /* the first is in use, so the second is the stale one */
	pair_connect(&nodes[2]);
	assert_int_equal(nbs_dtls_server_closed(pair->server, NBS_DTLS_EVICTED), 1);
	assert_int_equal(pair->closed[0].handle, 2);
	flood_end(pair, nodes, 3);
}

/*
 * A client with a connection ID that begins anew at its address leaves its old session alive
 * (RFC 9146 6), so it is a further session and the limit holds: the oldest makes room.
 */
static void
test_session_limit_with_ids(void **state)
{
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair_node node;
	struct pair *pair;

	(void)state;
	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.session_limit = 2;
	server.cid_len = 2;
	client.cid = true;
	pair = pair_new(1, &server);
	pair_node_init(&node, pair, 1, &client);
	for (unsigned i = 0; i < 4; i++) {
		pair_connect(&node);
		nbs_dtls_client_drop(node.client, false);
	}
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 2);
	assert_int_equal(nbs_dtls_server_closed(pair->server, NBS_DTLS_EVICTED), 2);
	pair_node_fini(&node);
	pair_free(pair);
}

/* One place for a handshake, taken: who is connected and begins anew waits like a newcomer. */
static void
test_half_open_limit_for_the_connected(void **state)
{
	struct nbs_dtls_server_config server;
	struct pair_node nodes[2];
	struct pair *pair;

	(void)state;
	pair_server_defaults(&server);
	server.cookies = false;
	server.half_open_limit = 1;
	pair = pair_new(1, &server);
	for (unsigned i = 0; i < 2; i++)
		pair_node_init(&nodes[i], pair, 1 + i, NULL);
	pair_connect(&nodes[0]);
	pair->lose_down = true;
	hello(&nodes[1]);
	assert_int_equal(nbs_dtls_server_half_open(pair->server), 1);
	pair->lose_down = false;
	nbs_dtls_client_drop(nodes[0].client, false);
	nbs_dtls_client_drop(nodes[1].client, false);
	assert_int_equal(nbs_dtls_client_connect(nodes[0].client), NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(nbs_dtls_server_half_open(pair->server), 1);
	assert_true(nbs_dtls_server_failed(pair->server, NBS_DTLS_BUSY) > 0);
	assert_int_equal(nbs_dtls_server_closed(pair->server, NBS_DTLS_REPLACED), 0);
	flood_end(pair, nodes, 2);
}

/* ---- identities ---- */

/* Handshake of "nobody", or with a key that is wrong; returns the alert that came back. */
static uint8_t
alert_of(bool hide, const char *identity, const uint8_t *psk, enum nbs_dtls_reason reason)
{
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	const struct pair_packet *packet;
	struct pair_node node;
	struct pair *pair;
	uint8_t alert = 0;

	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.hide_unknown = hide;
	client.identity = (const uint8_t *)identity;
	client.identity_len = strlen(identity);
	client.psk = psk;
	pair = pair_new(1, &server);
	pair_node_init(&node, pair, 1, &client);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(node.closed, 1);
	assert_int_equal(node.reason, NBS_DTLS_ALERT);
	assert_int_equal(nbs_dtls_client_alert(node.client),
			 pair_packet(pair, PAIR_DOWN, 2)->data[ALERT_AT]);
	assert_int_equal(pair->failed_count, 1);
	assert_int_equal(pair->failed[0].reason, reason);
	assert_int_equal(pair->failed[0].identity_len, strlen(identity));
	assert_int_equal(nbs_dtls_server_failed(pair->server, reason), 1);
	packet = pair_packet(pair, PAIR_DOWN, 2);
	assert_non_null(packet);
	assert_int_equal(packet->len, 13 + 2);
	assert_int_equal(packet->data[0], 21); /* alert, RFC 5246 6.2.1 */
	alert = packet->data[ALERT_AT];
	pair_node_fini(&node);
	pair_free(pair);
	return alert;
}

/* RFC 4279 2: unknown_psk_identity is 115; or the server goes on as if the key was wrong (20). */
static void
test_unknown_identity_policy(void **state)
{
	static const uint8_t wrong[16] = {1};

	(void)state;
	assert_int_equal(alert_of(false, "nobody", pair_key, NBS_DTLS_UNKNOWN_IDENTITY), 115);
	assert_string_equal(nbs_dtls_alert_str(115), "unknown_psk_identity");
	assert_string_equal(nbs_dtls_alert_str(1), "unknown alert");
	assert_int_equal(nbs_dtls_client_alert(NULL), 0);
	assert_int_equal(alert_of(true, "nobody", pair_key, NBS_DTLS_UNKNOWN_IDENTITY), 20);
	assert_int_equal(alert_of(true, "device", wrong, NBS_DTLS_BAD_MAC), 20);
}

/* ---- arguments ---- */

static void
refuse(const struct nbs_dtls_server_config *config)
{
	struct pair *pair = pair_new(1, NULL);
	struct nbs_dtls_server *server;

	assert_int_equal(nbs_dtls_server_new(pair->engine, config, &pair_server_ops, pair, &server),
			 NBS_E_ARG);
	pair_free(pair);
}

/* A setting without the one that it needs. */
static void
test_bad_configs(void **state)
{
	struct nbs_dtls_server_config config;
	struct pair *pair = pair_new(1, NULL);

	(void)state;
	assert_int_equal(nbs_dtls_server_failed(pair->server, NBS_DTLS_REASON__COUNT), 0);
	assert_int_equal(nbs_dtls_server_closed(NULL, NBS_DTLS_ALERT), 0);
	assert_int_equal(nbs_dtls_server_half_open(NULL), 0);
	assert_int_equal(nbs_dtls_server_resumable(NULL), 0);
	pair_free(pair);
	pair_server_defaults(&config);
	config.cookies = false;
	config.cookie_threshold = 1;
	refuse(&config);
	pair_server_defaults(&config);
	config.stale_ns = 1;
	refuse(&config);
	pair_server_defaults(&config);
	config.options.max_fragment = 512;
	refuse(&config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cookie_threshold),
	    cmocka_unit_test(test_half_open_limit),
	    cmocka_unit_test(test_half_open_again),
	    cmocka_unit_test(test_stale),
	    cmocka_unit_test(test_session_limit_with_ids),
	    cmocka_unit_test(test_half_open_limit_for_the_connected),
	    cmocka_unit_test(test_unknown_identity_policy),
	    cmocka_unit_test(test_bad_configs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
