/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test support: credentials from the files in test_certificates/, and a pair that uses them.
 * test_certificates.sh says what each file is.
 */
#ifndef NBSEC_MODELS_DTLS_TEST_CREDENTIALS_H
#define NBSEC_MODELS_DTLS_TEST_CREDENTIALS_H

#include "models/dtls/certificate.h"
#include "models/dtls/test_pair.h"

#define CCM_8 0xC0AE /* TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, RFC 7251 2 */

/* The text of test_certificates/NAMESUFFIX, freed by the caller. */
char *file_read(const char *name, const char *suffix);
struct nbs_dtls_bytes bytes_of(const char *text);

/* own (with its key) and trust name files, NULL = none. */
struct nbs_dtls_credentials *credentials(const char *own, const char *trust,
					 const char *server_name, bool require_client);

/* A server and a client with one suite, without keys. */
struct setup {
	unsigned suite;
	struct nbs_dtls_credentials *server, *client;
	struct pair *pair;
	struct pair_node node;
};

void setup_configs(const struct setup *s, const uint16_t *suite,
		   struct nbs_dtls_server_config *server, struct nbs_dtls_client_config *client);
void setup_init(struct setup *s, uint16_t mtu);

/* Makes the pair, lets the client try, and runs until it must be over. */
void setup_try(struct setup *s);

/* The credentials too. */
void setup_fini(struct setup *s);

#endif
