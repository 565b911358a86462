/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client's association as bytes: kept over a reboot, refused, foreign, charged. */
#include "models/dtls/test_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CBC UINT16_C(0x00AE)
#define GCM UINT16_C(0x00A8)
#define CHACHA UINT16_C(0xCCAB)

/*
 * Bytes of a client's association: version and configuration 8, length 4, session 109 (version 1,
 * endpoint 1, suite 2, begin 8, ID 1 + 32, master secret 48, verification 4, certificate 3, ticket
 * 3 + 4, max_fragment_length 1, encrypt-then-MAC 1), randoms 64, lengths of the two IDs 2, forged
 * records 4, replay window 16, packing 1, sequence number 8, MTU 2 (mbedTLS 3.6, ssl_tls.c).
 */
#define SAVED (8U + 4U + 109U + 64U + 2U + 4U + 16U + 1U + 8U + 2U)

/* Where its fields are. */
enum {
	AT_VERSION = 0,
	AT_CONFIG = 3,
	AT_SESSION_LEN = 8,
	AT_TLS = 12,
	AT_ENDPOINT = 13,
	AT_SUITE = 14,
	AT_ID_LEN = 24,
	AT_CERTIFICATE_LEN = 109,
	AT_TICKET_LEN = 112,
	AT_MFL = 119,
	AT_ETM = 120,
	AT_CID_LEN = 185,
	AT_PEER_CID_LEN = 186,
	AT_WINDOW_TOP = 191,
	AT_PACKING = 207,
	AT_EPOCH = 208
};

static const uint8_t text[20] = "{\"t\":21.5,\"rh\":48}";

struct saved {
	uint8_t data[512];
	size_t len;
};

/* A pair, connected, of a suite and with connection IDs of these lengths; -1 = none. */
static struct pair *
serial_pair(struct pair_node *node, uint16_t suite, int server_cid, int client_cid)
{
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair *pair;

	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.suites = client.suites = &suite;
	server.suite_count = client.suite_count = 1;
	server.cid_len = server_cid > 0 ? (size_t)server_cid : 0;
	client.cid = client_cid >= 0;
	client.cid_len = client_cid > 0 ? (size_t)client_cid : 0;
	pair = pair_new(1, &server);
	pair->echo = true;
	pair_node_init(node, pair, 1, &client);
	pair_connect(node);
	return pair;
}

/* The device starts again with another client of a configuration, not connected. */
static void
reboot_as(struct pair_node *node, struct nbs_dtls_client_config *config)
{
	struct pair *pair = node->pair;
	const struct nbs_endpoint at = node->at;

	config->stream = "dtls/client/2";
	pair_node_fini(node);
	pair_node_init(node, pair, 1, config);
	node->at = at;
}

static void
reboot(struct pair_node *node, uint16_t suite)
{
	struct nbs_dtls_client_config config;

	pair_client_defaults(&config);
	config.suites = &suite;
	config.suite_count = 1;
	reboot_as(node, &config);
}

static void
save(struct pair_node *node, struct saved *saved)
{
	assert_int_equal(
	    nbs_dtls_client_save(node->client, saved->data, sizeof(saved->data), &saved->len),
	    NBS_OK);
}

static enum nbs_status
load(struct pair_node *node, const struct saved *saved)
{
	return nbs_dtls_client_load(node->client, saved->data, saved->len);
}

/* A record up and its echo down, both authentic and new. */
static void
exchange(struct pair_node *node)
{
	unsigned up = node->pair->received, down = node->received;

	assert_int_equal(nbs_dtls_client_write(node->client, text, sizeof(text)), NBS_OK);
	pair_run_s(node->pair, 1);
	assert_int_equal(node->pair->received, up + 1);
	assert_int_equal(node->received, down + 1);
	assert_memory_equal(node->last, text, sizeof(text));
}

static void
done(struct pair *pair, struct pair_node *node)
{
	pair_node_fini(node);
	pair_free(pair);
}

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
	struct saved saved;
	unsigned number;

	(void)state;
	exchange(&node);
	number = newest_number(pair);
	save(&node, &saved);
	assert_int_equal(saved.len, SAVED);
	reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	assert_int_equal(load(&node, &saved), NBS_OK);
	assert_true(nbs_dtls_client_is_connected(node.client));
	assert_false(nbs_dtls_client_has_cid(node.client));
	assert_int_equal(node.connected, 0); /* no handshake, so no end of one */
	exchange(&node);
	assert_int_equal(newest_number(pair), number + 1);
	assert_int_equal(nbs_dtls_client_stats(node.client)->handshakes_started, 0);
	assert_int_equal(nbs_dtls_client_stats(node.client)->records_out, 1);
	assert_int_equal(pair->connected, 1);
	assert_ptr_equal(nbs_dtls_server_session(pair->server, handle), pair->newest);
	nbs_dtls_client_close(node.client); /* its close_notify is authentic */
	pair_run_s(pair, 1);
	assert_int_equal(pair->closed[0].reason, NBS_DTLS_PEER_CLOSE);
	pair_connect(&node); /* and it can do all that another client can */
	exchange(&node);
	done(pair, &node);
}

/* The server sends its last flight until the first record; the client can be saved before. */
static void
test_reboot_right_after_the_handshake(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct saved saved;

	(void)state;
	save(&node, &saved);
	reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	assert_int_equal(load(&node, &saved), NBS_OK);
	exchange(&node);
	done(pair, &node);
}

static void
test_every_aead_suite(void **state)
{
	static const uint16_t suites[] = {
	    NBS_DTLS_PSK_AES_128_CCM_8, 0xC0A4, 0xC0A9, GCM, CHACHA, 0xCCAC};

	(void)state;
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		struct pair_node node;
		struct pair *pair = serial_pair(&node, suites[i], -1, -1);
		struct saved saved;

		save(&node, &saved);
		reboot(&node, suites[i]);
		assert_int_equal(load(&node, &saved), NBS_OK);
		exchange(&node);
		done(pair, &node);
	}
}

/* RFC 9146: both IDs come along, and find the session from another address. */
static void
test_connection_ids(void **state)
{
	struct nbs_dtls_client_config config;
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, 4, 2);
	struct saved saved;

	(void)state;
	save(&node, &saved);
	assert_int_equal(saved.len, SAVED + 4 + 2);
	pair_client_defaults(&config);
	config.cid = true;
	config.cid_len = 2;
	node.at.port++;
	reboot_as(&node, &config);
	assert_int_equal(load(&node, &saved), NBS_OK);
	assert_true(nbs_dtls_client_has_cid(node.client));
	exchange(&node);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->moves, 1);
	done(pair, &node);
}

/* The window comes along: what was received before cannot be replayed afterwards. */
static void
test_replay_over_a_reboot(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	const struct pair_packet *down;
	struct saved saved;

	(void)state;
	exchange(&node);
	down = &pair->packets[pair->packet_count - 1];
	save(&node, &saved);
	reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	assert_int_equal(load(&node, &saved), NBS_OK);
	assert_int_equal(nbs_dtls_client_input(node.client, down->data, down->len), NBS_OK);
	assert_int_equal(node.received, 0);
	assert_int_equal(nbs_dtls_client_stats(node.client)->replays, 1);
	done(pair, &node);
}

/* Saved before the last record: its number is used again, which the server takes for a replay. */
static void
test_stale_bytes(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct saved saved;

	(void)state;
	save(&node, &saved);
	exchange(&node);
	reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	assert_int_equal(load(&node, &saved), NBS_OK);
	assert_int_equal(nbs_dtls_client_write(node.client, text, sizeof(text)), NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(pair->received, 1);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->replays, 1);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_REPLAY);
	exchange(&node); /* the next number is new again */
	done(pair, &node);
}

static void
test_mtu_is_the_clients_own(void **state)
{
	static const uint8_t data[200];
	struct nbs_dtls_client_config config;
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct saved saved;

	(void)state;
	save(&node, &saved);
	pair_client_defaults(&config);
	config.mtu = 150;
	reboot_as(&node, &config);
	assert_int_equal(load(&node, &saved), NBS_OK);
	assert_int_equal(nbs_dtls_client_write(node.client, data, 150 - 29), NBS_OK);
	assert_int_equal(nbs_dtls_client_write(node.client, data, 150 - 29 + 1), NBS_E_RANGE);
	done(pair, &node);
}

/* ---- what it costs ---- */

/* Datagrams, counters and counted work of two exchanges; saved in between or not. */
static struct pair *
two_exchanges(struct pair_node *node, bool saves)
{
	struct pair *pair = serial_pair(node, GCM, 4, 2);
	struct saved saved;

	exchange(node);
	if (saves)
		save(node, &saved);
	exchange(node);
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
	done(pair, &node);
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
	done(pair, &node);
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
	struct saved saved;

	save(&node, &saved);
	reboot(&node, suite);
	assert_int_equal(load(&node, &saved), NBS_OK);
	want.count[NBS_CRYPTO_SHA256_BLOCK] = 77;
	want.count[NBS_CRYPTO_AES_KEY] = keys;
	want.count[NBS_CRYPTO_AES_BLOCK] = blocks;
	work = nbs_dtls_client_work(node.client, NBS_DTLS_PHASE_HANDSHAKE);
	records = nbs_dtls_client_work(node.client, NBS_DTLS_PHASE_RECORDS);
	for (unsigned op = 0; op < NBS_CRYPTO__COUNT; op++) {
		assert_int_equal(work->count[op], want.count[op]);
		assert_int_equal(records->count[op], 0);
	}
	done(pair, &node);
}

static void
test_work_of_loading(void **state)
{
	(void)state;
	load_check(NBS_DTLS_PSK_AES_128_CCM_8, 2, 0);
	load_check(GCM, 2, 2);
	load_check(CHACHA, 0, 0);
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
	struct saved saved;

	(void)state;
	pair->echo = true;
	pair_client_defaults(&config);
	config.keylog = &sink;
	pair_node_init(&node, pair, 1, &config);
	pair_connect(&node);
	save(&node, &saved);
	reboot_as(&node, &config);
	assert_int_equal(load(&node, &saved), NBS_OK);
	exchange(&node);
	assert_int_equal(lines, 1);
	nbs_dtls_client_close(node.client);
	pair_connect(&node);
	assert_int_equal(lines, 2);
	done(pair, &node);
}

/* ---- refused ---- */

static void
save_is_refused(struct pair_node *node)
{
	struct saved saved = {.len = 7};

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
	struct saved saved;
	size_t len = 0;

	(void)state;
	assert_int_equal(nbs_dtls_client_save(node.client, NULL, 0, &len), NBS_E_RANGE);
	assert_int_equal(len, SAVED);
	assert_int_equal(nbs_dtls_client_save(node.client, saved.data, SAVED - 1, &len),
			 NBS_E_RANGE);
	exchange(&node);
	save(&node, &saved);
	assert_int_equal(load(&node, &saved), NBS_E_STATE); /* connected */
	exchange(&node);
	nbs_dtls_client_close(node.client);
	save_is_refused(&node);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	save_is_refused(&node);
	assert_int_equal(load(&node, &saved), NBS_E_STATE); /* on the way to it */
	done(pair, &node);
}

static void
test_cbc_is_refused(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, CBC, -1, -1);

	(void)state;
	exchange(&node);
	save_is_refused(&node);
	exchange(&node);
	done(pair, &node);
}

static void
save_inside(struct pair_node *node)
{
	struct saved saved;

	if (node->received == 1)
		save_is_refused(node);
	else
		save(node, &saved);
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
	exchange(&node);
	node.received = 0;
	node.on_received = save_inside;
	pair->lose_down = true;
	assert_int_equal(nbs_dtls_session_write(pair->newest, text, 1), NBS_OK);
	assert_int_equal(nbs_dtls_session_write(pair->newest, text, 2), NBS_OK);
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
	exchange(&node);
	done(pair, &node);
}

/* ---- foreign bytes ---- */

/* One field of good bytes changed: what was refused leaves the client as it was. */
static void
change_is_refused(struct pair_node *node, const struct saved *good, size_t at, uint8_t value)
{
	struct saved bad = *good;

	assert_int_not_equal(bad.data[at], value);
	bad.data[at] = value;
	assert_int_equal(load(node, &bad), NBS_E_ARG);
	assert_false(nbs_dtls_client_is_connected(node->client));
}

static void
test_changed_fields(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct saved good;

	(void)state;
	save(&node, &good);
	reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	change_is_refused(&node, &good, AT_VERSION, 2);
	change_is_refused(&node, &good, AT_CONFIG, 0xff);
	change_is_refused(&node, &good, AT_SESSION_LEN, 0xff);
	change_is_refused(&node, &good, AT_SESSION_LEN + 3, 108);
	change_is_refused(&node, &good, AT_TLS, 4);          /* TLS 1.3 */
	change_is_refused(&node, &good, AT_ENDPOINT, 1);     /* a server's */
	change_is_refused(&node, &good, AT_SUITE + 1, 0xA4); /* CCM, which this client lacks */
	change_is_refused(&node, &good, AT_SUITE, 0xff);     /* nobody knows it */
	change_is_refused(&node, &good, AT_ID_LEN, 33);      /* RFC 5246 7.4.1.2: 32 at most */
	change_is_refused(&node, &good, AT_CERTIFICATE_LEN, 1);
	change_is_refused(&node, &good, AT_CERTIFICATE_LEN + 2, 9); /* too little is left */
	change_is_refused(&node, &good, AT_TICKET_LEN, 0xff);
	change_is_refused(&node, &good, AT_MFL, 5); /* RFC 6066 4: 4 at most */
	change_is_refused(&node, &good, AT_ETM, 2);
	change_is_refused(&node, &good, AT_CID_LEN, 1); /* this client has none */
	change_is_refused(&node, &good, AT_CID_LEN, 255);
	change_is_refused(&node, &good, AT_PEER_CID_LEN, 1);
	change_is_refused(&node, &good, AT_WINDOW_TOP, 1); /* RFC 6347 4.1: 48 bits */
	change_is_refused(&node, &good, AT_PACKING, 2);
	change_is_refused(&node, &good, AT_EPOCH + 1, 0);
	assert_int_equal(load(&node, &good), NBS_OK);
	exchange(&node);
	done(pair, &node);
}

static void
test_cut_bytes(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct saved good, cut;

	(void)state;
	save(&node, &good);
	reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	cut = good;
	for (cut.len = 0; cut.len < good.len; cut.len++)
		assert_int_equal(load(&node, &cut), NBS_E_ARG);
	cut.data[good.len] = 0;
	cut.len = good.len + 1;
	assert_int_equal(load(&node, &cut), NBS_E_ARG);
	pair_connect(&node); /* the client is as new */
	exchange(&node);
	done(pair, &node);
}

/* A client takes up what its own configuration could have saved, nothing else. */
static void
test_another_configuration(void **state)
{
	const uint16_t two[] = {GCM, CBC};
	struct nbs_dtls_client_config config;
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, 4, 2);
	struct saved saved;

	(void)state;
	save(&node, &saved);
	pair_client_defaults(&config); /* no connection IDs */
	reboot_as(&node, &config);
	assert_int_equal(load(&node, &saved), NBS_E_ARG);
	config.cid = true; /* its own would be longer */
	config.cid_len = 3;
	reboot_as(&node, &config);
	assert_int_equal(load(&node, &saved), NBS_E_ARG);
	config.cid_len = 2; /* another suite */
	config.suites = two;
	config.suite_count = 2;
	reboot_as(&node, &config);
	assert_int_equal(load(&node, &saved), NBS_E_ARG);
	saved.data[AT_SUITE] = CBC >> 8; /* one that is never saved */
	saved.data[AT_SUITE + 1] = CBC & 0xff;
	assert_int_equal(load(&node, &saved), NBS_E_ARG);
	done(pair, &node);
}

/* A bit of the master secret: no length shows it, but no record passes any more, either way. */
static void
test_flipped_key(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct saved saved;

	(void)state;
	save(&node, &saved);
	saved.data[AT_ID_LEN + 1 + 32] ^= 1;
	reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	assert_int_equal(load(&node, &saved), NBS_OK);
	assert_int_equal(nbs_dtls_client_write(node.client, text, sizeof(text)), NBS_OK);
	assert_int_equal(nbs_dtls_session_write(pair->newest, text, sizeof(text)), NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(pair->received + node.received, 0);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_BAD_MAC);
	assert_int_equal(nbs_dtls_client_stats(node.client)->bad_records, 1);
	done(pair, &node);
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
	    cmocka_unit_test(test_changed_fields),
	    cmocka_unit_test(test_cut_bytes),
	    cmocka_unit_test(test_another_configuration),
	    cmocka_unit_test(test_flipped_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
