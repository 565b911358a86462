/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What each packet of a device is, for its energy account: which message, which bytes DTLS added.
 *
 * Models: of uplink packets what the device's own layers say of them; of downlink packets what
 * their first DTLS record says in the clear, as an answer in the exchange under way (a device has
 * one at a time, MQTT-SN v1.2 6.13).
 * Does not model: a server's repetitions: they count as what they repeat.
 */
#ifndef NBSEC_SCENARIOS_TRAFFIC_H
#define NBSEC_SCENARIOS_TRAFFIC_H

#include "models/mqttsn/station.h"
#include "models/nbiot/cell.h"

/** Exchanges that energy is spent for: causes of the account, from NBS_CAUSE_OWN on. */
enum nbsi_exchange {
	NBSI_EXCHANGE_HANDSHAKE = NBS_CAUSE_OWN, /* DTLS handshake, alerts */
	NBSI_EXCHANGE_CONNECT,                   /* CONNECT, Will, and their answers */
	NBSI_EXCHANGE_REGISTER,
	NBSI_EXCHANGE_PUBLISH,
	NBSI_EXCHANGE_PING,
	NBSI_EXCHANGE_DISCONNECT, /* to sleep, or for good */
	NBSI_EXCHANGE_OTHER,
	NBSI_EXCHANGE__END
};

/** What is known of a device's traffic. Zero-initialised: nothing has been sent. */
struct nbsi_traffic {
	struct nbs_packet_kind leaving; /* the datagram that goes next, without record_bytes */
	size_t plain_len;               /* of that, inside DTLS */
	uint16_t record_bytes;          /* of the last record that left */
	uint16_t down_record_bytes;     /* of a record without a CID; 0 = of AES-128-CCM-8 */
};

/** @return "publish", ... also of the causes below NBS_CAUSE_OWN: "none", "network", "packet". */
const char *nbsi_exchange_name(unsigned cause);

/** A station tells what leaves next. */
void nbsi_traffic_sending(struct nbsi_traffic *traffic, const struct nbs_station_sending *what);

/** Fills in what a packet is. @param secured  DTLS is spoken. */
void nbsi_traffic_classify(struct nbsi_traffic *traffic, bool secured, bool up,
			   const uint8_t *packet, size_t len, struct nbs_packet_kind *kind);

#endif
