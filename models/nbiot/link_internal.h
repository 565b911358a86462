/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What link.h hides: the law's interpolation and the entries that adaptation chooses from. */
#ifndef NBSEC_MODELS_NBIOT_LINK_INTERNAL_H
#define NBSEC_MODELS_NBIOT_LINK_INTERNAL_H

#include "models/nbiot/link.h"

#include <gsl/gsl_interp.h>

#define NBSI_Z10 1.2815515655446004 /* Q(z) = 0.1 */
#define NBSI_LOSS_EVALUATION_DB 2.0 /* profile `evaluation`, flat */

/*
 * Profile `minimum`: the receiver learns the channel from as much energy as so many data symbols
 * have. The one number fitted to the anchors of TS 36.104 Table 8.5.1.1.1-1.
 */
#define NBSI_PILOTS 5.0

#define NBSI_TONES 4U
extern const uint8_t nbsi_tones[NBSI_TONES]; /* 1, 3, 6, 12 at 15 kHz (adapt_list.c) */

/* One row that a NPUSCH grant may name. */
struct nbsi_ul_entry {
	double snr10_db; /* nbs_link_npusch_snr10_db() of one transmission */
	uint32_t tx_us;  /* transmitter on */
	uint16_t tbs_bits;
	uint8_t tones;
	uint8_t i_mcs;
	uint8_t n_ru;
	uint8_t n_rep;
	bool msg3; /* stands in TS 36.213 Table 16.3.3-1 */
};

/* One row that a NPDSCH assignment may name. */
struct nbsi_dl_entry {
	double snr10_db;
	uint16_t tbs_bits;
	uint16_t n_rep;
	uint8_t i_tbs;
	uint8_t n_sf;
};

struct nbs_link {
	struct nbs_network_config config;
	gsl_interp *ebn0;         /* code rate -> Eb/N0 in dB at 10 % block errors */
	struct nbsi_ul_entry *ul; /* every Cat-NB1 entry up to max_tones that can be decoded */
	struct nbsi_dl_entry *dl;
	uint32_t ul_count;
	uint32_t dl_count;
};

/* Rounds to 1e-6 (link_law.c). */
double nbsi_round_probability(double p);

/* Fills the two lists (adapt_list.c); what it allocated is the link's, whatever it returns. */
enum nbs_status nbsi_adapt_entries(struct nbs_link *link);

#endif
