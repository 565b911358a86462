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

#endif
