/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing JSON values in tests. */
#include "analysis/test_json.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <math.h>

void
test_json_rel(const json_t *got, double want, const char *what)
{
	if (!json_is_real(got) || fabs(json_real_value(got) - want) > 1e-14 * fabs(want))
		fail_msg("%s: got %.17g, want %.17g", what, json_real_value(got), want);
}

void
test_json_int(const json_t *got, json_int_t want, const char *what)
{
	if (!json_is_integer(got) || json_integer_value(got) != want)
		fail_msg("%s: got %lld, want %lld", what, (long long)json_integer_value(got),
			 (long long)want);
}

void
test_json_text(const json_t *got, const char *want)
{
	assert_true(json_is_string(got));
	assert_string_equal(json_string_value(got), want);
}
