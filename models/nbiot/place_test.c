/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places: path loss against the published formula, draws against hand arithmetic, refusals.
 */
#include "models/nbiot/place_test_util.h"

static double
coupling_of(const struct nbs_place_config *config)
{
	struct nbs_place *place = make_place(config);
	gsl_rng *rng = make_rng(1);
	double coupling_db = draw_one(place, rng).coupling_db;

	gsl_rng_free(rng);
	nbs_place_free(place);
	return coupling_db;
}

/* ---- path loss ---- */

/* 120.9 + 37.6 log10(d/km): 120.9 - 37.6 = 83.3 at 100 m, 120.9 - 37.6 x 0.62251 at 238.5 m. */
static void
macro_cell(void **state)
{
	static const double want[][2] = {
	    {1000.0, 120.9}, {100.0, 83.3}, {238.5, 97.49}, {10000.0, 158.5}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct nbs_place_config config = bare(want[i][0]);

		check_db(coupling_of(&config), want[i][1], ROUNDING_DB, "macro cell");
	}
}

/* TR 36.942 4.5.2, base 15 m above the roofs: the published 120.9 is its value rounded to 0.1. */
static void
macro_cell_comes_from_the_full_formula(void **state)
{
	static const double mhz[] = {450.0, 900.0, 2000.0};
	static const double kms[] = {0.1, 0.2385, 1.0, 2.385, 19.9};
	const double hb = 15.0;

	(void)state;
	for (size_t f = 0; f < 3; f++) {
		for (size_t d = 0; d < 5; d++) {
			struct nbs_place_config config = bare(kms[d] * 1000.0);
			double want = 40.0 * (1.0 - 0.004 * hb) * log10(kms[d]) - 18.0 * log10(hb) +
				      21.0 * log10(mhz[f]) + 80.0;

			config.frequency_hz = mhz[f] * 1e6;
			check_db(coupling_of(&config), want, 0.05 + ROUNDING_DB, "TR 36.942");
		}
	}
}

/* Never below free space: at 10 m and 900 MHz 20 log10(4 pi 10 x 900e6 / c) = 51.53, not 45.7. */
static void
macro_cell_near_the_antenna(void **state)
{
	struct nbs_place_config config = bare(10.0);

	(void)state;
	check_db(coupling_of(&config), 51.53, ROUNDING_DB, "free space");
	config = bare(25.0); /* 8.1 + 37.6 x 1.39794, over the 59.49 of free space */
	check_db(coupling_of(&config), 60.66, ROUNDING_DB, "the formula again");
}

/* Each name leads to its law, told apart by one value each; sim_propagation_test has the rest. */
static void
every_law(void **state)
{
	static const struct {
		enum nbs_place_model model;
		double hz, want;
	} cases[] = {
	    {NBS_PLACE_FRIIS, 900e6, 91.53},         /* 20 log10(4 pi d / lambda) */
	    {NBS_PLACE_LOG_DISTANCE, 900e6, 130.0},  /* 40 + 30 x 3 */
	    {NBS_PLACE_OKUMURA_HATA, 900e6, 126.40}, /* sim/propagation_test.c */
	    {NBS_PLACE_COST231, 1800e6, 136.20},     /* 46.3 + 110.350 - 20.414 - 0.043 */
	    {NBS_PLACE_KUN_2600, 2600e6, 114.0},     /* 36 + 26 x 3 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct nbs_place_config config = bare(1000.0);

		config.model = cases[i].model;
		config.frequency_hz = cases[i].hz;
		config.exponent = 3.0;
		config.reference_db = 40.0;
		/* 0.05: ns-3's COST 231, see sim/propagation_test.c */
		check_db(coupling_of(&config), cases[i].want,
			 cases[i].model == NBS_PLACE_COST231 ? 0.06 : ROUNDING_DB, "law");
	}
}

/* 120.9 - 18 + 4 + 3 */
static void
gains_and_losses(void **state)
{
	struct nbs_place_config config = bare(1000.0);

	(void)state;
	config.base_gain_dbi = 18.0;
	config.device_gain_dbi = -4.0;
	config.feeder_loss_db = 3.0;
	check_db(coupling_of(&config), 109.9, 1e-9, "budget");
}

/* ---- penetration, from numbers that the test dictates ---- */

struct script {
	double numbers[7];
	unsigned long at;
};

static void
script_set(void *state, unsigned long seed)
{
	(void)seed;
	memset(state, 0, sizeof(struct script));
}

static double
script_double(void *state)
{
	struct script *script = state;

	assert_true(script->at < 7); /* no more than seven are drawn */
	return script->numbers[script->at++];
}

static unsigned long
script_get(void *state)
{
	return (unsigned long)(script_double(state) * 4294967295.0);
}

static const gsl_rng_type script_type = {
    "script", 4294967295UL, 0, sizeof(struct script), script_set, script_get, script_double,
};

static struct nbs_place_draw
draw_script(const struct nbs_place *place, const double numbers[7])
{
	gsl_rng *rng = gsl_rng_alloc(&script_type);
	struct nbs_place_draw draw;

	assert_non_null(rng);
	memcpy(((struct script *)rng->state)->numbers, numbers, 7 * sizeof numbers[0]);
	draw = draw_one(place, rng);
	assert_int_equal(((struct script *)rng->state)->at, 7);
	gsl_rng_free(rng);
	return draw;
}

/*
 * Order: distance, shadowing, class and loss of the outer wall, inner walls, loss of each, depth.
 * Inner walls change at 0.85/3 = 0.28333, 0.56667 and 0.85. Depth: 0.6 dB/m up to 15 m.
 */
static void
penetration_by_hand(void **state)
{
	static const struct {
		double numbers[7];
		double want;
	} cases[] = {
	    {{.5, .5, .1000, .5, .1000, .5, .5}, 12.0},   /* 4 + 3.5, none: 15 x .5 x .6 = 4.5 */
	    {{.5, .5, .2499, .0, .2832, .9, .0}, 4.0},    /* 4, nothing inside */
	    {{.5, .5, .2501, .0, .2834, .5, .0}, 18.0},   /* 11, one wall of 7 */
	    {{.5, .5, .8999, .5, .5666, .5, .9}, 23.1},   /* 15, depth 8.1 beats one of 7 */
	    {{.5, .5, .9001, .5, .5667, .5, .9}, 35.0},   /* 21, two walls of 7 */
	    {{.5, .5, .5000, .25, .8499, .25, .1}, 24.0}, /* 13, two of 5.5 */
	    {{.5, .5, .9999, .75, .8501, .25, .1}, 38.5}, /* 22, three of 5.5 */
	};
	struct nbs_place_config config = bare(1000.0);
	struct nbs_place *place;

	(void)state;
	config.penetration = NBS_PENETRATION_TR45820;
	place = make_place(&config);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double numbers[7];

		/* 0 itself is never drawn: the border stands for the number next to it. */
		for (size_t j = 0; j < 7; j++)
			numbers[j] = fmax(cases[i].numbers[j], 1e-9);
		check_db(draw_script(place, numbers).penetration_db, cases[i].want, 1e-6, "hand");
	}
	nbs_place_free(place);
	config.height_gain_db = 3.25;
	place = make_place(&config);
	check_db(draw_script(place, cases[0].numbers).penetration_db, 8.75, 1e-9, "upper floor");
	nbs_place_free(place);
}

/* The 90th percentile of a normal distribution is 1.28155 standard deviations up. */
static void
shadowing_by_hand(void **state)
{
	static const double up[7] = {.5, .9, .5, .5, .5, .5, .5};
	static const double middle[7] = {.5, .5, .5, .5, .5, .5, .5};
	struct nbs_place_config config = bare(1000.0);
	struct nbs_place *place;

	(void)state;
	config.shadowing_db = 8.0;
	place = make_place(&config);
	check_db(draw_script(place, up).shadowing_db, 10.25, 1e-9, "90 %");
	check_db(draw_script(place, up).coupling_db, 131.15, 1e-9, "120.9 + 10.25");
	check_db(draw_script(place, middle).shadowing_db, 0.0, 1e-9, "median");
	nbs_place_free(place);
}

/* Ring of 100 to 500 m: u = 0.5 is sqrt((100^2 + 500^2) / 2) = 360.56 m; range: 300 m. */
static void
distance_by_hand(void **state)
{
	static const double middle[7] = {.5, .5, .5, .5, .5, .5, .5};
	struct nbs_place_config config = bare(500.0);
	struct nbs_place *place;

	(void)state;
	config.near_m = 100.0;
	config.spread = NBS_PLACE_DISC;
	place = make_place(&config);
	check_db(draw_script(place, middle).distance_m, 360.56, 1e-9, "ring (m)");
	nbs_place_free(place);
	config.spread = NBS_PLACE_RANGE;
	place = make_place(&config);
	check_db(draw_script(place, middle).distance_m, 300.0, 1e-9, "range (m)");
	nbs_place_free(place);
}

/* ---- draws in common ---- */

static void
a_setting_leaves_the_other_draws_alone(void **state)
{
	struct nbs_place_config with, without;
	struct nbs_place *a, *b;
	gsl_rng *rng_a = make_rng(15), *rng_b = make_rng(15);

	(void)state;
	nbs_place_config_default(&with);
	without = with;
	without.shadowing_db = 0.0;
	without.penetration = NBS_OUTDOORS;
	without.model = NBS_PLACE_FRIIS;
	a = make_place(&with);
	b = make_place(&without);
	for (int i = 0; i < 100; i++) {
		struct nbs_place_draw da = draw_one(a, rng_a), db = draw_one(b, rng_b);

		assert_true(da.distance_m == db.distance_m);
		assert_true(db.shadowing_db == 0.0 && db.penetration_db == 0.0);
		check_db(da.coupling_db,
			 da.path_loss_db + da.shadowing_db + da.penetration_db - 11.0, 1e-6, "sum");
		assert_true(da.coupling_db == round(da.coupling_db * 100.0) / 100.0);
	}
	gsl_rng_free(rng_a);
	gsl_rng_free(rng_b);
	nbs_place_free(a);
	nbs_place_free(b);
}

/* ---- refusals ---- */

#define FIELD(name) offsetof(struct nbs_place_config, name)

static void
wrong_settings_are_refused(void **state)
{
	static const struct {
		enum nbs_place_model model;
		size_t offset;
		double value;
		const char *why;
	} cases[] = {
	    {NBS_PLACE_TR45820, FIELD(far_m), 0.5, "distance (m): 0.5 found"},
	    {NBS_PLACE_TR45820, FIELD(far_m), 3e5, "distance (m): 300000 found"},
	    {NBS_PLACE_TR45820, FIELD(near_m), 0.0, "nearest distance (m): 0 found"},
	    {NBS_PLACE_TR45820, FIELD(near_m), 910.0, "nearest distance (m): 910 found"},
	    {NBS_PLACE_TR45820, FIELD(frequency_hz), 3.5e9,
	     "frequency for tr45820 (MHz): 3500 found; allowed: 400 to 3000"},
	    {NBS_PLACE_FRIIS, FIELD(frequency_hz), 1e6, "frequency for friis"},
	    {NBS_PLACE_OKUMURA_HATA, FIELD(frequency_hz), 1.8e9, "frequency for okumura-hata"},
	    {NBS_PLACE_COST231, FIELD(frequency_hz), 900e6, "frequency for cost231"},
	    {NBS_PLACE_KUN_2600, FIELD(frequency_hz), 900e6, "frequency for kun-2600"},
	    {NBS_PLACE_LOG_DISTANCE, FIELD(exponent), 0.0, "exponent: 0 found"},
	    {NBS_PLACE_LOG_DISTANCE, FIELD(reference_m), 0.0, "reference distance"},
	    {NBS_PLACE_LOG_DISTANCE, FIELD(reference_db), -1.0, "reference loss"},
	    {NBS_PLACE_OKUMURA_HATA, FIELD(base_height_m), 0.0, "base height"},
	    {NBS_PLACE_OKUMURA_HATA, FIELD(device_height_m), 40.0, "device height"},
	    {NBS_PLACE_TR45820, FIELD(shadowing_db), -1.0, "shadowing"},
	    {NBS_PLACE_TR45820, FIELD(shadowing_db), (double)NAN, "shadowing"},
	    {NBS_PLACE_TR45820, FIELD(height_gain_db), 21.0, "height gain"},
	    {NBS_PLACE_TR45820, FIELD(base_gain_dbi), 31.0, "base antenna"},
	    {NBS_PLACE_TR45820, FIELD(feeder_loss_db), -0.1, "feeder loss"},
	    {NBS_PLACE_TR45820, FIELD(device_gain_dbi), -31.0, "device antenna"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct nbs_place *place = NULL;
		struct nbs_place_config config;
		char why[128];

		nbs_place_config_default(&config);
		config.model = cases[i].model;
		*(double *)(void *)((char *)&config + cases[i].offset) = cases[i].value;
		assert_int_equal(nbs_place_config_check(&config, why, sizeof why), NBS_E_RANGE);
		if (strncmp(why, cases[i].why, strlen(cases[i].why)) != 0)
			fail_msg("case %zu: \"%s\"", i, why);
		assert_int_equal(nbs_place_new(&config, &place), NBS_E_RANGE);
		assert_null(place);
	}
}

static void
wrong_words_and_pointers_are_refused(void **state)
{
	struct nbs_place_config good, config;
	struct nbs_place_draw draw;
	struct nbs_place *place = NULL;
	gsl_rng *rng = make_rng(1);
	char why[64] = "x";

	(void)state;
	nbs_place_config_default(&good);
	assert_int_equal(nbs_place_config_check(&good, why, sizeof why), NBS_OK);
	assert_string_equal(why, "");
	config = good;
	config.model = NBS_PLACE_MODEL__COUNT;
	assert_int_equal(nbs_place_config_check(&config, why, sizeof why), NBS_E_RANGE);
	config = good;
	config.spread = NBS_PLACE_SPREAD__COUNT;
	assert_int_equal(nbs_place_config_check(&config, NULL, 0), NBS_E_RANGE);
	config = good;
	config.penetration = NBS_PENETRATION__COUNT;
	assert_int_equal(nbs_place_config_check(&config, why, 0), NBS_E_RANGE);
	assert_int_equal(nbs_place_config_check(NULL, why, sizeof why), NBS_E_ARG);
	assert_int_equal(nbs_place_new(NULL, &place), NBS_E_ARG);
	assert_int_equal(nbs_place_new(&good, NULL), NBS_E_ARG);
	place = make_place(&good);
	assert_int_equal(nbs_place_draw(NULL, rng, &draw), NBS_E_ARG);
	assert_int_equal(nbs_place_draw(place, NULL, &draw), NBS_E_ARG);
	assert_int_equal(nbs_place_draw(place, rng, NULL), NBS_E_ARG);
	nbs_place_free(place);
	nbs_place_free(NULL);
	gsl_rng_free(rng);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(macro_cell),
	    cmocka_unit_test(macro_cell_comes_from_the_full_formula),
	    cmocka_unit_test(macro_cell_near_the_antenna),
	    cmocka_unit_test(every_law),
	    cmocka_unit_test(gains_and_losses),
	    cmocka_unit_test(penetration_by_hand),
	    cmocka_unit_test(shadowing_by_hand),
	    cmocka_unit_test(distance_by_hand),
	    cmocka_unit_test(a_setting_leaves_the_other_draws_alone),
	    cmocka_unit_test(wrong_settings_are_refused),
	    cmocka_unit_test(wrong_words_and_pointers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
