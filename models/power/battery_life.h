/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * How long a battery lasts at a constant mean power: the arithmetic alone, in the one place where
 * it stands. Header only and free of the rest of models/, so that analysis/ may compute with the
 * same lines from the numbers of a results file.
 *
 * Models: a store of energy that is drawn on at a constant power and loses a constant share of what
 * is left by itself.
 * Does not model: where its three numbers come from, see battery.h.
 */
#ifndef NBSEC_MODELS_POWER_BATTERY_LIFE_H
#define NBSEC_MODELS_POWER_BATTERY_LIFE_H

#include <math.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_J_PER_WH 3600.0
#define NBS_MJ_PER_J 1000.0
#define NBS_S_PER_DAY 86400.0
#define NBS_DAYS_PER_YEAR 365.25 /* Julian year */

/** What a battery's life follows from. */
struct nbs_battery_life {
	double usable_mj; /* what a device gets out of a new one that nothing leaks from */
	double
	    rate_per_year; /* self-discharge: so much of what is left is lost in a moment, 1/year */
	double quiescent_mw; /* drawn all the time beside the load that is asked about */
};

/**
 * The time until a store is empty. With power P and self-discharge at the rate k its energy obeys
 * dE/dt = -P - k E, E(0) = E0, which is solved by E(t) = (E0 + P/k) exp(-k t) - P/k. That is zero
 * when exp(k t) = 1 + k E0/P, so t = ln(1 + k E0/P) / k, and E0/P where k is 0. log1p() keeps the
 * digits that 1 + x would lose as k goes to 0.
 * @param energy  E0, above 0. @param power  P, energy a unit of time, above 0.
 * @param rate  k, one over the same unit of time, 0 or more.
 * @return t in that unit.
 */
static inline double
nbs_battery_span(double energy, double power, double rate)
{
	return rate > 0.0 ? log1p(rate * energy / power) / rate : energy / power;
}

/** @return what the board draws in a day, mJ: mW x s. */
static inline double
nbs_battery_board_mj(const struct nbs_battery_life *life)
{
	return life->quiescent_mw * NBS_S_PER_DAY;
}

/** @return years that a battery lasts under a load of mj_per_day; some power must be drawn. */
static inline double
nbs_battery_life_years(const struct nbs_battery_life *life, double mj_per_day)
{
	return nbs_battery_span(life->usable_mj, mj_per_day + nbs_battery_board_mj(life),
				life->rate_per_year / NBS_DAYS_PER_YEAR) /
	       NBS_DAYS_PER_YEAR;
}

/** @return the rate at which a store loses the share (0 .. below 1) of its content in a year. */
static inline double
nbs_battery_rate(double share_per_year)
{
	return -log1p(-share_per_year);
}

#ifdef __cplusplus
}
#endif
#endif
