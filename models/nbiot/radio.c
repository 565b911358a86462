/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Link adaptation results, one set for each step of coupling loss. */
#include "models/nbiot/radio.h"
#include "models/nbiot/messages.h"

#include <math.h>
#include <stdlib.h>

#define RADIO_BITS_PER_BYTE 8U
#define RADIO_NARROW_TONES 3U /* four places side by side */

enum nbs_status
nbsi_radio_table_init(struct nbsi_radio_table *table, const struct nbs_network_config *config)
{
	struct nbs_network_config narrow = *config;
	enum nbs_status status = nbs_link_new(config, &table->link);

	if (narrow.max_tones > RADIO_NARROW_TONES)
		narrow.max_tones = RADIO_NARROW_TONES;
	if (status == NBS_OK)
		status = nbs_link_new(&narrow, &table->narrow);
	table->steps = (size_t)((NBSI_MCL_MAX_DB - NBSI_MCL_MIN_DB) * NBSI_MCL_STEPS_PER_DB) + 1U;
	if (status == NBS_OK) {
		table->step = calloc(table->steps, sizeof(struct nbsi_radio *));
		status = table->step != NULL ? NBS_OK : NBS_E_NOMEM;
	}
	if (status != NBS_OK)
		nbsi_radio_table_fini(table);
	return status;
}

static void
radio_free(struct nbsi_radio *radio)
{
	if (radio == NULL)
		return;
	for (size_t i = 0; i <= NBSI_UL_BYTES_MAX; i++) {
		free(radio->uplink[i]);
		free(radio->early[i]);
	}
	for (size_t i = 0; i <= NBSI_DL_BYTES_MAX; i++)
		free(radio->downlink[i]);
	free(radio);
}

void
nbsi_radio_table_fini(struct nbsi_radio_table *table)
{
	for (size_t i = 0; table->step != NULL && i < table->steps; i++)
		radio_free(table->step[i]);
	free(table->step);
	nbs_link_free(table->link);
	nbs_link_free(table->narrow);
	*table = (struct nbsi_radio_table){0};
}

static enum nbs_status
radio_fill_level(const struct nbs_link *link, struct nbsi_radio *radio, unsigned level)
{
	const struct nbs_ce_config *ce = &nbs_link_config(link)->ce[level];
	struct nbsi_radio_level *out = &radio->level[level];
	enum nbs_status status;

	status = nbs_adapt_npdcch(link, radio->mcl_db, ce->npdcch_ra_rmax, &out->dci_ra);
	if (status == NBS_OK)
		status = nbs_adapt_npdcch(link, radio->mcl_db, ce->npdcch_rmax, &out->dci);
	if (status == NBS_OK)
		status = nbs_adapt_ack(link, radio->mcl_db, level, false, &out->ack);
	if (status == NBS_OK)
		status = nbs_adapt_ack(link, radio->mcl_db, level, true, &out->ack_msg4);
	return status;
}

/* Paging has one record, and a DCI with all the repetitions of its search space. */
static enum nbs_status
radio_fill_page(const struct nbs_link *link, struct nbsi_radio *radio)
{
	const uint32_t rmax = nbs_link_config(link)->npdcch_paging_rmax;
	const double dci = nbs_link_npdcch_bler(link, rmax, radio->dl_snr_db);
	struct nbs_npdsch_choice choice;
	enum nbs_status status = nbs_adapt_npdsch(
	    link, radio->mcl_db, nbsi_paging_bytes(1) * RADIO_BITS_PER_BYTE, &choice);

	if (status == NBS_OK)
		radio->page_bler = 1.0 - (1.0 - dci) * (1.0 - choice.bler);
	return status;
}

static enum nbs_status
radio_fill(const struct nbsi_radio_table *table, struct nbsi_radio *radio, double mcl_db)
{
	const struct nbs_link *link = table->link;
	const struct nbs_network_config *config = nbs_link_config(link);
	enum nbs_status status;

	radio->mcl_db = mcl_db;
	radio->nrsrp_dbm = nbs_nrsrp_dbm(config, mcl_db);
	radio->dl_snr_db = nbs_dl_snr_db(config, mcl_db);
	radio->ce_level = nbs_coverage_level(config, radio->nrsrp_dbm);
	status = nbs_adapt_msg3(link, mcl_db, &radio->msg3);
	if (status == NBS_OK)
		status = nbs_adapt_msg3(table->narrow, mcl_db, &radio->msg3_narrow);
	if (status == NBS_OK)
		status = radio_fill_page(link, radio);
	for (unsigned level = 0; status == NBS_OK && level < NBS_CE_LEVELS; level++)
		status = radio_fill_level(link, radio, level);
	return status;
}

enum nbs_status
nbsi_radio_get(struct nbsi_radio_table *table, double mcl_db, struct nbsi_radio **out)
{
	if (!(mcl_db >= NBSI_MCL_MIN_DB && mcl_db <= NBSI_MCL_MAX_DB))
		return NBS_E_RANGE;
	long tenths = lround(mcl_db * NBSI_MCL_STEPS_PER_DB);
	size_t i = (size_t)(tenths - lround(NBSI_MCL_MIN_DB * NBSI_MCL_STEPS_PER_DB));

	if (table->step[i] == NULL) {
		struct nbsi_radio *radio = calloc(1, sizeof(*radio));
		enum nbs_status status = NBS_E_NOMEM;

		if (radio != NULL)
			status = radio_fill(table, radio, (double)tenths / NBSI_MCL_STEPS_PER_DB);
		if (status != NBS_OK) {
			radio_free(radio);
			return status;
		}
		table->step[i] = radio;
	}
	*out = table->step[i];
	return NBS_OK;
}

typedef enum nbs_status (*radio_adapt)(const struct nbs_link *link, double coupling_loss_db,
				       uint32_t bits, struct nbs_npusch_choice *choice);

static enum nbs_status
radio_grant(const struct nbs_link *link, double mcl_db, uint32_t bytes, radio_adapt adapt,
	    struct nbs_npusch_choice **kept)
{
	struct nbs_npusch_choice *made;
	enum nbs_status status;

	if (*kept != NULL)
		return NBS_OK;
	made = calloc(1, sizeof(*made));
	if (made == NULL)
		return NBS_E_NOMEM;
	status = adapt(link, mcl_db, bytes * RADIO_BITS_PER_BYTE, made);
	if (status == NBS_OK)
		*kept = made;
	else
		free(made);
	return status;
}

enum nbs_status
nbsi_radio_uplink(const struct nbs_link *link, struct nbsi_radio *radio, uint32_t bytes,
		  const struct nbs_npusch_choice **choice)
{
	enum nbs_status status;

	if (bytes == 0 || bytes > NBSI_UL_BYTES_MAX)
		return NBS_E_RANGE;
	status = radio_grant(link, radio->mcl_db, bytes, nbs_adapt_npusch, &radio->uplink[bytes]);
	*choice = radio->uplink[bytes];
	return status;
}

enum nbs_status
nbsi_radio_early(const struct nbs_link *link, struct nbsi_radio *radio, uint32_t bytes,
		 const struct nbs_npusch_choice **choice)
{
	enum nbs_status status;

	if (bytes == 0 || bytes > NBSI_UL_BYTES_MAX)
		return NBS_E_RANGE;
	status = radio_grant(link, radio->mcl_db, bytes, nbs_adapt_edt, &radio->early[bytes]);
	*choice = radio->early[bytes];
	return status;
}

enum nbs_status
nbsi_radio_downlink(const struct nbs_link *link, struct nbsi_radio *radio, uint32_t bytes,
		    const struct nbs_npdsch_choice **choice)
{
	if (bytes == 0 || bytes > NBSI_DL_BYTES_MAX)
		return NBS_E_RANGE;
	if (radio->downlink[bytes] == NULL) {
		struct nbs_npdsch_choice *made = calloc(1, sizeof(*made));
		enum nbs_status status = NBS_E_NOMEM;

		if (made != NULL)
			status = nbs_adapt_npdsch(link, radio->mcl_db, bytes * RADIO_BITS_PER_BYTE,
						  made);
		if (status != NBS_OK) {
			free(made);
			return status;
		}
		radio->downlink[bytes] = made;
	}
	*choice = radio->downlink[bytes];
	return NBS_OK;
}
