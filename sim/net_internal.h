/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the two kinds of host share behind sim/net.h. Not installed.
 */
#ifndef NBSEC_SIM_NET_INTERNAL_H
#define NBSEC_SIM_NET_INTERNAL_H

#include "sim/net.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBSI_TAPS_MAX 4U            /* taps an interface takes: capture, attacker, probe, spare */
#define NBSI_UDP_TTL 64U            /* hops, RFC 1700 default, ns-3's default too */
#define NBSI_EPHEMERAL_FIRST 49153U /* ns-3's first ephemeral port (RFC 6335 range, +1) */
#define NBSI_EPHEMERAL_LAST 65535U

/* A tap's place; fn is NULL where one was taken away. */
struct nbsi_tap {
	nbs_tap_fn fn;
	void (*gone)(void *arg); /* the interface goes before the tap; may be NULL */
	void *arg;
};

struct nbsi_wan_port;

struct nbs_iface {
	struct nbs_host *host;
	struct nbs_iface *next; /* of the same host */
	uint32_t addr;
	uint8_t prefix_len;
	uint8_t tap_count; /* places in use, holes included */
	uint16_t mtu;
	nbs_iface_tx_fn tx;
	void *tx_arg;
	struct nbsi_wan_port *port; /* its attachment to a wide-area network; NULL = none */
	struct nbsi_tap *taps;      /* NULL until the first tap; NBSI_TAPS_MAX places */
	uint64_t out_frame;         /* of the packet sent last */
	struct nbs_iface_stats stats;
	void *impl; /* the ns-3 device; NULL on a light host */
};

/**
 * What a kind of host does. Each is called by host.c with arguments checked; on failure nothing
 * is left behind. `up` hands a checked packet to the host's stack; `frame` is its number in the
 * interface's first capture.
 */
struct nbsi_host_ops {
	enum nbs_status (*add_iface)(struct nbs_host *host, struct nbs_iface *iface);
	enum nbs_status (*route)(struct nbs_host *host, uint32_t net, unsigned prefix_len,
				 struct nbs_iface *iface);
	enum nbs_status (*forward)(struct nbs_host *host, bool on);
	enum nbs_status (*up)(struct nbs_iface *iface, const uint8_t *packet, size_t len,
			      uint64_t frame);
	enum nbs_status (*udp_open)(struct nbs_host *host, struct nbs_udp *udp);
	enum nbs_status (*udp_send)(struct nbs_udp *udp, struct nbs_endpoint to,
				    const uint8_t *data, size_t len);
	void (*udp_close)(struct nbs_udp *udp);
	void (*fini)(struct nbs_host *host);
};

struct nbs_host {
	const struct nbsi_host_ops *ops;
	struct nbs_engine *engine;
	char *name;
	struct nbs_iface *ifaces; /* in order of addition */
	struct nbs_udp *sockets;
	struct nbs_iface *rx_iface; /* the interface whose packet is being handed up */
	uint64_t rx_frame;
	void *impl; /* owned by the kind */
};

struct nbs_udp {
	struct nbs_host *host;
	struct nbs_udp *next;
	uint16_t port;
	nbs_udp_recv_fn recv;
	void *arg;
	void *impl; /* the ns-3 socket; NULL on a light host */
};

extern const struct nbsi_host_ops nbsi_host_light_ops;
extern const struct nbsi_host_ops nbsi_host_ns3_ops;

/** The way out of a host: checksum rule, taps, counters, then what hangs on the interface. */
enum nbs_status nbsi_iface_out(struct nbs_iface *iface, const uint8_t *bytes, size_t len);

/** nbs_iface_tap() for owners that may go first or last: gone(arg) tells that the tap is off. */
enum nbs_status nbsi_iface_tap(struct nbs_iface *iface, nbs_tap_fn tap, void (*gone)(void *arg),
			       void *arg);

/** Takes a tap off, also from inside a tap. The order of the others stays. */
void nbsi_iface_untap(struct nbs_iface *iface, nbs_tap_fn tap, const void *arg);

/** Takes the interface off its wide-area network, if it is on one. */
void nbsi_wan_leave(struct nbs_iface *iface);

/** Calls the socket's owner with a datagram that reached it. */
void nbsi_udp_deliver(struct nbs_udp *udp, struct nbs_endpoint from, const uint8_t *data,
		      size_t len);

/** Count live handles (nbs_live_objects). */
void nbsi_live_add(void);
void nbsi_live_remove(void);

#ifdef __cplusplus
}
#endif
#endif
