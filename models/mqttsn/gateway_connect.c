/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Coming, staying and going of the MQTT-SN gateway's clients (v1.2 6.2 to 6.4, 6.11, 6.12, 6.14).
 * Choices where v1.2 is silent:
 *  - with binding, a ClientID that is not the PSK identity of its channel, or that comes in the
 *    clear and is somebody's identity, is refused by CONNACK 03;
 *  - CONNECT from a new address takes the session over: the old address gets a DISCONNECT, no Will
 *    is published, because the client is there;
 *  - CONNECT with another ClientID from the same address ends the session that was there;
 *  - a sleeper's PINGREQ is known by its ClientID, so it may come from a new address;
 *  - CleanSession is honoured in every state; DISCONNECT with duration 0 is one without.
 */
#include "models/mqttsn/gateway_internal.h"

#include <stdlib.h>
#include <string.h>

static void
send_connack(struct nbsi_gw_in *in, enum nbs_mqttsn_return_code code)
{
	struct nbs_mqttsn_msg msg = {.type = NBS_MQTTSN_CONNACK};

	msg.connack.return_code = (uint8_t)code;
	nbsi_gw_send(in->gateway, &in->from, &msg);
}

static void
id_text(const struct nbs_mqttsn_bytes *id, char text[NBS_MQTTSN_CLIENT_ID_MAX + 1])
{
	memcpy(text, id->data, id->len);
	text[id->len] = '\0';
}

/* A name in the clear must not be one that a key vouches for, whether it was used yet or not. */
static bool
clear_name_fits(const struct nbsi_gw_in *in, const struct nbs_mqttsn_bytes *id,
		const struct nbsi_gw_client *session)
{
	const struct nbs_mqttsn_gateway *gw = in->gateway;
	char text[NBS_MQTTSN_CLIENT_ID_MAX + 1];

	if (session != NULL && session->bound)
		return false;
	id_text(id, text);
	return gw->ops->is_identity == NULL || !gw->ops->is_identity(gw->arg, text);
}

/* The binding that v1.2 lacks: under DTLS the ClientID is the PSK identity, elsewhere it is none.
 */
static bool
identity_fits(const struct nbsi_gw_in *in, const struct nbs_mqttsn_bytes *id,
	      const struct nbsi_gw_client *session)
{
	const char *identity = in->peer->psk_identity;

	if (!in->gateway->config.bind_identity)
		return true;
	if (identity == NULL)
		return clear_name_fits(in, id, session);
	return strlen(identity) == id->len && memcmp(identity, id->data, id->len) == 0;
}

static void
tell_refused(struct nbsi_gw_in *in, const struct nbs_mqttsn_bytes *id)
{
	const struct nbs_mqttsn_gateway *gw = in->gateway;
	char text[NBS_MQTTSN_CLIENT_ID_MAX + 1];

	id_text(id, text);
	in->gateway->stats.refused_identity++;
	if (gw->ops->refused != NULL)
		gw->ops->refused(gw->arg, text, in->peer->psk_identity, in->frame);
}

/* ---- CONNECT ---- */

static void
activate(struct nbsi_gw_in *in, struct nbsi_gw_client *client)
{
	client->phase = NBSI_GW_CONNECTED;
	client->presence = NBS_MQTTSN_ACTIVE;
	nbsi_gw_client_heard(client);
	send_connack(in, NBS_MQTTSN_ACCEPTED);
	nbsi_gw_pump(client);
}

/* Sends whoever holds the session away from where it was, and puts it where the CONNECT is from. */
static enum nbs_status
take_over(struct nbsi_gw_in *in, struct nbsi_gw_client *client)
{
	if (client->linked && client != in->client) {
		in->gateway->stats.takeovers++;
		nbsi_gw_send_bare(in->gateway, &client->peer, NBS_MQTTSN_DISCONNECT);
	}
	if (in->client != NULL && in->client != client)
		nbsi_gw_client_end(in->client);
	in->client = NULL;
	if (nbsi_gw_client_link(client, &in->from) != NBS_OK)
		return NBS_E_NOMEM;
	in->client = client;
	return NBS_OK;
}

/* 6.3: CleanSession decides over subscriptions and Will; Will asks for a new Will. */
static void
begin_session(struct nbsi_gw_in *in, struct nbsi_gw_client *client)
{
	const struct nbs_mqttsn_msg *msg = in->msg;

	nbsi_gw_pause(client);
	if (msg->connect.flags.clean_session)
		nbsi_gw_client_wipe(client);
	client->clean = msg->connect.flags.clean_session;
	client->keepalive_s = msg->connect.duration_s;
	client->has_last = false;
	client->bound = in->gateway->config.bind_identity && in->peer->psk_identity != NULL;
	if (!msg->connect.flags.will) {
		activate(in, client);
		return;
	}
	client->presence = NBS_MQTTSN_DISCONNECTED;
	client->phase = NBSI_GW_WANTS_WILLTOPIC;
	nbsi_gw_client_heard(client);
	nbsi_gw_send_bare(in->gateway, &in->from, NBS_MQTTSN_WILLTOPICREQ);
}

static struct nbsi_gw_client *
new_session(struct nbsi_gw_in *in, const struct nbs_mqttsn_bytes *id)
{
	struct nbs_mqttsn_gateway *gw = in->gateway;

	if (gw->config.max_clients != 0 && gw->by_id.count >= gw->config.max_clients)
		return NULL;
	return nbsi_gw_client_new(gw, id->data, id->len);
}

void
nbsi_gw_on_connect(struct nbsi_gw_in *in)
{
	const struct nbs_mqttsn_bytes *id = &in->msg->connect.client_id;
	struct nbsi_gw_client *client = nbsi_gw_client_by_id(in->gateway, id->data, id->len);

	/* A NUL inside would make two names one for whoever reads them as text. */
	if (memchr(id->data, '\0', id->len) != NULL) {
		in->gateway->stats.unexpected++;
		send_connack(in, NBS_MQTTSN_NOT_SUPPORTED);
		return;
	}
	if (!identity_fits(in, id, client)) {
		tell_refused(in, id);
		send_connack(in, NBS_MQTTSN_NOT_SUPPORTED);
		return;
	}
	if (client == NULL)
		client = new_session(in, id);
	if (client == NULL || take_over(in, client) != NBS_OK) {
		send_connack(in, NBS_MQTTSN_CONGESTION);
		return;
	}
	begin_session(in, client);
}

/* ---- Will ---- */

static enum nbs_mqttsn_return_code
set_will_topic(struct nbsi_gw_client *client, const struct nbs_mqttsn_msg *msg)
{
	struct nbsi_gw_topic *topic;

	if (!nbsi_gw_topic_valid(&msg->willtopic.topic))
		return NBS_MQTTSN_NOT_SUPPORTED;
	topic =
	    nbsi_gw_topic_get(client->gateway, msg->willtopic.topic.data, msg->willtopic.topic.len);
	if (topic == NULL)
		return NBS_MQTTSN_CONGESTION;
	if (client->will == NULL)
		client->will = calloc(1, sizeof *client->will);
	if (client->will == NULL) {
		nbsi_gw_topic_put(client->gateway, topic);
		return NBS_MQTTSN_CONGESTION;
	}
	if (client->will->topic != NULL)
		nbsi_gw_topic_put(client->gateway, client->will->topic);
	client->will->topic = topic;
	client->will->qos = msg->willtopic.flags.qos;
	client->will->retain = msg->willtopic.flags.retain;
	return NBS_MQTTSN_ACCEPTED;
}

static enum nbs_mqttsn_return_code
set_will_msg(struct nbsi_gw_client *client, const struct nbs_mqttsn_msg *msg)
{
	const struct nbs_mqttsn_bytes *text = &msg->willmsg.msg;
	uint8_t *data;

	if (client->will == NULL)
		return NBS_MQTTSN_NOT_SUPPORTED;
	data = malloc(text->len > 0 ? text->len : 1);
	if (data == NULL)
		return NBS_MQTTSN_CONGESTION;
	if (text->len > 0)
		memcpy(data, text->data, text->len);
	free(client->will->data);
	client->will->data = data;
	client->will->len = text->len;
	return NBS_MQTTSN_ACCEPTED;
}

/* The dialogue fails: the client is told by CONNACK and has no session. */
static void
reject_will(struct nbsi_gw_in *in, enum nbs_mqttsn_return_code code)
{
	send_connack(in, code);
	nbsi_gw_will_free(in->client);
	nbsi_gw_client_end(in->client);
}

void
nbsi_gw_on_willtopic(struct nbsi_gw_in *in)
{
	struct nbsi_gw_client *client = in->client;
	enum nbs_mqttsn_return_code code;

	/* The old Will goes as a whole: its message does not belong to the new topic. */
	nbsi_gw_will_free(client);
	if (in->msg->willtopic.empty) {
		activate(in, client);
		return;
	}
	code = set_will_topic(client, in->msg);
	if (code != NBS_MQTTSN_ACCEPTED) {
		reject_will(in, code);
		return;
	}
	client->phase = NBSI_GW_WANTS_WILLMSG;
	nbsi_gw_send_bare(in->gateway, &in->from, NBS_MQTTSN_WILLMSGREQ);
}

void
nbsi_gw_on_willmsg(struct nbsi_gw_in *in)
{
	enum nbs_mqttsn_return_code code;

	if (in->client->phase != NBSI_GW_WANTS_WILLMSG) {
		in->gateway->stats.unexpected++;
		return;
	}
	code = set_will_msg(in->client, in->msg);
	if (code == NBS_MQTTSN_ACCEPTED)
		activate(in, in->client);
	else
		reject_will(in, code);
}

static void
send_will_response(struct nbsi_gw_in *in, enum nbs_mqttsn_type type,
		   enum nbs_mqttsn_return_code code)
{
	struct nbs_mqttsn_msg msg = {.type = type};

	msg.connack.return_code = (uint8_t)code;
	nbsi_gw_send(in->gateway, &in->from, &msg);
}

void
nbsi_gw_on_willtopicupd(struct nbsi_gw_in *in)
{
	enum nbs_mqttsn_return_code code = NBS_MQTTSN_ACCEPTED;

	if (in->msg->willtopic.empty)
		nbsi_gw_will_free(in->client);
	else
		code = set_will_topic(in->client, in->msg);
	send_will_response(in, NBS_MQTTSN_WILLTOPICRESP, code);
}

void
nbsi_gw_on_willmsgupd(struct nbsi_gw_in *in)
{
	send_will_response(in, NBS_MQTTSN_WILLMSGRESP, set_will_msg(in->client, in->msg));
}

/* ---- PINGREQ ---- */

static bool
sleeps(const struct nbsi_gw_client *client)
{
	return client->presence == NBS_MQTTSN_ASLEEP || client->presence == NBS_MQTTSN_AWAKE;
}

static void
wake(struct nbsi_gw_in *in, struct nbsi_gw_client *client)
{
	if (in->client != NULL && in->client != client)
		nbsi_gw_client_end(in->client);
	if (nbsi_gw_client_link(client, &in->from) != NBS_OK)
		return;
	in->client = client;
	client->presence = NBS_MQTTSN_AWAKE;
	nbsi_gw_client_heard(client);
	nbsi_gw_pump(client);
}

void
nbsi_gw_on_pingreq(struct nbsi_gw_in *in)
{
	const struct nbs_mqttsn_bytes *id = &in->msg->pingreq.client_id;
	struct nbsi_gw_client *client = in->client;

	if (id->len > 0)
		client = nbsi_gw_client_by_id(in->gateway, id->data, id->len);
	if (client != NULL && id->len > 0 && sleeps(client)) {
		if (identity_fits(in, id, client)) {
			wake(in, client);
			return;
		}
		tell_refused(in, id);
	} else if (client != NULL && client == in->client &&
		   client->presence == NBS_MQTTSN_ACTIVE) {
		nbsi_gw_send_bare(in->gateway, &in->from, NBS_MQTTSN_PINGRESP);
		return;
	}
	in->gateway->stats.unknown_peer++;
	nbsi_gw_send_bare(in->gateway, &in->from, NBS_MQTTSN_DISCONNECT);
}

/* ---- DISCONNECT ---- */

void
nbsi_gw_on_disconnect(struct nbsi_gw_in *in)
{
	const struct nbs_mqttsn_msg *msg = in->msg;
	struct nbsi_gw_client *client = in->client;

	/* The answer to a repeated DISCONNECT, too, whose session is gone already. */
	nbsi_gw_send_bare(in->gateway, &in->from, NBS_MQTTSN_DISCONNECT);
	if (client == NULL) {
		in->gateway->stats.unknown_peer++;
		return;
	}
	if (!msg->disconnect.has_duration || msg->disconnect.duration_s == 0 ||
	    client->phase != NBSI_GW_CONNECTED) {
		nbsi_gw_client_end(client);
		return;
	}
	nbsi_gw_pause(client);
	client->presence = NBS_MQTTSN_ASLEEP;
	client->sleep_s = msg->disconnect.duration_s;
	nbsi_gw_client_heard(client);
}
