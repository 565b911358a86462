/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every message of the loader: vectors/errors.txt, case by case. */
#include "scenarios/loader_test_util.h"

#define LIST_MAX 32U
#define TEXT_MAX 8192U

/* One case of the vector file. */
struct error_case {
	char name[128];
	char text[TEXT_MAX];
	char *want[LIST_MAX], *shown[LIST_MAX], *set[LIST_MAX];
	size_t wants, showns, sets;
	uint32_t seed;
	bool failed;
};

static void
keep(char **list, size_t *count, const char *text)
{
	assert_true(*count < LIST_MAX);
	list[*count] = strdup(text);
	assert_non_null(list[(*count)++]);
}

static void
forget(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
}

/* A line of the snippet; "fleets: @" becomes a fleet. */
static void
add_text(struct error_case *one, const char *line)
{
	bool fleet = strcmp(line, "fleets: @") == 0;
	nbsi_append(one->text, sizeof(one->text), "%s%s\n", fleet ? "fleets: " : line,
		    fleet ? ONE_FLEET : "");
	assert_true(strlen(one->text) < TEXT_MAX - 1);
}

/* A line behind "---". */
static void
add_directive(struct error_case *one, const char *line)
{
	if (strncmp(line, "want: ", 6) == 0)
		keep(one->want, &one->wants, line + 6);
	else if (strncmp(line, "shown: ", 7) == 0)
		keep(one->shown, &one->showns, line + 7);
	else if (strncmp(line, "set: ", 5) == 0)
		keep(one->set, &one->sets, line + 5);
	else if (strncmp(line, "doc: ", 5) == 0) /* a line of text that looks like "---" */
		nbsi_append(one->text, sizeof(one->text), "%s\n", line + 5);
	else if (strncmp(line, "seed: ", 6) == 0)
		one->seed = (uint32_t)strtoul(line + 6, NULL, 10);
	else if (line[0] != '\0')
		fail_msg("%s: what is \"%s\"?", one->name, line);
}

/* Whether line begins with the pattern's pieces between "..." in their order. */
static bool
matches(const char *line, const char *pattern)
{
	const char *gap = strstr(pattern, "...");
	/* Three dots also end a shortened quotation: there they are meant literally. */
	if (gap == NULL || gap[3] == '`')
		return strncmp(line, pattern, strlen(pattern)) == 0;
	size_t piece = (size_t)(gap - pattern);
	if (strncmp(line, pattern, piece) != 0)
		return false;
	for (const char *rest = line + piece; *rest != '\0'; rest++) {
		if (matches(rest, gap + 3))
			return true;
	}
	return gap[3] == '\0';
}

static bool
is_message(const char *line)
{
	return strncmp(line, "x.yaml:", 7) == 0 || strncmp(line, "--set ", 6) == 0 ||
	       strncmp(line, "--seed ", 7) == 0;
}

static bool
has_line(const char *text, const char *line)
{
	size_t len = strlen(line);
	for (const char *at = strstr(text, line); at != NULL; at = strstr(at + 1, line)) {
		if ((at == text || at[-1] == '\n') && at[len] == '\n')
			return true;
	}
	return false;
}

/* One complaint about a case; the others still run. */
static void
complain(struct error_case *one, const char *what, const char *got, const char *want)
{
	print_error("%s: %s\ngot  %s\nwant %s\n", one->name, what, got, want);
	one->failed = true;
}

static void
compare_lines(struct error_case *one, char *messages)
{
	char *rest = NULL;
	size_t seen = 0;
	for (char *line = strtok_r(messages, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (!is_message(line))
			continue;
		if (seen == one->wants)
			complain(one, "too much", line, "");
		else if (!matches(line, one->want[seen]))
			complain(one, "message", line, one->want[seen]);
		seen += seen < one->wants;
	}
	if (seen < one->wants)
		complain(one, "missing", "", one->want[seen]);
}

/* The messages must be the wanted ones, in their order, and no others. */
static void
compare(struct error_case *one, const struct outcome *out)
{
	if (out->status != NBS_E_INVALID || out->scenario != NULL)
		complain(one, "accepted", out->messages, "");
	for (size_t i = 0; i < one->showns; i++) {
		if (!has_line(out->messages, one->shown[i]))
			complain(one, "not shown", out->messages, one->shown[i]);
	}
	char *copy = strdup(out->messages);
	assert_non_null(copy);
	compare_lines(one, copy);
	free(copy);
}

static bool
run_case(struct error_case *one)
{
	struct nbs_override sets[LIST_MAX];
	for (size_t i = 0; i < one->sets; i++)
		sets[i].text = one->set[i];
	struct outcome out = load_text(one->text, strlen(one->text), one->seed, sets, one->sets);
	compare(one, &out);
	outcome_fini(&out);
	forget(one->want, one->wants);
	forget(one->shown, one->showns);
	forget(one->set, one->sets);
	return !one->failed;
}

static void
test_vectors(void **state)
{
	(void)state;
	FILE *file = fopen("vectors/errors.txt", "r");
	assert_non_null(file);
	static struct error_case one;
	char line[1024];
	unsigned cases = 0, failures = 0;
	bool directives = true;
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "=== ", 4) == 0) {
			if (cases++ > 0)
				failures += !run_case(&one);
			memset(&one, 0, sizeof(one));
			nbsi_append(one.name, sizeof(one.name), "%s", line + 4);
			directives = false;
		} else if (cases > 0 && strcmp(line, "---") == 0 && !directives) {
			directives = true;
		} else if (cases > 0 && directives) {
			add_directive(&one, line);
		} else if (cases > 0) {
			add_text(&one, line);
		}
	}
	failures += !run_case(&one);
	fclose(file);
	assert_int_equal(failures, 0);
	assert_true(cases > 60);
}

/* Twenty errors are shown, the rest is counted. */
static void
test_many(void **state)
{
	(void)state;
	char text[2048] = "name: x\nfleets: " ONE_FLEET "\n";
	for (unsigned i = 0; i < 25; i++)
		nbsi_append(text, sizeof(text), "wrong%02u: 1\n", i);
	struct outcome out = load_text(text, strlen(text), 0, NULL, 0);
	assert_int_equal(out.status, NBS_E_INVALID);
	assert_non_null(strstr(out.messages, "x.yaml:22:1: wrong19: "));
	assert_null(strstr(out.messages, "wrong20"));
	assert_non_null(strstr(out.messages, "\nand 5 more errors\n"));
	outcome_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
