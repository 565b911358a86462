/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plain ASCII, no locale: the same text on every machine.
 */
#include "analysis/format.h"

#include <math.h>
#include <string.h>

void
nbsi_format_count(char *text, size_t size, json_int_t value)
{
	char digits[32];
	size_t used = 0;
	size_t len;

	snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT, value);
	len = strlen(digits);
	for (size_t i = 0; i < len && used + 2 < size; i++) {
		if (i > 0 && digits[i - 1] != '-' && (len - i) % 3 == 0)
			text[used++] = ',';
		text[used++] = digits[i];
	}
	text[used] = '\0';
}

void
nbsi_format_real(char *text, size_t size, const json_t *value)
{
	double number = json_number_value(value);
	double magnitude = fabs(number);

	if (!json_is_number(value))
		snprintf(text, size, "-");
	else if (magnitude < 9.995)
		snprintf(text, size, "%.2f", number);
	else if (magnitude < 999.95)
		snprintf(text, size, "%.1f", number);
	else if (magnitude < 1e15)
		nbsi_format_count(text, size, llround(number));
	else
		snprintf(text, size, "%.2e", number);
}

void
nbsi_format_percent(char *text, size_t size, double share)
{
	double percent = 100 * share;

	if (percent > 0 && percent < 0.05)
		snprintf(text, size, "<0.1");
	else if (percent > 0 && percent < 9.95)
		snprintf(text, size, "%.1f", percent);
	else
		snprintf(text, size, "%.0f", percent);
}

void
nbsi_duration_text(char *text, size_t size, double seconds)
{
	if (seconds >= 864000 && fmod(seconds, 86400) == 0)
		snprintf(text, size, "%.0f days", seconds / 86400);
	else if (seconds >= 3600 && fmod(seconds, 3600) == 0)
		snprintf(text, size, "%.0f h", seconds / 3600);
	else if (seconds >= 300 && fmod(seconds, 60) == 0)
		snprintf(text, size, "%.0f min", seconds / 60);
	else
		snprintf(text, size, "%g s", seconds);
}

void
nbsi_print_wrapped(FILE *out, size_t indent, const char *text)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t gap = strspn(text, " ");
		size_t word = strcspn(text + gap, " ");

		if (column > indent && column + gap + word > NBSI_COLUMNS) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			gap = 0;
			text += strspn(text, " ");
		}
		fprintf(out, "%.*s", (int)(gap + word), text);
		column += gap + word;
		text += gap + word;
	}
	fputc('\n', out);
}

void
nbsi_print_shell_word(FILE *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+./:,=@%";

	if (*text != '\0' && text[strspn(text, plain)] == '\0') {
		fputs(text, out);
		return;
	}
	fputc('\'', out);
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fputc(*text, out);
	}
	fputc('\'', out);
}
