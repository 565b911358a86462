/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of the carrier: two rings of booked air and the searches in them. The downlink has one bit
 * a valid subframe, by index, so that a transmission without gaps is one run of bits; the uplink
 * has one bit a ms in each of twelve rows. Rings are words of 64 bits; what is looked up lies less
 * than a ring apart, so a bit means one time only.
 */
#ifndef NBSEC_MODELS_NBIOT_CARRIER_INTERNAL_H
#define NBSEC_MODELS_NBIOT_CARRIER_INTERNAL_H

#include "models/nbiot/calendar_internal.h"
#include "models/nbiot/carrier.h"

#define NBSI_RING_BITS 131072U
#define NBSI_RING_WORDS (NBSI_RING_BITS / NBSI_WORD_BITS)
#define NBSI_NOWHERE UINT64_MAX

struct nbsi_carrier {
	struct nbs_calendar *calendar;
	bool alone;         /* everything is always free */
	uint64_t now;       /* subframes from here on may be booked ... */
	uint64_t horizon;   /* ... and end before this */
	uint64_t dl_now;    /* index of the first valid one of them */
	uint64_t dl_beyond; /* and of the first beyond the horizon */
	uint64_t dl_end;    /* index behind the last that was ever booked */
	uint64_t ul_end;    /* the same of the uplink, in ms */
	struct nbsi_carrier_stats stats;
	uint64_t dl[NBSI_RING_WORDS];
	uint64_t ul[NBS_UL_TONES][NBSI_RING_WORDS];
};

/** Neighbouring rows of a ring, taken as one, without what NPRACH keeps free in them anyway. */
struct nbsi_rows {
	const uint64_t *words; /* of the first row */
	struct nbs_tones tones;
	const struct nbs_calendar *nprach; /* NULL: no NPRACH on these rows */
};

/** Subframes of a downlink transmission. */
struct nbsi_dl_run {
	uint64_t index;    /* from here on */
	uint32_t count;    /* valid subframes */
	bool gapped;       /* pauses in downlink gaps */
	uint64_t start_sf; /* the first on air: set by nbsi_dl_fits() */
	uint64_t end_sf;   /* behind the last */
};

/** Place and time of an uplink transmission. */
struct nbsi_ul_run {
	struct nbs_tones tones;
	uint64_t start_ms;
	uint32_t tx_ms;
	uint64_t end_ms;       /* set by nbsi_ul_fits() */
	uint64_t postponed_ms; /* likewise */
	uint64_t retry_ms;     /* likewise, if it does not fit: no start before this one does */
};

/** What a search has learned: the place of that number is not free before. Begins as zeros. */
struct nbsi_ul_room {
	uint64_t from_ms[NBS_UL_TONES];
};

static inline uint64_t
nbsi_row_word(const struct nbsi_rows *rows, uint64_t word)
{
	const uint64_t *at = rows->words + word % NBSI_RING_WORDS;
	uint64_t busy = *at;

	for (uint32_t row = 1; row < rows->tones.count; row++)
		busy |= at[(size_t)row * NBSI_RING_WORDS];
	if (rows->nprach != NULL)
		busy &= ~nbsi_nprach_word(rows->nprach, &rows->tones, word);
	return busy;
}

/** Bits of a word that lie in from .. from + count - 1. */
static inline uint64_t
nbsi_word_mask(uint64_t word, uint64_t from, uint64_t count)
{
	const uint64_t first = word * NBSI_WORD_BITS;
	uint64_t mask = UINT64_MAX;

	if (from > first)
		mask <<= from - first;
	if (from + count < first + NBSI_WORD_BITS)
		mask &= (UINT64_C(1) << (from + count - first)) - 1U;
	return mask;
}

static inline bool
nbsi_rows_free(const struct nbsi_rows *rows, uint64_t from, uint64_t count)
{
	for (uint64_t word = from / NBSI_WORD_BITS; word * NBSI_WORD_BITS < from + count; word++) {
		if ((nbsi_row_word(rows, word) & nbsi_word_mask(word, from, count)) != 0)
			return false;
	}
	return true;
}

/* ---- carrier_ring.c ---- */

/** @return start of the first so many free bits from there on, all below limit; NBSI_NOWHERE. */
uint64_t nbsi_rows_next(const struct nbsi_rows *rows, uint64_t from, uint64_t count,
			uint64_t limit);

/** Forgets the bits from one time to a later one, as far as they fill words. */
void nbsi_ring_forget(uint64_t *ring, uint64_t from, uint64_t to);

/* ---- carrier_dl.c ---- */

/** @return whether the run is free; sets its times in any case. */
bool nbsi_dl_fits(const struct nbsi_carrier *carrier, struct nbsi_dl_run *run);

/** Books a run that fits. */
void nbsi_dl_take(struct nbsi_carrier *carrier, const struct nbsi_dl_run *run);

/** @return the least index from there on at which the run may be free; NBSI_NOWHERE. */
uint64_t nbsi_dl_next(const struct nbsi_carrier *carrier, const struct nbsi_dl_run *run);

/* ---- carrier_ul.c ---- */

/** @return whether the run is free; sets its times if so. */
bool nbsi_ul_fits(const struct nbsi_carrier *carrier, struct nbsi_ul_run *run);

/**
 * Chooses the place in frequency for a start.
 * @param[in,out] room  of starts that do not go back; if none is found, every place's lies behind
 *                      start_ms; NULL = not of interest
 * @param[out] run      what was found
 */
bool nbsi_ul_place(const struct nbsi_carrier *carrier, const struct nbsi_ul_need *need,
		   uint64_t start_ms, struct nbsi_ul_room *room, struct nbsi_ul_run *run);

/** @return the least of a room, at least 0 and NBSI_NOWHERE if there is none. */
uint64_t nbsi_ul_room_least(const struct nbsi_ul_room *room, const struct nbsi_ul_need *need);

/** Books a run that fits, or takes that back. */
void nbsi_ul_take(struct nbsi_carrier *carrier, const struct nbsi_ul_run *run);
void nbsi_ul_give_back(struct nbsi_carrier *carrier, const struct nbsi_ul_run *run);

/** @return the first ms from there on at which some place may be free; NBSI_NOWHERE. */
uint64_t nbsi_ul_next(const struct nbsi_carrier *carrier, const struct nbsi_ul_need *need,
		      uint64_t from_ms);

/** @return the same for a HARQ-ACK of so many ms on a tone. */
uint64_t nbsi_ul_next_ack(const struct nbsi_carrier *carrier, uint32_t tone, uint32_t tx_ms,
			  uint64_t from_ms);

#endif
