/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Monte Carlo over a battery's life, and the interval of a mean.
 *
 * A lognormal factor exp(s z - s^2/2), z standard normal, has mean 1 and the relative standard
 * deviation sqrt(exp(s^2) - 1): s^2 = ln(1 + spread^2).
 */
#include "analysis/uncertainty.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <stdbool.h>
#include <stdlib.h>

#define UNCERTAINTY_SEED 45820UL /* any, but always the same */
#define UNCERTAINTY_BITS 20      /* of a result: six digits */
#define UNCERTAINTY_TAIL 0.975   /* two-sided 95 % */

/* A part while drawing. */
struct part {
	double mj_per_day;
	double sigma;  /* of the factor's logarithm */
	double normal; /* this draw's z */
	size_t leader; /* first part with the same key: its z counts */
};

/* Everything that drawing needs. */
struct draws {
	gsl_rng *rng;
	struct part *parts;
	double *years;
};

/* exp() and log() differ in their last bit between processors: what they end in is rounded. */
static double
uncertainty_round(double value)
{
	int exponent;
	const double mantissa = frexp(value, &exponent);

	return ldexp(rint(ldexp(mantissa, UNCERTAINTY_BITS)), exponent - UNCERTAINTY_BITS);
}

static bool
is_number(double value)
{
	return isfinite(value) && value >= 0.0;
}

static bool
parts_sound(const struct nbsi_life_input *input)
{
	double sum = 0.0;

	for (size_t i = 0; i < input->part_count; i++) {
		if (!is_number(input->parts[i].mj_per_day) || !is_number(input->parts[i].spread))
			return false;
		sum += input->parts[i].mj_per_day;
	}
	return input->part_count == 0 || sum > 0.0;
}

static bool
input_sound(const struct nbsi_life_input *input)
{
	const struct nbs_battery_life *battery = &input->battery;

	for (size_t i = 0; i < input->device_count; i++) {
		if (!is_number(input->devices[i]) || input->devices[i] <= 0.0)
			return false;
	}
	return input->device_count > 0 && parts_sound(input) && is_number(battery->usable_mj) &&
	       battery->usable_mj > 0.0 && is_number(battery->rate_per_year) &&
	       is_number(battery->quiescent_mw);
}

static void
draws_fini(struct draws *draws)
{
	if (draws->rng != NULL)
		gsl_rng_free(draws->rng);
	free(draws->parts);
	free(draws->years);
}

static enum nbs_status
draws_init(struct draws *draws, const struct nbsi_life_input *input)
{
	draws->rng = gsl_rng_alloc(gsl_rng_mt19937);
	draws->parts = calloc(input->part_count + 1, sizeof(*draws->parts));
	draws->years = calloc(NBSI_LIFE_DRAWS, sizeof(*draws->years));
	if (draws->rng == NULL || draws->parts == NULL || draws->years == NULL)
		return NBS_E_NOMEM;
	gsl_rng_set(draws->rng, UNCERTAINTY_SEED);
	for (size_t i = 0; i < input->part_count; i++) {
		const struct nbsi_contribution *from = &input->parts[i];
		struct part *part = &draws->parts[i];

		part->mj_per_day = from->mj_per_day;
		part->sigma = sqrt(log1p(from->spread * from->spread));
		while (input->parts[part->leader].key != from->key)
			part->leader++;
	}
	return NBS_OK;
}

/* What this draw's factors make of the energy, as a ratio. */
static double
draw_ratio(struct draws *draws, size_t count)
{
	double sum = 0.0, drawn = 0.0;

	for (size_t i = 0; i < count; i++) {
		struct part *part = &draws->parts[i];

		if (part->leader == i)
			part->normal = gsl_ran_ugaussian(draws->rng);
		sum += part->mj_per_day;
		drawn += part->mj_per_day * exp(part->sigma * draws->parts[part->leader].normal -
						part->sigma * part->sigma / 2.0);
	}
	return count == 0 ? 1.0 : drawn / sum;
}

static double
draws_quantile(const struct draws *draws, double p)
{
	return uncertainty_round(
	    gsl_stats_quantile_from_sorted_data(draws->years, 1, NBSI_LIFE_DRAWS, p));
}

static void
draws_run(struct draws *draws, const struct nbsi_life_input *input, struct nbsi_life_years *years)
{
	for (size_t i = 0; i < NBSI_LIFE_DRAWS; i++) {
		const size_t device = gsl_rng_uniform_int(draws->rng, input->device_count);
		const double ratio = draw_ratio(draws, input->part_count);

		draws->years[i] =
		    nbs_battery_life_years(&input->battery, input->devices[device] * ratio);
	}
	gsl_sort(draws->years, 1, NBSI_LIFE_DRAWS);
	years->p10 = draws_quantile(draws, 0.1);
	years->p50 = draws_quantile(draws, 0.5);
	years->p90 = draws_quantile(draws, 0.9);
}

enum nbs_status
nbsi_life_years(const struct nbsi_life_input *input, struct nbsi_life_years *years)
{
	struct draws draws = {NULL, NULL, NULL};
	enum nbs_status status = NBS_E_ARG;

	if (!input_sound(input))
		return status;
	status = draws_init(&draws, input);
	if (status == NBS_OK)
		draws_run(&draws, input, years);
	draws_fini(&draws);
	return status;
}

/* ---- the interval of a mean ---- */

enum nbs_status
nbsi_mean_interval(const double *values, size_t count, size_t per_batch,
		   struct nbsi_interval *interval)
{
	const size_t batches = per_batch == 0 ? 0 : count / per_batch;
	double half, *means;

	if (batches < 2 || batches * per_batch != count)
		return NBS_E_ARG;
	means = calloc(batches, sizeof(*means));
	if (means == NULL)
		return NBS_E_NOMEM;
	for (size_t i = 0; i < batches; i++)
		means[i] = gsl_stats_mean(values + i * per_batch, 1, per_batch);
	interval->batches = batches;
	interval->mean = gsl_stats_mean(means, 1, batches);
	half = uncertainty_round(gsl_cdf_tdist_Pinv(UNCERTAINTY_TAIL, (double)(batches - 1)) *
				 gsl_stats_sd_m(means, 1, batches, interval->mean) /
				 sqrt((double)batches));
	interval->low = interval->mean - half;
	interval->high = interval->mean + half;
	free(means);
	return NBS_OK;
}
