/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times drawn by inversion: one random number each, and a larger number never gives less. */
#include "models/nbiot/delay.h"

#include "sim/engine.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define DELAY_Z90 1.2815515655446004 /* 90th percentile of the standard normal distribution */

static uint64_t
delay_whole_us(double ns)
{
	return (uint64_t)llround(ns / (double)NBS_NS_PER_US) * NBS_NS_PER_US;
}

/* exp(ln a + z sigma), where 1.28155 sigma = ln b - ln a. */
static double
delay_lognormal_ns(const struct nbs_delay *delay, double u)
{
	double a = (double)delay->a_ns, sigma;

	if (delay->a_ns == 0 || delay->b_ns == 0)
		return 0; /* the limit of median 0 */
	sigma = log((double)delay->b_ns / a) / DELAY_Z90;
	return a * exp(sigma * gsl_cdf_ugaussian_Pinv(u));
}

uint64_t
nbsi_delay_draw(const struct nbs_delay *delay, gsl_rng *rng)
{
	double a = (double)delay->a_ns, b = (double)delay->b_ns;

	switch (delay->kind) {
	case NBS_DELAY_UNIFORM:
		return delay_whole_us(a + gsl_rng_uniform(rng) * (b - a));
	case NBS_DELAY_LOGNORMAL:
		return delay_whole_us(delay_lognormal_ns(delay, gsl_rng_uniform_pos(rng)));
	default:
		return delay_whole_us(a);
	}
}
