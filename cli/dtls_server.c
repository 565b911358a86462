/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec dtls-server: the server of models/dtls on a real UDP socket (RFC 6347, RFC 4279).
 */
#include "cli/cli.h"
#include "cli/dtls_wire.h"
#include "models/dtls/server.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_LISTEN 'L'
#define KEY_PSK 'k'
#define KEY_PSK_FOR 'p'
#define KEY_NO_COOKIES 'n'
#define KEY_RESUME 'r'
#define KEY_ECHO 'e'
#define KEY_COUNT 'c'

#define SERVER_RESUMABLE 10000U /* sessions remembered, of which the oldest goes first */

/* By default: coaps on loopback. */
#define LISTEN_ADDR UINT32_C(0x7f000001)
#define LISTEN_PORT 5684
#define LISTEN_TEXT "127.0.0.1:5684"

/* A key and whose it is. */
struct server_key {
	const char *identity; /* points into the command line */
	size_t identity_len;
	struct dtls_key key;
};

struct server_args {
	struct dtls_args shared;
	struct nbs_endpoint local;
	struct server_key *keys; /* owned */
	size_t key_count;
	struct dtls_key key; /* of everybody else; length 0 = none */
	bool no_cookies, resume, echo;
	unsigned long long count; /* 0 = no end */
};

/* A connected session: the user pointer of its struct nbs_dtls_session. */
struct server_peer {
	struct nbs_dtls_session *session;
	struct server_peer *older, *newer;
};

struct server {
	struct wire wire;
	struct nbs_dtls_server *dtls;
	const struct server_args *args;
	struct server_peer *newest;
	unsigned long long ended;
	int exit_status;
};

static const struct argp_option server_options[] = {
    {.name = "listen",
     .key = KEY_LISTEN,
     .arg = "ADDR:PORT",
     .doc = "by default " LISTEN_TEXT "; port 0: the system chooses, the first line tells"},
    {.name = "psk-for",
     .key = KEY_PSK_FOR,
     .arg = "ID=HEX",
     .doc = "an identity and its key of 1 to 64 bytes; may be repeated"},
    {.name = "psk", .key = KEY_PSK, .arg = "HEX", .doc = "the key of every other identity"},
    {.name = "no-cookies",
     .key = KEY_NO_COOKIES,
     .doc = "no HelloVerifyRequest for a new address (RFC 6347 4.2.1)"},
    {.name = "resume",
     .key = KEY_RESUME,
     .doc = "remember sessions and give tickets, to be resumed for a day"},
    {.name = "echo", .key = KEY_ECHO, .doc = "send records back instead of printing them"},
    {.name = "count", .key = KEY_COUNT, .arg = "N", .doc = "end after N sessions have ended"},
    {0}};

/* ---- the command line ---- */

/* An identity may hold an equals sign, a key may not. */
static error_t
server_add_key(struct server_args *args, const char *text, const struct argp_state *state)
{
	const char *sign = strrchr(text, '=');
	const size_t len = sign == NULL ? 0 : (size_t)(sign - text);
	struct server_key *keys;

	if (len < 1 || len > NBS_DTLS_IDENTITY_MAX) {
		argp_error(state, "--psk-for %s: expected ID=HEX, the identity of 1 to %u bytes",
			   text, NBS_DTLS_IDENTITY_MAX);
		return EINVAL;
	}
	for (size_t i = 0; i < args->key_count; i++) {
		if (args->keys[i].identity_len == len &&
		    memcmp(args->keys[i].identity, text, len) == 0)
			argp_error(state, "--psk-for %s: expected each identity once", text);
	}
	keys = realloc(args->keys, (args->key_count + 1) * sizeof(*keys));
	if (keys == NULL)
		return ENOMEM;
	args->keys = keys;
	keys += args->key_count++;
	*keys = (struct server_key){.identity = text, .identity_len = len};
	dtls_args_key("--psk-for", text, sign + 1, &keys->key, state);
	return 0;
}

static error_t
server_parse(int key, char *argument, struct argp_state *state)
{
	struct server_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->shared;
		return 0;
	case KEY_LISTEN:
		args->local = dtls_args_endpoint("--listen ", argument, 0, state);
		return 0;
	case KEY_PSK_FOR:
		return server_add_key(args, argument, state);
	case KEY_PSK:
		dtls_args_key("--psk", argument, argument, &args->key, state);
		return 0;
	case KEY_NO_COOKIES:
		args->no_cookies = true;
		return 0;
	case KEY_RESUME:
		args->resume = true;
		return 0;
	case KEY_ECHO:
		args->echo = true;
		return 0;
	case KEY_COUNT:
		if (!cli_parse_number(argument, 1, ULLONG_MAX, &args->count))
			argp_error(state, "--count %s: expected a whole number from 1", argument);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: no argument is expected", argument);
		return 0;
	case ARGP_KEY_END:
		if (args->key_count == 0 && args->key.len == 0)
			argp_error(state, "a key is expected: --psk-for ID=HEX or --psk HEX");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child server_children[] = {{.argp = &dtls_args_argp}, {0}};
static const struct argp server_argp = {
    .options = server_options,
    .parser = server_parse,
    .doc =
	"Listens for real DTLS 1.2 clients with pre-shared keys, any number at a time. Records "
	"that come are printed; what standard input gives goes to the newest session, a read of at "
	"most 1024 bytes a record. Standard error has a line for each session that begins or ends "
	"and for each refusal.\v"
	"For interoperability and experiments, not for secrets: the random numbers come from a "
	"simulation's generator with a seed of 32 bits, and keys stand on the command line.\n"
	"For example: nbsec dtls-server --psk-for meter-1=000102030405060708090a0b0c0d0e0f --echo\n"
	"Exit status: 0 ended by --count, Ctrl-C or SIGTERM, sessions closed; 2 bad usage; 3 the "
	"system failed us.",
    .children = server_children};

/* ---- the server's ops ---- */

static void
server_send(void *arg, struct nbs_endpoint to, const uint8_t *data, size_t len)
{
	struct server *server = arg;

	wire_send(&server->wire, to, data, len);
}

static const struct dtls_key *
server_find_key(const struct server_args *args, struct nbs_dtls_identity identity)
{
	for (size_t i = 0; i < args->key_count; i++) {
		if (args->keys[i].identity_len == identity.len &&
		    memcmp(args->keys[i].identity, identity.data, identity.len) == 0)
			return &args->keys[i].key;
	}
	return args->key.len != 0 ? &args->key : NULL;
}

static enum nbs_status
server_psk(void *arg, struct nbs_dtls_identity identity, uint8_t *key, size_t cap, size_t *len)
{
	const struct server *server = arg;
	const struct dtls_key *found = server_find_key(server->args, identity);

	if (found == NULL || found->len > cap)
		return NBS_E_NOTFOUND;
	memcpy(key, found->data, found->len);
	*len = found->len;
	return NBS_OK;
}

static void
server_connected(void *arg, struct nbs_dtls_session *session)
{
	struct server *server = arg;
	struct server_peer *peer = calloc(1, sizeof(*peer));
	char at[WIRE_ENDPOINT_TEXT], identity[WIRE_IDENTITY_TEXT];

	if (peer == NULL) {
		server->exit_status = cli_no_memory();
		nbs_dtls_session_close(session);
		return;
	}
	peer->session = session;
	peer->older = server->newest;
	if (peer->older != NULL)
		peer->older->newer = peer;
	server->newest = peer;
	nbs_dtls_session_set_user(session, peer);
	cli_say("up: %s: identity \"%s\", suite %s, connection ID %s%s",
		wire_endpoint_text(nbs_dtls_session_peer(session), at),
		wire_identity_text(nbs_dtls_session_identity(session), identity),
		wire_suite_text(nbs_dtls_session_suite(session)),
		nbs_dtls_session_has_cid(session) ? "yes" : "no",
		nbs_dtls_session_stats(session)->handshakes_resumed != 0 ? ", resumed" : "");
}

/* Says that a session is over and forgets its peer. */
static void
server_forget(struct server *server, struct nbs_dtls_session *session, const char *why)
{
	struct server_peer *peer = nbs_dtls_session_user(session);
	const struct nbs_dtls_stats *stats = nbs_dtls_session_stats(session);
	char at[WIRE_ENDPOINT_TEXT], identity[WIRE_IDENTITY_TEXT];

	cli_say("down: %s: identity \"%s\", %s, %llu records in, %llu out",
		wire_endpoint_text(nbs_dtls_session_peer(session), at),
		wire_identity_text(nbs_dtls_session_identity(session), identity), why,
		(unsigned long long)stats->records_in, (unsigned long long)stats->records_out);
	if (peer->newer != NULL)
		peer->newer->older = peer->older;
	else
		server->newest = peer->older;
	if (peer->older != NULL)
		peer->older->newer = peer->newer;
	free(peer);
}

static void
server_closed(void *arg, struct nbs_dtls_session *session, enum nbs_dtls_reason reason)
{
	struct server *server = arg;

	if (nbs_dtls_session_user(session) == NULL) /* there was no memory for it */
		return;
	server_forget(server, session, nbs_dtls_reason_str(reason));
	server->ended++;
}

static void
server_write(struct nbs_dtls_session *session, const uint8_t *data, size_t len)
{
	enum nbs_status status = nbs_dtls_session_write(session, data, len);

	if (status != NBS_OK)
		cli_say("a record of %zu bytes is not sent: %s", len, nbs_status_str(status));
}

static void
server_received(void *arg, struct nbs_dtls_session *session, const uint8_t *data, size_t len,
		uint64_t frame)
{
	struct server *server = arg;

	(void)frame;
	if (server->args->echo)
		server_write(session, data, len);
	else
		wire_print(&server->wire, data, len);
}

static void
server_failed(void *arg, struct nbs_endpoint from, struct nbs_dtls_identity identity,
	      enum nbs_dtls_reason reason, uint64_t frame)
{
	char at[WIRE_ENDPOINT_TEXT], text[WIRE_IDENTITY_TEXT];

	(void)arg;
	(void)frame;
	wire_endpoint_text(from, at);
	if (identity.data == NULL)
		cli_say("refused: %s: %s", at, nbs_dtls_reason_str(reason));
	else
		cli_say("refused: %s: identity \"%s\", %s", at, wire_identity_text(identity, text),
			nbs_dtls_reason_str(reason));
}

static const struct nbs_dtls_server_ops server_ops = {
    .send = server_send,
    .psk = server_psk,
    .connected = server_connected,
    .received = server_received,
    .closed = server_closed,
    .failed = server_failed,
};

/* ---- what the wire brings ---- */

static void
server_datagram(void *arg, struct nbs_endpoint from, const uint8_t *data, size_t len)
{
	struct server *server = arg;
	enum nbs_status status = nbs_dtls_server_input(server->dtls, from, data, len, 0);

	if (status != NBS_OK)
		server->exit_status =
		    cli_fail(CLI_SYSTEM, "the server: %s", nbs_status_str(status));
}

static void
server_input(void *arg, const uint8_t *data, size_t len)
{
	struct server *server = arg;

	if (server->newest != NULL)
		server_write(server->newest->session, data, len);
	else
		cli_say("a record of %zu bytes is not sent: no session", len);
}

static const struct wire_ops server_wire_ops = {server_datagram, server_input};

static void
server_loop(struct server *server)
{
	while (server->exit_status == CLI_DONE && *server->wire.interrupted == 0 &&
	       (server->args->count == 0 || server->ended < server->args->count)) {
		/* Input waits for somebody to be sent to. */
		int exit_status =
		    wire_turn(&server->wire, server->newest != NULL, &server_wire_ops, server);

		if (exit_status != CLI_DONE)
			server->exit_status = exit_status;
	}
	while (server->newest != NULL) {
		struct nbs_dtls_session *session = server->newest->session;

		server_forget(server, session, "closed by us");
		nbs_dtls_session_close(session);
	}
}

static int
server_make(struct server *server)
{
	const struct server_args *args = server->args;
	const struct nbs_dtls_server_config config = {
	    .cookies = !args->no_cookies,
	    .suites = args->shared.suites,
	    .suite_count = args->shared.suite_count,
	    .timeout_min_ns = args->shared.timeout_min_ns,
	    .timeout_max_ns = args->shared.timeout_max_ns,
	    .stream = "dtls-server",
	    .keylog = &server->wire.keylog,
	    .cid_len = args->shared.cid_len,
	    .resumable_limit = args->resume ? SERVER_RESUMABLE : 0,
	    .tickets = args->resume,
	};
	enum nbs_status status =
	    nbs_dtls_server_new(server->wire.engine, &config, &server_ops, server, &server->dtls);
	char text[WIRE_ENDPOINT_TEXT];

	if (status != NBS_OK)
		return cli_fail(CLI_SYSTEM, "the server: %s", nbs_status_str(status));
	cli_say("listening on %s", wire_endpoint_text(wire_local(&server->wire), text));
	return CLI_DONE;
}

static int
server_run(const struct server_args *args)
{
	struct server server = {.args = args};

	server.exit_status = wire_open(&server.wire, &args->shared, &args->local, NULL);
	if (server.exit_status != CLI_DONE)
		return server.exit_status;
	server.exit_status = server_make(&server);
	if (server.exit_status == CLI_DONE)
		server_loop(&server);
	nbs_dtls_server_free(server.dtls);
	return wire_close(&server.wire, server.exit_status);
}

int
cli_dtls_server(int argc, char **argv)
{
	struct server_args args = {.local = {LISTEN_ADDR, LISTEN_PORT}};
	int exit_status;

	argp_parse(&server_argp, argc, argv, 0, NULL, &args);
	exit_status = server_run(&args);
	free(args.keys);
	return exit_status;
}
