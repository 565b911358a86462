/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What clients of the MQTT-SN gateway register, subscribe to and publish (v1.2 6.5 to 6.9), and
 * the one place where a message is accepted.
 * Choices where v1.2 is silent: a SUBSCRIBE at QoS 2 is granted QoS 1; more topic ids than
 * NBSI_GW_TOPICS_MAX are "rejected: congestion"; names with wildcards, NUL or more than 255 octets
 * are "rejected: not supported".
 */
#include "models/mqttsn/gateway_internal.h"

/* A message on the point of being accepted. */
struct arrival {
	struct nbs_mqttsn_gateway *gw;
	const char *client_id;
	struct nbsi_gw_topic *topic;
	struct nbs_mqttsn_bytes data;
	const struct nbs_mqttsn_peer *peer;
	uint64_t frame;
	uint16_t msg_id;
	int8_t qos;
	bool retain, dup, will;
};

static void
accept_message(const struct arrival *a)
{
	const struct nbs_mqttsn_accepted accepted = {
	    .client_id = a->client_id,
	    .topic = a->topic->name,
	    .payload = a->data.data,
	    .len = a->data.len,
	    .qos = a->qos,
	    .retain = a->retain,
	    .will = a->will,
	    .msg_id = a->msg_id,
	    .dup = a->dup,
	    .peer = a->peer,
	    .frame = a->frame,
	};
	struct nbsi_gw_message *message;

	a->gw->stats.accepted++;
	a->gw->stats.duplicates += a->dup;
	if (a->gw->ops->accepted != NULL)
		a->gw->ops->accepted(a->gw->arg, &accepted);
	if (a->gw->root == NULL && !a->retain)
		return; /* nobody has subscribed to anything */
	message = nbsi_gw_message_new(a->topic, a->qos, a->data.data, a->data.len);
	if (message == NULL) {
		a->gw->stats.dropped++;
		return;
	}
	if (a->retain)
		nbsi_gw_retain(a->gw, message);
	nbsi_gw_deliver(a->gw, message);
	nbsi_gw_message_put(a->gw, message);
}

void
nbsi_gw_publish_will(struct nbsi_gw_client *client)
{
	const struct nbs_mqttsn_peer peer = {client->peer.addr, client->peer.channel, NULL};
	const struct nbsi_gw_will *will = client->will;

	if (will == NULL || will->data == NULL)
		return;
	accept_message(&(struct arrival){
	    .gw = client->gateway,
	    .client_id = client->id,
	    .topic = will->topic,
	    .data = {will->data, will->len},
	    .peer = &peer,
	    .qos = will->qos,
	    .retain = will->retain,
	    .will = true,
	});
}

/* ---- PUBLISH ---- */

/* @return the topic that an id or short name stands for, referenced; NULL = no such topic. */
static struct nbsi_gw_topic *
resolve(struct nbsi_gw_in *in, const struct nbs_mqttsn_flags *flags, uint16_t id)
{
	const uint8_t octets[2] = {(uint8_t)(id >> 8), (uint8_t)(id & 0xff)};
	const struct nbs_mqttsn_bytes name = {octets, sizeof octets};
	struct nbsi_gw_topic *topic = NULL;
	struct nbsi_gw_reg *reg;

	if (flags->topic_type == NBS_MQTTSN_TOPIC_SHORT)
		return nbsi_gw_topic_valid(&name)
			   ? nbsi_gw_topic_get(in->gateway, octets, sizeof octets)
			   : NULL;
	if (flags->topic_type == NBS_MQTTSN_TOPIC_PREDEFINED) {
		topic = nbsi_gw_predefined(in->gateway, id);
	} else if (in->client != NULL && (reg = nbsi_gw_reg(in->client, id)) != NULL) {
		topic = reg->topic;
	}
	if (topic != NULL)
		topic->refs++;
	return topic;
}

static void
send_ack(struct nbsi_gw_in *in, enum nbs_mqttsn_type type, uint16_t topic_id, uint16_t msg_id,
	 enum nbs_mqttsn_return_code code)
{
	struct nbs_mqttsn_msg msg = {.type = type};

	msg.regack.topic_id = topic_id;
	msg.regack.msg_id = msg_id;
	msg.regack.return_code = (uint8_t)code;
	nbsi_gw_send(in->gateway, &in->from, &msg);
}

static void
send_msg_id(struct nbsi_gw_in *in, enum nbs_mqttsn_type type, uint16_t msg_id)
{
	struct nbs_mqttsn_msg msg = {.type = type};

	msg.pubrec.msg_id = msg_id;
	nbsi_gw_send(in->gateway, &in->from, &msg);
}

static struct arrival
arrival_of(struct nbsi_gw_in *in, struct nbsi_gw_topic *topic)
{
	const struct nbs_mqttsn_msg *msg = in->msg;

	return (struct arrival){
	    .gw = in->gateway,
	    .client_id = in->client != NULL ? in->client->id : "",
	    .topic = topic,
	    .data = msg->publish.data,
	    .peer = in->peer,
	    .frame = in->frame,
	    .msg_id = msg->publish.flags.qos > 0 ? msg->publish.msg_id : 0,
	    .qos = msg->publish.flags.qos,
	    .retain = msg->publish.flags.retain,
	};
}

/* QoS 1: accepted each time it comes; whether it came before is told. */
static void
publish_once(struct nbsi_gw_in *in, struct nbsi_gw_topic *topic)
{
	const struct nbs_mqttsn_msg *msg = in->msg;
	struct nbsi_gw_client *client = in->client;
	struct arrival a = arrival_of(in, topic);

	a.dup = msg->publish.flags.dup && client->has_last &&
		client->last_msg_id == msg->publish.msg_id;
	client->has_last = true;
	client->last_msg_id = msg->publish.msg_id;
	send_ack(in, NBS_MQTTSN_PUBACK, msg->publish.topic_id, msg->publish.msg_id,
		 NBS_MQTTSN_ACCEPTED);
	accept_message(&a);
}

/* QoS 2: kept until PUBREL; the same MsgId again is the same message. */
static void
publish_exactly_once(struct nbsi_gw_in *in, struct nbsi_gw_topic *topic)
{
	const struct nbs_mqttsn_msg *msg = in->msg;
	struct nbsi_gw_client *client = in->client;

	if (!client->has_pending || client->pending_msg_id != msg->publish.msg_id) {
		struct nbsi_gw_message *message =
		    nbsi_gw_message_new(topic, 2, msg->publish.data.data, msg->publish.data.len);

		if (message == NULL) {
			send_ack(in, NBS_MQTTSN_PUBACK, msg->publish.topic_id, msg->publish.msg_id,
				 NBS_MQTTSN_CONGESTION);
			return;
		}
		/* One at a time (6.6): a new message means that the old one was given up. */
		if (client->pending != NULL)
			nbsi_gw_message_put(in->gateway, client->pending);
		client->pending = message;
		client->pending_msg_id = msg->publish.msg_id;
		client->pending_retain = msg->publish.flags.retain;
		client->has_pending = true;
	}
	send_msg_id(in, NBS_MQTTSN_PUBREC, msg->publish.msg_id);
}

void
nbsi_gw_on_pubrel(struct nbsi_gw_in *in)
{
	struct nbsi_gw_client *client = in->client;
	struct nbsi_gw_message *message = client->pending;
	uint16_t msg_id = in->msg->pubrec.msg_id;

	if (client->has_pending && client->pending_msg_id == msg_id) {
		client->has_pending = false;
		client->pending = NULL;
		accept_message(&(struct arrival){
		    .gw = in->gateway,
		    .client_id = client->id,
		    .topic = message->topic,
		    .data = {message->data, message->len},
		    .peer = in->peer,
		    .frame = in->frame,
		    .msg_id = msg_id,
		    .qos = 2,
		    .retain = client->pending_retain,
		});
		nbsi_gw_message_put(in->gateway, message);
	}
	send_msg_id(in, NBS_MQTTSN_PUBCOMP, msg_id);
}

void
nbsi_gw_on_publish(struct nbsi_gw_in *in)
{
	const struct nbs_mqttsn_msg *msg = in->msg;
	struct nbsi_gw_topic *topic = resolve(in, &msg->publish.flags, msg->publish.topic_id);

	if (topic == NULL) {
		if (msg->publish.flags.qos >= 0)
			send_ack(in, NBS_MQTTSN_PUBACK, msg->publish.topic_id, msg->publish.msg_id,
				 NBS_MQTTSN_INVALID_TOPIC_ID);
		else
			in->gateway->stats.unexpected++;
		return;
	}
	if (msg->publish.flags.qos == 1) {
		publish_once(in, topic);
	} else if (msg->publish.flags.qos == 2) {
		publish_exactly_once(in, topic);
	} else {
		struct arrival a = arrival_of(in, topic);

		accept_message(&a);
	}
	nbsi_gw_topic_put(in->gateway, topic);
}

/* ---- REGISTER ---- */

void
nbsi_gw_on_register(struct nbsi_gw_in *in)
{
	const struct nbs_mqttsn_msg *msg = in->msg;
	enum nbs_mqttsn_return_code code = NBS_MQTTSN_CONGESTION;
	struct nbsi_gw_topic *topic;
	uint16_t id = 0;

	if (!nbsi_gw_topic_valid(&msg->regist.topic)) {
		send_ack(in, NBS_MQTTSN_REGACK, 0, msg->regist.msg_id, NBS_MQTTSN_NOT_SUPPORTED);
		return;
	}
	topic = nbsi_gw_topic_get(in->gateway, msg->regist.topic.data, msg->regist.topic.len);
	if (topic != NULL) {
		id = nbsi_gw_topic_id(in->client, topic);
		nbsi_gw_topic_put(in->gateway, topic);
	}
	if (id != 0) {
		nbsi_gw_reg(in->client, id)->known = true;
		code = NBS_MQTTSN_ACCEPTED;
	}
	send_ack(in, NBS_MQTTSN_REGACK, id, msg->regist.msg_id, code);
}

/* ---- SUBSCRIBE, UNSUBSCRIBE ---- */

/* What a SUBSCRIBE or UNSUBSCRIBE is about, whichever way it says so. */
struct wish {
	struct nbs_mqttsn_bytes filter;
	uint8_t octets[2]; /* filter points here for a short topic name */
	uint16_t predefined;
	enum nbs_mqttsn_return_code code;
};

static void
wish_of(struct nbsi_gw_in *in, struct wish *wish)
{
	const struct nbs_mqttsn_msg *msg = in->msg;
	const struct nbsi_gw_topic *topic;
	uint16_t id = msg->subscribe.topic_id;

	*wish = (struct wish){.filter = msg->subscribe.topic};
	switch (msg->subscribe.flags.topic_type) {
	case NBS_MQTTSN_TOPIC_SHORT:
		wish->octets[0] = (uint8_t)(id >> 8);
		wish->octets[1] = (uint8_t)(id & 0xff);
		wish->filter = (struct nbs_mqttsn_bytes){wish->octets, sizeof wish->octets};
		break;
	case NBS_MQTTSN_TOPIC_PREDEFINED:
		topic = nbsi_gw_predefined(in->gateway, id);
		if (topic == NULL) {
			wish->code = NBS_MQTTSN_INVALID_TOPIC_ID;
			return;
		}
		wish->filter.data = (const uint8_t *)topic->name;
		wish->filter.len = topic->len;
		wish->predefined = id;
		break;
	default:
		break;
	}
	wish->code =
	    nbsi_gw_filter_valid(&wish->filter) ? NBS_MQTTSN_ACCEPTED : NBS_MQTTSN_NOT_SUPPORTED;
}

/* The id that messages will come under; 0000 where it depends on the message (5.4.16). */
static uint16_t
suback_topic_id(struct nbsi_gw_in *in, const struct wish *wish)
{
	struct nbsi_gw_topic *topic;
	uint16_t id;

	if (wish->predefined != 0)
		return wish->predefined;
	if (wish->filter.len == 2 || nbsi_gw_filter_wild(&wish->filter))
		return 0;
	topic = nbsi_gw_topic_get(in->gateway, wish->filter.data, wish->filter.len);
	if (topic == NULL)
		return 0;
	id = nbsi_gw_topic_id(in->client, topic);
	if (id != 0)
		nbsi_gw_reg(in->client, id)->known = true;
	nbsi_gw_topic_put(in->gateway, topic);
	return id;
}

/* A new subscriber gets what is retained under its filter (MQTT v3.1.1 3.8.4). */
static void
send_retained(struct nbsi_gw_in *in, const struct wish *wish, int8_t qos)
{
	struct nbsi_gw_topic *topic = in->gateway->retained;

	for (; topic != NULL; topic = topic->retained_next) {
		int8_t kept = topic->retained->qos;

		if (nbsi_gw_filter_matches(&wish->filter, topic->name, topic->len))
			nbsi_gw_save(in->client, topic->retained,
				     kept < 0     ? 0
				     : kept < qos ? kept
						  : qos,
				     true, wish->predefined);
	}
}

void
nbsi_gw_on_subscribe(struct nbsi_gw_in *in)
{
	const struct nbs_mqttsn_msg *msg = in->msg;
	int8_t qos = msg->subscribe.flags.qos > 0 ? 1 : 0;
	struct nbs_mqttsn_msg suback = {.type = NBS_MQTTSN_SUBACK};
	struct wish wish;

	wish_of(in, &wish);
	if (wish.code == NBS_MQTTSN_ACCEPTED) {
		if (nbsi_gw_subscribe(in->client, &wish.filter, qos, wish.predefined) != NBS_OK)
			wish.code = NBS_MQTTSN_CONGESTION;
		else
			suback.suback.topic_id = suback_topic_id(in, &wish);
	}
	suback.suback.flags.qos = qos;
	suback.suback.msg_id = msg->subscribe.msg_id;
	suback.suback.return_code = (uint8_t)wish.code;
	nbsi_gw_send(in->gateway, &in->from, &suback);
	if (wish.code == NBS_MQTTSN_ACCEPTED)
		send_retained(in, &wish, qos);
}

void
nbsi_gw_on_unsubscribe(struct nbsi_gw_in *in)
{
	struct wish wish;

	wish_of(in, &wish);
	if (wish.code == NBS_MQTTSN_ACCEPTED)
		nbsi_gw_unsubscribe(in->client, &wish.filter);
	send_msg_id(in, NBS_MQTTSN_UNSUBACK, in->msg->subscribe.msg_id);
}
