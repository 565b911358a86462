/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answer on standard output.
 */
#include "cli/answer.h"

#include "analysis/table.h"
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ANSWER_LUA "pcaps/mqttsn-dtls.lua"

static void
print_checks(const json_t *summary)
{
	const json_t *checks = json_object_get(summary, "checks");
	size_t i;
	json_t *check;

	json_array_foreach(checks, i, check)
	    printf("%-10s%s: %s\n", "check",
		   json_is_true(json_object_get(check, "passed")) ? "holds" : "FAILED",
		   json_string_value(json_object_get(check, "text")));
	if (json_array_size(checks) > 0)
		putchar('\n');
}

static void
print_file(const char *dir, const char *file, const char *what)
{
	char *path = cli_text("%s/%s", dir, file);

	if (path != NULL && access(path, F_OK) == 0)
		printf("  %-*s  %s\n", 40, path, what);
	free(path);
}

static void
print_evidence(const json_t *summary, const char *dir)
{
	char *lua = cli_find_data(ANSWER_LUA);

	fputs("\nThe first proof, decoded (./nbsec setup installs tshark):\n", stdout);
	if (!nbs_table_print_evidence(stdout, summary, dir, lua == NULL ? ANSWER_LUA : lua))
		fputs("  none: no attack left a packet\n", stdout);
	free(lua);
}

void
cli_answer_print(const json_t *summary, const char *dir)
{
	nbs_table_print(stdout, summary);
	putchar('\n');
	print_checks(summary);
	fputs("Written:\n", stdout);
	print_file(dir, "results.sqlite", "every message, device, attempt (docs/results.md)");
	print_file(dir, "summary.json", "the numbers above and more");
	print_file(dir, "pcap", "captures for Wireshark");
	print_file(dir, "keys.log", "their DTLS keys");
	print_file(dir, "scenario.yaml", "what was run, to run it again");
	print_file(dir, "PARTIAL", "marks an interrupted run");
	if (json_array_size(json_object_get(summary, "attacks")) > 0)
		print_evidence(summary, dir);
}

int
cli_answer_json(json_t *summary, const char *dir)
{
	if (json_object_set_new(summary, "folder", json_string(dir)) != 0)
		return cli_no_memory();
	return cli_print_json(json_incref(summary));
}
