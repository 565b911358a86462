/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MQTT-SN gateway against the specification: publishing, topics, subscriptions, delivery
 * (v1.2 6.5 to 6.10). Sessions are in gateway_session_test.c.
 */
#include "models/mqttsn/gateway_internal.h"
#include "models/mqttsn/test_gateway.h"

/* A gateway with client m1 at port 1 connected and topic m/1 registered as id 1. */
static struct tg *
with_m1(const struct nbs_mqttsn_gateway_config *config)
{
	struct tg *t = tg_start(config);

	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, "09 0a 0000 0001 6d2f31", "07 0b 0001 0001 00");
	return t;
}

static const struct nbs_mqttsn_gateway_stats *
stats(const struct tg *t)
{
	return nbs_mqttsn_gateway_stats(t->gateway);
}

/* ---- REGISTER (6.5) ---- */

static void
same_name_same_id(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	tg_ask(t, 1, "09 0a 0000 0002 6d2f32", "07 0b 0002 0002 00");
	tg_ask(t, 1, "09 0a 0000 0003 6d2f31", "07 0b 0001 0003 00");
	tg_stop(t);
}

/* 7.3: a mapping a client. */
static void
every_client_has_ids_of_its_own(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	tg_ask(t, 2, CONNECT_M2, CONNACK_OK);
	tg_ask(t, 2, "09 0a 0000 0001 6d2f32", "07 0b 0001 0001 00");
	tg_ask(t, 1, "08 0c 20 0001 0002 41", "07 0d 0001 0002 00");
	tg_ask(t, 2, "08 0c 20 0001 0002 42", "07 0d 0001 0002 00");
	tg_accepts(t, "m1 m/1 q1 id2 'A' #5");
	tg_accepts(t, "m2 m/2 q1 id2 'B' #6");
	tg_stop(t);
}

static void
names_that_cannot_be_published_under(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	tg_ask(t, 1, "09 0a 0000 0002 6d2f2b", "07 0b 0000 0002 03"); /* m/+ */
	tg_ask(t, 1, "07 0a 0000 0003 23", "07 0b 0000 0003 03");     /* # */
	tg_ask(t, 1, "09 0a 0000 0004 6d0031", "07 0b 0000 0004 03"); /* NUL */
	tg_stop(t);
}

static void
topic_ids_run_out(void **state)
{
	struct tg *t = with_m1(NULL);
	char in[64], out[64];

	(void)state;
	for (unsigned id = 2; id <= NBSI_GW_TOPICS_MAX; id++) {
		(void)snprintf(in, sizeof in, "0a 0a 0000 0007 %02x%02x%02x%02x", '0' + id / 100,
			       '0' + id / 10 % 10, '0' + id % 10, 'x');
		(void)snprintf(out, sizeof out, "07 0b %04x 0007 00", id);
		tg_in(t, 1, in);
		tg_out(t, 1, out);
		t->sent_count = t->sent_read = 0;
	}
	tg_ask(t, 1, "09 0a 0000 0008 6d2f39", "07 0b 0000 0008 01"); /* congestion */
	tg_stop(t);
}

/* ---- PUBLISH (6.6) ---- */

static void
qos0_is_not_answered(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	tg_in(t, 1, "09 0c 00 0001 0000 4142");
	tg_accepts(t, "m1 m/1 q0 id0 'AB' #3");
	tg_stop(t);
}

/* At least once: the repetition is accepted too, and marked, for whoever judges. */
static void
qos1_repetition_is_accepted_as_dup(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	tg_ask(t, 1, "08 0c 20 0001 0002 41", "07 0d 0001 0002 00");
	tg_accepts(t, "m1 m/1 q1 id2 'A' #3");
	tg_ask(t, 1, "08 0c a0 0001 0002 41", "07 0d 0001 0002 00");
	tg_accepts(t, "m1 m/1 q1 id2 'A' dup #4");
	/* DUP, but of a message that never came; and the same MsgId without DUP. */
	tg_ask(t, 1, "08 0c a0 0001 0003 42", "07 0d 0001 0003 00");
	tg_accepts(t, "m1 m/1 q1 id3 'B' #5");
	tg_ask(t, 1, "08 0c 20 0001 0003 43", "07 0d 0001 0003 00");
	tg_accepts(t, "m1 m/1 q1 id3 'C' #6");
	assert_int_equal(stats(t)->accepted, 4);
	assert_int_equal(stats(t)->duplicates, 1);
	tg_stop(t);
}

/* A new session knows no MsgId of the old one. */
static void
dup_is_of_the_session(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	tg_ask(t, 1, "08 0c 20 0001 0002 41", "07 0d 0001 0002 00");
	tg_accepts(t, "m1 m/1 q1 id2 'A' #3");
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, "08 0c a0 0001 0002 41", "07 0d 0001 0002 00");
	tg_accepts(t, "m1 m/1 q1 id2 'A' #5");
	tg_stop(t);
}

static void
qos2_is_accepted_at_pubrel_and_once(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	tg_ask(t, 1, "08 0c 40 0001 0002 41", "04 0f 0002");
	tg_ask(t, 1, "08 0c c0 0001 0002 41", "04 0f 0002");
	assert_int_equal(t->accepted_count, 0);
	tg_ask(t, 1, "04 10 0002", "04 0e 0002");
	tg_accepts(t, "m1 m/1 q2 id2 'A' #5");
	tg_ask(t, 1, "04 10 0002", "04 0e 0002"); /* PUBCOMP was lost */
	tg_stop(t);
}

static void
unknown_topic_id_is_rejected(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	tg_ask(t, 1, "08 0c 20 0002 0002 41", "07 0d 0002 0002 02");
	tg_ask(t, 1, "08 0c 00 0009 0000 41", "07 0d 0009 0000 02"); /* 5.4.13, QoS 0 too */
	tg_ask(t, 1, "08 0c 21 0001 0003 41", "07 0d 0001 0003 02"); /* not pre-defined */
	tg_stop(t);
}

/* Whoever believes in a session that is not there is told (6.12). */
static void
publish_from_a_stranger(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	tg_ask(t, 2, "08 0c 20 0001 0002 41", DISCONNECT);
	tg_ask(t, 2, "08 0c 00 0001 0000 41", DISCONNECT);
	tg_ask(t, 2, "09 0a 0000 0001 6d2f31", DISCONNECT);
	tg_ask(t, 2, "07 12 02 0001 7431", DISCONNECT);
	tg_in(t, 2, "07 0d 0001 0002 00"); /* an acknowledgement is not answered */
	assert_int_equal(stats(t)->unknown_peer, 5);
	assert_int_equal(stats(t)->accepted, 0);
	tg_stop(t);
}

static void
same_address_other_channel_is_a_stranger(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	t->channel = 7;
	tg_ask(t, 1, "08 0c 20 0001 0002 41", DISCONNECT);
	assert_int_equal(t->sent[t->sent_read - 1].peer.channel, 7);
	tg_stop(t);
}

/* ---- pre-defined and short topics, QoS -1 (6.7, 6.8) ---- */

static const struct nbs_mqttsn_predefined predefined[] = {
    {300, "alarm"},
    {10, "fleet/all"},
};

static struct nbs_mqttsn_gateway_config
with_predefined(void)
{
	struct nbs_mqttsn_gateway_config config;

	nbs_mqttsn_gateway_config_default(&config);
	config.predefined = predefined;
	config.predefined_count = 2;
	config.allow_qos_minus1 = true;
	return config;
}

static void
predefined_and_short_topics_need_no_register(void **state)
{
	const struct nbs_mqttsn_gateway_config config = with_predefined();
	struct tg *t = tg_start(&config);

	(void)state;
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, "08 0c 21 000a 0002 41", "07 0d 000a 0002 00");
	tg_accepts(t, "m1 fleet/all q1 id2 'A' #2");
	tg_ask(t, 1, "08 0c 21 012c 0003 41", "07 0d 012c 0003 00");
	tg_accepts(t, "m1 alarm q1 id3 'A' #3");
	tg_ask(t, 1, "08 0c 22 7431 0004 41", "07 0d 7431 0004 00");
	tg_accepts(t, "m1 t1 q1 id4 'A' #4");
	tg_ask(t, 1, "08 0c 22 2b31 0005 41", "07 0d 2b31 0005 02"); /* "+1" */
	tg_stop(t);
}

static void
qos_minus1_needs_no_session(void **state)
{
	const struct nbs_mqttsn_gateway_config config = with_predefined();
	struct tg *t = tg_start(&config);

	(void)state;
	tg_in(t, 9, "08 0c 61 000a 0000 41");
	tg_accepts(t, " fleet/all q-1 id0 'A' #1");
	tg_in(t, 9, "08 0c 62 7431 0000 41");
	tg_accepts(t, " t1 q-1 id0 'A' #2");
	tg_in(t, 9, "08 0c 60 0001 0000 41"); /* normal id: means nothing */
	tg_in(t, 9, "08 0c 61 000b 0000 41"); /* not pre-defined */
	assert_int_equal(stats(t)->unexpected, 2);
	tg_stop(t);
}

static void
qos_minus1_may_be_off(void **state)
{
	struct nbs_mqttsn_gateway_config config = with_predefined();
	struct tg *t;

	(void)state;
	config.allow_qos_minus1 = false;
	t = tg_start(&config);
	tg_in(t, 9, "08 0c 61 000a 0000 41");
	assert_int_equal(stats(t)->unexpected, 1);
	tg_stop(t);
}

static enum nbs_status
send_nowhere(void *arg, const struct nbs_mqttsn_peer *peer, const uint8_t *data, size_t len)
{
	(void)arg, (void)peer, (void)data, (void)len;
	return NBS_OK;
}

static void
predefined_topics_are_checked(void **state)
{
	static const struct nbs_mqttsn_predefined bad[][2] = {
	    {{1, "a"}, {1, "b"}},   {{1, "a"}, {0, "b"}}, {{0xffff, "a"}, {1, "b"}},
	    {{1, "a"}, {2, "b/+"}}, {{1, ""}, {2, "b"}},
	};
	const struct nbs_mqttsn_gateway_ops ops = {.send = send_nowhere};
	const struct nbs_engine_config engine_config = {.seed = 1};
	struct nbs_mqttsn_gateway_config config;
	struct nbs_mqttsn_gateway *gateway;
	struct nbs_engine *engine;

	(void)state;
	nbs_mqttsn_gateway_config_default(&config);
	assert_int_equal(nbs_engine_new(&engine_config, &engine), NBS_OK);
	config.predefined_count = 2;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		config.predefined = bad[i];
		assert_int_equal(nbs_mqttsn_gateway_new(engine, &config, &ops, NULL, &gateway),
				 NBS_E_ARG);
	}
	config.predefined_count = 0;
	config.t_retry_ns = 0;
	assert_int_equal(nbs_mqttsn_gateway_new(engine, &config, &ops, NULL, &gateway), NBS_E_ARG);
	nbs_mqttsn_gateway_free(NULL);
	nbs_engine_free(engine);
}

/* ---- SUBSCRIBE and delivery (6.9, 6.10) ---- */

/* m1 publishes to m/1; m2 at port 2 subscribes to the octets of a filter, which is answered so. */
static struct tg *
subscribed(const char *subscribe, const char *suback)
{
	struct tg *t = with_m1(NULL);

	tg_ask(t, 2, CONNECT_M2, CONNACK_OK);
	tg_ask(t, 2, subscribe, suback);
	return t;
}

static void
subscriber_of_a_name_knows_its_id(void **state)
{
	struct tg *t = subscribed("08 12 20 0005 6d2f31", "08 13 20 0001 0005 00");

	(void)state;
	tg_in(t, 1, "08 0c 20 0001 0002 41");
	tg_out(t, 1, "07 0d 0001 0002 00");
	tg_out(t, 2, "08 0c 20 0001 0001 41");
	tg_accepts(t, "m1 m/1 q1 id2 'A' #5");
	tg_in(t, 2, "07 0d 0001 0001 00");
	assert_int_equal(stats(t)->delivered, 1);
	tg_until(t, 1000); /* acknowledged: no repetition */
	tg_stop(t);
}

/* 5.4.16: TopicId 0000 for wildcards; 6.10: the gateway registers the name before it publishes. */
static void
subscriber_of_a_wildcard_is_told_the_id(void **state)
{
	struct tg *t = subscribed("08 12 20 0005 6d2f2b", "08 13 20 0000 0005 00");

	(void)state;
	tg_in(t, 1, "08 0c 20 0001 0002 41");
	tg_out(t, 1, "07 0d 0001 0002 00");
	tg_out(t, 2, "09 0a 0001 0001 6d2f31");
	tg_accepts(t, "m1 m/1 q1 id2 'A' #5");
	tg_silent(t);
	tg_in(t, 2, "07 0b 0001 0001 00");
	tg_out(t, 2, "08 0c 20 0001 0002 41");
	tg_in(t, 2, "07 0d 0001 0002 00");
	/* The next one needs no REGISTER. */
	tg_in(t, 1, "08 0c 20 0001 0003 42");
	tg_out(t, 1, "07 0d 0001 0003 00");
	tg_out(t, 2, "08 0c 20 0001 0003 42");
	tg_accepts(t, "m1 m/1 q1 id3 'B' #8");
	tg_stop(t);
}

static void
subscriber_that_refuses_the_id_gets_nothing(void **state)
{
	struct tg *t = subscribed("08 12 20 0005 6d2f2b", "08 13 20 0000 0005 00");

	(void)state;
	tg_in(t, 1, "08 0c 00 0001 0000 41");
	tg_out(t, 2, "09 0a 0001 0001 6d2f31");
	tg_accepts(t, "m1 m/1 q0 id0 'A' #5");
	tg_in(t, 2, "07 0b 0001 0001 01");
	assert_int_equal(stats(t)->dropped, 1);
	tg_stop(t);
}

/* A client that lost its mapping says 02; it is told the id once more. */
static void
subscriber_that_forgot_the_id_is_told_again(void **state)
{
	struct tg *t = subscribed("08 12 20 0005 6d2f31", "08 13 20 0001 0005 00");

	(void)state;
	tg_in(t, 1, "08 0c 00 0001 0000 41");
	tg_out(t, 2, "08 0c 00 0001 0000 41"); /* the lower QoS of the two */
	tg_in(t, 1, "08 0c 20 0001 0002 42");
	tg_out(t, 1, "07 0d 0001 0002 00");
	tg_out(t, 2, "08 0c 20 0001 0001 42");
	tg_accepts(t, "m1 m/1 q0 id0 'A' #5");
	tg_accepts(t, "m1 m/1 q1 id2 'B' #6");
	tg_in(t, 2, "07 0d 0001 0001 02");
	tg_out(t, 2, "09 0a 0001 0002 6d2f31");
	tg_in(t, 2, "07 0b 0001 0002 00");
	tg_out(t, 2, "08 0c 20 0001 0003 42");
	tg_in(t, 2, "07 0d 0001 0003 02");
	tg_silent(t);
	assert_int_equal(stats(t)->dropped, 1);
	tg_stop(t);
}

static void
granted_qos_limits_delivery(void **state)
{
	struct tg *t = subscribed("08 12 00 0005 6d2f31", "08 13 00 0001 0005 00");

	(void)state;
	tg_in(t, 1, "08 0c 20 0001 0002 41");
	tg_out(t, 1, "07 0d 0001 0002 00");
	tg_out(t, 2, "08 0c 00 0001 0000 41");
	tg_accepts(t, "m1 m/1 q1 id2 'A' #5");
	/* QoS 2 is granted as 1. */
	tg_ask(t, 2, "08 12 40 0006 6d2f31", "08 13 20 0001 0006 00");
	tg_in(t, 1, "08 0c 20 0001 0003 42");
	tg_out(t, 1, "07 0d 0001 0003 00");
	tg_out(t, 2, "08 0c 20 0001 0001 42");
	tg_accepts(t, "m1 m/1 q1 id3 'B' #7");
	tg_stop(t);
}

/* 6.13 as for clients: T_retry 10 s, N_retry 3, then the message is dropped. */
static void
delivery_is_repeated(void **state)
{
	struct tg *t = subscribed("08 12 20 0005 6d2f31", "08 13 20 0001 0005 00");

	(void)state;
	tg_in(t, 1, "08 0c 20 0001 0002 41");
	tg_out(t, 1, "07 0d 0001 0002 00");
	tg_out(t, 2, "08 0c 20 0001 0001 41");
	tg_accepts(t, "m1 m/1 q1 id2 'A' #5");
	tg_until(t, 9);
	tg_silent(t);
	tg_until(t, 30);
	for (int i = 0; i < 3; i++)
		tg_out(t, 2, "08 0c a0 0001 0001 41");
	tg_until(t, 40);
	assert_int_equal(stats(t)->dropped, 1);
	tg_in(t, 1, "08 0c 20 0001 0003 42");
	tg_out(t, 1, "07 0d 0001 0003 00");
	tg_out(t, 2, "08 0c 20 0001 0002 42"); /* the next one starts afresh */
	tg_accepts(t, "m1 m/1 q1 id3 'B' #6");
	tg_stop(t);
}

static void
one_exchange_at_a_time(void **state)
{
	struct tg *t = subscribed("08 12 20 0005 6d2f31", "08 13 20 0001 0005 00");

	(void)state;
	tg_in(t, 1, "08 0c 20 0001 0002 41");
	tg_in(t, 1, "08 0c 20 0001 0003 42");
	tg_out(t, 1, "07 0d 0001 0002 00");
	tg_out(t, 2, "08 0c 20 0001 0001 41");
	tg_out(t, 1, "07 0d 0001 0003 00");
	tg_accepts(t, "m1 m/1 q1 id2 'A' #5");
	tg_accepts(t, "m1 m/1 q1 id3 'B' #6");
	tg_silent(t);
	tg_in(t, 2, "07 0d 0001 0009 00"); /* answers nothing */
	assert_int_equal(stats(t)->unexpected, 1);
	tg_in(t, 2, "07 0d 0001 0001 00");
	tg_out(t, 2, "08 0c 20 0001 0002 42");
	tg_stop(t);
}

static void
short_and_predefined_subscriptions(void **state)
{
	const struct nbs_mqttsn_gateway_config config = with_predefined();
	struct tg *t = tg_start(&config);

	(void)state;
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, "07 12 02 0001 7431", "08 13 00 0000 0001 00");
	tg_ask(t, 1, "07 12 21 0002 000a", "08 13 20 000a 0002 00");
	tg_ask(t, 1, "07 12 21 0003 000b", "08 13 20 0000 0003 02"); /* no such id */
	tg_in(t, 9, "08 0c 62 7431 0000 41");
	tg_out(t, 1, "08 0c 02 7431 0000 41");
	tg_in(t, 9, "08 0c 61 000a 0000 42");
	tg_out(t, 1, "08 0c 01 000a 0000 42"); /* QoS -1 is QoS 0 to subscribers */
	tg_accepts(t, " t1 q-1 id0 'A' #5");
	tg_accepts(t, " fleet/all q-1 id0 'B' #6");
	tg_stop(t);
}

static void
unsubscribe_ends_delivery(void **state)
{
	struct tg *t = subscribed("08 12 20 0005 6d2f31", "08 13 20 0001 0005 00");

	(void)state;
	tg_ask(t, 2, "08 14 00 0006 6d2f31", "04 15 0006");
	tg_ask(t, 2, "08 14 00 0007 6d2f31", "04 15 0007"); /* there is none: all the same */
	tg_ask(t, 1, "08 0c 20 0001 0002 41", "07 0d 0001 0002 00");
	tg_accepts(t, "m1 m/1 q1 id2 'A' #7");
	tg_stop(t);
}

static void
filters_that_are_none(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	tg_ask(t, 1, "08 12 00 0005 6d2b31", "08 13 00 0000 0005 03"); /* m+1 */
	tg_ask(t, 1, "08 12 00 0006 232f31", "08 13 00 0000 0006 03"); /* #/1 */
	tg_ask(t, 1, "08 12 00 0007 6d0031", "08 13 00 0000 0007 03"); /* NUL */
	tg_stop(t);
}

/* Kept for later subscribers, marked; an empty one deletes it (MQTT v3.1.1 3.3.1.3). */
static void
retained_messages(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	tg_ask(t, 1, "08 0c 30 0001 0002 41", "07 0d 0001 0002 00");
	tg_accepts(t, "m1 m/1 q1 id2 'A' retain #3");
	tg_ask(t, 2, CONNECT_M2, CONNACK_OK);
	tg_in(t, 2, "08 12 20 0005 6d2f31");
	tg_out(t, 2, "08 13 20 0001 0005 00");
	tg_out(t, 2, "08 0c 30 0001 0001 41");
	tg_in(t, 2, "07 0d 0001 0001 00");
	/* Delivered when it comes, it is not marked. */
	tg_in(t, 1, "08 0c 30 0001 0003 42");
	tg_out(t, 1, "07 0d 0001 0003 00");
	tg_out(t, 2, "08 0c 20 0001 0002 42");
	tg_in(t, 2, "07 0d 0001 0002 00");
	tg_accepts(t, "m1 m/1 q1 id3 'B' retain #7");
	tg_ask(t, 2, "08 14 00 0006 6d2f31", "04 15 0006");
	tg_ask(t, 1, "07 0c 30 0001 0004", "07 0d 0001 0004 00");
	tg_accepts(t, "m1 m/1 q1 id4 '' retain #10");
	tg_ask(t, 2, "08 12 20 0007 6d2f31", "08 13 20 0001 0007 00");
	tg_stop(t);
}

static void
queue_is_bounded(void **state)
{
	struct nbs_mqttsn_gateway_config config;
	struct tg *t;

	(void)state;
	nbs_mqttsn_gateway_config_default(&config);
	config.max_saved = 2;
	t = with_m1(&config);
	tg_ask(t, 1, "08 12 20 0005 6d2f31", "08 13 20 0001 0005 00"); /* to itself */
	for (int i = 0; i < 3; i++)
		tg_in(t, 1, "08 0c 00 0001 0000 41");
	for (int i = 0; i < 3; i++) {
		tg_out(t, 1, "08 0c 00 0001 0000 41"); /* QoS 0 does not queue up */
		t->accepted_read++;
	}
	for (int i = 0; i < 3; i++)
		tg_in(t, 1, "08 0c 20 0001 0007 41");
	tg_out(t, 1, "07 0d 0001 0007 00");
	tg_out(t, 1, "08 0c 20 0001 0001 41");
	tg_out(t, 1, "07 0d 0001 0007 00");
	tg_out(t, 1, "07 0d 0001 0007 00");
	t->accepted_read += 3;
	assert_int_equal(stats(t)->dropped, 1);
	tg_stop(t);
}

/* ---- the rest ---- */

static void
searchgw_is_answered_without_address(void **state)
{
	struct nbs_mqttsn_gateway_config config;
	struct tg *t;

	(void)state;
	nbs_mqttsn_gateway_config_default(&config);
	config.gw_id = 7;
	t = tg_start(&config);
	tg_ask(t, 9, "03 01 00", "03 02 07");
	tg_stop(t);
}

static void
what_is_not_for_a_gateway(void **state)
{
	struct tg *t = with_m1(NULL);

	(void)state;
	tg_in(t, 1, CONNACK_OK);
	tg_in(t, 1, "05 00 07 0384"); /* ADVERTISE */
	tg_in(t, 1, "04 0f 0002");    /* PUBREC: it never publishes at QoS 2 */
	assert_int_equal(stats(t)->unexpected, 3);
	tg_in(t, 1, "09 0c 20 0001 0002 41"); /* wrong Length */
	assert_int_equal(stats(t)->invalid, 1);
	tg_stop(t);
}

/* 5.5: answers go back through the forwarder, to the node that asked. */
static void
clients_behind_a_forwarder(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 5, "05 fe 00 aa01 08 04 04 01 0e10 6d31", "05 fe 00 aa01 03 05 00");
	tg_ask(t, 5, "05 fe 00 aa02 08 04 04 01 0e10 6d32", "05 fe 00 aa02 03 05 00");
	/* Each has its own session, though the address is one. */
	tg_in(t, 5, "05 fe 00 aa02 08 0c 02 7431 0000 41");
	tg_accepts(t, "m2 t1 q0 id0 'A' #3");
	tg_ask(t, 5, "05 fe 00 aa03 08 0c 02 7431 0000 41", "05 fe 00 aa03 02 18");
	tg_ask(t, 5, "08 0c 02 7431 0000 41", DISCONNECT);
	tg_stop(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_name_same_id),
	    cmocka_unit_test(every_client_has_ids_of_its_own),
	    cmocka_unit_test(names_that_cannot_be_published_under),
	    cmocka_unit_test(topic_ids_run_out),
	    cmocka_unit_test(qos0_is_not_answered),
	    cmocka_unit_test(qos1_repetition_is_accepted_as_dup),
	    cmocka_unit_test(dup_is_of_the_session),
	    cmocka_unit_test(qos2_is_accepted_at_pubrel_and_once),
	    cmocka_unit_test(unknown_topic_id_is_rejected),
	    cmocka_unit_test(publish_from_a_stranger),
	    cmocka_unit_test(same_address_other_channel_is_a_stranger),
	    cmocka_unit_test(predefined_and_short_topics_need_no_register),
	    cmocka_unit_test(qos_minus1_needs_no_session),
	    cmocka_unit_test(qos_minus1_may_be_off),
	    cmocka_unit_test(predefined_topics_are_checked),
	    cmocka_unit_test(subscriber_of_a_name_knows_its_id),
	    cmocka_unit_test(subscriber_of_a_wildcard_is_told_the_id),
	    cmocka_unit_test(subscriber_that_refuses_the_id_gets_nothing),
	    cmocka_unit_test(subscriber_that_forgot_the_id_is_told_again),
	    cmocka_unit_test(granted_qos_limits_delivery),
	    cmocka_unit_test(delivery_is_repeated),
	    cmocka_unit_test(one_exchange_at_a_time),
	    cmocka_unit_test(short_and_predefined_subscriptions),
	    cmocka_unit_test(unsubscribe_ends_delivery),
	    cmocka_unit_test(filters_that_are_none),
	    cmocka_unit_test(retained_messages),
	    cmocka_unit_test(queue_is_bounded),
	    cmocka_unit_test(searchgw_is_answered_without_address),
	    cmocka_unit_test(what_is_not_for_a_gateway),
	    cmocka_unit_test(clients_behind_a_forwarder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
