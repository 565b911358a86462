/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timer octets of TS 24.008: 10.5.7.4 (GPRS timer 2) and 10.5.7.4a (GPRS timer 3). Bits 8 to 6
 * are the unit, bits 5 to 1 the multiple. Extended DRX (10.5.5.32): four bits each for the cycle
 * and the paging time window.
 */
#include "models/nbiot/timers24008.h"

#include <stddef.h>

#define TIMER_NS_PER_S UINT64_C(1000000000)
#define TIMER_MULTIPLE_MAX 31U
#define TIMER_UNITS 8U
#define TIMER_UNIT_OFF 7U
#define TIMER_UNIT_SHIFT 5U
#define TIMER_HALF_OCTET 16U
#define TIMER_FRAME_NS UINT64_C(10240000000) /* unit of the eDRX cycle: a hyperframe */
#define TIMER_PTW_NS UINT64_C(2560000000)

/* Seconds of each unit, 0 = not one that we send. */
static const uint32_t timer2_units_s[TIMER_UNITS] = {2, 60, 360, 0, 0, 0, 0, 0};
static const uint32_t timer3_units_s[TIMER_UNITS] = {600, 3600, 36000, 2, 30, 60, 1152000, 0};

/* The nearest values of one unit, merged into near. */
static void
timer_near_unit(uint64_t ns, uint64_t unit_ns, struct nbs_timer_near *near)
{
	const uint64_t longest = TIMER_MULTIPLE_MAX * unit_ns;
	const uint64_t below = ns > longest ? longest : ns / unit_ns * unit_ns;

	if (below > near->below_ns)
		near->below_ns = below;
	if (ns > longest)
		return;
	if (below == ns)
		near->above_ns = ns;
	else if (below + unit_ns < near->above_ns)
		near->above_ns = below + unit_ns;
	/* below < ns <= longest, so below + unit is a multiple of at most 31 */
}

static enum nbs_status
timer_encode(const uint32_t *units_s, uint64_t ns, uint8_t *octet, struct nbs_timer_near *near)
{
	struct nbs_timer_near found = {.below_ns = 0, .above_ns = UINT64_MAX};
	unsigned best = TIMER_UNITS;

	for (unsigned unit = 0; unit < TIMER_UNITS; unit++) {
		const uint64_t unit_ns = units_s[unit] * TIMER_NS_PER_S;

		if (unit_ns == 0)
			continue;
		timer_near_unit(ns, unit_ns, &found);
		if (ns % unit_ns != 0 || ns / unit_ns > TIMER_MULTIPLE_MAX)
			continue;
		if (best == TIMER_UNITS || units_s[unit] < units_s[best])
			best = unit;
	}
	if (near != NULL)
		*near = found;
	if (best == TIMER_UNITS)
		return NBS_E_RANGE;
	if (octet != NULL)
		*octet = (uint8_t)(best << TIMER_UNIT_SHIFT |
				   (unsigned)(ns / (units_s[best] * TIMER_NS_PER_S)));
	return NBS_OK;
}

/* Units that are not defined count as 1 min (timer 2, 10.5.7.4) or 1 h (timer 3, 10.5.7.4a). */
static void
timer_decode(const uint32_t *units_s, uint32_t undefined_s, uint8_t octet, uint64_t *ns,
	     bool *active)
{
	const unsigned unit = octet >> TIMER_UNIT_SHIFT;
	const uint32_t unit_s = units_s[unit] != 0 ? units_s[unit] : undefined_s;

	*active = unit != TIMER_UNIT_OFF;
	*ns = *active ? (uint64_t)(octet & TIMER_MULTIPLE_MAX) * unit_s * TIMER_NS_PER_S : 0;
}

enum nbs_status
nbs_t3324_encode(uint64_t ns, uint8_t *octet, struct nbs_timer_near *near)
{
	return timer_encode(timer2_units_s, ns, octet, near);
}

void
nbs_t3324_decode(uint8_t octet, uint64_t *ns, bool *active)
{
	timer_decode(timer2_units_s, 60, octet, ns, active);
}

enum nbs_status
nbs_t3412_encode(uint64_t ns, uint8_t *octet, struct nbs_timer_near *near)
{
	return timer_encode(timer3_units_s, ns, octet, near);
}

void
nbs_t3412_decode(uint8_t octet, uint64_t *ns, bool *active)
{
	timer_decode(timer3_units_s, 3600, octet, ns, active);
}

/* Hyperframes of each value; those that NB-S1 mode does not have count as value 2. */
static const uint16_t edrx_hyperframes[TIMER_HALF_OCTET] = {2, 2,  2,  4,  2,   8,   2,   2,
							    2, 16, 32, 64, 128, 256, 512, 1024};
#define EDRX_LOWEST 2U /* the value that says 20.48 s */

uint64_t
nbs_edrx_decode(uint8_t value)
{
	return edrx_hyperframes[value % TIMER_HALF_OCTET] * TIMER_FRAME_NS;
}

uint64_t
nbs_ptw_decode(uint8_t value)
{
	return (value % TIMER_HALF_OCTET + 1U) * TIMER_PTW_NS;
}

/* Looks the time up among the sixteen that a half octet can say, from the value lowest on. */
static enum nbs_status
timer_encode_half(uint64_t (*decode)(uint8_t), uint8_t lowest, uint64_t ns, uint8_t *value,
		  struct nbs_timer_near *near)
{
	struct nbs_timer_near found = {.below_ns = UINT64_MAX, .above_ns = UINT64_MAX};
	enum nbs_status status = NBS_E_RANGE;

	for (unsigned i = TIMER_HALF_OCTET; i-- > lowest;) {
		const uint64_t candidate_ns = decode((uint8_t)i);

		if (candidate_ns <= ns &&
		    (found.below_ns == UINT64_MAX || candidate_ns > found.below_ns))
			found.below_ns = candidate_ns;
		if (candidate_ns >= ns && candidate_ns < found.above_ns)
			found.above_ns = candidate_ns;
		if (candidate_ns != ns)
			continue;
		status = NBS_OK;
		if (value != NULL)
			*value = (uint8_t)i; /* of several the lowest: it comes last */
	}
	if (near != NULL)
		*near = found;
	return status;
}

enum nbs_status
nbs_edrx_encode(uint64_t ns, uint8_t *value, struct nbs_timer_near *near)
{
	return timer_encode_half(nbs_edrx_decode, EDRX_LOWEST, ns, value, near);
}

enum nbs_status
nbs_ptw_encode(uint64_t ns, uint8_t *value, struct nbs_timer_near *near)
{
	return timer_encode_half(nbs_ptw_decode, 0, ns, value, near);
}
