/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec battery: a sizing question answered without a scenario file.
 */
#include "cli/battery.h"

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/options.h"

#include <argp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLEET "fleets.device."
#define KEY_FIRST 256
#define KEY_SET 'S'
#define KEY_SEED 's'
#define KEY_JSON 'j'
#define KEY_UNTIL_EMPTY 'u'

/* Options that are a value of the scenario, in the order of --help. */
static const struct {
	const char *name, *arg;
	const char *path;
	const char *unit; /* of a bare number; NULL = the value is taken as it is */
	const char *word; /* of the option without a value; NULL = it needs one */
	const char *doc;
} battery_values[] = {
    {"modem", "NAME|FILE", FLEET "modem", NULL, NULL, "whose currents (nbsec list modems)"},
    {"mcu", "NAME|FILE", FLEET "mcu", NULL, NULL,
     "its microcontroller (nbsec list mcus); none leaves it out. By default only its cryptography "
     "counts"},
    {"crypto", "software|hardware", FLEET "crypto", NULL, NULL, "how the microcontroller does it"},
    {"mcl", "DB", FLEET "mcl", "dB", NULL, "coupling loss to the cell (default 144 dB)"},
    {"period", "TIME", FLEET "report.period", NULL, NULL, "from report to report (default 1h)"},
    {"payload", "BYTES", FLEET "report.payload", NULL, NULL, "of a report (default 64)"},
    {"security", "none|dtls-psk|dtls-psk-cid|..", FLEET "security", NULL, NULL, "default dtls-psk"},
    {"dtls-timeout", "TIME", FLEET "dtls.timeout_min", NULL, NULL,
     "first DTLS retransmission (default 1 s, RFC 6347; RFC 7925 says 9 s)"},
    {"qos", "0|1", FLEET "mqttsn.qos", NULL, NULL, "1: each report is acknowledged"},
    {"session", "keepalive|sleep", FLEET "mqttsn.session", NULL, NULL, "of MQTT-SN"},
    {"network", "NAME|FILE", "network.base", NULL, NULL, "nbsec list networks"},
    {"rai", "on|off|nas|as", "network.release_assistance", NULL, "on", "release assistance"},
    {"psm", "on|off", "network.psm", NULL, "on", "power saving mode"},
    {"t3324", "TIME", "network.t3324", NULL, NULL, "active timer before PSM, 0 = none"},
    {"t3412", "TIME", "network.t3412", NULL, NULL, "periodic tracking area update"},
    {"edrx", "CYCLE|off", "network.edrx", NULL, NULL, "extended DRX in idle mode"},
    {"inactivity", "TIME", "network.inactivity_timer", NULL, NULL, "of the connection"},
    {"edt", "on|off", "network.edt", NULL, "on", "early data transmission"},
    {"battery", "ENERGY", "battery.capacity", "Wh", NULL, "nominal capacity (default 5 Wh)"},
    {"usable", "SHARE", "battery.usable", NULL, NULL, "of that, usable (default 1)"},
    {"self-discharge", "SHARE", "battery.self_discharge", NULL, NULL,
     "of what is left, each year (default 0)"},
    {"quiescent", "POWER|CURRENT", "battery.quiescent", NULL, NULL, "the board's (default 0)"},
    {"temperature", "C", "battery.temperature", "C", NULL, "of the battery (default 20 C)"},
};
#define BATTERY_VALUES (sizeof(battery_values) / sizeof(battery_values[0]))

static const struct argp_option battery_fixed[] = {
    {.name = "until-empty",
     .key = KEY_UNTIL_EMPTY,
     .doc = "simulate one device's whole life beside the extrapolation"},
    {.name = "set",
     .key = KEY_SET,
     .arg = "PATH=VALUE",
     .doc = "any other value of the scenario, as nbsec run takes it; the fleet is `device`"},
    {.name = "seed", .key = KEY_SEED, .arg = "N", .doc = "of all random numbers"},
    {.name = "json", .key = KEY_JSON, .doc = "print the answer as JSON"},
};
#define BATTERY_FIXED (sizeof(battery_fixed) / sizeof(battery_fixed[0]))

struct battery_parser {
	struct battery_args *args;
	size_t pending; /* an option whose value may come as a word of its own; BATTERY_VALUES =
			   none */
};

/* ---- overrides ---- */

bool
battery_override(struct battery_overrides *overrides, char *text)
{
	if (text == NULL || overrides->count == BATTERY_OVERRIDES_MAX) {
		free(text);
		return false;
	}
	overrides->owned[overrides->count] = text;
	overrides->list[overrides->count++] = (struct nbs_override){text};
	return true;
}

void
battery_overrides_free(struct battery_overrides *overrides)
{
	for (size_t i = 0; i < overrides->count; i++)
		free(overrides->owned[i]);
	overrides->count = 0;
}

/* A number without its unit has the usual one; a file is found from any folder. */
static char *
battery_text(size_t option, const char *value)
{
	const char *path = battery_values[option].path;
	const char *unit = battery_values[option].unit;
	const size_t len = strlen(value);
	const bool bare = value[0] != '\0' && value[strspn(value, "+-.0123456789")] == '\0';
	char *real, *text;

	if (unit != NULL && bare)
		return cli_text("%s=%s %s", path, value, unit);
	if (strcmp(path, "network.edrx") == 0 && strcmp(value, "off") != 0)
		return cli_text("%s={cycle: %s}", path, value);
	if (strcmp(path, "battery.quiescent") == 0 && len > 0 && value[len - 1] == 'A')
		return cli_text("battery.quiescent_current=%s", value);
	if (strpbrk(value, "/.") == NULL || bare)
		return cli_text("%s=%s", path, value);
	real = realpath(value, NULL);
	text = cli_text("%s=%s", path, real != NULL ? real : value);
	free(real);
	return text;
}

static error_t
battery_set(struct battery_args *args, size_t option, const char *value)
{
	return battery_override(&args->overrides, battery_text(option, value)) ? 0 : ENOMEM;
}

/* ---- the command line ---- */

static error_t
battery_fixed_option(struct battery_args *args, int key, const char *argument,
		     struct argp_state *state)
{
	switch (key) {
	case KEY_JSON:
		args->json = true;
		return 0;
	case KEY_UNTIL_EMPTY:
		args->until_empty = true;
		return 0;
	case KEY_SEED:
		args->seed = (uint32_t)cli_option_number("--seed", argument, NBS_SEED_MIN,
							 NBS_SEED_MAX, state);
		return 0;
	case KEY_SET:
		if (strchr(argument, '=') == NULL || argument[0] == '=')
			argp_error(state, "--set %s: expected PATH=VALUE", argument);
		return battery_override(&args->overrides, cli_text("%s", argument)) ? 0 : ENOMEM;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* "--rai off" as well as "--rai=off": the word behind an option that may go without. */
static error_t
battery_word(struct battery_parser *parser, const char *word, struct argp_state *state)
{
	const size_t option = parser->pending;

	parser->pending = BATTERY_VALUES;
	if (option == BATTERY_VALUES) {
		argp_error(state, "%s: no file or word is expected, only options", word);
		return EINVAL;
	}
	return battery_set(parser->args, option, word);
}

static error_t
battery_parse(int key, char *argument, struct argp_state *state)
{
	struct battery_parser *parser = state->input;

	if (key == ARGP_KEY_ARG)
		return battery_word(parser, argument, state);
	if (key < KEY_FIRST || key >= KEY_FIRST + (int)BATTERY_VALUES)
		return battery_fixed_option(parser->args, key, argument, state);
	const size_t option = (size_t)(key - KEY_FIRST);

	parser->pending = argument == NULL ? option : BATTERY_VALUES;
	return battery_set(parser->args, option,
			   argument != NULL ? argument : battery_values[option].word);
}

static void
battery_read(int argc, char **argv, struct battery_args *args)
{
	struct argp_option options[BATTERY_VALUES + BATTERY_FIXED + 1] = {0};
	struct battery_parser parser = {.args = args, .pending = BATTERY_VALUES};
	const struct argp argp = {
	    .options = options,
	    .parser = battery_parse,
	    .doc = "How long a battery lasts, what eats it, and what would help most.\v"
		   "Devices report alone in their cell. The default battery is that of TR 45.820 "
		   "5.4: 5 Wh, ideal.\n"
		   "Exit status: 0 done, 2 bad usage or value, 3 the system failed us."};

	for (size_t i = 0; i < BATTERY_VALUES; i++)
		options[i] = (struct argp_option){
		    .name = battery_values[i].name,
		    .key = KEY_FIRST + (int)i,
		    .arg = battery_values[i].arg,
		    .flags = battery_values[i].word != NULL ? OPTION_ARG_OPTIONAL : 0,
		    .doc = battery_values[i].doc};
	memcpy(&options[BATTERY_VALUES], battery_fixed, sizeof(battery_fixed));
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &parser);
}

/* ---- the answer ---- */

static json_t *
battery_answer(const struct battery_run *run, json_t *changes, json_t *lifetime)
{
	json_t *answer = json_copy(run->battery);
	const json_t *fleet = json_array_get(json_object_get(run->summary, "fleets"), 0);
	int failed = answer == NULL;

	failed |= json_object_set(answer, "device", (json_t *)(uintptr_t)fleet);
	failed |= json_object_set(answer, "network", json_object_get(run->summary, "network"));
	failed |=
	    json_object_set(answer, "simulated_s", json_object_get(run->summary, "simulated_s"));
	failed |= json_object_set_new(answer, "changes", changes);
	failed |=
	    json_object_set_new(answer, "lifetime", lifetime != NULL ? lifetime : json_null());
	if (failed == 0)
		return answer;
	json_decref(answer);
	return NULL;
}

static int
battery_work(void *arg, const char *dir)
{
	const struct battery_args *args = arg;
	struct battery_run run = {0};
	json_t *changes = NULL, *lifetime = NULL, *answer;
	int exit_status = battery_run(args, dir, NULL, 0, stderr, &run);

	if (exit_status == CLI_DONE)
		exit_status = battery_changes(args, dir, &run, &changes);
	if (exit_status == CLI_DONE && args->until_empty)
		exit_status = battery_lifetime(args, dir, &lifetime);
	if (exit_status != CLI_DONE) {
		json_decref(changes);
		battery_run_free(&run);
		return exit_status;
	}
	answer = battery_answer(&run, changes, lifetime);
	battery_run_free(&run);
	if (args->json || answer == NULL)
		return cli_print_json(answer);
	battery_print(answer);
	json_decref(answer);
	return cli_flush(CLI_DONE);
}

int
cli_battery(int argc, char **argv)
{
	struct battery_args args = {0};
	int exit_status;

	battery_read(argc, argv, &args);
	exit_status = cli_in_temp_folder(battery_work, &args);
	battery_overrides_free(&args.overrides);
	return exit_status;
}
