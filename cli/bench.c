/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nbsec bench: its options, and the child process in which each run is measured. */
#include "cli/bench.h"
#include "cli/cli.h"
#include "cli/folder.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define KEY_DEVICES 'd'
#define KEY_JSON 'j'
#define KEY_NETWORK 'n'
#define KEY_SHARE 's'
#define BENCH_DEVICES_MAX 1000000
#define BENCH_FIRST_WORDS 16U
#define BENCH_BYTES_PER_MB 1e6
#define BENCH_MAXRSS_UNIT 1024.0 /* Linux counts KiB */

extern char **environ;

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

static void
parse_kind(struct bench_args *args, const char *kind, struct argp_state *state)
{
	if (args->cell_day || strcmp(kind, "cell-day") != 0)
		argp_error(state, "%s: expected cell-day or nothing", kind);
	args->cell_day = true;
}

/* Each option belongs to one kind. */
static void
check_kind(const struct bench_args *args, struct argp_state *state)
{
	if (args->cell_day && args->count > 0)
		argp_error(state, "--devices: cell-day has its own number; --share takes less");
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
    .args_doc = "[cell-day]",
    .doc =
	"Measures events and device-seconds a second, and peak memory: of the smart-metering "
	"scenario with DTLS in every fleet at several sizes, or of a cell for a day as TR 45.820 "
	"counts its capacity.\v"
	"Each run is a process of its own; its files go to a temporary folder (TMPDIR) and are "
	"removed.\n"
	"Exit status: 0 done, 2 bad usage, 3 the system failed us. Budgets are printed, never "
	"judged by the exit status."};

/* ---- the child's command line ---- */

static bool
command_grow(struct bench_command *command)
{
	size_t room = command->room == 0 ? BENCH_FIRST_WORDS : 2 * command->room;
	char **words = realloc(command->words, room * sizeof(*words));

	if (words == NULL)
		return false;
	command->words = words;
	command->room = room;
	return true;
}

void
bench_add(struct bench_command *command, char *word)
{
	if (word != NULL && (command->count + 1 < command->room || command_grow(command))) {
		command->words[command->count++] = word;
		command->words[command->count] = NULL;
		return;
	}
	free(word);
	command->failed = true;
}

void
bench_begin(struct bench_command *command, const char *file, const char *dir)
{
	*command = (struct bench_command){0};
	bench_add(command, cli_text("nbsec"));
	bench_add(command, cli_text("run"));
	bench_add(command, cli_text("%s", file));
	bench_add(command, cli_text("-o"));
	bench_add(command, cli_text("%s", dir));
	bench_add(command, cli_text("--json"));
}

void
bench_free(struct bench_command *command)
{
	for (size_t i = 0; i < command->count; i++)
		free(command->words[i]);
	free(command->words);
	*command = (struct bench_command){0};
}

/* ---- the child ---- */

/* Standard output goes nowhere; standard error stays ours, so that its messages are seen. */
static int
bench_spawn(char **words, pid_t *child)
{
	posix_spawn_file_actions_t actions;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return cli_no_memory();
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	int error = posix_spawn(child, "/proc/self/exe", &actions, NULL, words, environ);

	posix_spawn_file_actions_destroy(&actions);
	return error == 0 ? CLI_DONE : cli_fail(CLI_SYSTEM, "%s: %s", words[0], strerror(error));
}

static double
seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Waits to the end, whatever signals come: Ctrl-C reaches the child too, and it ends. */
static int
bench_wait(pid_t child, struct bench_cost *cost)
{
	struct rusage usage;
	int state = 0;

	while (wait4(child, &state, 0, &usage) < 0) {
		if (errno != EINTR)
			return cli_fail(CLI_SYSTEM, "waiting: %s", strerror(errno));
	}
	cost->cpu_s = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
	cost->peak_mb = (double)usage.ru_maxrss * BENCH_MAXRSS_UNIT / BENCH_BYTES_PER_MB;
	if (WIFSIGNALED(state))
		return cli_fail(CLI_SYSTEM, "the run died of signal %d", WTERMSIG(state));
	return WEXITSTATUS(state) == CLI_CHECK_FAILED ? CLI_DONE : WEXITSTATUS(state);
}

static int
bench_read_summary(const char *dir, json_t **summary)
{
	char *path = cli_text("%s/summary.json", dir);

	if (path == NULL)
		return cli_no_memory();
	*summary = json_load_file(path, 0, NULL);
	int exit_status =
	    *summary != NULL ? CLI_DONE : cli_fail(CLI_SYSTEM, "%s: cannot be read", path);

	free(path);
	return exit_status;
}

int
bench_run(struct bench_command *command, const char *dir, struct bench_cost *cost, json_t **summary)
{
	pid_t child = 0;

	*summary = NULL;
	if (command->failed)
		return cli_no_memory();
	double start_s = cli_wall_s();
	int exit_status = bench_spawn(command->words, &child);

	if (exit_status == CLI_DONE)
		exit_status = bench_wait(child, cost);
	cost->wall_s = cli_wall_s() - start_s;
	if (exit_status == CLI_DONE)
		exit_status = bench_read_summary(dir, summary);
	if (exit_status == CLI_DONE)
		cli_remove_tree(dir);
	return exit_status;
}

int
bench_in_folder(bench_work_fn work, void *arg)
{
	const char *base = getenv("TMPDIR");
	char *temp = cli_text("%s/nbsec-bench-XXXXXX", base == NULL ? "/tmp" : base);
	char *dir = NULL;
	int exit_status = CLI_SYSTEM;

	if (temp == NULL) {
		cli_no_memory();
	} else if (mkdtemp(temp) == NULL) {
		cli_fail(CLI_SYSTEM, "%s: %s", temp, strerror(errno));
	} else {
		dir = cli_text("%s/run", temp);
		exit_status = dir == NULL ? cli_no_memory() : work(arg, dir);
		cli_remove_tree(temp);
	}
	free(dir);
	free(temp);
	return exit_status;
}

int
cli_bench(int argc, char **argv)
{
	struct bench_args args = {0};

	argp_parse(&bench_argp, argc, argv, 0, NULL, &args);
	cli_interrupt_catch();
	return args.cell_day ? bench_cell_day(&args) : bench_sizes(&args);
}
