/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of a carrier's calendar and the way through them. Downlink: NPBCH in subframe 0, NPSS
 * in 5, NSSS in 9 of even frames (TS 36.211 10.2.4, 10.2.7), SIB1-NB in 4 of every other frame of
 * 16 (TS 36.213 16.4.1.3), SI messages in their windows (TS 36.331 5.2.3a), gaps (TS 36.211
 * 10.2.3.4), search spaces (TS 36.213 16.6). Uplink: NPRACH (TS 36.211 10.1.6.1). Deviations:
 * calendar.h; also, the 40 ms inside a preamble of 128 repetitions count as NPRACH, and the
 * patterns of the downlink and of NPRACH are taken to have run before SFN 0, too.
 */
#include "models/nbiot/calendar_internal.h"

#include <stdlib.h>

#define CAL_FRAME 10U         /* subframes */
#define CAL_SIB1_FRAMES 16U   /* of a repetition: 8 subframes, in every other frame */
#define CAL_SI_WINDOW_MIN 16U /* frames: si-WindowLength ms160 */
#define CAL_EIGHTHS 8U
#define CAL_G_MAX 64U /* npdcch-StartSF */

/* ---- the table of the downlink ---- */

static void
cal_take(struct nbs_calendar *cal, uint32_t subframe)
{
	cal->valid[subframe / NBSI_WORD_BITS] &= ~(UINT64_C(1) << subframe % NBSI_WORD_BITS);
}

static bool
cal_free(const struct nbs_calendar *cal, uint32_t subframe)
{
	return (cal->valid[subframe / NBSI_WORD_BITS] >> subframe % NBSI_WORD_BITS & 1U) != 0;
}

static void
cal_take_fixed(struct nbs_calendar *cal, uint32_t sib1_repetitions)
{
	const uint32_t sib1_block = NBS_SIB1_FRAMES / sib1_repetitions;

	for (uint32_t frame = 0; frame < cal->period / CAL_FRAME; frame++) {
		cal_take(cal, frame * CAL_FRAME);
		cal_take(cal, frame * CAL_FRAME + 5U);
		if (frame % 2U != 0)
			continue;
		cal_take(cal, frame * CAL_FRAME + 9U);
		if (frame % sib1_block < CAL_SIB1_FRAMES)
			cal_take(cal, frame * CAL_FRAME + 4U);
	}
}

/* One copy: the next so many valid subframes from there on. */
static void
cal_take_copy(struct nbs_calendar *cal, uint32_t subframe, uint32_t count)
{
	for (; count > 0; subframe++) {
		if (!cal_free(cal, subframe % cal->period))
			continue;
		cal_take(cal, subframe % cal->period);
		count--;
	}
}

static void
cal_take_si(struct nbs_calendar *cal, const struct nbs_si_message *si, uint32_t window_rf,
	    uint32_t number)
{
	const uint32_t subframes = nbs_si_copy_subframes(si->tb_bits);

	for (uint32_t start = number * window_rf; start < cal->period / CAL_FRAME;
	     start += si->period_rf) {
		for (uint32_t frame = 0; frame < window_rf; frame += si->pattern_rf)
			cal_take_copy(cal, (start + frame) * CAL_FRAME, subframes);
	}
}

static bool
cal_power_of_two(uint32_t value, uint32_t lowest, uint32_t highest)
{
	return value >= lowest && value <= highest && (value & (value - 1U)) == 0;
}

/*
 * Whether windows of two messages ever overlap, which TS 36.331 5.2.3a forbids: they meet at all
 * distances that are the difference of their starts modulo the shorter of two powers of two.
 */
static bool
cal_windows_overlap(uint32_t period_a, uint32_t period_b, uint32_t distance, uint32_t window)
{
	const uint32_t shorter = period_a < period_b ? period_a : period_b;
	const uint32_t behind = distance % shorter;

	return behind < window || shorter - behind < window;
}

static bool
cal_si_allowed(const struct nbs_network_config *config)
{
	const uint32_t window = config->si_window_ms / CAL_FRAME;

	if (!cal_power_of_two(config->sib1_repetitions, 4, CAL_SIB1_FRAMES) ||
	    config->si_count > NBS_SI_MESSAGES)
		return false;
	for (uint32_t i = 0; i < config->si_count; i++) {
		const struct nbs_si_message *si = &config->si[i];

		if (!cal_power_of_two(si->period_rf, 64, NBSI_SUPER_FRAMES) ||
		    !cal_power_of_two(si->pattern_rf, 2, 16) || window < CAL_SI_WINDOW_MIN ||
		    window > si->period_rf / (i + 1U))
			return false;
		for (uint32_t k = 0; k < i; k++) {
			if (cal_windows_overlap(config->si[k].period_rf, si->period_rf,
						(i - k) * window, window))
				return false;
		}
	}
	return true;
}

static enum nbs_status
cal_build_downlink(struct nbs_calendar *cal, const struct nbs_network_config *config, bool anchor)
{
	uint32_t frames = NBS_SIB1_FRAMES;

	if (!cal_si_allowed(config))
		return NBS_E_RANGE;
	for (uint32_t i = 0; i < config->si_count; i++) {
		if (config->si[i].period_rf > frames)
			frames = config->si[i].period_rf;
	}
	cal->period = frames * CAL_FRAME;
	for (uint32_t i = 0; i < cal->period; i++)
		cal->valid[i / NBSI_WORD_BITS] |= UINT64_C(1) << i % NBSI_WORD_BITS;
	if (anchor) {
		cal_take_fixed(cal, config->sib1_repetitions);
		for (uint32_t i = 0; i < config->si_count; i++)
			cal_take_si(cal, &config->si[i], config->si_window_ms / CAL_FRAME, i);
	}
	for (uint32_t i = 0; i < cal->period; i++) {
		if (i % NBSI_WORD_BITS == 0)
			cal->before[i / NBSI_WORD_BITS] = (uint16_t)cal->valid_count;
		if (cal_free(cal, i))
			cal->subframe[cal->valid_count++] = (uint16_t)i;
	}
	return NBS_OK;
}

static enum nbs_status
cal_build_gaps(struct nbs_calendar *cal, const struct nbs_dl_gap_config *gap)
{
	cal->gap_threshold = UINT32_MAX;
	if (!gap->enabled)
		return NBS_OK;
	if (!cal_power_of_two(gap->period_sf, 64, 512) || gap->duration_8th == 0 ||
	    gap->duration_8th > 4)
		return NBS_E_RANGE;
	cal->gap_threshold = gap->threshold;
	cal->gap_period = gap->period_sf;
	cal->gap_duration = gap->period_sf / CAL_EIGHTHS * gap->duration_8th;
	return NBS_OK;
}

/* ---- the table of NPRACH ---- */

/* The ms from start_ms on that so many ns touch, on each tone that the subcarriers touch. */
static void
cal_mark_nprach(struct nbs_calendar *cal, uint32_t start_ms, uint64_t duration_ns,
		uint32_t subcarrier, uint32_t subcarriers)
{
	const uint64_t end_ms = start_ms + nbsi_subframe_from(duration_ns);

	for (uint32_t tone = subcarrier / 4U; tone < (subcarrier + subcarriers + 3U) / 4U; tone++) {
		cal->nprach_tones |= UINT32_C(1) << tone;
		for (uint64_t ms = start_ms; ms < end_ms; ms++) {
			const uint64_t bit = ms % NBSI_SFN_SUBFRAMES;

			cal->nprach[tone][bit / NBSI_WORD_BITS] |= UINT64_C(1)
								   << bit % NBSI_WORD_BITS;
		}
	}
}

static enum nbs_status
cal_build_level(struct nbs_calendar *cal, const struct nbs_network_config *config,
		const struct nbs_ce_config *ce, uint32_t offset)
{
	const uint64_t duration =
	    nbs_nprach_duration_ns(config->nprach_cp_format, ce->nprach_repetitions);

	if (ce->nprach_period_ms == 0 || ce->nprach_subcarriers > NBS_NPRACH_SUBCARRIERS ||
	    offset > NBS_NPRACH_SUBCARRIERS - ce->nprach_subcarriers)
		return NBS_E_RANGE;
	/* Periods count from SFN 0: one that does not divide 10.24 s starts anew there. */
	for (uint32_t at = 0; at < NBSI_SFN_SUBFRAMES; at += ce->nprach_period_ms)
		cal_mark_nprach(cal, at + ce->nprach_start_ms, duration, offset,
				ce->nprach_subcarriers);
	return NBS_OK;
}

static enum nbs_status
cal_build_uplink(struct nbs_calendar *cal, const struct nbs_network_config *config)
{
	enum nbs_status status = NBS_OK;

	for (unsigned level = 0; level < NBS_CE_LEVELS && status == NBS_OK; level++) {
		const struct nbs_ce_config *ce = &config->ce[level];

		status = cal_build_level(cal, config, ce, ce->nprach_subcarrier_offset);
		if (status == NBS_OK && config->edt)
			status = cal_build_level(cal, config, ce, ce->edt_nprach_subcarrier_offset);
	}
	for (unsigned word = 0; word < NBSI_NPRACH_WORDS; word++) {
		uint32_t ones = 0;

		for (unsigned tone = 0; tone < NBS_UL_TONES; tone++)
			ones += (uint32_t)__builtin_popcountll(cal->nprach[tone][word]);
		cal->nprach_before[word + 1U] = cal->nprach_before[word] + ones;
	}
	return status;
}

enum nbs_status
nbs_calendar_new(const struct nbs_network_config *config, bool anchor,
		 struct nbs_calendar **calendar)
{
	struct nbs_calendar *cal = calloc(1, sizeof(*cal));
	enum nbs_status status;

	*calendar = NULL;
	if (cal == NULL)
		return NBS_E_NOMEM;
	status = cal_build_downlink(cal, config, anchor);
	if (status == NBS_OK)
		status = cal_build_gaps(cal, &config->dl_gap);
	if (status == NBS_OK && anchor)
		status = cal_build_uplink(cal, config);
	if (status != NBS_OK) {
		free(cal);
		return status;
	}
	*calendar = cal;
	return NBS_OK;
}

void
nbs_calendar_free(struct nbs_calendar *calendar)
{
	free(calendar);
}

/* ---- downlink ---- */

bool
nbs_calendar_valid(const struct nbs_calendar *calendar, uint64_t subframe)
{
	return cal_free(calendar, (uint32_t)(subframe % calendar->period));
}

uint64_t
nbs_calendar_valid_before(const struct nbs_calendar *calendar, uint64_t subframe)
{
	return nbsi_valid_before(calendar, subframe);
}

uint64_t
nbs_calendar_subframe_of(const struct nbs_calendar *calendar, uint64_t index)
{
	return nbsi_subframe_of(calendar, index);
}

uint64_t
nbs_calendar_next_valid_ns(const struct nbs_calendar *calendar, uint64_t t_ns)
{
	return nbsi_subframe_of(calendar, nbsi_valid_before(calendar, nbsi_subframe_from(t_ns))) *
	       NBS_SUBFRAME_NS;
}

uint64_t
nbs_calendar_span_ns(const struct nbs_calendar *calendar, uint64_t start_ns, uint32_t subframes)
{
	uint64_t last;

	if (subframes == 0)
		return 0;
	last = nbsi_valid_before(calendar, nbsi_subframe_from(start_ns)) + subframes - 1U;
	return (nbsi_subframe_of(calendar, last) + 1U) * NBS_SUBFRAME_NS - start_ns;
}

double
nbs_calendar_valid_share(const struct nbs_calendar *calendar)
{
	return (double)calendar->valid_count / (double)calendar->period;
}

/* 10,240 is a multiple of every dl-GapPeriodicity: gaps need no care at the turn of the SFN. */
bool
nbs_calendar_in_gap(const struct nbs_calendar *calendar, uint32_t rmax, uint64_t subframe)
{
	return nbsi_gapped(calendar, rmax) &&
	       subframe % calendar->gap_period < calendar->gap_duration;
}

uint32_t
nbsi_calendar_dl_part(const struct nbs_calendar *calendar, uint64_t *index, uint32_t left)
{
	for (;;) {
		const uint64_t subframe = nbsi_subframe_of(calendar, *index);
		const uint64_t within = subframe % calendar->gap_period;
		const uint64_t gap = subframe - within;

		if (within >= calendar->gap_duration) {
			const uint64_t next =
			    nbsi_valid_before(calendar, gap + calendar->gap_period);

			return next - *index < left ? (uint32_t)(next - *index) : left;
		}
		*index = nbsi_valid_before(calendar, gap + calendar->gap_duration);
	}
}

uint64_t
nbs_calendar_gapped_next_ns(const struct nbs_calendar *calendar, uint64_t t_ns, uint32_t rmax)
{
	uint64_t index = nbsi_valid_before(calendar, nbsi_subframe_from(t_ns));

	if (nbsi_gapped(calendar, rmax))
		(void)nbsi_calendar_dl_part(calendar, &index, 1);
	return nbsi_subframe_of(calendar, index) * NBS_SUBFRAME_NS;
}

uint64_t
nbs_calendar_gapped_span_ns(const struct nbs_calendar *calendar, uint64_t start_ns,
			    uint32_t subframes, uint32_t rmax)
{
	uint64_t index;

	if (!nbsi_gapped(calendar, rmax) || subframes == 0)
		return nbs_calendar_span_ns(calendar, start_ns, subframes);
	index = nbsi_valid_before(calendar, nbsi_subframe_from(start_ns));
	while (subframes > 0) {
		const uint32_t part = nbsi_calendar_dl_part(calendar, &index, subframes);

		index += part;
		subframes -= part;
	}
	return (nbsi_subframe_of(calendar, index - 1U) + 1U) * NBS_SUBFRAME_NS - start_ns;
}

/* ---- NPDCCH candidates ---- */

bool
nbsi_candidates_init(struct nbsi_candidates *candidates, uint32_t rmax, double g,
		     uint32_t offset_8th, uint32_t repetitions)
{
	const uint64_t period = nbs_npdcch_period_ns(rmax, g) / NBS_SUBFRAME_NS;

	candidates->period = period;
	candidates->offset = period * offset_8th / CAL_EIGHTHS;
	candidates->rmax = rmax;
	candidates->repetitions = repetitions;
	return period != 0 && offset_8th < CAL_EIGHTHS && candidates->offset < NBSI_SFN_SUBFRAMES &&
	       repetitions != 0 && repetitions <= rmax && rmax % repetitions == 0;
}

/* Start of the period that the subframe lies in; UINT64_MAX before the first one of SFN 0. */
static uint64_t
cal_period_start(const struct nbsi_candidates *candidates, uint64_t subframe)
{
	uint64_t within = subframe % NBSI_SFN_SUBFRAMES;
	uint64_t turn = subframe - within;

	if (within < candidates->offset) {
		if (turn == 0)
			return UINT64_MAX;
		turn -= NBSI_SFN_SUBFRAMES;
		within = NBSI_SFN_SUBFRAMES - 1U;
	}
	within -= candidates->offset;
	return turn + candidates->offset + within - within % candidates->period;
}

/* Start of the period behind the one that starts there: the SFN may turn in between. */
static uint64_t
cal_period_next(const struct nbsi_candidates *candidates, uint64_t start)
{
	const uint64_t turn = start / NBSI_SFN_SUBFRAMES * NBSI_SFN_SUBFRAMES;

	if (start + candidates->period < turn + NBSI_SFN_SUBFRAMES)
		return start + candidates->period;
	return turn + NBSI_SFN_SUBFRAMES + candidates->offset;
}

uint64_t
nbsi_calendar_candidate(const struct nbs_calendar *calendar,
			const struct nbsi_candidates *candidates, uint64_t subframe)
{
	const uint64_t start = cal_period_start(candidates, subframe);
	uint64_t base, behind, next, candidate;

	if (start == UINT64_MAX)
		return nbsi_subframe_of(calendar, nbsi_valid_before(calendar, candidates->offset));
	/* Candidates are counted in valid subframes from the start of the period. */
	base = nbsi_valid_before(calendar, start);
	behind = nbsi_valid_before(calendar, subframe) - base + candidates->repetitions - 1U;
	behind -= behind % candidates->repetitions;
	next = nbsi_subframe_of(calendar,
				nbsi_valid_before(calendar, cal_period_next(candidates, start)));
	if (behind >= candidates->rmax)
		return next;
	candidate = nbsi_subframe_of(calendar, base + behind);
	return candidate < next ? candidate : next;
}

uint64_t
nbs_calendar_npdcch_start_ns(const struct nbs_calendar *calendar, uint64_t t_ns, uint32_t rmax,
			     double g, uint32_t offset_8th, uint32_t repetitions)
{
	struct nbsi_candidates candidates;

	if (!nbsi_candidates_init(&candidates, rmax, g, offset_8th, repetitions))
		return NBS_TIME_NEVER;
	return nbsi_calendar_candidate(calendar, &candidates, nbsi_subframe_from(t_ns)) *
	       NBS_SUBFRAME_NS;
}
