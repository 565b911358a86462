/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Msg3 and Msg4 (TS 36.321 5.1.5): UEs with one grant meet in Msg3, one of them may be decoded,
 * Msg4 says which; the others try again. Deviation: a retransmission asked of a group is heard by
 * all of it or by none.
 */
#include "models/nbiot/contention_internal.h"
#include "models/nbiot/mark.h"

#include <math.h>

/* Power of Msg3 at the eNB, less the noise figure's part: what capture compares. */
static double
msg3_dbm(const struct nbsi_contend *contend, const struct nbsi_group *group,
	 const struct nbs_ue *ue)
{
	const struct nbs_npusch *npusch = &group->msg3.npusch;

	return nbs_npusch_power_dbm(&contend->cell->config, NBS_UL_RAR, npusch->scs, npusch->tones,
				    npusch->n_rep, ue->radio->mcl_db);
}

/* SINR of the strongest talker; -INFINITY if the others bury it. */
static double
msg3_sinr_db(const struct nbsi_contend *contend, const struct nbsi_group *group,
	     const struct nbs_ue *best)
{
	const struct nbs_network_config *config = &contend->cell->config;
	const struct nbs_npusch *npusch = &group->msg3.npusch;
	const double signal_dbm = msg3_dbm(contend, group, best);
	const double snr_db = nbs_ul_snr_db(signal_dbm, best->radio->mcl_db,
					    nbs_ul_bandwidth_hz(npusch->scs, npusch->tones));
	double others = 0.0; /* as share of the signal */

	for (const struct nbs_ue *ue = group->first; ue != NULL; ue = ue->ra.next)
		if (ue != best)
			others += pow(10.0, (msg3_dbm(contend, group, ue) - ue->radio->mcl_db -
					     signal_dbm + best->radio->mcl_db) /
						10.0);
	if (!(others > 0.0))
		return snr_db;
	if (!config->capture || nbs_round_db(-10.0 * log10(others)) < config->capture_db)
		return -INFINITY;
	return nbs_round_db(-10.0 * log10(others + pow(10.0, -snr_db / 10.0)));
}

/* End of the last transmission of Msg3: the contention timer runs from there (TS 36.321 5.1.5). */
static uint64_t
msg3_heard_ns(const struct nbsi_group *group)
{
	uint32_t last = group->try_count > 0 ? group->try_count - 1U : 0U;

	while (last > 0 && !group->tries[last].heard)
		last--;
	return group->tries[last].end_ns;
}

static uint64_t
msg3_timer_ns(const struct nbsi_contend *contend)
{
	return nbs_npdcch_window_ns(contend->ce->contention_timer_pp, contend->ce->npdcch_ra_rmax,
				    contend->ce->npdcch_ra_g);
}

/* Msg3 and what the eNB asks for until it has decoded one, or has had enough. */
static void
msg3_schedule(struct nbsi_contend *contend, struct nbsi_group *group)
{
	const struct nbs_link *link = contend->cell->radios.link;
	const struct nbsi_space space = nbsi_level_space(contend->ce, NBSI_COMMON);
	const struct nbs_npusch *npusch = &group->msg3.npusch;
	const struct nbsi_ul_need need = nbsi_npusch_need(&group->msg3);
	struct nbs_ue *best = nbsi_contend_strongest(group);
	struct nbsi_draw draw = {.cell = contend->cell, .ue = best};
	const double sinr_db = msg3_sinr_db(contend, group, best);
	const struct nbs_npdcch_choice *dci = &best->radio->level[contend->level].dci_ra;
	const bool fits =
	    !contend->edt || nbsi_contention_early_bytes(best) * 8U <= group->msg3.tbs_bits;
	double before = 0.0;
	uint32_t sent = 0;

	group->tries[0] = (struct nbsi_try){.start_ns = group->rar.msg3[group->place].start_ns,
					    .end_ns = group->rar.msg3[group->place].end_ns,
					    .heard = true};
	for (uint32_t i = 0; i < contend->cell->config.msg3_attempts; i++) {
		struct nbsi_try *try = &group->tries[i];
		struct nbsi_grant grant;
		double bler = 1.0;

		if (i > 0) {
			const uint64_t last_ns = group->tries[i - 1].end_ns;
			const uint64_t timer_ns = msg3_heard_ns(group) + msg3_timer_ns(contend);

			if (!nbsi_book_uplink(contend->cell->carriers[0], &space,
					      last_ns + NBSI_GAP_AFTER_UPLINK * NBS_SUBFRAME_NS,
					      nbsi_contend_until(contend, timer_ns),
					      dci->repetitions, &need, &grant))
				break;
			best->stats.retransmissions++;
			*try = (struct nbsi_try){.dci_start_ns = grant.dci_start_ns,
						 .dci_end_ns = grant.dci_end_ns,
						 .start_ns = grant.start_ns,
						 .end_ns = grant.end_ns,
						 .heard = !nbsi_draw_chance(&draw, dci->bler)};
		}
		group->try_count = i + 1U;
		if (!try->heard)
			continue;
		sent++;
		if (fits && !isinf(sinr_db) && try->end_ns <= contend->off_ns)
			bler = nbs_link_npusch_bler(link, npusch, sinr_db, sent);
		if (!nbsi_draw_chance(&draw, nbsi_draw_conditional(bler, before))) {
			group->winner = best;
			break;
		}
		before = bler;
	}
	if (group->winner != NULL && group->first->ra.next != NULL)
		contend->cell->stats.captured++;
}

/* Early data's Msg3 is a packet with signalling around it; what is sent again is a repetition. */
static void
msg3_mark(const struct nbsi_contend *contend, struct nbs_ue *ue, uint32_t attempt)
{
	struct nbsi_mix mix = {0};

	if (attempt > 0) {
		nbsi_mark_layer(ue, NBS_LAYER_RETRANSMISSION);
	} else if (contend->edt && ue->uplink.first != NULL) {
		nbsi_mix_add(&mix, ue->uplink.first,
			     nbsi_compressed_bytes(&contend->cell->config, ue->uplink.first->len,
						   ue->compressed_up));
		nbsi_mark_mix(ue, &mix, nbsi_contention_early_bytes(ue));
	}
}

/* A UE's own side of all that. */
static void
msg3_send(const struct nbsi_contend *contend, const struct nbsi_group *group,
	  struct nbsi_draw *draw)
{
	const double dbm = msg3_dbm(contend, group, draw->ue);

	for (uint32_t i = 0; i < group->try_count; i++) {
		const struct nbsi_try *try = &group->tries[i];

		msg3_mark(contend, draw->ue, i);
		if (i > 0)
			nbsi_draw_dci(draw, NBSI_COMMON,
				      draw->ue->radio->level[contend->level].dci_ra.repetitions,
				      try->dci_start_ns, try->dci_end_ns);
		if (!try->heard) {
			nbsi_draw_until(draw, try->end_ns, NBS_POWER_MONITOR);
			continue;
		}
		nbsi_draw_until(draw, try->start_ns, NBS_POWER_ACTIVE);
		nbsi_draw_transmission(draw, group->msg3.tx_ns, try->end_ns - try->start_ns,
				       NBS_POWER_TX, dbm);
		nbsi_draw_for(draw, NBSI_GAP_AFTER_UPLINK * NBS_SUBFRAME_NS, NBS_POWER_ACTIVE, 0.0);
	}
	nbsi_mark_layer(draw->ue, NBS_LAYER_ACCESS);
}

/* Contention lost: at another's Msg4, or when the timer runs out. */
static void
msg3_lost(const struct nbsi_contend *contend, const struct nbsi_group *group,
	  struct nbsi_draw *draw, uint64_t msg4_ns)
{
	const uint64_t timer_ns = msg3_heard_ns(group) + msg3_timer_ns(contend);

	nbsi_draw_listen(draw, msg4_ns > 0 && msg4_ns < timer_ns ? msg4_ns : timer_ns, NBSI_COMMON);
	draw->ue->ra.backoff_ns = nbs_backoff_ns(contend->cell->config.backoff_index);
	nbsi_draw_next_attempt(draw);
	nbsi_phase_commit(draw);
}

static bool
msg3_full(const struct nbsi_contend *contend)
{
	const struct nbs_network_config *config = &contend->cell->config;

	return config->max_connections > 0 &&
	       contend->cell->stats.connected >= config->max_connections;
}

/* Msg4 to the winner. @return end of its first transmission, 0 = the others hear nothing. */
static uint64_t
msg3_won(const struct nbsi_contend *contend, const struct nbsi_group *group, struct nbsi_draw *draw)
{
	struct nbs_ue *ue = draw->ue;
	const uint64_t decoded_ns = group->tries[group->try_count - 1U].end_ns;
	const uint64_t limit_ns = draw->limit_ns;
	const uint64_t timer_ns = decoded_ns + msg3_timer_ns(contend);
	struct nbsi_block msg4 = {.delivered = true};
	const bool reject = ue->ra.kind == NBSI_RA_IDLE && msg3_full(contend);
	uint64_t heard_ns = 0;

	if (contend->edt && !reject) {
		/* Its own Msg4 follows from what the core has to say. */
		nbsi_draw_early_data(draw, decoded_ns);
		heard_ns = draw->t_ns;
	} else if (ue->ra.kind != NBSI_RA_CONNECTED) {
		/* It counts while the contention timer runs. */
		draw->limit_ns = timer_ns < limit_ns ? timer_ns : limit_ns;
		msg4 =
		    nbsi_draw_downlink(draw, NBSI_COMMON,
				       reject ? NBSI_MSG4_REJECT_BYTES
					      : nbsi_msg4_bytes(&contend->cell->config,
								ue->ra.kind == NBSI_RA_REESTABLISH
								    ? NBSI_FOR_REESTABLISH
								    : ue->purpose));
		draw->limit_ns = limit_ns;
		heard_ns = msg4.first_ns;
	}
	if (!msg4.delivered) {
		msg3_lost(contend, group, draw, 0);
		return heard_ns;
	}
	if (reject) {
		contend->cell->stats.rejects++;
		ue->stats.rejects++;
		ue->reason = NBS_UE_REJECTED;
		ue->access_failed = true;
	} else {
		ue->ra.won = true;
		if (!contend->edt)
			nbsi_draw_connection(draw);
	}
	nbsi_phase_commit(draw);
	return heard_ns;
}

/* All but the winner: without its Msg4 it enters another occasion, too, and so another list. */
static struct nbs_ue *
msg3_losers(struct nbsi_group *group)
{
	struct nbs_ue **at = &group->first;

	while (*at != NULL && *at != group->winner)
		at = &(*at)->ra.next;
	if (*at != NULL)
		*at = (*at)->ra.next;
	return group->first;
}

void
nbsi_contend_msg3(struct nbsi_contend *contend, struct nbsi_group *group)
{
	uint64_t msg4_ns = 0;
	struct nbs_ue *losers;

	msg3_schedule(contend, group);
	losers = msg3_losers(group);
	if (group->winner != NULL) {
		struct nbsi_draw draw = nbsi_phase_resume(group->winner);

		msg3_send(contend, group, &draw);
		msg4_ns = msg3_won(contend, group, &draw);
	}
	for (struct nbs_ue *ue = losers, *next; ue != NULL; ue = next) {
		next = ue->ra.next; /* losing enters the next occasion */
		struct nbsi_draw draw = nbsi_phase_resume(ue);

		msg3_send(contend, group, &draw);
		msg3_lost(contend, group, &draw, msg4_ns);
	}
}
