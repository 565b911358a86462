/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binding of ClientID to PSK identity in the MQTT-SN gateway. The specification (v1.2) leaves
 * it out: expected is that nobody has the name of somebody else's key.
 */
#include "models/mqttsn/test_gateway.h"

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
	assert_int_equal(tg_stats(t)->refused_identity, 3);
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
	assert_int_equal(tg_stats(t)->refused_identity, 3);
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

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(client_id_must_be_the_identity),
	    TEST(refused_takeover_changes_nothing),
	    TEST(clear_channel_cannot_take_a_bound_session),
	    TEST(clear_channel_cannot_have_an_identitys_name),
	    TEST(identities_names_are_free_without_binding),
	    TEST(clear_ping_cannot_wake_an_identitys_name),
	    TEST(qos_minus1_has_no_name),
	    TEST(binding_may_be_off),
	    TEST(sleepers_ping_is_bound_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
