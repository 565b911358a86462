/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams by layers: published records, real handshakes of each suite, and what is refused. */
#include "models/dtls/ledger.h"

#include "models/dtls/test_credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IP NBS_DTLS_LAYER_IP
#define UDP NBS_DTLS_LAYER_UDP
#define RECORD NBS_DTLS_LAYER_RECORD
#define CID NBS_DTLS_LAYER_CID
#define NONCE NBS_DTLS_LAYER_NONCE
#define HEADER NBS_DTLS_LAYER_HANDSHAKE_HEADER
#define BODY NBS_DTLS_LAYER_HANDSHAKE
#define CCS NBS_DTLS_LAYER_CCS
#define ALERT NBS_DTLS_LAYER_ALERT
#define APPLICATION NBS_DTLS_LAYER_APPLICATION
#define PADDING NBS_DTLS_LAYER_PADDING
#define TAG NBS_DTLS_LAYER_TAG

static const struct nbs_dtls_suite *
ccm8(void)
{
	return nbs_dtls_suite_find("psk-aes128-ccm8");
}

/* Splits a copy that ends where the datagram ends: AddressSanitizer sees a byte read behind it. */
static enum nbs_status
split(const struct nbs_dtls_ledger_view *view, const uint8_t *data, size_t len,
      struct nbs_dtls_ledger *ledger)
{
	uint8_t *copy = malloc(len != 0 ? len : 1);
	enum nbs_status status;

	assert_non_null(copy);
	memcpy(copy, data, len);
	status = nbs_dtls_ledger_split(view, copy, len, ledger);
	free(copy);
	if (status == NBS_OK)
		assert_int_equal(nbs_dtls_ledger_total(ledger), len + 20 + 8);
	return status;
}

/* All layers at once: those that want does not name are empty. */
static void
check_layers(const struct nbs_dtls_ledger *ledger, const uint32_t want[NBS_DTLS_LAYER__COUNT])
{
	for (int i = 0; i < NBS_DTLS_LAYER__COUNT; i++) {
		if (ledger->bytes[i] != want[i])
			print_message("%s\n", nbs_dtls_layer_name((enum nbs_dtls_layer)i));
		assert_int_equal(ledger->bytes[i], want[i]);
	}
}

/* ---- published records ---- */

/* draft-ietf-iotops-security-protocol-comparison, DTLS 1.2: 6 bytes of plaintext with CCM_8. */
static const uint8_t draft_record[35] = {0x17, 0xfe, 0xfd, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
					 0x00, 0x05, 0x00, 0x16, 0x00, 0x01, 0x00, 0x00, 0x00,
					 0x00, 0x00, 0x05, 0xae, 0xa0, 0x15, 0x56, 0x67, 0x92,
					 0x4d, 0xff, 0x8a, 0x24, 0xe4, 0xcb, 0x35, 0xb9};

static void
test_published_record(void **state)
{
	const uint32_t want[NBS_DTLS_LAYER__COUNT] = {
	    [IP] = 20, [UDP] = 8, [RECORD] = 13, [NONCE] = 8, [APPLICATION] = 6, [TAG] = 8};
	const struct nbs_dtls_ledger_view view = {.suite = ccm8()};
	struct nbs_dtls_ledger ledger;

	(void)state;
	assert_int_equal(split(&view, draft_record, sizeof(draft_record), &ledger), NBS_OK);
	check_layers(&ledger, want);
	assert_int_equal(ledger.records, 1);
	assert_int_equal(ledger.messages, 0);
}

/*
 * The draft puts an ID of one byte into the same record. RFC 9146 5 has the type inside, so that
 * its 22 bytes hold 5 of plaintext: 6 do not fit, and 30 bytes of overhead are one too few.
 */
static void
test_published_record_with_id(void **state)
{
	const uint32_t want[NBS_DTLS_LAYER__COUNT] = {
	    [IP] = 20,   [UDP] = 8,         [RECORD] = 13, [CID] = 1,
	    [NONCE] = 8, [APPLICATION] = 5, [PADDING] = 1, [TAG] = 8};
	struct nbs_dtls_content content = {NBS_DTLS_CONTENT_APPLICATION, 6};
	const struct nbs_dtls_ledger_view view = {
	    .suite = ccm8(), .cid_len = 1, .contents = &content, .content_count = 1};
	struct nbs_dtls_ledger ledger;
	uint8_t with[sizeof(draft_record) + 1];

	(void)state;
	memcpy(with, draft_record, 11);
	with[0] = 25;
	with[11] = 0x42;
	memcpy(with + 12, draft_record + 11, sizeof(draft_record) - 11);
	assert_int_equal(split(&view, with, sizeof(with), &ledger), NBS_E_INVALID);
	content.len = 5;
	assert_int_equal(split(&view, with, sizeof(with), &ledger), NBS_OK);
	check_layers(&ledger, want);
}

/* ---- real handshakes ---- */

struct handshake {
	struct pair *pair;
	struct pair_node node;
	struct nbs_dtls_credentials *own, *peer; /* NULL with a key */
};

static void
handshake_begin(struct handshake *handshake, const struct nbs_dtls_suite *suite, int cid_len,
		size_t padding)
{
	static const uint8_t identity[15] = "SM24-100001-xyz";
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;

	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.suites = client.suites = &suite->number;
	server.suite_count = client.suite_count = 1;
	handshake->own = handshake->peer = NULL;
	if (nbs_dtls_suite_has_certificate(suite->number)) {
		server.credentials = handshake->own = credentials("server", "ca", NULL, true);
		client = (struct nbs_dtls_client_config){.stream = "dtls/client"};
		client.credentials = handshake->peer = credentials("device", "ca", NULL, false);
		client.suites = &suite->number;
		client.suite_count = 1;
	} else {
		client.identity = identity;
		client.identity_len = sizeof(identity);
	}
	client.cid = cid_len >= 0;
	server.cid_len = cid_len >= 0 ? (size_t)cid_len : 0;
	assert_int_equal(nbs_dtls_set_cid_padding(padding), NBS_OK);
	handshake->pair = pair_new(1, &server);
	pair_node_init(&handshake->node, handshake->pair, 1, &client);
	pair_connect(&handshake->node);
	assert_int_equal(handshake->pair->packet_count, 6);
}

static void
handshake_end(struct handshake *handshake)
{
	pair_node_fini(&handshake->node);
	pair_free(handshake->pair);
	nbs_dtls_credentials_free(handshake->own);
	nbs_dtls_credentials_free(handshake->peer);
}

/*
 * The arithmetic of handshake_sizes.txt by layers: CCM_8, identity of 15 bytes, cookie. Bodies are
 * what is left of 97, 60 and 129 bytes behind 13 + 12, of 131 behind twice that; ClientKeyExchange
 * has 2 + 15 bytes, Finished 12.
 */
static void
test_handshake(void **state)
{
	static const uint32_t want[6][NBS_DTLS_LAYER__COUNT] = {
	    {20, 8, [RECORD] = 13, [HEADER] = 12, [BODY] = 72},
	    {20, 8, [RECORD] = 13, [HEADER] = 12, [BODY] = 35},
	    {20, 8, [RECORD] = 13, [HEADER] = 12, [BODY] = 104},
	    {20, 8, [RECORD] = 26, [HEADER] = 24, [BODY] = 81},
	    {20,
	     8, [RECORD] = 39, [HEADER] = 24, [BODY] = 17 + 12, [CCS] = 1, [NONCE] = 8, [TAG] = 8},
	    {20, 8, [RECORD] = 26, [HEADER] = 12, [BODY] = 12, [CCS] = 1, [NONCE] = 8, [TAG] = 8},
	};
	/* RFC 5246 7.4, RFC 6347 4.3.2: ClientHello 1, HelloVerifyRequest 3, and so on. */
	static const uint32_t messages[6] = {
	    1U << 1, 1U << 3, 1U << 1, 1U << 2 | 1U << 14, 1U << 16 | 1U << 20, 1U << 20};
	const struct nbs_dtls_ledger_view view = {.suite = ccm8()};
	struct nbs_dtls_ledger ledger, sum = {.records = 0};
	struct handshake handshake;

	(void)state;
	handshake_begin(&handshake, ccm8(), -1, 16);
	for (size_t i = 0; i < 6; i++) {
		const struct pair_packet *packet = &handshake.pair->packets[i];

		assert_int_equal(split(&view, packet->data, packet->len, &ledger), NBS_OK);
		check_layers(&ledger, want[i]);
		assert_int_equal(ledger.messages, messages[i]);
		nbs_dtls_ledger_add(&sum, &ledger);
	}
	assert_int_equal(nbs_dtls_ledger_total(&sum), 593 + 6 * 28);
	assert_int_equal(sum.records, 1 + 1 + 1 + 2 + 3 + 2);
	handshake_end(&handshake);
}

/* Bytes behind the content: RFC 9146 5 rounds content and type up, CBC then fills a block. */
static uint32_t
padding_of(const struct nbs_dtls_suite *suite, bool with_id, size_t padding, size_t content)
{
	size_t inner = with_id ? (content + 1 + padding - 1) / padding * padding : content;

	if (suite->block_bytes != 0)
		inner = (inner / suite->block_bytes + 1) * suite->block_bytes;
	return (uint32_t)(inner - content);
}

/* A datagram with one protected record at its end. */
static void
check_protected(const struct nbs_dtls_suite *suite, const struct pair_packet *packet, int cid_len,
		size_t padding, struct nbs_dtls_content content)
{
	const bool with_id = cid_len > 0 && packet->way == PAIR_UP; /* the client's own is empty */
	const struct nbs_dtls_ledger_view view = {.suite = suite,
						  .cid_len = with_id ? (size_t)cid_len : 0,
						  .contents = &content,
						  .content_count = 1};
	struct nbs_dtls_ledger ledger;

	assert_int_equal(split(&view, packet->data, packet->len, &ledger), NBS_OK);
	assert_int_equal(ledger.bytes[NONCE], suite->nonce_bytes);
	assert_int_equal(ledger.bytes[TAG], suite->tag_bytes);
	assert_int_equal(ledger.bytes[CID], with_id ? cid_len : 0);
	assert_int_equal(ledger.bytes[PADDING], padding_of(suite, with_id, padding, content.len));
	assert_int_equal(ledger.bytes[RECORD], 13 * ledger.records);
	assert_int_equal(ledger.bytes[APPLICATION],
			 content.type == NBS_DTLS_CONTENT_APPLICATION ? content.len : 0);
	assert_int_equal(ledger.bytes[ALERT], content.type == NBS_DTLS_CONTENT_ALERT ? 2 : 0);
}

static void
check_suite(const struct nbs_dtls_suite *suite, int cid_len, size_t padding, size_t plaintext)
{
	const struct nbs_dtls_ledger_view clear = {.suite = NULL};
	const uint8_t data[64] = "\x06\x0d\x01";
	struct nbs_dtls_ledger ledger;
	struct handshake handshake;
	const struct pair_packet *packets;

	handshake_begin(&handshake, suite, cid_len, padding);
	packets = handshake.pair->packets;
	for (size_t i = 0; i < 4; i++) /* no suite needed: nothing is protected yet */
		assert_int_equal(split(&clear, packets[i].data, packets[i].len, &ledger), NBS_OK);
	for (size_t i = 4; i < 6; i++)
		check_protected(suite, &packets[i], cid_len, padding,
				(struct nbs_dtls_content){NBS_DTLS_CONTENT_HANDSHAKE, 12 + 12});
	handshake.pair->echo = true;
	assert_int_equal(nbs_dtls_client_write(handshake.node.client, data, plaintext), NBS_OK);
	pair_run_s(handshake.pair, 1);
	nbs_dtls_client_close(handshake.node.client);
	pair_run_s(handshake.pair, 1);
	assert_int_equal(handshake.pair->packet_count, 6 + 2 + 2);
	for (size_t i = 6; i < 8; i++)
		check_protected(suite, &packets[i], cid_len, padding,
				(struct nbs_dtls_content){NBS_DTLS_CONTENT_APPLICATION, plaintext});
	for (size_t i = 8; i < 10; i++)
		check_protected(suite, &packets[i], cid_len, padding,
				(struct nbs_dtls_content){NBS_DTLS_CONTENT_ALERT, 2});
	handshake_end(&handshake);
}

static void
test_every_suite(void **state)
{
	const struct nbs_dtls_suite *suite;

	(void)state;
	for (size_t i = 0; (suite = nbs_dtls_suite_at(i)) != NULL; i++) {
		print_message("  %s\n", suite->name);
		check_suite(suite, -1, 16, 6);
		check_suite(suite, -1, 1, 32);
		check_suite(suite, 0, 16, 6);
		check_suite(suite, 1, 16, 6);
		check_suite(suite, 1, 1, 6);
		check_suite(suite, 8, 16, 31);
		check_suite(suite, 8, 1, 16);
	}
}

/* A record of 6 bytes adds its header, nonce and tag; CBC fills 16 bytes up. */
static void
test_suite_fields(void **state)
{
	const struct nbs_dtls_suite *suite;
	size_t count = 0;

	(void)state;
	for (; (suite = nbs_dtls_suite_at(count)) != NULL; count++) {
		assert_int_equal(suite->record_bytes, 13 + suite->nonce_bytes + suite->tag_bytes +
							  (suite->block_bytes != 0 ? 16 - 6 : 0));
	}
	assert_true(count >= 8);
}

/* ---- what the lengths tell, and what they do not ---- */

static void
test_without_contents(void **state)
{
	const struct nbs_dtls_suite *cbc = nbs_dtls_suite_find("psk-aes128-cbc-sha256");
	const struct nbs_dtls_ledger_view view = {.suite = cbc};
	const struct nbs_dtls_ledger_view with_id = {.suite = ccm8(), .cid_len = 1};
	struct nbs_dtls_ledger ledger;
	struct handshake handshake;
	const struct pair_packet *packets;

	(void)state;
	handshake_begin(&handshake, cbc, -1, 16);
	packets = handshake.pair->packets;
	assert_int_equal(split(&view, packets[4].data, packets[4].len, &ledger), NBS_OK);
	assert_int_equal(ledger.bytes[PADDING], 32 - 24); /* Finished has one length only */
	assert_int_equal(nbs_dtls_client_write(handshake.node.client, (const uint8_t *)"12", 2),
			 NBS_OK);
	nbs_dtls_client_close(handshake.node.client);
	assert_int_equal(split(&view, packets[6].data, packets[6].len, &ledger), NBS_E_STATE);
	assert_int_equal(split(&view, packets[7].data, packets[7].len, &ledger), NBS_OK);
	assert_int_equal(ledger.bytes[PADDING], 16 - 2); /* nor has an alert */
	handshake_end(&handshake);
	handshake_begin(&handshake, ccm8(), 1, 16);
	assert_int_equal(split(&with_id, handshake.pair->packets[4].data,
			       handshake.pair->packets[4].len, &ledger),
			 NBS_E_STATE);
	handshake_end(&handshake);
}

/* Contents are used up record by record; a record too many has none. */
static void
test_two_records(void **state)
{
	const struct nbs_dtls_content contents[] = {{NBS_DTLS_CONTENT_APPLICATION, 6},
						    {NBS_DTLS_CONTENT_APPLICATION, 6}};
	struct nbs_dtls_ledger_view view = {
	    .suite = ccm8(), .contents = contents, .content_count = 2};
	struct nbs_dtls_ledger ledger;
	uint8_t two[2 * sizeof(draft_record)];

	(void)state;
	memcpy(two, draft_record, sizeof(draft_record));
	memcpy(two + sizeof(draft_record), draft_record, sizeof(draft_record));
	assert_int_equal(split(&view, two, sizeof(two), &ledger), NBS_OK);
	assert_int_equal(ledger.records, 2);
	assert_int_equal(ledger.bytes[APPLICATION], 12);
	view.content_count = 1;
	assert_int_equal(split(&view, two, sizeof(two), &ledger), NBS_E_STATE);
}

/* A datagram cut anywhere but between two records is refused. */
static void
test_truncated(void **state)
{
	const struct nbs_dtls_ledger_view view = {.suite = ccm8()};
	struct nbs_dtls_ledger ledger;
	struct handshake handshake;

	(void)state;
	handshake_begin(&handshake, ccm8(), -1, 16);
	for (size_t i = 0; i < 6; i++) {
		const struct pair_packet *packet = &handshake.pair->packets[i];
		unsigned whole = 0;

		assert_int_equal(split(&view, packet->data, packet->len, &ledger), NBS_OK);
		unsigned records = ledger.records;
		for (size_t len = 0; len <= packet->len; len++) {
			enum nbs_status status = split(&view, packet->data, len, &ledger);

			assert_true(status == NBS_OK || status == NBS_E_TRUNCATED);
			whole += status == NBS_OK;
		}
		assert_int_equal(whole, records);
	}
	handshake_end(&handshake);
}

/* ---- refusals ---- */

/* Headers with an epoch, a length and nothing else of interest. */
#define R(type, epoch, len) (type), 0xfe, 0xfd, 0, (epoch), 0, 0, 0, 0, 0, 0, 0, (len)

struct refused {
	const char *why;
	enum nbs_status status;
	size_t len;
	uint8_t data[48];
};

static const struct refused refusals[] = {
    {"not DTLS", NBS_E_INVALID, 13, {0x04, 0x18}},
    {"TLS", NBS_E_INVALID, 13, {22, 3, 3, 0, 8}},
    {"another type", NBS_E_INVALID, 13, {R(26, 0, 0)}},
    {"header cut", NBS_E_TRUNCATED, 12, {22, 0xfe, 0xfd}},
    {"body cut", NBS_E_TRUNCATED, 13, {R(20, 0, 1)}},
    {"no handshake message", NBS_E_INVALID, 13, {R(22, 0, 0)}},
    {"message header cut", NBS_E_TRUNCATED, 13 + 11, {R(22, 0, 11), 14}},
    {"message longer than its record",
     NBS_E_TRUNCATED,
     13 + 12,
     {R(22, 0, 12), 14, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}},
    {"ChangeCipherSpec of two bytes", NBS_E_INVALID, 15, {R(20, 0, 2), 1, 1}},
    {"alert of one byte", NBS_E_INVALID, 14, {R(21, 0, 1), 1}},
    {"application data in the clear", NBS_E_INVALID, 14, {R(23, 0, 1), 1}},
    {"heartbeat", NBS_E_INVALID, 14, {R(24, 0, 1), 1}},
    {"ID in the clear", NBS_E_INVALID, 14, {R(25, 0, 1), 1}},
    {"protected ChangeCipherSpec", NBS_E_INVALID, 13 + 17, {R(20, 1, 17)}},
    {"less than nonce and tag", NBS_E_INVALID, 13 + 15, {R(23, 1, 15)}},
    {"Finished of another length", NBS_E_INVALID, 13 + 17, {R(22, 1, 17)}},
    {"alert of another length", NBS_E_INVALID, 13 + 19, {R(21, 1, 19)}},
    {"rubbish behind a record", NBS_E_TRUNCATED, 15, {R(20, 0, 1), 1, 9}},
};

static void
test_refused(void **state)
{
	const struct nbs_dtls_ledger_view view = {.suite = ccm8()};
	struct nbs_dtls_ledger ledger = {.records = 77};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refused *refused = &refusals[i];

		print_message("  %s\n", refused->why);
		assert_int_equal(split(&view, refused->data, refused->len, &ledger),
				 refused->status);
		assert_int_equal(ledger.records, 77); /* untouched */
	}
}

/* What the caller says of a record, against its type and length. */
static void
test_wrong_contents(void **state)
{
	static const struct nbs_dtls_content wrong[] = {
	    {NBS_DTLS_CONTENT_APPLICATION, 5}, {NBS_DTLS_CONTENT_APPLICATION, 7},
	    {NBS_DTLS_CONTENT_ALERT, 2},       {NBS_DTLS_CONTENT_HANDSHAKE, 24},
	    {NBS_DTLS_CONTENT_ALERT, 6},       {NBS_DTLS_CONTENT_APPLICATION, SIZE_MAX}};
	/* CBC: IV 16, MAC 32, and a block that is none */
	static const uint8_t odd[13 + 16 + 15 + 32] = {R(23, 1, 16 + 15 + 32)};
	static const struct nbs_dtls_content fourteen = {NBS_DTLS_CONTENT_APPLICATION, 14};
	struct nbs_dtls_ledger_view view = {.suite = ccm8(), .content_count = 1};
	struct nbs_dtls_ledger ledger;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		view.contents = &wrong[i];
		assert_int_equal(split(&view, draft_record, sizeof(draft_record), &ledger),
				 NBS_E_INVALID);
	}
	view.suite = nbs_dtls_suite_find("psk-aes128-cbc-sha256");
	view.contents = &fourteen;
	assert_int_equal(split(&view, odd, sizeof(odd), &ledger), NBS_E_INVALID);
}

static void
test_arguments(void **state)
{
	struct nbs_dtls_ledger_view view = {.suite = NULL};
	struct nbs_dtls_ledger ledger;

	(void)state;
	assert_int_equal(split(&view, draft_record, sizeof(draft_record), &ledger), NBS_E_STATE);
	assert_int_equal(split(&view, draft_record, 0, &ledger), NBS_E_TRUNCATED);
	assert_int_equal(nbs_dtls_ledger_split(NULL, draft_record, 35, &ledger), NBS_E_ARG);
	assert_int_equal(nbs_dtls_ledger_split(&view, NULL, 35, &ledger), NBS_E_ARG);
	assert_int_equal(nbs_dtls_ledger_split(&view, draft_record, 35, NULL), NBS_E_ARG);
	assert_int_equal(nbs_dtls_ledger_split(&view, draft_record, 65508, &ledger), NBS_E_ARG);
	view.cid_len = NBS_DTLS_CID_MAX + 1;
	assert_int_equal(nbs_dtls_ledger_split(&view, draft_record, 35, &ledger), NBS_E_ARG);
	nbs_dtls_ledger_add(NULL, &ledger);
	nbs_dtls_ledger_add(&ledger, NULL);
	assert_int_equal(nbs_dtls_ledger_total(NULL), 0);
	assert_null(nbs_dtls_layer_name(NBS_DTLS_LAYER__COUNT));
	for (int i = 0; i < NBS_DTLS_LAYER__COUNT; i++)
		assert_non_null(nbs_dtls_layer_name((enum nbs_dtls_layer)i));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_published_record),
	    cmocka_unit_test(test_published_record_with_id),
	    cmocka_unit_test(test_handshake),
	    cmocka_unit_test(test_every_suite),
	    cmocka_unit_test(test_suite_fields),
	    cmocka_unit_test(test_without_contents),
	    cmocka_unit_test(test_two_records),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_wrong_contents),
	    cmocka_unit_test(test_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
