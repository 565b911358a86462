/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every message about a wrong profile: vectors/profile_errors.txt, case by case. */
#include "scenarios/loader_test_util.h"

#define LINES_MAX 48U
#define WANTS_MAX 12U
#define TEXT_MAX 512U

/* A good profile, line by line, in which a case changes some. */
struct profile_case {
	char name[128];
	enum nbs_profile_kind kind;
	char line[LINES_MAX][TEXT_MAX], want[WANTS_MAX][TEXT_MAX];
	size_t lines, wants;
};

static void
read_lines(struct profile_case *one, const char *path)
{
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(one->line[one->lines], TEXT_MAX, file) != NULL)
		assert_true(++one->lines < LINES_MAX);
	fclose(file);
}

static void
begin(struct profile_case *one, const char *name)
{
	bool modem = strncmp(name, "modem: ", 7) == 0;
	if (!modem && strncmp(name, "mcu: ", 5) != 0)
		fail_msg("%s: modem or mcu?", name);
	memset(one, 0, sizeof(*one));
	snprintf(one->name, sizeof(one->name), "%.*s", (int)sizeof(one->name) - 1, name);
	one->kind = modem ? NBS_PROFILE_MODEM : NBS_PROFILE_MCU;
	read_lines(one, modem ? "vectors/profiles/modem.yaml" : "vectors/profiles/mcu.yaml");
}

static void
change(struct profile_case *one, const char *text)
{
	char *rest = NULL;
	size_t number = strtoul(text, &rest, 10);
	assert_in_range(number, 1, one->lines);
	int len = snprintf(one->line[number - 1], TEXT_MAX, "%s\n", rest + (rest[0] == ' '));
	assert_in_range(len, 1, TEXT_MAX - 1);
}

static void
directive(struct profile_case *one, const char *line)
{
	if (strncmp(line, "line: ", 6) == 0) {
		change(one, line + 6);
	} else if (strncmp(line, "want: ", 6) == 0) {
		assert_true(one->wants < WANTS_MAX && strlen(line + 6) < TEXT_MAX);
		strcpy(one->want[one->wants++], line + 6);
	} else if (line[0] != '\0') {
		fail_msg("%s: what is \"%s\"?", one->name, line);
	}
}

/* The messages that name a place, beside those wanted. */
static bool
compare(const struct profile_case *one, char *messages)
{
	char *rest = NULL;
	size_t seen = 0;
	bool good = one->wants > 0;
	for (char *line = strtok_r(messages, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, "x.yaml:", 7) != 0)
			continue;
		const char *want = seen < one->wants ? one->want[seen++] : "(nothing more)";
		if (strncmp(line, want, strlen(want)) == 0)
			continue;
		print_error("%s\ngot  %s\nwant %s\n", one->name, line, want);
		good = false;
	}
	if (seen < one->wants)
		print_error("%s\nmissing %s\n", one->name, one->want[seen]);
	return good && seen == one->wants;
}

static bool
run_case(struct profile_case *one)
{
	char *text = NULL, *messages = NULL;
	size_t size = 0, said = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	for (size_t i = 0; i < one->lines; i++)
		fputs(one->line[i], out);
	assert_int_equal(fclose(out), 0);
	out = open_memstream(&messages, &said);
	assert_non_null(out);
	void *profile = NULL;
	enum nbs_status status = nbsi_profile_parse("x.yaml", text, size, one->kind, out, &profile);
	assert_int_equal(fclose(out), 0);
	bool good = compare(one, messages) && status == NBS_E_INVALID && profile == NULL;
	free(text);
	free(messages);
	return good;
}

static void
test_vectors(void **state)
{
	(void)state;
	FILE *file = fopen("vectors/profile_errors.txt", "r");
	assert_non_null(file);
	static struct profile_case one;
	char line[1024];
	unsigned cases = 0, failures = 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "=== ", 4) == 0) {
			if (cases++ > 0)
				failures += !run_case(&one);
			begin(&one, line + 4);
		} else if (cases > 0) {
			directive(&one, line);
		}
	}
	failures += !run_case(&one);
	fclose(file);
	assert_int_equal(failures, 0);
	assert_true(cases > 35);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
