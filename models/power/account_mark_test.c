/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What energy is for: the account's columns by layer, by message, by radio power. */
#include "models/power/account.h"

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
		fail_msg("%s: got %.12g, want %.12g", what, got, want);
}

/* 13107 / 65535 is a fifth, 26214 two fifths: 2.385 s at 792 mW are 1888.92 mJ. */
static void
test_parts(void **state)
{
	const struct nbs_power_mark mark = {.part = {26214, 13107, 0, 0},
					    .layer = NBS_LAYER_ACCESS,
					    .cause = NBS_CAUSE_OWN + 1,
					    .dbm = 23};
	struct nbs_account a;

	(void)state;
	nbs_account_init(&a, 0, NBS_POWER_PSM, 0.0108);
	nbs_account_mark(&a, &mark);
	assert_int_equal(nbs_account_spend(&a, 2385000000, NBS_POWER_TX, 792.0), NBS_OK);
	check_rel(a.layer_mj[NBS_LAYER_APPLICATION], 1888.92 * 2 / 5, "application");
	check_rel(a.layer_mj[NBS_LAYER_RECORD], 1888.92 / 5, "record");
	check_rel(a.layer_mj[NBS_LAYER_ACCESS], 1888.92 * 2 / 5, "what is left");
	check_rel(a.cause_mj[NBS_CAUSE_OWN + 1], 1888.92, "message");
	assert_int_equal(a.tx_count, 1);
	assert_int_equal(a.tx[0].time_ns, 2385000000);
	check_rel(a.tx[0].energy_mj, 1888.92, "level");
}

/* A part that is the whole leaves nothing, to the last bit. */
static void
test_whole_part(void **state)
{
	const struct nbs_power_mark mark = {.part = {0, 0, 65535, 0}, .layer = NBS_LAYER_ACCESS};
	struct nbs_account a;

	(void)state;
	nbs_account_init(&a, 0, NBS_POWER_PSM, 0.0);
	nbs_account_mark(&a, &mark);
	assert_int_equal(nbs_account_spend(&a, 7 * S, NBS_POWER_RX, 165.6), NBS_OK);
	assert_true(fabs(a.layer_mj[NBS_LAYER_ACCESS]) <= 0.0);
	check_rel(a.layer_mj[NBS_LAYER_HANDSHAKE], 7 * 165.6, "handshake");
}

/* Unknown layers and messages count somewhere: no energy is lost. */
static void
test_outside(void **state)
{
	const struct nbs_power_mark mark = {.layer = 200, .cause = 200};
	struct nbs_account a;

	(void)state;
	nbs_account_init(&a, 0, NBS_POWER_PSM, 0.0);
	nbs_account_mark(&a, &mark);
	assert_int_equal(nbs_account_spend(&a, 3 * S, NBS_POWER_RX, 2.0), NBS_OK);
	check_rel(a.layer_mj[NBS_LAYER__COUNT - 1], 6.0, "layer");
	check_rel(a.cause_mj[NBS_CAUSE__COUNT - 1], 6.0, "message");
}

/* Eight powers have a place of their own, rising; a ninth goes to the nearest, the lower of two. */
static void
test_levels(void **state)
{
	static const int8_t given[] = {23, -40, 13, 3, -7, 18, 21, 0};
	static const int8_t rising[] = {-40, -7, 0, 3, 13, 18, 21, 23};
	static const struct {
		int8_t dbm, nearest;
	} more[] = {{-128, -40}, {127, 23}, {22, 21}, {9, 13}, {7, 3}, {8, 3}, {-20, -7}};
	struct nbs_account a;

	(void)state;
	nbs_account_init(&a, 0, NBS_POWER_PSM, 0.0);
	for (size_t i = 0; i < NBS_TX_LEVELS; i++) {
		nbs_account_mark(&a, &(struct nbs_power_mark){.dbm = given[i]});
		assert_int_equal(nbs_account_spend(&a, S, i % 2 ? NBS_POWER_TX : NBS_POWER_RA, 1.0),
				 NBS_OK);
	}
	assert_int_equal(a.tx_count, NBS_TX_LEVELS);
	for (size_t i = 0; i < NBS_TX_LEVELS; i++) {
		assert_int_equal(a.tx[i].dbm, rising[i]);
		assert_int_equal(a.tx[i].time_ns, S);
	}
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		struct nbs_account b = a;
		size_t k = 0;

		nbs_account_mark(&b, &(struct nbs_power_mark){.dbm = more[i].dbm});
		assert_int_equal(nbs_account_spend(&b, S, NBS_POWER_TX, 1.0), NBS_OK);
		while (rising[k] != more[i].nearest)
			k++;
		if (b.tx[k].time_ns != 2 * S)
			fail_msg("%d dBm did not go to %d", more[i].dbm, more[i].nearest);
	}
	/* Receiving has no radio power. */
	assert_int_equal(nbs_account_spend(&a, S, NBS_POWER_RX, 1.0), NBS_OK);
	for (size_t i = 0; i < NBS_TX_LEVELS; i++)
		assert_int_equal(a.tx[i].time_ns, S);
}

static void
test_names(void **state)
{
	(void)state;
	for (int i = 0; i < NBS_LAYER__COUNT; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(nbs_power_layer_name((enum nbs_power_layer)i),
						nbs_power_layer_name((enum nbs_power_layer)k));
	assert_string_equal(nbs_power_layer_name(NBS_LAYER_RECORD), "dtls_record");
	assert_string_equal(nbs_power_layer_name(NBS_LAYER__COUNT), "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parts),   cmocka_unit_test(test_whole_part),
	    cmocka_unit_test(test_outside), cmocka_unit_test(test_levels),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
