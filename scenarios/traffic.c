/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each packet of a device is. DTLS record headers: RFC 6347 4.1, RFC 9146 4. */
#include "scenarios/traffic.h"

#include "models/mqttsn/codec.h"

#include <assert.h>

#define TRAFFIC_HEADERS 28U     /* IPv4 without options and UDP */
#define TRAFFIC_APPLICATION 23U /* DTLS content types */
#define TRAFFIC_TLS12_CID 25U

/* A record of TLS_PSK_WITH_AES_128_CCM_8 without a connection ID: header 13, explicit nonce 8, tag
 * 8 (RFC 6655 3). What a device receives before it has sent a record of its own is no record. */
#define TRAFFIC_CCM_8_BYTES 29U

static const char *const traffic_names[NBSI_EXCHANGE__END] = {
    [NBS_CAUSE_NONE] = "none",
    [NBS_CAUSE_NETWORK] = "network",
    [NBS_CAUSE_PACKET] = "packet",
    [NBSI_EXCHANGE_HANDSHAKE] = "handshake",
    [NBSI_EXCHANGE_CONNECT] = "connect",
    [NBSI_EXCHANGE_REGISTER] = "register",
    [NBSI_EXCHANGE_PUBLISH] = "publish",
    [NBSI_EXCHANGE_PING] = "ping",
    [NBSI_EXCHANGE_DISCONNECT] = "disconnect",
    [NBSI_EXCHANGE_OTHER] = "other",
};
static_assert((int)NBSI_EXCHANGE__END <= (int)NBS_CAUSE__COUNT, "the account has room for all");

const char *
nbsi_exchange_name(unsigned cause)
{
	return cause < NBSI_EXCHANGE__END ? traffic_names[cause] : "?";
}

static enum nbsi_exchange
traffic_exchange(const struct nbs_station_sending *what)
{
	switch (what->type) {
	case NBS_STATION_HANDSHAKE:
	case NBS_STATION_ALERT:
		return NBSI_EXCHANGE_HANDSHAKE;
	case NBS_MQTTSN_CONNECT:
	case NBS_MQTTSN_WILLTOPIC:
	case NBS_MQTTSN_WILLMSG:
		return NBSI_EXCHANGE_CONNECT;
	case NBS_MQTTSN_REGISTER:
		return NBSI_EXCHANGE_REGISTER;
	case NBS_MQTTSN_PUBLISH:
		return NBSI_EXCHANGE_PUBLISH;
	case NBS_MQTTSN_PINGREQ:
		return NBSI_EXCHANGE_PING;
	case NBS_MQTTSN_DISCONNECT:
		return NBSI_EXCHANGE_DISCONNECT;
	default:
		return NBSI_EXCHANGE_OTHER;
	}
}

void
nbsi_traffic_sending(struct nbsi_traffic *traffic, const struct nbs_station_sending *what)
{
	traffic->leaving = (struct nbs_packet_kind){.cause = (uint8_t)traffic_exchange(what),
						    .repeat = what->repeat};
	traffic->plain_len = what->plain_len;
}

static void
traffic_up(struct nbsi_traffic *traffic, bool secured, size_t len, struct nbs_packet_kind *kind)
{
	*kind = traffic->leaving;
	if (!secured)
		return;
	if (kind->cause == NBSI_EXCHANGE_HANDSHAKE) {
		kind->handshake_bytes = (uint16_t)len;
		return;
	}
	if (len > TRAFFIC_HEADERS + traffic->plain_len)
		traffic->record_bytes = (uint16_t)(len - TRAFFIC_HEADERS - traffic->plain_len);
	kind->record_bytes = traffic->record_bytes;
}

/* The exchange under way is answered; nobody sends a device anything else. */
static void
traffic_down(const struct nbsi_traffic *traffic, bool secured, const uint8_t *packet, size_t len,
	     struct nbs_packet_kind *kind)
{
	const uint8_t type = len > TRAFFIC_HEADERS ? packet[TRAFFIC_HEADERS] : 0;

	kind->cause = traffic->leaving.cause;
	if (!secured)
		return;
	if (type == TRAFFIC_TLS12_CID)
		kind->record_bytes = traffic->record_bytes;
	else if (type == TRAFFIC_APPLICATION)
		kind->record_bytes = traffic->down_record_bytes != 0 ? traffic->down_record_bytes
								     : TRAFFIC_CCM_8_BYTES;
	else
		kind->handshake_bytes = (uint16_t)len;
}

void
nbsi_traffic_classify(struct nbsi_traffic *traffic, bool secured, bool up, const uint8_t *packet,
		      size_t len, struct nbs_packet_kind *kind)
{
	if (up)
		traffic_up(traffic, secured, len, kind);
	else
		traffic_down(traffic, secured, packet, len, kind);
}
