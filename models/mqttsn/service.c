/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gateway on its two ports: datagrams to the right layer, answers to the right socket. */
#include "models/mqttsn/service.h"

#include <mbedtls/platform_util.h>
#include <stdlib.h>
#include <string.h>

struct nbs_service {
	const struct nbs_service_ops *ops;
	void *arg;
	struct nbs_udp *clear, *secured;
	struct nbs_dtls_server *dtls;
	struct nbs_mqttsn_gateway *gateway;
	struct nbs_endpoint current; /* whose datagram the gateway is working on */
};

/* ---- below: sockets and DTLS ---- */

static void
clear_in(void *arg, const struct nbs_datagram *datagram)
{
	struct nbs_service *service = arg;
	const struct nbs_mqttsn_peer peer = {.addr = datagram->from};

	service->current = datagram->from;
	nbs_mqttsn_gateway_input(service->gateway, &peer, datagram->data, datagram->len,
				 datagram->frame);
}

static void
secured_in(void *arg, const struct nbs_datagram *datagram)
{
	struct nbs_service *service = arg;

	(void)nbs_dtls_server_input(service->dtls, datagram->from, datagram->data, datagram->len,
				    datagram->frame);
}

static void
dtls_send(void *arg, struct nbs_endpoint to, const uint8_t *data, size_t len)
{
	struct nbs_service *service = arg;

	(void)nbs_udp_send(service->secured, to, data, len, NULL);
}

static enum nbs_status
dtls_psk(void *arg, struct nbs_dtls_identity identity, uint8_t *key, size_t cap, size_t *len)
{
	struct nbs_service *service = arg;

	return service->ops->psk(service->arg, identity, key, cap, len);
}

/* The gateway knows a session by its handle, which finds it again: nothing is kept here for it. */
static void
dtls_connected(void *arg, struct nbs_dtls_session *session)
{
	(void)arg;
	(void)session;
}

/* An identity is bytes; as a ClientID it can only match when it has no NUL inside. A certificate
 * that names nobody leaves none, which no ClientID is. */
static void
identity_text(const struct nbs_dtls_session *session, char text[NBS_DTLS_IDENTITY_MAX + 1])
{
	struct nbs_dtls_identity identity = nbs_dtls_session_identity(session);

	if (identity.data == NULL || identity.len > NBS_DTLS_IDENTITY_MAX ||
	    memchr(identity.data, 0, identity.len) != NULL)
		identity = (struct nbs_dtls_identity){(const uint8_t *)"", 0};
	memcpy(text, identity.data, identity.len);
	text[identity.len] = '\0';
}

static void
dtls_received(void *arg, struct nbs_dtls_session *session, const uint8_t *data, size_t len,
	      uint64_t frame)
{
	struct nbs_service *service = arg;
	char identity[NBS_DTLS_IDENTITY_MAX + 1];
	const struct nbs_mqttsn_peer peer = {
	    .addr = nbs_dtls_session_peer(session),
	    .channel = nbs_dtls_session_handle(session),
	    .psk_identity = identity,
	};

	identity_text(session, identity);
	service->current = peer.addr;
	nbs_mqttsn_gateway_input(service->gateway, &peer, data, len, frame);
}

static void
dtls_closed(void *arg, struct nbs_dtls_session *session, enum nbs_dtls_reason reason)
{
	struct nbs_service *service = arg;
	const struct nbs_mqttsn_peer peer = {
	    .addr = nbs_dtls_session_peer(session),
	    .channel = nbs_dtls_session_handle(session),
	};

	(void)reason;
	nbs_mqttsn_gateway_peer_gone(service->gateway, &peer);
}

static void
dtls_failed(void *arg, struct nbs_endpoint from, struct nbs_dtls_identity identity,
	    enum nbs_dtls_reason reason, uint64_t frame)
{
	struct nbs_service *service = arg;

	(void)identity;
	service->ops->dtls_failed(service->arg, from, reason, frame);
}

static const struct nbs_dtls_server_ops dtls_ops = {
    .send = dtls_send,
    .psk = dtls_psk,
    .connected = dtls_connected,
    .received = dtls_received,
    .closed = dtls_closed,
    .failed = dtls_failed,
};

/* ---- above: the gateway ---- */

static enum nbs_status
gateway_send(void *arg, const struct nbs_mqttsn_peer *peer, const uint8_t *data, size_t len)
{
	struct nbs_service *service = arg;
	struct nbs_dtls_session *session;

	if (peer->channel == 0)
		return nbs_udp_send(service->clear, peer->addr, data, len, NULL);
	session = nbs_dtls_server_session(service->dtls, peer->channel);
	if (session == NULL)
		return NBS_E_NOTFOUND;
	return nbs_dtls_session_write(session, data, len);
}

static void
gateway_accepted(void *arg, const struct nbs_mqttsn_accepted *message)
{
	struct nbs_service *service = arg;

	service->ops->accepted(service->arg, message);
}

static void
gateway_refused(void *arg, const char *client_id, const char *psk_identity, uint64_t frame)
{
	struct nbs_service *service = arg;

	service->ops->refused(service->arg, service->current, client_id, psk_identity, frame);
}

/* The store has no other question than for a key: one is asked for, and forgotten. */
static bool
gateway_is_identity(void *arg, const char *client_id)
{
	struct nbs_service *service = arg;
	const struct nbs_dtls_identity identity = {(const uint8_t *)client_id, strlen(client_id)};
	uint8_t key[NBS_DTLS_PSK_MAX];
	size_t len = 0;
	enum nbs_status status = service->ops->psk(service->arg, identity, key, sizeof key, &len);

	mbedtls_platform_zeroize(key, sizeof key);
	return status == NBS_OK;
}

static const struct nbs_mqttsn_gateway_ops gateway_ops = {
    .send = gateway_send,
    .accepted = gateway_accepted,
    .refused = gateway_refused,
    .is_identity = gateway_is_identity,
};

static enum nbs_status
service_open(struct nbs_service *service, struct nbs_engine *engine,
	     const struct nbs_service_config *config)
{
	enum nbs_status status;

	status = nbs_mqttsn_gateway_new(engine, &config->gateway, &gateway_ops, service,
					&service->gateway);
	if (status == NBS_OK)
		status =
		    nbs_dtls_server_new(engine, &config->dtls, &dtls_ops, service, &service->dtls);
	if (status == NBS_OK)
		status =
		    nbs_udp_open(config->host, NBS_MQTTSN_PORT, clear_in, service, &service->clear);
	if (status == NBS_OK)
		status = nbs_udp_open(config->host, NBS_MQTTSN_DTLS_PORT, secured_in, service,
				      &service->secured);
	return status;
}

static bool
service_ops_are_whole(const struct nbs_service_ops *ops)
{
	return ops != NULL && ops->accepted != NULL && ops->refused != NULL &&
	       ops->dtls_failed != NULL && ops->psk != NULL;
}

enum nbs_status
nbs_service_new(struct nbs_engine *engine, const struct nbs_service_config *config,
		const struct nbs_service_ops *ops, void *arg, struct nbs_service **out)
{
	struct nbs_service *service;
	enum nbs_status status;

	if (engine == NULL || config == NULL || config->host == NULL || out == NULL ||
	    !service_ops_are_whole(ops))
		return NBS_E_ARG;
	service = calloc(1, sizeof *service);
	if (service == NULL)
		return NBS_E_NOMEM;
	service->ops = ops;
	service->arg = arg;
	status = service_open(service, engine, config);
	if (status != NBS_OK) {
		nbs_service_free(service);
		return status;
	}
	*out = service;
	return NBS_OK;
}

void
nbs_service_free(struct nbs_service *service)
{
	if (service == NULL)
		return;
	nbs_udp_close(service->clear);
	nbs_udp_close(service->secured);
	nbs_dtls_server_free(service->dtls);
	nbs_mqttsn_gateway_free(service->gateway);
	free(service);
}

const struct nbs_mqttsn_gateway_stats *
nbs_service_gateway_stats(const struct nbs_service *service)
{
	return service == NULL ? NULL : nbs_mqttsn_gateway_stats(service->gateway);
}

const struct nbs_dtls_server *
nbs_service_dtls(const struct nbs_service *service)
{
	return service == NULL ? NULL : service->dtls;
}

const struct nbs_dtls_stats *
nbs_service_dtls_stats(const struct nbs_service *service)
{
	return service == NULL ? NULL : nbs_dtls_server_stats(service->dtls);
}
