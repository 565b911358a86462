/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Cryptographic work of DTLS endpoints, counted where the library does it.
 *
 * Models: every call of mbedTLS's primitives by another of its objects while an endpoint's code
 * runs, in the units of models/power/work.h. The linker sends these calls through work.c (--wrap);
 * what an object calls inside itself cannot be seen there, so the arithmetic is done from the
 * arguments: it is exact, not an estimate.
 * Does not model: what a build of the library without SHA-384 would leave out. As long as the suite
 * is open a client hashes the handshake twice, with SHA-256 and SHA-384, and a server does so to
 * the end (ssl_tls.c, ssl_update_checksum_start()): all of that counts. But an endpoint none of
 * whose suites hashes with SHA-384 is taken for such a build, as devices have it: its sink says
 * `sha256_only`. RSA, and work on big numbers outside of curves; random bytes, which come from
 * the engine.
 */
#ifndef NBSEC_MODELS_DTLS_WORK_H
#define NBSEC_MODELS_DTLS_WORK_H

#include "models/power/work.h"
#include "sim/status.h"

#include <stdbool.h>

/** Where counted work goes; all NULL = nobody's work, not counted. */
struct nbsi_dtls_sink {
	struct nbs_crypto_work *own;   /* of the connection at work */
	struct nbs_crypto_work *total; /* also counted here; NULL = nowhere */
	bool sha256_only;              /* SHA-384 and SHA-512 are nobody's work */
};

/**
 * From here on this thread's work goes to the sink.
 * @return the sink before, for nbsi_dtls_work_leave(): endpoints may nest.
 */
struct nbsi_dtls_sink nbsi_dtls_work_enter(struct nbsi_dtls_sink sink);
void nbsi_dtls_work_leave(struct nbsi_dtls_sink before);

/**
 * Does work whose amount is known (digests, HMAC, a record of each cipher, ECDH) and compares.
 * @param[out] wrong  one bit for each enum nbs_crypto_op whose count was wrong; may be NULL.
 * @retval NBS_E_INTERNAL  the counters do not count: the library was linked with link-time
 *         optimisation or without --wrap.
 */
enum nbs_status nbsi_dtls_work_check(unsigned *wrong);

#endif
