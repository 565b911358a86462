/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Networks as files: a scenario's `network` section may build on one.
 *
 * A network's file is a YAML mapping with the keys of the section at its top level, and `name`,
 * `description`, `source` beside them. Those in networks/ are compiled into the library: they are
 * found from any folder and after installation. What a file leaves out is as in network-a, and is
 * said.
 */
#ifndef NBSEC_SCENARIOS_NETWORKS_H
#define NBSEC_SCENARIOS_NETWORKS_H

#include "scenarios/loader.h"

/**
 * Puts the network that `network.base` names in its place: keys beside it go over it, mappings and
 * coverage levels are merged, other lists are replaced. Without a base nothing changes. Errors are
 * reported.
 * @return NBS_OK or NBS_E_NOMEM.
 */
enum nbs_status nbsi_network_expand(struct nbsi_loader *loader);

/**
 * Says which keys neither the base nor the scenario gives.
 * @param[out] text  freed by the caller; NULL when there is no base or nothing is left out.
 */
enum nbs_status nbsi_network_assumed(struct nbsi_loader *loader, char **text);

#endif
