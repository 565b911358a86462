/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries that link adaptation chooses from: every grant that the tables of TS 36.213 16.4.1.5
 * and 16.5.1.2 allow a Cat-NB1 device, with the SNR that it needs. Made once a link.
 */
#include "models/nbiot/link_internal.h"
#include "models/nbiot/tables.h"

#include <math.h>
#include <stdlib.h>

const uint8_t nbsi_tones[NBSI_TONES] = {1, 3, 6, 12};

/* Transport blocks of Msg3, TS 36.213 Table 16.3.3-1: I_TBS and N_RU that hold 88 bits. */
static bool
list_is_msg3(uint32_t i_tbs, uint32_t n_ru)
{
	return (i_tbs == 0 && n_ru == 4) || (i_tbs == 1 && n_ru == 3) || (i_tbs == 6 && n_ru == 1);
}

/* Adds one row with all its repetitions. */
static void
list_add_ul(struct nbs_link *link, uint8_t tones, uint8_t i_mcs, uint8_t n_ru)
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
		entry->msg3 = list_is_msg3(i_tbs, n_ru);
		link->ul_count++;
	}
}

static void
list_add_dl(struct nbs_link *link, uint8_t i_tbs, uint8_t n_sf)
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
	const uint32_t most = link->config.max_tones;
	const size_t blocks = (size_t)NBS_TBS_ROWS * NBS_TBS_COLUMNS;

	link->ul = calloc(blocks * NBSI_TONES * NBSI_NPUSCH_REPS, sizeof(*link->ul));
	link->dl = calloc(blocks * NBSI_NPDSCH_REPS, sizeof(*link->dl));
	if (link->ul == NULL || link->dl == NULL)
		return NBS_E_NOMEM;
	for (unsigned row = 0; row < NBS_TBS_ROWS; row++) {
		for (unsigned column = 0; column < NBS_TBS_COLUMNS; column++) {
			const uint8_t count = nbsi_block_counts[column];

			for (unsigned t = 0; t < NBSI_TONES && nbsi_tones[t] <= most; t++)
				list_add_ul(link, nbsi_tones[t], (uint8_t)row, count);
			list_add_dl(link, (uint8_t)row, count);
		}
	}
	return NBS_OK;
}
