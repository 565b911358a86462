/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nbsec bench ten-years: one device, ten years of hourly reports, no extrapolation. */
#include "cli/bench.h"
#include "cli/child.h"
#include "cli/cli.h"
#include "models/power/battery_life.h"

#include <stdio.h>
#include <stdlib.h>

#define TEN_YEARS_SCENARIO "scenarios/ten-years.yaml"
#define BUDGET_CPU_S 5.0 /* docs/performance.md */

struct ten_years {
	const char *file;
	struct cli_child_cost cost;
	json_t *summary;
};

static int
ten_years_work(void *arg, const char *dir)
{
	struct ten_years *run = arg;
	struct cli_child child;

	cli_child_begin(&child, run->file, dir);
	int exit_status = cli_child_run(&child, dir, &run->cost, &run->summary);

	cli_child_free(&child);
	return exit_status;
}

static double
ten_years_reports(const json_t *summary)
{
	const json_t *fleet = json_array_get(json_object_get(summary, "fleets"), 0);

	return json_number_value(json_object_get(json_object_get(fleet, "messages"), "sent"));
}

static int
ten_years_print(const struct ten_years *run)
{
	const double years = json_number_value(json_object_get(run->summary, "simulated_s")) /
			     (NBS_DAYS_PER_YEAR * NBS_S_PER_DAY);
	const double events = json_number_value(json_object_get(run->summary, "events"));
	const double reports = ten_years_reports(run->summary);

	printf("%.2f years, %.0f reports, %.0f events (%.1f a report)\n", years, reports, events,
	       events / reports);
	printf("%.2f s CPU, %.2f s wall, %.0f MB; budget %.0f s CPU: %s\n", run->cost.cpu_s,
	       run->cost.wall_s, run->cost.peak_mb, BUDGET_CPU_S,
	       run->cost.cpu_s <= BUDGET_CPU_S ? "kept" : "MISSED");
	return cli_flush(CLI_DONE);
}

static int
ten_years_json(const struct ten_years *run)
{
	return cli_print_json(json_pack(
	    "{s:s, s:O, s:O, s:f, s:f, s:f, s:f, s:f}", "version", cli_version, "simulated_s",
	    json_object_get(run->summary, "simulated_s"), "events",
	    json_object_get(run->summary, "events"), "reports", ten_years_reports(run->summary),
	    "cpu_s", run->cost.cpu_s, "wall_s", run->cost.wall_s, "peak_memory_mb",
	    run->cost.peak_mb, "budget_cpu_s", BUDGET_CPU_S));
}

int
bench_ten_years(const struct bench_args *args)
{
	char *file = bench_find(TEN_YEARS_SCENARIO);
	struct ten_years run = {.file = file};

	if (file == NULL)
		return CLI_SYSTEM;
	int exit_status = cli_in_temp_folder(ten_years_work, &run);

	if (exit_status == CLI_DONE)
		exit_status = args->json ? ten_years_json(&run) : ten_years_print(&run);
	json_decref(run.summary);
	free(file);
	return exit_status;
}
