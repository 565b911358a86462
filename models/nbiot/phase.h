/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A phase's beginning and end: where the state machine, the eNB's random access and the pen meet.
 */
#ifndef NBSEC_MODELS_NBIOT_PHASE_H
#define NBSEC_MODELS_NBIOT_PHASE_H

#include "models/nbiot/draw.h"

/** Ends the phase before and enters a state without one. */
void nbsi_phase_enter(struct nbs_ue *ue, enum nbs_ue_state state);

/** Ends the phase before, enters a state with a new timeline and lifts the pen over it. */
struct nbsi_draw nbsi_phase_begin(struct nbs_ue *ue, enum nbs_ue_state state);

/** Lifts the pen again where it was laid down (ue->ra.drawn_ns), in the same timeline. */
struct nbsi_draw nbsi_phase_resume(struct nbs_ue *ue);

/**
 * The phase is drawn: its end will be an event, unless a preamble is on air: then the occasion is
 * the event. A phase that came through a random access takes the state that follows it.
 */
void nbsi_phase_commit(struct nbsi_draw *draw);

#endif
