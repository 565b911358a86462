/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The cipher suites that a fleet offers.
 */
#ifndef NBSEC_SCENARIOS_SUITES_H
#define NBSEC_SCENARIOS_SUITES_H

#include "models/dtls/dtls.h"
#include "scenarios/scenario.h"

/** @return the suite that a fleet is given, or the usual one of its security; never NULL. */
const struct nbs_dtls_suite *nbsi_fleet_suite(const struct nbs_fleet_config *fleet);

/** @return the kind as scenarios and results write it, "dtls-psk"; NULL for none of them. */
const char *nbsi_security_name(enum nbs_security security);

/** @return how the names of all suites begin that go with a kind of security. */
const char *nbsi_suite_prefix(enum nbs_security security);

/**
 * The suites that a fleet offers, preferred first.
 * @param[out] numbers  room for NBS_DTLS_SUITES_MAX.
 * @return how many, at least one.
 */
size_t nbsi_fleet_suites(const struct nbs_fleet_config *fleet, uint16_t *numbers);

/**
 * The suites of all fleets with DTLS, each once, in the order of nbs_dtls_suite_at().
 * @param[out] numbers  room for NBS_DTLS_SUITES_MAX.
 * @return how many.
 */
size_t nbsi_scenario_suites(const struct nbs_scenario *scenario, uint16_t *numbers);

#endif
