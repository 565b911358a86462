/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary's `battery` of a fleet, against arithmetic on paper: everyday days and what they go
 * into, devices that died, fleets without everyday life.
 */
#include "analysis/summary.h"
#include "analysis/table_parts.h"
#include "analysis/test_file.h"
#include "analysis/test_json.h"
#include "analysis/test_run.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#define S NBS_NS_PER_S
#define DAY (86400 * S)
#define ROUNDED 1e-6 /* intervals and quantiles are rounded, alike on all machines */

static const char *const path = test_path;

static const json_t *
fleet_of(const json_t *summary, size_t index)
{
	return json_array_get(json_object_get(summary, "fleets"), index);
}

static void
check_sum(const json_t *parts, double want, const char *what)
{
	const char *key;
	json_t *value;
	double sum = 0;

	json_object_foreach((json_t *)parts, key, value)
	{
		sum += json_number_value(value);
	}
	if (fabs(sum - want) > 1e-12 * want)
		fail_msg("%s: sums to %.15g, want %.15g", what, sum, want);
}

/*
 * 20 mJ in 6 h and 15 mJ in 3 h are 80 and 120 mJ a day: mean 100, standard deviation sqrt(800),
 * of two devices 100 +- 12.706 x sqrt(800) / sqrt(2), which reaches below 0. 36,000 mJ at 100 a day
 * are 360 days. Of 35 mJ asleep 7, in access 14, in the application 14: 20, 40 and 40 of 100; by
 * state psm 10.5 and tx 24.5, and tx is assumed: 70 of 100.
 */
static void
test_two_devices(void **state)
{
	(void)state;
	json_t *summary = test_file_run(0);
	const json_t *battery = nbsi_json_at(fleet_of(summary, 0), "battery", NULL);
	const json_t *interval = nbsi_json_at(battery, "mj_per_day_interval", NULL);
	const json_t *years = nbsi_json_at(battery, "years_interval", NULL);
	const json_t *parts = nbsi_json_at(battery, "breakdown_mj_per_day", NULL);
	const double half = 12.7062047362 * 20;

	test_json_rel(nbsi_json_at(battery, "mj_per_day", NULL), 100, "day");
	test_json_rel(nbsi_json_at(battery, "years", NULL), 360 / 365.25, "years");
	test_json_int(nbsi_json_at(battery, "devices", NULL), 2, "devices");
	assert_true(fabs(json_number_value(json_array_get(interval, 0)) - (100 - half)) <
		    ROUNDED * half);
	assert_true(fabs(json_number_value(json_array_get(interval, 1)) - (100 + half)) <
		    ROUNDED * half);
	assert_true(fabs(json_number_value(json_array_get(years, 0)) -
			 36000 / (100 + half) / 365.25) < ROUNDED);
	assert_true(json_is_null(json_array_get(years, 1)));
	test_json_rel(nbsi_json_at(parts, "sleep", NULL), 20, "sleep");
	test_json_rel(nbsi_json_at(parts, "radio_access", NULL), 40, "access");
	test_json_rel(nbsi_json_at(parts, "application", NULL), 40, "application");
	check_sum(parts, 100, "layers");
	test_json_rel(nbsi_json_at(battery, "by_message_mj_per_day", "publish", NULL), 70, "tx");
	check_sum(nbsi_json_at(battery, "by_message_mj_per_day", NULL), 100, "messages");
	test_json_rel(nbsi_json_at(battery, "by_state_mj_per_day", "psm", NULL), 30, "psm");
	check_sum(nbsi_json_at(battery, "by_state_mj_per_day", NULL), 100, "states");
	assert_int_equal(json_object_size(nbsi_json_at(battery, "mcu_mj_per_day", NULL)), 0);
	test_json_rel(nbsi_json_at(battery, "assumed_share", NULL), 0.7, "assumed");
	assert_int_equal(json_array_size(nbsi_json_at(battery, "assumed", NULL)), 1);
	test_json_text(json_array_get(nbsi_json_at(battery, "assumed", NULL), 0), "tx");
	/* tx varies by half, the rest not: the years lie on both sides of what they are. */
	assert_true(json_real_value(nbsi_json_at(battery, "years_p10", NULL)) < 360 / 365.25);
	assert_true(json_real_value(nbsi_json_at(battery, "years_p90", NULL)) > 360 / 365.25);
	assert_true(json_is_null(nbsi_json_at(battery, "lifetime", "years", NULL)));
	test_json_int(nbsi_json_at(battery, "lifetime", "devices", NULL), 0, "dead");
	json_decref(summary);
}

/*
 * One device: modem 15 and microcontroller 3 mJ in 6 h are 60 and 12 mJ a day, of the latter awake
 * 6, cryptography 4, asleep 2; the board's 36 make 108. A self-discharge of a half is a rate of
 * ln 2. No value has a spread, so nothing lies to either side; awake is assumed: 6 of 108.
 */
static void
test_one_device(void **state)
{
	(void)state;
	static const char *const all[] = {"years_p10", "years_p50", "years_p90"};
	json_t *summary = test_file_run(0);
	const json_t *battery = nbsi_json_at(fleet_of(summary, 1), "battery", NULL);
	const json_t *interval = nbsi_json_at(battery, "years_interval", NULL);
	const json_t *parts = nbsi_json_at(battery, "breakdown_mj_per_day", NULL);
	const double years = log2(1 + log(2) * 27000 / (108 * 365.25));

	test_json_rel(nbsi_json_at(battery, "mj_per_day", NULL), 108, "day");
	test_json_rel(nbsi_json_at(battery, "years", NULL), years, "years");
	for (size_t i = 0; i < 3; i++)
		assert_true(fabs(json_number_value(nbsi_json_at(battery, all[i], NULL)) / years -
				 1) < ROUNDED);
	test_json_rel(json_array_get(interval, 0), years, "shortest");
	test_json_rel(json_array_get(interval, 1), years, "longest");
	test_json_rel(nbsi_json_at(parts, "sleep", NULL), 54, "sleep");
	test_json_rel(nbsi_json_at(parts, "dtls_record", NULL), 6, "records");
	test_json_rel(nbsi_json_at(parts, "dtls_handshake", NULL), 0, "handshake");
	test_json_rel(nbsi_json_at(parts, "crypto", NULL), 4, "crypto");
	test_json_rel(nbsi_json_at(parts, "mcu", NULL), 8, "mcu");
	test_json_rel(nbsi_json_at(parts, "board", NULL), 36, "board");
	check_sum(parts, 108, "layers");
	test_json_rel(nbsi_json_at(battery, "mcu_mj_per_day", "active", NULL), 6, "awake");
	test_json_rel(nbsi_json_at(battery, "mcu_mj_per_day", "sleep", NULL), 2, "asleep");
	test_json_rel(nbsi_json_at(battery, "assumed_share", NULL), 6.0 / 108, "assumed");
	test_json_text(json_array_get(nbsi_json_at(battery, "assumed", NULL), 0), "mcu_active");
	json_decref(summary);
}

/* 10 s at 17 dBm and 50 s at 23 dBm of three devices in half a day: 1.5 device-days. */
static void
test_power_and_work(void **state)
{
	(void)state;
	json_t *summary = test_file_run(0);
	const json_t *power = nbsi_json_at(fleet_of(summary, 0), "tx_by_dbm", NULL);
	const json_t *work = nbsi_json_at(fleet_of(summary, 1), "crypto_work", NULL);

	assert_int_equal(json_object_size(power), 2);
	test_json_rel(nbsi_json_at(power, "17", "s", NULL), 10 / 1.5, "s");
	test_json_rel(nbsi_json_at(power, "17", "mj", NULL), 40 / 1.5, "mJ");
	test_json_rel(nbsi_json_at(power, "23", "mj", NULL), 350 / 1.5, "mJ");
	test_json_int(nbsi_json_at(work, "handshake", "sha256_block", NULL), 60, "SHA-256");
	test_json_int(nbsi_json_at(work, "records", "aes_block", NULL), 8, "AES");
	test_json_int(nbsi_json_at(fleet_of(summary, 1), "dtls", "records", NULL), 9, "records");
	/* 3 + 2 mJ of DTLS on the radio and 2 of cryptography, of two devices in half a day. */
	test_json_rel(nbsi_json_at(fleet_of(summary, 1), "security_mj_per_day", NULL), 7, "DTLS");
	assert_int_equal(json_object_size(nbsi_json_at(fleet_of(summary, 0), "crypto_work", NULL)),
			 0);
	json_decref(summary);
}

/* A run of 100 days with one fleet of the devices given, whose modems only slept. */
static json_t *
run_of(const struct nbs_result_device *devices, size_t count,
       const struct nbs_result_battery *battery, double settled_mj)
{
	struct nbs_scenario scenario;
	struct nbs_fleet_config fleets[2];
	struct nbs_results *results = NULL;

	unlink(path);
	test_scenario(&scenario, fleets);
	assert_int_equal(nbs_results_create(path, &results), NBS_OK);
	nbs_results_run(results, &scenario,
			&(struct nbs_result_run){
			    .version = "1", .simulated_ns = 100 * DAY, .network = "network-a"});
	nbs_results_fleet(results, 0, &fleets[0], battery, 1);
	for (size_t i = 0; i < count; i++) {
		struct nbs_result_device device = devices[i];

		device.id = (uint32_t)i;
		device.client_id = "x";
		device.end = (struct nbs_ue_standing){.state = NBS_UE_PSM, .timer = ""};
		nbs_results_device(results, &device);
	}
	nbs_results_state(results, &(struct nbs_result_state){0, "psm", 40 * DAY, 4000});
	nbs_results_energy(results, &(struct nbs_result_energy){0, "state", "psm", 40 * DAY, 4000,
								true, settled_mj});
	nbs_results_energy(results,
			   &(struct nbs_result_energy){0, "layer", "sleep", NBS_RESULTS_NEVER, 3550,
						       true, settled_mj});
	nbs_results_energy(results, &(struct nbs_result_energy){0, "layer", "dtls_record",
								NBS_RESULTS_NEVER, 450, true, 0});
	assert_int_equal(nbs_results_finish(results), NBS_OK);
	return test_file_summary(0);
}

/*
 * A battery of 4,000 mJ, empty after 40 days at 100 mJ a day; another device lived on 50 days with
 * 80. Their days are theirs: 100 and 80, not 40 and 40 over a run of 100 days. Lives of 40 and 50
 * days, mean 45. 4,000 mJ in psm over 90 device-days, of these 450 for records.
 */
static void
test_dead_devices(void **state)
{
	(void)state;
	static const struct nbs_result_device devices[] = {
	    {.energy_mj = 4000,
	     .settled_ns = 38 * DAY,
	     .settled_mj = 3800,
	     .empty_ns = 40 * DAY,
	     .radio = {.connections = 40}},
	    {.energy_mj = 4000,
	     .settled_ns = 48 * DAY,
	     .settled_mj = 3840,
	     .empty_ns = 50 * DAY,
	     .radio = {.connections = 50}},
	};
	const struct nbs_result_battery battery = {.nominal_wh = 1, .life = {.usable_mj = 4000}};
	json_t *summary = run_of(devices, 2, &battery, 7640);
	const json_t *fleet = fleet_of(summary, 0);
	const json_t *life = nbsi_json_at(fleet, "battery", "lifetime", NULL);

	test_json_rel(nbsi_json_at(fleet, "energy_mj_per_day", "mean", NULL), 90, "a day");
	assert_true(fabs(json_number_value(nbsi_json_at(fleet, "setup_mj", NULL))) < 1e-9);
	test_json_rel(nbsi_json_at(life, "years", NULL), 45 / 365.25, "life");
	test_json_int(nbsi_json_at(life, "devices", NULL), 2, "dead");
	/* The steady state says the same: the mean day of 90 mJ. */
	test_json_rel(nbsi_json_at(fleet, "battery", "years", NULL), 4000.0 / 90 / 365.25, "years");
	test_json_rel(nbsi_json_at(fleet, "battery", "breakdown_mj_per_day", "sleep", NULL), 90,
		      "scaled to the mean device");
	test_json_rel(nbsi_json_at(fleet, "energy_by_state_mj", "psm", NULL), 4000.0 / 90, "psm");
	test_json_rel(nbsi_json_at(fleet, "security_mj_per_day", NULL), 5, "records");
	json_decref(summary);
}

/* No device with everyday life, or only one without a connection: years of nothing. */
static void
test_no_everyday_life(void **state)
{
	(void)state;
	static const struct nbs_result_device devices[] = {
	    {.energy_mj = 400, .empty_ns = NBS_RESULTS_NEVER, .radio = {.connections = 1}},
	    {.energy_mj = 400,
	     .settled_ns = 90 * DAY,
	     .settled_mj = 300,
	     .empty_ns = NBS_RESULTS_NEVER},
	};
	const struct nbs_result_battery battery = {.nominal_wh = 1, .life = {.usable_mj = 3.6e6}};
	json_t *summary = run_of(devices, 2, &battery, 0);
	const json_t *got = nbsi_json_at(fleet_of(summary, 0), "battery", NULL);

	assert_int_equal(json_object_size(got), 2);
	assert_true(json_is_null(nbsi_json_at(got, "years", NULL)));
	assert_true(json_is_null(nbsi_json_at(got, "lifetime", "years", NULL)));
	json_decref(summary);
}

/* A set-up of 700 mJ that a battery of 500 does not last for: no years, not fewer than none. */
static void
test_battery_below_its_setup(void **state)
{
	(void)state;
	static const struct nbs_result_device devices[] = {{.energy_mj = 800,
							    .settled_ns = 90 * DAY,
							    .settled_mj = 90,
							    .empty_ns = NBS_RESULTS_NEVER,
							    .radio = {.connections = 9}}};
	const struct nbs_result_battery battery = {
	    .nominal_wh = 1,
	    .life = {.usable_mj = 500,
		     .rate_per_year = 2.302585092994046 /* ln 10: nine tenths */}};
	json_t *summary = run_of(devices, 1, &battery, 90);
	const json_t *fleet = fleet_of(summary, 0);

	test_json_rel(nbsi_json_at(fleet, "setup_mj", NULL), 700, "set-up");
	test_json_rel(nbsi_json_at(fleet, "battery_years_settled", "mean", NULL), 0, "years");
	json_decref(summary);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_two_devices),      cmocka_unit_test(test_one_device),
	    cmocka_unit_test(test_power_and_work),   cmocka_unit_test(test_dead_devices),
	    cmocka_unit_test(test_no_everyday_life), cmocka_unit_test(test_battery_below_its_setup),
	};

	return cmocka_run_group_tests_name("battery", tests, test_file_setup, test_file_teardown);
}
