/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Looks at DTLS 1.2 datagrams from outside, before the library gets them.
 *
 * Models: record headers (RFC 6347 4.1), with a connection ID too (RFC 9146 4), and the plaintext
 * start of handshake messages (4.2.2), as far as dispatch and counters need them.
 * Does not model: decryption; so the type inside a record with a connection ID stays unknown.
 */
#ifndef NBSEC_MODELS_DTLS_RECORD_H
#define NBSEC_MODELS_DTLS_RECORD_H

#include "models/dtls/keylog.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NBSI_DTLS_HEADER 13U /* bytes of a record header, RFC 6347 4.1 */

/** Content types, RFC 5246 6.2.1; 24 is RFC 6520, 25 RFC 9146. */
enum nbsi_dtls_type {
	NBSI_DTLS_CCS = 20,
	NBSI_DTLS_TYPE_ALERT = 21,
	NBSI_DTLS_HANDSHAKE = 22,
	NBSI_DTLS_APPLICATION = 23,
	NBSI_DTLS_CID = 25, /* what it is stands inside */
	NBSI_DTLS_TYPE_LAST = 25
};

/** A record inside a datagram. */
struct nbsi_dtls_record {
	uint8_t type;
	uint16_t epoch;
	uint64_t seq;        /* 48 bits */
	const uint8_t *body; /* points into the datagram */
	size_t len;
};

/** Where reading stands in a datagram. */
struct nbsi_dtls_cursor {
	const uint8_t *at;
	size_t left;
	size_t cid_len; /* of the reader's connection ID: the header does not tell */
};

/** @return whether the datagram starts like a DTLS record: content type and version. */
bool nbsi_dtls_is_dtls(const uint8_t *data, size_t len);

/** Reads the next record. @return false at the end and at a malformed or truncated record. */
bool nbsi_dtls_next(struct nbsi_dtls_cursor *cursor, struct nbsi_dtls_record *record);

/**
 * The connection ID of a datagram that starts with a record of type 25.
 * @return the ID in the datagram, or NULL if there is none of that length.
 */
const uint8_t *nbsi_dtls_cid(const uint8_t *data, size_t len, size_t cid_len);

/**
 * The message_seq of the first handshake message of a plaintext record (RFC 6347 4.2.2).
 * @return false if there is none to be read.
 */
bool nbsi_dtls_message_seq(const struct nbsi_dtls_record *record, uint16_t *seq);

/**
 * How far into its message the first fragment of a record reaches (RFC 6347 4.2.3), bytes; only
 * where nbsi_dtls_message_seq() is true.
 */
size_t nbsi_dtls_fragment_end(const struct nbsi_dtls_record *record);

/**
 * Recognises a datagram that starts with a ClientHello in epoch 0.
 * @param[out] random  the hello's random, in the datagram.
 */
bool nbsi_dtls_client_hello(const uint8_t *data, size_t len, const uint8_t **random);

#endif
