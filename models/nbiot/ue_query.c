/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be asked of a UE; nothing here changes it. */
#include "models/nbiot/ue_states.h"

static const char *const ue_state_names[NBS_UE__COUNT] = {
    [NBS_UE_OFF] = "off",         [NBS_UE_NO_CELL] = "no cell",
    [NBS_UE_PSM] = "psm",         [NBS_UE_IDLE] = "idle",
    [NBS_UE_RA] = "ra",           [NBS_UE_ACCESS] = "access",
    [NBS_UE_BURST] = "burst",     [NBS_UE_CONNECTED] = "connected",
    [NBS_UE_BACKOFF] = "backoff",
};

static const char *const ue_reason_names[NBS_UE_REASON__COUNT] = {
    [NBS_UE_FINE] = "fine",
    [NBS_UE_NO_COVERAGE] = "no coverage",
    [NBS_UE_BARRED] = "barred",
    [NBS_UE_OUTAGE] = "outage",
    [NBS_UE_RA_EXHAUSTED] = "random access exhausted",
    [NBS_UE_T300] = "T300",
    [NBS_UE_REJECTED] = "rejected",
    [NBS_UE_LINK_FAILURE] = "radio link failure",
    [NBS_UE_RATE] = "rate control",
};

static const char *const ue_event_names[NBSI_UE_EV__COUNT] = {
    [NBSI_UE_EV_SEND] = "send",           [NBSI_UE_EV_DOWNLINK] = "downlink arrives",
    [NBSI_UE_EV_PHASE] = "phase over",    [NBSI_UE_EV_T3412] = "T3412",
    [NBSI_UE_EV_OFF] = "switch off",      [NBSI_UE_EV_OUTAGE] = "cell off the air",
    [NBSI_UE_EV_ANSWER] = "eNB's answer",
};

const char *
nbs_ue_state_name(enum nbs_ue_state state)
{
	return (unsigned)state < NBS_UE__COUNT ? ue_state_names[state] : "?";
}

const char *
nbs_ue_reason_name(enum nbs_ue_reason reason)
{
	return (unsigned)reason < NBS_UE_REASON__COUNT ? ue_reason_names[reason] : "?";
}

void
nbs_ue_standing(const struct nbs_ue *ue, struct nbs_ue_standing *standing)
{
	const uint64_t now = nbs_now(ue->cell->engine);
	/* A UE that is finished has no timer armed any more, but stood where it stood. */
	const bool runs =
	    (ue->state == NBS_UE_BACKOFF || ue->state == NBS_UE_NO_CELL) && ue->phase.due_ns > now;

	const uint64_t period_ns = ue->rate_up.period_start_ns + NBSI_RATE_PERIOD_NS;

	*standing = (struct nbs_ue_standing){
	    .state = ue->state,
	    .reason = ue->reason == NBS_UE_FINE && ue->held > 0 ? NBS_UE_RATE : ue->reason,
	    .timer = runs ? ue->timer : "",
	    .timer_left_ns = runs ? ue->phase.due_ns - now : 0,
	    .waiting_up = ue->uplink.count + ue->held,
	    .waiting_down = ue->downlink.count,
	};
	if (!runs && ue->held > 0 && period_ns > now) {
		standing->timer = "rate period";
		standing->timer_left_ns = period_ns - now;
	}
}

void
nbsi_ue_print_table(FILE *out)
{
	(void)fputs("| state |", out);
	for (unsigned event = 0; event < NBSI_UE_EV__COUNT; event++)
		(void)fprintf(out, " %s |", ue_event_names[event]);
	(void)fputs("\n|---|", out);
	for (unsigned event = 0; event < NBSI_UE_EV__COUNT; event++)
		(void)fputs("---|", out);
	(void)fputc('\n', out);
	for (unsigned state = 0; state < NBS_UE__COUNT; state++) {
		(void)fprintf(out, "| %s |", ue_state_names[state]);
		for (unsigned event = 0; event < NBSI_UE_EV__COUNT; event++) {
			const struct nbsi_ue_cell *cell = nbsi_ue_table(state, event);

			(void)fprintf(out, " %s |", cell->label != NULL ? cell->label : "");
		}
		(void)fputc('\n', out);
	}
}

/* Mermaid's names have no spaces. */
static void
query_print_name(FILE *out, const char *name)
{
	for (; *name != '\0'; name++)
		(void)fputc(*name == ' ' ? '_' : *name, out);
}

/* The events that lead from a state to another, comma between. @return whether there is one. */
static bool
query_print_events(FILE *out, enum nbs_ue_state from, enum nbs_ue_state to)
{
	const char *between = "";

	for (unsigned event = 0; event < NBSI_UE_EV__COUNT; event++) {
		if ((nbsi_ue_table(from, event)->next >> to & 1U) == 0 || from == to)
			continue;
		if (between[0] == '\0') {
			(void)fputs("    ", out);
			query_print_name(out, ue_state_names[from]);
			(void)fputs(" --> ", out);
			query_print_name(out, ue_state_names[to]);
			(void)fputs(" : ", out);
		}
		(void)fprintf(out, "%s%s", between, ue_event_names[event]);
		between = ", ";
	}
	return between[0] != '\0';
}

void
nbsi_ue_print_diagram(FILE *out)
{
	(void)fputs("```mermaid\nstateDiagram-v2\n    [*] --> off\n", out);
	for (unsigned from = 0; from < NBS_UE__COUNT; from++)
		for (unsigned to = 0; to < NBS_UE__COUNT; to++)
			if (query_print_events(out, from, to))
				(void)fputc('\n', out);
	(void)fputs("```\n", out);
}

void
nbs_ue_on_downlink(struct nbs_ue *ue, nbs_ue_downlink_fn fn, void *arg)
{
	ue->on_downlink = fn;
	ue->on_downlink_arg = arg;
}

void
nbs_ue_on_sleep(struct nbs_ue *ue, nbs_ue_sleep_fn fn, void *arg)
{
	ue->on_sleep = fn;
	ue->on_sleep_arg = arg;
}

enum nbs_ue_state
nbs_ue_state(const struct nbs_ue *ue)
{
	return ue->state;
}

unsigned
nbs_ue_index(const struct nbs_ue *ue)
{
	return ue->index;
}

void
nbs_ue_account_now(const struct nbs_ue *ue, struct nbs_account *account)
{
	*account = ue->account;
	if (!ue->finished)
		(void)nbsi_ue_book_into(ue, account, nbs_now(ue->cell->engine));
}

const struct nbs_account *
nbs_ue_account(const struct nbs_ue *ue)
{
	return &ue->account;
}

const struct nbs_ue_stats *
nbs_ue_stats(const struct nbs_ue *ue)
{
	return &ue->stats;
}

enum nbs_status
nbs_ue_coverage(const struct nbs_ue *ue, struct nbs_ue_coverage *coverage)
{
	const struct nbs_link *link = ue->cell->radios.link;
	struct nbsi_radio *radio = ue->radio;
	const struct nbs_npusch_choice *up;
	const struct nbs_npdsch_choice *down;
	enum nbs_status status = nbsi_radio_uplink(link, radio, NBSI_UL_BYTES_MAX, &up);

	if (status == NBS_OK)
		status = nbsi_radio_downlink(link, radio, NBSI_DL_BYTES_MAX, &down);
	if (status != NBS_OK)
		return status;
	*coverage = (struct nbs_ue_coverage){
	    .ce_level = radio->ce_level,
	    .mcl_db = radio->mcl_db,
	    .nrsrp_dbm = radio->nrsrp_dbm,
	    .preamble_dbm =
		nbs_nprach_power_dbm(&ue->cell->config, radio->ce_level, 1, radio->mcl_db),
	    .tx_dbm = up->tx_power_dbm,
	    .npdcch_repetitions = radio->level[radio->ce_level].dci.repetitions,
	    .ul_tones = up->npusch.tones,
	    .ul_repetitions = up->npusch.n_rep,
	    .dl_repetitions = down->npdsch.n_rep,
	    .in_outage = up->in_outage || down->in_outage,
	};
	return NBS_OK;
}
