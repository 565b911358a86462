/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The section `network` of the scenario language. Ranges are those of the ASN.1 fields in TS 36.331
 * 6.7.3 and of the timers in TS 24.008 10.5; which of the values inside a range the standard has,
 * nbs_network_config_faults() knows. Defaults are what nbs_network_config_default() fills in.
 */
#include "scenarios/schema_table.h"

/* clang-format off */
#define CE(field) AT(struct nbs_ce_config, field)
#define NET(field) AT(struct nbs_scenario, network.field)
#define NET_FLAG(field) FLAG_AT(struct nbs_scenario, network.field)
#define STEP_MS .step_ns = 1000000

static const char *const deployment_words[] = {"stand-alone", "guard-band", "in-band", NULL};
static const char *const receiver_words[] = {"evaluation", "minimum", NULL};
static const char *const link_words[] = {"real", "ideal", NULL};
static const char *const load_words[] = {"shared", "alone", NULL};
static const char *const objective_words[] = {"airtime", "energy", "tone_ms", NULL};
static const char *const optimisation_words[] = {"control-plane", "user-plane", "service-request",
						 NULL};
static const char *const ul_request_words[] = {"random-access", "enb-poll", "sr-r15", NULL};
static const char *const assist_words[] = {"off", "on", "nas", "as", NULL};
static const char *const nas_words[] = {"eea0", "eea1", "eea2", NULL};
static const char *const apn_words[] = {"private", "internet", NULL};
static const char *const offset_words[] = {"0", "1/8", "1/4", "3/8", NULL};
static const char *const coefficient_words[] = {"1/8", "1/4", "3/8", "1/2", NULL};
static const char *const nb_words[] = {"4T", "2T", "T", "T/2", "T/4", "T/8", "T/16", "T/32",
				       "T/64", "T/128", "T/256", "T/512", "T/1024", NULL};

static const struct nbsi_key ce_keys[] = {
	{"nprach_period", NBSI_DURATION, .min = 40 * MS, .max = 2560 * MS, STEP_MS,
	 CE(nprach_period_ms), .help = "nprach-Periodicity"},
	{"nprach_start", NBSI_DURATION, .min = 8 * MS, .max = 1024 * MS, STEP_MS,
	 CE(nprach_start_ms), .help = "nprach-StartTime"},
	{"nprach_subcarriers", NBSI_WHOLE, .min = 12, .max = 48, CE(nprach_subcarriers),
	 .help = "nprach-NumSubcarriers"},
	{"nprach_subcarrier_offset", NBSI_WHOLE, .min = 0, .max = 36, CE(nprach_subcarrier_offset),
	 .help = "nprach-SubcarrierOffset: the first of them"},
	{"nprach_cbra_subcarriers", NBSI_WHOLE, .min = 8, .max = 48, CE(nprach_cbra_subcarriers),
	 .help = "nprach-NumCBRA-StartSubcarriers: so many of them are drawn from"},
	{"nprach_repetitions", NBSI_WHOLE, .min = 1, .max = 128, CE(nprach_repetitions),
	 .help = "numRepetitionsPerPreambleAttempt"},
	{"nprach_attempts", NBSI_WHOLE, .min = 3, .max = 10, CE(nprach_attempts),
	 .help = "maxNumPreambleAttemptCE, before the next level is tried"},
	{"edt_nprach_subcarrier_offset", NBSI_WHOLE, .min = 0, .max = 36,
	 CE(edt_nprach_subcarrier_offset),
	 .help = "nprach-SubcarrierOffset of early data's preambles"},
	{"edt_tbs_bits", NBSI_WHOLE, .min = 328, .max = 1000, CE(edt_tbs_bits),
	 .help = "edt-TBS: the largest Msg3 with early data"},
	{"npdcch_ra_rmax", NBSI_WHOLE, .min = 1, .max = 2048, CE(npdcch_ra_rmax),
	 .help = "npdcch-NumRepetitions-RA"},
	{"npdcch_ra_g", NBSI_NUMBER, .min = 1.5, .max = 64, CE(npdcch_ra_g),
	 .help = "npdcch-StartSF-CSS-RA"},
	{"npdcch_ra_offset", NBSI_WORD, .words = offset_words, CE(npdcch_ra_offset_8th),
	 .help = "npdcch-Offset-RA, of the period"},
	{"npdcch_rmax", NBSI_WHOLE, .min = 1, .max = 2048, CE(npdcch_rmax),
	 .help = "npdcch-NumRepetitions of the device's own search space"},
	{"npdcch_g", NBSI_NUMBER, .min = 1.5, .max = 64, CE(npdcch_g),
	 .help = "npdcch-StartSF-USS"},
	{"npdcch_offset", NBSI_WORD, .words = offset_words, CE(npdcch_offset_8th),
	 .help = "npdcch-Offset-USS, of the period"},
	{"ra_window", NBSI_WHOLE, .min = 2, .max = 10, CE(ra_window_pp),
	 .help = "ra-ResponseWindowSize, in NPDCCH periods"},
	{"contention_timer", NBSI_WHOLE, .min = 1, .max = 64, CE(contention_timer_pp),
	 .help = "mac-ContentionResolutionTimer, in NPDCCH periods"},
	{"ack_nack_repetitions", NBSI_WHOLE, .min = 1, .max = 128, CE(ack_nack_repetitions),
	 .help = "ack-NACK-NumRepetitions"},
	{"ack_nack_msg4_repetitions", NBSI_WHOLE, .min = 1, .max = 128,
	 CE(ack_nack_msg4_repetitions), .help = "ack-NACK-NumRepetitions-Msg4"},
	{0}
};

static const struct nbsi_key cdrx_keys[] = {
	{"enabled", NBSI_SWITCH, .required = true, NET(cdrx.enabled),
	 .help = "must be said in the mapping; c_drx: off says it alone"},
	{"cycle", NBSI_DURATION, .min = 256 * MS, .max = 10240 * MS, NET(cdrx.cycle_ns),
	 .help = "drx-Cycle"},
	{"on_duration", NBSI_DURATION, .min = 1 * MS, .max = 60 * S, NET(cdrx.on_duration_ns),
	 .help = "onDurationTimer, as time"},
	{"inactivity", NBSI_DURATION, .min = 0, .max = 60 * S, NET(cdrx.inactivity_ns),
	 .help = "drx-InactivityTimer, as time"},
	{0}
};

static const struct nbsi_key dl_gap_keys[] = {
	{"enabled", NBSI_SWITCH, .required = true, NET(dl_gap.enabled),
	 .help = "must be said in the mapping; dl_gap: off says it alone"},
	{"threshold", NBSI_WHOLE, .min = 32, .max = 256, NET(dl_gap.threshold),
	 .help = "dl-GapThreshold: search spaces with this Rmax and more pause"},
	{"period", NBSI_DURATION, .min = 64 * MS, .max = 512 * MS, STEP_MS, NET(dl_gap.period_sf),
	 .help = "dl-GapPeriodicity"},
	{"duration", NBSI_WORD, .words = coefficient_words, .min = 1, NET(dl_gap.duration_8th),
	 .help = "dl-GapDurationCoeff, of the period"},
	{0}
};

static const struct nbsi_key si_keys[] = {
	{"period", NBSI_WHOLE, .min = 64, .max = 4096, .required = true,
	 AT(struct nbs_si_message, period_rf), .help = "si-Periodicity, in frames of 10 ms"},
	{"bits", NBSI_WHOLE, .min = 56, .max = 680, .required = true,
	 AT(struct nbs_si_message, tb_bits), .help = "si-TB"},
	{"every", NBSI_WHOLE, .min = 2, .max = 16, .required = true,
	 AT(struct nbs_si_message, pattern_rf),
	 .help = "si-RepetitionPattern: a copy every so many frames of its window"},
	{0}
};

static const struct nbsi_key outage_keys[] = {
	{"start", NBSI_DURATION, .min = 0, .max = YEARS_100, .required = true,
	 AT(struct nbs_outage, start_ns), .help = "since the simulation's zero"},
	{"duration", NBSI_DURATION, .min = 1 * MS, .max = YEARS_100, .required = true,
	 AT(struct nbs_outage, duration_ns), .help = "then the cell is back"},
	{0}
};

static const struct nbsi_key nprach_keys[] = {
	{"cp_format", NBSI_WHOLE, .min = 0, .max = 1, NET(nprach_cp_format),
	 .help = "nprach-CP-Length: 0 is 66.7 us (10 km), 1 is 266.7 us (40 km)"},
	{"target", NBSI_NUMBER, NBSI_DBM, .min = -120, .max = -90, NET(preamble_target_dbm),
	 .help = "preambleInitialReceivedTargetPower"},
	{"ramp", NBSI_NUMBER, NBSI_DB, .min = 0, .max = 6, NET(power_ramp_db),
	 .help = "powerRampingStep"},
	{"trans_max", NBSI_WHOLE, .min = 3, .max = 200, NET(preamble_trans_max),
	 .help = "preambleTransMax-CE: preambles before random access is given up"},
	{0}
};

static const struct nbsi_key capture_keys[] = {
	{"margin", NBSI_NUMBER, NBSI_DB, .min = 0, .max = 30, NET(capture_db),
	 .help = "so much above the sum of the others"},
	{0}
};

static const struct nbsi_key edrx_keys[] = {
	{"cycle", NBSI_DURATION, .min = 20480 * MS, .max = 10485760 * MS, .required = true,
	 NET(edrx_cycle_ns), .help = "from one paging time window to the next"},
	{"window", NBSI_DURATION, .min = 2560 * MS, .max = 40960 * MS, NET(ptw_ns),
	 .help = "paging time window: the paging cycle runs inside"},
	{0}
};

static const struct nbsi_key lognormal_keys[] = {
	{"median", NBSI_DURATION, .min = 0, .max = 10 * S, .required = true, NET(s1_delay.a_ns),
	 .help = "half are shorter"},
	{"p90", NBSI_DURATION, .min = 0, .max = 10 * S, .required = true, NET(s1_delay.b_ns),
	 .help = "nine of ten are shorter"},
	{0}
};

/* In the order of enum nbs_delay_kind. */
static const struct nbsi_key delay_keys[] = {
	{"uniform", NBSI_DURATIONS, .min = 0, .max = 10 * S, .max_items = 2, NET(s1_delay.a_ns),
	 .help = "all from the first to the second are equally likely"},
	{"lognormal", NBSI_MAP, .keys = lognormal_keys, .help = "with a long tail"},
	{0}
};

static const struct nbsi_key nat_keys[] = {
	{"binding", NBSI_DURATION, .min = 1 * S, .max = 24 * H, NET(nat_binding_ns),
	 .help = "a UDP binding without packets lives so long; the next packet gets another port"},
	{0}
};

const struct nbsi_key nbsi_network_keys[] = {
	{"base", NBSI_BASE, .min = 1, .max = NBS_TEXT_MAX, .shown = "`network-a`",
	 .help = "a network's name (see `nbsec list networks`) or file; keys beside it go over it"},
	/* radio */
	{"deployment", NBSI_WORD, .words = deployment_words, NET(deployment),
	 .help = "where the carrier lies: decides coded bits and grants; say nrs_power with it"},
	{"receiver", NBSI_WORD, .words = receiver_words, NET(receiver),
	 .help = "receiver quality: as link evaluations assume, or only the minimum required"},
	{"link", NBSI_WORD, .words = link_words, NET(link), .help = "ideal: no block is ever lost"},
	{"load", NBSI_WORD, .words = load_words, NET(load),
	 .help = "alone: nobody is in the way of another"},
	{"objective", NBSI_WORD, .words = objective_words, NET(objective),
	 .help = "what link adaptation makes least"},
	{"max_tones", NBSI_WHOLE, .min = 1, .max = 12, NET(max_tones),
	 .help = "the most tones of an uplink grant: 1, 3, 6, 12"},
	{"nrs_power", NBSI_NUMBER, NBSI_DBM, .min = -60, .max = 50, NET(nrs_power_dbm),
	 .help = "nrs-Power as broadcast: 24 in-band, 32 stand-alone at 43 dBm"},
	{"q_rxlevmin", NBSI_NUMBER, NBSI_DBM, .min = -140, .max = -44, NET(q_rxlevmin_dbm),
	 .help = "q-RxLevMin: with less NRSRP there is no coverage"},
	{"ce_thresholds", NBSI_NUMBERS, NBSI_DBM, .min = -140, .max = -43, .max_items = 2,
	 NET(nrsrp_threshold_dbm),
	 .help = "NRSRP below the first is coverage level 1, below the second level 2"},
	{"nprach", NBSI_MAP, .keys = nprach_keys, .help = "random access"},
	{"p0", NBSI_NUMBER, NBSI_DBM, .min = -126, .max = 24, NET(p0_nominal_dbm),
	 .help = "p0-NominalNPUSCH"},
	{"alpha", NBSI_NUMBER, NBSI_RATIO, .min = 0, .max = 1, NET(alpha),
	 .help = "share of the path loss that uplink power makes up for"},
	{"delta_msg3", NBSI_NUMBER, NBSI_DB, .min = -2, .max = 12, NET(delta_msg3_db),
	 .help = "deltaPreambleMsg3, in dB (twice the field)"},
	{"coverage_levels", NBSI_ITEMS, .keys = ce_keys, .max_items = NBS_CE_LEVELS,
	 .item_size = sizeof(struct nbs_ce_config), .fixed = true, NET(ce),
	 .help = "one mapping for each level from 0; what it leaves out keeps its default"},
	{"backoff", NBSI_BACKOFF, .max = 524288 * MS, NET(backoff_index),
	 .help = "backoff indicator of each random access response"},
	{"capture", NBSI_MAP_OR_SWITCH, .keys = capture_keys, NET_FLAG(capture),
	 .help = "of colliding Msg3s the strongest may be decoded"},
	{"msg3_attempts", NBSI_WHOLE, .min = 1, .max = 8, NET(msg3_attempts),
	 .help = "transmissions of Msg3 that the cell asks for at most"},
	{"non_anchor_carriers", NBSI_WHOLE, .min = 0, .max = 15, NET(non_anchor_carriers),
	 .help = "further carriers of 180 kHz for connected devices"},
	/* broadcast */
	{"sib1_repetitions", NBSI_WHOLE, .min = 4, .max = 16, NET(sib1_repetitions),
	 .help = "of SIB1-NB in 2560 ms: 4, 8, 16"},
	{"sib1_tb_bits", NBSI_WHOLE, .min = 208, .max = 680, NET(sib1_tb_bits),
	 .help = "block of SIB1-NB: 208, 328, 440, 680"},
	{"si_window", NBSI_DURATION, .min = 160 * MS, .max = 1600 * MS, STEP_MS, NET(si_window_ms),
	 .help = "si-WindowLength"},
	{"si", NBSI_ITEMS, .keys = si_keys, .max_items = NBS_SI_MESSAGES,
	 .item_size = sizeof(struct nbs_si_message), NET(si),
	 COUNT_AT(struct nbs_scenario, network.si_count),
	 .help = "SI messages; a list replaces the default's"},
	{"dl_gap", NBSI_MAP_OR_SWITCH, .keys = dl_gap_keys, NET_FLAG(dl_gap.enabled),
	 .help = "DL-GapConfig-NB: pauses in long downlink transmissions"},
	{"cell_barred", NBSI_SWITCH, NET(cell_barred),
	 .help = "cellBarred: devices look again after 300 s"},
	{"outages", NBSI_ITEMS, .keys = outage_keys, .max_items = NBS_OUTAGES,
	 .item_size = sizeof(struct nbs_outage), NET(outages), .shown = "none",
	 .help = "times at which the cell is off the air, in order"},
	/* RRC */
	{"optimisation", NBSI_WORD, .words = optimisation_words, NET(optimisation),
	 .help = "data in NAS messages, on a resumed bearer, or on a new one each time"},
	{"edt", NBSI_SWITCH, NET(edt), .help = "early data transmission, when the data fits"},
	{"t300", NBSI_DURATION, .min = 2500 * MS, .max = 60 * S, NET(t300_ns),
	 .help = "the device waits so long for RRC connection setup"},
	{"t301", NBSI_DURATION, .min = 2500 * MS, .max = 60 * S, NET(t301_ns),
	 .help = "the same for re-establishment"},
	{"t310", NBSI_DURATION, .min = 0, .max = 8 * S, NET(t310_ns),
	 .help = "out of sync for so long is a radio link failure"},
	{"t311", NBSI_DURATION, .min = 1 * S, .max = 30 * S, NET(t311_ns),
	 .help = "then the device looks so long for a cell to re-establish in"},
	{"n310", NBSI_WHOLE, .min = 1, .max = 20, NET(n310),
	 .help = "out-of-sync indications in a row that start T310"},
	{"n311", NBSI_WHOLE, .min = 1, .max = 10, NET(n311),
	 .help = "in-sync indications in a row that stop it"},
	{"inactivity_timer", NBSI_DURATION, .min = 1 * MS, .max = 1 * H, NET(inactivity_timer_ns),
	 .help = "silence after which the cell releases the connection"},
	{"c_drx", NBSI_MAP_OR_SWITCH, .keys = cdrx_keys, NET_FLAG(cdrx.enabled),
	 .help = "discontinuous reception while connected"},
	{"ul_request", NBSI_WORD, .words = ul_request_words, NET(ul_request),
	 .help = "how a connected device asks for a grant: before Rel-15 by random access"},
	{"ul_request_period", NBSI_DURATION, .min = 1 * MS, .max = 40 * S,
	 NET(ul_request_period_ns), .help = "of polls, or of scheduling request occasions"},
	{"release_assistance", NBSI_WORD, .words = assist_words, NET(release_assistance),
	 .help = "the device says that nothing follows, and is released at once"},
	{"header_compression", NBSI_SWITCH, NET(header_compression),
	 .help = "ROHC of IP and UDP headers"},
	{"t_poll_retransmit", NBSI_DURATION, .min = 250 * MS, .max = 180 * S,
	 NET(t_poll_retransmit_ns), .help = "t-PollRetransmit of RLC"},
	{"max_retx_threshold", NBSI_WHOLE, .min = 1, .max = 32, NET(max_retx_threshold),
	 .help = "maxRetxThreshold of RLC, then the radio link has failed"},
	{"max_connections", NBSI_WHOLE, .min = 0, .max = 60000, NET(max_connections),
	 .help = "more are rejected; 0 is no limit"},
	{"extended_wait", NBSI_DURATION, .min = 1 * S, .max = 1800 * S, NET(extended_wait_ns),
	 .help = "extendedWaitTime of a reject"},
	{"as_security", NBSI_SWITCH, NET(as_security),
	 .help = "ciphering on the bearers of user plane and service request"},
	/* idle mode */
	{"npdcch_paging_rmax", NBSI_WHOLE, .min = 1, .max = 2048, NET(npdcch_paging_rmax),
	 .help = "npdcch-NumRepetitionPaging: how long a paging occasion is listened to"},
	{"idle_drx_cycle", NBSI_DURATION, .min = 1280 * MS, .max = 10240 * MS,
	 NET(idle_drx_cycle_ns), .help = "paging cycle while idle"},
	{"nb", NBSI_NB, .words = nb_words, NET(nb_t),
	 .help = "nB: paging occasions in a paging cycle T"},
	{"edrx", NBSI_MAP_OR_OFF, .keys = edrx_keys, NET(edrx_cycle_ns),
	 .help = "extended discontinuous reception while idle"},
	{"psm", NBSI_SWITCH, NET(psm), .help = "power saving mode; off: the device stays idle"},
	{"t3324", NBSI_DURATION, .min = 0, .max = 11160 * S, NET(t3324_ns),
	 .help = "active timer: listens for paging so long before PSM; 0 is straight to PSM"},
	{"t3412", NBSI_DURATION, .min = 2 * S, .max = 9920 * H, NET(t3412_ns),
	 .help = "periodic tracking area update"},
	/* NAS and core network */
	{"attach", NBSI_SWITCH, NET(attach), .help = "devices start unregistered, and attach"},
	{"nas", NBSI_WORD, .words = nas_words, NET(nas),
	 .help = "ciphering of NAS messages and the data in them: none, SNOW 3G, AES"},
	{"t3411", NBSI_DURATION, .min = 1 * S, .max = 1 * H, NET(t3411_ns),
	 .help = "wait after a failed procedure"},
	{"t3402", NBSI_DURATION, .min = 2 * S, .max = 11160 * S, NET(t3402_ns),
	 .help = "wait after the fifth failure in a row"},
	{"s1_delay", NBSI_DURATION_DIST, .min = 0, .max = 10 * S, .keys = delay_keys,
	 NET(s1_delay.a_ns), NET_FLAG(s1_delay.kind),
	 .help = "cell to core network, one way; one value or drawn for each packet"},
	{"downlink_buffer", NBSI_WHOLE, .min = 0, .max = 1000, NET(downlink_buffer),
	 .help = "packets kept for a device that sleeps; 0: they are discarded"},
	{"plmn_rate", NBSI_WHOLE, .min = 0, .max = 65535, NET(plmn_rate),
	 .help = "serving PLMN rate control: data messages in 6 min, 10 or more; 0 is none"},
	{"apn", NBSI_WORD, .words = apn_words, NET(apn),
	 .help = "internet: addresses are translated (NAT) at the operator's edge"},
	{"nat", NBSI_MAP, .keys = nat_keys, .help = "read when apn is internet"},
	{0}
};
/* clang-format on */
