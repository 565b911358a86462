/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drawing: the strokes that every procedure is made of (TS 36.213 16.4 to 16.6 for their order). */
#include "models/nbiot/draw.h"

#include "models/nbiot/calendar.h"

#include <math.h>

#define DRAW_PPM 1000000UL /* steps in which chances are decided, as link.h rounds */

static void
draw_add(struct nbsi_draw *draw, const struct nbsi_segment *segment)
{
	if (draw->status != NBS_OK)
		return;
	draw->status = nbsi_timeline_add(draw->ue->timeline, segment);
	draw->t_ns += segment->duration_ns;
}

void
nbsi_draw_for(struct nbsi_draw *draw, uint64_t duration_ns, enum nbs_power_state state,
	      double tx_dbm)
{
	struct nbsi_segment segment = {
	    .duration_ns = duration_ns,
	    .state = state,
	    .power_mw = nbs_modem_power_mw(draw->ue->modem, state, tx_dbm),
	    .mark = draw->ue->mark,
	};

	if (state == NBS_POWER_TX || state == NBS_POWER_RA)
		segment.mark.dbm = (int8_t)lround(tx_dbm);
	draw_add(draw, &segment);
}

void
nbsi_draw_until(struct nbsi_draw *draw, uint64_t t_ns, enum nbs_power_state state)
{
	if (t_ns == NBS_TIME_NEVER)
		draw->status = NBS_E_INTERNAL;
	else if (t_ns > draw->t_ns)
		nbsi_draw_for(draw, t_ns - draw->t_ns, state, 0.0);
}

void
nbsi_draw_cycle(struct nbsi_draw *draw, uint64_t t_ns, const struct nbsi_cycle *cycle)
{
	if (t_ns <= draw->t_ns)
		return;
	const struct nbsi_segment segment = {
	    .duration_ns = t_ns - draw->t_ns, .cycle = cycle, .mark = draw->ue->mark};

	draw_add(draw, &segment);
}

struct nbsi_space
nbsi_level_space(const struct nbs_ce_config *ce, enum nbsi_search_space space)
{
	if (space == NBSI_COMMON)
		return (struct nbsi_space){.rmax = ce->npdcch_ra_rmax,
					   .g = ce->npdcch_ra_g,
					   .offset_8th = ce->npdcch_ra_offset_8th};
	return (struct nbsi_space){
	    .rmax = ce->npdcch_rmax, .g = ce->npdcch_g, .offset_8th = ce->npdcch_offset_8th};
}

struct nbsi_space
nbsi_draw_space(const struct nbsi_draw *draw, enum nbsi_search_space space)
{
	return nbsi_level_space(&draw->cell->config.ce[draw->ue->level], space);
}

struct nbsi_ul_need
nbsi_npusch_need(const struct nbs_npusch_choice *choice)
{
	return (struct nbsi_ul_need){.tones = choice->npusch.tones,
				     .tx_ms = (uint32_t)(choice->tx_ns / NBS_SUBFRAME_NS)};
}

struct nbsi_carrier *
nbsi_draw_carrier(const struct nbsi_draw *draw, enum nbsi_search_space space)
{
	return space == NBSI_COMMON ? draw->cell->carriers[0] : draw->ue->carrier;
}

void
nbsi_draw_listen(struct nbsi_draw *draw, uint64_t until_ns, enum nbsi_search_space space)
{
	const double g = nbsi_draw_space(draw, space).g;
	const uint64_t left = until_ns > draw->t_ns ? until_ns - draw->t_ns : 0;
	const uint64_t open = (uint64_t)((double)left / g) / NBS_NS_PER_US * NBS_NS_PER_US;

	nbsi_draw_for(draw, open, NBS_POWER_RX, 0.0);
	nbsi_draw_for(draw, left - open, NBS_POWER_ACTIVE, 0.0);
}

void
nbsi_draw_transmission(struct nbsi_draw *draw, uint64_t tx_ns, uint64_t duration_ns,
		       enum nbs_power_state state, double tx_dbm)
{
	/* The gaps lie inside; booking them behind changes neither sum nor end. */
	nbsi_draw_for(draw, tx_ns, state, tx_dbm);
	nbsi_draw_for(draw, duration_ns - tx_ns, NBS_POWER_ACTIVE, 0.0);
}

/* Asleep until the first candidate that could be for it, listening while the eNB serves others. */
void
nbsi_draw_dci(struct nbsi_draw *draw, enum nbsi_search_space space, uint32_t repetitions,
	      uint64_t start_ns, uint64_t end_ns)
{
	const struct nbsi_space where = nbsi_draw_space(draw, space);
	const struct nbs_calendar *calendar = nbsi_carrier_calendar(nbsi_draw_carrier(draw, space));
	uint64_t first = nbs_calendar_npdcch_start_ns(calendar, draw->t_ns, where.rmax, where.g,
						      where.offset_8th, repetitions);

	if (first != NBS_TIME_NEVER)
		first = nbs_calendar_gapped_next_ns(calendar, first, where.rmax);
	nbsi_draw_until(draw, first < start_ns ? first : start_ns, NBS_POWER_ACTIVE);
	nbsi_draw_listen(draw, start_ns, space);
	nbsi_draw_until(draw, end_ns, NBS_POWER_RX);
}

bool
nbsi_draw_chance(struct nbsi_draw *draw, double probability)
{
	unsigned long ppm;

	if (probability <= 0.0)
		return false;
	ppm = (unsigned long)(probability * (double)DRAW_PPM + 0.5);
	return ppm >= DRAW_PPM || gsl_rng_uniform_int(draw->ue->rng, DRAW_PPM) < ppm;
}

double
nbsi_draw_conditional(double bler_n, double bler_before)
{
	return bler_before > 0.0 ? bler_n / bler_before : bler_n;
}
