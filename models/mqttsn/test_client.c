/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test fixture of the client. */
#include "models/mqttsn/test_client.h"

#include "models/mqttsn/test_hex.h"

static enum nbs_status
fake_send(void *arg, const uint8_t *data, size_t len, enum nbs_mqttsn_reply expect)
{
	struct tc *f = arg;
	struct tc_datagram *d = &f->sent[f->sent_count++];

	assert_true(f->sent_count <= TC_LOG_MAX && len <= sizeof d->data);
	memcpy(d->data, data, len);
	d->len = len;
	d->expect = expect;
	return NBS_OK;
}

static void
fake_need_transport(void *arg)
{
	struct tc *f = arg;

	f->transports++;
	if (f->transport_at_once)
		nbs_mqttsn_client_transport_ready(&f->client);
}

static void
fake_done(void *arg, uint32_t token, enum nbs_mqttsn_outcome outcome)
{
	struct tc *f = arg;
	uint32_t next = f->publish_on_done;

	assert_true(f->done_count < TC_LOG_MAX);
	f->done[f->done_count].token = token;
	f->done[f->done_count++].outcome = outcome;
	f->publish_on_done = 0;
	if (next != 0)
		assert_int_equal(
		    nbs_mqttsn_client_publish(&f->client, next, (const uint8_t *)"A", 1), NBS_OK);
}

const struct nbs_mqttsn_client_ops tc_ops = {
    .send = fake_send,
    .done = fake_done,
};
const struct nbs_mqttsn_client_ops tc_ops_transport = {
    .send = fake_send,
    .need_transport = fake_need_transport,
    .done = fake_done,
};

struct nbs_mqttsn_client_config
tc_config(void)
{
	return (struct nbs_mqttsn_client_config){
	    .client_id = "m1",
	    .topic = "m/1",
	    .keepalive_s = 7200,
	    .session = NBS_MQTTSN_SESSION_KEEPALIVE,
	    .qos = 1,
	    .t_retry_ns = 10 * NBS_NS_PER_S,
	    .n_retry = 3,
	    .session_lost = NBS_MQTTSN_LOST_DROP,
	};
}

struct tc *
tc_start(const struct nbs_mqttsn_client_config *c, const struct nbs_mqttsn_client_ops *o)
{
	const struct nbs_engine_config engine = {.seed = 1};
	struct tc *f = test_calloc(1, sizeof *f);

	assert_int_equal(nbs_engine_new(&engine, &f->engine), NBS_OK);
	assert_int_equal(nbs_mqttsn_client_init(&f->client, f->engine, c, o, f), NBS_OK);
	return f;
}

void
tc_stop(struct tc *f)
{
	assert_int_equal(f->sent_read, f->sent_count);
	assert_int_equal(f->done_read, f->done_count);
	nbs_mqttsn_client_fini(&f->client);
	nbs_engine_free(f->engine);
	test_free(f);
}

void
tc_report(struct tc *f, uint32_t token)
{
	assert_int_equal(nbs_mqttsn_client_publish(&f->client, token, (const uint8_t *)"A", 1),
			 NBS_OK);
}

void
tc_receives(struct tc *f, const char *octets)
{
	uint8_t buf[64];
	size_t len = th_hex(octets, buf, sizeof buf);

	nbs_mqttsn_client_input(&f->client, buf, len);
}

void
tc_sends(struct tc *f, const char *octets, enum nbs_mqttsn_reply expect)
{
	uint8_t want[64];
	size_t len = th_hex(octets, want, sizeof want);
	const struct tc_datagram *d = &f->sent[f->sent_read];

	if (f->sent_read == f->sent_count)
		fail_msg("nothing sent, want %s", octets);
	f->sent_read++;
	assert_int_equal(d->len, len);
	assert_memory_equal(d->data, want, len);
	assert_int_equal(d->expect, expect);
}

void
tc_ends(struct tc *f, uint32_t token, enum nbs_mqttsn_outcome outcome)
{
	if (f->done_read == f->done_count)
		fail_msg("report %u has not ended", token);
	assert_int_equal(f->done[f->done_read].token, token);
	assert_int_equal(f->done[f->done_read].outcome, outcome);
	f->done_read++;
}

void
tc_until(struct tc *f, uint64_t seconds)
{
	assert_int_equal(nbs_run(f->engine, seconds * NBS_NS_PER_S), NBS_OK);
}

void
tc_in_state(struct tc *f, enum nbs_mqttsn_client_state state)
{
	assert_int_equal(nbs_mqttsn_client_state(&f->client), state);
}

struct tc *
tc_connected(const struct nbs_mqttsn_client_config *c)
{
	struct tc *f = tc_start(c, &tc_ops);

	tc_report(f, 1);
	tc_sends(f, CONNECT_CLEAN, MORE);
	tc_receives(f, CONNACK);
	tc_sends(f, REGISTER_1, MORE);
	tc_receives(f, REGACK_1);
	return f;
}

struct tc *
tc_idle(const struct nbs_mqttsn_client_config *c)
{
	struct tc *f = tc_connected(c);

	tc_sends(f, PUBLISH_2, ONE);
	tc_receives(f, PUBACK_2);
	tc_ends(f, 1, NBS_MQTTSN_DELIVERED);
	tc_in_state(f, NBS_MQTTSN_CLIENT_ACTIVE);
	return f;
}
