/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Quantiles of a battery's life against those of the lognormal distribution, intervals against the
 * printed tables of Student's t.
 *
 * The life falls as the factor grows, so its p10 is the life at the factor's 0.9 quantile, exactly:
 * only drawing is between the two. A quantile q of N draws has the standard error sqrt(q (1-q) / N)
 * over the density, in units of sigma 0.3/64/0.1755 = 0.0267 at 0.1 and 0.9, 0.5/64/0.3989 = 0.0196
 * at 0.5. Four of them are allowed: one comparison in 16,000 would fail by chance, and the seed is
 * fixed.
 */
#include "analysis/uncertainty.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <string.h>

#define Z80 0.841621 /* quantiles of the standard normal distribution */
#define Z90 1.281552
#define ERROR_90 (4 * 0.0267)
#define ERROR_50 (4 * 0.0196)
#define ROUNDING 2e-6
#define CAPACITY_MJ 18e6 /* 5 Wh */

static void
check_rel(double got, double want, double tolerance, const char *what)
{
	if (fabs(got - want) <= tolerance * fabs(want))
		return;
	fail_msg("%s: got %.9g, want %.9g", what, got, want);
}

static double
sigma_of(double spread)
{
	return sqrt(log(1.0 + spread * spread));
}

/* The quantile of a factor with mean 1, z from the table. */
static double
factor_at(double spread, double z)
{
	const double sigma = sigma_of(spread);

	return exp(sigma * z - sigma * sigma / 2.0);
}

static struct nbsi_life_years
years_of(const struct nbsi_life_input *input)
{
	struct nbsi_life_years years = {0};

	assert_int_equal(nbsi_life_years(input, &years), NBS_OK);
	return years;
}

/* One device with 1000 mJ a day on an ideal battery, unless the test says otherwise. */
static const double one_device[] = {1000.0};

static struct nbsi_life_input
input_of(const struct nbsi_contribution *parts, size_t count)
{
	return (struct nbsi_life_input){
	    .parts = parts,
	    .part_count = count,
	    .devices = one_device,
	    .device_count = 1,
	    .battery = {.usable_mj = CAPACITY_MJ},
	};
}

static double
ideal_years(double mj_per_day)
{
	return CAPACITY_MJ / mj_per_day / 365.25;
}

/* Certain numbers: 40.03077 years by hand in models/power/battery_vectors.txt. */
static void
test_certain(void **state)
{
	static const struct nbsi_contribution parts[] = {{7.0, 1, 0.0}, {2.0, 2, 0.0}};
	struct nbsi_life_input input = input_of(parts, 2);
	struct nbsi_life_years years;

	(void)state;
	input.battery.rate_per_year = 0.01005034;
	years = years_of(&input);
	check_rel(years.p10, 40.03077, ROUNDING, "p10");
	check_rel(years.p50, 40.03077, ROUNDING, "p50");
	check_rel(years.p90, 40.03077, ROUNDING, "p90");
	input.part_count = 0;
	assert_true(years_of(&input).p50 == years.p50);
}

/* Three devices, each drawn in a third of the cases: the tenths fall into the outer ones. */
static void
test_devices(void **state)
{
	static const double devices[] = {400.0, 100.0, 200.0};
	struct nbsi_life_input input = input_of(NULL, 0);
	struct nbsi_life_years years;

	(void)state;
	input.devices = devices;
	input.device_count = 3;
	years = years_of(&input);
	check_rel(years.p10, ideal_years(400.0), ROUNDING, "p10");
	check_rel(years.p50, ideal_years(200.0), ROUNDING, "p50");
	check_rel(years.p90, ideal_years(100.0), ROUNDING, "p90");
}

/* The mean of the factor is 1, so half of the lives are longer than by sqrt(1 + 0.5^2) = 1.118. */
static void
test_one_factor(void **state)
{
	static const struct nbsi_contribution part = {385.0, 3, 0.5};
	const struct nbsi_life_input input = input_of(&part, 1);
	const struct nbsi_life_years years = years_of(&input);
	const double ideal = ideal_years(1000.0), sigma = sigma_of(0.5);

	(void)state;
	check_rel(years.p50, ideal * sqrt(1.25), ERROR_50 * sigma, "p50");
	check_rel(years.p10, ideal / factor_at(0.5, Z90), ERROR_90 * sigma, "p10");
	check_rel(years.p90, ideal / factor_at(0.5, -Z90), ERROR_90 * sigma, "p90");
}

/* Three tenths of the load are uncertain; the board's 0.01 mW = 864 mJ a day are not. */
static void
test_part_and_board(void **state)
{
	static const struct nbsi_contribution parts[] = {{70.0, 1, 0.0}, {30.0, 2, 0.4}};
	struct nbsi_life_input input = input_of(parts, 2);
	const double sigma = 0.3 * sigma_of(0.4);
	struct nbsi_life_years years;

	(void)state;
	input.battery.quiescent_mw = 0.01;
	years = years_of(&input);
	check_rel(years.p10, ideal_years(700.0 + 300.0 * factor_at(0.4, Z90) + 864.0),
		  ERROR_90 * sigma, "p10");
	check_rel(years.p90, ideal_years(700.0 + 300.0 * factor_at(0.4, -Z90) + 864.0),
		  ERROR_90 * sigma, "p90");
}

/*
 * Four equal parts with a spread of 0.3. One key: as one part. Four keys: relative standard
 * deviation 0.3 / sqrt(4) = 0.15 of their sum, near to lognormal. Two and two: 0.3 / sqrt(2).
 */
static void
test_keys(void **state)
{
	static const struct {
		unsigned keys[4];
		double spread;
	} cases[] = {
	    {{5, 5, 5, 5}, 0.3},
	    {{5, 9, 2, 7}, 0.15},
	    {{5, 9, 5, 9}, 0.3 * 0.70710678},
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct nbsi_contribution parts[4];
		const double sigma = sigma_of(cases[i].spread);
		struct nbsi_life_input input = input_of(parts, 4);
		struct nbsi_life_years years;

		for (size_t k = 0; k < 4; k++)
			parts[k] = (struct nbsi_contribution){25.0, cases[i].keys[k], 0.3};
		years = years_of(&input);
		check_rel(log(years.p90 / years.p10), 2 * Z90 * sigma,
			  ERROR_90 * sqrt(2.0) / (2 * Z90), "width");
	}
}

/*
 * Two kinds of device a factor of three apart, and a factor that does not bridge it: a tenth of all
 * draws is a fifth of those of one kind.
 */
static void
test_devices_and_factor(void **state)
{
	static const double devices[] = {100.0, 300.0};
	static const struct nbsi_contribution part = {200.0, 0, 0.1};
	struct nbsi_life_input input = input_of(&part, 1);
	struct nbsi_life_years years;

	(void)state;
	input.devices = devices;
	input.device_count = 2;
	years = years_of(&input);
	check_rel(years.p10, ideal_years(300.0 * factor_at(0.1, Z80)), ERROR_90 * 0.1, "p10");
	check_rel(years.p90, ideal_years(100.0 * factor_at(0.1, -Z80)), ERROR_90 * 0.1, "p90");
}

/* The same again, and in another unit of energy, as only ratios of the parts count. */
static void
test_repeats(void **state)
{
	static const struct nbsi_contribution parts[] = {{7.0, 1, 0.2}, {2.0, 2, 0.3}};
	static const struct nbsi_contribution larger[] = {{28.0, 1, 0.2}, {8.0, 2, 0.3}};
	const struct nbsi_life_input input = input_of(parts, 2), other = input_of(larger, 2);
	const struct nbsi_life_years a = years_of(&input), b = years_of(&input);
	const struct nbsi_life_years c = years_of(&other);

	(void)state;
	assert_memory_equal(&a, &b, sizeof(a));
	assert_memory_equal(&a, &c, sizeof(a));
	assert_true(a.p10 < a.p50 && a.p50 < a.p90);
}

static void
expect_refused(const struct nbsi_life_input *input)
{
	struct nbsi_life_years years = {2.385, 0.0, 0.0};

	assert_int_equal(nbsi_life_years(input, &years), NBS_E_ARG);
	assert_true(years.p10 == 2.385);
}

static void
test_refuses(void **state)
{
	static const double bad[] = {-1.0, NAN, INFINITY};
	struct nbsi_contribution part = {1.0, 0, 0.1};
	struct nbsi_life_input input = input_of(&part, 1);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct nbsi_life_input wrong = input;

		part = (struct nbsi_contribution){bad[i], 0, 0.1};
		expect_refused(&input);
		part = (struct nbsi_contribution){1.0, 0, bad[i]};
		expect_refused(&input);
		part = (struct nbsi_contribution){1.0, 0, 0.1};
		wrong.devices = &bad[i];
		expect_refused(&wrong);
		wrong = input;
		wrong.battery.usable_mj = bad[i];
		expect_refused(&wrong);
		wrong = input;
		wrong.battery.rate_per_year = bad[i];
		expect_refused(&wrong);
		wrong = input;
		wrong.battery.quiescent_mw = bad[i];
		expect_refused(&wrong);
	}
	part.mj_per_day = 0.0; /* nothing to be a ratio of */
	expect_refused(&input);
	part.mj_per_day = 1.0;
	input.device_count = 0;
	expect_refused(&input);
}

/*
 * Five devices, 2.1 2.5 2.3 2.9 2.7 J a day: mean 12.5/5 = 2.5, squares 0.16 + 0 + 0.04 + 0.16 +
 * 0.04 = 0.4, s = sqrt(0.4/4) = 0.316228, t(0.975, 4) = 2.776 in the tables: 2.776 x 0.316228 /
 * sqrt(5) = 0.39259.
 */
static void
test_interval(void **state)
{
	static const double values[] = {2.1, 2.5, 2.3, 2.9, 2.7};
	struct nbsi_interval interval;

	(void)state;
	assert_int_equal(nbsi_mean_interval(values, 5, 1, &interval), NBS_OK);
	assert_int_equal(interval.batches, 5);
	check_rel(interval.mean, 2.5, 1e-14, "mean");
	check_rel(interval.mean - interval.low, 0.39259, 2e-4, "below");
	check_rel(interval.high - interval.mean, 0.39259, 2e-4, "above");
}

/* n values, one of them 0 and the others +1 and -1 in turn: s^2 = (n-1)/(n-1) = 1. */
static void
test_table_of_t(void **state)
{
	static const struct {
		size_t n;
		double t; /* 0.975, n - 1 degrees of freedom, as printed */
	} rows[] = {{3, 4.303}, {11, 2.228}, {31, 2.042}, {121, 1.980}};
	double values[121] = {0};

	(void)state;
	for (size_t i = 1; i < 121; i++)
		values[i] = i % 2 == 0 ? 1.0 : -1.0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nbsi_interval interval;

		assert_int_equal(nbsi_mean_interval(values, rows[i].n, 1, &interval), NBS_OK);
		assert_true(fabs(interval.mean) < 1e-15);
		/* half a unit of the last printed digit */
		assert_true(fabs(interval.high * sqrt((double)rows[i].n) - rows[i].t) <= 0.00051);
	}
}

/*
 * Two days of each of three devices: batch means 2, 4, 6; mean 4, s = 2, t(0.975, 2) = 4.303: 4.303
 * x 2 / sqrt(3) = 4.9687. The six values by themselves would claim 2.48: t(0.975, 5) = 2.571, s
 * = 2.2804.
 */
static void
test_batches(void **state)
{
	static const double days[] = {1.0, 3.0, 2.0, 6.0, 5.0, 7.0};
	struct nbsi_interval interval;

	(void)state;
	assert_int_equal(nbsi_mean_interval(days, 6, 2, &interval), NBS_OK);
	assert_int_equal(interval.batches, 3);
	check_rel(interval.mean, 4.0, 1e-14, "mean");
	check_rel(interval.high - 4.0, 4.9687, 2e-4, "high");
	assert_int_equal(nbsi_mean_interval(days, 6, 1, &interval), NBS_OK);
	check_rel(interval.high - 4.0, 2.571 * 2.366432 / sqrt(6.0), 3e-4, "days alone");
}

static void
test_interval_refuses(void **state)
{
	static const double values[4] = {1.0, 2.0, 3.0, 4.0};
	struct nbsi_interval interval = {.mean = 2.385};

	(void)state;
	assert_int_equal(nbsi_mean_interval(values, 1, 1, &interval), NBS_E_ARG);
	assert_int_equal(nbsi_mean_interval(values, 0, 1, &interval), NBS_E_ARG);
	assert_int_equal(nbsi_mean_interval(values, 4, 0, &interval), NBS_E_ARG);
	assert_int_equal(nbsi_mean_interval(values, 4, 4, &interval), NBS_E_ARG);
	assert_int_equal(nbsi_mean_interval(values, 4, 3, &interval), NBS_E_ARG);
	assert_true(interval.mean == 2.385);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_certain),    cmocka_unit_test(test_devices),
	    cmocka_unit_test(test_one_factor), cmocka_unit_test(test_part_and_board),
	    cmocka_unit_test(test_keys),       cmocka_unit_test(test_devices_and_factor),
	    cmocka_unit_test(test_repeats),    cmocka_unit_test(test_refuses),
	    cmocka_unit_test(test_interval),   cmocka_unit_test(test_table_of_t),
	    cmocka_unit_test(test_batches),    cmocka_unit_test(test_interval_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
