/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Sizes and order of the RRC and NAS messages of an access, and how they fall into blocks.
 *
 * Models: the bytes of TS 36.331 (UPER), TS 24.301 and the layers between, one segment header a
 * block; what is exchanged after Msg5 until user data may flow; UDP/IPv4 header compression
 * (ROHC profile 0x0002). Where contents vary, sizes are those of messages encoded with typical
 * contents: docs/models/nbiot-messages.md says which.
 * Does not model: the contents; failures of NAS procedures; SRB0 to SRB1 switch-over details;
 * feedback and refresh packets of header compression.
 *
 * "SDU" means an RLC SDU: PDCP is in it, where its bearer has one, RLC and MAC headers are not
 * (NBSI_BLOCK_HEADER_BYTES a block). "MAC PDU" means everything.
 */
#ifndef NBSEC_MODELS_NBIOT_MESSAGES_H
#define NBSEC_MODELS_NBIOT_MESSAGES_H

#include "models/nbiot/config.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All in bytes. */
#define NBSI_RAR_BYTES 7U             /* MAC subheader 1 + RAR 6, one response (TS 36.321 6.1.5) */
#define NBSI_MSG4_SETUP_BYTES 18U     /* ConnectionSetup 9 + contention resolution + MAC */
#define NBSI_MSG4_RESUME_BYTES 22U    /* ConnectionResume 6 + PDCP 5 + RLC 2 + the same 9 */
#define NBSI_MSG4_REJECT_BYTES 12U    /* ConnectionReject 3 + the same 9 */
#define NBSI_BLOCK_HEADER_BYTES 3U    /* MAC 1 + RLC AM 2 */
#define NBSI_RLC_STATUS_BYTES 3U      /* MAC 1 + STATUS 2 */
#define NBSI_BSR_BYTES 2U             /* MAC subheader 1 + short BSR 1, TS 36.321 6.1.3.1 */
#define NBSI_C_RNTI_CE_BYTES 3U       /* MAC subheader 1 + C-RNTI 2, TS 36.321 6.1.3.2 */
#define NBSI_TAU_REQUEST_BYTES 30U    /* NAS, assumed: GUTI, capability, T3412 and T3324 wishes */
#define NBSI_TAU_ACCEPT_BYTES 30U     /* NAS, assumed: GUTI, timers */
#define NBSI_TAU_ACCEPT_MAC_BYTES 36U /* NAS 30 (assumed) + DLInformationTransfer 3 + headers 3 */
#define NBSI_SERVICE_REQUEST_BYTES 9U /* CONTROL PLANE SERVICE REQUEST with data (17) less its */
				      /* container (3) and ESM DATA TRANSPORT (5) */
#define NBSI_RESUME_COMPLETE_BYTES 7U /* ResumeComplete 2 + PDCP 5 */
#define NBSI_UDP_IP_BYTES 28U         /* IPv4 header without options 20 + UDP header 8 */

/** What opens the connection. */
enum nbsi_purpose {
	NBSI_FOR_DATA,       /* mobile originated */
	NBSI_FOR_PAGE,       /* mobile terminated */
	NBSI_FOR_TAU,        /* periodic tracking area update */
	NBSI_FOR_ATTACH,     /* registration, TS 24.301 5.5.1 */
	NBSI_FOR_DETACH,     /* by the UE, not switched off: it waits for the answer */
	NBSI_FOR_REESTABLISH /* after a radio link failure, TS 36.331 5.3.7 */
};

/** One signalling message after Msg5. */
struct nbsi_step {
	bool up;
	bool core_turn;     /* the way to the MME and back comes before it */
	uint16_t sdu_bytes; /* RLC SDU, without RLC and MAC headers */
};

/**
 * What follows Msg5 before user data may flow (data, page, re-establishment), or the whole
 * procedure (TAU, attach, detach), without the RRC release behind it.
 * @param[out] count  steps; 0 where data flows at once
 * @return static table, in order
 */
const struct nbsi_step *nbsi_procedure(const struct nbs_network_config *config,
				       enum nbsi_purpose purpose, unsigned *count);

/**
 * @param rai  with release assistance in NAS (only true with the control plane)
 * @param packet_bytes  IP packet, compressed already where it is
 * @return what it weighs as RLC SDU of its own, uplink
 */
uint32_t nbsi_uplink_sdu(const struct nbs_network_config *config, bool rai, uint32_t packet_bytes);

/** @return the same, downlink. */
uint32_t nbsi_downlink_sdu(const struct nbs_network_config *config, uint32_t packet_bytes);

/** @return whether Msg5 of such a connection may have a packet in it (nbsi_msg5_sdu()). */
bool nbsi_msg5_carries_data(const struct nbs_network_config *config, enum nbsi_purpose purpose);

/**
 * Msg5: what completes the connection.
 * @param packet_bytes  IP packet carried in it, 0 = none; taken as 0 where Msg5 carries no data
 * @return the bytes of RLC SDU; with the user plane and data those of ResumeComplete, its MAC and
 *         RLC headers and the packet behind it
 */
uint32_t nbsi_msg5_sdu(const struct nbs_network_config *config, enum nbsi_purpose purpose, bool rai,
		       uint32_t packet_bytes);

/** @return MAC PDU of Msg4 that grants the connection: setup, resume or re-establishment. */
uint32_t nbsi_msg4_bytes(const struct nbs_network_config *config, enum nbsi_purpose purpose);

/** @return RRC release of such a connection with all its headers: one block. */
uint32_t nbsi_release_bytes(const struct nbs_network_config *config, enum nbsi_purpose purpose);

/**
 * Early data (TS 36.331 5.3.3.1b), with the control plane or the user plane; a service request has
 * none.
 * @return MAC PDU of Msg3 with the packet in it; it must fit into edt-TBS
 */
uint32_t nbsi_edt_msg3_bytes(const struct nbs_network_config *config, bool rai,
			     uint32_t packet_bytes);

/** @return MAC PDU of the Msg4 that ends early data without a connection. */
uint32_t nbsi_edt_msg4_bytes(const struct nbs_network_config *config);

/** @return Msg5 as RLC SDU where Msg4 answers early data with a connection. */
uint32_t nbsi_edt_msg5_sdu(const struct nbs_network_config *config);

/** @return Paging message with so many records (1..16), each an S-TMSI; PCCH has no headers. */
uint32_t nbsi_paging_bytes(uint32_t records);

/**
 * Header compression (ROHC profile 0x0002, RFC 3095 5.11, small CIDs, CID 0).
 * @param packet_bytes  IPv4/UDP packet with its 28 header bytes; less than that is not compressed
 * @param context  the receiver knows this flow; false: the packet sets it up
 * @return what the packet weighs in the layers below; without compression packet_bytes
 */
uint32_t nbsi_compressed_bytes(const struct nbs_network_config *config, uint32_t packet_bytes,
			       bool context);

#ifdef __cplusplus
}
#endif
#endif
