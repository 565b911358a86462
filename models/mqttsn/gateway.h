/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * MQTT-SN v1.2 gateway with the broker inside: what it accepts is told to its owner and delivered
 * to subscribers.
 *
 * Models: connection with Will (6.2, 6.3), Will updates (6.4), registration both ways (6.5),
 * publishing at QoS 0, 1, 2 and -1 with normal, pre-defined and short topics (6.6 to 6.8),
 * subscriptions with + and # (6.9), delivery to clients with retries (6.10, 6.13), supervision of
 * keep-alive (6.11), disconnection (6.12), sleeping clients (6.14), SEARCHGW (6.1), forwarder
 * encapsulation (5.5), retained messages, takeover of a ClientID by another address, and binding
 * of ClientID to the PSK identity of the DTLS session (which v1.2 does not have).
 * Does not model: ADVERTISE (no broadcast); a separate MQTT server behind the gateway (accepting
 * is taking effect); QoS 2 towards subscribers (granted QoS is 1 at most); persistence.
 *
 * Choices where v1.2 is silent are listed in docs/models/mqttsn.md. Two matter for security: with
 * bind_identity a CONNECT under another identity, or in the clear under a name that is somebody's
 * identity, is answered by CONNACK 03 "rejected: not supported"; and messages of a client are taken
 * from its current address only, anything else from there is answered by DISCONNECT.
 *
 * NULL for a gateway, peer, or for data with a length: nothing is done; NULL, 0 or NBS_E_ARG
 * returned.
 */
#ifndef NBSEC_MODELS_MQTTSN_GATEWAY_H
#define NBSEC_MODELS_MQTTSN_GATEWAY_H

#include "models/mqttsn/codec.h"
#include "sim/net.h"

#ifdef __cplusplus
extern "C" {
#endif

struct nbs_mqttsn_gateway;

/**
 * The far end of a datagram. In the clear two peers are the same when address and port are; a
 * channel is the same peer wherever it comes from (connection IDs, RFC 9146).
 */
struct nbs_mqttsn_peer {
	struct nbs_endpoint addr; /* the newest that is known of a channel */
	uint64_t channel;         /* 0 = clear UDP, else the owner's handle of a DTLS session */
	const char *psk_identity; /* NULL on clear UDP; read during the call only */
};

/** A message that the broker accepted. Everything is valid during the call only. */
struct nbs_mqttsn_accepted {
	const char *client_id; /* "" for QoS -1 from an unconnected sender */
	const char *topic;     /* name after resolving ids */
	const uint8_t *payload;
	size_t len;
	int qos; /* -1..2 */
	bool retain;
	bool will;       /* published by the gateway for a lost client; peer is its last one */
	uint16_t msg_id; /* 0 with QoS 0 and -1 */
	bool dup; /* QoS 1: MsgId repeats the last accepted one of this session with DUP set */
	const struct nbs_mqttsn_peer *peer;
	uint64_t
	    frame; /* as given to input(); of a QoS 2 message that of its PUBREL; 0 for a Will */
};

/**
 * What the owner does for the gateway; arg is that of nbs_mqttsn_gateway_new().
 *
 * send: the bytes are valid during the call only; may call nbs_mqttsn_gateway_peer_gone() if the
 * channel turns out to be closed, nothing else of the gateway. Any status but NBS_OK counts as lost
 * on the way. psk_identity of the peer is NULL.
 *
 * accepted: may be NULL. Must not call back into the gateway. Called once for each application
 * message that takes effect. QoS 2: once a message, at PUBREL. QoS 1: once a PUBLISH, repetitions
 * included (at least once delivery).
 *
 * refused: may be NULL. Must not call back into the gateway. A CONNECT (or sleeper's PINGREQ) whose
 * ClientID is not the PSK identity; psk_identity is NULL where a clear channel asked for a ClientID
 * that is bound or that is_identity() claims.
 *
 * is_identity: may be NULL. Must not call back into the gateway. Whether the name is a PSK identity
 * that somebody could connect under; asked with bind_identity for names that come in the clear.
 * With NULL a name is protected from its first CONNECT over DTLS on, while the session is known.
 */
struct nbs_mqttsn_gateway_ops {
	enum nbs_status (*send)(void *arg, const struct nbs_mqttsn_peer *peer, const uint8_t *data,
				size_t len);
	void (*accepted)(void *arg, const struct nbs_mqttsn_accepted *message);
	void (*refused)(void *arg, const char *client_id, const char *psk_identity, uint64_t frame);
	bool (*is_identity)(void *arg, const char *client_id);
};

/** A topic id known to both ends beforehand (6.7). */
struct nbs_mqttsn_predefined {
	uint16_t id;
	const char *topic;
};

struct nbs_mqttsn_gateway_config {
	uint8_t gw_id;
	/** ClientID must equal the PSK identity; in the clear it must be nobody's. */
	bool bind_identity;
	bool allow_qos_minus1; /* take QoS -1 from senders without a session */
	unsigned max_clients;  /* 0 = no limit; beyond: CONNACK 01 "rejected: congestion" */
	unsigned max_saved;    /* messages kept for a client that sleeps or is busy */
	uint64_t t_retry_ns;   /* towards clients; 1..NBS_MQTTSN_T_RETRY_MAX_NS */
	unsigned n_retry;      /* 0..NBS_MQTTSN_N_RETRY_MAX */
	const struct nbs_mqttsn_predefined *predefined; /* copied */
	size_t predefined_count;
};

/** Counters. */
struct nbs_mqttsn_gateway_stats {
	uint64_t received[NBS_MQTTSN_TYPE__COUNT]; /* by type, valid ones */
	uint64_t sent[NBS_MQTTSN_TYPE__COUNT];     /* by type */
	uint64_t invalid;                          /* datagrams that did not decode */
	uint64_t unexpected;                       /* valid, but of no use in the sender's state */
	uint64_t unknown_peer;     /* valid, needs a session, and its sender has none */
	uint64_t accepted;         /* calls of accepted() there were or would have been */
	uint64_t duplicates;       /* of accepted */
	uint64_t refused_identity; /* bind_identity */
	uint64_t takeovers;        /* CONNECT for a connected ClientID from another address */
	uint64_t lost_clients;     /* keep-alive or sleep ran out */
	uint64_t delivered;        /* PUBLISH to subscribers acknowledged, or sent at QoS 0 */
	uint64_t dropped;          /* for subscribers, not delivered: queue full, gave up */
};

/** What a client is to the gateway (figure 4). */
enum nbs_mqttsn_presence {
	NBS_MQTTSN_DISCONNECTED,
	NBS_MQTTSN_ACTIVE,
	NBS_MQTTSN_ASLEEP,
	NBS_MQTTSN_AWAKE,
	NBS_MQTTSN_LOST
};

/** Fills in: no binding, QoS -1 off, no client limit, 20 saved, T_retry 10 s, N_retry 3. */
NBS_API void nbs_mqttsn_gateway_config_default(struct nbs_mqttsn_gateway_config *config);

/**
 * Makes a gateway.
 * @param[in]  ops  kept by pointer; send set.
 * @param[out] gateway  freed by nbs_mqttsn_gateway_free().
 * @retval NBS_E_ARG  a value of config outside its range; pre-defined topics that clash.
 */
NBS_API enum nbs_status nbs_mqttsn_gateway_new(struct nbs_engine *engine,
					       const struct nbs_mqttsn_gateway_config *config,
					       const struct nbs_mqttsn_gateway_ops *ops, void *arg,
					       struct nbs_mqttsn_gateway **gateway);

/** Frees the gateway with all sessions; tells nobody. NULL is fine. */
NBS_API void nbs_mqttsn_gateway_free(struct nbs_mqttsn_gateway *gateway);

/**
 * Hands the gateway a datagram.
 * @param frame  its number in a capture, handed on to accepted() and refused(); 0 = none.
 */
NBS_API void nbs_mqttsn_gateway_input(struct nbs_mqttsn_gateway *gateway,
				      const struct nbs_mqttsn_peer *peer, const uint8_t *data,
				      size_t len, uint64_t frame);

/** The channel (DTLS session) of a peer closed: nothing more can be sent there, nor through it. */
NBS_API void nbs_mqttsn_gateway_peer_gone(struct nbs_mqttsn_gateway *gateway,
					  const struct nbs_mqttsn_peer *peer);

/** @return the counters; valid as long as the gateway. */
NBS_API const struct nbs_mqttsn_gateway_stats *
nbs_mqttsn_gateway_stats(const struct nbs_mqttsn_gateway *gateway);

/** @return sessions known, whatever their presence. */
NBS_API size_t nbs_mqttsn_gateway_clients(const struct nbs_mqttsn_gateway *gateway);

/** @retval NBS_E_NOTFOUND  no session of that name. */
NBS_API enum nbs_status nbs_mqttsn_gateway_presence(const struct nbs_mqttsn_gateway *gateway,
						    const char *client_id,
						    enum nbs_mqttsn_presence *presence);

#ifdef __cplusplus
}
#endif
#endif
