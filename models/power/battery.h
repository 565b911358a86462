/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A primary battery: what a device gets out of it, how long it lasts, and when it is empty.
 *
 * Models: nominal energy and a usable share of it; self-discharge as a share of what is left,
 * faster in the heat; capacity lost in the cold; a cut-off that the voltage under a current pulse
 * falls below; a constant draw of the board beside the devices on it. All at one constant
 * temperature. Life at a mean power in closed form, and a state that is drawn on piece by piece,
 * each in O(1). Does not model: a load that depends on the voltage (constant power instead), heat
 * in the internal resistance, a resistance that changes with charge, cold or rest (passivation,
 * recovery), supercapacitors, recharging and harvest, ageing beside self-discharge.
 *
 * Equations, where they come from and the defaults: docs/models/power.md, Battery.
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

/* Ranges that nbs_battery_check() and the scenario language take: ours, to catch slips of a unit.
 */
#define NBS_BATTERY_WH_MIN 0.001
#define NBS_BATTERY_WH_MAX 1000.0
#define NBS_BATTERY_USABLE_MIN 0.01
#define NBS_BATTERY_SELF_DISCHARGE_MAX 0.99
#define NBS_BATTERY_QUIESCENT_MAX_MW 2e3
#define NBS_BATTERY_TEMPERATURE_MIN_C -40.0
#define NBS_BATTERY_TEMPERATURE_MAX_C 85.0
#define NBS_BATTERY_DERATING_MAX 0.1
#define NBS_BATTERY_VOLTAGE_MAX_V 60.0
#define NBS_BATTERY_RESISTANCE_MAX_OHM 1000.0
#define NBS_BATTERY_PEAK_MAX_MA 10e3

struct nbs_battery_config {
	double capacity_j;              /* nominal, new, at 20 C */
	double usable;                  /* share of it that is to be had, above 0, at most 1 */
	double self_discharge_per_year; /* share of what is left, 0 .. below 1, at 20 C and below */
	double quiescent_mw;            /* of the board, beside modem and microcontroller */
	double temperature_c;           /* all the time */
	double derating_per_k;          /* share of the capacity, for each kelvin below 20 C */
	double cutoff_v;        /* the device stops below it; 0 = off, the rest is not read */
	double full_v, empty_v; /* open-circuit voltage with all of the charge, with none */
	double resistance_ohm;  /* internal */
	double peak_ma;         /* largest current that the device draws, in bursts */
};

/** Fills in the convention of TR 45.820 5.4: 5 Wh, all of it usable, nothing leaks, 20 C. */
NBS_API void nbs_battery_config_default(struct nbs_battery_config *config);

/**
 * Checks ranges and what goes together.
 * @param[out] why  on NBS_E_RANGE: the value's name in the scenario language, a colon, what was
 * found and what was expected; "" otherwise.
 */
NBS_API enum nbs_status nbs_battery_check(const struct nbs_battery_config *config, char *why,
					  size_t why_size);

/**
 * The share of a full battery's energy that is still in it when the device stops: 0 with the
 * cut-off off, 1 and never more when it does not even start.
 * @param config  full_v above empty_v.
 */
NBS_API double nbs_battery_unused(const struct nbs_battery_config *config);

/**
 * What the life of such a battery follows from.
 * @param[out] life  untouched on error.
 * @retval NBS_E_RANGE  nbs_battery_check() refuses the configuration.
 */
NBS_API enum nbs_status nbs_battery_life(const struct nbs_battery_config *config,
					 struct nbs_battery_life *life);

/**
 * years = capacity_j / (mj_per_day / 1000) / 365.25: the ideal battery.
 * @param[out] years  untouched on error.
 * @retval NBS_E_ARG  capacity or consumption is not a finite number above 0.
 */
NBS_API enum nbs_status nbs_battery_years(double capacity_j, double mj_per_day, double *years);

#define NBS_BATTERY_NOT_EMPTY UINT64_MAX

/** A battery in use. Lives in its owner's struct; to be read, not written. */
struct nbs_battery {
	double start_mj;  /* usable at the start */
	double left_mj;   /* of that, 0 when empty */
	double load_mj;   /* went where nbs_battery_draw() was told of */
	double board_mj;  /* went to the quiescent draw */
	double leaked_mj; /* went by itself; the four add up to start_mj */
	double board_mw;
	double rate_per_s; /* of self-discharge */
	uint64_t now_ns;   /* drawn up to here */
	uint64_t empty_ns; /* when it became empty, or NBS_BATTERY_NOT_EMPTY */
};

/** Starts a new battery at now_ns. @retval NBS_E_RANGE  as for nbs_battery_check(). */
NBS_API enum nbs_status nbs_battery_init(struct nbs_battery *battery,
					 const struct nbs_battery_config *config, uint64_t now_ns);

/**
 * Draws mj at a constant power over the duration, the board's draw and self-discharge beside it. A
 * duration of 0 takes the energy at once. If that empties the battery it stays as it was at that
 * instant, which is rounded to 1 us and lies within the duration.
 * @retval NBS_E_ARG    mj is not a finite number of 0 or more, or time would overflow.
 * @retval NBS_E_STATE  it is empty already. Nothing changed either way.
 */
NBS_API enum nbs_status nbs_battery_draw(struct nbs_battery *battery, uint64_t duration_ns,
					 double mj);

/** @return what the device can still get out of it, mJ. */
NBS_API double nbs_battery_left_mj(const struct nbs_battery *battery);

/** @return whether the device has stopped for want of energy. */
NBS_API bool nbs_battery_empty(const struct nbs_battery *battery);

#ifdef __cplusplus
}
#endif
#endif
