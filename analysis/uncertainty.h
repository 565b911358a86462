/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * How far battery years can be trusted: what the profile's spreads and the differences between
 * devices make of them, and how well a run's days tell a mean day.
 *
 * Models: an independent lognormal factor with mean 1 for each thing that may be wrong (a receive
 * current, a transmit current ..), on all that rests on it at once; devices drawn from those of the
 * run; the battery's life in closed form. Student's t over batch means.
 * Does not model: errors of the battery's own numbers, a composition of the energy that differs
 * between devices, faults that are not of the profile (radio, traffic, network).
 */
#ifndef NBSEC_ANALYSIS_UNCERTAINTY_H
#define NBSEC_ANALYSIS_UNCERTAINTY_H

#include "models/power/battery_life.h"
#include "sim/status.h"

#include <stddef.h>

#define NBSI_LIFE_DRAWS 4096U

/** A part of the mean device-day's energy and how far it may be off. */
struct nbsi_contribution {
	double mj_per_day;
	unsigned key;  /* parts with the same key are off together: rx, monitor, si, paging */
	double spread; /* relative standard deviation of the factor on it, 0 or more */
};

struct nbsi_life_input {
	const struct nbsi_contribution *parts; /* none = all is certain */
	size_t part_count;
	const double *devices; /* mJ a day of each, above 0; at least one */
	size_t device_count;
	struct nbs_battery_life battery;
};

/** A tenth of the draws last shorter than p10, a tenth longer than p90. */
struct nbsi_life_years {
	double p10, p50, p90;
};

/**
 * Draws NBSI_LIFE_DRAWS devices and factors: a device's energy times the ratio of the parts with
 * their factors to the parts without. The random numbers are always the same ones, and results are
 * rounded to six digits, so the same input gives the same output everywhere. Drawing itself leaves
 * a standard error of 2.7 % of the spread in p10 and p90, of 2 % in p50.
 * @param[out] years  untouched on error.
 * @retval NBS_E_ARG  a number is outside its range, or the parts sum to nothing.
 * @retval NBS_E_NOMEM
 */
enum nbs_status nbsi_life_years(const struct nbsi_life_input *input, struct nbsi_life_years *years);

/** A mean and the 95 % confidence interval of it. */
struct nbsi_interval {
	double mean, low, high;
	size_t batches; /* independent values that it rests on */
};

/**
 * The mean of device-days and its interval. Days of one device depend on each other (its place
 * stays the same), those of two devices do not: a device's days are one batch, the batches' means
 * are taken as independent and normal, and the interval is mean +- t(0.975, n - 1) s / sqrt(n).
 * @param values     finite: the first batch's, then the second's ..
 * @param count      of values, a multiple of per_batch, two batches at least.
 * @param per_batch  days of each device; 1 if each value is a device's mean already.
 * @param[out] interval  untouched on error.
 * @retval NBS_E_ARG  count and per_batch are otherwise.
 * @retval NBS_E_NOMEM
 */
enum nbs_status nbsi_mean_interval(const double *values, size_t count, size_t per_batch,
				   struct nbsi_interval *interval);

#endif
