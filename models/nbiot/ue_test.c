/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a UE does over a day: sleep, release, paging, tracking area updates, loss, determinism. */
#include "models/nbiot/airtime.h"
#include "models/nbiot/ue_test_util.h"

/* Sends one packet at 10 s, runs to 60 s, returns the account. */
static const struct nbs_account *
one_report(struct bench *b, double mcl_db, enum nbs_rai rai)
{
	bench_cell(b);
	bench_ue(b, "meter/1", mcl_db);
	bench_run(b, 10 * BENCH_S);
	bench_send(b, 100, rai);
	bench_run(b, 60 * BENCH_S);
	return bench_account(b);
}

/*
 * Without release assistance the UE listens for the inactivity timer's 20 s; with it, only for
 * the 2 x 20 ms of the turn to the MME.
 */
static void
test_release_assistance(void **state)
{
	struct bench with, without, ignored;
	uint64_t monitor[3];

	(void)state;
	bench_init(&with, 3);
	monitor[0] = one_report(&with, 125.0, NBS_RAI_NO_REPLY)->time_ns[NBS_POWER_MONITOR];
	bench_fini(&with);
	bench_init(&without, 3);
	monitor[1] = one_report(&without, 125.0, NBS_RAI_NONE)->time_ns[NBS_POWER_MONITOR];
	bench_fini(&without);
	bench_init(&ignored, 3);
	ignored.config.release_assistance = NBS_ASSIST_OFF;
	monitor[2] = one_report(&ignored, 125.0, NBS_RAI_NO_REPLY)->time_ns[NBS_POWER_MONITOR];
	bench_fini(&ignored);
	assert_int_equal(monitor[0], 40 * BENCH_MS);
	assert_int_equal(monitor[1], 20 * BENCH_S);
	assert_int_equal(monitor[2], 20 * BENCH_S);
}

/*
 * C-DRX: open for 512 ms, then 128 ms of each 2048 ms, aligned to time 0. The wait is found by
 * its length: open + asleep = 20 s plus the wait for an on-duration to release in. On-time by
 * stepping through the cycle in ms.
 */
static void
test_cdrx(void **state)
{
	struct bench b;
	const struct nbs_account *account;

	(void)state;
	bench_init(&b, 3);
	b.config.inactivity_timer_ns = 20 * BENCH_S;
	b.config.cdrx = (struct nbs_cdrx_config){.enabled = true,
						 .cycle_ns = 2048 * BENCH_MS,
						 .on_duration_ns = 128 * BENCH_MS,
						 .inactivity_ns = 512 * BENCH_MS};
	account = one_report(&b, 125.0, NBS_RAI_NONE);
	uint64_t before = account->time_ns[NBS_POWER_MONITOR];
	uint64_t on = account->time_ns[NBS_POWER_CDRX_ON];
	uint64_t asleep = account->time_ns[NBS_POWER_CDRX_SLEEP];
	assert_int_equal(before, 512 * BENCH_MS);
	/* 19.488 s are 9 cycles of 2.048 s (18.432 s) and 1.056 s: 9 or 10 on-durations. */
	assert_in_range(on, 9 * 128 * BENCH_MS, 10 * 128 * BENCH_MS);
	/* The release waits for at most the 1.92 s that a cycle is off. */
	assert_in_range(before + on + asleep, 20 * BENCH_S, 20 * BENCH_S + 1920 * BENCH_MS);
	/* 46 mA and 6 mA at 3.6 V. Together under a quarter of 20 s x 165.6 mW = 3312 mJ. */
	double mj = account->energy_mj[NBS_POWER_MONITOR] + account->energy_mj[NBS_POWER_CDRX_ON] +
		    account->energy_mj[NBS_POWER_CDRX_SLEEP];
	check_rel(mj, (double)(before + on) * 165.6e-9 + (double)asleep * 21.6e-9, 1e-9, "tail");
	assert_true(mj < 3312.0 / 4.0);
	/* All of that is tail, and nothing else is. */
	check_rel(account->layer_mj[NBS_LAYER_TAIL], mj, 1e-9, "layer");
	bench_fini(&b);
}

/* Downlink in C-DRX sleep waits for the on-duration: begins at k x 2048 ms, no earlier. */
static void
test_cdrx_downlink_waits(void **state)
{
	const uint8_t packet[40] = {0x45};
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.cdrx = (struct nbs_cdrx_config){.enabled = true,
						 .cycle_ns = 2048 * BENCH_MS,
						 .on_duration_ns = 128 * BENCH_MS,
						 .inactivity_ns = 512 * BENCH_MS};
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NONE);
	bench_run(&b, 19000 * BENCH_MS); /* 9 x 2.048 = 18.432, + 128 ms: asleep to 20.480 */
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_CONNECTED);
	assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, sizeof(packet)), NBS_OK);
	bench_run(&b, 60 * BENCH_S);
	assert_int_equal(b.downs, 1);
	assert_in_range(b.down_ns[0], 20480 * BENCH_MS, 20480 * BENCH_MS + 128 * BENCH_MS);
	bench_fini(&b);
}

/*
 * Idle mode: with T3324 = 32 s and a cycle of 1.28 s there are exactly 25 paging occasions,
 * wherever the UE's own lies. Each is 32 subframes of NPDCCH over the share of valid downlink
 * subframes, and a tenth of the 94 ms of cell search.
 */
static void
test_idle_occasions(void **state)
{
	struct bench b;
	const struct nbs_account *account;
	/*
	 * Network A's share: of 20,480 subframes 14 of 20 less 4 x 24 copies of 8 (rf512, every
	 * 4th frame in 960 ms) and 24 copies of 2 (rf2048).
	 */
	const double share = (20480.0 * 14 / 20 - 4 * 24 * 8 - 24 * 2) / 20480;
	uint64_t npdcch_us = (uint64_t)(32000.0 / share);

	(void)state;
	bench_init(&b, 3);
	b.config.t3324_ns = 32 * BENCH_S;
	b.config.idle_drx_cycle_ns = 1280 * BENCH_MS;
	account = one_report(&b, 125.0, NBS_RAI_NO_REPLY);
	assert_int_equal(account->time_ns[NBS_POWER_PAGING], 25 * (npdcch_us * 1000 + 9400000));
	assert_int_equal(account->time_ns[NBS_POWER_IDLE] + account->time_ns[NBS_POWER_PAGING],
			 32 * BENCH_S);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
	bench_fini(&b);
}

/* T3324 = 0: no idle time at all. */
static void
test_no_active_timer(void **state)
{
	struct bench b;
	const struct nbs_account *account;

	(void)state;
	bench_init(&b, 3);
	account = one_report(&b, 125.0, NBS_RAI_NO_REPLY);
	assert_int_equal(account->time_ns[NBS_POWER_PAGING], 0);
	assert_int_equal(account->time_ns[NBS_POWER_IDLE], 0);
	bench_fini(&b);
}

/* A downlink packet for a UE in PSM is discarded and costs the UE nothing. */
static void
test_psm_discards(void **state)
{
	const uint8_t packet[40] = {0x45};
	struct bench b;
	const struct nbs_account *account;

	(void)state;
	bench_init(&b, 3);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 5 * BENCH_S);
	assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, sizeof(packet)), NBS_OK);
	bench_run(&b, 100 * BENCH_S);
	account = bench_account(&b);
	assert_int_equal(b.downs, 0);
	assert_int_equal(nbs_ue_stats(b.ue)->unreachable, 1);
	assert_int_equal(account->time_ns[NBS_POWER_PSM], 100 * BENCH_S);
	check_rel(nbs_account_energy_mj(account), 1.08, 1e-12, "100 s x 10.8 uW");
	bench_fini(&b);
}

/* In idle mode the UE is paged at its next occasion, at most a cycle away, and answers. */
static void
test_paging(void **state)
{
	const uint8_t packet[40] = {0x45};
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.t3324_ns = 60 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 30 * BENCH_S);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_IDLE);
	assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, sizeof(packet)), NBS_OK);
	bench_run(&b, 36 * BENCH_S);
	assert_int_equal(b.downs, 1);
	assert_int_equal(b.down_len[0], sizeof(packet));
	/* Next occasion within 2.56 s and its own length, NPRACH within 640 ms, the rest < 1 s. */
	assert_in_range(b.down_ns[0], 30 * BENCH_S, 30 * BENCH_S + 4300 * BENCH_MS);
	assert_int_equal(nbs_ue_stats(b.ue)->pagings, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->connections, 2);
	assert_int_equal(nbs_ue_stats(b.ue)->unreachable, 0);
	/* Booted once: from idle mode the UE needs no wake-up. */
	bench_run(&b, 40 * BENCH_S);
	assert_int_equal(bench_account(&b)->time_ns[NBS_POWER_WAKE], 1600 * BENCH_MS);
	bench_fini(&b);
}

/* A packet for the UE that comes while it is connected needs neither paging nor NPRACH. */
static void
test_downlink_connected(void **state)
{
	const uint8_t packet[200] = {0x45};
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NONE);
	bench_run(&b, 20 * BENCH_S);
	assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, sizeof(packet)), NBS_OK);
	bench_run(&b, 25 * BENCH_S);
	assert_int_equal(b.downs, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->ra_attempts, 1);
	/* Msg4, RLC status; 200 + 14 bytes of SDU are three blocks of up to 82. */
	assert_int_equal(nbs_ue_stats(b.ue)->blocks_down, 2 + 3);
	bench_fini(&b);
}

/* Deeper coverage costs more, whichever link. */
static void
test_energy_by_coverage(void **state)
{
	static const double mcl_db[] = {110, 125, 138, 150, 160, 164};

	(void)state;
	for (int real = 0; real < 2; real++) {
		double before = 0.0;

		for (size_t i = 0; i < sizeof(mcl_db) / sizeof(mcl_db[0]); i++) {
			struct bench b;
			double mj;

			bench_init(&b, 3);
			b.config.link = real ? NBS_LINK_REAL : NBS_LINK_IDEAL;
			mj = nbs_account_energy_mj(one_report(&b, mcl_db[i], NBS_RAI_NO_REPLY));
			assert_int_equal(b.ups, 1);
			assert_true(mj > before);
			before = mj;
			bench_fini(&b);
		}
	}
}

/*
 * T3412 runs from each return to idle: reports at 10 s and 1000 s, T3412 = 1800 s, then TAUs
 * 1800 s after the previous connection ended. 7200 s hold three (about 2803, 4606, 6409 s).
 */
static void
test_tracking_area_update(void **state)
{
	struct bench b;
	const struct nbs_ue_stats *stats;

	(void)state;
	bench_init(&b, 3);
	b.config.t3412_ns = 1800 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	stats = nbs_ue_stats(b.ue);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 1000 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 2800 * BENCH_S);
	assert_int_equal(stats->taus, 0);
	bench_run(&b, 2805 * BENCH_S);
	assert_int_equal(stats->taus, 1);
	bench_run(&b, 7200 * BENCH_S);
	assert_int_equal(stats->taus, 3);
	assert_int_equal(stats->connections, 5);
	assert_int_equal(bench_account(&b)->time_ns[NBS_POWER_WAKE], 5 * 1600 * BENCH_MS);
	bench_fini(&b);
}

/*
 * Where no preamble can be heard, five accesses fail, 10 s apart, and the packet is lost. A loud
 * cell (50 dBm, NRSRP -140) is heard all the same.
 */
static void
test_out_of_coverage(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.link = NBS_LINK_REAL;
	b.config.nrs_power_dbm = 50.0;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 190.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 600 * BENCH_S);
	assert_int_equal(b.ups, 0);
	assert_int_equal(nbs_ue_stats(b.ue)->ra_failures, 5);
	assert_int_equal(nbs_ue_stats(b.ue)->lost_up, 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
	assert_int_equal(bench_account(&b)->time_ns[NBS_POWER_IDLE], 4 * 10 * BENCH_S);
	bench_fini(&b);
}

/*
 * NRS power and thresholds that put a UE at 166 dB into level 0. The SNR of its preamble is
 * -7.7 dB, and 2 or 8 repetitions are not heard there; so after four attempts in level 0
 * and four in level 1 (maxNumPreambleAttemptCE) comes level 2, whose 32 repetitions are.
 */
static void
test_level_is_raised(void **state)
{
	struct bench b;
	const struct nbs_account *account;

	(void)state;
	bench_init(&b, 3);
	b.config.link = NBS_LINK_REAL;
	b.config.nrs_power_dbm = 32.0;
	b.config.nrsrp_threshold_dbm[0] = b.config.nrsrp_threshold_dbm[1] = -140.0;
	b.config.t300_ns = 60 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 166.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 100 * BENCH_S);
	account = bench_account(&b);
	uint64_t attempts = nbs_ue_stats(b.ue)->ra_attempts;

	assert_int_equal(b.ups, 1);
	assert_in_range(attempts, 9, 10);
	assert_int_equal(account->time_ns[NBS_POWER_RA],
			 (4 * 2 + 4 * 8 + (attempts - 8) * 32) * UINT64_C(5600000));
	assert_int_equal(account->time_ns[NBS_POWER_SYNC], 94 * BENCH_MS); /* level 0's */
	bench_fini(&b);
}

/* Block errors at the edge of coverage cost time, not packets. */
static void
test_nothing_lost_in_coverage(void **state)
{
	struct bench b;
	const struct nbs_ue_stats *stats;

	(void)state;
	bench_init(&b, 3);
	b.config.link = NBS_LINK_REAL;
	b.answer = true;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 160.0);
	stats = nbs_ue_stats(b.ue);
	for (unsigned i = 0; i < 50; i++) {
		bench_run(&b, (10 + 120 * i) * BENCH_S);
		bench_send(&b, 150, NBS_RAI_ONE_REPLY);
	}
	bench_run(&b, 6200 * BENCH_S);
	assert_int_equal(stats->messages_up, 50);
	assert_int_equal(stats->messages_down, 50);
	assert_int_equal(stats->bytes_up, 50 * 150);
	assert_int_equal(stats->bytes_down, 50 * 40);
	assert_int_equal(stats->lost_up + stats->lost_down + stats->unreachable, 0);
	/* Targets of 10 % and 1 %: some retransmissions in 50 x 8 blocks, not hundreds. */
	assert_in_range(stats->retransmissions, 4, 120);
	assert_int_equal(stats->illegal, 0);
	bench_fini(&b);
}

static void
test_off_until_start(void **state)
{
	const uint8_t packet[40] = {0x45};
	struct nbs_ue_config config = {.name = "late", .mcl_db = 125.0, .modem = test_modem()};
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	bench_cell(&b);
	config.start_ns = 30 * BENCH_S;
	assert_int_equal(nbs_cell_add_ue(b.cell, &config, &b.ue), NBS_OK);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_OFF);
	assert_int_equal(nbs_ue_send(b.ue, packet, sizeof(packet), NBS_RAI_NONE), NBS_E_STATE);
	assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, sizeof(packet)), NBS_OK);
	bench_run(&b, 100 * BENCH_S);
	const struct nbs_account *account = bench_account(&b);
	assert_int_equal(account->time_ns[NBS_POWER_OFF], 30 * BENCH_S);
	assert_int_equal(account->time_ns[NBS_POWER_PSM], 70 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->unreachable, 1);
	bench_fini(&b);
}

static void
test_refusals(void **state)
{
	uint8_t packet[1501] = {0x45};
	struct nbs_ue_config config = {.name = "x", .mcl_db = 125.0, .modem = test_modem()};
	struct nbs_ue_coverage coverage;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.ce[0].nprach_period_ms = 41;
	assert_int_equal(nbs_cell_new(b.engine, &b.config, &b.cell), NBS_E_RANGE);
	b.config.ce[0].nprach_period_ms = 640;
	bench_cell(&b);
	config.mcl_db = 59.0;
	assert_int_equal(nbs_cell_add_ue(b.cell, &config, &b.ue), NBS_E_RANGE);
	config.mcl_db = NAN;
	assert_int_equal(nbs_cell_add_ue(b.cell, &config, &b.ue), NBS_E_RANGE);
	assert_int_equal(nbs_cell_ue_count(b.cell), 0);
	config.name = NULL;
	assert_int_equal(nbs_cell_add_ue(b.cell, &config, &b.ue), NBS_E_ARG);
	bench_ue(&b, "meter/1", 125.04);
	assert_int_equal(nbs_ue_send(b.ue, packet, 0, NBS_RAI_NONE), NBS_E_ARG);
	assert_int_equal(nbs_ue_send(b.ue, packet, 1501, NBS_RAI_NONE), NBS_E_ARG);
	assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, 1501), NBS_E_ARG);
	assert_int_equal(nbs_cell_downlink(b.cell, 1, packet, 40), NBS_E_NOTFOUND);
	/* 64 may wait. */
	for (unsigned i = 0; i < 65; i++)
		assert_int_equal(nbs_ue_send(b.ue, packet, 40, NBS_RAI_NONE),
				 i < 64 ? NBS_OK : NBS_E_RANGE);
	assert_int_equal(nbs_ue_coverage(b.ue, &coverage), NBS_OK);
	assert_int_equal(coverage.ce_level, 0);
	check_rel(coverage.mcl_db, 125.0, 1e-12, "rounded to 0.1 dB");
	check_rel(coverage.nrsrp_dbm, -101.0, 1e-12, "24 dBm - 125 dB");
	(void)bench_account(&b);
	assert_int_equal(nbs_ue_send(b.ue, packet, 40, NBS_RAI_NONE), NBS_E_STATE);
	assert_null(nbs_cell_ue(b.cell, 1));
	bench_fini(&b);
}

static void
test_state_names(void **state)
{
	(void)state;
	for (int i = 0; i < NBS_UE__COUNT; i++)
		assert_string_not_equal(nbs_ue_state_name((enum nbs_ue_state)i), "?");
	assert_string_equal(nbs_ue_state_name(NBS_UE_PSM), "psm");
	assert_string_equal(nbs_ue_state_name(NBS_UE__COUNT), "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_release_assistance),
	    cmocka_unit_test(test_cdrx),
	    cmocka_unit_test(test_cdrx_downlink_waits),
	    cmocka_unit_test(test_idle_occasions),
	    cmocka_unit_test(test_no_active_timer),
	    cmocka_unit_test(test_psm_discards),
	    cmocka_unit_test(test_paging),
	    cmocka_unit_test(test_downlink_connected),
	    cmocka_unit_test(test_energy_by_coverage),
	    cmocka_unit_test(test_tracking_area_update),
	    cmocka_unit_test(test_out_of_coverage),
	    cmocka_unit_test(test_level_is_raised),
	    cmocka_unit_test(test_nothing_lost_in_coverage),
	    cmocka_unit_test(test_off_until_start),
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_state_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
