/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The calendar of an NB-IoT carrier: what is set aside for everybody, and what that makes of the
 * duration of a transmission.
 *
 * Models: downlink subframes of NPBCH, NPSS, NSSS, SIB1-NB and SI messages; NPDCCH search spaces
 * with their offset and the restart of their periods at the turn of the SFN; downlink gaps;
 * NPRACH resources (those of early data included); NPUSCH postponed over them, with its 40 ms gaps.
 * Does not model: downlinkBitmap; si-RadioFrameOffset and cell identities other than 0; SIB1-NB on
 * subframe 3; NPUSCH at 3.75 kHz other than as the 15 kHz tone around it, in steps of 1 ms where
 * its slots have 2; timing advance.
 *
 * Time is ns since SFN 0 of H-SFN 0. After nbs_calendar_new() a calendar never changes; every
 * function costs a few operations, a gapped transmission a few for each gap.
 */
#ifndef NBSEC_MODELS_NBIOT_CALENDAR_H
#define NBSEC_MODELS_NBIOT_CALENDAR_H

#include "models/nbiot/airtime.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_UL_TONES 12U /* of 15 kHz in 180 kHz */

struct nbs_calendar;

/** Neighbouring tones of 15 kHz. */
struct nbs_tones {
	uint32_t first; /* 0..11 */
	uint32_t count; /* first + count <= 12 */
};

/**
 * @param[in] config    read here only; of interest: sib1_repetitions, si_*, dl_gap, ce[].nprach_*,
 *                      nprach_cp_format, edt and its preambles
 * @param[in] anchor    false: a carrier on which every subframe is valid, without NPRACH
 * @param[out] calendar freed by nbs_calendar_free()
 * @retval NBS_E_RANGE  a value that TS 36.331 does not have, SI windows that overlap or reach
 *                      beyond their si-Periodicity, an NPRACH beyond the 48 subcarriers
 */
NBS_API enum nbs_status nbs_calendar_new(const struct nbs_network_config *config, bool anchor,
					 struct nbs_calendar **calendar);
NBS_API void nbs_calendar_free(struct nbs_calendar *calendar);

/* ---- downlink ---- */

/** @return whether NPDCCH and NPDSCH may use the subframe (counted from SFN 0, subframe 0). */
NBS_API bool nbs_calendar_valid(const struct nbs_calendar *calendar, uint64_t subframe);

/** @return how many valid subframes precede the subframe of that number. */
NBS_API uint64_t nbs_calendar_valid_before(const struct nbs_calendar *calendar, uint64_t subframe);

/** @return number of the valid subframe of that index, from 0: inverse of the above. */
NBS_API uint64_t nbs_calendar_subframe_of(const struct nbs_calendar *calendar, uint64_t index);

/** @return start of the first valid subframe that begins at or after t_ns. */
NBS_API uint64_t nbs_calendar_next_valid_ns(const struct nbs_calendar *calendar, uint64_t t_ns);

/**
 * Time from start_ns until the last of so many valid subframes has passed. A subframe that has
 * begun at start_ns does not count. 0 subframes take no time.
 */
NBS_API uint64_t nbs_calendar_span_ns(const struct nbs_calendar *calendar, uint64_t start_ns,
				      uint32_t subframes);

/** @return mean share of valid subframes. */
NBS_API double nbs_calendar_valid_share(const struct nbs_calendar *calendar);

/** @return whether transmissions of a search space with that Rmax pause in the subframe. */
NBS_API bool nbs_calendar_in_gap(const struct nbs_calendar *calendar, uint32_t rmax,
				 uint64_t subframe);

/** As nbs_calendar_next_valid_ns(): the first subframe outside of downlink gaps, too. */
NBS_API uint64_t nbs_calendar_gapped_next_ns(const struct nbs_calendar *calendar, uint64_t t_ns,
					     uint32_t rmax);

/**
 * As nbs_calendar_span_ns() for NPDCCH and NPDSCH of a search space with that Rmax: pauses in
 * downlink gaps, if dl_gap is enabled and Rmax reaches its threshold (TS 36.211 10.2.3.4).
 */
NBS_API uint64_t nbs_calendar_gapped_span_ns(const struct nbs_calendar *calendar, uint64_t start_ns,
					     uint32_t subframes, uint32_t rmax);

/**
 * The first NPDCCH candidate of so many repetitions that starts at or after t_ns (TS 36.213 16.6).
 * Periods of T = Rmax * G begin where (10 * SFN + subframe) mod T is the offset, SFN 0..1023: they
 * restart every 10.24 s. Candidates begin with valid subframe u * R of the period. One that begins
 * in a downlink gap counts from there and is on air after it.
 * @param g, offset_8th  npdcch-StartSF; npdcch-Offset in eighths of T, 0..7
 * @return start of the candidate's first valid subframe; NBS_TIME_NEVER if T < 4, if R does not
 *         divide Rmax or if the offset lies beyond 10.24 s
 */
NBS_API uint64_t nbs_calendar_npdcch_start_ns(const struct nbs_calendar *calendar, uint64_t t_ns,
					      uint32_t rmax, double g, uint32_t offset_8th,
					      uint32_t repetitions);

/* ---- uplink ---- */

/**
 * When an NPUSCH ends (TS 36.211 10.1.3.6): it is postponed, ms by ms, where its tones overlap an
 * NPRACH resource; after each 256 ms of transmission and postponement there is a gap of 40 ms; a
 * postponement inside a gap is part of the gap.
 * @param start_ns  rounded up to a ms
 * @param tx_ms     transmitter on; 0 ends at once
 * @param[out] postponed_ns  time lost to NPRACH outside of gaps; may be NULL
 * @return end of the last ms on air; NBS_TIME_NEVER for tones that do not exist and for such as
 *         NPRACH never leaves
 */
NBS_API uint64_t nbs_calendar_npusch_end_ns(const struct nbs_calendar *calendar, uint64_t start_ns,
					    const struct nbs_tones *tones, uint32_t tx_ms,
					    uint64_t *postponed_ns);

/** @return whether the ms (from SFN 0) of a tone of 15 kHz touches an NPRACH resource. */
NBS_API bool nbs_calendar_nprach(const struct nbs_calendar *calendar, uint32_t tone, uint64_t ms);

/** @return tones times ms that NPRACH takes from SFN 0 up to t_ns, begun ms included. */
NBS_API uint64_t nbs_calendar_nprach_tone_ms(const struct nbs_calendar *calendar, uint64_t t_ns);

#ifdef __cplusplus
}
#endif
#endif
