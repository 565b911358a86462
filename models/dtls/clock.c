/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mbedTLS's time hooks on virtual time (mbedTLS: PLATFORM_TIME_ALT, PLATFORM_MS_TIME_ALT).
 *
 * The engine behind them is the one piece of global state in the models, because the library
 * leaves no choice: both hooks are process-wide functions without an argument. It does no harm,
 * since the engine is a singleton of the process itself (ns-3's simulator is).
 */
#include "models/dtls/clock.h"

#include <mbedtls/platform.h>
#include <mbedtls/platform_time.h>

#define NS_PER_MS UINT64_C(1000000)
#define MS_PER_S UINT64_C(1000)

static struct nbs_engine *clock_engine;

mbedtls_ms_time_t
mbedtls_ms_time(void)
{
	if (clock_engine == NULL)
		return 0;
	return (mbedtls_ms_time_t)(nbs_epoch_unix_s(clock_engine) * MS_PER_S +
				   nbs_now(clock_engine) / NS_PER_MS);
}

/* time(2)'s contract: the value is returned and, if asked for, stored. */
static mbedtls_time_t
clock_time(mbedtls_time_t *store)
{
	mbedtls_time_t now = (mbedtls_time_t)(mbedtls_ms_time() / (mbedtls_ms_time_t)MS_PER_S);

	if (store != NULL)
		*store = now;
	return now;
}

enum nbs_status
nbsi_dtls_clock_bind(struct nbs_engine *engine)
{
	clock_engine = engine;
	return mbedtls_platform_set_time(clock_time) == 0 ? NBS_OK : NBS_E_INTERNAL;
}
