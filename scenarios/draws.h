/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the devices of a fleet draw: coupling losses, periods, times, sizes.
 */
#ifndef NBSEC_SCENARIOS_DRAWS_H
#define NBSEC_SCENARIOS_DRAWS_H

#include "scenarios/scenario.h"

#include <gsl/gsl_rng.h>

/** @return a coupling loss in steps of 0.01 dB, within the language's limits. */
double nbsi_draw_mcl_db(const struct nbs_dist *dist, gsl_rng *rng);

/** @return the fleet's period; of a mix one of its points. A fleet with one period draws nothing.
 */
uint64_t nbsi_draw_period_ns(const struct nbs_fleet_config *fleet, gsl_rng *rng);

/** @return a time in whole us below ns; of 0 it is 0, and nothing is drawn. */
uint64_t nbsi_draw_below_ns(uint64_t ns, gsl_rng *rng);

/**
 * The size of one report, drawn from its number and the device's key alone: it needs no stream that
 * lives on, and no device moves another's sizes.
 * @param[in] fixed_bytes  the size where none is drawn (pareto->alpha is 0).
 */
size_t nbsi_draw_payload(const struct nbs_pareto *pareto, unsigned fixed_bytes, uint64_t key,
			 uint32_t seq);

#endif
