/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places in numbers: area, shadowing and penetration against their distributions, the coupling loss
 * of a whole site against the integral over them.
 */
#include "models/nbiot/place_test_util.h"

#include <gsl/gsl_cdf.h>

#define ALPHA 1e-4 /* of every chi-square test; seeds are fixed */

enum { BINS = 20, DRAWS = 20000 };

/* Counts in bins of equal probability. */
static void
check_uniform(const unsigned count[BINS], const char *what)
{
	double expect = (double)DRAWS / BINS, chi2 = 0.0;

	for (int i = 0; i < BINS; i++)
		chi2 += pow((double)count[i] - expect, 2) / expect;
	if (!(gsl_cdf_chisq_Q(chi2, BINS - 1) > ALPHA))
		fail_msg("%s: chi-square %.1f over %d degrees", what, chi2, BINS - 1);
}

static void
devices_fill_the_area_evenly(void **state)
{
	struct nbs_place_config config = bare(909.0);
	unsigned count[BINS] = {0};
	struct nbs_place *place;
	gsl_rng *rng = make_rng(11);

	(void)state;
	config.spread = NBS_PLACE_DISC;
	config.near_m = 35.0;
	place = make_place(&config);
	for (int i = 0; i < DRAWS; i++) {
		double r = draw_one(place, rng).distance_m;
		double share = (r * r - 35.0 * 35.0) / (909.0 * 909.0 - 35.0 * 35.0);

		assert_true(r >= 35.0 && r <= 909.0);
		count[(int)fmin(share * BINS, BINS - 1)]++;
	}
	check_uniform(count, "area");
	gsl_rng_free(rng);
	nbs_place_free(place);
}

static void
shadowing_is_normal(void **state)
{
	struct nbs_place_config config = bare(1000.0);
	unsigned count[BINS] = {0};
	struct nbs_place *place;
	gsl_rng *rng = make_rng(12);

	(void)state;
	config.shadowing_db = 8.0;
	place = make_place(&config);
	for (int i = 0; i < DRAWS; i++) {
		double db = draw_one(place, rng).shadowing_db;

		count[(int)(gsl_cdf_gaussian_P(db, 8.0) * BINS)]++;
	}
	check_uniform(count, "shadowing");
	gsl_rng_free(rng);
	nbs_place_free(place);
}

static double
ramp(double x, double low, double high)
{
	return fmax(0.0, fmin(1.0, (x - low) / (high - low)));
}

/* P(max(walls, depth) <= m): p walls of U(4,10) each alike, depth U(0,9) dB. */
static double
inner_cdf(double m)
{
	double third = 0.85 / 3.0;

	if (m < 0.0)
		return 0.0;
	return ramp(m, 0.0, 9.0) *
	       (third + third * ramp(m, 4.0, 10.0) + third * ramp(m / 2.0, 4.0, 10.0) +
		0.15 * ramp(m / 3.0, 4.0, 10.0));
}

/* P(penetration <= x): over the outer wall's three classes, by the midpoint rule. */
static double
penetration_cdf(double x)
{
	static const double classes[3][3] = {{.25, 4, 11}, {.65, 11, 19}, {.10, 19, 23}};
	enum { STEPS = 400 };
	double sum = 0.0;

	for (int c = 0; c < 3; c++) {
		for (int i = 0; i < STEPS; i++) {
			double outer =
			    classes[c][1] + (classes[c][2] - classes[c][1]) * (i + 0.5) / STEPS;

			sum += classes[c][0] * inner_cdf(x - outer) / STEPS;
		}
	}
	return sum;
}

/* 23 bins of 2 dB from 4 to 50 dB, the last with all that is beyond. */
static void
penetration_follows_its_classes(void **state)
{
	enum { COUNT = 23 };
	struct nbs_place_config config = bare(1000.0);
	unsigned count[COUNT] = {0};
	struct nbs_place *place;
	gsl_rng *rng = make_rng(13);
	double chi2 = 0.0;

	(void)state;
	config.penetration = NBS_PENETRATION_TR45820;
	place = make_place(&config);
	for (int i = 0; i < DRAWS; i++) {
		double db = draw_one(place, rng).penetration_db;

		assert_true(db >= 4.0 && db <= 53.0); /* 4 + 0, 23 + 3 x 10 */
		/* 0.005: what rounding moved to the border belongs below */
		count[(int)fmin(fmax(db - 4.005, 0.0) / 2.0, COUNT - 1)]++;
	}
	for (int i = 0; i < COUNT; i++) {
		double above = i == COUNT - 1 ? 1.0 : penetration_cdf(6.0 + 2.0 * i);
		double below = i == 0 ? 0.0 : penetration_cdf(4.0 + 2.0 * i);
		double expect = DRAWS * (above - below);

		assert_true(expect > 5.0);
		chi2 += pow((double)count[i] - expect, 2) / expect;
	}
	if (!(gsl_cdf_chisq_Q(chi2, COUNT - 1) > ALPHA))
		fail_msg("chi-square %.1f over %d degrees", chi2, COUNT - 1);
	gsl_rng_free(rng);
	nbs_place_free(place);
}

/* P(coupling <= x) over the default site: places by area, penetration in steps, shadowing exact. */
static double
site_cdf(double x, const double share[500])
{
	enum { PLACES = 200 };
	double sum = 0.0;

	for (int i = 0; i < PLACES; i++) {
		double u = (i + 0.5) / PLACES;
		double r = sqrt(35.0 * 35.0 + (909.0 * 909.0 - 35.0 * 35.0) * u);
		double outdoors = 120.9 + 37.6 * log10(r / 1000.0) - 18.0 + 4.0 + 3.0;

		for (int j = 0; j < 500; j++)
			sum += share[j] / PLACES *
			       gsl_cdf_gaussian_P(x - outdoors - 4.0 - (j + 0.5) / 10.0, 8.0);
	}
	return sum;
}

/*
 * A site with 1,732 m between sites at 900 MHz. No published curve was at hand: the expectation is
 * the integral. Tolerance: four standard deviations of a share of 20,000.
 */
static void
site_of_1732_m(void **state)
{
	static const double levels[] = {110.0, 120.0, 130.0, 144.0, 154.0};
	static unsigned below[5];
	double share[500];
	struct nbs_place_config config;
	struct nbs_place *place;
	gsl_rng *rng = make_rng(14);

	(void)state;
	nbs_place_config_default(&config);
	place = make_place(&config);
	for (int j = 0; j < 500; j++)
		share[j] = penetration_cdf(4.1 + j / 10.0) - penetration_cdf(4.0 + j / 10.0);
	for (int i = 0; i < DRAWS; i++) {
		double coupling = draw_one(place, rng).coupling_db;

		for (int k = 0; k < 5; k++)
			below[k] += coupling <= levels[k];
	}
	for (int k = 0; k < 5; k++) {
		double want = site_cdf(levels[k], share), got = below[k] / (double)DRAWS;
		double four = 4.0 * sqrt(want * (1.0 - want) / DRAWS);

		print_message("%.0f dB or less: %.4f of the devices, expected %.4f\n", levels[k],
			      got, want);
		assert_true(fabs(got - want) < four + 1e-4);
	}
	gsl_rng_free(rng);
	nbs_place_free(place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(devices_fill_the_area_evenly),
	    cmocka_unit_test(shadowing_is_normal),
	    cmocka_unit_test(penetration_follows_its_classes),
	    cmocka_unit_test(site_of_1732_m),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
