/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole scenario run for a paper: overrides arrive, the folder goes, faults are told. */
#include "cli/reproduce/scenario.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

/* NBSEC_PROGRAM and NBSEC_SCENARIO come from the build. */
static char home[] = "/tmp/nbsec-scenario-XXXXXX";

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(home) == NULL || setenv("TMPDIR", home, 1) != 0 ? -1 : 0;
}

/* Nothing may be left in the temporary folder. */
static int
teardown(void **state)
{
	(void)state;
	return rmdir(home);
}

static json_int_t
integer_at(const json_t *summary, const char *key)
{
	return json_integer_value(json_object_get(summary, key));
}

/* Two hours of one fleet of three, a report an hour: six messages. */
static void
test_short_run(void **state)
{
	static const char *const overrides[] = {"duration=2 h", "fleets.clear.devices=3",
						"attacks=[]", "checks=[]"};
	const struct reproduce_scenario scenario = {.program = NBSEC_PROGRAM,
						    .file = NBSEC_SCENARIO,
						    .overrides = overrides,
						    .override_count = 4,
						    .seed = 7};
	json_t *summary = NULL;
	json_t *again = NULL;

	(void)state;
	assert_int_equal(reproduce_run_scenario(&scenario, &summary), NBS_OK);
	assert_int_equal(integer_at(summary, "seed"), 7);
	assert_true(json_number_value(json_object_get(summary, "simulated_s")) == 7200.0);
	const json_t *fleet = json_array_get(json_object_get(summary, "fleets"), 0);

	assert_string_equal(json_string_value(json_object_get(fleet, "name")), "clear");
	assert_int_equal(integer_at(fleet, "devices"), 3);
	assert_int_equal(integer_at(json_object_get(fleet, "messages"), "sent"), 6);

	assert_int_equal(reproduce_run_scenario(&scenario, &again), NBS_OK);
	json_object_del(summary, "wall_s");
	json_object_del(again, "wall_s");
	assert_true(json_equal(summary, again));
	json_decref(summary);
	json_decref(again);
}

/* A check of the scenario that fails is not the paper's business. */
static void
test_checks_do_not_count(void **state)
{
	static const char *const overrides[] = {"duration=1 h", "checks.1.min=1000000"};
	const struct reproduce_scenario scenario = {.program = NBSEC_PROGRAM,
						    .file = NBSEC_SCENARIO,
						    .overrides = overrides,
						    .override_count = 2};
	json_t *summary = NULL;

	(void)state;
	assert_int_equal(reproduce_run_scenario(&scenario, &summary), NBS_OK);
	assert_non_null(summary);
	json_decref(summary);
}

static void
test_faults(void **state)
{
	static const char *const overrides[] = {"no.such=1"};
	struct reproduce_scenario scenario = {.program = NBSEC_PROGRAM,
					      .file = NBSEC_SCENARIO,
					      .overrides = overrides,
					      .override_count = 1};
	json_t *summary = (json_t *)1;

	(void)state;
	assert_int_equal(reproduce_run_scenario(&scenario, &summary), NBS_E_INVALID);
	assert_null(summary);
	scenario.program = "/no/such/program";
	assert_int_equal(reproduce_run_scenario(&scenario, &summary), NBS_E_IO);
	assert_null(summary);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_short_run),
	    cmocka_unit_test(test_checks_do_not_count),
	    cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests_name("reproduce_scenario", tests, setup, teardown);
}
