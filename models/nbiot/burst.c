/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data in a connection: segmentation into blocks of Cat-NB1, RLC AM with one status report a burst
 * (TS 36.322 5.2).
 * Deviations: a buffer status report of data that comes while blocks are sent takes no room in
 * them; a status report that is lost is not asked for again.
 */
#include "models/nbiot/draw.h"
#include "models/nbiot/mark.h"

#define BURST_RLC_BYTES 2U /* RLC header of each further SDU in a stream of blocks */

/* A burst that takes longer goes on in a phase of its own: booking reaches no further than
 * NBSI_PHASE_MAX_NS, in which one block must have room with all its retransmissions. */
#define BURST_LONG_NS (UINT64_C(30) * NBS_NS_PER_S)

enum burst_dir { BURST_UP, BURST_DOWN };

/* SDUs laid end to end and cut into blocks. */
struct burst {
	struct nbsi_draw *draw;
	enum burst_dir dir;
	uint32_t first;      /* bytes of the first SDU, 0 = computed as for any other */
	bool leader;         /* the first SDU carries no packet */
	uint32_t begin;      /* offset of the packet at the list's head */
	bool carried;        /* a packet was */
	uint64_t resolve_ns; /* the first grant ends a random access before that; 0 = it does not */
	bool unresolved;     /* it did not come */
	bool paused;         /* goes on in the next phase */
};

static struct nbsi_packet_list *
burst_list(const struct burst *burst)
{
	return burst->dir == BURST_UP ? &burst->draw->ue->uplink : &burst->draw->ue->downlink;
}

/* Release assistance that goes with a packet: its own element with NAS, a BSR of 0 with AS. */
static bool
burst_assisted(const struct nbsi_draw *draw, const struct nbsi_packet *packet,
	       enum nbs_release_assistance way)
{
	return packet->rai != NBS_RAI_NONE && nbs_network_assistance(&draw->cell->config) == way;
}

/* A buffer status of 0 goes with what empties the buffer, if no reply is expected either. */
static uint32_t
burst_empty_report(const struct nbsi_draw *draw, const struct nbsi_packet *packet)
{
	return burst_assisted(draw, packet, NBS_ASSIST_AS) && packet->rai == NBS_RAI_NO_REPLY &&
		       packet->next == NULL
		   ? NBSI_BSR_BYTES
		   : 0U;
}

static uint32_t
burst_packet(const struct burst *burst, const struct nbsi_packet *packet)
{
	const struct nbs_ue *ue = burst->draw->ue;

	return nbsi_compressed_bytes(&burst->draw->cell->config, packet->len,
				     burst->dir == BURST_UP ? ue->compressed_up
							    : ue->compressed_down);
}

static uint32_t
burst_sdu(const struct burst *burst, const struct nbsi_packet *packet)
{
	const struct nbs_network_config *config = &burst->draw->cell->config;
	const uint32_t bytes = burst_packet(burst, packet);

	if (burst->dir == BURST_DOWN)
		return nbsi_downlink_sdu(config, bytes);
	return nbsi_uplink_sdu(config, burst_assisted(burst->draw, packet, NBS_ASSIST_NAS), bytes) +
	       burst_empty_report(burst->draw, packet);
}

/* Offset at which a packet that begins at an offset ends. */
static uint32_t
burst_end(const struct burst *burst, const struct nbsi_packet *packet, uint32_t begin)
{
	if (begin == 0 && burst->first > 0)
		return burst->first;
	return begin + (packet->left > 0 ? packet->left : burst_sdu(burst, packet)) +
	       (begin > 0 ? BURST_RLC_BYTES : 0U);
}

static uint32_t
burst_total(const struct burst *burst)
{
	uint32_t total = burst->leader ? burst->first : 0U;

	for (const struct nbsi_packet *p = burst_list(burst)->first; p != NULL; p = p->next)
		total = burst_end(burst, p, total);
	return total;
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
	ue->last_rai = nbs_network_assistance(&burst->draw->cell->config) != NBS_ASSIST_OFF
			   ? packet->rai
			   : NBS_RAI_NONE;
	ue->replies_due += ue->last_rai == NBS_RAI_ONE_REPLY;
}

/* Packets whose last byte lies before an offset are through. */
static void
burst_settle(struct burst *burst, uint32_t offset, uint64_t at_ns)
{
	struct nbsi_packet_list *list = burst_list(burst);
	struct nbs_ue *ue = burst->draw->ue;

	while (list->first != NULL && burst_end(burst, list->first, burst->begin) <= offset) {
		struct nbsi_packet *packet = list->first;

		burst->begin = burst_end(burst, packet, burst->begin);
		nbsi_packet_remove(list, packet);
		burst->carried = true;
		burst_note(burst, packet);
		ue->failures = 0;
		if (burst->dir == BURST_UP)
			nbsi_cell_deliver_up(burst->draw->cell, packet, at_ns);
		else
			nbsi_cell_deliver_down(burst->draw->cell, packet, at_ns);
	}
}

/* The header compressor's context stands when the burst is through; sizes change for the next. */
static void
burst_context(struct burst *burst)
{
	if (!burst->carried)
		return;
	if (burst->dir == BURST_UP)
		burst->draw->ue->compressed_up = true;
	else
		burst->draw->ue->compressed_down = true;
}

static struct nbsi_block
burst_block(struct burst *burst, uint32_t bytes)
{
	const uint64_t resolve_ns = burst->resolve_ns;

	burst->resolve_ns = 0;
	if (burst->dir == BURST_DOWN)
		return nbsi_draw_downlink_am(burst->draw, bytes);
	burst->draw->ue->reported_ns = burst->draw->t_ns;
	if (resolve_ns == 0)
		return nbsi_draw_uplink_am(burst->draw, bytes);
	struct nbsi_block block = nbsi_draw_uplink_resolving(burst->draw, bytes, resolve_ns);

	burst->unresolved = block.first_ns == 0;
	return block;
}

/* What the block from one offset to another is made of. */
static void
burst_mark(const struct burst *burst, uint32_t from, uint32_t to)
{
	struct nbsi_mix mix = {0};
	uint32_t begin = burst->begin;

	for (const struct nbsi_packet *p = burst_list(burst)->first; p != NULL && begin < to;
	     p = p->next) {
		const uint32_t end = burst_end(burst, p, begin);
		const uint32_t first = begin > from ? begin : from;
		const uint32_t last = end < to ? end : to;

		if (last > first)
			nbsi_mix_add(&mix, p, last - first);
		begin = end;
	}
	nbsi_mark_mix(burst->draw->ue, &mix, to - from);
}

static bool
burst_pauses(const struct burst *burst)
{
	return burst->draw->t_ns + NBSI_PHASE_MAX_NS > burst->draw->limit_ns + BURST_LONG_NS;
}

/* What is left of the packet at the list's head when so much of the burst has been carried. */
static void
burst_remember(struct burst *burst, uint32_t offset)
{
	struct nbsi_packet *packet = burst_list(burst)->first;

	burst->paused = true;
	if (offset > burst->begin)
		packet->left = burst_end(burst, packet, burst->begin) - offset;
}

/* RLC begins anew with what was not through. */
static void
burst_fail(struct burst *burst)
{
	struct nbsi_packet *packet = burst_list(burst)->first;

	if (packet != NULL)
		packet->left = 0;
	nbsi_draw_link_failure(burst->draw);
}

static void
burst_run(struct burst *burst)
{
	struct nbsi_draw *draw = burst->draw;
	const bool up = burst->dir == BURST_UP;
	const uint32_t room =
	    (up ? NBSI_UL_BYTES_MAX : NBSI_DL_BYTES_MAX) - NBSI_BLOCK_HEADER_BYTES;
	const uint32_t total = burst_total(burst);

	burst->begin = burst->leader ? burst->first : 0U;
	for (uint32_t sent = 0; sent < total && !burst->paused;) {
		const uint32_t part = total - sent < room ? total - sent : room;

		burst_mark(burst, sent, sent + part);
		const struct nbsi_block block = burst_block(burst, part + NBSI_BLOCK_HEADER_BYTES);

		if (draw->status != NBS_OK || burst->unresolved)
			return;
		if (!block.delivered) {
			burst_fail(burst);
			return;
		}
		sent += part;
		burst_settle(burst, sent, block.at_ns);
		if (sent < total && burst_pauses(burst))
			burst_remember(burst, sent);
	}
	burst_context(burst);
}

/* Whether bearers for data are there when Msg5 goes out: those of the control plane, and those that
 * a resume brings back. */
static bool
burst_follows_msg5(const struct nbs_network_config *config, enum nbsi_purpose purpose)
{
	if (config->optimisation == NBS_SERVICE_REQUEST)
		return false;
	return purpose == NBSI_FOR_DATA || purpose == NBSI_FOR_PAGE ||
	       (purpose == NBSI_FOR_TAU && config->optimisation == NBS_USER_PLANE);
}

static void
burst_downlink_status(struct nbsi_draw *draw)
{
	if (!draw->ue->link_failed)
		(void)nbsi_draw_downlink(draw, NBSI_UE_SPECIFIC, NBSI_RLC_STATUS_BYTES);
}

/* An uplink burst, and the RLC status for it. */
static void
burst_up(struct burst *burst)
{
	burst_run(burst);
	if (!burst->paused && !burst->unresolved)
		burst_downlink_status(burst->draw);
	nbsi_mark_layer(burst->draw->ue, NBS_LAYER_ACCESS);
}

/* Msg5 of so many bytes without a packet in it, and what waits behind it. */
static void
burst_after(struct nbsi_draw *draw, uint32_t msg5_bytes)
{
	struct burst burst = {.draw = draw, .dir = BURST_UP, .first = msg5_bytes, .leader = true};

	burst_up(&burst);
}

/* Msg5 with the first packet in it. */
static void
burst_within(struct nbsi_draw *draw, const struct nbsi_packet *packet)
{
	struct burst burst = {.draw = draw, .dir = BURST_UP};

	burst.first = nbsi_msg5_sdu(&draw->cell->config, draw->ue->purpose,
				    burst_assisted(draw, packet, NBS_ASSIST_NAS),
				    burst_packet(&burst, packet)) +
		      burst_empty_report(draw, packet);
	burst_up(&burst);
}

void
nbsi_draw_msg5(struct nbsi_draw *draw)
{
	const struct nbs_ue *ue = draw->ue;
	const struct nbs_network_config *config = &draw->cell->config;
	const uint32_t bytes = nbsi_msg5_sdu(config, ue->purpose, false, 0);

	if (nbsi_msg5_carries_data(config, ue->purpose) && ue->uplink.count > 0) {
		burst_within(draw, ue->uplink.first);
	} else if (burst_follows_msg5(config, ue->purpose)) {
		burst_after(draw, bytes);
	} else {
		(void)nbsi_draw_message(draw, true, bytes);
		burst_downlink_status(draw);
	}
}

void
nbsi_draw_msg5_after_early(struct nbsi_draw *draw)
{
	burst_after(draw, nbsi_edt_msg5_sdu(&draw->cell->config));
}

void
nbsi_draw_uplink_packets(struct nbsi_draw *draw)
{
	struct burst burst = {.draw = draw, .dir = BURST_UP};

	burst_up(&burst);
}

bool
nbsi_draw_uplink_resolving_packets(struct nbsi_draw *draw, uint64_t until_ns)
{
	struct burst burst = {.draw = draw, .dir = BURST_UP, .resolve_ns = until_ns};

	burst_up(&burst);
	return !burst.unresolved;
}

/*
 * The eNB polls for the status and grants it; a buffer status report may ride along: of what
 * waits, or of nothing more to come (AS release assistance).
 */
static void
burst_uplink_status(struct nbsi_draw *draw)
{
	const struct nbs_ue *ue = draw->ue;
	const bool nothing = nbs_network_assistance(&draw->cell->config) == NBS_ASSIST_AS &&
			     ue->last_rai == NBS_RAI_ONE_REPLY && ue->replies_due == 0;
	const uint32_t report = ue->uplink.count > 0 || nothing ? NBSI_BSR_BYTES : 0U;

	(void)nbsi_draw_uplink(draw, NBSI_RLC_STATUS_BYTES + report);
}

void
nbsi_draw_downlink_packets(struct nbsi_draw *draw)
{
	struct burst burst = {.draw = draw, .dir = BURST_DOWN};

	burst_run(&burst);
	if (!burst.paused && !draw->ue->link_failed)
		burst_uplink_status(draw);
	nbsi_mark_layer(draw->ue, NBS_LAYER_ACCESS);
}
