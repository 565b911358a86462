/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serving PLMN rate control, TS 23.401 4.7.7.2: a counter that starts over every six minutes. */
#include "models/nbiot/rate.h"

#include <stddef.h>

bool
nbsi_rate_take(struct nbsi_rate *rate, uint64_t now_ns, uint32_t limit, uint64_t *next_ns)
{
	if (limit == 0)
		return true;
	if (rate->count == 0 || now_ns - rate->period_start_ns >= NBSI_RATE_PERIOD_NS)
		*rate = (struct nbsi_rate){.period_start_ns = now_ns};
	if (rate->count < limit) {
		rate->count++;
		return true;
	}
	if (next_ns != NULL)
		*next_ns = rate->period_start_ns + NBSI_RATE_PERIOD_NS;
	return false;
}
