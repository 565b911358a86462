/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MQTT-SN client between its reports, against the specification: asleep (v1.2 6.14) or kept
 * alive by pings (6.11).
 */
#include "models/mqttsn/test_client.h"

/* ---- sleep (6.14) ---- */

/* 6.14: six datagrams a report; the topic id of the first session stays good. */
static void
sleeper_wakes_publishes_sleeps(void **state)
{
	struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f;

	(void)state;
	c.session = NBS_MQTTSN_SESSION_SLEEP;
	c.sleep_s = 4000; /* 0fa0 */
	f = tc_connected(&c);
	tc_sends(f, PUBLISH_2, MORE);
	tc_receives(f, PUBACK_2);
	tc_sends(f, "04 18 0fa0", ONE);
	tc_ends(f, 1, NBS_MQTTSN_DELIVERED);
	tc_in_state(f, NBS_MQTTSN_CLIENT_CLOSING);
	tc_receives(f, "02 18");
	tc_in_state(f, NBS_MQTTSN_CLIENT_ASLEEP);

	tc_report(f, 2);
	tc_sends(f, CONNECT_KEEP, MORE);
	tc_receives(f, CONNACK);
	tc_sends(f, "08 0c 20 0005 0003 41", MORE);
	tc_receives(f, "07 0d 0005 0003 00");
	tc_sends(f, "04 18 0fa0", ONE);
	tc_ends(f, 2, NBS_MQTTSN_DELIVERED);
	tc_receives(f, "02 18");
	tc_in_state(f, NBS_MQTTSN_CLIENT_ASLEEP);
	tc_until(f, 100000); /* no PINGREQ: it sleeps */
	tc_stop(f);
}

/* The gateway lost the sleeping session: the topic id means nothing, PUBACK 02. */
static void
sleeper_registers_again_when_the_gateway_forgot(void **state)
{
	struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f;

	(void)state;
	c.session = NBS_MQTTSN_SESSION_SLEEP;
	c.session_lost = NBS_MQTTSN_LOST_RESEND;
	f = tc_connected(&c);
	tc_sends(f, PUBLISH_2, MORE);
	tc_receives(f, PUBACK_2);
	tc_sends(f, "04 18 1c20", ONE); /* sleep_s 0: as long as the keep-alive */
	tc_receives(f, "02 18");
	tc_ends(f, 1, NBS_MQTTSN_DELIVERED);
	tc_report(f, 2);
	tc_sends(f, CONNECT_KEEP, MORE);
	tc_receives(f, CONNACK);
	tc_sends(f, "08 0c 20 0005 0003 41", MORE);
	tc_receives(f, "07 0d 0005 0003 02");
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_receives(f, CONNACK);
	tc_sends(f, "09 0a 0000 0004 6d2f31", MORE);
	tc_receives(f, "07 0b 0001 0004 00");
	tc_sends(f, "08 0c 20 0001 0005 41", MORE);
	tc_receives(f, "07 0d 0001 0005 00");
	tc_sends(f, "04 18 1c20", ONE);
	tc_ends(f, 2, NBS_MQTTSN_DELIVERED);
	tc_stop(f);
}

/* The same when the report is delivered and only sleep cannot be announced. */
static void
without_a_timer_nobody_sleeps(void **state)
{
	struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f;

	(void)state;
	c.session = NBS_MQTTSN_SESSION_SLEEP;
	c.keepalive_s = 0;
	c.sleep_s = 60;
	f = tc_start(&c, &tc_ops);
	/* CONNECT, REGISTER and PUBLISH with 11 s left, 1 s more than T_retry; 9 s at the PUBACK */
	assert_int_equal(nbs_run(f->engine, (uint64_t)INT64_MAX - 11 * NBS_NS_PER_S), NBS_OK);
	assert_int_equal(nbs_mqttsn_client_publish(&f->client, 1, (const uint8_t *)"A", 1), NBS_OK);
	tc_receives(f, "03 05 00");
	tc_receives(f, "07 0b 0001 0001 00");
	assert_int_equal(nbs_run(f->engine, (uint64_t)INT64_MAX - 9 * NBS_NS_PER_S), NBS_OK);
	tc_receives(f, "07 0d 0001 0002 00");
	assert_int_equal(f->sent_count, 3);
	assert_int_equal(f->done_count, 1);
	assert_int_equal(f->done[0].outcome, NBS_MQTTSN_DELIVERED);
	assert_int_equal(nbs_mqttsn_client_state(&f->client), NBS_MQTTSN_CLIENT_OFFLINE);
	f->sent_count = f->done_count = 0;
	tc_stop(f);
}

/* ---- keep-alive (6.11) ---- */

static void
silence_of_a_keepalive_period_pings(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_idle(&c);

	(void)state;
	tc_until(f, 7199);
	assert_int_equal(f->sent_count, f->sent_read);
	tc_until(f, 7200);
	tc_sends(f, "02 16", ONE);
	tc_in_state(f, NBS_MQTTSN_CLIENT_PINGING);
	tc_receives(f, "02 17");
	tc_in_state(f, NBS_MQTTSN_CLIENT_ACTIVE);
	tc_until(f, 14399);
	assert_int_equal(f->sent_count, f->sent_read);
	tc_until(f, 14400);
	tc_sends(f, "02 16", ONE);
	tc_receives(f, "02 17");
	tc_stop(f);
}

/* Hourly reports under a keep-alive of two hours: never a PINGREQ. */
static void
reports_keep_the_session_alive(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_idle(&c);
	char text[40];

	(void)state;
	for (unsigned hour = 1; hour <= 30; hour++) {
		tc_until(f, hour * 3600);
		tc_report(f, hour + 1);
		(void)snprintf(text, sizeof text, "08 0c 20 0005 %04x 41", hour + 2);
		tc_sends(f, text, ONE);
		(void)snprintf(text, sizeof text, "07 0d 0005 %04x 00", hour + 2);
		tc_receives(f, text);
		tc_ends(f, hour + 1, NBS_MQTTSN_DELIVERED);
	}
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->sent[NBS_MQTTSN_PINGREQ], 0);
	/* The last report was at 30 h. */
	tc_until(f, 32 * 3600 - 1);
	assert_int_equal(f->sent_count, f->sent_read);
	tc_until(f, 32 * 3600);
	tc_sends(f, "02 16", ONE);
	tc_stop(f);
}

static void
unanswered_pings_lose_the_session(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_idle(&c);

	(void)state;
	tc_until(f, 7200 + 40);
	for (int i = 0; i < 4; i++)
		tc_sends(f, "02 16", ONE);
	tc_in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	tc_stop(f);
}

static void
report_does_not_wait_for_pingresp(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_idle(&c);

	(void)state;
	tc_until(f, 7200);
	tc_sends(f, "02 16", ONE);
	tc_report(f, 2);
	tc_sends(f, "08 0c 20 0005 0003 41", ONE);
	tc_receives(f, "02 17");
	tc_receives(f, "07 0d 0005 0003 00");
	tc_ends(f, 2, NBS_MQTTSN_DELIVERED);
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->unexpected, 0);
	tc_stop(f);
}

static void
gateways_ping_is_answered(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_idle(&c);

	(void)state;
	tc_receives(f, "02 16");
	tc_sends(f, "02 17", NONE);
	tc_stop(f);
}

static void
keepalive_0_never_pings(void **state)
{
	struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f;

	(void)state;
	c.keepalive_s = 0;
	f = tc_start(&c, &tc_ops);
	tc_report(f, 1);
	tc_sends(f, "08 04 04 01 0000 6d31", MORE);
	tc_receives(f, CONNACK);
	tc_sends(f, REGISTER_1, MORE);
	tc_receives(f, REGACK_1);
	tc_sends(f, PUBLISH_2, ONE);
	tc_receives(f, PUBACK_2);
	tc_ends(f, 1, NBS_MQTTSN_DELIVERED);
	tc_until(f, 1000000);
	tc_stop(f);
}

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(sleeper_wakes_publishes_sleeps),
	    TEST(sleeper_registers_again_when_the_gateway_forgot),
	    TEST(without_a_timer_nobody_sleeps),
	    TEST(silence_of_a_keepalive_period_pings),
	    TEST(reports_keep_the_session_alive),
	    TEST(unanswered_pings_lose_the_session),
	    TEST(report_does_not_wait_for_pingresp),
	    TEST(gateways_ping_is_answered),
	    TEST(keepalive_0_never_pings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
