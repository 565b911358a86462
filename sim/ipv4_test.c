/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4/UDP bytes against a packet worked out by hand from RFC 791, RFC 768 and RFC 1071. */
#include "sim/ipv4.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/*
 * 10.64.0.2:49153 -> 198.51.100.10:10000, payload "hi", identification 1, TTL 64.
 * Header words: 4500 001e 0001 0000 4011 .... 0a40 0002 c633 640a
 *   sum = 4500+001e+0001+0000+4011+0a40+0002+c633+640a = 1b9af -> b9af+1 = b9b0, not = 464f
 * UDP: pseudo 0a40+0002+c633+640a+0011+000a = 1349a; header c001+2710+000a = e71b;
 *   payload "hi" 6869; sum = 1349a+e71b+6869 = 2841e -> 841e+2 = 8420, not = 7bdf
 */
static const uint8_t BY_HAND[30] = {
    0x45, 0x00, 0x00, 0x1e, 0x00, 0x01, 0x00, 0x00, 0x40, 0x11, 0x46, 0x4f, 0x0a, 0x40, 0x00,
    0x02, 0xc6, 0x33, 0x64, 0x0a, 0xc0, 0x01, 0x27, 0x10, 0x00, 0x0a, 0x7b, 0xdf, 'h',  'i',
};

static const struct nbsi_udp_meta META = {
    .from = {.addr = 0x0a400002, .port = 49153},
    .to = {.addr = 0xc633640a, .port = 10000},
    .ident = 1,
    .ttl = 64,
};

static void
a_datagram_is_written_as_by_hand(void **state)
{
	uint8_t packet[64];
	size_t len = 0;

	(void)state;
	assert_int_equal(nbsi_udp_write(&META, (const uint8_t *)"hi", 2, packet, 64, &len), NBS_OK);
	assert_int_equal(len, sizeof BY_HAND);
	assert_memory_equal(packet, BY_HAND, sizeof BY_HAND);
	assert_int_equal(nbsi_udp_write(&META, (const uint8_t *)"hi", 2, packet, 29, &len),
			 NBS_E_RANGE);
}

static void
a_datagram_is_read_back(void **state)
{
	struct nbsi_ipv4_view view;

	(void)state;
	assert_int_equal(nbsi_ipv4_parse(BY_HAND, sizeof BY_HAND, &view), NBS_OK);
	assert_int_equal(view.src, 0x0a400002);
	assert_int_equal(view.dst, 0xc633640a);
	assert_int_equal(view.proto, NBSI_PROTO_UDP);
	assert_false(view.fragment);
	assert_int_equal(view.payload_len, 10);
}

/* Every prefix is too short, and every flipped bit is seen by one of the two checksums. */
static void
damage_is_seen(void **state)
{
	struct nbsi_ipv4_view view;
	uint8_t damaged[sizeof BY_HAND];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof BY_HAND; i++)
		assert_int_equal(nbsi_ipv4_parse(BY_HAND, i, &view), NBS_E_TRUNCATED);
	for (i = 0; i < sizeof BY_HAND * 8; i++) {
		memcpy(damaged, BY_HAND, sizeof damaged);
		damaged[i / 8] ^= (uint8_t)(1U << (i % 8));
		assert_int_not_equal(nbsi_ipv4_parse(damaged, sizeof damaged, &view), NBS_OK);
	}
}

/*
 * The payload that makes the sum 0xffff: without it the sum is 8420 - 6869 = 1bb7, so the two
 * bytes ffff - 1bb7 = e448 give a checksum of 0, which must leave as ffff (RFC 768).
 */
static void
a_zero_checksum_leaves_as_ones(void **state)
{
	static const uint8_t data[2] = {0xe4, 0x48};
	struct nbsi_ipv4_view view;
	uint8_t packet[64];
	size_t len = 0;

	(void)state;
	assert_int_equal(nbsi_udp_write(&META, data, 2, packet, sizeof packet, &len), NBS_OK);
	assert_int_equal(nbsi_get16(packet + 26), 0xffff);
	assert_int_equal(nbsi_ipv4_parse(packet, len, &view), NBS_OK);
	nbsi_put16(packet + 26, 0);
	assert_int_equal(nbsi_ipv4_parse(packet, len, &view), NBS_E_INVALID);
	nbsi_udp_checksum_nonzero(packet, len);
	assert_int_equal(nbsi_get16(packet + 26), 0xffff);
}

static void
sealing_repairs_a_changed_packet(void **state)
{
	uint8_t data[64];
	struct nbs_packet packet = {.data = data, .len = sizeof BY_HAND, .cap = sizeof data};
	struct nbsi_ipv4_view view;

	(void)state;
	memcpy(data, BY_HAND, sizeof BY_HAND);
	data[28] = 'H';
	data[30] = '!';
	packet.len = 31;
	assert_int_equal(nbs_packet_seal(&packet), NBS_OK);
	assert_int_equal(nbsi_ipv4_parse(data, packet.len, &view), NBS_OK);
	assert_int_equal(view.payload_len, 11);
	packet.len = 19;
	assert_int_equal(nbs_packet_seal(&packet), NBS_E_ARG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_datagram_is_written_as_by_hand),
	    cmocka_unit_test(a_datagram_is_read_back),
	    cmocka_unit_test(damage_is_seen),
	    cmocka_unit_test(a_zero_checksum_leaves_as_ones),
	    cmocka_unit_test(sealing_repairs_a_changed_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
