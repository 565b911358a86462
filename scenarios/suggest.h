/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * "Did you mean": the nearest of several words by edit distance.
 */
#ifndef NBSEC_SCENARIOS_SUGGEST_H
#define NBSEC_SCENARIOS_SUGGEST_H

#include <stddef.h>

#define NBSI_SUGGEST_MAX                                                        \
	64U /* bytes of a word that are compared; longer ones have no neighbour \
	     */

/** The search's state; set by nbsi_suggest_init(). */
struct nbsi_suggest {
	const char *word;
	size_t len;
	const char *best; /* nearest so far, the caller's; NULL = none near enough */
	size_t distance;  /* of best */
};

void nbsi_suggest_init(struct nbsi_suggest *suggest, const char *word, size_t len);

/** Considers a candidate; of two equally near ones the first stays. */
void nbsi_suggest_offer(struct nbsi_suggest *suggest, const char *candidate);

/**
 * Insertions, deletions, substitutions and swaps of neighbours between two words of at most
 * NBSI_SUGGEST_MAX bytes (optimal string alignment distance).
 */
size_t nbsi_edit_distance(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
