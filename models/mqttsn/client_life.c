/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MQTT-SN v1.2 client, its owner's side: life, reports to be sent, the transport. */
#include "models/mqttsn/client.h"

#include "models/mqttsn/client_events.h"

#include <stdlib.h>
#include <string.h>

static bool
client_text_fits(const char *text, size_t max)
{
	return text != NULL && text[0] != '\0' && strlen(text) <= max;
}

static bool
client_timing_is_valid(const struct nbs_mqttsn_client_config *config)
{
	bool sleeps = config->session == NBS_MQTTSN_SESSION_SLEEP;

	if (!sleeps && config->session != NBS_MQTTSN_SESSION_KEEPALIVE)
		return false;
	/* DISCONNECT with duration 0 ends the session: nobody sleeps by it. */
	if (sleeps && config->sleep_s == 0 && config->keepalive_s == 0)
		return false;
	return config->t_retry_ns != 0 && config->t_retry_ns <= NBS_MQTTSN_T_RETRY_MAX_NS &&
	       config->n_retry <= NBS_MQTTSN_N_RETRY_MAX;
}

static bool
client_config_is_valid(const struct nbs_mqttsn_client_config *config)
{
	return config != NULL && client_text_fits(config->client_id, NBS_MQTTSN_CLIENT_ID_MAX) &&
	       client_text_fits(config->topic, NBS_MQTTSN_TOPIC_MAX) &&
	       strpbrk(config->topic, "+#") == NULL && config->qos <= 1 &&
	       (config->session_lost == NBS_MQTTSN_LOST_DROP ||
		config->session_lost == NBS_MQTTSN_LOST_RESEND) &&
	       client_timing_is_valid(config);
}

enum nbs_status
nbs_mqttsn_client_init(struct nbs_mqttsn_client *c, struct nbs_engine *engine,
		       const struct nbs_mqttsn_client_config *config,
		       const struct nbs_mqttsn_client_ops *ops, void *arg)
{
	if (c == NULL || engine == NULL || !client_config_is_valid(config) || ops == NULL ||
	    ops->send == NULL || ops->done == NULL)
		return NBS_E_ARG;
	memset(c, 0, sizeof *c);
	c->engine = engine;
	c->config = *config;
	if (config->sleep_s == 0)
		c->config.sleep_s = config->keepalive_s;
	c->ops = ops;
	c->arg = arg;
	c->transport_up = ops->need_transport == NULL;
	nbs_timer_init(&c->retry, nbsi_mqttsn_client_retry_fired, c);
	nbs_timer_init(&c->idle, nbsi_mqttsn_client_idle_fired, c);
	return NBS_OK;
}

void
nbs_mqttsn_client_fini(struct nbs_mqttsn_client *c)
{
	if (c == NULL)
		return;
	nbs_timer_cancel(&c->retry);
	nbs_timer_cancel(&c->idle);
	for (unsigned i = 0; i < c->queued; i++)
		free(c->queue[i].data);
	c->queued = 0;
}

enum nbs_status
nbs_mqttsn_client_publish(struct nbs_mqttsn_client *c, uint32_t token, const uint8_t *payload,
			  size_t len)
{
	struct nbs_mqttsn_report *report;
	uint8_t *copy;

	if (c == NULL || len > NBS_MQTTSN_PAYLOAD_MAX || (payload == NULL && len != 0))
		return NBS_E_ARG;
	if (c->queued == NBS_MQTTSN_CLIENT_QUEUE_MAX + 1) {
		c->stats.outcome[NBS_MQTTSN_QUEUE_FULL]++;
		c->ops->done(c->arg, token, NBS_MQTTSN_QUEUE_FULL);
		return NBS_OK;
	}
	copy = malloc(len > 0 ? len : 1);
	if (copy == NULL)
		return NBS_E_NOMEM;
	if (len > 0)
		memcpy(copy, payload, len);
	report = &c->queue[c->queued++];
	*report = (struct nbs_mqttsn_report){token, (uint16_t)len, copy};
	if (c->state == NBS_MQTTSN_CLIENT_PINGING)
		nbsi_mqttsn_client_dispatch(c, EV_REPORT);
	else
		nbsi_mqttsn_client_next(c);
	return NBS_OK;
}

void
nbs_mqttsn_client_transport_ready(struct nbs_mqttsn_client *c)
{
	if (c == NULL)
		return;
	c->transport_up = true;
	nbsi_mqttsn_client_dispatch(c, EV_READY);
}

void
nbs_mqttsn_client_transport_lost(struct nbs_mqttsn_client *c)
{
	if (c == NULL)
		return;
	c->transport_up = c->ops->need_transport == NULL;
	nbsi_mqttsn_client_dispatch(c, EV_DOWN);
}

enum nbs_mqttsn_client_state
nbs_mqttsn_client_state(const struct nbs_mqttsn_client *c)
{
	return c == NULL ? NBS_MQTTSN_CLIENT_OFFLINE : c->state;
}

bool
nbs_mqttsn_client_repeats(const struct nbs_mqttsn_client *client)
{
	return client != NULL && client->repeats;
}

const struct nbs_mqttsn_client_stats *
nbs_mqttsn_client_stats(const struct nbs_mqttsn_client *c)
{
	return c == NULL ? NULL : &c->stats;
}
