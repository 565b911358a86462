/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A server's session, and the two structures that all sessions hang in: a hash table by address
 * and a list by last use. Every operation on them is O(1).
 */
#ifndef NBSEC_MODELS_DTLS_SESSION_H
#define NBSEC_MODELS_DTLS_SESSION_H

#include "models/dtls/conn.h"
#include "models/dtls/record.h"
#include "models/dtls/server.h"

struct nbs_dtls_session {
	struct nbsi_dtls_conn conn; /* first: the connection's ops step back to the session */
	struct nbs_dtls_server *server;
	struct nbs_endpoint peer;
	uint64_t handle;
	void *user;        /* owner's */
	uint8_t *identity; /* as claimed in ClientKeyExchange; NULL before */
	size_t identity_len;
	uint8_t client_random[NBSI_DTLS_RANDOM]; /* of the ClientHello that made the session */
	struct nbs_dtls_session *chain;          /* next in the hash bucket */
	struct nbs_dtls_session *older, *newer;  /* neighbours by last use */
	uint64_t used_ns;                        /* last use */
	bool announced;                          /* connected() was called */
	bool running;                            /* its library context is at work */
	bool dead;                               /* out of the table; freed when not running */
};

struct nbsi_dtls_sessions {
	struct nbs_dtls_session **buckets;
	size_t bucket_count; /* power of two; 0 before the first session */
	size_t count;
	struct nbs_dtls_session *oldest, *newest;
};

/** @return the session of the address, or NULL. */
struct nbs_dtls_session *nbsi_dtls_sessions_find(const struct nbsi_dtls_sessions *sessions,
						 struct nbs_endpoint peer);

/** Adds a session as the newest; its address must not be there yet. */
enum nbs_status nbsi_dtls_sessions_add(struct nbsi_dtls_sessions *sessions,
				       struct nbs_dtls_session *session, uint64_t now_ns);

/** Takes a session out. */
void nbsi_dtls_sessions_remove(struct nbsi_dtls_sessions *sessions,
			       struct nbs_dtls_session *session);

/** Notes a use: the session is the newest now. */
void nbsi_dtls_sessions_touch(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session,
			      uint64_t now_ns);

/** Frees the buckets; the sessions must have been removed. */
void nbsi_dtls_sessions_fini(struct nbsi_dtls_sessions *sessions);

/** Makes a session that hangs nowhere yet. */
enum nbs_status nbsi_dtls_session_new(struct nbs_dtls_server *server, struct nbs_engine *engine,
				      const struct nbsi_dtls_settings *settings,
				      const struct nbsi_dtls_conn_ops *ops,
				      struct nbs_dtls_session **session);
void nbsi_dtls_session_free(struct nbs_dtls_session *session);

/** Copies the claimed identity. */
enum nbs_status nbsi_dtls_session_claim(struct nbs_dtls_session *session, const uint8_t *identity,
					size_t len);

#endif
