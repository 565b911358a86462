/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counted cryptographic work against instrumented programs and arithmetic (work_counts.txt). */
#include "models/dtls/test_pair.h"
#include "models/dtls/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static uint64_t
client_count(const struct pair_node *node, enum nbs_dtls_phase phase, enum nbs_crypto_op op)
{
	return nbs_dtls_client_work(node->client, phase)->count[op];
}

static uint64_t
server_count(const struct pair *pair, enum nbs_dtls_phase phase, enum nbs_crypto_op op)
{
	return nbs_dtls_server_work(pair->server, phase)->count[op];
}

/* A pair whose only suite is this one; identities count from the same text. */
static struct pair *
work_pair(struct pair_node *node, unsigned suite_number, bool cookies, unsigned identity_len)
{
	static const uint8_t identity[NBS_DTLS_IDENTITY_MAX] = "identity";
	const uint16_t suite = (uint16_t)suite_number;
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair *pair;

	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.cookies = cookies;
	server.suites = client.suites = &suite;
	server.suite_count = client.suite_count = 1;
	client.identity = identity;
	client.identity_len = identity_len;
	pair = pair_new(1, &server);
	pair_node_init(node, pair, 1, &client);
	pair_connect(node);
	return pair;
}

/* ---- handshakes, from the vector file ---- */

struct counts_case {
	char name[64], cookie[8];
	unsigned suite, identity_len;
	unsigned sha256[3], sha512[3];    /* client, session, server */
	unsigned want[NBS_CRYPTO__COUNT]; /* the same at both ends, but for the hashes */
};

/* Reads a line of work_counts.txt. */
static void
counts_parse(const char *line, struct counts_case *c)
{
	memset(c, 0, sizeof(*c));
	assert_int_equal(
	    sscanf(line, "%63[^|]| %x | %7s | %u | %u %u | %u %u %u | %u %u %u | %u | %u | %u | %u",
		   c->name, &c->suite, c->cookie, &c->identity_len, &c->want[NBS_CRYPTO_AES_BLOCK],
		   &c->want[NBS_CRYPTO_AES_KEY], &c->sha256[0], &c->sha256[1], &c->sha256[2],
		   &c->sha512[0], &c->sha512[1], &c->sha512[2], &c->want[NBS_CRYPTO_GHASH_BLOCK],
		   &c->want[NBS_CRYPTO_CHACHA_BLOCK], &c->want[NBS_CRYPTO_POLY1305_BLOCK],
		   &c->want[NBS_CRYPTO_ECP_MUL]),
	    16);
}

static void
counts_compare(const struct nbs_crypto_work *got, const struct counts_case *c, unsigned whose)
{
	unsigned want[NBS_CRYPTO__COUNT];

	memcpy(want, c->want, sizeof(want));
	want[NBS_CRYPTO_SHA256_BLOCK] = c->sha256[whose];
	want[NBS_CRYPTO_SHA512_BLOCK] = c->sha512[whose];
	for (unsigned op = 0; op < NBS_CRYPTO__COUNT; op++)
		assert_int_equal(got->count[op], want[op]);
}

static void
counts_check_one(const struct counts_case *c)
{
	struct pair_node node;
	struct pair *pair =
	    work_pair(&node, c->suite, strcmp(c->cookie, "yes") == 0, c->identity_len);

	counts_compare(nbs_dtls_client_work(node.client, NBS_DTLS_PHASE_HANDSHAKE), c, 0);
	counts_compare(nbs_dtls_session_work(pair->newest, NBS_DTLS_PHASE_HANDSHAKE), c, 1);
	counts_compare(nbs_dtls_server_work(pair->server, NBS_DTLS_PHASE_HANDSHAKE), c, 2);
	for (unsigned op = 0; op < NBS_CRYPTO__COUNT; op++) {
		assert_int_equal(client_count(&node, NBS_DTLS_PHASE_RECORDS, op), 0);
		assert_int_equal(server_count(pair, NBS_DTLS_PHASE_RECORDS, op), 0);
	}
	pair_node_fini(&node);
	pair_free(pair);
}

static void
counts_check_line(const char *line)
{
	struct counts_case c;

	counts_parse(line, &c);
	print_message("  %s\n", c.name);
	counts_check_one(&c);
}

static void
test_handshake_counts(void **state)
{
	(void)state;
	assert_int_equal(pair_vectors("work_counts.txt", counts_check_line), 16);
}

/* ---- records ---- */

/* Work of one record of so many bytes, sealed by the client and opened by the server. */
static void
record_check(unsigned suite, unsigned plaintext, enum nbs_crypto_op op, unsigned want)
{
	static const uint8_t data[80];
	struct pair_node node;
	struct pair *pair = work_pair(&node, suite, true, 15);

	assert_int_equal(nbs_dtls_client_write(node.client, data, plaintext), NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(pair->received, 1);
	assert_int_equal(client_count(&node, NBS_DTLS_PHASE_RECORDS, op), want);
	assert_int_equal(server_count(pair, NBS_DTLS_PHASE_RECORDS, op), want);
	assert_int_equal(nbs_dtls_session_work(pair->newest, NBS_DTLS_PHASE_RECORDS)->count[op],
			 want);
	assert_int_equal(client_count(&node, NBS_DTLS_PHASE_RECORDS, NBS_CRYPTO_AES_KEY), 0);
	pair_node_fini(&node);
	pair_free(pair);
}

/*
 * CCM: 3 + 2 ceil(n / 16). GCM: 1 + ceil(n / 16), GHASH 2 + ceil(n / 16). CBC-SHA256: 1 + 32
 * bytes of padding at most, so floor(n / 16) + 1 blocks; its MAC over 13 + 16 + that, and three
 * more: 19 bytes ceil((61 + 9) / 64) + 3 = 5, 36 bytes ceil((77 + 9) / 64) + 3 = 5.
 * CBC-SHA384 the same with 17 bytes: 19 bytes ceil((61 + 17) / 128) + 3 = 4, 64 bytes
 * ceil((109 + 17) / 128) + 3 = 4, 80 bytes ceil((125 + 17) / 128) + 3 = 5.
 * ChaCha20-Poly1305: 1 + ceil(n / 64), 2 + ceil(n / 16).
 */
static void
test_record_counts(void **state)
{
	(void)state;
	record_check(0xC0A8, 1, NBS_CRYPTO_AES_BLOCK, 5);
	record_check(0xC0A8, 16, NBS_CRYPTO_AES_BLOCK, 5);
	record_check(0xC0A8, 17, NBS_CRYPTO_AES_BLOCK, 7);
	record_check(0xC0A8, 19, NBS_CRYPTO_AES_BLOCK, 7);
	record_check(0xC0A8, 64, NBS_CRYPTO_AES_BLOCK, 11);
	record_check(0xC0A8, 64, NBS_CRYPTO_SHA256_BLOCK, 0);
	record_check(0x00A8, 19, NBS_CRYPTO_AES_BLOCK, 3);
	record_check(0x00A8, 19, NBS_CRYPTO_GHASH_BLOCK, 4);
	record_check(0x00AE, 19, NBS_CRYPTO_AES_BLOCK, 2);
	record_check(0x00AE, 19, NBS_CRYPTO_SHA256_BLOCK, 5);
	record_check(0x00AE, 36, NBS_CRYPTO_AES_BLOCK, 3);
	record_check(0x00AE, 36, NBS_CRYPTO_SHA256_BLOCK, 5);
	record_check(0x00AF, 19, NBS_CRYPTO_AES_BLOCK, 2);
	record_check(0x00AF, 19, NBS_CRYPTO_SHA512_BLOCK, 4);
	record_check(0x00AF, 64, NBS_CRYPTO_SHA512_BLOCK, 4);
	record_check(0x00AF, 80, NBS_CRYPTO_SHA512_BLOCK, 5);
	record_check(0x00AF, 80, NBS_CRYPTO_SHA256_BLOCK, 0);
	record_check(0xCCAB, 64, NBS_CRYPTO_CHACHA_BLOCK, 2);
	record_check(0xCCAB, 64, NBS_CRYPTO_POLY1305_BLOCK, 6);
}

/* ---- whose work, and what for ---- */

/* A forged record costs the server one check, 3 + 2 ceil(5 / 16); the client nothing. */
static void
test_forgery_is_record_work(void **state)
{
	struct pair_node node;
	struct pair *pair = work_pair(&node, 0xC0A8, true, 15);
	uint8_t forged[13 + 8 + 5 + 8] = {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0, 8 + 5 + 8};

	(void)state;
	assert_int_equal(nbs_dtls_server_input(pair->server, node.at, forged, sizeof(forged), 0),
			 NBS_OK);
	assert_int_equal(nbs_dtls_server_stats(pair->server)->bad_records, 1);
	assert_int_equal(server_count(pair, NBS_DTLS_PHASE_RECORDS, NBS_CRYPTO_AES_BLOCK), 5);
	assert_int_equal(client_count(&node, NBS_DTLS_PHASE_RECORDS, NBS_CRYPTO_AES_BLOCK), 0);
	/* close_notify is 2 bytes: 5 blocks to seal it, 5 to open it, and the same for its answer.
	 */
	nbs_dtls_client_close(node.client);
	pair_run_s(pair, 1);
	assert_int_equal(client_count(&node, NBS_DTLS_PHASE_RECORDS, NBS_CRYPTO_AES_BLOCK), 5);
	assert_int_equal(server_count(pair, NBS_DTLS_PHASE_RECORDS, NBS_CRYPTO_AES_BLOCK),
			 5 + 5 + 5);
	pair_node_fini(&node);
	pair_free(pair);
}

/*
 * The server's last flight is lost once. The client repeats its own: each end seals its Finished
 * again, and the server opens a second one, 7 blocks each. All of it is handshake work, the
 * connected server's too.
 */
static void
test_repeated_flight_is_handshake_work(void **state)
{
	struct pair *pair = pair_new(1, NULL);
	struct pair_node node;

	(void)state;
	pair_node_init(&node, pair, 1, NULL);
	assert_int_equal(nbs_dtls_client_connect(node.client), NBS_OK);
	assert_int_equal(nbs_run(pair->engine, 240 * NBS_NS_PER_MS), NBS_OK);
	pair->lose_down = true; /* the third answer would leave at 250 ms */
	assert_int_equal(nbs_run(pair->engine, 400 * NBS_NS_PER_MS), NBS_OK);
	assert_int_equal(node.connected, 0);
	assert_int_equal(pair->connected, 1);
	pair->lose_down = false;
	pair_run_s(pair, 5);
	assert_int_equal(node.connected, 1);
	assert_int_equal(client_count(&node, NBS_DTLS_PHASE_HANDSHAKE, NBS_CRYPTO_AES_BLOCK),
			 7 + 7 + 7);
	assert_int_equal(server_count(pair, NBS_DTLS_PHASE_HANDSHAKE, NBS_CRYPTO_AES_BLOCK),
			 7 + 7 + 7 + 7);
	assert_int_equal(server_count(pair, NBS_DTLS_PHASE_RECORDS, NBS_CRYPTO_AES_BLOCK), 0);
	pair_node_fini(&node);
	pair_free(pair);
}

/* Two handshakes of one client count twice; the server's sum is that of its sessions and hellos. */
static void
test_counts_add_up(void **state)
{
	struct pair_node node;
	struct pair *pair = work_pair(&node, 0xC0A8, true, 15);

	(void)state;
	nbs_dtls_client_close(node.client);
	pair_run_s(pair, 1);
	pair_connect(&node);
	assert_int_equal(client_count(&node, NBS_DTLS_PHASE_HANDSHAKE, NBS_CRYPTO_SHA256_BLOCK),
			 2 * 136);
	assert_int_equal(server_count(pair, NBS_DTLS_PHASE_HANDSHAKE, NBS_CRYPTO_SHA256_BLOCK),
			 2 * 144);
	assert_int_equal(nbs_dtls_session_work(pair->newest, NBS_DTLS_PHASE_HANDSHAKE)
			     ->count[NBS_CRYPTO_SHA256_BLOCK],
			 138);
	pair_node_fini(&node);
	pair_free(pair);
}

/*
 * A server that may be asked for SHA-384 runs it over every handshake, 250 + 48 bytes here (T of
 * work_counts.txt): floor(298 / 128) = 2 in the session, and floor(131 / 128) = 1 before it. A
 * device with CCM_8 alone has a library without it.
 */
static void
test_sha384_of_who_may_need_it(void **state)
{
	const uint16_t suites[2] = {0xC0A8, 0x00A9};
	struct nbs_dtls_server_config config;
	struct nbs_dtls_client_config client;
	struct pair_node node;
	struct pair *pair;

	(void)state;
	pair_server_defaults(&config);
	pair_client_defaults(&client);
	config.suites = suites;
	config.suite_count = 2;
	client.identity = (const uint8_t *)"fifteen bytes..";
	client.identity_len = 15;
	pair = pair_new(1, &config);
	pair_node_init(&node, pair, 1, &client);
	pair_connect(&node);
	assert_int_equal(client_count(&node, NBS_DTLS_PHASE_HANDSHAKE, NBS_CRYPTO_SHA256_BLOCK),
			 136);
	assert_int_equal(client_count(&node, NBS_DTLS_PHASE_HANDSHAKE, NBS_CRYPTO_SHA512_BLOCK), 0);
	assert_int_equal(nbs_dtls_session_work(pair->newest, NBS_DTLS_PHASE_HANDSHAKE)
			     ->count[NBS_CRYPTO_SHA512_BLOCK],
			 2);
	assert_int_equal(server_count(pair, NBS_DTLS_PHASE_HANDSHAKE, NBS_CRYPTO_SHA512_BLOCK),
			 2 + 1);
	pair_node_fini(&node);
	pair_free(pair);
}

/* ---- the check at the start ---- */

static void
test_check_passes(void **state)
{
	unsigned wrong = 1;

	(void)state;
	assert_int_equal(nbsi_dtls_work_check(&wrong), NBS_OK);
	assert_int_equal(wrong, 0);
	assert_int_equal(nbsi_dtls_work_check(NULL), NBS_OK);
}

static void
test_arguments(void **state)
{
	struct pair_node node;
	struct pair *pair = work_pair(&node, 0xC0A8, true, 15);

	(void)state;
	assert_null(nbs_dtls_client_work(NULL, NBS_DTLS_PHASE_RECORDS));
	assert_null(nbs_dtls_server_work(NULL, NBS_DTLS_PHASE_RECORDS));
	assert_null(nbs_dtls_session_work(NULL, NBS_DTLS_PHASE_RECORDS));
	assert_null(nbs_dtls_client_work(node.client, NBS_DTLS_PHASE__COUNT));
	assert_null(nbs_dtls_server_work(pair->server, NBS_DTLS_PHASE__COUNT));
	assert_null(nbs_dtls_session_work(pair->newest, NBS_DTLS_PHASE__COUNT));
	pair_node_fini(&node);
	pair_free(pair);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_handshake_counts),
	    cmocka_unit_test(test_record_counts),
	    cmocka_unit_test(test_forgery_is_record_work),
	    cmocka_unit_test(test_repeated_flight_is_handshake_work),
	    cmocka_unit_test(test_counts_add_up),
	    cmocka_unit_test(test_sha384_of_who_may_need_it),
	    cmocka_unit_test(test_check_passes),
	    cmocka_unit_test(test_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
