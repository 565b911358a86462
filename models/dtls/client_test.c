/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The client's own rules: arguments, states, calls from inside ops, key log, memory. */
#include "models/dtls/test_pair.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
#define COUNTS_MEMORY 0
#elif defined(__has_feature)
#define COUNTS_MEMORY !__has_feature(address_sanitizer)
#else
#define COUNTS_MEMORY 1
#endif

static void
test_bad_client_config(void **state)
{
	static const uint8_t long_text[129];
	struct nbs_dtls_client_config bad[7];
	struct nbs_dtls_client *client = NULL;
	struct nbs_dtls_client_ops ops = pair_client_ops;
	struct pair *pair = pair_new(1, NULL);

	(void)state;
	for (unsigned i = 0; i < 7; i++)
		pair_client_defaults(&bad[i]);
	bad[0].identity_len = 0;
	bad[1].identity = long_text;
	bad[1].identity_len = 129; /* RFC 4279 5.3: 128 */
	bad[2].psk = long_text;
	bad[2].psk_len = 65; /* RFC 4279 5.3: 64 */
	bad[3].psk_len = 0;
	bad[4].identity = NULL;
	bad[5].stream = NULL;
	bad[6].timeout_max_ns = NBS_NS_PER_MS; /* below the default minimum */
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(
		    nbs_dtls_client_new(pair->engine, &bad[i], &pair_client_ops, NULL, &client),
		    NBS_E_ARG);
	ops.closed = NULL;
	pair_client_defaults(&bad[0]);
	assert_int_equal(nbs_dtls_client_new(pair->engine, &bad[0], &ops, NULL, &client),
			 NBS_E_ARG);
	assert_null(client);
	pair_free(pair);
}

/* RFC 4279 5.3: keys of 64 bytes and identities of any bytes work. */
static void
test_longest_key(void **state)
{
	static const uint8_t identity[3] = {0x00, 0xff, 0x0a};
	uint8_t key[64];
	struct nbs_dtls_client_config config;
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;

	(void)state;
	for (unsigned i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(i * 37 + 11);
	pair->key = key;
	pair->key_len = sizeof(key);
	pair_client_defaults(&config);
	config.psk = key;
	config.psk_len = sizeof(key);
	config.identity = identity;
	config.identity_len = sizeof(identity);
	pair_node_init(&node, pair, 1, &config);
	pair_connect(&node);
	assert_memory_equal(nbs_dtls_session_identity(pair->newest).data, identity, 3);
	pair_node_fini(&node);
	pair_free(pair);
}

static void
test_states(void **state)
{
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;
	size_t sent;

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	nbs_dtls_client_close(node.client); /* nothing to close */
	assert_int_equal(nbs_dtls_client_write(node.client, pair_key, 1), NBS_E_STATE);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_E_STATE);
	assert_int_equal(nbs_dtls_client_write(node.client, pair_key, 1), NBS_E_STATE);
	nbs_dtls_client_close(node.client); /* gives up: no datagram, no retransmission */
	sent = pair->packet_count;
	pair_run_s(pair, 200);
	assert_int_equal(pair->packet_count, sent + 1); /* the server's cookie */
	assert_int_equal(node.closed, 0);
	assert_int_equal(nbs_dtls_client_stats(node.client)->handshakes_failed, 1);
	assert_int_equal(nbs_dtls_client_stats(node.client)->strays, 1);
	pair_connect(&node);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_E_STATE);
	pair_node_fini(&node);
	pair_free(pair);
}

/* ---- calls from inside ops ---- */

static void
reconnect(struct pair_node *node)
{
	node->pair->lose_down = false;
	assert_int_equal(nbs_dtls_client_connect(node->client), NBS_OK);
}

static void
test_connect_inside_closed(void **state)
{
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;

	(void)state;
	pair->lose_down = true;
	pair_node_init(&node, pair, 1, NULL);
	node.on_closed = reconnect;
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	pair_run_s(pair, 130); /* gave up at 123 s */
	assert_int_equal(node.closed, 1);
	assert_int_equal(node.connected, 1);
	assert_int_equal(nbs_dtls_client_stats(node.client)->handshakes_started, 2);
	pair_node_fini(&node);
	pair_free(pair);
}

static void
write_and_close(struct pair_node *node)
{
	assert_int_equal(nbs_dtls_client_write(node->client, pair_key, 1), NBS_OK);
	nbs_dtls_client_close(node->client);
}

static void
test_write_and_close_inside_connected(void **state)
{
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	node.on_connected = write_and_close;
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	pair_run_s(pair, 10);
	assert_int_equal(pair->received, 1);
	assert_int_equal(pair->closed[0].reason, NBS_DTLS_PEER_CLOSE);
	assert_int_equal(node.closed, 0);
	pair_node_fini(&node);
	pair_free(pair);
}

/* ---- datagram size ---- */

/* No datagram is larger than the MTU, nor is a record taken that would be (29 of overhead). */
static void
test_mtu(void **state)
{
	static const uint8_t data[200] = "an identity";
	struct nbs_dtls_client_config config;
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;

	(void)state;
	pair_client_defaults(&config);
	config.mtu = 150; /* hellos of 97 and 129 bytes fit; the next flight, 94 + 60, does not */
	config.identity = data;
	config.identity_len = 60;
	pair_node_init(&node, pair, 1, &config);
	pair_connect(&node);
	assert_int_equal(nbs_dtls_client_write(node.client, data, 150 - 29), NBS_OK);
	assert_int_equal(nbs_dtls_client_write(node.client, data, 150 - 29 + 1), NBS_E_RANGE);
	assert_int_equal(pair->packets[pair->packet_count - 1].len, 150);
	assert_non_null(pair_packet(pair, PAIR_UP, 4)); /* two hellos, two fragments, a record */
	assert_int_equal(nbs_dtls_client_stats(node.client)->retransmissions, 0);
	pair_node_fini(&node);
	pair_free(pair);
}

/* ---- key log ---- */

struct key_lines {
	char text[2][256];
	unsigned count;
};

static void
key_line(void *arg, const char *text)
{
	struct key_lines *lines = arg;

	assert_true(lines->count < 2);
	snprintf(lines->text[lines->count++], sizeof(lines->text[0]), "%s", text);
}

/* Both ends derive the same master secret, filed under the ClientHello's random. */
static void
test_key_log(void **state)
{
	struct key_lines lines = {.count = 0};
	const struct nbs_dtls_keylog sink = {.line = key_line, .arg = &lines};
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair_node node;
	struct pair *pair;
	const uint8_t *random;
	char want[14 + 64 + 2];

	(void)state;
	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.keylog = client.keylog = &sink;
	pair = pair_new(1, &server);
	pair_node_init(&node, pair, 1, &client);
	pair_connect(&node);
	assert_int_equal(lines.count, 2);
	assert_string_equal(lines.text[0], lines.text[1]);
	random = pair_packet(pair, PAIR_UP, 1)->data + 13 + 12 + 2; /* RFC 6347 4.1, 4.2.2 */
	memcpy(want, "CLIENT_RANDOM ", 15);
	for (unsigned i = 0; i < 32; i++)
		snprintf(want + 14 + 2 * i, 3, "%02x", random[i]);
	assert_memory_equal(lines.text[0], want, 14 + 64);
	assert_int_equal(lines.text[0][14 + 64], ' ');
	assert_int_equal(strspn(lines.text[0] + 14 + 65, "0123456789abcdef"), 96);
	assert_int_equal(strlen(lines.text[0]), 14 + 64 + 1 + 96);
	pair_node_fini(&node);
	pair_free(pair);
}

/* ---- what was agreed on, what went wrong ---- */

/* RFC 5246 7.4.1.3: the server picks one suite of the client's; here by its own order. */
static void
test_suite_agreed_on(void **state)
{
	static const uint16_t up[] = {0xC0A8, 0xCCAB, 0x00A8}, down[] = {0x00A8, 0xC0A8};
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair_node node;
	struct pair *pair;

	(void)state;
	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.suites = down;
	server.suite_count = 2;
	client.suites = up;
	client.suite_count = 3;
	pair = pair_new(1, &server);
	pair_node_init(&node, pair, 1, &client);
	assert_int_equal(nbs_dtls_client_suite(node.client), 0);
	pair_connect(&node);
	assert_int_equal(nbs_dtls_client_suite(node.client), 0x00A8);
	assert_int_equal(nbs_dtls_session_suite(pair->newest), 0x00A8);
	nbs_dtls_client_close(node.client);
	assert_int_equal(nbs_dtls_client_suite(node.client), 0);
	pair_node_fini(&node);
	pair_free(pair);
}

/* The words are the library's; the length is ours to keep. */
static void
test_error_text(void **state)
{
	char text[100], small[4] = "xyz";

	(void)state;
	nbs_dtls_error_str(-0x6800, text, sizeof(text)); /* MBEDTLS_ERR_SSL_TIMEOUT, ssl.h */
	assert_non_null(strstr(text, "timed out"));
	nbs_dtls_error_str(-0x6800, small, sizeof(small));
	assert_memory_equal(small, text, 3);
	assert_int_equal(small[3], '\0');
	nbs_dtls_error_str(-0x6800, small, 0);
	assert_memory_equal(small, text, 3);
	nbs_dtls_error_str(-0x6800, NULL, sizeof(text));
}

/* ---- memory ---- */

/* The budget of the project: 15 KiB for a live client with its session. */
static void
test_memory_of_a_live_pair(void **state)
{
	enum { PAIRS = 64 };
	static struct pair_node nodes[PAIRS];
	struct pair *pair;
	size_t before;

	(void)state;
	if (!COUNTS_MEMORY)
		skip();
	pair = pair_new(1, NULL);
	pair_node_init(&nodes[0], pair, 0, NULL);
	pair_connect(&nodes[0]); /* tables and listener are there */
	before = mallinfo2().uordblks;
	for (unsigned i = 1; i < PAIRS; i++) {
		size_t log = pair->packet_count;

		pair_node_init(&nodes[i], pair, i, NULL);
		pair_connect(&nodes[i]);
		assert_int_equal(nbs_dtls_client_write(nodes[i].client, pair_key, 1), NBS_OK);
		pair_run_s(pair, 1);
		for (; log < pair->packet_count; log++) {
			free(pair->packets[log].data); /* the log is the test's own */
			pair->packets[log].data = NULL;
		}
	}
	before = (mallinfo2().uordblks - before) / (PAIRS - 1);
	print_message("  a live pair takes %zu bytes\n", before);
	assert_true(before <= 15 * 1024);
	for (unsigned i = 0; i < PAIRS; i++)
		pair_node_fini(&nodes[i]);
	pair_free(pair);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bad_client_config),
	    cmocka_unit_test(test_longest_key),
	    cmocka_unit_test(test_states),
	    cmocka_unit_test(test_connect_inside_closed),
	    cmocka_unit_test(test_write_and_close_inside_connected),
	    cmocka_unit_test(test_mtu),
	    cmocka_unit_test(test_key_log),
	    cmocka_unit_test(test_suite_agreed_on),
	    cmocka_unit_test(test_error_text),
	    cmocka_unit_test(test_memory_of_a_live_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
