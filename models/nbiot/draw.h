/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Drawing a phase: each step books what it needs on the carrier, appends what the modem does to a
 * timeline and moves the pen on.
 *
 * Models: NPDCCH with its search space, NPDSCH with HARQ-ACK, NPUSCH after a grant, block errors
 * with soft combining, missed DCIs, misread HARQ-ACKs, RLC retransmission after t-PollRetransmit,
 * each at its true duration and behind whatever others have booked.
 * Does not model: processing time at the eNB: it answers in the first search space that the
 * specification allows and the carrier has room in.
 */
#ifndef NBSEC_MODELS_NBIOT_DRAW_H
#define NBSEC_MODELS_NBIOT_DRAW_H

#include "models/nbiot/ue_internal.h"

/* Gaps on air, in subframes. */
#define NBSI_GAP_AFTER_UPLINK 3U /* NPDCCH not monitored in n+1..n+3, TS 36.213 16.6 */

/* A phase ends in a radio link failure when it gets longer than this: booking reaches no further
 * (NBSI_BOOK_AHEAD_NS). */
#define NBSI_PHASE_MAX_NS (UINT64_C(80) * NBS_NS_PER_S)

#define NBSI_HARQ_ATTEMPTS 8U /* of a block, then RLC begins anew (assumed: eNB's choice) */

/** The pen. A failure sticks: nothing is drawn after it. */
struct nbsi_draw {
	struct nbs_cell *cell;
	struct nbs_ue *ue;
	uint64_t t_ns;     /* drawn up to here */
	uint64_t limit_ns; /* beyond this nothing is retried */
	enum nbs_status status;
};

/** What became of a transport block. */
struct nbsi_block {
	bool delivered;
	uint64_t at_ns;    /* when it was decoded, if so */
	uint64_t first_ns; /* end of the first transmission on air; 0 = there was none */
};

enum nbsi_search_space { NBSI_COMMON, NBSI_UE_SPECIFIC };

/* ---- strokes ---- */

/** Constant power for a while; transmit states take tx_dbm. */
void nbsi_draw_for(struct nbsi_draw *draw, uint64_t duration_ns, enum nbs_power_state state,
		   double tx_dbm);

/** The same up to a time, which may be past: then nothing is drawn. */
void nbsi_draw_until(struct nbsi_draw *draw, uint64_t t_ns, enum nbs_power_state state);

/** Alternating power up to a time. */
void nbsi_draw_cycle(struct nbsi_draw *draw, uint64_t t_ns, const struct nbsi_cycle *cycle);

/** Up to a time, receiving in each search space of the level: 1/G of the time. */
void nbsi_draw_listen(struct nbsi_draw *draw, uint64_t until_ns, enum nbsi_search_space space);

/** A transmission with the gaps inside: transmitter on for tx_ns of duration_ns. */
void nbsi_draw_transmission(struct nbsi_draw *draw, uint64_t tx_ns, uint64_t duration_ns,
			    enum nbs_power_state state, double tx_dbm);

/** Up to a DCI that has been booked, and its reception. */
void nbsi_draw_dci(struct nbsi_draw *draw, enum nbsi_search_space space, uint32_t repetitions,
		   uint64_t start_ns, uint64_t end_ns);

/** @return true with this probability; no number is drawn for 0 or less, 1 or more. */
bool nbsi_draw_chance(struct nbsi_draw *draw, double probability);

/**
 * Probability that transmission n fails given that those before failed: bler(n) / bler(n - 1).
 * The link law knows the unconditional ones.
 */
double nbsi_draw_conditional(double bler_n, double bler_before);

/** @return a search space of a coverage level. */
struct nbsi_space nbsi_level_space(const struct nbs_ce_config *ce, enum nbsi_search_space space);

/** @return the place on the carrier that a grant asks for. */
struct nbsi_ul_need nbsi_npusch_need(const struct nbs_npusch_choice *choice);

/** @return the search space of the UE's level, and the carrier that it is on. */
struct nbsi_space nbsi_draw_space(const struct nbsi_draw *draw, enum nbsi_search_space space);
struct nbsi_carrier *nbsi_draw_carrier(const struct nbsi_draw *draw, enum nbsi_search_space space);

/* ---- blocks ---- */

/** DCI N1, NPDSCH, HARQ-ACK, with HARQ retransmissions, for a MAC PDU of so many bytes. */
struct nbsi_block nbsi_draw_downlink(struct nbsi_draw *draw, enum nbsi_search_space space,
				     uint32_t bytes);

/** DCI N0, NPUSCH, with HARQ retransmissions. */
struct nbsi_block nbsi_draw_uplink(struct nbsi_draw *draw, uint32_t bytes);

/** The same under RLC AM: begun anew after t-PollRetransmit until maxRetxThreshold. */
struct nbsi_block nbsi_draw_downlink_am(struct nbsi_draw *draw, uint32_t bytes);
struct nbsi_block nbsi_draw_uplink_am(struct nbsi_draw *draw, uint32_t bytes);

/**
 * The same where the first grant has to resolve a contention: it comes before until_ns.
 * @return first_ns = 0: it was not heard in time, and nothing was sent
 */
struct nbsi_block nbsi_draw_uplink_resolving(struct nbsi_draw *draw, uint32_t bytes,
					     uint64_t until_ns);

/* ---- procedures ---- */

/** @return time with the receiver open in a cell search at a coverage level. */
uint64_t nbsi_sync_open_ns(const struct nbs_modem *modem, unsigned ce_level);

/** Where an access starts from. */
enum nbsi_from {
	NBSI_FROM_OFF,   /* boot and cell search first */
	NBSI_FROM_PSM,   /* wake-up and cell search first */
	NBSI_FROM_SLEEP, /* cell search first */
	NBSI_FROM_SYNCED /* straight to random access */
};

/** Up to the moment at which the UE may send preambles. @return false: there is no cell. */
bool nbsi_draw_wake(struct nbsi_draw *draw, enum nbsi_from from);

/** Reads SIB1-NB and the SI messages, if they are not known. */
void nbsi_draw_si(struct nbsi_draw *draw);

/** Begins a random access: first preamble drawn and its occasion entered, or access_failed. */
void nbsi_draw_random_access(struct nbsi_draw *draw, enum nbsi_ra_kind kind);

/** The next attempt after one that failed, or access_failed. */
void nbsi_draw_next_attempt(struct nbsi_draw *draw);

/** Random access has succeeded: what it was for. */
void nbsi_draw_connection(struct nbsi_draw *draw);

/** Early data got through in Msg3: either all is said, or the connection begins. */
void nbsi_draw_early_data(struct nbsi_draw *draw, uint64_t decoded_ns);

/** All that waits, both directions, in the present connection; may need a random access. */
void nbsi_draw_burst(struct nbsi_draw *draw);

/** The uplink's turn after a random access in the connection. */
void nbsi_draw_burst_granted(struct nbsi_draw *draw);

/** Waiting until the inactivity timer runs out; sets ue->cdrx_from_ns. */
void nbsi_draw_wait(struct nbsi_draw *draw);

/** In C-DRX: up to the next on-duration, the first moment at which the eNB can reach the UE. */
void nbsi_draw_on_duration(struct nbsi_draw *draw);

/** The release after waiting in vain. */
void nbsi_draw_release(struct nbsi_draw *draw);

/** A signalling message under RLC AM, in as many blocks as it takes. @return whether it arrived. */
bool nbsi_draw_message(struct nbsi_draw *draw, bool up, uint32_t sdu_bytes);

/** Msg5 and what the purpose of the connection asks for before data may flow. */
void nbsi_draw_setup(struct nbsi_draw *draw);

/** The uplink packets that wait, and the RLC status for them. */
void nbsi_draw_uplink_packets(struct nbsi_draw *draw);

/**
 * The same where the first grant has to resolve a contention: it comes before until_ns.
 * @return false: it did not, and nothing was sent
 */
bool nbsi_draw_uplink_resolving_packets(struct nbsi_draw *draw, uint64_t until_ns);

/** Msg5, with the first packets if the mode allows, and the RLC status for it. */
void nbsi_draw_msg5(struct nbsi_draw *draw);

/** The same after early data that Msg4 has answered with a connection. */
void nbsi_draw_msg5_after_early(struct nbsi_draw *draw);

/** The downlink packets that wait, and the RLC status for them. */
void nbsi_draw_downlink_packets(struct nbsi_draw *draw);

/** The way to the MME and back, listening. */
void nbsi_draw_core_turn(struct nbsi_draw *draw);

/** The release at the eNB's word. */
void nbsi_draw_release_now(struct nbsi_draw *draw);

/** The release, if release assistance asks for it now. @param after_uplink  the MME must hear. */
void nbsi_draw_assisted_release(struct nbsi_draw *draw, bool after_uplink);

/** Radio link failure: the phase ends here. */
void nbsi_draw_link_failure(struct nbsi_draw *draw);

#endif
