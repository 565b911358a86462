/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The light host: one interface, UDP only. It writes the bytes that an ns-3 node would (TTL,
 * identification counted from 0 for each destination), which a test compares.
 * Deviation: what is not UDP to an open port is dropped without an ICMP answer.
 */
#include "sim/ipv4.h"
#include "sim/net_internal.h"

#include <stdlib.h>

/* The next IPv4 identification for a destination; most devices have exactly one. */
struct light_ident {
	struct light_ident *next;
	uint32_t dst;
	uint16_t ident;
};

static enum nbs_status
light_add_iface(struct nbs_host *host, struct nbs_iface *iface)
{
	(void)iface;
	return host->ifaces == NULL ? NBS_OK : NBS_E_STATE;
}

static enum nbs_status
light_route(struct nbs_host *host, uint32_t net, unsigned prefix_len, struct nbs_iface *iface)
{
	(void)host;
	(void)net;
	(void)iface;
	return prefix_len == 0 ? NBS_OK : NBS_E_ARG; /* everything leaves by the one interface */
}

static enum nbs_status
light_forward(struct nbs_host *host, bool on)
{
	(void)host;
	return on ? NBS_E_ARG : NBS_OK;
}

static enum nbs_status
light_up(struct nbs_iface *iface, const uint8_t *packet, size_t len, uint64_t frame)
{
	struct nbs_host *host = iface->host;
	struct nbsi_ipv4_view view;
	struct nbs_endpoint from;
	struct nbs_udp *udp;

	if (nbsi_ipv4_parse(packet, len, &view) != NBS_OK || view.dst != iface->addr)
		return NBS_OK;
	if (view.proto != NBSI_PROTO_UDP || view.fragment)
		return NBS_OK;
	from.addr = view.src;
	from.port = nbsi_get16(view.payload);
	for (udp = host->sockets; udp != NULL; udp = udp->next)
		if (udp->port == nbsi_get16(view.payload + 2))
			break;
	if (udp == NULL)
		return NBS_OK;
	host->rx_iface = iface;
	host->rx_frame = frame;
	nbsi_udp_deliver(udp, from, view.payload + NBS_UDP_HEADER,
			 (size_t)nbsi_get16(view.payload + 4) - NBS_UDP_HEADER);
	return NBS_OK;
}

static enum nbs_status
light_udp_open(struct nbs_host *host, struct nbs_udp *udp)
{
	(void)host;
	(void)udp;
	return NBS_OK;
}

static void
light_udp_close(struct nbs_udp *udp)
{
	(void)udp;
}

static struct light_ident *
light_ident_of(struct nbs_host *host, uint32_t dst)
{
	struct light_ident *entry;

	for (entry = host->impl; entry != NULL; entry = entry->next)
		if (entry->dst == dst)
			return entry;
	entry = calloc(1, sizeof *entry);
	if (entry == NULL)
		return NULL;
	entry->dst = dst;
	entry->next = host->impl;
	host->impl = entry;
	return entry;
}

static enum nbs_status
light_udp_send(struct nbs_udp *udp, struct nbs_endpoint to, const uint8_t *data, size_t len)
{
	struct nbs_iface *iface = udp->host->ifaces;
	struct light_ident *ident;
	struct nbsi_udp_meta meta;
	uint8_t packet[NBS_MTU_MAX];
	size_t packet_len;
	enum nbs_status status;

	if (iface == NULL)
		return NBS_E_STATE;
	ident = light_ident_of(udp->host, to.addr);
	if (ident == NULL)
		return NBS_E_NOMEM;
	meta = (struct nbsi_udp_meta){
	    .from = {.addr = iface->addr, .port = udp->port},
	    .to = to,
	    .ident = ident->ident++,
	    .ttl = NBSI_UDP_TTL,
	};
	status = nbsi_udp_write(&meta, data, len, packet, sizeof packet, &packet_len);
	if (status != NBS_OK)
		return status;
	return nbsi_iface_out(iface, packet, packet_len);
}

static void
light_fini(struct nbs_host *host)
{
	struct light_ident *entry = host->impl;

	while (entry != NULL) {
		struct light_ident *next = entry->next;

		free(entry);
		entry = next;
	}
	host->impl = NULL;
}

const struct nbsi_host_ops nbsi_host_light_ops = {
    .add_iface = light_add_iface,
    .route = light_route,
    .forward = light_forward,
    .up = light_up,
    .udp_open = light_udp_open,
    .udp_send = light_udp_send,
    .udp_close = light_udp_close,
    .fini = light_fini,
};
