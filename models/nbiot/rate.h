/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Serving PLMN rate control: so many user data packets in NAS messages within six minutes.
 *
 * Models: the count of TS 23.401 4.7.7.2 and TS 24.301 (ESM DATA TRANSPORT with user data) for one
 * UE with one PDN connection, in one direction; keep one of these for each direction.
 * The UE holds what exceeds the limit until its next period begins. The MME, which may discard or
 * delay excess in the downlink, discards it in this model; that is the caller's to do and to count.
 * Does not model: APN rate control, exception data, limits that change during a connection.
 *
 * Where a period begins is left open: here with the first packet that no running period covers.
 */
#ifndef NBSEC_MODELS_NBIOT_RATE_H
#define NBSEC_MODELS_NBIOT_RATE_H

#include <stdbool.h>
#include <stdint.h>

#define NBSI_RATE_PERIOD_NS UINT64_C(360000000000) /* 6 min, TS 23.401 4.7.7.2 */

/** Zeroed: no period has begun. */
struct nbsi_rate {
	uint64_t period_start_ns;
	uint32_t count; /* packets in this period, 0 = no period runs */
};

/**
 * Asks to send one packet now, and counts it if it may go.
 * @param now_ns  never before the now_ns of an earlier call
 * @param limit   packets in a period; 0 = no limit, nothing is counted
 * @param[out] next_ns  on false: when the next period begins; else left alone. May be NULL.
 */
bool nbsi_rate_take(struct nbsi_rate *rate, uint64_t now_ns, uint32_t limit, uint64_t *next_ns);

#endif
