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

static const struct nbsi_cycle gated[] = {
    /* extended DRX in miniature: inner cycles divide the gate's */
    {.cycle_ns = 100,
     .on_ns = 10,
     .offset_ns = 35,
     .gate_cycle_ns = 1000,
     .gate_on_ns = 250,
     .gate_offset_ns = 700},
    /* the window crosses the end of its cycle, and cuts on-parts at both ends */
    {.cycle_ns = 50,
     .on_ns = 30,
     .offset_ns = 41,
     .gate_cycle_ns = 400,
     .gate_on_ns = 160,
     .gate_offset_ns = 297},
    /* nothing divides anything: 45 and 77 repeat after 45 gates */
    {.cycle_ns = 45,
     .on_ns = 11,
     .offset_ns = 4,
     .gate_cycle_ns = 77,
     .gate_on_ns = 20,
     .gate_offset_ns = 70},
    /* gates shorter than the inner cycle, 60 and 84 repeat after 5 */
    {.cycle_ns = 60,
     .on_ns = 25,
     .offset_ns = 59,
     .gate_cycle_ns = 84,
     .gate_on_ns = 13,
     .gate_offset_ns = 0},
    /* an inner cycle far longer than the gate's */
    {.cycle_ns = 1001,
     .on_ns = 500,
     .offset_ns = 0,
     .gate_cycle_ns = 30,
     .gate_on_ns = 1,
     .gate_offset_ns = 29},
    /* always open */
    {.cycle_ns = 64,
     .on_ns = 8,
     .offset_ns = 17,
     .gate_cycle_ns = 90,
     .gate_on_ns = 90,
     .gate_offset_ns = 13},
};

static bool
is_open(const struct nbsi_cycle *c, uint64_t t)
{
	const struct nbsi_cycle gate = {
	    .cycle_ns = c->gate_cycle_ns, .on_ns = c->gate_on_ns, .offset_ns = c->gate_offset_ns};

	return is_on(&gate, t);
}

static void
test_gate_against_steps(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(gated) / sizeof(gated[0]); i++) {
		const struct nbsi_cycle *c = &gated[i];
		uint64_t on = 0;
		uint64_t open = 0;

		for (uint64_t t = 0; t < 9000; t++) {
			uint64_t next = t;

			assert_int_equal(nbsi_cycle_on_ns(c, t), on);
			assert_int_equal(nbsi_cycle_open_ns(c, t), open);
			while (!is_on(c, next) || !is_open(c, next))
				next++;
			assert_int_equal(nbsi_cycle_next_on_ns(c, t), next);
			on += is_on(c, t) && is_open(c, t);
			open += is_open(c, t);
		}
	}
}

/* On in [20 k, 20 k + 2), open in [20 k + 4, 20 k + 9): they never meet. */
static void
test_gate_that_never_meets(void **state)
{
	const struct nbsi_cycle never = {
	    .cycle_ns = 20, .on_ns = 2, .gate_cycle_ns = 20, .gate_on_ns = 5, .gate_offset_ns = 4};
	const struct nbsi_cycle closed = {.cycle_ns = 20, .on_ns = 2, .gate_cycle_ns = 30};

	(void)state;
	assert_int_equal(nbsi_cycle_on_ns(&never, 12345), 0);
	assert_true(nbsi_cycle_next_on_ns(&never, 77) == UINT64_MAX);
	assert_int_equal(nbsi_cycle_on_ns(&closed, 12345), 0);
	assert_int_equal(nbsi_cycle_open_ns(&closed, 12345), 0);
	assert_true(nbsi_cycle_next_on_ns(&closed, 77) == UINT64_MAX);
}

/* Without a gate all of the time is open. */
static void
test_open_without_gate(void **state)
{
	(void)state;
	assert_int_equal(nbsi_cycle_open_ns(&cycles[1], 4321), 4321);
}

/* A year of T = 2.56 s in windows of 10.24 s each 20.48 s: half of the occasions. */
static void
test_gate_over_a_year(void **state)
{
	const uint64_t hyper = UINT64_C(10240000000);
	const uint64_t cycles_in_a_year = UINT64_C(1540000);
	const struct nbsi_cycle c = {.cycle_ns = hyper / 4,
				     .on_ns = 32000000,
				     .offset_ns = 9000000,
				     .gate_cycle_ns = 2 * hyper,
				     .gate_on_ns = hyper,
				     .gate_offset_ns = hyper};

	(void)state;
	assert_true(nbsi_cycle_on_ns(&c, cycles_in_a_year * 2 * hyper) ==
		    cycles_in_a_year * 4 * c.on_ns);
	assert_true(nbsi_cycle_next_on_ns(&c, cycles_in_a_year * 2 * hyper) ==
		    cycles_in_a_year * 2 * hyper + hyper + c.offset_ns);
}

/* On, off and gated time of a segment that is cut anywhere go to their three states. */
static void
test_book_gate(void **state)
{
	struct nbsi_timeline_pool pool = {0};
	struct nbsi_cycle c = gated[2];
	uint64_t expected[3] = {0, 0, 0};

	(void)state;
	c.on_state = NBS_POWER_PAGING;
	c.off_state = NBS_POWER_IDLE;
	c.gated_state = NBS_POWER_PSM;
	c.on_mw = 100.0;
	c.off_mw = 10.0;
	c.gated_mw = 1.0;
	for (uint64_t cut = 0; cut < 2000; cut++) {
		const struct nbsi_segment segment = {.duration_ns = 5000, .cycle = &c};
		struct nbsi_timeline *timeline = nbsi_timeline_take(&pool);
		struct nbs_account account;
		uint64_t t = 321 + cut;

		assert_non_null(timeline);
		assert_int_equal(nbsi_timeline_add(timeline, &segment), NBS_OK);
		nbs_account_init(&account, 321, NBS_POWER_OFF, 0.0);
		nbsi_timeline_book(timeline, &account, t);
		assert_int_equal(account.time_ns[NBS_POWER_PAGING], expected[0]);
		assert_int_equal(account.time_ns[NBS_POWER_IDLE], expected[1]);
		assert_int_equal(account.time_ns[NBS_POWER_PSM], expected[2]);
		/* 1 ns of 1 mW is 1e-9 mJ */
		assert_true(account.energy_mj[NBS_POWER_PSM] >= (double)expected[2] * 0.999e-9 &&
			    account.energy_mj[NBS_POWER_PSM] <= (double)expected[2] * 1.001e-9);
		expected[!is_open(&c, t) ? 2 : is_on(&c, t) ? 0 : 1]++;
		nbsi_timeline_give(&pool, timeline);
	}
	nbsi_timeline_pool_fini(&pool);
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
		assert_int_equal(timeline->count, 4); /* stays: it may be asked again */
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
	    cmocka_unit_test(test_cycle_against_steps),   cmocka_unit_test(test_gate_against_steps),
	    cmocka_unit_test(test_gate_that_never_meets), cmocka_unit_test(test_open_without_gate),
	    cmocka_unit_test(test_gate_over_a_year),      cmocka_unit_test(test_book_gate),
	    cmocka_unit_test(test_cut_everywhere),        cmocka_unit_test(test_reuse_and_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
