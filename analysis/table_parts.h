/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the files of the answer share: table.c has the head, table_grid.c the columns, table_notes.c
 * the lines below them, table_proof.c the packet that proves it, table_line.c what lines are made
 * with.
 */
#ifndef NBSEC_ANALYSIS_TABLE_PARTS_H
#define NBSEC_ANALYSIS_TABLE_PARTS_H

#include <jansson.h>
#include <stdio.h>

#define NBSI_TABLE_INDENT 10 /* where the text behind "network", "attack" starts */

/**
 * @return the evidence entry that stands for all of a fleet's attacks (target NULL: of all
 *         fleets): the first of an attack that got through, else the first; NULL = none.
 */
const json_t *nbsi_table_proof(const json_t *summary, const char *target);

/** Prints the lines of fleets with their heading. */
void nbsi_table_grid(FILE *out, const json_t *summary);

/** Prints what there is to say beside the numbers: batteries, radio, attacks. */
void nbsi_table_notes(FILE *out, const json_t *summary);

/** @return summary.a.b..., NULL when a step is missing. The list of keys ends with NULL. */
const json_t *nbsi_json_at(const json_t *json, ...) __attribute__((sentinel));

/** @return the text of a key, "?" without one. */
const char *nbsi_text_at(const json_t *json, const char *key);

/** @return the whole number of a key, 0 without one. */
json_int_t nbsi_int_at(const json_t *json, const char *key);

/**
 * Prints a line of words, wrapped.
 * @param[in] put  writes it; a line that stays empty is not printed.
 */
void nbsi_print_line(FILE *out, size_t indent, const json_t *item,
		     void (*put)(FILE *line, const json_t *item));

/** Writes a label in the room before the text; too long a one pushes it. */
void nbsi_put_label(FILE *line, const char *label);

/** Each writes a value by a format with one %s: "11,860"; "5 min"; "3.2". */
void nbsi_put_count(FILE *line, const char *format, json_int_t count);
void nbsi_put_duration(FILE *line, const char *format, const json_t *seconds);
void nbsi_put_percent(FILE *line, const char *format, double share);

#endif
