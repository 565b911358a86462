/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The core network's user plane: the packet gateway's address pool and its radio side.
 *
 * Models: one subnet, 10.64.0.0/10, with the gateway at 10.64.0.1; a UE's address follows from
 * its index, so that a packet finds its UE by subtraction; uplink packets whose source is not
 * the UE's own address are dropped (source address check at the edge, RFC 2827), downlink packets
 * to addresses without a UE are counted and dropped; whether the radio can be read by others.
 * Does not model: bearers, charging, tunnels. What leaves on SGi is the gateway host's work, and
 * the NAT's (nat.h) where there is one.
 */
#ifndef NBSEC_MODELS_NBIOT_CORE_H
#define NBSEC_MODELS_NBIOT_CORE_H

#include "models/nbiot/cell.h"
#include "sim/net.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_CORE_NET UINT32_C(0x0a400000)      /* 10.64.0.0 */
#define NBS_CORE_PREFIX 10U                    /* bits */
#define NBS_CORE_GATEWAY UINT32_C(0x0a400001)  /* 10.64.0.1 */
#define NBS_CORE_FIRST_UE UINT32_C(0x0a400002) /* 10.64.0.2 is the UE of index 0 */
#define NBS_CORE_UE_MAX UINT32_C(4194301)      /* 2^22 less network, gateway, broadcast */

struct nbs_core;

struct nbs_core_stats {
	uint64_t packets_up, packets_down; /* passed on */
	uint64_t spoofed_up;               /* source was not the UE's own address */
	uint64_t unknown_down;             /* destination has no UE */
};

/** Joins a cell to its gateway. @param[out] core  freed by nbs_core_free() before the cell. */
NBS_API enum nbs_status nbs_core_new(struct nbs_cell *cell, struct nbs_core **core);
NBS_API void nbs_core_free(struct nbs_core *core);

/**
 * Hangs the radio on the gateway host's interface: what the host sends out of it goes to the UE
 * with that destination address, what UEs send comes in by it.
 */
NBS_API enum nbs_status nbs_core_attach(struct nbs_core *core, struct nbs_iface *pgw_radio_iface);

/** @param[out] addr  host order.  @retval NBS_E_RANGE  the pool has no such address. */
NBS_API enum nbs_status nbs_core_ue_addr(unsigned ue_index, uint32_t *addr);

/** The other way. @retval NBS_E_NOTFOUND  not an address of a UE. */
NBS_API enum nbs_status nbs_core_ue_index(uint32_t addr, unsigned *ue_index);

/**
 * @return whether somebody who listens to the radio reads the user's packets. With the control
 * plane they are in NAS messages, otherwise on bearers (TS 33.401 8.2, 7.3.1): each is ciphered or
 * not by its own setting.
 */
NBS_API bool nbs_core_radio_readable(const struct nbs_network_config *config);

NBS_API const struct nbs_core_stats *nbs_core_stats(const struct nbs_core *core);

#ifdef __cplusplus
}
#endif
#endif
