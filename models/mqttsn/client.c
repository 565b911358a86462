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

#include "models/mqttsn/client_events.h"
#include "models/mqttsn/client_send.h"

#include <stdlib.h>
#include <string.h>

typedef void (*client_handler)(struct nbs_mqttsn_client *c);

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
		nbsi_mqttsn_client_dispatch(c, EV_EXHAUSTED);
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
void
nbsi_mqttsn_client_next(struct nbs_mqttsn_client *c)
{
	bool between = c->state == NBS_MQTTSN_CLIENT_OFFLINE ||
		       c->state == NBS_MQTTSN_CLIENT_ACTIVE || c->state == NBS_MQTTSN_CLIENT_ASLEEP;

	if (between && c->queued > 0)
		nbsi_mqttsn_client_dispatch(c, EV_REPORT);
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
	nbsi_mqttsn_client_next(c);
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
	nbsi_mqttsn_client_next(c);
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
		nbsi_mqttsn_client_next(c);
	}
}

static void
client_on_give_up(struct nbs_mqttsn_client *c)
{
	client_forget_session(c);
	client_finish(c, NBS_MQTTSN_GAVE_UP);
}

/*
 * N_retry is used up. Over a transport with an association of its own that may be what is dead (a
 * NAT gave the address away, the server forgot): it goes, and RESEND tries the report over
 * another one. In the clear there is nothing to be renewed.
 */
static bool
client_drop_silent(struct nbs_mqttsn_client *c)
{
	if (c->ops->silent == NULL || !c->transport_up)
		return false;
	c->transport_up = false;
	c->ops->silent(c->arg);
	return true;
}

static void
client_on_silence(struct nbs_mqttsn_client *c)
{
	if (client_drop_silent(c) && c->config.session_lost == NBS_MQTTSN_LOST_RESEND)
		client_on_lost(c);
	else
		client_on_give_up(c);
}

/* The same without a report in flight. */
static void
client_on_silence_idle(struct nbs_mqttsn_client *c)
{
	(void)client_drop_silent(c);
	client_on_lost_idle(c);
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
	nbsi_mqttsn_client_next(c);
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
	    [EV_EXHAUSTED] = client_on_silence,
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
	    [EV_EXHAUSTED] = client_on_silence,
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
	    [EV_EXHAUSTED] = client_on_silence,
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
	    [EV_EXHAUSTED] = client_on_silence_idle,
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
	    [EV_EXHAUSTED] = client_on_silence_idle,
	},
    [NBS_MQTTSN_CLIENT_ASLEEP] =
	{
	    [EV_REPORT] = client_on_connect,
	    [EV_READY] = client_ignore,
	    [EV_DOWN] = client_on_lost_idle,
	    [EV_DISCONNECT] = client_on_lost_idle,
	},
};

void
nbsi_mqttsn_client_dispatch(struct nbs_mqttsn_client *c, enum nbsi_mqttsn_event event)
{
	client_handler handle = handler[c->state][event];

	if (handle == NULL)
		c->stats.unexpected++;
	else
		handle(c);
}

/* ---- timers ---- */

void
nbsi_mqttsn_client_retry_fired(void *arg)
{
	struct nbs_mqttsn_client *c = arg;

	nbsi_mqttsn_client_dispatch(c, c->tries < c->config.n_retry ? EV_REPEAT : EV_EXHAUSTED);
}

/* Armed once a keep-alive period, not once a datagram: what was sent meanwhile counts. */
void
nbsi_mqttsn_client_idle_fired(void *arg)
{
	struct nbs_mqttsn_client *c = arg;
	uint64_t due = c->last_sent_ns + c->config.keepalive_s * NBS_NS_PER_S;
	uint64_t now = nbs_now(c->engine);

	if (now < due) {
		(void)nbs_timer_arm(c->engine, &c->idle, due - now);
	} else {
		/* In an exchange its own retries keep the session; entering ACTIVE arms anew. */
		if (c->state == NBS_MQTTSN_CLIENT_ACTIVE)
			nbsi_mqttsn_client_dispatch(c, EV_IDLE);
	}
}

/* ---- input ---- */

static enum nbsi_mqttsn_event
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

static enum nbsi_mqttsn_event
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
	nbsi_mqttsn_client_dispatch(c, client_classify(c, &msg));
}
