/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario as a child process: what a paper is told stands in the summary that any user gets.
 */
#include "cli/reproduce/scenario.h"

#include "cli/child.h"
#include "cli/cli.h"

struct scenario_work {
	const struct reproduce_scenario *scenario;
	json_t **summary;
};

static int
scenario_work(void *arg, const char *dir)
{
	const struct scenario_work *work = arg;
	const struct reproduce_scenario *scenario = work->scenario;
	struct cli_child child;
	struct cli_child_cost cost;

	cli_child_begin(&child, scenario->file, dir);
	child.program = scenario->program;
	if (scenario->seed != 0)
		cli_child_add(&child, cli_text("--seed=%llu", scenario->seed));
	for (size_t i = 0; i < scenario->override_count; i++)
		cli_child_add(&child, cli_text("--set=%s", scenario->overrides[i]));
	int exit_status = cli_child_run(&child, dir, &cost, work->summary);

	cli_child_free(&child);
	return exit_status;
}

enum nbs_status
reproduce_run_scenario(const struct reproduce_scenario *scenario, json_t **summary)
{
	struct scenario_work work = {scenario, summary};

	*summary = NULL;
	switch (cli_in_temp_folder(scenario_work, &work)) {
	case CLI_DONE:
		return NBS_OK;
	case CLI_BAD_INPUT:
		return NBS_E_INVALID;
	case CLI_SYSTEM:
		return NBS_E_IO;
	default:
		return NBS_E_INTERRUPTED;
	}
}
