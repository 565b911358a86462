/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of the MQTT-SN client against the specification (v1.2 5.4.12, 5.4.13, 6.6, 6.13): their
 * way out, their queue, their repetition and what the answers do to them.
 */
#include "models/mqttsn/test_client.h"

/* ---- reports ---- */

static void
first_report_connects_registers_publishes(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_start(&c, &tc_ops);

	(void)state;
	tc_in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	tc_report(f, 1);
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_in_state(f, NBS_MQTTSN_CLIENT_CONNECTING);
	tc_receives(f, CONNACK);
	tc_sends(f, REGISTER_1, MORE);
	tc_in_state(f, NBS_MQTTSN_CLIENT_REGISTERING);
	tc_receives(f, REGACK_1);
	tc_sends(f, PUBLISH_2, ONE);
	tc_in_state(f, NBS_MQTTSN_CLIENT_PUBLISHING);
	tc_receives(f, PUBACK_2);
	tc_ends(f, 1, NBS_MQTTSN_DELIVERED);
	tc_in_state(f, NBS_MQTTSN_CLIENT_ACTIVE);
	tc_stop(f);
}

static void
next_report_is_one_datagram_each_way(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_idle(&c);

	(void)state;
	tc_report(f, 2);
	tc_sends(f, "08 0c 20 0005 0003 41", ONE);
	tc_receives(f, "07 0d 0005 0003 00");
	tc_ends(f, 2, NBS_MQTTSN_DELIVERED);
	tc_stop(f);
}

static void
qos0_expects_nothing_and_is_delivered_at_once(void **state)
{
	struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f;

	(void)state;
	c.qos = 0;
	f = tc_connected(&c);
	tc_sends(f, "08 0c 00 0005 0000 41", NONE); /* 5.4.12: MsgId 0000 */
	tc_ends(f, 1, NBS_MQTTSN_DELIVERED);
	tc_report(f, 2);
	tc_sends(f, "08 0c 00 0005 0000 41", NONE);
	tc_ends(f, 2, NBS_MQTTSN_DELIVERED);
	/* 5.4.13: a PUBACK after QoS 0 is an error: the topic id is not known any more. */
	tc_receives(f, "07 0d 0005 0000 02");
	tc_in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	tc_stop(f);
}

/* ---- queue ---- */

static void
reports_wait_for_their_turn(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_connected(&c);

	(void)state;
	tc_sends(f, PUBLISH_2, ONE);
	for (uint32_t token = 2; token <= 5; token++)
		tc_report(f, token);
	tc_report(f, 6); /* the sixth: one in flight and NBS_MQTTSN_CLIENT_QUEUE_MAX wait */
	tc_ends(f, 6, NBS_MQTTSN_QUEUE_FULL);
	tc_receives(f, PUBACK_2);
	tc_ends(f, 1, NBS_MQTTSN_DELIVERED);
	/* More follow: the modem must not be released. */
	tc_sends(f, "08 0c 20 0005 0003 41", MORE);
	tc_receives(f, "07 0d 0005 0003 00");
	tc_ends(f, 2, NBS_MQTTSN_DELIVERED);
	tc_sends(f, "08 0c 20 0005 0004 41", MORE);
	tc_receives(f, "07 0d 0005 0004 00");
	tc_ends(f, 3, NBS_MQTTSN_DELIVERED);
	tc_sends(f, "08 0c 20 0005 0005 41", MORE);
	tc_receives(f, "07 0d 0005 0005 00");
	tc_ends(f, 4, NBS_MQTTSN_DELIVERED);
	tc_sends(f, "08 0c 20 0005 0006 41", ONE);
	tc_stop(f); /* the last one is freed unsent */
}

static void
done_may_publish(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_connected(&c);

	(void)state;
	tc_sends(f, PUBLISH_2, ONE);
	f->publish_on_done = 2;
	tc_receives(f, PUBACK_2);
	tc_ends(f, 1, NBS_MQTTSN_DELIVERED);
	tc_sends(f, "08 0c 20 0005 0003 41", ONE);
	tc_receives(f, "07 0d 0005 0003 00");
	tc_ends(f, 2, NBS_MQTTSN_DELIVERED);
	tc_stop(f);
}

/* ---- retransmission (6.13) ---- */

static void
publish_is_repeated_with_dup_then_given_up(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_connected(&c);

	(void)state;
	tc_sends(f, PUBLISH_2, ONE);
	tc_until(f, 9);
	assert_int_equal(f->sent_count, f->sent_read);
	tc_until(f, 10);
	tc_sends(f, "08 0c a0 0005 0002 41", ONE);
	tc_until(f, 20);
	tc_sends(f, "08 0c a0 0005 0002 41", ONE);
	tc_until(f, 30);
	tc_sends(f, "08 0c a0 0005 0002 41", ONE);
	tc_until(f, 39);
	assert_int_equal(f->done_count, 0);
	tc_until(f, 40);
	tc_ends(f, 1, NBS_MQTTSN_GAVE_UP);
	tc_in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->retransmissions, 3);
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->sessions_lost, 1);
	tc_report(f, 2);
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_stop(f);
}

static void
late_answer_ends_the_repetitions(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_connected(&c);

	(void)state;
	tc_sends(f, PUBLISH_2, ONE);
	tc_until(f, 10);
	tc_sends(f, "08 0c a0 0005 0002 41", ONE);
	tc_receives(f, PUBACK_2);
	tc_ends(f, 1, NBS_MQTTSN_DELIVERED);
	tc_receives(f, PUBACK_2); /* the answer to the repetition */
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->unexpected, 1);
	tc_until(f, 1000);
	tc_stop(f);
}

/* Only PUBLISH has a DUP flag (5.3.4): CONNECT and REGISTER are repeated as they were. */
static void
connect_and_register_are_repeated_unchanged(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_start(&c, &tc_ops);

	(void)state;
	tc_report(f, 1);
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_until(f, 10);
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_receives(f, CONNACK);
	tc_sends(f, REGISTER_1, MORE);
	tc_until(f, 20);
	tc_sends(f, REGISTER_1, MORE);
	tc_receives(f, REGACK_1);
	tc_sends(f, PUBLISH_2, ONE); /* sent for the first time: no DUP */
	tc_receives(f, PUBACK_2);
	tc_ends(f, 1, NBS_MQTTSN_DELIVERED);
	tc_stop(f);
}

static void
unreachable_gateway_is_given_up(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_start(&c, &tc_ops);

	(void)state;
	tc_report(f, 1);
	tc_until(f, 40);
	for (int i = 0; i < 4; i++)
		tc_sends(f, CONNECT_CLEAN, MORE);
	tc_ends(f, 1, NBS_MQTTSN_GAVE_UP);
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->sessions_lost, 0); /* had none */
	tc_stop(f);
}

/* ---- return codes ---- */

static void
refused_connect_ends_the_report(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_start(&c, &tc_ops);

	(void)state;
	tc_report(f, 1);
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_receives(f, "03 05 03");
	tc_ends(f, 1, NBS_MQTTSN_REJECTED);
	tc_in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	tc_stop(f);
}

static void
refused_topic_ends_the_report_not_the_session(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_start(&c, &tc_ops);

	(void)state;
	tc_report(f, 1);
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_receives(f, CONNACK);
	tc_sends(f, REGISTER_1, MORE);
	tc_receives(f, "07 0b 0000 0001 01");
	tc_ends(f, 1, NBS_MQTTSN_REJECTED);
	tc_in_state(f, NBS_MQTTSN_CLIENT_ACTIVE);
	tc_report(f, 2);
	tc_sends(f, "09 0a 0000 0002 6d2f31", MORE);
	tc_stop(f);
}

static void
refused_publish_ends_the_report_not_the_session(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_connected(&c);

	(void)state;
	tc_sends(f, PUBLISH_2, ONE);
	tc_receives(f, "07 0d 0005 0002 01");
	tc_ends(f, 1, NBS_MQTTSN_REJECTED);
	tc_report(f, 2);
	tc_sends(f, "08 0c 20 0005 0003 41", ONE);
	tc_stop(f);
}

/* ---- what does not belong ---- */

static void
answers_to_something_else_are_ignored(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_connected(&c);

	(void)state;
	tc_sends(f, PUBLISH_2, ONE);
	tc_receives(f, "07 0d 0005 0009 00"); /* another MsgId */
	tc_receives(f, "07 0b 0005 0002 00"); /* REGACK */
	tc_receives(f, CONNACK);
	tc_receives(f, "08 0c 00 0005 0000 41"); /* PUBLISH: it subscribed to nothing */
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->unexpected, 4);
	tc_receives(f, "0c 0d 0005 0002 00");  /* wrong Length */
	tc_receives(f, "05 fe 00 beef 02 18"); /* encapsulated: for forwarders */
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->invalid, 2);
	tc_in_state(f, NBS_MQTTSN_CLIENT_PUBLISHING);
	tc_receives(f, PUBACK_2);
	tc_ends(f, 1, NBS_MQTTSN_DELIVERED);
	tc_stop(f);
}

/* MsgId 0000 means none: after FFFF comes 0001. */
static void
msg_id_skips_0(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_idle(&c);

	(void)state;
	f->client.msg_id = 0xfffe;
	tc_report(f, 2);
	tc_sends(f, "08 0c 20 0005 ffff 41", ONE);
	tc_receives(f, "07 0d 0005 ffff 00");
	tc_ends(f, 2, NBS_MQTTSN_DELIVERED);
	tc_report(f, 3);
	tc_sends(f, "08 0c 20 0005 0001 41", ONE);
	tc_stop(f);
}

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(first_report_connects_registers_publishes),
	    TEST(next_report_is_one_datagram_each_way),
	    TEST(qos0_expects_nothing_and_is_delivered_at_once),
	    TEST(reports_wait_for_their_turn),
	    TEST(done_may_publish),
	    TEST(publish_is_repeated_with_dup_then_given_up),
	    TEST(late_answer_ends_the_repetitions),
	    TEST(connect_and_register_are_repeated_unchanged),
	    TEST(unreachable_gateway_is_given_up),
	    TEST(refused_connect_ends_the_report),
	    TEST(refused_topic_ends_the_report_not_the_session),
	    TEST(refused_publish_ends_the_report_not_the_session),
	    TEST(answers_to_something_else_are_ignored),
	    TEST(msg_id_skips_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
