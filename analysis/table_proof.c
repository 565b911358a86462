/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packet that proves an answer, and the command that shows it. */
#include "analysis/format.h"
#include "analysis/table.h"
#include "analysis/table_parts.h"

#include <stdlib.h>
#include <string.h>

const json_t *
nbsi_table_proof(const json_t *summary, const char *target)
{
	const json_t *first = NULL;
	size_t i;
	json_t *attack;

	json_array_foreach(json_object_get(summary, "attacks"), i, attack)
	{
		const json_t *entry = json_array_get(json_object_get(attack, "evidence"), 0);

		if (entry == NULL ||
		    (target && strcmp(nbsi_text_at(attack, "target"), target) != 0))
			continue;
		if (json_integer_value(json_object_get(attack, "accepted")) > 0)
			return entry;
		if (first == NULL)
			first = entry;
	}
	return first;
}

/* What tshark must be told about the gateway's ports; each fleet's port once. */
static void
print_decode_as(FILE *out, const json_t *summary)
{
	const json_t *fleets = json_object_get(summary, "fleets");
	size_t i;
	json_t *fleet;

	json_array_foreach(fleets, i, fleet)
	{
		json_int_t port = json_integer_value(json_object_get(fleet, "port"));
		bool seen = false;

		for (size_t k = 0; k < i; k++)
			seen |= json_integer_value(
				    json_object_get(json_array_get(fleets, k), "port")) == port;
		if (!seen)
			fprintf(out, "-d udp.port==%" JSON_INTEGER_FORMAT ",%s ", port,
				strcmp(nbsi_text_at(fleet, "security"), "none") == 0 ? "mqttsn"
										     : "dtls");
	}
	/* 1883 is no port of the captures: mqttsn-dtls.lua fetches the dissector by it. */
	fputs("-d udp.port==1883,mqttsn", out);
}

/* A file of the run's folder behind a prefix, as one shell word. */
static void
print_path_word(FILE *out, const char *prefix, const char *dir, const char *file)
{
	size_t size = strlen(prefix) + strlen(dir) + strlen(file) + 2;
	char *path = malloc(size);

	if (path == NULL)
		return;
	snprintf(path, size, "%s%s%s%s", prefix, dir, file[0] == '\0' ? "" : "/", file);
	nbsi_print_shell_word(out, path);
	free(path);
}

bool
nbs_table_print_evidence(FILE *out, const json_t *summary, const char *dir, const char *lua)
{
	const json_t *proof = nbsi_table_proof(summary, NULL);

	if (proof == NULL)
		return false;
	fputs("  tshark -X ", out);
	print_path_word(out, "lua_script:", lua, "");
	fputs(" -o ", out);
	print_path_word(out, "tls.keylog_file:", dir, "keys.log");
	fputs(" \\\n    ", out);
	print_decode_as(out, summary);
	fputs(" \\\n    -r ", out);
	print_path_word(out, "", dir, nbsi_text_at(proof, "pcap"));
	fprintf(out, " -O mqttsn,dtls -Y frame.number==%" JSON_INTEGER_FORMAT "\n",
		json_integer_value(json_object_get(proof, "frame")));
	return true;
}
