/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What DTLS clients and servers have in common: reasons, identities, counters.
 *
 * Models: DTLS 1.2 with pre-shared keys (RFC 6347, RFC 4279) or certificates (certificate.h) by
 * mbedTLS 3.6, whose clock, timers and random bytes come from the engine. The bytes are real; the
 * transport is the owner's. The cryptographic work is counted (models/power/work.h). Connection IDs
 * (RFC 9146) one or both ways. Resumption (RFC 5246 7.3) by session ID or ticket (RFC 5077).
 * Associations kept as bytes (client.h, server.h).
 * Does not model: DTLS 1.3, raw public keys, renegotiation, the return-routability check of
 * RFC 9853, a server that does not know connection IDs; the time and energy that a device's
 * processor needs for the work.
 */
#ifndef NBSEC_MODELS_DTLS_DTLS_H
#define NBSEC_MODELS_DTLS_DTLS_H

#include "models/power/work.h"
#include "sim/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_DTLS_IDENTITY_MAX 128U /* bytes of a PSK identity, RFC 4279 5.3 */
#define NBS_DTLS_PSK_MAX 64U       /* bytes of a key, RFC 4279 5.3 */
#define NBS_DTLS_SUITES_MAX 16U    /* suites that an endpoint may offer or accept */

#define NBS_DTLS_CID_MAX 32U         /* bytes of a connection ID; the RFC has 255, mbedTLS 32 */
#define NBS_DTLS_CID_PADDING 16U     /* mbedTLS's default for nbs_dtls_set_cid_padding() */
#define NBS_DTLS_CID_PADDING_MAX 64U /* ours: it makes all buffers larger */

/** TLS_PSK_WITH_AES_128_CCM_8, mandatory for PSK devices (RFC 6655, RFC 7925 4.2). */
#define NBS_DTLS_PSK_AES_128_CCM_8 UINT16_C(0xC0A8)

/** A cipher suite that scenarios know by name. */
struct nbs_dtls_suite {
	const char *name; /* "psk-aes128-ccm8" */
	uint16_t number;  /* IANA's */
	bool ecdhe;       /* forward secrecy, two multiplications an end */
	/* Bytes that a record without a connection ID adds to 6 of content: header 13, explicit
	 * nonce or IV, tag or MAC; those of CBC vary by 15 with the padding. */
	uint16_t record_bytes;
	uint8_t nonce_bytes; /* in each record: explicit nonce, or IV of CBC */
	uint8_t tag_bytes;   /* tag, or MAC */
	uint8_t block_bytes; /* to which CBC pads, by 1 byte at least; 0 = no padding */
};

/** @return the suite of a name, or NULL. */
NBS_API const struct nbs_dtls_suite *nbs_dtls_suite_find(const char *name);

/** @return the suite at an index, NBS_DTLS_PSK_AES_128_CCM_8 first; NULL behind the last. */
NBS_API const struct nbs_dtls_suite *nbs_dtls_suite_at(size_t index);

#define NBS_DTLS_TIMEOUT_MIN_NS UINT64_C(1000000000)  /* 1 s, RFC 6347 4.2.4.1 */
#define NBS_DTLS_TIMEOUT_MAX_NS UINT64_C(60000000000) /* 60 s, RFC 6347 4.2.4.1 */

/** How a client shortens a handshake with a server that it has met before. */
enum nbs_dtls_resumption {
	NBS_DTLS_RESUME_NONE,       /**< not at all */
	NBS_DTLS_RESUME_SESSION_ID, /**< the server remembers the session (RFC 5246 7.3) */
	NBS_DTLS_RESUME_TICKET      /**< the client carries it, sealed (RFC 5077) */
};

/** What an end leaves out of its hellos or asks for in them; zero = the library's habits. */
struct nbs_dtls_options {
	bool no_extended_master_secret; /* RFC 7627; takes both ends to use it */
	bool no_encrypt_then_mac;       /* RFC 7366; of use with CBC suites alone */
	/* A client asks both ends for records of at most so many bytes of content (RFC 6066 4):
	 * 512 or 1024 (2048 and 4096 are above our buffers); 0 = it does not ask. A server agrees,
	 * whatever stands here. */
	uint16_t max_fragment;
};

/** Why an association ended or a datagram was refused. */
enum nbs_dtls_reason {
	NBS_DTLS_PEER_CLOSE,       /**< close_notify from the peer */
	NBS_DTLS_ALERT,            /**< fatal alert from the peer */
	NBS_DTLS_TIMEOUT,          /**< handshake unanswered, or session idle for too long */
	NBS_DTLS_ERROR,            /**< the peer broke the protocol, or memory ran out */
	NBS_DTLS_REPLACED,         /**< server: the address proved a new ClientHello */
	NBS_DTLS_EVICTED,          /**< server: the oldest one made room at the session limit */
	NBS_DTLS_NOT_DTLS,         /**< server: the datagram is no DTLS record at all */
	NBS_DTLS_NO_SESSION,       /**< server: a record for a session that does not exist */
	NBS_DTLS_BAD_HELLO,        /**< server: a ClientHello malformed or without a common suite */
	NBS_DTLS_UNKNOWN_IDENTITY, /**< server: no key under the PSK identity */
	NBS_DTLS_BAD_MAC,          /**< not authentic: wrong key in a handshake, forgery after it */
	NBS_DTLS_REPLAY,           /**< record number seen before or too old (RFC 6347 4.1.2.6) */
	NBS_DTLS_BUSY,             /**< server: too many handshakes are under way */
	NBS_DTLS_FULL,             /**< server: the session limit, and nobody is stale */
	NBS_DTLS_CERTIFICATE,      /**< the peer's is missing, untrusted, expired or misnamed */
	NBS_DTLS_REASON__COUNT
};

/** @return the reason in lower case, for results and messages; never NULL. */
NBS_API const char *nbs_dtls_reason_str(enum nbs_dtls_reason reason);

/**
 * Says what an error of the library is, as closed() of a client gives it.
 * @param[out] text  cut off at size bytes, always NUL-terminated; untouched with NULL or size 0.
 */
NBS_API void nbs_dtls_error_str(int mbedtls_error, char *text, size_t size);

/** @return the description of a fatal alert, "bad_record_mac" (RFC 5246 7.2, RFC 4279 2), "unknown
 * alert" for one that none of these has. */
NBS_API const char *nbs_dtls_alert_str(uint8_t description);

/** What cryptographic work was for. */
enum nbs_dtls_phase {
	NBS_DTLS_PHASE_HANDSHAKE, /**< until connected, and for flights repeated afterwards */
	NBS_DTLS_PHASE_RECORDS,   /**< application records, close_notify; forged ones too */
	NBS_DTLS_PHASE__COUNT
};

/** What a datagram that leaves a client is. */
enum nbs_dtls_datagram {
	NBS_DTLS_DATAGRAM_HANDSHAKE, /**< a flight of the handshake */
	NBS_DTLS_DATAGRAM_REPEAT,    /**< the same, sent before (RFC 6347 4.2.4) */
	NBS_DTLS_DATAGRAM_ALERT,     /**< close_notify, or the alert that ends a handshake */
	NBS_DTLS_DATAGRAM_RECORD     /**< application data */
};

/** A PSK identity: any bytes, not NUL-terminated. */
struct nbs_dtls_identity {
	const uint8_t *data;
	size_t len;
};

/**
 * Counters of a client, a session or a whole server. Bytes are UDP payload for handshakes,
 * plaintext for application records. A handshake datagram is one whose first record is a
 * handshake or ChangeCipherSpec record, or that passes before the handshake is over.
 * A session starts to count with the ClientHello that was accepted: the first ClientHello and
 * the HelloVerifyRequest are stateless and count for the server alone.
 */
struct nbs_dtls_stats {
	uint64_t handshakes_started;
	uint64_t handshakes_completed;
	uint64_t handshakes_failed;
	uint64_t handshakes_resumed; /* of the completed ones */
	uint64_t handshake_datagrams_out, handshake_bytes_out;
	uint64_t handshake_datagrams_in, handshake_bytes_in;
	uint64_t retransmissions;        /* handshake datagrams sent again */
	uint64_t records_out, bytes_out; /* application data */
	uint64_t records_in, bytes_in;   /* application data, authentic and new */
	uint64_t bad_records;            /* dropped: not authentic or malformed */
	uint64_t replays;                /* dropped: seen before or too old */
	uint64_t cookies_sent;           /* HelloVerifyRequests */
	uint64_t not_dtls;               /* datagrams that are no DTLS */
	uint64_t strays;                 /* datagrams for no session */
	uint64_t bad_hellos;             /* ClientHellos refused */
	uint64_t moves;                  /* server: address changes followed (RFC 9146 6) */
};

/**
 * Sets to how many bytes a record with a connection ID is padded, for all endpoints of the process:
 * its content and the byte for its type are rounded up to a multiple (RFC 9146 5 leaves that to
 * the sender; 1 = no padding). NBS_DTLS_CID_PADDING at the start.
 * @retval NBS_E_ARG    not 1..NBS_DTLS_CID_PADDING_MAX.
 * @retval NBS_E_STATE  another value than now while clients or servers exist: the library's
 *                      buffers are sized by it.
 */
NBS_API enum nbs_status nbs_dtls_set_cid_padding(size_t multiple);

#ifdef __cplusplus
}
#endif
#endif
