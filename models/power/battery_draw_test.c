/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A battery in use: pieces and wholes, the instant of its end, the balance, ten years of reports.
 */
#include "models/power/battery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NS_S UINT64_C(1000000000)
#define NS_DAY (86400 * NS_S)
#define START_NS (77 * NS_S)

static void
check_rel(double got, double want, double tolerance, const char *what)
{
	if (fabs(got - want) <= tolerance * fabs(want))
		return;
	fail_msg("%s: got %.15g, want %.15g", what, got, want);
}

static struct nbs_battery
battery_of(double wh, double self_discharge, double board_mw)
{
	struct nbs_battery_config config;
	struct nbs_battery battery;

	nbs_battery_config_default(&config);
	config.capacity_j = wh * NBS_J_PER_WH;
	config.self_discharge_per_year = self_discharge;
	config.quiescent_mw = board_mw;
	assert_int_equal(nbs_battery_init(&battery, &config, START_NS), NBS_OK);
	return battery;
}

/* What left the battery went somewhere. */
static void
check_balance(const struct nbs_battery *b)
{
	check_rel(b->left_mj + b->load_mj + b->board_mj + b->leaked_mj, b->start_mj, 1e-9,
		  "balance");
}

/* 1 Wh = 3,600,000 mJ; 100 s at 5 mW = 500 mJ, and 2 mW of the board's = 200 mJ beside it. */
static void
test_by_hand(void **state)
{
	struct nbs_battery b = battery_of(1.0, 0.0, 2.0);

	(void)state;
	assert_true(nbs_battery_left_mj(&b) == 3600000.0);
	assert_int_equal(nbs_battery_draw(&b, 100 * NS_S, 500.0), NBS_OK);
	check_rel(nbs_battery_left_mj(&b), 3599300.0, 1e-14, "left");
	check_rel(b.load_mj, 500.0, 1e-14, "load");
	check_rel(b.board_mj, 200.0, 1e-14, "board");
	assert_true(b.now_ns == START_NS + 100 * NS_S);
	/* at once: no time for the board */
	assert_int_equal(nbs_battery_draw(&b, 0, 300.0), NBS_OK);
	check_rel(nbs_battery_left_mj(&b), 3599000.0, 1e-14, "left");
	assert_true(b.now_ns == START_NS + 100 * NS_S);
	assert_false(nbs_battery_empty(&b));
	assert_true(b.empty_ns == NBS_BATTERY_NOT_EMPTY);
}

/* Nothing drawn: a year leaves 1 - s of it, two years (1 - s)^2. */
static void
test_leaks_alone(void **state)
{
	struct nbs_battery b = battery_of(1.0, 0.07, 0.0);
	const uint64_t year_ns = 365 * NS_DAY + NS_DAY / 4;

	(void)state;
	assert_int_equal(nbs_battery_draw(&b, year_ns, 0.0), NBS_OK);
	check_rel(nbs_battery_left_mj(&b), 3600000.0 * 0.93, 1e-13, "a year");
	assert_int_equal(nbs_battery_draw(&b, year_ns, 0.0), NBS_OK);
	check_rel(nbs_battery_left_mj(&b), 3600000.0 * 0.93 * 0.93, 1e-13, "two years");
	check_rel(b.leaked_mj, 3600000.0 * (1.0 - 0.93 * 0.93), 1e-12, "leaked");
	for (int i = 0; i < 100; i++)
		assert_int_equal(nbs_battery_draw(&b, year_ns, 0.0), NBS_OK);
	assert_false(nbs_battery_empty(&b)); /* never, by itself */
	check_balance(&b);
}

/* The same power in one piece, in a thousand, in pieces of all sizes: the same battery, 1e-9. */
static void
test_pieces(void **state)
{
	static const double self_discharge[] = {0.0, 0.01, 0.6};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct nbs_battery whole = battery_of(0.1, self_discharge[i], 0.004);
		struct nbs_battery even = whole, odd = whole;
		const double mj_per_day = 2385.0;
		uint64_t at_ns = 0, piece_ns = 1;

		assert_int_equal(nbs_battery_draw(&whole, 100 * NS_DAY, 100 * mj_per_day), NBS_OK);
		for (int k = 0; k < 1000; k++)
			assert_int_equal(nbs_battery_draw(&even, NS_DAY / 10, mj_per_day / 10),
					 NBS_OK);
		for (; at_ns < 100 * NS_DAY; at_ns += piece_ns) {
			piece_ns = piece_ns * 3 % (7 * NS_DAY / 5) + 1;
			if (piece_ns > 100 * NS_DAY - at_ns)
				piece_ns = 100 * NS_DAY - at_ns;
			assert_int_equal(nbs_battery_draw(&odd, piece_ns,
							  mj_per_day * ((double)piece_ns / NS_DAY)),
					 NBS_OK);
		}
		check_rel(even.left_mj, whole.left_mj, 1e-9, "even pieces");
		check_rel(odd.left_mj, whole.left_mj, 1e-9, "odd pieces");
		check_rel(odd.load_mj, 100 * mj_per_day, 1e-9, "their load");
		check_rel(even.start_mj - even.left_mj, whole.start_mj - whole.left_mj, 1e-9,
			  "drawn");
		assert_true(odd.now_ns == whole.now_ns);
		check_balance(&whole);
		check_balance(&odd);
	}
}

/* 3.6 J at 1 mW: empty after 3600 s to the microsecond, wherever the pieces end. */
static void
test_end(void **state)
{
	static const uint64_t pieces_ns[] = {7 * NS_S, 3599 * NS_S, 3600 * NS_S, NS_DAY};

	(void)state;
	for (size_t i = 0; i < sizeof(pieces_ns) / sizeof(pieces_ns[0]); i++) {
		struct nbs_battery b = battery_of(0.001, 0.0, 0.0);

		while (!nbs_battery_empty(&b))
			assert_int_equal(
			    nbs_battery_draw(&b, pieces_ns[i], (double)pieces_ns[i] / NS_S),
			    NBS_OK);
		if (b.empty_ns != START_NS + 3600 * NS_S)
			fail_msg("piece %zu: empty at %.9f s", i, (double)b.empty_ns / NS_S);
		assert_true(b.now_ns == b.empty_ns);
		assert_true(nbs_battery_left_mj(&b) == 0.0);
		check_rel(b.load_mj, 3600.0, 1e-12, "load");
		check_balance(&b);
	}
}

/*
 * With self-discharge: 3.6 J at 0.0001 mW, and half of what is left leaks in a year. k = ln 2 /
 * year, P = 3155.76 mJ/year: t = ln(1 + 0.69314718 x 3600 / 3155.76) / 0.69314718 = ln(1.7907275) /
 * k = 0.5826191 / 0.69314718 = 0.8405416 years = 26525477 s; drawn in 40 days' pieces.
 */
static void
test_end_leaking(void **state)
{
	struct nbs_battery b = battery_of(0.001, 0.5, 0.00004);
	const double mj = 0.00006 * 86400 * 40;

	(void)state;
	while (!nbs_battery_empty(&b))
		assert_int_equal(nbs_battery_draw(&b, 40 * NS_DAY, mj), NBS_OK);
	check_rel((double)(b.empty_ns - START_NS) / NS_S, 0.8405416 * 365.25 * 86400, 2e-7, "end");
	check_rel(b.load_mj, 0.00006 * 0.8405416 * 365.25 * 86400, 2e-7, "load");
	check_rel(b.board_mj, 0.00004 * 0.8405416 * 365.25 * 86400, 2e-7, "board");
	check_balance(&b);
}

static void
test_end_at_once(void **state)
{
	struct nbs_battery b = battery_of(0.001, 0.1, 1.0);

	(void)state;
	assert_int_equal(nbs_battery_draw(&b, 0, 4000.0), NBS_OK);
	assert_true(nbs_battery_empty(&b));
	assert_true(b.empty_ns == START_NS);
	check_rel(b.load_mj, 3600.0, 1e-14, "no more than was there");
	check_balance(&b);
}

static void
test_refuses(void **state)
{
	static const double bad[] = {-1.0, -0.001, NAN, INFINITY, -INFINITY};
	struct nbs_battery b = battery_of(0.001, 0.1, 1.0), before = b;
	struct nbs_battery_config config;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(nbs_battery_draw(&b, NS_S, bad[i]), NBS_E_ARG);
	assert_int_equal(nbs_battery_draw(&b, UINT64_MAX - START_NS + 1, 1.0), NBS_E_ARG);
	assert_memory_equal(&b, &before, sizeof(b));
	assert_int_equal(nbs_battery_draw(&b, NS_DAY, 1.0), NBS_OK); /* the board's 86.4 J */
	assert_true(nbs_battery_empty(&b));
	before = b;
	assert_int_equal(nbs_battery_draw(&b, NS_S, 1.0), NBS_E_STATE);
	assert_memory_equal(&b, &before, sizeof(b));
	nbs_battery_config_default(&config);
	config.usable = 2.0;
	assert_int_equal(nbs_battery_init(&b, &config, 0), NBS_E_RANGE);
	assert_memory_equal(&b, &before, sizeof(b));
}

/*
 * A meter: each hour 8 s at 120 mW and asleep at 0.0108 mW for the rest, 23.97 J a day, and
 * the board's 0.01 mW beside it. Until it is empty, against the life at that mean power: a load
 * that is periodic ends within one period of it, 1 h of more than ten years.
 */
static void
test_years(void **state)
{
	static const double self_discharge[] = {0.0, 0.01, 0.03};
	const double mj_per_day = 24 * (8 * 120.0 + 3592 * 0.0108);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct nbs_battery b = battery_of(30.0, self_discharge[i], 0.01);
		const struct nbs_battery_life life = {b.start_mj,
						      nbs_battery_rate(self_discharge[i]), 0.01};
		double years;

		while (!nbs_battery_empty(&b)) {
			assert_int_equal(nbs_battery_draw(&b, 8 * NS_S, 8 * 120.0), NBS_OK);
			if (!nbs_battery_empty(&b))
				assert_int_equal(nbs_battery_draw(&b, 3592 * NS_S, 3592 * 0.0108),
						 NBS_OK);
		}
		years = (double)(b.empty_ns - START_NS) / NS_DAY / 365.25;
		assert_true(years > 10.0);
		check_rel(years, nbs_battery_life_years(&life, mj_per_day), 0.001, "years");
		check_balance(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_by_hand),     cmocka_unit_test(test_leaks_alone),
	    cmocka_unit_test(test_pieces),      cmocka_unit_test(test_end),
	    cmocka_unit_test(test_end_leaking), cmocka_unit_test(test_end_at_once),
	    cmocka_unit_test(test_refuses),     cmocka_unit_test(test_years),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
