/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading system information: SIB1-NB, then each SI message in its windows (TS 36.331 5.2.1.2a,
 * 5.2.3a). How many copies a UE needs follows from the link law: as many subframes as link
 * adaptation would give a block of that size at its coupling loss. Assumed: a UE combines copies
 * over windows; it begins with the next SIB1-NB transmission and reads the messages one by one.
 * What it has read is good for 24 h from the last MIB whose value tag confirmed it (5.2.2.3):
 * nbsi_draw_wake(). Deviations: a copy of eight subframes takes one frame, where the subframes set
 * aside may push its end a few ms into the next; system information never changes.
 */
#include "models/nbiot/draw.h"

#define SI_SIB1_SUBFRAMES 8U /* of one repetition, in 16 frames */
#define SI_SIB1_COPY_MS 160U
#define SI_MS_PER_FRAME 10U

/* Subframes that a block of so many bits needs at the UE's coupling loss. */
static uint32_t
si_subframes(struct nbsi_draw *draw, uint32_t bits)
{
	const struct nbs_npdsch_choice *choice = NULL;

	if (draw->status == NBS_OK)
		draw->status = nbsi_radio_downlink(draw->cell->radios.link, draw->ue->radio,
						   (bits + 7U) / 8U, &choice);
	return draw->status == NBS_OK ? choice->subframes : 1U;
}

static uint32_t
si_ceil(uint32_t a, uint32_t b)
{
	return (a + b - 1U) / b;
}

/* So many copies, the first at from, the next each step later; asleep in between. */
static void
si_copies(struct nbsi_draw *draw, uint32_t copies, uint32_t subframes, uint64_t span_ms,
	  uint64_t step_ms)
{
	const uint64_t open_ns = subframes * NBS_SUBFRAME_NS;
	uint64_t total_ns = ((copies - 1U) * step_ms + span_ms) * NBS_NS_PER_MS;
	const uint64_t received_ns = copies * open_ns;

	nbsi_draw_for(draw, received_ns, NBS_POWER_SI, 0.0);
	if (total_ns > received_ns)
		nbsi_draw_for(draw, total_ns - received_ns, NBS_POWER_ACTIVE, 0.0);
}

/* Repetitions lie evenly in 2,560 ms, each spread over 160 ms. */
static void
si_sib1(struct nbsi_draw *draw)
{
	const struct nbs_network_config *config = &draw->cell->config;
	const uint64_t step_ms = NBS_SIB1_FRAMES * SI_MS_PER_FRAME / config->sib1_repetitions;
	const uint32_t copies =
	    si_ceil(si_subframes(draw, config->sib1_tb_bits), SI_SIB1_SUBFRAMES);

	nbsi_draw_until(draw, nbs_nprach_next_ns(draw->t_ns, (uint32_t)step_ms, 0),
			NBS_POWER_ACTIVE);
	si_copies(draw, copies, SI_SIB1_SUBFRAMES, SI_SIB1_COPY_MS, step_ms);
}

/* Windows of the message recur each period; a window holds so many copies. */
static void
si_message(struct nbsi_draw *draw, uint32_t index)
{
	const struct nbs_network_config *config = &draw->cell->config;
	const struct nbs_si_message *si = &config->si[index];
	const uint32_t subframes = nbs_si_copy_subframes(si->tb_bits);
	const uint32_t step_ms = si->pattern_rf * SI_MS_PER_FRAME;
	const uint32_t period_ms = si->period_rf * SI_MS_PER_FRAME;
	const uint32_t in_window = si_ceil(config->si_window_ms, step_ms);
	uint32_t left = si_ceil(si_subframes(draw, si->tb_bits), subframes);

	while (left > 0 && draw->status == NBS_OK) {
		const uint32_t copies = left < in_window ? left : in_window;

		/* An opportunity like any other that recurs: period and start, in ms. */
		nbsi_draw_until(
		    draw, nbs_nprach_next_ns(draw->t_ns, period_ms, index * config->si_window_ms),
		    NBS_POWER_ACTIVE);
		si_copies(draw, copies, subframes, SI_MS_PER_FRAME, step_ms);
		left -= copies;
	}
}

void
nbsi_draw_si(struct nbsi_draw *draw)
{
	si_sib1(draw);
	for (uint32_t i = 0; i < draw->cell->config.si_count; i++)
		si_message(draw, i);
	draw->ue->si_valid_ns = draw->t_ns + NBSI_SI_VALID_NS;
	draw->ue->stats.si_reads++;
}
