/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carrier-grade NAT (RFC 4787): one table of bindings, found by inside and by public endpoint.
 * An expired binding stays until its inside endpoint sends again or its port is needed, so nothing
 * has to happen when it expires; what an inside endpoint had last is never forgotten. Checksums by
 * RFC 1624, equation 3.
 */
#include "models/nbiot/nat.h"

#include "sim/array.h"
#include "sim/hash.h"
#include "sim/ipv4.h"

#include <string.h>

/* Offsets: RFC 791 3.1 and RFC 768. */
enum {
	NAT_IP_CHECKSUM = 10,
	NAT_IP_SOURCE = 12,
	NAT_IP_DESTINATION = 16,
	NAT_UDP_SOURCE = 0,
	NAT_UDP_DESTINATION = 2,
	NAT_UDP_CHECKSUM = 6,
};

enum nat_side { NAT_INSIDE, NAT_PUBLIC, NAT__SIDES };

#define NAT_NONE UINT32_MAX           /* no such binding */
#define NAT_RELEASED (UINT32_MAX - 1) /* next[NAT_PUBLIC] of who has lost its port to another */

struct nat_binding {
	uint64_t refreshed_ns; /* last outbound packet */
	uint32_t inside_addr;
	uint16_t inside_port, public_port;
	uint32_t next[NAT__SIDES]; /* in its buckets */
};

_Static_assert(sizeof(struct nat_binding) + NAT__SIDES * sizeof(uint32_t) == 32,
	       "64 bytes an endpoint right after the arrays have doubled");

/* A public address. */
struct nat_address {
	uint16_t next_port;
	uint64_t full_until_ns; /* no port becomes free up to then */
};

struct nbs_nat {
	struct nbs_engine *engine;
	struct nbs_nat_config config;
	struct nat_address addresses[NBS_NAT_POOL_MAX];
	struct nat_binding *bindings;
	uint32_t *heads[NAT__SIDES]; /* cap buckets each */
	size_t count, cap;           /* cap is a power of two */
	uint64_t made, rebound, dropped_inbound, exhausted, refused;
};

/* ---- the table ---- */

/* Paired pooling, RFC 4787 REQ-2: the public address follows from the inside one. */
static uint32_t
nat_address_of(const struct nbs_nat *nat, uint32_t inside_addr)
{
	return (inside_addr - nat->config.inside_net) % nat->config.pool_count;
}

static uint64_t
nat_key(uint32_t address, uint16_t port)
{
	return (uint64_t)address << 16 | port;
}

static uint64_t
nat_binding_key(const struct nbs_nat *nat, enum nat_side side, const struct nat_binding *binding)
{
	if (side == NAT_INSIDE)
		return nat_key(binding->inside_addr, binding->inside_port);
	return nat_key(nat_address_of(nat, binding->inside_addr), binding->public_port);
}

/* The low bits of FNV-1a are its weak ones. */
static uint32_t *
nat_bucket(const struct nbs_nat *nat, enum nat_side side, uint64_t key)
{
	uint64_t hash = nbsi_fnv1a(NBSI_FNV1A_START, &key, sizeof key);

	return &nat->heads[side][(hash ^ hash >> 29) & (nat->cap - 1)];
}

static uint32_t
nat_find(const struct nbs_nat *nat, enum nat_side side, uint64_t key)
{
	uint32_t at;

	if (nat->cap == 0)
		return NAT_NONE;
	at = *nat_bucket(nat, side, key);
	while (at != NAT_NONE && nat_binding_key(nat, side, &nat->bindings[at]) != key)
		at = nat->bindings[at].next[side];
	return at;
}

static void
nat_link(struct nbs_nat *nat, enum nat_side side, uint32_t at)
{
	struct nat_binding *binding = &nat->bindings[at];
	uint32_t *bucket = nat_bucket(nat, side, nat_binding_key(nat, side, binding));

	binding->next[side] = *bucket;
	*bucket = at;
}

/* Takes an expired binding its port away; its inside endpoint stays known. */
static void
nat_release_port(struct nbs_nat *nat, uint32_t at)
{
	struct nat_binding *binding = &nat->bindings[at];
	uint32_t *place;

	if (binding->next[NAT_PUBLIC] == NAT_RELEASED)
		return;
	place = nat_bucket(nat, NAT_PUBLIC, nat_binding_key(nat, NAT_PUBLIC, binding));
	while (*place != at)
		place = &nat->bindings[*place].next[NAT_PUBLIC];
	*place = binding->next[NAT_PUBLIC];
	binding->next[NAT_PUBLIC] = NAT_RELEASED;
}

/* Room for one more; buckets grow with the bindings. */
static enum nbs_status
nat_room(struct nbs_nat *nat)
{
	size_t want = nat->cap == 0 ? NBSI_ARRAY_FIRST : nat->cap * 2;
	void *array = nat->bindings;
	uint32_t *heads, at;

	if (nat->count < nat->cap)
		return NBS_OK;
	heads = malloc(want * NAT__SIDES * sizeof *heads);
	if (heads == NULL)
		return NBS_E_NOMEM;
	if (nbsi_array_room(&array, sizeof *nat->bindings, nat->count, &nat->cap) != NBS_OK) {
		free(heads);
		return NBS_E_NOMEM;
	}
	memset(heads, 0xff, want * NAT__SIDES * sizeof *heads); /* NAT_NONE */
	free(nat->heads[NAT_INSIDE]);
	nat->bindings = array;
	nat->heads[NAT_INSIDE] = heads;
	nat->heads[NAT_PUBLIC] = heads + want;
	for (at = 0; at < nat->count; at++) {
		nat_link(nat, NAT_INSIDE, at);
		if (nat->bindings[at].next[NAT_PUBLIC] != NAT_RELEASED)
			nat_link(nat, NAT_PUBLIC, at);
	}
	return NBS_OK;
}

/* ---- bindings ---- */

static bool
nat_lives(const struct nbs_nat *nat, const struct nat_binding *binding, uint64_t now_ns)
{
	return now_ns - binding->refreshed_ns <= nat->config.binding_ns;
}

/*
 * The next port in turn that nobody uses, and is not `except`. When all are in use, the earliest
 * time at which one may expire is kept: a storm of refused packets searches once only.
 */
static bool
nat_pick_port(struct nbs_nat *nat, uint32_t address, uint32_t except, uint16_t *port)
{
	const struct nbs_nat_config *config = &nat->config;
	struct nat_address *state = &nat->addresses[address];
	uint32_t ports = config->port_last - config->port_first + 1U, tries;
	uint64_t now = nbs_now(nat->engine), full_until = UINT64_MAX;

	if (state->full_until_ns > now)
		return false;
	for (tries = 0; tries < ports; tries++) {
		uint16_t candidate = state->next_port;
		uint32_t at = nat_find(nat, NAT_PUBLIC, nat_key(address, candidate));

		state->next_port =
		    candidate == config->port_last ? config->port_first : (uint16_t)(candidate + 1);
		if (at != NAT_NONE && nat_lives(nat, &nat->bindings[at], now)) {
			uint64_t end = nat->bindings[at].refreshed_ns + config->binding_ns;

			full_until = end < full_until ? end : full_until;
		} else if (candidate == except) {
			full_until = 0; /* free for the others */
		} else {
			*port = candidate;
			return true;
		}
	}
	state->full_until_ns = full_until;
	return false;
}

/* Binds an inside endpoint; at is its expired binding, NAT_NONE if it never had one. */
static uint32_t
nat_bind(struct nbs_nat *nat, uint32_t inside_addr, uint16_t inside_port, uint32_t at)
{
	uint32_t address = nat_address_of(nat, inside_addr), holder;
	uint32_t except = at == NAT_NONE ? NAT_NONE : nat->bindings[at].public_port;
	uint16_t port = 0;

	if (!nat_pick_port(nat, address, except, &port) || nat_room(nat) != NBS_OK) {
		nat->exhausted++;
		return NAT_NONE;
	}
	holder = nat_find(nat, NAT_PUBLIC, nat_key(address, port));
	if (holder != NAT_NONE)
		nat_release_port(nat, holder);
	nat->made++;
	if (at == NAT_NONE) {
		at = (uint32_t)nat->count++;
		nat->bindings[at] =
		    (struct nat_binding){.inside_addr = inside_addr, .inside_port = inside_port};
		nat_link(nat, NAT_INSIDE, at);
	} else {
		nat->rebound++;
		nat_release_port(nat, at);
	}
	nat->bindings[at].public_port = port;
	nat_link(nat, NAT_PUBLIC, at);
	return at;
}

/* ---- packets ---- */

/* RFC 1624, equation 3: a checksum after a 16-bit word under it has changed. */
static void
nat_fix_checksum(uint8_t *checksum, uint16_t was, uint16_t is)
{
	uint32_t sum = (uint16_t)~nbsi_get16(checksum);

	sum += (uint16_t)~was;
	sum += is;
	sum = (sum & 0xffffU) + (sum >> 16);
	sum = (sum & 0xffffU) + (sum >> 16);
	nbsi_put16(checksum, (uint16_t)~sum);
}

/* Writes an address and a port; the UDP checksum covers the address too (RFC 768). */
static void
nat_rewrite(uint8_t *ip, uint8_t *addr, uint8_t *udp, uint8_t *port, struct nbs_endpoint to)
{
	const uint16_t high = (uint16_t)(to.addr >> 16), low = (uint16_t)(to.addr & 0xffffU);

	nat_fix_checksum(ip + NAT_IP_CHECKSUM, nbsi_get16(addr), high);
	nat_fix_checksum(ip + NAT_IP_CHECKSUM, nbsi_get16(addr + 2), low);
	nat_fix_checksum(udp + NAT_UDP_CHECKSUM, nbsi_get16(addr), high);
	nat_fix_checksum(udp + NAT_UDP_CHECKSUM, nbsi_get16(addr + 2), low);
	nat_fix_checksum(udp + NAT_UDP_CHECKSUM, nbsi_get16(port), to.port);
	if (nbsi_get16(udp + NAT_UDP_CHECKSUM) == 0)
		nbsi_put16(udp + NAT_UDP_CHECKSUM, 0xffff); /* 0 would say: none */
	nbsi_put32(addr, to.addr);
	nbsi_put16(port, to.port);
}

static bool
nat_is_inside(const struct nbs_nat_config *config, uint32_t addr)
{
	return config->inside_prefix == 0 ||
	       (addr ^ config->inside_net) >> (32U - config->inside_prefix) == 0;
}

enum nbs_tap_verdict
nbs_nat_out(void *arg, enum nbs_dir dir, struct nbs_packet *packet)
{
	struct nbs_nat *nat = arg;
	struct nbsi_ipv4_view view;
	struct nbs_endpoint outside;
	uint8_t *udp;
	uint32_t at;
	uint16_t port;

	if (dir != NBS_DIR_OUT || packet->len < NBS_IPV4_HEADER ||
	    !nat_is_inside(&nat->config, nbsi_get32(packet->data + NAT_IP_SOURCE)))
		return NBS_TAP_PASS;
	if (nbsi_ipv4_parse(packet->data, packet->len, &view) != NBS_OK ||
	    view.proto != NBSI_PROTO_UDP || view.fragment) {
		nat->refused++;
		return NBS_TAP_DROP;
	}
	udp = packet->data + (view.payload - packet->data);
	port = nbsi_get16(udp + NAT_UDP_SOURCE);
	at = nat_find(nat, NAT_INSIDE, nat_key(view.src, port));
	if (at == NAT_NONE || !nat_lives(nat, &nat->bindings[at], nbs_now(nat->engine)))
		at = nat_bind(nat, view.src, port, at);
	if (at == NAT_NONE)
		return NBS_TAP_DROP;
	nat->bindings[at].refreshed_ns = nbs_now(nat->engine);
	outside.addr = nat->config.pool_first + nat_address_of(nat, view.src);
	outside.port = nat->bindings[at].public_port;
	nat_rewrite(packet->data, packet->data + NAT_IP_SOURCE, udp, udp + NAT_UDP_SOURCE, outside);
	return NBS_TAP_PASS;
}

enum nbs_tap_verdict
nbs_nat_in(void *arg, enum nbs_dir dir, struct nbs_packet *packet)
{
	struct nbs_nat *nat = arg;
	struct nbsi_ipv4_view view;
	struct nbs_endpoint inside;
	uint8_t *udp;
	uint32_t at = NAT_NONE;

	/* A packet with something wrong about it is the host's to drop and to count. */
	if (dir != NBS_DIR_IN || nbsi_ipv4_parse(packet->data, packet->len, &view) != NBS_OK ||
	    view.dst - nat->config.pool_first >= nat->config.pool_count)
		return NBS_TAP_PASS;
	udp = packet->data + (view.payload - packet->data);
	if (view.proto == NBSI_PROTO_UDP && !view.fragment)
		at = nat_find(nat, NAT_PUBLIC,
			      nat_key(view.dst - nat->config.pool_first,
				      nbsi_get16(udp + NAT_UDP_DESTINATION)));
	if (at == NAT_NONE || !nat_lives(nat, &nat->bindings[at], nbs_now(nat->engine))) {
		nat->dropped_inbound++;
		return NBS_TAP_DROP;
	}
	inside.addr = nat->bindings[at].inside_addr;
	inside.port = nat->bindings[at].inside_port;
	nat_rewrite(packet->data, packet->data + NAT_IP_DESTINATION, udp, udp + NAT_UDP_DESTINATION,
		    inside);
	return NBS_TAP_PASS;
}

/* ---- from outside ---- */

static bool
nat_config_ok(const struct nbs_nat_config *config)
{
	uint32_t last = config->pool_first + (config->pool_count - 1U);

	return config->inside_prefix <= 32 && config->pool_count > 0 &&
	       config->pool_count <= NBS_NAT_POOL_MAX && last >= config->pool_first &&
	       !nat_is_inside(config, config->pool_first) && !nat_is_inside(config, last) &&
	       config->port_first > 0 && config->port_first <= config->port_last &&
	       config->binding_ns > 0;
}

enum nbs_status
nbs_nat_new(struct nbs_engine *engine, const struct nbs_nat_config *config, struct nbs_nat **out)
{
	struct nbs_nat *nat;
	unsigned i;

	if (engine == NULL || config == NULL || out == NULL || !nat_config_ok(config))
		return NBS_E_ARG;
	nat = calloc(1, sizeof *nat);
	if (nat == NULL)
		return NBS_E_NOMEM;
	nat->engine = engine;
	nat->config = *config;
	for (i = 0; i < config->pool_count; i++)
		nat->addresses[i].next_port = config->port_first;
	*out = nat;
	return NBS_OK;
}

void
nbs_nat_free(struct nbs_nat *nat)
{
	if (nat == NULL)
		return;
	free(nat->bindings);
	free(nat->heads[NAT_INSIDE]);
	free(nat);
}

enum nbs_status
nbs_nat_inside(const struct nbs_nat *nat, struct nbs_endpoint outside, struct nbs_endpoint *inside)
{
	uint32_t address, at;

	if (nat == NULL || inside == NULL)
		return NBS_E_ARG;
	address = outside.addr - nat->config.pool_first;
	if (address >= nat->config.pool_count)
		return NBS_E_NOTFOUND;
	at = nat_find(nat, NAT_PUBLIC, nat_key(address, outside.port));
	if (at == NAT_NONE)
		return NBS_E_NOTFOUND;
	inside->addr = nat->bindings[at].inside_addr;
	inside->port = nat->bindings[at].inside_port;
	return NBS_OK;
}

void
nbs_nat_get_stats(const struct nbs_nat *nat, struct nbs_nat_stats *stats)
{
	uint32_t at;

	if (stats == NULL)
		return;
	*stats = (struct nbs_nat_stats){0};
	if (nat == NULL)
		return;
	stats->made = nat->made;
	stats->rebound = nat->rebound;
	stats->dropped_inbound = nat->dropped_inbound;
	stats->exhausted = nat->exhausted;
	stats->refused = nat->refused;
	for (at = 0; at < nat->count; at++)
		stats->living += nat_lives(nat, &nat->bindings[at], nbs_now(nat->engine));
	stats->expired = nat->made - stats->living;
}
