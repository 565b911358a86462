/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An MQTT-SN client on a host, in the clear or over DTLS: the layers tied together. */
#include "models/mqttsn/station.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A datagram that the processor is not done with. */
struct station_packet {
	struct station_packet *next;
	uint64_t due_ns;
	struct nbs_station_sending what;
	size_t len;
	uint8_t data[];
};

struct nbs_station {
	struct nbs_engine *engine;
	const struct nbs_station_ops *ops;
	void *arg;
	struct nbs_endpoint gateway;
	struct nbs_udp *udp;
	struct nbs_dtls_client *dtls; /* NULL in the clear */
	struct nbs_mqttsn_client mqttsn;
	struct nbs_station_sending message; /* of MQTT-SN, on its way through DTLS */
	uint64_t passed_ns;                 /* newest datagram, either way; DTLS only */
	uint64_t renew_ns;
	struct station_packet *first, *last; /* what leaves later, in this order */
	struct nbs_timer leave;              /* of the first */
	struct nbs_timer handshake;          /* the next attempt */
	uint64_t handshake_wait_ns;
	unsigned handshake_retries, retried;
};

/* The last place on the way out of every datagram. */
static enum nbs_status
station_leave(struct nbs_station *station, const uint8_t *data, size_t len,
	      const struct nbs_station_sending *what)
{
	station->passed_ns = nbs_now(station->engine);
	if (station->ops->sending != NULL)
		station->ops->sending(station->arg, what);
	return nbs_udp_send(station->udp, station->gateway, data, len, NULL);
}

static void
station_arm_leave(struct nbs_station *station)
{
	uint64_t now = nbs_now(station->engine);
	uint64_t due = station->first->due_ns;

	/* Without memory for the event it stays, as if lost on the way: what it is part of retries.
	 */
	(void)nbs_timer_arm(station->engine, &station->leave, due > now ? due - now : 0);
}

static void
station_leave_fired(void *arg)
{
	struct nbs_station *station = arg;
	struct station_packet *packet = station->first;

	station->first = packet->next;
	if (station->first == NULL)
		station->last = NULL;
	(void)station_leave(station, packet->data, packet->len, &packet->what);
	free(packet);
	if (station->first != NULL && !nbs_timer_armed(&station->leave))
		station_arm_leave(station);
}

static enum nbs_status
station_delay(struct nbs_station *station, const uint8_t *data, size_t len,
	      const struct nbs_station_sending *what, uint64_t delay_ns)
{
	struct station_packet *packet = malloc(sizeof *packet + len);
	uint64_t start = nbs_now(station->engine);

	if (packet == NULL)
		return NBS_E_NOMEM;
	if (station->last != NULL && station->last->due_ns > start)
		start = station->last->due_ns;
	*packet = (struct station_packet){.due_ns = start + delay_ns, .what = *what, .len = len};
	memcpy(packet->data, data, len);
	if (station->last != NULL)
		station->last->next = packet;
	else
		station->first = packet;
	station->last = packet;
	if (station->first == packet)
		station_arm_leave(station);
	return NBS_OK;
}

/* A datagram whose bytes are ready once the processor is. */
static enum nbs_status
station_datagram(struct nbs_station *station, const uint8_t *data, size_t len,
		 const struct nbs_station_sending *what)
{
	uint64_t computed_ns = 0;

	if (station->ops->computed_ns != NULL)
		computed_ns = station->ops->computed_ns(station->arg);
	if (computed_ns < NBS_STATION_DELAY_MIN_NS && station->first == NULL)
		return station_leave(station, data, len, what);
	return station_delay(station, data, len, what, computed_ns);
}

static void
station_drop_packets(struct nbs_station *station)
{
	while (station->first != NULL) {
		struct station_packet *next = station->first->next;

		free(station->first);
		station->first = next;
	}
	station->last = NULL;
}

/* What the MQTT-SN client sends right now. The type stands behind one or three bytes of length. */
static struct nbs_station_sending
station_message(const struct nbs_station *station, const uint8_t *data, size_t len,
		enum nbs_mqttsn_reply expect)
{
	return (struct nbs_station_sending){
	    .expect = expect,
	    .type = len > 3 && data[0] == 1 ? data[3] : data[1],
	    .repeat = nbs_mqttsn_client_repeats(&station->mqttsn),
	    .plain_len = len,
	};
}

static void
station_udp_in(void *arg, const struct nbs_datagram *datagram)
{
	struct nbs_station *station = arg;

	if (datagram->from.addr != station->gateway.addr ||
	    datagram->from.port != station->gateway.port)
		return; /* a client listens to its gateway only */
	station->passed_ns = nbs_now(station->engine);
	if (station->dtls != NULL)
		(void)nbs_dtls_client_input(station->dtls, datagram->data, datagram->len);
	else
		nbs_mqttsn_client_input(&station->mqttsn, datagram->data, datagram->len);
}

/* ---- MQTT-SN above, in the clear ---- */

static enum nbs_status
clear_send(void *arg, const uint8_t *data, size_t len, enum nbs_mqttsn_reply expect)
{
	struct nbs_station *station = arg;
	const struct nbs_station_sending what = station_message(station, data, len, expect);

	return station_datagram(station, data, len, &what);
}

static void
station_done(void *arg, uint32_t token, enum nbs_mqttsn_outcome outcome)
{
	struct nbs_station *station = arg;

	if (station->ops->done != NULL)
		station->ops->done(station->arg, token, outcome);
}

static const struct nbs_mqttsn_client_ops clear_ops = {
    .send = clear_send,
    .done = station_done,
};

/* ---- MQTT-SN above, DTLS below ---- */

static enum nbs_status
secured_send(void *arg, const uint8_t *data, size_t len, enum nbs_mqttsn_reply expect)
{
	struct nbs_station *station = arg;

	station->message = station_message(station, data, len, expect);
	return nbs_dtls_client_write(station->dtls, data, len);
}

static void
secured_need_transport(void *arg)
{
	struct nbs_station *station = arg;
	enum nbs_status status = nbs_dtls_client_connect(station->dtls);

	/* NBS_E_STATE: a handshake is under way already, and will tell how it ends. */
	if (status != NBS_OK && status != NBS_E_STATE)
		nbs_mqttsn_client_transport_lost(&station->mqttsn);
}

/* The session stays: what is dead is the way to it, and resuming is a try that costs nothing. */
static void
secured_silent(void *arg)
{
	struct nbs_station *station = arg;

	nbs_dtls_client_drop(station->dtls, true);
}

static const struct nbs_mqttsn_client_ops secured_ops = {
    .send = secured_send,
    .need_transport = secured_need_transport,
    .silent = secured_silent,
    .done = station_done,
};

/* Records are what secured_send() writes; what DTLS sends for itself is never the last word. */
static void
dtls_send(void *arg, const uint8_t *data, size_t len, enum nbs_dtls_datagram what)
{
	struct nbs_station *station = arg;

	const struct nbs_station_sending own = {
	    .expect = NBS_MQTTSN_REPLY_MORE,
	    .type = what == NBS_DTLS_DATAGRAM_ALERT ? NBS_STATION_ALERT : NBS_STATION_HANDSHAKE,
	    .repeat = what == NBS_DTLS_DATAGRAM_REPEAT,
	};

	(void)station_datagram(station, data, len,
			       what == NBS_DTLS_DATAGRAM_RECORD ? &station->message : &own);
}

static void
dtls_connected(void *arg)
{
	struct nbs_station *station = arg;

	station->retried = 0;
	nbs_mqttsn_client_transport_ready(&station->mqttsn);
}

static void
dtls_received(void *arg, const uint8_t *data, size_t len)
{
	struct nbs_station *station = arg;

	nbs_mqttsn_client_input(&station->mqttsn, data, len);
}

static void
dtls_closed(void *arg, enum nbs_dtls_reason reason, int mbedtls_error)
{
	struct nbs_station *station = arg;

	(void)mbedtls_error;
	if (station->ops->transport_closed != NULL)
		station->ops->transport_closed(station->arg, reason);
	if (reason == NBS_DTLS_TIMEOUT && station->retried < station->handshake_retries) {
		station->retried++;
		if (nbs_timer_arm(station->engine, &station->handshake,
				  station->handshake_wait_ns) == NBS_OK)
			return; /* to those who wait the handshake is still under way */
	}
	station->retried = 0;
	nbs_mqttsn_client_transport_lost(&station->mqttsn);
}

/* The wait after a handshake that timed out is over. */
static void
dtls_again(void *arg)
{
	secured_need_transport(arg);
}

static const struct nbs_dtls_client_ops dtls_ops = {
    .send = dtls_send,
    .connected = dtls_connected,
    .received = dtls_received,
    .closed = dtls_closed,
};

enum nbs_status
nbs_station_new(struct nbs_engine *engine, const struct nbs_station_config *config,
		const struct nbs_station_ops *ops, void *arg, struct nbs_station **out)
{
	const struct nbs_mqttsn_client_ops *mqttsn_ops;
	struct nbs_station *station;
	enum nbs_status status;

	if (engine == NULL || config == NULL || config->host == NULL || ops == NULL || out == NULL)
		return NBS_E_ARG;
	mqttsn_ops = config->dtls != NULL ? &secured_ops : &clear_ops;
	station = calloc(1, sizeof *station);
	if (station == NULL)
		return NBS_E_NOMEM;
	station->ops = ops;
	station->arg = arg;
	station->engine = engine;
	station->gateway = config->gateway;
	station->renew_ns = config->renew_ns;
	station->handshake_retries = config->handshake_retries;
	station->handshake_wait_ns = config->handshake_wait_ns;
	nbs_timer_init(&station->handshake, dtls_again, station);
	nbs_timer_init(&station->leave, station_leave_fired, station);
	status =
	    nbs_mqttsn_client_init(&station->mqttsn, engine, &config->mqttsn, mqttsn_ops, station);
	if (status != NBS_OK) {
		free(station);
		return status;
	}
	status =
	    nbs_udp_open(config->host, config->local_port, station_udp_in, station, &station->udp);
	if (status == NBS_OK && config->dtls != NULL)
		status =
		    nbs_dtls_client_new(engine, config->dtls, &dtls_ops, station, &station->dtls);
	if (status != NBS_OK) {
		nbs_station_free(station);
		return status;
	}
	*out = station;
	return NBS_OK;
}

void
nbs_station_free(struct nbs_station *station)
{
	if (station == NULL)
		return;
	nbs_timer_cancel(&station->handshake);
	nbs_timer_cancel(&station->leave);
	station_drop_packets(station);
	nbs_mqttsn_client_fini(&station->mqttsn);
	nbs_dtls_client_free(station->dtls);
	nbs_udp_close(station->udp);
	free(station);
}

enum nbs_status
nbs_station_topic(const char *format, const char *client_id, char *topic, size_t size)
{
	const char *mark;
	int len;

	if (format == NULL || client_id == NULL || topic == NULL)
		return NBS_E_ARG;
	mark = strstr(format, "%s");
	if (mark == NULL)
		len = snprintf(topic, size, "%s", format);
	else
		len = snprintf(topic, size, "%.*s%s%s", (int)(mark - format), format, client_id,
			       mark + 2);
	return len >= 0 && (size_t)len < size ? NBS_OK : NBS_E_RANGE;
}

/* Whether the device could lose its memory now: nothing is under way. */
static bool
station_is_between(const struct nbs_station *station)
{
	enum nbs_mqttsn_client_state state = nbs_mqttsn_client_state(&station->mqttsn);

	return state == NBS_MQTTSN_CLIENT_OFFLINE || state == NBS_MQTTSN_CLIENT_ACTIVE ||
	       state == NBS_MQTTSN_CLIENT_ASLEEP;
}

enum nbs_status
nbs_station_forget(struct nbs_station *station, bool resumable)
{
	if (station == NULL)
		return NBS_E_ARG;
	if (!station_is_between(station))
		return NBS_E_STATE;
	nbs_dtls_client_drop(station->dtls, resumable);
	nbs_mqttsn_client_transport_lost(&station->mqttsn);
	return NBS_OK;
}

enum nbs_status
nbs_station_restart(struct nbs_station *station)
{
	uint8_t *bytes;
	size_t len = 0;
	enum nbs_status status;

	if (station == NULL)
		return NBS_E_ARG;
	if (!station_is_between(station))
		return NBS_E_STATE;
	if (!nbs_dtls_client_is_connected(station->dtls))
		return NBS_OK;
	status = nbs_dtls_client_save(station->dtls, NULL, 0, &len);
	if (status != NBS_E_RANGE)
		return status;
	bytes = malloc(len);
	if (bytes == NULL)
		return NBS_E_NOMEM;
	status = nbs_dtls_client_save(station->dtls, bytes, len, &len);
	if (status == NBS_OK) {
		nbs_dtls_client_drop(station->dtls, true);
		status = nbs_dtls_client_load(station->dtls, bytes, len);
	}
	free(bytes);
	if (status != NBS_OK && !nbs_dtls_client_is_connected(station->dtls))
		nbs_mqttsn_client_transport_lost(&station->mqttsn);
	return status;
}

static bool
station_is_stale(const struct nbs_station *station)
{
	return station->renew_ns != 0 && nbs_dtls_client_is_connected(station->dtls) &&
	       !nbs_dtls_client_has_cid(station->dtls) &&
	       nbs_now(station->engine) - station->passed_ns >= station->renew_ns;
}

enum nbs_status
nbs_station_publish(struct nbs_station *station, uint32_t token, const uint8_t *payload, size_t len)
{
	if (station == NULL)
		return NBS_E_ARG;
	if (station_is_stale(station))
		(void)nbs_station_forget(station, true); /* not in the middle of an exchange */
	return nbs_mqttsn_client_publish(&station->mqttsn, token, payload, len);
}

uint16_t
nbs_station_port(const struct nbs_station *station)
{
	return station == NULL ? 0 : nbs_udp_port(station->udp);
}

const struct nbs_mqttsn_client_stats *
nbs_station_mqttsn_stats(const struct nbs_station *station)
{
	return station == NULL ? NULL : nbs_mqttsn_client_stats(&station->mqttsn);
}

const struct nbs_dtls_stats *
nbs_station_dtls_stats(const struct nbs_station *station)
{
	return station == NULL ? NULL : nbs_dtls_client_stats(station->dtls);
}

const struct nbs_crypto_work *
nbs_station_work(const struct nbs_station *station, enum nbs_dtls_phase phase)
{
	return station == NULL ? NULL : nbs_dtls_client_work(station->dtls, phase);
}
