/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Booking: a DCI at a candidate of its search space and what it announces at a delay that it can
 * name (TS 36.213 16.4.1, 16.4.2, 16.5.1, 16.3.3). First fit in time. When a candidate fails for
 * want of room behind it, those that cannot reach the next room either are skipped: the search
 * follows the free runs, not the candidates.
 */
#include "models/nbiot/carrier_internal.h"

#define BOOK_DELAYS_DL 8U  /* I_Delay of DCI N1 */
#define BOOK_DELAYS_UL 4U  /* of DCI N0 and of a RAR's grant */
#define BOOK_ACK_FIELDS 16 /* HARQ-ACK resource */
#define BOOK_ACK_TONES 4U

/* The search for a DCI. */
struct book_search {
	struct nbsi_carrier *carrier;
	struct nbsi_candidates candidates;
	uint64_t from; /* subframe: the next candidate begins here or later */
	uint64_t until;
	bool late; /* this is not the first candidate */
	struct nbsi_dl_run dci;
	uint64_t room[BOOK_DELAYS_DL];     /* at each delay: no block is free before that index */
	uint64_t ack_room[BOOK_ACK_TONES]; /* on each tone: no HARQ-ACK is free before that ms */
};

/* NPDSCH behind the DCI of a search. */
struct book_block {
	struct nbsi_dl_run run;
	uint64_t base; /* index from which its delay counts */
	bool late;     /* not the first delay */
};

static bool
book_begin(struct book_search *search, struct nbsi_carrier *carrier, const struct nbsi_space *space,
	   uint64_t from_ns, uint64_t until_ns, uint32_t dci_reps)
{
	*search = (struct book_search){.carrier = carrier,
				       .from = nbsi_subframe_from(from_ns),
				       .until = nbsi_subframe_from(until_ns)};
	if (search->from < carrier->now)
		search->from = carrier->now;
	if (search->until > carrier->horizon)
		search->until = carrier->horizon;
	search->dci.count = dci_reps;
	search->dci.gapped = nbsi_gapped(carrier->calendar, space->rmax);
	return nbsi_candidates_init(&search->candidates, space->rmax, space->g, space->offset_8th,
				    dci_reps);
}

/* The next candidate that is free; the one found before is not offered again. */
static bool
book_next(struct book_search *search)
{
	const struct nbs_calendar *calendar = search->carrier->calendar;

	while (search->from < search->until) {
		const uint64_t start =
		    nbsi_calendar_candidate(calendar, &search->candidates, search->from);
		uint64_t room;
		bool fits;

		if (start >= search->until)
			return false;
		search->dci.index = nbsi_valid_before(calendar, start);
		search->from = start + 1U;
		fits = nbsi_dl_fits(search->carrier, &search->dci);
		/* A gap may put it on air later than it began. */
		if (fits || search->dci.start_sf >= search->until)
			return search->dci.start_sf < search->until;
		search->late = true;
		room = nbsi_dl_next(search->carrier, &search->dci);
		if (room == NBSI_NOWHERE)
			return false;
		/* One that begins in a gap is on air after it, whatever its first subframe is. */
		if (search->dci.gapped)
			continue;
		room = nbsi_subframe_of(calendar, room);
		if (room > search->from)
			search->from = room;
	}
	return false;
}

/* The candidate was not used: on to those that end there or later. With gaps, one by one. */
static void
book_skip_to_end(struct book_search *search, uint64_t least_end_sf)
{
	const struct nbs_calendar *calendar = search->carrier->calendar;
	uint64_t last, start;

	search->late = true;
	if (search->dci.gapped || least_end_sf == 0)
		return;
	last = nbsi_valid_before(calendar, least_end_sf - 1U);
	if (last < search->dci.count)
		return;
	start = nbsi_subframe_of(calendar, last - search->dci.count + 1U);
	if (start > search->from)
		search->from = start;
}

/* The same for blocks that begin with that index or later. */
static void
book_skip_to_block(struct book_search *search, uint64_t least_index, uint64_t longest_k0)
{
	uint64_t least_end = 0;

	/* The delay counts from the first valid subframe four after the DCI's end. */
	if (least_index > longest_k0)
		least_end =
		    nbsi_subframe_of(search->carrier->calendar, least_index - longest_k0 - 1U) + 1U;
	book_skip_to_end(
	    search, least_end > NBS_DL_SWITCH_SUBFRAMES ? least_end - NBS_DL_SWITCH_SUBFRAMES : 0);
}

/* The same for blocks of at most so many subframes that end there or later. */
static void
book_skip_to_block_end(struct book_search *search, uint32_t subframes, uint64_t least_end_sf,
		       uint64_t longest_k0)
{
	const uint64_t last =
	    least_end_sf > 0 ? nbsi_valid_before(search->carrier->calendar, least_end_sf - 1U) : 0;

	book_skip_to_block(search, last > subframes ? last - subframes + 1U : 0, longest_k0);
}

/* The first of the delays at which a block is free. */
static bool
book_find_block(const struct book_search *search, uint32_t subframes, struct book_block *block)
{
	const struct nbs_calendar *calendar = search->carrier->calendar;

	*block = (struct book_block){
	    .run = {.count = subframes, .gapped = search->dci.gapped},
	    .base = nbsi_valid_before(calendar, search->dci.end_sf + NBS_DL_SWITCH_SUBFRAMES)};
	for (uint32_t i = 0; i < BOOK_DELAYS_DL; i++) {
		block->run.index = block->base + nbs_npdsch_k0(i, search->candidates.rmax);
		if (nbsi_dl_fits(search->carrier, &block->run))
			return true;
		block->late = true;
	}
	return false;
}

/*
 * No delay was free for a block of so many subframes: on to candidates from which one of the
 * delays reaches room, if there are.
 */
static bool
book_skip_full(struct book_search *search, uint32_t subframes, uint64_t base)
{
	uint64_t least = NBSI_NOWHERE;

	for (uint32_t i = 0; i < BOOK_DELAYS_DL; i++) {
		const uint64_t k0 = nbs_npdsch_k0(i, search->candidates.rmax);
		const struct nbsi_dl_run run = {
		    .index = base + k0, .count = subframes, .gapped = search->dci.gapped};

		/* What the delay before has found beyond this one is the next for both. */
		if (search->room[i] < run.index && i > 0 && search->room[i - 1U] >= run.index)
			search->room[i] = search->room[i - 1U];
		if (search->room[i] < run.index)
			search->room[i] = nbsi_dl_next(search->carrier, &run);
		if (search->room[i] != NBSI_NOWHERE && search->room[i] - k0 < least)
			least = search->room[i] - k0;
	}
	if (least == NBSI_NOWHERE)
		return false;
	book_skip_to_block(search, least, 0);
	return true;
}

/* The first resource for a HARQ-ACK that is free. */
static bool
book_find_ack(const struct book_search *search, uint64_t block_end, uint32_t ack_ms,
	      struct nbsi_ul_run *ack)
{
	for (uint32_t field = 0; field < BOOK_ACK_FIELDS; field++) {
		*ack = (struct nbsi_ul_run){.tones = {.first = field % BOOK_ACK_TONES, .count = 1},
					    .start_ms =
						block_end + nbs_ack_k0(NBS_SCS_15K, field) - 1U,
					    .tx_ms = ack_ms};
		if (search->ack_room[ack->tones.first] <= ack->start_ms &&
		    nbsi_ul_fits(search->carrier, ack))
			return true;
	}
	return false;
}

/* No HARQ-ACK was free: as book_skip_full(). */
static bool
book_skip_ack(struct book_search *search, const struct book_block *block, uint32_t ack_ms)
{
	const struct nbs_calendar *calendar = search->carrier->calendar;
	const uint64_t longest = nbs_npdsch_k0(BOOK_DELAYS_DL - 1U, search->candidates.rmax);
	const uint64_t longest_ack = nbs_ack_k0(NBS_SCS_15K, BOOK_ACK_FIELDS - 1U) - 1U;
	const uint64_t earliest =
	    nbsi_subframe_of(calendar, block->base + block->run.count - 1U) + 1U;
	const uint64_t from_ms = earliest + nbs_ack_k0(NBS_SCS_15K, 0) - 1U;
	uint64_t room = NBSI_NOWHERE;

	for (uint32_t tone = 0; tone < BOOK_ACK_TONES && room != from_ms; tone++) {
		uint64_t *known = &search->ack_room[tone];

		if (*known < from_ms)
			*known = nbsi_ul_next_ack(search->carrier, tone, ack_ms, from_ms);
		if (*known < room)
			room = *known;
	}
	if (room == NBSI_NOWHERE)
		return false;
	book_skip_to_block_end(search, block->run.count, room - longest_ack, longest);
	return true;
}

static void
book_take_dci(struct book_search *search, uint64_t *start_ns, uint64_t *end_ns)
{
	nbsi_dl_take(search->carrier, &search->dci);
	search->carrier->stats.dci_sf += search->dci.count;
	*start_ns = search->dci.start_sf * NBS_SUBFRAME_NS;
	*end_ns = search->dci.end_sf * NBS_SUBFRAME_NS;
}

static void
book_take_block(struct nbsi_carrier *carrier, const struct nbsi_dl_run *run, uint64_t *start_ns,
		uint64_t *end_ns)
{
	nbsi_dl_take(carrier, run);
	carrier->stats.npdsch_sf += run->count;
	*start_ns = run->start_sf * NBS_SUBFRAME_NS;
	*end_ns = run->end_sf * NBS_SUBFRAME_NS;
}

static void
book_take_ack(struct nbsi_carrier *carrier, const struct nbsi_ul_run *ack, struct nbsi_grant *grant)
{
	nbsi_ul_take(carrier, ack);
	carrier->stats.ack_tone_ms += ack->tx_ms;
	grant->ack_start_ns = ack->start_ms * NBS_SUBFRAME_NS;
	grant->ack_end_ns = ack->end_ms * NBS_SUBFRAME_NS;
	grant->postponed_ns = ack->postponed_ms * NBS_SUBFRAME_NS;
}

bool
nbsi_book_downlink(struct nbsi_carrier *carrier, const struct nbsi_space *space, uint64_t from_ns,
		   uint64_t until_ns, uint32_t dci_reps, uint32_t subframes, uint32_t ack_ms,
		   struct nbsi_grant *grant)
{
	struct book_search search;
	struct book_block block = {0};
	struct nbsi_ul_run ack = {0};
	bool late = false;

	*grant = (struct nbsi_grant){0};
	if (!book_begin(&search, carrier, space, from_ns, until_ns, dci_reps))
		return false;
	for (;;) {
		if (!book_next(&search))
			return false;
		if (subframes == 0)
			break;
		if (!book_find_block(&search, subframes, &block)) {
			if (!book_skip_full(&search, subframes, block.base))
				return false;
			continue;
		}
		if (ack_ms == 0 || book_find_ack(&search, block.run.end_sf, ack_ms, &ack))
			break;
		if (!book_skip_ack(&search, &block, ack_ms))
			return false;
	}
	book_take_dci(&search, &grant->dci_start_ns, &grant->dci_end_ns);
	late = search.late;
	if (subframes > 0) {
		book_take_block(carrier, &block.run, &grant->start_ns, &grant->end_ns);
		late = late || block.late;
	}
	if (subframes > 0 && ack_ms > 0) {
		book_take_ack(carrier, &ack, grant);
		late = late || ack.start_ms - block.run.end_sf != nbs_ack_k0(NBS_SCS_15K, 0) - 1U;
	}
	carrier->stats.waits += late;
	return true;
}

static void
book_take_tones(struct nbsi_carrier *carrier, const struct nbsi_ul_run *run,
		struct nbsi_grant *grant)
{
	nbsi_ul_take(carrier, run);
	carrier->stats.npusch_tone_ms += (uint64_t)run->tones.count * run->tx_ms;
	grant->start_ns = run->start_ms * NBS_SUBFRAME_NS;
	grant->end_ns = run->end_ms * NBS_SUBFRAME_NS;
	grant->postponed_ns = run->postponed_ms * NBS_SUBFRAME_NS;
}

/* No delay had a place: on to candidates from which one may have, if there are. */
static bool
book_skip_places(struct book_search *search, const struct nbsi_ul_need *need,
		 const struct nbsi_ul_room *rooms)
{
	uint64_t least = NBSI_NOWHERE;

	for (uint32_t i = 0; i < BOOK_DELAYS_UL; i++) {
		const uint64_t room = nbsi_ul_room_least(&rooms[i], need);

		if (room != NBSI_NOWHERE && room - nbs_npusch_k0(i) < least)
			least = room - nbs_npusch_k0(i);
	}
	if (least == NBSI_NOWHERE)
		return false;
	book_skip_to_end(search, least);
	return true;
}

bool
nbsi_book_uplink(struct nbsi_carrier *carrier, const struct nbsi_space *space, uint64_t from_ns,
		 uint64_t until_ns, uint32_t dci_reps, const struct nbsi_ul_need *need,
		 struct nbsi_grant *grant)
{
	struct nbsi_ul_room rooms[BOOK_DELAYS_UL] = {0};
	struct book_search search;
	struct nbsi_ul_run run;

	*grant = (struct nbsi_grant){0};
	if (!book_begin(&search, carrier, space, from_ns, until_ns, dci_reps))
		return false;
	while (book_next(&search)) {
		for (uint32_t i = 0; i < BOOK_DELAYS_UL; i++) {
			if (!nbsi_ul_place(carrier, need, search.dci.end_sf + nbs_npusch_k0(i),
					   &rooms[i], &run))
				continue;
			book_take_dci(&search, &grant->dci_start_ns, &grant->dci_end_ns);
			book_take_tones(carrier, &run, grant);
			carrier->stats.waits += search.late || i > 0;
			return true;
		}
		if (!book_skip_places(&search, need, rooms))
			return false;
	}
	return false;
}

/* ---- random access responses ---- */

/* Books the Msg3s of a RAR that ends there. @return how many found a place. */
static unsigned
book_msg3s(struct nbsi_carrier *carrier, const struct nbsi_ul_need *needs, unsigned count,
	   uint64_t rar_end, struct nbsi_ul_run *runs)
{
	for (unsigned n = 0; n < count; n++) {
		uint32_t i = 0;

		while (i < BOOK_DELAYS_UL &&
		       !nbsi_ul_place(carrier, &needs[n], rar_end + nbs_rar_k0(i), NULL, &runs[n]))
			i++;
		if (i == BOOK_DELAYS_UL)
			return n;
		nbsi_ul_take(carrier, &runs[n]);
	}
	return count;
}

/*
 * The most responses, from count down, that find room for the RAR and for every Msg3. Fewer
 * responses make a shorter RAR and earlier Msg3s, so each number is tried for itself. @return 0 if
 * there is no room for one; the block is then the one of a single response.
 */
static unsigned
book_find_rar(const struct book_search *search, const uint32_t *subframes,
	      const struct nbsi_ul_need *msg3, unsigned count, struct book_block *block,
	      struct nbsi_ul_run *runs)
{
	for (unsigned n = count; n > 0; n--) {
		unsigned fit;

		if (!book_find_block(search, subframes[n - 1U], block))
			continue;
		fit = book_msg3s(search->carrier, msg3, n, block->run.end_sf, runs);
		if (fit == n)
			return n;
		for (unsigned placed = fit; placed > 0; placed--)
			nbsi_ul_give_back(search->carrier, &runs[placed - 1U]);
		/* A RAR that is no shorter with fewer responses has room for no others. */
		while (n - 1U > fit && subframes[n - 2U] == subframes[n - 1U])
			n--;
	}
	return 0;
}

/* Not one response had room: on to candidates that can reach the next room, if there are. */
static bool
book_skip_rar(struct book_search *search, const uint32_t *subframes,
	      const struct nbsi_ul_need *msg3, unsigned count, struct book_block *block)
{
	const uint64_t longest = nbs_npdsch_k0(BOOK_DELAYS_DL - 1U, search->candidates.rmax);
	const uint64_t longest_ul = nbs_rar_k0(BOOK_DELAYS_UL - 1U);
	uint64_t room;

	room = nbsi_ul_next(search->carrier, &msg3[0], search->dci.end_sf);
	if (room == NBSI_NOWHERE || !book_skip_full(search, subframes[0], block->base))
		return false;
	book_skip_to_block_end(search, subframes[count - 1U],
			       room > longest_ul ? room - longest_ul : 0, longest);
	return true;
}

bool
nbsi_book_rar(struct nbsi_carrier *carrier, const struct nbsi_space *space, uint64_t from_ns,
	      uint64_t until_ns, uint32_t dci_reps, const uint32_t *subframes,
	      const struct nbsi_ul_need *msg3, unsigned count, struct nbsi_rar *rar)
{
	struct nbsi_ul_run runs[NBSI_RAR_MAX];
	struct book_search search;
	struct book_block block;
	unsigned fit;

	*rar = (struct nbsi_rar){0};
	if (count == 0 || count > NBSI_RAR_MAX ||
	    !book_begin(&search, carrier, space, from_ns, until_ns, dci_reps))
		return false;
	do {
		if (!book_next(&search))
			return false;
		fit = book_find_rar(&search, subframes, msg3, count, &block, runs);
		if (fit == 0 && !book_skip_rar(&search, subframes, msg3, count, &block))
			return false;
	} while (fit == 0);
	rar->count = fit;
	book_take_dci(&search, &rar->dci_start_ns, &rar->dci_end_ns);
	book_take_block(carrier, &block.run, &rar->start_ns, &rar->end_ns);
	for (unsigned n = 0; n < rar->count; n++) {
		rar->msg3[n].start_ns = runs[n].start_ms * NBS_SUBFRAME_NS;
		rar->msg3[n].end_ns = runs[n].end_ms * NBS_SUBFRAME_NS;
		rar->msg3[n].postponed_ns = runs[n].postponed_ms * NBS_SUBFRAME_NS;
		carrier->stats.npusch_tone_ms += (uint64_t)runs[n].tones.count * runs[n].tx_ms;
	}
	carrier->stats.waits += search.late || block.late || rar->count < count;
	return true;
}

bool
nbsi_book_tones(struct nbsi_carrier *carrier, uint64_t from_ns, uint64_t until_ns,
		const struct nbsi_ul_need *need, struct nbsi_grant *grant)
{
	const uint64_t until = nbsi_subframe_from(until_ns);
	const uint64_t first = nbsi_subframe_from(from_ns);
	const uint64_t earliest = first > carrier->now ? first : carrier->now;
	uint64_t start = earliest;
	struct nbsi_ul_room room = {0};
	struct nbsi_ul_run run;

	*grant = (struct nbsi_grant){0};
	while (start < until && !nbsi_ul_place(carrier, need, start, &room, &run))
		start = nbsi_ul_room_least(&room, need);
	if (start >= until)
		return false;
	book_take_tones(carrier, &run, grant);
	carrier->stats.waits += start > earliest;
	return true;
}
