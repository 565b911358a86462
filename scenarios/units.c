/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers with units. Read by hand: strtod() obeys the locale, takes "inf", "nan" and "0x1p3", and
 * rounds silently. A number of at most 15 digits is an exact integer mantissa (< 2^53) and a power
 * of ten; with a power up to 22 one multiplication or division rounds correctly (Clinger 1990).
 */
#include "scenarios/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 15U /* significant digits: 10^15 < 2^53 */
#define POWER_MAX 22   /* largest power of ten that a double holds exactly */

struct decimal {
	bool negative;
	uint64_t mantissa; /* < 10^15 */
	int power;         /* value = mantissa * 10^power */
};

struct unit {
	const char *name;
	uint64_t factor; /* to the stored unit: factor * 10^power */
	int power;
};

#define UNITS_MAX 9U
static const struct unit units[NBSI_UNIT__COUNT][UNITS_MAX] = {
    [NBSI_PURE] = {{"", 1, 0}},
    [NBSI_RATIO] = {{"", 1, 0}, {"%", 1, -2}},
    [NBSI_DBM] = {{"dBm", 1, 0}},
    [NBSI_DB] = {{"dB", 1, 0}},
    [NBSI_WH] = {{"Wh", 1, 0}, {"mWh", 1, -3}},
    [NBSI_BYTES] = {{"", 1, 0}, {"B", 1, 0}, {"kB", 1, 3}},
    [NBSI_RATE] = {{"bit/s", 1, 0}, {"kbit/s", 1, 3}, {"Mbit/s", 1, 6}, {"Gbit/s", 1, 9}},
    [NBSI_DBI] = {{"dBi", 1, 0}},
    [NBSI_METRES] = {{"m", 1, 0}, {"km", 1, 3}},
    [NBSI_HZ] = {{"Hz", 1, 0}, {"kHz", 1, 3}, {"MHz", 1, 6}, {"GHz", 1, 9}},
    [NBSI_VOLTS] = {{"V", 1, 0}, {"mV", 1, -3}},
    [NBSI_MA] = {{"mA", 1, 0}, {"A", 1, 3}, {"uA", 1, -3}, {"nA", 1, -6}},
    [NBSI_MW] = {{"mW", 1, 0}, {"W", 1, 3}, {"uW", 1, -3}},
    [NBSI_MJ] = {{"mJ", 1, 0}, {"J", 1, 3}, {"uJ", 1, -3}},
    [NBSI_MS] = {{"ms", 1, 0}, {"s", 1, 3}, {"us", 1, -3}, {"ns", 1, -6}},
    [NBSI_US] = {{"us", 1, 0}, {"s", 1, 6}, {"ms", 1, 3}, {"ns", 1, -3}},
    [NBSI_OHMS] = {{"ohm", 1, 0}, {"mohm", 1, -3}},
    [NBSI_CELSIUS] = {{"C", 1, 0}},
    /* largest first: "1h30m" must go down this list */
    [NBSI_TIME_NS] = {{"d", 864, 11},
		      {"h", 36, 11},
		      {"min", 6, 10},
		      {"m", 6, 10},
		      {"s", 1, 9},
		      {"ms", 1, 6},
		      {"us", 1, 3},
		      {"ns", 1, 0}},
};

static const char *const unit_names[NBSI_UNIT__COUNT] = {
    [NBSI_PURE] = "",
    [NBSI_RATIO] = "%",
    [NBSI_DBM] = "dBm",
    [NBSI_DB] = "dB",
    [NBSI_WH] = "Wh, mWh",
    [NBSI_BYTES] = "B, kB",
    [NBSI_RATE] = "bit/s, kbit/s, Mbit/s, Gbit/s",
    [NBSI_DBI] = "dBi",
    [NBSI_METRES] = "m, km",
    [NBSI_HZ] = "Hz, kHz, MHz, GHz",
    [NBSI_VOLTS] = "V, mV",
    [NBSI_MA] = "A, mA, uA, nA",
    [NBSI_MW] = "W, mW, uW",
    [NBSI_MJ] = "J, mJ, uJ",
    [NBSI_MS] = "s, ms, us, ns",
    [NBSI_US] = "s, ms, us, ns",
    [NBSI_OHMS] = "ohm, mohm",
    [NBSI_CELSIUS] = "C",
    [NBSI_TIME_NS] = "ns, us, ms, s, m or min, h, d",
};

static const char *const whys[NBSI_PARSE__COUNT] = {
    [NBSI_PARSE_NUMBER] = "this is no number",
    [NBSI_PARSE_NO_UNIT] = "the unit is missing",
    [NBSI_PARSE_UNIT] = "the unit is not known here",
    [NBSI_PARSE_DIGITS] = "at most 15 digits are read",
    [NBSI_PARSE_WHOLE] = "this is not whole",
    [NBSI_PARSE_NEGATIVE] = "this is negative",
    [NBSI_PARSE_OVERFLOW] = "this is too large",
};

const char *
nbsi_parse_why(enum nbsi_parse result)
{
	return whys[result];
}

const char *
nbsi_unit_names(enum nbsi_unit unit)
{
	return unit_names[unit];
}

/* ---- a bounded cursor over the text ---- */

struct cursor {
	const char *at, *end;
};

static char
peek(const struct cursor *in)
{
	return in->at < in->end ? *in->at : '\0';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
take(struct cursor *in, char c)
{
	bool there = peek(in) == c && in->at < in->end;
	in->at += there;
	return there;
}

static void
skip_blanks(struct cursor *in)
{
	while (take(in, ' '))
		continue;
}

/* Digits into the mantissa; each one behind the point lowers the power. */
static enum nbsi_parse
read_digits(struct cursor *in, struct decimal *number, int step)
{
	if (!is_digit(peek(in)))
		return NBSI_PARSE_NUMBER;
	for (; is_digit(peek(in)); in->at++) {
		if (number->mantissa >= UINT64_C(100000000000000))
			return NBSI_PARSE_DIGITS;
		number->mantissa = number->mantissa * 10 + (uint64_t)(*in->at - '0');
		number->power -= step;
		if (number->power < -POWER_MAX)
			return NBSI_PARSE_DIGITS;
	}
	return NBSI_PARSE_OK;
}

/* "e-3": only when a digit or a sign follows, so that a unit may start with e. */
static enum nbsi_parse
read_exponent(struct cursor *in, struct decimal *number)
{
	struct cursor start = *in;
	if (!take(in, 'e') && !take(in, 'E'))
		return NBSI_PARSE_OK;
	bool minus = take(in, '-');
	if (!minus)
		take(in, '+');
	if (!is_digit(peek(in))) {
		*in = start;
		return NBSI_PARSE_OK;
	}
	int exponent = 0;
	for (; is_digit(peek(in)); in->at++) {
		exponent = exponent * 10 + (*in->at - '0');
		if (exponent > POWER_MAX)
			return NBSI_PARSE_OVERFLOW;
	}
	number->power += minus ? -exponent : exponent;
	return NBSI_PARSE_OK;
}

static enum nbsi_parse
read_decimal(struct cursor *in, struct decimal *number)
{
	*number = (struct decimal){0};
	number->negative = take(in, '-');
	enum nbsi_parse result = read_digits(in, number, 0);
	if (result == NBSI_PARSE_OK && take(in, '.'))
		result = read_digits(in, number, 1);
	if (result == NBSI_PARSE_OK)
		result = read_exponent(in, number);
	return result;
}

/* The longest run that is no digit, blank or minus must be the name of a unit. */
static enum nbsi_parse
read_unit(struct cursor *in, enum nbsi_unit kind, const struct unit **unit)
{
	skip_blanks(in);
	const char *start = in->at;
	while (in->at < in->end && !is_digit(*in->at) && *in->at != ' ' && *in->at != '-')
		in->at++;
	size_t len = (size_t)(in->at - start);
	for (size_t i = 0; i < UNITS_MAX && units[kind][i].name != NULL; i++) {
		const char *name = units[kind][i].name;
		if (strlen(name) == len && memcmp(name, start, len) == 0) {
			*unit = &units[kind][i];
			return NBSI_PARSE_OK;
		}
	}
	return len == 0 ? NBSI_PARSE_NO_UNIT : NBSI_PARSE_UNIT;
}

/* One number with its unit, and nothing behind it. Zero is zero in every unit. */
static enum nbsi_parse
read_quantity(const char *text, size_t len, enum nbsi_unit kind, struct decimal *number,
	      const struct unit **unit)
{
	struct cursor in = {text, text + len};
	enum nbsi_parse result = read_decimal(&in, number);
	if (result != NBSI_PARSE_OK)
		return result;
	if (in.at == in.end && number->mantissa == 0) {
		*unit = &units[kind][0];
		return NBSI_PARSE_OK;
	}
	result = read_unit(&in, kind, unit);
	if (result == NBSI_PARSE_OK && in.at != in.end)
		result = NBSI_PARSE_UNIT;
	return result;
}

/* mantissa * factor * 10^power, when that is a whole number below 2^64. */
static enum nbsi_parse
to_whole(const struct decimal *number, const struct unit *unit, uint64_t *value)
{
	if (number->negative && number->mantissa != 0)
		return NBSI_PARSE_NEGATIVE;
	uint64_t whole = number->mantissa;
	int power = number->power + unit->power;
	if (__builtin_mul_overflow(whole, unit->factor, &whole))
		return NBSI_PARSE_OVERFLOW;
	for (; whole != 0 && power > 0; power--) {
		if (__builtin_mul_overflow(whole, UINT64_C(10), &whole))
			return NBSI_PARSE_OVERFLOW;
	}
	for (; whole != 0 && power < 0; power++) {
		if (whole % 10 != 0)
			return NBSI_PARSE_WHOLE;
		whole /= 10;
	}
	*value = whole;
	return NBSI_PARSE_OK;
}

enum nbsi_parse
nbsi_parse_number(const char *text, size_t len, enum nbsi_unit unit, double *value)
{
	struct decimal number;
	const struct unit *scale = NULL;
	enum nbsi_parse result = read_quantity(text, len, unit, &number, &scale);
	if (result != NBSI_PARSE_OK)
		return result;
	int power = number.power + scale->power;
	if (power > POWER_MAX || power < -POWER_MAX)
		return NBSI_PARSE_OVERFLOW;
	double factor = 1.0;
	for (int i = 0; i < abs(power); i++)
		factor *= 10.0;
	double size = (double)(number.mantissa * scale->factor);
	size = power < 0 ? size / factor : size * factor;
	*value = number.negative && number.mantissa != 0 ? -size : size;
	return NBSI_PARSE_OK;
}

enum nbsi_parse
nbsi_parse_whole(const char *text, size_t len, enum nbsi_unit unit, uint64_t *value)
{
	struct decimal number;
	const struct unit *scale = NULL;
	enum nbsi_parse result = read_quantity(text, len, unit, &number, &scale);
	return result == NBSI_PARSE_OK ? to_whole(&number, scale, value) : result;
}

enum nbsi_parse
nbsi_parse_duration(const char *text, size_t len, uint64_t *ns)
{
	struct cursor in = {text, text + len};
	uint64_t sum = 0;
	const struct unit *last = NULL; /* none yet */
	do {
		struct decimal number;
		const struct unit *unit = NULL;
		uint64_t part = 0;
		enum nbsi_parse result = read_decimal(&in, &number);
		if (result != NBSI_PARSE_OK)
			return result;
		if (in.at == in.end && number.mantissa == 0 && last == NULL)
			unit = &units[NBSI_TIME_NS][0];
		else if ((result = read_unit(&in, NBSI_TIME_NS, &unit)) != NBSI_PARSE_OK)
			return result;
		bool same =
		    last != NULL && unit->factor == last->factor && unit->power == last->power;
		if (last != NULL && (unit <= last || same)) /* min and m are one unit */
			return NBSI_PARSE_UNIT;
		if ((result = to_whole(&number, unit, &part)) != NBSI_PARSE_OK)
			return result;
		if (__builtin_add_overflow(sum, part, &sum))
			return NBSI_PARSE_OVERFLOW;
		last = unit;
		skip_blanks(&in);
	} while (in.at != in.end);
	*ns = sum;
	return NBSI_PARSE_OK;
}

bool
nbsi_parse_bool(const char *text, size_t len, bool *value)
{
	static const char *const words[2][9] = {
	    {"false", "False", "FALSE", "off", "Off", "OFF", "no", "No", "NO"},
	    {"true", "True", "TRUE", "on", "On", "ON", "yes", "Yes", "YES"},
	};
	for (size_t i = 0; i < 18; i++) {
		const char *word = words[i / 9][i % 9];
		if (strlen(word) == len && memcmp(word, text, len) == 0) {
			*value = i / 9 == 1;
			return true;
		}
	}
	return false;
}

/* ---- calendar ---- */

static bool
read_fixed(struct cursor *in, size_t digits, char behind, unsigned *value)
{
	*value = 0;
	for (size_t i = 0; i < digits; i++, in->at++) {
		if (!is_digit(peek(in)))
			return false;
		*value = *value * 10 + (unsigned)(*in->at - '0');
	}
	return take(in, behind);
}

static bool
is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned
days_in(unsigned year, unsigned month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool
nbsi_parse_time(const char *text, size_t len, uint64_t *unix_s)
{
	struct cursor in = {text, text + len};
	unsigned year, month, day, hour, minute, second;
	if (!read_fixed(&in, 4, '-', &year) || !read_fixed(&in, 2, '-', &month) ||
	    !read_fixed(&in, 2, 'T', &day) || !read_fixed(&in, 2, ':', &hour) ||
	    !read_fixed(&in, 2, ':', &minute) || !read_fixed(&in, 2, 'Z', &second) ||
	    in.at != in.end)
		return false;
	if (year < 1970 || year > 2105 || month < 1 || month > 12 || day < 1 ||
	    day > days_in(year, month) || hour > 23 || minute > 59 || second > 59)
		return false;
	uint64_t days = day - 1;
	for (unsigned y = 1970; y < year; y++)
		days += is_leap(y) ? 366 : 365;
	for (unsigned m = 1; m < month; m++)
		days += days_in(year, m);
	*unix_s = ((days * 24 + hour) * 60 + minute) * 60 + second;
	return true;
}

/* ---- the way back ---- */

const char *
nbsi_unit_name(enum nbsi_unit unit)
{
	static const char *const names[NBSI_UNIT__COUNT] = {
	    [NBSI_PURE] = "",      [NBSI_RATIO] = "",   [NBSI_DBM] = "dBm",    [NBSI_DB] = "dB",
	    [NBSI_WH] = "Wh",      [NBSI_BYTES] = "B",  [NBSI_RATE] = "bit/s", [NBSI_DBI] = "dBi",
	    [NBSI_METRES] = "m",   [NBSI_HZ] = "Hz",    [NBSI_VOLTS] = "V",    [NBSI_MA] = "mA",
	    [NBSI_MW] = "mW",      [NBSI_MJ] = "mJ",    [NBSI_MS] = "ms",      [NBSI_US] = "us",
	    [NBSI_TIME_NS] = "ns", [NBSI_OHMS] = "ohm", [NBSI_CELSIUS] = "C",
	};
	return names[unit];
}

/* The largest unit of a decimal scale that leaves the value whole; the first one otherwise. */
static const char *
scale_down(enum nbsi_unit unit, double *value)
{
	static const double factors[] = {1.0, 1e3, 1e6, 1e9}; /* as in the table above */
	bool scaled = unit == NBSI_RATE || unit == NBSI_METRES || unit == NBSI_HZ;
	for (size_t i = 3; scaled && i > 0 && *value != 0; i--) {
		if (units[unit][i].name != NULL && fmod(*value, factors[i]) == 0.0) {
			*value /= factors[i];
			return units[unit][i].name;
		}
	}
	return nbsi_unit_name(unit);
}

/* At most six decimals, without the locale's decimal point. */
void
nbsi_format_number(char *text, size_t size, enum nbsi_unit unit, double value)
{
	const char *name = scale_down(unit, &value);
	double whole = trunc(fabs(value));
	long millionths = fabs(value) < 1e9 ? lround((fabs(value) - whole) * 1e6) : 0;
	if (millionths == 1000000) {
		whole += 1.0;
		millionths = 0;
	}
	char decimals[24];
	snprintf(decimals, sizeof(decimals), "%06ld", millionths);
	size_t used = 6;
	while (used > 0 && decimals[used - 1] == '0')
		used--;
	snprintf(text, size, "%s%.0f%s%.*s%s%s", value < 0 ? "-" : "", whole, used > 0 ? "." : "",
		 (int)used, decimals, name[0] != '\0' ? " " : "", name);
}

void
nbsi_format_duration(char *text, size_t size, uint64_t ns)
{
	/* Whole days are 24 h, 48 h ..: people say hours up to two days. */
	static const struct {
		const char *name;
		uint64_t ns, least;
	} scale[] = {
	    {"d", UINT64_C(86400000000000), 3},
	    {"h", UINT64_C(3600000000000), 1},
	    {"min", UINT64_C(60000000000), 2},
	    {"s", UINT64_C(1000000000), 1},
	    {"ms", 1000000, 1},
	    {"us", 1000, 1},
	};
	for (size_t i = 0; i < sizeof(scale) / sizeof(scale[0]); i++) {
		if (ns % scale[i].ns == 0 && ns / scale[i].ns >= scale[i].least) {
			snprintf(text, size, "%llu %s", (unsigned long long)(ns / scale[i].ns),
				 scale[i].name);
			return;
		}
	}
	snprintf(text, size, "%llu%s", (unsigned long long)ns, ns == 0 ? "" : " ns");
}
