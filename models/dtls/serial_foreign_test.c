/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes that no client of this configuration has saved: what is taken of them. */
#include "models/dtls/test_serial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Where the fields are; serial_test.c adds them up. */
enum {
	AT_VERSION = 0,
	AT_CONFIG = 3,
	AT_SESSION_LEN = 8,
	AT_TLS = 12,
	AT_ENDPOINT = 13,
	AT_SUITE = 14,
	AT_ID_LEN = 24,
	AT_CERTIFICATE_LEN = 109,
	AT_TICKET_LEN = 112,
	AT_MFL = 119,
	AT_ETM = 120,
	AT_CID_LEN = 185,
	AT_PEER_CID_LEN = 186,
	AT_WINDOW_TOP = 191,
	AT_PACKING = 207,
	AT_EPOCH = 208
};

/* One field of good bytes changed: what was refused leaves the client as it was. */
static void
change_is_refused(struct pair_node *node, const struct serial_saved *good, size_t at, uint8_t value)
{
	struct serial_saved bad = *good;

	assert_int_not_equal(bad.data[at], value);
	bad.data[at] = value;
	assert_int_equal(serial_load(node, &bad), NBS_E_ARG);
	assert_false(nbs_dtls_client_is_connected(node->client));
}

static void
test_changed_fields(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct serial_saved good;

	(void)state;
	serial_save(&node, &good);
	serial_reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	change_is_refused(&node, &good, AT_VERSION, 2);
	change_is_refused(&node, &good, AT_CONFIG, 0xff);
	change_is_refused(&node, &good, AT_SESSION_LEN, 0xff);
	change_is_refused(&node, &good, AT_SESSION_LEN + 3, 108);
	change_is_refused(&node, &good, AT_TLS, 4);          /* TLS 1.3 */
	change_is_refused(&node, &good, AT_ENDPOINT, 1);     /* a server's */
	change_is_refused(&node, &good, AT_SUITE + 1, 0xA4); /* CCM, which this client lacks */
	change_is_refused(&node, &good, AT_SUITE, 0xff);     /* nobody knows it */
	change_is_refused(&node, &good, AT_ID_LEN, 33);      /* RFC 5246 7.4.1.2: 32 at most */
	change_is_refused(&node, &good, AT_CERTIFICATE_LEN, 1);
	change_is_refused(&node, &good, AT_CERTIFICATE_LEN + 2, 9); /* too little is left */
	change_is_refused(&node, &good, AT_TICKET_LEN, 0xff);
	change_is_refused(&node, &good, AT_MFL, 5); /* RFC 6066 4: 4 at most */
	change_is_refused(&node, &good, AT_ETM, 2);
	change_is_refused(&node, &good, AT_CID_LEN, 1); /* this client has none */
	change_is_refused(&node, &good, AT_CID_LEN, 255);
	change_is_refused(&node, &good, AT_PEER_CID_LEN, 1);
	change_is_refused(&node, &good, AT_WINDOW_TOP, 1); /* RFC 6347 4.1: 48 bits */
	change_is_refused(&node, &good, AT_PACKING, 2);
	change_is_refused(&node, &good, AT_EPOCH + 1, 0);
	assert_int_equal(serial_load(&node, &good), NBS_OK);
	serial_exchange(&node);
	serial_done(pair, &node);
}

static void
test_cut_bytes(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct serial_saved good, cut;

	(void)state;
	serial_save(&node, &good);
	serial_reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	cut = good;
	for (cut.len = 0; cut.len < good.len; cut.len++)
		assert_int_equal(serial_load(&node, &cut), NBS_E_ARG);
	cut.data[good.len] = 0;
	cut.len = good.len + 1;
	assert_int_equal(serial_load(&node, &cut), NBS_E_ARG);
	pair_connect(&node); /* the client is as new */
	serial_exchange(&node);
	serial_done(pair, &node);
}

/* A client takes up what its own configuration could have saved, nothing else. */
static void
test_another_configuration(void **state)
{
	const uint16_t two[] = {SERIAL_GCM, SERIAL_CBC};
	struct nbs_dtls_client_config config;
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, 4, 2);
	struct serial_saved saved;

	(void)state;
	serial_save(&node, &saved);
	pair_client_defaults(&config); /* no connection IDs */
	serial_reboot_as(&node, &config);
	assert_int_equal(serial_load(&node, &saved), NBS_E_ARG);
	config.cid = true; /* its own would be longer */
	config.cid_len = 3;
	serial_reboot_as(&node, &config);
	assert_int_equal(serial_load(&node, &saved), NBS_E_ARG);
	config.cid_len = 2; /* another suite */
	config.suites = two;
	config.suite_count = 2;
	serial_reboot_as(&node, &config);
	assert_int_equal(serial_load(&node, &saved), NBS_E_ARG);
	saved.data[AT_SUITE] = SERIAL_CBC >> 8; /* one that is never saved */
	saved.data[AT_SUITE + 1] = SERIAL_CBC & 0xff;
	assert_int_equal(serial_load(&node, &saved), NBS_E_ARG);
	serial_done(pair, &node);
}

/* A bit of the master secret: no length shows it, but no record passes any more, either way. */
static void
test_flipped_key(void **state)
{
	struct pair_node node;
	struct pair *pair = serial_pair(&node, NBS_DTLS_PSK_AES_128_CCM_8, -1, -1);
	struct serial_saved saved;

	(void)state;
	serial_save(&node, &saved);
	saved.data[AT_ID_LEN + 1 + 32] ^= 1;
	serial_reboot(&node, NBS_DTLS_PSK_AES_128_CCM_8);
	assert_int_equal(serial_load(&node, &saved), NBS_OK);
	assert_int_equal(nbs_dtls_client_write(node.client, serial_text, sizeof(serial_text)),
			 NBS_OK);
	assert_int_equal(nbs_dtls_session_write(pair->newest, serial_text, sizeof(serial_text)),
			 NBS_OK);
	pair_run_s(pair, 1);
	assert_int_equal(pair->received + node.received, 0);
	assert_int_equal(pair->failed[0].reason, NBS_DTLS_BAD_MAC);
	assert_int_equal(nbs_dtls_client_stats(node.client)->bad_records, 1);
	serial_done(pair, &node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_changed_fields),
	    cmocka_unit_test(test_cut_bytes),
	    cmocka_unit_test(test_another_configuration),
	    cmocka_unit_test(test_flipped_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
