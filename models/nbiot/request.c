/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a connected UE and its eNB have for each other: the ways to ask for the uplink (TS 36.321
 * 5.4.4, 5.4.5), C-DRX while nothing is to be said (5.7). The grant that ends a random access in
 * the connection comes in the common search space while the contention timer runs (5.1.5; TS 36.213
 * 16.5).
 * Deviations: what Msg3 has left beside C-RNTI and buffer status (6 of 11 bytes) is padding; polls
 * to which a UE has nothing to say are not drawn; who waits for its poll or its turn to ask does so
 * with the receiver open, C-DRX or not.
 */
#include "models/nbiot/airtime.h"
#include "models/nbiot/draw.h"

/* The eNB's next poll: the UE has a place of its own in each period. */
static void
request_poll(struct nbsi_draw *draw)
{
	const uint64_t period_ns = draw->cell->config.ul_request_period_ns;
	const uint64_t slots = period_ns / NBS_SUBFRAME_NS;
	const uint64_t offset_ns = draw->ue->index % slots * NBS_SUBFRAME_NS;
	uint64_t t_ns =
	    draw->t_ns < offset_ns
		? offset_ns
		: offset_ns + (draw->t_ns - offset_ns + period_ns - 1U) / period_ns * period_ns;

	nbsi_draw_until(draw, t_ns, NBS_POWER_MONITOR);
}

/* A scheduling request on a HARQ-ACK resource that recurs (Rel-15), repeated as ACKs are. */
static void
request_send(struct nbsi_draw *draw)
{
	const struct nbs_ack_choice *ack = &draw->ue->radio->level[draw->ue->level].ack;
	const struct nbsi_ul_need need = {.tones = 1,
					  .tx_ms = (uint32_t)(ack->tx_ns / NBS_SUBFRAME_NS)};
	struct nbsi_grant grant;

	request_poll(draw);
	if (!nbsi_book_tones(draw->ue->carrier, draw->t_ns, draw->limit_ns, &need, &grant))
		return;
	nbsi_draw_until(draw, grant.start_ns, NBS_POWER_MONITOR);
	nbsi_draw_transmission(draw, ack->tx_ns, grant.end_ns - grant.start_ns, NBS_POWER_TX,
			       ack->tx_power_dbm);
	nbsi_draw_for(draw, NBSI_GAP_AFTER_UPLINK * NBS_SUBFRAME_NS, NBS_POWER_ACTIVE, 0.0);
}

/* What has been asked for: a block for the buffer status alone, since the eNB knows no more. */
static void
request_report(struct nbsi_draw *draw)
{
	const uint64_t from_ns = draw->t_ns;

	if (nbsi_draw_uplink(draw, NBSI_BSR_BYTES).delivered)
		draw->ue->reported_ns = from_ns;
	else
		nbsi_draw_link_failure(draw);
}

/* Uplink data that the eNB knows of: out with it, and the release if that was all. */
static void
request_uplink(struct nbsi_draw *draw)
{
	if (!draw->ue->link_failed)
		nbsi_draw_uplink_packets(draw);
	if (!draw->ue->link_failed)
		nbsi_draw_assisted_release(draw, true);
}

/* Msg3 has just been sent, with the gap behind it: when its timer runs out (TS 36.321 5.1.5). */
static uint64_t
request_contention_end_ns(const struct nbsi_draw *draw)
{
	const struct nbs_ce_config *ce = &draw->cell->config.ce[draw->ue->level];

	return draw->t_ns - NBSI_GAP_AFTER_UPLINK * NBS_SUBFRAME_NS +
	       nbs_npdcch_window_ns(ce->contention_timer_pp, ce->npdcch_ra_rmax, ce->npdcch_ra_g);
}

void
nbsi_draw_burst_granted(struct nbsi_draw *draw)
{
	const uint64_t end_ns = request_contention_end_ns(draw);

	if (!nbsi_draw_uplink_resolving_packets(draw, end_ns)) {
		nbsi_draw_listen(draw, end_ns, NBSI_COMMON);
		draw->ue->ra.backoff_ns = nbs_backoff_ns(draw->cell->config.backoff_index);
		nbsi_draw_next_attempt(draw);
		return;
	}
	if (!draw->ue->link_failed)
		nbsi_draw_assisted_release(draw, true);
}

void
nbsi_draw_burst(struct nbsi_draw *draw)
{
	struct nbs_ue *ue = draw->ue;
	const bool down = ue->downlink.count > 0;
	const bool up = ue->uplink.count > 0;
	const bool known = down || (up && ue->uplink.first->queued_ns <= ue->reported_ns);

	if (down)
		nbsi_draw_downlink_packets(draw);
	if (ue->link_failed || ue->downlink.count > 0)
		return; /* or it was too long for one phase */
	if (!up) {
		nbsi_draw_assisted_release(draw, false);
		return;
	}
	/* No scheduling request before Rel-15: data that the eNB knows nothing of needs NPRACH. */
	if (!known && draw->cell->config.ul_request == NBS_UL_RANDOM_ACCESS) {
		nbsi_draw_random_access(draw, NBSI_RA_CONNECTED);
		return;
	}
	if (!known) {
		if (draw->cell->config.ul_request == NBS_UL_ENB_POLL)
			request_poll(draw);
		else
			request_send(draw);
		request_report(draw);
	}
	request_uplink(draw);
}

void
nbsi_draw_wait(struct nbsi_draw *draw)
{
	const struct nbs_network_config *config = &draw->cell->config;
	uint64_t end = draw->t_ns + config->inactivity_timer_ns;
	uint64_t drx = NBS_TIME_NEVER;

	if (config->cdrx.enabled && config->cdrx.inactivity_ns < config->inactivity_timer_ns)
		drx = draw->t_ns + config->cdrx.inactivity_ns;
	draw->ue->cdrx_from_ns = drx;
	nbsi_draw_until(draw, drx < end ? drx : end, NBS_POWER_MONITOR);
	nbsi_draw_cycle(draw, end, &draw->ue->cdrx);
}
