/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The choices of link adaptation for NPDSCH, NPDCCH and HARQ-ACK: NPDSCH against an enumeration of
 * its own, NPDCCH by what a choice must satisfy, HARQ-ACK by hand.
 */
#include "models/nbiot/adapt.h"

#include "models/nbiot/phy_test_util.h"

#define MS UINT64_C(1000000)

/* What the tables allow at best: subframes and, among as many, the SNR at 10 %. */
struct least {
	uint32_t subframes; /* UINT32_MAX = the target is missed */
	double snr10_db;    /* of those; of all when the target is missed */
};

static struct least
least_downlink(const struct nbs_link *link, double snr_db, uint32_t bits)
{
	const enum nbs_deployment place = nbs_link_config(link)->deployment;
	struct least least = {UINT32_MAX, (double)INFINITY};

	for (uint32_t code = 0; code < 14 * 8 * 16; code++) {
		const struct nbs_npdsch d = {code % 14, nbs_block_count(code / 14 % 8),
					     nbs_npdsch_n_rep(code / 112)};
		const double snr10_db = nbs_link_npdsch_snr10_db(link, &d, 1);
		const bool good = nbs_link_npdsch_bler(link, &d, snr_db, 1) <= 0.1;
		const uint32_t subframes = good ? d.n_sf * d.n_rep : UINT32_MAX;

		if (!nbs_npdsch_nb1(place, d.i_tbs, d.n_sf) ||
		    nbs_npdsch_tbs(d.i_tbs, d.n_sf) < bits || subframes > least.subframes)
			continue;
		if (subframes < least.subframes)
			least.snr10_db = (double)INFINITY;
		least.subframes = subframes;
		least.snr10_db = fmin(least.snr10_db, snr10_db);
	}
	return least;
}

static void
compare_downlink(const struct nbs_link *link, double loss_db, uint32_t bits)
{
	const double snr_db = nbs_dl_snr_db(nbs_link_config(link), loss_db);
	const struct least least = least_downlink(link, snr_db, bits);
	struct nbs_npdsch_choice choice;

	assert_int_equal(nbs_adapt_npdsch(link, loss_db, bits, &choice), NBS_OK);
	assert_true(choice.tbs_bits >= bits);
	assert_int_equal(choice.in_outage, least.subframes == UINT32_MAX);
	assert_int_equal(choice.subframes, choice.npdsch.n_sf * choice.npdsch.n_rep);
	if (!choice.in_outage)
		assert_int_equal(choice.subframes, least.subframes);
	test_near(nbs_link_npdsch_snr10_db(link, &choice.npdsch, 1), least.snr10_db, 1e-9,
		  "SNR at 10 %");
	test_near(choice.bler, nbs_link_npdsch_bler(link, &choice.npdsch, snr_db, 1), 1e-9,
		  "block errors");
}

static void
downlink_brute_force(void **state)
{
	static const uint32_t bits[] = {16, 56, 144, 256, 680};
	static const enum nbs_deployment places[] = {NBS_STAND_ALONE, NBS_IN_BAND};

	(void)state;
	for (unsigned p = 0; p < 2; p++) {
		struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, places[p]);

		for (double loss_db = 110; loss_db < 205; loss_db += 2.385) {
			for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
				compare_downlink(link, loss_db, bits[i]);
		}
		nbs_link_free(link);
	}
}

static void
downlink_refusals(void **state)
{
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);
	struct nbs_npdsch_choice choice;
	struct nbs_npdcch_choice dci;

	(void)state;
	assert_int_equal(nbs_adapt_npdsch(link, 140, 0, &choice), NBS_E_RANGE);
	assert_int_equal(nbs_adapt_npdsch(link, 140, 681, &choice), NBS_E_RANGE);
	assert_int_equal(nbs_adapt_npdcch(link, 140, 0, &dci), NBS_E_RANGE);
	assert_int_equal(nbs_adapt_npdcch(link, 140, 12, &dci), NBS_E_RANGE);
	assert_int_equal(nbs_adapt_npdcch(link, 140, 4096, &dci), NBS_E_RANGE);
	nbs_link_free(link);
}

/* From Rmax/8 (1 below Rmax 8) to Rmax; the fewest that are missed in 1 % or less. */
static void
control_repetitions(void **state)
{
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);

	(void)state;
	for (uint32_t rmax = 1; rmax <= 2048; rmax *= 2) {
		for (double loss_db = 120; loss_db < 190; loss_db += 3.385) {
			const double snr_db = nbs_dl_snr_db(nbs_link_config(link), loss_db);
			const uint32_t first = rmax < 8 ? 1 : rmax / 8;
			struct nbs_npdcch_choice dci;

			assert_int_equal(nbs_adapt_npdcch(link, loss_db, rmax, &dci), NBS_OK);
			assert_true(dci.repetitions >= first && dci.repetitions <= rmax);
			assert_int_equal(dci.in_outage,
					 nbs_link_npdcch_bler(link, rmax, snr_db) > 0.01);
			if (dci.repetitions > first)
				assert_true(
				    nbs_link_npdcch_bler(link, dci.repetitions / 2, snr_db) > 0.01);
			if (!dci.in_outage)
				assert_true(dci.bler <= 0.01);
		}
	}
	nbs_link_free(link);
}

/* Network A: 2 repetitions in level 0 are 4 ms; p0 -80, alpha 1: 20 dBm at 100 dB. */
static void
acknowledgement(void **state)
{
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);
	struct nbs_ack_choice ack;

	(void)state;
	assert_int_equal(nbs_adapt_ack(link, 100, 0, false, &ack), NBS_OK);
	assert_int_equal(ack.repetitions, 2);
	assert_int_equal(ack.tx_ns, 4 * MS);
	test_near(ack.tx_power_dbm, 20, 1e-9, "power");
	assert_true(ack.error <= 0.0);
	assert_int_equal(nbs_adapt_ack(link, 164, 2, false, &ack), NBS_OK);
	assert_int_equal(ack.repetitions, 32);
	test_near(ack.tx_power_dbm, 23, 1e-9, "power");
	assert_true(ack.error < 0.01);
	assert_int_equal(nbs_adapt_ack(link, 164, 2, true, &ack), NBS_OK);
	assert_int_equal(ack.repetitions, 64);    /* ack-NACK-NumRepetitions-Msg4 r64 */
	assert_int_equal(ack.tx_ns, 64 * 2 * MS); /* of 2 ms each at 15 kHz */
	assert_int_equal(nbs_adapt_ack(link, 100, 3, false, &ack), NBS_E_RANGE);
	nbs_link_free(link);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(downlink_brute_force), cmocka_unit_test(downlink_refusals),
	    cmocka_unit_test(control_repetitions), cmocka_unit_test(acknowledgement)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
