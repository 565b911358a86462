/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every public entry of sim with NULL: a status says NBS_E_ARG, the rest is harmless. Each argument
 * that an entry needs is left out in turn, with the others in place.
 */
#include "sim/capture.h"
#include "sim/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct nbs_link_params wire_speed = {0};
static const struct nbs_endpoint somewhere = {.addr = 0x0a000001, .port = 1};
static const uint8_t octet[1] = {0};

static struct nbs_engine *
make_engine(void)
{
	struct nbs_engine_config config = {.seed = 1, .epoch_unix_s = 5};
	struct nbs_engine *engine = NULL;

	assert_int_equal(nbs_engine_new(&config, &engine), NBS_OK);
	return engine;
}

static void
fire(void *arg)
{
	(void)arg;
}

static enum nbs_tap_verdict
pass(void *arg, enum nbs_dir dir, struct nbs_packet *packet)
{
	(void)arg;
	(void)dir;
	(void)packet;
	return NBS_TAP_PASS;
}

/* Without an engine: asking ns-3 all the same would make a simulator that nobody frees. */
static void
engine_answers_without_an_engine(void **state)
{
	struct nbs_engine_config config = {.seed = 1};
	struct nbs_timer timer = {.fire = fire};
	struct nbs_engine *engine;
	gsl_rng *rng;

	(void)state;
	assert_int_equal(nbs_engine_new(NULL, &engine), NBS_E_ARG);
	assert_int_equal(nbs_engine_new(&config, NULL), NBS_E_ARG);
	nbs_engine_free(NULL);
	assert_int_equal(nbs_live_objects(), 0);
	assert_int_equal(nbs_now(NULL), 0);
	assert_int_equal(nbs_epoch_unix_s(NULL), 0);
	assert_int_equal(nbs_events(NULL), 0);
	assert_int_equal(nbs_timer_arm(NULL, &timer, 1), NBS_E_ARG);
	assert_int_equal(nbs_schedule(NULL, 1, fire, NULL, NULL), NBS_E_ARG);
	assert_int_equal(nbs_run(NULL, 1), NBS_E_ARG);
	nbs_stop(NULL);
	nbs_engine_interrupt_flag(NULL, NULL);
	nbs_engine_progress(NULL, NULL, NULL);
	assert_int_equal(nbs_rng_new(NULL, "x", &rng), NBS_E_ARG);
}

static void
engine_answers_to_null(void **state)
{
	struct nbs_engine *engine = make_engine();
	struct nbs_timer timer = {0};
	gsl_rng *rng;

	(void)state;
	assert_int_equal(nbs_schedule(engine, 7, fire, NULL, NULL), NBS_OK);
	assert_int_equal(nbs_run(engine, 7), NBS_OK);
	assert_int_equal(nbs_now(NULL), 0); /* not the time of the engine that lives */
	assert_int_equal(nbs_events(NULL), 0);
	nbs_timer_init(NULL, fire, NULL);
	nbs_timer_cancel(NULL);
	assert_false(nbs_timer_armed(NULL));
	assert_int_equal(nbs_timer_arm(engine, NULL, 1), NBS_E_ARG);
	assert_int_equal(nbs_timer_arm(engine, &timer, 1), NBS_E_ARG); /* fires nothing */
	assert_int_equal(nbs_schedule(engine, 1, NULL, NULL, NULL), NBS_E_ARG);
	nbs_engine_interrupt_flag(engine, NULL);
	nbs_engine_progress(engine, NULL, NULL);
	assert_int_equal(nbs_rng_new(engine, NULL, &rng), NBS_E_ARG);
	assert_int_equal(nbs_rng_new(engine, "x", NULL), NBS_E_ARG);
	assert_int_equal(nbs_run(engine, 8), NBS_OK);
	nbs_engine_free(engine);
}

static void
hosts_answer_to_null(void **state)
{
	struct nbs_engine *engine = make_engine();
	struct nbs_host *host = NULL;
	struct nbs_iface *iface = NULL;

	(void)state;
	assert_int_equal(nbs_host_new(NULL, NBS_HOST_LIGHT, "h", &host), NBS_E_ARG);
	assert_int_equal(nbs_host_new(engine, NBS_HOST_LIGHT, NULL, &host), NBS_E_ARG);
	assert_int_equal(nbs_host_new(engine, NBS_HOST_LIGHT, "h", NULL), NBS_E_ARG);
	assert_int_equal(nbs_host_new(engine, (enum nbs_host_kind)2, "h", &host), NBS_E_ARG);
	nbs_host_free(NULL);
	assert_string_equal(nbs_host_name(NULL), "");
	assert_int_equal(nbs_host_add_iface(NULL, 1, 8, 1500, &iface), NBS_E_ARG);
	assert_int_equal(nbs_host_new(engine, NBS_HOST_LIGHT, "h", &host), NBS_OK);
	assert_int_equal(nbs_host_add_iface(host, 1, 8, 1500, NULL), NBS_E_ARG);
	assert_int_equal(nbs_host_add_iface(host, 1, 8, 1500, &iface), NBS_OK);
	assert_int_equal(nbs_host_default_route(NULL, iface), NBS_E_ARG);
	assert_int_equal(nbs_host_default_route(host, NULL), NBS_E_ARG);
	assert_int_equal(nbs_host_route(NULL, 0, 0, iface), NBS_E_ARG);
	assert_int_equal(nbs_host_route(host, 0, 0, NULL), NBS_E_ARG);
	assert_int_equal(nbs_host_forward(NULL, true), NBS_E_ARG);
	nbs_host_free(host);
	nbs_engine_free(engine);
}

static void
interfaces_answer_to_null(void **state)
{
	struct nbs_engine *engine = make_engine();
	struct nbs_host *host = NULL;
	struct nbs_iface *iface = NULL;
	struct nbs_iface_stats stats = {.packets_in = 9};
	struct nbs_packet packet = {.data = NULL, .len = 20, .cap = 20};

	(void)state;
	assert_int_equal(nbs_host_new(engine, NBS_HOST_LIGHT, "h", &host), NBS_OK);
	assert_int_equal(nbs_host_add_iface(host, 1, 8, 1500, &iface), NBS_OK);
	nbs_iface_attach(NULL, NULL, NULL);
	nbs_iface_attach(iface, NULL, NULL);
	assert_int_equal(nbs_iface_rx(NULL, octet, 1), NBS_E_ARG);
	assert_int_equal(nbs_iface_rx(iface, NULL, 1), NBS_E_ARG);
	assert_int_equal(nbs_iface_addr(NULL), 0);
	assert_int_equal(nbs_iface_tap(NULL, pass, NULL), NBS_E_ARG);
	assert_int_equal(nbs_iface_tap(iface, NULL, NULL), NBS_E_ARG);
	nbs_iface_get_stats(iface, NULL);
	nbs_iface_get_stats(NULL, &stats);
	assert_int_equal(stats.packets_in, 0);
	nbs_iface_get_stats(NULL, NULL);
	assert_int_equal(nbs_packet_seal(NULL), NBS_E_ARG);
	assert_int_equal(nbs_packet_seal(&packet), NBS_E_ARG);
	nbs_host_free(host);
	nbs_engine_free(engine);
}

static void
sockets_answer_to_null(void **state)
{
	struct nbs_engine *engine = make_engine();
	struct nbs_host *host = NULL;
	struct nbs_udp *udp = NULL;

	(void)state;
	assert_int_equal(nbs_host_new(engine, NBS_HOST_LIGHT, "h", &host), NBS_OK);
	assert_int_equal(nbs_udp_open(NULL, 1, NULL, NULL, &udp), NBS_E_ARG);
	assert_int_equal(nbs_udp_open(host, 1, NULL, NULL, NULL), NBS_E_ARG);
	assert_int_equal(nbs_udp_open(host, 1, NULL, NULL, &udp), NBS_OK);
	assert_int_equal(nbs_udp_send(NULL, somewhere, octet, 1, NULL), NBS_E_ARG);
	assert_int_equal(nbs_udp_send(udp, somewhere, NULL, 1, NULL), NBS_E_ARG);
	assert_int_equal(nbs_udp_port(NULL), 0);
	nbs_udp_close(NULL);
	nbs_host_free(host);
	nbs_engine_free(engine);
}

static void
networks_answer_to_null(void **state)
{
	struct nbs_engine *engine = make_engine();
	struct nbs_host *host = NULL;
	struct nbs_iface *iface = NULL;
	struct nbs_wan *wan = NULL, *link = NULL;
	struct nbs_wan_stats stats = {.carried = 9};

	(void)state;
	assert_int_equal(nbs_host_new(engine, NBS_HOST_LIGHT, "h", &host), NBS_OK);
	assert_int_equal(nbs_host_add_iface(host, 1, 8, 1500, &iface), NBS_OK);
	assert_int_equal(nbs_wan_new(NULL, "w", &wan), NBS_E_ARG);
	assert_int_equal(nbs_wan_new(engine, NULL, &wan), NBS_E_ARG);
	assert_int_equal(nbs_wan_new(engine, "w", NULL), NBS_E_ARG);
	assert_int_equal(nbs_wan_new(engine, "w", &wan), NBS_OK);
	assert_int_equal(nbs_wan_join(NULL, &wire_speed, iface, 0, 0), NBS_E_ARG);
	assert_int_equal(nbs_wan_join(wan, NULL, iface, 0, 0), NBS_E_ARG);
	assert_int_equal(nbs_wan_join(wan, &wire_speed, NULL, 0, 0), NBS_E_ARG);
	assert_int_equal(nbs_wan_pair(NULL, "l", &wire_speed, iface, iface, &link), NBS_E_ARG);
	assert_int_equal(nbs_wan_pair(engine, NULL, &wire_speed, iface, iface, &link), NBS_E_ARG);
	assert_int_equal(nbs_wan_pair(engine, "l", NULL, iface, iface, &link), NBS_E_ARG);
	assert_int_equal(nbs_wan_pair(engine, "l", &wire_speed, NULL, iface, &link), NBS_E_ARG);
	assert_int_equal(nbs_wan_pair(engine, "l", &wire_speed, iface, NULL, &link), NBS_E_ARG);
	assert_int_equal(nbs_wan_pair(engine, "l", &wire_speed, iface, iface, NULL), NBS_E_ARG);
	assert_null(link);
	nbs_wan_get_stats(wan, NULL);
	nbs_wan_get_stats(NULL, &stats);
	assert_int_equal(stats.carried, 0);
	nbs_wan_free(wan);
	nbs_wan_free(NULL);
	nbs_host_free(host);
	nbs_engine_free(engine);
	assert_int_equal(nbs_live_objects(), 0);
}

static void
captures_answer_to_null(void **state)
{
	struct nbs_engine *engine = make_engine();
	struct nbs_host *host = NULL;
	struct nbs_iface *iface = NULL;
	struct nbs_capture *capture = NULL;

	(void)state;
	assert_int_equal(nbs_host_new(engine, NBS_HOST_LIGHT, "h", &host), NBS_OK);
	assert_int_equal(nbs_host_add_iface(host, 1, 8, 1500, &iface), NBS_OK);
	assert_int_equal(nbs_capture_open(NULL, "/dev/null", &capture), NBS_E_ARG);
	assert_int_equal(nbs_capture_open(engine, NULL, &capture), NBS_E_ARG);
	assert_int_equal(nbs_capture_open(engine, "/dev/null", NULL), NBS_E_ARG);
	assert_int_equal(nbs_capture_open(engine, "/dev/null", &capture), NBS_OK);
	assert_int_equal(nbs_capture_iface(NULL, iface), NBS_E_ARG);
	assert_int_equal(nbs_capture_iface(capture, NULL), NBS_E_ARG);
	assert_int_equal(nbs_capture_write(NULL, octet, 1, NULL), NBS_E_ARG);
	assert_int_equal(nbs_capture_write(capture, NULL, 1, NULL), NBS_E_ARG);
	assert_int_equal(nbs_capture_frames(NULL), 0);
	assert_int_equal(nbs_capture_frames(capture), 0);
	assert_int_equal(nbs_capture_close(NULL), NBS_OK);
	assert_int_equal(nbs_capture_close(capture), NBS_OK);
	nbs_host_free(host);
	nbs_engine_free(engine);
	assert_int_equal(nbs_live_objects(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(engine_answers_without_an_engine),
	    cmocka_unit_test(engine_answers_to_null),
	    cmocka_unit_test(hosts_answer_to_null),
	    cmocka_unit_test(interfaces_answer_to_null),
	    cmocka_unit_test(sockets_answer_to_null),
	    cmocka_unit_test(networks_answer_to_null),
	    cmocka_unit_test(captures_answer_to_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
