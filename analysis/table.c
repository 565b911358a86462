/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answer's text: head above the grid, attacks below it, the command that shows a proof.
 */
#include "analysis/table.h"

#include "analysis/format.h"
#include "analysis/table_parts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_INDENT 10 /* where the text behind "network", a fleet's name, "attack" starts */

const json_t *
nbsi_json_at(const json_t *json, ...)
{
	va_list keys;
	const char *key;

	va_start(keys, json);
	while (json != NULL && (key = va_arg(keys, const char *)) != NULL)
		json = json_object_get(json, key);
	va_end(keys);
	return json;
}

static const char *
text_at(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text == NULL ? "?" : text;
}

/* Prints a line made in memory; without memory for it, says so in its place. */
static void
print_made(FILE *out, FILE *line, char **text, size_t indent)
{
	if (fclose(line) == 0)
		nbsi_print_wrapped(out, indent, *text);
	else
		fputs("(out of memory)\n", out);
	free(*text);
}

static void
put_duration(FILE *line, const char *format, const json_t *seconds)
{
	char text[48];

	nbsi_duration_text(text, sizeof(text), json_number_value(seconds));
	fprintf(line, format, text);
}

static void
put_count(FILE *line, const char *format, json_int_t count)
{
	char text[48];

	nbsi_format_count(text, sizeof(text), count);
	fprintf(line, format, text);
}

static json_int_t
count_devices(const json_t *summary)
{
	json_int_t devices = 0;
	size_t i;
	json_t *fleet;

	json_array_foreach(json_object_get(summary, "fleets"), i, fleet) devices +=
	    json_integer_value(json_object_get(fleet, "devices"));
	return devices;
}

static void
print_title(FILE *out, const json_t *summary)
{
	char *text = NULL;
	size_t size = 0;
	FILE *line = open_memstream(&text, &size);
	const json_t *wall = json_object_get(summary, "wall_s");

	if (line == NULL)
		return;
	fprintf(line, "%s: ", text_at(summary, "scenario"));
	put_count(line, "%s devices", count_devices(summary));
	put_duration(line, " for %s", json_object_get(summary, "simulated_s"));
	fprintf(line, ", seed %" JSON_INTEGER_FORMAT,
		json_integer_value(json_object_get(summary, "seed")));
	put_count(line, ", %s events", json_integer_value(json_object_get(summary, "events")));
	if (json_is_number(wall)) {
		char seconds[48];

		nbsi_format_real(seconds, sizeof(seconds), wall);
		fprintf(line, " in %s s", seconds);
	}
	fprintf(line, ", nbsec %s", text_at(summary, "version"));
	print_made(out, line, &text, 2);
	if (json_is_true(json_object_get(summary, "partial"))) {
		char asked[48];

		nbsi_duration_text(asked, sizeof(asked),
				   json_number_value(json_object_get(summary, "duration_s")));
		fprintf(out, "PARTIAL: the run was interrupted; it was to be %s.\n", asked);
	}
}

/* The session that all fleets have, or NULL when they differ. */
static const char *
common_session(const json_t *summary)
{
	const char *session = NULL;
	size_t i;
	json_t *fleet;

	json_array_foreach(json_object_get(summary, "fleets"), i, fleet)
	{
		const char *other = text_at(fleet, "session");

		if (session != NULL && strcmp(session, other) != 0)
			return NULL;
		session = other;
	}
	return session;
}

static void
print_network(FILE *out, const json_t *summary)
{
	char *text = NULL;
	size_t size = 0;
	FILE *line = open_memstream(&text, &size);
	const json_t *network = json_object_get(summary, "network");
	const char *session = common_session(summary);

	if (line == NULL)
		return;
	fprintf(line, "%-*s", TABLE_INDENT, "network");
	put_duration(line, "inactivity timer %s", json_object_get(network, "inactivity_timer_s"));
	if (json_is_true(json_object_get(network, "c_drx")))
		put_duration(line, ", C-DRX %s", json_object_get(network, "c_drx_cycle_s"));
	else
		fputs(", C-DRX off", line);
	fprintf(line, ", release assistance %s",
		json_is_true(json_object_get(network, "release_assistance")) ? "on" : "off");
	put_duration(line, ", T3324 %s", json_object_get(network, "t3324_s"));
	put_duration(line, ", T3412 %s", json_object_get(network, "t3412_s"));
	fprintf(line, ", %s, session %s", text_at(network, "optimisation"),
		session == NULL ? "by fleet" : session);
	print_made(out, line, &text, TABLE_INDENT);
}

static void
print_fleet(FILE *out, const json_t *fleet)
{
	char *text = NULL;
	size_t size = 0;
	FILE *line = open_memstream(&text, &size);
	const char *security = text_at(fleet, "security");

	if (line == NULL)
		return;
	fprintf(line, "%-*s", TABLE_INDENT - 1, text_at(fleet, "name"));
	put_count(line, " %s devices", json_integer_value(json_object_get(fleet, "devices")));
	fprintf(line, ", %s on UDP %" JSON_INTEGER_FORMAT ", session %s",
		strcmp(security, "none") == 0 ? "no security" : security,
		json_integer_value(json_object_get(fleet, "port")), text_at(fleet, "session"));
	fprintf(line, ", %" JSON_INTEGER_FORMAT " bytes",
		json_integer_value(json_object_get(fleet, "payload_bytes")));
	put_duration(line, " every %s", json_object_get(fleet, "report_period_s"));
	fprintf(line, "; modem %s, battery %g Wh", text_at(fleet, "modem"),
		json_number_value(json_object_get(fleet, "battery_wh")));
	print_made(out, line, &text, TABLE_INDENT);
}

/*
 * The day that was run contains each device's first set-up; later days do not. A battery is sized
 * by them, so the answer says both.
 */
static void
put_setup(FILE *line, const json_t *fleet)
{
	const json_t *setup = json_object_get(fleet, "setup_mj");
	const json_t *years = nbsi_json_at(fleet, "battery_years_settled", "mean", NULL);
	const json_t *p10 = nbsi_json_at(fleet, "battery_years_settled", "p10", NULL);

	if (json_is_number(setup) && json_is_number(years))
		fprintf(line,
			"%-*s%s: first set-up %.0f mJ, once; by later days %.2f years (p10 %.2f)",
			TABLE_INDENT, "battery", text_at(fleet, "name"), json_number_value(setup),
			json_number_value(years), json_number_value(p10));
}

static void
put_outage(FILE *line, const json_t *fleet)
{
	json_int_t count =
	    json_integer_value(nbsi_json_at(fleet, "radio", "devices_in_outage", NULL));

	if (count > 0)
		fprintf(line,
			"%-*s%s: %" JSON_INTEGER_FORMAT " out of coverage; battery years of such "
			"devices mean little",
			TABLE_INDENT, "outage", text_at(fleet, "name"), count);
}

/* A line that may turn out empty: then nothing is printed. */
static void
print_note(FILE *out, const json_t *fleet, void (*put)(FILE *line, const json_t *fleet))
{
	char *text = NULL;
	size_t size = 0;
	FILE *line = open_memstream(&text, &size);

	if (line == NULL)
		return;
	put(line, fleet);
	if (ftell(line) > 0) {
		print_made(out, line, &text, TABLE_INDENT);
		return;
	}
	(void)fclose(line);
	free(text);
}

/* "clientid-spoof on dtls: 200 tried, nothing accepted by the cloud; attempts: ...". */
static void
print_attack(FILE *out, const json_t *attack)
{
	char *text = NULL;
	size_t size = 0;
	FILE *line = open_memstream(&text, &size);
	json_int_t attempts = json_integer_value(json_object_get(attack, "attempts"));
	json_int_t accepted = json_integer_value(json_object_get(attack, "accepted"));
	json_int_t as_device = json_integer_value(json_object_get(attack, "accepted_as_device"));
	const char *key;
	json_t *count;
	const char *separator = "; attempts: ";

	if (line == NULL)
		return;
	fprintf(line, "%-*s%s on %s: ", TABLE_INDENT, "attack", text_at(attack, "kind"),
		text_at(attack, "target"));
	if (attempts == 0)
		fputs("not tried", line);
	else
		put_count(line, "%s tried, ", attempts);
	if (accepted > 0) {
		put_count(line, "%s false messages ACCEPTED by the cloud, ", accepted);
		put_count(line, "%s of them under a device's name", as_device);
	}
	if (accepted == 0 && attempts > 0)
		fputs("nothing accepted by the cloud", line);
	json_object_foreach(json_object_get(attack, "outcomes"), key, count)
	{
		fprintf(line, "%s%s ", separator, key);
		put_count(line, "%s", json_integer_value(count));
		separator = ", ";
	}
	print_made(out, line, &text, TABLE_INDENT);
}

void
nbs_table_print(FILE *out, const json_t *summary)
{
	json_int_t unattributed =
	    json_integer_value(json_object_get(summary, "unattributed_accepted"));
	size_t i;
	json_t *item;

	print_title(out, summary);
	print_network(out, summary);
	json_array_foreach(json_object_get(summary, "fleets"), i, item) print_fleet(out, item);
	fputc('\n', out);
	nbsi_table_grid(out, summary);
	fputc('\n', out);
	json_array_foreach(json_object_get(summary, "fleets"), i, item)
	{
		print_note(out, item, put_setup);
		print_note(out, item, put_outage);
	}
	json_array_foreach(json_object_get(summary, "attacks"), i, item) print_attack(out, item);
	if (unattributed > 0)
		fprintf(out,
			"%-*s%" JSON_INTEGER_FORMAT
			" more messages were accepted that no device sent and no attack explains\n",
			TABLE_INDENT, "note", unattributed);
}

/* ---- proof ---- */

const json_t *
nbsi_table_proof(const json_t *summary, const char *target)
{
	const json_t *first = NULL;
	size_t i;
	json_t *attack;

	json_array_foreach(json_object_get(summary, "attacks"), i, attack)
	{
		const json_t *entry = json_array_get(json_object_get(attack, "evidence"), 0);

		if (entry == NULL || (target && strcmp(text_at(attack, "target"), target) != 0))
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
				strcmp(text_at(fleet, "security"), "none") == 0 ? "mqttsn"
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
	print_path_word(out, "", dir, text_at(proof, "pcap"));
	fprintf(out, " -O mqttsn,dtls -Y frame.number==%" JSON_INTEGER_FORMAT "\n",
		json_integer_value(json_object_get(proof, "frame")));
	return true;
}
