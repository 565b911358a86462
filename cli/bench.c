/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec bench: the smart-metering scenario with DTLS everywhere, at growing numbers of devices.
 *
 * Each size is a process of its own (`nbsec run` on ourselves), so that peak memory is that of the
 * size alone. Time is the child's whole life: loading, simulating, summarising, writing.
 */
#include "cli/cli.h"
#include "cli/folder.h"
#include "scenarios/scenario.h"

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
#define BENCH_SCENARIO "scenarios/smart-metering.yaml"
#define BENCH_SIZES_MAX 16
#define BENCH_DEVICES_MAX 1000000
#define BENCH_FIXED_WORDS 6 /* of the child's command line: nbsec run FILE -o DIR --json */

extern char **environ;

struct bench_args {
	unsigned sizes[BENCH_SIZES_MAX];
	size_t count;
	bool json;
};

/* One measurement. */
struct bench_row {
	unsigned devices;
	double simulated_s, wall_s, cpu_s, peak_mb;
	json_int_t events;
};

static const struct argp_option bench_options[] = {
    {.name = "devices",
     .key = KEY_DEVICES,
     .arg = "N,N,...",
     .doc = "numbers of devices to measure, by default 40,1000,10000"},
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

static error_t
bench_parse(int key, char *argument, struct argp_state *state)
{
	struct bench_args *args = state->input;

	switch (key) {
	case KEY_DEVICES:
		parse_sizes(args, argument, state);
		return 0;
	case KEY_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: no argument is expected", argument);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp bench_argp = {
    .options = bench_options,
    .parser = bench_parse,
    .doc =
	"Measures events and device-seconds a second, and peak memory, of the smart-metering "
	"scenario with DTLS in every fleet.\v"
	"Each size runs in a process of its own; its files go to a temporary folder (TMPDIR) and "
	"are removed.\n"
	"Exit status: 0 done, 2 bad usage, 3 the system failed us."};

/* ---- the child's command line ---- */

/* Frees the words that bench_words() made: those of --set, and the list. */
static void
bench_free_words(char **words)
{
	for (size_t i = BENCH_FIXED_WORDS; words != NULL && words[i] != NULL; i++)
		free(words[i]);
	free(words);
}

/* Devices are shared out evenly; the first fleets take what is left over. */
static char **
bench_words(const struct nbs_scenario *scenario, char *file, char *dir, unsigned devices)
{
	static char name[] = "nbsec", run[] = "run", output[] = "-o", json[] = "--json";
	size_t fleets = scenario->fleet_count;
	char **words = calloc(BENCH_FIXED_WORDS + 2 * fleets + 1, sizeof(*words));
	char *const fixed[BENCH_FIXED_WORDS] = {name, run, file, output, dir, json};
	size_t used = BENCH_FIXED_WORDS;

	if (words == NULL)
		return NULL;
	memcpy(words, fixed, sizeof(fixed));
	for (size_t i = 0; i < fleets; i++) {
		const char *fleet = scenario->fleets[i].name;
		size_t share = devices / fleets + (i < devices % fleets ? 1 : 0);

		words[used] = cli_text("--set=fleets.%s.devices=%zu", fleet, share);
		if (words[used++] == NULL)
			break;
		words[used] = cli_text("--set=fleets.%s.security=dtls-psk", fleet);
		if (words[used++] == NULL)
			break;
	}
	if (words[used - 1] != NULL)
		return words;
	bench_free_words(words);
	return NULL;
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

/* Waits to the end, whatever signals come: Ctrl-C reaches the child too, and it ends. */
static int
bench_wait(pid_t child, struct bench_row *row)
{
	struct rusage usage;
	int state = 0;

	while (wait4(child, &state, 0, &usage) < 0) {
		if (errno != EINTR)
			return cli_fail(CLI_SYSTEM, "waiting: %s", strerror(errno));
	}
	row->cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	row->peak_mb = (double)usage.ru_maxrss * 1024 / 1e6; /* Linux counts KiB */
	if (WIFSIGNALED(state))
		return cli_fail(CLI_SYSTEM, "the run of %u devices died of signal %d", row->devices,
				WTERMSIG(state));
	/* Checks that the scenario states are about its own size: 1 is as good as 0 here. */
	return WEXITSTATUS(state) == CLI_CHECK_FAILED ? CLI_DONE : WEXITSTATUS(state);
}

static int
bench_read_summary(const char *dir, struct bench_row *row)
{
	char *path = cli_text("%s/summary.json", dir);
	json_t *summary = path == NULL ? NULL : json_load_file(path, 0, NULL);
	int exit_status = CLI_DONE;

	if (summary == NULL)
		exit_status = cli_fail(CLI_SYSTEM, "%s: cannot be read", path == NULL ? dir : path);
	row->events = json_integer_value(json_object_get(summary, "events"));
	row->simulated_s = json_number_value(json_object_get(summary, "simulated_s"));
	json_decref(summary);
	free(path);
	return exit_status;
}

static int
bench_measure(const struct nbs_scenario *scenario, char *file, char *dir, struct bench_row *row)
{
	pid_t child = 0;

	if (row->devices < scenario->fleet_count)
		return cli_fail(CLI_BAD_INPUT,
				"--devices %u: the scenario has %zu fleets, each needs one",
				row->devices, scenario->fleet_count);
	char **words = bench_words(scenario, file, dir, row->devices);

	if (words == NULL)
		return cli_no_memory();
	double start_s = cli_wall_s();
	int exit_status = bench_spawn(words, &child);

	if (exit_status == CLI_DONE)
		exit_status = bench_wait(child, row);
	row->wall_s = cli_wall_s() - start_s;
	if (exit_status == CLI_DONE)
		exit_status = bench_read_summary(dir, row);
	bench_free_words(words);
	return exit_status;
}

/* ---- output ---- */

static void
print_heading(void)
{
	printf("%8s  %10s  %7s  %7s  %11s  %10s  %15s  %8s\n", "devices", "simulated", "wall s",
	       "CPU s", "events", "events/s", "device-s/wall s", "peak MB");
}

static void
print_row(const struct bench_row *row)
{
	printf("%8u  %8.1f h  %7.2f  %7.2f  %11" JSON_INTEGER_FORMAT "  %10.3g  %15.3g  %8.1f\n",
	       row->devices, row->simulated_s / 3600, row->wall_s, row->cpu_s, row->events,
	       (double)row->events / row->wall_s, row->simulated_s * row->devices / row->wall_s,
	       row->peak_mb);
	fflush(stdout);
}

static json_t *
row_json(const struct bench_row *row)
{
	return json_pack(
	    "{s:I, s:f, s:f, s:f, s:I, s:f, s:f, s:f}", "devices", (json_int_t)row->devices,
	    "simulated_s", row->simulated_s, "wall_s", row->wall_s, "cpu_s", row->cpu_s, "events",
	    row->events, "events_per_s", (double)row->events / row->wall_s, "device_seconds_per_s",
	    row->simulated_s * row->devices / row->wall_s, "peak_memory_mb", row->peak_mb);
}

/* ---- all sizes ---- */

static int
bench_sizes(const struct bench_args *args, const struct nbs_scenario *scenario, char *file,
	    const char *temp, json_t *rows)
{
	char *dir = cli_text("%s/run", temp);
	int exit_status = dir == NULL ? cli_no_memory() : CLI_DONE;

	if (!args->json)
		print_heading();
	for (size_t i = 0; i < args->count && exit_status == CLI_DONE; i++) {
		struct bench_row row = {.devices = args->sizes[i]};

		exit_status = bench_measure(scenario, file, dir, &row);
		if (exit_status != CLI_DONE)
			break;
		cli_remove_tree(dir);
		if (!args->json)
			print_row(&row);
		else if (json_array_append_new(rows, row_json(&row)) != 0)
			exit_status = cli_no_memory();
	}
	free(dir);
	return exit_status;
}

static int
bench_in_folder(const struct bench_args *args, const struct nbs_scenario *scenario, char *file)
{
	const char *base = getenv("TMPDIR");
	char *temp = cli_text("%s/nbsec-bench-XXXXXX", base == NULL ? "/tmp" : base);
	json_t *rows = json_array();
	int exit_status = CLI_SYSTEM;

	if (temp == NULL || rows == NULL)
		cli_no_memory();
	else if (mkdtemp(temp) == NULL)
		cli_fail(CLI_SYSTEM, "%s: %s", temp, strerror(errno));
	else {
		exit_status = bench_sizes(args, scenario, file, temp, rows);
		cli_remove_tree(temp);
	}
	if (exit_status == CLI_DONE && args->json)
		exit_status = cli_print_json(json_pack("{s:s, s:s, s:O}", "version", cli_version,
						       "scenario", scenario->name, "runs", rows));
	json_decref(rows);
	free(temp);
	return exit_status;
}

int
cli_bench(int argc, char **argv)
{
	struct bench_args args = {.sizes = {40, 1000, 10000}, .count = 3};
	struct nbs_scenario *scenario = NULL;

	argp_parse(&bench_argp, argc, argv, 0, NULL, &args);
	char *file = cli_find_data(BENCH_SCENARIO);

	if (file == NULL)
		return cli_fail(CLI_SYSTEM, "%s is not found, neither here nor beside the program",
				BENCH_SCENARIO);
	cli_interrupt_catch();
	int exit_status = cli_exit_of(nbs_scenario_load(file, 0, NULL, 0, stderr, &scenario));

	if (exit_status == CLI_DONE)
		exit_status = bench_in_folder(&args, scenario, file);
	nbs_scenario_free(scenario);
	free(file);
	return exit_status;
}
