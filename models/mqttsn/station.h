/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * An MQTT-SN client on a host: over UDP in the clear, or over DTLS-PSK on UDP.
 *
 * Models: the layers above IP of a reporting device (and of an attacker who plays one): socket,
 * DTLS association set up when the first report needs it and again after it is gone, MQTT-SN. An
 * association that nobody answers over any more (N_retry used up) is taken for dead and renewed;
 * one that was silent for long may be renewed before it is used; a handshake that timed out may be
 * tried again; a device may lose all that it had in memory. What its processor computes for a
 * datagram delays it, and all behind it.
 * Does not model: address changes; a delay below NBS_STATION_DELAY_MIN_NS; retransmission timers,
 * which run from when the work began.
 */
#ifndef NBSEC_MODELS_MQTTSN_STATION_H
#define NBSEC_MODELS_MQTTSN_STATION_H

#include "models/dtls/client.h"
#include "models/mqttsn/client.h"
#include "sim/net.h"

#ifdef __cplusplus
extern "C" {
#endif

struct nbs_station;

/* Types that no message of v1.2 has (5.2.2): what DTLS sends for itself. */
#define NBS_STATION_HANDSHAKE UINT8_C(0xff) /* a datagram of the handshake */
#define NBS_STATION_ALERT UINT8_C(0xfd)     /* close_notify, or the end of a failed handshake */

/** Work for one datagram that takes less does not delay it: the radio's subframe is as long. */
#define NBS_STATION_DELAY_MIN_NS NBS_NS_PER_MS

/** A datagram that is about to leave. */
struct nbs_station_sending {
	enum nbs_mqttsn_reply expect; /* DTLS's own: always MORE */
	uint8_t type;                 /* MQTT-SN message type, or one of the two above */
	bool repeat;                  /* sent before: T_retry, or a flight of DTLS */
	size_t plain_len;             /* bytes of MQTT-SN inside; 0 = DTLS's own */
};

/** Strings and keys are copied by the layers that need them, as their headers say. */
struct nbs_station_config {
	struct nbs_host *host;
	uint16_t local_port; /* 0 = ephemeral */
	struct nbs_endpoint gateway;
	struct nbs_mqttsn_client_config mqttsn;
	const struct nbs_dtls_client_config *dtls; /* NULL = in the clear */
	/* Renews an association without connection IDs before a report if nothing passed for so
	 * long: a NAT will have forgotten it (Californium calls it auto handshake). 0 = never. */
	uint64_t renew_ns;
	unsigned handshake_retries; /* after one that timed out, while reports wait */
	uint64_t handshake_wait_ns; /* before each; 0 = at once */
};

/** What the station tells its owner; each may be NULL. The station must not be freed in them. */
struct nbs_station_ops {
	/** Right before each datagram leaves: what it is, and what it expects back. */
	void (*sending)(void *arg, const struct nbs_station_sending *what);
	/** @return how long the processor has computed for DTLS since the last call, ns. */
	uint64_t (*computed_ns)(void *arg);
	/** A report ended (see nbs_mqttsn_client_ops.done). */
	void (*done)(void *arg, uint32_t token, enum nbs_mqttsn_outcome outcome);
	/** The DTLS association failed or ended. */
	void (*transport_closed)(void *arg, enum nbs_dtls_reason reason);
};

/**
 * @param[in]  ops  kept by pointer.
 * @param[out] station  freed by nbs_station_free() before its host.
 * @retval NBS_E_ARG  something missing, or a configuration that a layer refuses.
 */
NBS_API enum nbs_status nbs_station_new(struct nbs_engine *engine,
					const struct nbs_station_config *config,
					const struct nbs_station_ops *ops, void *arg,
					struct nbs_station **station);
NBS_API void nbs_station_free(struct nbs_station *station);

/**
 * The topic of a client: the format with its first "%s" replaced by the ClientID.
 * @retval NBS_E_RANGE  does not fit in size.
 */
NBS_API enum nbs_status nbs_station_topic(const char *format, const char *client_id, char *topic,
					  size_t size);

/** Sends a report; see nbs_mqttsn_client_publish(). */
NBS_API enum nbs_status nbs_station_publish(struct nbs_station *station, uint32_t token,
					    const uint8_t *payload, size_t len);

/**
 * The device lost what it had in memory: DTLS and MQTT-SN sessions are gone without a word.
 * @param resumable  whether the DTLS session is kept elsewhere, to be resumed.
 * @retval NBS_E_STATE  a report or an answer is awaited: the device is awake, nothing happens.
 */
NBS_API enum nbs_status nbs_station_forget(struct nbs_station *station, bool resumable);

/**
 * The device starts again with its DTLS association written down (nbs_dtls_client_save()) and reads
 * it: that takes the work of deriving its keys anew. The MQTT-SN session is kept with it. In the
 * clear, or without an association, nothing is lost and nothing happens.
 * @retval NBS_E_STATE  something is under way, or it cannot be written down: nothing happens.
 */
NBS_API enum nbs_status nbs_station_restart(struct nbs_station *station);

/** @return the UDP port it sends from; 0 without a station. */
NBS_API uint16_t nbs_station_port(const struct nbs_station *station);

/** @return counters of the MQTT-SN client, and of DTLS (NULL in the clear); NULL without one. */
NBS_API const struct nbs_mqttsn_client_stats *
nbs_station_mqttsn_stats(const struct nbs_station *station);
NBS_API const struct nbs_dtls_stats *nbs_station_dtls_stats(const struct nbs_station *station);

/** @return cryptographic work in a phase, see nbs_dtls_client_work(); NULL in the clear. */
NBS_API const struct nbs_crypto_work *nbs_station_work(const struct nbs_station *station,
						       enum nbs_dtls_phase phase);

#ifdef __cplusplus
}
#endif
#endif
