/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of this folder share: cmocka's includes, a reader of vector files, a link. */
#ifndef NBSEC_MODELS_NBIOT_PHY_TEST_UTIL_H
#define NBSEC_MODELS_NBIOT_PHY_TEST_UTIL_H

#include "models/nbiot/link.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEST_FIELDS 16

/* A line of a comma-separated file, cut into fields. */
struct test_line {
	char text[256];
	char *fields[TEST_FIELDS];
	unsigned count;
};

/* Reads the next line that is neither empty nor a comment; 0 at the end. */
static inline int
test_next(FILE *file, struct test_line *line)
{
	while (fgets(line->text, (int)sizeof(line->text), file) != NULL) {
		char *rest = line->text;

		line->text[strcspn(line->text, "\r\n")] = '\0';
		if (line->text[0] == '\0' || line->text[0] == '#')
			continue;
		for (line->count = 0; rest != NULL && line->count < TEST_FIELDS; line->count++) {
			line->fields[line->count] = rest;
			rest = strchr(rest, ',');
			if (rest != NULL)
				*rest++ = '\0';
		}
		return 1;
	}
	return 0;
}

static inline FILE *
test_open(const char *path)
{
	FILE *file = fopen(path, "r");

	if (file == NULL)
		fail_msg("%s cannot be opened", path);
	return file;
}

static inline unsigned
test_uint(const struct test_line *line, unsigned field)
{
	assert_true(field < line->count);
	return (unsigned)strtoul(line->fields[field], NULL, 10);
}

static inline double
test_double(const struct test_line *line, unsigned field)
{
	assert_true(field < line->count);
	return strtod(line->fields[field], NULL);
}

/* The difference must not exceed the tolerance. */
static inline void
test_near(double found, double want, double tolerance, const char *what)
{
	if (!(fabs(found - want) <= tolerance))
		fail_msg("%s: %.6f found, %.6f +- %g wanted", what, found, want, tolerance);
}

/* A link of the default network but for these. */
static inline struct nbs_link *
test_link_new(enum nbs_receiver receiver, enum nbs_deployment deployment)
{
	struct nbs_network_config config;
	struct nbs_link *link = NULL;

	nbs_network_config_default(&config);
	config.receiver = receiver;
	config.deployment = deployment;
	assert_int_equal(nbs_link_new(&config, &link), NBS_OK);
	return link;
}

#endif
