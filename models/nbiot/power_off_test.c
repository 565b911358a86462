/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Switching off and on again: detach (TS 24.301 5.5.2.2) and attach (5.5.1.2) around it. */
#include "models/nbiot/ue_test_util.h"

/* From PSM: boot, detach, no supply; a packet boots it again, and it attaches before it sends. */
static void
test_off_and_on(void **state)
{
	const struct nbs_account *account;
	const struct nbs_ue_stats *stats;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	stats = nbs_ue_stats(b.ue);
	bench_run(&b, 10 * BENCH_S);
	assert_int_equal(nbs_ue_power_off(b.ue), NBS_OK);
	bench_run(&b, 100 * BENCH_S);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_OFF);
	assert_int_equal(stats->detaches, 1);
	assert_int_equal(nbs_ue_power_off(b.ue), NBS_OK); /* it is */
	assert_int_equal(stats->detaches, 1);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 200 * BENCH_S);
	assert_int_equal(b.ups, 1);
	assert_int_equal(stats->attaches, 1);
	assert_int_equal(stats->si_reads, 1); /* what it knew of the cell went with the supply */
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
	account = bench_account(&b);
	assert_int_equal(account->time_ns[NBS_POWER_WAKE], UINT64_C(1600) * BENCH_MS);
	assert_int_equal(account->time_ns[NBS_POWER_BOOT], UINT64_C(1600) * BENCH_MS);
	/* Off from some seconds after 10 s to 100 s: boot 1.6 s, and a detach is no longer than 5
	 * s. */
	assert_in_range(account->time_ns[NBS_POWER_OFF], 83 * BENCH_S, UINT64_C(88400) * BENCH_MS);
	assert_true(account->energy_mj[NBS_POWER_OFF] <= 0.0);
	assert_int_equal(stats->illegal, 0);
	bench_fini(&b);
}

/* In a connection the release comes first; downlink for who is off is nobody's to keep. */
static void
test_off_after_the_connection(void **state)
{
	const uint8_t packet[40] = {0x45};
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.downlink_buffer = 4;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NONE);
	bench_run(&b, 15 * BENCH_S);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_CONNECTED);
	assert_int_equal(nbs_ue_power_off(b.ue), NBS_OK);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_CONNECTED);
	bench_run(&b, 60 * BENCH_S); /* 20 s of inactivity timer */
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_OFF);
	assert_int_equal(nbs_ue_stats(b.ue)->connections, 2);
	assert_int_equal(nbs_ue_stats(b.ue)->detaches, 1);
	assert_int_equal(nbs_cell_downlink(b.cell, 0, packet, sizeof(packet)), NBS_OK);
	bench_run(&b, 70 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->unreachable, 1);
	/* T3412 has ended with the registration: nothing happens for days. */
	bench_run(&b, UINT64_C(3) * 86400 * BENCH_S);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_OFF);
	assert_int_equal(nbs_ue_stats(b.ue)->taus, 0);
	bench_fini(&b);
}

/* Where no cell is, the detach is not heard and the module goes off all the same. */
static void
test_off_without_a_cell(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 180.0); /* NRSRP -156 dBm, q-RxLevMin -140 */
	bench_run(&b, 10 * BENCH_S);
	assert_int_equal(nbs_ue_power_off(b.ue), NBS_OK);
	bench_run(&b, 60 * BENCH_S);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_OFF);
	assert_int_equal(nbs_ue_stats(b.ue)->detaches, 0);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 80 * BENCH_S);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_NO_CELL);
	assert_int_equal(nbs_ue_power_off(b.ue), NBS_OK);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_OFF);
	assert_int_equal(nbs_ue_stats(b.ue)->lost_up, 1);
	bench_fini(&b);
}

/* The wish is kept while the module looks for a cell in vain, and when something is held back. */
static void
test_off_while_busy(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 180.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 12 * BENCH_S);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_RA); /* the search takes 2 s and more */
	assert_int_equal(nbs_ue_power_off(b.ue), NBS_OK);
	bench_run(&b, 20 * BENCH_S);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_OFF);
	assert_int_equal(nbs_ue_stats(b.ue)->lost_up, 1);
	bench_fini(&b);

	/* Ten packets in six minutes: the eleventh goes first, then the module. */
	bench_init(&b, 3);
	b.config.plmn_rate = 10;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	for (unsigned i = 0; i < 11; i++)
		bench_send(&b, 40, NBS_RAI_NO_REPLY);
	bench_run(&b, 200 * BENCH_S);
	assert_int_equal(b.ups, 10);
	assert_int_equal(nbs_ue_power_off(b.ue), NBS_OK);
	bench_run(&b, 300 * BENCH_S);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
	bench_run(&b, 400 * BENCH_S);
	assert_int_equal(b.ups, 11);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_OFF);
	assert_int_equal(nbs_ue_stats(b.ue)->attaches, 0);
	bench_fini(&b);
}

static void
test_refusals(void **state)
{
	struct nbs_ue_config config = {.name = "late", .mcl_db = 125.0, .modem = test_modem()};
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	bench_cell(&b);
	config.start_ns = 30 * BENCH_S;
	assert_int_equal(nbs_ue_power_off(NULL), NBS_E_ARG);
	assert_int_equal(nbs_cell_add_ue(b.cell, &config, &b.ue), NBS_OK);
	assert_int_equal(nbs_ue_power_off(b.ue), NBS_E_STATE);
	bench_run(&b, 40 * BENCH_S);
	assert_int_equal(nbs_ue_finish(b.ue, 40 * BENCH_S), NBS_OK);
	assert_int_equal(nbs_ue_power_off(b.ue), NBS_E_STATE);
	bench_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_off_and_on),
	    cmocka_unit_test(test_off_after_the_connection),
	    cmocka_unit_test(test_off_without_a_cell),
	    cmocka_unit_test(test_off_while_busy),
	    cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
