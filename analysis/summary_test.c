/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics and summary against arithmetic on paper; refusals of files that are not results.
 */
#include "analysis/checks.h"
#include "analysis/sample.h"
#include "analysis/summary.h"
#include "analysis/table_parts.h"
#include "analysis/test_run.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/nbsec-summary-XXXXXX";
static char path[64];
static char why[256];

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/results.sqlite", folder);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static json_t *
read_test_run(double wall_s)
{
	json_t *summary = NULL;

	unlink(path);
	assert_int_equal(test_run_write(path), NBS_OK);
	assert_int_equal(nbs_summary_read(path, wall_s, &summary, why, sizeof(why)), NBS_OK);
	return summary;
}

/* The same number up to the rounding of a dozen operations on doubles. */
static void
check_rel(const json_t *got, double want, const char *what)
{
	if (!json_is_real(got) || fabs(json_real_value(got) - want) > 1e-14 * fabs(want))
		fail_msg("%s: got %.17g, want %.17g", what, json_real_value(got), want);
}

static void
check_int(const json_t *got, json_int_t want, const char *what)
{
	if (!json_is_integer(got) || json_integer_value(got) != want)
		fail_msg("%s: got %lld, want %lld", what, (long long)json_integer_value(got),
			 (long long)want);
}

static void
check_text(const json_t *got, const char *want)
{
	assert_true(json_is_string(got));
	assert_string_equal(json_string_value(got), want);
}

/*
 * Quantile p of n sorted values sits at position (n-1)p, linear between its neighbours:
 * 2.385 3.25 7.125 11.5: p50 at 1.5: (3.25 + 7.125)/2 = 5.1875; p90 at 2.7: 7.125 + 0.7 * 4.375 =
 * 10.1875; p10 at 0.3: 2.385 + 0.3 * 0.865 = 2.6445. Mean 24.26/4 = 6.065.
 */
static void
test_sample(void **state)
{
	(void)state;
	static const double values[] = {11.5, 2.385, 7.125, 3.25};
	static const struct {
		double p, want;
	} cases[] = {{0, 2.385}, {0.1, 2.6445}, {0.5, 5.1875}, {0.9, 10.1875}, {1, 11.5}};
	struct nbsi_sample sample = {0};
	json_t *json;

	assert_true(json_is_null(nbsi_sample_mean(&sample)));
	assert_true(json_is_null(nbsi_sample_quantile(&sample, 0.5)));
	for (size_t i = 0; i < 4; i++)
		assert_true(nbsi_sample_add(&sample, values[i]));
	nbsi_sample_sort(&sample);
	json = nbsi_sample_mean(&sample);
	check_rel(json, 6.065, "mean");
	json_decref(json);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json = nbsi_sample_quantile(&sample, cases[i].p);
		check_rel(json, cases[i].want, "quantile");
		json_decref(json);
	}
	for (int i = 0; i < 1000; i++)
		assert_true(nbsi_sample_add(&sample, i));
	assert_int_equal(sample.count, 1004);
	nbsi_sample_fini(&sample);
	assert_int_equal(sample.count, 0);
}

static void
test_head(void **state)
{
	(void)state;
	json_t *summary = read_test_run(2.5);
	const json_t *network = nbsi_json_at(summary, "network", NULL);

	check_text(nbsi_json_at(summary, "scenario", NULL), "by-hand");
	check_int(nbsi_json_at(summary, "seed", NULL), 7, "seed");
	check_text(nbsi_json_at(summary, "version", NULL), "1.2.3");
	check_rel(nbsi_json_at(summary, "simulated_s", NULL), 43200, "simulated_s");
	check_rel(nbsi_json_at(summary, "duration_s", NULL), 86400, "duration_s");
	check_rel(nbsi_json_at(summary, "wall_s", NULL), 2.5, "wall_s");
	check_int(nbsi_json_at(summary, "events", NULL), 12345, "events");
	assert_true(json_is_true(nbsi_json_at(summary, "partial", NULL)));
	check_rel(nbsi_json_at(network, "inactivity_timer_s", NULL), 20, "inactivity");
	assert_true(json_is_true(nbsi_json_at(network, "c_drx", NULL)));
	check_rel(nbsi_json_at(network, "c_drx_cycle_s", NULL), 2.048, "cycle");
	assert_true(json_is_true(nbsi_json_at(network, "release_assistance", NULL)));
	check_rel(nbsi_json_at(network, "t3324_s", NULL), 10, "t3324");
	check_rel(nbsi_json_at(network, "t3412_s", NULL), 43200, "t3412");
	check_text(nbsi_json_at(network, "optimisation", NULL), "user-plane");
	check_text(nbsi_json_at(network, "deployment", NULL), "in-band");
	assert_true(json_is_true(nbsi_json_at(summary, "gateway", "bind_identity", NULL)));
	assert_true(json_is_false(nbsi_json_at(summary, "gateway", "cookies", NULL)));
	check_int(nbsi_json_at(summary, "unattributed_accepted", NULL), 1, "unattributed");
	json_decref(summary);
	summary = read_test_run(-1);
	assert_true(json_is_null(nbsi_json_at(summary, "wall_s", NULL)));
	json_decref(summary);
}

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
	json_t *summary = read_test_run(0);
	const json_t *fleet = json_array_get(json_object_get(summary, "fleets"), 0);
	const json_t *messages = nbsi_json_at(fleet, "messages", NULL);
	const json_t *latency = nbsi_json_at(messages, "latency_s", NULL);
	const json_t *energy = nbsi_json_at(fleet, "energy_mj_per_day", NULL);
	const json_t *years = nbsi_json_at(fleet, "battery_years", NULL);
	const json_t *levels = nbsi_json_at(fleet, "radio", "devices_by_ce_level", NULL);

	assert_int_equal(json_array_size(json_object_get(summary, "fleets")), 2);
	check_text(nbsi_json_at(fleet, "name", NULL), "clear");
	check_int(nbsi_json_at(fleet, "devices", NULL), 3, "devices");
	check_text(nbsi_json_at(fleet, "security", NULL), "none");
	check_text(nbsi_json_at(fleet, "session", NULL), "keepalive");
	check_text(nbsi_json_at(fleet, "modem", NULL), "paper-modem");
	check_text(nbsi_json_at(fleet, "stack", NULL), "light");
	check_int(nbsi_json_at(fleet, "port", NULL), 10000, "port");
	check_int(nbsi_json_at(messages, "sent", NULL), 6, "sent");
	check_int(nbsi_json_at(messages, "delivered", NULL), 4, "delivered");
	check_int(nbsi_json_at(messages, "acked", NULL), 5, "acked");
	check_rel(nbsi_json_at(latency, "mean", NULL), 4.25, "latency mean");
	check_rel(nbsi_json_at(latency, "p50", NULL), 3, "latency p50");
	check_rel(nbsi_json_at(latency, "p90", NULL), 8.2, "latency p90");
	check_rel(nbsi_json_at(latency, "p99", NULL), 9.82, "latency p99");
	check_rel(nbsi_json_at(energy, "mean", NULL), 300, "energy mean");
	check_rel(nbsi_json_at(energy, "p50", NULL), 200, "energy p50");
	check_rel(nbsi_json_at(energy, "p90", NULL), 520, "energy p90");
	check_rel(nbsi_json_at(fleet, "energy_by_state_mj", "psm", NULL), 40, "psm");
	check_rel(nbsi_json_at(fleet, "energy_by_state_mj", "tx", NULL), 260, "tx");
	check_rel(nbsi_json_at(fleet, "time_by_state_s", "psm", NULL), 86360, "psm s");
	check_rel(nbsi_json_at(fleet, "time_by_state_s", "tx", NULL), 40, "tx s");
	check_rel(nbsi_json_at(years, "mean", NULL), 200 / 365.25, "years mean");
	check_rel(nbsi_json_at(years, "p10", NULL), 84 / 365.25, "years p10");
	check_rel(nbsi_json_at(years, "p90", NULL), 324 / 365.25, "years p90");
	for (size_t i = 0; i < 3; i++)
		check_int(json_array_get(levels, i), 1, "CE level");
	/*
	 * A-0 alone has three reports: 20 mJ in 6 h are 80 mJ a day; of its 50 mJ in half a day 40
	 * are everyday life and 10 the set-up. (36,000 - 10) / 80 = 449.875 days.
	 */
	check_rel(nbsi_json_at(fleet, "setup_mj", NULL), 10, "set-up");
	check_rel(nbsi_json_at(fleet, "battery_years_settled", "mean", NULL), 449.875 / 365.25,
		  "settled years");
	check_int(nbsi_json_at(fleet, "radio", "devices_in_outage", NULL), 1, "outage");
	check_int(nbsi_json_at(fleet, "radio", "ra_attempts", NULL), 15, "ra_attempts");
	check_int(nbsi_json_at(fleet, "radio", "connections", NULL), 6, "connections");
	json_decref(summary);
}

/*
 * No message at all: no latency. One device of 36 mJ in half a day: 36000/72 = 500 days; the other
 * used nothing and has no battery life, but counts for the mean energy: (72 + 0)/2 = 36.
 */
static void
test_fleet_dtls(void **state)
{
	(void)state;
	json_t *summary = read_test_run(0);
	const json_t *fleet = json_array_get(json_object_get(summary, "fleets"), 1);
	const json_t *dtls = nbsi_json_at(fleet, "dtls", NULL);
	static const char *const statistics[] = {"mean", "p50", "p90", "p99"};

	check_text(nbsi_json_at(fleet, "security", NULL), "dtls-psk");
	check_text(nbsi_json_at(fleet, "session", NULL), "sleep");
	check_text(nbsi_json_at(fleet, "stack", NULL), "ns3");
	check_int(nbsi_json_at(fleet, "messages", "sent", NULL), 0, "sent");
	for (size_t i = 0; i < 4; i++)
		assert_true(json_is_null(
		    nbsi_json_at(fleet, "messages", "latency_s", statistics[i], NULL)));
	check_int(nbsi_json_at(dtls, "started", NULL), 3, "started");
	check_int(nbsi_json_at(dtls, "handshakes", NULL), 2, "handshakes");
	check_int(nbsi_json_at(dtls, "failed", NULL), 1, "failed");
	check_int(nbsi_json_at(dtls, "bytes_up", NULL), 767, "bytes up");
	check_int(nbsi_json_at(dtls, "bytes_down", NULL), 576, "bytes down");
	check_int(nbsi_json_at(dtls, "messages", NULL), 15, "datagrams");
	check_rel(nbsi_json_at(fleet, "energy_mj_per_day", "mean", NULL), 36, "energy");
	check_rel(nbsi_json_at(fleet, "battery_years", "mean", NULL), 500 / 365.25, "years");
	assert_true(json_is_null(nbsi_json_at(fleet, "battery_years_settled", "mean", NULL)));
	assert_true(json_is_null(nbsi_json_at(fleet, "setup_mj", NULL)));
	json_decref(summary);
}

static void
check_evidence(const json_t *attack, size_t i, const char *pcap, json_int_t frame)
{
	const json_t *entry = json_array_get(nbsi_json_at(attack, "evidence", NULL), i);

	check_text(nbsi_json_at(entry, "pcap", NULL), pcap);
	check_int(nbsi_json_at(entry, "frame", NULL), frame, "frame");
}

static void
test_attacks(void **state)
{
	(void)state;
	json_t *summary = read_test_run(0);
	const json_t *attacks = json_object_get(summary, "attacks");
	const json_t *attack = json_array_get(attacks, 0);

	assert_int_equal(json_array_size(attacks), 3);
	check_text(nbsi_json_at(attack, "kind", NULL), "clientid-spoof");
	check_text(nbsi_json_at(attack, "target", NULL), "clear");
	check_int(nbsi_json_at(attack, "attempts", NULL), 5, "attempts");
	check_int(nbsi_json_at(attack, "accepted", NULL), 3, "accepted");
	check_int(nbsi_json_at(attack, "refused", NULL), 1, "refused");
	check_text(nbsi_json_at(attack, "verdict", NULL), "accepted");
	check_int(nbsi_json_at(attack, "outcomes", "unanswered", NULL), 1, "unanswered");
	check_int(nbsi_json_at(attack, "accepted_as", "forged", NULL), 2, "forged");
	check_int(nbsi_json_at(attack, "accepted_as", "replayed", NULL), 1, "replayed");
	assert_int_equal(json_array_size(nbsi_json_at(attack, "evidence", NULL)), 3);
	/* are devices, in the order of time; A-7, though earlier, is none. */
	check_int(nbsi_json_at(attack, "accepted_as_device", NULL), 2, "as device");
	check_evidence(attack, 0, "pcap/gateway.pcap", 3);
	check_evidence(attack, 1, "pcap/gateway.pcap", 4);
	check_evidence(attack, 2, "pcap/gateway.pcap", 2);

	attack = json_array_get(attacks, 1);
	check_text(nbsi_json_at(attack, "target", NULL), "dtls");
	check_text(nbsi_json_at(attack, "verdict", NULL), "refused");
	check_int(nbsi_json_at(attack, "refused", NULL), 4, "refused");
	check_int(nbsi_json_at(attack, "outcomes", "refused-identity", NULL), 2, "identity");
	assert_int_equal(json_array_size(nbsi_json_at(attack, "evidence", NULL)), 3);
	check_evidence(attack, 0, "pcap/attacker.pcap", 21);
	check_evidence(attack, 1, "pcap/attacker.pcap", 23);

	attack = json_array_get(attacks, 2);
	check_text(nbsi_json_at(attack, "verdict", NULL), "not tried");
	assert_int_equal(json_array_size(nbsi_json_at(attack, "evidence", NULL)), 0);
	json_decref(summary);
}

/* 1,005 accepted give 1,000 entries, 1,005 refused give 10. */
static void
test_evidence_is_bounded(void **state)
{
	(void)state;
	struct nbs_scenario scenario;
	struct nbs_fleet_config fleets[2];
	struct nbs_results *results = NULL;
	json_t *summary = NULL;

	unlink(path);
	test_scenario(&scenario, fleets);
	assert_int_equal(nbs_results_create(path, &results), NBS_OK);
	nbs_results_run(results, &scenario, &(struct nbs_result_run){.version = "1"});
	nbs_results_capture(results, 0, "pcap/gateway.pcap", 2010);
	for (uint32_t f = 0; f < 2; f++) {
		nbs_results_fleet(results, f, &fleets[f], 5, 1);
		nbs_results_attack(results,
				   &(struct nbs_result_attack){.id = f,
							       .kind = "k",
							       .fleet = f,
							       .attempts = 1005,
							       .accepted = f == 0 ? 1005 : 0});
	}
	for (uint64_t n = 1; n <= 1005; n++) {
		nbs_results_attempt(results,
				    &(struct nbs_result_attempt){1, n, n, "x", "refused-a", 0, n});
		nbs_results_accepted(results, &(struct nbs_result_accepted){
						  0, "x", n, NBS_ACCEPTED_FORGED, 0, 1005 + n});
	}
	assert_int_equal(nbs_results_finish(results), NBS_OK);
	assert_int_equal(nbs_summary_read(path, 0, &summary, why, sizeof(why)), NBS_OK);
	const json_t *attacks = json_object_get(summary, "attacks");
	const json_t *accepted = nbsi_json_at(json_array_get(attacks, 0), "evidence", NULL);
	const json_t *refused = nbsi_json_at(json_array_get(attacks, 1), "evidence", NULL);

	assert_int_equal(json_array_size(accepted), 1000);
	assert_int_equal(json_array_size(refused), 10);
	/* Nothing was simulated: nothing can be scaled to a day. */
	const json_t *fleet = json_array_get(json_object_get(summary, "fleets"), 0);
	assert_true(json_is_null(nbsi_json_at(fleet, "energy_mj_per_day", "mean", NULL)));
	assert_true(json_is_null(nbsi_json_at(fleet, "battery_years", "p10", NULL)));
	json_decref(summary);
}

/* Every number (or null in its place, or flag) of the summary can be checked. */
static void
check_leaves(const json_t *value, const char *at, unsigned *count)
{
	char below[256];
	const char *key;
	json_t *item;
	size_t i;

	if (json_is_object(value)) {
		json_object_foreach((json_t *)value, key, item)
		{
			snprintf(below, sizeof(below), "%s%s%s", at, at[0] ? "." : "", key);
			check_leaves(item, below, count);
		}
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, item)
		{
			snprintf(below, sizeof(below), "%s.%zu", at, i);
			check_leaves(item, below, count);
		}
	} else if (!json_is_string(value)) {
		if (!nbs_check_path_known(at))
			fail_msg("%s is a value of the summary and no known path", at);
		(*count)++;
	}
}

static void
test_known_paths(void **state)
{
	(void)state;
	static const char *const unknown[] = {
	    "",
	    "blah",
	    "fleets",
	    "fleets.clear",
	    "fleets.clear.messages",
	    "fleets.clear.messages.deliverd",
	    "fleets.clear.messages.delivered.more",
	    "attacks.dtls.accept",
	    "attacks..accepted",
	    "network.t3324",
	};
	json_t *summary = read_test_run(1);
	unsigned count = 0;

	check_leaves(summary, "", &count);
	assert_true(count > 60); /* two fleets of 26 and more */
	json_decref(summary);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		if (nbs_check_path_known(unknown[i]))
			fail_msg("\"%s\" counts as known", unknown[i]);
	}
}

static void
damage(const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
expect_refusal(enum nbs_status status, const char *reason)
{
	json_t *summary = NULL;

	why[0] = '\0';
	assert_int_equal(nbs_summary_read(path, 0, &summary, why, sizeof(why)), status);
	assert_null(summary);
	if (strstr(why, reason) == NULL || strstr(why, path) != why)
		fail_msg("\"%s\" does not name the file and \"%s\"", why, reason);
}

static void
test_refusals(void **state)
{
	(void)state;
	static const struct {
		const char *sql, *reason;
	} cases[] = {
	    {"PRAGMA application_id = 1", "not a results database of nbsec"},
	    {"PRAGMA user_version = 99", "schema version 99, this program reads version 1"},
	    {"DELETE FROM run WHERE key = 'seed'", "table run lacks the fact seed"},
	    {"DROP TABLE attempt", "no such table: attempt"},
	    {"DELETE FROM fleet WHERE id = 1", "a device of no fleet"},
	};

	unlink(path);
	expect_refusal(NBS_E_NOTFOUND, "No such file");
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	for (int i = 0; i < 200; i++)
		fputs("no database at all\n", file);
	fclose(file);
	expect_refusal(NBS_E_INVALID, "not a database");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unlink(path);
		assert_int_equal(test_run_write(path), NBS_OK);
		damage(cases[i].sql);
		expect_refusal(NBS_E_INVALID, cases[i].reason);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sample),
	    cmocka_unit_test(test_head),
	    cmocka_unit_test(test_fleet_clear),
	    cmocka_unit_test(test_fleet_dtls),
	    cmocka_unit_test(test_attacks),
	    cmocka_unit_test(test_known_paths),
	    cmocka_unit_test(test_evidence_is_bounded),
	    cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests_name("summary", tests, setup, teardown);
}
