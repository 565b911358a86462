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

#define SPOIL(id, ...)                                       \
	static void spoil_##id(struct nbs_network_config *c) \
	{                                                    \
		__VA_ARGS__;                                 \
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
SPOIL(s1, c->s1_delay.a_ns = 11 * S)
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
SPOIL(optimisation, c->optimisation = (enum nbs_optimisation)3)
SPOIL(load, c->load = (enum nbs_load)2)
SPOIL(objective, c->objective = (enum nbs_objective)3)
SPOIL(tones, c->max_tones = 2)
SPOIL(q_low, c->q_rxlevmin_dbm = -142)
SPOIL(q_odd, c->q_rxlevmin_dbm = -125)
SPOIL(offset, c->ce[1].nprach_subcarrier_offset = 6)
SPOIL(cbra, c->ce[1].nprach_cbra_subcarriers = 9)
SPOIL(cbra_over, c->ce[1].nprach_cbra_subcarriers = 20)
SPOIL(edt_offset, c->ce[0].edt_nprach_subcarrier_offset = 1)
SPOIL(edt_tbs, c->ce[0].edt_tbs_bits = 1001)
SPOIL(ra_offset, c->ce[2].npdcch_ra_offset_8th = 4)
SPOIL(uss_offset, c->ce[2].npdcch_offset_8th = 5)
SPOIL(backoff, c->backoff_index = 14)
SPOIL(capture, c->capture_db = 31)
SPOIL(msg3, c->msg3_attempts = 9)
SPOIL(carriers, c->non_anchor_carriers = 16)
SPOIL(sib1, c->sib1_repetitions = 5)
SPOIL(sib1_tb, c->sib1_tb_bits = 256)
SPOIL(si_window, c->si_window_ms = 200)
SPOIL(si_none, c->si_count = 0)
SPOIL(si_period, c->si[1].period_rf = 100)
SPOIL(si_bits, c->si[0].tb_bits = 57)
SPOIL(si_every, c->si[0].pattern_rf = 3)
SPOIL(si_room, c->si[0].period_rf = 64; c->si_window_ms = 960)
SPOIL(si_meet, c->si[0].period_rf = 64; c->si[1].period_rf = 128; c->si_window_ms = 640)
SPOIL(gap_threshold, c->dl_gap.enabled = true; c->dl_gap.threshold = 16)
SPOIL(gap_period, c->dl_gap.enabled = true; c->dl_gap.period_sf = 100)
SPOIL(gap_duration, c->dl_gap.enabled = true; c->dl_gap.duration_8th = 5)
SPOIL(outages, c->outages[0] = (struct nbs_outage){5 * S, 2 * S};
      c->outages[2] = (struct nbs_outage){7 * S, S})
SPOIL(t301, c->t301_ns = 26 * S)
SPOIL(t310, c->t310_ns = 3 * S)
SPOIL(t311, c->t311_ns = 2 * S)
SPOIL(n310, c->n310 = 5)
SPOIL(n311, c->n311 = 7)
SPOIL(ul_request, c->ul_request = NBS_UL_ENB_POLL; c->ul_request_period_ns = 0)
SPOIL(rate_of_bearer, c->plmn_rate = 100)
SPOIL(nas_rai, c->release_assistance = NBS_ASSIST_NAS)
SPOIL(edt_mode, c->edt = true; c->optimisation = NBS_SERVICE_REQUEST)
SPOIL(edt_meets, c->edt = true; c->ce[2].edt_nprach_subcarrier_offset = 36)
SPOIL(poll, c->t_poll_retransmit_ns = 5 * S)
SPOIL(retx, c->max_retx_threshold = 5)
SPOIL(wait_none, c->extended_wait_ns = 0)
SPOIL(wait_long, c->extended_wait_ns = 1801 * S)
SPOIL(wait_fraction, c->extended_wait_ns = 1500 * MS)
SPOIL(nb, c->nb_t = 3)
SPOIL(edrx, c->edrx_cycle_ns = 61440 * MS)
SPOIL(edrx_short, c->edrx_cycle_ns = 5120 * MS)
SPOIL(edrx_long, c->edrx_cycle_ns = 20000 * S)
SPOIL(ptw, c->edrx_cycle_ns = 20480 * MS; c->ptw_ns = 3 * S)
SPOIL(ptw_over, c->edrx_cycle_ns = 20480 * MS; c->ptw_ns = 23040 * MS)
SPOIL(nas, c->nas = (enum nbs_ciphering)3)
SPOIL(t3411, c->t3411_ns = 0)
SPOIL(t3402, c->t3402_ns = 721 * S)
SPOIL(t3402_zero, c->t3402_ns = 0)
SPOIL(delay_kind, c->s1_delay.kind = (enum nbs_delay_kind)3)
SPOIL(delay_order, c->s1_delay = (struct nbs_delay){NBS_DELAY_UNIFORM, 3 * MS, 2 * MS})
SPOIL(delay_median, c->s1_delay = (struct nbs_delay){NBS_DELAY_LOGNORMAL, 0, 2 * MS})
SPOIL(delay_p90, c->s1_delay = (struct nbs_delay){NBS_DELAY_LOGNORMAL, MS, 11 * S})
SPOIL(buffer, c->downlink_buffer = 1001)
SPOIL(plmn, c->plmn_rate = 9)
SPOIL(plmn_high, c->plmn_rate = 65536)
SPOIL(apn, c->apn = (enum nbs_apn)2)
SPOIL(nat, c->nat_binding_ns = 0)
SPOIL(meet, c->ce[0].nprach_repetitions = 16)
SPOIL(beyond, c->ce[0].nprach_subcarriers = 24)
SPOIL(odd_period, c->ce[2].nprach_period_ms = 240; c->ce[2].nprach_subcarrier_offset = 0)

static const struct spoil spoils[] = {
    {spoil_period, "nprach-Periodicity (ms) of level 1", "100"},
    {spoil_start, "nprach-StartTime", "0"},
    {spoil_subcarriers, "nprach-NumSubcarriers of level 2", "13"},
    {spoil_repetitions, "numRepetitionsPerPreambleAttempt of level 2", "3"},
    {spoil_attempts, "maxNumPreambleAttemptCE", "9"},
    {spoil_ra_rmax, "npdcch-NumRepetitions-RA of level 0", "4096"},
    {spoil_ra_g, "npdcch-StartSF-CSS-RA of level 0", "3"},
    {spoil_rmax, "npdcch-NumRepetitions of level 1", "12"},
    {spoil_g, "npdcch-StartSF-USS of level 1", "1"},
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
    {spoil_optimisation, "optimisation", "3"},
    {spoil_load, "load", "2"},
    {spoil_objective, "objective", "3"},
    {spoil_tones, "most tones", "2 found"},
    {spoil_q_low, "q-RxLevMin", "-142"},
    {spoil_q_odd, "q-RxLevMin", "-125 found; allowed: even"},
    {spoil_offset, "nprach-SubcarrierOffset of level 1", "6 found"},
    {spoil_cbra, "nprach-NumCBRA-StartSubcarriers of level 1", "9 found"},
    {spoil_cbra_over, "nprach-NumCBRA-StartSubcarriers of level 1", "20 found"},
    {spoil_edt_offset, "nprach-SubcarrierOffset of early data of level 0", "1 found"},
    {spoil_edt_tbs, "edt-TBS", "1001"},
    {spoil_ra_offset, "npdcch-Offset-RA (eighths) of level 2", "4 found"},
    {spoil_uss_offset, "npdcch-Offset-USS (eighths) of level 2", "5 found"},
    {spoil_backoff, "backoff", "14"},
    {spoil_capture, "capture", "31"},
    {spoil_msg3, "Msg3", "9"},
    {spoil_carriers, "non-anchor", "16"},
    {spoil_sib1, "SIB1-NB repetitions", "5"},
    {spoil_sib1_tb, "SIB1-NB block", "256"},
    {spoil_si_window, "si-WindowLength", "200"},
    {spoil_si_none, "SI messages", "0 found"},
    {spoil_si_period, "si-Periodicity (rf) of SI message 1", "100"},
    {spoil_si_bits, "si-TB (bits) of SI message 0", "57"},
    {spoil_si_every, "si-RepetitionPattern (rf) of SI message 0", "3 found"},
    /* a window of 960 ms in a period of 640 ms */
    {spoil_si_room, "si-Periodicity (rf) of SI message 0", "64 found"},
    /* windows 0 to 640 of each 640 ms and 640 to 1280 of each 1280 ms */
    {spoil_si_meet, "si-Periodicity (rf) of SI message 1", "128 found"},
    {spoil_gap_threshold, "dl-GapThreshold", "16"},
    {spoil_gap_period, "dl-GapPeriodicity", "100"},
    {spoil_gap_duration, "dl-GapDurationCoeff", "5"},
    /* the second one starts in the moment in which the first one ends */
    {spoil_outages, "outage 2", "start at 7 s"},
    {spoil_t301, "t301", "26000"},
    {spoil_t310, "t310", "3000"},
    {spoil_t311, "t311", "2000"},
    {spoil_n310, "n310", "5 found"},
    {spoil_n311, "n311", "7 found"},
    {spoil_ul_request, "period of polls", "0 found"},
    {spoil_rate_of_bearer, "serving PLMN rate", "NAS"},
    {spoil_nas_rai, "release assistance", "nas"},
    {spoil_edt_mode, "edt", "on found"},
    {spoil_edt_meets, "NPRACH of early data of level 2", "36 to 47"},
    {spoil_poll, "t-PollRetransmit", "5000"},
    {spoil_retx, "maxRetxThreshold", "5 found"},
    {spoil_wait_none, "extendedWaitTime", "0 s found"},
    {spoil_wait_long, "extendedWaitTime", "1801"},
    {spoil_wait_fraction, "extendedWaitTime", "1.5 s"},
    {spoil_nb, "nB", "3 found"},
    {spoil_edrx, "eDRX cycle", "nearest: 40.96 s and 81.92 s"},
    {spoil_edrx_short, "eDRX cycle", "shortest that can be encoded is 20.48 s"},
    {spoil_edrx_long, "eDRX cycle", "longest that can be encoded is 10485.76 s"},
    {spoil_ptw, "paging time window", "nearest: 2.56 s and 5.12 s"},
    {spoil_ptw_over, "paging time window", "23.04 s found"},
    {spoil_nas, "nas", "3 found"},
    {spoil_t3411, "T3411", "0 found"},
    {spoil_t3402, "T3402", "nearest: 720 s and 780 s"},
    {spoil_t3402_zero, "T3402", "0 s found"},
    {spoil_delay_kind, "S1 delay", "kind 3"},
    {spoil_delay_order, "S1 delay", "from 3 to 2"},
    {spoil_delay_median, "S1 delay", "median 0"},
    {spoil_delay_p90, "S1 delay", "11000"},
    {spoil_buffer, "downlink buffer", "1001"},
    {spoil_plmn, "serving PLMN rate", "9 found"},
    {spoil_plmn_high, "serving PLMN rate", "65536"},
    {spoil_apn, "apn", "2 found"},
    {spoil_nat, "NAT binding", "0 found"},
    /* 16 x 5.6 = 89.6 ms from 8 ms on: level 1 starts at 64 ms on the same subcarriers */
    {spoil_meet, "NPRACH of level 1", "36 to 47"},
    {spoil_beyond, "NPRACH of level 0", "up to 59"},
    /* 10,240 = 42 x 240 + 160 ms: the last preamble of a turn has 160 ms, 32 need 179.2 */
    {spoil_odd_period, "NPRACH of level 2", "up to 160 ms"},
};

static void
every_rule_refuses(void **state)
{
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

struct heard {
	unsigned count;
	size_t fields[8];
};

static void
hear(void *arg, size_t field, const char *why)
{
	struct heard *heard = arg;

	assert_true(strlen(why) > 0 && heard->count < 8);
	heard->fields[heard->count++] = field;
}

/* Every fault is told, with its field; conditions are not looked at where a value is wrong. */
static void
all_faults_are_told(void **state)
{
	struct nbs_network_config c;
	struct heard heard = {0};

	(void)state;
	nbs_network_config_default(&c);
	assert_int_equal(nbs_network_config_faults(&c, hear, &heard), 0);
	c.alpha = 0.3;
	c.ce[1].nprach_period_ms = 100; /* would meet level 0's preambles too */
	c.t310_ns = 3 * S;
	c.edrx_cycle_ns = 61440 * MS;
	assert_int_equal(nbs_network_config_faults(&c, hear, &heard), 4);
	assert_int_equal(heard.count, 4);
	assert_int_equal(heard.fields[0], offsetof(struct nbs_network_config, alpha));
	assert_int_equal(heard.fields[1],
			 offsetof(struct nbs_network_config, ce[1].nprach_period_ms));
	assert_int_equal(heard.fields[2], offsetof(struct nbs_network_config, t310_ns));
	assert_int_equal(heard.fields[3], offsetof(struct nbs_network_config, edrx_cycle_ns));
}

/*
 * Resources that share subcarriers but never a moment: level 0 from 8 to 19.2 ms of each 80 ms,
 * level 1 from 32 to 76.8 ms of each 160 ms. Twice the repetitions (from 32 to 121.6 ms) meet level
 * 0 at 88 ms.
 */
static void
apart_in_time(void **state)
{
	struct nbs_network_config c;
	char why[256];

	(void)state;
	nbs_network_config_default(&c);
	c.ce[0].nprach_period_ms = 80;
	c.ce[1].nprach_period_ms = 160;
	c.ce[1].nprach_start_ms = 32;
	c.ce[2].nprach_subcarrier_offset = 0;
	assert_int_equal(nbs_network_config_check(&c, why, sizeof(why)), NBS_OK);
	c.ce[1].nprach_repetitions = 16;
	assert_int_equal(nbs_network_config_check(&c, why, sizeof(why)), NBS_E_RANGE);
	assert_non_null(strstr(why, "NPRACH of level 1"));
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
		c.ce[i].nprach_subcarrier_offset = 12 * i; /* apart in frequency */
		c.ce[i].nprach_repetitions = lena_repetitions[i];
		c.ce[i].nprach_attempts = 10;
		c.ce[i].npdcch_ra_rmax = lena_rmax[i];
		c.ce[i].npdcch_ra_g = lena_g[i];
		c.ce[i].ra_window_pp = lena_window[i];
	}
	c.t3324_ns = 0; /* straight to PSM */
	c.t3412_ns = 432000 * S;
	c.cdrx.enabled = true;
	assert_int_equal(nbs_network_config_check(&c, why, sizeof(why)), NBS_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(default_is_the_network), cmocka_unit_test(every_rule_refuses),
	    cmocka_unit_test(all_faults_are_told), cmocka_unit_test(apart_in_time),
	    cmocka_unit_test(other_networks_pass)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
