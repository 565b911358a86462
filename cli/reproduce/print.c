/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A paper's rows, and the papers' lines, as people read them.
 */
#include "cli/reproduce/reproduce.h"

#include <math.h>
#include <string.h>

#define PRINT_CELL_MAX 96U
#define PRINT_NOISE 1e-12

/* Columns of the table of rows, in the order in which they are printed. */
enum print_column {
	PRINT_ID,
	PRINT_QUANTITY,
	PRINT_PUBLISHED,
	PRINT_SIMULATED,
	PRINT_UNIT,
	PRINT_ERROR,
	PRINT_TOLERANCE,
	PRINT_ROLE,
	PRINT_VERDICT,
	PRINT__COUNT
};

static const struct {
	const char *name;
	bool right; /* set to the right: numbers */
} print_columns[PRINT__COUNT] = {
    [PRINT_ID] = {"row", false},
    [PRINT_QUANTITY] = {"quantity", false},
    [PRINT_PUBLISHED] = {"published", true},
    [PRINT_SIMULATED] = {"simulated", true},
    [PRINT_UNIT] = {"unit", false},
    [PRINT_ERROR] = {"error", true},
    [PRINT_TOLERANCE] = {"tolerance", true},
    [PRINT_ROLE] = {"role", false},
    [PRINT_VERDICT] = {"verdict", false},
};

struct print_line {
	char cells[PRINT__COUNT][PRINT_CELL_MAX];
};

/* A printed paper: widths, and the notes met so far. */
struct printer {
	const struct reproduce_paper *paper;
	int widths[PRINT__COUNT];
};

/* ---- cells ---- */

/* -0 is 0 to people. */
static double
no_sign_of_zero(double value)
{
	return value == 0.0 ? 0.0 : value;
}

/* What is left of two decimal numbers that are the same. */
static bool
is_noise(const struct reproduce_row *row)
{
	return row->within &&
	       fabs(row->error) <= PRINT_NOISE * (fabs(row->published) + fabs(row->simulated));
}

void
reproduce_error_text(const struct reproduce_row *row, char *text, size_t size)
{
	const double percent = 100.0 * row->error / fabs(row->published);

	if (!isfinite(row->error))
		(void)snprintf(text, size, "-");
	else if (is_noise(row))
		(void)snprintf(text, size, "0");
	else if (row->tolerance.kind == REPRODUCE_RELATIVE && fabs(percent) < 0.001)
		(void)snprintf(text, size, "<0.001 %%");
	else if (row->tolerance.kind == REPRODUCE_RELATIVE)
		(void)snprintf(text, size, "%+.3f %%", percent);
	else
		(void)snprintf(text, size, "%+.3g", row->error);
}

/* @return index of the first row with the same note: notes are numbered by first rows. */
static size_t
note_owner(const struct reproduce_paper *paper, size_t index)
{
	size_t i = 0;

	while (strcmp(paper->rows[i].note, paper->rows[index].note) != 0)
		i++;
	return i;
}

/* @return the number of a row's note, from 1; 0 = it has none. */
static unsigned
note_number(const struct reproduce_paper *paper, size_t index)
{
	const size_t owner = note_owner(paper, index);
	unsigned number = 0;

	if (paper->rows[index].note[0] == '\0')
		return 0;
	for (size_t i = 0; i <= owner; i++)
		number += paper->rows[i].note[0] != '\0' && note_owner(paper, i) == i;
	return number;
}

static void
verdict_text(const struct reproduce_paper *paper, size_t index, char *text, size_t size)
{
	const char *verdict = reproduce_verdict_name(paper->rows[index].verdict);
	const unsigned note = note_number(paper, index);

	if (note == 0)
		(void)snprintf(text, size, "%s", verdict);
	else
		(void)snprintf(text, size, "%s [%u]", verdict, note);
}

static void
fill_line(const struct reproduce_paper *paper, size_t index, struct print_line *line)
{
	const struct reproduce_row *row = &paper->rows[index];
	const char *texts[PRINT__COUNT] = {
	    [PRINT_ID] = row->id,
	    [PRINT_QUANTITY] = row->quantity,
	    [PRINT_PUBLISHED] = row->published_text[0] == '\0' ? "-" : row->published_text,
	    [PRINT_UNIT] = row->unit,
	    [PRINT_TOLERANCE] = row->tolerance_text[0] == '\0' ? "-" : row->tolerance_text,
	    [PRINT_ROLE] = reproduce_role_name(row->role),
	};

	for (size_t i = 0; i < PRINT__COUNT; i++)
		(void)snprintf(line->cells[i], PRINT_CELL_MAX, "%s", texts[i] ? texts[i] : "");
	if (isfinite(row->simulated))
		(void)snprintf(line->cells[PRINT_SIMULATED], PRINT_CELL_MAX, "%.6g",
			       no_sign_of_zero(row->simulated));
	else
		(void)snprintf(line->cells[PRINT_SIMULATED], PRINT_CELL_MAX, "none");
	reproduce_error_text(row, line->cells[PRINT_ERROR], PRINT_CELL_MAX);
	verdict_text(paper, index, line->cells[PRINT_VERDICT], PRINT_CELL_MAX);
}

/* ---- tables ---- */

static void
printer_measure(struct printer *printer)
{
	for (size_t i = 0; i < PRINT__COUNT; i++)
		printer->widths[i] = (int)strlen(print_columns[i].name);
	for (size_t k = 0; k < printer->paper->row_count; k++) {
		struct print_line line;

		fill_line(printer->paper, k, &line);
		for (size_t i = 0; i < PRINT__COUNT; i++) {
			int len = (int)strlen(line.cells[i]);

			printer->widths[i] = len > printer->widths[i] ? len : printer->widths[i];
		}
	}
}

static void
print_cell(const struct printer *printer, size_t column, const char *text)
{
	if (print_columns[column].right)
		printf("%*s  ", printer->widths[column], text);
	else if (column + 1 < PRINT__COUNT)
		printf("%-*s  ", printer->widths[column], text);
	else
		printf("%s\n", text);
}

static void
print_source(const struct printer *printer, const struct reproduce_row *row)
{
	printf("\nsource: %s (%s)\n", row->source, reproduce_tag_name(row->tag));
	for (size_t i = 0; i < PRINT__COUNT; i++)
		print_cell(printer, i, print_columns[i].name);
}

static void
print_notes(const struct reproduce_paper *paper)
{
	bool first = true;

	for (size_t i = 0; i < paper->row_count; i++) {
		if (paper->rows[i].note[0] == '\0' || note_owner(paper, i) != i)
			continue;
		printf("%s[%u] %s\n", first ? "\n" : "", note_number(paper, i),
		       paper->rows[i].note);
		first = false;
	}
}

static const char *
plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void
print_summary(const struct reproduce_paper *paper)
{
	struct reproduce_summary summary;

	reproduce_summarise(paper, &summary);
	printf("\n%zu row%s: %zu published, of these %zu within tolerance (%zu calibrated); "
	       "%zu claimed, %zu missed; %zu prediction%s\n",
	       summary.rows, plural(summary.rows), summary.published, summary.within,
	       summary.calibrated, summary.claimed, summary.missed,
	       summary.rows - summary.published, plural(summary.rows - summary.published));
}

void
reproduce_print(const struct reproduce_paper *paper)
{
	struct printer printer = {.paper = paper};
	const char *source = "";

	printer_measure(&printer);
	printf("%s: %s\n", paper->ops->name, paper->ops->title);
	printf("tables and notes: %s\n", paper->folder);
	for (size_t k = 0; k < paper->row_count; k++) {
		struct print_line line;

		if (strcmp(paper->rows[k].source, source) != 0)
			print_source(&printer, &paper->rows[k]);
		source = paper->rows[k].source;
		fill_line(paper, k, &line);
		for (size_t i = 0; i < PRINT__COUNT; i++)
			print_cell(&printer, i, line.cells[i]);
	}
	print_notes(paper);
	print_summary(paper);
}

/* ---- one line a paper ---- */

static void
worst_text(const struct reproduce_row *row, char *text, size_t size)
{
	char error[PRINT_CELL_MAX];

	if (row == NULL) {
		(void)snprintf(text, size, "-");
		return;
	}
	reproduce_error_text(row, error, sizeof(error));
	/* A share has its unit with it already. */
	const bool unit =
	    isfinite(row->error) && row->unit[0] != '\0' && strchr(error, '%') == NULL;

	(void)snprintf(text, size, "%s%s%s in %s", isfinite(row->error) ? error : "no value",
		       unit ? " " : "", unit ? row->unit : "", row->id);
}

void
reproduce_print_line(const struct reproduce_paper *paper)
{
	struct reproduce_summary summary;
	char worst[2 * PRINT_CELL_MAX], other[2 * PRINT_CELL_MAX];

	if (paper == NULL) {
		printf("%-18s  %5s  %9s  %6s  %7s  %6s  %-43s  %s\n", "paper", "rows", "published",
		       "within", "claimed", "missed", "worst error claimed", "not claimed");
		return;
	}
	reproduce_summarise(paper, &summary);
	worst_text(summary.worst, worst, sizeof(worst));
	worst_text(summary.worst_unclaimed, other, sizeof(other));
	printf("%-18s  %5zu  %9zu  %6zu  %7zu  %6zu  %-43s  %s\n", paper->ops->name, summary.rows,
	       summary.published, summary.within, summary.claimed, summary.missed, worst, other);
}
