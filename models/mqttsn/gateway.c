/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MQTT-SN gateway: construction, and a datagram's way to its handler. Which message is taken
 * in which state of the client (v1.2 figure 4) is a table.
 */
#include "models/mqttsn/gateway_internal.h"

#include <stdlib.h>
#include <string.h>

/* Where the sender of a message stands, as bits. */
#define FROM_STRANGER 0x01U
#define FROM_CONNECTING 0x02U /* in the Will dialogue */
#define FROM_ACTIVE 0x04U
#define FROM_ASLEEP 0x08U
#define FROM_AWAKE 0x10U
#define FROM_ANYONE 0x1fU

#define DATAGRAM_MAX 1500U /* octets that the gateway sends at once */

struct rule {
	void (*handle)(struct nbsi_gw_in *in); /* NULL = not for a gateway */
	unsigned from;                         /* senders it is taken from */
	bool tell; /* others are answered by DISCONNECT: they believe in a session */
};

/* ---- sending ---- */

static void
send_bytes(struct nbs_mqttsn_gateway *gw, const struct nbsi_gw_peer *to, const uint8_t *data,
	   size_t len)
{
	const struct nbs_mqttsn_peer peer = {to->addr, to->channel, NULL};

	(void)gw->ops->send(gw->arg, &peer, data, len);
}

void
nbsi_gw_send(struct nbs_mqttsn_gateway *gw, const struct nbsi_gw_peer *to,
	     const struct nbs_mqttsn_msg *msg)
{
	struct nbs_mqttsn_msg outer = {.type = NBS_MQTTSN_ENCAPSULATED};
	uint8_t buf[DATAGRAM_MAX], wrapped[DATAGRAM_MAX];
	size_t len = 0;

	if (nbs_mqttsn_encode(msg, buf, sizeof buf, &len) != NBS_OK) {
		gw->stats.dropped++;
		return;
	}
	gw->stats.sent[msg->type]++;
	if (to->node_len == 0) {
		send_bytes(gw, to, buf, len);
		return;
	}
	outer.encapsulated.node_id = (struct nbs_mqttsn_bytes){to->node, to->node_len};
	outer.encapsulated.message = (struct nbs_mqttsn_bytes){buf, len};
	if (nbs_mqttsn_encode(&outer, wrapped, sizeof wrapped, &len) == NBS_OK)
		send_bytes(gw, to, wrapped, len);
}

void
nbsi_gw_send_client(struct nbsi_gw_client *client, const struct nbs_mqttsn_msg *msg)
{
	if (client->linked)
		nbsi_gw_send(client->gateway, &client->peer, msg);
}

void
nbsi_gw_send_bare(struct nbs_mqttsn_gateway *gw, const struct nbsi_gw_peer *to,
		  enum nbs_mqttsn_type type)
{
	struct nbs_mqttsn_msg msg = {.type = type};

	nbsi_gw_send(gw, to, &msg);
}

/* ---- receiving ---- */

static void
on_searchgw(struct nbsi_gw_in *in)
{
	struct nbs_mqttsn_msg msg = {.type = NBS_MQTTSN_GWINFO};

	msg.gwinfo.gw_id = in->gateway->config.gw_id;
	nbsi_gw_send(in->gateway, &in->from, &msg);
}

/* PINGRESP answers nothing of ours, but shows that the client lives. */
static void
on_pingresp(struct nbsi_gw_in *in)
{
	(void)in;
}

static const struct rule rules[NBS_MQTTSN_TYPE__COUNT] = {
    [NBS_MQTTSN_SEARCHGW] = {on_searchgw, FROM_ANYONE, false},
    [NBS_MQTTSN_CONNECT] = {nbsi_gw_on_connect, FROM_ANYONE, false},
    [NBS_MQTTSN_WILLTOPIC] = {nbsi_gw_on_willtopic, FROM_CONNECTING, false},
    [NBS_MQTTSN_WILLMSG] = {nbsi_gw_on_willmsg, FROM_CONNECTING, false},
    [NBS_MQTTSN_WILLTOPICUPD] = {nbsi_gw_on_willtopicupd, FROM_ACTIVE, true},
    [NBS_MQTTSN_WILLMSGUPD] = {nbsi_gw_on_willmsgupd, FROM_ACTIVE, true},
    [NBS_MQTTSN_REGISTER] = {nbsi_gw_on_register, FROM_ACTIVE, true},
    [NBS_MQTTSN_REGACK] = {nbsi_gw_on_regack, FROM_ACTIVE | FROM_AWAKE, false},
    [NBS_MQTTSN_PUBLISH] = {nbsi_gw_on_publish, FROM_ACTIVE, true},
    [NBS_MQTTSN_PUBACK] = {nbsi_gw_on_puback, FROM_ACTIVE | FROM_AWAKE, false},
    [NBS_MQTTSN_PUBREL] = {nbsi_gw_on_pubrel, FROM_ACTIVE, true},
    [NBS_MQTTSN_SUBSCRIBE] = {nbsi_gw_on_subscribe, FROM_ACTIVE, true},
    [NBS_MQTTSN_UNSUBSCRIBE] = {nbsi_gw_on_unsubscribe, FROM_ACTIVE, true},
    [NBS_MQTTSN_PINGREQ] = {nbsi_gw_on_pingreq, FROM_ANYONE, false},
    [NBS_MQTTSN_PINGRESP] = {on_pingresp, FROM_ACTIVE | FROM_AWAKE, false},
    [NBS_MQTTSN_DISCONNECT] = {nbsi_gw_on_disconnect, FROM_ANYONE, false},
};

static unsigned
standing(const struct nbsi_gw_client *client)
{
	if (client == NULL)
		return FROM_STRANGER;
	if (client->phase != NBSI_GW_CONNECTED)
		return FROM_CONNECTING;
	switch (client->presence) {
	case NBS_MQTTSN_ACTIVE:
		return FROM_ACTIVE;
	case NBS_MQTTSN_ASLEEP:
		return FROM_ASLEEP;
	case NBS_MQTTSN_AWAKE:
		return FROM_AWAKE;
	default:
		return FROM_STRANGER;
	}
}

static bool
publish_without_session(const struct nbsi_gw_in *in)
{
	return in->msg->type == NBS_MQTTSN_PUBLISH && in->msg->publish.flags.qos < 0;
}

/* QoS -1 needs no session, but an id that means the same for everybody (6.8). */
static void
handle_qos_minus1(struct nbsi_gw_in *in)
{
	if (in->gateway->config.allow_qos_minus1 &&
	    in->msg->publish.flags.topic_type != NBS_MQTTSN_TOPIC_NORMAL)
		nbsi_gw_on_publish(in);
	else
		in->gateway->stats.unexpected++;
}

static void
handle_misplaced(struct nbsi_gw_in *in, const struct rule *rule)
{
	if (in->client == NULL)
		in->gateway->stats.unknown_peer++;
	else
		in->gateway->stats.unexpected++;
	if (rule->tell && standing(in->client) != FROM_CONNECTING)
		nbsi_gw_send_bare(in->gateway, &in->from, NBS_MQTTSN_DISCONNECT);
}

static void
handle(struct nbsi_gw_in *in)
{
	const struct rule *rule = &rules[in->msg->type];

	in->gateway->stats.received[in->msg->type]++;
	in->client = nbsi_gw_client_by_peer(in->gateway, &in->from);
	if (in->client != NULL)
		in->client->peer.addr = in->from.addr; /* a channel may have moved */
	if (rule->handle == NULL) {
		in->gateway->stats.unexpected++;
	} else if (publish_without_session(in)) {
		handle_qos_minus1(in);
	} else if ((rule->from & standing(in->client)) == 0) {
		handle_misplaced(in, rule);
	} else {
		if (in->client != NULL && in->client->presence == NBS_MQTTSN_ACTIVE)
			nbsi_gw_client_heard(in->client);
		rule->handle(in);
	}
}

void
nbs_mqttsn_gateway_input(struct nbs_mqttsn_gateway *gw, const struct nbs_mqttsn_peer *peer,
			 const uint8_t *data, size_t len, uint64_t frame)
{
	struct nbsi_gw_in in = {.gateway = gw, .peer = peer, .frame = frame};
	struct nbs_mqttsn_msg msg, inner;
	const struct nbs_mqttsn_bytes *node = &msg.encapsulated.node_id;

	if (gw == NULL || peer == NULL || (data == NULL && len != 0))
		return;
	in.from.addr = peer->addr;
	in.from.channel = peer->channel;
	in.msg = &msg;
	if (nbs_mqttsn_decode(data, len, &msg, NULL) != NBS_OK) {
		gw->stats.invalid++;
		return;
	}
	if (msg.type == NBS_MQTTSN_ENCAPSULATED) {
		if (node->len > NBSI_GW_NODE_ID_MAX ||
		    nbs_mqttsn_decode(msg.encapsulated.message.data, msg.encapsulated.message.len,
				      &inner, NULL) != NBS_OK) {
			gw->stats.invalid++;
			return;
		}
		in.from.node_len = (uint8_t)node->len;
		memcpy(in.from.node, node->data, node->len);
		in.msg = &inner;
	}
	handle(&in);
}

void
nbs_mqttsn_gateway_peer_gone(struct nbs_mqttsn_gateway *gw, const struct nbs_mqttsn_peer *peer)
{
	struct nbsi_gw_client *client;

	if (gw == NULL || peer == NULL)
		return;
	while ((client = nbsi_gw_client_at(gw, peer->addr, peer->channel)) != NULL) {
		nbsi_gw_pause(client);
		nbsi_gw_client_unlink(client);
	}
}

/* ---- construction ---- */

void
nbs_mqttsn_gateway_config_default(struct nbs_mqttsn_gateway_config *config)
{
	if (config == NULL)
		return;
	*config = (struct nbs_mqttsn_gateway_config){
	    .gw_id = 1,
	    .max_saved = 20,
	    .t_retry_ns = 10 * NBS_NS_PER_S,
	    .n_retry = 3,
	};
}

static int
by_predefined_id(const void *a, const void *b)
{
	const struct nbsi_gw_predefined *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static enum nbs_status
add_predefined(struct nbs_mqttsn_gateway *gw, const struct nbs_mqttsn_predefined *topic)
{
	struct nbsi_gw_predefined *place = &gw->predefined[gw->predefined_count];
	struct nbs_mqttsn_bytes name;

	if (topic->topic == NULL)
		return NBS_E_ARG;
	name = (struct nbs_mqttsn_bytes){(const uint8_t *)topic->topic, strlen(topic->topic)};
	if (!nbsi_gw_topic_valid(&name) || topic->id == 0 || topic->id == UINT16_MAX)
		return NBS_E_ARG;
	place->id = topic->id;
	place->topic = nbsi_gw_topic_get(gw, name.data, name.len);
	if (place->topic == NULL)
		return NBS_E_NOMEM;
	gw->predefined_count++;
	return NBS_OK;
}

static enum nbs_status
copy_predefined(struct nbs_mqttsn_gateway *gw, const struct nbs_mqttsn_gateway_config *config)
{
	enum nbs_status status = NBS_OK;

	if (config->predefined_count == 0)
		return NBS_OK;
	if (config->predefined == NULL)
		return NBS_E_ARG;
	gw->predefined = calloc(config->predefined_count, sizeof *gw->predefined);
	if (gw->predefined == NULL)
		return NBS_E_NOMEM;
	for (size_t i = 0; i < config->predefined_count && status == NBS_OK; i++)
		status = add_predefined(gw, &config->predefined[i]);
	qsort(gw->predefined, gw->predefined_count, sizeof *gw->predefined, by_predefined_id);
	for (size_t i = 1; i < gw->predefined_count; i++) {
		if (gw->predefined[i].id == gw->predefined[i - 1].id)
			status = NBS_E_ARG;
	}
	return status;
}

enum nbs_status
nbs_mqttsn_gateway_new(struct nbs_engine *engine, const struct nbs_mqttsn_gateway_config *config,
		       const struct nbs_mqttsn_gateway_ops *ops, void *arg,
		       struct nbs_mqttsn_gateway **gateway)
{
	struct nbs_mqttsn_gateway *gw;
	enum nbs_status status;

	if (engine == NULL || config == NULL || ops == NULL || ops->send == NULL ||
	    gateway == NULL || config->t_retry_ns == 0 ||
	    config->t_retry_ns > NBS_MQTTSN_T_RETRY_MAX_NS ||
	    config->n_retry > NBS_MQTTSN_N_RETRY_MAX)
		return NBS_E_ARG;
	gw = calloc(1, sizeof *gw);
	if (gw == NULL)
		return NBS_E_NOMEM;
	gw->engine = engine;
	gw->config = *config;
	gw->config.predefined = NULL;
	gw->config.predefined_count = 0;
	gw->ops = ops;
	gw->arg = arg;
	status = copy_predefined(gw, config);
	if (status != NBS_OK) {
		nbs_mqttsn_gateway_free(gw);
		return status;
	}
	*gateway = gw;
	return NBS_OK;
}

void
nbs_mqttsn_gateway_free(struct nbs_mqttsn_gateway *gw)
{
	struct nbsi_gw_client *client;
	size_t from = 0;

	if (gw == NULL)
		return;
	while ((client = nbsi_gw_client_any(gw, &from)) != NULL)
		nbsi_gw_client_free(client);
	while (gw->retained != NULL)
		nbsi_gw_retained_drop(gw, gw->retained);
	for (size_t i = 0; i < gw->predefined_count; i++)
		nbsi_gw_topic_put(gw, gw->predefined[i].topic);
	free(gw->predefined);
	nbsi_gw_table_fini(&gw->by_id);
	nbsi_gw_table_fini(&gw->by_peer);
	nbsi_gw_table_fini(&gw->topics);
	nbsi_gw_table_fini(&gw->filters);
	free(gw);
}

const struct nbs_mqttsn_gateway_stats *
nbs_mqttsn_gateway_stats(const struct nbs_mqttsn_gateway *gw)
{
	return gw == NULL ? NULL : &gw->stats;
}

size_t
nbs_mqttsn_gateway_clients(const struct nbs_mqttsn_gateway *gw)
{
	return gw == NULL ? 0 : gw->by_id.count;
}

enum nbs_status
nbs_mqttsn_gateway_presence(const struct nbs_mqttsn_gateway *gw, const char *client_id,
			    enum nbs_mqttsn_presence *presence)
{
	const struct nbsi_gw_client *client;

	if (gw == NULL || client_id == NULL || presence == NULL)
		return NBS_E_ARG;
	client = nbsi_gw_client_by_id(gw, (const uint8_t *)client_id, strlen(client_id));
	if (client == NULL)
		return NBS_E_NOTFOUND;
	*presence = (enum nbs_mqttsn_presence)client->presence;
	return NBS_OK;
}
