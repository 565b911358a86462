/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A microcontroller on paper: what reports, datagrams and cryptography cost it. */
#include "models/power/mcu.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define S UINT64_C(1000000000) /* ns */

static void
check_rel(double got, double want, const char *what)
{
	if (!(fabs(got - want) <= 1e-12 * fabs(want)))
		fail_msg("%s: got %.15g, want %.15g", what, got, want);
}

/* 3 V: awake 6 mW, asleep 3 uW, cryptography 7.5 mW on the core and 4.5 mW beside it. */
static struct nbs_mcu
paper(void)
{
	return (struct nbs_mcu){
	    .name = "paper-mcu",
	    .supply_v = {.value = 3.0},
	    .active_ma = {.value = 2.0},
	    .sleep_ma = {.value = 0.001},
	    .report_ms = {.value = 12.5},
	    .datagram_ms = {.value = 4.0},
	    .software = {.current_ma = {.value = 2.5},
			 .op_us = {[NBS_CRYPTO_AES_BLOCK] = {.value = 40.0},
				   [NBS_CRYPTO_AES_KEY] = {.value = 25.0},
				   [NBS_CRYPTO_SHA256_BLOCK] = {.value = 200.0},
				   [NBS_CRYPTO_GHASH_BLOCK] = {.value = 60.0},
				   [NBS_CRYPTO_CHACHA_BLOCK] = {.value = 70.0},
				   [NBS_CRYPTO_POLY1305_BLOCK] = {.value = 9.0},
				   [NBS_CRYPTO_ECP_MUL] = {.value = 350000.0},
				   [NBS_CRYPTO_SHA512_BLOCK] = {.value = 610.0}}},
	    .hardware = {.current_ma = {.value = 1.5},
			 .op_us = {[NBS_CRYPTO_AES_BLOCK] = {.value = 2.0},
				   [NBS_CRYPTO_SHA256_BLOCK] = {.value = 5.0}}},
	};
}

/*
 * An hour with one report and two datagrams: awake 12.5 + 2 x 4 = 20.5 ms, 0.123 mJ. Ten AES blocks
 * and eight SHA-256 blocks: 10 x 40 + 8 x 200 = 2,000 us on the core, 0.015 mJ; 10 x 2 + 8 x 5 =
 * 60 us beside it, 0.00027 mJ. Asleep for the rest: 3 uW x 3,599.9775 s = 10.7999325 mJ.
 */
static const struct nbs_mcu_load hour = {
    .elapsed_ns = 3600 * S,
    .reports = 1,
    .datagrams = 2,
    .work = {.count = {[NBS_CRYPTO_AES_BLOCK] = 10, [NBS_CRYPTO_SHA256_BLOCK] = 8}}};

static void
test_software(void **state)
{
	const struct nbs_mcu mcu = paper();
	struct nbs_mcu_account account;

	(void)state;
	nbs_mcu_charge(&mcu, false, &hour, &account);
	assert_int_equal(account.active_ns, 20500000);
	assert_int_equal(account.crypto_ns, 2000000);
	assert_int_equal(account.sleep_ns, 3600 * S - 22500000);
	check_rel(account.active_mj, 0.123, "awake");
	check_rel(account.crypto_mj, 0.015, "cryptography");
	check_rel(account.sleep_mj, 10.7999325, "asleep");
}

static void
test_hardware(void **state)
{
	const struct nbs_mcu mcu = paper();
	struct nbs_mcu_account account;

	(void)state;
	nbs_mcu_charge(&mcu, true, &hour, &account);
	assert_int_equal(account.active_ns, 20500000);
	assert_int_equal(account.crypto_ns, 60000);
	assert_int_equal(account.sleep_ns, 3600 * S - 20560000);
	check_rel(account.crypto_mj, 0.00027, "cryptography");
	check_rel(nbs_mcu_crypto_mj(&mcu, true, &hour.work), 0.00027, "by itself");
}

/* Each operation costs what stands beside its own name. */
static void
test_each_operation(void **state)
{
	static const double us[NBS_CRYPTO__COUNT] = {40, 25, 200, 60, 70, 9, 350000, 610};
	const struct nbs_mcu mcu = paper();

	(void)state;
	for (size_t i = 0; i < NBS_CRYPTO__COUNT; i++) {
		struct nbs_crypto_work work = {0};

		work.count[i] = 3;
		assert_int_equal(nbs_mcu_crypto_ns(&mcu, false, &work), (uint64_t)(3000.0 * us[i]));
		check_rel(nbs_mcu_crypto_mj(&mcu, false, &work), 3e-6 * us[i] * 7.5, "energy");
	}
}

/* 20.5 ms awake and 2 ms of cryptography in 10 ms: no sleep, and none owed. */
static void
test_more_work_than_time(void **state)
{
	const struct nbs_mcu mcu = paper();
	struct nbs_mcu_load load = hour;
	struct nbs_mcu_account account;

	(void)state;
	load.elapsed_ns = 10000000;
	nbs_mcu_charge(&mcu, false, &load, &account);
	assert_int_equal(account.sleep_ns, 0);
	assert_true(account.sleep_mj == 0.0);
	check_rel(account.active_mj, 0.123, "awake");
	load.elapsed_ns = 22500000; /* to the nanosecond */
	nbs_mcu_charge(&mcu, false, &load, &account);
	assert_int_equal(account.sleep_ns, 0);
	load.elapsed_ns++;
	nbs_mcu_charge(&mcu, false, &load, &account);
	assert_int_equal(account.sleep_ns, 1);
}

/* A day's load is the sum of its hours': what the results add up over reports. */
static void
test_adds_up(void **state)
{
	const struct nbs_mcu mcu = paper();
	struct nbs_mcu_load day = hour;
	struct nbs_mcu_account one, all;

	(void)state;
	nbs_mcu_charge(&mcu, false, &hour, &one);
	day.elapsed_ns *= 24;
	day.reports *= 24;
	day.datagrams *= 24;
	for (size_t i = 0; i < NBS_CRYPTO__COUNT; i++)
		day.work.count[i] *= 24;
	nbs_mcu_charge(&mcu, false, &day, &all);
	check_rel(all.active_mj, 24 * one.active_mj, "awake");
	check_rel(all.crypto_mj, 24 * one.crypto_mj, "cryptography");
	check_rel(all.sleep_mj, 24 * one.sleep_mj, "asleep");
}

static void
test_operation_names(void **state)
{
	(void)state;
	for (int i = 0; i < NBS_CRYPTO__COUNT; i++) {
		const char *name = nbs_crypto_op_name((enum nbs_crypto_op)i);

		assert_string_not_equal(name, "?");
		for (int k = 0; k < i; k++)
			assert_string_not_equal(name, nbs_crypto_op_name((enum nbs_crypto_op)k));
	}
	assert_string_equal(nbs_crypto_op_name(NBS_CRYPTO_SHA256_BLOCK), "sha256_block");
	assert_string_equal(nbs_crypto_op_name(NBS_CRYPTO__COUNT), "?");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_software),       cmocka_unit_test(test_hardware),
	    cmocka_unit_test(test_each_operation), cmocka_unit_test(test_more_work_than_time),
	    cmocka_unit_test(test_adds_up),        cmocka_unit_test(test_operation_names),
	};

	return cmocka_run_group_tests_name("mcu", tests, NULL, NULL);
}
