/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serial numbers, and the closed form of "do two ranges share one" against a full comparison. */
#include "scenarios/serial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
check_text(const char *prefix, uint64_t first, unsigned digits, uint64_t index, const char *want)
{
	struct nbs_serial serial = {.first = first, .digits = digits};
	strcpy(serial.prefix, prefix);
	char text[48];
	assert_int_equal(nbs_serial_text(&serial, index, text, sizeof(text)), NBS_OK);
	assert_string_equal(text, want);
	assert_int_equal(nbsi_serial_len(&serial, index), strlen(want));
	/* A buffer that just fits, and one that is a byte short. */
	assert_int_equal(nbs_serial_text(&serial, index, text, strlen(want) + 1), NBS_OK);
	assert_int_equal(nbs_serial_text(&serial, index, text, strlen(want)), NBS_E_RANGE);
}

static void
test_text(void **state)
{
	(void)state;
	check_text("SM24-", 100001, 6, 0, "SM24-100001");
	check_text("SM24-", 123, 6, 0, "SM24-000123");
	check_text("SM24-", 123, 6, 877, "SM24-001000");
	check_text("SM", 99, 2, 1, "SM100"); /* more digits than the width: none is lost */
	check_text("", 0, 1, 0, "0");
	check_text("", 999999999999999, 18, 1, "001000000000000000");
	check_text("ABCDEFGHIJKLMNOPQRSTUVW", 7, 1, 0, "ABCDEFGHIJKLMNOPQRSTUVW7");
	struct nbs_serial serial = {.first = 2, .digits = 1};
	char text[48];
	assert_int_equal(nbs_serial_text(&serial, UINT64_MAX, text, sizeof(text)), NBS_E_RANGE);
	assert_int_equal(nbs_serial_text(&serial, 0, text, 0), NBS_E_RANGE);
}

/* Every text of one range with every text of the other. */
static bool
overlap_by_hand(const struct nbs_serial *a, uint64_t na, const struct nbs_serial *b, uint64_t nb)
{
	for (uint64_t i = 0; i < na; i++) {
		for (uint64_t j = 0; j < nb; j++) {
			char left[48], right[48];
			nbs_serial_text(a, i, left, sizeof(left));
			nbs_serial_text(b, j, right, sizeof(right));
			if (strcmp(left, right) == 0)
				return true;
		}
	}
	return false;
}

/* Prefixes that end in digits, widths and numbers of digits that grow inside the range. */
static void
test_overlap_exhaustive(void **state)
{
	(void)state;
	static const char *const prefixes[] = {"", "1", "M", "M1", "M10", "M0", "N", "M1x"};
	static const uint64_t firsts[] = {0, 5, 8, 97, 98, 105, 1005};
	enum { PREFIXES = 8, FIRSTS = 7, WIDTHS = 3, RANGES = PREFIXES * FIRSTS * WIDTHS };
	const uint64_t counts[] = {1, 6};
	unsigned shared_pairs = 0;
	for (unsigned pair = 0; pair < RANGES * RANGES; pair++) {
		unsigned i = pair / RANGES, j = pair % RANGES;
		struct nbs_serial a = {.first = firsts[i / WIDTHS % FIRSTS],
				       .digits = 1 + i % WIDTHS};
		struct nbs_serial b = {.first = firsts[j / WIDTHS % FIRSTS],
				       .digits = 1 + j % WIDTHS};
		strcpy(a.prefix, prefixes[i / WIDTHS / FIRSTS]);
		strcpy(b.prefix, prefixes[j / WIDTHS / FIRSTS]);
		uint64_t na = counts[pair % 2], nb = counts[pair / 2 % 2];
		char shared[48] = "";
		bool want = overlap_by_hand(&a, na, &b, nb);
		bool got = nbsi_serial_overlap(&a, na, &b, nb, shared, sizeof(shared));
		if (got != want)
			fail_msg("%s %llu/%u and %s %llu/%u: got %d (%s)", a.prefix,
				 (unsigned long long)a.first, a.digits, b.prefix,
				 (unsigned long long)b.first, b.digits, got, shared);
		shared_pairs += want;
	}
	assert_true(shared_pairs > 500 && shared_pairs < RANGES * RANGES / 2);
}

/* Ranges whose list nobody would want to write. */
static void
test_overlap_large(void **state)
{
	(void)state;
	struct nbs_serial a = {.prefix = "A", .first = 0, .digits = 18};
	struct nbs_serial b = {.prefix = "A0", .first = 999999999999999, .digits = 17};
	char shared[48];
	/* A000000000000000000.. up to 10^15 - 1, and A0 00999999999999999: the same 19 characters
	 */
	assert_true(
	    nbsi_serial_overlap(&a, UINT64_C(1000000000000000), &b, 1, shared, sizeof(shared)));
	assert_string_equal(shared, "A000999999999999999");
	assert_false(
	    nbsi_serial_overlap(&a, UINT64_C(999999999999999), &b, 1, shared, sizeof(shared)));
	assert_false(nbsi_serial_overlap(&a, 0, &a, 5, shared, sizeof(shared)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_overlap_exhaustive),
	    cmocka_unit_test(test_overlap_large),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
