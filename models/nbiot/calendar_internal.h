/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calendar's tables, open to the carrier: what it asks for at each booking is inline here.
 * Downlink subframes have two numbers: plain (from SFN 0 on) and the index among the valid ones.
 */
#ifndef NBSEC_MODELS_NBIOT_CALENDAR_INTERNAL_H
#define NBSEC_MODELS_NBIOT_CALENDAR_INTERNAL_H

#include "models/nbiot/calendar.h"

#define NBSI_SUPER_FRAMES 4096U /* the longest si-Periodicity */
#define NBSI_SUPER_SUBFRAMES (10U * NBSI_SUPER_FRAMES)
#define NBSI_WORD_BITS 64U
#define NBSI_SFN_SUBFRAMES ((uint32_t)(NBS_HYPER_NS / NBS_SUBFRAME_NS)) /* one turn of the SFN */
#define NBSI_NPRACH_WORDS (NBSI_SFN_SUBFRAMES / NBSI_WORD_BITS)
#define NBSI_UL_STRETCH_MS 256U /* TS 36.211 10.1.3.6: so long, then a gap of ... */
#define NBSI_UL_GAP_MS 40U

struct nbs_calendar {
	uint32_t period;      /* subframes after which the downlink repeats */
	uint32_t valid_count; /* of those */
	uint64_t valid[NBSI_SUPER_SUBFRAMES / NBSI_WORD_BITS];
	uint16_t before[NBSI_SUPER_SUBFRAMES / NBSI_WORD_BITS]; /* valid ones before a word */
	uint16_t subframe[NBSI_SUPER_SUBFRAMES];                /* by index */
	uint32_t gap_threshold;                                 /* Rmax; UINT32_MAX = no gaps */
	uint32_t gap_period, gap_duration;                      /* subframes */
	uint64_t nprach[NBS_UL_TONES][NBSI_NPRACH_WORDS];       /* one bit a ms of 10.24 s */
	uint32_t nprach_before[NBSI_NPRACH_WORDS + 1];          /* tones times ms before a word */
	uint32_t nprach_tones;                                  /* bit n: tone n has NPRACH */
};

/** NPDCCH candidates of one number of repetitions in a search space; times in subframes. */
struct nbsi_candidates {
	uint64_t period; /* T */
	uint64_t offset; /* of the first period, modulo 10,240 */
	uint32_t rmax, repetitions;
};

/** An uninterrupted part of an NPUSCH: it ends at a gap of 40 ms or for good. */
struct nbsi_stretch {
	uint32_t length_ms;
	uint32_t on_air_ms; /* the rest is postponement */
};

/** @return bits of the tones as a mask. */
static inline uint32_t
nbsi_tone_mask(const struct nbs_tones *tones)
{
	return ((UINT32_C(1) << tones->count) - 1U) << tones->first;
}

/** @return the first subframe or ms that begins at or after t_ns. */
static inline uint64_t
nbsi_subframe_from(uint64_t t_ns)
{
	return t_ns / NBS_SUBFRAME_NS + (t_ns % NBS_SUBFRAME_NS != 0);
}

/** @return how many bits are set; without the call into libgcc that a plain x86-64 needs. */
static inline uint32_t
nbsi_ones(uint64_t bits)
{
	bits -= bits >> 1 & UINT64_C(0x5555555555555555);
	bits = (bits & UINT64_C(0x3333333333333333)) + (bits >> 2 & UINT64_C(0x3333333333333333));
	bits = (bits + (bits >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (uint32_t)(bits * UINT64_C(0x0101010101010101) >> 56);
}

static inline uint64_t
nbsi_valid_before(const struct nbs_calendar *calendar, uint64_t subframe)
{
	const uint64_t turn = subframe / calendar->period;
	const uint32_t within = (uint32_t)(subframe - turn * calendar->period);
	const uint64_t below = (UINT64_C(1) << within % NBSI_WORD_BITS) - 1U;
	const uint32_t word = within / NBSI_WORD_BITS;

	return turn * calendar->valid_count + calendar->before[word] +
	       nbsi_ones(calendar->valid[word] & below);
}

static inline uint64_t
nbsi_subframe_of(const struct nbs_calendar *calendar, uint64_t index)
{
	const uint64_t turn = index / calendar->valid_count;

	return turn * calendar->period + calendar->subframe[index - turn * calendar->valid_count];
}

/** @return whether transmissions of a search space with that Rmax have downlink gaps. */
static inline bool
nbsi_gapped(const struct nbs_calendar *calendar, uint32_t rmax)
{
	return rmax >= calendar->gap_threshold;
}

/**
 * The next part of a gapped downlink transmission between two gaps.
 * @param[in,out] index  of the first subframe; moved out of a gap
 * @return subframes up to the next gap, at most left
 */
uint32_t nbsi_calendar_dl_part(const struct nbs_calendar *calendar, uint64_t *index, uint32_t left);

/** @return false if there are none: see nbs_calendar_npdcch_start_ns(). */
bool nbsi_candidates_init(struct nbsi_candidates *candidates, uint32_t rmax, double g,
			  uint32_t offset_8th, uint32_t repetitions);

/** @return first subframe of the first candidate that begins with that subframe or later. */
uint64_t nbsi_calendar_candidate(const struct nbs_calendar *calendar,
				 const struct nbsi_candidates *candidates, uint64_t subframe);

/** The stretch of an NPUSCH that begins with that ms and has left_ms to send. */
struct nbsi_stretch nbsi_calendar_stretch(const struct nbs_calendar *calendar, uint64_t ms,
					  const struct nbs_tones *tones, uint32_t left_ms);

/** @return NPRACH on any of the tones, as 64 bits, in the 64 ms of that number from SFN 0. */
static inline uint64_t
nbsi_nprach_word(const struct nbs_calendar *calendar, const struct nbs_tones *tones, uint64_t word)
{
	const uint64_t within = word % NBSI_NPRACH_WORDS;
	uint64_t bits = 0;

	for (uint32_t tone = tones->first; tone < tones->first + tones->count; tone++)
		bits |= calendar->nprach[tone][within];
	return bits;
}

#endif
