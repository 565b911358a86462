/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error messages with the offending line underlined. Lines end with LF (a CR before it belongs to
 * the line's end); columns count characters, not bytes. No clause: the form is ours.
 */
#include "scenarios/loader_report.h"

#include <stdarg.h>
#include <string.h>

#define LINE_SHOWN 160U /* bytes of a source line that are shown */

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0U) == 0x80U;
}

static size_t
line_start(const struct nbsi_source *source, size_t offset)
{
	while (offset > 0 && source->text[offset - 1] != '\n')
		offset--;
	return offset;
}

static size_t
line_end(const struct nbsi_source *source, size_t offset)
{
	while (offset < source->len && source->text[offset] != '\n')
		offset++;
	if (offset > 0 && offset < source->len && source->text[offset - 1] == '\r')
		offset--;
	return offset;
}

unsigned
nbsi_source_line(const struct nbsi_source *source, size_t offset)
{
	unsigned line = 1;
	for (size_t i = 0; i < offset && i < source->len; i++)
		line += source->text[i] == '\n';
	return line;
}

size_t
nbsi_source_offset(const struct nbsi_source *source, size_t line, size_t column)
{
	size_t offset = 0;
	while (line > 1 && offset < source->len)
		line -= source->text[offset++] == '\n';
	while (column > 1 && offset < source->len && source->text[offset] != '\n') {
		do {
			offset++;
		} while (offset < source->len && is_continuation(source->text[offset]));
		column--;
	}
	return offset;
}

static unsigned
column_of(const struct nbsi_source *source, size_t start, size_t offset)
{
	unsigned column = 1;
	for (size_t i = start; i < offset; i++)
		column += !is_continuation(source->text[i]);
	return column;
}

/* A byte of the source line, made harmless for a terminal. */
static void
show_byte(FILE *out, const struct nbsi_source *source, size_t at)
{
	char c = source->text[at];
	bool control = ((unsigned char)c < 0x20U && c != '\t') || c == 0x7f;
	bool unknown = source->foreign && (unsigned char)c >= 0x80U;
	fputc(control || unknown ? '?' : c, out);
}

/* The line from first to last, and below it blanks (tabs stay tabs) and ^~~~ under the span. */
static void
show_line(FILE *out, const struct nbsi_source *source, size_t first, size_t last, size_t mark,
	  size_t mark_end)
{
	fputs("    ", out);
	for (size_t i = first; i < last; i++)
		show_byte(out, source, i);
	fputs("\n    ", out);
	for (size_t i = first; i < mark; i++) {
		if (!is_continuation(source->text[i]))
			fputc(source->text[i] == '\t' ? '\t' : ' ', out);
	}
	fputc('^', out);
	for (size_t i = mark + 1; i < mark_end; i++) {
		if (!is_continuation(source->text[i]))
			fputc('~', out);
	}
	fputc('\n', out);
}

/* Cuts a long line to a window around the span; never inside a character. */
static void
show_span(FILE *out, const struct nbsi_source *source, size_t mark, size_t mark_len)
{
	size_t first = line_start(source, mark);
	size_t last = line_end(source, mark);
	if (mark > last)
		mark = last;
	if (mark - first > LINE_SHOWN / 2)
		first = mark - LINE_SHOWN / 2;
	while (first < mark && is_continuation(source->text[first]))
		first++;
	if (last - first > LINE_SHOWN)
		last = first + LINE_SHOWN;
	while (last > mark && last < source->len && is_continuation(source->text[last]))
		last--;
	size_t mark_end = mark_len > last - mark ? last : mark + mark_len;
	show_line(out, source, first, last, mark, mark_end);
}

static void
show_place(FILE *out, const struct nbsi_source *source, size_t offset)
{
	if (source->option) {
		fputs(source->name, out);
		for (size_t i = 0; i < source->len; i++)
			show_byte(out, source, i);
		fputs(": ", out);
		return;
	}
	unsigned column = column_of(source, line_start(source, offset), offset);
	fprintf(out, "%s:%u:%u: ", source->name, nbsi_source_line(source, offset), column);
}

void
nbsi_error(struct nbsi_report *report, struct nbsi_span span, const char *key, const char *format,
	   ...)
{
	report->errors++;
	if (report->out == NULL || report->errors > NBSI_REPORT_MAX)
		return;
	size_t offset = span.start < span.source->len ? span.start : span.source->len;
	show_place(report->out, span.source, offset);
	if (key != NULL && key[0] != '\0')
		fprintf(report->out, "%s: ", key);
	va_list args;
	va_start(args, format);
	vfprintf(report->out, format, args);
	va_end(args);
	fputc('\n', report->out);
	show_span(report->out, span.source, offset, span.len);
}

void
nbsi_report_end(const struct nbsi_report *report)
{
	if (report->out != NULL && report->errors > NBSI_REPORT_MAX)
		fprintf(report->out, "and %u more errors\n", report->errors - NBSI_REPORT_MAX);
}

const char *
nbsi_quote(char quoted[NBSI_QUOTE_MAX], const char *text, size_t len)
{
	const size_t shown = 48;
	if (len == 0)
		return strcpy(quoted, "nothing");
	size_t end = len <= shown ? len : shown;
	while (end < len && end > 0 && is_continuation(text[end]))
		end--;
	char *out = quoted;
	*out++ = '`';
	for (size_t i = 0; i < end; i++) {
		bool c1 = text[i] == '\xc2' && i + 1 < end && (unsigned char)text[i + 1] < 0xa0U;
		bool control = (unsigned char)text[i] < 0x20U || text[i] == 0x7f || c1;
		*out++ = control ? '?' : text[i];
		i += c1; /* U+0080 to U+009F: two bytes, and a terminal may obey them */
	}
	strcpy(out, end < len ? "...`" : "`");
	return quoted;
}

void
nbsi_append(char *buf, size_t size, const char *format, ...)
{
	size_t used = strlen(buf);
	va_list args;
	va_start(args, format);
	vsnprintf(buf + used, size - used, format, args);
	va_end(args);
}
