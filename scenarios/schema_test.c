/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table itself: sound, printed whole, the same as in docs/scenarios.md; and the suggestions. */
#include "scenarios/schema.h"
#include "scenarios/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *
printed(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	assert_int_equal(nbs_scenario_schema(out), NBS_OK);
	assert_int_equal(fclose(out), 0);
	return text;
}

static char *
read_whole(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("%s cannot be read", path);
	const size_t most = 1U << 20;
	char *text = calloc(most, 1);
	assert_non_null(text);
	assert_true(fread(text, 1, most - 1, file) < most - 1);
	fclose(file);
	return text;
}

/* `nbsec check --schema` goes between the two marks; the message says how to bring it up to date.
 */
static void
test_document(void **state)
{
	(void)state;
	char *schema = printed(), *page = read_whole("../docs/scenarios.md");
	const char *begin = "<!-- schema: output of `nbsec check --schema` -->\n";
	char *start = strstr(page, begin);
	assert_non_null(start);
	start += strlen(begin);
	char *end = strstr(start, "<!-- end of schema -->");
	assert_non_null(end);
	*end = '\0';
	if (strcmp(start, schema) != 0)
		fail_msg("docs/scenarios.md: put the output of `nbsec check --schema` between its "
			 "schema marks");
	free(schema);
	free(page);
}

/* The scenario that the page shows must load. */
static void
test_example(void **state)
{
	(void)state;
	char *page = read_whole("../docs/scenarios.md");
	char *start = strstr(page, "```yaml\nname:");
	assert_non_null(start);
	start += strlen("```yaml\n");
	*strstr(start, "```") = '\0';
	FILE *file = tmpfile();
	assert_non_null(file);
	assert_true(fputs(start, file) >= 0 && fflush(file) == 0);
	char path[64];
	snprintf(path, sizeof(path), "/dev/fd/%d", fileno(file));
	rewind(file);
	struct nbs_scenario *scenario = NULL;
	assert_int_equal(nbs_scenario_load(path, 0, NULL, 0, stderr, &scenario), NBS_OK);
	nbs_scenario_free(scenario);
	fclose(file);
	free(page);
}

static unsigned
count_keys(const struct nbsi_key *keys, unsigned depth)
{
	unsigned total = 0, here = 0;
	assert_true(depth < 8);
	for (const struct nbsi_key *key = keys; key->name != NULL; key++, here++) {
		char expects[NBSI_EXPECTS_MAX];
		nbsi_schema_expects(key, expects, sizeof(expects));
		assert_true(strlen(expects) > 0 && strlen(expects) < NBSI_EXPECTS_MAX - 1);
		assert_non_null(key->help);
		assert_null(strchr(key->help, '|')); /* would break the printed table */
		bool nests = key->type >= NBSI_DIST;
		assert_int_equal(nests, key->keys != NULL);
		assert_false(key->required && key->fallback != NULL);
		assert_ptr_equal(nbsi_schema_find(keys, key->name, strlen(key->name)), key);
		unsigned below = key->keys != NULL ? count_keys(key->keys, depth + 1) : 0;
		total += 1 + (key->type == NBSI_VALUE ? 0 : below);
	}
	assert_true(here <= NBSI_KEYS_MAX); /* nbsi_load_map() keeps a mark for each */
	return total;
}

static void
test_table(void **state)
{
	(void)state;
	char *schema = printed();
	unsigned keys = count_keys(nbsi_schema(), 0), lines = 0;
	/* A value's own keys are printed once for all values, nine of them. */
	unsigned modem = count_keys(nbsi_schema_modem(), 0), mcu = count_keys(nbsi_schema_mcu(), 0);
	for (const char *at = schema; *at != '\0'; at++)
		lines += *at == '\n';
	unsigned refused = 0;
	for (const struct nbsi_unmodelled *one = nbsi_schema_unmodelled(); one->name != NULL; one++)
		refused++;
	/* five tables of two lines' head, a line between one and the next */
	assert_int_equal(lines, keys + refused + modem + mcu + 9 + 5 * 2 + 4);
	assert_non_null(strstr(schema, "| `nidd` "));
	assert_non_null(strstr(schema, "| `seed` "));
	assert_non_null(strstr(schema, "1 to 4294944442"));
	assert_non_null(strstr(schema, "| `fleets[].mqttsn.keepalive` "));
	assert_non_null(strstr(schema, "\n| key of a modem's file "));
	assert_non_null(strstr(schema, "| `tx[].current` "));
	assert_non_null(strstr(schema, "| `hardware.ecp_mul` "));
	assert_non_null(strstr(schema, "| `network.coverage_levels[].npdcch_rmax` "));
	free(schema);
	FILE *full = fopen("/dev/full", "w");
	if (full != NULL) {
		setvbuf(full, NULL, _IONBF, 0);
		assert_int_equal(nbs_scenario_schema(full), NBS_E_IO);
		fclose(full);
	}
}

static void
check_distance(const char *a, const char *b, size_t want)
{
	assert_int_equal(nbsi_edit_distance(a, strlen(a), b, strlen(b)), want);
	assert_int_equal(nbsi_edit_distance(b, strlen(b), a, strlen(a)), want);
}

/* Counted by hand; kitten/sitting is the textbook's, ca/abc tells the restricted form (3) apart. */
static void
test_distance(void **state)
{
	(void)state;
	check_distance("", "", 0);
	check_distance("", "abc", 3);
	check_distance("devices", "devices", 0);
	check_distance("device", "devices", 1);
	check_distance("devcies", "devices", 1);
	check_distance("dvices", "devices", 1);
	check_distance("kitten", "sitting", 3);
	check_distance("ca", "abc", 3);
}

static const char *
nearest(const char *word)
{
	static const char *const candidates[] = {"name", "devices", "modem", "mcl", "stack"};
	struct nbsi_suggest suggest;
	nbsi_suggest_init(&suggest, word, strlen(word));
	for (size_t i = 0; i < 5; i++)
		nbsi_suggest_offer(&suggest, candidates[i]);
	return suggest.best;
}

static void
test_suggest(void **state)
{
	(void)state;
	assert_string_equal(nearest("device"), "devices");
	assert_string_equal(nearest("mdoem"), "modem");
	assert_string_equal(nearest("lcm"), "mcl");
	assert_string_equal(nearest("Name"), "name");
	assert_null(nearest("volcano"));
	assert_null(nearest("xyz"));
	char word[NBSI_SUGGEST_MAX + 2] = "";
	memset(word, 'd', NBSI_SUGGEST_MAX + 1); /* longer than what is compared */
	assert_null(nearest(word));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_document), cmocka_unit_test(test_example),
	    cmocka_unit_test(test_table),    cmocka_unit_test(test_distance),
	    cmocka_unit_test(test_suggest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
