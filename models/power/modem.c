/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modem profiles. A profile holds currents as the data sheet prints them; power is computed in
 * one place, nbs_modem_power_mw(), so that no state can miss the supply voltage.
 */
#include "models/power/modem.h"

#include <string.h>

#define SHEET 0.15
#define DERIVED 0.20
#define ASSUMED 0.40
#define SARA_SHEET "u-blox SARA-N2 data sheet, as quoted in the Exelonix NB|EASY manual"

static const struct nbs_modem modem_profiles[] = {
    {
	.name = "sara-n211",
	.title = "u-blox SARA-N211 (NB1)",
	.supply_v = {3.6, NBS_DATA_SHEET, SHEET, SARA_SHEET},
	.psm_ma = {0.003, NBS_DATA_SHEET, SHEET, SARA_SHEET ": deep sleep, mean over 10 s"},
	.edrx_ma = {0.003, NBS_ASSUMED, ASSUMED, "the deep-sleep current"},
	.ptw_ma = {0.003, NBS_ASSUMED, ASSUMED, "the deep-sleep current"},
	/* The sheet has one sleep current; between paging occasions the module uses it too. */
	.idle_ma = {0.003, NBS_ASSUMED, ASSUMED, "the deep-sleep current"},
	.active_ma = {6.0, NBS_DATA_SHEET, SHEET, SARA_SHEET ": active mode, mean over 10 s"},
	/* Too short for deep sleep. Measured C-DRX tails (44.7 mW) lie 11 % below what this
	 * gives at a duty of 20 %: 0.2 x 165.6 + 0.8 x 21.6 = 50.4 mW. */
	.cdrx_sleep_ma = {6.0, NBS_ASSUMED, ASSUMED, "the active-mode current"},
	.rx_ma = {46.0, NBS_DATA_SHEET, SHEET, SARA_SHEET ": receive, mean over 10 s"},
	/* NPSS and NPBCH are one subframe in ten each. */
	.sync_rx_share = {0.1, NBS_ASSUMED, ASSUMED,
			  "NB-IoT power consumption sheet of EricssonResearch/EDHOC: receiver "
			  "open 10 % of PSS/SSS and MIB time"},
	.boot_mj = {150.0, NBS_ASSUMED, ASSUMED, "as from deep sleep"},
	.boot_ms = {1600.0, NBS_ASSUMED, ASSUMED, "as from deep sleep"},
	.down_mj = {0.0, NBS_ASSUMED, ASSUMED, "nobody measured it"},
	.down_ms = {0.0, NBS_ASSUMED, ASSUMED, "nobody measured it"},
	/* Sessions measured in Norway contain a wake-up of about 0.1 to 0.2 J: the middle. */
	.wake_mj = {150.0, NBS_DERIVED, DERIVED,
		    "middle of 0.1..0.2 J left over in SARA-N211 sessions with release assistance, "
		    "Norwegian NB-IoT measurement campaign"},
	/* Half of it receiving, half active: 150 mJ / ((165.6 + 21.6) / 2 mW) = 1602.6 ms. */
	.wake_ms = {1600.0, NBS_DERIVED, DERIVED,
		    "wake_mj over the mean of receive and active power, rounded to 0.1 s"},
	.tx = {{-40.0, {74.0, NBS_DATA_SHEET, SHEET, SARA_SHEET}},
	       {-7.0, {75.0, NBS_DATA_SHEET, SHEET, SARA_SHEET}},
	       {3.0, {78.0, NBS_DATA_SHEET, SHEET, SARA_SHEET}},
	       {13.0, {100.0, NBS_DATA_SHEET, SHEET, SARA_SHEET}},
	       {23.0, {220.0, NBS_DATA_SHEET, SHEET, SARA_SHEET}}},
	.tx_points = 5,
    },
};

const struct nbs_modem *
nbs_modem_list(size_t *count)
{
	*count = sizeof(modem_profiles) / sizeof(modem_profiles[0]);
	return modem_profiles;
}

const struct nbs_modem *
nbs_modem_find(const char *name)
{
	size_t count;
	const struct nbs_modem *all = nbs_modem_list(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(all[i].name, name) == 0)
			return &all[i];
	}
	return NULL;
}

/* Linear between the points; data sheets say nothing beyond the ends, so they hold there. */
static double
modem_tx_ma(const struct nbs_modem *modem, double tx_dbm)
{
	const struct nbs_modem_tx_point *tx = modem->tx;
	size_t i = 1;

	if (tx_dbm <= tx[0].dbm)
		return tx[0].current_ma.value;
	while (i < modem->tx_points && tx_dbm > tx[i].dbm)
		i++;
	if (i == modem->tx_points)
		return tx[i - 1].current_ma.value;
	double share = (tx_dbm - tx[i - 1].dbm) / (tx[i].dbm - tx[i - 1].dbm);
	return tx[i - 1].current_ma.value +
	       share * (tx[i].current_ma.value - tx[i - 1].current_ma.value);
}

static double
modem_sync_ma(const struct nbs_modem *modem)
{
	double open = modem->sync_rx_share.value;

	return open * modem->rx_ma.value + (1.0 - open) * modem->active_ma.value;
}

/* mJ over s is mW; what takes no time draws nothing. */
static double
modem_mean_mw(const struct nbs_value *mj, const struct nbs_value *ms)
{
	return ms->value > 0.0 ? mj->value / (ms->value / 1000.0) : 0.0;
}

double
nbs_modem_power_mw(const struct nbs_modem *modem, enum nbs_power_state state, double tx_dbm)
{
	double volt = modem->supply_v.value;

	switch (state) {
	case NBS_POWER_BOOT:
		return modem_mean_mw(&modem->boot_mj, &modem->boot_ms);
	case NBS_POWER_WAKE:
		return modem_mean_mw(&modem->wake_mj, &modem->wake_ms);
	case NBS_POWER_DOWN:
		return modem_mean_mw(&modem->down_mj, &modem->down_ms);
	case NBS_POWER_SYNC:
		return volt * modem_sync_ma(modem);
	case NBS_POWER_RA:
	case NBS_POWER_TX:
		return volt * modem_tx_ma(modem, tx_dbm);
	case NBS_POWER_SI:
	case NBS_POWER_RX:
	case NBS_POWER_MONITOR:
	case NBS_POWER_CDRX_ON:
	case NBS_POWER_PAGING:
		return volt * modem->rx_ma.value;
	case NBS_POWER_ACTIVE:
		return volt * modem->active_ma.value;
	case NBS_POWER_CDRX_SLEEP:
		return volt * modem->cdrx_sleep_ma.value;
	case NBS_POWER_IDLE:
		return volt * modem->idle_ma.value;
	case NBS_POWER_PTW:
		return volt * modem->ptw_ma.value;
	case NBS_POWER_EDRX:
		return volt * modem->edrx_ma.value;
	case NBS_POWER_PSM:
		return volt * modem->psm_ma.value;
	case NBS_POWER_OFF:
	case NBS_POWER__COUNT:
		break;
	}
	return 0.0;
}
