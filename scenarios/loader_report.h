/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Messages about a scenario: where in which text, which key, what was found and expected, and the
 * offending line with the place underlined.
 */
#ifndef NBSEC_SCENARIOS_LOADER_REPORT_H
#define NBSEC_SCENARIOS_LOADER_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define NBSI_REPORT_MAX 20U /* errors shown; the rest is counted */
#define NBSI_QUOTE_MAX 64U  /* bytes that nbsi_quote() needs */

/** A text that values come from: the file, or one command-line option. */
struct nbsi_source {
	const char *name; /* file name; of an option what stands before its text, "--set " */
	const char *text; /* not NUL-terminated */
	size_t len;       /* bytes */
	bool option;      /* told by its whole text, not by line and column */
	bool foreign;     /* not known to be UTF-8: bytes beyond ASCII are not shown */
};

/** A piece of such a text. */
struct nbsi_span {
	const struct nbsi_source *source;
	uint32_t start; /* byte offset */
	uint32_t len;   /* bytes, 0 = a point */
};

/** Where messages go, and how many there were. */
struct nbsi_report {
	FILE *out; /* NULL = only count */
	unsigned errors;
};

/**
 * Reports one error: "FILE:LINE:COLUMN: KEY: text", the line, the place underlined.
 * @param key  path of the key, or NULL when the error is no key's.
 */
void nbsi_error(struct nbsi_report *report, struct nbsi_span span, const char *key,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

/** Says how many errors were not shown. */
void nbsi_report_end(const struct nbsi_report *report);

/** @return the line (from 1) that the byte offset lies in. */
unsigned nbsi_source_line(const struct nbsi_source *source, size_t offset);

/** @return the byte offset of a line and column (both from 1, column in characters). */
size_t nbsi_source_offset(const struct nbsi_source *source, size_t line, size_t column);

/**
 * Writes text in backquotes, shortened, without control characters; "nothing" if it is empty.
 * @return quoted, of NBSI_QUOTE_MAX bytes.
 */
const char *nbsi_quote(char quoted[NBSI_QUOTE_MAX], const char *text, size_t len);

/** Appends formatted text to a buffer that is always terminated; what does not fit is cut. */
void nbsi_append(char *buf, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
