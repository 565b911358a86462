/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SARA-N2 data sheet, as quoted in the Exelonix NB|EASY manual: 3.6 V; deep sleep 3 uA, active 6
 * mA, receive 46 mA, transmit 74/75/78/100/220 mA at -40/-7/3/13/23 dBm. The boot from deep sleep
 * is what docs/models/power.md derives.
 */
#include "models/power/test_modem.h"

#define SHEET(value_)                                                                    \
	{                                                                                \
		.value = (value_), .tag = NBS_DATA_SHEET, .source = "SARA-N2 data sheet" \
	}
#define GUESS(value_)                                                        \
	{                                                                    \
		.value = (value_), .tag = NBS_ASSUMED, .source = "for tests" \
	}

const struct nbs_modem *
test_modem(void)
{
	static const struct nbs_modem modem = {
	    .name = "test-modem",
	    .title = "SARA-N211 for tests",
	    .supply_v = SHEET(3.6),
	    .psm_ma = SHEET(0.003),
	    .edrx_ma = GUESS(0.003),
	    .ptw_ma = GUESS(0.003),
	    .idle_ma = GUESS(0.003),
	    .active_ma = SHEET(6.0),
	    .cdrx_sleep_ma = GUESS(6.0),
	    .rx_ma = SHEET(46.0),
	    .sync_rx_share = GUESS(0.1),
	    .boot_mj = GUESS(150.0),
	    .boot_ms = GUESS(1600.0),
	    .wake_mj = GUESS(150.0),
	    .wake_ms = GUESS(1600.0),
	    .down_mj = GUESS(0.0),
	    .down_ms = GUESS(0.0),
	    .tx = {{-40.0, SHEET(74.0)},
		   {-7.0, SHEET(75.0)},
		   {3.0, SHEET(78.0)},
		   {13.0, SHEET(100.0)},
		   {23.0, SHEET(220.0)}},
	    .tx_points = 5,
	};

	return &modem;
}
