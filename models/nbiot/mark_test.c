/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a UE's energy was for: three columns with one sum, shares by bytes, the module's way down.
 */
#include "models/nbiot/ue_test_util.h"

#define MARK_READING ((uint8_t)(NBS_CAUSE_OWN + 1))
#define MARK_SETUP ((uint8_t)(NBS_CAUSE_OWN + 2))
#define MARK_LOOK_NS (137 * BENCH_MS)

/* The kind of each packet stands in its first byte, as this test's "application" writes it. */
enum mark_packet { MARK_CLEAR, MARK_RECORD, MARK_HANDSHAKE, MARK_REPEAT };

static void
mark_classify(void *arg, unsigned ue_index, bool up, const uint8_t *packet, size_t len,
	      struct nbs_packet_kind *kind)
{
	(void)arg;
	(void)ue_index;
	(void)up;
	kind->cause = packet[0] == MARK_HANDSHAKE ? MARK_SETUP : MARK_READING;
	kind->repeat = packet[0] == MARK_REPEAT;
	kind->record_bytes = packet[0] == MARK_RECORD ? 29 : 0;
	kind->handshake_bytes = packet[0] == MARK_HANDSHAKE ? (uint16_t)len : 0;
}

static double
mark_sum(const double *column, size_t count)
{
	double sum = 0.0;

	for (size_t i = 0; i < count; i++)
		sum += column[i];
	return sum;
}

/* One packet of 131 bytes from PSM at 100 s, in the clear channel, released at once. */
static const struct nbs_account *
mark_report(struct bench *b, enum mark_packet kind)
{
	uint8_t packet[131] = {(uint8_t)kind};
	const struct nbs_account *account;

	bench_cell(b);
	nbs_cell_classify(b->cell, mark_classify, NULL);
	bench_ue(b, "meter/1", 125.0);
	bench_run(b, 100 * BENCH_S);
	assert_int_equal(nbs_ue_send(b->ue, packet, sizeof(packet), NBS_RAI_NO_REPLY), NBS_OK);
	bench_run(b, 200 * BENCH_S);
	assert_int_equal(b->ups, 1);
	account = bench_account(b);
	check_rel(mark_sum(account->layer_mj, NBS_LAYER__COUNT), nbs_account_energy_mj(account),
		  1e-12, "layers");
	check_rel(mark_sum(account->cause_mj, NBS_CAUSE__COUNT), nbs_account_energy_mj(account),
		  1e-12, "messages");
	return account;
}

/*
 * Of a packet of 131 bytes DTLS made 29: the blocks that carry it are shared 29 to 102, whatever
 * they cost. The access is the same with and without: only what carries the packet is shared out.
 */
static void
test_record_by_bytes(void **state)
{
	const struct nbs_account *account;
	double access_mj, packet_mj;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	account = mark_report(&b, MARK_CLEAR);
	assert_true(account->layer_mj[NBS_LAYER_RECORD] <= 0.0);
	assert_true(account->layer_mj[NBS_LAYER_HANDSHAKE] <= 0.0);
	access_mj = account->layer_mj[NBS_LAYER_ACCESS];
	packet_mj = account->layer_mj[NBS_LAYER_APPLICATION];
	assert_true(packet_mj > 0.0);
	/* All but sleep is for the reading. */
	check_rel(account->cause_mj[MARK_READING],
		  nbs_account_energy_mj(account) - account->layer_mj[NBS_LAYER_SLEEP] -
		      account->layer_mj[NBS_LAYER_PAGING],
		  1e-9, "reading");
	bench_fini(&b);
	bench_init(&b, 3);
	account = mark_report(&b, MARK_RECORD);
	/* Shares are kept in 1/65535 and rounded down: 2 parts of a block may be short by that. */
	check_rel(account->layer_mj[NBS_LAYER_ACCESS], access_mj, 1e-5, "access");
	check_rel(account->layer_mj[NBS_LAYER_RECORD], packet_mj * 29 / 131, 1e-3, "record");
	check_rel(account->layer_mj[NBS_LAYER_APPLICATION], packet_mj * 102 / 131, 1e-3, "rest");
	bench_fini(&b);
}

static void
test_whole_packets(void **state)
{
	const struct nbs_account *account;
	double packet_mj;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	packet_mj = mark_report(&b, MARK_CLEAR)->layer_mj[NBS_LAYER_APPLICATION];
	bench_fini(&b);
	bench_init(&b, 3);
	account = mark_report(&b, MARK_HANDSHAKE);
	check_rel(account->layer_mj[NBS_LAYER_HANDSHAKE], packet_mj, 1e-3, "handshake");
	assert_true(account->layer_mj[NBS_LAYER_APPLICATION] < packet_mj * 1e-3);
	assert_true(account->cause_mj[MARK_SETUP] > account->layer_mj[NBS_LAYER_ACCESS]);
	assert_true(account->cause_mj[MARK_READING] <= 0.0);
	bench_fini(&b);
	bench_init(&b, 3);
	account = mark_report(&b, MARK_REPEAT);
	check_rel(account->layer_mj[NBS_LAYER_RETRANSMISSION], packet_mj, 1e-3, "sent again");
	bench_fini(&b);
}

/* Nobody tells what packets are, and there is a tracking area update: both have a message. */
static void
test_without_an_owner(void **state)
{
	const struct nbs_account *account;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.t3412_ns = 1800 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 100 * BENCH_S);
	bench_send(&b, 131, NBS_RAI_NO_REPLY);
	bench_run(&b, 2000 * BENCH_S);
	assert_int_equal(nbs_ue_stats(b.ue)->taus, 1);
	account = bench_account(&b);
	assert_true(account->cause_mj[NBS_CAUSE_NETWORK] > 100.0); /* boot alone is 150 mJ */
	assert_true(account->cause_mj[NBS_CAUSE_PACKET] > 150.0);
	check_rel(account->cause_mj[NBS_CAUSE_NONE],
		  account->layer_mj[NBS_LAYER_SLEEP] + account->layer_mj[NBS_LAYER_PAGING], 1e-9,
		  "nothing");
	bench_fini(&b);
}

/* The transmit states by radio power: all of their time, each power at what the profile says. */
static void
test_transmit_levels(void **state)
{
	const struct nbs_modem *modem = test_modem();
	const struct nbs_account *account;
	uint64_t ns = 0;
	double mj = 0.0;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	account = mark_report(&b, MARK_CLEAR);
	assert_in_range(account->tx_count, 1, NBS_TX_LEVELS);
	for (uint32_t i = 0; i < account->tx_count; i++) {
		const struct nbs_tx_level *level = &account->tx[i];

		assert_true(i == 0 || level->dbm > account->tx[i - 1].dbm);
		ns += level->time_ns;
		mj += level->energy_mj;
		/* Within the half decibel that a level is rounded by. */
		const double mw = level->energy_mj / (double)level->time_ns * 1e9;
		assert_true(mw >= nbs_modem_power_mw(modem, NBS_POWER_TX, level->dbm - 0.5) - 1e-6);
		assert_true(mw <= nbs_modem_power_mw(modem, NBS_POWER_TX, level->dbm + 0.5) + 1e-6);
	}
	assert_int_equal(ns, account->time_ns[NBS_POWER_TX] + account->time_ns[NBS_POWER_RA]);
	check_rel(mj, account->energy_mj[NBS_POWER_TX] + account->energy_mj[NBS_POWER_RA], 1e-12,
		  "levels");
	bench_fini(&b);
}

/*
 * Looking at the account does not change it, and shows what finishing at that moment would: of two
 * UEs that live the same life one is looked at each 137 ms, the other is finished at the end.
 */
static void
test_account_now(void **state)
{
	struct nbs_account now = {0};
	const struct nbs_account *end;
	double before = 0.0;
	uint64_t t_ns;
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	b.config.t3324_ns = 10 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	for (t_ns = MARK_LOOK_NS; t_ns < 40 * BENCH_S; t_ns += MARK_LOOK_NS) {
		bench_run(&b, t_ns);
		if (t_ns == 40 * MARK_LOOK_NS)
			bench_send(&b, 131, NBS_RAI_NO_REPLY);
		nbs_ue_account_now(b.ue, &now);
		assert_int_equal(nbs_account_time_ns(&now), t_ns);
		assert_true(nbs_account_energy_mj(&now) >= before);
		before = nbs_account_energy_mj(&now);
	}
	bench_fini(&b);
	bench_init(&b, 3);
	b.config.t3324_ns = 10 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 40 * MARK_LOOK_NS);
	bench_send(&b, 131, NBS_RAI_NO_REPLY);
	bench_run(&b, t_ns - MARK_LOOK_NS);
	end = bench_account(&b);
	assert_memory_equal(now.time_ns, end->time_ns, sizeof(now.time_ns));
	check_rel(before, nbs_account_energy_mj(end), 1e-12, "energy");
	for (int i = 0; i < NBS_LAYER__COUNT; i++)
		check_rel(now.layer_mj[i], end->layer_mj[i], 1e-12, "layer");
	bench_fini(&b);
}

/* 5 s on the way to deep sleep at 33 uA x 3.6 V: 0.594 mJ, once a report; none if cut at once. */
static void
test_the_way_down(void **state)
{
	struct nbs_modem slow;
	const struct nbs_account *account;
	struct nbs_ue_config config = {.name = "meter/1", .mcl_db = 125.0, .modem = &slow};
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	slow = *test_modem();
	slow.down_ms.value = 5000.0;
	slow.down_mj.value = 3.6 * 0.033 * 5.0;
	b.config.t3324_ns = 0;
	bench_cell(&b);
	assert_int_equal(nbs_cell_add_ue(b.cell, &config, &b.ue), NBS_OK);
	bench_run(&b, 100 * BENCH_S);
	bench_send(&b, 131, NBS_RAI_NO_REPLY);
	bench_run(&b, 200 * BENCH_S);
	account = bench_account(&b);
	/* Once when it was switched on, once after the report. */
	assert_int_equal(account->time_ns[NBS_POWER_DOWN], 10 * BENCH_S);
	check_rel(account->energy_mj[NBS_POWER_DOWN], 2 * 0.594, 1e-9, "down");
	bench_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_record_by_bytes),  cmocka_unit_test(test_whole_packets),
	    cmocka_unit_test(test_without_an_owner), cmocka_unit_test(test_transmit_levels),
	    cmocka_unit_test(test_account_now),      cmocka_unit_test(test_the_way_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
