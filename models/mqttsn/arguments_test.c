/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NULL, missing ops and values out of range at every public entry of the MQTT-SN model: a status
 * where there is one, else nothing happens.
 */
#include "models/mqttsn/service.h"
#include "models/mqttsn/station.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static enum nbs_status
client_send(void *arg, const uint8_t *data, size_t len, enum nbs_mqttsn_reply expect)
{
	(void)arg, (void)data, (void)len, (void)expect;
	return NBS_OK;
}

static void
client_done(void *arg, uint32_t token, enum nbs_mqttsn_outcome outcome)
{
	(void)arg, (void)token, (void)outcome;
}

static enum nbs_status
gateway_send(void *arg, const struct nbs_mqttsn_peer *peer, const uint8_t *data, size_t len)
{
	(void)arg, (void)peer, (void)data, (void)len;
	return NBS_OK;
}

static void
accepted(void *arg, const struct nbs_mqttsn_accepted *message)
{
	(void)arg, (void)message;
}

static void
refused(void *arg, struct nbs_endpoint from, const char *client_id, const char *identity,
	uint64_t frame)
{
	(void)arg, (void)from, (void)client_id, (void)identity, (void)frame;
}

static void
dtls_failed(void *arg, struct nbs_endpoint from, enum nbs_dtls_reason reason, uint64_t frame)
{
	(void)arg, (void)from, (void)reason, (void)frame;
}

static enum nbs_status
psk(void *arg, struct nbs_dtls_identity identity, uint8_t *key, size_t cap, size_t *len)
{
	(void)arg, (void)identity, (void)key, (void)cap, (void)len;
	return NBS_E_NOTFOUND;
}

static const struct nbs_mqttsn_client_ops client_ops = {.send = client_send, .done = client_done};
static const struct nbs_mqttsn_client_config client_config = {
    .client_id = "m1", .topic = "m/1", .t_retry_ns = 10 * NBS_NS_PER_S};
static const struct nbs_mqttsn_gateway_ops gateway_ops = {.send = gateway_send};
static const struct nbs_service_ops service_ops = {accepted, refused, dtls_failed, psk};

static struct nbs_engine *
new_engine(void)
{
	const struct nbs_engine_config config = {.seed = 1};
	struct nbs_engine *engine = NULL;

	assert_int_equal(nbs_engine_new(&config, &engine), NBS_OK);
	return engine;
}

static void
nowhere(void *arg, const char *name, const char *value)
{
	(void)arg, (void)name, (void)value;
}

static void
codec(void **state)
{
	struct nbs_mqttsn_msg msg = {.type = NBS_MQTTSN_PINGRESP};
	struct nbs_mqttsn_fault fault;
	uint8_t buf[8];
	char text[64];
	size_t len;

	(void)state;
	assert_int_equal(nbs_mqttsn_decode(NULL, 1, &msg, &fault), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_decode(buf, 1, NULL, &fault), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_decode(NULL, 0, &msg, &fault), NBS_E_TRUNCATED);
	msg = (struct nbs_mqttsn_msg){.type = NBS_MQTTSN_PINGRESP};
	assert_int_equal(nbs_mqttsn_encode(NULL, buf, sizeof buf, &len), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_encode(&msg, NULL, sizeof buf, &len), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_encode(&msg, buf, sizeof buf, NULL), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_encode(&msg, buf, 0, &len), NBS_E_RANGE);
	assert_int_equal(nbs_mqttsn_print(NULL, text, sizeof text), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_print(&msg, NULL, sizeof text), NBS_E_ARG);
	nbs_mqttsn_fields(NULL, nowhere, NULL);
	nbs_mqttsn_fields(&msg, NULL, NULL);
	msg = (struct nbs_mqttsn_msg){.type = NBS_MQTTSN_ENCAPSULATED};
	msg.encapsulated.node_id.len = msg.encapsulated.message.len = 2;
	assert_int_equal(nbs_mqttsn_encode(&msg, buf, sizeof buf, &len), NBS_E_INVALID);
}

static void
client(void **state)
{
	static const struct nbs_mqttsn_client_ops no_send = {.done = client_done};
	static const struct nbs_mqttsn_client_ops no_done = {.send = client_send};
	const struct nbs_mqttsn_client_config *good = &client_config;
	struct nbs_engine *engine = new_engine();
	struct nbs_mqttsn_client c;

	(void)state;
	assert_int_equal(nbs_mqttsn_client_init(NULL, engine, good, &client_ops, NULL), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_client_init(&c, NULL, good, &client_ops, NULL), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_client_init(&c, engine, NULL, &client_ops, NULL), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_client_init(&c, engine, good, NULL, NULL), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_client_init(&c, engine, good, &no_send, NULL), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_client_init(&c, engine, good, &no_done, NULL), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_client_init(&c, engine, good, &client_ops, NULL), NBS_OK);
	assert_int_equal(nbs_mqttsn_client_publish(NULL, 1, NULL, 0), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_client_publish(&c, 1, NULL, 1), NBS_E_ARG);
	nbs_mqttsn_client_input(NULL, NULL, 0);
	nbs_mqttsn_client_input(&c, NULL, 0);
	nbs_mqttsn_client_input(&c, NULL, 1);
	assert_int_equal(nbs_mqttsn_client_stats(&c)->invalid, 2);
	nbs_mqttsn_client_transport_ready(NULL);
	nbs_mqttsn_client_transport_lost(NULL);
	assert_int_equal(nbs_mqttsn_client_state(NULL), NBS_MQTTSN_CLIENT_OFFLINE);
	assert_null(nbs_mqttsn_client_stats(NULL));
	assert_false(nbs_mqttsn_client_repeats(NULL));
	nbs_mqttsn_client_fini(NULL);
	nbs_mqttsn_client_fini(&c);
	nbs_engine_free(engine);
}

static void
gateway_config(struct nbs_engine *engine)
{
	static const struct nbs_mqttsn_gateway_ops no_send = {0};
	static const struct nbs_mqttsn_predefined nameless = {1, NULL};
	struct nbs_mqttsn_gateway_config good, bad;
	struct nbs_mqttsn_gateway *gw;

	nbs_mqttsn_gateway_config_default(NULL);
	nbs_mqttsn_gateway_config_default(&good);
	assert_int_equal(nbs_mqttsn_gateway_new(NULL, &good, &gateway_ops, NULL, &gw), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_gateway_new(engine, NULL, &gateway_ops, NULL, &gw), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_gateway_new(engine, &good, NULL, NULL, &gw), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_gateway_new(engine, &good, &no_send, NULL, &gw), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_gateway_new(engine, &good, &gateway_ops, NULL, NULL),
			 NBS_E_ARG);
	bad = good;
	bad.t_retry_ns = NBS_MQTTSN_T_RETRY_MAX_NS + 1;
	assert_int_equal(nbs_mqttsn_gateway_new(engine, &bad, &gateway_ops, NULL, &gw), NBS_E_ARG);
	bad = good;
	bad.n_retry = NBS_MQTTSN_N_RETRY_MAX + 1;
	assert_int_equal(nbs_mqttsn_gateway_new(engine, &bad, &gateway_ops, NULL, &gw), NBS_E_ARG);
	bad = good;
	bad.predefined_count = 1;
	assert_int_equal(nbs_mqttsn_gateway_new(engine, &bad, &gateway_ops, NULL, &gw), NBS_E_ARG);
	bad.predefined = &nameless;
	assert_int_equal(nbs_mqttsn_gateway_new(engine, &bad, &gateway_ops, NULL, &gw), NBS_E_ARG);
}

static void
gateway(void **state)
{
	const struct nbs_mqttsn_peer peer = {.addr = {1, 1}};
	struct nbs_engine *engine = new_engine();
	struct nbs_mqttsn_gateway_config config;
	enum nbs_mqttsn_presence presence;
	struct nbs_mqttsn_gateway *gw;

	(void)state;
	gateway_config(engine);
	nbs_mqttsn_gateway_config_default(&config);
	assert_int_equal(nbs_mqttsn_gateway_new(engine, &config, &gateway_ops, NULL, &gw), NBS_OK);
	nbs_mqttsn_gateway_input(NULL, &peer, (const uint8_t *)"\x02\x16", 2, 0);
	nbs_mqttsn_gateway_input(gw, NULL, (const uint8_t *)"\x02\x16", 2, 0);
	nbs_mqttsn_gateway_input(gw, &peer, NULL, 2, 0);
	assert_int_equal(nbs_mqttsn_gateway_stats(gw)->invalid, 0);
	nbs_mqttsn_gateway_input(gw, &peer, NULL, 0, 0); /* an empty datagram */
	assert_int_equal(nbs_mqttsn_gateway_stats(gw)->invalid, 1);
	nbs_mqttsn_gateway_peer_gone(NULL, &peer);
	nbs_mqttsn_gateway_peer_gone(gw, NULL);
	assert_null(nbs_mqttsn_gateway_stats(NULL));
	assert_int_equal(nbs_mqttsn_gateway_clients(NULL), 0);
	assert_int_equal(nbs_mqttsn_gateway_presence(NULL, "a", &presence), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_gateway_presence(gw, NULL, &presence), NBS_E_ARG);
	assert_int_equal(nbs_mqttsn_gateway_presence(gw, "a", NULL), NBS_E_ARG);
	nbs_mqttsn_gateway_free(gw);
	nbs_mqttsn_gateway_free(NULL);
	nbs_engine_free(engine);
}

static void
station(void **state)
{
	static const struct nbs_station_ops ops = {0};
	struct nbs_engine *engine = new_engine();
	struct nbs_station_config config = {.mqttsn = client_config};
	struct nbs_station *s = NULL;
	char topic[16];
	struct nbs_host *host = NULL;

	(void)state;
	assert_int_equal(nbs_host_new(engine, NBS_HOST_NS3, "h", &host), NBS_OK);
	assert_int_equal(nbs_station_new(engine, &config, &ops, NULL, &s), NBS_E_ARG); /* host */
	config.host = host;
	assert_int_equal(nbs_station_new(NULL, &config, &ops, NULL, &s), NBS_E_ARG);
	assert_int_equal(nbs_station_new(engine, NULL, &ops, NULL, &s), NBS_E_ARG);
	assert_int_equal(nbs_station_new(engine, &config, NULL, NULL, &s), NBS_E_ARG);
	assert_int_equal(nbs_station_new(engine, &config, &ops, NULL, NULL), NBS_E_ARG);
	config.mqttsn.qos = 2;
	assert_int_equal(nbs_station_new(engine, &config, &ops, NULL, &s), NBS_E_ARG);
	assert_int_equal(nbs_station_topic(NULL, "c", topic, sizeof topic), NBS_E_ARG);
	assert_int_equal(nbs_station_topic("t", NULL, topic, sizeof topic), NBS_E_ARG);
	assert_int_equal(nbs_station_topic("t", "c", NULL, sizeof topic), NBS_E_ARG);
	assert_int_equal(nbs_station_topic("m/%s/x", "1234", topic, 8), NBS_E_RANGE); /* 8 + NUL */
	assert_int_equal(nbs_station_topic("m/%s/x", "1234", topic, 9), NBS_OK);
	assert_string_equal(topic, "m/1234/x");
	assert_int_equal(nbs_station_topic("all", "1234", topic, sizeof topic), NBS_OK);
	assert_string_equal(topic, "all");
	assert_int_equal(nbs_station_publish(NULL, 1, NULL, 0), NBS_E_ARG);
	assert_int_equal(nbs_station_port(NULL), 0);
	assert_null(nbs_station_mqttsn_stats(NULL));
	assert_null(nbs_station_dtls_stats(NULL));
	assert_null(nbs_station_work(NULL, NBS_DTLS_PHASE_HANDSHAKE));
	nbs_station_free(NULL);
	nbs_host_free(host);
	nbs_engine_free(engine);
}

static void
service(void **state)
{
	struct nbs_engine *engine = new_engine();
	struct nbs_service_ops no_psk = service_ops;
	struct nbs_service_config config = {.dtls = {.stream = "gw"}};
	struct nbs_service *s = NULL;
	struct nbs_host *host = NULL;

	(void)state;
	no_psk.psk = NULL;
	nbs_mqttsn_gateway_config_default(&config.gateway);
	assert_int_equal(nbs_host_new(engine, NBS_HOST_NS3, "h", &host), NBS_OK);
	assert_int_equal(nbs_service_new(engine, &config, &service_ops, NULL, &s), NBS_E_ARG);
	config.host = host;
	assert_int_equal(nbs_service_new(NULL, &config, &service_ops, NULL, &s), NBS_E_ARG);
	assert_int_equal(nbs_service_new(engine, NULL, &service_ops, NULL, &s), NBS_E_ARG);
	assert_int_equal(nbs_service_new(engine, &config, NULL, NULL, &s), NBS_E_ARG);
	assert_int_equal(nbs_service_new(engine, &config, &no_psk, NULL, &s), NBS_E_ARG);
	assert_int_equal(nbs_service_new(engine, &config, &service_ops, NULL, NULL), NBS_E_ARG);
	config.dtls.stream = NULL;
	assert_int_equal(nbs_service_new(engine, &config, &service_ops, NULL, &s), NBS_E_ARG);
	assert_null(nbs_service_gateway_stats(NULL));
	assert_null(nbs_service_dtls_stats(NULL));
	nbs_service_free(NULL);
	nbs_host_free(host);
	nbs_engine_free(engine);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(codec),   cmocka_unit_test(client),  cmocka_unit_test(gateway),
	    cmocka_unit_test(station), cmocka_unit_test(service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
