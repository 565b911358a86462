/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Client and gateway against each other over a path with delay and loss: datagrams a report, events
 * a report, delivery in spite of loss, and both ends' counters.
 */
#include "models/mqttsn/client.h"
#include "models/mqttsn/gateway.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DELAY_NS (NBS_NS_PER_S / 2)
#define REPORT_PERIOD_NS (3600 * NBS_NS_PER_S)

struct pair {
	struct nbs_engine *engine;
	struct nbs_mqttsn_client client;
	struct nbs_mqttsn_gateway *gateway;
	struct nbs_timer reports;
	uint64_t period_ns;
	unsigned to_send;   /* reports left */
	unsigned drop_each; /* every so-many-th datagram is lost, 0 = none */
	unsigned datagrams; /* sent into the path, both ways */
	unsigned bytes;
	unsigned accepted, dups;
	unsigned outcome[NBS_MQTTSN_OUTCOME__COUNT];
	uint32_t next_token;
};

/* A datagram on its way. */
struct flight {
	struct pair *pair;
	bool up;
	size_t len;
	uint8_t data[];
};

static const struct nbs_mqttsn_peer device = {{0x0a400001, 50000}, 0, NULL};

static void
land(void *arg)
{
	struct flight *f = arg;

	if (f->up)
		nbs_mqttsn_gateway_input(f->pair->gateway, &device, f->data, f->len, 0);
	else
		nbs_mqttsn_client_input(&f->pair->client, f->data, f->len);
	free(f);
}

static enum nbs_status
take_off(struct pair *p, bool up, const uint8_t *data, size_t len)
{
	struct flight *f;

	p->datagrams++;
	p->bytes += (unsigned)len;
	if (p->drop_each != 0 && p->datagrams % p->drop_each == 0)
		return NBS_OK;
	f = malloc(sizeof *f + len);
	assert_non_null(f);
	f->pair = p;
	f->up = up;
	f->len = len;
	memcpy(f->data, data, len);
	return nbs_schedule(p->engine, DELAY_NS, land, free, f);
}

static enum nbs_status
client_send(void *arg, const uint8_t *data, size_t len, enum nbs_mqttsn_reply expect)
{
	(void)expect;
	return take_off(arg, true, data, len);
}

static void
client_done(void *arg, uint32_t token, enum nbs_mqttsn_outcome outcome)
{
	struct pair *p = arg;

	(void)token;
	p->outcome[outcome]++;
}

static enum nbs_status
gateway_send(void *arg, const struct nbs_mqttsn_peer *peer, const uint8_t *data, size_t len)
{
	assert_int_equal(peer->addr.addr, device.addr.addr);
	return take_off(arg, false, data, len);
}

static void
gateway_accepted(void *arg, const struct nbs_mqttsn_accepted *message)
{
	struct pair *p = arg;

	assert_string_equal(message->client_id, "SM24-000001");
	assert_string_equal(message->topic, "m/SM24-000001");
	assert_int_equal(message->len, 64);
	p->accepted++;
	p->dups += message->dup;
}

static void
report(void *arg)
{
	static const uint8_t payload[64] = {1, 2, 3};
	struct pair *p = arg;

	assert_int_equal(
	    nbs_mqttsn_client_publish(&p->client, ++p->next_token, payload, sizeof payload),
	    NBS_OK);
	if (--p->to_send > 0)
		assert_int_equal(nbs_timer_arm(p->engine, &p->reports, p->period_ns), NBS_OK);
}

static const struct nbs_mqttsn_client_config hourly = {
    .client_id = "SM24-000001",
    .topic = "m/SM24-000001",
    .keepalive_s = 7200,
    .qos = 1,
    .t_retry_ns = 10 * NBS_NS_PER_S,
    .n_retry = 5,
    .session_lost = NBS_MQTTSN_LOST_RESEND,
};

/* One device, a report a period. */
static struct pair *
run_config(const struct nbs_mqttsn_client_config *config, uint64_t period_ns, unsigned reports,
	   unsigned drop_each)
{
	static const struct nbs_mqttsn_client_ops client_ops = {.send = client_send,
								.done = client_done};
	static const struct nbs_mqttsn_gateway_ops gateway_ops = {.send = gateway_send,
								  .accepted = gateway_accepted};
	const struct nbs_engine_config engine = {.seed = 1};
	struct nbs_mqttsn_gateway_config gateway_config;
	struct pair *p = test_calloc(1, sizeof *p);

	nbs_mqttsn_gateway_config_default(&gateway_config);
	p->to_send = reports;
	p->period_ns = period_ns;
	p->drop_each = drop_each;
	assert_int_equal(nbs_engine_new(&engine, &p->engine), NBS_OK);
	assert_int_equal(nbs_mqttsn_client_init(&p->client, p->engine, config, &client_ops, p),
			 NBS_OK);
	assert_int_equal(
	    nbs_mqttsn_gateway_new(p->engine, &gateway_config, &gateway_ops, p, &p->gateway),
	    NBS_OK);
	nbs_timer_init(&p->reports, report, p);
	assert_int_equal(nbs_timer_arm(p->engine, &p->reports, 0), NBS_OK);
	assert_int_equal(nbs_run(p->engine, reports * period_ns), NBS_OK);
	return p;
}

static struct pair *
run(enum nbs_mqttsn_session session, unsigned reports, unsigned drop_each)
{
	struct nbs_mqttsn_client_config config = hourly;

	config.session = session;
	return run_config(&config, REPORT_PERIOD_NS, reports, drop_each);
}

static void
end(struct pair *p)
{
	nbs_mqttsn_client_fini(&p->client);
	nbs_mqttsn_gateway_free(p->gateway);
	nbs_engine_free(p->engine);
	test_free(p);
}

/*
 * Octets by v1.2 5.4: CONNECT 6 + 11, CONNACK 3, REGISTER 6 + 13, REGACK 7, and for each report
 * PUBLISH 7 + 64, PUBACK 7.
 */
static void
keepalive_costs_two_datagrams_a_report(void **state)
{
	struct pair *p = run(NBS_MQTTSN_SESSION_KEEPALIVE, 240, 0);

	(void)state;
	assert_int_equal(p->datagrams, 4 + 240 * 2);
	assert_int_equal(p->bytes, 17 + 3 + 19 + 7 + 240 * (71 + 7));
	assert_int_equal(p->accepted, 240);
	assert_int_equal(p->dups, 0);
	assert_int_equal(p->outcome[NBS_MQTTSN_DELIVERED], 240);
	assert_int_equal(nbs_mqttsn_gateway_stats(p->gateway)->lost_clients, 0);
	assert_int_equal(nbs_mqttsn_client_stats(&p->client)->unexpected, 0);
	assert_int_equal(nbs_mqttsn_gateway_stats(p->gateway)->unexpected, 0);
	/*
	 * Two flights, the report's own timer, the retry timer (cancelled), and no more than one
	 * event each of keep-alive and supervision, which look again an hour after a message.
	 */
	assert_true(nbs_events(p->engine) <= 240 * 6);
	end(p);
}

/* First report CONNECT, REGISTER, PUBLISH, DISCONNECT; then without REGISTER. */
static void
sleep_costs_six_datagrams_a_report(void **state)
{
	struct pair *p = run(NBS_MQTTSN_SESSION_SLEEP, 240, 0);

	(void)state;
	assert_int_equal(p->datagrams, 2 + 240 * 6);
	assert_int_equal(p->bytes, 19 + 7 + 240 * (17 + 3 + 71 + 7 + 4 + 2));
	assert_int_equal(p->accepted, 240);
	assert_int_equal(p->outcome[NBS_MQTTSN_DELIVERED], 240);
	assert_int_equal(nbs_mqttsn_gateway_stats(p->gateway)->lost_clients, 0);
	assert_int_equal(nbs_mqttsn_client_stats(&p->client)->unexpected, 0);
	assert_int_equal(nbs_mqttsn_gateway_stats(p->gateway)->unexpected, 0);
	end(p);
}

/*
 * A report a day with a sleep of 2 h: the gateway has forgotten the client by then (6.14; 7.2: 1.1
 * times 2 h), and each report costs a whole session: the 124 octets of the first report with
 * keep-alive, DISCONNECT 4 and 2. Nothing is sent twice, nothing is lost.
 */
static void
sleep_shorter_than_the_report_period(void **state)
{
	struct nbs_mqttsn_client_config config = hourly;
	struct pair *p;

	(void)state;
	config.session = NBS_MQTTSN_SESSION_SLEEP;
	config.session_lost = NBS_MQTTSN_LOST_DROP;
	p = run_config(&config, 24 * REPORT_PERIOD_NS, 30, 0);
	assert_int_equal(p->accepted, 30);
	assert_int_equal(p->outcome[NBS_MQTTSN_DELIVERED], 30);
	assert_int_equal(p->datagrams, 30 * 8);
	assert_int_equal(p->bytes, 30 * (124 + 4 + 2));
	assert_int_equal(nbs_mqttsn_client_stats(&p->client)->sessions_lost, 0);
	assert_int_equal(nbs_mqttsn_gateway_stats(p->gateway)->lost_clients, 30);
	end(p);
}

/* The sleep may be announced apart from the keep-alive: it is what counts, on both sides of it. */
static void
announced_sleep_decides(void **state)
{
	struct nbs_mqttsn_client_config config = hourly;
	struct pair *p;

	(void)state;
	config.session = NBS_MQTTSN_SESSION_SLEEP;
	config.session_lost = NBS_MQTTSN_LOST_DROP;
	config.sleep_s = 3590; /* s; a little less than the hour between reports */
	p = run_config(&config, REPORT_PERIOD_NS, 24, 0);
	assert_int_equal(p->outcome[NBS_MQTTSN_DELIVERED], 24);
	assert_int_equal(p->datagrams, 24 * 8);
	end(p);
	config.sleep_s = 3610; /* a little more: the topic id of the first day holds */
	p = run_config(&config, REPORT_PERIOD_NS, 24, 0);
	assert_int_equal(p->outcome[NBS_MQTTSN_DELIVERED], 24);
	assert_int_equal(p->datagrams, 2 + 24 * 6);
	end(p);
}

/*
 * Every fourth to seventh datagram lost: all reports arrive, some twice, and the broker knows
 * which. A loss costs one repetition, since no exchange is so long that it loses two in a row.
 */
static void
loss_is_repaired(void **state)
{
	const enum nbs_mqttsn_session sessions[] = {NBS_MQTTSN_SESSION_KEEPALIVE,
						    NBS_MQTTSN_SESSION_SLEEP};

	(void)state;
	for (int i = 0; i < 2; i++) {
		unsigned dups = 0;

		for (unsigned each = 4; each <= 7; each++) {
			struct pair *p = run(sessions[i], 240, each);

			assert_int_equal(p->outcome[NBS_MQTTSN_DELIVERED], 240);
			assert_int_equal(p->accepted - p->dups, 240);
			assert_int_equal(nbs_mqttsn_client_stats(&p->client)->retransmissions,
					 p->datagrams / each);
			dups += p->dups;
			end(p);
		}
		assert_true(dups > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keepalive_costs_two_datagrams_a_report),
	    cmocka_unit_test(sleep_costs_six_datagrams_a_report),
	    cmocka_unit_test(sleep_shorter_than_the_report_period),
	    cmocka_unit_test(announced_sleep_decides),
	    cmocka_unit_test(loss_is_repaired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
