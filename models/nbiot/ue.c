/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The UE's state machine: RRC and the parts of NAS that decide when it sleeps (TS 36.331 5.3,
 * TS 24.301 5.3.5, 5.3.11, 5.5, 5.6.1). Each state with a radio phase holds a timeline drawn ahead
 * (access.c, contention.c, connect.c, burst.c); its one timer fires at the phase's end.
 */
#include "models/nbiot/mark.h"
#include "models/nbiot/ue_states.h"

/* ---- phases ---- */

void
nbsi_ue_access(struct nbs_ue *ue, enum nbsi_purpose purpose, enum nbsi_from from)
{
	struct nbsi_draw draw = nbsi_phase_begin(ue, NBS_UE_RA);

	/* Who is not registered attaches first, whatever it wants. */
	ue->purpose = ue->registered ? purpose : NBSI_FOR_ATTACH;
	nbsi_mark_purpose(ue);
	ue->no_cell = !nbsi_draw_wake(&draw, from);
	if (ue->no_cell)
		ue->access_failed = true;
	else
		nbsi_draw_random_access(&draw, NBSI_RA_IDLE);
	nbsi_phase_commit(&draw);
}

void
nbsi_ue_sleep_until(struct nbs_ue *ue, enum nbs_ue_state state, const char *timer,
		    uint64_t duration_ns)
{
	struct nbsi_draw draw = nbsi_phase_begin(ue, state);

	ue->timer = timer;
	nbsi_draw_for(&draw, duration_ns, NBS_POWER_IDLE, 0.0);
	nbsi_phase_commit(&draw);
}

static void
ue_burst(struct nbs_ue *ue)
{
	struct nbsi_draw draw = nbsi_phase_begin(ue, NBS_UE_BURST);

	nbsi_draw_burst(&draw);
	nbsi_phase_commit(&draw);
}

static void
ue_wait(struct nbs_ue *ue)
{
	struct nbsi_draw draw = nbsi_phase_begin(ue, NBS_UE_CONNECTED);

	nbsi_draw_wait(&draw);
	nbsi_phase_commit(&draw);
}

/* ---- handlers ---- */

static void
ue_on_power_on(struct nbs_ue *ue)
{
	if (ue->cell->config.attach) {
		nbsi_ue_access(ue, NBSI_FOR_ATTACH, NBSI_FROM_OFF);
		return;
	}
	ue->registered = true;
	nbsi_ue_start_tau(ue);
	nbsi_ue_sleep(ue);
}

static void
ue_send_from_psm(struct nbs_ue *ue)
{
	nbsi_ue_access(ue, NBSI_FOR_DATA, NBSI_FROM_PSM);
}

static void
ue_send_from_idle(struct nbs_ue *ue)
{
	nbsi_ue_access(ue, NBSI_FOR_DATA, NBSI_FROM_SLEEP);
}

static void
ue_tau_from_psm(struct nbs_ue *ue)
{
	nbsi_ue_access(ue, NBSI_FOR_TAU, NBSI_FROM_PSM);
}

static void
ue_tau_from_idle(struct nbs_ue *ue)
{
	nbsi_ue_access(ue, NBSI_FOR_TAU, NBSI_FROM_SLEEP);
}

static void
ue_send_from_off(struct nbs_ue *ue)
{
	nbsi_ue_access(ue, NBSI_FOR_ATTACH, NBSI_FROM_OFF);
}

/* What rate control holds back goes first. */
static void
ue_detach_from_psm(struct nbs_ue *ue)
{
	if (ue->held == 0)
		nbsi_ue_access(ue, NBSI_FOR_DETACH, NBSI_FROM_PSM);
}

/* Nobody hears a detach: what waits is lost with the supply. */
void
nbsi_ue_off_unheard(struct nbs_ue *ue)
{
	ue->stats.lost_up += nbsi_packet_clear(&ue->uplink);
	nbsi_ue_enter_off(ue);
}

static void
ue_detach_from_idle(struct nbs_ue *ue)
{
	if (ue->held == 0)
		nbsi_ue_access(ue, NBSI_FOR_DETACH, NBSI_FROM_SLEEP);
}

/* The connection stands and nothing is under way. */
static void
ue_go_on(struct nbs_ue *ue)
{
	if (!nbsi_cell_on_air(ue->cell, nbs_now(ue->cell->engine)))
		nbsi_ue_lose_sync(ue);
	else if (ue->uplink.count > 0 || ue->downlink.count > 0)
		ue_burst(ue);
	else
		ue_wait(ue);
}

static void
ue_on_phase_end(struct nbs_ue *ue)
{
	if (ue->access_failed) {
		if (ue->connected_since_ns != NBS_TIME_NEVER)
			nbsi_ue_connected_access_failed(ue);
		else
			nbsi_ue_access_failed(ue);
		return;
	}
	if (ue->link_failed) {
		nbsi_ue_link_failed(ue);
		return;
	}
	ue->reason = NBS_UE_FINE;
	if (ue->found) {
		nbsi_ue_sleep(ue);
		return;
	}
	ue->nas_attempts = 0;
	ue->purpose = NBSI_FOR_DATA; /* an attach or a TAU is done */
	if (ue->released) {
		nbsi_ue_leave_connection(ue);
		nbsi_ue_sleep(ue);
	} else {
		ue_go_on(ue);
	}
}

static void
ue_on_backoff_end(struct nbs_ue *ue)
{
	/* Data that came meanwhile goes first; T3412 starts again when it is through. */
	if (ue->purpose == NBSI_FOR_TAU && ue->uplink.count > 0)
		ue->purpose = NBSI_FOR_DATA;
	nbsi_ue_access(ue, ue->purpose, NBSI_FROM_SLEEP);
}

/* Downlink while connected: at once, in C-DRX from the next on-duration. */
static void
ue_downlink_connected(struct nbs_ue *ue)
{
	struct nbsi_draw draw = nbsi_phase_begin(ue, NBS_UE_BURST);

	nbsi_draw_on_duration(&draw);
	nbsi_draw_burst(&draw);
	nbsi_phase_commit(&draw);
}

static void
ue_on_inactivity(struct nbs_ue *ue)
{
	struct nbsi_draw draw = nbsi_phase_begin(ue, NBS_UE_BURST);

	nbsi_draw_release(&draw);
	nbsi_phase_commit(&draw);
}

/* ---- the table ---- */

#define TO(state_) (1U << NBS_UE_##state_)

/* Where a UE without a connection goes next: to PSM, to idle mode, or to what is due. */
#define TO_SLEEP (TO(PSM) | TO(IDLE) | TO(RA))
#define TO_REST (TO_SLEEP | TO(OFF)) /* the same after a phase: to be switched off, too */

#define PASSES(label_)             \
	{                          \
		.label = (label_), \
	}
#define DOES(handler_, next_, label_)                                      \
	{                                                                  \
		.handler = (handler_), .label = (label_), .next = (next_), \
	}

/* Behind each handler: where it leads, and what docs/models/nbiot.md prints for the cell. */
static const struct nbsi_ue_cell ue_table[NBS_UE__COUNT][NBSI_UE_EV__COUNT] =
    {
	[NBS_UE_OFF] =
	    {
		[NBSI_UE_EV_SEND] = DOES(ue_send_from_off, TO(RA), "on: ra to attach"),
		[NBSI_UE_EV_DOWNLINK] = DOES(nbsi_ue_discard_downlink, 0, "discarded"),
		[NBSI_UE_EV_PHASE] = DOES(ue_on_power_on, TO_SLEEP, "on: psm, idle, ra to attach"),
		[NBSI_UE_EV_OFF] = PASSES("-"),
		[NBSI_UE_EV_OUTAGE] = PASSES("-"),
	    },
	[NBS_UE_NO_CELL] =
	    {
		[NBSI_UE_EV_SEND] = PASSES("waits"),
		[NBSI_UE_EV_DOWNLINK] = DOES(nbsi_ue_buffer_downlink, 0, "buffered or discarded"),
		[NBSI_UE_EV_PHASE] = DOES(nbsi_ue_search, TO(RA), "ra: search"),
		[NBSI_UE_EV_T3412] = PASSES("later"),
		[NBSI_UE_EV_OFF] = DOES(nbsi_ue_off_unheard, TO(OFF), "off"),
		[NBSI_UE_EV_OUTAGE] = PASSES("-"),
	    },
	[NBS_UE_PSM] =
	    {
		[NBSI_UE_EV_SEND] = DOES(ue_send_from_psm, TO(RA), "ra"),
		[NBSI_UE_EV_DOWNLINK] = DOES(nbsi_ue_buffer_downlink, 0, "buffered or discarded"),
		[NBSI_UE_EV_T3412] = DOES(ue_tau_from_psm, TO(RA), "ra for TAU"),
		[NBSI_UE_EV_OFF] = DOES(ue_detach_from_psm, TO(RA), "ra to detach"),
		[NBSI_UE_EV_OUTAGE] = PASSES("-"),
	    },
	[NBS_UE_IDLE] =
	    {
		[NBSI_UE_EV_SEND] = DOES(ue_send_from_idle, TO(RA), "ra"),
		[NBSI_UE_EV_DOWNLINK] = DOES(nbsi_ue_page, 0, "page at an occasion"),
		[NBSI_UE_EV_PHASE] =
		    DOES(nbsi_ue_on_idle_end, TO_SLEEP, "paged: ra; T3324: psm; lost: ra"),
		[NBSI_UE_EV_T3412] = DOES(ue_tau_from_idle, TO(RA), "ra for TAU"),
		[NBSI_UE_EV_OFF] = DOES(ue_detach_from_idle, TO(RA), "ra to detach"),
		[NBSI_UE_EV_OUTAGE] = DOES(nbsi_ue_idle_outage, 0, "lost 10 s after an occasion"),
	    },
	[NBS_UE_RA] =
	    {
		[NBSI_UE_EV_SEND] = PASSES("waits"),
		[NBSI_UE_EV_DOWNLINK] = PASSES("waits"),
		[NBSI_UE_EV_PHASE] = DOES(ue_on_phase_end, TO(BACKOFF) | TO(NO_CELL) | TO_REST,
					  "backoff, no cell, psm, idle, off"),
		[NBSI_UE_EV_T3412] = PASSES("later"),
		[NBSI_UE_EV_OFF] = PASSES("later"),
		[NBSI_UE_EV_OUTAGE] = PASSES("attempts fail"),
		[NBSI_UE_EV_ANSWER] = {.label = "access, burst, or the next attempt",
				       .next = TO(ACCESS) | TO(BURST)},
	    },
	[NBS_UE_ACCESS] =
	    {
		[NBSI_UE_EV_SEND] = PASSES("waits"),
		[NBSI_UE_EV_DOWNLINK] = PASSES("waits"),
		[NBSI_UE_EV_PHASE] =
		    DOES(ue_on_phase_end, TO(BURST) | TO(CONNECTED) | TO(BACKOFF) | TO_REST,
			 "burst, connected, psm, idle, off; failed: ra, backoff"),
		[NBSI_UE_EV_T3412] = PASSES("-"), /* stopped; starts again in idle mode */
		[NBSI_UE_EV_OFF] = PASSES("later"),
		[NBSI_UE_EV_OUTAGE] = PASSES("cut short"),
	    },
	[NBS_UE_BURST] =
	    {
		[NBSI_UE_EV_SEND] = PASSES("waits"),
		[NBSI_UE_EV_DOWNLINK] = PASSES("waits"),
		[NBSI_UE_EV_PHASE] = DOES(ue_on_phase_end, TO(CONNECTED) | TO(BACKOFF) | TO_SLEEP,
					  "connected, psm, idle; failed: ra, backoff"),
		[NBSI_UE_EV_T3412] = PASSES("-"),
		[NBSI_UE_EV_OFF] = PASSES("later"),
		[NBSI_UE_EV_OUTAGE] = PASSES("cut short"),
	    },
	[NBS_UE_CONNECTED] =
	    {
		[NBSI_UE_EV_SEND] = DOES(ue_burst, TO(BURST) | TO(RA), "burst or ra"),
		[NBSI_UE_EV_DOWNLINK] = DOES(ue_downlink_connected, TO(BURST), "burst"),
		[NBSI_UE_EV_PHASE] = DOES(ue_on_inactivity, TO(BURST), "burst: release"),
		[NBSI_UE_EV_T3412] = PASSES("-"),
		[NBSI_UE_EV_OFF] = PASSES("later"),
		[NBSI_UE_EV_OUTAGE] = DOES(nbsi_ue_lose_sync, TO(BURST), "burst: T310"),
	    },
	[NBS_UE_BACKOFF] =
	    {
		[NBSI_UE_EV_SEND] = PASSES("waits"),
		[NBSI_UE_EV_DOWNLINK] = PASSES("waits"),
		[NBSI_UE_EV_PHASE] = DOES(ue_on_backoff_end, TO(RA), "ra"),
		[NBSI_UE_EV_T3412] = PASSES("later"),
		[NBSI_UE_EV_OFF] = PASSES("later"),
		[NBSI_UE_EV_OUTAGE] = PASSES("-"),
	    },
};

const struct nbsi_ue_cell *
nbsi_ue_table(enum nbs_ue_state state, enum nbsi_ue_event event)
{
	return &ue_table[state][event];
}

void
nbsi_ue_dispatch(struct nbs_ue *ue, enum nbsi_ue_event event)
{
	const enum nbs_ue_state before = ue->state;
	const struct nbsi_ue_cell *cell = &ue_table[before][event];

	if (ue->finished)
		return;
	if (cell->handler != NULL)
		cell->handler(ue);
	if (cell->label == NULL || (ue->state != before && (cell->next >> ue->state & 1U) == 0))
		ue->stats.illegal++;
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
	if (ue->finished || !ue->registered)
		nbsi_ue_discard_downlink(ue); /* nobody keeps packets for who is not there */
	else
		nbsi_ue_dispatch(ue, NBSI_UE_EV_DOWNLINK);
}
