/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message sizes: TS 36.331 6.7.2 (UPER), TS 24.301 8.2, 8.3, TS 36.321 6.1, TS 36.322 6.2,
 * TS 36.323 6.2, RFC 3095 5.7, 5.11. A control-plane packet of 100 bytes (72 of UDP payload) with
 * release assistance makes 100 + 18 + 4 + 3 = 125 bytes: one block of 1000 bits, the most that
 * Cat-NB1 sends.
 *
 * SRB1bis carries everything up to the activation of AS security and has no PDCP; afterwards, and
 * on a resumed connection, it is SRB1 (TS 36.331 4.2.2). The control plane never leaves SRB1bis.
 */
#include "models/nbiot/messages.h"

/*
 * RRC, TS 36.331 6.7.2. Around a NAS message: a message of 128 bytes and more takes one byte
 * more, for the longer form of its length (X.691 11.9).
 */
#define MSG_NAS_SHORT_MAX 127U
#define MSG_SETUP_COMPLETE 4U      /* around a NAS message: 25 bits and the message */
#define MSG_RESUME_COMPLETE_NAS 3U /* around a NAS message: 20 bits and the message */
#define MSG_REESTABLISH_COMPLETE 2U
#define MSG_UL_INFORMATION 2U /* ULInformationTransfer, around a NAS message */
#define MSG_DL_INFORMATION 3U /* DLInformationTransfer */
#define MSG_SECURITY_COMMAND 3U
#define MSG_SECURITY_COMPLETE 2U
#define MSG_RECONFIGURATION 8U /* with a data bearer; 13 bits and RadioResourceConfigDedicated */
#define MSG_RECONFIGURATION_NAS 10U /* the same around a NAS message: 9 bits more, at most 10 */
#define MSG_RECONFIGURATION_COMPLETE 2U
#define MSG_CAPABILITY_ENQUIRY 2U
/* 10 bits, UE-Capability 17 + 9 a band, UE-RadioPagingInfo 2: 101 with 8 bands (assumed) */
#define MSG_CAPABILITY_INFORMATION 13U
#define MSG_EARLY_REQUEST 7U  /* RRCEarlyDataRequest around a NAS message */
#define MSG_EARLY_COMPLETE 2U /* RRCEarlyDataComplete without a NAS message */
#define MSG_RESUME_REQUEST 9U
#define MSG_RELEASE 2U         /* 15 bits */
#define MSG_RELEASE_SUSPEND 7U /* with resume identity, 55 bits */
#define MSG_RELEASE_EARLY 8U   /* and nextHopChainingCount of Rel-15: 9 bits more */
/*
 * Reestablishment is ConnectionSetup (9 bytes: up to 72 bits) and 3 bits of nextHopChainingCount;
 * on the control plane another 18 bits of dl-NAS-MAC.
 */
#define MSG_REESTABLISH 10U
#define MSG_REESTABLISH_CP 12U
#define MSG_PAGING_BITS 9U         /* choice 1, presence 4, count 4 */
#define MSG_PAGING_RECORD_BITS 43U /* extension 1, choice 2, MMEC 8, M-TMSI 32 */

/* NAS, TS 24.301 8.2 and 8.3; the security header of 9.2 is 6: type 1, MAC 4, sequence 1. */
#define MSG_NAS_SECURITY 6U
#define MSG_SERVICE_REQUEST 4U  /* type 1, KSI and sequence 1, short MAC 2: 8.2.25 */
#define MSG_CP_SERVICE_DATA 17U /* CONTROL PLANE SERVICE REQUEST, around an IP packet */
#define MSG_ESM_DATA 11U        /* security header 6 + ESM DATA TRANSPORT 5 */
#define MSG_RAI 1U              /* release assistance indication element */
/*
 * ATTACH REQUEST, plain, 8.2.4: discriminator 1, type 1, attach type and KSI 1, GUTI 12, UE network
 * capability 7, container 2 with PDN CONNECTIVITY REQUEST 5 (EBI 1, PTI 1, type 1, request and PDN
 * type 1, transfer flag 1), additional update type 1, T3324 3, T3412 extended 3, eDRX 3. Assumed.
 */
#define MSG_ATTACH_REQUEST 39U
/* 8.2.7: discriminator 1, type 1, KSI 1, RAND 16, AUTN 17 */
#define MSG_AUTHENTICATION_REQUEST 36U
/* 8.2.8: discriminator 1, type 1, RES 1 + 8 (assumed, 4 to 16) */
#define MSG_AUTHENTICATION_RESPONSE 11U
/* 8.2.20: security 6, discriminator 1, type 1, algorithms 1, KSI 1, replayed capability 5,
 * IMEISV request 1 (assumed) */
#define MSG_SECURITY_MODE_COMMAND 16U
/* 8.2.21: security 6, discriminator 1, type 1, IMEISV 11 */
#define MSG_SECURITY_MODE_COMPLETE 19U
/* 8.3.13: security 6, EBI 1, PTI 1, type 1 */
#define MSG_ESM_INFORMATION_REQUEST 9U
/* 8.3.14: the same 9, APN 2 + 16, extended options 3 + 1 and two empty containers of 3. Assumed. */
#define MSG_ESM_INFORMATION_RESPONSE 37U
/*
 * ATTACH ACCEPT, 8.2.1: security 6, discriminator 1, type 1, result 1, T3412 1, TAI list 7, GUTI
 * 13, T3412 extended 3, T3324 3, eDRX 3, network feature support 4, container 2 with ACTIVATE
 * DEFAULT EPS BEARER CONTEXT REQUEST 48 (8.3.6: EBI 1, PTI 1, type 1, QoS 2, APN 1 + 16, IPv4
 * address 6, extended options 3 + 1 + DNS 7 + MTU 5, AMBR 4); on the control plane another 1, the
 * control plane only indication. Assumed.
 */
#define MSG_ATTACH_ACCEPT 93U
#define MSG_ATTACH_ACCEPT_CP 94U
/* 8.2.2: security 6, discriminator 1, type 1, container 2 with ACTIVATE ... ACCEPT 3 */
#define MSG_ATTACH_COMPLETE 13U
/* 8.2.11.1: security 6, discriminator 1, type 1, detach type and KSI 1, GUTI 12 */
#define MSG_DETACH_REQUEST 21U
/* 8.2.10.1: security 6, discriminator 1, type 1 */
#define MSG_DETACH_ACCEPT 8U
/*
 * TRACKING AREA UPDATE REQUEST, 8.2.29, 30: security 6, discriminator 1, type 1, update type and
 * KSI 1, GUTI 12, T3324 3, T3412 extended 3, eDRX 3. ACCEPT, 8.2.26, 30: security 6, discriminator
 * 1, type 1, result 1, TAI list 8, bearer status 4, T3412 extended 3, T3324 3, eDRX 3; no new GUTI,
 * hence no COMPLETE. Assumed.
 */

/* The layers below, TS 36.323 6.2, TS 36.322 6.2.1, TS 36.321 6.1.2. */
#define MSG_DRB 1U       /* PDCP on a data bearer */
#define MSG_SRB1 5U      /* PDCP on SRB1: header 1, MAC-I 4 */
#define MSG_MAC_OTHER 2U /* MAC subheader that is not the last */
#define MSG_MAC_LAST 1U
#define MSG_RLC 2U
#define MSG_CONTENTION 9U /* of Msg4: identity 1 + 6, subheader of the SDU 2 */

/*
 * ROHC profile 0x0002, small CIDs, CID 0 (no octet). IR, RFC 3095 5.7.7.1: type 1, profile 1, CRC
 * 1; static chain: IPv4 10 (5.7.7.4: version 1, protocol 1, addresses 8), UDP 4 (5.7.7.5: ports);
 * dynamic chain: IPv4 6 (type of service 1, time to live 1, identification 2, flags 1, empty list
 * of extension headers 1), UDP 4 (checksum 2, sequence number 2 by 5.11.1).
 * UO-0, 5.7.1: 1, behind it the UDP checksum 2; the identification grows by one a packet.
 */
#define MSG_ROHC_IR 27U
#define MSG_ROHC_UO0 3U

#define DOWN(core, bytes)                                              \
	{                                                              \
		.up = false, .core_turn = (core), .sdu_bytes = (bytes) \
	}
#define UP(bytes)                                \
	{                                        \
		.up = true, .sdu_bytes = (bytes) \
	}

static const struct nbsi_step msg_tau[] = {
    DOWN(true, MSG_DL_INFORMATION + NBSI_TAU_ACCEPT_BYTES),
};

static const struct nbsi_step msg_tau_resumed[] = {
    DOWN(true, MSG_SRB1 + MSG_DL_INFORMATION + NBSI_TAU_ACCEPT_BYTES),
};

static const struct nbsi_step msg_detach[] = {
    DOWN(true, MSG_DL_INFORMATION + MSG_DETACH_ACCEPT),
};

static const struct nbsi_step msg_detach_resumed[] = {
    DOWN(true, MSG_SRB1 + MSG_DL_INFORMATION + MSG_DETACH_ACCEPT),
};

/* The data bearer of a service request, TS 36.331 5.3.4, 5.3.5. */
static const struct nbsi_step msg_bearer[] = {
    DOWN(true, MSG_SRB1 + MSG_SECURITY_COMMAND),
    UP(MSG_SRB1 + MSG_SECURITY_COMPLETE),
    DOWN(false, MSG_SRB1 + MSG_RECONFIGURATION),
    UP(MSG_SRB1 + MSG_RECONFIGURATION_COMPLETE),
};

/* Bearers run again after the first reconfiguration, TS 36.331 5.3.5.3. */
static const struct nbsi_step msg_reestablish[] = {
    DOWN(false, MSG_SRB1 + MSG_RECONFIGURATION),
    UP(MSG_SRB1 + MSG_RECONFIGURATION_COMPLETE),
};

#define ATTACH_FIRST_STEPS                                                \
	DOWN(true, MSG_DL_INFORMATION + MSG_AUTHENTICATION_REQUEST),      \
	    UP(MSG_UL_INFORMATION + MSG_AUTHENTICATION_RESPONSE),         \
	    DOWN(true, MSG_DL_INFORMATION + MSG_SECURITY_MODE_COMMAND),   \
	    UP(MSG_UL_INFORMATION + MSG_SECURITY_MODE_COMPLETE),          \
	    DOWN(true, MSG_DL_INFORMATION + MSG_ESM_INFORMATION_REQUEST), \
	    UP(MSG_UL_INFORMATION + MSG_ESM_INFORMATION_RESPONSE),        \
	    DOWN(true, MSG_CAPABILITY_ENQUIRY), UP(MSG_CAPABILITY_INFORMATION)

static const struct nbsi_step msg_attach[] = {
    ATTACH_FIRST_STEPS,
    DOWN(false, MSG_DL_INFORMATION + MSG_ATTACH_ACCEPT_CP),
    UP(MSG_UL_INFORMATION + MSG_ATTACH_COMPLETE),
};

/* The accept comes inside the reconfiguration (TS 36.331 5.3.5.3). */
static const struct nbsi_step msg_attach_bearer[] = {
    ATTACH_FIRST_STEPS,
    DOWN(false, MSG_SRB1 + MSG_SECURITY_COMMAND),
    UP(MSG_SRB1 + MSG_SECURITY_COMPLETE),
    DOWN(false, MSG_SRB1 + MSG_RECONFIGURATION_NAS + MSG_ATTACH_ACCEPT),
    UP(MSG_SRB1 + MSG_RECONFIGURATION_COMPLETE),
    UP(MSG_SRB1 + MSG_UL_INFORMATION + MSG_ATTACH_COMPLETE),
};

struct msg_procedure {
	const struct nbsi_step *steps;
	unsigned count;
};

#define STEPS(table)                                        \
	{                                                   \
		(table), sizeof(table) / sizeof((table)[0]) \
	}

static const struct msg_procedure msg_procedures[][NBSI_FOR_REESTABLISH + 1] = {
    [NBS_CONTROL_PLANE] =
	{
	    [NBSI_FOR_TAU] = STEPS(msg_tau),
	    [NBSI_FOR_ATTACH] = STEPS(msg_attach),
	    [NBSI_FOR_DETACH] = STEPS(msg_detach),
	},
    [NBS_USER_PLANE] =
	{
	    [NBSI_FOR_TAU] = STEPS(msg_tau_resumed),
	    [NBSI_FOR_ATTACH] = STEPS(msg_attach_bearer),
	    [NBSI_FOR_DETACH] = STEPS(msg_detach_resumed),
	    [NBSI_FOR_REESTABLISH] = STEPS(msg_reestablish),
	},
    [NBS_SERVICE_REQUEST] =
	{
	    [NBSI_FOR_DATA] = STEPS(msg_bearer),
	    [NBSI_FOR_PAGE] = STEPS(msg_bearer),
	    [NBSI_FOR_TAU] = STEPS(msg_tau),
	    [NBSI_FOR_ATTACH] = STEPS(msg_attach_bearer),
	    [NBSI_FOR_DETACH] = STEPS(msg_detach),
	    [NBSI_FOR_REESTABLISH] = STEPS(msg_reestablish),
	},
};

const struct nbsi_step *
nbsi_procedure(const struct nbs_network_config *config, enum nbsi_purpose purpose, unsigned *count)
{
	const struct msg_procedure *procedure = &msg_procedures[config->optimisation][purpose];

	*count = procedure->count;
	return procedure->steps;
}

static bool
msg_control_plane(const struct nbs_network_config *config)
{
	return config->optimisation == NBS_CONTROL_PLANE;
}

/* RRC message of so many bytes around a NAS message. */
static uint32_t
msg_around_nas(uint32_t rrc_bytes, uint32_t nas_bytes)
{
	return rrc_bytes + nas_bytes + (nas_bytes > MSG_NAS_SHORT_MAX ? 1U : 0U);
}

uint32_t
nbsi_uplink_sdu(const struct nbs_network_config *config, bool rai, uint32_t packet_bytes)
{
	if (!msg_control_plane(config))
		return packet_bytes + MSG_DRB;
	return msg_around_nas(MSG_UL_INFORMATION,
			      MSG_ESM_DATA + (rai ? MSG_RAI : 0U) + packet_bytes);
}

uint32_t
nbsi_downlink_sdu(const struct nbs_network_config *config, uint32_t packet_bytes)
{
	if (!msg_control_plane(config))
		return packet_bytes + MSG_DRB;
	return msg_around_nas(MSG_DL_INFORMATION, MSG_ESM_DATA + packet_bytes);
}

/* Whether the connection is a suspended one that goes on: all but the first and a broken one. */
static bool
msg_resumes(const struct nbs_network_config *config, enum nbsi_purpose purpose)
{
	return config->optimisation == NBS_USER_PLANE && purpose != NBSI_FOR_ATTACH &&
	       purpose != NBSI_FOR_REESTABLISH;
}

bool
nbsi_msg5_carries_data(const struct nbs_network_config *config, enum nbsi_purpose purpose)
{
	return purpose == NBSI_FOR_DATA && config->optimisation != NBS_SERVICE_REQUEST;
}

/* Msg5 with a NAS message that is not for user data. */
static uint32_t
msg_msg5_signalling(bool resumes, uint32_t nas_bytes)
{
	if (resumes)
		return MSG_SRB1 + msg_around_nas(MSG_RESUME_COMPLETE_NAS, nas_bytes);
	return msg_around_nas(MSG_SETUP_COMPLETE, nas_bytes);
}

/* Msg5 of a connection for user data, out of or for the UE. */
static uint32_t
msg_msg5_data(const struct nbs_network_config *config, bool rai, uint32_t packet_bytes)
{
	switch (config->optimisation) {
	case NBS_USER_PLANE:
		if (packet_bytes == 0)
			return NBSI_RESUME_COMPLETE_BYTES;
		return NBSI_RESUME_COMPLETE_BYTES + MSG_MAC_OTHER + MSG_RLC + MSG_DRB +
		       packet_bytes;
	case NBS_SERVICE_REQUEST:
		return msg_around_nas(MSG_SETUP_COMPLETE, MSG_SERVICE_REQUEST);
	case NBS_CONTROL_PLANE:
		break;
	}
	if (packet_bytes == 0)
		return msg_around_nas(MSG_SETUP_COMPLETE, NBSI_SERVICE_REQUEST_BYTES);
	return msg_around_nas(MSG_SETUP_COMPLETE,
			      MSG_CP_SERVICE_DATA + (rai ? MSG_RAI : 0U) + packet_bytes);
}

uint32_t
nbsi_msg5_sdu(const struct nbs_network_config *config, enum nbsi_purpose purpose, bool rai,
	      uint32_t packet_bytes)
{
	bool resumes = msg_resumes(config, purpose);

	switch (purpose) {
	case NBSI_FOR_TAU:
		return msg_msg5_signalling(resumes, NBSI_TAU_REQUEST_BYTES);
	case NBSI_FOR_ATTACH:
		return msg_msg5_signalling(resumes, MSG_ATTACH_REQUEST);
	case NBSI_FOR_DETACH:
		return msg_msg5_signalling(resumes, MSG_DETACH_REQUEST);
	case NBSI_FOR_REESTABLISH:
		return MSG_REESTABLISH_COMPLETE + (msg_control_plane(config) ? 0U : MSG_SRB1);
	case NBSI_FOR_DATA:
	case NBSI_FOR_PAGE:
		break;
	}
	return msg_msg5_data(config, rai,
			     nbsi_msg5_carries_data(config, purpose) ? packet_bytes : 0U);
}

uint32_t
nbsi_msg4_bytes(const struct nbs_network_config *config, enum nbsi_purpose purpose)
{
	if (purpose == NBSI_FOR_REESTABLISH)
		return MSG_CONTENTION +
		       (msg_control_plane(config) ? MSG_REESTABLISH_CP : MSG_REESTABLISH);
	return msg_resumes(config, purpose) ? NBSI_MSG4_RESUME_BYTES : NBSI_MSG4_SETUP_BYTES;
}

uint32_t
nbsi_release_bytes(const struct nbs_network_config *config, enum nbsi_purpose purpose)
{
	/* Without a data bearer there has been no AS security either. */
	const bool secured = purpose != NBSI_FOR_TAU && purpose != NBSI_FOR_DETACH;

	switch (config->optimisation) {
	case NBS_USER_PLANE:
		return MSG_RELEASE_SUSPEND + MSG_SRB1 + NBSI_BLOCK_HEADER_BYTES;
	case NBS_SERVICE_REQUEST:
		return MSG_RELEASE + (secured ? MSG_SRB1 : 0U) + NBSI_BLOCK_HEADER_BYTES;
	case NBS_CONTROL_PLANE:
		break;
	}
	return MSG_RELEASE + NBSI_BLOCK_HEADER_BYTES;
}

/*
 * No data volume report: the data itself is there (assumed). Control plane: all in one CCCH SDU.
 * User plane: the resume request, and a data bearer's SDU.
 */
uint32_t
nbsi_edt_msg3_bytes(const struct nbs_network_config *config, bool rai, uint32_t packet_bytes)
{
	if (msg_control_plane(config))
		return MSG_MAC_LAST +
		       msg_around_nas(MSG_EARLY_REQUEST,
				      MSG_CP_SERVICE_DATA + (rai ? MSG_RAI : 0U) + packet_bytes);
	return MSG_MAC_OTHER + MSG_RESUME_REQUEST + MSG_MAC_LAST + MSG_RLC + MSG_DRB + packet_bytes;
}

uint32_t
nbsi_edt_msg4_bytes(const struct nbs_network_config *config)
{
	if (msg_control_plane(config))
		return MSG_CONTENTION + MSG_EARLY_COMPLETE;
	return MSG_CONTENTION + MSG_RLC + MSG_SRB1 + MSG_RELEASE_EARLY;
}

/* The NAS message has gone: its place in SetupComplete is empty (TS 36.300 7.3b.2). */
uint32_t
nbsi_edt_msg5_sdu(const struct nbs_network_config *config)
{
	return msg_control_plane(config) ? MSG_SETUP_COMPLETE : NBSI_RESUME_COMPLETE_BYTES;
}

uint32_t
nbsi_paging_bytes(uint32_t records)
{
	return (MSG_PAGING_BITS + MSG_PAGING_RECORD_BITS * records + 7U) / 8U;
}

uint32_t
nbsi_compressed_bytes(const struct nbs_network_config *config, uint32_t packet_bytes, bool context)
{
	if (!config->header_compression || packet_bytes < NBSI_UDP_IP_BYTES)
		return packet_bytes;
	return packet_bytes - NBSI_UDP_IP_BYTES + (context ? MSG_ROHC_UO0 : MSG_ROHC_IR);
}
