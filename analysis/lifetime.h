/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Battery years from a mean daily consumption, and how far they can be trusted.
 *
 * Models: the closed form of models/power/battery_life.h; a sample of devices (mean, Student's t
 * interval of the mean); what the profile's values may be off, as one lognormal factor of mean 1
 * for each value, by 4,096 draws with a fixed seed. Does not model: errors of the radio model or of
 * the battery's own parameters; correlation between two values.
 */
#ifndef NBSEC_ANALYSIS_LIFETIME_H
#define NBSEC_ANALYSIS_LIFETIME_H

#include <jansson.h>
#include <stddef.h>

/** The battery of each device. */
struct nbsi_lifetime_battery {
	double usable_mj;
	double self_discharge; /* share of what is left that a year takes, below 1 */
};

/** @return years at a constant daily consumption above 0. */
double nbsi_lifetime_years(const struct nbsi_lifetime_battery *battery, double mj_per_day);

#define NBSI_LIFETIME_VALUES 32U /* values that a device's energy may rest on */

/** A value of a profile, and the energy that rests on it. */
struct nbsi_lifetime_value {
	const char *name;
	double mj_per_day;
	double spread; /* relative standard deviation of the value */
};

/** What each part of a device's day rests on; fixed_mj on nothing that could be off. */
struct nbsi_lifetime_day {
	struct nbsi_lifetime_value values[NBSI_LIFETIME_VALUES];
	size_t count;
	double fixed_mj_per_day;
};

struct nbsi_lifetime_quantiles {
	double p10, p50, p90; /* years */
};

/** By how much the years may be off: the same input gives the same output. */
struct nbsi_lifetime_quantiles nbsi_lifetime_spread(const struct nbsi_lifetime_battery *battery,
						    const struct nbsi_lifetime_day *day);

struct nbsi_lifetime_interval {
	double mean, low, high;
};

/** Mean of a sample, and the interval that holds the true one at 95 %; of one value it is that. */
struct nbsi_lifetime_interval nbsi_lifetime_mean(const double *values, size_t count);

#endif
