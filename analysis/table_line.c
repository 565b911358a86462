/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the answer's lines are made with: a line is written in memory, then wrapped. */
#include "analysis/format.h"
#include "analysis/table_parts.h"

#include <stdarg.h>
#include <stdlib.h>

const json_t *
nbsi_json_at(const json_t *json, ...)
{
	va_list keys;
	const char *key;

	va_start(keys, json);
	while (json != NULL && (key = va_arg(keys, const char *)) != NULL)
		json = json_object_get(json, key);
	va_end(keys);
	return json;
}

const char *
nbsi_text_at(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text == NULL ? "?" : text;
}

json_int_t
nbsi_int_at(const json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

void
nbsi_print_line(FILE *out, size_t indent, const json_t *item,
		void (*put)(FILE *line, const json_t *item))
{
	char *text = NULL;
	size_t size = 0;
	FILE *line = open_memstream(&text, &size);

	if (line != NULL)
		put(line, item);
	if (line == NULL || fclose(line) != 0)
		fputs("(out of memory)\n", out);
	else if (size > 0)
		nbsi_print_wrapped(out, indent, text);
	free(text);
}

void
nbsi_put_label(FILE *line, const char *label)
{
	fprintf(line, "%-*s ", NBSI_TABLE_INDENT - 1, label);
}

void
nbsi_put_count(FILE *line, const char *format, json_int_t count)
{
	char text[48];

	nbsi_format_count(text, sizeof(text), count);
	fprintf(line, format, text);
}

void
nbsi_put_duration(FILE *line, const char *format, const json_t *seconds)
{
	char text[48];

	nbsi_duration_text(text, sizeof(text), json_number_value(seconds));
	fprintf(line, format, text);
}

void
nbsi_put_percent(FILE *line, const char *format, double share)
{
	char text[48];

	nbsi_format_percent(text, sizeof(text), share);
	fprintf(line, format, text);
}
