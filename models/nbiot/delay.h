/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * How long a packet is under way between eNB and core network.
 *
 * Models: a time that is fixed, uniform in a..b, or lognormal given by its median a and its 90th
 * percentile b; each packet draws its own.
 * Does not model: correlation from packet to packet. Who must keep packets in order does so.
 */
#ifndef NBSEC_MODELS_NBIOT_DELAY_H
#define NBSEC_MODELS_NBIOT_DELAY_H

#include "models/nbiot/config.h"

#include <gsl/gsl_rng.h>

/**
 * Draws a time. A fixed one takes no random number, the others take one each.
 * The longest lognormal time is the quantile 1 - 2^-32, 6.23 standard deviations out.
 * @param[in] rng  may be NULL for a fixed time.
 * @return ns, a whole number of microseconds.
 */
uint64_t nbsi_delay_draw(const struct nbs_delay *delay, gsl_rng *rng);

#endif
