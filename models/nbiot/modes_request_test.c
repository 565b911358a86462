/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In a connection, against a second pen: the ways to ask for the uplink (TS 36.321 5.1.5, 5.4.4),
 * carriers, downlink gaps, packets longer than a phase.
 */
#include "models/nbiot/draw.h"
#include "models/nbiot/modes_test_util.h"

/* A second packet at 20 s; want_request draws what leads to its grant. */
static void
check_request(enum nbs_ul_request request, unsigned index,
	      void (*want_request)(struct want *e, unsigned index))
{
	struct bench b;
	uint64_t second;

	bench_init(&b, 7);
	b.config.ul_request = request;
	b.config.ul_request_period_ns = 1280 * BENCH_MS;
	b.config.inactivity_timer_ns = 20 * BENCH_S;
	b.config.ce[1].npdcch_rmax = 4; /* unlike the common search space: 16 */
	b.config.ce[1].npdcch_g = 4;
	bench_cell(&b);
	for (unsigned i = 0; i < index; i++)
		bench_ue(&b, "somebody else", 125.0);
	bench_ue(&b, "meter/1", 138.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 60, NBS_RAI_NONE);
	bench_run(&b, 20 * BENCH_S);
	bench_send(&b, 60, NBS_RAI_NO_REPLY);
	bench_run(&b, 60 * BENCH_S);

	struct want e = want_begin(&b, 138.0, 1);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);
	(void)want_uplink(&e, 4 + 17 + 60 + HEADERS);
	(void)want_downlink(&e, false, STATUS);
	want_to(&e, 20 * BENCH_S, NBS_POWER_MONITOR);
	want_request(&e, index);
	if (request == NBS_UL_RANDOM_ACCESS)
		second = want_uplink_resolving(&e, 2 + 12 + 60 + HEADERS);
	else
		second = want_uplink(&e, 2 + 12 + 60 + HEADERS);
	(void)want_downlink(&e, false, STATUS);
	want_ms(&e, 2 * 20, NBS_POWER_MONITOR);
	want_release(&e, 2 + HEADERS);
	assert_int_equal(b.ups, 2);
	assert_int_equal(b.up_ns[1], second + 20 * BENCH_MS);
	assert_int_equal(nbs_ue_stats(b.ue)->ra_attempts, request == NBS_UL_RANDOM_ACCESS ? 2 : 1);
	want_check(&e, bench_account(&b));
	bench_fini(&b);
}

/* Up to Rel-14: NPRACH; Msg3 of 11 bytes has C-RNTI 3 and buffer status 2 in it. */
static void
want_by_random_access(struct want *e, unsigned index)
{
	(void)index;
	want_random_access(e, NBS_POWER_MONITOR);
}

/* The eNB asks UE i at i ms in each 1,280 ms (20.480 s next); the answer is its buffer status. */
static void
want_by_poll(struct want *e, unsigned index)
{
	want_to(e, (20480 + index) * BENCH_MS, NBS_POWER_MONITOR);
	(void)want_uplink(e, BSR);
}

/* At the same time the UE sends its request, as long as a HARQ-ACK: 4 repetitions of 2 ms. */
static void
want_by_scheduling_request(struct want *e, unsigned index)
{
	struct nbs_ack_choice ack;

	want_to(e, (20480 + index) * BENCH_MS, NBS_POWER_MONITOR);
	assert_int_equal(nbs_adapt_ack(e->link, e->mcl_db, e->level, false, &ack), NBS_OK);
	want_transmit(e, 8 * BENCH_MS, 8 * BENCH_MS, ack.tx_power_dbm, NBS_POWER_TX);
	want_ms(e, 3, NBS_POWER_ACTIVE);
	(void)want_uplink(e, BSR);
}

static void
test_uplink_requests(void **state)
{
	(void)state;
	check_request(NBS_UL_RANDOM_ACCESS, 0, want_by_random_access);
	check_request(NBS_UL_ENB_POLL, 0, want_by_poll);
	check_request(NBS_UL_ENB_POLL, 3, want_by_poll);
	check_request(NBS_UL_SR_R15, 0, want_by_scheduling_request);
	check_request(NBS_UL_SR_R15, 3, want_by_scheduling_request);
}

/* Takes every downlink subframe of the anchor that is left, in a time to come. */
static void
jam_downlink(struct bench *b, uint64_t from_ns, uint64_t until_ns)
{
	struct nbsi_grant grant;

	/* Search spaces of 4 subframes with one candidate each, 0 to 3 subframes apart. */
	for (uint32_t eighths = 0; eighths < 8; eighths += 2) {
		const struct nbsi_space space = {.rmax = 1, .g = 4, .offset_8th = eighths};

		while (nbsi_book_downlink(b->cell->carriers[0], &space, from_ns, until_ns, 1, 0, 0,
					  &grant))
			continue;
	}
}

/*
 * The grant that resolves a connected UE's contention must come while its timer runs, 8 x 16 ms
 * from the end of Msg3 on (TS 36.321 5.1.5). No room: the UE has listened in every search space,
 * half of the time (G = 2), and sends another preamble.
 */
static void
test_contention_timer_in_a_connection(void **state)
{
	struct bench b;
	uint64_t timer, second;

	(void)state;
	bench_init(&b, 7);
	b.config.inactivity_timer_ns = 20 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 60, NBS_RAI_NONE);
	bench_run(&b, 20 * BENCH_S);

	struct want e = want_begin(&b, 125.0, 0);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);
	(void)want_uplink(&e, 4 + 17 + 60 + HEADERS);
	(void)want_downlink(&e, false, STATUS);
	want_to(&e, 20 * BENCH_S, NBS_POWER_MONITOR);
	want_random_access(&e, NBS_POWER_MONITOR);
	timer = e.decoded_ns + 128 * BENCH_MS;
	jam_downlink(&b, e.decoded_ns, timer + 20 * BENCH_MS);
	bench_send(&b, 60, NBS_RAI_NO_REPLY);
	bench_run(&b, 60 * BENCH_S);

	want_to(&e, e.t_ns + (timer - e.t_ns) / 2, NBS_POWER_RX);
	want_to(&e, timer, NBS_POWER_ACTIVE);
	e.failed = 1;
	want_random_access(&e, NBS_POWER_MONITOR);
	second = want_uplink_resolving(&e, 2 + 12 + 60 + HEADERS);
	(void)want_downlink(&e, false, STATUS);
	want_ms(&e, 2 * 20, NBS_POWER_MONITOR);
	want_release(&e, 2 + HEADERS);
	assert_int_equal(b.ups, 2);
	assert_int_equal(b.up_ns[1], second + 20 * BENCH_MS);
	assert_int_equal(nbs_ue_stats(b.ue)->ra_attempts, 3);
	want_check(&e, bench_account(&b));
	bench_fini(&b);
}

/* ---- carriers, gaps ---- */

/*
 * On a non-anchor carrier every downlink subframe is valid and NPRACH is nowhere. Random access
 * with all its messages stays on the anchor.
 */
static void
test_non_anchor_carrier(void **state)
{
	uint64_t done[2];

	(void)state;
	for (uint32_t carriers = 0; carriers < 2; carriers++) {
		struct bench b;

		bench_init(&b, 7);
		b.config.non_anchor_carriers = carriers;
		b.config.inactivity_timer_ns = 20 * BENCH_S;
		bench_cell(&b);
		bench_ue(&b, "meter/1", 155.0);
		bench_run(&b, 10 * BENCH_S);
		bench_send(&b, 100, NBS_RAI_NONE);
		bench_run(&b, 25 * BENCH_S);
		bench_send(&b, 100, NBS_RAI_NO_REPLY);
		bench_run(&b, 60 * BENCH_S);

		struct want e = want_begin(&b, 155.0, 2);
		want_random_access(&e, NBS_POWER_ACTIVE);
		(void)want_downlink(&e, true, 18);
		(void)want_uplink(&e, 4 + 17 + 100 + HEADERS);
		(void)want_downlink(&e, false, STATUS);
		done[carriers] = e.t_ns;
		want_to(&e, 25 * BENCH_S, NBS_POWER_MONITOR);
		want_random_access(&e, NBS_POWER_MONITOR);
		(void)want_uplink_resolving(&e, 2 + 12 + 100 + HEADERS);
		(void)want_downlink(&e, false, STATUS);
		want_ms(&e, 2 * 20, NBS_POWER_MONITOR);
		want_release(&e, 2 + HEADERS);
		assert_int_equal(b.ups, 2);
		want_check(&e, bench_account(&b));
		bench_fini(&b);
	}
	assert_true(done[1] < done[0]);
}

/*
 * Downlink gaps: search spaces of 32 and more pause in 64 of each 128 subframes. The subframes of
 * each DCI and block are as many, the time is longer.
 */
static void
test_downlink_gap(void **state)
{
	uint64_t done[2], received[2];

	(void)state;
	for (int gap = 0; gap < 2; gap++) {
		struct bench b;
		uint64_t decoded;

		bench_init(&b, 7);
		b.config.dl_gap = (struct nbs_dl_gap_config){
		    .enabled = gap != 0, .threshold = 32, .period_sf = 128, .duration_8th = 4};
		modes_report(&b, 158.0, 100, NBS_RAI_NO_REPLY, 60 * BENCH_S);

		struct want e = want_begin(&b, 158.0, 2);
		want_random_access(&e, NBS_POWER_ACTIVE);
		(void)want_downlink(&e, true, 18);
		decoded = want_uplink(&e, 4 + 18 + 100 + HEADERS);
		(void)want_downlink(&e, false, STATUS);
		want_ms(&e, 2 * 20, NBS_POWER_MONITOR);
		want_release(&e, 2 + HEADERS);
		done[gap] = e.t_ns;
		received[gap] = e.ns[NBS_POWER_RX];
		modes_check(&b, &e, decoded);
	}
	assert_true(done[1] > done[0]);
	assert_true(received[1] > received[0]); /* the receiver stays open across a gap */
}

/*
 * Packets that take longer than a phase may: 1,000 bytes each way at 168 dB on a carrier of its
 * own. Where the model stops and goes on is not to be seen. Up: ResumeComplete 2 + 5 + 2 + 2 + 1 +
 * 1000 = 1,012 = 8 x 122 + 36. Down: PDCP 1 + 1000 = 1,001 = 12 x 82 + 17.
 */
static void
test_long_packets(void **state)
{
	struct bench b;
	uint64_t up, down;

	(void)state;
	bench_init(&b, 7);
	b.config.optimisation = NBS_USER_PLANE;
	b.config.deployment = NBS_STAND_ALONE;
	b.config.nrs_power_dbm = 32.2;
	b.config.s1_delay.a_ns = 300 * BENCH_MS;
	b.config.t300_ns = 60 * BENCH_S;
	b.answer = true;
	b.answer_len = 1000;
	modes_report(&b, 168.0, 1000, NBS_RAI_ONE_REPLY, 600 * BENCH_S);

	struct want e = want_begin(&b, 168.0, 2);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 22);
	for (unsigned i = 0; i < 8; i++)
		(void)want_uplink(&e, 122 + HEADERS);
	up = want_uplink(&e, 36 + HEADERS);
	(void)want_downlink(&e, false, STATUS);
	if (e.t_ns < up + 600 * BENCH_MS)
		want_to(&e, up + 600 * BENCH_MS, NBS_POWER_MONITOR);
	for (unsigned i = 0; i < 12; i++)
		(void)want_downlink(&e, false, 82 + HEADERS);
	down = want_downlink(&e, false, 17 + HEADERS);
	(void)want_uplink(&e, STATUS + BSR);
	want_release(&e, 7 + PDCP + HEADERS);
	assert_true(e.t_ns > 10 * BENCH_S + NBSI_PHASE_MAX_NS);
	assert_int_equal(b.downs, 1);
	assert_int_equal(b.down_ns[0], down);
	assert_int_equal(nbs_ue_stats(b.ue)->link_failures, 0);
	modes_check(&b, &e, up);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_uplink_requests),
	    cmocka_unit_test(test_contention_timer_in_a_connection),
	    cmocka_unit_test(test_non_anchor_carrier),
	    cmocka_unit_test(test_downlink_gap),
	    cmocka_unit_test(test_long_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
