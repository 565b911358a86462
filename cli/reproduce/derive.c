/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows that follow from two others: "difference A B", "ratio A B", "slope A B X". A and B are ids
 * of rows that stand before; X is a number, or an input column of both, whose difference divides.
 */
#include "cli/reproduce/reproduce.h"

#include "cli/cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DERIVE_WORDS_MAX 4U
#define DERIVE_EXPECTED "`difference A B`, `ratio A B` or `slope A B X`"

static const struct {
	const char *name;
	enum reproduce_derivation_kind kind;
	size_t words;
} derive_kinds[] = {
    {"difference", REPRODUCE_DIFFERENCE, 3},
    {"ratio", REPRODUCE_RATIO, 3},
    {"slope", REPRODUCE_SLOPE, 4},
};
#define DERIVE_KINDS (sizeof(derive_kinds) / sizeof(derive_kinds[0]))

/* A derivation being read. */
struct derive_reader {
	const struct reproduce_paper *paper;
	struct reproduce_row *row;
	size_t column;
	char *words[DERIVE_WORDS_MAX];
	size_t count;
};

/* With the word that is to blame; NULL: none of them is. */
static enum nbs_status
derive_fault(const struct derive_reader *reader, const char *expected, const char *word)
{
	const struct reproduce_table *table = reader->row->table;

	return cli_csv_fault(&table->csv, reader->row->line, reader->column, table->messages,
			     word == NULL ? "%s" : "%s `%s`", expected, word);
}

/* Cuts the text up. @return false with too many words. */
static bool
derive_cut(struct derive_reader *reader, char *text)
{
	char *rest = NULL;

	for (char *word = strtok_r(text, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		if (reader->count == DERIVE_WORDS_MAX)
			return false;
		reader->words[reader->count++] = word;
	}
	return true;
}

static enum nbs_status
derive_row(const struct derive_reader *reader, const char *id, size_t *index)
{
	*index = reproduce_row_find(reader->paper, reader->paper->row_count, id);
	return *index < reader->paper->row_count
		   ? NBS_OK
		   : derive_fault(reader, "a row before this one with the id", id);
}

/* An input of one of the two rows. */
static enum nbs_status
derive_input(const struct derive_reader *reader, size_t index, const char *name, double *value)
{
	const struct reproduce_row *row = &reader->paper->rows[index];
	const struct cli_csv *csv = &row->table->csv;
	const char *const *input = row->table->ops->inputs;

	while (*input != NULL && strcmp(*input, name) != 0)
		input++;
	if (*input == NULL)
		return derive_fault(reader, "a number or an input column, not", name);
	if (!cli_csv_number(cli_csv_at(csv, row->line, cli_csv_column(csv, name))->text, value))
		return derive_fault(reader, "rows with a number in their column", name);
	return NBS_OK;
}

static enum nbs_status
derive_divisor(const struct derive_reader *reader, struct reproduce_derivation *derivation)
{
	const char *name = reader->words[3];
	double a = 0.0, b = 0.0;
	enum nbs_status status = NBS_OK;

	if (name == NULL)
		return derive_fault(reader, DERIVE_EXPECTED, NULL);
	if (!cli_csv_number(name, &a)) {
		status = derive_input(reader, derivation->a, name, &a);
		if (status == NBS_OK)
			status = derive_input(reader, derivation->b, name, &b);
	}
	derivation->divisor = a - b;
	if (status == NBS_OK && derivation->divisor == 0.0)
		return derive_fault(reader, "a distance other than 0, not", name);
	return status;
}

static enum nbs_status
derive_words(const struct derive_reader *reader, struct reproduce_derivation *derivation)
{
	size_t i = 0;

	while (i < DERIVE_KINDS &&
	       (reader->count == 0 || strcmp(reader->words[0], derive_kinds[i].name) != 0))
		i++;
	if (i == DERIVE_KINDS || reader->count != derive_kinds[i].words)
		return derive_fault(reader, DERIVE_EXPECTED, NULL);
	derivation->kind = derive_kinds[i].kind;
	derivation->divisor = 1.0;
	enum nbs_status status = derive_row(reader, reader->words[1], &derivation->a);

	if (status == NBS_OK)
		status = derive_row(reader, reader->words[2], &derivation->b);
	if (status == NBS_OK && derivation->kind == REPRODUCE_SLOPE)
		status = derive_divisor(reader, derivation);
	return status;
}

enum nbs_status
reproduce_derivation_parse(const struct reproduce_paper *paper, struct reproduce_row *row,
			   size_t column)
{
	struct derive_reader reader = {.paper = paper, .row = row, .column = column};
	char *text = cli_text("%s", cli_csv_at(&row->table->csv, row->line, column)->text);
	enum nbs_status status = NBS_E_NOMEM;

	if (text != NULL)
		status = derive_cut(&reader, text) ? derive_words(&reader, &row->derivation)
						   : derive_fault(&reader, DERIVE_EXPECTED, NULL);
	free(text);
	return status;
}

double
reproduce_derive(const struct reproduce_paper *paper, const struct reproduce_row *row)
{
	const double a = paper->rows[row->derivation.a].simulated;
	const double b = paper->rows[row->derivation.b].simulated;

	switch (row->derivation.kind) {
	case REPRODUCE_DIFFERENCE:
		return a - b;
	case REPRODUCE_RATIO:
		return a / b;
	case REPRODUCE_SLOPE:
		return (a - b) / row->derivation.divisor;
	case REPRODUCE_SIMULATED:
		break;
	}
	return (double)NAN;
}
