/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fleets' lines: columns as wide as their widest cell, in groups under a common heading.
 */
#include "analysis/format.h"
#include "analysis/table_parts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define GRID_CELL 40     /* bytes of a cell, its NUL included */
#define GRID_FLEET_MIN 3 /* characters of a fleet's name that are always left */
#define GRID_GAP 2U      /* blanks between columns, 1 where room is short */

enum grid_column {
	GRID_FLEET,
	GRID_SENT,
	GRID_DELIVERED,
	GRID_P50,
	GRID_P90,
	GRID_P99,
	GRID_ENERGY,
	GRID_SECURITY, /* of GRID_ENERGY: records, handshakes, cryptography */
	GRID_YEARS,
	GRID_HANDSHAKES,
	GRID_BYTES,
	GRID_TRIED,
	GRID_ACCEPTED,
	GRID_PROOF,
	GRID__COLUMNS
};

static const char *const grid_heading[GRID__COLUMNS] = {
    [GRID_FLEET] = "fleet",
    [GRID_SENT] = "sent",
    [GRID_DELIVERED] = "delivered",
    [GRID_P50] = "p50",
    [GRID_P90] = "p90",
    [GRID_P99] = "p99",
    [GRID_ENERGY] = "mJ/day",
    [GRID_SECURITY] = "DTLS",
    [GRID_YEARS] = "years",
    [GRID_HANDSHAKES] = "done",
    [GRID_BYTES] = "bytes",
    [GRID_TRIED] = "tried",
    [GRID_ACCEPTED] = "accepted",
    [GRID_PROOF] = "proof in pcap/",
};

/* Columns under a common title; "" = none. */
static const struct grid_group {
	const char *title;
	enum grid_column first, last;
} grid_groups[] = {
    {"", GRID_FLEET, GRID_FLEET},
    {"messages", GRID_SENT, GRID_DELIVERED},
    {"latency, s", GRID_P50, GRID_P99},
    {"battery", GRID_ENERGY, GRID_YEARS},
    {"handshakes", GRID_HANDSHAKES, GRID_BYTES},
    {"attacks", GRID_TRIED, GRID_PROOF},
};
#define GRID_GROUPS (sizeof(grid_groups) / sizeof(grid_groups[0]))

struct grid {
	size_t rows;
	char (*cells)[GRID__COLUMNS][GRID_CELL];
	size_t width[GRID__COLUMNS];
	size_t gap;
};

/* ---- cells ---- */

static void
cell_count(char *cell, const json_t *value)
{
	nbsi_format_count(cell, GRID_CELL, json_integer_value(value));
}

static json_int_t
sum_attacks(const json_t *summary, const char *target, const char *key)
{
	json_int_t sum = 0;
	size_t i;
	json_t *attack;

	json_array_foreach(json_object_get(summary, "attacks"), i, attack)
	{
		const char *name = json_string_value(json_object_get(attack, "target"));

		if (name != NULL && strcmp(name, target) == 0)
			sum += json_integer_value(json_object_get(attack, key));
	}
	return sum;
}

/* "gateway.pcap:1234": the heading says in which folder. */
static void
cell_proof(char *cell, const json_t *proof)
{
	const char *pcap = json_string_value(nbsi_json_at(proof, "pcap", NULL));

	if (pcap == NULL) {
		snprintf(cell, GRID_CELL, "-");
		return;
	}
	if (strncmp(pcap, "pcap/", 5) == 0)
		pcap += 5;
	snprintf(cell, GRID_CELL, "%.24s:%" JSON_INTEGER_FORMAT, pcap,
		 json_integer_value(nbsi_json_at(proof, "frame", NULL)));
}

/* "20"; "18/20" when two of twenty did not get through. */
static void
cell_handshakes(char *cell, const json_t *fleet)
{
	json_int_t started = json_integer_value(nbsi_json_at(fleet, "dtls", "started", NULL));
	json_int_t done = json_integer_value(nbsi_json_at(fleet, "dtls", "handshakes", NULL));
	char text[GRID_CELL / 2];

	nbsi_format_count(cell, GRID_CELL / 2, done);
	if (started == done)
		return;
	nbsi_format_count(text, sizeof(text), started);
	strcat(cell, "/");
	strcat(cell, text);
}

static void
grid_fill_row(char (*cells)[GRID_CELL], const json_t *summary, const json_t *fleet)
{
	const char *name = json_string_value(nbsi_json_at(fleet, "name", NULL));
	const json_t *latency = nbsi_json_at(fleet, "messages", "latency_s", NULL);

	name = name == NULL ? "?" : name;
	snprintf(cells[GRID_FLEET], GRID_CELL, "%s", name);
	cell_count(cells[GRID_SENT], nbsi_json_at(fleet, "messages", "sent", NULL));
	cell_count(cells[GRID_DELIVERED], nbsi_json_at(fleet, "messages", "delivered", NULL));
	nbsi_format_real(cells[GRID_P50], GRID_CELL, nbsi_json_at(latency, "p50", NULL));
	nbsi_format_real(cells[GRID_P90], GRID_CELL, nbsi_json_at(latency, "p90", NULL));
	nbsi_format_real(cells[GRID_P99], GRID_CELL, nbsi_json_at(latency, "p99", NULL));
	nbsi_format_real(cells[GRID_ENERGY], GRID_CELL,
			 nbsi_json_at(fleet, "energy_mj_per_day", "mean", NULL));
	nbsi_format_real(cells[GRID_SECURITY], GRID_CELL,
			 nbsi_json_at(fleet, "security_mj_per_day", NULL));
	nbsi_format_real(cells[GRID_YEARS], GRID_CELL,
			 nbsi_json_at(fleet, "battery_years", "mean", NULL));
	cell_handshakes(cells[GRID_HANDSHAKES], fleet);
	nbsi_format_count(cells[GRID_BYTES], GRID_CELL,
			  json_integer_value(nbsi_json_at(fleet, "dtls", "bytes_up", NULL)) +
			      json_integer_value(nbsi_json_at(fleet, "dtls", "bytes_down", NULL)));
	nbsi_format_count(cells[GRID_TRIED], GRID_CELL, sum_attacks(summary, name, "attempts"));
	nbsi_format_count(cells[GRID_ACCEPTED], GRID_CELL, sum_attacks(summary, name, "accepted"));
	cell_proof(cells[GRID_PROOF], nbsi_table_proof(summary, name));
}

/* ---- widths ---- */

static size_t
grid_group_width(const struct grid *grid, const struct grid_group *group)
{
	size_t width = grid->width[group->first];

	for (enum grid_column i = group->first + 1; i <= group->last; i++)
		width += grid->gap + grid->width[i];
	return width;
}

static size_t
grid_width(const struct grid *grid)
{
	return grid_group_width(grid, &(struct grid_group){"", GRID_FLEET, GRID_PROOF});
}

static void
grid_measure(struct grid *grid)
{
	for (int i = 0; i < GRID__COLUMNS; i++) {
		grid->width[i] = strlen(grid_heading[i]);
		for (size_t row = 0; row < grid->rows; row++) {
			size_t len = strlen(grid->cells[row][i]);

			grid->width[i] = len > grid->width[i] ? len : grid->width[i];
		}
	}
	for (size_t i = 0; i < GRID_GROUPS; i++) {
		size_t width = grid_group_width(grid, &grid_groups[i]);
		size_t title = strlen(grid_groups[i].title);

		if (title > width)
			grid->width[grid_groups[i].first] += title - width;
	}
	/* Too wide: gaps and names of fleets give way; no number ever does. */
	if (grid_width(grid) > NBSI_COLUMNS)
		grid->gap = 1;
	while (grid_width(grid) > NBSI_COLUMNS && grid->width[GRID_FLEET] > GRID_FLEET_MIN)
		grid->width[GRID_FLEET]--;
}

/* ---- printing ---- */

static bool
grid_is_left(int column)
{
	return column == GRID_FLEET || column == GRID_PROOF;
}

static void
grid_print_cells(FILE *out, const struct grid *grid, const char *const *cells)
{
	for (int i = 0; i < GRID__COLUMNS; i++) {
		int width = (int)grid->width[i];

		if (i == GRID_PROOF) /* the last: no blanks behind it */
			fputs(cells[i], out);
		else if (grid_is_left(i))
			fprintf(out, "%-*.*s", width, width, cells[i]);
		else
			fprintf(out, "%*s", width, cells[i]);
		fprintf(out, "%*s", i == GRID_PROOF ? 0 : (int)grid->gap, "");
	}
	fputc('\n', out);
}

static void
grid_print_heading(FILE *out, const struct grid *grid)
{
	size_t blanks = 0;

	for (size_t i = 0; i < GRID_GROUPS; i++) {
		const char *title = grid_groups[i].title;

		fprintf(out, "%*s%s", (int)blanks, "", title);
		blanks = grid_group_width(grid, &grid_groups[i]) + grid->gap - strlen(title);
	}
	fputc('\n', out);
	grid_print_cells(out, grid, grid_heading);
	for (size_t i = 0; i < GRID_GROUPS; i++) {
		for (size_t k = grid_group_width(grid, &grid_groups[i]); k > 0; k--)
			fputc('-', out);
		fprintf(out, "%*s", i + 1 < GRID_GROUPS ? (int)grid->gap : 0, "");
	}
	fputc('\n', out);
}

void
nbsi_table_grid(FILE *out, const json_t *summary)
{
	const json_t *fleets = json_object_get(summary, "fleets");
	struct grid grid = {.rows = json_array_size(fleets), .gap = GRID_GAP};

	grid.cells = calloc(grid.rows + 1, sizeof(*grid.cells));
	if (grid.cells == NULL) {
		fputs("(out of memory)\n", out);
		return;
	}
	for (size_t row = 0; row < grid.rows; row++)
		grid_fill_row(grid.cells[row], summary, json_array_get(fleets, row));
	grid_measure(&grid);
	grid_print_heading(out, &grid);
	for (size_t row = 0; row < grid.rows; row++) {
		const char *cells[GRID__COLUMNS];

		for (int i = 0; i < GRID__COLUMNS; i++)
			cells[i] = grid.cells[row][i];
		grid_print_cells(out, &grid, cells);
	}
	free(grid.cells);
}
