/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 and UDP headers as bytes (RFC 791 3.1, RFC 768, RFC 1071). */
#include "sim/ipv4.h"

#include <string.h>

/* Offsets in the IPv4 header (RFC 791 3.1) and in the UDP header (RFC 768). */
enum {
	IP_TOTAL_LENGTH = 2,
	IP_IDENT = 4,
	IP_FRAGMENT = 6,
	IP_TTL = 8,
	IP_PROTO = 9,
	IP_CHECKSUM = 10,
	IP_SRC = 12,
	IP_DST = 16,
	UDP_SPORT = 0,
	UDP_DPORT = 2,
	UDP_LENGTH = 4,
	UDP_CHECKSUM = 6,
};

#define TCP_HEADER_MIN 20U     /* bytes, RFC 9293 3.1 */
#define ICMP_HEADER_MIN 8U     /* bytes, RFC 792 */
#define MORE_OR_OFFSET 0x3fffU /* more-fragments flag and fragment offset */

static uint32_t
sum_words(const uint8_t *p, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += nbsi_get16(p + i);
	if (i < len)
		sum += (uint32_t)p[i] << 8;
	return sum;
}

static uint16_t
fold(uint32_t sum)
{
	while (sum > 0xffffU)
		sum = (sum & 0xffffU) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint16_t
udp_checksum(const uint8_t *ip, const uint8_t *udp, size_t udp_len)
{
	uint32_t sum = sum_words(ip + IP_SRC, 8, NBSI_PROTO_UDP + (uint32_t)udp_len);

	return fold(sum_words(udp, udp_len, sum));
}

static enum nbs_status
parse_udp(const uint8_t *ip, const struct nbsi_ipv4_view *view)
{
	const uint8_t *udp = view->payload;
	size_t udp_len;

	if (view->payload_len < NBS_UDP_HEADER)
		return NBS_E_TRUNCATED;
	udp_len = nbsi_get16(udp + UDP_LENGTH);
	if (udp_len < NBS_UDP_HEADER)
		return NBS_E_INVALID;
	if (udp_len > view->payload_len)
		return NBS_E_TRUNCATED;
	if (nbsi_get16(udp + UDP_CHECKSUM) == 0)
		return NBS_E_INVALID; /* "no checksum": every sender of ours writes one */
	return udp_checksum(ip, udp, udp_len) == 0 ? NBS_OK : NBS_E_INVALID;
}

static enum nbs_status
parse_transport(const uint8_t *ip, const struct nbsi_ipv4_view *view)
{
	if (view->fragment)
		return NBS_OK;
	if (view->proto == NBSI_PROTO_UDP)
		return parse_udp(ip, view);
	if (view->proto == NBSI_PROTO_TCP && view->payload_len < TCP_HEADER_MIN)
		return NBS_E_TRUNCATED;
	if (view->proto == NBSI_PROTO_ICMP && view->payload_len < ICMP_HEADER_MIN)
		return NBS_E_TRUNCATED;
	return NBS_OK;
}

enum nbs_status
nbsi_ipv4_parse(const uint8_t *packet, size_t len, struct nbsi_ipv4_view *view)
{
	size_t header, total;

	if (len < NBS_IPV4_HEADER)
		return NBS_E_TRUNCATED;
	if (packet[0] >> 4 != 4)
		return NBS_E_INVALID;
	header = (size_t)(packet[0] & 0x0fU) * 4;
	total = nbsi_get16(packet + IP_TOTAL_LENGTH);
	if (header < NBS_IPV4_HEADER || total < header)
		return NBS_E_INVALID;
	if (total > len)
		return NBS_E_TRUNCATED;
	if (fold(sum_words(packet, header, 0)) != 0)
		return NBS_E_INVALID;
	view->src = nbsi_get32(packet + IP_SRC);
	view->dst = nbsi_get32(packet + IP_DST);
	view->proto = packet[IP_PROTO];
	view->fragment = (nbsi_get16(packet + IP_FRAGMENT) & MORE_OR_OFFSET) != 0;
	view->payload = packet + header;
	view->payload_len = total - header;
	return parse_transport(packet, view);
}

static void
seal_ip(uint8_t *ip, size_t header, size_t total)
{
	nbsi_put16(ip + IP_TOTAL_LENGTH, (uint16_t)total);
	nbsi_put16(ip + IP_CHECKSUM, 0);
	nbsi_put16(ip + IP_CHECKSUM, fold(sum_words(ip, header, 0)));
}

static void
seal_udp(const uint8_t *ip, uint8_t *udp, size_t udp_len)
{
	uint16_t sum;

	nbsi_put16(udp + UDP_LENGTH, (uint16_t)udp_len);
	nbsi_put16(udp + UDP_CHECKSUM, 0);
	sum = udp_checksum(ip, udp, udp_len);
	nbsi_put16(udp + UDP_CHECKSUM, sum == 0 ? 0xffffU : sum);
}

enum nbs_status
nbsi_udp_write(const struct nbsi_udp_meta *meta, const uint8_t *data, size_t len, uint8_t *packet,
	       size_t cap, size_t *packet_len)
{
	size_t total = NBS_IPV4_HEADER + NBS_UDP_HEADER + len;
	uint8_t *udp = packet + NBS_IPV4_HEADER;

	if (total > cap || total > UINT16_MAX)
		return NBS_E_RANGE;
	memset(packet, 0, NBS_IPV4_HEADER);
	packet[0] = 0x45;
	nbsi_put16(packet + IP_IDENT, meta->ident);
	packet[IP_TTL] = meta->ttl;
	packet[IP_PROTO] = NBSI_PROTO_UDP;
	nbsi_put32(packet + IP_SRC, meta->from.addr);
	nbsi_put32(packet + IP_DST, meta->to.addr);
	nbsi_put16(udp + UDP_SPORT, meta->from.port);
	nbsi_put16(udp + UDP_DPORT, meta->to.port);
	if (len > 0)
		memcpy(udp + NBS_UDP_HEADER, data, len);
	seal_ip(packet, NBS_IPV4_HEADER, total);
	seal_udp(packet, udp, NBS_UDP_HEADER + len);
	*packet_len = total;
	return NBS_OK;
}

void
nbsi_udp_checksum_nonzero(uint8_t *packet, size_t len)
{
	size_t header = (size_t)(packet[0] & 0x0fU) * 4;

	if (len < header + NBS_UDP_HEADER || packet[IP_PROTO] != NBSI_PROTO_UDP)
		return;
	if ((nbsi_get16(packet + IP_FRAGMENT) & MORE_OR_OFFSET) != 0)
		return;
	if (nbsi_get16(packet + header + UDP_CHECKSUM) == 0)
		nbsi_put16(packet + header + UDP_CHECKSUM, 0xffffU);
}

enum nbs_status
nbs_packet_seal(struct nbs_packet *packet)
{
	size_t header;

	if (packet == NULL || packet->data == NULL)
		return NBS_E_ARG;
	if (packet->len < NBS_IPV4_HEADER || packet->len > packet->cap)
		return NBS_E_ARG;
	header = (size_t)(packet->data[0] & 0x0fU) * 4;
	if (header < NBS_IPV4_HEADER || header > packet->len || packet->len > UINT16_MAX)
		return NBS_E_ARG;
	seal_ip(packet->data, header, packet->len);
	if (packet->data[IP_PROTO] != NBSI_PROTO_UDP)
		return NBS_OK;
	if (packet->len < header + NBS_UDP_HEADER)
		return NBS_E_ARG;
	seal_udp(packet->data, packet->data + header, packet->len - header);
	return NBS_OK;
}
