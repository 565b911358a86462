/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Downlink of a carrier: runs of valid subframes, cut by downlink gaps (TS 36.211 10.2.3.4). A gap
 * stays free for search spaces that do not pause.
 */
#include "models/nbiot/carrier_internal.h"

static struct nbsi_rows
dl_rows(const struct nbsi_carrier *carrier)
{
	return (struct nbsi_rows){.words = carrier->dl, .tones = {.first = 0, .count = 1}};
}

/* The next part without a gap; moves index to its start. */
static uint32_t
dl_part(const struct nbsi_carrier *carrier, const struct nbsi_dl_run *run, uint64_t *index,
	uint32_t left)
{
	return run->gapped ? nbsi_calendar_dl_part(carrier->calendar, index, left) : left;
}

bool
nbsi_dl_fits(const struct nbsi_carrier *carrier, struct nbsi_dl_run *run)
{
	const struct nbsi_rows rows = dl_rows(carrier);
	uint64_t index = run->index;
	uint32_t left = run->count;
	bool fits = index >= carrier->dl_now;

	while (left > 0) {
		const uint32_t part = dl_part(carrier, run, &index, left);

		if (left == run->count)
			run->start_sf = nbsi_subframe_of(carrier->calendar, index);
		fits = fits && index + part <= carrier->dl_beyond &&
		       (carrier->alone || nbsi_rows_free(&rows, index, part));
		index += part;
		left -= part;
	}
	run->end_sf = nbsi_subframe_of(carrier->calendar, index - 1U) + 1U;
	return fits;
}

void
nbsi_dl_take(struct nbsi_carrier *carrier, const struct nbsi_dl_run *run)
{
	uint64_t index = run->index;
	uint32_t left = run->count;

	while (left > 0 && !carrier->alone) {
		const uint32_t part = dl_part(carrier, run, &index, left);

		for (uint64_t word = index / NBSI_WORD_BITS; word * NBSI_WORD_BITS < index + part;
		     word++)
			carrier->dl[word % NBSI_RING_WORDS] |= nbsi_word_mask(word, index, part);
		index += part;
		left -= part;
	}
	if (index > carrier->dl_end)
		carrier->dl_end = index;
}

uint64_t
nbsi_dl_next(const struct nbsi_carrier *carrier, const struct nbsi_dl_run *run)
{
	const struct nbsi_rows rows = dl_rows(carrier);

	if (carrier->alone)
		return run->index < carrier->dl_beyond ? run->index : NBSI_NOWHERE;
	/* With gaps, a first subframe is all that is certain to be needed in one piece. */
	return nbsi_rows_next(&rows, run->index, run->gapped ? 1U : run->count, carrier->dl_beyond);
}
