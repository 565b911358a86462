/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each value of a network's configuration by itself: the lists that ASN.1 enumerates (TS 36.331
 * 6.7.3), the timers that TS 24.008 10.5 can encode, and ranges of our own where a value is the
 * operator's choice.
 */
#include "models/nbiot/config_check.h"

#include "models/nbiot/timers24008.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define RULE_VALUES 24U
#define RULE_NS_PER_MS 1e6
#define RULE_NS_PER_S UINT64_C(1000000000)

/* How a field is held, and in what it is told. */
enum rule_kind {
	RULE_WHOLE,  /* uint32_t, or an enum */
	RULE_NUMBER, /* double */
	RULE_MS      /* uint64_t ns, told in ms */
};

/* One field. With count 0 it lies between values[0] and values[1], else it is one of count. */
struct rule {
	const char *name;
	size_t field; /* offset in the struct that the table is for */
	enum rule_kind kind;
	unsigned count;
	double values[RULE_VALUES];
};

#define CE(field) offsetof(struct nbs_ce_config, field)
#define NET(field) NBSI_NET(field)

/* clang-format off */
static const struct rule level_rules[] = {
	{"nprach-Periodicity (ms)", CE(nprach_period_ms), RULE_WHOLE, 8,
	 {40, 80, 160, 240, 320, 640, 1280, 2560}},
	{"nprach-StartTime (ms)", CE(nprach_start_ms), RULE_WHOLE, 8,
	 {8, 16, 32, 64, 128, 256, 512, 1024}},
	{"nprach-NumSubcarriers", CE(nprach_subcarriers), RULE_WHOLE, 4, {12, 24, 36, 48}},
	{"nprach-SubcarrierOffset", CE(nprach_subcarrier_offset), RULE_WHOLE, 7,
	 {0, 12, 24, 36, 2, 18, 34}},
	{"nprach-NumCBRA-StartSubcarriers", CE(nprach_cbra_subcarriers), RULE_WHOLE, 16,
	 {8, 10, 11, 12, 20, 22, 23, 24, 32, 34, 35, 36, 40, 44, 46, 48}},
	{"numRepetitionsPerPreambleAttempt", CE(nprach_repetitions), RULE_WHOLE, 8,
	 {1, 2, 4, 8, 16, 32, 64, 128}},
	{"maxNumPreambleAttemptCE", CE(nprach_attempts), RULE_WHOLE, 7, {3, 4, 5, 6, 7, 8, 10}},
	{"nprach-SubcarrierOffset of early data", CE(edt_nprach_subcarrier_offset), RULE_WHOLE, 7,
	 {0, 12, 24, 36, 2, 18, 34}},
	{"edt-TBS (bits)", CE(edt_tbs_bits), RULE_WHOLE, 8,
	 {328, 408, 504, 584, 680, 808, 936, 1000}},
	{"npdcch-NumRepetitions-RA", CE(npdcch_ra_rmax), RULE_WHOLE, 12,
	 {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048}},
	{"npdcch-StartSF-CSS-RA", CE(npdcch_ra_g), RULE_NUMBER, 8, {1.5, 2, 4, 8, 16, 32, 48, 64}},
	{"npdcch-Offset-RA (eighths)", CE(npdcch_ra_offset_8th), RULE_WHOLE, 4, {0, 1, 2, 3}},
	{"npdcch-NumRepetitions", CE(npdcch_rmax), RULE_WHOLE, 12,
	 {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048}},
	{"npdcch-StartSF-USS", CE(npdcch_g), RULE_NUMBER, 8, {1.5, 2, 4, 8, 16, 32, 48, 64}},
	{"npdcch-Offset-USS (eighths)", CE(npdcch_offset_8th), RULE_WHOLE, 4, {0, 1, 2, 3}},
	{"ra-ResponseWindowSize (pp)", CE(ra_window_pp), RULE_WHOLE, 8, {2, 3, 4, 5, 6, 7, 8, 10}},
	{"mac-ContentionResolutionTimer (pp)", CE(contention_timer_pp), RULE_WHOLE, 8,
	 {1, 2, 3, 4, 8, 16, 32, 64}},
	{"ack-NACK-NumRepetitions", CE(ack_nack_repetitions), RULE_WHOLE, 8,
	 {1, 2, 4, 8, 16, 32, 64, 128}},
	{"ack-NACK-NumRepetitions-Msg4", CE(ack_nack_msg4_repetitions), RULE_WHOLE, 8,
	 {1, 2, 4, 8, 16, 32, 64, 128}},
	{0}
};

static const struct rule radio_rules[] = {
	{"deployment", NET(deployment), RULE_WHOLE, 0, {NBS_STAND_ALONE, NBS_IN_BAND}},
	{"receiver", NET(receiver), RULE_WHOLE, 0, {NBS_RX_EVALUATION, NBS_RX_MINIMUM}},
	{"link", NET(link), RULE_WHOLE, 0, {NBS_LINK_REAL, NBS_LINK_IDEAL}},
	{"load", NET(load), RULE_WHOLE, 0, {NBS_LOAD_SHARED, NBS_LOAD_ALONE}},
	{"objective", NET(objective), RULE_WHOLE, 0, {NBS_LEAST_AIRTIME, NBS_LEAST_TONE_MS}},
	{"most tones", NET(max_tones), RULE_WHOLE, 4, {1, 3, 6, 12}},
	{"nrs-Power (dBm)", NET(nrs_power_dbm), RULE_NUMBER, 0, {-60, 50}},
	/* the field is -70..-22 and counts 2 dB */
	{"q-RxLevMin (dBm)", NET(q_rxlevmin_dbm), RULE_NUMBER, 0, {-140, -44}},
	{"rsrp-ThresholdsPrachInfoList[0] (dBm)", NET(nrsrp_threshold_dbm[0]), RULE_NUMBER, 0,
	 {-140, -43}},
	{"rsrp-ThresholdsPrachInfoList[1] (dBm)", NET(nrsrp_threshold_dbm[1]), RULE_NUMBER, 0,
	 {-140, -43}},
	{"nprach-CP-Length format", NET(nprach_cp_format), RULE_WHOLE, 2, {0, 1}},
	{"preambleInitialReceivedTargetPower (dBm)", NET(preamble_target_dbm), RULE_NUMBER, 16,
	 {-120, -118, -116, -114, -112, -110, -108, -106, -104, -102, -100, -98, -96, -94, -92,
	  -90}},
	{"powerRampingStep (dB)", NET(power_ramp_db), RULE_NUMBER, 4, {0, 2, 4, 6}},
	{"preambleTransMax-CE", NET(preamble_trans_max), RULE_WHOLE, 11,
	 {3, 4, 5, 6, 7, 8, 10, 20, 50, 100, 200}},
	{"p0-NominalNPUSCH (dBm)", NET(p0_nominal_dbm), RULE_NUMBER, 0, {-126, 24}},
	{"alpha", NET(alpha), RULE_NUMBER, 8, {0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}},
	{"deltaPreambleMsg3 (dB, twice the field)", NET(delta_msg3_db), RULE_NUMBER, 8,
	 {-2, 0, 2, 4, 6, 8, 10, 12}},
	{"backoff indicator", NET(backoff_index), RULE_WHOLE, 0, {0, NBS_BACKOFF_NONE}},
	{"capture margin (dB)", NET(capture_db), RULE_NUMBER, 0, {0, 30}},
	/* maxHARQ-Msg3Tx, TS 36.331 */
	{"transmissions of Msg3", NET(msg3_attempts), RULE_WHOLE, 0, {1, 8}},
	/* maxNonAnchorCarriers-NB-r14 */
	{"non-anchor carriers", NET(non_anchor_carriers), RULE_WHOLE, 0, {0, 15}},
	{"SIB1-NB repetitions", NET(sib1_repetitions), RULE_WHOLE, 3, {4, 8, 16}},
	{"SIB1-NB block (bits)", NET(sib1_tb_bits), RULE_WHOLE, 4, {208, 328, 440, 680}},
	{"si-WindowLength (ms)", NET(si_window_ms), RULE_WHOLE, 7,
	 {160, 320, 480, 640, 960, 1280, 1600}},
	/* the first one carries SIB2-NB */
	{"SI messages", NET(si_count), RULE_WHOLE, 0, {1, NBS_SI_MESSAGES}},
	{0}
};

static const struct rule si_rules[] = {
	{"si-Periodicity (rf)", offsetof(struct nbs_si_message, period_rf), RULE_WHOLE, 7,
	 {64, 128, 256, 512, 1024, 2048, 4096}},
	{"si-TB (bits)", offsetof(struct nbs_si_message, tb_bits), RULE_WHOLE, 8,
	 {56, 120, 208, 256, 328, 440, 552, 680}},
	{"si-RepetitionPattern (rf)", offsetof(struct nbs_si_message, pattern_rf), RULE_WHOLE, 4,
	 {2, 4, 8, 16}},
	{0}
};

static const struct rule gap_rules[] = {
	{"dl-GapThreshold", NET(dl_gap.threshold), RULE_WHOLE, 4, {32, 64, 128, 256}},
	{"dl-GapPeriodicity (sf)", NET(dl_gap.period_sf), RULE_WHOLE, 4, {64, 128, 256, 512}},
	/* half the period at most: never as long as the period */
	{"dl-GapDurationCoeff (eighths)", NET(dl_gap.duration_8th), RULE_WHOLE, 4, {1, 2, 3, 4}},
	{0}
};

static const struct rule cdrx_rules[] = {
	{"drx-Cycle (ms)", NET(cdrx.cycle_ns), RULE_MS, 16,
	 {256, 512, 1024, 1280, 1536, 2048, 2560, 3072, 4096, 4608, 5120, 6144, 7680, 8192, 9216,
	  10240}},
	/* 32 NPDCCH periods of at most 2048 x 64 ms */
	{"drx-InactivityTimer (ms)", NET(cdrx.inactivity_ns), RULE_MS, 0, {0, 32.0 * 2048 * 64}},
	{0}
};

static const struct rule rrc_rules[] = {
	{"optimisation", NET(optimisation), RULE_WHOLE, 0,
	 {NBS_CONTROL_PLANE, NBS_SERVICE_REQUEST}},
	{"t300 (ms)", NET(t300_ns), RULE_MS, 8,
	 {2500, 4000, 6000, 10000, 15000, 25000, 40000, 60000}},
	{"t301 (ms)", NET(t301_ns), RULE_MS, 8,
	 {2500, 4000, 6000, 10000, 15000, 25000, 40000, 60000}},
	{"t310 (ms)", NET(t310_ns), RULE_MS, 7, {0, 200, 500, 1000, 2000, 4000, 8000}},
	{"t311 (ms)", NET(t311_ns), RULE_MS, 7, {1000, 3000, 5000, 10000, 15000, 20000, 30000}},
	{"n310", NET(n310), RULE_WHOLE, 8, {1, 2, 3, 4, 6, 8, 10, 20}},
	{"n311", NET(n311), RULE_WHOLE, 8, {1, 2, 3, 4, 5, 6, 8, 10}},
	{"inactivity timer (ms)", NET(inactivity_timer_ns), RULE_MS, 0, {1, 3600e3}},
	{"ul_request", NET(ul_request), RULE_WHOLE, 0, {NBS_UL_RANDOM_ACCESS, NBS_UL_SR_R15}},
	{"release assistance", NET(release_assistance), RULE_WHOLE, 0,
	 {NBS_ASSIST_OFF, NBS_ASSIST_AS}},
	{"t-PollRetransmit (ms)", NET(t_poll_retransmit_ns), RULE_MS, 15,
	 {250, 500, 1000, 2000, 3000, 4000, 6000, 10000, 15000, 25000, 40000, 60000, 90000, 120000,
	  180000}},
	{"maxRetxThreshold", NET(max_retx_threshold), RULE_WHOLE, 8, {1, 2, 3, 4, 6, 8, 16, 32}},
	{0}
};

static const struct rule core_rules[] = {
	{"npdcch-NumRepetitionPaging", NET(npdcch_paging_rmax), RULE_WHOLE, 12,
	 {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048}},
	{"defaultPagingCycle (ms)", NET(idle_drx_cycle_ns), RULE_MS, 4, {1280, 2560, 5120, 10240}},
	{"nB (T)", NET(nb_t), RULE_NUMBER, 13,
	 {4, 2, 1, 1.0 / 2, 1.0 / 4, 1.0 / 8, 1.0 / 16, 1.0 / 32, 1.0 / 64, 1.0 / 128, 1.0 / 256,
	  1.0 / 512, 1.0 / 1024}},
	{"nas", NET(nas), RULE_WHOLE, 0, {NBS_EEA0, NBS_EEA2}},
	{"T3411 (ms)", NET(t3411_ns), RULE_MS, 0, {1000, 3600e3}},
	{"downlink buffer (packets)", NET(downlink_buffer), RULE_WHOLE, 0, {0, 1000}},
	{"apn", NET(apn), RULE_WHOLE, 0, {NBS_APN_PRIVATE, NBS_APN_INTERNET}},
	{"NAT binding (ms)", NET(nat_binding_ns), RULE_MS, 0, {1000, 86400e3}},
	{0}
};
/* clang-format on */

void
nbsi_config_refuse(struct nbsi_config_check *check, size_t field, const char *format, ...)
{
	char why[512];
	va_list args;

	check->count++;
	va_start(args, format);
	(void)vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	check->fault(check->arg, field, why);
}

static double
rule_value(const struct rule *rule, const void *base)
{
	const char *field = (const char *)base + rule->field;
	uint32_t whole;
	uint64_t ns;
	double number;

	switch (rule->kind) {
	case RULE_WHOLE:
		memcpy(&whole, field, sizeof(whole));
		return whole;
	case RULE_NUMBER:
		memcpy(&number, field, sizeof(number));
		return number;
	case RULE_MS:
	default:
		memcpy(&ns, field, sizeof(ns));
		return (double)ns / RULE_NS_PER_MS;
	}
}

/* Values are typed as decimals on both sides; 1e-9 forgives a unit's division. NaN fits nowhere. */
static bool
rule_allows(const struct rule *rule, double found)
{
	if (rule->count == 0)
		return found >= rule->values[0] && found <= rule->values[1];
	for (unsigned i = 0; i < rule->count; i++) {
		if (fabs(rule->values[i] - found) < 1e-9)
			return true;
	}
	return false;
}

/* All fields of a table; where (" of level 1") tells structs of one kind apart. */
static void
rules_check(struct nbsi_config_check *check, const struct rule *rules, size_t offset,
	    const char *where)
{
	const char *base = (const char *)check->config + offset;

	for (const struct rule *rule = rules; rule->name != NULL; rule++) {
		const double found = rule_value(rule, base);
		char allowed[256] = "";
		size_t used = 0;

		if (rule_allows(rule, found))
			continue;
		for (unsigned i = 0; i < rule->count && used < sizeof(allowed); i++)
			used += (size_t)snprintf(allowed + used, sizeof(allowed) - used, " %g",
						 rule->values[i]);
		if (rule->count == 0)
			(void)snprintf(allowed, sizeof(allowed), " %g to %g", rule->values[0],
				       rule->values[1]);
		nbsi_config_refuse(check, offset + rule->field, "%s%s: %g found; allowed:%s",
				   rule->name, where, found, allowed);
	}
}

/* ---- timers that go over the air in an octet or less ---- */

typedef enum nbs_status (*encode_fn)(uint64_t ns, uint8_t *octet, struct nbs_timer_near *near);

static void
check_encodable(struct nbsi_config_check *check, const char *name, size_t field, uint64_t ns,
		encode_fn encode)
{
	const double s = (double)RULE_NS_PER_S, found = (double)ns / s;
	struct nbs_timer_near near;

	if (encode(ns, NULL, &near) == NBS_OK)
		return;
	if (near.above_ns == UINT64_MAX)
		nbsi_config_refuse(check, field,
				   "%s: %.9g s found; the longest that can be encoded is %.9g s",
				   name, found, (double)near.below_ns / s);
	else if (near.below_ns == UINT64_MAX)
		nbsi_config_refuse(check, field,
				   "%s: %.9g s found; the shortest that can be encoded is %.9g s",
				   name, found, (double)near.above_ns / s);
	else
		nbsi_config_refuse(check, field,
				   "%s: %.9g s cannot be encoded; nearest: %.9g s and %.9g s", name,
				   found, (double)near.below_ns / s, (double)near.above_ns / s);
}

static void
check_timers(struct nbsi_config_check *check)
{
	const struct nbs_network_config *config = check->config;

	check_encodable(check, "T3324", NET(t3324_ns), config->t3324_ns, nbs_t3324_encode);
	if (config->t3412_ns == 0)
		nbsi_config_refuse(check, NET(t3412_ns), "T3412: 0 s found; allowed: 2 s and more");
	check_encodable(check, "T3412", NET(t3412_ns), config->t3412_ns, nbs_t3412_encode);
	if (config->t3402_ns == 0)
		nbsi_config_refuse(check, NET(t3402_ns), "T3402: 0 s found; allowed: 2 s and more");
	/* GPRS timer (TS 24.008 10.5.7.3) has the units of GPRS timer 2. */
	check_encodable(check, "T3402", NET(t3402_ns), config->t3402_ns, nbs_t3324_encode);
	if (config->edrx_cycle_ns == 0)
		return;
	check_encodable(check, "eDRX cycle", NET(edrx_cycle_ns), config->edrx_cycle_ns,
			nbs_edrx_encode);
	check_encodable(check, "paging time window", NET(ptw_ns), config->ptw_ns, nbs_ptw_encode);
}

/* ---- fields that may be 0 for "none" ---- */

static void
check_optional(struct nbsi_config_check *check)
{
	const struct nbs_network_config *config = check->config;
	const uint64_t wait_ns = config->extended_wait_ns;

	/* mandatory in RRCConnectionReject-NB, TS 36.331 6.7.2 */
	if (wait_ns == 0 || wait_ns % RULE_NS_PER_S != 0 || wait_ns > 1800 * RULE_NS_PER_S)
		nbsi_config_refuse(check, NET(extended_wait_ns),
				   "extendedWaitTime: %.9g s found; allowed: whole seconds from 1 "
				   "to 1800",
				   (double)wait_ns / (double)RULE_NS_PER_S);
	/* TS 24.301 9.9.4.28: the value has 16 bits, and 10 is the least that may be sent */
	if (config->plmn_rate != 0 && (config->plmn_rate < 10 || config->plmn_rate > 65535))
		nbsi_config_refuse(check, NET(plmn_rate),
				   "serving PLMN rate: %u found; allowed: 0 (none) and 10 to 65535",
				   (unsigned)config->plmn_rate);
	if (fmod(config->q_rxlevmin_dbm, 2) != 0) /* exact for doubles, and true for NaN */
		nbsi_config_refuse(check, NET(q_rxlevmin_dbm),
				   "q-RxLevMin (dBm): %g found; allowed: even ones",
				   config->q_rxlevmin_dbm);
}

static void
check_delay(struct nbsi_config_check *check)
{
	const double most_ms = 10e3;
	const struct nbs_delay *delay = &check->config->s1_delay;
	const double a = (double)delay->a_ns / RULE_NS_PER_MS;
	const double b = (double)delay->b_ns / RULE_NS_PER_MS;

	if ((unsigned)delay->kind > NBS_DELAY_LOGNORMAL)
		nbsi_config_refuse(check, NET(s1_delay.kind),
				   "S1 delay: kind %u found; allowed: 0 to 2",
				   (unsigned)delay->kind);
	if (a > most_ms || (delay->kind != NBS_DELAY_FIXED && b > most_ms))
		nbsi_config_refuse(check, NET(s1_delay),
				   "S1 delay (ms): %g found; allowed: 0 to %g", a > most_ms ? a : b,
				   most_ms);
	if (delay->kind == NBS_DELAY_UNIFORM && a > b)
		nbsi_config_refuse(check, NET(s1_delay),
				   "S1 delay (ms): from %g to %g found; allowed: the shorter first",
				   a, b);
	if (delay->kind == NBS_DELAY_LOGNORMAL && (delay->a_ns == 0 || a > b))
		nbsi_config_refuse(
		    check, NET(s1_delay),
		    "S1 delay (ms): median %g and 90th percentile %g found; allowed: "
		    "a median over 0 and at most the percentile",
		    a, b);
}

static void
check_values(struct nbsi_config_check *check)
{
	const struct nbs_network_config *config = check->config;
	char where[32];
	unsigned before;

	rules_check(check, radio_rules, 0, "");
	before = check->count;
	for (unsigned level = 0; level < NBS_CE_LEVELS; level++) {
		(void)snprintf(where, sizeof(where), " of level %u", level);
		rules_check(check, level_rules, NET(ce) + level * sizeof(struct nbs_ce_config),
			    where);
	}
	check->levels_sound = check->count == before && config->nprach_cp_format <= 1;
	before = check->count;
	for (unsigned i = 0; i < config->si_count && i < NBS_SI_MESSAGES; i++) {
		(void)snprintf(where, sizeof(where), " of SI message %u", i);
		rules_check(check, si_rules, NET(si) + i * sizeof(struct nbs_si_message), where);
	}
	check->si_sound = check->count == before;
	if (config->dl_gap.enabled)
		rules_check(check, gap_rules, 0, "");
	rules_check(check, rrc_rules, 0, "");
	if (config->cdrx.enabled)
		rules_check(check, cdrx_rules, 0, "");
	rules_check(check, core_rules, 0, "");
	check_timers(check);
	check_optional(check);
	check_delay(check);
}

unsigned
nbs_network_config_faults(const struct nbs_network_config *config, nbs_network_fault_fn fault,
			  void *arg)
{
	struct nbsi_config_check check = {.config = config, .fault = fault, .arg = arg};

	check_values(&check);
	nbsi_config_cross(&check);
	return check.count;
}

/* The first fault, where there is room for one. */
struct first {
	char *why;
	size_t size;
};

static void
first_keep(void *arg, size_t field, const char *why)
{
	struct first *first = arg;

	(void)field;
	if (first->size > 0 && first->why[0] == '\0')
		(void)snprintf(first->why, first->size, "%s", why);
}

enum nbs_status
nbs_network_config_check(const struct nbs_network_config *config, char *why, size_t why_size)
{
	struct first first = {why, why == NULL ? 0 : why_size};

	if (first.size > 0)
		why[0] = '\0';
	return nbs_network_config_faults(config, first_keep, &first) == 0 ? NBS_OK : NBS_E_RANGE;
}
