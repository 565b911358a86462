/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paging occasions and windows against TS 36.304 7.1 to 7.3 worked by hand, and by sweeps: one
 * occasion a cycle for each UE, all occasions alike.
 */
#include "models/nbiot/paging.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)
#define FRAME (10 * MS)
#define HYPER (1024 * FRAME)
#define ON (128 * MS)
#define WINDOW (256 * FRAME) /* windows begin at multiples of it, and so do their lengths */

static struct nbsi_cycle
paging(uint32_t t_frames, double nb_t, uint32_t ue_id)
{
	struct nbs_network_config config;
	struct nbsi_cycle cycle;

	memset(&cycle, 0x5A, sizeof(cycle));
	nbs_network_config_default(&config);
	config.idle_drx_cycle_ns = t_frames * FRAME;
	config.nb_t = nb_t;
	config.edrx_cycle_ns = 0;
	nbsi_paging_cycle(&config, ue_id, ON, &cycle);
	return cycle;
}

/*
 * SFN mod T = (T div N) x (UE_ID mod N), i_s = floor(UE_ID / N) mod Ns, subframes of 7.2 (FDD):
 * Ns = 1: 9; Ns = 2: 4, 9; Ns = 4: 0, 4, 5, 9.
 */
static const struct {
	uint32_t ue_id;
	uint32_t t;
	double nb_t;
	uint32_t frame;
	uint32_t subframe;
} occasions[] = {
    /* nB = T: N = 256, Ns = 1; frame = 1 x (1000 mod 256 = 232) */
    {1000, 256, 1.0, 232, 9},
    /* nB = T/64 = 4: N = 4, Ns = 1; frame = 64 x (1000 mod 4 = 0), and of 1003: 64 x 3 */
    {1000, 256, 1.0 / 64, 0, 9},
    {1003, 256, 1.0 / 64, 192, 9},
    /* nB = T/8 = 32: N = 32; frame = 8 x (77 mod 32 = 13) = 104 */
    {77, 256, 1.0 / 8, 104, 9},
    /* nB = 2T = 256: N = 128, Ns = 2; frame = 300 mod 128 = 44; i_s = floor(300/128) = 2 mod 2 = 0
     */
    {300, 128, 2.0, 44, 4},
    /* the same; 400 mod 128 = 16; floor(400/128) = 3 mod 2 = 1 */
    {400, 128, 2.0, 16, 9},
    /* nB = 4T: N = 512, Ns = 4; 4095 mod 512 = 511; floor(4095/512) = 7 mod 4 = 3 */
    {4095, 512, 4.0, 511, 9},
    /* 2600 mod 512 = 40; floor(2600/512) = 5 mod 4 = 1 */
    {2600, 512, 4.0, 40, 4},
    /* 3100 mod 512 = 28; floor(3100/512) = 6 mod 4 = 2 */
    {3100, 512, 4.0, 28, 5},
    /* 2047 + 2 = 2049 mod 512 = 1; floor(2049/512) = 4 mod 4 = 0 */
    {2049, 512, 4.0, 1, 0},
    /* nB = T/1024 = 1: N = 1: the first frame for everybody */
    {3333, 1024, 1.0 / 1024, 0, 9},
    /* nB = T/512 = 2: N = 2; frame = 512 x (3333 mod 2 = 1) */
    {3333, 1024, 1.0 / 512, 512, 9},
    /* nB = T/256 = 1/2 of a frame: N is 1 and no less */
    {127, 128, 1.0 / 256, 0, 9},
    /* IMSI mod 4096: 5000 mod 4096 = 904; nB = T: 904 mod 256 = 136 */
    {5000, 256, 1.0, 136, 9},
};

static void
test_occasions_by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(occasions) / sizeof(occasions[0]); i++) {
		struct nbsi_cycle cycle =
		    paging(occasions[i].t, occasions[i].nb_t, occasions[i].ue_id);

		assert_int_equal(cycle.cycle_ns, occasions[i].t * FRAME);
		assert_int_equal(cycle.on_ns, ON);
		assert_int_equal(cycle.offset_ns,
				 occasions[i].frame * FRAME + occasions[i].subframe * MS);
		assert_int_equal(cycle.gate_cycle_ns, 0);
	}
}

/*
 * TS 36.331 nB: {4T, 2T, T, T/2, ... T/1024}. Of 4096 UE_IDs each of the nB occasions of a cycle
 * gets 4096 / nB (nB at least 1), and each UE has one only: on for ON in any whole cycle.
 */
static void
test_occasions_are_spread_evenly(void **state)
{
	static const uint32_t t_frames[] = {128, 256, 512, 1024};
	uint32_t *users = calloc(10240, sizeof(*users));

	(void)state;
	assert_non_null(users);
	for (unsigned i = 0; i < 4; i++) {
		for (int power = 2; power >= -10; power--) {
			double nb_t =
			    power >= 0 ? (double)(1U << power) : 1.0 / (double)(1U << -power);
			double wish = nb_t * t_frames[i];
			uint32_t nb = wish < 1.0 ? 1U : (uint32_t)wish;
			uint32_t used = 0;

			memset(users, 0, sizeof(*users) * 10240);
			for (uint32_t ue = 0; ue < 4096; ue++) {
				struct nbsi_cycle cycle = paging(t_frames[i], nb_t, ue);

				assert_int_equal(cycle.offset_ns % MS, 0);
				assert_true(cycle.offset_ns < cycle.cycle_ns);
				assert_int_equal(nbsi_cycle_on_ns(&cycle, 7 * cycle.cycle_ns) -
						     nbsi_cycle_on_ns(&cycle, 6 * cycle.cycle_ns),
						 ON);
				users[cycle.offset_ns / MS]++;
			}
			for (uint32_t ms = 0; ms < t_frames[i] * 10; ms++) {
				used += users[ms] > 0;
				assert_true(users[ms] == 0 || users[ms] == 4096 / nb);
			}
			assert_int_equal(used, nb);
		}
	}
	free(users);
}

/*
 * Hashed ID, TS 36.304 7.3 and Annex B: complement of Y1 + Y2 (modulo 2), the remainders of
 * x^32 (x^31 + ... + 1) and x^32 x number by the generator polynomial 0x104C11DB7. The clause gives
 * Y1 = 0xC704DD7B for any number.
 */
static uint32_t
remainder_of(uint32_t number)
{
	uint64_t rest = (uint64_t)number << 32;

	for (int bit = 63; bit >= 32; bit--)
		if ((rest >> bit & 1U) != 0)
			rest ^= UINT64_C(0x104C11DB7) << (bit - 32);
	return (uint32_t)rest;
}

static void
test_hash(void **state)
{
	(void)state;
	assert_int_equal(remainder_of(UINT32_MAX), 0xC704DD7B);
	/* number 0: Y2 = 0, ~0xC704DD7B = 0x38FB2284, its 12 highest bits */
	assert_int_equal(nbsi_paging_hash(0), 0x38F);
	/* number 1: Y2 = x^32 mod G = 0x04C11DB7; ~(0xC704DD7B ^ 0x04C11DB7 = 0xC3C5C0CC) */
	assert_int_equal(nbsi_paging_hash(1), 0x3C3);
	/* all ones: Y1 = Y2, the complement of 0 */
	assert_int_equal(nbsi_paging_hash(UINT32_MAX), 0xFFF);
	for (uint32_t i = 0; i < 2000; i++) {
		uint32_t number = i * UINT32_C(2654435761);

		assert_int_equal(nbsi_paging_hash(number),
				 (~(UINT32_C(0xC704DD7B) ^ remainder_of(number)) >> 20) & 0xFFF);
	}
}

static struct nbsi_cycle
extended(uint32_t hyperframes, uint64_t ptw_ns, uint32_t ue_id)
{
	struct nbs_network_config config;
	struct nbsi_cycle cycle = {0};

	nbs_network_config_default(&config);
	config.idle_drx_cycle_ns = 256 * FRAME;
	config.nb_t = 1.0;
	config.edrx_cycle_ns = hyperframes * HYPER;
	config.ptw_ns = ptw_ns;
	nbsi_paging_cycle(&config, ue_id, ON, &cycle);
	return cycle;
}

/* H-SFN mod T_H = UE_ID_H mod T_H; start SFN = 256 x (floor(UE_ID_H / T_H) mod 4). */
static void
test_windows_by_hand(void **state)
{
	static const struct {
		uint32_t ue_id; /* UE_ID_H of 0 is 0x38F = 911, of 1 is 0x3C3 = 963 (test_hash) */
		uint32_t t_h;
		uint32_t hyperframe;
		uint32_t frame;
	} windows[] = {
	    {0, 2, 1, 3 * 256},     /* 911 mod 2 = 1; 455 mod 4 = 3 */
	    {0, 8, 7, 1 * 256},     /* 911 mod 8 = 7; 113 mod 4 = 1 */
	    {0, 1024, 911, 0},      /* 911; 0 */
	    {1, 2, 1, 1 * 256},     /* 963 mod 2 = 1; 481 mod 4 = 1 */
	    {1, 64, 3, 3 * 256},    /* 963 = 15 x 64 + 3; 15 mod 4 = 3 */
	    {1, 256, 195, 3 * 256}, /* 963 = 3 x 256 + 195; 3 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		struct nbsi_cycle cycle = extended(windows[i].t_h, 1024 * FRAME, windows[i].ue_id);

		assert_int_equal(cycle.gate_cycle_ns, windows[i].t_h * HYPER);
		assert_int_equal(cycle.gate_on_ns, 1024 * FRAME);
		assert_int_equal(cycle.gate_offset_ns,
				 windows[i].hyperframe * HYPER + windows[i].frame * FRAME);
	}
}

/*
 * T = 2.56 s starts with each window border (256 frames), so a window of n x 2.56 s has n
 * occasions, whatever the UE.
 */
static void
test_occasions_in_a_window(void **state)
{
	(void)state;
	for (uint32_t ue_id = 0; ue_id < 3000; ue_id += 7) {
		uint32_t n = 1U + ue_id % 16U;
		struct nbsi_cycle cycle = extended(16, n * WINDOW, ue_id);
		uint64_t from = 5 * cycle.gate_cycle_ns;

		/* one that runs on beyond the end of T is cut by the window's border */
		if (cycle.offset_ns + cycle.on_ns > cycle.cycle_ns)
			continue;
		assert_int_equal(nbsi_cycle_on_ns(&cycle, from + cycle.gate_cycle_ns) -
				     nbsi_cycle_on_ns(&cycle, from),
				 n * ON);
		assert_int_equal(nbsi_cycle_next_on_ns(&cycle, from + cycle.gate_offset_ns),
				 from + cycle.gate_offset_ns + cycle.offset_ns);
	}
}

/* Windows of many UEs spread over the hyperframes: 12 bits of hash, T_H x 4 places. */
static void
test_windows_are_spread(void **state)
{
	uint32_t places[64] = {0};

	(void)state;
	for (uint32_t ue_id = 0; ue_id < 4096; ue_id++)
		places[extended(16, WINDOW, ue_id).gate_offset_ns / WINDOW]++;
	/* The CRC of 4096 numbers in a row is linear in 12 bits: a subspace, spread evenly. */
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(places[i], 64);
}

/* A window longer than its cycle never closes; listening longer than T is listening always. */
static void
test_limits(void **state)
{
	struct nbs_network_config config;
	struct nbsi_cycle cycle = extended(2, 16 * WINDOW, 5);

	(void)state;
	assert_int_equal(cycle.gate_on_ns, cycle.gate_cycle_ns);
	nbs_network_config_default(&config);
	nbsi_paging_cycle(&config, 5, UINT64_MAX, &cycle);
	assert_int_equal(cycle.on_ns, config.idle_drx_cycle_ns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_occasions_by_hand),
	    cmocka_unit_test(test_occasions_are_spread_evenly),
	    cmocka_unit_test(test_hash),
	    cmocka_unit_test(test_windows_by_hand),
	    cmocka_unit_test(test_occasions_in_a_window),
	    cmocka_unit_test(test_windows_are_spread),
	    cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
