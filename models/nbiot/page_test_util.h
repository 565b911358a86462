/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table that a test prints and that the model's page shows: both must be the same. */
#ifndef NBSEC_MODELS_NBIOT_PAGE_TEST_UTIL_H
#define NBSEC_MODELS_NBIOT_PAGE_TEST_UTIL_H

#include "models/nbiot/ue_test_util.h"

#define PAGE_FILE "../../docs/models/nbiot.md" /* tests run in the folder of their source */

struct page_table {
	FILE *out; /* the test writes its table here */
	char *text;
	size_t len;
};

static inline void
page_begin(struct page_table *table)
{
	table->out = open_memstream(&table->text, &table->len);
	assert_non_null(table->out);
}

/* The page's text between its marks `<!-- name: begin -->` and `<!-- name: end -->`. */
static inline char *
page_section(char *page, const char *name)
{
	char mark[64];
	char *begin, *end;

	(void)snprintf(mark, sizeof(mark), "<!-- %s: begin -->\n", name);
	begin = strstr(page, mark);
	if (begin == NULL) {
		fail_msg("%s has no mark %s", PAGE_FILE, mark);
		return page; /* not reached: for who does not know that fail_msg() leaves */
	}
	begin += strlen(mark);
	(void)snprintf(mark, sizeof(mark), "<!-- %s: end -->", name);
	end = strstr(begin, mark);
	if (end == NULL) {
		fail_msg("%s has no mark %s", PAGE_FILE, mark);
		return page;
	}
	*end = '\0';
	return begin;
}

/* Prints the table and compares it with the page. */
static inline void
page_end(struct page_table *table, const char *name)
{
	char *page = NULL;
	size_t size = 0;
	FILE *file = fopen(PAGE_FILE, "r");

	assert_int_equal(fclose(table->out), 0);
	(void)fputs(table->text, stdout); /* print_message() cuts at 1 kB */
	assert_non_null(file);
	assert_true(getdelim(&page, &size, '\0', file) > 0);
	(void)fclose(file);
	assert_string_equal(page_section(page, name), table->text);
	free(page);
	free(table->text);
}

#endif
