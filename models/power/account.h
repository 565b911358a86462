/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Residency accounts: how long a modem stayed in each power state, and what that cost.
 *
 * Models: one open state at a time; each change closes one account and opens the next, O(1).
 * Times are integers, so that they sum to the time elapsed exactly; the total energy is by
 * definition the sum over the states.
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

/** Lives in its owner's struct; read the arrays after close(). */
struct nbs_account {
	uint64_t since_ns;                  /* up to here everything is booked */
	double power_mw;                    /* of the open state */
	enum nbs_power_state state;         /* the open one */
	uint64_t time_ns[NBS_POWER__COUNT]; /* booked so far */
	double energy_mj[NBS_POWER__COUNT]; /* booked so far */
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
