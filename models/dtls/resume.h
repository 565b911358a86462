/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What a server keeps of sessions that may be resumed: by session ID (RFC 5246 7.4.1.2) the whole
 * secret, with tickets (RFC 5077) only whose it was.
 *
 * Models: a limited memory from which the oldest goes first, a lifetime; tickets sealed by the
 * library with AES-256-GCM under keys that change with the lifetime.
 * Does not model: a ticket that holds the identity. The library's does not, so a server that wants
 * to know whom it talks to after a ticket must remember it, as this one does, beside the
 * ticket; the bytes on the wire stay the library's.
 */
#ifndef NBSEC_MODELS_DTLS_RESUME_H
#define NBSEC_MODELS_DTLS_RESUME_H

#include "models/dtls/session.h"

#include <mbedtls/ssl_ticket.h>

#define NBSI_DTLS_RESUME_KEY 32U /* bytes that find an entry: a session ID, a master secret */

struct nbsi_dtls_memory {
	void *by_key; /* tree of entries, see tsearch(3) */
	struct memory_entry *oldest, *newest;
	size_t count, limit;
	uint64_t lifetime_ns;
	struct nbs_engine *engine;
	struct nbs_dtls_session **at_work; /* whose handshake asks */
	mbedtls_ssl_ticket_context ticket;
	bool has_tickets;
};

/**
 * Sets the memory up and makes the server's settings use it.
 * @param limit  entries, 0 = no resumption at all: nothing is set up.
 * @param lifetime_ns  whole seconds, of entries, tickets and ticket keys.
 * @param at_work  outlives the memory; points at the session that the library works for.
 */
enum nbs_status nbsi_dtls_memory_init(struct nbsi_dtls_memory *memory, struct nbs_engine *engine,
				      struct nbsi_dtls_settings *settings, size_t limit,
				      uint64_t lifetime_ns, bool tickets,
				      struct nbs_dtls_session **at_work);

/** Forgets all; fine on a zeroed memory, and twice. */
void nbsi_dtls_memory_fini(struct nbsi_dtls_memory *memory);

#endif
