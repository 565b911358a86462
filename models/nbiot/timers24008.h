/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The timer octets of TS 24.008: GPRS timer 2 (T3324) and GPRS timer 3 (T3412 extended value).
 *
 * Models: encoding, decoding, the nearest values that can be encoded.
 * Does not model: the surrounding information elements.
 */
#ifndef NBSEC_MODELS_NBIOT_TIMERS24008_H
#define NBSEC_MODELS_NBIOT_TIMERS24008_H

#include "sim/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The nearest values that can be encoded: below <= wanted <= above. */
struct nbs_timer_near {
	uint64_t below_ns;
	uint64_t above_ns; /* UINT64_MAX = there is none */
};

/**
 * GPRS timer 2, TS 24.008 10.5.7.4: 5-bit value x 2 s, 1 min or 6 min.
 * @param[out] octet  third octet of the element; the finest unit that fits. NULL = only check
 * @param[out] near   set always; NULL = not wanted
 * @retval NBS_E_RANGE  the value cannot be encoded
 */
NBS_API enum nbs_status nbs_t3324_encode(uint64_t ns, uint8_t *octet, struct nbs_timer_near *near);

/** @param[out] active  false = the timer is deactivated, ns is 0 */
NBS_API void nbs_t3324_decode(uint8_t octet, uint64_t *ns, bool *active);

/** GPRS timer 3, TS 24.008 10.5.7.4a: x 2 s, 30 s, 1 min, 10 min, 1 h, 10 h, 320 h. */
NBS_API enum nbs_status nbs_t3412_encode(uint64_t ns, uint8_t *octet, struct nbs_timer_near *near);
NBS_API void nbs_t3412_decode(uint8_t octet, uint64_t *ns, bool *active);

#ifdef __cplusplus
}
#endif
#endif
