/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each state's energy rests on: a value of the profile that its power does follow. */
#include "models/power/basis.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* No two values are the same. */
static struct nbs_modem
paper(void)
{
	return (struct nbs_modem){
	    .name = "paper-modem",
	    .supply_v = {.value = 3.6},
	    .psm_ma = {.value = 0.003},
	    .edrx_ma = {.value = 0.004},
	    .ptw_ma = {.value = 0.5},
	    .idle_ma = {.value = 0.25},
	    .active_ma = {.value = 6.0},
	    .cdrx_sleep_ma = {.value = 5.0},
	    .rx_ma = {.value = 46.0},
	    .sync_rx_share = {.value = 0.1},
	    .boot_mj = {.value = 600.0},
	    .boot_ms = {.value = 5000.0},
	    .wake_mj = {.value = 150.0},
	    .wake_ms = {.value = 1600.0},
	    .down_mj = {.value = 90.0},
	    .down_ms = {.value = 2500.0},
	    .tx = {{-40.0, {.value = 74.0}}, {13.0, {.value = 100.0}}, {23.0, {.value = 220.0}}},
	    .tx_points = 3,
	};
}

static const char *const shared[NBS_POWER__COUNT] = {
    [NBS_POWER_SI] = "rx",      [NBS_POWER_RX] = "rx",     [NBS_POWER_MONITOR] = "rx",
    [NBS_POWER_CDRX_ON] = "rx", [NBS_POWER_PAGING] = "rx", [NBS_POWER_RA] = "tx",
    [NBS_POWER_TX] = "tx",
};

/* States rest on one value exactly when they share its name. */
static void
test_who_shares(void **state)
{
	const struct nbs_modem modem = paper();

	(void)state;
	for (int i = 0; i < NBS_POWER__COUNT; i++) {
		const struct nbs_basis a = nbs_modem_basis(&modem, (enum nbs_power_state)i);

		if (i == NBS_POWER_OFF) {
			assert_null(a.name);
			assert_null(a.value);
			continue;
		}
		assert_non_null(a.name);
		assert_non_null(a.value);
		if (shared[i] != NULL)
			assert_string_equal(a.name, shared[i]);
		for (int k = NBS_POWER_OFF + 1; k < i; k++) {
			const struct nbs_basis b = nbs_modem_basis(&modem, (enum nbs_power_state)k);
			const bool same = shared[i] != NULL && shared[i] == shared[k];

			assert_int_equal(a.value == b.value, same);
			assert_int_equal(strcmp(a.name, b.name) == 0, same);
		}
	}
	assert_ptr_equal(nbs_modem_basis(&modem, NBS_POWER_MONITOR).value, &modem.rx_ma);
	assert_ptr_equal(nbs_modem_basis(&modem, NBS_POWER_TX).value, &modem.tx[2].current_ma);
	assert_ptr_equal(nbs_modem_basis(&modem, NBS_POWER_WAKE).value, &modem.wake_mj);
	assert_null(nbs_modem_basis(&modem, NBS_POWER__COUNT).value);
}

/*
 * A tenth more of the value is a tenth more of the state's power at full radio power. A cell search
 * is the exception: 0.11 x 46 + 0.89 x 6 = 10.4 mA instead of 0.1 x 46 + 0.9 x 6 = 10 mA.
 */
static void
test_power_follows(void **state)
{
	(void)state;
	for (int i = NBS_POWER_OFF + 1; i < NBS_POWER__COUNT; i++) {
		const enum nbs_power_state at = (enum nbs_power_state)i;
		struct nbs_modem modem = paper();
		const double before = nbs_modem_power_mw(&modem, at, 23.0);
		const ptrdiff_t offset =
		    (const char *)nbs_modem_basis(&modem, at).value - (const char *)&modem;
		struct nbs_value *value = (struct nbs_value *)((char *)&modem + offset);
		const double want = at == NBS_POWER_SYNC ? 1.04 : 1.1;

		value->value *= 1.1;
		if (fabs(nbs_modem_power_mw(&modem, at, 23.0) / before - want) > 1e-12)
			fail_msg("%s: from %g to %g mW", nbs_power_state_name(at), before,
				 nbs_modem_power_mw(&modem, at, 23.0));
	}
}

static void
test_mcu(void **state)
{
	const struct nbs_mcu mcu = {.name = "paper-mcu"};
	const struct nbs_value *software = nbs_mcu_basis(&mcu, false, NBS_MCU_CRYPTO).value;
	const struct nbs_value *hardware = nbs_mcu_basis(&mcu, true, NBS_MCU_CRYPTO).value;

	(void)state;
	assert_ptr_equal(nbs_mcu_basis(&mcu, false, NBS_MCU_ACTIVE).value, &mcu.active_ma);
	assert_ptr_equal(nbs_mcu_basis(&mcu, true, NBS_MCU_SLEEP).value, &mcu.sleep_ma);
	assert_ptr_equal(software, &mcu.software.op_us[NBS_CRYPTO_SHA256_BLOCK]);
	assert_ptr_equal(hardware, &mcu.hardware.op_us[NBS_CRYPTO_SHA256_BLOCK]);
	assert_null(nbs_mcu_basis(&mcu, false, NBS_MCU__COUNT).value);
}

/* A fleet's energy is keyed by these names: modem and microcontroller must not share any. */
static void
test_names(void **state)
{
	const struct nbs_modem modem = paper();
	const struct nbs_mcu mcu = {.name = "paper-mcu"};

	(void)state;
	for (int i = 0; i < NBS_MCU__COUNT; i++) {
		const char *name = nbs_mcu_basis(&mcu, false, (enum nbs_mcu_state)i).name;

		assert_non_null(name);
		for (int k = NBS_POWER_OFF + 1; k < NBS_POWER__COUNT; k++)
			assert_string_not_equal(
			    name, nbs_modem_basis(&modem, (enum nbs_power_state)k).name);
	}
	assert_string_equal(nbs_mcu_state_name(NBS_MCU_ACTIVE), "active");
	assert_string_equal(nbs_mcu_state_name(NBS_MCU_CRYPTO), "crypto");
	assert_string_equal(nbs_mcu_state_name(NBS_MCU_SLEEP), "sleep");
	assert_string_equal(nbs_mcu_state_name(NBS_MCU__COUNT), "?");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_who_shares),
	    cmocka_unit_test(test_power_follows),
	    cmocka_unit_test(test_mcu),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("basis", tests, NULL, NULL);
}
