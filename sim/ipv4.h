/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * IPv4 and UDP headers as bytes: check, read, write. Pure functions, shared inside the library.
 * Source: RFC 791 3.1, RFC 768, RFC 1071.
 */
#ifndef NBSEC_SIM_IPV4_H
#define NBSEC_SIM_IPV4_H

#include "sim/net.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBSI_PROTO_ICMP 1U /* IANA protocol numbers */
#define NBSI_PROTO_TCP 6U
#define NBSI_PROTO_UDP 17U

/** What a host reads out of a packet. */
struct nbsi_ipv4_view {
	uint32_t src, dst;
	uint8_t proto;
	bool fragment;          /* part of a fragmented datagram */
	const uint8_t *payload; /* behind the IP header */
	size_t payload_len;
};

/** What a host writes in front of a UDP payload. */
struct nbsi_udp_meta {
	struct nbs_endpoint from, to;
	uint16_t ident; /* IPv4 identification */
	uint8_t ttl;
};

/**
 * Checks lengths and checksums (IPv4 header; UDP and TCP/ICMP minimum lengths; UDP checksum).
 * @retval NBS_E_TRUNCATED  the packet ends before what its headers announce.
 * @retval NBS_E_INVALID    version, header length, a checksum, or a UDP checksum of zero.
 */
enum nbs_status nbsi_ipv4_parse(const uint8_t *packet, size_t len, struct nbsi_ipv4_view *view);

/** Writes IPv4 + UDP headers and the payload. @retval NBS_E_RANGE  does not fit in cap. */
enum nbs_status nbsi_udp_write(const struct nbsi_udp_meta *meta, const uint8_t *data, size_t len,
			       uint8_t *packet, size_t cap, size_t *packet_len);

/** A UDP checksum that came out as 0x0000 leaves as 0xffff (RFC 768). Others are left alone. */
void nbsi_udp_checksum_nonzero(uint8_t *packet, size_t len);

static inline uint16_t
nbsi_get16(const uint8_t *p)
{
	return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

static inline uint32_t
nbsi_get32(const uint8_t *p)
{
	return (uint32_t)nbsi_get16(p) << 16 | nbsi_get16(p + 2);
}

static inline void
nbsi_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)(v & 0xffU);
}

static inline void
nbsi_put32(uint8_t *p, uint32_t v)
{
	nbsi_put16(p, (uint16_t)(v >> 16));
	nbsi_put16(p + 2, (uint16_t)(v & 0xffffU));
}

#ifdef __cplusplus
}
#endif
#endif
