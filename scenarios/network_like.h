/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Which of the shipped networks a configuration is, or is most like.
 *
 * A scenario that ran is written out whole, without the name that it built on; so the name is found
 * from the values, and running the written scenario finds the same.
 */
#ifndef NBSEC_SCENARIOS_NETWORK_LIKE_H
#define NBSEC_SCENARIOS_NETWORK_LIKE_H

#include "scenarios/scenario.h"

/**
 * @param[out] name     of the network with the fewest differences, of several the first; "" if no
 *                      shipped network can be read.
 * @param[out] changes  values of the language in which it differs, 0 = it is that network.
 */
enum nbs_status nbsi_network_like(const struct nbs_scenario *scenario, const char **name,
				  unsigned *changes);

#endif
