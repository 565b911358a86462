/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The UE's state machine: RRC and the parts of NAS that decide when it sleeps (TS 36.331 5.3,
 * TS 24.301 5.3.5, 5.3.11, 5.6.1). Each state with a radio phase holds a timeline drawn ahead
 * (access.c, burst.c); its one timer fires at the phase's end.
 */
#include "models/nbiot/draw.h"

typedef void (*ue_handler)(struct nbs_ue *ue);

/* What a state draws where no timeline says otherwise. */
static const enum nbs_power_state ue_power[NBS_UE__COUNT] = {
    [NBS_UE_OFF] = NBS_POWER_OFF,      [NBS_UE_PSM] = NBS_POWER_PSM,
    [NBS_UE_IDLE] = NBS_POWER_IDLE,    [NBS_UE_ACCESS] = NBS_POWER_ACTIVE,
    [NBS_UE_BURST] = NBS_POWER_ACTIVE, [NBS_UE_CONNECTED] = NBS_POWER_MONITOR,
    [NBS_UE_BACKOFF] = NBS_POWER_IDLE,
};

enum nbs_status
nbsi_ue_book(struct nbs_ue *ue, uint64_t now_ns)
{
	if (ue->timeline != NULL) {
		nbsi_timeline_book(ue->timeline, &ue->account, now_ns);
		nbsi_timeline_give(&ue->cell->timelines, ue->timeline);
		ue->timeline = NULL;
	}
	return nbs_account_close(&ue->account, now_ns);
}

/* The only writer of the state: closes one account and opens the next. */
static void
ue_set_state(struct nbs_ue *ue, enum nbs_ue_state state)
{
	uint64_t now = nbs_now(ue->cell->engine);
	enum nbs_power_state power = ue_power[state];
	enum nbs_status status = nbsi_ue_book(ue, now);

	nbs_timer_cancel(&ue->phase);
	if (status == NBS_OK)
		status = nbs_account_enter(&ue->account, now, power,
					   nbs_modem_power_mw(ue->modem, power, 0.0));
	if (status != NBS_OK)
		nbsi_cell_fault(ue->cell, status);
	ue->state = state;
}

/* Enters a state with a phase and lifts the pen over an empty timeline. */
static struct nbsi_draw
ue_begin(struct nbs_ue *ue, enum nbs_ue_state state)
{
	struct nbsi_draw draw = {.cell = ue->cell, .ue = ue, .t_ns = nbs_now(ue->cell->engine)};

	ue_set_state(ue, state);
	ue->released = false;
	ue->access_failed = false;
	ue->timeline = nbsi_timeline_take(&ue->cell->timelines);
	draw.status = ue->timeline != NULL ? NBS_OK : NBS_E_NOMEM;
	return draw;
}

/* The phase is drawn: wait for its end. */
static void
ue_commit(struct nbsi_draw *draw)
{
	uint64_t now = nbs_now(draw->cell->engine);

	if (draw->status == NBS_OK)
		draw->status =
		    nbs_timer_arm(draw->cell->engine, &draw->ue->phase, draw->t_ns - now);
	if (draw->status != NBS_OK)
		nbsi_cell_fault(draw->cell, draw->status);
}

static void
ue_access(struct nbs_ue *ue, enum nbsi_purpose purpose, enum nbsi_from from)
{
	struct nbsi_draw draw = ue_begin(ue, NBS_UE_ACCESS);

	ue->purpose = purpose;
	nbsi_draw_access(&draw, from);
	ue_commit(&draw);
}

static void
ue_burst(struct nbs_ue *ue)
{
	struct nbsi_draw draw = ue_begin(ue, NBS_UE_BURST);

	nbsi_draw_burst(&draw);
	ue_commit(&draw);
}

static void
ue_wait(struct nbs_ue *ue)
{
	struct nbsi_draw draw = ue_begin(ue, NBS_UE_CONNECTED);

	nbsi_draw_wait(&draw);
	ue_commit(&draw);
}

/* ---- T3412: one event a period, not one a report ---- */

static void
ue_arm_tau(struct nbs_ue *ue)
{
	uint64_t now = nbs_now(ue->cell->engine);
	enum nbs_status status;

	if (ue->tau_due_ns == NBS_TIME_NEVER || nbs_timer_armed(&ue->tau))
		return;
	status = nbs_timer_arm(ue->cell->engine, &ue->tau,
			       ue->tau_due_ns > now ? ue->tau_due_ns - now : 0);
	if (status != NBS_OK)
		nbsi_cell_fault(ue->cell, status);
}

static void
ue_restart_tau(struct nbs_ue *ue)
{
	uint64_t t3412 = ue->cell->config.t3412_ns;

	if (t3412 == 0)
		return;
	ue->tau_due_ns = nbs_now(ue->cell->engine) + t3412;
	/* A timer armed for an earlier time finds out when it fires. */
	ue_arm_tau(ue);
}

void
nbsi_ue_on_tau_timer(void *arg)
{
	struct nbs_ue *ue = arg;
	bool asleep = ue->state == NBS_UE_PSM || ue->state == NBS_UE_IDLE;

	if (asleep && nbs_now(ue->cell->engine) < ue->tau_due_ns)
		ue_arm_tau(ue);
	else
		nbsi_ue_dispatch(ue, NBSI_UE_EV_T3412);
}

/* ---- to sleep ---- */

static void
ue_discard_downlink(struct nbs_ue *ue)
{
	ue->stats.unreachable += nbsi_packet_clear(&ue->downlink);
}

static void
ue_enter_psm(struct nbs_ue *ue)
{
	ue_set_state(ue, NBS_UE_PSM);
	ue_discard_downlink(ue);
}

/* A page goes out in the next whole occasion; an occasion after T3324 does not come. */
static void
ue_page(struct nbs_ue *ue)
{
	uint64_t now = nbs_now(ue->cell->engine);
	uint64_t listening_until = ue->phase.due_ns;
	uint64_t start = now;

	if (nbsi_cycle_next_on_ns(&ue->paging, now) == now && now > 0 &&
	    nbsi_cycle_next_on_ns(&ue->paging, now - 1U) == now - 1U)
		start = now + ue->paging.on_ns; /* begun already: too late for this one */
	start = nbsi_cycle_next_on_ns(&ue->paging, start);
	if (start + ue->paging.on_ns > listening_until) {
		ue_discard_downlink(ue);
		return;
	}
	struct nbsi_draw draw = ue_begin(ue, NBS_UE_ACCESS);

	ue->purpose = NBSI_FOR_PAGE;
	ue->stats.pagings++;
	nbsi_draw_cycle(&draw, start + ue->paging.on_ns, &ue->paging);
	nbsi_draw_access(&draw, NBSI_FROM_SYNCED);
	ue_commit(&draw);
}

static void
ue_enter_idle(struct nbs_ue *ue)
{
	struct nbsi_draw draw = ue_begin(ue, NBS_UE_IDLE);

	nbsi_draw_cycle(&draw, draw.t_ns + ue->cell->config.t3324_ns, &ue->paging);
	ue_commit(&draw);
	if (ue->downlink.count > 0)
		ue_page(ue);
}

static void
ue_go_idle(struct nbs_ue *ue)
{
	if (ue->connected_since_ns != NBS_TIME_NEVER)
		ue->stats.connected_ns += nbs_now(ue->cell->engine) - ue->connected_since_ns;
	ue->connected_since_ns = NBS_TIME_NEVER;
	ue_restart_tau(ue);
	if (ue->uplink.count > 0)
		ue_access(ue, NBSI_FOR_DATA, NBSI_FROM_SYNCED);
	else if (ue->cell->config.t3324_ns > 0)
		ue_enter_idle(ue);
	else
		ue_enter_psm(ue);
}

/* ---- handlers ---- */

static void
ue_ignore(struct nbs_ue *ue)
{
	(void)ue; /* what was queued goes with the next phase */
}

static void
ue_on_power_on(struct nbs_ue *ue)
{
	ue_restart_tau(ue);
	ue_enter_psm(ue);
}

static void
ue_send_from_psm(struct nbs_ue *ue)
{
	ue_access(ue, NBSI_FOR_DATA, NBSI_FROM_PSM);
}

static void
ue_send_from_idle(struct nbs_ue *ue)
{
	ue_access(ue, NBSI_FOR_DATA, NBSI_FROM_SLEEP);
}

static void
ue_tau_from_psm(struct nbs_ue *ue)
{
	ue_access(ue, NBSI_FOR_TAU, NBSI_FROM_PSM);
}

static void
ue_tau_from_idle(struct nbs_ue *ue)
{
	ue_access(ue, NBSI_FOR_TAU, NBSI_FROM_SLEEP);
}

/* Five failures in a row: the packets are given up (TS 24.301 5.6.1.6). */
static void
ue_access_failed(struct nbs_ue *ue)
{
	if (++ue->nas_attempts < NBSI_NAS_ATTEMPTS) {
		struct nbsi_draw draw = ue_begin(ue, NBS_UE_BACKOFF);

		nbsi_draw_for(&draw, NBSI_T3411_NS, NBS_POWER_IDLE, 0.0);
		ue_commit(&draw);
		return;
	}
	ue->nas_attempts = 0;
	ue->stats.lost_up += nbsi_packet_clear(&ue->uplink);
	ue->stats.lost_down += nbsi_packet_clear(&ue->downlink);
	ue_go_idle(ue);
}

static void
ue_on_burst_end(struct nbs_ue *ue)
{
	if (ue->access_failed) {
		ue_access_failed(ue);
		return;
	}
	ue->nas_attempts = 0;
	if (ue->released)
		ue_go_idle(ue);
	else if (ue->uplink.count > 0 || ue->downlink.count > 0)
		ue_burst(ue);
	else
		ue_wait(ue);
}

static void
ue_on_backoff_end(struct nbs_ue *ue)
{
	/* Data that came meanwhile goes first; T3412 starts again when it is through. */
	if (ue->purpose == NBSI_FOR_TAU && ue->uplink.count > 0)
		ue->purpose = NBSI_FOR_DATA;
	ue_access(ue, ue->purpose, NBSI_FROM_SLEEP);
}

/* Downlink while connected: at once, in C-DRX from the next on-duration. */
static void
ue_downlink_connected(struct nbs_ue *ue)
{
	struct nbsi_draw draw = ue_begin(ue, NBS_UE_BURST);

	nbsi_draw_on_duration(&draw);
	nbsi_draw_burst(&draw);
	ue_commit(&draw);
}

static void
ue_on_inactivity(struct nbs_ue *ue)
{
	struct nbsi_draw draw = ue_begin(ue, NBS_UE_BURST);

	nbsi_draw_release(&draw);
	ue_commit(&draw);
}

static const ue_handler ue_handlers[NBS_UE__COUNT][NBSI_UE_EV__COUNT] = {
    [NBS_UE_OFF] =
	{
	    [NBSI_UE_EV_DOWNLINK] = ue_discard_downlink,
	    [NBSI_UE_EV_PHASE] = ue_on_power_on,
	},
    [NBS_UE_PSM] =
	{
	    [NBSI_UE_EV_SEND] = ue_send_from_psm,
	    [NBSI_UE_EV_DOWNLINK] = ue_discard_downlink,
	    [NBSI_UE_EV_T3412] = ue_tau_from_psm,
	},
    [NBS_UE_IDLE] =
	{
	    [NBSI_UE_EV_SEND] = ue_send_from_idle,
	    [NBSI_UE_EV_DOWNLINK] = ue_page,
	    [NBSI_UE_EV_PHASE] = ue_enter_psm,
	    [NBSI_UE_EV_T3412] = ue_tau_from_idle,
	},
    [NBS_UE_ACCESS] =
	{
	    [NBSI_UE_EV_SEND] = ue_ignore,
	    [NBSI_UE_EV_DOWNLINK] = ue_ignore,
	    [NBSI_UE_EV_PHASE] = ue_on_burst_end,
	    [NBSI_UE_EV_T3412] = ue_ignore,
	},
    [NBS_UE_BURST] =
	{
	    [NBSI_UE_EV_SEND] = ue_ignore,
	    [NBSI_UE_EV_DOWNLINK] = ue_ignore,
	    [NBSI_UE_EV_PHASE] = ue_on_burst_end,
	    [NBSI_UE_EV_T3412] = ue_ignore,
	},
    [NBS_UE_CONNECTED] =
	{
	    [NBSI_UE_EV_SEND] = ue_burst,
	    [NBSI_UE_EV_DOWNLINK] = ue_downlink_connected,
	    [NBSI_UE_EV_PHASE] = ue_on_inactivity,
	    [NBSI_UE_EV_T3412] = ue_ignore, /* stopped while connected; starts again in idle */
	},
    [NBS_UE_BACKOFF] =
	{
	    [NBSI_UE_EV_SEND] = ue_ignore,
	    [NBSI_UE_EV_DOWNLINK] = ue_ignore,
	    [NBSI_UE_EV_PHASE] = ue_on_backoff_end,
	    [NBSI_UE_EV_T3412] = ue_ignore,
	},
};

void
nbsi_ue_dispatch(struct nbs_ue *ue, enum nbsi_ue_event event)
{
	ue_handler handler = ue_handlers[ue->state][event];

	if (handler == NULL)
		ue->stats.illegal++;
	else if (!ue->finished)
		handler(ue);
}

void
nbsi_ue_on_phase_timer(void *arg)
{
	nbsi_ue_dispatch(arg, NBSI_UE_EV_PHASE);
}

void
nbsi_ue_downlink_arrives(struct nbs_ue *ue, struct nbsi_packet *packet)
{
	nbsi_packet_push(&ue->downlink, packet);
	if (ue->finished)
		ue_discard_downlink(ue);
	else
		nbsi_ue_dispatch(ue, NBSI_UE_EV_DOWNLINK);
}
