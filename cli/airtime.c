/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec airtime: how long one transmission of a channel takes, and what it carries.
 *
 * The calendar is that of the built-in network (nbs_network_config_default()), anchor carrier.
 */
#include "cli/airtime.h"
#include "cli/cli.h"

#include <stdio.h>

#define KEY_CHANNEL 'c'
#define KEY_JSON 'j'
#define KEY_VALUE 0x100 /* + enum airtime_value; not a character, so long options only */

static const struct argp_option airtime_options[] = {
    {.name = "channel",
     .key = KEY_CHANNEL,
     .arg = "NAME",
     .doc = "npusch (the default), npdsch, nprach, npdcch or ack (NPUSCH format 2)"},
    {.name = "scs",
     .key = KEY_VALUE + VALUE_SCS,
     .arg = "KHZ",
     .doc = "npusch, ack: subcarrier spacing, 3.75 or 15"},
    {.name = "tones",
     .key = KEY_VALUE + VALUE_TONES,
     .arg = "N",
     .doc = "npusch: 1; at 15 kHz also 3, 6, 12"},
    {.name = "tone",
     .key = KEY_VALUE + VALUE_TONE,
     .arg = "N",
     .doc = "npusch, ack: first tone of 15 kHz, 0 to 11, by default 0; NPRACH may lie in the way"},
    {.name = "mcs",
     .key = KEY_VALUE + VALUE_MCS,
     .arg = "N",
     .doc = "npusch: I_MCS, 0 to 10 with one tone, else 0 to 13; npdsch: I_TBS"},
    {.name = "nru", .key = KEY_VALUE + VALUE_NRU, .arg = "N", .doc = "npusch: resource units"},
    {.name = "nsf",
     .key = KEY_VALUE + VALUE_NSF,
     .arg = "N",
     .doc = "npdsch: subframes of a repetition"},
    {.name = "nrep", .key = KEY_VALUE + VALUE_NREP, .arg = "N", .doc = "repetitions, all channels"},
    {.name = "deployment",
     .key = KEY_VALUE + VALUE_DEPLOYMENT,
     .arg = "NAME",
     .doc = "npdsch, npdcch: stand-alone, guard-band or in-band (the default)"},
    {.name = "format",
     .key = KEY_VALUE + VALUE_FORMAT,
     .arg = "N",
     .doc = "nprach: preamble format, 0 or 1"},
    {.name = "rmax",
     .key = KEY_VALUE + VALUE_RMAX,
     .arg = "N",
     .doc = "npdcch: Rmax of the search space; npdsch: the same, for downlink gaps, by default 1"},
    {.name = "g",
     .key = KEY_VALUE + VALUE_G,
     .arg = "G",
     .doc = "npdcch: the search space's period is Rmax x G ms"},
    {.name = "start",
     .key = KEY_VALUE + VALUE_START,
     .arg = "MS",
     .doc = "where the calendar begins, in ms since SFN 0, by default 0"},
    {.name = "json", .key = KEY_JSON, .doc = "print the answer as JSON"},
    {0}};

/* They stand in the order of the values, behind --channel. */
const char *
airtime_option_name(enum airtime_value value)
{
	return airtime_options[1 + value].name;
}

static error_t
airtime_parse(int key, char *argument, struct argp_state *state)
{
	struct airtime_args *args = state->input;

	if (key >= KEY_VALUE && key < KEY_VALUE + VALUE__COUNT) {
		args->text[key - KEY_VALUE] = argument;
		return 0;
	}
	switch (key) {
	case KEY_CHANNEL:
		args->channel = argument;
		return 0;
	case KEY_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: no argument is expected", argument);
		return 0;
	case ARGP_KEY_END:
		args->state = state;
		airtime_answer(args);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp airtime_argp = {
    .options = airtime_options,
    .parser = airtime_parse,
    .doc =
	"Prints what one NB-IoT transmission carries and how long it takes: nominal (on air), and "
	"on "
	"the calendar from --start to its end.\v"
	"npusch needs --scs, --tones, --mcs, --nru, --nrep; npdsch --mcs, --nsf, --nrep; nprach "
	"--format, --nrep; npdcch --rmax, --g, --nrep; ack --scs, --nrep.\n"
	"The calendar is that of the built-in network on its anchor carrier. Uplink: 40 ms gaps "
	"and "
	"postponement over NPRACH, as for a transmission that begins at --start. Downlink: the "
	"next "
	"valid subframes, and downlink gaps. npdcch: with the wait for the next candidate of the "
	"search space. nprach: from the first preamble to the last, gaps included.\n"
	"For example: nbsec airtime --scs 15 --tones 12 --mcs 5 --nru 1 --nrep 8\n"
	"Exit status: 0 done, 2 bad usage, 3 the system failed us."};

/* ---- output ---- */

static double
in_ms(uint64_t ns)
{
	return (double)ns / (double)AIRTIME_NS_PER_MS;
}

static void
print_calendar(const struct airtime_answer *answer)
{
	if (answer->calendar_ns == NBS_TIME_NEVER) {
		printf("calendar:    never, NPRACH leaves these tones no room\n");
		return;
	}
	printf("calendar:    %.10g ms", in_ms(answer->calendar_ns));
	if (answer->wait_ns > 0)
		printf(", %.10g of it before the first subframe", in_ms(answer->wait_ns));
	if (answer->postponed_ns > 0)
		printf(", %.10g of it postponed over NPRACH", in_ms(answer->postponed_ns));
	printf("\n");
}

static void
print_text(const struct airtime_args *args)
{
	const struct airtime_answer *answer = &args->answer;

	printf("channel:     %s\n", args->channel);
	if (answer->modulation != NULL) {
		printf("bits:        %u\n", answer->bits);
		printf("modulation:  %s\n", answer->modulation);
		printf("coded bits:  %u a repetition\n", answer->coded_bits);
		printf("code rate:   %.4f\n", answer->code_rate);
	}
	if (answer->category != NULL)
		printf("category:    Cat-%s\n", answer->category);
	printf("nominal:     %.10g ms\n", in_ms(answer->nominal_ns));
	print_calendar(answer);
}

/* What a channel does not have is null, and a calendar that never ends. */
static int
print_json(const struct airtime_args *args)
{
	const struct airtime_answer *answer = &args->answer;
	const bool carries = answer->modulation != NULL;
	const bool ends = answer->calendar_ns != NBS_TIME_NEVER;

	return cli_print_json(
	    json_pack("{s:s, s:o, s:s?, s:o, s:o, s:s?, s:f, s:o, s:f, s:f}", "channel",
		      args->channel, "bits", carries ? json_integer(answer->bits) : json_null(),
		      "modulation", answer->modulation, "coded_bits",
		      carries ? json_integer(answer->coded_bits) : json_null(), "code_rate",
		      carries ? json_real(answer->code_rate) : json_null(), "category",
		      answer->category, "nominal_ms", in_ms(answer->nominal_ns), "calendar_ms",
		      ends ? json_real(in_ms(answer->calendar_ns)) : json_null(), "wait_ms",
		      in_ms(answer->wait_ns), "postponed_ms", in_ms(answer->postponed_ns)));
}

int
cli_airtime(int argc, char **argv)
{
	struct airtime_args args = {.channel = "npusch"};
	struct nbs_network_config config;
	struct nbs_calendar *calendar = NULL;
	int exit_status = CLI_DONE;

	nbs_network_config_default(&config);
	enum nbs_status status = nbs_calendar_new(&config, true, &calendar);

	if (status != NBS_OK)
		return cli_fail(cli_exit_of(status), "the calendar: %s", nbs_status_str(status));
	args.calendar = calendar;
	argp_parse(&airtime_argp, argc, argv, 0, NULL, &args);
	if (args.json)
		exit_status = print_json(&args);
	else
		print_text(&args);
	nbs_calendar_free(calendar);
	return exit_status;
}
