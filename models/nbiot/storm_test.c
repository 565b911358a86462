/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Too much of everything: 10,000 UEs switched on at once, ten times the load that a cell carries,
 * no UE at all, timers at both ends of what TS 36.331 and TS 24.008 allow. Nobody may be stuck,
 * nothing may vanish, and the number of events must follow from what happened.
 */
#include "models/nbiot/large_cell_test_util.h"
#include "models/nbiot/ue_internal.h"
#include "models/nbiot/ue_test_util.h"

#define STORM_UES 10000U

/* Of 20 UEs 16, 3 and 1 at 144, 154 and 164 dB (80/15/5 %). */
static double
storm_mcl_db(unsigned i)
{
	if (i % 20 < 16)
		return 144.0;
	return i % 20 < 19 ? 154.0 : 164.0;
}

/* 36 subcarriers each 80 ms in level 0, as a cell for 52,547 devices needs them. */
static void
large_cell(struct nbs_network_config *config)
{
	config->deployment = NBS_STAND_ALONE;
	config->objective = NBS_LEAST_TONE_MS;
	config->nrs_power_dbm = 32.2;
	config->nrsrp_threshold_dbm[0] = -117;
	config->nrsrp_threshold_dbm[1] = -127;
	config->preamble_trans_max = 20;
	config->backoff_index = 3; /* 1,024 ms */
	config->non_anchor_carriers = 4;
	config->t300_ns = 15 * BENCH_S;
	memcpy(config->ce, large_cell_ce, sizeof(large_cell_ce));
}

static void
storm_ues(struct bench *b, unsigned count, uint64_t start_ns)
{
	bench_cell(b);
	nbs_cell_uplink(b->cell, NULL, NULL);
	for (unsigned i = 0; i < count; i++) {
		char name[16];
		struct nbs_ue_config ue = {.name = name,
					   .mcl_db = storm_mcl_db(i),
					   .modem = test_modem(),
					   .start_ns = start_ns};

		(void)snprintf(name, sizeof(name), "ue/%u", i);
		assert_int_equal(nbs_cell_add_ue(b->cell, &ue, &b->ue), NBS_OK);
	}
}

/* What the UEs of a cell come to, together. */
struct census {
	unsigned in[NBS_UE__COUNT];
	unsigned registered;
	uint64_t failures, connections, waiting_up, waiting_down, in_flight;
	struct nbs_ue_stats sum;
};

/* Each UE must be at rest, in a phase that ends, or in front of an occasion. */
static void
check_not_stuck(const struct nbs_ue *ue, const struct nbs_ue_standing *at)
{
	const bool moves = nbs_timer_armed(&ue->phase) || ue->ra.on_air;

	if (at->state == NBS_UE_PSM) {
		assert_true(ue->registered);
		assert_true(nbs_timer_armed(&ue->tau));
	} else if (!moves) {
		fail_msg("UE %u is stuck in %s", ue->index, nbs_ue_state_name(at->state));
	}
	if (at->state == NBS_UE_BACKOFF || at->state == NBS_UE_NO_CELL) {
		assert_true(at->timer[0] != '\0');
		assert_int_not_equal(at->reason, NBS_UE_FINE);
		assert_true(at->timer_left_ns > 0);
	}
	assert_int_equal(ue->stats.illegal, 0);
}

static struct census
take_census(const struct bench *b)
{
	struct census census;
	struct nbs_cell_stats cell;
	unsigned connected = 0;

	memset(&census, 0, sizeof(census));
	for (unsigned i = 0; i < nbs_cell_ue_count(b->cell); i++) {
		const struct nbs_ue *ue = nbs_cell_ue(b->cell, i);
		const struct nbs_ue_stats *stats = nbs_ue_stats(ue);
		struct nbs_ue_standing at;

		nbs_ue_standing(ue, &at);
		check_not_stuck(ue, &at);
		census.in[at.state]++;
		census.registered += ue->registered;
		census.waiting_up += at.waiting_up;
		census.waiting_down += at.waiting_down;
		census.failures += stats->ra_failures + stats->rejects + stats->link_failures;
		census.connections += stats->connections;
		census.sum.attaches += stats->attaches;
		census.sum.ra_attempts += stats->ra_attempts;
		census.sum.messages_up += stats->messages_up;
		census.sum.messages_down += stats->messages_down;
		census.sum.lost_up += stats->lost_up;
		census.sum.lost_down += stats->lost_down;
		census.sum.unreachable += stats->unreachable;
		connected += ue->connected_since_ns != NBS_TIME_NEVER;
	}
	census.in_flight = b->cell->in_flight.count;
	nbs_cell_get_stats(b->cell, &cell);
	assert_int_equal(cell.connected, connected);
	assert_int_equal(cell.preambles <= census.sum.ra_attempts, 1);
	return census;
}

/*
 * An access that fails takes two events (its end, the end of the back-off), one that succeeds the
 * end of the access, of idle mode, and a cancelled timer at most; switching on one, each occasion
 * one, each call of nbs_run() two.
 */
static void
check_events(const struct bench *b, const struct census *census, unsigned runs)
{
	struct nbs_cell_stats cell;

	nbs_cell_get_stats(b->cell, &cell);
	if (nbs_events(b->engine) > cell.occasions + 2 * census->failures +
					3 * census->connections + STORM_UES + UINT64_C(2) * runs)
		fail_msg("%llu events", (unsigned long long)nbs_events(b->engine));
}

/*
 * In a cell made for many: T300 (15 s), T3411 and T3402 (12 min) spread the crowd. The first minute
 * belongs to nobody: with n contenders on K = 36 subcarriers n (1 - 1/K)^(n-1) get through, and at
 * n = 10000 / 13 occasions that is none.
 */
static void
test_storm_large_cell(void **state)
{
	static const unsigned minutes[] = {1, 5, 10, 20, 60, 90};
	unsigned before = 0;
	struct census census;
	struct bench b;

	(void)state;
	bench_init(&b, 1);
	nbs_network_config_default(&b.config);
	large_cell(&b.config);
	b.config.attach = true;
	storm_ues(&b, STORM_UES, 10 * BENCH_S);
	for (unsigned i = 0; i < 6; i++) {
		bench_run(&b, minutes[i] * (60 * BENCH_S));
		census = take_census(&b);
		assert_true(census.registered >= before);
		assert_int_equal(census.registered, census.sum.attaches);
		before = census.registered;
		if (i == 0)
			assert_true(census.registered < STORM_UES / 10);
	}
	assert_int_equal(census.registered, STORM_UES);
	assert_int_equal(census.in[NBS_UE_PSM], STORM_UES);
	check_events(&b, &census, 6);
	bench_fini(&b);
}

/*
 * Network A has 12 subcarriers each 640 ms, 12 / e / 0.64 = 6.9 UEs a second at best, and none of
 * that with thousands at a time: it collapses. But each UE says why, and which timer runs.
 */
static void
test_storm_network_a(void **state)
{
	struct census census;
	struct bench b;

	(void)state;
	bench_init(&b, 1);
	nbs_network_config_default(&b.config);
	b.config.attach = true;
	storm_ues(&b, STORM_UES, 10 * BENCH_S);
	for (unsigned i = 1; i <= 3; i++) {
		bench_run(&b, i * (600 * BENCH_S));
		census = take_census(&b);
	}
	assert_true(census.registered < STORM_UES / 10);
	assert_int_equal(census.in[NBS_UE_PSM] + census.in[NBS_UE_IDLE] + census.in[NBS_UE_RA] +
			     census.in[NBS_UE_ACCESS] + census.in[NBS_UE_BURST] +
			     census.in[NBS_UE_CONNECTED] + census.in[NBS_UE_BACKOFF],
			 STORM_UES);
	assert_true(census.in[NBS_UE_BACKOFF] > STORM_UES / 2);
	check_events(&b, &census, 3);
	bench_fini(&b);
}

/* ---- overload ---- */

#define LOAD_UES 2000U
#define LOAD_PERIOD_NS (30 * BENCH_S)

struct load {
	struct bench b;
	uint64_t sent, refused, answers;
	uint64_t latency_ms, latency_count; /* since the last look */
	struct load_device {
		struct load *load;
		struct nbs_ue *ue;
		struct nbs_timer timer;
	} device[LOAD_UES];
};

static void
load_on_timer(void *arg)
{
	struct load_device *device = arg;
	struct load *load = device->load;
	uint8_t packet[93] = {0x45}; /* 65 bytes of UDP payload */
	const uint64_t now = nbs_now(load->b.engine);
	enum nbs_status status;

	memcpy(packet + 28, &now, sizeof(now));
	status = nbs_ue_send(device->ue, packet, sizeof(packet), NBS_RAI_ONE_REPLY);
	assert_true(status == NBS_OK || status == NBS_E_RANGE);
	load->sent += status == NBS_OK;
	load->refused += status != NBS_OK;
	assert_int_equal(nbs_timer_arm(load->b.engine, &device->timer, LOAD_PERIOD_NS), NBS_OK);
}

static void
load_on_up(void *arg, unsigned ue_index, const uint8_t *packet, size_t len)
{
	struct load *load = arg;
	uint64_t sent;

	assert_int_equal(len, 93);
	memcpy(&sent, packet + 28, sizeof(sent));
	load->latency_ms += (nbs_now(load->b.engine) - sent) / BENCH_MS;
	load->latency_count++;
	load->answers++;
	assert_int_equal(nbs_cell_downlink(load->b.cell, ue_index, packet, 40), NBS_OK);
}

static void
load_start(struct load *load, unsigned ues, enum nbs_optimisation optimisation)
{
	memset(load, 0, sizeof(*load));
	bench_init(&load->b, 1);
	nbs_network_config_default(&load->b.config);
	load->b.config.optimisation = optimisation;
	storm_ues(&load->b, ues, 0);
	nbs_cell_uplink(load->b.cell, load_on_up, load);
	for (unsigned i = 0; i < ues; i++) {
		struct load_device *device = &load->device[i];

		device->load = load;
		device->ue = nbs_cell_ue(load->b.cell, i);
		nbs_timer_init(&device->timer, load_on_timer, device);
		assert_int_equal(
		    nbs_timer_arm(load->b.engine, &device->timer, LOAD_PERIOD_NS * (i + 1) / ues),
		    NBS_OK);
	}
}

/* What was sent is at the gateway, lost, waiting or on its way; the same for the answers. */
static struct census
load_check(const struct load *load)
{
	const struct census census = take_census(&load->b);

	assert_int_equal(load->sent + load->answers,
			 census.sum.messages_up + census.sum.lost_up + census.waiting_up +
			     census.sum.messages_down + census.sum.lost_down +
			     census.sum.unreachable + census.waiting_down + census.in_flight);
	assert_int_equal(load->answers, census.sum.messages_up);
	return census;
}

static double
load_latency_s(struct load *load)
{
	const double mean =
	    (double)load->latency_ms / (double)(load->latency_count + !load->latency_count) * 1e-3;

	load->latency_ms = load->latency_count = 0;
	return mean;
}

/*
 * Network A carries 6.9 random accesses a second; 2,000 UEs with a report each 30 s ask for 67. A
 * cell with a hundredth of that does its work in seconds.
 */
static void
test_overload(void **state)
{
	static const enum nbs_optimisation modes[] = {NBS_CONTROL_PLANE, NBS_USER_PLANE};
	static struct load load; /* large */

	(void)state;
	for (size_t m = 0; m < 2; m++) {
		struct census calm, first, second;
		double calm_s, crowded_s;

		load_start(&load, LOAD_UES / 100, modes[m]);
		bench_run(&load.b, 600 * BENCH_S);
		calm = load_check(&load);
		calm_s = load_latency_s(&load);
		assert_int_equal(load.refused + calm.sum.lost_up, 0);
		assert_true(calm.sum.messages_up > load.sent - LOAD_UES / 100);
		for (unsigned i = 0; i < LOAD_UES / 100; i++)
			nbs_timer_cancel(&load.device[i].timer);
		bench_fini(&load.b);

		load_start(&load, LOAD_UES, modes[m]);
		bench_run(&load.b, 20 * BENCH_S);
		(void)load_check(&load);
		bench_run(&load.b, 45 * BENCH_S);
		first = load_check(&load);
		(void)load_latency_s(&load);
		assert_true(first.waiting_up > 50 * calm.waiting_up);
		bench_run(&load.b, 600 * BENCH_S);
		second = load_check(&load);
		crowded_s = load_latency_s(&load);
		assert_true(crowded_s > 5.0 * calm_s);
		/* Not more than 12 / e / 0.64 s connections, and the rest is counted as lost. */
		assert_true(second.connections < UINT64_C(600) * 7);
		assert_true(second.sum.lost_up > load.sent / 2);
		/* When it stops, the queues run dry: who waits gets through or gives up. */
		for (unsigned i = 0; i < LOAD_UES; i++)
			nbs_timer_cancel(&load.device[i].timer);
		bench_run(&load.b, 1200 * BENCH_S);
		second = load_check(&load);
		assert_int_equal(second.in[NBS_UE_PSM], LOAD_UES);
		assert_int_equal(second.waiting_up + second.waiting_down + second.in_flight, 0);
		assert_int_equal(load.sent, second.sum.messages_up + second.sum.lost_up);
		bench_fini(&load.b);
	}
}

/* ---- nobody ---- */

static void
test_nobody(void **state)
{
	const uint64_t year = UINT64_C(365) * 86400 * BENCH_S;
	struct nbs_cell_stats stats;
	struct bench b;

	(void)state;
	bench_init(&b, 1);
	b.config.outages[0] = (struct nbs_outage){100 * BENCH_S, 100 * BENCH_S};
	bench_cell(&b);
	nbs_cell_get_stats(b.cell, &stats); /* no time has passed */
	assert_true(!(stats.dl_share > 0) && !(stats.ul_share > 0));
	bench_run(&b, year);
	assert_true(nbs_events(b.engine) <= 1 + 2); /* the outage, the end of the run */
	nbs_cell_get_stats(b.cell, &stats);
	assert_int_equal(stats.elapsed_ns, year);
	assert_int_equal(stats.preambles + stats.occasions + stats.connected_max, 0);
	assert_true(!(stats.dl_share > 0));
	/* Level n has NPRACH of 12 of 48 subcarriers for 2, 8, 32 x 5.6 ms in 640 ms. */
	check_rel(stats.nprach_share, 0.25 * (11.2 + 44.8 + 179.2) / 640.0, 0.03, "NPRACH alone");
	assert_int_equal(nbs_cell_finish(b.cell, year), NBS_OK);
	bench_fini(&b);
}

/* ---- extremes ---- */

static void
extremes_shortest(struct nbs_network_config *config)
{
	for (unsigned i = 0; i < NBS_CE_LEVELS; i++) {
		struct nbs_ce_config *ce = &config->ce[i];

		ce->nprach_repetitions = 1;
		ce->nprach_period_ms = 40;
		ce->nprach_start_ms = 8;
		ce->nprach_subcarrier_offset = 12 * i;
		ce->nprach_attempts = 3;
		ce->npdcch_ra_rmax = ce->npdcch_rmax = 2;
		ce->npdcch_ra_g = ce->npdcch_g = 2;
		ce->ra_window_pp = 2;
		ce->contention_timer_pp = 1;
		ce->ack_nack_repetitions = ce->ack_nack_msg4_repetitions = 1;
	}
	config->preamble_trans_max = 3;
	config->power_ramp_db = 0;
	config->backoff_index = 0;
	config->msg3_attempts = 1;
	config->t300_ns = config->t301_ns = 2500 * BENCH_MS;
	config->t310_ns = 0;
	config->t311_ns = 1000 * BENCH_MS;
	config->n310 = config->n311 = 1;
	config->inactivity_timer_ns = BENCH_MS;
	config->t_poll_retransmit_ns = 250 * BENCH_MS;
	config->max_retx_threshold = 1;
	config->idle_drx_cycle_ns = 1280 * BENCH_MS;
	config->npdcch_paging_rmax = 1;
	config->t3324_ns = 2 * BENCH_S;
	config->t3412_ns = 2 * BENCH_S;
}

static void
extremes_longest(struct nbs_network_config *config)
{
	for (unsigned i = 0; i < NBS_CE_LEVELS; i++) {
		struct nbs_ce_config *ce = &config->ce[i];

		ce->nprach_repetitions = 128; /* 716.8 ms */
		ce->nprach_period_ms = 2560;
		ce->nprach_start_ms = 1024;
		ce->nprach_subcarrier_offset = 12 * i;
		ce->nprach_attempts = 10;
		ce->npdcch_ra_rmax = ce->npdcch_rmax = 2048;
		ce->npdcch_ra_g = ce->npdcch_g = i == 0 ? 4 : 64; /* periods of 8 s and 131 s */
		ce->npdcch_ra_offset_8th = ce->npdcch_offset_8th = 3;
		ce->ra_window_pp = 10;
		ce->contention_timer_pp = 64;
		ce->ack_nack_repetitions = ce->ack_nack_msg4_repetitions = 128;
	}
	config->preamble_trans_max = 200;
	config->power_ramp_db = 6;
	config->backoff_index = 12; /* 524 s */
	config->msg3_attempts = 8;
	config->t300_ns = config->t301_ns = 60000 * BENCH_MS;
	config->t310_ns = 8000 * BENCH_MS;
	config->t311_ns = 30000 * BENCH_MS;
	config->n310 = 20;
	config->n311 = 10;
	config->inactivity_timer_ns = 3600 * BENCH_S;
	config->t_poll_retransmit_ns = UINT64_C(180000) * BENCH_MS;
	config->max_retx_threshold = 32;
	config->idle_drx_cycle_ns = 10240 * BENCH_MS;
	config->edrx_cycle_ns = UINT64_C(10485760) * BENCH_MS; /* 2.91 h */
	config->ptw_ns = 40960 * BENCH_MS;
	config->npdcch_paging_rmax = 2048;
	config->t3324_ns = UINT64_C(11160) * BENCH_S;           /* 31 x 6 min */
	config->t3412_ns = UINT64_C(31) * 320 * 3600 * BENCH_S; /* 413 d */
}

/* A report with an answer every hour for a day; then everybody comes to rest, or says why not.
 */
static void
extremes_run(bool longest, enum nbs_optimisation optimisation, double mcl_db, bool attach)
{
	char why[256];
	struct bench b;
	struct nbs_ue_standing at;
	unsigned sent = 0;

	bench_init(&b, 1);
	nbs_network_config_default(&b.config);
	b.config.optimisation = optimisation;
	b.config.attach = attach;
	if (longest)
		extremes_longest(&b.config);
	else
		extremes_shortest(&b.config);
	b.config.outages[0] = (struct nbs_outage){UINT64_C(36000) * BENCH_S, 600 * BENCH_S};
	if (nbs_network_config_check(&b.config, why, sizeof(why)) != NBS_OK)
		fail_msg("%s", why);
	bench_cell(&b);
	bench_ue(&b, "meter/1", mcl_db);
	b.answer = true;
	for (unsigned i = 0; i < 24; i++) {
		uint8_t packet[100] = {0x45};

		bench_run(&b, (uint64_t)(10 + 3600 * i) * BENCH_S);
		sent += nbs_ue_send(b.ue, packet, sizeof(packet), NBS_RAI_ONE_REPLY) == NBS_OK;
	}
	bench_run(&b, UINT64_C(100000) * BENCH_S);
	nbs_ue_standing(b.ue, &at);
	check_not_stuck(b.ue, &at);
	assert_int_equal(sent, nbs_ue_stats(b.ue)->messages_up + nbs_ue_stats(b.ue)->lost_up +
				   at.waiting_up);
	/* A T3412 of 2 s makes 43,200 updates a day, of few events each. */
	assert_true(nbs_events(b.engine) < (longest ? 20000 : 2000000));
	(void)bench_account(&b);
	bench_fini(&b);
}

static void
test_extremes(void **state)
{
	static const double mcl_db[] = {60.0, 125.0, 150.0, 164.0, 200.0};

	(void)state;
	for (unsigned i = 0; i < sizeof(mcl_db) / sizeof(mcl_db[0]); i++) {
		for (unsigned mode = NBS_CONTROL_PLANE; mode <= NBS_SERVICE_REQUEST; mode++) {
			const enum nbs_optimisation optimisation = (enum nbs_optimisation)mode;

			extremes_run(false, optimisation, mcl_db[i], i % 2 == 0);
			extremes_run(true, optimisation, mcl_db[i], i % 2 == 0);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_storm_large_cell), cmocka_unit_test(test_storm_network_a),
	    cmocka_unit_test(test_overload),         cmocka_unit_test(test_nobody),
	    cmocka_unit_test(test_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
