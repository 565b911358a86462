/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The gateway as the internet meets it: MQTT-SN in the clear on one UDP port, over DTLS-PSK on
 * another, one broker behind both.
 *
 * Models: sockets on one host, the DTLS server in front, the PSK identity of a session handed to
 * the gateway with each datagram (which may bind it to the ClientID); names that have a key are
 * kept off the clear port then, used or not.
 * Does not model: several gateways, load balancing, a processing time.
 */
#ifndef NBSEC_MODELS_MQTTSN_SERVICE_H
#define NBSEC_MODELS_MQTTSN_SERVICE_H

#include "models/dtls/server.h"
#include "models/mqttsn/gateway.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_MQTTSN_PORT 10000U      /* customary for MQTT-SN gateways; IANA has none */
#define NBS_MQTTSN_DTLS_PORT 10001U /* ours: DTLS beside it */

struct nbs_service;

struct nbs_service_config {
	struct nbs_host *host;
	struct nbs_mqttsn_gateway_config gateway;
	struct nbs_dtls_server_config dtls;
};

/**
 * What the service asks and tells its owner; see the gateway's and the DTLS server's ops. With
 * bind_identity psk() is also asked whether a ClientID in the clear is an identity with a key.
 */
struct nbs_service_ops {
	void (*accepted)(void *arg, const struct nbs_mqttsn_accepted *message);
	void (*refused)(void *arg, struct nbs_endpoint from, const char *client_id,
			const char *psk_identity, uint64_t frame);
	void (*dtls_failed)(void *arg, struct nbs_endpoint from, enum nbs_dtls_reason reason,
			    uint64_t frame);
	enum nbs_status (*psk)(void *arg, struct nbs_dtls_identity identity, uint8_t *key,
			       size_t cap, size_t *len);
};

/**
 * @param[in]  ops  kept by pointer; all four set.
 * @param[out] service  freed by nbs_service_free() before its host.
 * @retval NBS_E_ARG  something missing, or a configuration that gateway or DTLS server refuse.
 */
NBS_API enum nbs_status nbs_service_new(struct nbs_engine *engine,
					const struct nbs_service_config *config,
					const struct nbs_service_ops *ops, void *arg,
					struct nbs_service **service);
NBS_API void nbs_service_free(struct nbs_service *service);

/** @return counters, valid as long as the service; NULL without one. */
NBS_API const struct nbs_mqttsn_gateway_stats *
nbs_service_gateway_stats(const struct nbs_service *service);
NBS_API const struct nbs_dtls_stats *nbs_service_dtls_stats(const struct nbs_service *service);

/** @return the DTLS server, to be asked; NULL without a service. */
NBS_API const struct nbs_dtls_server *nbs_service_dtls(const struct nbs_service *service);

#ifdef __cplusplus
}
#endif
#endif
