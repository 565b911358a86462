/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MQTT-SN v1.2 client: connect, register, publish, ping, sleep (6.2, 6.5, 6.6, 6.11 to 6.14).
 *
 * A datagram that waits for an answer belongs to a state: entering the state sends it, the retry
 * timer repeats it there (6.13), leaving the state stops the timer.
 * Deviations: a rejection by congestion ends the report instead of waiting T_WAIT (7.2), because
 * the next report comes later than that anyway.
 */
#include "models/mqttsn/client.h"

#include "models/mqttsn/client_send.h"

#include <stdlib.h>
#include <string.h>

enum client_event {
	EV_REPORT,    /* a report waits */
	EV_READY,     /* transport up */
	EV_DOWN,      /* transport gone */
	EV_CONNACK,   /* accepted */
	EV_REFUSED,   /* CONNACK with another return code */
	EV_REGACK,    /* accepted */
	EV_PUBACK,    /* accepted */
	EV_REJECTED,  /* REGACK or PUBACK with another return code */
	EV_BAD_TOPIC, /* PUBACK: invalid topic id */
	EV_PINGREQ,   /* the gateway asks */
	EV_PINGRESP,
	EV_DISCONNECT,
	EV_OTHER,     /* a message that is not for a client, or answers nothing */
	EV_REPEAT,    /* T_retry ran out */
	EV_EXHAUSTED, /* T_retry ran out after N_retry repetitions */
	EV_IDLE,      /* keep-alive ran out with nothing sent */
	EV__COUNT
};

typedef void (*client_handler)(struct nbs_mqttsn_client *c);

static void client_dispatch(struct nbs_mqttsn_client *c, enum client_event event);

static void
client_set_state(struct nbs_mqttsn_client *c, enum nbs_mqttsn_client_state state)
{
	nbs_timer_cancel(&c->retry);
	c->state = state;
}

/* Where the datagram cannot be timed, its exchange ends as one that nobody answered. */
static void
client_transmit(struct nbs_mqttsn_client *c)
{
	if (nbsi_mqttsn_client_transmit(c) != NBS_OK)
		client_dispatch(c, EV_EXHAUSTED);
}

/* The last thing that a handler does with the client: the exchange may end at once. */
static void
client_exchange(struct nbs_mqttsn_client *c, enum nbs_mqttsn_client_state state)
{
	client_set_state(c, state);
	c->tries = 0;
	client_transmit(c);
}

/* 0000 stands for "no MsgId" (5.4.12). */
static void
client_new_msg_id(struct nbs_mqttsn_client *c)
{
	c->msg_id++;
	if (c->msg_id == 0)
		c->msg_id = 1;
}

/* ---- reports ---- */

static void
client_arm_idle(struct nbs_mqttsn_client *c)
{
	if (c->config.keepalive_s == 0 || nbs_timer_armed(&c->idle))
		return;
	/* Unarmed it only costs the session, which the gateway then ends. */
	(void)nbs_timer_arm(c->engine, &c->idle, c->config.keepalive_s * NBS_NS_PER_S);
}

static void
client_set_active(struct nbs_mqttsn_client *c)
{
	client_set_state(c, NBS_MQTTSN_CLIENT_ACTIVE);
	client_arm_idle(c);
}

/* Starts the report that waits, if the state is one between exchanges. */
static void
client_next(struct nbs_mqttsn_client *c)
{
	bool between = c->state == NBS_MQTTSN_CLIENT_OFFLINE ||
		       c->state == NBS_MQTTSN_CLIENT_ACTIVE || c->state == NBS_MQTTSN_CLIENT_ASLEEP;

	if (between && c->queued > 0)
		client_dispatch(c, EV_REPORT);
}

/* Takes the report in flight off the queue. @return its token. */
static uint32_t
client_take_report(struct nbs_mqttsn_client *c)
{
	struct nbs_mqttsn_report report = c->queue[0];

	c->queued--;
	memmove(&c->queue[0], &c->queue[1], c->queued * sizeof c->queue[0]);
	c->resends = 0;
	free(report.data);
	return report.token;
}

/* Tells the outcome of a report that was taken off; done() may publish(). */
static void
client_tell(struct nbs_mqttsn_client *c, uint32_t token, enum nbs_mqttsn_outcome outcome)
{
	c->stats.outcome[outcome]++;
	c->ops->done(c->arg, token, outcome);
	client_next(c);
}

static void
client_finish(struct nbs_mqttsn_client *c, enum nbs_mqttsn_outcome outcome)
{
	client_tell(c, client_take_report(c), outcome);
}

/* A report ended with the session alive: sleep, or stay active. */
static void
client_conclude(struct nbs_mqttsn_client *c, enum nbs_mqttsn_outcome outcome)
{
	uint32_t token = client_take_report(c);

	if (c->config.session == NBS_MQTTSN_SESSION_SLEEP && c->queued == 0) {
		c->asleep_ns = nbs_now(c->engine);
		client_exchange(c, NBS_MQTTSN_CLIENT_CLOSING);
	} else {
		client_set_active(c);
	}
	client_tell(c, token, outcome);
}

/* ---- handlers ---- */

static void
client_ignore(struct nbs_mqttsn_client *c)
{
	(void)c;
}

/* 6.14: a gateway may forget who did not come back within the sleep duration it announced. */
static bool
client_overslept(const struct nbs_mqttsn_client *c)
{
	return c->state == NBS_MQTTSN_CLIENT_ASLEEP &&
	       nbs_now(c->engine) - c->asleep_ns >= c->config.sleep_s * NBS_NS_PER_S;
}

static void
client_on_connect(struct nbs_mqttsn_client *c)
{
	if (client_overslept(c))
		c->topic_id = 0;
	if (c->transport_up) {
		client_exchange(c, NBS_MQTTSN_CLIENT_CONNECTING);
		return;
	}
	client_set_state(c, NBS_MQTTSN_CLIENT_TRANSPORT);
	c->ops->need_transport(c->arg);
}

static void
client_on_ready(struct nbs_mqttsn_client *c)
{
	client_exchange(c, NBS_MQTTSN_CLIENT_CONNECTING);
}

/* The session is up: register if need be, else publish. */
static void
client_on_session(struct nbs_mqttsn_client *c)
{
	client_new_msg_id(c);
	if (c->topic_id == 0) {
		client_exchange(c, NBS_MQTTSN_CLIENT_REGISTERING);
		return;
	}
	if (c->config.qos > 0) {
		client_exchange(c, NBS_MQTTSN_CLIENT_PUBLISHING);
		return;
	}
	c->tries = 0;
	nbsi_mqttsn_client_send_publish(c);
	client_conclude(c, NBS_MQTTSN_DELIVERED);
}

static void
client_on_delivered(struct nbs_mqttsn_client *c)
{
	client_conclude(c, NBS_MQTTSN_DELIVERED);
}

static void
client_on_rejected(struct nbs_mqttsn_client *c)
{
	client_conclude(c, NBS_MQTTSN_REJECTED);
}

static void
client_on_refused(struct nbs_mqttsn_client *c)
{
	c->topic_id = 0;
	client_set_state(c, NBS_MQTTSN_CLIENT_OFFLINE);
	client_finish(c, NBS_MQTTSN_REJECTED);
}

static void
client_forget_session(struct nbs_mqttsn_client *c)
{
	if (c->state > NBS_MQTTSN_CLIENT_CONNECTING || c->topic_id != 0)
		c->stats.sessions_lost++;
	c->topic_id = 0;
	nbs_timer_cancel(&c->idle);
	client_set_state(c, NBS_MQTTSN_CLIENT_OFFLINE);
}

/* The gateway does not know the session any more, and no report is in flight. */
static void
client_on_lost_idle(struct nbs_mqttsn_client *c)
{
	client_forget_session(c);
	client_next(c);
}

/* The same with a report in flight. N_retry bounds how many sessions one report may outlive. */
static void
client_on_lost(struct nbs_mqttsn_client *c)
{
	client_forget_session(c);
	if (c->config.session_lost == NBS_MQTTSN_LOST_DROP) {
		client_finish(c, NBS_MQTTSN_SESSION_LOST);
	} else if (c->resends >= c->config.n_retry) {
		client_finish(c, NBS_MQTTSN_GAVE_UP);
	} else {
		c->resends++;
		client_next(c);
	}
}

static void
client_on_give_up(struct nbs_mqttsn_client *c)
{
	client_forget_session(c);
	client_finish(c, NBS_MQTTSN_GAVE_UP);
}

static void
client_on_repeat(struct nbs_mqttsn_client *c)
{
	c->tries++;
	c->stats.retransmissions++;
	client_transmit(c);
}

static void
client_on_idle(struct nbs_mqttsn_client *c)
{
	client_exchange(c, NBS_MQTTSN_CLIENT_PINGING);
}

static void
client_on_pingresp(struct nbs_mqttsn_client *c)
{
	client_set_active(c);
}

static void
client_on_asleep(struct nbs_mqttsn_client *c)
{
	nbs_timer_cancel(&c->idle);
	client_set_state(c, NBS_MQTTSN_CLIENT_ASLEEP);
	client_next(c);
}

/*
 * An empty cell is a pair that the specification has no use for: counted and ignored. The
 * transport may come and go in any state; a PINGRESP may be late.
 */
static const client_handler handler[NBS_MQTTSN_CLIENT_STATE__COUNT][EV__COUNT] = {
    [NBS_MQTTSN_CLIENT_OFFLINE] =
	{
	    [EV_REPORT] = client_on_connect,
	    [EV_READY] = client_ignore,
	    [EV_DOWN] = client_ignore,
	},
    [NBS_MQTTSN_CLIENT_TRANSPORT] =
	{
	    [EV_READY] = client_on_ready,
	    [EV_DOWN] = client_on_give_up,
	},
    [NBS_MQTTSN_CLIENT_CONNECTING] =
	{
	    [EV_READY] = client_ignore,
	    [EV_DOWN] = client_on_lost,
	    [EV_CONNACK] = client_on_session,
	    [EV_REFUSED] = client_on_refused,
	    [EV_REPEAT] = client_on_repeat,
	    [EV_EXHAUSTED] = client_on_give_up,
	},
    [NBS_MQTTSN_CLIENT_REGISTERING] =
	{
	    [EV_READY] = client_ignore,
	    [EV_DOWN] = client_on_lost,
	    [EV_REGACK] = client_on_session,
	    [EV_REJECTED] = client_on_rejected,
	    [EV_DISCONNECT] = client_on_lost,
	    [EV_PINGREQ] = nbsi_mqttsn_client_send_pingresp,
	    [EV_PINGRESP] = client_ignore,
	    [EV_REPEAT] = client_on_repeat,
	    [EV_EXHAUSTED] = client_on_give_up,
	},
    [NBS_MQTTSN_CLIENT_PUBLISHING] =
	{
	    [EV_READY] = client_ignore,
	    [EV_DOWN] = client_on_lost,
	    [EV_PUBACK] = client_on_delivered,
	    [EV_BAD_TOPIC] = client_on_lost,
	    [EV_REJECTED] = client_on_rejected,
	    [EV_DISCONNECT] = client_on_lost,
	    [EV_PINGREQ] = nbsi_mqttsn_client_send_pingresp,
	    [EV_PINGRESP] = client_ignore,
	    [EV_REPEAT] = client_on_repeat,
	    [EV_EXHAUSTED] = client_on_give_up,
	},
    [NBS_MQTTSN_CLIENT_ACTIVE] =
	{
	    [EV_REPORT] = client_on_session,
	    [EV_READY] = client_ignore,
	    [EV_DOWN] = client_on_lost_idle,
	    [EV_BAD_TOPIC] = client_on_lost_idle, /* of a PUBLISH with QoS 0 */
	    [EV_DISCONNECT] = client_on_lost_idle,
	    [EV_PINGREQ] = nbsi_mqttsn_client_send_pingresp,
	    [EV_PINGRESP] = client_ignore,
	    [EV_IDLE] = client_on_idle,
	},
    [NBS_MQTTSN_CLIENT_PINGING] =
	{
	    [EV_REPORT] = client_on_session,
	    [EV_READY] = client_ignore,
	    [EV_DOWN] = client_on_lost_idle,
	    [EV_PINGRESP] = client_on_pingresp,
	    [EV_DISCONNECT] = client_on_lost_idle,
	    [EV_PINGREQ] = nbsi_mqttsn_client_send_pingresp,
	    [EV_REPEAT] = client_on_repeat,
	    [EV_EXHAUSTED] = client_on_lost_idle,
	},
    [NBS_MQTTSN_CLIENT_CLOSING] =
	{
	    [EV_READY] = client_ignore,
	    [EV_DOWN] = client_on_lost_idle,
	    [EV_BAD_TOPIC] = client_on_lost_idle, /* of a PUBLISH with QoS 0 */
	    [EV_DISCONNECT] = client_on_asleep,
	    [EV_PINGREQ] = nbsi_mqttsn_client_send_pingresp,
	    [EV_PINGRESP] = client_ignore,
	    [EV_REPEAT] = client_on_repeat,
	    [EV_EXHAUSTED] = client_on_lost_idle,
	},
    [NBS_MQTTSN_CLIENT_ASLEEP] =
	{
	    [EV_REPORT] = client_on_connect,
	    [EV_READY] = client_ignore,
	    [EV_DOWN] = client_on_lost_idle,
	    [EV_DISCONNECT] = client_on_lost_idle,
	},
};

static void
client_dispatch(struct nbs_mqttsn_client *c, enum client_event event)
{
	client_handler handle = handler[c->state][event];

	if (handle == NULL)
		c->stats.unexpected++;
	else
		handle(c);
}

/* ---- timers ---- */

static void
client_retry_fired(void *arg)
{
	struct nbs_mqttsn_client *c = arg;

	client_dispatch(c, c->tries < c->config.n_retry ? EV_REPEAT : EV_EXHAUSTED);
}

/* Armed once a keep-alive period, not once a datagram: what was sent meanwhile counts. */
static void
client_idle_fired(void *arg)
{
	struct nbs_mqttsn_client *c = arg;
	uint64_t due = c->last_sent_ns + c->config.keepalive_s * NBS_NS_PER_S;
	uint64_t now = nbs_now(c->engine);

	if (now < due) {
		(void)nbs_timer_arm(c->engine, &c->idle, due - now);
	} else {
		/* In an exchange its own retries keep the session; entering ACTIVE arms anew. */
		if (c->state == NBS_MQTTSN_CLIENT_ACTIVE)
			client_dispatch(c, EV_IDLE);
	}
}

/* ---- input ---- */

static enum client_event
client_classify_ack(struct nbs_mqttsn_client *c, const struct nbs_mqttsn_msg *msg)
{
	bool regack = msg->type == NBS_MQTTSN_REGACK;
	bool registering = c->state == NBS_MQTTSN_CLIENT_REGISTERING;
	unsigned code = msg->regack.return_code;
	uint16_t expected = regack || c->config.qos > 0 ? c->msg_id : 0;

	if (regack != registering || msg->regack.msg_id != expected)
		return EV_OTHER;
	if (code == NBS_MQTTSN_ACCEPTED && regack) {
		c->topic_id = msg->regack.topic_id;
		return EV_REGACK;
	}
	if (code == NBS_MQTTSN_ACCEPTED)
		return EV_PUBACK;
	return !regack && code == NBS_MQTTSN_INVALID_TOPIC_ID ? EV_BAD_TOPIC : EV_REJECTED;
}

static enum client_event
client_classify(struct nbs_mqttsn_client *c, const struct nbs_mqttsn_msg *msg)
{
	switch (msg->type) {
	case NBS_MQTTSN_CONNACK:
		return msg->connack.return_code == NBS_MQTTSN_ACCEPTED ? EV_CONNACK : EV_REFUSED;
	case NBS_MQTTSN_REGACK:
	case NBS_MQTTSN_PUBACK:
		return client_classify_ack(c, msg);
	case NBS_MQTTSN_PINGREQ:
		return EV_PINGREQ;
	case NBS_MQTTSN_PINGRESP:
		return EV_PINGRESP;
	case NBS_MQTTSN_DISCONNECT:
		return EV_DISCONNECT;
	default:
		return EV_OTHER;
	}
}

void
nbs_mqttsn_client_input(struct nbs_mqttsn_client *c, const uint8_t *data, size_t len)
{
	struct nbs_mqttsn_msg msg;

	if (c == NULL)
		return;
	if (nbs_mqttsn_decode(data, len, &msg, NULL) != NBS_OK ||
	    msg.type == NBS_MQTTSN_ENCAPSULATED) {
		c->stats.invalid++;
		return;
	}
	c->stats.received[msg.type]++;
	client_dispatch(c, client_classify(c, &msg));
}

/* ---- the owner's side ---- */

static bool
client_text_fits(const char *text, size_t max)
{
	return text != NULL && text[0] != '\0' && strlen(text) <= max;
}

static bool
client_timing_is_valid(const struct nbs_mqttsn_client_config *config)
{
	bool sleeps = config->session == NBS_MQTTSN_SESSION_SLEEP;

	if (!sleeps && config->session != NBS_MQTTSN_SESSION_KEEPALIVE)
		return false;
	/* DISCONNECT with duration 0 ends the session: nobody sleeps by it. */
	if (sleeps && config->sleep_s == 0 && config->keepalive_s == 0)
		return false;
	return config->t_retry_ns != 0 && config->t_retry_ns <= NBS_MQTTSN_T_RETRY_MAX_NS &&
	       config->n_retry <= NBS_MQTTSN_N_RETRY_MAX;
}

static bool
client_config_is_valid(const struct nbs_mqttsn_client_config *config)
{
	return config != NULL && client_text_fits(config->client_id, NBS_MQTTSN_CLIENT_ID_MAX) &&
	       client_text_fits(config->topic, NBS_MQTTSN_TOPIC_MAX) &&
	       strpbrk(config->topic, "+#") == NULL && config->qos <= 1 &&
	       (config->session_lost == NBS_MQTTSN_LOST_DROP ||
		config->session_lost == NBS_MQTTSN_LOST_RESEND) &&
	       client_timing_is_valid(config);
}

enum nbs_status
nbs_mqttsn_client_init(struct nbs_mqttsn_client *c, struct nbs_engine *engine,
		       const struct nbs_mqttsn_client_config *config,
		       const struct nbs_mqttsn_client_ops *ops, void *arg)
{
	if (c == NULL || engine == NULL || !client_config_is_valid(config) || ops == NULL ||
	    ops->send == NULL || ops->done == NULL)
		return NBS_E_ARG;
	memset(c, 0, sizeof *c);
	c->engine = engine;
	c->config = *config;
	if (config->sleep_s == 0)
		c->config.sleep_s = config->keepalive_s;
	c->ops = ops;
	c->arg = arg;
	c->transport_up = ops->need_transport == NULL;
	nbs_timer_init(&c->retry, client_retry_fired, c);
	nbs_timer_init(&c->idle, client_idle_fired, c);
	return NBS_OK;
}

void
nbs_mqttsn_client_fini(struct nbs_mqttsn_client *c)
{
	if (c == NULL)
		return;
	nbs_timer_cancel(&c->retry);
	nbs_timer_cancel(&c->idle);
	for (unsigned i = 0; i < c->queued; i++)
		free(c->queue[i].data);
	c->queued = 0;
}

enum nbs_status
nbs_mqttsn_client_publish(struct nbs_mqttsn_client *c, uint32_t token, const uint8_t *payload,
			  size_t len)
{
	struct nbs_mqttsn_report *report;
	uint8_t *copy;

	if (c == NULL || len > NBS_MQTTSN_PAYLOAD_MAX || (payload == NULL && len != 0))
		return NBS_E_ARG;
	if (c->queued == NBS_MQTTSN_CLIENT_QUEUE_MAX + 1) {
		c->stats.outcome[NBS_MQTTSN_QUEUE_FULL]++;
		c->ops->done(c->arg, token, NBS_MQTTSN_QUEUE_FULL);
		return NBS_OK;
	}
	copy = malloc(len > 0 ? len : 1);
	if (copy == NULL)
		return NBS_E_NOMEM;
	if (len > 0)
		memcpy(copy, payload, len);
	report = &c->queue[c->queued++];
	*report = (struct nbs_mqttsn_report){token, (uint16_t)len, copy};
	if (c->state == NBS_MQTTSN_CLIENT_PINGING)
		client_dispatch(c, EV_REPORT);
	else
		client_next(c);
	return NBS_OK;
}

void
nbs_mqttsn_client_transport_ready(struct nbs_mqttsn_client *c)
{
	if (c == NULL)
		return;
	c->transport_up = true;
	client_dispatch(c, EV_READY);
}

void
nbs_mqttsn_client_transport_lost(struct nbs_mqttsn_client *c)
{
	if (c == NULL)
		return;
	c->transport_up = c->ops->need_transport == NULL;
	client_dispatch(c, EV_DOWN);
}

enum nbs_mqttsn_client_state
nbs_mqttsn_client_state(const struct nbs_mqttsn_client *c)
{
	return c == NULL ? NBS_MQTTSN_CLIENT_OFFLINE : c->state;
}

bool
nbs_mqttsn_client_repeats(const struct nbs_mqttsn_client *client)
{
	return client != NULL && client->repeats;
}

const struct nbs_mqttsn_client_stats *
nbs_mqttsn_client_stats(const struct nbs_mqttsn_client *c)
{
	return c == NULL ? NULL : &c->stats;
}
