/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cipher suites: the table's names and numbers, the language's words, what fleets come to offer. */
#include "scenarios/suites.h"

#include "scenarios/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* RFC 6655 3, RFC 5487 3, RFC 7905 2, RFC 5489 3, RFC 7251 2, RFC 5289 3.2 and IANA's registry of
 * TLS cipher suites. */
static void
test_numbers(void **state)
{
	static const struct {
		const char *name;
		uint16_t number;
		bool ecdhe;
	} registry[] = {
	    {"psk-aes128-ccm8", 0xC0A8, false},
	    {"psk-aes128-ccm", 0xC0A4, false},
	    {"psk-aes256-ccm8", 0xC0A9, false},
	    {"psk-aes128-gcm", 0x00A8, false},
	    {"psk-aes128-cbc-sha256", 0x00AE, false},
	    {"psk-chacha20-poly1305", 0xCCAB, false},
	    {"ecdhe-psk-aes128-cbc-sha256", 0xC037, true},
	    {"ecdhe-psk-chacha20-poly1305", 0xCCAC, true},
	    {"psk-aes256-ccm", 0xC0A5, false},
	    {"psk-aes256-gcm", 0x00A9, false},
	    {"psk-aes256-cbc-sha384", 0x00AF, false},
	    {"ecdhe-ecdsa-aes128-ccm8", 0xC0AE, true},
	    {"ecdhe-ecdsa-aes128-gcm", 0xC02B, true},
	};
	size_t count = sizeof(registry) / sizeof(registry[0]);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct nbs_dtls_suite *suite = nbs_dtls_suite_find(registry[i].name);

		assert_non_null(suite);
		assert_int_equal(suite->number, registry[i].number);
		assert_int_equal(suite->ecdhe, registry[i].ecdhe);
	}
	assert_int_equal(nbs_dtls_suite_at(0)->number, NBS_DTLS_PSK_AES_128_CCM_8);
	assert_non_null(nbs_dtls_suite_at(count - 1));
	assert_null(nbs_dtls_suite_at(count));
	assert_null(nbs_dtls_suite_find("psk"));
	assert_null(nbs_dtls_suite_find(NULL));
	assert_true(count <= NBS_DTLS_SUITES_MAX); /* one gateway may have them all */
}

/* The words of `fleets[].security` are those of the results, and each has suites of its own. */
static void
test_kinds(void **state)
{
	const struct nbsi_key *key = nbsi_schema_find(nbsi_schema(), "fleets", 6);
	struct nbs_fleet_config fleet = {0};
	unsigned i;

	(void)state;
	key = nbsi_schema_find(key->keys, "security", 8);
	for (i = 0; key->words[i] != NULL; i++) {
		const char *prefix = nbsi_suite_prefix((enum nbs_security)i);

		assert_string_equal(key->words[i], nbsi_security_name((enum nbs_security)i));
		fleet.security = (enum nbs_security)i;
		assert_memory_equal(nbsi_fleet_suite(&fleet)->name, prefix, strlen(prefix));
	}
	assert_int_equal(i, NBS_SEC_DTLS_ECDHE_ECDSA + 1);
}

/* The words of `fleets[].dtls.suite` are stored by their place in the table. */
static void
test_words(void **state)
{
	const struct nbsi_key *key = nbsi_schema_find(nbsi_schema(), "fleets", 6);
	size_t i;

	(void)state;
	key = nbsi_schema_find(key->keys, "dtls", 4);
	key = nbsi_schema_find(key->keys, "suite", 5);
	for (i = 0; key->words[i] != NULL; i++) {
		assert_non_null(nbs_dtls_suite_at(i));
		assert_string_equal(key->words[i], nbs_dtls_suite_at(i)->name);
	}
	assert_null(nbs_dtls_suite_at(i));
}

static void
test_of_fleets(void **state)
{
	struct nbs_fleet_config fleets[5] = {
	    {.security = NBS_SEC_DTLS_ECDHE_PSK},
	    {.security = NBS_SEC_NONE, .dtls.suite = 4}, /* not read */
	    {.security = NBS_SEC_DTLS_PSK_CID},
	    {.security = NBS_SEC_DTLS_PSK, .dtls.suite = 6},
	    {.security = NBS_SEC_DTLS_ECDHE_ECDSA},
	};
	const struct nbs_scenario scenario = {.fleets = fleets, .fleet_count = 5};
	uint16_t numbers[NBS_DTLS_SUITES_MAX];

	(void)state;
	assert_int_equal(nbsi_fleet_suite(&fleets[0])->number, 0xC037);
	assert_int_equal(nbsi_fleet_suite(&fleets[2])->number, 0xC0A8);
	assert_int_equal(nbsi_fleet_suite(&fleets[3])->number, 0xCCAB);
	assert_int_equal(nbsi_fleet_suite(&fleets[4])->number, 0xC0AE); /* RFC 7925 4.4 */
	assert_int_equal(nbsi_scenario_suites(&scenario, numbers), 4);
	assert_int_equal(numbers[0], 0xC0A8);
	assert_int_equal(numbers[1], 0xCCAB);
	assert_int_equal(numbers[2], 0xC037);
	assert_int_equal(numbers[3], 0xC0AE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_of_fleets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
