/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test support, see test_serial.h. */
#include "models/dtls/test_serial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

const uint8_t serial_text[20] = "{\"t\":21.5,\"rh\":48}";

struct pair *
serial_pair(struct pair_node *node, uint16_t suite, int server_cid, int client_cid)
{
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;
	struct pair *pair;

	pair_server_defaults(&server);
	pair_client_defaults(&client);
	server.suites = client.suites = &suite;
	server.suite_count = client.suite_count = 1;
	server.cid_len = server_cid > 0 ? (size_t)server_cid : 0;
	client.cid = client_cid >= 0;
	client.cid_len = client_cid > 0 ? (size_t)client_cid : 0;
	pair = pair_new(1, &server);
	pair->echo = true;
	pair_node_init(node, pair, 1, &client);
	pair_connect(node);
	return pair;
}

void
serial_reboot_as(struct pair_node *node, struct nbs_dtls_client_config *config)
{
	struct pair *pair = node->pair;
	const struct nbs_endpoint at = node->at;

	config->stream = "dtls/client/2";
	pair_node_fini(node);
	pair_node_init(node, pair, 1, config);
	node->at = at;
}

void
serial_reboot(struct pair_node *node, uint16_t suite)
{
	struct nbs_dtls_client_config config;

	pair_client_defaults(&config);
	config.suites = &suite;
	config.suite_count = 1;
	serial_reboot_as(node, &config);
}

void
serial_save(struct pair_node *node, struct serial_saved *saved)
{
	assert_int_equal(
	    nbs_dtls_client_save(node->client, saved->data, sizeof(saved->data), &saved->len),
	    NBS_OK);
}

enum nbs_status
serial_load(struct pair_node *node, const struct serial_saved *saved)
{
	return nbs_dtls_client_load(node->client, saved->data, saved->len);
}

void
serial_exchange(struct pair_node *node)
{
	unsigned up = node->pair->received, down = node->received;

	assert_int_equal(nbs_dtls_client_write(node->client, serial_text, sizeof(serial_text)),
			 NBS_OK);
	pair_run_s(node->pair, 1);
	assert_int_equal(node->pair->received, up + 1);
	assert_int_equal(node->received, down + 1);
	assert_memory_equal(node->last, serial_text, sizeof(serial_text));
}

void
serial_done(struct pair *pair, struct pair_node *node)
{
	pair_node_fini(node);
	pair_free(pair);
}
