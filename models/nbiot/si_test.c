/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading of system information in network A: when, how long, for what energy; and when not.
 * SIB1-NB has 440 bits, message 1 256 bits every 5.12 s, message 2 56 bits every 20.48 s from 0.96
 * s on. What link adaptation gives blocks of these sizes, in subframes, is checked first.
 */
#include "models/nbiot/timing_test_util.h"
#include "models/nbiot/ue_internal.h"

#define SI_H (UINT64_C(3600) * BENCH_S)

struct reading {
	double mcl_db;
	unsigned level;
	uint32_t subframes[3]; /* that blocks of 440, 256 and 56 bits take */
	uint64_t end_ms;       /* of a reading by a UE switched on at 0 */
	uint64_t open_ms;      /* receiver on */
};

/*
 * Switched on at 0: boot 1,600 ms, cell search 94 or 434 ms.
 *
 * 120 dB: from 1,694 ms on. One copy of each. SIB1-NB 1,760 to 1,920; message 1 at 5,120 for 10 ms,
 * message 2 at 20,480 + 960 for 10 ms. Open 8 + 8 + 2 ms.
 *
 * 144 dB is level 2 here (24 - 144 = -120 dBm, below -119): from 2,034 ms on. SIB1-NB 2,080 to
 * 2,240; then the same.
 *
 * 164 dB: SIB1-NB 256 / 8 = 32 copies, 160 ms each: 2,080 to 7,200. Message 1 128 / 8 = 16 copies,
 * 40 ms apart: 10,240 + 15 x 40 + 10. Message 2 32 / 2 = 16 copies: 21,440 + 15 x 40 + 10. Open
 * 256 + 128 + 32 ms.
 */
static const struct reading readings[] = {
    {120.0, 0, {3, 2, 1}, 21440 + 10, 8 + 8 + 2},
    {144.0, 2, {3, 2, 1}, 21440 + 10, 8 + 8 + 2},
    {164.0, 2, {256, 128, 32}, 21440 + 15 * 40 + 10, 256 + 128 + 32},
};

/* Receiver 46 mA, else 6 mA, at 3.6 V. */
static void
check_reading(const struct reading *reading)
{
	static const uint32_t bits[3] = {440, 256, 56};
	const uint64_t sync_ms = reading->level == 0 ? 94 : 434;
	const uint64_t before_ms = 1600 + sync_ms;
	const struct nbs_account *account;
	struct nbs_link *link;
	struct bench b;

	bench_init(&b, 3);
	b.config.attach = true;
	assert_int_equal(nbs_link_new(&b.config, &link), NBS_OK);
	for (int i = 0; i < 3; i++) {
		struct nbs_npdsch_choice block;

		assert_int_equal(nbs_adapt_npdsch(link, reading->mcl_db, bits[i], &block), NBS_OK);
		assert_int_equal(block.subframes, reading->subframes[i]);
	}
	nbs_link_free(link);
	bench_cell(&b);
	bench_ue(&b, "meter/1", reading->mcl_db);
	bench_run(&b, reading->end_ms * BENCH_MS);
	assert_int_equal(nbs_ue_stats(b.ue)->si_reads, 1);
	assert_int_equal(b.ue->si_valid_ns, reading->end_ms * BENCH_MS + 24 * SI_H);
	account = bench_account(&b);
	assert_int_equal(account->time_ns[NBS_POWER_BOOT], 1600 * BENCH_MS);
	assert_int_equal(account->time_ns[NBS_POWER_SYNC], sync_ms * BENCH_MS);
	assert_int_equal(account->time_ns[NBS_POWER_SI], reading->open_ms * BENCH_MS);
	assert_int_equal(account->time_ns[NBS_POWER_ACTIVE],
			 (reading->end_ms - before_ms - reading->open_ms) * BENCH_MS);
	check_rel(account->energy_mj[NBS_POWER_SI], (double)reading->open_ms * 1e-3 * 3.6 * 46.0,
		  1e-9, "reading");
	bench_fini(&b);
}

static void
test_reading(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(readings) / sizeof(readings[0]); i++)
		check_reading(&readings[i]);
}

/*
 * A window of 160 ms has 4 places for a copy, 40 ms apart: 16 copies of message 1 are in 4 windows.
 * At 164 dB from 7,200 ms on: 10,240 and each 5,120 ms up to 25,600 + 130. Message 2, at
 * 160 + k x 20,480: four windows from 41,120 up to 102,560 + 130.
 */
static void
test_reading_over_windows(void **state)
{
	const struct nbs_account *account;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.attach = true;
	b.config.si_window_ms = 160;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 164.0);
	bench_run(&b, UINT64_C(102690) * BENCH_MS);
	assert_int_equal(b.ue->si_valid_ns, UINT64_C(102690) * BENCH_MS + 24 * SI_H);
	account = bench_account(&b);
	assert_int_equal(account->time_ns[NBS_POWER_SI], (256 + 128 + 32) * BENCH_MS);
	bench_fini(&b);
}

/* Reports with a period, so many; @return how often system information was read. */
static uint64_t
readings_of(uint64_t period_ns, unsigned reports, bool attach)
{
	struct bench b;
	uint64_t reads;

	bench_init(&b, 3);
	b.config.attach = attach;
	b.config.t3412_ns = 60 * SI_H; /* no tracking area update in between */
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	for (unsigned i = 1; i <= reports; i++) {
		bench_run(&b, i * period_ns);
		b.ups = 0;
		bench_send(&b, 100, NBS_RAI_NO_REPLY);
	}
	bench_run(&b, reports * period_ns + 100 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->messages_up, reports);
	assert_int_equal(nbs_ue_stats(b.ue)->taus, 0);
	reads = nbs_ue_stats(b.ue)->si_reads;
	(void)bench_account(&b);
	bench_fini(&b);
	return reads;
}

/*
 * 24 h of validity (TS 36.331 5.2.2.3) from the last MIB that confirmed it: who wakes up every
 * hour, or every 23 hours, never reads it again; who wakes up every 25 hours reads it each time.
 * Who was registered has read it at the start, who attaches reads it then.
 */
static void
test_validity(void **state)
{
	(void)state;
	assert_int_equal(readings_of(1 * SI_H, 60, false), 0);
	assert_int_equal(readings_of(23 * SI_H, 5, false), 0);
	assert_int_equal(readings_of(25 * SI_H, 5, false), 5);
	assert_int_equal(readings_of(1 * SI_H, 60, true), 1);
	assert_int_equal(readings_of(25 * SI_H, 5, true), 1 + 5);
}

/* A tracking area update every 24 h is late by its own wake-up: it reads, the reports do not. */
static void
test_tracking_area_updates_read(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.t3412_ns = 24 * SI_H;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 73 * SI_H);
	assert_int_equal(nbs_ue_stats(b.ue)->taus, 3);
	assert_int_equal(nbs_ue_stats(b.ue)->si_reads, 3);
	bench_fini(&b);
}

/* The report that reads: all else as in ue_timing_test. 125 hours are 450,000 s. */
static void
test_report_that_reads(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.t3412_ns = 300 * SI_H;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 138.0);
	bench_run(&b, 125 * SI_H);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 126 * SI_H);

	struct want e = want_wake(&b, 138.0, 1, 125 * SI_H);
	want_si(&e);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);
	(void)want_uplink(&e, 125);
	(void)want_downlink(&e, false, 3);
	want_ms(&e, 40, NBS_POWER_MONITOR);
	want_release(&e, 5);
	assert_int_equal(b.ups, 1);
	want_check(&e, bench_account(&b));
	bench_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reading),
	    cmocka_unit_test(test_reading_over_windows),
	    cmocka_unit_test(test_validity),
	    cmocka_unit_test(test_tracking_area_updates_read),
	    cmocka_unit_test(test_report_that_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
