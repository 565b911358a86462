/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Topic names of the MQTT-SN gateway, the ids a client knows them by (v1.2 6.5, 6.7; one mapping
 * a client, as 7.3 recommends), retained messages.
 */
#include "models/mqttsn/gateway_internal.h"

#include <stdlib.h>
#include <string.h>

static struct nbsi_gw_topic *
topic_of(struct nbsi_gw_link *link)
{
	return (void *)((char *)link - offsetof(struct nbsi_gw_topic, link));
}

struct nbsi_gw_topic *
nbsi_gw_topic_get(struct nbs_mqttsn_gateway *gw, const uint8_t *name, size_t len)
{
	uint64_t hash = nbsi_fnv1a(NBSI_FNV1A_START, name, len);
	struct nbsi_gw_link *link = nbsi_gw_table_first(&gw->topics, hash);
	struct nbsi_gw_topic *topic;

	for (; link != NULL; link = nbsi_gw_table_next(link)) {
		topic = topic_of(link);
		if (topic->len == len && memcmp(topic->name, name, len) == 0) {
			topic->refs++;
			return topic;
		}
	}
	topic = calloc(1, sizeof *topic + len + 1);
	if (topic == NULL)
		return NULL;
	topic->refs = 1;
	topic->len = len;
	memcpy(topic->name, name, len);
	if (nbsi_gw_table_add(&gw->topics, &topic->link, hash) != NBS_OK) {
		free(topic);
		return NULL;
	}
	return topic;
}

void
nbsi_gw_topic_put(struct nbs_mqttsn_gateway *gw, struct nbsi_gw_topic *topic)
{
	if (--topic->refs > 0)
		return;
	nbsi_gw_table_remove(&gw->topics, &topic->link);
	free(topic);
}

bool
nbsi_gw_topic_valid(const struct nbs_mqttsn_bytes *name)
{
	return name->len > 0 && name->len <= NBSI_GW_TOPIC_NAME_MAX &&
	       memchr(name->data, '\0', name->len) == NULL &&
	       memchr(name->data, '+', name->len) == NULL &&
	       memchr(name->data, '#', name->len) == NULL;
}

struct nbsi_gw_topic *
nbsi_gw_predefined(const struct nbs_mqttsn_gateway *gw, uint16_t id)
{
	size_t low = 0;
	size_t high = gw->predefined_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (gw->predefined[middle].id == id)
			return gw->predefined[middle].topic;
		if (gw->predefined[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- a client's topic ids ---- */

uint16_t
nbsi_gw_topic_id(struct nbsi_gw_client *client, struct nbsi_gw_topic *topic)
{
	struct nbsi_gw_reg *regs;

	for (unsigned i = 0; i < client->reg_count; i++) {
		if (client->regs[i].topic == topic)
			return (uint16_t)(i + 1);
	}
	if (client->reg_count == NBSI_GW_TOPICS_MAX)
		return 0;
	/* One by one: all but a few clients have a single topic. */
	regs = realloc(client->regs, (client->reg_count + 1) * sizeof *regs);
	if (regs == NULL)
		return 0;
	client->regs = regs;
	topic->refs++;
	regs[client->reg_count] = (struct nbsi_gw_reg){topic, false};
	client->reg_count++;
	return (uint16_t)client->reg_count;
}

struct nbsi_gw_reg *
nbsi_gw_reg(const struct nbsi_gw_client *client, uint16_t id)
{
	if (id == 0 || id > client->reg_count)
		return NULL;
	return &client->regs[id - 1];
}

void
nbsi_gw_regs_free(struct nbsi_gw_client *client)
{
	for (unsigned i = 0; i < client->reg_count; i++)
		nbsi_gw_topic_put(client->gateway, client->regs[i].topic);
	free(client->regs);
	client->regs = NULL;
	client->reg_count = 0;
}

/* ---- messages ---- */

struct nbsi_gw_message *
nbsi_gw_message_new(struct nbsi_gw_topic *topic, int8_t qos, const uint8_t *data, size_t len)
{
	struct nbsi_gw_message *message = malloc(sizeof *message + len);

	if (message == NULL)
		return NULL;
	message->refs = 1;
	message->topic = topic;
	message->qos = qos;
	message->len = len;
	if (len > 0)
		memcpy(message->data, data, len);
	topic->refs++;
	return message;
}

void
nbsi_gw_message_put(struct nbs_mqttsn_gateway *gw, struct nbsi_gw_message *message)
{
	if (--message->refs > 0)
		return;
	nbsi_gw_topic_put(gw, message->topic);
	free(message);
}

void
nbsi_gw_retained_drop(struct nbs_mqttsn_gateway *gw, struct nbsi_gw_topic *topic)
{
	struct nbsi_gw_message *message = topic->retained;

	if (message == NULL)
		return;
	*topic->retained_at = topic->retained_next;
	if (topic->retained_next != NULL)
		topic->retained_next->retained_at = topic->retained_at;
	topic->retained = NULL;
	nbsi_gw_message_put(gw, message); /* may free the topic */
}

void
nbsi_gw_retain(struct nbs_mqttsn_gateway *gw, struct nbsi_gw_message *message)
{
	struct nbsi_gw_topic *topic = message->topic;

	nbsi_gw_retained_drop(gw, topic); /* message holds the topic meanwhile */
	if (message->len == 0)
		return;
	message->refs++;
	topic->retained = message;
	topic->retained_next = gw->retained;
	topic->retained_at = &gw->retained;
	if (gw->retained != NULL)
		gw->retained->retained_at = &topic->retained_next;
	gw->retained = topic;
}
