/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: an attacker between a genuine client and the server, and beside them.
 * The input is a list of commands; each starts with a byte, modulo the count of commands:
 *   0 RAW len[1] bytes      a datagram of the attacker's, from the client's address
 *   1 STRANGE len[1] bytes  the same from an address of its own
 *   2 PASS                  hands the server the client's oldest waiting datagram
 *   3 FLIP at[1] bits[1]    the same with one byte changed
 *   4 CUT at[1]             the same, shortened
 *   5 AGAIN                 the last datagram once more
 *   6 BACK                  hands the client the server's oldest waiting datagram
 *   7 WAIT seconds[1]       lets time pass
 *   8 WRITE                 the client writes a record, if it can
 *   9 RAW_BACK len[1] bytes a datagram of the attacker's to the client
 *  10 FORWARD              PASS from the attacker's own address
 * Whatever the attacker makes up (0, 1, 9), an established association must survive it.
 */
#include "models/dtls/client.h"
#include "models/dtls/server.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define QUEUE 16U  /* datagrams waiting each way; more are lost */
#define LARGE 512U /* bytes of a datagram kept */

struct fuzz_queue {
	uint8_t data[QUEUE][LARGE];
	size_t len[QUEUE];
	unsigned head, count;
};

struct fuzz {
	struct nbs_engine *engine;
	struct nbs_dtls_server *server;
	struct nbs_dtls_client *client;
	struct fuzz_queue up, down;
	uint8_t last[LARGE];
	size_t last_len;
	const uint8_t *in;
	size_t left;
};

static const struct nbs_endpoint fuzz_device = {0x0a400001, 49152};
static const struct nbs_endpoint fuzz_stranger = {0xc0000201, 4000};
static const uint8_t fuzz_key[16] = {1, 2, 3};

static void
fuzz_put(struct fuzz_queue *queue, const uint8_t *data, size_t len)
{
	unsigned slot = (queue->head + queue->count) % QUEUE;

	if (queue->count == QUEUE || len > LARGE)
		return;
	memcpy(queue->data[slot], data, len);
	queue->len[slot] = len;
	queue->count++;
}

/* Moves the oldest to the last-datagram buffer. */
static bool
fuzz_take(struct fuzz *fuzz, struct fuzz_queue *queue)
{
	if (queue->count == 0)
		return false;
	fuzz->last_len = queue->len[queue->head];
	memcpy(fuzz->last, queue->data[queue->head], fuzz->last_len);
	queue->head = (queue->head + 1) % QUEUE;
	queue->count--;
	return true;
}

/* ---- ops ---- */

static void
fuzz_server_send(void *arg, struct nbs_endpoint to, const uint8_t *data, size_t len)
{
	struct fuzz *fuzz = arg;

	if (to.addr == fuzz_device.addr)
		fuzz_put(&fuzz->down, data, len);
}

static enum nbs_status
fuzz_psk(void *arg, struct nbs_dtls_identity identity, uint8_t *key, size_t cap, size_t *len)
{
	(void)arg;
	if (identity.len == 0 || identity.data[0] != 'a' || cap < sizeof(fuzz_key))
		return NBS_E_NOTFOUND;
	memcpy(key, fuzz_key, sizeof(fuzz_key));
	*len = sizeof(fuzz_key);
	return NBS_OK;
}

static void
fuzz_session(void *arg, struct nbs_dtls_session *session)
{
	(void)arg;
	if (nbs_dtls_session_handle(session) == 0)
		abort();
}

/* Whoever gets a record in has the key: only the client's own text is possible. */
static void
fuzz_server_received(void *arg, struct nbs_dtls_session *session, const uint8_t *data, size_t len,
		     uint64_t frame)
{
	(void)arg;
	(void)frame;
	if (len != 7 || memcmp(data, "reading", 7) != 0)
		abort();
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
	volatile uint8_t sum = 0;

	(void)arg;
	(void)from;
	(void)reason;
	(void)frame;
	for (size_t i = 0; i < identity.len; i++) /* the bytes are readable */
		sum = (uint8_t)(sum + identity.data[i]);
}

static void
fuzz_client_send(void *arg, const uint8_t *data, size_t len, enum nbs_dtls_datagram what)
{
	struct fuzz *fuzz = arg;

	(void)what;
	fuzz_put(&fuzz->up, data, len);
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
	if (len != 7 || memcmp(data, "reading", 7) != 0)
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

/* ---- commands ---- */

static uint8_t
fuzz_byte(struct fuzz *fuzz)
{
	if (fuzz->left == 0)
		return 0;
	fuzz->left--;
	return *fuzz->in++;
}

static void
fuzz_deliver(struct fuzz *fuzz, struct nbs_endpoint from)
{
	if (nbs_dtls_server_input(fuzz->server, from, fuzz->last, fuzz->last_len, 1) != NBS_OK)
		abort();
}

/* Takes bytes of the attacker's into the last-datagram buffer. */
static void
fuzz_make_up(struct fuzz *fuzz)
{
	size_t len = fuzz_byte(fuzz);

	if (len > fuzz->left)
		len = fuzz->left;
	memcpy(fuzz->last, fuzz->in, len);
	fuzz->last_len = len;
	fuzz->in += len;
	fuzz->left -= len;
}

/* Without the key, and without a cookie that was sent to it, nobody ends a session. */
static void
fuzz_raw(struct fuzz *fuzz, struct nbs_endpoint from)
{
	struct nbs_dtls_session *session = nbs_dtls_server_find(fuzz->server, fuzz_device);
	uint64_t handle = nbs_dtls_session_handle(session);

	fuzz_make_up(fuzz);
	fuzz_deliver(fuzz, from);
	session = nbs_dtls_server_find(fuzz->server, fuzz_device);
	if (handle != 0 && nbs_dtls_session_handle(session) != handle)
		abort();
}

static void
fuzz_raw_back(struct fuzz *fuzz)
{
	bool connected = nbs_dtls_client_is_connected(fuzz->client);

	fuzz_make_up(fuzz);
	if (nbs_dtls_client_input(fuzz->client, fuzz->last, fuzz->last_len) != NBS_OK ||
	    (connected && !nbs_dtls_client_is_connected(fuzz->client)))
		abort();
}

static void
fuzz_change(struct fuzz *fuzz, bool cut)
{
	size_t at = fuzz_byte(fuzz);
	uint8_t bits = cut ? 0 : fuzz_byte(fuzz);

	if (!fuzz_take(fuzz, &fuzz->up) || fuzz->last_len == 0)
		return;
	if (cut)
		fuzz->last_len = at % fuzz->last_len;
	else
		fuzz->last[at % fuzz->last_len] ^= bits;
	fuzz_deliver(fuzz, fuzz_device);
}

static void
fuzz_command(struct fuzz *fuzz)
{
	switch (fuzz_byte(fuzz) % 11) {
	case 0:
		fuzz_raw(fuzz, fuzz_device);
		break;
	case 1:
		fuzz_raw(fuzz, fuzz_stranger);
		break;
	case 2:
		if (fuzz_take(fuzz, &fuzz->up))
			fuzz_deliver(fuzz, fuzz_device);
		break;
	case 3:
		fuzz_change(fuzz, false);
		break;
	case 4:
		fuzz_change(fuzz, true);
		break;
	case 5:
		fuzz_deliver(fuzz, fuzz_device);
		break;
	case 6:
		if (fuzz_take(fuzz, &fuzz->down))
			(void)nbs_dtls_client_input(fuzz->client, fuzz->last, fuzz->last_len);
		break;
	case 7:
		(void)nbs_run(fuzz->engine, nbs_now(fuzz->engine) + fuzz_byte(fuzz) * NBS_NS_PER_S);
		break;
	case 8:
		(void)nbs_dtls_client_write(fuzz->client, (const uint8_t *)"reading", 7);
		break;
	case 9:
		fuzz_raw_back(fuzz);
		break;
	default:
		if (fuzz_take(fuzz, &fuzz->up))
			fuzz_deliver(fuzz, fuzz_stranger);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nbs_engine *engine; /* one for all inputs: ns-3's start is slow */
	const struct nbs_engine_config setup = {.seed = 1, .epoch_unix_s = 1767225600};
	struct nbs_dtls_client_config client = {.identity = (const uint8_t *)"a",
						.identity_len = 1,
						.psk = fuzz_key,
						.psk_len = sizeof(fuzz_key),
						.stream = "fuzz/client"};
	struct nbs_dtls_server_config server = {
	    .idle_ns = 100 * NBS_NS_PER_S, .session_limit = 2, .stream = "fuzz/server"};
	struct fuzz *fuzz = calloc(1, sizeof(*fuzz));
	uint8_t kind;

	if (fuzz == NULL)
		abort();
	if (engine == NULL && nbs_engine_new(&setup, &engine) != NBS_OK)
		abort();
	fuzz->engine = engine;
	fuzz->in = data;
	fuzz->left = size;
	kind = fuzz_byte(fuzz);
	server.cookies = (kind & 1) != 0;
	client.cid = (kind & 2) != 0;
	client.cid_len = client.cid ? 2 : 0;
	server.cid_len = (kind & 4) != 0 ? 1 : 0;
	server.park_after_ns = (kind & 8) != 0 ? 10 * NBS_NS_PER_S : 0;
	if (nbs_dtls_server_new(engine, &server, &fuzz_server_ops, fuzz, &fuzz->server) != NBS_OK ||
	    nbs_dtls_client_new(engine, &client, &fuzz_client_ops, fuzz, &fuzz->client) != NBS_OK ||
	    nbs_dtls_client_connect(fuzz->client) != NBS_OK)
		abort();
	while (fuzz->left != 0)
		fuzz_command(fuzz);
	nbs_dtls_client_free(fuzz->client);
	nbs_dtls_server_free(fuzz->server);
	free(fuzz);
	return 0;
}
