/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What a device's energy went into: the modem's account, the microcontroller's load beside it, the
 * battery that both drain.
 *
 * Models: everyday life told from setting up: a fleet's sums over its devices from each one's
 * second report to its last; with `battery.until_empty` the battery itself, looked at right before
 * each report.
 * Does not model: what a dying battery does to a device before it is empty.
 */
#ifndef NBSEC_SCENARIOS_ENERGY_H
#define NBSEC_SCENARIOS_ENERGY_H

#include "models/nbiot/ue.h"
#include "models/power/battery.h"
#include "models/power/mcu.h"

struct nbsi_device;
struct nbsi_world;

/** Where a device stands at a moment, since it was made; or what lies between two moments. */
struct nbsi_energy {
	uint64_t t_ns;
	double modem_mj;
	double state_mj[NBS_POWER__COUNT];
	double layer_mj[NBS_LAYER__COUNT];
	double cause_mj[NBS_CAUSE__COUNT];
	struct nbs_mcu_load load;
};

/** Of everyday life, summed over a fleet's devices. */
struct nbsi_fleet_energy {
	struct nbsi_energy sum;
	struct nbs_mcu_account mcu;
};

/** Of everyday life, one device: from its second report to its last, once it had a connection. */
struct nbsi_settled {
	uint64_t ns; /* 0 = none */
	double modem_mj, mcu_mj;
};

/** Reads the cryptographic work of a device so far, both phases. */
void nbsi_energy_work(const struct nbsi_device *device, struct nbs_crypto_work *sum);

/** Reads where a device stands now; a dead one where it died. */
void nbsi_energy_now(const struct nbsi_device *device, struct nbsi_energy *energy);

/** @return what lies between two moments. */
struct nbsi_energy nbsi_energy_between(const struct nbsi_energy *from,
				       const struct nbsi_energy *to);

/** Adds what lies between two moments to a sum. */
void nbsi_energy_add(struct nbsi_energy *sum, const struct nbsi_energy *more);

/** @return what a load costs the device's microcontroller; nothing without one. */
struct nbs_mcu_account nbsi_energy_mcu(const struct nbsi_device *device,
				       const struct nbs_mcu_load *load);

/** @return the sum of an account of a microcontroller. */
double nbsi_energy_mcu_mj(const struct nbs_mcu_account *account);

/** Adds an account of a microcontroller to a sum. */
void nbsi_energy_add_mcu(struct nbs_mcu_account *sum, const struct nbs_mcu_account *more);

/** A report is about to be made: keeps what settled life needs, and drains the battery. */
void nbsi_energy_report(struct nbsi_device *device);

#endif
