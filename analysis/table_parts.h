/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What table.c (the answer) and table_grid.c (its columns) share.
 */
#ifndef NBSEC_ANALYSIS_TABLE_PARTS_H
#define NBSEC_ANALYSIS_TABLE_PARTS_H

#include <jansson.h>
#include <stdio.h>

/**
 * @return the evidence entry that stands for all of a fleet's attacks (target NULL: of all
 *         fleets): the first of an attack that got through, else the first; NULL = none.
 */
const json_t *nbsi_table_proof(const json_t *summary, const char *target);

/** Prints the lines of fleets with their heading. */
void nbsi_table_grid(FILE *out, const json_t *summary);

/** @return summary.a.b..., NULL when a step is missing. The list of keys ends with NULL. */
const json_t *nbsi_json_at(const json_t *json, ...) __attribute__((sentinel));

#endif
