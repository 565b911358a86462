/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection IDs (RFC 9146): who is found by one, and when the server follows to another address.
 */
#include "models/dtls/test_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define TLS12_CID 25 /* RFC 9146 4 */
#define APPLICATION 23
#define CID_AT 11 /* offset in the record: RFC 9146 4 */

static const uint8_t text[] = "reading";
static const struct nbs_endpoint stranger = {0xcb007142U, 4000};

/* A server with IDs of a length and a client that asks, connected. */
static struct pair *
cid_pair(struct pair_node *node, size_t server_len, size_t client_len)
{
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair *pair;

	assert_int_equal(nbs_dtls_set_cid_padding(NBS_DTLS_CID_PADDING), NBS_OK);
	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.cid_len = server_len;
	client.cid = true;
	client.cid_len = client_len;
	pair = pair_new(1, &server);
	pair_node_init(node, pair, 1, &client);
	pair_connect(node);
	return pair;
}

static void
cid_pair_free(struct pair *pair, struct pair_node *node)
{
	pair_node_fini(node);
	pair_free(pair);
}

/* The client writes; it arrives unless the test holds it up by losing everything. */
static void
write_text(struct pair_node *node)
{
	assert_int_equal(nbs_dtls_client_write(node->client, text, sizeof(text)), NBS_OK);
	pair_run_s(node->pair, 1);
}

/* The client writes a record that stays on the way. @return it. */
static const struct pair_packet *
write_held(struct pair_node *node)
{
	struct pair *pair = node->pair;

	pair->lose_one_in = 1;
	write_text(node);
	pair->lose_one_in = 0;
	return &pair->packets[pair->packet_count - 1];
}

static void
deliver(struct pair *pair, struct nbs_endpoint from, const struct pair_packet *packet)
{
	assert_int_equal(nbs_dtls_server_input(pair->server, from, packet->data, packet->len, 99),
			 NBS_OK);
}

static void
assert_peer(const struct pair *pair, struct nbs_endpoint want)
{
	struct nbs_endpoint peer = nbs_dtls_session_peer(pair->newest);

	assert_int_equal(peer.addr, want.addr);
	assert_int_equal(peer.port, want.port);
}

/* ---- negotiation ---- */

static void
test_negotiated(void **state)
{
	struct pair_node node;
	struct pair *pair = cid_pair(&node, 6, 0);
	const struct pair_packet *up;

	(void)state;
	pair->echo = true;
	write_text(&node);
	assert_true(nbs_dtls_client_has_cid(node.client));
	assert_true(nbs_dtls_session_has_cid(pair->newest));
	up = pair_packet(pair, PAIR_UP, 3);
	assert_int_equal(up->data[0], TLS12_CID);
	assert_int_equal(pair_packet(pair, PAIR_DOWN, 3)->data[0], APPLICATION);
	assert_int_equal(node.received, 1);
	/* the Finished of the handshake carries it too: behind KeyExchange 28 and CCS 14 */
	assert_int_equal(pair_packet(pair, PAIR_UP, 2)->data[28 + 14], TLS12_CID);
	assert_memory_equal(pair_packet(pair, PAIR_UP, 2)->data + 28 + 14 + CID_AT,
			    up->data + CID_AT, 6);
	cid_pair_free(pair, &node);
}

/* The client has an ID of its own: then both ways, 13 + 4 + 8 + (8 + 1 -> 16) + 8 = 49. */
static void
test_both_ways(void **state)
{
	struct pair_node node;
	struct pair *pair = cid_pair(&node, 1, 4);

	(void)state;
	pair->echo = true;
	write_text(&node);
	write_text(&node);
	assert_int_equal(pair_packet(pair, PAIR_DOWN, 3)->data[0], TLS12_CID);
	assert_int_equal(pair_packet(pair, PAIR_DOWN, 3)->len, 49);
	assert_int_equal(pair_packet(pair, PAIR_UP, 3)->len, 46);
	assert_int_equal(node.received, 2);
	assert_memory_equal(node.last, text, sizeof(text));
	assert_int_equal(nbs_dtls_client_stats(node.client)->bad_records, 0);
	nbs_dtls_session_close(pair->newest); /* close_notify in a record with the ID */
	pair_run_s(pair, 1);
	assert_int_equal(node.closed, 1);
	assert_int_equal(node.reason, NBS_DTLS_PEER_CLOSE);
	cid_pair_free(pair, &node);
}

/* Nobody asks: nothing changes, and the ID that was kept ready is free again. */
static void
test_not_asked_for(void **state)
{
	struct nbs_dtls_server_config server;
	struct pair_node node;
	struct pair *pair;

	(void)state;
	pair_server_defaults(&server);
	server.cid_len = 1;
	pair = pair_new(1, &server);
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	write_text(&node);
	assert_false(nbs_dtls_client_has_cid(node.client));
	assert_false(nbs_dtls_session_has_cid(pair->newest));
	assert_int_equal(pair_packet(pair, PAIR_UP, 3)->data[0], APPLICATION);
	assert_int_equal(pair->received, 1);
	cid_pair_free(pair, &node);
}

/* An empty ID is negotiated and does nothing: a new address is a stranger. */
static void
test_empty(void **state)
{
	struct pair_node node;
	struct pair *pair = cid_pair(&node, 0, 0);

	(void)state;
	assert_false(nbs_dtls_client_has_cid(node.client));
	assert_false(nbs_dtls_session_has_cid(pair->newest));
	node.at.port++;
	write_text(&node);
	assert_int_equal(pair->received, 0);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->strays, 1);
	cid_pair_free(pair, &node);
}

/* 256 clients have an ID of one byte each, all different; the next one gets none, and works. */
static void
test_ids_are_unique_and_may_run_out(void **state)
{
	struct pair_node *nodes = test_calloc(257, sizeof(*nodes));
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	bool seen[256] = {false};
	struct pair *pair;

	(void)state;
	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.cid_len = 1;
	client.cid = true;
	pair = pair_new(1, &server);
	for (unsigned i = 0; i < 257; i++) {
		pair_node_init(&nodes[i], pair, i % 256, &client);
		nodes[i].at.port = (uint16_t)(nodes[i].at.port + i / 256);
		pair_connect(&nodes[i]);
		write_text(&nodes[i]);
		assert_int_equal(nbs_dtls_client_has_cid(nodes[i].client), i < 256);
		if (i == 256)
			break;
		uint8_t cid = pair->packets[pair->packet_count - 1].data[CID_AT];
		assert_false(seen[cid]);
		seen[cid] = true;
	}
	assert_int_equal(pair->received, 257);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 257);
	/* One that ends makes room. */
	nbs_dtls_client_close(nodes[7].client);
	pair_run_s(pair, 1);
	pair_connect(&nodes[7]);
	assert_true(nbs_dtls_client_has_cid(nodes[7].client));
	for (unsigned i = 0; i < 257; i++)
		pair_node_fini(&nodes[i]);
	pair_free(pair);
	test_free(nodes);
}

/* ---- addresses ---- */

/* A NAT gave the client another port: the session goes on, the answer finds the new one. */
static void
test_follows(void **state)
{
	struct pair_node node;
	struct pair *pair = cid_pair(&node, 1, 0);
	uint64_t handle = nbs_dtls_session_handle(pair->newest);
	struct nbs_endpoint before = node.at;

	(void)state;
	pair->echo = true;
	node.at.port += 100;
	write_text(&node);
	assert_int_equal(pair->received, 1);
	assert_int_equal(node.received, 1);
	assert_int_equal(pair_packet(pair, PAIR_DOWN, 3)->device.port, node.at.port);
	assert_peer(pair, node.at);
	assert_ptr_equal(nbs_dtls_server_find(pair->server, node.at), pair->newest);
	assert_null(nbs_dtls_server_find(pair->server, before));
	assert_ptr_equal(nbs_dtls_server_session(pair->server, handle), pair->newest);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->moves, 1);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->strays, 0);
	assert_int_equal(pair->failed_count, 0);
	cid_pair_free(pair, &node);
}

/* The library answers close_notify by itself: that answer too goes to the new address. */
static void
test_close_from_a_new_address(void **state)
{
	struct pair_node node;
	struct pair *pair = cid_pair(&node, 1, 0);

	(void)state;
	node.at.port += 100;
	nbs_dtls_client_close(node.client);
	pair_run_s(pair, 1);
	assert_int_equal(pair->closed_count, 1);
	assert_int_equal(pair->closed[0].reason, NBS_DTLS_PEER_CLOSE);
	assert_int_equal(pair_packet(pair, PAIR_DOWN, 3)->device.port, node.at.port);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0);
	cid_pair_free(pair, &node);
}

/* A copy of a record, or one that was overtaken, moves nothing (RFC 9146 6, "newer"). */
static void
test_old_records_move_nothing(void **state)
{
	struct pair_node node;
	struct pair *pair = cid_pair(&node, 1, 0);
	const struct pair_packet *late = write_held(&node);

	(void)state;
	write_text(&node);
	assert_int_equal(pair->received, 1);
	deliver(pair, stranger, &pair->packets[pair->packet_count - 1]); /* the one just read */
	assert_int_equal(pair->received, 1);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->replays, 1);
	assert_peer(pair, node.at);
	deliver(pair, stranger, late); /* authentic and never seen, but older */
	assert_int_equal(pair->received, 2);
	assert_peer(pair, node.at);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->moves, 0);
	cid_pair_free(pair, &node);
}

/* A record with the right ID that is not authentic: refused, and told of whom sent it. */
static void
test_forgeries_move_nothing(void **state)
{
	struct pair_node node;
	struct pair *pair = cid_pair(&node, 1, 0);
	const struct pair_packet *packet = write_held(&node);

	(void)state;
	packet->data[packet->len - 1] ^= 1;
	deliver(pair, stranger, packet);
	assert_int_equal(pair->received, 0);
	assert_int_equal(pair->failed_count, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_BAD_MAC);
	assert_int_equal(pair->failed[0].frame, 99);
	assert_peer(pair, node.at);
	write_text(&node);
	assert_int_equal(pair->received, 1);
	cid_pair_free(pair, &node);
}

/*
 * Without a return-routability check (RFC 9853) whoever forwards the newest record first is
 * followed; the client's next record brings the session back.
 */
static void
test_forwarded_first(void **state)
{
	struct pair_node node;
	struct pair *pair = cid_pair(&node, 1, 0);

	(void)state;
	deliver(pair, stranger, write_held(&node));
	assert_int_equal(pair->received, 1);
	assert_peer(pair, stranger);
	write_text(&node);
	assert_int_equal(pair->received, 2);
	assert_peer(pair, node.at);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->moves, 2);
	cid_pair_free(pair, &node);
}

/* An ID that no session has; and a record cut inside its ID. */
static void
test_unknown_id_is_a_stray(void **state)
{
	struct pair_node node;
	struct pair *pair = cid_pair(&node, 2, 0);
	const struct pair_packet *packet = write_held(&node);

	(void)state;
	packet->data[CID_AT] ^= 1;
	deliver(pair, node.at, packet);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->strays, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_NO_SESSION);
	packet->data[CID_AT] ^= 1;
	assert_int_equal(nbs_dtls_server_input(pair->server, node.at, packet->data, 13, 0), NBS_OK);
	assert_int_equal(nbs_dtls_server_input(pair->server, node.at, packet->data, 14, 0), NBS_OK);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->strays, 3);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->bad_records, 0);
	deliver(pair, node.at, packet);
	assert_int_equal(pair->received, 1);
	cid_pair_free(pair, &node);
}

/* A record without the ID, though one was negotiated, is not authentic (RFC 9146 3). */
static void
test_record_without_its_id(void **state)
{
	static const uint8_t plain[13 + 8 + 8 + 8] = {APPLICATION, 0xfe, 0xfd, 0, 1, 0,        0,
						      0,           0,    0,    9, 0, 8 + 8 + 8};
	struct pair_node node;
	struct pair *pair = cid_pair(&node, 1, 0);

	(void)state;
	assert_int_equal(nbs_dtls_server_input(pair->server, node.at, plain, sizeof(plain), 5),
			 NBS_OK);
	assert_int_equal(pair->failed_count, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_BAD_MAC);
	write_text(&node);
	assert_int_equal(pair->received, 1);
	cid_pair_free(pair, &node);
}

/* ---- somebody else at the address ---- */

/*
 * A NAT gives the port of a silent client to another one, which says hello from there, with an ID
 * of its own or without. The first one's session is not disturbed, and it follows when it speaks.
 */
static void
address_taken_check(bool with_cid)
{
	struct nbs_dtls_client_config config;
	struct pair_node first, second;
	struct pair *pair = cid_pair(&first, 1, 0);
	struct nbs_dtls_session *session = pair->newest;

	pair_client_defaults(&config);
	config.cid = with_cid;
	config.identity = (const uint8_t *)"b";
	pair_node_init(&second, pair, 1, &config);
	pair_connect(&second); /* the same address and port */
	assert_int_equal(pair->closed_count, 0);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 2);
	assert_ptr_equal(nbs_dtls_server_find(pair->server, second.at), pair->newest);
	first.at.port += 7;
	write_text(&first);
	write_text(&second);
	assert_int_equal(pair->received, 2);
	assert_ptr_equal(nbs_dtls_server_find(pair->server, first.at), session);
	first.at.port -= 7; /* and once more both at one address */
	write_text(&first);
	write_text(&second);
	assert_int_equal(pair->received, 4);
	assert_int_equal(pair->closed_count + pair->failed_count, 0);
	pair_node_fini(&second);
	cid_pair_free(pair, &first);
}

static void
test_address_taken_by_another(void **state)
{
	(void)state;
	address_taken_check(true);
	address_taken_check(false);
}

/* ---- handshakes ---- */

/* The server's last flight is lost: the client repeats its own, whose Finished has the ID. */
static void
test_repeated_flight(void **state)
{
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair_node node;
	struct pair *pair;

	(void)state;
	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.cid_len = 1;
	client.cid = true;
	pair = pair_new(1, &server);
	pair_node_init(&node, pair, 1, &client);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	assert_int_equal(nbs_run(pair->engine, 240 * NBS_NS_PER_MS), NBS_OK);
	pair->lose_down = true; /* the third answer would leave at 250 ms */
	assert_int_equal(nbs_run(pair->engine, 400 * NBS_NS_PER_MS), NBS_OK);
	pair->lose_down = false;
	pair_run_s(pair, 5);
	assert_int_equal(node.connected, 1);
	write_text(&node);
	assert_int_equal(pair->received, 1);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->bad_records, 0);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->retransmissions, 1);
	cid_pair_free(pair, &node);
}

/* Each handshake negotiates anew, with another ID while the old session still has its own. */
static void
test_second_handshake(void **state)
{
	struct pair_node node;
	struct pair *pair = cid_pair(&node, 8, 0);

	(void)state;
	nbs_dtls_client_close(node.client);
	node.at.port++;
	pair_run_s(pair, 1);
	pair_connect(&node);
	write_text(&node);
	assert_true(nbs_dtls_client_has_cid(node.client));
	assert_int_equal(pair->received, 1);
	cid_pair_free(pair, &node);
}

/* RFC 9146 5.3: 23 bytes and the ID are authenticated, 26 with CCM's length: two blocks, not one.
 */
static void
test_work_of_a_record(void **state)
{
	struct pair_node node;
	struct pair *pair = cid_pair(&node, 1, 0);

	(void)state;
	write_text(&node); /* 8 bytes, padded to 16 */
	assert_int_equal(
	    nbs_dtls_client_work(node.client, NBS_DTLS_PHASE_RECORDS)->count[NBS_CRYPTO_AES_BLOCK],
	    1 + 2 + 1 + 2 * 1);
	assert_int_equal(
	    nbs_dtls_server_work(pair->server, NBS_DTLS_PHASE_RECORDS)->count[NBS_CRYPTO_AES_BLOCK],
	    1 + 2 + 1 + 2 * 1);
	cid_pair_free(pair, &node);
}

/* ---- settings ---- */

static void
test_padding_is_set_between_endpoints(void **state)
{
	struct pair_node node;
	struct pair *pair;

	(void)state;
	assert_int_equal(nbs_dtls_set_cid_padding(0), NBS_E_ARG);
	assert_int_equal(nbs_dtls_set_cid_padding(NBS_DTLS_CID_PADDING_MAX + 1), NBS_E_ARG);
	assert_int_equal(nbs_dtls_set_cid_padding(NBS_DTLS_CID_PADDING_MAX), NBS_OK);
	assert_int_equal(nbs_dtls_set_cid_padding(NBS_DTLS_CID_PADDING), NBS_OK);
	pair = cid_pair(&node, 1, 0);
	assert_int_equal(nbs_dtls_set_cid_padding(1), NBS_E_STATE);
	assert_int_equal(nbs_dtls_set_cid_padding(NBS_DTLS_CID_PADDING), NBS_OK);
	cid_pair_free(pair, &node);
	assert_int_equal(nbs_dtls_set_cid_padding(1), NBS_OK);
	assert_int_equal(nbs_dtls_set_cid_padding(NBS_DTLS_CID_PADDING), NBS_OK);
}

/* The largest record that the buffers are made for, at the largest padding. */
static void
test_large_records(void **state)
{
	static const uint8_t large[1400];
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair_node node;
	struct pair *pair;

	(void)state;
	assert_int_equal(nbs_dtls_set_cid_padding(NBS_DTLS_CID_PADDING_MAX), NBS_OK);
	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.cid_len = NBS_DTLS_CID_MAX;
	client.cid = true;
	client.cid_len = NBS_DTLS_CID_MAX;
	pair = pair_new(1, &server);
	pair->echo = true;
	pair_node_init(&node, pair, 1, &client);
	pair_connect(&node);
	assert_int_equal(nbs_dtls_client_write(node.client, large, sizeof(large)), NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(pair->received, 1);
	assert_int_equal(node.received, 1);
	/* 13 + 32 + 8 + 1408 + 8: 1401 up to 22 * 64 */
	assert_int_equal(pair->packets[pair->packet_count - 1].len, 1469);
	cid_pair_free(pair, &node);
	assert_int_equal(nbs_dtls_set_cid_padding(NBS_DTLS_CID_PADDING), NBS_OK);
}

static void
test_lengths_out_of_range(void **state)
{
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct nbs_dtls_server *second = NULL;
	struct nbs_dtls_client *refused = NULL;
	struct pair *pair = pair_new(1, NULL);

	(void)state;
	pair_server_defaults(&server);
	server.cid_len = NBS_DTLS_CID_MAX + 1;
	assert_int_equal(
	    nbs_dtls_server_new(pair->engine, &server, &pair_server_ops, pair, &second), NBS_E_ARG);
	pair_client_defaults(&client);
	client.cid_len = 1; /* without cid */
	assert_int_equal(
	    nbs_dtls_client_new(pair->engine, &client, &pair_client_ops, pair, &refused),
	    NBS_E_ARG);
	client.cid = true;
	client.cid_len = NBS_DTLS_CID_MAX + 1;
	assert_int_equal(
	    nbs_dtls_client_new(pair->engine, &client, &pair_client_ops, pair, &refused),
	    NBS_E_ARG);
	assert_false(nbs_dtls_client_has_cid(NULL));
	assert_false(nbs_dtls_session_has_cid(NULL));
	assert_null(nbs_dtls_server_session(NULL, 1));
	assert_null(nbs_dtls_server_session(pair->server, 1));
	pair_free(pair);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_negotiated),
	    cmocka_unit_test(test_both_ways),
	    cmocka_unit_test(test_not_asked_for),
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_ids_are_unique_and_may_run_out),
	    cmocka_unit_test(test_follows),
	    cmocka_unit_test(test_close_from_a_new_address),
	    cmocka_unit_test(test_old_records_move_nothing),
	    cmocka_unit_test(test_forgeries_move_nothing),
	    cmocka_unit_test(test_forwarded_first),
	    cmocka_unit_test(test_unknown_id_is_a_stray),
	    cmocka_unit_test(test_record_without_its_id),
	    cmocka_unit_test(test_address_taken_by_another),
	    cmocka_unit_test(test_repeated_flight),
	    cmocka_unit_test(test_second_handshake),
	    cmocka_unit_test(test_work_of_a_record),
	    cmocka_unit_test(test_padding_is_set_between_endpoints),
	    cmocka_unit_test(test_large_records),
	    cmocka_unit_test(test_lengths_out_of_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
