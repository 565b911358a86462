/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ECDHE-ECDSA with X.509 certificates (RFC 5246 7.4, RFC 8422, RFC 7925 4.4): sizes and counted
 * work by arithmetic, and who the client is then.
 */
#include "models/dtls/test_credentials.h"

#include <mbedtls/x509_crt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GCM 0xC02B

#define SERVER_KEY_EXCHANGE 12U /* RFC 5246 7.4 */
#define CERTIFICATE_VERIFY 15U

/* Bytes of a certificate, and of the part that its signature covers. */
static void
certificate_lengths(const char *name, unsigned *whole, unsigned *signed_part)
{
	char *text = file_read(name, ".pem");
	mbedtls_x509_crt crt;

	mbedtls_x509_crt_init(&crt);
	assert_int_equal(mbedtls_x509_crt_parse(&crt, (const uint8_t *)text, strlen(text) + 1), 0);
	*whole = (unsigned)crt.raw.len;
	*signed_part = (unsigned)crt.tbs.len;
	mbedtls_x509_crt_free(&crt);
	free(text);
}

/* ---- what went over the wire ---- */

/* The body of the only handshake message of a type, not fragmented (RFC 6347 4.1, 4.2.2). */
static const uint8_t *
message_of(const struct pair *pair, enum pair_way way, unsigned type)
{
	for (size_t i = 0; i < pair->packet_count; i++) {
		const struct pair_packet *packet = &pair->packets[i];
		size_t at = 0;

		while (packet->way == way && at + 25 < packet->len) {
			const uint8_t *record = packet->data + at;

			if (record[0] == 22 && record[4] == 0 && record[13] == type)
				return record + 25;
			at += 13U + (record[11] * 256U + record[12]);
		}
	}
	fail_msg("no message of type %u", type);
	return NULL;
}

/* Signatures are 70 to 72 bytes, less the more zeros the numbers begin with: read from the wire. */
static unsigned
signature_length(const uint8_t *signature)
{
	unsigned length = signature[2] * 256U + signature[3]; /* behind the algorithm's two bytes */

	assert_in_range(length, 60, 72);
	return length;
}

static unsigned
server_signature(const struct pair *pair)
{
	/* named_curve, X25519, a point of 32 bytes: RFC 8422 5.4 */
	return signature_length(message_of(pair, PAIR_DOWN, SERVER_KEY_EXCHANGE) + 3 + 1 + 32);
}

static unsigned
client_signature(const struct pair *pair)
{
	return signature_length(message_of(pair, PAIR_UP, CERTIFICATE_VERIFY));
}

static void
check_sizes(const struct pair *pair, const unsigned sizes[6])
{
	assert_int_equal(pair->packet_count, 6);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(pair->packets[i].len, sizes[i]);
}

/* ---- work by arithmetic: see work_counts.txt for what is common with PSK ---- */

/* Compressions that finish a copy of a hash over so many bytes: FIPS 180-4 5.1.1. */
static unsigned
finish256(unsigned bytes)
{
	return bytes % 64 + 9 <= 64 ? 1 : 2;
}

static unsigned
digest256(unsigned bytes)
{
	return (bytes + 9 + 63) / 64;
}

/*
 * A deterministic signature (RFC 6979 3.2, HMAC_DRBG of SP 800-90A 10.1.2) with any of these
 * hashes, an HMAC being 4 compressions and one more for every block of text: key of zeros 1; twice
 * with the private key and the digest, V || sep || 64 bytes: 5 and HMAC(V) 4, so 18; the number,
 * HMAC(V): 4; an update without data, 4 + 4.
 */
#define SIGNATURE_HASHES (1U + 18U + 4U + 8U)

#define PRF256 125U   /* master secret, keys, both Finished: work_counts.txt */
#define COOKIE_MAC 4U /* one HMAC of a cookie */
#define HELLO 132U    /* the second ClientHello as it is hashed */
#define BEFORE 147U   /* bytes hashed and thrown away: 100 ClientHello, 47 HelloVerifyRequest */
#define SKE_DIGEST 1U /* SHA-512 over 2 * 32 of randoms and 36 of parameters: one block */

static uint64_t
client_count(const struct setup *s, enum nbs_crypto_op op)
{
	return nbs_dtls_client_work(s->node.client, NBS_DTLS_PHASE_HANDSHAKE)->count[op];
}

static uint64_t
session_count(const struct setup *s, enum nbs_crypto_op op)
{
	return nbs_dtls_session_work(s->pair->newest, NBS_DTLS_PHASE_HANDSHAKE)->count[op];
}

/*
 * ClientHello 113 and 145 as with ECDHE-PSK (handshake_sizes.txt: there is one suite), ServerHello
 * 112; Certificate 13 + 12 + 3 + 3 + L (RFC 5246 7.4.2); ServerKeyExchange 13 + 12 + 3 + 1 + 32 for
 * the point (RFC 8422 5.4) + 2 + 2 + S; Done 25. KeyExchange 13 + 12 + 1 + 32, CCS 14, Finished 53
 * with CCM_8 and 61 with GCM.
 */
static void
server_alone_check(unsigned suite, unsigned finished)
{
	struct setup s = {.suite = suite,
			  .server = credentials("server", NULL, NULL, false),
			  .client = credentials(NULL, "ca", NULL, false)};
	unsigned whole, signed_part, sig, t, hash;

	setup_try(&s);
	assert_int_equal(s.node.connected, 1);
	certificate_lengths("server", &whole, &signed_part);
	sig = server_signature(s.pair);
	check_sizes(s.pair, (unsigned[]){113, 60, 145, 112 + (31 + whole) + (65 + sig) + 25,
					 58 + 14 + finished, 14 + finished});
	assert_int_equal(nbs_dtls_session_identity(s.pair->newest).len, 0);

	/* T up to ClientKeyExchange, records' headers off; the hash over it as in work_counts.txt.
	 */
	t = HELLO + 99 + (18 + whole) + (52 + sig) + 12 + 45;
	hash = (t + 48) / 64 + finish256(t) + finish256(t) + finish256(t + 24);
	/* Key, secret, and a verification of two products for certificate and key exchange each. */
	assert_int_equal(client_count(&s, NBS_CRYPTO_ECP_MUL), 1 + 1 + 2 + 2);
	assert_int_equal(client_count(&s, NBS_CRYPTO_SHA256_BLOCK),
			 PRF256 + hash + BEFORE / 64 + digest256(signed_part));
	assert_int_equal(client_count(&s, NBS_CRYPTO_SHA512_BLOCK),
			 BEFORE / 128 + (HELLO + 99) / 128 + SKE_DIGEST);
	/* Key, secret, signature. The server hashes to the end with SHA-384 too. */
	assert_int_equal(session_count(&s, NBS_CRYPTO_ECP_MUL), 1 + 1 + 1);
	assert_int_equal(session_count(&s, NBS_CRYPTO_SHA256_BLOCK), PRF256 + hash + COOKIE_MAC);
	assert_int_equal(session_count(&s, NBS_CRYPTO_SHA512_BLOCK),
			 (t + 48) / 128 + SKE_DIGEST + SIGNATURE_HASHES);
	setup_fini(&s);
}

static void
test_server_alone(void **state)
{
	(void)state;
	server_alone_check(CCM_8, 53);
	server_alone_check(GCM, 61);
}

/*
 * More than above: CertificateRequest 13 + 12 + 1 + 2 types + 2 + 8 for algorithms + 2 + 2 + 20 for
 * the name CN=test-ca of the trust anchor (2 + 2 + 2 + 5 + 2 + 7); the client's Certificate, and
 * CertificateVerify 13 + 12 + 2 + 2 + S. The algorithms are ECDSA and RSA with SHA-384 and SHA-256:
 * the library signs a hash that runs anyhow.
 */
static void
test_mutual(void **state)
{
	struct setup s = {.suite = CCM_8,
			  .server = credentials("server", "ca", NULL, true),
			  .client = credentials("device", "ca", "gateway", false)};
	unsigned whole[2], signed_part[2], sig[2], t, t2, hash;

	(void)state;
	setup_try(&s);
	assert_int_equal(s.node.connected, 1);
	certificate_lengths("server", &whole[0], &signed_part[0]);
	certificate_lengths("device", &whole[1], &signed_part[1]);
	sig[0] = server_signature(s.pair);
	sig[1] = client_signature(s.pair);
	check_sizes(s.pair,
		    (unsigned[]){113, 60, 145, 112 + (31 + whole[0]) + (65 + sig[0]) + 62 + 25,
				 (31 + whole[1]) + 58 + (29 + sig[1]) + 14 + 53, 67});
	assert_int_equal(nbs_dtls_session_identity(s.pair->newest).len, 12);
	assert_memory_equal(nbs_dtls_session_identity(s.pair->newest).data, "METER-000001", 12);

	/* The hash is finished once more for CertificateVerify, which is in it from there on. */
	t = HELLO + 99 + (18 + whole[0]) + (52 + sig[0]) + 49 + 12 + (18 + whole[1]) + 45;
	t2 = t + 16 + sig[1];
	hash = (t2 + 48) / 64 + 2 * finish256(t) + finish256(t2) + finish256(t2 + 24);
	assert_int_equal(client_count(&s, NBS_CRYPTO_ECP_MUL), 1 + 1 + 2 + 2 + 1);
	assert_int_equal(client_count(&s, NBS_CRYPTO_SHA256_BLOCK), PRF256 + hash + BEFORE / 64 +
									digest256(signed_part[0]) +
									SIGNATURE_HASHES);
	assert_int_equal(session_count(&s, NBS_CRYPTO_ECP_MUL), 1 + 1 + 1 + 2 + 2);
	assert_int_equal(session_count(&s, NBS_CRYPTO_SHA256_BLOCK),
			 PRF256 + hash + COOKIE_MAC + digest256(signed_part[1]));
	assert_int_equal(session_count(&s, NBS_CRYPTO_SHA512_BLOCK),
			 (t2 + 48) / 128 + SKE_DIGEST + SIGNATURE_HASHES);
	assert_int_equal(client_count(&s, NBS_CRYPTO_AES_BLOCK), 14);
	setup_fini(&s);
}

/* Two names are nobody's: whoever reads the other one sees another device. */
static void
test_two_names(void **state)
{
	struct setup s = {.suite = CCM_8,
			  .server = credentials("server", "ca", NULL, true),
			  .client = credentials("two-names", "ca", NULL, false)};

	(void)state;
	setup_try(&s);
	assert_int_equal(s.node.connected, 1);
	assert_null(nbs_dtls_session_identity(s.pair->newest).data);
	assert_int_equal(nbs_dtls_session_identity(s.pair->newest).len, 0);
	setup_fini(&s);
}

/* Small datagrams: the client's certificate goes out in pieces (RFC 6347 4.2.3). */
static void
test_fragments(void **state)
{
	struct setup s = {.suite = CCM_8,
			  .server = credentials("server", "ca", NULL, true),
			  .client = credentials("device", "ca", NULL, false)};

	(void)state;
	setup_init(&s, 200);
	pair_connect(&s.node);
	assert_memory_equal(nbs_dtls_session_identity(s.pair->newest).data, "METER-000001", 12);
	for (size_t i = 0; i < s.pair->packet_count; i++) {
		if (s.pair->packets[i].way == PAIR_UP)
			assert_in_range(s.pair->packets[i].len, 1, 200);
	}
	assert_true(nbs_dtls_client_stats(s.node.client)->handshake_datagrams_out > 4);
	setup_fini(&s);
}

/* ---- beside keys ---- */

/* One server for devices of either kind: each is known by what it proved. */
static void
test_beside_psk(void **state)
{
	const uint16_t suites[2] = {NBS_DTLS_PSK_AES_128_CCM_8, CCM_8};
	struct setup s = {.suite = CCM_8,
			  .server = credentials("server", "ca", NULL, true),
			  .client = credentials("device", "ca", NULL, false)};
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair_node other;

	(void)state;
	setup_configs(&s, &suites[1], &server, &client);
	server.suites = suites;
	server.suite_count = 2;
	s.pair = pair_new(1, &server);
	pair_node_init(&s.node, s.pair, 1, &client);
	pair_node_init(&other, s.pair, 2, NULL);
	pair_connect(&other);
	assert_memory_equal(nbs_dtls_session_identity(s.pair->newest).data, "a", 1);
	pair_connect(&s.node);
	assert_memory_equal(nbs_dtls_session_identity(s.pair->newest).data, "METER-000001", 12);
	assert_int_equal(
	    nbs_dtls_client_work(other.client, NBS_DTLS_PHASE_HANDSHAKE)->count[NBS_CRYPTO_ECP_MUL],
	    0);
	pair_node_fini(&other);
	setup_fini(&s);
}

/* What a run with mutual authentication puts on the wire, one after the other. */
static size_t
wire_of(uint8_t *wire, size_t cap)
{
	struct setup s = {.suite = CCM_8,
			  .server = credentials("server", "ca", NULL, true),
			  .client = credentials("device", "ca", NULL, false)};
	size_t len = 0;

	setup_try(&s);
	assert_int_equal(s.pair->packet_count, 6);
	for (unsigned i = 0; i < 6; i++) {
		assert_true(len + s.pair->packets[i].len <= cap);
		memcpy(wire + len, s.pair->packets[i].data, s.pair->packets[i].len);
		len += s.pair->packets[i].len;
	}
	setup_fini(&s);
	return len;
}

/* Keys come from the run's random streams and signatures from no randomness at all. */
static void
test_same_seed_same_bytes(void **state)
{
	uint8_t one[2048], again[2048];
	size_t len = wire_of(one, sizeof(one));

	(void)state;
	assert_int_equal(wire_of(again, sizeof(again)), len);
	assert_memory_equal(one, again, len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_server_alone), cmocka_unit_test(test_mutual),
	    cmocka_unit_test(test_two_names),    cmocka_unit_test(test_fragments),
	    cmocka_unit_test(test_beside_psk),   cmocka_unit_test(test_same_seed_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
