/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test support: a client whose association is saved as bytes and loaded after a reboot. All fail
 * the test on trouble.
 */
#ifndef NBSEC_MODELS_DTLS_TEST_SERIAL_H
#define NBSEC_MODELS_DTLS_TEST_SERIAL_H

#include "models/dtls/test_pair.h"

#define SERIAL_CBC UINT16_C(0x00AE)
#define SERIAL_GCM UINT16_C(0x00A8)
#define SERIAL_CHACHA UINT16_C(0xCCAB)

struct serial_saved {
	uint8_t data[512];
	size_t len;
};

/* What is exchanged. */
extern const uint8_t serial_text[20];

/* A pair, connected, of a suite and with connection IDs of these lengths; -1 = none. */
struct pair *serial_pair(struct pair_node *node, uint16_t suite, int server_cid, int client_cid);

/* The device starts again with another client of a configuration, not connected. */
void serial_reboot_as(struct pair_node *node, struct nbs_dtls_client_config *config);
void serial_reboot(struct pair_node *node, uint16_t suite);

void serial_save(struct pair_node *node, struct serial_saved *saved);
enum nbs_status serial_load(struct pair_node *node, const struct serial_saved *saved);

/* A record up and its echo down, both authentic and new. */
void serial_exchange(struct pair_node *node);

void serial_done(struct pair *pair, struct pair_node *node);

#endif
