/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cases of text for tests that read tables:
 *
 *   case NAME
 *   | a line of the table; \r \0 \t stand for these bytes, |~ leaves the line's end out
 *   = what is to come of it, a line each
 */
#ifndef NBSEC_CLI_CASE_TEST_UTIL_H
#define NBSEC_CLI_CASE_TEST_UTIL_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASE_SIZE 8192U
#define CASE_FOLDER "/tmp/nbsec-case-XXXXXX"

struct test_case {
	char name[1024];
	char table[CASE_SIZE];
	size_t table_len;
	char want[CASE_SIZE]; /* lines, each with its end */
};

/* Appends one line of a table with its escapes undone. */
static inline void
case_add_table(struct test_case *test, const char *line)
{
	const bool open = line[0] == '~'; /* else a blank */

	for (const char *c = line[0] == '\0' ? line : line + 1; *c != '\0'; c++) {
		assert_true(test->table_len + 2 < CASE_SIZE);
		if (c[0] == '\\' && c[1] != '\0') {
			c++;
			test->table[test->table_len++] = *c == 'r' ? '\r' : *c == '0' ? '\0' : '\t';
		} else {
			test->table[test->table_len++] = *c;
		}
	}
	if (!open)
		test->table[test->table_len++] = '\n';
}

/* Reads the next case. @return false at the file's end. */
static inline bool
case_next(FILE *file, struct test_case *test)
{
	char line[1024];
	long back = ftell(file);

	memset(test, 0, sizeof(*test));
	for (; fgets(line, (int)sizeof(line), file) != NULL; back = ftell(file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "case ", 5) == 0) {
			if (test->name[0] != '\0') {
				(void)fseek(file, back, SEEK_SET);
				return true;
			}
			(void)snprintf(test->name, sizeof(test->name), "%s", line + 5);
		} else if (line[0] == '|') {
			case_add_table(test, line + 1);
		} else if (line[0] == '=') {
			const size_t used = strlen(test->want);

			(void)snprintf(test->want + used, CASE_SIZE - used, "%s\n", line + 2);
		}
	}
	return test->name[0] != '\0';
}

static inline void
case_write(const char *path, const struct test_case *test)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(test->table, 1, test->table_len, file), test->table_len);
	assert_int_equal(fclose(file), 0);
}

/* Compares what came with what was wanted. */
static inline void
case_compare(const struct test_case *test, const char *got)
{
	if (strcmp(got, test->want) != 0)
		fail_msg("%s:\n--- got\n%s--- wanted\n%s", test->name, got, test->want);
}

#endif
