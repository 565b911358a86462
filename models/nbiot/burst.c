/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data in a connection and the end of the connection: segmentation into blocks of Cat-NB1, RLC AM
 * with one status report a burst (TS 36.322 5.2), C-DRX (TS 36.321 5.7), RRC release
 * (TS 36.331 5.3.8).
 */
#include "models/nbiot/draw.h"

#include <stdlib.h>

#define BURST_RLC_BYTES 2U /* RLC header of each further SDU in a stream of blocks */
#define BURST_BSR_BYTES 2U /* MAC CE and its subheader */

enum burst_dir { BURST_UP, BURST_DOWN };

/* SDUs laid end to end and cut into blocks. */
struct burst {
	struct nbsi_draw *draw;
	enum burst_dir dir;
	uint32_t first; /* bytes of the first SDU, 0 = computed as for any other */
	bool leader;    /* the first SDU carries no packet */
	uint32_t begin; /* offset of the packet at the list's head */
	uint32_t lost;  /* up to this offset something was lost; 0 = nothing */
};

static struct nbsi_packet_list *
burst_list(const struct burst *burst)
{
	return burst->dir == BURST_UP ? &burst->draw->ue->uplink : &burst->draw->ue->downlink;
}

static bool
burst_rai(const struct nbsi_draw *draw, const struct nbsi_packet *packet)
{
	return draw->cell->config.release_assistance && packet->rai != NBS_RAI_NONE;
}

static uint32_t
burst_sdu(const struct burst *burst, const struct nbsi_packet *packet)
{
	enum nbs_optimisation optimisation = burst->draw->cell->config.optimisation;

	if (burst->dir == BURST_DOWN)
		return nbsi_downlink_sdu(optimisation, packet->len);
	return nbsi_uplink_sdu(optimisation, burst_rai(burst->draw, packet), packet->len);
}

/* Offset at which a packet that begins at an offset ends. */
static uint32_t
burst_end(const struct burst *burst, const struct nbsi_packet *packet, uint32_t begin)
{
	if (begin == 0 && burst->first > 0)
		return burst->first;
	return begin + burst_sdu(burst, packet) + (begin > 0 ? BURST_RLC_BYTES : 0U);
}

static uint32_t
burst_total(const struct burst *burst)
{
	uint32_t total = burst->leader ? burst->first : 0U;

	for (const struct nbsi_packet *p = burst_list(burst)->first; p != NULL; p = p->next)
		total = burst_end(burst, p, total);
	return total;
}

static void
burst_lose(struct burst *burst, struct nbsi_packet *packet)
{
	if (burst->dir == BURST_UP)
		burst->draw->ue->stats.lost_up++;
	else
		burst->draw->ue->stats.lost_down++;
	free(packet);
}

/* What release assistance has to know of a packet that has been carried. */
static void
burst_note(struct burst *burst, const struct nbsi_packet *packet)
{
	struct nbs_ue *ue = burst->draw->ue;

	if (burst->dir == BURST_DOWN) {
		ue->replies_due -= ue->replies_due > 0;
		return;
	}
	ue->last_rai = burst_rai(burst->draw, packet) ? packet->rai : NBS_RAI_NONE;
	ue->replies_due += ue->last_rai == NBS_RAI_ONE_REPLY;
}

/* Packets whose last byte lies before an offset are through, or lost with one of their blocks. */
static void
burst_settle(struct burst *burst, uint32_t offset, uint64_t at_ns)
{
	struct nbsi_packet_list *list = burst_list(burst);

	while (list->first != NULL && burst_end(burst, list->first, burst->begin) <= offset) {
		uint32_t begin = burst->begin;
		struct nbsi_packet *packet = list->first;

		burst->begin = burst_end(burst, packet, begin);
		nbsi_packet_remove(list, packet);
		burst_note(burst, packet);
		if (burst->lost > begin)
			burst_lose(burst, packet);
		else if (burst->dir == BURST_UP)
			nbsi_cell_deliver_up(burst->draw->cell, packet, at_ns);
		else
			nbsi_cell_deliver_down(burst->draw->cell, packet, at_ns);
	}
}

static void
burst_run(struct burst *burst)
{
	bool up = burst->dir == BURST_UP;
	uint32_t room = (up ? NBSI_UL_BYTES_MAX : NBSI_DL_BYTES_MAX) - NBSI_BLOCK_HEADER_BYTES;
	uint32_t total = burst_total(burst);

	burst->begin = burst->leader ? burst->first : 0U;
	/* A buffer status report rides in each data block; the last one counts. */
	for (uint32_t sent = 0; sent < total && burst->draw->status == NBS_OK;) {
		uint32_t part = total - sent < room ? total - sent : room;
		uint32_t bytes = part + NBSI_BLOCK_HEADER_BYTES;

		if (up)
			burst->draw->ue->reported_ns = burst->draw->t_ns;
		struct nbsi_block block =
		    up ? nbsi_draw_uplink(burst->draw, bytes)
		       : nbsi_draw_downlink(burst->draw, NBSI_UE_SPECIFIC, bytes);

		sent += part;
		if (!block.delivered)
			burst->lost = sent;
		burst_settle(burst, sent, block.at_ns);
	}
}

void
nbsi_draw_msg5(struct nbsi_draw *draw)
{
	const struct nbs_ue *ue = draw->ue;
	const struct nbsi_packet *packet = ue->purpose == NBSI_FOR_DATA ? ue->uplink.first : NULL;
	struct burst burst = {
	    .draw = draw,
	    .dir = BURST_UP,
	    .leader = packet == NULL,
	    .first = nbsi_msg5_sdu(draw->cell->config.optimisation, ue->purpose,
				   packet != NULL && burst_rai(draw, packet),
				   packet != NULL ? packet->len : 0U),
	};

	burst_run(&burst);
	(void)nbsi_draw_downlink(draw, NBSI_UE_SPECIFIC, NBSI_RLC_STATUS_BYTES);
}

void
nbsi_draw_uplink_packets(struct nbsi_draw *draw)
{
	struct burst burst = {.draw = draw, .dir = BURST_UP};

	burst_run(&burst);
	(void)nbsi_draw_downlink(draw, NBSI_UE_SPECIFIC, NBSI_RLC_STATUS_BYTES);
}

/* The eNB polls for the status and grants it; a buffer status report may ride along. */
static void
burst_uplink_status(struct nbsi_draw *draw)
{
	uint32_t report = draw->ue->uplink.count > 0 ? BURST_BSR_BYTES : 0U;

	(void)nbsi_draw_uplink(draw, NBSI_RLC_STATUS_BYTES + report);
}

void
nbsi_draw_downlink_packets(struct nbsi_draw *draw)
{
	struct burst burst = {.draw = draw, .dir = BURST_DOWN};

	burst_run(&burst);
	burst_uplink_status(draw);
}

void
nbsi_draw_core_turn(struct nbsi_draw *draw)
{
	nbsi_draw_for(draw, 2U * draw->cell->config.s1_delay_ns, NBS_POWER_MONITOR, 0.0);
}

static void
burst_release(struct nbsi_draw *draw)
{
	(void)nbsi_draw_downlink(draw, NBSI_UE_SPECIFIC,
				 nbsi_release_bytes(draw->cell->config.optimisation));
	burst_uplink_status(draw);
	draw->ue->released = true;
	draw->ue->stats.releases++;
}

void
nbsi_draw_tau_accept(struct nbsi_draw *draw)
{
	nbsi_draw_core_turn(draw);
	(void)nbsi_draw_downlink(draw, NBSI_UE_SPECIFIC, NBSI_TAU_ACCEPT_MAC_BYTES);
	burst_uplink_status(draw);
	draw->ue->stats.taus++;
	burst_release(draw);
}

void
nbsi_draw_assisted_release(struct nbsi_draw *draw, bool after_uplink)
{
	if (draw->ue->last_rai == NBS_RAI_NONE || draw->ue->replies_due > 0)
		return;
	/* After a downlink packet the MME's release command follows on its heels. */
	if (after_uplink)
		nbsi_draw_core_turn(draw);
	burst_release(draw);
}

void
nbsi_draw_burst(struct nbsi_draw *draw)
{
	struct nbs_ue *ue = draw->ue;
	bool down = ue->downlink.count > 0;
	bool up = ue->uplink.count > 0;
	bool known = down || (up && ue->uplink.first->queued_ns <= ue->reported_ns);

	if (down)
		nbsi_draw_downlink_packets(draw);
	/* No scheduling request before Rel-15: data that the eNB knows nothing of needs NPRACH. */
	if (up && !known && !nbsi_draw_random_access(draw, true)) {
		ue->released = true; /* radio link failure, seen as the end of the connection */
		return;
	}
	if (up)
		nbsi_draw_uplink_packets(draw);
	nbsi_draw_assisted_release(draw, up);
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
	burst_release(draw);
}
