/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec battery: what could be changed, each tried by a run. Those of the device and the network
 * are settings; those of the application and the place change what was asked for, and say so.
 */
#include "cli/battery.h"

#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLEET "fleets.device."

/* Whether a change is one, given what runs already. */
typedef bool (*changes_apply_fn)(const struct nbs_scenario *scenario);

static bool
lacks_assistance(const struct nbs_scenario *scenario)
{
	return scenario->network.release_assistance == NBS_ASSIST_OFF;
}

static bool
lacks_psm(const struct nbs_scenario *scenario)
{
	return !scenario->network.psm;
}

static bool
waits_for_pages(const struct nbs_scenario *scenario)
{
	return scenario->network.psm && scenario->network.t3324_ns > 0;
}

static bool
lacks_early_data(const struct nbs_scenario *scenario)
{
	return !scenario->network.edt;
}

static bool
lacks_cdrx(const struct nbs_scenario *scenario)
{
	return !scenario->network.cdrx.enabled;
}

static bool
is_acknowledged(const struct nbs_scenario *scenario)
{
	return scenario->fleets[0].mqttsn.qos > 0;
}

static bool
is_sleeping_session(const struct nbs_scenario *scenario)
{
	return scenario->fleets[0].mqttsn.session == NBS_SESSION_SLEEP;
}

static bool
is_secured(const struct nbs_scenario *scenario)
{
	return scenario->fleets[0].security != NBS_SEC_NONE;
}

static bool
repeats_soon(const struct nbs_scenario *scenario)
{
	return is_secured(scenario) && scenario->fleets[0].dtls.timeout_min_ns < 9 * NBS_NS_PER_S;
}

static bool
is_software(const struct nbs_scenario *scenario)
{
	return is_secured(scenario) && scenario->fleets[0].mcu_profile != NULL &&
	       !scenario->fleets[0].crypto_hardware;
}

static bool
always(const struct nbs_scenario *scenario)
{
	(void)scenario;
	return true;
}

static const struct {
	const char *kind; /* setting: of device or network; application; place; comparison */
	const char *change;
	const char *override; /* NULL = made by changes_made() */
	changes_apply_fn applies;
} changes_list[] = {
    {"setting", "release assistance on", "network.release_assistance=on", lacks_assistance},
    {"setting", "power saving mode on", "network.psm=on", lacks_psm},
    {"setting", "no active timer (T3324 0): no downlink between reports", "network.t3324=0",
     waits_for_pages},
    {"setting", "early data transmission", "network.edt=on", lacks_early_data},
    {"setting", "C-DRX of 2.048 s in the connection",
     "network.c_drx={enabled: on, cycle: 2048 ms, on_duration: 64 ms, inactivity: 64 ms}",
     lacks_cdrx},
    {"setting", "MQTT-SN session kept between reports", FLEET "mqttsn.session=keepalive",
     is_sleeping_session},
    {"setting", "QoS 0: reports are not acknowledged", FLEET "mqttsn.qos=0", is_acknowledged},
    {"setting", "first DTLS retransmission after 9 s (RFC 7925)", FLEET "dtls.timeout_min=9 s",
     repeats_soon},
    {"setting", "cryptography in hardware", FLEET "crypto=hardware", is_software},
    {"application", "half as many reports", NULL, always},
    {"place", "10 dB less coupling loss", NULL, always},
    {"comparison", "no security", FLEET "security=none", is_secured},
};
#define CHANGES (sizeof(changes_list) / sizeof(changes_list[0]))

/* The override of a change that depends on what runs; freed by the caller. */
static char *
changes_made(size_t i, const struct nbs_scenario *scenario)
{
	const struct nbs_fleet_config *fleet = &scenario->fleets[0];

	if (changes_list[i].override != NULL)
		return cli_text("%s", changes_list[i].override);
	if (strcmp(changes_list[i].kind, "application") == 0)
		return cli_text(FLEET "report.period=%llu ms",
				(unsigned long long)(2 * fleet->report_period_ns / NBS_NS_PER_MS));
	if (fleet->mcl_db.kind != NBS_DIST_FIXED || fleet->mcl_db.a < NBS_MCL_MIN_DB + 10.0)
		return NULL; /* a distribution has no single value to lower */
	return cli_text(FLEET "mcl=%g dB", fleet->mcl_db.a - 10.0);
}

static int
changes_add(json_t *changes, size_t i, double years, double before)
{
	json_t *change =
	    json_pack("{s:s, s:s, s:f, s:f}", "change", changes_list[i].change, "kind",
		      changes_list[i].kind, "years", years, "gain_years", years - before);

	return json_array_append_new(changes, change) == 0 ? CLI_DONE : cli_no_memory();
}

/* A change that the network or the language refuses is not to be had: it is left out. */
static int
changes_try(const struct battery_args *args, const char *dir, const struct battery_run *run,
	    size_t i, json_t *changes)
{
	struct battery_run changed;
	char *text = changes_made(i, run->scenario);
	int exit_status;

	if (text == NULL)
		return CLI_DONE;
	const char *const more[] = {text};

	exit_status = battery_run(args, dir, more, 1, NULL, &changed);
	free(text);
	if (exit_status == CLI_BAD_INPUT)
		return CLI_DONE;
	if (exit_status != CLI_DONE)
		return exit_status;
	if (battery_years(&changed) > 0)
		exit_status = changes_add(changes, i, battery_years(&changed), battery_years(run));
	battery_run_free(&changed);
	return exit_status;
}

static double
changes_gain(const json_t *changes, size_t i)
{
	return json_number_value(json_object_get(json_array_get(changes, i), "gain_years"));
}

/* A dozen at most: insertion. Equal gains keep their order. */
static json_t *
changes_sorted(json_t *changes)
{
	json_t *sorted = json_array();

	for (size_t i = 0; i < json_array_size(changes); i++) {
		size_t at = json_array_size(sorted);

		while (at > 0 && changes_gain(sorted, at - 1) < changes_gain(changes, i))
			at--;
		(void)json_array_insert(sorted, at, json_array_get(changes, i));
	}
	json_decref(changes);
	return sorted;
}

int
battery_changes(const struct battery_args *args, const char *dir, const struct battery_run *run,
		json_t **changes)
{
	json_t *list = json_array();
	int exit_status = list != NULL ? CLI_DONE : cli_no_memory();

	for (size_t i = 0; i < CHANGES && exit_status == CLI_DONE; i++)
		if (changes_list[i].applies(run->scenario))
			exit_status = changes_try(args, dir, run, i, list);
	if (exit_status != CLI_DONE) {
		json_decref(list);
		return exit_status;
	}
	*changes = changes_sorted(list);
	return *changes != NULL ? CLI_DONE : cli_no_memory();
}
