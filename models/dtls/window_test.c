/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where exactly the replay window ends (RFC 6347 4.1.2.6), and what is not protected: a live
 * association ignores what is not authentic, a handshake can be ended by a single datagram.
 */
#include "models/dtls/test_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WINDOW 64U    /* records, the newest among them: RFC 6347 4.1.2.6 */
#define CONNECTED 300 /* ms: three round trips of 100 */

static void
finish(struct pair *pair, struct pair_node *node)
{
	pair_node_fini(node);
	pair_free(pair);
}

/* ---- the window ---- */

/* An association of which one end has written a window and one more, all kept by the network. */
struct kept {
	struct pair *pair;
	struct pair_node node;
	enum pair_way way;
	size_t first; /* index of the first kept datagram */
};

static void
kept_init(struct kept *kept, enum pair_way way)
{
	kept->pair = pair_new(3, NULL);
	kept->way = way;
	pair_node_init(&kept->node, kept->pair, 1, NULL);
	pair_connect(&kept->node);
	kept->first = kept->pair->packet_count;
	kept->pair->lose_one_in = 1;
	for (unsigned i = 0; i <= WINDOW; i++) {
		const uint8_t data[1] = {(uint8_t)i};

		if (way == PAIR_UP)
			assert_int_equal(nbs_dtls_client_write(kept->node.client, data, 1), NBS_OK);
		else
			assert_int_equal(nbs_dtls_session_write(kept->pair->newest, data, 1),
					 NBS_OK);
	}
	kept->pair->lose_one_in = 0;
}

static unsigned
kept_received(const struct kept *kept)
{
	return kept->way == PAIR_UP ? kept->pair->received : kept->node.received;
}

static uint64_t
kept_replays(const struct kept *kept)
{
	return kept->way == PAIR_UP ? nbs_dtls_server_stats(kept->pair->server)->replays
				    : nbs_dtls_client_stats(kept->node.client)->replays;
}

/* Brings the record with this number; @return whether it got in. */
static bool
kept_bring(struct kept *kept, unsigned number)
{
	const struct pair_packet *packet = &kept->pair->packets[kept->first + number];
	unsigned before = kept_received(kept);
	uint64_t replays = kept_replays(kept);
	bool got;

	pair_deliver(kept->pair, packet, packet->data, packet->len, 0);
	pair_run_s(kept->pair, 1);
	got = kept_received(kept) != before;
	assert_int_equal(kept_replays(kept), replays + !got); /* told as what it is */
	if (got)
		assert_int_equal(kept->way == PAIR_UP ? kept->pair->last[0] : kept->node.last[0],
				 number);
	return got;
}

/* The newest is number 64: 63 behind it is the last that gets in, 64 behind is too late. */
static void
window_check(enum pair_way way)
{
	struct kept kept;

	kept_init(&kept, way);
	assert_true(kept_bring(&kept, WINDOW));
	assert_false(kept_bring(&kept, 0));
	assert_true(kept_bring(&kept, 1));
	assert_false(kept_bring(&kept, 1));
	for (unsigned number = 2; number < WINDOW; number++)
		assert_true(kept_bring(&kept, number));
	for (unsigned number = 0; number <= WINDOW; number++)
		assert_false(kept_bring(&kept, number));
	assert_int_equal(kept_received(&kept), WINDOW);
	finish(kept.pair, &kept.node);
}

static void
test_window_up(void **state)
{
	(void)state;
	window_check(PAIR_UP);
}

static void
test_window_down(void **state)
{
	(void)state;
	window_check(PAIR_DOWN);
}

/* Nothing moves the window but an authentic record: 4.1.2.6, "until the MAC is verified". */
static void
test_forgery_moves_no_window(void **state)
{
	struct kept kept;

	(void)state;
	for (enum pair_way way = PAIR_UP; way <= PAIR_DOWN; way++) {
		const struct pair_packet *packet;
		uint8_t forged[64];

		kept_init(&kept, way);
		packet = &kept.pair->packets[kept.first];
		memcpy(forged, packet->data, packet->len);
		forged[5] = 0x7f; /* the highest byte of the number */
		pair_deliver(kept.pair, packet, forged, packet->len, 0);
		pair_run_s(kept.pair, 1);
		assert_int_equal(kept_received(&kept), 0);
		for (unsigned number = 0; number <= WINDOW; number++)
			assert_true(kept_bring(&kept, number));
		finish(kept.pair, &kept.node);
	}
}

/* ---- epoch 0 on a live association ---- */

/* Data in the clear, with the number that comes next or any other: not delivered, not answered. */
static void
test_clear_data_is_ignored(void **state)
{
	uint8_t clear[] = {23, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 'o', 'p', 'e', 'n'};
	struct pair *pair = pair_new(3, NULL);
	struct pair_node node;
	size_t sent;

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	sent = pair->packet_count;
	for (unsigned seq = 0; seq < 256; seq++) {
		clear[10] = (uint8_t)seq;
		assert_int_equal(
		    nbs_dtls_server_input(pair->server, node.at, clear, sizeof(clear), 1), NBS_OK);
		assert_int_equal(nbs_dtls_client_input(node.client, clear, sizeof(clear)), NBS_OK);
	}
	assert_int_equal(pair->received + node.received, 0);
	assert_int_equal(pair->packet_count, sent);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->bad_records, 256);
	assert_int_equal(nbs_dtls_client_stats(node.client)->bad_records, 256);
	assert_int_equal(pair->closed_count + node.closed, 0);
	finish(pair, &node);
}

/* ---- a handshake is not protected ---- */

/* One fatal alert, 13 + 2 bytes: unexpected_message. */
static const uint8_t fatal[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 10};

/* What could be a Finished, of nobody's making: a handshake record of the next epoch. */
static const uint8_t finished[13 + 40] = {22, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0, 40};

static void
run_until(struct pair *pair, struct pair_node *node, uint64_t ms)
{
	assert_int_equal(nbs_dtls_client_connect(node->client), NBS_OK);
	assert_int_equal(nbs_run(pair->engine, ms * NBS_NS_PER_MS), NBS_OK);
}

/* A handshake that has run for so long when somebody speaks. */
static struct pair *
handshake_at(struct pair_node *node, uint64_t ms)
{
	struct pair *pair = pair_new(3, NULL);

	pair_node_init(node, pair, 1, NULL);
	run_until(pair, node, ms);
	return pair;
}

/*
 * Denial of service by an unauthenticated alert: RFC 5246 7.2.2 has a fatal alert end the
 * connection, and RFC 6347 has nothing that would tell a forged one in epoch 0. One datagram of 15
 * bytes ends a client's handshake at any moment; once connected it means nothing.
 */
static void
test_alert_ends_handshake_of_client(void **state)
{
	(void)state;
	for (uint64_t ms = 0; ms <= CONNECTED + 100; ms += 20) {
		struct pair_node node;
		struct pair *pair = handshake_at(&node, ms);

		assert_int_equal(nbs_dtls_client_input(node.client, fatal, sizeof(fatal)), NBS_OK);
		assert_int_equal(node.closed, ms < CONNECTED);
		if (ms < CONNECTED)
			assert_int_equal(node.reason, NBS_DTLS_ALERT);
		assert_int_equal(nbs_dtls_client_is_connected(node.client), ms >= CONNECTED);
		finish(pair, &node);
	}
}

/* The same for the server's half, which is there from the second ClientHello, 150 ms, to the
 * client's Finished, 250 ms. Before, a server with cookies has no state that could be ended. */
static void
test_alert_ends_handshake_of_server(void **state)
{
	(void)state;
	for (uint64_t ms = 10; ms <= CONNECTED; ms += 20) {
		bool open = ms >= 150 && ms < 250;
		struct pair_node node;
		struct pair *pair = handshake_at(&node, ms);

		assert_int_equal(nbs_dtls_server_sessions(pair->server), ms >= 150);
		assert_int_equal(
		    nbs_dtls_server_input(pair->server, node.at, fatal, sizeof(fatal), 7), NBS_OK);
		assert_int_equal(nbs_dtls_server_sessions(pair->server), ms >= 250);
		/* as a stray, as what ended the session, as a bad record */
		assert_int_equal(pair->failed_count, 1);
		assert_int_equal(pair->failed[0].frame, 7);
		if (open)
			assert_int_equal(pair->failed[0].reason, NBS_DTLS_ALERT);
		assert_int_equal(pair->closed_count, 0);
		finish(pair, &node);
	}
}

/* A record of the next epoch that is no Finished after all: kept for later, and never needed where
 * the flight with the genuine one comes in one datagram. */
static void
test_forged_finished(void **state)
{
	(void)state;
	for (uint64_t ms = 10; ms <= CONNECTED; ms += 20) {
		struct pair_node node;
		struct pair *pair = handshake_at(&node, ms);

		assert_int_equal(nbs_dtls_client_input(node.client, finished, sizeof(finished)),
				 NBS_OK);
		assert_int_equal(
		    nbs_dtls_server_input(pair->server, node.at, finished, sizeof(finished), 7),
		    NBS_OK);
		pair_run_s(pair, 1);
		assert_int_equal(node.connected, 1);
		assert_int_equal(pair->connected, 1);
		assert_int_equal(node.closed + pair->closed_count, 0);
		finish(pair, &node);
	}
}

/*
 * Denial of service by the same record, where the flight comes in two: of CBC-SHA256 it has 135
 * bytes (impairment_test.c), here for an MTU of 128. With ChangeCipherSpec the server takes the
 * kept record for Finished, and a wrong MAC there is the one that mbedTLS takes for a wrong key
 * and does not drop. Without a cookie the server's half is there from 50 ms to 150 ms.
 */
static void
test_forged_finished_and_split_flight(void **state)
{
	const uint16_t suite = 0x00AE; /* TLS_PSK_WITH_AES_128_CBC_SHA256 */
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;

	(void)state;
	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.cookies = false;
	server.suites = client.suites = &suite;
	server.suite_count = client.suite_count = 1;
	client.mtu = 128;
	for (uint64_t ms = 50; ms <= 170; ms += 20) {
		struct pair *pair = pair_new(3, &server);
		struct pair_node node;
		bool in_time = ms < 150;

		pair_node_init(&node, pair, 1, &client);
		run_until(pair, &node, ms);
		assert_int_equal(
		    nbs_dtls_server_input(pair->server, node.at, finished, sizeof(finished), 7),
		    NBS_OK);
		pair_run_s(pair, 1);
		assert_int_equal(node.connected, !in_time);
		assert_int_equal(pair->connected, !in_time);
		if (in_time) {
			assert_int_equal(pair->failed[0].reason, NBS_DTLS_BAD_MAC);
			assert_int_equal(node.reason, NBS_DTLS_ALERT);
		}
		finish(pair, &node);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_window_up),
	    cmocka_unit_test(test_window_down),
	    cmocka_unit_test(test_forgery_moves_no_window),
	    cmocka_unit_test(test_clear_data_is_ignored),
	    cmocka_unit_test(test_alert_ends_handshake_of_client),
	    cmocka_unit_test(test_alert_ends_handshake_of_server),
	    cmocka_unit_test(test_forged_finished),
	    cmocka_unit_test(test_forged_finished_and_split_flight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
