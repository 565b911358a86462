/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What `gateway.preset` stands for: values of the keys that a scenario does not give.
 */
#ifndef NBSEC_SCENARIOS_GATEWAY_PRESETS_H
#define NBSEC_SCENARIOS_GATEWAY_PRESETS_H

#include "scenarios/document.h"
#include "scenarios/scenario.h"

/** @param gateway  the section as written, whose keys stand; NULL = none is given. */
void nbsi_gateway_presets(struct nbs_scenario *scenario, const struct nbsi_node *gateway);

#endif
