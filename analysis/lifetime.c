/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Battery years and their spread. */
#include "analysis/lifetime.h"

#include "models/power/battery_life.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#define LIFETIME_DRAWS 4096U
#define LIFETIME_SEED 1U
#define LIFETIME_TWO_SIDED 0.975

double
nbsi_lifetime_years(const struct nbsi_lifetime_battery *battery, double mj_per_day)
{
	return nbs_battery_time(battery->usable_mj, mj_per_day * NBS_DAYS_PER_YEAR,
				nbs_battery_rate(battery->self_discharge));
}

/* A lognormal factor of mean 1: ln f is normal with variance ln(1 + s^2) and mean minus half that.
 */
static double
lifetime_factor(gsl_rng *rng, double spread)
{
	const double variance = log1p(spread * spread);

	return exp(gsl_ran_gaussian(rng, sqrt(variance)) - variance / 2.0);
}

static double
lifetime_draw(gsl_rng *rng, const struct nbsi_lifetime_day *day)
{
	double mj = day->fixed_mj_per_day;

	for (size_t i = 0; i < day->count; i++)
		mj += day->values[i].mj_per_day * lifetime_factor(rng, day->values[i].spread);
	return mj;
}

struct nbsi_lifetime_quantiles
nbsi_lifetime_spread(const struct nbsi_lifetime_battery *battery,
		     const struct nbsi_lifetime_day *day)
{
	double years[LIFETIME_DRAWS];
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	gsl_rng_set(rng, LIFETIME_SEED);
	for (size_t i = 0; i < LIFETIME_DRAWS; i++)
		years[i] = nbsi_lifetime_years(battery, lifetime_draw(rng, day));
	gsl_rng_free(rng);
	gsl_sort(years, 1, LIFETIME_DRAWS);
	return (struct nbsi_lifetime_quantiles){
	    .p10 = gsl_stats_quantile_from_sorted_data(years, 1, LIFETIME_DRAWS, 0.1),
	    .p50 = gsl_stats_quantile_from_sorted_data(years, 1, LIFETIME_DRAWS, 0.5),
	    .p90 = gsl_stats_quantile_from_sorted_data(years, 1, LIFETIME_DRAWS, 0.9),
	};
}

struct nbsi_lifetime_interval
nbsi_lifetime_mean(const double *values, size_t count)
{
	struct nbsi_lifetime_interval interval = {0};
	double half;

	if (count == 0)
		return interval;
	interval.mean = interval.low = interval.high = gsl_stats_mean(values, 1, count);
	if (count == 1)
		return interval;
	half = gsl_cdf_tdist_Pinv(LIFETIME_TWO_SIDED, (double)count - 1.0) *
	       gsl_stats_sd(values, 1, count) / sqrt((double)count);
	interval.low -= half;
	interval.high += half;
	return interval;
}
