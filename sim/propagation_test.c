/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Path loss: each law against its formula as published, written here a second time, and every
 * refusal. Friis 1946; M. Hata, IEEE Trans. Veh. Technol. 29(3), 1980; COST 231 final report 4.4;
 * Kun et al., ISAPE 2008.
 */
#include "sim/engine.h"
#include "sim/propagation.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define LIGHT_M_S 299792458.0
#define ROUNDING_DB 0.0050001 /* results are whole hundredths */

static const struct nbs_propagation_config plain = {
    .kind = NBS_FRIIS,
    .frequency_hz = 900e6,
    .exponent = 3.5,
    .reference_m = 10.0,
    .reference_db = 60.0,
    .base_height_m = 30.0,
    .device_height_m = 1.5,
    .environment = NBS_URBAN,
    .city = NBS_CITY_MEDIUM,
};

static double
loss_of(const struct nbs_propagation_config *config, double distance_m)
{
	struct nbs_propagation *propagation = NULL;
	double loss_db = NAN;

	assert_int_equal(nbs_propagation_new(config, &propagation), NBS_OK);
	assert_int_equal(nbs_propagation_loss_db(propagation, distance_m, &loss_db), NBS_OK);
	nbs_propagation_free(propagation);
	return loss_db;
}

static void
check_db(double got, double want, double tolerance, const char *what)
{
	if (!(fabs(got - want) <= tolerance))
		fail_msg("%s: %.4f dB, expected %.4f +- %.4f", what, got, want, tolerance);
}

/* L = 20 log10(4 pi d f / c); 91.53 dB at 1 km and 900 MHz, as tables of free space have it. */
static void
free_space(void **state)
{
	static const double distances[] = {1.0, 2.385, 100.0, 1000.0, 35786.0};
	static const double frequencies[] = {451e6, 900e6, 2.14e9};
	struct nbs_propagation_config config = plain;
	const double pi = acos(-1.0);

	(void)state;
	check_db(loss_of(&config, 1000.0), 91.53, ROUNDING_DB, "1 km, 900 MHz");
	for (size_t d = 0; d < 5; d++) {
		for (size_t f = 0; f < 3; f++) {
			config.frequency_hz = frequencies[f];
			check_db(loss_of(&config, distances[d]),
				 20.0 * log10(4.0 * pi * distances[d] * frequencies[f] / LIGHT_M_S),
				 ROUNDING_DB, "Friis");
		}
	}
}

/* L = L0 + 10 n log10(d / d0): at 238.5 m 60 + 35 x 1.37749 = 108.21. Nearer than d0: L0. */
static void
log_distance(void **state)
{
	struct nbs_propagation_config config = plain;

	(void)state;
	config.kind = NBS_LOG_DISTANCE;
	check_db(loss_of(&config, 238.5), 108.21, ROUNDING_DB, "238.5 m");
	check_db(loss_of(&config, 10.0), 60.0, ROUNDING_DB, "at the reference");
	check_db(loss_of(&config, 3.0), 60.0, ROUNDING_DB, "before it");
	config.exponent = 2.0;
	config.reference_m = 1.0;
	check_db(loss_of(&config, 1000.0), 120.0, ROUNDING_DB, "60 dB in three decades");
}

/* Correction for the height of the mobile station. */
static double
hata_mobile(double mhz, double hm, enum nbs_city city)
{
	if (city != NBS_CITY_LARGE)
		return (1.1 * log10(mhz) - 0.7) * hm - (1.56 * log10(mhz) - 0.8);
	if (mhz < 200.0)
		return 8.29 * pow(log10(1.54 * hm), 2) - 1.1;
	return 3.2 * pow(log10(11.75 * hm), 2) - 4.97;
}

static double
hata(const struct nbs_propagation_config *config, double km)
{
	double mhz = config->frequency_hz / 1e6, hb = config->base_height_m;
	double loss = 69.55 + 26.16 * log10(mhz) - 13.82 * log10(hb) -
		      hata_mobile(mhz, config->device_height_m, config->city) +
		      (44.9 - 6.55 * log10(hb)) * log10(km);

	if (config->environment == NBS_SUBURBAN)
		loss -= 2.0 * pow(log10(mhz / 28.0), 2) + 5.4;
	if (config->environment == NBS_OPEN)
		loss -= 4.78 * pow(log10(mhz), 2) - 18.33 * log10(mhz) + 40.94;
	return loss;
}

static void
okumura_hata(void **state)
{
	static const double mhz[] = {160.0, 451.0, 869.0, 900.0, 1499.0};
	static const double base_m[] = {30.0, 45.5, 200.0};
	static const double mobile_m[] = {1.5, 9.0};
	static const double km[] = {1.0, 2.385, 20.0};
	struct nbs_propagation_config config = plain;

	(void)state;
	config.kind = NBS_OKUMURA_HATA;
	/* 69.55 + 26.16 x 2.95424 - 13.82 x 1.47712 - 0.01589 */
	check_db(loss_of(&config, 1000.0), 126.40, ROUNDING_DB, "900 MHz, 1 km");
	for (unsigned i = 0; i < 5 * 3 * 2 * 3 * 9; i++) {
		double d = km[i / 90 % 3];

		config.frequency_hz = mhz[i % 5] * 1e6;
		config.base_height_m = base_m[i / 5 % 3];
		config.device_height_m = mobile_m[i / 15 % 2];
		config.environment = (enum nbs_environment)(i / 270 % 3);
		config.city = (enum nbs_city)(i / 270 / 3);
		/* 1e-3: rounding at a border after another order of operations */
		check_db(loss_of(&config, d * 1e3), hata(&config, d), ROUNDING_DB + 1e-3, "Hata");
	}
}

/* Under the mast, where the law has nothing to say, the loss stays that at its height. */
static void
under_the_mast(void **state)
{
	struct nbs_propagation_config config = plain;

	(void)state;
	config.kind = NBS_OKUMURA_HATA;
	check_db(loss_of(&config, 1.0), loss_of(&config, 28.5), 1e-9, "1 m and 30 m - 1.5 m");
	assert_true(loss_of(&config, 28.5) < loss_of(&config, 30.0));
}

/*
 * COST 231: 46.3 + 33.9 log10(f) - 13.82 log10(hb) - a(hm) + (44.9 - 6.55 log10(hb)) log10(d) + C,
 * C = 0. ns-3 has 1.11 for 1.1 in a(hm): 0.01 log10(f) hm less loss, 0.05 dB at 1.5 m.
 */
static void
cost231(void **state)
{
	static const double mhz[] = {1500.0, 1800.0, 2000.0};
	static const double km[] = {1.0, 2.385, 20.0};
	struct nbs_propagation_config config = plain;

	(void)state;
	config.kind = NBS_COST231;
	for (unsigned i = 0; i < 9; i++) {
		double f = mhz[i % 3], d = km[i / 3], hb = config.base_height_m, hm = 1.5;
		double want = 46.3 + 33.9 * log10(f) - 13.82 * log10(hb) -
			      hata_mobile(f, hm, NBS_CITY_MEDIUM) +
			      (44.9 - 6.55 * log10(hb)) * log10(d);

		config.frequency_hz = f * 1e6;
		check_db(loss_of(&config, d * 1e3), want, ROUNDING_DB + 0.01 * log10(f) * hm,
			 "COST 231");
	}
}

/* 36 + 26 log10(238.5) = 97.81 */
static void
kun_2600(void **state)
{
	struct nbs_propagation_config config = plain;

	(void)state;
	config.kind = NBS_KUN_2600;
	config.frequency_hz = 2.6e9;
	check_db(loss_of(&config, 238.5), 97.81, ROUNDING_DB, "Kun");
}

static void
results_are_whole_hundredths(void **state)
{
	struct nbs_propagation_config config = plain;

	(void)state;
	for (int d = 3; d < 300; d += 13) {
		double loss = loss_of(&config, d);

		assert_true(loss == round(loss * 100.0) / 100.0);
	}
}

/* Each line spoils one parameter of a kind that uses it. */
static void
wrong_parameters_are_refused(void **state)
{
	static const struct {
		enum nbs_propagation_kind kind;
		size_t offset;
		double value;
	} cases[] = {
	    {NBS_FRIIS, offsetof(struct nbs_propagation_config, frequency_hz), 0.0},
	    {NBS_FRIIS, offsetof(struct nbs_propagation_config, frequency_hz), -900e6},
	    {NBS_FRIIS, offsetof(struct nbs_propagation_config, frequency_hz), (double)NAN},
	    {NBS_FRIIS, offsetof(struct nbs_propagation_config, frequency_hz), (double)INFINITY},
	    {NBS_LOG_DISTANCE, offsetof(struct nbs_propagation_config, exponent), 0.5},
	    {NBS_LOG_DISTANCE, offsetof(struct nbs_propagation_config, exponent), 8.5},
	    {NBS_LOG_DISTANCE, offsetof(struct nbs_propagation_config, reference_m), 0.0},
	    {NBS_LOG_DISTANCE, offsetof(struct nbs_propagation_config, reference_m), 20e3},
	    {NBS_LOG_DISTANCE, offsetof(struct nbs_propagation_config, reference_db), -1.0},
	    {NBS_LOG_DISTANCE, offsetof(struct nbs_propagation_config, reference_db), 201.0},
	    {NBS_OKUMURA_HATA, offsetof(struct nbs_propagation_config, frequency_hz), 149e6},
	    {NBS_OKUMURA_HATA, offsetof(struct nbs_propagation_config, frequency_hz), 1501e6},
	    {NBS_OKUMURA_HATA, offsetof(struct nbs_propagation_config, base_height_m), 0.0},
	    {NBS_OKUMURA_HATA, offsetof(struct nbs_propagation_config, base_height_m), 1.4},
	    {NBS_OKUMURA_HATA, offsetof(struct nbs_propagation_config, base_height_m), 1001.0},
	    {NBS_OKUMURA_HATA, offsetof(struct nbs_propagation_config, device_height_m), 0.0},
	    {NBS_OKUMURA_HATA, offsetof(struct nbs_propagation_config, device_height_m), 31.0},
	    {NBS_COST231, offsetof(struct nbs_propagation_config, frequency_hz), 1499e6},
	    {NBS_COST231, offsetof(struct nbs_propagation_config, frequency_hz), 2001e6},
	    {NBS_COST231, offsetof(struct nbs_propagation_config, device_height_m), (double)NAN},
	    {NBS_KUN_2600, offsetof(struct nbs_propagation_config, frequency_hz), 2.4e9},
	    {NBS_KUN_2600, offsetof(struct nbs_propagation_config, frequency_hz), 2.8e9},
	};
	static const double good_hz[NBS_PROPAGATION__COUNT] = {900e6, 900e6, 900e6, 1.8e9, 2.6e9};
	struct nbs_propagation *propagation = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct nbs_propagation_config config = plain;

		config.kind = cases[i].kind;
		config.frequency_hz = good_hz[config.kind];
		assert_int_equal(nbs_propagation_new(&config, &propagation), NBS_OK);
		nbs_propagation_free(propagation);
		propagation = NULL;
		*(double *)(void *)((char *)&config + cases[i].offset) = cases[i].value;
		if (nbs_propagation_new(&config, &propagation) != NBS_E_ARG)
			fail_msg("case %zu was taken", i);
		assert_null(propagation);
	}
}

static void
wrong_words_and_pointers_are_refused(void **state)
{
	struct nbs_propagation *propagation = NULL;
	struct nbs_propagation_config config = plain;

	(void)state;
	assert_int_equal(nbs_propagation_new(NULL, &propagation), NBS_E_ARG);
	assert_int_equal(nbs_propagation_new(&config, NULL), NBS_E_ARG);
	config.kind = NBS_PROPAGATION__COUNT;
	assert_int_equal(nbs_propagation_new(&config, &propagation), NBS_E_ARG);
	config.kind = NBS_OKUMURA_HATA;
	config.environment = NBS_ENVIRONMENT__COUNT;
	assert_int_equal(nbs_propagation_new(&config, &propagation), NBS_E_ARG);
	config.environment = NBS_OPEN;
	config.city = NBS_CITY__COUNT;
	assert_int_equal(nbs_propagation_new(&config, &propagation), NBS_E_ARG);
	assert_null(propagation);
	nbs_propagation_free(NULL);
}

static void
wrong_distances_are_refused(void **state)
{
	static const double wrong[] = {0.0, -1.0, 0.99, 200001.0, (double)NAN, (double)INFINITY};
	struct nbs_propagation *propagation = NULL;
	double loss_db = 7.25;

	(void)state;
	assert_int_equal(nbs_propagation_new(&plain, &propagation), NBS_OK);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(nbs_propagation_loss_db(propagation, wrong[i], &loss_db),
				 NBS_E_ARG);
	assert_int_equal(nbs_propagation_loss_db(NULL, 10.0, &loss_db), NBS_E_ARG);
	assert_int_equal(nbs_propagation_loss_db(propagation, 10.0, NULL), NBS_E_ARG);
	assert_true(loss_db == 7.25);
	nbs_propagation_free(propagation);
}

static void
objects_are_counted(void **state)
{
	uint64_t before = nbs_live_objects();
	struct nbs_propagation *propagation = NULL;

	(void)state;
	assert_int_equal(nbs_propagation_new(&plain, &propagation), NBS_OK);
	assert_int_equal(nbs_live_objects(), before + 1);
	nbs_propagation_free(propagation);
	assert_int_equal(nbs_live_objects(), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(free_space),
	    cmocka_unit_test(log_distance),
	    cmocka_unit_test(okumura_hata),
	    cmocka_unit_test(under_the_mast),
	    cmocka_unit_test(cost231),
	    cmocka_unit_test(kun_2600),
	    cmocka_unit_test(results_are_whole_hundredths),
	    cmocka_unit_test(wrong_parameters_are_refused),
	    cmocka_unit_test(wrong_words_and_pointers_are_refused),
	    cmocka_unit_test(wrong_distances_are_refused),
	    cmocka_unit_test(objects_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
