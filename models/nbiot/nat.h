/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Carrier-grade network address translation for UDP, in the terms of RFC 4787.
 *
 * Models: mapping that is endpoint-independent (REQ-1): an inside address and port has one public
 * address and port towards everybody; pooling that is paired (REQ-2): all ports of an inside
 * address share a public one; no port overloading (REQ-3); filtering that is endpoint-independent
 * (REQ-8): whoever sends to a living binding gets through, so this NAT protects by its time-out
 * alone; refresh by outbound packets only (REQ-6; inbound refresh is a MAY). Checksums are updated,
 * not recomputed (RFC 1624); packets with wrong ones pass untranslated, for the host to drop.
 * A binding that was silent for longer than its time-out is gone: packets to it are dropped, and
 * the next packet of its inside endpoint gets another port. Time-outs under the two minutes of
 * REQ-5 are allowed, because mobile networks have them.
 * Ports are given out in turn, so a released one rests as long as possible.
 * Does not model: ICMP, TCP, fragments (dropped and counted), hairpinning, port preservation and
 * parity, limits for each subscriber.
 *
 * Each inside endpoint is remembered, at 64 bytes at most (32, in arrays that double), so that it
 * never gets the port again that it had last. No event is posted.
 */
#ifndef NBSEC_MODELS_NBIOT_NAT_H
#define NBSEC_MODELS_NBIOT_NAT_H

#include "sim/net.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Dynamic ports (RFC 6335 6), within what RFC 4787 REQ-3 a asks for: under a registered one
 * Wireshark would take what it finds for that port's protocol. */
#define NBS_NAT_PORT_FIRST 49152U
#define NBS_NAT_PORT_LAST 65535U
#define NBS_NAT_POOL_MAX 256U /* public addresses */

struct nbs_nat;

struct nbs_nat_config {
	uint32_t inside_net; /* source addresses in it are translated, others pass */
	unsigned inside_prefix;
	uint32_t pool_first; /* public addresses, counting up */
	unsigned pool_count; /* 1..NBS_NAT_POOL_MAX */
	uint16_t port_first, port_last;
	uint64_t binding_ns; /* a binding lives so long after its last outbound packet */
};

struct nbs_nat_stats {
	uint64_t made;            /* bindings, the rebound ones included */
	uint64_t rebound;         /* of those: of an inside endpoint whose binding had expired */
	uint64_t expired;         /* bindings whose time ran out */
	uint64_t living;          /* bindings now */
	uint64_t dropped_inbound; /* packets to a public address and port without a binding */
	uint64_t exhausted;       /* outbound packets dropped: all ports of the address in use */
	uint64_t refused;         /* outbound packets dropped: not UDP, or a fragment */
};

/** @param[out] nat  freed by nbs_nat_free(), after the interfaces that it taps. */
NBS_API enum nbs_status nbs_nat_new(struct nbs_engine *engine, const struct nbs_nat_config *config,
				    struct nbs_nat **nat);
NBS_API void nbs_nat_free(struct nbs_nat *nat);

/**
 * Taps of the interface that looks at the internet; arg is the nbs_nat. nbs_nat_out() translates
 * what leaves, nbs_nat_in() what comes in. A capture whose tap is added between the two shows the
 * public side of both directions.
 */
NBS_API enum nbs_tap_verdict nbs_nat_out(void *arg, enum nbs_dir dir, struct nbs_packet *packet);
NBS_API enum nbs_tap_verdict nbs_nat_in(void *arg, enum nbs_dir dir, struct nbs_packet *packet);

/**
 * Who is behind a public endpoint, or was until its binding expired.
 * @retval NBS_E_NOTFOUND  nobody; *inside is left alone.
 */
NBS_API enum nbs_status nbs_nat_inside(const struct nbs_nat *nat, struct nbs_endpoint outside,
				       struct nbs_endpoint *inside);

/** Counts as of now; takes time in proportion to the bindings. NULL gives zeros. */
NBS_API void nbs_nat_get_stats(const struct nbs_nat *nat, struct nbs_nat_stats *stats);

#ifdef __cplusplus
}
#endif
#endif
