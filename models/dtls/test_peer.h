/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test support: a DTLS server's end that says anything at any moment, right or wrong, and reads
 * what a client answers. TLS_PSK_WITH_AES_128_CBC_SHA256 without extensions (RFC 5487 3.2,
 * RFC 5246 6.2.3.2: MAC, then encrypt), keys and Finished from RFC 5246 5, 6.3, 8.1 and 7.4.9 on
 * hash and cipher alone: nothing of the library's TLS is in it.
 *
 * Like the mapper of dtls-fuzzer it numbers its messages and records in the order in which it sends
 * them, and goes to the next epoch with each ChangeCipherSpec, whatever the client makes of it.
 */
#ifndef NBSEC_MODELS_DTLS_TEST_PEER_H
#define NBSEC_MODELS_DTLS_TEST_PEER_H

#include "models/dtls/record.h"

#include <mbedtls/sha256.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PEER_SUITE UINT16_C(0x00AE) /* TLS_PSK_WITH_AES_128_CBC_SHA256, RFC 5487 */
#define PEER_DATAGRAM 256U          /* bytes: room for any datagram of the peer */
#define PEER_DATA "This is a hello message!"

/* What the peer can say: the alphabet of the published model, in its order. */
enum peer_message {
	PEER_HELLO_VERIFY,
	PEER_SERVER_HELLO,
	PEER_HELLO_DONE,
	PEER_CCS,
	PEER_FINISHED,
	PEER_APPLICATION,
	PEER_CLOSE_NOTIFY,
	PEER_FATAL, /* unexpected_message */
	PEER__COUNT
};

/* The keys of one direction, RFC 5246 6.3. */
struct peer_keys {
	uint8_t mac[32], aes[16];
};

struct peer {
	const uint8_t *psk;
	size_t psk_len;
	bool stays; /* ChangeCipherSpec does not change the epoch */
	uint16_t epoch, message_seq;
	uint64_t seq; /* of the next record in the epoch */
	uint8_t client_random[NBSI_DTLS_RANDOM];
	uint8_t cookie_seen[255]; /* in the newest ClientHello */
	size_t cookie_seen_len;
	bool keyed;
	uint8_t master[NBSI_DTLS_MASTER];
	struct peer_keys client, server;
	mbedtls_sha256_context transcript; /* RFC 5246 7.4.9; RFC 6347 4.2.1: not the first hello */
	char heard[128];                   /* what the client sent since peer_clear() */
};

void peer_init(struct peer *peer, const uint8_t *psk, size_t psk_len);
void peer_fini(struct peer *peer);

/* Makes the next datagram: one record with this message. @return its length. */
size_t peer_say(struct peer *peer, enum peer_message what, uint8_t datagram[PEER_DATAGRAM]);

/*
 * Reads a datagram of the client and adds what is in it to heard, ", " between: CH, CKE, CCS, FIN,
 * APP, A(DEC), A(UNEXP), A(CLOSE); repeated CH become CH+. Fails the test on a record that is not
 * well formed, a wrong MAC or padding, a wrong Finished.
 */
void peer_hear(struct peer *peer, const uint8_t *data, size_t len);
void peer_clear(struct peer *peer);

#endif
