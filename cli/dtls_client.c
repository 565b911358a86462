/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec dtls-client: the client of models/dtls on a real UDP socket (RFC 6347, RFC 4279).
 */
#include "cli/cli.h"
#include "cli/dtls_wire.h"
#include "models/dtls/client.h"

#include <stdio.h>
#include <string.h>

#define KEY_IDENTITY 'i'
#define KEY_PSK 'k'
#define KEY_LINGER 'l'
#define KEY_RESUME 'r'

#define LINGER_DEFAULT_NS NBS_NS_PER_S

struct client_args {
	struct dtls_args shared;
	struct nbs_endpoint peer; /* port 0 = not given */
	const char *identity;
	struct dtls_key key; /* length 0 = not given */
	uint64_t linger_ns;
	enum nbs_dtls_resumption resumption;
};

struct client {
	struct wire wire;
	struct nbs_endpoint peer;
	struct nbs_dtls_client *dtls;
	uint64_t linger_ns;
	uint64_t quiet_ns; /* when a record last went or came, or standard input ended */
	bool connected;    /* it has been */
	bool again;        /* closes and connects once more, to resume */
	bool over;
	int exit_status;
};

static const struct argp_option client_options[] = {
    {.name = "identity", .key = KEY_IDENTITY, .arg = "ID", .doc = "PSK identity, 1 to 128 bytes"},
    {.name = "psk", .key = KEY_PSK, .arg = "HEX", .doc = "key, 1 to 64 bytes in hexadecimal"},
    {.name = "resume",
     .key = KEY_RESUME,
     .arg = "id|ticket",
     .doc = "connect twice: the second handshake offers the session of the first"},
    {.name = "linger",
     .key = KEY_LINGER,
     .arg = "TIME",
     .doc = "how long it must be quiet after the end of input, by default 1s"},
    {0}};

/* ---- the command line ---- */

static void
client_set_identity(struct client_args *args, const char *text, const struct argp_state *state)
{
	const size_t len = strlen(text);

	if (len < 1 || len > NBS_DTLS_IDENTITY_MAX)
		argp_error(state, "--identity %s: expected 1 to %u bytes, these are %zu", text,
			   NBS_DTLS_IDENTITY_MAX, len);
	args->identity = text;
}

static void
client_set_resumption(struct client_args *args, const char *text, const struct argp_state *state)
{
	if (strcmp(text, "id") == 0)
		args->resumption = NBS_DTLS_RESUME_SESSION_ID;
	else if (strcmp(text, "ticket") == 0)
		args->resumption = NBS_DTLS_RESUME_TICKET;
	else
		argp_error(state, "--resume %s: expected id or ticket", text);
}

static void
client_check(const struct client_args *args, const struct argp_state *state)
{
	if (args->peer.port == 0)
		argp_error(state, "HOST:PORT of the server is expected");
	else if (args->identity == NULL)
		argp_error(state, "--identity ID is expected");
	else if (args->key.len == 0)
		argp_error(state, "--psk HEX is expected");
}

static error_t
client_parse(int key, char *argument, struct argp_state *state)
{
	struct client_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->shared;
		return 0;
	case KEY_IDENTITY:
		client_set_identity(args, argument, state);
		return 0;
	case KEY_PSK:
		dtls_args_key("--psk", argument, argument, &args->key, state);
		return 0;
	case KEY_RESUME:
		client_set_resumption(args, argument, state);
		return 0;
	case KEY_LINGER:
		args->linger_ns = dtls_args_time("--linger", argument, state);
		return 0;
	case ARGP_KEY_ARG:
		if (args->peer.port != 0)
			argp_error(state, "%s: one server is expected", argument);
		args->peer = dtls_args_endpoint("", argument, 1, state);
		return 0;
	case ARGP_KEY_END:
		client_check(args, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child client_children[] = {{.argp = &dtls_args_argp}, {0}};
static const struct argp client_argp = {
    .options = client_options,
    .parser = client_parse,
    .args_doc = "HOST:PORT",
    .doc =
	"Connects to a real DTLS 1.2 server with a pre-shared key. What standard input gives goes "
	"out, a read of at most 1024 bytes a record; what comes back is printed. At the end of "
	"input the client waits for answers, then closes.\v"
	"For interoperability and experiments, not for secrets: the random numbers come from a "
	"simulation's generator with a seed of 32 bits, and the key stands on the command line.\n"
	"For example: echo hello | nbsec dtls-client 127.0.0.1:5684 --identity meter-1 --psk "
	"000102030405060708090a0b0c0d0e0f\n"
	"Exit status: 0 done, or the server closed; 1 no handshake, or a broken session; 2 bad "
	"usage; 3 the system failed us; 128 + signal interrupted.",
    .children = client_children};

/* ---- the client's ops ---- */

static void
client_send(void *arg, const uint8_t *data, size_t len, enum nbs_dtls_datagram what)
{
	struct client *client = arg;

	(void)what;
	wire_send(&client->wire, client->peer, data, len);
}

static void
client_connected(void *arg)
{
	struct client *client = arg;
	const bool resumed = nbs_dtls_client_stats(client->dtls)->handshakes_resumed != 0;
	char text[WIRE_ENDPOINT_TEXT];

	client->connected = !client->again;
	cli_say("connected to %s: suite %s, connection ID %s%s",
		wire_endpoint_text(client->peer, text),
		wire_suite_text(nbs_dtls_client_suite(client->dtls)),
		nbs_dtls_client_has_cid(client->dtls) ? "yes" : "no", resumed ? ", resumed" : "");
	if (!client->again)
		return;
	client->again = false;
	nbs_dtls_client_close(client->dtls);
	(void)nbs_dtls_client_connect(client->dtls); /* how it ends is told here or in closed() */
}

static void
client_received(void *arg, const uint8_t *data, size_t len)
{
	struct client *client = arg;

	client->quiet_ns = nbs_now(client->wire.engine);
	wire_print(&client->wire, data, len);
}

static void
client_closed(void *arg, enum nbs_dtls_reason reason, int mbedtls_error)
{
	struct client *client = arg;
	char peer[WIRE_ENDPOINT_TEXT], why[128];

	client->over = true;
	wire_endpoint_text(client->peer, peer);
	if (client->connected && reason == NBS_DTLS_PEER_CLOSE) {
		cli_say("%s: %s", peer, nbs_dtls_reason_str(reason));
		return;
	}
	if (reason == NBS_DTLS_ALERT)
		snprintf(why, sizeof(why), "%s",
			 nbs_dtls_alert_str(nbs_dtls_client_alert(client->dtls)));
	else
		nbs_dtls_error_str(mbedtls_error, why, sizeof(why));
	client->exit_status =
	    cli_fail(CLI_CHECK_FAILED, "%s %s: %s (mbedTLS -0x%04x: %s)%s%s",
		     client->connected ? "session broken with" : "no handshake with", peer,
		     nbs_dtls_reason_str(reason), (unsigned)-mbedtls_error, why,
		     client->wire.error != 0 ? "; datagrams fail: " : "",
		     client->wire.error != 0 ? strerror(client->wire.error) : "");
}

static const struct nbs_dtls_client_ops client_ops = {
    .send = client_send,
    .connected = client_connected,
    .received = client_received,
    .closed = client_closed,
};

/* ---- what the wire brings ---- */

static void
client_datagram(void *arg, struct nbs_endpoint from, const uint8_t *data, size_t len)
{
	struct client *client = arg;

	(void)from; /* the socket is connected */
	(void)nbs_dtls_client_input(client->dtls, data, len);
}

static void
client_input(void *arg, const uint8_t *data, size_t len)
{
	struct client *client = arg;
	enum nbs_status status = nbs_dtls_client_write(client->dtls, data, len);

	client->quiet_ns = nbs_now(client->wire.engine);
	/* A session that has just ended has said so. */
	if (status != NBS_OK && !client->over)
		cli_say("a record of %zu bytes is not sent: %s", len, nbs_status_str(status));
}

static const struct wire_ops client_wire_ops = {client_datagram, client_input};

/* @return whether input is over and nothing has gone or come for long enough since. */
static bool
client_is_done(struct client *client)
{
	return client->wire.input_ended &&
	       nbs_now(client->wire.engine) - client->quiet_ns >= client->linger_ns;
}

static void
client_loop(struct client *client)
{
	while (!client->over && client->exit_status == CLI_DONE && !client_is_done(client)) {
		const bool input_ended = client->wire.input_ended;
		int exit_status;

		if (*client->wire.interrupted != 0) {
			client->exit_status = CLI_SIGNAL + (int)*client->wire.interrupted;
			return;
		}
		exit_status = wire_turn(&client->wire, nbs_dtls_client_is_connected(client->dtls),
					&client_wire_ops, client);
		if (exit_status != CLI_DONE) /* else an op may have set one */
			client->exit_status = exit_status;
		if (client->wire.input_ended != input_ended)
			client->quiet_ns = nbs_now(client->wire.engine);
	}
}

static int
client_make(struct client *client, const struct client_args *args)
{
	const struct nbs_dtls_client_config config = {
	    .identity = (const uint8_t *)args->identity,
	    .identity_len = strlen(args->identity),
	    .psk = args->key.data,
	    .psk_len = args->key.len,
	    .suites = args->shared.suites,
	    .suite_count = args->shared.suite_count,
	    .timeout_min_ns = args->shared.timeout_min_ns,
	    .timeout_max_ns = args->shared.timeout_max_ns,
	    .stream = "dtls-client",
	    .keylog = &client->wire.keylog,
	    .cid = args->shared.cid,
	    .cid_len = args->shared.cid_len,
	    .resumption = args->resumption,
	};
	enum nbs_status status =
	    nbs_dtls_client_new(client->wire.engine, &config, &client_ops, client, &client->dtls);

	if (status == NBS_OK)
		status = nbs_dtls_client_connect(client->dtls);
	if (status != NBS_OK)
		return cli_fail(CLI_SYSTEM, "the client: %s", nbs_status_str(status));
	return CLI_DONE;
}

static void
client_run(struct client *client, const struct client_args *args)
{
	const struct nbs_dtls_stats *stats;

	client->exit_status = client_make(client, args);
	if (client->exit_status == CLI_DONE)
		client_loop(client);
	nbs_dtls_client_close(client->dtls);
	stats = nbs_dtls_client_stats(client->dtls);
	if (client->connected)
		cli_say("closed: %llu records out, %llu in", (unsigned long long)stats->records_out,
			(unsigned long long)stats->records_in);
	nbs_dtls_client_free(client->dtls);
}

int
cli_dtls_client(int argc, char **argv)
{
	struct client_args args = {.linger_ns = LINGER_DEFAULT_NS};
	struct client client = {0};

	argp_parse(&client_argp, argc, argv, 0, NULL, &args);
	client.exit_status = wire_open(&client.wire, &args.shared, NULL, &args.peer);
	if (client.exit_status != CLI_DONE)
		return client.exit_status;
	client.peer = args.peer;
	client.linger_ns = args.linger_ns;
	client.again = args.resumption != NBS_DTLS_RESUME_NONE;
	client_run(&client, &args);
	return wire_close(&client.wire, client.exit_status);
}
