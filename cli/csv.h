/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A strict reader of comma-separated values, with places for messages.
 *
 * Reads: a header of distinct names; one record a line; fields in double quotes ("" is a quote);
 * lines that begin with # as comments; empty lines as nothing; CRLF as LF.
 * Refuses: records of another length than the header's; quotes inside an unquoted field; blanks at
 * the ends of one; line breaks inside quotes; NUL; files over 1 MiB.
 */
#ifndef NBSEC_CLI_CSV_H
#define NBSEC_CLI_CSV_H

#include "sim/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CLI_CSV_NONE ((size_t)-1)

struct cli_csv_field {
	const char *text; /* the file's */
	unsigned column;  /* byte of its line at which it begins, from 1 */
};

/** A record or a comment. */
struct cli_csv_line {
	unsigned number;     /* in the file, from 1 */
	const char *comment; /* behind the #, without blanks at its ends; NULL = a record */
	size_t first;        /* of a record's fields */
};

struct cli_csv {
	char *path;
	char *text;                   /* the whole file, cut up */
	struct cli_csv_field *fields; /* first those of the header */
	size_t field_count, columns;
	unsigned header;            /* its line */
	struct cli_csv_line *lines; /* behind the header; comments above it too */
	size_t line_count;
};

/**
 * Reads a file.
 * @param[in]  messages  a fault goes here: "path:line:column: found ..., expected ..."
 * @param[out] csv       zeroed on failure; else released by cli_csv_fini()
 * @retval NBS_E_NOTFOUND  it cannot be opened
 * @retval NBS_E_INVALID   it is not what is described above
 */
enum nbs_status cli_csv_load(const char *path, FILE *messages, struct cli_csv *csv);

void cli_csv_fini(struct cli_csv *csv);

/** @return index of the column of that name, or CLI_CSV_NONE. */
size_t cli_csv_column(const struct cli_csv *csv, const char *name);

/** @return a field of a record; the line must be one. */
const struct cli_csv_field *cli_csv_at(const struct cli_csv *csv, const struct cli_csv_line *line,
				       size_t column);

/** Prints "path:line:column: COLUMN'S NAME: found `...`, expected ...". @return NBS_E_INVALID. */
enum nbs_status cli_csv_fault(const struct cli_csv *csv, const struct cli_csv_line *line,
			      size_t column, FILE *messages, const char *expected, ...)
    __attribute__((format(printf, 5, 6)));

/** Checks that the header has these names, each once, and no others. */
enum nbs_status cli_csv_expect(const struct cli_csv *csv, const char *const *names, size_t count,
			       FILE *messages);

/** Reads a decimal number. @return whether text is one: finite, nothing before or behind it. */
bool cli_csv_number(const char *text, double *number);

#endif
