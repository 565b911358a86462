/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ClientID spoofer: guesses serial numbers, connects under each and publishes a false reading.
 *
 * MQTT-SN v1.2 5.4.4: CONNECT holds a ClientID and nothing that proves it, so whoever knows a
 * serial number is the meter. Against a DTLS port the spoofer offers the guess as PSK identity
 * with a key of its own making; as an insider it uses a credential it holds and lies in CONNECT.
 * Each attempt has a socket of its own, so that captures tell attempts apart by source port.
 */
#include "models/attack/attack.h"
#include "models/mqttsn/report.h"
#include "models/mqttsn/station.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_PORT 49153U /* RFC 6335: dynamic ports; attempts count up from here */
#define PORT_COUNT 16000U
#define GUESSED_KEY_LEN 16U /* bytes: what TLS_PSK_WITH_AES_128_CCM_8 deployments use */
#define CLIENTID_SIZE 24U   /* MQTT-SN v1.2 5.3.1: 23 characters */
#define TOPIC_SIZE 300U
#define PAYLOAD_MAX 1400U
#define FALSE_COUNTER 90000000U

/* RFC 6347 4.2.4.1 times; the attempt is dropped when the handshake gives up. */
#define RETRY_NS (10 * NBS_NS_PER_S) /* MQTT-SN v1.2 7.2 */
#define RETRIES 3U

struct spoof;

/* One attempt: a station that plays the guessed meter. */
struct spoof_try {
	struct spoof *spoof;
	struct spoof_try *next;
	unsigned n;
	bool over;
	char client_id[CLIENTID_SIZE];
	char topic[TOPIC_SIZE];
	uint8_t key[GUESSED_KEY_LEN];
	char stream[96];
	struct nbs_station *station;
};

struct spoof {
	struct nbs_attack_env env;
	gsl_rng *rng;
	struct nbs_timer next_try;
	struct nbs_timer sweep; /* frees attempts that are over */
	struct spoof_try *tries;
	unsigned n;
};

static const char *const outcome_text[NBS_MQTTSN_OUTCOME__COUNT] = {
    [NBS_MQTTSN_DELIVERED] = "acknowledged",    [NBS_MQTTSN_GAVE_UP] = "unanswered",
    [NBS_MQTTSN_SESSION_LOST] = "disconnected", [NBS_MQTTSN_REJECTED] = "rejected",
    [NBS_MQTTSN_QUEUE_FULL] = "queue-full",
};

static void
try_over(struct spoof_try *try, bool turned_away, const char *outcome)
{
	struct spoof *spoof = try->spoof;

	if (try->over)
		return;
	try->over = true;
	spoof->env.ended(spoof->env.arg, try->n, turned_away, outcome);
	/* The station is at work below us: it is freed from an event of its own. */
	if (!nbs_timer_armed(&spoof->sweep))
		(void)nbs_timer_arm(spoof->env.engine, &spoof->sweep, 0);
}

static void
try_done(void *arg, uint32_t token, enum nbs_mqttsn_outcome outcome)
{
	bool turned_away = outcome == NBS_MQTTSN_REJECTED || outcome == NBS_MQTTSN_SESSION_LOST;

	(void)token;
	try_over(arg, turned_away, outcome_text[outcome]);
}

static void
try_transport_closed(void *arg, enum nbs_dtls_reason reason)
{
	char text[64];

	(void)snprintf(text, sizeof text, "DTLS %s", nbs_dtls_reason_str(reason));
	try_over(arg, reason == NBS_DTLS_ALERT || reason == NBS_DTLS_PEER_CLOSE, text);
}

static const struct nbs_station_ops try_ops = {
    .done = try_done,
    .transport_closed = try_transport_closed,
};

static void
try_free(struct spoof_try *try)
{
	nbs_station_free(try->station);
	free(try);
}

static void
spoof_sweep(void *arg)
{
	struct spoof *spoof = arg;
	struct spoof_try **place = &spoof->tries;

	while (*place != NULL) {
		struct spoof_try *try = *place;

		if (!try->over) {
			place = &try->next;
			continue;
		}
		*place = try->next;
		try_free(try);
	}
}

/* Holds a credential: uses it. Does not: claims the guess, with a key out of the air or a
 * certificate of its own making. */
static void
try_credentials(struct spoof_try *try, struct nbs_dtls_client_config *dtls)
{
	const struct nbs_attack_env *env = &try->spoof->env;
	size_t i;

	for (i = 0; i < sizeof try->key; i++)
		try->key[i] = (uint8_t)gsl_rng_uniform_int(try->spoof->rng, 256);
	(void)snprintf(try->stream, sizeof try->stream, "%s/try/%u", env->name, try->n);
	*dtls = (struct nbs_dtls_client_config){
	    .identity = (const uint8_t *)try->client_id,
	    .identity_len = strlen(try->client_id),
	    .psk = try->key,
	    .psk_len = sizeof try->key,
	    .suites = &env->suite,
	    .suite_count = env->suite != 0,
	    .stream = try->stream,
	};
	if (env->credentials != NULL) {
		dtls->identity = dtls->psk = NULL;
		dtls->identity_len = dtls->psk_len = 0;
		dtls->credentials = env->credentials;
	} else if (env->identity != NULL) {
		dtls->identity = env->identity;
		dtls->identity_len = env->identity_len;
	}
	if (env->psk != NULL) {
		dtls->psk = env->psk;
		dtls->psk_len = env->psk_len;
	}
}

static uint16_t
try_port(unsigned n)
{
	return (uint16_t)(FIRST_PORT + n % PORT_COUNT);
}

static enum nbs_status
try_station(struct spoof_try *try)
{
	const struct nbs_attack_env *env = &try->spoof->env;
	struct nbs_dtls_client_config dtls;
	struct nbs_station_config config = {
	    .host = env->host,
	    .local_port = try_port(try->n),
	    .gateway = env->target,
	    .mqttsn = {.client_id = try->client_id,
		       .topic = try->topic,
		       .keepalive_s = 0, /* nobody pings for the stolen session */
		       .session = NBS_MQTTSN_SESSION_KEEPALIVE,
		       .qos = 1,
		       .t_retry_ns = RETRY_NS,
		       .n_retry = RETRIES,
		       .session_lost = NBS_MQTTSN_LOST_DROP},
	};

	if (env->dtls) {
		try_credentials(try, &dtls);
		config.dtls = &dtls;
	}
	return nbs_station_new(env->engine, &config, &try_ops, try, &try->station);
}

/* Announces the attempt, then makes it; one that cannot be made is told as such. */
static void
try_start(struct spoof *spoof, struct spoof_try *try)
{
	const struct nbs_attack_env *env = &spoof->env;
	struct nbs_endpoint from = {.port = try_port(try->n)};
	uint8_t payload[PAYLOAD_MAX];
	enum nbs_status status;

	/* Announced whatever comes of it: the log's n-th attempt is attempt n. */
	status = env->guess(env->arg, try->n, try->client_id, sizeof try->client_id);
	env->begun(env->arg, try->n, try->client_id, from);
	if (status == NBS_OK)
		status =
		    nbs_station_topic(env->topic, try->client_id, try->topic, sizeof try->topic);
	if (status == NBS_OK)
		status = try_station(try);
	/* A reading of nothing consumed, with a counter that no meter reaches. */
	nbsi_report_write(FALSE_COUNTER + try->n, 0, try->client_id, payload, env->payload_bytes);
	if (status == NBS_OK)
		status = nbs_station_publish(try->station, try->n, payload, env->payload_bytes);
	if (status != NBS_OK)
		try_over(try, false, "not made");
}

static void
spoof_next(void *arg)
{
	struct spoof *spoof = arg;
	struct spoof_try *try = calloc(1, sizeof *try);

	if (try == NULL)
		return; /* no memory, no further attempts */
	try->spoof = spoof;
	try->n = spoof->n++;
	try->next = spoof->tries;
	spoof->tries = try;
	try_start(spoof, try);
	if (spoof->n < spoof->env.attempts)
		(void)nbs_timer_arm(spoof->env.engine, &spoof->next_try, spoof->env.period_ns);
}

static enum nbs_status
spoof_make(const struct nbs_attack_env *env, void **attack)
{
	struct spoof *spoof;
	enum nbs_status status;

	if (env->size < sizeof *env || env->payload_bytes > PAYLOAD_MAX)
		return NBS_E_ARG;
	spoof = calloc(1, sizeof *spoof);
	if (spoof == NULL)
		return NBS_E_NOMEM;
	spoof->env = *env;
	status = nbs_rng_new(env->engine, env->name, &spoof->rng);
	if (status != NBS_OK) {
		free(spoof);
		return status;
	}
	nbs_timer_init(&spoof->next_try, spoof_next, spoof);
	nbs_timer_init(&spoof->sweep, spoof_sweep, spoof);
	*attack = spoof;
	return NBS_OK;
}

static enum nbs_status
spoof_start(void *attack)
{
	struct spoof *spoof = attack;

	if (spoof->env.attempts == 0)
		return NBS_OK;
	return nbs_timer_arm(spoof->env.engine, &spoof->next_try, spoof->env.start_ns);
}

static void
spoof_destroy(void *attack)
{
	struct spoof *spoof = attack;

	nbs_timer_cancel(&spoof->next_try);
	nbs_timer_cancel(&spoof->sweep);
	while (spoof->tries != NULL) {
		struct spoof_try *try = spoof->tries;

		spoof->tries = try->next;
		try_free(try);
	}
	gsl_rng_free(spoof->rng);
	free(spoof);
}

const struct nbs_attack_ops nbsi_clientid_spoof = {
    .abi_version = NBS_ATTACK_ABI,
    .size = sizeof(struct nbs_attack_ops),
    .name = "clientid-spoof",
    .summary = "guesses serial numbers, connects under each ClientID and publishes a false reading",
    .make = spoof_make,
    .start = spoof_start,
    .destroy = spoof_destroy,
};
