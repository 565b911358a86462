/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rings of bits, word by word: the first free run, and forgetting. */
#include "models/nbiot/carrier_internal.h"

#include <string.h>

/* First bit of that value from there on; limit if there is none below it. */
static uint64_t
ring_find(const struct nbsi_rows *rows, bool value, uint64_t from, uint64_t limit)
{
	for (uint64_t word = from / NBSI_WORD_BITS; word * NBSI_WORD_BITS < limit; word++) {
		uint64_t bits = nbsi_row_word(rows, word);

		if (!value)
			bits = ~bits;
		if (word == from / NBSI_WORD_BITS)
			bits &= UINT64_MAX << from % NBSI_WORD_BITS;
		if (bits != 0) {
			const uint64_t at = word * NBSI_WORD_BITS + (uint64_t)__builtin_ctzll(bits);

			return at < limit ? at : limit;
		}
	}
	return limit;
}

uint64_t
nbsi_rows_next(const struct nbsi_rows *rows, uint64_t from, uint64_t count, uint64_t limit)
{
	while (from < limit && limit - from >= count) {
		const uint64_t start = ring_find(rows, false, from, limit);

		if (limit - start < count)
			break;
		from = ring_find(rows, true, start, start + count);
		if (from == start + count)
			return start;
	}
	return NBSI_NOWHERE;
}

void
nbsi_ring_forget(uint64_t *ring, uint64_t from, uint64_t to)
{
	const uint64_t first = from / NBSI_WORD_BITS;
	const uint64_t last = to / NBSI_WORD_BITS; /* not whole yet: stays */
	const uint64_t start = first % NBSI_RING_WORDS;

	if (last - first >= NBSI_RING_WORDS) {
		memset(ring, 0, NBSI_RING_WORDS * sizeof(*ring));
	} else if (start + (last - first) <= NBSI_RING_WORDS) {
		memset(ring + start, 0, (last - first) * sizeof(*ring));
	} else {
		memset(ring + start, 0, (NBSI_RING_WORDS - start) * sizeof(*ring));
		memset(ring, 0, (start + (last - first) - NBSI_RING_WORDS) * sizeof(*ring));
	}
}
