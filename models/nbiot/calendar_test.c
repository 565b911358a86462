/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calendar's downlink against walks over every subframe by the words of the specifications. */
#include "models/nbiot/calendar_test_util.h"

#define WALK (2U * 40960U) /* two of the longest super-periods */

static unsigned char walk_valid[WALK];

/*
 * SIB1-NB, TS 36.213 16.4.1.3, cell identity 0: of each 256 frames, N_rep blocks of 16 frames
 * evenly spaced, subframe 4 of every other frame in them.
 */
static int
walk_is_fixed(const struct nbs_network_config *config, unsigned frame, unsigned within)
{
	if (within == 0 || within == 5 || (within == 9 && frame % 2 == 0))
		return 1;
	return within == 4 && frame % 2 == 0 && frame % 256 % (256 / config->sib1_repetitions) < 16;
}

/* TS 36.331 5.2.3a: windows begin in frames with (H-SFN * 1024 + SFN) mod T = (n - 1) * w / 10. */
static unsigned
walk_build(const struct nbs_network_config *config)
{
	unsigned window_of[NBS_SI_MESSAGES] = {0};
	unsigned left[NBS_SI_MESSAGES] = {0};
	unsigned count = 0;

	for (unsigned subframe = 0; subframe < WALK; subframe++) {
		const unsigned frame = subframe / 10;
		unsigned taken = 0;

		for (unsigned n = 0; n < config->si_count && subframe % 10 == 0; n++) {
			const struct nbs_si_message *si = &config->si[n];

			if (frame % si->period_rf == n * config->si_window_ms / 10)
				window_of[n] = frame + 1;
			if (window_of[n] != 0 &&
			    frame - (window_of[n] - 1) < config->si_window_ms / 10 &&
			    (frame - (window_of[n] - 1)) % si->pattern_rf == 0)
				left[n] = si->tb_bits <= 120 ? 2 : 8;
		}
		if (walk_is_fixed(config, frame, subframe % 10))
			taken = 1;
		for (unsigned n = 0; n < config->si_count && !taken; n++) {
			if (left[n] > 0) {
				left[n]--;
				taken = 1;
			}
		}
		walk_valid[subframe] = !taken;
		count += walk_valid[subframe];
	}
	return count;
}

static void
compare_walk(const struct nbs_network_config *config)
{
	struct nbs_calendar *calendar = calendar_of(config, true);
	const unsigned count = walk_build(config);
	unsigned before = 0;
	double error;

	for (unsigned subframe = 0; subframe < WALK; subframe++) {
		if (nbs_calendar_valid(calendar, subframe) != walk_valid[subframe] ||
		    nbs_calendar_valid_before(calendar, subframe) != before)
			fail_msg("subframe %u", subframe);
		if (!walk_valid[subframe])
			continue;
		if (nbs_calendar_subframe_of(calendar, before) != subframe)
			fail_msg("valid subframe %u", before);
		before++;
	}
	error = nbs_calendar_valid_share(calendar) - (double)count / WALK;
	assert_true(error < 1e-12 && error > -1e-12);
	nbs_calendar_free(calendar);
}

/* Whether each window lies within its period and no frame in two of them, frame by frame. */
static bool
windows_apart(const struct nbs_network_config *config)
{
	const uint32_t window = config->si_window_ms / 10;

	for (uint32_t n = 0; n < config->si_count; n++) {
		if ((n + 1) * window > config->si[n].period_rf)
			return false;
	}
	for (uint32_t frame = 0; frame < 4096; frame++) {
		unsigned inside = 0;

		for (uint32_t n = 0; n < config->si_count; n++) {
			const uint32_t within = frame % config->si[n].period_rf;

			inside += within >= n * window && within < (n + 1) * window;
		}
		if (inside > 1)
			return false;
	}
	return true;
}

/* Values that TS 36.331 has; their windows may overlap. */
static void
random_values(struct nbs_network_config *config, uint64_t *seed)
{
	static const uint32_t windows[] = {160, 320, 480, 640, 960, 1280, 1600};

	config->sib1_repetitions = 4U << pick(seed, 3);
	config->si_count = pick(seed, NBS_SI_MESSAGES + 1U);
	config->si_window_ms = windows[pick(seed, 7)];
	for (uint32_t n = 0; n < config->si_count; n++) {
		config->si[n].period_rf = 64U << pick(seed, 7);
		config->si[n].pattern_rf = 2U << pick(seed, 4);
		config->si[n].tb_bits = pick(seed, 2) ? 120 : 680;
	}
}

static void
random_broadcast(struct nbs_network_config *config, uint64_t *seed)
{
	do
		random_values(config, seed);
	while (!windows_apart(config));
}

/* Refused are those whose windows overlap, and no others. */
static void
overlapping_windows(void **state)
{
	struct nbs_network_config config;
	uint64_t seed = 523;
	unsigned refused = 0;

	(void)state;
	nbs_network_config_default(&config);
	for (unsigned i = 0; i < 2000; i++) {
		struct nbs_calendar *calendar;
		bool apart;

		random_values(&config, &seed);
		apart = windows_apart(&config);
		assert_int_equal(nbs_calendar_new(&config, true, &calendar),
				 apart ? NBS_OK : NBS_E_RANGE);
		nbs_calendar_free(calendar);
		refused += !apart;
	}
	assert_in_range(refused, 200, 1800);
}

static void
every_subframe(void **state)
{
	struct nbs_network_config config;
	uint64_t seed = 36331;

	(void)state;
	nbs_network_config_default(&config);
	compare_walk(&config);
	for (unsigned i = 0; i < 40; i++) {
		random_broadcast(&config, &seed);
		compare_walk(&config);
	}
}

/*
 * Network A. In 20 subframes NPBCH takes 2, NPSS 2, NSSS 1, SIB1-NB with 16 repetitions 1: 14 are
 * left. First SI message: each 512 frames a window of 96 frames, a copy of 8 subframes each 4th:
 * 24 x 8 of 5,120: 0.7 - 192 / 5120 = 0.6625. Second: each 2,048 frames 24 x 2 = 48 of 20,480:
 * 0.6625 - 48 / 20480 = 0.66015625.
 */
static void
shares(void **state)
{
	struct nbs_network_config config;
	struct nbs_calendar *calendar;
	double share;

	(void)state;
	nbs_network_config_default(&config);
	config.sib1_repetitions = 16;
	config.si_window_ms = 960;
	config.si_count = 2;
	config.si[0] = (struct nbs_si_message){.period_rf = 512, .tb_bits = 256, .pattern_rf = 4};
	config.si[1] = (struct nbs_si_message){.period_rf = 2048, .tb_bits = 56, .pattern_rf = 4};
	calendar = calendar_of(&config, true);
	share = nbs_calendar_valid_share(calendar);
	assert_true(share > 0.66015625 - 1e-12 && share < 0.66015625 + 1e-12);
	nbs_calendar_free(calendar);
	config.si_count = 1;
	calendar = calendar_of(&config, true);
	share = nbs_calendar_valid_share(calendar);
	assert_true(share > 0.6625 - 1e-12 && share < 0.6625 + 1e-12);
	nbs_calendar_free(calendar);
	/* 4 repetitions: 32 subframes of 2,560, 0.75 - 0.0125 */
	config.si_count = 0;
	config.sib1_repetitions = 4;
	calendar = calendar_of(&config, true);
	share = nbs_calendar_valid_share(calendar);
	assert_true(share > 0.7375 - 1e-12 && share < 0.7375 + 1e-12);
	nbs_calendar_free(calendar);
	calendar = calendar_of(&config, false);
	assert_true(nbs_calendar_valid_share(calendar) == 1.0);
	nbs_calendar_free(calendar);
}

/* Steps from a time over so many valid subframes outside of gaps; gap_sf 0 = no gaps. */
static uint64_t
walk_span(uint64_t from, unsigned subframes, unsigned gap_period, unsigned gap_sf)
{
	uint64_t at = from;

	while (subframes > 0) {
		if (walk_valid[at] && (gap_sf == 0 || at % gap_period >= gap_sf))
			subframes--;
		at++;
	}
	return at - from;
}

/* TS 36.211 10.2.3.4: a gap begins where (10 n_f + n_s / 2) mod period = 0. */
static void
spans_and_gaps(void **state)
{
	static const unsigned counts[] = {1, 2, 8, 31, 200, 4000};
	struct nbs_network_config config;
	uint64_t seed = 36211;

	(void)state;
	nbs_network_config_default(&config);
	for (unsigned i = 0; i < 24; i++) {
		const unsigned period = 64U << pick(&seed, 4);
		const unsigned duration = 1 + pick(&seed, 4);
		struct nbs_calendar *calendar;

		random_broadcast(&config, &seed);
		config.dl_gap = (struct nbs_dl_gap_config){.enabled = true,
							   .threshold = 32U << pick(&seed, 4),
							   .period_sf = period,
							   .duration_8th = duration};
		calendar = calendar_of(&config, true);
		(void)walk_build(&config);
		for (unsigned n = 0; n < 120; n++) {
			const uint64_t from = pick(&seed, 50000);
			const unsigned count = counts[n % 6];
			const uint64_t plain = walk_span(from, count, 0, 0) * MS;
			const unsigned gap = period * duration / 8;
			const uint32_t rmax = config.dl_gap.threshold;

			assert_int_equal(nbs_calendar_span_ns(calendar, from * MS, count), plain);
			assert_int_equal(
			    nbs_calendar_gapped_span_ns(calendar, from * MS, count, rmax / 2),
			    plain);
			assert_int_equal(
			    nbs_calendar_gapped_span_ns(calendar, from * MS, count, rmax),
			    walk_span(from, count, period, gap) * MS);
			assert_int_equal(nbs_calendar_next_valid_ns(calendar, from * MS),
					 (from + walk_span(from, 1, 0, 0) - 1) * MS);
			assert_int_equal(nbs_calendar_gapped_next_ns(calendar, from * MS, rmax),
					 (from + walk_span(from, 1, period, gap) - 1) * MS);
			assert_int_equal(nbs_calendar_in_gap(calendar, rmax, from),
					 from % period < gap);
			assert_false(nbs_calendar_in_gap(calendar, rmax / 2, from));
		}
		nbs_calendar_free(calendar);
	}
}

/* Network B's gaps, 256 / sf256 / 1/2, where every subframe is valid: 0..127 of each 256 pause. */
static void
gaps_by_hand(void **state)
{
	struct nbs_network_config config;
	struct nbs_calendar *calendar;

	(void)state;
	nbs_network_config_default(&config);
	config.dl_gap = (struct nbs_dl_gap_config){
	    .enabled = true, .threshold = 256, .period_sf = 256, .duration_8th = 4};
	calendar = calendar_of(&config, false);
	assert_int_equal(nbs_calendar_gapped_next_ns(calendar, 0, 256), 128 * MS);
	assert_int_equal(nbs_calendar_gapped_span_ns(calendar, 0, 10, 256), 138 * MS);
	/* 128..255 are 128 subframes; the 129th is number 384 */
	assert_int_equal(nbs_calendar_gapped_span_ns(calendar, 128 * MS, 128, 256), 128 * MS);
	assert_int_equal(nbs_calendar_gapped_span_ns(calendar, 128 * MS, 129, 256), 257 * MS);
	assert_int_equal(nbs_calendar_gapped_span_ns(calendar, 128 * MS, 129, 128), 129 * MS);
	/* within a subframe, the next one counts */
	assert_int_equal(nbs_calendar_span_ns(calendar, 300000, 1), 2 * MS - 300000);
	assert_int_equal(nbs_calendar_span_ns(calendar, 5, 0), 0);
	assert_int_equal(nbs_calendar_gapped_span_ns(calendar, 5, 0, 256), 0);
	assert_int_equal(nbs_calendar_next_valid_ns(calendar, 5), MS);
	nbs_calendar_free(calendar);
}

struct space_case {
	uint32_t rmax;
	double g;
	uint32_t offset_8th;
	uint32_t repetitions;
};

/* TS 36.213 16.6, by going through every subframe from SFN 0. @return the number of candidates. */
static unsigned
walk_candidates(const struct space_case *space, uint32_t *candidates, unsigned end)
{
	const unsigned period = (unsigned)((double)space->rmax * space->g);
	const unsigned offset = period * space->offset_8th / 8;
	unsigned seen = space->rmax; /* no search space yet */
	unsigned count = 0;

	for (unsigned subframe = 0; subframe < end; subframe++) {
		const unsigned n_f = subframe / 10 % 1024;

		if ((10 * n_f + subframe % 10) % period == offset)
			seen = 0;
		if (!walk_valid[subframe] || seen == space->rmax)
			continue;
		if (seen % space->repetitions == 0)
			candidates[count++] = subframe;
		seen++;
	}
	return count;
}

static void
search_spaces(void **state)
{
	/* Periods: 16, 12, 6, 32, 128, 4, 2048, 96, 48, 768, 10240 and more; 131,072 at last. */
	static const struct space_case spaces[] = {
	    {8, 2, 0, 1},       {8, 2, 1, 8},     {8, 1.5, 3, 4},     {4, 1.5, 2, 2},
	    {16, 2, 0, 2},      {32, 4, 1, 32},   {1, 4, 0, 1},       {512, 4, 3, 64},
	    {64, 1.5, 2, 8},    {1, 48, 0, 1},    {16, 48, 3, 16},    {2048, 1.5, 0, 256},
	    {2048, 4, 1, 2048}, {2048, 8, 3, 16}, {2048, 64, 0, 512}, {1024, 48, 1, 128}};
	static uint32_t candidates[WALK];
	struct nbs_network_config config;
	struct nbs_calendar *calendar;

	(void)state;
	nbs_network_config_default(&config);
	calendar = calendar_of(&config, true);
	(void)walk_build(&config);
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		const struct space_case *space = &spaces[i];
		const unsigned count = walk_candidates(space, candidates, WALK);
		unsigned next = 0;

		assert_true(count > 0);
		for (unsigned from = 0; from <= candidates[count - 1]; from++) {
			uint64_t got;

			while (candidates[next] < from)
				next++;
			got =
			    nbs_calendar_npdcch_start_ns(calendar, from * MS, space->rmax, space->g,
							 space->offset_8th, space->repetitions);
			if (got != candidates[next] * MS)
				fail_msg("space %zu from %u: %u wanted, %.0f found", i, from,
					 candidates[next], (double)got / 1e6);
		}
	}
	nbs_calendar_free(calendar);
}

/*
 * Every subframe valid. T = 48: 10,240 = 213 x 48 + 16, so the last period of a turn begins at
 * 10,224 and the next one 16 ms later. T = 16, offset 3/8: 6, 22, ...
 */
static void
search_space_by_hand(void **state)
{
	struct nbs_network_config config;
	struct nbs_calendar *c;

	(void)state;
	nbs_network_config_default(&config);
	c = calendar_of(&config, false);
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, 10200 * MS, 1, 48, 0, 1), 10224 * MS);
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, 10225 * MS, 1, 48, 0, 1), 10240 * MS);
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, 10241 * MS, 1, 48, 0, 1), 10288 * MS);
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, 0, 8, 2, 3, 8), 6 * MS);
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, 6 * MS + 1, 8, 2, 3, 8), 22 * MS);
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, 7 * MS, 8, 2, 3, 4), 10 * MS);
	/* T = 131,072 from 0 on, each 10.24 s; from an eighth of it, 16,384, never */
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, MS, 2048, 64, 0, 2048), 10240 * MS);
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, MS, 2048, 64, 1, 2048), NBS_TIME_NEVER);
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, 0, 8, 2, 0, 16), NBS_TIME_NEVER);
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, 0, 8, 2, 0, 3), NBS_TIME_NEVER);
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, 0, 8, 2, 0, 0), NBS_TIME_NEVER);
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, 0, 8, 2, 8, 1), NBS_TIME_NEVER);
	assert_int_equal(nbs_calendar_npdcch_start_ns(c, 0, 2, 1.5, 0, 1), NBS_TIME_NEVER);
	nbs_calendar_free(c);
}

static void
refuse(const struct nbs_network_config *config)
{
	struct nbs_calendar *calendar;

	assert_int_equal(nbs_calendar_new(config, true, &calendar), NBS_E_RANGE);
	assert_null(calendar);
}

static void
refusals(void **state)
{
	const struct nbs_tones all = {.first = 0, .count = 12};
	const struct nbs_tones none = {.first = 0, .count = 0};
	const struct nbs_tones beyond = {.first = 10, .count = 3};
	struct nbs_network_config base, config;
	struct nbs_calendar *calendar;

	(void)state;
	nbs_network_config_default(&base);
	config = base;
	config.sib1_repetitions = 32;
	refuse(&config);
	config = base;
	config.si[1].period_rf = 8192;
	refuse(&config);
	config = base;
	config.si[0].pattern_rf = 3;
	refuse(&config);
	config = base;
	config.si_count = NBS_SI_MESSAGES + 1U;
	refuse(&config);
	config = base;
	config.si_window_ms = 0;
	refuse(&config);
	config = base; /* two windows of 960 ms do not go into 128 frames */
	config.si[0].period_rf = 128;
	refuse(&config);
	config = base;
	config.ce[1].nprach_period_ms = 0;
	refuse(&config);
	config = base;
	config.ce[1].nprach_subcarriers = 24; /* from 36 on */
	refuse(&config);
	config = base;
	config.dl_gap = (struct nbs_dl_gap_config){
	    .enabled = true, .threshold = 32, .period_sf = 100, .duration_8th = 1};
	refuse(&config);
	config.dl_gap.period_sf = 64;
	config.dl_gap.duration_8th = 5;
	refuse(&config);
	config = base; /* 7 x 5.6 = 39.2 ms of each 40, and its last ms is touched */
	for (unsigned level = 0; level < NBS_CE_LEVELS; level++) {
		config.ce[level].nprach_period_ms = 40;
		config.ce[level].nprach_repetitions = 7;
	}
	calendar = calendar_of(&config, true);
	assert_int_equal(nbs_calendar_npusch_end_ns(calendar, 0, &all, 1, NULL), NBS_TIME_NEVER);
	assert_int_equal(nbs_calendar_npusch_end_ns(calendar, 0, &none, 1, NULL), NBS_TIME_NEVER);
	assert_int_equal(nbs_calendar_npusch_end_ns(calendar, 0, &beyond, 1, NULL), NBS_TIME_NEVER);
	nbs_calendar_free(calendar);
	nbs_calendar_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_subframe),
	    cmocka_unit_test(overlapping_windows),
	    cmocka_unit_test(shares),
	    cmocka_unit_test(spans_and_gaps),
	    cmocka_unit_test(gaps_by_hand),
	    cmocka_unit_test(search_spaces),
	    cmocka_unit_test(search_space_by_hand),
	    cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
