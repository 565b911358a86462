/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * One NB-IoT UE: when its radio is on, when its packets get through, what that costs.
 *
 * Models: wake-up, cell search, reading of system information with 24 h validity, contention-based
 * random access with coverage levels, power ramping, collisions and backoff; RRC set-up (control
 * plane, service request) or resume (user plane), early data, reject with a waiting time; uplink
 * and downlink blocks with repetitions, block errors and retransmissions; three ways to ask for the
 * uplink; release assistance, inactivity release, C-DRX; radio link failure and re-establishment;
 * idle mode with paging and eDRX (TS 36.304 7), PSM (TS 23.682 4.5.4), periodic tracking area
 * update, attach; no coverage, barred cell.
 * Does not model: mobility and cell reselection, measurement error, NPDCCH order, wake-up signals,
 * two HARQ processes, coupling loss that changes over time.
 *
 * A whole phase (an access, a burst, a wait and release) is drawn at once and takes one event.
 */
#ifndef NBSEC_MODELS_NBIOT_UE_H
#define NBSEC_MODELS_NBIOT_UE_H

#include "models/power/modem.h"
#include "sim/engine.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nbs_ue;

/** RRC and power state, as far as the core network could tell them apart. */
enum nbs_ue_state {
	NBS_UE_OFF,
	NBS_UE_NO_CELL, /* no coverage, barred, or off the air: searches again later */
	NBS_UE_PSM,
	NBS_UE_IDLE,      /* listening for paging, T3324 running */
	NBS_UE_RA,        /* random access: from the wake-up to a response, backoff inside */
	NBS_UE_ACCESS,    /* from the response to the first data delivered */
	NBS_UE_BURST,     /* connected, carrying data or being released */
	NBS_UE_CONNECTED, /* connected, waiting for the inactivity timer */
	NBS_UE_BACKOFF,   /* an access failed or was rejected; a timer runs before the next */
	NBS_UE__COUNT
};

/** @return "psm", "access", ...; "?" outside the enumeration. */
NBS_API const char *nbs_ue_state_name(enum nbs_ue_state state);

/** Why something was not delivered, or is not yet. */
enum nbs_ue_reason {
	NBS_UE_FINE,
	NBS_UE_NO_COVERAGE,  /* NRSRP below q-RxLevMin */
	NBS_UE_BARRED,       /* cellBarred */
	NBS_UE_OUTAGE,       /* the cell was off the air */
	NBS_UE_RA_EXHAUSTED, /* preambleTransMax-CE */
	NBS_UE_T300,         /* the connection took too long */
	NBS_UE_REJECTED,     /* RRC reject: the cell is full */
	NBS_UE_LINK_FAILURE, /* radio link failure, not recovered */
	NBS_UE_RATE,         /* serving PLMN rate control */
	NBS_UE_REASON__COUNT
};

/** @return "fine", "no coverage", ...; "?" outside the enumeration. */
NBS_API const char *nbs_ue_reason_name(enum nbs_ue_reason reason);

/** Where a UE stands: the timer that will move it on, if one runs. */
struct nbs_ue_standing {
	enum nbs_ue_state state;
	enum nbs_ue_reason
	    reason;        /* of the last thing that went wrong, NBS_UE_FINE = nothing since */
	const char *timer; /* "T3411", "T3402", "T3346", "search", "barred", "rate period", "" */
	uint64_t timer_left_ns;            /* 0 without a timer */
	unsigned waiting_up, waiting_down; /* packets */
};

/** What the application knows of the traffic to come (TS 24.301 9.9.4.25). */
enum nbs_rai {
	NBS_RAI_NONE,
	NBS_RAI_NO_REPLY, /* nothing more in either direction */
	NBS_RAI_ONE_REPLY /* one downlink packet, then nothing */
};

/** What a packet is, as far as its owner tells; zero-initialised: nobody knows. */
struct nbs_packet_kind {
	uint8_t cause;            /* NBS_CAUSE_OWN and up; less = NBS_CAUSE_PACKET */
	bool repeat;              /* sent before, the whole of it */
	uint16_t record_bytes;    /* of the packet, DTLS adds to an application record */
	uint16_t handshake_bytes; /* of the packet, belong to a DTLS handshake */
};

/** Radio counters run to the end of the phase under way; messages count when they are there. */
struct nbs_ue_stats {
	uint64_t ra_attempts;          /* preambles sent */
	uint64_t ra_failures;          /* accesses given up (preambleTransMax-CE or T300) */
	uint64_t connections;          /* RRC connections set up or resumed */
	uint64_t releases;             /* ended by the network */
	uint64_t messages_up;          /* IP packets handed to the core */
	uint64_t messages_down;        /* IP packets handed to the application */
	uint64_t bytes_up, bytes_down; /* of those */
	uint64_t blocks_up;            /* NPUSCH transport blocks, first transmissions */
	uint64_t blocks_down;          /* NPDSCH transport blocks, first transmissions */
	uint64_t retransmissions;      /* HARQ, both directions */
	uint64_t lost_up, lost_down;   /* packets given up on the radio or in the access */
	uint64_t unreachable;          /* downlink packets discarded: PSM, off */
	uint64_t pagings;              /* pages answered */
	uint64_t taus;                 /* periodic tracking area updates done */
	uint64_t illegal;              /* events that the state table has no place or way for */
	uint64_t collisions;           /* preambles whose Msg3 met another UE's */
	uint64_t no_response;          /* preambles that no response came for */
	uint64_t backoffs;             /* attempts put off by a backoff indicator */
	uint64_t level_climbs;         /* coverage levels gone up after failed preambles */
	uint64_t edt;                  /* packets carried as early data */
	uint64_t si_reads;             /* readings of system information beyond the MIB */
	uint64_t searches;             /* cell searches that found nothing to camp on */
	uint64_t rejects;              /* RRC rejects */
	uint64_t link_failures;        /* radio link failures */
	uint64_t reestablishments;     /* of those, recovered in the same connection */
	uint64_t attaches;             /* done */
	uint64_t detaches;             /* done, before switching off */
	uint64_t rate_held;            /* uplink packets put off by rate control */
	uint64_t missed_pages;         /* pages that the UE did not decode */
	uint64_t connected_ns;         /* time with an RRC connection */
};

/** What the UE measured and what link adaptation made of it. */
struct nbs_ue_coverage {
	unsigned ce_level;           /* 0..2, before any change by failed preambles */
	double mcl_db;               /* coupling loss, as configured, in steps of 0.1 dB */
	double nrsrp_dbm;            /* nrs-Power - coupling loss */
	double preamble_dbm;         /* of the first attempt */
	double tx_dbm;               /* NPUSCH, dynamic grants */
	unsigned npdcch_repetitions; /* of a DCI in the UE-specific search space */
	unsigned ul_tones;           /* of a block of 1000 bits */
	unsigned ul_repetitions;     /* same block */
	unsigned dl_repetitions;     /* of a block of 680 bits */
	bool in_outage;              /* one of the two misses its target of 10 % block errors */
};

/** Takes a downlink IP packet; the bytes are valid during the call only. */
typedef void (*nbs_ue_downlink_fn)(void *arg, const uint8_t *packet, size_t len);

/**
 * Sends an IP packet: wakes the UE if it sleeps, else it goes with the next burst.
 * The bytes are copied.
 * @retval NBS_E_ARG    length 0 or above 1500 bytes.
 * @retval NBS_E_STATE  the UE has not been switched on yet, or is finished.
 * @retval NBS_E_RANGE  64 packets are waiting already.
 */
NBS_API enum nbs_status nbs_ue_send(struct nbs_ue *ue, const uint8_t *packet, size_t len,
				    enum nbs_rai rai);

/**
 * Switches the module off once it has no connection and nothing to send: it detaches first, if it
 * is registered and finds the cell. The next nbs_ue_send() switches it on again, and it attaches.
 * @retval NBS_E_STATE  the UE has not been switched on yet, or is finished.
 */
NBS_API enum nbs_status nbs_ue_power_off(struct nbs_ue *ue);

/** Sets who takes downlink packets. NULL = nobody: they are counted and dropped. */
NBS_API void nbs_ue_on_downlink(struct nbs_ue *ue, nbs_ue_downlink_fn fn, void *arg);

/** The modem has gone to sleep; must not call the UE back. */
typedef void (*nbs_ue_sleep_fn)(void *arg);

/** Sets who is told that the UE entered PSM or was switched off. NULL = nobody. */
NBS_API void nbs_ue_on_sleep(struct nbs_ue *ue, nbs_ue_sleep_fn fn, void *arg);

/** @return the state now. */
NBS_API enum nbs_ue_state nbs_ue_state(const struct nbs_ue *ue);

/** @return position in the cell, from 0. */
NBS_API unsigned nbs_ue_index(const struct nbs_ue *ue);

/**
 * Ends the UE's life at now_ns: a phase under way is cut there, so that the account's times sum
 * to now_ns exactly. The UE takes no packets afterwards. A second call does nothing.
 */
NBS_API enum nbs_status nbs_ue_finish(struct nbs_ue *ue, uint64_t now_ns);

/** @return the energy account; complete after nbs_ue_finish() only. */
NBS_API const struct nbs_account *nbs_ue_account(const struct nbs_ue *ue);

/**
 * The account as it would read if the UE were finished now: what is drawn ahead booked up to this
 * moment. @param[out] account  a copy, closed.
 */
NBS_API void nbs_ue_account_now(const struct nbs_ue *ue, struct nbs_account *account);

/** @return the counters; connected_ns is complete after nbs_ue_finish(). */
NBS_API const struct nbs_ue_stats *nbs_ue_stats(const struct nbs_ue *ue);

/** Fills in where the UE stands now. */
NBS_API void nbs_ue_standing(const struct nbs_ue *ue, struct nbs_ue_standing *standing);

/** Fills in what the UE measured and chose. @retval NBS_E_NOMEM  nothing was filled in. */
NBS_API enum nbs_status nbs_ue_coverage(const struct nbs_ue *ue, struct nbs_ue_coverage *coverage);

#ifdef __cplusplus
}
#endif
#endif
