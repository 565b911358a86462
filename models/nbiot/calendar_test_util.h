/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of calendar and carrier share. */
#ifndef NBSEC_MODELS_NBIOT_CALENDAR_TEST_UTIL_H
#define NBSEC_MODELS_NBIOT_CALENDAR_TEST_UTIL_H

#include "models/nbiot/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)

/* Numbers that look random: a linear congruential generator, upper bits. */
static inline uint32_t
pick(uint64_t *seed, uint32_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33) % below;
}

static inline struct nbs_calendar *
calendar_of(const struct nbs_network_config *config, bool anchor)
{
	struct nbs_calendar *calendar = NULL;

	assert_int_equal(nbs_calendar_new(config, anchor, &calendar), NBS_OK);
	assert_non_null(calendar);
	return calendar;
}

#endif
