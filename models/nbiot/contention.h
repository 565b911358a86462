/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * NPRACH occasions: who sent which preamble, what the eNB heard, whom it answered, who won.
 *
 * Models: one event for each occasion that somebody uses, at the end of the preambles. Preambles on
 * one subcarrier are one to the eNB; it answers as many as fit into its response window, with an
 * uplink grant each; UEs that share a response collide in Msg3, of which the strongest may be
 * decoded; Msg4 tells who it was; backoff indicator for the others (TS 36.321 5.1).
 * Does not model: preambles of several cells; a false alarm; the eNB telling two UEs on one
 * subcarrier apart by their timing.
 */
#ifndef NBSEC_MODELS_NBIOT_CONTENTION_H
#define NBSEC_MODELS_NBIOT_CONTENTION_H

#include "models/nbiot/ue_internal.h"

/** A time at which preambles of one level end. */
struct nbsi_occasion {
	struct nbsi_occasion *next; /* in the bucket or in the free list */
	struct nbs_cell *cell;
	struct nbs_ue *first; /* contenders, by ra.next */
	uint64_t start_ns, end_ns;
	unsigned level;
	bool edt;
	struct nbs_timer timer;
};

/** Enters a UE whose preamble (ue->ra) is on air in that time. */
enum nbs_status nbsi_occasion_enter(struct nbs_cell *cell, struct nbs_ue *ue, uint64_t start_ns,
				    uint64_t end_ns);

/** Frees all occasions. */
void nbsi_occasions_fini(struct nbs_cell *cell);

/** @return bytes of the MAC PDU that carries the UE's first packet as early data. */
uint32_t nbsi_contention_early_bytes(const struct nbs_ue *ue);

/** Draws the UE's subcarrier, all equally likely (TS 36.321 5.1.2). */
void nbsi_contention_draw(struct nbs_ue *ue, uint32_t subcarriers);

/** Puts contenders by subcarrier. @param[out] heads  subcarriers lists, by ra.next. */
void nbsi_contention_sort(struct nbs_ue *first, struct nbs_ue **heads, uint32_t subcarriers);

#endif
