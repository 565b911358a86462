/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions of a server: life, accessors, chained hash table by address, list by last use. */
#include "models/dtls/session.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS_MIN 64U /* buckets of the first session's table */

/* ---- hash table ---- */

/* Fibonacci hashing (Knuth, TAOCP 3, 6.4): fleets have neighbouring addresses, equal ports. */
static size_t
sessions_bucket(size_t bucket_count, struct nbs_endpoint peer)
{
	uint64_t key = (uint64_t)peer.addr << 16 | peer.port;

	return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (bucket_count - 1);
}

static bool
sessions_same_peer(struct nbs_endpoint a, struct nbs_endpoint b)
{
	return a.addr == b.addr && a.port == b.port;
}

struct nbs_dtls_session *
nbsi_dtls_sessions_find(const struct nbsi_dtls_sessions *sessions, struct nbs_endpoint peer)
{
	struct nbs_dtls_session *session;

	if (sessions->bucket_count == 0)
		return NULL;
	session = sessions->buckets[sessions_bucket(sessions->bucket_count, peer)];
	while (session != NULL && !sessions_same_peer(session->peer, peer))
		session = session->chain;
	return session;
}

static void
sessions_hang(struct nbs_dtls_session **buckets, size_t bucket_count,
	      struct nbs_dtls_session *session)
{
	struct nbs_dtls_session **head = &buckets[sessions_bucket(bucket_count, session->peer)];

	session->chain = *head;
	*head = session;
}

/* Doubles the table when there is a session a bucket. */
static enum nbs_status
sessions_grow(struct nbsi_dtls_sessions *sessions)
{
	size_t count = sessions->bucket_count == 0 ? BUCKETS_MIN : 2 * sessions->bucket_count;
	struct nbs_dtls_session **buckets;

	if (sessions->count < sessions->bucket_count)
		return NBS_OK;
	buckets = calloc(count, sizeof(struct nbs_dtls_session *));
	if (buckets == NULL)
		return NBS_E_NOMEM;
	for (struct nbs_dtls_session *s = sessions->oldest; s != NULL; s = s->newer)
		sessions_hang(buckets, count, s);
	free(sessions->buckets);
	sessions->buckets = buckets;
	sessions->bucket_count = count;
	return NBS_OK;
}

/* ---- list by last use ---- */

static void
sessions_append(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session)
{
	session->older = sessions->newest;
	session->newer = NULL;
	if (sessions->newest != NULL)
		sessions->newest->newer = session;
	else
		sessions->oldest = session;
	sessions->newest = session;
}

static void
sessions_unlink(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session)
{
	if (session->older != NULL)
		session->older->newer = session->newer;
	else
		sessions->oldest = session->newer;
	if (session->newer != NULL)
		session->newer->older = session->older;
	else
		sessions->newest = session->older;
}

enum nbs_status
nbsi_dtls_sessions_add(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session,
		       uint64_t now_ns)
{
	enum nbs_status status = sessions_grow(sessions);

	if (status != NBS_OK)
		return status;
	sessions_hang(sessions->buckets, sessions->bucket_count, session);
	sessions_append(sessions, session);
	session->used_ns = now_ns;
	sessions->count++;
	return NBS_OK;
}

void
nbsi_dtls_sessions_remove(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session)
{
	struct nbs_dtls_session **at =
	    &sessions->buckets[sessions_bucket(sessions->bucket_count, session->peer)];

	while (*at != session)
		at = &(*at)->chain;
	*at = session->chain;
	sessions_unlink(sessions, session);
	sessions->count--;
}

void
nbsi_dtls_sessions_touch(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session,
			 uint64_t now_ns)
{
	session->used_ns = now_ns;
	if (sessions->newest == session)
		return;
	sessions_unlink(sessions, session);
	sessions_append(sessions, session);
}

void
nbsi_dtls_sessions_fini(struct nbsi_dtls_sessions *sessions)
{
	free(sessions->buckets);
	memset(sessions, 0, sizeof(*sessions));
}

/* ---- life ---- */

enum nbs_status
nbsi_dtls_session_new(struct nbs_dtls_server *server, struct nbs_engine *engine,
		      const struct nbsi_dtls_settings *settings,
		      const struct nbsi_dtls_conn_ops *ops, struct nbs_dtls_session **session)
{
	struct nbs_dtls_session *made = calloc(1, sizeof(*made));
	enum nbs_status status;

	if (made == NULL)
		return NBS_E_NOMEM;
	status = nbsi_dtls_conn_init(&made->conn, engine, settings, ops);
	if (status != NBS_OK) {
		free(made);
		return status;
	}
	made->server = server;
	*session = made;
	return NBS_OK;
}

void
nbsi_dtls_session_free(struct nbs_dtls_session *session)
{
	if (session == NULL)
		return;
	nbsi_dtls_conn_fini(&session->conn);
	free(session->identity);
	free(session);
}

enum nbs_status
nbsi_dtls_session_claim(struct nbs_dtls_session *session, const uint8_t *identity, size_t len)
{
	uint8_t *copy = malloc(len);

	if (copy == NULL)
		return NBS_E_NOMEM;
	memcpy(copy, identity, len);
	free(session->identity);
	session->identity = copy;
	session->identity_len = len;
	return NBS_OK;
}

/* ---- accessors ---- */

struct nbs_endpoint
nbs_dtls_session_peer(const struct nbs_dtls_session *session)
{
	return session == NULL ? (struct nbs_endpoint){0, 0} : session->peer;
}

struct nbs_dtls_identity
nbs_dtls_session_identity(const struct nbs_dtls_session *session)
{
	if (session == NULL)
		return (struct nbs_dtls_identity){NULL, 0};
	return (struct nbs_dtls_identity){session->identity, session->identity_len};
}

uint64_t
nbs_dtls_session_handle(const struct nbs_dtls_session *session)
{
	return session == NULL ? 0 : session->handle;
}

void
nbs_dtls_session_set_user(struct nbs_dtls_session *session, void *user)
{
	if (session != NULL)
		session->user = user;
}

void *
nbs_dtls_session_user(const struct nbs_dtls_session *session)
{
	return session == NULL ? NULL : session->user;
}

const struct nbs_dtls_stats *
nbs_dtls_session_stats(const struct nbs_dtls_session *session)
{
	return session == NULL ? NULL : &session->conn.stats;
}

const struct nbs_crypto_work *
nbs_dtls_session_work(const struct nbs_dtls_session *session, enum nbs_dtls_phase phase)
{
	if (session == NULL || (unsigned)phase >= NBS_DTLS_PHASE__COUNT)
		return NULL;
	return &session->conn.work[phase];
}
