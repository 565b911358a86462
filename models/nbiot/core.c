/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gateway's radio side: addresses to UEs and back. RFC 791 3.1 for the header fields. */
#include "models/nbiot/core.h"

#include <stdlib.h>

#define CORE_IPV4_SOURCE 12U /* byte offsets */
#define CORE_IPV4_DESTINATION 16U

struct nbs_core {
	struct nbs_cell *cell;
	struct nbs_iface *iface; /* the gateway host's; NULL = not attached */
	struct nbs_core_stats stats;
};

enum nbs_status
nbs_core_ue_addr(unsigned ue_index, uint32_t *addr)
{
	if (ue_index >= NBS_CORE_UE_MAX)
		return NBS_E_RANGE;
	*addr = NBS_CORE_FIRST_UE + ue_index;
	return NBS_OK;
}

enum nbs_status
nbs_core_ue_index(uint32_t addr, unsigned *ue_index)
{
	if (addr < NBS_CORE_FIRST_UE || addr - NBS_CORE_FIRST_UE >= NBS_CORE_UE_MAX)
		return NBS_E_NOTFOUND;
	*ue_index = addr - NBS_CORE_FIRST_UE;
	return NBS_OK;
}

/* @return the address at an offset of the IPv4 header; 0 if the packet is too short for one. */
static uint32_t
core_address(const uint8_t *packet, size_t len, size_t offset)
{
	if (len < NBS_IPV4_HEADER)
		return 0;
	return (uint32_t)packet[offset] << 24 | (uint32_t)packet[offset + 1] << 16 |
	       (uint32_t)packet[offset + 2] << 8 | packet[offset + 3];
}

static void
core_on_uplink(void *arg, unsigned ue_index, const uint8_t *packet, size_t len)
{
	struct nbs_core *core = arg;

	if (core_address(packet, len, CORE_IPV4_SOURCE) != NBS_CORE_FIRST_UE + ue_index) {
		core->stats.spoofed_up++;
		return;
	}
	core->stats.packets_up++;
	/* A packet that the host refuses is in the interface's own counters. */
	(void)nbs_iface_rx(core->iface, packet, len);
}

static void
core_on_downlink(void *arg, const uint8_t *packet, size_t len)
{
	struct nbs_core *core = arg;
	uint32_t destination = core_address(packet, len, CORE_IPV4_DESTINATION);
	unsigned ue_index = 0;
	enum nbs_status status = nbs_core_ue_index(destination, &ue_index);

	if (status == NBS_OK)
		status = nbs_cell_downlink(core->cell, ue_index, packet, len);
	if (status == NBS_OK)
		core->stats.packets_down++;
	else
		core->stats.unknown_down++;
}

enum nbs_status
nbs_core_new(struct nbs_cell *cell, struct nbs_core **out)
{
	struct nbs_core *core;

	if (cell == NULL || out == NULL)
		return NBS_E_ARG;
	core = calloc(1, sizeof(*core));
	if (core == NULL)
		return NBS_E_NOMEM;
	core->cell = cell;
	*out = core;
	return NBS_OK;
}

enum nbs_status
nbs_core_attach(struct nbs_core *core, struct nbs_iface *pgw_radio_iface)
{
	if (core == NULL || pgw_radio_iface == NULL)
		return NBS_E_ARG;
	if (core->iface != NULL)
		return NBS_E_STATE;
	core->iface = pgw_radio_iface;
	nbs_iface_attach(pgw_radio_iface, core_on_downlink, core);
	nbs_cell_uplink(core->cell, core_on_uplink, core);
	return NBS_OK;
}

void
nbs_core_free(struct nbs_core *core)
{
	if (core == NULL)
		return;
	if (core->iface != NULL) {
		nbs_iface_attach(core->iface, NULL, NULL);
		nbs_cell_uplink(core->cell, NULL, NULL);
	}
	free(core);
}

bool
nbs_core_radio_readable(const struct nbs_network_config *config)
{
	if (config->optimisation == NBS_CONTROL_PLANE)
		return config->nas == NBS_EEA0;
	return !config->as_security;
}

const struct nbs_core_stats *
nbs_core_stats(const struct nbs_core *core)
{
	return &core->stats;
}
