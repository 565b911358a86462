/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec check: everything about a scenario file that can be said without running it.
 */
#include "cli/cli.h"
#include "cli/scenario_args.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_SCHEMA 256
#define KEY_NETWORK 257

struct check_args {
	struct cli_scenario_args scenario;
	const char *network; /* NULL = a scenario is checked */
	bool schema;
};

static const struct argp_option check_options[] = {
    {.name = "schema",
     .key = KEY_SCHEMA,
     .doc = "print every key that a scenario may have: type, unit, range, default"},
    {.name = "network",
     .key = KEY_NETWORK,
     .arg = "FILE",
     .doc = "check a network's file (or the network of that name) in place of a scenario"},
    {0}};

static error_t
check_parse(int key, char *argument, struct argp_state *state)
{
	struct check_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->scenario;
		return 0;
	case KEY_SCHEMA:
		args->schema = true;
		return 0;
	case KEY_NETWORK:
		args->network = argument;
		return 0;
	case ARGP_KEY_END:
		if (args->scenario.file == NULL && args->network == NULL && !args->schema)
			argp_error(state, "a scenario file, --network or --schema is expected");
		if (args->scenario.file != NULL && args->schema)
			argp_error(state, "--schema takes no file");
		if (args->network != NULL && (args->schema || args->scenario.file != NULL))
			argp_error(state, "--network takes no scenario file and no --schema");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child check_children[] = {{.argp = &cli_scenario_argp}, {0}};
static const struct argp check_argp = {
    .options = check_options,
    .parser = check_parse,
    .args_doc = "FILE\n--network FILE\n--schema",
    .doc = "Checks a scenario file without running it.\v"
	   "Each fault is told with file, line, what was found and what was expected.\n"
	   "Exit status: 0 the file is good, 2 it is not, 3 the system failed us.",
    .children = check_children};

static json_t *
good_json(const char *file, const struct nbs_scenario *scenario)
{
	unsigned devices = 0;

	for (size_t i = 0; i < scenario->fleet_count; i++)
		devices += scenario->fleets[i].devices;
	return json_pack(
	    "{s:s, s:b, s:[], s:s?, s:s, s:I, s:f, s:I, s:I, s:I, s:I}", "file", file, "valid", 1,
	    "messages", "assumed", scenario->assumed, "scenario", scenario->name, "seed",
	    (json_int_t)scenario->seed, "duration_s", (double)scenario->duration_ns / 1e9, "fleets",
	    (json_int_t)scenario->fleet_count, "devices", (json_int_t)devices, "attacks",
	    (json_int_t)scenario->attack_count, "checks", (json_int_t)scenario->check_count);
}

/* The loader's lines become a list. */
static json_t *
bad_json(const char *file, char *messages)
{
	json_t *lines = json_array();
	char *rest = NULL;

	for (char *line = strtok_r(messages, "\n", &rest); line != NULL && lines != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		json_array_append_new(lines, json_string(line));
	return json_pack("{s:s, s:b, s:o}", "file", file, "valid", 0, "messages", lines);
}

static int
check_as_json(const struct cli_scenario_args *args)
{
	struct nbs_scenario *scenario = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *messages = open_memstream(&text, &size);

	if (messages == NULL)
		return cli_no_memory();
	enum nbs_status status = cli_scenario_load(args, messages, &scenario);

	if (fclose(messages) != 0 || text == NULL) {
		nbs_scenario_free(scenario);
		return cli_no_memory();
	}
	int printed = cli_print_json(status == NBS_OK ? good_json(args->file, scenario)
						      : bad_json(args->file, text));

	free(text);
	nbs_scenario_free(scenario);
	return printed == CLI_DONE ? cli_exit_of(status) : printed;
}

static int
check_as_text(const struct cli_scenario_args *args)
{
	struct nbs_scenario *scenario = NULL;
	enum nbs_status status = cli_scenario_load(args, stderr, &scenario);

	if (status != NBS_OK)
		return cli_exit_of(status);
	printf("%s: good: scenario %s, seed %u, %zu fleets, %zu attacks, %zu checks\n", args->file,
	       scenario->name, (unsigned)scenario->seed, scenario->fleet_count,
	       scenario->attack_count, scenario->check_count);
	if (scenario->assumed != NULL)
		puts(scenario->assumed);
	nbs_scenario_free(scenario);
	return CLI_DONE;
}

/* ---- a network's file ---- */

static int
network_as_json(const char *base)
{
	struct nbs_network_file *file = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *messages = open_memstream(&text, &size);

	if (messages == NULL)
		return cli_no_memory();
	enum nbs_status status = nbs_network_file_load(base, messages, &file);

	if (fclose(messages) != 0 || text == NULL) {
		nbs_network_file_free(file);
		return cli_no_memory();
	}
	json_t *json =
	    status != NBS_OK
		? bad_json(base, text)
		: json_pack("{s:s, s:b, s:[], s:s?, s:s, s:s, s:s}", "file", base, "valid", 1,
			    "messages", "assumed", file->assumed, "network", file->name,
			    "description", file->description, "source", file->source);
	int printed = cli_print_json(json);

	free(text);
	nbs_network_file_free(file);
	return printed == CLI_DONE ? cli_exit_of(status) : printed;
}

static int
network_as_text(const char *base)
{
	struct nbs_network_file *file = NULL;
	enum nbs_status status = nbs_network_file_load(base, stderr, &file);

	if (status != NBS_OK)
		return cli_exit_of(status);
	printf("%s: good: network %s, %s\n", base, file->name, file->description);
	if (file->assumed != NULL)
		puts(file->assumed);
	nbs_network_file_free(file);
	return CLI_DONE;
}

/* ---- the schema ---- */

/* The next cell of a Markdown row, without the blanks and code marks around it. */
static const char *
schema_cell(char **row)
{
	char *cell = strsep(row, "|");

	if (cell == NULL)
		return "";
	cell += strspn(cell, " ");
	for (size_t len = strlen(cell); len > 0 && cell[len - 1] == ' '; len--)
		cell[len - 1] = '\0';
	char *last = cell[0] == '`' ? strchr(cell + 1, '`') : NULL;
	if (last == NULL || last[1] != '\0')
		return cell;
	*last = '\0';
	return cell + 1;
}

/*
 * The same tables as an array of objects, read back from their text: one source of truth. Of the
 * second one, of what is not modelled, the reason is the meaning.
 */
static json_t *
schema_json(char *table)
{
	static const char *const keys[] = {"key", "takes", "range", "default", "meaning", NULL};
	static const char *const refused[] = {"not_modelled", "meaning", NULL};
	const char *const *names = keys;
	json_t *array = json_array();

	for (char *row = strsep(&table, "\n"); row != NULL; row = strsep(&table, "\n")) {
		bool head = strncmp(row, "| key ", 6) == 0 || strncmp(row, "|---", 4) == 0;

		if (strncmp(row, "| not modelled", 14) == 0) {
			names = refused;
			head = true;
		}
		if (head || row[0] != '|')
			continue;
		json_t *item = json_object();

		(void)schema_cell(&row); /* before the first bar */
		for (size_t i = 0; names[i] != NULL; i++)
			json_object_set_new(item, names[i], json_string(schema_cell(&row)));
		json_array_append_new(array, item);
	}
	return array;
}

static int
schema_as_json(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *table = open_memstream(&text, &size);

	if (table == NULL)
		return cli_no_memory();
	enum nbs_status status = nbs_scenario_schema(table);
	if (fclose(table) != 0)
		status = NBS_E_NOMEM;
	int exit_status = cli_exit_of(status);
	if (status == NBS_OK) {
		exit_status = cli_print_json(schema_json(text));
	}
	free(text);
	return exit_status;
}

int
cli_check(int argc, char **argv)
{
	struct check_args args = {0};
	int exit_status;

	argp_parse(&check_argp, argc, argv, 0, NULL, &args);
	if (args.schema && args.scenario.json)
		exit_status = schema_as_json();
	else if (args.schema)
		exit_status = cli_exit_of(nbs_scenario_schema(stdout));
	else if (args.network != NULL)
		exit_status = args.scenario.json ? network_as_json(args.network)
						 : network_as_text(args.network);
	else if (args.scenario.json)
		exit_status = check_as_json(&args.scenario);
	else
		exit_status = check_as_text(&args.scenario);
	cli_scenario_args_fini(&args.scenario);
	return exit_status;
}
