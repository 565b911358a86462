/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages, output, data files, signals: the small things that every command needs.
 */
#include "cli/cli.h"

#include "analysis/summary.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char cli_version[] = NBSEC_VERSION;

int
cli_exit_of(enum nbs_status status)
{
	switch (status) {
	case NBS_OK:
		return CLI_DONE;
	case NBS_E_ARG:
	case NBS_E_TRUNCATED:
	case NBS_E_INVALID:
	case NBS_E_RANGE:
	case NBS_E_NOTFOUND:
		return CLI_BAD_INPUT;
	case NBS_E_INTERNAL:
	case NBS_E_NOMEM:
	case NBS_E_STATE:
	case NBS_E_IO:
	case NBS_E_INTERRUPTED:
	case NBS_STATUS__COUNT:
		break;
	}
	return CLI_SYSTEM;
}

static void
say(const char *format, va_list arguments)
{
	fflush(stdout);
	fputs("nbsec: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

int
cli_fail(int exit_status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	return exit_status;
}

void
cli_say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}

int
cli_no_memory(void)
{
	return cli_fail(CLI_SYSTEM, "out of memory");
}

int
cli_flush(int exit_status)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return cli_fail(CLI_SYSTEM, "standard output: %s", strerror(errno));
	return exit_status;
}

int
cli_print_json(json_t *json)
{
	if (json == NULL)
		return cli_no_memory();
	int failed =
	    json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(NBS_SUMMARY_DIGITS));

	putchar('\n');
	json_decref(json);
	if (failed)
		return cli_fail(CLI_SYSTEM, "the JSON could not be printed");
	return cli_flush(CLI_DONE);
}

char *
cli_text(const char *format, ...)
{
	va_list arguments;
	char *text = NULL;

	va_start(arguments, format);
	int len = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (len >= 0)
		text = malloc((size_t)len + 1);
	if (text == NULL)
		return NULL;
	va_start(arguments, format);
	vsnprintf(text, (size_t)len + 1, format, arguments);
	va_end(arguments);
	return text;
}

/* The folder that the program itself is in; "" if the system does not tell. */
static void
program_folder(char *folder, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", folder, size - 1);

	folder[len < 0 ? 0 : len] = '\0';
	char *slash = strrchr(folder, '/');
	if (slash != NULL)
		*slash = '\0';
}

char *
cli_find_data(const char *name)
{
	/* Behind the program's folder: source tree of build/cli, prefix of bin. */
	static const char *const beside[] = {"/../..", "/../share/nbsec"};
	char folder[PATH_MAX];
	char *path = cli_text("%s", name);

	if (path != NULL && access(path, R_OK) == 0)
		return path;
	free(path);
	program_folder(folder, sizeof(folder));
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		char *found = NULL;

		path = cli_text("%s%s/%s", folder, beside[i], name);
		if (path != NULL)
			found = realpath(path, NULL);
		free(path);
		if (found != NULL)
			return found;
	}
	return NULL;
}

json_t *
cli_refusal_json(const char *file, char *messages)
{
	json_t *lines = json_array();
	char *rest = NULL;

	for (char *line = strtok_r(messages, "\n", &rest); line != NULL && lines != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		json_array_append_new(lines, json_string(line));
	return json_pack("{s:s, s:b, s:o}", "file", file, "valid", 0, "messages", lines);
}

bool
cli_parse_number(const char *text, unsigned long long low, unsigned long long high,
		 unsigned long long *number)
{
	/* strtoull takes signs and blanks; a number here is digits. */
	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
		return false;
	errno = 0;
	*number = strtoull(text, NULL, 10);
	return errno == 0 && *number >= low && *number <= high;
}

static volatile sig_atomic_t interrupt_signal;

static void
on_interrupt(int number)
{
	interrupt_signal = number;
}

const volatile sig_atomic_t *
cli_interrupt_catch(void)
{
	/* SA_RESETHAND: who presses Ctrl-C twice does not want to wait. */
	struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL); /* the terminal is gone, the results need not be */
	return &interrupt_signal;
}

double
cli_wall_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
