/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The host microcontroller beside the modem: sleep, awake for a report or a datagram, crypto.
 *
 * Models: constant currents; awake a fixed time for each report and each datagram; the cost of each
 * cryptographic primitive, in software on the core and in hardware beside it. Its account is its
 * own: the modem's states know nothing of it.
 * Does not model: sensors, clocks that ramp, a core that waits for its accelerator in sleep.
 */
#ifndef NBSEC_MODELS_POWER_MCU_H
#define NBSEC_MODELS_POWER_MCU_H

#include "models/power/value.h"
#include "models/power/work.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What cryptography costs one way: time of each operation, current while it runs. */
struct nbs_mcu_crypto {
	struct nbs_value current_ma;
	struct nbs_value op_us[NBS_CRYPTO__COUNT];
};

struct nbs_mcu {
	char name[64];   /* as scenarios write it */
	char title[128]; /* for people */
	struct nbs_value supply_v;
	struct nbs_value active_ma;   /* core running */
	struct nbs_value sleep_ma;    /* clock and memory kept */
	struct nbs_value report_ms;   /* awake to make a report: read a sensor, format */
	struct nbs_value datagram_ms; /* awake for one datagram to or from the modem */
	struct nbs_mcu_crypto software;
	struct nbs_mcu_crypto hardware; /* zero without one */
	bool no_hardware;               /* there is no accelerator */
};

/** What a microcontroller spent. Times need not sum to anything: sleep is what is left. */
struct nbs_mcu_account {
	uint64_t active_ns, crypto_ns, sleep_ns;
	double active_mj, crypto_mj, sleep_mj;
};

/** What it had to do. */
struct nbs_mcu_load {
	uint64_t elapsed_ns;
	uint64_t reports, datagrams; /* datagrams in both directions */
	struct nbs_crypto_work work;
};

/** @return time that the work takes, ns. */
NBS_API uint64_t nbs_mcu_crypto_ns(const struct nbs_mcu *mcu, bool hardware,
				   const struct nbs_crypto_work *work);

/** @return energy that the work takes, mJ, all of the core's while it runs. */
NBS_API double nbs_mcu_crypto_mj(const struct nbs_mcu *mcu, bool hardware,
				 const struct nbs_crypto_work *work);

/** Fills in what a load costs. Work beyond elapsed_ns leaves no sleep. */
NBS_API void nbs_mcu_charge(const struct nbs_mcu *mcu, bool hardware,
			    const struct nbs_mcu_load *load, struct nbs_mcu_account *account);

#ifdef __cplusplus
}
#endif
#endif
