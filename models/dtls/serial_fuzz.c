/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: bytes that a client is to take up as its association (nbs_dtls_client_load()).
 * The first byte of the input: 1 = the client uses connection IDs, 2 = so did the one whose bytes
 * are changed, 4 = the rest of the input is the bytes themselves. Else the rest is changes of what
 * a genuine client saved, three bytes each: place[1], kind[1] modulo 3, value[1]: 0 XOR     the
 * byte there with the value 1 CUT     everything from there on 2 INSERT  so many bytes of 0xa5
 * Refused bytes must leave the client as it was; bytes taken up must come out of it again, and
 * records through it may fail but nothing else.
 */
#include "models/dtls/client.h"
#include "models/dtls/server.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROOM 2048U  /* bytes of an association */
#define FLIGHTS 16U /* datagrams under way */
#define LARGE 512U  /* bytes of one */

enum { IDS = 1, SAVED_IDS = 2, RAW = 4 };

struct fuzz_bytes {
	uint8_t data[ROOM];
	size_t len;
};

/* Datagrams in the order in which they were sent. */
struct fuzz {
	struct nbs_dtls_client *client;
	struct nbs_dtls_server *server;
	struct {
		uint8_t data[LARGE];
		size_t len;
		bool up;
	} flights[FLIGHTS];
	unsigned head, count;
};

static const struct nbs_endpoint fuzz_device = {0x0a400001U, 49152};
static const uint8_t fuzz_key[16] = {1, 2, 3};
static const uint8_t fuzz_text[7] = "reading";

/* ---- the way there and back ---- */

static void
fuzz_put(struct fuzz *fuzz, bool up, const uint8_t *data, size_t len)
{
	unsigned slot = (fuzz->head + fuzz->count) % FLIGHTS;

	if (fuzz->count == FLIGHTS || len > LARGE)
		return;
	memcpy(fuzz->flights[slot].data, data, len);
	fuzz->flights[slot].len = len;
	fuzz->flights[slot].up = up;
	fuzz->count++;
}

static void
fuzz_deliver(struct fuzz *fuzz)
{
	while (fuzz->count != 0) {
		unsigned slot = fuzz->head;
		enum nbs_status status = NBS_OK;

		fuzz->head = (slot + 1) % FLIGHTS;
		fuzz->count--;
		if (!fuzz->flights[slot].up)
			status = nbs_dtls_client_input(fuzz->client, fuzz->flights[slot].data,
						       fuzz->flights[slot].len);
		else if (fuzz->server != NULL)
			status = nbs_dtls_server_input(fuzz->server, fuzz_device,
						       fuzz->flights[slot].data,
						       fuzz->flights[slot].len, 0);
		if (status != NBS_OK)
			abort();
	}
}

static void
fuzz_server_send(void *arg, struct nbs_endpoint to, const uint8_t *data, size_t len)
{
	(void)to;
	fuzz_put(arg, false, data, len);
}

static enum nbs_status
fuzz_psk(void *arg, struct nbs_dtls_identity identity, uint8_t *key, size_t cap, size_t *len)
{
	(void)arg;
	(void)identity;
	if (cap < sizeof(fuzz_key))
		return NBS_E_RANGE;
	memcpy(key, fuzz_key, sizeof(fuzz_key));
	*len = sizeof(fuzz_key);
	return NBS_OK;
}

static void
fuzz_session(void *arg, struct nbs_dtls_session *session)
{
	(void)arg;
	(void)session;
}

static void
fuzz_server_received(void *arg, struct nbs_dtls_session *session, const uint8_t *data, size_t len,
		     uint64_t frame)
{
	(void)arg;
	(void)frame;
	(void)nbs_dtls_session_write(session, data, len);
}

static void
fuzz_server_closed(void *arg, struct nbs_dtls_session *session, enum nbs_dtls_reason reason)
{
	(void)reason;
	fuzz_session(arg, session);
}

static void
fuzz_server_failed(void *arg, struct nbs_endpoint from, struct nbs_dtls_identity identity,
		   enum nbs_dtls_reason reason, uint64_t frame)
{
	(void)arg;
	(void)from;
	(void)identity;
	(void)reason;
	(void)frame;
}

static void
fuzz_client_send(void *arg, const uint8_t *data, size_t len, enum nbs_dtls_datagram what)
{
	(void)what;
	fuzz_put(arg, true, data, len);
}

static void
fuzz_client_connected(void *arg)
{
	(void)arg;
}

static void
fuzz_client_received(void *arg, const uint8_t *data, size_t len)
{
	(void)arg;
	if (len != sizeof(fuzz_text) || memcmp(data, fuzz_text, len) != 0)
		abort();
}

static void
fuzz_client_closed(void *arg, enum nbs_dtls_reason reason, int error)
{
	(void)arg;
	(void)reason;
	(void)error;
}

static const struct nbs_dtls_server_ops fuzz_server_ops = {
    .send = fuzz_server_send,
    .psk = fuzz_psk,
    .connected = fuzz_session,
    .received = fuzz_server_received,
    .closed = fuzz_server_closed,
    .failed = fuzz_server_failed,
};

static const struct nbs_dtls_client_ops fuzz_client_ops = {
    .send = fuzz_client_send,
    .connected = fuzz_client_connected,
    .received = fuzz_client_received,
    .closed = fuzz_client_closed,
};

/* ---- clients ---- */

static void
fuzz_client(struct nbs_engine *engine, struct fuzz *fuzz, bool ids)
{
	const struct nbs_dtls_client_config config = {.identity = (const uint8_t *)"a",
						      .identity_len = 1,
						      .psk = fuzz_key,
						      .psk_len = sizeof(fuzz_key),
						      .stream = "fuzz/client",
						      .cid = ids,
						      .cid_len = ids ? 2 : 0};

	if (nbs_dtls_client_new(engine, &config, &fuzz_client_ops, fuzz, &fuzz->client) != NBS_OK)
		abort();
}

static void
fuzz_save(struct fuzz *fuzz, struct fuzz_bytes *bytes)
{
	if (nbs_dtls_client_save(fuzz->client, bytes->data, ROOM, &bytes->len) != NBS_OK)
		abort();
}

/* What a genuine client saves, and one record that is then on its way to it. */
static void
fuzz_genuine(struct nbs_engine *engine, bool ids, struct fuzz_bytes *saved, struct fuzz_bytes *down)
{
	const struct nbs_dtls_server_config config = {.stream = "fuzz/server", .cid_len = 3};
	struct fuzz *fuzz = calloc(1, sizeof(*fuzz));

	if (fuzz == NULL ||
	    nbs_dtls_server_new(engine, &config, &fuzz_server_ops, fuzz, &fuzz->server) != NBS_OK)
		abort();
	fuzz_client(engine, fuzz, ids);
	if (nbs_dtls_client_connect(fuzz->client) != NBS_OK)
		abort();
	fuzz_deliver(fuzz);
	fuzz_save(fuzz, saved);
	if (nbs_dtls_session_write(nbs_dtls_server_find(fuzz->server, fuzz_device), fuzz_text,
				   sizeof(fuzz_text)) != NBS_OK)
		abort();
	down->len = fuzz->flights[fuzz->head].len;
	memcpy(down->data, fuzz->flights[fuzz->head].data, down->len);
	nbs_dtls_client_free(fuzz->client);
	nbs_dtls_server_free(fuzz->server);
	free(fuzz);
}

static void
fuzz_change(struct fuzz_bytes *bytes, size_t at, unsigned kind, uint8_t value)
{
	if (at >= bytes->len)
		return;
	if (kind == 0) {
		bytes->data[at] ^= value;
	} else if (kind == 1) {
		bytes->len = at;
	} else if (bytes->len + value <= ROOM) {
		memmove(bytes->data + at + value, bytes->data + at, bytes->len - at);
		memset(bytes->data + at, 0xa5, value);
		bytes->len += value;
	}
}

/* All but the MTU, two bytes at the end, which is the client's own; a certificate is trimmed. */
static void
fuzz_compare(struct fuzz *fuzz, const struct fuzz_bytes *bytes)
{
	static struct fuzz_bytes again;

	fuzz_save(fuzz, &again);
	if (again.len == bytes->len && memcmp(again.data, bytes->data, again.len - 2) != 0)
		abort();
}

static void
fuzz_use(struct fuzz *fuzz, const struct fuzz_bytes *bytes, const struct fuzz_bytes *down)
{
	bool taken = nbs_dtls_client_load(fuzz->client, bytes->data, bytes->len) == NBS_OK;

	if (taken != nbs_dtls_client_is_connected(fuzz->client))
		abort();
	if (taken) {
		fuzz_compare(fuzz, bytes);
		(void)nbs_dtls_client_input(fuzz->client, down->data, down->len);
		(void)nbs_dtls_client_write(fuzz->client, fuzz_text, sizeof(fuzz_text));
		nbs_dtls_client_close(fuzz->client);
	}
	fuzz->count = 0;
	if (nbs_dtls_client_connect(fuzz->client) != NBS_OK || fuzz->count != 1)
		abort(); /* a ClientHello left */
	nbs_dtls_client_free(fuzz->client);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nbs_engine *engine; /* one for all inputs: ns-3's start is slow */
	static struct fuzz_bytes saved[2], down[2], bytes;
	static struct fuzz fuzz;
	const struct nbs_engine_config setup = {.seed = 1, .epoch_unix_s = 1767225600};
	uint8_t kind = size != 0 ? data[0] : 0;

	if (engine == NULL) {
		if (nbs_engine_new(&setup, &engine) != NBS_OK)
			abort();
		for (unsigned i = 0; i < 2; i++)
			fuzz_genuine(engine, i != 0, &saved[i], &down[i]);
	}
	bytes = saved[(kind & SAVED_IDS) != 0];
	if ((kind & RAW) != 0) {
		bytes.len = size - 1 < ROOM ? size - 1 : ROOM;
		memcpy(bytes.data, data + 1, bytes.len);
	}
	for (size_t i = 1; (kind & RAW) == 0 && i + 3 <= size; i += 3)
		fuzz_change(&bytes, data[i], data[i + 1] % 3, data[i + 2]);
	memset(&fuzz, 0, sizeof(fuzz));
	fuzz_client(engine, &fuzz, (kind & IDS) != 0);
	fuzz_use(&fuzz, &bytes, &down[(kind & SAVED_IDS) != 0]);
	return 0;
}
