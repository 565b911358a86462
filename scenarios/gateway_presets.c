/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DTLS servers that gateways are built on, by the defaults that they come with. */
#include "scenarios/gateway_presets.h"

#include "sim/engine.h"

#include <stddef.h>
#include <string.h>

#define S NBS_NS_PER_S

struct preset {
	uint64_t timeout_min, timeout_max, stale, session_idle, resumable_for; /* ns */
	unsigned cookie_threshold, half_open_limit, session_limit, resumable;
};

static const struct preset presets[] = {
    [NBS_GATEWAY_PLAIN] = {.timeout_min = 1 * S, .timeout_max = 60 * S, .resumable_for = 86400 * S},
    /* mbedTLS 3.6: MBEDTLS_SSL_DTLS_TIMEOUT_DFL_MIN and _MAX; its session cache holds 50 for a
     * day (ssl_cache.h); how many sessions there are is the application's affair. */
    [NBS_GATEWAY_MBEDTLS] = {.timeout_min = 1 * S,
			     .timeout_max = 60 * S,
			     .resumable = 50,
			     .resumable_for = 86400 * S},
    /* Californium's DtlsConfig: 2 s, at most 60 s, but 4 retransmissions: 0, 2, 6, 14, 30 s, over
     * at 62 s, as with a largest time-out of 32 s. 150,000 connections, which are also what is
     * resumed; one is stale after 30 minutes. */
    [NBS_GATEWAY_SCANDIUM] = {.timeout_min = 2 * S,
			      .timeout_max = 32 * S,
			      .session_limit = 150000,
			      .stale = 1800 * S,
			      .resumable = 150000,
			      .resumable_for = 86400 * S},
};

static bool
is_given(const struct nbsi_node *gateway, const char *key)
{
	return gateway != NULL && nbsi_node_get(gateway, key, strlen(key)) != NULL;
}

void
nbsi_gateway_presets(struct nbs_scenario *scenario, const struct nbsi_node *gateway)
{
	const struct preset *preset = &presets[scenario->gateway.preset];
	const struct {
		const char *key;
		uint64_t value;
		uint64_t *time; /* one of the two is where it goes */
		unsigned *count;
	} keys[] = {
	    {"timeout_min", preset->timeout_min, &scenario->gateway.timeout_min_ns, NULL},
	    {"timeout_max", preset->timeout_max, &scenario->gateway.timeout_max_ns, NULL},
	    {"stale", preset->stale, &scenario->gateway.stale_ns, NULL},
	    {"session_idle", preset->session_idle, &scenario->gateway.session_idle_ns, NULL},
	    {"resumable_for", preset->resumable_for, &scenario->gateway.resumable_ns, NULL},
	    {"cookie_threshold", preset->cookie_threshold, NULL,
	     &scenario->gateway.cookie_threshold},
	    {"half_open_limit", preset->half_open_limit, NULL, &scenario->gateway.half_open_limit},
	    {"session_limit", preset->session_limit, NULL, &scenario->gateway.session_limit},
	    {"resumable", preset->resumable, NULL, &scenario->gateway.resumable},
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (is_given(gateway, keys[i].key))
			continue;
		if (keys[i].time != NULL)
			*keys[i].time = keys[i].value;
		else
			*keys[i].count = (unsigned)keys[i].value;
	}
	/* Somebody who lifts the preset's limit has no use for the rule that goes with it. */
	if (scenario->gateway.session_limit == 0 && !is_given(gateway, "stale"))
		scenario->gateway.stale_ns = 0;
}
