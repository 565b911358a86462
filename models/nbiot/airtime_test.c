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

/* What occupies a subframe, straight from the rules; SI copies by counting, not by mask. */
static int
walk_fixed(unsigned subframe)
{
	const unsigned frame = subframe / 10;
	const unsigned within = subframe % 10;

	return within == 0 || within == 5 || (frame % 2 == 0 && (within == 9 || within == 4));
}

#define WALK (3U * 5120U)
static unsigned char walk_valid[WALK];

/* Marks three periods of SI: in a window of 16 frames each 4th frame starts a copy of 8. */
static unsigned
walk_build(void)
{
	unsigned valid = 0;

	for (unsigned i = 0; i < WALK; i++)
		walk_valid[i] = !walk_fixed(i);
	for (unsigned period = 0; period < WALK; period += 5120) {
		for (unsigned frame = 0; frame < 16; frame += 4) {
			unsigned at = period + frame * 10;

			for (unsigned copy = 0; copy < 8; at++) {
				if (walk_valid[at]) {
					walk_valid[at] = 0;
					copy++;
				}
			}
		}
	}
	for (unsigned i = 0; i < WALK; i++)
		valid += walk_valid[i];
	return valid;
}

static void
calendar_pattern(void **state)
{
	const unsigned valid = walk_build();

	(void)state;
	for (unsigned i = 0; i < WALK; i++)
		assert_int_equal(nbs_dl_subframe_valid(i), walk_valid[i]);
	/* 75 % less 5 % of SIB1-NB less 32 of 5,120: about 0.68 to 0.70 */
	test_near(nbs_dl_valid_share(), (double)valid / WALK, 1e-12, "valid share");
	test_near(nbs_dl_valid_share(), 0.75 - 0.05 - 32.0 / 5120.0, 1e-12, "valid share");
}

static void
calendar_durations(void **state)
{
	(void)state;
	(void)walk_build();
	for (unsigned start = 0; start < 5400; start++) {
		static const unsigned wanted[] = {1, 2, 7, 40, 200, 3552, 4000};
		unsigned next = start;

		while (!walk_valid[next])
			next++;
		assert_int_equal(nbs_dl_next_valid_ns(start * MS), next * MS);
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
			unsigned at = start;

			for (unsigned left = wanted[i]; left > 0; at++)
				left -= walk_valid[at];
			assert_int_equal(nbs_dl_calendar_ns(NULL, start * MS, wanted[i]),
					 (at - start) * MS);
		}
	}
	/* within a subframe the next one counts: 0.3 ms into subframe 0, subframe 1 of SI's
	 * window is SI's, as are 2, 3, 6, 7, 8, 11, 12: subframe 13 is the first */
	assert_int_equal(nbs_dl_calendar_ns(NULL, 300000, 1), 14 * MS - 300000);
	assert_int_equal(nbs_dl_calendar_ns(NULL, 5, 0), 0);
}

struct space_case {
	unsigned rmax;
	double g;
	unsigned repetitions;
};

/* The first candidate at or after a subframe, by walking the valid subframes of each period. */
static unsigned
walk_candidate(const struct space_case *space, unsigned from)
{
	const unsigned period = (unsigned)((double)space->rmax * space->g);

	for (unsigned start = from / period * period;; start += period) {
		unsigned count = 0;

		for (unsigned at = start; count < space->rmax && at < start + period; at++) {
			if (!walk_valid[at])
				continue;
			if (count % space->repetitions == 0 && at >= from)
				return at;
			count++;
		}
	}
}

static void
search_spaces(void **state)
{
	static const struct space_case spaces[] = {{8, 2, 1},   {8, 2, 8},    {8, 1.5, 4},
						   {4, 1.5, 2}, {16, 2, 2},   {32, 4, 32},
						   {1, 4, 1},   {512, 4, 64}, {64, 1.5, 8}};

	(void)state;
	(void)walk_build();
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		const struct space_case *space = &spaces[i];

		for (unsigned from = 0; from < 5400; from++)
			assert_int_equal(nbs_npdcch_next_start_ns(from * MS, space->rmax, space->g,
								  space->repetitions),
					 walk_candidate(space, from) * MS);
	}
	assert_int_equal(nbs_npdcch_next_start_ns(MS + 1, 8, 2, 1),
			 nbs_npdcch_next_start_ns(2 * MS, 8, 2, 1));
}

static void
search_space_refusals(void **state)
{
	(void)state;
	assert_int_equal(nbs_npdcch_period_ns(8, 2), 16 * MS);
	assert_int_equal(nbs_npdcch_period_ns(8, 1.5), 12 * MS);
	assert_int_equal(nbs_npdcch_period_ns(2, 1.5), 0); /* 3 ms */
	assert_int_equal(nbs_npdcch_period_ns(1, 4), 4 * MS);
	assert_int_equal(nbs_npdcch_period_ns(2048, 64), 131072 * MS);
	assert_int_equal(nbs_npdcch_period_ns(4096, 2), 0);
	assert_int_equal(nbs_npdcch_next_start_ns(0, 8, 2, 16), NBS_TIME_NEVER);
	assert_int_equal(nbs_npdcch_next_start_ns(0, 8, 2, 3), NBS_TIME_NEVER);
	assert_int_equal(nbs_npdcch_next_start_ns(0, 8, 2, 0), NBS_TIME_NEVER);
	assert_int_equal(nbs_npdcch_next_start_ns(0, 2, 1.5, 1), NBS_TIME_NEVER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reference_channels),    cmocka_unit_test(npusch_gaps),
	    cmocka_unit_test(npusch_refusals),       cmocka_unit_test(nprach_and_ack),
	    cmocka_unit_test(nprach_opportunities),  cmocka_unit_test(calendar_pattern),
	    cmocka_unit_test(calendar_durations),    cmocka_unit_test(search_spaces),
	    cmocka_unit_test(search_space_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
