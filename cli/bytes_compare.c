/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec bytes: the second half of the answer, protocols beside each other: measured rows, rows of
 * the draft with the sums of their terms, and rows that only are sums.
 */
#include "cli/bytes.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#define COMPARE_PLAINTEXT 6U /* bytes: the draft's record */
#define COMPARE_TEXT 96U

/* What is measured; a line more is a row more. */
static const struct bytes_config compare_configs[] = {
    {"dtls12-psk-ccm8", "psk-aes128-ccm8", true, BYTES_NO_CID, .padding = NBS_DTLS_CID_PADDING},
    {"dtls12-psk-ccm8-no-cookie", "psk-aes128-ccm8", false, BYTES_NO_CID,
     .padding = NBS_DTLS_CID_PADDING, .handshake_only = true},
    {"dtls12-psk-ccm8-session-id", "psk-aes128-ccm8", true, BYTES_NO_CID,
     .padding = NBS_DTLS_CID_PADDING, .handshake_only = true,
     .resumption = NBS_DTLS_RESUME_SESSION_ID, .resumed = true},
    {"dtls12-psk-ccm8-ticket", "psk-aes128-ccm8", true, BYTES_NO_CID,
     .padding = NBS_DTLS_CID_PADDING, .handshake_only = true, .resumption = NBS_DTLS_RESUME_TICKET},
    {"dtls12-psk-ccm8-ticket-resumed", "psk-aes128-ccm8", true, BYTES_NO_CID,
     .padding = NBS_DTLS_CID_PADDING, .handshake_only = true, .resumption = NBS_DTLS_RESUME_TICKET,
     .resumed = true},
    {"dtls12-psk-ccm8-cid1", "psk-aes128-ccm8", true, 1, .padding = NBS_DTLS_CID_PADDING},
    {"dtls12-psk-ccm8-cid1-tight", "psk-aes128-ccm8", true, 1, .padding = 1},
    {"dtls12-psk-ccm8-cid2-tight", "psk-aes128-ccm8", true, 2, .padding = 1},
    {"dtls12-psk-ccm", "psk-aes128-ccm", true, BYTES_NO_CID, .padding = NBS_DTLS_CID_PADDING},
    {"dtls12-psk-gcm", "psk-aes128-gcm", true, BYTES_NO_CID, .padding = NBS_DTLS_CID_PADDING},
    {"dtls12-psk-chacha", "psk-chacha20-poly1305", true, BYTES_NO_CID,
     .padding = NBS_DTLS_CID_PADDING},
    {"dtls12-psk-cbc", "psk-aes128-cbc-sha256", true, BYTES_NO_CID,
     .padding = NBS_DTLS_CID_PADDING},
    {"dtls12-ecdhe-psk-chacha", "ecdhe-psk-chacha20-poly1305", true, BYTES_NO_CID,
     .padding = NBS_DTLS_CID_PADDING},
    {"dtls12-ecdhe-psk-cbc", "ecdhe-psk-aes128-cbc-sha256", true, BYTES_NO_CID,
     .padding = NBS_DTLS_CID_PADDING},
    {"dtls12-ecdhe-ecdsa-ccm8", "ecdhe-ecdsa-aes128-ccm8", true, BYTES_NO_CID,
     .padding = NBS_DTLS_CID_PADDING},
};
#define COMPARE_CONFIGS (sizeof(compare_configs) / sizeof(compare_configs[0]))

/* Where the draft and its own rules, or an RFC, do not agree; tests/e2e/bytes_test.py has the sums.
 */
static const char *const compare_notes[] = {
    "DTLS 1.2 with a connection ID: the draft's 30 and 31 lack the byte for the type inside "
    "(RFC 9146 5), its record has type 0x17 for 0x19; 31 and 32 are measured",
    "TLS 1.3 record: its dump has length 0x0016, its list of fields 0x000f; 6 + 1 + 8 are 0x000f",
    "cTLS-10 PSK, ECDHE in figure 2: #2 is printed as 120; its rule gives 89 + 33 = 122, which its "
    "total of 250 has; in figure 3 its total is printed as 186, its flights add up to 184",
};

struct compare {
	const struct bytes_question *question;
	size_t publish; /* bytes of the MQTT-SN message */
	struct bytes_measured measured[COMPARE_CONFIGS];
	json_t *handshakes, *records, *messages;
};

/* ---- measured rows ---- */

static int
compare_measure(struct compare *compare)
{
	const size_t plaintexts[] = {COMPARE_PLAINTEXT, compare->publish};

	for (size_t i = 0; i < COMPARE_CONFIGS; i++) {
		enum nbs_status status =
		    bytes_measure(&compare_configs[i], compare->question->identity_len, plaintexts,
				  2, &compare->measured[i]);

		if (status != NBS_OK)
			return cli_fail(CLI_SYSTEM, "%s: the handshake did not come to its end: %s",
					compare_configs[i].id, nbs_status_str(status));
	}
	return CLI_DONE;
}

static void
compare_name(const struct bytes_config *config, bool with_cookie, char text[COMPARE_TEXT])
{
	static const char *const resumption[] = {"", ", session ID", ", ticket"};
	char cid[40] = "";

	if (config->cid_len != BYTES_NO_CID)
		snprintf(cid, sizeof(cid), ", CID %d B, padding %zu", config->cid_len,
			 config->padding);
	snprintf(text, COMPARE_TEXT, "DTLS 1.2 - %s%s%s%s%s", config->suite,
		 !with_cookie     ? ""
		 : config->cookie ? ", cookie"
				  : ", no cookie",
		 cid, resumption[config->resumption], config->resumed ? ", resumed" : "");
}

static int
payload_of(const struct bytes_flight *flight)
{
	return (int)(nbs_dtls_ledger_total(&flight->ledger) - BYTES_HEADERS * flight->datagrams);
}

static void
compare_measured_handshake(struct compare *compare, size_t i)
{
	const struct bytes_measured *measured = &compare->measured[i];
	json_t *flights = json_array();
	unsigned datagrams = 0;
	char name[COMPARE_TEXT];
	int total = 0;

	compare_name(&compare_configs[i], true, name);
	for (size_t j = 0; j < measured->flight_count; j++) {
		const int bytes = payload_of(&measured->flights[j]);

		json_array_append_new(flights, json_integer(bytes));
		total += bytes;
		datagrams += measured->flights[j].datagrams;
	}
	json_array_append_new(
	    compare->handshakes,
	    json_pack("{s:s, s:s, s:s, s:n, s:o, s:i, s:s, s:i, s:n}", "id", compare_configs[i].id,
		      "protocol", name, "origin", "measured", "source", "flights", flights, "total",
		      total, "transport", bytes_transport_name(BYTES_UDP), "with_lower_layers",
		      total + (int)(BYTES_HEADERS * datagrams), "computed"));
}

/* The first records of an association: their number would take one byte. */
static void
compare_measured_record(struct compare *compare, size_t i)
{
	const struct bytes_config *config = &compare_configs[i];
	const int overhead = payload_of(&compare->measured[i].records[0]) - (int)COMPARE_PLAINTEXT;
	const int cid_len = config->cid_len == BYTES_NO_CID ? 0 : config->cid_len;
	json_t *by_id;
	char name[COMPARE_TEXT];

	if (config->handshake_only)
		return;
	by_id = json_array();
	compare_name(config, false, name);
	for (int j = 0; j < (int)BYTES_SEQUENCES; j++)
		json_array_append_new(by_id, j == cid_len ? json_integer(overhead) : json_null());
	json_array_append_new(compare->records,
			      json_pack("{s:s, s:s, s:s, s:n, s:n, s:o, s:n}", "id", config->id,
					"protocol", name, "origin", "measured", "source",
					"by_sequence_number", "by_id_length", by_id, "computed"));
}

static void
compare_measured_message(struct compare *compare, size_t i)
{
	const int bytes = payload_of(&compare->measured[i].records[1]);
	char name[COMPARE_TEXT];

	if (compare_configs[i].handshake_only)
		return;
	compare_name(&compare_configs[i], false, name);
	bytes_message_add(compare->messages, compare->publish,
			  &(struct bytes_message){compare_configs[i].id, name, "measured", bytes,
						  bytes + (int)BYTES_HEADERS, json_null()});
}

/* ---- published rows ---- */

static void
compare_published_handshake(struct compare *compare, const struct bytes_published_row *row)
{
	json_t *flights = json_array();
	char source[COMPARE_TEXT];

	snprintf(source, sizeof(source), "figure %s", row->figure);
	for (size_t i = 0; i < BYTES_PUBLISHED_FLIGHTS; i++)
		json_array_append_new(flights, json_integer(row->values[i]));
	json_array_append_new(
	    compare->handshakes,
	    json_pack(
		"{s:s, s:s, s:s, s:o, s:o, s:i, s:s, s:i, s:o}", "id", row->id, "protocol",
		row->protocol, "origin", "published", "source",
		json_pack("{s:s, s:s}", "figure", source, "document", row->source), "flights",
		flights, "total", (int)row->total, "transport",
		bytes_transport_name(row->transport), "with_lower_layers",
		(int)(row->total + bytes_lower_layers(row->transport, BYTES_PUBLISHED_FLIGHTS)),
		"computed", bytes_handshake_sum(bytes_computed_find(row->id), 1)));
}

static void
compare_published_record(struct compare *compare, const struct bytes_published_row *row)
{
	json_t *columns[2] = {json_array(),
			      row->given[BYTES_SEQUENCES] ? json_array() : json_null()};

	for (size_t i = 0; i < BYTES_PUBLISHED_RECORDS; i++) {
		if (row->given[i])
			json_array_append_new(columns[i / BYTES_SEQUENCES],
					      json_integer(row->values[i]));
	}
	json_array_append_new(
	    compare->records,
	    json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "id", row->id, "protocol",
		      row->protocol, "origin", "published", "source",
		      json_pack("{s:s, s:s}", "figure", "figures 4 and 5", "document", row->source),
		      "by_sequence_number", columns[0], "by_id_length", columns[1], "computed",
		      bytes_record_sum(bytes_computed_find(row->id), row->given[BYTES_SEQUENCES])));
}

static enum nbs_status
compare_published(struct compare *compare, const char *file,
		  enum nbs_status (*next)(const struct bytes_published *published, size_t *at,
					  struct bytes_published_row *row),
		  void (*add)(struct compare *compare, const struct bytes_published_row *row))
{
	struct bytes_published published;
	struct bytes_published_row row;
	enum nbs_status status = bytes_published_open(file, &published);
	size_t at = 0;

	while (status == NBS_OK) {
		status = next(&published, &at, &row);
		if (status == NBS_OK)
			add(compare, &row);
	}
	bytes_published_fini(&published);
	return status == NBS_E_NOTFOUND && at > 0 ? NBS_OK : status;
}

/* ---- all of it ---- */

static json_t *
compare_document(const struct compare *compare)
{
	json_t *notes = json_array();

	for (size_t i = 0; i < sizeof(compare_notes) / sizeof(compare_notes[0]); i++)
		json_array_append_new(notes, json_string(compare_notes[i]));
	return json_pack("{s:o, s:o, s:o, s:o}", "handshakes", compare->handshakes, "records",
			 compare->records, "messages", compare->messages, "notes", notes);
}

static int
compare_rows(struct compare *compare)
{
	const int message = (int)compare->publish;
	enum nbs_status status;

	for (size_t i = 0; i < COMPARE_CONFIGS; i++) {
		compare_measured_handshake(compare, i);
		compare_measured_record(compare, i);
	}
	bytes_computed_handshakes(compare->handshakes, compare->question->identity_len);
	status = compare_published(compare, "handshakes.csv", bytes_published_handshake,
				   compare_published_handshake);
	if (status == NBS_OK)
		status = compare_published(compare, "records.csv", bytes_published_record,
					   compare_published_record);
	if (status != NBS_OK)
		return cli_exit_of(status);
	bytes_message_add(compare->messages, compare->publish,
			  &(struct bytes_message){"clear", "MQTT-SN v1.2 in the clear", "measured",
						  message, message + (int)BYTES_HEADERS,
						  json_null()});
	for (size_t i = 0; i < COMPARE_CONFIGS; i++)
		compare_measured_message(compare, i);
	bytes_computed_messages(compare->messages, compare->publish);
	return CLI_DONE;
}

int
bytes_compare(const struct bytes_question *question, json_t *answer)
{
	struct compare *compare = calloc(1, sizeof(*compare));
	int exit_status;

	if (compare == NULL)
		return cli_no_memory();
	compare->question = question;
	compare->publish = bytes_publish_len(question->payload);
	compare->handshakes = json_array();
	compare->records = json_array();
	compare->messages = json_array();
	exit_status = compare->publish != 0 ? compare_measure(compare) : CLI_SYSTEM;
	if (exit_status == CLI_DONE)
		exit_status = compare_rows(compare);
	json_object_set_new(answer, "comparison", compare_document(compare));
	free(compare);
	return exit_status;
}
