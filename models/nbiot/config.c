/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network's configuration: default values. A commercial network's decoded broadcast is the
 * default; what is assumed is marked.
 */
#include "models/nbiot/config.h"

#include <string.h>

#define CONFIG_NS_PER_MS UINT64_C(1000000)
#define CONFIG_NS_PER_S UINT64_C(1000000000)
#define CONFIG_MS(ms) ((ms)*CONFIG_NS_PER_MS)

/*
 * Levels of the default. Broadcast: NPRACH, NPDCCH of random access, window and timer. Dedicated
 * and observed: NPDCCH Rmax 8, G 2 and two ACK repetitions, taken as level 0's. Assumed: in levels
 * 1 and 2 the dedicated NPDCCH equals that of random access (as it does in level 0), and a
 * dedicated ACK has half the repetitions of Msg4's (4, 8, 64), as in level 0.
 */
static const struct nbs_ce_config config_default_ce[NBS_CE_LEVELS] = {
    {.nprach_period_ms = 640,
     .nprach_start_ms = 8,
     .nprach_subcarriers = 12,
     .nprach_subcarrier_offset = 36,
     .nprach_cbra_subcarriers = 12, /* assumed: all */
     .edt_nprach_subcarrier_offset = 24,
     .edt_tbs_bits = 1000,
     .nprach_repetitions = 2,
     .nprach_attempts = 4,
     .npdcch_ra_rmax = 8,
     .npdcch_ra_g = 2,
     .npdcch_rmax = 8,
     .npdcch_g = 2,
     .ra_window_pp = 5,
     .contention_timer_pp = 8,
     .ack_nack_repetitions = 2,
     .ack_nack_msg4_repetitions = 4},
    {.nprach_period_ms = 640,
     .nprach_start_ms = 64,
     .nprach_subcarriers = 12,
     .nprach_subcarrier_offset = 36,
     .nprach_cbra_subcarriers = 12, /* assumed: all */
     .edt_nprach_subcarrier_offset = 24,
     .edt_tbs_bits = 1000,
     .nprach_repetitions = 8,
     .nprach_attempts = 4,
     .npdcch_ra_rmax = 16,
     .npdcch_ra_g = 2,
     .npdcch_rmax = 16,
     .npdcch_g = 2,
     .ra_window_pp = 5,
     .contention_timer_pp = 8,
     .ack_nack_repetitions = 4,
     .ack_nack_msg4_repetitions = 8},
    {.nprach_period_ms = 640,
     .nprach_start_ms = 128,
     .nprach_subcarriers = 12,
     .nprach_subcarrier_offset = 36,
     .nprach_cbra_subcarriers = 12, /* assumed: all */
     .edt_nprach_subcarrier_offset = 24,
     .edt_tbs_bits = 1000,
     .nprach_repetitions = 32,
     .nprach_attempts = 4,
     .npdcch_ra_rmax = 32,
     .npdcch_ra_g = 2,
     .npdcch_rmax = 32,
     .npdcch_g = 2,
     .ra_window_pp = 5,
     .contention_timer_pp = 8,
     .ack_nack_repetitions = 32,
     .ack_nack_msg4_repetitions = 64},
};

void
nbs_network_config_default(struct nbs_network_config *config)
{
	*config = (struct nbs_network_config){
	    .deployment = NBS_IN_BAND, /* assumed: nrs-Power 24 is that of 35 dBm */
	    .receiver = NBS_RX_EVALUATION,
	    .link = NBS_LINK_REAL,
	    .load = NBS_LOAD_SHARED,
	    .objective = NBS_LEAST_AIRTIME,
	    .max_tones = 12,
	    .nrs_power_dbm = 24,
	    .q_rxlevmin_dbm = -140, /* assumed: network C's */
	    .nrsrp_threshold_dbm = {31 - 140, 21 - 140},
	    .nprach_cp_format = 0,
	    .preamble_target_dbm = -104,
	    .power_ramp_db = 2,
	    .preamble_trans_max = 10,
	    .p0_nominal_dbm = -80,
	    .alpha = 0.8,
	    .delta_msg3_db = 2 * 4,
	    .backoff_index = 2, /* assumed: 512 ms */
	    .capture = true,
	    .capture_db = 6,        /* assumed */
	    .msg3_attempts = 4,     /* assumed */
	    .sib1_repetitions = 16, /* assumed */
	    .sib1_tb_bits = 440,    /* assumed */
	    .si_window_ms = 960,
	    .si_count = 2,
	    .si = {{.period_rf = 512, .tb_bits = 256, .pattern_rf = 4},
		   {.period_rf = 2048, .tb_bits = 56, .pattern_rf = 4}},
	    .dl_gap = {.enabled = false, /* values for who switches it on: network B's */
		       .threshold = 256,
		       .period_sf = 256,
		       .duration_8th = 4},
	    .optimisation = NBS_USER_PLANE, /* assumed */
	    .t300_ns = CONFIG_MS(10000),
	    .t301_ns = CONFIG_MS(25000),
	    .t310_ns = CONFIG_MS(2000),
	    .t311_ns = CONFIG_MS(30000),
	    .n310 = 10, /* assumed: network C's, as is N311 */
	    .n311 = 1,
	    .inactivity_timer_ns = 20 * CONFIG_NS_PER_S, /* measured in several networks */
	    .cdrx = {.enabled = false,                   /* values for who switches it on: */
		     .cycle_ns = CONFIG_MS(2048),        /* Martinez et al. 2019, mode 1 */
		     .on_duration_ns = CONFIG_MS(128),   /* assumed: 8 periods of 16 ms */
		     .inactivity_ns = CONFIG_MS(512)},   /* assumed: 32 periods */
	    .ul_request = NBS_UL_RANDOM_ACCESS,
	    .ul_request_period_ns = CONFIG_MS(1280),  /* assumed, for polls and SR */
	    .extended_wait_ns = 60 * CONFIG_NS_PER_S, /* assumed */
	    .release_assistance = NBS_ASSIST_ON,      /* assumed */
	    .t_poll_retransmit_ns = CONFIG_MS(10000),
	    .max_retx_threshold = 32,
	    .as_security = true, /* assumed, as is the ciphering of NAS */
	    .nas = NBS_EEA2,
	    .npdcch_paging_rmax = 32,
	    .idle_drx_cycle_ns = CONFIG_MS(2560),
	    .nb_t = 1.0 / 64,
	    .ptw_ns = CONFIG_MS(10240), /* for who switches eDRX on */
	    .psm = true,
	    .t3324_ns = 10 * CONFIG_NS_PER_S,    /* assumed */
	    .t3412_ns = 86400 * CONFIG_NS_PER_S, /* assumed */
	    .t3411_ns = 10 * CONFIG_NS_PER_S,    /* TS 24.301 10.2, as T3402 */
	    .t3402_ns = 720 * CONFIG_NS_PER_S,
	    .s1_delay = {.kind = NBS_DELAY_FIXED, .a_ns = CONFIG_MS(20)}, /* assumed */
	    .apn = NBS_APN_PRIVATE,
	    .nat_binding_ns = 30 * CONFIG_NS_PER_S,
	};
	memcpy(config->ce, config_default_ce, sizeof(config->ce));
}

enum nbs_release_assistance
nbs_network_assistance(const struct nbs_network_config *config)
{
	if (config->release_assistance != NBS_ASSIST_ON)
		return config->release_assistance;
	return config->optimisation == NBS_CONTROL_PLANE ? NBS_ASSIST_NAS : NBS_ASSIST_AS;
}
