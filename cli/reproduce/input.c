/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row's inputs as a paper's code asks for them.
 */
#include "cli/reproduce/reproduce.h"

#include <math.h>
#include <string.h>

#define INPUT_EXPECTED_MAX 256U

const char *
reproduce_text(const struct reproduce_row *row, const char *column)
{
	const struct cli_csv *csv = &row->table->csv;
	const size_t index = cli_csv_column(csv, column);

	return index == CLI_CSV_NONE ? "" : cli_csv_at(csv, row->line, index)->text;
}

/* The first fault counts. */
static void
input_refuse(struct reproduce_input *input, const char *column, const char *expected)
{
	const struct reproduce_table *table = input->row->table;
	const size_t index = cli_csv_column(&table->csv, column);

	if (input->status != NBS_OK)
		return;
	input->status = index == CLI_CSV_NONE ? NBS_E_INTERNAL
					      : cli_csv_fault(&table->csv, input->row->line, index,
							      table->messages, "%s", expected);
}

bool
reproduce_given(const struct reproduce_row *row, const char *column)
{
	return reproduce_text(row, column)[0] != '\0';
}

double
reproduce_number(struct reproduce_input *input, const char *column, double low, double high)
{
	char expected[INPUT_EXPECTED_MAX];
	double number = low;

	if (cli_csv_number(reproduce_text(input->row, column), &number) && number >= low &&
	    number <= high)
		return number;
	(void)snprintf(expected, sizeof(expected), "a number from %g to %g", low, high);
	input_refuse(input, column, expected);
	return low;
}

uint32_t
reproduce_whole(struct reproduce_input *input, const char *column, uint32_t low, uint32_t high)
{
	char expected[INPUT_EXPECTED_MAX];
	double number = low;

	if (cli_csv_number(reproduce_text(input->row, column), &number) && number >= low &&
	    number <= high && number == floor(number))
		return (uint32_t)number;
	if (low == high)
		(void)snprintf(expected, sizeof(expected), "%u", low);
	else
		(void)snprintf(expected, sizeof(expected), "a whole number from %u to %u", low,
			       high);
	input_refuse(input, column, expected);
	return low;
}

unsigned
reproduce_pick(struct reproduce_input *input, const char *column, const char *const *words)
{
	char expected[INPUT_EXPECTED_MAX] = "";
	const char *text = reproduce_text(input->row, column);
	size_t used = 0;

	for (unsigned i = 0; words[i] != NULL; i++) {
		if (strcmp(text, words[i]) == 0)
			return i;
		const char *before = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";

		if (used < sizeof(expected))
			used += (size_t)snprintf(expected + used, sizeof(expected) - used, "%s%s",
						 before, words[i]);
	}
	input_refuse(input, column, expected);
	return 0;
}
