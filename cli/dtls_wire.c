/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real datagrams for a simulated endpoint. The engine is run up to the wall clock before anything
 * that comes in is handed over, so that a timer that is due earlier fires earlier.
 */
#include "cli/dtls_wire.h"

#include "cli/cli.h"
#include "cli/hex.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WIRE_TICK_MS 5          /* longest wait: how late a timer may fire */
#define WIRE_BURST 64           /* datagrams taken before standard input has its turn */
#define WIRE_DATAGRAM_MAX 65535 /* RFC 768: the length field has 16 bits */

static uint64_t
wire_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NBS_NS_PER_S + (uint64_t)now.tv_nsec;
}

static struct sockaddr_in
wire_address(struct nbs_endpoint endpoint)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(endpoint.port)};

	address.sin_addr.s_addr = htonl(endpoint.addr);
	return address;
}

static struct nbs_endpoint
wire_endpoint(const struct sockaddr_in *address)
{
	return (struct nbs_endpoint){ntohl(address->sin_addr.s_addr), ntohs(address->sin_port)};
}

/* ---- opening and closing ---- */

static void
wire_keylog_line(void *arg, const char *text)
{
	struct wire *wire = arg;

	fprintf(wire->keylog_file, "%s\n", text);
	fflush(wire->keylog_file); /* whoever watches wants it now */
}

static int
wire_open_keylog(struct wire *wire, const char *path)
{
	/* Keys are nobody else's to read. */
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);

	if (fd >= 0)
		wire->keylog_file = fdopen(fd, "a");
	if (wire->keylog_file == NULL) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return cli_fail(CLI_BAD_INPUT, "--keylog %s: %s", path, strerror(error));
	}
	wire->keylog = (struct nbs_dtls_keylog){wire_keylog_line, wire};
	return CLI_DONE;
}

static int
wire_open_socket(struct wire *wire, const struct nbs_endpoint *local,
		 const struct nbs_endpoint *peer)
{
	char text[WIRE_ENDPOINT_TEXT];
	struct sockaddr_in address;

	wire->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (wire->fd < 0)
		return cli_fail(CLI_SYSTEM, "a UDP socket: %s", strerror(errno));
	if (local != NULL) {
		address = wire_address(*local);
		if (bind(wire->fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
			return cli_fail(CLI_SYSTEM, "cannot listen on %s: %s",
					wire_endpoint_text(*local, text), strerror(errno));
	}
	if (peer != NULL) {
		address = wire_address(*peer);
		if (connect(wire->fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
			return cli_fail(CLI_SYSTEM, "no way to %s: %s",
					wire_endpoint_text(*peer, text), strerror(errno));
	}
	return CLI_DONE;
}

static int
wire_seed(uint32_t *seed)
{
	while (*seed < NBS_SEED_MIN || *seed > NBS_SEED_MAX) {
		if (getrandom(seed, sizeof(*seed), 0) != (ssize_t)sizeof(*seed))
			return cli_fail(CLI_SYSTEM, "a seed: %s", strerror(errno));
	}
	return CLI_DONE;
}

static int
wire_open_engine(struct wire *wire, uint32_t seed)
{
	struct nbs_engine_config config = {.seed = seed};
	enum nbs_status status;

	if (wire_seed(&config.seed) != CLI_DONE)
		return CLI_SYSTEM;
	wire->start_ns = wire_clock_ns();
	config.epoch_unix_s = (uint64_t)time(NULL);
	status = nbs_engine_new(&config, &wire->engine);
	if (status != NBS_OK)
		return cli_fail(cli_exit_of(status), "the engine: %s", nbs_status_str(status));
	return CLI_DONE;
}

int
wire_open(struct wire *wire, const struct dtls_args *args, const struct nbs_endpoint *local,
	  const struct nbs_endpoint *peer)
{
	int exit_status;

	memset(wire, 0, sizeof(*wire));
	wire->fd = -1;
	wire->hex = args->hex;
	exit_status = wire_open_socket(wire, local, peer);
	if (exit_status == CLI_DONE)
		exit_status = wire_open_engine(wire, args->seed);
	if (exit_status == CLI_DONE && args->keylog != NULL)
		exit_status = wire_open_keylog(wire, args->keylog);
	if (exit_status != CLI_DONE)
		return wire_close(wire, exit_status);
	wire->interrupted = cli_interrupt_catch();
	return CLI_DONE;
}

int
wire_close(struct wire *wire, int exit_status)
{
	nbs_engine_free(wire->engine);
	if (wire->fd >= 0)
		close(wire->fd);
	if (wire->keylog_file != NULL) {
		int failed = ferror(wire->keylog_file);

		failed |= fclose(wire->keylog_file);
		if (failed != 0)
			exit_status = cli_fail(CLI_SYSTEM, "the key log could not be written");
	}
	return exit_status;
}

struct nbs_endpoint
wire_local(const struct wire *wire)
{
	struct sockaddr_in address = {0};
	socklen_t size = sizeof(address);

	(void)getsockname(wire->fd, (struct sockaddr *)&address, &size);
	return wire_endpoint(&address);
}

/* ---- datagrams ---- */

void
wire_send(struct wire *wire, struct nbs_endpoint to, const uint8_t *data, size_t len)
{
	const struct sockaddr_in address = wire_address(to);

	/* A refusal of an earlier datagram is told by this call, and takes its place. */
	for (int i = 0; i < 2; i++) {
		if (sendto(wire->fd, data, len, 0, (const struct sockaddr *)&address,
			   sizeof(address)) >= 0)
			return;
		wire->error = errno;
		if (errno != ECONNREFUSED)
			return;
	}
}

static void
wire_take_datagrams(struct wire *wire, const struct wire_ops *ops, void *arg)
{
	uint8_t data[WIRE_DATAGRAM_MAX];

	for (int i = 0; i < WIRE_BURST; i++) {
		struct sockaddr_in from = {0};
		socklen_t size = sizeof(from);
		ssize_t len = recvfrom(wire->fd, data, sizeof(data), MSG_DONTWAIT,
				       (struct sockaddr *)&from, &size);

		if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (len < 0) {
			/* What a router or the peer's host says of a datagram proves nothing. */
			wire->error = errno;
			continue;
		}
		wire->error = 0;
		ops->datagram(arg, wire_endpoint(&from), data, (size_t)len);
	}
}

/* ---- standard input ---- */

static int
wire_take_line(struct wire *wire, const struct wire_ops *ops, void *arg)
{
	uint8_t data[WIRE_RECORD_MAX];
	size_t len = 0;
	char why[128];

	wire->line[wire->line_len] = '\0';
	wire->line_len = 0;
	if (wire->line[strspn(wire->line, " \t\r")] == '\0')
		return CLI_DONE;
	if (cli_hex_parse(wire->line, data, sizeof(data), &len, why, sizeof(why)) != NBS_OK)
		return cli_fail(CLI_BAD_INPUT, "standard input: %.60s: not hexadecimal: %s",
				wire->line, why);
	ops->input(arg, data, len);
	return CLI_DONE;
}

static int
wire_take_digits(struct wire *wire, const char *text, size_t len, const struct wire_ops *ops,
		 void *arg)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n') {
			int exit_status = wire_take_line(wire, ops, arg);

			if (exit_status != CLI_DONE)
				return exit_status;
		} else if (wire->line_len == WIRE_LINE_MAX) {
			return cli_fail(CLI_BAD_INPUT,
					"standard input: a line of more than %zu characters",
					WIRE_LINE_MAX);
		} else {
			wire->line[wire->line_len++] = text[i];
		}
	}
	return CLI_DONE;
}

static int
wire_take_input(struct wire *wire, const struct wire_ops *ops, void *arg)
{
	uint8_t data[WIRE_RECORD_MAX];
	ssize_t len = read(STDIN_FILENO, data, sizeof(data));

	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return CLI_DONE;
	if (len <= 0) {
		wire->input_ended = true;
		return wire_take_line(wire, ops, arg);
	}
	if (wire->hex)
		return wire_take_digits(wire, (const char *)data, (size_t)len, ops, arg);
	ops->input(arg, data, (size_t)len);
	return CLI_DONE;
}

/* ---- a turn ---- */

int
wire_turn(struct wire *wire, bool want_input, const struct wire_ops *ops, void *arg)
{
	struct pollfd fds[2] = {{.fd = wire->fd, .events = POLLIN},
				{.fd = STDIN_FILENO, .events = POLLIN}};
	const nfds_t count = want_input && !wire->input_ended ? 2 : 1;
	int ready = poll(fds, count, WIRE_TICK_MS);
	enum nbs_status status;

	if (ready < 0 && errno != EINTR)
		return cli_fail(CLI_SYSTEM, "poll: %s", strerror(errno));
	status = nbs_run(wire->engine, wire_clock_ns() - wire->start_ns);
	if (status != NBS_OK)
		return cli_fail(cli_exit_of(status), "the engine: %s", nbs_status_str(status));
	if (ready > 0 && fds[0].revents != 0)
		wire_take_datagrams(wire, ops, arg);
	if (ready > 0 && count == 2 && fds[1].revents != 0)
		return wire_take_input(wire, ops, arg);
	return CLI_DONE;
}

/* ---- text ---- */

void
wire_print(const struct wire *wire, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len && wire->hex; i++)
		printf("%02x", (unsigned)data[i]);
	if (wire->hex)
		putchar('\n');
	else
		fwrite(data, 1, len, stdout);
	fflush(stdout);
}

const char *
wire_endpoint_text(struct nbs_endpoint endpoint, char text[WIRE_ENDPOINT_TEXT])
{
	snprintf(text, WIRE_ENDPOINT_TEXT, "%u.%u.%u.%u:%u", (unsigned)(endpoint.addr >> 24),
		 (unsigned)(endpoint.addr >> 16 & 0xff), (unsigned)(endpoint.addr >> 8 & 0xff),
		 (unsigned)(endpoint.addr & 0xff), (unsigned)endpoint.port);
	return text;
}

const char *
wire_identity_text(struct nbs_dtls_identity identity, char text[WIRE_IDENTITY_TEXT])
{
	char *at = text;

	for (size_t i = 0; i < identity.len && i < NBS_DTLS_IDENTITY_MAX; i++) {
		const uint8_t byte = identity.data[i];

		if (byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\')
			*at++ = (char)byte;
		else
			at += snprintf(at, 5, "\\x%02x", (unsigned)byte);
	}
	*at = '\0';
	return text;
}

const char *
wire_suite_text(uint16_t number)
{
	const struct nbs_dtls_suite *suite;

	for (size_t i = 0; (suite = nbs_dtls_suite_at(i)) != NULL; i++) {
		if (suite->number == number)
			return suite->name;
	}
	return "unknown";
}
