/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Associations as bytes, by mbedTLS's context serialisation; what is refused and charged: park.h.
 */
#include "models/dtls/park.h"

#include "models/dtls/serial.h"
#include "models/dtls/work.h"

#include <mbedtls/cipher.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/x509.h>
#include <stdlib.h>

size_t
nbsi_dtls_conn_serial_len(struct nbsi_dtls_conn *conn)
{
	size_t len = 0;

	if (conn->live == NULL)
		return conn->parked_len;
	if (!conn->connected || conn->live->in != NULL ||
	    mbedtls_ssl_context_save(&conn->live->ssl, NULL, 0, &len) !=
		MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL)
		return 0;
	return len;
}

/*
 * Writes what nbsi_dtls_conn_serial_len() measured. The library then resets its context; when there
 * is no memory for that the call fails, but the bytes are whole by then.
 */
static void
park_write(struct nbsi_dtls_live *live, uint8_t *data, size_t len)
{
	size_t written = 0;

	(void)mbedtls_ssl_context_save(&live->ssl, data, len, &written);
}

static bool
park_memory_failed(int error)
{
	return error == MBEDTLS_ERR_SSL_ALLOC_FAILED || error == MBEDTLS_ERR_CIPHER_ALLOC_FAILED ||
	       error == MBEDTLS_ERR_X509_ALLOC_FAILED;
}

/* Reads an association into a new live part, or leaves the one before in its place. */
static enum nbs_status
park_read(struct nbsi_dtls_conn *conn, struct nbsi_dtls_live *before,
	  const struct nbsi_dtls_settings *settings, struct nbsi_dtls_sink sink,
	  const uint8_t *data, size_t len)
{
	struct nbsi_dtls_sink outer = nbsi_dtls_work_enter(sink);
	int error = mbedtls_ssl_context_load(&conn->live->ssl, data, len);

	nbsi_dtls_work_leave(outer);
	if (error != 0) {
		nbsi_dtls_live_free(conn->live);
		conn->live = before;
		return park_memory_failed(error) ? NBS_E_NOMEM : NBS_E_ARG;
	}
	/* Not before: the library exports a master secret whenever it derives keys from it. */
	nbsi_dtls_conn_log_keys(conn, settings);
	if (before != NULL)
		mbedtls_ssl_set_mtu(&conn->live->ssl, before->ssl.MBEDTLS_PRIVATE(mtu));
	nbsi_dtls_live_free(before);
	return NBS_OK;
}

static const struct nbsi_dtls_sink park_nobody;

enum nbs_status
nbsi_dtls_conn_save(struct nbsi_dtls_conn *conn, const struct nbsi_dtls_settings *settings,
		    uint8_t *data, size_t cap, size_t *len)
{
	struct nbsi_dtls_live *before = conn->live;
	size_t needed = nbsi_dtls_conn_serial_len(conn);
	enum nbs_status status;

	if (needed == 0)
		return NBS_E_STATE;
	*len = needed;
	if (cap < needed)
		return NBS_E_RANGE;
	status = nbsi_dtls_conn_liven(conn, settings); /* while nothing is lost without memory */
	if (status != NBS_OK)
		return status;
	park_write(before, data, needed);
	status = park_read(conn, before, settings, park_nobody, data, needed);
	if (status == NBS_OK)
		return NBS_OK;
	nbsi_dtls_conn_stop(conn);
	return NBS_E_NOMEM;
}

enum nbs_status
nbsi_dtls_conn_load(struct nbsi_dtls_conn *conn, const struct nbsi_dtls_settings *settings,
		    bool cid, const uint8_t *data, size_t len)
{
	const struct nbsi_dtls_serial_rules rules = {
	    .suites = settings->conf.MBEDTLS_PRIVATE(ciphersuite_list),
	    .endpoint = mbedtls_ssl_conf_get_endpoint(&settings->conf),
	    .cid = cid,
	    .cid_len = settings->cid_len,
	};
	const struct nbsi_dtls_sink own = {.own = &conn->work[NBS_DTLS_PHASE_HANDSHAKE]};
	struct nbsi_dtls_live *before = conn->live;
	enum nbs_status status;

	if (!nbsi_dtls_serial_is_valid(data, len, &rules))
		return NBS_E_ARG;
	status = nbsi_dtls_conn_liven(conn, settings);
	if (status == NBS_OK)
		status = park_read(conn, before, settings, own, data, len);
	if (status != NBS_OK)
		return status;
	conn->highest_seq = -1;
	conn->ccs_sent = conn->sent = false;
	conn->active = conn->connected = true;
	conn->suite = (uint16_t)mbedtls_ssl_get_ciphersuite_id_from_ssl(&conn->live->ssl);
	return NBS_OK;
}

enum nbs_status
nbsi_dtls_conn_park(struct nbsi_dtls_conn *conn)
{
	size_t len = nbsi_dtls_conn_serial_len(conn);
	uint8_t *bytes;

	if (conn->live == NULL)
		return NBS_OK;
	if (len == 0)
		return NBS_E_STATE;
	bytes = malloc(len);
	if (bytes == NULL)
		return NBS_E_NOMEM;
	park_write(conn->live, bytes, len);
	nbsi_dtls_live_free(conn->live);
	conn->live = NULL;
	conn->parked = bytes;
	conn->parked_len = len;
	return NBS_OK;
}

enum nbs_status
nbsi_dtls_conn_wake(struct nbsi_dtls_conn *conn, const struct nbsi_dtls_settings *settings)
{
	enum nbs_status status;

	if (conn->live != NULL)
		return NBS_OK;
	status = nbsi_dtls_conn_liven(conn, settings);
	if (status == NBS_OK)
		status =
		    park_read(conn, NULL, settings, park_nobody, conn->parked, conn->parked_len);
	if (status != NBS_OK)
		return NBS_E_NOMEM; /* they are the library's own bytes */
	mbedtls_platform_zeroize(conn->parked, conn->parked_len);
	free(conn->parked);
	conn->parked = NULL;
	conn->parked_len = 0;
	return NBS_OK;
}
