/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random streams: the generator's own check value, independence of names, repeatability.
 * MRG32k3a check: L'Ecuyer's published recurrence, evaluated here step by step.
 */
#include "sim/engine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

static struct nbs_engine *
make_engine(uint32_t seed)
{
	struct nbs_engine_config config = {.seed = seed, .epoch_unix_s = 0};
	struct nbs_engine *engine = NULL;

	assert_int_equal(nbs_engine_new(&config, &engine), NBS_OK);
	return engine;
}

static gsl_rng *
make_rng(struct nbs_engine *engine, const char *name)
{
	gsl_rng *rng = NULL;

	assert_int_equal(nbs_rng_new(engine, name, &rng), NBS_OK);
	return rng;
}

/*
 * MRG32k3a (L'Ecuyer, Oper. Res. 47(1), 1999): x = (1403580 x[n-2] - 810728 x[n-3]) mod m1,
 * y = (527612 y[n-1] - 1370589 y[n-3]) mod m2, output (x - y) mod m1, 0 counted as m1.
 * gsl_rng_set(rng, s) starts stream 0 with all six words equal to s.
 */
static void
the_numbers_are_mrg32k3a(void **state)
{
	const int64_t m1 = 4294967087, m2 = 4294944443, seed = 12345;
	int64_t x[3] = {seed, seed, seed}, y[3] = {seed, seed, seed};
	struct nbs_engine *engine = make_engine(7);
	gsl_rng *rng = make_rng(engine, "any");
	int i;

	(void)state;
	gsl_rng_set(rng, (unsigned long)seed);
	for (i = 0; i < 1000; i++) {
		int64_t xn = (1403580 * x[1] - 810728 * x[0]) % m1;
		int64_t yn = (527612 * y[2] - 1370589 * y[0]) % m2;
		int64_t z;

		xn = xn < 0 ? xn + m1 : xn;
		yn = yn < 0 ? yn + m2 : yn;
		x[0] = x[1], x[1] = x[2], x[2] = xn;
		y[0] = y[1], y[1] = y[2], y[2] = yn;
		z = xn > yn ? xn - yn : xn - yn + m1;
		assert_int_equal((int64_t)gsl_rng_get(rng) + 1, z);
	}
	gsl_rng_free(rng);
	nbs_engine_free(engine);
}

static void
a_name_and_a_seed_make_the_stream(void **state)
{
	unsigned long first[3], again[3], other_name[3], other_seed[3];
	struct nbs_engine *engine;
	gsl_rng *rng;
	int i, run;

	(void)state;
	for (run = 0; run < 2; run++) {
		engine = make_engine(42);
		rng = make_rng(engine, "ue/0001");
		for (i = 0; i < 3; i++)
			(run == 0 ? first : again)[i] = gsl_rng_get(rng);
		gsl_rng_free(rng);
		rng = make_rng(engine, "ue/0002");
		for (i = 0; i < 3; i++)
			other_name[i] = gsl_rng_get(rng);
		gsl_rng_free(rng);
		nbs_engine_free(engine);
	}
	engine = make_engine(43);
	rng = make_rng(engine, "ue/0001");
	for (i = 0; i < 3; i++)
		other_seed[i] = gsl_rng_get(rng);
	gsl_rng_free(rng);
	nbs_engine_free(engine);
	for (i = 0; i < 3; i++) {
		assert_int_equal(first[i], again[i]);
		assert_int_not_equal(first[i], other_name[i]);
		assert_int_not_equal(first[i], other_seed[i]);
	}
}

/* 20 bins, 20,000 draws: chi-square with 19 degrees of freedom; alpha 1e-4, seed fixed. */
static void
uniform_is_uniform(void **state)
{
	enum { BINS = 20, DRAWS = 20000 };
	struct nbs_engine *engine = make_engine(3);
	gsl_rng *rng = make_rng(engine, "chi");
	unsigned count[BINS] = {0};
	double chi2 = 0, expect = (double)DRAWS / BINS;
	int i;

	(void)state;
	for (i = 0; i < DRAWS; i++)
		count[(int)(gsl_rng_uniform(rng) * BINS)]++;
	for (i = 0; i < BINS; i++)
		chi2 += pow((double)count[i] - expect, 2) / expect;
	assert_true(gsl_cdf_chisq_Q(chi2, BINS - 1) > 1e-4);
	assert_true(gsl_cdf_chisq_P(chi2, BINS - 1) > 1e-4);
	gsl_rng_free(rng);
	nbs_engine_free(engine);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_numbers_are_mrg32k3a),
	    cmocka_unit_test(a_name_and_a_seed_make_the_stream),
	    cmocka_unit_test(uniform_is_uniform),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
