/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A battery's life: battery_vectors.txt line by line, an integral, limits, and what makes it
 * longer. */
#include "models/power/battery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINE_MAX_BYTES 512U

static void
check_rel(double got, double want, double tolerance, const char *what)
{
	if (fabs(got - want) <= tolerance * fabs(want))
		return;
	fail_msg("%s: got %.12g, want %.12g", what, got, want);
}

/* The configuration's fields as the scenario language calls them. */
static const struct {
	const char *name;
	size_t offset;
	double factor; /* of the vectors' unit */
} settings[] = {
    {"capacity", offsetof(struct nbs_battery_config, capacity_j), NBS_J_PER_WH},
    {"usable", offsetof(struct nbs_battery_config, usable), 1.0},
    {"self_discharge", offsetof(struct nbs_battery_config, self_discharge_per_year), 1.0},
    {"quiescent", offsetof(struct nbs_battery_config, quiescent_mw), 1.0},
    {"temperature", offsetof(struct nbs_battery_config, temperature_c), 1.0},
    {"derating_per_k", offsetof(struct nbs_battery_config, derating_per_k), 1.0},
    {"cutoff_voltage", offsetof(struct nbs_battery_config, cutoff_v), 1.0},
    {"full_voltage", offsetof(struct nbs_battery_config, full_v), 1.0},
    {"empty_voltage", offsetof(struct nbs_battery_config, empty_v), 1.0},
    {"resistance", offsetof(struct nbs_battery_config, resistance_ohm), 1.0},
    {"peak_current", offsetof(struct nbs_battery_config, peak_ma), 1.0},
};

static void
set(struct nbs_battery_config *config, const char *name, double value)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (strcmp(settings[i].name, name) != 0)
			continue;
		value *= settings[i].factor;
		memcpy((char *)config + settings[i].offset, &value, sizeof(value));
		return;
	}
	fail_msg("no setting %s", name);
}

/* "usable=0.8 temperature=40" */
static struct nbs_battery_config
configure(char *text)
{
	struct nbs_battery_config config;
	char *rest = NULL;

	nbs_battery_config_default(&config);
	for (char *word = strtok_r(text, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		char *equals = strchr(word, '=');

		assert_non_null(equals);
		*equals = '\0';
		set(&config, word, strtod(equals + 1, NULL));
	}
	return config;
}

/* "772.1 d" or "2.114 y": off by one in the last digit at most. */
static void
check_life(const char *name, double years, const char *want)
{
	char *unit;
	const double value = strtod(want, &unit);
	const char *point = strchr(want, '.');
	const double step = pow(10.0, point == NULL ? 0.0 : (double)(point + 1 - unit));
	const double got = strcmp(unit, " d") == 0 ? years * NBS_DAYS_PER_YEAR : years;

	if (fabs(got - value) > step)
		fail_msg("%s: got %.9g, want %s", name, got, want);
}

static void
check_line(const char *name, char *text, double mj_per_day, const char *want)
{
	static const char refused[] = "refused ";
	const struct nbs_battery_config config = configure(text);
	struct nbs_battery_life life = {.usable_mj = -2.385};
	char why[160];
	const enum nbs_status status = nbs_battery_check(&config, why, sizeof(why));

	assert_int_equal(nbs_battery_life(&config, &life), status);
	if (strncmp(want, refused, strlen(refused)) == 0) {
		assert_int_equal(status, NBS_E_RANGE);
		assert_string_equal(why, want + strlen(refused));
		assert_true(life.usable_mj == -2.385);
		return;
	}
	if (status != NBS_OK)
		fail_msg("%s: %s", name, why);
	assert_string_equal(why, "");
	check_life(name, nbs_battery_life_years(&life, mj_per_day), want);
}

/* Splits at '|', without the blanks around. */
static unsigned
split(char *line, char **columns, unsigned most)
{
	unsigned count = 0;

	for (char *at = line; at != NULL && count < most; count++) {
		char *next = strchr(at, '|');
		size_t len = next == NULL ? strcspn(at, "\n") : (size_t)(next - at);

		while (len > 0 && at[len - 1] == ' ')
			len--;
		at[len] = '\0';
		columns[count] = at + strspn(at, " ");
		at = next == NULL ? NULL : next + 1;
	}
	return count;
}

static void
test_vectors(void **state)
{
	FILE *file = fopen("battery_vectors.txt", "r");
	char line[LINE_MAX_BYTES];
	unsigned lines = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		char *columns[4] = {line, line, line, line};

		if (line[0] == '#' || line[0] == '\n')
			continue;
		assert_int_equal(split(line, columns, 4), 4);
		check_line(columns[0], columns[1], strtod(columns[2], NULL), columns[3]);
		lines++;
	}
	(void)fclose(file);
	assert_true(lines > 30);
}

static void
test_default(void **state)
{
	struct nbs_battery_config config;
	struct nbs_battery_life life;
	double years = 0.0;

	(void)state;
	nbs_battery_config_default(&config);
	assert_int_equal(nbs_battery_life(&config, &life), NBS_OK);
	assert_true(life.usable_mj == 18e6); /* 5 Wh */
	assert_true(life.rate_per_year == 0.0);
	assert_true(life.quiescent_mw == 0.0);
	/* Nothing takes from it: the ideal battery of the other call. */
	assert_int_equal(nbs_battery_years(18000.0, 2385.0, &years), NBS_OK);
	assert_true(nbs_battery_life_years(&life, 2385.0) == years);
	assert_int_equal(nbs_battery_check(NULL, NULL, 0), NBS_E_ARG);
}

/*
 * dE/dt = -P - k E, so the time from E0 to 0 is the integral of 1/(P + k E) over E: Simpson's rule
 * with 2000 intervals, whose error falls with the fourth power and is far below 1e-9 here.
 */
static double
simpson(double energy, double power, double rate)
{
	const int intervals = 2000;
	const double step = energy / intervals;
	double sum = 0.0;

	for (int i = 0; i <= intervals; i++) {
		const double weight = i == 0 || i == intervals ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;

		sum += weight / (power + rate * step * i);
	}
	return sum * step / 3.0;
}

static void
test_integral(void **state)
{
	static const double rates[] = {1e-7, 0.003, 0.0271, 0.385};

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		check_rel(nbs_battery_span(238.5, 7.3, rates[i]), simpson(238.5, 7.3, rates[i]),
			  1e-9, "span");
}

/*
 * As k goes to 0 the life goes to E0/P (1 - x/2 + x^2/3 ..), x = k E0/P. ln(1 + x)/k as it is
 * written would be 11 % off at x = 1e-15, and 0 below 1e-16.
 */
static void
test_limit(void **state)
{
	const double ideal = 238.5 / 7.3;

	(void)state;
	assert_true(nbs_battery_span(238.5, 7.3, 0.0) == ideal);
	for (double x = 1e-4; x > 1e-290; x /= 10.0)
		check_rel(nbs_battery_span(238.5, 7.3, x / ideal),
			  ideal * (1.0 - x / 2.0 + x * x / 3.0), 1e-11, "limit");
	/* A share lost in a year: E(1) = E0 exp(-k) = (1 - s) E0. */
	check_rel(exp(-nbs_battery_rate(0.0238)), 1.0 - 0.0238, 1e-14, "rate");
	check_rel(nbs_battery_rate(1e-18), 1e-18, 1e-14, "small rate");
	assert_true(nbs_battery_rate(0.0) == 0.0);
}

/* A battery to which everything happens. */
static struct nbs_battery_config
worn(void)
{
	struct nbs_battery_config config;

	nbs_battery_config_default(&config);
	config.usable = 0.9;
	config.self_discharge_per_year = 0.02;
	config.quiescent_mw = 0.01;
	config.derating_per_k = 0.004;
	config.temperature_c = 5.0;
	config.cutoff_v = 2.2;
	config.full_v = 3.3;
	config.empty_v = 2.0;
	config.resistance_ohm = 1.5;
	config.peak_ma = 220.0;
	return config;
}

static double
years_with(const char *name, double value)
{
	struct nbs_battery_config config = worn();
	struct nbs_battery_life life;

	set(&config, name, value);
	assert_int_equal(nbs_battery_life(&config, &life), NBS_OK);
	return nbs_battery_life_years(&life, 1500.0);
}

/* Each setting alone from low to high, in ten steps: longer, or shorter, at every step. */
static void
test_monotone(void **state)
{
	static const struct {
		const char *name;
		double low, high;
		bool longer;
	} cases[] = {
	    {"capacity", 0.5, 20.0, true},        {"usable", 0.1, 1.0, true},
	    {"self_discharge", 0.0, 0.5, false},  {"quiescent", 0.0, 0.1, false},
	    {"temperature", -40.0, 20.0, true},   {"temperature", 20.0, 85.0, false},
	    {"derating_per_k", 0.0, 0.05, false}, {"cutoff_voltage", 1.7, 2.9, false},
	    {"full_voltage", 2.6, 4.0, true},     {"empty_voltage", 0.0, 2.5, true},
	    {"resistance", 0.0, 4.5, false},      {"peak_current", 0.0, 700.0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const double step = (cases[i].high - cases[i].low) / 10.0;
		double before = years_with(cases[i].name, cases[i].low);

		for (int k = 1; k <= 10; k++) {
			const double now = years_with(cases[i].name, cases[i].low + k * step);

			if (cases[i].longer ? now <= before : now >= before)
				fail_msg("%s %g: %.9g after %.9g years", cases[i].name,
					 cases[i].low + k * step, now, before);
			before = now;
		}
	}
}

/* The ends of the cut-off: all of it at the full battery's voltage, and the same against an
 * integral. */
static void
test_unused(void **state)
{
	struct nbs_battery_config config = worn();
	double below = 0.0, whole = 0.0;

	(void)state;
	for (int i = 0; i < 100000; i++) { /* the energy in each slice of the charge */
		const double v = 2.0 + 1.3 * (i + 0.5) / 100000.0;

		whole += v;
		below += v < 2.2 + 0.22 * 1.5 ? v : 0.0;
	}
	check_rel(nbs_battery_unused(&config), below / whole, 5e-5, "a share");
	config.cutoff_v = 3.3;
	assert_true(nbs_battery_unused(&config) == 1.0);
	config.cutoff_v = 0.0;
	assert_true(nbs_battery_unused(&config) == 0.0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),  cmocka_unit_test(test_default),
	    cmocka_unit_test(test_integral), cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_monotone), cmocka_unit_test(test_unused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
