/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A DTLS 1.2 PSK server with any number of sessions, without a transport.
 *
 * Models: stateless cookie exchange (RFC 6347 4.2.1), dispatch by the peer's address and port,
 * a client that comes back from the same port (4.2.8), idle time-out, session limit, refusal of
 * forged and replayed records with the frame that proves it. Connection IDs (RFC 9146) for clients
 * that ask: their records are dispatched by the ID, and the session follows them to a new address.
 * Does not model: the return-routability check of RFC 9853 before it follows, a server without
 * connection IDs (one of 0 bytes is empty, not refused), resumption, the server's own processing
 * time.
 *
 * The ClientHello of a known address never reaches its session: it passes the cookie exchange
 * (even with cookies off) in the listener. Only then the old session ends, as REPLACED. A copy
 * of the ClientHello that made the session is recognised by its random and dropped. What is no
 * whole ClientHello, or has one behind another record, is dropped by the session, in silence.
 *
 * A session with a connection ID needs no address: a ClientHello from where it was last does not
 * end it (behind a NAT it is somebody else's by now), nor does another session that moves there. It
 * follows the client only on a record that is authentic and newer than all before (RFC 9146 6);
 * a record with an ID that no session has is a stray, whatever its address. Without an unused ID
 * left (256 of one byte) a client gets none and stays tied to its address.
 *
 * NULL for a server or session, or for data with a length, is NBS_E_ARG; where there is no status,
 * nothing is done and NULL or 0 returned.
 */
#ifndef NBSEC_MODELS_DTLS_SERVER_H
#define NBSEC_MODELS_DTLS_SERVER_H

#include "models/dtls/dtls.h"
#include "models/dtls/keylog.h"
#include "sim/net.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nbs_dtls_server;
struct nbs_dtls_session;

/** What a server is made from; everything is copied. */
struct nbs_dtls_server_config {
	bool cookies;            /* HelloVerifyRequest for every new client */
	const uint16_t *suites;  /* IANA numbers of PSK suites, preferred first */
	size_t suite_count;      /* 0 = NBS_DTLS_PSK_AES_128_CCM_8 alone */
	uint64_t timeout_min_ns; /* first retransmission; whole ms; 0 = 1 s */
	uint64_t timeout_max_ns; /* where doubling stops; whole ms; 0 = 60 s */
	/** A silent session is freed after it (up to 1/64 later); 0 = never; at most 100 years. */
	uint64_t idle_ns;
	size_t session_limit;                 /* sessions, handshakes included; 0 = none */
	const char *stream;                   /* name of the random stream */
	const struct nbs_dtls_keylog *keylog; /* NULL = none */
	size_t cid_len; /* bytes of the IDs given to clients that ask, 0..NBS_DTLS_CID_MAX */
};

/**
 * What the server tells its owner. From inside an op the server must be neither freed nor given
 * input; sessions may be written to and closed, except in send() and psk().
 */
struct nbs_dtls_server_ops {
	/** Takes a datagram out. Must not call the server or the peer: delivery is an event. */
	void (*send)(void *arg, struct nbs_endpoint to, const uint8_t *data, size_t len);
	/**
	 * Looks a key up; identity has 1..NBS_DTLS_IDENTITY_MAX bytes of any value.
	 * @param[out] key  at most cap bytes (NBS_DTLS_PSK_MAX). @param[out] len
	 * @return NBS_OK, or anything else: unknown identity.
	 */
	enum nbs_status (*psk)(void *arg, struct nbs_dtls_identity identity, uint8_t *key,
			       size_t cap, size_t *len);
	/** A handshake is over; set the user pointer here. */
	void (*connected)(void *arg, struct nbs_dtls_session *session);
	/** An authentic application record, never twice; frame as given to the input. */
	void (*received)(void *arg, struct nbs_dtls_session *session, const uint8_t *data,
			 size_t len, uint64_t frame);
	/**
	 * A connected session ended, not by nbs_dtls_session_close(); gone after the call.
	 * @param reason  PEER_CLOSE, ALERT, TIMEOUT, REPLACED, EVICTED or ERROR.
	 */
	void (*closed)(void *arg, struct nbs_dtls_session *session, enum nbs_dtls_reason reason);
	/**
	 * A handshake failed or a datagram was refused; nothing was connected or ended by it.
	 * @param identity  as claimed in the handshake, or the session's; data NULL = not known.
	 * @param frame  of the datagram that was refused; 0 = none (time-outs).
	 */
	void (*failed)(void *arg, struct nbs_endpoint from, struct nbs_dtls_identity identity,
		       enum nbs_dtls_reason reason, uint64_t frame);
};

/**
 * Makes a server.
 * @param[in]  ops  kept by pointer; all six set.
 * @param[out] server  freed by nbs_dtls_server_free().
 * @retval NBS_E_ARG  a time or length out of range, an unknown or non-PSK suite.
 */
NBS_API enum nbs_status nbs_dtls_server_new(struct nbs_engine *engine,
					    const struct nbs_dtls_server_config *config,
					    const struct nbs_dtls_server_ops *ops, void *arg,
					    struct nbs_dtls_server **server);

/** Frees the server and its sessions; nothing is sent, no op is called. NULL is fine. */
NBS_API void nbs_dtls_server_free(struct nbs_dtls_server *server);

/**
 * Takes a datagram in. What is wrong with it is counted and told by failed(), never returned.
 * @param frame  number of the packet in the capture, handed through to the ops; 0 = none.
 */
NBS_API enum nbs_status nbs_dtls_server_input(struct nbs_dtls_server *server,
					      struct nbs_endpoint from, const uint8_t *data,
					      size_t len, uint64_t frame);

/** @return counters over all sessions there ever were, and of the listener. */
NBS_API const struct nbs_dtls_stats *nbs_dtls_server_stats(const struct nbs_dtls_server *server);

/**
 * @return cryptographic work in a phase, over all sessions there ever were, and of the listener:
 * cookies count as handshake work. NULL without a server or phase. The key of the cookies is made
 * with the server and counts for nobody.
 */
NBS_API const struct nbs_crypto_work *nbs_dtls_server_work(const struct nbs_dtls_server *server,
							   enum nbs_dtls_phase phase);

/** @return sessions alive, handshakes included. */
NBS_API size_t nbs_dtls_server_sessions(const struct nbs_dtls_server *server);

/** @return the connected session with a handle, or NULL. */
NBS_API struct nbs_dtls_session *nbs_dtls_server_session(const struct nbs_dtls_server *server,
							 uint64_t handle);

/** @return the connected session that is known by an address, or NULL; see above for those with a
 * connection ID. */
NBS_API struct nbs_dtls_session *nbs_dtls_server_find(const struct nbs_dtls_server *server,
						      struct nbs_endpoint peer);

/* ---- sessions: valid from connected() until closed() or nbs_dtls_session_close() ---- */

/** Sends one application record.
 * @retval NBS_E_STATE  not connected (any more).
 * @retval NBS_E_RANGE  empty, or more than one record takes. */
NBS_API enum nbs_status nbs_dtls_session_write(struct nbs_dtls_session *session,
					       const uint8_t *data, size_t len);

/** Sends close_notify and ends the session, without closed(). */
NBS_API void nbs_dtls_session_close(struct nbs_dtls_session *session);

/** @return whether the session has a connection ID, one way at least. */
NBS_API bool nbs_dtls_session_has_cid(const struct nbs_dtls_session *session);

/** @return IANA's number of the suite agreed on; 0 unless connected. */
NBS_API uint16_t nbs_dtls_session_suite(const struct nbs_dtls_session *session);

/** @return the peer's address and port, the newest with a connection ID. */
NBS_API struct nbs_endpoint nbs_dtls_session_peer(const struct nbs_dtls_session *session);

/** @return the PSK identity of the handshake; lives as long as the session. */
NBS_API struct nbs_dtls_identity nbs_dtls_session_identity(const struct nbs_dtls_session *session);

/** @return a number of its own in this server: never 0, never used again. */
NBS_API uint64_t nbs_dtls_session_handle(const struct nbs_dtls_session *session);

/** The owner's pointer; NULL until set. */
NBS_API void nbs_dtls_session_set_user(struct nbs_dtls_session *session, void *user);
NBS_API void *nbs_dtls_session_user(const struct nbs_dtls_session *session);

/** @return the session's counters. */
NBS_API const struct nbs_dtls_stats *nbs_dtls_session_stats(const struct nbs_dtls_session *session);

/** @return the session's cryptographic work in a phase, from the ClientHello on that was accepted
 * (the check of its cookie included); NULL without a session or phase. */
NBS_API const struct nbs_crypto_work *nbs_dtls_session_work(const struct nbs_dtls_session *session,
							    enum nbs_dtls_phase phase);

#ifdef __cplusplus
}
#endif
#endif
