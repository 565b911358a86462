/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Durations (TS 36.211 10.1.3.6, 10.1.6.1) and periods (TS 36.213 16.6). Deviations: airtime.h. */
#include "models/nbiot/airtime.h"
#include "models/nbiot/tables.h"

#define AIRTIME_T_MIN_MS 4U /* TS 36.213 16.6: T >= 4 */
#define AIRTIME_RMAX 2048U

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
airtime_align(uint64_t t, uint64_t step, uint64_t offset)
{
	if (t <= offset)
		return offset;
	return offset + (t - offset + step - 1) / step * step;
}

uint64_t
nbs_nprach_next_ns(uint64_t t_ns, uint32_t period_ms, uint32_t start_ms)
{
	const uint64_t period = period_ms * NBS_SUBFRAME_NS;
	const uint64_t start = start_ms * NBS_SUBFRAME_NS % NBS_HYPER_NS;
	/* A turn of the SFN added: the opportunities of the turn before may reach into this one. */
	const uint64_t t = t_ns + NBS_HYPER_NS;
	uint64_t turn = t / NBS_HYPER_NS * NBS_HYPER_NS;
	uint64_t behind;

	if (period_ms == 0)
		return NBS_TIME_NEVER;
	if (period > NBS_HYPER_NS)
		return airtime_align(t_ns, period, start_ms * NBS_SUBFRAME_NS % period);
	if (t < turn + start)
		turn -= NBS_HYPER_NS;
	behind = airtime_align(t - turn - start, period, 0);
	if (behind >= NBS_HYPER_NS) /* the frames of the next turn count anew */
		behind = NBS_HYPER_NS;
	return turn + start + behind - NBS_HYPER_NS;
}

uint64_t
nbs_npdcch_period_ns(uint32_t rmax, double g)
{
	double ms = (double)rmax * g;

	if (rmax == 0 || rmax > AIRTIME_RMAX || !(g > 0.0) || g > 64.0)
		return 0;
	if (ms < AIRTIME_T_MIN_MS || ms != (double)(uint32_t)ms)
		return 0;
	return (uint64_t)ms * NBS_SUBFRAME_NS;
}

uint64_t
nbs_npdcch_window_ns(uint32_t periods, uint32_t rmax, double g)
{
	const uint64_t ns = periods * nbs_npdcch_period_ns(rmax, g);

	return ns < NBS_HYPER_NS ? ns : NBS_HYPER_NS;
}
