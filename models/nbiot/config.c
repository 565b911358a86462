/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network's configuration: default values and the check of every range (TS 36.331 6.7,
 * TS 24.008 10.5.7). A commercial network's decoded broadcast is the default; what is assumed is
 * marked.
 */
#include "models/nbiot/config.h"
#include "models/nbiot/airtime.h"
#include "models/nbiot/timers24008.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CONFIG_NS_PER_MS UINT64_C(1000000)
#define CONFIG_NS_PER_S UINT64_C(1000000000)
#define CONFIG_LIST_MAX 24U
#define CONFIG_INACTIVITY_MAX_NS (3600 * CONFIG_NS_PER_S)
#define CONFIG_S1_DELAY_MAX_NS (10 * CONFIG_NS_PER_S)
#define CONFIG_MS(ms) ((ms)*CONFIG_NS_PER_MS)

/* A list of allowed values, as ASN.1 enumerates them; closed by count. */
struct config_list {
	const char *name;
	unsigned count;
	double values[CONFIG_LIST_MAX];
};

static const struct config_list config_nprach_period = {
    "nprach-Periodicity (ms)", 8, {40, 80, 160, 240, 320, 640, 1280, 2560}};
static const struct config_list config_nprach_start = {
    "nprach-StartTime (ms)", 8, {8, 16, 32, 64, 128, 256, 512, 1024}};
static const struct config_list config_nprach_subcarriers = {
    "nprach-NumSubcarriers", 4, {12, 24, 36, 48}};
static const struct config_list config_nprach_repetitions = {
    "numRepetitionsPerPreambleAttempt", 8, {1, 2, 4, 8, 16, 32, 64, 128}};
static const struct config_list config_nprach_attempts = {
    "maxNumPreambleAttemptCE", 7, {3, 4, 5, 6, 7, 8, 10}};
static const struct config_list config_rmax = {
    "npdcch-NumRepetitions", 12, {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048}};
static const struct config_list config_g = {"npdcch-StartSF", 8, {1.5, 2, 4, 8, 16, 32, 48, 64}};
static const struct config_list config_ra_window = {
    "ra-ResponseWindowSize (pp)", 8, {2, 3, 4, 5, 6, 7, 8, 10}};
static const struct config_list config_contention = {
    "mac-ContentionResolutionTimer (pp)", 8, {1, 2, 3, 4, 8, 16, 32, 64}};
static const struct config_list config_ack = {
    "ack-NACK-NumRepetitions", 8, {1, 2, 4, 8, 16, 32, 64, 128}};
static const struct config_list config_ack_msg4 = {
    "ack-NACK-NumRepetitions-Msg4", 8, {1, 2, 4, 8, 16, 32, 64, 128}};
static const struct config_list config_paging_rmax = {
    "npdcch-NumRepetitionPaging", 12, {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048}};
static const struct config_list config_t300 = {
    "t300 (ms)", 8, {2500, 4000, 6000, 10000, 15000, 25000, 40000, 60000}};
static const struct config_list config_trans_max = {
    "preambleTransMax-CE", 11, {3, 4, 5, 6, 7, 8, 10, 20, 50, 100, 200}};
static const struct config_list config_ramp = {"powerRampingStep (dB)", 4, {0, 2, 4, 6}};
static const struct config_list config_target = {
    "preambleInitialReceivedTargetPower (dBm)",
    16,
    {-120, -118, -116, -114, -112, -110, -108, -106, -104, -102, -100, -98, -96, -94, -92, -90}};
static const struct config_list config_delta = {
    "deltaPreambleMsg3 (dB, twice the field)", 8, {-2, 0, 2, 4, 6, 8, 10, 12}};
static const struct config_list config_alpha = {"alpha", 8, {0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}};
static const struct config_list config_cp_format = {"nprach-CP-Length format", 2, {0, 1}};
static const struct config_list config_paging_cycle = {
    "defaultPagingCycle (ms)", 4, {1280, 2560, 5120, 10240}};
static const struct config_list config_drx_cycle = {"drx-Cycle (ms)",
						    16,
						    {256, 512, 1024, 1280, 1536, 2048, 2560, 3072,
						     4096, 4608, 5120, 6144, 7680, 8192, 9216,
						     10240}};

/* Where the reason goes; the first complaint wins. */
struct config_check {
	char *why;
	size_t size;
	enum nbs_status status;
};

static void __attribute__((format(printf, 2, 3)))
config_refuse(struct config_check *check, const char *format, ...)
{
	va_list args;

	if (check->status != NBS_OK)
		return;
	check->status = NBS_E_RANGE;
	if (check->why == NULL || check->size == 0)
		return;
	va_start(args, format);
	(void)vsnprintf(check->why, check->size, format, args);
	va_end(args);
}

static void
config_in_list(struct config_check *check, const struct config_list *list, const char *where,
	       double found)
{
	char allowed[256] = "";
	size_t used = 0;

	for (unsigned i = 0; i < list->count; i++) {
		/* Values are typed as decimals on both sides; 1e-9 forgives a unit's division. */
		if (fabs(list->values[i] - found) < 1e-9)
			return;
	}
	for (unsigned i = 0; i < list->count && used < sizeof(allowed); i++)
		used += (size_t)snprintf(allowed + used, sizeof(allowed) - used, " %g",
					 list->values[i]);
	config_refuse(check, "%s%s: %g found; allowed:%s", list->name, where, found, allowed);
}

static void
config_between(struct config_check *check, const char *name, double found, double lowest,
	       double highest)
{
	if (!(found >= lowest && found <= highest)) /* so that NaN is refused */
		config_refuse(check, "%s: %g found; allowed: %g to %g", name, found, lowest,
			      highest);
}

/* Nanoseconds as milliseconds, as far as a list of ms can hold them. */
static double
config_ms(uint64_t ns)
{
	return (double)ns / (double)CONFIG_NS_PER_MS;
}

static void
config_check_period(struct config_check *check, const char *what, const char *where, uint32_t rmax,
		    double g)
{
	config_in_list(check, &config_rmax, where, rmax);
	config_in_list(check, &config_g, where, g);
	if (nbs_npdcch_period_ns(rmax, g) == 0)
		config_refuse(check,
			      "%s%s: Rmax %" PRIu32 " x G %g is a period of %g ms; allowed: whole "
			      "ms, 4 or more",
			      what, where, rmax, g, (double)rmax * g);
}

static void
config_check_level(struct config_check *check, const struct nbs_network_config *config,
		   unsigned level)
{
	const struct nbs_ce_config *ce = &config->ce[level];
	char where[32];
	uint64_t preamble_ns;

	(void)snprintf(where, sizeof(where), " of level %u", level);
	config_in_list(check, &config_nprach_period, where, ce->nprach_period_ms);
	config_in_list(check, &config_nprach_start, where, ce->nprach_start_ms);
	config_in_list(check, &config_nprach_subcarriers, where, ce->nprach_subcarriers);
	config_in_list(check, &config_nprach_repetitions, where, ce->nprach_repetitions);
	config_in_list(check, &config_nprach_attempts, where, ce->nprach_attempts);
	config_check_period(check, "random access NPDCCH", where, ce->npdcch_ra_rmax,
			    ce->npdcch_ra_g);
	config_check_period(check, "UE-specific NPDCCH", where, ce->npdcch_rmax, ce->npdcch_g);
	config_in_list(check, &config_ra_window, where, ce->ra_window_pp);
	config_in_list(check, &config_contention, where, ce->contention_timer_pp);
	config_in_list(check, &config_ack, where, ce->ack_nack_repetitions);
	config_in_list(check, &config_ack_msg4, where, ce->ack_nack_msg4_repetitions);
	preamble_ns = nbs_nprach_duration_ns(config->nprach_cp_format, ce->nprach_repetitions);
	if (preamble_ns > CONFIG_MS(ce->nprach_period_ms))
		config_refuse(check,
			      "NPRACH%s: %" PRIu32 " repetitions take %g ms; allowed: up to the "
			      "period of %" PRIu32 " ms",
			      where, ce->nprach_repetitions, config_ms(preamble_ns),
			      ce->nprach_period_ms);
}

static void
config_check_power(struct config_check *check, const struct nbs_network_config *config)
{
	config_between(check, "nrs-Power (dBm)", config->nrs_power_dbm, -60, 50);
	config_between(check, "rsrp-ThresholdsPrachInfoList[0] (dBm)",
		       config->nrsrp_threshold_dbm[0], -140, -43);
	config_between(check, "rsrp-ThresholdsPrachInfoList[1] (dBm)",
		       config->nrsrp_threshold_dbm[1], -140, -43);
	if (config->nrsrp_threshold_dbm[1] > config->nrsrp_threshold_dbm[0])
		config_refuse(check,
			      "rsrp-ThresholdsPrachInfoList: %g then %g dBm found; allowed: the "
			      "second at or below the first",
			      config->nrsrp_threshold_dbm[0], config->nrsrp_threshold_dbm[1]);
	config_in_list(check, &config_target, "", config->preamble_target_dbm);
	config_in_list(check, &config_ramp, "", config->power_ramp_db);
	config_in_list(check, &config_delta, "", config->delta_msg3_db);
	config_in_list(check, &config_alpha, "", config->alpha);
	config_between(check, "p0-NominalNPUSCH (dBm)", config->p0_nominal_dbm, -126, 24);
}

static void
config_check_encodable(struct config_check *check, const char *name, uint64_t ns,
		       enum nbs_status (*encode)(uint64_t, uint8_t *, struct nbs_timer_near *))
{
	const double s = (double)CONFIG_NS_PER_S;
	struct nbs_timer_near near;

	if (encode(ns, NULL, &near) == NBS_OK)
		return;
	if (near.above_ns == UINT64_MAX)
		config_refuse(check, "%s: %.9g s found; the longest that can be encoded is %.9g s",
			      name, (double)ns / s, (double)near.below_ns / s);
	else
		config_refuse(check, "%s: %.9g s cannot be encoded; nearest: %.9g s and %.9g s",
			      name, (double)ns / s, (double)near.below_ns / s,
			      (double)near.above_ns / s);
}

static void
config_check_cdrx(struct config_check *check, const struct nbs_cdrx_config *cdrx)
{
	if (!cdrx->enabled)
		return;
	config_in_list(check, &config_drx_cycle, "", config_ms(cdrx->cycle_ns));
	if (cdrx->on_duration_ns == 0 || cdrx->on_duration_ns > cdrx->cycle_ns)
		config_refuse(check,
			      "onDurationTimer: %g ms found; allowed: over 0, up to the "
			      "cycle of %g ms",
			      config_ms(cdrx->on_duration_ns), config_ms(cdrx->cycle_ns));
	/* 32 NPDCCH periods of at most 2048 x 64 ms */
	config_between(check, "drx-InactivityTimer (ms)", config_ms(cdrx->inactivity_ns), 0,
		       32.0 * 2048 * 64);
}

static void
config_check_timers(struct config_check *check, const struct nbs_network_config *config)
{
	config_in_list(check, &config_t300, "", config_ms(config->t300_ns));
	config_between(check, "inactivity timer (ms)", config_ms(config->inactivity_timer_ns), 1,
		       config_ms(CONFIG_INACTIVITY_MAX_NS));
	config_between(check, "S1 delay (ms)", config_ms(config->s1_delay_ns), 0,
		       config_ms(CONFIG_S1_DELAY_MAX_NS));
	config_in_list(check, &config_paging_rmax, "", config->npdcch_paging_rmax);
	config_in_list(check, &config_paging_cycle, "", config_ms(config->idle_drx_cycle_ns));
	config_check_encodable(check, "T3324", config->t3324_ns, nbs_t3324_encode);
	if (config->t3412_ns == 0)
		config_refuse(check, "T3412: 0 s found; allowed: 2 s and more");
	config_check_encodable(check, "T3412", config->t3412_ns, nbs_t3412_encode);
	config_check_cdrx(check, &config->cdrx);
}

static void
config_check_choices(struct config_check *check, const struct nbs_network_config *config)
{
	config_between(check, "deployment", (double)config->deployment, NBS_STAND_ALONE,
		       NBS_IN_BAND);
	config_between(check, "receiver", (double)config->receiver, NBS_RX_EVALUATION,
		       NBS_RX_MINIMUM);
	config_between(check, "link", (double)config->link, NBS_LINK_REAL, NBS_LINK_IDEAL);
	config_between(check, "optimisation", (double)config->optimisation, NBS_CONTROL_PLANE,
		       NBS_USER_PLANE);
}

enum nbs_status
nbs_network_config_check(const struct nbs_network_config *config, char *why, size_t why_size)
{
	struct config_check check = {.why = why, .size = why_size, .status = NBS_OK};

	if (why != NULL && why_size > 0)
		why[0] = '\0';
	config_check_choices(&check, config);
	config_check_power(&check, config);
	config_in_list(&check, &config_cp_format, "", config->nprach_cp_format);
	config_in_list(&check, &config_trans_max, "", config->preamble_trans_max);
	for (unsigned level = 0; level < NBS_CE_LEVELS; level++)
		config_check_level(&check, config, level);
	config_check_timers(&check, config);
	return check.status;
}

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
	    .optimisation = NBS_USER_PLANE, /* assumed */
	    .nrs_power_dbm = 24,
	    .nrsrp_threshold_dbm = {31 - 140, 21 - 140},
	    .nprach_cp_format = 0,
	    .preamble_target_dbm = -104,
	    .power_ramp_db = 2,
	    .preamble_trans_max = 10,
	    .p0_nominal_dbm = -80,
	    .alpha = 0.8,
	    .delta_msg3_db = 2 * 4,
	    .t300_ns = CONFIG_MS(10000),
	    .inactivity_timer_ns = 20 * CONFIG_NS_PER_S, /* measured in several networks */
	    .cdrx = {.enabled = false,                   /* values for who switches it on: */
		     .cycle_ns = CONFIG_MS(2048),        /* Martinez et al. 2019, mode 1 */
		     .on_duration_ns = CONFIG_MS(128),   /* assumed: 8 periods of 16 ms */
		     .inactivity_ns = CONFIG_MS(512)},   /* assumed: 32 periods */
	    .release_assistance = true,                  /* assumed */
	    .npdcch_paging_rmax = 32,
	    .idle_drx_cycle_ns = CONFIG_MS(2560),
	    .t3324_ns = 10 * CONFIG_NS_PER_S,    /* assumed */
	    .t3412_ns = 86400 * CONFIG_NS_PER_S, /* assumed */
	    .s1_delay_ns = CONFIG_MS(20),        /* assumed */
	};
	memcpy(config->ce, config_default_ce, sizeof(config->ce));
}
