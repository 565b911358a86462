/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection on mbedTLS (RFC 6347): its transport is one datagram at hand, its timer an engine
 * timer (4.2.4), and it counts what passes.
 */
#include "models/dtls/conn.h"

#include "models/dtls/record.h"
#include "models/dtls/work.h"

#include <mbedtls/platform_util.h>
#include <stdlib.h>
#include <string.h>

#define REPLAY_WINDOW 64U /* records, RFC 6347 4.1.2.6; the library's window */

/* ---- counted work ---- */

/* From here on the library works for this connection. */
static struct nbsi_dtls_sink
conn_enter(struct nbsi_dtls_conn *conn, enum nbs_dtls_phase phase)
{
	struct nbsi_dtls_sink sink = {.own = &conn->work[phase], .sha256_only = conn->sha256_only};

	if (conn->total_work != NULL)
		sink.total = &conn->total_work[phase];
	return nbsi_dtls_work_enter(sink);
}

/* A peer that repeats its last flight makes even a connected end work for the handshake. */
static enum nbs_dtls_phase
conn_phase(const struct nbsi_dtls_conn *conn)
{
	return conn->connected && !conn->flight ? NBS_DTLS_PHASE_RECORDS : NBS_DTLS_PHASE_HANDSHAKE;
}

/* ---- what goes out ---- */

/*
 * A datagram repeats the flight if its first message was sent before (RFC 6347 4.2.4): as far as
 * this fragment of it reaches.
 */
static bool
conn_is_repeat(struct nbsi_dtls_conn *conn, const struct nbsi_dtls_record *first)
{
	uint16_t seq;
	size_t end;

	if (first->type == NBSI_DTLS_CCS) {
		bool repeat = conn->ccs_sent;

		conn->ccs_sent = true;
		return repeat;
	}
	if (!nbsi_dtls_message_seq(first, &seq))
		return false;
	end = nbsi_dtls_fragment_end(first);
	if ((int32_t)seq < conn->highest_seq ||
	    ((int32_t)seq == conn->highest_seq && end <= conn->highest_end))
		return true;
	conn->highest_seq = seq;
	conn->highest_end = end;
	return false;
}

/* @return whether it repeats an earlier one. */
static bool
conn_count_handshake(struct nbsi_dtls_conn *conn, const struct nbsi_dtls_record *first, size_t len)
{
	bool repeat = conn_is_repeat(conn, first);

	NBSI_DTLS_COUNT(conn, handshake_datagrams_out, 1);
	NBSI_DTLS_COUNT(conn, handshake_bytes_out, len);
	if (repeat)
		NBSI_DTLS_COUNT(conn, retransmissions, 1);
	return repeat;
}

static bool
conn_is_handshake(const struct nbsi_dtls_conn *conn, const struct nbsi_dtls_record *first)
{
	return first->type == NBSI_DTLS_HANDSHAKE || first->type == NBSI_DTLS_CCS ||
	       !conn->connected;
}

static enum nbs_dtls_datagram
conn_kind(struct nbsi_dtls_conn *conn, const struct nbsi_dtls_record *first, size_t len)
{
	bool repeat = false;

	if (conn->writing)
		return NBS_DTLS_DATAGRAM_RECORD;
	if (conn_is_handshake(conn, first))
		repeat = conn_count_handshake(conn, first, len);
	else
		return NBS_DTLS_DATAGRAM_ALERT;
	if (first->type == NBSI_DTLS_TYPE_ALERT)
		return NBS_DTLS_DATAGRAM_ALERT;
	return repeat ? NBS_DTLS_DATAGRAM_REPEAT : NBS_DTLS_DATAGRAM_HANDSHAKE;
}

/* What leaves with the peer's connection ID, of unknown length, has no more to be read. */
static bool
conn_first_out(const uint8_t *data, size_t len, struct nbsi_dtls_record *first)
{
	struct nbsi_dtls_cursor cursor = {data, len, 0};

	if (!nbsi_dtls_is_dtls(data, len) || data[0] != NBSI_DTLS_CID)
		return nbsi_dtls_next(&cursor, first);
	*first = (struct nbsi_dtls_record){.type = NBSI_DTLS_CID, .body = data};
	return true;
}

static int
conn_send(void *arg, const unsigned char *data, size_t len)
{
	struct nbsi_dtls_conn *conn = arg;
	struct nbsi_dtls_record first;

	if (!conn_first_out(data, len, &first))
		return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
	conn->sent = true;
	conn->ops->send(conn, data, len, conn_kind(conn, &first, len));
	return (int)len;
}

/* ---- what comes in ---- */

/* Octets of the whole records at the front, as far as they fit in cap. */
static size_t
conn_whole_records(const uint8_t *data, size_t len, size_t cid_len, size_t cap)
{
	struct nbsi_dtls_cursor cursor = {data, len < cap ? len : cap, cid_len};
	struct nbsi_dtls_record record;

	while (nbsi_dtls_next(&cursor, &record))
		continue;
	return (size_t)(cursor.at - data);
}

/*
 * A socket's recv(): one datagram, without what is no whole record at its end. RFC 6347 4.1.2.7
 * has that dropped in silence; the library takes a rest shorter than a record header for a fault
 * of its own and ends the association.
 */
static int
conn_recv(void *arg, unsigned char *buf, size_t cap)
{
	struct nbsi_dtls_conn *conn = arg;
	size_t len = 0;

	if (conn->live->in != NULL)
		len = conn_whole_records(conn->live->in, conn->live->in_len, conn->cid_len, cap);
	if (len != 0)
		memcpy(buf, conn->live->in, len);
	conn->live->in = NULL;
	return len != 0 ? (int)len : MBEDTLS_ERR_SSL_WANT_READ;
}

/*
 * Whether the library's replay window has the number, or has left it behind. The library drops
 * such records without a word, so the window is looked at before it gets the datagram: asking
 * afterwards (mbedtls_ssl_check_record) would decrypt a second time and falsify counted work.
 */
static bool
conn_is_replay(const struct nbsi_dtls_conn *conn, uint64_t seq)
{
	uint64_t top = conn->live->ssl.MBEDTLS_PRIVATE(in_window_top);
	uint64_t window = conn->live->ssl.MBEDTLS_PRIVATE(in_window);

	if (seq > top)
		return false;
	return top - seq >= REPLAY_WINDOW || (window >> (top - seq) & 1) != 0;
}

/* A record that the library may take without delivering it: its own, unless it has no header. */
static bool
conn_is_own(const struct nbsi_dtls_conn *conn, const struct nbsi_dtls_record *record)
{
	uint16_t seq;

	if (record->type == NBSI_DTLS_CID)
		return conn->flight; /* the Finished at its end */
	return record->type == NBSI_DTLS_CCS ||
	       (record->type == NBSI_DTLS_HANDSHAKE &&
		(record->epoch != 0 || nbsi_dtls_message_seq(record, &seq)));
}

/* Counts the records that the library must deliver or drop; handshake records are its own. */
static void
conn_expect(struct nbsi_dtls_conn *conn, const uint8_t *data, size_t len)
{
	struct nbsi_dtls_cursor cursor = {data, len, conn->cid_len};
	struct nbsi_dtls_record record;

	while (cursor.left != 0) {
		if (!nbsi_dtls_next(&cursor, &record)) {
			conn->expected++; /* malformed from here on */
			return;
		}
		if (conn_is_own(conn, &record))
			continue;
		conn->expected++;
		if (record.epoch != 0 && conn_is_replay(conn, record.seq))
			conn->replayed++;
	}
}

void
nbsi_dtls_conn_count_in(struct nbsi_dtls_conn *conn, size_t len)
{
	NBSI_DTLS_COUNT(conn, handshake_datagrams_in, 1);
	NBSI_DTLS_COUNT(conn, handshake_bytes_in, len);
}

void
nbsi_dtls_conn_begin(struct nbsi_dtls_conn *conn, const uint8_t *data, size_t len)
{
	struct nbsi_dtls_cursor cursor = {data, len, conn->cid_len};
	struct nbsi_dtls_record first;

	conn->live->in = data;
	conn->live->in_len = len;
	conn->expected = conn->replayed = conn->delivered = 0;
	conn->flight =
	    nbsi_dtls_next(&cursor, &first) ? conn_is_handshake(conn, &first) : !conn->connected;
	if (conn->connected)
		conn_expect(conn, data, len);
	if (conn->flight)
		nbsi_dtls_conn_count_in(conn, len);
}

bool
nbsi_dtls_conn_end(struct nbsi_dtls_conn *conn, enum nbs_dtls_reason *why)
{
	/* The datagram that ends a handshake expects nothing, but may deliver. */
	uint32_t dropped = conn->expected > conn->delivered ? conn->expected - conn->delivered : 0;
	uint32_t replays = conn->replayed < dropped ? conn->replayed : dropped;

	conn->live->in = NULL;
	conn->flight = false;
	conn->expected = conn->replayed = conn->delivered = 0;
	NBSI_DTLS_COUNT(conn, replays, replays);
	NBSI_DTLS_COUNT(conn, bad_records, dropped - replays);
	*why = replays != 0 ? NBS_DTLS_REPLAY : NBS_DTLS_BAD_MAC;
	return dropped != 0;
}

/* ---- time ---- */

static void
conn_fire(void *arg)
{
	struct nbsi_dtls_conn *conn = arg;

	conn->ops->timer(conn);
}

/* The library's set_timer: two delays in ms, the second 0 to cancel. */
static void
conn_set_timer(void *arg, uint32_t intermediate_ms, uint32_t final_ms)
{
	struct nbsi_dtls_conn *conn = arg;
	uint64_t now = nbs_now(conn->engine);

	nbs_timer_cancel(&conn->live->timer);
	conn->live->final_ns = 0;
	if (final_ms == 0)
		return;
	conn->live->intermediate_ns = now + intermediate_ms * NBS_NS_PER_MS;
	conn->live->final_ns = now + final_ms * NBS_NS_PER_MS;
	/* The hook cannot fail: without memory for the event the handshake just stays silent. */
	(void)nbs_timer_arm(conn->engine, &conn->live->timer, final_ms * NBS_NS_PER_MS);
}

/* The library's get_timer: -1 cancelled, 0 running, 1 and 2 the delays that are over. */
static int
conn_get_timer(void *arg)
{
	const struct nbsi_dtls_conn *conn = arg;
	uint64_t now = nbs_now(conn->engine);

	if (conn->live->final_ns == 0)
		return -1;
	if (now >= conn->live->final_ns)
		return 2;
	return now >= conn->live->intermediate_ns ? 1 : 0;
}

/* ---- life ---- */

enum nbs_status
nbsi_dtls_conn_liven(struct nbsi_dtls_conn *conn, const struct nbsi_dtls_settings *settings)
{
	struct nbsi_dtls_live *live = calloc(1, sizeof(*live));

	if (live == NULL)
		return NBS_E_NOMEM;
	nbs_timer_init(&live->timer, conn_fire, conn);
	mbedtls_ssl_init(&live->ssl);
	if (mbedtls_ssl_setup(&live->ssl, &settings->conf) != 0) {
		nbsi_dtls_live_free(live);
		return NBS_E_NOMEM;
	}
	conn->live = live;
	mbedtls_ssl_set_bio(&live->ssl, conn, conn_send, conn_recv, NULL);
	mbedtls_ssl_set_timer_cb(&live->ssl, conn, conn_set_timer, conn_get_timer);
	mbedtls_ssl_set_user_data_p(&live->ssl, conn);
	return NBS_OK;
}

void
nbsi_dtls_conn_log_keys(struct nbsi_dtls_conn *conn, const struct nbsi_dtls_settings *settings)
{
	union {
		const struct nbsi_dtls_settings *in;
		void *out; /* the hook's argument is not const; the function treats it so */
	} arg = {settings};

	if (settings->keylog.line != NULL)
		mbedtls_ssl_set_export_keys_cb(&conn->live->ssl, nbsi_dtls_export_key, arg.out);
}

void
nbsi_dtls_live_free(struct nbsi_dtls_live *live)
{
	if (live == NULL)
		return;
	nbs_timer_cancel(&live->timer);
	mbedtls_ssl_free(&live->ssl);
	free(live);
}

enum nbs_status
nbsi_dtls_conn_init(struct nbsi_dtls_conn *conn, struct nbs_engine *engine,
		    const struct nbsi_dtls_settings *settings, const struct nbsi_dtls_conn_ops *ops)
{
	enum nbs_status status;

	memset(conn, 0, sizeof(*conn));
	conn->engine = engine;
	conn->ops = ops;
	conn->highest_seq = -1;
	conn->cid_len = settings->cid_len;
	conn->sha256_only = settings->sha256_only;
	status = nbsi_dtls_conn_liven(conn, settings);
	if (status == NBS_OK)
		nbsi_dtls_conn_log_keys(conn, settings);
	return status;
}

void
nbsi_dtls_conn_fini(struct nbsi_dtls_conn *conn)
{
	nbsi_dtls_live_free(conn->live);
	if (conn->parked != NULL)
		mbedtls_platform_zeroize(conn->parked, conn->parked_len);
	free(conn->parked);
	conn->live = NULL;
	conn->parked = NULL;
}

enum nbs_status
nbsi_dtls_conn_reset(struct nbsi_dtls_conn *conn)
{
	conn->live->in = NULL;
	conn->highest_seq = -1;
	conn->ccs_sent = conn->sent = conn->flight = conn->active = conn->connected = false;
	conn->resumed = false;
	return mbedtls_ssl_session_reset(&conn->live->ssl) == 0 ? NBS_OK : NBS_E_NOMEM;
}

enum nbs_status
nbsi_dtls_conn_set_cid(struct nbsi_dtls_conn *conn, const uint8_t *cid)
{
	static const uint8_t empty[1];
	int result;

	if (cid == NULL && conn->cid_len != 0)
		result = mbedtls_ssl_set_cid(&conn->live->ssl, MBEDTLS_SSL_CID_DISABLED, NULL, 0);
	else
		result = mbedtls_ssl_set_cid(&conn->live->ssl, MBEDTLS_SSL_CID_ENABLED,
					     cid != NULL ? cid : empty, conn->cid_len);
	return result == 0 ? NBS_OK : NBS_E_INTERNAL;
}

bool
nbsi_dtls_conn_has_cid(struct nbsi_dtls_conn *conn)
{
	int enabled = MBEDTLS_SSL_CID_DISABLED;

	return mbedtls_ssl_get_peer_cid(&conn->live->ssl, &enabled, NULL, NULL) == 0 &&
	       enabled == MBEDTLS_SSL_CID_ENABLED;
}

uint16_t
nbsi_dtls_conn_suite(const struct nbsi_dtls_conn *conn)
{
	return conn->connected ? conn->suite : 0;
}

uint64_t
nbsi_dtls_conn_newest(const struct nbsi_dtls_conn *conn)
{
	return conn->live->ssl.MBEDTLS_PRIVATE(in_window_top);
}

void
nbsi_dtls_conn_stop(struct nbsi_dtls_conn *conn)
{
	if (conn->active && !conn->connected)
		NBSI_DTLS_COUNT(conn, handshakes_failed, 1);
	if (conn->live != NULL) {
		nbs_timer_cancel(&conn->live->timer);
		conn->live->final_ns = 0;
		conn->live->in = NULL;
	}
	conn->expected = conn->replayed = conn->delivered = 0;
	conn->flight = conn->active = conn->connected = false;
}

void
nbsi_dtls_conn_close(struct nbsi_dtls_conn *conn)
{
	struct nbsi_dtls_sink before = conn_enter(conn, NBS_DTLS_PHASE_RECORDS);

	if (conn->connected && conn->live != NULL)
		(void)mbedtls_ssl_close_notify(
		    &conn->live->ssl); /* best effort, as on any network */
	nbsi_dtls_work_leave(before);
	nbsi_dtls_conn_stop(conn);
}

/* ---- work ---- */

enum nbs_dtls_reason
nbsi_dtls_reason_of(int error)
{
	switch (error) {
	case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
		return NBS_DTLS_PEER_CLOSE;
	case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
		return NBS_DTLS_ALERT;
	case MBEDTLS_ERR_SSL_TIMEOUT:
		return NBS_DTLS_TIMEOUT;
	case MBEDTLS_ERR_SSL_UNKNOWN_IDENTITY:
		return NBS_DTLS_UNKNOWN_IDENTITY;
	case MBEDTLS_ERR_SSL_INVALID_MAC:
		return NBS_DTLS_BAD_MAC;
	case MBEDTLS_ERR_X509_CERT_VERIFY_FAILED:
	case MBEDTLS_ERR_SSL_BAD_CERTIFICATE:
	case MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE:
		return NBS_DTLS_CERTIFICATE;
	default:
		return NBS_DTLS_ERROR;
	}
}

/* The library ended the association; close_notify is answered (RFC 5246 7.2.1). */
static enum nbsi_dtls_event
conn_closed(struct nbsi_dtls_conn *conn, int error)
{
	conn->alert = 0;
	if (error == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
		conn->alert = conn->live->ssl.MBEDTLS_PRIVATE(in_msg)[1]; /* RFC 5246 7.2 */
	if (error == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
		nbsi_dtls_conn_close(conn);
	else
		nbsi_dtls_conn_stop(conn);
	return NBSI_DTLS_CLOSED;
}

/* The library took nothing more: is there something left that it did not look at yet? */
static bool
conn_wants_more(const struct nbsi_dtls_conn *conn)
{
	/* A timer that runs out in the same instant makes it resend before it reads. */
	return conn->live->in != NULL || mbedtls_ssl_check_pending(&conn->live->ssl) != 0;
}

static enum nbsi_dtls_event
conn_read(struct nbsi_dtls_conn *conn, uint8_t *data, size_t cap, size_t *len, int *error)
{
	int got;

	do {
		got = mbedtls_ssl_read(&conn->live->ssl, data, cap);
		if (got > 0) {
			conn->delivered++;
			*len = (size_t)got;
			NBSI_DTLS_COUNT(conn, records_in, 1);
			NBSI_DTLS_COUNT(conn, bytes_in, got);
			return NBSI_DTLS_DATA;
		}
	} while (got == 0 || (got == MBEDTLS_ERR_SSL_WANT_READ && conn_wants_more(conn)));
	if (got == MBEDTLS_ERR_SSL_WANT_READ)
		return NBSI_DTLS_IDLE;
	*error = got;
	return conn_closed(conn, got);
}

static enum nbsi_dtls_event
conn_handshake(struct nbsi_dtls_conn *conn, int *error)
{
	int result;

	do {
		result = mbedtls_ssl_handshake(&conn->live->ssl);
	} while (result == MBEDTLS_ERR_SSL_WANT_READ && conn->live->in != NULL);
	if (result == 0) {
		conn->connected = true;
		conn->suite = (uint16_t)mbedtls_ssl_get_ciphersuite_id_from_ssl(&conn->live->ssl);
		NBSI_DTLS_COUNT(conn, handshakes_completed, 1);
		return NBSI_DTLS_CONNECTED;
	}
	if (result == MBEDTLS_ERR_SSL_WANT_READ)
		return NBSI_DTLS_IDLE;
	*error = result;
	return conn_closed(conn, result);
}

enum nbsi_dtls_event
nbsi_dtls_conn_next(struct nbsi_dtls_conn *conn, uint8_t *data, size_t cap, size_t *len, int *error)
{
	struct nbsi_dtls_sink before = conn_enter(conn, conn_phase(conn));
	enum nbsi_dtls_event event;

	if (conn->connected)
		event = conn_read(conn, data, cap, len, error);
	else
		event = conn_handshake(conn, error);
	nbsi_dtls_work_leave(before);
	return event;
}

/* The library's write, noted as ours and counted as a record. */
static int
conn_write(struct nbsi_dtls_conn *conn, const uint8_t *data, size_t len)
{
	struct nbsi_dtls_sink before = conn_enter(conn, NBS_DTLS_PHASE_RECORDS);
	int written;

	conn->writing = true;
	written = mbedtls_ssl_write(&conn->live->ssl, data, len);
	conn->writing = false;
	nbsi_dtls_work_leave(before);
	return written;
}

enum nbs_status
nbsi_dtls_conn_write(struct nbsi_dtls_conn *conn, const uint8_t *data, size_t len)
{
	int most;

	if (!conn->connected)
		return NBS_E_STATE;
	most = mbedtls_ssl_get_max_out_record_payload(&conn->live->ssl);
	if (most < 0)
		return NBS_E_INTERNAL;
	if (len == 0 || len > (size_t)most)
		return NBS_E_RANGE;
	if (conn_write(conn, data, len) != (int)len)
		return NBS_E_INTERNAL;
	NBSI_DTLS_COUNT(conn, records_out, 1);
	NBSI_DTLS_COUNT(conn, bytes_out, len);
	return NBS_OK;
}
