/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * results.sqlite to the summary: the numbers that the command prints and writes to summary.json.
 *
 * Models: for each fleet messages, latency, energy a device-day, battery years, DTLS handshakes;
 * for each attack attempts, acceptances and the packets that prove them. docs/results.md defines
 * every key.
 * Does not model: plots, comparisons of runs.
 */
#ifndef NBSEC_ANALYSIS_SUMMARY_H
#define NBSEC_ANALYSIS_SUMMARY_H

#include "sim/status.h"

#include <jansson.h>
#include <stddef.h>

#define NBS_SUMMARY_ACCEPTED_MAX 1000 /* evidence entries of an attack that got through */
#define NBS_SUMMARY_REFUSED_MAX 10    /* evidence entries of one that did not */
#define NBS_SUMMARY_DIGITS 12         /* significant digits of a number in JSON text */

/**
 * Reads the file and computes the summary.
 * @param[in]  wall_s   how long the run took; below 0: unknown, becomes null.
 * @param[out] summary  a new JSON object, released by json_decref(); untouched on error.
 * @param[out] why      on error: the file and what is wrong with it.
 * @retval NBS_E_NOTFOUND  no such file.
 * @retval NBS_E_INVALID   not a results database, or one without its facts.
 */
enum nbs_status nbs_summary_read(const char *path, double wall_s, json_t **summary, char *why,
				 size_t why_size);

#endif
