/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Durations against the reference channels of 3GPP; the downlink calendar against a walk. */
#include "models/nbiot/airtime.h"

#include "models/nbiot/phy_test_util.h"

#define MS UINT64_C(1000000)

/* The I_MCS of an I_TBS, by search in the mapping. */
static uint32_t
mcs_of(uint32_t tones, uint32_t i_tbs)
{
	for (uint32_t i_mcs = 0; i_mcs < 14; i_mcs++) {
		uint32_t row, qm;

		if (nbs_npusch_mcs(tones, i_mcs, &row, &qm) == NBS_OK && row == i_tbs)
			return i_mcs;
	}
	fail_msg("no I_MCS for I_TBS %u", i_tbs);
	return 0;
}

/* TS 36.101 Table A.2.4-1 and TS 36.104 Tables A.16.1-1, -2. */
static void
reference_channels(void **state)
{
	FILE *file = test_open("vectors/t1.csv");
	struct test_line line;
	unsigned rows = 0;

	(void)state;
	for (; test_next(file, &line); rows++) {
		const uint32_t tones = test_uint(&line, 2);
		const struct nbs_npusch npusch = {.scs = test_double(&line, 1) < 4.0 ? NBS_SCS_3K75
										     : NBS_SCS_15K,
						  .tones = tones,
						  .i_mcs = mcs_of(tones, test_uint(&line, 3)),
						  .n_ru = test_uint(&line, 4),
						  .n_rep = test_uint(&line, 5)};
		struct nbs_npusch_airtime airtime;

		assert_int_equal(nbs_npusch_airtime(&npusch, &airtime), NBS_OK);
		assert_int_equal(airtime.tbs_bits, test_uint(&line, 6));
		assert_int_equal(airtime.qm, test_uint(&line, 7));
		assert_int_equal(airtime.coded_bits, test_uint(&line, 8));
		assert_int_equal(airtime.tx_ns, test_uint(&line, 9) * MS);
		assert_int_equal(airtime.duration_ns, airtime.tx_ns);
		/* printed with two decimals */
		test_near(airtime.code_rate, test_double(&line, 10), 0.005, line.fields[0]);
	}
	(void)fclose(file);
	assert_int_equal(rows, 13);
}

/*
 * 1000 bits, I_TBS 6, 10 RU, 32 repetitions, one tone: 10 x 8 x 32 = 2,560 ms, which ten stretches
 * of 256 ms fill: nine gaps of 40 ms lie inside.
 */
static void
npusch_gaps(void **state)
{
	struct nbs_npusch npusch = {NBS_SCS_15K, 1, 6, 10, 32};
	struct nbs_npusch_airtime airtime;

	(void)state;
	npusch.i_mcs = mcs_of(1, 6);
	assert_int_equal(nbs_npusch_airtime(&npusch, &airtime), NBS_OK);
	assert_int_equal(airtime.tbs_bits, 1000);
	assert_int_equal(airtime.tx_ns, 2560 * MS);
	assert_int_equal(airtime.duration_ns, (2560 + 9 * 40) * MS);
	npusch.n_ru = 1; /* 256 ms exactly: no gap inside */
	assert_int_equal(nbs_npusch_airtime(&npusch, &airtime), NBS_OK);
	assert_int_equal(airtime.duration_ns, 256 * MS);
	npusch.n_ru = 2; /* 512 ms: one */
	assert_int_equal(nbs_npusch_airtime(&npusch, &airtime), NBS_OK);
	assert_int_equal(airtime.duration_ns, (512 + 40) * MS);
}

static void
npusch_refusals(void **state)
{
	static const struct nbs_npusch bad[] = {
	    {NBS_SCS_3K75, 3, 0, 1, 1}, {NBS_SCS_15K, 2, 0, 1, 1},  {NBS_SCS_15K, 1, 11, 1, 1},
	    {NBS_SCS_15K, 3, 14, 1, 1}, {NBS_SCS_15K, 1, 0, 7, 1},  {NBS_SCS_15K, 1, 0, 1, 3},
	    {NBS_SCS_15K, 1, 0, 1, 0},  {NBS_SCS_15K, 1, 0, 1, 256}};
	static const struct nbs_npdsch bad_down[] = {{14, 1, 1}, {0, 7, 1}, {0, 1, 3}, {0, 1, 0}};
	const struct nbs_npdsch down = {4, 10, 384};
	struct nbs_npusch_airtime airtime;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(nbs_npusch_airtime(&bad[i], &airtime), NBS_E_RANGE);
	for (size_t i = 0; i < sizeof(bad_down) / sizeof(bad_down[0]); i++)
		assert_int_equal(nbs_npdsch_subframes(&bad_down[i]), 0);
	assert_int_equal(nbs_npdsch_subframes(&down), 3840);
}

/* Format 1 preambles: 32 take 204.8 ms, 8 take 51.2 ms; 128 have one gap inside. */
static void
nprach_and_ack(void **state)
{
	(void)state;
	assert_int_equal(nbs_nprach_tx_ns(1, 32), 204800000);
	assert_int_equal(nbs_nprach_duration_ns(1, 32), 204800000);
	assert_int_equal(nbs_nprach_duration_ns(1, 8), 51200000);
	assert_int_equal(nbs_nprach_duration_ns(0, 64), 64 * 5600000);
	assert_int_equal(nbs_nprach_duration_ns(0, 128), 128 * 5600000 + 40 * MS);
	assert_int_equal(nbs_nprach_duration_ns(0, 0), 0);
	assert_int_equal(nbs_npusch_ack_ns(NBS_SCS_15K, 1), 2 * MS);
	assert_int_equal(nbs_npusch_ack_ns(NBS_SCS_3K75, 4), 32 * MS);
}

/* Period 640, start 64: 64, 704, 1344 ms, ... */
static void
nprach_opportunities(void **state)
{
	(void)state;
	assert_int_equal(nbs_nprach_next_ns(0, 640, 64), 64 * MS);
	assert_int_equal(nbs_nprach_next_ns(64 * MS, 640, 64), 64 * MS);
	assert_int_equal(nbs_nprach_next_ns(64 * MS + 1, 640, 64), 704 * MS);
	assert_int_equal(nbs_nprach_next_ns(1000 * MS, 640, 64), 1344 * MS);
	/* a start beyond its period recurs each period all the same */
	assert_int_equal(nbs_nprach_next_ns(0, 40, 512), 32 * MS);
	assert_int_equal(nbs_nprach_next_ns(0, 0, 8), NBS_TIME_NEVER);
}

/*
 * TS 36.211 10.1.6.1: periods begin in frames with n_f mod (N_period / 10) = 0, n_f = 0..1023. For
 * 240 ms the last such frame is 42 * 24 = 1008; the next is frame 0 of the next turn, 16 frames on.
 */
static void
nprach_turn_of_sfn(void **state)
{
	(void)state;
	assert_int_equal(nbs_nprach_next_ns(10000 * MS, 240, 8), (10080 + 8) * MS);
	assert_int_equal(nbs_nprach_next_ns(10089 * MS, 240, 8), (10240 + 8) * MS);
	assert_int_equal(nbs_nprach_next_ns(10249 * MS, 240, 8), (10240 + 240 + 8) * MS);
	/* 1,024 ms after frame 1008 lies beyond the turn: 11,104 ms, then 10,240 + 1,024 */
	assert_int_equal(nbs_nprach_next_ns(11000 * MS, 240, 1024), 11104 * MS);
	assert_int_equal(nbs_nprach_next_ns(11105 * MS, 240, 1024), 11264 * MS);
	/* si-Periodicity rf2048, counted over H-SFN (TS 36.331 5.2.3a), second window of 960 ms */
	assert_int_equal(nbs_nprach_next_ns(10240 * MS, 20480, 960), (20480 + 960) * MS);
	/* 640 ms divides the turn */
	assert_int_equal(nbs_nprach_next_ns(10200 * MS, 640, 64), (10240 + 64) * MS);
}

static void
search_space_periods(void **state)
{
	(void)state;
	assert_int_equal(nbs_npdcch_period_ns(8, 2), 16 * MS);
	assert_int_equal(nbs_npdcch_period_ns(8, 1.5), 12 * MS);
	assert_int_equal(nbs_npdcch_period_ns(2, 1.5), 0); /* 3 ms */
	assert_int_equal(nbs_npdcch_period_ns(1, 4), 4 * MS);
	assert_int_equal(nbs_npdcch_period_ns(2048, 64), 131072 * MS);
	assert_int_equal(nbs_npdcch_period_ns(4096, 2), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reference_channels),   cmocka_unit_test(npusch_gaps),
	    cmocka_unit_test(npusch_refusals),      cmocka_unit_test(nprach_and_ack),
	    cmocka_unit_test(nprach_opportunities), cmocka_unit_test(nprach_turn_of_sfn),
	    cmocka_unit_test(search_space_periods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
