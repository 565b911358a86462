/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test support, see test_peer.h. */
#include "models/dtls/test_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <mbedtls/aes.h>
#include <mbedtls/md.h>

#define HEADER 12U /* bytes of a handshake header, RFC 6347 4.2.2 */
#define MAC 32U    /* bytes, HMAC-SHA256 */
#define BLOCK 16U  /* bytes, AES */
#define VERIFY 12U /* bytes of verify_data, RFC 5246 7.4.9 */

/* HandshakeType, RFC 5246 7.4, RFC 6347 4.3.2 */
enum {
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	HELLO_VERIFY_REQUEST = 3,
	SERVER_HELLO_DONE = 14,
	CLIENT_KEY_EXCHANGE = 16,
	FINISHED = 20
};

static const uint8_t peer_random[NBSI_DTLS_RANDOM] = {0x51, 0x0c, 0x77, 0xe8, 0x2d, 0x93};
static const uint8_t peer_cookie[20] = {0xc0, 0x0c, 0x1e};

void
peer_init(struct peer *peer, const uint8_t *psk, size_t psk_len)
{
	memset(peer, 0, sizeof(*peer));
	peer->psk = psk;
	peer->psk_len = psk_len;
	mbedtls_sha256_init(&peer->transcript);
	assert_int_equal(mbedtls_sha256_starts(&peer->transcript, 0), 0);
}

void
peer_fini(struct peer *peer)
{
	mbedtls_sha256_free(&peer->transcript);
}

void
peer_clear(struct peer *peer)
{
	peer->heard[0] = '\0';
}

/* Big-endian number of so many bytes. */
static void
put(uint8_t *at, uint64_t number, size_t bytes)
{
	for (size_t i = bytes; i-- > 0; number >>= 8)
		at[i] = (uint8_t)number;
}

static uint32_t
get(const uint8_t *at, size_t bytes)
{
	uint32_t number = 0;

	for (size_t i = 0; i < bytes; i++)
		number = number << 8 | at[i];
	return number;
}

/* ---- keys ---- */

static void
hmac(const uint8_t *key, size_t key_len, const uint8_t *data, size_t len, uint8_t out[MAC])
{
	assert_int_equal(mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), key, key_len,
					 data, len, out),
			 0);
}

/* RFC 5246 5: P_SHA256(secret, label + seed); A(i) stands in front of label and seed. */
static void
prf(const uint8_t *secret, size_t secret_len, const char *label, const uint8_t *seed,
    size_t seed_len, uint8_t *out, size_t len)
{
	uint8_t text[MAC + 16 + 2 * NBSI_DTLS_RANDOM], block[MAC];
	size_t label_len = strlen(label);

	assert_true(label_len + seed_len <= sizeof(text) - MAC);
	for (size_t i = 0; i < label_len; i++) /* without its NUL */
		text[MAC + i] = (uint8_t)label[i];
	memcpy(text + MAC + label_len, seed, seed_len);
	hmac(secret, secret_len, text + MAC, label_len + seed_len, text);
	for (size_t made = 0; made < len; made += MAC) {
		hmac(secret, secret_len, text, MAC + label_len + seed_len, block);
		memcpy(out + made, block, len - made < MAC ? len - made : MAC);
		hmac(secret, secret_len, text, MAC, block);
		memcpy(text, block, MAC);
	}
}

/* RFC 4279 2 (premaster), RFC 5246 8.1 (master), 6.3 (key block: client first). */
static void
peer_derive(struct peer *peer)
{
	uint8_t premaster[2 * (2 + 64)] = {0}, seed[2 * NBSI_DTLS_RANDOM], block[2 * (32 + 16)];
	size_t n = peer->psk_len;

	assert_true(n <= 64);
	put(premaster, n, 2);
	put(premaster + 2 + n, n, 2);
	memcpy(premaster + 4 + n, peer->psk, n);
	memcpy(seed, peer->client_random, NBSI_DTLS_RANDOM);
	memcpy(seed + NBSI_DTLS_RANDOM, peer_random, NBSI_DTLS_RANDOM);
	prf(premaster, 4 + 2 * n, "master secret", seed, sizeof(seed), peer->master,
	    NBSI_DTLS_MASTER);
	memcpy(seed, peer_random, NBSI_DTLS_RANDOM); /* the other way round here */
	memcpy(seed + NBSI_DTLS_RANDOM, peer->client_random, NBSI_DTLS_RANDOM);
	prf(peer->master, NBSI_DTLS_MASTER, "key expansion", seed, sizeof(seed), block,
	    sizeof(block));
	memcpy(peer->client.mac, block, 32);
	memcpy(peer->server.mac, block + 32, 32);
	memcpy(peer->client.aes, block + 64, 16);
	memcpy(peer->server.aes, block + 80, 16);
	peer->keyed = true;
}

static void
peer_verify_data(const struct peer *peer, const char *label, uint8_t out[VERIFY])
{
	mbedtls_sha256_context copy;
	uint8_t hash[32];

	mbedtls_sha256_init(&copy);
	mbedtls_sha256_clone(&copy, &peer->transcript);
	assert_int_equal(mbedtls_sha256_finish(&copy, hash), 0);
	mbedtls_sha256_free(&copy);
	prf(peer->master, NBSI_DTLS_MASTER, label, hash, sizeof(hash), out, VERIFY);
}

/* ---- records ---- */

/* RFC 6347 4.1.2.1: the MAC of epoch, number, type, version, length, content. */
static void
record_mac(const struct peer_keys *keys, const uint8_t *header, const uint8_t *content, size_t len,
	   uint8_t mac[MAC])
{
	uint8_t text[NBSI_DTLS_HEADER + PEER_DATAGRAM];

	assert_true(len <= PEER_DATAGRAM);
	memcpy(text, header + 3, 8); /* epoch, number */
	memcpy(text + 8, header, 3); /* type, version */
	put(text + 11, len, 2);
	memcpy(text + 13, content, len);
	hmac(keys->mac, sizeof(keys->mac), text, 13 + len, mac);
}

/* RFC 5246 6.2.3.2: IV, then content, MAC and padding encrypted. @return the fragment's length. */
static size_t
record_protect(const struct peer_keys *keys, const uint8_t *header, const uint8_t *content,
	       size_t len, uint8_t *out)
{
	size_t padding = BLOCK - (len + MAC) % BLOCK; /* its length byte counted in */
	size_t whole = len + MAC + padding;
	uint8_t iv[BLOCK], clear[PEER_DATAGRAM];
	mbedtls_aes_context aes;

	assert_true(whole + BLOCK + NBSI_DTLS_HEADER <= PEER_DATAGRAM);
	memcpy(clear, content, len);
	record_mac(keys, header, content, len, clear + len);
	memset(clear + len + MAC, (int)(padding - 1), padding);
	memset(iv, 0x5a ^ header[10], BLOCK); /* whatever: the number makes it another each time */
	memcpy(out, iv, BLOCK);
	mbedtls_aes_init(&aes);
	assert_int_equal(mbedtls_aes_setkey_enc(&aes, keys->aes, 128), 0);
	assert_int_equal(
	    mbedtls_aes_crypt_cbc(&aes, MBEDTLS_AES_ENCRYPT, whole, iv, clear, out + BLOCK), 0);
	mbedtls_aes_free(&aes);
	return BLOCK + whole;
}

/* @return the length of the content. */
static size_t
record_open(const struct peer_keys *keys, const uint8_t *header,
	    const struct nbsi_dtls_record *record, uint8_t clear[PEER_DATAGRAM])
{
	uint8_t iv[BLOCK], mac[MAC];
	mbedtls_aes_context aes;
	size_t whole = record->len - BLOCK, len;

	assert_true(record->len >= BLOCK + MAC + BLOCK && record->len % BLOCK == 0);
	assert_true(whole <= PEER_DATAGRAM);
	memcpy(iv, record->body, BLOCK);
	mbedtls_aes_init(&aes);
	assert_int_equal(mbedtls_aes_setkey_dec(&aes, keys->aes, 128), 0);
	assert_int_equal(mbedtls_aes_crypt_cbc(&aes, MBEDTLS_AES_DECRYPT, whole, iv,
					       record->body + BLOCK, clear),
			 0);
	mbedtls_aes_free(&aes);
	assert_true(clear[whole - 1] < BLOCK && clear[whole - 1] + MAC + 1 <= whole);
	len = whole - clear[whole - 1] - 1 - MAC;
	for (size_t i = len + MAC; i < whole; i++)
		assert_int_equal(clear[i], clear[whole - 1]);
	record_mac(keys, header, clear, len, mac);
	assert_memory_equal(clear + len, mac, MAC);
	return len;
}

/* One record in the peer's epoch; before there are keys a later epoch is in the clear too. */
static size_t
peer_record(struct peer *peer, uint8_t type, const uint8_t *content, size_t len, uint8_t *datagram)
{
	size_t body = len;

	assert_true(NBSI_DTLS_HEADER + len <= PEER_DATAGRAM);
	datagram[0] = type;
	put(datagram + 1, 0xfefd, 2);
	put(datagram + 3, peer->epoch, 2);
	put(datagram + 5, peer->seq++, 6);
	if (peer->epoch != 0 && peer->keyed)
		body = record_protect(&peer->server, datagram, content, len,
				      datagram + NBSI_DTLS_HEADER);
	else
		memcpy(datagram + NBSI_DTLS_HEADER, content, len);
	put(datagram + 11, body, 2);
	return NBSI_DTLS_HEADER + body;
}

/* ---- what the peer says ---- */

static size_t
peer_handshake(struct peer *peer, uint8_t type, const uint8_t *body, size_t len, uint8_t *datagram)
{
	uint8_t message[HEADER + 128] = {type};

	assert_true(len <= 128);
	put(message + 1, len, 3);
	put(message + 4, peer->message_seq++, 2);
	put(message + 9, len, 3); /* one fragment, RFC 6347 4.2.2 */
	memcpy(message + HEADER, body, len);
	if (type != HELLO_VERIFY_REQUEST)
		assert_int_equal(mbedtls_sha256_update(&peer->transcript, message, HEADER + len),
				 0);
	return peer_record(peer, NBSI_DTLS_HANDSHAKE, message, HEADER + len, datagram);
}

static size_t
peer_hello_verify(struct peer *peer, uint8_t *datagram)
{
	uint8_t body[3 + sizeof(peer_cookie)] = {0xfe, 0xfd, sizeof(peer_cookie)};

	memcpy(body + 3, peer_cookie, sizeof(peer_cookie));
	return peer_handshake(peer, HELLO_VERIFY_REQUEST, body, sizeof(body), datagram);
}

/* RFC 5246 7.4.1.3: version, random, no session, suite, no compression, no extensions. */
static size_t
peer_server_hello(struct peer *peer, uint8_t *datagram)
{
	uint8_t body[2 + NBSI_DTLS_RANDOM + 1 + 2 + 1] = {0xfe, 0xfd};

	memcpy(body + 2, peer_random, NBSI_DTLS_RANDOM);
	put(body + 2 + NBSI_DTLS_RANDOM + 1, PEER_SUITE, 2);
	peer_derive(peer);
	return peer_handshake(peer, SERVER_HELLO, body, sizeof(body), datagram);
}

static size_t
peer_ccs(struct peer *peer, uint8_t *datagram)
{
	size_t len = peer_record(peer, NBSI_DTLS_CCS, (const uint8_t *)"\x01", 1, datagram);

	if (!peer->stays) {
		peer->epoch++;
		peer->seq = 0;
	}
	return len;
}

size_t
peer_say(struct peer *peer, enum peer_message what, uint8_t datagram[PEER_DATAGRAM])
{
	uint8_t verify[VERIFY] = {0};

	switch (what) {
	case PEER_HELLO_VERIFY:
		return peer_hello_verify(peer, datagram);
	case PEER_SERVER_HELLO:
		return peer_server_hello(peer, datagram);
	case PEER_HELLO_DONE:
		return peer_handshake(peer, SERVER_HELLO_DONE, verify, 0, datagram);
	case PEER_CCS:
		return peer_ccs(peer, datagram);
	case PEER_FINISHED:
		peer_verify_data(peer, "server finished", verify);
		return peer_handshake(peer, FINISHED, verify, VERIFY, datagram);
	case PEER_APPLICATION:
		return peer_record(peer, NBSI_DTLS_APPLICATION, (const uint8_t *)PEER_DATA,
				   strlen(PEER_DATA), datagram);
	case PEER_CLOSE_NOTIFY: /* warning(1), close_notify(0) */
		return peer_record(peer, NBSI_DTLS_TYPE_ALERT, (const uint8_t *)"\x01\x00", 2,
				   datagram);
	case PEER_FATAL: /* fatal(2), unexpected_message(10) */
		return peer_record(peer, NBSI_DTLS_TYPE_ALERT, (const uint8_t *)"\x02\x0a", 2,
				   datagram);
	case PEER__COUNT:
	default:
		fail_msg("message %d", (int)what);
		return 0;
	}
}

/* ---- what the client says ---- */

static void
hear(struct peer *peer, const char *name)
{
	size_t used = strlen(peer->heard), len = strlen(name);

	if (used >= len && strcmp(peer->heard + used - len, name) == 0) {
		assert_true(used + 2 <= sizeof(peer->heard));
		strcat(peer->heard, "+");
		return;
	}
	assert_true(used + 2 + len < sizeof(peer->heard));
	if (used != 0)
		strcat(peer->heard, ", ");
	strcat(peer->heard, name);
}

/* The first hello does not count in Finished, RFC 6347 4.2.1. */
static void
hear_hello(struct peer *peer, const uint8_t *message, size_t len)
{
	const uint8_t *session = message + HEADER + 2 + NBSI_DTLS_RANDOM, *cookie;

	assert_true(len > HEADER + 2 + NBSI_DTLS_RANDOM + 2);
	memcpy(peer->client_random, message + HEADER + 2, NBSI_DTLS_RANDOM);
	cookie = session + 1 + session[0];
	assert_true(cookie < message + len && cookie + 1 + cookie[0] <= message + len);
	peer->cookie_seen_len = cookie[0];
	memcpy(peer->cookie_seen, cookie + 1, cookie[0]);
	assert_int_equal(mbedtls_sha256_starts(&peer->transcript, 0), 0);
	hear(peer, "CH");
}

static void
hear_handshake(struct peer *peer, const uint8_t *message, size_t len)
{
	uint8_t verify[VERIFY];

	assert_true(len >= HEADER);
	assert_int_equal(get(message + 1, 3), len - HEADER);
	assert_int_equal(get(message + 6, 3), 0); /* not in fragments */
	assert_int_equal(get(message + 9, 3), len - HEADER);
	if (message[0] == CLIENT_HELLO) {
		hear_hello(peer, message, len);
	} else if (message[0] == CLIENT_KEY_EXCHANGE) {
		hear(peer, "CKE");
	} else if (message[0] == FINISHED) {
		peer_verify_data(peer, "client finished", verify);
		assert_int_equal(len, HEADER + VERIFY);
		assert_memory_equal(message + HEADER, verify, VERIFY);
		hear(peer, "FIN");
	} else {
		fail_msg("handshake message %u", message[0]);
	}
	assert_int_equal(mbedtls_sha256_update(&peer->transcript, message, len), 0);
}

static void
hear_alert(struct peer *peer, const uint8_t *alert, size_t len)
{
	char name[16];

	assert_int_equal(len, 2);
	if (alert[0] == 2 && alert[1] == 50)
		hear(peer, "A(DEC)");
	else if (alert[0] == 2 && alert[1] == 10)
		hear(peer, "A(UNEXP)");
	else if (alert[0] == 1 && alert[1] == 0)
		hear(peer, "A(CLOSE)");
	else {
		(void)snprintf(name, sizeof(name), "A(%u,%u)", alert[0], alert[1]);
		hear(peer, name);
	}
}

static void
hear_application(struct peer *peer, const uint8_t *data, size_t len)
{
	assert_int_equal(len, strlen(PEER_DATA));
	assert_memory_equal(data, PEER_DATA, len);
	hear(peer, "APP");
}

void
peer_hear(struct peer *peer, const uint8_t *data, size_t len)
{
	struct nbsi_dtls_cursor cursor = {data, len, 0};
	struct nbsi_dtls_record record;

	while (cursor.left != 0) {
		const uint8_t *header = cursor.at, *content;
		uint8_t clear[PEER_DATAGRAM];
		size_t content_len;

		assert_true(nbsi_dtls_next(&cursor, &record));
		assert_true(record.epoch <= 1);
		content = record.epoch == 0 ? record.body : clear;
		content_len = record.epoch == 0
				  ? record.len
				  : record_open(&peer->client, header, &record, clear);
		if (record.type == NBSI_DTLS_HANDSHAKE)
			hear_handshake(peer, content, content_len);
		else if (record.type == NBSI_DTLS_CCS)
			hear(peer, "CCS");
		else if (record.type == NBSI_DTLS_TYPE_ALERT)
			hear_alert(peer, content, content_len);
		else
			hear_application(peer, content, content_len);
	}
}
