/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wide-area networks of three: who waits for whom on a line, and who may go while packets are on
 * their way. The sanitizers see what a freed host or network would be used for.
 */
#include "sim/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define PORT 10000
#define TEXT "0123456789012345678901" /* 22 bytes, 50 with both headers */
#define MS NBS_NS_PER_MS
#define INBOX 8

enum { NEAR, FAR, SINK, HOSTS };

static const uint32_t addr_of[HOSTS] = {0x0a000001, 0x0b000001, 0x0c000001};

struct star {
	struct nbs_engine *engine;
	struct nbs_wan *wan;
	struct nbs_host *host[HOSTS];
	struct nbs_iface *iface[HOSTS];
	struct nbs_udp *udp[HOSTS];
	uint32_t from[INBOX]; /* who reached the sink */
	uint64_t at_ns[INBOX];
	size_t count;
	void (*on_arrival)(struct star *star);
};

static void
sink_receive(void *arg, const struct nbs_datagram *datagram)
{
	struct star *star = arg;

	assert_true(star->count < INBOX);
	star->from[star->count] = datagram->from.addr;
	star->at_ns[star->count++] = nbs_now(star->engine);
	if (star->on_arrival != NULL)
		star->on_arrival(star);
}

/* Near 5 ms, far 200 ms, sink 1 ms from the middle; the sink's line has the rate given. */
static void
star_init(struct star *star, enum nbs_host_kind kind, uint64_t sink_rate_bps)
{
	const struct nbs_link_params params[HOSTS] = {
	    {.delay_ns = 5 * MS},
	    {.delay_ns = 200 * MS},
	    {.delay_ns = 1 * MS, .rate_bps = sink_rate_bps},
	};
	struct nbs_engine_config config = {.seed = 1};
	int i;

	memset(star, 0, sizeof *star);
	assert_int_equal(nbs_engine_new(&config, &star->engine), NBS_OK);
	assert_int_equal(nbs_wan_new(star->engine, "wan", &star->wan), NBS_OK);
	for (i = 0; i < HOSTS; i++) {
		assert_int_equal(nbs_host_new(star->engine, kind, "h", &star->host[i]), NBS_OK);
		assert_int_equal(
		    nbs_host_add_iface(star->host[i], addr_of[i], 24, 1500, &star->iface[i]),
		    NBS_OK);
		assert_int_equal(nbs_host_default_route(star->host[i], star->iface[i]), NBS_OK);
		assert_int_equal(
		    nbs_udp_open(star->host[i], PORT, sink_receive, star, &star->udp[i]), NBS_OK);
		assert_int_equal(
		    nbs_wan_join(star->wan, &params[i], star->iface[i], addr_of[i], 32), NBS_OK);
	}
}

static void
star_fini(struct star *star)
{
	int i;

	nbs_wan_free(star->wan);
	for (i = 0; i < HOSTS; i++)
		nbs_host_free(star->host[i]);
	nbs_engine_free(star->engine);
	assert_int_equal(nbs_live_objects(), 0);
}

static void
say(struct star *star, int who)
{
	const struct nbs_endpoint to = {.addr = addr_of[SINK], .port = PORT};

	assert_int_equal(
	    nbs_udp_send(star->udp[who], to, (const uint8_t *)TEXT, strlen(TEXT), NULL), NBS_OK);
}

static void
run_ms(struct star *star, uint64_t until_ms)
{
	assert_int_equal(nbs_run(star->engine, until_ms * MS), NBS_OK);
}

static void
free_sink(struct star *star)
{
	nbs_host_free(star->host[SINK]);
	star->host[SINK] = NULL;
}

static void
free_wan(struct star *star)
{
	nbs_wan_free(star->wan);
	star->wan = NULL;
}

/* Without a rate nobody waits: 5 + 1 = 6 ms and 200 + 1 = 201 ms, though far sends first. */
static void
a_near_packet_does_not_wait_for_a_far_one(void **state)
{
	struct star star;

	(void)state;
	star_init(&star, NBS_HOST_LIGHT, 0);
	say(&star, FAR);
	say(&star, NEAR);
	run_ms(&star, 1000);
	assert_int_equal(star.count, 2);
	assert_int_equal(star.from[0], addr_of[NEAR]);
	assert_int_equal(star.at_ns[0], 6 * MS);
	assert_int_equal(star.at_ns[1], 201 * MS);
	star_fini(&star);
}

/*
 * 50 bytes at 8 kbit/s take 50 ms. Near: there at 6 ms, out at 56; the one behind it, there at
 * 6 ms as well, at 106. Far: there at 201 ms, out at 251; near again, sent at 215 and there at 221,
 * waits for it: 301.
 */
static void
a_line_queues_packets_as_they_reach_it(void **state)
{
	static const uint64_t at_ms[] = {56, 106, 251, 301};
	struct star star;
	size_t i;

	(void)state;
	star_init(&star, NBS_HOST_LIGHT, 8000);
	say(&star, FAR);
	say(&star, NEAR);
	say(&star, NEAR);
	run_ms(&star, 215);
	say(&star, NEAR);
	run_ms(&star, 1000);
	assert_int_equal(star.count, 4);
	for (i = 0; i < 4; i++)
		assert_int_equal(star.at_ns[i], at_ms[i] * MS);
	assert_int_equal(star.from[2], addr_of[FAR]);
	star_fini(&star);
}

static void
an_interface_is_on_one_network(void **state)
{
	static const struct nbs_link_params wire_speed = {0};
	static const struct nbs_link_params late = {.delay_ns = NBS_WAN_DELAY_MAX_NS + 1};
	struct nbs_wan *other = NULL, *link = NULL;
	struct star star;

	(void)state;
	star_init(&star, NBS_HOST_LIGHT, 0);
	assert_int_equal(nbs_wan_new(star.engine, "other", &other), NBS_OK);
	assert_int_equal(nbs_wan_join(other, &wire_speed, star.iface[SINK], 0, 0), NBS_E_STATE);
	assert_int_equal(nbs_wan_join(star.wan, &wire_speed, star.iface[SINK], 0, 0), NBS_E_STATE);
	assert_int_equal(nbs_wan_pair(star.engine, "link", &wire_speed, star.iface[NEAR],
				      star.iface[FAR], &link),
			 NBS_E_STATE);
	nbs_wan_free(other); /* takes nothing of the first one's with it */
	say(&star, NEAR);
	run_ms(&star, 6);
	assert_int_equal(star.count, 1);
	free_wan(&star);
	assert_int_equal(nbs_wan_new(star.engine, "next", &star.wan), NBS_OK);
	assert_int_equal(nbs_wan_join(star.wan, &late, star.iface[SINK], 0, 0), NBS_E_ARG);
	assert_int_equal(nbs_wan_join(star.wan, &wire_speed, star.iface[SINK], 0, 0), NBS_OK);
	star_fini(&star);
}

/* 3 ms: on the way. 30 ms: in the queue of the line out, which is 50 ms long. */
static void
packets_on_their_way_outlive_whom_they_go_to(void **state)
{
	static void (*const free_some[])(struct star *) = {free_sink, free_wan};
	static const uint64_t when_ms[] = {3, 30};
	enum nbs_host_kind kind;
	size_t i, k;

	(void)state;
	for (kind = NBS_HOST_LIGHT; kind <= NBS_HOST_NS3; kind++)
		for (i = 0; i < 2; i++)
			for (k = 0; k < 2; k++) {
				struct star star;

				star_init(&star, kind, 8000);
				say(&star, NEAR);
				say(&star, FAR);
				run_ms(&star, when_ms[k]);
				free_some[i](&star);
				run_ms(&star, 1000);
				assert_int_equal(star.count, 0);
				star_fini(&star);
			}
}

/* No host is left, no network is left, and the engine has the packet. */
static void
packets_on_their_way_go_with_the_engine(void **state)
{
	struct star star;

	(void)state;
	star_init(&star, NBS_HOST_LIGHT, 8000);
	say(&star, NEAR);
	run_ms(&star, 30);
	say(&star, NEAR);
	star_fini(&star);
}

static void
a_host_that_went_is_nowhere(void **state)
{
	struct nbs_wan_stats stats;
	struct star star;

	(void)state;
	star_init(&star, NBS_HOST_LIGHT, 0);
	free_sink(&star);
	say(&star, NEAR);
	nbs_wan_get_stats(star.wan, &stats);
	assert_int_equal(stats.unroutable, 1);
	assert_int_equal(stats.carried, 0);
	star_fini(&star);
}

static void
a_receiver_may_free_itself_or_its_network(void **state)
{
	static void (*const free_some[])(struct star *) = {free_sink, free_wan};
	enum nbs_host_kind kind;
	size_t i;

	(void)state;
	for (kind = NBS_HOST_LIGHT; kind <= NBS_HOST_NS3; kind++)
		for (i = 0; i < 2; i++) {
			struct star star;

			star_init(&star, kind, 0);
			star.on_arrival = free_some[i];
			say(&star, NEAR);
			say(&star, FAR);
			run_ms(&star, 1000);
			assert_int_equal(star.count, 1);
			star_fini(&star);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_near_packet_does_not_wait_for_a_far_one),
	    cmocka_unit_test(a_line_queues_packets_as_they_reach_it),
	    cmocka_unit_test(an_interface_is_on_one_network),
	    cmocka_unit_test(packets_on_their_way_outlive_whom_they_go_to),
	    cmocka_unit_test(packets_on_their_way_go_with_the_engine),
	    cmocka_unit_test(a_host_that_went_is_nowhere),
	    cmocka_unit_test(a_receiver_may_free_itself_or_its_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
