/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the files of the results writer share: the open file, and a row under way.
 *
 * Errors are kept in the file's status; after the first one nothing more is written.
 */
#ifndef NBSEC_SCENARIOS_RESULTS_INTERNAL_H
#define NBSEC_SCENARIOS_RESULTS_INTERNAL_H

#include "scenarios/results.h"

#include <sqlite3.h>

enum nbsi_results_table {
	NBSI_RESULTS_RUN,
	NBSI_RESULTS_CELL,
	NBSI_RESULTS_NAT,
	NBSI_RESULTS_GATEWAY,
	NBSI_RESULTS_FLEET,
	NBSI_RESULTS_DEVICE,
	NBSI_RESULTS_STATE,
	NBSI_RESULTS_ENERGY,
	NBSI_RESULTS_BASIS,
	NBSI_RESULTS_WORK,
	NBSI_RESULTS_CAPTURE,
	NBSI_RESULTS_MESSAGE,
	NBSI_RESULTS_ATTACK,
	NBSI_RESULTS_ATTEMPT,
	NBSI_RESULTS_ACCEPTED,
	NBSI_RESULTS__TABLES
};

struct nbs_results {
	sqlite3 *db;
	sqlite3_stmt *insert[NBSI_RESULTS__TABLES];
	enum nbs_status status; /* the first error, sticky */
	char why[256];          /* it in words */
};

/** One row under way: values are bound from left to right. */
struct nbsi_row {
	struct nbs_results *results;
	sqlite3_stmt *stmt;
	int column; /* bound last, from 1 */
};

/** Notes the first error. @return the status in force. */
enum nbs_status nbsi_results_fail(struct nbs_results *results, enum nbs_status status,
				  const char *what, const char *detail);

/** Notes what SQLite complains of. @return the status in force. */
enum nbs_status nbsi_results_sql_fail(struct nbs_results *results, const char *what);

struct nbsi_row nbsi_row_begin(struct nbs_results *results, enum nbsi_results_table table);

void nbsi_row_null(struct nbsi_row *row);

/** An integer; above 2^63-1 is a fault of the caller. */
void nbsi_row_int(struct nbsi_row *row, uint64_t value);

/** A number; one that is not finite is a fault of the caller. */
void nbsi_row_real(struct nbsi_row *row, double value);

/** A text, which must live until nbsi_row_end(); NULL is a fault of the caller. */
void nbsi_row_text(struct nbsi_row *row, const char *text);

/** An id, NULL for NBS_RESULTS_NONE. */
void nbsi_row_id(struct nbsi_row *row, uint32_t id);

/** Where a packet is: capture and frame, both or neither. */
void nbsi_row_place(struct nbsi_row *row, uint32_t capture, uint64_t frame);

/** Counters of a struct, in this order. @param[in] offsets  of uint64_t fields. */
void nbsi_row_counters(struct nbsi_row *row, const void *counters, const size_t *offsets,
		       size_t count);

/** Writes the row. @return the status in force. */
enum nbs_status nbsi_row_end(struct nbsi_row *row);

/** The name of a value; NULL outside the table, which nbsi_row_text() refuses. */
#define NBSI_RESULTS_NAME(table, value) \
	((size_t)(value) < sizeof(table) / sizeof((table)[0]) ? (table)[value] : NULL)

#endif
