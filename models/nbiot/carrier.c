/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The carrier's life: made for a configuration, told the time, asked what it has booked. */
#include "models/nbiot/carrier_internal.h"

#include <stdlib.h>

enum nbs_status
nbsi_carrier_new(const struct nbs_network_config *config, bool anchor,
		 struct nbsi_carrier **carrier)
{
	struct nbsi_carrier *made = calloc(1, sizeof(*made));
	enum nbs_status status;

	*carrier = NULL;
	if (made == NULL)
		return NBS_E_NOMEM;
	status = nbs_calendar_new(config, anchor, &made->calendar);
	if (status != NBS_OK) {
		free(made);
		return status;
	}
	made->alone = config->load == NBS_LOAD_ALONE;
	made->horizon = NBSI_BOOK_AHEAD_NS / NBS_SUBFRAME_NS;
	made->dl_beyond = nbsi_valid_before(made->calendar, made->horizon);
	*carrier = made;
	return NBS_OK;
}

void
nbsi_carrier_free(struct nbsi_carrier *carrier)
{
	if (carrier == NULL)
		return;
	nbs_calendar_free(carrier->calendar);
	free(carrier);
}

const struct nbs_calendar *
nbsi_carrier_calendar(const struct nbsi_carrier *carrier)
{
	return carrier->calendar;
}

/*
 * Forgets what neighbouring rings hold from one time to a later one. Behind the word of the last
 * booking there is nothing, so that a quiet hour costs no more than a ms.
 */
static void
carrier_forget(uint64_t *rings, unsigned count, uint64_t from, uint64_t to, uint64_t booked_end)
{
	const uint64_t end = (booked_end / NBSI_WORD_BITS + 1U) * NBSI_WORD_BITS;

	if (to > end)
		to = end;
	if (to <= from || from / NBSI_WORD_BITS == to / NBSI_WORD_BITS)
		return;
	for (unsigned i = 0; i < count; i++)
		nbsi_ring_forget(rings + (size_t)i * NBSI_RING_WORDS, from, to);
}

void
nbsi_carrier_advance(struct nbsi_carrier *carrier, uint64_t now_ns)
{
	const uint64_t now = nbsi_subframe_from(now_ns);
	uint64_t dl_now;

	if (now <= carrier->now)
		return;
	dl_now = nbsi_valid_before(carrier->calendar, now);
	carrier_forget(carrier->dl, 1, carrier->dl_now, dl_now, carrier->dl_end);
	carrier_forget(carrier->ul[0], NBS_UL_TONES, carrier->now, now, carrier->ul_end);
	carrier->now = now;
	carrier->dl_now = dl_now;
	carrier->horizon = (now_ns + NBSI_BOOK_AHEAD_NS) / NBS_SUBFRAME_NS;
	carrier->dl_beyond = nbsi_valid_before(carrier->calendar, carrier->horizon);
}

const struct nbsi_carrier_stats *
nbsi_carrier_stats(struct nbsi_carrier *carrier)
{
	carrier->stats.nprach_tone_ms =
	    nbs_calendar_nprach_tone_ms(carrier->calendar, carrier->now * NBS_SUBFRAME_NS);
	return &carrier->stats;
}
