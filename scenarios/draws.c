/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Draws of a fleet's devices. Reports' sizes come from splitmix64 (Steele, Lea, Flood: Fast
 * splittable pseudorandom number generators, 2014) as a function of their number.
 */
#include "scenarios/draws.h"

#include "sim/engine.h"

#include <gsl/gsl_randist.h>
#include <math.h>

/* What falls outside the language's limits is drawn again, at most so often. */
#define DRAWS_MAX 1000U

/* Which point of a mix: the one in whose share a random number from 0 to 1 lies. */
static double
draw_mix(const struct nbs_dist *dist, gsl_rng *rng)
{
	double left = gsl_rng_uniform(rng);
	uint32_t i = 0;

	while (i + 1 < dist->points && left >= dist->mix[i].share)
		left -= dist->mix[i++].share;
	return dist->mix[i].value;
}

static double
draw_once(const struct nbs_dist *dist, gsl_rng *rng)
{
	if (dist->kind == NBS_DIST_MIX)
		return draw_mix(dist, rng);
	if (dist->kind == NBS_DIST_UNIFORM)
		return gsl_ran_flat(rng, dist->a, dist->b);
	if (dist->kind == NBS_DIST_NORMAL)
		return dist->a + gsl_ran_gaussian_ziggurat(rng, dist->b);
	return dist->a;
}

/*
 * The tails of a normal distribution reach beyond what a place can have: what falls outside is
 * drawn again (the distribution is truncated), and in the end held to the limit.
 */
double
nbsi_draw_mcl_db(const struct nbs_dist *dist, gsl_rng *rng)
{
	double value = draw_once(dist, rng);
	unsigned i;

	for (i = 0; i < DRAWS_MAX && (value < NBS_MCL_MIN_DB || value > NBS_MCL_MAX_DB); i++)
		value = draw_once(dist, rng);
	value = fmax(NBS_MCL_MIN_DB, fmin(NBS_MCL_MAX_DB, value));
	return round(value * 100) / 100; /* 0.01 dB: no raw double reaches a decision */
}

uint64_t
nbsi_draw_period_ns(const struct nbs_fleet_config *fleet, gsl_rng *rng)
{
	double left;
	uint32_t i = 0;

	if (fleet->period_points == 0)
		return fleet->report_period_ns;
	left = gsl_rng_uniform(rng);
	while (i + 1 < fleet->period_points && left >= fleet->period_mix[i].share)
		left -= fleet->period_mix[i++].share;
	return fleet->period_mix[i].period_ns;
}

uint64_t
nbsi_draw_below_ns(uint64_t ns, gsl_rng *rng)
{
	uint64_t us = ns / NBS_NS_PER_US;

	if (us == 0)
		return 0;
	return (uint64_t)(gsl_rng_uniform(rng) * (double)us) * NBS_NS_PER_US;
}

size_t
nbsi_draw_payload(const struct nbs_pareto *pareto, unsigned fixed_bytes, uint64_t key, uint32_t seq)
{
	uint64_t bits = key + seq * UINT64_C(0x9e3779b97f4a7c15);
	double size;

	if (pareto->alpha <= 0)
		return fixed_bytes;
	bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
	bits ^= bits >> 31;
	/* The upper 53 bits make 2^-53 to 1, never 0. Whole bytes: no raw double gets further. */
	size = pareto->min * pow(((double)(bits >> 11) + 1) * 0x1p-53, -1 / pareto->alpha);
	return size < pareto->max ? (size_t)round(size) : pareto->max;
}
