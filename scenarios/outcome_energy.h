/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the energy of a run went into, written fleet by fleet.
 */
#ifndef NBSEC_SCENARIOS_OUTCOME_ENERGY_H
#define NBSEC_SCENARIOS_OUTCOME_ENERGY_H

#include "scenarios/results.h"
#include "scenarios/world.h"

/** @return the battery of the world's devices, as results have it. */
struct nbs_result_battery nbsi_outcome_battery(const struct nbsi_world *world);

/** Writes the tables fleet_energy, fleet_basis and fleet_work. */
enum nbs_status nbsi_outcome_energy(const struct nbsi_world *world, struct nbs_results *results);

#endif
