/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A connection's association as bytes: written and read again (clients), or kept instead of the
 * library's context and its buffers, 7 kB, to save memory (sessions of a server).
 *
 * The keys themselves are not in the bytes: they are derived anew from the master secret, which
 * takes 77 SHA-256 compressions (work_counts.txt). Loading is the connection's work, for a device
 * would do it too; waking is nobody's, for it is the engine that parks to save its own memory.
 * Neither draws a random number nor logs a key.
 *
 * The library refuses to serialise an association with its last flight still kept for a repetition
 * (until a record of the peer's came, if it was our end that sent that flight), with part of a
 * datagram unread, or with a CBC suite.
 */
#ifndef NBSEC_MODELS_DTLS_PARK_H
#define NBSEC_MODELS_DTLS_PARK_H

#include "models/dtls/conn.h"

/** @return how many bytes the association takes; 0 = it cannot be serialised now. */
size_t nbsi_dtls_conn_serial_len(struct nbsi_dtls_conn *conn);

/** Writes the association, which goes on. See nbs_dtls_client_save(). */
enum nbs_status nbsi_dtls_conn_save(struct nbsi_dtls_conn *conn,
				    const struct nbsi_dtls_settings *settings, uint8_t *data,
				    size_t cap, size_t *len);

/**
 * Takes up an association; the connection must not be active. See nbs_dtls_client_load().
 * @param cid  whether connection IDs may be in use.
 */
enum nbs_status nbsi_dtls_conn_load(struct nbsi_dtls_conn *conn,
				    const struct nbsi_dtls_settings *settings, bool cid,
				    const uint8_t *data, size_t len);

/**
 * Puts the association's bytes in the place of the live part.
 * @retval NBS_E_STATE  it cannot be serialised now: the connection stays as it is.
 */
enum nbs_status nbsi_dtls_conn_park(struct nbsi_dtls_conn *conn);

/** Makes a parked connection live again. @return anything but NBS_OK: it is parked still. */
enum nbs_status nbsi_dtls_conn_wake(struct nbsi_dtls_conn *conn,
				    const struct nbsi_dtls_settings *settings);

#endif
