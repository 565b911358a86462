/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A phase drawn ahead: what the modem will do, segment by segment, booked when it is over or
 * where it is cut.
 *
 * Models: segments of constant power, and segments that alternate with a period (C-DRX, paging),
 * such a period inside the open part of a longer one too (extended DRX), booked in closed form from
 * the absolute time.
 * Does not model: anything of radio; it is book-keeping.
 */
#ifndef NBSEC_MODELS_NBIOT_TIMELINE_H
#define NBSEC_MODELS_NBIOT_TIMELINE_H

#include "models/power/account.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * On for the first on_ns of each cycle_ns, counted from offset_ns; off for the rest. With a gate,
 * that holds inside its open part alone, the first gate_on_ns of each gate_cycle_ns counted from
 * gate_offset_ns; the inner cycle goes on counting behind the closed gate.
 */
struct nbsi_cycle {
	uint64_t cycle_ns;
	uint64_t on_ns;     /* at most cycle_ns */
	uint64_t offset_ns; /* below cycle_ns */
	double on_mw, off_mw;
	enum nbs_power_state on_state, off_state;
	enum nbs_power_layer on_layer, off_layer; /* a closed gate is off */
	uint64_t gate_cycle_ns;                   /* 0 = no gate: always open */
	uint64_t gate_on_ns;                      /* at most gate_cycle_ns */
	uint64_t gate_offset_ns;                  /* below gate_cycle_ns */
	double gated_mw;                          /* while closed */
	enum nbs_power_state gated_state;
};

struct nbsi_segment {
	uint64_t duration_ns;
	double power_mw;                /* without a cycle */
	const struct nbsi_cycle *cycle; /* NULL = constant; must outlive the timeline */
	enum nbs_power_state state;     /* without a cycle */
	struct nbs_power_mark mark;     /* with a cycle its layer is the cycle's */
};

struct nbsi_timeline {
	struct nbsi_timeline *next; /* of the pool */
	struct nbsi_segment *segments;
	uint32_t count, capacity;
};

/** Timelines not in use; zero-initialised. */
struct nbsi_timeline_pool {
	struct nbsi_timeline *free;
};

/** @return an empty timeline, NULL without memory. */
struct nbsi_timeline *nbsi_timeline_take(struct nbsi_timeline_pool *pool);

/** Gives a timeline back; NULL is fine. */
void nbsi_timeline_give(struct nbsi_timeline_pool *pool, struct nbsi_timeline *timeline);

/** Frees what the pool holds. */
void nbsi_timeline_pool_fini(struct nbsi_timeline_pool *pool);

/** Appends; equal neighbours become one. A duration of 0 appends nothing. */
enum nbs_status nbsi_timeline_add(struct nbsi_timeline *timeline,
				  const struct nbsi_segment *segment);

/**
 * Books the timeline, which begins where the account stands, up to until_ns at most. The timeline
 * stays as it is.
 */
void nbsi_timeline_book(const struct nbsi_timeline *timeline, struct nbs_account *account,
			uint64_t until_ns);

/** @return time in [0, t_ns) during which the cycle is on (and its gate open). */
uint64_t nbsi_cycle_on_ns(const struct nbsi_cycle *cycle, uint64_t t_ns);

/** @return time in [0, t_ns) during which the gate is open; t_ns without a gate. */
uint64_t nbsi_cycle_open_ns(const struct nbsi_cycle *cycle, uint64_t t_ns);

/**
 * @return the first time at or after t_ns at which the cycle is on (and its gate open);
 *         UINT64_MAX if the on-parts never meet the open parts
 */
uint64_t nbsi_cycle_next_on_ns(const struct nbsi_cycle *cycle, uint64_t t_ns);

#endif
