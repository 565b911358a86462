/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From sleep to the connection: wake-up, cell search, contention-based random access
 * (TS 36.321 5.1), RRC connection set-up or resume (TS 36.331 5.3.3). Backoff is 0, as without a
 * backoff indicator; the eNB answers each preamble that it detects.
 */
#include "models/nbiot/draw.h"

#define ACCESS_RAR_DELAY 4U       /* subframes, TS 36.321 5.1.4 */
#define ACCESS_RAR_DELAY_LONG 41U /* the same with 64 or more repetitions */
#define ACCESS_LONG_PREAMBLE 64U
#define ACCESS_NPRACH_HZ 3750.0

/*
 * Cell search, NPSS and NSSS then NPBCH, in ms: Ericsson's NB-IoT power consumption sheet has
 * 84 + 10 at 144 dB and 264 + 170 at 164 dB; the middle level is the mean of both (assumed).
 */
static const uint64_t access_sync_ms[NBS_CE_LEVELS] = {94, 264, 434};

uint64_t
nbsi_sync_open_ns(const struct nbs_modem *modem, unsigned ce_level)
{
	double open_us = modem->sync_rx_share.value * (double)access_sync_ms[ce_level] * 1000.0;

	return (uint64_t)(open_us + 0.5) * NBS_NS_PER_US;
}

/* Up to the end of a window, listening in each search space: 1/G of the time. */
static void
access_listen(struct nbsi_draw *draw, uint64_t end_ns)
{
	double g = draw->cell->config.ce[draw->ue->level].npdcch_ra_g;
	uint64_t left = end_ns > draw->t_ns ? end_ns - draw->t_ns : 0;
	uint64_t open = (uint64_t)((double)left / g) / NBS_NS_PER_US * NBS_NS_PER_US;

	nbsi_draw_for(draw, open, NBS_POWER_RX, 0.0);
	nbsi_draw_for(draw, left - open, NBS_POWER_ACTIVE, 0.0);
}

static uint64_t
access_window_ns(const struct nbs_ce_config *ce, uint32_t pp)
{
	uint64_t ns = pp * nbs_npdcch_period_ns(ce->npdcch_ra_rmax, ce->npdcch_ra_g);

	return ns < NBS_HYPER_NS ? ns : NBS_HYPER_NS;
}

/* Waits for the occasion and sends. @return whether the eNB detected the preamble. */
static bool
access_preamble(struct nbsi_draw *draw, uint32_t attempt, bool connected)
{
	const struct nbs_network_config *config = &draw->cell->config;
	const struct nbs_ce_config *ce = &config->ce[draw->ue->level];
	double mcl_db = draw->ue->radio->mcl_db;
	double dbm = nbs_nprach_power_dbm(config, draw->ue->level, attempt, mcl_db);

	nbsi_draw_until(draw,
			nbs_nprach_next_ns(draw->t_ns, ce->nprach_period_ms, ce->nprach_start_ms),
			connected ? NBS_POWER_MONITOR : NBS_POWER_ACTIVE);
	nbsi_draw_transmission(
	    draw, nbs_nprach_tx_ns(config->nprach_cp_format, ce->nprach_repetitions),
	    nbs_nprach_duration_ns(config->nprach_cp_format, ce->nprach_repetitions), NBS_POWER_RA,
	    dbm);
	draw->ue->stats.ra_attempts++;
	return nbsi_draw_chance(
	    draw, nbs_link_nprach_detection(draw->cell->radios.link, ce->nprach_repetitions,
					    nbs_ul_snr_db(dbm, mcl_db, ACCESS_NPRACH_HZ)));
}

/* The window opens so many subframes after the one in which the preamble ends. */
static uint64_t
access_window_start_ns(const struct nbsi_draw *draw)
{
	uint32_t repetitions = draw->cell->config.ce[draw->ue->level].nprach_repetitions;
	uint64_t last = (draw->t_ns - 1U) / NBS_SUBFRAME_NS;

	return (last +
		(repetitions >= ACCESS_LONG_PREAMBLE ? ACCESS_RAR_DELAY_LONG : ACCESS_RAR_DELAY)) *
	       NBS_SUBFRAME_NS;
}

/* The random access response: no HARQ, so a miss ends the attempt with the window. */
static bool
access_response(struct nbsi_draw *draw, bool detected)
{
	const struct nbs_ce_config *ce = &draw->cell->config.ce[draw->ue->level];
	const struct nbs_npdsch_choice *grant = NULL;
	uint64_t start = access_window_start_ns(draw);
	uint64_t end = start + access_window_ns(ce, ce->ra_window_pp);
	bool received = false;

	if (draw->status == NBS_OK)
		draw->status = nbsi_radio_downlink(draw->cell->radios.link, draw->ue->radio,
						   NBSI_RAR_BYTES, &grant);
	if (draw->status != NBS_OK)
		return false;
	nbsi_draw_until(draw, start, NBS_POWER_ACTIVE);
	if (detected && nbsi_draw_dci(draw, NBSI_COMMON)) {
		nbsi_draw_npdsch(draw, grant->subframes);
		received = !nbsi_draw_chance(draw, grant->bler);
	}
	if (!received)
		access_listen(draw, end);
	return received;
}

/* Msg3, scheduled by the response and, if lost, by DCI N0 in the common search space. */
static bool
access_msg3(struct nbsi_draw *draw)
{
	const struct nbs_npusch_choice *msg3 = &draw->ue->radio->msg3;
	uint64_t gap_ns = nbs_rar_k0(0) * NBS_SUBFRAME_NS;
	double before = 0.0;
	uint32_t sent = 0;

	for (uint32_t i = 0; i < NBSI_BLOCK_ATTEMPTS && draw->status == NBS_OK; i++) {
		if (i > 0) {
			draw->ue->stats.retransmissions++;
			gap_ns = nbs_npusch_k0(0) * NBS_SUBFRAME_NS;
			if (!nbsi_draw_dci(draw, NBSI_COMMON))
				continue;
		}
		nbsi_draw_for(draw, gap_ns, NBS_POWER_ACTIVE, 0.0);
		nbsi_draw_transmission(draw, msg3->tx_ns, msg3->duration_ns, NBS_POWER_TX,
				       msg3->tx_power_dbm);
		nbsi_draw_for(draw, NBSI_GAP_AFTER_UPLINK * NBS_SUBFRAME_NS, NBS_POWER_ACTIVE, 0.0);
		sent++;
		double bler = nbs_link_npusch_bler(draw->cell->radios.link, &msg3->npusch,
						   msg3->snr_db, sent);
		if (!nbsi_draw_chance(draw, nbsi_draw_conditional(bler, before)))
			return true;
		before = bler;
	}
	return false;
}

static bool
access_attempt(struct nbsi_draw *draw, uint32_t attempt, bool connected)
{
	const struct nbs_ce_config *ce = &draw->cell->config.ce[draw->ue->level];
	uint32_t msg4 = draw->cell->config.optimisation == NBS_USER_PLANE ? NBSI_MSG4_RESUME_BYTES
									  : NBSI_MSG4_SETUP_BYTES;
	bool resolved;

	if (!access_response(draw, access_preamble(draw, attempt, connected)))
		return false;
	resolved = access_msg3(draw);
	if (resolved && !connected)
		resolved = nbsi_draw_downlink(draw, NBSI_COMMON, msg4).delivered;
	if (!resolved)
		access_listen(draw, draw->t_ns + access_window_ns(ce, ce->contention_timer_pp));
	return resolved;
}

bool
nbsi_draw_random_access(struct nbsi_draw *draw, bool connected)
{
	const struct nbs_network_config *config = &draw->cell->config;
	uint64_t deadline = draw->t_ns + config->t300_ns;
	uint32_t in_level = 0;

	draw->ue->level = draw->ue->radio->ce_level;
	for (uint32_t n = 1; n <= config->preamble_trans_max && draw->status == NBS_OK; n++) {
		if (in_level == config->ce[draw->ue->level].nprach_attempts &&
		    draw->ue->level + 1U < NBS_CE_LEVELS) {
			draw->ue->level++;
			in_level = 0;
		}
		in_level++;
		if (access_attempt(draw, n, connected))
			return true;
		/* T300 is looked at between attempts: the one under way is finished. */
		if (!connected && draw->t_ns >= deadline)
			break;
	}
	draw->ue->stats.ra_failures++;
	return false;
}

void
nbsi_draw_access(struct nbsi_draw *draw, enum nbsi_from from)
{
	struct nbs_ue *ue = draw->ue;

	if (from == NBSI_FROM_PSM) /* the profile says ms; times are kept to 1 us */
		nbsi_draw_for(draw,
			      (uint64_t)(ue->modem->wake_ms.value * 1000.0 + 0.5) * NBS_NS_PER_US,
			      NBS_POWER_WAKE, 0.0);
	if (from != NBSI_FROM_SYNCED)
		nbsi_draw_for(draw, access_sync_ms[ue->radio->ce_level] * NBS_NS_PER_MS,
			      NBS_POWER_SYNC, 0.0);
	ue->access_failed = !nbsi_draw_random_access(draw, false);
	if (ue->access_failed)
		return;
	ue->stats.connections++;
	ue->connected_since_ns = draw->t_ns;
	ue->reported_ns = 0;
	ue->replies_due = 0;
	ue->last_rai = NBS_RAI_NONE;
	nbsi_draw_msg5(draw);
	if (ue->purpose == NBSI_FOR_TAU) {
		nbsi_draw_tau_accept(draw);
		return;
	}
	bool reply = ue->downlink.count > 0;
	if (reply) {
		nbsi_draw_core_turn(draw);
		nbsi_draw_downlink_packets(draw);
	}
	nbsi_draw_assisted_release(draw, !reply);
}
