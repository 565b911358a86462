/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the loader's tests share: parse a text and keep the messages. */
#ifndef NBSEC_SCENARIOS_LOADER_TEST_UTIL_H
#define NBSEC_SCENARIOS_LOADER_TEST_UTIL_H

#include "scenarios/loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A valid fleet in one line, what "@" stands for. */
#define ONE_FLEET \
	"[{name: a, devices: 2, mcl: 144 dB, security: none, client_id: {prefix: A, first: 1}}]"

/* A load and what it left. */
struct outcome {
	enum nbs_status status;
	struct nbs_scenario *scenario; /* NULL on error */
	char *messages;
	size_t size;
};

static inline struct outcome
load_text(const char *text, size_t len, uint32_t seed, const struct nbs_override *sets, size_t n)
{
	struct outcome out = {0};
	FILE *messages = open_memstream(&out.messages, &out.size);
	assert_non_null(messages);
	out.status =
	    nbsi_scenario_parse("x.yaml", text, len, seed, sets, n, messages, &out.scenario);
	assert_int_equal(fclose(messages), 0);
	return out;
}

static inline void
outcome_fini(struct outcome *out)
{
	nbs_scenario_free(out->scenario);
	free(out->messages);
}

static inline struct nbs_scenario *
load_file(const char *path, const char *const *sets, size_t n)
{
	struct nbs_override overrides[8];
	struct nbs_scenario *scenario = NULL;
	assert_true(n <= 8);
	for (size_t i = 0; i < n; i++)
		overrides[i].text = sets[i];
	enum nbs_status status = nbs_scenario_load(path, 0, overrides, n, stderr, &scenario);
	if (status != NBS_OK)
		fail_msg("%s: %s", path, nbs_status_str(status));
	return scenario;
}

/* Loading what a load wrote must give the same scenario and write the same. */
static inline struct nbs_scenario *
again(struct nbs_scenario *first)
{
	struct outcome out = load_text(first->yaml, strlen(first->yaml), 0, NULL, 0);
	if (out.status != NBS_OK)
		fail_msg("%s\n%s", out.messages, first->yaml);
	assert_string_equal(out.scenario->yaml, first->yaml);
	nbs_scenario_free(first);
	free(out.messages);
	return out.scenario;
}

#endif
