/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A server's session, and what all sessions hang in: hash tables by address, by handle and by
 * connection ID, and a list by last use. Every operation on them is O(1).
 *
 * An address has one session at most. A session with a connection ID (RFC 9146) can do without
 * one: it gives its address up to whoever proves to be there.
 */
#ifndef NBSEC_MODELS_DTLS_SESSION_H
#define NBSEC_MODELS_DTLS_SESSION_H

#include "models/dtls/conn.h"
#include "models/dtls/record.h"
#include "models/dtls/server.h"
#include "models/dtls/table.h"

struct nbs_dtls_session {
	struct nbsi_dtls_conn conn; /* first: the connection's ops step back to the session */
	struct nbs_dtls_server *server;
	struct nbs_endpoint peer;
	uint64_t handle;
	void *user;        /* owner's */
	uint8_t *identity; /* as claimed in ClientKeyExchange; NULL before */
	size_t identity_len;
	uint8_t client_random[NBSI_DTLS_RANDOM]; /* of the ClientHello that made the session */
	struct nbsi_dtls_node by_peer, by_handle, by_cid;
	struct nbs_dtls_session *older, *newer; /* neighbours by last use */
	uint64_t used_ns;                       /* last use */
	struct nbs_endpoint seen_at;            /* where the datagram at hand comes from ... */
	uint64_t newest;                        /* ... and the newest record before it */
	uint64_t resumed_secret;                /* what conn.resumed takes it up with */
	uint8_t cid[NBS_DTLS_CID_MAX];          /* ours, in the client's records */
	uint8_t cid_len;                        /* 0 = none */
	bool rested;                            /* found silent since its last use: see awake */
	bool announced;                         /* connected() was called */
	bool half_open;                         /* counted among the handshakes under way */
	bool unknown;                           /* nobody has the key that it was given */
	bool running;                           /* its library context is at work */
	bool dead;                              /* out of the table; freed when not running */
};

struct nbsi_dtls_sessions {
	struct nbsi_dtls_table by_peer, by_handle, by_cid;
	size_t count;
	struct nbs_dtls_session *oldest, *newest;
	struct nbs_dtls_session *awake; /* the oldest that has not rested; none that is newer has */
};

bool nbsi_dtls_same_peer(struct nbs_endpoint a, struct nbs_endpoint b);

/** @return the session of the address, or NULL. */
struct nbs_dtls_session *nbsi_dtls_sessions_find(const struct nbsi_dtls_sessions *sessions,
						 struct nbs_endpoint peer);

/** @return the session with the handle or connection ID, or NULL. */
struct nbs_dtls_session *nbsi_dtls_sessions_find_handle(const struct nbsi_dtls_sessions *sessions,
							uint64_t handle);
struct nbs_dtls_session *nbsi_dtls_sessions_find_cid(const struct nbsi_dtls_sessions *sessions,
						     const uint8_t *cid, size_t len);

/** Adds a session as the newest; its address, handle and ID must not be there yet. */
enum nbs_status nbsi_dtls_sessions_add(struct nbsi_dtls_sessions *sessions,
				       struct nbs_dtls_session *session, uint64_t now_ns);

/** Takes a session out. */
void nbsi_dtls_sessions_remove(struct nbsi_dtls_sessions *sessions,
			       struct nbs_dtls_session *session);

/** The session has no connection ID after all. */
void nbsi_dtls_sessions_drop_cid(struct nbsi_dtls_sessions *sessions,
				 struct nbs_dtls_session *session);

/** Somebody else is at the session's address now; only for sessions with a connection ID. */
void nbsi_dtls_sessions_drop_peer(struct nbsi_dtls_sessions *sessions,
				  struct nbs_dtls_session *session);

/**
 * The session, which has a connection ID, is at another address now. A session there gives it up
 * if it has an ID too, else it keeps it: it has nothing else to be found by.
 */
void nbsi_dtls_sessions_move(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session,
			     struct nbs_endpoint peer);

/** Notes a use: the session is the newest now. */
void nbsi_dtls_sessions_touch(struct nbsi_dtls_sessions *sessions, struct nbs_dtls_session *session,
			      uint64_t now_ns);

/** The oldest session that has not rested has now, until its next use. */
void nbsi_dtls_sessions_rest(struct nbsi_dtls_sessions *sessions);

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

/** Forgets it: the session is nobody's. */
void nbsi_dtls_session_disclaim(struct nbs_dtls_session *session);

/**
 * The library is offered an old session to be resumed: whose that was is claimed, until
 * nbsi_dtls_session_settle().
 * @param identity  of the old one; len 0 = nobody's.
 */
enum nbs_status nbsi_dtls_session_resume(struct nbs_dtls_session *session,
					 const mbedtls_ssl_session *old, const uint8_t *identity,
					 size_t len);

/**
 * Whose a session is, once its secret is made. What was claimed with an old session holds only if
 * the library went on with that secret: it may have refused it for its suite, and anybody can
 * offer an ID that was seen on the wire. Who has shown a certificate is named after it.
 */
void nbsi_dtls_session_settle(struct nbs_dtls_session *session, const mbedtls_ssl_session *made);

#endif
