/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables, derived rows and verdicts over a paper of the test's own: table_vectors.txt. */
#include "cli/reproduce/reproduce.h"

#include "cli/case_test_util.h"
#include "cli/cli.h"
#include "cli/folder.h"

#include <math.h>
#include <sys/stat.h>

static char home[] = CASE_FOLDER;

static int
setup(void **state)
{
	char folder[sizeof(home) + 16];

	(void)state;
	if (mkdtemp(home) == NULL)
		return -1;
	(void)snprintf(folder, sizeof(folder), "%s/echo", home);
	return mkdir(folder, 0777);
}

static int
teardown(void **state)
{
	(void)state;
	cli_remove_tree(home);
	return 0;
}

/* ---- a paper that says what its input says ---- */

static const char *const echo_inputs[] = {"value", "n", NULL};
static unsigned echo_states; /* prepared and not released */

static enum nbs_status
echo_prepare(const struct reproduce_paper *paper, void **state)
{
	(void)paper;
	*state = &echo_states;
	echo_states++;
	return NBS_OK;
}

static void
echo_release(void *state)
{
	if (state != NULL)
		echo_states--;
}

static enum nbs_status
echo_row(void *state, const struct reproduce_row *row, double *value)
{
	static const char *const quantities[] = {"q", "energy", "time", "SNR", "power", NULL};
	struct reproduce_input input = {.row = row};

	assert_ptr_equal(state, &echo_states);
	assert_int_equal(row->derivation.kind, REPRODUCE_SIMULATED);
	(void)reproduce_pick(&input, "quantity", quantities);
	if (strcmp(reproduce_text(row, "value"), "none") == 0)
		*value = (double)NAN;
	else
		*value = reproduce_number(&input, "value", -1e6, 1e6);
	return input.status;
}

static const struct reproduce_table_ops echo_tables[] = {
    {.file = "table.csv", .inputs = echo_inputs, .simulate = echo_row},
    {0},
};

static const struct reproduce_paper_ops echo = {
    .name = "echo",
    .title = "says what its input says",
    .tables = echo_tables,
    .prepare = echo_prepare,
    .release = echo_release,
};

/* ---- vectors ---- */

static void
print_paper(const struct reproduce_paper *paper, FILE *out)
{
	struct reproduce_summary summary;

	for (size_t i = 0; i < paper->row_count; i++) {
		const struct reproduce_row *row = &paper->rows[i];
		char error[64];

		reproduce_error_text(row, error, sizeof(error));
		fprintf(out, "%s %g %s %g %s\n", row->id, row->simulated, error, row->strain,
			reproduce_verdict_name(row->verdict));
	}
	reproduce_summarise(paper, &summary);
	fprintf(out,
		"%zu rows, %zu published, %zu within, %zu calibrated, %zu claimed, %zu missed, "
		"worst %s %s\n",
		summary.rows, summary.published, summary.within, summary.calibrated,
		summary.claimed, summary.missed, summary.worst ? summary.worst->id : "-",
		summary.worst_unclaimed ? summary.worst_unclaimed->id : "-");
}

static void
run_case(const struct test_case *test, const char *path)
{
	char *messages = NULL, *got = NULL;
	size_t size = 0, got_size = 0;
	FILE *stream = open_memstream(&messages, &size);
	FILE *out = open_memstream(&got, &got_size);
	struct reproduce_paper *paper = NULL;
	const enum nbs_status status = reproduce_paper_run(&echo, home, stream, &paper);

	(void)fclose(stream);
	if (status == NBS_OK) {
		assert_int_equal(size, 0);
		print_paper(paper, out);
	} else {
		assert_int_equal(status, NBS_E_INVALID);
		assert_true(size > strlen(path));
		fprintf(out, "error %s", messages + strlen(path) + 1);
	}
	(void)fclose(out);
	reproduce_paper_free(paper);
	assert_int_equal(echo_states, 0);
	case_compare(test, got);
	free(messages);
	free(got);
}

static void
test_vectors(void **state)
{
	static struct test_case test;
	FILE *file = fopen("table_vectors.txt", "r");
	char *path = cli_text("%s/echo/table.csv", home);
	unsigned cases = 0;

	(void)state;
	assert_non_null(file);
	for (; case_next(file, &test); cases++) {
		case_write(path, &test);
		run_case(&test, path);
	}
	free(path);
	(void)fclose(file);
	assert_int_equal(cases, 35);
}

/* Every paper that is listed has a name of its own that can be the name of a folder. */
static void
test_papers(void **state)
{
	size_t count = 0;
	const struct reproduce_paper_ops *const *papers = reproduce_papers(&count);

	(void)state;
	assert_true(count >= 3);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(strspn(papers[i]->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
				 strlen(papers[i]->name));
		assert_true(strlen(papers[i]->title) > 0);
		assert_non_null(papers[i]->tables[0].file);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(papers[i]->name, papers[k]->name);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_papers),
	};

	return cmocka_run_group_tests_name("reproduce", tests, setup, teardown);
}
