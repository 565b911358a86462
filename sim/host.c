/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hosts and sockets: argument checks, ownership, and the two kinds behind one table. */
#include "sim/ipv4.h"
#include "sim/net_internal.h"

#include <stdlib.h>
#include <string.h>

static uint64_t live_objects; /* handles of the process; the engine is a singleton as well */

void
nbsi_live_add(void)
{
	live_objects++;
}

void
nbsi_live_remove(void)
{
	live_objects--;
}

uint64_t
nbs_live_objects(void)
{
	return live_objects;
}

enum nbs_status
nbs_host_new(struct nbs_engine *engine, enum nbs_host_kind kind, const char *name,
	     struct nbs_host **out)
{
	struct nbs_host *host;

	if (engine == NULL || name == NULL || out == NULL)
		return NBS_E_ARG;
	if (kind != NBS_HOST_LIGHT && kind != NBS_HOST_NS3)
		return NBS_E_ARG;
	host = calloc(1, sizeof *host);
	if (host == NULL)
		return NBS_E_NOMEM;
	host->name = strdup(name);
	if (host->name == NULL) {
		free(host);
		return NBS_E_NOMEM;
	}
	host->ops = kind == NBS_HOST_NS3 ? &nbsi_host_ns3_ops : &nbsi_host_light_ops;
	host->engine = engine;
	nbsi_live_add();
	*out = host;
	return NBS_OK;
}

/* Tells the network it is on and the taps that look at it: each may outlive it. */
static void
iface_free(struct nbs_iface *iface)
{
	unsigned i;

	nbsi_wan_leave(iface);
	for (i = 0; i < iface->tap_count; i++)
		if (iface->taps[i].gone != NULL)
			iface->taps[i].gone(iface->taps[i].arg);
	free(iface->taps);
	free(iface);
}

void
nbs_host_free(struct nbs_host *host)
{
	struct nbs_udp *udp, *next;

	if (host == NULL)
		return;
	for (udp = host->sockets; udp != NULL; udp = next) {
		next = udp->next;
		nbs_udp_close(udp);
	}
	host->ops->fini(host);
	while (host->ifaces != NULL) {
		struct nbs_iface *iface = host->ifaces;

		host->ifaces = iface->next;
		iface_free(iface);
	}
	free(host->name);
	free(host);
	nbsi_live_remove();
}

const char *
nbs_host_name(const struct nbs_host *host)
{
	return host == NULL ? "" : host->name;
}

static void
append_iface(struct nbs_host *host, struct nbs_iface *iface)
{
	struct nbs_iface **place = &host->ifaces;

	while (*place != NULL)
		place = &(*place)->next;
	*place = iface;
}

enum nbs_status
nbs_host_add_iface(struct nbs_host *host, uint32_t addr, unsigned prefix_len, uint16_t mtu,
		   struct nbs_iface **out)
{
	struct nbs_iface *iface;
	enum nbs_status status;

	if (host == NULL || out == NULL || addr == 0 || prefix_len < 1 || prefix_len > 32)
		return NBS_E_ARG;
	if (mtu < 68 || mtu > NBS_MTU_MAX) /* RFC 791: every module forwards 68 octets */
		return NBS_E_ARG;
	iface = calloc(1, sizeof *iface);
	if (iface == NULL)
		return NBS_E_NOMEM;
	iface->host = host;
	iface->addr = addr;
	iface->prefix_len = (uint8_t)prefix_len;
	iface->mtu = mtu;
	status = host->ops->add_iface(host, iface);
	if (status != NBS_OK) {
		iface_free(iface);
		return status;
	}
	append_iface(host, iface);
	*out = iface;
	return NBS_OK;
}

enum nbs_status
nbs_host_default_route(struct nbs_host *host, struct nbs_iface *iface)
{
	return nbs_host_route(host, 0, 0, iface);
}

enum nbs_status
nbs_host_route(struct nbs_host *host, uint32_t net, unsigned prefix_len, struct nbs_iface *iface)
{
	if (host == NULL || iface == NULL || iface->host != host || prefix_len > 32)
		return NBS_E_ARG;
	return host->ops->route(host, net, prefix_len, iface);
}

enum nbs_status
nbs_host_forward(struct nbs_host *host, bool on)
{
	return host == NULL ? NBS_E_ARG : host->ops->forward(host, on);
}

static bool
port_taken(const struct nbs_host *host, uint16_t port)
{
	const struct nbs_udp *udp;

	for (udp = host->sockets; udp != NULL; udp = udp->next)
		if (udp->port == port)
			return true;
	return false;
}

static uint16_t
free_ephemeral(const struct nbs_host *host)
{
	uint32_t port;

	for (port = NBSI_EPHEMERAL_FIRST; port <= NBSI_EPHEMERAL_LAST; port++)
		if (!port_taken(host, (uint16_t)port))
			return (uint16_t)port;
	return 0;
}

enum nbs_status
nbs_udp_open(struct nbs_host *host, uint16_t port, nbs_udp_recv_fn recv, void *arg,
	     struct nbs_udp **out)
{
	struct nbs_udp *udp;
	enum nbs_status status;

	if (host == NULL || out == NULL)
		return NBS_E_ARG;
	if (port == 0)
		port = free_ephemeral(host);
	if (port == 0 || port_taken(host, port))
		return NBS_E_STATE;
	udp = calloc(1, sizeof *udp);
	if (udp == NULL)
		return NBS_E_NOMEM;
	udp->host = host;
	udp->port = port;
	udp->recv = recv;
	udp->arg = arg;
	status = host->ops->udp_open(host, udp);
	if (status != NBS_OK) {
		free(udp);
		return status;
	}
	udp->next = host->sockets;
	host->sockets = udp;
	nbsi_live_add();
	*out = udp;
	return NBS_OK;
}

enum nbs_status
nbs_udp_send(struct nbs_udp *udp, struct nbs_endpoint to, const uint8_t *data, size_t len,
	     uint64_t *frame)
{
	struct nbs_iface *iface;
	enum nbs_status status;

	if (udp == NULL || (data == NULL && len > 0) || to.port == 0 || to.addr == 0)
		return NBS_E_ARG;
	if (len > NBS_MTU_MAX - NBS_IPV4_HEADER - NBS_UDP_HEADER)
		return NBS_E_RANGE;
	for (iface = udp->host->ifaces; iface != NULL; iface = iface->next)
		iface->out_frame = 0;
	status = udp->host->ops->udp_send(udp, to, data, len);
	if (frame != NULL) {
		*frame = 0;
		for (iface = udp->host->ifaces; iface != NULL; iface = iface->next)
			if (iface->out_frame != 0)
				*frame = iface->out_frame;
	}
	return status;
}

uint16_t
nbs_udp_port(const struct nbs_udp *udp)
{
	return udp == NULL ? 0 : udp->port;
}

void
nbs_udp_close(struct nbs_udp *udp)
{
	struct nbs_udp **place;

	if (udp == NULL)
		return;
	for (place = &udp->host->sockets; *place != udp; place = &(*place)->next)
		;
	*place = udp->next;
	udp->host->ops->udp_close(udp);
	free(udp);
	nbsi_live_remove();
}

void
nbsi_udp_deliver(struct nbs_udp *udp, struct nbs_endpoint from, const uint8_t *data, size_t len)
{
	const struct nbs_host *host = udp->host;
	struct nbs_datagram datagram = {
	    .from = from,
	    .to = {.addr = host->rx_iface != NULL ? host->rx_iface->addr : 0, .port = udp->port},
	    .data = data,
	    .len = len,
	    .frame = host->rx_frame,
	};

	if (udp->recv != NULL)
		udp->recv(udp->arg, &datagram);
}
