/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bad networks and attackers on the path (RFC 6347 3.2, 4.1.2.6, 4.1.2.7, 4.2.4): whatever they do,
 * a handshake ends connected or by time-out, and of 50 records each way what arrives was sent, is
 * whole, and comes once.
 */
#include "models/dtls/record.h"
#include "models/dtls/test_box.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RECORDS 50U
#define APART_MS 20U /* between records of a way: less than jitter and swaps move them */
#define SEEDS 10U
#define PSK_AES_128_CBC_SHA256 UINT16_C(0x00AE)

/* ---- one run ---- */

struct trial {
	unsigned kinds; /* of the box */
	bool replays;   /* all that was sent is sent again, in order and shuffled */
	bool cookies, cid;
	uint16_t suite;
	uint16_t mtu;  /* of the client */
	bool mtu_down; /* of the server too */
	uint32_t seed;
};

struct result {
	bool connected;
	enum nbs_dtls_reason reason; /* if not */
	unsigned arrived[2];         /* records, by way */
	uint64_t repeats;            /* retransmissions of the client */
	unsigned counts[2][BOX__COUNT];
	unsigned lost[2]; /* of the records */
	size_t replayed;
	uint64_t dropped; /* records that both ends counted as bad or as replays */
	uint64_t cookies; /* HelloVerifyRequests */
	uint64_t bad_hellos;
	uint64_t flights; /* handshake datagrams of the client */
};

/* What came in, each record on its own. */
static struct {
	unsigned seen[2][RECORDS];
	uint32_t seed;
} inbox;

static size_t
record_text(enum pair_way way, unsigned number, uint32_t seed, char text[64])
{
	return (size_t)snprintf(text, 64, "%s %02u of seed %u", way == PAIR_UP ? "up" : "down",
				number, seed);
}

/* Nothing but what was sent, to the byte. */
static void
inbox_take(enum pair_way way, const uint8_t *data, size_t len)
{
	unsigned number = 0;
	char text[64];

	while (number < RECORDS) {
		if (record_text(way, number, inbox.seed, text) == len &&
		    memcmp(text, data, len) == 0)
			break;
		number++;
	}
	assert_true(number < RECORDS);
	inbox.seen[way][number]++;
}

static void
server_took(struct pair *pair, struct nbs_dtls_session *session)
{
	(void)session;
	inbox_take(PAIR_UP, pair->last, pair->last_len);
}

static void
client_took(struct pair_node *node)
{
	inbox_take(PAIR_DOWN, node->last, node->last_len);
}

static void
run_ms(struct pair *pair, uint64_t ms)
{
	assert_int_equal(nbs_run(pair->engine, nbs_now(pair->engine) + ms * NBS_NS_PER_MS), NBS_OK);
}

static void
trial_records(const struct trial *trial, struct box *box, struct pair_node *node,
	      struct result *result)
{
	struct pair *pair = box->pair;
	char text[64];
	size_t len;

	for (unsigned i = 0; i < RECORDS; i++) {
		len = record_text(PAIR_UP, i, trial->seed, text);
		assert_int_equal(nbs_dtls_client_write(node->client, (const uint8_t *)text, len),
				 NBS_OK);
		len = record_text(PAIR_DOWN, i, trial->seed, text);
		assert_int_equal(nbs_dtls_session_write(pair->newest, (const uint8_t *)text, len),
				 NBS_OK);
		run_ms(pair, APART_MS);
		if (trial->replays && i == RECORDS / 2)
			result->replayed += box_replay(box, false);
	}
	run_ms(pair, 10000);
	if (trial->replays) {
		result->replayed += box_replay(box, false);
		run_ms(pair, 10000);
		result->replayed += box_replay(box, true);
		run_ms(pair, 10000);
	}
}

/* The ClientHello of somebody else, which nobody gets. */
static void
trial_hello(const struct nbs_dtls_client_config *config, struct box *box)
{
	struct nbs_dtls_client_config theirs = *config;
	struct pair *pair = box->pair;
	void (*take)(void *, const struct pair_packet *) = pair->box;
	struct pair_node other;

	theirs.stream = "dtls/other";
	pair->box = NULL;
	pair->lose_one_in = 1;
	pair_node_init(&other, pair, 9, &theirs);
	assert_int_equal(nbs_dtls_client_connect(other.client), NBS_OK);
	pair_node_fini(&other);
	pair->box = take;
	box->hello = pair->packets[0].data;
	box->hello_len = pair->packets[0].len;
}

/*
 * RFC 6347 4.1: within an epoch no sender uses a number twice, whatever it repeats. But for the
 * server in the clear: a HelloVerifyRequest takes the number of its ClientHello (4.2.1), and so
 * does the listener's first flight.
 */
static void
numbers_check(const struct pair *pair, const struct pair_node *node, bool cid)
{
	uint64_t next[2][2] = {{0}};

	for (size_t i = 0; i < pair->packet_count; i++) {
		const struct pair_packet *packet = &pair->packets[i];
		struct nbsi_dtls_cursor cursor = {packet->data, packet->len, cid ? 1 : 0};
		struct nbsi_dtls_record record;

		if (packet->device.addr != node->at.addr)
			continue;
		while (nbsi_dtls_next(&cursor, &record)) {
			assert_true(record.epoch <= 1);
			if (packet->way == PAIR_DOWN && record.epoch == 0)
				continue;
			assert_true(record.seq >= next[packet->way][record.epoch]);
			next[packet->way][record.epoch] = record.seq + 1;
		}
		assert_int_equal(cursor.left, 0);
	}
}

/* No datagram of an end is longer than its MTU. */
static void
mtu_check(const struct pair *pair, const struct trial *trial)
{
	for (size_t i = 0; i < pair->packet_count && trial->mtu != 0; i++) {
		if (pair->packets[i].way == PAIR_UP || trial->mtu_down)
			assert_true(pair->packets[i].len <= trial->mtu);
	}
}

static void
trial_result(const struct trial *trial, const struct box *box, const struct pair_node *node,
	     struct result *result)
{
	const struct nbs_dtls_stats *up = nbs_dtls_server_stats(box->pair->server);
	const struct nbs_dtls_stats *down = nbs_dtls_client_stats(node->client);

	result->reason = node->reason;
	result->repeats = down->retransmissions;
	result->cookies = up->cookies_sent;
	result->bad_hellos = up->bad_hellos;
	result->flights = down->handshake_datagrams_out;
	result->dropped = up->bad_records + up->replays + down->bad_records + down->replays +
			  up->not_dtls + down->not_dtls + up->strays;
	memcpy(result->counts, box->counts, sizeof(result->counts));
	for (unsigned way = 0; way < 2; way++) {
		result->lost[way] = box->lost[way];
		for (unsigned i = 0; i < RECORDS; i++) {
			assert_true(inbox.seen[way][i] <= 1);
			result->arrived[way] += inbox.seen[way][i];
		}
	}
	numbers_check(box->pair, node, trial->cid);
	mtu_check(box->pair, trial);
}

/* Handshake, records, end. The client is alone with the server unless somebody spoofs. */
static struct result
trial_run(const struct trial *trial)
{
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct result result = {0};
	struct pair_node node;
	struct pair *pair;
	struct box box;

	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.cookies = trial->cookies;
	server.suites = client.suites = &trial->suite;
	server.suite_count = client.suite_count = 1;
	client.cid = trial->cid;
	server.cid_len = client.cid_len = trial->cid ? 1 : 0;
	client.mtu = trial->mtu;
	server.mtu = trial->mtu_down ? trial->mtu : 0;
	memset(&inbox, 0, sizeof(inbox));
	inbox.seed = trial->seed;
	pair = pair_new(trial->seed, &server);
	pair->on_received = server_took;
	box_init(&box, pair, trial->kinds);
	if ((trial->kinds & BOX_BIT(BOX_HELLO)) != 0)
		trial_hello(&client, &box);
	pair_node_init(&node, pair, 1, &client);
	node.on_received = client_took;
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	while (node.connected + node.closed == 0)
		run_ms(pair, 100);
	result.connected = node.connected == 1;
	if (result.connected) {
		box.live = true;
		trial_records(trial, &box, &node, &result);
		assert_int_equal(node.closed, 0);
		assert_int_equal(pair->closed_count, 0);
		assert_int_equal(pair->connected, 1);
		assert_true(nbs_dtls_client_is_connected(node.client));
	}
	trial_result(trial, &box, &node, &result);
	pair_node_fini(&node);
	box_fini(&box);
	pair_free(pair);
	return result;
}

/* ---- the matrix ---- */

struct row {
	const char *name;
	unsigned kinds;
	bool replays;
};

static const struct row rows[] = {
    {"nothing", 0, false},
    {"drop", BOX_BIT(BOX_DROP), false},
    {"delay", BOX_BIT(BOX_DELAY), false},
    {"duplicate", BOX_BIT(BOX_DUPLICATE), false},
    {"drop, delay, duplicate", BOX_BIT(BOX_DROP) | BOX_BIT(BOX_DELAY) | BOX_BIT(BOX_DUPLICATE),
     false},
    {"jitter", BOX_BIT(BOX_JITTER), false},
    {"swap", BOX_BIT(BOX_SWAP), false},
    {"flipped bit", BOX_BIT(BOX_FLIP), false},
    {"wrong epoch", BOX_BIT(BOX_EPOCH), false},
    {"wrong length", BOX_BIT(BOX_LENGTH), false},
    {"garbage", BOX_BIT(BOX_GARBAGE), false},
    {"spoofed hello", BOX_BIT(BOX_HELLO), false},
    {"replays", 0, true},
    {"everything", BOX_BIT(BOX__COUNT) - 1, true},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* All that was asked for happened, both ways (hellos are spoofed upwards). */
static void
row_befell(const struct row *row, const struct result *result)
{
	for (unsigned kind = 0; kind < BOX__COUNT; kind++) {
		bool asked = (row->kinds & BOX_BIT(kind)) != 0;

		assert_int_equal(result->counts[PAIR_UP][kind] != 0, asked);
		assert_int_equal(result->counts[PAIR_DOWN][kind] != 0, asked && kind != BOX_HELLO);
	}
	assert_int_equal(result->replayed != 0, row->replays);
}

static bool
row_has(const struct row *row, enum box_kind kind)
{
	return (row->kinds & BOX_BIT(kind)) != 0;
}

static void
row_check(const struct row *row, const struct trial *trial, unsigned *failed)
{
	const struct result result = trial_run(trial);
	bool bad = row_has(row, BOX_FLIP) || row_has(row, BOX_EPOCH) || row_has(row, BOX_LENGTH) ||
		   row_has(row, BOX_GARBAGE) || row_has(row, BOX_DUPLICATE) || row->replays;

	if (!result.connected) {
		assert_true(row_has(row, BOX_DROP));
		assert_int_equal(result.reason, NBS_DTLS_TIMEOUT);
		(*failed)++;
		return;
	}
	row_befell(row, &result);
	for (unsigned way = 0; way < 2; way++) {
		/* 50 numbers are no more than the window of 64. A replay brings what was lost. */
		if (!row_has(row, BOX_DROP))
			assert_int_equal(result.arrived[way], RECORDS);
		else if (!row->replays)
			assert_int_equal(result.arrived[way], RECORDS - result.lost[way]);
	}
	if (bad)
		assert_true(result.dropped != 0);
	if (row_has(row, BOX_HELLO))
		assert_true(result.cookies >= result.counts[PAIR_UP][BOX_HELLO]);
	if (row->kinds == 0 && !row->replays)
		assert_int_equal(result.dropped, 0);
	/* A round trip takes 100 ms and twice 300 at most: the timer of 1 s never runs out. */
	if (!row_has(row, BOX_DROP) && !row_has(row, BOX_DELAY) && !row_has(row, BOX_DUPLICATE))
		assert_int_equal(result.repeats, 0);
}

/*
 * All rows, with cookies and without, with a connection ID of 1 byte each way and without, two
 * suites, 10 seeds.
 */
static void
test_matrix(void **state)
{
	unsigned failed = 0, lossy = 0;

	(void)state;
	for (size_t r = 0; r < ROWS; r++) {
		print_message("  %s\n", rows[r].name);
		for (unsigned n = 0; n < 8 * SEEDS; n++) {
			const struct trial trial = {
			    .kinds = rows[r].kinds,
			    .replays = rows[r].replays,
			    .cookies = (n & 1) != 0,
			    .cid = (n & 2) != 0,
			    .suite =
				(n & 4) != 0 ? NBS_DTLS_PSK_AES_128_CCM_8 : PSK_AES_128_CBC_SHA256,
			    .seed = 100 + n / 8,
			};

			row_check(&rows[r], &trial, &failed);
			lossy += row_has(&rows[r], BOX_DROP);
		}
	}
	/* As in handshake_test.c: 240 times 3 * 0.36^7 are 0.56; above 7 with less than 1e-6. */
	assert_int_equal(lossy, 240);
	assert_true(failed <= 7);
}

/* ---- MTU of the client; the server has no setting for one ---- */

/* A ClientHello is 97 bytes, one with a cookie 129, each 5 more with a connection ID. */
static bool
hello_is_whole(const struct trial *trial)
{
	return !trial->cookies || trial->mtu >= 129 + (trial->cid ? 5 : 0);
}

/*
 * The last flight of CBC-SHA256 has 28 bytes of KeyExchange, 14 of ChangeCipherSpec and in Finished
 * 13 + 16 (IV) + 32 (24, padded) + 32 (MAC): 135 are two datagrams at an MTU of 128.
 */
static void
mtu_trial_check(const struct trial *trial)
{
	const struct result result = trial_run(trial);
	bool split = trial->mtu == 128 && trial->suite == PSK_AES_128_CBC_SHA256;

	if (!hello_is_whole(trial)) {
		/* The listener keeps no state, so it refuses fragments of a ClientHello. */
		assert_false(result.connected);
		assert_int_equal(result.reason, NBS_DTLS_TIMEOUT);
		assert_true(result.bad_hellos != 0);
		return;
	}
	assert_true(result.connected);
	for (unsigned way = 0; way < 2; way++)
		assert_int_equal(result.arrived[way], RECORDS);
	if (trial->kinds == 0)
		assert_int_equal(result.flights, 2 + trial->cookies + split);
}

/* Each MTU on a good network and on one that mixes up what the MTU has cut. */
static void
test_mtu(void **state)
{
	static const uint16_t mtus[] = {128, 256, 512, 1024, 1500};
	static const unsigned kinds[] = {0, BOX_BIT(BOX_DELAY) | BOX_BIT(BOX_DUPLICATE) |
						BOX_BIT(BOX_JITTER)};

	(void)state;
	for (unsigned n = 0; n < 5 * 32; n++) {
		const struct trial trial = {
		    .kinds = kinds[(n & 8) != 0],
		    .mtu = mtus[n / 32],
		    .mtu_down = (n & 16) != 0,
		    .cookies = (n & 1) != 0,
		    .cid = (n & 2) != 0,
		    .suite = (n & 4) != 0 ? NBS_DTLS_PSK_AES_128_CCM_8 : PSK_AES_128_CBC_SHA256,
		    .seed = 300 + n,
		};

		mtu_trial_check(&trial);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_matrix),
	    cmocka_unit_test(test_mtu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
