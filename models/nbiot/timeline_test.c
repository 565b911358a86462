/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alternating states in closed form against stepping through them; booking and cutting. */
#include "models/nbiot/timeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct nbsi_cycle cycles[] = {
    {.cycle_ns = 2048, .on_ns = 128},
    {.cycle_ns = 2560, .on_ns = 21, .offset_ns = 1230},
    {.cycle_ns = 100, .on_ns = 40, .offset_ns = 80}, /* its on-part crosses the cycle's end */
    {.cycle_ns = 7, .on_ns = 7, .offset_ns = 3},     /* always on */
};

static bool
is_on(const struct nbsi_cycle *c, uint64_t t)
{
	/* On where t lies in [k * cycle + offset, + on) for some k, k = -1 included. */
	for (int64_t k = -1; k <= (int64_t)(t / c->cycle_ns); k++) {
		int64_t begin = k * (int64_t)c->cycle_ns + (int64_t)c->offset_ns;

		if ((int64_t)t >= begin && (int64_t)t < begin + (int64_t)c->on_ns)
			return true;
	}
	return false;
}

static void
test_cycle_against_steps(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cycles) / sizeof(cycles[0]); i++) {
		const struct nbsi_cycle *c = &cycles[i];
		uint64_t on = 0;

		for (uint64_t t = 0; t < 9000; t++) {
			uint64_t next = t;

			assert_int_equal(nbsi_cycle_on_ns(c, t), on);
			while (!is_on(c, next))
				next++;
			assert_int_equal(nbsi_cycle_next_on_ns(c, t), next);
			on += is_on(c, t);
		}
	}
}

static struct nbsi_timeline *
draw(struct nbsi_timeline_pool *pool)
{
	static const struct nbsi_segment segments[] = {
	    {.duration_ns = 100, .power_mw = 1.0, .state = NBS_POWER_ACTIVE},
	    {.duration_ns = 0, .power_mw = 9.0, .state = NBS_POWER_TX},
	    {.duration_ns = 50, .power_mw = 1.0, .state = NBS_POWER_ACTIVE},
	    {.duration_ns = 1000, .cycle = &cycles[2]},
	    {.duration_ns = 30, .power_mw = 2.0, .state = NBS_POWER_TX},
	    {.duration_ns = 30, .power_mw = 3.0, .state = NBS_POWER_TX},
	};
	struct nbsi_timeline *timeline = nbsi_timeline_take(pool);

	assert_non_null(timeline);
	for (size_t i = 0; i < sizeof(segments) / sizeof(segments[0]); i++)
		assert_int_equal(nbsi_timeline_add(timeline, &segments[i]), NBS_OK);
	assert_int_equal(timeline->count, 4); /* empty one dropped, equal neighbours joined */
	return timeline;
}

/* Cut anywhere: what is booked is what was, to the nanosecond. */
static void
test_cut_everywhere(void **state)
{
	struct nbsi_timeline_pool pool = {0};

	(void)state;
	for (uint64_t cut = 0; cut <= 1300; cut++) {
		struct nbsi_timeline *timeline = draw(&pool);
		struct nbs_account account;
		uint64_t end = cut < 1210 ? cut : 1210;

		nbs_account_init(&account, 5000, NBS_POWER_PSM, 0.0);
		nbsi_timeline_book(timeline, &account, 5000 + cut);
		assert_int_equal(timeline->count, 0);
		assert_int_equal(account.since_ns, 5000 + end);
		assert_int_equal(nbs_account_time_ns(&account), end);
		assert_int_equal(account.time_ns[NBS_POWER_ACTIVE], end < 150 ? end : 150);
		assert_int_equal(account.time_ns[NBS_POWER_TX], end > 1150 ? end - 1150 : 0);
		nbsi_timeline_give(&pool, timeline);
	}
	nbsi_timeline_pool_fini(&pool);
}

/* A timeline taken again is empty, and one that is too long for its first memory grows. */
static void
test_reuse_and_growth(void **state)
{
	struct nbsi_timeline_pool pool = {0};
	struct nbsi_timeline *timeline = draw(&pool);
	struct nbs_account account;

	(void)state;
	nbsi_timeline_give(&pool, timeline);
	assert_ptr_equal(nbsi_timeline_take(&pool), timeline);
	assert_int_equal(timeline->count, 0);
	for (unsigned i = 0; i < 1000; i++) {
		const struct nbsi_segment segment = {
		    .duration_ns = i + 1U, .power_mw = i, .state = NBS_POWER_RX};

		assert_int_equal(nbsi_timeline_add(timeline, &segment), NBS_OK);
	}
	nbs_account_init(&account, 0, NBS_POWER_PSM, 0.0);
	nbsi_timeline_book(timeline, &account, UINT64_MAX);
	assert_int_equal(account.time_ns[NBS_POWER_RX], 1000 * 1001 / 2);
	nbsi_timeline_give(&pool, timeline);
	nbsi_timeline_give(&pool, NULL);
	nbsi_timeline_pool_fini(&pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cycle_against_steps),
	    cmocka_unit_test(test_cut_everywhere),
	    cmocka_unit_test(test_reuse_and_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
