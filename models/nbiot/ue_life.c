/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A UE's beginning and end, its paging occasions (TS 36.304 7), and what goes in from above. */
#include "models/nbiot/draw.h"

#include <stdlib.h>

/* A paging occasion: the receiver's share of a cell search, and the search space's Rmax. */
static void
ue_set_paging(struct nbs_ue *ue)
{
	const struct nbs_network_config *config = &ue->cell->config;
	double listen_ms = (double)config->npdcch_paging_rmax / nbs_dl_valid_share();
	uint64_t listen_us = (uint64_t)(listen_ms * 1000.0);
	uint64_t frames = config->idle_drx_cycle_ns / NBS_FRAME_NS;

	ue->paging = (struct nbsi_cycle){
	    .cycle_ns = config->idle_drx_cycle_ns,
	    .on_ns = listen_us * NBS_NS_PER_US + nbsi_sync_open_ns(ue->modem, ue->radio->ce_level),
	    .on_state = NBS_POWER_PAGING,
	    .on_mw = nbs_modem_power_mw(ue->modem, NBS_POWER_PAGING, 0.0),
	    .off_state = NBS_POWER_IDLE,
	    .off_mw = nbs_modem_power_mw(ue->modem, NBS_POWER_IDLE, 0.0),
	};
	if (ue->paging.on_ns > ue->paging.cycle_ns)
		ue->paging.on_ns = ue->paging.cycle_ns;
	/* Paging frames are spread over the cycle by identity (TS 36.304 7.1). */
	if (frames > 0)
		ue->paging.offset_ns = gsl_rng_uniform_int(ue->rng, frames) * NBS_FRAME_NS;
}

static void
ue_set_cdrx(struct nbs_ue *ue)
{
	const struct nbs_cdrx_config *cdrx = &ue->cell->config.cdrx;

	ue->cdrx = (struct nbsi_cycle){
	    .cycle_ns = cdrx->cycle_ns,
	    .on_ns = cdrx->on_duration_ns < cdrx->cycle_ns ? cdrx->on_duration_ns : cdrx->cycle_ns,
	    .on_state = NBS_POWER_MONITOR,
	    .on_mw = nbs_modem_power_mw(ue->modem, NBS_POWER_MONITOR, 0.0),
	    .off_state = NBS_POWER_CDRX_SLEEP,
	    .off_mw = nbs_modem_power_mw(ue->modem, NBS_POWER_CDRX_SLEEP, 0.0),
	};
}

static enum nbs_status
ue_start(struct nbs_ue *ue, uint64_t start_ns)
{
	uint64_t now = nbs_now(ue->cell->engine);

	nbs_account_init(&ue->account, now, NBS_POWER_OFF, 0.0);
	nbs_timer_init(&ue->phase, nbsi_ue_on_phase_timer, ue);
	nbs_timer_init(&ue->tau, nbsi_ue_on_tau_timer, ue);
	if (start_ns > now)
		return nbs_timer_arm(ue->cell->engine, &ue->phase, start_ns - now);
	nbsi_ue_dispatch(ue, NBSI_UE_EV_PHASE);
	return ue->cell->fault;
}

enum nbs_status
nbsi_ue_new(struct nbs_cell *cell, unsigned index, const struct nbs_ue_config *config,
	    struct nbs_ue **out)
{
	struct nbs_ue *ue = calloc(1, sizeof(*ue));
	enum nbs_status status;

	if (ue == NULL)
		return NBS_E_NOMEM;
	ue->cell = cell;
	ue->index = index;
	ue->modem = config->modem;
	ue->connected_since_ns = ue->tau_due_ns = NBS_TIME_NEVER;
	status = nbsi_radio_get(&cell->radios, config->mcl_db, &ue->radio);
	if (status == NBS_OK)
		status = nbs_rng_new(cell->engine, config->name, &ue->rng);
	if (status == NBS_OK) {
		ue_set_paging(ue);
		ue_set_cdrx(ue);
		status = ue_start(ue, config->start_ns);
	}
	if (status != NBS_OK) {
		nbsi_ue_free(ue);
		return status;
	}
	*out = ue;
	return NBS_OK;
}

void
nbsi_ue_free(struct nbs_ue *ue)
{
	if (ue == NULL)
		return;
	nbs_timer_cancel(&ue->phase);
	nbs_timer_cancel(&ue->tau);
	(void)nbsi_packet_clear(&ue->uplink);
	(void)nbsi_packet_clear(&ue->downlink);
	nbsi_timeline_give(&ue->cell->timelines, ue->timeline);
	gsl_rng_free(ue->rng);
	free(ue);
}

enum nbs_status
nbs_ue_send(struct nbs_ue *ue, const uint8_t *packet, size_t len, enum nbs_rai rai)
{
	struct nbsi_packet *copy;

	if (ue == NULL || packet == NULL || len == 0 || len > NBSI_PACKET_MAX)
		return NBS_E_ARG;
	if (ue->finished || ue->state == NBS_UE_OFF)
		return NBS_E_STATE;
	if (ue->uplink.count >= NBSI_QUEUE_MAX)
		return NBS_E_RANGE;
	copy = nbsi_packet_new(ue, packet, len);
	if (copy == NULL)
		return NBS_E_NOMEM;
	copy->rai = rai;
	copy->queued_ns = nbs_now(ue->cell->engine);
	nbsi_packet_push(&ue->uplink, copy);
	nbsi_ue_dispatch(ue, NBSI_UE_EV_SEND);
	return ue->cell->fault;
}

enum nbs_status
nbs_ue_finish(struct nbs_ue *ue, uint64_t now_ns)
{
	enum nbs_status status;

	if (ue == NULL)
		return NBS_E_ARG;
	if (ue->finished)
		return NBS_OK;
	status = nbsi_ue_book(ue, now_ns);
	if (status != NBS_OK)
		return status;
	if (ue->connected_since_ns < now_ns)
		ue->stats.connected_ns += now_ns - ue->connected_since_ns;
	nbs_timer_cancel(&ue->phase);
	nbs_timer_cancel(&ue->tau);
	ue->finished = true;
	return NBS_OK;
}
