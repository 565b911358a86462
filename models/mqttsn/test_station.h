/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test support: a meter's station and a gateway's service, or somebody who answers junk. */
#ifndef NBSEC_MODELS_MQTTSN_TEST_STATION_H
#define NBSEC_MODELS_MQTTSN_TEST_STATION_H

#include "models/mqttsn/service.h"
#include "models/mqttsn/station.h"

struct world {
	struct nbs_engine *engine;
	struct nbs_host *gateway_host, *meter_host;
	struct nbs_wan *link;
	struct nbs_service *service; /* NULL: nobody answers, or the test does */
	struct nbs_udp *answerer;
	struct nbs_station *station;
	struct nbs_dtls_client_config client; /* may be changed before the start */
	struct nbs_station_config config;
	enum nbs_mqttsn_outcome outcome; /* of the newest report that ended */
	unsigned done;
	uint64_t done_ns;
	const uint64_t *computed_ns; /* the processor's time for each datagram in turn, then none */
	size_t computed_count, computed;
	unsigned failed[NBS_DTLS_REASON__COUNT]; /* what the gateway refused */
	char log[1024];      /* "TYPE:bytes of MQTT-SN, r if repeated, what it expects" */
	unsigned datagrams;  /* that the gateway's host got */
	const uint8_t *junk; /* the answer to each of them */
	size_t junk_len;
};

/* Starts without a station and a service; world_fini() ends what was started. */
void world_init(struct world *w);
void world_fini(struct world *w);

/* From w->config, over DTLS from w->client too. */
void start_station(struct world *w, bool dtls);

/* Sends a report and runs for so long. */
void report(struct world *w, uint64_t for_s);

/* A service that remembers so many sessions for a resumption; 0 = none. */
void start_service(struct world *w, size_t resumable);

/* Answers each datagram with the junk, if there is any. */
void start_answerer(struct world *w, uint16_t port, const uint8_t *junk, size_t len);

#endif
