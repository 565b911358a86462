/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A whole scenario run on behalf of a paper.
 */
#ifndef NBSEC_CLI_REPRODUCE_SCENARIO_H
#define NBSEC_CLI_REPRODUCE_SCENARIO_H

#include "sim/status.h"

#include <jansson.h>
#include <stddef.h>

/** What to run. */
struct reproduce_scenario {
	const char *program;          /* NULL = this one; tests name another */
	const char *file;             /* a scenario file */
	const char *const *overrides; /* "fleets.meters.devices=1", as --set takes them */
	size_t override_count;
	unsigned long long seed; /* 0 = the scenario's own */
};

/**
 * Runs a scenario as a process of its own in a temporary folder and removes that. Checks that the
 * scenario states do not count. What goes wrong is told on standard error.
 * @param[out] summary  what summary.json held, released by json_decref(); NULL on failure
 * @retval NBS_E_INVALID      scenario or overrides are bad
 * @retval NBS_E_INTERRUPTED  by a signal
 */
enum nbs_status reproduce_run_scenario(const struct reproduce_scenario *scenario, json_t **summary);

#endif
