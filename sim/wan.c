/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wide-area networks and links: serialisation, delay and loss at each attachment, one event a
 * packet. Times are integers, so the same bytes arrive at the same nanosecond everywhere.
 */
#include "sim/ipv4.h"
#include "sim/net_internal.h"

#include <stdlib.h>
#include <string.h>

struct wan_port {
	struct nbs_wan *wan;
	struct wan_port *next;
	struct nbs_iface *iface;
	struct nbs_link_params params;
	uint32_t net;
	uint8_t prefix_len;
	uint64_t up_busy_ns;   /* the line into the network is occupied until then */
	uint64_t down_busy_ns; /* the line out of it, likewise */
};

struct nbs_wan {
	struct nbs_engine *engine;
	gsl_rng *rng;
	struct wan_port *ports; /* longest prefix first */
	bool point_to_point;    /* deliver to the other port, whatever the destination */
	struct nbs_wan_stats stats;
};

/* A packet on its way. */
struct wan_transit {
	struct nbs_iface *to;
	size_t len;
	uint8_t bytes[];
};

enum nbs_status
nbs_wan_new(struct nbs_engine *engine, const char *name, struct nbs_wan **out)
{
	struct nbs_wan *wan;
	enum nbs_status status;

	if (engine == NULL || name == NULL || out == NULL)
		return NBS_E_ARG;
	wan = calloc(1, sizeof *wan);
	if (wan == NULL)
		return NBS_E_NOMEM;
	wan->engine = engine;
	status = nbs_rng_new(engine, name, &wan->rng);
	if (status != NBS_OK) {
		free(wan);
		return status;
	}
	nbsi_live_add();
	*out = wan;
	return NBS_OK;
}

void
nbs_wan_free(struct nbs_wan *wan)
{
	if (wan == NULL)
		return;
	while (wan->ports != NULL) {
		struct wan_port *port = wan->ports;

		wan->ports = port->next;
		nbs_iface_attach(port->iface, NULL, NULL);
		free(port);
	}
	gsl_rng_free(wan->rng);
	free(wan);
	nbsi_live_remove();
}

static void
wan_arrive(void *arg)
{
	struct wan_transit *transit = arg;

	(void)nbs_iface_rx(transit->to, transit->bytes, transit->len);
	free(transit);
}

static bool
prefix_holds(const struct wan_port *port, uint32_t addr)
{
	return port->prefix_len == 0 || ((addr ^ port->net) >> (32U - port->prefix_len)) == 0;
}

static struct wan_port *
wan_route(const struct wan_port *from, uint32_t dst)
{
	struct wan_port *port;

	for (port = from->wan->ports; port != NULL; port = port->next) {
		if (port == from)
			continue;
		if (from->wan->point_to_point || prefix_holds(port, dst))
			return port;
	}
	return NULL;
}

static uint64_t
wan_serialise_ns(const struct nbs_link_params *params, size_t len)
{
	if (params->rate_bps == 0)
		return 0;
	return (uint64_t)len * 8U * NBS_NS_PER_S / params->rate_bps;
}

static bool
wan_loses(const struct nbs_wan *wan, const struct nbs_link_params *params)
{
	return params->loss > 0 && gsl_rng_uniform(wan->rng) < params->loss;
}

/* A line is a queue: a packet starts when it is there and the one before it has left. */
static uint64_t
wan_occupy(uint64_t *busy_until_ns, uint64_t from_ns, uint64_t serialise_ns)
{
	if (*busy_until_ns < from_ns)
		*busy_until_ns = from_ns;
	*busy_until_ns += serialise_ns;
	return *busy_until_ns;
}

/* When the last bit has reached the far interface. */
static uint64_t
wan_arrival_ns(struct wan_port *from, struct wan_port *to, size_t len)
{
	uint64_t t = nbs_now(from->wan->engine);

	t = wan_occupy(&from->up_busy_ns, t, wan_serialise_ns(&from->params, len));
	t += from->params.delay_ns + to->params.delay_ns;
	return wan_occupy(&to->down_busy_ns, t, wan_serialise_ns(&to->params, len));
}

static void
wan_tx(void *arg, const uint8_t *packet, size_t len)
{
	struct wan_port *from = arg;
	struct nbs_wan *wan = from->wan;
	struct wan_port *to = wan_route(from, nbsi_get32(packet + 16)); /* destination, RFC 791 */
	struct wan_transit *transit;
	uint64_t delay_ns;

	if (to == NULL) {
		wan->stats.unroutable++;
		return;
	}
	if (wan_loses(wan, &from->params) || wan_loses(wan, &to->params)) {
		wan->stats.lost++;
		return;
	}
	transit = malloc(sizeof *transit + len);
	if (transit == NULL) {
		wan->stats.lost++;
		return;
	}
	transit->to = to->iface;
	transit->len = len;
	memcpy(transit->bytes, packet, len);
	delay_ns = wan_arrival_ns(from, to, len) - nbs_now(wan->engine);
	if (nbs_schedule(wan->engine, delay_ns, wan_arrive, free, transit) != NBS_OK) {
		free(transit);
		wan->stats.lost++;
		return;
	}
	wan->stats.carried++;
}

enum nbs_status
nbs_wan_join(struct nbs_wan *wan, const struct nbs_link_params *params, struct nbs_iface *iface,
	     uint32_t net, unsigned prefix_len)
{
	struct wan_port **place, *port;

	if (wan == NULL || params == NULL || iface == NULL || prefix_len > 32)
		return NBS_E_ARG;
	if (!(params->loss >= 0 && params->loss <= 1))
		return NBS_E_ARG;
	port = calloc(1, sizeof *port);
	if (port == NULL)
		return NBS_E_NOMEM;
	port->wan = wan;
	port->iface = iface;
	port->params = *params;
	port->net = net;
	port->prefix_len = (uint8_t)prefix_len;
	for (place = &wan->ports; *place != NULL; place = &(*place)->next)
		if ((*place)->prefix_len < port->prefix_len)
			break;
	port->next = *place;
	*place = port;
	nbs_iface_attach(iface, wan_tx, port);
	return NBS_OK;
}

enum nbs_status
nbs_wan_pair(struct nbs_engine *engine, const char *name, const struct nbs_link_params *params,
	     struct nbs_iface *a, struct nbs_iface *b, struct nbs_wan **out)
{
	/* The parameters are the link's: the far attachment adds nothing. */
	static const struct nbs_link_params none = {0};
	struct nbs_wan *wan = NULL;
	enum nbs_status status = nbs_wan_new(engine, name, &wan);

	if (status != NBS_OK)
		return status;
	wan->point_to_point = true;
	status = nbs_wan_join(wan, params, a, 0, 0);
	if (status == NBS_OK)
		status = nbs_wan_join(wan, &none, b, 0, 0);
	if (status != NBS_OK) {
		nbs_wan_free(wan);
		return status;
	}
	*out = wan;
	return NBS_OK;
}

void
nbs_wan_get_stats(const struct nbs_wan *wan, struct nbs_wan_stats *stats)
{
	*stats = wan->stats;
}
