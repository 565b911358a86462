/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers with units: vectors/units.txt line by line, the way back, and another locale. */
#include "scenarios/units.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One line's three columns, trimmed in place. */
struct line {
	char text[256];
	char *kind, *input, *want;
};

static char *
trim(char *text)
{
	while (*text == ' ')
		text++;
	size_t len = strlen(text);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\n'))
		text[--len] = '\0';
	return text;
}

static bool
split(struct line *line)
{
	char *first = strchr(line->text, '|');
	if (line->text[0] == '#' || first == NULL)
		return false;
	char *second = strchr(first + 1, '|');
	assert_non_null(second);
	*first = *second = '\0';
	line->kind = trim(line->text);
	line->input = trim(first + 1);
	line->want = trim(second + 1);
	return true;
}

static enum nbsi_unit
unit_named(const char *name)
{
	static const struct {
		const char *name;
		enum nbsi_unit unit;
	} units[] = {{"pure", NBSI_PURE}, {"ratio", NBSI_RATIO}, {"dBm", NBSI_DBM},
		     {"dB", NBSI_DB},     {"Wh", NBSI_WH},       {"bytes", NBSI_BYTES},
		     {"rate", NBSI_RATE}, {"dBi", NBSI_DBI},     {"metres", NBSI_METRES},
		     {"Hz", NBSI_HZ},     {"V", NBSI_VOLTS},     {"mA", NBSI_MA},
		     {"mW", NBSI_MW},     {"mJ", NBSI_MJ},       {"ms", NBSI_MS},
		     {"us", NBSI_US},     {"ohm", NBSI_OHMS},    {"C", NBSI_CELSIUS}};
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(units[i].name, name) == 0)
			return units[i].unit;
	}
	fail_msg("unit %s", name);
	return NBSI_PURE;
}

/* What the parser says, as the third column would. */
static void
answer(const struct line *line, char *got, size_t size)
{
	size_t len = strlen(line->input);
	uint64_t whole = 0;
	double number = 0;
	bool flag = false;
	enum nbsi_parse result = NBSI_PARSE_OK;
	if (strcmp(line->kind, "time") == 0) {
		bool ok = nbsi_parse_time(line->input, len, &whole);
		snprintf(got, size, ok ? "%llu" : "no time", (unsigned long long)whole);
		return;
	}
	if (strcmp(line->kind, "bool") == 0) {
		bool ok = nbsi_parse_bool(line->input, len, &flag);
		snprintf(got, size, ok ? "%d" : "no bool", flag);
		return;
	}
	if (strncmp(line->kind, "number ", 7) == 0)
		result = nbsi_parse_number(line->input, len, unit_named(line->kind + 7), &number);
	else if (strncmp(line->kind, "whole ", 6) == 0)
		result = nbsi_parse_whole(line->input, len, unit_named(line->kind + 6), &whole);
	else
		result = nbsi_parse_duration(line->input, len, &whole);
	if (result != NBSI_PARSE_OK)
		snprintf(got, size, "%s", nbsi_parse_why(result));
	else if (line->kind[0] == 'n')
		snprintf(got, size, "%.17g", number);
	else
		snprintf(got, size, "%llu", (unsigned long long)whole);
}

static void
run_vectors(void)
{
	FILE *file = fopen("vectors/units.txt", "r");
	assert_non_null(file);
	struct line line;
	unsigned lines = 0;
	while (fgets(line.text, sizeof(line.text), file) != NULL) {
		if (!split(&line))
			continue;
		char got[64], want[64];
		answer(&line, got, sizeof(got));
		snprintf(want, sizeof(want), "%s", line.want);
		/* The C library's correctly rounded reading of the same digits. */
		if (line.kind[0] == 'n' && line.want[0] != 't' && line.want[0] != 'a')
			snprintf(want, sizeof(want), "%.17g", strtod(line.want, NULL));
		if (strcmp(got, want) != 0)
			fail_msg("%s | %s: got %s, want %s", line.kind, line.input, got, want);
		lines++;
	}
	fclose(file);
	assert_true(lines > 100);
}

static void
test_vectors(void **state)
{
	(void)state;
	run_vectors();
}

/* A locale with a decimal comma must change nothing, neither reading nor writing. */
static void
test_locale(void **state)
{
	(void)state;
	static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8",
					    "nl_NL.UTF-8"};
	const char *set = NULL;
	for (size_t i = 0; i < 4 && set == NULL; i++)
		set = setlocale(LC_ALL, names[i]);
	if (set == NULL)
		skip();
	double value = 0;
	char text[32];
	enum nbsi_parse result = nbsi_parse_number("0.25", 4, NBSI_PURE, &value);
	nbsi_format_number(text, sizeof(text), NBSI_DBM, -7.25);
	setlocale(LC_ALL, "C");
	assert_int_equal(result, NBSI_PARSE_OK);
	assert_true(value == 0.25);
	assert_string_equal(text, "-7.25 dBm");
}

static void
check_number(enum nbsi_unit unit, double value, const char *want)
{
	char text[64];
	nbsi_format_number(text, sizeof(text), unit, value);
	assert_string_equal(text, want);
}

static void
check_duration(uint64_t ns, const char *want)
{
	char text[64];
	uint64_t back = 0;
	nbsi_format_duration(text, sizeof(text), ns);
	assert_string_equal(text, want);
	assert_int_equal(nbsi_parse_duration(text, strlen(text), &back), NBSI_PARSE_OK);
	assert_true(back == ns);
}

static void
test_format(void **state)
{
	(void)state;
	check_number(NBSI_DBM, -104, "-104 dBm");
	check_number(NBSI_PURE, 0.8, "0.8");
	check_number(NBSI_PURE, 2.9999999, "3");
	check_number(NBSI_PURE, -0.0, "0");
	check_number(NBSI_PURE, 1e15, "1000000000000000");
	check_number(NBSI_BYTES, 64, "64 B");
	check_number(NBSI_RATE, 1e8, "100 Mbit/s");
	check_number(NBSI_RATE, 1e12, "1000 Gbit/s");
	check_number(NBSI_RATE, 1500, "1500 bit/s");
	check_number(NBSI_DBI, -4, "-4 dBi");
	check_number(NBSI_METRES, 909, "909 m");
	check_number(NBSI_METRES, 200000, "200 km");
	check_number(NBSI_METRES, 1.5, "1.5 m");
	check_number(NBSI_METRES, 0, "0 m");
	check_number(NBSI_HZ, 9e8, "900 MHz");
	check_number(NBSI_HZ, 6e9, "6 GHz");
	check_number(NBSI_VOLTS, 3.6, "3.6 V");
	check_number(NBSI_MA, 0.003, "0.003 mA");
	check_number(NBSI_MW, 500, "500 mW");
	check_number(NBSI_MJ, 1800, "1800 mJ");
	check_number(NBSI_MS, 1602.5, "1602.5 ms");
	check_number(NBSI_US, 0.125, "0.125 us");
	check_number(NBSI_OHMS, 1.75, "1.75 ohm");
	check_number(NBSI_CELSIUS, -7.5, "-7.5 C");
	check_duration(0, "0");
	check_duration(UINT64_C(20000000000), "20 s");
	check_duration(UINT64_C(2560000000), "2560 ms");
	check_duration(UINT64_C(5400000000000), "90 min");
	check_duration(UINT64_C(7200000000000), "2 h");
	check_duration(UINT64_C(86400000000000), "24 h");
	check_duration(UINT64_C(864000000000000), "10 d");
	check_duration(66700, "66700 ns");
	check_duration(67000, "67 us");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_locale),
	    cmocka_unit_test(test_format),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
