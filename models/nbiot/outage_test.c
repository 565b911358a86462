/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cell goes off the air, in every state of a UE; radio link failure and what follows: TS 36.331
 * 5.3.7, 5.3.11, 7.3. Links are ideal, so that times follow from the configuration.
 */
#include "models/nbiot/failures_test_util.h"

/* Asleep, the UE does not notice: not one event more than without. */
static void
test_outage_in_psm(void **state)
{
	struct bench b;
	uint64_t t;

	(void)state;
	bench_init(&b, 3);
	one_outage(&b, 100 * BENCH_S, 100 * BENCH_S);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 150 * BENCH_S);
	check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
	assert_int_equal(nbs_ue_account(b.ue)->since_ns, 0);
	/* It wakes at 150 s: searches at 151.6 and 183.77 s in vain, at 245.94 s not. */
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	t = 150 * BENCH_S + WAKE_NS + VAIN_NS;
	bench_run(&b, t);
	check_standing(&b, NBS_UE_NO_CELL, NBS_UE_OUTAGE, "search", 30 * BENCH_S);
	t += 30 * BENCH_S + VAIN_NS;
	bench_run(&b, t);
	check_standing(&b, NBS_UE_NO_CELL, NBS_UE_OUTAGE, "search", 60 * BENCH_S);
	t += 60 * BENCH_S;
	bench_run(&b, t + 10 * BENCH_S);
	assert_int_equal(b.ups, 1);
	/* First NPRACH opportunity at k x 640 + 8 ms behind 94 ms of search. */
	assert_true(b.up_ns[0] > t + SYNC_NS);
	check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
	check_books(&b, 1);
	bench_fini(&b);
}

/* A connection that waits, from 30 s on without its cell. */
static void
waiting_start(struct bench *b, enum nbs_optimisation optimisation, uint64_t outage_ns)
{
	bench_init(b, 3);
	b->config.optimisation = optimisation;
	b->config.inactivity_timer_ns = 600 * BENCH_S;
	b->config.n310 = 10;
	b->config.n311 = 1;
	b->config.t310_ns = 2 * BENCH_S;
	b->config.t311_ns = 10 * BENCH_S;
	one_outage(b, 30 * BENCH_S, outage_ns);
	bench_cell(b);
	bench_ue(b, "meter/1", 125.0);
	bench_run(b, 10 * BENCH_S);
	bench_send(b, 100, NBS_RAI_NONE);
	bench_run(b, 29 * BENCH_S);
	assert_int_equal(nbs_ue_state(b->ue), NBS_UE_CONNECTED);
}

/* Failure at 30 s + 10 x 200 ms + T310 = 34 s; without AS security straight to idle mode, here PSM.
 */
static void
test_outage_while_waiting_cp(void **state)
{
	struct nbs_cell_stats stats;
	struct bench b;

	(void)state;
	waiting_start(&b, NBS_CONTROL_PLANE, 100 * BENCH_S);
	bench_run(&b, 34 * BENCH_S - 1);
	nbs_cell_get_stats(b.cell, &stats);
	assert_int_equal(stats.connected, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->reestablishments, 0);
	bench_run(&b, 34 * BENCH_S);
	check_standing(&b, NBS_UE_PSM, NBS_UE_LINK_FAILURE, "", 0);
	check_books(&b, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->link_failures, 1);
	bench_run(&b, 300 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->searches, 0);
	bench_fini(&b);
}

/* What came meanwhile waits for 34 s, is looked for in vain there, and goes when a search finds. */
static void
test_outage_data_waits(void **state)
{
	struct bench b;

	(void)state;
	waiting_start(&b, NBS_CONTROL_PLANE, 100 * BENCH_S);
	bench_run(&b, 31 * BENCH_S);
	bench_send(&b, 60, NBS_RAI_NO_REPLY);
	bench_run(&b, 34 * BENCH_S + VAIN_NS);
	check_standing(&b, NBS_UE_NO_CELL, NBS_UE_OUTAGE, "search", 30 * BENCH_S);
	/* 36.17 + 30 + 2.17 + 60 + 2.17 + 120 = 250.51 s */
	bench_run(&b, UINT64_C(250510) * BENCH_MS);
	assert_int_equal(b.ups, 1);
	bench_run(&b, 260 * BENCH_S);
	assert_int_equal(b.ups, 2);
	check_books(&b, 2);
	bench_fini(&b);
}

/* With AS security T311 runs from 34 to 44 s: a cell that is back by then keeps the connection. */
static void
test_outage_reestablished(void **state)
{
	static const enum nbs_optimisation modes[] = {NBS_USER_PLANE, NBS_SERVICE_REQUEST};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nbs_cell_stats stats;
		struct bench b;

		waiting_start(&b, modes[i], 8 * BENCH_S);
		bench_run(&b, 31 * BENCH_S);
		bench_send(&b, 60, NBS_RAI_NONE);
		bench_run(&b, 50 * BENCH_S);
		assert_int_equal(b.ups, 2);
		/* The cell is back at 38 s; an NPRACH opportunity comes each 640 ms. */
		assert_in_range(b.up_ns[1], 38 * BENCH_S, 40 * BENCH_S);
		assert_int_equal(nbs_ue_stats(b.ue)->connections, 1);
		assert_int_equal(nbs_ue_stats(b.ue)->link_failures, 1);
		assert_int_equal(nbs_ue_stats(b.ue)->reestablishments, 1);
		nbs_cell_get_stats(b.cell, &stats);
		assert_int_equal(stats.connected, 1);
		assert_int_equal(stats.connected_max, 1);
		check_books(&b, 2);
		/* 4 s with the receiver open, 4 s and 94 ms of search beside the first 94 ms. */
		assert_int_equal(nbs_ue_finish(b.ue, nbs_now(b.engine)), NBS_OK);
		assert_int_equal(nbs_ue_account(b.ue)->time_ns[NBS_POWER_SYNC],
				 4 * BENCH_S + 2 * SYNC_NS);
		nbs_cell_get_stats(b.cell, &stats);
		assert_int_equal(stats.connected, 0); /* who is finished holds nothing */
		bench_fini(&b);
	}
}

/* The same without AS security: no re-establishment, a new connection. */
static void
test_outage_unsecured(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.optimisation = NBS_USER_PLANE;
	b.config.as_security = false;
	b.config.inactivity_timer_ns = 600 * BENCH_S;
	one_outage(&b, 30 * BENCH_S, 3900 * BENCH_MS);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NONE);
	bench_run(&b, 31 * BENCH_S);
	bench_send(&b, 60, NBS_RAI_NONE);
	bench_run(&b, 40 * BENCH_S);
	assert_int_equal(b.ups, 2);
	assert_int_equal(nbs_ue_stats(b.ue)->connections, 2);
	assert_int_equal(nbs_ue_stats(b.ue)->reestablishments, 0);
	bench_fini(&b);
}

/* T311 in vain: 34 + 10 s, and the UE is without a connection. */
static void
test_outage_t311(void **state)
{
	struct nbs_cell_stats stats;
	struct bench b;

	(void)state;
	waiting_start(&b, NBS_USER_PLANE, 14 * BENCH_S);
	bench_run(&b, 44 * BENCH_S - 1);
	nbs_cell_get_stats(b.cell, &stats);
	assert_int_equal(stats.connected, 1);
	bench_run(&b, 44 * BENCH_S);
	check_standing(&b, NBS_UE_PSM, NBS_UE_OUTAGE, "", 0);
	check_books(&b, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->connected_ns > 0, 1);
	bench_fini(&b);
}

/* Heard again for N311 x 200 ms by the end of T310 (34 s): nothing was lost; 100 ms later it was.
 */
static void
test_outage_too_short(void **state)
{
	(void)state;
	for (unsigned late = 0; late < 2; late++) {
		struct bench b;

		waiting_start(&b, NBS_USER_PLANE, (uint64_t)(3800 + 100 * late) * BENCH_MS);
		bench_run(&b, 31 * BENCH_S);
		bench_send(&b, 60, NBS_RAI_NONE);
		bench_run(&b, 40 * BENCH_S);
		assert_int_equal(nbs_ue_stats(b.ue)->link_failures, late);
		assert_int_equal(nbs_ue_stats(b.ue)->reestablishments, late);
		assert_int_equal(b.ups, 2);
		check_books(&b, 2);
		bench_fini(&b);
	}
}

/*
 * Idle mode, T3324 = 60 s. UE 0 listens at k x 2.56 s + 9 ms; the cell is gone from 40 s on, so the
 * occasion of 40.969 s is the first one missed, and the search begins 10 s later. The next one, at
 * 83.139 s, finds the cell, but T3324 has run out meanwhile: PSM.
 */
static void
test_outage_in_idle(void **state)
{
	const uint64_t lost = UINT64_C(50969) * BENCH_MS;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.t3324_ns = 60 * BENCH_S;
	one_outage(&b, 40 * BENCH_S, 40 * BENCH_S);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, lost - 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_IDLE);
	bench_run(&b, lost + VAIN_NS);
	check_standing(&b, NBS_UE_NO_CELL, NBS_UE_OUTAGE, "search", 30 * BENCH_S);
	bench_run(&b, lost + VAIN_NS + 30 * BENCH_S + SYNC_NS - 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_RA);
	bench_run(&b, lost + VAIN_NS + 30 * BENCH_S + SYNC_NS);
	check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
	assert_int_equal(nbs_ue_stats(b.ue)->connections, 1);
	check_books(&b, 1);
	bench_fini(&b);
}

/* An outage shorter than that, or T3324 over before: not noticed. */
static void
test_outage_in_idle_unnoticed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct bench b;

		bench_init(&b, 3);
		b.config.t3324_ns = (i == 0 ? 60 : 32) * BENCH_S;
		one_outage(&b, 40 * BENCH_S, (i == 0 ? 10 : 100) * BENCH_S);
		bench_cell(&b);
		bench_ue(&b, "meter/1", 125.0);
		bench_run(&b, 10 * BENCH_S);
		bench_send(&b, 100, NBS_RAI_NO_REPLY);
		bench_run(&b, 100 * BENCH_S);
		check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
		assert_int_equal(nbs_ue_stats(b.ue)->searches, 0);
		bench_fini(&b);
	}
}

/* A transfer of 1,500 bytes at 160 dB takes seconds; the cell goes after the first of them. */
static void
test_outage_in_burst(void **state)
{
	static const enum nbs_optimisation modes[] = {NBS_CONTROL_PLANE, NBS_USER_PLANE,
						      NBS_SERVICE_REQUEST};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		/* Gone for 1 s (heard again in time), for 6 s (T311), for 60 s. */
		for (unsigned length = 0; length < 3; length++) {
			static const uint64_t gone_s[] = {1, 6, 60};
			const struct nbs_ue_stats *stats;
			struct bench b;

			bench_init(&b, 3);
			b.config.optimisation = modes[i];
			b.config.t311_ns = 10 * BENCH_S;
			one_outage(&b, 15 * BENCH_S, gone_s[length] * BENCH_S);
			bench_cell(&b);
			bench_ue(&b, "meter/1", 160.0);
			stats = nbs_ue_stats(b.ue);
			bench_run(&b, 10 * BENCH_S);
			bench_send(&b, 1500, NBS_RAI_NO_REPLY);
			bench_run(&b, 15 * BENCH_S);
			assert_int_equal(b.ups, 0);
			assert_int_equal(stats->connections, 1);
			bench_run(&b, 200 * BENCH_S);
			assert_int_equal(b.ups, 1);
			check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
			check_books(&b, 1);
			assert_int_equal(stats->link_failures, length > 0);
			if (modes[i] == NBS_CONTROL_PLANE || length != 1)
				assert_int_equal(stats->reestablishments, 0);
			else if (length == 1)
				assert_int_equal(stats->reestablishments, 1);
			if (length == 2)
				assert_int_equal(stats->connections, 2);
			bench_fini(&b);
		}
	}
}

/*
 * An attach that is cut short has not happened, even if the cell is back at once: T3411 and anew.
 * The first run, undisturbed, tells when the connection begins.
 */
static void
test_outage_in_attach(void **state)
{
	const struct nbs_ue_stats *stats;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.attach = true;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 158.0);
	while (nbs_ue_stats(b.ue)->connections == 0)
		bench_run(&b, nbs_now(b.engine) + BENCH_MS);
	const uint64_t cut = b.ue->connected_since_ns + BENCH_S;
	bench_run(&b, cut + 60 * BENCH_S);
	assert_true(nbs_ue_stats(b.ue)->connected_ns > 2 * BENCH_S); /* so 1 s is in the middle */
	bench_fini(&b);

	bench_init(&b, 3);
	b.config.attach = true;
	one_outage(&b, cut, 3 * BENCH_S);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 158.0);
	stats = nbs_ue_stats(b.ue);
	/* Found out after N310 x 200 ms + T310. */
	bench_run(&b, cut + 4 * BENCH_S);
	check_standing(&b, NBS_UE_BACKOFF, NBS_UE_LINK_FAILURE, "T3411", 10 * BENCH_S);
	assert_int_equal(stats->attaches, 0);
	assert_false(b.ue->registered);
	check_books(&b, 0);
	bench_run(&b, cut + 60 * BENCH_S);
	assert_int_equal(stats->attaches, 1);
	assert_int_equal(stats->connections, 2);
	assert_true(b.ue->registered);
	check_books(&b, 0);
	bench_fini(&b);
}

/*
 * 60 UEs send preambles at once, on 12 subcarriers: nearly all of them share one. The cell goes off
 * the air at the first NPUSCH after the RAR, so nobody gets a Msg4, winners and losers alike. Each
 * must get its turn afterwards.
 */
static void
test_outage_before_msg4(void **state)
{
	/* Preambles at 12.168 s; RAR and Msg3 lie between 12.183 and 12.3 s. */
	(void)state;
	for (uint64_t at_ms = 12190; at_ms < 12330; at_ms += 10) {
		uint8_t packet[40] = {0x45};
		char name[16];
		struct bench b;

		bench_init(&b, (uint32_t)at_ms);
		b.config.backoff_index = 3;
		one_outage(&b, at_ms * BENCH_MS, 3 * BENCH_S);
		bench_cell(&b);
		for (unsigned i = 0; i < 60; i++) {
			(void)snprintf(name, sizeof(name), "ue/%u", i);
			bench_ue(&b, name, i % 2 == 0 ? 125.0 : 105.0);
		}
		nbs_cell_uplink(b.cell, NULL, NULL);
		bench_run(&b, 10 * BENCH_S);
		for (unsigned i = 0; i < 60; i++)
			assert_int_equal(nbs_ue_send(nbs_cell_ue(b.cell, i), packet, sizeof(packet),
						     NBS_RAI_NO_REPLY),
					 NBS_OK);
		bench_run(&b, 300 * BENCH_S);
		for (unsigned i = 0; i < 60; i++) {
			b.ue = nbs_cell_ue(b.cell, i);
			/* Fine, or with a link failure where the release was lost. */
			assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
			assert_int_equal(nbs_ue_stats(b.ue)->messages_up, 1);
			check_books(&b, 1);
		}
		bench_fini(&b);
	}
}

/*
 * Three failures before a packet gets through: given up. 1,500 bytes at 164 dB take longer than the
 * cell ever stays: it goes at 20, 38 and 56 s for 4 s each time. That is N310 x 200 ms + T310, but
 * N311 x 200 ms too long to be in step again, so the failures are at 24, 42 and 60 s.
 */
static void
test_three_failures(void **state)
{
	(void)state;
	for (unsigned secured = 0; secured < 2; secured++) {
		const struct nbs_ue_stats *stats;
		struct bench b;

		bench_init(&b, 3);
		b.config.optimisation = secured ? NBS_USER_PLANE : NBS_CONTROL_PLANE;
		for (unsigned i = 0; i < 3; i++)
			b.config.outages[i] =
			    (struct nbs_outage){(uint64_t)(20 + 18 * i) * BENCH_S, 4 * BENCH_S};
		bench_cell(&b);
		bench_ue(&b, "meter/1", 164.0);
		stats = nbs_ue_stats(b.ue);
		bench_run(&b, 10 * BENCH_S);
		bench_send(&b, 1500, NBS_RAI_NO_REPLY);
		bench_run(&b, 60 * BENCH_S - 1);
		assert_int_equal(stats->lost_up, 0);
		bench_run(&b, 70 * BENCH_S);
		assert_int_equal(stats->link_failures, 3);
		assert_int_equal(stats->lost_up, 1);
		assert_int_equal(stats->reestablishments, secured ? 2 : 0);
		assert_int_equal(stats->connections, secured ? 1 : 3);
		check_standing(&b, NBS_UE_PSM, NBS_UE_LINK_FAILURE, "", 0);
		check_books(&b, 1);
		bench_fini(&b);
	}
}

/*
 * New data in a connection, three preambles that nobody hears: a radio link failure (TS 36.331
 * 5.3.11.3), in the user plane recovered in the same connection. 125 dB, sent at 20 s: preambles at
 * 20.488, 21.128, 21.768 s; the cell is back at 21.8 s.
 */
static void
test_connected_random_access_fails(void **state)
{
	(void)state;
	for (unsigned secured = 0; secured < 2; secured++) {
		const struct nbs_ue_stats *stats;
		struct bench b;

		bench_init(&b, 3);
		b.config.optimisation = secured ? NBS_USER_PLANE : NBS_CONTROL_PLANE;
		b.config.preamble_trans_max = 3;
		one_outage(&b, UINT64_C(20400) * BENCH_MS, 1400 * BENCH_MS);
		bench_cell(&b);
		bench_ue(&b, "meter/1", 125.0);
		stats = nbs_ue_stats(b.ue);
		bench_run(&b, 10 * BENCH_S);
		bench_send(&b, 100, NBS_RAI_NONE);
		bench_run(&b, 20 * BENCH_S);
		assert_int_equal(nbs_ue_state(b.ue), NBS_UE_CONNECTED);
		bench_send(&b, 60, NBS_RAI_NO_REPLY);
		bench_run(&b, 40 * BENCH_S);
		assert_int_equal(b.ups, 2);
		assert_int_equal(stats->link_failures, 1);
		assert_int_equal(stats->reestablishments, secured);
		assert_int_equal(stats->connections, 2 - secured);
		/* window of the last: 80 ms from 21.783 s on, 94 ms of search, then NPRACH */
		assert_in_range(b.up_ns[1], UINT64_C(21957) * BENCH_MS, 24 * BENCH_S);
		check_standing(&b, NBS_UE_PSM, NBS_UE_FINE, "", 0);
		check_books(&b, 2);
		bench_fini(&b);
	}
}

/* T301: the re-establishment finds the cell, which then is gone for good; 2.5 s and it is over. */
static void
test_t301(void **state)
{
	const struct nbs_ue_stats *stats;
	struct bench b;

	(void)state;
	/* Failure at 34 s, the cell is back at 35 s; NPRACH at 35.208 s. */
	bench_init(&b, 3);
	b.config.optimisation = NBS_USER_PLANE;
	b.config.inactivity_timer_ns = 600 * BENCH_S;
	b.config.t301_ns = 2500 * BENCH_MS;
	b.config.outages[0] = (struct nbs_outage){30 * BENCH_S, 5 * BENCH_S};
	b.config.outages[1] = (struct nbs_outage){UINT64_C(35150) * BENCH_MS, 60 * BENCH_S};
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	stats = nbs_ue_stats(b.ue);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 100, NBS_RAI_NONE);
	/* T301 runs from 35.094 to 37.594 s; the attempt that ends after that is the last. */
	bench_run(&b, UINT64_C(37594) * BENCH_MS);
	assert_int_equal(b.ue->connected_since_ns != NBS_TIME_NEVER, 1);
	bench_run(&b, 39 * BENCH_S);
	check_standing(&b, NBS_UE_PSM, NBS_UE_LINK_FAILURE, "", 0);
	assert_int_equal(stats->ra_failures, 1);
	assert_int_equal(stats->reestablishments, 0);
	check_books(&b, 1);
	bench_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_outage_in_psm),
	    cmocka_unit_test(test_outage_while_waiting_cp),
	    cmocka_unit_test(test_outage_data_waits),
	    cmocka_unit_test(test_outage_reestablished),
	    cmocka_unit_test(test_outage_unsecured),
	    cmocka_unit_test(test_outage_t311),
	    cmocka_unit_test(test_outage_too_short),
	    cmocka_unit_test(test_outage_in_idle),
	    cmocka_unit_test(test_outage_in_idle_unnoticed),
	    cmocka_unit_test(test_outage_in_burst),
	    cmocka_unit_test(test_outage_in_attach),
	    cmocka_unit_test(test_outage_before_msg4),
	    cmocka_unit_test(test_three_failures),
	    cmocka_unit_test(test_connected_random_access_fails),
	    cmocka_unit_test(test_t301),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
