/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Modem profiles: the current of each power state, every value with where it comes from.
 *
 * Models: supply voltage, a constant current a state, transmit current by radio power (linear
 * between the data sheet's points), what it costs to boot from no supply, to wake from deep sleep
 * and to get back into it.
 * Does not model: temperature, supply droop, start-up transients inside a state, the host MCU.
 */
#ifndef NBSEC_MODELS_POWER_MODEM_H
#define NBSEC_MODELS_POWER_MODEM_H

#include "models/power/account.h"
#include "models/power/value.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_MODEM_TX_POINTS 8U /* most points of a transmit curve */

/** One point of the transmit curve. */
struct nbs_modem_tx_point {
	double dbm; /* at the antenna connector */
	struct nbs_value current_ma;
};

struct nbs_modem {
	char name[64];   /* as scenarios write it */
	char title[128]; /* for people */
	struct nbs_value supply_v;
	struct nbs_value psm_ma;        /* deep sleep */
	struct nbs_value edrx_ma;       /* between paging time windows of extended DRX */
	struct nbs_value ptw_ma;        /* in such a window, between its paging occasions */
	struct nbs_value idle_ma;       /* idle DRX, between paging occasions */
	struct nbs_value active_ma;     /* awake, radio off */
	struct nbs_value cdrx_sleep_ma; /* connected, between on-durations */
	struct nbs_value rx_ma;
	struct nbs_value sync_rx_share; /* of a cell search, receiver open; else active */
	struct nbs_value boot_mj;       /* from no supply to the cell search, whole */
	struct nbs_value boot_ms;       /* its duration */
	struct nbs_value wake_mj;       /* the same from deep sleep */
	struct nbs_value wake_ms;
	struct nbs_value down_mj; /* from the last word with the network to deep sleep, whole */
	struct nbs_value down_ms; /* 0 = at once */
	struct nbs_modem_tx_point tx[NBS_MODEM_TX_POINTS]; /* rising dbm */
	uint32_t tx_points;
};

/**
 * @param tx_dbm  read for RA and TX only; outside the curve its end points hold.
 * @return power in mW drawn from the supply; 0 for a value outside the enumeration.
 */
NBS_API double nbs_modem_power_mw(const struct nbs_modem *modem, enum nbs_power_state state,
				  double tx_dbm);

#ifdef __cplusplus
}
#endif
#endif
