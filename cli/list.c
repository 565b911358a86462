/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec list: what scenarios can name.
 */
#include "cli/cli.h"
#include "cli/profiles.h"
#include "models/attack/attack.h"
#include "scenarios/scenario.h"

#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_JSON 'j'
#define LIST_SUFFIX ".yaml"

struct list_args {
	const char *what;
	bool json;
};

static const struct argp_option list_options[] = {
    {.name = "json", .key = KEY_JSON, .doc = "print the list as JSON"}, {0}};

static error_t
list_parse(int key, char *argument, struct argp_state *state)
{
	struct list_args *args = state->input;

	switch (key) {
	case KEY_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->what != NULL)
			argp_error(state, "%s: one word is expected", argument);
		args->what = argument;
		return 0;
	case ARGP_KEY_END:
		if (args->what == NULL)
			argp_error(state,
				   "modems, mcus, attacks, networks or scenarios is expected");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp list_argp = {
    .options = list_options,
    .parser = list_parse,
    .args_doc = "modems|mcus|attacks|networks|scenarios",
    .doc = "Lists what scenarios can name: profiles of modems and microcontrollers, attacks, "
	   "networks, scenario files.\v"
	   "Of modems it shows the power of some states and the energy of a wake-up from deep "
	   "sleep; of microcontrollers one compression of SHA-256, and one multiplication on a "
	   "curve in software and in hardware; of both how many of their values are assumed.\n"
	   "Scenario files are those of the folder scenarios below the current one, or else of the "
	   "installation.\n"
	   "Exit status: 0 done, 2 bad usage, 3 the system failed us."};

/* ---- attacks and networks ---- */

static json_t *
list_attacks(void)
{
	size_t count = 0;
	const struct nbs_attack_ops *const *attacks = nbs_attack_list(&count);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "name", attacks[i]->name,
						      "title", attacks[i]->summary));
	return list;
}

/* They are part of the program and were good when it was built. */
static json_t *
list_networks(void)
{
	json_t *list = json_array();

	for (size_t i = 0; nbs_network_name(i) != NULL; i++) {
		struct nbs_network_file *file = NULL;

		if (nbs_network_file_load(nbs_network_name(i), stderr, &file) != NBS_OK)
			continue;
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s?}", "name", file->name,
						      "title", file->description, "source",
						      file->source, "assumed", file->assumed));
		nbs_network_file_free(file);
	}
	return list;
}

/* ---- scenarios ---- */

static int
is_scenario(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	size_t suffix = strlen(LIST_SUFFIX);

	return entry->d_name[0] != '.' && len > suffix &&
	       strcmp(entry->d_name + len - suffix, LIST_SUFFIX) == 0;
}

/* strcmp, not alphasort: the order must not depend on the locale. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static json_t *
scenario_json(const char *path)
{
	struct nbs_scenario *scenario = NULL;
	char *messages = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&messages, &size);

	if (stream == NULL)
		return NULL;
	enum nbs_status status = nbs_scenario_load(path, 0, NULL, 0, stream, &scenario);

	fclose(stream);
	free(messages);
	json_t *json = status == NBS_OK
			   ? json_pack("{s:s, s:s, s:s}", "name", path, "title",
				       scenario->description, "scenario", scenario->name)
			   : json_pack("{s:s, s:s, s:n}", "name", path, "title",
				       "not a good scenario: see nbsec check", "scenario");
	if (status == NBS_OK)
		nbs_scenario_free(scenario);
	return json;
}

/* @return the list; NULL with a message printed when the folder cannot be read. */
static json_t *
list_scenarios(void)
{
	struct dirent **entries = NULL;
	char *folder = cli_find_data("scenarios");
	int count = folder == NULL ? 0 : scandir(folder, &entries, is_scenario, by_name);
	json_t *list = count < 0 ? NULL : json_array();

	if (count < 0)
		cli_fail(CLI_SYSTEM, "%s: %s", folder, strerror(errno));
	for (int i = 0; i < count; i++) {
		char *path = cli_text("%s/%s", folder, entries[i]->d_name);

		if (path != NULL)
			json_array_append_new(list, scenario_json(path));
		free(path);
		free(entries[i]);
	}
	free(entries);
	free(folder);
	return list;
}

/* ---- output ---- */

static void
print_list(const json_t *list)
{
	size_t i;
	json_t *item;
	int width = 0;

	json_array_foreach(list, i, item)
	{
		int len = (int)json_string_length(json_object_get(item, "name"));

		width = len > width ? len : width;
	}
	json_array_foreach(list, i, item)
	    printf("%-*s  %s\n", width, json_string_value(json_object_get(item, "name")),
		   json_string_value(json_object_get(item, "title")));
}

static const struct {
	const char *what;
	json_t *(*make)(void);
	void (*print)(void); /* in its own columns; NULL = names and titles */
} list_kinds[] = {
    {"modems", cli_modems_json, cli_modems_print},
    {"mcus", cli_mcus_json, cli_mcus_print},
    {"attacks", list_attacks, NULL},
    {"networks", list_networks, NULL},
    {"scenarios", list_scenarios, NULL},
};

int
cli_list(int argc, char **argv)
{
	struct list_args args = {0};

	argp_parse(&list_argp, argc, argv, 0, NULL, &args);
	for (size_t i = 0; i < sizeof(list_kinds) / sizeof(list_kinds[0]); i++) {
		if (strcmp(args.what, list_kinds[i].what) != 0)
			continue;
		if (!args.json && list_kinds[i].print != NULL) {
			list_kinds[i].print();
			return CLI_DONE;
		}
		json_t *list = list_kinds[i].make();

		if (list == NULL)
			return CLI_SYSTEM;
		if (args.json)
			return cli_print_json(list);
		print_list(list);
		json_decref(list);
		return CLI_DONE;
	}
	return cli_fail(CLI_BAD_INPUT,
			"list %s: expected modems, mcus, attacks, networks or scenarios",
			args.what);
}
