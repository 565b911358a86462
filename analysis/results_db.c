/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SQLite, read only.
 */
#include "analysis/results_db.h"

#include "scenarios/results_schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum nbs_status
nbsi_db_fail(struct nbsi_db *db, enum nbs_status status, const char *what)
{
	if (db->status == NBS_OK) {
		db->status = status;
		snprintf(db->why, sizeof(db->why), "%s: %s", db->path, what);
	}
	return db->status;
}

static void
db_sqlite_fail(struct nbsi_db *db)
{
	enum nbs_status status = NBS_E_IO;

	switch (sqlite3_errcode(db->sqlite)) {
	case SQLITE_NOMEM:
		status = NBS_E_NOMEM;
		break;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
	case SQLITE_ERROR: /* no such table */
		status = NBS_E_INVALID;
		break;
	default:
		break;
	}
	nbsi_db_fail(db, status, sqlite3_errmsg(db->sqlite));
}

/* @return the number that a PRAGMA answers, 0 when it does not. */
static int
db_pragma(struct nbsi_db *db, const char *sql)
{
	sqlite3_stmt *stmt = nbsi_db_query(db, sql);
	int value = nbsi_db_next(db, stmt) ? sqlite3_column_int(stmt, 0) : 0;

	sqlite3_finalize(stmt);
	return value;
}

static void
db_check_kind(struct nbsi_db *db)
{
	char text[96];
	int application = db_pragma(db, "PRAGMA application_id");
	int version = db_pragma(db, "PRAGMA user_version");

	if (db->status != NBS_OK)
		return;
	if (application != NBS_RESULTS_APPLICATION_ID) {
		nbsi_db_fail(db, NBS_E_INVALID, "not a results database of nbsec");
	} else if (version != NBS_RESULTS_SCHEMA_VERSION) {
		snprintf(text, sizeof(text), "schema version %d, this program reads version %d",
			 version, NBS_RESULTS_SCHEMA_VERSION);
		nbsi_db_fail(db, NBS_E_INVALID, text);
	}
}

enum nbs_status
nbsi_db_open(struct nbsi_db *db, const char *path)
{
	*db = (struct nbsi_db){.path = path};
	if (access(path, R_OK) != 0) {
		int error = errno;

		return nbsi_db_fail(db,
				    error == ENOENT || error == ENOTDIR ? NBS_E_NOTFOUND : NBS_E_IO,
				    strerror(error));
	}
	if (sqlite3_open_v2(path, &db->sqlite, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
		if (db->sqlite == NULL)
			return nbsi_db_fail(db, NBS_E_NOMEM, "out of memory");
		db_sqlite_fail(db);
	}
	db_check_kind(db);
	return db->status;
}

sqlite3_stmt *
nbsi_db_query(struct nbsi_db *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	if (db->status == NBS_OK &&
	    sqlite3_prepare_v2(db->sqlite, sql, -1, &stmt, NULL) != SQLITE_OK)
		db_sqlite_fail(db);
	return stmt;
}

bool
nbsi_db_next(struct nbsi_db *db, sqlite3_stmt *stmt)
{
	if (stmt == NULL || db->status != NBS_OK)
		return false;
	int code = sqlite3_step(stmt);

	if (code != SQLITE_ROW && code != SQLITE_DONE)
		db_sqlite_fail(db);
	return code == SQLITE_ROW;
}

json_t *
nbsi_db_json(sqlite3_stmt *stmt, int column)
{
	switch (sqlite3_column_type(stmt, column)) {
	case SQLITE_INTEGER:
		return json_integer(sqlite3_column_int64(stmt, column));
	case SQLITE_FLOAT:
		return json_real(sqlite3_column_double(stmt, column));
	case SQLITE_TEXT:
		return json_string(nbsi_db_text(stmt, column));
	default:
		return json_null();
	}
}

json_t *
nbsi_db_object(sqlite3_stmt *stmt, int first)
{
	json_t *object = json_object();

	for (int i = first; i < sqlite3_column_count(stmt); i++) {
		if (json_object_set_new(object, sqlite3_column_name(stmt, i),
					nbsi_db_json(stmt, i)) != 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

const char *
nbsi_db_text(sqlite3_stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	return text == NULL ? "" : text;
}

void
nbsi_db_close(struct nbsi_db *db)
{
	sqlite3_close(db->sqlite);
	db->sqlite = NULL;
}
