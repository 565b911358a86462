// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * @file
 * The one net device: an ns-3 NetDevice whose far end is an nbs_iface in C.
 */
#ifndef NBSEC_SIM_NS3_NETDEVICE_H
#define NBSEC_SIM_NS3_NETDEVICE_H

#include <ns3/network-module.h>

struct nbs_iface;

namespace nbs
{

/** Point-to-point for ns-3 (no ARP, no broadcast); packets are whole IPv4 packets. */
class NetDevice : public ns3::NetDevice
{
      public:
	static ns3::TypeId GetTypeId();

	explicit NetDevice(struct nbs_iface *iface, uint16_t mtu);

	/** The C interface is going; packets are dropped from now on. */
	void Detach();

	/** Hands a packet to the node's stack. */
	void Up(const uint8_t *packet, std::size_t len);

	void SetIfIndex(const uint32_t index) override;
	uint32_t GetIfIndex() const override;
	ns3::Ptr<ns3::Channel> GetChannel() const override;
	void SetAddress(ns3::Address address) override;
	ns3::Address GetAddress() const override;
	bool SetMtu(const uint16_t mtu) override;
	uint16_t GetMtu() const override;
	bool IsLinkUp() const override;
	void AddLinkChangeCallback(ns3::Callback<void> callback) override;
	bool IsBroadcast() const override;
	ns3::Address GetBroadcast() const override;
	bool IsMulticast() const override;
	ns3::Address GetMulticast(ns3::Ipv4Address group) const override;
	ns3::Address GetMulticast(ns3::Ipv6Address group) const override;
	bool IsBridge() const override;
	bool IsPointToPoint() const override;
	bool Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address &dest,
		  uint16_t protocol) override;
	bool SendFrom(ns3::Ptr<ns3::Packet> packet, const ns3::Address &source,
		      const ns3::Address &dest, uint16_t protocol) override;
	ns3::Ptr<ns3::Node> GetNode() const override;
	void SetNode(ns3::Ptr<ns3::Node> node) override;
	bool NeedsArp() const override;
	void SetReceiveCallback(ReceiveCallback callback) override;
	void SetPromiscReceiveCallback(PromiscReceiveCallback callback) override;
	bool SupportsSendFrom() const override;

      protected:
	void DoDispose() override;

      private:
	struct nbs_iface *m_iface;
	ns3::Ptr<ns3::Node> m_node;
	ns3::Mac48Address m_address;
	ReceiveCallback m_receive;
	uint32_t m_index;
	uint16_t m_mtu;
};

} // namespace nbs

#endif
