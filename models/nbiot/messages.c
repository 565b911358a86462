/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message sizes: TS 36.331 6.2.2 (UPER), TS 24.301 8.2, 8.3, TS 36.321 6.1, TS 36.322 6.2,
 * TS 36.323 6.2. A control-plane packet of 100 bytes (72 of UDP payload) with release assistance
 * makes 100 + 18 + 4 + 3 = 125 bytes: one block of 1000 bits, the most that Cat-NB1 sends.
 */
#include "models/nbiot/messages.h"

#define MSG_SETUP_COMPLETE 4U /* RRC, around a NAS message */
#define MSG_SETUP_COMPLETE_BIG 5U
#define MSG_NAS_SHORT_MAX 127U  /* longest NAS message with the shorter RRC form */
#define MSG_UL_INFORMATION 2U   /* ULInformationTransfer, around a NAS message */
#define MSG_DL_INFORMATION 3U   /* DLInformationTransfer */
#define MSG_CP_SERVICE_DATA 17U /* CONTROL PLANE SERVICE REQUEST, around an IP packet */
#define MSG_ESM_DATA 11U        /* security header 6 + ESM DATA TRANSPORT 5 */
#define MSG_RAI 1U              /* release assistance indication element */
#define MSG_DRB 1U              /* PDCP on a data bearer */
#define MSG_SRB1 5U             /* PDCP on SRB1 */
#define MSG_MAC_OTHER 2U        /* MAC subheader that is not the last */
#define MSG_RLC 2U
#define MSG_RELEASE 2U
#define MSG_RELEASE_SUSPEND 7U /* with resume identity */

uint32_t
nbsi_uplink_sdu(enum nbs_optimisation optimisation, bool rai, uint32_t packet_bytes)
{
	if (optimisation == NBS_USER_PLANE)
		return packet_bytes + MSG_DRB;
	return packet_bytes + MSG_UL_INFORMATION + MSG_ESM_DATA + (rai ? MSG_RAI : 0U);
}

uint32_t
nbsi_downlink_sdu(enum nbs_optimisation optimisation, uint32_t packet_bytes)
{
	if (optimisation == NBS_USER_PLANE)
		return packet_bytes + MSG_DRB;
	return packet_bytes + MSG_DL_INFORMATION + MSG_ESM_DATA;
}

static uint32_t
msg_setup_complete(uint32_t nas_bytes)
{
	return nas_bytes +
	       (nas_bytes > MSG_NAS_SHORT_MAX ? MSG_SETUP_COMPLETE_BIG : MSG_SETUP_COMPLETE);
}

uint32_t
nbsi_msg5_sdu(enum nbs_optimisation optimisation, enum nbsi_purpose purpose, bool rai,
	      uint32_t packet_bytes)
{
	if (purpose == NBSI_FOR_TAU)
		return msg_setup_complete(NBSI_TAU_REQUEST_BYTES);
	if (optimisation == NBS_USER_PLANE && packet_bytes == 0)
		return NBSI_RESUME_COMPLETE_BYTES;
	if (optimisation == NBS_USER_PLANE)
		return NBSI_RESUME_COMPLETE_BYTES + MSG_MAC_OTHER + MSG_RLC + MSG_DRB +
		       packet_bytes;
	if (packet_bytes == 0)
		return msg_setup_complete(NBSI_SERVICE_REQUEST_BYTES);
	return msg_setup_complete(MSG_CP_SERVICE_DATA + (rai ? MSG_RAI : 0U) + packet_bytes);
}

uint32_t
nbsi_release_bytes(enum nbs_optimisation optimisation)
{
	if (optimisation == NBS_USER_PLANE)
		return MSG_RELEASE_SUSPEND + MSG_SRB1 + NBSI_BLOCK_HEADER_BYTES;
	return MSG_RELEASE + NBSI_BLOCK_HEADER_BYTES;
}
