/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The two lists of the summary, each made by a file of its own. On an error they return NULL and
 * have noted it in db.
 */
#ifndef NBSEC_ANALYSIS_SUMMARY_PARTS_H
#define NBSEC_ANALYSIS_SUMMARY_PARTS_H

#include "analysis/results_db.h"

/** @return the array `fleets`. @param[in] simulated_s  what "a day" is scaled from. */
json_t *nbsi_summary_fleets(struct nbsi_db *db, double simulated_s);

/** @return the array `attacks`. */
json_t *nbsi_summary_attacks(struct nbsi_db *db);

/** @return value, with a missing one noted in db as lack of memory. */
json_t *nbsi_summary_made(struct nbsi_db *db, json_t *value);

#endif
