/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of the operations that cryptographic work is counted in. */
#include "models/power/work.h"

#include <stddef.h>

static const char *const work_names[NBS_CRYPTO__COUNT] = {
    [NBS_CRYPTO_AES_BLOCK] = "aes_block",       [NBS_CRYPTO_AES_KEY] = "aes_key",
    [NBS_CRYPTO_SHA256_BLOCK] = "sha256_block", [NBS_CRYPTO_GHASH_BLOCK] = "ghash_block",
    [NBS_CRYPTO_CHACHA_BLOCK] = "chacha_block", [NBS_CRYPTO_POLY1305_BLOCK] = "poly1305_block",
    [NBS_CRYPTO_ECP_MUL] = "ecp_mul",           [NBS_CRYPTO_SHA512_BLOCK] = "sha512_block",
};

const char *
nbs_crypto_op_name(enum nbs_crypto_op op)
{
	return (size_t)op < NBS_CRYPTO__COUNT ? work_names[op] : "?";
}
