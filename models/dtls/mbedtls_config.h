/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole configuration of the mbedTLS 3.6 that lives inside libnbsec: DTLS 1.2 with PSK,
 * ECDHE-PSK and ECDHE-ECDSA (RFC 6347, RFC 4279, RFC 5489, RFC 7925, RFC 9146) on virtual time.
 *
 * Three rules shape it:
 *  - Nothing reads the wall clock or the system's entropy. Time comes from the two functions that
 *    models/dtls gives the library, random bytes from the f_rng of each ssl_config. PSA crypto,
 *    which would seed a generator of its own, is out; so is TLS 1.3, which needs PSA.
 *  - The bytes on the wire are what a default build of the same release sends, so that a
 *    measured handshake can be compared with one of a real device.
 *  - A simulated cell holds thousands of live sessions: buffers are as small as NB-IoT's
 *    datagrams allow.
 *
 * Hardware instructions (AES-NI, ARMv8 AES, assembler in the big-number code) stay on: they give
 * the same bytes as the portable code on every machine, and the work charged to a device is
 * counted at the functions' entries, never timed.
 */
#ifndef NBSEC_MODELS_DTLS_MBEDTLS_CONFIG_H
#define NBSEC_MODELS_DTLS_MBEDTLS_CONFIG_H

#define MBEDTLS_CONFIG_VERSION 0x03060000

/* ---- platform: virtual time, no entropy, no files, no sockets ---- */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_HAVE_TIME
#define MBEDTLS_HAVE_TIME_DATE       /* a certificate's validity, judged on virtual time */
#define MBEDTLS_PLATFORM_TIME_ALT    /* mbedtls_platform_set_time() before the first endpoint */
#define MBEDTLS_PLATFORM_MS_TIME_ALT /* mbedtls_ms_time() is defined by models/dtls */
#define MBEDTLS_NO_PLATFORM_ENTROPY
#define MBEDTLS_ERROR_C
#define MBEDTLS_VERSION_C

/* ---- symmetric cryptography ---- */
#define MBEDTLS_AES_C
#define MBEDTLS_AESNI_C
#define MBEDTLS_AESCE_C
#define MBEDTLS_CCM_C
#define MBEDTLS_GCM_C
#define MBEDTLS_CHACHA20_C
#define MBEDTLS_POLY1305_C
#define MBEDTLS_CHACHAPOLY_C
#define MBEDTLS_CIPHER_C
#define MBEDTLS_CIPHER_MODE_CBC
#define MBEDTLS_CIPHER_PADDING_PKCS7

/* ---- hashes: SHA-256 for nearly all, SHA-384 for the *_SHA384 suites ---- */
#define MBEDTLS_MD_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C
#define MBEDTLS_HMAC_DRBG_C /* the nonces of deterministic ECDSA */

/* ---- public keys: P-256 and X25519 for devices, RSA only to verify a chain ---- */
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_CURVE25519_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECDH_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ECDSA_DETERMINISTIC /* RFC 6979: a signature is a function of key and message */
#define MBEDTLS_RSA_C               /* also in the signature_algorithms that a client offers */
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_OID_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_BASE64_C
#define MBEDTLS_PEM_PARSE_C
#define MBEDTLS_X509_USE_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_CREATE_C /* certificates of simulated devices: authority.h */
#define MBEDTLS_X509_CRT_WRITE_C
#define MBEDTLS_PK_WRITE_C

/* ---- DTLS 1.2 ---- */
#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_SRV_C
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_SSL_PROTO_DTLS
#define MBEDTLS_KEY_EXCHANGE_PSK_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_PSK_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED
#define MBEDTLS_SSL_ALL_ALERT_MESSAGES
#define MBEDTLS_SSL_ENCRYPT_THEN_MAC       /* RFC 7366 */
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET /* RFC 7627 */
#define MBEDTLS_SSL_MAX_FRAGMENT_LENGTH    /* RFC 6066 4 */
#define MBEDTLS_SSL_KEEP_PEER_CERTIFICATE
#define MBEDTLS_SSL_DTLS_HELLO_VERIFY /* RFC 6347 4.2.1 */
#define MBEDTLS_SSL_COOKIE_C
#define MBEDTLS_SSL_DTLS_ANTI_REPLAY            /* RFC 6347 4.1.2.6, 64 records */
#define MBEDTLS_SSL_DTLS_CONNECTION_ID          /* RFC 9146 */
#define MBEDTLS_SSL_DTLS_CONNECTION_ID_COMPAT 0 /* extension 54, not the draft's 254 */
#define MBEDTLS_SSL_CACHE_C
#define MBEDTLS_SSL_SESSION_TICKETS /* a client offers them only where models/dtls says so */
#define MBEDTLS_SSL_TICKET_C
#define MBEDTLS_SSL_CONTEXT_SERIALIZATION
/*
 * Renegotiation stays out: RFC 7925 17 forbids it. DTLS_CLIENT_PORT_REUSE (RFC 6347 4.2.8) stays
 * out too: it lets any epoch-0 handshake record from a live client's address judge its session.
 * The server of models/dtls does 4.2.8 itself, in front of the library.
 */

/* ---- sizes ---- */
#define MBEDTLS_PSK_MAX_LEN 64              /* bytes, RFC 7925 4.2 */
#define MBEDTLS_SSL_IN_CONTENT_LEN 2048     /* bytes: above the largest datagram of a 1500 MTU */
#define MBEDTLS_SSL_OUT_CONTENT_LEN 1536    /* bytes: the same, as the largest that is sent */
#define MBEDTLS_SSL_DTLS_MAX_BUFFERING 8192 /* bytes of early handshake messages kept */

/*
 * RFC 9146 5 lets a sender pad the inner plaintext; the library rounds it up to a multiple of
 * this. It is a compile-time macro there and a scenario's choice here, hence a variable
 * (defined in models/dtls). Buffers are sized by it: set once before the first endpoint.
 */
#ifndef __ASSEMBLER__
#include <stddef.h>
extern size_t nbsi_cid_padding;
#endif
#define MBEDTLS_SSL_CID_TLS1_3_PADDING_GRANULARITY nbsi_cid_padding

#endif
