/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Cryptographic work of DTLS endpoints, counted where the library does it.
 *
 * Models: every call of mbedTLS's primitives by another of its objects while an endpoint's code
 * runs, in the units of models/power/work.h. The linker sends these calls through work.c (--wrap);
 * what an object calls inside itself cannot be seen there, so the arithmetic is done from the
 * arguments: it is exact, not an estimate.
 * Does not model: SHA-384 and SHA-512, which no suite of nbs_dtls_suite_find() needs (the library
 * runs a SHA-384 over the hellos as long as the suite is open; a device without such suites has
 * none); RSA and other work on certificates; random bytes, which come from the engine.
 */
#ifndef NBSEC_MODELS_DTLS_WORK_H
#define NBSEC_MODELS_DTLS_WORK_H

#include "models/power/work.h"
#include "sim/status.h"

/** Where counted work goes; all NULL = nobody's work, not counted. */
struct nbsi_dtls_sink {
	struct nbs_crypto_work *own;   /* of the connection at work */
	struct nbs_crypto_work *total; /* also counted here; NULL = nowhere */
};

/**
 * From here on this thread's work goes to the sink.
 * @return the sink before, for nbsi_dtls_work_leave(): endpoints may nest.
 */
struct nbsi_dtls_sink nbsi_dtls_work_enter(struct nbsi_dtls_sink sink);
void nbsi_dtls_work_leave(struct nbsi_dtls_sink before);

/**
 * Does work whose amount is known (SHA-256, HMAC, a record of each cipher, ECDH) and compares.
 * @param[out] wrong  one bit for each enum nbs_crypto_op whose count was wrong; may be NULL.
 * @retval NBS_E_INTERNAL  the counters do not count: the library was linked with link-time
 *         optimisation or without --wrap.
 */
enum nbs_status nbsi_dtls_work_check(unsigned *wrong);

#endif
