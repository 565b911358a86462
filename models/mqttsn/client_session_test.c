/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions of the MQTT-SN client against the specification (v1.2 6.2, 6.12): their loss, the
 * transport below them, and the arguments that they start with.
 */
#include "models/mqttsn/test_client.h"

#include <limits.h>

/* ---- loss of the session ---- */

static void
disconnect_drops_the_report_in_flight(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_connected(&c);

	(void)state;
	tc_sends(f, PUBLISH_2, ONE);
	tc_receives(f, "02 18");
	tc_ends(f, 1, NBS_MQTTSN_SESSION_LOST);
	tc_in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	tc_until(f, 1000); /* silent until the next report */
	tc_report(f, 2);
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_receives(f, CONNACK);
	tc_sends(f, "09 0a 0000 0003 6d2f31", MORE);
	tc_stop(f);
}

static void
disconnect_resends_the_report_in_flight(void **state)
{
	struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f;

	(void)state;
	c.session_lost = NBS_MQTTSN_LOST_RESEND;
	f = tc_connected(&c);
	tc_sends(f, PUBLISH_2, ONE);
	tc_receives(f, "02 18");
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_receives(f, CONNACK);
	tc_sends(f, "09 0a 0000 0003 6d2f31", MORE);
	tc_receives(f, "07 0b 0001 0003 00");
	tc_sends(f, "08 0c 20 0001 0004 41", ONE); /* a new message to this session: no DUP */
	tc_receives(f, "07 0d 0001 0004 00");
	tc_ends(f, 1, NBS_MQTTSN_DELIVERED);
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->sessions_lost, 1);
	tc_stop(f);
}

static void
unknown_topic_id_is_a_lost_session(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_connected(&c);

	(void)state;
	tc_sends(f, PUBLISH_2, ONE);
	tc_receives(f, "07 0d 0005 0002 02");
	tc_ends(f, 1, NBS_MQTTSN_SESSION_LOST);
	tc_in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	tc_stop(f);
}

/* A gateway that never knows the topic id is not tried for ever: N_retry sessions. */
static void
resending_has_an_end(void **state)
{
	struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f;
	unsigned sessions = 1;
	char text[40];

	(void)state;
	c.session_lost = NBS_MQTTSN_LOST_RESEND;
	f = tc_connected(&c);
	tc_sends(f, PUBLISH_2, ONE);
	for (unsigned id = 2; f->done_count == 0; id += 2) {
		(void)snprintf(text, sizeof text, "07 0d 0005 %04x 02", id);
		tc_receives(f, text);
		if (f->done_count > 0)
			break;
		sessions++;
		tc_sends(f, CONNECT_CLEAN, MORE);
		tc_receives(f, CONNACK);
		(void)snprintf(text, sizeof text, "09 0a 0000 %04x 6d2f31", id + 1);
		tc_sends(f, text, MORE);
		(void)snprintf(text, sizeof text, "07 0b 0005 %04x 00", id + 1);
		tc_receives(f, text);
		(void)snprintf(text, sizeof text, "08 0c 20 0005 %04x 41", id + 2);
		tc_sends(f, text, ONE);
	}
	tc_ends(f, 1, NBS_MQTTSN_GAVE_UP);
	assert_int_equal(sessions, 1 + 3);
	tc_stop(f);
}

static void
disconnect_between_reports(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_idle(&c);

	(void)state;
	tc_receives(f, "02 18");
	tc_in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	tc_until(f, 100000); /* no session, no PINGREQ */
	tc_receives(f, "02 18");
	assert_int_equal(nbs_mqttsn_client_stats(&f->client)->unexpected, 1);
	tc_stop(f);
}

/* ---- transport ---- */

static void
transport_comes_before_connect(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_start(&c, &tc_ops_transport);

	(void)state;
	tc_report(f, 1);
	assert_int_equal(f->transports, 1);
	tc_in_state(f, NBS_MQTTSN_CLIENT_TRANSPORT);
	nbs_mqttsn_client_transport_ready(&f->client);
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_stop(f);
}

static void
transport_ready_from_inside_the_call(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_start(&c, &tc_ops_transport);

	(void)state;
	f->transport_at_once = true;
	tc_report(f, 1);
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_stop(f);
}

static void
transport_that_fails_ends_the_report(void **state)
{
	const struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_start(&c, &tc_ops_transport);

	(void)state;
	tc_report(f, 1);
	nbs_mqttsn_client_transport_lost(&f->client);
	tc_ends(f, 1, NBS_MQTTSN_GAVE_UP);
	tc_in_state(f, NBS_MQTTSN_CLIENT_OFFLINE);
	tc_report(f, 2);
	assert_int_equal(f->transports, 2);
	tc_stop(f);
}

static void
transport_lost_takes_the_session_along(void **state)
{
	struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f;

	(void)state;
	c.session_lost = NBS_MQTTSN_LOST_RESEND;
	f = tc_start(&c, &tc_ops_transport);
	f->transport_at_once = true;
	tc_report(f, 1);
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_receives(f, CONNACK);
	tc_sends(f, REGISTER_1, MORE);
	tc_receives(f, REGACK_1);
	tc_sends(f, PUBLISH_2, ONE);
	nbs_mqttsn_client_transport_lost(&f->client);
	assert_int_equal(f->transports, 2);
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_stop(f);
}

/* ---- arguments and the end of time ---- */

static void
arguments_are_checked(void **state)
{
	const struct nbs_engine_config engine_config = {.seed = 1};
	static const uint8_t payload[NBS_MQTTSN_PAYLOAD_MAX + 1];
	struct nbs_mqttsn_client_config c = tc_config();
	struct nbs_mqttsn_client client;
	struct nbs_engine *engine;
	struct tc *f;

	(void)state;
	assert_int_equal(nbs_engine_new(&engine_config, &engine), NBS_OK);
#define BAD(member, value)                                                                   \
	do {                                                                                 \
		c = tc_config();                                                             \
		c.member = value;                                                            \
		assert_int_equal(nbs_mqttsn_client_init(&client, engine, &c, &tc_ops, NULL), \
				 NBS_E_ARG);                                                 \
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
	c = tc_config();
	c.session = NBS_MQTTSN_SESSION_SLEEP; /* asleep for 0 s is not asleep */
	c.keepalive_s = c.sleep_s = 0;
	assert_int_equal(nbs_mqttsn_client_init(&client, engine, &c, &tc_ops, NULL), NBS_E_ARG);
	c.sleep_s = 1;
	assert_int_equal(nbs_mqttsn_client_init(&client, engine, &c, &tc_ops, NULL), NBS_OK);
	nbs_mqttsn_client_fini(&client);
	nbs_engine_free(engine);
	c = tc_config();
	f = tc_start(&c, &tc_ops);
	assert_int_equal(nbs_mqttsn_client_publish(&f->client, 1, payload, sizeof payload),
			 NBS_E_ARG);
	tc_stop(f);
}

/*
 * At the end of virtual time (INT64_MAX ns) no timer can be armed: a report that cannot be repeated
 * ends at once instead of waiting for ever.
 */
static void
without_a_timer_nothing_waits(void **state)
{
	struct nbs_mqttsn_client_config c = tc_config();
	struct tc *f = tc_start(&c, &tc_ops);

	(void)state;
	assert_int_equal(nbs_run(f->engine, (uint64_t)INT64_MAX - NBS_NS_PER_S), NBS_OK);
	assert_int_equal(nbs_mqttsn_client_publish(&f->client, 1, (const uint8_t *)"A", 1), NBS_OK);
	assert_int_equal(f->sent_count, 0);
	assert_int_equal(f->done_count, 1);
	assert_int_equal(f->done[0].outcome, NBS_MQTTSN_GAVE_UP);
	assert_int_equal(nbs_mqttsn_client_state(&f->client), NBS_MQTTSN_CLIENT_OFFLINE);
	f->done_count = 0;
	tc_stop(f);
}

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(disconnect_drops_the_report_in_flight),
	    TEST(disconnect_resends_the_report_in_flight),
	    TEST(unknown_topic_id_is_a_lost_session),
	    TEST(resending_has_an_end),
	    TEST(disconnect_between_reports),
	    TEST(transport_comes_before_connect),
	    TEST(transport_ready_from_inside_the_call),
	    TEST(transport_that_fails_ends_the_report),
	    TEST(transport_lost_takes_the_session_along),
	    TEST(arguments_are_checked),
	    TEST(without_a_timer_nothing_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
