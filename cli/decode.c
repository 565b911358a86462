/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec decode: the fields of a packet that is given as hexadecimal digits.
 */
#include "cli/cli.h"
#include "cli/hex.h"
#include "models/mqttsn/codec.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_JSON 'j'

struct decode_args {
	const char *protocol;
	char *text; /* all words after it, joined by blanks; owned */
	bool json;
};

static const struct argp_option decode_options[] = {
    {.name = "json", .key = KEY_JSON, .doc = "print the fields as JSON"}, {0}};

static error_t
decode_add_word(struct decode_args *args, const char *word)
{
	char *text =
	    args->text == NULL ? cli_text("%s", word) : cli_text("%s %s", args->text, word);

	free(args->text);
	args->text = text;
	return text == NULL ? ENOMEM : 0;
}

static error_t
decode_parse(int key, char *argument, struct argp_state *state)
{
	struct decode_args *args = state->input;

	switch (key) {
	case KEY_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->protocol != NULL)
			return decode_add_word(args, argument);
		args->protocol = argument;
		if (strcmp(argument, "mqttsn") != 0)
			argp_error(state, "%s: expected mqttsn", argument);
		return 0;
	case ARGP_KEY_END:
		if (args->text == NULL)
			argp_error(state, "a protocol and hexadecimal digits are expected");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp decode_argp = {
    .options = decode_options,
    .parser = decode_parse,
    .args_doc = "mqttsn HEX...",
    .doc =
	"Shows the fields of an MQTT-SN v1.2 packet (a UDP payload).\v"
	"Blanks and colons may stand between bytes: nbsec decode mqttsn 02 16.\n"
	"Exit status: 0 done, 2 not a valid packet, or no hexadecimal digits; 3 the system failed "
	"us."};

static void
field_to_text(void *arg, const char *name, const char *value)
{
	(void)arg;
	printf("%s: %s\n", name, value);
}

/* A list keeps the order of the wire and fields that occur twice. */
static void
field_to_json(void *arg, const char *name, const char *value)
{
	json_array_append_new(arg, json_pack("{s:s, s:s}", "name", name, "value", value));
}

static int
decode_bytes(const uint8_t *data, size_t len, bool json)
{
	struct nbs_mqttsn_msg msg;
	struct nbs_mqttsn_fault fault = {0};
	enum nbs_status status = nbs_mqttsn_decode(data, len, &msg, &fault);

	if (status != NBS_OK)
		return cli_fail(CLI_BAD_INPUT, "not a valid MQTT-SN packet: byte %zu: %s (%s)",
				fault.offset + 1, fault.text, nbs_status_str(status));
	if (!json) {
		nbs_mqttsn_fields(&msg, field_to_text, NULL);
		return CLI_DONE;
	}
	json_t *fields = json_array();

	nbs_mqttsn_fields(&msg, field_to_json, fields);
	return cli_print_json(json_pack("{s:s, s:I, s:o}", "protocol", "mqttsn", "bytes",
					(json_int_t)len, "fields", fields));
}

int
cli_decode(int argc, char **argv)
{
	struct decode_args args = {0};
	char why[128];
	size_t len = 0;

	argp_parse(&decode_argp, argc, argv, 0, NULL, &args);
	size_t cap = strlen(args.text) / 2 + 1;
	uint8_t *data = malloc(cap);
	int exit_status;

	if (data == NULL)
		exit_status = cli_no_memory();
	else if (cli_hex_parse(args.text, data, cap, &len, why, sizeof(why)) != NBS_OK)
		exit_status = cli_fail(CLI_BAD_INPUT, "not hexadecimal: %s", why);
	else
		exit_status = decode_bytes(data, len, args.json);
	free(data);
	free(args.text);
	return exit_status;
}
