/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of comma-separated values: csv_vectors.txt, numbers, files that are none. */
#include "cli/csv.h"

#include "cli/case_test_util.h"

#include <unistd.h>

static char home[] = CASE_FOLDER;
static char path[sizeof(home) + 16];

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(home) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/table.csv", home);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(home);
}

static void
print_csv(const struct cli_csv *csv, FILE *out)
{
	for (size_t i = 0; i < csv->line_count; i++) {
		const struct cli_csv_line *line = &csv->lines[i];

		if (line->comment != NULL) {
			fprintf(out, "comment %u %s\n", line->number, line->comment);
			continue;
		}
		fprintf(out, "%u ", line->number);
		for (size_t k = 0; k < csv->columns; k++)
			fprintf(out, "<%s>", cli_csv_at(csv, line, k)->text);
		fputc('\n', out);
	}
}

static void
test_vectors(void **state)
{
	static struct test_case test;
	FILE *file = fopen("csv_vectors.txt", "r");
	unsigned cases = 0;

	(void)state;
	assert_non_null(file);
	for (; case_next(file, &test); cases++) {
		char *messages = NULL, *got = NULL;
		size_t size = 0, got_size = 0;
		FILE *stream = open_memstream(&messages, &size);
		FILE *out = open_memstream(&got, &got_size);
		struct cli_csv csv;

		case_write(path, &test);
		if (cli_csv_load(path, stream, &csv) == NBS_OK)
			print_csv(&csv, out);
		cli_csv_fini(&csv);
		(void)fclose(stream);
		if (size > 0)
			fprintf(out, "error %s", messages + strlen(path) + 1);
		(void)fclose(out);
		case_compare(&test, got);
		free(messages);
		free(got);
	}
	(void)fclose(file);
	assert_int_equal(cases, 20);
}

static void
test_numbers(void **state)
{
	static const char *const bad[] = {"",      " 1",  "1 ", "inf",   "nan", "0x10", "1,5",
					  "1e999", "--1", "1e", "1.2.3", "-",   "+-0.5"};
	double number = 0;

	(void)state;
	assert_true(cli_csv_number("-4.40", &number) && number == -4.4);
	assert_true(cli_csv_number("2e3", &number) && number == 2000);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cli_csv_number(bad[i], &number));
}

static void
test_files(void **state)
{
	static char big[1048576 + 2];
	struct cli_csv csv;
	FILE *messages = tmpfile();
	FILE *file = fopen(path, "wb");

	(void)state;
	assert_non_null(messages);
	assert_non_null(file);
	memset(big, 'x', sizeof(big));
	assert_int_equal(fwrite(big, 1, sizeof(big), file), sizeof(big));
	(void)fclose(file);
	assert_int_equal(cli_csv_load(path, messages, &csv), NBS_E_INVALID);
	assert_int_equal(cli_csv_load("none.csv", messages, &csv), NBS_E_NOTFOUND);
	assert_int_equal(cli_csv_load(home, messages, &csv), NBS_E_IO); /* a folder */
	(void)fclose(messages);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests_name("csv", tests, setup, teardown);
}
