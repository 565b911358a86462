/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A DTLS 1.2 server, with pre-shared keys and certificates, with any number of sessions, without a
 * transport.
 *
 * Models: stateless cookie exchange (RFC 6347 4.2.1), always or under load alone, dispatch by the
 * peer's address and port, a client that comes back from the same port (4.2.8), idle time-out,
 * limits of sessions and of handshakes under way, refusal of forged and replayed records with the
 * frame that proves it, sessions resumed by ID or ticket. Connection IDs (RFC 9146) for clients
 * that ask: their records are dispatched by the ID, and the session follows them to a new address.
 * Does not model: the return-routability check of RFC 9853 before it follows, a server without
 * connection IDs (one of 0 bytes is empty, not refused), the server's own processing time.
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
 * A session that has been silent for long may be parked: of its 7 kB it keeps less than 1 kB, the
 * association serialised, and is live again with the next datagram for it or
 * nbs_dtls_session_write(). Nobody sees it: every datagram, counter and draw of a random number is
 * what it would have been; the 77 SHA-256 compressions that waking takes are no device's work and
 * not counted. Who cannot be parked (client.h: nbs_dtls_client_save()) stays live.
 *
 * NULL for a server or session, or for data with a length, is NBS_E_ARG; where there is no status,
 * nothing is done and NULL or 0 returned.
 */
#ifndef NBSEC_MODELS_DTLS_SERVER_H
#define NBSEC_MODELS_DTLS_SERVER_H

#include "models/dtls/certificate.h"
#include "models/dtls/dtls.h"
#include "models/dtls/keylog.h"
#include "sim/net.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nbs_dtls_server;
struct nbs_dtls_session;

/** What a server is made from; everything is copied but the credentials. */
struct nbs_dtls_server_config {
	bool cookies;            /* HelloVerifyRequest for every new client */
	const uint16_t *suites;  /* IANA numbers of suites, preferred first */
	size_t suite_count;      /* 0 = NBS_DTLS_PSK_AES_128_CCM_8 alone */
	uint64_t timeout_min_ns; /* first retransmission; whole ms; 0 = 1 s */
	uint64_t timeout_max_ns; /* where doubling stops; whole ms; 0 = 60 s */
	/** A silent session is freed after it (up to 1/64 later); 0 = never; at most 100 years. */
	uint64_t idle_ns;
	size_t session_limit;                 /* sessions, handshakes included; 0 = none */
	const char *stream;                   /* name of the random stream */
	const struct nbs_dtls_keylog *keylog; /* NULL = none */
	size_t cid_len; /* bytes of the IDs given to clients that ask, 0..NBS_DTLS_CID_MAX */
	struct nbs_dtls_options options; /* max_fragment must be 0: that is the clients' to ask */
	uint16_t mtu;                    /* largest datagram, UDP payload; 0 = no limit set */
	/** Sessions that may be resumed, the oldest is forgotten first; 0 = none is offered. */
	size_t resumable_limit;
	uint64_t resumable_ns; /* for so long; whole seconds; 0 = NBS_DTLS_RESUMABLE_NS */
	bool tickets;          /* to clients that ask; needs a resumable_limit, see resume.h */
	/** Cookies only while so many handshakes are under way; 0 = always. Needs cookies. */
	size_t cookie_threshold;
	size_t half_open_limit; /* handshakes under way; further ones are refused; 0 = none */
	/** At the session limit only who was silent for so long makes room, else the newcomer is
	 * refused; 0 = the oldest makes room in any case. */
	uint64_t stale_ns;
	/** Goes on with a key that nobody has, so that a guesser cannot tell an unknown identity
	 * from a wrong key (RFC 4279 2); failed() says UNKNOWN_IDENTITY all the same. */
	bool hide_unknown;
	const struct nbs_dtls_credentials *credentials; /* for certificate suites; NULL = none */
	/** A session silent for it (up to 1/64 later) is parked; 0 = never; at most 100 years. */
	uint64_t park_after_ns;
};

#define NBS_DTLS_RESUMABLE_NS (UINT64_C(86400) * NBS_NS_PER_S) /* mbedTLS's default, a day */

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
 * @retval NBS_E_ARG  a time or length out of range, a suite that is unknown or needs credentials
 *         that are not there, a setting without the one that it needs.
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
 * @retval NBS_E_NOMEM  it is lost.
 */
NBS_API enum nbs_status nbs_dtls_server_input(struct nbs_dtls_server *server,
					      struct nbs_endpoint from, const uint8_t *data,
					      size_t len, uint64_t frame);

/** @return how often failed() was called for a reason, and closed(). */
NBS_API uint64_t nbs_dtls_server_failed(const struct nbs_dtls_server *server,
					enum nbs_dtls_reason reason);
NBS_API uint64_t nbs_dtls_server_closed(const struct nbs_dtls_server *server,
					enum nbs_dtls_reason reason);

/** @return handshakes under way, and sessions that could be resumed. */
NBS_API size_t nbs_dtls_server_half_open(const struct nbs_dtls_server *server);
NBS_API size_t nbs_dtls_server_resumable(const struct nbs_dtls_server *server);

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

/** @return how many of them are parked at present. */
NBS_API size_t nbs_dtls_server_parked(const struct nbs_dtls_server *server);

/** @return how often a parked session was made live again, forged datagrams included. */
NBS_API uint64_t nbs_dtls_server_wakes(const struct nbs_dtls_server *server);

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
 * @retval NBS_E_RANGE  empty, or more than one record takes.
 * @retval NBS_E_NOMEM  parked, and no memory to be live again. */
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

/** @return who the client has proved to be: the PSK identity of the handshake, or the common name
 * of the certificate (credentials.h); {NULL, 0} for a client without one. Lives as long as the
 * session.
 */
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
