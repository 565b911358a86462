/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message sizes: sums of the layers and bits of TS 36.331, and the edge of one block of 1000 bits.
 * Bits are counted by hand from the ASN.1 (unaligned PER: a choice among n takes ceil(log2 n) bits,
 * a field that may be absent 1, the length of an octet string below 128 bytes 8).
 */
#include "models/nbiot/messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define BLOCK 125 /* bytes of 1000 bits, TS 36.306 Table 4.1C-2 */
#define UDP_IP 28
#define HEADERS 3 /* MAC 1, RLC AM 2 */

static const struct nbs_network_config cp = {.optimisation = NBS_CONTROL_PLANE};
static const struct nbs_network_config up = {.optimisation = NBS_USER_PLANE};
static const struct nbs_network_config sr = {.optimisation = NBS_SERVICE_REQUEST};
static const struct nbs_network_config rohc = {.header_compression = true};

/* Bytes of so many bits. */
static unsigned
bytes(unsigned bits)
{
	return (bits + 7) / 8;
}

static unsigned
msg5(const struct nbs_network_config *config, bool rai, unsigned payload)
{
	return nbsi_msg5_sdu(config, NBSI_FOR_DATA, rai, UDP_IP + payload) + HEADERS;
}

/*
 * One Rel-13 block is 125 bytes. IP and UDP take 28, NAS 17 (18 with release assistance), RRC 4,
 * MAC and RLC 3. With assistance: 125 - 3 - 4 - 18 - 28 = 72 bytes of payload; without: 73.
 */
static void
test_cliff_at_72_bytes(void **state)
{
	(void)state;
	assert_int_equal(msg5(&cp, true, 72), BLOCK);
	assert_int_equal(msg5(&cp, true, 73), BLOCK + 1);
	assert_int_equal(msg5(&cp, false, 73), BLOCK);
}

/*
 * Early data, control plane: MAC 1, EarlyDataRequest 7, NAS 17: 125 - 25 - 28 = 72 bytes of
 * payload, 71 with release assistance.
 */
static void
test_cliff_of_early_data(void **state)
{
	(void)state;
	assert_int_equal(nbsi_edt_msg3_bytes(&cp, false, UDP_IP + 72), BLOCK);
	assert_int_equal(nbsi_edt_msg3_bytes(&cp, false, UDP_IP + 73), BLOCK + 1);
	assert_int_equal(nbsi_edt_msg3_bytes(&cp, true, UDP_IP + 71), BLOCK);
}

/*
 * An MQTT-SN PUBLISH (v1.2 5.4.12) of 64 bytes: length 1, type 1, flags 1, topic 2, message 2, 64:
 * 71. A DTLS 1.2 record with AES-CCM-8 (RFC 6347 4.1, RFC 6655): header 13, nonce 8, tag 8: 29.
 */
static void
test_security_goes_over_the_cliff(void **state)
{
	const unsigned publish = 7 + 64;
	const unsigned record = 13 + 8 + 8;

	(void)state;
	assert_true(msg5(&cp, true, publish) <= BLOCK);
	assert_true(nbsi_edt_msg3_bytes(&cp, true, UDP_IP + publish) <= BLOCK);
	assert_true(msg5(&cp, true, publish + record) > BLOCK);
	assert_true(nbsi_edt_msg3_bytes(&cp, false, UDP_IP + publish + record) > BLOCK);
	/*
	 * 71 + 29 - 72 = 28 bytes too many, in early data too (without assistance), one more in
	 * each, as the NAS message has 18 + 28 + 100 = 146 bytes and 145: two bytes of length.
	 */
	assert_int_equal(msg5(&cp, true, publish + record), BLOCK + 28 + 1);
	assert_int_equal(nbsi_edt_msg3_bytes(&cp, false, UDP_IP + publish + record),
			 BLOCK + 28 + 1);
}

static void
test_msg5_of_data(void **state)
{
	(void)state;
	/* NAS of 127 bytes takes RRC 4, of 128 bytes RRC 5. */
	assert_int_equal(nbsi_msg5_sdu(&cp, NBSI_FOR_DATA, false, 110), 127 + 4);
	assert_int_equal(nbsi_msg5_sdu(&cp, NBSI_FOR_DATA, false, 111), 128 + 5);
	/* CONTROL PLANE SERVICE REQUEST without data 17 - 3 - 5 = 9; SERVICE REQUEST 4. */
	assert_int_equal(nbsi_msg5_sdu(&cp, NBSI_FOR_PAGE, false, 0), 9 + 4);
	assert_int_equal(nbsi_msg5_sdu(&cp, NBSI_FOR_PAGE, true, 60), 9 + 4);
	assert_int_equal(nbsi_msg5_sdu(&sr, NBSI_FOR_PAGE, false, 0), 4 + 4);
	assert_int_equal(nbsi_msg5_sdu(&sr, NBSI_FOR_DATA, false, 99), 4 + 4);
	/* ResumeComplete 2 + PDCP 5; with data: MAC 2, RLC 2, and the packet with PDCP 1. */
	assert_int_equal(nbsi_msg5_sdu(&up, NBSI_FOR_PAGE, false, 0), 7);
	assert_int_equal(nbsi_msg5_sdu(&up, NBSI_FOR_DATA, false, 99), 7 + 4 + 1 + 99);
	assert_true(nbsi_msg5_carries_data(&cp, NBSI_FOR_DATA));
	assert_true(nbsi_msg5_carries_data(&up, NBSI_FOR_DATA));
	assert_false(nbsi_msg5_carries_data(&sr, NBSI_FOR_DATA));
	assert_false(nbsi_msg5_carries_data(&cp, NBSI_FOR_TAU));
}

/*
 * ResumeComplete around a NAS message: c1 1 + 4, transaction 2, extensions 1, presence 4, length 8:
 * 20 bits, 3 bytes. TAU request 30, attach request 39 and detach request 21 by TS 24.301 8.2:
 *   TAU     6 + 1 + 1 + 1 + 12 + 3 + 3 + 3
 *   attach  1 + 1 + 1 + 12 + 7 + (2 + 5) + 1 + 3 + 3 + 3
 *   detach  6 + 1 + 1 + 1 + 12
 */
static void
test_msg5_of_signalling(void **state)
{
	(void)state;
	assert_int_equal(bytes(1 + 4 + 2 + 1 + 4 + 8), 3);
	for (unsigned i = 0; i < 2; i++) {
		const struct nbs_network_config *config = i == 0 ? &cp : &sr;

		assert_int_equal(nbsi_msg5_sdu(config, NBSI_FOR_TAU, false, 0), 30 + 4);
		assert_int_equal(nbsi_msg5_sdu(config, NBSI_FOR_ATTACH, false, 0), 39 + 4);
		assert_int_equal(nbsi_msg5_sdu(config, NBSI_FOR_DETACH, false, 0), 21 + 4);
	}
	assert_int_equal(nbsi_msg5_sdu(&up, NBSI_FOR_TAU, false, 0), 30 + 3 + 5);
	assert_int_equal(nbsi_msg5_sdu(&up, NBSI_FOR_ATTACH, false, 0), 39 + 4);
	assert_int_equal(nbsi_msg5_sdu(&up, NBSI_FOR_DETACH, false, 0), 21 + 3 + 5);
	/* ReestablishmentComplete: 1 + 4, transaction 2, extensions 1, presence 2; PDCP on SRB1 */
	assert_int_equal(nbsi_msg5_sdu(&cp, NBSI_FOR_REESTABLISH, false, 0),
			 bytes(1 + 4 + 2 + 1 + 2));
	assert_int_equal(nbsi_msg5_sdu(&up, NBSI_FOR_REESTABLISH, false, 0), 2 + 5);
	assert_int_equal(nbsi_msg5_sdu(&sr, NBSI_FOR_REESTABLISH, false, 0), 2 + 5);
}

static void
test_msg4(void **state)
{
	(void)state;
	/* contention resolution 1 + 6 and a subheader of 2 in front of each */
	assert_int_equal(nbsi_msg4_bytes(&cp, NBSI_FOR_DATA), 9 + 9);
	assert_int_equal(nbsi_msg4_bytes(&sr, NBSI_FOR_TAU), 9 + 9);
	/* A resume is on SRB1: RLC 2, PDCP 5. */
	assert_int_equal(nbsi_msg4_bytes(&up, NBSI_FOR_DATA), 9 + 6 + 2 + 5);
	assert_int_equal(nbsi_msg4_bytes(&up, NBSI_FOR_TAU), 9 + 6 + 2 + 5);
	assert_int_equal(nbsi_msg4_bytes(&up, NBSI_FOR_ATTACH), 9 + 9);
	/* Reject: c1 1 + 3, extensions 2, presence 3, wait time (1..1800) 11 */
	assert_int_equal(NBSI_MSG4_REJECT_BYTES, 9 + bytes(1 + 3 + 2 + 3 + 11));
	/* Setup's 72 bits and nextHopChainingCount 3; presence 2 and dl-NAS-MAC 16 on top */
	assert_int_equal(nbsi_msg4_bytes(&up, NBSI_FOR_REESTABLISH), 9 + bytes(72 + 3));
	assert_int_equal(nbsi_msg4_bytes(&sr, NBSI_FOR_REESTABLISH), 9 + bytes(72 + 3));
	assert_int_equal(nbsi_msg4_bytes(&cp, NBSI_FOR_REESTABLISH), 9 + bytes(72 + 3 + 2 + 16));
}

static void
test_data_and_release(void **state)
{
	(void)state;
	/* ULInformationTransfer 2, security 6 + ESM DATA TRANSPORT 5, release assistance 1 */
	assert_int_equal(nbsi_uplink_sdu(&cp, false, 60), 60 + 2 + 11);
	assert_int_equal(nbsi_uplink_sdu(&cp, true, 60), 60 + 2 + 12);
	/* NAS of 127 and 128 bytes */
	assert_int_equal(nbsi_uplink_sdu(&cp, false, 116), 127 + 2);
	assert_int_equal(nbsi_uplink_sdu(&cp, false, 117), 128 + 3);
	assert_int_equal(nbsi_uplink_sdu(&up, false, 60), 61);
	assert_int_equal(nbsi_uplink_sdu(&sr, false, 60), 61);
	assert_int_equal(nbsi_downlink_sdu(&cp, 40), 40 + 3 + 11);
	assert_int_equal(nbsi_downlink_sdu(&cp, 116), 127 + 3);
	assert_int_equal(nbsi_downlink_sdu(&cp, 117), 128 + 4);
	assert_int_equal(nbsi_downlink_sdu(&up, 40), 41);
	assert_int_equal(nbsi_downlink_sdu(&sr, 40), 41);
	/*
	 * Release: c1 1 + 3, transaction 2, extensions 2, presence 5, cause 2; resume identity 40.
	 * PDCP 5 once there is AS security.
	 */
	assert_int_equal(nbsi_release_bytes(&cp, NBSI_FOR_DATA),
			 bytes(1 + 3 + 2 + 2 + 5 + 2) + HEADERS);
	assert_int_equal(nbsi_release_bytes(&sr, NBSI_FOR_DATA), 2 + 5 + HEADERS);
	assert_int_equal(nbsi_release_bytes(&sr, NBSI_FOR_ATTACH), 2 + 5 + HEADERS);
	assert_int_equal(nbsi_release_bytes(&sr, NBSI_FOR_TAU), 2 + HEADERS); /* no security */
	assert_int_equal(nbsi_release_bytes(&up, NBSI_FOR_TAU), 7 + 5 + HEADERS);
	assert_int_equal(nbsi_release_bytes(&up, NBSI_FOR_DATA), bytes(15 + 40) + 5 + HEADERS);
}

static void
test_early_data(void **state)
{
	(void)state;
	/* EarlyDataRequest: 1 + 2, extensions 1, presence 2, S-TMSI 40, cause 2, length 8 */
	assert_int_equal(bytes(1 + 2 + 1 + 2 + 40 + 2 + 8), 7);
	assert_int_equal(nbsi_edt_msg3_bytes(&cp, false, 60), 1 + 7 + 17 + 60);
	/*
	 * ResumeRequest 1 + 2, 1, identity 40, MAC-I 16, cause 3, contention 1, CQI 4, spare 4: 72
	 * bits; MAC 2; behind it MAC 1, RLC 2, PDCP 1
	 */
	assert_int_equal(nbsi_edt_msg3_bytes(&up, false, 60), 2 + bytes(72) + 1 + 2 + 1 + 60);
	/* EarlyDataComplete: 1 + 3, extensions 1, presence 5 */
	assert_int_equal(nbsi_edt_msg4_bytes(&cp), 9 + bytes(1 + 3 + 1 + 5));
	/* SetupComplete with an empty NAS message; ResumeComplete with PDCP */
	assert_int_equal(nbsi_edt_msg5_sdu(&cp), bytes(1 + 4 + 2 + 1 + 6 + 3 + 8));
	assert_int_equal(nbsi_edt_msg5_sdu(&up), 2 + 5);
	/* Release with resume identity, presence 3 + 3, nextHopChainingCount 3; RLC 2, PDCP 5 */
	assert_int_equal(nbsi_edt_msg4_bytes(&up), 9 + 2 + 5 + bytes(55 + 3 + 3 + 3));
}

/* Paging: c1 1 (a choice of one takes no more), presence 4, count 4; a record 1 + 1 + 1 + 40. */
static void
test_paging(void **state)
{
	(void)state;
	assert_int_equal(nbsi_paging_bytes(1), 7);
	assert_int_equal(nbsi_paging_bytes(4), 23);
	assert_int_equal(nbsi_paging_bytes(16), bytes(1 + 4 + 4 + 16 * 43));
}

/*
 * RFC 3095: IR type, profile, CRC 3; static IPv4 1 + 1 + 4 + 4, UDP 2 + 2; dynamic IPv4
 * 1 + 1 + 2 + 1 + 1, UDP 2 + 2: 27. UO-0 1 and the UDP checksum 2.
 */
static void
test_header_compression(void **state)
{
	(void)state;
	assert_int_equal(nbsi_compressed_bytes(&cp, 100, true), 100);
	assert_int_equal(nbsi_compressed_bytes(&cp, 100, false), 100);
	assert_int_equal(nbsi_compressed_bytes(&rohc, 100, false),
			 72 + 3 + (1 + 1 + 4 + 4) + (2 + 2) + (1 + 1 + 2 + 1 + 1) + (2 + 2));
	assert_int_equal(nbsi_compressed_bytes(&rohc, 100, true), 72 + 1 + 2);
	assert_int_equal(nbsi_compressed_bytes(&rohc, 28, true), 3);
	assert_int_equal(nbsi_compressed_bytes(&rohc, 27, true), 27); /* no UDP header in it */
	/* the cliff then: 125 - 3 - 4 - 18 - 3 = 97 */
	assert_int_equal(nbsi_msg5_sdu(&rohc, NBSI_FOR_DATA, true,
				       nbsi_compressed_bytes(&rohc, UDP_IP + 97, true)) +
			     HEADERS,
			 BLOCK);
}

static void
check_steps(const struct nbs_network_config *config, enum nbsi_purpose purpose,
	    const struct nbsi_step *expected, unsigned expected_count)
{
	unsigned count = 99;
	const struct nbsi_step *steps = nbsi_procedure(config, purpose, &count);

	assert_int_equal(count, expected_count);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(steps[i].up, expected[i].up);
		assert_int_equal(steps[i].core_turn, expected[i].core_turn);
		assert_int_equal(steps[i].sdu_bytes, expected[i].sdu_bytes);
	}
}

#define CHECK_STEPS(config, purpose, table) \
	check_steps((config), (purpose), (table), sizeof(table) / sizeof((table)[0]))

/*
 * User data: at once with the optimisations; a service request makes two turns more (TS 23.401
 * 5.3.4.1): SecurityModeCommand 3, Complete 2, Reconfiguration 8, Complete 2, each with PDCP 5.
 */
static void
test_steps_before_data(void **state)
{
	static const struct nbsi_step bearer[] = {
	    {.up = false, .core_turn = true, .sdu_bytes = 3 + 5},
	    {.up = true, .sdu_bytes = 2 + 5},
	    {.up = false, .sdu_bytes = 8 + 5},
	    {.up = true, .sdu_bytes = 2 + 5},
	};

	(void)state;
	check_steps(&cp, NBSI_FOR_DATA, NULL, 0);
	check_steps(&cp, NBSI_FOR_PAGE, NULL, 0);
	check_steps(&up, NBSI_FOR_DATA, NULL, 0);
	check_steps(&up, NBSI_FOR_PAGE, NULL, 0);
	CHECK_STEPS(&sr, NBSI_FOR_DATA, bearer);
	CHECK_STEPS(&sr, NBSI_FOR_PAGE, bearer);
	check_steps(&cp, NBSI_FOR_REESTABLISH, NULL, 0);
	check_steps(&up, NBSI_FOR_REESTABLISH, &bearer[2], 2);
	check_steps(&sr, NBSI_FOR_REESTABLISH, &bearer[2], 2);
}

/* Accepts in DLInformationTransfer 3; a resumed connection has PDCP 5. */
static void
test_steps_of_tau_and_detach(void **state)
{
	static const struct nbsi_step tau[] = {{.core_turn = true, .sdu_bytes = 3 + 30}};
	static const struct nbsi_step tau_up[] = {{.core_turn = true, .sdu_bytes = 5 + 3 + 30}};
	static const struct nbsi_step detach[] = {{.core_turn = true, .sdu_bytes = 3 + 8}};
	static const struct nbsi_step detach_up[] = {{.core_turn = true, .sdu_bytes = 5 + 3 + 8}};

	(void)state;
	CHECK_STEPS(&cp, NBSI_FOR_TAU, tau);
	CHECK_STEPS(&sr, NBSI_FOR_TAU, tau);
	CHECK_STEPS(&up, NBSI_FOR_TAU, tau_up);
	CHECK_STEPS(&cp, NBSI_FOR_DETACH, detach);
	CHECK_STEPS(&sr, NBSI_FOR_DETACH, detach);
	CHECK_STEPS(&up, NBSI_FOR_DETACH, detach_up);
	/* the whole block of the accept: MAC 1 and RLC 2 more */
	assert_int_equal(NBSI_TAU_ACCEPT_MAC_BYTES, 3 + 30 + HEADERS);
}

/*
 * Attach (TS 23.401 5.3.2.1), NAS in DLInformationTransfer 3 and ULInformationTransfer 2:
 *   AUTHENTICATION REQUEST 1 + 1 + 1 + 16 + 17, RESPONSE 1 + 1 + 9
 *   SECURITY MODE COMMAND 6 + 1 + 1 + 1 + 1 + 5 + 1, COMPLETE 6 + 1 + 1 + 11
 *   ESM INFORMATION REQUEST 6 + 3, RESPONSE 6 + 3 + 18 + 10
 *   capability: 1 + 3 + 2 + 2 + 2 bits; 5 + 2 + 1 + 2, 4 + 4 + 2 + 1 + 6 + 8 x 9, 2 bits
 *   ATTACH ACCEPT 6 + 1 + 1 + 1 + 1 + 7 + 13 + 9 + 4 + 2 + ESM; ESM 3 + 2 + 17 + 6 + 16 + 4,
 *   1 more on the control plane; ATTACH COMPLETE 6 + 1 + 1 + 2 + 3
 */
#define ATTACH_FIRST                                                                     \
	{.core_turn = true, .sdu_bytes = 3 + 36}, {.up = true, .sdu_bytes = 2 + 11},     \
	    {.core_turn = true, .sdu_bytes = 3 + 16}, {.up = true, .sdu_bytes = 2 + 19}, \
	    {.core_turn = true, .sdu_bytes = 3 + 9}, {.up = true, .sdu_bytes = 2 + 37},  \
	    {.core_turn = true, .sdu_bytes = 2},                                         \
	{                                                                                \
		.up = true, .sdu_bytes = 13                                              \
	}
#define ACCEPT (6 + 1 + 1 + 1 + 1 + 7 + 13 + 9 + 4 + 2 + (3 + 2 + 17 + 6 + 16 + 4))

static void
test_steps_of_attach(void **state)
{
	static const struct nbsi_step attach[] = {
	    ATTACH_FIRST,
	    {.sdu_bytes = 3 + ACCEPT + 1},
	    {.up = true, .sdu_bytes = 2 + 13},
	};
	/* in the reconfiguration: 64 bits and 1 + 8 around the accept; PDCP 5 */
	static const struct nbsi_step bearer[] = {
	    ATTACH_FIRST,
	    {.sdu_bytes = 5 + 3},
	    {.up = true, .sdu_bytes = 5 + 2},
	    {.sdu_bytes = 5 + 10 + ACCEPT},
	    {.up = true, .sdu_bytes = 5 + 2},
	    {.up = true, .sdu_bytes = 5 + 2 + 13},
	};

	(void)state;
	assert_int_equal(bytes(1 + 3 + 2 + 2 + 2), 2);
	assert_int_equal(bytes(10 + 4 + 4 + 2 + 1 + 6 + 8 * 9 + 2), 13);
	assert_int_equal(bytes(64 + 1 + 8), 10);
	CHECK_STEPS(&cp, NBSI_FOR_ATTACH, attach);
	CHECK_STEPS(&up, NBSI_FOR_ATTACH, bearer);
	CHECK_STEPS(&sr, NBSI_FOR_ATTACH, bearer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cliff_at_72_bytes),
	    cmocka_unit_test(test_cliff_of_early_data),
	    cmocka_unit_test(test_security_goes_over_the_cliff),
	    cmocka_unit_test(test_msg5_of_data),
	    cmocka_unit_test(test_msg5_of_signalling),
	    cmocka_unit_test(test_msg4),
	    cmocka_unit_test(test_data_and_release),
	    cmocka_unit_test(test_early_data),
	    cmocka_unit_test(test_paging),
	    cmocka_unit_test(test_header_compression),
	    cmocka_unit_test(test_steps_before_data),
	    cmocka_unit_test(test_steps_of_tau_and_detach),
	    cmocka_unit_test(test_steps_of_attach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
