/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nbsec battery: the scenario that a sizing question is, and its runs. */
#include "cli/battery.h"

#include "analysis/summary.h"
#include "cli/cli.h"
#include "cli/folder.h"
#include "scenarios/builder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RUN_DAY_NS (UINT64_C(86400) * NBS_NS_PER_S)
#define RUN_DAYS_LEAST 10U /* daily events (SI, T3412) are met ten times */
#define RUN_PERIODS_LEAST 25U
#define RUN_NO_DURATION_NS NBS_NS_PER_S /* as below: nobody gave one */
#define RUN_LIFE "duration=29000 d"     /* 79 years: captures cannot stamp what comes after 2106 */

/* Twenty phases of the cell's periods, none in another's way. keepalive 0: no PINGREQ between
 * reports that are days apart. */
static const char run_yaml[] = "name: battery\n"
			       "duration: 1 s\n"
			       "network: {load: alone}\n"
			       "fleets:\n"
			       "  - name: device\n"
			       "    devices: 20\n"
			       "    mcl: 144 dB\n"
			       "    security: dtls-psk\n"
			       "    client_id: {prefix: METER-, first: 100001, digits: 6}\n"
			       "    mqttsn: {keepalive: 0}\n"
			       "    report: {period: 1h, payload: 64 B}\n";

static int
run_write(const char *path)
{
	FILE *file = fopen(path, "w");
	int failed = file == NULL;

	if (file != NULL) {
		failed = fputs(run_yaml, file) < 0;
		failed |= fclose(file) != 0;
	}
	return failed ? cli_fail(CLI_SYSTEM, "%s: %s", path, strerror(errno)) : CLI_DONE;
}

static enum nbs_status
run_load_with(const char *path, const struct battery_args *args, const char *const *more,
	      size_t more_count, FILE *messages, struct nbs_scenario **scenario)
{
	struct nbs_override list[2 * BATTERY_OVERRIDES_MAX];
	size_t count = args->overrides.count;

	memcpy(list, args->overrides.list, count * sizeof(list[0]));
	for (size_t i = 0; i < more_count && count < 2 * BATTERY_OVERRIDES_MAX; i++)
		list[count++] = (struct nbs_override){more[i]};
	return nbs_scenario_load(path, args->seed, list, count, messages, scenario);
}

/* So many days that rare things have their share; whoever gives a duration keeps it. */
static void
run_set_duration(struct nbs_scenario *scenario)
{
	const uint64_t least_ns = scenario->fleets[0].report_period_ns * RUN_PERIODS_LEAST;
	const uint64_t days_ns = (uint64_t)RUN_DAYS_LEAST * RUN_DAY_NS;

	if (scenario->duration_ns == RUN_NO_DURATION_NS)
		scenario->duration_ns = least_ns > days_ns ? least_ns : days_ns;
}

static int
run_simulate(const char *dir, struct battery_run *run)
{
	struct nbs_run_result result;
	const struct nbs_run_config config = {.scenario = run->scenario,
					      .dir = dir,
					      .version = cli_version,
					      .interrupt = cli_interrupt_catch(),
					      .messages = stderr};
	char why[320], *path = cli_text("%s/results.sqlite", dir);
	enum nbs_status status = path == NULL ? NBS_E_NOMEM : nbs_scenario_run(&config, &result);
	int exit_status = CLI_DONE;

	if (status == NBS_OK && result.interrupted)
		exit_status = CLI_SIGNAL + (int)*config.interrupt;
	else if (status != NBS_OK)
		exit_status =
		    cli_fail(cli_exit_of(status), "the run failed: %s", nbs_status_str(status));
	else if (nbs_summary_read(path, -1.0, &run->summary, why, sizeof(why)) != NBS_OK)
		exit_status = cli_fail(CLI_SYSTEM, "%s", why);
	free(path);
	return exit_status;
}

int
battery_run(const struct battery_args *args, const char *dir, const char *const *more,
	    size_t more_count, FILE *messages, struct battery_run *run)
{
	char *path = cli_text("%s/battery.yaml", dir);
	enum nbs_status status = NBS_E_NOMEM;
	int exit_status = CLI_SYSTEM;

	*run = (struct battery_run){0};
	if (path == NULL)
		return cli_no_memory();
	if (mkdir(dir, 0700) != 0)
		exit_status = cli_fail(CLI_SYSTEM, "%s: %s", dir, strerror(errno));
	else
		exit_status = run_write(path);
	if (exit_status == CLI_DONE) {
		status = run_load_with(path, args, more, more_count, messages, &run->scenario);
		exit_status = cli_exit_of(status);
	}
	if (exit_status == CLI_DONE) {
		run_set_duration(run->scenario);
		exit_status = run_simulate(dir, run);
	}
	if (exit_status == CLI_DONE)
		run->battery = json_object_get(
		    json_array_get(json_object_get(run->summary, "fleets"), 0), "battery");
	cli_remove_tree(dir);
	free(path);
	if (exit_status != CLI_DONE)
		battery_run_free(run);
	return exit_status;
}

void
battery_run_free(struct battery_run *run)
{
	json_decref(run->summary);
	nbs_scenario_free(run->scenario);
	*run = (struct battery_run){0};
}

double
battery_years(const struct battery_run *run)
{
	return json_number_value(json_object_get(run->battery, "years"));
}

int
battery_lifetime(const struct battery_args *args, const char *dir, json_t **lifetime)
{
	static const char *const whole_life[] = {"fleets.device.devices=1",
						 "battery.until_empty=on", RUN_LIFE};
	struct battery_run life;
	int exit_status = battery_run(args, dir, whole_life,
				      sizeof(whole_life) / sizeof(whole_life[0]), stderr, &life);

	if (exit_status != CLI_DONE)
		return exit_status;
	*lifetime = json_incref(json_object_get(life.battery, "lifetime"));
	battery_run_free(&life);
	return CLI_DONE;
}
