/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Without a connection: paging and extended DRX (TS 36.304 7), T3324 and T3412 (TS 24.301 5.3.5,
 * 5.3.11), packets that the core keeps or discards (TS 23.401 5.3.4.3, 4.7.7.2), the delay of S1.
 * Links are ideal.
 */
#include "models/nbiot/paging.h"
#include "models/nbiot/ue_internal.h"
#include "models/nbiot/ue_test_util.h"

#define DRX_NS (2560 * BENCH_MS)
#define EDRX_NS (81920 * BENCH_MS) /* 8 hyperframes of 10.24 s */
#define PTW_NS (10240 * BENCH_MS)

/*
 * One occasion: 32 subframes of NPDCCH over network A's share of valid downlink subframes, and a
 * tenth of the 94 ms of cell search. Of 20,480 subframes 14 of 20 less 4 x 24 copies of 8 (SI every
 * 512 frames, copies every 4th in 960 ms) and 24 copies of 2 (every 2,048 frames).
 */
static uint64_t
occasion_ns(void)
{
	const double share = (20480.0 * 14 / 20 - 4 * 24 * 8 - 24 * 2) / 20480;

	return (uint64_t)(32000.0 / share) * 1000 + 9400000;
}

static double
power_mw(enum nbs_power_state state)
{
	return nbs_modem_power_mw(test_modem(), state, 0.0);
}

/* In idle mode from the start and for ever. */
static void
idle_start(struct bench *b, bool edrx)
{
	bench_init(b, 3);
	b->config.psm = false;
	b->config.t3412_ns = UINT64_C(640) * 3600 * BENCH_S;
	b->config.idle_drx_cycle_ns = DRX_NS;
	b->config.edrx_cycle_ns = edrx ? EDRX_NS : 0;
	b->config.ptw_ns = PTW_NS;
	bench_cell(b);
	bench_ue(b, "meter/1", 125.0);
}

/* 45 cycles of 81.92 s are 3,686.4 s; each has one window, each window 4 occasions. */
static void
test_edrx_hour(void **state)
{
	const uint64_t end = 45 * EDRX_NS;
	const uint64_t on = UINT64_C(45) * 4 * occasion_ns();
	const struct nbs_account *account;
	struct bench b;

	(void)state;
	idle_start(&b, true);
	bench_run(&b, end);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_IDLE);
	account = bench_account(&b);
	assert_int_equal(account->time_ns[NBS_POWER_PAGING], on);
	/* What is left of the windows of 10.24 s, and all outside of them. */
	assert_int_equal(account->time_ns[NBS_POWER_PTW], 45 * PTW_NS - on);
	assert_int_equal(account->time_ns[NBS_POWER_EDRX], end - 45 * PTW_NS);
	assert_int_equal(account->time_ns[NBS_POWER_IDLE], 0);
	check_rel(nbs_account_energy_mj(account),
		  (double)on * 1e-9 * power_mw(NBS_POWER_PAGING) +
		      (double)(45 * PTW_NS - on) * 1e-9 * power_mw(NBS_POWER_PTW) +
		      (double)(end - 45 * PTW_NS) * 1e-9 * power_mw(NBS_POWER_EDRX),
		  1e-9, "an hour of extended DRX");
	check_rel(account->layer_mj[NBS_LAYER_PAGING], account->energy_mj[NBS_POWER_PAGING], 1e-9,
		  "layer");
	bench_fini(&b);
}

/*
 * Where UE 0's window begins (TS 36.304 7.3): hyperframe UE_ID_H mod 8, frame 256 x ((UE_ID_H / 8)
 * mod 4).
 */
static uint64_t
window_ns(void)
{
	const uint64_t hash = nbsi_paging_hash(0);

	return hash % 8 * UINT64_C(10240) * BENCH_MS + hash / 8 % 4 * 256 * 10 * BENCH_MS;
}

/* A packet that comes behind a window waits for the next one's first occasion (k x 2.56 s + 9 ms).
 */
static void
test_edrx_downlink_waits(void **state)
{
	const uint8_t packet[40] = {0x45};
	const uint64_t window = window_ns() + 3 * EDRX_NS;
	struct bench b;

	(void)state;
	idle_start(&b, true);
	bench_run(&b, window - EDRX_NS + PTW_NS);
	assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, sizeof(packet)), NBS_OK);
	bench_run(&b, window);
	/* The UE knows nothing of it yet. */
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_IDLE);
	assert_int_equal(nbs_ue_stats(b.ue)->pagings, 0);
	bench_run(&b, window + 20 * BENCH_S);
	assert_int_equal(b.downs, 1);
	/* Window starts are multiples of 2.56 s. Then NPRACH within 640 ms, and the connection. */
	assert_in_range(b.down_ns[0], window + 9 * BENCH_MS + occasion_ns(),
			window + 9 * BENCH_MS + occasion_ns() + 1700 * BENCH_MS);
	assert_int_equal(nbs_ue_stats(b.ue)->pagings, 1);
	bench_fini(&b);
}

/* A report need not wait with it, and takes the packet along. */
static void
test_edrx_report_overtakes(void **state)
{
	const uint8_t packet[40] = {0x45};
	const uint64_t window = window_ns() + 3 * EDRX_NS;
	struct bench b;
	uint64_t now;

	(void)state;
	idle_start(&b, true);
	bench_run(&b, window - EDRX_NS + PTW_NS);
	assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, sizeof(packet)), NBS_OK);
	bench_run(&b, nbs_now(b.engine) + 5 * BENCH_S);
	now = nbs_now(b.engine);
	bench_send(&b, 100, NBS_RAI_NONE);
	bench_run(&b, now + 10 * BENCH_S);
	assert_int_equal(b.ups, 1);
	assert_int_equal(b.downs, 1);
	assert_in_range(b.up_ns[0], now, now + 2 * BENCH_S);
	assert_in_range(b.down_ns[0], now, now + 3 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->pagings, 0);
	assert_int_equal(nbs_ue_stats(b.ue)->connections, 1);
	bench_fini(&b);
}

/*
 * psm: off, T3412 = 640 h: 20 days are 675,000 cycles of 2.56 s. The model looks up once a week (2
 * events); the end of the run takes 2.
 */
static void
test_idle_for_days(void **state)
{
	const uint64_t end = UINT64_C(20) * 86400 * BENCH_S;
	const struct nbs_account *account;
	struct bench b;
	uint64_t events;

	(void)state;
	idle_start(&b, false);
	events = nbs_events(b.engine);
	bench_run(&b, end);
	assert_true(nbs_events(b.engine) - events <= 4);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_IDLE);
	assert_int_equal(nbs_ue_stats(b.ue)->taus, 0);
	account = bench_account(&b);
	assert_int_equal(account->time_ns[NBS_POWER_PAGING], UINT64_C(675000) * occasion_ns());
	bench_fini(&b);
}

/* Without PSM a periodic update leads back to idle mode, 640 h after the last. */
static void
test_idle_tau(void **state)
{
	const uint64_t t3412 = UINT64_C(640) * 3600 * BENCH_S;
	struct bench b;

	(void)state;
	idle_start(&b, false);
	bench_run(&b, t3412 - 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_IDLE);
	bench_run(&b, t3412);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_RA);
	/* What it knew of the cell is older than 24 h: SIB1-NB, and SI messages each 5 and 20 s. */
	bench_run(&b, t3412 + 100 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->si_reads, 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_IDLE);
	assert_int_equal(nbs_ue_stats(b.ue)->taus, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->illegal, 0);
	bench_fini(&b);
}

/* The SGW keeps three packets of five; they come in the next connection, oldest first. */
static void
test_downlink_buffer(void **state)
{
	const uint8_t packet[60] = {0x45};
	struct nbs_ue_standing at;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.downlink_buffer = 3;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, 40 + i), NBS_OK);
	bench_run(&b, 20 * BENCH_S);
	nbs_ue_standing(b.ue, &at);
	assert_int_equal(at.state, NBS_UE_PSM);
	assert_int_equal(at.waiting_down, 3);
	assert_int_equal(nbs_ue_stats(b.ue)->unreachable, 2);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 60 * BENCH_S);
	assert_int_equal(b.ups, 1);
	assert_int_equal(b.downs, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(b.down_len[i], 40 + i);
	nbs_ue_standing(b.ue, &at);
	assert_int_equal(at.state, NBS_UE_PSM);
	assert_int_equal(at.waiting_down, 0);
	bench_fini(&b);
}

/* A UE without a cell, or not yet registered: the first is like one that sleeps, the second none.
 */
static void
test_unreachable(void **state)
{
	const uint8_t packet[60] = {0x45};

	(void)state;
	for (unsigned attach = 0; attach < 2; attach++) {
		struct nbs_ue_standing at;
		struct bench b;

		bench_init(&b, 3);
		b.config.downlink_buffer = 3;
		b.config.attach = attach != 0;
		bench_cell(&b);
		bench_ue(&b, "meter/1", 170.0); /* NRSRP -146 dBm, below q-RxLevMin of -140 */
		bench_run(&b, 10 * BENCH_S);
		bench_send(&b, 100, NBS_RAI_NONE);
		bench_run(&b, 20 * BENCH_S);
		for (unsigned i = 0; i < 5; i++)
			assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, 40), NBS_OK);
		bench_run(&b, 30 * BENCH_S);
		nbs_ue_standing(b.ue, &at);
		assert_int_equal(at.state, NBS_UE_NO_CELL);
		assert_int_equal(at.waiting_down, attach ? 0 : 3);
		assert_int_equal(nbs_ue_stats(b.ue)->unreachable, attach ? 5 : 2);
		bench_fini(&b);
	}
}

/*
 * Serving PLMN rate control, ten NAS PDUs in six minutes: of twelve reports two wait until 360 s
 * after the first. Of twelve downlink packets in the connection two are discarded.
 */
static void
test_rate_control(void **state)
{
	const uint8_t packet[40] = {0x45};
	struct nbs_ue_standing at;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.plmn_rate = 10;
	b.config.inactivity_timer_ns = 600 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	for (unsigned i = 0; i < 12; i++)
		bench_send(&b, 100 + i, NBS_RAI_NONE);
	bench_run(&b, 60 * BENCH_S);
	assert_int_equal(b.ups, 10);
	nbs_ue_standing(b.ue, &at);
	assert_int_equal(at.reason, NBS_UE_RATE);
	assert_int_equal(at.waiting_up, 2);
	assert_string_equal(at.timer, "rate period"); /* six minutes from 10 s on */
	assert_int_equal(at.timer_left_ns, (370 - 60) * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->rate_held, 2);
	for (unsigned i = 0; i < 12; i++)
		assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, sizeof(packet)), NBS_OK);
	bench_run(&b, 370 * BENCH_S - 1);
	assert_int_equal(b.downs, 10);
	assert_int_equal(nbs_ue_stats(b.ue)->lost_down, 2);
	assert_int_equal(b.ups, 10);
	bench_run(&b, 380 * BENCH_S);
	assert_int_equal(b.ups, 12);
	for (unsigned i = 0; i < 12; i++)
		assert_int_equal(b.up_len[i], 100 + i);
	assert_true(b.up_ns[10] > 370 * BENCH_S);
	nbs_ue_standing(b.ue, &at);
	assert_int_equal(at.reason, NBS_UE_FINE);
	bench_fini(&b);
}

/* 64 packets may wait, those held back included; they leave ten at a time. Not on bearers. */
static void
test_rate_control_queue(void **state)
{
	const uint8_t packet[40] = {0x45};
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.plmn_rate = 10;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	for (unsigned i = 0; i < 70; i++)
		assert_int_equal(nbs_ue_send(b.ue, packet, sizeof(packet), NBS_RAI_NO_REPLY),
				 i < 64 ? NBS_OK : NBS_E_RANGE);
	assert_int_equal(nbs_ue_stats(b.ue)->rate_held, 54);
	for (unsigned i = 1; i <= 6; i++) {
		bench_run(&b, (uint64_t)(10 + 360 * i) * BENCH_S - 1);
		assert_int_equal(b.ups, 10 * i);
	}
	bench_run(&b, (uint64_t)(10 + 360 * 7) * BENCH_S);
	assert_int_equal(b.ups, 64);
	assert_int_equal(nbs_ue_stats(b.ue)->rate_held, 54); /* each counts once */
	bench_fini(&b);

	/* Bearers know no such rate: the user plane refuses it. */
	bench_init(&b, 3);
	b.config.plmn_rate = 10;
	b.config.optimisation = NBS_USER_PLANE;
	assert_int_equal(nbs_cell_new(b.engine, &b.config, &b.cell), NBS_E_RANGE);
	nbs_engine_free(b.engine);
}

/* When 60 reports, one in 300 s, are at the gateway. */
static void
s1_run(uint32_t seed, const struct nbs_delay *delay, uint64_t *up_ns)
{
	struct bench b;

	bench_init(&b, seed);
	b.config.s1_delay = *delay;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	for (unsigned i = 0; i < 60; i++) {
		bench_run(&b, (uint64_t)(10 + 300 * i) * BENCH_S);
		bench_send(&b, 100, NBS_RAI_NO_REPLY);
	}
	bench_run(&b, 20000 * BENCH_S);
	assert_int_equal(b.ups, 60);
	memcpy(up_ns, b.up_ns, 60 * sizeof(*up_ns));
	bench_fini(&b);
}

/*
 * An ideal link, alone: with or without delay a report is decoded at the same moment, so the
 * difference of arrivals is the delay. Uniform in 20..180 ms has mean 100 and deviation 160 / sqrt
 * 12 = 46.2 ms; of 600 the mean deviates by 1.89, and 4.5 times that is a chance of 7e-6. Lognormal
 * with median 50 ms and 90th percentile 150 ms: of 600 there lie 300 +- 12.2 below 50 ms and 540 +-
 * 7.3 below 150 ms.
 */
static void
test_s1_delay(void **state)
{
	static const struct nbs_delay none = {.kind = NBS_DELAY_FIXED};
	static const struct nbs_delay uniform = {NBS_DELAY_UNIFORM, 20 * BENCH_MS, 180 * BENCH_MS};
	static const struct nbs_delay lognormal = {NBS_DELAY_LOGNORMAL, 50 * BENCH_MS,
						   150 * BENCH_MS};
	double mean_ms = 0.0;
	unsigned below_50 = 0, below_150 = 0;

	(void)state;
	for (uint32_t seed = 1; seed <= 10; seed++) {
		uint64_t base[60], up[60];

		s1_run(seed, &none, base);
		s1_run(seed, &uniform, up);
		for (unsigned i = 0; i < 60; i++) {
			assert_in_range(up[i] - base[i], 20 * BENCH_MS, 180 * BENCH_MS);
			mean_ms += (double)(up[i] - base[i]) * 1e-6 / 600.0;
		}
		s1_run(seed, &lognormal, up);
		for (unsigned i = 0; i < 60; i++) {
			below_50 += up[i] - base[i] < 50 * BENCH_MS;
			below_150 += up[i] - base[i] < 150 * BENCH_MS;
		}
	}
	check_rel(mean_ms, 100.0, 4.5 * 0.0189, "mean of S1");
	assert_in_range(below_50, 300 - 55, 300 + 55);
	assert_in_range(below_150, 540 - 33, 540 + 33);
}

/* Packets of one UE do not overtake each other on S1, however their delays fall. */
static void
test_s1_order(void **state)
{
	const uint8_t packet[80] = {0x45};
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.s1_delay = (struct nbs_delay){NBS_DELAY_LOGNORMAL, 50 * BENCH_MS, 2000 * BENCH_MS};
	b.config.inactivity_timer_ns = 600 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	for (unsigned i = 0; i < 20; i++)
		bench_send(&b, 40 + i, NBS_RAI_NONE);
	bench_run(&b, 100 * BENCH_S);
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, 40 + i), NBS_OK);
	bench_run(&b, 300 * BENCH_S);
	assert_int_equal(b.ups, 20);
	assert_int_equal(b.downs, 20);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(b.up_len[i], 40 + i);
		assert_int_equal(b.down_len[i], 40 + i);
	}
	bench_fini(&b);
}

/* T3324 = 0: the moment the connection ends the UE is out of reach. With T3324 = 10 s it is not. */
static void
test_t3324(void **state)
{
	const uint8_t packet[40] = {0x45};

	(void)state;
	for (unsigned on = 0; on < 2; on++) {
		uint64_t t;
		struct bench b;

		bench_init(&b, 3);
		b.config.t3324_ns = on * (10 * BENCH_S);
		bench_cell(&b);
		bench_ue(&b, "meter/1", 125.0);
		bench_run(&b, 10 * BENCH_S);
		bench_send(&b, 100, NBS_RAI_NO_REPLY);
		while (nbs_ue_stats(b.ue)->connected_ns == 0)
			bench_run(&b, nbs_now(b.engine) + BENCH_MS);
		t = nbs_now(b.engine);
		assert_int_equal(nbs_ue_state(b.ue), on ? NBS_UE_IDLE : NBS_UE_PSM);
		bench_run(&b, t + 10 * BENCH_S - 2 * BENCH_MS);
		assert_int_equal(nbs_ue_state(b.ue), on ? NBS_UE_IDLE : NBS_UE_PSM);
		bench_run(&b, t + 10 * BENCH_S + 1);
		assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
		assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, sizeof(packet)), NBS_OK);
		bench_run(&b, t + 20 * BENCH_S);
		assert_int_equal(nbs_ue_stats(b.ue)->unreachable, 1);
		bench_fini(&b);
	}
}

/*
 * T3412 starts at each return from a connection, and only then: a cell lost and found again in idle
 * mode changes nothing.
 */
static void
test_t3412_restarts(void **state)
{
	struct bench b;
	uint64_t due;

	(void)state;
	bench_init(&b, 3);
	b.config.t3412_ns = 1800 * BENCH_S;
	b.config.t3324_ns = 600 * BENCH_S;
	b.config.outages[0] = (struct nbs_outage){100 * BENCH_S, 60 * BENCH_S};
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	assert_int_equal(b.ue->tau_due_ns, 1800 * BENCH_S); /* registered at 0 */
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 20 * BENCH_S);
	due = b.ue->tau_due_ns;
	assert_in_range(due, 1812 * BENCH_S, 1815 * BENCH_S); /* the report took 2 to 5 s */
	bench_run(&b, 300 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->searches, 2); /* in vain at 112 s and at 144 s */
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_IDLE);
	assert_int_equal(b.ue->tau_due_ns, due);
	bench_run(&b, due + 10 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->taus, 1);
	bench_fini(&b);
}

/*
 * T3412 runs out without a cell: the update is made when a search finds one (TS 24.301 5.3.5). The
 * cell is gone from 1,700 to 2,000 s; T3412 = 1,800 s, from 0 on. Awake at 1801.6 s, in vain;
 * + 2.17 + 30 + 2.17 + 60 + 2.17 + 120 s: at 2018.11 s the fourth search finds it.
 */
static void
test_t3412_without_cell(void **state)
{
	const uint64_t found = UINT64_C(2018110) * BENCH_MS;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.t3412_ns = 1800 * BENCH_S;
	b.config.outages[0] = (struct nbs_outage){1700 * BENCH_S, 300 * BENCH_S};
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, found);
	assert_int_equal(nbs_ue_stats(b.ue)->searches, 3);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_RA);
	bench_run(&b, found + 10 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->taus, 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
	assert_in_range(b.ue->tau_due_ns, found + 1800 * BENCH_S, found + 1810 * BENCH_S);
	/* Awake all that time: booted once. */
	assert_int_equal(bench_account(&b)->time_ns[NBS_POWER_WAKE], 1600 * BENCH_MS);
	bench_fini(&b);
}

/*
 * T3412 runs out in the back-off of a service request that fails five times: the update follows the
 * loss of the packet. Nobody hears the UE (a loud cell, 190 dB away).
 */
static void
test_t3412_in_backoff(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.link = NBS_LINK_REAL;
	b.config.nrs_power_dbm = 50.0;
	b.config.preamble_trans_max = 3;
	b.config.t3412_ns = 1800 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 190.0);
	bench_run(&b, 1780 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	while (nbs_ue_stats(b.ue)->lost_up == 0 && nbs_now(b.engine) < 2000 * BENCH_S)
		bench_run(&b, nbs_now(b.engine) + BENCH_MS);
	assert_true(nbs_now(b.engine) > 1800 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->lost_up, 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_RA);
	assert_int_equal(b.ue->purpose, NBSI_FOR_TAU);
	bench_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_edrx_hour),
	    cmocka_unit_test(test_edrx_downlink_waits),
	    cmocka_unit_test(test_edrx_report_overtakes),
	    cmocka_unit_test(test_idle_for_days),
	    cmocka_unit_test(test_idle_tau),
	    cmocka_unit_test(test_downlink_buffer),
	    cmocka_unit_test(test_unreachable),
	    cmocka_unit_test(test_rate_control),
	    cmocka_unit_test(test_rate_control_queue),
	    cmocka_unit_test(test_s1_delay),
	    cmocka_unit_test(test_s1_order),
	    cmocka_unit_test(test_t3324),
	    cmocka_unit_test(test_t3412_restarts),
	    cmocka_unit_test(test_t3412_without_cell),
	    cmocka_unit_test(test_t3412_in_backoff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
