/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * MQTT-SN v1.2 client of a reporting device, on virtual time, over any transport.
 *
 * Models: connection setup (6.2), registration of one topic (6.5), publishing at QoS 0 and 1
 * (6.6), keep-alive by PINGREQ (6.11), disconnection into sleep (6.12, 6.14), retransmission
 * (6.13), and the loss of the session: what becomes of the report in flight is configured.
 * Does not model: gateway discovery (there is no broadcast on an NB-IoT bearer), Will, QoS 2 and
 * -1, subscriptions, waking up for downlink messages between reports.
 *
 * The client never sends by itself while it has no report, except the keep-alive PINGREQ. After
 * the sleep that it announced it takes the session for forgotten (6.14) and registers again.
 * Memory: one struct of the caller's, and the text of the reports that wait.
 *
 * NULL for a client, or for data with a length, is NBS_E_ARG; where there is no status, nothing is
 * done and NULL, false or OFFLINE returned.
 */
#ifndef NBSEC_MODELS_MQTTSN_CLIENT_H
#define NBSEC_MODELS_MQTTSN_CLIENT_H

#include "models/mqttsn/codec.h"
#include "sim/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_MQTTSN_CLIENT_QUEUE_MAX 4U /* reports that wait behind the one in flight */
#define NBS_MQTTSN_TOPIC_MAX 255U      /* octets of a topic name */
#define NBS_MQTTSN_PAYLOAD_MAX 1400U   /* octets of a report: one datagram without fragments */

/** How the client lives between reports. */
enum nbs_mqttsn_session {
	NBS_MQTTSN_SESSION_KEEPALIVE, /* stays connected: PUBLISH, PUBACK a report */
	NBS_MQTTSN_SESSION_SLEEP      /* CONNECT, PUBLISH, DISCONNECT with duration a report */
};

/** What becomes of the report in flight when the gateway no longer knows the session. */
enum nbs_mqttsn_session_lost {
	NBS_MQTTSN_LOST_DROP,  /* it is gone; the next report sets the session up again */
	NBS_MQTTSN_LOST_RESEND /* set up at once and publish it again */
};

/** What a datagram expects, so that the modem can tell the network (release assistance). */
enum nbs_mqttsn_reply {
	NBS_MQTTSN_REPLY_NONE, /* last of the exchange, nothing comes back */
	NBS_MQTTSN_REPLY_ONE,  /* exactly one answer, then the exchange is over */
	NBS_MQTTSN_REPLY_MORE  /* the exchange goes on after the answer */
};

/** How a report ended. */
enum nbs_mqttsn_outcome {
	NBS_MQTTSN_DELIVERED,    /* acknowledged; with QoS 0: handed to the transport */
	NBS_MQTTSN_GAVE_UP,      /* N_retry used up, or the transport failed */
	NBS_MQTTSN_SESSION_LOST, /* in flight when the gateway dropped the session (DROP) */
	NBS_MQTTSN_REJECTED,     /* refused by a return code */
	NBS_MQTTSN_QUEUE_FULL,   /* too many reports waited already */
	NBS_MQTTSN_OUTCOME__COUNT
};

/**
 * What the owner does for the client.
 *
 * send: called from publish(), input(), transport_ready() and from the client's timers; the bytes
 * are valid during the call only. Must not call back into the client before it returns. Any status
 * but NBS_OK counts as a datagram lost on the way: the retry timer deals with it.
 *
 * need_transport: may be NULL. Called before sending while the transport is down
 * (nbs_mqttsn_client_transport_lost() was called, or never ready()). The owner sets the transport
 * up and calls nbs_mqttsn_client_transport_ready(), at once or later, or
 * nbs_mqttsn_client_transport_lost() when that failed. With NULL the transport counts as up from
 * the start.
 *
 * silent: may be NULL, and needs need_transport. N_retry repetitions went unanswered: the transport
 * counts as down from here on, and the owner drops what is left of it without calling
 * nbs_mqttsn_client_transport_lost(). The report in flight gives up, or with LOST_RESEND is tried
 * again over a new one, N_retry times at most.
 *
 * done: exactly once for every publish() that returned NBS_OK, with its token. May call publish().
 */
struct nbs_mqttsn_client_ops {
	enum nbs_status (*send)(void *arg, const uint8_t *data, size_t len,
				enum nbs_mqttsn_reply expect);
	void (*need_transport)(void *arg);
	void (*done)(void *arg, uint32_t token, enum nbs_mqttsn_outcome outcome);
	void (*silent)(void *arg);
};

/** The strings are not copied: they belong to the owner and outlive the client. */
struct nbs_mqttsn_client_config {
	const char *client_id; /* 1..23 octets */
	const char *topic;     /* 1..NBS_MQTTSN_TOPIC_MAX octets, no wildcards */
	uint16_t keepalive_s;  /* CONNECT Duration; 0 = no supervision, no PINGREQ */
	uint16_t sleep_s;      /* DISCONNECT Duration, session sleep; 0 = keepalive_s, not both 0 */
	enum nbs_mqttsn_session session;
	uint8_t qos;         /* 0 or 1 */
	uint64_t t_retry_ns; /* 1..NBS_MQTTSN_T_RETRY_MAX_NS */
	unsigned n_retry;    /* 0..NBS_MQTTSN_N_RETRY_MAX */
	enum nbs_mqttsn_session_lost session_lost;
};

/** States, for traces and tests. */
enum nbs_mqttsn_client_state {
	NBS_MQTTSN_CLIENT_OFFLINE,     /* no session, no report */
	NBS_MQTTSN_CLIENT_TRANSPORT,   /* waits for the transport */
	NBS_MQTTSN_CLIENT_CONNECTING,  /* CONNECT sent */
	NBS_MQTTSN_CLIENT_REGISTERING, /* REGISTER sent */
	NBS_MQTTSN_CLIENT_PUBLISHING,  /* PUBLISH QoS 1 sent */
	NBS_MQTTSN_CLIENT_ACTIVE,      /* session up, no report */
	NBS_MQTTSN_CLIENT_PINGING,     /* PINGREQ sent */
	NBS_MQTTSN_CLIENT_CLOSING,     /* DISCONNECT with duration sent */
	NBS_MQTTSN_CLIENT_ASLEEP,      /* session kept by the gateway, no report */
	NBS_MQTTSN_CLIENT_STATE__COUNT
};

/** Counters, from init() on. */
struct nbs_mqttsn_client_stats {
	uint32_t sent[NBS_MQTTSN_TYPE__COUNT];     /* by type, repetitions included */
	uint32_t received[NBS_MQTTSN_TYPE__COUNT]; /* by type, valid ones */
	uint32_t outcome[NBS_MQTTSN_OUTCOME__COUNT];
	uint32_t retransmissions; /* of sent[] */
	uint32_t send_failures;   /* send() refused */
	uint32_t invalid;         /* datagrams that did not decode */
	uint32_t unexpected;      /* valid message or event that the state has no use for */
	uint32_t sessions_lost;   /* DISCONNECT, unknown topic id, N_retry or transport gone */
};

/** A report that waits or is in flight. */
struct nbs_mqttsn_report {
	uint32_t token;
	uint16_t len;
	uint8_t *data; /* owned */
};

/** The client; zero nothing, read nothing but through the functions below. */
struct nbs_mqttsn_client {
	struct nbs_engine *engine;
	const struct nbs_mqttsn_client_ops *ops;
	void *arg;
	struct nbs_mqttsn_client_config config;
	enum nbs_mqttsn_client_state state;
	bool transport_up;
	uint16_t topic_id; /* 0 = not registered in this session */
	uint16_t msg_id;   /* of the exchange in flight, last used one between exchanges */
	unsigned tries;    /* repetitions made of the datagram in flight */
	bool repeats;      /* the datagram in send() was sent before */
	unsigned resends;  /* sessions that the report in flight has outlived */
	uint64_t last_sent_ns;
	uint64_t asleep_ns;     /* when the DISCONNECT with duration was sent first */
	struct nbs_timer retry; /* the datagram in flight */
	struct nbs_timer idle;  /* keep-alive, re-armed lazily */
	struct nbs_mqttsn_report queue[NBS_MQTTSN_CLIENT_QUEUE_MAX + 1]; /* [0] is in flight */
	unsigned queued;
	struct nbs_mqttsn_client_stats stats;
};

/**
 * Makes a client in place; nothing is sent.
 * @param ops  kept by pointer; send and done set.
 * @retval NBS_E_ARG  a value of config outside its range.
 */
NBS_API enum nbs_status nbs_mqttsn_client_init(struct nbs_mqttsn_client *client,
					       struct nbs_engine *engine,
					       const struct nbs_mqttsn_client_config *config,
					       const struct nbs_mqttsn_client_ops *ops, void *arg);

/** Stops timers and frees waiting reports without calling done(). */
NBS_API void nbs_mqttsn_client_fini(struct nbs_mqttsn_client *client);

/**
 * Sends a report, now or when its turn comes.
 * @param token    handed back by done().
 * @param payload  copied.
 * @retval NBS_E_ARG  longer than NBS_MQTTSN_PAYLOAD_MAX: done() is not called.
 */
NBS_API enum nbs_status nbs_mqttsn_client_publish(struct nbs_mqttsn_client *client, uint32_t token,
						  const uint8_t *payload, size_t len);

/** Hands the client a datagram from the gateway. */
NBS_API void nbs_mqttsn_client_input(struct nbs_mqttsn_client *client, const uint8_t *data,
				     size_t len);

/** The transport is up: what waited for it is sent. */
NBS_API void nbs_mqttsn_client_transport_ready(struct nbs_mqttsn_client *client);

/** The transport is gone (DTLS closed or failed): the MQTT-SN session goes with it. */
NBS_API void nbs_mqttsn_client_transport_lost(struct nbs_mqttsn_client *client);

/** @return the state. */
NBS_API enum nbs_mqttsn_client_state
nbs_mqttsn_client_state(const struct nbs_mqttsn_client *client);

/** @return inside send(): whether the datagram repeats one that nobody answered (6.13). */
NBS_API bool nbs_mqttsn_client_repeats(const struct nbs_mqttsn_client *client);

/** @return the counters; valid as long as the client. */
NBS_API const struct nbs_mqttsn_client_stats *
nbs_mqttsn_client_stats(const struct nbs_mqttsn_client *client);

#ifdef __cplusplus
}
#endif
#endif
