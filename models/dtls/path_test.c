/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths that break in the middle of a handshake and paths with long round trips (RFC 6347 4.2.4):
 * who ends connected, who by time-out, and what is sent for nothing. The schedule of a handshake
 * without any answer stands in handshake_test.c.
 */
#include "models/dtls/test_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- a path that breaks ---- */

struct cut {
	struct pair *pair;
	size_t after; /* so many datagrams pass */
};

static void
cut_take(void *arg, const struct pair_packet *packet)
{
	const struct cut *cut = arg;

	if (cut->pair->packet_count <= cut->after)
		pair_deliver(cut->pair, packet, packet->data, packet->len, cut->pair->delay_ns);
}

/*
 * With a cookie: ClientHello, HelloVerifyRequest, ClientHello, ServerHello, Finished, Finished. The
 * third makes the server's session, the fifth connects it, the sixth the client. Who is not
 * connected gives up by time-out.
 */
static void
cut_check(size_t after)
{
	struct pair *pair = pair_new(17, NULL);
	struct cut cut = {pair, after};
	struct pair_node node;

	pair->box = cut_take;
	pair->box_arg = &cut;
	pair_node_init(&node, pair, 1, NULL);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	pair_run_s(pair, 200); /* a flight is given up after 123 s */
	assert_int_equal(node.connected, after >= 6);
	assert_int_equal(node.closed, after < 6);
	if (after < 6)
		assert_int_equal(node.reason, NBS_DTLS_TIMEOUT);
	assert_int_equal(pair->connected, after >= 5);
	assert_int_equal(pair->failed_count, after == 3 || after == 4);
	if (pair->failed_count != 0)
		assert_int_equal(pair->failed[0].reason, NBS_DTLS_TIMEOUT);
	assert_int_equal(nbs_dtls_server_sessions(pair->server), after >= 5);
	pair_node_fini(&node);
	pair_free(pair);
}

static void
test_cut(void **state)
{
	(void)state;
	for (size_t after = 0; after <= 6; after++)
		cut_check(after);
}

/* ---- the timer and the round trip, nothing lost ---- */

/*
 * Copies of the first ClientHello leave at T, 3T, 7T, ... (RFC 6347 4.2.4.1: T doubled each time)
 * until the answer is there at the round trip R: as many as k with (2^k - 1) T < R. In the instant
 * that both fall together either may be first, hence 2 ms to both sides of it.
 */
static void
test_spurious_hellos(void **state)
{
	static const struct {
		uint64_t timer_s, round_trip_ms;
		unsigned copies;
	} cases[] = {
	    {1, 998, 0},  {1, 1600, 1}, {1, 2998, 1}, {1, 3002, 2}, {1, 6998, 2},
	    {1, 7002, 3}, {2, 1600, 0}, {2, 1998, 0}, {2, 2002, 1}, {2, 3000, 1},
	    {2, 7000, 2}, {9, 3000, 0}, {9, 5000, 0}, {9, 8998, 0}, {9, 9002, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nbs_dtls_client_config config;
		struct pair *pair = pair_new(1, NULL);
		struct pair_node node;
		unsigned hellos = 0;

		pair->delay_ns = cases[i].round_trip_ms * NBS_NS_PER_MS / 2;
		pair_client_defaults(&config);
		config.timeout_min_ns = cases[i].timer_s * NBS_NS_PER_S;
		pair_node_init(&node, pair, 1, &config);
		assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
		pair_run_s(pair, 100);
		for (size_t j = 0; j < pair->packet_count; j++)
			hellos += pair->packets[j].way == PAIR_UP &&
				  pair->packets[j].time_ns < cases[i].round_trip_ms * NBS_NS_PER_MS;
		assert_int_equal(hellos, 1 + cases[i].copies);
		assert_int_equal(node.connected, 1);
		pair_node_fini(&node);
		pair_free(pair);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_spurious_hellos),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
