/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of the hellos and resumed handshakes (RFC 5246 7.3, RFC 5077): bytes, work, identity. */
#include "models/dtls/test_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IDENTITY "urn:imei:123456" /* 15 bytes */

/* A pair whose client resumes. */
struct resuming {
	struct pair *pair;
	struct pair_node node;
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
};

static void
resuming_defaults(struct resuming *r, enum nbs_dtls_resumption resumption)
{
	memset(r, 0, sizeof(*r));
	pair_server_defaults(&r->server);
	pair_client_defaults(&r->client);
	r->client.identity = (const uint8_t *)IDENTITY;
	r->client.identity_len = strlen(IDENTITY);
	r->client.resumption = resumption;
	if (resumption != NBS_DTLS_RESUME_NONE)
		r->server.resumable_limit = 10;
	r->server.tickets = resumption == NBS_DTLS_RESUME_TICKET;
}

static void
resuming_start(struct resuming *r)
{
	r->pair = pair_new(1, &r->server);
	pair_node_init(&r->node, r->pair, 1, &r->client);
	pair_connect(&r->node);
}

/* Lost, and connected again. */
static void
resuming_again(struct resuming *r)
{
	nbs_dtls_client_drop(r->node.client, true);
	pair_connect(&r->node);
}

static uint64_t
resuming_count(const struct resuming *r)
{
	uint64_t count = nbs_dtls_client_stats(r->node.client)->handshakes_resumed;

	assert_int_equal(nbs_dtls_server_stats(r->pair->server)->handshakes_resumed, count);
	return count;
}

static void
resuming_end(struct resuming *r)
{
	pair_node_fini(&r->node);
	pair_free(r->pair);
}

/* ---- sizes, from the vector file ---- */

struct sizes_case {
	char name[64], options[32], resumption[16], cookie[8], first[64], again[64];
	unsigned identity_len, total, total_again;
};

static void
sizes_parse(const char *line, struct sizes_case *c)
{
	assert_int_equal(sscanf(line,
				"%63[^|]| %31[^|]| %15s | %7s | %u | %63[^|]| %u | %63[^|]| %u",
				c->name, c->options, c->resumption, c->cookie, &c->identity_len,
				c->first, &c->total, c->again, &c->total_again),
			 9);
}

/* The datagrams from one on are these, up and down in turns. */
static void
sizes_expect(const struct pair *pair, size_t from, char *sizes, unsigned total)
{
	unsigned sum = 0;
	size_t i = from;

	for (char *at = strtok(sizes, " "); at != NULL; at = strtok(NULL, " "), i++) {
		assert_true(i < pair->packet_count);
		assert_int_equal(pair->packets[i].len, strtoul(at, NULL, 10));
		assert_int_equal(pair->packets[i].way, (i - from) % 2 == 0 ? PAIR_UP : PAIR_DOWN);
		sum += (unsigned)pair->packets[i].len;
	}
	assert_int_equal(i, pair->packet_count);
	assert_int_equal(sum, total);
}

static void
sizes_check_one(struct sizes_case *c)
{
	enum nbs_dtls_resumption resumption =
	    strcmp(c->resumption, "id") == 0       ? NBS_DTLS_RESUME_SESSION_ID
	    : strcmp(c->resumption, "ticket") == 0 ? NBS_DTLS_RESUME_TICKET
						   : NBS_DTLS_RESUME_NONE;
	const char *fragment = strstr(c->options, "mfl");
	struct resuming r;
	size_t first;

	resuming_defaults(&r, resumption);
	r.client.identity_len = c->identity_len;
	r.server.cookies = strcmp(c->cookie, "yes") == 0;
	r.client.options.no_extended_master_secret = strstr(c->options, "ems") != NULL;
	r.client.options.no_encrypt_then_mac = strstr(c->options, "etm") != NULL;
	if (fragment != NULL)
		r.client.options.max_fragment = (uint16_t)strtoul(fragment + 3, NULL, 10);
	resuming_start(&r);
	sizes_expect(r.pair, 0, c->first, c->total);
	first = r.pair->packet_count;
	if (resumption != NBS_DTLS_RESUME_NONE) {
		r.node.at.port++; /* at the old one a cookie is asked for in any case */
		resuming_again(&r);
		assert_int_equal(resuming_count(&r), 1);
		sizes_expect(r.pair, first, c->again, c->total_again);
	}
	resuming_end(&r);
}

static void
sizes_check_line(const char *line)
{
	struct sizes_case c;

	sizes_parse(line, &c);
	print_message("  %s\n", c.name);
	sizes_check_one(&c);
}

static void
test_sizes(void **state)
{
	(void)state;
	assert_int_equal(pair_vectors("option_sizes.txt", sizes_check_line), 12);
}

/* Either end alone can keep an extension out: RFC 7627 5.1 takes both. */
static void
test_server_leaves_out(void **state)
{
	struct resuming r;

	(void)state;
	resuming_defaults(&r, NBS_DTLS_RESUME_NONE);
	r.server.options.no_extended_master_secret = true;
	resuming_start(&r);
	assert_int_equal(pair_packet(r.pair, PAIR_UP, 0)->len, 97);
	assert_int_equal(pair_packet(r.pair, PAIR_DOWN, 1)->len, 131 - 4);
	resuming_end(&r);
}

/* With records of 512 bytes at most (RFC 6066 4) a longer one cannot be written, either way. */
static void
test_max_fragment(void **state)
{
	static const uint8_t data[513];
	struct resuming r;

	(void)state;
	resuming_defaults(&r, NBS_DTLS_RESUME_NONE);
	r.client.options.max_fragment = 512;
	resuming_start(&r);
	assert_int_equal(nbs_dtls_client_write(r.node.client, data, 513), NBS_E_RANGE);
	assert_int_equal(nbs_dtls_client_write(r.node.client, data, 512), NBS_OK);
	assert_int_equal(nbs_dtls_session_write(r.pair->newest, data, 513), NBS_E_RANGE);
	assert_int_equal(nbs_dtls_session_write(r.pair->newest, data, 512), NBS_OK);
	resuming_end(&r);
}

/* ---- whose session it is ---- */

/* The server knows the identity of a resumed session, from another port too, and both can talk. */
static void
check_identity(enum nbs_dtls_resumption resumption)
{
	struct nbs_dtls_identity identity;
	struct resuming r;

	resuming_defaults(&r, resumption);
	resuming_start(&r);
	assert_true(nbs_dtls_client_can_resume(r.node.client));
	r.node.at.port++; /* a NAT gave it another one */
	resuming_again(&r);
	assert_int_equal(resuming_count(&r), 1);
	identity = nbs_dtls_session_identity(r.pair->newest);
	assert_int_equal(identity.len, strlen(IDENTITY));
	assert_memory_equal(identity.data, IDENTITY, identity.len);
	r.pair->echo = true;
	assert_int_equal(nbs_dtls_client_write(r.node.client, (const uint8_t *)"abc", 3), NBS_OK);
	pair_run_s(r.pair, 1);
	assert_int_equal(r.node.received, 1);
	assert_memory_equal(r.node.last, "abc", 3);
	resuming_end(&r);
}

static void
test_identity_by_session_id(void **state)
{
	(void)state;
	check_identity(NBS_DTLS_RESUME_SESSION_ID);
}

static void
test_identity_by_ticket(void **state)
{
	(void)state;
	check_identity(NBS_DTLS_RESUME_TICKET);
}

/* ---- when it is not resumed ---- */

/* A device that lost the session too starts from nothing. */
static void
test_dropped_session(void **state)
{
	struct resuming r;

	(void)state;
	resuming_defaults(&r, NBS_DTLS_RESUME_SESSION_ID);
	resuming_start(&r);
	nbs_dtls_client_drop(r.node.client, false);
	assert_false(nbs_dtls_client_can_resume(r.node.client));
	pair_connect(&r.node);
	assert_int_equal(resuming_count(&r), 0);
	assert_int_equal(pair_packet(r.pair, PAIR_UP, 3)->len, 97); /* no ID */
	resuming_end(&r);
}

/* What the server has forgotten, here by age, becomes a whole handshake without a word. */
static void
check_expiry(enum nbs_dtls_resumption resumption)
{
	struct resuming r;

	resuming_defaults(&r, resumption);
	r.server.resumable_ns = 3600 * NBS_NS_PER_S;
	resuming_start(&r);
	pair_run_s(r.pair, 3500);
	resuming_again(&r);
	assert_int_equal(resuming_count(&r), 1);
	pair_run_s(r.pair, 3700 - 3500);
	resuming_again(&r);
	assert_int_equal(resuming_count(&r), 1);
	assert_int_equal(r.node.connected, 3);
	resuming_again(&r); /* the newest one is young */
	assert_int_equal(resuming_count(&r), 2);
	resuming_end(&r);
}

static void
test_expiry_by_session_id(void **state)
{
	(void)state;
	check_expiry(NBS_DTLS_RESUME_SESSION_ID);
}

static void
test_expiry_by_ticket(void **state)
{
	(void)state;
	check_expiry(NBS_DTLS_RESUME_TICKET);
}

/* Two places, three clients: who came first is forgotten; the others are known. */
static void
test_limit(void **state)
{
	struct pair_node others[2];
	struct resuming r;

	(void)state;
	resuming_defaults(&r, NBS_DTLS_RESUME_SESSION_ID);
	r.server.resumable_limit = 2;
	resuming_start(&r);
	for (unsigned i = 0; i < 2; i++) {
		pair_node_init(&others[i], r.pair, 2 + i, &r.client);
		pair_connect(&others[i]);
	}
	assert_int_equal(nbs_dtls_server_resumable(r.pair->server), 2);
	nbs_dtls_client_drop(others[0].client, true);
	pair_connect(&others[0]);
	assert_int_equal(nbs_dtls_client_stats(others[0].client)->handshakes_resumed, 1);
	nbs_dtls_client_drop(r.node.client, true);
	pair_connect(&r.node);
	assert_int_equal(nbs_dtls_client_stats(r.node.client)->handshakes_resumed, 0);
	assert_int_equal(nbs_dtls_server_resumable(r.pair->server), 2);
	pair_node_fini(&others[0]);
	pair_node_fini(&others[1]);
	resuming_end(&r);
}

/* A server that does not resume, and one whose keys are others: a whole handshake each. */
static void
test_other_server(void **state)
{
	struct nbs_dtls_server_config config;
	struct resuming r;

	(void)state;
	for (unsigned tickets = 0; tickets < 2; tickets++) {
		resuming_defaults(&r, NBS_DTLS_RESUME_TICKET);
		resuming_start(&r);
		nbs_dtls_server_free(r.pair->server);
		config = r.server;
		config.stream = "dtls/another";
		config.tickets = tickets != 0;
		config.resumable_limit = tickets;
		assert_int_equal(nbs_dtls_server_new(r.pair->engine, &config, &pair_server_ops,
						     r.pair, &r.pair->server),
				 NBS_OK);
		resuming_again(&r);
		assert_int_equal(resuming_count(&r), 0);
		assert_int_equal(r.node.connected, 2);
		resuming_end(&r);
	}
}

/* RFC 5246 7.2.2: a session that a fatal alert belongs to is not resumed; here no common suite. */
static void
test_alert_forgets(void **state)
{
	static const uint16_t gcm = 0x00A8;
	struct nbs_dtls_server_config config;
	struct resuming r;

	(void)state;
	resuming_defaults(&r, NBS_DTLS_RESUME_SESSION_ID);
	resuming_start(&r);
	nbs_dtls_server_free(r.pair->server);
	config = r.server;
	config.suites = &gcm;
	config.suite_count = 1;
	assert_int_equal(
	    nbs_dtls_server_new(r.pair->engine, &config, &pair_server_ops, r.pair, &r.pair->server),
	    NBS_OK);
	nbs_dtls_client_drop(r.node.client, true);
	assert_true(nbs_dtls_client_can_resume(r.node.client));
	assert_int_equal(nbs_dtls_client_connect(r.node.client), NBS_OK);
	pair_run_s(r.pair, 1);
	assert_int_equal(r.node.reason, NBS_DTLS_ALERT);
	assert_int_equal(nbs_dtls_client_alert(r.node.client), 40); /* handshake_failure */
	assert_false(nbs_dtls_client_can_resume(r.node.client));
	resuming_end(&r);
}

/* ---- work ---- */

/* @return the difference of an operation between two readings. */
static uint64_t
delta(const struct nbs_crypto_work *before, const struct nbs_crypto_work *after,
      enum nbs_crypto_op op)
{
	return after->count[op] - before->count[op];
}

/*
 * Resumed by session ID. PRF (work_counts.txt): key expansion 77, two Finished 26, no master
 * secret. The hash runs over ClientHello 148, ServerHello 93, two Finished of 24 (each less 13 a
 * record): 289 bytes, 4 blocks on the way; copies are finished at 241 and 265, 1 block each. What
 * HelloVerifyRequest throws away: (116 + 47) / 64 = 2. The client has 77 + 26 + 6 + 2 = 111, as
 * measured with mbedTLS 3.6.6; the session has no 2, but 4 of the cookie's check: 113; the server
 * also the 2, and 4 for the making: 119, as measured. AES: 7 for each Finished.
 *
 * Resumed by ticket the session's end adds its opening, twice with a cookie, AES-256-GCM over 115
 * bytes with 18 of header (name, IV, length): 1 + 8 blocks, GHASH 2 + 8 + 1; the hellos are longer:
 * 301 + 93 + 48 = 442 bytes, 6 blocks on the way; copies at 394 (10 over) and 418 (34 over): 1
 * each; thrown away (269 + 47) / 64 = 4. Client 77 + 26 + 8 + 4 = 115, session 115, server 115 + 4
 * + 4.
 */
static void
check_work(enum nbs_dtls_resumption resumption, unsigned client_sha, unsigned session_sha,
	   unsigned server_sha, unsigned tickets)
{
	const enum nbs_dtls_phase phase = NBS_DTLS_PHASE_HANDSHAKE;
	const struct nbs_crypto_work *client, *server, *session;
	struct nbs_crypto_work client_before, server_before;
	static const struct nbs_crypto_work zero;
	struct resuming r;

	resuming_defaults(&r, resumption);
	resuming_start(&r);
	client = nbs_dtls_client_work(r.node.client, phase);
	server = nbs_dtls_server_work(r.pair->server, phase);
	client_before = *client;
	server_before = *server;
	resuming_again(&r);
	session = nbs_dtls_session_work(r.pair->newest, phase);
	assert_int_equal(delta(&client_before, client, NBS_CRYPTO_SHA256_BLOCK), client_sha);
	assert_int_equal(delta(&zero, session, NBS_CRYPTO_SHA256_BLOCK), session_sha);
	assert_int_equal(delta(&server_before, server, NBS_CRYPTO_SHA256_BLOCK), server_sha);
	assert_int_equal(delta(&client_before, client, NBS_CRYPTO_AES_BLOCK), 14);
	assert_int_equal(delta(&zero, session, NBS_CRYPTO_AES_BLOCK), 14 + tickets * 9);
	assert_int_equal(delta(&server_before, server, NBS_CRYPTO_AES_BLOCK), 14 + tickets * 18);
	assert_int_equal(delta(&server_before, server, NBS_CRYPTO_GHASH_BLOCK), tickets * 22);
	resuming_end(&r);
}

static void
test_work(void **state)
{
	(void)state;
	check_work(NBS_DTLS_RESUME_SESSION_ID, 111, 113, 119, 0);
	check_work(NBS_DTLS_RESUME_TICKET, 115, 115, 123, 1);
}

/* ---- arguments ---- */

static void
test_bad_configs(void **state)
{
	struct nbs_dtls_client *client;
	struct nbs_dtls_server *server;
	struct resuming r;

	(void)state;
	resuming_defaults(&r, NBS_DTLS_RESUME_NONE);
	resuming_start(&r);
	r.client.options.max_fragment = 500;
	assert_int_equal(
	    nbs_dtls_client_new(r.pair->engine, &r.client, &pair_client_ops, NULL, &client),
	    NBS_E_ARG);
	r.client.options.max_fragment = 2048; /* RFC 6066 has it; our buffers do not */
	assert_int_equal(
	    nbs_dtls_client_new(r.pair->engine, &r.client, &pair_client_ops, NULL, &client),
	    NBS_E_ARG);
	r.client.options.max_fragment = 0;
	r.client.resumption = (enum nbs_dtls_resumption)(NBS_DTLS_RESUME_TICKET + 1);
	assert_int_equal(
	    nbs_dtls_client_new(r.pair->engine, &r.client, &pair_client_ops, NULL, &client),
	    NBS_E_ARG);
	r.server.tickets = true; /* without a limit */
	assert_int_equal(
	    nbs_dtls_server_new(r.pair->engine, &r.server, &pair_server_ops, NULL, &server),
	    NBS_E_ARG);
	r.server.tickets = false;
	r.server.resumable_limit = 1;
	r.server.resumable_ns = NBS_NS_PER_S / 2;
	assert_int_equal(
	    nbs_dtls_server_new(r.pair->engine, &r.server, &pair_server_ops, NULL, &server),
	    NBS_E_ARG);
	resuming_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_server_leaves_out),
	    cmocka_unit_test(test_max_fragment),
	    cmocka_unit_test(test_identity_by_session_id),
	    cmocka_unit_test(test_identity_by_ticket),
	    cmocka_unit_test(test_dropped_session),
	    cmocka_unit_test(test_expiry_by_session_id),
	    cmocka_unit_test(test_expiry_by_ticket),
	    cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_other_server),
	    cmocka_unit_test(test_alert_forgets),
	    cmocka_unit_test(test_work),
	    cmocka_unit_test(test_bad_configs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
