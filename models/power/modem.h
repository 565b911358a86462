/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Modem profiles: the current of each power state, every value with where it comes from.
 *
 * Models: supply voltage, a constant current a state, transmit current by radio power (linear
 * between the data sheet's points), the cost of booting after deep sleep.
 * Does not model: temperature, supply droop, start-up transients inside a state, the host MCU.
 */
#ifndef NBSEC_MODELS_POWER_MODEM_H
#define NBSEC_MODELS_POWER_MODEM_H

#include "models/power/account.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_MODEM_TX_POINTS 8U /* most points of a transmit curve */

/** How far a value can be trusted. */
enum nbs_modem_tag {
	NBS_MODEM_MEASURED,
	NBS_MODEM_DATA_SHEET,
	NBS_MODEM_DERIVED, /* arithmetic on the two above; the source shows it */
	NBS_MODEM_ASSUMED
};

/** @return "measured", "data_sheet", "derived", "assumed". */
NBS_API const char *nbs_modem_tag_name(enum nbs_modem_tag tag);

/** A number with its provenance; the unit is in the field's name. */
struct nbs_modem_value {
	double value;
	enum nbs_modem_tag tag;
	const char *source;
};

/** One point of the transmit curve. */
struct nbs_modem_tx_point {
	double dbm; /* at the antenna connector */
	struct nbs_modem_value current_ma;
};

struct nbs_modem {
	const char *name;  /* as scenarios write it */
	const char *title; /* for people */
	struct nbs_modem_value supply_v;
	struct nbs_modem_value psm_ma;        /* deep sleep */
	struct nbs_modem_value idle_ma;       /* between paging occasions */
	struct nbs_modem_value active_ma;     /* awake, radio off */
	struct nbs_modem_value cdrx_sleep_ma; /* connected, between on-durations */
	struct nbs_modem_value rx_ma;
	struct nbs_modem_value sync_rx_share; /* of a cell search, receiver open; else active */
	struct nbs_modem_value wake_mj;       /* boot after deep sleep, whole */
	struct nbs_modem_value wake_ms;       /* its duration */
	struct nbs_modem_tx_point tx[NBS_MODEM_TX_POINTS]; /* rising dbm */
	size_t tx_points;
};

/** @return the profile of that name, static storage; NULL if there is none. */
NBS_API const struct nbs_modem *nbs_modem_find(const char *name);

/** @return all profiles, in the order of `nbsec list modems`. @param[out] count  how many. */
NBS_API const struct nbs_modem *nbs_modem_list(size_t *count);

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
