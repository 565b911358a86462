/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The inside of the MQTT-SN gateway: what its source files share.
 *
 *   gateway.c           construction, a datagram's way to its handler
 *   gateway_connect.c   CONNECT with Will, PINGREQ, DISCONNECT
 *   gateway_session.c   sessions: found by ClientID and by peer, supervised, ended
 *   gateway_topic.c     topic names, and the ids that a client knows them by
 *   gateway_filter.c    subscriptions: a tree of filter levels
 *   gateway_publish.c   REGISTER, SUBSCRIBE, PUBLISH from clients; what is accepted
 *   gateway_deliver.c   messages to clients: queue, REGISTER, PUBLISH, retries
 */
#ifndef NBSEC_MODELS_MQTTSN_GATEWAY_INTERNAL_H
#define NBSEC_MODELS_MQTTSN_GATEWAY_INTERNAL_H

#include "models/mqttsn/gateway.h"
#include "models/mqttsn/gateway_table.h"

#define NBSI_GW_NODE_ID_MAX 8U      /* octets of a WirelessNodeId: an EUI-64 */
#define NBSI_GW_TOPICS_MAX 256U     /* topic ids of one client; beyond: rejected, congestion */
#define NBSI_GW_TOPIC_NAME_MAX 255U /* octets; beyond: rejected, not supported */

/** A client's address: a peer, and behind a forwarder the wireless node (5.5). */
struct nbsi_gw_peer {
	struct nbs_endpoint addr;
	uint64_t channel;
	uint8_t node_len; /* 0 = no forwarder */
	uint8_t node[NBSI_GW_NODE_ID_MAX];
};

/** A topic name, shared by all that refer to it. */
struct nbsi_gw_topic {
	struct nbsi_gw_link link; /* gateway.topics, by name */
	unsigned refs;
	struct nbsi_gw_message *retained;                   /* NULL = none */
	struct nbsi_gw_topic *retained_next, **retained_at; /* gateway.retained */
	size_t len;
	char name[]; /* terminated; no NUL inside */
};

/** An application message, shared by the queues that hold it. */
struct nbsi_gw_message {
	unsigned refs;
	struct nbsi_gw_topic *topic; /* referenced */
	int8_t qos;
	size_t len;
	uint8_t data[];
};

/** A message waiting for one client. */
struct nbsi_gw_saved {
	struct nbsi_gw_saved *next;
	struct nbsi_gw_message *message; /* referenced */
	uint16_t predefined;             /* id to deliver by, 0 = none */
	int8_t qos;                      /* 0 or 1 */
	bool retain;
	bool again; /* the client did not know the topic id once already */
};

/** A topic id that the gateway gave a client: the id is the place in the array, plus one. */
struct nbsi_gw_reg {
	struct nbsi_gw_topic *topic; /* referenced */
	bool known;                  /* the client has been told, or has asked */
};

struct nbsi_gw_predefined {
	uint16_t id;
	struct nbsi_gw_topic *topic; /* referenced */
};

struct nbsi_gw_will {
	struct nbsi_gw_topic *topic; /* referenced */
	int8_t qos;
	bool retain;
	size_t len;
	uint8_t *data; /* owned; NULL while only the topic is known */
};

/** Where the Will dialogue of CONNECT stands (6.2). */
enum nbsi_gw_phase { NBSI_GW_CONNECTED, NBSI_GW_WANTS_WILLTOPIC, NBSI_GW_WANTS_WILLMSG };

/** What the gateway waits for from a client. */
enum nbsi_gw_inflight { NBSI_GW_IDLE, NBSI_GW_REGISTER, NBSI_GW_PUBLISH };

struct nbsi_gw_filter;

/** A subscription: in the list of its filter and in that of its client. */
struct nbsi_gw_sub {
	struct nbsi_gw_sub *next, **at;  /* filter's */
	struct nbsi_gw_sub *client_next; /* client's */
	struct nbsi_gw_filter *filter;
	struct nbsi_gw_client *client;
	uint16_t predefined; /* id to deliver by, 0 = none */
	int8_t qos;          /* granted, 0 or 1 */
};

struct nbsi_gw_client {
	struct nbsi_gw_link by_id;   /* gateway.by_id */
	struct nbsi_gw_link by_peer; /* gateway.by_peer, while linked */
	struct nbs_mqttsn_gateway *gateway;
	char id[NBS_MQTTSN_CLIENT_ID_MAX + 1]; /* terminated; no NUL inside */
	uint8_t presence;                      /* enum nbs_mqttsn_presence */
	uint8_t phase;                         /* enum nbsi_gw_phase */
	uint8_t inflight;                      /* enum nbsi_gw_inflight: of the queue's head */
	uint8_t tries;                         /* repetitions made of it */
	bool linked;                           /* peer is where the client is */
	bool clean;                            /* CleanSession of the last CONNECT */
	bool bound;                            /* came under a PSK identity equal to id */
	bool has_last;                         /* last_msg_id is of this session */
	bool has_pending;                      /* a QoS 2 message waits for PUBREL */
	uint16_t last_msg_id;                  /* QoS 1 PUBLISH accepted last */
	uint16_t pending_msg_id;               /* QoS 2 */
	uint16_t msg_id;                       /* of what is in flight to the client */
	uint16_t keepalive_s;                  /* CONNECT Duration, 0 = not supervised */
	uint16_t sleep_s;                      /* DISCONNECT Duration */
	struct nbsi_gw_peer peer;
	uint64_t heard_ns;          /* start of the supervised silence */
	struct nbs_timer supervise; /* re-armed when it fires, not when the client is heard */
	struct nbs_timer retry;     /* of what is in flight */
	struct nbsi_gw_reg *regs;
	unsigned reg_count;
	unsigned saved_count;
	struct nbsi_gw_saved *saved, **saved_end; /* the head may be in flight */
	struct nbsi_gw_sub *subs;
	struct nbsi_gw_will *will;       /* NULL = none */
	struct nbsi_gw_message *pending; /* QoS 2, referenced */
	bool pending_retain;
};

struct nbs_mqttsn_gateway {
	struct nbs_engine *engine;
	const struct nbs_mqttsn_gateway_ops *ops;
	void *arg;
	struct nbs_mqttsn_gateway_config config; /* without the pre-defined topics */
	struct nbsi_gw_predefined *predefined;   /* in order of their ids */
	size_t predefined_count;
	struct nbsi_gw_table by_id, by_peer; /* clients */
	struct nbsi_gw_table topics;
	struct nbsi_gw_table filters;   /* levels below others */
	struct nbsi_gw_filter *root;    /* above all first levels */
	struct nbsi_gw_topic *retained; /* topics with a retained message */
	uint64_t next_filter_id;
	struct nbs_mqttsn_gateway_stats stats;
};

/** A datagram on its way through the gateway. */
struct nbsi_gw_in {
	struct nbs_mqttsn_gateway *gateway;
	const struct nbs_mqttsn_peer *peer; /* as the owner gave it */
	struct nbsi_gw_peer from;
	const struct nbs_mqttsn_msg *msg;
	struct nbsi_gw_client *client; /* whose address it came from, NULL = nobody's */
	uint64_t frame;
};

/* ---- gateway.c ---- */

/** Encodes and sends, inside an encapsulation where the client is behind a forwarder. */
void nbsi_gw_send(struct nbs_mqttsn_gateway *gw, const struct nbsi_gw_peer *to,
		  const struct nbs_mqttsn_msg *msg);

/** Sends to a client if its address is known. */
void nbsi_gw_send_client(struct nbsi_gw_client *client, const struct nbs_mqttsn_msg *msg);

/** Sends a message without fields: PINGRESP, DISCONNECT, WILLTOPICREQ, WILLMSGREQ. */
void nbsi_gw_send_bare(struct nbs_mqttsn_gateway *gw, const struct nbsi_gw_peer *to,
		       enum nbs_mqttsn_type type);

/* ---- gateway_connect.c: handlers ---- */
void nbsi_gw_on_connect(struct nbsi_gw_in *in);
void nbsi_gw_on_willtopic(struct nbsi_gw_in *in);
void nbsi_gw_on_willmsg(struct nbsi_gw_in *in);
void nbsi_gw_on_willtopicupd(struct nbsi_gw_in *in);
void nbsi_gw_on_willmsgupd(struct nbsi_gw_in *in);
void nbsi_gw_on_pingreq(struct nbsi_gw_in *in);
void nbsi_gw_on_disconnect(struct nbsi_gw_in *in);

/* ---- gateway_session.c ---- */

/** @return the session of that ClientID or NULL. */
struct nbsi_gw_client *nbsi_gw_client_by_id(const struct nbs_mqttsn_gateway *gw, const uint8_t *id,
					    size_t len);

/** @return the session at that address or NULL. */
struct nbsi_gw_client *nbsi_gw_client_by_peer(const struct nbs_mqttsn_gateway *gw,
					      const struct nbsi_gw_peer *peer);

/** @return a session at that address, or behind it if it is a forwarder's (5.5); or NULL. */
struct nbsi_gw_client *nbsi_gw_client_at(const struct nbs_mqttsn_gateway *gw,
					 struct nbs_endpoint addr, uint64_t channel);

/** @return some session, NULL when there is none; from as for nbsi_gw_table_any(). */
struct nbsi_gw_client *nbsi_gw_client_any(const struct nbs_mqttsn_gateway *gw, size_t *from);

/** @return a new session, disconnected; NULL without memory. */
struct nbsi_gw_client *nbsi_gw_client_new(struct nbs_mqttsn_gateway *gw, const uint8_t *id,
					  size_t len);

/** Frees a session and all that hangs on it. */
void nbsi_gw_client_free(struct nbsi_gw_client *client);

/** Puts the session at an address where no other is. @retval NBS_E_NOMEM */
enum nbs_status nbsi_gw_client_link(struct nbsi_gw_client *client, const struct nbsi_gw_peer *peer);

/** Forgets the address. */
void nbsi_gw_client_unlink(struct nbsi_gw_client *client);

/** Forgets subscriptions, topic ids, waiting messages and Will (CleanSession, 6.3). */
void nbsi_gw_client_wipe(struct nbsi_gw_client *client);

/** An orderly end without Will; frees the session if it was a clean one. */
void nbsi_gw_client_end(struct nbsi_gw_client *client);

/** The client was heard of: supervision starts anew (6.11, 6.14). */
void nbsi_gw_client_heard(struct nbsi_gw_client *client);

void nbsi_gw_will_free(struct nbsi_gw_client *client);

/* ---- gateway_topic.c ---- */

/** @return the topic of that name, referenced for the caller; NULL without memory. */
struct nbsi_gw_topic *nbsi_gw_topic_get(struct nbs_mqttsn_gateway *gw, const uint8_t *name,
					size_t len);

/** Gives a reference back. */
void nbsi_gw_topic_put(struct nbs_mqttsn_gateway *gw, struct nbsi_gw_topic *topic);

/** @return whether messages can be published under the name: no wildcard, no NUL, not too long. */
bool nbsi_gw_topic_valid(const struct nbs_mqttsn_bytes *name);

/** @return the topic of a pre-defined id, not referenced; NULL = no such id. */
struct nbsi_gw_topic *nbsi_gw_predefined(const struct nbs_mqttsn_gateway *gw, uint16_t id);

/** @return the client's id for the topic, a new one if need be; 0 = no more ids or memory. */
uint16_t nbsi_gw_topic_id(struct nbsi_gw_client *client, struct nbsi_gw_topic *topic);

/** @return the registration of an id; NULL = not given to this client. */
struct nbsi_gw_reg *nbsi_gw_reg(const struct nbsi_gw_client *client, uint16_t id);

void nbsi_gw_regs_free(struct nbsi_gw_client *client);

/** Keeps the message (referenced) as the topic's retained one; an empty one deletes it. */
void nbsi_gw_retain(struct nbs_mqttsn_gateway *gw, struct nbsi_gw_message *message);

/** Forgets the topic's retained message. */
void nbsi_gw_retained_drop(struct nbs_mqttsn_gateway *gw, struct nbsi_gw_topic *topic);

struct nbsi_gw_message *nbsi_gw_message_new(struct nbsi_gw_topic *topic, int8_t qos,
					    const uint8_t *data, size_t len);
void nbsi_gw_message_put(struct nbs_mqttsn_gateway *gw, struct nbsi_gw_message *message);

/* ---- gateway_filter.c ---- */

/** @return whether a subscription may be made to the filter (wildcards alone in their level). */
bool nbsi_gw_filter_valid(const struct nbs_mqttsn_bytes *filter);

/** @return whether the filter has a wildcard. */
bool nbsi_gw_filter_wild(const struct nbs_mqttsn_bytes *filter);

/** @return whether the topic name matches the filter. */
bool nbsi_gw_filter_matches(const struct nbs_mqttsn_bytes *filter, const char *name, size_t len);

/** Makes the subscription or changes the one there is. @retval NBS_E_NOMEM */
enum nbs_status nbsi_gw_subscribe(struct nbsi_gw_client *client,
				  const struct nbs_mqttsn_bytes *filter, int8_t qos,
				  uint16_t predefined);

/** Ends the subscription, if there is one. */
void nbsi_gw_unsubscribe(struct nbsi_gw_client *client, const struct nbs_mqttsn_bytes *filter);

/** Ends all of them. */
void nbsi_gw_unsubscribe_all(struct nbsi_gw_client *client);

/** Calls found() for every subscription that the topic name matches. */
void nbsi_gw_match(const struct nbs_mqttsn_gateway *gw, const struct nbsi_gw_topic *topic,
		   void (*found)(void *arg, struct nbsi_gw_sub *sub), void *arg);

/* ---- gateway_publish.c: handlers, and the one place where a message is accepted ---- */
void nbsi_gw_on_register(struct nbsi_gw_in *in);
void nbsi_gw_on_subscribe(struct nbsi_gw_in *in);
void nbsi_gw_on_unsubscribe(struct nbsi_gw_in *in);
void nbsi_gw_on_publish(struct nbsi_gw_in *in);
void nbsi_gw_on_pubrel(struct nbsi_gw_in *in);

/** Publishes the Will of a lost client (6.11). */
void nbsi_gw_publish_will(struct nbsi_gw_client *client);

/* ---- gateway_deliver.c ---- */
void nbsi_gw_on_regack(struct nbsi_gw_in *in);
void nbsi_gw_on_puback(struct nbsi_gw_in *in);

/** Hands a message to every subscriber. */
void nbsi_gw_deliver(struct nbs_mqttsn_gateway *gw, struct nbsi_gw_message *message);

/** Queues a message for one client; drops it when the queue is full. */
void nbsi_gw_save(struct nbsi_gw_client *client, struct nbsi_gw_message *message, int8_t qos,
		  bool retain, uint16_t predefined);

/** Sends what waits, one exchange at a time; a client awake that has it all is sent to sleep. */
void nbsi_gw_pump(struct nbsi_gw_client *client);

/** Stops what is in flight; its message stays first in the queue. */
void nbsi_gw_pause(struct nbsi_gw_client *client);

/** The retry timer of what is in flight. */
void nbsi_gw_retry_fired(void *arg);

void nbsi_gw_saved_free(struct nbsi_gw_client *client);

#endif
