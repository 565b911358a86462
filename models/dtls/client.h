/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A DTLS 1.2 PSK client without a transport: datagrams go out through an op and come in by
 * nbs_dtls_client_input().
 *
 * Models: handshake with cookie (RFC 6347 4.2.1), retransmission on virtual time (4.2.4), records
 * with replay window (4.1.2.6), close_notify and its answer (RFC 5246 7.2.1).
 * Connection IDs (RFC 9146), offered if so configured.
 * Does not model: resumption; an address (a new one is the transport's affair).
 *
 * NULL for a client, or for data with a length, is NBS_E_ARG; where there is no status, nothing is
 * done and NULL or false returned.
 */
#ifndef NBSEC_MODELS_DTLS_CLIENT_H
#define NBSEC_MODELS_DTLS_CLIENT_H

#include "models/dtls/dtls.h"
#include "models/dtls/keylog.h"
#include "sim/engine.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nbs_dtls_client;

/** What a client is made from; everything is copied. */
struct nbs_dtls_client_config {
	const uint8_t *identity; /* PSK identity, in the clear on the wire */
	size_t identity_len;     /* 1..NBS_DTLS_IDENTITY_MAX */
	const uint8_t *psk;
	size_t psk_len;          /* 1..NBS_DTLS_PSK_MAX */
	const uint16_t *suites;  /* IANA numbers of PSK suites, preferred first */
	size_t suite_count;      /* 0 = NBS_DTLS_PSK_AES_128_CCM_8 alone */
	uint64_t timeout_min_ns; /* first retransmission; whole ms; 0 = 1 s */
	uint64_t timeout_max_ns; /* where doubling stops; whole ms; 0 = 60 s */
	uint16_t mtu;            /* largest datagram, UDP payload bytes; 0 = no limit set */
	const char *stream;      /* name of the random stream: one of its own a client */
	const struct nbs_dtls_keylog *keylog; /* NULL = none; usually the server's */
	bool cid; /* offers connection IDs: its records carry the one that the server gives */
	size_t
	    cid_len; /* bytes of its own, in the server's records; 0 = empty, which costs nothing */
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
	 * @param reason  PEER_CLOSE, ALERT, TIMEOUT, BAD_MAC or ERROR.
	 * @param mbedtls_error  the library's code, negative.
	 */
	void (*closed)(void *arg, enum nbs_dtls_reason reason, int mbedtls_error);
};

/**
 * Makes a client, not connected.
 * @param[in]  ops  kept by pointer; all four set.
 * @param[out] client  freed by nbs_dtls_client_free().
 * @retval NBS_E_ARG  a length or time out of range, an unknown or non-PSK suite, cid_len without
 *         cid.
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

/** Ends the association or gives the handshake up; sends close_notify if connected. */
NBS_API void nbs_dtls_client_close(struct nbs_dtls_client *client);

/** @return whether application records can be written. */
NBS_API bool nbs_dtls_client_is_connected(const struct nbs_dtls_client *client);

/** @return whether records of the association carry a connection ID, one way at least. */
NBS_API bool nbs_dtls_client_has_cid(const struct nbs_dtls_client *client);

/** @return IANA's number of the suite agreed on; 0 unless connected. */
NBS_API uint16_t nbs_dtls_client_suite(const struct nbs_dtls_client *client);

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
