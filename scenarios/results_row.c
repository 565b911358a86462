/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row of results.sqlite, bound value by value; what does not belong into a result is refused. */
#include "scenarios/results_internal.h"

#include <stdio.h>
#include <string.h>

enum nbs_status
nbsi_results_fail(struct nbs_results *results, enum nbs_status status, const char *what,
		  const char *detail)
{
	if (results->status == NBS_OK) {
		results->status = status;
		snprintf(results->why, sizeof(results->why), "%s: %s", what, detail);
	}
	return results->status;
}

enum nbs_status
nbsi_results_sql_fail(struct nbs_results *results, const char *what)
{
	int code = sqlite3_errcode(results->db);
	enum nbs_status status = NBS_E_IO;

	if (code == SQLITE_NOMEM)
		status = NBS_E_NOMEM;
	else if (code == SQLITE_CONSTRAINT)
		status = NBS_E_STATE;
	return nbsi_results_fail(results, status, what, sqlite3_errmsg(results->db));
}

struct nbsi_row
nbsi_row_begin(struct nbs_results *results, enum nbsi_results_table table)
{
	return (struct nbsi_row){results, results->insert[table], 0};
}

static void
row_bound(struct nbsi_row *row, int code)
{
	if (code != SQLITE_OK)
		nbsi_results_sql_fail(row->results, sqlite3_sql(row->stmt));
}

void
nbsi_row_null(struct nbsi_row *row)
{
	row_bound(row, sqlite3_bind_null(row->stmt, ++row->column));
}

/* SQLite's integers are signed. */
void
nbsi_row_int(struct nbsi_row *row, uint64_t value)
{
	if (value > INT64_MAX)
		nbsi_results_fail(row->results, NBS_E_RANGE, sqlite3_sql(row->stmt),
				  "a number above 2^63-1");
	else
		row_bound(row, sqlite3_bind_int64(row->stmt, ++row->column, (int64_t)value));
}

/* SQLite stores NaN as NULL; infinities would end up in JSON: neither is a result. */
void
nbsi_row_real(struct nbsi_row *row, double value)
{
	if (!__builtin_isfinite(value))
		nbsi_results_fail(row->results, NBS_E_RANGE, sqlite3_sql(row->stmt),
				  "a number that is not finite");
	else
		row_bound(row, sqlite3_bind_double(row->stmt, ++row->column, value));
}

void
nbsi_row_text(struct nbsi_row *row, const char *text)
{
	if (text == NULL)
		nbsi_results_fail(row->results, NBS_E_ARG, sqlite3_sql(row->stmt),
				  "a text is missing");
	else
		row_bound(row,
			  sqlite3_bind_text(row->stmt, ++row->column, text, -1, SQLITE_STATIC));
}

void
nbsi_row_id(struct nbsi_row *row, uint32_t id)
{
	if (id == NBS_RESULTS_NONE)
		nbsi_row_null(row);
	else
		nbsi_row_int(row, id);
}

void
nbsi_row_place(struct nbsi_row *row, uint32_t capture, uint64_t frame)
{
	if (capture == NBS_RESULTS_NONE || frame == NBS_RESULTS_NO_FRAME) {
		nbsi_row_null(row);
		nbsi_row_null(row);
	} else {
		nbsi_row_int(row, capture);
		nbsi_row_int(row, frame);
	}
}

void
nbsi_row_counters(struct nbsi_row *row, const void *counters, const size_t *offsets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t value;

		memcpy(&value, (const char *)counters + offsets[i], sizeof(value));
		nbsi_row_int(row, value);
	}
}

enum nbs_status
nbsi_row_end(struct nbsi_row *row)
{
	struct nbs_results *results = row->results;

	if (results->status == NBS_OK && sqlite3_step(row->stmt) != SQLITE_DONE)
		nbsi_results_sql_fail(results, sqlite3_sql(row->stmt));
	sqlite3_reset(row->stmt);
	return results->status;
}
