/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec bytes: what each byte of a DTLS association is for, and what other protocols would take.
 */
#include "cli/bytes.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "models/dtls/authority.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

#define KEY_SUITE 's'
#define KEY_IDENTITY 'i'
#define KEY_NO_COOKIE 'n'
#define KEY_CID 'c'
#define KEY_PADDING 'p'
#define KEY_PAYLOAD 'b'
#define KEY_TERMS 't'
#define KEY_JSON 'j'

#define BYTES_IDENTITY 15U /* as in the figures of docs/models/dtls.md */
#define BYTES_PAYLOAD 20U

struct bytes_args {
	struct bytes_question question;
	const char *padding; /* as given; NULL = not */
};

static const struct argp_option bytes_options[] = {
    {.name = "suite",
     .key = KEY_SUITE,
     .arg = "NAME",
     .doc = "cipher suite, by default psk-aes128-ccm8"},
    {.name = "identity-length",
     .key = KEY_IDENTITY,
     .arg = "N",
     .doc = "bytes of the PSK identity, 1 to 128, by default 15"},
    {.name = "no-cookie", .key = KEY_NO_COOKIE, .doc = "the server sends no HelloVerifyRequest"},
    {.name = "cid",
     .key = KEY_CID,
     .arg = "N",
     .doc = "connection IDs, the server's of N bytes, 0 to 32"},
    {.name = "padding",
     .key = KEY_PADDING,
     .arg = "N",
     .doc = "records with an ID are padded to multiples of N bytes, 1 to 64, by default 16"},
    {.name = "payload",
     .key = KEY_PAYLOAD,
     .arg = "N",
     .doc = "bytes of the record, and of the PUBLISH in the comparison, 1 to 1024, by default 20"},
    {.name = "terms", .key = KEY_TERMS, .doc = "print the terms of computed sizes"},
    {.name = "json", .key = KEY_JSON, .doc = "print the answer as JSON"},
    {0}};

static error_t
bytes_parse(int key, char *argument, struct argp_state *state)
{
	struct bytes_args *args = state->input;
	struct bytes_question *question = &args->question;
	struct bytes_config *config = &question->config;

	switch (key) {
	case KEY_SUITE:
		config->suite = cli_option_suite(argument, true, state)->name;
		return 0;
	case KEY_IDENTITY:
		question->identity_len = (size_t)cli_option_number("--identity-length", argument, 1,
								   NBS_DTLS_IDENTITY_MAX, state);
		return 0;
	case KEY_NO_COOKIE:
		config->cookie = false;
		return 0;
	case KEY_CID:
		config->cid_len =
		    (int)cli_option_number("--cid", argument, 0, NBS_DTLS_CID_MAX, state);
		return 0;
	case KEY_PADDING:
		args->padding = argument;
		config->padding = (size_t)cli_option_number("--padding", argument, 1,
							    NBS_DTLS_CID_PADDING_MAX, state);
		return 0;
	case KEY_PAYLOAD:
		question->payload =
		    (size_t)cli_option_number("--payload", argument, 1, BYTES_PAYLOAD_MAX, state);
		return 0;
	case KEY_TERMS:
		question->terms = true;
		return 0;
	case KEY_JSON:
		question->json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: no argument is expected", argument);
		return 0;
	case ARGP_KEY_END:
		if (args->padding != NULL && config->cid_len == BYTES_NO_CID)
			argp_error(state,
				   "--padding %s: expected --cid N too: only records with a "
				   "connection ID are padded",
				   args->padding);
		if (nbs_dtls_suite_has_certificate(nbs_dtls_suite_find(config->suite)->number) &&
		    question->identity_len > NBS_DTLS_COMMON_NAME_MAX)
			argp_error(state,
				   "--identity-length %zu: expected at most %u with a suite of "
				   "certificates: it is the name in one",
				   question->identity_len, NBS_DTLS_COMMON_NAME_MAX);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp bytes_argp = {
    .options = bytes_options,
    .parser = bytes_parse,
    .doc =
	"Prints what each byte of a DTLS 1.2 handshake, record and close_notify is for, measured "
	"on the library of this program without a radio; then handshakes, records and whole "
	"MQTT-SN messages of other protocols beside it.\v"
	"Each row says where it is from: `measured' here and now, `published' in a table of "
	"draft-ietf-iotops-security-protocol-comparison, or `computed' as a sum of terms. "
	"Published rows that are such sums have theirs beside them.\n"
	"For example: nbsec bytes --cid 1 --padding 1 --payload 12\n"
	"Exit status: 0 done, 2 bad usage, 3 the system failed us."};

int
cli_bytes(int argc, char **argv)
{
	struct bytes_args args = {.question = {.config = {.suite = "psk-aes128-ccm8",
							  .cookie = true,
							  .cid_len = BYTES_NO_CID,
							  .padding = NBS_DTLS_CID_PADDING},
					       .identity_len = BYTES_IDENTITY,
					       .payload = BYTES_PAYLOAD}};
	int exit_status = CLI_DONE;
	json_t *answer;

	argp_parse(&bytes_argp, argc, argv, 0, NULL, &args);
	answer = bytes_answer(&args.question, &exit_status);
	if (answer == NULL)
		return exit_status;
	if (args.question.json)
		return cli_print_json(answer);
	bytes_print(answer, args.question.terms);
	json_decref(answer);
	return CLI_DONE;
}
