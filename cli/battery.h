/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * nbsec battery: what its command line (battery.c), the runs (battery_run.c), the changes tried
 * (battery_changes.c) and the answer (battery_print.c) share.
 *
 * A sizing question is a scenario with one fleet in a cell that is theirs alone, each device a
 * sample of the phases that a report can meet; options are overrides of that scenario.
 */
#ifndef NBSEC_CLI_BATTERY_H
#define NBSEC_CLI_BATTERY_H

#include "scenarios/scenario.h"

#include <jansson.h>

#define BATTERY_OVERRIDES_MAX ((size_t)96)

/** Overrides of the scenario, as --set takes them. Later ones win. */
struct battery_overrides {
	struct nbs_override list[BATTERY_OVERRIDES_MAX];
	char *owned[BATTERY_OVERRIDES_MAX]; /* texts to be freed; NULL = somebody else's */
	size_t count;
};

struct battery_args {
	struct battery_overrides overrides;
	uint32_t seed; /* 0 = the scenario's own */
	bool json;
	bool until_empty; /* simulate the whole life too */
};

/** Takes over a text of cli_text(). @return false without memory or room. */
bool battery_override(struct battery_overrides *overrides, char *text);
void battery_overrides_free(struct battery_overrides *overrides);

/** What a run told; borrowed parts of a summary. */
struct battery_run {
	struct nbs_scenario *scenario; /* as run */
	json_t *summary;
	json_t *battery; /* fleets[0].battery of that */
};

/**
 * Runs the sizing scenario in a folder of its own below dir.
 * @param[in] more  overrides behind those of the command line; NULL = none.
 * @param[in] messages  where faults of the options go; NULL = nowhere.
 * @return exit status; CLI_BAD_INPUT with messages NULL: such a change is not possible.
 */
int battery_run(const struct battery_args *args, const char *dir, const char *const *more,
		size_t more_count, FILE *messages, struct battery_run *run);
void battery_run_free(struct battery_run *run);

/** The years of a run, or 0 if it has none. */
double battery_years(const struct battery_run *run);

/**
 * Tries what could be changed, one thing at a time.
 * @param[out] changes  an array of {change, years, gain_years, kind}, most gain first.
 * @return exit status.
 */
int battery_changes(const struct battery_args *args, const char *dir, const struct battery_run *run,
		    json_t **changes);

/** Simulates one device until its battery is empty: {years, devices}. @return exit status. */
int battery_lifetime(const struct battery_args *args, const char *dir, json_t **lifetime);

/** Prints the answer for people. */
void battery_print(const json_t *answer);

#endif
