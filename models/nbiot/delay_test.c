/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Delays: known draws, the distributions' own figures, one random number a draw. */
#include "models/nbiot/delay.h"
#include "sim/engine.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define DRAWS 20000U
#define MS UINT64_C(1000000) /* ns */

/* Draws n times from a generator of its own, sorted, in ms. */
static double *
draws_sorted_ms(const struct nbs_delay *delay, size_t n)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double *ms = calloc(n, sizeof *ms);
	size_t i;

	assert_non_null(rng);
	assert_non_null(ms);
	gsl_rng_set(rng, 20240917);
	for (i = 0; i < n; i++) {
		uint64_t ns = nbsi_delay_draw(delay, rng);

		assert_int_equal(ns % NBS_NS_PER_US, 0);
		ms[i] = (double)ns / (double)MS;
	}
	gsl_sort(ms, 1, n);
	gsl_rng_free(rng);
	return ms;
}

static size_t
count_below(const double *sorted, size_t n, double limit)
{
	size_t count = 0;

	while (count < n && sorted[count] < limit)
		count++;
	return count;
}

static void
test_fixed_needs_no_random_number(void **state)
{
	const struct nbs_delay delay = {.kind = NBS_DELAY_FIXED, .a_ns = 20 * MS, .b_ns = 7};
	const struct nbs_delay odd = {.kind = NBS_DELAY_FIXED, .a_ns = 1500};

	(void)state;
	assert_int_equal(nbsi_delay_draw(&delay, NULL), 20 * MS);
	assert_int_equal(nbsi_delay_draw(&odd, NULL), 2000); /* 1.5 us, halves away from zero */
}

/* Uniform in 5..25 ms: mean 15 ms, standard deviation 20/sqrt(12) = 5.77 ms. */
static void
test_uniform(void **state)
{
	const struct nbs_delay delay = {.kind = NBS_DELAY_UNIFORM, .a_ns = 5 * MS, .b_ns = 25 * MS};
	double *ms = draws_sorted_ms(&delay, DRAWS), sum = 0;
	size_t i;

	(void)state;
	for (i = 0; i < DRAWS; i++)
		sum += ms[i];
	assert_true(ms[0] >= 5 && ms[DRAWS - 1] <= 25);
	assert_true(ms[0] < 5.02 && ms[DRAWS - 1] > 24.98); /* missed with (1 - 1e-3)^20000 */
	/* 4.4 standard errors, alpha = 1e-5: 4.4 x 5.77 / sqrt(20000) = 0.18 ms */
	assert_true(fabs(sum / DRAWS - 15) < 0.18);
	free(ms);
}

/*
 * Median 20 ms, 90th percentile 50 ms. Of n draws, n p lie below a quantile, with standard
 * deviation sqrt(n p (1 - p)): 70.7 at the median, 42.4 at the 90th percentile; 4.4 of them.
 * sigma = ln 2.5 / 1.28155 = 0.71499; one sigma above the median lies 20 e^0.71499 = 40.883 ms,
 * below which are 84.134 %.
 */
static void
test_lognormal(void **state)
{
	const struct nbs_delay delay = {
	    .kind = NBS_DELAY_LOGNORMAL, .a_ns = 20 * MS, .b_ns = 50 * MS};
	double *ms = draws_sorted_ms(&delay, DRAWS);

	(void)state;
	assert_true(fabs((double)count_below(ms, DRAWS, 20) - 0.5 * DRAWS) < 311);
	assert_true(fabs((double)count_below(ms, DRAWS, 50) - 0.9 * DRAWS) < 187);
	assert_true(fabs((double)count_below(ms, DRAWS, 40.883) - 0.84134 * DRAWS) < 228);
	free(ms);
}

/* A draw is one number of the generator, so that other draws of the stream stay where they are. */
static void
test_one_number_each(void **state)
{
	static const enum nbs_delay_kind kinds[] = {NBS_DELAY_UNIFORM, NBS_DELAY_LOGNORMAL};
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937), *twin;
	size_t i;

	(void)state;
	gsl_rng_set(rng, 3);
	twin = gsl_rng_clone(rng);
	for (i = 0; i < 2; i++) {
		const struct nbs_delay delay = {.kind = kinds[i], .a_ns = MS, .b_ns = 2 * MS};

		(void)nbsi_delay_draw(&delay, rng);
		(void)gsl_rng_get(twin);
		assert_int_equal(gsl_rng_get(rng), gsl_rng_get(twin));
	}
	gsl_rng_free(rng);
	gsl_rng_free(twin);
}

static void
test_degenerate(void **state)
{
	const struct nbs_delay same = {.kind = NBS_DELAY_LOGNORMAL, .a_ns = MS, .b_ns = MS};
	const struct nbs_delay flat = {.kind = NBS_DELAY_UNIFORM, .a_ns = MS, .b_ns = MS};
	const struct nbs_delay zero = {.kind = NBS_DELAY_LOGNORMAL, .a_ns = 0, .b_ns = MS};
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	(void)state;
	assert_int_equal(nbsi_delay_draw(&same, rng), MS);
	assert_int_equal(nbsi_delay_draw(&flat, rng), MS);
	assert_int_equal(nbsi_delay_draw(&zero, rng), 0);
	gsl_rng_free(rng);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fixed_needs_no_random_number),
	    cmocka_unit_test(test_uniform),
	    cmocka_unit_test(test_lognormal),
	    cmocka_unit_test(test_one_number_each),
	    cmocka_unit_test(test_degenerate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
