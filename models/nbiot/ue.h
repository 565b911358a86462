/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * One NB-IoT UE: when its radio is on, when its packets get through, what that costs.
 *
 * Models: wake-up, cell search, contention-based random access with coverage levels and power
 * ramping, RRC set-up (control plane) or resume (user plane), uplink and downlink blocks with
 * repetitions, block errors and retransmissions, random access for each later uplink burst (no
 * scheduling request before Rel-15), release assistance, inactivity release, C-DRX, idle mode
 * with paging (TS 36.304 7), PSM (TS 23.682 4.5.4), periodic tracking area update.
 * Does not model: other UEs' use of subcarriers and of the carrier (the cell is unloaded: every
 * preamble is alone, every DCI and block is scheduled at the first occasion); attach, eDRX,
 * mobility, radio link failure, system information (taken as valid), rate control, backoff by
 * indicator, Rel-14 two-HARQ operation, early data transmission.
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
	NBS_UE_PSM,
	NBS_UE_IDLE,      /* listening for paging, T3324 running */
	NBS_UE_ACCESS,    /* from the wake-up to the first block delivered */
	NBS_UE_BURST,     /* connected, carrying data or being released */
	NBS_UE_CONNECTED, /* connected, waiting for the inactivity timer */
	NBS_UE_BACKOFF,   /* an access failed; the next follows */
	NBS_UE__COUNT
};

/** @return "psm", "access", ...; "?" outside the enumeration. */
NBS_API const char *nbs_ue_state_name(enum nbs_ue_state state);

/** What the application knows of the traffic to come (TS 24.301 9.9.4.25). */
enum nbs_rai {
	NBS_RAI_NONE,
	NBS_RAI_NO_REPLY, /* nothing more in either direction */
	NBS_RAI_ONE_REPLY /* one downlink packet, then nothing */
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
	uint64_t illegal;              /* events that a state has no handler for */
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
 * @retval NBS_E_STATE  the UE is off, or finished.
 * @retval NBS_E_RANGE  64 packets are waiting already.
 */
NBS_API enum nbs_status nbs_ue_send(struct nbs_ue *ue, const uint8_t *packet, size_t len,
				    enum nbs_rai rai);

/** Sets who takes downlink packets. NULL = nobody: they are counted and dropped. */
NBS_API void nbs_ue_on_downlink(struct nbs_ue *ue, nbs_ue_downlink_fn fn, void *arg);

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

/** @return the counters; connected_ns is complete after nbs_ue_finish(). */
NBS_API const struct nbs_ue_stats *nbs_ue_stats(const struct nbs_ue *ue);

/** Fills in what the UE measured and chose. @retval NBS_E_NOMEM  nothing was filled in. */
NBS_API enum nbs_status nbs_ue_coverage(const struct nbs_ue *ue, struct nbs_ue_coverage *coverage);

#ifdef __cplusplus
}
#endif
#endif
