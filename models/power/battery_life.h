/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * How long energy lasts at a constant power with self-discharge: the one formula that the models
 * and analysis/ both need. Header only: analysis/ links no model.
 */
#ifndef NBSEC_MODELS_POWER_BATTERY_LIFE_H
#define NBSEC_MODELS_POWER_BATTERY_LIFE_H

#include <math.h>

#define NBS_DAYS_PER_YEAR 365.25 /* Julian year */

/**
 * dE/dt = -P - k E from E(0) reaches 0 at ln(1 + k E(0) / P) / k, and at E(0) / P for k = 0; log1p
 * keeps its digits in between.
 * @param energy  0 or more. @param power  above 0, in the energy's unit a unit of time.
 * @param rate  k, 0 or more, a unit of time. @return that time.
 */
static inline double
nbs_battery_time(double energy, double power, double rate)
{
	return rate > 0.0 ? log1p(rate * energy / power) / rate : energy / power;
}

/** @return k a year, of the share of what is left that a year takes (below 1). */
static inline double
nbs_battery_rate(double self_discharge)
{
	return -log1p(-self_discharge);
}

#endif
