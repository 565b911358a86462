/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drawing: the steps every procedure is made of. TS 36.213 16.4 to 16.6 for the order and the
 * gaps of NPDCCH, NPDSCH, NPUSCH and HARQ-ACK; RLC retransmission (TS 36.322 5.2) is taken as a
 * further HARQ attempt of the same block.
 */
#include "models/nbiot/draw.h"

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
	const struct nbsi_segment segment = {
	    .duration_ns = duration_ns,
	    .state = state,
	    .power_mw = nbs_modem_power_mw(draw->ue->modem, state, tx_dbm),
	};

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
	const struct nbsi_segment segment = {.duration_ns = t_ns - draw->t_ns, .cycle = cycle};

	draw_add(draw, &segment);
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

static void
draw_subframes(struct nbsi_draw *draw, uint32_t subframes)
{
	nbsi_draw_for(draw, nbs_dl_calendar_ns(&draw->cell->config, draw->t_ns, subframes),
		      NBS_POWER_RX, 0.0);
}

bool
nbsi_draw_dci(struct nbsi_draw *draw, enum nbsi_search_space space)
{
	const struct nbs_ce_config *ce = &draw->cell->config.ce[draw->ue->level];
	const struct nbsi_radio_level *level = &draw->ue->radio->level[draw->ue->level];
	bool common = space == NBSI_COMMON;
	const struct nbs_npdcch_choice *dci = common ? &level->dci_ra : &level->dci;

	nbsi_draw_until(
	    draw,
	    nbs_npdcch_next_start_ns(draw->t_ns, common ? ce->npdcch_ra_rmax : ce->npdcch_rmax,
				     common ? ce->npdcch_ra_g : ce->npdcch_g, dci->repetitions),
	    NBS_POWER_ACTIVE);
	draw_subframes(draw, dci->repetitions);
	return !nbsi_draw_chance(draw, dci->bler);
}

void
nbsi_draw_transmission(struct nbsi_draw *draw, uint64_t tx_ns, uint64_t duration_ns,
		       enum nbs_power_state state, double tx_dbm)
{
	/* The gaps lie inside; booking them behind changes neither sum nor end. */
	nbsi_draw_for(draw, tx_ns, state, tx_dbm);
	nbsi_draw_for(draw, duration_ns - tx_ns, NBS_POWER_ACTIVE, 0.0);
}

void
nbsi_draw_npdsch(struct nbsi_draw *draw, uint32_t subframes)
{
	uint64_t earliest = draw->t_ns + NBS_DL_SWITCH_SUBFRAMES * NBS_SUBFRAME_NS;

	nbsi_draw_until(draw, nbs_dl_next_valid_ns(earliest), NBS_POWER_ACTIVE);
	draw_subframes(draw, subframes);
}

/* Format 2 starts at the end of n + k0 - 1 (TS 36.213 16.4.2): k0 = 13 leaves 12 ms on air. */
static void
draw_harq_ack(struct nbsi_draw *draw, const struct nbs_ack_choice *ack)
{
	nbsi_draw_for(draw, (nbs_ack_k0(NBS_SCS_15K, 0) - 1U) * NBS_SUBFRAME_NS, NBS_POWER_ACTIVE,
		      0.0);
	nbsi_draw_for(draw, ack->tx_ns, NBS_POWER_TX, ack->tx_power_dbm);
	nbsi_draw_for(draw, NBSI_GAP_AFTER_UPLINK * NBS_SUBFRAME_NS, NBS_POWER_ACTIVE, 0.0);
}

/* The eNB finds no answer to a DCI that the UE missed, and starts over. */
static void
draw_missed(struct nbsi_draw *draw, uint64_t answer_ns)
{
	nbsi_draw_for(draw, answer_ns + NBSI_GAP_AFTER_UPLINK * NBS_SUBFRAME_NS, NBS_POWER_MONITOR,
		      0.0);
}

static uint64_t
draw_downlink_ns(const struct nbsi_draw *draw, uint32_t subframes, const struct nbs_ack_choice *ack)
{
	uint64_t start =
	    nbs_dl_next_valid_ns(draw->t_ns + NBS_DL_SWITCH_SUBFRAMES * NBS_SUBFRAME_NS);
	uint64_t end = start + nbs_dl_calendar_ns(&draw->cell->config, start, subframes);

	return end - draw->t_ns + (nbs_ack_k0(NBS_SCS_15K, 0) - 1U) * NBS_SUBFRAME_NS + ack->tx_ns;
}

struct nbsi_block
nbsi_draw_downlink(struct nbsi_draw *draw, enum nbsi_search_space space, uint32_t bytes)
{
	const struct nbs_link *link = draw->cell->radios.link;
	const struct nbsi_radio_level *level = &draw->ue->radio->level[draw->ue->level];
	/* Of what the common search space announces, Msg4 alone is acknowledged. */
	const struct nbs_ack_choice *ack = space == NBSI_COMMON ? &level->ack_msg4 : &level->ack;
	const struct nbs_npdsch_choice *grant = NULL;
	struct nbsi_block block = {0};
	double before = 0.0;
	uint32_t sent = 0;

	if (draw->status == NBS_OK)
		draw->status = nbsi_radio_downlink(link, draw->ue->radio, bytes, &grant);
	if (draw->status != NBS_OK)
		return block;
	draw->ue->stats.blocks_down++;
	for (uint32_t i = 0; i < NBSI_BLOCK_ATTEMPTS; i++) {
		draw->ue->stats.retransmissions += i > 0;
		if (!nbsi_draw_dci(draw, space)) {
			draw_missed(draw, draw_downlink_ns(draw, grant->subframes, ack));
			continue;
		}
		nbsi_draw_npdsch(draw, grant->subframes);
		double bler = sent == 0 ? grant->bler
					: nbs_link_npdsch_bler(link, &grant->npdsch, grant->snr_db,
							       sent + 1U);
		sent++;
		if (!block.delivered &&
		    !nbsi_draw_chance(draw, nbsi_draw_conditional(bler, before)))
			block = (struct nbsi_block){.delivered = true, .at_ns = draw->t_ns};
		before = bler;
		draw_harq_ack(draw, ack);
		/* A misread acknowledgement costs a retransmission that nobody needs. */
		if (block.delivered && !nbsi_draw_chance(draw, ack->error))
			break;
	}
	return block;
}

struct nbsi_block
nbsi_draw_uplink(struct nbsi_draw *draw, uint32_t bytes)
{
	const struct nbs_link *link = draw->cell->radios.link;
	const uint64_t k0_ns = nbs_npusch_k0(0) * NBS_SUBFRAME_NS;
	const struct nbs_npusch_choice *grant = NULL;
	struct nbsi_block block = {0};
	double before = 0.0;
	uint32_t sent = 0;

	if (draw->status == NBS_OK)
		draw->status = nbsi_radio_uplink(link, draw->ue->radio, bytes, &grant);
	if (draw->status != NBS_OK)
		return block;
	draw->ue->stats.blocks_up++;
	for (uint32_t i = 0; i < NBSI_BLOCK_ATTEMPTS && !block.delivered; i++) {
		draw->ue->stats.retransmissions += i > 0;
		if (!nbsi_draw_dci(draw, NBSI_UE_SPECIFIC)) {
			draw_missed(draw, k0_ns + grant->duration_ns);
			continue;
		}
		nbsi_draw_for(draw, k0_ns, NBS_POWER_ACTIVE, 0.0);
		nbsi_draw_transmission(draw, grant->tx_ns, grant->duration_ns, NBS_POWER_TX,
				       grant->tx_power_dbm);
		double bler = sent == 0 ? grant->bler
					: nbs_link_npusch_bler(link, &grant->npusch, grant->snr_db,
							       sent + 1U);
		sent++;
		if (!nbsi_draw_chance(draw, nbsi_draw_conditional(bler, before)))
			block = (struct nbsi_block){.delivered = true, .at_ns = draw->t_ns};
		before = bler;
		nbsi_draw_for(draw, NBSI_GAP_AFTER_UPLINK * NBS_SUBFRAME_NS, NBS_POWER_ACTIVE, 0.0);
	}
	return block;
}
