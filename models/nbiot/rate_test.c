/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rate control: TS 23.401 4.7.7.2, counts within six minutes. */
#include "models/nbiot/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define S UINT64_C(1000000000) /* ns */

/* Ten packets, the least limit that the clause allows, one each second from 100 s on. */
static void
test_the_eleventh_waits_for_the_next_period(void **state)
{
	struct nbsi_rate rate = {0};
	uint64_t next_ns = 1;
	unsigned i;

	(void)state;
	for (i = 0; i < 10; i++)
		assert_true(nbsi_rate_take(&rate, (100 + i) * S, 10, &next_ns));
	assert_int_equal(next_ns, 1);
	assert_false(nbsi_rate_take(&rate, 110 * S, 10, &next_ns));
	assert_int_equal(next_ns, (100 + 360) * S); /* 6 min after the first */
	assert_false(nbsi_rate_take(&rate, 460 * S - 1, 10, NULL));
	assert_true(nbsi_rate_take(&rate, 460 * S, 10, &next_ns));
	for (i = 1; i < 10; i++)
		assert_true(nbsi_rate_take(&rate, 461 * S, 10, &next_ns));
	assert_false(nbsi_rate_take(&rate, 461 * S, 10, &next_ns));
	assert_int_equal(next_ns, (460 + 360) * S);
}

/* After silence a period begins with the packet, not on a grid of six minutes. */
static void
test_a_period_begins_with_a_packet(void **state)
{
	struct nbsi_rate rate = {0};
	uint64_t next_ns = 0;

	(void)state;
	assert_true(nbsi_rate_take(&rate, 0, 1, &next_ns));
	assert_true(nbsi_rate_take(&rate, 3600 * S, 1, &next_ns));
	assert_false(nbsi_rate_take(&rate, 3601 * S, 1, &next_ns));
	assert_int_equal(next_ns, 3960 * S);
}

static void
test_no_limit(void **state)
{
	struct nbsi_rate rate = {0};
	unsigned i;

	(void)state;
	for (i = 0; i < 100000; i++)
		assert_true(nbsi_rate_take(&rate, S, 0, NULL));
	assert_int_equal(rate.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_eleventh_waits_for_the_next_period),
	    cmocka_unit_test(test_a_period_begins_with_a_packet),
	    cmocka_unit_test(test_no_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
