/* SPDX-License-Identifier: GPL-2.0-or-later */
/* docs/models/devices.md shows what the shipped profiles say: prints their tables and compares. */
#include "scenarios/loader_test_util.h"

#define PAGE "../docs/models/devices.md"

static char *page;

static int
read_page(void **state)
{
	(void)state;
	size_t size = 0;
	FILE *file = fopen(PAGE, "r");
	if (file == NULL || getdelim(&page, &size, '\0', file) <= 0)
		return -1;
	return fclose(file);
}

static int
free_page(void **state)
{
	(void)state;
	free(page);
	return 0;
}

/* "3.6 V", "10 %", "0.003 mA". */
static void
amount(const struct nbs_profile_value *one, char text[64])
{
	bool share = one->unit[0] == '\0';
	nbsi_format_number(text, 64, NBSI_PURE, one->value->value * (share ? 100 : 1));
	nbsi_append(text, 64, " %s", share ? "%" : one->unit);
}

/* A current at the supply's voltage, in mW; empty for what is no current. */
static void
power(const struct nbs_profile_value *one, double volt, char text[64])
{
	text[0] = '\0';
	if (strcmp(one->unit, "mA") == 0)
		snprintf(text, 64, "%.4g mW", one->value->value * volt);
}

/* A bar would end the cell. */
static void
print_source(FILE *out, const char *source)
{
	for (; *source != '\0'; source++)
		fprintf(out, "%s%c", *source == '|' ? "\\" : "", *source);
}

static void
print_row(FILE *out, const struct nbs_profile_value *one, double volt)
{
	char number[64], mw[64];
	amount(one, number);
	power(one, volt, mw);
	fprintf(out, "| `%s` | %s | %s | %s | %.3g %% | ", one->name, number, mw,
		nbs_tag_name(one->value->tag), 100 * one->value->spread);
	print_source(out, one->value->source);
	fputs(" |\n", out);
}

/* Prints one profile's table and looks for it between its marks on the page. */
static void
compare(const char *kind, const char *name, const char *title, const char *table)
{
	char begin[128], end[128];
	snprintf(begin, sizeof(begin), "\n### `%s`: %s\n<!-- %s %s: begin -->\n", name, title, kind,
		 name);
	snprintf(end, sizeof(end), "<!-- %s %s: end -->\n", kind, name);
	printf("%s%s%s", begin, table, end);
	const char *at = strstr(page, begin);
	if (at == NULL) {
		fail_msg("%s has no section %s", PAGE, begin);
		return; /* not reached: for who does not know that fail_msg() leaves */
	}
	at += strlen(begin);
	if (strncmp(at, table, strlen(table)) != 0 ||
	    strncmp(at + strlen(table), end, strlen(end)) != 0)
		fail_msg("%s: %s %s is not what the profile says; this test prints it", PAGE, kind,
			 name);
}

static FILE *
begin_table(char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);
	assert_non_null(out);
	fputs("| value | amount | power | tag | spread | where from |\n"
	      "|---|--:|--:|---|--:|---|\n",
	      out);
	return out;
}

static void
test_modems(void **state)
{
	(void)state;
	for (size_t i = 0; nbs_modem_name(i) != NULL; i++) {
		struct nbs_modem *modem = NULL;
		struct nbs_profile_value one;
		char *text = NULL;
		size_t size = 0;
		FILE *out = begin_table(&text, &size);
		assert_int_equal(nbs_modem_load(nbs_modem_name(i), stderr, &modem), NBS_OK);
		for (size_t k = 0; nbs_modem_value(modem, k, &one); k++)
			print_row(out, &one, modem->supply_v.value);
		assert_int_equal(fclose(out), 0);
		compare("modem", modem->name, modem->title, text);
		free(text);
		nbs_modem_free(modem);
	}
}

static void
test_mcus(void **state)
{
	(void)state;
	for (size_t i = 0; nbs_mcu_name(i) != NULL; i++) {
		struct nbs_mcu *mcu = NULL;
		struct nbs_profile_value one;
		char *text = NULL;
		size_t size = 0;
		FILE *out = begin_table(&text, &size);
		assert_int_equal(nbs_mcu_load(nbs_mcu_name(i), stderr, &mcu), NBS_OK);
		for (size_t k = 0; nbs_mcu_value(mcu, k, &one); k++)
			print_row(out, &one, mcu->supply_v.value);
		assert_int_equal(fclose(out), 0);
		compare("mcu", mcu->name, mcu->title, text);
		free(text);
		nbs_mcu_free(mcu);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_modems),
	    cmocka_unit_test(test_mcus),
	};
	return cmocka_run_group_tests(tests, read_page, free_page);
}
