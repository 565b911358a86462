/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec report: the answer of an earlier run, computed again from its results.sqlite.
 */
#include "analysis/summary.h"
#include "cli/answer.h"
#include "cli/cli.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_JSON 'j'

struct report_args {
	char *dir;
	bool json;
};

static const struct argp_option report_options[] = {
    {.name = "json", .key = KEY_JSON, .doc = "print the summary as JSON"}, {0}};

static error_t
report_parse(int key, char *argument, struct argp_state *state)
{
	struct report_args *args = state->input;

	switch (key) {
	case KEY_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->dir != NULL)
			argp_error(state, "%s: one folder is expected", argument);
		args->dir = argument;
		return 0;
	case ARGP_KEY_END:
		if (args->dir == NULL)
			argp_error(state, "the folder of a run is expected");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp report_argp = {
    .options = report_options,
    .parser = report_parse,
    .args_doc = "DIR",
    .doc = "Prints the answer of an earlier run again, from DIR/results.sqlite.\v"
	   "A folder marked PARTIAL is read like a whole one; the answer says that it is partial.\n"
	   "Exit status: 0 done, 1 a check stated in the scenario had failed, 2 DIR is not the "
	   "folder of a run, 3 the system failed us."};

/*
 * How long the run took, and what came of its stated checks, stands in summary.json alone: the
 * database is a function of scenario and seed. Without that file both stay unknown.
 */
static json_t *
report_old_summary(const char *dir)
{
	char *path = cli_text("%s/summary.json", dir);
	json_t *old = path == NULL ? NULL : json_load_file(path, 0, NULL);

	free(path);
	return old;
}

static bool
report_checks_hold(const json_t *summary)
{
	size_t i;
	json_t *check;

	json_array_foreach(json_object_get(summary, "checks"), i, check)
	{
		if (!json_is_true(json_object_get(check, "passed")))
			return false;
	}
	return true;
}

static int
report_read(const char *dir, json_t **summary)
{
	char why[320];
	char *path = cli_text("%s/results.sqlite", dir);
	json_t *old = report_old_summary(dir);
	const json_t *wall = json_object_get(old, "wall_s");
	json_t *checks = json_object_get(old, "checks");

	if (path == NULL) {
		json_decref(old);
		return cli_no_memory();
	}
	enum nbs_status status = nbs_summary_read(
	    path, json_is_number(wall) ? json_number_value(wall) : -1, summary, why, sizeof(why));
	int exit_status = status == NBS_OK ? CLI_DONE : cli_fail(cli_exit_of(status), "%s", why);

	if (exit_status == CLI_DONE && json_is_array(checks) &&
	    json_object_set(*summary, "checks", checks) != 0)
		exit_status = cli_no_memory();
	json_decref(old);
	free(path);
	return exit_status;
}

int
cli_report(int argc, char **argv)
{
	struct report_args args = {0};
	json_t *summary = NULL;

	argp_parse(&report_argp, argc, argv, 0, NULL, &args);
	for (size_t len = strlen(args.dir); len > 1 && args.dir[len - 1] == '/'; len--)
		args.dir[len - 1] = '\0';
	int exit_status = report_read(args.dir, &summary);

	if (exit_status == CLI_DONE && args.json)
		exit_status = cli_answer_json(summary, args.dir);
	else if (exit_status == CLI_DONE)
		cli_answer_print(summary, args.dir);
	if (exit_status == CLI_DONE && !report_checks_hold(summary))
		exit_status = CLI_CHECK_FAILED;
	json_decref(summary);
	return exit_status;
}
