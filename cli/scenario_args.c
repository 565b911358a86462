/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that commands on scenarios share.
 */
#include "cli/scenario_args.h"

#include "analysis/checks.h"

#include "cli/cli.h"
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#define KEY_JSON 'j'
#define KEY_SEED 's'
#define KEY_SET 'S'

static const struct argp_option scenario_options[] = {
    {.name = "seed",
     .key = KEY_SEED,
     .arg = "N",
     .doc = "seed of all random numbers, 1 to 4294944442"},
    {.name = "set",
     .key = KEY_SET,
     .arg = "PATH=VALUE",
     .doc =
	 "change a value of the scenario, as in --set fleets.clear.devices=100; may be repeated"},
    {.name = "json", .key = KEY_JSON, .doc = "print the answer as JSON"},
    {0}};

static error_t
add_override(struct cli_scenario_args *args, const char *text, struct argp_state *state)
{
	size_t size = (args->override_count + 1) * sizeof(*args->overrides);
	struct nbs_override *overrides = realloc(args->overrides, size);

	if (overrides == NULL)
		return ENOMEM;
	args->overrides = overrides;
	args->overrides[args->override_count++] = (struct nbs_override){text};
	if (strchr(text, '=') == NULL || text[0] == '=')
		argp_error(state, "--set %s: expected PATH=VALUE", text);
	return 0;
}

static error_t
scenario_parse(int key, char *argument, struct argp_state *state)
{
	struct cli_scenario_args *args = state->input;

	switch (key) {
	case KEY_SEED:
		args->seed = (uint32_t)cli_option_number("--seed", argument, NBS_SEED_MIN,
							 NBS_SEED_MAX, state);
		return 0;
	case KEY_SET:
		return add_override(args, argument, state);
	case KEY_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->file != NULL)
			argp_error(state, "%s: one scenario file is expected, %s is given already",
				   argument, args->file);
		args->file = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp cli_scenario_argp = {.options = scenario_options, .parser = scenario_parse};

/* The loader knows the names in a check's path, analysis/ the keys. */
static enum nbs_status
check_paths(const struct cli_scenario_args *args, const struct nbs_scenario *scenario,
	    FILE *messages)
{
	enum nbs_status status = NBS_OK;

	for (size_t i = 0; i < scenario->check_count; i++) {
		if (nbs_check_path_known(scenario->checks[i].value))
			continue;
		fprintf(messages,
			"%s: checks.%zu.value: found `%s`, expected the path of a number in "
			"summary.json (docs/results.md)\n",
			args->file, i, scenario->checks[i].value);
		status = NBS_E_INVALID;
	}
	return status;
}

enum nbs_status
cli_scenario_load(const struct cli_scenario_args *args, FILE *messages,
		  struct nbs_scenario **scenario)
{
	struct nbs_scenario *loaded = NULL;
	enum nbs_status status = nbs_scenario_load(args->file, args->seed, args->overrides,
						   args->override_count, messages, &loaded);

	if (status == NBS_OK)
		status = check_paths(args, loaded, messages);
	if (status == NBS_OK)
		*scenario = loaded;
	else
		nbs_scenario_free(loaded);
	return status;
}

void
cli_scenario_args_fini(struct cli_scenario_args *args)
{
	free(args->overrides);
	*args = (struct cli_scenario_args){0};
}
