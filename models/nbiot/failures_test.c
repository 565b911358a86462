/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes wrong, and when the UE tries again: TS 36.304 5.3.1, TS 36.321 5.1, TS 36.331 5.3.3.8,
 * 5.3.7, 5.3.11 and 7.3, TS 24.301 5.3.9, 5.5.1.2.6, 5.6.1.6. Links are ideal and what fails is the
 * cell's absence, so that times follow from the configuration: boot 1,600 ms, a cell search of
 * 94 ms in level 0, one in vain 5 x 434 ms.
 */
#include "models/nbiot/airtime.h"
#include "models/nbiot/ue_internal.h"
#include "models/nbiot/ue_test_util.h"

#define WAKE_NS (1600 * BENCH_MS)
#define SYNC_NS (94 * BENCH_MS)
#define VAIN_NS (5 * 434 * BENCH_MS)

static void
check_standing(const struct bench *b, enum nbs_ue_state state, enum nbs_ue_reason reason,
	       const char *timer, uint64_t left_ns)
{
	struct nbs_ue_standing at;

	nbs_ue_standing(b->ue, &at);
	if (at.state != state || at.reason != reason || strcmp(at.timer, timer) != 0 ||
	    at.timer_left_ns != left_ns)
		fail_msg("%.6f s: %s, %s, %s %.6f s; want %s, %s, %s %.6f s",
			 (double)nbs_now(b->engine) * 1e-9, nbs_ue_state_name(at.state),
			 nbs_ue_reason_name(at.reason), at.timer, (double)at.timer_left_ns * 1e-9,
			 nbs_ue_state_name(state), nbs_ue_reason_name(reason), timer,
			 (double)left_ns * 1e-9);
}

/* Packets do not vanish, UEs at rest hold no connection, and nothing was out of place. */
static void
check_books(const struct bench *b, unsigned sent_up)
{
	const struct nbs_ue_stats *stats = nbs_ue_stats(b->ue);
	struct nbs_ue_standing at;
	struct nbs_cell_stats cell;

	nbs_ue_standing(b->ue, &at);
	nbs_cell_get_stats(b->cell, &cell);
	assert_int_equal(stats->messages_up + stats->lost_up + at.waiting_up, sent_up);
	assert_int_equal(stats->illegal, 0);
	if (at.state == NBS_UE_PSM || at.state == NBS_UE_IDLE || at.state == NBS_UE_NO_CELL ||
	    at.state == NBS_UE_BACKOFF)
		assert_int_equal(cell.connected, 0);
}

static void
one_outage(struct bench *b, uint64_t start_ns, uint64_t duration_ns)
{
	b->config.outages[0] = (struct nbs_outage){start_ns, duration_ns};
}

/* ---- no cell ---- */

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
	double sync_mw = nbs_modem_power_mw(nbs_modem_find("sara-n211"), NBS_POWER_SYNC, 0.0);
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

/* ---- outages ---- */

/* Asleep, the UE does not notice: not one event more than without. */
static void
test_outage_in_psm(void **state)
{
	struct bench b;
	uint64_t t;

	(void)state;
	bench_init(&b, 3);
	one_outage(&b, 100 * BENCH_S, 100 * BENCH_S);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 150 * BENCH_S);
	check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
	assert_int_equal(nbs_ue_account(b.ue)->since_ns, 0);
	/* It wakes at 150 s: searches at 151.6 and 183.77 s in vain, at 245.94 s not. */
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	t = 150 * BENCH_S + WAKE_NS + VAIN_NS;
	bench_run(&b, t);
	check_standing(&b, NBS_UE_NO_CELL, NBS_UE_OUTAGE, "search", 30 * BENCH_S);
	t += 30 * BENCH_S + VAIN_NS;
	bench_run(&b, t);
	check_standing(&b, NBS_UE_NO_CELL, NBS_UE_OUTAGE, "search", 60 * BENCH_S);
	t += 60 * BENCH_S;
	bench_run(&b, t + 10 * BENCH_S);
	assert_int_equal(b.ups, 1);
	/* First NPRACH opportunity at k x 640 + 8 ms behind 94 ms of search. */
	assert_true(b.up_ns[0] > t + SYNC_NS);
	check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
	check_books(&b, 1);
	bench_fini(&b);
}

/* A connection that waits, from 30 s on without its cell. */
static void
waiting_start(struct bench *b, enum nbs_optimisation optimisation, uint64_t outage_ns)
{
	bench_init(b, 3);
	b->config.optimisation = optimisation;
	b->config.inactivity_timer_ns = 600 * BENCH_S;
	b->config.n310 = 10;
	b->config.n311 = 1;
	b->config.t310_ns = 2 * BENCH_S;
	b->config.t311_ns = 10 * BENCH_S;
	one_outage(b, 30 * BENCH_S, outage_ns);
	bench_cell(b);
	bench_ue(b, "meter/1", 125.0);
	bench_run(b, 10 * BENCH_S);
	bench_send(b, 100, NBS_RAI_NONE);
	bench_run(b, 29 * BENCH_S);
	assert_int_equal(nbs_ue_state(b->ue), NBS_UE_CONNECTED);
}

/* Failure at 30 s + 10 x 200 ms + T310 = 34 s; without AS security straight to idle mode, here PSM.
 */
static void
test_outage_while_waiting_cp(void **state)
{
	struct nbs_cell_stats stats;
	struct bench b;

	(void)state;
	waiting_start(&b, NBS_CONTROL_PLANE, 100 * BENCH_S);
	bench_run(&b, 34 * BENCH_S - 1);
	nbs_cell_get_stats(b.cell, &stats);
	assert_int_equal(stats.connected, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->reestablishments, 0);
	bench_run(&b, 34 * BENCH_S);
	check_standing(&b, NBS_UE_PSM, NBS_UE_LINK_FAILURE, "", 0);
	check_books(&b, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->link_failures, 1);
	bench_run(&b, 300 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->searches, 0);
	bench_fini(&b);
}

/* What came meanwhile waits for 34 s, is looked for in vain there, and goes when a search finds. */
static void
test_outage_data_waits(void **state)
{
	struct bench b;

	(void)state;
	waiting_start(&b, NBS_CONTROL_PLANE, 100 * BENCH_S);
	bench_run(&b, 31 * BENCH_S);
	bench_send(&b, 60, NBS_RAI_NO_REPLY);
	bench_run(&b, 34 * BENCH_S + VAIN_NS);
	check_standing(&b, NBS_UE_NO_CELL, NBS_UE_OUTAGE, "search", 30 * BENCH_S);
	/* 36.17 + 30 + 2.17 + 60 + 2.17 + 120 = 250.51 s */
	bench_run(&b, UINT64_C(250510) * BENCH_MS);
	assert_int_equal(b.ups, 1);
	bench_run(&b, 260 * BENCH_S);
	assert_int_equal(b.ups, 2);
	check_books(&b, 2);
	bench_fini(&b);
}

/* With AS security T311 runs from 34 to 44 s: a cell that is back by then keeps the connection. */
static void
test_outage_reestablished(void **state)
{
	static const enum nbs_optimisation modes[] = {NBS_USER_PLANE, NBS_SERVICE_REQUEST};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nbs_cell_stats stats;
		struct bench b;

		waiting_start(&b, modes[i], 8 * BENCH_S);
		bench_run(&b, 31 * BENCH_S);
		bench_send(&b, 60, NBS_RAI_NONE);
		bench_run(&b, 50 * BENCH_S);
		assert_int_equal(b.ups, 2);
		/* The cell is back at 38 s; an NPRACH opportunity comes each 640 ms. */
		assert_in_range(b.up_ns[1], 38 * BENCH_S, 40 * BENCH_S);
		assert_int_equal(nbs_ue_stats(b.ue)->connections, 1);
		assert_int_equal(nbs_ue_stats(b.ue)->link_failures, 1);
		assert_int_equal(nbs_ue_stats(b.ue)->reestablishments, 1);
		nbs_cell_get_stats(b.cell, &stats);
		assert_int_equal(stats.connected, 1);
		assert_int_equal(stats.connected_max, 1);
		check_books(&b, 2);
		/* 4 s with the receiver open, 4 s and 94 ms of search beside the first 94 ms. */
		assert_int_equal(nbs_ue_finish(b.ue, nbs_now(b.engine)), NBS_OK);
		assert_int_equal(nbs_ue_account(b.ue)->time_ns[NBS_POWER_SYNC],
				 4 * BENCH_S + 2 * SYNC_NS);
		nbs_cell_get_stats(b.cell, &stats);
		assert_int_equal(stats.connected, 0); /* who is finished holds nothing */
		bench_fini(&b);
	}
}

/* The same without AS security: no re-establishment, a new connection. */
static void
test_outage_unsecured(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.optimisation = NBS_USER_PLANE;
	b.config.as_security = false;
	b.config.inactivity_timer_ns = 600 * BENCH_S;
	one_outage(&b, 30 * BENCH_S, 3900 * BENCH_MS);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NONE);
	bench_run(&b, 31 * BENCH_S);
	bench_send(&b, 60, NBS_RAI_NONE);
	bench_run(&b, 40 * BENCH_S);
	assert_int_equal(b.ups, 2);
	assert_int_equal(nbs_ue_stats(b.ue)->connections, 2);
	assert_int_equal(nbs_ue_stats(b.ue)->reestablishments, 0);
	bench_fini(&b);
}

/* T311 in vain: 34 + 10 s, and the UE is without a connection. */
static void
test_outage_t311(void **state)
{
	struct nbs_cell_stats stats;
	struct bench b;

	(void)state;
	waiting_start(&b, NBS_USER_PLANE, 14 * BENCH_S);
	bench_run(&b, 44 * BENCH_S - 1);
	nbs_cell_get_stats(b.cell, &stats);
	assert_int_equal(stats.connected, 1);
	bench_run(&b, 44 * BENCH_S);
	check_standing(&b, NBS_UE_PSM, NBS_UE_OUTAGE, "", 0);
	check_books(&b, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->connected_ns > 0, 1);
	bench_fini(&b);
}

/* Heard again for N311 x 200 ms by the end of T310 (34 s): nothing was lost; 100 ms later it was.
 */
static void
test_outage_too_short(void **state)
{
	(void)state;
	for (unsigned late = 0; late < 2; late++) {
		struct bench b;

		waiting_start(&b, NBS_USER_PLANE, (3800 + 100 * late) * BENCH_MS);
		bench_run(&b, 31 * BENCH_S);
		bench_send(&b, 60, NBS_RAI_NONE);
		bench_run(&b, 40 * BENCH_S);
		assert_int_equal(nbs_ue_stats(b.ue)->link_failures, late);
		assert_int_equal(nbs_ue_stats(b.ue)->reestablishments, late);
		assert_int_equal(b.ups, 2);
		check_books(&b, 2);
		bench_fini(&b);
	}
}

/*
 * Idle mode, T3324 = 60 s. UE 0 listens at k x 2.56 s + 9 ms; the cell is gone from 40 s on, so the
 * occasion of 40.969 s is the first one missed, and the search begins 10 s later. The next one, at
 * 83.139 s, finds the cell, but T3324 has run out meanwhile: PSM.
 */
static void
test_outage_in_idle(void **state)
{
	const uint64_t lost = UINT64_C(50969) * BENCH_MS;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.t3324_ns = 60 * BENCH_S;
	one_outage(&b, 40 * BENCH_S, 40 * BENCH_S);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, lost - 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_IDLE);
	bench_run(&b, lost + VAIN_NS);
	check_standing(&b, NBS_UE_NO_CELL, NBS_UE_OUTAGE, "search", 30 * BENCH_S);
	bench_run(&b, lost + VAIN_NS + 30 * BENCH_S + SYNC_NS - 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_RA);
	bench_run(&b, lost + VAIN_NS + 30 * BENCH_S + SYNC_NS);
	check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
	assert_int_equal(nbs_ue_stats(b.ue)->connections, 1);
	check_books(&b, 1);
	bench_fini(&b);
}

/* An outage shorter than that, or T3324 over before: not noticed. */
static void
test_outage_in_idle_unnoticed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct bench b;

		bench_init(&b, 3);
		b.config.t3324_ns = (i == 0 ? 60 : 32) * BENCH_S;
		one_outage(&b, 40 * BENCH_S, (i == 0 ? 10 : 100) * BENCH_S);
		bench_cell(&b);
		bench_ue(&b, "meter/1", 125.0);
		bench_run(&b, 10 * BENCH_S);
		bench_send(&b, 100, NBS_RAI_NO_REPLY);
		bench_run(&b, 100 * BENCH_S);
		check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
		assert_int_equal(nbs_ue_stats(b.ue)->searches, 0);
		bench_fini(&b);
	}
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
	const struct nbs_modem *modem = nbs_modem_find("sara-n211");
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

/* A transfer of 1,500 bytes at 160 dB takes seconds; the cell goes after the first of them. */
static void
test_outage_in_burst(void **state)
{
	static const enum nbs_optimisation modes[] = {NBS_CONTROL_PLANE, NBS_USER_PLANE,
						      NBS_SERVICE_REQUEST};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		/* Gone for 1 s (heard again in time), for 6 s (T311), for 60 s. */
		for (unsigned length = 0; length < 3; length++) {
			static const uint64_t gone_s[] = {1, 6, 60};
			const struct nbs_ue_stats *stats;
			struct bench b;

			bench_init(&b, 3);
			b.config.optimisation = modes[i];
			b.config.t311_ns = 10 * BENCH_S;
			one_outage(&b, 15 * BENCH_S, gone_s[length] * BENCH_S);
			bench_cell(&b);
			bench_ue(&b, "meter/1", 160.0);
			stats = nbs_ue_stats(b.ue);
			bench_run(&b, 10 * BENCH_S);
			bench_send(&b, 1500, NBS_RAI_NO_REPLY);
			bench_run(&b, 15 * BENCH_S);
			assert_int_equal(b.ups, 0);
			assert_int_equal(stats->connections, 1);
			bench_run(&b, 15 * BENCH_S + 3 * BENCH_S);
			bench_run(&b, 200 * BENCH_S);
			assert_int_equal(b.ups, 1);
			check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
			check_books(&b, 1);
			if (modes[i] == NBS_CONTROL_PLANE || length == 2)
				assert_int_equal(stats->reestablishments, 0);
			else if (length == 1)
				assert_int_equal(stats->reestablishments, 1);
			if (length == 2)
				assert_int_equal(stats->connections, 2);
			bench_fini(&b);
		}
	}
}

/*
 * An attach that is cut short has not happened, even if the cell is back at once: T3411 and anew.
 * The first run, undisturbed, tells when the connection begins.
 */
static void
test_outage_in_attach(void **state)
{
	const struct nbs_ue_stats *stats;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.attach = true;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 150.0);
	while (nbs_ue_stats(b.ue)->connections == 0)
		bench_run(&b, nbs_now(b.engine) + BENCH_MS);
	const uint64_t cut = b.ue->connected_since_ns + BENCH_S;
	bench_run(&b, cut + 60 * BENCH_S);
	assert_true(nbs_ue_stats(b.ue)->connected_ns > 2 * BENCH_S); /* so 1 s is in the middle */
	bench_fini(&b);

	bench_init(&b, 3);
	b.config.attach = true;
	one_outage(&b, cut, BENCH_S);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 150.0);
	stats = nbs_ue_stats(b.ue);
	/* Found out after N310 x 200 ms + T310. */
	bench_run(&b, cut + 4 * BENCH_S);
	check_standing(&b, NBS_UE_BACKOFF, NBS_UE_LINK_FAILURE, "T3411", 10 * BENCH_S);
	assert_int_equal(stats->attaches, 0);
	assert_false(b.ue->registered);
	check_books(&b, 0);
	bench_run(&b, cut + 60 * BENCH_S);
	assert_int_equal(stats->attaches, 1);
	assert_int_equal(stats->connections, 2);
	assert_true(b.ue->registered);
	check_books(&b, 0);
	bench_fini(&b);
}

/*
 * 60 UEs send preambles at once, on 12 subcarriers: nearly all of them share one. The cell goes off
 * the air at the first NPUSCH after the RAR, so nobody gets a Msg4, winners and losers alike. Each
 * must get its turn afterwards.
 */
static void
test_outage_before_msg4(void **state)
{
	/* Preambles at 12.168 s; RAR and Msg3 lie between 12.183 and 12.3 s. */
	(void)state;
	for (uint64_t at_ms = 12190; at_ms < 12330; at_ms += 10) {
		uint8_t packet[40] = {0x45};
		char name[16];
		struct bench b;

		bench_init(&b, (uint32_t)at_ms);
		b.config.backoff_index = 3;
		one_outage(&b, at_ms * BENCH_MS, 3 * BENCH_S);
		bench_cell(&b);
		for (unsigned i = 0; i < 60; i++) {
			(void)snprintf(name, sizeof(name), "ue/%u", i);
			bench_ue(&b, name, i % 2 == 0 ? 125.0 : 105.0);
		}
		nbs_cell_uplink(b.cell, NULL, NULL);
		bench_run(&b, 10 * BENCH_S);
		for (unsigned i = 0; i < 60; i++)
			assert_int_equal(nbs_ue_send(nbs_cell_ue(b.cell, i), packet, sizeof(packet),
						     NBS_RAI_NO_REPLY),
					 NBS_OK);
		bench_run(&b, 300 * BENCH_S);
		for (unsigned i = 0; i < 60; i++) {
			b.ue = nbs_cell_ue(b.cell, i);
			check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
			assert_int_equal(nbs_ue_stats(b.ue)->messages_up, 1);
			check_books(&b, 1);
		}
		bench_fini(&b);
	}
}

/* ---- access refused or in vain ---- */

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

/* A reject without a time counts like any failure: T3411 four times, then the packet is lost. */
static void
test_reject_without_time(void **state)
{
	struct bench b;
	struct nbs_ue *first;
	uint8_t packet[40] = {0x45};

	(void)state;
	bench_init(&b, 3);
	b.config.max_connections = 1;
	b.config.inactivity_timer_ns = 400 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "first", 125.0);
	first = b.ue;
	bench_ue(&b, "second", 125.0);
	bench_run(&b, 10 * BENCH_S);
	assert_int_equal(nbs_ue_send(first, packet, sizeof(packet), NBS_RAI_NONE), NBS_OK);
	bench_run(&b, 20 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 200 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->rejects, 5);
	assert_int_equal(nbs_ue_stats(b.ue)->lost_up, 1);
	assert_int_equal(bench_account(&b)->time_ns[NBS_POWER_IDLE], 4 * 10 * BENCH_S);
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

/* ---- radio link failure ---- */

/*
 * Three failures before a packet gets through: given up. 1,500 bytes at 164 dB take longer than the
 * cell ever stays: it goes at 20, 38 and 56 s for 4 s each time. That is N310 x 200 ms + T310, but
 * N311 x 200 ms too long to be in step again, so the failures are at 24, 42 and 60 s.
 */
static void
test_three_failures(void **state)
{
	(void)state;
	for (unsigned secured = 0; secured < 2; secured++) {
		const struct nbs_ue_stats *stats;
		struct bench b;

		bench_init(&b, 3);
		b.config.optimisation = secured ? NBS_USER_PLANE : NBS_CONTROL_PLANE;
		for (unsigned i = 0; i < 3; i++)
			b.config.outages[i] =
			    (struct nbs_outage){(20 + 18 * i) * BENCH_S, 4 * BENCH_S};
		bench_cell(&b);
		bench_ue(&b, "meter/1", 164.0);
		stats = nbs_ue_stats(b.ue);
		bench_run(&b, 10 * BENCH_S);
		bench_send(&b, 1500, NBS_RAI_NO_REPLY);
		bench_run(&b, 60 * BENCH_S - 1);
		assert_int_equal(stats->lost_up, 0);
		bench_run(&b, 70 * BENCH_S);
		assert_int_equal(stats->link_failures, 3);
		assert_int_equal(stats->lost_up, 1);
		assert_int_equal(stats->reestablishments, secured ? 2 : 0);
		assert_int_equal(stats->connections, secured ? 1 : 3);
		check_standing(&b, NBS_UE_PSM, NBS_UE_LINK_FAILURE, "", 0);
		check_books(&b, 1);
		bench_fini(&b);
	}
}

/*
 * New data in a connection, three preambles that nobody hears: a radio link failure (TS 36.331
 * 5.3.11.3), in the user plane recovered in the same connection. 125 dB, sent at 20 s: preambles at
 * 20.488, 21.128, 21.768 s; the cell is back at 21.8 s.
 */
static void
test_connected_random_access_fails(void **state)
{
	(void)state;
	for (unsigned secured = 0; secured < 2; secured++) {
		const struct nbs_ue_stats *stats;
		struct bench b;

		bench_init(&b, 3);
		b.config.optimisation = secured ? NBS_USER_PLANE : NBS_CONTROL_PLANE;
		b.config.preamble_trans_max = 3;
		one_outage(&b, UINT64_C(20400) * BENCH_MS, 1400 * BENCH_MS);
		bench_cell(&b);
		bench_ue(&b, "meter/1", 125.0);
		stats = nbs_ue_stats(b.ue);
		bench_run(&b, 10 * BENCH_S);
		bench_send(&b, 100, NBS_RAI_NONE);
		bench_run(&b, 20 * BENCH_S);
		assert_int_equal(nbs_ue_state(b.ue), NBS_UE_CONNECTED);
		bench_send(&b, 60, NBS_RAI_NO_REPLY);
		bench_run(&b, 40 * BENCH_S);
		assert_int_equal(b.ups, 2);
		assert_int_equal(stats->link_failures, 1);
		assert_int_equal(stats->reestablishments, secured);
		assert_int_equal(stats->connections, 2 - secured);
		/* window of the last: 80 ms from 21.783 s on, 94 ms of search, then NPRACH */
		assert_in_range(b.up_ns[1], UINT64_C(21957) * BENCH_MS, 24 * BENCH_S);
		check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
		check_books(&b, 2);
		bench_fini(&b);
	}
}

/* T301: the re-establishment finds the cell, which then is gone for good; 2.5 s and it is over. */
static void
test_t301(void **state)
{
	const struct nbs_ue_stats *stats;
	struct bench b;

	(void)state;
	/* Failure at 34 s, the cell is back at 35 s; NPRACH at 35.208 s. */
	bench_init(&b, 3);
	b.config.optimisation = NBS_USER_PLANE;
	b.config.inactivity_timer_ns = 600 * BENCH_S;
	b.config.t301_ns = 2500 * BENCH_MS;
	b.config.outages[0] = (struct nbs_outage){30 * BENCH_S, 5 * BENCH_S};
	b.config.outages[1] = (struct nbs_outage){UINT64_C(35150) * BENCH_MS, 60 * BENCH_S};
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	stats = nbs_ue_stats(b.ue);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NONE);
	/* T301 runs from 35.094 to 37.594 s; the attempt that ends after that is the last. */
	bench_run(&b, UINT64_C(37594) * BENCH_MS);
	assert_int_equal(b.ue->connected_since_ns != NBS_TIME_NEVER, 1);
	bench_run(&b, 39 * BENCH_S);
	check_standing(&b, NBS_UE_PSM, NBS_UE_LINK_FAILURE, "", 0);
	assert_int_equal(stats->ra_failures, 1);
	assert_int_equal(stats->reestablishments, 0);
	check_books(&b, 1);
	bench_fini(&b);
}

/* ---- pages ---- */

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
		const uint64_t heard = UINT64_C(30729) * BENCH_MS + missed * 2560 * BENCH_MS;
		struct bench b;

		bench_init(&b, 3);
		b.config.t3324_ns = 60 * BENCH_S;
		one_outage(&b, UINT64_C(30500) * BENCH_MS, missed * 2560 * BENCH_MS);
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

/* ---- contention ---- */

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
	    cmocka_unit_test(test_outage_in_psm),
	    cmocka_unit_test(test_outage_while_waiting_cp),
	    cmocka_unit_test(test_outage_data_waits),
	    cmocka_unit_test(test_outage_reestablished),
	    cmocka_unit_test(test_outage_unsecured),
	    cmocka_unit_test(test_outage_t311),
	    cmocka_unit_test(test_outage_too_short),
	    cmocka_unit_test(test_outage_in_idle),
	    cmocka_unit_test(test_outage_in_idle_unnoticed),
	    cmocka_unit_test(test_outage_in_random_access),
	    cmocka_unit_test(test_t300),
	    cmocka_unit_test(test_outage_in_burst),
	    cmocka_unit_test(test_outage_in_attach),
	    cmocka_unit_test(test_outage_before_msg4),
	    cmocka_unit_test(test_reject),
	    cmocka_unit_test(test_reject_without_time),
	    cmocka_unit_test(test_service_request_fails),
	    cmocka_unit_test(test_procedures_fail),
	    cmocka_unit_test(test_three_failures),
	    cmocka_unit_test(test_connected_random_access_fails),
	    cmocka_unit_test(test_t301),
	    cmocka_unit_test(test_missed_pages),
	    cmocka_unit_test(test_collisions_back_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
