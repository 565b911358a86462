/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec run: load, simulate into a temporary folder, summarise, check, rename, print.
 */
#include "analysis/checks.h"
#include "analysis/summary.h"
#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/folder.h"
#include "cli/progress.h"
#include "cli/scenario_args.h"
#include "scenarios/builder.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_FORCE 'f'
#define KEY_OUTPUT 'o'

struct run_args {
	struct cli_scenario_args scenario;
	const char *output; /* NULL = out/<scenario>-<seed> */
	bool force;
};

/* A run under way. */
struct run {
	const struct run_args *args;
	struct nbs_scenario *scenario;
	struct cli_folder folder;
	const volatile sig_atomic_t *interrupt;
	bool interrupted;
	double wall_s;
	json_t *summary;
	bool checks_hold;
};

static const struct argp_option run_options[] = {
    {.name = "output",
     .key = KEY_OUTPUT,
     .arg = "DIR",
     .doc = "folder to write, by default out/<scenario>-<seed>; it must not exist"},
    {.name = "force", .key = KEY_FORCE, .doc = "replace the folder if it holds an earlier run"},
    {0}};

static const char run_doc[] =
    "Simulates a scenario and prints what security cost and what the attacks came to."
    "\v"
    "The folder is written under a temporary name and renamed when whole. Ctrl-C ends the run "
    "early: "
    "the folder then holds what was found so far and a file PARTIAL, and the exit status is 130.\n"
    "\n"
    "Exit status: 0 done, 1 a check stated in the scenario failed, 2 bad input or usage, 3 the "
    "system failed us.";

static error_t
run_parse(int key, char *argument, struct argp_state *state)
{
	struct run_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->scenario;
		return 0;
	case KEY_OUTPUT:
		args->output = argument;
		return 0;
	case KEY_FORCE:
		args->force = true;
		return 0;
	case ARGP_KEY_END:
		if (args->scenario.file == NULL)
			argp_error(state, "a scenario file is expected");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child run_children[] = {{.argp = &cli_scenario_argp}, {0}};
static const struct argp run_argp = {.options = run_options,
				     .parser = run_parse,
				     .args_doc = "FILE",
				     .doc = run_doc,
				     .children = run_children};

/* ---- the steps; each returns an exit status, CLI_DONE to go on ---- */

static int
run_load(struct run *run)
{
	enum nbs_status status = cli_scenario_load(&run->args->scenario, stderr, &run->scenario);

	if (status == NBS_OK && run->scenario->assumed != NULL) {
		/* One line of it: how many, and where the rest is to be had. */
		const char *list = strstr(run->scenario->assumed, "network-a: ");
		int len = list != NULL ? (int)(list - run->scenario->assumed) : 0;

		fprintf(stderr, "%.*snetwork-a (nbsec check names them)\n", len,
			run->scenario->assumed);
	}
	return cli_exit_of(status);
}

static int
run_open_folder(struct run *run)
{
	char *target = run->args->output == NULL ? cli_text("out/%s-%u", run->scenario->name,
							    (unsigned)run->scenario->seed)
						 : cli_text("%s", run->args->output);

	if (target == NULL)
		return cli_no_memory();
	int exit_status = cli_folder_begin(&run->folder, target, run->args->force);

	free(target);
	return exit_status;
}

/* The scenario as it runs, so that the folder alone suffices to repeat it. */
static int
run_write_scenario(struct run *run)
{
	char *head = cli_text("# As run by nbsec %s with seed %u, overrides applied.\n",
			      cli_version, (unsigned)run->scenario->seed);

	if (head == NULL)
		return cli_no_memory();
	int exit_status =
	    cli_folder_write(&run->folder, "scenario.yaml", head, run->scenario->yaml);

	free(head);
	return exit_status;
}

static int
run_simulate(struct run *run)
{
	struct cli_progress progress;
	struct nbs_run_result result = {0};
	struct nbs_run_config config = {
	    .scenario = run->scenario,
	    .dir = run->folder.temp,
	    .version = cli_version,
	    .interrupt = run->interrupt,
	    .progress = cli_progress_draw,
	    .progress_arg = &progress,
	    .messages = stderr,
	};

	cli_progress_start(&progress);
	enum nbs_status status = nbs_scenario_run(&config, &result);

	run->wall_s = cli_wall_s() - progress.start_s;
	cli_progress_stop(&progress);
	run->interrupted = result.interrupted || status == NBS_E_INTERRUPTED;
	if (status == NBS_OK || status == NBS_E_INTERRUPTED)
		return CLI_DONE;
	return cli_fail(cli_exit_of(status), "the run failed: %s", nbs_status_str(status));
}

static int
run_summarise(struct run *run)
{
	char why[320];
	char *path = cli_folder_path(&run->folder, "results.sqlite");

	if (path == NULL)
		return cli_no_memory();
	enum nbs_status status =
	    nbs_summary_read(path, run->wall_s, &run->summary, why, sizeof(why));

	free(path);
	/* The file is our own work: whatever is wrong with it, the user did not do it. */
	return status == NBS_OK ? CLI_DONE : cli_fail(CLI_SYSTEM, "%s", why);
}

static json_t *
run_check(const struct nbs_check_config *config, const json_t *summary, bool *holds)
{
	struct nbs_check check = {config->value, config->has_min, config->has_max, config->min,
				  config->max};
	struct nbs_check_result result;

	nbs_check_evaluate(summary, &check, &result);
	*holds = *holds && result.passed;
	return json_pack("{s:s, s:o, s:o, s:o, s:b, s:s}", "path", check.path, "min",
			 check.has_min ? json_real(check.min) : json_null(), "max",
			 check.has_max ? json_real(check.max) : json_null(), "value",
			 result.found ? json_real(result.value) : json_null(), "passed",
			 result.passed, "text", result.text);
}

/* An interrupted run is not judged: its numbers are of another duration. */
static int
run_checks(struct run *run)
{
	json_t *checks = json_array();

	run->checks_hold = true;
	for (size_t i = 0; i < run->scenario->check_count && !run->interrupted; i++) {
		json_t *check =
		    run_check(&run->scenario->checks[i], run->summary, &run->checks_hold);

		if (json_array_append_new(checks, check) != 0) {
			json_decref(checks);
			return cli_no_memory();
		}
	}
	return json_object_set_new(run->summary, "checks", checks) == 0 ? CLI_DONE
									: cli_no_memory();
}

static int
run_write_summary(struct run *run)
{
	char *text =
	    json_dumps(run->summary, JSON_INDENT(2) | JSON_REAL_PRECISION(NBS_SUMMARY_DIGITS));

	if (text == NULL)
		return cli_no_memory();
	int exit_status = cli_folder_write(&run->folder, "summary.json", text, "\n");

	free(text);
	if (exit_status == CLI_DONE && run->interrupted)
		exit_status = cli_folder_write(&run->folder, "PARTIAL", "Interrupted.", "\n");
	return exit_status;
}

static int
run_commit(struct run *run)
{
	return cli_folder_commit(&run->folder);
}

static int
run_print(struct run *run)
{
	if (run->args->scenario.json)
		return cli_answer_json(run->summary, run->folder.target);
	cli_answer_print(run->summary, run->folder.target);
	return cli_flush(CLI_DONE);
}

static int (*const run_steps[])(struct run *run) = {
    run_load,   run_open_folder,   run_write_scenario, run_simulate, run_summarise,
    run_checks, run_write_summary, run_commit,         run_print,
};

int
cli_run(int argc, char **argv)
{
	struct run_args args = {0};
	struct run run = {.args = &args};
	int exit_status = CLI_DONE;

	argp_parse(&run_argp, argc, argv, 0, NULL, &args);
	run.interrupt = cli_interrupt_catch();
	for (size_t i = 0; i < sizeof(run_steps) / sizeof(run_steps[0]); i++) {
		exit_status = run_steps[i](&run);
		if (exit_status != CLI_DONE)
			break;
	}
	if (exit_status == CLI_DONE && run.interrupted)
		exit_status = CLI_SIGNAL + (*run.interrupt == 0 ? SIGINT : *run.interrupt);
	else if (exit_status == CLI_DONE && !run.checks_hold)
		exit_status = CLI_CHECK_FAILED;
	cli_folder_end(&run.folder);
	json_decref(run.summary);
	nbs_scenario_free(run.scenario);
	cli_scenario_args_fini(&args.scenario);
	return exit_status;
}
