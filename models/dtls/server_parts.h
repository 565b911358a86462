/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the four parts of a server share: dispatch and life (server.c), the listener
 * (server_listener.c), sessions at work and their end (server_sessions.c), parking (server_park.c).
 */
#ifndef NBSEC_MODELS_DTLS_SERVER_PARTS_H
#define NBSEC_MODELS_DTLS_SERVER_PARTS_H

#include "models/dtls/resume.h"
#include "models/dtls/server.h"
#include "models/dtls/session.h"

#include <mbedtls/ssl_cookie.h>

struct nbs_dtls_server {
	struct nbsi_dtls_settings settings;
	mbedtls_ssl_cookie_ctx cookie;
	struct nbs_engine *engine;
	const struct nbs_dtls_server_ops *ops;
	void *arg;
	struct nbsi_dtls_sessions sessions;
	struct nbsi_dtls_memory memory;    /* of sessions that can be resumed */
	struct nbs_dtls_session *at_work;  /* whose library context is on the stack; NULL = none */
	struct nbs_dtls_session *listener; /* NULL until needed */
	struct nbs_timer sweep;            /* idle time-out of the oldest session */
	struct nbs_dtls_stats stats;
	struct nbs_crypto_work work[NBS_DTLS_PHASE__COUNT];
	struct nbs_timer rest;  /* parking of the oldest session that is awake */
	uint64_t idle_ns;       /* 0 = never */
	uint64_t park_after_ns; /* 0 = never */
	uint64_t stale_ns;
	uint64_t wakes;
	size_t parked;        /* sessions */
	size_t session_limit; /* 0 = none */
	size_t cookie_threshold, half_open_limit, half_open;
	uint64_t failed[NBS_DTLS_REASON__COUNT], closed[NBS_DTLS_REASON__COUNT];
	uint64_t last_handle;
	uint64_t frame; /* of the datagram at hand, 0 = none */
	size_t cid_len;
	uint16_t mtu;
	bool cookies;
	bool hide_unknown;
	bool reassociation; /* the hello at hand comes from a session's address */
};

/* ---- server_sessions.c ---- */

/** What a session's connection asks for. */
extern const struct nbsi_dtls_conn_ops nbsi_dtls_server_conn_ops;

/** Tells the owner of a refusal; session NULL = of nobody. */
void nbsi_dtls_server_failed(struct nbs_dtls_server *server, struct nbs_endpoint from,
			     const struct nbs_dtls_session *session, enum nbs_dtls_reason reason);

/** Ends a session that its library has not ended, without a word to the peer. */
void nbsi_dtls_server_cut(struct nbs_dtls_session *session, enum nbs_dtls_reason reason);

/**
 * Arms a timer, unless it is, for when a session will have been unused for a period: at the
 * earliest in a 64th of that, which bounds the events however often sessions are used.
 * @param next  the session longest unused; NULL = none.
 * @param period_ns  0 = never.
 */
void nbsi_dtls_server_arm_disuse(struct nbs_dtls_server *server, struct nbs_timer *timer,
				 const struct nbs_dtls_session *next, uint64_t period_ns);

/** The idle time-out: armed for the oldest session, and its timer, whose arg is the server. */
void nbsi_dtls_server_arm_sweep(struct nbs_dtls_server *server);
void nbsi_dtls_server_sweep(void *arg);

/**
 * Gives a session a datagram.
 * @retval NBS_E_NOMEM  it is parked, and stays so: the datagram is lost.
 */
enum nbs_status nbsi_dtls_server_give(struct nbs_dtls_session *session, struct nbs_endpoint from,
				      const uint8_t *data, size_t len);

/* ---- server_park.c ---- */

/** Before a session's connection is used: it is live when this returns NBS_OK. */
enum nbs_status nbsi_dtls_server_wake(struct nbs_dtls_session *session);

/** Behind a use, which may have been of no account (a forgery): who rested goes on resting. */
void nbsi_dtls_server_settle(struct nbs_dtls_session *session);

/** A session is taken out: parked or not, it is not counted any more. */
void nbsi_dtls_server_forget_parked(struct nbs_dtls_session *session);

/** Parking: armed for the oldest session that is awake, and its timer. */
void nbsi_dtls_server_arm_rest(struct nbs_dtls_server *server);
void nbsi_dtls_server_rest(void *arg);

/* ---- server_listener.c ---- */

/** The library's two questions about cookies; arg is the server. */
int nbsi_dtls_server_cookie_write(void *arg, unsigned char **at, unsigned char *end,
				  const unsigned char *id, size_t id_len);
int nbsi_dtls_server_cookie_check(void *arg, const unsigned char *cookie, size_t cookie_len,
				  const unsigned char *id, size_t id_len);

/**
 * Gives the listener a ClientHello.
 * @param random  of the hello, in the datagram.
 * @param old  the session at that address, or NULL.
 */
enum nbs_status nbsi_dtls_server_listen(struct nbs_dtls_server *server, struct nbs_endpoint from,
					const uint8_t *data, size_t len, const uint8_t *random,
					struct nbs_dtls_session *old);

#endif
