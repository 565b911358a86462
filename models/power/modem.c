/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a profile's currents to power: in one place, so that no state can miss the supply voltage.
 */
#include "models/power/modem.h"

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
