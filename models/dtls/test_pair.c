/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test support, see test_pair.h. */
#include "models/dtls/test_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const uint8_t pair_key[16] = {0x9e, 0x21, 0x5b, 0xc4, 0x07, 0xf8, 0x36, 0x6d,
			      0xa1, 0x4c, 0xe3, 0x58, 0x72, 0x0b, 0x95, 0xd6};

/* A datagram under way. */
struct pair_flight {
	struct pair *pair;
	enum pair_way way;
	struct nbs_endpoint device;
	uint64_t frame;
	size_t len;
	uint8_t data[];
};

static struct pair_node *pair_nodes[256]; /* by number: where datagrams down arrive */

static void
pair_arrive(void *arg)
{
	struct pair_flight *flight = arg;
	struct pair_node *node = pair_nodes[flight->device.addr & 0xff];
	enum nbs_status status = NBS_OK;

	if (flight->way == PAIR_UP)
		status = nbs_dtls_server_input(flight->pair->server, flight->device, flight->data,
					       flight->len, flight->frame);
	else if (node != NULL)
		status = nbs_dtls_client_input(node->client, flight->data, flight->len);
	free(flight);
	assert_int_equal(status, NBS_OK);
}

static bool
pair_loses(struct pair *pair, enum pair_way way)
{
	if (way == PAIR_DOWN && pair->lose_down)
		return true;
	return pair->lose_one_in != 0 && gsl_rng_uniform_int(pair->losses, pair->lose_one_in) == 0;
}

static void
pair_log(struct pair *pair, enum pair_way way, struct nbs_endpoint device, const uint8_t *data,
	 size_t len, enum nbs_dtls_datagram what)
{
	struct pair_packet *packet = &pair->packets[pair->packet_count];

	assert_true(pair->packet_count < PAIR_NOTES);
	pair->packet_count++;
	packet->way = way;
	packet->time_ns = nbs_now(pair->engine);
	packet->device = device;
	packet->what = what;
	packet->len = len;
	packet->data = malloc(len);
	assert_non_null(packet->data);
	memcpy(packet->data, data, len);
}

void
pair_deliver(struct pair *pair, const struct pair_packet *packet, const uint8_t *data, size_t len,
	     uint64_t delay_ns)
{
	struct pair_flight *flight = malloc(sizeof(*flight) + len);

	assert_non_null(flight);
	flight->pair = pair;
	flight->way = packet->way;
	flight->device = packet->device;
	flight->frame = pair->packet_count; /* frame numbers of a capture of everything */
	flight->len = len;
	memcpy(flight->data, data, len);
	assert_int_equal(nbs_schedule(pair->engine, delay_ns, pair_arrive, free, flight), NBS_OK);
}

static void
pair_send(struct pair *pair, enum pair_way way, struct nbs_endpoint device, const uint8_t *data,
	  size_t len, enum nbs_dtls_datagram what)
{
	const struct pair_packet *packet = &pair->packets[pair->packet_count];

	pair_log(pair, way, device, data, len, what);
	if (pair->box != NULL)
		pair->box(pair->box_arg, packet);
	else if (!pair_loses(pair, way))
		pair_deliver(pair, packet, data, len, pair->delay_ns);
}

/* ---- the server's ops ---- */

static void
pair_server_send(void *arg, struct nbs_endpoint to, const uint8_t *data, size_t len)
{
	pair_send(arg, PAIR_DOWN, to, data, len, NBS_DTLS_DATAGRAM_RECORD);
}

static enum nbs_status
pair_server_psk(void *arg, struct nbs_dtls_identity identity, uint8_t *key, size_t cap, size_t *len)
{
	struct pair *pair = arg;

	if (identity.len == 6 && memcmp(identity.data, "nobody", 6) == 0)
		return NBS_E_NOTFOUND;
	assert_true(pair->key_len <= cap);
	memcpy(key, pair->key, pair->key_len);
	*len = pair->key_len;
	return NBS_OK;
}

static void
pair_server_connected(void *arg, struct nbs_dtls_session *session)
{
	struct pair *pair = arg;

	pair->connected++;
	pair->newest = session;
}

static size_t
pair_keep(uint8_t last[64], const uint8_t *data, size_t len)
{
	size_t kept = len < 64 ? len : 64;

	memcpy(last, data, kept);
	return kept;
}

static void
pair_server_received(void *arg, struct nbs_dtls_session *session, const uint8_t *data, size_t len,
		     uint64_t frame)
{
	struct pair *pair = arg;

	pair->received++;
	pair->last_len = pair_keep(pair->last, data, len);
	pair->last_frame = frame;
	if (pair->echo)
		assert_int_equal(nbs_dtls_session_write(session, data, len), NBS_OK);
	if (pair->on_received != NULL)
		pair->on_received(pair, session);
}

static void
pair_note(struct pair_note *note, struct nbs_dtls_identity identity, enum nbs_dtls_reason reason,
	  uint64_t handle, uint64_t frame)
{
	note->reason = reason;
	note->handle = handle;
	note->frame = frame;
	note->identity_len = identity.len;
	if (identity.data != NULL)
		memcpy(note->identity, identity.data,
		       identity.len < sizeof(note->identity) ? identity.len
							     : sizeof(note->identity));
}

static void
pair_server_closed(void *arg, struct nbs_dtls_session *session, enum nbs_dtls_reason reason)
{
	struct pair *pair = arg;

	assert_true(pair->closed_count < PAIR_NOTES);
	pair_note(&pair->closed[pair->closed_count++], nbs_dtls_session_identity(session), reason,
		  nbs_dtls_session_handle(session), 0);
}

static void
pair_server_failed(void *arg, struct nbs_endpoint from, struct nbs_dtls_identity identity,
		   enum nbs_dtls_reason reason, uint64_t frame)
{
	struct pair *pair = arg;

	(void)from;
	assert_true(pair->failed_count < PAIR_NOTES);
	pair_note(&pair->failed[pair->failed_count++], identity, reason, 0, frame);
}

const struct nbs_dtls_server_ops pair_server_ops = {
    .send = pair_server_send,
    .psk = pair_server_psk,
    .connected = pair_server_connected,
    .received = pair_server_received,
    .closed = pair_server_closed,
    .failed = pair_server_failed,
};

/* ---- the client's ops ---- */

static void
pair_node_send(void *arg, const uint8_t *data, size_t len, enum nbs_dtls_datagram what)
{
	struct pair_node *node = arg;

	pair_send(node->pair, PAIR_UP, node->at, data, len, what);
}

static void
pair_node_connected(void *arg)
{
	struct pair_node *node = arg;

	node->connected++;
	if (node->on_connected != NULL)
		node->on_connected(node);
}

static void
pair_node_received(void *arg, const uint8_t *data, size_t len)
{
	struct pair_node *node = arg;

	node->received++;
	node->last_len = pair_keep(node->last, data, len);
	if (node->on_received != NULL)
		node->on_received(node);
}

static void
pair_node_closed(void *arg, enum nbs_dtls_reason reason, int error)
{
	struct pair_node *node = arg;

	node->closed++;
	node->reason = reason;
	node->error = error;
	node->closed_ns = nbs_now(node->pair->engine);
	if (node->on_closed != NULL)
		node->on_closed(node);
}

const struct nbs_dtls_client_ops pair_client_ops = {
    .send = pair_node_send,
    .connected = pair_node_connected,
    .received = pair_node_received,
    .closed = pair_node_closed,
};

/* ---- life ---- */

void
pair_server_defaults(struct nbs_dtls_server_config *config)
{
	*config = (struct nbs_dtls_server_config){.cookies = true, .stream = "dtls/server"};
}

void
pair_client_defaults(struct nbs_dtls_client_config *config)
{
	*config = (struct nbs_dtls_client_config){
	    .identity = (const uint8_t *)"a",
	    .identity_len = 1,
	    .psk = pair_key,
	    .psk_len = sizeof(pair_key),
	    .stream = "dtls/client",
	};
}

struct pair *
pair_new(uint32_t seed, const struct nbs_dtls_server_config *config)
{
	const struct nbs_engine_config engine = {.seed = seed, .epoch_unix_s = PAIR_EPOCH};
	struct nbs_dtls_server_config defaults;
	struct pair *pair = calloc(1, sizeof(*pair));

	assert_non_null(pair);
	pair_server_defaults(&defaults);
	pair->delay_ns = 50 * NBS_NS_PER_MS;
	pair->key = pair_key;
	pair->key_len = sizeof(pair_key);
	assert_int_equal(nbs_engine_new(&engine, &pair->engine), NBS_OK);
	assert_int_equal(nbs_rng_new(pair->engine, "test/losses", &pair->losses), NBS_OK);
	assert_int_equal(nbs_dtls_server_new(pair->engine, config != NULL ? config : &defaults,
					     &pair_server_ops, pair, &pair->server),
			 NBS_OK);
	return pair;
}

void
pair_free(struct pair *pair)
{
	nbs_dtls_server_free(pair->server);
	gsl_rng_free(pair->losses);
	nbs_engine_free(pair->engine);
	for (size_t i = 0; i < pair->packet_count; i++)
		free(pair->packets[i].data);
	free(pair);
}

void
pair_node_init(struct pair_node *node, struct pair *pair, unsigned number,
	       const struct nbs_dtls_client_config *config)
{
	struct nbs_dtls_client_config defaults;

	memset(node, 0, sizeof(*node));
	pair_client_defaults(&defaults);
	node->pair = pair;
	node->at = (struct nbs_endpoint){0x0a400000U + number, 49152};
	assert_int_equal(nbs_dtls_client_new(pair->engine, config != NULL ? config : &defaults,
					     &pair_client_ops, node, &node->client),
			 NBS_OK);
	assert_true(number < 256);
	pair_nodes[number] = node;
}

void
pair_node_fini(struct pair_node *node)
{
	nbs_dtls_client_free(node->client);
	node->client = NULL;
	pair_nodes[node->at.addr & 0xff] = NULL;
}

void
pair_run_s(struct pair *pair, uint64_t seconds)
{
	assert_int_equal(nbs_run(pair->engine, nbs_now(pair->engine) + seconds * NBS_NS_PER_S),
			 NBS_OK);
}

void
pair_connect(struct pair_node *node)
{
	unsigned connected = node->connected;

	assert_int_equal(nbs_dtls_client_connect(node->client), NBS_OK);
	pair_run_s(node->pair, 1); /* three round trips of 100 ms */
	assert_int_equal(node->connected, connected + 1);
	assert_true(nbs_dtls_client_is_connected(node->client));
}

const struct pair_packet *
pair_packet(const struct pair *pair, enum pair_way way, size_t index)
{
	for (size_t i = 0; i < pair->packet_count; i++) {
		if (pair->packets[i].way == way && index-- == 0)
			return &pair->packets[i];
	}
	return NULL;
}

unsigned
pair_vectors(const char *path, void (*check)(const char *line))
{
	FILE *file = fopen(path, "r");
	unsigned lines = 0;
	char line[256];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		check(line);
		lines++;
	}
	fclose(file);
	return lines;
}
