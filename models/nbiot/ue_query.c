/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be asked of a UE; nothing here changes it. */
#include "models/nbiot/ue_internal.h"

static const char *const ue_state_names[NBS_UE__COUNT] = {
    [NBS_UE_OFF] = "off",         [NBS_UE_PSM] = "psm",     [NBS_UE_IDLE] = "idle",
    [NBS_UE_ACCESS] = "access",   [NBS_UE_BURST] = "burst", [NBS_UE_CONNECTED] = "connected",
    [NBS_UE_BACKOFF] = "backoff",
};

const char *
nbs_ue_state_name(enum nbs_ue_state state)
{
	return (unsigned)state < NBS_UE__COUNT ? ue_state_names[state] : "?";
}

void
nbs_ue_on_downlink(struct nbs_ue *ue, nbs_ue_downlink_fn fn, void *arg)
{
	ue->on_downlink = fn;
	ue->on_downlink_arg = arg;
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
