/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * When a UE in idle mode listens for paging.
 *
 * Models: paging frame and occasion (TS 36.304 7.1, FDD, P-RNTI on NPDCCH), paging hyperframe and
 * paging time window of extended DRX (TS 36.304 7.3), from the UE's number.
 * A search space that lies across a border of the window is cut there: the last one of a window
 * loses its rest, and the next window may begin with the rest of one.
 * Does not model: paging carriers other than the anchor, UE-specific DRX values (a UE in NB-IoT
 * before Rel-15 has none), wake-up signals.
 */
#ifndef NBSEC_MODELS_NBIOT_PAGING_H
#define NBSEC_MODELS_NBIOT_PAGING_H

#include "models/nbiot/config.h"
#include "models/nbiot/timeline.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The UE's number stands for its identities: IMSI mod 4096 is its number mod 4096, and the low 32
 * bits of its S-TMSI are its number.
 * @param ue_id  the UE's number
 * @param on_ns  how long the UE listens from its paging occasion on; at most the cycle is taken
 * @param[out] out  cycle_ns, on_ns, offset_ns: the paging cycle T; gate_cycle_ns, gate_on_ns,
 *                  gate_offset_ns: extended DRX (0, 0, 0 without); nothing else is written.
 *                  Times count from SFN 0 of H-SFN 0.
 */
void nbsi_paging_cycle(const struct nbs_network_config *config, uint32_t ue_id, uint64_t on_ns,
		       struct nbsi_cycle *out);

/** @return UE_ID_H of TS 36.304 7.3: the 12 highest bits of the hashed S-TMSI. */
uint32_t nbsi_paging_hash(uint32_t s_tmsi_low);

#ifdef __cplusplus
}
#endif
#endif
