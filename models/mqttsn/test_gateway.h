/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Test fixture of the gateway: peers are port numbers, datagrams are hex written by hand from
 * MQTT-SN v1.2 5.4, what the broker accepts is a line of text.
 */
#ifndef NBSEC_MODELS_MQTTSN_TEST_GATEWAY_H
#define NBSEC_MODELS_MQTTSN_TEST_GATEWAY_H

#include "models/mqttsn/gateway.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TG_LOG_MAX 128U

/* Two clients that most tests use, "m1" and "m2", keep-alive 3600 s (0e10), clean. */
#define CONNECT_M1 "08 04 04 01 0e10 6d31"
#define CONNECT_M2 "08 04 04 01 0e10 6d32"
#define CONNECT_M1_KEEP "08 04 00 01 0e10 6d31"
#define CONNACK_OK "03 05 00"
#define DISCONNECT "02 18"
#define SUBSCRIBE "08 12 20 0005 6d2f31" /* m/1, QoS 1 */
#define SUBACK "08 13 20 0001 0005 00"

struct tg {
	struct nbs_engine *engine;
	struct nbs_mqttsn_gateway *gateway;
	uint64_t channel;           /* of the datagrams that come in, 0 = clear */
	const char *identity;       /* PSK identity of those */
	const char *known_identity; /* the only PSK identity that has a key, or NULL */
	bool gone_on_send;          /* the channel turns out to be closed when something is sent */
	uint64_t frame;             /* counts datagrams in, from 1 */
	struct {
		struct nbs_mqttsn_peer peer;
		uint8_t data[300];
		size_t len;
	} sent[TG_LOG_MAX];
	unsigned sent_count, sent_read;
	char accepted[TG_LOG_MAX][160];
	unsigned accepted_count, accepted_read;
	char refused[TG_LOG_MAX][160];
	unsigned refused_count, refused_read;
};

/** Makes engine and gateway; config NULL = the default. */
struct tg *tg_start(const struct nbs_mqttsn_gateway_config *config);

/** Frees all; fails if something was sent, accepted or refused that the test did not look at. */
void tg_stop(struct tg *t);

/** A datagram from 10.0.0.1:port comes in. */
void tg_in(struct tg *t, uint16_t port, const char *octets);

/** The next datagram that was sent goes to 10.0.0.1:port and has these octets. */
void tg_out(struct tg *t, uint16_t port, const char *octets);

/** in, then out to the same port, which must be all that was sent. */
void tg_ask(struct tg *t, uint16_t port, const char *in, const char *out);

/** Nothing was sent that the test has not looked at. */
void tg_silent(const struct tg *t);

/**
 * The next message accepted reads so: "m1 a/b q1 id2 'text'", with " retain", " dup", " will" where
 * that holds, and " #3" for the frame, when there is one.
 */
void tg_accepts(struct tg *t, const char *text);

/** The next refusal reads so: "m1 as m2 #3", or "m1 as (clear) #3". */
void tg_refuses(struct tg *t, const char *text);

/** Runs virtual time up to seconds. */
void tg_until(struct tg *t, uint64_t seconds);

/** The presence of a client is so. */
void tg_is(const struct tg *t, const char *client_id, enum nbs_mqttsn_presence presence);

/** A gateway with client m1 at port 1 connected and topic m/1 registered as id 1. */
struct tg *tg_with_m1(const struct nbs_mqttsn_gateway_config *config);

/** A publisher p at port 9 with topic m/1 as id 1. */
void tg_publisher(struct tg *t);

/** It publishes 'A' at QoS 1, which is acknowledged and accepted. */
void tg_publish(struct tg *t);

/** What the gateway counted. */
const struct nbs_mqttsn_gateway_stats *tg_stats(const struct tg *t);

#endif
