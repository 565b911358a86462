/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GPRS timers 2 and 3, and extended DRX, against TS 24.008 10.5.7.4, 10.5.7.4a and 10.5.5.32. */
#include "models/nbiot/timers24008.h"

#include "models/nbiot/phy_test_util.h"

#define S UINT64_C(1000000000)

struct timer_case {
	uint64_t s;
	uint8_t octet;
};

/* Octets by hand: unit in the upper three bits, multiple in the lower five. */
static void
encodes(void **state)
{
	static const struct timer_case t3324[] = {{0, 0x00},    {2, 0x01},    {10, 0x05},
						  {62, 0x1f},   {120, 0x22},  {300, 0x25},
						  {1860, 0x3f}, {2160, 0x46}, {11160, 0x5f}};
	static const struct timer_case t3412[] = {
	    {2, 0x61},      {62, 0x7f},      {930, 0x9f},     {60, 0x7e},
	    {1860, 0xbf},   {2400, 0x04},    {3600, 0x06},    {86400, 0x38},
	    {432000, 0x4c}, {1116000, 0x5f}, {1152000, 0xc1}, {35712000, 0xdf}};
	uint8_t octet;

	(void)state;
	for (size_t i = 0; i < sizeof(t3324) / sizeof(t3324[0]); i++) {
		assert_int_equal(nbs_t3324_encode(t3324[i].s * S, &octet, NULL), NBS_OK);
		assert_int_equal(octet, t3324[i].octet);
	}
	for (size_t i = 0; i < sizeof(t3412) / sizeof(t3412[0]); i++) {
		assert_int_equal(nbs_t3412_encode(t3412[i].s * S, &octet, NULL), NBS_OK);
		assert_int_equal(octet, t3412[i].octet);
	}
}

struct near_case {
	uint64_t ns, below_s, above_s;
};

static void
refuses_with_the_nearest(void **state)
{
	/* 3.5 s: multiples of 2 s around it; 65 s: 62 = 31 x 2 s and 2 min; 11,161 s: over
	 * 31 x 6 min */
	static const struct near_case t3324[] = {{7 * S / 2, 2, 4},
						 {65 * S, 62, 120},
						 {1861 * S, 1860, 2160},
						 {1, 0, 2},
						 {11161 * S, 11160, UINT64_MAX}};
	/* 63 s: 62 = 31 x 2 s, 90 = 3 x 30 s; 1,861 s: 31 min and 40 min; over 31 x 320 h */
	static const struct near_case t3412[] = {
	    {63 * S, 62, 90}, {1861 * S, 1860, 2400}, {35712001 * S, 35712000, UINT64_MAX}};
	struct nbs_timer_near near;

	(void)state;
	for (size_t i = 0; i < sizeof(t3324) / sizeof(t3324[0]); i++) {
		assert_int_equal(nbs_t3324_encode(t3324[i].ns, NULL, &near), NBS_E_RANGE);
		assert_int_equal(near.below_ns, t3324[i].below_s * S);
		assert_int_equal(near.above_ns, t3324[i].above_s == UINT64_MAX
						    ? UINT64_MAX
						    : t3324[i].above_s * S);
	}
	for (size_t i = 0; i < sizeof(t3412) / sizeof(t3412[0]); i++) {
		assert_int_equal(nbs_t3412_encode(t3412[i].ns, NULL, &near), NBS_E_RANGE);
		assert_int_equal(near.below_ns, t3412[i].below_s * S);
		assert_int_equal(near.above_ns, t3412[i].above_s == UINT64_MAX
						    ? UINT64_MAX
						    : t3412[i].above_s * S);
	}
	assert_int_equal(nbs_t3412_encode(UINT64_MAX, NULL, &near), NBS_E_RANGE);
	assert_int_equal(near.below_ns, 35712000 * S);
}

/* Every octet decodes as unit x multiple, and what it decodes to encodes to the same value. */
static void
every_octet(void **state)
{
	/* an undefined unit of timer 2 counts as 1 min (10.5.7.4) */
	static const uint64_t unit2[] = {2, 60, 360, 60, 60, 60, 60, 0};
	static const uint64_t unit3[] = {600, 3600, 36000, 2, 30, 60, 1152000, 0};

	(void)state;
	for (unsigned value = 0; value < 256; value++) {
		uint64_t ns, again;
		uint8_t octet;
		bool active;

		nbs_t3324_decode((uint8_t)value, &ns, &active);
		assert_int_equal(active, value < 0xe0);
		assert_int_equal(ns, unit2[value >> 5] * (value & 31) * S);
		assert_int_equal(nbs_t3324_encode(ns, &octet, NULL), NBS_OK);
		nbs_t3324_decode(octet, &again, &active);
		assert_int_equal(again, ns);

		nbs_t3412_decode((uint8_t)value, &ns, &active);
		assert_int_equal(active, value < 0xe0);
		assert_int_equal(ns, unit3[value >> 5] * (value & 31) * S);
		assert_int_equal(nbs_t3412_encode(ns, &octet, NULL), NBS_OK);
		nbs_t3412_decode(octet, &again, &active);
		assert_int_equal(again, ns);
	}
}

struct half_case {
	uint64_t ms;
	uint8_t value;
};

/* TS 24.008 table 10.5.5.32: the ten cycles of NB-S1 mode and the window's sixteen lengths. */
static void
extended_drx(void **state)
{
	static const struct half_case cycles[] = {
	    {20480, 2},   {40960, 3},    {81920, 5},    {163840, 9},   {327680, 10},
	    {655360, 11}, {1310720, 12}, {2621440, 13}, {5242880, 14}, {10485760, 15}};
	struct nbs_timer_near near;
	unsigned said = 0;
	uint8_t value;

	(void)state;
	for (size_t i = 0; i < sizeof(cycles) / sizeof(cycles[0]); i++) {
		assert_int_equal(nbs_edrx_encode(cycles[i].ms * S / 1000, &value, NULL), NBS_OK);
		assert_int_equal(value, cycles[i].value);
		assert_int_equal(nbs_edrx_decode(value), cycles[i].ms * S / 1000);
		said |= 1U << value;
	}
	for (unsigned i = 0; i < 16; i++) { /* a value that is not in the table is 20.48 s */
		if ((said & 1U << i) == 0)
			assert_int_equal(nbs_edrx_decode((uint8_t)i), 20480 * S / 1000);
		/* (value + 1) x 2.56 s: 0 is 2.56 s, 15 is 40.96 s */
		assert_int_equal(nbs_ptw_decode((uint8_t)i), (i + 1) * (2560 * S / 1000));
		assert_int_equal(nbs_ptw_encode((i + 1) * (2560 * S / 1000), &value, NULL), NBS_OK);
		assert_int_equal(value, i);
	}
	/* 61.44 s = 6 hyperframes: LTE-M has it, NB-IoT has 4 and 8 */
	assert_int_equal(nbs_edrx_encode(61440 * S / 1000, &value, &near), NBS_E_RANGE);
	assert_int_equal(near.below_ns, 40960 * S / 1000);
	assert_int_equal(near.above_ns, 81920 * S / 1000);
	assert_int_equal(nbs_edrx_encode(5120 * S / 1000, NULL, &near), NBS_E_RANGE);
	assert_int_equal(near.below_ns, UINT64_MAX);
	assert_int_equal(near.above_ns, 20480 * S / 1000);
	assert_int_equal(nbs_edrx_encode(UINT64_MAX, NULL, &near), NBS_E_RANGE);
	assert_int_equal(near.below_ns, 10485760 * S / 1000);
	assert_int_equal(near.above_ns, UINT64_MAX);
	assert_int_equal(nbs_ptw_encode(3 * S, NULL, &near), NBS_E_RANGE);
	assert_int_equal(near.below_ns, 2560 * S / 1000);
	assert_int_equal(near.above_ns, 5120 * S / 1000);
	assert_int_equal(nbs_ptw_encode(0, NULL, &near), NBS_E_RANGE);
	assert_int_equal(near.below_ns, UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(encodes), cmocka_unit_test(refuses_with_the_nearest),
	    cmocka_unit_test(every_octet), cmocka_unit_test(extended_drx)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
