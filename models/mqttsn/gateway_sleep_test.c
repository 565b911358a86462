/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MQTT-SN gateway and its silent clients against the specification: keep-alive (v1.2 6.11, 7.2)
 * and sleep (6.14).
 */
#include "models/mqttsn/test_gateway.h"

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
	assert_int_equal(tg_stats(t)->lost_clients, 1);
	tg_ask(t, 1, "02 16", DISCONNECT);
	tg_stop(t);
}

/* A clean session that is lost takes its subscriptions along: CleanSession 0 finds none. */
static void
lost_clean_session_is_forgotten(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_publisher(t);
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	tg_until(t, 3960);
	tg_is(t, "m1", NBS_MQTTSN_LOST);
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_publish(t);
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

	tg_publisher(t);
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
	tg_publish(t);
	tg_publish(t);
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
	tg_publish(t);
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
	tg_publish(t);
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
	tg_publish(t);
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
	assert_int_equal(tg_stats(t)->unexpected, 1);
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

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
