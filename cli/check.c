/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec check: everything about a scenario file that can be said without running it.
 */
#include "cli/cli.h"
#include "cli/profiles.h"
#include "cli/scenario_args.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_SCHEMA 256
#define KEY_NETWORK 257
#define KEY_MODEM 258
#define KEY_MCU 259

struct check_args {
	struct cli_scenario_args scenario;
	const char *network, *modem, *mcu; /* of one of them; all NULL = a file is checked */
	bool schema;
};

static const struct argp_option check_options[] = {
    {.name = "schema",
     .key = KEY_SCHEMA,
     .doc = "print every key that a scenario or a device profile may have: type, unit, range, "
	    "default"},
    {.name = "network",
     .key = KEY_NETWORK,
     .arg = "FILE",
     .doc = "check a network's file (or the network of that name) in place of a scenario"},
    {.name = "modem",
     .key = KEY_MODEM,
     .arg = "FILE",
     .doc = "check a modem's profile (or the modem of that name) in place of a scenario"},
    {.name = "mcu", .key = KEY_MCU, .arg = "FILE", .doc = "the same for a microcontroller"},
    {0}};

/* One thing is checked, or the schema printed. */
static void
check_end(const struct check_args *args, struct argp_state *state)
{
	int named = (args->network != NULL) + (args->modem != NULL) + (args->mcu != NULL);
	bool file = args->scenario.file != NULL;

	if (!file && named == 0 && !args->schema)
		argp_error(state, "a file, --network, --modem, --mcu or --schema is expected");
	if (file && args->schema)
		argp_error(state, "--schema takes no file");
	if (named > 1 || (named == 1 && (args->schema || file)))
		argp_error(state, "--network, --modem and --mcu take no other file and no "
				  "--schema");
}

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
	case KEY_MODEM:
		args->modem = argument;
		return 0;
	case KEY_MCU:
		args->mcu = argument;
		return 0;
	case ARGP_KEY_END:
		check_end(args, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child check_children[] = {{.argp = &cli_scenario_argp}, {0}};
static const struct argp check_argp = {
    .options = check_options,
    .parser = check_parse,
    .args_doc = "FILE\n--network FILE\n--modem FILE\n--mcu FILE\n--schema",
    .doc = "Checks a scenario file without running it, or a device profile.\v"
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
						      : cli_refusal_json(args->file, text));

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
		? cli_refusal_json(base, text)
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
 * The same tables as an array of objects, read back from their text: one source of truth. Of what
 * is not modelled the reason is the meaning; keys of a device profile's file tell which: "of".
 */
static json_t *
schema_json(char *table)
{
	static const char *const keys[] = {"key", "takes", "range", "default", "meaning", NULL};
	static const char *const refused[] = {"not_modelled", "meaning", NULL};
	const char *const *names = keys;
	const char *of = NULL; /* "modem", "mcu", "value" */
	json_t *array = json_array();

	for (char *row = strsep(&table, "\n"); row != NULL; row = strsep(&table, "\n")) {
		bool head = strncmp(row, "| key ", 6) == 0 || strncmp(row, "|---", 4) == 0;

		if (strncmp(row, "| not modelled", 14) == 0) {
			names = refused;
			head = true;
		} else if (strncmp(row, "| key of a ", 11) == 0) {
			names = keys;
			of = row + 11;
			row[11 + strcspn(of, "' ")] = '\0';
		}
		if (head || row[0] != '|')
			continue;
		json_t *item = json_object();

		(void)schema_cell(&row); /* before the first bar */
		for (size_t i = 0; names[i] != NULL; i++)
			json_object_set_new(item, names[i], json_string(schema_cell(&row)));
		if (of != NULL)
			json_object_set_new(item, "of", json_string(of));
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

/* ---- device profiles ---- */

/* What has neither a slash nor a dot would be taken for the name of a shipped one. */
static int
profile_file(const struct cli_scenario_args *args, enum nbs_profile_kind kind)
{
	char *path = cli_text("%s%s", strpbrk(args->file, "/.") == NULL ? "./" : "", args->file);
	int exit_status;

	if (path == NULL)
		return cli_no_memory();
	if (args->override_count > 0 || args->seed != 0)
		exit_status = cli_fail(
		    CLI_BAD_INPUT, "%s: is a device profile: --set and --seed are for scenarios",
		    args->file);
	else if (kind == NBS_PROFILE_MODEM)
		exit_status = cli_modem_check(path, args->json);
	else
		exit_status = cli_mcu_check(path, args->json);
	free(path);
	return exit_status;
}

static int
check_file(const struct cli_scenario_args *args)
{
	enum nbs_profile_kind kind = nbs_profile_kind(args->file);

	if (kind != NBS_PROFILE_NONE)
		return profile_file(args, kind);
	return args->json ? check_as_json(args) : check_as_text(args);
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
	else if (args.modem != NULL)
		exit_status = cli_modem_check(args.modem, args.scenario.json);
	else if (args.mcu != NULL)
		exit_status = cli_mcu_check(args.mcu, args.scenario.json);
	else
		exit_status = check_file(&args.scenario);
	cli_scenario_args_fini(&args.scenario);
	return exit_status;
}
