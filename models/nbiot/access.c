/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From sleep to the preamble: wake-up, cell search, contention-based random access up to
 * Msg1 (TS 36.321 5.1.1 to 5.1.3, 5.1.4 for the attempts after one that failed). What the eNB makes
 * of preambles is in contention.c.
 */
#include "models/nbiot/contention.h"
#include "models/nbiot/draw.h"

/*
 * Cell search, NPSS and NSSS then NPBCH, in ms: Ericsson's NB-IoT power consumption sheet has
 * 84 + 10 at 144 dB and 264 + 170 at 164 dB; the middle level is the mean of both (assumed).
 */
static const uint64_t access_sync_ms[NBS_CE_LEVELS] = {94, 264, 434};

/* A search that finds nothing tries the deepest level on five carriers: assumed. */
#define ACCESS_VAIN_CARRIERS 5U

uint64_t
nbsi_sync_open_ns(const struct nbs_modem *modem, unsigned ce_level)
{
	double open_us = modem->sync_rx_share.value * (double)access_sync_ms[ce_level] * 1000.0;

	return (uint64_t)(open_us + 0.5) * NBS_NS_PER_US;
}

/* The profile says ms; times are kept to 1 us. */
static uint64_t
access_ns(const struct nbs_value *ms)
{
	return (uint64_t)(ms->value * 1000.0 + 0.5) * NBS_NS_PER_US;
}

bool
nbsi_draw_wake(struct nbsi_draw *draw, enum nbsi_from from)
{
	struct nbs_ue *ue = draw->ue;
	enum nbs_ue_reason reason;

	if (from == NBSI_FROM_OFF)
		nbsi_draw_for(draw, access_ns(&ue->modem->boot_ms), NBS_POWER_BOOT, 0.0);
	if (from == NBSI_FROM_PSM)
		nbsi_draw_for(draw, access_ns(&ue->modem->wake_ms), NBS_POWER_WAKE, 0.0);
	reason = nbsi_ue_camping(ue, draw->t_ns);
	if (reason != NBS_UE_FINE) {
		ue->reason = reason;
		ue->stats.searches++;
		nbsi_draw_for(
		    draw, ACCESS_VAIN_CARRIERS * access_sync_ms[NBS_CE_LEVELS - 1U] * NBS_NS_PER_MS,
		    NBS_POWER_SYNC, 0.0);
		return false;
	}
	ue->searches = 0;
	if (from != NBSI_FROM_SYNCED)
		nbsi_draw_for(draw, access_sync_ms[ue->radio->ce_level] * NBS_NS_PER_MS,
			      NBS_POWER_SYNC, 0.0);
	if (draw->t_ns >= ue->si_valid_ns)
		nbsi_draw_si(draw);
	else if (from != NBSI_FROM_SYNCED) /* the value tag in the MIB, TS 36.331 5.2.2.3 */
		ue->si_valid_ns = draw->t_ns + NBSI_SI_VALID_NS;
	return true;
}

/* Waits for the occasion, sends, and leaves the rest to the eNB. */
static void
access_preamble(struct nbsi_draw *draw)
{
	const struct nbs_network_config *config = &draw->cell->config;
	struct nbs_ue *ue = draw->ue;
	struct nbsi_ra *ra = &ue->ra;
	const struct nbs_ce_config *ce = &config->ce[ra->level];
	uint64_t start;

	ue->level = ra->level;
	ra->preamble_dbm = nbs_nprach_power_dbm(config, ra->level, ra->attempt, ue->radio->mcl_db);
	nbsi_draw_until(draw,
			nbs_nprach_next_ns(draw->t_ns, ce->nprach_period_ms, ce->nprach_start_ms),
			ra->kind == NBSI_RA_IDLE ? NBS_POWER_ACTIVE : NBS_POWER_MONITOR);
	start = draw->t_ns;
	nbsi_draw_transmission(
	    draw, nbs_nprach_tx_ns(config->nprach_cp_format, ce->nprach_repetitions),
	    nbs_nprach_duration_ns(config->nprach_cp_format, ce->nprach_repetitions), NBS_POWER_RA,
	    ra->preamble_dbm);
	ue->stats.ra_attempts++;
	nbsi_contention_draw(ue, ce->nprach_cbra_subcarriers);
	if (draw->status == NBS_OK)
		draw->status = nbsi_occasion_enter(draw->cell, ue, start, draw->t_ns);
}

static bool
access_fits_early(const struct nbsi_draw *draw, unsigned level)
{
	const struct nbs_ue *ue = draw->ue;

	return draw->cell->config.edt && ue->purpose == NBSI_FOR_DATA && ue->uplink.count == 1 &&
	       nbsi_contention_early_bytes(ue) * 8U <= draw->cell->config.ce[level].edt_tbs_bits;
}

void
nbsi_draw_random_access(struct nbsi_draw *draw, enum nbsi_ra_kind kind)
{
	const struct nbs_network_config *config = &draw->cell->config;
	struct nbsi_ra *ra = &draw->ue->ra;

	*ra = (struct nbsi_ra){.kind = kind,
			       .level = draw->ue->radio->ce_level,
			       .attempt = 1,
			       .in_level = 1,
			       .deadline_ns = NBS_TIME_NEVER};
	if (kind == NBSI_RA_IDLE) {
		ra->deadline_ns = draw->t_ns + config->t300_ns;
		ra->edt = access_fits_early(draw, ra->level);
	} else if (kind == NBSI_RA_REESTABLISH) {
		ra->deadline_ns = draw->t_ns + config->t301_ns;
	}
	access_preamble(draw);
}

static void
access_give_up(struct nbsi_draw *draw, enum nbs_ue_reason reason)
{
	draw->ue->stats.ra_failures++;
	draw->ue->reason = reason;
	draw->ue->access_failed = true;
}

/* The delay is uniform in [0, value], TS 36.321 5.1.4; a timer of RRC may end it. */
static void
access_back_off(struct nbsi_draw *draw)
{
	const struct nbsi_ra *ra = &draw->ue->ra;
	const uint64_t steps = ra->backoff_ns / NBS_NS_PER_MS;
	uint64_t until;

	if (steps == 0)
		return;
	draw->ue->stats.backoffs++;
	until = draw->t_ns + gsl_rng_uniform_int(draw->ue->rng, steps + 1U) * NBS_NS_PER_MS;
	nbsi_draw_until(draw, until < ra->deadline_ns ? until : ra->deadline_ns, NBS_POWER_ACTIVE);
}

void
nbsi_draw_next_attempt(struct nbsi_draw *draw)
{
	const struct nbs_network_config *config = &draw->cell->config;
	struct nbsi_ra *ra = &draw->ue->ra;

	if (ra->attempt >= config->preamble_trans_max) {
		/* MAC has had enough; RRC finds out when its timer does (TS 36.331 5.3.3.6). */
		if (ra->deadline_ns != NBS_TIME_NEVER)
			nbsi_draw_until(draw, ra->deadline_ns, NBS_POWER_ACTIVE);
		access_give_up(draw, NBS_UE_RA_EXHAUSTED);
		return;
	}
	access_back_off(draw);
	/* The timers of RRC are looked at between attempts: the one under way is finished. */
	if (draw->t_ns >= ra->deadline_ns) {
		access_give_up(draw, NBS_UE_T300);
		return;
	}
	if (ra->in_level >= config->ce[ra->level].nprach_attempts &&
	    ra->level + 1U < NBS_CE_LEVELS) {
		ra->level++;
		ra->edt = ra->edt && access_fits_early(draw, ra->level);
		ra->in_level = 0;
		draw->ue->stats.level_climbs++;
	}
	ra->attempt++;
	ra->in_level++;
	access_preamble(draw);
}
