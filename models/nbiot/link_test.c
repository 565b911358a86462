/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link budget and the law's own properties: TR 45.820 parameters, power control against
 * measured transmit powers, waterfalls, combining, HARQ-ACK, NPRACH. The law against published
 * receivers is in link_published_test.c.
 */
#include "models/nbiot/link.h"

#include "models/nbiot/phy_test_util.h"

struct budget_row {
	double loss_db, up[5], down[2], nrsrp[2];
};

/*
 * 23 dBm, -174 dBm/Hz, noise figures 3 and 5 dB; 43 and 35 dBm over 12 subcarriers (10.79 dB):
 * e.g. 144 dB, 15 kHz: 23 - 144 + 174 - 3 - 41.76 = 8.24; stand-alone down, 180 kHz:
 * 43 - 144 + 174 - 5 - 52.55 = 15.45. Printed with one decimal.
 */
static void
budget(void **state)
{
	static const struct budget_row rows[] = {
	    {130, {28.3, 22.2, 17.5, 14.5, 11.4}, {29.4, 21.4}, {-97.8, -105.8}},
	    {144, {14.3, 8.2, 3.5, 0.5, -2.6}, {15.4, 7.4}, {-111.8, -119.8}},
	    {154, {4.3, -1.8, -6.5, -9.5, -12.6}, {5.4, -2.6}, {-121.8, -129.8}},
	    {164, {-5.7, -11.8, -16.5, -19.5, -22.6}, {-4.6, -12.6}, {-131.8, -139.8}}};
	static const double bandwidth[] = {3750, 15000, 45000, 90000, 180000};
	static const double total_dbm[] = {43, 35};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const double loss_db = rows[i].loss_db;

		for (unsigned b = 0; b < 5; b++)
			test_near(nbs_ul_snr_db(23, loss_db, bandwidth[b]), rows[i].up[b], 0.06,
				  "uplink SNR");
		for (unsigned d = 0; d < 2; d++) {
			struct nbs_network_config config;

			nbs_network_config_default(&config);
			config.nrs_power_dbm = total_dbm[d] - 10 * log10(12);
			test_near(nbs_dl_snr_db(&config, loss_db), rows[i].down[d], 0.06,
				  "downlink SNR");
			test_near(nbs_nrsrp_dbm(&config, loss_db), rows[i].nrsrp[d], 0.06, "NRSRP");
		}
	}
}

/* Levels come out on the grid of 0.01 dB. */
static void
levels_are_rounded(void **state)
{
	struct nbs_network_config config;

	(void)state;
	nbs_network_config_default(&config);
	for (double loss_db = 100.0; loss_db < 170.0; loss_db += 0.2385) {
		const double values[] = {
		    nbs_ul_snr_db(23, loss_db, 15000), nbs_dl_snr_db(&config, loss_db),
		    nbs_nrsrp_dbm(&config, loss_db),
		    nbs_npusch_power_dbm(&config, NBS_UL_DYNAMIC, NBS_SCS_15K, 3, 1, loss_db),
		    nbs_nprach_power_dbm(&config, 0, 2, loss_db)};

		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
			test_near(values[i] * 100, round(values[i] * 100), 1e-9, "grid");
	}
}

/*
 * Thresholds 31 and 21 (-109, -119 dBm) at nrs-Power 24 dBm: level 1 from 133 dB, level 2 from 143.
 * Thresholds 33 and 23 at 29 dBm (another network): 136 and 146.
 */
static void
coverage_levels(void **state)
{
	struct nbs_network_config config;

	(void)state;
	nbs_network_config_default(&config);
	assert_int_equal(nbs_coverage_level(&config, nbs_nrsrp_dbm(&config, 132.99)), 0);
	assert_int_equal(nbs_coverage_level(&config, nbs_nrsrp_dbm(&config, 133.00)), 0);
	assert_int_equal(nbs_coverage_level(&config, nbs_nrsrp_dbm(&config, 133.01)), 1);
	assert_int_equal(nbs_coverage_level(&config, nbs_nrsrp_dbm(&config, 143.00)), 1);
	assert_int_equal(nbs_coverage_level(&config, nbs_nrsrp_dbm(&config, 143.01)), 2);
	config.nrs_power_dbm = 29;
	config.nrsrp_threshold_dbm[0] = 33 - 140;
	config.nrsrp_threshold_dbm[1] = 23 - 140;
	assert_int_equal(nbs_coverage_level(&config, nbs_nrsrp_dbm(&config, 135.9)), 0);
	assert_int_equal(nbs_coverage_level(&config, nbs_nrsrp_dbm(&config, 136.1)), 1);
	assert_int_equal(nbs_coverage_level(&config, nbs_nrsrp_dbm(&config, 146.1)), 2);
}

/* Median NPUSCH power reported by devices in a Norwegian network, by NRSRP; within 6 dB. */
static void
measured_powers(void **state)
{
	static const double nrsrp_dbm[] = {-90, -80, -70, -60};
	static const double median_dbm[] = {12.5, 3, -10.5, -16};
	struct nbs_network_config config;

	(void)state;
	nbs_network_config_default(&config);
	for (unsigned i = 0; i < 4; i++) {
		const double loss_db = config.nrs_power_dbm - nrsrp_dbm[i];

		test_near(nbs_npusch_power_dbm(&config, NBS_UL_DYNAMIC, NBS_SCS_15K, 1, 1, loss_db),
			  median_dbm[i], 6.0, "median power");
	}
	/* every network shipped so far: full power from 130 dB on */
	assert_true(nbs_npusch_power_dbm(&config, NBS_UL_DYNAMIC, NBS_SCS_15K, 1, 1, 130) >= 23);
}

/* P = min(23, 10 log10 M + P_O + alpha PL), worked by hand with P_O -80, alpha 0.8. */
static void
npusch_power(void **state)
{
	struct nbs_network_config config;
	const struct nbs_network_config *c = &config;

	(void)state;
	nbs_network_config_default(&config);
	/* 0.8 x 100 - 80 = 0; 3 tones 4.77; 3.75 kHz -6.02 */
	test_near(nbs_npusch_power_dbm(c, NBS_UL_DYNAMIC, NBS_SCS_15K, 1, 2, 100), 0, 1e-9, "1");
	test_near(nbs_npusch_power_dbm(c, NBS_UL_DYNAMIC, NBS_SCS_15K, 3, 1, 100), 4.77, 1e-9, "3");
	test_near(nbs_npusch_power_dbm(c, NBS_UL_DYNAMIC, NBS_SCS_3K75, 1, 1, 100), -6.02, 1e-9,
		  "3.75 kHz");
	/* over two repetitions full; 0.8 x 140 - 80 = 32: the limit */
	test_near(nbs_npusch_power_dbm(c, NBS_UL_DYNAMIC, NBS_SCS_15K, 1, 4, 100), 23, 1e-9, "r");
	test_near(nbs_npusch_power_dbm(c, NBS_UL_DYNAMIC, NBS_SCS_15K, 1, 1, 140), 23, 1e-9, "m");
	/* RAR grant: -104 + 8 + 100 = 4; ACK: alpha 1, -80 + 100 = 20 */
	test_near(nbs_npusch_power_dbm(c, NBS_UL_RAR, NBS_SCS_15K, 1, 1, 100), 4, 1e-9, "RAR");
	test_near(nbs_npusch_power_dbm(c, NBS_UL_ACK, NBS_SCS_15K, 1, 1, 100), 20, 1e-9, "ACK");
	/* never under -40 dBm: 0.8 x 40 - 80 = -48 */
	test_near(nbs_npusch_power_dbm(c, NBS_UL_DYNAMIC, NBS_SCS_15K, 1, 1, 40), -40, 1e-9, "min");
}

/* Level 0: -104 + 2 (n - 1) - 10 log10(2) + loss; the others at full power. */
static void
nprach_power(void **state)
{
	struct nbs_network_config config;

	(void)state;
	nbs_network_config_default(&config);
	test_near(nbs_nprach_power_dbm(&config, 0, 1, 110), 2.99, 1e-9, "first");
	test_near(nbs_nprach_power_dbm(&config, 0, 4, 110), 8.99, 1e-9, "fourth");
	test_near(nbs_nprach_power_dbm(&config, 0, 1, 132), 23, 1e-9, "limit");
	test_near(nbs_nprach_power_dbm(&config, 1, 1, 110), 23, 1e-9, "level 1");
}

/* Block errors fall with SNR, and are 10 % at the 10 % point. */
static void
waterfall(void **state)
{
	static const enum nbs_receiver receivers[] = {NBS_RX_EVALUATION, NBS_RX_MINIMUM};
	const struct nbs_npusch npusch = {NBS_SCS_15K, 1, 0, 10, 8};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct nbs_link *link = test_link_new(receivers[i], NBS_IN_BAND);
		const double snr10_db = nbs_link_npusch_snr10_db(link, &npusch, 1);
		double last = 1.0;

		test_near(nbs_link_npusch_bler(link, &npusch, snr10_db, 1), 0.1, 1e-6, "10 %");
		for (double snr_db = -40; snr_db < 40; snr_db += 0.25) {
			const double bler = nbs_link_npusch_bler(link, &npusch, snr_db, 1);

			assert_true(bler <= last);
			test_near(bler * 1e6, round(bler * 1e6), 1e-6, "grid");
			last = bler;
		}
		assert_true(last <= 0.0);
		nbs_link_free(link);
	}
}

/*
 * In AWGN 1 % of 256 + 24 bits needs 0.46 dB more than 10 %. Normal approximation for total energy
 * E over N0: z = (E - K ln 2) / sqrt(2 E), so sqrt(E) = (z sqrt 2 + sqrt(2 z z + 4 K ln 2)) / 2;
 * K = 280: 14.867 at z = 1.2816, 15.673 at z = 2.3263; 20 log10 of the ratio: 0.459 dB.
 */
static void
waterfall_slope(void **state)
{
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);
	const struct nbs_npusch npusch = {NBS_SCS_15K, 1, 0, 10, 1};
	double snr_db = nbs_link_npusch_snr10_db(link, &npusch, 1);
	const double snr10_db = snr_db;

	(void)state;
	while (nbs_link_npusch_bler(link, &npusch, snr_db, 1) > 0.01)
		snr_db += 0.001;
	test_near(snr_db - snr10_db, 0.459, 0.01, "from 10 % to 1 %");
	nbs_link_free(link);
}

/* Combining: two transmissions of one repetition equal one of two; errors only fall. */
static void
combining(void **state)
{
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_STAND_ALONE);
	const struct nbs_npusch once = {NBS_SCS_15K, 3, 8, 2, 1};
	const struct nbs_npusch twice = {NBS_SCS_15K, 3, 8, 2, 2};
	const struct nbs_npdsch down = {4, 10, 16};

	(void)state;
	test_near(nbs_link_npusch_snr10_db(link, &once, 2),
		  nbs_link_npusch_snr10_db(link, &twice, 1), 1e-9, "chase");
	test_near(nbs_link_npdsch_snr10_db(link, &down, 2),
		  nbs_link_npdsch_snr10_db(link, &down, 1) - 3.01, 0.011, "down");
	assert_true(nbs_link_npdsch_bler(link, &down, -13.0, 2) <
		    nbs_link_npdsch_bler(link, &down, -13.0, 1));
	nbs_link_free(link);
}

/*
 * Downlink by hand. NPDSCH I_TBS 4, 10 subframes, stand-alone: 704 of 3,040 bits is rate 0.23, so
 * 0.95 - 10 log10(1520 / 704) + 2 = -0.39 dB. NPDCCH in-band, 8 repetitions, 39 bits on 104
 * symbols: 0.95 + 1 - 10 log10(832 / 39) + 2 = -9.34 dB.
 */
static void
downlink_law(void **state)
{
	struct nbs_link *alone = test_link_new(NBS_RX_EVALUATION, NBS_STAND_ALONE);
	struct nbs_link *in_band = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);
	const struct nbs_npdsch npdsch = {4, 10, 1};
	const struct nbs_npdsch too_dense = {13, 10, 1}; /* (2536 + 24) / 2080 > 0.93 */

	(void)state;
	test_near(nbs_link_npdsch_snr10_db(alone, &npdsch, 1), -0.39, 0.006, "NPDSCH");
	test_near(nbs_link_npdcch_snr10_db(in_band, 8), -9.34, 0.006, "NPDCCH");
	test_near(nbs_link_npdcch_bler(in_band, 8, -9.34), 0.1, 1e-6, "NPDCCH");
	assert_true(isinf(nbs_link_npdsch_snr10_db(in_band, &too_dense, 1)));
	test_near(nbs_link_npdsch_bler(in_band, &too_dense, 50, 1), 1.0, 0.0, "too dense");
	test_near(nbs_link_npdcch_bler(in_band, 0, 50), 1.0, 0.0, "no repetition");
	nbs_link_free(alone);
	nbs_link_free(in_band);
}

/*
 * HARQ-ACK: Q(sqrt(32 N SNR)). At SNR - 2 dB = 1/32 and N = 4: Q(2) = 0.022750.
 */
static void
ack_error(void **state)
{
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);

	(void)state;
	test_near(nbs_link_ack_error(link, 4, 2.0 - 10 * log10(32)), 0.022750, 1e-6, "Q(2)");
	test_near(nbs_link_ack_error(link, 0, 50), 1.0, 0.0, "none");
	nbs_link_free(link);
}

/* The published detector's points, 2 dB higher; between and beyond them monotone. */
static void
nprach_detection(void **state)
{
	static const double quantile[] = {0.5, 0.9, 0.99};
	static const double snr_db[2][3] = {{-7.5, -6.5, -3.6}, {-12.5, -10.5, -8.4}};
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);
	struct nbs_link *minimum = test_link_new(NBS_RX_MINIMUM, NBS_IN_BAND);

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		test_near(nbs_link_nprach_detection(link, 8, snr_db[0][i] + 2), quantile[i], 1e-6,
			  "8 repetitions");
		test_near(nbs_link_nprach_detection(link, 32, snr_db[1][i] + 2), quantile[i], 1e-6,
			  "32 repetitions");
	}
	for (double level_db = -30; level_db < 20; level_db += 0.5) {
		for (uint32_t n = 2; n <= 128; n *= 2) {
			const double found = nbs_link_nprach_detection(link, n, level_db);

			assert_true(found >= nbs_link_nprach_detection(link, n / 2, level_db));
			assert_true(found <= nbs_link_nprach_detection(link, n, level_db + 0.5));
		}
	}
	/* TS 36.141 Table 8.5.3.5-1: format 0, 8 repetitions, 99 % at 6.7 dB */
	test_near(nbs_link_nprach_detection(minimum, 8, 6.7), 0.99, 1e-6, "36.141");
	nbs_link_free(minimum);
	nbs_link_free(link);
}

/*
 * Two-branch fading 10 dB above the 10 % point, where x = 0.5318: 1 - exp(-x) (1 + x) at 0.05318 is
 * 0.05318^2 / 2 - 0.05318^3 / 3 + 0.05318^4 / 8 = 0.001365. Once in a 100 takes 5.5 dB, not 0.5.
 */
static void
fading_waterfall(void **state)
{
	struct nbs_link *link = test_link_new(NBS_RX_MINIMUM, NBS_IN_BAND);
	const struct nbs_npusch up = {NBS_SCS_15K, 1, 0, 10, 8};
	const struct nbs_npdsch down = {4, 10, 16};
	const double up_db = nbs_link_npusch_snr10_db(link, &up, 1);
	const double down_db = nbs_link_npdsch_snr10_db(link, &down, 1);

	(void)state;
	test_near(nbs_link_npusch_bler(link, &up, up_db + 10, 1), 0.001365, 2e-6, "up");
	test_near(nbs_link_npdsch_bler(link, &down, down_db + 10, 1), 0.001365, 2e-6, "down");
	assert_true(nbs_link_npdsch_bler(link, &down, down_db, 2) < 0.05);
	nbs_link_free(link);
}

/*
 * HARQ-ACK, profile `minimum`: the error probability Q(sqrt(2 c y)), averaged over the sum y of two
 * exponential gains (density y exp(-y)) by the trapezium rule; c = 16 N g_eff with the estimate
 * from five symbols: g_eff = 5 g^2 / (1 + 6 g).
 */
static void
ack_error_fading(void **state)
{
	static const double levels_db[] = {-12.385, -6.2, 0, 3.1};
	struct nbs_link *link = test_link_new(NBS_RX_MINIMUM, NBS_IN_BAND);

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		const double g = pow(10, levels_db[i] / 10);
		const double c = 16 * 4 * 5 * g * g / (1 + 6 * g);
		double mean = 0;

		for (double y = 0.0005; y < 40; y += 0.0005)
			mean += 0.0005 * y * exp(-y) * erfc(sqrt(c * y)) / 2;
		test_near(nbs_link_ack_error(link, 4, levels_db[i]), mean, 2e-6, "fading ACK");
	}
	nbs_link_free(link);
}

static void
ideal_link(void **state)
{
	struct nbs_network_config config;
	struct nbs_link *link = NULL;
	const struct nbs_npusch npusch = {NBS_SCS_15K, 1, 0, 10, 1};
	const struct nbs_npdsch npdsch = {4, 10, 1};

	(void)state;
	nbs_network_config_default(&config);
	config.link = NBS_LINK_IDEAL;
	assert_int_equal(nbs_link_new(&config, &link), NBS_OK);
	assert_memory_equal(nbs_link_config(link), &config, sizeof(config));
	test_near(nbs_link_npusch_bler(link, &npusch, -100, 1), 0, 0, "NPUSCH");
	test_near(nbs_link_npdsch_bler(link, &npdsch, -100, 1), 0, 0, "NPDSCH");
	test_near(nbs_link_npdcch_bler(link, 1, -100), 0, 0, "NPDCCH");
	test_near(nbs_link_ack_error(link, 1, -100), 0, 0, "ACK");
	test_near(nbs_link_nprach_detection(link, 1, -100), 1, 0, "NPRACH");
	nbs_link_free(link);
	nbs_link_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(budget),           cmocka_unit_test(levels_are_rounded),
	    cmocka_unit_test(coverage_levels),  cmocka_unit_test(measured_powers),
	    cmocka_unit_test(npusch_power),     cmocka_unit_test(nprach_power),
	    cmocka_unit_test(waterfall),        cmocka_unit_test(combining),
	    cmocka_unit_test(downlink_law),     cmocka_unit_test(ack_error),
	    cmocka_unit_test(nprach_detection), cmocka_unit_test(fading_waterfall),
	    cmocka_unit_test(ack_error_fading), cmocka_unit_test(waterfall_slope),
	    cmocka_unit_test(ideal_link)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
