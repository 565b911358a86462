/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The whole way: a device's socket, radio, S1, the gateway's socket, and back. */
#include "models/nbiot/core.h"
#include "models/nbiot/ue_test_util.h"

struct path {
	struct bench bench;
	struct nbs_core *core;
	struct nbs_host *device, *gateway;
	struct nbs_iface *device_iface, *gateway_iface;
	struct nbs_udp *device_udp, *gateway_udp;
	unsigned got; /* bytes of the answer */
};

static void
path_device_tx(void *arg, const uint8_t *packet, size_t len)
{
	assert_int_equal(nbs_ue_send(arg, packet, len, NBS_RAI_ONE_REPLY), NBS_OK);
}

static void
path_device_rx(void *arg, const uint8_t *packet, size_t len)
{
	assert_int_equal(nbs_iface_rx(arg, packet, len), NBS_OK);
}

static void
path_on_gateway(void *arg, const struct nbs_datagram *datagram)
{
	struct path *path = arg;

	assert_int_equal(datagram->from.addr, 0x0a400002); /* 10.64.0.2 */
	assert_int_equal(nbs_udp_send(path->gateway_udp, datagram->from, datagram->data,
				      datagram->len - 1, NULL),
			 NBS_OK);
}

static void
path_on_device(void *arg, const struct nbs_datagram *datagram)
{
	struct path *path = arg;

	path->got = (unsigned)datagram->len;
	assert_memory_equal(datagram->data, "reading", datagram->len);
}

static void
path_init(struct path *path)
{
	struct bench *b = &path->bench;
	uint32_t addr;

	memset(path, 0, sizeof(*path));
	bench_init(b, 9);
	bench_cell(b);
	bench_ue(b, "meter/1", 130.0);
	assert_int_equal(nbs_core_new(b->cell, &path->core), NBS_OK);
	assert_int_equal(nbs_host_new(b->engine, NBS_HOST_NS3, "pgw", &path->gateway), NBS_OK);
	assert_int_equal(nbs_host_add_iface(path->gateway, NBS_CORE_GATEWAY, NBS_CORE_PREFIX, 1500,
					    &path->gateway_iface),
			 NBS_OK);
	assert_int_equal(nbs_core_attach(path->core, path->gateway_iface), NBS_OK);
	assert_int_equal(nbs_core_attach(path->core, path->gateway_iface), NBS_E_STATE);
	assert_int_equal(nbs_core_ue_addr(0, &addr), NBS_OK);
	assert_int_equal(nbs_host_new(b->engine, NBS_HOST_LIGHT, "meter", &path->device), NBS_OK);
	assert_int_equal(
	    nbs_host_add_iface(path->device, addr, NBS_CORE_PREFIX, 1500, &path->device_iface),
	    NBS_OK);
	nbs_iface_attach(path->device_iface, path_device_tx, b->ue);
	nbs_ue_on_downlink(b->ue, path_device_rx, path->device_iface);
	assert_int_equal(
	    nbs_udp_open(path->gateway, 7000, path_on_gateway, path, &path->gateway_udp), NBS_OK);
	assert_int_equal(nbs_udp_open(path->device, 0, path_on_device, path, &path->device_udp),
			 NBS_OK);
}

static void
path_fini(struct path *path)
{
	nbs_core_free(path->core);
	nbs_host_free(path->device);
	nbs_host_free(path->gateway);
	bench_fini(&path->bench);
}

static void
test_udp_there_and_back(void **state)
{
	const struct nbs_endpoint gateway = {.addr = NBS_CORE_GATEWAY, .port = 7000};
	struct path path;

	(void)state;
	path_init(&path);
	assert_int_equal(
	    nbs_udp_send(path.device_udp, gateway, (const uint8_t *)"reading", 7, NULL), NBS_OK);
	bench_run(&path.bench, 30 * BENCH_S);
	assert_int_equal(path.got, 6);
	assert_int_equal(nbs_core_stats(path.core)->packets_up, 1);
	assert_int_equal(nbs_core_stats(path.core)->packets_down, 1);
	/* 28 header bytes and 7; 28 and 6 */
	assert_int_equal(nbs_ue_stats(path.bench.ue)->bytes_up, 35);
	assert_int_equal(nbs_ue_stats(path.bench.ue)->bytes_down, 34);
	path_fini(&path);
}

static void
test_spoofed_and_unknown(void **state)
{
	/* IPv4, source 10.64.0.3: the address of the UE of index 1. */
	static const uint8_t spoofed[28] = {[0] = 0x45, [12] = 10, 64, 0, 3, 10, 64, 0, 1};
	const struct nbs_endpoint nobody = {.addr = 0x0a400009, .port = 7000};
	struct path path;

	(void)state;
	path_init(&path);
	assert_int_equal(nbs_ue_send(path.bench.ue, spoofed, sizeof(spoofed), NBS_RAI_NO_REPLY),
			 NBS_OK);
	assert_int_equal(nbs_ue_send(path.bench.ue, spoofed, 7, NBS_RAI_NO_REPLY), NBS_OK);
	assert_int_equal(nbs_udp_send(path.gateway_udp, nobody, (const uint8_t *)"lost", 4, NULL),
			 NBS_OK);
	bench_run(&path.bench, 30 * BENCH_S);
	assert_int_equal(nbs_core_stats(path.core)->spoofed_up, 2);
	assert_int_equal(nbs_core_stats(path.core)->packets_up, 0);
	assert_int_equal(nbs_core_stats(path.core)->unknown_down, 1);
	path_fini(&path);
}

static void
test_addresses(void **state)
{
	uint32_t addr = 0;
	unsigned ue_index = 77;

	(void)state;
	assert_int_equal(nbs_core_ue_addr(0, &addr), NBS_OK);
	assert_int_equal(addr, 0x0a400002);
	assert_int_equal(nbs_core_ue_addr(52546, &addr), NBS_OK);
	assert_int_equal(addr, 0x0a400002 + 52546); /* 10.64.205.68 */
	assert_int_equal(nbs_core_ue_index(addr, &ue_index), NBS_OK);
	assert_int_equal(ue_index, 52546);
	/* The last address of 10.64.0.0/10 that is not broadcast: 10.127.255.254. */
	assert_int_equal(nbs_core_ue_addr(NBS_CORE_UE_MAX - 1, &addr), NBS_OK);
	assert_int_equal(addr, 0x0a7ffffe);
	assert_int_equal(nbs_core_ue_addr(NBS_CORE_UE_MAX, &addr), NBS_E_RANGE);
	assert_int_equal(nbs_core_ue_index(0x0a7fffff, &ue_index), NBS_E_NOTFOUND);
	assert_int_equal(nbs_core_ue_index(0x0a400001, &ue_index), NBS_E_NOTFOUND);
	assert_int_equal(nbs_core_ue_index(0x0a3fffff, &ue_index), NBS_E_NOTFOUND);
	assert_int_equal(nbs_core_ue_index(0xc0a80001, &ue_index), NBS_E_NOTFOUND);
}

/* TS 33.401: NAS messages have their own ciphering, bearers that of the access stratum. */
static void
test_radio_readable(void **state)
{
	static const struct {
		enum nbs_optimisation optimisation;
		enum nbs_ciphering nas;
		bool as_security, readable;
	} rows[] = {
	    {NBS_CONTROL_PLANE, NBS_EEA0, true, true},
	    {NBS_CONTROL_PLANE, NBS_EEA0, false, true},
	    {NBS_CONTROL_PLANE, NBS_EEA1, false, false},
	    {NBS_CONTROL_PLANE, NBS_EEA2, false, false},
	    {NBS_USER_PLANE, NBS_EEA0, true, false},
	    {NBS_USER_PLANE, NBS_EEA2, false, true},
	    {NBS_SERVICE_REQUEST, NBS_EEA0, true, false},
	    {NBS_SERVICE_REQUEST, NBS_EEA2, false, true},
	};
	struct nbs_network_config config;
	size_t i;

	(void)state;
	nbs_network_config_default(&config);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		config.optimisation = rows[i].optimisation;
		config.nas = rows[i].nas;
		config.as_security = rows[i].as_security;
		assert_int_equal(nbs_core_radio_readable(&config), rows[i].readable);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_udp_there_and_back),
	    cmocka_unit_test(test_spoofed_and_unknown),
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_radio_readable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
