/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The MQTT-SN client's datagrams: what client.c asks client_send.c to put on the wire.
 */
#ifndef NBSEC_MODELS_MQTTSN_CLIENT_SEND_H
#define NBSEC_MODELS_MQTTSN_CLIENT_SEND_H

#include "models/mqttsn/client.h"

/**
 * Sends the datagram of the state, one that waits for an answer, and arms T_retry.
 * @return anything but NBS_OK: the timer could not be armed, so that nothing was sent.
 */
enum nbs_status nbsi_mqttsn_client_transmit(struct nbs_mqttsn_client *client);

/** Sends the PUBLISH of the report in flight; no timer (QoS 0). */
void nbsi_mqttsn_client_send_publish(struct nbs_mqttsn_client *client);

/** Answers the gateway's PINGREQ. */
void nbsi_mqttsn_client_send_pingresp(struct nbs_mqttsn_client *client);

#endif
