/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a random access that succeeded into the connection and, where all is said, out of it: RRC
 * set-up, resume, re-establishment (TS 36.331 5.3.3, 5.3.7), early data (5.3.3.1b), the NAS
 * procedures on top, RRC release (5.3.8).
 * Deviations: of signalling Msg5 alone has an RLC status of its own, those of later messages ride
 * with what follows and weigh nothing; Msg4 of early data waits for the core however short the
 * contention timer; a reply that is expected comes behind a set-up, never inside that Msg4; who
 * misses Msg4 of early data or its release is in idle mode all the same.
 */
#include "models/nbiot/contention.h"
#include "models/nbiot/delay.h"
#include "models/nbiot/draw.h"

void
nbsi_draw_core_turn(struct nbsi_draw *draw)
{
	const struct nbs_delay *s1 = &draw->cell->config.s1_delay;
	const uint64_t there_ns = nbsi_delay_draw(s1, draw->ue->rng);

	nbsi_draw_for(draw, there_ns + nbsi_delay_draw(s1, draw->ue->rng), NBS_POWER_MONITOR, 0.0);
}

void
nbsi_draw_link_failure(struct nbsi_draw *draw)
{
	draw->ue->link_failed = true;
	draw->ue->failures++;
	draw->ue->stats.link_failures++;
}

bool
nbsi_draw_message(struct nbsi_draw *draw, bool up, uint32_t sdu_bytes)
{
	const uint32_t room =
	    (up ? NBSI_UL_BYTES_MAX : NBSI_DL_BYTES_MAX) - NBSI_BLOCK_HEADER_BYTES;

	for (uint32_t sent = 0; sent < sdu_bytes && draw->status == NBS_OK;) {
		const uint32_t part = sdu_bytes - sent < room ? sdu_bytes - sent : room;
		const uint32_t bytes = part + NBSI_BLOCK_HEADER_BYTES;
		struct nbsi_block block =
		    up ? nbsi_draw_uplink_am(draw, bytes) : nbsi_draw_downlink_am(draw, bytes);

		if (!block.delivered) {
			nbsi_draw_link_failure(draw);
			return false;
		}
		sent += part;
	}
	return true;
}

void
nbsi_draw_setup(struct nbsi_draw *draw)
{
	unsigned count = 0;
	const struct nbsi_step *steps;

	nbsi_draw_msg5(draw);
	steps = nbsi_procedure(&draw->cell->config, draw->ue->purpose, &count);
	for (unsigned i = 0; i < count && !draw->ue->link_failed; i++) {
		/* Data has its bearer from the last message on, which reports it (TS 36.321 5.4.5).
		 */
		const bool report = i + 1U == count && steps[i].up && draw->ue->uplink.count > 0;

		if (steps[i].core_turn)
			nbsi_draw_core_turn(draw);
		if (report)
			draw->ue->reported_ns = draw->t_ns;
		(void)nbsi_draw_message(draw, steps[i].up,
					steps[i].sdu_bytes + (report ? NBSI_BSR_BYTES : 0U));
	}
}

/* A bearer that is new, or set up again, has no header compression context (TS 36.323 5.2.1.1); one
 * that is resumed keeps it (assumed: drb-ContinueROHC), NAS keeps its own. */
static void
connect_forget_context(struct nbs_ue *ue)
{
	ue->compressed_up = ue->compressed_down = false;
}

/* RLC begins anew: nothing of a packet has been carried (TS 36.322 5.4). */
static void
connect_forget_progress(struct nbs_ue *ue)
{
	if (ue->uplink.first != NULL)
		ue->uplink.first->left = 0;
	if (ue->downlink.first != NULL)
		ue->downlink.first->left = 0;
}

/* A connection's fields at its beginning. */
static void
connect_begin(struct nbsi_draw *draw)
{
	struct nbs_ue *ue = draw->ue;
	struct nbs_cell *cell = draw->cell;

	ue->stats.connections++;
	ue->connected_since_ns = draw->t_ns;
	ue->reported_ns = 0;
	ue->replies_due = 0;
	ue->last_rai = NBS_RAI_NONE;
	connect_forget_progress(ue);
	/* Connected UEs are spread over the non-anchor carriers, if there are any, by their number:
	 * the anchor's tones are wanted for Msg3. */
	ue->carrier = cell->carriers[0];
	if (cell->carrier_count > 1)
		ue->carrier = cell->carriers[1 + ue->index % (cell->carrier_count - 1U)];
	if (cell->config.optimisation == NBS_SERVICE_REQUEST)
		connect_forget_context(ue);
	nbsi_cell_connected(cell, true);
}

/* What waits, in the order in which the network lets it flow; then the release, if it is time. */
static void
connect_data(struct nbsi_draw *draw)
{
	struct nbs_ue *ue = draw->ue;
	const bool reply = ue->downlink.count > 0;
	const bool rest = ue->uplink.count > 0 && ue->uplink.first->queued_ns <= ue->reported_ns;

	if (rest)
		nbsi_draw_uplink_packets(draw);
	if (ue->uplink.first != NULL && ue->uplink.first->left > 0)
		return; /* a long packet goes on in the next phase */
	if (reply && !ue->link_failed) {
		nbsi_draw_core_turn(draw);
		nbsi_draw_downlink_packets(draw);
	}
	if (!ue->link_failed)
		nbsi_draw_assisted_release(draw, !reply);
}

static void
connect_idle(struct nbsi_draw *draw)
{
	struct nbs_ue *ue = draw->ue;

	connect_begin(draw);
	nbsi_draw_setup(draw);
	if (ue->link_failed)
		return;
	if (ue->purpose == NBSI_FOR_TAU) {
		ue->stats.taus++;
	} else if (ue->purpose == NBSI_FOR_DETACH) {
		ue->registered = false;
		ue->stats.detaches++;
		nbsi_draw_release_now(draw); /* whatever waits */
		return;
	} else if (ue->purpose == NBSI_FOR_ATTACH) {
		ue->registered = true;
		ue->stats.attaches++;
	} else {
		connect_data(draw);
		return;
	}
	if (ue->uplink.count > 0 || ue->downlink.count > 0)
		return; /* data that came meanwhile: a burst follows in this connection */
	nbsi_draw_release_now(draw);
	if (ue->link_failed)
		ue->purpose = NBSI_FOR_DATA; /* the procedure itself is through */
}

static void
connect_again(struct nbsi_draw *draw)
{
	struct nbs_ue *ue = draw->ue;
	const enum nbsi_purpose purpose = ue->purpose;

	ue->stats.reestablishments++;
	connect_forget_progress(ue);
	connect_forget_context(ue);
	ue->purpose = NBSI_FOR_REESTABLISH;
	nbsi_draw_setup(draw);
	ue->purpose = purpose;
	if (!ue->link_failed)
		connect_data(draw);
}

void
nbsi_draw_connection(struct nbsi_draw *draw)
{
	switch (draw->ue->ra.kind) {
	case NBSI_RA_IDLE:
		connect_idle(draw);
		return;
	case NBSI_RA_CONNECTED:
		nbsi_draw_burst_granted(draw);
		return;
	case NBSI_RA_REESTABLISH:
		connect_again(draw);
		return;
	}
}

/* ---- early data ---- */

uint32_t
nbsi_contention_early_bytes(const struct nbs_ue *ue)
{
	const struct nbs_network_config *config = &ue->cell->config;
	const struct nbsi_packet *packet = ue->uplink.first;
	const enum nbs_release_assistance way = nbs_network_assistance(config);
	/* A buffer status of 0, as in any last block of such a report. */
	const bool empty = way == NBS_ASSIST_AS && packet->rai == NBS_RAI_NO_REPLY;

	return nbsi_edt_msg3_bytes(config, way == NBS_ASSIST_NAS && packet->rai != NBS_RAI_NONE,
				   nbsi_compressed_bytes(config, packet->len, ue->compressed_up)) +
	       (empty ? NBSI_BSR_BYTES : 0U);
}

/*
 * The core takes the data and answers: with nothing more to come the connection is never made
 * (RRCEarlyDataComplete, or a release that keeps the UE suspended). If more is expected, Msg4 sets
 * the connection up (TS 23.401 5.3.4B.6).
 */
void
nbsi_draw_early_data(struct nbsi_draw *draw, uint64_t decoded_ns)
{
	struct nbs_ue *ue = draw->ue;
	struct nbs_cell *cell = draw->cell;
	struct nbsi_packet *packet = ue->uplink.first;
	const bool assisted = nbs_network_assistance(&cell->config) != NBS_ASSIST_OFF;
	/* The MME knows better when it has something for the UE. */
	const bool last = assisted && packet->rai == NBS_RAI_NO_REPLY && ue->downlink.count == 0;
	const bool one = assisted && packet->rai == NBS_RAI_ONE_REPLY;
	struct nbsi_block msg4;

	nbsi_packet_remove(&ue->uplink, packet);
	nbsi_cell_deliver_up(cell, packet, decoded_ns);
	ue->stats.edt++;
	ue->compressed_up = true;
	ue->failures = 0;
	nbsi_draw_core_turn(draw);
	msg4 = nbsi_draw_downlink(draw, NBSI_COMMON,
				  last ? nbsi_edt_msg4_bytes(&cell->config)
				       : nbsi_msg4_bytes(&cell->config, NBSI_FOR_PAGE));
	if (last || !msg4.delivered) {
		/* The data is through; a UE that missed the answer returns to idle mode too. */
		ue->stats.releases++;
		ue->released = true;
		return;
	}
	connect_begin(draw);
	ue->replies_due = one;
	ue->last_rai = one ? NBS_RAI_ONE_REPLY : NBS_RAI_NONE;
	nbsi_draw_msg5_after_early(draw);
	if (!ue->link_failed)
		connect_data(draw);
}

/* ---- release ---- */

void
nbsi_draw_release_now(struct nbsi_draw *draw)
{
	/* The UE leaves when the release is acknowledged, 10 s at most (TS 36.331 5.3.8.3). */
	const uint64_t limit_ns = draw->limit_ns;
	const uint64_t ten_s = draw->t_ns + 10U * NBS_NS_PER_S;

	/* A cell off the air releases nobody. */
	if (draw->t_ns >= limit_ns && !nbsi_cell_on_air(draw->cell, limit_ns)) {
		nbsi_draw_link_failure(draw);
		return;
	}
	draw->limit_ns = ten_s < limit_ns ? ten_s : limit_ns;
	(void)nbsi_draw_downlink(draw, NBSI_UE_SPECIFIC,
				 nbsi_release_bytes(&draw->cell->config, draw->ue->purpose));
	(void)nbsi_draw_uplink(draw, NBSI_RLC_STATUS_BYTES);
	draw->limit_ns = limit_ns;
	draw->ue->released = true;
	draw->ue->stats.releases++;
}

void
nbsi_draw_assisted_release(struct nbsi_draw *draw, bool after_uplink)
{
	const bool nas = nbs_network_assistance(&draw->cell->config) == NBS_ASSIST_NAS;

	/* A packet that is not through yet goes on in the next phase. */
	if (draw->ue->last_rai == NBS_RAI_NONE || draw->ue->replies_due > 0 ||
	    draw->ue->uplink.count > 0 || draw->ue->downlink.count > 0)
		return;
	/* The MME must read NAS assistance; its word follows a downlink packet on the heels. The
	 * eNB reads a buffer status of 0 itself. */
	if (after_uplink && nas)
		nbsi_draw_core_turn(draw);
	nbsi_draw_release_now(draw);
}

void
nbsi_draw_on_duration(struct nbsi_draw *draw)
{
	if (draw->t_ns >= draw->ue->cdrx_from_ns)
		nbsi_draw_cycle(draw, nbsi_cycle_next_on_ns(&draw->ue->cdrx, draw->t_ns),
				&draw->ue->cdrx);
}

void
nbsi_draw_release(struct nbsi_draw *draw)
{
	nbsi_draw_on_duration(draw);
	nbsi_draw_release_now(draw);
}
