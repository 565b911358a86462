/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The section `battery` as the model takes it, and what the model refuses of it.
 */
#include "scenarios/loader.h"

#include <string.h>

void
nbs_scenario_battery(const struct nbs_scenario *scenario, struct nbs_battery_config *config)
{
	*config = (struct nbs_battery_config){
	    .capacity_j = scenario->battery.capacity_wh * NBS_J_PER_WH,
	    .usable = scenario->battery.usable,
	    .self_discharge_per_year = scenario->battery.self_discharge_per_year,
	    .quiescent_mw = scenario->battery.quiescent_mw +
			    scenario->battery.quiescent_ma * scenario->battery.voltage_v,
	    .temperature_c = scenario->battery.temperature_c,
	    .derating_per_k = scenario->battery.derating_per_k,
	    .cutoff_v = scenario->battery.cutoff_v,
	    .full_v = scenario->battery.full_v,
	    .empty_v = scenario->battery.empty_v,
	    .resistance_ohm = scenario->battery.resistance_ohm,
	    .peak_ma = scenario->battery.peak_ma,
	};
}

/* The model names the key before the first colon; where it is left out, the section is shown. */
void
nbsi_check_battery(struct nbsi_loader *loader, const struct nbs_scenario *scenario)
{
	const struct nbsi_node *root = loader->doc.root;
	const struct nbsi_node *section = nbsi_node_get(root, "battery", 7), *node;
	struct nbs_battery_config config;
	char why[192];
	size_t len, before;

	nbs_scenario_battery(scenario, &config);
	if (loader->report.errors > 0 || nbs_battery_check(&config, why, sizeof(why)) == NBS_OK)
		return;
	len = strcspn(why, ":");
	node = nbsi_node_get(section, why, len);
	if (node == NULL)
		node = section != NULL ? section : root;
	before = nbsi_path_push(loader, "battery", 7);
	(void)nbsi_path_push(loader, why, len);
	nbsi_error(&loader->report, nbsi_node_place(node), loader->path, "%s",
		   why + len + strspn(why + len, ": "));
	nbsi_path_pop(loader, before);
}
