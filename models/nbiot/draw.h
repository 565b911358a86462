/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Drawing a phase: each step appends what the modem does to a timeline and moves the pen on.
 *
 * Models: NPDCCH with its search space, NPDSCH with HARQ-ACK, NPUSCH after a grant, block errors
 * with soft combining, missed DCIs, misread HARQ-ACKs, each at its true duration.
 * Does not model: other users of the carrier; processing time at the eNB: it answers in the first
 * search space that the specification allows.
 */
#ifndef NBSEC_MODELS_NBIOT_DRAW_H
#define NBSEC_MODELS_NBIOT_DRAW_H

#include "models/nbiot/ue_internal.h"

/* Gaps on air, in subframes. */
#define NBSI_GAP_AFTER_UPLINK 3U /* NPDCCH not monitored in n+1..n+3, TS 36.213 16.6 */

/** The pen. A failure sticks: nothing is drawn after it. */
struct nbsi_draw {
	struct nbs_cell *cell;
	struct nbs_ue *ue;
	uint64_t t_ns; /* drawn up to here */
	enum nbs_status status;
};

/** What became of a transport block. */
struct nbsi_block {
	bool delivered;
	uint64_t at_ns; /* when it was decoded, if so */
};

enum nbsi_search_space { NBSI_COMMON, NBSI_UE_SPECIFIC };

/** Constant power for a while; transmit states take tx_dbm. */
void nbsi_draw_for(struct nbsi_draw *draw, uint64_t duration_ns, enum nbs_power_state state,
		   double tx_dbm);

/** The same up to a time, which may be past: then nothing is drawn. */
void nbsi_draw_until(struct nbsi_draw *draw, uint64_t t_ns, enum nbs_power_state state);

/** Alternating power up to a time. */
void nbsi_draw_cycle(struct nbsi_draw *draw, uint64_t t_ns, const struct nbsi_cycle *cycle);

/** @return true with this probability; no number is drawn for 0 or less, 1 or more. */
bool nbsi_draw_chance(struct nbsi_draw *draw, double probability);

/**
 * Probability that transmission n fails given that those before failed: bler(n) / bler(n - 1).
 * The link law knows the unconditional ones.
 */
double nbsi_draw_conditional(double bler_n, double bler_before);

/** Waits for the search space and receives a DCI. @return whether it was decoded. */
bool nbsi_draw_dci(struct nbsi_draw *draw, enum nbsi_search_space space);

/** A transmission with the gaps inside: transmitter on for tx_ns of duration_ns. */
void nbsi_draw_transmission(struct nbsi_draw *draw, uint64_t tx_ns, uint64_t duration_ns,
			    enum nbs_power_state state, double tx_dbm);

/** NPDSCH after its DCI: the gap, then the block's subframes. */
void nbsi_draw_npdsch(struct nbsi_draw *draw, uint32_t subframes);

/** DCI N1, NPDSCH, HARQ-ACK, with retransmissions, for a MAC PDU of so many bytes. */
struct nbsi_block nbsi_draw_downlink(struct nbsi_draw *draw, enum nbsi_search_space space,
				     uint32_t bytes);

/** DCI N0, NPUSCH, with retransmissions. */
struct nbsi_block nbsi_draw_uplink(struct nbsi_draw *draw, uint32_t bytes);

/* ---- procedures ---- */

/** @return time with the receiver open in a cell search at a coverage level. */
uint64_t nbsi_sync_open_ns(const struct nbs_modem *modem, unsigned ce_level);

/**
 * Contention-based random access (TS 36.321 5.1), up to and including the contention resolution
 * of an idle UE, or up to Msg3 of a connected one (its next grant resolves the contention).
 * @return whether it succeeded; ue->level tells the coverage level it succeeded in.
 */
bool nbsi_draw_random_access(struct nbsi_draw *draw, bool connected);

/** Where an access starts from. */
enum nbsi_from {
	NBSI_FROM_PSM,   /* boot and cell search first */
	NBSI_FROM_SLEEP, /* cell search first */
	NBSI_FROM_SYNCED /* straight to random access */
};

/**
 * Access for ue->purpose, with the data that waits in Msg5 and behind it. Sets ue->access_failed
 * or the connection's fields; ue->released if release assistance ended it.
 */
void nbsi_draw_access(struct nbsi_draw *draw, enum nbsi_from from);

/** All that waits, both directions, in the present connection. Sets ue->released as above. */
void nbsi_draw_burst(struct nbsi_draw *draw);

/** Waiting until the inactivity timer runs out; sets ue->cdrx_from_ns. */
void nbsi_draw_wait(struct nbsi_draw *draw);

/** In C-DRX: up to the next on-duration, the first moment at which the eNB can reach the UE. */
void nbsi_draw_on_duration(struct nbsi_draw *draw);

/** The release after waiting in vain. */
void nbsi_draw_release(struct nbsi_draw *draw);

/** The uplink packets that wait, and the RLC status for them. */
void nbsi_draw_uplink_packets(struct nbsi_draw *draw);

/** The same in a new connection: Msg5 and what follows it. */
void nbsi_draw_msg5(struct nbsi_draw *draw);

/** The downlink packets that wait, and the RLC status for them. */
void nbsi_draw_downlink_packets(struct nbsi_draw *draw);

/** The answer to a tracking area update, after its way to the MME and back; then the release. */
void nbsi_draw_tau_accept(struct nbsi_draw *draw);

/** The way to the MME and back, listening. */
void nbsi_draw_core_turn(struct nbsi_draw *draw);

/** The release, if release assistance asks for it now. @param after_uplink  the MME must hear. */
void nbsi_draw_assisted_release(struct nbsi_draw *draw, bool after_uplink);

#endif
