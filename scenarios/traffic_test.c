/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Given what leaves a device and what comes back: what each packet is, and how much of it is DTLS.
 */
#include "scenarios/traffic.h"

#include "models/mqttsn/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define HEADERS 28U /* IPv4 20 bytes, UDP 8 */

/* First byte of a DTLS record (RFC 5246 6.2.1, RFC 9146 4), which a packet has behind its headers.
 */
enum { CHANGE_CIPHER_SPEC = 20, ALERT, HANDSHAKE, APPLICATION, TLS12_CID = 25 };

static struct nbs_packet_kind
packet(struct nbsi_traffic *traffic, bool secured, bool up, uint8_t first, size_t len)
{
	uint8_t bytes[256] = {0};
	struct nbs_packet_kind kind = {0};

	assert_true(len <= sizeof(bytes));
	if (len > HEADERS)
		bytes[HEADERS] = first;
	nbsi_traffic_classify(traffic, secured, up, bytes, len, &kind);
	return kind;
}

static void
sending(struct nbsi_traffic *traffic, uint8_t type, size_t plain_len, bool repeat)
{
	const struct nbs_station_sending what = {
	    .type = type, .plain_len = plain_len, .repeat = repeat};

	nbsi_traffic_sending(traffic, &what);
}

static void
expect(struct nbs_packet_kind got, enum nbsi_exchange cause, bool repeat, unsigned record_bytes,
       unsigned handshake_bytes)
{
	assert_string_equal(nbsi_exchange_name(got.cause), nbsi_exchange_name(cause));
	assert_int_equal(got.repeat, repeat);
	assert_int_equal(got.record_bytes, record_bytes);
	assert_int_equal(got.handshake_bytes, handshake_bytes);
}

/* In the clear nothing is DTLS, whatever a message begins with: 23 may be its length. */
static void
test_clear(void **state)
{
	struct nbsi_traffic traffic = {0};

	(void)state;
	sending(&traffic, NBS_MQTTSN_PUBLISH, 0, false);
	expect(packet(&traffic, false, true, APPLICATION, HEADERS + 23), NBSI_EXCHANGE_PUBLISH,
	       false, 0, 0);
	expect(packet(&traffic, false, false, HANDSHAKE, HEADERS + 22), NBSI_EXCHANGE_PUBLISH,
	       false, 0, 0);
}

static void
test_handshake(void **state)
{
	static const uint8_t answers[] = {CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE};
	struct nbsi_traffic traffic = {0};

	(void)state;
	sending(&traffic, NBS_STATION_HANDSHAKE, 0, false);
	expect(packet(&traffic, true, true, HANDSHAKE, 113), NBSI_EXCHANGE_HANDSHAKE, false, 0,
	       113);
	for (size_t i = 0; i < sizeof(answers); i++)
		expect(packet(&traffic, true, false, answers[i], 88), NBSI_EXCHANGE_HANDSHAKE,
		       false, 0, 88);
	/* The flight again, and in the end an alert: all of it is DTLS's own. */
	sending(&traffic, NBS_STATION_HANDSHAKE, 0, true);
	expect(packet(&traffic, true, true, HANDSHAKE, 113), NBSI_EXCHANGE_HANDSHAKE, true, 0, 113);
	sending(&traffic, NBS_STATION_ALERT, 0, false);
	expect(packet(&traffic, true, true, ALERT, 59), NBSI_EXCHANGE_HANDSHAKE, false, 0, 59);
}

/*
 * TLS_PSK_WITH_AES_128_CCM_8: header 13, explicit nonce 8, tag 8 (RFC 6347 4.1, RFC 6655 3) around
 * a PUBLISH of 71 bytes are 100 bytes of UDP payload, 128 of IP.
 */
static void
test_record(void **state)
{
	struct nbsi_traffic traffic = {0};

	(void)state;
	sending(&traffic, NBS_MQTTSN_PUBLISH, 71, false);
	expect(packet(&traffic, true, true, APPLICATION, 128), NBSI_EXCHANGE_PUBLISH, false, 29, 0);
	expect(packet(&traffic, true, false, APPLICATION, HEADERS + 7 + 29), NBSI_EXCHANGE_PUBLISH,
	       false, 29, 0);
	sending(&traffic, NBS_MQTTSN_PUBLISH, 71, true);
	expect(packet(&traffic, true, true, APPLICATION, 128), NBSI_EXCHANGE_PUBLISH, true, 29, 0);
	/* The answer to a repetition is an answer, and no repetition. */
	expect(packet(&traffic, true, false, APPLICATION, HEADERS + 7 + 29), NBSI_EXCHANGE_PUBLISH,
	       false, 29, 0);
}

/* A connection ID of 4 bytes and the type inside make it 34, which answers with one have too. */
static void
test_record_with_connection_id(void **state)
{
	struct nbsi_traffic traffic = {0};

	(void)state;
	sending(&traffic, NBS_MQTTSN_PUBLISH, 71, false);
	expect(packet(&traffic, true, true, TLS12_CID, HEADERS + 71 + 34), NBSI_EXCHANGE_PUBLISH,
	       false, 34, 0);
	expect(packet(&traffic, true, false, TLS12_CID, HEADERS + 7 + 34), NBSI_EXCHANGE_PUBLISH,
	       false, 34, 0);
	expect(packet(&traffic, true, false, APPLICATION, HEADERS + 7 + 29), NBSI_EXCHANGE_PUBLISH,
	       false, 29, 0);
}

/* An answer belongs to the exchange that is under way when it comes. */
static void
test_answers_follow(void **state)
{
	struct nbsi_traffic traffic = {0};

	(void)state;
	sending(&traffic, NBS_MQTTSN_PINGREQ, 2, false);
	expect(packet(&traffic, true, true, APPLICATION, HEADERS + 31), NBSI_EXCHANGE_PING, false,
	       29, 0);
	expect(packet(&traffic, true, false, APPLICATION, HEADERS + 31), NBSI_EXCHANGE_PING, false,
	       29, 0);
	sending(&traffic, NBS_STATION_HANDSHAKE, 0, false);
	expect(packet(&traffic, true, false, HANDSHAKE, 90), NBSI_EXCHANGE_HANDSHAKE, false, 0, 90);
	sending(&traffic, NBS_MQTTSN_CONNECT, 17, false);
	expect(packet(&traffic, true, true, APPLICATION, HEADERS + 46), NBSI_EXCHANGE_CONNECT,
	       false, 29, 0);
	expect(packet(&traffic, true, false, APPLICATION, HEADERS + 32), NBSI_EXCHANGE_CONNECT,
	       false, 29, 0);
}

/* What comes before anything was sent, and what has no room for a record. */
static void
test_odd_packets(void **state)
{
	struct nbsi_traffic traffic = {0};

	(void)state;
	assert_int_equal(packet(&traffic, true, false, APPLICATION, 64).cause, NBS_CAUSE_NONE);
	sending(&traffic, NBS_MQTTSN_PUBLISH, 71, false);
	expect(packet(&traffic, true, true, 0, HEADERS + 71), NBSI_EXCHANGE_PUBLISH, false, 0, 0);
	expect(packet(&traffic, true, false, 0, HEADERS), NBSI_EXCHANGE_PUBLISH, false, 0, HEADERS);
	expect(packet(&traffic, true, false, 0, 1), NBSI_EXCHANGE_PUBLISH, false, 0, 1);
}

static void
test_each_message(void **state)
{
	static const struct {
		uint8_t type;
		const char *name;
	} cases[] = {
	    {NBS_STATION_HANDSHAKE, "handshake"},  {NBS_STATION_ALERT, "handshake"},
	    {NBS_MQTTSN_CONNECT, "connect"},       {NBS_MQTTSN_WILLTOPIC, "connect"},
	    {NBS_MQTTSN_WILLMSG, "connect"},       {NBS_MQTTSN_REGISTER, "register"},
	    {NBS_MQTTSN_PUBLISH, "publish"},       {NBS_MQTTSN_PINGREQ, "ping"},
	    {NBS_MQTTSN_DISCONNECT, "disconnect"}, {NBS_MQTTSN_SUBSCRIBE, "other"},
	    {NBS_MQTTSN_REGACK, "other"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nbsi_traffic traffic = {0};

		sending(&traffic, cases[i].type, 9, false);
		assert_string_equal(nbsi_exchange_name(packet(&traffic, true, true, 0, 66).cause),
				    cases[i].name);
	}
}

static void
test_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NBSI_EXCHANGE__END; i++) {
		assert_string_not_equal(nbsi_exchange_name(i), "?");
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(nbsi_exchange_name(i), nbsi_exchange_name(k));
	}
	assert_string_equal(nbsi_exchange_name(NBS_CAUSE_NETWORK), "network");
	assert_string_equal(nbsi_exchange_name(NBSI_EXCHANGE__END), "?");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clear),          cmocka_unit_test(test_handshake),
	    cmocka_unit_test(test_record),         cmocka_unit_test(test_record_with_connection_id),
	    cmocka_unit_test(test_answers_follow), cmocka_unit_test(test_odd_packets),
	    cmocka_unit_test(test_each_message),   cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("traffic", tests, NULL, NULL);
}
