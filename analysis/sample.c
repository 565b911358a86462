/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Means and quantiles through gsl_stats_mean() and gsl_stats_quantile_from_sorted_data().
 */
#include "analysis/sample.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <stdint.h>
#include <stdlib.h>

bool
nbsi_sample_add(struct nbsi_sample *sample, double value)
{
	if (sample->count == sample->room) {
		size_t room = sample->room == 0 ? 64 : sample->room * 2;
		double *values = NULL;

		if (room <= SIZE_MAX / sizeof(*values))
			values = realloc(sample->values, room * sizeof(*values));
		if (values == NULL)
			return false;
		sample->values = values;
		sample->room = room;
	}
	sample->values[sample->count++] = value;
	return true;
}

void
nbsi_sample_sort(struct nbsi_sample *sample)
{
	if (sample->count > 0)
		gsl_sort(sample->values, 1, sample->count);
}

json_t *
nbsi_sample_mean(const struct nbsi_sample *sample)
{
	if (sample->count == 0)
		return json_null();
	return json_real(gsl_stats_mean(sample->values, 1, sample->count));
}

json_t *
nbsi_sample_quantile(const struct nbsi_sample *sample, double p)
{
	if (sample->count == 0)
		return json_null();
	return json_real(gsl_stats_quantile_from_sorted_data(sample->values, 1, sample->count, p));
}

void
nbsi_sample_fini(struct nbsi_sample *sample)
{
	free(sample->values);
	*sample = (struct nbsi_sample){0};
}
