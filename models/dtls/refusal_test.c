/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must not get in: wrong keys, unknown identities, forgeries, replays, foreign hellos. */
#include "models/dtls/record.h"
#include "models/dtls/test_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A connected client on address 1, nothing under way. */
static struct pair *
connected_pair(struct pair_node *node, const struct nbs_dtls_server_config *config)
{
	struct pair *pair = pair_new(3, config);

	pair_node_init(node, pair, 1, NULL);
	pair_connect(node);
	return pair;
}

static void
finish(struct pair *pair, struct pair_node *node)
{
	pair_node_fini(node);
	pair_free(pair);
}

/* The association works in both directions. */
static void
assert_alive(struct pair *pair, struct pair_node *node)
{
	unsigned up = pair->received, down = node->received;

	pair->echo = true;
	assert_int_equal(nbs_dtls_client_write(node->client, (const uint8_t *)"alive", 5), NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(pair->received, up + 1);
	assert_int_equal(node->received, down + 1);
	assert_memory_equal(node->last, "alive", 5);
	pair->echo = false;
}

/* Hands the server bytes as if they came from the node. */
static void
inject(struct pair *pair, const struct pair_node *node, const uint8_t *data, size_t len,
       uint64_t frame)
{
	assert_int_equal(nbs_dtls_server_input(pair->server, node->at, data, len, frame), NBS_OK);
}

/* ---- keys ---- */

/* The server cannot read Finished: RFC 4279 2, bad_record_mac or decrypt_error. */
static void
test_wrong_key(void **state)
{
	const uint8_t wrong[16] = {0};
	struct pair *pair = pair_new(3, NULL);
	struct pair_node node;

	(void)state;
	pair->key = wrong;
	pair_node_init(&node, pair, 1, NULL);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	pair_run_s(pair, 200);
	assert_int_equal(node.connected, 0);
	assert_int_equal(node.closed, 1);
	assert_int_equal(node.reason, NBS_DTLS_ALERT);
	assert_int_equal(nbs_dtls_client_write(node.client, wrong, 1), NBS_E_STATE);
	assert_int_equal(pair->connected, 0);
	assert_int_equal(pair->failed_count, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_BAD_MAC);
	assert_int_equal(pair->failed[0].identity_len, 1);
	assert_int_equal(pair->failed[0].identity[0], 'a');
	assert_int_equal(pair->failed[0].frame, 5); /* fifth datagram: KeyExchange+CCS+Finished */
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->handshakes_failed, 1);
	finish(pair, &node);
}

/* RFC 4279 2: unknown_psk_identity. */
static void
test_unknown_identity(void **state)
{
	struct nbs_dtls_client_config config;
	struct pair *pair = pair_new(3, NULL);
	struct pair_node node;

	(void)state;
	pair_client_defaults(&config);
	config.identity = (const uint8_t *)"nobody";
	config.identity_len = 6;
	pair_node_init(&node, pair, 1, &config);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	pair_run_s(pair, 200);
	assert_int_equal(node.connected, 0);
	assert_int_equal(node.closed, 1);
	assert_int_equal(node.reason, NBS_DTLS_ALERT);
	assert_int_equal(pair->connected, 0);
	assert_int_equal(pair->failed_count, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_UNKNOWN_IDENTITY);
	assert_int_equal(pair->failed[0].identity_len, 6);
	assert_memory_equal(pair->failed[0].identity, "nobody", 6);
	/* alert 115 (RFC 4279 6), fatal, in the clear */
	assert_memory_equal(pair_packet(pair, PAIR_DOWN, 2)->data + 13, "\x02\x73", 2);
	finish(pair, &node);
}

/* A ClientKeyExchange (RFC 4279 2) with an identity of so many bytes, instead of the client's. */
static struct pair *
key_exchange(struct pair_node *node, uint16_t identity_len)
{
	struct pair *pair = pair_new(3, NULL);
	const uint16_t body = (uint16_t)(2 + identity_len), record = (uint16_t)(12 + body);
	uint8_t data[512] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 16, 0, 0, 0, 0, 2};

	pair_node_init(node, pair, 1, NULL);
	assert_int_equal(nbs_dtls_client_connect(node->client), NBS_OK);
	/* 50 ms a way: the second ClientHello is answered, the answer not yet there */
	assert_int_equal(nbs_run(pair->engine, 170 * NBS_NS_PER_MS), NBS_OK);
	data[11] = (uint8_t)(record >> 8);
	data[12] = (uint8_t)record;
	data[15] = data[23] = (uint8_t)(body >> 8);
	data[16] = data[24] = (uint8_t)body;
	data[25] = (uint8_t)(identity_len >> 8);
	data[26] = (uint8_t)identity_len;
	memset(data + 27, 'a', identity_len);
	inject(pair, node, data, 27U + identity_len, 77);
	return pair;
}

/* RFC 4279 5.3: 128 bytes are enough; a longer identity reaches nobody's buffer. */
static void
test_identity_length(void **state)
{
	struct pair_node node;
	struct pair *pair = key_exchange(&node, 128);

	(void)state;
	assert_int_equal(pair->failed_count, 0);
	finish(pair, &node);
	pair = key_exchange(&node, 129);
	assert_int_equal(pair->failed_count, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_UNKNOWN_IDENTITY);
	assert_int_equal(pair->failed[0].identity_len, 0);
	assert_int_equal(pair->failed[0].frame, 77);
	finish(pair, &node);
}

/* ---- records ---- */

static void
test_replayed_record(void **state)
{
	struct pair_node node;
	struct pair *pair = connected_pair(&node, NULL);
	const struct pair_packet *record;

	(void)state;
	assert_int_equal(nbs_dtls_client_write(node.client, (const uint8_t *)"reading", 7), NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(pair->received, 1);
	assert_int_equal(pair->last_frame, 7);
	record = pair_packet(pair, PAIR_UP, 3);
	inject(pair, &node, record->data, record->len, 99);
	assert_int_equal(pair->received, 1);
	assert_int_equal(pair->failed_count, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_REPLAY);
	assert_int_equal(pair->failed[0].frame, 99);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->replays, 1);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->bad_records, 0);
	/* out of the window of 64: still a replay, RFC 6347 4.1.2.6 */
	for (unsigned i = 0; i < 70; i++)
		assert_int_equal(nbs_dtls_client_write(node.client, (const uint8_t *)"x", 1),
				 NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(pair->received, 71);
	inject(pair, &node, record->data, record->len, 100);
	assert_int_equal(pair->received, 71);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->replays, 2);
	assert_alive(pair, &node);
	finish(pair, &node);
}

/* Late, but new: RFC 6347 4.1.2.6 accepts it once. */
static void
test_reordered_record(void **state)
{
	struct pair_node node;
	struct pair *pair = connected_pair(&node, NULL);
	const struct pair_packet *first, *second;

	(void)state;
	pair->lose_one_in = 1; /* the network keeps both */
	assert_int_equal(nbs_dtls_client_write(node.client, (const uint8_t *)"1", 1), NBS_OK);
	assert_int_equal(nbs_dtls_client_write(node.client, (const uint8_t *)"2", 1), NBS_OK);
	pair->lose_one_in = 0;
	first = pair_packet(pair, PAIR_UP, 3);
	second = pair_packet(pair, PAIR_UP, 4);
	inject(pair, &node, second->data, second->len, 1);
	assert_memory_equal(pair->last, "2", 1);
	inject(pair, &node, first->data, first->len, 2);
	assert_memory_equal(pair->last, "1", 1);
	assert_int_equal(pair->received, 2);
	inject(pair, &node, first->data, first->len, 3);
	assert_int_equal(pair->received, 2);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->replays, 1);
	finish(pair, &node);
}

/* Each byte of a record in turn is changed: nothing gets in, nothing goes out, nobody dies. */
static void
test_forged_record(void **state)
{
	struct pair_node node;
	struct pair *pair = connected_pair(&node, NULL);
	const struct pair_packet *record;
	uint8_t forged[64];
	size_t sent;

	(void)state;
	pair->lose_one_in = 1;
	assert_int_equal(nbs_dtls_client_write(node.client, (const uint8_t *)"reading", 7), NBS_OK);
	pair->lose_one_in = 0;
	record = pair_packet(pair, PAIR_UP, 3);
	sent = pair->packet_count;
	for (size_t i = 0; i < record->len; i++) {
		memcpy(forged, record->data, record->len);
		forged[i] ^= 0x01;
		inject(pair, &node, forged, record->len, 200 + i);
		assert_int_equal(pair->received, 0);
	}
	pair_run_s(pair, 100);
	assert_int_equal(pair->packet_count, sent); /* silence */
	assert_int_equal(pair->closed_count, 0);
	/* from the sequence number on (byte 5) all fail the tag, with the frame told */
	assert_int_equal(pair->failed[pair->failed_count - 1].reason, NBS_DTLS_BAD_MAC);
	assert_int_equal(pair->failed[pair->failed_count - 1].frame, 200 + record->len - 1);
	assert_true(nbs_dtls_server_stats(pair->server)->bad_records >= record->len - 5);
	/* the genuine one is still welcome */
	inject(pair, &node, record->data, record->len, 300);
	assert_int_equal(pair->received, 1);
	assert_alive(pair, &node);
	finish(pair, &node);
}

/* The client drops forgeries in silence too. */
static void
test_forged_record_down(void **state)
{
	struct pair_node node;
	struct pair *pair = connected_pair(&node, NULL);
	uint8_t forged[] = {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0, 17, 1, 2,
			    3,  4,    5,    6, 7, 8, 9, 0, 1, 2, 3, 4, 5,  6, 7};

	(void)state;
	assert_int_equal(nbs_dtls_client_input(node.client, forged, sizeof(forged)), NBS_OK);
	assert_int_equal(node.received, 0);
	assert_int_equal(nbs_dtls_client_stats(node.client)->bad_records, 1);
	assert_int_equal(nbs_dtls_client_input(node.client, (const uint8_t *)"\x03\x05\x00", 3),
			 NBS_OK);
	assert_int_equal(nbs_dtls_client_stats(node.client)->not_dtls, 1);
	assert_alive(pair, &node);
	finish(pair, &node);
}

/* Alerts in the clear (epoch 0) mean nothing to a live session, RFC 6347 4.1. */
static void
test_forged_alert(void **state)
{
	const uint8_t fatal[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40};
	const uint8_t bye[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 1, 0};
	struct pair_node node;
	struct pair *pair = connected_pair(&node, NULL);

	(void)state;
	inject(pair, &node, fatal, sizeof(fatal), 1);
	inject(pair, &node, bye, sizeof(bye), 2);
	assert_int_equal(nbs_dtls_client_input(node.client, fatal, sizeof(fatal)), NBS_OK);
	assert_int_equal(pair->closed_count, 0);
	assert_int_equal(node.closed, 0);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->bad_records, 2);
	assert_alive(pair, &node);
	finish(pair, &node);
}

/* A record of one byte in epoch 0, where no live association has anything to say. */
static const uint8_t junk[] = {23, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 1};

/* Hands both ends of a live association the same bytes: neither may end by them. */
static void
both_survive(struct pair *pair, struct pair_node *node, const uint8_t *data, size_t len)
{
	size_t sent = pair->packet_count;

	inject(pair, node, data, len, 777);
	assert_int_equal(nbs_dtls_client_input(node->client, data, len), NBS_OK);
	assert_int_equal(pair->packet_count, sent);
	assert_int_equal(pair->closed_count, 0);
	assert_int_equal(node->closed, 0);
	assert_alive(pair, node);
}

/* RFC 6347 4.1.2.7: bytes that are no whole record are dropped, in a live association... */
static void
test_trailing_bytes(void **state)
{
	uint8_t data[sizeof(junk) + 12] = {0};
	struct pair_node node;
	struct pair *pair = connected_pair(&node, NULL);

	(void)state;
	memcpy(data, junk, sizeof(junk));
	for (size_t rest = 1; rest <= 12; rest++) {
		both_survive(pair, &node, data, sizeof(junk) + rest);
		assert_int_equal(pair->failed_count, rest);
		assert_int_equal(pair->failed[rest - 1].frame, 777);
	}
	finish(pair, &node);
}

/* ... and in a handshake, at each moment of it. */
static void
test_trailing_bytes_in_handshake(void **state)
{
	uint8_t data[sizeof(junk) + 5] = {0};

	(void)state;
	memcpy(data, junk, sizeof(junk));
	for (uint64_t at_ms = 0; at_ms < 400; at_ms += 20) { /* four round trips of 100 ms */
		struct pair *pair = pair_new(3, NULL);
		struct pair_node node;

		pair_node_init(&node, pair, 1, NULL);
		assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
		assert_int_equal(nbs_run(pair->engine, at_ms * NBS_NS_PER_MS), NBS_OK);
		inject(pair, &node, data, sizeof(data), 1);
		assert_int_equal(nbs_dtls_client_input(node.client, data, sizeof(data)), NBS_OK);
		pair_run_s(pair, 1);
		assert_int_equal(node.connected, 1);
		assert_alive(pair, &node);
		finish(pair, &node);
	}
}

/* The library's buffer cuts a long datagram anywhere in a record. */
static void
test_oversized_datagram(void **state)
{
	uint8_t data[4000] = {0};
	struct pair_node node;
	struct pair *pair = connected_pair(&node, NULL);

	(void)state;
	for (size_t first = 1; first <= sizeof(junk); first++) {
		size_t len = NBSI_DTLS_HEADER + first;

		memcpy(data, junk, sizeof(junk));
		data[NBSI_DTLS_HEADER - 1] = (uint8_t)first;
		for (; len + sizeof(junk) <= sizeof(data); len += sizeof(junk))
			memcpy(data + len, junk, sizeof(junk));
		both_survive(pair, &node, data, len);
	}
	finish(pair, &node);
}

/* ---- datagrams for nobody ---- */

/* Clear MQTT-SN on the DTLS port: counted, told with its frame, no answer. */
static void
test_not_dtls(void **state)
{
	static const uint8_t connect[] = {0x09, 0x04, 0x04, 0x01, 0x00, 0x3c, 'a', 'b', 'c'};
	struct pair_node node;
	struct pair *pair = connected_pair(&node, NULL);
	const struct nbs_endpoint stranger = {0xc0000201, 4000};
	size_t sent = pair->packet_count;

	(void)state;
	inject(pair, &node, connect, sizeof(connect), 42);
	assert_int_equal(
	    nbs_dtls_server_input(pair->server, stranger, connect, sizeof(connect), 43), NBS_OK);
	assert_int_equal(nbs_dtls_server_input(pair->server, stranger, connect, 0, 44), NBS_OK);
	assert_int_equal(pair->failed_count, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(pair->failed[i].reason, NBS_DTLS_NOT_DTLS);
		assert_int_equal(pair->failed[i].frame, 42 + i);
	}
	assert_int_equal(nbs_dtls_server_stats(pair->server)->not_dtls, 3);
	assert_int_equal(pair->packet_count, sent);
	assert_alive(pair, &node);
	finish(pair, &node);
}

static void
test_stray_record(void **state)
{
	const uint8_t record[] = {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0, 1, 7};
	struct pair_node node;
	struct pair *pair = connected_pair(&node, NULL);
	const struct nbs_endpoint stranger = {0xc0000201, 4000};
	size_t sent = pair->packet_count;

	(void)state;
	assert_int_equal(nbs_dtls_server_input(pair->server, stranger, record, sizeof(record), 8),
			 NBS_OK);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_NO_SESSION);
	assert_int_equal(pair->failed[0].frame, 8);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->strays, 1);
	assert_int_equal(pair->packet_count, sent);
	finish(pair, &node);
}

/* No suite in common: handshake_failure (40, RFC 5246 7.4.1.3), no session. */
static void
test_no_common_suite(void **state)
{
	const uint16_t gcm = 0x00A8;
	struct nbs_dtls_client_config config;
	struct pair *pair = pair_new(3, NULL);
	struct pair_node node;

	(void)state;
	pair_client_defaults(&config);
	config.suites = &gcm;
	config.suite_count = 1;
	pair_node_init(&node, pair, 1, &config);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	pair_run_s(pair, 200);
	assert_int_equal(node.reason, NBS_DTLS_ALERT);
	assert_int_equal(pair->failed_count, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_BAD_HELLO);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->bad_hellos, 1);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0);
	assert_memory_equal(pair_packet(pair, PAIR_DOWN, 0)->data + 13, "\x02\x28", 2);
	finish(pair, &node);
}

/* ---- hellos from a live session's address (RFC 6347 4.2.8) ---- */

/* The ClientHello of somebody else, who sees no answers. */
static void
foreign_hello(struct pair *pair, uint8_t *hello, size_t *len)
{
	struct nbs_dtls_client_config config;
	struct pair_node other;

	pair_client_defaults(&config);
	config.stream = "dtls/other";
	pair_node_init(&other, pair, 9, &config);
	pair->lose_one_in = 1;
	assert_int_equal(nbs_dtls_client_connect(other.client), NBS_OK);
	pair->lose_one_in = 0;
	*len = pair->packets[pair->packet_count - 1].len;
	assert_int_equal(*len, 97);
	memcpy(hello, pair->packets[pair->packet_count - 1].data, *len);
	pair_node_fini(&other);
}

static void
spoofed_hello_check(bool cookies)
{
	struct nbs_dtls_server_config config;
	struct pair_node node;
	struct pair *pair;
	uint8_t hello[128];
	uint64_t handle;
	size_t len, sent;

	pair_server_defaults(&config);
	config.cookies = cookies;
	pair = connected_pair(&node, &config);
	handle = nbs_dtls_session_handle(pair->newest);
	foreign_hello(pair, hello, &len);
	sent = pair->packet_count;
	for (unsigned i = 0; i < 10; i++)
		inject(pair, &node, hello, len, i);
	/* a cookie to the true owner of the address, who does not ask for one */
	assert_int_equal(pair->packet_count, sent + 10);
	assert_int_equal(pair->packets[sent].len, 60);
	pair_run_s(pair, 100);
	assert_int_equal(pair->closed_count, 0);
	assert_int_equal(node.closed, 0);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 1);
	assert_int_equal(nbs_dtls_session_handle(pair->newest), handle);
	assert_alive(pair, &node);
	finish(pair, &node);
}

static void
test_spoofed_hello(void **state)
{
	(void)state;
	spoofed_hello_check(true);
	spoofed_hello_check(false);
}

/* What starts like a ClientHello, or has one behind another record, judges no live session. */
static void
hidden_hello_check(bool cookies)
{
	const uint8_t stub[] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 1};
	struct nbs_dtls_server_config config;
	struct pair_node node;
	struct pair *pair;
	uint8_t hello[sizeof(junk) + 128];
	size_t len;

	pair_server_defaults(&config);
	config.cookies = cookies;
	pair = connected_pair(&node, &config);
	both_survive(pair, &node, stub, sizeof(stub));
	assert_int_equal(pair->failed_count, 1);
	assert_int_equal(pair->failed[0].frame, 777);
	memcpy(hello, junk, sizeof(junk));
	foreign_hello(pair, hello + sizeof(junk), &len);
	both_survive(pair, &node, hello, sizeof(junk) + len);
	finish(pair, &node);
}

static void
test_hidden_hello(void **state)
{
	(void)state;
	hidden_hello_check(true);
	hidden_hello_check(false);
}

/* The session's own hellos, cookie and all, replayed while the cookie is fresh: dropped. */
static void
test_replayed_hello(void **state)
{
	struct pair_node node;
	struct pair *pair = connected_pair(&node, NULL);
	const struct pair_packet *first = pair_packet(pair, PAIR_UP, 0);
	const struct pair_packet *second = pair_packet(pair, PAIR_UP, 1);
	size_t sent = pair->packet_count;

	(void)state;
	inject(pair, &node, first->data, first->len, 1);
	inject(pair, &node, second->data, second->len, 2);
	assert_int_equal(pair->packet_count, sent);
	assert_int_equal(pair->closed_count, 0);
	assert_alive(pair, &node);
	finish(pair, &node);
}

/* A cookie is bound to address and port and lives 60 s: elsewhere and later it counts as none. */
static void
test_cookie_is_bound(void **state)
{
	struct pair_node node;
	struct pair *pair = connected_pair(&node, NULL);
	const struct pair_packet *second = pair_packet(pair, PAIR_UP, 1);
	struct nbs_endpoint elsewhere = node.at;

	(void)state;
	elsewhere.port++;
	assert_int_equal(
	    nbs_dtls_server_input(pair->server, elsewhere, second->data, second->len, 1), NBS_OK);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 1);
	assert_int_equal(pair->packets[pair->packet_count - 1].len, 60);
	nbs_dtls_client_close(node.client);
	pair_run_s(pair, 30);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0);
	pair_run_s(pair, 31); /* the cookie is 61 s old at least */
	inject(pair, &node, second->data, second->len, 2);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0);
	assert_int_equal(pair->packets[pair->packet_count - 1].len, 60);
	finish(pair, &node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_wrong_key),
	    cmocka_unit_test(test_unknown_identity),
	    cmocka_unit_test(test_identity_length),
	    cmocka_unit_test(test_replayed_record),
	    cmocka_unit_test(test_reordered_record),
	    cmocka_unit_test(test_forged_record),
	    cmocka_unit_test(test_forged_record_down),
	    cmocka_unit_test(test_forged_alert),
	    cmocka_unit_test(test_not_dtls),
	    cmocka_unit_test(test_stray_record),
	    cmocka_unit_test(test_no_common_suite),
	    cmocka_unit_test(test_spoofed_hello),
	    cmocka_unit_test(test_replayed_hello),
	    cmocka_unit_test(test_cookie_is_bound),
	    cmocka_unit_test(test_trailing_bytes),
	    cmocka_unit_test(test_oversized_datagram),
	    cmocka_unit_test(test_hidden_hello),
	    cmocka_unit_test(test_trailing_bytes_in_handshake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
