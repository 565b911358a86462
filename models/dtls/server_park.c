/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parking: a server's session that has been silent for long keeps bytes instead of the library's
 * context (park.h), until a datagram is for it or its owner writes.
 *
 * Sessions rest in the order of their last use, so one pointer into that list separates those that
 * rest from those that are awake, and the next one to rest is always the one it points to. Who
 * rests has been parked, or cannot be. A session that wakes for a datagram which turns out to be
 * no use of it (forged, replayed) is put back at once; a use makes it the newest, and awake.
 */
#include "models/dtls/park.h"
#include "models/dtls/server_parts.h"

enum nbs_status
nbsi_dtls_server_wake(struct nbs_dtls_session *session)
{
	struct nbs_dtls_server *server = session->server;
	enum nbs_status status;

	if (session->conn.live != NULL)
		return NBS_OK;
	status = nbsi_dtls_conn_wake(&session->conn, &server->settings);
	if (status != NBS_OK)
		return status;
	server->parked--;
	server->wakes++;
	return NBS_OK;
}

/* One that cannot be parked just stays live. */
static void
park(struct nbs_dtls_session *session)
{
	if (session->conn.live != NULL && nbsi_dtls_conn_park(&session->conn) == NBS_OK)
		session->server->parked++;
}

void
nbsi_dtls_server_settle(struct nbs_dtls_session *session)
{
	if (session->server->park_after_ns == 0 || session->dead || session->running)
		return;
	if (session->rested)
		park(session);
	else
		nbsi_dtls_server_arm_rest(session->server);
}

void
nbsi_dtls_server_forget_parked(struct nbs_dtls_session *session)
{
	if (session->conn.live == NULL)
		session->server->parked--;
}

void
nbsi_dtls_server_arm_rest(struct nbs_dtls_server *server)
{
	nbsi_dtls_server_arm_disuse(server, &server->rest, server->sessions.awake,
				    server->park_after_ns);
}

void
nbsi_dtls_server_rest(void *arg)
{
	struct nbs_dtls_server *server = arg;
	struct nbs_dtls_session *next;

	while ((next = server->sessions.awake) != NULL &&
	       nbs_now(server->engine) - next->used_ns >= server->park_after_ns) {
		nbsi_dtls_sessions_rest(&server->sessions);
		park(next);
	}
	nbsi_dtls_server_arm_rest(server);
}

size_t
nbs_dtls_server_parked(const struct nbs_dtls_server *server)
{
	return server == NULL ? 0 : server->parked;
}

uint64_t
nbs_dtls_server_wakes(const struct nbs_dtls_server *server)
{
	return server == NULL ? 0 : server->wakes;
}
