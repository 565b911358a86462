/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The carrier's search against an exhaustive one that goes through every candidate, delay, place,
 * subframe and ms, and keeps the air in arrays of one byte each.
 */
#include "models/nbiot/carrier_test_util.h"

#define AIR 150000U /* ms: more than a booking may reach */

static unsigned char air_dl[AIR];
static unsigned char air_ul[NBS_UL_TONES][AIR];
static bool air_empty;        /* search as if nothing were booked */
static unsigned nprach_tones; /* bit n: tone n has NPRACH at some time */

enum mark { LOOK, TAKE, GIVE_BACK };

struct up_run {
	struct nbs_tones tones;
	uint64_t start, end, postponed;
	uint32_t tx;
};

struct down_run {
	uint64_t from, start, end;
	uint32_t k0, count;
};

/* What the exhaustive search finds. */
struct plan {
	bool found;
	struct down_run dci, block;
	struct up_run up[NBSI_RAR_MAX];
	unsigned ups;
};

static const uint64_t horizon = NBSI_BOOK_AHEAD_NS / MS;

/* Valid subframe number k0 from there on, and count of them outside of gaps. */
static bool
walk_down(const struct nbs_calendar *calendar, uint32_t rmax, struct down_run *run, enum mark mark)
{
	uint32_t k0 = run->k0, left = run->count;
	uint64_t at = run->from;
	bool fits = true;

	for (;; at++) {
		if (!nbs_calendar_valid(calendar, at))
			continue;
		if (k0 == 0)
			break;
		k0--;
	}
	for (; left > 0; at++) {
		if (at >= AIR)
			return false;
		if (!nbs_calendar_valid(calendar, at) || nbs_calendar_in_gap(calendar, rmax, at))
			continue;
		if (left-- == run->count)
			run->start = at;
		fits = fits && at < horizon && (air_empty || !air_dl[at]);
		if (mark != LOOK)
			air_dl[at] = mark == TAKE;
		run->end = at + 1;
	}
	return fits;
}

/* TS 36.211 10.1.3.6, ms by ms. */
static bool
walk_up(const struct nbs_calendar *calendar, struct up_run *run, enum mark mark)
{
	uint32_t left = run->tx, counted = 0, gap = 0;
	bool fits = true;

	run->postponed = 0;
	for (uint64_t ms = run->start; left > 0; ms++) {
		bool nprach = false;

		if (ms >= horizon)
			return false;
		if (gap > 0) {
			gap--;
			continue;
		}
		for (uint32_t n = 0; n < run->tones.count; n++)
			nprach = nprach || nbs_calendar_nprach(calendar, run->tones.first + n, ms);
		run->postponed += nprach;
		for (uint32_t n = 0; n < run->tones.count && !nprach; n++) {
			fits = fits && (air_empty || !air_ul[run->tones.first + n][ms]);
			if (mark != LOOK)
				air_ul[run->tones.first + n][ms] = mark == TAKE;
		}
		if (!fits && mark == LOOK)
			return false;
		left -= !nprach;
		run->end = ms + 1;
		if (++counted == 256) {
			counted = 0;
			gap = 40;
		}
	}
	return fits;
}

static bool
block_free(const struct up_run *run, uint32_t size)
{
	const uint32_t first = run->tones.first / size * size;

	for (uint32_t tone = first; tone < first + size; tone++) {
		for (uint32_t ms = 0; ms < run->tx && ms < 256; ms++) {
			if (!air_empty && air_ul[tone][run->start + ms])
				return false;
		}
	}
	return true;
}

/* The rule that carrier_ul.c states. */
static unsigned
rank_of(const struct up_run *run)
{
	unsigned broken = 0, nprach = 0;

	for (uint32_t size = 3; size <= 12; size *= 2)
		broken += run->tones.count < size && block_free(run, size);
	for (uint32_t n = 0; n < run->tones.count; n++)
		nprach |= nprach_tones >> (run->tones.first + n) & 1U;
	return broken * 4 + nprach * 2 + (run->tones.first < 4);
}

static bool
walk_place(const struct nbs_calendar *calendar, const struct nbsi_ul_need *need, uint64_t start,
	   struct up_run *best)
{
	unsigned best_rank = 0;
	bool found = false;

	for (uint32_t first = 0; first < 12; first += need->tones) {
		struct up_run run = {.tones = {.first = first, .count = need->tones},
				     .start = start,
				     .tx = need->tx_ms};
		unsigned rank;

		if (!walk_up(calendar, &run, LOOK) || (found && run.end > best->end))
			continue;
		rank = rank_of(&run);
		if (found && run.end == best->end && rank >= best_rank)
			continue;
		*best = run;
		best_rank = rank;
		found = true;
	}
	return found;
}

static bool
walk_block(const struct nbs_calendar *calendar, const struct request *request, uint32_t subframes,
	   struct plan *plan)
{
	for (uint32_t i = 0; i < 8; i++) {
		plan->block = (struct down_run){.from = plan->dci.end + 4,
						.k0 = nbs_npdsch_k0(i, request->space.rmax),
						.count = subframes};
		if (walk_down(calendar, request->space.rmax, &plan->block, LOOK))
			return true;
	}
	return false;
}

static bool
walk_ack(const struct nbs_calendar *calendar, const struct request *request, struct plan *plan)
{
	static const uint32_t k0[] = {13, 15, 17, 18}; /* TS 36.213 Table 16.4.2-2 */

	for (uint32_t field = 0; field < 16; field++) {
		plan->up[0] = (struct up_run){.tones = {.first = field % 4, .count = 1},
					      .start = plan->block.end + k0[field / 4] - 1,
					      .tx = request->ack_ms};
		if (walk_up(calendar, &plan->up[0], LOOK))
			return true;
	}
	return false;
}

/* Msg3s of n responses: each marks the air for those behind it; taken back afterwards. */
static unsigned
walk_msg3s(const struct nbs_calendar *calendar, const struct request *request, unsigned n,
	   struct plan *plan)
{
	static const uint32_t k0[] = {12, 16, 32, 64}; /* TS 36.213 16.3.3 */
	unsigned placed = 0;

	for (; placed < n; placed++) {
		unsigned i = 0;

		while (i < 4 && !walk_place(calendar, &request->need[placed],
					    plan->block.end + k0[i], &plan->up[placed]))
			i++;
		if (i == 4)
			break;
		if (!air_empty)
			(void)walk_up(calendar, &plan->up[placed], TAKE);
	}
	for (unsigned k = 0; k < placed && !air_empty; k++)
		(void)walk_up(calendar, &plan->up[k], GIVE_BACK);
	return placed;
}

/* What a DCI at its place could announce. */
static bool
walk_behind(const struct nbs_calendar *calendar, const struct request *request, struct plan *plan)
{
	static const uint32_t k0[] = {8, 16, 32, 64}; /* TS 36.213 Table 16.5.1-1 */

	plan->ups = 0;
	if (request->kind == REQUEST_DOWN) {
		plan->ups = request->subframes > 0 && request->ack_ms > 0;
		return request->subframes == 0 ||
		       (walk_block(calendar, request, request->subframes, plan) &&
			(plan->ups == 0 || walk_ack(calendar, request, plan)));
	}
	if (request->kind == REQUEST_UP) {
		plan->ups = 1;
		for (unsigned i = 0; i < 4; i++) {
			if (walk_place(calendar, &request->need[0], plan->dci.end + k0[i],
				       &plan->up[0]))
				return true;
		}
		return false;
	}
	for (plan->ups = request->count; plan->ups > 0; plan->ups--) {
		if (walk_block(calendar, request, request->rar_subframes[plan->ups - 1], plan) &&
		    walk_msg3s(calendar, request, plan->ups, plan) == plan->ups)
			return true;
	}
	return false;
}

static void
walk_search(const struct nbs_calendar *calendar, const struct request *request, struct plan *plan)
{
	uint64_t t = request->from_ns;

	*plan = (struct plan){.found = true};
	if (request->kind == REQUEST_TONES) {
		plan->ups = 1;
		for (t = (t + MS - 1) / MS; t * MS < request->until_ns && t < horizon; t++) {
			if (walk_place(calendar, &request->need[0], t, &plan->up[0]))
				return;
		}
		plan->found = false;
		return;
	}
	for (;; t += MS) {
		t = nbs_calendar_npdcch_start_ns(calendar, t, request->space.rmax, request->space.g,
						 request->space.offset_8th, request->dci_reps);
		if (t >= request->until_ns || t / MS >= horizon)
			break;
		plan->dci = (struct down_run){.from = t / MS, .count = request->dci_reps};
		if (walk_down(calendar, request->space.rmax, &plan->dci, LOOK) &&
		    plan->dci.start * MS < request->until_ns &&
		    walk_behind(calendar, request, plan))
			return;
	}
	plan->found = false;
}

/* Whether the plan is later than one on an empty carrier, as carrier.h defines it. */
static bool
walk_waited(const struct nbs_calendar *calendar, const struct request *request,
	    const struct plan *plan)
{
	struct plan empty;

	air_empty = true;
	walk_search(calendar, request, &empty);
	air_empty = false;
	assert_true(empty.found);
	if (plan->dci.start != empty.dci.start || plan->block.start != empty.block.start)
		return true;
	return request->kind == REQUEST_RAR ? plan->ups < request->count
					    : plan->up[0].start != empty.up[0].start;
}

static void
walk_mark(const struct nbs_calendar *calendar, const struct request *request, struct plan *plan)
{
	if (plan->dci.count > 0)
		(void)walk_down(calendar, request->space.rmax, &plan->dci, TAKE);
	if (plan->block.count > 0)
		(void)walk_down(calendar, request->space.rmax, &plan->block, TAKE);
	for (unsigned n = 0; n < plan->ups; n++)
		(void)walk_up(calendar, &plan->up[n], TAKE);
}

static void
check_grant(const struct request *request, const struct plan *plan, const struct nbsi_grant *grant)
{
	const bool down = request->kind == REQUEST_DOWN;

	assert_int_equal(grant->dci_start_ns, plan->dci.start * MS);
	assert_int_equal(grant->dci_end_ns, plan->dci.end * MS);
	assert_int_equal(grant->start_ns, (down ? plan->block.start : plan->up[0].start) * MS);
	assert_int_equal(grant->end_ns, (down ? plan->block.end : plan->up[0].end) * MS);
	assert_int_equal(grant->ack_start_ns, down ? plan->up[0].start * MS : 0);
	assert_int_equal(grant->ack_end_ns, down ? plan->up[0].end * MS : 0);
	assert_int_equal(grant->postponed_ns, plan->up[0].postponed * MS);
}

static void
check_rar(const struct plan *plan, const struct nbsi_rar *rar)
{
	assert_int_equal(rar->dci_start_ns, plan->dci.start * MS);
	assert_int_equal(rar->dci_end_ns, plan->dci.end * MS);
	assert_int_equal(rar->start_ns, plan->block.start * MS);
	assert_int_equal(rar->end_ns, plan->block.end * MS);
	assert_int_equal(rar->count, plan->ups);
	for (unsigned n = 0; n < plan->ups; n++) {
		assert_int_equal(rar->msg3[n].start_ns, plan->up[n].start * MS);
		assert_int_equal(rar->msg3[n].end_ns, plan->up[n].end * MS);
		assert_int_equal(rar->msg3[n].postponed_ns, plan->up[n].postponed * MS);
	}
}

static bool
book(struct nbsi_carrier *carrier, const struct request *r, struct nbsi_grant *grant,
     struct nbsi_rar *rar)
{
	switch (r->kind) {
	case REQUEST_DOWN:
		return nbsi_book_downlink(carrier, &r->space, r->from_ns, r->until_ns, r->dci_reps,
					  r->subframes, r->ack_ms, grant);
	case REQUEST_UP:
		return nbsi_book_uplink(carrier, &r->space, r->from_ns, r->until_ns, r->dci_reps,
					&r->need[0], grant);
	case REQUEST_RAR:
		return nbsi_book_rar(carrier, &r->space, r->from_ns, r->until_ns, r->dci_reps,
				     r->rar_subframes, r->need, r->count, rar);
	default:
		return nbsi_book_tones(carrier, r->from_ns, r->until_ns, &r->need[0], grant);
	}
}

/* The air of the carrier is that of the arrays, tone by tone. */
static void
check_air(const struct nbsi_carrier *carrier)
{
	for (uint64_t at = 0; at < horizon; at++) {
		const uint64_t index = nbs_calendar_valid_before(carrier->calendar, at);

		if (nbs_calendar_valid(carrier->calendar, at))
			assert_int_equal(carrier->dl[index / 64] >> index % 64 & 1, air_dl[at]);
		for (unsigned tone = 0; tone < NBS_UL_TONES; tone++)
			assert_int_equal(carrier->ul[tone][at / 64] >> at % 64 & 1,
					 air_ul[tone][at]);
	}
}

/* Bookings into the same few seconds, until most are refused. */
static void
crowd(enum test_cell cell, uint64_t seed, unsigned bookings, unsigned *found, unsigned *waited)
{
	struct nbsi_carrier *carrier = cell_of(cell);
	uint64_t waits = 0;

	memset(air_dl, 0, sizeof(air_dl));
	memset(air_ul, 0, sizeof(air_ul));
	nprach_tones = 0;
	for (unsigned n = 0; n < NBS_UL_TONES * 10240U; n++)
		nprach_tones |= (unsigned)nbs_calendar_nprach(carrier->calendar, n % 12, n / 12)
				<< n % 12;
	for (unsigned i = 0; i < bookings; i++) {
		struct nbsi_grant grant;
		struct nbsi_rar rar;
		struct request request;
		struct plan plan;

		request_pick(&request, &seed, 4000 * MS, 1500);
		walk_search(carrier->calendar, &request, &plan);
		assert_int_equal(book(carrier, &request, &grant, &rar), plan.found);
		if (!plan.found)
			continue;
		if (request.kind == REQUEST_RAR)
			check_rar(&plan, &rar);
		else
			check_grant(&request, &plan, &grant);
		waits += walk_waited(carrier->calendar, &request, &plan);
		walk_mark(carrier->calendar, &request, &plan);
		++*found;
	}
	assert_int_equal(nbsi_carrier_stats(carrier)->waits, waits);
	check_air(carrier);
	*waited += (unsigned)waits;
	nbsi_carrier_free(carrier);
}

static void
first_fit(enum test_cell cell)
{
	unsigned found = 0, waited = 0;

	for (uint64_t seed = 1; seed <= 6; seed++)
		crowd(cell, seed, 400, &found, &waited);
	/* the test is worth something only if some had to wait and some found nothing */
	assert_in_range(found, 300, 6 * 400 - 300);
	assert_in_range(waited, 300, found);
}

static void
network_a(void **state)
{
	(void)state;
	first_fit(CELL_A);
}

static void
downlink_gaps(void **state)
{
	(void)state;
	first_fit(CELL_GAPS);
}

static void
non_anchor(void **state)
{
	(void)state;
	first_fit(CELL_BARE);
}

static void
nprach_all_over(void **state)
{
	(void)state;
	first_fit(CELL_NPRACH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(network_a),
	    cmocka_unit_test(downlink_gaps),
	    cmocka_unit_test(non_anchor),
	    cmocka_unit_test(nprach_all_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
