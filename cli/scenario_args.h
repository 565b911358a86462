/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * FILE, --seed, --set and --json: what every command that reads a scenario takes.
 */
#ifndef NBSEC_CLI_SCENARIO_ARGS_H
#define NBSEC_CLI_SCENARIO_ARGS_H

#include "scenarios/scenario.h"

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Zero-initialised before argp_parse(). */
struct cli_scenario_args {
	const char *file; /* NULL = none given */
	uint32_t seed;    /* 0 = the scenario's own */
	struct nbs_override *overrides;
	size_t override_count;
	bool json;
};

/** A child parser; its input is a struct cli_scenario_args. */
extern const struct argp cli_scenario_argp;

/** Loads the scenario; faults go to messages. @return as nbs_scenario_load(). */
enum nbs_status cli_scenario_load(const struct cli_scenario_args *args, FILE *messages,
				  struct nbs_scenario **scenario);

void cli_scenario_args_fini(struct cli_scenario_args *args);

#endif
