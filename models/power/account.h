/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Residency accounts: how long a modem stayed in each power state, what that cost, and what for.
 *
 * Models: one open state at a time; each change closes one account and opens the next, O(1).
 * Times are integers, so that they sum to the time elapsed exactly; the total energy is by
 * definition the sum over the states. The same energy is booked twice more, under the layer of the
 * protocol stack and under the message that it was spent for, so that each of the three columns
 * has the same sum; transmit states are kept apart by radio power too.
 * Does not model: power ramps inside a state; self-discharge (see battery.h); history.
 */
#ifndef NBSEC_MODELS_POWER_ACCOUNT_H
#define NBSEC_MODELS_POWER_ACCOUNT_H

#include "sim/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a modem is doing, as far as its current tells. */
enum nbs_power_state {
	NBS_POWER_OFF,        /* no supply */
	NBS_POWER_BOOT,       /* booting after no supply */
	NBS_POWER_WAKE,       /* booting after deep sleep */
	NBS_POWER_SYNC,       /* cell search: NPSS, NSSS, NPBCH */
	NBS_POWER_SI,         /* reading SIB1-NB and SI messages */
	NBS_POWER_RA,         /* NPRACH preamble on air */
	NBS_POWER_TX,         /* NPUSCH on air */
	NBS_POWER_RX,         /* NPDCCH or NPDSCH being received */
	NBS_POWER_MONITOR,    /* connected, receiver open, nothing for it yet */
	NBS_POWER_ACTIVE,     /* awake, neither sending nor receiving */
	NBS_POWER_CDRX_ON,    /* connected, on-duration of C-DRX, nothing for it */
	NBS_POWER_CDRX_SLEEP, /* connected, receiver off between two on-durations */
	NBS_POWER_PAGING,     /* paging occasion of idle mode */
	NBS_POWER_IDLE,       /* idle mode, asleep between paging occasions */
	NBS_POWER_PTW,        /* the same inside a paging time window of extended DRX */
	NBS_POWER_EDRX,       /* extended DRX, asleep outside of the window */
	NBS_POWER_DOWN,       /* on the way to deep sleep */
	NBS_POWER_PSM,        /* power saving mode, TS 23.682 4.5.4 */
	NBS_POWER__COUNT
};

/** @return "psm", "tx", ... as reports write it; "?" for a value outside the enumeration. */
NBS_API const char *nbs_power_state_name(enum nbs_power_state state);

/** What energy is spent for. */
enum nbs_power_layer {
	NBS_LAYER_SLEEP,          /* off, PSM, idle between occasions */
	NBS_LAYER_PAGING,         /* listening in idle mode */
	NBS_LAYER_ACCESS,         /* boot, search, SI, random access, RRC and NAS, release */
	NBS_LAYER_TAIL,           /* connected with nothing to say */
	NBS_LAYER_APPLICATION,    /* packets, without what the next three take of them */
	NBS_LAYER_RECORD,         /* what DTLS adds to an application record */
	NBS_LAYER_HANDSHAKE,      /* DTLS handshakes and alerts, with all their headers */
	NBS_LAYER_RETRANSMISSION, /* blocks and datagrams sent again */
	NBS_LAYER__COUNT
};

/** @return "sleep", "radio_access", ... as reports write it; "?" outside the enumeration. */
NBS_API const char *nbs_power_layer_name(enum nbs_power_layer layer);

/** Which message energy is spent for; the owner of the modem counts on from NBS_CAUSE_OWN. */
enum nbs_power_cause {
	NBS_CAUSE_NONE,    /* nothing: sleeping, listening for pages */
	NBS_CAUSE_NETWORK, /* attach, detach, tracking area update */
	NBS_CAUSE_PACKET,  /* a packet that nobody told the kind of */
	NBS_CAUSE_OWN,
	NBS_CAUSE__COUNT = 12
};

/** Parts of a transmission that carries several things: from NBS_LAYER_APPLICATION on. */
#define NBS_MARK_PARTS 4U
#define NBS_MARK_WHOLE 65535.0

/** What the bookings that follow are for. */
struct nbs_power_mark {
	uint16_t part[NBS_MARK_PARTS]; /* 1/65535 each, of APPLICATION .. RETRANSMISSION */
	uint8_t layer;                 /* enum nbs_power_layer, takes what the parts leave */
	uint8_t cause;                 /* enum nbs_power_cause, or the owner's */
	int8_t dbm;                    /* of transmit states */
};

#define NBS_TX_LEVELS 8U /* radio powers kept apart; more go to the nearest */

/** Transmit states at one radio power. */
struct nbs_tx_level {
	int8_t dbm; /* rounded */
	uint64_t time_ns;
	double energy_mj;
};

/** Lives in its owner's struct; read the arrays after close(). */
struct nbs_account {
	uint64_t since_ns;                     /* up to here everything is booked */
	double power_mw;                       /* of the open state */
	enum nbs_power_state state;            /* the open one */
	struct nbs_power_mark mark;            /* of what is booked next */
	uint64_t time_ns[NBS_POWER__COUNT];    /* booked so far */
	double energy_mj[NBS_POWER__COUNT];    /* booked so far */
	double layer_mj[NBS_LAYER__COUNT];     /* the same energy by layer */
	double cause_mj[NBS_CAUSE__COUNT];     /* the same energy by message */
	struct nbs_tx_level tx[NBS_TX_LEVELS]; /* of RA and TX, rising dBm */
	uint32_t tx_count;
};

/** Starts an account at now_ns in a state. */
NBS_API void nbs_account_init(struct nbs_account *account, uint64_t now_ns,
			      enum nbs_power_state state, double power_mw);

/**
 * Books the open state up to now_ns and opens the next.
 * @retval NBS_E_ARG  now_ns lies before what is booked, or no such state: nothing changed.
 */
NBS_API enum nbs_status nbs_account_enter(struct nbs_account *account, uint64_t now_ns,
					  enum nbs_power_state state, double power_mw);

/**
 * Says what the bookings from here on are for, until the next call. What the open state has cost
 * up to now must have been booked. A layer or cause outside its enumeration counts as the last.
 */
NBS_API void nbs_account_mark(struct nbs_account *account, const struct nbs_power_mark *mark);

/**
 * Books duration_ns in a state, from where the account stands, leaving the open state as it is:
 * for what is known in closed form (a transmission, a thousand paging cycles at once).
 * @retval NBS_E_ARG  no such state: nothing changed.
 */
NBS_API enum nbs_status nbs_account_spend(struct nbs_account *account, uint64_t duration_ns,
					  enum nbs_power_state state, double power_mw);

/** Books the open state up to now_ns; the state stays open. @retval NBS_E_ARG  as for enter. */
NBS_API enum nbs_status nbs_account_close(struct nbs_account *account, uint64_t now_ns);

/** @return sum of time_ns. */
NBS_API uint64_t nbs_account_time_ns(const struct nbs_account *account);

/**
 * @return energy up to now_ns, the open state's share included; what is booked alone when now_ns
 *         lies before that.
 */
NBS_API double nbs_account_energy_at_mj(const struct nbs_account *account, uint64_t now_ns);

/** @return sum of energy_mj. */
NBS_API double nbs_account_energy_mj(const struct nbs_account *account);

#ifdef __cplusplus
}
#endif
#endif
