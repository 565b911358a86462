/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What link adaptation makes of one coupling loss, kept: UEs at the same coupling loss share it.
 *
 * Models: grants by block size, DCI and HARQ-ACK by coverage level, computed when first needed.
 * Does not model: anything of its own; see adapt.h. Coupling loss is taken in steps of 0.1 dB,
 * finer than a UE can report (NRSRP is reported in steps of 1 dB, TS 36.133 9.1.22.9).
 */
#ifndef NBSEC_MODELS_NBIOT_RADIO_H
#define NBSEC_MODELS_NBIOT_RADIO_H

#include "models/nbiot/adapt.h"

#define NBSI_MCL_MIN_DB 60.0
#define NBSI_MCL_MAX_DB 200.0
#define NBSI_MCL_STEPS_PER_DB 10.0
#define NBSI_UL_BYTES_MAX (NBS_TBS_UL_NB1_MAX / 8U)
#define NBSI_DL_BYTES_MAX (NBS_TBS_DL_NB1_MAX / 8U)

/** What depends on the coverage level in use, which failed preambles may raise. */
struct nbsi_radio_level {
	struct nbs_npdcch_choice dci_ra; /* common search space */
	struct nbs_npdcch_choice dci;    /* UE-specific search space */
	struct nbs_ack_choice ack;
	struct nbs_ack_choice ack_msg4;
};

struct nbsi_radio {
	double mcl_db; /* rounded */
	double nrsrp_dbm;
	double dl_snr_db;
	double page_bler; /* a page is missed: its DCI or its NPDSCH */
	unsigned ce_level;
	struct nbs_npusch_choice msg3;
	struct nbs_npusch_choice msg3_narrow; /* three tones at most: for many responses at once */
	struct nbsi_radio_level level[NBS_CE_LEVELS];
	struct nbs_npusch_choice *uplink[NBSI_UL_BYTES_MAX + 1];   /* by bytes, NULL = not yet */
	struct nbs_npusch_choice *early[NBSI_UL_BYTES_MAX + 1];    /* Msg3 with data, by bytes */
	struct nbs_npdsch_choice *downlink[NBSI_DL_BYTES_MAX + 1]; /* by bytes */
};

/** All coupling losses of a cell. */
struct nbsi_radio_table {
	struct nbs_link *link;
	struct nbs_link *narrow;  /* the same with grants of three tones at most */
	struct nbsi_radio **step; /* by coupling loss, NULL = nobody there */
	size_t steps;
};

enum nbs_status nbsi_radio_table_init(struct nbsi_radio_table *table,
				      const struct nbs_network_config *config);
void nbsi_radio_table_fini(struct nbsi_radio_table *table);

/**
 * @param[out] out  owned by the table.
 * @retval NBS_E_RANGE  not in NBSI_MCL_MIN_DB..NBSI_MCL_MAX_DB
 */
enum nbs_status nbsi_radio_get(struct nbsi_radio_table *table, double mcl_db,
			       struct nbsi_radio **out);

/** The grant for a MAC PDU of so many bytes. @param[out] choice  owned by radio. */
enum nbs_status nbsi_radio_uplink(const struct nbs_link *link, struct nbsi_radio *radio,
				  uint32_t bytes, const struct nbs_npusch_choice **choice);
enum nbs_status nbsi_radio_early(const struct nbs_link *link, struct nbsi_radio *radio,
				 uint32_t bytes, const struct nbs_npusch_choice **choice);
enum nbs_status nbsi_radio_downlink(const struct nbs_link *link, struct nbsi_radio *radio,
				    uint32_t bytes, const struct nbs_npdsch_choice **choice);

#endif
