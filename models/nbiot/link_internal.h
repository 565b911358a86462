/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What link.h hides: the law's interpolation and the entries that adaptation chooses from. */
#ifndef NBSEC_MODELS_NBIOT_LINK_INTERNAL_H
#define NBSEC_MODELS_NBIOT_LINK_INTERNAL_H

#include "models/nbiot/link.h"

#include <gsl/gsl_interp.h>

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
	struct nbsi_ul_entry *ul; /* every Cat-NB1 entry that can be decoded */
	struct nbsi_dl_entry *dl;
	uint32_t ul_count;
	uint32_t dl_count;
};

/* Fills the two lists (adapt.c); what it allocated is the link's, whatever it returns. */
enum nbs_status nbsi_adapt_entries(struct nbs_link *link);

#endif
