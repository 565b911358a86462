/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NPUSCH against NPRACH and its own gaps (TS 36.211 10.1.3.6): postponed in steps of two slots,
 * 1 ms at 15 kHz.
 */
#include "models/nbiot/calendar_internal.h"

/* Position of the so-manieth set bit, from 1. */
static uint32_t
cal_nth_one(uint64_t bits, uint32_t nth)
{
	while (--nth > 0)
		bits &= bits - 1U;
	return (uint32_t)__builtin_ctzll(bits);
}

struct nbsi_stretch
nbsi_calendar_stretch(const struct nbs_calendar *calendar, uint64_t ms,
		      const struct nbs_tones *tones, uint32_t left_ms)
{
	const uint32_t most = left_ms < NBSI_UL_STRETCH_MS ? left_ms : NBSI_UL_STRETCH_MS;
	struct nbsi_stretch stretch = {.length_ms = most, .on_air_ms = most};

	if ((calendar->nprach_tones & nbsi_tone_mask(tones)) == 0)
		return stretch;
	stretch = (struct nbsi_stretch){0};
	while (stretch.length_ms < NBSI_UL_STRETCH_MS) {
		const uint32_t shift = (uint32_t)(ms % NBSI_WORD_BITS);
		uint32_t width = NBSI_WORD_BITS - shift;
		uint64_t open = ~nbsi_nprach_word(calendar, tones, ms / NBSI_WORD_BITS) >> shift;
		uint32_t ones;

		if (width > NBSI_UL_STRETCH_MS - stretch.length_ms)
			width = NBSI_UL_STRETCH_MS - stretch.length_ms;
		if (width < NBSI_WORD_BITS)
			open &= (UINT64_C(1) << width) - 1U;
		ones = nbsi_ones(open);
		if (ones >= left_ms - stretch.on_air_ms) {
			stretch.length_ms += cal_nth_one(open, left_ms - stretch.on_air_ms) + 1U;
			stretch.on_air_ms = left_ms;
			break;
		}
		stretch.length_ms += width;
		stretch.on_air_ms += ones;
		ms += width;
	}
	return stretch;
}

/* Whether NPRACH leaves the tones for a ms at all. */
static bool
cal_ever_open(const struct nbs_calendar *calendar, const struct nbs_tones *tones)
{
	for (uint32_t word = 0; word < NBSI_NPRACH_WORDS; word++) {
		if (nbsi_nprach_word(calendar, tones, word) != UINT64_MAX)
			return true;
	}
	return false;
}

uint64_t
nbs_calendar_npusch_end_ns(const struct nbs_calendar *calendar, uint64_t start_ns,
			   const struct nbs_tones *tones, uint32_t tx_ms, uint64_t *postponed_ns)
{
	uint64_t ms = nbsi_subframe_from(start_ns);
	uint64_t end = ms;
	uint64_t postponed = 0;

	if (postponed_ns != NULL)
		*postponed_ns = 0;
	if (tones->count == 0 || tones->count > NBS_UL_TONES ||
	    tones->first > NBS_UL_TONES - tones->count || !cal_ever_open(calendar, tones))
		return NBS_TIME_NEVER;
	while (tx_ms > 0) {
		const struct nbsi_stretch stretch =
		    nbsi_calendar_stretch(calendar, ms, tones, tx_ms);

		end = ms + stretch.length_ms;
		postponed += stretch.length_ms - stretch.on_air_ms;
		tx_ms -= stretch.on_air_ms;
		ms = end + NBSI_UL_GAP_MS;
	}
	if (postponed_ns != NULL)
		*postponed_ns = postponed * NBS_SUBFRAME_NS;
	return end * NBS_SUBFRAME_NS;
}

bool
nbs_calendar_nprach(const struct nbs_calendar *calendar, uint32_t tone, uint64_t ms)
{
	const struct nbs_tones tones = {.first = tone, .count = 1};

	if (tone >= NBS_UL_TONES)
		return false;
	return (nbsi_nprach_word(calendar, &tones, ms / NBSI_WORD_BITS) >> ms % NBSI_WORD_BITS &
		1U) != 0;
}

uint64_t
nbs_calendar_nprach_tone_ms(const struct nbs_calendar *calendar, uint64_t t_ns)
{
	const uint64_t end = nbsi_subframe_from(t_ns);
	const uint64_t within = end % NBSI_SFN_SUBFRAMES;
	const uint64_t word = within / NBSI_WORD_BITS;
	const uint64_t below = (UINT64_C(1) << within % NBSI_WORD_BITS) - 1U;
	uint64_t sum = end / NBSI_SFN_SUBFRAMES * calendar->nprach_before[NBSI_NPRACH_WORDS] +
		       calendar->nprach_before[word];

	for (unsigned tone = 0; tone < NBS_UL_TONES; tone++)
		sum += nbsi_ones(calendar->nprach[tone][word] & below);
	return sum;
}
