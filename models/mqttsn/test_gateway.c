/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test fixture of the gateway. */
#include "models/mqttsn/test_gateway.h"

#include "models/mqttsn/test_hex.h"

#define HOST UINT32_C(0x0a000001)

static enum nbs_status
on_send(void *arg, const struct nbs_mqttsn_peer *peer, const uint8_t *data, size_t len)
{
	struct tg *t = arg;
	unsigned i = t->sent_count++;

	assert_true(i < TG_LOG_MAX && len <= sizeof t->sent[i].data);
	assert_null(peer->psk_identity);
	t->sent[i].peer = *peer;
	t->sent[i].len = len;
	memcpy(t->sent[i].data, data, len);
	if (t->gone_on_send)
		nbs_mqttsn_gateway_peer_gone(t->gateway, peer);
	return t->gone_on_send ? NBS_E_STATE : NBS_OK;
}

static void
on_accepted(void *arg, const struct nbs_mqttsn_accepted *m)
{
	struct tg *t = arg;
	char frame[24] = "";

	assert_true(t->accepted_count < TG_LOG_MAX);
	assert_int_equal(m->peer->addr.addr, HOST);
	if (m->frame != 0)
		(void)snprintf(frame, sizeof frame, " #%u", (unsigned)m->frame);
	(void)snprintf(t->accepted[t->accepted_count++], sizeof t->accepted[0],
		       "%s %s q%d id%u '%.*s'%s%s%s%s", m->client_id, m->topic, m->qos, m->msg_id,
		       (int)m->len, (const char *)m->payload, m->retain ? " retain" : "",
		       m->dup ? " dup" : "", m->will ? " will" : "", frame);
}

static void
on_refused(void *arg, const char *client_id, const char *psk_identity, uint64_t frame)
{
	struct tg *t = arg;

	assert_true(t->refused_count < TG_LOG_MAX);
	(void)snprintf(t->refused[t->refused_count++], sizeof t->refused[0], "%s as %s #%u",
		       client_id, psk_identity != NULL ? psk_identity : "(clear)", (unsigned)frame);
}

static bool
is_identity(void *arg, const char *client_id)
{
	const struct tg *t = arg;

	return t->known_identity != NULL && strcmp(client_id, t->known_identity) == 0;
}

static const struct nbs_mqttsn_gateway_ops ops = {
    .send = on_send,
    .accepted = on_accepted,
    .refused = on_refused,
    .is_identity = is_identity,
};

struct tg *
tg_start(const struct nbs_mqttsn_gateway_config *config)
{
	const struct nbs_engine_config engine = {.seed = 1};
	struct nbs_mqttsn_gateway_config standard;
	struct tg *t = test_calloc(1, sizeof *t);

	nbs_mqttsn_gateway_config_default(&standard);
	assert_int_equal(nbs_engine_new(&engine, &t->engine), NBS_OK);
	assert_int_equal(nbs_mqttsn_gateway_new(t->engine, config != NULL ? config : &standard,
						&ops, t, &t->gateway),
			 NBS_OK);
	return t;
}

void
tg_stop(struct tg *t)
{
	tg_silent(t);
	assert_int_equal(t->accepted_read, t->accepted_count);
	assert_int_equal(t->refused_read, t->refused_count);
	nbs_mqttsn_gateway_free(t->gateway);
	nbs_engine_free(t->engine);
	test_free(t);
}

void
tg_in(struct tg *t, uint16_t port, const char *octets)
{
	const struct nbs_mqttsn_peer peer = {{HOST, port}, t->channel, t->identity};
	uint8_t buf[300];
	size_t len = th_hex(octets, buf, sizeof buf);

	nbs_mqttsn_gateway_input(t->gateway, &peer, buf, len, ++t->frame);
}

void
tg_out(struct tg *t, uint16_t port, const char *octets)
{
	uint8_t want[300];
	size_t len = th_hex(octets, want, sizeof want);
	unsigned i = t->sent_read++;

	if (i == t->sent_count)
		fail_msg("nothing sent, want %s", octets);
	assert_int_equal(t->sent[i].peer.addr.addr, HOST);
	assert_int_equal(t->sent[i].peer.addr.port, port);
	assert_int_equal(t->sent[i].len, len);
	assert_memory_equal(t->sent[i].data, want, len);
}

void
tg_silent(const struct tg *t)
{
	if (t->sent_read != t->sent_count)
		fail_msg("sent type %02x to port %u", t->sent[t->sent_read].data[1],
			 t->sent[t->sent_read].peer.addr.port);
}

void
tg_ask(struct tg *t, uint16_t port, const char *in, const char *out)
{
	tg_silent(t);
	tg_in(t, port, in);
	tg_out(t, port, out);
	tg_silent(t);
}

void
tg_accepts(struct tg *t, const char *text)
{
	if (t->accepted_read == t->accepted_count)
		fail_msg("nothing accepted, want %s", text);
	assert_string_equal(t->accepted[t->accepted_read++], text);
}

void
tg_refuses(struct tg *t, const char *text)
{
	if (t->refused_read == t->refused_count)
		fail_msg("nothing refused, want %s", text);
	assert_string_equal(t->refused[t->refused_read++], text);
}

void
tg_until(struct tg *t, uint64_t seconds)
{
	assert_int_equal(nbs_run(t->engine, seconds * NBS_NS_PER_S), NBS_OK);
}

void
tg_is(const struct tg *t, const char *client_id, enum nbs_mqttsn_presence presence)
{
	enum nbs_mqttsn_presence now;

	assert_int_equal(nbs_mqttsn_gateway_presence(t->gateway, client_id, &now), NBS_OK);
	assert_int_equal(now, presence);
}

struct tg *
tg_with_m1(const struct nbs_mqttsn_gateway_config *config)
{
	struct tg *t = tg_start(config);

	tg_ask(t, 1, CONNECT_M1, CONNACK_OK);
	tg_ask(t, 1, "09 0a 0000 0001 6d2f31", "07 0b 0001 0001 00");
	return t;
}

void
tg_publisher(struct tg *t)
{
	tg_ask(t, 9, "07 04 04 01 0000 70", CONNACK_OK);
	tg_ask(t, 9, "09 0a 0000 0001 6d2f31", "07 0b 0001 0001 00");
}

void
tg_publish(struct tg *t)
{
	tg_in(t, 9, "08 0c 20 0001 0002 41");
	tg_out(t, 9, "07 0d 0001 0002 00");
	t->accepted_read++;
}

const struct nbs_mqttsn_gateway_stats *
tg_stats(const struct tg *t)
{
	return nbs_mqttsn_gateway_stats(t->gateway);
}
