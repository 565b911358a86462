// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * @file
 * For C++ users: the ns-3 objects behind the handles of sim/net.h, so that any other ns-3 model
 * can share the simulation.
 */
#ifndef NBSEC_SIM_NS3_NBSEC_NS3_H
#define NBSEC_SIM_NS3_NBSEC_NS3_H

#include "sim/net.h"

#include <ns3/network-module.h>

namespace nbs
{

/** @return the node of an ns3 host; null for a light one. */
NBS_API ns3::Ptr<ns3::Node> GetNode(const struct nbs_host *host);

/** @return the device of an ns3 host's interface; null for a light one. */
NBS_API ns3::Ptr<ns3::NetDevice> GetDevice(const struct nbs_iface *iface);

} // namespace nbs

#endif
