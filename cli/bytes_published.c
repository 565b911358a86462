/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of draft-ietf-iotops-security-protocol-comparison, as scenarios/papers has them: the
 * only place where a published size stands.
 */
#include "cli/bytes.h"

#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#define PUBLISHED_FOLDER "scenarios/papers/protocol-comparison"
#define PUBLISHED_MAX 10000U /* bytes of a flight or record */
#define PUBLISHED_SOURCE "source:"
#define PUBLISHED_TCP 20U /* bytes of a header without options, RFC 9293 3.1 */

static const char *const handshake_columns[] = {"id",      "figure",  "protocol", "flight1",
						"flight2", "flight3", "total",    "transport"};
static const char *const record_columns[] = {"id",   "protocol", "seq1", "seq2",
					     "seq3", "id0",      "id1",  "id2"};
#define PUBLISHED_COLUMNS 8U /* of each */

static const char *const transport_names[BYTES_TRANSPORT__COUNT] = {
    [BYTES_UDP] = "udp", [BYTES_COAP] = "coap", [BYTES_TCP] = "tcp"};

const char *
bytes_transport_name(enum bytes_transport transport)
{
	return transport_names[transport];
}

/* CoAP: what the draft's section 2 adds to three flights, the last one joined with OSCORE. */
unsigned
bytes_lower_layers(enum bytes_transport transport, size_t flights)
{
	switch (transport) {
	case BYTES_COAP:
		return BYTES_HEADERS * (unsigned)flights + 12 + 5 + 1;
	case BYTES_TCP:
		return (NBS_DTLS_IP_BYTES + PUBLISHED_TCP) * (unsigned)flights;
	case BYTES_UDP:
	case BYTES_TRANSPORT__COUNT:
		break;
	}
	return BYTES_HEADERS * (unsigned)flights;
}

enum nbs_status
bytes_published_open(const char *file, struct bytes_published *published)
{
	const char *const *columns =
	    strcmp(file, "records.csv") == 0 ? record_columns : handshake_columns;
	char *folder = cli_find_data(PUBLISHED_FOLDER);
	enum nbs_status status;

	*published = (struct bytes_published){.path = NULL};
	if (folder == NULL) {
		fprintf(stderr, "nbsec: %s: expected the folder of the tables\n", PUBLISHED_FOLDER);
		return NBS_E_NOTFOUND;
	}
	published->path = cli_text("%s/%s", folder, file);
	free(folder);
	if (published->path == NULL)
		return NBS_E_NOMEM;
	status = cli_csv_load(published->path, stderr, &published->csv);
	return status == NBS_OK
		   ? cli_csv_expect(&published->csv, columns, PUBLISHED_COLUMNS, stderr)
		   : status;
}

void
bytes_published_fini(struct bytes_published *published)
{
	cli_csv_fini(&published->csv);
	free(published->path);
}

/* ---- rows ---- */

/* Finds the next record; the comment above it says where it is from. */
static const struct cli_csv_line *
published_next(const struct bytes_published *published, size_t *at, struct bytes_published_row *row)
{
	const size_t len = strlen(PUBLISHED_SOURCE);

	for (size_t i = 0; i < published->csv.line_count; i++) {
		const struct cli_csv_line *line = &published->csv.lines[i];

		if (line->comment == NULL && i >= *at) {
			*at = i + 1;
			return line;
		}
		if (line->comment != NULL && strncmp(line->comment, PUBLISHED_SOURCE, len) == 0)
			row->source = line->comment + len + strspn(line->comment + len, " ");
	}
	return NULL;
}

static const char *
published_text(const struct bytes_published *published, const struct cli_csv_line *line,
	       const char *column)
{
	return cli_csv_at(&published->csv, line, cli_csv_column(&published->csv, column))->text;
}

/* A field may be empty if given is not NULL. */
static enum nbs_status
published_number(const struct bytes_published *published, const struct cli_csv_line *line,
		 const char *column, unsigned *number, bool *given)
{
	const char *text = published_text(published, line, column);
	unsigned long long value = 0;

	if (given != NULL) {
		*given = text[0] != '\0';
		if (!*given)
			return NBS_OK;
	}
	if (!cli_parse_number(text, 1, PUBLISHED_MAX, &value))
		return cli_csv_fault(&published->csv, line, cli_csv_column(&published->csv, column),
				     stderr, "a whole number from 1 to %u", PUBLISHED_MAX);
	*number = (unsigned)value;
	return NBS_OK;
}

static enum nbs_status
published_transport(const struct bytes_published *published, const struct cli_csv_line *line,
		    enum bytes_transport *transport)
{
	const char *text = published_text(published, line, "transport");

	for (unsigned i = 0; i < BYTES_TRANSPORT__COUNT; i++) {
		if (strcmp(text, transport_names[i]) == 0) {
			*transport = (enum bytes_transport)i;
			return NBS_OK;
		}
	}
	return cli_csv_fault(&published->csv, line, cli_csv_column(&published->csv, "transport"),
			     stderr, "udp, coap or tcp");
}

enum nbs_status
bytes_published_handshake(const struct bytes_published *published, size_t *at,
			  struct bytes_published_row *row)
{
	static const char *const flights[BYTES_PUBLISHED_FLIGHTS] = {"flight1", "flight2",
								     "flight3"};
	const struct cli_csv_line *line;
	enum nbs_status status;

	*row = (struct bytes_published_row){.source = ""};
	line = published_next(published, at, row);
	if (line == NULL)
		return NBS_E_NOTFOUND;
	row->id = published_text(published, line, "id");
	row->protocol = published_text(published, line, "protocol");
	row->figure = published_text(published, line, "figure");
	status = published_transport(published, line, &row->transport);
	for (size_t i = 0; i < BYTES_PUBLISHED_FLIGHTS && status == NBS_OK; i++) {
		row->given[i] = true;
		status = published_number(published, line, flights[i], &row->values[i], NULL);
	}
	return status == NBS_OK ? published_number(published, line, "total", &row->total, NULL)
				: status;
}

enum nbs_status
bytes_published_record(const struct bytes_published *published, size_t *at,
		       struct bytes_published_row *row)
{
	const struct cli_csv_line *line;
	enum nbs_status status = NBS_OK;

	*row = (struct bytes_published_row){.source = ""};
	line = published_next(published, at, row);
	if (line == NULL)
		return NBS_E_NOTFOUND;
	row->id = published_text(published, line, "id");
	row->protocol = published_text(published, line, "protocol");
	for (size_t i = 0; i < BYTES_PUBLISHED_RECORDS && status == NBS_OK; i++)
		status = published_number(published, line, record_columns[2 + i], &row->values[i],
					  &row->given[i]);
	return status;
}
