/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One report's timeline, segment by segment, against arithmetic from the configuration. Gaps and
 * message sizes are written out as numbers here; positions of search spaces and of downlink
 * subframes come from airtime.h, block formats from adapt.h, which have tests of their own.
 */
#include "models/nbiot/adapt.h"
#include "models/nbiot/ue_test_util.h"

/* A second pen, independent of the model's: adds up what each state should get. */
struct want {
	const struct nbs_network_config *config;
	const struct nbs_link *link;
	double mcl_db;
	unsigned level;
	uint64_t t_ns;
	uint64_t ns[NBS_POWER__COUNT];
	double tx_mj;
};

static void
want_to(struct want *e, uint64_t t_ns, enum nbs_power_state state)
{
	assert_true(t_ns >= e->t_ns);
	e->ns[state] += t_ns - e->t_ns;
	e->t_ns = t_ns;
}

static void
want_ms(struct want *e, double ms, enum nbs_power_state state)
{
	want_to(e, e->t_ns + (uint64_t)(ms * 1e6 + 0.5), state);
}

static void
want_subframes(struct want *e, uint32_t subframes)
{
	want_to(e, e->t_ns + nbs_dl_calendar_ns(e->config, e->t_ns, subframes), NBS_POWER_RX);
}

static void
want_dci(struct want *e, bool common)
{
	const struct nbs_ce_config *ce = &e->config->ce[e->level];
	uint32_t rmax = common ? ce->npdcch_ra_rmax : ce->npdcch_rmax;
	struct nbs_npdcch_choice dci;

	assert_int_equal(nbs_adapt_npdcch(e->link, e->mcl_db, rmax, &dci), NBS_OK);
	want_to(e,
		nbs_npdcch_next_start_ns(e->t_ns, rmax, common ? ce->npdcch_ra_g : ce->npdcch_g,
					 dci.repetitions),
		NBS_POWER_ACTIVE);
	want_subframes(e, dci.repetitions);
}

/* TS 36.213 16.4.1: NPDSCH begins at n + 5, so four subframes lie between. */
static uint64_t
want_npdsch(struct want *e, uint32_t bytes)
{
	struct nbs_npdsch_choice grant;

	assert_int_equal(nbs_adapt_npdsch(e->link, e->mcl_db, bytes * 8U, &grant), NBS_OK);
	want_to(e, nbs_dl_next_valid_ns(e->t_ns + 4 * BENCH_MS), NBS_POWER_ACTIVE);
	want_subframes(e, grant.subframes);
	return e->t_ns;
}

static void
want_transmit(struct want *e, uint64_t tx_ns, uint64_t duration_ns, double dbm,
	      enum nbs_power_state state)
{
	e->tx_mj += (double)tx_ns * 1e-9 *
		    nbs_modem_power_mw(nbs_modem_find("sara-n211"), NBS_POWER_TX, dbm);
	want_to(e, e->t_ns + tx_ns, state);
	want_to(e, e->t_ns + duration_ns - tx_ns, NBS_POWER_ACTIVE);
}

/* DCI N1, NPDSCH, 12 ms, HARQ-ACK of 2 ms a repetition, 3 ms. @return when it was decoded. */
static uint64_t
want_downlink(struct want *e, bool common, uint32_t bytes)
{
	const struct nbs_ce_config *ce = &e->config->ce[e->level];
	uint32_t repetitions = common ? ce->ack_nack_msg4_repetitions : ce->ack_nack_repetitions;
	struct nbs_ack_choice ack;
	uint64_t decoded;

	assert_int_equal(nbs_adapt_ack(e->link, e->mcl_db, e->level, common, &ack), NBS_OK);
	want_dci(e, common);
	decoded = want_npdsch(e, bytes);
	want_ms(e, 12, NBS_POWER_ACTIVE);
	want_transmit(e, repetitions * 2 * BENCH_MS, repetitions * 2 * BENCH_MS, ack.tx_power_dbm,
		      NBS_POWER_TX);
	want_ms(e, 3, NBS_POWER_ACTIVE);
	return decoded;
}

/* DCI N0, 8 ms, NPUSCH, 3 ms. @return when it was decoded. */
static uint64_t
want_uplink(struct want *e, uint32_t bytes)
{
	struct nbs_npusch_choice grant;
	uint64_t decoded;

	assert_int_equal(nbs_adapt_npusch(e->link, e->mcl_db, bytes * 8U, &grant), NBS_OK);
	want_dci(e, false);
	want_ms(e, 8, NBS_POWER_ACTIVE);
	want_transmit(e, grant.tx_ns, grant.duration_ns, grant.tx_power_dbm, NBS_POWER_TX);
	decoded = e->t_ns;
	want_ms(e, 3, NBS_POWER_ACTIVE);
	return decoded;
}

/*
 * NPRACH at the next k x 640 ms + start, so many preambles of 5.6 ms, the window four subframes
 * after the last one's, RAR of 7 bytes, 12 ms, Msg3, 3 ms.
 */
static void
want_random_access(struct want *e, enum nbs_power_state waiting)
{
	static const uint64_t start_ms[] = {8, 64, 128};
	static const unsigned repetitions[] = {2, 8, 32};
	uint64_t period = 640 * BENCH_MS, offset = start_ms[e->level] * BENCH_MS;
	uint64_t k = (e->t_ns - offset + period - 1) / period;
	double dbm = nbs_nprach_power_dbm(e->config, e->level, 1, e->mcl_db);
	struct nbs_npusch_choice msg3;
	uint64_t preamble = repetitions[e->level] * UINT64_C(5600000);

	want_to(e, k * period + offset, waiting);
	want_transmit(e, preamble, preamble, dbm, NBS_POWER_RA);
	/* The occasion is on a full ms, so the preamble ends in subframe ceil(end) - 1. */
	want_to(e, ((e->t_ns + BENCH_MS - 1) / BENCH_MS + 3) * BENCH_MS, NBS_POWER_ACTIVE);
	want_dci(e, true);
	(void)want_npdsch(e, 7);
	want_ms(e, 12, NBS_POWER_ACTIVE);
	assert_int_equal(nbs_adapt_msg3(e->link, e->mcl_db, &msg3), NBS_OK);
	want_transmit(e, msg3.tx_ns, msg3.duration_ns, msg3.tx_power_dbm, NBS_POWER_TX);
	want_ms(e, 3, NBS_POWER_ACTIVE);
}

static void
want_check(const struct want *e, const struct nbs_account *account)
{
	for (int s = 0; s < NBS_POWER__COUNT; s++) {
		if (s == NBS_POWER_PSM)
			continue;
		if (account->time_ns[s] != e->ns[s])
			fail_msg(
			    "%s: %llu ns, want %llu", nbs_power_state_name((enum nbs_power_state)s),
			    (unsigned long long)account->time_ns[s], (unsigned long long)e->ns[s]);
	}
	check_rel(account->energy_mj[NBS_POWER_TX] + account->energy_mj[NBS_POWER_RA], e->tx_mj,
		  1e-9, "transmit energy");
}

static struct want
want_begin(const struct bench *b, const struct nbs_link *link, double mcl_db, unsigned level)
{
	/* Sent at 10 s from PSM: boot 1.6 s, then the cell search of the level. */
	static const double sync_ms[] = {94, 264, 434};
	struct want e = {.config = &b->config, .link = link, .mcl_db = mcl_db, .level = level};

	e.t_ns = 10 * BENCH_S;
	want_ms(&e, 1600, NBS_POWER_WAKE);
	want_ms(&e, sync_ms[level], NBS_POWER_SYNC);
	return e;
}

/* A one-way report with release assistance; 100 bytes of IP fill one block of 1000 bits. */
static void
check_one_way(double mcl_db, unsigned level)
{
	struct bench b;
	struct nbs_link *link;
	uint64_t decoded;

	bench_init(&b, 7);
	bench_cell(&b);
	bench_ue(&b, "meter/1", mcl_db);
	assert_int_equal(nbs_link_new(&b.config, &link), NBS_OK);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 60 * BENCH_S);

	struct want e = want_begin(&b, link, mcl_db, level);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);  /* Msg4 */
	decoded = want_uplink(&e, 125);     /* Msg5: 4 + 18 + 100 and 3 of headers */
	(void)want_downlink(&e, false, 3);  /* RLC status */
	want_ms(&e, 40, NBS_POWER_MONITOR); /* to the MME and back, 20 ms each */
	(void)want_downlink(&e, false, 5);  /* release */
	(void)want_uplink(&e, 3);           /* RLC status */

	assert_int_equal(b.ups, 1);
	assert_int_equal(b.up_len[0], 100);
	assert_int_equal(b.up_ns[0], decoded + 20 * BENCH_MS);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
	want_check(&e, bench_account(&b));
	assert_int_equal(nbs_ue_account(b.ue)->time_ns[NBS_POWER_PSM],
			 10 * BENCH_S + 60 * BENCH_S - e.t_ns);
	nbs_link_free(link);
	bench_fini(&b);
}

static void
test_one_way_level_0(void **state)
{
	(void)state;
	check_one_way(125.0, 0); /* NRSRP 24 - 125 = -101 dBm, above -109 */
}

static void
test_one_way_level_1(void **state)
{
	(void)state;
	check_one_way(138.0, 1); /* -114 dBm, between -119 and -109 */
}

static void
test_one_way_level_2(void **state)
{
	(void)state;
	check_one_way(160.0, 2); /* -136 dBm, below -119 */
}

/*
 * A second report in the same connection: no scheduling request, so NPRACH, RAR and Msg3 again;
 * then 20 s of open receiver and the release. Payloads of two and one blocks.
 */
static void
test_second_burst_and_inactivity(void **state)
{
	struct bench b;
	struct nbs_link *link;
	uint64_t first, second, third;

	(void)state;
	bench_init(&b, 7);
	b.config.inactivity_timer_ns = 20 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 138.0);
	assert_int_equal(nbs_link_new(&b.config, &link), NBS_OK);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 129, NBS_RAI_NONE);
	bench_run(&b, 20 * BENCH_S);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_CONNECTED);
	bench_send(&b, 60, NBS_RAI_NONE);
	bench_send(&b, 61, NBS_RAI_NONE);
	bench_run(&b, 60 * BENCH_S);

	struct want e = want_begin(&b, link, 138.0, 1);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);
	/* NAS 17 + 129 = 146 > 127: RRC 5; 151 bytes are 122 + 29, each with 3 of headers. */
	(void)want_uplink(&e, 125);
	first = want_uplink(&e, 32);
	(void)want_downlink(&e, false, 3);
	want_to(&e, 20 * BENCH_S, NBS_POWER_MONITOR);
	want_random_access(&e, NBS_POWER_MONITOR);
	second = want_uplink(&e, 60 + 13 + 3);
	(void)want_downlink(&e, false, 3);
	/* The other was queued before that block, whose buffer status report told the eNB. */
	third = want_uplink(&e, 61 + 13 + 3);
	(void)want_downlink(&e, false, 3);
	want_ms(&e, 20000, NBS_POWER_MONITOR);
	(void)want_downlink(&e, false, 5);
	(void)want_uplink(&e, 3);

	assert_int_equal(b.ups, 3);
	assert_int_equal(b.up_ns[0], first + 20 * BENCH_MS);
	assert_int_equal(b.up_ns[1], second + 20 * BENCH_MS);
	assert_int_equal(b.up_ns[2], third + 20 * BENCH_MS);
	want_check(&e, bench_account(&b));
	assert_int_equal(nbs_ue_stats(b.ue)->ra_attempts, 2);
	assert_int_equal(nbs_ue_stats(b.ue)->connections, 1);
	nbs_link_free(link);
	bench_fini(&b);
}

/*
 * A report and its answer with release assistance: the answer comes 2 x 20 ms after the uplink
 * block, and the release follows it without another turn to the MME.
 */
static void
test_report_and_reply(void **state)
{
	struct bench b;
	struct nbs_link *link;
	uint64_t up, down;

	(void)state;
	bench_init(&b, 7);
	b.config.s1_delay_ns = 200 * BENCH_MS;
	b.answer = true;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	assert_int_equal(nbs_link_new(&b.config, &link), NBS_OK);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_ONE_REPLY);
	bench_run(&b, 60 * BENCH_S);

	struct want e = want_begin(&b, link, 125.0, 0);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);
	up = want_uplink(&e, 125);
	(void)want_downlink(&e, false, 3);
	want_to(&e, up + 400 * BENCH_MS, NBS_POWER_MONITOR);
	down = want_downlink(&e, false, 40 + 14 + 3); /* RRC 3, NAS 11; MAC 1, RLC 2 */
	(void)want_uplink(&e, 3);
	(void)want_downlink(&e, false, 5);
	(void)want_uplink(&e, 3);

	assert_int_equal(b.ups, 1);
	assert_int_equal(b.downs, 1);
	assert_int_equal(b.down_len[0], 40);
	assert_int_equal(b.down_ns[0], down);
	want_check(&e, bench_account(&b));
	nbs_link_free(link);
	bench_fini(&b);
}

/* Resume (user plane): Msg4 15 bytes, Msg5 = 7 + 2 + 2 + 1 + 100 and 3, release 15 bytes. */
static void
test_user_plane(void **state)
{
	struct bench b;
	struct nbs_link *link;
	uint64_t up;

	(void)state;
	bench_init(&b, 7);
	b.config.optimisation = NBS_USER_PLANE;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	assert_int_equal(nbs_link_new(&b.config, &link), NBS_OK);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 60 * BENCH_S);

	struct want e = want_begin(&b, link, 125.0, 0);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 15);
	up = want_uplink(&e, 115);
	(void)want_downlink(&e, false, 3);
	want_ms(&e, 40, NBS_POWER_MONITOR);
	(void)want_downlink(&e, false, 15);
	(void)want_uplink(&e, 3);

	assert_int_equal(b.ups, 1);
	assert_int_equal(b.up_ns[0], up + 20 * BENCH_MS);
	want_check(&e, bench_account(&b));
	nbs_link_free(link);
	bench_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_way_level_0),
	    cmocka_unit_test(test_one_way_level_1),
	    cmocka_unit_test(test_one_way_level_2),
	    cmocka_unit_test(test_second_burst_and_inactivity),
	    cmocka_unit_test(test_report_and_reply),
	    cmocka_unit_test(test_user_plane),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
