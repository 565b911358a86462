/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Battery years from a mean daily consumption.
 *
 * Models: capacity over consumption, the convention of TR 45.820 5.4 (5 Wh, no leakage).
 * Does not model: self-discharge, temperature, voltage cut-off, pulse load, ageing.
 */
#ifndef NBSEC_MODELS_POWER_BATTERY_H
#define NBSEC_MODELS_POWER_BATTERY_H

#include "sim/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_J_PER_WH 3600.0
#define NBS_DAYS_PER_YEAR 365.25 /* Julian year */

/**
 * years = capacity_j / (mj_per_day / 1000) / 365.25
 * @param[out] years  untouched on error.
 * @retval NBS_E_ARG  capacity or consumption is not a finite number above 0.
 */
NBS_API enum nbs_status nbs_battery_years(double capacity_j, double mj_per_day, double *years);

#ifdef __cplusplus
}
#endif
#endif
