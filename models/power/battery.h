/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A battery: what a device can take of it, how long it lasts, and when a simulated life ends.
 *
 * Models: nominal capacity, a usable share, self-discharge as a constant rate of what is left, the
 * board's quiescent power beside all loads, a cut-off voltage with the sag of a pulse, derating by
 * temperature; the convention of TR 45.820 5.4 (5 Wh, no leakage) with everything else off.
 * Does not model: a supercapacitor beside it, recharging and harvest, ageing by cycles, recovery
 * after pulses, loads whose current grows as the voltage falls beyond what constant power does.
 *
 * Equations, defaults and sources: docs/models/power.md.
 */
#ifndef NBSEC_MODELS_POWER_BATTERY_H
#define NBSEC_MODELS_POWER_BATTERY_H

#include "models/power/battery_life.h"
#include "sim/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_J_PER_WH 3600.0

/** What a battery is like. Zero-initialised but for capacity and usable it is an ideal one. */
struct nbs_battery_config {
	double capacity_j;     /* nominal */
	double usable;         /* share of that, 0..1: what the maker's conditions give */
	double self_discharge; /* share of what is left that a year at 20 C takes, 0..1 */
	double quiescent_mw;   /* the board's, all the time */
	struct {
		bool enabled;
		double full_v, empty_v; /* open-circuit voltage, falling linearly with the charge */
		double stop_v;          /* the device stops below this at its terminals */
		double resistance_ohm;  /* internal */
		double pulse_ma;        /* the largest current it draws */
	} cutoff;
	double temperature_c;  /* of the battery, all its life */
	double derating_per_k; /* capacity lost per kelvin below 20 C, share of nominal */
};

/** Fills in TR 45.820 5.4: 5 Wh, ideal, 20 C. */
NBS_API void nbs_battery_default(struct nbs_battery_config *config);

/**
 * Checks ranges and what excludes each other.
 * @param[out] why  on NBS_E_RANGE: which value, what was found, what is allowed.
 */
NBS_API enum nbs_status nbs_battery_check(const struct nbs_battery_config *config, char *why,
					  size_t why_size);

/** @return share of the charge that stays in it when the device stops, 0..1. */
NBS_API double nbs_battery_stranded(const struct nbs_battery_config *config);

/** @return joules that loads can take of a full one, if they take them at once. */
NBS_API double nbs_battery_usable_j(const struct nbs_battery_config *config);

/** @return share of what is left that a year takes at its temperature, 0..1. */
NBS_API double nbs_battery_self_discharge(const struct nbs_battery_config *config);

/**
 * Years until so much energy is gone at a constant power: with self-discharge s a year, k =
 * -ln(1 - s), the charge follows dE/dt = -P - k E, which reaches 0 at ln(1 + k E0 / P) / k;
 * without, at E0 / P.
 * @param usable_j  above 0. @param self_discharge  below 1.
 * @param[out] years  untouched on error.
 * @retval NBS_E_ARG  an argument is not a finite number in its range.
 */
NBS_API enum nbs_status nbs_battery_life_years(double usable_j, double self_discharge,
					       double mj_per_day, double *years);

/** The same without self-discharge. */
NBS_API enum nbs_status nbs_battery_years(double capacity_j, double mj_per_day, double *years);

/* ---- a life, simulated ---- */

/** Lives in its owner's struct. */
struct nbs_battery {
	double left_mj;     /* of what is usable */
	double rate_per_ns; /* of self-discharge */
	double quiescent_mw;
	uint64_t at_ns;    /* drained up to here */
	uint64_t empty_ns; /* it was empty; UINT64_MAX = it is not */
};

/** Full at now_ns. @retval NBS_E_RANGE  the configuration is refused by nbs_battery_check(). */
NBS_API enum nbs_status nbs_battery_init(struct nbs_battery *battery,
					 const struct nbs_battery_config *config, uint64_t now_ns);

/**
 * Takes the energy that loads drew evenly over a time, and what the board and time itself took:
 * exact whatever the pieces, O(1). An empty battery stays as it is.
 * @retval NBS_E_ARG  mj is not a finite number, or below 0: nothing was taken.
 */
NBS_API enum nbs_status nbs_battery_draw(struct nbs_battery *battery, uint64_t duration_ns,
					 double mj);

NBS_API bool nbs_battery_empty(const struct nbs_battery *battery);

#ifdef __cplusplus
}
#endif
#endif
