/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Link adaptation by full enumeration of TS 36.213 16.4.1.5 and 16.5.1.2 (docs/models/
 * nbiot-link.md). The entries and the SNR they need are listed once a link; a call scans them.
 */
#include "models/nbiot/adapt.h"

#include "models/nbiot/link_internal.h"
#include "models/nbiot/tables.h"

#include <math.h>
#include <stdlib.h>

#define ADAPT_DCI_SHARE 8U /* the least repetitions are Rmax/8, TS 36.213 Table 16.6-1 */
#define ADAPT_RMAX 2048U

/*
 * The reference transmitter of evaluations (TR 45.820 5.4, assumed): at 23 dBm 60 + 199.5 / 0.45 =
 * 503 mW, which R1-1701044 prints as 500.
 */
#define ADAPT_TX_CIRCUITS_UW 60e3
#define ADAPT_PA_EFFICIENCY 0.45

/* What is asked for, and the SNR that a grant of so many tones would have. */
struct adapt_query {
	const struct nbs_link *link;
	enum nbs_ul_grant grant;
	double coupling_loss_db;
	uint32_t bits;
	bool msg3;                      /* only the rows of TS 36.213 Table 16.3.3-1 */
	double snr_db[NBSI_TONES][2];   /* [tones][more than two repetitions: full power] */
	uint64_t weight[NBSI_TONES][2]; /* cost of a microsecond in units of the objective */
};

static unsigned
adapt_tones_index(uint8_t tones)
{
	return tones == 1 ? 0 : tones == 3 ? 1 : tones == 6 ? 2 : 3;
}

uint64_t
nbs_tx_supply_uw(double tx_power_dbm)
{
	const double radiated_uw = 1e3 * pow(10.0, tx_power_dbm / 10.0);

	return (uint64_t)llround(ADAPT_TX_CIRCUITS_UW + radiated_uw / ADAPT_PA_EFFICIENCY);
}

/* What a microsecond on air costs: time 1, the device's energy in pJ, the carrier its tones. */
static uint64_t
adapt_weight(enum nbs_objective objective, uint32_t tones, double power_dbm)
{
	switch (objective) {
	case NBS_LEAST_ENERGY:
		return nbs_tx_supply_uw(power_dbm);
	case NBS_LEAST_TONE_MS:
		return tones;
	default:
		return 1;
	}
}

static void
adapt_query_init(struct adapt_query *query)
{
	const enum nbs_objective objective = query->link->config.objective;

	for (unsigned t = 0; t < NBSI_TONES; t++) {
		for (unsigned full = 0; full < 2; full++) {
			const double power_dbm = nbs_npusch_power_dbm(
			    &query->link->config, query->grant, NBS_SCS_15K, nbsi_tones[t],
			    full ? 4 : 1, query->coupling_loss_db);

			query->snr_db[t][full] =
			    nbs_ul_snr_db(power_dbm, query->coupling_loss_db,
					  nbs_ul_bandwidth_hz(NBS_SCS_15K, nbsi_tones[t]));
			query->weight[t][full] = adapt_weight(objective, nbsi_tones[t], power_dbm);
		}
	}
}

static bool
adapt_fits(const struct adapt_query *query, const struct nbsi_ul_entry *entry)
{
	return entry->tbs_bits >= query->bits && (!query->msg3 || entry->msg3);
}

/* How far the entry is above its 10 % point, in whole 0.01 dB: no rounding left in comparisons. */
static long
adapt_margin_cdb(const struct adapt_query *query, const struct nbsi_ul_entry *entry)
{
	const double snr_db = query->snr_db[adapt_tones_index(entry->tones)][entry->n_rep > 2];

	return lround((snr_db - entry->snr10_db) * 100.0);
}

static uint64_t
adapt_cost(const struct adapt_query *query, const struct nbsi_ul_entry *entry)
{
	return entry->tx_us * query->weight[adapt_tones_index(entry->tones)][entry->n_rep > 2];
}

/* Fewest tones, then least cost, then the greater margin; the first in the list stays. */
static bool
adapt_better(const struct adapt_query *query, const struct nbsi_ul_entry *a,
	     const struct nbsi_ul_entry *b)
{
	if (b == NULL || a->tones != b->tones)
		return b == NULL || a->tones < b->tones;
	if (adapt_cost(query, a) != adapt_cost(query, b))
		return adapt_cost(query, a) < adapt_cost(query, b);
	return adapt_margin_cdb(query, a) > adapt_margin_cdb(query, b);
}

/* The greatest margin; equal margins go by adapt_better(). */
static const struct nbsi_ul_entry *
adapt_most_robust(const struct adapt_query *query)
{
	const struct nbsi_ul_entry *best = NULL;

	for (uint32_t i = 0; i < query->link->ul_count; i++) {
		const struct nbsi_ul_entry *entry = &query->link->ul[i];
		long gain;

		if (!adapt_fits(query, entry))
			continue;
		gain = best == NULL
			   ? 1
			   : adapt_margin_cdb(query, entry) - adapt_margin_cdb(query, best);
		if (gain > 0 || (gain == 0 && adapt_better(query, entry, best)))
			best = entry;
	}
	return best;
}

/* The choice among entries that reach the target; NULL = none does. */
static const struct nbsi_ul_entry *
adapt_least_cost(const struct adapt_query *query)
{
	const struct nbsi_ul_entry *best = NULL;
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i < query->link->ul_count; i++) {
		const struct nbsi_ul_entry *entry = &query->link->ul[i];

		if (adapt_fits(query, entry) && adapt_cost(query, entry) < least &&
		    adapt_margin_cdb(query, entry) >= 0)
			least = adapt_cost(query, entry);
	}
	if (least == UINT64_MAX)
		return NULL;
	for (uint32_t i = 0; i < query->link->ul_count; i++) {
		const struct nbsi_ul_entry *entry = &query->link->ul[i];

		if (adapt_fits(query, entry) &&
		    100 * adapt_cost(query, entry) <= (100 + NBS_OBJECTIVE_TIE_PERCENT) * least &&
		    adapt_margin_cdb(query, entry) >= 0 && adapt_better(query, entry, best))
			best = entry;
	}
	return best;
}

static enum nbs_status
adapt_ul(struct adapt_query *query, struct nbs_npusch_choice *choice)
{
	const struct nbsi_ul_entry *entry;
	struct nbs_npusch_airtime airtime;

	adapt_query_init(query);
	entry = adapt_least_cost(query);
	choice->in_outage = entry == NULL;
	if (entry == NULL)
		entry = adapt_most_robust(query);
	if (entry == NULL)
		return NBS_E_INTERNAL;
	choice->npusch = (struct nbs_npusch){.scs = NBS_SCS_15K,
					     .tones = entry->tones,
					     .i_mcs = entry->i_mcs,
					     .n_ru = entry->n_ru,
					     .n_rep = entry->n_rep};
	if (nbs_npusch_airtime(&choice->npusch, &airtime) != NBS_OK)
		return NBS_E_INTERNAL;
	choice->tbs_bits = airtime.tbs_bits;
	choice->tx_ns = airtime.tx_ns;
	choice->duration_ns = airtime.duration_ns;
	choice->tx_power_dbm =
	    nbs_npusch_power_dbm(&query->link->config, query->grant, NBS_SCS_15K, entry->tones,
				 entry->n_rep, query->coupling_loss_db);
	choice->snr_db = query->snr_db[adapt_tones_index(entry->tones)][entry->n_rep > 2];
	choice->bler = nbs_link_npusch_bler(query->link, &choice->npusch, choice->snr_db, 1);
	return NBS_OK;
}

enum nbs_status
nbs_adapt_npusch(const struct nbs_link *link, double coupling_loss_db, uint32_t bits,
		 struct nbs_npusch_choice *choice)
{
	struct adapt_query query = {.link = link,
				    .grant = NBS_UL_DYNAMIC,
				    .coupling_loss_db = coupling_loss_db,
				    .bits = bits};

	if (bits == 0 || bits > NBS_TBS_UL_NB1_MAX)
		return NBS_E_RANGE;
	return adapt_ul(&query, choice);
}

enum nbs_status
nbs_adapt_msg3(const struct nbs_link *link, double coupling_loss_db,
	       struct nbs_npusch_choice *choice)
{
	struct adapt_query query = {.link = link,
				    .grant = NBS_UL_RAR,
				    .coupling_loss_db = coupling_loss_db,
				    .bits = NBS_MSG3_BITS,
				    .msg3 = true};

	return adapt_ul(&query, choice);
}

enum nbs_status
nbs_adapt_edt(const struct nbs_link *link, double coupling_loss_db, uint32_t bits,
	      struct nbs_npusch_choice *choice)
{
	struct adapt_query query = {
	    .link = link, .grant = NBS_UL_RAR, .coupling_loss_db = coupling_loss_db, .bits = bits};

	if (bits == 0 || bits > NBS_TBS_UL_NB1_MAX)
		return NBS_E_RANGE;
	return adapt_ul(&query, choice);
}

/* Whether a is the better assignment: reaching the target first, then subframes, then margin. */
static bool
adapt_dl_better(const struct nbsi_dl_entry *a, const struct nbsi_dl_entry *b, double snr_db)
{
	const uint32_t subframes_a = (uint32_t)a->n_sf * a->n_rep;
	uint32_t subframes_b;

	if (b == NULL)
		return true;
	if ((a->snr10_db <= snr_db) != (b->snr10_db <= snr_db))
		return a->snr10_db <= snr_db;
	subframes_b = (uint32_t)b->n_sf * b->n_rep;
	if (a->snr10_db > snr_db) /* neither reaches it: the more robust one */
		return a->snr10_db < b->snr10_db ||
		       (!(a->snr10_db > b->snr10_db) && subframes_a < subframes_b);
	return subframes_a < subframes_b ||
	       (subframes_a == subframes_b && a->snr10_db < b->snr10_db);
}

enum nbs_status
nbs_adapt_npdsch(const struct nbs_link *link, double coupling_loss_db, uint32_t bits,
		 struct nbs_npdsch_choice *choice)
{
	const double snr_db = nbs_dl_snr_db(&link->config, coupling_loss_db);
	const struct nbsi_dl_entry *best = NULL;

	if (bits == 0 || bits > NBS_TBS_DL_NB1_MAX)
		return NBS_E_RANGE;
	for (uint32_t i = 0; i < link->dl_count; i++) {
		const struct nbsi_dl_entry *entry = &link->dl[i];

		if (entry->tbs_bits >= bits && adapt_dl_better(entry, best, snr_db))
			best = entry;
	}
	if (best == NULL)
		return NBS_E_INTERNAL;
	choice->npdsch =
	    (struct nbs_npdsch){.i_tbs = best->i_tbs, .n_sf = best->n_sf, .n_rep = best->n_rep};
	choice->tbs_bits = best->tbs_bits;
	choice->subframes = (uint32_t)best->n_sf * best->n_rep;
	choice->snr_db = snr_db;
	choice->bler = nbs_link_npdsch_bler(link, &choice->npdsch, snr_db, 1);
	choice->in_outage = best->snr10_db > snr_db;
	return NBS_OK;
}

enum nbs_status
nbs_adapt_npdcch(const struct nbs_link *link, double coupling_loss_db, uint32_t rmax,
		 struct nbs_npdcch_choice *choice)
{
	const double snr_db = nbs_dl_snr_db(&link->config, coupling_loss_db);
	uint32_t repetitions = rmax >= ADAPT_DCI_SHARE ? rmax / ADAPT_DCI_SHARE : 1;

	if (rmax == 0 || rmax > ADAPT_RMAX || (rmax & (rmax - 1)) != 0)
		return NBS_E_RANGE;
	choice->bler = nbs_link_npdcch_bler(link, repetitions, snr_db);
	while (choice->bler > NBS_TARGET_DCI_MISS && repetitions < rmax) {
		repetitions *= 2;
		choice->bler = nbs_link_npdcch_bler(link, repetitions, snr_db);
	}
	choice->repetitions = repetitions;
	choice->in_outage = choice->bler > NBS_TARGET_DCI_MISS;
	return NBS_OK;
}

enum nbs_status
nbs_adapt_ack(const struct nbs_link *link, double coupling_loss_db, unsigned level, bool msg4,
	      struct nbs_ack_choice *choice)
{
	const struct nbs_ce_config *ce;
	double snr_db;

	if (level >= NBS_CE_LEVELS)
		return NBS_E_RANGE;
	ce = &link->config.ce[level];
	choice->repetitions = msg4 ? ce->ack_nack_msg4_repetitions : ce->ack_nack_repetitions;
	choice->tx_ns = nbs_npusch_ack_ns(NBS_SCS_15K, choice->repetitions);
	choice->tx_power_dbm = nbs_npusch_power_dbm(&link->config, NBS_UL_ACK, NBS_SCS_15K, 1,
						    choice->repetitions, coupling_loss_db);
	snr_db = nbs_ul_snr_db(choice->tx_power_dbm, coupling_loss_db,
			       nbs_ul_bandwidth_hz(NBS_SCS_15K, 1));
	choice->error = nbs_link_ack_error(link, choice->repetitions, snr_db);
	return NBS_OK;
}
