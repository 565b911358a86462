/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Sizes of the RRC and NAS messages of an access, and how they fall into transport blocks.
 *
 * Models: the bytes of TS 36.331 (UPER), TS 24.301 and the layers between, one segment header a
 * block. Sizes are those of a program that encoded the messages with typical contents.
 * Does not model: the contents; robust header compression; SRB0 to SRB1 switch-over details.
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
#define NBSI_MSG4_RESUME_BYTES 15U    /* ConnectionResume 6 + the same 9 */
#define NBSI_BLOCK_HEADER_BYTES 3U    /* MAC 1 + RLC AM 2 */
#define NBSI_RLC_STATUS_BYTES 3U      /* MAC 1 + STATUS 2 */
#define NBSI_TAU_REQUEST_BYTES 30U    /* NAS, assumed: GUTI, capability, T3412 and T3324 wishes */
#define NBSI_TAU_ACCEPT_MAC_BYTES 36U /* NAS 30 (assumed) + DLInformationTransfer 3 + headers 3 */
#define NBSI_SERVICE_REQUEST_BYTES 9U /* CONTROL PLANE SERVICE REQUEST with data (17) less its */
				      /* container (3) and ESM DATA TRANSPORT (5) */
#define NBSI_RESUME_COMPLETE_BYTES 7U /* ResumeComplete 2 + PDCP 5 */

/** What opens the connection. */
enum nbsi_purpose {
	NBSI_FOR_DATA, /* mobile originated */
	NBSI_FOR_PAGE, /* mobile terminated */
	NBSI_FOR_TAU   /* periodic tracking area update */
};

/** @return what an IP packet of so many bytes weighs as RLC SDU of its own, uplink. */
uint32_t nbsi_uplink_sdu(enum nbs_optimisation optimisation, bool rai, uint32_t packet_bytes);

/** @return the same, downlink. */
uint32_t nbsi_downlink_sdu(enum nbs_optimisation optimisation, uint32_t packet_bytes);

/**
 * Msg5: what completes the connection.
 * @param packet_bytes  IP packet carried in it, 0 = none (purpose is not data)
 * @return the bytes of RLC SDU; with the user plane those of ResumeComplete, its MAC and RLC
 *         headers and the packet behind it
 */
uint32_t nbsi_msg5_sdu(enum nbs_optimisation optimisation, enum nbsi_purpose purpose, bool rai,
		       uint32_t packet_bytes);

/** @return RRC release with all its headers: one block. */
uint32_t nbsi_release_bytes(enum nbs_optimisation optimisation);

#ifdef __cplusplus
}
#endif
#endif
