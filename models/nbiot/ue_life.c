/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A UE's beginning and end, its paging occasions (TS 36.304 7), and what goes in from above. */
#include "models/nbiot/calendar.h"
#include "models/nbiot/draw.h"
#include "models/nbiot/paging.h"

#include <stdlib.h>

/*
 * A paging occasion: the receiver's share of a cell search, and the search space's Rmax. Outside of
 * the paging window of extended DRX the modem sleeps as between occasions.
 */
static void
ue_set_paging(struct nbs_ue *ue)
{
	const struct nbs_network_config *config = &ue->cell->config;
	const struct nbs_calendar *calendar = nbsi_carrier_calendar(ue->cell->carriers[0]);
	double listen_ms = (double)config->npdcch_paging_rmax / nbs_calendar_valid_share(calendar);
	uint64_t listen_us = (uint64_t)(listen_ms * 1000.0);

	ue->paging = (struct nbsi_cycle){
	    .on_state = NBS_POWER_PAGING,
	    .on_mw = nbs_modem_power_mw(ue->modem, NBS_POWER_PAGING, 0.0),
	    .on_layer = NBS_LAYER_PAGING,
	    .off_layer = NBS_LAYER_SLEEP,
	    .off_state = NBS_POWER_IDLE,
	    .off_mw = nbs_modem_power_mw(ue->modem, NBS_POWER_IDLE, 0.0),
	    .gated_state = NBS_POWER_EDRX,
	    .gated_mw = nbs_modem_power_mw(ue->modem, NBS_POWER_EDRX, 0.0),
	};
	if (config->edrx_cycle_ns > 0) {
		ue->paging.off_state = NBS_POWER_PTW;
		ue->paging.off_mw = nbs_modem_power_mw(ue->modem, NBS_POWER_PTW, 0.0);
	}
	nbsi_paging_cycle(config, ue->index,
			  listen_us * NBS_NS_PER_US +
			      nbsi_sync_open_ns(ue->modem, ue->radio->ce_level),
			  &ue->paging);
}

static void
ue_set_cdrx(struct nbs_ue *ue)
{
	const struct nbs_cdrx_config *cdrx = &ue->cell->config.cdrx;

	ue->cdrx = (struct nbsi_cycle){
	    .cycle_ns = cdrx->cycle_ns,
	    .on_ns = cdrx->on_duration_ns < cdrx->cycle_ns ? cdrx->on_duration_ns : cdrx->cycle_ns,
	    .on_state = NBS_POWER_CDRX_ON,
	    .on_mw = nbs_modem_power_mw(ue->modem, NBS_POWER_CDRX_ON, 0.0),
	    .on_layer = NBS_LAYER_TAIL,
	    .off_layer = NBS_LAYER_TAIL,
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
	return NBS_OK; /* a fault is the cell's; the UE may be in an occasion already */
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
	ue->carrier = cell->carriers[0];
	ue->timer = "";
	/* Who starts registered has read system information when it registered: assumed, at its
	 * start. */
	if (!cell->config.attach)
		ue->si_valid_ns = config->start_ns + NBSI_SI_VALID_NS;
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

enum nbs_ue_reason
nbsi_ue_camping(const struct nbs_ue *ue, uint64_t now_ns)
{
	const struct nbs_network_config *config = &ue->cell->config;

	if (ue->radio->nrsrp_dbm < config->q_rxlevmin_dbm)
		return NBS_UE_NO_COVERAGE;
	if (!nbsi_cell_on_air(ue->cell, now_ns))
		return NBS_UE_OUTAGE;
	return config->cell_barred ? NBS_UE_BARRED : NBS_UE_FINE;
}

/* Rate control counts user data in NAS messages: those of the control plane. */
void
nbsi_ue_queue(struct nbs_ue *ue, struct nbsi_packet *packet)
{
	const struct nbs_network_config *config = &ue->cell->config;
	const uint64_t now = nbs_now(ue->cell->engine);
	uint64_t next_ns = now;

	if (config->optimisation == NBS_CONTROL_PLANE &&
	    !nbsi_rate_take(&ue->rate_up, now, config->plmn_rate, &next_ns)) {
		ue->held++;
		nbsi_cell_hold(ue->cell, packet, next_ns);
		return;
	}
	nbsi_packet_push(&ue->uplink, packet);
	nbsi_ue_dispatch(ue, NBSI_UE_EV_SEND);
}

enum nbs_status
nbs_ue_send(struct nbs_ue *ue, const uint8_t *packet, size_t len, enum nbs_rai rai)
{
	struct nbsi_packet *copy;
	unsigned held;

	if (ue == NULL || packet == NULL || len == 0 || len > NBSI_PACKET_MAX)
		return NBS_E_ARG;
	if (ue->finished || (ue->state == NBS_UE_OFF && !ue->off_wanted))
		return NBS_E_STATE;
	held = ue->held;
	if (ue->uplink.count + held >= NBSI_QUEUE_MAX)
		return NBS_E_RANGE;
	copy = nbsi_packet_new(ue, packet, len);
	if (copy == NULL)
		return NBS_E_NOMEM;
	copy->rai = rai;
	copy->queued_ns = nbs_now(ue->cell->engine);
	nbsi_cell_classify(ue->cell, copy, true);
	ue->off_wanted = false;
	nbsi_ue_queue(ue, copy);
	ue->stats.rate_held += ue->held > held;
	return ue->cell->fault;
}

enum nbs_status
nbs_ue_power_off(struct nbs_ue *ue)
{
	if (ue == NULL)
		return NBS_E_ARG;
	if (ue->finished || (ue->state == NBS_UE_OFF && !ue->off_wanted))
		return NBS_E_STATE;
	ue->off_wanted = true;
	nbsi_ue_dispatch(ue, NBSI_UE_EV_OFF);
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
	if (ue->connected_since_ns != NBS_TIME_NEVER) {
		if (ue->connected_since_ns < now_ns)
			ue->stats.connected_ns += now_ns - ue->connected_since_ns;
		ue->connected_since_ns = NBS_TIME_NEVER;
		nbsi_cell_connected(ue->cell, false);
	}
	nbs_timer_cancel(&ue->phase);
	nbs_timer_cancel(&ue->tau);
	ue->finished = true;
	return NBS_OK;
}
