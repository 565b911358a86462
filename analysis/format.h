/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Numbers and lines for people: thousands commas, durations, wrapped text, shell words.
 */
#ifndef NBSEC_ANALYSIS_FORMAT_H
#define NBSEC_ANALYSIS_FORMAT_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#define NBSI_COLUMNS 120U /* no line of an answer is longer, commands to copy apart */

/** "11,860". */
void nbsi_format_count(char *text, size_t size, json_int_t value);

/** Three or four significant digits without an exponent: "1.23", "45.6", "1,235"; "-" for null. */
void nbsi_format_real(char *text, size_t size, const json_t *value);

/** A share in percent, to 0.1 below 10: "0", "<0.1", "3.2", "51". */
void nbsi_format_percent(char *text, size_t size, double share);

/** "2.048 s", "90 s", "5 min", "24 h", "3650 days". */
void nbsi_duration_text(char *text, size_t size, double seconds);

/** Prints the words of text in lines of NBSI_COLUMNS; further lines start after indent blanks. */
void nbsi_print_wrapped(FILE *out, size_t indent, const char *text);

/** Prints text as one word of a POSIX shell, quoted where that is needed. */
void nbsi_print_shell_word(FILE *out, const char *text);

#endif
