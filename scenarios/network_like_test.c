/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network's name is found from its values, and so is the number of values that were changed. */
#include "scenarios/network_like.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdlib.h>

static struct nbs_scenario *
scenario_on(const char *network)
{
	struct nbs_scenario *scenario = calloc(1, sizeof(*scenario));
	struct nbs_network_file *file = NULL;

	assert_non_null(scenario);
	assert_int_equal(nbs_network_file_load(network, NULL, &file), NBS_OK);
	scenario->network = file->config;
	nbs_network_file_free(file);
	return scenario;
}

static void
expect_like(const struct nbs_scenario *scenario, const char *want, unsigned want_changes)
{
	const char *name = NULL;
	unsigned changes = UINT32_MAX;

	assert_int_equal(nbsi_network_like(scenario, &name, &changes), NBS_OK);
	assert_string_equal(name, want);
	assert_int_equal(changes, want_changes);
}

static void
test_each_is_itself(void **state)
{
	(void)state;
	const char *name;
	size_t i;

	for (i = 0; (name = nbs_network_name(i)) != NULL; i++) {
		struct nbs_scenario *scenario = scenario_on(name);

		expect_like(scenario, name, 0);
		free(scenario);
	}
	assert_true(i >= 3);
}

/* Without a base a scenario has the defaults, which are those of network A. */
static void
test_the_default(void **state)
{
	(void)state;
	struct nbs_scenario *scenario = calloc(1, sizeof(*scenario));

	assert_non_null(scenario);
	nbs_network_config_default(&scenario->network);
	expect_like(scenario, "network-a", 0);
	free(scenario);
}

/* Each of these is one value of the language, wherever it lies in the struct. */
static void
test_changes_are_counted(void **state)
{
	(void)state;
	struct nbs_scenario *scenario = scenario_on("large-cell");
	struct nbs_network_config *network = &scenario->network;

	network->cdrx.enabled = !network->cdrx.enabled; /* a switch: the mapping's and its own */
	expect_like(scenario, "large-cell", 1);
	network->ce[2].nprach_repetitions++;
	expect_like(scenario, "large-cell", 2);
	network->nrsrp_threshold_dbm[1] -= 1; /* of a list */
	expect_like(scenario, "large-cell", 3);
	network->s1_delay.b_ns += 1000; /* of a distribution */
	expect_like(scenario, "large-cell", 4);
	network->apn = network->apn == NBS_APN_PRIVATE ? NBS_APN_INTERNET : NBS_APN_PRIVATE;
	network->edrx_cycle_ns = UINT64_C(20480000000); /* a mapping or off: one value */
	expect_like(scenario, "large-cell", 6);
	free(scenario);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_is_itself),
	    cmocka_unit_test(test_the_default),
	    cmocka_unit_test(test_changes_are_counted),
	};

	return cmocka_run_group_tests_name("network_like", tests, NULL, NULL);
}
