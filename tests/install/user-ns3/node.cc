// SPDX-License-Identifier: GPL-2.0-or-later
// An ns3 host with one interface, looked at through ns-3's own classes.
#include "sim/ns3/nbsec-ns3.h"

#include <iostream>

int
main()
{
	const struct nbs_engine_config config = {1, 1767225600};
	struct nbs_engine *engine;
	struct nbs_host *host;
	struct nbs_iface *iface;

	if (nbs_engine_new(&config, &engine) != NBS_OK ||
	    nbs_host_new(engine, NBS_HOST_NS3, "router", &host) != NBS_OK ||
	    nbs_host_add_iface(host, 0x0a000001, 24, 1500, &iface) != NBS_OK) {
		return 1;
	}
	ns3::Ptr<ns3::Node> node = nbs::GetNode(host);
	std::cout << "node " << node->GetId() << " has " << node->GetNDevices() - 1
		  << " device beside loopback" << std::endl;
	node = nullptr;
	nbs_host_free(host);
	nbs_engine_free(engine);
	return 0;
}
