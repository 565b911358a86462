/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client's association as bytes: kept over a reboot, refused, charged. */
#include "models/dtls/test_serial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/*
 * Bytes of a client's association: version and configuration 8, length 4, session 109 (version 1,
 * endpoint 1, suite 2, begin 8, ID 1 + 32, master secret 48, verification 4, certificate 3, ticket
 * 3 + 4, max_fragment_length 1, encrypt-then-MAC 1), randoms 64, lengths of the two IDs 2, forged
 * records 4, replay window 16, packing 1, sequence number 8, MTU 2 (mbedTLS 3.6, ssl_tls.c).
 */
#define SAVED (8U + 4U + 109U + 64U + 2U + 4U + 16U + 1U + 8U + 2U)

/* ---- over a reboot ---- */

/* RFC 6347 4.1: the number of the newest datagram up. */
static unsigned
newest_number(const struct pair *pair)
{
	size_t i = pair->packet_count;

	while (pair->packets[--i].way != PAIR_UP)
		continue;
	return pair->packets[i].data[10];
}

static void
test_reboot(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	const uint64_t handle = nbs_dtls_session_handle(pair->newest);
	struct serial_saved saved;
	unsigned number;

	(void)state;
	serial_exchange(&node);
	number = newest_number(pair);
	serial_save(&node, &saved);
	assert_int_equal(saved.len, SAVED);
	serial_reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	assert_int_equal(serial_load(&node, &saved), NBS_OK);
	assert_true(nbs_dtls_client_is_connected(node.client));
	assert_false(nbs_dtls_client_has_cid(node.client));
	assert_int_equal(node.connected, 0); /* no handshake, so no end of one */
	serial_exchange(&node);
	assert_int_equal(newest_number(pair), number + 1);
	assert_int_equal(nbs_dtls_client_stats(node.client)->handshakes_started, 0);
	assert_int_equal(nbs_dtls_client_stats(node.client)->records_out, 1);
	assert_int_equal(pair->connected, 1);
	assert_ptr_equal(nbs_dtls_server_session(pair->server, handle), pair->newest);
	nbs_dtls_client_close(node.client); /* its close_notify is authentic */
	pair_run_s(pair, 1);
	assert_int_equal(pair->closed[0].reason, NBS_DTLS_PEER_CLOSE);
	pair_connect(&node); /* and it can do all that another client can */
	serial_exchange(&node);
	serial_done(pair, &node);
}

/* The server sends its last flight until the first record; the client can be saved before. */
static void
test_reboot_right_after_the_handshake(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct serial_saved saved;

	(void)state;
	serial_save(&node, &saved);
	serial_reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	assert_int_equal(serial_load(&node, &saved), NBS_OK);
	serial_exchange(&node);
	serial_done(pair, &node);
}

static void
test_every_aead_suite(void **state)
{
	static const uint16_t suites[] = {
	    NBS_DTLS_PSK_AES_128_CCM_8, 0xC0A4, 0xC0A9, SERIAL_GCM, SERIAL_CHACHA, 0xCCAC};

	(void)state;
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		struct pair_node node;
		struct pair *pair = serial_pair(&node, suites[i], -1, -1);
		struct serial_saved saved;

		serial_save(&node, &saved);
		serial_reboot(&node, suites[i]);
		assert_int_equal(serial_load(&node, &saved), NBS_OK);
		serial_exchange(&node);
		serial_done(pair, &node);
	}
}

/* RFC 9146: both IDs come along, and find the session from another address. */
static void
test_connection_ids(void **state)
{
	struct nbs_dtls_client_config config;
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, 4, 2);
	struct serial_saved saved;

	(void)state;
	serial_save(&node, &saved);
	assert_int_equal(saved.len, SAVED + 4 + 2);
	pair_client_defaults(&config);
	config.cid = true;
	config.cid_len = 2;
	node.at.port++;
	serial_reboot_as(&node, &config);
	assert_int_equal(serial_load(&node, &saved), NBS_OK);
	assert_true(nbs_dtls_client_has_cid(node.client));
	serial_exchange(&node);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->moves, 1);
	serial_done(pair, &node);
}

/* The window comes along: what was received before cannot be replayed afterwards. */
static void
test_replay_over_a_reboot(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	const struct pair_packet *down;
	struct serial_saved saved;

	(void)state;
	serial_exchange(&node);
	down = &pair->packets[pair->packet_count - 1];
	serial_save(&node, &saved);
	serial_reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	assert_int_equal(serial_load(&node, &saved), NBS_OK);
	assert_int_equal(nbs_dtls_client_input(node.client, down->data, down->len), NBS_OK);
	assert_int_equal(node.received, 0);
	assert_int_equal(nbs_dtls_client_stats(node.client)->replays, 1);
	serial_done(pair, &node);
}

/* Saved before the last record: its number is used again, which the server takes for a replay. */
static void
test_stale_bytes(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct serial_saved saved;

	(void)state;
	serial_save(&node, &saved);
	serial_exchange(&node);
	serial_reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	assert_int_equal(serial_load(&node, &saved), NBS_OK);
	assert_int_equal(nbs_dtls_client_write(node.client, serial_text, sizeof(serial_text)),
			 NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(pair->received, 1);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->replays, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_REPLAY);
	serial_exchange(&node); /* the next number is new again */
	serial_done(pair, &node);
}

static void
test_mtu_is_the_clients_own(void **state)
{
	static const uint8_t data[200];
	struct nbs_dtls_client_config config;
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct serial_saved saved;

	(void)state;
	serial_save(&node, &saved);
	pair_client_defaults(&config);
	config.mtu = 150;
	serial_reboot_as(&node, &config);
	assert_int_equal(serial_load(&node, &saved), NBS_OK);
	assert_int_equal(nbs_dtls_client_write(node.client, data, 150 - 29), NBS_OK);
	assert_int_equal(nbs_dtls_client_write(node.client, data, 150 - 29 + 1), NBS_E_RANGE);
	serial_done(pair, &node);
}

/* ---- what it costs ---- */

/* Datagrams, counters and counted work of two exchanges; saved in between or not. */
static struct pair *
two_exchanges(struct pair_node *node, bool saves)
{
	struct pair *pair = serial_pair(node, SERIAL_GCM, 4, 2);
	struct serial_saved saved;

	serial_exchange(node);
	if (saves)
		serial_save(node, &saved);
	serial_exchange(node);
	nbs_dtls_client_close(node->client);
	pair_run_s(pair, 1);
	return pair;
}

static void
test_saving_leaves_no_trace(void **state)
{
	static struct pair_packet want[64];
	struct nbs_crypto_work work[NBS_DTLS_PHASE__COUNT];
	struct nbs_dtls_stats stats;
	struct pair_node node;
	struct pair *pair = two_exchanges(&node, false);
	size_t count = pair->packet_count;

	(void)state;
	assert_true(count <= 64);
	memcpy(want, pair->packets, count * sizeof(want[0]));
	pair->packet_count = 0; /* the bytes are ours now */
	stats = *nbs_dtls_client_stats(node.client);
	for (unsigned i = 0; i < NBS_DTLS_PHASE__COUNT; i++)
		work[i] = *nbs_dtls_client_work(node.client, i);
	serial_done(pair, &node);
	pair = two_exchanges(&node, true);
	assert_int_equal(pair->packet_count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(pair->packets[i].time_ns, want[i].time_ns);
		assert_int_equal(pair->packets[i].len, want[i].len);
		assert_memory_equal(pair->packets[i].data, want[i].data, want[i].len);
		free(want[i].data);
	}
	assert_memory_equal(nbs_dtls_client_stats(node.client), &stats, sizeof(stats));
	for (unsigned i = 0; i < NBS_DTLS_PHASE__COUNT; i++)
		assert_memory_equal(nbs_dtls_client_work(node.client, i), &work[i],
				    sizeof(work[i]));
	serial_done(pair, &node);
}

/*
 * Loading derives the keys: 5 + 8 * (5 + 4) = 77 compressions (work_counts.txt), and expands one
 * for each way, with GCM encrypting a block of zeros with it for H. ChaCha20 has no key schedule.
 */
static void
load_check(uint16_t suite, unsigned keys, unsigned blocks)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, suite, -1, -1);
	const struct nbs_crypto_work *work, *records;
	struct nbs_crypto_work want = {{0}};
	struct serial_saved saved;

	serial_save(&node, &saved);
	serial_reboot(&node, suite);
	assert_int_equal(serial_load(&node, &saved), NBS_OK);
	want.count[NBS_CRYPTO_SHA256_BLOCK] = 77;
	want.count[NBS_CRYPTO_AES_KEY] = keys;
	want.count[NBS_CRYPTO_AES_BLOCK] = blocks;
	work = nbs_dtls_client_work(node.client, NBS_DTLS_PHASE_HANDSHAKE);
	records = nbs_dtls_client_work(node.client, NBS_DTLS_PHASE_RECORDS);
	for (unsigned op = 0; op < NBS_CRYPTO__COUNT; op++) {
		assert_int_equal(work->count[op], want.count[op]);
		assert_int_equal(records->count[op], 0);
	}
	serial_done(pair, &node);
}

static void
test_work_of_loading(void **state)
{
	(void)state;
	load_check(NBS_DTLS_PSK_AES_128_CCM_8, 2, 0);
	load_check(SERIAL_GCM, 2, 2);
	load_check(SERIAL_CHACHA, 0, 0);
}

static void
count_line(void *arg, const char *line)
{
	(void)line;
	++*(unsigned *)arg;
}

/* A key log has one line a handshake: a second one would be of another. */
static void
test_no_key_is_logged_twice(void **state)
{
	unsigned lines = 0;
	const struct nbs_dtls_keylog sink = {.line = count_line, .arg = &lines};
	struct nbs_dtls_client_config config;
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;
	struct serial_saved saved;

	(void)state;
	pair->echo = true;
	pair_client_defaults(&config);
	config.keylog = &sink;
	pair_node_init(&node, pair, 1, &config);
	pair_connect(&node);
	serial_save(&node, &saved);
	serial_reboot_as(&node, &config);
	assert_int_equal(serial_load(&node, &saved), NBS_OK);
	serial_exchange(&node);
	assert_int_equal(lines, 1);
	nbs_dtls_client_close(node.client);
	pair_connect(&node);
	assert_int_equal(lines, 2);
	serial_done(pair, &node);
}

/* ---- refused ---- */

static void
save_is_refused(struct pair_node *node)
{
	struct serial_saved saved = {.len = 7};

	assert_int_equal(
	    nbs_dtls_client_save(node->client, saved.data, sizeof(saved.data), &saved.len),
	    NBS_E_STATE);
	assert_int_equal(saved.len, 7);
}

static void
test_states(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct serial_saved saved;
	size_t len = 0;

	(void)state;
	assert_int_equal(nbs_dtls_client_save(node.client, NULL, 0, &len), NBS_E_RANGE);
	assert_int_equal(len, SAVED);
	assert_int_equal(nbs_dtls_client_save(node.client, saved.data, SAVED - 1, &len),
			 NBS_E_RANGE);
	serial_exchange(&node);
	serial_save(&node, &saved);
	assert_int_equal(serial_load(&node, &saved), NBS_E_STATE); /* connected */
	serial_exchange(&node);
	nbs_dtls_client_close(node.client);
	save_is_refused(&node);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	save_is_refused(&node);
	assert_int_equal(serial_load(&node, &saved), NBS_E_STATE); /* on the way to it */
	serial_done(pair, &node);
}

static void
test_cbc_is_refused(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, SERIAL_CBC, -1, -1);

	(void)state;
	serial_exchange(&node);
	save_is_refused(&node);
	serial_exchange(&node);
	serial_done(pair, &node);
}

static void
save_inside(struct pair_node *node)
{
	struct serial_saved saved;

	if (node->received == 1)
		save_is_refused(node);
	else
		serial_save(node, &saved);
}

/* A datagram of two records: with one unread there is no saving, with none there is. */
static void
test_pending_record(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	const struct pair_packet *down;
	uint8_t both[256];

	(void)state;
	serial_exchange(&node);
	node.received = 0;
	node.on_received = save_inside;
	pair->lose_down = true;
	assert_int_equal(nbs_dtls_session_write(pair->newest, serial_text, 1), NBS_OK);
	assert_int_equal(nbs_dtls_session_write(pair->newest, serial_text, 2), NBS_OK);
	down = &pair->packets[pair->packet_count - 2];
	assert_true(down[0].len + down[1].len <= sizeof(both));
	memcpy(both, down[0].data, down[0].len);
	memcpy(both + down[0].len, down[1].data, down[1].len);
	assert_int_equal(nbs_dtls_client_input(node.client, both, down[0].len + down[1].len),
			 NBS_OK);
	assert_int_equal(node.received, 2);
	assert_int_equal(nbs_dtls_client_stats(node.client)->bad_records, 0);
	node.on_received = NULL;
	pair->lose_down = false;
	serial_exchange(&node);
	serial_done(pair, &node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reboot),
	    cmocka_unit_test(test_reboot_right_after_the_handshake),
	    cmocka_unit_test(test_every_aead_suite),
	    cmocka_unit_test(test_connection_ids),
	    cmocka_unit_test(test_replay_over_a_reboot),
	    cmocka_unit_test(test_stale_bytes),
	    cmocka_unit_test(test_mtu_is_the_clients_own),
	    cmocka_unit_test(test_saving_leaves_no_trace),
	    cmocka_unit_test(test_work_of_loading),
	    cmocka_unit_test(test_no_key_is_logged_twice),
	    cmocka_unit_test(test_states),
	    cmocka_unit_test(test_cbc_is_refused),
	    cmocka_unit_test(test_pending_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
