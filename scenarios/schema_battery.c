/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of `battery`: what a device is fed from (models/power/battery.h). Defaults are the
 * convention of TR 45.820 5.4, nbs_battery_config_default(); ranges are the model's.
 */
#include "scenarios/schema_table.h"

/* clang-format off */
#define BAT(field) AT(struct nbs_scenario, battery.field)
#define VOLTAGE NBSI_NUMBER, NBSI_VOLTS, .min = 0, .max = NBS_BATTERY_VOLTAGE_MAX_V

const struct nbsi_key nbsi_battery_keys[] = {
	{"capacity", NBSI_NUMBER, NBSI_WH, .min = NBS_BATTERY_WH_MIN, .max = NBS_BATTERY_WH_MAX,
	 .fallback = "5 Wh", BAT(capacity_wh),
	 .help = "nominal energy of a device's battery, new, at 20 C"},
	{"usable", NBSI_NUMBER, NBSI_RATIO, .min = NBS_BATTERY_USABLE_MIN, .max = 1,
	 .fallback = "1", BAT(usable), .help = "share of the capacity that is to be had"},
	{"self_discharge", NBSI_NUMBER, NBSI_RATIO, .min = 0,
	 .max = NBS_BATTERY_SELF_DISCHARGE_MAX, .fallback = "0", BAT(self_discharge_per_year),
	 .help = "share of what is left that a year takes; doubles every 10 K above 20 C"},
	{"quiescent", NBSI_NUMBER, NBSI_MW, .min = 0, .max = 1000, .fallback = "0",
	 BAT(quiescent_mw), .help = "power of the board, beside modem and microcontroller"},
	{"quiescent_current", NBSI_NUMBER, NBSI_MA, .min = 0, .max = 100, .fallback = "0",
	 BAT(quiescent_ma), .help = "the same as a current at `voltage`; adds to `quiescent`"},
	{"voltage", NBSI_NUMBER, NBSI_VOLTS, .min = 1, .max = 10, .fallback = "3.6 V",
	 BAT(voltage_v), .help = "nominal, for `quiescent_current` alone"},
	{"temperature", NBSI_NUMBER, NBSI_CELSIUS, .min = NBS_BATTERY_TEMPERATURE_MIN_C,
	 .max = NBS_BATTERY_TEMPERATURE_MAX_C, .fallback = "20 C", BAT(temperature_c),
	 .help = "of the battery, all the time"},
	{"derating_per_k", NBSI_NUMBER, NBSI_RATIO, .min = 0, .max = NBS_BATTERY_DERATING_MAX,
	 .fallback = "0", BAT(derating_per_k),
	 .help = "share of the capacity that each kelvin below 20 C takes"},
	{"cutoff_voltage", VOLTAGE, .fallback = "0", BAT(cutoff_v),
	 .help = "the device stops below it; 0 is off, and the next four are not read"},
	{"full_voltage", VOLTAGE, .fallback = "0", BAT(full_v),
	 .help = "open-circuit voltage with all of the charge; falls linearly with it"},
	{"empty_voltage", VOLTAGE, .fallback = "0", BAT(empty_v),
	 .help = "the same with none of it"},
	{"resistance", NBSI_NUMBER, NBSI_OHMS, .min = 0, .max = NBS_BATTERY_RESISTANCE_MAX_OHM,
	 .fallback = "0", BAT(resistance_ohm),
	 .help = "internal; `peak_current` through it takes from the voltage"},
	{"peak_current", NBSI_NUMBER, NBSI_MA, .min = 0, .max = NBS_BATTERY_PEAK_MAX_MA,
	 .fallback = "0", BAT(peak_ma), .help = "largest that a device draws, in bursts"},
	{"until_empty", NBSI_SWITCH, .fallback = "off", BAT(until_empty),
	 .help = "devices die when theirs is empty; the run ends with the last"},
	{0}
};
/* clang-format on */
