/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * How long a transmission takes: nominal durations, gaps, opportunities.
 *
 * Models: NPUSCH formats 1 and 2 and NPRACH with their 40 ms gaps; NPRACH opportunities; NPDCCH
 * periods.
 * Does not model: what depends on the configuration: see calendar.h; timing advance.
 *
 * Time is ns since the start of SFN 0. All functions are pure and cost a few operations.
 */
#ifndef NBSEC_MODELS_NBIOT_AIRTIME_H
#define NBSEC_MODELS_NBIOT_AIRTIME_H

#include "models/nbiot/phy.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_TIME_NEVER UINT64_MAX /* the arguments have no answer */

/** A NPUSCH format 1 transmission as a grant describes it. */
struct nbs_npusch {
	enum nbs_scs scs;
	uint32_t tones; /* 1, 3, 6, 12 */
	uint32_t i_mcs; /* 0..10 with one tone, 0..13 with several */
	uint32_t n_ru;  /* resource units */
	uint32_t n_rep; /* repetitions, a power of two up to 128 */
};

/** What follows from it. */
struct nbs_npusch_airtime {
	uint32_t tbs_bits;
	uint32_t qm;          /* bits a symbol */
	uint32_t coded_bits;  /* of one repetition */
	double code_rate;     /* (TBS + 24) / coded bits */
	uint64_t tx_ns;       /* transmitter on */
	uint64_t duration_ns; /* from first to last, the 40 ms gaps inside included */
};

/** A NPDSCH transmission. */
struct nbs_npdsch {
	uint32_t i_tbs;
	uint32_t n_sf;  /* subframes a repetition */
	uint32_t n_rep; /* repetitions */
};

/** @retval NBS_E_RANGE  a field outside its table */
NBS_API enum nbs_status nbs_npusch_airtime(const struct nbs_npusch *npusch,
					   struct nbs_npusch_airtime *airtime);

/** @return NPUSCH format 2 (HARQ-ACK), transmitter on, in ns; at 15 kHz no gap is reached. */
NBS_API uint64_t nbs_npusch_ack_ns(enum nbs_scs scs, uint32_t repetitions);

/** @return time the transmitter is on for so many repetitions of a NPRACH preamble. */
NBS_API uint64_t nbs_nprach_tx_ns(uint32_t format, uint32_t repetitions);

/** @return the same from first to last, with a 40 ms gap after each 64 repetitions but the last. */
NBS_API uint64_t nbs_nprach_duration_ns(uint32_t format, uint32_t repetitions);

/** @return subframes of a NPDSCH: N_SF x N_Rep; 0 = a field outside its table. */
NBS_API uint32_t nbs_npdsch_subframes(const struct nbs_npdsch *npdsch);

/**
 * The first NPRACH opportunity that starts at or after t_ns (TS 36.211 10.1.6.1). Periods count
 * from SFN 0: 240 ms, which does not divide 10.24 s, starts anew with each turn of the SFN. A
 * period longer than that, which NPRACH does not have, counts from H-SFN 0 on.
 * @return NBS_TIME_NEVER if the period is 0
 */
NBS_API uint64_t nbs_nprach_next_ns(uint64_t t_ns, uint32_t period_ms, uint32_t start_ms);

/** @return so many NPDCCH periods, 10.24 s at most: windows and timers of TS 36.321 5.1.4, 5.1.5.
 */
NBS_API uint64_t nbs_npdcch_window_ns(uint32_t periods, uint32_t rmax, double g);

/** @return NPDCCH period T = Rmax * G in ns, 0 if it is under 4 ms or not a whole number of ms. */
NBS_API uint64_t nbs_npdcch_period_ns(uint32_t rmax, double g);

#ifdef __cplusplus
}
#endif
#endif
