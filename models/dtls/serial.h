/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Foreign bytes that may be a serialised association of mbedTLS 3.6, judged before the library
 * sees them.
 *
 * The library trusts what it loads: it copies a connection ID of 255 bytes into a field of 32. So
 * every length, index and choice in the bytes is checked here. What cannot be told from the bytes
 * is whether their keys and counters are the right ones.
 */
#ifndef NBSEC_MODELS_DTLS_SERIAL_H
#define NBSEC_MODELS_DTLS_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What an endpoint takes. */
struct nbsi_dtls_serial_rules {
	const int *suites; /* IANA numbers, 0-terminated */
	int endpoint;      /* MBEDTLS_SSL_IS_CLIENT or MBEDTLS_SSL_IS_SERVER */
	bool cid;          /* it uses connection IDs */
	uint8_t cid_len;   /* of its own one, if the peer wanted to use it */
};

/**
 * @return whether the bytes are one whole DTLS 1.2 association with an AEAD suite in the format
 * that our configuration of the library writes (ssl_tls.c describes it), and fit the rules. The
 * first eight bytes, the library's version and configuration, are left to the library.
 */
bool nbsi_dtls_serial_is_valid(const uint8_t *data, size_t len,
			       const struct nbsi_dtls_serial_rules *rules);

#endif
