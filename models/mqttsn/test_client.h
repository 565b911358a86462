/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Test fixture of the client: in this state, after this event, it sends these octets. They are
 * written out by hand from MQTT-SN v1.2 5.4, not made by our codec.
 * ClientID "m1", topic "m/1", keep-alive 7200 s (1c20), T_retry 10 s, N_retry 3.
 */
#ifndef NBSEC_MODELS_MQTTSN_TEST_CLIENT_H
#define NBSEC_MODELS_MQTTSN_TEST_CLIENT_H

#include "models/mqttsn/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TC_LOG_MAX 64U

#define CONNECT_CLEAN "08 04 04 01 1c20 6d31"
#define CONNECT_KEEP "08 04 00 01 1c20 6d31"
#define CONNACK "03 05 00"
#define REGISTER_1 "09 0a 0000 0001 6d2f31"
#define REGACK_1 "07 0b 0005 0001 00"
#define PUBLISH_2 "08 0c 20 0005 0002 41"
#define PUBACK_2 "07 0d 0005 0002 00"

#define MORE NBS_MQTTSN_REPLY_MORE
#define ONE NBS_MQTTSN_REPLY_ONE
#define NONE NBS_MQTTSN_REPLY_NONE

struct tc_datagram {
	uint8_t data[64];
	size_t len;
	enum nbs_mqttsn_reply expect;
};

struct tc {
	struct nbs_engine *engine;
	struct nbs_mqttsn_client client;
	struct tc_datagram sent[TC_LOG_MAX];
	unsigned sent_count, sent_read;
	struct {
		uint32_t token;
		enum nbs_mqttsn_outcome outcome;
	} done[TC_LOG_MAX];
	unsigned done_count, done_read;
	unsigned transports;      /* calls of need_transport() */
	bool transport_at_once;   /* ready from inside need_transport() */
	uint32_t publish_on_done; /* token that done() publishes once, 0 = none */
};

/** Without and with a transport that has to be asked for. */
extern const struct nbs_mqttsn_client_ops tc_ops, tc_ops_transport;

/** The configuration that most tests use: see above; QoS 1, kept alive, lost reports dropped. */
struct nbs_mqttsn_client_config tc_config(void);

/** Makes engine and client. */
struct tc *tc_start(const struct nbs_mqttsn_client_config *c,
		    const struct nbs_mqttsn_client_ops *o);

/** Frees all; nothing may be left that the test has not looked at. */
void tc_stop(struct tc *f);

/** A report of the one octet 'A' is published. */
void tc_report(struct tc *f, uint32_t token);

/** A datagram comes in. */
void tc_receives(struct tc *f, const char *octets);

/** The next datagram that was sent has these octets and expects so many answers. */
void tc_sends(struct tc *f, const char *octets, enum nbs_mqttsn_reply expect);

/** The next report that ended is this one, and ended so. */
void tc_ends(struct tc *f, uint32_t token, enum nbs_mqttsn_outcome outcome);

/** Runs virtual time up to seconds. */
void tc_until(struct tc *f, uint64_t seconds);

/** The client is in this state. */
void tc_in_state(struct tc *f, enum nbs_mqttsn_client_state state);

/** Brings the session up with a first report, token 1. */
struct tc *tc_connected(const struct nbs_mqttsn_client_config *c);

/** The same, with that report delivered. */
struct tc *tc_idle(const struct nbs_mqttsn_client_config *c);

#endif
