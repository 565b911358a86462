/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A DTLS 1.2 client, with a pre-shared key or certificates, without a transport: datagrams go out
 * through an op and come in by nbs_dtls_client_input().
 *
 * Models: handshake with cookie (RFC 6347 4.2.1), retransmission on virtual time (4.2.4), records
 * with replay window (4.1.2.6), close_notify and its answer (RFC 5246 7.2.1).
 * Connection IDs (RFC 9146), offered if so configured.
 * Resumption by session ID or ticket, if so configured: the newest session is offered with each
 * handshake, and a server that does not know it answers with a whole one. An association kept over
 * deep sleep or a reboot by the library's serialisation.
 * Does not model: an address (a new one is the transport's affair).
 *
 * NULL for a client, or for data with a length, is NBS_E_ARG; where there is no status, nothing is
 * done and NULL or false returned.
 */
#ifndef NBSEC_MODELS_DTLS_CLIENT_H
#define NBSEC_MODELS_DTLS_CLIENT_H

#include "models/dtls/certificate.h"
#include "models/dtls/dtls.h"
#include "models/dtls/keylog.h"
#include "sim/engine.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nbs_dtls_client;

/** What a client is made from; everything is copied but the credentials. */
struct nbs_dtls_client_config {
	const uint8_t *identity; /* PSK identity, in the clear on the wire */
	size_t identity_len;     /* 1..NBS_DTLS_IDENTITY_MAX */
	const uint8_t *psk;
	size_t psk_len;          /* 1..NBS_DTLS_PSK_MAX */
	const uint16_t *suites;  /* IANA numbers of suites, preferred first */
	size_t suite_count;      /* 0 = NBS_DTLS_PSK_AES_128_CCM_8 alone */
	uint64_t timeout_min_ns; /* first retransmission; whole ms; 0 = 1 s */
	uint64_t timeout_max_ns; /* where doubling stops; whole ms; 0 = 60 s */
	uint16_t mtu;            /* largest datagram, UDP payload bytes; 0 = no limit set */
	const char *stream;      /* name of the random stream: one of its own a client */
	const struct nbs_dtls_keylog *keylog; /* NULL = none; usually the server's */
	bool cid; /* offers connection IDs: its records carry the one that the server gives */
	size_t
	    cid_len; /* bytes of its own, in the server's records; 0 = empty, which costs nothing */
	enum nbs_dtls_resumption resumption;
	struct nbs_dtls_options options;
	/* For certificate suites; NULL = none. With it identity and psk may be left out together,
	 * and suites must be named then. */
	const struct nbs_dtls_credentials *credentials;
};

/**
 * What the client tells its owner. From inside its ops a client must be neither freed nor given
 * input; the other calls are allowed, except in send().
 */
struct nbs_dtls_client_ops {
	/** Takes a datagram out. Must not call the client or its peer: delivery is an event. */
	void (*send)(void *arg, const uint8_t *data, size_t len, enum nbs_dtls_datagram what);
	/** The handshake is over: nbs_dtls_client_write() works. */
	void (*connected)(void *arg);
	/** An authentic application record, never twice; data is valid during the call. */
	void (*received)(void *arg, const uint8_t *data, size_t len);
	/**
	 * The handshake failed or the association ended, not by nbs_dtls_client_close().
	 * nbs_dtls_client_connect() may be called at once.
	 * @param reason  PEER_CLOSE, ALERT, TIMEOUT, BAD_MAC, CERTIFICATE or ERROR.
	 * @param mbedtls_error  the library's code, negative.
	 */
	void (*closed)(void *arg, enum nbs_dtls_reason reason, int mbedtls_error);
};

/**
 * Makes a client, not connected.
 * @param[in]  ops  kept by pointer; all four set.
 * @param[out] client  freed by nbs_dtls_client_free().
 * @retval NBS_E_ARG  a length or time out of range, a suite that is unknown or does not fit what
 *         the client has, cid_len without cid, a max_fragment that is none.
 */
NBS_API enum nbs_status nbs_dtls_client_new(struct nbs_engine *engine,
					    const struct nbs_dtls_client_config *config,
					    const struct nbs_dtls_client_ops *ops, void *arg,
					    struct nbs_dtls_client **client);

/** Frees the client; nothing is sent. NULL is fine. */
NBS_API void nbs_dtls_client_free(struct nbs_dtls_client *client);

/** Starts a handshake: the ClientHello has been sent when this returns.
 * @retval NBS_E_STATE  connected, or a handshake is running. */
NBS_API enum nbs_status nbs_dtls_client_connect(struct nbs_dtls_client *client);

/** Takes a datagram in. What is wrong with it is counted, never returned. */
NBS_API enum nbs_status nbs_dtls_client_input(struct nbs_dtls_client *client, const uint8_t *data,
					      size_t len);

/** Sends one application record.
 * @retval NBS_E_STATE  not connected.
 * @retval NBS_E_RANGE  empty, or more than one record or the MTU takes. */
NBS_API enum nbs_status nbs_dtls_client_write(struct nbs_dtls_client *client, const uint8_t *data,
					      size_t len);

/**
 * Writes the association as bytes, as a device does that keeps it in flash over deep sleep or a
 * reboot: about 220 bytes, more with connection IDs or a certificate. It goes on, as if nothing had
 * happened; nobody is charged for that. The bytes hold the master secret.
 * @param[out] len  how many; also with NBS_E_RANGE.
 * @retval NBS_E_RANGE  cap is less than *len.
 * @retval NBS_E_STATE  nothing was written, because the library cannot: not connected; a CBC suite;
 *         our last flight is still kept to be repeated (the end that closes a handshake keeps it
 *         until the peer's first record); from inside received(), with more of the datagram to
 *         come.
 * @retval NBS_E_NOMEM  memory ran out; nbs_dtls_client_is_connected() tells whether the association
 *         ended by that.
 */
NBS_API enum nbs_status nbs_dtls_client_save(struct nbs_dtls_client *client, uint8_t *data,
					     size_t cap, size_t *len);

/**
 * Takes up an association that was saved, in the place of a handshake; connected() is not called.
 * The client's configuration must be what it was: identity and key are not compared, the MTU and
 * the time-outs are the client's own. Deriving the keys anew counts as its work
 * (NBS_DTLS_PHASE_HANDSHAKE: 77 SHA-256 compressions and two key expansions). It logs no key.
 *
 * Bytes older than the last record that was sent make a client send numbers again that it has used:
 * its peer drops them as replays, and with the same number and key for two texts neither CCM nor
 * GCM keeps a secret (RFC 5116 3.2). So save after the last record and load once. The bytes carry
 * no checksum: a bit that flipped in a key shows by records that nobody accepts.
 * @retval NBS_E_STATE  connected, or a handshake is running.
 * @retval NBS_E_ARG  not whole, from another version or build of the library, or not what a client
 *         of this configuration saves (suite, connection IDs). The client is as before.
 */
NBS_API enum nbs_status nbs_dtls_client_load(struct nbs_dtls_client *client, const uint8_t *data,
					     size_t len);

/** Ends the association or gives the handshake up; sends close_notify if connected. */
NBS_API void nbs_dtls_client_close(struct nbs_dtls_client *client);

/**
 * Forgets the association without a word to the peer: the device lost it, or takes it for dead.
 * @param resumable  whether the session stays, for a resumption (if so configured).
 */
NBS_API void nbs_dtls_client_drop(struct nbs_dtls_client *client, bool resumable);

/** @return whether the next handshake will offer a session to be resumed. */
NBS_API bool nbs_dtls_client_can_resume(const struct nbs_dtls_client *client);

/** @return whether application records can be written. */
NBS_API bool nbs_dtls_client_is_connected(const struct nbs_dtls_client *client);

/** @return whether records of the association carry a connection ID, one way at least. */
NBS_API bool nbs_dtls_client_has_cid(const struct nbs_dtls_client *client);

/** @return IANA's number of the suite agreed on; 0 unless connected. */
NBS_API uint16_t nbs_dtls_client_suite(const struct nbs_dtls_client *client);

/** @return the description of the fatal alert by which the peer ended the newest association; 0 =
 * it did not. Valid from closed() on. */
NBS_API uint8_t nbs_dtls_client_alert(const struct nbs_dtls_client *client);

/** @return the client's counters, over all its handshakes. */
NBS_API const struct nbs_dtls_stats *nbs_dtls_client_stats(const struct nbs_dtls_client *client);

/** @return the client's cryptographic work in a phase, over all its handshakes; NULL without a
 * client or phase. Counts only grow: what an exchange took is the difference of two readings. */
NBS_API const struct nbs_crypto_work *nbs_dtls_client_work(const struct nbs_dtls_client *client,
							   enum nbs_dtls_phase phase);

#ifdef __cplusplus
}
#endif
#endif
