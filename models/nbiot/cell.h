/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * One NB-IoT cell with its eNB and the S1 path to the packet gateway.
 *
 * Models: the configuration all UEs share, the way of IP packets between each UE and the core,
 * one-way S1 delay, discarding of downlink packets for UEs that cannot be reached.
 * Does not model: load. There is no contention for preambles, subcarriers or the carrier, and no
 * scheduler: a UE's timing is what it would be alone in the cell. Nor store-and-forward in the
 * serving gateway for sleeping UEs, nor interference.
 */
#ifndef NBSEC_MODELS_NBIOT_CELL_H
#define NBSEC_MODELS_NBIOT_CELL_H

#include "models/nbiot/config.h"
#include "models/nbiot/ue.h"

#ifdef __cplusplus
extern "C" {
#endif

struct nbs_cell;

/** What a UE starts from. */
struct nbs_ue_config {
	const char *name;              /* names its random stream; copied */
	double mcl_db;                 /* coupling loss to this cell */
	const struct nbs_modem *modem; /* kept, not copied: static storage of modem.h */
	uint64_t start_ns;             /* off before; registered and in PSM from here on */
};

/** Takes an uplink IP packet at the gateway; the bytes are valid during the call only. */
typedef void (*nbs_cell_uplink_fn)(void *arg, unsigned ue_index, const uint8_t *packet, size_t len);

/**
 * @param config  copied.
 * @param[out] cell  freed by nbs_cell_free(), before the engine.
 * @retval NBS_E_RANGE  the configuration is refused by nbs_network_config_check().
 */
NBS_API enum nbs_status nbs_cell_new(struct nbs_engine *engine,
				     const struct nbs_network_config *config,
				     struct nbs_cell **cell);

/** Frees the cell and its UEs, and what is still on the way. NULL is fine. */
NBS_API void nbs_cell_free(struct nbs_cell *cell);

/**
 * Adds a UE. @param[out] ue  owned by the cell; its index is the number of UEs before it.
 * @retval NBS_E_RANGE  the coupling loss is not a number in 60..200 dB.
 */
NBS_API enum nbs_status nbs_cell_add_ue(struct nbs_cell *cell, const struct nbs_ue_config *config,
					struct nbs_ue **ue);

/** @return the UE of that index; NULL if there is none. */
NBS_API struct nbs_ue *nbs_cell_ue(const struct nbs_cell *cell, unsigned ue_index);

/** @return number of UEs. */
NBS_API unsigned nbs_cell_ue_count(const struct nbs_cell *cell);

/** Sets who takes uplink packets, after the S1 delay. NULL = nobody. */
NBS_API void nbs_cell_uplink(struct nbs_cell *cell, nbs_cell_uplink_fn fn, void *arg);

/**
 * Sends an IP packet from the gateway to a UE: S1 delay, then radio. The bytes are copied.
 * Whether the UE can be reached is decided when the packet is at the eNB or MME.
 * @retval NBS_E_NOTFOUND  no such UE.  @retval NBS_E_ARG  length 0 or above 1500.
 */
NBS_API enum nbs_status nbs_cell_downlink(struct nbs_cell *cell, unsigned ue_index,
					  const uint8_t *packet, size_t len);

/** @return the configuration in force. */
NBS_API const struct nbs_network_config *nbs_cell_config(const struct nbs_cell *cell);

/** nbs_ue_finish() for every UE. */
NBS_API enum nbs_status nbs_cell_finish(struct nbs_cell *cell, uint64_t now_ns);

#ifdef __cplusplus
}
#endif
#endif
