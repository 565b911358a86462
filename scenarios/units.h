/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Numbers with their unit as people write them: "1h30m", "23 dBm", "5 Wh", "100 Mbit/s".
 *
 * Models: decimal numbers of at most 15 significant digits, read exactly and in the same way under
 * every locale; SI units as listed by nbsi_unit_names().
 * Does not model: hexadecimal, digit grouping, infinity, not-a-number, arithmetic.
 */
#ifndef NBSEC_SCENARIOS_UNITS_H
#define NBSEC_SCENARIOS_UNITS_H

#include "sim/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nbsi_unit {
	NBSI_PURE,  /* a bare number */
	NBSI_RATIO, /* 0.01 or 1 % */
	NBSI_DBM,
	NBSI_DB,
	NBSI_WH,
	NBSI_BYTES, /* 64 or 64 B */
	NBSI_RATE,  /* bit/s */
	NBSI_DBI,
	NBSI_METRES,
	NBSI_HZ,
	NBSI_VOLTS,
	NBSI_MA, /* mA */
	NBSI_MW, /* mW */
	NBSI_MJ, /* mJ */
	NBSI_MS, /* ms, with fractions */
	NBSI_US, /* us, with fractions */
	NBSI_OHMS,
	NBSI_CELSIUS,
	NBSI_TIME_NS,
	NBSI_UNIT__COUNT
};

/** What is wrong with a text; nbsi_parse_why() says it in words. */
enum nbsi_parse {
	NBSI_PARSE_OK,
	NBSI_PARSE_NUMBER,   /* no number */
	NBSI_PARSE_NO_UNIT,  /* a number, and its unit is missing */
	NBSI_PARSE_UNIT,     /* a unit that does not belong here */
	NBSI_PARSE_DIGITS,   /* more digits than are read exactly */
	NBSI_PARSE_WHOLE,    /* a fraction where whole numbers belong */
	NBSI_PARSE_NEGATIVE, /* a negative number where none belongs */
	NBSI_PARSE_OVERFLOW, /* too large to hold */
	NBSI_PARSE__COUNT
};

/** A number in the unit stored: dBm, dB, Wh, bit/s, bytes, mA, mJ, or the bare one. */
enum nbsi_parse nbsi_parse_number(const char *text, size_t len, enum nbsi_unit unit, double *value);

/** The same for values that are whole and not negative after scaling: "1.5 kbit/s" is 1500. */
enum nbsi_parse nbsi_parse_whole(const char *text, size_t len, enum nbsi_unit unit,
				 uint64_t *value);

/** A duration in ns: one or more numbers with units, each unit smaller than the one before. */
enum nbsi_parse nbsi_parse_duration(const char *text, size_t len, uint64_t *ns);

/** ISO 8601 in UTC, "2026-01-01T00:00:00Z", years 1970 to 2105, to Unix time. */
bool nbsi_parse_time(const char *text, size_t len, uint64_t *unix_s);

/** true, on, yes; false, off, no: also with a capital or all capitals (YAML 1.1's list). */
bool nbsi_parse_bool(const char *text, size_t len, bool *value);

/** @return "the unit is missing" and the like; NULL for NBSI_PARSE_OK. */
const char *nbsi_parse_why(enum nbsi_parse result);

/** @return the units taken, "ns, us, ms, s, m or min, h, d"; "" for NBSI_PURE. */
const char *nbsi_unit_names(enum nbsi_unit unit);

/** @return the unit that values are stored in and printed with, "dBm"; "" if none is written. */
const char *nbsi_unit_name(enum nbsi_unit unit);

/** Writes a value with its unit as it may be written in a scenario: "-104 dBm", "0.8", "64 B". */
void nbsi_format_number(char *text, size_t size, enum nbsi_unit unit, double value);

/** Writes a duration in the largest unit that makes it whole: "20 s", "90 min", "2560 ms". */
void nbsi_format_duration(char *text, size_t size, uint64_t ns);

#endif
