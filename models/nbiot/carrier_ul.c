/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Uplink of a carrier: places in frequency (TS 36.213 Table 16.5.1.1-1: any tone; 3 tones from 0,
 * 3, 6, 9; 6 from 0, 6; all 12). Booked are the ms on air: gaps and postponements stay free.
 *
 * Of the places free at a start, the one that ends earliest is chosen (NPRACH may postpone one and
 * not another); then the one inside the fewest blocks of 3, 6 and 12 tones that are free as a whole
 * (so that larger grants find room); then one off the tones of NPRACH; then one off the tones of
 * HARQ-ACK; then the lowest.
 */
#include "models/nbiot/carrier_internal.h"

#define UL_ACK_TONES 4U /* 0..3, TS 36.213 Table 16.4.2-2 */

static const uint32_t ul_block_sizes[] = {3, 6, 12};

static struct nbsi_rows
ul_rows(const struct nbsi_carrier *carrier, const struct nbs_tones *tones)
{
	const bool nprach = (carrier->calendar->nprach_tones & nbsi_tone_mask(tones)) != 0;

	return (struct nbsi_rows){.words = carrier->ul[tones->first],
				  .tones = *tones,
				  .nprach = nprach ? carrier->calendar : NULL};
}

/* The last busy ms of a stretch that is not free: starts up to the one behind it are in vain. */
static uint64_t
ul_last_busy(const struct nbsi_rows *rows, uint64_t from, uint64_t count)
{
	uint64_t word = (from + count - 1U) / NBSI_WORD_BITS;
	uint64_t busy;

	while ((busy = nbsi_row_word(rows, word) & nbsi_word_mask(word, from, count)) == 0)
		word--;
	return word * NBSI_WORD_BITS + (NBSI_WORD_BITS - 1U) - (uint64_t)__builtin_clzll(busy);
}

bool
nbsi_ul_fits(const struct nbsi_carrier *carrier, struct nbsi_ul_run *run)
{
	const struct nbsi_rows rows = ul_rows(carrier, &run->tones);
	uint64_t ms = run->start_ms;
	uint32_t left = run->tx_ms;

	run->postponed_ms = 0;
	run->end_ms = ms;
	run->retry_ms = carrier->now;
	if (ms < carrier->now)
		return false;
	while (left > 0) {
		const struct nbsi_stretch stretch =
		    nbsi_calendar_stretch(carrier->calendar, ms, &run->tones, left);

		run->end_ms = ms + stretch.length_ms;
		run->postponed_ms += stretch.length_ms - stretch.on_air_ms;
		run->retry_ms = NBSI_NOWHERE;
		if (run->end_ms > carrier->horizon)
			return false;
		run->retry_ms = run->start_ms + 1U;
		if (!carrier->alone && !nbsi_rows_free(&rows, ms, stretch.length_ms)) {
			/*
			 * Stretches move along with the start. Behind the first, NPRACH may move
			 * from them into the gaps: then later starts may end earlier.
			 */
			if (rows.nprach == NULL || ms == run->start_ms)
				run->retry_ms += ul_last_busy(&rows, ms, stretch.length_ms) - ms;
			return false;
		}
		left -= stretch.on_air_ms;
		ms = run->end_ms + NBSI_UL_GAP_MS;
	}
	return true;
}

/* Sets or clears the ms on air. */
static void
ul_write(struct nbsi_carrier *carrier, const struct nbsi_ul_run *run, bool value)
{
	const struct nbs_calendar *calendar = carrier->calendar;
	uint64_t ms = run->start_ms;
	uint32_t left = run->tx_ms;

	while (left > 0 && !carrier->alone) {
		const struct nbsi_stretch stretch =
		    nbsi_calendar_stretch(calendar, ms, &run->tones, left);
		const uint64_t end = ms + stretch.length_ms;

		for (uint64_t word = ms / NBSI_WORD_BITS; word * NBSI_WORD_BITS < end; word++) {
			const uint64_t mask = nbsi_word_mask(word, ms, stretch.length_ms) &
					      ~nbsi_nprach_word(calendar, &run->tones, word);

			for (uint32_t i = 0; i < run->tones.count; i++) {
				uint64_t *at =
				    &carrier->ul[run->tones.first + i][word % NBSI_RING_WORDS];

				*at = value ? *at | mask : *at & ~mask;
			}
		}
		left -= stretch.on_air_ms;
		ms = end + NBSI_UL_GAP_MS;
	}
}

void
nbsi_ul_take(struct nbsi_carrier *carrier, const struct nbsi_ul_run *run)
{
	ul_write(carrier, run, true);
	if (run->end_ms > carrier->ul_end)
		carrier->ul_end = run->end_ms;
}

void
nbsi_ul_give_back(struct nbsi_carrier *carrier, const struct nbsi_ul_run *run)
{
	ul_write(carrier, run, false);
}

static uint32_t
ul_first_stretch(uint32_t tx_ms)
{
	return tx_ms < NBSI_UL_STRETCH_MS ? tx_ms : NBSI_UL_STRETCH_MS;
}

/* Mask of the tones that are free for so long, up to the first gap. */
static uint32_t
ul_free_tones(const struct nbsi_carrier *carrier, uint64_t start_ms, uint32_t tx_ms)
{
	uint32_t mask = 0;

	for (uint32_t tone = 0; tone < NBS_UL_TONES; tone++) {
		const struct nbs_tones one = {.first = tone, .count = 1};
		const struct nbsi_rows rows = ul_rows(carrier, &one);

		if (carrier->alone || nbsi_rows_free(&rows, start_ms, ul_first_stretch(tx_ms)))
			mask |= UINT32_C(1) << tone;
	}
	return mask;
}

/* How much a place is worth to others: the less, the better to take. */
static uint32_t
ul_rank(const struct nbsi_carrier *carrier, const struct nbs_tones *tones, uint32_t free_tones)
{
	uint32_t rank = 0;

	for (size_t i = 0; i < sizeof(ul_block_sizes) / sizeof(ul_block_sizes[0]); i++) {
		const uint32_t size = ul_block_sizes[i];
		const struct nbs_tones block = {.first = tones->first / size * size, .count = size};
		const uint32_t mask = nbsi_tone_mask(&block);

		if (size > tones->count && (free_tones & mask) == mask)
			rank += 4U;
	}
	if ((carrier->calendar->nprach_tones & nbsi_tone_mask(tones)) != 0)
		rank += 2U;
	if (tones->first < UL_ACK_TONES)
		rank += 1U;
	return rank;
}

static bool
ul_need_exists(const struct nbsi_ul_need *need)
{
	return need->tx_ms > 0 && nbs_ul_tones_valid(NBS_SCS_15K, need->tones);
}

/* The first start from there on at which the tones are free up to the first gap. */
static uint64_t
ul_next_on(const struct nbsi_carrier *carrier, const struct nbs_tones *tones, uint32_t tx_ms,
	   uint64_t from_ms)
{
	const struct nbsi_rows rows = ul_rows(carrier, tones);

	if (from_ms < carrier->now)
		from_ms = carrier->now;
	if (carrier->alone)
		return from_ms < carrier->horizon ? from_ms : NBSI_NOWHERE;
	return nbsi_rows_next(&rows, from_ms, ul_first_stretch(tx_ms), carrier->horizon);
}

/* Of places that end at the same time, the one that costs others least. */
static uint32_t
ul_choose(const struct nbsi_carrier *carrier, const struct nbsi_ul_run *runs, uint32_t count)
{
	const uint32_t free_tones = ul_free_tones(carrier, runs[0].start_ms, runs[0].tx_ms);
	uint32_t best = 0, best_rank = UINT32_MAX;

	for (uint32_t i = 0; i < count; i++) {
		const uint32_t rank = ul_rank(carrier, &runs[i].tones, free_tones);

		if (rank < best_rank) {
			best_rank = rank;
			best = i;
		}
	}
	return best;
}

/* Whether a place is free for the run, or else from when on it may be. */
static bool
ul_look(const struct nbsi_carrier *carrier, struct nbsi_ul_run *run, uint64_t *room_ms)
{
	if (room_ms == NULL)
		return nbsi_ul_fits(carrier, run);
	if (*room_ms > run->start_ms)
		return false;
	if (nbsi_ul_fits(carrier, run))
		return true;
	*room_ms = run->retry_ms == NBSI_NOWHERE
		       ? NBSI_NOWHERE
		       : ul_next_on(carrier, &run->tones, run->tx_ms, run->retry_ms);
	return false;
}

bool
nbsi_ul_place(const struct nbsi_carrier *carrier, const struct nbsi_ul_need *need,
	      uint64_t start_ms, struct nbsi_ul_room *room, struct nbsi_ul_run *run)
{
	struct nbsi_ul_run best[NBS_UL_TONES];
	uint32_t count = 0;

	if (!ul_need_exists(need))
		return false;
	for (uint32_t first = 0; first < NBS_UL_TONES; first += need->tones) {
		struct nbsi_ul_run here = {.tones = {.first = first, .count = need->tones},
					   .start_ms = start_ms,
					   .tx_ms = need->tx_ms};

		if (!ul_look(carrier, &here, room != NULL ? &room->from_ms[first] : NULL))
			continue;
		if (count > 0 && here.end_ms > best[0].end_ms)
			continue;
		if (count > 0 && here.end_ms < best[0].end_ms)
			count = 0;
		best[count++] = here;
	}
	if (count > 0)
		*run = best[count > 1 ? ul_choose(carrier, best, count) : 0];
	return count > 0;
}

uint64_t
nbsi_ul_room_least(const struct nbsi_ul_room *room, const struct nbsi_ul_need *need)
{
	uint64_t least = NBSI_NOWHERE;

	if (!ul_need_exists(need))
		return least;
	for (uint32_t first = 0; first < NBS_UL_TONES; first += need->tones) {
		if (room->from_ms[first] < least)
			least = room->from_ms[first];
	}
	return least;
}

uint64_t
nbsi_ul_next(const struct nbsi_carrier *carrier, const struct nbsi_ul_need *need, uint64_t from_ms)
{
	uint64_t best = NBSI_NOWHERE;

	if (!ul_need_exists(need))
		return best;
	for (uint32_t first = 0; first < NBS_UL_TONES && best != from_ms; first += need->tones) {
		const struct nbs_tones tones = {.first = first, .count = need->tones};
		const uint64_t next = ul_next_on(carrier, &tones, need->tx_ms, from_ms);

		if (next < best)
			best = next;
	}
	return best;
}

uint64_t
nbsi_ul_next_ack(const struct nbsi_carrier *carrier, uint32_t tone, uint32_t tx_ms,
		 uint64_t from_ms)
{
	const struct nbs_tones tones = {.first = tone, .count = 1};

	return ul_next_on(carrier, &tones, tx_ms, from_ms);
}
