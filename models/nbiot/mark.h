/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What a UE's energy is for: layers and messages of what is drawn next.
 *
 * Models: whole strokes for one layer; a block shared out to the packets in it by bytes, and within
 * a packet by what its owner says of it.
 * Does not model: marginal cost. A block's grant, waits and gaps are shared by bytes like its bits;
 * what a byte more or less would have cost is for two runs to tell.
 */
#ifndef NBSEC_MODELS_NBIOT_MARK_H
#define NBSEC_MODELS_NBIOT_MARK_H

#include "models/nbiot/ue_internal.h"

/** Bytes of a block by what they are. Zero-initialised is empty. */
struct nbsi_mix {
	double bytes[NBS_MARK_PARTS]; /* from NBS_LAYER_APPLICATION on */
	uint8_t cause;                /* of the last packet added, 0 = none was */
};

/** What is drawn from here on belongs to a layer, whole; the message stays. */
void nbsi_mark_layer(struct nbs_ue *ue, enum nbs_power_layer layer);

/** Adds so many bytes on the radio of a packet. */
void nbsi_mix_add(struct nbsi_mix *mix, const struct nbsi_packet *packet, double bytes);

/** What is drawn from here on is a block of so many bytes; those not in the mix are signalling. */
void nbsi_mark_mix(struct nbs_ue *ue, const struct nbsi_mix *mix, double total_bytes);

/** What is drawn from here on is for what an access was made for. */
void nbsi_mark_purpose(struct nbs_ue *ue);

#endif
