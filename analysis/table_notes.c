/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answer's lines below the columns: what the numbers do not say by themselves. */
#include "analysis/table_parts.h"

#include <stdbool.h>
#include <string.h>

/* ---- batteries ---- */

/*
 * The day that was run contains each device's first set-up; later days do not. A battery is sized
 * by them, so the answer says both. They are known of devices with three reports or more.
 */
static void
put_later_days(FILE *line, const json_t *fleet, const json_t *settled)
{
	double setup_mj = json_number_value(json_object_get(fleet, "setup_mj"));
	json_int_t devices = nbsi_int_at(fleet, "devices");
	json_int_t known = nbsi_int_at(settled, "devices");

	if (setup_mj >= 0)
		fprintf(line, "first set-up %.0f mJ, once; ", setup_mj);
	fprintf(line, "by later days %.2f years (p10 %.2f)",
		json_number_value(json_object_get(settled, "mean")),
		json_number_value(json_object_get(settled, "p10")));
	if (setup_mj < 0)
		fputs(", they cost more than the first", line);
	if (known < devices) {
		nbsi_put_count(line, ", of the %s", known);
		nbsi_put_count(line, " of %s devices with three reports or more", devices);
	}
}

static void
put_setup(FILE *line, const json_t *fleet)
{
	const json_t *settled = json_object_get(fleet, "battery_years_settled");

	if (!json_is_number(nbsi_json_at(fleet, "battery_years", "mean", NULL)))
		return;
	nbsi_put_label(line, "battery");
	fprintf(line, "%s: ", nbsi_text_at(fleet, "name"));
	if (nbsi_int_at(settled, "devices") > 0)
		put_later_days(line, fleet, settled);
	else
		fputs("the years have the first set-up in them; no device sent the three reports "
		      "that tell later days apart",
		      line);
}

/* Whoever reads a number of years should know what nobody has measured under it. */
static void
put_assumed(FILE *line, const json_t *fleet)
{
	const json_t *assumed = nbsi_json_at(fleet, "battery", "assumed", NULL);
	size_t i;
	json_t *name;

	if (json_array_size(assumed) == 0)
		return;
	nbsi_put_label(line, "assumed");
	fprintf(line, "%s: ", nbsi_text_at(fleet, "name"));
	nbsi_put_percent(line, "%s %% of the energy of later days rests on assumed values:",
			 json_number_value(nbsi_json_at(fleet, "battery", "assumed_share", NULL)));
	json_array_foreach(assumed, i, name)
	{
		fprintf(line, "%s %s", i > 0 ? "," : "", json_string_value(name));
	}
}

static void
put_outage(FILE *line, const json_t *fleet)
{
	json_int_t count = nbsi_int_at(json_object_get(fleet, "radio"), "devices_in_outage");

	if (count == 0)
		return;
	nbsi_put_label(line, "outage");
	fprintf(line, "%s: ", nbsi_text_at(fleet, "name"));
	nbsi_put_count(line, "%s out of coverage; battery years of such devices mean little",
		       count);
}

/* ---- the radio ---- */

/* What failed on the way, each said when there is any. */
static const struct {
	const char *key, *format;
} radio_failures[] = {
    {"ra_failures", "accesses given up %s"},
    {"rejects", "connections rejected %s"},
    {"link_failures", "radio link failures %s"},
    {"lost_up", "packets lost on the way up %s"},
    {"lost_down", "packets lost on the way down %s"},
    {"unreachable", "packets discarded for devices asleep %s"},
    {"illegal", "ILLEGAL EVENTS %s"},
};

/* States in which something keeps a device from sending. */
static const struct {
	const char *key, *format;
} radio_ends[] = {
    {"no cell", "devices left without a cell %s"},
    {"backoff", "devices left in back-off %s"},
};

/* The line's beginning before its first part, a comma before each other. */
static void
put_part(FILE *line, const json_t *fleet, bool *begun)
{
	if (*begun) {
		fputs(", ", line);
		return;
	}
	nbsi_put_label(line, "radio");
	fprintf(line, "%s: ", nbsi_text_at(fleet, "name"));
	*begun = true;
}

/* "120 of 480 messages undelivered (no coverage 80, under way 40)". */
static void
put_undelivered(FILE *line, const json_t *fleet, bool *begun)
{
	const json_t *messages = json_object_get(fleet, "messages");
	json_int_t sent = nbsi_int_at(messages, "sent");
	json_int_t undelivered = sent - nbsi_int_at(messages, "delivered");
	const char *separator = " (";
	const char *why;
	json_t *count;

	if (undelivered <= 0)
		return;
	put_part(line, fleet, begun);
	nbsi_put_count(line, "%s", undelivered);
	nbsi_put_count(line, " of %s messages undelivered", sent);
	json_object_foreach((json_t *)nbsi_json_at(fleet, "radio", "undelivered_why", NULL), why,
			    count)
	{
		fprintf(line, "%s%s ", separator, why);
		nbsi_put_count(line, "%s", json_integer_value(count));
		separator = ", ";
	}
	fputs(separator[0] == ',' ? ")" : "", line);
}

static void
put_radio(FILE *line, const json_t *fleet)
{
	const json_t *radio = json_object_get(fleet, "radio");
	const json_t *ends = json_object_get(radio, "end_states");
	bool begun = false;

	put_undelivered(line, fleet, &begun);
	for (size_t i = 0; i < sizeof(radio_failures) / sizeof(radio_failures[0]); i++) {
		json_int_t count = nbsi_int_at(radio, radio_failures[i].key);

		if (count == 0)
			continue;
		put_part(line, fleet, &begun);
		nbsi_put_count(line, radio_failures[i].format, count);
	}
	for (size_t i = 0; i < sizeof(radio_ends) / sizeof(radio_ends[0]); i++) {
		json_int_t count = nbsi_int_at(ends, radio_ends[i].key);

		if (count == 0)
			continue;
		put_part(line, fleet, &begun);
		nbsi_put_count(line, radio_ends[i].format, count);
	}
}

/* ---- attacks ---- */

/* "clientid-spoof on dtls: 200 tried, nothing accepted by the cloud; attempts: ...". */
static void
put_attack(FILE *line, const json_t *attack)
{
	json_int_t attempts = nbsi_int_at(attack, "attempts");
	json_int_t accepted = nbsi_int_at(attack, "accepted");
	const char *key;
	json_t *count;
	const char *separator = "; attempts: ";

	nbsi_put_label(line, "attack");
	fprintf(line, "%s on %s: ", nbsi_text_at(attack, "kind"), nbsi_text_at(attack, "target"));
	if (attempts == 0)
		fputs("not tried", line);
	else
		nbsi_put_count(line, "%s tried, ", attempts);
	if (accepted > 0) {
		nbsi_put_count(line, "%s false messages ACCEPTED by the cloud, ", accepted);
		nbsi_put_count(line, "%s of them under a device's name",
			       nbsi_int_at(attack, "accepted_as_device"));
	}
	if (accepted == 0 && attempts > 0)
		fputs("nothing accepted by the cloud", line);
	json_object_foreach(json_object_get(attack, "outcomes"), key, count)
	{
		fprintf(line, "%s%s ", separator, key);
		nbsi_put_count(line, "%s", json_integer_value(count));
		separator = ", ";
	}
}

static void
put_unattributed(FILE *line, const json_t *summary)
{
	json_int_t count = nbsi_int_at(summary, "unattributed_accepted");

	if (count == 0)
		return;
	nbsi_put_label(line, "note");
	nbsi_put_count(line,
		       "%s more messages were accepted that no device sent and no attack explains",
		       count);
}

void
nbsi_table_notes(FILE *out, const json_t *summary)
{
	size_t i;
	json_t *item;

	json_array_foreach(json_object_get(summary, "fleets"), i, item)
	{
		nbsi_print_line(out, NBSI_TABLE_INDENT, item, put_setup);
		nbsi_print_line(out, NBSI_TABLE_INDENT, item, put_assumed);
		nbsi_print_line(out, NBSI_TABLE_INDENT, item, put_outage);
		nbsi_print_line(out, NBSI_TABLE_INDENT, item, put_radio);
	}
	json_array_foreach(json_object_get(summary, "attacks"), i, item)
	    nbsi_print_line(out, NBSI_TABLE_INDENT, item, put_attack);
	nbsi_print_line(out, NBSI_TABLE_INDENT, summary, put_unattributed);
}
