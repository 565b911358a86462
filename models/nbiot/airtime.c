/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Durations (TS 36.211 10.1.3.6, 10.1.6.1) and the downlink's calendar (TS 36.211 10.2.4,
 * 10.2.6 to 10.2.7; TS 36.331 5.2.1.2a; TS 36.213 16.4.1, 16.6). Deviations: airtime.h.
 *
 * The pattern of valid downlink subframes, with subframe 0 of SFN 0 as number 0:
 *   NPBCH in subframe 0 of each frame, NPSS in 5 of each, NSSS in 9 of each even frame;
 *   SIB1-NB with 16 repetitions and an even cell identity: subframe 4 of each even frame
 *   (8 subframes in 16 frames, 16 times in 2,560 ms: 128 of 2,560 = 5 %).
 *   That repeats each 20 ms and leaves 20 - 2 - 2 - 1 - 1 = 14 subframes, 70 %.
 *   SI: one message of 8 subframes with si-Periodicity rf512, window 160 ms, every4thRF: four
 *   copies in 5,120 ms, 32 subframes. Mean share: (5120 * 14 / 20 - 32) / 5120 = 0.69375.
 * A copy of SI begins with a frame 4k and takes the next 8 subframes that the 20 ms pattern leaves:
 * 1, 2, 3, 6, 7, 8 of that frame and 1, 2 of the next.
 */
#include "models/nbiot/airtime.h"
#include "models/nbiot/tables.h"

#define CAL_PATTERN 20U                    /* subframes after which the fixed part repeats */
#define CAL_PATTERN_VALID 14U              /* of those */
#define CAL_FIXED UINT64_C(0xf79ce)        /* bit n set: subframe n of 20 is valid */
#define CAL_SI_BLOCK 40U                   /* one copy of SI in each, every4thRF */
#define CAL_SI_BLOCK_VALID 20U             /* 28 - 8 */
#define CAL_SI_MASK UINT64_C(0xf79cef6000) /* bit n set: subframe n of such a 40 is valid */
#define CAL_SI_WINDOW 160U                 /* subframes */
#define CAL_SI_WINDOW_VALID 80U            /* 4 x 20 */
#define CAL_SI_PERIOD 5120U                /* subframes, rf512 */
#define CAL_SI_PERIOD_VALID 3552U          /* 5120 * 14 / 20 - 32 */

#define CAL_T_MIN_MS 4U /* TS 36.213 16.6: T >= 4 */
#define CAL_RMAX 2048U

enum nbs_status
nbs_npusch_airtime(const struct nbs_npusch *npusch, struct nbs_npusch_airtime *airtime)
{
	uint32_t i_tbs;
	uint32_t qm;
	const uint64_t ru_ns = nbs_ru_ns(npusch->scs, npusch->tones);

	if (ru_ns == 0 || nbs_npusch_mcs(npusch->tones, npusch->i_mcs, &i_tbs, &qm) != NBS_OK)
		return NBS_E_RANGE;
	if (npusch->n_rep == 0 || npusch->n_rep > nbsi_npusch_reps[NBSI_NPUSCH_REPS - 1] ||
	    (npusch->n_rep & (npusch->n_rep - 1)) != 0)
		return NBS_E_RANGE;
	airtime->tbs_bits = nbs_npusch_tbs(i_tbs, npusch->n_ru);
	if (airtime->tbs_bits == 0)
		return NBS_E_RANGE;
	airtime->qm = qm;
	airtime->coded_bits = qm * nbs_ru_symbols(npusch->scs, npusch->tones) * npusch->n_ru;
	airtime->code_rate =
	    (double)(airtime->tbs_bits + NBS_TBS_CRC_BITS) / (double)airtime->coded_bits;
	airtime->tx_ns = ru_ns * npusch->n_ru * npusch->n_rep;
	airtime->duration_ns =
	    airtime->tx_ns + (airtime->tx_ns - 1) / NBS_UL_GAP_AFTER_NS * NBS_UL_GAP_NS;
	return NBS_OK;
}

uint64_t
nbs_npusch_ack_ns(enum nbs_scs scs, uint32_t repetitions)
{
	return nbs_ru_format2_ns(scs) * repetitions;
}

uint64_t
nbs_nprach_tx_ns(uint32_t format, uint32_t repetitions)
{
	return nbs_nprach_preamble_ns(format) * repetitions;
}

uint64_t
nbs_nprach_duration_ns(uint32_t format, uint32_t repetitions)
{
	if (repetitions == 0)
		return 0;
	return nbs_nprach_tx_ns(format, repetitions) +
	       (repetitions - 1) / NBS_NPRACH_GAP_AFTER * NBS_UL_GAP_NS;
}

uint32_t
nbs_npdsch_subframes(const struct nbs_npdsch *npdsch)
{
	uint32_t i = 0;

	while (i < NBSI_NPDSCH_REPS && nbsi_npdsch_reps[i] != npdsch->n_rep)
		i++;
	if (i == NBSI_NPDSCH_REPS || nbs_npdsch_tbs(npdsch->i_tbs, npdsch->n_sf) == 0)
		return 0;
	return npdsch->n_sf * npdsch->n_rep;
}

/* The first multiple of step, shifted by offset, that is not before t. */
static uint64_t
cal_align(uint64_t t, uint64_t step, uint64_t offset)
{
	if (t <= offset)
		return offset;
	return offset + (t - offset + step - 1) / step * step;
}

uint64_t
nbs_nprach_next_ns(uint64_t t_ns, uint32_t period_ms, uint32_t start_ms)
{
	if (period_ms == 0)
		return NBS_TIME_NEVER;
	/* A start time beyond the period still recurs each period: the first one counts from 0. */
	return cal_align(t_ns, period_ms * NBS_SUBFRAME_NS, start_ms % period_ms * NBS_SUBFRAME_NS);
}

static uint64_t
cal_ones(uint64_t mask, uint64_t below)
{
	return (uint64_t)__builtin_popcountll(mask & ((UINT64_C(1) << below) - 1));
}

/* Valid subframes before the subframe of that number. */
static uint64_t
cal_valid_before(uint64_t subframe)
{
	const uint64_t in_period = subframe % CAL_SI_PERIOD;
	uint64_t valid = subframe / CAL_SI_PERIOD * CAL_SI_PERIOD_VALID;

	if (in_period < CAL_SI_WINDOW)
		return valid + in_period / CAL_SI_BLOCK * CAL_SI_BLOCK_VALID +
		       cal_ones(CAL_SI_MASK, in_period % CAL_SI_BLOCK);
	valid += CAL_SI_WINDOW_VALID;
	valid += (in_period - CAL_SI_WINDOW) / CAL_PATTERN * CAL_PATTERN_VALID;
	return valid + cal_ones(CAL_FIXED, (in_period - CAL_SI_WINDOW) % CAL_PATTERN);
}

/* Number of the subframe that is the valid one of that index (from 0). */
static uint64_t
cal_subframe_of(uint64_t index)
{
	const uint64_t in_period = index % CAL_SI_PERIOD_VALID;
	uint64_t block = index / CAL_SI_PERIOD_VALID * CAL_SI_PERIOD;
	uint64_t mask = CAL_SI_MASK;
	uint64_t left;

	if (in_period < CAL_SI_WINDOW_VALID) {
		block += in_period / CAL_SI_BLOCK_VALID * CAL_SI_BLOCK;
		left = in_period % CAL_SI_BLOCK_VALID;
	} else {
		left = in_period - CAL_SI_WINDOW_VALID;
		block += CAL_SI_WINDOW + left / CAL_PATTERN_VALID * CAL_PATTERN;
		left %= CAL_PATTERN_VALID;
		mask = CAL_FIXED;
	}
	for (; left > 0; left--)
		mask &= mask - 1; /* drops the lowest valid subframe */
	return block + (uint64_t)__builtin_ctzll(mask);
}

/* The first subframe that begins at or after t_ns. */
static uint64_t
cal_subframe_from(uint64_t t_ns)
{
	return t_ns / NBS_SUBFRAME_NS + (t_ns % NBS_SUBFRAME_NS != 0);
}

bool
nbs_dl_subframe_valid(uint64_t subframe)
{
	return cal_valid_before(subframe + 1) != cal_valid_before(subframe);
}

uint64_t
nbs_dl_next_valid_ns(uint64_t t_ns)
{
	return cal_subframe_of(cal_valid_before(cal_subframe_from(t_ns))) * NBS_SUBFRAME_NS;
}

uint64_t
nbs_dl_calendar_ns(const struct nbs_network_config *config, uint64_t start_ns, uint32_t subframes)
{
	uint64_t first;

	(void)config;
	if (subframes == 0)
		return 0;
	first = cal_valid_before(cal_subframe_from(start_ns));
	return (cal_subframe_of(first + subframes - 1) + 1) * NBS_SUBFRAME_NS - start_ns;
}

double
nbs_dl_valid_share(void)
{
	return (double)CAL_SI_PERIOD_VALID / (double)CAL_SI_PERIOD;
}

uint64_t
nbs_npdcch_period_ns(uint32_t rmax, double g)
{
	double ms = (double)rmax * g;

	if (rmax == 0 || rmax > CAL_RMAX || !(g > 0.0) || g > 64.0)
		return 0;
	if (ms < CAL_T_MIN_MS || ms != (double)(uint32_t)ms)
		return 0;
	return (uint64_t)ms * NBS_SUBFRAME_NS;
}

uint64_t
nbs_npdcch_next_start_ns(uint64_t t_ns, uint32_t rmax, double g, uint32_t repetitions)
{
	const uint64_t period = nbs_npdcch_period_ns(rmax, g) / NBS_SUBFRAME_NS;
	const uint64_t subframe = cal_subframe_from(t_ns);
	uint64_t space, base, candidate, next, start;

	if (period == 0 || repetitions == 0 || repetitions > rmax || rmax % repetitions != 0)
		return NBS_TIME_NEVER;
	space = subframe / period * period;
	base = cal_valid_before(space);
	/* Candidates are counted in valid subframes from the start of the period. */
	candidate = cal_align(cal_valid_before(subframe) - base, repetitions, 0);
	next = cal_subframe_of(cal_valid_before(space + period));
	start = cal_subframe_of(base + candidate);
	if (candidate >= rmax || start > next)
		start = next;
	return start * NBS_SUBFRAME_NS;
}
