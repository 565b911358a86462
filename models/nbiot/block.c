/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drawing: transport blocks. TS 36.213 16.4 to 16.6 for the order and the gaps of NPDCCH, NPDSCH,
 * NPUSCH and HARQ-ACK; TS 36.322 5.2 for what happens when HARQ has failed.
 * Deviation: while a DCI or block is being received the receiver stays open across subframes that
 * are not its own and across downlink gaps.
 */
#include "models/nbiot/draw.h"
#include "models/nbiot/mark.h"

/* The eNB finds no answer to a DCI that the UE missed, and starts over. */
static void
block_missed(struct nbsi_draw *draw, uint64_t answer_ns)
{
	nbsi_draw_until(draw, answer_ns + NBSI_GAP_AFTER_UPLINK * NBS_SUBFRAME_NS,
			NBS_POWER_MONITOR);
}

/* All but a block's first attempt is for its repetition. */
static void
block_count_attempt(struct nbsi_draw *draw, uint32_t attempt)
{
	if (attempt == 0)
		return;
	draw->ue->stats.retransmissions++;
	nbsi_mark_layer(draw->ue, NBS_LAYER_RETRANSMISSION);
}

/* One booked downlink transmission after its DCI was heard: block, HARQ-ACK, the gap behind it. */
static void
block_receive(struct nbsi_draw *draw, const struct nbsi_grant *grant,
	      const struct nbs_ack_choice *ack)
{
	nbsi_draw_until(draw, grant->start_ns, NBS_POWER_ACTIVE);
	nbsi_draw_until(draw, grant->end_ns, NBS_POWER_RX);
	nbsi_draw_until(draw, grant->ack_start_ns, NBS_POWER_ACTIVE);
	nbsi_draw_transmission(draw, ack->tx_ns, grant->ack_end_ns - grant->ack_start_ns,
			       NBS_POWER_TX, ack->tx_power_dbm);
	nbsi_draw_for(draw, NBSI_GAP_AFTER_UPLINK * NBS_SUBFRAME_NS, NBS_POWER_ACTIVE, 0.0);
}

struct nbsi_block
nbsi_draw_downlink(struct nbsi_draw *draw, enum nbsi_search_space space, uint32_t bytes)
{
	const struct nbs_link *link = draw->cell->radios.link;
	const struct nbsi_radio_level *level = &draw->ue->radio->level[draw->ue->level];
	const struct nbsi_space where = nbsi_draw_space(draw, space);
	struct nbsi_carrier *carrier = nbsi_draw_carrier(draw, space);
	/* Of what the common search space announces, Msg4 alone is acknowledged. */
	const struct nbs_ack_choice *ack = space == NBSI_COMMON ? &level->ack_msg4 : &level->ack;
	const struct nbs_npdcch_choice *dci = space == NBSI_COMMON ? &level->dci_ra : &level->dci;
	const struct nbs_npdsch_choice *choice = NULL;
	const struct nbs_power_mark mark = draw->ue->mark;
	struct nbsi_block block = {0};
	struct nbsi_grant grant;
	double before = 0.0;
	uint32_t sent = 0;

	if (draw->status == NBS_OK)
		draw->status = nbsi_radio_downlink(link, draw->ue->radio, bytes, &choice);
	if (draw->status != NBS_OK)
		return block;
	draw->ue->stats.blocks_down++;
	for (uint32_t i = 0; i < NBSI_HARQ_ATTEMPTS && draw->status == NBS_OK; i++) {
		block_count_attempt(draw, i);
		if (!nbsi_book_downlink(carrier, &where, draw->t_ns, draw->limit_ns,
					dci->repetitions, choice->subframes,
					(uint32_t)(ack->tx_ns / NBS_SUBFRAME_NS), &grant)) {
			/* Nothing is free: the UE has listened all that time. */
			nbsi_draw_listen(draw, draw->limit_ns, space);
			break;
		}
		nbsi_draw_dci(draw, space, dci->repetitions, grant.dci_start_ns, grant.dci_end_ns);
		if (nbsi_draw_chance(draw, dci->bler)) {
			block_missed(draw, grant.ack_end_ns);
			continue;
		}
		block_receive(draw, &grant, ack);
		if (sent == 0)
			block.first_ns = grant.end_ns;
		double bler = sent == 0 ? choice->bler
					: nbs_link_npdsch_bler(link, &choice->npdsch,
							       choice->snr_db, sent + 1U);
		sent++;
		if (!block.delivered &&
		    !nbsi_draw_chance(draw, nbsi_draw_conditional(bler, before))) {
			block.delivered = true;
			block.at_ns = grant.end_ns;
		}
		before = bler;
		/* A misread acknowledgement costs a retransmission that nobody needs. */
		if (block.delivered && !nbsi_draw_chance(draw, ack->error))
			break;
	}
	draw->ue->mark = mark;
	return block;
}

/*
 * With resolve_ns > 0 the grant ends a random access in the connection (TS 36.321 5.1.5): until the
 * UE has heard it, it comes in the common search space of the anchor and not after that time.
 */
static struct nbsi_block
block_uplink(struct nbsi_draw *draw, uint32_t bytes, uint64_t resolve_ns)
{
	const struct nbs_link *link = draw->cell->radios.link;
	const struct nbsi_radio_level *level = &draw->ue->radio->level[draw->ue->level];
	const struct nbs_npusch_choice *choice = NULL;
	const struct nbs_power_mark mark = draw->ue->mark;
	struct nbsi_block block = {0};
	struct nbsi_grant grant;
	double before = 0.0;
	uint32_t sent = 0;

	if (draw->status == NBS_OK)
		draw->status = nbsi_radio_uplink(link, draw->ue->radio, bytes, &choice);
	if (draw->status != NBS_OK)
		return block;
	const struct nbsi_ul_need need = nbsi_npusch_need(choice);

	draw->ue->stats.blocks_up++;
	for (uint32_t i = 0; i < NBSI_HARQ_ATTEMPTS && draw->status == NBS_OK && !block.delivered;
	     i++) {
		const bool resolves = resolve_ns > 0 && sent == 0;
		const enum nbsi_search_space space = resolves ? NBSI_COMMON : NBSI_UE_SPECIFIC;
		const struct nbs_npdcch_choice *dci = resolves ? &level->dci_ra : &level->dci;
		const struct nbsi_space where = nbsi_draw_space(draw, space);
		const uint64_t until_ns =
		    resolves && resolve_ns < draw->limit_ns ? resolve_ns : draw->limit_ns;

		block_count_attempt(draw, i);
		if (!nbsi_book_uplink(nbsi_draw_carrier(draw, space), &where, draw->t_ns, until_ns,
				      dci->repetitions, &need, &grant)) {
			nbsi_draw_listen(draw, until_ns, space);
			break;
		}
		nbsi_draw_dci(draw, space, dci->repetitions, grant.dci_start_ns, grant.dci_end_ns);
		if (nbsi_draw_chance(draw, dci->bler)) {
			block_missed(draw, grant.end_ns);
			continue;
		}
		nbsi_draw_until(draw, grant.start_ns, NBS_POWER_ACTIVE);
		nbsi_draw_transmission(draw, choice->tx_ns, grant.end_ns - grant.start_ns,
				       NBS_POWER_TX, choice->tx_power_dbm);
		if (sent == 0)
			block.first_ns = grant.end_ns;
		double bler = sent == 0 ? choice->bler
					: nbs_link_npusch_bler(link, &choice->npusch,
							       choice->snr_db, sent + 1U);
		sent++;
		if (!nbsi_draw_chance(draw, nbsi_draw_conditional(bler, before))) {
			block.delivered = true;
			block.at_ns = grant.end_ns;
		}
		before = bler;
		nbsi_draw_for(draw, NBSI_GAP_AFTER_UPLINK * NBS_SUBFRAME_NS, NBS_POWER_ACTIVE, 0.0);
	}
	draw->ue->mark = mark;
	return block;
}

struct nbsi_block
nbsi_draw_uplink(struct nbsi_draw *draw, uint32_t bytes)
{
	return block_uplink(draw, bytes, 0);
}

/* HARQ has given up: RLC notices when its poll stays unanswered. @return whether to go on. */
static bool
block_poll_again(struct nbsi_draw *draw, uint32_t *retransmissions)
{
	const struct nbs_network_config *config = &draw->cell->config;

	if (draw->status != NBS_OK || ++*retransmissions > config->max_retx_threshold)
		return false;
	if (draw->t_ns + config->t_poll_retransmit_ns >= draw->limit_ns) {
		/* A cell that will be gone by then: the UE finds out when it is. */
		if (!nbsi_cell_on_air(draw->cell, draw->limit_ns))
			nbsi_draw_until(draw, draw->limit_ns, NBS_POWER_MONITOR);
		return false;
	}
	nbsi_mark_layer(draw->ue, NBS_LAYER_RETRANSMISSION);
	nbsi_draw_for(draw, config->t_poll_retransmit_ns, NBS_POWER_MONITOR, 0.0);
	return true;
}

struct nbsi_block
nbsi_draw_downlink_am(struct nbsi_draw *draw, uint32_t bytes)
{
	const struct nbs_power_mark mark = draw->ue->mark;
	uint32_t retransmissions = 0;
	struct nbsi_block block;

	do
		block = nbsi_draw_downlink(draw, NBSI_UE_SPECIFIC, bytes);
	while (!block.delivered && block_poll_again(draw, &retransmissions));
	draw->ue->mark = mark;
	return block;
}

/* Under RLC AM from a block on that has been sent. */
static struct nbsi_block
block_uplink_again(struct nbsi_draw *draw, uint32_t bytes, struct nbsi_block block)
{
	const struct nbs_power_mark mark = draw->ue->mark;
	uint32_t retransmissions = 0;

	while (!block.delivered && block_poll_again(draw, &retransmissions))
		block = nbsi_draw_uplink(draw, bytes);
	draw->ue->mark = mark;
	return block;
}

struct nbsi_block
nbsi_draw_uplink_am(struct nbsi_draw *draw, uint32_t bytes)
{
	return block_uplink_again(draw, bytes, nbsi_draw_uplink(draw, bytes));
}

struct nbsi_block
nbsi_draw_uplink_resolving(struct nbsi_draw *draw, uint32_t bytes, uint64_t until_ns)
{
	struct nbsi_block block = block_uplink(draw, bytes, until_ns);

	return block.first_ns == 0 ? block : block_uplink_again(draw, bytes, block);
}
