/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NPRACH and NPUSCH of the calendar against walks over every ms, and by hand. */
#include "models/nbiot/calendar_test_util.h"

/* Whether a ms touches a preamble of the level, on any subcarrier of the tone. */
static int
walk_touches(const struct nbs_network_config *config, const struct nbs_ce_config *ce,
	     uint32_t offset, uint32_t tone, uint64_t ms)
{
	const uint64_t duration =
	    nbs_nprach_duration_ns(config->nprach_cp_format, ce->nprach_repetitions);

	if (tone * 4 + 4 <= offset || tone * 4 >= offset + ce->nprach_subcarriers)
		return 0;
	/* from two turns back: start and preamble together are shorter than one */
	for (uint64_t turn = 0; turn < 3; turn++) {
		for (uint64_t at = 0; at < 10240; at += ce->nprach_period_ms) {
			const uint64_t now = (ms % 10240 + 20480) * MS;
			const uint64_t start = (turn * 10240 + at + ce->nprach_start_ms) * MS;

			if (now + MS > start && now < start + duration)
				return 1;
		}
	}
	return 0;
}

static int
walk_nprach(const struct nbs_network_config *config, uint32_t tone, uint64_t ms)
{
	for (unsigned level = 0; level < NBS_CE_LEVELS; level++) {
		const struct nbs_ce_config *ce = &config->ce[level];

		if (walk_touches(config, ce, ce->nprach_subcarrier_offset, tone, ms) ||
		    (config->edt &&
		     walk_touches(config, ce, ce->edt_nprach_subcarrier_offset, tone, ms)))
			return 1;
	}
	return 0;
}

static unsigned char nprach_map[NBS_UL_TONES][10240];

static void
random_nprach(struct nbs_network_config *config, uint64_t *seed)
{
	static const uint32_t periods[] = {240, 320, 640, 1280, 2560};
	static const uint32_t offsets[] = {0, 2, 12, 24, 36, 18, 34};

	config->nprach_cp_format = pick(seed, 2);
	config->edt = pick(seed, 2) != 0;
	for (unsigned level = 0; level < NBS_CE_LEVELS; level++) {
		struct nbs_ce_config *ce = &config->ce[level];

		/* preambles shorter than their period, so that some air is left */
		ce->nprach_period_ms = level == 2 ? 2560 : periods[level + pick(seed, 5 - level)];
		ce->nprach_start_ms = 8U << pick(seed, 8);
		ce->nprach_repetitions = 1U << pick(seed, level == 2 ? 8 : 4 + level);
		ce->nprach_subcarriers = 12;
		ce->nprach_subcarrier_offset = offsets[pick(seed, 7)];
		ce->edt_nprach_subcarrier_offset = offsets[pick(seed, 7)];
	}
}

static void
fill_map(const struct nbs_network_config *config)
{
	for (uint32_t tone = 0; tone < NBS_UL_TONES; tone++) {
		for (uint32_t ms = 0; ms < 10240; ms++)
			nprach_map[tone][ms] = (unsigned char)walk_nprach(config, tone, ms);
	}
}

/* TS 36.211 10.1.3.6 ms by ms. @return the end; 0 if there is none within 200 s. */
static uint64_t
walk_npusch(uint64_t start, const struct nbs_tones *tones, uint32_t tx_ms, uint64_t *postponed)
{
	unsigned counted = 0, gap = 0;

	*postponed = 0;
	for (uint64_t ms = start; ms < start + 200000; ms++) {
		int busy = 0;

		if (tx_ms == 0)
			return ms;
		if (gap > 0) { /* whatever NPRACH does */
			gap--;
			continue;
		}
		for (uint32_t tone = tones->first; tone < tones->first + tones->count; tone++)
			busy |= nprach_map[tone][ms % 10240];
		if (busy)
			++*postponed;
		else
			tx_ms--;
		if (++counted == 256) {
			counted = 0;
			gap = 40;
		}
	}
	return 0;
}

static void
npusch_walks(void **state)
{
	static const uint32_t sizes[] = {1, 3, 6, 12};
	struct nbs_network_config config;
	uint64_t seed = 10136;

	(void)state;
	nbs_network_config_default(&config);
	for (unsigned i = 0; i < 12; i++) {
		struct nbs_calendar *calendar;
		uint64_t total = 0;

		random_nprach(&config, &seed);
		calendar = calendar_of(&config, true);
		fill_map(&config);
		for (uint32_t ms = 0; ms < 10240; ms++) {
			for (uint32_t tone = 0; tone < NBS_UL_TONES; tone++) {
				assert_int_equal(nbs_calendar_nprach(calendar, tone, ms + 10240),
						 nprach_map[tone][ms]);
				total += nprach_map[tone][ms];
			}
			if (ms % 97 == 0)
				assert_int_equal(
				    nbs_calendar_nprach_tone_ms(calendar, (ms + 1) * MS), total);
		}
		assert_int_equal(nbs_calendar_nprach_tone_ms(calendar, 20480 * MS), 2 * total);
		for (unsigned n = 0; n < 400; n++) {
			const uint32_t count = sizes[pick(&seed, 4)];
			const struct nbs_tones tones = {.first = pick(&seed, 12 / count) * count,
							.count = count};
			const uint64_t start = pick(&seed, 30000);
			const uint32_t tx = 1 + pick(&seed, n % 8 == 0 ? 10240 : 600);
			uint64_t postponed, got_postponed;
			const uint64_t end = walk_npusch(start, &tones, tx, &postponed);

			assert_true(end > 0);
			assert_int_equal(nbs_calendar_npusch_end_ns(calendar, start * MS, &tones,
								    tx, &got_postponed),
					 end * MS);
			assert_int_equal(got_postponed, postponed * MS);
		}
		nbs_calendar_free(calendar);
	}
}

/*
 * Two preambles of format 0, 11.2 ms, from 8 ms on each 640 ms, on the last three tones: ms 8..19.
 * A stretch of 256 ms begins each 296 ms. From 0 on, NPRACH at 8 + 640 j falls into stretches
 * 0, 2, 4, 6, 8 at 8, 56, 104, 152, 200 and, at 3,208, into stretch 10 (from 2,960) at 248: eight
 * ms of it there, four in the gap behind.
 *   2,560 ms: stretches 0 to 9 send 10 x 256 - 5 x 12 = 2,500; 60 more end at 2,960 + 60 = 3,020.
 *   2,760 ms: stretch 10 sends 248, 2,748 in all; 12 more end at 11 x 296 + 12 = 3,268.
 */
static void
npusch_by_hand(void **state)
{
	const struct nbs_tones off = {.first = 8, .count = 1};
	const struct nbs_tones on = {.first = 9, .count = 1};
	const struct nbs_tones both = {.first = 6, .count = 6};
	struct nbs_network_config config;
	struct nbs_calendar *calendar;
	uint64_t postponed;

	(void)state;
	nbs_network_config_default(&config);
	for (unsigned level = 0; level < NBS_CE_LEVELS; level++) {
		config.ce[level].nprach_period_ms = 640;
		config.ce[level].nprach_start_ms = 8;
		config.ce[level].nprach_repetitions = 2;
		config.ce[level].nprach_subcarriers = 12;
		config.ce[level].nprach_subcarrier_offset = 36;
	}
	calendar = calendar_of(&config, true);
	/* ten stretches, nine gaps: 2,560 + 360 */
	assert_int_equal(nbs_calendar_npusch_end_ns(calendar, 0, &off, 2560, &postponed),
			 2920 * MS);
	assert_int_equal(postponed, 0);
	assert_int_equal(nbs_calendar_npusch_end_ns(calendar, 0, &on, 2560, &postponed), 3020 * MS);
	assert_int_equal(postponed, 60 * MS);
	assert_int_equal(nbs_calendar_npusch_end_ns(calendar, 0, &on, 2760, &postponed), 3268 * MS);
	assert_int_equal(postponed, 68 * MS);
	/* six tones, three of them in the way; a start in the middle of it, and of a ms */
	assert_int_equal(nbs_calendar_npusch_end_ns(calendar, 11500000, &both, 2, &postponed),
			 22 * MS);
	assert_int_equal(postponed, 8 * MS);
	/* what is sent before it is not postponed; nothing takes no time */
	assert_int_equal(nbs_calendar_npusch_end_ns(calendar, 0, &on, 8, NULL), 8 * MS);
	assert_int_equal(nbs_calendar_npusch_end_ns(calendar, 0, &on, 9, NULL), 21 * MS);
	assert_int_equal(nbs_calendar_npusch_end_ns(calendar, 5 * MS, &on, 0, NULL), 5 * MS);
	nbs_calendar_free(calendar);
}

/*
 * Network A, 12 subcarriers from 36 on: tones 9, 10, 11. Each 640 ms: 2 x 5.6 = 11.2, 8 x 5.6 =
 * 44.8, 32 x 5.6 = 179.2 ms, which touch 12, 45, 180 ms: 237 x 3 = 711 tone-ms.
 */
static void
nprach_of_network_a(void **state)
{
	struct nbs_network_config config;
	struct nbs_calendar *calendar;

	(void)state;
	nbs_network_config_default(&config);
	calendar = calendar_of(&config, true);
	assert_int_equal(nbs_calendar_nprach_tone_ms(calendar, 6400 * MS), 7110);
	assert_false(nbs_calendar_nprach(calendar, 8, 10));
	assert_true(nbs_calendar_nprach(calendar, 9, 19));
	assert_false(nbs_calendar_nprach(calendar, 9, 20));
	assert_false(nbs_calendar_nprach(calendar, 12, 10));
	nbs_calendar_free(calendar);
	config.edt = true; /* subcarriers 24..35 */
	calendar = calendar_of(&config, true);
	assert_true(nbs_calendar_nprach(calendar, 8, 10));
	assert_int_equal(nbs_calendar_nprach_tone_ms(calendar, 6400 * MS), 2 * 7110);
	nbs_calendar_free(calendar);
	calendar = calendar_of(&config, false);
	assert_int_equal(nbs_calendar_nprach_tone_ms(calendar, 6400 * MS), 0);
	nbs_calendar_free(calendar);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(npusch_walks),
	    cmocka_unit_test(npusch_by_hand),
	    cmocka_unit_test(nprach_of_network_a),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
