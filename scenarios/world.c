/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The world without its devices and attackers: engine, captures, hosts, cell, core, gateway. */
#include "scenarios/world.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const capture_files[NBSI_CAP__COUNT] = {
    [NBSI_CAP_SGI] = "pcap/sgi.pcap",
    [NBSI_CAP_GATEWAY] = "pcap/gateway.pcap",
    [NBSI_CAP_ATTACKER] = "pcap/attacker.pcap",
    [NBSI_CAP_AIR] = "pcap/air.pcap",
};

const char *
nbsi_capture_file(enum nbsi_capture_id id)
{
	return capture_files[id];
}

enum nbs_status
nbsi_say(const struct nbsi_world *world, enum nbs_status status, const char *format, ...)
{
	FILE *out = world->config->messages;
	va_list args;

	if (out == NULL)
		return status;
	va_start(args, format);
	(void)vfprintf(out, format, args);
	va_end(args);
	(void)fprintf(out, ": %s\n", nbs_status_str(status));
	return status;
}

/* ---- files ---- */

static char *
path_in(const char *dir, const char *file)
{
	size_t len = strlen(dir) + strlen(file) + 2;
	char *path = malloc(len);

	if (path != NULL)
		(void)snprintf(path, len, "%s/%s", dir, file);
	return path;
}

static enum nbs_status
open_capture(struct nbsi_world *world, unsigned id)
{
	char *path = path_in(world->config->dir, capture_files[id]);
	enum nbs_status status;

	if (path == NULL)
		return NBS_E_NOMEM;
	status = nbs_capture_open(world->engine, path, &world->captures[id]);
	if (status != NBS_OK)
		(void)nbsi_say(world, status, "%s: cannot be written", path);
	free(path);
	return status;
}

static enum nbs_status
open_captures(struct nbsi_world *world)
{
	const bool readable = nbs_core_radio_readable(&world->scenario->network);
	char *path = path_in(world->config->dir, "pcap");
	enum nbs_status status = path == NULL ? NBS_E_NOMEM : NBS_OK;
	unsigned i;

	if (status == NBS_OK && mkdir(path, 0777) != 0 && errno != EEXIST)
		status =
		    nbsi_say(world, NBS_E_IO, "%s: cannot be made (%s)", path, strerror(errno));
	free(path);
	for (i = 0; i < NBSI_CAP__COUNT && status == NBS_OK; i++)
		if (i != NBSI_CAP_AIR || readable)
			status = open_capture(world, i);
	return status;
}

static enum nbs_status
open_keylog(struct nbsi_world *world)
{
	char *path = path_in(world->config->dir, "keys.log");

	if (path == NULL)
		return NBS_E_NOMEM;
	world->keylog = fopen(path, "w");
	if (world->keylog == NULL) {
		(void)nbsi_say(world, NBS_E_IO, "%s: cannot be written (%s)", path,
			       strerror(errno));
		free(path);
		return NBS_E_IO;
	}
	free(path);
	return NBS_OK;
}

static enum nbs_status
close_keylog(struct nbsi_world *world)
{
	bool bad;

	if (world->keylog == NULL)
		return NBS_OK;
	bad = ferror(world->keylog) != 0;
	bad = fclose(world->keylog) != 0 || bad;
	world->keylog = NULL;
	return bad ? nbsi_say(world, NBS_E_IO, "keys.log: not everything could be written")
		   : NBS_OK;
}

/* ---- the operator ---- */

static enum nbs_status
make_nat(struct nbsi_world *world)
{
	const struct nbs_nat_config config = {
	    .inside_net = NBS_CORE_NET,
	    .inside_prefix = NBS_CORE_PREFIX,
	    .pool_first = NBSI_NAT_NET,
	    .pool_count = 1U << (32U - NBSI_NAT_PREFIX),
	    .port_first = NBS_NAT_PORT_FIRST,
	    .port_last = NBS_NAT_PORT_LAST,
	    .binding_ns = world->scenario->network.nat_binding_ns,
	};

	if (world->scenario->network.apn != NBS_APN_INTERNET)
		return NBS_OK;
	return nbs_nat_new(world->engine, &config, &world->nat);
}

/* The gateway's side of the internet: taps see packets in the order of addition, both ways. */
static enum nbs_status
join_internet(struct nbsi_world *world, struct nbs_iface *sgi)
{
	const struct nbs_link_params *link = &world->scenario->internet;
	enum nbs_status status = make_nat(world);

	if (status == NBS_OK && world->nat != NULL)
		status = nbs_iface_tap(sgi, nbs_nat_out, world->nat);
	if (status == NBS_OK)
		status = nbs_capture_iface(world->captures[NBSI_CAP_SGI], sgi);
	if (status == NBS_OK && world->nat != NULL)
		status = nbs_iface_tap(sgi, nbs_nat_in, world->nat);
	if (status != NBS_OK)
		return status;
	if (world->nat != NULL)
		return nbs_wan_join(world->internet, link, sgi, NBSI_NAT_NET, NBSI_NAT_PREFIX);
	return nbs_wan_join(world->internet, link, sgi, NBS_CORE_NET, NBS_CORE_PREFIX);
}

static enum nbs_status
make_operator(struct nbsi_world *world)
{
	struct nbs_iface *radio = NULL, *sgi = NULL;
	enum nbs_status status;

	status = nbs_host_new(world->engine, NBS_HOST_NS3, "pgw", &world->pgw);
	if (status == NBS_OK)
		status = nbs_host_add_iface(world->pgw, NBS_CORE_GATEWAY, NBS_CORE_PREFIX,
					    NBSI_RADIO_MTU, &radio);
	if (status == NBS_OK)
		status =
		    nbs_host_add_iface(world->pgw, NBSI_PGW_SGI_ADDR, 24, NBSI_INTERNET_MTU, &sgi);
	if (status == NBS_OK)
		status = nbs_host_default_route(world->pgw, sgi);
	if (status == NBS_OK)
		status = nbs_host_forward(world->pgw, true);
	if (status == NBS_OK && world->captures[NBSI_CAP_AIR] != NULL)
		status = nbs_capture_iface(world->captures[NBSI_CAP_AIR], radio);
	if (status == NBS_OK)
		status = join_internet(world, sgi);
	if (status == NBS_OK)
		status = nbs_cell_new(world->engine, &world->scenario->network, &world->cell);
	if (status == NBS_OK)
		status = nbs_core_new(world->cell, &world->core);
	if (status == NBS_OK)
		status = nbs_core_attach(world->core, radio);
	return status == NBS_OK ? NBS_OK : nbsi_say(world, status, "the operator's network");
}

enum nbs_status
nbsi_world_init(struct nbsi_world *world, const struct nbs_run_config *config)
{
	const struct nbs_engine_config engine = {
	    .seed = config->scenario->seed,
	    .epoch_unix_s = config->scenario->start_unix_s,
	};
	enum nbs_status status;

	memset(world, 0, sizeof *world);
	world->config = config;
	world->scenario = config->scenario;
	nbs_scenario_battery(world->scenario, &world->battery);
	status = nbs_engine_new(&engine, &world->engine);
	if (status != NBS_OK)
		return nbsi_say(world, status, "the engine");
	status = nbs_oracle_new(&world->oracle);
	if (status == NBS_OK)
		status = open_captures(world);
	if (status == NBS_OK)
		status = open_keylog(world);
	if (status == NBS_OK)
		status = nbs_wan_new(world->engine, "internet", &world->internet);
	if (status == NBS_OK)
		status = make_operator(world);
	if (status == NBS_OK)
		status =
		    nbsi_certificates_init(&world->certificates, world->engine, world->scenario);
	if (status == NBS_OK)
		status = nbsi_gateway_init(world);
	if (status == NBS_OK)
		status = nbsi_devices_init(world);
	if (status == NBS_OK)
		status = nbsi_attacks_init(world);
	return status;
}

/* The network, then from the edges inwards; the first file not written whole decides. */
enum nbs_status
nbsi_world_fini(struct nbsi_world *world)
{
	enum nbs_status status = NBS_OK;
	unsigned i;

	nbs_wan_free(world->internet); /* lets go of everybody's interfaces */
	nbsi_attacks_fini(world);
	nbsi_devices_fini(world);
	nbs_service_free(world->service);
	nbs_core_free(world->core);
	nbs_cell_free(world->cell);
	nbs_host_free(world->gateway);
	nbs_host_free(world->pgw);
	nbs_nat_free(world->nat);
	nbsi_certificates_fini(&world->certificates);
	nbs_oracle_free(world->oracle);
	free(world->acceptances);
	for (i = 0; i < NBSI_CAP__COUNT; i++) {
		enum nbs_status closed = nbs_capture_close(world->captures[i]);

		if (closed != NBS_OK)
			status = nbsi_say(world, closed,
					  "%s: not everything could be written (is the disk full?)",
					  capture_files[i]);
	}
	if (close_keylog(world) != NBS_OK)
		status = NBS_E_IO;
	nbs_engine_free(world->engine);
	return status;
}
