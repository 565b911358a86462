/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A sample of numbers and its statistics, by GSL.
 *
 * Models: mean, quantiles with linear interpolation between order statistics (position (n-1)p).
 * Does not model: weights, confidence intervals. An empty sample has no statistics: JSON null.
 */
#ifndef NBSEC_ANALYSIS_SAMPLE_H
#define NBSEC_ANALYSIS_SAMPLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/** Zero-initialised it is empty. */
struct nbsi_sample {
	double *values; /* owned */
	size_t count;
	size_t room;
};

/** Adds a value. @return false when memory could not be had. */
bool nbsi_sample_add(struct nbsi_sample *sample, double value);

/** Sorts the values: needed before nbsi_sample_quantile(). */
void nbsi_sample_sort(struct nbsi_sample *sample);

/** @return the mean as a new JSON real, null for an empty sample; NULL without memory. */
json_t *nbsi_sample_mean(const struct nbsi_sample *sample);

/** @return the p-quantile (0..1) as a new JSON real, null for an empty sample. */
json_t *nbsi_sample_quantile(const struct nbsi_sample *sample, double p);

/** Frees the values; the sample is empty again. */
void nbsi_sample_fini(struct nbsi_sample *sample);

#endif
