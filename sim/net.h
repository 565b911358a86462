/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Hosts, interfaces, UDP sockets, wide-area links, packet taps.
 *
 * Models: IPv4 and UDP with true bytes and checksums. A host is `ns3` (an ns-3 node with its
 * IPv4 stack, any number of interfaces, forwarding) or `light` (one interface, UDP only, 28 header
 * bytes written and checked here; the same bytes as ns-3's).
 * Does not model: IPv6; fragmentation and ICMP on light hosts; a link layer (packets are IP).
 *
 * Addresses and ports are in host byte order: 10.64.0.1 is 0x0a400001.
 * Source: RFC 791, RFC 768, RFC 1071 (checksum).
 */
#ifndef NBSEC_SIM_NET_H
#define NBSEC_SIM_NET_H

#include "sim/engine.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_IPV4_HEADER 20U /* bytes, RFC 791 without options */
#define NBS_UDP_HEADER 8U   /* bytes, RFC 768 */
#define NBS_MTU_MAX 1500U   /* bytes, the largest interface MTU that hosts take */

/** Where a UDP datagram comes from or goes to. */
struct nbs_endpoint {
	uint32_t addr; /* IPv4, host order */
	uint16_t port; /* UDP, host order */
};

/*
 * What is missing: a call with a status answers NBS_E_ARG to a NULL that it needs; one without does
 * nothing, or gives 0, "" or zeroed counters.
 *
 * What goes first: hosts, networks and captures may be freed in any order, also with packets on
 * their way; such packets vanish.
 */

struct nbs_host;
struct nbs_iface;
struct nbs_udp;
struct nbs_wan;

/* ---- hosts ---- */

enum nbs_host_kind { NBS_HOST_LIGHT, NBS_HOST_NS3 };

/** Makes a host without interfaces. @param[out] host  freed by nbs_host_free(). */
NBS_API enum nbs_status nbs_host_new(struct nbs_engine *engine, enum nbs_host_kind kind,
				     const char *name, struct nbs_host **host);

/** Frees the host, its interfaces (off their networks first) and its sockets. NULL is fine. */
NBS_API void nbs_host_free(struct nbs_host *host);

/** @return the name given, for messages; "" for NULL. */
NBS_API const char *nbs_host_name(const struct nbs_host *host);

/**
 * Adds an interface. A light host takes exactly one.
 * @param[out] iface  owned by the host.
 */
NBS_API enum nbs_status nbs_host_add_iface(struct nbs_host *host, uint32_t addr,
					   unsigned prefix_len, uint16_t mtu,
					   struct nbs_iface **iface);

/** Sends what no other route takes out by iface (a light host always does so). */
NBS_API enum nbs_status nbs_host_default_route(struct nbs_host *host, struct nbs_iface *iface);

/** Routes net/prefix_len out by iface; ns3 hosts only. */
NBS_API enum nbs_status nbs_host_route(struct nbs_host *host, uint32_t net, unsigned prefix_len,
				       struct nbs_iface *iface);

/** Makes an ns3 host forward packets that are not for it (off at first: hosts are not routers). */
NBS_API enum nbs_status nbs_host_forward(struct nbs_host *host, bool on);

/* ---- interfaces: where whole IPv4 packets leave and enter a host ---- */

/** Takes a packet that the host sends; the bytes are valid during the call only. */
typedef void (*nbs_iface_tx_fn)(void *arg, const uint8_t *packet, size_t len);

/** Hangs what carries packets away (a link, a radio) on the interface. */
NBS_API void nbs_iface_attach(struct nbs_iface *iface, nbs_iface_tx_fn tx, void *arg);

/** Hands the host a packet that arrived on the interface. Bad packets are counted and dropped. */
NBS_API enum nbs_status nbs_iface_rx(struct nbs_iface *iface, const uint8_t *packet, size_t len);

/** @return the interface's own address. */
NBS_API uint32_t nbs_iface_addr(const struct nbs_iface *iface);

enum nbs_dir { NBS_DIR_IN, NBS_DIR_OUT }; /* as the host sees it */

enum nbs_tap_verdict { NBS_TAP_PASS, NBS_TAP_DROP };

/** A packet at a tap. A tap may change data[0..len) and len up to cap; see nbs_packet_seal(). */
struct nbs_packet {
	uint8_t *data;
	size_t len;
	size_t cap;
	uint64_t frame; /* number in the first capture on this interface, from 1; 0 = none yet */
};

typedef enum nbs_tap_verdict (*nbs_tap_fn)(void *arg, enum nbs_dir dir, struct nbs_packet *packet);

/**
 * Adds a tap; taps see packets in the order in which they were added, both directions.
 * The interface keeps no ownership of arg.
 */
NBS_API enum nbs_status nbs_iface_tap(struct nbs_iface *iface, nbs_tap_fn tap, void *arg);

/** Counters of an interface. */
struct nbs_iface_stats {
	uint64_t packets_out, packets_in; /* that passed the taps */
	uint64_t bytes_out, bytes_in;     /* IP packet bytes of those */
	uint64_t bad_in;                  /* checksum, length or version wrong: dropped */
	uint64_t tap_drops;               /* dropped by a tap, both directions */
};
NBS_API void nbs_iface_get_stats(const struct nbs_iface *iface, struct nbs_iface_stats *stats);

/** Recomputes IPv4 total length and checksum, UDP length and checksum, after a tap's change. */
NBS_API enum nbs_status nbs_packet_seal(struct nbs_packet *packet);

/* ---- UDP ---- */

/** A datagram that arrived; valid during the call only. */
struct nbs_datagram {
	struct nbs_endpoint from, to;
	const uint8_t *data;
	size_t len;
	uint64_t frame; /* number in the first capture on the interface it came by; 0 = none */
};

typedef void (*nbs_udp_recv_fn)(void *arg, const struct nbs_datagram *datagram);

/** Opens a socket on port (0 = next ephemeral). @param[out] udp  freed by nbs_udp_close(). */
NBS_API enum nbs_status nbs_udp_open(struct nbs_host *host, uint16_t port, nbs_udp_recv_fn recv,
				     void *arg, struct nbs_udp **udp);

/**
 * Sends a datagram now: the interface's tx function has been called when this returns.
 * @param[out] frame  number in the first capture on the interface it left by; may be NULL.
 */
NBS_API enum nbs_status nbs_udp_send(struct nbs_udp *udp, struct nbs_endpoint to,
				     const uint8_t *data, size_t len, uint64_t *frame);

/** @return the local port. */
NBS_API uint16_t nbs_udp_port(const struct nbs_udp *udp);

/** Closes the socket; NULL is fine. Sockets also go with their host. */
NBS_API void nbs_udp_close(struct nbs_udp *udp);

/* ---- wide-area links ---- */

#define NBS_WAN_DELAY_MAX_NS (3600U * NBS_NS_PER_S) /* keeps sums of times within 63 bits */

/** One attachment to a wide-area network. */
struct nbs_link_params {
	uint64_t rate_bps; /* of each direction; 0 = no serialisation, no queue */
	uint64_t delay_ns; /* interface to middle of the network, to NBS_WAN_DELAY_MAX_NS */
	double loss;       /* probability 0..1 that a packet vanishes on this attachment */
};

/**
 * Makes a wide-area network: it carries each packet to the attachment whose prefix holds the
 * packet's destination (longest prefix first), after the serialisation, delay and loss of both
 * attachments. Each direction of an attachment is a queue in order of arrival at it.
 * It has no hop of its own (TTL stays). Packets to nowhere are counted and dropped.
 * @param name      names the random stream of the losses.
 * @param[out] wan  freed by nbs_wan_free().
 */
NBS_API enum nbs_status nbs_wan_new(struct nbs_engine *engine, const char *name,
				    struct nbs_wan **wan);
NBS_API void nbs_wan_free(struct nbs_wan *wan);

/**
 * Attaches an interface; destinations in net/prefix_len go to it. It replaces what
 * nbs_iface_attach() hung there.
 * @retval NBS_E_STATE  the interface is on a network already, this one or another.
 */
NBS_API enum nbs_status nbs_wan_join(struct nbs_wan *wan, const struct nbs_link_params *params,
				     struct nbs_iface *iface, uint32_t net, unsigned prefix_len);

/** A link between two interfaces: a wide-area network of two that carries everything across. */
NBS_API enum nbs_status nbs_wan_pair(struct nbs_engine *engine, const char *name,
				     const struct nbs_link_params *params, struct nbs_iface *a,
				     struct nbs_iface *b, struct nbs_wan **link);

/** Counters of a network. */
struct nbs_wan_stats {
	uint64_t carried; /* sent on their way; some may be yet, or find their receiver gone */
	uint64_t lost, unroutable;
};
NBS_API void nbs_wan_get_stats(const struct nbs_wan *wan, struct nbs_wan_stats *stats);

#ifdef __cplusplus
}
#endif
#endif
