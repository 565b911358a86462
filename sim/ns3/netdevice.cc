// SPDX-License-Identifier: GPL-2.0-or-later
// The one net device: bytes out to a C call-back, bytes in through the receive call-back.
#include "sim/ns3/netdevice.h"

#include "sim/net_internal.h"

namespace nbs
{

namespace
{
constexpr uint16_t ETHERTYPE_IPV4 = 0x0800; // IEEE 802 number under which ns-3 registers IPv4
}

NS_OBJECT_ENSURE_REGISTERED(NetDevice);

ns3::TypeId
NetDevice::GetTypeId()
{
	static ns3::TypeId id = ns3::TypeId("nbs::NetDevice").SetParent<ns3::NetDevice>();
	return id;
}

NetDevice::NetDevice(struct nbs_iface *iface, uint16_t mtu)
    : m_iface(iface), m_address(ns3::Mac48Address::Allocate()), m_index(0), m_mtu(mtu)
{
}

void
NetDevice::Detach()
{
	m_iface = nullptr;
}

void
NetDevice::Up(const uint8_t *packet, std::size_t len)
{
	if (m_receive.IsNull())
		return;
	m_receive(this, ns3::Create<ns3::Packet>(packet, static_cast<uint32_t>(len)),
		  ETHERTYPE_IPV4, m_address);
}

bool
NetDevice::Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address &, uint16_t protocol)
{
	uint8_t bytes[NBS_MTU_MAX];
	if (m_iface == nullptr || protocol != ETHERTYPE_IPV4 || packet->GetSize() > m_mtu)
		return false;
	uint32_t len = packet->CopyData(bytes, sizeof bytes);
	return nbsi_iface_out(m_iface, bytes, len) == NBS_OK;
}

bool
NetDevice::SendFrom(ns3::Ptr<ns3::Packet> packet, const ns3::Address &, const ns3::Address &dest,
		    uint16_t protocol)
{
	return Send(packet, dest, protocol);
}

void
NetDevice::DoDispose()
{
	m_node = nullptr;
	m_iface = nullptr;
	m_receive = ReceiveCallback();
	ns3::NetDevice::DoDispose();
}

void
NetDevice::SetIfIndex(const uint32_t index)
{
	m_index = index;
}

uint32_t
NetDevice::GetIfIndex() const
{
	return m_index;
}

ns3::Ptr<ns3::Channel>
NetDevice::GetChannel() const
{
	return nullptr;
}

void
NetDevice::SetAddress(ns3::Address address)
{
	m_address = ns3::Mac48Address::ConvertFrom(address);
}

ns3::Address
NetDevice::GetAddress() const
{
	return m_address;
}

bool
NetDevice::SetMtu(const uint16_t mtu)
{
	if (mtu > NBS_MTU_MAX)
		return false;
	m_mtu = mtu;
	return true;
}

uint16_t
NetDevice::GetMtu() const
{
	return m_mtu;
}

bool
NetDevice::IsLinkUp() const
{
	return m_iface != nullptr;
}

void
NetDevice::AddLinkChangeCallback(ns3::Callback<void>)
{
}

bool
NetDevice::IsBroadcast() const
{
	return false;
}

ns3::Address
NetDevice::GetBroadcast() const
{
	return ns3::Mac48Address::GetBroadcast();
}

bool
NetDevice::IsMulticast() const
{
	return false;
}

ns3::Address
NetDevice::GetMulticast(ns3::Ipv4Address group) const
{
	return ns3::Mac48Address::GetMulticast(group);
}

ns3::Address
NetDevice::GetMulticast(ns3::Ipv6Address group) const
{
	return ns3::Mac48Address::GetMulticast(group);
}

bool
NetDevice::IsBridge() const
{
	return false;
}

bool
NetDevice::IsPointToPoint() const
{
	return true;
}

ns3::Ptr<ns3::Node>
NetDevice::GetNode() const
{
	return m_node;
}

void
NetDevice::SetNode(ns3::Ptr<ns3::Node> node)
{
	m_node = node;
}

bool
NetDevice::NeedsArp() const
{
	return false;
}

void
NetDevice::SetReceiveCallback(ReceiveCallback callback)
{
	m_receive = callback;
}

void
NetDevice::SetPromiscReceiveCallback(PromiscReceiveCallback)
{
}

bool
NetDevice::SupportsSendFrom() const
{
	return false;
}

} // namespace nbs
