/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The results writer: rows read back through SQLite itself, equal bytes for equal calls, refusals.
 */
#include "scenarios/results.h"
#include "scenarios/results_schema.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/nbsec-results-XXXXXX";
static char path[64], other_path[64];

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/a.sqlite", folder);
	snprintf(other_path, sizeof(other_path), "%s/b.sqlite", folder);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	unlink(other_path);
	return rmdir(folder);
}

static struct nbs_results *
create(const char *where)
{
	struct nbs_results *results = NULL;

	unlink(where);
	assert_int_equal(nbs_results_create(where, &results), NBS_OK);
	assert_string_equal(nbs_results_why(results), "");
	return results;
}

static const struct nbs_fleet_config fleet_clear = {
    .name = "clear",
    .devices = 2,
    .modem = "sara-n2",
    .stack = NBS_HOST_NS3,
    .mqttsn.session = NBS_SESSION_SLEEP,
    .report_period_ns = 3600 * NBS_NS_PER_S,
    .payload_bytes = 64,
};
static struct nbs_mcu mcu = {.name = "paper-mcu"};
static const struct nbs_fleet_config fleet_dtls = {
    .name = "dtls",
    .devices = 1,
    .modem = "sara-n2",
    .mcu_profile = &mcu,
    .crypto_hardware = true,
    .security = NBS_SEC_DTLS_PSK,
    .report_period_ns = 7 * NBS_NS_PER_S,
    .period_points = 3,
    .period_mix = {{0.5, 6 * NBS_NS_PER_S}, {0.25, 5 * NBS_NS_PER_S}, {0.25, 9 * NBS_NS_PER_S}},
    .payload_bytes = 32,
    .payload = {.alpha = 2.5, .min = 24, .max = 200},
};

static const struct nbs_result_battery battery_clear = {
    .nominal_wh = 5,
    .life = {.usable_mj = 9000.5, .rate_per_year = 0.03125, .quiescent_mw = 0.125}};
static const struct nbs_result_battery battery_dtls = {.nominal_wh = 2.5,
						       .life = {.usable_mj = 4500.25}};

static void
write_run(struct nbs_results *results)
{
	static const struct nbs_scenario scenario = {
	    .name = "meters",
	    .seed = 4294944442,
	    .start_unix_s = 1767225600,
	    .duration_ns = UINT64_C(86400000000000),
	    .network = {.load = NBS_LOAD_ALONE,
			.objective = NBS_LEAST_TONE_MS,
			.max_tones = 3,
			.optimisation = NBS_USER_PLANE,
			.ul_request = NBS_UL_SR_R15,
			.release_assistance = NBS_ASSIST_NAS,
			.as_security = true,
			.edrx_cycle_ns = 20480000000,
			.ptw_ns = 2560000000,
			.nas = NBS_EEA1,
			.apn = NBS_APN_INTERNET,
			.nat_binding_ns = 30000000000,
			.t3324_ns = 10000000000,
			.cdrx = {.enabled = true,
				 .cycle_ns = 2048000000,
				 .on_duration_ns = 8000000}},
	    .gateway = {.cookies = true},
	    .battery = {.capacity_wh = 5},
	};

	nbs_results_run(results, &scenario,
			&(struct nbs_result_run){.version = "0.1.0",
						 .simulated_ns = UINT64_C(43200000000000),
						 .events = 99,
						 .interrupted = true,
						 .network = "large-cell",
						 .network_changes = 3});
}

/* No two numbers are the same: a column in another's place shows. */
static const struct nbs_result_device device_template = {
    .client_id = "SM24-000001",
    .address = 0x0a40ff01,
    .mcl_db = 143.25,
    .ce_level = 2,
    .tx_dbm = 22.5,
    .in_outage = true,
    .energy_mj = 1.125,
    .mcu_mj = 0.375,
    .settled_ns = 7200,
    .settled_mj = 0.75,
    .settled_mcu_mj = 0.0625,
    .empty_ns = 7300,
    .handshakes_started = 1,
    .handshakes_completed = 2,
    .handshakes_failed = 3,
    .handshakes_resumed = 35,
    .handshake_bytes_up = 4,
    .handshake_bytes_down = 5,
    .handshake_datagrams = 6,
    .records = 34,
    .reports_sent = 7,
    .reports_acked = 8,
    .end = {.state = NBS_UE_BACKOFF,
	    .reason = NBS_UE_REJECTED,
	    .timer = "T3346",
	    .timer_left_ns = 2500000000,
	    .waiting_up = 9},
    .radio = {.ra_attempts = 11,
	      .ra_failures = 12,
	      .collisions = 13,
	      .no_response = 14,
	      .backoffs = 15,
	      .level_climbs = 16,
	      .connections = 17,
	      .releases = 18,
	      .rejects = 19,
	      .link_failures = 20,
	      .reestablishments = 21,
	      .attaches = 22,
	      .taus = 23,
	      .edt = 24,
	      .si_reads = 25,
	      .searches = 26,
	      .pagings = 27,
	      .missed_pages = 28,
	      .rate_held = 29,
	      .lost_up = 30,
	      .lost_down = 31,
	      .unreachable = 32,
	      .illegal = 33},
};

static void
write_device(struct nbs_results *results, uint32_t id, uint32_t fleet)
{
	struct nbs_result_device device = device_template;

	device.id = id;
	device.fleet = fleet;
	nbs_results_device(results, &device);
}

static void
write_cell(struct nbs_results *results)
{
	nbs_results_cell(results, &(struct nbs_cell_stats){.carriers = 2,
							   .ul_share = 0.5,
							   .dl_share = 0.25,
							   .nprach_share = 0.125,
							   .occasions = 3,
							   .preambles = 4,
							   .detected = 5,
							   .collided = 6,
							   .captured = 7,
							   .responses = 8,
							   .unanswered = 9,
							   .rejects = 10,
							   .waits = 11,
							   .connected = 12,
							   .connected_max = 13});
	nbs_results_nat(results, &(struct nbs_nat_stats){.made = 1,
							 .rebound = 2,
							 .expired = 3,
							 .living = 4,
							 .dropped_inbound = 5,
							 .exhausted = 6,
							 .refused = 7});
	nbs_results_gateway(results, "count", "cookies", 37);
	nbs_results_gateway(results, "closed", "timed out", 36);
}

/* Of what the energy went into: a part with a time, one without, one that knows no settled life. */
static void
write_energy(struct nbs_results *results)
{
	nbs_results_energy(results,
			   &(struct nbs_result_energy){1, "state", "psm", 8000, 0.5, true, 0.25});
	nbs_results_energy(results, &(struct nbs_result_energy){1, "layer", "sleep",
								NBS_RESULTS_NEVER, 1.5, true, 0});
	nbs_results_energy(results,
			   &(struct nbs_result_energy){1, "tx_dbm", "-7", 9000, 2.5, false, 77});
	nbs_results_basis(
	    results, &(struct nbs_result_basis){1, "state", "paging", "rx", "data_sheet", 0.15625});
	nbs_results_work(results, &(struct nbs_result_work){1, "records", "aes_block", 5000000003});
}

static void
write_all(struct nbs_results *results)
{
	write_run(results);
	write_cell(results);
	nbs_results_fleet(results, 0, &fleet_clear, &battery_clear, 10000);
	nbs_results_fleet(results, 1, &fleet_dtls, &battery_dtls, 10001);
	write_device(results, 3, 1);
	nbs_results_state(results, &(struct nbs_result_state){3, "psm", 5000000001, 0.5});
	write_energy(results);
	nbs_results_message(results,
			    &(struct nbs_result_message){3, 1, 10, 25, NBS_MESSAGE_GENUINE, 0, 12});
	nbs_results_message(results,
			    &(struct nbs_result_message){3, 2, 30, NBS_RESULTS_NEVER,
							 NBS_MESSAGE_LOST, NBS_RESULTS_NONE, 0});
	/* Without a frame number a capture alone proves nothing: both become NULL. */
	nbs_results_message(results,
			    &(struct nbs_result_message){3, 3, 40, 45, NBS_MESSAGE_ELSEWHERE, 0,
							 NBS_RESULTS_NO_FRAME});
	nbs_results_attack(results, &(struct nbs_result_attack){2, "spoof", 0, 9, 1});
	nbs_results_attempt(
	    results, &(struct nbs_result_attempt){2, 1, 50, "SM24-000002", "refused-x", 0, 13});
	nbs_results_accepted(results, &(struct nbs_result_accepted){2, "SM24-000001", 60,
								    NBS_ACCEPTED_REPLAYED, 0, 14});
	nbs_results_accepted(results, &(struct nbs_result_accepted){NBS_RESULTS_NONE, "x", 61,
								    NBS_ACCEPTED_ALTERED,
								    NBS_RESULTS_NONE, 0});
	nbs_results_capture(results, 0, "pcap/gateway.pcap", 14); /* last: its frames are known */
}

/* All rows of a query, columns by '|', rows by newline. */
static void
expect_rows(const char *sql, const char *want)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	char got[2048] = "";
	size_t used = 0;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			const char *text = (const char *)sqlite3_column_text(stmt, i);

			used += (size_t)snprintf(got + used, sizeof(got) - used, "%s%s",
						 i > 0 ? "|" : "", text == NULL ? "NULL" : text);
			assert_true(used < sizeof(got));
		}
		used += (size_t)snprintf(got + used, sizeof(got) - used, "\n");
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	assert_string_equal(got, want);
}

static void
test_rows_come_back(void **state)
{
	(void)state;
	struct nbs_results *results = create(path);

	write_all(results);
	assert_string_equal(nbs_results_why(results), "");
	assert_int_equal(nbs_results_finish(results), NBS_OK);
	expect_rows("PRAGMA integrity_check", "ok\n");
	expect_rows("SELECT * FROM run ORDER BY key",
		    "apn|internet\nas_security|1\n"
		    "battery_wh|5.0\nbind_identity|0\nc_drx|1\nc_drx_cycle_ns|2048000000\n"
		    "c_drx_on_ns|8000000\ncookies|1\ndeployment|stand-alone\ndescription|\n"
		    "duration_ns|86400000000000\nedrx|1\nedrx_cycle_ns|20480000000\nedt|0\n"
		    "events|99\ninactivity_timer_ns|0\n"
		    "interrupted|1\nlink|real\nload|alone\nmax_tones|3\nnas|eea1\n"
		    "nat_binding_ns|30000000000\nnetwork|large-cell\nnetwork_changes|3\n"
		    "objective|tone_ms\noptimisation|user-plane\npsm|0\nptw_ns|2560000000\n"
		    "receiver|evaluation\nrelease_assistance|nas\nscenario|meters\n"
		    "seed|4294944442\n"
		    "simulated_ns|43200000000000\nstart_unix_s|1767225600\nt3324_ns|10000000000\n"
		    "t3412_ns|0\nul_request|sr-r15\nversion|0.1.0\n");
	expect_rows("SELECT * FROM cell", "0|2|0.5|0.25|0.125|3|4|5|6|7|8|9|10|11|12|13\n");
	expect_rows("SELECT * FROM nat", "0|1|2|3|4|5|6|7\n");
	expect_rows("SELECT * FROM gateway_dtls", "closed|timed out|36\ncount|cookies|37\n");
	expect_rows("SELECT * FROM fleet",
		    "0|clear|2|none|NULL|sleep|sara-n2|ns3|NULL|software|5.0|9000.5|0.03125|0.125|"
		    "10000|3600000000000|3600000000000|3600000000000|64|64|64\n"
		    "1|dtls|1|dtls-psk|psk-aes128-ccm8|keepalive|sara-n2|light|paper-mcu|hardware|"
		    "2.5|4500.25|0.0|"
		    "0.0|10001|7000000000|5000000000|9000000000|32|24|200\n");
	expect_rows("SELECT * FROM device",
		    "3|1|SM24-000001|10.64.255.1|143.25|2|22.5|1|1.125|0.375|7200|0.75|0.0625|7300|"
		    "1|2|3|35|4|5|"
		    "6|34|7|8|"
		    "backoff|rejected|T3346|2.5|9|11|12|13|14|15|16|17|18|19|20|21|22|23|24|25|26|"
		    "27|28|29|30|31|32|33\n");
	/* By its name each counter is the one that was meant. */
	expect_rows("SELECT ra_attempts, connections, taus, pagings, lost_up, illegal FROM device",
		    "11|17|23|27|30|33\n");
	expect_rows("SELECT * FROM device_state", "3|psm|5000000001|0.5\n");
	expect_rows("SELECT * FROM fleet_energy", "1|layer|sleep|NULL|1.5|0.0\n"
						  "1|state|psm|8000|0.5|0.25\n"
						  "1|tx_dbm|-7|9000|2.5|NULL\n");
	expect_rows("SELECT * FROM fleet_basis", "1|state|paging|rx|data_sheet|0.15625\n");
	expect_rows("SELECT * FROM fleet_work", "1|records|aes_block|5000000003\n");
	expect_rows("SELECT * FROM message", "3|1|10|25|genuine|0|12\n3|2|30|NULL|lost|NULL|NULL\n"
					     "3|3|40|45|elsewhere|NULL|NULL\n");
	expect_rows("SELECT * FROM attack", "2|spoof|0|9|1\n");
	expect_rows("SELECT * FROM attempt", "2|1|50|SM24-000002|refused-x|0|13\n");
	expect_rows("SELECT * FROM accepted", "2|SM24-000001|60|replayed|0|14\n"
					      "NULL|x|61|altered|NULL|NULL\n");
	expect_rows("SELECT * FROM capture", "0|pcap/gateway.pcap|14\n");
	expect_rows("PRAGMA application_id", "1312969521\n"); /* 0x4e425331 */
	expect_rows("PRAGMA journal_mode", "delete\n");       /* nothing of ours stays behind */
}

static size_t
file_bytes(const char *where, char **bytes)
{
	FILE *file = fopen(where, "rb");
	long size;

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	rewind(file);
	*bytes = malloc((size_t)size);
	assert_non_null(*bytes);
	assert_int_equal(fread(*bytes, 1, (size_t)size, file), (size_t)size);
	fclose(file);
	return (size_t)size;
}

/* Enough messages, out of order, that pages are split, balanced and reused. */
static void
write_many(const char *where)
{
	struct nbs_results *results = create(where);

	write_all(results);
	for (uint32_t d = 100; d < 150; d++)
		write_device(results, d, 0);
	for (uint64_t seq = 1; seq <= 100; seq++) {
		for (uint32_t d = 149; d >= 100; d--)
			nbs_results_message(results, &(struct nbs_result_message){
							 d, seq, seq * 1000 + d, seq * 2000 + d,
							 NBS_MESSAGE_GENUINE, 0, seq});
	}
	assert_int_equal(nbs_results_finish(results), NBS_OK);
}

/* What is not there is not written: no facts of what is off, no NAT, no reason, no settled time. */
static void
test_what_is_not_there(void **state)
{
	(void)state;
	static const struct nbs_scenario scenario = {.name = "bare"};
	struct nbs_results *results = create(path);
	struct nbs_result_device device = device_template;

	nbs_results_run(results, &scenario,
			&(struct nbs_result_run){.version = "1", .network = "network-a"});
	nbs_results_fleet(results, 1, &fleet_dtls, &battery_dtls, 1);
	device.fleet = 1;
	device.settled_ns = 0;
	device.empty_ns = NBS_RESULTS_NEVER;
	device.end = (struct nbs_ue_standing){.state = NBS_UE_NO_CELL, .timer = ""};
	nbs_results_device(results, &device);
	assert_int_equal(nbs_results_finish(results), NBS_OK);
	expect_rows("SELECT count(*) FROM run WHERE key IN ('c_drx_cycle_ns', 'c_drx_on_ns',"
		    " 'edrx_cycle_ns', 'ptw_ns', 'nat_binding_ns')",
		    "0\n");
	expect_rows("SELECT count(*) FROM nat", "0\n");
	expect_rows("SELECT settled_ns, settled_mj, settled_mcu_mj, empty_ns, end_state,"
		    " end_reason, end_timer, end_timer_s FROM device",
		    "NULL|NULL|NULL|NULL|no cell|||0.0\n");
}

static void
test_same_calls_same_bytes(void **state)
{
	(void)state;
	char journal[80];
	char *first, *second;
	void *garbage[64];

	write_many(path);
	/* Memory that the second run is given again must not leave its marks in the file. */
	for (size_t i = 0; i < 64; i++) {
		garbage[i] = malloc(4096 + i);
		assert_non_null(garbage[i]);
		memset(garbage[i], 0xa5, 4096 + i);
	}
	for (size_t i = 0; i < 64; i++)
		free(garbage[i]);
	write_many(other_path);
	size_t size = file_bytes(path, &first);

	assert_true(size > 100000);
	assert_int_equal(size, file_bytes(other_path, &second));
	assert_memory_equal(first, second, size);
	free(first);
	free(second);
	snprintf(journal, sizeof(journal), "%s-journal", path);
	assert_int_not_equal(access(journal, F_OK), 0);
}

/* Each case makes one mistake; the error sticks to the end. */
static void
mistake_twice_the_same_device(struct nbs_results *results)
{
	write_device(results, 3, 1);
}

static void
mistake_not_a_number(struct nbs_results *results)
{
	nbs_results_state(results, &(struct nbs_result_state){3, "tx", 1, NAN});
}

static void
mistake_infinite(struct nbs_results *results)
{
	const struct nbs_result_battery endless = {.nominal_wh = 5,
						   .life = {.usable_mj = INFINITY}};

	nbs_results_fleet(results, 7, &fleet_clear, &endless, 1);
}

static void
mistake_too_late(struct nbs_results *results)
{
	nbs_results_state(results, &(struct nbs_result_state){3, "tx", UINT64_C(1) << 63, 0});
}

static void
mistake_no_text(struct nbs_results *results)
{
	nbs_results_attack(results, &(struct nbs_result_attack){9, NULL, 0, 0, 0});
}

static void
mistake_verdict(struct nbs_results *results)
{
	nbs_results_message(results,
			    &(struct nbs_result_message){3, 9, 0, 0, NBS_MESSAGE__COUNT, 0, 1});
}

static void
mistake_device_of_no_fleet(struct nbs_results *results)
{
	write_device(results, 4, 77);
}

static void
mistake_state(struct nbs_results *results)
{
	struct nbs_result_device device = device_template;

	device.id = 9;
	device.end.state = NBS_UE__COUNT;
	nbs_results_device(results, &device);
}

static void
mistake_energy_of_no_fleet(struct nbs_results *results)
{
	nbs_results_energy(results, &(struct nbs_result_energy){77, "state", "tx", 1, 1, true, 1});
}

static void
mistake_part_twice(struct nbs_results *results)
{
	write_energy(results);
}

static void
mistake_no_tag(struct nbs_results *results)
{
	nbs_results_basis(results, &(struct nbs_result_basis){1, "state", "tx", "tx", NULL, 0.1});
}

static void
mistake_no_operation(struct nbs_results *results)
{
	nbs_results_work(results, &(struct nbs_result_work){1, "records", NULL, 1});
}

static void
mistake_second_cell(struct nbs_results *results)
{
	write_cell(results);
}

static void
mistake_second_run(struct nbs_results *results)
{
	write_run(results);
}

static void
test_mistakes(void **state)
{
	(void)state;
	static const struct {
		void (*make)(struct nbs_results *results);
		enum nbs_status status;
		bool at_the_end; /* seen by nbs_results_finish() only */
	} cases[] = {
	    {mistake_twice_the_same_device, NBS_E_STATE, false},
	    {mistake_not_a_number, NBS_E_RANGE, false},
	    {mistake_infinite, NBS_E_RANGE, false},
	    {mistake_too_late, NBS_E_RANGE, false},
	    {mistake_no_text, NBS_E_ARG, false},
	    {mistake_verdict, NBS_E_ARG, false},
	    {mistake_state, NBS_E_ARG, false},
	    {mistake_part_twice, NBS_E_STATE, false},
	    {mistake_no_tag, NBS_E_ARG, false},
	    {mistake_no_operation, NBS_E_ARG, false},
	    {mistake_second_cell, NBS_E_STATE, false},
	    {mistake_second_run, NBS_E_STATE, false},
	    {mistake_device_of_no_fleet, NBS_E_STATE, true},
	    {mistake_energy_of_no_fleet, NBS_E_STATE, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nbs_results *results = create(path);

		write_all(results);
		cases[i].make(results);
		assert_int_equal(nbs_results_why(results)[0] == '\0', cases[i].at_the_end);
		/* A good row after a bad one is refused too. */
		assert_int_equal(nbs_results_capture(results, 50, "pcap/late.pcap", 0),
				 cases[i].at_the_end ? NBS_OK : cases[i].status);
		assert_int_equal(nbs_results_finish(results), cases[i].status);
	}
}

static void
test_bad_calls(void **state)
{
	(void)state;
	struct nbs_results *results = NULL;
	char nowhere[96];

	snprintf(nowhere, sizeof(nowhere), "%s/no/such/folder.sqlite", folder);
	assert_int_equal(nbs_results_create(nowhere, &results), NBS_E_IO);
	assert_null(results);
	assert_int_equal(nbs_results_create(NULL, &results), NBS_E_ARG);
	assert_int_equal(nbs_results_create(path, NULL), NBS_E_ARG);
	assert_int_equal(nbs_results_finish(create(path)), NBS_OK);
	assert_int_not_equal(nbs_results_create(path, &results), NBS_OK); /* it is there already */
	assert_null(results);
	assert_int_equal(nbs_results_device(NULL, NULL), NBS_E_ARG);
	assert_int_equal(nbs_results_cell(NULL, NULL), NBS_E_ARG);
	assert_int_equal(nbs_results_nat(NULL, NULL), NBS_E_ARG);
	assert_int_equal(nbs_results_energy(NULL, NULL), NBS_E_ARG);
	assert_int_equal(nbs_results_basis(NULL, NULL), NBS_E_ARG);
	assert_int_equal(nbs_results_work(NULL, NULL), NBS_E_ARG);
	assert_int_equal(nbs_results_finish(NULL), NBS_OK);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows_come_back),
	    cmocka_unit_test(test_what_is_not_there),
	    cmocka_unit_test(test_same_calls_same_bytes),
	    cmocka_unit_test(test_mistakes),
	    cmocka_unit_test(test_bad_calls),
	};

	return cmocka_run_group_tests_name("results_writer", tests, setup, teardown);
}
