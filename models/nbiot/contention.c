/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The eNB's side of random access up to the response (TS 36.321 5.1.4, 6.1.5; TS 36.213 16.3.3):
 * contenders on one subcarrier are a group, groups are answered in the order of their subcarriers.
 * Deviation: what the eNB sends is sized for the weakest UE that it heard in the occasion, since
 * link adaptation knows the coupling loss.
 */
#include "models/nbiot/contention_internal.h"

#define CONTEND_RAR_DELAY 4U       /* subframes, TS 36.321 5.1.4 */
#define CONTEND_RAR_DELAY_LONG 41U /* the same with 64 or more repetitions */
#define CONTEND_LONG_PREAMBLE 64U
#define CONTEND_FEW 4U /* delays that a RAR grant can name, TS 36.213 16.3.3 */
#define CONTEND_NPRACH_HZ 3750.0

/* ---- what the eNB hears ---- */

/* A cell that goes off the air before the preamble ends has not heard it. */
static bool
contend_detected(const struct nbsi_contend *contend, struct nbs_ue *ue)
{
	struct nbsi_draw draw = {.cell = contend->cell, .ue = ue};
	double snr_db = nbs_ul_snr_db(ue->ra.preamble_dbm, ue->radio->mcl_db, CONTEND_NPRACH_HZ);

	if (contend->off_ns <= nbs_now(contend->cell->engine))
		return false;
	return nbsi_draw_chance(&draw,
				nbs_link_nprach_detection(contend->cell->radios.link,
							  contend->ce->nprach_repetitions, snr_db));
}

/* A group is heard if one of it is. */
void
nbsi_contend_listen(struct nbsi_contend *contend, struct nbs_ue *first)
{
	struct nbs_cell_stats *stats = &contend->cell->stats;
	struct nbsi_group *group = &contend->groups[contend->group_count];
	bool heard = false;

	*group = (struct nbsi_group){.first = first};
	for (struct nbs_ue *ue = first; ue != NULL; ue = ue->ra.next) {
		const bool detected = contend_detected(contend, ue);

		group->size++;
		heard |= detected;
		stats->detected += detected;
		if (detected && (contend->weakest == NULL ||
				 ue->radio->mcl_db > contend->weakest->radio->mcl_db))
			contend->weakest = ue;
	}
	stats->preambles += group->size;
	if (group->size > 1) {
		stats->collided += group->size;
		for (struct nbs_ue *ue = first; ue != NULL; ue = ue->ra.next)
			ue->stats.collisions++;
	}
	contend->heard_count += heard;
	group->answered = heard; /* until the response window is full */
	contend->group_count++;
}

/* ---- the response ---- */

struct nbs_ue *
nbsi_contend_strongest(const struct nbsi_group *group)
{
	struct nbs_ue *best = group->first;

	for (struct nbs_ue *ue = group->first; ue != NULL; ue = ue->ra.next)
		if (ue->radio->mcl_db < best->radio->mcl_db ||
		    (!(ue->radio->mcl_db > best->radio->mcl_db) && ue->index < best->index))
			best = ue;
	return best;
}

/*
 * The grant of Msg3: for the UE that the eNB heard best. A grant of all tones has four places in a
 * RAR, one at each delay; for more responses at once the eNB takes narrow ones.
 */
static enum nbs_status
contend_msg3_choice(const struct nbsi_contend *contend, struct nbsi_group *group)
{
	const struct nbs_link *link = contend->cell->radios.link;
	struct nbs_ue *ue = nbsi_contend_strongest(group);
	const struct nbs_npusch_choice *choice =
	    contend->heard_count > CONTEND_FEW ? &ue->radio->msg3_narrow : &ue->radio->msg3;
	enum nbs_status status = NBS_OK;

	if (contend->edt)
		status =
		    nbsi_radio_early(link, ue->radio, nbsi_contention_early_bytes(ue), &choice);
	if (status == NBS_OK)
		group->msg3 = *choice;
	return status;
}

/* MAC PDU of a RAR with so many responses; a backoff indicator adds a byte. */
static uint32_t
contend_rar_bytes(const struct nbsi_contend *contend, uint32_t responses)
{
	return responses * NBSI_RAR_BYTES +
	       (contend->cell->config.backoff_index < NBS_BACKOFF_NONE ? 1U : 0U);
}

/* Downlink subframes of a RAR by the number of its responses. */
static enum nbs_status
contend_rar_sizes(const struct nbsi_contend *contend, uint32_t *subframes)
{
	for (uint32_t n = 1; n <= NBSI_RAR_MAX; n++) {
		const struct nbs_npdsch_choice *choice = NULL;
		enum nbs_status status =
		    nbsi_radio_downlink(contend->cell->radios.link, contend->weakest->radio,
					contend_rar_bytes(contend, n), &choice);

		if (status != NBS_OK)
			return status;
		subframes[n - 1] = choice->subframes;
	}
	return NBS_OK;
}

uint64_t
nbsi_contend_until(const struct nbsi_contend *contend, uint64_t end_ns)
{
	return end_ns < contend->off_ns ? end_ns : contend->off_ns;
}

/* Groups waiting for a response, up to NBSI_RAR_MAX from an index on. */
static uint32_t
contend_next(const struct nbsi_contend *contend, uint32_t from, struct nbsi_ul_need *needs,
	     uint32_t *indices)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < contend->group_count && n < NBSI_RAR_MAX; i++) {
		const struct nbsi_group *group = &contend->groups[i];

		if (!group->answered)
			continue;
		needs[n] = nbsi_npusch_need(&group->msg3);
		indices[n++] = i;
	}
	return n;
}

/* RAR after RAR until all are answered or the window is over. */
static enum nbs_status
contend_respond(struct nbsi_contend *contend)
{
	const struct nbsi_space space = nbsi_level_space(contend->ce, NBSI_COMMON);
	struct nbsi_carrier *carrier = contend->cell->carriers[0];
	uint32_t subframes[NBSI_RAR_MAX];
	uint64_t from_ns = contend->window_start_ns;
	uint32_t from = 0;
	enum nbs_status status = NBS_OK;

	if (contend->weakest == NULL)
		return NBS_OK;
	for (uint32_t i = 0; i < contend->group_count && status == NBS_OK; i++)
		status = contend_msg3_choice(contend, &contend->groups[i]);
	if (status == NBS_OK)
		status = contend_rar_sizes(contend, subframes);
	contend->dci_reps = contend->weakest->radio->level[contend->level].dci_ra.repetitions;
	while (status == NBS_OK) {
		struct nbsi_ul_need needs[NBSI_RAR_MAX];
		uint32_t indices[NBSI_RAR_MAX] = {0};
		struct nbsi_rar rar;
		uint32_t count = contend_next(contend, from, needs, indices);
		bool room =
		    count > 0 && nbsi_book_rar(carrier, &space, from_ns,
					       nbsi_contend_until(contend, contend->window_end_ns),
					       contend->dci_reps, subframes, needs, count, &rar);

		if (!room || rar.count == 0)
			break;
		contend->any_rar = true;
		for (uint32_t n = 0; n < rar.count; n++) {
			struct nbsi_group *group = &contend->groups[indices[n]];

			group->rar = rar;
			group->place = n;
			contend->cell->stats.responses += group->size;
		}
		from = indices[rar.count - 1] + 1U;
		from_ns = rar.end_ns;
	}
	for (uint32_t i = from; i < contend->group_count; i++) {
		struct nbsi_group *group = &contend->groups[i];

		contend->cell->stats.unanswered += group->answered ? group->size : 0U;
		group->answered = false;
	}
	return status;
}

/* ---- the UEs ---- */

/* The window has passed in vain: TS 36.321 5.1.4 for the backoff, then the next attempt. */
static void
contend_no_response(const struct nbsi_contend *contend, struct nbsi_draw *draw)
{
	nbsi_draw_listen(draw, contend->window_end_ns, NBSI_COMMON);
	draw->ue->stats.no_response++;
	if (contend->any_rar)
		draw->ue->ra.backoff_ns = nbs_backoff_ns(contend->cell->config.backoff_index);
	nbsi_draw_next_attempt(draw);
	nbsi_phase_commit(draw);
}

/* The response: no HARQ, so a miss ends the attempt with the window. */
static bool
contend_receive(const struct nbsi_contend *contend, const struct nbsi_group *group,
		struct nbsi_draw *draw)
{
	const struct nbs_link *link = contend->cell->radios.link;
	const struct nbs_npdsch_choice *choice = NULL;
	const struct nbs_ue *ue = draw->ue;
	double dci_bler, bler;

	nbsi_draw_until(draw, contend->window_start_ns, NBS_POWER_ACTIVE);
	if (!group->answered || draw->status != NBS_OK)
		return false;
	draw->status = nbsi_radio_downlink(link, contend->weakest->radio,
					   contend_rar_bytes(contend, group->rar.count), &choice);
	if (draw->status != NBS_OK)
		return false;
	nbsi_draw_dci(draw, NBSI_COMMON, contend->dci_reps, group->rar.dci_start_ns,
		      group->rar.dci_end_ns);
	dci_bler = nbs_link_npdcch_bler(link, contend->dci_reps, ue->radio->dl_snr_db);
	if (nbsi_draw_chance(draw, dci_bler))
		return false;
	nbsi_draw_until(draw, group->rar.start_ns, NBS_POWER_ACTIVE);
	nbsi_draw_until(draw, group->rar.end_ns, NBS_POWER_RX);
	bler = nbs_link_npdsch_bler(link, &choice->npdsch, ue->radio->dl_snr_db, 1);
	return !nbsi_draw_chance(draw, bler);
}

/* ---- settling ---- */

/* Draws each UE's window; leaves in the group those that have a grant, their pens laid down. */
static void
contend_group_windows(struct nbsi_contend *contend, struct nbsi_group *group)
{
	struct nbs_ue *rest = group->first;

	group->first = NULL;
	while (rest != NULL) {
		struct nbs_ue *ue = rest;
		struct nbsi_draw draw = nbsi_phase_begin(ue, NBS_UE_RA);

		rest = ue->ra.next;
		if (contend_receive(contend, group, &draw)) {
			ue->ra.next = group->first;
			group->first = ue;
			ue->ra.drawn_ns = draw.t_ns;
			if (draw.status != NBS_OK)
				nbsi_cell_fault(contend->cell, draw.status);
		} else {
			contend_no_response(contend, &draw);
		}
	}
}

static void
contend_window(struct nbsi_contend *contend, uint64_t end_ns)
{
	const uint64_t last = (end_ns - 1U) / NBS_SUBFRAME_NS;
	/* It opens so many subframes after the one in which the preamble ends. */
	contend->window_start_ns = (last + (contend->ce->nprach_repetitions >= CONTEND_LONG_PREAMBLE
						? CONTEND_RAR_DELAY_LONG
						: CONTEND_RAR_DELAY)) *
				   NBS_SUBFRAME_NS;
	contend->window_end_ns =
	    contend->window_start_ns + nbs_npdcch_window_ns(contend->ce->ra_window_pp,
							    contend->ce->npdcch_ra_rmax,
							    contend->ce->npdcch_ra_g);
}

void
nbsi_contend_settle(struct nbsi_contend *contend, uint64_t preamble_end_ns)
{
	enum nbs_status status;

	contend_window(contend, preamble_end_ns);
	status = contend_respond(contend);

	if (status != NBS_OK) {
		nbsi_cell_fault(contend->cell, status);
		return;
	}
	for (uint32_t i = 0; i < contend->group_count; i++) {
		contend_group_windows(contend, &contend->groups[i]);
		if (contend->groups[i].first != NULL)
			nbsi_contend_msg3(contend, &contend->groups[i]);
	}
}
