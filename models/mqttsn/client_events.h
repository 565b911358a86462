/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What happens to an MQTT-SN client, and where its state machine (client.c) takes it.
 */
#ifndef NBSEC_MODELS_MQTTSN_CLIENT_EVENTS_H
#define NBSEC_MODELS_MQTTSN_CLIENT_EVENTS_H

#include "models/mqttsn/client.h"

enum nbsi_mqttsn_event {
	EV_REPORT,    /* a report waits */
	EV_READY,     /* transport up */
	EV_DOWN,      /* transport gone */
	EV_CONNACK,   /* accepted */
	EV_REFUSED,   /* CONNACK with another return code */
	EV_REGACK,    /* accepted */
	EV_PUBACK,    /* accepted */
	EV_REJECTED,  /* REGACK or PUBACK with another return code */
	EV_BAD_TOPIC, /* PUBACK: invalid topic id */
	EV_PINGREQ,   /* the gateway asks */
	EV_PINGRESP,
	EV_DISCONNECT,
	EV_OTHER,     /* a message that is not for a client, or answers nothing */
	EV_REPEAT,    /* T_retry ran out */
	EV_EXHAUSTED, /* T_retry ran out after N_retry repetitions */
	EV_IDLE,      /* keep-alive ran out with nothing sent */
	EV__COUNT
};

/** Does what the state has for the event. */
void nbsi_mqttsn_client_dispatch(struct nbs_mqttsn_client *client, enum nbsi_mqttsn_event event);

/** Starts the report that waits, if the state is one between exchanges. */
void nbsi_mqttsn_client_next(struct nbs_mqttsn_client *client);

/** The two timers' callbacks; arg is the client. */
void nbsi_mqttsn_client_retry_fired(void *arg);
void nbsi_mqttsn_client_idle_fired(void *arg);

#endif
