/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The datagrams that the MQTT-SN client sends, one a state (v1.2 5.4), with what they expect. */
#include "models/mqttsn/client_send.h"

#include <string.h>

/* CONNECT, REGISTER and PUBLISH around the longest topic or payload. */
#define DATAGRAM_MAX (NBS_MQTTSN_PAYLOAD_MAX + 16U)

static void
client_send(struct nbs_mqttsn_client *c, const struct nbs_mqttsn_msg *msg,
	    enum nbs_mqttsn_reply expect)
{
	uint8_t buf[DATAGRAM_MAX];
	size_t len = 0;

	c->repeats = c->tries > 0 && msg->type != NBS_MQTTSN_PINGRESP;
	if (nbs_mqttsn_encode(msg, buf, sizeof buf, &len) != NBS_OK ||
	    c->ops->send(c->arg, buf, len, expect) != NBS_OK)
		c->stats.send_failures++;
	c->stats.sent[msg->type]++;
	c->last_sent_ns = nbs_now(c->engine);
}

static struct nbs_mqttsn_bytes
client_text(const char *text)
{
	return (struct nbs_mqttsn_bytes){(const uint8_t *)text, strlen(text)};
}

static void
client_send_connect(struct nbs_mqttsn_client *c)
{
	struct nbs_mqttsn_msg msg = {.type = NBS_MQTTSN_CONNECT};

	/* Without a topic id there is nothing of an old session to keep. */
	msg.connect.flags.clean_session = c->topic_id == 0;
	msg.connect.protocol_id = NBS_MQTTSN_PROTOCOL_ID;
	msg.connect.duration_s = c->config.keepalive_s;
	msg.connect.client_id = client_text(c->config.client_id);
	client_send(c, &msg, NBS_MQTTSN_REPLY_MORE);
}

static void
client_send_register(struct nbs_mqttsn_client *c)
{
	struct nbs_mqttsn_msg msg = {.type = NBS_MQTTSN_REGISTER};

	msg.regist.msg_id = c->msg_id;
	msg.regist.topic = client_text(c->config.topic);
	client_send(c, &msg, NBS_MQTTSN_REPLY_MORE);
}

/* Nothing follows a report's PUBLISH but its PUBACK, unless more reports wait or sleep begins. */
static enum nbs_mqttsn_reply
client_publish_expects(const struct nbs_mqttsn_client *c)
{
	if (c->queued > 1 || c->config.session == NBS_MQTTSN_SESSION_SLEEP)
		return NBS_MQTTSN_REPLY_MORE;
	return c->config.qos == 0 ? NBS_MQTTSN_REPLY_NONE : NBS_MQTTSN_REPLY_ONE;
}

void
nbsi_mqttsn_client_send_publish(struct nbs_mqttsn_client *c)
{
	struct nbs_mqttsn_msg msg = {.type = NBS_MQTTSN_PUBLISH};

	msg.publish.flags.qos = (int8_t)c->config.qos;
	msg.publish.flags.dup = c->tries > 0;
	msg.publish.topic_id = c->topic_id;
	msg.publish.msg_id = c->config.qos == 0 ? 0 : c->msg_id;
	msg.publish.data.data = c->queue[0].data;
	msg.publish.data.len = c->queue[0].len;
	client_send(c, &msg, client_publish_expects(c));
}

static void
client_send_pingreq(struct nbs_mqttsn_client *c)
{
	struct nbs_mqttsn_msg msg = {.type = NBS_MQTTSN_PINGREQ};

	client_send(c, &msg, NBS_MQTTSN_REPLY_ONE);
}

static void
client_send_disconnect(struct nbs_mqttsn_client *c)
{
	struct nbs_mqttsn_msg msg = {.type = NBS_MQTTSN_DISCONNECT};

	msg.disconnect.has_duration = true;
	msg.disconnect.duration_s = c->config.sleep_s;
	client_send(c, &msg, NBS_MQTTSN_REPLY_ONE);
}

enum nbs_status
nbsi_mqttsn_client_transmit(struct nbs_mqttsn_client *c)
{
	static void (*const datagram[NBS_MQTTSN_CLIENT_STATE__COUNT])(
	    struct nbs_mqttsn_client *) = {
	    [NBS_MQTTSN_CLIENT_CONNECTING] = client_send_connect,
	    [NBS_MQTTSN_CLIENT_REGISTERING] = client_send_register,
	    [NBS_MQTTSN_CLIENT_PUBLISHING] = nbsi_mqttsn_client_send_publish,
	    [NBS_MQTTSN_CLIENT_PINGING] = client_send_pingreq,
	    [NBS_MQTTSN_CLIENT_CLOSING] = client_send_disconnect,
	};

	enum nbs_status status = nbs_timer_arm(c->engine, &c->retry, c->config.t_retry_ns);

	/* Sent without a timer, it could leave the client waiting for ever. */
	if (status == NBS_OK)
		datagram[c->state](c);
	return status;
}

void
nbsi_mqttsn_client_send_pingresp(struct nbs_mqttsn_client *c)
{
	struct nbs_mqttsn_msg msg = {.type = NBS_MQTTSN_PINGRESP};

	client_send(c, &msg, NBS_MQTTSN_REPLY_NONE);
}
