/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Stated checks: a value of the summary must lie between bounds.
 *
 * A path is keys joined by dots: `fleets.clear.messages.delivered`, `attacks.dtls.accepted`,
 * `attacks.1.accepted`, `simulated_s`. An item of a list is chosen by its name, else by its
 * target, else by its kind, else by its number from 0. A name that fits several items chooses
 * none: then the number must be given. true counts as 1, false as 0.
 */
#ifndef NBSEC_ANALYSIS_CHECKS_H
#define NBSEC_ANALYSIS_CHECKS_H

#include <jansson.h>
#include <stdbool.h>

/** What is stated. */
struct nbs_check {
	const char *path;
	bool has_min, has_max;
	double min, max; /* inclusive */
};

/** What came of it. */
struct nbs_check_result {
	bool found;     /* the path leads to a number */
	bool passed;    /* found, and within the bounds */
	double value;   /* when found */
	char text[640]; /* the whole in a sentence part: path, value, bounds or what is missing */
};

/**
 * @return whether a path can lead to a number of a summary: its keys exist. The names of fleets and
 *         attacks in it are not looked at, the loader knows them.
 */
bool nbs_check_path_known(const char *path);

/** Evaluates one check. */
void nbs_check_evaluate(const json_t *summary, const struct nbs_check *check,
			struct nbs_check_result *result);

#endif
