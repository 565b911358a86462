/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario's section `battery` as the model takes it. */
#include "scenarios/battery.h"

struct nbs_battery_config
nbsi_scenario_battery(const struct nbs_scenario *scenario)
{
	return (struct nbs_battery_config){
	    .capacity_j = scenario->battery.capacity_wh * NBS_J_PER_WH,
	    .usable = scenario->battery.usable,
	    .self_discharge = scenario->battery.self_discharge,
	    .quiescent_mw = scenario->battery.quiescent_mw,
	    .cutoff = {.enabled = scenario->battery.cutoff,
		       .full_v = scenario->battery.full_v,
		       .empty_v = scenario->battery.empty_v,
		       .stop_v = scenario->battery.stop_v,
		       .resistance_ohm = scenario->battery.resistance_ohm,
		       .pulse_ma = scenario->battery.pulse_ma},
	    .temperature_c = scenario->battery.temperature_c,
	    .derating_per_k = scenario->battery.derating_per_k,
	};
}
