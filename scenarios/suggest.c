/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Optimal string alignment distance by dynamic programming over three rows (Damerau 1964, in the
 * restricted form: no piece is edited twice).
 */
#include "scenarios/suggest.h"

#include <string.h>

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
nbsi_edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][NBSI_SUGGEST_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];
	for (size_t j = 0; j <= b_len; j++)
		above[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t cost = a[i - 1] != b[j - 1];
			row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		size_t *spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[b_len];
}

void
nbsi_suggest_init(struct nbsi_suggest *suggest, const char *word, size_t len)
{
	/* A third of the letters wrong is a slip; more is another word. */
	*suggest = (struct nbsi_suggest){word, len, NULL, len / 3 + 2};
}

void
nbsi_suggest_offer(struct nbsi_suggest *suggest, const char *candidate)
{
	size_t len = strlen(candidate);
	if (suggest->len > NBSI_SUGGEST_MAX || len > NBSI_SUGGEST_MAX)
		return;
	size_t distance = nbsi_edit_distance(suggest->word, suggest->len, candidate, len);
	if (distance < suggest->distance) {
		suggest->best = candidate;
		suggest->distance = distance;
	}
}
