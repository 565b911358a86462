/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * One NB-IoT cell with its eNB and the S1 path to the packet gateway.
 *
 * Models: the configuration all UEs share; 180 kHz of uplink and of downlink that they share, and
 * non-anchor carriers beside them; NPRACH occasions with collisions, random access responses,
 * capture; a limit of connections; times off the air; the way of IP packets between each UE and the
 * core with the delay of S1, keeping or discarding of downlink packets for UEs that sleep, serving
 * PLMN rate control. Does not model: more than one cell, interference, a scheduler with priorities
 * (who begins first books first; who comes later fills the holes), the load of paging.
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
	uint64_t start_ns; /* off before; from here on registered and in PSM, or attaching */
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
 * Tells what an IP packet is, for the energy accounts: called once for each, when it is handed
 * over. @param up  from the UE. @param[out] kind  zeroed before.
 */
typedef void (*nbs_cell_classify_fn)(void *arg, unsigned ue_index, bool up, const uint8_t *packet,
				     size_t len, struct nbs_packet_kind *kind);

/** Sets who tells. NULL = nobody. */
NBS_API void nbs_cell_classify(struct nbs_cell *cell, nbs_cell_classify_fn fn, void *arg);

/**
 * Sends an IP packet from the gateway to a UE: S1 delay, then radio. The bytes are copied.
 * Whether the UE can be reached is decided when the packet is at the eNB or MME.
 * @retval NBS_E_NOTFOUND  no such UE.  @retval NBS_E_ARG  length 0 or above 1500.
 */
NBS_API enum nbs_status nbs_cell_downlink(struct nbs_cell *cell, unsigned ue_index,
					  const uint8_t *packet, size_t len);

/** What the cell has carried. Tones are 15 kHz wide: 12 are an uplink carrier. */
struct nbs_cell_stats {
	uint64_t elapsed_ns;    /* simulated so far */
	uint32_t carriers;      /* anchor and non-anchor */
	double dl_share;        /* of the valid downlink subframes of all carriers, booked */
	double ul_share;        /* of 12 tones x time of all carriers: NPUSCH, HARQ-ACK, NPRACH */
	double nprach_share;    /* of the anchor's uplink: set aside for NPRACH */
	uint64_t occasions;     /* NPRACH occasions that somebody used */
	uint64_t preambles;     /* sent */
	uint64_t detected;      /* of those, heard by the eNB (a collision counts once a UE) */
	uint64_t collided;      /* sent on a subcarrier that another used too */
	uint64_t captured;      /* collisions out of which one was decoded */
	uint64_t responses;     /* preambles answered */
	uint64_t unanswered;    /* heard, but no room in the response window */
	uint64_t rejects;       /* connections turned away */
	uint64_t waits;         /* grants that did not get the first place their UE could use */
	uint64_t connected;     /* UEs with a connection now */
	uint64_t connected_max; /* the most at a time */
};

/** Fills in the counters up to now. */
NBS_API void nbs_cell_get_stats(const struct nbs_cell *cell, struct nbs_cell_stats *stats);

/** @return the configuration in force. */
NBS_API const struct nbs_network_config *nbs_cell_config(const struct nbs_cell *cell);

/** nbs_ue_finish() for every UE. */
NBS_API enum nbs_status nbs_cell_finish(struct nbs_cell *cell, uint64_t now_ns);

#ifdef __cplusplus
}
#endif
#endif
