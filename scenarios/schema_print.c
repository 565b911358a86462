/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The schema in words: what a key takes, for error messages, and the table of all keys as Markdown,
 * for `nbsec check --schema` and docs/scenarios.md.
 */
#include "scenarios/loader_report.h"
#include "scenarios/schema.h"

#include "models/nbiot/phy.h"
#include <math.h>
#include <string.h>

#define PATH_BYTES 128U
#define WIDTH_KEY 44 /* columns of the table; wider cells push the line */
#define WIDTH_TYPE 40
#define WIDTH_RANGE 24
#define WIDTH_FALLBACK 14
#define NB_FIRST_EXPONENT 3 /* frexp(4) is 0.5 x 2^3 */

static bool
is_drawn(const struct nbsi_key *key)
{
	return key->type >= NBSI_DIST && key->type <= NBSI_WHOLE_DIST;
}

static bool
is_duration(const struct nbsi_key *key)
{
	return key->type == NBSI_DURATION || key->type == NBSI_DURATIONS ||
	       key->type == NBSI_DURATION_DIST;
}

static void
format_value(const struct nbsi_key *key, double value, char *text, size_t size)
{
	if (is_duration(key))
		nbsi_format_duration(text, size, (uint64_t)value);
	else
		nbsi_format_number(text, size, key->unit, value);
}

void
nbsi_schema_range(const struct nbsi_key *key, char *text, size_t size)
{
	char low[48], high[48];
	text[0] = '\0';
	if (key->max <= key->min || key->type == NBSI_BACKOFF)
		return;
	format_value(key, key->min, low, sizeof(low));
	format_value(key, key->max, high, sizeof(high));
	nbsi_append(text, size, "%s to %s", low, high);
	if (key->type < NBSI_WORD)
		nbsi_append(text, size, " characters");
	else if (key->type == NBSI_LIST)
		nbsi_append(text, size, " items");
}

/* "`none` or `dtls-psk`" */
static void
append_words(const struct nbsi_key *key, char *text, size_t size)
{
	for (const char *const *word = key->words; *word != NULL; word++) {
		const char *between = word == key->words ? "" : word[1] == NULL ? " or " : ", ";
		nbsi_append(text, size, "%s`%s`", between, *word);
	}
}

/* "a value (`current` or `power`, `tag`, `source`)" */
static void
append_value(const struct nbsi_key *key, char *text, size_t size)
{
	nbsi_append(text, size, "a value (`%s`%s, `tag`, `source`)", key->keys->name,
		    key->unit == NBSI_MA ? " or `power`" : "");
}

/* The type in words, without its range. */
static void
append_type(const struct nbsi_key *key, char *text, size_t size)
{
	static const char *const names[NBSI_TYPE__COUNT] = {
	    [NBSI_TEXT] = "a text",
	    [NBSI_NAME] = "a name (letters, digits, - _)",
	    [NBSI_MODEM] = "a modem's name or file",
	    [NBSI_MCU] = "a microcontroller's name or file",
	    [NBSI_ATTACK] = "an attack's name",
	    [NBSI_PREFIX] = "letters, digits and . : _ -",
	    [NBSI_TOPIC] = "a topic name with one %s",
	    [NBSI_PATH] = "a path of names and dots",
	    [NBSI_BASE] = "a network's name or file",
	    [NBSI_WORD] = "",
	    [NBSI_SWITCH] = "on or off",
	    [NBSI_WHOLE] = "a whole number",
	    [NBSI_NUMBER] = "a number",
	    [NBSI_NUMBERS] = "",
	    [NBSI_DURATION] = "a duration",
	    [NBSI_DURATIONS] = "",
	    [NBSI_BACKOFF] = "0, 256 ms, 512 ms .. 524288 ms, or off",
	    [NBSI_NB] = "",
	    [NBSI_TIME] = "a UTC time like 2026-01-01T00:00:00Z",
	    [NBSI_DIST] = "a number or a mapping",
	    [NBSI_DURATION_DIST] = "a duration or a mapping",
	    [NBSI_WHOLE_DIST] = "a whole number or a mapping",
	    [NBSI_MAP] = "a mapping",
	    [NBSI_MAP_OR_SWITCH] = "on, off or a mapping",
	    [NBSI_MAP_OR_WORD] = "",
	    [NBSI_MAP_OR_OFF] = "off or a mapping",
	    [NBSI_LIST] = "a list of mappings",
	    [NBSI_ITEMS] = "",
	    [NBSI_VALUE] = "",
	};
	nbsi_append(text, size, "%s", names[key->type]);
	if (key->type == NBSI_NUMBERS)
		nbsi_append(text, size, "a list of %zu numbers", key->max_items);
	else if (key->type == NBSI_DURATIONS)
		nbsi_append(text, size, "a list of %zu durations", key->max_items);
	else if (key->type == NBSI_ITEMS)
		nbsi_append(text, size, "a list of at most %zu mappings", key->max_items);
	if (key->words != NULL)
		append_words(key, text, size);
	if (key->type == NBSI_MAP_OR_WORD)
		nbsi_append(text, size, " or a mapping");
	if (key->type == NBSI_VALUE)
		append_value(key, text, size);
	else if (key->unit == NBSI_RATIO)
		nbsi_append(text, size, ", bare or in %%");
	else if (nbsi_unit_names(key->unit)[0] != '\0')
		nbsi_append(text, size, " in %s", nbsi_unit_names(key->unit));
}

void
nbsi_schema_expects(const struct nbsi_key *key, char *text, size_t size)
{
	char range[96];
	text[0] = '\0';
	append_type(key, text, size);
	if (is_duration(key))
		nbsi_append(text, size, " with its unit (%s)", nbsi_unit_names(NBSI_TIME_NS));
	nbsi_schema_range(key, range, sizeof(range));
	if (range[0] != '\0')
		nbsi_append(text, size, ", %s", range);
}

/* ---- defaults that only the filled-in struct knows ---- */

static uint64_t
read_whole(const struct nbsi_key *key, const void *base)
{
	const char *field = (const char *)base + key->offset;
	uint64_t wide = 0;
	uint32_t word = 0;
	uint16_t half = 0;
	switch (key->size) {
	case sizeof(uint64_t):
		memcpy(&wide, field, sizeof(wide));
		return wide;
	case sizeof(uint32_t):
		memcpy(&word, field, sizeof(word));
		return word;
	case sizeof(uint16_t):
		memcpy(&half, field, sizeof(half));
		return half;
	default:
		return (unsigned char)*field;
	}
}

static double
read_number(const struct nbsi_key *key, const void *base, size_t index)
{
	double value;
	memcpy(&value, (const char *)base + key->offset + index * sizeof(value), sizeof(value));
	return value;
}

static void
append_numbers(const struct nbsi_key *key, const void *base, char *text, size_t size)
{
	for (size_t i = 0; i < key->max_items; i++) {
		char number[48];
		nbsi_format_number(number, sizeof(number), key->unit, read_number(key, base, i));
		nbsi_append(text, size, "%s%s", i == 0 ? "[" : ", ", number);
	}
	nbsi_append(text, size, "]");
}

static void
append_backoff(uint64_t index, char *text, size_t size)
{
	if (index >= NBS_BACKOFF_NONE)
		nbsi_append(text, size, "off");
	else
		nbsi_format_duration(text, size, nbs_backoff_ns((uint32_t)index));
}

static void
append_field(const struct nbsi_key *key, const void *base, char *text, size_t size)
{
	char value[64] = "";
	uint64_t step = key->step_ns > 0 ? key->step_ns : 1;
	int exponent = 0;
	switch (key->type) {
	case NBSI_WORD:
		snprintf(value, sizeof(value), "%s",
			 key->words[read_whole(key, base) - (uint64_t)key->min]);
		break;
	case NBSI_NB: /* 4, 2, 1, 1/2 ..: the exponent counts the words */
		(void)frexp(read_number(key, base, 0), &exponent);
		snprintf(value, sizeof(value), "%s", key->words[NB_FIRST_EXPONENT - exponent]);
		break;
	case NBSI_BACKOFF:
		append_backoff(read_whole(key, base), value, sizeof(value));
		break;
	case NBSI_SWITCH:
		snprintf(value, sizeof(value), "%s", read_whole(key, base) != 0 ? "on" : "off");
		break;
	case NBSI_MAP_OR_SWITCH:
		snprintf(value, sizeof(value), "%s",
			 *((const char *)base + key->flag) != 0 ? "on" : "off");
		break;
	case NBSI_WHOLE:
		nbsi_format_number(value, sizeof(value), key->unit, (double)read_whole(key, base));
		break;
	case NBSI_MAP_OR_OFF:
		snprintf(value, sizeof(value), "%s", read_whole(key, base) != 0 ? "on" : "off");
		break;
	case NBSI_DURATION:
	case NBSI_DURATION_DIST:
		nbsi_format_duration(value, sizeof(value), read_whole(key, base) * step);
		break;
	case NBSI_NUMBER:
		nbsi_format_number(value, sizeof(value), key->unit, read_number(key, base, 0));
		break;
	case NBSI_NUMBERS:
		append_numbers(key, base, value, sizeof(value));
		break;
	default:
		break;
	}
	nbsi_append(text, size, "%s", value);
}

/* base: count structs of size bytes from which defaults are read; NULL = the table has them all. */
struct defaults {
	const void *base;
	size_t count, size;
};

/* "`2`, `8`, `32`", or once if all are the same. */
static void
append_fields(const struct nbsi_key *key, struct defaults from, char *text, size_t size)
{
	bool same = true;
	for (size_t i = 1; i < from.count; i++)
		same = same && memcmp((const char *)from.base + key->offset,
				      (const char *)from.base + i * from.size + key->offset,
				      key->size) == 0;
	for (size_t i = 0; i < (same ? 1 : from.count); i++) {
		nbsi_append(text, size, i == 0 ? "`" : "`, `");
		append_field(key, (const char *)from.base + i * from.size, text, size);
	}
	nbsi_append(text, size, "`");
}

static void
append_default(const struct nbsi_key *key, struct defaults from, char *text, size_t size)
{
	text[0] = '\0';
	if (key->required) {
		nbsi_append(text, size, "required");
	} else if (key->shown != NULL) {
		nbsi_append(text, size, "%s", key->shown);
	} else if (key->fallback != NULL) {
		nbsi_append(text, size, "`%s`", key->fallback);
	} else if (from.base != NULL && key->type != NBSI_MAP && key->type != NBSI_ITEMS) {
		append_fields(key, from, text, size);
	}
}

static void
print_row(FILE *out, const char *path, const struct nbsi_key *key, struct defaults from)
{
	char name[PATH_BYTES + 2], type[NBSI_EXPECTS_MAX] = "", range[96], fallback[160];
	snprintf(name, sizeof(name), "`%s`", path);
	append_type(key, type, sizeof(type));
	nbsi_schema_range(key, range, sizeof(range));
	append_default(key, from, fallback, sizeof(fallback));
	fprintf(out, "| %-*s | %-*s | %-*s | %-*s | %s |\n", WIDTH_KEY, name, WIDTH_TYPE, type,
		WIDTH_RANGE, range, WIDTH_FALLBACK, fallback, key->help);
}

/* Recursion is as deep as the table, five levels. */
static void
print_keys(FILE *out, const char *parent, const struct nbsi_key *keys, struct defaults from)
{
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		char path[PATH_BYTES];
		snprintf(path, sizeof(path), "%s%s", parent, key->name);
		print_row(out, path, key, from);
		if (key->keys == NULL || key->type == NBSI_VALUE)
			continue;
		struct defaults below = {NULL, 1, 0};
		bool list = key->type == NBSI_LIST || key->type == NBSI_ITEMS;
		if (from.base != NULL && key->type != NBSI_LIST && !is_drawn(key))
			below.base = (const char *)from.base + (list ? key->offset : 0);
		if (key->type == NBSI_ITEMS && key->fixed)
			below = (struct defaults){below.base, key->max_items, key->item_size};
		else if (key->type == NBSI_ITEMS)
			below.base = NULL; /* a list has no item of its own */
		nbsi_append(path, sizeof(path), "%s.", list ? "[]" : "");
		print_keys(out, path, key->keys, below);
	}
}

static void
print_head(FILE *out, const char *keys)
{
	fprintf(out, "| %-*s | %-*s | %-*s | %-*s | %s |\n", WIDTH_KEY, keys, WIDTH_TYPE, "takes",
		WIDTH_RANGE, "range", WIDTH_FALLBACK, "default", "meaning");
	fputs("|---|---|---|---|---|\n", out);
}

/* ---- the files of devices ---- */

#define NAMES_MAX 16U

/* What stands under values, each key once. */
static void
print_values(FILE *out, const struct nbsi_key *keys, const char *seen[NAMES_MAX])
{
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		const struct nbsi_key *under = key->type == NBSI_VALUE ? key->keys : NULL;
		for (; under != NULL && under->name != NULL; under++) {
			size_t i = 0;
			while (i < NAMES_MAX - 1 && seen[i] != NULL &&
			       strcmp(seen[i], under->name) != 0)
				i++;
			if (seen[i] != NULL)
				continue;
			seen[i] = under->name;
			print_row(out, under->name, under, (struct defaults){NULL, 1, 0});
		}
	}
}

static void
print_profiles(FILE *out)
{
	const char *seen[NAMES_MAX] = {NULL};
	fputc('\n', out);
	print_head(out, "key of a modem's file");
	print_keys(out, "", nbsi_schema_modem(), (struct defaults){NULL, 1, 0});
	fputc('\n', out);
	print_head(out, "key of a mcu's file");
	print_keys(out, "", nbsi_schema_mcu(), (struct defaults){NULL, 1, 0});
	fputc('\n', out);
	print_head(out, "key of a value in them");
	print_values(out, nbsi_schema_modem(), seen);
}

enum nbs_status
nbs_scenario_schema(FILE *out)
{
	struct nbsi_root root = {.stack = NBS_HOST_LIGHT};
	nbs_network_config_default(&root.scenario.network);
	print_head(out, "key");
	print_keys(out, "", nbsi_schema(), (struct defaults){&root, 1, sizeof(root)});
	fprintf(out, "\n| %-*s | %s |\n|---|---|\n", WIDTH_KEY, "not modelled, refused", "because");
	for (const struct nbsi_unmodelled *one = nbsi_schema_unmodelled(); one->name != NULL;
	     one++) {
		char name[PATH_BYTES + 2];
		snprintf(name, sizeof(name), "`%s`", one->name);
		fprintf(out, "| %-*s | %s |\n", WIDTH_KEY, name, one->why);
	}
	print_profiles(out);
	return ferror(out) != 0 ? NBS_E_IO : NBS_OK;
}
