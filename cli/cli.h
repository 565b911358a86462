/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the commands of the nbsec program share: exit statuses, messages, JSON output, data files.
 */
#ifndef NBSEC_CLI_CLI_H
#define NBSEC_CLI_CLI_H

#include "sim/status.h"

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/** What the program tells its caller. */
enum cli_exit {
	CLI_DONE = 0,
	CLI_CHECK_FAILED = 1, /* the run ended, a stated check did not hold */
	CLI_BAD_INPUT = 2,    /* the caller's mistake: usage, scenario, folder */
	CLI_SYSTEM = 3,       /* disk, memory, a missing program, a fault of ours */
	CLI_SIGNAL = 128      /* plus the signal that interrupted the run: 130 for Ctrl-C */
};

/** A command: argv[0] is "nbsec NAME". @return the exit status. */
struct cli_command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

int cli_run(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_report(int argc, char **argv);
int cli_list(int argc, char **argv);
int cli_decode(int argc, char **argv);
int cli_airtime(int argc, char **argv);
int cli_battery(int argc, char **argv);
int cli_bytes(int argc, char **argv);
int cli_bench(int argc, char **argv);
int cli_dtls_client(int argc, char **argv);
int cli_dtls_server(int argc, char **argv);
int cli_reproduce(int argc, char **argv);

/** "0.1.0", as the build says. */
extern const char cli_version[];

/** @return the exit status that fits. */
int cli_exit_of(enum nbs_status status);

/** Prints "nbsec: ..." to stderr. @return exit_status, so that callers can return it. */
int cli_fail(int exit_status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Prints "nbsec: ..." to stderr: a line of what goes on, no failure. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Says that memory ran out. @return CLI_SYSTEM. */
int cli_no_memory(void);

/** Prints a document to stdout, two blanks an indent; releases it. NULL: no memory. */
int cli_print_json(json_t *json);

/** @return {file, valid: false, messages: [..]}; messages is cut into its lines. */
json_t *cli_refusal_json(const char *file, char *messages);

/** Flushes stdout. @return CLI_SYSTEM with a message if anything could not be written. */
int cli_flush(int exit_status);

/** @return a new string, freed by free(); NULL without memory. */
char *cli_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * Finds a file or folder that belongs to the program: below the current folder, the source tree
 * of the build, or the installed share folder, in this order.
 * @param[in] name  "scenarios", "pcaps/mqttsn-dtls.lua".
 * @return its path, freed by free(); NULL when there is none.
 */
char *cli_find_data(const char *name);

/** Reads a whole number. @return whether text is one, from low to high. */
bool cli_parse_number(const char *text, unsigned long long low, unsigned long long high,
		      unsigned long long *number);

/** A flag that is set to the signal's number once SIGINT or SIGTERM came; a second one kills. */
const volatile sig_atomic_t *cli_interrupt_catch(void);

/** Seconds of a clock that only goes forward. */
double cli_wall_s(void);

#endif
