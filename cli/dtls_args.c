/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that the commands on real DTLS peers share.
 */
#include "cli/dtls_args.h"

#include "cli/cli.h"
#include "cli/hex.h"
#include "cli/options.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define KEY_SUITE (DTLS_KEY_SHARED + 1)
#define KEY_CID (DTLS_KEY_SHARED + 2)
#define KEY_TIMEOUT_MIN (DTLS_KEY_SHARED + 3)
#define KEY_TIMEOUT_MAX (DTLS_KEY_SHARED + 4)
#define KEY_KEYLOG (DTLS_KEY_SHARED + 5)
#define KEY_SEED (DTLS_KEY_SHARED + 6)
#define KEY_HEX (DTLS_KEY_SHARED + 7)

#define TIME_MAX_MS 3600000.0 /* ours: an hour; the library doubles it within 32 bits */
#define PORT_MAX 65535U

static const struct argp_option args_options[] = {
    {.name = "suite",
     .key = KEY_SUITE,
     .arg = "NAME",
     .doc = "cipher suite, by default psk-aes128-ccm8; may be repeated, preferred first"},
    {.name = "cid",
     .key = KEY_CID,
     .arg = "N",
     .doc = "connection ID of N bytes, 0 to 32, in the records that come (RFC 9146)"},
    {.name = "timeout-min",
     .key = KEY_TIMEOUT_MIN,
     .arg = "TIME",
     .doc = "first retransmission of the handshake, by default 1s"},
    {.name = "timeout-max",
     .key = KEY_TIMEOUT_MAX,
     .arg = "TIME",
     .doc = "where its doubling stops; unanswered that long, it has failed; by default 60s"},
    {.name = "keylog",
     .key = KEY_KEYLOG,
     .arg = "FILE",
     .doc = "append the sessions' keys, as Wireshark reads them"},
    {.name = "seed",
     .key = KEY_SEED,
     .arg = "N",
     .doc = "of all random numbers, 1 to 4294944442; by default from the system"},
    {.name = "hex",
     .key = KEY_HEX,
     .doc = "records are lines of hexadecimal digits, in and out; by default they are bytes"},
    {0}};

/* A key is all that these commands are given. */
static void
args_add_suite(struct dtls_args *args, const char *name, const struct argp_state *state)
{
	const struct nbs_dtls_suite *suite = cli_option_suite(name, false, state);

	if (args->suite_count == NBS_DTLS_SUITES_MAX)
		argp_error(state, "--suite %s: expected at most %u suites", name,
			   NBS_DTLS_SUITES_MAX);
	else
		args->suites[args->suite_count++] = suite->number;
}

static void
args_check(const struct dtls_args *args, const struct argp_state *state)
{
	const uint64_t min =
	    args->timeout_min_ns != 0 ? args->timeout_min_ns : NBS_DTLS_TIMEOUT_MIN_NS;
	const uint64_t max =
	    args->timeout_max_ns != 0 ? args->timeout_max_ns : NBS_DTLS_TIMEOUT_MAX_NS;

	if (min > max)
		argp_error(state,
			   "--timeout-min is %llu ms, --timeout-max %llu ms: expected at most that",
			   (unsigned long long)(min / NBS_NS_PER_MS),
			   (unsigned long long)(max / NBS_NS_PER_MS));
}

static error_t
args_parse(int key, char *argument, struct argp_state *state)
{
	struct dtls_args *args = state->input;

	switch (key) {
	case KEY_SUITE:
		args_add_suite(args, argument, state);
		return 0;
	case KEY_CID:
		args->cid = true;
		args->cid_len =
		    (size_t)cli_option_number("--cid", argument, 0, NBS_DTLS_CID_MAX, state);
		return 0;
	case KEY_TIMEOUT_MIN:
		args->timeout_min_ns = dtls_args_time("--timeout-min", argument, state);
		return 0;
	case KEY_TIMEOUT_MAX:
		args->timeout_max_ns = dtls_args_time("--timeout-max", argument, state);
		return 0;
	case KEY_KEYLOG:
		args->keylog = argument;
		return 0;
	case KEY_SEED:
		args->seed = (uint32_t)cli_option_number("--seed", argument, NBS_SEED_MIN,
							 NBS_SEED_MAX, state);
		return 0;
	case KEY_HEX:
		args->hex = true;
		return 0;
	case ARGP_KEY_END:
		args_check(args, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp dtls_args_argp = {.options = args_options, .parser = args_parse};

/* ---- values ---- */

void
dtls_args_key(const char *option, const char *text, const char *digits, struct dtls_key *key,
	      const struct argp_state *state)
{
	char why[128];

	if (cli_hex_parse(digits, key->data, sizeof(key->data), &key->len, why, sizeof(why)) !=
	    NBS_OK)
		argp_error(state, "%s %s: expected a key of 1 to %u bytes in hexadecimal: %s",
			   option, text, NBS_DTLS_PSK_MAX, why);
}

uint64_t
dtls_args_time(const char *option, const char *text, const struct argp_state *state)
{
	const char *unit = text + strspn(text, "0123456789.");
	char *end = NULL;
	/* A number of these characters alone is no hexadecimal, no NaN, has no sign. */
	double ms = unit == text ? 0.0 : strtod(text, &end);

	if (end != unit)
		ms = 0.0;
	unit += strspn(unit, " ");
	if (strcmp(unit, "s") == 0)
		ms *= 1000.0;
	else if (strcmp(unit, "ms") != 0)
		ms = 0.0;
	if (!(ms >= 1.0 && ms <= TIME_MAX_MS)) {
		argp_error(state, "%s %s: expected a time from 1ms to 3600s, in s or ms", option,
			   text);
		return 0;
	}
	return (uint64_t)ms * NBS_NS_PER_MS;
}

/* The name or address before the last colon. @return whether it leads to an IPv4 address. */
static bool
args_host(const char *host, struct nbs_endpoint *endpoint, const char **why)
{
	const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
	struct addrinfo *found = NULL;
	int result = getaddrinfo(host, NULL, &hints, &found);
	struct sockaddr_in address;

	if (result != 0 || found == NULL) {
		*why = result != 0 ? gai_strerror(result) : "no address";
		return false;
	}
	memcpy(&address, found->ai_addr, sizeof(address));
	endpoint->addr = ntohl(address.sin_addr.s_addr);
	freeaddrinfo(found);
	return true;
}

struct nbs_endpoint
dtls_args_endpoint(const char *option, const char *text, unsigned port_min,
		   const struct argp_state *state)
{
	struct nbs_endpoint endpoint = {0, 0};
	const char *colon = strrchr(text, ':');
	const char *why = NULL;
	unsigned long long port = 0;
	char host[256]; /* a name has 253 characters at most, RFC 1035 2.3.4 */

	if (colon == NULL || colon == text || (size_t)(colon - text) >= sizeof(host) ||
	    !cli_parse_number(colon + 1, port_min, PORT_MAX, &port)) {
		argp_error(state,
			   "%s%s: expected HOST:PORT, the host an IPv4 address or a name, the port "
			   "a number from %u to %u",
			   option, text, port_min, PORT_MAX);
		return endpoint;
	}
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	endpoint.port = (uint16_t)port;
	if (!args_host(host, &endpoint, &why))
		argp_error(state, "%s%s: expected a host with an IPv4 address: %s", option, text,
			   why);
	return endpoint;
}
