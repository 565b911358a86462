/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The UE without a connection: T3412 and T3324 (TS 24.301 5.3.5, 5.3.11), idle mode with paging
 * (TS 36.304 7), PSM. Deviations: the MME pages four times at most, whatever T3413 is; a UE in
 * back-off answers no page.
 */
#include "models/nbiot/ue_states.h"

/* A UE without anything planned in idle mode looks up once in a week. */
#define SLEEP_LONGEST_NS (UINT64_C(604800) * NBS_NS_PER_S)

/* Idle mode without a cell for so long: the UE begins to search (TS 36.133 4.2.2.1; for NB-IoT
 * assumed). */
#define SLEEP_LOST_NS (UINT64_C(10) * NBS_NS_PER_S)

#define SLEEP_PAGES_MOST 4U /* assumed */

/* ---- T3412: one event a period, not one a report ---- */

static void
sleep_arm_tau(struct nbs_ue *ue)
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

void
nbsi_ue_start_tau(struct nbs_ue *ue)
{
	uint64_t t3412 = ue->cell->config.t3412_ns;

	if (t3412 == 0 || !ue->registered)
		return;
	ue->tau_due_ns = nbs_now(ue->cell->engine) + t3412;
	/* A timer armed for an earlier time finds out when it fires. */
	sleep_arm_tau(ue);
}

void
nbsi_ue_on_tau_timer(void *arg)
{
	struct nbs_ue *ue = arg;
	bool asleep = ue->state == NBS_UE_PSM || ue->state == NBS_UE_IDLE;

	if (asleep && nbs_now(ue->cell->engine) < ue->tau_due_ns)
		sleep_arm_tau(ue);
	else
		nbsi_ue_dispatch(ue, NBSI_UE_EV_T3412);
}

/* ---- to sleep ---- */

/* The SGW keeps so many packets for a UE that sleeps (TS 23.401 5.3.4.3); the newest give way. */
void
nbsi_ue_buffer_downlink(struct nbs_ue *ue)
{
	while (ue->downlink.count > ue->cell->config.downlink_buffer) {
		nbsi_packet_drop(&ue->downlink, ue->downlink.last);
		ue->stats.unreachable++;
	}
}

void
nbsi_ue_discard_downlink(struct nbs_ue *ue)
{
	ue->stats.unreachable += nbsi_packet_clear(&ue->downlink);
}

/* When idle mode ends by itself: with PSM after T3324; else T3412 ends it. */
static uint64_t
sleep_idle_end_ns(const struct nbs_ue *ue, uint64_t now)
{
	return ue->cell->config.psm ? ue->idle_until_ns : now + SLEEP_LONGEST_NS;
}

static void
sleep_idle_until(struct nbs_ue *ue, uint64_t until_ns)
{
	struct nbsi_draw draw = nbsi_phase_begin(ue, NBS_UE_IDLE);

	nbsi_draw_cycle(&draw, until_ns, &ue->paging);
	nbsi_phase_commit(&draw);
}

static void
sleep_enter_idle(struct nbs_ue *ue, uint64_t now)
{
	if (nbsi_ue_camping(ue, now) != NBS_UE_FINE) {
		nbsi_ue_search(ue);
		return;
	}
	sleep_idle_until(ue, sleep_idle_end_ns(ue, now));
	if (ue->downlink.count > 0)
		nbsi_ue_page(ue);
}

static void
sleep_tell(const struct nbs_ue *ue)
{
	if (ue->on_sleep != NULL)
		ue->on_sleep(ue->on_sleep_arg);
}

static void
sleep_enter_psm(struct nbs_ue *ue)
{
	nbsi_phase_enter(ue, NBS_UE_PSM);
	ue->down_ns = (uint64_t)(ue->modem->down_ms.value * 1000.0 + 0.5) * NBS_NS_PER_US;
	nbsi_ue_buffer_downlink(ue);
	sleep_tell(ue);
}

void
nbsi_ue_enter_off(struct nbs_ue *ue)
{
	nbsi_phase_enter(ue, NBS_UE_OFF);
	nbsi_ue_discard_downlink(ue);
	nbs_timer_cancel(&ue->tau);
	ue->tau_due_ns = NBS_TIME_NEVER;
	ue->registered = false;
	ue->searches = ue->nas_attempts = 0;
	ue->si_valid_ns = 0;
	sleep_tell(ue);
}

/* A T3412 that ran out where no update could be made is made up for (TS 24.301 5.3.5). */
void
nbsi_ue_sleep(struct nbs_ue *ue)
{
	const uint64_t now = nbs_now(ue->cell->engine);

	if (ue->uplink.count > 0) {
		nbsi_ue_access(ue, NBSI_FOR_DATA, NBSI_FROM_SYNCED);
		return;
	}
	if (ue->off_wanted && ue->held == 0 && ue->registered) {
		nbsi_ue_access(ue, NBSI_FOR_DETACH, NBSI_FROM_SYNCED);
		return;
	}
	if (ue->off_wanted && ue->held == 0) {
		nbsi_ue_enter_off(ue);
		return;
	}
	if (ue->tau_due_ns <= now) {
		nbsi_ue_access(ue, NBSI_FOR_TAU, NBSI_FROM_SYNCED);
		return;
	}
	sleep_arm_tau(ue);
	if (!ue->cell->config.psm || now < ue->idle_until_ns)
		sleep_enter_idle(ue, now);
	else
		sleep_enter_psm(ue);
}

void
nbsi_ue_leave_connection(struct nbs_ue *ue)
{
	const uint64_t now = nbs_now(ue->cell->engine);

	ue->idle_until_ns = now + ue->cell->config.t3324_ns;
	nbsi_ue_start_tau(ue);
	if (ue->connected_since_ns == NBS_TIME_NEVER)
		return; /* early data: all was said without one */
	ue->stats.connected_ns += now - ue->connected_since_ns;
	ue->connected_since_ns = NBS_TIME_NEVER;
	nbsi_cell_connected(ue->cell, false);
}

/* ---- idle mode ---- */

/* The next occasion that is whole: one begun already is too late. UINT64_MAX if there is none. */
static uint64_t
sleep_next_occasion_ns(const struct nbsi_cycle *paging, uint64_t now)
{
	uint64_t start = now;

	if (now > 0 && nbsi_cycle_next_on_ns(paging, now) == now &&
	    nbsi_cycle_next_on_ns(paging, now - 1U) == now - 1U)
		start = now + paging->on_ns;
	start = nbsi_cycle_next_on_ns(paging, start);
	return start > UINT64_MAX - paging->on_ns ? UINT64_MAX - paging->on_ns : start;
}

/*
 * The MME pages until the UE answers, in occasions that lie before the end of T3324; a page missed
 * costs the wait for the next. The UE knows nothing of it: it goes on as before until then.
 */
void
nbsi_ue_page(struct nbs_ue *ue)
{
	const uint64_t now = nbs_now(ue->cell->engine);
	const uint64_t listening_until = sleep_idle_end_ns(ue, now);
	struct nbsi_draw draw = {.cell = ue->cell, .ue = ue};
	uint64_t start = sleep_next_occasion_ns(&ue->paging, now);

	if (ue->paged)
		return;
	for (unsigned i = 0; i < SLEEP_PAGES_MOST && start + ue->paging.on_ns <= listening_until;
	     i++) {
		if (nbsi_cell_on_air(ue->cell, start) &&
		    !nbsi_draw_chance(&draw, ue->radio->page_bler)) {
			sleep_idle_until(ue, start + ue->paging.on_ns);
			ue->paged = true;
			return;
		}
		ue->stats.missed_pages++;
		start = sleep_next_occasion_ns(&ue->paging, start + ue->paging.on_ns);
	}
	nbsi_ue_buffer_downlink(ue);
}

void
nbsi_ue_on_idle_end(struct nbs_ue *ue)
{
	if (!ue->paged) {
		nbsi_ue_sleep(ue);
		return;
	}
	ue->stats.pagings++;
	nbsi_ue_access(ue, NBSI_FOR_PAGE, NBSI_FROM_SYNCED);
}

/* Noticed at an occasion at the earliest, if the UE listens that long and the cell is not back. */
void
nbsi_ue_idle_outage(struct nbs_ue *ue)
{
	const uint64_t now = nbs_now(ue->cell->engine);
	const uint64_t occasion = sleep_next_occasion_ns(&ue->paging, now);
	const uint64_t lost_ns =
	    occasion < UINT64_MAX - SLEEP_LOST_NS ? occasion + SLEEP_LOST_NS : UINT64_MAX;

	if (!ue->paged && nbsi_cell_back_ns(ue->cell, now) > lost_ns && ue->phase.due_ns > lost_ns)
		sleep_idle_until(ue, lost_ns);
}
