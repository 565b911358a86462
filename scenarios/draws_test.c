/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Draws against the distributions that the scenario asks for. Statistical tests have a fixed seed;
 * bounds are 4.4 standard errors wide (alpha 1e-5 for each).
 */
#include "scenarios/draws.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define N 100000U
#define SIGMAS 4.4
#define H (UINT64_C(3600) * 1000000000)

static gsl_rng *
new_rng(void)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	assert_non_null(rng);
	gsl_rng_set(rng, 20240229);
	return rng;
}

/* A count out of N with probability p has the standard deviation sqrt(N p (1 - p)). */
static void
check_share(unsigned count, double p, const char *what)
{
	double off = fabs(count - N * p) / sqrt(N * p * (1 - p));
	if (off > SIGMAS)
		fail_msg("%s: %u of %u, %.1f standard deviations from %g", what, count, N, off, p);
}

/* TR 45.820's coverage: 80, 15 and 5 % at 144, 154 and 164 dB. */
static void
test_mcl_mix(void **state)
{
	(void)state;
	const struct nbs_dist dist = {
	    .kind = NBS_DIST_MIX, .points = 3, .mix = {{0.8, 144}, {0.15, 154}, {0.05, 164}}};
	unsigned counts[3] = {0};
	gsl_rng *rng = new_rng();
	for (unsigned i = 0; i < N; i++) {
		double value = nbsi_draw_mcl_db(&dist, rng);
		unsigned point = 0;
		while (point < 3 && value != dist.mix[point].value)
			point++;
		assert_true(point < 3);
		counts[point]++;
	}
	check_share(counts[0], 0.8, "144 dB");
	check_share(counts[1], 0.15, "154 dB");
	check_share(counts[2], 0.05, "164 dB");
	gsl_rng_free(rng);
}

/* Periodic reporting of TR 45.820: 40 % a day, 40 % 2 h, 15 % 1 h, 5 % 30 min. */
static void
test_period_mix(void **state)
{
	(void)state;
	const struct nbs_fleet_config fleet = {
	    .period_points = 4,
	    .period_mix = {{0.4, 24 * H}, {0.4, 2 * H}, {0.15, H}, {0.05, H / 2}}};
	unsigned counts[4] = {0};
	gsl_rng *rng = new_rng();
	for (unsigned i = 0; i < N; i++) {
		uint64_t ns = nbsi_draw_period_ns(&fleet, rng);
		unsigned point = 0;
		while (point < 4 && ns != fleet.period_mix[point].period_ns)
			point++;
		assert_true(point < 4);
		counts[point]++;
	}
	for (unsigned i = 0; i < 4; i++)
		check_share(counts[i], fleet.period_mix[i].share, "period");
	gsl_rng_free(rng);
}

/* Without a mix, and of nothing, nothing is drawn: the stream stands where it stood. */
static void
test_no_draw(void **state)
{
	(void)state;
	const struct nbs_fleet_config fleet = {.report_period_ns = 3 * H};
	gsl_rng *rng = new_rng(), *same = new_rng();
	assert_true(nbsi_draw_period_ns(&fleet, rng) == 3 * H);
	assert_true(nbsi_draw_below_ns(0, rng) == 0);
	assert_int_equal(gsl_rng_get(rng), gsl_rng_get(same));
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t ns = nbsi_draw_below_ns(H, rng);
		assert_true(ns < H && ns % 1000 == 0);
	}
	gsl_rng_free(rng);
	gsl_rng_free(same);
}

/* P(X > x) = (min / x)^alpha below the cut-off; what lies above it is the cut-off itself. */
static void
test_pareto(void **state)
{
	(void)state;
	const struct nbs_pareto pareto = {.alpha = 2.5, .min = 24, .max = 200};
	unsigned over_40 = 0, at_cut = 0;
	for (uint32_t i = 0; i < N; i++) {
		size_t size = nbsi_draw_payload(&pareto, 64, i / 100, i % 100);
		assert_true(size >= 24 && size <= 200);
		over_40 += size > 40; /* sizes are rounded: over 40.5 */
		at_cut += size == 200;
	}
	check_share(over_40, pow(24 / 40.5, 2.5), "over 40");
	check_share(at_cut, pow(24 / 199.5, 2.5), "cut off"); /* from 199.5 on it rounds to 200 */
	/* The same number, the same size; without a distribution the fixed one. */
	assert_int_equal(nbsi_draw_payload(&pareto, 64, 7, 9),
			 nbsi_draw_payload(&pareto, 64, 7, 9));
	assert_int_equal(nbsi_draw_payload(&(struct nbs_pareto){0}, 64, 7, 9), 64);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_mcl_mix),
	    cmocka_unit_test(test_period_mix),
	    cmocka_unit_test(test_no_draw),
	    cmocka_unit_test(test_pareto),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
