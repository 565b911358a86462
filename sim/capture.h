/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Packet captures: pcap files with nanosecond stamps, LINKTYPE_RAW, written by libpcap.
 *
 * Captures and interfaces may go in any order: what is closed sees no more packets.
 * A capture is complete from the first packet and never rotated: a key log cannot open a session
 * whose handshake is missing. Frame numbers count from 1, as Wireshark's do.
 */
#ifndef NBSEC_SIM_CAPTURE_H
#define NBSEC_SIM_CAPTURE_H

#include "sim/net.h"

#ifdef __cplusplus
extern "C" {
#endif

struct nbs_capture;

/** Creates the file. @param[out] capture  freed by nbs_capture_close(). */
NBS_API enum nbs_status nbs_capture_open(struct nbs_engine *engine, const char *path,
					 struct nbs_capture **capture);

/** Writes every packet that passes the interface, both directions; sets nbs_packet.frame. */
NBS_API enum nbs_status nbs_capture_iface(struct nbs_capture *capture, struct nbs_iface *iface);

/** Writes one packet by hand. @return its frame number through frame (may be NULL). */
NBS_API enum nbs_status nbs_capture_write(struct nbs_capture *capture, const uint8_t *packet,
					  size_t len, uint64_t *frame);

/** @return packets written so far. */
NBS_API uint64_t nbs_capture_frames(const struct nbs_capture *capture);

/** @retval NBS_E_IO  a write has failed already (full disk); NBS_E_ARG  no capture. */
NBS_API enum nbs_status nbs_capture_status(const struct nbs_capture *capture);

/** Flushes and closes. @retval NBS_E_IO  something could not be written, now or before. */
NBS_API enum nbs_status nbs_capture_close(struct nbs_capture *capture);

#ifdef __cplusplus
}
#endif
#endif
