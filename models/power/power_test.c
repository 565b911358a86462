/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accounts, a modem's power and battery years against data-sheet and hand arithmetic. */
#include "models/power/account.h"
#include "models/power/battery.h"
#include "models/power/test_modem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
check_rel(double got, double want, double tolerance, const char *what)
{
	if (fabs(got - want) <= tolerance * fabs(want))
		return;
	fail_msg("%s: got %.12g, want %.12g", what, got, want);
}

static void
test_account_by_hand(void **state)
{
	struct nbs_account a;

	(void)state;
	nbs_account_init(&a, 1000, NBS_POWER_PSM, 0.0108);
	/* 2.385 s at 10.8 uW = 0.025758 mJ */
	assert_int_equal(nbs_account_enter(&a, 2385001000, NBS_POWER_TX, 792.0), NBS_OK);
	/* 204.8 ms at 792 mW = 162.2016 mJ */
	/* half way through a transmission of 204.8 ms at 792 mW: 81.1008 mJ of it, not booked yet
	 */
	check_rel(nbs_account_energy_at_mj(&a, 2385001000 + 102400000), 0.025758 + 81.1008, 1e-9,
		  "so far");
	check_rel(nbs_account_energy_at_mj(&a, 0), 0.025758, 1e-9, "booked");
	assert_int_equal(nbs_account_enter(&a, 2589801000, NBS_POWER_RX, 165.6), NBS_OK);
	/* 17 ms at 165.6 mW = 2.8152 mJ */
	assert_int_equal(nbs_account_close(&a, 2606801000), NBS_OK);
	assert_int_equal(a.time_ns[NBS_POWER_PSM], 2385000000);
	assert_int_equal(a.time_ns[NBS_POWER_TX], 204800000);
	assert_int_equal(a.time_ns[NBS_POWER_RX], 17000000);
	check_rel(a.energy_mj[NBS_POWER_PSM], 0.025758, 1e-12, "psm");
	check_rel(a.energy_mj[NBS_POWER_TX], 162.2016, 1e-12, "tx");
	check_rel(a.energy_mj[NBS_POWER_RX], 2.8152, 1e-12, "rx");
	assert_int_equal(nbs_account_time_ns(&a), 2606801000 - 1000);
	check_rel(nbs_account_energy_mj(&a), 0.025758 + 162.2016 + 2.8152, 1e-12, "total");
}

/* Spending in the past and closing on a shared clock must leave no gap and no overlap. */
static void
test_account_spend_and_close(void **state)
{
	struct nbs_account a;

	(void)state;
	nbs_account_init(&a, 0, NBS_POWER_IDLE, 0.0108);
	assert_int_equal(nbs_account_spend(&a, 12345, NBS_POWER_PAGING, 165.6), NBS_OK);
	assert_int_equal(nbs_account_close(&a, 99999), NBS_OK);
	assert_int_equal(nbs_account_close(&a, 99999), NBS_OK);
	assert_int_equal(a.time_ns[NBS_POWER_PAGING], 12345);
	assert_int_equal(a.time_ns[NBS_POWER_IDLE], 99999 - 12345);
	assert_int_equal(nbs_account_time_ns(&a), 99999);
}

static void
test_account_refuses(void **state)
{
	struct nbs_account a, before;

	(void)state;
	nbs_account_init(&a, 500, NBS_POWER_PSM, 1.0);
	before = a;
	assert_int_equal(nbs_account_enter(&a, 499, NBS_POWER_TX, 1.0), NBS_E_ARG);
	assert_int_equal(nbs_account_close(&a, 0), NBS_E_ARG);
	assert_int_equal(nbs_account_enter(&a, 600, NBS_POWER__COUNT, 1.0), NBS_E_ARG);
	assert_int_equal(nbs_account_spend(&a, 1, NBS_POWER__COUNT, 1.0), NBS_E_ARG);
	assert_memory_equal(&a, &before, sizeof(a));
}

static void
test_state_names(void **state)
{
	(void)state;
	for (int i = 0; i < NBS_POWER__COUNT; i++) {
		const char *name = nbs_power_state_name((enum nbs_power_state)i);

		assert_non_null(name);
		assert_string_not_equal(name, "?");
		for (int k = 0; k < i; k++)
			assert_string_not_equal(name,
						nbs_power_state_name((enum nbs_power_state)k));
	}
	assert_string_equal(nbs_power_state_name(NBS_POWER_PSM), "psm");
	assert_string_equal(nbs_power_state_name(NBS_POWER_TX), "tx");
	assert_string_equal(nbs_power_state_name(NBS_POWER_CDRX_SLEEP), "cdrx_sleep");
	assert_string_equal(nbs_power_state_name(NBS_POWER__COUNT), "?");
}

/* u-blox SARA-N2 data sheet currents at 3.6 V: mA x V = mW, each product written out. */
static void
test_modem_states(void **state)
{
	static const struct {
		enum nbs_power_state state;
		double mw;
	} want[] = {
	    {NBS_POWER_OFF, 0.0},         {NBS_POWER_PSM, 0.0108}, /* 3.6 V x 3 uA = 10.8 uW */
	    {NBS_POWER_IDLE, 0.0108},                              /* assumed: the same */
	    {NBS_POWER_ACTIVE, 21.6},                              /* 3.6 V x 6 mA */
	    {NBS_POWER_CDRX_SLEEP, 21.6},                          /* assumed: the same */
	    {NBS_POWER_RX, 165.6},                                 /* 3.6 V x 46 mA */
	    {NBS_POWER_MONITOR, 165.6},                            /* receiver open */
	    {NBS_POWER_PAGING, 165.6},                             /* receiver open */
	    {NBS_POWER_SI, 165.6},                                 /* 3.6 V x 46 mA */
	    {NBS_POWER_SYNC, 36.0},                                /* 0.1 x 165.6 + 0.9 x 21.6 */
	    {NBS_POWER_WAKE, 93.75},                               /* 150 mJ / 1.6 s */
	};
	const struct nbs_modem *modem = test_modem();

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		check_rel(nbs_modem_power_mw(modem, want[i].state, 23.0), want[i].mw, 1e-12,
			  nbs_power_state_name(want[i].state));
	assert_true(nbs_modem_power_mw(modem, NBS_POWER__COUNT, 23.0) == 0.0);
}

static void
test_modem_transmit(void **state)
{
	static const struct {
		double dbm, mw;
	} want[] = {
	    {-40.0, 266.4}, /* 3.6 V x 74 mA */
	    {-7.0, 270.0},  /* 3.6 V x 75 mA */
	    {3.0, 280.8},   /* 3.6 V x 78 mA */
	    {13.0, 360.0},  /* 3.6 V x 100 mA */
	    {23.0, 792.0},  /* 3.6 V x 220 mA */
	    {18.0, 576.0},  /* halfway: (360 + 792) / 2 */
	    {-2.0, 275.4},  /* halfway: (270 + 280.8) / 2 */
	    {20.5, 684.0},  /* three quarters: 360 + 0.75 x 432 */
	    {-60.0, 266.4}, /* below the curve */
	    {26.0, 792.0},  /* above it */
	};
	const struct nbs_modem *modem = test_modem();

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		check_rel(nbs_modem_power_mw(modem, NBS_POWER_TX, want[i].dbm), want[i].mw, 1e-12,
			  "tx");
		check_rel(nbs_modem_power_mw(modem, NBS_POWER_RA, want[i].dbm), want[i].mw, 1e-12,
			  "ra");
	}
}

/*
 * TR 45.820 style arithmetic: 5 Wh = 18000 J. 15 uW of sleep is 0.015 mW x 86400 s = 1296 mJ a
 * day; 12 reports of 74 mJ add 888 mJ: 18000 / 2.184 / 365.25 = 22.5647 years.
 */
static void
test_battery(void **state)
{
	double years = -1.0;

	(void)state;
	assert_int_equal(nbs_battery_years(5.0 * NBS_J_PER_WH, 2184.0, &years), NBS_OK);
	check_rel(years, 22.5647043, 1e-8, "12 reports a day");
	/* 1 Wh at exactly 1 J a day: 3600 / 365.25 = 9.85626283 years */
	assert_int_equal(nbs_battery_years(3600.0, 1000.0, &years), NBS_OK);
	check_rel(years, 9.85626283, 1e-8, "1 Wh");
}

static void
test_battery_refuses(void **state)
{
	static const double bad[] = {0.0, -1.0, NAN, INFINITY, -INFINITY};
	double years = 2.385;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(nbs_battery_years(bad[i], 1000.0, &years), NBS_E_ARG);
		assert_int_equal(nbs_battery_years(18000.0, bad[i], &years), NBS_E_ARG);
	}
	assert_true(years == 2.385);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_account_by_hand), cmocka_unit_test(test_account_spend_and_close),
	    cmocka_unit_test(test_account_refuses), cmocka_unit_test(test_state_names),
	    cmocka_unit_test(test_modem_states),    cmocka_unit_test(test_modem_transmit),
	    cmocka_unit_test(test_battery),         cmocka_unit_test(test_battery_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
