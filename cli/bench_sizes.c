/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec bench: the smart-metering scenario with DTLS everywhere, at growing numbers of devices. In
 * the large cell: ten thousand are more than the scenario's own carries without loss, and what its
 * back-offs cost says little about the program.
 */
#include "cli/bench.h"
#include "cli/child.h"
#include "cli/cli.h"
#include "scenarios/scenario.h"

#include <stdio.h>
#include <stdlib.h>

#define SIZES_SCENARIO "scenarios/smart-metering.yaml"
#define SIZES_NETWORK "large-cell"

static const unsigned sizes_default[] = {40, 1000, 10000};

/* One measurement. */
struct sizes_row {
	unsigned devices;
	double simulated_s;
	json_int_t events;
	struct cli_child_cost cost;
};

struct sizes {
	const unsigned *devices;
	size_t count;
	bool json;
	const struct nbs_scenario *scenario;
	const char *file;
	json_t *rows;
};

/* Devices are shared out evenly; the first fleets take what is left over. */
static void
sizes_overrides(struct cli_child *child, const struct nbs_scenario *scenario, unsigned devices)
{
	size_t fleets = scenario->fleet_count;

	for (size_t i = 0; i < fleets; i++) {
		const char *fleet = scenario->fleets[i].name;
		size_t share = devices / fleets + (i < devices % fleets ? 1 : 0);

		cli_child_add(child, cli_text("--set=fleets.%s.devices=%zu", fleet, share));
		cli_child_add(child, cli_text("--set=fleets.%s.security=dtls-psk", fleet));
	}
}

static int
sizes_measure(const struct sizes *sizes, const char *dir, struct sizes_row *row)
{
	struct cli_child child;
	json_t *summary = NULL;

	if (row->devices < sizes->scenario->fleet_count)
		return cli_fail(CLI_BAD_INPUT,
				"--devices %u: the scenario has %zu fleets, each needs one",
				row->devices, sizes->scenario->fleet_count);
	cli_child_begin(&child, sizes->file, dir);
	cli_child_add(&child, cli_text("--set=network.base=%s", SIZES_NETWORK));
	sizes_overrides(&child, sizes->scenario, row->devices);
	int exit_status = cli_child_run(&child, dir, &row->cost, &summary);

	row->events = json_integer_value(json_object_get(summary, "events"));
	row->simulated_s = json_number_value(json_object_get(summary, "simulated_s"));
	json_decref(summary);
	cli_child_free(&child);
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
print_row(const struct sizes_row *row)
{
	printf("%8u  %8.1f h  %7.2f  %7.2f  %11" JSON_INTEGER_FORMAT "  %10.3g  %15.3g  %8.1f\n",
	       row->devices, row->simulated_s / 3600, row->cost.wall_s, row->cost.cpu_s,
	       row->events, (double)row->events / row->cost.wall_s,
	       row->simulated_s * row->devices / row->cost.wall_s, row->cost.peak_mb);
	fflush(stdout);
}

static json_t *
row_json(const struct sizes_row *row)
{
	return json_pack("{s:I, s:f, s:f, s:f, s:I, s:f, s:f, s:f}", "devices",
			 (json_int_t)row->devices, "simulated_s", row->simulated_s, "wall_s",
			 row->cost.wall_s, "cpu_s", row->cost.cpu_s, "events", row->events,
			 "events_per_s", (double)row->events / row->cost.wall_s,
			 "device_seconds_per_s", row->simulated_s * row->devices / row->cost.wall_s,
			 "peak_memory_mb", row->cost.peak_mb);
}

/* ---- all sizes ---- */

static int
sizes_work(void *arg, const char *dir)
{
	struct sizes *sizes = arg;
	int exit_status = CLI_DONE;

	if (!sizes->json)
		print_heading();
	for (size_t i = 0; i < sizes->count && exit_status == CLI_DONE; i++) {
		struct sizes_row row = {.devices = sizes->devices[i]};

		exit_status = sizes_measure(sizes, dir, &row);
		if (exit_status != CLI_DONE)
			break;
		if (!sizes->json)
			print_row(&row);
		else if (json_array_append_new(sizes->rows, row_json(&row)) != 0)
			exit_status = cli_no_memory();
	}
	return exit_status;
}

int
bench_sizes(const struct bench_args *args)
{
	struct sizes sizes = {.devices = args->sizes, .count = args->count, .json = args->json};
	struct nbs_scenario *scenario = NULL;
	char *file = bench_find(SIZES_SCENARIO);

	if (file == NULL)
		return CLI_SYSTEM;
	if (sizes.count == 0) {
		sizes.devices = sizes_default;
		sizes.count = sizeof(sizes_default) / sizeof(sizes_default[0]);
	}
	int exit_status = cli_exit_of(nbs_scenario_load(file, 0, NULL, 0, stderr, &scenario));

	sizes.scenario = scenario;
	sizes.file = file;
	sizes.rows = json_array();
	if (exit_status == CLI_DONE)
		exit_status =
		    sizes.rows == NULL ? cli_no_memory() : cli_in_temp_folder(sizes_work, &sizes);
	if (exit_status == CLI_DONE && args->json)
		exit_status =
		    cli_print_json(json_pack("{s:s, s:s, s:O}", "version", cli_version, "scenario",
					     scenario->name, "runs", sizes.rows));
	json_decref(sizes.rows);
	nbs_scenario_free(scenario);
	free(file);
	return exit_status;
}
