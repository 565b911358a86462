/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fleets of the summary against arithmetic on paper: latency, energy, battery, radio, and why
 * messages were not delivered.
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

static const char *const path = test_path;
static char why[256];

/*
 * Latencies of the four genuine messages: 10, 2, 4, 1 s; the altered one does not count.
 *   mean 17/4 = 4.25; sorted 1 2 4 10: p50 (2+4)/2 = 3; p90 at 2.7: 4 + 0.7*6 = 8.2;
 *   p99 at 2.97: 4 + 0.97*6 = 9.82.
 * Energy 50, 100, 300 mJ in half a day: 100, 200, 600 mJ a day.
 *   mean 300; p50 200; p90 at 1.8: 200 + 0.8*400 = 520.
 * Battery 0.01 Wh = 36 J: 360, 180, 60 days; mean 200; sorted 60 180 360:
 *   p10 at 0.2: 60 + 0.2*120 = 84; p90 at 1.8: 180 + 0.8*180 = 324; over 365.25.
 * States, mJ over 3 devices x 0.5 day: psm 60/1.5 = 40, tx 390/1.5 = 260; together the mean, 300.
 *   s: psm 129540/1.5 = 86360, tx 60/1.5 = 40; together a day.
 */
static void
test_fleet_clear(void **state)
{
	(void)state;
	json_t *summary = test_file_run(0);
	const json_t *fleet = json_array_get(json_object_get(summary, "fleets"), 0);
	const json_t *messages = nbsi_json_at(fleet, "messages", NULL);
	const json_t *latency = nbsi_json_at(messages, "latency_s", NULL);
	const json_t *energy = nbsi_json_at(fleet, "energy_mj_per_day", NULL);
	const json_t *years = nbsi_json_at(fleet, "battery_years", NULL);
	const json_t *levels = nbsi_json_at(fleet, "radio", "devices_by_ce_level", NULL);

	assert_int_equal(json_array_size(json_object_get(summary, "fleets")), 2);
	test_json_text(nbsi_json_at(fleet, "name", NULL), "clear");
	test_json_int(nbsi_json_at(fleet, "devices", NULL), 3, "devices");
	test_json_text(nbsi_json_at(fleet, "security", NULL), "none");
	test_json_text(nbsi_json_at(fleet, "session", NULL), "keepalive");
	test_json_text(nbsi_json_at(fleet, "modem", NULL), "paper-modem");
	test_json_text(nbsi_json_at(fleet, "stack", NULL), "light");
	assert_true(json_is_null(nbsi_json_at(fleet, "mcu", NULL)));
	test_json_text(nbsi_json_at(fleet, "crypto", NULL), "software");
	test_json_int(nbsi_json_at(fleet, "port", NULL), 10000, "port");
	test_json_int(nbsi_json_at(messages, "sent", NULL), 6, "sent");
	test_json_int(nbsi_json_at(messages, "delivered", NULL), 4, "delivered");
	test_json_int(nbsi_json_at(messages, "acked", NULL), 5, "acked");
	test_json_rel(nbsi_json_at(latency, "mean", NULL), 4.25, "latency mean");
	test_json_rel(nbsi_json_at(latency, "p50", NULL), 3, "latency p50");
	test_json_rel(nbsi_json_at(latency, "p90", NULL), 8.2, "latency p90");
	test_json_rel(nbsi_json_at(latency, "p99", NULL), 9.82, "latency p99");
	/* Four of the six sent, the one of 10 s among them. */
	test_json_rel(nbsi_json_at(latency, "within_10_s", NULL), 4.0 / 6, "within 10 s");
	test_json_rel(nbsi_json_at(energy, "mean", NULL), 300, "energy mean");
	test_json_rel(nbsi_json_at(energy, "p50", NULL), 200, "energy p50");
	test_json_rel(nbsi_json_at(energy, "p90", NULL), 520, "energy p90");
	test_json_rel(nbsi_json_at(fleet, "energy_by_state_mj", "psm", NULL), 40, "psm");
	test_json_rel(nbsi_json_at(fleet, "energy_by_state_mj", "tx", NULL), 260, "tx");
	test_json_rel(nbsi_json_at(fleet, "time_by_state_s", "psm", NULL), 86360, "psm s");
	test_json_rel(nbsi_json_at(fleet, "time_by_state_s", "tx", NULL), 40, "tx s");
	test_json_rel(nbsi_json_at(years, "mean", NULL), 200 / 365.25, "years mean");
	test_json_rel(nbsi_json_at(years, "p10", NULL), 84 / 365.25, "years p10");
	test_json_rel(nbsi_json_at(years, "p90", NULL), 324 / 365.25, "years p90");
	for (size_t i = 0; i < 3; i++)
		test_json_int(json_array_get(levels, i), 1, "CE level");
	/*
	 * have three reports. 20 mJ in 6 h are 80 mJ a day; of its 50 mJ in half a day
	 * 40 are everyday life and 10 the set-up: (36,000 - 10) / 80 = 449.875 days. 15 mJ in 3 h
	 * are 120 mJ a day, of 100 mJ 40 the set-up: 35,960 / 120 = 299.667 days.
	 */
	test_json_rel(nbsi_json_at(fleet, "setup_mj", NULL), 25, "set-up");
	test_json_rel(nbsi_json_at(fleet, "battery_years_settled", "mean", NULL),
		      (449.875 + 35960.0 / 120) / 2 / 365.25, "settled years");
	test_json_int(nbsi_json_at(fleet, "battery_years_settled", "devices", NULL), 2, "settled");
	test_json_int(nbsi_json_at(fleet, "radio", "devices_in_outage", NULL), 1, "outage");
	test_json_int(nbsi_json_at(fleet, "radio", "ra_attempts", NULL), 15, "ra_attempts");
	test_json_int(nbsi_json_at(fleet, "radio", "connections", NULL), 6, "connections");
	test_json_int(nbsi_json_at(fleet, "radio", "ra_failures", NULL), 2, "ra_failures");
	test_json_int(nbsi_json_at(fleet, "radio", "rejects", NULL), 4 + 1, "rejects");
	test_json_int(nbsi_json_at(fleet, "radio", "lost_down", NULL), 6, "lost_down");
	test_json_int(nbsi_json_at(fleet, "radio", "searches", NULL), 4, "searches");
	test_json_int(nbsi_json_at(fleet, "radio", "illegal", NULL), 0, "illegal");
	test_json_int(nbsi_json_at(fleet, "radio", "end_states", "psm", NULL), 2, "psm");
	test_json_int(nbsi_json_at(fleet, "radio", "end_states", "no cell", NULL), 1, "no cell");
	/* A-0's last report, and A-2's, which was altered. */
	test_json_int(nbsi_json_at(fleet, "radio", "undelivered_why", "no coverage", NULL), 1,
		      "why");
	test_json_int(nbsi_json_at(fleet, "radio", "undelivered_why", "altered", NULL), 1, "why");
	assert_int_equal(json_object_size(nbsi_json_at(fleet, "radio", "undelivered_why", NULL)),
			 2);
	test_json_rel(nbsi_json_at(fleet, "report_period_min_s", NULL), 3600, "shortest period");
	test_json_rel(nbsi_json_at(fleet, "report_period_max_s", NULL), 3600, "longest period");
	test_json_int(nbsi_json_at(fleet, "payload_min_bytes", NULL), 64, "smallest payload");
	json_decref(summary);
}

/*
 * No message at all: no latency. B-0's modem and microcontroller took 36 + 6 mJ in half a day, its
 * board 36 mJ a day: 120 mJ a day, beside a self-discharge of half a year's charge a year. The rate
 * is ln 2 a year, so ln(1 + k E / P) / k is log2(1 + ln 2 x 27000 / (120 x 365.25)). B-1 had no
 * connection and has no battery life, but its board counts: (120 + 36)/2 = 78.
 * From the second report on 15 + 3 mJ in 6 h: 72 mJ a day. Of 42 mJ in half a day 36 are everyday
 * life, 6 the set-up: log2(1 + ln 2 x 26994 / (108 x 365.25)).
 */
static void
test_fleet_dtls(void **state)
{
	(void)state;
	json_t *summary = test_file_run(0);
	const json_t *fleet = json_array_get(json_object_get(summary, "fleets"), 1);
	const json_t *dtls = nbsi_json_at(fleet, "dtls", NULL);
	static const char *const statistics[] = {"mean", "p50", "p90", "p99"};

	test_json_text(nbsi_json_at(fleet, "security", NULL), "dtls-psk");
	test_json_text(nbsi_json_at(fleet, "session", NULL), "sleep");
	test_json_text(nbsi_json_at(fleet, "stack", NULL), "ns3");
	test_json_int(nbsi_json_at(fleet, "messages", "sent", NULL), 0, "sent");
	for (size_t i = 0; i < 4; i++)
		assert_true(json_is_null(
		    nbsi_json_at(fleet, "messages", "latency_s", statistics[i], NULL)));
	test_json_int(nbsi_json_at(dtls, "started", NULL), 3, "started");
	test_json_int(nbsi_json_at(dtls, "handshakes", NULL), 2, "handshakes");
	test_json_int(nbsi_json_at(dtls, "failed", NULL), 1, "failed");
	test_json_int(nbsi_json_at(dtls, "resumed", NULL), 1, "resumed");
	test_json_int(nbsi_json_at(dtls, "bytes_up", NULL), 767, "bytes up");
	test_json_int(nbsi_json_at(dtls, "bytes_down", NULL), 576, "bytes down");
	test_json_int(nbsi_json_at(dtls, "messages", NULL), 15, "datagrams");
	test_json_rel(nbsi_json_at(fleet, "energy_mj_per_day", "mean", NULL), 78, "energy");
	test_json_rel(nbsi_json_at(fleet, "battery_years", "mean", NULL),
		      log2(1 + log(2) * 27000 / (120 * 365.25)), "years");
	test_json_rel(nbsi_json_at(fleet, "setup_mj", NULL), 6, "set-up");
	test_json_rel(nbsi_json_at(fleet, "battery_years_settled", "mean", NULL),
		      log2(1 + log(2) * 26994 / (108 * 365.25)), "settled years");
	test_json_int(nbsi_json_at(fleet, "battery_years_settled", "devices", NULL), 1, "settled");
	test_json_text(nbsi_json_at(fleet, "mcu", NULL), "paper-mcu");
	test_json_text(nbsi_json_at(fleet, "crypto", NULL), "hardware");
	/* Of no message no share came in time; each device sleeps or listens. */
	assert_true(
	    json_is_null(nbsi_json_at(fleet, "messages", "latency_s", "within_10_s", NULL)));
	test_json_int(nbsi_json_at(fleet, "radio", "end_states", "idle", NULL), 1, "idle");
	test_json_rel(nbsi_json_at(fleet, "report_period_s", NULL), 3600, "mean period");
	test_json_rel(nbsi_json_at(fleet, "report_period_min_s", NULL), 1800, "shortest period");
	test_json_rel(nbsi_json_at(fleet, "report_period_max_s", NULL), 86400, "longest period");
	test_json_int(nbsi_json_at(fleet, "payload_bytes", NULL), 64, "median payload");
	test_json_int(nbsi_json_at(fleet, "payload_min_bytes", NULL), 24, "smallest payload");
	test_json_int(nbsi_json_at(fleet, "payload_max_bytes", NULL), 200, "largest payload");
	json_decref(summary);
}

/* A device of the first fleet; of its reports 'g' is genuine, 'l' lost, 'e' accepted elsewhere. */
struct lossy {
	const char *reports;
	uint64_t latency_ns; /* of the genuine ones */
	struct nbs_ue_standing end;
	struct nbs_ue_stats radio;
};

static void
write_lossy(struct nbs_results *results, uint32_t id, const struct lossy *lossy)
{
	nbs_results_device(results, &(struct nbs_result_device){.id = id,
								.client_id = "x",
								.energy_mj = 1,
								.settled_ns = 3600,
								.settled_mj = 0,
								.empty_ns = NBS_RESULTS_NEVER,
								.end = lossy->end,
								.radio = lossy->radio});
	for (uint64_t i = 0; lossy->reports[i] != '\0'; i++) {
		char letter = lossy->reports[i];
		struct nbs_result_message message = {
		    .device = id,
		    .seq = i + 1,
		    .sent_ns = 1000 * i,
		    .delivered_ns = 1000 * i + lossy->latency_ns,
		    .verdict = letter == 'e' ? NBS_MESSAGE_ELSEWHERE : NBS_MESSAGE_GENUINE,
		    .capture = NBS_RESULTS_NONE};

		if (letter == 'l') {
			message.delivered_ns = NBS_RESULTS_NEVER;
			message.verdict = NBS_MESSAGE_LOST;
		}
		nbs_results_message(results, &message);
	}
}

/*
 * Of 16 reports 4 arrive, one of them a nanosecond late. The others, device by device:
 *   0  l before g: not the radio, it lost nothing. Two after g: the device is being rejected.
 *   1  Three after g, two of which wait: under way. One: not the radio.
 *   2  Three before g, while the radio lost one packet up and one down: 2 + 1.
 *   3  One after g, the access for it runs: under way.
 *   4  Never anything, all well: not the radio.   5  One elsewhere.
 * rejected 2, under way 2 + 1, lost on the radio 2, not by the radio 1 + 1 + 1 + 1, elsewhere 1.
 */
static void
test_undelivered(void **state)
{
	(void)state;
	static const struct lossy devices[] = {
	    {"lgll", 10000000000, {NBS_UE_BACKOFF, NBS_UE_REJECTED, "T3346", 1, 2, 0}, {0}},
	    {"glll", 10000000001, {.state = NBS_UE_BURST, .timer = "", .waiting_up = 2}, {0}},
	    {"lllg", 500000000, {.state = NBS_UE_PSM, .timer = ""}, {.lost_up = 1, .lost_down = 1}},
	    {"gl", 9990000000, {.state = NBS_UE_ACCESS, .timer = ""}, {0}},
	    {"l", 0, {.state = NBS_UE_IDLE, .timer = ""}, {0}},
	    {"e", 1, {.state = NBS_UE_PSM, .timer = ""}, {0}},
	};
	static const struct {
		const char *why;
		json_int_t count;
	} want[] = {{"rejected", 2},
		    {"under way", 3},
		    {"lost on the radio", 2},
		    {"not by the radio", 4},
		    {"elsewhere", 1}};
	struct nbs_scenario scenario;
	struct nbs_fleet_config fleets[2];
	const struct nbs_result_battery battery = {.nominal_wh = 5, .life = {.usable_mj = 18e6}};
	struct nbs_results *results = NULL;
	json_t *summary = NULL;

	unlink(path);
	test_scenario(&scenario, fleets);
	assert_int_equal(nbs_results_create(path, &results), NBS_OK);
	nbs_results_run(results, &scenario,
			&(struct nbs_result_run){
			    .version = "1", .simulated_ns = 1000000000, .network = "network-a"});
	nbs_results_fleet(results, 0, &fleets[0], &battery, 1);
	for (uint32_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		write_lossy(results, i, &devices[i]);
	assert_int_equal(nbs_results_finish(results), NBS_OK);
	assert_int_equal(nbs_summary_read(path, 0, &summary, why, sizeof(why)), NBS_OK);
	const json_t *fleet = json_array_get(json_object_get(summary, "fleets"), 0);
	const json_t *reasons = nbsi_json_at(fleet, "radio", "undelivered_why", NULL);

	test_json_int(nbsi_json_at(fleet, "messages", "sent", NULL), 16, "sent");
	test_json_int(nbsi_json_at(fleet, "messages", "delivered", NULL), 4, "delivered");
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		test_json_int(json_object_get(reasons, want[i].why), want[i].count, want[i].why);
	assert_int_equal(json_object_size(reasons), 5);
	test_json_rel(nbsi_json_at(fleet, "messages", "latency_s", "within_10_s", NULL), 3.0 / 16,
		      "within 10 s");
	/* Neither cell nor NAT was written; a rate of nothing gives no years. */
	assert_true(json_is_null(json_object_get(summary, "cell")));
	assert_true(json_is_null(json_object_get(summary, "nat")));
	assert_true(json_is_null(nbsi_json_at(fleet, "battery_years_settled", "mean", NULL)));
	json_decref(summary);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fleet_clear),
	    cmocka_unit_test(test_fleet_dtls),
	    cmocka_unit_test(test_undelivered),
	};

	return cmocka_run_group_tests_name("fleets", tests, test_file_setup, test_file_teardown);
}
