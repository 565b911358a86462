/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Link adaptation by full enumeration of TS 36.213 16.4.1.5 and 16.5.1.2 (docs/models/
 * nbiot-link.md). The entries and their required SNR are listed once per link; a call scans them.
 */
#include "models/nbiot/adapt.h"

#include "models/nbiot/link_internal.h"
#include "models/nbiot/tables.h"

#include <math.h>
#include <stdlib.h>

#define ADAPT_TONES 4U
static const uint8_t adapt_tones[ADAPT_TONES] = {1, 3, 6, 12};

#define ADAPT_DCI_SHARE 8U /* the least repetitions are Rmax/8, TS 36.213 Table 16.6-1 */
#define ADAPT_RMAX 2048U

/* Transport blocks of Msg3, TS 36.213 Table 16.3.3-1: I_TBS and N_RU that hold 88 bits. */
static bool
adapt_is_msg3(uint32_t i_tbs, uint32_t n_ru)
{
	return (i_tbs == 0 && n_ru == 4) || (i_tbs == 1 && n_ru == 3) || (i_tbs == 6 && n_ru == 1);
}

/* Adds one row with all its repetitions. */
static void
adapt_add_ul(struct nbs_link *link, uint8_t tones, uint8_t i_mcs, uint8_t n_ru)
{
	struct nbs_npusch npusch = {
	    .scs = NBS_SCS_15K, .tones = tones, .i_mcs = i_mcs, .n_ru = n_ru};
	struct nbs_npusch_airtime airtime;
	uint32_t i_tbs;
	uint32_t qm;

	if (nbs_npusch_mcs(tones, i_mcs, &i_tbs, &qm) != NBS_OK ||
	    !nbs_npusch_nb1(tones, i_tbs, n_ru))
		return;
	for (unsigned i = 0; i < NBSI_NPUSCH_REPS; i++) {
		struct nbsi_ul_entry *entry = &link->ul[link->ul_count];

		npusch.n_rep = nbsi_npusch_reps[i];
		entry->snr10_db = nbs_link_npusch_snr10_db(link, &npusch, 1);
		if (isinf(entry->snr10_db) || nbs_npusch_airtime(&npusch, &airtime) != NBS_OK)
			continue;
		entry->tx_us = (uint32_t)(airtime.tx_ns / 1000);
		entry->tbs_bits = (uint16_t)airtime.tbs_bits;
		entry->tones = tones;
		entry->i_mcs = i_mcs;
		entry->n_ru = n_ru;
		entry->n_rep = nbsi_npusch_reps[i];
		entry->msg3 = adapt_is_msg3(i_tbs, n_ru);
		link->ul_count++;
	}
}

static void
adapt_add_dl(struct nbs_link *link, uint8_t i_tbs, uint8_t n_sf)
{
	struct nbs_npdsch npdsch = {.i_tbs = i_tbs, .n_sf = n_sf};

	if (!nbs_npdsch_nb1(link->config.deployment, i_tbs, n_sf))
		return;
	for (unsigned i = 0; i < NBSI_NPDSCH_REPS; i++) {
		struct nbsi_dl_entry *entry = &link->dl[link->dl_count];

		npdsch.n_rep = nbsi_npdsch_reps[i];
		entry->snr10_db = nbs_link_npdsch_snr10_db(link, &npdsch, 1);
		if (isinf(entry->snr10_db))
			continue;
		entry->tbs_bits = (uint16_t)nbs_npdsch_tbs(i_tbs, n_sf);
		entry->n_rep = nbsi_npdsch_reps[i];
		entry->i_tbs = i_tbs;
		entry->n_sf = n_sf;
		link->dl_count++;
	}
}

enum nbs_status
nbsi_adapt_entries(struct nbs_link *link)
{
	const size_t blocks = (size_t)NBS_TBS_ROWS * NBS_TBS_COLUMNS;

	link->ul = calloc(blocks * ADAPT_TONES * NBSI_NPUSCH_REPS, sizeof(*link->ul));
	link->dl = calloc(blocks * NBSI_NPDSCH_REPS, sizeof(*link->dl));
	if (link->ul == NULL || link->dl == NULL)
		return NBS_E_NOMEM;
	for (unsigned row = 0; row < NBS_TBS_ROWS; row++) {
		for (unsigned column = 0; column < NBS_TBS_COLUMNS; column++) {
			const uint8_t count = nbsi_block_counts[column];

			for (unsigned t = 0; t < ADAPT_TONES; t++)
				adapt_add_ul(link, adapt_tones[t], (uint8_t)row, count);
			adapt_add_dl(link, (uint8_t)row, count);
		}
	}
	return NBS_OK;
}

/* What is asked for, and the SNR that a grant of so many tones would have. */
struct adapt_query {
	const struct nbs_link *link;
	enum nbs_ul_grant grant;
	double coupling_loss_db;
	uint32_t bits;
	double snr_db[ADAPT_TONES][2]; /* [tones][more than two repetitions: full power] */
};

static unsigned
adapt_tones_index(uint8_t tones)
{
	return tones == 1 ? 0 : tones == 3 ? 1 : tones == 6 ? 2 : 3;
}

static void
adapt_query_init(struct adapt_query *query)
{
	for (unsigned t = 0; t < ADAPT_TONES; t++) {
		for (unsigned full = 0; full < 2; full++) {
			const double power_dbm = nbs_npusch_power_dbm(
			    &query->link->config, query->grant, NBS_SCS_15K, adapt_tones[t],
			    full ? 4 : 1, query->coupling_loss_db);

			query->snr_db[t][full] =
			    nbs_ul_snr_db(power_dbm, query->coupling_loss_db,
					  nbs_ul_bandwidth_hz(NBS_SCS_15K, adapt_tones[t]));
		}
	}
}

static bool
adapt_fits(const struct adapt_query *query, const struct nbsi_ul_entry *entry)
{
	return entry->tbs_bits >= query->bits && (query->grant != NBS_UL_RAR || entry->msg3);
}

/* How far the entry is above its 10 % point, in whole 0.01 dB: no rounding left in comparisons. */
static long
adapt_margin_cdb(const struct adapt_query *query, const struct nbsi_ul_entry *entry)
{
	const double snr_db = query->snr_db[adapt_tones_index(entry->tones)][entry->n_rep > 2];

	return lround((snr_db - entry->snr10_db) * 100.0);
}

/* Fewest tones, then least airtime, then the greater margin; the first in the list stays. */
static bool
adapt_better(const struct adapt_query *query, const struct nbsi_ul_entry *a,
	     const struct nbsi_ul_entry *b)
{
	if (b == NULL || a->tones != b->tones)
		return b == NULL || a->tones < b->tones;
	if (a->tx_us != b->tx_us)
		return a->tx_us < b->tx_us;
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
adapt_least_airtime(const struct adapt_query *query)
{
	const struct nbsi_ul_entry *best = NULL;
	uint64_t least_us = UINT64_MAX;

	for (uint32_t i = 0; i < query->link->ul_count; i++) {
		const struct nbsi_ul_entry *entry = &query->link->ul[i];

		if (entry->tx_us < least_us && adapt_fits(query, entry) &&
		    adapt_margin_cdb(query, entry) >= 0)
			least_us = entry->tx_us;
	}
	if (least_us == UINT64_MAX)
		return NULL;
	for (uint32_t i = 0; i < query->link->ul_count; i++) {
		const struct nbsi_ul_entry *entry = &query->link->ul[i];

		if (UINT64_C(100) * entry->tx_us > (100 + NBS_AIRTIME_TIE_PERCENT) * least_us ||
		    !adapt_fits(query, entry) || adapt_margin_cdb(query, entry) < 0)
			continue;
		if (adapt_better(query, entry, best))
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
	entry = adapt_least_airtime(query);
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
				    .bits = NBS_MSG3_BITS};

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
