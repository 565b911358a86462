/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a scenario; what stands behind a line "%%" are overrides, one a line. Whatever is
 * accepted must load again from the document it wrote, and write the same.
 */
#include "scenarios/loader.h"

#include <stdlib.h>
#include <string.h>

#define OVERRIDES_MAX 8U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Cuts the text into lines in place. */
static size_t
split(char *text, struct nbs_override *overrides)
{
	size_t count = 0;
	char *rest = NULL;
	for (char *line = strtok_r(text, "\n", &rest); line != NULL && count < OVERRIDES_MAX;
	     line = strtok_r(NULL, "\n", &rest))
		overrides[count++].text = line;
	return count;
}

static void
check_again(struct nbs_scenario *first, FILE *messages)
{
	struct nbs_scenario *second = NULL;
	if (nbsi_scenario_parse("again", first->yaml, strlen(first->yaml), 0, NULL, 0, messages,
				&second) != NBS_OK)
		abort();
	if (strcmp(first->yaml, second->yaml) != 0)
		abort();
	nbs_scenario_free(second);
	nbs_scenario_free(first);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *messages;
	if (messages == NULL)
		messages = fopen("/dev/null", "w");
	char *text = malloc(size + 1);
	if (text == NULL || messages == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	struct nbs_override overrides[OVERRIDES_MAX];
	size_t count = 0, len = size;
	char *behind = strstr(text, "\n%%\n");
	if (behind != NULL) {
		len = (size_t)(behind - text) + 1;
		count = split(behind + 4, overrides);
	}
	/* Of its own size, so that a read past its end is seen. */
	char *exact = malloc(len > 0 ? len : 1);
	if (exact == NULL)
		abort();
	memcpy(exact, text, len);
	struct nbs_scenario *scenario = NULL;
	if (nbsi_scenario_parse("fuzz", exact, len, 0, overrides, count, messages, &scenario) ==
	    NBS_OK)
		check_again(scenario, messages);
	free(exact);
	free(text);
	return 0;
}
