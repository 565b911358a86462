/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions of the MQTT-SN gateway against the specification (v1.2 6.2 to 6.4, 6.11, 6.12, 6.14),
 * and against what it leaves out: takeover and the binding of ClientID to PSK identity.
 */
#include "models/mqttsn/gateway_internal.h"
#include "models/mqttsn/test_gateway.h"

#define CONNECT_WILL "08 04 0c 01 0e10 6d31"      /* Will, CleanSession */
#define CONNECT_WILL_KEEP "08 04 08 01 0e10 6d31" /* Will, keeps the session */
#define WILLTOPICREQ "02 06"
#define WILLTOPIC "06 07 20 772f31" /* QoS 1, w/1 */
#define WILLMSGREQ "02 08"
#define WILLMSG "06 09 676f6e65"         /* gone */
#define SUBSCRIBE "08 12 20 0005 6d2f31" /* m/1, QoS 1 */
#define SUBACK "08 13 20 0001 0005 00"

static const struct nbs_mqttsn_gateway_stats *
stats(const struct tg *t)
{
	return nbs_mqttsn_gateway_stats(t->gateway);
}

/* A publisher p at port 9 with topic m/1 as id 1. */
static void
publisher(struct tg *t)
{
	tg_ask(t, 9, "07 04 04 01 0000 70", CONNACK_OK);
	tg_ask(t, 9, "09 0a 0000 0001 6d2f31", "07 0b 0001 0001 00");
}

static void
publish(struct tg *t)
{
	tg_in(t, 9, "08 0c 20 0001 0002 41");
	tg_out(t, 9, "07 0d 0001 0002 00");
	t->accepted_read++;
}

/* ---- CONNECT and DISCONNECT (6.2, 6.12) ---- */

static void
connect_and_disconnect(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_is(t, "m1", NBS_MQTTSN_ACTIVE);
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 1);
	tg_ask(t, 1, DISCONNECT, DISCONNECT);
	/* A clean session leaves nothing behind. */
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 0);
	tg_ask(t, 1, DISCONNECT, DISCONNECT); /* repeated: the answer was lost */
	tg_until(t, 100000);
	assert_int_equal(stats(t)->lost_clients, 0);
	tg_stop(t);
}

static void
connect_again_from_the_same_address(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	assert_int_equal(stats(t)->takeovers, 0);
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 1);
	tg_stop(t);
}

/* 6.3: CleanSession 0 finds the subscriptions of before, and what came for them at QoS 1. */
static void
session_is_kept_without_clean_session(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	publisher(t);
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	tg_ask(t, 1, DISCONNECT, DISCONNECT);
	tg_is(t, "m1", NBS_MQTTSN_DISCONNECTED);
	publish(t);
	tg_silent(t);
	tg_in(t, 2, CONNECT_M1_KEEP);
	tg_out(t, 2, CONNACK_OK);
	tg_out(t, 2, "08 0c 20 0001 0001 41");
	tg_stop(t);
}

static void
clean_session_forgets(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	publisher(t);
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	publish(t);
	tg_silent(t);
	/* Topic ids too. */
	tg_ask(t, 1, "08 0c 20 0001 0002 41", "07 0d 0001 0002 02");
	tg_stop(t);
}

static void
client_limit(void **state)
{
	struct nbs_mqttsn_gateway_config config;
	struct tg *t;

	(void)state;
	nbs_mqttsn_gateway_config_default(&config);
	config.max_clients = 1;
	t = tg_start(&config);
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 2, CONNECT_M2, "03 05 01"); /* rejected: congestion */
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_stop(t);
}

/* A ClientID that would read as another one. */
static void
nul_in_client_id(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, "09 04 04 01 0e10 6d3100", "03 05 03");
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 0);
	tg_stop(t);
}

/* One address, one session: speaking under another name ends the one before, without Will. */
static void
other_client_id_from_the_same_address(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, CONNECT_M2, CONNACK_OK);
	tg_is(t, "m1", NBS_MQTTSN_DISCONNECTED);
	tg_is(t, "m2", NBS_MQTTSN_ACTIVE);
	tg_stop(t);
}

/* ---- takeover ---- */

static void
connect_from_elsewhere_takes_over(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	publisher(t);
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	tg_in(t, 2, CONNECT_M1_KEEP);
	tg_out(t, 1, DISCONNECT); /* the one that was there */
	tg_out(t, 2, CONNACK_OK);
	assert_int_equal(stats(t)->takeovers, 1);
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 2);
	/* What was m1's address is nobody's; the subscriptions moved along. */
	tg_ask(t, 1, "08 0c 20 0001 0002 41", DISCONNECT);
	publish(t);
	tg_out(t, 2, "08 0c 20 0001 0001 41");
	tg_stop(t);
}

static void
clean_takeover_takes_the_name_only(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	publisher(t);
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	tg_in(t, 2, CONNECT_M1);
	tg_out(t, 1, DISCONNECT);
	tg_out(t, 2, CONNACK_OK);
	publish(t);
	tg_stop(t);
}

/* ---- binding ---- */

static struct tg *
bound_gateway(bool bind)
{
	struct nbs_mqttsn_gateway_config config;

	nbs_mqttsn_gateway_config_default(&config);
	config.bind_identity = bind;
	return tg_start(&config);
}

static void
client_id_must_be_the_identity(void **state)
{
	struct tg *t = bound_gateway(true);

	(void)state;
	t->channel = 7;
	t->identity = "m2";
	tg_ask(t, 1, CONNECT_M1, "03 05 03"); /* rejected: not supported */
	tg_refuses(t, "m1 as m2 #1");
	t->identity = "m"; /* neither a prefix */
	tg_ask(t, 1, CONNECT_M1, "03 05 03");
	tg_refuses(t, "m1 as m #2");
	t->identity = "m11"; /* nor a longer one */
	tg_ask(t, 1, CONNECT_M1, "03 05 03");
	tg_refuses(t, "m1 as m11 #3");
	t->identity = "m1";
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	assert_int_equal(stats(t)->refused_identity, 3);
	tg_stop(t);
}

/* A refusal touches neither the session of that name nor the one that asked. */
static void
refused_takeover_changes_nothing(void **state)
{
	struct tg *t = bound_gateway(true);

	(void)state;
	t->channel = 7;
	t->identity = "m1";
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	t->channel = 8;
	t->identity = "m2";
	tg_ask(t, 2, CONNECT_M2, CONNACK_OK);
	tg_ask(t, 2, CONNECT_M1, "03 05 03");
	tg_refuses(t, "m1 as m2 #3");
	tg_is(t, "m1", NBS_MQTTSN_ACTIVE);
	tg_is(t, "m2", NBS_MQTTSN_ACTIVE);
	tg_ask(t, 2, "02 16", "02 17"); /* m2 is still there */
	t->channel = 7;
	t->identity = "m1";
	tg_ask(t, 1, "02 16", "02 17"); /* and so is m1 */
	tg_stop(t);
}

/* A session that came with a key cannot be had without one. */
static void
clear_channel_cannot_take_a_bound_session(void **state)
{
	struct tg *t = bound_gateway(true);

	(void)state;
	t->channel = 7;
	t->identity = "m1";
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	t->channel = 0;
	t->identity = NULL;
	tg_ask(t, 2, CONNECT_M1, "03 05 03");
	tg_refuses(t, "m1 as (clear) #2");
	tg_ask(t, 2, CONNECT_M2, CONNACK_OK); /* a name that came in the clear may */
	tg_in(t, 3, CONNECT_M2);
	tg_out(t, 2, DISCONNECT);
	tg_out(t, 3, CONNACK_OK);
	tg_stop(t);
}

/* A name that has a key is nobody's in the clear: before its meter comes and after it has gone. */
static void
clear_channel_cannot_have_an_identitys_name(void **state)
{
	struct tg *t = bound_gateway(true);

	(void)state;
	t->known_identity = "m1";
	tg_ask(t, 2, CONNECT_M1, "03 05 03");
	tg_refuses(t, "m1 as (clear) #1");
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 0);
	tg_ask(t, 2, "05 fe 00 aa01 08 04 04 01 0e10 6d31", "05 fe 00 aa01 03 05 03");
	tg_refuses(t, "m1 as (clear) #2");
	t->channel = 7;
	t->identity = "m1";
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, DISCONNECT, DISCONNECT); /* a clean session: forgotten */
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 0);
	t->channel = 0;
	t->identity = NULL;
	tg_ask(t, 2, CONNECT_M1, "03 05 03");
	tg_refuses(t, "m1 as (clear) #5");
	tg_ask(t, 2, "04 16 6d31", DISCONNECT); /* PINGREQ: no such sleeper */
	tg_ask(t, 2, CONNECT_M2, CONNACK_OK);   /* without a key behind it, a name is free */
	assert_int_equal(stats(t)->refused_identity, 3);
	tg_stop(t);
}

/* Without binding nobody asks. */
static void
identities_names_are_free_without_binding(void **state)
{
	struct tg *t = bound_gateway(false);

	(void)state;
	t->known_identity = "m1";
	tg_ask(t, 2, CONNECT_M1, CONNACK_OK);
	tg_stop(t);
}

/* A name that got its key while its session slept in the clear is not woken in the clear. */
static void
clear_ping_cannot_wake_an_identitys_name(void **state)
{
	struct tg *t = bound_gateway(true);

	(void)state;
	tg_ask(t, 2, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 2, "04 18 0e10", DISCONNECT);
	t->known_identity = "m1";
	tg_ask(t, 2, "04 16 6d31", DISCONNECT);
	tg_refuses(t, "m1 as (clear) #3");
	tg_is(t, "m1", NBS_MQTTSN_ASLEEP);
	tg_stop(t);
}

/* QoS -1 has no ClientID of its own: from the meter's address, but in the clear, it has none. */
static void
qos_minus1_has_no_name(void **state)
{
	struct nbs_mqttsn_gateway_config config;
	struct tg *t;

	(void)state;
	nbs_mqttsn_gateway_config_default(&config);
	config.bind_identity = true;
	config.allow_qos_minus1 = true;
	t = tg_start(&config);
	t->known_identity = "m1";
	t->channel = 7;
	t->identity = "m1";
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	t->channel = 0;
	t->identity = NULL;
	tg_in(t, 1, "08 0c 62 7431 0000 41"); /* short topic "t1" */
	tg_accepts(t, " t1 q-1 id0 'A' #2");
	tg_stop(t);
}

static void
binding_may_be_off(void **state)
{
	struct tg *t = bound_gateway(false);

	(void)state;
	t->channel = 7;
	t->identity = "m2";
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	t->channel = 0;
	t->identity = NULL;
	tg_in(t, 2, CONNECT_M1);
	assert_int_equal(t->sent[t->sent_read].peer.channel, 7);
	tg_out(t, 1, DISCONNECT);
	tg_out(t, 2, CONNACK_OK);
	tg_stop(t);
}

static void
sleepers_ping_is_bound_too(void **state)
{
	struct tg *t = bound_gateway(true);

	(void)state;
	t->channel = 7;
	t->identity = "m1";
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, "04 18 0e10", DISCONNECT);
	t->channel = 8;
	t->identity = "m2";
	tg_ask(t, 2, "04 16 6d31", DISCONNECT);
	tg_refuses(t, "m1 as m2 #3");
	tg_is(t, "m1", NBS_MQTTSN_ASLEEP);
	tg_stop(t);
}

/* ---- Will (6.2 to 6.4) ---- */

static void
set_will(struct tg *t, const char *connect)
{
	tg_ask(t, 1, connect, WILLTOPICREQ);
	tg_ask(t, 1, WILLTOPIC, WILLMSGREQ);
	tg_ask(t, 1, WILLMSG, CONNACK_OK);
}

static void
will_is_published_when_the_client_is_lost(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	set_will(t, CONNECT_WILL);
	/* 7.2: 3600 s are more than a minute: 10 % tolerance. */
	tg_until(t, 3959);
	tg_is(t, "m1", NBS_MQTTSN_ACTIVE);
	tg_until(t, 3960);
	tg_is(t, "m1", NBS_MQTTSN_LOST);
	tg_accepts(t, "m1 w/1 q1 id0 'gone' will");
	tg_ask(t, 1, "08 0c 20 0001 0002 41", DISCONNECT); /* it has to connect again */
	tg_stop(t);
}

static void
no_will_after_an_orderly_disconnect(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	set_will(t, CONNECT_WILL);
	tg_ask(t, 1, DISCONNECT, DISCONNECT);
	tg_until(t, 10000);
	tg_stop(t);
}

static void
no_session_before_the_will_is_complete(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_WILL, WILLTOPICREQ);
	tg_in(t, 1, "08 0c 20 0001 0002 41");
	tg_in(t, 1, WILLMSG); /* not asked for yet */
	assert_int_equal(stats(t)->unexpected, 2);
	tg_is(t, "m1", NBS_MQTTSN_DISCONNECTED);
	tg_ask(t, 1, CONNECT_WILL, WILLTOPICREQ); /* repeated: from the start */
	tg_ask(t, 1, WILLTOPIC, WILLMSGREQ);
	tg_ask(t, 1, WILLTOPIC, WILLMSGREQ); /* repeated: the request was lost */
	tg_ask(t, 1, WILLMSG, CONNACK_OK);
	tg_stop(t);
}

static void
will_dialogue_that_stops_is_lost_without_will(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_WILL, WILLTOPICREQ);
	tg_ask(t, 1, WILLTOPIC, WILLMSGREQ);
	tg_until(t, 3960);
	tg_is(t, "m1", NBS_MQTTSN_LOST);
	tg_stop(t);
}

/* 5.4.7: an empty WILLTOPIC deletes the Will; there is nothing to ask for then. */
static void
empty_willtopic_deletes(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	set_will(t, CONNECT_WILL);
	tg_ask(t, 1, CONNECT_WILL_KEEP, WILLTOPICREQ);
	tg_ask(t, 1, "02 07", CONNACK_OK);
	tg_until(t, 3960);
	tg_is(t, "m1", NBS_MQTTSN_LOST);
	tg_stop(t);
}

/* 6.3, the table of CleanSession and Will: what becomes of an old Will. */
static void
old_will_and_clean_session(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	set_will(t, CONNECT_WILL);
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK); /* neither: it stays */
	tg_until(t, 3960);
	tg_accepts(t, "m1 w/1 q1 id0 'gone' will");
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK); /* CleanSession without Will: it goes */
	tg_until(t, 10000);
	tg_is(t, "m1", NBS_MQTTSN_LOST);
	tg_stop(t);
}

static void
will_topic_with_a_wildcard_is_refused(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_WILL, WILLTOPICREQ);
	tg_ask(t, 1, "06 07 20 772f2b", "03 05 03");
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 0);
	tg_stop(t);
}

/* 6.4 */
static void
will_updates(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, "04 1c 4f4b", "03 1d 03"); /* a message without a topic */
	tg_ask(t, 1, "06 1a 10 772f32", "03 1b 00");
	tg_ask(t, 1, "04 1c 4f4b", "03 1d 00");
	tg_until(t, 3960);
	tg_accepts(t, "m1 w/2 q0 id0 'OK' retain will");
	set_will(t, CONNECT_WILL);
	tg_ask(t, 1, "02 1a", "03 1b 00"); /* deletes */
	tg_until(t, 10000);
	tg_ask(t, 2, "02 1a", DISCONNECT); /* whoever has no session */
	tg_stop(t);
}

/* ---- keep-alive (6.11, 7.2) ---- */

static void
pingreq_keeps_alive(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_until(t, 3000);
	tg_ask(t, 1, "02 16", "02 17");
	tg_until(t, 3000 + 3959);
	tg_is(t, "m1", NBS_MQTTSN_ACTIVE);
	tg_until(t, 3000 + 3960);
	tg_is(t, "m1", NBS_MQTTSN_LOST);
	assert_int_equal(stats(t)->lost_clients, 1);
	tg_ask(t, 1, "02 16", DISCONNECT);
	tg_stop(t);
}

/* A clean session that is lost takes its subscriptions along: CleanSession 0 finds none. */
static void
lost_clean_session_is_forgotten(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	publisher(t);
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	tg_until(t, 3960);
	tg_is(t, "m1", NBS_MQTTSN_LOST);
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	publish(t);
	tg_stop(t);
}

/* Up to a minute the tolerance is 50 %: 60 s are 90 s, 61 s are 67.1 s. */
static void
short_keepalive_has_more_tolerance(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, "08 04 04 01 003c 6d31", CONNACK_OK);
	tg_ask(t, 2, "08 04 04 01 003d 6d32", CONNACK_OK);
	assert_int_equal(nbs_run(t->engine, 67099 * NBS_NS_PER_MS), NBS_OK);
	tg_is(t, "m2", NBS_MQTTSN_ACTIVE);
	assert_int_equal(nbs_run(t->engine, 67100 * NBS_NS_PER_MS), NBS_OK);
	tg_is(t, "m2", NBS_MQTTSN_LOST);
	tg_until(t, 89);
	tg_is(t, "m1", NBS_MQTTSN_ACTIVE);
	tg_until(t, 90);
	tg_is(t, "m1", NBS_MQTTSN_LOST);
	tg_stop(t);
}

static void
keepalive_0_is_not_supervised(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, "08 04 04 01 0000 6d31", CONNACK_OK);
	tg_until(t, 10000000);
	tg_is(t, "m1", NBS_MQTTSN_ACTIVE);
	tg_stop(t);
}

/* A PINGREQ a second for two hours. @return events that the engine ran. */
static uint64_t
events_of_pinging(const char *connect)
{
	struct tg *t = tg_start(NULL);
	uint64_t events;

	tg_ask(t, 1, connect, CONNACK_OK);
	for (uint64_t second = 1; second <= 7200; second++) {
		tg_until(t, second);
		tg_ask(t, 1, "02 16", "02 17");
		t->sent_count = t->sent_read = 0;
	}
	tg_is(t, "m1", NBS_MQTTSN_ACTIVE);
	events = nbs_events(t->engine);
	tg_stop(t);
	return events;
}

/*
 * Supervision costs events by time, not by messages: with a keep-alive of 3600 s the timer fires at
 * 3960 s and then 3960 s after the last message before that, beyond the two hours.
 */
static void
messages_cost_no_supervision_event(void **state)
{
	(void)state;
	assert_int_equal(events_of_pinging(CONNECT_M1),
			 events_of_pinging("08 04 04 01 0000 6d31") + 1);
}

/* ---- sleeping clients (6.14) ---- */

static struct tg *
asleep(void)
{
	struct tg *t = tg_start(NULL);

	publisher(t);
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	tg_ask(t, 1, "04 18 0e10", DISCONNECT);
	tg_is(t, "m1", NBS_MQTTSN_ASLEEP);
	return t;
}

static void
messages_wait_for_the_sleeper(void **state)
{
	struct tg *t = asleep();

	(void)state;
	publish(t);
	publish(t);
	tg_silent(t);
	tg_in(t, 1, "04 16 6d31");
	tg_out(t, 1, "08 0c 20 0001 0001 41");
	tg_is(t, "m1", NBS_MQTTSN_AWAKE);
	tg_silent(t);
	tg_in(t, 1, "07 0d 0001 0001 00");
	tg_out(t, 1, "08 0c 20 0001 0002 41");
	tg_in(t, 1, "07 0d 0001 0002 00");
	tg_out(t, 1, "02 17"); /* PINGRESP after the last one, not before */
	tg_is(t, "m1", NBS_MQTTSN_ASLEEP);
	tg_stop(t);
}

static void
nothing_waits_for_the_sleeper(void **state)
{
	struct tg *t = asleep();

	(void)state;
	tg_ask(t, 1, "04 16 6d31", "02 17");
	tg_is(t, "m1", NBS_MQTTSN_ASLEEP);
	tg_stop(t);
}

/* A sleeper's NAT binding is gone by the time it wakes: its ClientID says who it is. */
static void
sleeper_wakes_elsewhere(void **state)
{
	struct tg *t = asleep();

	(void)state;
	publish(t);
	tg_in(t, 2, "04 16 6d31");
	tg_out(t, 2, "08 0c 20 0001 0001 41");
	tg_in(t, 2, "07 0d 0001 0001 00");
	tg_out(t, 2, "02 17");
	tg_ask(t, 2, CONNECT_M1_KEEP, CONNACK_OK);
	tg_stop(t);
}

static void
sleeper_that_falls_silent_keeps_its_messages(void **state)
{
	struct tg *t = asleep();

	(void)state;
	publish(t);
	tg_in(t, 1, "04 16 6d31");
	tg_out(t, 1, "08 0c 20 0001 0001 41");
	tg_until(t, 40);
	for (int i = 0; i < 3; i++)
		tg_out(t, 1, "08 0c a0 0001 0001 41");
	tg_is(t, "m1", NBS_MQTTSN_ASLEEP);
	tg_in(t, 1, "04 16 6d31");
	tg_out(t, 1, "08 0c 20 0001 0002 41");
	tg_in(t, 1, "07 0d 0001 0002 00");
	tg_out(t, 1, "02 17");
	tg_stop(t);
}

static void
sleeper_becomes_active_by_connect(void **state)
{
	struct tg *t = asleep();

	(void)state;
	publish(t);
	tg_in(t, 1, CONNECT_M1_KEEP);
	tg_out(t, 1, CONNACK_OK);
	tg_out(t, 1, "08 0c 20 0001 0001 41");
	tg_is(t, "m1", NBS_MQTTSN_ACTIVE);
	tg_in(t, 1, "07 0d 0001 0001 00");
	/* The topic id of before is still good (the SUBACK's 1 is m/1). */
	tg_in(t, 1, "08 0c 00 0001 0000 42");
	tg_out(t, 1, "08 0c 00 0001 0000 42");
	t->accepted_read++;
	tg_stop(t);
}

static void
sleeper_is_supervised_by_its_sleep_duration(void **state)
{
	struct tg *t = asleep();

	(void)state;
	tg_until(t, 3000);
	tg_ask(t, 1, "04 16 6d31", "02 17"); /* starts the sleep timer anew */
	tg_until(t, 3000 + 3959);
	tg_is(t, "m1", NBS_MQTTSN_ASLEEP);
	tg_until(t, 3000 + 3960);
	tg_is(t, "m1", NBS_MQTTSN_LOST);
	tg_ask(t, 1, "04 16 6d31", DISCONNECT);
	tg_stop(t);
}

/* A longer sleep than the keep-alive: the timer set for the keep-alive must not end it. */
static void
sleep_outlasts_the_keepalive(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, "04 18 4650", DISCONNECT); /* 18000 s */
	tg_until(t, 19799);
	tg_is(t, "m1", NBS_MQTTSN_ASLEEP);
	tg_until(t, 19800);
	tg_is(t, "m1", NBS_MQTTSN_LOST);
	tg_stop(t);
}

/* And a shorter one: the timer set for the keep-alive must not prolong it. */
static void
sleep_shorter_than_the_keepalive(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, "04 18 0064", DISCONNECT); /* 100 s */
	tg_until(t, 109);
	tg_is(t, "m1", NBS_MQTTSN_ASLEEP);
	tg_until(t, 110);
	tg_is(t, "m1", NBS_MQTTSN_LOST);
	tg_stop(t);
}

static void
publish_while_asleep(void **state)
{
	struct tg *t = asleep();

	(void)state;
	tg_ask(t, 1, "08 0c 20 0001 0002 41", DISCONNECT);
	assert_int_equal(stats(t)->unexpected, 1);
	tg_is(t, "m1", NBS_MQTTSN_ASLEEP);
	tg_stop(t);
}

static void
disconnect_for_0_seconds_is_a_disconnect(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, "04 18 0000", DISCONNECT);
	tg_is(t, "m1", NBS_MQTTSN_DISCONNECTED);
	tg_stop(t);
}

/* ---- DTLS sessions that go ---- */

static void
peer_gone_keeps_the_session(void **state)
{
	struct tg *t = tg_start(NULL);
	struct nbs_mqttsn_peer peer = {{0x0a000001, 1}, 7, NULL};

	(void)state;
	publisher(t);
	t->channel = 7;
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	nbs_mqttsn_gateway_peer_gone(t->gateway, &peer);
	peer.channel = 99;
	nbs_mqttsn_gateway_peer_gone(t->gateway, &peer); /* nobody's: no harm */
	t->channel = 0;
	publish(t);
	tg_silent(t); /* nowhere to send it */
	t->channel = 8;
	tg_in(t, 1, CONNECT_M1_KEEP);
	tg_out(t, 1, CONNACK_OK);
	tg_out(t, 1, "08 0c 20 0001 0001 41");
	assert_int_equal(t->sent[t->sent_read - 1].peer.channel, 8);
	assert_int_equal(stats(t)->takeovers, 0);
	tg_stop(t);
}

/* The DTLS session of a forwarder: with it all clients behind it are out of reach. */
static void
peer_gone_with_clients_behind_it(void **state)
{
	struct tg *t = tg_start(NULL);
	const struct nbs_mqttsn_peer peer = {{0x0a000001, 5}, 7, NULL};

	(void)state;
	publisher(t);
	t->channel = 7;
	tg_ask(t, 5, "05 fe 00 aa01 08 04 00 01 0e10 6d31", "05 fe 00 aa01 03 05 00");
	tg_ask(t, 5, "05 fe 00 aa02 08 04 00 01 0e10 6d32", "05 fe 00 aa02 03 05 00");
	tg_ask(t, 5, "05 fe 00 aa01 " SUBSCRIBE, "05 fe 00 aa01 " SUBACK);
	tg_ask(t, 5, "05 fe 00 aa02 " SUBSCRIBE, "05 fe 00 aa02 " SUBACK);
	t->channel = 8; /* a neighbour behind another session stays */
	tg_ask(t, 5, "05 fe 00 aa03 08 04 00 01 0e10 6d33", "05 fe 00 aa03 03 05 00");
	tg_ask(t, 5, "05 fe 00 aa03 " SUBSCRIBE, "05 fe 00 aa03 " SUBACK);
	nbs_mqttsn_gateway_peer_gone(t->gateway, &peer);
	t->channel = 0;
	publish(t);
	tg_out(t, 5, "05 fe 00 aa03 08 0c 20 0001 0001 41");
	assert_int_equal(t->sent[t->sent_read - 1].peer.channel, 8);
	t->channel = 8;
	tg_in(t, 5, "05 fe 00 aa03 07 0d 0001 0001 00");
	t->channel = 9;
	tg_in(t, 5, "05 fe 00 aa01 08 04 00 01 0e10 6d31");
	tg_out(t, 5, "05 fe 00 aa01 03 05 00");
	tg_out(t, 5, "05 fe 00 aa01 08 0c 20 0001 0001 41");
	assert_int_equal(stats(t)->takeovers, 0);
	tg_stop(t);
}

/* The same found out while a message is on its way out: no repetition, the message stays. */
static void
peer_gone_from_inside_send(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	t->channel = 7;
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	t->channel = 0;
	tg_ask(t, 9, "07 04 04 01 0000 70", CONNACK_OK);
	tg_ask(t, 9, "09 0a 0000 0001 6d2f31", "07 0b 0001 0001 00");
	t->gone_on_send = true;
	tg_in(t, 9, "08 0c 20 0001 0002 41");
	tg_out(t, 9, "07 0d 0001 0002 00"); /* this channel is gone, too */
	tg_out(t, 1, "08 0c 20 0001 0001 41");
	t->accepted_read++;
	t->gone_on_send = false;
	tg_until(t, 1000);
	tg_silent(t);
	t->channel = 8;
	tg_in(t, 1, CONNECT_M1_KEEP);
	tg_out(t, 1, CONNACK_OK);
	tg_out(t, 1, "08 0c 20 0001 0002 41");
	tg_stop(t);
}

/* ---- scale ---- */

static enum nbs_status
count_send(void *arg, const struct nbs_mqttsn_peer *peer, const uint8_t *data, size_t len)
{
	uint64_t *acks = arg;

	(void)peer;
	(void)len;
	*acks += data[1] == NBS_MQTTSN_PUBACK;
	return NBS_OK;
}

/* A whole cell of TR 45.820, 52547 devices: sessions, topics and reports, each its own. */
static void
a_cell_of_clients(void **state)
{
	const struct nbs_mqttsn_gateway_ops ops = {.send = count_send};
	const struct nbs_engine_config engine_config = {.seed = 1};
	struct nbs_mqttsn_gateway_config config;
	struct nbs_mqttsn_gateway *gateway;
	struct nbs_engine *engine;
	uint64_t acks = 0;

	(void)state;
	nbs_mqttsn_gateway_config_default(&config);
	assert_int_equal(nbs_engine_new(&engine_config, &engine), NBS_OK);
	assert_int_equal(nbs_mqttsn_gateway_new(engine, &config, &ops, &acks, &gateway), NBS_OK);
	for (uint32_t i = 0; i < 52547; i++) {
		const struct nbs_mqttsn_peer peer = {{0x0a400000 + i, 50000}, 0, NULL};
		uint8_t buf[64] = {17, 0x04, 0x04, 0x01, 0x1c, 0x20};
		static const uint8_t publish_1[] = {8, 0x0c, 0x20, 0, 1, 0, 2, 'A'};

		(void)snprintf((char *)buf + 6, 12, "SM24-%06u", (unsigned)i);
		nbs_mqttsn_gateway_input(gateway, &peer, buf, 17, 0);
		(void)snprintf((char *)buf, sizeof buf, "\x0f\x0a%c%c%c%cm/%07u", 0, 0, 0, 1,
			       (unsigned)i);
		nbs_mqttsn_gateway_input(gateway, &peer, buf, 15, 0);
		nbs_mqttsn_gateway_input(gateway, &peer, publish_1, sizeof publish_1, 0);
	}
	assert_int_equal(nbs_mqttsn_gateway_clients(gateway), 52547);
	assert_int_equal(nbs_mqttsn_gateway_stats(gateway)->accepted, 52547);
	assert_int_equal(acks, 52547);
	/* Session, one registration, topic: below 1 kB a client. */
	assert_true(sizeof(struct nbsi_gw_client) + sizeof(struct nbsi_gw_reg) +
			sizeof(struct nbsi_gw_topic) + 32 <
		    1000);
	nbs_mqttsn_gateway_free(gateway);
	nbs_engine_free(engine);
}

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(connect_and_disconnect),
	    TEST(connect_again_from_the_same_address),
	    TEST(session_is_kept_without_clean_session),
	    TEST(clean_session_forgets),
	    TEST(client_limit),
	    TEST(nul_in_client_id),
	    TEST(other_client_id_from_the_same_address),
	    TEST(connect_from_elsewhere_takes_over),
	    TEST(clean_takeover_takes_the_name_only),
	    TEST(client_id_must_be_the_identity),
	    TEST(refused_takeover_changes_nothing),
	    TEST(clear_channel_cannot_take_a_bound_session),
	    TEST(binding_may_be_off),
	    TEST(clear_channel_cannot_have_an_identitys_name),
	    TEST(identities_names_are_free_without_binding),
	    TEST(clear_ping_cannot_wake_an_identitys_name),
	    TEST(qos_minus1_has_no_name),
	    TEST(sleepers_ping_is_bound_too),
	    TEST(will_is_published_when_the_client_is_lost),
	    TEST(no_will_after_an_orderly_disconnect),
	    TEST(no_session_before_the_will_is_complete),
	    TEST(will_dialogue_that_stops_is_lost_without_will),
	    TEST(empty_willtopic_deletes),
	    TEST(old_will_and_clean_session),
	    TEST(will_topic_with_a_wildcard_is_refused),
	    TEST(will_updates),
	    TEST(pingreq_keeps_alive),
	    TEST(lost_clean_session_is_forgotten),
	    TEST(short_keepalive_has_more_tolerance),
	    TEST(keepalive_0_is_not_supervised),
	    TEST(messages_cost_no_supervision_event),
	    TEST(messages_wait_for_the_sleeper),
	    TEST(nothing_waits_for_the_sleeper),
	    TEST(sleeper_wakes_elsewhere),
	    TEST(sleeper_that_falls_silent_keeps_its_messages),
	    TEST(sleeper_becomes_active_by_connect),
	    TEST(sleeper_is_supervised_by_its_sleep_duration),
	    TEST(sleep_outlasts_the_keepalive),
	    TEST(sleep_shorter_than_the_keepalive),
	    TEST(publish_while_asleep),
	    TEST(disconnect_for_0_seconds_is_a_disconnect),
	    TEST(peer_gone_keeps_the_session),
	    TEST(peer_gone_with_clients_behind_it),
	    TEST(peer_gone_from_inside_send),
	    TEST(a_cell_of_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
