/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test support, see test_station.h. */
#include "models/mqttsn/test_station.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GATEWAY_ADDR 0xc633640aU
#define METER_ADDR 0xcb007142U

static const uint8_t KEY[16] = "sixteen byte key";

/* ---- the meter ---- */

static void
on_sending(void *arg, const struct nbs_station_sending *what)
{
	struct world *w = arg;
	size_t at = strlen(w->log);

	(void)snprintf(w->log + at, sizeof w->log - at, "%02x:%zu%s%c ", what->type,
		       what->plain_len, what->repeat ? "r" : "", "0+*"[what->expect]);
}

static void
on_done(void *arg, uint32_t token, enum nbs_mqttsn_outcome outcome)
{
	struct world *w = arg;

	(void)token;
	w->outcome = outcome;
	w->done++;
	w->done_ns = nbs_now(w->engine);
}

static uint64_t
on_computed(void *arg)
{
	struct world *w = arg;

	return w->computed < w->computed_count ? w->computed_ns[w->computed++] : 0;
}

static const struct nbs_station_ops station_ops = {
    .sending = on_sending,
    .computed_ns = on_computed,
    .done = on_done,
};

void
start_station(struct world *w, bool dtls)
{
	w->config.host = w->meter_host;
	w->config.gateway =
	    (struct nbs_endpoint){GATEWAY_ADDR, dtls ? NBS_MQTTSN_DTLS_PORT : NBS_MQTTSN_PORT};
	w->config.dtls = dtls ? &w->client : NULL;
	assert_int_equal(nbs_station_new(w->engine, &w->config, &station_ops, w, &w->station),
			 NBS_OK);
}

void
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
	struct world *w = arg;

	(void)from;
	(void)frame;
	w->failed[reason]++;
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

void
start_service(struct world *w, size_t resumable)
{
	struct nbs_service_config config = {.host = w->gateway_host};

	nbs_mqttsn_gateway_config_default(&config.gateway);
	config.dtls.cookies = true;
	config.dtls.stream = "gw/dtls";
	config.dtls.resumable_limit = resumable;
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

void
start_answerer(struct world *w, uint16_t port, const uint8_t *junk, size_t len)
{
	w->junk = junk;
	w->junk_len = len;
	assert_int_equal(nbs_udp_open(w->gateway_host, port, on_datagram, w, &w->answerer), NBS_OK);
}

void
world_init(struct world *w)
{
	static const struct nbs_link_params link = {.delay_ns = 10 * NBS_NS_PER_MS};
	struct nbs_engine_config config = {.seed = 5, .epoch_unix_s = 0};
	struct nbs_iface *gateway_if = NULL, *meter_if = NULL;

	memset(w, 0, sizeof *w);
	w->client = (struct nbs_dtls_client_config){
	    .identity = (const uint8_t *)"M1",
	    .identity_len = 2,
	    .psk = KEY,
	    .psk_len = sizeof KEY,
	    .stream = "dtls/M1",
	};
	w->config.mqttsn = (struct nbs_mqttsn_client_config){
	    .client_id = "M1",
	    .topic = "t",
	    .keepalive_s = 7200,
	    .qos = 1,
	    .t_retry_ns = 10 * NBS_NS_PER_S,
	    .n_retry = 2,
	};
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

void
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
