/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * One DTLS connection, client or server side: the library's context with its timer, its datagram
 * in hand and its counters.
 *
 * Use: nbsi_dtls_conn_begin() hands a datagram over, nbsi_dtls_conn_next() is called until it
 * says IDLE or CLOSED, nbsi_dtls_conn_end() judges what the library dropped in silence.
 * All that needs the live part; what a parked connection can do without it says so.
 */
#ifndef NBSEC_MODELS_DTLS_CONN_H
#define NBSEC_MODELS_DTLS_CONN_H

#include "models/dtls/dtls.h"
#include "models/dtls/settings.h"
#include "sim/engine.h"

#include <mbedtls/ssl.h>
#include <stdbool.h>

struct nbsi_dtls_conn;

/** What a connection asks of its owner. */
struct nbsi_dtls_conn_ops {
	void (*send)(struct nbsi_dtls_conn *conn, const uint8_t *data, size_t len,
		     enum nbs_dtls_datagram what);
	void (*timer)(struct nbsi_dtls_conn *conn); /* call nbsi_dtls_conn_next() */
};

/** What a connection gives up while it is parked (park.h). */
struct nbsi_dtls_live {
	mbedtls_ssl_context ssl;
	struct nbs_timer timer;   /* the library's final delay */
	uint64_t intermediate_ns; /* when its intermediate delay is over */
	uint64_t final_ns;        /* when its final delay is over; 0 = cancelled */
	const uint8_t *in;        /* datagram not yet taken by the library, or NULL */
	size_t in_len;
};

/** First member of its owner's struct, so that the ops can step back to the owner. */
struct nbsi_dtls_conn {
	struct nbsi_dtls_live *live; /* NULL while parked */
	uint8_t *parked;             /* the serialised association; NULL while live */
	size_t parked_len;
	struct nbs_engine *engine;
	const struct nbsi_dtls_conn_ops *ops;
	struct nbs_dtls_stats stats;
	struct nbs_dtls_stats *total; /* also counted here; NULL = nowhere */
	struct nbs_crypto_work work[NBS_DTLS_PHASE__COUNT];
	struct nbs_crypto_work *total_work; /* also counted here, a phase each; NULL = nowhere */
	uint32_t expected;                  /* protected records in the datagram at hand */
	uint32_t replayed;                  /* of these, with a number seen before */
	uint32_t delivered;                 /* of these, accepted */
	int32_t highest_seq;                /* handshake message_seq sent so far; -1 = none */
	size_t highest_end;                 /* of that message, bytes sent so far */
	uint16_t suite;                     /* IANA's number; only while connected */
	uint8_t alert;                      /* fatal one of the peer that ended it; 0 = none */
	uint8_t cid_len;                    /* of the ID in records that come in; 0 = none */
	bool ccs_sent;                      /* a datagram that starts with ChangeCipherSpec left */
	bool sent;                          /* something left since the flag was cleared */
	bool flight;                        /* the datagram at hand is a handshake one */
	bool writing;                       /* an application record is on its way out */
	bool resumed;                       /* owner's: the handshake goes on with an old secret */
	bool active;                        /* owner's: handshake started; cleared at the end */
	bool connected;
	bool sha256_only; /* other work on hashes is not counted, see work.h */
};

/** Counts for the connection and, if there is one, for the total. */
#define NBSI_DTLS_COUNT(conn, counter, n)                  \
	do {                                               \
		uint64_t count_n = (uint64_t)(n);          \
		(conn)->stats.counter += count_n;          \
		if ((conn)->total != NULL)                 \
			(conn)->total->counter += count_n; \
	} while (0)

/** What became of the step. */
enum nbsi_dtls_event {
	NBSI_DTLS_IDLE,      /* waits for a datagram or its timer */
	NBSI_DTLS_CONNECTED, /* the handshake is over; call again */
	NBSI_DTLS_DATA,      /* a record was read; call again */
	NBSI_DTLS_CLOSED     /* over: *error says why; reset before further use */
};

/** Sets up in place. @return anything but NBS_OK: nothing is left to be freed. */
enum nbs_status nbsi_dtls_conn_init(struct nbsi_dtls_conn *conn, struct nbs_engine *engine,
				    const struct nbsi_dtls_settings *settings,
				    const struct nbsi_dtls_conn_ops *ops);
void nbsi_dtls_conn_fini(struct nbsi_dtls_conn *conn);

/** Gives a connection without a live part a new one; its keys are not logged. */
enum nbs_status nbsi_dtls_conn_liven(struct nbsi_dtls_conn *conn,
				     const struct nbsi_dtls_settings *settings);

/** From here on the live part's master secrets go to the key log, if there is one. */
void nbsi_dtls_conn_log_keys(struct nbsi_dtls_conn *conn,
			     const struct nbsi_dtls_settings *settings);

/** Frees a live part, which need not be the connection's any more. NULL is fine. */
void nbsi_dtls_live_free(struct nbsi_dtls_live *live);

/** Forgets the association; counters stay. */
enum nbs_status nbsi_dtls_conn_reset(struct nbsi_dtls_conn *conn);

/**
 * Uses or offers connection IDs in the handshake to come (RFC 9146 3). Needed before each: a reset
 * forgets it.
 * @param cid  ours, in the peer's records, as long as the settings say; NULL: with that length 0
 *             an empty one, else none at all.
 */
enum nbs_status nbsi_dtls_conn_set_cid(struct nbsi_dtls_conn *conn, const uint8_t *cid);

/** @return, when connected, whether records carry an ID at least one way. */
bool nbsi_dtls_conn_has_cid(struct nbsi_dtls_conn *conn);

/** @return IANA's number of the suite agreed on; 0 unless connected. */
uint16_t nbsi_dtls_conn_suite(const struct nbsi_dtls_conn *conn);

/** @return the highest number of an authentic record that came in. */
uint64_t nbsi_dtls_conn_newest(const struct nbsi_dtls_conn *conn);

/** Starts a datagram; data must stay until nbsi_dtls_conn_end(). */
void nbsi_dtls_conn_begin(struct nbsi_dtls_conn *conn, const uint8_t *data, size_t len);

/**
 * Lets the library work.
 * @param[out] data  a record, on NBSI_DTLS_DATA; cap at least MBEDTLS_SSL_IN_CONTENT_LEN.
 * @param[out] error  the library's code, on NBSI_DTLS_CLOSED.
 */
enum nbsi_dtls_event nbsi_dtls_conn_next(struct nbsi_dtls_conn *conn, uint8_t *data, size_t cap,
					 size_t *len, int *error);

/**
 * Ends a datagram: counts what of it was dropped.
 * @param[out] why  BAD_MAC or REPLAY, if true is returned.
 * @return whether protected records were dropped.
 */
bool nbsi_dtls_conn_end(struct nbsi_dtls_conn *conn, enum nbs_dtls_reason *why);

/** Sends one application record; see nbs_dtls_client_write(). */
enum nbs_status nbsi_dtls_conn_write(struct nbsi_dtls_conn *conn, const uint8_t *data, size_t len);

/** Counts a handshake datagram that came in (and that the library may never see). */
void nbsi_dtls_conn_count_in(struct nbsi_dtls_conn *conn, size_t len);

/** Ends the association in silence; a handshake that was running counts as failed. Parked, too. */
void nbsi_dtls_conn_stop(struct nbsi_dtls_conn *conn);

/** Sends close_notify if connected (not while parked), then stops. */
void nbsi_dtls_conn_close(struct nbsi_dtls_conn *conn);

/** @return what a code of the library means here. */
enum nbs_dtls_reason nbsi_dtls_reason_of(int error);

#endif
