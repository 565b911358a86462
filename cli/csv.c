/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comma-separated values after RFC 4180, but for line breaks inside quotes, which are refused, and
 * comments, which it does not have.
 */
#include "cli/csv.h"

#include "cli/cli.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define CSV_SIZE_MAX 1048576U
#define CSV_BLANKS " \t"

/* A file being read. */
struct csv_reader {
	struct cli_csv *csv;
	FILE *messages;
	size_t field_room, line_room;
	unsigned line;
	char *begin; /* of the line */
};

/* ---- faults ---- */

static enum nbs_status csv_fault_at(const struct csv_reader *reader, const char *at,
				    const char *format, ...) __attribute__((format(printf, 3, 4)));

static enum nbs_status
csv_fault_at(const struct csv_reader *reader, const char *at, const char *format, ...)
{
	va_list arguments;

	fprintf(reader->messages, "%s:%u:%u: ", reader->csv->path, reader->line,
		(unsigned)(at - reader->begin) + 1);
	va_start(arguments, format);
	vfprintf(reader->messages, format, arguments);
	va_end(arguments);
	fputc('\n', reader->messages);
	return NBS_E_INVALID;
}

enum nbs_status
cli_csv_fault(const struct cli_csv *csv, const struct cli_csv_line *line, size_t column,
	      FILE *messages, const char *expected, ...)
{
	const struct cli_csv_field *field = cli_csv_at(csv, line, column);
	va_list arguments;

	fprintf(messages, "%s:%u:%u: %s: found ", csv->path, line->number, field->column,
		csv->fields[column].text);
	fprintf(messages, field->text[0] == '\0' ? "nothing, expected " : "`%s`, expected ",
		field->text);
	va_start(arguments, expected);
	vfprintf(messages, expected, arguments);
	va_end(arguments);
	fputc('\n', messages);
	return NBS_E_INVALID;
}

/* ---- fields of a line ---- */

static void *
csv_grow(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	size_t wanted = *room == 0 ? 64 : 2 * *room;
	void *grown = realloc(array, wanted * size);

	if (grown != NULL)
		*room = wanted;
	return grown;
}

static enum nbs_status
csv_add_field(struct csv_reader *reader, const char *text, const char *at)
{
	struct cli_csv *csv = reader->csv;
	struct cli_csv_field *fields =
	    csv_grow(csv->fields, csv->field_count, &reader->field_room, sizeof(*fields));

	if (fields == NULL)
		return NBS_E_NOMEM;
	csv->fields = fields;
	fields[csv->field_count++] =
	    (struct cli_csv_field){text, (unsigned)(at - reader->begin) + 1};
	return NBS_OK;
}

/* From the opening quote on; what is written never overtakes what is read. */
static enum nbs_status
csv_quoted(struct csv_reader *reader, char *at, char **end)
{
	char *from = at + 1, *to = at;

	for (; *from != '\0' && (from[0] != '"' || from[1] == '"'); from++) {
		if (*from == '"')
			from++;
		*to++ = *from;
	}
	if (*from == '\0')
		return csv_fault_at(reader, at,
				    "found a quote that is not closed, expected \" "
				    "before the line's end");
	if (from[1] != ',' && from[1] != '\0')
		return csv_fault_at(reader, from + 1,
				    "found `%c` behind a quote, expected a comma or the line's end",
				    from[1]);
	*end = from + 1;
	/* The comma, if there is one, is the caller's and lies behind. */
	*to = '\0';
	return csv_add_field(reader, at, at);
}

static enum nbs_status
csv_plain(struct csv_reader *reader, char *at, char **end)
{
	const size_t len = strcspn(at, ",");
	const char *quote = memchr(at, '"', len);

	if (quote != NULL)
		return csv_fault_at(reader, quote,
				    "found a quote inside of a field, expected the "
				    "whole field in quotes, \"\" for each inside");
	if (len > 0 && (strchr(CSV_BLANKS, at[0]) != NULL))
		return csv_fault_at(reader, at, "found a blank at a field's begin, expected none");
	if (len > 0 && (strchr(CSV_BLANKS, at[len - 1]) != NULL))
		return csv_fault_at(reader, at + len - 1,
				    "found a blank at a field's end, expected none");
	*end = at + len;
	return csv_add_field(reader, at, at);
}

/* The line is terminated; @param[out] count  its fields. */
static enum nbs_status
csv_fields(struct csv_reader *reader, size_t *count)
{
	char *at = reader->begin;

	for (*count = 1;; (*count)++) {
		char *end = at;
		enum nbs_status status =
		    *at == '"' ? csv_quoted(reader, at, &end) : csv_plain(reader, at, &end);

		if (status != NBS_OK || *end == '\0')
			return status;
		*end = '\0';
		at = end + 1;
	}
}

/* ---- lines ---- */

static enum nbs_status
csv_add_line(struct csv_reader *reader, const char *comment, size_t first)
{
	struct cli_csv *csv = reader->csv;
	struct cli_csv_line *lines =
	    csv_grow(csv->lines, csv->line_count, &reader->line_room, sizeof(*lines));

	if (lines == NULL)
		return NBS_E_NOMEM;
	csv->lines = lines;
	lines[csv->line_count++] = (struct cli_csv_line){reader->line, comment, first};
	return NBS_OK;
}

static enum nbs_status
csv_comment(struct csv_reader *reader)
{
	char *text = reader->begin + 1;
	char *end = text + strlen(text);

	while (end > text && strchr(CSV_BLANKS, end[-1]) != NULL)
		end--;
	*end = '\0';
	return csv_add_line(reader, text + strspn(text, CSV_BLANKS), 0);
}

static enum nbs_status
csv_check_header(const struct csv_reader *reader)
{
	const struct cli_csv *csv = reader->csv;

	for (size_t i = 0; i < csv->columns; i++) {
		const struct cli_csv_field *field = &csv->fields[i];
		const char *at = reader->begin + field->column - 1;

		if (field->text[0] == '\0')
			return csv_fault_at(reader, at,
					    "found a column without a name, expected "
					    "one");
		if (cli_csv_column(csv, field->text) != i)
			return csv_fault_at(reader, at, "found column `%s` again, expected it once",
					    field->text);
	}
	return NBS_OK;
}

static enum nbs_status
csv_record(struct csv_reader *reader)
{
	struct cli_csv *csv = reader->csv;
	const size_t first = csv->field_count;
	size_t count = 0;
	enum nbs_status status = csv_fields(reader, &count);

	if (status != NBS_OK)
		return status;
	if (csv->columns == 0) {
		csv->columns = count;
		csv->header = reader->line;
		return csv_check_header(reader);
	}
	if (count != csv->columns)
		return csv_fault_at(reader, reader->begin,
				    "found %zu fields, expected %zu as in the header", count,
				    csv->columns);
	return csv_add_line(reader, NULL, first);
}

static enum nbs_status
csv_line(struct csv_reader *reader)
{
	if (reader->begin[0] == '\0')
		return NBS_OK;
	return reader->begin[0] == '#' ? csv_comment(reader) : csv_record(reader);
}

/* Ends the line with a NUL. @return the next line, NULL behind the last. */
static char *
csv_cut(char *begin, char *end)
{
	char *stop = memchr(begin, '\n', (size_t)(end - begin));
	char *next = stop == NULL || stop + 1 == end ? NULL : stop + 1;

	if (stop == NULL)
		stop = end;
	*stop = '\0';
	if (stop > begin && stop[-1] == '\r')
		stop[-1] = '\0';
	return next;
}

static enum nbs_status
csv_parse(struct csv_reader *reader, size_t size)
{
	char *end = reader->csv->text + size;
	char *next = size == 0 ? NULL : reader->csv->text;
	enum nbs_status status = NBS_OK;

	reader->begin = reader->csv->text;
	while (next != NULL && status == NBS_OK) {
		reader->begin = next;
		reader->line++;
		next = csv_cut(reader->begin, end);
		status = csv_line(reader);
	}
	if (status == NBS_OK && reader->csv->columns == 0) {
		reader->line++;
		return csv_fault_at(reader, reader->begin,
				    "found the file's end, expected a header");
	}
	return status;
}

/* A NUL would end a line too early. */
static enum nbs_status
csv_check_bytes(struct csv_reader *reader, size_t size)
{
	const char *nul = memchr(reader->csv->text, '\0', size);

	if (nul == NULL)
		return NBS_OK;
	reader->begin = reader->csv->text;
	reader->line = 1;
	for (char *at = reader->csv->text; at < nul; at++) {
		if (*at == '\n') {
			reader->begin = at + 1;
			reader->line++;
		}
	}
	return csv_fault_at(reader, nul, "found a NUL, expected text");
}

/* ---- files ---- */

static enum nbs_status
csv_read(struct csv_reader *reader, size_t *size)
{
	struct cli_csv *csv = reader->csv;
	FILE *file = fopen(csv->path, "rb");

	if (file == NULL) {
		fprintf(reader->messages, "%s: %s\n", csv->path, strerror(errno));
		return NBS_E_NOTFOUND;
	}
	csv->text = malloc(CSV_SIZE_MAX + 1);
	*size = csv->text == NULL ? 0 : fread(csv->text, 1, CSV_SIZE_MAX + 1, file);
	bool failed = ferror(file) != 0;

	(void)fclose(file);
	if (csv->text == NULL)
		return NBS_E_NOMEM;
	if (failed) {
		fprintf(reader->messages, "%s: cannot be read\n", csv->path);
		return NBS_E_IO;
	}
	if (*size > CSV_SIZE_MAX) {
		fprintf(reader->messages, "%s: found more than %u bytes, expected less\n",
			csv->path, CSV_SIZE_MAX);
		return NBS_E_INVALID;
	}
	csv->text[*size] = '\0';
	return NBS_OK;
}

enum nbs_status
cli_csv_load(const char *path, FILE *messages, struct cli_csv *csv)
{
	struct csv_reader reader = {.csv = csv, .messages = messages};
	size_t size = 0;
	enum nbs_status status = NBS_E_NOMEM;

	*csv = (struct cli_csv){.path = cli_text("%s", path)};
	if (csv->path != NULL)
		status = csv_read(&reader, &size);
	if (status == NBS_OK)
		status = csv_check_bytes(&reader, size);
	if (status == NBS_OK)
		status = csv_parse(&reader, size);
	if (status != NBS_OK)
		cli_csv_fini(csv);
	return status;
}

void
cli_csv_fini(struct cli_csv *csv)
{
	free(csv->lines);
	free(csv->fields);
	free(csv->text);
	free(csv->path);
	*csv = (struct cli_csv){0};
}

/* ---- what was read ---- */

size_t
cli_csv_column(const struct cli_csv *csv, const char *name)
{
	for (size_t i = 0; i < csv->columns; i++) {
		if (strcmp(csv->fields[i].text, name) == 0)
			return i;
	}
	return CLI_CSV_NONE;
}

const struct cli_csv_field *
cli_csv_at(const struct cli_csv *csv, const struct cli_csv_line *line, size_t column)
{
	return &csv->fields[line->first + column];
}

static bool
csv_is_one_of(const char *text, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, names[i]) == 0)
			return true;
	}
	return false;
}

enum nbs_status
cli_csv_expect(const struct cli_csv *csv, const char *const *names, size_t count, FILE *messages)
{
	for (size_t i = 0; i < count; i++) {
		if (cli_csv_column(csv, names[i]) != CLI_CSV_NONE)
			continue;
		fprintf(messages, "%s:%u:1: found no column `%s`, expected one\n", csv->path,
			csv->header, names[i]);
		return NBS_E_INVALID;
	}
	for (size_t i = 0; i < csv->columns; i++) {
		if (csv_is_one_of(csv->fields[i].text, names, count))
			continue;
		fprintf(messages, "%s:%u:%u: found column `%s`, expected none of that name\n",
			csv->path, csv->header, csv->fields[i].column, csv->fields[i].text);
		return NBS_E_INVALID;
	}
	return NBS_OK;
}

bool
cli_csv_number(const char *text, double *number)
{
	char *end = NULL;

	/* strtod takes blanks, inf, nan and hexadecimal digits too. */
	if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
		return false;
	*number = strtod(text, &end);
	return end != text && *end == '\0' && isfinite(*number);
}
