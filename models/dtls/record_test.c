/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Record headers by hand (RFC 6347 4.1, 4.2.2), key log lines, reasons. */
#include "models/dtls/dtls.h"
#include "models/dtls/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The record of draft-ietf-iotops-security-protocol-comparison, DTLS 1.2: 6 bytes of plaintext. */
static const uint8_t draft_record[35] = {0x17, 0xfe, 0xfd, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
					 0x00, 0x05, 0x00, 0x16, 0x00, 0x01, 0x00, 0x00, 0x00,
					 0x00, 0x00, 0x05, 0xae, 0xa0, 0x15, 0x56, 0x67, 0x92,
					 0x4d, 0xff, 0x8a, 0x24, 0xe4, 0xcb, 0x35, 0xb9};

static void
test_published_record(void **state)
{
	struct nbsi_dtls_cursor cursor = {draft_record, sizeof(draft_record), 0};
	struct nbsi_dtls_record record;
	const uint8_t *random;
	uint16_t seq;

	(void)state;
	assert_true(nbsi_dtls_is_dtls(draft_record, sizeof(draft_record)));
	assert_true(nbsi_dtls_next(&cursor, &record));
	assert_int_equal(record.type, NBSI_DTLS_APPLICATION);
	assert_int_equal(record.epoch, 1);
	assert_int_equal(record.seq, 5);
	assert_int_equal(record.len, 0x16);
	assert_ptr_equal(record.body, draft_record + 13);
	assert_false(nbsi_dtls_message_seq(&record, &seq));
	assert_int_equal(cursor.left, 0);
	assert_false(nbsi_dtls_next(&cursor, &record));
	assert_false(nbsi_dtls_client_hello(draft_record, sizeof(draft_record), &random));
}

/* The same with a connection ID of one byte, of the type that RFC 9146 4 gives it. */
static void
test_record_with_id(void **state)
{
	uint8_t with[sizeof(draft_record) + 1], other[sizeof(with)];
	struct nbsi_dtls_record record;

	(void)state;
	memcpy(with, draft_record, 11);
	with[0] = 25;
	with[11] = 0x42;
	memcpy(with + 12, draft_record + 11, sizeof(draft_record) - 11);
	for (size_t len = 0; len <= sizeof(with); len++) {
		struct nbsi_dtls_cursor cursor = {with, len, 1};

		assert_int_equal(nbsi_dtls_next(&cursor, &record), len == sizeof(with));
		assert_ptr_equal(nbsi_dtls_cid(with, len, 1), len >= 14 ? with + 11 : NULL);
	}
	assert_int_equal(record.type, NBSI_DTLS_CID);
	assert_int_equal(record.epoch, 1);
	assert_int_equal(record.seq, 5);
	assert_int_equal(record.len, 0x16);
	assert_ptr_equal(record.body, with + 14);
	memcpy(other, with, sizeof(with));
	other[0] = 23; /* no ID in other records */
	assert_null(nbsi_dtls_cid(other, sizeof(other), 1));
}

/* Cut anywhere, the record is none. */
static void
test_truncated_record(void **state)
{
	struct nbsi_dtls_record record;

	(void)state;
	for (size_t len = 0; len < sizeof(draft_record); len++) {
		struct nbsi_dtls_cursor cursor = {draft_record, len, 0};

		assert_false(nbsi_dtls_next(&cursor, &record));
		assert_int_equal(nbsi_dtls_is_dtls(draft_record, len), len >= 13);
	}
}

/* 48 bits of sequence number, 16 of epoch; then a second record in the same datagram. */
static void
test_field_widths(void **state)
{
	static const uint8_t two[] = {
	    20, 0xfe, 0xff, 0xab, 0xcd, 0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0, 1,  1, /* second: */
	    22, 0xfe, 0xfd, 0,    0,    0,    0,    0,    0,    0,    7,    0, 12, 14,
	    0,  0,    0,    0x12, 0x34, 0,    0,    0,    0,    0,    0};
	struct nbsi_dtls_cursor cursor = {two, sizeof(two), 0};
	struct nbsi_dtls_record record;
	uint16_t seq = 0;

	(void)state;
	assert_true(nbsi_dtls_next(&cursor, &record));
	assert_int_equal(record.type, NBSI_DTLS_CCS);
	assert_int_equal(record.epoch, 0xabcd);
	assert_int_equal(record.seq, UINT64_C(0xffeeddccbbaa));
	assert_true(nbsi_dtls_next(&cursor, &record));
	assert_int_equal(record.type, NBSI_DTLS_HANDSHAKE);
	assert_true(nbsi_dtls_message_seq(&record, &seq));
	assert_int_equal(seq, 0x1234);
	assert_int_equal(cursor.left, 0);
}

/* What may stand on the port and is no DTLS 1.x: MQTT-SN, TLS, SSLv2-like, type out of range. */
static void
test_not_dtls(void **state)
{
	static const uint8_t rows[][13] = {
	    {0x0d, 0x04, 0x04, 0x01, 0x00, 0x3c, 'a', 'b', 'c', 'd', 'e', 'f', 'g'},
	    {0x17, 0x0c, 0x20, 0x00, 0x01, 0x00, 0x01, 'h', 'e', 'l', 'l', 'o', '!'},
	    {0x16, 0x03, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	    {0x16, 0xfe, 0xfc, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, /* DTLS 1.3's version field is 1.2 */
	    {0x13, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	    {0x1a, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_false(nbsi_dtls_is_dtls(rows[i], sizeof(rows[i])));
}

/* A ClientHello is one only with its random inside the record. */
static void
test_client_hello(void **state)
{
	uint8_t hello[13 + 12 + 2 + 32] = {22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 46, 1};
	const uint8_t *random = NULL;

	(void)state;
	assert_true(nbsi_dtls_client_hello(hello, sizeof(hello), &random));
	assert_ptr_equal(random, hello + 27);
	hello[4] = 1; /* epoch 1: encrypted */
	assert_false(nbsi_dtls_client_hello(hello, sizeof(hello), &random));
	hello[4] = 0;
	hello[13] = 2; /* ServerHello */
	assert_false(nbsi_dtls_client_hello(hello, sizeof(hello), &random));
	hello[13] = 1;
	hello[12] = 45; /* one byte short */
	assert_false(nbsi_dtls_client_hello(hello, sizeof(hello), &random));
}

static void
test_key_log_line(void **state)
{
	char text[NBSI_DTLS_KEYLOG_LINE];
	uint8_t random[32], master[48];

	(void)state;
	memset(random, 0xa5, sizeof(random));
	memset(master, 0x0f, sizeof(master));
	random[31] = 0x01;
	master[0] = 0xf0;
	nbsi_dtls_keylog_format(random, master, text);
	assert_string_equal(text,
			    "CLIENT_RANDOM "
			    "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a501 "
			    "f00f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"
			    "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f");
}

/* Every reason has a text of its own. */
static void
test_reasons(void **state)
{
	(void)state;
	for (int i = 0; i < NBS_DTLS_REASON__COUNT; i++) {
		const char *text = nbs_dtls_reason_str((enum nbs_dtls_reason)i);

		assert_string_not_equal(text, "unknown reason");
		for (int j = 0; j < i; j++)
			assert_string_not_equal(text, nbs_dtls_reason_str((enum nbs_dtls_reason)j));
	}
	assert_string_equal(nbs_dtls_reason_str(NBS_DTLS_REASON__COUNT), "unknown reason");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_published_record), cmocka_unit_test(test_truncated_record),
	    cmocka_unit_test(test_record_with_id),   cmocka_unit_test(test_field_widths),
	    cmocka_unit_test(test_not_dtls),         cmocka_unit_test(test_client_hello),
	    cmocka_unit_test(test_key_log_line),     cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
