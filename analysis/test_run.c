/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hand-made run.
 */
#include "analysis/test_run.h"

#include <string.h>

#define S NBS_NS_PER_S
#define NONE NBS_RESULTS_NONE
#define NEVER NBS_RESULTS_NEVER

void
test_scenario(struct nbs_scenario *scenario, struct nbs_fleet_config fleets[2])
{
	*scenario = (struct nbs_scenario){
	    .name = "by-hand",
	    .description = "five devices on paper",
	    .seed = 7,
	    .start_unix_s = 1767225600,
	    .duration_ns = 86400 * S,
	    .fleets = fleets,
	    .fleet_count = 2,
	};
	scenario->network = (struct nbs_network_config){
	    .deployment = NBS_IN_BAND,
	    .receiver = NBS_RX_EVALUATION,
	    .link = NBS_LINK_REAL,
	    .load = NBS_LOAD_SHARED,
	    .objective = NBS_LEAST_ENERGY,
	    .max_tones = 6,
	    .optimisation = NBS_USER_PLANE,
	    .inactivity_timer_ns = 20 * S,
	    .cdrx = {.enabled = true, .cycle_ns = 2048 * NBS_NS_PER_MS, .on_duration_ns = 8000000},
	    .ul_request = NBS_UL_ENB_POLL,
	    .release_assistance = NBS_ASSIST_AS,
	    .as_security = true,
	    .edrx_cycle_ns = 20480 * NBS_NS_PER_MS,
	    .ptw_ns = 2560 * NBS_NS_PER_MS,
	    .psm = true,
	    .nas = NBS_EEA2,
	    .apn = NBS_APN_INTERNET,
	    .nat_binding_ns = 30 * S,
	    .t3324_ns = 10 * S,
	    .t3412_ns = 43200 * S,
	};
	scenario->gateway.bind_identity = true;
	scenario->gateway.cookies = false;
	scenario->battery.capacity_wh = 0.01;
	memset(fleets, 0, 2 * sizeof(*fleets));
	for (int i = 0; i < 2; i++) {
		strcpy(fleets[i].name, i == 0 ? "clear" : "dtls");
		strcpy(fleets[i].modem, "paper-modem");
		fleets[i].devices = i == 0 ? 3 : 2;
		fleets[i].security = i == 0 ? NBS_SEC_NONE : NBS_SEC_DTLS_PSK;
		fleets[i].mqttsn.session = i == 0 ? NBS_SESSION_KEEPALIVE : NBS_SESSION_SLEEP;
		fleets[i].stack = i == 0 ? NBS_HOST_LIGHT : NBS_HOST_NS3;
		fleets[i].report_period_ns = 3600 * S;
		fleets[i].payload_bytes = 64;
	}
	/* The second fleet's are drawn. */
	fleets[1].period_points = 2;
	fleets[1].period_mix[0] = (struct nbs_period_point){0.5, 86400 * S};
	fleets[1].period_mix[1] = (struct nbs_period_point){0.5, 1800 * S};
	fleets[1].payload = (struct nbs_pareto){.alpha = 2.5, .min = 24, .max = 200};
}

static const struct nbs_cell_stats test_cell = {
    .carriers = 3,
    .ul_share = 0.342,
    .dl_share = 0.51,
    .nprach_share = 0.25,
    .occasions = 900,
    .preambles = 1250,
    .detected = 1240,
    .collided = 40,
    .captured = 10,
    .responses = 1230,
    .unanswered = 7,
    .rejects = 12,
    .waits = 80,
    .connected = 2,
    .connected_max = 57,
};

static const struct nbs_nat_stats test_nat = {
    .made = 12,
    .rebound = 8,
    .expired = 11,
    .living = 1,
    .dropped_inbound = 5,
};

#define ASLEEP                                   \
	{                                        \
		.state = NBS_UE_PSM, .timer = "" \
	}

static const struct nbs_result_device test_devices[] = {
    {.id = 0,
     .fleet = 0,
     .client_id = "A-0",
     .address = 0x0a400002,
     .mcl_db = 143.25,
     .tx_dbm = 17.5,
     .energy_mj = 50,
     .settled_ns = 21600 * S,
     .settled_mj = 20,
     .empty_ns = NEVER,
     .reports_sent = 2,
     .reports_acked = 1,
     .end = {.state = NBS_UE_NO_CELL,
	     .reason = NBS_UE_NO_COVERAGE,
	     .timer = "search",
	     .timer_left_ns = 300 * S,
	     .waiting_up = 1},
     .radio = {.ra_attempts = 3, .connections = 2, .searches = 4}},
    {.id = 1,
     .fleet = 0,
     .client_id = "A-1",
     .address = 0x0a400003,
     .mcl_db = 151.5,
     .ce_level = 1,
     .tx_dbm = 23,
     .energy_mj = 100,
     .settled_ns = 10800 * S,
     .settled_mj = 15,
     .empty_ns = NEVER,
     .reports_sent = 2,
     .reports_acked = 2,
     .end = ASLEEP,
     .radio = {.ra_attempts = 5, .connections = 2, .rejects = 4, .releases = 2}},
    {.id = 2,
     .fleet = 0,
     .client_id = "A-2",
     .address = 0x0a400004,
     .mcl_db = 163.75,
     .ce_level = 2,
     .tx_dbm = 23,
     .in_outage = true,
     .energy_mj = 300,
     .empty_ns = NEVER,
     .reports_sent = 2,
     .reports_acked = 2,
     .end = ASLEEP,
     .radio = {.ra_attempts = 7,
	       .connections = 2,
	       .ra_failures = 2,
	       .rejects = 1,
	       .level_climbs = 3,
	       .lost_down = 6,
	       .releases = 2}},
    {.id = 3,
     .fleet = 1,
     .client_id = "B-0",
     .address = 0x0a400005,
     .mcl_db = 140,
     .energy_mj = 36,
     .mcu_mj = 6,
     .records = 9,
     .settled_ns = 21600 * S,
     .settled_mj = 15,
     .settled_mcu_mj = 3,
     .empty_ns = NEVER,
     .handshakes_started = 1,
     .handshakes_completed = 1,
     .handshake_bytes_up = 335,
     .handshake_bytes_down = 258,
     .handshake_datagrams = 6,
     .end = ASLEEP,
     .radio = {.connections = 1}},
    {.id = 4,
     .fleet = 1,
     .client_id = "B-1",
     .address = 0xffffffff,
     .mcl_db = 140,
     .energy_mj = 0,
     .empty_ns = NEVER,
     .handshakes_started = 2,
     .handshakes_completed = 1,
     .handshakes_failed = 1,
     .handshakes_resumed = 1,
     .handshake_bytes_up = 432,
     .handshake_bytes_down = 318,
     .handshake_datagrams = 9,
     .end = {.state = NBS_UE_IDLE, .timer = ""}},
};

static const struct nbs_result_state test_states[] = {
    {0, "psm", 43190 * S, 10}, {0, "tx", 10 * S, 40},     {1, "psm", 43180 * S, 20},
    {1, "tx", 20 * S, 80},     {2, "psm", 43170 * S, 30}, {2, "tx", 30 * S, 270},
    {3, "psm", 43200 * S, 36},
};

/* The sums over the rows above, several ways; settled 20 + 15 mJ and 15 + 3 mJ. */
static const struct nbs_result_energy test_energy[] = {
    {0, "state", "psm", 129540 * S, 60, true, 10.5},
    {0, "state", "tx", 60 * S, 390, true, 24.5},
    {0, "layer", "sleep", NEVER, 60, true, 7},
    {0, "layer", "radio_access", NEVER, 190, true, 14},
    {0, "layer", "application", NEVER, 200, true, 14},
    {0, "message", "none", NEVER, 60, true, 10.5},
    {0, "message", "publish", NEVER, 390, true, 24.5},
    {0, "tx_dbm", "17", 10 * S, 40, false, 0},
    {0, "tx_dbm", "23", 50 * S, 350, false, 0},
    {1, "state", "psm", 43200 * S, 36, true, 15},
    {1, "layer", "sleep", NEVER, 31, true, 13.5},
    {1, "layer", "dtls_handshake", NEVER, 3, true, 0},
    {1, "layer", "dtls_record", NEVER, 2, true, 1.5},
    {1, "message", "none", NEVER, 36, true, 15},
    {1, "mcu", "active", 2 * S, 3, true, 1.5},
    {1, "mcu", "crypto", 1 * S, 2, true, 1},
    {1, "mcu", "sleep", 43197 * S, 1, true, 0.5},
};

static const struct nbs_result_basis test_bases[] = {
    {0, "state", "psm", "psm", "data_sheet", 0},
    {0, "state", "tx", "tx", "assumed", 0.5},
    {1, "state", "psm", "psm", "data_sheet", 0},
    {1, "mcu", "active", "mcu_active", "assumed", 0},
    {1, "mcu", "sleep", "mcu_sleep", "derived", 0},
};

static const struct nbs_result_work test_work[] = {
    {1, "handshake", "sha256_block", 60},
    {1, "records", "aes_block", 8},
};

static const struct {
	const char *kind, *what;
	uint64_t count;
} test_gateway[] = {
    {"count", "handshakes", 12},     {"count", "resumed", 4},   {"count", "cookies", 13},
    {"count", "retransmissions", 3}, {"count", "moves", 2},     {"count", "sessions", 11},
    {"count", "resumable", 10},      {"failed", "replayed", 5}, {"failed", "no session", 1200},
    {"closed", "timed out", 6},
};

static const struct nbs_result_message test_messages[] = {
    {0, 1, 100 * S, 110 * S, NBS_MESSAGE_GENUINE, 1, 7},
    {1, 1, 200 * S, 202 * S, NBS_MESSAGE_GENUINE, 1, 9},
    {2, 1, 300 * S, 304 * S, NBS_MESSAGE_GENUINE, 1, 11},
    {0, 2, 400 * S, NEVER, NBS_MESSAGE_LOST, NONE, 0},
    {1, 2, 500 * S, 501 * S, NBS_MESSAGE_GENUINE, 1, 15},
    {2, 2, 600 * S, 900 * S, NBS_MESSAGE_ALTERED, 1, 19},
};

static const struct nbs_result_attack test_attacks[] = {
    {.id = 0, .kind = "clientid-spoof", .fleet = 0, .attempts = 5, .accepted = 3},
    {.id = 1, .kind = "clientid-spoof", .fleet = 1, .attempts = 4, .accepted = 0},
    {.id = 2, .kind = "replay", .fleet = 1, .attempts = 0, .accepted = 0},
};

static const struct nbs_result_attempt test_attempts[] = {
    {0, 1, 10 * S, "A-0", "accepted", 1, 2},
    {0, 2, 20 * S, "A-1", "accepted", 1, 3},
    {0, 3, 30 * S, "A-2", "accepted", 1, 4},
    {0, 4, 40 * S, "A-3", "refused-congestion", 1, 5},
    {0, 5, 50 * S, "A-4", "unanswered", NONE, 0},
    {1, 1, 15 * S, "B-0", "refused-identity", 2, 21},
    {1, 2, 25 * S, "B-1", "refused-identity", NONE, 0},
    {1, 3, 35 * S, "B-2", "refused-handshake", 2, 23},
    {1, 4, 45 * S, "B-3", "refused-handshake", 2, 24},
};

/* The last two: out of time order, and one that belongs to no attack. */
static const struct nbs_result_accepted test_accepted[] = {
    {0, "A-1", 20 * S, NBS_ACCEPTED_FORGED, 1, 3},
    {0, "A-2", 30 * S, NBS_ACCEPTED_REPLAYED, 1, 4},
    {0, "A-7", 10 * S, NBS_ACCEPTED_FORGED, 1, 2}, /* no such device */
    {NONE, "A-9", 60 * S, NBS_ACCEPTED_ALTERED, NONE, 0},
};

/* The second fleet's leaks half of what is left a year (at a rate of ln 2), beside a board that
 * takes 36 mJ a day. */
static const struct nbs_result_battery test_batteries[] = {
    {.nominal_wh = 0.01, .life = {.usable_mj = 36000}},
    {.nominal_wh = 0.01,
     .life = {.usable_mj = 27000,
	      .rate_per_year = 0.6931471805599453,
	      .quiescent_mw = 36.0 / 86400}},
};

static struct nbs_mcu test_mcu = {.name = "paper-mcu"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
write_energy(struct nbs_results *results)
{
	for (size_t i = 0; i < COUNT(test_energy); i++)
		nbs_results_energy(results, &test_energy[i]);
	for (size_t i = 0; i < COUNT(test_bases); i++)
		nbs_results_basis(results, &test_bases[i]);
	for (size_t i = 0; i < COUNT(test_work); i++)
		nbs_results_work(results, &test_work[i]);
}

enum nbs_status
test_run_write(const char *path)
{
	struct nbs_scenario scenario;
	struct nbs_fleet_config fleets[2];
	struct nbs_results *results = NULL;
	enum nbs_status status = nbs_results_create(path, &results);

	if (status != NBS_OK)
		return status;
	test_scenario(&scenario, fleets);
	nbs_results_run(results, &scenario,
			&(struct nbs_result_run){.version = "1.2.3",
						 .simulated_ns = 43200 * S,
						 .events = 12345,
						 .interrupted = true,
						 .network = "network-c",
						 .network_changes = 2});
	nbs_results_cell(results, &test_cell);
	nbs_results_nat(results, &test_nat);
	for (size_t i = 0; i < sizeof(test_gateway) / sizeof(test_gateway[0]); i++)
		nbs_results_gateway(results, test_gateway[i].kind, test_gateway[i].what,
				    test_gateway[i].count);
	fleets[1].mcu_profile = &test_mcu;
	fleets[1].crypto_hardware = true;
	nbs_results_fleet(results, 0, &fleets[0], &test_batteries[0], 10000);
	nbs_results_fleet(results, 1, &fleets[1], &test_batteries[1], 10001);
	nbs_results_capture(results, 1, "pcap/gateway.pcap", 19);
	nbs_results_capture(results, 2, "pcap/attacker.pcap", 24);
	for (size_t i = 0; i < COUNT(test_devices); i++)
		nbs_results_device(results, &test_devices[i]);
	for (size_t i = 0; i < COUNT(test_states); i++)
		nbs_results_state(results, &test_states[i]);
	write_energy(results);
	for (size_t i = 0; i < COUNT(test_messages); i++)
		nbs_results_message(results, &test_messages[i]);
	for (size_t i = 0; i < COUNT(test_attacks); i++)
		nbs_results_attack(results, &test_attacks[i]);
	for (size_t i = 0; i < COUNT(test_attempts); i++)
		nbs_results_attempt(results, &test_attempts[i]);
	for (size_t i = 0; i < COUNT(test_accepted); i++)
		nbs_results_accepted(results, &test_accepted[i]);
	return nbs_results_finish(results);
}
