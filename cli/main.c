/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nbsec command: finds the sub-command and hands it the rest of the line.
 */
#include "cli/cli.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Visible: libc looks the name up in the program. */
NBS_API const char *argp_program_version = "nbsec " NBSEC_VERSION;

static const struct cli_command main_commands[] = {
    {"run", "simulate a scenario and print the answer", cli_run},
    {"check", "check a scenario file without running it; print the schema", cli_check},
    {"report", "print the answer of an earlier run again", cli_report},
    {"list", "list modems, mcus, networks, attacks or scenarios", cli_list},
    {"decode", "show the fields of a packet given as hexadecimal digits", cli_decode},
    {"airtime", "what an NB-IoT transmission carries and how long", cli_airtime},
    {"battery", "how long a battery lasts, and what eats it", cli_battery},
    {"bytes", "what each byte of DTLS is for, beside other protocols", cli_bytes},
    {"bench", "measure speed and memory on this machine", cli_bench},
    {"dtls-client", "a DTLS-PSK client on a real UDP socket", cli_dtls_client},
    {"dtls-server", "a DTLS-PSK server on a real UDP socket", cli_dtls_server},
    {"reproduce", "published numbers beside simulated ones", cli_reproduce},
};
#define MAIN_COMMANDS (sizeof(main_commands) / sizeof(main_commands[0]))

static const char main_doc[] =
    "What end-to-end security costs an NB-IoT device, and what leaving it out lets an attacker do."
    "\v"
    "Commands:\n"
    "  run FILE            simulate a scenario and print the answer\n"
    "  check FILE          check a scenario file without running it\n"
    "  report DIR          print the answer of an earlier run again\n"
    "  list WHAT           list modems, mcus, networks, attacks or scenarios\n"
    "  decode mqttsn HEX   show the fields of a packet\n"
    "  airtime             what an NB-IoT transmission carries and how long\n"
    "  battery             how long a battery lasts, what eats it, what would help\n"
    "  bytes               what each byte of DTLS is for, beside other protocols\n"
    "  bench               measure speed and memory on this machine\n"
    "  dtls-client ADDRESS the same DTLS on a real UDP socket, against any peer\n"
    "  dtls-server         its other end\n"
    "  reproduce [NAME]    published numbers beside simulated ones\n"
    "\n"
    "`nbsec COMMAND --help' tells more.\n"
    "Exit status: 0 done, 1 a stated check failed or no DTLS session, 2 bad input or usage, 3 the "
    "system failed us, 128 + signal interrupted (130 for Ctrl-C).";

/* The first word that is no option is the command; what follows it belongs to it. */
static error_t
main_parse(int key, char *argument, struct argp_state *state)
{
	int *first = state->input;

	(void)argument;
	switch (key) {
	case ARGP_KEY_ARG:
		*first = state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int
main_dispatch(int argc, char **argv)
{
	char name[64];

	for (size_t i = 0; i < MAIN_COMMANDS; i++) {
		if (strcmp(argv[0], main_commands[i].name) != 0)
			continue;
		snprintf(name, sizeof(name), "nbsec %s", main_commands[i].name);
		argv[0] = name;
		return cli_flush(main_commands[i].run(argc, argv));
	}
	return cli_fail(CLI_BAD_INPUT,
			"there is no command \"%s\": expected run, check, report, list, decode, "
			"airtime, battery, bytes, bench, dtls-client, dtls-server or reproduce",
			argv[0]);
}

int
main(int argc, char **argv)
{
	static const struct argp argp = {
	    .parser = main_parse, .args_doc = "COMMAND [ARGUMENT...]", .doc = main_doc};
	int first = argc;

	argp_err_exit_status = CLI_BAD_INPUT;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &first);
	return main_dispatch(argc - first, argv + first);
}
