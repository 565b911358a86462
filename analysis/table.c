/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answer's text. Its head: what ran, in which network, how busy the cell was, which fleets.
 */
#include "analysis/table.h"

#include "analysis/format.h"
#include "analysis/table_parts.h"

#include <string.h>

static json_int_t
count_devices(const json_t *summary)
{
	json_int_t devices = 0;
	size_t i;
	json_t *fleet;

	json_array_foreach(json_object_get(summary, "fleets"), i, fleet) devices +=
	    nbsi_int_at(fleet, "devices");
	return devices;
}

static void
put_title(FILE *line, const json_t *summary)
{
	const json_t *wall = json_object_get(summary, "wall_s");

	fprintf(line, "%s: ", nbsi_text_at(summary, "scenario"));
	nbsi_put_count(line, "%s devices", count_devices(summary));
	nbsi_put_duration(line, " for %s", json_object_get(summary, "simulated_s"));
	fprintf(line, ", seed %" JSON_INTEGER_FORMAT, nbsi_int_at(summary, "seed"));
	nbsi_put_count(line, ", %s events", nbsi_int_at(summary, "events"));
	if (json_is_number(wall)) {
		char seconds[48];

		nbsi_format_real(seconds, sizeof(seconds), wall);
		fprintf(line, " in %s s", seconds);
	}
	fprintf(line, ", nbsec %s", nbsi_text_at(summary, "version"));
}

static void
put_partial(FILE *line, const json_t *summary)
{
	if (json_is_true(json_object_get(summary, "partial")))
		nbsi_put_duration(line, "PARTIAL: the run was interrupted; it was to be %s.",
				  json_object_get(summary, "duration_s"));
}

/* ---- the network ---- */

/* The session that all fleets have, or NULL when they differ. */
static const char *
common_session(const json_t *summary)
{
	const char *session = NULL;
	size_t i;
	json_t *fleet;

	json_array_foreach(json_object_get(summary, "fleets"), i, fleet)
	{
		const char *other = nbsi_text_at(fleet, "session");

		if (session != NULL && strcmp(session, other) != 0)
			return NULL;
		session = other;
	}
	return session;
}

/* "network-a", "network-a but for 2 values". */
static void
put_name(FILE *line, const json_t *network)
{
	json_int_t changes = nbsi_int_at(network, "changes");

	fputs(nbsi_text_at(network, "name"), line);
	if (changes > 0)
		nbsi_put_count(line, changes == 1 ? " but for %s value" : " but for %s values",
			       changes);
}

static void
put_idle_mode(FILE *line, const json_t *network)
{
	if (json_is_false(json_object_get(network, "psm")))
		fputs(", PSM off", line);
	else
		nbsi_put_duration(line, ", T3324 %s", json_object_get(network, "t3324_s"));
	if (json_is_true(json_object_get(network, "edrx")))
		nbsi_put_duration(line, ", eDRX %s", json_object_get(network, "edrx_cycle_s"));
	nbsi_put_duration(line, ", T3412 %s", json_object_get(network, "t3412_s"));
}

static void
put_network(FILE *line, const json_t *summary)
{
	const json_t *network = json_object_get(summary, "network");
	const char *session = common_session(summary);

	nbsi_put_label(line, "network");
	put_name(line, network);
	nbsi_put_duration(line, ", inactivity timer %s",
			  json_object_get(network, "inactivity_timer_s"));
	if (json_is_true(json_object_get(network, "c_drx")))
		nbsi_put_duration(line, ", C-DRX %s", json_object_get(network, "c_drx_cycle_s"));
	else
		fputs(", C-DRX off", line);
	fprintf(line, ", release assistance %s", nbsi_text_at(network, "assistance"));
	put_idle_mode(line, network);
	fprintf(line, ", %s", nbsi_text_at(network, "optimisation"));
	if (json_is_true(json_object_get(network, "edt")))
		fputs(" with early data", line);
	if (strcmp(nbsi_text_at(network, "apn"), "internet") == 0)
		fputs(", apn internet", line);
	fprintf(line, ", session %s", session == NULL ? "by fleet" : session);
}

/* ---- the cell ---- */

static void
put_random_access(FILE *line, const json_t *cell)
{
	json_int_t preambles = nbsi_int_at(cell, "preambles");
	json_int_t unanswered = nbsi_int_at(cell, "unanswered");
	json_int_t rejects = nbsi_int_at(cell, "rejects");

	nbsi_put_count(line, ", %s preambles", preambles);
	if (preambles > 0)
		nbsi_put_percent(line, ", %s %% collided",
				 (double)nbsi_int_at(cell, "collided") / (double)preambles);
	if (unanswered > 0)
		nbsi_put_count(line, ", %s without room for a response", unanswered);
	nbsi_put_count(line, ", at most %s connected", nbsi_int_at(cell, "connected_max"));
	if (rejects > 0)
		nbsi_put_count(line, ", %s turned away", rejects);
}

/* How busy the cell was: means nothing where nobody is in the way of another. */
static void
put_cell(FILE *line, const json_t *summary)
{
	const json_t *cell = json_object_get(summary, "cell");
	json_int_t carriers = nbsi_int_at(cell, "carriers");

	if (!json_is_object(cell) ||
	    strcmp(nbsi_text_at(json_object_get(summary, "network"), "load"), "shared") != 0)
		return;
	nbsi_put_label(line, "cell");
	if (carriers > 1)
		nbsi_put_count(line, "%s carriers: ", carriers);
	nbsi_put_percent(line, "uplink %s %%",
			 json_number_value(json_object_get(cell, "ul_share")));
	nbsi_put_percent(line, carriers > 1 ? " (NPRACH %s %% of the anchor)" : " (NPRACH %s %%)",
			 json_number_value(json_object_get(cell, "nprach_share")));
	nbsi_put_percent(line, ", downlink %s %%",
			 json_number_value(json_object_get(cell, "dl_share")));
	put_random_access(line, cell);
}

/* What the DTLS server did and refused, by reason; nothing where nobody came to it. */
static void
put_gateway(FILE *line, const json_t *summary)
{
	const json_t *dtls = nbsi_json_at(summary, "gateway", "dtls", NULL);
	const json_t *failed = json_object_get(dtls, "failed");
	json_int_t resumed = nbsi_int_at(dtls, "resumed");
	const char *separator = "; refused: ";
	const char *reason;
	json_t *count;

	if (json_object_size(failed) == 0 && nbsi_int_at(dtls, "handshakes") == 0)
		return;
	nbsi_put_label(line, "gateway");
	nbsi_put_count(line, "%s DTLS handshakes", nbsi_int_at(dtls, "handshakes"));
	if (resumed > 0)
		nbsi_put_count(line, ", %s of them resumed", resumed);
	json_object_foreach((json_t *)failed, reason, count)
	{
		fprintf(line, "%s%s ", separator, reason);
		nbsi_put_count(line, "%s", json_integer_value(count));
		separator = ", ";
	}
}

static void
put_nat(FILE *line, const json_t *summary)
{
	const json_t *nat = json_object_get(summary, "nat");
	json_int_t exhausted = nbsi_int_at(nat, "exhausted");

	if (!json_is_object(nat))
		return;
	nbsi_put_label(line, "nat");
	nbsi_put_count(line, "%s bindings", nbsi_int_at(nat, "made"));
	nbsi_put_count(line, ", %s of them anew on another port", nbsi_int_at(nat, "rebound"));
	nbsi_put_duration(line, " after %s of silence",
			  nbsi_json_at(summary, "network", "nat_binding_s", NULL));
	nbsi_put_count(line, ", %s packets from outside dropped",
		       nbsi_int_at(nat, "dropped_inbound"));
	if (exhausted > 0)
		nbsi_put_count(line, ", %s from inside for want of a port", exhausted);
}

/* ---- the fleets ---- */

/* "64 bytes"; "24 to 200 bytes" where each report's is drawn. */
static void
put_payload(FILE *line, const json_t *fleet)
{
	json_int_t least = nbsi_int_at(fleet, "payload_min_bytes");
	json_int_t most = nbsi_int_at(fleet, "payload_max_bytes");

	fprintf(line, ", %" JSON_INTEGER_FORMAT, least);
	if (most != least)
		fprintf(line, " to %" JSON_INTEGER_FORMAT, most);
	fputs(" bytes", line);
}

/* "every 1 h"; "every 30 min to 24 h" where each device's is drawn. */
static void
put_period(FILE *line, const json_t *fleet)
{
	const json_t *least = json_object_get(fleet, "report_period_min_s");
	const json_t *most = json_object_get(fleet, "report_period_max_s");

	nbsi_put_duration(line, " every %s", least);
	if (json_number_value(most) > json_number_value(least))
		nbsi_put_duration(line, " to %s", most);
}

static void
put_fleet(FILE *line, const json_t *fleet)
{
	const char *security = nbsi_text_at(fleet, "security");
	const char *suite = nbsi_text_at(fleet, "suite");
	bool usual = strcmp(suite, "psk-aes128-ccm8") == 0 || strcmp(security, "none") == 0;

	nbsi_put_label(line, nbsi_text_at(fleet, "name"));
	nbsi_put_count(line, "%s devices", nbsi_int_at(fleet, "devices"));
	fprintf(line, ", %s%s%s%s on UDP %" JSON_INTEGER_FORMAT ", session %s",
		strcmp(security, "none") == 0 ? "no security" : security, usual ? "" : " (",
		usual ? "" : suite, usual ? "" : ")", nbsi_int_at(fleet, "port"),
		nbsi_text_at(fleet, "session"));
	put_payload(line, fleet);
	put_period(line, fleet);
	fprintf(line, "; modem %s, battery %g Wh", nbsi_text_at(fleet, "modem"),
		json_number_value(json_object_get(fleet, "battery_wh")));
}

void
nbs_table_print(FILE *out, const json_t *summary)
{
	size_t i;
	json_t *fleet;

	nbsi_print_line(out, 2, summary, put_title);
	nbsi_print_line(out, 2, summary, put_partial);
	nbsi_print_line(out, NBSI_TABLE_INDENT, summary, put_network);
	nbsi_print_line(out, NBSI_TABLE_INDENT, summary, put_cell);
	nbsi_print_line(out, NBSI_TABLE_INDENT, summary, put_nat);
	nbsi_print_line(out, NBSI_TABLE_INDENT, summary, put_gateway);
	json_array_foreach(json_object_get(summary, "fleets"), i, fleet)
	    nbsi_print_line(out, NBSI_TABLE_INDENT, fleet, put_fleet);
	fputc('\n', out);
	nbsi_table_grid(out, summary);
	fputc('\n', out);
	nbsi_table_notes(out, summary);
}
