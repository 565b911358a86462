/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the eNB's random access share: an occasion being settled. */
#ifndef NBSEC_MODELS_NBIOT_CONTENTION_INTERNAL_H
#define NBSEC_MODELS_NBIOT_CONTENTION_INTERNAL_H

#include "models/nbiot/contention.h"
#include "models/nbiot/draw.h"
#include "models/nbiot/phase.h"

#define CONTEND_MSG3_MOST 8U

/* One transmission of Msg3. */
struct nbsi_try {
	uint64_t dci_start_ns, dci_end_ns; /* 0 in the first, which the RAR grants */
	uint64_t start_ns, end_ns;
	bool heard; /* the DCI was */
};

/* UEs on one subcarrier. */
struct nbsi_group {
	struct nbs_ue *first; /* by ra.next; after the RAR those alone that decoded it */
	uint32_t size;        /* preambles */
	bool answered;
	struct nbsi_rar rar;
	uint32_t place; /* in the RAR */
	struct nbs_npusch_choice msg3;
	struct nbsi_try tries[CONTEND_MSG3_MOST];
	uint32_t try_count;
	struct nbs_ue *winner;
};

/* An occasion being settled. */
struct nbsi_contend {
	struct nbs_cell *cell;
	const struct nbs_ce_config *ce;
	unsigned level;
	bool edt;
	uint64_t window_start_ns, window_end_ns;
	uint64_t off_ns; /* from here on the eNB neither hears nor speaks */
	struct nbsi_group groups[NBS_NPRACH_SUBCARRIERS];
	uint32_t group_count;
	uint32_t heard_count;         /* groups that the eNB heard */
	const struct nbs_ue *weakest; /* that was heard */
	uint32_t dci_reps;            /* of RARs */
	bool any_rar;
};

/** Adds the UEs on one subcarrier: what the eNB hears of them. */
void nbsi_contend_listen(struct nbsi_contend *contend, struct nbs_ue *first);

/** @return when a window that opens at a time ends, if the eNB speaks until then. */
uint64_t nbsi_contend_until(const struct nbsi_contend *contend, uint64_t end_ns);

/** Response window, RARs, and each UE's part up to its next attempt or into its connection. */
void nbsi_contend_settle(struct nbsi_contend *contend, uint64_t preamble_end_ns);

/** Msg3 and what follows from it, for a group whose UEs have decoded their grant. */
void nbsi_contend_msg3(struct nbsi_contend *contend, struct nbsi_group *group);

/** @return the UE that the eNB hears best. */
struct nbs_ue *nbsi_contend_strongest(const struct nbsi_group *group);

#endif
