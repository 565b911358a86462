/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comes in at the MQTT-SN gateway against the specification: PUBLISH (v1.2 6.6), SEARCHGW,
 * forwarded messages (5.5) and what is not for a gateway.
 */
#include "models/mqttsn/test_gateway.h"

/* ---- PUBLISH (6.6) ---- */

static void
qos0_is_not_answered(void **state)
{
	struct tg *t = tg_with_m1(NULL);

	(void)state;
	tg_in(t, 1, "09 0c 00 0001 0000 4142");
	tg_accepts(t, "m1 m/1 q0 id0 'AB' #3");
	tg_stop(t);
}

/* At least once: the repetition is accepted too, and marked, for whoever judges. */
static void
qos1_repetition_is_accepted_as_dup(void **state)
{
	struct tg *t = tg_with_m1(NULL);

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
	assert_int_equal(tg_stats(t)->accepted, 4);
	assert_int_equal(tg_stats(t)->duplicates, 1);
	tg_stop(t);
}

/* A new session knows no MsgId of the old one. */
static void
dup_is_of_the_session(void **state)
{
	struct tg *t = tg_with_m1(NULL);

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
	struct tg *t = tg_with_m1(NULL);

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
	struct tg *t = tg_with_m1(NULL);

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
	struct tg *t = tg_with_m1(NULL);

	(void)state;
	tg_ask(t, 2, "08 0c 20 0001 0002 41", DISCONNECT);
	tg_ask(t, 2, "08 0c 00 0001 0000 41", DISCONNECT);
	tg_ask(t, 2, "09 0a 0000 0001 6d2f31", DISCONNECT);
	tg_ask(t, 2, "07 12 02 0001 7431", DISCONNECT);
	tg_in(t, 2, "07 0d 0001 0002 00"); /* an acknowledgement is not answered */
	assert_int_equal(tg_stats(t)->unknown_peer, 5);
	assert_int_equal(tg_stats(t)->accepted, 0);
	tg_stop(t);
}

static void
same_address_other_channel_is_a_stranger(void **state)
{
	struct tg *t = tg_with_m1(NULL);

	(void)state;
	t->channel = 7;
	tg_ask(t, 1, "08 0c 20 0001 0002 41", DISCONNECT);
	assert_int_equal(t->sent[t->sent_read - 1].peer.channel, 7);
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
	struct tg *t = tg_with_m1(NULL);

	(void)state;
	tg_in(t, 1, CONNACK_OK);
	tg_in(t, 1, "05 00 07 0384"); /* ADVERTISE */
	tg_in(t, 1, "04 0f 0002");    /* PUBREC: it never publishes at QoS 2 */
	assert_int_equal(tg_stats(t)->unexpected, 3);
	tg_in(t, 1, "09 0c 20 0001 0002 41"); /* wrong Length */
	assert_int_equal(tg_stats(t)->invalid, 1);
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
	    cmocka_unit_test(qos0_is_not_answered),
	    cmocka_unit_test(qos1_repetition_is_accepted_as_dup),
	    cmocka_unit_test(dup_is_of_the_session),
	    cmocka_unit_test(qos2_is_accepted_at_pubrel_and_once),
	    cmocka_unit_test(unknown_topic_id_is_rejected),
	    cmocka_unit_test(publish_from_a_stranger),
	    cmocka_unit_test(same_address_other_channel_is_a_stranger),
	    cmocka_unit_test(searchgw_is_answered_without_address),
	    cmocka_unit_test(what_is_not_for_a_gateway),
	    cmocka_unit_test(clients_behind_a_forwarder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
