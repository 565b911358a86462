/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The DTLS 1.2 server (RFC 6347, RFC 4279, RFC 8422): dispatch and life.
 *
 * A session with a connection ID (RFC 9146) is found by it; its address only says where answers go.
 *
 * The library's own CLIENT_PORT_REUSE is not compiled in: it lets a fragment of a ClientHello end a
 * live session, and any copy of one whose cookie is fresh reset it. Here a live session's library
 * never judges a hello, and copies are told by their random.
 */
#include "models/dtls/server_parts.h"

#include <mbedtls/platform_util.h>
#include <stdlib.h>
#include <string.h>

#define HIDING_KEY 16U /* bytes of a key that nobody has */

/* Longest silence that counts, 100 years: the sum with any time of a run stays within 64 bits. */
#define IDLE_MAX_NS (UINT64_C(100) * 365 * 86400 * NBS_NS_PER_S)

/* ---- the library's question ---- */

static int
server_psk(void *arg, mbedtls_ssl_context *ssl, const unsigned char *identity, size_t len)
{
	struct nbs_dtls_server *server = arg;
	struct nbs_dtls_session *session = mbedtls_ssl_get_user_data_p(ssl);
	uint8_t key[NBS_DTLS_PSK_MAX];
	size_t key_len = 0;
	int result = -1;

	session->conn.resumed = false; /* it was not to be */
	if (len > NBS_DTLS_IDENTITY_MAX ||
	    nbsi_dtls_session_claim(session, identity, len) != NBS_OK)
		return -1;
	session->unknown = server->ops->psk(server->arg, nbs_dtls_session_identity(session), key,
					    sizeof(key), &key_len) != NBS_OK ||
			   key_len == 0 || key_len > sizeof(key);
	if (session->unknown && server->hide_unknown) {
		key_len = HIDING_KEY;
		(void)nbsi_dtls_random(server->settings.rng, key, key_len);
	}
	if (!session->unknown || server->hide_unknown)
		result = mbedtls_ssl_set_hs_psk(ssl, key, key_len);
	mbedtls_platform_zeroize(key, sizeof(key));
	return result;
}

/* ---- dispatch ---- */

/* Whose datagram it is: a record with an ID is its session's, from wherever it comes. */
static struct nbs_dtls_session *
server_addressee(const struct nbs_dtls_server *server, struct nbs_endpoint from,
		 const uint8_t *data, size_t len)
{
	struct nbs_dtls_session *session;
	const uint8_t *cid;

	if (data[0] != NBSI_DTLS_CID || server->cid_len == 0)
		return nbsi_dtls_sessions_find(&server->sessions, from);
	cid = nbsi_dtls_cid(data, len, server->cid_len);
	if (cid == NULL)
		return NULL;
	session = nbsi_dtls_sessions_find_cid(&server->sessions, cid, server->cid_len);
	/* A handshake stays where it began. */
	if (session != NULL && !session->conn.connected &&
	    !nbsi_dtls_same_peer(from, session->peer))
		return NULL;
	return session;
}

enum nbs_status
nbs_dtls_server_input(struct nbs_dtls_server *server, struct nbs_endpoint from, const uint8_t *data,
		      size_t len, uint64_t frame)
{
	struct nbs_dtls_session *session;
	const uint8_t *random = NULL;
	bool hello;

	if (server == NULL || (data == NULL && len != 0))
		return NBS_E_ARG;
	server->frame = frame;
	if (data == NULL || !nbsi_dtls_is_dtls(data, len)) {
		server->stats.not_dtls++;
		nbsi_dtls_server_failed(server, from, NULL, NBS_DTLS_NOT_DTLS);
		return NBS_OK;
	}
	session = server_addressee(server, from, data, len);
	hello = nbsi_dtls_client_hello(data, len, &random);
	if (hello &&
	    (session == NULL || memcmp(random, session->client_random, NBSI_DTLS_RANDOM) != 0))
		return nbsi_dtls_server_listen(server, from, data, len, random, session);
	if (session == NULL) {
		server->stats.strays++;
		nbsi_dtls_server_failed(server, from, NULL, NBS_DTLS_NO_SESSION);
	} else if (hello && session->conn.connected) {
		nbsi_dtls_conn_count_in(&session->conn, len);
	} else {
		return nbsi_dtls_server_give(session, from, data, len);
	}
	return NBS_OK;
}

/* ---- life ---- */

static enum nbs_status
server_setup(struct nbs_dtls_server *server, struct nbs_engine *engine,
	     const struct nbs_dtls_server_config *config)
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
	    .has_psk = true,
	    .credentials = config->credentials,
	};
	mbedtls_ssl_config *conf = &server->settings.conf;
	enum nbs_status status =
	    nbsi_dtls_settings_init(&server->settings, engine, MBEDTLS_SSL_IS_SERVER, &params);

	if (status != NBS_OK)
		return status;
	if (mbedtls_ssl_cookie_setup(&server->cookie, nbsi_dtls_random, server->settings.rng) != 0)
		return NBS_E_NOMEM;
	status = nbsi_dtls_memory_init(
	    &server->memory, engine, &server->settings, config->resumable_limit,
	    config->resumable_ns != 0 ? config->resumable_ns : NBS_DTLS_RESUMABLE_NS,
	    config->tickets, &server->at_work);
	if (status != NBS_OK)
		return status;
	mbedtls_ssl_conf_psk_cb(conf, server_psk, server);
	mbedtls_ssl_conf_dtls_cookies(conf, nbsi_dtls_server_cookie_write,
				      nbsi_dtls_server_cookie_check, server);
	server->engine = engine;
	server->cid_len = config->cid_len;
	server->cookies = config->cookies;
	server->idle_ns = config->idle_ns;
	server->session_limit = config->session_limit;
	server->stale_ns = config->stale_ns;
	server->cookie_threshold = config->cookie_threshold;
	server->half_open_limit = config->half_open_limit;
	server->hide_unknown = config->hide_unknown;
	server->mtu = config->mtu;
	server->park_after_ns = config->park_after_ns;
	nbs_timer_init(&server->sweep, nbsi_dtls_server_sweep, server);
	nbs_timer_init(&server->rest, nbsi_dtls_server_rest, server);
	return NBS_OK;
}

static bool
server_config_is_valid(const struct nbs_dtls_server_config *config)
{
	return config != NULL && config->idle_ns <= IDLE_MAX_NS &&
	       config->park_after_ns <= IDLE_MAX_NS && config->resumable_ns % NBS_NS_PER_S == 0 &&
	       config->resumable_ns / NBS_NS_PER_S <= UINT32_MAX &&
	       (config->resumable_limit != 0 || (!config->tickets && config->resumable_ns == 0)) &&
	       (config->cookies || config->cookie_threshold == 0) &&
	       (config->session_limit != 0 || config->stale_ns == 0) &&
	       config->options.max_fragment == 0;
}

static bool
server_ops_are_whole(const struct nbs_dtls_server_ops *ops)
{
	return ops != NULL && ops->send != NULL && ops->psk != NULL && ops->connected != NULL &&
	       ops->received != NULL && ops->closed != NULL && ops->failed != NULL;
}

enum nbs_status
nbs_dtls_server_new(struct nbs_engine *engine, const struct nbs_dtls_server_config *config,
		    const struct nbs_dtls_server_ops *ops, void *arg,
		    struct nbs_dtls_server **server)
{
	struct nbs_dtls_server *made;
	enum nbs_status status;

	if (engine == NULL || server == NULL || !server_config_is_valid(config) ||
	    !server_ops_are_whole(ops))
		return NBS_E_ARG;
	made = calloc(1, sizeof(*made));
	if (made == NULL)
		return NBS_E_NOMEM;
	mbedtls_ssl_cookie_init(&made->cookie);
	status = server_setup(made, engine, config);
	if (status != NBS_OK) {
		nbs_dtls_server_free(made);
		return status;
	}
	made->ops = ops;
	made->arg = arg;
	*server = made;
	return NBS_OK;
}

void
nbs_dtls_server_free(struct nbs_dtls_server *server)
{
	if (server == NULL)
		return;
	nbs_timer_cancel(&server->sweep);
	nbs_timer_cancel(&server->rest);
	for (struct nbs_dtls_session *s = server->sessions.oldest; s != NULL;) {
		struct nbs_dtls_session *next = s->newer;

		nbsi_dtls_session_free(s);
		s = next;
	}
	nbsi_dtls_session_free(server->listener);
	nbsi_dtls_sessions_fini(&server->sessions);
	nbsi_dtls_memory_fini(&server->memory);
	mbedtls_ssl_cookie_free(&server->cookie);
	nbsi_dtls_settings_fini(&server->settings);
	free(server);
}

/* ---- what the owner asks ---- */

const struct nbs_dtls_stats *
nbs_dtls_server_stats(const struct nbs_dtls_server *server)
{
	return server == NULL ? NULL : &server->stats;
}

const struct nbs_crypto_work *
nbs_dtls_server_work(const struct nbs_dtls_server *server, enum nbs_dtls_phase phase)
{
	if (server == NULL || (unsigned)phase >= NBS_DTLS_PHASE__COUNT)
		return NULL;
	return &server->work[phase];
}

uint64_t
nbs_dtls_server_failed(const struct nbs_dtls_server *server, enum nbs_dtls_reason reason)
{
	if (server == NULL || (unsigned)reason >= NBS_DTLS_REASON__COUNT)
		return 0;
	return server->failed[reason];
}

uint64_t
nbs_dtls_server_closed(const struct nbs_dtls_server *server, enum nbs_dtls_reason reason)
{
	if (server == NULL || (unsigned)reason >= NBS_DTLS_REASON__COUNT)
		return 0;
	return server->closed[reason];
}

size_t
nbs_dtls_server_half_open(const struct nbs_dtls_server *server)
{
	return server == NULL ? 0 : server->half_open;
}

size_t
nbs_dtls_server_resumable(const struct nbs_dtls_server *server)
{
	return server == NULL ? 0 : server->memory.count;
}

size_t
nbs_dtls_server_sessions(const struct nbs_dtls_server *server)
{
	return server == NULL ? 0 : server->sessions.count;
}

struct nbs_dtls_session *
nbs_dtls_server_session(const struct nbs_dtls_server *server, uint64_t handle)
{
	struct nbs_dtls_session *session;

	if (server == NULL)
		return NULL;
	session = nbsi_dtls_sessions_find_handle(&server->sessions, handle);
	return session != NULL && session->announced ? session : NULL;
}

struct nbs_dtls_session *
nbs_dtls_server_find(const struct nbs_dtls_server *server, struct nbs_endpoint peer)
{
	struct nbs_dtls_session *session;

	if (server == NULL)
		return NULL;
	session = nbsi_dtls_sessions_find(&server->sessions, peer);
	return session != NULL && session->announced ? session : NULL;
}
