/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DTLS server's sessions: at work, following their clients (RFC 9146 6), and their end.
 *
 * A session may be closed from inside its own library call: it is taken out of the tables at once
 * and freed when the call is over.
 */
#include "models/dtls/server_parts.h"

#define WAITS_PER_PERIOD 64U /* bounds the events of waiting for disuse, and its lateness */

void
nbsi_dtls_server_failed(struct nbs_dtls_server *server, struct nbs_endpoint from,
			const struct nbs_dtls_session *session, enum nbs_dtls_reason reason)
{
	struct nbs_dtls_identity identity = {NULL, 0};

	if (session != NULL)
		identity = nbs_dtls_session_identity(session);
	server->failed[reason]++;
	server->ops->failed(server->arg, from, identity, reason, server->frame);
}

/* ---- end of sessions ---- */

/* The handshake is over, one way or the other. */
static void
server_not_half_open(struct nbs_dtls_session *session)
{
	if (session->half_open)
		session->server->half_open--;
	session->half_open = false;
}

/* Takes a session out; its memory stays while its own library context is on the stack. */
static void
server_bury(struct nbs_dtls_session *session)
{
	nbsi_dtls_sessions_remove(&session->server->sessions, session);
	nbsi_dtls_server_forget_parked(session);
	session->dead = true;
	server_not_half_open(session);
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
	if (session->unknown && !session->announced && reason == NBS_DTLS_BAD_MAC)
		reason = NBS_DTLS_UNKNOWN_IDENTITY; /* its key was nobody's */
	if (session->announced) {
		server->closed[reason]++;
		server->ops->closed(server->arg, session, reason);
	} else {
		nbsi_dtls_server_failed(server, session->peer, session, reason);
	}
	server_release(session);
}

/* For a session that the library has not ended itself. */
void
nbsi_dtls_server_cut(struct nbs_dtls_session *session, enum nbs_dtls_reason reason)
{
	nbsi_dtls_conn_stop(&session->conn);
	server_end(session, reason);
}

void
nbsi_dtls_server_arm_disuse(struct nbs_dtls_server *server, struct nbs_timer *timer,
			    const struct nbs_dtls_session *next, uint64_t period_ns)
{
	uint64_t now = nbs_now(server->engine);
	uint64_t delay = period_ns / WAITS_PER_PERIOD;

	if (period_ns == 0 || next == NULL || nbs_timer_armed(timer))
		return;
	if (next->used_ns + period_ns > now + delay)
		delay = next->used_ns + period_ns - now;
	(void)nbs_timer_arm(server->engine, timer, delay);
}

void
nbsi_dtls_server_arm_sweep(struct nbs_dtls_server *server)
{
	nbsi_dtls_server_arm_disuse(server, &server->sweep, server->sessions.oldest,
				    server->idle_ns);
}

void
nbsi_dtls_server_sweep(void *arg)
{
	struct nbs_dtls_server *server = arg;
	struct nbs_dtls_session *oldest;

	server->frame = 0;
	while ((oldest = server->sessions.oldest) != NULL &&
	       nbs_now(server->engine) - oldest->used_ns >= server->idle_ns)
		nbsi_dtls_server_cut(oldest, NBS_DTLS_TIMEOUT);
	nbsi_dtls_server_arm_sweep(server);
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
		server->at_work = session;
		event = nbsi_dtls_conn_next(&session->conn, data, sizeof(data), &len, &error);
		server->at_work = NULL;
		server_follow(session);
		if (event == NBSI_DTLS_CONNECTED || event == NBSI_DTLS_DATA)
			nbsi_dtls_sessions_touch(&server->sessions, session,
						 nbs_now(server->engine));
		if (event == NBSI_DTLS_CONNECTED) {
			if (!nbsi_dtls_conn_has_cid(&session->conn))
				nbsi_dtls_sessions_drop_cid(&server->sessions, session);
			nbsi_dtls_session_settle(session,
						 session->conn.live->ssl.MBEDTLS_PRIVATE(session));
			if (session->conn.resumed)
				NBSI_DTLS_COUNT(&session->conn, handshakes_resumed, 1);
			server_not_half_open(session);
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

const struct nbsi_dtls_conn_ops nbsi_dtls_server_conn_ops = {
    .send = server_conn_send,
    .timer = server_conn_timer,
};

enum nbs_status
nbsi_dtls_server_give(struct nbs_dtls_session *session, struct nbs_endpoint from,
		      const uint8_t *data, size_t len)
{
	struct nbs_dtls_server *server = session->server;
	enum nbs_status status = nbsi_dtls_server_wake(session);
	enum nbs_dtls_reason why;

	if (status != NBS_OK)
		return status;
	session->seen_at = from;
	session->newest = nbsi_dtls_conn_newest(&session->conn);
	nbsi_dtls_conn_begin(&session->conn, data, len);
	server_run(session);
	if (nbsi_dtls_conn_end(&session->conn, &why) && !session->dead) {
		session->running = true; /* the op may close the session */
		nbsi_dtls_server_failed(server, from, session, why);
		session->running = false;
	}
	nbsi_dtls_server_settle(session);
	server_release(session);
	return NBS_OK;
}

/* ---- what the owner does with one ---- */

enum nbs_status
nbs_dtls_session_write(struct nbs_dtls_session *session, const uint8_t *data, size_t len)
{
	enum nbs_status status;

	if (session == NULL || (data == NULL && len != 0))
		return NBS_E_ARG;
	if (session->dead)
		return NBS_E_STATE;
	status = nbsi_dtls_server_wake(session);
	if (status != NBS_OK)
		return status;
	status = nbsi_dtls_conn_write(&session->conn, data, len);
	if (status == NBS_OK)
		nbsi_dtls_sessions_touch(&session->server->sessions, session,
					 nbs_now(session->server->engine));
	nbsi_dtls_server_settle(session);
	return status;
}

void
nbs_dtls_session_close(struct nbs_dtls_session *session)
{
	if (session == NULL || session->dead)
		return;
	(void)nbsi_dtls_server_wake(session); /* for close_notify; without memory there is none */
	nbsi_dtls_conn_close(&session->conn);
	server_bury(session);
	server_release(session);
}
