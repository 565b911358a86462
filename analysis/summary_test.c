/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics, head and attacks of the summary against arithmetic on paper; refusals of files that
 * are not results.
 */
#include "analysis/checks.h"
#include "analysis/sample.h"
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
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const path = test_path;
static char why[256];

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
	test_json_rel(json, 6.065, "mean");
	json_decref(json);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json = nbsi_sample_quantile(&sample, cases[i].p);
		test_json_rel(json, cases[i].want, "quantile");
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
	json_t *summary = test_file_run(2.5);
	const json_t *network = nbsi_json_at(summary, "network", NULL);

	test_json_text(nbsi_json_at(summary, "scenario", NULL), "by-hand");
	test_json_int(nbsi_json_at(summary, "seed", NULL), 7, "seed");
	test_json_text(nbsi_json_at(summary, "version", NULL), "1.2.3");
	test_json_rel(nbsi_json_at(summary, "simulated_s", NULL), 43200, "simulated_s");
	test_json_rel(nbsi_json_at(summary, "duration_s", NULL), 86400, "duration_s");
	test_json_rel(nbsi_json_at(summary, "wall_s", NULL), 2.5, "wall_s");
	test_json_int(nbsi_json_at(summary, "events", NULL), 12345, "events");
	assert_true(json_is_true(nbsi_json_at(summary, "partial", NULL)));
	test_json_rel(nbsi_json_at(network, "inactivity_timer_s", NULL), 20, "inactivity");
	assert_true(json_is_true(nbsi_json_at(network, "c_drx", NULL)));
	test_json_rel(nbsi_json_at(network, "c_drx_cycle_s", NULL), 2.048, "cycle");
	assert_true(json_is_true(nbsi_json_at(network, "release_assistance", NULL)));
	test_json_rel(nbsi_json_at(network, "t3324_s", NULL), 10, "t3324");
	test_json_rel(nbsi_json_at(network, "t3412_s", NULL), 43200, "t3412");
	test_json_text(nbsi_json_at(network, "optimisation", NULL), "user-plane");
	test_json_text(nbsi_json_at(network, "deployment", NULL), "in-band");
	test_json_text(nbsi_json_at(network, "name", NULL), "network-c");
	test_json_int(nbsi_json_at(network, "changes", NULL), 2, "changes");
	test_json_text(nbsi_json_at(network, "assistance", NULL), "as");
	test_json_text(nbsi_json_at(network, "ul_request", NULL), "enb-poll");
	assert_true(json_is_true(nbsi_json_at(network, "psm", NULL)));
	assert_true(json_is_true(nbsi_json_at(network, "edrx", NULL)));
	test_json_rel(nbsi_json_at(network, "edrx_cycle_s", NULL), 20.48, "eDRX");
	test_json_rel(nbsi_json_at(network, "ptw_s", NULL), 2.56, "paging time window");
	assert_true(json_is_false(nbsi_json_at(network, "edt", NULL)));
	test_json_text(nbsi_json_at(network, "nas", NULL), "eea2");
	assert_true(json_is_true(nbsi_json_at(network, "as_security", NULL)));
	test_json_text(nbsi_json_at(network, "apn", NULL), "internet");
	test_json_rel(nbsi_json_at(network, "nat_binding_s", NULL), 30, "binding");
	test_json_text(nbsi_json_at(network, "load", NULL), "shared");
	test_json_text(nbsi_json_at(network, "objective", NULL), "energy");
	test_json_int(nbsi_json_at(network, "max_tones", NULL), 6, "max_tones");
	assert_true(json_is_true(nbsi_json_at(summary, "gateway", "bind_identity", NULL)));
	assert_true(json_is_false(nbsi_json_at(summary, "gateway", "cookies", NULL)));
	test_json_int(nbsi_json_at(summary, "unattributed_accepted", NULL), 1, "unattributed");
	json_decref(summary);
	summary = test_file_run(-1);
	assert_true(json_is_null(nbsi_json_at(summary, "wall_s", NULL)));
	json_decref(summary);
}

/* Counters by their names, refusals and ends by reason. */
static void
test_gateway(void **state)
{
	(void)state;
	json_t *summary = test_file_run(0);
	const json_t *dtls = nbsi_json_at(summary, "gateway", "dtls", NULL);

	test_json_int(nbsi_json_at(dtls, "handshakes", NULL), 12, "handshakes");
	test_json_int(nbsi_json_at(dtls, "cookies", NULL), 13, "cookies");
	test_json_int(nbsi_json_at(dtls, "failed", "no session", NULL), 1200, "no session");
	test_json_int(nbsi_json_at(dtls, "failed", "replayed", NULL), 5, "replayed");
	test_json_int(nbsi_json_at(dtls, "closed", "timed out", NULL), 6, "timed out");
	assert_int_equal(json_object_size(json_object_get(dtls, "closed")), 1);
	json_decref(summary);
}

static void
test_cell(void **state)
{
	(void)state;
	json_t *summary = test_file_run(0);
	const json_t *cell = json_object_get(summary, "cell");
	const json_t *nat = json_object_get(summary, "nat");

	assert_null(json_object_get(cell, "id"));
	test_json_int(nbsi_json_at(cell, "carriers", NULL), 3, "carriers");
	test_json_rel(nbsi_json_at(cell, "ul_share", NULL), 0.342, "ul_share");
	test_json_rel(nbsi_json_at(cell, "dl_share", NULL), 0.51, "dl_share");
	test_json_rel(nbsi_json_at(cell, "nprach_share", NULL), 0.25, "nprach_share");
	test_json_int(nbsi_json_at(cell, "preambles", NULL), 1250, "preambles");
	test_json_int(nbsi_json_at(cell, "collided", NULL), 40, "collided");
	test_json_int(nbsi_json_at(cell, "connected_max", NULL), 57, "connected_max");
	test_json_int(nbsi_json_at(nat, "made", NULL), 12, "made");
	test_json_int(nbsi_json_at(nat, "rebound", NULL), 8, "rebound");
	test_json_int(nbsi_json_at(nat, "refused", NULL), 0, "refused");
	json_decref(summary);
}

static void
check_evidence(const json_t *attack, size_t i, const char *pcap, json_int_t frame)
{
	const json_t *entry = json_array_get(nbsi_json_at(attack, "evidence", NULL), i);

	test_json_text(nbsi_json_at(entry, "pcap", NULL), pcap);
	test_json_int(nbsi_json_at(entry, "frame", NULL), frame, "frame");
}

static void
test_attacks(void **state)
{
	(void)state;
	json_t *summary = test_file_run(0);
	const json_t *attacks = json_object_get(summary, "attacks");
	const json_t *attack = json_array_get(attacks, 0);

	assert_int_equal(json_array_size(attacks), 3);
	test_json_text(nbsi_json_at(attack, "kind", NULL), "clientid-spoof");
	test_json_text(nbsi_json_at(attack, "target", NULL), "clear");
	test_json_int(nbsi_json_at(attack, "attempts", NULL), 5, "attempts");
	test_json_int(nbsi_json_at(attack, "accepted", NULL), 3, "accepted");
	test_json_int(nbsi_json_at(attack, "refused", NULL), 1, "refused");
	test_json_text(nbsi_json_at(attack, "verdict", NULL), "accepted");
	test_json_int(nbsi_json_at(attack, "outcomes", "unanswered", NULL), 1, "unanswered");
	test_json_int(nbsi_json_at(attack, "accepted_as", "forged", NULL), 2, "forged");
	test_json_int(nbsi_json_at(attack, "accepted_as", "replayed", NULL), 1, "replayed");
	assert_int_equal(json_array_size(nbsi_json_at(attack, "evidence", NULL)), 3);
	/* are devices, in the order of time; A-7, though earlier, is none. */
	test_json_int(nbsi_json_at(attack, "accepted_as_device", NULL), 2, "as device");
	check_evidence(attack, 0, "pcap/gateway.pcap", 3);
	check_evidence(attack, 1, "pcap/gateway.pcap", 4);
	check_evidence(attack, 2, "pcap/gateway.pcap", 2);

	attack = json_array_get(attacks, 1);
	test_json_text(nbsi_json_at(attack, "target", NULL), "dtls");
	test_json_text(nbsi_json_at(attack, "verdict", NULL), "refused");
	test_json_int(nbsi_json_at(attack, "refused", NULL), 4, "refused");
	test_json_int(nbsi_json_at(attack, "outcomes", "refused-identity", NULL), 2, "identity");
	assert_int_equal(json_array_size(nbsi_json_at(attack, "evidence", NULL)), 3);
	check_evidence(attack, 0, "pcap/attacker.pcap", 21);
	check_evidence(attack, 1, "pcap/attacker.pcap", 23);

	attack = json_array_get(attacks, 2);
	test_json_text(nbsi_json_at(attack, "verdict", NULL), "not tried");
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
	const struct nbs_result_battery battery = {.nominal_wh = 5, .life = {.usable_mj = 18e6}};
	struct nbs_results *results = NULL;
	json_t *summary = NULL;

	unlink(path);
	test_scenario(&scenario, fleets);
	assert_int_equal(nbs_results_create(path, &results), NBS_OK);
	nbs_results_run(results, &scenario,
			&(struct nbs_result_run){.version = "1", .network = "network-a"});
	nbs_results_capture(results, 0, "pcap/gateway.pcap", 2010);
	for (uint32_t f = 0; f < 2; f++) {
		nbs_results_fleet(results, f, &fleets[f], &battery, 1);
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

/* Null there stands for the name of what a fleet does not have. */
static bool
is_name(const char *at)
{
	const char *last = strrchr(at, '.');

	return last != NULL && (strcmp(last, ".mcu") == 0 || strcmp(last, ".suite") == 0);
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
	} else if (!json_is_string(value) && !is_name(at)) {
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
	    "cell",
	    "cell.preambles.more",
	    "fleets.clear.radio.end_states",
	    "fleets.clear.latency_s.within_10_s",
	    "fleets.clear.battery",
	    "fleets.clear.battery.lifetime",
	    "fleets.clear.battery.assumed.0",
	    "fleets.clear.mcu",
	    "fleets.clear.tx_by_dbm.23",
	    "attacks..accepted",
	    "network.t3324",
	};
	json_t *summary = test_file_run(1);
	unsigned count = 0;

	check_leaves(summary, "", &count);
	assert_true(count > 130); /* two fleets of 50 and more, cell, network */
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
	    {"PRAGMA user_version = 99", "schema version 99, this program reads version 4"},
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
	    cmocka_unit_test(test_cell),
	    cmocka_unit_test(test_gateway),
	    cmocka_unit_test(test_attacks),
	    cmocka_unit_test(test_known_paths),
	    cmocka_unit_test(test_evidence_is_bounded),
	    cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests_name("summary", tests, test_file_setup, test_file_teardown);
}
