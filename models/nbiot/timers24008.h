/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The timer octets of TS 24.008: GPRS timer 2 (T3324) and GPRS timer 3 (T3412 extended value), and
 * the two half octets of extended DRX for NB-S1 mode.
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
	uint64_t below_ns; /* UINT64_MAX = there is none */
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

/**
 * Extended DRX cycle in NB-S1 mode, TS 24.008 10.5.5.32: 20.48 s times a power of two up to
 * 10,485.76 s.
 * @param[out] value  bits 4 to 1 of octet 3. NULL = only check
 */
NBS_API enum nbs_status nbs_edrx_encode(uint64_t ns, uint8_t *value, struct nbs_timer_near *near);
NBS_API uint64_t nbs_edrx_decode(uint8_t value);

/** Paging time window in NB-S1 mode, the same clause: 1 to 16 times 2.56 s; bits 8 to 5. */
NBS_API enum nbs_status nbs_ptw_encode(uint64_t ns, uint8_t *value, struct nbs_timer_near *near);
NBS_API uint64_t nbs_ptw_decode(uint8_t value);

#ifdef __cplusplus
}
#endif
#endif
