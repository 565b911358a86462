/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * nbsec reproduce: published numbers beside simulated ones. What its files share.
 *
 * A paper is a folder below scenarios/papers/ with tables (CSV, see docs/reproduce.md) and a file
 * of code beside this one that knows how to simulate one row of each table. The tables hold the
 * published side and the inputs; the simulated side exists only while the command runs.
 */
#ifndef NBSEC_CLI_REPRODUCE_REPRODUCE_H
#define NBSEC_CLI_REPRODUCE_REPRODUCE_H

#include "cli/csv.h"

#include <jansson.h>
#include <stdint.h>

#define REPRODUCE_TABLES_MAX 4U /* of a paper */

/* ---- a row ---- */

/** What the model knew of a published value. */
enum reproduce_role {
	REPRODUCE_GIVEN,      /* it is an input */
	REPRODUCE_CALIBRATED, /* parameters were chosen so that it comes out */
	REPRODUCE_PREDICTED,  /* nothing */
	REPRODUCE_ROLE__COUNT
};

/** How the published value was come by. */
enum reproduce_tag {
	REPRODUCE_READ,     /* in the source itself or a copy of it */
	REPRODUCE_DERIVED,  /* arithmetic on what was read; the source line says which */
	REPRODUCE_MEASURED, /* by running the named program */
	REPRODUCE_QUOTED,   /* in a text that quotes the source */
	REPRODUCE_TAG__COUNT
};

enum reproduce_tolerance_kind {
	REPRODUCE_NONE,     /* nothing published, nothing to hold */
	REPRODUCE_EXACT,    /* "0" */
	REPRODUCE_RELATIVE, /* "5%": high = 0.05 */
	REPRODUCE_ABSOLUTE, /* "+-0.5": high = 0.5 */
	REPRODUCE_RANGE     /* "3..4.8": what the simulated value lies in */
};

struct reproduce_tolerance {
	enum reproduce_tolerance_kind kind;
	double low, high;
};

enum reproduce_verdict {
	REPRODUCE_OK,
	REPRODUCE_MISS,        /* claimed, and outside of its tolerance */
	REPRODUCE_PREDICTION,  /* nothing published to compare with */
	REPRODUCE_NOT_CLAIMED, /* known to differ; the note says why */
	REPRODUCE_VERDICT__COUNT
};

/** How a row follows from two others of its paper that stand before it. */
enum reproduce_derivation_kind {
	REPRODUCE_SIMULATED,  /* it does not */
	REPRODUCE_DIFFERENCE, /* a - b */
	REPRODUCE_RATIO,      /* a / b */
	REPRODUCE_SLOPE       /* (a - b) / divisor */
};

struct reproduce_derivation {
	enum reproduce_derivation_kind kind;
	size_t a, b; /* indices of rows */
	double divisor;
};

struct reproduce_row {
	const struct reproduce_table *table;
	const struct cli_csv_line *line;
	const char *id, *quantity, *unit, *note; /* the table's; "" = none */
	const char *published_text;              /* as printed in the source; "" = a prediction */
	const char *tolerance_text;
	const char *source;
	enum reproduce_tag tag;
	enum reproduce_role role;
	double published; /* NAN for a prediction */
	bool claimed;
	struct reproduce_tolerance tolerance;
	struct reproduce_derivation derivation;

	/* once it ran */
	double simulated; /* not finite: the model has no answer */
	double error;     /* simulated - published; NAN without one of them */
	double strain;    /* share of the tolerance that the error takes; over 1 it misses */
	bool within;
	enum reproduce_verdict verdict;
};

/* ---- a paper ---- */

/**
 * What a paper brings: its tables, and how a row of each is simulated.
 *
 * prepare() reads what else lies in the folder and makes what all rows need; NULL without need.
 * simulate() gives the value of a row from its inputs (reproduce_whole() and its sisters) and
 * nothing else of the row; one that is not finite says that the model has no answer. It is called
 * once a row, in their order, not for derived ones, and may keep in the state what one run tells
 * about several rows. release() frees the state and is called with what prepare() left, be that
 * NULL. What fails has told why on the paper's messages.
 */
struct reproduce_table_ops {
	const char *file;          /* "table.csv" */
	const char *const *inputs; /* columns that are the paper's own, NULL behind the last */
	enum nbs_status (*simulate)(void *state, const struct reproduce_row *row, double *value);
};

struct reproduce_paper;

struct reproduce_paper_ops {
	const char *name;                         /* of the folder too */
	const char *title;                        /* for people */
	const struct reproduce_table_ops *tables; /* file NULL behind the last */
	enum nbs_status (*prepare)(const struct reproduce_paper *paper, void **state);
	void (*release)(void *state);
};

struct reproduce_table {
	const struct reproduce_table_ops *ops;
	struct cli_csv csv;
	FILE *messages;
};

struct reproduce_paper {
	const struct reproduce_paper_ops *ops;
	char *folder;
	FILE *messages; /* where faults of tables are told */
	struct reproduce_table tables[REPRODUCE_TABLES_MAX];
	size_t table_count;
	struct reproduce_row *rows;
	size_t row_count, row_room;
	void *state; /* of the ops */
};

/** Counts over the rows of a paper. */
struct reproduce_summary {
	size_t rows;
	size_t published;  /* rows that have a published value; the others are predictions */
	size_t within;     /* of these, within their tolerance */
	size_t calibrated; /* of these, what the model was made to meet */
	size_t claimed, missed;
	const struct reproduce_row *worst;           /* claimed, of the greatest strain; NULL */
	const struct reproduce_row *worst_unclaimed; /* the same of the others */
};

/** @return all papers, in the order in which they are listed. */
const struct reproduce_paper_ops *const *reproduce_papers(size_t *count);

/**
 * Reads a paper's tables, simulates its rows, judges them.
 * @param[in]  papers  the folder in which papers lie
 * @param[out] paper   freed by reproduce_paper_free(); untouched on failure
 */
enum nbs_status reproduce_paper_run(const struct reproduce_paper_ops *ops, const char *papers,
				    FILE *messages, struct reproduce_paper **paper);
void reproduce_paper_free(struct reproduce_paper *paper);

void reproduce_summarise(const struct reproduce_paper *paper, struct reproduce_summary *summary);

/* ---- its parts (table.c, derive.c, verdict.c) ---- */

/** Reads one table and appends its rows to the paper. */
enum nbs_status reproduce_table_load(struct reproduce_paper *paper,
				     const struct reproduce_table_ops *ops);

/** @return the row of that id among the first count; count if there is none. */
size_t reproduce_row_find(const struct reproduce_paper *paper, size_t count, const char *id);

/** Reads the words of the column `derived` into the paper's last row. */
enum nbs_status reproduce_derivation_parse(const struct reproduce_paper *paper,
					   struct reproduce_row *row, size_t column);

/** @return the value of a derived row. */
double reproduce_derive(const struct reproduce_paper *paper, const struct reproduce_row *row);

/** @return whether the text is a tolerance; "" is NONE. */
bool reproduce_tolerance_parse(const char *text, struct reproduce_tolerance *tolerance);

/** Fills in error, strain, within and verdict from what stands before them. */
void reproduce_judge(struct reproduce_row *row);

const char *reproduce_role_name(enum reproduce_role role);
const char *reproduce_tag_name(enum reproduce_tag tag);
const char *reproduce_verdict_name(enum reproduce_verdict verdict);

/* ---- inputs of a row (input.c) ---- */

/**
 * Reads a row's inputs. The first fault is told and kept in status; what could not be read is the
 * least value allowed. So simulate() need not ask before its end.
 */
struct reproduce_input {
	const struct reproduce_row *row;
	enum nbs_status status;
};

/** @return what the row has in that column; "" also where the table has no such column. */
const char *reproduce_text(const struct reproduce_row *row, const char *column);

/** @return whether the row gives something in that column. */
bool reproduce_given(const struct reproduce_row *row, const char *column);

/** @return a number from low to high. */
double reproduce_number(struct reproduce_input *input, const char *column, double low, double high);

/** @return a whole number from low to high. */
uint32_t reproduce_whole(struct reproduce_input *input, const char *column, uint32_t low,
			 uint32_t high);

/** @return index of one of the words, of which the last is followed by NULL. */
unsigned reproduce_pick(struct reproduce_input *input, const char *column,
			const char *const *words);

/* ---- output (print.c, json.c) ---- */

void reproduce_print(const struct reproduce_paper *paper);

/** One line a paper, below a heading, which paper NULL prints. */
void reproduce_print_line(const struct reproduce_paper *paper);

/** An error as people read it: "+0.03 %", "-0.4"; "-" without one. */
void reproduce_error_text(const struct reproduce_row *row, char *text, size_t size);

json_t *reproduce_json(const struct reproduce_paper *paper);
json_t *reproduce_summary_json(const struct reproduce_paper *paper);

#endif
