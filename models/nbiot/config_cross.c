/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conditions between the values of a network's configuration: TS 36.331 6.7.3 (field descriptions),
 * TS 36.211 10.1.6.1 (NPRACH resources), TS 36.213 16.6 (NPDCCH periods), TS 36.331 5.2.3a (SI
 * windows), TS 23.401 5.3.4B (what goes with which optimisation). Where a value
 * breaks its own rule, the conditions around it are not looked at.
 */
#include "models/nbiot/airtime.h"
#include "models/nbiot/config_check.h"

#include <stdio.h>

#define CROSS_NS_PER_MS UINT64_C(1000000)
#define CROSS_NS_PER_S 1e9
#define CROSS_MS_PER_FRAME 10U
#define CROSS_TURN_MS ((uint32_t)(NBS_HYPER_NS / NBS_SUBFRAME_NS)) /* 1024 system frames */
#define CROSS_NPDCCH_LEAST_MS 4

#define NET(field) NBSI_NET(field)
#define CE(level, field) NBSI_CE(level, field)

/* What comes again and again: starts at start_ns, every period_ns. */
struct recurrence {
	uint64_t period_ns, start_ns, duration_ns;
};

static uint64_t
cross_gcd(uint64_t a, uint64_t b)
{
	while (b != 0) {
		const uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/*
 * Whether two ever meet. Their starts differ by (start_b - start_a) plus any multiple of the
 * periods' greatest common divisor; they meet if one of these differences lies between
 * -duration_b and duration_a.
 */
static bool
cross_meet(const struct recurrence *a, const struct recurrence *b)
{
	const uint64_t step = cross_gcd(a->period_ns, b->period_ns);

	const uint64_t apart = (b->start_ns % step + step - a->start_ns % step) % step;

	return apart < a->duration_ns || step - apart < b->duration_ns;
}

/* ---- NPRACH ---- */

/*
 * The same for NPRACH resources, which count from frame 0 of each turn of the system frame number:
 * after a turn a period that is no divisor of it (240 ms) begins anew, too early.
 */
static bool
cross_meet_in_turn(const struct recurrence *a, const struct recurrence *b)
{
	for (uint64_t i = 0; i < NBS_HYPER_NS; i += a->period_ns) {
		for (uint64_t j = 0; j < NBS_HYPER_NS; j += b->period_ns) {
			const uint64_t apart = (NBS_HYPER_NS + (b->start_ns + j) % NBS_HYPER_NS -
						(a->start_ns + i) % NBS_HYPER_NS) %
					       NBS_HYPER_NS;

			if (apart < a->duration_ns || NBS_HYPER_NS - apart < b->duration_ns)
				return true;
		}
	}
	return false;
}

/* From one opportunity to the next at least. */
static uint32_t
cross_shortest_ms(uint32_t period_ms)
{
	const uint32_t rest = CROSS_TURN_MS % period_ms;

	return rest > 0 ? rest : period_ms;
}

/* A band of NPRACH subcarriers in time and frequency. */
struct band {
	struct recurrence time;
	uint32_t from, until; /* subcarriers, until is not in it */
	unsigned level;
	bool edt;
};

static struct band
band_of(const struct nbs_network_config *config, unsigned level, bool edt)
{
	const struct nbs_ce_config *ce = &config->ce[level];
	const uint32_t from = edt ? ce->edt_nprach_subcarrier_offset : ce->nprach_subcarrier_offset;

	return (struct band){
	    .time = {ce->nprach_period_ms * CROSS_NS_PER_MS, ce->nprach_start_ms * CROSS_NS_PER_MS,
		     nbs_nprach_duration_ns(config->nprach_cp_format, ce->nprach_repetitions)},
	    .from = from,
	    .until = from + ce->nprach_subcarriers,
	    .level = level,
	    .edt = edt};
}

static size_t
band_field(const struct band *band)
{
	return band->edt ? CE(band->level, edt_nprach_subcarrier_offset)
			 : CE(band->level, nprach_subcarrier_offset);
}

static void
cross_bands(struct nbsi_config_check *check, const struct band *a, const struct band *b)
{
	if (a->from >= b->until || b->from >= a->until || !cross_meet_in_turn(&a->time, &b->time))
		return;
	nbsi_config_refuse(
	    check, band_field(b),
	    "NPRACH%s of level %u: subcarriers %u to %u found, which meet %u to %u of "
	    "level %u%s in time; allowed: resources apart in time or in frequency",
	    b->edt ? " of early data" : "", b->level, (unsigned)b->from, (unsigned)(b->until - 1),
	    (unsigned)a->from, (unsigned)(a->until - 1), a->level, a->edt ? "'s early data" : "");
}

static void
cross_nprach(struct nbsi_config_check *check)
{
	struct band bands[2 * NBS_CE_LEVELS];
	unsigned count = 0;

	for (unsigned level = 0; level < NBS_CE_LEVELS; level++)
		bands[count++] = band_of(check->config, level, false);
	for (unsigned level = 0; level < NBS_CE_LEVELS && check->config->edt; level++)
		bands[count++] = band_of(check->config, level, true);
	for (unsigned i = 0; i < count; i++) {
		const struct band *band = &bands[i];

		if (band->until > NBS_NPRACH_SUBCARRIERS)
			nbsi_config_refuse(check, band_field(band),
					   "NPRACH%s of level %u: subcarriers up to %u found; "
					   "allowed: 0 to 47",
					   band->edt ? " of early data" : "", band->level,
					   (unsigned)(band->until - 1));
		for (unsigned j = 0; j < i; j++)
			cross_bands(check, &bands[j], band);
	}
}

static void
cross_preamble(struct nbsi_config_check *check, unsigned level)
{
	const struct nbs_ce_config *ce = &check->config->ce[level];
	const uint64_t preamble_ns =
	    nbs_nprach_duration_ns(check->config->nprach_cp_format, ce->nprach_repetitions);

	const uint32_t shortest_ms = cross_shortest_ms(ce->nprach_period_ms);

	if (preamble_ns > shortest_ms * CROSS_NS_PER_MS)
		nbsi_config_refuse(check, CE(level, nprach_repetitions),
				   "NPRACH of level %u: %u repetitions take %g ms; allowed: up to "
				   "%u ms, the time to the next opportunity",
				   level, (unsigned)ce->nprach_repetitions,
				   (double)preamble_ns / (double)CROSS_NS_PER_MS,
				   (unsigned)shortest_ms);
	if (ce->nprach_cbra_subcarriers > ce->nprach_subcarriers)
		nbsi_config_refuse(
		    check, CE(level, nprach_cbra_subcarriers),
		    "nprach-NumCBRA-StartSubcarriers of level %u: %u found; allowed: "
		    "up to nprach-NumSubcarriers, %u",
		    level, (unsigned)ce->nprach_cbra_subcarriers, (unsigned)ce->nprach_subcarriers);
}

/* ---- NPDCCH and broadcast ---- */

static void
cross_space(struct nbsi_config_check *check, size_t field, const char *what, unsigned level,
	    uint32_t rmax, double g)
{
	if (nbs_npdcch_period_ns(rmax, g) == 0)
		nbsi_config_refuse(check, field,
				   "%s NPDCCH of level %u: Rmax %u x G %g is a period of %g ms; "
				   "allowed: whole ms, %d or more",
				   what, level, (unsigned)rmax, g, (double)rmax * g,
				   CROSS_NPDCCH_LEAST_MS);
}

/* Window n of w ms starts at n x w in its message's period (TS 36.331 5.2.3a). */
static void
cross_si(struct nbsi_config_check *check)
{
	const struct nbs_network_config *config = check->config;
	const uint64_t window_ns = config->si_window_ms * CROSS_NS_PER_MS;
	struct recurrence times[NBS_SI_MESSAGES];

	for (unsigned i = 0; i < config->si_count && i < NBS_SI_MESSAGES; i++) {
		const uint64_t period_ns =
		    CROSS_NS_PER_MS * CROSS_MS_PER_FRAME * config->si[i].period_rf;
		bool fits = (i + 1) * window_ns <= period_ns;

		times[i] = (struct recurrence){period_ns, i * window_ns, window_ns};
		for (unsigned j = 0; j < i; j++)
			fits = fits && !cross_meet(&times[j], &times[i]);
		if (!fits)
			nbsi_config_refuse(check,
					   NET(si) + i * sizeof(struct nbs_si_message) +
					       offsetof(struct nbs_si_message, period_rf),
					   "si-Periodicity (rf) of SI message %u: %u found; "
					   "allowed: periods in which windows of %u ms find room",
					   i, (unsigned)config->si[i].period_rf,
					   (unsigned)config->si_window_ms);
	}
}

/* In order and apart; slots with duration 0 are empty. */
static void
cross_outages(struct nbsi_config_check *check)
{
	const struct nbs_outage *outages = check->config->outages;
	uint64_t free_ns = 0;
	bool any = false;

	for (unsigned i = 0; i < NBS_OUTAGES; i++) {
		if (outages[i].duration_ns == 0)
			continue;
		if (any && outages[i].start_ns <= free_ns)
			nbsi_config_refuse(check, NET(outages) + i * sizeof(struct nbs_outage),
					   "outage %u: start at %.9g s found; allowed: after the "
					   "end of the one before it, %.9g s",
					   i, (double)outages[i].start_ns / CROSS_NS_PER_S,
					   (double)free_ns / CROSS_NS_PER_S);
		free_ns = outages[i].start_ns + outages[i].duration_ns;
		any = true;
	}
}

/* ---- the rest ---- */

static void
cross_modes(struct nbsi_config_check *check)
{
	const struct nbs_network_config *config = check->config;
	/* A phase waits for it; drawing reaches no further (draw.h). */
	const uint64_t longest_ns = 40000 * CROSS_NS_PER_MS;

	if (config->release_assistance == NBS_ASSIST_NAS &&
	    config->optimisation != NBS_CONTROL_PLANE)
		nbsi_config_refuse(check, NET(release_assistance),
				   "release assistance: nas found; allowed: off, on and as: only "
				   "the control plane carries data in NAS messages");
	if (config->plmn_rate >= 10 && config->plmn_rate <= 65535 &&
	    config->optimisation != NBS_CONTROL_PLANE)
		nbsi_config_refuse(check, NET(plmn_rate),
				   "serving PLMN rate: %u found; allowed: 0: it counts data in NAS "
				   "messages, which the control plane alone has",
				   (unsigned)config->plmn_rate);
	if (config->edt && config->optimisation == NBS_SERVICE_REQUEST)
		nbsi_config_refuse(check, NET(edt),
				   "edt: on found; allowed: off: a service request has no early "
				   "data");
	if (config->ul_request != NBS_UL_RANDOM_ACCESS &&
	    (config->ul_request_period_ns < CROSS_NS_PER_MS ||
	     config->ul_request_period_ns > longest_ns))
		nbsi_config_refuse(check, NET(ul_request_period_ns),
				   "period of polls or scheduling requests (ms): %g found; "
				   "allowed: 1 to %g",
				   (double)config->ul_request_period_ns / (double)CROSS_NS_PER_MS,
				   (double)longest_ns / (double)CROSS_NS_PER_MS);
	if (config->nrsrp_threshold_dbm[1] > config->nrsrp_threshold_dbm[0])
		nbsi_config_refuse(check, NET(nrsrp_threshold_dbm),
				   "rsrp-ThresholdsPrachInfoList: %g then %g dBm found; allowed: "
				   "the second at or below the first",
				   config->nrsrp_threshold_dbm[0], config->nrsrp_threshold_dbm[1]);
}

static void
cross_drx(struct nbsi_config_check *check)
{
	const struct nbs_network_config *config = check->config;
	const struct nbs_cdrx_config *cdrx = &config->cdrx;

	if (cdrx->enabled && (cdrx->on_duration_ns == 0 || cdrx->on_duration_ns > cdrx->cycle_ns))
		nbsi_config_refuse(check, NET(cdrx.on_duration_ns),
				   "onDurationTimer: %g ms found; allowed: over 0, up to the cycle "
				   "of %g ms",
				   (double)cdrx->on_duration_ns / (double)CROSS_NS_PER_MS,
				   (double)cdrx->cycle_ns / (double)CROSS_NS_PER_MS);
	if (config->edrx_cycle_ns != 0 && config->ptw_ns > config->edrx_cycle_ns)
		nbsi_config_refuse(
		    check, NET(ptw_ns),
		    "paging time window: %.9g s found; allowed: up to the eDRX cycle "
		    "of %.9g s",
		    (double)config->ptw_ns / CROSS_NS_PER_S,
		    (double)config->edrx_cycle_ns / CROSS_NS_PER_S);
}

void
nbsi_config_cross(struct nbsi_config_check *check)
{
	for (unsigned level = 0; level < NBS_CE_LEVELS && check->levels_sound; level++) {
		const struct nbs_ce_config *ce = &check->config->ce[level];

		cross_preamble(check, level);
		cross_space(check, CE(level, npdcch_ra_rmax), "random access", level,
			    ce->npdcch_ra_rmax, ce->npdcch_ra_g);
		cross_space(check, CE(level, npdcch_rmax), "UE-specific", level, ce->npdcch_rmax,
			    ce->npdcch_g);
	}
	if (check->levels_sound)
		cross_nprach(check);
	if (check->si_sound)
		cross_si(check);
	cross_outages(check);
	cross_drx(check);
	cross_modes(check);
}
