/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The default configuration against the published network, and a refusal for each rule. Ranges:
 * TS 36.331 6.7 (ASN.1).
 */
#include "models/nbiot/config.h"

#include "models/nbiot/phy_test_util.h"

#define S UINT64_C(1000000000)
#define MS UINT64_C(1000000)

/* The values that the network broadcast (a South African operator, decoded SIB1 and SIB2). */
static void
default_is_the_network(void **state)
{
	static const uint32_t start[] = {8, 64, 128};
	static const uint32_t repetitions[] = {2, 8, 32};
	static const uint32_t rmax[] = {8, 16, 32};
	struct nbs_network_config c;
	char why[256] = "?";

	(void)state;
	nbs_network_config_default(&c);
	if (nbs_network_config_check(&c, why, sizeof(why)) != NBS_OK)
		fail_msg("%s", why);
	assert_string_equal(why, "");
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(c.ce[i].nprach_period_ms, 640);
		assert_int_equal(c.ce[i].nprach_start_ms, start[i]);
		assert_int_equal(c.ce[i].nprach_subcarriers, 12);
		assert_int_equal(c.ce[i].nprach_repetitions, repetitions[i]);
		assert_int_equal(c.ce[i].nprach_attempts, 4);
		assert_int_equal(c.ce[i].npdcch_ra_rmax, rmax[i]);
		test_near(c.ce[i].npdcch_ra_g, 2, 0, "G");
		assert_int_equal(c.ce[i].ra_window_pp, 5);
		assert_int_equal(c.ce[i].contention_timer_pp, 8);
	}
	assert_int_equal(c.ce[0].npdcch_rmax, 8);
	test_near(c.ce[0].npdcch_g, 2, 0, "G");
	assert_int_equal(c.ce[0].ack_nack_repetitions, 2);
	test_near(c.nrsrp_threshold_dbm[0], -109, 0, "index 31");
	test_near(c.nrsrp_threshold_dbm[1], -119, 0, "index 21");
	test_near(c.nrs_power_dbm, 24, 0, "nrs-Power");
	test_near(c.preamble_target_dbm, -104, 0, "target");
	test_near(c.p0_nominal_dbm, -80, 0, "p0");
	test_near(c.alpha, 0.8, 0, "alpha");
	test_near(c.delta_msg3_db, 8, 0, "delta");
	test_near(c.power_ramp_db, 2, 0, "ramp");
	assert_int_equal(c.nprach_cp_format, 0);
	assert_int_equal(c.preamble_trans_max, 10);
	assert_int_equal(c.t300_ns, 10 * S);
	assert_int_equal(c.idle_drx_cycle_ns, 2560 * MS);
	assert_int_equal(c.inactivity_timer_ns, 20 * S);
	assert_int_equal(c.t3324_ns, 10 * S);
	assert_true(c.release_assistance);
	assert_false(c.cdrx.enabled);
}

/* One value spoilt in a good configuration. */
struct spoil {
	void (*spoil)(struct nbs_network_config *c);
	const char *name;  /* what the reason must name */
	const char *found; /* the value found, as it must stand there */
};

#define SPOIL(id, statement)                                 \
	static void spoil_##id(struct nbs_network_config *c) \
	{                                                    \
		statement;                                   \
	}

SPOIL(period, c->ce[1].nprach_period_ms = 100)
SPOIL(start, c->ce[0].nprach_start_ms = 0)
SPOIL(subcarriers, c->ce[2].nprach_subcarriers = 13)
SPOIL(repetitions, c->ce[2].nprach_repetitions = 3)
SPOIL(attempts, c->ce[0].nprach_attempts = 9)
SPOIL(ra_rmax, c->ce[0].npdcch_ra_rmax = 4096)
SPOIL(ra_g, c->ce[0].npdcch_ra_g = 3)
SPOIL(rmax, c->ce[1].npdcch_rmax = 12)
SPOIL(g, c->ce[1].npdcch_g = 1)
SPOIL(window, c->ce[0].ra_window_pp = 9)
SPOIL(contention, c->ce[0].contention_timer_pp = 5)
SPOIL(ack, c->ce[0].ack_nack_repetitions = 256)
SPOIL(ack_msg4, c->ce[2].ack_nack_msg4_repetitions = 3)
SPOIL(paging_rmax, c->npdcch_paging_rmax = 33)
SPOIL(target, c->preamble_target_dbm = -105)
SPOIL(ramp, c->power_ramp_db = 1)
SPOIL(trans_max, c->preamble_trans_max = 9)
SPOIL(p0, c->p0_nominal_dbm = 25)
SPOIL(alpha, c->alpha = 0.3)
SPOIL(delta, c->delta_msg3_db = 14)
SPOIL(nrs, c->nrs_power_dbm = 51)
SPOIL(nrs_nan, c->nrs_power_dbm = (double)NAN)
SPOIL(threshold, c->nrsrp_threshold_dbm[1] = -141)
SPOIL(order, c->nrsrp_threshold_dbm[1] = -100)
SPOIL(cp, c->nprach_cp_format = 2)
SPOIL(t300, c->t300_ns = 3 * S)
SPOIL(paging, c->idle_drx_cycle_ns = 2 * S)
SPOIL(inactivity, c->inactivity_timer_ns = 0)
SPOIL(s1, c->s1_delay_ns = 11 * S)
SPOIL(t3324, c->t3324_ns = 3500 * MS)
SPOIL(t3412, c->t3412_ns = 63 * S)
SPOIL(t3412_zero, c->t3412_ns = 0)
SPOIL(t3412_long, c->t3412_ns = 35712001 * S)
SPOIL(short_space, c->ce[0].npdcch_rmax = 2; c->ce[0].npdcch_g = 1.5)
SPOIL(long_preamble, c->ce[2].nprach_repetitions = 64; c->ce[2].nprach_period_ms = 320)
SPOIL(cdrx_cycle, c->cdrx.enabled = true; c->cdrx.cycle_ns = 300 * MS)
SPOIL(cdrx_on, c->cdrx.enabled = true; c->cdrx.on_duration_ns = 3 * S)
SPOIL(cdrx_on_zero, c->cdrx.enabled = true; c->cdrx.on_duration_ns = 0)
SPOIL(cdrx_inactivity, c->cdrx.enabled = true; c->cdrx.inactivity_ns = 5000 * S)
SPOIL(deployment, c->deployment = (enum nbs_deployment)3)
SPOIL(receiver, c->receiver = (enum nbs_receiver)2)
SPOIL(link_mode, c->link = (enum nbs_link_mode)2)
SPOIL(optimisation, c->optimisation = (enum nbs_optimisation)2)

static void
every_rule_refuses(void **state)
{
	static const struct spoil spoils[] = {
	    {spoil_period, "nprach-Periodicity (ms) of level 1", "100"},
	    {spoil_start, "nprach-StartTime", "0"},
	    {spoil_subcarriers, "nprach-NumSubcarriers of level 2", "13"},
	    {spoil_repetitions, "numRepetitionsPerPreambleAttempt of level 2", "3"},
	    {spoil_attempts, "maxNumPreambleAttemptCE", "9"},
	    {spoil_ra_rmax, "npdcch-NumRepetitions", "4096"},
	    {spoil_ra_g, "npdcch-StartSF", "3"},
	    {spoil_rmax, "npdcch-NumRepetitions of level 1", "12"},
	    {spoil_g, "npdcch-StartSF of level 1", "1"},
	    {spoil_window, "ra-ResponseWindowSize", "9"},
	    {spoil_contention, "mac-ContentionResolutionTimer", "5"},
	    {spoil_ack, "ack-NACK-NumRepetitions", "256"},
	    {spoil_ack_msg4, "ack-NACK-NumRepetitions-Msg4", "3"},
	    {spoil_paging_rmax, "npdcch-NumRepetitionPaging", "33"},
	    {spoil_target, "preambleInitialReceivedTargetPower", "-105"},
	    {spoil_ramp, "powerRampingStep", "1"},
	    {spoil_trans_max, "preambleTransMax-CE", "9"},
	    {spoil_p0, "p0-NominalNPUSCH", "25"},
	    {spoil_alpha, "alpha", "0.3"},
	    {spoil_delta, "deltaPreambleMsg3", "14"},
	    {spoil_nrs, "nrs-Power", "51"},
	    {spoil_nrs_nan, "nrs-Power", "nan"},
	    {spoil_threshold, "rsrp-ThresholdsPrachInfoList[1]", "-141"},
	    {spoil_order, "rsrp-ThresholdsPrachInfoList", "-109 then -100"},
	    {spoil_cp, "nprach-CP-Length", "2"},
	    {spoil_t300, "t300", "3000"},
	    {spoil_paging, "defaultPagingCycle", "2000"},
	    {spoil_inactivity, "inactivity timer", "0"},
	    {spoil_s1, "S1 delay", "11000"},
	    {spoil_t3324, "T3324", "nearest: 2 s and 4 s"},
	    {spoil_t3412, "T3412", "nearest: 62 s and 90 s"},
	    {spoil_t3412_zero, "T3412", "0 s found"},
	    {spoil_t3412_long, "T3412", "35712000 s"},
	    {spoil_short_space, "UE-specific NPDCCH of level 0", "3 ms"},
	    /* 64 x 5.6 ms = 358.4 ms */
	    {spoil_long_preamble, "NPRACH of level 2", "358.4 ms"},
	    {spoil_cdrx_cycle, "drx-Cycle", "300"},
	    {spoil_cdrx_on, "onDurationTimer", "3000 ms"},
	    {spoil_cdrx_on_zero, "onDurationTimer", "0 ms"},
	    {spoil_cdrx_inactivity, "drx-InactivityTimer", "5e+06"},
	    {spoil_deployment, "deployment", "3"},
	    {spoil_receiver, "receiver", "2"},
	    {spoil_link_mode, "link", "2"},
	    {spoil_optimisation, "optimisation", "2"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
		struct nbs_network_config c;
		char why[256] = "";

		nbs_network_config_default(&c);
		spoils[i].spoil(&c);
		assert_int_equal(nbs_network_config_check(&c, why, sizeof(why)), NBS_E_RANGE);
		if (strstr(why, spoils[i].name) == NULL || strstr(why, spoils[i].found) == NULL)
			fail_msg("\"%s\" names neither %s nor %s", why, spoils[i].name,
				 spoils[i].found);
		/* without a place for the reason, and with too small a one */
		assert_int_equal(nbs_network_config_check(&c, NULL, 0), NBS_E_RANGE);
		assert_int_equal(nbs_network_config_check(&c, why, 8), NBS_E_RANGE);
		assert_true(strlen(why) < 8);
	}
}

/* Two other published sets of values pass: network C, and LENA-NB's levels 0 to 2. */
static void
other_networks_pass(void **state)
{
	static const uint32_t lena_period[] = {320, 640, 2560};
	static const uint32_t lena_repetitions[] = {1, 8, 32};
	static const uint32_t lena_rmax[] = {8, 64, 512};
	static const double lena_g[] = {2, 1.5, 4};
	static const uint32_t lena_window[] = {10, 8, 8};
	struct nbs_network_config c;
	char why[256];

	(void)state;
	nbs_network_config_default(&c);
	c.preamble_trans_max = 6;
	c.preamble_target_dbm = -112;
	c.nrsrp_threshold_dbm[0] = 33 - 140;
	c.nrsrp_threshold_dbm[1] = 23 - 140;
	c.nrs_power_dbm = 29;
	c.p0_nominal_dbm = -105;
	c.alpha = 1;
	c.ce[0].ra_window_pp = 10;
	c.ce[2].npdcch_ra_rmax = 128;
	for (unsigned i = 0; i < 3; i++)
		c.ce[i].contention_timer_pp = 32;
	assert_int_equal(nbs_network_config_check(&c, why, sizeof(why)), NBS_OK);

	c.nrsrp_threshold_dbm[0] = -115.5;
	c.nrsrp_threshold_dbm[1] = -127.5;
	c.nprach_cp_format = 1;
	for (unsigned i = 0; i < 3; i++) {
		c.ce[i].nprach_period_ms = lena_period[i];
		c.ce[i].nprach_start_ms = 256;
		c.ce[i].nprach_repetitions = lena_repetitions[i];
		c.ce[i].nprach_attempts = 10;
		c.ce[i].npdcch_ra_rmax = lena_rmax[i];
		c.ce[i].npdcch_ra_g = lena_g[i];
		c.ce[i].ra_window_pp = lena_window[i];
	}
	c.t3324_ns = 0; /* straight to PSM */
	c.t3412_ns = 5 * 86400 * S;
	c.cdrx.enabled = true;
	assert_int_equal(nbs_network_config_check(&c, why, sizeof(why)), NBS_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(default_is_the_network),
					   cmocka_unit_test(every_rule_refuses),
					   cmocka_unit_test(other_networks_pass)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
