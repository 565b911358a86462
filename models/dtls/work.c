/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counters of cryptographic work: wrappers that the linker puts between mbedTLS's objects.
 *
 * A function of the library calls __wrap_NAME instead of NAME, and that one NAME under the name of
 * __real_NAME. CMakeLists.txt lists the names. Block arithmetic: FIPS 180-4 5.1 (SHA-2),
 * FIPS 197 (AES), SP 800-38D 6.4 and 7.1 (GHASH), RFC 8439 2.4 and 2.5 (ChaCha20, Poly1305).
 */
#include "models/dtls/work.h"

#include <mbedtls/aes.h>
#include <mbedtls/chacha20.h>
#include <mbedtls/ecp.h>
#include <mbedtls/gcm.h>
#include <mbedtls/poly1305.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

#define AES_BLOCK 16U
#define SHA256_BLOCK 64U
#define SHA256_PADDING 9U /* bytes at least: 0x80 and the length */
#define SHA512_BLOCK 128U
#define SHA512_PADDING 17U /* the same, with a length of 16 bytes */
#define GCM_IV 12U         /* bytes of the IV that needs no GHASH */
#define CHACHA_BLOCK 64U
#define POLY1305_BLOCK 16U

/* Both declarations of a wrapped function; its definition follows. */
#define WORK_WRAP(name, ...)            \
	int __real_##name(__VA_ARGS__); \
	int __wrap_##name(__VA_ARGS__); \
	int __wrap_##name(__VA_ARGS__)

/*
 * The one other piece of global state in the models (see clock.c), for the same reason: the library
 * hands its primitives no argument of ours. Set only while an endpoint runs the library.
 */
static _Thread_local struct nbsi_dtls_sink work_sink;

struct nbsi_dtls_sink
nbsi_dtls_work_enter(struct nbsi_dtls_sink sink)
{
	struct nbsi_dtls_sink before = work_sink;

	work_sink = sink;
	return before;
}

void
nbsi_dtls_work_leave(struct nbsi_dtls_sink before)
{
	work_sink = before;
}

static void
work_count(enum nbs_crypto_op op, size_t n)
{
	if (work_sink.own != NULL)
		work_sink.own->count[op] += n;
	if (work_sink.total != NULL)
		work_sink.total->count[op] += n;
}

static size_t
work_blocks(size_t bytes, size_t block)
{
	return bytes / block + (bytes % block != 0);
}

/* ---- SHA-256 ---- */

/* Bytes that wait in the context for a whole block. */
static size_t
work_sha256_waiting(const mbedtls_sha256_context *ctx)
{
	return ctx->MBEDTLS_PRIVATE(total)[0] % SHA256_BLOCK;
}

WORK_WRAP(mbedtls_sha256_update, mbedtls_sha256_context *ctx, const unsigned char *input,
	  size_t len)
{
	work_count(NBS_CRYPTO_SHA256_BLOCK, (work_sha256_waiting(ctx) + len) / SHA256_BLOCK);
	return __real_mbedtls_sha256_update(ctx, input, len);
}

WORK_WRAP(mbedtls_sha256_finish, mbedtls_sha256_context *ctx, unsigned char *output)
{
	work_count(NBS_CRYPTO_SHA256_BLOCK,
		   work_blocks(work_sha256_waiting(ctx) + SHA256_PADDING, SHA256_BLOCK));
	return __real_mbedtls_sha256_finish(ctx, output);
}

WORK_WRAP(mbedtls_sha256, const unsigned char *input, size_t len, unsigned char *output, int is224)
{
	work_count(NBS_CRYPTO_SHA256_BLOCK, work_blocks(len + SHA256_PADDING, SHA256_BLOCK));
	return __real_mbedtls_sha256(input, len, output, is224);
}

/* ---- SHA-512, which SHA-384 is with another beginning and a shorter end ---- */

static void
work_count_sha512(size_t blocks)
{
	if (!work_sink.sha256_only)
		work_count(NBS_CRYPTO_SHA512_BLOCK, blocks);
}

static size_t
work_sha512_waiting(const mbedtls_sha512_context *ctx)
{
	return ctx->MBEDTLS_PRIVATE(total)[0] % SHA512_BLOCK;
}

WORK_WRAP(mbedtls_sha512_update, mbedtls_sha512_context *ctx, const unsigned char *input,
	  size_t len)
{
	work_count_sha512((work_sha512_waiting(ctx) + len) / SHA512_BLOCK);
	return __real_mbedtls_sha512_update(ctx, input, len);
}

WORK_WRAP(mbedtls_sha512_finish, mbedtls_sha512_context *ctx, unsigned char *output)
{
	work_count_sha512(work_blocks(work_sha512_waiting(ctx) + SHA512_PADDING, SHA512_BLOCK));
	return __real_mbedtls_sha512_finish(ctx, output);
}

WORK_WRAP(mbedtls_sha512, const unsigned char *input, size_t len, unsigned char *output, int is384)
{
	work_count_sha512(work_blocks(len + SHA512_PADDING, SHA512_BLOCK));
	return __real_mbedtls_sha512(input, len, output, is384);
}

/* ---- AES, and GCM's own multiplication; CCM is made of AES alone ---- */

WORK_WRAP(mbedtls_aes_setkey_enc, mbedtls_aes_context *ctx, const unsigned char *key, unsigned bits)
{
	work_count(NBS_CRYPTO_AES_KEY, 1);
	return __real_mbedtls_aes_setkey_enc(ctx, key, bits);
}

WORK_WRAP(mbedtls_aes_setkey_dec, mbedtls_aes_context *ctx, const unsigned char *key, unsigned bits)
{
	work_count(NBS_CRYPTO_AES_KEY, 1);
	return __real_mbedtls_aes_setkey_dec(ctx, key, bits);
}

WORK_WRAP(mbedtls_aes_crypt_ecb, mbedtls_aes_context *ctx, int mode, const unsigned char *input,
	  unsigned char *output)
{
	work_count(NBS_CRYPTO_AES_BLOCK, 1);
	return __real_mbedtls_aes_crypt_ecb(ctx, mode, input, output);
}

WORK_WRAP(mbedtls_aes_crypt_cbc, mbedtls_aes_context *ctx, int mode, size_t len, unsigned char *iv,
	  const unsigned char *input, unsigned char *output)
{
	work_count(NBS_CRYPTO_AES_BLOCK, work_blocks(len, AES_BLOCK));
	return __real_mbedtls_aes_crypt_cbc(ctx, mode, len, iv, input, output);
}

/* Additional data, text and the block of their lengths; an IV of 12 bytes is used as it is. */
static size_t
work_ghash_blocks(size_t iv_len, size_t add_len, size_t len)
{
	size_t blocks = work_blocks(add_len, AES_BLOCK) + work_blocks(len, AES_BLOCK) + 1;

	if (iv_len != GCM_IV)
		blocks += work_blocks(iv_len, AES_BLOCK) + 1;
	return blocks;
}

/* NOLINTNEXTLINE(readability-function-size): the library's parameters */
WORK_WRAP(mbedtls_gcm_crypt_and_tag, mbedtls_gcm_context *ctx, int mode, size_t len,
	  const unsigned char *iv, size_t iv_len, const unsigned char *add, size_t add_len,
	  const unsigned char *input, unsigned char *output, size_t tag_len, unsigned char *tag)
{
	work_count(NBS_CRYPTO_GHASH_BLOCK, work_ghash_blocks(iv_len, add_len, len));
	return __real_mbedtls_gcm_crypt_and_tag(ctx, mode, len, iv, iv_len, add, add_len, input,
						output, tag_len, tag);
}

/* NOLINTNEXTLINE(readability-function-size): the library's parameters */
WORK_WRAP(mbedtls_gcm_auth_decrypt, mbedtls_gcm_context *ctx, size_t len, const unsigned char *iv,
	  size_t iv_len, const unsigned char *add, size_t add_len, const unsigned char *tag,
	  size_t tag_len, const unsigned char *input, unsigned char *output)
{
	work_count(NBS_CRYPTO_GHASH_BLOCK, work_ghash_blocks(iv_len, add_len, len));
	return __real_mbedtls_gcm_auth_decrypt(ctx, len, iv, iv_len, add, add_len, tag, tag_len,
					       input, output);
}

/* ---- ChaCha20 and Poly1305 ---- */

/* What is left of the key stream's last block is used first. */
WORK_WRAP(mbedtls_chacha20_update, mbedtls_chacha20_context *ctx, size_t size,
	  const unsigned char *input, unsigned char *output)
{
	size_t left = CHACHA_BLOCK - ctx->MBEDTLS_PRIVATE(keystream_bytes_used);

	if (size > left)
		work_count(NBS_CRYPTO_CHACHA_BLOCK, work_blocks(size - left, CHACHA_BLOCK));
	return __real_mbedtls_chacha20_update(ctx, size, input, output);
}

WORK_WRAP(mbedtls_poly1305_update, mbedtls_poly1305_context *ctx, const unsigned char *input,
	  size_t len)
{
	work_count(NBS_CRYPTO_POLY1305_BLOCK,
		   (ctx->MBEDTLS_PRIVATE(queue_len) + len) / POLY1305_BLOCK);
	return __real_mbedtls_poly1305_update(ctx, input, len);
}

WORK_WRAP(mbedtls_poly1305_finish, mbedtls_poly1305_context *ctx, unsigned char *mac)
{
	work_count(NBS_CRYPTO_POLY1305_BLOCK,
		   work_blocks(ctx->MBEDTLS_PRIVATE(queue_len), POLY1305_BLOCK));
	return __real_mbedtls_poly1305_finish(ctx, mac);
}

/* ---- curves: all that are compiled in have 255 or 256 bits ---- */

typedef int work_rng(void *, unsigned char *, size_t);

/* ECDH calls it for a key (times the base point) and for the secret, ECDSA to sign. */
WORK_WRAP(mbedtls_ecp_mul_restartable, mbedtls_ecp_group *grp, mbedtls_ecp_point *r,
	  const mbedtls_mpi *m, const mbedtls_ecp_point *p, work_rng *f_rng, void *p_rng,
	  mbedtls_ecp_restart_ctx *rs_ctx)
{
	work_count(NBS_CRYPTO_ECP_MUL, 1);
	return __real_mbedtls_ecp_mul_restartable(grp, r, m, p, f_rng, p_rng, rs_ctx);
}

/* The public key of a parsed private one. */
WORK_WRAP(mbedtls_ecp_mul, mbedtls_ecp_group *grp, mbedtls_ecp_point *r, const mbedtls_mpi *m,
	  const mbedtls_ecp_point *p, work_rng *f_rng, void *p_rng)
{
	work_count(NBS_CRYPTO_ECP_MUL, 1);
	return __real_mbedtls_ecp_mul(grp, r, m, p, f_rng, p_rng);
}

/* Verification in ECDSA: m P + n Q. Its factors are hashes, never the 1 that would save one. */
WORK_WRAP(mbedtls_ecp_muladd_restartable, mbedtls_ecp_group *grp, mbedtls_ecp_point *r,
	  const mbedtls_mpi *m, const mbedtls_ecp_point *p, const mbedtls_mpi *n,
	  const mbedtls_ecp_point *q, mbedtls_ecp_restart_ctx *rs_ctx)
{
	work_count(NBS_CRYPTO_ECP_MUL, 2);
	return __real_mbedtls_ecp_muladd_restartable(grp, r, m, p, n, q, rs_ctx);
}

WORK_WRAP(mbedtls_ecp_gen_keypair, mbedtls_ecp_group *grp, mbedtls_mpi *d, mbedtls_ecp_point *q,
	  work_rng *f_rng, void *p_rng)
{
	work_count(NBS_CRYPTO_ECP_MUL, 1);
	return __real_mbedtls_ecp_gen_keypair(grp, d, q, f_rng, p_rng);
}
