/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions of the MQTT-SN gateway: found by ClientID or by address, supervised (v1.2 6.11, 6.14),
 * ended. One supervision event a keep-alive period and client, however much the client sends.
 */
#include "models/mqttsn/gateway_internal.h"

#include <stdlib.h>
#include <string.h>

/* 7.2: a client is lost after its keep-alive or sleep duration and a tolerance. */
#define TOLERANCE_LIMIT_S 60U       /* up to here the wide tolerance holds */
#define TOLERANCE_SHORT_PERCENT 50U /* of durations up to the limit */
#define TOLERANCE_LONG_PERCENT 10U  /* of longer ones */

/* Without the node: the clients behind one forwarder share a chain, to be found together. */
static uint64_t
hash_at(struct nbs_endpoint addr, uint64_t channel)
{
	uint64_t hash = NBSI_FNV1A_START;

	if (channel != 0)
		return nbsi_fnv1a(hash, &channel, sizeof channel);
	hash = nbsi_fnv1a(hash, &addr.addr, sizeof addr.addr);
	return nbsi_fnv1a(hash, &addr.port, sizeof addr.port);
}

static uint64_t
hash_peer(const struct nbsi_gw_peer *peer)
{
	return hash_at(peer->addr, peer->channel);
}

static bool
is_at(const struct nbsi_gw_peer *peer, struct nbs_endpoint addr, uint64_t channel)
{
	if (peer->channel != channel)
		return false;
	return channel != 0 || (peer->addr.addr == addr.addr && peer->addr.port == addr.port);
}

static bool
same_peer(const struct nbsi_gw_peer *a, const struct nbsi_gw_peer *b)
{
	return is_at(a, b->addr, b->channel) && a->node_len == b->node_len &&
	       memcmp(a->node, b->node, a->node_len) == 0;
}

static struct nbsi_gw_client *
client_of_id(struct nbsi_gw_link *link)
{
	return (void *)((char *)link - offsetof(struct nbsi_gw_client, by_id));
}

static struct nbsi_gw_client *
client_of_peer(struct nbsi_gw_link *link)
{
	return (void *)((char *)link - offsetof(struct nbsi_gw_client, by_peer));
}

struct nbsi_gw_client *
nbsi_gw_client_by_id(const struct nbs_mqttsn_gateway *gw, const uint8_t *id, size_t len)
{
	uint64_t hash = nbsi_fnv1a(NBSI_FNV1A_START, id, len);
	struct nbsi_gw_link *link = nbsi_gw_table_first(&gw->by_id, hash);

	for (; link != NULL; link = nbsi_gw_table_next(link)) {
		struct nbsi_gw_client *client = client_of_id(link);

		if (strlen(client->id) == len && memcmp(client->id, id, len) == 0)
			return client;
	}
	return NULL;
}

struct nbsi_gw_client *
nbsi_gw_client_by_peer(const struct nbs_mqttsn_gateway *gw, const struct nbsi_gw_peer *peer)
{
	struct nbsi_gw_link *link = nbsi_gw_table_first(&gw->by_peer, hash_peer(peer));

	for (; link != NULL; link = nbsi_gw_table_next(link)) {
		if (same_peer(&client_of_peer(link)->peer, peer))
			return client_of_peer(link);
	}
	return NULL;
}

struct nbsi_gw_client *
nbsi_gw_client_at(const struct nbs_mqttsn_gateway *gw, struct nbs_endpoint addr, uint64_t channel)
{
	struct nbsi_gw_link *link = nbsi_gw_table_first(&gw->by_peer, hash_at(addr, channel));

	for (; link != NULL; link = nbsi_gw_table_next(link)) {
		if (is_at(&client_of_peer(link)->peer, addr, channel))
			return client_of_peer(link);
	}
	return NULL;
}

struct nbsi_gw_client *
nbsi_gw_client_any(const struct nbs_mqttsn_gateway *gw, size_t *from)
{
	struct nbsi_gw_link *link = nbsi_gw_table_any(&gw->by_id, from);

	return link != NULL ? client_of_id(link) : NULL;
}

/* ---- supervision ---- */

static uint64_t
with_tolerance(uint16_t duration_s)
{
	uint64_t percent =
	    duration_s <= TOLERANCE_LIMIT_S ? TOLERANCE_SHORT_PERCENT : TOLERANCE_LONG_PERCENT;

	return duration_s * NBS_NS_PER_S / 100 * (100 + percent);
}

/* @return how long the client may be silent; 0 = as long as it likes. */
static uint64_t
client_patience(const struct nbsi_gw_client *client)
{
	switch (client->presence) {
	case NBS_MQTTSN_ASLEEP:
	case NBS_MQTTSN_AWAKE:
		return with_tolerance(client->sleep_s);
	case NBS_MQTTSN_ACTIVE:
		return with_tolerance(client->keepalive_s);
	default: /* in the Will dialogue */
		return client->phase != NBSI_GW_CONNECTED ? with_tolerance(client->keepalive_s) : 0;
	}
}

void
nbsi_gw_client_heard(struct nbsi_gw_client *client)
{
	struct nbs_engine *engine = client->gateway->engine;
	uint64_t patience = client_patience(client);

	client->heard_ns = nbs_now(engine);
	if (patience == 0) {
		nbs_timer_cancel(&client->supervise);
		return;
	}
	/* A timer that is due earlier finds out for itself: nothing to do for each message. */
	if (nbs_timer_armed(&client->supervise) &&
	    client->supervise.due_ns <= client->heard_ns + patience)
		return;
	(void)nbs_timer_arm(engine, &client->supervise, patience);
}

static void
client_lost(struct nbsi_gw_client *client)
{
	client->gateway->stats.lost_clients++;
	nbsi_gw_pause(client);
	nbsi_gw_publish_will(client);
	client->presence = NBS_MQTTSN_LOST;
	client->phase = NBSI_GW_CONNECTED;
	nbsi_gw_client_unlink(client);
	if (client->clean)
		nbsi_gw_client_wipe(client);
}

static void
client_supervise_fired(void *arg)
{
	struct nbsi_gw_client *client = arg;
	struct nbs_engine *engine = client->gateway->engine;
	uint64_t patience = client_patience(client);
	uint64_t now = nbs_now(engine);

	if (patience == 0)
		return;
	if (now < client->heard_ns + patience)
		(void)nbs_timer_arm(engine, &client->supervise, client->heard_ns + patience - now);
	else
		client_lost(client);
}

/* ---- life ---- */

struct nbsi_gw_client *
nbsi_gw_client_new(struct nbs_mqttsn_gateway *gw, const uint8_t *id, size_t len)
{
	struct nbsi_gw_client *client = calloc(1, sizeof *client);

	if (client == NULL)
		return NULL;
	memcpy(client->id, id, len);
	client->gateway = gw;
	client->saved_end = &client->saved;
	nbs_timer_init(&client->supervise, client_supervise_fired, client);
	nbs_timer_init(&client->retry, nbsi_gw_retry_fired, client);
	if (nbsi_gw_table_add(&gw->by_id, &client->by_id, nbsi_fnv1a(NBSI_FNV1A_START, id, len)) !=
	    NBS_OK) {
		free(client);
		return NULL;
	}
	return client;
}

void
nbsi_gw_will_free(struct nbsi_gw_client *client)
{
	if (client->will == NULL)
		return;
	nbsi_gw_topic_put(client->gateway, client->will->topic);
	free(client->will->data);
	free(client->will);
	client->will = NULL;
}

void
nbsi_gw_client_wipe(struct nbsi_gw_client *client)
{
	nbsi_gw_pause(client);
	nbsi_gw_saved_free(client);
	nbsi_gw_unsubscribe_all(client);
	nbsi_gw_regs_free(client);
	nbsi_gw_will_free(client);
	if (client->pending != NULL)
		nbsi_gw_message_put(client->gateway, client->pending);
	client->pending = NULL;
	client->has_pending = false;
}

void
nbsi_gw_client_free(struct nbsi_gw_client *client)
{
	nbsi_gw_client_wipe(client);
	nbsi_gw_client_unlink(client);
	nbs_timer_cancel(&client->supervise);
	nbsi_gw_table_remove(&client->gateway->by_id, &client->by_id);
	free(client);
}

enum nbs_status
nbsi_gw_client_link(struct nbsi_gw_client *client, const struct nbsi_gw_peer *peer)
{
	struct nbs_mqttsn_gateway *gw = client->gateway;

	if (client->linked && same_peer(&client->peer, peer))
		return NBS_OK;
	nbsi_gw_client_unlink(client);
	client->peer = *peer;
	if (nbsi_gw_table_add(&gw->by_peer, &client->by_peer, hash_peer(peer)) != NBS_OK)
		return NBS_E_NOMEM;
	client->linked = true;
	return NBS_OK;
}

void
nbsi_gw_client_unlink(struct nbsi_gw_client *client)
{
	if (client->linked)
		nbsi_gw_table_remove(&client->gateway->by_peer, &client->by_peer);
	client->linked = false;
}

void
nbsi_gw_client_end(struct nbsi_gw_client *client)
{
	nbsi_gw_pause(client);
	nbsi_gw_client_unlink(client);
	nbs_timer_cancel(&client->supervise);
	client->presence = NBS_MQTTSN_DISCONNECTED;
	client->phase = NBSI_GW_CONNECTED;
	if (client->clean)
		nbsi_gw_client_free(client);
}
