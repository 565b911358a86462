/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cliff at 72 bytes, as users meet it: a report of 64 bytes in the clear goes in one block,
 * with a DTLS record around it in two, and not as early data.
 *
 * MQTT-SN PUBLISH (v1.2 5.4.12): 7 + 64 = 71 bytes; IPv4 and UDP 28: 99. DTLS 1.2 record with
 * AES-CCM-8 (RFC 6347 4.1, RFC 6655): 13 + 8 + 8 = 29: 128. NAS release assistance, control plane.
 *
 * The cell is network A's on a carrier of its own (43 dBm, nrs-Power 32.2 dBm) with thresholds
 * between: 144 dB is level 0, 164 dB level 2. Nothing is lost, so that bytes alone decide.
 * The table is printed: ctest --verbose -R nbiot_cliff_test.
 */
#include "models/nbiot/timing_test_util.h"
#include "models/nbiot/ue_internal.h"

#define CLIFF_CLEAR 99U
#define CLIFF_DTLS 128U

struct cost {
	uint64_t blocks_up; /* NPUSCH blocks of the whole session; Msg3 is none of them */
	uint64_t early;
	double gateway_ms; /* from the order to send to the gateway */
	double awake_ms;   /* until PSM */
	double mj;         /* of that, without the modem's boot */
	struct nbs_account account;
};

static void
cliff_config(struct nbs_network_config *config, bool edt)
{
	config->deployment = NBS_STAND_ALONE;
	config->nrs_power_dbm = 32.2;
	config->nrsrp_threshold_dbm[0] = -117; /* 149.2 dB */
	config->nrsrp_threshold_dbm[1] = -127; /* 159.2 dB */
	config->edt = edt;
}

static struct cost
cliff_run(double mcl_db, unsigned level, bool edt, size_t len)
{
	struct cost cost;
	struct bench b;

	bench_init(&b, 3);
	cliff_config(&b.config, edt);
	bench_cell(&b);
	bench_ue(&b, "meter/1", mcl_db);
	assert_int_equal(b.ue->radio->ce_level, level);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, len, NBS_RAI_NO_REPLY);
	bench_run(&b, 60 * BENCH_S);
	assert_int_equal(b.ups, 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
	cost.account = *bench_account(&b);
	cost.blocks_up = nbs_ue_stats(b.ue)->blocks_up;
	cost.early = nbs_ue_stats(b.ue)->edt;
	cost.gateway_ms = (double)(b.up_ns[0] - 10 * BENCH_S) / 1e6;
	cost.awake_ms = (double)(60 * BENCH_S - cost.account.time_ns[NBS_POWER_PSM]) / 1e6;
	cost.mj = nbs_account_energy_mj(&cost.account) - cost.account.energy_mj[NBS_POWER_PSM] -
		  cost.account.energy_mj[NBS_POWER_WAKE];
	bench_fini(&b);
	return cost;
}

static void
cliff_print(const char *way, const char *what, double mcl_db, const struct cost *cost)
{
	print_message("| %-10s | %-5s | %3.0f | %u + %u | %7.1f | %7.1f | %7.2f |\n", way, what,
		      mcl_db, (unsigned)cost->early, (unsigned)cost->blocks_up, cost->gateway_ms,
		      cost->awake_ms, cost->mj);
}

/* Energy of what the second pen holds in the states of a radio session. */
static double
want_mj(const struct want *e)
{
	const struct nbs_modem *modem = test_modem();
	double mj = e->tx_mj;

	for (int s = 0; s < NBS_POWER__COUNT; s++)
		if (s != NBS_POWER_TX && s != NBS_POWER_RA && s != NBS_POWER_WAKE)
			mj += (double)e->ns[s] * 1e-9 *
			      nbs_modem_power_mw(modem, (enum nbs_power_state)s, 0.0);
	return mj;
}

/* Up to Msg5's grant, which the size of the report does not change. */
static struct want
cliff_pen(struct bench *b, double mcl_db, unsigned level)
{
	struct want e;

	nbs_network_config_default(&b->config);
	b->config.link = NBS_LINK_IDEAL;
	b->config.optimisation = NBS_CONTROL_PLANE;
	cliff_config(&b->config, false);
	e = want_begin(b, mcl_db, level);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);
	return e;
}

/* After the last block of data: RLC status, the MME's turn, release. */
static void
cliff_pen_end(struct want *e)
{
	(void)want_downlink(e, false, 3);
	want_ms(e, 40, NBS_POWER_MONITOR);
	want_release(e, 5);
}

/*
 * Msg5. In the clear 4 + 18 + 99 = 121 bytes fit into 122. With the record NAS has 18 + 128 = 146
 * bytes, more than 127, so RRC has 5: 151 = 122 + 29. The second block of 29 + 3 bytes begins 3 ms
 * after the first: wait for the search space, DCI, 8 ms (k0 of 8 counts from the DCI's end),
 * NPUSCH.
 */
static void
check_msg5(double mcl_db, unsigned level)
{
	const struct cost clear = cliff_run(mcl_db, level, false, CLIFF_CLEAR);
	const struct cost dtls = cliff_run(mcl_db, level, false, CLIFF_DTLS);
	struct bench b = {0};
	struct nbs_npusch_choice second;
	struct nbs_npdcch_choice dci;
	struct want one = cliff_pen(&b, mcl_db, level), two = one;
	uint64_t first_ns, second_ns, dci_ns;

	(void)want_uplink(&one, 121 + 3);
	cliff_pen_end(&one);
	first_ns = want_uplink(&two, 122 + 3);
	second_ns = want_uplink(&two, 29 + 3);
	cliff_pen_end(&two);

	assert_int_equal(nbs_adapt_npusch(one.link, mcl_db, 32 * 8, &second), NBS_OK);
	assert_int_equal(nbs_adapt_npdcch(one.link, mcl_db, b.config.ce[level].npdcch_rmax, &dci),
			 NBS_OK);
	/* What is left of the extra time is the DCI and the wait for it: within a period, 2 Rmax.
	 */
	dci_ns = second_ns - first_ns - 3 * BENCH_MS - 8 * BENCH_MS - second.duration_ns;
	assert_in_range(dci_ns, dci.repetitions * BENCH_MS,
			(2 * b.config.ce[level].npdcch_rmax + 2 * dci.repetitions) * BENCH_MS);
	check_rel(dtls.gateway_ms - clear.gateway_ms, (double)(second_ns - first_ns) / 1e6, 1e-9,
		  "later at the gateway by the second grant");
	check_rel(dtls.awake_ms, (double)(two.t_ns - 10 * BENCH_S) / 1e6, 1e-9, "awake, record");
	check_rel(clear.awake_ms, (double)(one.t_ns - 10 * BENCH_S) / 1e6, 1e-9, "awake, clear");
	check_rel(clear.mj, want_mj(&one), 1e-9, "energy, clear");
	check_rel(dtls.mj, want_mj(&two), 1e-9, "energy, record");
	/* Of the difference the transmitter's part is the second block alone. */
	check_rel(dtls.account.energy_mj[NBS_POWER_TX] - clear.account.energy_mj[NBS_POWER_TX],
		  (double)second.tx_ns * 1e-9 * 3.6 * 220.0, 1e-6, "23 dBm, 220 mA at 3.6 V");
	assert_int_equal(clear.blocks_up, 1 + 1); /* and the RLC status of the release */
	assert_int_equal(dtls.blocks_up, 2 + 1);
	assert_int_equal(clear.early + dtls.early, 0);
	assert_true(dtls.mj > clear.mj);
	want_fini(&one);
	cliff_print("Msg5", "clear", mcl_db, &clear);
	cliff_print("Msg5", "DTLS", mcl_db, &dtls);
}

/*
 * Early data. In the clear MAC 1, RRC 7, NAS 18 and 99 fill the 125 bytes of edt-TBS; with the
 * record the UE sets up a connection as if there were no early data.
 */
static void
check_early(double mcl_db, unsigned level)
{
	const struct cost clear = cliff_run(mcl_db, level, true, CLIFF_CLEAR);
	const struct cost dtls = cliff_run(mcl_db, level, true, CLIFF_DTLS);
	const struct cost msg5 = cliff_run(mcl_db, level, false, CLIFF_CLEAR);

	assert_int_equal(clear.early, 1);
	assert_int_equal(clear.blocks_up, 0);
	assert_int_equal(dtls.early, 0);
	assert_int_equal(dtls.blocks_up, 2 + 1);
	/* Msg4, two grants, two statuses and the release less. */
	assert_true(clear.gateway_ms < msg5.gateway_ms);
	assert_true(clear.awake_ms < msg5.awake_ms);
	assert_true(clear.mj < msg5.mj);
	assert_true(dtls.mj > msg5.mj);
	cliff_print("early data", "clear", mcl_db, &clear);
	cliff_print("early data", "DTLS", mcl_db, &dtls);
}

static void
test_cliff(void **state)
{
	(void)state;
	print_message(
	    "| way | report | dB | early + blocks | to the gateway, ms | awake, ms | mJ |\n"
	    "|---|---|--:|--:|--:|--:|--:|\n");
	check_msg5(144.0, 0);
	check_early(144.0, 0);
	check_msg5(164.0, 2);
	check_early(164.0, 2);
}

/* One byte decides: 72 bytes of payload in Msg5, 71 in early data, with NAS assistance. */
static void
test_edge(void **state)
{
	(void)state;
	assert_int_equal(cliff_run(144.0, 0, false, 28 + 72).blocks_up, 1 + 1);
	assert_int_equal(cliff_run(144.0, 0, false, 28 + 73).blocks_up, 2 + 1);
	assert_int_equal(cliff_run(144.0, 0, true, 28 + 71).early, 1);
	assert_int_equal(cliff_run(144.0, 0, true, 28 + 72).early, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cliff),
	    cmocka_unit_test(test_edge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
