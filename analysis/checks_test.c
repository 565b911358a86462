/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths into a summary and the bounds on what they lead to.
 */
#include "analysis/checks.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <string.h>

static const char summary_text[] =
    "{\"simulated_s\": 86400.0, \"partial\": false, \"scenario\": \"s\","
    " \"network\": {\"release_assistance\": true},"
    " \"fleets\": [{\"name\": \"clear\", \"messages\": {\"delivered\": 460,"
    "                \"latency_s\": {\"p50\": 2.385}}},"
    "              {\"name\": \"1\", \"messages\": {\"delivered\": 7,"
    "                \"latency_s\": {\"p50\": null}}}],"
    " \"attacks\": [{\"kind\": \"spoof\", \"target\": \"clear\", \"accepted\": 180},"
    "               {\"kind\": \"spoof\", \"target\": \"dtls\", \"accepted\": 0},"
    "               {\"kind\": \"replay\", \"target\": \"dtls\", \"accepted\": 3}]}";

static const struct {
	const char *path;
	bool found;
	double value;
	const char *reason; /* of not being found */
} cases[] = {
    {"simulated_s", true, 86400, NULL},
    {"partial", true, 0, NULL},
    {"network.release_assistance", true, 1, NULL},
    {"fleets.clear.messages.delivered", true, 460, NULL},
    {"fleets.0.messages.delivered", true, 460, NULL},
    {"fleets.1.messages.delivered", true, 7, NULL}, /* a name goes before a number */
    {"fleets.clear.messages.latency_s.p50", true, 2.385, NULL},
    {"attacks.clear.accepted", true, 180, NULL},
    {"attacks.replay.accepted", true, 3, NULL},
    {"attacks.2.accepted", true, 3, NULL},
    {"attacks.dtls.accepted", false, 0, "dtls fits several"},
    {"attacks.spoof.accepted", false, 0, "spoof fits several"},
    {"attacks.3.accepted", false, 0, "there is no \"3\""},
    {"attacks.9999999999.accepted", false, 0, "there is no \"9999999999\""},
    {"fleets.claer.messages.delivered", false, 0, "there is no \"claer\""},
    {"fleets.clear.messages.latency_s.p42", false, 0, "there is no \"p42\""},
    {"fleets.1.messages.latency_s.p50", false, 0, "the statistic is of nothing"},
    {"fleets.clear.messages", false, 0, "not a number"},
    {"scenario", false, 0, "not a number"},
    {"simulated_s.more", false, 0, "there is no \"more\""},
    {"", false, 0, "there is no \"\""},
    {"fleets..messages", false, 0, "there is no \"\""},
    {"fleets.clear.", false, 0, "there is no \"\""},
};

static void
test_paths(void **state)
{
	(void)state;
	json_t *summary = json_loads(summary_text, 0, NULL);

	assert_non_null(summary);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nbs_check check = {.path = cases[i].path};
		struct nbs_check_result result;

		nbs_check_evaluate(summary, &check, &result);
		if (result.found != cases[i].found || result.passed != cases[i].found ||
		    result.value < cases[i].value || result.value > cases[i].value)
			fail_msg("%s: found %d, value %g: %s", cases[i].path, result.found,
				 result.value, result.text);
		if (cases[i].reason != NULL && strstr(result.text, cases[i].reason) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].path, result.text,
				 cases[i].reason);
	}
	json_decref(summary);
}

/* A step of 400 characters is refused, whole in its message or not, without harm. */
static void
test_long_path(void **state)
{
	(void)state;
	char path[401];
	json_t *summary = json_loads(summary_text, 0, NULL);
	struct nbs_check check = {.path = path};
	struct nbs_check_result result;

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	nbs_check_evaluate(summary, &check, &result);
	assert_false(result.found);
	assert_non_null(strstr(result.text, "too long"));
	json_decref(summary);
}

static void
test_bounds(void **state)
{
	(void)state;
	static const struct {
		struct nbs_check check;
		bool passed;
		const char *text;
	} bounds[] = {
	    {{"fleets.clear.messages.delivered", true, false, 460, 0},
	     true,
	     "fleets.clear.messages.delivered is 460, expected at least 460"},
	    {{"fleets.clear.messages.delivered", true, false, 460.5, 0},
	     false,
	     "fleets.clear.messages.delivered is 460, expected at least 460.5"},
	    {{"attacks.1.accepted", false, true, 0, 0},
	     true,
	     "attacks.1.accepted is 0, expected at most 0"},
	    {{"attacks.clear.accepted", false, true, 0, 179},
	     false,
	     "attacks.clear.accepted is 180, expected at most 179"},
	    {{"simulated_s", true, true, 86400, 86400},
	     true,
	     "simulated_s is 86400, expected 86400 to 86400"},
	    {{"simulated_s", true, true, 1, 2}, false, "simulated_s is 86400, expected 1 to 2"},
	    {{"simulated_x", true, false, 1, 0},
	     false,
	     "simulated_x: no such value: there is no \"simulated_x\"; expected at least 1"},
	};
	json_t *summary = json_loads(summary_text, 0, NULL);

	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		struct nbs_check_result result;

		nbs_check_evaluate(summary, &bounds[i].check, &result);
		assert_int_equal(result.passed, bounds[i].passed);
		assert_string_equal(result.text, bounds[i].text);
	}
	json_decref(summary);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_long_path),
	    cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests_name("checks", tests, NULL, NULL);
}
