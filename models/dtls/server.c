/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The DTLS 1.2 server (RFC 6347, RFC 4279, RFC 8422): dispatch, listener, end of sessions.
 *
 * A ClientHello is answered by the listener: a connection that belongs to nobody, reset after
 * each HelloVerifyRequest, and that becomes the session once the cookie is right.
 *
 * A session with a connection ID (RFC 9146) is found by it; its address only says where answers go.
 *
 * The library's own CLIENT_PORT_REUSE is not compiled in: it lets a fragment of a ClientHello end a
 * live session, and any copy of one whose cookie is fresh reset it. Here a live session's library
 * never judges a hello, and copies are told by their random.
 */
#include "models/dtls/server.h"

#include "models/dtls/session.h"

#include <mbedtls/platform_util.h>
#include <mbedtls/ssl_cookie.h>
#include <stdlib.h>
#include <string.h>

#define SWEEPS_PER_IDLE 64U /* bounds the events of the idle time-out, and its lateness */
#define TRANSPORT_ID 6U     /* bytes of address and port in the cookie */

/* Longest idle time-out, 100 years: the sum with any time of a run stays within 64 bits. */
#define IDLE_MAX_NS (UINT64_C(100) * 365 * 86400 * NBS_NS_PER_S)

struct nbs_dtls_server {
	struct nbsi_dtls_settings settings;
	mbedtls_ssl_cookie_ctx cookie;
	struct nbs_engine *engine;
	const struct nbs_dtls_server_ops *ops;
	void *arg;
	struct nbsi_dtls_sessions sessions;
	struct nbs_dtls_session *listener; /* NULL until needed */
	struct nbs_timer sweep;            /* idle time-out of the oldest session */
	struct nbs_dtls_stats stats;
	struct nbs_crypto_work work[NBS_DTLS_PHASE__COUNT];
	uint64_t idle_ns;     /* 0 = never */
	size_t session_limit; /* 0 = none */
	uint64_t last_handle;
	uint64_t frame; /* of the datagram at hand, 0 = none */
	size_t cid_len;
	bool cookies;
	bool reassociation; /* the hello at hand comes from a session's address */
};

static void
server_failed(struct nbs_dtls_server *server, struct nbs_endpoint from,
	      const struct nbs_dtls_session *session, enum nbs_dtls_reason reason)
{
	struct nbs_dtls_identity identity = {NULL, 0};

	if (session != NULL)
		identity = nbs_dtls_session_identity(session);
	server->ops->failed(server->arg, from, identity, reason, server->frame);
}

/* ---- end of sessions ---- */

/* Takes a session out; its memory stays while its own library context is on the stack. */
static void
server_bury(struct nbs_dtls_session *session)
{
	nbsi_dtls_sessions_remove(&session->server->sessions, session);
	session->dead = true;
}

static void
server_release(struct nbs_dtls_session *session)
{
	if (session->dead && !session->running)
		nbsi_dtls_session_free(session);
}

/* Ends a session without a word to the peer, and tells the owner. */
static void
server_end(struct nbs_dtls_session *session, enum nbs_dtls_reason reason)
{
	struct nbs_dtls_server *server = session->server;

	server_bury(session);
	if (session->announced)
		server->ops->closed(server->arg, session, reason);
	else
		server_failed(server, session->peer, session, reason);
	server_release(session);
}

/* For a session that the library has not ended itself. */
static void
server_cut(struct nbs_dtls_session *session, enum nbs_dtls_reason reason)
{
	nbsi_dtls_conn_stop(&session->conn);
	server_end(session, reason);
}

static void
server_arm_sweep(struct nbs_dtls_server *server)
{
	const struct nbs_dtls_session *oldest = server->sessions.oldest;
	uint64_t now = nbs_now(server->engine);
	uint64_t delay = server->idle_ns / SWEEPS_PER_IDLE;

	if (server->idle_ns == 0 || oldest == NULL || nbs_timer_armed(&server->sweep))
		return;
	if (oldest->used_ns + server->idle_ns > now + delay)
		delay = oldest->used_ns + server->idle_ns - now;
	(void)nbs_timer_arm(server->engine, &server->sweep, delay);
}

static void
server_sweep(void *arg)
{
	struct nbs_dtls_server *server = arg;
	struct nbs_dtls_session *oldest;

	server->frame = 0;
	while ((oldest = server->sessions.oldest) != NULL &&
	       nbs_now(server->engine) - oldest->used_ns >= server->idle_ns)
		server_cut(oldest, NBS_DTLS_TIMEOUT);
	server_arm_sweep(server);
}

/* ---- connection IDs ---- */

/* Draws an ID that no session has; if that is taken the next one, counting up. */
static bool
server_draw_cid(struct nbs_dtls_server *server, uint8_t *cid)
{
	size_t len = server->cid_len;

	if (len == 0 || (len < sizeof(size_t) && server->sessions.by_cid.count >> 8 * len != 0))
		return false;
	(void)nbsi_dtls_random(server->settings.rng, cid, len);
	while (nbsi_dtls_sessions_find_cid(&server->sessions, cid, len) != NULL) {
		for (size_t i = len; i-- > 0 && ++cid[i] == 0;)
			continue;
	}
	return true;
}

/* The listener keeps its ID until a session takes it along; a reset forgets what it offers. */
static enum nbs_status
server_offer_cid(struct nbs_dtls_server *server)
{
	struct nbs_dtls_session *listener = server->listener;

	if (listener->cid_len == 0 && server_draw_cid(server, listener->cid))
		listener->cid_len = (uint8_t)server->cid_len;
	return nbsi_dtls_conn_set_cid(&listener->conn,
				      listener->cid_len != 0 ? listener->cid : NULL);
}

/* RFC 9146 6: only an authentic record, newer than all before, shows where the client is now. */
static void
server_follow(struct nbs_dtls_session *session)
{
	struct nbs_dtls_server *server = session->server;

	if (session->dead || session->cid_len == 0 || !session->conn.connected ||
	    nbsi_dtls_same_peer(session->seen_at, session->peer) ||
	    nbsi_dtls_conn_newest(&session->conn) <= session->newest)
		return;
	nbsi_dtls_sessions_move(&server->sessions, session, session->seen_at);
	NBSI_DTLS_COUNT(&session->conn, moves, 1);
}

/* ---- a session at work ---- */

/* Lets the library work until it waits; each op may have closed the session. */
static void
server_run(struct nbs_dtls_session *session)
{
	struct nbs_dtls_server *server = session->server;
	uint8_t data[MBEDTLS_SSL_IN_CONTENT_LEN];
	enum nbsi_dtls_event event = NBSI_DTLS_DATA;
	size_t len = 0;
	int error = 0;

	session->running = true;
	while (!session->dead && event != NBSI_DTLS_IDLE) {
		event = nbsi_dtls_conn_next(&session->conn, data, sizeof(data), &len, &error);
		server_follow(session);
		if (event == NBSI_DTLS_CONNECTED || event == NBSI_DTLS_DATA)
			nbsi_dtls_sessions_touch(&server->sessions, session,
						 nbs_now(server->engine));
		if (event == NBSI_DTLS_CONNECTED) {
			if (!nbsi_dtls_conn_has_cid(&session->conn))
				nbsi_dtls_sessions_drop_cid(&server->sessions, session);
			nbsi_dtls_session_name(session);
			session->announced = true;
			server->ops->connected(server->arg, session);
		} else if (event == NBSI_DTLS_DATA) {
			server->ops->received(server->arg, session, data, len, server->frame);
		} else if (event == NBSI_DTLS_CLOSED) {
			server_end(session, nbsi_dtls_reason_of(error));
		}
	}
	session->running = false;
}

static void
server_conn_send(struct nbsi_dtls_conn *conn, const uint8_t *data, size_t len,
		 enum nbs_dtls_datagram what)
{
	struct nbs_dtls_session *session = (struct nbs_dtls_session *)conn;
	struct nbs_dtls_server *server = session->server;

	(void)what;
	server_follow(session); /* an answer of the library's own */
	server->ops->send(server->arg, session->peer, data, len);
}

static void
server_conn_timer(struct nbsi_dtls_conn *conn)
{
	struct nbs_dtls_session *session = (struct nbs_dtls_session *)conn;

	session->server->frame = 0;
	server_run(session);
	server_release(session);
}

static const struct nbsi_dtls_conn_ops server_conn_ops = {
    .send = server_conn_send,
    .timer = server_conn_timer,
};

static void
server_session_input(struct nbs_dtls_session *session, struct nbs_endpoint from,
		     const uint8_t *data, size_t len)
{
	struct nbs_dtls_server *server = session->server;
	enum nbs_dtls_reason why;

	session->seen_at = from;
	session->newest = nbsi_dtls_conn_newest(&session->conn);
	nbsi_dtls_conn_begin(&session->conn, data, len);
	server_run(session);
	if (nbsi_dtls_conn_end(&session->conn, &why) && !session->dead) {
		session->running = true; /* the op may close the session */
		server_failed(server, from, session, why);
		session->running = false;
	}
	server_release(session);
}

/* ---- the library's questions ---- */

static int
server_psk(void *arg, mbedtls_ssl_context *ssl, const unsigned char *identity, size_t len)
{
	struct nbs_dtls_server *server = arg;
	struct nbs_dtls_session *session = mbedtls_ssl_get_user_data_p(ssl);
	uint8_t key[NBS_DTLS_PSK_MAX];
	size_t key_len = 0;
	int result = -1;

	if (len > NBS_DTLS_IDENTITY_MAX ||
	    nbsi_dtls_session_claim(session, identity, len) != NBS_OK)
		return -1;
	if (server->ops->psk(server->arg, nbs_dtls_session_identity(session), key, sizeof(key),
			     &key_len) == NBS_OK &&
	    key_len >= 1 && key_len <= sizeof(key))
		result = mbedtls_ssl_set_hs_psk(ssl, key, key_len);
	mbedtls_platform_zeroize(key, sizeof(key));
	return result;
}

static int
server_cookie_write(void *arg, unsigned char **at, unsigned char *end, const unsigned char *id,
		    size_t id_len)
{
	struct nbs_dtls_server *server = arg;

	return mbedtls_ssl_cookie_write(&server->cookie, at, end, id, id_len);
}

/* Cookies off: only who would end a live session must show one (RFC 6347 4.2.8). */
static int
server_cookie_check(void *arg, const unsigned char *cookie, size_t cookie_len,
		    const unsigned char *id, size_t id_len)
{
	struct nbs_dtls_server *server = arg;

	if (!server->cookies && !server->reassociation)
		return 0;
	return mbedtls_ssl_cookie_check(&server->cookie, cookie, cookie_len, id, id_len);
}

/* ---- the listener ---- */

static enum nbs_status
server_listener_ready(struct nbs_dtls_server *server, struct nbs_endpoint from)
{
	const uint8_t id[TRANSPORT_ID] = {
	    (uint8_t)(from.addr >> 24), (uint8_t)(from.addr >> 16), (uint8_t)(from.addr >> 8),
	    (uint8_t)from.addr,         (uint8_t)(from.port >> 8),  (uint8_t)from.port,
	};
	enum nbs_status status;

	if (server->listener == NULL) {
		status = nbsi_dtls_session_new(server, server->engine, &server->settings,
					       &server_conn_ops, &server->listener);
		if (status != NBS_OK)
			return status;
		server->listener->conn.total = &server->stats;
		server->listener->conn.total_work = server->work;
	}
	memset(&server->listener->conn.stats, 0, sizeof(server->listener->conn.stats));
	memset(server->listener->conn.work, 0, sizeof(server->listener->conn.work));
	server->listener->peer = server->listener->seen_at = from;
	if (server_offer_cid(server) != NBS_OK)
		return NBS_E_INTERNAL;
	if (mbedtls_ssl_set_client_transport_id(&server->listener->conn.ssl, id, sizeof(id)) != 0)
		return NBS_E_NOMEM;
	return NBS_OK;
}

/* The listener has answered with a flight of its own: it is the session of this address now. */
static enum nbs_status
server_promote(struct nbs_dtls_server *server, const uint8_t *random, struct nbs_dtls_session *old)
{
	struct nbs_dtls_session *session = server->listener;
	enum nbs_status status;

	if (old != NULL && old->conn.connected && old->cid_len != 0)
		nbsi_dtls_sessions_drop_peer(&server->sessions, old);
	else if (old != NULL)
		server_cut(old, NBS_DTLS_REPLACED);
	else if (server->session_limit != 0 && server->sessions.count >= server->session_limit)
		server_cut(server->sessions.oldest, NBS_DTLS_EVICTED);
	session->handle = ++server->last_handle;
	status = nbsi_dtls_sessions_add(&server->sessions, session, nbs_now(server->engine));
	if (status != NBS_OK)
		return status;
	server->listener = NULL;
	memcpy(session->client_random, random, NBSI_DTLS_RANDOM);
	session->conn.active = true;
	NBSI_DTLS_COUNT(&session->conn, handshakes_started, 1);
	server_arm_sweep(server);
	return NBS_OK;
}

static void
server_refuse_hello(struct nbs_dtls_server *server)
{
	server->stats.bad_hellos++;
	server_failed(server, server->listener->peer, server->listener, NBS_DTLS_BAD_HELLO);
}

static enum nbs_status
server_listener_reset(struct nbs_dtls_server *server)
{
	free(server->listener->identity);
	server->listener->identity = NULL;
	server->listener->identity_len = 0;
	return nbsi_dtls_conn_reset(&server->listener->conn);
}

static enum nbs_status
server_listen(struct nbs_dtls_server *server, struct nbs_endpoint from, const uint8_t *data,
	      size_t len, const uint8_t *random, struct nbs_dtls_session *old)
{
	uint8_t none[MBEDTLS_SSL_IN_CONTENT_LEN];
	enum nbs_status status = server_listener_ready(server, from);
	enum nbsi_dtls_event event;
	enum nbs_dtls_reason why;
	size_t none_len = 0;
	int error = 0;

	if (status != NBS_OK)
		return status;
	server->reassociation = old != NULL;
	nbsi_dtls_conn_begin(&server->listener->conn, data, len);
	event = nbsi_dtls_conn_next(&server->listener->conn, none, sizeof(none), &none_len, &error);
	(void)nbsi_dtls_conn_end(&server->listener->conn, &why);
	if (event == NBSI_DTLS_IDLE && server->listener->conn.sent) {
		status = server_promote(server, random, old);
		if (status != NBS_OK)
			(void)server_listener_reset(server);
		return status;
	}
	if (event == NBSI_DTLS_CLOSED && error == MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED)
		server->stats.cookies_sent++;
	else
		server_refuse_hello(server);
	return server_listener_reset(server);
}

/* ---- dispatch ---- */

/* Whose datagram it is: a record with an ID is its session's, from wherever it comes. */
static struct nbs_dtls_session *
server_addressee(const struct nbs_dtls_server *server, struct nbs_endpoint from,
		 const uint8_t *data, size_t len)
{
	struct nbs_dtls_session *session;
	const uint8_t *cid;

	if (data[0] != NBSI_DTLS_CID || server->cid_len == 0)
		return nbsi_dtls_sessions_find(&server->sessions, from);
	cid = nbsi_dtls_cid(data, len, server->cid_len);
	if (cid == NULL)
		return NULL;
	session = nbsi_dtls_sessions_find_cid(&server->sessions, cid, server->cid_len);
	/* A handshake stays where it began. */
	if (session != NULL && !session->conn.connected &&
	    !nbsi_dtls_same_peer(from, session->peer))
		return NULL;
	return session;
}

enum nbs_status
nbs_dtls_server_input(struct nbs_dtls_server *server, struct nbs_endpoint from, const uint8_t *data,
		      size_t len, uint64_t frame)
{
	struct nbs_dtls_session *session;
	const uint8_t *random = NULL;
	bool hello;

	if (server == NULL || (data == NULL && len != 0))
		return NBS_E_ARG;
	server->frame = frame;
	if (data == NULL || !nbsi_dtls_is_dtls(data, len)) {
		server->stats.not_dtls++;
		server_failed(server, from, NULL, NBS_DTLS_NOT_DTLS);
		return NBS_OK;
	}
	session = server_addressee(server, from, data, len);
	hello = nbsi_dtls_client_hello(data, len, &random);
	if (hello &&
	    (session == NULL || memcmp(random, session->client_random, NBSI_DTLS_RANDOM) != 0))
		return server_listen(server, from, data, len, random, session);
	if (session == NULL) {
		server->stats.strays++;
		server_failed(server, from, NULL, NBS_DTLS_NO_SESSION);
	} else if (hello && session->conn.connected) {
		nbsi_dtls_conn_count_in(&session->conn, len);
	} else {
		server_session_input(session, from, data, len);
	}
	return NBS_OK;
}

/* ---- life ---- */

static enum nbs_status
server_setup(struct nbs_dtls_server *server, struct nbs_engine *engine,
	     const struct nbs_dtls_server_config *config)
{
	const struct nbsi_dtls_params params = {
	    .suites = config->suites,
	    .suite_count = config->suite_count,
	    .timeout_min_ns = config->timeout_min_ns,
	    .timeout_max_ns = config->timeout_max_ns,
	    .stream = config->stream,
	    .keylog = config->keylog,
	    .cid_len = config->cid_len,
	    .has_psk = true,
	    .credentials = config->credentials,
	};
	mbedtls_ssl_config *conf = &server->settings.conf;
	enum nbs_status status =
	    nbsi_dtls_settings_init(&server->settings, engine, MBEDTLS_SSL_IS_SERVER, &params);

	if (status != NBS_OK)
		return status;
	if (mbedtls_ssl_cookie_setup(&server->cookie, nbsi_dtls_random, server->settings.rng) != 0)
		return NBS_E_NOMEM;
	mbedtls_ssl_conf_psk_cb(conf, server_psk, server);
	mbedtls_ssl_conf_dtls_cookies(conf, server_cookie_write, server_cookie_check, server);
	server->engine = engine;
	server->cid_len = config->cid_len;
	server->cookies = config->cookies;
	server->idle_ns = config->idle_ns;
	server->session_limit = config->session_limit;
	nbs_timer_init(&server->sweep, server_sweep, server);
	return NBS_OK;
}

static bool
server_ops_are_whole(const struct nbs_dtls_server_ops *ops)
{
	return ops != NULL && ops->send != NULL && ops->psk != NULL && ops->connected != NULL &&
	       ops->received != NULL && ops->closed != NULL && ops->failed != NULL;
}

enum nbs_status
nbs_dtls_server_new(struct nbs_engine *engine, const struct nbs_dtls_server_config *config,
		    const struct nbs_dtls_server_ops *ops, void *arg,
		    struct nbs_dtls_server **server)
{
	struct nbs_dtls_server *made;
	enum nbs_status status;

	if (engine == NULL || config == NULL || server == NULL || !server_ops_are_whole(ops) ||
	    config->idle_ns > IDLE_MAX_NS)
		return NBS_E_ARG;
	made = calloc(1, sizeof(*made));
	if (made == NULL)
		return NBS_E_NOMEM;
	mbedtls_ssl_cookie_init(&made->cookie);
	status = server_setup(made, engine, config);
	if (status != NBS_OK) {
		nbs_dtls_server_free(made);
		return status;
	}
	made->ops = ops;
	made->arg = arg;
	*server = made;
	return NBS_OK;
}

void
nbs_dtls_server_free(struct nbs_dtls_server *server)
{
	if (server == NULL)
		return;
	nbs_timer_cancel(&server->sweep);
	for (struct nbs_dtls_session *s = server->sessions.oldest; s != NULL;) {
		struct nbs_dtls_session *next = s->newer;

		nbsi_dtls_session_free(s);
		s = next;
	}
	nbsi_dtls_session_free(server->listener);
	nbsi_dtls_sessions_fini(&server->sessions);
	mbedtls_ssl_cookie_free(&server->cookie);
	nbsi_dtls_settings_fini(&server->settings);
	free(server);
}

/* ---- what the owner asks ---- */

const struct nbs_dtls_stats *
nbs_dtls_server_stats(const struct nbs_dtls_server *server)
{
	return server == NULL ? NULL : &server->stats;
}

const struct nbs_crypto_work *
nbs_dtls_server_work(const struct nbs_dtls_server *server, enum nbs_dtls_phase phase)
{
	if (server == NULL || (unsigned)phase >= NBS_DTLS_PHASE__COUNT)
		return NULL;
	return &server->work[phase];
}

size_t
nbs_dtls_server_sessions(const struct nbs_dtls_server *server)
{
	return server == NULL ? 0 : server->sessions.count;
}

struct nbs_dtls_session *
nbs_dtls_server_session(const struct nbs_dtls_server *server, uint64_t handle)
{
	struct nbs_dtls_session *session;

	if (server == NULL)
		return NULL;
	session = nbsi_dtls_sessions_find_handle(&server->sessions, handle);
	return session != NULL && session->announced ? session : NULL;
}

struct nbs_dtls_session *
nbs_dtls_server_find(const struct nbs_dtls_server *server, struct nbs_endpoint peer)
{
	struct nbs_dtls_session *session;

	if (server == NULL)
		return NULL;
	session = nbsi_dtls_sessions_find(&server->sessions, peer);
	return session != NULL && session->announced ? session : NULL;
}

enum nbs_status
nbs_dtls_session_write(struct nbs_dtls_session *session, const uint8_t *data, size_t len)
{
	enum nbs_status status;

	if (session == NULL || (data == NULL && len != 0))
		return NBS_E_ARG;
	if (session->dead)
		return NBS_E_STATE;
	status = nbsi_dtls_conn_write(&session->conn, data, len);
	if (status == NBS_OK)
		nbsi_dtls_sessions_touch(&session->server->sessions, session,
					 nbs_now(session->server->engine));
	return status;
}

void
nbs_dtls_session_close(struct nbs_dtls_session *session)
{
	if (session == NULL || session->dead)
		return;
	nbsi_dtls_conn_close(&session->conn);
	server_bury(session);
	server_release(session);
}
