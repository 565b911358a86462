/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wide-area networks and links: serialisation, delay and loss at each attachment; one event a
 * packet, two when the receiving attachment has a rate. Times are integers, so the same bytes
 * arrive at the same nanosecond everywhere.
 */
#include "sim/ipv4.h"
#include "sim/net_internal.h"

#include <stdlib.h>
#include <string.h>

/* Packets refer to their port, not to what may go before they arrive. */
struct nbsi_wan_port {
	struct nbs_wan *wan; /* NULL when the network has gone */
	struct nbsi_wan_port *next;
	struct nbs_iface *iface; /* NULL when the interface or the network has gone */
	uint64_t refs;           /* one for the network, one for each packet on its way here */
	struct nbs_link_params params;
	uint32_t net;
	uint8_t prefix_len;
	uint64_t up_busy_ns;   /* the line into the network is occupied until then */
	uint64_t down_busy_ns; /* the line out of it, likewise */
};

struct nbs_wan {
	struct nbs_engine *engine;
	gsl_rng *rng;
	struct nbsi_wan_port *ports; /* longest prefix first */
	bool point_to_point;         /* deliver to the other port, whatever the destination */
	struct nbs_wan_stats stats;
};

/* A packet on its way. */
struct wan_transit {
	struct nbsi_wan_port *to;
	size_t len;
	uint8_t bytes[];
};

static void
port_unref(struct nbsi_wan_port *port)
{
	if (--port->refs == 0)
		free(port);
}

/* Parts the interface and the network; packets still on their way to the port find nobody. */
static void
port_close(struct nbsi_wan_port *port)
{
	if (port->iface->tx_arg == port) /* else something else was hung on it since */
		nbs_iface_attach(port->iface, NULL, NULL);
	port->iface->port = NULL;
	port->iface = NULL;
	port->wan = NULL;
	port_unref(port);
}

void
nbsi_wan_leave(struct nbs_iface *iface)
{
	struct nbsi_wan_port **place, *port = iface->port;

	if (port == NULL)
		return;
	for (place = &port->wan->ports; *place != port; place = &(*place)->next)
		;
	*place = port->next;
	port_close(port);
}

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
		struct nbsi_wan_port *port = wan->ports;

		wan->ports = port->next;
		port_close(port);
	}
	gsl_rng_free(wan->rng);
	free(wan);
	nbsi_live_remove();
}

static struct wan_transit *
transit_new(struct nbsi_wan_port *to, const uint8_t *packet, size_t len)
{
	struct wan_transit *transit = malloc(sizeof *transit + len);

	if (transit == NULL)
		return NULL;
	transit->to = to;
	transit->len = len;
	memcpy(transit->bytes, packet, len);
	to->refs++;
	return transit;
}

static void
transit_free(void *arg)
{
	struct wan_transit *transit = arg;

	port_unref(transit->to);
	free(transit);
}

/* The last bit has reached the far interface. Whom it wakes may free interface and network. */
static void
wan_arrive(void *arg)
{
	struct wan_transit *transit = arg;

	if (transit->to->iface != NULL)
		(void)nbs_iface_rx(transit->to->iface, transit->bytes, transit->len);
	transit_free(transit);
}

static bool
prefix_holds(const struct nbsi_wan_port *port, uint32_t addr)
{
	return port->prefix_len == 0 || ((addr ^ port->net) >> (32U - port->prefix_len)) == 0;
}

static struct nbsi_wan_port *
wan_route(const struct nbsi_wan_port *from, uint32_t dst)
{
	struct nbsi_wan_port *port;

	for (port = from->wan->ports; port != NULL; port = port->next) {
		if (port == from)
			continue;
		if (from->wan->point_to_point || prefix_holds(port, dst))
			return port;
	}
	return NULL;
}

static bool
wan_loses(const struct nbs_wan *wan, const struct nbs_link_params *params)
{
	return params->loss > 0 && gsl_rng_uniform(wan->rng) < params->loss;
}

/*
 * A line is a queue: a packet that is there now starts when the one before it has left.
 * Returns the ns until its last bit has; a line without a rate holds nothing up.
 */
static uint64_t
wan_occupy(const struct nbsi_wan_port *port, uint64_t *busy_until_ns, size_t len)
{
	uint64_t now = nbs_now(port->wan->engine);

	if (port->params.rate_bps == 0)
		return 0;
	if (*busy_until_ns < now)
		*busy_until_ns = now;
	*busy_until_ns += (uint64_t)len * 8U * NBS_NS_PER_S / port->params.rate_bps;
	return *busy_until_ns - now;
}

/*
 * The packet stands before the line out of the network: only now does it take its place in the
 * queue, so that what was sent earlier from farther away does not hold it up.
 */
static void
wan_reach(void *arg)
{
	struct wan_transit *transit = arg;
	struct nbsi_wan_port *to = transit->to;
	uint64_t delay_ns;

	if (to->iface == NULL) {
		transit_free(transit);
		return;
	}
	delay_ns = wan_occupy(to, &to->down_busy_ns, transit->len);
	if (nbs_schedule(to->wan->engine, delay_ns, wan_arrive, transit_free, transit) == NBS_OK)
		return;
	to->wan->stats.carried--;
	to->wan->stats.lost++;
	transit_free(transit);
}

static void
wan_tx(void *arg, const uint8_t *packet, size_t len)
{
	struct nbsi_wan_port *from = arg;
	struct nbs_wan *wan = from->wan;
	struct nbsi_wan_port *to =
	    wan_route(from, nbsi_get32(packet + 16)); /* destination, RFC 791 */
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
	transit = transit_new(to, packet, len);
	if (transit == NULL) {
		wan->stats.lost++;
		return;
	}
	delay_ns = wan_occupy(from, &from->up_busy_ns, len);
	delay_ns += from->params.delay_ns + to->params.delay_ns;
	if (nbs_schedule(wan->engine, delay_ns, to->params.rate_bps == 0 ? wan_arrive : wan_reach,
			 transit_free, transit) != NBS_OK) {
		transit_free(transit);
		wan->stats.lost++;
		return;
	}
	wan->stats.carried++;
}

enum nbs_status
nbs_wan_join(struct nbs_wan *wan, const struct nbs_link_params *params, struct nbs_iface *iface,
	     uint32_t net, unsigned prefix_len)
{
	struct nbsi_wan_port **place, *port;

	if (wan == NULL || params == NULL || iface == NULL || prefix_len > 32)
		return NBS_E_ARG;
	if (!(params->loss >= 0 && params->loss <= 1) || params->delay_ns > NBS_WAN_DELAY_MAX_NS)
		return NBS_E_ARG;
	if (iface->port != NULL)
		return NBS_E_STATE;
	port = calloc(1, sizeof *port);
	if (port == NULL)
		return NBS_E_NOMEM;
	port->wan = wan;
	port->refs = 1;
	port->iface = iface;
	port->params = *params;
	port->net = net;
	port->prefix_len = (uint8_t)prefix_len;
	for (place = &wan->ports; *place != NULL; place = &(*place)->next)
		if ((*place)->prefix_len < port->prefix_len)
			break;
	port->next = *place;
	*place = port;
	iface->port = port;
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
	enum nbs_status status;

	if (out == NULL)
		return NBS_E_ARG;
	status = nbs_wan_new(engine, name, &wan);
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
	if (stats != NULL)
		*stats = wan == NULL ? (struct nbs_wan_stats){0} : wan->stats;
}
