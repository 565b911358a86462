/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client and a server of models/dtls on an engine of their own, joined by a delay: nothing is
 * lost, so each flight leaves once.
 */
#include "cli/bytes.h"
#include "models/dtls/authority.h"
#include "models/dtls/client.h"
#include "models/dtls/server.h"

#include <stdlib.h>
#include <string.h>

#define MEASURE_SEED 1U
#define MEASURE_AUTHORITY "device-ca"      /* as scenarios call theirs: it stands in certificates */
#define MEASURE_EPOCH UINT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define MEASURE_DELAY_NS (10U * NBS_NS_PER_MS)  /* far below the first time-out of 1 s */
#define MEASURE_STEP_NS (1000U * NBS_NS_PER_MS) /* more than any step takes */

/* What is being sent, so what protected records hold. */
enum measure_stage { MEASURE_HANDSHAKE, MEASURE_RECORD, MEASURE_CLOSE };

struct measure {
	const struct bytes_config *config;
	const struct nbs_dtls_suite *suite;
	struct nbs_engine *engine;
	struct nbs_dtls_server *server;
	struct nbs_dtls_client *client;
	struct nbs_dtls_credentials *own, *peer; /* the server's, the client's; NULL with a key */
	struct bytes_measured *result;
	enum measure_stage stage;
	size_t record;    /* which one, at that stage */
	size_t plaintext; /* its bytes */
	size_t closes;    /* datagrams of the last stage */
	size_t received;  /* records that the server got */
	enum nbs_status status;
};

/* A datagram under way. */
struct measure_packet {
	struct measure *measure;
	bool up;
	size_t len;
	uint8_t data[];
};

static const struct nbs_endpoint measure_device = {0x0a400002, 49152};
static const uint8_t measure_key[16] = {0x9e, 0x21, 0x5b, 0xc4, 0x07, 0xf8, 0x36, 0x6d,
					0xa1, 0x4c, 0xe3, 0x58, 0x72, 0x0b, 0x95, 0xd6};
static const uint8_t measure_text[BYTES_PAYLOAD_MAX + 16U]; /* records hold zeros */

static void
measure_fail(struct measure *measure, enum nbs_status status)
{
	if (measure->status == NBS_OK)
		measure->status = status;
}

/* ---- booking ---- */

/* @return the flight that a datagram belongs to; NULL where none is expected. */
static struct bytes_flight *
measure_flight(struct measure *measure, bool up)
{
	struct bytes_measured *result = measure->result;

	switch (measure->stage) {
	case MEASURE_HANDSHAKE:
		if (result->flight_count == 0 || result->flights[result->flight_count - 1].up != up)
			result->flight_count++;
		return result->flight_count <= BYTES_FLIGHTS_MAX
			   ? &result->flights[result->flight_count - 1]
			   : NULL;
	case MEASURE_RECORD:
		return up ? &result->records[measure->record] : NULL;
	case MEASURE_CLOSE:
		return measure->closes < 2 ? &result->close[measure->closes++] : NULL;
	}
	return NULL;
}

static void
measure_book(struct measure *measure, bool up, const uint8_t *data, size_t len)
{
	const struct nbs_dtls_content contents[] = {
	    [MEASURE_HANDSHAKE] = {NBS_DTLS_CONTENT_HANDSHAKE, NBS_DTLS_FINISHED_CONTENT},
	    [MEASURE_RECORD] = {NBS_DTLS_CONTENT_APPLICATION, measure->plaintext},
	    [MEASURE_CLOSE] = {NBS_DTLS_CONTENT_ALERT, NBS_DTLS_ALERT_CONTENT}};
	/* The client's own ID is empty: the server's records are those without one. */
	const struct nbs_dtls_ledger_view view = {
	    .suite = measure->suite,
	    .cid_len = up && measure->config->cid_len > 0 ? (size_t)measure->config->cid_len : 0,
	    .contents = &contents[measure->stage],
	    .content_count = 1};
	struct bytes_flight *flight = measure_flight(measure, up);
	struct nbs_dtls_ledger ledger;
	enum nbs_status status = NBS_E_INTERNAL;

	if (flight != NULL)
		status = nbs_dtls_ledger_split(&view, data, len, &ledger);
	if (status != NBS_OK) {
		measure_fail(measure, status);
		return;
	}
	flight->up = up;
	flight->datagrams++;
	nbs_dtls_ledger_add(&flight->ledger, &ledger);
}

/* ---- transport ---- */

static void
measure_arrive(void *arg)
{
	struct measure_packet *packet = arg;
	struct measure *measure = packet->measure;

	measure_fail(measure, packet->up ? nbs_dtls_server_input(measure->server, measure_device,
								 packet->data, packet->len, 0)
					 : nbs_dtls_client_input(measure->client, packet->data,
								 packet->len));
	free(packet);
}

static void
measure_send(struct measure *measure, bool up, const uint8_t *data, size_t len)
{
	struct measure_packet *packet = malloc(sizeof(*packet) + len);

	measure_book(measure, up, data, len);
	if (packet == NULL) {
		measure_fail(measure, NBS_E_NOMEM);
		return;
	}
	*packet = (struct measure_packet){.measure = measure, .up = up, .len = len};
	memcpy(packet->data, data, len);
	enum nbs_status status =
	    nbs_schedule(measure->engine, MEASURE_DELAY_NS, measure_arrive, free, packet);

	if (status != NBS_OK)
		free(packet);
	measure_fail(measure, status);
}

/* ---- ops ---- */

static void
measure_client_send(void *arg, const uint8_t *data, size_t len, enum nbs_dtls_datagram what)
{
	(void)what;
	measure_send(arg, true, data, len);
}

static void
measure_client_connected(void *arg)
{
	(void)arg;
}

static void
measure_client_received(void *arg, const uint8_t *data, size_t len)
{
	(void)arg;
	(void)data;
	(void)len;
}

static void
measure_client_closed(void *arg, enum nbs_dtls_reason reason, int error)
{
	(void)reason;
	(void)error;
	measure_fail(arg, NBS_E_INTERNAL); /* it closes itself, which is not told */
}

static void
measure_server_send(void *arg, struct nbs_endpoint to, const uint8_t *data, size_t len)
{
	(void)to;
	measure_send(arg, false, data, len);
}

static enum nbs_status
measure_server_psk(void *arg, struct nbs_dtls_identity identity, uint8_t *key, size_t cap,
		   size_t *len)
{
	(void)arg;
	(void)identity;
	if (cap < sizeof(measure_key))
		return NBS_E_RANGE;
	memcpy(key, measure_key, sizeof(measure_key));
	*len = sizeof(measure_key);
	return NBS_OK;
}

static void
measure_server_connected(void *arg, struct nbs_dtls_session *session)
{
	(void)arg;
	(void)session;
}

static void
measure_server_received(void *arg, struct nbs_dtls_session *session, const uint8_t *data,
			size_t len, uint64_t frame)
{
	struct measure *measure = arg;

	(void)session;
	(void)data;
	(void)frame;
	measure->received += len == measure->plaintext;
}

static void
measure_server_closed(void *arg, struct nbs_dtls_session *session, enum nbs_dtls_reason reason)
{
	(void)session;
	if (reason != NBS_DTLS_PEER_CLOSE && reason != NBS_DTLS_REPLACED)
		measure_fail(arg, NBS_E_INTERNAL);
}

static void
measure_server_failed(void *arg, struct nbs_endpoint from, struct nbs_dtls_identity identity,
		      enum nbs_dtls_reason reason, uint64_t frame)
{
	(void)from;
	(void)identity;
	(void)reason;
	(void)frame;
	measure_fail(arg, NBS_E_INTERNAL);
}

static const struct nbs_dtls_client_ops measure_client_ops = {
    .send = measure_client_send,
    .connected = measure_client_connected,
    .received = measure_client_received,
    .closed = measure_client_closed,
};

static const struct nbs_dtls_server_ops measure_server_ops = {
    .send = measure_server_send,
    .psk = measure_server_psk,
    .connected = measure_server_connected,
    .received = measure_server_received,
    .closed = measure_server_closed,
    .failed = measure_server_failed,
};

/* ---- steps ---- */

/* Certificates on P-256 for both ends, the device's under a name as long as an identity. */
static enum nbs_status
measure_certificates(struct measure *measure, size_t identity_len)
{
	char name[NBS_DTLS_COMMON_NAME_MAX + 1] = {0};
	const struct nbs_dtls_issue server = {.name = "gateway", .require_client = true};
	const struct nbs_dtls_issue client = {.name = name, .server_name = "gateway"};
	struct nbs_dtls_authority *authority = NULL;
	enum nbs_status status;

	if (!nbs_dtls_suite_has_certificate(measure->suite->number))
		return NBS_OK;
	memset(name, 'd', identity_len < sizeof(name) ? identity_len : sizeof(name) - 1);
	status = nbs_dtls_authority_new(measure->engine, MEASURE_AUTHORITY, &authority);
	if (status == NBS_OK)
		status = nbs_dtls_authority_issue(authority, &server, &measure->own);
	if (status == NBS_OK)
		status = nbs_dtls_authority_issue(authority, &client, &measure->peer);
	nbs_dtls_authority_free(authority);
	return status;
}

static enum nbs_status
measure_endpoints(struct measure *measure, size_t identity_len)
{
	const struct bytes_config *config = measure->config;
	const bool keyed = measure->peer == NULL;
	const struct nbs_dtls_server_config server = {
	    .cookies = config->cookie,
	    .suites = &measure->suite->number,
	    .suite_count = 1,
	    .stream = "bytes/server",
	    .cid_len = config->cid_len > 0 ? (size_t)config->cid_len : 0,
	    .resumable_limit = config->resumption != NBS_DTLS_RESUME_NONE,
	    .tickets = config->resumption == NBS_DTLS_RESUME_TICKET,
	    .credentials = measure->own};
	const struct nbs_dtls_client_config client = {.identity = keyed ? measure_text : NULL,
						      .identity_len = keyed ? identity_len : 0,
						      .psk = keyed ? measure_key : NULL,
						      .psk_len = keyed ? sizeof(measure_key) : 0,
						      .suites = &measure->suite->number,
						      .suite_count = 1,
						      .stream = "bytes/client",
						      .cid = config->cid_len != BYTES_NO_CID,
						      .resumption = config->resumption,
						      .credentials = measure->peer};
	enum nbs_status status = nbs_dtls_server_new(measure->engine, &server, &measure_server_ops,
						     measure, &measure->server);

	if (status == NBS_OK)
		status = nbs_dtls_client_new(measure->engine, &client, &measure_client_ops, measure,
					     &measure->client);
	return status;
}

static enum nbs_status
measure_begin(struct measure *measure, size_t identity_len)
{
	const struct nbs_engine_config engine = {.seed = MEASURE_SEED,
						 .epoch_unix_s = MEASURE_EPOCH};
	enum nbs_status status = nbs_dtls_set_cid_padding(measure->config->padding);

	if (status == NBS_OK)
		status = nbs_engine_new(&engine, &measure->engine);
	if (status == NBS_OK)
		status = measure_certificates(measure, identity_len);
	return status == NBS_OK ? measure_endpoints(measure, identity_len) : status;
}

/* Lets what was sent arrive, and be answered. */
static enum nbs_status
measure_step(struct measure *measure, enum nbs_status status)
{
	if (status == NBS_OK)
		status = nbs_run(measure->engine, nbs_now(measure->engine) + MEASURE_STEP_NS);
	return status == NBS_OK ? measure->status : status;
}

static enum nbs_status
measure_handshake(struct measure *measure)
{
	enum nbs_status status = measure_step(measure, nbs_dtls_client_connect(measure->client));

	return status == NBS_OK && !nbs_dtls_client_is_connected(measure->client) ? NBS_E_INTERNAL
										  : status;
}

/* The first handshake is not booked, the second one is; it must be what it is said to be. */
static enum nbs_status
measure_resume(struct measure *measure)
{
	enum nbs_status status;

	memset(measure->result, 0, sizeof(*measure->result));
	nbs_dtls_client_drop(measure->client, true);
	status = measure_handshake(measure);
	return status == NBS_OK && nbs_dtls_client_stats(measure->client)->handshakes_resumed != 1
		   ? NBS_E_INTERNAL
		   : status;
}

static enum nbs_status
measure_run(struct measure *measure, const size_t *plaintexts, size_t count)
{
	enum nbs_status status = measure_handshake(measure);

	if (status == NBS_OK && measure->config->resumed)
		status = measure_resume(measure);
	measure->stage = MEASURE_RECORD;
	for (size_t i = 0; i < count && status == NBS_OK; i++) {
		measure->record = i;
		measure->plaintext = plaintexts[i];
		status = measure_step(
		    measure, nbs_dtls_client_write(measure->client, measure_text, plaintexts[i]));
	}
	if (status == NBS_OK && measure->received != count)
		status = NBS_E_INTERNAL;
	if (status != NBS_OK)
		return status;
	measure->stage = MEASURE_CLOSE;
	nbs_dtls_client_close(measure->client);
	status = measure_step(measure, NBS_OK);
	return status == NBS_OK && measure->closes != 2 ? NBS_E_INTERNAL : status;
}

enum nbs_status
bytes_measure(const struct bytes_config *config, size_t identity_len, const size_t *plaintexts,
	      size_t count, struct bytes_measured *measured)
{
	struct measure measure = {
	    .config = config, .suite = nbs_dtls_suite_find(config->suite), .result = measured};
	enum nbs_status status;

	if (measure.suite == NULL || count > BYTES_RECORDS_MAX)
		return NBS_E_INTERNAL;
	memset(measured, 0, sizeof(*measured));
	status = measure_begin(&measure, identity_len);
	if (status == NBS_OK)
		status = measure_run(&measure, plaintexts, count);
	nbs_dtls_client_free(measure.client);
	nbs_dtls_server_free(measure.server);
	nbs_dtls_credentials_free(measure.own);
	nbs_dtls_credentials_free(measure.peer);
	nbs_engine_free(measure.engine);
	return status;
}
