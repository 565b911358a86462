/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The NAT against RFC 4787, packet by packet; whole packets are written a second time to compare.
 */
#include "models/nbiot/nat.h"

#include "sim/ipv4.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define S NBS_NS_PER_S
#define INSIDE UINT32_C(0x0a400002) /* 10.64.0.2 */
#define PUBLIC UINT32_C(0xc6120000) /* 198.18.0.0 */

static const struct nbs_endpoint server = {.addr = UINT32_C(0xc633640a), .port = 10001};
static const struct nbs_endpoint stranger = {.addr = UINT32_C(0xcb007142), .port = 4444};

/* The default: 30 s. One public address of three ports, unless a test has more. */
static const struct nbs_nat_config small = {
    .inside_net = UINT32_C(0x0a400000),
    .inside_prefix = 10,
    .pool_first = PUBLIC,
    .pool_count = 1,
    .port_first = 5000,
    .port_last = 5002,
    .binding_ns = 30 * S,
};

struct bench {
	struct nbs_engine *engine;
	struct nbs_nat *nat;
	uint8_t data[64];
	struct nbs_packet packet;
};

static void
bench_init(struct bench *b, const struct nbs_nat_config *config)
{
	const struct nbs_engine_config engine = {.seed = 7};

	memset(b, 0, sizeof *b);
	assert_int_equal(nbs_engine_new(&engine, &b->engine), NBS_OK);
	assert_int_equal(nbs_nat_new(b->engine, config, &b->nat), NBS_OK);
}

static void
bench_fini(struct bench *b)
{
	nbs_nat_free(b->nat);
	nbs_engine_free(b->engine);
}

static void
bench_at(struct bench *b, uint64_t now_ns)
{
	assert_int_equal(nbs_run(b->engine, now_ns), NBS_OK);
}

static size_t
write_udp(uint8_t *data, size_t cap, struct nbs_endpoint from, struct nbs_endpoint to,
	  uint16_t content)
{
	const struct nbsi_udp_meta meta = {.from = from, .to = to, .ident = 77, .ttl = 63};
	const uint8_t payload[3] = {(uint8_t)(content >> 8), (uint8_t)(content & 255U), 0x5a};
	size_t len = 0;

	assert_int_equal(nbsi_udp_write(&meta, payload, sizeof payload, data, cap, &len), NBS_OK);
	return len;
}

static void
bench_packet(struct bench *b, struct nbs_endpoint from, struct nbs_endpoint to)
{
	b->packet = (struct nbs_packet){.data = b->data, .cap = sizeof b->data};
	b->packet.len = write_udp(b->data, sizeof b->data, from, to, 0x1234);
}

static struct nbs_endpoint
inside(unsigned host, uint16_t port)
{
	return (struct nbs_endpoint){.addr = INSIDE + host, .port = port};
}

/* Sends from inside to somewhere; the public endpoint, port 0 if the NAT dropped it. */
static struct nbs_endpoint
bench_out(struct bench *b, struct nbs_endpoint from, struct nbs_endpoint to)
{
	struct nbs_endpoint seen = {0};

	bench_packet(b, from, to);
	if (nbs_nat_out(b->nat, NBS_DIR_OUT, &b->packet) == NBS_TAP_DROP)
		return seen;
	seen.addr = nbsi_get32(b->data + 12);
	seen.port = nbsi_get16(b->data + 20);
	return seen;
}

/* Sends from somewhere to a public endpoint; whom it reaches, port 0 if nobody. */
static struct nbs_endpoint
bench_in(struct bench *b, struct nbs_endpoint from, struct nbs_endpoint to)
{
	struct nbs_endpoint reached = {0};

	bench_packet(b, from, to);
	if (nbs_nat_in(b->nat, NBS_DIR_IN, &b->packet) == NBS_TAP_DROP)
		return reached;
	reached.addr = nbsi_get32(b->data + 16);
	reached.port = nbsi_get16(b->data + 22);
	return reached;
}

static void
assert_endpoint(struct nbs_endpoint got, struct nbs_endpoint want)
{
	assert_int_equal(got.addr, want.addr);
	assert_int_equal(got.port, want.port);
}

static struct nbs_nat_stats
bench_stats(const struct bench *b)
{
	struct nbs_nat_stats stats;

	nbs_nat_get_stats(b->nat, &stats);
	return stats;
}

/*
 * Every value of a payload word takes the UDP checksum through all its values, 0 (sent as 0xffff)
 * included. What the NAT makes of a packet is what a host at its public endpoint would have sent.
 */
static void
test_bytes_and_checksums(void **state)
{
	const struct nbs_endpoint from = inside(0, 49153);
	const struct nbs_endpoint public = {.addr = PUBLIC, .port = 5000};
	uint8_t want[64];
	struct bench b;
	unsigned content;

	(void)state;
	bench_init(&b, &small);
	b.packet = (struct nbs_packet){.data = b.data, .cap = sizeof b.data};
	for (content = 0; content <= 0xffff; content++) {
		size_t len = write_udp(want, sizeof want, public, server, (uint16_t)content);

		b.packet.len = write_udp(b.data, sizeof b.data, from, server, (uint16_t)content);
		assert_int_equal(nbs_nat_out(b.nat, NBS_DIR_OUT, &b.packet), NBS_TAP_PASS);
		assert_int_equal(b.packet.len, len);
		assert_memory_equal(b.data, want, len);

		b.packet.len = write_udp(b.data, sizeof b.data, server, public, (uint16_t)content);
		(void)write_udp(want, sizeof want, server, from, (uint16_t)content);
		assert_int_equal(nbs_nat_in(b.nat, NBS_DIR_IN, &b.packet), NBS_TAP_PASS);
		assert_memory_equal(b.data, want, len);
	}
	assert_int_equal(bench_stats(&b).made, 1);
	bench_fini(&b);
}

/* REQ-1: one mapping towards everybody. REQ-2: one public address for all ports of a host. */
static void
test_mapping_and_filtering(void **state)
{
	struct nbs_nat_config config = small;
	struct nbs_endpoint first, second, other;
	struct bench b;

	(void)state;
	config.pool_count = 4;
	bench_init(&b, &config);
	first = bench_out(&b, inside(1, 49153), server);
	assert_endpoint(bench_out(&b, inside(1, 49153), stranger), first);
	second = bench_out(&b, inside(1, 49154), server);
	assert_int_equal(second.addr, first.addr);
	assert_int_not_equal(second.port, first.port);
	other = bench_out(&b, inside(2, 49153), server); /* same port, another host */
	assert_true(other.addr != first.addr || other.port != first.port);
	/* Filtering: who was never sent to gets through as well (REQ-8, transparency). */
	assert_endpoint(bench_in(&b, server, first), inside(1, 49153));
	assert_endpoint(bench_in(&b, stranger, second), inside(1, 49154));
	assert_endpoint(bench_in(&b, stranger, other), inside(2, 49153));
	assert_int_equal(bench_stats(&b).made, 3);
	assert_int_equal(bench_stats(&b).living, 3);
	bench_fini(&b);
}

/* A binding of 30 s lives while its pauses are no longer than that. */
static void
test_expiry_changes_the_port(void **state)
{
	struct nbs_endpoint first, second, holder = {0};
	struct nbs_nat_stats stats;
	struct bench b;

	(void)state;
	bench_init(&b, &small);
	first = bench_out(&b, inside(0, 49153), server);
	bench_at(&b, 30 * S);
	assert_endpoint(bench_out(&b, inside(0, 49153), server), first);
	bench_at(&b, 60 * S);
	assert_endpoint(bench_in(&b, server, first), inside(0, 49153));
	bench_at(&b, 60 * S + 1);
	assert_int_equal(bench_in(&b, server, first).port, 0);
	stats = bench_stats(&b);
	assert_int_equal(stats.dropped_inbound, 1);
	assert_int_equal(stats.expired, 1);
	assert_int_equal(stats.living, 0);
	assert_int_equal(nbs_nat_inside(b.nat, first, &holder), NBS_OK); /* it was his */
	assert_endpoint(holder, inside(0, 49153));
	second = bench_out(&b, inside(0, 49153), server);
	assert_int_equal(second.addr, first.addr);
	assert_int_not_equal(second.port, first.port);
	assert_int_equal(bench_in(&b, server, first).port, 0); /* the old one stays gone */
	assert_endpoint(bench_in(&b, server, second), inside(0, 49153));
	assert_int_equal(nbs_nat_inside(b.nat, first, &holder), NBS_E_NOTFOUND);
	stats = bench_stats(&b);
	assert_int_equal(stats.made, 2);
	assert_int_equal(stats.rebound, 1);
	assert_int_equal(stats.expired, 1);
	bench_fini(&b);
}

/* REQ-6: outbound packets refresh; inbound ones MAY, and here they do not. */
static void
test_inbound_does_not_refresh(void **state)
{
	struct nbs_endpoint first;
	struct bench b;

	(void)state;
	bench_init(&b, &small);
	first = bench_out(&b, inside(0, 49153), server);
	bench_at(&b, 20 * S);
	assert_endpoint(bench_in(&b, server, first), inside(0, 49153));
	bench_at(&b, 31 * S);
	assert_int_equal(bench_in(&b, server, first).port, 0);
	assert_int_not_equal(bench_out(&b, inside(0, 49153), server).port, first.port);
	bench_fini(&b);
}

/* Three ports: the fourth endpoint finds none until one has been silent for 30 s. */
static void
test_exhaustion(void **state)
{
	struct bench b;
	unsigned i;

	(void)state;
	bench_init(&b, &small);
	for (i = 0; i < 3; i++) {
		bench_at(&b, 10 * S * i);
		assert_int_equal(bench_out(&b, inside(i, 49153), server).port, 5000 + i);
	}
	for (i = 0; i < 1000; i++)
		assert_int_equal(bench_out(&b, inside(3, 49153), server).port, 0);
	assert_int_equal(bench_stats(&b).exhausted, 1000);
	bench_at(&b, 25 * S); /* the first lives on, the second expires after 40 s */
	assert_int_equal(bench_out(&b, inside(0, 49153), server).port, 5000);
	bench_at(&b, 40 * S);
	assert_int_equal(bench_out(&b, inside(3, 49153), server).port, 0);
	bench_at(&b, 40 * S + 1);
	assert_int_equal(bench_out(&b, inside(3, 49153), server).port, 5001);
	assert_int_equal(bench_stats(&b).exhausted, 1001);
	/* Who lost his port to another comes back when the third has expired, after 50 s. */
	assert_int_equal(bench_out(&b, inside(1, 49153), server).port, 0);
	bench_at(&b, 51 * S);
	assert_int_equal(bench_out(&b, inside(1, 49153), server).port, 5002);
	assert_int_equal(bench_stats(&b).rebound, 1);
	assert_int_equal(bench_stats(&b).made, 5);
	bench_fini(&b);
}

/* The only port that is free was one's own: another may have it, oneself not. */
static void
test_never_the_same_port(void **state)
{
	struct nbs_nat_config config = small;
	struct bench b;

	(void)state;
	config.port_last = 5000;
	bench_init(&b, &config);
	assert_int_equal(bench_out(&b, inside(0, 49153), server).port, 5000);
	bench_at(&b, 31 * S);
	assert_int_equal(bench_out(&b, inside(0, 49153), server).port, 0);
	assert_int_equal(bench_stats(&b).exhausted, 1);
	assert_int_equal(bench_out(&b, inside(1, 49153), server).port, 5000);
	bench_at(&b, 62 * S);
	assert_int_equal(bench_out(&b, inside(0, 49153), server).port, 0);
	bench_fini(&b);
}

static void
assert_untouched(struct bench *b, enum nbs_dir dir, nbs_tap_fn tap)
{
	uint8_t before[sizeof b->data];

	memcpy(before, b->data, sizeof before);
	assert_int_equal(tap(b->nat, dir, &b->packet), NBS_TAP_PASS);
	assert_memory_equal(b->data, before, sizeof before);
}

/* Not the NAT's business: the gateway's own packets, other destinations, the other direction. */
static void
test_others_pass(void **state)
{
	const struct nbs_endpoint gateway = {.addr = UINT32_C(0xc0000201), .port = 9};
	const struct nbs_endpoint pool_end = {.addr = PUBLIC + 1, .port = 5000};
	struct bench b;

	(void)state;
	bench_init(&b, &small);
	bench_packet(&b, gateway, server);
	assert_untouched(&b, NBS_DIR_OUT, nbs_nat_out);
	bench_packet(&b, server, gateway);
	assert_untouched(&b, NBS_DIR_IN, nbs_nat_in);
	bench_packet(&b, server, pool_end); /* one beyond the pool */
	assert_untouched(&b, NBS_DIR_IN, nbs_nat_in);
	bench_packet(&b, inside(0, 49153), server);
	assert_untouched(&b, NBS_DIR_IN, nbs_nat_out);
	assert_untouched(&b, NBS_DIR_OUT, nbs_nat_in);
	b.data[26] ^= 1; /* UDP checksum wrong, to a public address: the host drops and counts */
	nbsi_put32(b.data + 16, PUBLIC);
	assert_untouched(&b, NBS_DIR_IN, nbs_nat_in);
	b.packet.len = 7;
	assert_untouched(&b, NBS_DIR_OUT, nbs_nat_out);
	assert_untouched(&b, NBS_DIR_IN, nbs_nat_in);
	assert_int_equal(bench_stats(&b).made, 0);
	bench_fini(&b);
}

/* ICMP and fragments: refused on the way out, without a binding on the way in. */
static void
test_what_has_no_port(void **state)
{
	const struct nbs_endpoint public = {.addr = PUBLIC, .port = 5000};
	struct bench b;

	(void)state;
	bench_init(&b, &small);
	assert_int_equal(bench_out(&b, inside(0, 49153), server).port, 5000);
	bench_packet(&b, inside(0, 49153), server);
	b.data[9] = 1; /* ICMP, RFC 791 3.1 */
	assert_int_equal(nbs_packet_seal(&b.packet), NBS_OK);
	assert_int_equal(nbs_nat_out(b.nat, NBS_DIR_OUT, &b.packet), NBS_TAP_DROP);
	bench_packet(&b, inside(0, 49153), server);
	b.data[6] = 0x20; /* more fragments */
	assert_int_equal(nbs_packet_seal(&b.packet), NBS_OK);
	assert_int_equal(nbs_nat_out(b.nat, NBS_DIR_OUT, &b.packet), NBS_TAP_DROP);
	assert_int_equal(bench_stats(&b).refused, 2);
	bench_packet(&b, server, public);
	b.data[9] = 1;
	assert_int_equal(nbs_packet_seal(&b.packet), NBS_OK);
	assert_int_equal(nbs_nat_in(b.nat, NBS_DIR_IN, &b.packet), NBS_TAP_DROP);
	assert_int_equal(bench_stats(&b).dropped_inbound, 1);
	bench_fini(&b);
}

/* A whole cell and more: nobody shares a public endpoint; a minute later each has another. */
static void
test_sixty_thousand(void **state)
{
	enum { HOSTS = 60000 };
	struct nbs_nat_config config = small;
	struct nbs_endpoint *seen = calloc(HOSTS, sizeof *seen);
	uint8_t *taken = calloc(2, 65536);
	struct bench b;
	unsigned i;

	(void)state;
	assert_non_null(seen);
	assert_non_null(taken);
	config.pool_count = 2;
	config.port_first = 1024;
	config.port_last = NBS_NAT_PORT_LAST;
	bench_init(&b, &config);
	for (i = 0; i < HOSTS; i++) {
		seen[i] = bench_out(&b, inside(i, 49153), server);
		assert_true(seen[i].port >= 1024);
		assert_true(seen[i].addr - PUBLIC < 2);
		assert_int_equal(taken[(seen[i].addr - PUBLIC) * 65536 + seen[i].port]++, 0);
	}
	for (i = 0; i < HOSTS; i += 7)
		assert_endpoint(bench_in(&b, server, seen[i]), inside(i, 49153));
	bench_at(&b, 60 * S);
	for (i = 0; i < HOSTS; i++) {
		struct nbs_endpoint now = bench_out(&b, inside(i, 49153), server);

		assert_int_equal(now.addr, seen[i].addr);
		assert_true(now.port >= 1024 && now.port != seen[i].port);
	}
	/* 30,000 of 64,512 ports a round: the second round ends before the ports start over. */
	assert_int_equal(bench_stats(&b).made, 2 * HOSTS);
	assert_int_equal(bench_stats(&b).rebound, HOSTS);
	assert_int_equal(bench_stats(&b).living, HOSTS);
	assert_int_equal(bench_stats(&b).exhausted, 0);
	free(seen);
	free(taken);
	bench_fini(&b);
}

/* What a NAT promises, written as plainly as can be. */
struct plain {
	uint64_t last_ns; /* outbound packet */
	uint16_t port;    /* 0 = never bound */
};

static bool
plain_lives(const struct plain *p, uint64_t now)
{
	return p->port != 0 && now - p->last_ns <= 30 * S;
}

static unsigned
plain_living(const struct plain *all, unsigned count, uint64_t now)
{
	unsigned i, living = 0;

	for (i = 0; i < count; i++)
		living += plain_lives(&all[i], now);
	return living;
}

/*
 * Twelve endpoints on eight ports for half a day: a living binding keeps its port, nobody shares
 * one, a new one is never the last one, and a packet is refused only when no port is free but
 * possibly the endpoint's own last one.
 */
static void
test_random_traffic(void **state)
{
	enum { HOSTS = 12, PORTS = 8 };
	struct nbs_nat_config config = small;
	struct plain plain[HOSTS] = {0};
	struct bench b;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	uint64_t now = 0, refused = 0;
	unsigned step, i;

	(void)state;
	config.port_last = 5000 + PORTS - 1;
	bench_init(&b, &config);
	gsl_rng_set(rng, 11);
	for (step = 0; step < 20000; step++) {
		unsigned host = (unsigned)gsl_rng_uniform_int(rng, HOSTS);
		struct plain *p = &plain[host];
		unsigned living;
		uint16_t port;

		now += gsl_rng_uniform_int(rng, 5000) * NBS_NS_PER_MS;
		bench_at(&b, now);
		living = plain_living(plain, HOSTS, now);
		port = bench_out(&b, inside(host, 49153), server).port;
		if (plain_lives(p, now))
			assert_int_equal(port, p->port);
		else if (port == 0)
			assert_true(living >= PORTS - 1);
		else
			assert_int_not_equal(port, p->port);
		refused += port == 0;
		for (i = 0; i < HOSTS && port != 0; i++)
			assert_true(i == host || !plain_lives(&plain[i], now) ||
				    plain[i].port != port);
		if (port != 0)
			*p = (struct plain){.last_ns = now, .port = port};
		assert_int_equal(bench_stats(&b).living, plain_living(plain, HOSTS, now));
	}
	assert_int_equal(bench_stats(&b).exhausted, refused);
	assert_true(refused > 0); /* else the test has not tried it */
	gsl_rng_free(rng);
	bench_fini(&b);
}

static void
test_arguments(void **state)
{
	struct nbs_nat_config bad[8];
	struct nbs_endpoint nobody = {.addr = PUBLIC, .port = 5000}, holder = {.port = 1};
	struct nbs_nat_stats stats = {.made = 1};
	struct nbs_nat *nat = NULL;
	struct bench b;
	size_t i;

	(void)state;
	bench_init(&b, &small);
	for (i = 0; i < 8; i++)
		bad[i] = small;
	bad[0].pool_count = 0;
	bad[1].pool_count = NBS_NAT_POOL_MAX + 1;
	bad[2].inside_prefix = 33;
	bad[3].port_first = 0;
	bad[4].port_last = 4999;
	bad[5].binding_ns = 0;
	bad[6].pool_first = UINT32_C(0x0a7fffff); /* 10.127.255.255 lies inside */
	bad[7].pool_first = UINT32_MAX;
	bad[7].pool_count = 2; /* beyond the last address */
	for (i = 0; i < 8; i++)
		assert_int_equal(nbs_nat_new(b.engine, &bad[i], &nat), NBS_E_ARG);
	assert_int_equal(nbs_nat_new(NULL, &small, &nat), NBS_E_ARG);
	assert_int_equal(nbs_nat_new(b.engine, NULL, &nat), NBS_E_ARG);
	assert_int_equal(nbs_nat_new(b.engine, &small, NULL), NBS_E_ARG);
	assert_int_equal(nbs_nat_inside(NULL, nobody, &holder), NBS_E_ARG);
	assert_int_equal(nbs_nat_inside(b.nat, nobody, NULL), NBS_E_ARG);
	assert_int_equal(nbs_nat_inside(b.nat, nobody, &holder), NBS_E_NOTFOUND);
	assert_int_equal(nbs_nat_inside(b.nat, server, &holder), NBS_E_NOTFOUND);
	assert_int_equal(holder.port, 1);
	nbs_nat_get_stats(NULL, &stats);
	assert_int_equal(stats.made, 0);
	nbs_nat_get_stats(b.nat, NULL);
	nbs_nat_free(NULL);
	bench_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bytes_and_checksums),
	    cmocka_unit_test(test_mapping_and_filtering),
	    cmocka_unit_test(test_expiry_changes_the_port),
	    cmocka_unit_test(test_inbound_does_not_refresh),
	    cmocka_unit_test(test_exhaustion),
	    cmocka_unit_test(test_never_the_same_port),
	    cmocka_unit_test(test_others_pass),
	    cmocka_unit_test(test_what_has_no_port),
	    cmocka_unit_test(test_sixty_thousand),
	    cmocka_unit_test(test_random_traffic),
	    cmocka_unit_test(test_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
