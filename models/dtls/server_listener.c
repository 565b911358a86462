/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DTLS server's listener: cookies (RFC 6347 4.2.1) and the birth of sessions.
 *
 * A ClientHello is answered by a connection that belongs to nobody, reset after each
 * HelloVerifyRequest, and that becomes the session once the cookie is right.
 */
#include "models/dtls/server_parts.h"

#include <stdlib.h>
#include <string.h>

#define TRANSPORT_ID 6U /* bytes of address and port in the cookie */

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

/* ---- cookies ---- */

int
nbsi_dtls_server_cookie_write(void *arg, unsigned char **at, unsigned char *end,
			      const unsigned char *id, size_t id_len)
{
	struct nbs_dtls_server *server = arg;

	return mbedtls_ssl_cookie_write(&server->cookie, at, end, id, id_len);
}

/* Without cookies: only who would end a live session must show one (RFC 6347 4.2.8). */
int
nbsi_dtls_server_cookie_check(void *arg, const unsigned char *cookie, size_t cookie_len,
			      const unsigned char *id, size_t id_len)
{
	struct nbs_dtls_server *server = arg;
	bool wanted = server->cookies && server->half_open >= server->cookie_threshold;

	if (!wanted && !server->reassociation)
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
					       &nbsi_dtls_server_conn_ops, &server->listener);
		if (status != NBS_OK)
			return status;
		if (server->mtu != 0)
			mbedtls_ssl_set_mtu(&server->listener->conn.live->ssl, server->mtu);
		server->listener->conn.total = &server->stats;
		server->listener->conn.total_work = server->work;
	}
	memset(&server->listener->conn.stats, 0, sizeof(server->listener->conn.stats));
	memset(server->listener->conn.work, 0, sizeof(server->listener->conn.work));
	server->listener->peer = server->listener->seen_at = from;
	if (server_offer_cid(server) != NBS_OK)
		return NBS_E_INTERNAL;
	if (mbedtls_ssl_set_client_transport_id(&server->listener->conn.live->ssl, id,
						sizeof(id)) != 0)
		return NBS_E_NOMEM;
	return NBS_OK;
}

/* A session with an ID needs no address: it stays when somebody else is there (server.h). */
static bool
server_stays(const struct nbs_dtls_session *old)
{
	return old != NULL && old->conn.connected && old->cid_len != 0;
}

static bool
server_is_full(const struct nbs_dtls_server *server)
{
	return server->session_limit != 0 && server->sessions.count >= server->session_limit;
}

/* The listener has answered with a flight of its own: it is the session of this address now. */
static enum nbs_status
server_promote(struct nbs_dtls_server *server, const uint8_t *random, struct nbs_dtls_session *old)
{
	struct nbs_dtls_session *session = server->listener;
	enum nbs_status status;

	if (server_stays(old))
		nbsi_dtls_sessions_drop_peer(&server->sessions, old);
	else if (old != NULL)
		nbsi_dtls_server_cut(old, NBS_DTLS_REPLACED);
	if (server_is_full(server))
		nbsi_dtls_server_cut(server->sessions.oldest, NBS_DTLS_EVICTED);
	session->handle = ++server->last_handle;
	status = nbsi_dtls_sessions_add(&server->sessions, session, nbs_now(server->engine));
	if (status != NBS_OK)
		return status;
	server->listener = NULL;
	memcpy(session->client_random, random, NBSI_DTLS_RANDOM);
	session->conn.active = session->half_open = true;
	server->half_open++;
	NBSI_DTLS_COUNT(&session->conn, handshakes_started, 1);
	nbsi_dtls_server_arm_sweep(server);
	nbsi_dtls_server_arm_rest(server);
	return NBS_OK;
}

static void
server_refuse_hello(struct nbs_dtls_server *server)
{
	server->stats.bad_hellos++;
	nbsi_dtls_server_failed(server, server->listener->peer, server->listener,
				NBS_DTLS_BAD_HELLO);
}

/*
 * No hello is looked at while there is no room for what may come of it: a handshake more unless it
 * replaces one, a session more unless the old one ends. A client repeats it, and may be luckier
 * then; nothing is sent, so nothing is to be gained by asking.
 */
static bool
server_turns_away(struct nbs_dtls_server *server, struct nbs_endpoint from,
		  const struct nbs_dtls_session *old)
{
	const struct nbs_dtls_session *oldest = server->sessions.oldest;
	bool busy = (old == NULL || !old->half_open) && server->half_open_limit != 0 &&
		    server->half_open >= server->half_open_limit;
	bool full = (old == NULL || server_stays(old)) && server_is_full(server) &&
		    nbs_now(server->engine) - oldest->used_ns < server->stale_ns;

	if (busy || full)
		nbsi_dtls_server_failed(server, from, NULL, busy ? NBS_DTLS_BUSY : NBS_DTLS_FULL);
	return busy || full;
}

static enum nbs_status
server_listener_reset(struct nbs_dtls_server *server)
{
	nbsi_dtls_session_disclaim(server->listener);
	server->listener->unknown = false;
	return nbsi_dtls_conn_reset(&server->listener->conn);
}

enum nbs_status
nbsi_dtls_server_listen(struct nbs_dtls_server *server, struct nbs_endpoint from,
			const uint8_t *data, size_t len, const uint8_t *random,
			struct nbs_dtls_session *old)
{
	uint8_t none[MBEDTLS_SSL_IN_CONTENT_LEN];
	enum nbsi_dtls_event event;
	enum nbs_dtls_reason why;
	enum nbs_status status;
	size_t none_len = 0;
	int error = 0;

	if (server_turns_away(server, from, old))
		return NBS_OK;
	status = server_listener_ready(server, from);
	if (status != NBS_OK)
		return status;
	server->reassociation = old != NULL;
	nbsi_dtls_conn_begin(&server->listener->conn, data, len);
	server->at_work = server->listener;
	event = nbsi_dtls_conn_next(&server->listener->conn, none, sizeof(none), &none_len, &error);
	server->at_work = NULL;
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
