/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * IP packets that wait for the radio or are on their way.
 *
 * Models: a list that gives back in order and forgets nothing.
 */
#ifndef NBSEC_MODELS_NBIOT_PACKET_H
#define NBSEC_MODELS_NBIOT_PACKET_H

#include "models/nbiot/ue.h"

/** One packet; in exactly one list at a time. */
struct nbsi_packet {
	struct nbsi_packet *next, *previous;
	struct nbs_timer timer; /* while it is on its way */
	uint64_t queued_ns;     /* uplink: handed over from above */
	struct nbs_ue *ue;
	struct nbs_packet_kind kind;
	enum nbs_rai rai; /* uplink */
	uint32_t left;    /* bytes of its RLC SDU still to be carried, 0 = all */
	uint16_t len;
	uint8_t data[];
};

/** Doubly linked; zero-initialised is empty. */
struct nbsi_packet_list {
	struct nbsi_packet *first, *last;
	uint32_t count;
};

/** @return a copy of the bytes, in no list; NULL without memory. */
struct nbsi_packet *nbsi_packet_new(struct nbs_ue *ue, const uint8_t *data, size_t len);

void nbsi_packet_push(struct nbsi_packet_list *list, struct nbsi_packet *packet);
void nbsi_packet_remove(struct nbsi_packet_list *list, struct nbsi_packet *packet);

/** Takes a packet off the list and frees it. */
void nbsi_packet_drop(struct nbsi_packet_list *list, struct nbsi_packet *packet);

/** Cancels and frees all. @return how many there were. */
uint32_t nbsi_packet_clear(struct nbsi_packet_list *list);

#endif
