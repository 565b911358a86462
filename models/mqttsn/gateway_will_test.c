/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Will of the MQTT-SN gateway's clients against the specification (v1.2 5.4.7, 6.2 to 6.4). */
#include "models/mqttsn/test_gateway.h"

#define CONNECT_WILL "08 04 0c 01 0e10 6d31"      /* Will, CleanSession */
#define CONNECT_WILL_KEEP "08 04 08 01 0e10 6d31" /* Will, keeps the session */
#define WILLTOPICREQ "02 06"
#define WILLTOPIC "06 07 20 772f31" /* QoS 1, w/1 */
#define WILLMSGREQ "02 08"
#define WILLMSG "06 09 676f6e65" /* gone */

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
	assert_int_equal(tg_stats(t)->unexpected, 2);
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

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(will_is_published_when_the_client_is_lost),
	    TEST(no_will_after_an_orderly_disconnect),
	    TEST(no_session_before_the_will_is_complete),
	    TEST(will_dialogue_that_stops_is_lost_without_will),
	    TEST(empty_willtopic_deletes),
	    TEST(old_will_and_clean_session),
	    TEST(will_topic_with_a_wildcard_is_refused),
	    TEST(will_updates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
