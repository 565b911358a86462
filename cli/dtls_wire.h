/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A DTLS endpoint of models/dtls on a real UDP socket: the engine's time is the wall clock's.
 *
 * Models: IPv4, one socket, standard input as the source of records, standard output for those
 * that come. Does not model: several sockets, path MTU discovery, the choice of a source address
 * on a host that has several.
 */
#ifndef NBSEC_CLI_DTLS_WIRE_H
#define NBSEC_CLI_DTLS_WIRE_H

#include "cli/dtls_args.h"
#include "models/dtls/keylog.h"
#include "sim/engine.h"
#include "sim/net.h"

#include <signal.h>
#include <stdio.h>

/* Bytes of a record that standard input makes: with any suite it fits an MTU of 1280. */
#define WIRE_RECORD_MAX 1024U
/* Characters of a line of --hex: two digits and a separator a byte. */
#define WIRE_LINE_MAX ((size_t)3 * WIRE_RECORD_MAX)

#define WIRE_ENDPOINT_TEXT 22U                               /* "255.255.255.255:65535" */
#define WIRE_IDENTITY_TEXT (4U * NBS_DTLS_IDENTITY_MAX + 1U) /* each byte as \xHH */

struct wire {
	int fd;
	struct nbs_engine *engine;
	struct nbs_dtls_keylog keylog; /* line NULL = none */
	FILE *keylog_file;
	const volatile sig_atomic_t *interrupted; /* signal, or 0 */
	uint64_t start_ns;                        /* monotonic clock at the engine's zero */
	int error;        /* errno of the newest datagram that failed; 0 after one came in */
	bool input_ended; /* standard input is over */
	bool hex;
	char line[WIRE_LINE_MAX + 1]; /* of --hex, not whole yet */
	size_t line_len;
};

/** Who is told what comes in. */
struct wire_ops {
	void (*datagram)(void *arg, struct nbs_endpoint from, const uint8_t *data, size_t len);
	/** The content of one record from standard input, at most WIRE_RECORD_MAX bytes. */
	void (*input)(void *arg, const uint8_t *data, size_t len);
};

/**
 * Opens socket, engine and key log. On failure says why and leaves nothing open.
 * @param[in] local  to bind to; NULL = any port. @param[in] peer  the only one; NULL = anybody.
 * @return exit status.
 */
int wire_open(struct wire *wire, const struct dtls_args *args, const struct nbs_endpoint *local,
	      const struct nbs_endpoint *peer);

/** Closes what is open; what was made on the engine must have been freed. @return exit status. */
int wire_close(struct wire *wire, int exit_status);

/** @return the address that the socket is bound to. */
struct nbs_endpoint wire_local(const struct wire *wire);

/**
 * Waits for a datagram, for standard input if asked to, a few milliseconds at most; lets the
 * engine run up to now, then hands over what has come.
 * @return CLI_DONE, or another exit status after a message: nothing more will come.
 */
int wire_turn(struct wire *wire, bool want_input, const struct wire_ops *ops, void *arg);

/** Sends a datagram. One that fails is lost, like any other; wire->error says why. */
void wire_send(struct wire *wire, struct nbs_endpoint to, const uint8_t *data, size_t len);

/** Prints the content of a record to standard output, as it is or as a line of digits. */
void wire_print(const struct wire *wire, const uint8_t *data, size_t len);

/** "127.0.0.1:5684". @return text. */
const char *wire_endpoint_text(struct nbs_endpoint endpoint, char text[WIRE_ENDPOINT_TEXT]);

/** An identity, foreign bytes made harmless for a terminal. @return text. */
const char *wire_identity_text(struct nbs_dtls_identity identity, char text[WIRE_IDENTITY_TEXT]);

/** @return a suite's name, or "unknown". */
const char *wire_suite_text(uint16_t number);

#endif
