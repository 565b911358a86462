/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes, timing and determinism of handshakes and records against published figures. */
#include "models/dtls/test_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CLIENT_HELLO_RANDOM (13 + 12 + 2) /* offset in the datagram: RFC 6347 4.1, 4.2.2 */

/* ---- sizes, from the vector files ---- */

struct sizes_case {
	char name[64];
	unsigned suite, identity_len, padding, total;
	bool cookie, cid;
	unsigned cid_len;
	unsigned sizes[6];
	unsigned count;
};

/* "-": no connection IDs; a number: the client asks, and the server's have so many bytes. */
static bool
sizes_cid(const char *text, unsigned *len)
{
	*len = (unsigned)strtoul(text, NULL, 10);
	return strcmp(text, "-") != 0;
}

/* Reads "name | suite | cookie | n | c | p | sizes | total". */
static void
sizes_parse(const char *line, struct sizes_case *c)
{
	char cookie[8], cid[8], sizes[64];

	memset(c, 0, sizeof(*c));
	assert_int_equal(sscanf(line, "%63[^|]| %x | %7s | %u | %7s | %u | %63[^|] | %u", c->name,
				&c->suite, cookie, &c->identity_len, cid, &c->padding, sizes,
				&c->total),
			 8);
	c->cid = sizes_cid(cid, &c->cid_len);
	c->cookie = strcmp(cookie, "yes") == 0;
	for (char *at = strtok(sizes, " "); at != NULL; at = strtok(NULL, " ")) {
		assert_true(c->count < 6);
		c->sizes[c->count++] = (unsigned)strtoul(at, NULL, 10);
	}
}

static void
sizes_check_one(const struct sizes_case *c)
{
	static const uint8_t identity[NBS_DTLS_IDENTITY_MAX] = "identity";
	const uint16_t suite = (uint16_t)c->suite;
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair_node node;
	struct pair *pair;
	unsigned total = 0;

	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.cookies = c->cookie;
	server.suites = client.suites = &suite;
	server.suite_count = client.suite_count = 1;
	client.identity = identity;
	client.identity_len = c->identity_len;
	client.cid = c->cid;
	server.cid_len = c->cid_len;
	assert_int_equal(nbs_dtls_set_cid_padding(c->padding), NBS_OK);
	pair = pair_new(1, &server);
	pair_node_init(&node, pair, 1, &client);
	pair_connect(&node);
	assert_int_equal(pair->packet_count, c->count);
	for (unsigned i = 0; i < c->count; i++) {
		assert_int_equal(pair->packets[i].len, c->sizes[i]);
		assert_int_equal(pair->packets[i].way, i % 2 == 0 ? PAIR_UP : PAIR_DOWN);
		total += c->sizes[i];
	}
	assert_int_equal(total, c->total);
	assert_int_equal(nbs_dtls_session_identity(pair->newest).len, c->identity_len);
	assert_memory_equal(nbs_dtls_session_identity(pair->newest).data, identity,
			    c->identity_len);
	pair_node_fini(&node);
	pair_free(pair);
}

static void
sizes_check_line(const char *line)
{
	struct sizes_case c;

	sizes_parse(line, &c);
	print_message("  %s\n", c.name);
	sizes_check_one(&c);
}

static void
test_handshake_sizes(void **state)
{
	(void)state;
	assert_int_equal(pair_vectors("handshake_sizes.txt", sizes_check_line), 10 + 2 + 8 + 3);
}

static void
overhead_check_one(unsigned suite_number, unsigned plaintext, const char *cid, unsigned padding,
		   unsigned overhead)
{
	const uint16_t suite = (uint16_t)suite_number;
	unsigned cid_len;
	const uint8_t data[64] = "\x06\x0d\x01";
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair_node node;
	struct pair *pair;

	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.suites = client.suites = &suite;
	server.suite_count = client.suite_count = 1;
	client.cid = sizes_cid(cid, &cid_len);
	server.cid_len = cid_len;
	assert_int_equal(nbs_dtls_set_cid_padding(padding), NBS_OK);
	pair = pair_new(1, &server);
	pair->echo = true;
	pair_node_init(&node, pair, 1, &client);
	pair_connect(&node);
	assert_int_equal(nbs_dtls_client_write(node.client, data, plaintext), NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(pair->packet_count, 6 + 2);
	for (size_t i = 6; i < 8; i++) {
		/* The client's own ID is empty: answers are ordinary records of CCM_8. */
		assert_int_equal(pair->packets[i].len,
				 plaintext + (i == 7 && client.cid ? 29 : overhead));
		assert_int_equal(pair->packets[i].what, NBS_DTLS_DATAGRAM_RECORD);
	}
	assert_int_equal(node.last_len, plaintext);
	assert_memory_equal(node.last, data, plaintext);
	pair_node_fini(&node);
	pair_free(pair);
}

static void
overhead_check_line(const char *line)
{
	unsigned suite, plaintext, padding, overhead;
	char cid[8];

	assert_int_equal(sscanf(line, "%*[^|]| %x | %u | %7s | %u | %u", &suite, &plaintext, cid,
				&padding, &overhead),
			 5);
	overhead_check_one(suite, plaintext, cid, padding, overhead);
}

static void
test_record_sizes(void **state)
{
	(void)state;
	assert_int_equal(pair_vectors("record_sizes.txt", overhead_check_line), 8 + 15 + 4);
}

/* ---- counters ---- */

/* The sums of the first line of handshake_sizes.txt, and one record each way. */
static void
test_counters(void **state)
{
	struct pair *pair = pair_new(1, NULL);
	const struct nbs_dtls_stats *up, *down;
	struct pair_node node;

	(void)state;
	pair->echo = true;
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	assert_int_equal(nbs_dtls_client_write(node.client, (const uint8_t *)"hello", 5), NBS_OK);
	pair_run_s(pair, 1);
	up = nbs_dtls_client_stats(node.client);
	assert_int_equal(up->handshakes_started, 1);
	assert_int_equal(up->handshakes_completed, 1);
	assert_int_equal(up->handshakes_failed, 0);
	assert_int_equal(up->handshake_datagrams_out, 3);
	assert_int_equal(up->handshake_bytes_out, 97 + 129 + 95);
	assert_int_equal(up->handshake_datagrams_in, 3);
	assert_int_equal(up->handshake_bytes_in, 60 + 131 + 67);
	assert_int_equal(up->retransmissions, 0);
	assert_int_equal(up->records_out, 1);
	assert_int_equal(up->bytes_out, 5);
	assert_int_equal(up->records_in, 1);
	assert_int_equal(up->bytes_in, 5);
	down = nbs_dtls_server_stats(pair->server);
	assert_int_equal(down->handshakes_started, 1);
	assert_int_equal(down->handshakes_completed, 1);
	assert_int_equal(down->cookies_sent, 1);
	assert_int_equal(down->handshake_bytes_in, 97 + 129 + 95);
	assert_int_equal(down->handshake_bytes_out, 60 + 131 + 67);
	assert_int_equal(down->records_in, 1);
	assert_int_equal(down->records_out, 1);
	assert_int_equal(down->bad_records + down->replays + down->retransmissions, 0);
	/* The session starts to count with the ClientHello that was accepted. */
	down = nbs_dtls_session_stats(pair->newest);
	assert_int_equal(down->handshake_bytes_in, 129 + 95);
	assert_int_equal(down->handshake_bytes_out, 131 + 67);
	assert_int_equal(down->cookies_sent, 0);
	pair_node_fini(&node);
	pair_free(pair);
}

/* ---- timers ---- */

/* All replies lost: when the ClientHello leaves, and when the client gives up. */
static void
schedule_check(uint64_t timeout_min_s, const uint64_t *want_s, size_t count, uint64_t fail_s)
{
	struct nbs_dtls_client_config config;
	struct pair_node node;
	struct pair *pair = pair_new(1, NULL);
	const struct nbs_dtls_stats *stats;

	pair->lose_down = true;
	pair_client_defaults(&config);
	config.timeout_min_ns = timeout_min_s * NBS_NS_PER_S;
	pair_node_init(&node, pair, 1, &config);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	pair_run_s(pair, fail_s + 100);
	for (size_t i = 0; i < count; i++) {
		assert_non_null(pair_packet(pair, PAIR_UP, i));
		assert_int_equal(pair_packet(pair, PAIR_UP, i)->time_ns, want_s[i] * NBS_NS_PER_S);
		assert_int_equal(pair_packet(pair, PAIR_UP, i)->what,
				 i == 0 ? NBS_DTLS_DATAGRAM_HANDSHAKE : NBS_DTLS_DATAGRAM_REPEAT);
	}
	assert_null(pair_packet(pair, PAIR_UP, count));
	assert_int_equal(node.closed, 1);
	assert_int_equal(node.closed_ns, fail_s * NBS_NS_PER_S);
	assert_int_equal(node.reason, NBS_DTLS_TIMEOUT);
	assert_int_equal(node.error, -0x6800); /* MBEDTLS_ERR_SSL_TIMEOUT */
	stats = nbs_dtls_client_stats(node.client);
	assert_int_equal(stats->retransmissions, count - 1);
	assert_int_equal(stats->handshakes_failed, 1);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0); /* cookies keep no state */
	pair_node_fini(&node);
	pair_free(pair);
}

/*
 * RFC 6347 4.2.4.1: 1 s, doubled up to 60 s; RFC 7925 11: 9 s. Both leave for the last time
 * at 63 s (1+2+4+8+16+32; 9+18+36) and give up 60 s later.
 */
static void
test_retransmission_schedule(void **state)
{
	static const uint64_t one[] = {0, 1, 3, 7, 15, 31, 63};
	static const uint64_t nine[] = {0, 9, 27, 63};

	(void)state;
	schedule_check(1, one, 7, 123);
	schedule_check(9, nine, 4, 123);
}

/*
 * A timer of 1 s against a longer round trip, nothing lost: the first ClientHello leaves at 0, 1,
 * 3 and 7 s until the answer is there. So 2.5 s cost one copy, 5 s two, 10 s three.
 */
static void
long_round_trip_check(uint64_t round_trip_ms, unsigned copies)
{
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;
	unsigned hellos = 0;

	pair->delay_ns = round_trip_ms * NBS_NS_PER_MS / 2;
	pair_node_init(&node, pair, 1, NULL);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	pair_run_s(pair, 100);
	for (size_t i = 0; i < pair->packet_count; i++)
		hellos += pair->packets[i].way == PAIR_UP && pair->packets[i].len == 97;
	assert_int_equal(hellos, 1 + copies);
	assert_int_equal(node.connected, 1);
	assert_int_equal(node.closed, 0);
	assert_int_equal(pair->connected, 1);
	assert_int_equal(pair->closed_count, 0); /* late copies of hellos ended nothing */
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 1);
	assert_int_equal(nbs_dtls_client_write(node.client, (const uint8_t *)"x", 1), NBS_OK);
	pair_run_s(pair, 10);
	assert_int_equal(pair->received, 1);
	pair_node_fini(&node);
	pair_free(pair);
}

static void
test_long_round_trip(void **state)
{
	(void)state;
	long_round_trip_check(800, 0);
	long_round_trip_check(2500, 1);
	long_round_trip_check(5000, 2);
	long_round_trip_check(10000, 3);
}

/*
 * One datagram in five lost both ways. A round trip fails with 1 - 0.8^2 = 0.36 and is tried
 * seven times: three of them fail for good with 3 * 0.36^7 = 0.0023. Of 100 handshakes more than
 * five do so with a probability below 1e-6 (Poisson, mean 0.23).
 */
static void
test_loss(void **state)
{
	struct pair *pair = pair_new(4711, NULL);
	const struct nbs_dtls_stats *stats;
	unsigned completed = 0;

	(void)state;
	pair->lose_one_in = 5;
	for (unsigned i = 0; i < 100; i++) {
		struct nbs_dtls_client_config config;
		struct pair_node node;

		pair_client_defaults(&config);
		pair_node_init(&node, pair, i, &config);
		assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
		pair_run_s(pair, 400); /* three flights give up after 123 s each */
		assert_int_equal(node.connected + node.closed, 1);
		if (node.closed != 0)
			assert_int_equal(node.reason, NBS_DTLS_TIMEOUT);
		completed += node.connected;
		pair_node_fini(&node);
	}
	assert_true(completed >= 95);
	stats = nbs_dtls_server_stats(pair->server);
	assert_true(stats->retransmissions > 0);
	assert_int_equal(stats->handshakes_started,
			 stats->handshakes_completed + stats->handshakes_failed);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), pair->connected);
	pair_free(pair);
}

/* ---- determinism ---- */

/* Everything that a run with this seed puts on the wire, one after the other. */
static size_t
wire_of(uint32_t seed, uint8_t *wire, size_t cap)
{
	struct pair *pair = pair_new(seed, NULL);
	struct pair_node node;
	size_t len = 0;

	pair_node_init(&node, pair, 1, NULL);
	pair_run_s(pair, 7);
	pair_connect(&node);
	assert_int_equal(nbs_dtls_client_write(node.client, (const uint8_t *)"hello", 5), NBS_OK);
	nbs_dtls_client_close(node.client);
	pair_run_s(pair, 1);
	for (size_t i = 0; i < pair->packet_count; i++) {
		assert_true(len + pair->packets[i].len <= cap);
		memcpy(wire + len, pair->packets[i].data, pair->packets[i].len);
		len += pair->packets[i].len;
	}
	pair_node_fini(&node);
	pair_free(pair);
	return len;
}

static void
test_same_seed_same_bytes(void **state)
{
	uint8_t one[1024], again[1024], other[1024];
	size_t len = wire_of(7, one, sizeof(one));

	(void)state;
	/* handshake, one record, close_notify (13 + 8 + 2 + 8) and its answer */
	assert_int_equal(len, 579 + (5 + 29) + 31 + 31);
	assert_int_equal(wire_of(7, again, sizeof(again)), len);
	assert_memory_equal(one, again, len);
	assert_int_equal(wire_of(8, other, sizeof(other)), len);
	assert_memory_not_equal(one, other, len);
}

/* The first four bytes of a hello random are Unix time (RFC 5246 7.4.1.2): virtual time here. */
static void
test_hello_time_is_virtual(void **state)
{
	const uint32_t want = (uint32_t)PAIR_EPOCH + 7;
	const uint8_t bytes[4] = {(uint8_t)(want >> 24), (uint8_t)(want >> 16),
				  (uint8_t)(want >> 8), (uint8_t)want};
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	pair_run_s(pair, 7);
	pair_connect(&node);
	assert_memory_equal(pair_packet(pair, PAIR_UP, 0)->data + CLIENT_HELLO_RANDOM, bytes, 4);
	/* the ServerHello's random stands at the same offset, RFC 5246 7.4.1.3 */
	assert_memory_equal(pair_packet(pair, PAIR_DOWN, 1)->data + CLIENT_HELLO_RANDOM, bytes, 4);
	pair_node_fini(&node);
	pair_free(pair);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_handshake_sizes),
	    cmocka_unit_test(test_record_sizes),
	    cmocka_unit_test(test_counters),
	    cmocka_unit_test(test_retransmission_schedule),
	    cmocka_unit_test(test_long_round_trip),
	    cmocka_unit_test(test_loss),
	    cmocka_unit_test(test_same_seed_same_bytes),
	    cmocka_unit_test(test_hello_time_is_virtual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
