/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * docs/results.md against the truth: every table, column and type of the schema, every fact of the
 * table run, every key of the summary is documented, in order, and nothing else is; the SQL that
 * it shows runs.
 */
#include "analysis/summary.h"
#include "analysis/test_run.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOCUMENT "../docs/results.md" /* tests run in the folder of their source */

static char *document;
static sqlite3 *db;
static json_t *summary;

static int
setup(void **state)
{
	(void)state;
	char path[] = "/tmp/nbsec-docs-XXXXXX";
	char why[256];
	int file = mkstemp(path);
	FILE *text = fopen(DOCUMENT, "r");
	size_t size = 0;

	if (file < 0 || text == NULL || getdelim(&document, &size, '\0', text) <= 0)
		return -1;
	fclose(text);
	close(file);
	unlink(path);
	if (test_run_write(path) != NBS_OK ||
	    nbs_summary_read(path, 1, &summary, why, sizeof(why)) != NBS_OK ||
	    sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		return -1;
	unlink(path); /* it stays while it is open */
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	free(document);
	json_decref(summary);
	return sqlite3_close(db);
}

/* ---- what is written: the first two cells of a section's rows, "`name` TYPE;" each ---- */

static void
append(char *text, size_t size, const char *more, size_t len)
{
	size_t used = strlen(text);

	assert_true(used + len < size);
	memcpy(text + used, more, len);
	text[used + len] = '\0';
}

/* Appends the row's name, and with types its second cell. Rows without `name` are headings. */
static void
append_row(const char *row, bool types, char *text, size_t size)
{
	const char *name = row + 3;
	size_t len = strcspn(name, "`");
	const char *type = strchr(name, '|') + 2;

	append(text, size, name, len);
	if (types && *type != '|') {
		append(text, size, " ", 1);
		append(text, size, type, strcspn(type, " |"));
	}
	append(text, size, "\n", 1);
}

/* The rows below the heading, up to the next heading or, with tables 1, the next paragraph. */
static void
documented(const char *heading, bool types, char *text, size_t size)
{
	const char *line = strstr(document, heading);
	bool in_table = false;

	text[0] = '\0';
	if (line == NULL) {
		fail_msg("%s: no section %s", DOCUMENT, heading);
		return;
	}
	for (line += strcspn(line, "\n"); *line == '\n'; line += strcspn(line + 1, "\n") + 1) {
		if (line[1] == '#' || (in_table && line[1] != '|'))
			break;
		in_table |= line[1] == '|';
		if (strncmp(line + 1, "| `", 3) == 0)
			append_row(line + 1, types, text, size);
	}
}

/* ---- what is true ---- */

/* Rows of a query, columns by blanks; empty columns leave none. */
static void
queried(const char *sql, char *text, size_t size)
{
	sqlite3_stmt *stmt = NULL;

	text[0] = '\0';
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			const char *cell = (const char *)sqlite3_column_text(stmt, i);

			append(text, size, " ", i > 0 && cell[0] != '\0' ? 1 : 0);
			append(text, size, cell, strlen(cell));
		}
		append(text, size, "\n", 1);
	}
	sqlite3_finalize(stmt);
}

static void
test_tables(void **state)
{
	(void)state;
	char tables[512], heading[80], sql[160], want[4096], got[4096];
	char *rest = NULL;
	size_t count = 0;

	queried("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", tables,
		sizeof(tables));
	for (char *table = strtok_r(tables, "\n", &rest); table != NULL;
	     table = strtok_r(NULL, "\n", &rest), count++) {
		snprintf(heading, sizeof(heading), "### `%s`\n", table);
		snprintf(sql, sizeof(sql), "SELECT name, type FROM pragma_table_info('%s')", table);
		queried(sql, want, sizeof(want));
		documented(heading, true, got, sizeof(got));
		assert_string_equal(got, want);
	}
	assert_int_equal(count, 15);
	for (const char *at = document; (at = strstr(at, "\n### `")) != NULL; at++)
		count--;
	assert_int_equal(count, 0); /* no section is of a table that is not there */
}

static void
test_facts(void **state)
{
	(void)state;
	char want[2048], got[2048], sorted[2048] = "";
	char *facts[64];
	size_t count = 0;
	char *rest = NULL;

	queried("SELECT key FROM run ORDER BY key", want, sizeof(want));
	documented("### Facts of the run\n", false, got, sizeof(got));
	for (char *fact = strtok_r(got, "\n", &rest); fact != NULL;
	     fact = strtok_r(NULL, "\n", &rest)) {
		size_t i = count++;

		assert_true(count < 64);
		for (; i > 0 && strcmp(facts[i - 1], fact) > 0; i--)
			facts[i] = facts[i - 1];
		facts[i] = fact;
	}
	for (size_t i = 0; i < count; i++) {
		append(sorted, sizeof(sorted), facts[i], strlen(facts[i]));
		append(sorted, sizeof(sorted), "\n", 1);
	}
	assert_string_equal(sorted, want);
}

/* Objects whose keys are data: documented as ".*". */
static bool
is_open(const char *path)
{
	static const char *const open[] = {"_by_state_mj",
					   "_by_state_s",
					   "dtls.failed",
					   "dtls.closed",
					   "outcomes",
					   "accepted_as",
					   "end_states",
					   "undelivered_why",
					   "tx_by_dbm",
					   "crypto_work",
					   "breakdown_mj_per_day",
					   "by_message_mj_per_day",
					   "by_state_mj_per_day",
					   "mcu_mj_per_day"};

	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		size_t len = strlen(open[i]), whole = strlen(path);

		if (whole >= len && strcmp(path + whole - len, open[i]) == 0)
			return true;
	}
	return false;
}

/* Appends the paths of all leaves below json, each once. */
static void
flatten(json_t *json, const char *path, char *text, size_t size)
{
	char below[256];
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_object(json) && is_open(path)) {
		snprintf(below, sizeof(below), "%s.*\n", path);
		if (strstr(text, below) == NULL)
			append(text, size, below, strlen(below));
	} else if (json_is_object(json)) {
		json_object_foreach(json, key, value)
		{
			snprintf(below, sizeof(below), "%s%s%s", path, path[0] == '\0' ? "" : ".",
				 key);
			flatten(value, below, text, size);
		}
	} else if (json_is_array(json)) {
		snprintf(below, sizeof(below), "%s[]", path);
		json_array_foreach(json, i, value) flatten(value, below, text, size);
	} else {
		char line[260], found[264];

		snprintf(line, sizeof(line), "%s\n", path);
		snprintf(found, sizeof(found), "\n%s", line);
		if (strncmp(text, line, strlen(line)) != 0 && strstr(text, found) == NULL)
			append(text, size, line, strlen(line));
	}
}

static void
test_summary(void **state)
{
	(void)state;
	char want[16384] = "", got[16384];

	flatten(summary, "", want, sizeof(want));
	documented("## summary.json\n", false, got, sizeof(got));
	assert_string_equal(got, want);
}

static void
test_snippets(void **state)
{
	(void)state;
	size_t count = 0;

	for (const char *at = document; (at = strstr(at, "```sql\n")) != NULL; count++) {
		char sql[512] = "";
		sqlite3_stmt *stmt = NULL;

		at += strlen("```sql\n");
		append(sql, sizeof(sql), at, (size_t)(strstr(at, "```") - at));
		if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
			fail_msg("%s: %s", sqlite3_errmsg(db), sql);
		sqlite3_finalize(stmt);
	}
	assert_int_equal(count, 5);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tables),
	    cmocka_unit_test(test_facts),
	    cmocka_unit_test(test_summary),
	    cmocka_unit_test(test_snippets),
	};

	return cmocka_run_group_tests_name("docs", tests, setup, teardown);
}
