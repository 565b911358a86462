/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The printed answer of a run: what was simulated, a line for each fleet, what attacks came to.
 *
 * Plain ASCII, at most 120 columns. Every number is one of the summary's; a statistic of nothing
 * is "-".
 */
#ifndef NBSEC_ANALYSIS_TABLE_H
#define NBSEC_ANALYSIS_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/** Prints head, table and attacks. Write errors show in ferror(out). */
void nbs_table_print(FILE *out, const json_t *summary);

/**
 * Prints the tshark command that shows the first proof (of an attack that got through, if there
 * is one), ready to copy.
 * @param[in] dir  the run's folder.
 * @param[in] lua  where mqttsn-dtls.lua is.
 * @return false when no attack left evidence: nothing was printed.
 */
bool nbs_table_print_evidence(FILE *out, const json_t *summary, const char *dir, const char *lua);

#endif
