/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Key log in the NSS format that Wireshark reads (draft-ietf-tls-keylogfile, TLS 1.2 label).
 *
 * Models: one line a handshake, `CLIENT_RANDOM <64 hex> <96 hex>`, when the master secret is
 * known; a handshake that fails later (wrong key) has left its useless line by then.
 * Does not model: files. The owner of the sink writes the lines. Give the sink to the server
 * only: both ends of a handshake would write the same line.
 */
#ifndef NBSEC_MODELS_DTLS_KEYLOG_H
#define NBSEC_MODELS_DTLS_KEYLOG_H

#include <stddef.h>
#include <stdint.h>

/** Where key lines go; copied by the endpoint that it is given to. */
struct nbs_dtls_keylog {
	void (*line)(void *arg, const char *text); /* no newline; text valid during the call */
	void *arg;                                 /* owner's */
};

#define NBSI_DTLS_RANDOM 32U /* bytes of a hello random, RFC 5246 7.4.1.2 */
#define NBSI_DTLS_MASTER 48U /* bytes of a master secret, RFC 5246 8.1 */
#define NBSI_DTLS_KEYLOG_LINE (14U + 2U * NBSI_DTLS_RANDOM + 1U + 2U * NBSI_DTLS_MASTER + 1U)

/** Formats one line. */
void nbsi_dtls_keylog_format(const uint8_t random[NBSI_DTLS_RANDOM],
			     const uint8_t master[NBSI_DTLS_MASTER],
			     char text[NBSI_DTLS_KEYLOG_LINE]);

#endif
