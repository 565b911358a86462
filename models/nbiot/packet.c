/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP packets that wait for the radio or are on their way. */
#include "models/nbiot/packet.h"

#include <stdlib.h>
#include <string.h>

struct nbsi_packet *
nbsi_packet_new(struct nbs_ue *ue, const uint8_t *data, size_t len)
{
	struct nbsi_packet *packet = calloc(1, sizeof(*packet) + len);

	if (packet == NULL)
		return NULL;
	packet->ue = ue;
	packet->len = (uint16_t)len;
	memcpy(packet->data, data, len);
	return packet;
}

void
nbsi_packet_push(struct nbsi_packet_list *list, struct nbsi_packet *packet)
{
	packet->next = NULL;
	packet->previous = list->last;
	if (list->last != NULL)
		list->last->next = packet;
	else
		list->first = packet;
	list->last = packet;
	list->count++;
}

void
nbsi_packet_remove(struct nbsi_packet_list *list, struct nbsi_packet *packet)
{
	if (packet->previous != NULL)
		packet->previous->next = packet->next;
	else
		list->first = packet->next;
	if (packet->next != NULL)
		packet->next->previous = packet->previous;
	else
		list->last = packet->previous;
	packet->next = packet->previous = NULL;
	list->count--;
}

uint32_t
nbsi_packet_clear(struct nbsi_packet_list *list)
{
	uint32_t count = list->count;
	struct nbsi_packet *packet, *next;

	for (packet = list->first; packet != NULL; packet = next) {
		next = packet->next;
		nbs_timer_cancel(&packet->timer);
		free(packet);
	}
	list->first = list->last = NULL;
	list->count = 0;
	return count;
}

void
nbsi_packet_drop(struct nbsi_packet_list *list, struct nbsi_packet *packet)
{
	nbsi_packet_remove(list, packet);
	nbs_timer_cancel(&packet->timer);
	free(packet);
}
