/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parked sessions: nobody sees it, and what they take. */
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

#define PARK_S UINT64_C(64) /* the silence after which sessions are parked ... */
#define LATE_S UINT64_C(1)  /* ... and how much later it may be: 1/64 */
#define CBC UINT16_C(0x00AE)

static const uint8_t text[20] = "{\"t\":21.5,\"rh\":48}";

static struct pair *
park_pair(uint64_t park_s, uint64_t idle_s, size_t cid_len)
{
	struct nbs_dtls_server_config config;
	struct pair *pair;

	pair_server_defaults(&config);
	config.park_after_ns = park_s * NBS_NS_PER_S;
	config.idle_ns = idle_s * NBS_NS_PER_S;
	config.cid_len = cid_len;
	pair = pair_new(1, &config);
	pair->echo = true;
	return pair;
}

static void
write_text(struct pair_node *node)
{
	assert_int_equal(nbs_dtls_client_write(node->client, text, sizeof(text)), NBS_OK);
	pair_run_s(node->pair, 1);
}

/* A pair whose one session has had a record up and an echo, and is parked. */
static struct pair *
parked_pair(struct pair_node *node)
{
	struct pair *pair = park_pair(PARK_S, 0, 0);

	pair_node_init(node, pair, 1, NULL);
	pair_connect(node);
	write_text(node);
	pair_run_s(pair, PARK_S + LATE_S);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 1);
	return pair;
}

static void
done(struct pair *pair, struct pair_node *node)
{
	pair_node_fini(node);
	pair_free(pair);
}

/* ---- who is parked, and when ---- */

static void
test_parked_after_silence(void **state)
{
	struct pair *pair = park_pair(PARK_S, 0, 0);
	struct pair_node node;

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	write_text(&node); /* the last use is the echo, 950 ms before this returns */
	pair_run_s(pair, PARK_S - 1);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 0);
	pair_run_s(pair, LATE_S + 1);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 1);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 1);
	assert_int_equal(nbs_dtls_server_wakes(pair->server), 0);
	assert_int_equal(nbs_dtls_session_suite(pair->newest), NBS_DTLS_PSK_AES_128_CCM_8);
	done(pair, &node);
}

/* Until the client's first record its last flight may have to be answered once more. */
static void
test_not_before_the_first_record(void **state)
{
	struct pair *pair = park_pair(PARK_S, 0, 0);
	struct pair_node node;

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	pair_run_s(pair, 10 * PARK_S);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 0);
	write_text(&node);
	pair_run_s(pair, PARK_S + LATE_S);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 1);
	done(pair, &node);
}

static void
test_never_with_cbc(void **state)
{
	static const uint16_t cbc = CBC;
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair_node node;
	struct pair *pair;

	(void)state;
	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.suites = client.suites = &cbc;
	server.suite_count = client.suite_count = 1;
	server.park_after_ns = PARK_S * NBS_NS_PER_S;
	pair = pair_new(1, &server);
	pair_node_init(&node, pair, 1, &client);
	pair_connect(&node);
	write_text(&node);
	pair_run_s(pair, 10 * PARK_S);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 0);
	write_text(&node);
	assert_int_equal(pair->received, 2);
	done(pair, &node);
}

/* The silent are parked, whatever the others do; all are found again. */
static void
test_each_by_its_own_silence(void **state)
{
	struct pair *pair = park_pair(PARK_S, 0, 0);
	struct pair_node nodes[3];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		pair_node_init(&nodes[i], pair, i, NULL);
		pair_connect(&nodes[i]);
		write_text(&nodes[i]);
	}
	for (unsigned i = 0; i < 10; i++) { /* the second talks all the time */
		pair_run_s(pair, PARK_S / 4);
		write_text(&nodes[1]);
	}
	assert_int_equal(nbs_dtls_server_parked(pair->server), 2);
	assert_int_equal(nbs_dtls_server_wakes(pair->server), 0);
	write_text(&nodes[2]);
	write_text(&nodes[0]);
	assert_int_equal(pair->received, 3 + 10 + 2);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 0);
	assert_int_equal(nbs_dtls_server_wakes(pair->server), 2);
	pair_run_s(pair, 2 * PARK_S);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 3);
	for (unsigned i = 0; i < 3; i++)
		pair_node_fini(&nodes[i]);
	pair_free(pair);
}

/* Once parked, a day of silence costs no more events than a second: those of the run itself. */
static void
test_silence_has_no_events(void **state)
{
	struct pair_node node;
	struct pair *pair = parked_pair(&node);
	const uint64_t parked = nbs_events(pair->engine);
	uint64_t second;

	(void)state;
	pair_run_s(pair, 1);
	second = nbs_events(pair->engine);
	pair_run_s(pair, 86400);
	assert_int_equal(nbs_events(pair->engine) - second, second - parked);
	done(pair, &node);
}

/* ---- woken ---- */

static void
test_woken_by_its_client(void **state)
{
	static int user;
	struct pair_node node;
	struct pair *pair = parked_pair(&node);
	struct nbs_dtls_session *session = pair->newest;
	const uint64_t handle = nbs_dtls_session_handle(session);

	(void)state;
	nbs_dtls_session_set_user(session, &user);
	assert_ptr_equal(nbs_dtls_server_find(pair->server, node.at), session);
	assert_memory_equal(nbs_dtls_session_identity(session).data, "a", 1);
	assert_int_equal(nbs_dtls_session_stats(session)->records_in, 1);
	write_text(&node);
	assert_int_equal(pair->received, 2);
	assert_int_equal(node.received, 2);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 0);
	assert_int_equal(nbs_dtls_server_wakes(pair->server), 1);
	assert_ptr_equal(nbs_dtls_server_session(pair->server, handle), session);
	assert_ptr_equal(nbs_dtls_session_user(session), &user);
	assert_int_equal(nbs_dtls_session_stats(session)->records_in, 2);
	assert_int_equal(nbs_dtls_session_stats(session)->handshakes_completed, 1);
	done(pair, &node);
}

static void
test_woken_by_its_owner(void **state)
{
	struct pair_node node;
	struct pair *pair = parked_pair(&node);

	(void)state;
	assert_int_equal(nbs_dtls_session_write(pair->newest, text, 0), NBS_E_RANGE);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 1); /* no use of it */
	assert_int_equal(nbs_dtls_session_write(pair->newest, text, sizeof(text)), NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(node.received, 2);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 0);
	pair_run_s(pair, PARK_S + LATE_S);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 1);
	done(pair, &node);
}

static void
test_closed_while_parked(void **state)
{
	struct pair_node node;
	struct pair *pair = parked_pair(&node);

	(void)state;
	nbs_dtls_session_close(pair->newest);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 0);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0);
	pair_run_s(pair, 1);
	assert_int_equal(node.closed, 1); /* its close_notify was authentic */
	assert_int_equal(node.reason, NBS_DTLS_PEER_CLOSE);
	done(pair, &node);
}

/* A record without the key, and one that was there before: told, and the session sleeps on. */
static void
test_disturbed(void **state)
{
	static const uint8_t forged[13 + 8 + 5 + 8] = {23, 0xfe, 0xfd, 0, 1, 0,        0,
						       0,  0,    0,    9, 0, 8 + 5 + 8};
	struct pair_node node;
	struct pair *pair = parked_pair(&node);
	const struct pair_packet *first;

	(void)state;
	assert_int_equal(nbs_dtls_server_input(pair->server, node.at, forged, sizeof(forged), 70),
			 NBS_OK);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 1);
	first = pair_packet(pair, PAIR_UP, 3); /* behind two hellos and the client's last flight */
	assert_int_equal(first->data[0], 23);
	assert_int_equal(nbs_dtls_server_input(pair->server, node.at, first->data, first->len, 71),
			 NBS_OK);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 1);
	assert_int_equal(nbs_dtls_server_wakes(pair->server), 2);
	assert_int_equal(pair->failed_count, 2);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_BAD_MAC);
	assert_int_equal(pair->failed[0].frame, 70);
	assert_int_equal(pair->failed[1].reason, NBS_DTLS_REPLAY);
	assert_int_equal(pair->failed[1].frame, 71);
	assert_int_equal(pair->received, 1);
	done(pair, &node);
}

/* Idle for too long, replaced, evicted: without being woken. */
static void
test_ends_while_parked(void **state)
{
	struct pair *pair = park_pair(PARK_S, 10 * PARK_S, 0);
	struct pair_node node;

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	write_text(&node);
	pair_run_s(pair, 2 * PARK_S);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 1);
	pair_node_fini(&node); /* another device at the same address */
	pair_node_init(&node, pair, 1, NULL);
	pair_connect(&node);
	assert_int_equal(pair->closed[0].reason, NBS_DTLS_REPLACED);
	write_text(&node);
	pair_run_s(pair, 2 * PARK_S);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 1);
	pair_run_s(pair, 10 * PARK_S);
	assert_int_equal(pair->closed[1].reason, NBS_DTLS_TIMEOUT);
	assert_int_equal(nbs_dtls_server_parked(pair->server), 0);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), 0);
	assert_int_equal(nbs_dtls_server_wakes(pair->server), 0);
	done(pair, &node);
}

/* ---- nobody sees it ---- */

struct trace {
	struct pair_packet packets[PAIR_NOTES];
	struct pair_note closed[8], failed[8];
	size_t packet_count, closed_count, failed_count;
	uint64_t parked, wakes;
	struct nbs_dtls_stats stats;
	struct nbs_crypto_work work[NBS_DTLS_PHASE__COUNT];
};

/* What attackers and networks do to a silent session. */
static void
story_disturb(struct pair *pair, const struct pair_node *node)
{
	const struct nbs_endpoint elsewhere = {0xcb007142U, 4000};
	const struct pair_packet *last = &pair->packets[pair->packet_count - 1];
	uint8_t changed[128];

	while (last->way != PAIR_UP)
		last--;
	assert_true(last->len <= sizeof(changed));
	memcpy(changed, last->data, last->len);
	assert_int_equal(nbs_dtls_server_input(pair->server, node->at, changed, last->len, 1),
			 NBS_OK); /* replayed */
	changed[last->len - 1] ^= 1;
	changed[10]++;
	assert_int_equal(nbs_dtls_server_input(pair->server, node->at, changed, last->len, 2),
			 NBS_OK);
	assert_int_equal(nbs_dtls_server_input(pair->server, elsewhere, changed, last->len, 3),
			 NBS_OK);
}

/* Three devices, one with connection IDs that moves; records, forgeries, handshakes, silence. */
static void
story(struct pair *pair)
{
	struct nbs_dtls_client_config config;
	struct pair_node nodes[3];

	pair_client_defaults(&config);
	config.cid = true;
	for (unsigned i = 0; i < 3; i++) {
		pair_node_init(&nodes[i], pair, i, i == 1 ? &config : NULL);
		pair_connect(&nodes[i]);
		write_text(&nodes[i]);
	}
	pair_run_s(pair, 3 * PARK_S);
	story_disturb(pair, &nodes[2]);
	nodes[1].at.port++;
	write_text(&nodes[1]); /* followed to there */
	assert_int_equal(nbs_dtls_session_write(pair->newest, text, 5), NBS_OK);
	pair_run_s(pair, 2 * PARK_S);
	nbs_dtls_client_close(nodes[0].client);
	pair_connect(&nodes[0]); /* draws random numbers */
	pair_run_s(pair, 3 * PARK_S);
	write_text(&nodes[1]);
	write_text(&nodes[2]);
	pair_run_s(pair, 30 * PARK_S); /* until all have been idle for too long */
	for (unsigned i = 0; i < 3; i++)
		pair_node_fini(&nodes[i]);
}

static struct trace *
story_traced(uint64_t park_s)
{
	struct trace *trace = calloc(1, sizeof(*trace));
	struct pair *pair = park_pair(park_s, 20 * PARK_S, 4);

	assert_non_null(trace);
	story(pair);
	assert_true(pair->closed_count <= 8 && pair->failed_count <= 8);
	memcpy(trace->packets, pair->packets, sizeof(trace->packets));
	memcpy(trace->closed, pair->closed, sizeof(trace->closed));
	memcpy(trace->failed, pair->failed, sizeof(trace->failed));
	trace->packet_count = pair->packet_count;
	trace->closed_count = pair->closed_count;
	trace->failed_count = pair->failed_count;
	trace->wakes = nbs_dtls_server_wakes(pair->server);
	trace->stats = *nbs_dtls_server_stats(pair->server);
	for (unsigned i = 0; i < NBS_DTLS_PHASE__COUNT; i++)
		trace->work[i] = *nbs_dtls_server_work(pair->server, i);
	pair->packet_count = 0; /* the bytes are the trace's now */
	pair_free(pair);
	return trace;
}

static void
trace_free(struct trace *trace)
{
	for (size_t i = 0; i < trace->packet_count; i++)
		free(trace->packets[i].data);
	free(trace);
}

static void
test_parking_leaves_no_trace(void **state)
{
	struct trace *without = story_traced(0);
	struct trace *with = story_traced(PARK_S);

	(void)state;
	assert_int_equal(without->wakes, 0);
	assert_true(with->wakes >= 5); /* moved, written to, three times disturbed, ... */
	assert_int_equal(without->closed_count, 4);
	assert_int_equal(without->failed_count, 3);
	assert_int_equal(with->packet_count, without->packet_count);
	for (size_t i = 0; i < with->packet_count; i++) {
		const struct pair_packet *a = &with->packets[i], *b = &without->packets[i];

		assert_int_equal(a->time_ns, b->time_ns);
		assert_int_equal(a->len, b->len);
		assert_memory_equal(a->data, b->data, a->len);
		assert_int_equal(a->device.addr, b->device.addr);
		assert_int_equal(a->device.port, b->device.port);
	}
	assert_memory_equal(with->closed, without->closed, sizeof(with->closed));
	assert_memory_equal(with->failed, without->failed, sizeof(with->failed));
	assert_memory_equal(&with->stats, &without->stats, sizeof(with->stats));
	assert_memory_equal(with->work, without->work, sizeof(with->work));
	trace_free(with);
	trace_free(without);
}

/* ---- memory ---- */

/* Connects a device, lets it say one thing, and forgets it. */
static void
come_and_go(struct pair *pair, unsigned number)
{
	struct nbs_dtls_client_config config;
	struct pair_node node;
	char identity[16];

	snprintf(identity, sizeof(identity), "urn:imei:%06u",
		 number); /* 15 bytes, as an IMEI has */
	pair_client_defaults(&config);
	config.identity = (const uint8_t *)identity;
	config.identity_len = 15;
	pair_node_init(&node, pair, 1, &config);
	node.at.port = (uint16_t)(1024 + number);
	pair_connect(&node);
	write_text(&node);
	pair_node_fini(&node);
	while (pair->packet_count > 0) /* the log is the test's own */
		free(pair->packets[--pair->packet_count].data);
}

/*
 * The budget of the project: a parked session, with all that is kept of it, takes 1 kB. Counted are
 * 128 of 129 sessions: one more than 128, so that the tables have just doubled their buckets and
 * each session's share of them is the largest that there is.
 */
static void
test_memory_of_a_parked_session(void **state)
{
	enum { SESSIONS = 129 };
	struct pair *pair;
	size_t before, after;

	(void)state;
	if (!COUNTS_MEMORY)
		skip();
	pair = park_pair(PARK_S, 0, 0);
	come_and_go(pair, 0); /* the first tables are there */
	pair_run_s(pair, 2 * PARK_S);
	before = mallinfo2().uordblks;
	for (unsigned i = 1; i < SESSIONS; i++)
		come_and_go(pair, i);
	pair_run_s(pair, 2 * PARK_S);
	assert_int_equal(nbs_dtls_server_parked(pair->server), SESSIONS);
	after = mallinfo2().uordblks;
	print_message("  a parked session takes %zu bytes\n", (after - before) / (SESSIONS - 1));
	assert_true(after > before);
	assert_true(after - before <= (SESSIONS - 1) * 1000);
	pair_free(pair);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parked_after_silence),
	    cmocka_unit_test(test_not_before_the_first_record),
	    cmocka_unit_test(test_never_with_cbc),
	    cmocka_unit_test(test_each_by_its_own_silence),
	    cmocka_unit_test(test_silence_has_no_events),
	    cmocka_unit_test(test_woken_by_its_client),
	    cmocka_unit_test(test_woken_by_its_owner),
	    cmocka_unit_test(test_closed_while_parked),
	    cmocka_unit_test(test_disturbed),
	    cmocka_unit_test(test_ends_while_parked),
	    cmocka_unit_test(test_parking_leaves_no_trace),
	    cmocka_unit_test(test_memory_of_a_parked_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
