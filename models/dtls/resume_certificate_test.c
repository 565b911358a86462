/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients with certificates that come back: resumed, or after a restart; whose name they bear. */
#include "models/dtls/conn.h"
#include "models/dtls/test_credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const uint16_t both[] = {CCM_8, NBS_DTLS_PSK_AES_128_CCM_8};

/* A server that has keys and certificates, and a device of each kind. */
struct mixed {
	struct nbs_dtls_credentials *server, *device;
	struct pair *pair;
	struct pair_node keyed, certified;
};

static void
mixed_start(struct mixed *m, enum nbs_dtls_resumption resumption)
{
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;

	m->server = credentials("server", "ca", NULL, true);
	m->device = credentials("device", "ca", "gateway", false);
	pair_server_defaults(&server);
	server.suites = both;
	server.suite_count = 2;
	server.credentials = m->server;
	server.resumable_limit = 10;
	server.tickets = true;
	m->pair = pair_new(1, &server);
	pair_client_defaults(&client);
	client.identity = (const uint8_t *)"victim";
	client.identity_len = 6;
	pair_node_init(&m->keyed, m->pair, 1, &client);
	client = (struct nbs_dtls_client_config){
	    .stream = "dtls/certified",
	    .suites = both,
	    .suite_count = 1,
	    .credentials = m->device,
	    .resumption = resumption,
	};
	pair_node_init(&m->certified, m->pair, 2, &client);
}

static void
mixed_end(struct mixed *m)
{
	pair_node_fini(&m->keyed);
	pair_node_fini(&m->certified);
	pair_free(m->pair);
	nbs_dtls_credentials_free(m->server);
	nbs_dtls_credentials_free(m->device);
}

/* device.pem has this common name (test_certificates.sh). */
static void
expect_device(const struct mixed *m)
{
	struct nbs_dtls_identity identity = nbs_dtls_session_identity(m->pair->newest);

	assert_int_equal(identity.len, strlen("METER-000001"));
	assert_memory_equal(identity.data, "METER-000001", identity.len);
}

static mbedtls_ssl_context *
library_of(struct pair_node *node)
{
	return &((struct nbsi_dtls_conn *)node->client)
		    ->live->ssl; /* the connection stands first */
}

/*
 * A session ID is in the clear (RFC 5246 7.4.1.2), so anybody can offer another's. With a suite
 * that is not the session's the server does not resume: who connects is who the certificate names.
 */
static void
test_session_id_of_another(void **state)
{
	mbedtls_ssl_session seen;
	struct mixed m;

	(void)state;
	mixed_start(&m, NBS_DTLS_RESUME_NONE);
	pair_connect(&m.keyed);
	mbedtls_ssl_session_init(&seen);
	assert_int_equal(mbedtls_ssl_get_session(library_of(&m.keyed), &seen), 0);
	assert_int_equal(mbedtls_ssl_set_session(library_of(&m.certified), &seen), 0);
	mbedtls_ssl_session_free(&seen);
	pair_connect(&m.certified);
	expect_device(&m);
	assert_int_equal(nbs_dtls_server_stats(m.pair->server)->handshakes_resumed, 0);
	mixed_end(&m);
}

/* Resumed, the server still knows whose certificate it was. */
static void
test_resumed_name(void **state)
{
	struct mixed m;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		mixed_start(&m, i == 0 ? NBS_DTLS_RESUME_SESSION_ID : NBS_DTLS_RESUME_TICKET);
		pair_connect(&m.certified);
		expect_device(&m);
		nbs_dtls_client_drop(m.certified.client, true);
		pair_connect(&m.certified);
		assert_int_equal(nbs_dtls_server_stats(m.pair->server)->handshakes_resumed, 1);
		expect_device(&m);
		mixed_end(&m);
	}
}

/* A device that took up its association from flash can make a new one when that is dead. */
static void
test_whole_handshake_behind_a_load(void **state)
{
	uint8_t bytes[2048];
	struct mixed m;
	size_t len;

	(void)state;
	mixed_start(&m, NBS_DTLS_RESUME_NONE);
	pair_connect(&m.certified);
	assert_int_equal(nbs_dtls_client_save(m.certified.client, bytes, sizeof(bytes), &len),
			 NBS_OK);
	nbs_dtls_client_drop(m.certified.client, false);
	assert_int_equal(nbs_dtls_client_load(m.certified.client, bytes, len), NBS_OK);
	nbs_dtls_client_drop(m.certified.client, false);
	pair_connect(&m.certified);
	expect_device(&m);
	mixed_end(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_session_id_of_another),
	    cmocka_unit_test(test_resumed_name),
	    cmocka_unit_test(test_whole_handshake_behind_a_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
