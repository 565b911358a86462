/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test support, see test_credentials.h. */
#include "models/dtls/test_credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- certificates ---- */

char *
file_read(const char *name, const char *suffix)
{
	char path[64], *text = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "test_certificates/%s%s", name, suffix);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(getdelim(&text, &size, '\0', file) > 0);
	fclose(file);
	return text;
}

struct nbs_dtls_bytes
bytes_of(const char *text)
{
	return (struct nbs_dtls_bytes){(const uint8_t *)text, text != NULL ? strlen(text) : 0};
}

struct nbs_dtls_credentials *
credentials(const char *own, const char *trust, const char *server_name, bool require_client)
{
	char *chain = own != NULL ? file_read(own, ".pem") : NULL;
	char *key = own != NULL ? file_read(own, ".key.pem") : NULL;
	char *anchor = trust != NULL ? file_read(trust, ".pem") : NULL;
	const struct nbs_dtls_credentials_config config = {
	    .chain = bytes_of(chain),
	    .key = bytes_of(key),
	    .trust = bytes_of(anchor),
	    .server_name = server_name,
	    .require_client = require_client,
	};
	struct nbs_dtls_credentials *made = NULL;

	assert_int_equal(nbs_dtls_credentials_new(&config, &made), NBS_OK);
	free(chain);
	free(key);
	free(anchor);
	return made;
}

/* ---- a pair with certificates ---- */

void
setup_configs(const struct setup *s, const uint16_t *suite, struct nbs_dtls_server_config *server,
	      struct nbs_dtls_client_config *client)
{
	pair_server_defaults(server);
	*client = (struct nbs_dtls_client_config){.stream = "dtls/client"};
	server->suites = client->suites = suite;
	server->suite_count = client->suite_count = 1;
	server->credentials = s->server;
	client->credentials = s->client;
}

void
setup_init(struct setup *s, uint16_t mtu)
{
	const uint16_t suite = (uint16_t)s->suite;
	struct nbs_dtls_server_config server;
	struct nbs_dtls_client_config client;

	setup_configs(s, &suite, &server, &client);
	client.mtu = mtu;
	s->pair = pair_new(1, &server);
	pair_node_init(&s->node, s->pair, 1, &client);
}

void
setup_try(struct setup *s)
{
	setup_init(s, 0);
	assert_int_equal(nbs_dtls_client_connect(s->node.client), NBS_OK);
	pair_run_s(s->pair, 1);
}

void
setup_fini(struct setup *s)
{
	pair_node_fini(&s->node);
	pair_free(s->pair);
	nbs_dtls_credentials_free(s->server);
	nbs_dtls_credentials_free(s->client);
}
