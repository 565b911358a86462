/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Phases drawn ahead, and alternating states in closed form. */
#include "models/nbiot/timeline.h"

#include <stdlib.h>
#include <string.h>

#define TIMELINE_FIRST 32U /* segments; an access without retransmissions has about thirty */

struct nbsi_timeline *
nbsi_timeline_take(struct nbsi_timeline_pool *pool)
{
	struct nbsi_timeline *timeline = pool->free;

	if (timeline == NULL)
		return calloc(1, sizeof(*timeline));
	pool->free = timeline->next;
	timeline->next = NULL;
	return timeline;
}

void
nbsi_timeline_give(struct nbsi_timeline_pool *pool, struct nbsi_timeline *timeline)
{
	if (timeline == NULL)
		return;
	timeline->count = 0;
	timeline->next = pool->free;
	pool->free = timeline;
}

void
nbsi_timeline_pool_fini(struct nbsi_timeline_pool *pool)
{
	while (pool->free != NULL) {
		struct nbsi_timeline *timeline = pool->free;

		pool->free = timeline->next;
		free(timeline->segments);
		free(timeline);
	}
}

static enum nbs_status
timeline_grow(struct nbsi_timeline *timeline)
{
	uint32_t capacity = timeline->capacity == 0 ? TIMELINE_FIRST : timeline->capacity * 2U;
	struct nbsi_segment *segments =
	    realloc(timeline->segments, capacity * sizeof(*timeline->segments));

	if (segments == NULL)
		return NBS_E_NOMEM;
	timeline->segments = segments;
	timeline->capacity = capacity;
	return NBS_OK;
}

static int
timeline_same_mark(const struct nbs_power_mark *a, const struct nbs_power_mark *b)
{
	return a->layer == b->layer && a->cause == b->cause && a->dbm == b->dbm &&
	       memcmp(a->part, b->part, sizeof(a->part)) == 0;
}

static int
timeline_same(const struct nbsi_segment *a, const struct nbsi_segment *b)
{
	if (!timeline_same_mark(&a->mark, &b->mark))
		return 0;
	if (a->cycle != NULL || b->cycle != NULL)
		return a->cycle == b->cycle;
	return a->state == b->state && !(a->power_mw < b->power_mw) && !(a->power_mw > b->power_mw);
}

enum nbs_status
nbsi_timeline_add(struct nbsi_timeline *timeline, const struct nbsi_segment *segment)
{
	if (segment->duration_ns == 0)
		return NBS_OK;
	if (timeline->count > 0) {
		struct nbsi_segment *last = &timeline->segments[timeline->count - 1];

		if (timeline_same(last, segment)) {
			last->duration_ns += segment->duration_ns;
			return NBS_OK;
		}
	}
	if (timeline->count == timeline->capacity) {
		enum nbs_status status = timeline_grow(timeline);

		if (status != NBS_OK)
			return status;
	}
	timeline->segments[timeline->count++] = *segment;
	return NBS_OK;
}

/* Time on in [0, t) of a cycle that begins with its on-part at 0. */
static uint64_t
timeline_on(uint64_t cycle_ns, uint64_t on_ns, uint64_t t_ns)
{
	uint64_t part = t_ns % cycle_ns;

	return t_ns / cycle_ns * on_ns + (part < on_ns ? part : on_ns);
}

/* The same of one that begins at offset_ns. */
static uint64_t
timeline_on_from(uint64_t cycle_ns, uint64_t on_ns, uint64_t offset_ns, uint64_t t_ns)
{
	uint64_t shift = cycle_ns - offset_ns; /* so that nothing goes below 0 */

	return timeline_on(cycle_ns, on_ns, t_ns + shift) - timeline_on(cycle_ns, on_ns, shift);
}

/* Start of the first on-part that is not over at t_ns, t_ns itself if it runs. */
static uint64_t
timeline_next(uint64_t cycle_ns, uint64_t on_ns, uint64_t offset_ns, uint64_t t_ns)
{
	uint64_t part = (t_ns + cycle_ns - offset_ns) % cycle_ns;

	return part < on_ns ? t_ns : t_ns + (cycle_ns - part);
}

static uint64_t
timeline_inner(const struct nbsi_cycle *cycle, uint64_t t_ns)
{
	return timeline_on_from(cycle->cycle_ns, cycle->on_ns, cycle->offset_ns, t_ns);
}

static uint64_t
timeline_gcd(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* So many gates pass until both cycles stand to each other as before. */
static uint64_t
timeline_gates_repeat(const struct nbsi_cycle *cycle)
{
	return cycle->cycle_ns / timeline_gcd(cycle->gate_cycle_ns, cycle->cycle_ns);
}

/* Time on in the first so many gates that open at or after 0. */
static uint64_t
timeline_on_in_gates(const struct nbsi_cycle *cycle, uint64_t gates)
{
	uint64_t on = 0;

	for (uint64_t i = 0; i < gates; i++) {
		uint64_t open = cycle->gate_offset_ns + i * cycle->gate_cycle_ns;

		on += timeline_inner(cycle, open + cycle->gate_on_ns) - timeline_inner(cycle, open);
	}
	return on;
}

/*
 * Time on in [0, t) behind a gate, in three parts: the gate open across 0, the gates whose cycle
 * is over, of which equal ones are counted once, and the last one.
 */
static uint64_t
timeline_gated_on(const struct nbsi_cycle *cycle, uint64_t t_ns)
{
	uint64_t end = cycle->gate_offset_ns + cycle->gate_on_ns;
	uint64_t across = end > cycle->gate_cycle_ns ? end - cycle->gate_cycle_ns : 0;
	uint64_t on = timeline_inner(cycle, t_ns < across ? t_ns : across);

	if (t_ns > cycle->gate_offset_ns) {
		uint64_t repeat = timeline_gates_repeat(cycle);
		uint64_t gates = (t_ns - cycle->gate_offset_ns) / cycle->gate_cycle_ns;
		uint64_t open = cycle->gate_offset_ns + gates * cycle->gate_cycle_ns;
		uint64_t left = t_ns - open < cycle->gate_on_ns ? t_ns - open : cycle->gate_on_ns;

		if (gates >= repeat)
			on += gates / repeat * timeline_on_in_gates(cycle, repeat);
		on += timeline_on_in_gates(cycle, gates % repeat);
		on += timeline_inner(cycle, open + left) - timeline_inner(cycle, open);
	}
	return on;
}

uint64_t
nbsi_cycle_on_ns(const struct nbsi_cycle *cycle, uint64_t t_ns)
{
	return cycle->gate_cycle_ns == 0 ? timeline_inner(cycle, t_ns)
					 : timeline_gated_on(cycle, t_ns);
}

uint64_t
nbsi_cycle_open_ns(const struct nbsi_cycle *cycle, uint64_t t_ns)
{
	if (cycle->gate_cycle_ns == 0)
		return t_ns;
	return timeline_on_from(cycle->gate_cycle_ns, cycle->gate_on_ns, cycle->gate_offset_ns,
				t_ns);
}

uint64_t
nbsi_cycle_next_on_ns(const struct nbsi_cycle *cycle, uint64_t t_ns)
{
	uint64_t gates;

	if (cycle->gate_cycle_ns == 0)
		return timeline_next(cycle->cycle_ns, cycle->on_ns, cycle->offset_ns, t_ns);
	gates = timeline_gates_repeat(cycle) + 1U; /* the one open now is cut at its front */
	for (uint64_t i = 0; i < gates; i++) {
		uint64_t open = timeline_next(cycle->gate_cycle_ns, cycle->gate_on_ns,
					      cycle->gate_offset_ns, t_ns);
		uint64_t on = timeline_next(cycle->cycle_ns, cycle->on_ns, cycle->offset_ns, open);

		if (timeline_next(cycle->gate_cycle_ns, cycle->gate_on_ns, cycle->gate_offset_ns,
				  on) == on)
			return on;
		t_ns = on;
	}
	return UINT64_MAX;
}

static void
timeline_book_cycle(const struct nbsi_cycle *cycle, struct nbs_account *account,
		    uint64_t duration_ns)
{
	uint64_t from = account->since_ns;
	uint64_t to = from + duration_ns;
	uint64_t on = nbsi_cycle_on_ns(cycle, to) - nbsi_cycle_on_ns(cycle, from);
	uint64_t open = nbsi_cycle_open_ns(cycle, to) - nbsi_cycle_open_ns(cycle, from);

	account->mark.layer = (uint8_t)cycle->on_layer;
	(void)nbs_account_spend(account, on, cycle->on_state, cycle->on_mw);
	account->mark.layer = (uint8_t)cycle->off_layer;
	(void)nbs_account_spend(account, open - on, cycle->off_state, cycle->off_mw);
	(void)nbs_account_spend(account, duration_ns - open, cycle->gated_state, cycle->gated_mw);
}

void
nbsi_timeline_book(const struct nbsi_timeline *timeline, struct nbs_account *account,
		   uint64_t until_ns)
{
	for (uint32_t i = 0; i < timeline->count; i++) {
		const struct nbsi_segment *segment = &timeline->segments[i];
		uint64_t left = until_ns > account->since_ns ? until_ns - account->since_ns : 0;
		uint64_t ns = segment->duration_ns < left ? segment->duration_ns : left;

		nbs_account_mark(account, &segment->mark);
		if (segment->cycle != NULL)
			timeline_book_cycle(segment->cycle, account, ns);
		else
			(void)nbs_account_spend(account, ns, segment->state, segment->power_mw);
	}
}
