/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions of the MQTT-SN gateway against the specification (v1.2 6.2, 6.3, 6.12), and against what
 * it leaves out: takeover, DTLS sessions that go, a cell of clients.
 */
#include "models/mqttsn/gateway_internal.h"
#include "models/mqttsn/test_gateway.h"

/* ---- CONNECT and DISCONNECT (6.2, 6.12) ---- */

static void
connect_and_disconnect(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_is(t, "m1", NBS_MQTTSN_ACTIVE);
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 1);
	tg_ask(t, 1, DISCONNECT, DISCONNECT);
	/* A clean session leaves nothing behind. */
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 0);
	tg_ask(t, 1, DISCONNECT, DISCONNECT); /* repeated: the answer was lost */
	tg_until(t, 100000);
	assert_int_equal(tg_stats(t)->lost_clients, 0);
	tg_stop(t);
}

static void
connect_again_from_the_same_address(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	assert_int_equal(tg_stats(t)->takeovers, 0);
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 1);
	tg_stop(t);
}

/* 6.3: CleanSession 0 finds the subscriptions of before, and what came for them at QoS 1. */
static void
session_is_kept_without_clean_session(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_publisher(t);
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	tg_ask(t, 1, DISCONNECT, DISCONNECT);
	tg_is(t, "m1", NBS_MQTTSN_DISCONNECTED);
	tg_publish(t);
	tg_silent(t);
	tg_in(t, 2, CONNECT_M1_KEEP);
	tg_out(t, 2, CONNACK_OK);
	tg_out(t, 2, "08 0c 20 0001 0001 41");
	tg_stop(t);
}

static void
clean_session_forgets(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_publisher(t);
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_publish(t);
	tg_silent(t);
	/* Topic ids too. */
	tg_ask(t, 1, "08 0c 20 0001 0002 41", "07 0d 0001 0002 02");
	tg_stop(t);
}

static void
client_limit(void **state)
{
	struct nbs_mqttsn_gateway_config config;
	struct tg *t;

	(void)state;
	nbs_mqttsn_gateway_config_default(&config);
	config.max_clients = 1;
	t = tg_start(&config);
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 2, CONNECT_M2, "03 05 01"); /* rejected: congestion */
	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_stop(t);
}

/* A ClientID that would read as another one. */
static void
nul_in_client_id(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, "09 04 04 01 0e10 6d3100", "03 05 03");
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 0);
	tg_stop(t);
}

/* One address, one session: speaking under another name ends the one before, without Will. */
static void
other_client_id_from_the_same_address(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, CONNECT_M2, CONNACK_OK);
	tg_is(t, "m1", NBS_MQTTSN_DISCONNECTED);
	tg_is(t, "m2", NBS_MQTTSN_ACTIVE);
	tg_stop(t);
}

/* ---- takeover ---- */

static void
connect_from_elsewhere_takes_over(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_publisher(t);
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	tg_in(t, 2, CONNECT_M1_KEEP);
	tg_out(t, 1, DISCONNECT); /* the one that was there */
	tg_out(t, 2, CONNACK_OK);
	assert_int_equal(tg_stats(t)->takeovers, 1);
	assert_int_equal(nbs_mqttsn_gateway_clients(t->gateway), 2);
	/* What was m1's address is nobody's; the subscriptions moved along. */
	tg_ask(t, 1, "08 0c 20 0001 0002 41", DISCONNECT);
	tg_publish(t);
	tg_out(t, 2, "08 0c 20 0001 0001 41");
	tg_stop(t);
}

static void
clean_takeover_takes_the_name_only(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_publisher(t);
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	tg_in(t, 2, CONNECT_M1);
	tg_out(t, 1, DISCONNECT);
	tg_out(t, 2, CONNACK_OK);
	tg_publish(t);
	tg_stop(t);
}

/* ---- DTLS sessions that go ---- */

static void
peer_gone_keeps_the_session(void **state)
{
	struct tg *t = tg_start(NULL);
	struct nbs_mqttsn_peer peer = {{0x0a000001, 1}, 7, NULL};

	(void)state;
	tg_publisher(t);
	t->channel = 7;
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	nbs_mqttsn_gateway_peer_gone(t->gateway, &peer);
	peer.channel = 99;
	nbs_mqttsn_gateway_peer_gone(t->gateway, &peer); /* nobody's: no harm */
	t->channel = 0;
	tg_publish(t);
	tg_silent(t); /* nowhere to send it */
	t->channel = 8;
	tg_in(t, 1, CONNECT_M1_KEEP);
	tg_out(t, 1, CONNACK_OK);
	tg_out(t, 1, "08 0c 20 0001 0001 41");
	assert_int_equal(t->sent[t->sent_read - 1].peer.channel, 8);
	assert_int_equal(tg_stats(t)->takeovers, 0);
	tg_stop(t);
}

/* A DTLS session with a connection ID has another address: it is the same client, there. */
static void
channel_moves(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	tg_publisher(t);
	t->channel = 7;
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 2, SUBSCRIBE, SUBACK);
	t->channel = 0;
	tg_publish(t);
	tg_out(t, 2, "08 0c 20 0001 0001 41");
	assert_int_equal(t->sent[t->sent_read - 1].peer.channel, 7);
	assert_int_equal(tg_stats(t)->takeovers, 0);
	tg_stop(t);
}

/* The DTLS session of a forwarder: with it all clients behind it are out of reach. */
static void
peer_gone_with_clients_behind_it(void **state)
{
	struct tg *t = tg_start(NULL);
	const struct nbs_mqttsn_peer peer = {{0x0a000001, 5}, 7, NULL};

	(void)state;
	tg_publisher(t);
	t->channel = 7;
	tg_ask(t, 5, "05 fe 00 aa01 08 04 00 01 0e10 6d31", "05 fe 00 aa01 03 05 00");
	tg_ask(t, 5, "05 fe 00 aa02 08 04 00 01 0e10 6d32", "05 fe 00 aa02 03 05 00");
	tg_ask(t, 5, "05 fe 00 aa01 " SUBSCRIBE, "05 fe 00 aa01 " SUBACK);
	tg_ask(t, 5, "05 fe 00 aa02 " SUBSCRIBE, "05 fe 00 aa02 " SUBACK);
	t->channel = 8; /* a neighbour behind another session stays */
	tg_ask(t, 5, "05 fe 00 aa03 08 04 00 01 0e10 6d33", "05 fe 00 aa03 03 05 00");
	tg_ask(t, 5, "05 fe 00 aa03 " SUBSCRIBE, "05 fe 00 aa03 " SUBACK);
	nbs_mqttsn_gateway_peer_gone(t->gateway, &peer);
	t->channel = 0;
	tg_publish(t);
	tg_out(t, 5, "05 fe 00 aa03 08 0c 20 0001 0001 41");
	assert_int_equal(t->sent[t->sent_read - 1].peer.channel, 8);
	t->channel = 8;
	tg_in(t, 5, "05 fe 00 aa03 07 0d 0001 0001 00");
	t->channel = 9;
	tg_in(t, 5, "05 fe 00 aa01 08 04 00 01 0e10 6d31");
	tg_out(t, 5, "05 fe 00 aa01 03 05 00");
	tg_out(t, 5, "05 fe 00 aa01 08 0c 20 0001 0001 41");
	assert_int_equal(tg_stats(t)->takeovers, 0);
	tg_stop(t);
}

/* The same found out while a message is on its way out: no repetition, the message stays. */
static void
peer_gone_from_inside_send(void **state)
{
	struct tg *t = tg_start(NULL);

	(void)state;
	t->channel = 7;
	tg_ask(t, 1, CONNECT_M1_KEEP, CONNACK_OK);
	tg_ask(t, 1, SUBSCRIBE, SUBACK);
	t->channel = 0;
	tg_ask(t, 9, "07 04 04 01 0000 70", CONNACK_OK);
	tg_ask(t, 9, "09 0a 0000 0001 6d2f31", "07 0b 0001 0001 00");
	t->gone_on_send = true;
	tg_in(t, 9, "08 0c 20 0001 0002 41");
	tg_out(t, 9, "07 0d 0001 0002 00"); /* this channel is gone, too */
	tg_out(t, 1, "08 0c 20 0001 0001 41");
	t->accepted_read++;
	t->gone_on_send = false;
	tg_until(t, 1000);
	tg_silent(t);
	t->channel = 8;
	tg_in(t, 1, CONNECT_M1_KEEP);
	tg_out(t, 1, CONNACK_OK);
	tg_out(t, 1, "08 0c 20 0001 0002 41");
	tg_stop(t);
}

/* ---- scale ---- */

static enum nbs_status
count_send(void *arg, const struct nbs_mqttsn_peer *peer, const uint8_t *data, size_t len)
{
	uint64_t *acks = arg;

	(void)peer;
	(void)len;
	*acks += data[1] == NBS_MQTTSN_PUBACK;
	return NBS_OK;
}

/* A whole cell of TR 45.820, 52547 devices: sessions, topics and reports, each its own. */
static void
a_cell_of_clients(void **state)
{
	const struct nbs_mqttsn_gateway_ops ops = {.send = count_send};
	const struct nbs_engine_config engine_config = {.seed = 1};
	struct nbs_mqttsn_gateway_config config;
	struct nbs_mqttsn_gateway *gateway;
	struct nbs_engine *engine;
	uint64_t acks = 0;

	(void)state;
	nbs_mqttsn_gateway_config_default(&config);
	assert_int_equal(nbs_engine_new(&engine_config, &engine), NBS_OK);
	assert_int_equal(nbs_mqttsn_gateway_new(engine, &config, &ops, &acks, &gateway), NBS_OK);
	for (uint32_t i = 0; i < 52547; i++) {
		const struct nbs_mqttsn_peer peer = {{0x0a400000 + i, 50000}, 0, NULL};
		uint8_t buf[64] = {17, 0x04, 0x04, 0x01, 0x1c, 0x20};
		static const uint8_t publish_1[] = {8, 0x0c, 0x20, 0, 1, 0, 2, 'A'};

		(void)snprintf((char *)buf + 6, 12, "SM24-%06u", (unsigned)i);
		nbs_mqttsn_gateway_input(gateway, &peer, buf, 17, 0);
		(void)snprintf((char *)buf, sizeof buf, "\x0f\x0a%c%c%c%cm/%07u", 0, 0, 0, 1,
			       (unsigned)i);
		nbs_mqttsn_gateway_input(gateway, &peer, buf, 15, 0);
		nbs_mqttsn_gateway_input(gateway, &peer, publish_1, sizeof publish_1, 0);
	}
	assert_int_equal(nbs_mqttsn_gateway_clients(gateway), 52547);
	assert_int_equal(nbs_mqttsn_gateway_stats(gateway)->accepted, 52547);
	assert_int_equal(acks, 52547);
	/* Session, one registration, topic: below 1 kB a client. */
	assert_true(sizeof(struct nbsi_gw_client) + sizeof(struct nbsi_gw_reg) +
			sizeof(struct nbsi_gw_topic) + 32 <
		    1000);
	nbs_mqttsn_gateway_free(gateway);
	nbs_engine_free(engine);
}

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(connect_and_disconnect),
	    TEST(connect_again_from_the_same_address),
	    TEST(channel_moves),
	    TEST(session_is_kept_without_clean_session),
	    TEST(clean_session_forgets),
	    TEST(client_limit),
	    TEST(nul_in_client_id),
	    TEST(other_client_id_from_the_same_address),
	    TEST(connect_from_elsewhere_takes_over),
	    TEST(clean_takeover_takes_the_name_only),
	    TEST(peer_gone_keeps_the_session),
	    TEST(peer_gone_with_clients_behind_it),
	    TEST(peer_gone_from_inside_send),
	    TEST(a_cell_of_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
