// SPDX-License-Identifier: GPL-2.0-or-later
// The ns3 host: a node with ns-3's IPv4 stack and static routes; sockets are ns-3 UDP sockets.
#include "sim/ipv4.h"
#include "sim/net_internal.h"
#include "sim/ns3/engine_internal.h"
#include "sim/ns3/nbsec-ns3.h"
#include "sim/ns3/netdevice.h"

#include <ns3/internet-module.h>
#include <vector>

namespace
{

struct Ns3Host {
	ns3::Ptr<ns3::Node> node;
	ns3::Ptr<ns3::Ipv4> ipv4;
	ns3::Ptr<ns3::Ipv4StaticRouting> routes;
};

Ns3Host *
ImplOf(const struct nbs_host *host)
{
	return static_cast<Ns3Host *>(host->impl);
}

nbs::NetDevice *
DeviceOf(const struct nbs_iface *iface)
{
	return static_cast<nbs::NetDevice *>(iface->impl);
}

ns3::Ipv4Mask
MaskOf(unsigned prefix_len)
{
	return ns3::Ipv4Mask(prefix_len == 0 ? 0U : 0xffffffffU << (32U - prefix_len));
}

// The node is made with the first interface or socket: nbs_host_new() itself cannot fail in ns-3.
Ns3Host *
Ensure(struct nbs_host *host)
{
	if (host->impl != nullptr)
		return ImplOf(host);
	auto impl = std::make_unique<Ns3Host>();
	impl->node = ns3::CreateObject<ns3::Node>();
	ns3::InternetStackHelper stack;
	ns3::Ipv4StaticRoutingHelper routing;
	stack.SetRoutingHelper(routing);
	stack.SetIpv6StackInstall(false);
	stack.Install(impl->node);
	impl->ipv4 = impl->node->GetObject<ns3::Ipv4>();
	impl->ipv4->SetAttribute("IpForward", ns3::BooleanValue(false));
	impl->routes = routing.GetStaticRouting(impl->ipv4);
	host->impl = impl.get();
	return impl.release();
}

enum nbs_status
AddIface(struct nbs_host *host, struct nbs_iface *iface)
{
	return nbs::Guard([&] {
		Ns3Host *impl = Ensure(host);
		auto device = ns3::CreateObject<nbs::NetDevice>(iface, iface->mtu);
		impl->node->AddDevice(device);
		uint32_t index = impl->ipv4->AddInterface(device);
		impl->ipv4->AddAddress(index,
				       ns3::Ipv4InterfaceAddress(ns3::Ipv4Address(iface->addr),
								 MaskOf(iface->prefix_len)));
		impl->ipv4->SetMetric(index, 1);
		impl->ipv4->SetUp(index);
		iface->impl = ns3::PeekPointer(device); // the node keeps it alive
		return NBS_OK;
	});
}

enum nbs_status
Route(struct nbs_host *host, uint32_t net, unsigned prefix_len, struct nbs_iface *iface)
{
	return nbs::Guard([&] {
		Ns3Host *impl = Ensure(host);
		int32_t index = impl->ipv4->GetInterfaceForDevice(DeviceOf(iface));
		if (index < 0)
			return NBS_E_INTERNAL;
		impl->routes->AddNetworkRouteTo(ns3::Ipv4Address(net), MaskOf(prefix_len),
						static_cast<uint32_t>(index));
		return NBS_OK;
	});
}

enum nbs_status
Forward(struct nbs_host *host, bool on)
{
	return nbs::Guard([&] {
		Ensure(host)->ipv4->SetAttribute("IpForward", ns3::BooleanValue(on));
		return NBS_OK;
	});
}

enum nbs_status
Up(struct nbs_iface *iface, const uint8_t *packet, size_t len, uint64_t frame)
{
	return nbs::Guard([&] {
		iface->host->rx_iface = iface;
		iface->host->rx_frame = frame;
		DeviceOf(iface)->Up(packet, len);
		return NBS_OK;
	});
}

// ns-3 calls this once for each datagram; the owner may close the socket in its call-back, so
// nothing of udp is touched afterwards.
void
Deliver(struct nbs_udp *udp, ns3::Ptr<ns3::Socket> socket)
{
	uint8_t on_stack[NBS_MTU_MAX];
	std::vector<uint8_t> on_heap; // for what ns-3 put together from fragments
	uint8_t *bytes = on_stack;
	ns3::Address from;
	ns3::Ptr<ns3::Packet> packet = socket->RecvFrom(from);
	if (packet == nullptr)
		return;
	auto inet = ns3::InetSocketAddress::ConvertFrom(from);
	uint32_t len = packet->GetSize();
	if (len > sizeof on_stack) {
		on_heap.resize(len);
		bytes = on_heap.data();
	}
	packet->CopyData(bytes, len);
	nbsi_udp_deliver(udp, {inet.GetIpv4().Get(), inet.GetPort()}, bytes, len);
}

enum nbs_status
UdpOpen(struct nbs_host *host, struct nbs_udp *udp)
{
	return nbs::Guard([&] {
		Ns3Host *impl = Ensure(host);
		auto socket =
		    ns3::Socket::CreateSocket(impl->node, ns3::UdpSocketFactory::GetTypeId());
		ns3::InetSocketAddress local(ns3::Ipv4Address::GetAny(), udp->port);
		if (socket->Bind(local) != 0)
			return NBS_E_STATE;
		socket->SetRecvCallback([udp](ns3::Ptr<ns3::Socket> s) { Deliver(udp, s); });
		socket->Ref();
		udp->impl = ns3::PeekPointer(socket);
		return NBS_OK;
	});
}

enum nbs_status
UdpSend(struct nbs_udp *udp, struct nbs_endpoint to, const uint8_t *data, size_t len)
{
	return nbs::Guard([&] {
		auto *socket = static_cast<ns3::Socket *>(udp->impl);
		auto packet = len > 0 ? ns3::Create<ns3::Packet>(data, static_cast<uint32_t>(len))
				      : ns3::Create<ns3::Packet>();
		ns3::InetSocketAddress dest(ns3::Ipv4Address(to.addr), to.port);
		int sent = socket->SendTo(packet, 0, dest);
		return sent == static_cast<int>(len) ? NBS_OK : NBS_E_STATE;
	});
}

void
UdpClose(struct nbs_udp *udp)
{
	auto *socket = static_cast<ns3::Socket *>(udp->impl);
	(void)nbs::Guard([&] {
		socket->SetRecvCallback(ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>());
		socket->Close();
		return NBS_OK;
	});
	socket->Unref();
}

void
Fini(struct nbs_host *host)
{
	for (struct nbs_iface *iface = host->ifaces; iface != nullptr; iface = iface->next)
		DeviceOf(iface)->Detach();
	delete ImplOf(host);
	host->impl = nullptr;
}

} // namespace

extern "C" const struct nbsi_host_ops nbsi_host_ns3_ops = {
    AddIface, Route, Forward, Up, UdpOpen, UdpSend, UdpClose, Fini,
};

ns3::Ptr<ns3::Node>
nbs::GetNode(const struct nbs_host *host)
{
	if (host == nullptr || host->ops != &nbsi_host_ns3_ops || host->impl == nullptr)
		return nullptr;
	return ImplOf(host)->node;
}

ns3::Ptr<ns3::NetDevice>
nbs::GetDevice(const struct nbs_iface *iface)
{
	if (iface == nullptr || iface->host->ops != &nbsi_host_ns3_ops)
		return nullptr;
	return DeviceOf(iface);
}
