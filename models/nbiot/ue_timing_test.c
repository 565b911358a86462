/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One report's timeline, segment by segment, against arithmetic from the configuration. */
#include "models/nbiot/timing_test_util.h"

/* A one-way report with release assistance; 100 bytes of IP fill one block of 1000 bits. */
static void
check_one_way(double mcl_db, unsigned level)
{
	struct bench b;
	uint64_t decoded;

	bench_init(&b, 7);
	bench_cell(&b);
	bench_ue(&b, "meter/1", mcl_db);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 60 * BENCH_S);

	struct want e = want_begin(&b, mcl_db, level);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);  /* Msg4 */
	decoded = want_uplink(&e, 125);     /* Msg5: 4 + 18 + 100 and 3 of headers */
	(void)want_downlink(&e, false, 3);  /* RLC status */
	want_ms(&e, 40, NBS_POWER_MONITOR); /* to the MME and back, 20 ms each */
	(void)want_downlink(&e, false, 5);  /* release */
	(void)want_uplink(&e, 3);           /* RLC status */

	assert_int_equal(b.ups, 1);
	assert_int_equal(b.up_len[0], 100);
	assert_int_equal(b.up_ns[0], decoded + 20 * BENCH_MS);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
	want_check(&e, bench_account(&b));
	assert_int_equal(nbs_ue_account(b.ue)->time_ns[NBS_POWER_PSM],
			 10 * BENCH_S + 60 * BENCH_S - e.t_ns);
	bench_fini(&b);
}

static void
test_one_way_level_0(void **state)
{
	(void)state;
	check_one_way(125.0, 0); /* NRSRP 24 - 125 = -101 dBm, above -109 */
}

static void
test_one_way_level_1(void **state)
{
	(void)state;
	check_one_way(138.0, 1); /* -114 dBm, between -119 and -109 */
}

static void
test_one_way_level_2(void **state)
{
	(void)state;
	check_one_way(160.0, 2); /* -136 dBm, below -119 */
}

/*
 * A second report in the same connection: no scheduling request, so NPRACH, RAR and Msg3 again;
 * then 20 s of open receiver and the release. Payloads of two and one blocks.
 */
static void
test_second_burst_and_inactivity(void **state)
{
	struct bench b;
	uint64_t first, second, third;

	(void)state;
	bench_init(&b, 7);
	b.config.inactivity_timer_ns = 20 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 138.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 129, NBS_RAI_NONE);
	bench_run(&b, 20 * BENCH_S);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_CONNECTED);
	bench_send(&b, 60, NBS_RAI_NONE);
	bench_send(&b, 61, NBS_RAI_NONE);
	bench_run(&b, 60 * BENCH_S);

	struct want e = want_begin(&b, 138.0, 1);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);
	/* NAS 17 + 129 = 146 > 127: RRC 5; 151 bytes are 122 + 29, each with 3 of headers. */
	(void)want_uplink(&e, 125);
	first = want_uplink(&e, 32);
	(void)want_downlink(&e, false, 3);
	want_to(&e, 20 * BENCH_S, NBS_POWER_MONITOR);
	want_random_access(&e, NBS_POWER_MONITOR);
	/* Both wait when the access is over: 60 + 13 and, with its RLC header, 61 + 13 + 2 bytes
	 * are 149, cut into 122 + 27, each with 3 of headers. */
	second = want_uplink_resolving(&e, 125);
	third = want_uplink(&e, 30);
	(void)want_downlink(&e, false, 3);
	want_ms(&e, 20000, NBS_POWER_MONITOR);
	(void)want_downlink(&e, false, 5);
	(void)want_uplink(&e, 3);

	assert_int_equal(b.ups, 3);
	assert_int_equal(b.up_ns[0], first + 20 * BENCH_MS);
	assert_int_equal(b.up_ns[1], second + 20 * BENCH_MS);
	assert_int_equal(b.up_ns[2], third + 20 * BENCH_MS);
	want_check(&e, bench_account(&b));
	assert_int_equal(nbs_ue_stats(b.ue)->ra_attempts, 2);
	assert_int_equal(nbs_ue_stats(b.ue)->connections, 1);
	bench_fini(&b);
}

/*
 * A report and its answer with release assistance: the answer comes 2 x 20 ms after the uplink
 * block, and the release follows it without another turn to the MME.
 */
static void
test_report_and_reply(void **state)
{
	struct bench b;
	uint64_t up, down;

	(void)state;
	bench_init(&b, 7);
	b.config.s1_delay.a_ns = 200 * BENCH_MS;
	b.answer = true;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_ONE_REPLY);
	bench_run(&b, 60 * BENCH_S);

	struct want e = want_begin(&b, 125.0, 0);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);
	up = want_uplink(&e, 125);
	(void)want_downlink(&e, false, 3);
	want_to(&e, up + 400 * BENCH_MS, NBS_POWER_MONITOR);
	down = want_downlink(&e, false, 40 + 14 + 3); /* RRC 3, NAS 11; MAC 1, RLC 2 */
	(void)want_uplink(&e, 3);
	(void)want_downlink(&e, false, 5);
	(void)want_uplink(&e, 3);

	assert_int_equal(b.ups, 1);
	assert_int_equal(b.downs, 1);
	assert_int_equal(b.down_len[0], 40);
	assert_int_equal(b.down_ns[0], down);
	want_check(&e, bench_account(&b));
	bench_fini(&b);
}

/*
 * Resume (user plane): Msg4 9 + 6 + 5 + 2 = 22 bytes, Msg5 = 7 + 2 + 2 + 1 + 100 and 3, release 15
 * bytes. A buffer status of 0 in Msg5 (2 bytes) tells the eNB itself that nothing follows: no turn
 * to the MME.
 */
static void
test_user_plane(void **state)
{
	struct bench b;
	uint64_t up;

	(void)state;
	bench_init(&b, 7);
	b.config.optimisation = NBS_USER_PLANE;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 60 * BENCH_S);

	struct want e = want_begin(&b, 125.0, 0);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 22);
	up = want_uplink(&e, 117);
	(void)want_downlink(&e, false, 3);
	(void)want_downlink(&e, false, 15);
	(void)want_uplink(&e, 3);

	assert_int_equal(b.ups, 1);
	assert_int_equal(b.up_ns[0], up + 20 * BENCH_MS);
	want_check(&e, bench_account(&b));
	bench_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_way_level_0),
	    cmocka_unit_test(test_one_way_level_1),
	    cmocka_unit_test(test_one_way_level_2),
	    cmocka_unit_test(test_second_burst_and_inactivity),
	    cmocka_unit_test(test_report_and_reply),
	    cmocka_unit_test(test_user_plane),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
