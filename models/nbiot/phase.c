/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Phases: the one writer of a UE's state, and of the timeline under it. */
#include "models/nbiot/phase.h"

/* What a state draws where no timeline says otherwise. */
static const enum nbs_power_state phase_power[NBS_UE__COUNT] = {
    [NBS_UE_OFF] = NBS_POWER_OFF,      [NBS_UE_NO_CELL] = NBS_POWER_IDLE,
    [NBS_UE_PSM] = NBS_POWER_PSM,      [NBS_UE_IDLE] = NBS_POWER_IDLE,
    [NBS_UE_RA] = NBS_POWER_ACTIVE,    [NBS_UE_ACCESS] = NBS_POWER_ACTIVE,
    [NBS_UE_BURST] = NBS_POWER_ACTIVE, [NBS_UE_CONNECTED] = NBS_POWER_MONITOR,
    [NBS_UE_BACKOFF] = NBS_POWER_IDLE,
};

/* What a state is for where nothing is drawn. */
static const enum nbs_power_layer phase_layer[NBS_UE__COUNT] = {
    [NBS_UE_OFF] = NBS_LAYER_SLEEP,     [NBS_UE_NO_CELL] = NBS_LAYER_SLEEP,
    [NBS_UE_PSM] = NBS_LAYER_SLEEP,     [NBS_UE_IDLE] = NBS_LAYER_SLEEP,
    [NBS_UE_RA] = NBS_LAYER_ACCESS,     [NBS_UE_ACCESS] = NBS_LAYER_ACCESS,
    [NBS_UE_BURST] = NBS_LAYER_ACCESS,  [NBS_UE_CONNECTED] = NBS_LAYER_TAIL,
    [NBS_UE_BACKOFF] = NBS_LAYER_SLEEP,
};

/* The mark of a state; who sleeps does so for no message. */
static struct nbs_power_mark
phase_mark(const struct nbs_ue *ue, enum nbs_ue_state state)
{
	const bool asleep = phase_layer[state] == NBS_LAYER_SLEEP && state != NBS_UE_BACKOFF;

	return (struct nbs_power_mark){.layer = (uint8_t)phase_layer[state],
				       .cause = asleep ? (uint8_t)NBS_CAUSE_NONE : ue->mark.cause};
}

/* The module's own way into deep sleep, of which little may have been possible. */
static void
phase_book_down(const struct nbs_ue *ue, struct nbs_account *account, uint64_t now_ns)
{
	const uint64_t left_ns = now_ns > account->since_ns ? now_ns - account->since_ns : 0;

	if (ue->down_ns > 0)
		(void)nbs_account_spend(account, ue->down_ns < left_ns ? ue->down_ns : left_ns,
					NBS_POWER_DOWN,
					nbs_modem_power_mw(ue->modem, NBS_POWER_DOWN, 0.0));
}

enum nbs_status
nbsi_ue_book_into(const struct nbs_ue *ue, struct nbs_account *account, uint64_t now_ns)
{
	const struct nbs_power_mark mark = phase_mark(ue, ue->state);

	if (ue->timeline != NULL)
		nbsi_timeline_book(ue->timeline, account, now_ns);
	nbs_account_mark(account, &mark);
	phase_book_down(ue, account, now_ns);
	return nbs_account_close(account, now_ns);
}

enum nbs_status
nbsi_ue_book(struct nbs_ue *ue, uint64_t now_ns)
{
	const enum nbs_status status = nbsi_ue_book_into(ue, &ue->account, now_ns);

	nbsi_timeline_give(&ue->cell->timelines, ue->timeline);
	ue->timeline = NULL;
	ue->down_ns = 0;
	return status;
}

void
nbsi_phase_enter(struct nbs_ue *ue, enum nbs_ue_state state)
{
	uint64_t now = nbs_now(ue->cell->engine);
	enum nbs_power_state power = phase_power[state];
	enum nbs_status status = nbsi_ue_book(ue, now);

	nbs_timer_cancel(&ue->phase);
	if (status == NBS_OK)
		status = nbs_account_enter(&ue->account, now, power,
					   nbs_modem_power_mw(ue->modem, power, 0.0));
	if (status != NBS_OK)
		nbsi_cell_fault(ue->cell, status);
	ue->state = state;
	ue->mark = phase_mark(ue, state);
}

/* Nothing is retried in a phase that has got too long, nor with a cell off the air. */
static struct nbsi_draw
phase_pen(struct nbs_ue *ue, uint64_t t_ns)
{
	const uint64_t now = nbs_now(ue->cell->engine);
	const uint64_t off_ns = nbsi_cell_off_ns(ue->cell, now);
	const uint64_t limit_ns = now + NBSI_PHASE_MAX_NS;

	return (struct nbsi_draw){.cell = ue->cell,
				  .ue = ue,
				  .t_ns = t_ns,
				  .limit_ns = off_ns < limit_ns ? off_ns : limit_ns};
}

struct nbsi_draw
nbsi_phase_begin(struct nbs_ue *ue, enum nbs_ue_state state)
{
	struct nbsi_draw draw = phase_pen(ue, nbs_now(ue->cell->engine));

	nbsi_phase_enter(ue, state);
	nbsi_cell_advance(ue->cell);
	ue->released = false;
	ue->access_failed = false;
	ue->link_failed = false;
	ue->out_of_sync = false;
	ue->found = false;
	ue->paged = false;
	ue->ra.won = false;
	ue->timeline = nbsi_timeline_take(&ue->cell->timelines);
	draw.status = ue->timeline != NULL ? NBS_OK : NBS_E_NOMEM;
	return draw;
}

struct nbsi_draw
nbsi_phase_resume(struct nbs_ue *ue)
{
	return phase_pen(ue, ue->ra.drawn_ns);
}

void
nbsi_phase_commit(struct nbsi_draw *draw)
{
	struct nbs_ue *ue = draw->ue;
	uint64_t now = nbs_now(draw->cell->engine);

	if (draw->status == NBS_OK && !ue->ra.on_air)
		draw->status = nbs_timer_arm(draw->cell->engine, &ue->phase, draw->t_ns - now);
	if (draw->status != NBS_OK)
		nbsi_cell_fault(draw->cell, draw->status);
	if (ue->ra.on_air)
		ue->state = NBS_UE_RA; /* a burst has come to a random access */
	else if (ue->ra.won)
		ue->state = ue->ra.kind == NBSI_RA_IDLE ? NBS_UE_ACCESS : NBS_UE_BURST;
}
