/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A paper's table: columns, source lines, and what each row says for itself before it is simulated.
 */
#include "cli/reproduce/reproduce.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_COLUMNS_MAX 32U
#define TABLE_FIRST_ROWS 64U
#define TABLE_SOURCE "source:"
#define TABLE_VERIFIED "verified:"

/* Columns of every table; the paper's own follow. */
enum table_column {
	TABLE_ID,
	TABLE_QUANTITY,
	TABLE_UNIT,
	TABLE_PUBLISHED,
	TABLE_TOLERANCE,
	TABLE_CLAIMED,
	TABLE_ROLE,
	TABLE_NOTE,
	TABLE_DERIVED,
	TABLE__COUNT
};

static const char *const table_columns[TABLE__COUNT] = {
    [TABLE_ID] = "id",     [TABLE_QUANTITY] = "quantity",   [TABLE_UNIT] = "unit",
    [TABLE_ROLE] = "role", [TABLE_PUBLISHED] = "published", [TABLE_TOLERANCE] = "tolerance",
    [TABLE_NOTE] = "note", [TABLE_CLAIMED] = "claimed",     [TABLE_DERIVED] = "derived",
};

static const char *const table_roles[REPRODUCE_ROLE__COUNT] = {
    [REPRODUCE_GIVEN] = "given",
    [REPRODUCE_CALIBRATED] = "calibrated",
    [REPRODUCE_PREDICTED] = "predicted",
};

static const char *const table_tags[REPRODUCE_TAG__COUNT] = {
    [REPRODUCE_READ] = "read",
    [REPRODUCE_DERIVED] = "derived",
    [REPRODUCE_MEASURED] = "measured",
    [REPRODUCE_QUOTED] = "quoted",
};

const char *
reproduce_role_name(enum reproduce_role role)
{
	return table_roles[role];
}

const char *
reproduce_tag_name(enum reproduce_tag tag)
{
	return table_tags[tag];
}

/* @return index of text among words; count if it is none. */
static size_t
table_index(const char *text, const char *const *words, size_t count)
{
	size_t i = 0;

	while (i < count && strcmp(text, words[i]) != 0)
		i++;
	return i;
}

/* What the comments above a row say. */
struct table_origin {
	const char *source; /* NULL = nothing yet */
	enum reproduce_tag tag;
	bool verified;
};

/* A table being read. */
struct table_reader {
	struct reproduce_paper *paper;
	struct reproduce_table *table;
	struct table_origin origin;
	size_t columns[TABLE__COUNT]; /* where they stand */
};

static const char *
table_text(const struct table_reader *reader, const struct cli_csv_line *line,
	   enum table_column column)
{
	return cli_csv_at(&reader->table->csv, line, reader->columns[column])->text;
}

static enum nbs_status
table_fault(const struct table_reader *reader, const struct cli_csv_line *line,
	    enum table_column column, const char *expected)
{
	return cli_csv_fault(&reader->table->csv, line, reader->columns[column],
			     reader->table->messages, "%s", expected);
}

/* ---- comments ---- */

/* @return what follows a key at the text's begin; NULL if it is not there. */
static const char *
table_behind(const char *text, const char *key)
{
	const size_t len = strlen(key);

	return strncmp(text, key, len) == 0 ? text + len + strspn(text + len, " \t") : NULL;
}

static enum nbs_status
table_comment(struct table_reader *reader, const struct cli_csv_line *line)
{
	const char *source = table_behind(line->comment, TABLE_SOURCE);
	const char *tag = table_behind(line->comment, TABLE_VERIFIED);

	if (source != NULL)
		reader->origin = (struct table_origin){.source = source};
	if (tag == NULL)
		return NBS_OK;
	const size_t index = table_index(tag, table_tags, REPRODUCE_TAG__COUNT);

	if (index == REPRODUCE_TAG__COUNT) {
		fprintf(reader->table->messages,
			"%s:%u:1: verified: found `%s`, expected read, derived, measured or "
			"quoted\n",
			reader->table->csv.path, line->number, tag);
		return NBS_E_INVALID;
	}
	reader->origin.tag = (enum reproduce_tag)index;
	reader->origin.verified = true;
	return NBS_OK;
}

/* ---- rows ---- */

static enum nbs_status
table_origin(const struct table_reader *reader, const struct cli_csv_line *line,
	     struct reproduce_row *row)
{
	if (reader->origin.source == NULL || reader->origin.source[0] == '\0' ||
	    !reader->origin.verified) {
		fprintf(reader->table->messages,
			"%s:%u:1: found a row, expected `# source: ...` and `# verified: ...` "
			"above it\n",
			reader->table->csv.path, line->number);
		return NBS_E_INVALID;
	}
	row->source = reader->origin.source;
	row->tag = reader->origin.tag;
	return NBS_OK;
}

static enum nbs_status
table_names(const struct table_reader *reader, const struct cli_csv_line *line,
	    struct reproduce_row *row)
{
	const struct reproduce_paper *paper = reader->paper;

	row->id = table_text(reader, line, TABLE_ID);
	row->quantity = table_text(reader, line, TABLE_QUANTITY);
	row->unit = table_text(reader, line, TABLE_UNIT);
	row->note = table_text(reader, line, TABLE_NOTE);
	if (row->id[0] == '\0' || strpbrk(row->id, " \t") != NULL)
		return table_fault(reader, line, TABLE_ID, "a word");
	if (reproduce_row_find(paper, paper->row_count, row->id) < paper->row_count)
		return table_fault(reader, line, TABLE_ID, "an id that no row before has");
	if (row->quantity[0] == '\0')
		return table_fault(reader, line, TABLE_QUANTITY, "what the row tells");
	return NBS_OK;
}

/* Whether the tolerance makes sense with this published value. */
static bool
table_tolerance_fits(const struct reproduce_row *row)
{
	const struct reproduce_tolerance *tolerance = &row->tolerance;

	switch (tolerance->kind) {
	case REPRODUCE_NONE:
		return false;
	case REPRODUCE_RELATIVE:
		return row->published != 0.0;
	case REPRODUCE_RANGE:
		return row->published >= tolerance->low && row->published <= tolerance->high;
	case REPRODUCE_EXACT:
	case REPRODUCE_ABSOLUTE:
		break;
	}
	return true;
}

static enum nbs_status
table_numbers(const struct table_reader *reader, const struct cli_csv_line *line,
	      struct reproduce_row *row)
{
	row->published_text = table_text(reader, line, TABLE_PUBLISHED);
	row->tolerance_text = table_text(reader, line, TABLE_TOLERANCE);
	row->published = (double)NAN;
	if (!reproduce_tolerance_parse(row->tolerance_text, &row->tolerance))
		return table_fault(reader, line, TABLE_TOLERANCE,
				   "0, as 5%, as +-0.5 or as 3..4.8");
	if (row->published_text[0] == '\0')
		return row->tolerance.kind == REPRODUCE_NONE
			   ? NBS_OK
			   : table_fault(reader, line, TABLE_TOLERANCE,
					 "nothing where nothing is published");
	if (!cli_csv_number(row->published_text, &row->published))
		return table_fault(reader, line, TABLE_PUBLISHED, "a number or nothing");
	if (!table_tolerance_fits(row))
		return table_fault(reader, line, TABLE_TOLERANCE,
				   "one that the published value itself can meet");
	return NBS_OK;
}

static enum nbs_status
table_claim(const struct table_reader *reader, const struct cli_csv_line *line,
	    struct reproduce_row *row)
{
	const char *claimed = table_text(reader, line, TABLE_CLAIMED);
	const size_t role =
	    table_index(table_text(reader, line, TABLE_ROLE), table_roles, REPRODUCE_ROLE__COUNT);
	const bool prediction = row->published_text[0] == '\0';

	row->claimed = strcmp(claimed, "yes") == 0;
	if (!row->claimed && strcmp(claimed, "no") != 0)
		return table_fault(reader, line, TABLE_CLAIMED, "yes or no");
	if (role == REPRODUCE_ROLE__COUNT)
		return table_fault(reader, line, TABLE_ROLE, "given, calibrated or predicted");
	row->role = (enum reproduce_role)role;
	if (prediction && row->claimed)
		return table_fault(reader, line, TABLE_CLAIMED, "no where nothing is published");
	if (prediction && row->role != REPRODUCE_PREDICTED)
		return table_fault(reader, line, TABLE_ROLE,
				   "predicted where nothing is published");
	if (!prediction && !row->claimed && row->note[0] == '\0')
		return table_fault(reader, line, TABLE_NOTE, "why the row is not claimed");
	return NBS_OK;
}

static enum nbs_status
table_derived(const struct table_reader *reader, const struct cli_csv_line *line,
	      struct reproduce_row *row)
{
	const struct reproduce_table *table = reader->table;

	if (reader->columns[TABLE_DERIVED] == CLI_CSV_NONE ||
	    table_text(reader, line, TABLE_DERIVED)[0] == '\0')
		return NBS_OK;
	for (const char *const *input = table->ops->inputs; *input != NULL; input++) {
		const size_t column = cli_csv_column(&table->csv, *input);

		if (cli_csv_at(&table->csv, line, column)->text[0] != '\0')
			return cli_csv_fault(&table->csv, line, column, table->messages,
					     "nothing: the row is derived from others");
	}
	return reproduce_derivation_parse(reader->paper, row, reader->columns[TABLE_DERIVED]);
}

static struct reproduce_row *
table_new_row(struct reproduce_paper *paper)
{
	if (paper->row_count == paper->row_room) {
		size_t room = paper->row_room == 0 ? TABLE_FIRST_ROWS : 2 * paper->row_room;
		struct reproduce_row *rows = realloc(paper->rows, room * sizeof(*rows));

		if (rows == NULL)
			return NULL;
		paper->rows = rows;
		paper->row_room = room;
	}
	return &paper->rows[paper->row_count];
}

static enum nbs_status
table_row(struct table_reader *reader, const struct cli_csv_line *line)
{
	static enum nbs_status (*const steps[])(const struct table_reader *reader,
						const struct cli_csv_line *line,
						struct reproduce_row *row) = {
	    table_origin, table_names, table_numbers, table_claim, table_derived};
	struct reproduce_row *row = table_new_row(reader->paper);
	enum nbs_status status = row == NULL ? NBS_E_NOMEM : NBS_OK;

	if (status != NBS_OK)
		return status;
	*row = (struct reproduce_row){.table = reader->table, .line = line};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && status == NBS_OK; i++)
		status = steps[i](reader, line, row);
	if (status == NBS_OK)
		reader->paper->row_count++;
	return status;
}

/* ---- the table ---- */

/* The column `derived` may be left out where nothing is. */
static enum nbs_status
table_header(struct table_reader *reader)
{
	const struct cli_csv *csv = &reader->table->csv;
	const char *names[TABLE_COLUMNS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < TABLE__COUNT; i++) {
		reader->columns[i] = cli_csv_column(csv, table_columns[i]);
		if (i != TABLE_DERIVED || reader->columns[i] != CLI_CSV_NONE)
			names[count++] = table_columns[i];
	}
	for (const char *const *input = reader->table->ops->inputs; *input != NULL; input++) {
		if (count == TABLE_COLUMNS_MAX)
			return NBS_E_INTERNAL;
		names[count++] = *input;
	}
	return cli_csv_expect(csv, names, count, reader->table->messages);
}

static enum nbs_status
table_lines(struct table_reader *reader)
{
	const struct cli_csv *csv = &reader->table->csv;
	const size_t before = reader->paper->row_count;
	enum nbs_status status = NBS_OK;

	for (size_t i = 0; i < csv->line_count && status == NBS_OK; i++) {
		const struct cli_csv_line *line = &csv->lines[i];

		status =
		    line->comment != NULL ? table_comment(reader, line) : table_row(reader, line);
	}
	if (status == NBS_OK && reader->paper->row_count == before) {
		fprintf(reader->table->messages, "%s:%u:1: found no row, expected some\n",
			csv->path, csv->header);
		return NBS_E_INVALID;
	}
	return status;
}

enum nbs_status
reproduce_table_load(struct reproduce_paper *paper, const struct reproduce_table_ops *ops)
{
	char path[4096];
	struct reproduce_table *table = &paper->tables[paper->table_count];
	struct table_reader reader = {.paper = paper, .table = table};

	if (paper->table_count == REPRODUCE_TABLES_MAX)
		return NBS_E_INTERNAL;
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", paper->folder, ops->file) >= sizeof(path))
		return NBS_E_RANGE;
	*table = (struct reproduce_table){.ops = ops, .messages = paper->messages};
	enum nbs_status status = cli_csv_load(path, paper->messages, &table->csv);

	if (status != NBS_OK)
		return status;
	paper->table_count++; /* from here on the paper releases it */
	status = table_header(&reader);
	return status == NBS_OK ? table_lines(&reader) : status;
}

size_t
reproduce_row_find(const struct reproduce_paper *paper, size_t count, const char *id)
{
	size_t i = 0;

	while (i < count && strcmp(paper->rows[i].id, id) != 0)
		i++;
	return i;
}
