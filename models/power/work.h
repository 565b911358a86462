/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Cryptographic work as counted operations: what DTLS did, and what a microcontroller is charged.
 *
 * Models: the primitives of the suites that devices use, each in its natural unit.
 * Does not model: the glue between them (record copies, ASN.1, big numbers outside of curves).
 */
#ifndef NBSEC_MODELS_POWER_WORK_H
#define NBSEC_MODELS_POWER_WORK_H

#include "sim/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Operations that a microcontroller does in software or hands to an accelerator. */
enum nbs_crypto_op {
	NBS_CRYPTO_AES_BLOCK,      /* one block of 16 bytes through AES, any key length */
	NBS_CRYPTO_AES_KEY,        /* one key expansion */
	NBS_CRYPTO_SHA256_BLOCK,   /* one compression, 64 bytes */
	NBS_CRYPTO_GHASH_BLOCK,    /* one multiplication in GF(2^128), 16 bytes */
	NBS_CRYPTO_CHACHA_BLOCK,   /* 64 bytes of key stream */
	NBS_CRYPTO_POLY1305_BLOCK, /* 16 bytes */
	NBS_CRYPTO_ECP_MUL,        /* one scalar multiplication on a 256-bit curve */
	NBS_CRYPTO_SHA512_BLOCK,   /* one compression of SHA-384 or SHA-512, 128 bytes */
	NBS_CRYPTO__COUNT
};

/** How often each was done. Zero-initialised is none. */
struct nbs_crypto_work {
	uint64_t count[NBS_CRYPTO__COUNT];
};

/** @return "aes_block", ... as profiles and results write it; "?" outside the enumeration. */
NBS_API const char *nbs_crypto_op_name(enum nbs_crypto_op op);

#ifdef __cplusplus
}
#endif

#endif
