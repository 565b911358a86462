/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages from the MQTT-SN gateway to clients (v1.2 6.10): a queue a client, one exchange in
 * flight, REGISTER before the first PUBLISH of a topic, T_retry and N_retry as for clients (6.13).
 * Choices where 6.13 is silent on gateways: N_retry used up drops the message of an active client
 * and keeps it for a sleeping one; the session itself ends by its supervision only.
 */
#include "models/mqttsn/gateway_internal.h"

#include <stdlib.h>

#define SHORT_NAME 2U /* octets of a short topic name (6.7) */

static bool
client_reachable(const struct nbsi_gw_client *client)
{
	return client->linked && client->phase == NBSI_GW_CONNECTED &&
	       (client->presence == NBS_MQTTSN_ACTIVE || client->presence == NBS_MQTTSN_AWAKE);
}

/* Takes the head off the queue. */
static void
saved_pop(struct nbsi_gw_client *client)
{
	struct nbsi_gw_saved *head = client->saved;

	client->saved = head->next;
	if (client->saved == NULL)
		client->saved_end = &client->saved;
	client->saved_count--;
	nbsi_gw_message_put(client->gateway, head->message);
	free(head);
}

void
nbsi_gw_saved_free(struct nbsi_gw_client *client)
{
	while (client->saved != NULL)
		saved_pop(client);
}

void
nbsi_gw_pause(struct nbsi_gw_client *client)
{
	nbs_timer_cancel(&client->retry);
	client->inflight = NBSI_GW_IDLE;
}

/* ---- sending the head of the queue ---- */

static void
send_register(struct nbsi_gw_client *client, uint16_t topic_id)
{
	struct nbsi_gw_topic *topic = client->saved->message->topic;
	struct nbs_mqttsn_msg msg = {.type = NBS_MQTTSN_REGISTER};

	msg.regist.topic_id = topic_id;
	msg.regist.msg_id = client->msg_id;
	msg.regist.topic.data = (const uint8_t *)topic->name;
	msg.regist.topic.len = topic->len;
	nbsi_gw_send_client(client, &msg);
}

/* Names of two octets go as they are, without an id (6.7). */
static void
set_topic(struct nbs_mqttsn_msg *msg, struct nbsi_gw_client *client)
{
	const struct nbsi_gw_saved *head = client->saved;
	const struct nbsi_gw_topic *topic = head->message->topic;

	if (head->predefined != 0) {
		msg->publish.flags.topic_type = NBS_MQTTSN_TOPIC_PREDEFINED;
		msg->publish.topic_id = head->predefined;
	} else if (topic->len == SHORT_NAME) {
		msg->publish.flags.topic_type = NBS_MQTTSN_TOPIC_SHORT;
		msg->publish.topic_id =
		    (uint16_t)((uint8_t)topic->name[0] << 8 | (uint8_t)topic->name[1]);
	} else {
		msg->publish.topic_id = nbsi_gw_topic_id(client, head->message->topic);
	}
}

static void
send_publish(struct nbsi_gw_client *client)
{
	const struct nbsi_gw_saved *head = client->saved;
	struct nbs_mqttsn_msg msg = {.type = NBS_MQTTSN_PUBLISH};

	set_topic(&msg, client);
	msg.publish.flags.qos = head->qos;
	msg.publish.flags.dup = client->tries > 0;
	msg.publish.flags.retain = head->retain;
	msg.publish.msg_id = head->qos == 0 ? 0 : client->msg_id;
	msg.publish.data.data = head->message->data;
	msg.publish.data.len = head->message->len;
	nbsi_gw_send_client(client, &msg);
}

/* @return the id that the client must be told before it can be sent the head; 0 = none. */
static uint16_t
head_unknown_id(struct nbsi_gw_client *client, bool *possible)
{
	const struct nbsi_gw_saved *head = client->saved;
	uint16_t id;

	*possible = true;
	if (head->predefined != 0 || head->message->topic->len == SHORT_NAME)
		return 0;
	id = nbsi_gw_topic_id(client, head->message->topic);
	*possible = id != 0;
	return id == 0 || nbsi_gw_reg(client, id)->known ? 0 : id;
}

/* The timer first: a channel found closed under the sending stops it (nbsi_gw_pause()). */
static void
transmit(struct nbsi_gw_client *client)
{
	const struct nbs_mqttsn_gateway *gw = client->gateway;

	(void)nbs_timer_arm(gw->engine, &client->retry, gw->config.t_retry_ns);
	if (client->inflight == NBSI_GW_REGISTER)
		send_register(client, nbsi_gw_topic_id(client, client->saved->message->topic));
	else
		send_publish(client);
}

static void
exchange(struct nbsi_gw_client *client, enum nbsi_gw_inflight what)
{
	client->inflight = (uint8_t)what;
	client->tries = 0;
	client->msg_id = client->msg_id == UINT16_MAX ? 1 : (uint16_t)(client->msg_id + 1);
	transmit(client);
}

static void
drop_head(struct nbsi_gw_client *client)
{
	client->gateway->stats.dropped++;
	saved_pop(client);
}

/* Sends the head. @return whether the next one may go at once. */
static bool
pump_one(struct nbsi_gw_client *client)
{
	bool possible;

	if (head_unknown_id(client, &possible) != 0) {
		exchange(client, NBSI_GW_REGISTER);
		return false;
	}
	if (!possible) {
		drop_head(client);
		return true;
	}
	if (client->saved->qos > 0) {
		exchange(client, NBSI_GW_PUBLISH);
		return false;
	}
	client->tries = 0;
	send_publish(client);
	client->gateway->stats.delivered++;
	saved_pop(client);
	return true;
}

void
nbsi_gw_pump(struct nbsi_gw_client *client)
{
	if (!client_reachable(client) || client->inflight != NBSI_GW_IDLE)
		return;
	while (client->saved != NULL) {
		if (!pump_one(client))
			return;
	}
	if (client->presence != NBS_MQTTSN_AWAKE)
		return;
	/* 6.14: PINGRESP ends the waking and starts the sleep timer anew. */
	nbsi_gw_send_bare(client->gateway, &client->peer, NBS_MQTTSN_PINGRESP);
	client->presence = NBS_MQTTSN_ASLEEP;
	nbsi_gw_client_heard(client);
}

void
nbsi_gw_retry_fired(void *arg)
{
	struct nbsi_gw_client *client = arg;

	if (client->tries < client->gateway->config.n_retry) {
		client->tries++;
		transmit(client);
		return;
	}
	nbsi_gw_pause(client);
	if (client->presence == NBS_MQTTSN_AWAKE) {
		client->presence = NBS_MQTTSN_ASLEEP;
		return;
	}
	drop_head(client);
	nbsi_gw_pump(client);
}

/* ---- answers ---- */

void
nbsi_gw_on_regack(struct nbsi_gw_in *in)
{
	struct nbsi_gw_client *client = in->client;
	struct nbsi_gw_reg *reg;

	if (client->inflight != NBSI_GW_REGISTER || in->msg->regack.msg_id != client->msg_id) {
		in->gateway->stats.unexpected++;
		return;
	}
	nbsi_gw_pause(client);
	reg = nbsi_gw_reg(client, nbsi_gw_topic_id(client, client->saved->message->topic));
	if (in->msg->regack.return_code == NBS_MQTTSN_ACCEPTED && reg != NULL)
		reg->known = true;
	else
		drop_head(client);
	nbsi_gw_pump(client);
}

/* The client does not know the id: tell it once more, then give the message up. */
static void
forget_id(struct nbsi_gw_client *client, uint16_t id)
{
	struct nbsi_gw_reg *reg = nbsi_gw_reg(client, id);

	if (reg != NULL)
		reg->known = false;
	if (client->saved->again || reg == NULL)
		drop_head(client);
	else
		client->saved->again = true;
}

void
nbsi_gw_on_puback(struct nbsi_gw_in *in)
{
	struct nbsi_gw_client *client = in->client;

	if (client->inflight != NBSI_GW_PUBLISH || in->msg->regack.msg_id != client->msg_id) {
		in->gateway->stats.unexpected++;
		return;
	}
	nbsi_gw_pause(client);
	switch (in->msg->regack.return_code) {
	case NBS_MQTTSN_ACCEPTED:
		in->gateway->stats.delivered++;
		saved_pop(client);
		break;
	case NBS_MQTTSN_INVALID_TOPIC_ID:
		forget_id(client, in->msg->regack.topic_id);
		break;
	default:
		drop_head(client);
		break;
	}
	nbsi_gw_pump(client);
}

/* ---- queueing ---- */

/* Whether a message is kept for a client that is not there to take it. */
static bool
worth_keeping(const struct nbsi_gw_client *client, int8_t qos)
{
	switch (client->presence) {
	case NBS_MQTTSN_ACTIVE:
	case NBS_MQTTSN_ASLEEP:
	case NBS_MQTTSN_AWAKE:
		return true;
	default: /* an old session that was not a clean one, as in MQTT v3.1.1 3.1.2.4 */
		return qos > 0;
	}
}

void
nbsi_gw_save(struct nbsi_gw_client *client, struct nbsi_gw_message *message, int8_t qos,
	     bool retain, uint16_t predefined)
{
	struct nbs_mqttsn_gateway *gw = client->gateway;
	struct nbsi_gw_saved *saved;

	if (!worth_keeping(client, qos) || client->saved_count >= gw->config.max_saved) {
		gw->stats.dropped++;
		return;
	}
	saved = calloc(1, sizeof *saved);
	if (saved == NULL) {
		gw->stats.dropped++;
		return;
	}
	message->refs++;
	saved->message = message;
	saved->qos = qos;
	saved->retain = retain;
	saved->predefined = predefined;
	*client->saved_end = saved;
	client->saved_end = &saved->next;
	client->saved_count++;
	nbsi_gw_pump(client);
}

static void
deliver_to(void *arg, struct nbsi_gw_sub *sub)
{
	struct nbsi_gw_message *message = arg;
	int8_t qos = message->qos < sub->qos ? message->qos : sub->qos;

	nbsi_gw_save(sub->client, message, qos < 0 ? 0 : qos, false, sub->predefined);
}

void
nbsi_gw_deliver(struct nbs_mqttsn_gateway *gw, struct nbsi_gw_message *message)
{
	nbsi_gw_match(gw, message->topic, deliver_to, message);
}
