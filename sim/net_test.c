/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hosts, sockets, networks: both kinds of host put the same bytes on the wire, arrivals come when
 * the arithmetic says, taps may pass, drop or change, bad packets are dropped and counted.
 */
#include "sim/ipv4.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DEVICE_ADDR 0x0a400002U /* 10.64.0.2 */
#define CLOUD_ADDR 0xc633640aU  /* 198.51.100.10 */

struct wire {
	uint8_t bytes[4096];
	size_t len;
};

struct inbox {
	struct nbs_engine *engine;
	char text[256];
	uint64_t at_ns;
	unsigned count;
	struct nbs_endpoint from, to;
};

struct world {
	struct nbs_engine *engine;
	struct nbs_host *device, *cloud;
	struct nbs_iface *device_if, *cloud_if;
	struct nbs_udp *device_udp, *cloud_udp;
	struct nbs_wan *link;
	struct inbox device_in, cloud_in;
};

static void
receive(void *arg, const struct nbs_datagram *datagram)
{
	struct inbox *in = arg;

	in->at_ns = nbs_now(in->engine);
	in->count++;
	in->from = datagram->from;
	in->to = datagram->to;
	(void)snprintf(in->text, sizeof in->text, "%.*s", (int)datagram->len,
		       (const char *)datagram->data);
}

static void
world_init(struct world *w, enum nbs_host_kind kind, const struct nbs_link_params *params)
{
	struct nbs_engine_config config = {.seed = 1, .epoch_unix_s = 0};

	memset(w, 0, sizeof *w);
	assert_int_equal(nbs_engine_new(&config, &w->engine), NBS_OK);
	w->device_in.engine = w->cloud_in.engine = w->engine;
	assert_int_equal(nbs_host_new(w->engine, kind, "device", &w->device), NBS_OK);
	assert_int_equal(nbs_host_new(w->engine, NBS_HOST_NS3, "cloud", &w->cloud), NBS_OK);
	assert_int_equal(nbs_host_add_iface(w->device, DEVICE_ADDR, 10, 1358, &w->device_if),
			 NBS_OK);
	assert_int_equal(nbs_host_add_iface(w->cloud, CLOUD_ADDR, 24, 1500, &w->cloud_if), NBS_OK);
	assert_int_equal(nbs_host_default_route(w->device, w->device_if), NBS_OK);
	assert_int_equal(nbs_host_default_route(w->cloud, w->cloud_if), NBS_OK);
	assert_int_equal(
	    nbs_wan_pair(w->engine, "link", params, w->device_if, w->cloud_if, &w->link), NBS_OK);
	assert_int_equal(nbs_udp_open(w->device, 0, receive, &w->device_in, &w->device_udp),
			 NBS_OK);
	assert_int_equal(nbs_udp_open(w->cloud, 10000, receive, &w->cloud_in, &w->cloud_udp),
			 NBS_OK);
}

static void
world_fini(struct world *w)
{
	nbs_wan_free(w->link);
	nbs_host_free(w->device);
	nbs_host_free(w->cloud);
	nbs_engine_free(w->engine);
	assert_int_equal(nbs_live_objects(), 0);
}

static enum nbs_tap_verdict
record(void *arg, enum nbs_dir dir, struct nbs_packet *packet)
{
	struct wire *wire = arg;

	(void)dir;
	assert_true(wire->len + packet->len <= sizeof wire->bytes);
	memcpy(wire->bytes + wire->len, packet->data, packet->len);
	wire->len += packet->len;
	return NBS_TAP_PASS;
}

static void
say(struct nbs_udp *udp, uint32_t addr, uint16_t port, const char *text)
{
	struct nbs_endpoint to = {.addr = addr, .port = port};

	assert_int_equal(nbs_udp_send(udp, to, (const uint8_t *)text, strlen(text), NULL), NBS_OK);
}

static void
both_kinds_of_host_write_the_same_bytes(void **state)
{
	static const struct nbs_link_params wire_speed = {0};
	struct wire wire[2] = {0};
	enum nbs_host_kind kind;

	(void)state;
	for (kind = NBS_HOST_LIGHT; kind <= NBS_HOST_NS3; kind++) {
		struct world w;

		world_init(&w, kind, &wire_speed);
		assert_int_equal(nbs_iface_tap(w.device_if, record, &wire[kind]), NBS_OK);
		say(w.device_udp, CLOUD_ADDR, 10000, "first");
		say(w.device_udp, CLOUD_ADDR, 10000, "second, longer");
		say(w.device_udp, 0xcb007142U, 10001, "elsewhere");
		say(w.device_udp, CLOUD_ADDR, 10000, "");
		/* checksum 0 -> ffff happens in both: two bytes found by the other test */
		assert_int_equal(nbs_run(w.engine, NBS_NS_PER_S), NBS_OK);
		assert_int_equal(w.cloud_in.count, 3);
		say(w.cloud_udp, DEVICE_ADDR, nbs_udp_port(w.device_udp), "answer");
		assert_int_equal(nbs_run(w.engine, 2 * NBS_NS_PER_S), NBS_OK);
		assert_string_equal(w.device_in.text, "answer");
		assert_int_equal(w.device_in.from.addr, CLOUD_ADDR);
		assert_int_equal(w.device_in.from.port, 10000);
		assert_int_equal(w.device_in.to.addr, DEVICE_ADDR);
		world_fini(&w);
	}
	assert_int_equal(wire[0].len, wire[1].len);
	assert_memory_equal(wire[0].bytes, wire[1].bytes, wire[0].len);
	/* 5 datagrams of 28 + {5, 14, 9, 0, 6} bytes */
	assert_int_equal(wire[0].len, 5 * 28 + 5 + 14 + 9 + 0 + 6);
}

/* 28 + 22 = 50 bytes at 8 kbit/s take 50 ms; 30 ms of delay: arrival at 80 ms, next at 130 ms. */
static void
a_link_serialises_and_delays(void **state)
{
	const struct nbs_link_params params = {.rate_bps = 8000, .delay_ns = 30 * NBS_NS_PER_MS};
	struct world w;

	(void)state;
	world_init(&w, NBS_HOST_LIGHT, &params);
	say(w.device_udp, CLOUD_ADDR, 10000, "0123456789012345678901");
	say(w.device_udp, CLOUD_ADDR, 10000, "0123456789012345678901");
	assert_int_equal(nbs_run(w.engine, 80 * NBS_NS_PER_MS - 1), NBS_OK);
	assert_int_equal(w.cloud_in.count, 0);
	assert_int_equal(nbs_run(w.engine, 80 * NBS_NS_PER_MS), NBS_OK);
	assert_int_equal(w.cloud_in.count, 1);
	assert_int_equal(nbs_run(w.engine, NBS_NS_PER_S), NBS_OK);
	assert_int_equal(w.cloud_in.count, 2);
	assert_int_equal(w.cloud_in.at_ns, 130 * NBS_NS_PER_MS);
	world_fini(&w);
}

/* 2,000 packets lost with p = 0.2: 400 expected, sd 17.9; five sd either way, seed fixed. */
static void
a_link_loses_what_it_is_told_to(void **state)
{
	const struct nbs_link_params params = {.loss = 0.2};
	struct nbs_wan_stats stats;
	struct world w;
	int i;

	(void)state;
	world_init(&w, NBS_HOST_LIGHT, &params);
	for (i = 0; i < 2000; i++)
		say(w.device_udp, CLOUD_ADDR, 10000, "x");
	assert_int_equal(nbs_run(w.engine, NBS_NS_PER_S), NBS_OK);
	nbs_wan_get_stats(w.link, &stats);
	assert_in_range(stats.lost, 310, 490);
	assert_int_equal(stats.lost + stats.carried, 2000);
	assert_int_equal(w.cloud_in.count, stats.carried);
	world_fini(&w);
}

static enum nbs_tap_verdict
shout(void *arg, enum nbs_dir dir, struct nbs_packet *packet)
{
	(void)arg;
	if (dir == NBS_DIR_OUT)
		return NBS_TAP_PASS;
	packet->data[28] = 'X';
	assert_int_equal(nbs_packet_seal(packet), NBS_OK);
	return NBS_TAP_PASS;
}

static enum nbs_tap_verdict
swallow(void *arg, enum nbs_dir dir, struct nbs_packet *packet)
{
	(void)arg;
	(void)packet;
	return dir == NBS_DIR_IN ? NBS_TAP_DROP : NBS_TAP_PASS;
}

static enum nbs_tap_verdict
corrupt(void *arg, enum nbs_dir dir, struct nbs_packet *packet)
{
	(void)arg;
	if (dir == NBS_DIR_IN)
		packet->data[28] ^= 1;
	return NBS_TAP_PASS;
}

static void
send_through(nbs_tap_fn tap, struct inbox *in, struct nbs_iface_stats *stats)
{
	static const struct nbs_link_params wire_speed = {0};
	struct world w;

	world_init(&w, NBS_HOST_LIGHT, &wire_speed);
	assert_int_equal(nbs_iface_tap(w.cloud_if, tap, NULL), NBS_OK);
	say(w.device_udp, CLOUD_ADDR, 10000, "reading");
	assert_int_equal(nbs_run(w.engine, NBS_NS_PER_S), NBS_OK);
	nbs_iface_get_stats(w.cloud_if, stats);
	*in = w.cloud_in;
	world_fini(&w);
}

static void
taps_change_drop_and_damage(void **state)
{
	struct nbs_iface_stats stats;
	struct inbox in;

	(void)state;
	send_through(shout, &in, &stats);
	assert_string_equal(in.text, "Xeading");
	send_through(swallow, &in, &stats);
	assert_int_equal(in.count, 0);
	assert_int_equal(stats.tap_drops, 1);
	send_through(corrupt, &in, &stats); /* a change without a seal: the checksum tells */
	assert_int_equal(in.count, 0);
	assert_int_equal(stats.bad_in, 1);
}

static void
a_network_routes_by_prefix(void **state)
{
	static const struct nbs_link_params near = {.delay_ns = 5 * NBS_NS_PER_MS};
	static const struct nbs_link_params far = {.delay_ns = 20 * NBS_NS_PER_MS};
	struct nbs_engine_config config = {.seed = 1, .epoch_unix_s = 0};
	const uint32_t addr[3] = {0x0a400001, CLOUD_ADDR, 0xcb007142};
	struct nbs_engine *engine = NULL;
	struct nbs_host *host[3];
	struct nbs_iface *iface[3];
	struct nbs_udp *udp[3];
	struct inbox in[3] = {0};
	struct nbs_wan_stats stats;
	struct nbs_wan *wan;
	int i;

	(void)state;
	assert_int_equal(nbs_engine_new(&config, &engine), NBS_OK);
	assert_int_equal(nbs_wan_new(engine, "internet", &wan), NBS_OK);
	for (i = 0; i < 3; i++) {
		in[i].engine = engine;
		assert_int_equal(nbs_host_new(engine, NBS_HOST_LIGHT, "h", &host[i]), NBS_OK);
		assert_int_equal(nbs_host_add_iface(host[i], addr[i], 24, 1500, &iface[i]), NBS_OK);
		assert_int_equal(nbs_udp_open(host[i], 10000, receive, &in[i], &udp[i]), NBS_OK);
		assert_int_equal(
		    nbs_wan_join(wan, i == 2 ? &far : &near, iface[i], addr[i], i == 0 ? 10 : 32),
		    NBS_OK);
	}
	say(udp[2], CLOUD_ADDR, 10000, "to the cloud");
	say(udp[1], 0x0a7fffff, 10000, "to the operator's net, nobody there");
	say(udp[1], 0x08080808, 10000, "to nowhere");
	assert_int_equal(nbs_run(engine, NBS_NS_PER_S), NBS_OK);
	assert_int_equal(in[1].count, 1);
	assert_int_equal(in[1].at_ns, 25 * NBS_NS_PER_MS);
	assert_int_equal(in[0].count, 0);
	nbs_wan_get_stats(wan, &stats);
	assert_int_equal(stats.carried, 2);
	assert_int_equal(stats.unroutable, 1);
	nbs_wan_free(wan);
	for (i = 0; i < 3; i++)
		nbs_host_free(host[i]);
	nbs_engine_free(engine);
	assert_int_equal(nbs_live_objects(), 0);
}

/* RFC 1071 over an IPv4 header without options. */
static void
put_header_checksum(uint8_t *ip)
{
	uint32_t sum = 0;
	int i;

	nbsi_put16(ip + 10, 0);
	for (i = 0; i < 20; i += 2)
		sum += nbsi_get16(ip + i);
	sum = (sum & 0xffffU) + (sum >> 16);
	sum = (sum & 0xffffU) + (sum >> 16);
	nbsi_put16(ip + 10, (uint16_t)~sum);
}

static void
measure(void *arg, const struct nbs_datagram *datagram)
{
	size_t i;

	*(size_t *)arg = datagram->len;
	for (i = 0; i < datagram->len; i++)
		assert_int_equal(datagram->data[i], i % 251);
}

/*
 * 3,000 bytes in fragments of at most 1,500: 3,008 with the UDP header, cut at 1,480 and 2,960,
 * offsets in units of 8 octets (RFC 791 3.1). The ns-3 stack puts them together again.
 */
static void
a_reassembled_datagram_arrives_whole(void **state)
{
	static const struct nbs_link_params wire_speed = {0};
	const struct nbsi_udp_meta meta = {
	    .from = {DEVICE_ADDR, 99}, .to = {CLOUD_ADDR, 99}, .ident = 7, .ttl = 64};
	uint8_t data[3000], whole[3028], part[1500];
	size_t i, at, len, arrived = 0;
	struct nbs_udp *udp;
	struct world w;

	(void)state;
	for (i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i % 251);
	assert_int_equal(nbsi_udp_write(&meta, data, sizeof data, whole, sizeof whole, &len),
			 NBS_OK);
	assert_int_equal(len, sizeof whole);
	world_init(&w, NBS_HOST_LIGHT, &wire_speed);
	assert_int_equal(nbs_udp_open(w.cloud, 99, measure, &arrived, &udp), NBS_OK);
	for (at = 0; at < 3008; at += 1480) {
		len = at + 1480 < 3008 ? 1480 : 3008 - at;
		memcpy(part, whole, 20);
		memcpy(part + 20, whole + 20 + at, len);
		nbsi_put16(part + 2, (uint16_t)(20 + len));
		nbsi_put16(part + 6, (uint16_t)((at + len < 3008 ? 0x2000U : 0U) | at / 8));
		put_header_checksum(part);
		assert_int_equal(nbs_iface_rx(w.cloud_if, part, 20 + len), NBS_OK);
	}
	assert_int_equal(nbs_run(w.engine, NBS_NS_PER_S), NBS_OK);
	assert_int_equal(arrived, 3000);
	world_fini(&w);
}

static void
bad_arguments_are_refused(void **state)
{
	static const struct nbs_link_params wire_speed = {0};
	struct nbs_iface *iface;
	struct nbs_udp *udp;
	struct world w;
	uint8_t large[1500] = {0};
	struct nbs_endpoint to = {.addr = CLOUD_ADDR, .port = 1};

	(void)state;
	world_init(&w, NBS_HOST_LIGHT, &wire_speed);
	assert_int_equal(nbs_host_add_iface(w.device, 1, 8, 1500, &iface), NBS_E_STATE);
	assert_int_equal(nbs_host_add_iface(w.cloud, 1, 8, 1501, &iface), NBS_E_ARG);
	assert_int_equal(nbs_host_add_iface(w.cloud, 1, 33, 1500, &iface), NBS_E_ARG);
	assert_int_equal(nbs_udp_open(w.cloud, 10000, NULL, NULL, &udp), NBS_E_STATE);
	assert_int_equal(nbs_udp_send(w.device_udp, to, large, 1473, NULL), NBS_E_RANGE);
	assert_int_equal(nbs_udp_send(w.device_udp, to, large, 1400, NULL), NBS_E_RANGE);
	assert_int_equal(nbs_iface_rx(w.cloud_if, large, sizeof large), NBS_OK);
	assert_int_equal(w.cloud_in.count, 0);
	world_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_kinds_of_host_write_the_same_bytes),
	    cmocka_unit_test(a_link_serialises_and_delays),
	    cmocka_unit_test(a_link_loses_what_it_is_told_to),
	    cmocka_unit_test(taps_change_drop_and_damage),
	    cmocka_unit_test(a_network_routes_by_prefix),
	    cmocka_unit_test(a_reassembled_datagram_arrives_whole),
	    cmocka_unit_test(bad_arguments_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
