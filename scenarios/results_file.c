/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file results.sqlite, written in one transaction without a journal.
 *
 * Bytes depend on the calls alone: fixed page size and encoding, no auto-vacuum, freed bytes
 * zeroed (secure_delete), row order = call order. A crash leaves a file that is of no use; the
 * command writes into a temporary folder, so nobody takes it for a result.
 */
#include "scenarios/results_internal.h"
#include "scenarios/results_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_INSERT_MAX 256U /* bytes of an INSERT statement */

/* journal_mode and synchronous trade crash safety, which is not needed here, for speed. */
static const char file_setup[] = "PRAGMA page_size = 4096;"
				 "PRAGMA encoding = 'UTF-8';"
				 "PRAGMA auto_vacuum = NONE;"
				 "PRAGMA secure_delete = ON;"
				 "PRAGMA locking_mode = EXCLUSIVE;"
				 "PRAGMA journal_mode = OFF;"
				 "PRAGMA synchronous = OFF;"
				 "PRAGMA cache_size = -65536;" /* 64 MiB */
				 "BEGIN EXCLUSIVE;";

static const char *const file_schema[] = {NBS_RESULTS_SCHEMA};

/* Each table with its number of columns: SQLite refuses an INSERT of another number. */
static const struct {
	const char *name;
	unsigned columns;
} file_tables[NBSI_RESULTS__TABLES] = {
    [NBSI_RESULTS_RUN] = {"run", 2},
    [NBSI_RESULTS_CELL] = {"cell", 16},
    [NBSI_RESULTS_NAT] = {"nat", 8},
    [NBSI_RESULTS_GATEWAY] = {"gateway_dtls", 3},
    [NBSI_RESULTS_FLEET] = {"fleet", 21},
    [NBSI_RESULTS_DEVICE] = {"device", 52},
    [NBSI_RESULTS_STATE] = {"device_state", 4},
    [NBSI_RESULTS_ENERGY] = {"fleet_energy", 6},
    [NBSI_RESULTS_BASIS] = {"fleet_basis", 6},
    [NBSI_RESULTS_WORK] = {"fleet_work", 4},
    [NBSI_RESULTS_CAPTURE] = {"capture", 3},
    [NBSI_RESULTS_MESSAGE] = {"message", 7},
    [NBSI_RESULTS_ATTACK] = {"attack", 5},
    [NBSI_RESULTS_ATTEMPT] = {"attempt", 7},
    [NBSI_RESULTS_ACCEPTED] = {"accepted", 6},
};

static enum nbs_status
file_exec(struct nbs_results *results, const char *sql, const char *what)
{
	if (results->status == NBS_OK &&
	    sqlite3_exec(results->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		nbsi_results_sql_fail(results, what);
	return results->status;
}

/* "INSERT INTO capture VALUES (?,?,?)". */
static void
file_insert_text(enum nbsi_results_table table, char *text, size_t size)
{
	size_t used =
	    (size_t)snprintf(text, size, "INSERT INTO %s VALUES (", file_tables[table].name);

	for (unsigned i = 0; i < file_tables[table].columns && used + 3 < size; i++) {
		text[used++] = '?';
		text[used++] = ',';
	}
	text[used - 1] = ')';
	text[used] = '\0';
}

static enum nbs_status
file_prepare(struct nbs_results *results)
{
	char sql[FILE_INSERT_MAX];

	for (unsigned i = 0; i < NBSI_RESULTS__TABLES && results->status == NBS_OK; i++) {
		file_insert_text((enum nbsi_results_table)i, sql, sizeof(sql));
		if (sqlite3_prepare_v3(results->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
				       &results->insert[i], NULL) != SQLITE_OK)
			nbsi_results_sql_fail(results, sql);
	}
	return results->status;
}

enum nbs_status
nbs_results_create(const char *path, struct nbs_results **results)
{
	if (path == NULL || results == NULL)
		return NBS_E_ARG;
	struct nbs_results *made = calloc(1, sizeof(*made));

	if (made == NULL)
		return NBS_E_NOMEM;
	if (sqlite3_open_v2(path, &made->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
	    SQLITE_OK)
		nbsi_results_fail(made, made->db == NULL ? NBS_E_NOMEM : NBS_E_IO, path,
				  made->db == NULL ? "out of memory" : sqlite3_errmsg(made->db));
	file_exec(made, file_setup, path);
	for (size_t i = 0; i < sizeof(file_schema) / sizeof(file_schema[0]); i++)
		file_exec(made, file_schema[i], path);
	if (file_prepare(made) != NBS_OK)
		return nbs_results_finish(made);
	*results = made;
	return NBS_OK;
}

const char *
nbs_results_why(const struct nbs_results *results)
{
	return results == NULL ? "" : results->why;
}

/* A row that names an id which no row has (a device of no fleet) is a fault of the caller. */
static void
file_check_ids(struct nbs_results *results)
{
	sqlite3_stmt *stmt = NULL;
	char detail[96];

	if (results->status != NBS_OK)
		return;
	if (sqlite3_prepare_v2(results->db, "PRAGMA foreign_key_check", -1, &stmt, NULL) !=
	    SQLITE_OK) {
		nbsi_results_sql_fail(results, "foreign_key_check");
		return;
	}
	int code = sqlite3_step(stmt);

	if (code == SQLITE_ROW) {
		snprintf(detail, sizeof(detail), "names a %s that is not there",
			 (const char *)sqlite3_column_text(stmt, 2));
		nbsi_results_fail(results, NBS_E_STATE, (const char *)sqlite3_column_text(stmt, 0),
				  detail);
	} else if (code != SQLITE_DONE) {
		nbsi_results_sql_fail(results, "foreign_key_check");
	}
	sqlite3_finalize(stmt);
}

enum nbs_status
nbs_results_finish(struct nbs_results *results)
{
	if (results == NULL)
		return NBS_OK;
	for (unsigned i = 0; i < NBSI_RESULTS__TABLES; i++)
		sqlite3_finalize(results->insert[i]);
	file_check_ids(results);
	file_exec(results, "COMMIT", "commit");
	if (sqlite3_close(results->db) != SQLITE_OK)
		nbsi_results_fail(results, NBS_E_INTERNAL, "close", "statements left open");
	enum nbs_status status = results->status;

	free(results);
	return status;
}
