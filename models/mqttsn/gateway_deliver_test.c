/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Subscriptions of the MQTT-SN gateway's clients and delivery to them against the specification
 * (v1.2 6.9, 6.10, 6.13).
 */
#include "models/mqttsn/test_gateway.h"

/* m1 publishes to m/1; m2 at port 2 subscribes to the octets of a filter, which is answered so. */
static struct tg *
subscribed(const char *subscribe, const char *suback)
{
	struct tg *t = tg_with_m1(NULL);

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
	assert_int_equal(tg_stats(t)->delivered, 1);
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
	assert_int_equal(tg_stats(t)->dropped, 1);
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
	assert_int_equal(tg_stats(t)->dropped, 1);
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
	assert_int_equal(tg_stats(t)->dropped, 1);
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
	assert_int_equal(tg_stats(t)->unexpected, 1);
	tg_in(t, 2, "07 0d 0001 0001 00");
	tg_out(t, 2, "08 0c 20 0001 0002 42");
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
	struct tg *t = tg_with_m1(NULL);

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
	struct tg *t = tg_with_m1(NULL);

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
	t = tg_with_m1(&config);
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
	assert_int_equal(tg_stats(t)->dropped, 1);
	tg_stop(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(subscriber_of_a_name_knows_its_id),
	    cmocka_unit_test(subscriber_of_a_wildcard_is_told_the_id),
	    cmocka_unit_test(subscriber_that_refuses_the_id_gets_nothing),
	    cmocka_unit_test(subscriber_that_forgot_the_id_is_told_again),
	    cmocka_unit_test(granted_qos_limits_delivery),
	    cmocka_unit_test(delivery_is_repeated),
	    cmocka_unit_test(one_exchange_at_a_time),
	    cmocka_unit_test(unsubscribe_ends_delivery),
	    cmocka_unit_test(filters_that_are_none),
	    cmocka_unit_test(retained_messages),
	    cmocka_unit_test(queue_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
