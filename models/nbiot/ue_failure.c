/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes wrong: no cell, an access that failed (TS 24.301 5.3.9, 5.5.1.2.6, 5.5.3.2.6, 5.6.1.6),
 * radio link failure (TS 36.331 5.3.11) and re-establishment (5.3.7).
 */
#include "models/nbiot/ue_states.h"

#define FAILURE_INDICATION_NS (200U * NBS_NS_PER_MS) /* TS 36.133 7.6: assumed */

/* ---- no cell ---- */

/* Searches at growing distances, or when the bar is lifted. */
static void
failure_lose_cell(struct nbs_ue *ue)
{
	uint64_t wait_ns = NBSI_SEARCH_FIRST_NS;

	nbsi_ue_buffer_downlink(ue);
	if (ue->reason == NBS_UE_BARRED) {
		nbsi_ue_sleep_until(ue, NBS_UE_NO_CELL, "barred", NBSI_BARRED_NS);
		return;
	}
	for (unsigned i = 0; i < ue->searches && wait_ns < NBSI_SEARCH_MOST_NS; i++)
		wait_ns *= 2U;
	ue->searches++;
	nbsi_ue_sleep_until(ue, NBS_UE_NO_CELL, "search",
			    wait_ns < NBSI_SEARCH_MOST_NS ? wait_ns : NBSI_SEARCH_MOST_NS);
}

/* Without traffic the UE sleeps on when it has found the cell. */
void
nbsi_ue_search(struct nbs_ue *ue)
{
	struct nbsi_draw draw;

	if (!ue->registered || ue->uplink.count > 0) {
		nbsi_ue_access(ue, NBSI_FOR_DATA, NBSI_FROM_SLEEP);
		return;
	}
	draw = nbsi_phase_begin(ue, NBS_UE_RA);
	ue->found = nbsi_draw_wake(&draw, NBSI_FROM_SLEEP);
	ue->no_cell = ue->access_failed = !ue->found;
	nbsi_phase_commit(&draw);
}

/* ---- an access failed ---- */

/* A procedure of the UE's own, which it repeats until it is through. */
static bool
failure_of_procedure(const struct nbs_ue *ue)
{
	return ue->purpose == NBSI_FOR_ATTACH || ue->purpose == NBSI_FOR_TAU;
}

/* What waits is lost, and the UE sleeps. */
static void
failure_give_up(struct nbs_ue *ue)
{
	ue->stats.lost_up += nbsi_packet_clear(&ue->uplink);
	ue->stats.lost_down += nbsi_packet_clear(&ue->downlink);
	nbsi_ue_sleep(ue);
}

/* The network is not told; the UE is off for itself (TS 24.301 5.5.2.2.6), or on again by now. */
static void
failure_of_detach(struct nbs_ue *ue)
{
	ue->registered = false;
	ue->nas_attempts = 0;
	nbsi_ue_sleep(ue);
}

/*
 * T3411 after each failure. After the fifth in a row a service request is given up with its
 * packets (TS 24.301 5.6.1.6); attach and TAU go on after T3402 (5.5.1.2.6, 5.5.3.2.6). A reject
 * names its own time, which T3346 runs for (5.3.9), and is no failure of NAS.
 */
void
nbsi_ue_access_failed(struct nbs_ue *ue)
{
	const struct nbs_network_config *config = &ue->cell->config;

	if (ue->purpose == NBSI_FOR_DETACH) {
		failure_of_detach(ue);
		return;
	}
	/* To be switched off, and nobody who could be told, or nothing that is worth a try. */
	if (ue->off_wanted && ue->state == NBS_UE_RA &&
	    (ue->no_cell || (failure_of_procedure(ue) && ue->uplink.count == 0))) {
		nbsi_ue_off_unheard(ue);
		return;
	}
	if (ue->no_cell) {
		failure_lose_cell(ue);
		return;
	}
	if (ue->reason == NBS_UE_REJECTED) {
		nbsi_ue_sleep_until(ue, NBS_UE_BACKOFF, "T3346", config->extended_wait_ns);
		return;
	}
	if (++ue->nas_attempts < NBSI_NAS_ATTEMPTS) {
		nbsi_ue_sleep_until(ue, NBS_UE_BACKOFF, "T3411", config->t3411_ns);
		return;
	}
	ue->nas_attempts = 0;
	if (failure_of_procedure(ue)) {
		nbsi_ue_sleep_until(ue, NBS_UE_BACKOFF, "T3402", config->t3402_ns);
		return;
	}
	failure_give_up(ue);
}

/* ---- a connection failed ---- */

/*
 * T311 runs while the UE looks for its cell again; T301 in the random access that follows. Without
 * a cell in that time the connection is over (5.3.7.6).
 */
static void
failure_reestablish(struct nbs_ue *ue)
{
	const uint64_t t311_ns = ue->cell->config.t311_ns;
	struct nbsi_draw draw = nbsi_phase_begin(ue, NBS_UE_RA);
	const uint64_t off_ns = nbsi_cell_back_ns(ue->cell, draw.t_ns) - draw.t_ns;

	nbsi_draw_for(&draw, off_ns < t311_ns ? off_ns : t311_ns, NBS_POWER_SYNC, 0.0);
	if (off_ns >= t311_ns) {
		ue->reason = NBS_UE_OUTAGE;
		ue->stats.searches++;
	}
	ue->no_cell = off_ns >= t311_ns || !nbsi_draw_wake(&draw, NBSI_FROM_SLEEP);
	ue->access_failed = ue->no_cell;
	if (!ue->no_cell)
		nbsi_draw_random_access(&draw, NBSI_RA_REESTABLISH);
	nbsi_phase_commit(&draw);
}

/*
 * Re-establishment needs AS security (5.3.7.1); else NAS starts over from idle mode. So does an
 * attach or a TAU, which has no context yet or has not said what it wanted: one more failure.
 */
static void
failure_recover(struct nbs_ue *ue)
{
	const struct nbs_network_config *config = &ue->cell->config;
	const bool secured = config->optimisation != NBS_CONTROL_PLANE && config->as_security;

	ue->reason = NBS_UE_LINK_FAILURE;
	if (failure_of_procedure(ue) || ue->purpose == NBSI_FOR_DETACH) {
		ue->failures = 0;
		nbsi_ue_leave_connection(ue);
		nbsi_ue_access_failed(ue);
	} else if (ue->failures >= NBSI_FAILURES_MOST) {
		ue->failures = 0;
		nbsi_ue_leave_connection(ue);
		failure_give_up(ue);
	} else if (secured) {
		failure_reestablish(ue);
	} else {
		nbsi_ue_leave_connection(ue);
		nbsi_ue_sleep(ue);
	}
}

/* The random access problem of a connection is a radio link failure (5.3.11.3). */
void
nbsi_ue_connected_access_failed(struct nbs_ue *ue)
{
	if (!ue->no_cell && ue->ra.kind == NBSI_RA_CONNECTED) {
		ue->stats.link_failures++;
		ue->failures++;
		failure_recover(ue);
		return;
	}
	if (!ue->no_cell)
		ue->reason = NBS_UE_LINK_FAILURE; /* T301 */
	nbsi_ue_leave_connection(ue);
	nbsi_ue_sleep(ue);
}

/*
 * N310 indications from the moment on at which the cell went, then T310. A cell that is heard again
 * for N311 indications before T310 runs out has lost nothing, except a connection that was being
 * set up.
 */
static void
failure_lose_sync(struct nbs_ue *ue, bool stands)
{
	const struct nbs_network_config *config = &ue->cell->config;
	struct nbsi_draw draw = nbsi_phase_begin(ue, NBS_UE_BURST);
	const uint64_t expiry_ns = nbsi_cell_off_since_ns(ue->cell, draw.t_ns) +
				   config->n310 * FAILURE_INDICATION_NS + config->t310_ns;
	const uint64_t back_ns = nbsi_cell_back_ns(ue->cell, draw.t_ns);
	const uint64_t heard_ns = config->n311 * FAILURE_INDICATION_NS;

	ue->out_of_sync = true;
	if (stands && back_ns < expiry_ns && expiry_ns - back_ns >= heard_ns) {
		nbsi_draw_until(&draw, back_ns + heard_ns, NBS_POWER_MONITOR);
	} else {
		nbsi_draw_until(&draw, expiry_ns, NBS_POWER_MONITOR);
		nbsi_draw_link_failure(&draw);
	}
	nbsi_phase_commit(&draw);
}

void
nbsi_ue_lose_sync(struct nbs_ue *ue)
{
	failure_lose_sync(ue, true);
}

void
nbsi_ue_link_failed(struct nbs_ue *ue)
{
	const bool off = !nbsi_cell_on_air(ue->cell, nbs_now(ue->cell->engine));

	if (!off || ue->out_of_sync) {
		failure_recover(ue);
		return;
	}
	/* The phase was cut where the cell went off the air: the UE has yet to find out. */
	ue->stats.link_failures--;
	ue->failures--;
	failure_lose_sync(ue, ue->state == NBS_UE_BURST);
}
