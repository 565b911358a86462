/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a station says of each datagram before it leaves, in the clear and over DTLS. */
#include "models/mqttsn/service.h"
#include "models/mqttsn/station.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GATEWAY_ADDR 0xc633640aU
#define METER_ADDR 0xcb007142U

static const uint8_t KEY[16] = "sixteen byte key";

struct world {
	struct nbs_engine *engine;
	struct nbs_host *gateway_host, *meter_host;
	struct nbs_wan *link;
	struct nbs_service *service; /* NULL: nobody answers, or the test does */
	struct nbs_udp *answerer;
	struct nbs_station *station;
	char log[512];       /* "TYPE:bytes of MQTT-SN, r if repeated, what it expects" */
	unsigned datagrams;  /* that the gateway's host got */
	const uint8_t *junk; /* the answer to each of them */
	size_t junk_len;
};

/* ---- the meter ---- */

static void
on_sending(void *arg, const struct nbs_station_sending *what)
{
	struct world *w = arg;
	size_t at = strlen(w->log);

	(void)snprintf(w->log + at, sizeof w->log - at, "%02x:%zu%s%c ", what->type,
		       what->plain_len, what->repeat ? "r" : "", "0+*"[what->expect]);
}

static const struct nbs_station_ops station_ops = {.sending = on_sending};

static void
start_station(struct world *w, bool dtls)
{
	static const struct nbs_dtls_client_config client = {
	    .identity = (const uint8_t *)"M1",
	    .identity_len = 2,
	    .psk = KEY,
	    .psk_len = sizeof KEY,
	    .stream = "dtls/M1",
	};
	const struct nbs_station_config config = {
	    .host = w->meter_host,
	    .gateway = {GATEWAY_ADDR, dtls ? NBS_MQTTSN_DTLS_PORT : NBS_MQTTSN_PORT},
	    .mqttsn = {.client_id = "M1",
		       .topic = "t",
		       .keepalive_s = 7200,
		       .qos = 1,
		       .t_retry_ns = 10 * NBS_NS_PER_S,
		       .n_retry = 2},
	    .dtls = dtls ? &client : NULL,
	};

	assert_int_equal(nbs_station_new(w->engine, &config, &station_ops, w, &w->station), NBS_OK);
}

static void
report(struct world *w, uint64_t for_s)
{
	assert_int_equal(nbs_station_publish(w->station, 1, KEY, 5), NBS_OK);
	assert_int_equal(nbs_run(w->engine, nbs_now(w->engine) + for_s * NBS_NS_PER_S), NBS_OK);
}

/* ---- the gateway ---- */

static void
on_accepted(void *arg, const struct nbs_mqttsn_accepted *message)
{
	(void)arg;
	(void)message;
}

static void
on_refused(void *arg, struct nbs_endpoint from, const char *client_id, const char *identity,
	   uint64_t frame)
{
	(void)arg;
	(void)from;
	(void)frame;
	fail_msg("%s refused, %s", client_id, identity);
}

static void
on_failed(void *arg, struct nbs_endpoint from, enum nbs_dtls_reason reason, uint64_t frame)
{
	(void)arg;
	(void)from;
	(void)frame;
	fail_msg("%s", nbs_dtls_reason_str(reason));
}

static enum nbs_status
on_psk(void *arg, struct nbs_dtls_identity identity, uint8_t *key, size_t cap, size_t *len)
{
	(void)arg;
	(void)identity;
	assert_true(cap >= sizeof KEY);
	memcpy(key, KEY, sizeof KEY);
	*len = sizeof KEY;
	return NBS_OK;
}

static const struct nbs_service_ops service_ops = {
    .accepted = on_accepted,
    .refused = on_refused,
    .dtls_failed = on_failed,
    .psk = on_psk,
};

static void
start_service(struct world *w)
{
	struct nbs_service_config config = {.host = w->gateway_host};

	nbs_mqttsn_gateway_config_default(&config.gateway);
	config.dtls.cookies = true;
	config.dtls.stream = "gw/dtls";
	assert_int_equal(nbs_service_new(w->engine, &config, &service_ops, w, &w->service), NBS_OK);
}

/* Answers each datagram with the junk, if there is any. */
static void
on_datagram(void *arg, const struct nbs_datagram *datagram)
{
	struct world *w = arg;

	w->datagrams++;
	if (w->junk_len != 0)
		assert_int_equal(
		    nbs_udp_send(w->answerer, datagram->from, w->junk, w->junk_len, NULL), NBS_OK);
}

static void
start_answerer(struct world *w, uint16_t port, const uint8_t *junk, size_t len)
{
	w->junk = junk;
	w->junk_len = len;
	assert_int_equal(nbs_udp_open(w->gateway_host, port, on_datagram, w, &w->answerer), NBS_OK);
}

static void
world_init(struct world *w)
{
	static const struct nbs_link_params link = {.delay_ns = 10 * NBS_NS_PER_MS};
	struct nbs_engine_config config = {.seed = 5, .epoch_unix_s = 0};
	struct nbs_iface *gateway_if = NULL, *meter_if = NULL;

	memset(w, 0, sizeof *w);
	assert_int_equal(nbs_engine_new(&config, &w->engine), NBS_OK);
	assert_int_equal(nbs_host_new(w->engine, NBS_HOST_NS3, "gw", &w->gateway_host), NBS_OK);
	assert_int_equal(nbs_host_new(w->engine, NBS_HOST_LIGHT, "m", &w->meter_host), NBS_OK);
	assert_int_equal(nbs_host_add_iface(w->gateway_host, GATEWAY_ADDR, 24, 1500, &gateway_if),
			 NBS_OK);
	assert_int_equal(nbs_host_add_iface(w->meter_host, METER_ADDR, 24, 1500, &meter_if),
			 NBS_OK);
	assert_int_equal(nbs_host_default_route(w->gateway_host, gateway_if), NBS_OK);
	assert_int_equal(nbs_host_default_route(w->meter_host, meter_if), NBS_OK);
	assert_int_equal(nbs_wan_pair(w->engine, "link", &link, gateway_if, meter_if, &w->link),
			 NBS_OK);
}

static void
world_fini(struct world *w)
{
	nbs_station_free(w->station);
	nbs_service_free(w->service);
	nbs_udp_close(w->answerer);
	nbs_wan_free(w->link);
	nbs_host_free(w->gateway_host);
	nbs_host_free(w->meter_host);
	nbs_engine_free(w->engine);
	assert_int_equal(nbs_live_objects(), 0);
}

/* ---- tests: v1.2 5.4.4 CONNECT 6 + 2, 5.4.10 REGISTER 6 + 1, 5.4.12 PUBLISH 7 + 5 ---- */

static void
test_in_the_clear(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	start_service(&w);
	start_station(&w, false);
	report(&w, 60);
	report(&w, 60);
	assert_string_equal(w.log, "04:8* 0a:7* 0c:12+ 0c:12+ ");
	assert_null(nbs_station_work(w.station, NBS_DTLS_PHASE_RECORDS));
	world_fini(&w);
}

/* Three flights before the same messages; what the handshake took is told apart from records. */
static void
test_over_dtls(void **state)
{
	const struct nbs_crypto_work *handshake, *records;
	struct world w;

	(void)state;
	world_init(&w);
	start_service(&w);
	start_station(&w, true);
	report(&w, 60);
	report(&w, 60);
	assert_string_equal(w.log, "ff:0* ff:0* ff:0* 04:8* 0a:7* 0c:12+ 0c:12+ ");
	handshake = nbs_station_work(w.station, NBS_DTLS_PHASE_HANDSHAKE);
	records = nbs_station_work(w.station, NBS_DTLS_PHASE_RECORDS);
	assert_int_equal(handshake->count[NBS_CRYPTO_AES_BLOCK], 14); /* work_counts.txt */
	/* four messages and four answers, each of 16 bytes at most: 3 + 2 AES blocks (CCM) */
	assert_int_equal(records->count[NBS_CRYPTO_AES_BLOCK], 8 * 5);
	world_fini(&w);
}

/* T_retry 10 s, twice: 0, 10 and 20 s. */
static void
test_repetitions_of_mqttsn(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	start_answerer(&w, NBS_MQTTSN_PORT, NULL, 0);
	start_station(&w, false);
	report(&w, 60);
	assert_string_equal(w.log, "04:8* 04:8r* 04:8r* ");
	assert_int_equal(w.datagrams, 3);
	world_fini(&w);
}

/* RFC 6347 4.2.4.1: 0, 1 and 3 s. */
static void
test_repetitions_of_dtls(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	start_answerer(&w, NBS_MQTTSN_DTLS_PORT, NULL, 0);
	start_station(&w, true);
	report(&w, 5);
	assert_string_equal(w.log, "ff:0* ff:0r* ff:0r* ");
	assert_int_equal(w.datagrams, 3);
	world_fini(&w);
}

/*
 * A ServerHelloDone answers the ClientHello: the client says decode_error, as the model of this
 * library learnt by dtls-fuzzer has it (state s0), and begins anew for the report.
 */
static void
test_alert(void **state)
{
	static const uint8_t done[13 + 12] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 14};
	struct world w;

	(void)state;
	world_init(&w);
	start_answerer(&w, NBS_MQTTSN_DTLS_PORT, done, sizeof done);
	start_station(&w, true);
	report(&w, 60);
	assert_memory_equal(w.log, "ff:0* fd:0* ", 12);
	world_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_in_the_clear),
	    cmocka_unit_test(test_over_dtls),
	    cmocka_unit_test(test_repetitions_of_mqttsn),
	    cmocka_unit_test(test_repetitions_of_dtls),
	    cmocka_unit_test(test_alert),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
