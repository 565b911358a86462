/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Known work at the start of a program: counters that a linker left out are silent otherwise.
 *
 * The work enters the library above the borders that are counted, as DTLS does: by the generic
 * digest, cipher and ECDH interfaces.
 */
#include "models/dtls/work.h"

#include <mbedtls/cipher.h>
#include <mbedtls/ecdh.h>
#include <mbedtls/md.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define CHECK_AAD 13U /* bytes: those of a DTLS 1.2 record, RFC 5246 6.2.3.3 */

/* Zeroes are as good as any other key, nonce and text. */
static const uint8_t check_zeros[256];

/* One bit for each operation whose count is not what the work needs. */
static unsigned
check_compare(const struct nbs_crypto_work *got, const struct nbs_crypto_work *want)
{
	unsigned wrong = 0;

	for (unsigned op = 0; op < NBS_CRYPTO__COUNT; op++) {
		if (got->count[op] != want->count[op])
			wrong |= 1U << op;
	}
	return wrong;
}

/* ---- SHA-256 and SHA-384 ---- */

/* Messages whose blocks are known. */
struct check_digest {
	mbedtls_md_type_t type;
	size_t lengths[3];
	enum nbs_crypto_op op;
	uint64_t want;
};

/*
 * FIPS 180-4 5.1: padding of 9 bytes at least, of 17 with SHA-384. One length fills one block, one
 * two, one more needs a third: 6. 200 bytes in pieces of 33: ceil(209/64) = 4, ceil(217/128) = 2.
 * RFC 2104: two keyed blocks, one of text, one of the inner hash.
 */
static const struct check_digest check_digests[] = {
    {MBEDTLS_MD_SHA256, {55, 119, 120}, NBS_CRYPTO_SHA256_BLOCK, 6 + 4 + 4},
    {MBEDTLS_MD_SHA384, {111, 239, 240}, NBS_CRYPTO_SHA512_BLOCK, 6 + 2 + 4},
};

static bool
check_digest_work(const mbedtls_md_info_t *info, const size_t lengths[3])
{
	mbedtls_md_context_t ctx;
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	bool ok = true;

	for (size_t i = 0; i < 3; i++)
		ok = mbedtls_md(info, check_zeros, lengths[i], hash) == 0 && ok;
	mbedtls_md_init(&ctx);
	ok = ok && mbedtls_md_setup(&ctx, info, 0) == 0 && mbedtls_md_starts(&ctx) == 0;
	for (size_t at = 0; at < 200 && ok; at += 33)
		ok = mbedtls_md_update(&ctx, check_zeros, at + 33 <= 200 ? 33 : 200 - at) == 0;
	ok = ok && mbedtls_md_finish(&ctx, hash) == 0;
	mbedtls_md_free(&ctx);
	return ok;
}

static unsigned
check_digest(const struct check_digest *digest)
{
	const mbedtls_md_info_t *info = mbedtls_md_info_from_type(digest->type);
	struct nbs_crypto_work got = {{0}}, want = {{0}};
	struct nbsi_dtls_sink before = nbsi_dtls_work_enter((struct nbsi_dtls_sink){.own = &got});
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	bool ok = check_digest_work(info, digest->lengths) &&
		  mbedtls_md_hmac(info, check_zeros, 32, check_zeros, CHECK_AAD, hash) == 0;

	nbsi_dtls_work_leave(before);
	want.count[digest->op] = digest->want;
	return ok ? check_compare(&got, &want) : 1U << digest->op;
}

/* ---- ciphers ---- */

struct check_cipher {
	mbedtls_cipher_type_t type;
	size_t len; /* text */
	size_t tag; /* 0 = no AEAD */
	struct nbs_crypto_work want;
};

static const struct check_cipher check_ciphers[] = {
    /* SP 800-38C: B0, 13 + 2 bytes of additional data, S0; MAC and key stream over two blocks */
    {MBEDTLS_CIPHER_AES_128_CCM,
     19,
     8,
     {.count = {[NBS_CRYPTO_AES_KEY] = 1, [NBS_CRYPTO_AES_BLOCK] = 3 + 2 * 2}}},
    {MBEDTLS_CIPHER_AES_256_CCM,
     32,
     8,
     {.count = {[NBS_CRYPTO_AES_KEY] = 1, [NBS_CRYPTO_AES_BLOCK] = 3 + 2 * 2}}},
    /* SP 800-38D: H with the key, J0, two of text; GHASH over one, two and the lengths */
    {MBEDTLS_CIPHER_AES_128_GCM,
     19,
     16,
     {.count = {[NBS_CRYPTO_AES_KEY] = 1,
		[NBS_CRYPTO_AES_BLOCK] = 1 + 1 + 2,
		[NBS_CRYPTO_GHASH_BLOCK] = 1 + 2 + 1}}},
    {MBEDTLS_CIPHER_AES_128_CBC,
     48,
     0,
     {.count = {[NBS_CRYPTO_AES_KEY] = 1, [NBS_CRYPTO_AES_BLOCK] = 3}}},
    /* RFC 8439 2.8: the one-time key and two of text; Poly1305 over one, five and the lengths */
    {MBEDTLS_CIPHER_CHACHA20_POLY1305,
     65,
     16,
     {.count = {[NBS_CRYPTO_CHACHA_BLOCK] = 1 + 2, [NBS_CRYPTO_POLY1305_BLOCK] = 1 + 5 + 1}}},
};

static bool
check_encrypt(mbedtls_cipher_context_t *ctx, const struct check_cipher *cipher)
{
	uint8_t out[sizeof(check_zeros)];
	size_t len = 0;

	if (cipher->tag != 0)
		return mbedtls_cipher_auth_encrypt_ext(ctx, check_zeros, 12, check_zeros, CHECK_AAD,
						       check_zeros, cipher->len, out, sizeof(out),
						       &len, cipher->tag) == 0;
	return mbedtls_cipher_set_padding_mode(ctx, MBEDTLS_PADDING_NONE) == 0 &&
	       mbedtls_cipher_crypt(ctx, check_zeros, 16, check_zeros, cipher->len, out, &len) == 0;
}

static unsigned
check_cipher(const struct check_cipher *cipher)
{
	const mbedtls_cipher_info_t *info = mbedtls_cipher_info_from_type(cipher->type);
	struct nbs_crypto_work got = {{0}};
	struct nbsi_dtls_sink before = nbsi_dtls_work_enter((struct nbsi_dtls_sink){.own = &got});
	mbedtls_cipher_context_t ctx;
	bool ok;

	mbedtls_cipher_init(&ctx);
	ok = mbedtls_cipher_setup(&ctx, info) == 0 &&
	     mbedtls_cipher_setkey(&ctx, check_zeros, (int)mbedtls_cipher_info_get_key_bitlen(info),
				   MBEDTLS_ENCRYPT) == 0 &&
	     check_encrypt(&ctx, cipher);
	mbedtls_cipher_free(&ctx);
	nbsi_dtls_work_leave(before);
	return ok ? check_compare(&got, &cipher->want) : 1U << NBS_CRYPTO_AES_BLOCK;
}

/* ---- curves ---- */

/* Counting up is random enough for a key that nobody uses. */
static int
check_random(void *arg, unsigned char *out, size_t len)
{
	uint8_t *next = arg;

	for (size_t i = 0; i < len; i++)
		out[i] = (*next)++;
	return 0;
}

/* A key pair and the secret with itself: one multiplication each. */
static unsigned
check_ecdh(void)
{
	static const struct nbs_crypto_work want = {.count[NBS_CRYPTO_ECP_MUL] = 2};
	struct nbs_crypto_work got = {{0}};
	struct nbsi_dtls_sink before = nbsi_dtls_work_enter((struct nbsi_dtls_sink){.own = &got});
	mbedtls_ecp_group group;
	mbedtls_ecp_point point;
	mbedtls_mpi key, secret;
	uint8_t next = 1;
	bool ok;

	mbedtls_ecp_group_init(&group);
	mbedtls_ecp_point_init(&point);
	mbedtls_mpi_init(&key);
	mbedtls_mpi_init(&secret);
	ok = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
	     mbedtls_ecdh_gen_public(&group, &key, &point, check_random, &next) == 0 &&
	     mbedtls_ecdh_compute_shared(&group, &secret, &point, &key, check_random, &next) == 0;
	mbedtls_mpi_free(&secret);
	mbedtls_mpi_free(&key);
	mbedtls_ecp_point_free(&point);
	mbedtls_ecp_group_free(&group);
	nbsi_dtls_work_leave(before);
	return ok ? check_compare(&got, &want) : 1U << NBS_CRYPTO_ECP_MUL;
}

enum nbs_status
nbsi_dtls_work_check(unsigned *wrong)
{
	unsigned found = check_ecdh();

	for (size_t i = 0; i < sizeof(check_digests) / sizeof(check_digests[0]); i++)
		found |= check_digest(&check_digests[i]);
	for (size_t i = 0; i < sizeof(check_ciphers) / sizeof(check_ciphers[0]); i++)
		found |= check_cipher(&check_ciphers[i]);
	if (wrong != NULL)
		*wrong = found;
	return found == 0 ? NBS_OK : NBS_E_INTERNAL;
}
