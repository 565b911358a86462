/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Topics of the MQTT-SN gateway against the specification: registered (v1.2 6.5), short and
 * pre-defined ones, and what needs no session with them (6.7, 6.8).
 */
#include "models/mqttsn/gateway_internal.h"
#include "models/mqttsn/test_gateway.h"

/* ---- REGISTER (6.5) ---- */

static void
same_name_same_id(void **state)
{
	struct tg *t = tg_with_m1(NULL);

	(void)state;
	tg_ask(t, 1, "09 0a 0000 0002 6d2f32", "07 0b 0002 0002 00");
	tg_ask(t, 1, "09 0a 0000 0003 6d2f31", "07 0b 0001 0003 00");
	tg_stop(t);
}

/* 7.3: a mapping a client. */
static void
every_client_has_ids_of_its_own(void **state)
{
	struct tg *t = tg_with_m1(NULL);

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
	struct tg *t = tg_with_m1(NULL);

	(void)state;
	tg_ask(t, 1, "09 0a 0000 0002 6d2f2b", "07 0b 0000 0002 03"); /* m/+ */
	tg_ask(t, 1, "07 0a 0000 0003 23", "07 0b 0000 0003 03");     /* # */
	tg_ask(t, 1, "09 0a 0000 0004 6d0031", "07 0b 0000 0004 03"); /* NUL */
	tg_stop(t);
}

static void
topic_ids_run_out(void **state)
{
	struct tg *t = tg_with_m1(NULL);
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
	assert_int_equal(tg_stats(t)->unexpected, 2);
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
	assert_int_equal(tg_stats(t)->unexpected, 1);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_name_same_id),
	    cmocka_unit_test(every_client_has_ids_of_its_own),
	    cmocka_unit_test(names_that_cannot_be_published_under),
	    cmocka_unit_test(topic_ids_run_out),
	    cmocka_unit_test(predefined_and_short_topics_need_no_register),
	    cmocka_unit_test(short_and_predefined_subscriptions),
	    cmocka_unit_test(qos_minus1_needs_no_session),
	    cmocka_unit_test(qos_minus1_may_be_off),
	    cmocka_unit_test(predefined_topics_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
