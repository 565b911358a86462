/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a UE's energy is for. No clause: the sharing out is ours. */
#include "models/nbiot/mark.h"

#include <string.h>

void
nbsi_mark_layer(struct nbs_ue *ue, enum nbs_power_layer layer)
{
	memset(ue->mark.part, 0, sizeof(ue->mark.part));
	ue->mark.layer = (uint8_t)layer;
}

static double *
mix_of(struct nbsi_mix *mix, enum nbs_power_layer layer)
{
	return &mix->bytes[layer - NBS_LAYER_APPLICATION];
}

void
nbsi_mix_add(struct nbsi_mix *mix, const struct nbsi_packet *packet, double bytes)
{
	const struct nbs_packet_kind *kind = &packet->kind;
	const double record = bytes * kind->record_bytes / packet->len;
	const double handshake = bytes * kind->handshake_bytes / packet->len;

	mix->cause = kind->cause;
	if (kind->repeat) {
		*mix_of(mix, NBS_LAYER_RETRANSMISSION) += bytes;
		return;
	}
	*mix_of(mix, NBS_LAYER_RECORD) += record;
	*mix_of(mix, NBS_LAYER_HANDSHAKE) += handshake;
	*mix_of(mix, NBS_LAYER_APPLICATION) += bytes - record - handshake;
}

/* Rounded down, so that the parts never exceed the whole. */
void
nbsi_mark_mix(struct nbs_ue *ue, const struct nbsi_mix *mix, double total_bytes)
{
	nbsi_mark_layer(ue, NBS_LAYER_ACCESS);
	for (size_t i = 0; i < NBS_MARK_PARTS; i++)
		ue->mark.part[i] = (uint16_t)(mix->bytes[i] / total_bytes * NBS_MARK_WHOLE);
	if (mix->cause != NBS_CAUSE_NONE)
		ue->mark.cause = mix->cause;
}

static uint8_t
mark_first(const struct nbsi_packet_list *list)
{
	return list->first != NULL ? list->first->kind.cause : (uint8_t)NBS_CAUSE_PACKET;
}

void
nbsi_mark_purpose(struct nbs_ue *ue)
{
	switch (ue->purpose) {
	case NBSI_FOR_DATA:
	case NBSI_FOR_REESTABLISH:
		ue->mark.cause = mark_first(&ue->uplink);
		return;
	case NBSI_FOR_PAGE:
		ue->mark.cause = mark_first(&ue->downlink);
		return;
	case NBSI_FOR_TAU:
	case NBSI_FOR_ATTACH:
	case NBSI_FOR_DETACH:
		ue->mark.cause = NBS_CAUSE_NETWORK;
		return;
	}
}
