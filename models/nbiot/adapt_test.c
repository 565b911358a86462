/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The choices of link adaptation against an enumeration of its own: every grant that the tables
 * allow is judged by the law alone, collected, sorted, and the first is the expectation.
 */
#include "models/nbiot/adapt.h"

#include "models/nbiot/phy_test_util.h"

#define MS UINT64_C(1000000)

/* A grant that carries the bits, as the brute force sees it. */
struct candidate {
	struct nbs_npusch npusch;
	uint64_t tx_ns;
	double bler, snr_db;
	long margin; /* 0.01 dB over the 10 % point */
};

#define CANDIDATES 4096
static struct candidate candidates[CANDIDATES];

/* Lists what the tables allow, in the order opposite to the model's. */
static unsigned
list_candidates(const struct nbs_link *link, double loss_db, uint32_t bits)
{
	static const uint32_t tones[] = {12, 6, 3, 1};
	unsigned count = 0;

	for (uint32_t code = 4 * 14 * 8 * 8; code-- > 0;) {
		struct candidate *c = &candidates[count];
		struct nbs_npusch_airtime airtime;
		uint32_t row, qm;
		double power_dbm, snr_db, snr10_db;

		c->npusch = (struct nbs_npusch){NBS_SCS_15K, tones[code % 4], code / 4 % 14,
						nbs_block_count(code / 56 % 8),
						nbs_npusch_n_rep(code / 448)};
		if (nbs_npusch_airtime(&c->npusch, &airtime) != NBS_OK || airtime.tbs_bits < bits)
			continue;
		(void)nbs_npusch_mcs(c->npusch.tones, c->npusch.i_mcs, &row, &qm);
		if (!nbs_npusch_nb1(c->npusch.tones, row, c->npusch.n_ru))
			continue;
		snr10_db = nbs_link_npusch_snr10_db(link, &c->npusch, 1);
		if (isinf(snr10_db))
			continue;
		power_dbm = nbs_npusch_power_dbm(nbs_link_config(link), NBS_UL_DYNAMIC, NBS_SCS_15K,
						 c->npusch.tones, c->npusch.n_rep, loss_db);
		snr_db = nbs_ul_snr_db(power_dbm, loss_db, 15000.0 * c->npusch.tones);
		c->bler = nbs_link_npusch_bler(link, &c->npusch, snr_db, 1);
		c->margin = lround(100 * (snr_db - snr10_db));
		c->snr_db = snr_db;
		c->tx_ns = airtime.tx_ns;
		count++;
	}
	return count;
}

static int
by_airtime(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return (x->tx_ns > y->tx_ns) - (x->tx_ns < y->tx_ns);
}

static int
by_preference(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->npusch.tones != y->npusch.tones)
		return x->npusch.tones < y->npusch.tones ? -1 : 1;
	if (x->tx_ns != y->tx_ns)
		return x->tx_ns < y->tx_ns ? -1 : 1;
	return (x->margin < y->margin) - (x->margin > y->margin);
}

static int
by_robustness(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->margin != y->margin)
		return x->margin > y->margin ? -1 : 1;
	return by_preference(a, b);
}

/* Sorts so that candidates[0] is the expected grant; returns whether the target is missed. */
static bool
expect_grant(unsigned count)
{
	unsigned good = 0;

	for (unsigned i = 0; i < count; i++) {
		if (candidates[i].bler <= 0.1)
			candidates[good++] = candidates[i];
	}
	if (good == 0) {
		qsort(candidates, count, sizeof(candidates[0]), by_robustness);
		return true;
	}
	qsort(candidates, good, sizeof(candidates[0]), by_airtime);
	for (count = 1; count < good; count++) {
		if (candidates[count].tx_ns * 20 > candidates[0].tx_ns * 21)
			break;
	}
	qsort(candidates, count, sizeof(candidates[0]), by_preference);
	return false;
}

static void
compare_grant(const struct nbs_link *link, double loss_db, uint32_t bits)
{
	struct nbs_npusch_choice choice;
	const unsigned count = list_candidates(link, loss_db, bits);
	const bool outage = expect_grant(count);
	const struct candidate *want = &candidates[0];

	assert_int_equal(nbs_adapt_npusch(link, loss_db, bits, &choice), NBS_OK);
	assert_int_equal(choice.in_outage, outage);
	assert_int_equal(choice.npusch.tones, want->npusch.tones);
	assert_int_equal(choice.tx_ns, want->tx_ns);
	test_near(choice.bler, want->bler, 1e-9, "block errors");
	test_near(choice.snr_db, want->snr_db, 1e-9, "SNR");
	test_near(nbs_ul_snr_db(choice.tx_power_dbm, loss_db, 15000.0 * choice.npusch.tones),
		  want->snr_db, 1e-9, "power");
	assert_true(choice.tbs_bits >= bits && choice.tbs_bits <= 1000);
	assert_true(choice.duration_ns >= choice.tx_ns);
}

static void
brute_force_on(const struct nbs_link *link)
{
	static const uint32_t bits[] = {16, 88, 129, 256, 505, 712, 1000};

	for (double loss_db = 98.0; loss_db < 182.0; loss_db += 3.385) {
		for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
			compare_grant(link, loss_db, bits[i]);
	}
}

static void
uplink_brute_force(void **state)
{
	struct nbs_link *evaluation = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);
	struct nbs_link *minimum = test_link_new(NBS_RX_MINIMUM, NBS_IN_BAND);

	(void)state;
	brute_force_on(evaluation);
	brute_force_on(minimum);
	nbs_link_free(evaluation);
	nbs_link_free(minimum);
}

/* With P_O -126 dBm and alpha 1 one or two repetitions arrive 3 dB over the noise: power decides */
static void
uplink_low_power(void **state)
{
	struct nbs_network_config config;
	struct nbs_link *link = NULL;

	(void)state;
	nbs_network_config_default(&config);
	config.p0_nominal_dbm = -126;
	config.alpha = 1;
	assert_int_equal(nbs_link_new(&config, &link), NBS_OK);
	brute_force_on(link);
	nbs_link_free(link);
}

/*
 * TR 45.820's rate: 1000 bits at 164 dB take 2,560 ms, 0.39 kbps, 2,920 with the gaps. With full
 * power every number of tones needs the same energy, so one tone is within 5 %.
 */
static void
uplink_164(void **state)
{
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);
	struct nbs_npusch_choice choice;

	(void)state;
	assert_int_equal(nbs_adapt_npusch(link, 164, 1000, &choice), NBS_OK);
	assert_false(choice.in_outage);
	assert_int_equal(choice.npusch.tones, 1);
	assert_int_equal(choice.npusch.n_ru, 10);
	assert_int_equal(choice.npusch.n_rep, 32);
	assert_int_equal(choice.tx_ns, 2560 * MS);
	assert_int_equal(choice.duration_ns, 2920 * MS);
	test_near(choice.tx_power_dbm, 23, 1e-9, "power");
	assert_int_equal(nbs_adapt_npusch(link, 190, 1000, &choice), NBS_OK);
	assert_true(choice.in_outage);
	assert_int_equal(choice.npusch.n_rep, 128);
	nbs_link_free(link);
}

/* In good coverage the shortest way: 1000 bits on I_TBS 12, four resource units of 1 ms. */
static void
uplink_good(void **state)
{
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);
	struct nbs_npusch_choice choice;

	(void)state;
	assert_int_equal(nbs_adapt_npusch(link, 120, 1000, &choice), NBS_OK);
	assert_int_equal(choice.npusch.tones, 12);
	assert_int_equal(choice.tx_ns, 4 * MS);
	assert_int_equal(nbs_adapt_npusch(link, 120, 0, &choice), NBS_E_RANGE);
	assert_int_equal(nbs_adapt_npusch(link, 120, 1001, &choice), NBS_E_RANGE);
	nbs_link_free(link);
}

/* Least airtime of the three rows of TS 36.213 Table 16.3.3-1 with at most so many tones. */
static uint64_t
least_msg3(const struct nbs_link *link, double loss_db, uint32_t most_tones)
{
	static const uint32_t rows[3][2] = {{0, 4}, {1, 3}, {6, 1}}; /* I_TBS, N_RU */
	uint64_t least_ns = UINT64_MAX;

	for (uint32_t code = 0; code < 3 * 4 * 8; code++) {
		static const uint32_t tones[] = {1, 3, 6, 12};
		struct nbs_npusch npusch = {NBS_SCS_15K, tones[code / 3 % 4], rows[code % 3][0],
					    rows[code % 3][1], nbs_npusch_n_rep(code / 12)};
		struct nbs_npusch_airtime airtime;
		double snr_db;

		if (npusch.tones > most_tones)
			continue;
		if (npusch.tones == 1 && npusch.i_mcs == 1)
			npusch.i_mcs = 2; /* I_TBS 1 with one tone */
		assert_int_equal(nbs_npusch_airtime(&npusch, &airtime), NBS_OK);
		snr_db = nbs_ul_snr_db(nbs_npusch_power_dbm(nbs_link_config(link), NBS_UL_RAR,
							    NBS_SCS_15K, npusch.tones, npusch.n_rep,
							    loss_db),
				       loss_db, 15000.0 * npusch.tones);
		if (nbs_link_npusch_bler(link, &npusch, snr_db, 1) <= 0.1 &&
		    airtime.tx_ns < least_ns)
			least_ns = airtime.tx_ns;
	}
	return least_ns;
}

/* Msg3 is always 88 bits on 4, 3 or 1 resource units, whatever else would be shorter. */
static void
msg3(void **state)
{
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);

	(void)state;
	for (double loss_db = 110; loss_db <= 176; loss_db += 0.1) {
		struct nbs_npusch_choice choice;
		const double tolerance = 0.006;

		assert_int_equal(nbs_adapt_msg3(link, loss_db, &choice), NBS_OK);
		assert_int_equal(choice.tbs_bits, 88);
		assert_true(choice.npusch.n_ru == 4 || choice.npusch.n_ru == 3 ||
			    choice.npusch.n_ru == 1);
		if (!choice.in_outage) { /* the shortest of its tones, near the shortest of all */
			assert_int_equal(choice.tx_ns,
					 least_msg3(link, loss_db, choice.npusch.tones));
			assert_true(choice.tx_ns * 20 <= least_msg3(link, loss_db, 12) * 21);
			if (choice.npusch.tones > 1)
				assert_true(least_msg3(link, loss_db, choice.npusch.tones - 1) >
					    least_msg3(link, loss_db, 12) / 20 * 21);
		}
		if (choice.npusch.n_rep <= 2) /* -104 + 8 + loss + 10 log10(tones), at most 23 */
			test_near(choice.tx_power_dbm,
				  fmin(23, loss_db - 96 + 10 * log10(choice.npusch.tones)),
				  tolerance, "power");
	}
	nbs_link_free(link);
}

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
	const struct CMUnitTest tests[] = {cmocka_unit_test(uplink_brute_force),
					   cmocka_unit_test(uplink_low_power),
					   cmocka_unit_test(uplink_164),
					   cmocka_unit_test(uplink_good),
					   cmocka_unit_test(msg3),
					   cmocka_unit_test(downlink_brute_force),
					   cmocka_unit_test(downlink_refusals),
					   cmocka_unit_test(control_repetitions),
					   cmocka_unit_test(acknowledgement)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
