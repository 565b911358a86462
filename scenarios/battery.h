/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A scenario's section `battery` as the model takes it.
 */
#ifndef NBSEC_SCENARIOS_BATTERY_H
#define NBSEC_SCENARIOS_BATTERY_H

#include "models/power/battery.h"
#include "scenarios/scenario.h"

/** @return the battery of each device; nbs_battery_check() has the last word. */
struct nbs_battery_config nbsi_scenario_battery(const struct nbs_scenario *scenario);

#endif
