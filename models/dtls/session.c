/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions of a server: life, accessors, tables by address, handle and ID, list by last use. */
#include "models/dtls/session.h"

#include "models/dtls/credentials.h"

#include <stdlib.h>
#include <string.h>

/* ---- the three tables ---- */

bool
nbsi_dtls_same_peer(struct nbs_endpoint a, struct nbs_endpoint b)
{
	return a.addr == b.addr && a.port == b.port;
}

static uint64_t
sessions_peer_key(struct nbs_endpoint peer)
{
	return (uint64_t)peer.addr << 16 | peer.port;
}

/* FNV-1a. Connection IDs are random already, but short ones leave most of 64 bits empty. */
static uint64_t
sessions_cid_key(const uint8_t *cid, size_t len)
{
	uint64_t key = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		key = (key ^ cid[i]) * UINT64_C(0x100000001b3);
	return key;
}

struct nbs_dtls_session *
nbsi_dtls_sessions_find(const struct nbsi_dtls_sessions *sessions, struct nbs_endpoint peer)
{
	struct nbsi_dtls_node *node =
	    nbsi_dtls_table_first(&sessions->by_peer, sessions_peer_key(peer));

	return node == NULL ? NULL : node->session;
}

struct nbs_dtls_session *
nbsi_dtls_sessions_find_handle(const struct nbsi_dtls_sessions *sessions, uint64_t handle)
{
	struct nbsi_dtls_node *node = nbsi_dtls_table_first(&sessions->by_handle, handle);

	return node == NULL ? NULL : node->session;
}

struct nbs_dtls_session *
nbsi_dtls_sessions_find_cid(const struct nbsi_dtls_sessions *sessions, const uint8_t *cid,
			    size_t len)
{
	struct nbsi_dtls_node *node =
	    nbsi_dtls_table_first(&sessions->by_cid, sessions_cid_key(cid, len));

	for (; node != NULL; node = nbsi_dtls_table_next(node)) {
		if (node->session->cid_len == len && memcmp(node->session->cid, cid, len) == 0)
			return node->session;
	}
	return NULL;
}

void
nbsi_dtls_sessions_drop_cid(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session)
{
	nbsi_dtls_table_remove(&sessions->by_cid, &session->by_cid);
	session->cid_len = 0;
}

void
nbsi_dtls_sessions_drop_peer(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session)
{
	nbsi_dtls_table_remove(&sessions->by_peer, &session->by_peer);
}

void
nbsi_dtls_sessions_move(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session,
			struct nbs_endpoint peer)
{
	struct nbs_dtls_session *there = nbsi_dtls_sessions_find(sessions, peer);

	nbsi_dtls_sessions_drop_peer(sessions, session);
	session->peer = peer;
	if (there != NULL && there->cid_len == 0)
		return; /* it has nothing but the address; this one is found by its ID */
	if (there != NULL)
		nbsi_dtls_sessions_drop_peer(sessions, there);
	if (nbsi_dtls_table_reserve(&sessions->by_peer) == NBS_OK)
		nbsi_dtls_table_add(&sessions->by_peer, &session->by_peer, session,
				    sessions_peer_key(peer));
}

/* ---- list by last use ---- */

static void
sessions_append(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session)
{
	session->older = sessions->newest;
	session->newer = NULL;
	session->rested = false;
	if (sessions->awake == NULL)
		sessions->awake = session;
	if (sessions->newest != NULL)
		sessions->newest->newer = session;
	else
		sessions->oldest = session;
	sessions->newest = session;
}

static void
sessions_unlink(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session)
{
	if (sessions->awake == session)
		sessions->awake = session->newer;
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
	if (nbsi_dtls_table_reserve(&sessions->by_peer) != NBS_OK ||
	    nbsi_dtls_table_reserve(&sessions->by_handle) != NBS_OK ||
	    nbsi_dtls_table_reserve(&sessions->by_cid) != NBS_OK)
		return NBS_E_NOMEM;
	nbsi_dtls_table_add(&sessions->by_peer, &session->by_peer, session,
			    sessions_peer_key(session->peer));
	nbsi_dtls_table_add(&sessions->by_handle, &session->by_handle, session, session->handle);
	if (session->cid_len != 0)
		nbsi_dtls_table_add(&sessions->by_cid, &session->by_cid, session,
				    sessions_cid_key(session->cid, session->cid_len));
	sessions_append(sessions, session);
	session->used_ns = now_ns;
	sessions->count++;
	return NBS_OK;
}

void
nbsi_dtls_sessions_remove(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session)
{
	nbsi_dtls_table_remove(&sessions->by_peer, &session->by_peer);
	nbsi_dtls_table_remove(&sessions->by_handle, &session->by_handle);
	nbsi_dtls_table_remove(&sessions->by_cid, &session->by_cid);
	sessions_unlink(sessions, session);
	sessions->count--;
}

void
nbsi_dtls_sessions_touch(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session,
			 uint64_t now_ns)
{
	session->used_ns = now_ns;
	if (sessions->newest == session && !session->rested)
		return;
	sessions_unlink(sessions, session);
	sessions_append(sessions, session);
}

void
nbsi_dtls_sessions_rest(struct nbsi_dtls_sessions *sessions)
{
	sessions->awake->rested = true;
	sessions->awake = sessions->awake->newer;
}

void
nbsi_dtls_sessions_fini(struct nbsi_dtls_sessions *sessions)
{
	nbsi_dtls_table_fini(&sessions->by_peer);
	nbsi_dtls_table_fini(&sessions->by_handle);
	nbsi_dtls_table_fini(&sessions->by_cid);
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

void
nbsi_dtls_session_disclaim(struct nbs_dtls_session *session)
{
	free(session->identity);
	session->identity = NULL;
	session->identity_len = 0;
}

/* The start of a master secret, as a number: enough to tell two of them apart. */
static uint64_t
session_secret(const mbedtls_ssl_session *made)
{
	uint64_t secret;

	memcpy(&secret, made->MBEDTLS_PRIVATE(master), sizeof(secret));
	return secret;
}

enum nbs_status
nbsi_dtls_session_resume(struct nbs_dtls_session *session, const mbedtls_ssl_session *old,
			 const uint8_t *identity, size_t len)
{
	if (len != 0 && nbsi_dtls_session_claim(session, identity, len) != NBS_OK)
		return NBS_E_NOMEM;
	session->conn.resumed = true;
	session->resumed_secret = session_secret(old);
	return NBS_OK;
}

void
nbsi_dtls_session_settle(struct nbs_dtls_session *session, const mbedtls_ssl_session *made)
{
	struct nbs_dtls_identity name;

	if (session->conn.resumed && session_secret(made) != session->resumed_secret) {
		session->conn.resumed = false;
		nbsi_dtls_session_disclaim(session);
	}
	name = nbsi_dtls_certificate_name(made->MBEDTLS_PRIVATE(peer_cert));
	/* Without memory it stays nobody's, which binds to no ClientID. */
	if (session->identity == NULL && name.data != NULL)
		(void)nbsi_dtls_session_claim(session, name.data, name.len);
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

bool
nbs_dtls_session_has_cid(const struct nbs_dtls_session *session)
{
	return session != NULL && session->cid_len != 0;
}

uint16_t
nbs_dtls_session_suite(const struct nbs_dtls_session *session)
{
	return session == NULL ? 0 : nbsi_dtls_conn_suite(&session->conn);
}
