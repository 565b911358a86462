/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices and a DTLS server with nothing in between. */
#include "cli/bench_dtls_fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLEET_SEED 1U
#define FLEET_EPOCH UINT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define FLEET_FIRST UINT32_C(0x0a000000) /* 10.0.0.0: the first device's address */
#define FLEET_PORT 49152U                /* the first dynamic one, RFC 6335 6 */
#define FLEET_WAITING 8U                 /* datagrams on their way, at most */
#define FLEET_DATAGRAM 512U              /* bytes of the largest */
#define FLEET_NAME 32U
#define FLEET_HANDSHAKE_NS (2 * NBS_DTLS_TIMEOUT_MIN_NS)

static const uint8_t fleet_key[16] = {0x9e, 0x21, 0x5b, 0xc4, 0x07, 0xf8, 0x36, 0x6d,
				      0xa1, 0x4c, 0xe3, 0x58, 0x72, 0x0b, 0x95, 0xd6};
static const uint8_t fleet_text[BENCH_RECORD_BYTES] = "{\"t\":21.5,\"rh\":48.2}";

struct fleet_device {
	struct bench_fleet *fleet;
	struct nbs_dtls_client *client;
	struct nbs_dtls_session *session;
};

struct fleet_datagram {
	size_t device;
	size_t len;
	bool up;
	uint8_t data[FLEET_DATAGRAM];
};

struct bench_fleet {
	struct nbs_engine *engine;
	struct nbs_dtls_server *server;
	struct fleet_device *devices;
	size_t count;
	struct fleet_datagram waiting[FLEET_WAITING];
	unsigned first, waits;
	bool lost; /* one was too large or one too many */
	uint64_t answered;
};

/* ---- on the way ---- */

static void
fleet_send(struct bench_fleet *fleet, size_t device, bool up, const uint8_t *data, size_t len)
{
	struct fleet_datagram *datagram =
	    &fleet->waiting[(fleet->first + fleet->waits) % FLEET_WAITING];

	if (fleet->waits == FLEET_WAITING || len > FLEET_DATAGRAM) {
		fleet->lost = true;
		return;
	}
	fleet->waits++;
	datagram->device = device;
	datagram->up = up;
	datagram->len = len;
	memcpy(datagram->data, data, len);
}

static struct nbs_endpoint
fleet_endpoint(size_t device)
{
	return (struct nbs_endpoint){FLEET_FIRST + (uint32_t)device, FLEET_PORT};
}

static enum nbs_status
fleet_arrive(struct bench_fleet *fleet, const struct fleet_datagram *datagram)
{
	if (datagram->up)
		return nbs_dtls_server_input(fleet->server, fleet_endpoint(datagram->device),
					     datagram->data, datagram->len, 0);
	if (fleet->devices[datagram->device].client == NULL)
		return NBS_OK;
	return nbs_dtls_client_input(fleet->devices[datagram->device].client, datagram->data,
				     datagram->len);
}

/* Hands over until nobody says anything any more. */
static enum nbs_status
fleet_deliver(struct bench_fleet *fleet)
{
	enum nbs_status status = NBS_OK;

	while (fleet->waits != 0 && status == NBS_OK) {
		status = fleet_arrive(fleet, &fleet->waiting[fleet->first]);
		fleet->first = (fleet->first + 1) % FLEET_WAITING;
		fleet->waits--;
	}
	return fleet->lost ? NBS_E_INTERNAL : status;
}

/* ---- the server's ops ---- */

static void
fleet_server_send(void *arg, struct nbs_endpoint to, const uint8_t *data, size_t len)
{
	fleet_send(arg, to.addr - FLEET_FIRST, false, data, len);
}

static enum nbs_status
fleet_psk(void *arg, struct nbs_dtls_identity identity, uint8_t *key, size_t cap, size_t *len)
{
	(void)arg;
	(void)identity;
	if (cap < sizeof(fleet_key))
		return NBS_E_RANGE;
	memcpy(key, fleet_key, sizeof(fleet_key));
	*len = sizeof(fleet_key);
	return NBS_OK;
}

static void
fleet_server_connected(void *arg, struct nbs_dtls_session *session)
{
	struct bench_fleet *fleet = arg;

	fleet->devices[nbs_dtls_session_peer(session).addr - FLEET_FIRST].session = session;
}

static void
fleet_server_received(void *arg, struct nbs_dtls_session *session, const uint8_t *data, size_t len,
		      uint64_t frame)
{
	(void)arg;
	(void)frame;
	(void)nbs_dtls_session_write(session, data, len); /* seen by the count of answers */
}

static void
fleet_server_closed(void *arg, struct nbs_dtls_session *session, enum nbs_dtls_reason reason)
{
	(void)arg;
	(void)session;
	(void)reason;
}

static void
fleet_server_failed(void *arg, struct nbs_endpoint from, struct nbs_dtls_identity identity,
		    enum nbs_dtls_reason reason, uint64_t frame)
{
	(void)arg;
	(void)from;
	(void)identity;
	(void)reason;
	(void)frame;
}

static const struct nbs_dtls_server_ops fleet_server_ops = {
    .send = fleet_server_send,
    .psk = fleet_psk,
    .connected = fleet_server_connected,
    .received = fleet_server_received,
    .closed = fleet_server_closed,
    .failed = fleet_server_failed,
};

/* ---- a client's ops ---- */

static void
fleet_client_send(void *arg, const uint8_t *data, size_t len, enum nbs_dtls_datagram what)
{
	struct fleet_device *device = arg;

	(void)what;
	fleet_send(device->fleet, (size_t)(device - device->fleet->devices), true, data, len);
}

static void
fleet_client_connected(void *arg)
{
	(void)arg;
}

static void
fleet_client_received(void *arg, const uint8_t *data, size_t len)
{
	struct fleet_device *device = arg;

	(void)data;
	if (len == BENCH_RECORD_BYTES)
		device->fleet->answered++;
}

static void
fleet_client_closed(void *arg, enum nbs_dtls_reason reason, int mbedtls_error)
{
	(void)arg;
	(void)reason;
	(void)mbedtls_error;
}

static const struct nbs_dtls_client_ops fleet_client_ops = {
    .send = fleet_client_send,
    .connected = fleet_client_connected,
    .received = fleet_client_received,
    .closed = fleet_client_closed,
};

/* ---- what is measured ---- */

enum nbs_status
bench_fleet_make(struct bench_fleet *fleet, size_t i)
{
	struct fleet_device *device = &fleet->devices[i];
	struct nbs_dtls_client_config config = {.psk = fleet_key, .psk_len = sizeof(fleet_key)};
	char identity[FLEET_NAME], stream[FLEET_NAME];

	/* As long as an IMEI, 15 digits. */
	config.identity_len = (size_t)snprintf(identity, sizeof(identity), "%015zu", i);
	config.identity = (const uint8_t *)identity;
	snprintf(stream, sizeof(stream), "bench/%zu", i);
	config.stream = stream;
	device->fleet = fleet;
	return nbs_dtls_client_new(fleet->engine, &config, &fleet_client_ops, device,
				   &device->client);
}

enum nbs_status
bench_fleet_connect(struct bench_fleet *fleet, size_t i)
{
	struct fleet_device *device = &fleet->devices[i];
	enum nbs_status status = nbs_dtls_client_connect(device->client);

	if (status == NBS_OK)
		status = fleet_deliver(fleet);
	if (status == NBS_OK && !nbs_dtls_client_is_connected(device->client))
		status = NBS_E_INTERNAL;
	if (status == NBS_OK)
		status = bench_fleet_run(fleet, FLEET_HANDSHAKE_NS);
	return status;
}

void
bench_fleet_drop(struct bench_fleet *fleet, size_t i)
{
	nbs_dtls_client_free(fleet->devices[i].client);
	fleet->devices[i].client = NULL;
}

enum nbs_status
bench_fleet_exchange(struct bench_fleet *fleet, size_t i)
{
	uint64_t answered = fleet->answered;
	enum nbs_status status =
	    nbs_dtls_client_write(fleet->devices[i].client, fleet_text, sizeof(fleet_text));

	if (status == NBS_OK)
		status = fleet_deliver(fleet);
	if (status == NBS_OK && fleet->answered != answered + 1)
		status = NBS_E_INTERNAL;
	return status;
}

enum nbs_status
bench_fleet_call(struct bench_fleet *fleet, size_t i)
{
	enum nbs_status status =
	    nbs_dtls_session_write(fleet->devices[i].session, fleet_text, sizeof(fleet_text));

	return status == NBS_OK ? fleet_deliver(fleet) : status;
}

enum nbs_status
bench_fleet_run(struct bench_fleet *fleet, uint64_t for_ns)
{
	return nbs_run(fleet->engine, nbs_now(fleet->engine) + for_ns);
}

const struct nbs_dtls_server *
bench_fleet_server(const struct bench_fleet *fleet)
{
	return fleet->server;
}

/* ---- life ---- */

enum nbs_status
bench_fleet_new(size_t devices, uint64_t park_after_ns, struct bench_fleet **fleet)
{
	const struct nbs_engine_config engine = {.seed = FLEET_SEED, .epoch_unix_s = FLEET_EPOCH};
	const struct nbs_dtls_server_config server = {
	    .cookies = true, .stream = "bench/server", .park_after_ns = park_after_ns};
	struct bench_fleet *made = calloc(1, sizeof(*made));
	enum nbs_status status = NBS_E_NOMEM;

	if (made == NULL)
		return NBS_E_NOMEM;
	made->count = devices;
	made->devices = calloc(devices, sizeof(*made->devices));
	if (made->devices != NULL)
		status = nbs_engine_new(&engine, &made->engine);
	if (status == NBS_OK)
		status = nbs_dtls_server_new(made->engine, &server, &fleet_server_ops, made,
					     &made->server);
	if (status != NBS_OK) {
		bench_fleet_free(made);
		return status;
	}
	*fleet = made;
	return NBS_OK;
}

void
bench_fleet_free(struct bench_fleet *fleet)
{
	if (fleet == NULL)
		return;
	for (size_t i = 0; fleet->devices != NULL && i < fleet->count; i++)
		nbs_dtls_client_free(fleet->devices[i].client);
	nbs_dtls_server_free(fleet->server);
	nbs_engine_free(fleet->engine);
	free(fleet->devices);
	free(fleet);
}
