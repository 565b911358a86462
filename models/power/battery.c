/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Battery years: capacity over mean consumption, the convention of TR 45.820 5.4. */
#include "models/power/battery.h"

#include <math.h>

#define BATTERY_MJ_PER_J 1000.0

enum nbs_status
nbs_battery_years(double capacity_j, double mj_per_day, double *years)
{
	if (!isfinite(capacity_j) || !isfinite(mj_per_day) || capacity_j <= 0.0 ||
	    mj_per_day <= 0.0)
		return NBS_E_ARG;
	*years = capacity_j / (mj_per_day / BATTERY_MJ_PER_J) / NBS_DAYS_PER_YEAR;
	return NBS_OK;
}
