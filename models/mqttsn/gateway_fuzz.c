/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: a train of datagrams into a gateway with binding, pre-defined topics and small
 * limits. An octet n > 0 begins a datagram of n octets, itself included, as a 1-octet Length does
 * (an encapsulation ends with its message). An octet 0 is followed by one that selects the sender
 * (two bits) and lets time pass (the others, in units of 16 s).
 * What the gateway sends must decode; freeing it must leave nothing behind (the sanitizers look).
 */
#include "models/mqttsn/gateway.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum nbs_status
check_sent(void *arg, const struct nbs_mqttsn_peer *peer, const uint8_t *data, size_t len)
{
	struct nbs_mqttsn_msg msg;

	(void)arg;
	(void)peer;
	if (nbs_mqttsn_decode(data, len, &msg, NULL) != NBS_OK)
		abort();
	return NBS_OK;
}

static void
check_accepted(void *arg, const struct nbs_mqttsn_accepted *message)
{
	(void)arg;
	if (message->client_id == NULL || message->topic[0] == '\0')
		abort();
}

static struct nbs_mqttsn_gateway *
make_gateway(struct nbs_engine *engine)
{
	static const struct nbs_mqttsn_gateway_ops ops = {.send = check_sent,
							  .accepted = check_accepted};
	static const struct nbs_mqttsn_predefined predefined[] = {{10, "a/b"}};
	struct nbs_mqttsn_gateway_config config;
	struct nbs_mqttsn_gateway *gateway;

	nbs_mqttsn_gateway_config_default(&config);
	config.bind_identity = true;
	config.allow_qos_minus1 = true;
	config.max_clients = 3;
	config.max_saved = 2;
	config.predefined = predefined;
	config.predefined_count = 1;
	if (nbs_mqttsn_gateway_new(engine, &config, &ops, NULL, &gateway) != NBS_OK)
		abort();
	return gateway;
}

/* @return octets of the datagram at the front, an encapsulation with the message behind it. */
static size_t
datagram_len(const uint8_t *data, size_t size)
{
	size_t len = data[0];

	if (len + 1 < size && data[1] == NBS_MQTTSN_ENCAPSULATED)
		len += data[len];
	return len < size ? len : size;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const identities[] = {NULL, NULL, "a", "SM24-000001"};
	const struct nbs_engine_config engine_config = {.seed = 1};
	static struct nbs_engine *engine; /* one a process: ns-3 does not like many */
	struct nbs_mqttsn_gateway *gateway;
	unsigned sender = 0;

	if (engine == NULL && nbs_engine_new(&engine_config, &engine) != NBS_OK)
		abort();
	gateway = make_gateway(engine);
	for (size_t at = 0; at < size;) {
		size_t len = data[at];
		const struct nbs_mqttsn_peer peer = {
		    {1, (uint16_t)sender}, sender < 2 ? 0 : sender, identities[sender]};

		if (len == 0) {
			uint64_t pass = at + 1 < size ? (data[at + 1] >> 2) * 16 : 0;

			sender = at + 1 < size ? data[at + 1] & 3 : 0;
			(void)nbs_run(engine, nbs_now(engine) + pass * NBS_NS_PER_S);
			at += 2;
			continue;
		}
		len = datagram_len(data + at, size - at);
		nbs_mqttsn_gateway_input(gateway, &peer, data + at, len, at + 1);
		at += len;
	}
	nbs_mqttsn_gateway_free(gateway);
	return 0;
}
