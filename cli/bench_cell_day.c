/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec bench cell-day: the fleet by which TR 45.820 counts a cell's capacity, for a day, on the
 * network that is made for it and on one that is not.
 */
#include "analysis/format.h"
#include "cli/bench.h"
#include "cli/child.h"
#include "cli/cli.h"
#include "scenarios/scenario.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_DAY_SCENARIO "scenarios/cell-day.yaml"
#define CELL_DAY_RUNS_MAX 2U
#define CELL_DAY_LABEL 30 /* columns */
#define CELL_DAY_COLUMN 16
#define CELL_DAY_TEXT 32

/* Budgets: docs/performance.md. CPU time and memory are those of the whole fleet. */
#define BUDGET_CPU_S 60.0
#define BUDGET_PEAK_MB 2000.0
#define BUDGET_EVENTS_A_REPORT 20.0

/* The peer that simulates each subframe, measured: docs/performance.md has the runs. */
#define LENA_LEAST 300
#define LENA_MOST 600

static const char *const cell_day_networks[CELL_DAY_RUNS_MAX] = {"large-cell", "network-a"};

/* One run. */
struct cell_day_run {
	const char *network;
	struct cli_child_cost cost;
	json_t *summary;
	double devices, simulated_s, events, sent;
};

struct cell_day {
	const struct nbs_scenario *scenario;
	const char *file;
	double share;
	struct cell_day_run runs[CELL_DAY_RUNS_MAX];
	size_t count;
};

/* ---- running ---- */

static unsigned
share_of(const struct cell_day *day, const struct nbs_fleet_config *fleet)
{
	const double devices = round(day->share * fleet->devices);

	return devices < 1 ? 1U : (unsigned)devices;
}

static double
number_at(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static const json_t *
fleet_at(const struct cell_day_run *run, size_t i)
{
	return json_array_get(json_object_get(run->summary, "fleets"), i);
}

static void
run_read(const struct cell_day *day, struct cell_day_run *run)
{
	run->simulated_s = number_at(run->summary, "simulated_s");
	run->events = number_at(run->summary, "events");
	for (size_t i = 0; i < day->scenario->fleet_count; i++) {
		const json_t *fleet = fleet_at(run, i);

		run->devices += number_at(fleet, "devices");
		run->sent += number_at(json_object_get(fleet, "messages"), "sent");
	}
}

static int
run_measure(const struct cell_day *day, struct cell_day_run *run, const char *dir)
{
	struct cli_child child;

	cli_child_begin(&child, day->file, dir);
	cli_child_add(&child, cli_text("--set=network.base=%s", run->network));
	for (size_t i = 0; i < day->scenario->fleet_count; i++) {
		const struct nbs_fleet_config *fleet = &day->scenario->fleets[i];

		cli_child_add(&child, cli_text("--set=fleets.%s.devices=%u", fleet->name,
					       share_of(day, fleet)));
	}
	int exit_status = cli_child_run(&child, dir, &run->cost, &run->summary);

	if (exit_status == CLI_DONE)
		run_read(day, run);
	cli_child_free(&child);
	return exit_status;
}

static int
cell_day_work(void *arg, const char *dir)
{
	struct cell_day *day = arg;
	int exit_status = CLI_DONE;

	for (size_t i = 0; i < day->count && exit_status == CLI_DONE; i++)
		exit_status = run_measure(day, &day->runs[i], dir);
	return exit_status;
}

/* ---- what a run came to ---- */

static double
get_devices(const struct cell_day_run *run)
{
	return run->devices;
}

static double
get_hours(const struct cell_day_run *run)
{
	return run->simulated_s / 3600;
}

static double
get_cpu_s(const struct cell_day_run *run)
{
	return run->cost.cpu_s;
}

static double
get_wall_s(const struct cell_day_run *run)
{
	return run->cost.wall_s;
}

static double
get_peak_mb(const struct cell_day_run *run)
{
	return run->cost.peak_mb;
}

static double
get_events(const struct cell_day_run *run)
{
	return run->events;
}

static double
get_events_a_report(const struct cell_day_run *run)
{
	return run->sent > 0 ? run->events / run->sent : 0;
}

static double
get_speed(const struct cell_day_run *run)
{
	return run->cost.cpu_s > 0 ? run->devices * run->simulated_s / run->cost.cpu_s : 0;
}

static const struct cell_day_cost {
	const char *key, *label;
	double (*get)(const struct cell_day_run *run);
	int digits;    /* behind the point */
	double budget; /* 0 = none */
	bool of_whole; /* the budget holds for the whole fleet */
} cell_day_costs[] = {
    {.key = "devices", .label = "devices", .get = get_devices},
    {.key = "simulated_h", .label = "simulated, h", .get = get_hours, .digits = 1},
    {.key = "cpu_s",
     .label = "CPU, s",
     .get = get_cpu_s,
     .digits = 1,
     .budget = BUDGET_CPU_S,
     .of_whole = true},
    {.key = "wall_s", .label = "wall, s", .get = get_wall_s, .digits = 1},
    {.key = "peak_memory_mb",
     .label = "peak memory, MB",
     .get = get_peak_mb,
     .budget = BUDGET_PEAK_MB,
     .of_whole = true},
    {.key = "events", .label = "events", .get = get_events},
    {.key = "events_per_report",
     .label = "events a report",
     .get = get_events_a_report,
     .digits = 1,
     .budget = BUDGET_EVENTS_A_REPORT},
    {.key = "device_seconds_per_cpu_s", .label = "device-seconds a CPU second", .get = get_speed},
};

#define CELL_DAY_COSTS (sizeof(cell_day_costs) / sizeof(cell_day_costs[0]))

/* Keys of the summary's `cell`. */
static const struct cell_day_air {
	const char *key, *label;
	bool share;
} cell_day_air[] = {
    {"ul_share", "uplink used", true},
    {"nprach_share", "  of the anchor, for NPRACH", true},
    {"dl_share", "downlink used", true},
    {"preambles", "preambles", false},
    {"collided", "  that collided", false},
    {"unanswered", "  heard, no room to answer", false},
    {"rejects", "connections turned away", false},
    {"connected_max", "connected at a time, at most", false},
};

#define CELL_DAY_AIR (sizeof(cell_day_air) / sizeof(cell_day_air[0]))

/* The first run is the one on the network that is made for the fleet. */
static bool
budget_applies(const struct cell_day *day, const struct cell_day_cost *cost)
{
	return cost->budget > 0 && (!cost->of_whole || day->share >= 1) &&
	       strcmp(day->runs[0].network, cell_day_networks[0]) == 0;
}

static const char *
budget_word(const struct cell_day *day, const struct cell_day_cost *cost)
{
	return cost->get(&day->runs[0]) <= cost->budget ? "within" : "over";
}

/* ---- as a table ---- */

static void
put_label(const char *label)
{
	printf("%-*s", CELL_DAY_LABEL, label);
}

static void
put_number(double number, int digits)
{
	char text[CELL_DAY_TEXT];

	if (digits > 0)
		snprintf(text, sizeof(text), "%.*f", digits, number);
	else
		nbsi_format_count(text, sizeof(text), llround(number));
	printf("%*s", CELL_DAY_COLUMN, text);
}

static void
put_share(const json_t *share)
{
	char text[CELL_DAY_TEXT] = "-";

	if (json_is_number(share))
		snprintf(text, sizeof(text), "%.2f %%", 100 * json_number_value(share));
	printf("%*s", CELL_DAY_COLUMN, text);
}

static void
print_heading(const struct cell_day *day)
{
	put_label("");
	for (size_t i = 0; i < day->count; i++)
		printf("%*s", CELL_DAY_COLUMN, day->runs[i].network);
	putchar('\n');
}

static void
print_costs(const struct cell_day *day)
{
	for (size_t i = 0; i < CELL_DAY_COSTS; i++) {
		const struct cell_day_cost *cost = &cell_day_costs[i];

		put_label(cost->label);
		for (size_t j = 0; j < day->count; j++)
			put_number(cost->get(&day->runs[j]), cost->digits);
		if (budget_applies(day, cost))
			printf("  %s (budget %g)", budget_word(day, cost), cost->budget);
		putchar('\n');
	}
}

static void
print_fleets(const struct cell_day *day)
{
	puts("\nreports delivered within 10 s");
	for (size_t i = 0; i < day->scenario->fleet_count; i++) {
		const struct nbs_fleet_config *fleet = &day->scenario->fleets[i];
		char label[CELL_DAY_TEXT];

		snprintf(label, sizeof(label), "  %.12s, %g dB", fleet->name, fleet->mcl_db.a);
		put_label(label);
		for (size_t j = 0; j < day->count; j++)
			put_share(json_object_get(
			    json_object_get(json_object_get(fleet_at(&day->runs[j], i), "messages"),
					    "latency_s"),
			    "within_10_s"));
		putchar('\n');
	}
}

static void
print_air(const struct cell_day *day)
{
	putchar('\n');
	for (size_t i = 0; i < CELL_DAY_AIR; i++) {
		put_label(cell_day_air[i].label);
		for (size_t j = 0; j < day->count; j++) {
			const json_t *cell = json_object_get(day->runs[j].summary, "cell");

			if (cell_day_air[i].share)
				put_share(json_object_get(cell, cell_day_air[i].key));
			else
				put_number(number_at(cell, cell_day_air[i].key), 0);
		}
		putchar('\n');
	}
}

static int
print_all(const struct cell_day *day)
{
	printf("%s, times %g: %s\n\n", day->scenario->name, day->share, day->scenario->description);
	print_heading(day);
	print_costs(day);
	print_fleets(day);
	print_air(day);
	printf("\nLENA-NB (tudo-cni/ns3-lena-nb) does %d to %d device-seconds a CPU second, "
	       "measured:\n999 devices for 180 s in 608 s, 3 devices for 3,600 s in 25.6 s. It "
	       "simulates each subframe and\nan eNB's scheduler; here a transmission with all its "
	       "repetitions is one booking, and who\nsleeps costs nothing (docs/performance.md).\n",
	       LENA_LEAST, LENA_MOST);
	return cli_flush(CLI_DONE);
}

/* ---- as JSON ---- */

static json_t *
cost_json(const struct cell_day_cost *cost, const struct cell_day_run *run)
{
	const double value = cost->get(run);

	return cost->digits > 0 ? json_real(value) : json_integer(llround(value));
}

static json_t *
run_json(const struct cell_day *day, const struct cell_day_run *run)
{
	json_t *object = json_object();
	json_t *fleets = json_object();
	int failed = json_object_set_new(object, "network", json_string(run->network));

	for (size_t i = 0; i < CELL_DAY_COSTS; i++)
		failed |= json_object_set_new(object, cell_day_costs[i].key,
					      cost_json(&cell_day_costs[i], run));
	for (size_t i = 0; i < day->scenario->fleet_count; i++)
		failed |= json_object_set(fleets, day->scenario->fleets[i].name,
					  json_object_get(fleet_at(run, i), "messages"));
	failed |= json_object_set_new(object, "messages", fleets);
	failed |= json_object_set(object, "cell", json_object_get(run->summary, "cell"));
	if (failed == 0)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *
budgets_json(const struct cell_day *day)
{
	json_t *object = json_object();

	for (size_t i = 0; i < CELL_DAY_COSTS; i++) {
		const struct cell_day_cost *cost = &cell_day_costs[i];

		if (budget_applies(day, cost))
			json_object_set_new(object, cost->key,
					    json_pack("{s:f, s:s}", "budget", cost->budget,
						      "verdict", budget_word(day, cost)));
	}
	return object;
}

static int
print_json(const struct cell_day *day)
{
	json_t *runs = json_array();
	int failed = 0;

	for (size_t i = 0; i < day->count; i++)
		failed |= json_array_append_new(runs, run_json(day, &day->runs[i]));
	if (failed != 0) {
		json_decref(runs);
		return cli_no_memory();
	}
	return cli_print_json(json_pack("{s:s, s:s, s:f, s:o, s:o, s:[i, i]}", "version",
					cli_version, "scenario", day->scenario->name, "share",
					day->share, "runs", runs, "budgets", budgets_json(day),
					"lena_nb_device_seconds_per_cpu_s", LENA_LEAST, LENA_MOST));
}

/* ---- all of it ---- */

int
bench_cell_day(const struct bench_args *args)
{
	struct cell_day day = {.share = args->share > 0 ? args->share : 1};
	struct nbs_scenario *scenario = NULL;
	char *file = bench_find(CELL_DAY_SCENARIO);

	if (file == NULL)
		return CLI_SYSTEM;
	day.count = args->network != NULL ? 1 : CELL_DAY_RUNS_MAX;
	for (size_t i = 0; i < day.count; i++)
		day.runs[i].network = args->network != NULL ? args->network : cell_day_networks[i];
	int exit_status = cli_exit_of(nbs_scenario_load(file, 0, NULL, 0, stderr, &scenario));

	day.scenario = scenario;
	day.file = file;
	if (exit_status == CLI_DONE)
		exit_status = cli_in_temp_folder(cell_day_work, &day);
	if (exit_status == CLI_DONE)
		exit_status = args->json ? print_json(&day) : print_all(&day);
	for (size_t i = 0; i < day.count; i++)
		json_decref(day.runs[i].summary);
	nbs_scenario_free(scenario);
	free(file);
	return exit_status;
}
