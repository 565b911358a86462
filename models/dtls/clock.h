/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * mbedTLS's clock, answered with virtual time.
 *
 * Models: mbedtls_time() and mbedtls_ms_time() as Unix time of the scenario (epoch + now): the
 * first four bytes of hello randoms (RFC 5246 7.4.1.2) and the life of cookies.
 * Does not model: a clock per device, drift.
 */
#ifndef NBSEC_MODELS_DTLS_CLOCK_H
#define NBSEC_MODELS_DTLS_CLOCK_H

#include "sim/engine.h"

/**
 * Makes the library read the engine's time. Called by each endpoint's constructor.
 * Without an engine the clock stands at 0; it never falls back to the wall clock.
 * @param engine  NULL unbinds.
 */
enum nbs_status nbsi_dtls_clock_bind(struct nbs_engine *engine);

#endif
