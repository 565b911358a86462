/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MQTT-SN client against the specification: in this state, after this event, it sends these
 * octets. They are written out by hand from v1.2 5.4, not made by our codec.
 * ClientID "m1", topic "m/1", keep-alive 7200 s (1c20), T_retry 10 s, N_retry 3.
 */
#include "models/mqttsn/client.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LOG_MAX 64U

#define CONNECT_CLEAN "08 04 04 01 1c20 6d31"
#define CONNECT_KEEP "08 04 00 01 1c20 6d31"
#define CONNACK "03 05 00"
#define REGISTER_1 "09 0a 0000 0001 6d2f31"
#define REGACK_1 "07 0b 0005 0001 00"
#define PUBLISH_2 "08 0c 20 0005 0002 41"
#define PUBACK_2 "07 0d 0005 0002 00"

#define MORE NBS_MQTTSN_REPLY_MORE
#define ONE NBS_MQTTSN_REPLY_ONE
#define NONE NBS_MQTTSN_REPLY_NONE

struct datagram {
	uint8_t data[64];
	size_t len;
	enum nbs_mqttsn_reply expect;
};

struct fixture {
	struct nbs_engine *engine;
	struct nbs_mqttsn_client client;
	struct datagram sent[LOG_MAX];
	unsigned sent_count, sent_read;
	struct {
		uint32_t token;
		enum nbs_mqttsn_outcome outcome;
	} done[LOG_MAX];
	unsigned done_count, done_read;
	unsigned transports;      /* calls of need_transport() */
	bool transport_at_once;   /* ready from inside need_transport() */
	uint32_t publish_on_done; /* token that done() publishes once, 0 = none */
};

static size_t
hex(const char *text, uint8_t *buf)
{
	size_t len = 0;
	unsigned octet;

	for (; *text != '\0'; text += *text == ' ' ? 1 : 2) {
		if (*text != ' ') {
			assert_int_equal(sscanf(text, "%2x", &octet), 1);
			buf[len++] = (uint8_t)octet;
		}
	}
	return len;
}

static enum nbs_status
fake_send(void *arg, const uint8_t *data, size_t len, enum nbs_mqttsn_reply expect)
{
	struct fixture *f = arg;
	struct datagram *d = &f->sent[f->sent_count++];

	assert_true(f->sent_count <= LOG_MAX && len <= sizeof d->data);
	memcpy(d->data, data, len);
	d->len = len;
	d->expect = expect;
	return NBS_OK;
}

static void
fake_need_transport(void *arg)
{
	struct fixture *f = arg;

	f->transports++;
	if (f->transport_at_once)
		nbs_mqttsn_client_transport_ready(&f->client);
}

static void
fake_done(void *arg, uint32_t token, enum nbs_mqttsn_outcome outcome)
{
	struct fixture *f = arg;
	uint32_t next = f->publish_on_done;

	assert_true(f->done_count < LOG_MAX);
	f->done[f->done_count].token = token;
	f->done[f->done_count++].outcome = outcome;
	f->publish_on_done = 0;
	if (next != 0)
		assert_int_equal(
		    nbs_mqttsn_client_publish(&f->client, next, (const uint8_t *)"A", 1), NBS_OK);
}

static const struct nbs_mqttsn_client_ops ops = {
    .send = fake_send,
    .done = fake_done,
};
static const struct nbs_mqttsn_client_ops ops_transport = {
    .send = fake_send,
    .need_transport = fake_need_transport,
    .done = fake_done,
};

static struct nbs_mqttsn_client_config
config(void)
{
	return (struct nbs_mqttsn_client_config){
	    .client_id = "m1",
	    .topic = "m/1",
	    .keepalive_s = 7200,
	    .session = NBS_MQTTSN_SESSION_KEEPALIVE,
	    .qos = 1,
	    .t_retry_ns = 10 * NBS_NS_PER_S,
	    .n_retry = 3,
	    .session_lost = NBS_MQTTSN_LOST_DROP,
	};
}

static struct fixture *
start(const struct nbs_mqttsn_client_config *c, const struct nbs_mqttsn_client_ops *o)
{
	const struct nbs_engine_config engine = {.seed = 1};
	struct fixture *f = test_calloc(1, sizeof *f);

	assert_int_equal(nbs_engine_new(&engine, &f->engine), NBS_OK);
	assert_int_equal(nbs_mqttsn_client_init(&f->client, f->engine, c, o, f), NBS_OK);
	return f;
}

/* Nothing may be left that the test has not looked at. */
static void
stop(struct fixture *f)
{
	assert_int_equal(f->sent_read, f->sent_count);
	assert_int_equal(f->done_read, f->done_count);
	nbs_mqttsn_client_fini(&f->client);
	nbs_engine_free(f->engine);
	test_free(f);
}

static void
report(struct fixture *f, uint32_t token)
{
	assert_int_equal(nbs_mqttsn_client_publish(&f->client, token, (const uint8_t *)"A", 1),
			 NBS_OK);
}

static void
receives(struct fixture *f, const char *octets)
{
	uint8_t buf[64];
	size_t len = hex(octets, buf);

	nbs_mqttsn_client_input(&f->client, buf, len);
}

static void
sends(struct fixture *f, const char *octets, enum nbs_mqttsn_reply expect)
{
	uint8_t want[64];
	size_t len = hex(octets, want);
	const struct datagram *d = &f->sent[f->sent_read];

	if (f->sent_read == f->sent_count)
		fail_msg("nothing sent, want %s", octets);
	f->sent_read++;
	assert_int_equal(d->len, len);
	assert_memory_equal(d->data, want, len);
	assert_int_equal(d->expect, expect);
}

static void
ends(struct fixture *f, uint32_t token, enum nbs_mqttsn_outcome outcome)
{
	if (f->done_read == f->done_count)
		fail_msg("report %u has not ended", token);
	assert_int_equal(f->done[f->done_read].token, token);
	assert_int_equal(f->done[f->done_read].outcome, outcome);
	f->done_read++;
}

static void
until(struct fixture *f, uint64_t seconds)
{
	assert_int_equal(nbs_run(f->engine, seconds * NBS_NS_PER_S), NBS_OK);
}

static void
in_state(struct fixture *f, enum nbs_mqttsn_client_state state)
{
	assert_int_equal(nbs_mqttsn_client_state(&f->client), state);
}

/* Brings the session up with a first report, token 1. */
static struct fixture *
connected(const struct nbs_mqttsn_client_config *c)
{
	struct fixture *f = start(c, &ops);

	report(f, 1);
	sends(f, CONNECT_CLEAN, MORE);
	receives(f, CONNACK);
	sends(f, REGISTER_1, MORE);
	receives(f, REGACK_1);
	return f;
}

static struct fixture *
idle(const struct nbs_mqttsn_client_config *c)
{
	struct fixture *f = connected(c);

	sends(f, PUBLISH_2, ONE);
	receives(f, PUBACK_2);
	ends(f, 1, NBS_MQTTSN_DELIVERED);
	in_state(f, NBS_MQTTSN_CLIENT_ACTIVE);
	return f;
}

/* ---- reports ---- */

static void
first_report_connects_registers_publishes(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = start(&c, &ops);

	(void)state;
	in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	report(f, 1);
	sends(f, CONNECT_CLEAN, MORE);
	in_state(f, NBS_MQTTSN_CLIENT_CONNECTING);
	receives(f, CONNACK);
	sends(f, REGISTER_1, MORE);
	in_state(f, NBS_MQTTSN_CLIENT_REGISTERING);
	receives(f, REGACK_1);
	sends(f, PUBLISH_2, ONE);
	in_state(f, NBS_MQTTSN_CLIENT_PUBLISHING);
	receives(f, PUBACK_2);
	ends(f, 1, NBS_MQTTSN_DELIVERED);
	in_state(f, NBS_MQTTSN_CLIENT_ACTIVE);
	stop(f);
}

static void
next_report_is_one_datagram_each_way(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = idle(&c);

	(void)state;
	report(f, 2);
	sends(f, "08 0c 20 0005 0003 41", ONE);
	receives(f, "07 0d 0005 0003 00");
	ends(f, 2, NBS_MQTTSN_DELIVERED);
	stop(f);
}

static void
qos0_expects_nothing_and_is_delivered_at_once(void **state)
{
	struct nbs_mqttsn_client_config c = config();
	struct fixture *f;

	(void)state;
	c.qos = 0;
	f = connected(&c);
	sends(f, "08 0c 00 0005 0000 41", NONE); /* 5.4.12: MsgId 0000 */
	ends(f, 1, NBS_MQTTSN_DELIVERED);
	report(f, 2);
	sends(f, "08 0c 00 0005 0000 41", NONE);
	ends(f, 2, NBS_MQTTSN_DELIVERED);
	/* 5.4.13: a PUBACK after QoS 0 is an error: the topic id is not known any more. */
	receives(f, "07 0d 0005 0000 02");
	in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	stop(f);
}

/* 6.14: six datagrams a report; the topic id of the first session stays good. */
static void
sleeper_wakes_publishes_sleeps(void **state)
{
	struct nbs_mqttsn_client_config c = config();
	struct fixture *f;

	(void)state;
	c.session = NBS_MQTTSN_SESSION_SLEEP;
	c.sleep_s = 4000; /* 0fa0 */
	f = connected(&c);
	sends(f, PUBLISH_2, MORE);
	receives(f, PUBACK_2);
	sends(f, "04 18 0fa0", ONE);
	ends(f, 1, NBS_MQTTSN_DELIVERED);
	in_state(f, NBS_MQTTSN_CLIENT_CLOSING);
	receives(f, "02 18");
	in_state(f, NBS_MQTTSN_CLIENT_ASLEEP);

	report(f, 2);
	sends(f, CONNECT_KEEP, MORE);
	receives(f, CONNACK);
	sends(f, "08 0c 20 0005 0003 41", MORE);
	receives(f, "07 0d 0005 0003 00");
	sends(f, "04 18 0fa0", ONE);
	ends(f, 2, NBS_MQTTSN_DELIVERED);
	receives(f, "02 18");
	in_state(f, NBS_MQTTSN_CLIENT_ASLEEP);
	until(f, 100000); /* no PINGREQ: it sleeps */
	stop(f);
}

/* The gateway lost the sleeping session: the topic id means nothing, PUBACK 02. */
static void
sleeper_registers_again_when_the_gateway_forgot(void **state)
{
	struct nbs_mqttsn_client_config c = config();
	struct fixture *f;

	(void)state;
	c.session = NBS_MQTTSN_SESSION_SLEEP;
	c.session_lost = NBS_MQTTSN_LOST_RESEND;
	f = connected(&c);
	sends(f, PUBLISH_2, MORE);
	receives(f, PUBACK_2);
	sends(f, "04 18 1c20", ONE); /* sleep_s 0: as long as the keep-alive */
	receives(f, "02 18");
	ends(f, 1, NBS_MQTTSN_DELIVERED);
	report(f, 2);
	sends(f, CONNECT_KEEP, MORE);
	receives(f, CONNACK);
	sends(f, "08 0c 20 0005 0003 41", MORE);
	receives(f, "07 0d 0005 0003 02");
	sends(f, CONNECT_CLEAN, MORE);
	receives(f, CONNACK);
	sends(f, "09 0a 0000 0004 6d2f31", MORE);
	receives(f, "07 0b 0001 0004 00");
	sends(f, "08 0c 20 0001 0005 41", MORE);
	receives(f, "07 0d 0001 0005 00");
	sends(f, "04 18 1c20", ONE);
	ends(f, 2, NBS_MQTTSN_DELIVERED);
	stop(f);
}

/* ---- queue ---- */

static void
reports_wait_for_their_turn(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = connected(&c);

	(void)state;
	sends(f, PUBLISH_2, ONE);
	for (uint32_t token = 2; token <= 5; token++)
		report(f, token);
	report(f, 6); /* the sixth: one in flight and NBS_MQTTSN_CLIENT_QUEUE_MAX wait */
	ends(f, 6, NBS_MQTTSN_QUEUE_FULL);
	receives(f, PUBACK_2);
	ends(f, 1, NBS_MQTTSN_DELIVERED);
	/* More follow: the modem must not be released. */
	sends(f, "08 0c 20 0005 0003 41", MORE);
	receives(f, "07 0d 0005 0003 00");
	ends(f, 2, NBS_MQTTSN_DELIVERED);
	sends(f, "08 0c 20 0005 0004 41", MORE);
	receives(f, "07 0d 0005 0004 00");
	ends(f, 3, NBS_MQTTSN_DELIVERED);
	sends(f, "08 0c 20 0005 0005 41", MORE);
	receives(f, "07 0d 0005 0005 00");
	ends(f, 4, NBS_MQTTSN_DELIVERED);
	sends(f, "08 0c 20 0005 0006 41", ONE);
	stop(f); /* the last one is freed unsent */
}

static void
done_may_publish(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = connected(&c);

	(void)state;
	sends(f, PUBLISH_2, ONE);
	f->publish_on_done = 2;
	receives(f, PUBACK_2);
	ends(f, 1, NBS_MQTTSN_DELIVERED);
	sends(f, "08 0c 20 0005 0003 41", ONE);
	receives(f, "07 0d 0005 0003 00");
	ends(f, 2, NBS_MQTTSN_DELIVERED);
	stop(f);
}

/* ---- retransmission (6.13) ---- */

static void
publish_is_repeated_with_dup_then_given_up(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = connected(&c);

	(void)state;
	sends(f, PUBLISH_2, ONE);
	until(f, 9);
	assert_int_equal(f->sent_count, f->sent_read);
	until(f, 10);
	sends(f, "08 0c a0 0005 0002 41", ONE);
	until(f, 20);
	sends(f, "08 0c a0 0005 0002 41", ONE);
	until(f, 30);
	sends(f, "08 0c a0 0005 0002 41", ONE);
	until(f, 39);
	assert_int_equal(f->done_count, 0);
	until(f, 40);
	ends(f, 1, NBS_MQTTSN_GAVE_UP);
	in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->retransmissions, 3);
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->sessions_lost, 1);
	report(f, 2);
	sends(f, CONNECT_CLEAN, MORE);
	stop(f);
}

static void
late_answer_ends_the_repetitions(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = connected(&c);

	(void)state;
	sends(f, PUBLISH_2, ONE);
	until(f, 10);
	sends(f, "08 0c a0 0005 0002 41", ONE);
	receives(f, PUBACK_2);
	ends(f, 1, NBS_MQTTSN_DELIVERED);
	receives(f, PUBACK_2); /* the answer to the repetition */
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->unexpected, 1);
	until(f, 1000);
	stop(f);
}

/* Only PUBLISH has a DUP flag (5.3.4): CONNECT and REGISTER are repeated as they were. */
static void
connect_and_register_are_repeated_unchanged(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = start(&c, &ops);

	(void)state;
	report(f, 1);
	sends(f, CONNECT_CLEAN, MORE);
	until(f, 10);
	sends(f, CONNECT_CLEAN, MORE);
	receives(f, CONNACK);
	sends(f, REGISTER_1, MORE);
	until(f, 20);
	sends(f, REGISTER_1, MORE);
	receives(f, REGACK_1);
	sends(f, PUBLISH_2, ONE); /* sent for the first time: no DUP */
	receives(f, PUBACK_2);
	ends(f, 1, NBS_MQTTSN_DELIVERED);
	stop(f);
}

static void
unreachable_gateway_is_given_up(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = start(&c, &ops);

	(void)state;
	report(f, 1);
	until(f, 40);
	for (int i = 0; i < 4; i++)
		sends(f, CONNECT_CLEAN, MORE);
	ends(f, 1, NBS_MQTTSN_GAVE_UP);
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->sessions_lost, 0); /* had none */
	stop(f);
}

/* ---- loss of the session ---- */

static void
disconnect_drops_the_report_in_flight(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = connected(&c);

	(void)state;
	sends(f, PUBLISH_2, ONE);
	receives(f, "02 18");
	ends(f, 1, NBS_MQTTSN_SESSION_LOST);
	in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	until(f, 1000); /* silent until the next report */
	report(f, 2);
	sends(f, CONNECT_CLEAN, MORE);
	receives(f, CONNACK);
	sends(f, "09 0a 0000 0003 6d2f31", MORE);
	stop(f);
}

static void
disconnect_resends_the_report_in_flight(void **state)
{
	struct nbs_mqttsn_client_config c = config();
	struct fixture *f;

	(void)state;
	c.session_lost = NBS_MQTTSN_LOST_RESEND;
	f = connected(&c);
	sends(f, PUBLISH_2, ONE);
	receives(f, "02 18");
	sends(f, CONNECT_CLEAN, MORE);
	receives(f, CONNACK);
	sends(f, "09 0a 0000 0003 6d2f31", MORE);
	receives(f, "07 0b 0001 0003 00");
	sends(f, "08 0c 20 0001 0004 41", ONE); /* a new message to this session: no DUP */
	receives(f, "07 0d 0001 0004 00");
	ends(f, 1, NBS_MQTTSN_DELIVERED);
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->sessions_lost, 1);
	stop(f);
}

static void
unknown_topic_id_is_a_lost_session(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = connected(&c);

	(void)state;
	sends(f, PUBLISH_2, ONE);
	receives(f, "07 0d 0005 0002 02");
	ends(f, 1, NBS_MQTTSN_SESSION_LOST);
	in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	stop(f);
}

/* A gateway that never knows the topic id is not tried for ever: N_retry sessions. */
static void
resending_has_an_end(void **state)
{
	struct nbs_mqttsn_client_config c = config();
	struct fixture *f;
	unsigned sessions = 1;
	char text[40];

	(void)state;
	c.session_lost = NBS_MQTTSN_LOST_RESEND;
	f = connected(&c);
	sends(f, PUBLISH_2, ONE);
	for (unsigned id = 2; f->done_count == 0; id += 2) {
		(void)snprintf(text, sizeof text, "07 0d 0005 %04x 02", id);
		receives(f, text);
		if (f->done_count > 0)
			break;
		sessions++;
		sends(f, CONNECT_CLEAN, MORE);
		receives(f, CONNACK);
		(void)snprintf(text, sizeof text, "09 0a 0000 %04x 6d2f31", id + 1);
		sends(f, text, MORE);
		(void)snprintf(text, sizeof text, "07 0b 0005 %04x 00", id + 1);
		receives(f, text);
		(void)snprintf(text, sizeof text, "08 0c 20 0005 %04x 41", id + 2);
		sends(f, text, ONE);
	}
	ends(f, 1, NBS_MQTTSN_GAVE_UP);
	assert_int_equal(sessions, 1 + 3);
	stop(f);
}

static void
disconnect_between_reports(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = idle(&c);

	(void)state;
	receives(f, "02 18");
	in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	until(f, 100000); /* no session, no PINGREQ */
	receives(f, "02 18");
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->unexpected, 1);
	stop(f);
}

/* ---- return codes ---- */

static void
refused_connect_ends_the_report(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = start(&c, &ops);

	(void)state;
	report(f, 1);
	sends(f, CONNECT_CLEAN, MORE);
	receives(f, "03 05 03");
	ends(f, 1, NBS_MQTTSN_REJECTED);
	in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	stop(f);
}

static void
refused_topic_ends_the_report_not_the_session(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = start(&c, &ops);

	(void)state;
	report(f, 1);
	sends(f, CONNECT_CLEAN, MORE);
	receives(f, CONNACK);
	sends(f, REGISTER_1, MORE);
	receives(f, "07 0b 0000 0001 01");
	ends(f, 1, NBS_MQTTSN_REJECTED);
	in_state(f, NBS_MQTTSN_CLIENT_ACTIVE);
	report(f, 2);
	sends(f, "09 0a 0000 0002 6d2f31", MORE);
	stop(f);
}

static void
refused_publish_ends_the_report_not_the_session(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = connected(&c);

	(void)state;
	sends(f, PUBLISH_2, ONE);
	receives(f, "07 0d 0005 0002 01");
	ends(f, 1, NBS_MQTTSN_REJECTED);
	report(f, 2);
	sends(f, "08 0c 20 0005 0003 41", ONE);
	stop(f);
}

/* ---- keep-alive (6.11) ---- */

static void
silence_of_a_keepalive_period_pings(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = idle(&c);

	(void)state;
	until(f, 7199);
	assert_int_equal(f->sent_count, f->sent_read);
	until(f, 7200);
	sends(f, "02 16", ONE);
	in_state(f, NBS_MQTTSN_CLIENT_PINGING);
	receives(f, "02 17");
	in_state(f, NBS_MQTTSN_CLIENT_ACTIVE);
	until(f, 14399);
	assert_int_equal(f->sent_count, f->sent_read);
	until(f, 14400);
	sends(f, "02 16", ONE);
	receives(f, "02 17");
	stop(f);
}

/* Hourly reports under a keep-alive of two hours: never a PINGREQ. */
static void
reports_keep_the_session_alive(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = idle(&c);
	char text[40];

	(void)state;
	for (unsigned hour = 1; hour <= 30; hour++) {
		until(f, hour * 3600);
		report(f, hour + 1);
		(void)snprintf(text, sizeof text, "08 0c 20 0005 %04x 41", hour + 2);
		sends(f, text, ONE);
		(void)snprintf(text, sizeof text, "07 0d 0005 %04x 00", hour + 2);
		receives(f, text);
		ends(f, hour + 1, NBS_MQTTSN_DELIVERED);
	}
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->sent[NBS_MQTTSN_PINGREQ], 0);
	/* The last report was at 30 h. */
	until(f, 32 * 3600 - 1);
	assert_int_equal(f->sent_count, f->sent_read);
	until(f, 32 * 3600);
	sends(f, "02 16", ONE);
	stop(f);
}

static void
unanswered_pings_lose_the_session(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = idle(&c);

	(void)state;
	until(f, 7200 + 40);
	for (int i = 0; i < 4; i++)
		sends(f, "02 16", ONE);
	in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	stop(f);
}

static void
report_does_not_wait_for_pingresp(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = idle(&c);

	(void)state;
	until(f, 7200);
	sends(f, "02 16", ONE);
	report(f, 2);
	sends(f, "08 0c 20 0005 0003 41", ONE);
	receives(f, "02 17");
	receives(f, "07 0d 0005 0003 00");
	ends(f, 2, NBS_MQTTSN_DELIVERED);
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->unexpected, 0);
	stop(f);
}

static void
gateways_ping_is_answered(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = idle(&c);

	(void)state;
	receives(f, "02 16");
	sends(f, "02 17", NONE);
	stop(f);
}

static void
keepalive_0_never_pings(void **state)
{
	struct nbs_mqttsn_client_config c = config();
	struct fixture *f;

	(void)state;
	c.keepalive_s = 0;
	f = start(&c, &ops);
	report(f, 1);
	sends(f, "08 04 04 01 0000 6d31", MORE);
	receives(f, CONNACK);
	sends(f, REGISTER_1, MORE);
	receives(f, REGACK_1);
	sends(f, PUBLISH_2, ONE);
	receives(f, PUBACK_2);
	ends(f, 1, NBS_MQTTSN_DELIVERED);
	until(f, 1000000);
	stop(f);
}

/* ---- transport ---- */

static void
transport_comes_before_connect(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = start(&c, &ops_transport);

	(void)state;
	report(f, 1);
	assert_int_equal(f->transports, 1);
	in_state(f, NBS_MQTTSN_CLIENT_TRANSPORT);
	nbs_mqttsn_client_transport_ready(&f->client);
	sends(f, CONNECT_CLEAN, MORE);
	stop(f);
}

static void
transport_ready_from_inside_the_call(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = start(&c, &ops_transport);

	(void)state;
	f->transport_at_once = true;
	report(f, 1);
	sends(f, CONNECT_CLEAN, MORE);
	stop(f);
}

static void
transport_that_fails_ends_the_report(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = start(&c, &ops_transport);

	(void)state;
	report(f, 1);
	nbs_mqttsn_client_transport_lost(&f->client);
	ends(f, 1, NBS_MQTTSN_GAVE_UP);
	in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	report(f, 2);
	assert_int_equal(f->transports, 2);
	stop(f);
}

static void
transport_lost_takes_the_session_along(void **state)
{
	struct nbs_mqttsn_client_config c = config();
	struct fixture *f;

	(void)state;
	c.session_lost = NBS_MQTTSN_LOST_RESEND;
	f = start(&c, &ops_transport);
	f->transport_at_once = true;
	report(f, 1);
	sends(f, CONNECT_CLEAN, MORE);
	receives(f, CONNACK);
	sends(f, REGISTER_1, MORE);
	receives(f, REGACK_1);
	sends(f, PUBLISH_2, ONE);
	nbs_mqttsn_client_transport_lost(&f->client);
	assert_int_equal(f->transports, 2);
	sends(f, CONNECT_CLEAN, MORE);
	stop(f);
}

/* ---- what does not belong ---- */

static void
answers_to_something_else_are_ignored(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = connected(&c);

	(void)state;
	sends(f, PUBLISH_2, ONE);
	receives(f, "07 0d 0005 0009 00"); /* another MsgId */
	receives(f, "07 0b 0005 0002 00"); /* REGACK */
	receives(f, CONNACK);
	receives(f, "08 0c 00 0005 0000 41"); /* PUBLISH: it subscribed to nothing */
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->unexpected, 4);
	receives(f, "0c 0d 0005 0002 00");  /* wrong Length */
	receives(f, "05 fe 00 beef 02 18"); /* encapsulated: for forwarders */
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->invalid, 2);
	in_state(f, NBS_MQTTSN_CLIENT_PUBLISHING);
	receives(f, PUBACK_2);
	ends(f, 1, NBS_MQTTSN_DELIVERED);
	stop(f);
}

/* MsgId 0000 means none: after FFFF comes 0001. */
static void
msg_id_skips_0(void **state)
{
	const struct nbs_mqttsn_client_config c = config();
	struct fixture *f = idle(&c);

	(void)state;
	f->client.msg_id = 0xfffe;
	report(f, 2);
	sends(f, "08 0c 20 0005 ffff 41", ONE);
	receives(f, "07 0d 0005 ffff 00");
	ends(f, 2, NBS_MQTTSN_DELIVERED);
	report(f, 3);
	sends(f, "08 0c 20 0005 0001 41", ONE);
	stop(f);
}

static void
arguments_are_checked(void **state)
{
	const struct nbs_engine_config engine_config = {.seed = 1};
	static const uint8_t payload[NBS_MQTTSN_PAYLOAD_MAX + 1];
	struct nbs_mqttsn_client_config c = config();
	struct nbs_mqttsn_client client;
	struct nbs_engine *engine;
	struct fixture *f;

	(void)state;
	assert_int_equal(nbs_engine_new(&engine_config, &engine), NBS_OK);
#define BAD(member, value)                                                                \
	do {                                                                              \
		c = config();                                                             \
		c.member = value;                                                         \
		assert_int_equal(nbs_mqttsn_client_init(&client, engine, &c, &ops, NULL), \
				 NBS_E_ARG);                                              \
	} while (0)
	BAD(client_id, "");
	BAD(client_id, "123456789012345678901234"); /* 24 characters */
	BAD(client_id, NULL);
	BAD(topic, "");
	BAD(topic, "m/+");
	BAD(topic, "m/#");
	BAD(qos, 2);
	BAD(t_retry_ns, 0);
	BAD(t_retry_ns, NBS_MQTTSN_T_RETRY_MAX_NS + 1);
	BAD(t_retry_ns, UINT64_MAX);
	BAD(n_retry, NBS_MQTTSN_N_RETRY_MAX + 1);
	BAD(n_retry, UINT_MAX);
	BAD(session, (enum nbs_mqttsn_session)2);
	BAD(session_lost, (enum nbs_mqttsn_session_lost)2);
	c = config();
	c.session = NBS_MQTTSN_SESSION_SLEEP; /* asleep for 0 s is not asleep */
	c.keepalive_s = c.sleep_s = 0;
	assert_int_equal(nbs_mqttsn_client_init(&client, engine, &c, &ops, NULL), NBS_E_ARG);
	c.sleep_s = 1;
	assert_int_equal(nbs_mqttsn_client_init(&client, engine, &c, &ops, NULL), NBS_OK);
	nbs_mqttsn_client_fini(&client);
	nbs_engine_free(engine);
	c = config();
	f = start(&c, &ops);
	assert_int_equal(nbs_mqttsn_client_publish(&f->client, 1, payload, sizeof payload),
			 NBS_E_ARG);
	stop(f);
}

/*
 * At the end of virtual time (INT64_MAX ns) no timer can be armed: a report that cannot be repeated
 * ends at once instead of waiting for ever.
 */
static void
without_a_timer_nothing_waits(void **state)
{
	struct nbs_mqttsn_client_config c = config();
	struct fixture *f = start(&c, &ops);

	(void)state;
	assert_int_equal(nbs_run(f->engine, (uint64_t)INT64_MAX - NBS_NS_PER_S), NBS_OK);
	assert_int_equal(nbs_mqttsn_client_publish(&f->client, 1, (const uint8_t *)"A", 1), NBS_OK);
	assert_int_equal(f->sent_count, 0);
	assert_int_equal(f->done_count, 1);
	assert_int_equal(f->done[0].outcome, NBS_MQTTSN_GAVE_UP);
	assert_int_equal(nbs_mqttsn_client_state(&f->client), NBS_MQTTSN_CLIENT_OFFLINE);
	f->done_count = 0;
	stop(f);
}

/* The same when the report is delivered and only sleep cannot be announced. */
static void
without_a_timer_nobody_sleeps(void **state)
{
	struct nbs_mqttsn_client_config c = config();
	struct fixture *f;

	(void)state;
	c.session = NBS_MQTTSN_SESSION_SLEEP;
	c.keepalive_s = 0;
	c.sleep_s = 60;
	f = start(&c, &ops);
	/* CONNECT, REGISTER and PUBLISH with 11 s left, 1 s more than T_retry; 9 s at the PUBACK */
	assert_int_equal(nbs_run(f->engine, (uint64_t)INT64_MAX - 11 * NBS_NS_PER_S), NBS_OK);
	assert_int_equal(nbs_mqttsn_client_publish(&f->client, 1, (const uint8_t *)"A", 1), NBS_OK);
	receives(f, "03 05 00");
	receives(f, "07 0b 0001 0001 00");
	assert_int_equal(nbs_run(f->engine, (uint64_t)INT64_MAX - 9 * NBS_NS_PER_S), NBS_OK);
	receives(f, "07 0d 0001 0002 00");
	assert_int_equal(f->sent_count, 3);
	assert_int_equal(f->done_count, 1);
	assert_int_equal(f->done[0].outcome, NBS_MQTTSN_DELIVERED);
	assert_int_equal(nbs_mqttsn_client_state(&f->client), NBS_MQTTSN_CLIENT_OFFLINE);
	f->sent_count = f->done_count = 0;
	stop(f);
}

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(first_report_connects_registers_publishes),
	    TEST(next_report_is_one_datagram_each_way),
	    TEST(qos0_expects_nothing_and_is_delivered_at_once),
	    TEST(sleeper_wakes_publishes_sleeps),
	    TEST(sleeper_registers_again_when_the_gateway_forgot),
	    TEST(reports_wait_for_their_turn),
	    TEST(done_may_publish),
	    TEST(publish_is_repeated_with_dup_then_given_up),
	    TEST(late_answer_ends_the_repetitions),
	    TEST(connect_and_register_are_repeated_unchanged),
	    TEST(unreachable_gateway_is_given_up),
	    TEST(disconnect_drops_the_report_in_flight),
	    TEST(disconnect_resends_the_report_in_flight),
	    TEST(unknown_topic_id_is_a_lost_session),
	    TEST(resending_has_an_end),
	    TEST(disconnect_between_reports),
	    TEST(refused_connect_ends_the_report),
	    TEST(refused_topic_ends_the_report_not_the_session),
	    TEST(refused_publish_ends_the_report_not_the_session),
	    TEST(silence_of_a_keepalive_period_pings),
	    TEST(reports_keep_the_session_alive),
	    TEST(unanswered_pings_lose_the_session),
	    TEST(report_does_not_wait_for_pingresp),
	    TEST(gateways_ping_is_answered),
	    TEST(keepalive_0_never_pings),
	    TEST(transport_comes_before_connect),
	    TEST(transport_ready_from_inside_the_call),
	    TEST(transport_that_fails_ends_the_report),
	    TEST(transport_lost_takes_the_session_along),
	    TEST(answers_to_something_else_are_ignored),
	    TEST(msg_id_skips_0),
	    TEST(arguments_are_checked),
	    TEST(without_a_timer_nothing_waits),
	    TEST(without_a_timer_nobody_sleeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
