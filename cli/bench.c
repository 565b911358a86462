/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nbsec bench: its options. */
#include "cli/bench.h"
#include "cli/cli.h"
#include "cli/options.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

#define KEY_DEVICES 'd'
#define KEY_JSON 'j'
#define KEY_LIVE 'l'
#define KEY_NETWORK 'n'
#define KEY_PARKED 'p'
#define KEY_SHARE 's'
#define BENCH_DEVICES_MAX 1000000 /* also of sessions */
#define BENCH_SESSIONS_MIN 100U   /* with fewer, what they share would count for too much */

/* ---- options ---- */

static const struct argp_option bench_options[] = {
    {.name = "devices",
     .key = KEY_DEVICES,
     .arg = "N,N,...",
     .doc = "numbers of devices to measure, by default 40,1000,10000"},
    {.name = "share",
     .key = KEY_SHARE,
     .arg = "S",
     .doc = "cell-day: this share of the devices, above 0, at most 1 (default)"},
    {.name = "network",
     .key = KEY_NETWORK,
     .arg = "NAME",
     .doc = "cell-day: this network alone, by default large-cell and network-a side by side"},
    {.name = "live",
     .key = KEY_LIVE,
     .arg = "N",
     .doc = "dtls: so many live sessions, by default 1000"},
    {.name = "parked",
     .key = KEY_PARKED,
     .arg = "N",
     .doc = "dtls: so many parked sessions, by default 50000"},
    {.name = "json", .key = KEY_JSON, .doc = "print the measurements as JSON"},
    {0}};

static void
parse_sizes(struct bench_args *args, char *list, struct argp_state *state)
{
	char *rest = NULL;

	args->count = 0;
	for (char *word = strtok_r(list, ",", &rest); word != NULL;
	     word = strtok_r(NULL, ",", &rest)) {
		unsigned long long size;

		if (!cli_parse_number(word, 1, BENCH_DEVICES_MAX, &size))
			argp_error(state, "--devices %s: expected whole numbers from 1 to %u", word,
				   BENCH_DEVICES_MAX);
		else if (args->count == BENCH_SIZES_MAX)
			argp_error(state, "--devices: at most %u numbers", BENCH_SIZES_MAX);
		else
			args->sizes[args->count++] = (unsigned)size;
	}
	if (args->count == 0)
		argp_error(state, "--devices: expected whole numbers with commas between them");
}

static void
parse_share(struct bench_args *args, const char *text, struct argp_state *state)
{
	char *end = NULL;

	args->share = strtod(text, &end);
	if (end == text || *end != '\0' || !(args->share > 0 && args->share <= 1))
		argp_error(state, "--share %s: expected a number above 0, at most 1", text);
}

static size_t
parse_sessions(const char *option, const char *text, const struct argp_state *state)
{
	return (size_t)cli_option_number(option, text, BENCH_SESSIONS_MIN, BENCH_DEVICES_MAX,
					 state);
}

static void
parse_kind(struct bench_args *args, const char *kind, struct argp_state *state)
{
	bool *chosen = strcmp(kind, "cell-day") == 0    ? &args->cell_day
		       : strcmp(kind, "ten-years") == 0 ? &args->ten_years
		       : strcmp(kind, "dtls") == 0      ? &args->dtls
							: NULL;

	if (chosen == NULL || args->cell_day || args->ten_years || args->dtls)
		argp_error(state, "%s: expected cell-day, ten-years, dtls or nothing", kind);
	else
		*chosen = true;
}

/* Each option belongs to one kind. */
static void
check_kind(const struct bench_args *args, struct argp_state *state)
{
	if (args->cell_day && args->count > 0)
		argp_error(state, "--devices: cell-day has its own number; --share takes less");
	if (args->ten_years && args->count > 0)
		argp_error(state, "--devices: ten-years has one");
	if (args->dtls && args->count > 0)
		argp_error(state, "--devices: dtls has --live and --parked");
	if (!args->dtls && (args->live > 0 || args->parked > 0))
		argp_error(state, "--live and --parked belong to `bench dtls`");
	if (!args->cell_day && (args->share > 0 || args->network != NULL))
		argp_error(state, "--share and --network belong to `bench cell-day`");
}

static error_t
bench_parse(int key, char *argument, struct argp_state *state)
{
	struct bench_args *args = state->input;

	switch (key) {
	case KEY_DEVICES:
		parse_sizes(args, argument, state);
		return 0;
	case KEY_SHARE:
		parse_share(args, argument, state);
		return 0;
	case KEY_NETWORK:
		args->network = argument;
		return 0;
	case KEY_LIVE:
		args->live = parse_sessions("--live", argument, state);
		return 0;
	case KEY_PARKED:
		args->parked = parse_sessions("--parked", argument, state);
		return 0;
	case KEY_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		parse_kind(args, argument, state);
		return 0;
	case ARGP_KEY_END:
		check_kind(args, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp bench_argp = {
    .options = bench_options,
    .parser = bench_parse,
    .args_doc = "[cell-day|ten-years|dtls]",
    .doc = "Measures events and device-seconds a second, and peak memory: of the smart-metering "
	   "scenario with DTLS in every fleet at several sizes, of a cell for a day as TR 45.820 "
	   "counts its capacity, or of one device for ten years. With dtls: the memory of DTLS "
	   "sessions, live and parked, and handshakes, records and wakes a second of CPU time.\v"
	   "Each run of a scenario is a process of its own; its files go to a temporary folder "
	   "(TMPDIR) and are removed.\n"
	   "Exit status: 0 done, 1 dtls: sessions take more memory than their budget, 2 bad usage, "
	   "3 the system failed us. Budgets of time are printed, never judged by the exit status."};

char *
bench_find(const char *scenario)
{
	char *file = cli_find_data(scenario);

	if (file == NULL)
		cli_fail(CLI_SYSTEM, "%s is not found, neither here nor beside the program",
			 scenario);
	return file;
}

int
cli_bench(int argc, char **argv)
{
	struct bench_args args = {0};

	argp_parse(&bench_argp, argc, argv, 0, NULL, &args);
	cli_interrupt_catch();
	if (args.dtls)
		return bench_dtls(&args);
	if (args.ten_years)
		return bench_ten_years(&args);
	return args.cell_day ? bench_cell_day(&args) : bench_sizes(&args);
}
