/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No cell, an access refused or in vain, a page missed, collisions: TS 36.304 5.3.1, TS 36.321 5.1,
 * TS 36.331 5.3.3.6, 5.3.3.8, TS 24.301 5.3.9, 5.5.1.2.6, 5.6.1.6. Links are ideal, so that times
 * follow from the configuration.
 */
#include "models/nbiot/failures_test_util.h"

/*
 * q-RxLevMin is -140 dBm; NRSRP 24 - 165 = -141. Waits of 30 s, doubling up to an hour, a search of
 * 2.17 s between; the packet waits all that time.
 */
static void
test_no_coverage(void **state)
{
	static const uint64_t wait_s[] = {30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600};
	const size_t count = sizeof(wait_s) / sizeof(wait_s[0]);
	const struct nbs_account *account;
	uint64_t t = 10 * BENCH_S + WAKE_NS, asleep = 0;
	double sync_mw = nbs_modem_power_mw(test_modem(), NBS_POWER_SYNC, 0.0);
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 165.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	for (size_t i = 0; i < count; i++) {
		bench_run(&b, t + VAIN_NS - 1);
		assert_int_equal(nbs_ue_state(b.ue), NBS_UE_RA);
		t += VAIN_NS;
		bench_run(&b, t);
		check_standing(&b, NBS_UE_NO_CELL, NBS_UE_NO_COVERAGE, "search",
			       wait_s[i] * BENCH_S);
		t += wait_s[i] * BENCH_S;
		asleep += wait_s[i] * BENCH_S;
		bench_run(&b, t - 1);
		check_standing(&b, NBS_UE_NO_CELL, NBS_UE_NO_COVERAGE, "search", 1);
	}
	check_books(&b, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->searches, count);
	assert_int_equal(nbs_ue_stats(b.ue)->ra_attempts, 0);
	account = bench_account(&b);
	assert_int_equal(account->time_ns[NBS_POWER_SYNC], count * VAIN_NS);
	assert_int_equal(account->time_ns[NBS_POWER_IDLE], asleep - 1);
	check_rel(account->energy_mj[NBS_POWER_SYNC], (double)count * 2.17 * sync_mw, 1e-9,
		  "ten searches");
	bench_fini(&b);
}

/* At -140 dBm sharp the cell is suitable (S-criterion: not below; here at or above). */
static void
test_edge_of_coverage(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 164.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 60 * BENCH_S);
	assert_int_equal(b.ups, 1);
	bench_fini(&b);
}

/* TS 36.304 5.3.1: a barred cell is no candidate for 300 s, each time anew. */
static void
test_barred(void **state)
{
	uint64_t t = 10 * BENCH_S + WAKE_NS;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.cell_barred = true;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	for (unsigned i = 0; i < 4; i++) {
		t += VAIN_NS;
		bench_run(&b, t);
		check_standing(&b, NBS_UE_NO_CELL, NBS_UE_BARRED, "barred", 300 * BENCH_S);
		t += 300 * BENCH_S;
	}
	check_books(&b, 1);
	bench_fini(&b);
}

/*
 * Random access without a cell. Network A, 110 dB: awake at 11.694 s. Level 0 has its opportunities
 * at 8 + 640 k ms, with a preamble of 2 x 5.6 ms; level 1 at 64 + 640 k, 8 x 5.6; level 2 at
 * 128 + 640 k, 32 x 5.6. The response window opens four subframes behind the preamble's last and
 * takes 5 periods of 2 Rmax = 16, 32, 64 ms. Four attempts a level, ten in all:
 *   level 0: 12.168 12.808 13.448 14.088; the window of the last ends at 14.183
 *   level 1: 14.784 15.424 16.064 16.704; ends at 16.704 + 44.8 -> 16.752 + 160 = 16.912
 *   level 2: 17.408, 18.048; preamble to 18.2272, window from 18.231 to 18.551 s.
 * That is all that preambleTransMax-CE allows; T300, 10 s, runs on to 21.694 s (TS 36.331 5.3.3.6).
 * Power: -104 + 110 - 10 lg 2 = 2.99 dBm, then 2 dB more each time in level 0; 23 dBm above.
 */
static void
test_outage_in_random_access(void **state)
{
	const uint64_t failed = UINT64_C(21694) * BENCH_MS;
	const struct nbs_modem *modem = test_modem();
	const struct nbs_account *account;
	struct nbs_cell_stats cell;
	double mj = 0.0;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	one_outage(&b, 12 * BENCH_S, 30 * BENCH_S);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 110.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	/* The modem sends its last preamble and then sleeps as between occasions. */
	bench_run(&b, UINT64_C(18551) * BENCH_MS);
	assert_int_equal(nbs_ue_stats(b.ue)->ra_attempts, 10);
	bench_run(&b, failed - 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_RA);
	bench_run(&b, failed);
	check_standing(&b, NBS_UE_BACKOFF, NBS_UE_RA_EXHAUSTED, "T3411", 10 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->ra_attempts, 10);
	assert_int_equal(nbs_ue_stats(b.ue)->no_response, 10);
	assert_int_equal(nbs_ue_stats(b.ue)->level_climbs, 2);
	assert_int_equal(nbs_ue_stats(b.ue)->ra_failures, 1);
	/* 31.694 s: no cell, 2.17 s; 63.864 s: there it is. */
	bench_run(&b, failed + 10 * BENCH_S + VAIN_NS);
	check_standing(&b, NBS_UE_NO_CELL, NBS_UE_OUTAGE, "search", 30 * BENCH_S);
	bench_run(&b, 66 * BENCH_S);
	assert_int_equal(b.ups, 1);
	check_books(&b, 1);
	nbs_cell_get_stats(b.cell, &cell);
	assert_int_equal(cell.preambles, 11);
	assert_int_equal(cell.detected, 1);
	account = bench_account(&b);
	for (unsigned n = 0; n < 4; n++)
		mj += 0.0112 * nbs_modem_power_mw(modem, NBS_POWER_RA, 2.99 + 2.0 * n);
	mj += (4 * 8 + 2 * 32) * 0.0056 * nbs_modem_power_mw(modem, NBS_POWER_RA, 23.0);
	mj += 0.0112 * nbs_modem_power_mw(modem, NBS_POWER_RA, 2.99); /* the one that was heard */
	check_rel(account->energy_mj[NBS_POWER_RA], mj, 1e-3, "ramping preambles");
	bench_fini(&b);
}

/*
 * The same with T300 = 2.5 s, from 11.694 to 14.194 s. The fifth attempt begins before, so it is
 * finished: 14.784 + 44.8 ms, window from 14.832 s on, 160 ms.
 */
static void
test_t300(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.t300_ns = 2500 * BENCH_MS;
	one_outage(&b, 12 * BENCH_S, 10 * BENCH_S);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 110.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, UINT64_C(14992) * BENCH_MS - 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_RA);
	bench_run(&b, UINT64_C(14992) * BENCH_MS);
	check_standing(&b, NBS_UE_BACKOFF, NBS_UE_T300, "T3411", 10 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->ra_attempts, 5);
	bench_run(&b, 40 * BENCH_S);
	assert_int_equal(b.ups, 1);
	check_books(&b, 1);
	bench_fini(&b);
}

/*
 * A full cell: the reject names 30 s, T3346 runs for exactly that, and however often it happens the
 * packet is not given up (TS 24.301 5.3.9; no attempt is counted).
 */
static void
test_reject(void **state)
{
	struct bench b;
	struct nbs_ue *first;
	struct nbs_ue_standing at;
	uint8_t packet[40] = {0x45};

	(void)state;
	bench_init(&b, 3);
	b.config.max_connections = 1;
	b.config.extended_wait_ns = 30 * BENCH_S;
	b.config.inactivity_timer_ns = 400 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "first", 125.0);
	first = b.ue;
	bench_ue(&b, "second", 125.0);
	bench_run(&b, 10 * BENCH_S);
	assert_int_equal(nbs_ue_send(first, packet, sizeof(packet), NBS_RAI_NONE), NBS_OK);
	bench_run(&b, 20 * BENCH_S);
	assert_int_equal(nbs_ue_state(first), NBS_UE_CONNECTED);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	for (unsigned i = 1; i <= 10; i++) {
		bench_run(&b, nbs_now(b.engine) + 5 * BENCH_S);
		nbs_ue_standing(b.ue, &at);
		check_standing(&b, NBS_UE_BACKOFF, NBS_UE_REJECTED, "T3346", at.timer_left_ns);
		assert_in_range(at.timer_left_ns, 25 * BENCH_S, 30 * BENCH_S);
		assert_int_equal(nbs_ue_stats(b.ue)->rejects, i);
		bench_run(&b, nbs_now(b.engine) + at.timer_left_ns - 1);
		assert_int_equal(nbs_ue_state(b.ue), NBS_UE_BACKOFF);
		bench_run(&b, nbs_now(b.engine) + 1);
		assert_int_equal(nbs_ue_state(b.ue), NBS_UE_RA);
	}
	bench_run(&b, 600 * BENCH_S);
	assert_int_equal(b.ups, 2);
	assert_int_equal(nbs_ue_stats(b.ue)->ra_failures, 0);
	check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
	check_books(&b, 1);
	bench_fini(&b);
}

/* A loud cell (50 dBm, NRSRP -140) that hears nothing: each access fails. */
static void
deaf_start(struct bench *b)
{
	bench_init(b, 3);
	b->config.link = NBS_LINK_REAL;
	b->config.nrs_power_dbm = 50.0;
	b->config.preamble_trans_max = 3;
}

/* Three preambles an access; T3411 four times, and the packets of a service request are lost. */
static void
test_service_request_fails(void **state)
{
	struct bench b;

	(void)state;
	deaf_start(&b);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 190.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	for (unsigned i = 1; i <= 5; i++) {
		while (nbs_ue_state(b.ue) == NBS_UE_RA)
			bench_run(&b, nbs_now(b.engine) + BENCH_MS);
		assert_int_equal(nbs_ue_stats(b.ue)->ra_attempts, 3 * i);
		assert_int_equal(nbs_ue_stats(b.ue)->ra_failures, i);
		if (i == 5)
			break;
		check_standing(&b, NBS_UE_BACKOFF, NBS_UE_RA_EXHAUSTED, "T3411",
			       b.ue->phase.due_ns - nbs_now(b.engine));
		assert_int_equal(nbs_ue_stats(b.ue)->lost_up, 0);
		bench_send(&b, 20, NBS_RAI_NO_REPLY); /* waits with the others */
		bench_run(&b, b.ue->phase.due_ns);
		assert_int_equal(nbs_ue_state(b.ue), NBS_UE_RA);
	}
	check_standing(&b, NBS_UE_PSM, NBS_UE_RA_EXHAUSTED, "", 0);
	assert_int_equal(nbs_ue_stats(b.ue)->lost_up, 5);
	check_books(&b, 5);
	assert_int_equal(bench_account(&b)->time_ns[NBS_POWER_IDLE], 40 * BENCH_S);
	bench_fini(&b);
}

/* Attach and TAU: after the fifth failure T3402 (12 min), and again, for ever; nothing is lost. */
static void
test_procedures_fail(void **state)
{
	(void)state;
	for (unsigned tau = 0; tau < 2; tau++) {
		struct bench b;
		unsigned t3402 = 0;

		deaf_start(&b);
		b.config.attach = tau == 0;
		b.config.t3412_ns = 1800 * BENCH_S;
		bench_cell(&b);
		bench_ue(&b, "meter/1", 190.0);
		if (tau)
			bench_run(&b, 1800 * BENCH_S);
		else
			bench_send(&b, 100, NBS_RAI_NO_REPLY); /* waits for the attach */
		for (unsigned i = 1; i <= 15; i++) {
			struct nbs_ue_standing at;

			while (nbs_ue_state(b.ue) == NBS_UE_RA)
				bench_run(&b, nbs_now(b.engine) + BENCH_MS);
			nbs_ue_standing(b.ue, &at);
			assert_int_equal(at.state, NBS_UE_BACKOFF);
			assert_string_equal(at.timer, i % 5 == 0 ? "T3402" : "T3411");
			assert_in_range(at.timer_left_ns,
					(i % 5 == 0 ? 720 : 10) * BENCH_S - BENCH_MS,
					(i % 5 == 0 ? 720 : 10) * BENCH_S);
			t3402 += i % 5 == 0;
			bench_run(&b, nbs_now(b.engine) + at.timer_left_ns);
		}
		assert_int_equal(t3402, 3);
		assert_int_equal(nbs_ue_stats(b.ue)->ra_failures, 15);
		check_books(&b, 1 - tau);
		bench_fini(&b);
	}
}

/*
 * T3324 = 60 s, UE 0: occasions at k x 2.56 s + 9 ms. The packet comes at 30 s; the cell is off the
 * air for 0 to 4 of the occasions from 30.729 s on. Missed so often the next is heard; four missed
 * pages are all there are.
 */
static void
test_missed_pages(void **state)
{
	const uint8_t packet[40] = {0x45};

	(void)state;
	for (unsigned missed = 0; missed <= 4; missed++) {
		const uint64_t heard = UINT64_C(30729) * BENCH_MS + missed * (2560 * BENCH_MS);
		struct bench b;

		bench_init(&b, 3);
		b.config.t3324_ns = 60 * BENCH_S;
		one_outage(&b, UINT64_C(30500) * BENCH_MS, missed * (2560 * BENCH_MS));
		bench_cell(&b);
		bench_ue(&b, "meter/1", 125.0);
		bench_run(&b, 10 * BENCH_S);
		bench_send(&b, 100, NBS_RAI_NO_REPLY);
		bench_run(&b, 30 * BENCH_S);
		assert_int_equal(nbs_ue_state(b.ue), NBS_UE_IDLE);
		assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, sizeof(packet)), NBS_OK);
		bench_run(&b, 70 * BENCH_S);
		assert_int_equal(nbs_ue_stats(b.ue)->missed_pages, missed);
		assert_int_equal(nbs_ue_stats(b.ue)->pagings, missed < 4);
		assert_int_equal(b.downs, missed < 4);
		assert_int_equal(nbs_ue_stats(b.ue)->unreachable, missed == 4);
		if (missed < 4)
			assert_in_range(b.down_ns[0], heard, heard + 1700 * BENCH_MS);
		check_books(&b, 1);
		bench_fini(&b);
	}
}

/*
 * Backoff (TS 36.321 5.1.4): uniform in 0..256 ms (index 1), drawn when a response with the
 * indicator has come. 30 UEs on 12 subcarriers without capture; each collided preamble that got a
 * grant is followed by a wait. The opportunity comes each 640 ms, so a UE is back after 1 or 2.
 */
static void
test_collisions_back_off(void **state)
{
	uint64_t attempts = 0, backoffs = 0, collisions = 0, failures = 0;
	uint8_t packet[40] = {0x45};
	char name[16];
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.backoff_index = 1;
	b.config.capture = false;
	b.config.preamble_trans_max = 50;
	b.config.t300_ns = 60 * BENCH_S;
	bench_cell(&b);
	for (unsigned i = 0; i < 30; i++) {
		(void)snprintf(name, sizeof(name), "ue/%u", i);
		bench_ue(&b, name, 110.0);
	}
	nbs_cell_uplink(b.cell, NULL, NULL);
	bench_run(&b, 10 * BENCH_S);
	for (unsigned i = 0; i < 30; i++)
		assert_int_equal(
		    nbs_ue_send(nbs_cell_ue(b.cell, i), packet, sizeof(packet), NBS_RAI_NO_REPLY),
		    NBS_OK);
	bench_run(&b, 120 * BENCH_S);
	for (unsigned i = 0; i < 30; i++) {
		const struct nbs_ue_stats *stats;

		b.ue = nbs_cell_ue(b.cell, i);
		stats = nbs_ue_stats(b.ue);
		check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
		check_books(&b, 1);
		attempts += stats->ra_attempts;
		backoffs += stats->backoffs;
		collisions += stats->collisions;
		failures += stats->ra_failures;
		/* Four attempts in each level that was left. */
		assert_true(stats->ra_attempts > 4 * stats->level_climbs);
	}
	assert_int_equal(failures, 0);
	/* Nothing but a collision or a missing response costs an attempt, and each backs off. */
	assert_int_equal(attempts - 30, backoffs);
	assert_true(collisions > 15);
	assert_true(backoffs >= collisions);
	bench_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_coverage),
	    cmocka_unit_test(test_edge_of_coverage),
	    cmocka_unit_test(test_barred),
	    cmocka_unit_test(test_outage_in_random_access),
	    cmocka_unit_test(test_t300),
	    cmocka_unit_test(test_reject),
	    cmocka_unit_test(test_service_request_fails),
	    cmocka_unit_test(test_procedures_fail),
	    cmocka_unit_test(test_missed_pages),
	    cmocka_unit_test(test_collisions_back_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
