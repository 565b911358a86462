/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Reading results.sqlite: opening with a check of what it is, queries whose errors stick.
 */
#ifndef NBSEC_ANALYSIS_RESULTS_DB_H
#define NBSEC_ANALYSIS_RESULTS_DB_H

#include "sim/status.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

/** An open file and the first thing that went wrong with it. */
struct nbsi_db {
	sqlite3 *sqlite;
	const char *path; /* the caller's */
	enum nbs_status status;
	char why[256]; /* "" while status is NBS_OK */
};

/**
 * Opens the file for reading.
 * @return db->status: NBS_E_NOTFOUND no such file, NBS_E_INVALID not a results database or one of
 *         another schema version, NBS_E_IO.
 */
enum nbs_status nbsi_db_open(struct nbsi_db *db, const char *path);

/** Notes the first error. @return db->status. */
enum nbs_status nbsi_db_fail(struct nbsi_db *db, enum nbs_status status, const char *what);

/** @return a statement, or NULL when something went wrong, now or before. */
sqlite3_stmt *nbsi_db_query(struct nbsi_db *db, const char *sql);

/** @return whether there is a next row; errors are noted in db. */
bool nbsi_db_next(struct nbsi_db *db, sqlite3_stmt *stmt);

/** @return a column as a new JSON value: integer, real, string or null. */
json_t *nbsi_db_json(sqlite3_stmt *stmt, int column);

/** @return the row's columns from the first given on as an object, keys as they are called. */
json_t *nbsi_db_object(sqlite3_stmt *stmt, int first);

/** @return a column as text, "" for NULL; valid until the next step. */
const char *nbsi_db_text(sqlite3_stmt *stmt, int column);

void nbsi_db_close(struct nbsi_db *db);

#endif
