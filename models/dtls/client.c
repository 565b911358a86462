/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DTLS 1.2 client (RFC 6347, RFC 4279, RFC 8422): one connection with settings of its own. */
#include "models/dtls/client.h"

#include "models/dtls/conn.h"
#include "models/dtls/credentials.h"
#include "models/dtls/park.h"
#include "models/dtls/record.h"

#include <stdlib.h>
#include <string.h>

struct nbs_dtls_client {
	struct nbsi_dtls_conn conn; /* first: the connection's ops step back to the client */
	struct nbsi_dtls_settings settings;
	const struct nbs_dtls_credentials *credentials; /* NULL = none */
	const struct nbs_dtls_client_ops *ops;
	void *arg;
	uint8_t cid[NBS_DTLS_CID_MAX]; /* ours, drawn once: the address of the peer's records */
	bool offers_cid, has_cid;
	enum nbs_dtls_resumption resumption;
	mbedtls_ssl_session *session; /* the newest, for a resumption; NULL = none */
	uint32_t generation; /* changes with connect and close: a running loop sees it and ends */
};

static void
client_send(struct nbsi_dtls_conn *conn, const uint8_t *data, size_t len,
	    enum nbs_dtls_datagram what)
{
	struct nbs_dtls_client *client = (struct nbs_dtls_client *)conn;

	client->ops->send(client->arg, data, len, what);
}

/* ---- what can be resumed ---- */

static void
client_forget_session(struct nbs_dtls_client *client)
{
	if (client->session == NULL)
		return;
	mbedtls_ssl_session_free(client->session); /* and zeroes it */
	free(client->session);
	client->session = NULL;
}

/* A server that resumes goes on with the old secret; that alone tells for IDs and tickets alike. */
static bool
client_is_same_secret(const struct nbs_dtls_client *client, const mbedtls_ssl_session *session)
{
	return client->session != NULL &&
	       memcmp(session->MBEDTLS_PRIVATE(master), client->session->MBEDTLS_PRIVATE(master),
		      sizeof(session->MBEDTLS_PRIVATE(master))) == 0;
}

/* Without memory there is nothing to resume next time. */
static void
client_keep_session(struct nbs_dtls_client *client)
{
	mbedtls_ssl_session *newest;

	if (client->resumption == NBS_DTLS_RESUME_NONE)
		return;
	newest = malloc(sizeof(*newest));
	if (newest != NULL)
		mbedtls_ssl_session_init(newest);
	if (newest != NULL && mbedtls_ssl_get_session(&client->conn.live->ssl, newest) != 0) {
		free(newest);
		newest = NULL;
	}
	if (newest != NULL && client_is_same_secret(client, newest))
		NBSI_DTLS_COUNT(&client->conn, handshakes_resumed, 1);
	client_forget_session(client);
	client->session = newest;
}

/* Without memory for the copy it is a whole handshake. */
static void
client_offer_session(struct nbs_dtls_client *client)
{
	if (client->session != NULL &&
	    mbedtls_ssl_set_session(&client->conn.live->ssl, client->session) != 0)
		client_forget_session(client);
}

/* ---- at work ---- */

/* Lets the library work until it waits; each op may have closed or connected anew. */
static void
client_run(struct nbs_dtls_client *client)
{
	uint8_t data[MBEDTLS_SSL_IN_CONTENT_LEN];
	uint32_t generation = client->generation;
	size_t len = 0;
	int error = 0;

	while (generation == client->generation) {
		switch (nbsi_dtls_conn_next(&client->conn, data, sizeof(data), &len, &error)) {
		case NBSI_DTLS_CONNECTED:
			client->has_cid = nbsi_dtls_conn_has_cid(&client->conn);
			client_keep_session(client);
			client->ops->connected(client->arg);
			break;
		case NBSI_DTLS_DATA:
			client->ops->received(client->arg, data, len);
			break;
		case NBSI_DTLS_CLOSED:
			if (nbsi_dtls_reason_of(error) == NBS_DTLS_ALERT)
				client_forget_session(client);
			client->ops->closed(client->arg, nbsi_dtls_reason_of(error), error);
			return;
		case NBSI_DTLS_IDLE:
		default:
			return;
		}
	}
}

static void
client_timer(struct nbsi_dtls_conn *conn)
{
	client_run((struct nbs_dtls_client *)conn);
}

static const struct nbsi_dtls_conn_ops client_conn_ops = {
    .send = client_send,
    .timer = client_timer,
};

static enum nbs_status
client_settings(struct nbs_dtls_client *client, struct nbs_engine *engine,
		const struct nbs_dtls_client_config *config)
{
	const struct nbsi_dtls_params params = {
	    .suites = config->suites,
	    .suite_count = config->suite_count,
	    .timeout_min_ns = config->timeout_min_ns,
	    .timeout_max_ns = config->timeout_max_ns,
	    .stream = config->stream,
	    .keylog = config->keylog,
	    .cid_len = config->cid_len,
	    .options = config->options,
	    .tickets = config->resumption == NBS_DTLS_RESUME_TICKET,
	    .has_psk = config->psk_len != 0,
	    .credentials = config->credentials,
	};
	enum nbs_status status =
	    nbsi_dtls_settings_init(&client->settings, engine, MBEDTLS_SSL_IS_CLIENT, &params);

	if (status != NBS_OK || config->psk_len == 0)
		return status;
	if (mbedtls_ssl_conf_psk(&client->settings.conf, config->psk, config->psk_len,
				 config->identity, config->identity_len) == 0)
		return NBS_OK;
	nbsi_dtls_settings_fini(&client->settings);
	return NBS_E_NOMEM;
}

/* Whole, or none where the client has credentials instead. */
static bool
client_psk_is_valid(const struct nbs_dtls_client_config *config)
{
	if (config->credentials != NULL && config->identity == NULL && config->psk == NULL)
		return config->identity_len == 0 && config->psk_len == 0;
	return config->identity != NULL && config->identity_len >= 1 &&
	       config->identity_len <= NBS_DTLS_IDENTITY_MAX && config->psk != NULL &&
	       config->psk_len >= 1 && config->psk_len <= NBS_DTLS_PSK_MAX;
}

static bool
client_config_is_valid(const struct nbs_dtls_client_config *config,
		       const struct nbs_dtls_client_ops *ops)
{
	return config != NULL && client_psk_is_valid(config) &&
	       (config->cid || config->cid_len == 0) &&
	       (unsigned)config->resumption <= NBS_DTLS_RESUME_TICKET && ops != NULL &&
	       ops->send != NULL && ops->connected != NULL && ops->received != NULL &&
	       ops->closed != NULL;
}

enum nbs_status
nbs_dtls_client_new(struct nbs_engine *engine, const struct nbs_dtls_client_config *config,
		    const struct nbs_dtls_client_ops *ops, void *arg,
		    struct nbs_dtls_client **client)
{
	struct nbs_dtls_client *made;
	enum nbs_status status;

	if (engine == NULL || client == NULL || !client_config_is_valid(config, ops))
		return NBS_E_ARG;
	made = calloc(1, sizeof(*made));
	if (made == NULL)
		return NBS_E_NOMEM;
	status = client_settings(made, engine, config);
	if (status != NBS_OK) {
		free(made);
		return status;
	}
	status = nbsi_dtls_conn_init(&made->conn, engine, &made->settings, &client_conn_ops);
	if (status != NBS_OK) {
		nbsi_dtls_settings_fini(&made->settings);
		free(made);
		return status;
	}
	if (config->mtu != 0)
		mbedtls_ssl_set_mtu(&made->conn.live->ssl, config->mtu);
	made->credentials = config->credentials;
	made->offers_cid = config->cid;
	made->resumption = config->resumption;
	(void)nbsi_dtls_random(made->settings.rng, made->cid, made->settings.cid_len);
	made->ops = ops;
	made->arg = arg;
	*client = made;
	return NBS_OK;
}

void
nbs_dtls_client_free(struct nbs_dtls_client *client)
{
	if (client == NULL)
		return;
	client_forget_session(client);
	nbsi_dtls_conn_fini(&client->conn);
	nbsi_dtls_settings_fini(&client->settings);
	free(client);
}

enum nbs_status
nbs_dtls_client_connect(struct nbs_dtls_client *client)
{
	if (client == NULL)
		return NBS_E_ARG;
	if (client->conn.active)
		return NBS_E_STATE;
	if (client->generation++ != 0 && nbsi_dtls_conn_reset(&client->conn) != NBS_OK)
		return NBS_E_NOMEM;
	/*
	 * Said even where it is not checked, or the library refuses to check the rest; each time,
	 * as an association that was loaded has a context of its own.
	 */
	if (mbedtls_ssl_set_hostname(&client->conn.live->ssl,
				     nbsi_dtls_credentials_name(client->credentials)) != 0)
		return NBS_E_NOMEM;
	client->has_cid = false;
	if (client->offers_cid && nbsi_dtls_conn_set_cid(&client->conn, client->cid) != NBS_OK)
		return NBS_E_INTERNAL;
	client_offer_session(client);
	client->conn.active = true;
	NBSI_DTLS_COUNT(&client->conn, handshakes_started, 1);
	client_run(client);
	return NBS_OK;
}

enum nbs_status
nbs_dtls_client_input(struct nbs_dtls_client *client, const uint8_t *data, size_t len)
{
	enum nbs_dtls_reason why;

	if (client == NULL || (data == NULL && len != 0))
		return NBS_E_ARG;
	if (data == NULL || !nbsi_dtls_is_dtls(data, len)) {
		NBSI_DTLS_COUNT(&client->conn, not_dtls, 1);
		return NBS_OK;
	}
	if (!client->conn.active) {
		NBSI_DTLS_COUNT(&client->conn, strays, 1);
		return NBS_OK;
	}
	nbsi_dtls_conn_begin(&client->conn, data, len);
	client_run(client);
	(void)nbsi_dtls_conn_end(&client->conn, &why);
	return NBS_OK;
}

enum nbs_status
nbs_dtls_client_write(struct nbs_dtls_client *client, const uint8_t *data, size_t len)
{
	if (client == NULL || (data == NULL && len != 0))
		return NBS_E_ARG;
	return nbsi_dtls_conn_write(&client->conn, data, len);
}

enum nbs_status
nbs_dtls_client_save(struct nbs_dtls_client *client, uint8_t *data, size_t cap, size_t *len)
{
	if (client == NULL || len == NULL || (data == NULL && cap != 0))
		return NBS_E_ARG;
	return nbsi_dtls_conn_save(&client->conn, &client->settings, data, cap, len);
}

enum nbs_status
nbs_dtls_client_load(struct nbs_dtls_client *client, const uint8_t *data, size_t len)
{
	enum nbs_status status;

	if (client == NULL || data == NULL)
		return NBS_E_ARG;
	if (client->conn.active)
		return NBS_E_STATE;
	status =
	    nbsi_dtls_conn_load(&client->conn, &client->settings, client->offers_cid, data, len);
	if (status != NBS_OK)
		return status;
	client->generation++;
	client->has_cid = nbsi_dtls_conn_has_cid(&client->conn);
	return NBS_OK;
}

void
nbs_dtls_client_close(struct nbs_dtls_client *client)
{
	if (client == NULL || !client->conn.active)
		return;
	client->generation++;
	nbsi_dtls_conn_close(&client->conn);
}

void
nbs_dtls_client_drop(struct nbs_dtls_client *client, bool resumable)
{
	if (client == NULL)
		return;
	if (!resumable)
		client_forget_session(client);
	client->generation++;
	nbsi_dtls_conn_stop(&client->conn);
}

bool
nbs_dtls_client_can_resume(const struct nbs_dtls_client *client)
{
	return client != NULL && client->session != NULL;
}

bool
nbs_dtls_client_is_connected(const struct nbs_dtls_client *client)
{
	return client != NULL && client->conn.connected;
}

bool
nbs_dtls_client_has_cid(const struct nbs_dtls_client *client)
{
	return client != NULL && client->conn.connected && client->has_cid;
}

uint8_t
nbs_dtls_client_alert(const struct nbs_dtls_client *client)
{
	return client == NULL ? 0 : client->conn.alert;
}

uint16_t
nbs_dtls_client_suite(const struct nbs_dtls_client *client)
{
	return client == NULL ? 0 : nbsi_dtls_conn_suite(&client->conn);
}

const struct nbs_dtls_stats *
nbs_dtls_client_stats(const struct nbs_dtls_client *client)
{
	return client == NULL ? NULL : &client->conn.stats;
}

const struct nbs_crypto_work *
nbs_dtls_client_work(const struct nbs_dtls_client *client, enum nbs_dtls_phase phase)
{
	if (client == NULL || (unsigned)phase >= NBS_DTLS_PHASE__COUNT)
		return NULL;
	return &client->conn.work[phase];
}
