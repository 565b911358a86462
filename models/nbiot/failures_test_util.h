/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a UE should stand when something goes wrong, and books that must balance. */
#ifndef NBSEC_MODELS_NBIOT_FAILURES_TEST_UTIL_H
#define NBSEC_MODELS_NBIOT_FAILURES_TEST_UTIL_H

#include "models/nbiot/ue_internal.h"
#include "models/nbiot/ue_test_util.h"

/* Boot; cell search in level 0; cell search in vain, 5 x 434 ms. */
#define WAKE_NS (UINT64_C(1600) * BENCH_MS)
#define SYNC_NS (UINT64_C(94) * BENCH_MS)
#define VAIN_NS (UINT64_C(2170) * BENCH_MS)

static inline void
check_standing(const struct bench *b, enum nbs_ue_state state, enum nbs_ue_reason reason,
	       const char *timer, uint64_t left_ns)
{
	struct nbs_ue_standing at;

	nbs_ue_standing(b->ue, &at);
	if (at.state != state || at.reason != reason || strcmp(at.timer, timer) != 0 ||
	    at.timer_left_ns != left_ns)
		fail_msg("%.6f s: %s, %s, %s %.6f s; want %s, %s, %s %.6f s",
			 (double)nbs_now(b->engine) * 1e-9, nbs_ue_state_name(at.state),
			 nbs_ue_reason_name(at.reason), at.timer, (double)at.timer_left_ns * 1e-9,
			 nbs_ue_state_name(state), nbs_ue_reason_name(reason), timer,
			 (double)left_ns * 1e-9);
}

/* Packets do not vanish, UEs at rest hold no connection, and nothing was out of place. */
static inline void
check_books(const struct bench *b, unsigned sent_up)
{
	const struct nbs_ue_stats *stats = nbs_ue_stats(b->ue);
	struct nbs_ue_standing at;
	struct nbs_cell_stats cell;

	nbs_ue_standing(b->ue, &at);
	nbs_cell_get_stats(b->cell, &cell);
	assert_int_equal(stats->messages_up + stats->lost_up + at.waiting_up, sent_up);
	assert_int_equal(stats->illegal, 0);
	if (at.state == NBS_UE_PSM || at.state == NBS_UE_IDLE || at.state == NBS_UE_NO_CELL ||
	    at.state == NBS_UE_BACKOFF)
		assert_int_equal(cell.connected, 0);
}

static inline void
one_outage(struct bench *b, uint64_t start_ns, uint64_t duration_ns)
{
	b->config.outages[0] = (struct nbs_outage){start_ns, duration_ns};
}

#endif
