/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec reproduce: a published experiment run again, or all of them.
 */
#include "cli/reproduce/reproduce.h"

#include "cli/cli.h"
#include "scenarios/suggest.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

#define KEY_JSON 'j'
#define KEY_LIST 'l'
#define KEY_PAPERS 'p'
#define REPRODUCE_PAPERS "scenarios/papers"

struct reproduce_args {
	const char *name; /* NULL = all */
	char *papers;     /* folder of the papers */
	bool list, json;
};

static const struct argp_option reproduce_options[] = {
    {.name = "list", .key = KEY_LIST, .doc = "list what can be reproduced and run nothing"},
    {.name = "papers",
     .key = KEY_PAPERS,
     .arg = "DIR",
     .doc = "folder of the tables, by default " REPRODUCE_PAPERS
	    " below the current folder, or else of the installation"},
    {.name = "json", .key = KEY_JSON, .doc = "print as JSON"},
    {0}};

static error_t
reproduce_parse(int key, char *argument, struct argp_state *state)
{
	struct reproduce_args *args = state->input;

	switch (key) {
	case KEY_LIST:
		args->list = true;
		return 0;
	case KEY_JSON:
		args->json = true;
		return 0;
	case KEY_PAPERS:
		args->papers = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (args->name != NULL)
			argp_error(state, "%s: one name is expected", argument);
		args->name = argument;
		return 0;
	case ARGP_KEY_END:
		if (args->list && args->name != NULL)
			argp_error(state, "%s: --list takes no name", args->name);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp reproduce_argp = {
    .options = reproduce_options,
    .parser = reproduce_parse,
    .args_doc = "[NAME]",
    .doc =
	"Runs a published experiment and prints published value, simulated value and error, row "
	"by row, with the source. Without NAME: all of them, a line each.\v"
	"The tables hold published values and inputs; simulated values come from the run. A "
	"row is `claimed' if nbsec stands for it; rows that are known to differ are shown all the "
	"same, with the reason. `prediction': nothing is published to compare with. The worst "
	"error is that which takes the largest share of its tolerance.\n"
	"For example: nbsec reproduce handshake-energy\n"
	"Exit status: 0 done, 1 a claimed row misses its tolerance, 2 bad usage or table, 3 the "
	"system failed us."};

/* ---- names ---- */

static const struct reproduce_paper_ops *
find_paper(const char *name)
{
	size_t count = 0;
	const struct reproduce_paper_ops *const *papers = reproduce_papers(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(papers[i]->name, name) == 0)
			return papers[i];
	}
	return NULL;
}

static int
unknown_paper(const char *name)
{
	size_t count = 0;
	const struct reproduce_paper_ops *const *papers = reproduce_papers(&count);
	struct nbsi_suggest suggest;

	nbsi_suggest_init(&suggest, name, strlen(name));
	for (size_t i = 0; i < count; i++)
		nbsi_suggest_offer(&suggest, papers[i]->name);
	if (suggest.best != NULL)
		return cli_fail(CLI_BAD_INPUT, "there is no reproduction \"%s\": did you mean %s?",
				name, suggest.best);
	return cli_fail(CLI_BAD_INPUT,
			"there is no reproduction \"%s\": expected one that `nbsec reproduce "
			"--list' names",
			name);
}

static int
list_papers(bool json)
{
	size_t count = 0;
	const struct reproduce_paper_ops *const *papers = reproduce_papers(&count);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		if (json)
			json_array_append_new(list, json_pack("{s:s, s:s}", "name", papers[i]->name,
							      "title", papers[i]->title));
		else
			printf("%-18s  %s\n", papers[i]->name, papers[i]->title);
	}
	if (json)
		return cli_print_json(list);
	json_decref(list);
	return CLI_DONE;
}

/* ---- runs ---- */

/* Nothing is printed before the paper has run: a bad table leaves no half answer. */
static int
run_paper(const struct reproduce_paper_ops *ops, const char *papers, struct reproduce_paper **paper)
{
	enum nbs_status status = reproduce_paper_run(ops, papers, stderr, paper);

	if (status == NBS_OK)
		return CLI_DONE;
	return cli_fail(cli_exit_of(status), "%s could not be reproduced: %s", ops->name,
			nbs_status_str(status));
}

static int
verdict_of(const struct reproduce_paper *paper)
{
	struct reproduce_summary summary;

	reproduce_summarise(paper, &summary);
	return summary.missed > 0 ? CLI_CHECK_FAILED : CLI_DONE;
}

static int
reproduce_one(const struct reproduce_args *args, const char *papers)
{
	const struct reproduce_paper_ops *ops = find_paper(args->name);
	struct reproduce_paper *paper = NULL;

	if (ops == NULL)
		return unknown_paper(args->name);
	int exit_status = run_paper(ops, papers, &paper);

	if (exit_status != CLI_DONE)
		return exit_status;
	if (args->json)
		exit_status = cli_print_json(reproduce_json(paper));
	else
		reproduce_print(paper);
	if (exit_status == CLI_DONE)
		exit_status = verdict_of(paper);
	reproduce_paper_free(paper);
	return exit_status;
}

/* Every paper runs, whatever the ones before have missed. */
static int
reproduce_each(const struct reproduce_args *args, const char *papers, json_t *lines)
{
	size_t count = 0;
	const struct reproduce_paper_ops *const *all = reproduce_papers(&count);
	int exit_status = CLI_DONE;

	for (size_t i = 0; i < count; i++) {
		struct reproduce_paper *paper = NULL;
		const int failed = run_paper(all[i], papers, &paper);

		if (failed != CLI_DONE)
			return failed;
		if (!args->json && i == 0)
			reproduce_print_line(NULL);
		if (args->json)
			json_array_append_new(lines, reproduce_summary_json(paper));
		else
			reproduce_print_line(paper);
		(void)fflush(stdout);
		if (verdict_of(paper) != CLI_DONE)
			exit_status = CLI_CHECK_FAILED;
		reproduce_paper_free(paper);
	}
	return exit_status;
}

static int
reproduce_all(const struct reproduce_args *args, const char *papers)
{
	json_t *lines = json_array();
	int exit_status = reproduce_each(args, papers, lines);

	if (args->json && (exit_status == CLI_DONE || exit_status == CLI_CHECK_FAILED)) {
		const int printed = cli_print_json(json_pack("{s:O}", "papers", lines));

		exit_status = printed == CLI_DONE ? exit_status : printed;
	}
	json_decref(lines);
	return exit_status;
}

int
cli_reproduce(int argc, char **argv)
{
	struct reproduce_args args = {0};

	argp_parse(&reproduce_argp, argc, argv, 0, NULL, &args);
	if (args.list)
		return list_papers(args.json);
	const volatile sig_atomic_t *interrupt = cli_interrupt_catch();
	char *papers =
	    args.papers != NULL ? cli_text("%s", args.papers) : cli_find_data(REPRODUCE_PAPERS);

	if (papers == NULL)
		return cli_fail(CLI_SYSTEM, "%s is not found, neither here nor beside the program",
				REPRODUCE_PAPERS);
	int exit_status =
	    args.name != NULL ? reproduce_one(&args, papers) : reproduce_all(&args, papers);

	free(papers);
	return exit_status == CLI_SYSTEM && *interrupt != 0 ? CLI_SIGNAL + *interrupt : exit_status;
}
