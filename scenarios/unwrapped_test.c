/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linked without the wrappers that count cryptographic work: no scenario may run then. */
#include "scenarios/builder.h"

#include "models/dtls/work.h"
#include "scenarios/loader_test_util.h"

#include <unistd.h>

/* Each kind of work is in the check: without wrappers none is counted, so each must be wrong. */
static void
test_check_sees_every_operation(void **state)
{
	unsigned wrong = 0;

	(void)state;
	assert_int_equal(nbsi_dtls_work_check(&wrong), NBS_E_INTERNAL);
	assert_int_equal(wrong, (1U << NBS_CRYPTO__COUNT) - 1);
}

static void
test_run_is_refused(void **state)
{
	char dir[] = "/tmp/nbsec-unwrapped-XXXXXX";
	struct nbs_run_config config = {.dir = dir, .version = "test"};
	struct nbs_run_result result = {.events = 1};
	const char *const text = "name: s\nduration: 1 h\n"
				 "fleets: " ONE_FLEET "\n";
	struct outcome loaded = load_text(text, strlen(text), 0, NULL, 0);
	char *messages = NULL;
	size_t size;

	(void)state;
	if (loaded.status != NBS_OK)
		fail_msg("%s", loaded.messages);
	assert_non_null(mkdtemp(dir));
	config.scenario = loaded.scenario;
	config.messages = open_memstream(&messages, &size);
	assert_non_null(config.messages);
	assert_int_equal(nbs_scenario_run(&config, &result), NBS_E_INTERNAL);
	assert_int_equal(fclose(config.messages), 0);
	assert_non_null(strstr(messages, "cryptographic work is counted wrongly"));
	assert_non_null(strstr(messages, "--wrap"));
	assert_int_equal(result.events, 0);
	assert_int_equal(rmdir(dir), 0); /* nothing was written into it */
	free(messages);
	outcome_fini(&loaded);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_check_sees_every_operation),
	    cmocka_unit_test(test_run_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
