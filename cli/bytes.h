/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * nbsec bytes: what its command line (bytes.c), handshakes without a radio (bytes_measure.c), sums
 * of terms (bytes_terms.c, bytes_sums.c), published tables (bytes_published.c), the answer
 * (bytes_answer.c, bytes_compare.c) and its text (bytes_print.c) share.
 *
 * Three origins, never mixed: `measured` is the library here and now, `published` a table of the
 * draft, `computed` a sum whose terms can be seen.
 */
#ifndef NBSEC_CLI_BYTES_H
#define NBSEC_CLI_BYTES_H

#include "cli/csv.h"
#include "models/dtls/dtls.h"
#include "models/dtls/ledger.h"

#include <jansson.h>
#include <stdio.h>

#define BYTES_PAYLOAD_MAX 1024U /* with headers and padding one record, whatever the options */
#define BYTES_HEADERS (NBS_DTLS_IP_BYTES + NBS_DTLS_UDP_BYTES)

/* ---- measured ---- */

#define BYTES_FLIGHTS_MAX 16U
#define BYTES_RECORDS_MAX 4U
#define BYTES_NO_CID (-1)

/** How an association is set up. */
struct bytes_config {
	const char *id;    /* in JSON; NULL = the one that was asked for */
	const char *suite; /* name of the table in models/dtls/dtls.c */
	bool cookie;
	int cid_len;    /* bytes of the ID that the server gives; BYTES_NO_CID = not asked for */
	size_t padding; /* of records with an ID, to multiples of so many bytes */
	bool handshake_only; /* its records are those of another configuration */
	enum nbs_dtls_resumption resumption;
	bool resumed; /* the handshake is the second one, else the first */
};

/** Datagrams one way that no other interrupts. */
struct bytes_flight {
	bool up; /* from the client */
	unsigned datagrams;
	struct nbs_dtls_ledger ledger; /* their sum */
};

struct bytes_measured {
	struct bytes_flight flights[BYTES_FLIGHTS_MAX]; /* of the handshake */
	size_t flight_count;
	struct bytes_flight records[BYTES_RECORDS_MAX]; /* in the order of the plaintexts */
	struct bytes_flight close[2];                   /* close_notify and the server's answer */
};

/** Does a handshake, sends a record of each plaintext, closes.
 * @param[in] plaintexts  bytes, count of them up to BYTES_RECORDS_MAX. */
enum nbs_status bytes_measure(const struct bytes_config *config, size_t identity_len,
			      const size_t *plaintexts, size_t count,
			      struct bytes_measured *measured);

/* ---- computed ---- */

#define BYTES_TERMS_MAX 64U /* of one flight */

/** Where a term stands. */
enum bytes_place {
	BYTES_HELLO,   /* #1 */
	BYTES_RETRY,   /* HelloRetryRequest, RFC 8446 4.1.4 */
	BYTES_HELLO_2, /* #1 again, with the cookie */
	BYTES_SERVER,  /* #2 */
	BYTES_CLIENT,  /* #3 */
	BYTES_RECORD,  /* what a record adds to its content */
	BYTES_PLACE__COUNT
};

/** Lengths that terms depend on, bytes. */
struct bytes_lengths {
	size_t identity; /* of the pre-shared key */
	size_t cookie;   /* of a HelloRetryRequest */
	size_t sequence; /* of a sequence number, where it is not fixed */
	size_t id;       /* of a connection ID or sender ID */
	size_t fill;     /* of ESP: padding to 4 bytes */
};

struct bytes_term {
	const char *what;
	int bytes; /* negative: left out of what stands before */
};

/** A protocol whose sizes are sums of terms. */
struct bytes_computed {
	const char *id;       /* that of the published row, if there is one */
	const char *protocol; /* for people; NULL = as published */
	unsigned features;    /* private to bytes_terms.c */
	bool retry;           /* with HelloRetryRequest */
	bool chosen_identity; /* identity as asked for; else 1 byte, or 8 */
	size_t identity;      /* bytes; 0 = 1 */
};

/** @return the computed row at an index, or of an id; NULL if there is none. */
const struct bytes_computed *bytes_computed_at(size_t index);
const struct bytes_computed *bytes_computed_find(const char *id);

/** @return how many terms there are at a place; they are written to terms. */
size_t bytes_terms(const struct bytes_computed *row, enum bytes_place place,
		   const struct bytes_lengths *lengths, struct bytes_term terms[BYTES_TERMS_MAX]);

/** @return the sum of the terms. */
int bytes_terms_sum(const struct bytes_term *terms, size_t count);

/** @return {flights, total, terms} of a handshake; null for no row. */
json_t *bytes_handshake_sum(const struct bytes_computed *row, size_t identity_len);

#define BYTES_SEQUENCES 3U /* columns: numbers of 1 to 3 bytes, IDs of 0 to 2 */

/** @return {by_sequence_number, by_id_length, terms} of a record; null for no row. */
json_t *bytes_record_sum(const struct bytes_computed *row, bool with_ids);

/** A whole message over a protocol. */
struct bytes_message {
	const char *id, *protocol, *origin;
	int udp_payload; /* bytes; 0 = none is to be seen */
	int on_ip;       /* bytes with all headers */
	json_t *terms;   /* given away */
};

/** Adds a row; publish: bytes of the message itself. */
void bytes_message_add(json_t *messages, size_t publish, const struct bytes_message *message);

/** Adds what no table has and nothing here can measure. */
void bytes_computed_handshakes(json_t *handshakes, size_t identity_len);
void bytes_computed_messages(json_t *messages, size_t publish);

/* ---- published ---- */

#define BYTES_PUBLISHED_FLIGHTS 3U
#define BYTES_PUBLISHED_RECORDS 6U /* three sequence numbers, three IDs */

/** What a handshake is sent over. */
enum bytes_transport { BYTES_UDP, BYTES_COAP, BYTES_TCP, BYTES_TRANSPORT__COUNT };

const char *bytes_transport_name(enum bytes_transport transport);

/** @return bytes of IPv4 and what is above it, of a handshake of so many flights. */
unsigned bytes_lower_layers(enum bytes_transport transport, size_t flights);

/** A table of the draft, open. */
struct bytes_published {
	struct cli_csv csv;
	char *path;
};

/** A row; texts are the table's. */
struct bytes_published_row {
	const char *id, *protocol, *figure, *source;
	unsigned values[BYTES_PUBLISHED_RECORDS];
	bool given[BYTES_PUBLISHED_RECORDS];
	unsigned total;                 /* handshakes: as printed */
	enum bytes_transport transport; /* handshakes */
};

/** Opens "handshakes.csv" or "records.csv". Faults are told on stderr.
 * @param[out] published  released by bytes_published_fini(), also on failure. */
enum nbs_status bytes_published_open(const char *file, struct bytes_published *published);
void bytes_published_fini(struct bytes_published *published);

/**
 * Reads the next row of handshakes or records.
 * @param[in,out] at  0 at first
 * @retval NBS_E_NOTFOUND  there is none.
 */
enum nbs_status bytes_published_handshake(const struct bytes_published *published, size_t *at,
					  struct bytes_published_row *row);
enum nbs_status bytes_published_record(const struct bytes_published *published, size_t *at,
				       struct bytes_published_row *row);

/* ---- the answer ---- */

/** What was asked for. */
struct bytes_question {
	struct bytes_config config;
	size_t identity_len;
	size_t payload;
	bool terms, json;
};

/** Measures, computes and reads all of it.
 * @return the document, NULL with *exit_status set and the fault told. */
json_t *bytes_answer(const struct bytes_question *question, int *exit_status);

/** The second half of it: other protocols. Adds "comparison" to the answer. */
int bytes_compare(const struct bytes_question *question, json_t *answer);

/** @return bytes of a PUBLISH with so much payload, by the codec of MQTT-SN v1.2. */
size_t bytes_publish_len(size_t payload);

/** The answer for people. */
void bytes_print(const json_t *answer, bool terms);

#endif
