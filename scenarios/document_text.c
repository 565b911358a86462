/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is asked of a text before the YAML parser sees it: size, UTF-8 (RFC 3629 section 4), no
 * control characters but tab and line ends. Stricter than YAML 1.2 5.1: no lone CR, no C1, no
 * U+2028 and U+2029 (parsers disagree on whether those end a line).
 */
#include "scenarios/document.h"

/* Length of the character at text, 0 if the bytes are no UTF-8. */
static size_t
character(const unsigned char *text, size_t len, uint32_t *code)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char c = text[0];
	size_t need = c < 0x80 ? 1 : (c & 0xe0) == 0xc0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : 4;
	if (c < 0x80) {
		*code = c;
		return 1;
	}
	if ((c & 0xc0) == 0x80 || c >= 0xf8 || need > len)
		return 0;
	*code = c & (0x7fU >> need);
	for (size_t i = 1; i < need; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (text[i] & 0x3fU);
	}
	bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
	return *code < smallest[need] || *code > 0x10ffff || surrogate ? 0 : need;
}

/* A CR is a line's end only together with the LF behind it. */
static bool
is_allowed(uint32_t code, const char *rest, size_t rest_len)
{
	if (code == '\r')
		return rest_len > 0 && rest[0] == '\n';
	if (code == '\t' || code == '\n')
		return true;
	bool c1 = code >= 0x7f && code < 0xa0;
	return code >= 0x20 && !c1 && code != 0x2028 && code != 0x2029;
}

enum nbs_status
nbsi_text_check(const struct nbsi_source *source, struct nbsi_report *report)
{
	struct nbsi_source shown = *source;
	shown.foreign = true;
	struct nbsi_span span = {&shown, 0, 0};
	if (source->len > NBSI_DOCUMENT_MAX) {
		shown.len = 0;
		nbsi_error(report, span, NULL, "found more than %u bytes, expected at most 8 MB",
			   NBSI_DOCUMENT_MAX);
		return NBS_E_INVALID;
	}
	for (size_t i = 0; i < source->len;) {
		const char *at = source->text + i;
		uint32_t code = 0;
		size_t n = character((const unsigned char *)at, source->len - i, &code);
		span.start = (uint32_t)i;
		if (n == 0) {
			nbsi_error(report, span, NULL, "found the byte 0x%02x, expected UTF-8",
				   (unsigned)(unsigned char)*at);
			return NBS_E_INVALID;
		}
		if (!is_allowed(code, at + n, source->len - i - n)) {
			nbsi_error(report, span, NULL,
				   "found the control character U+%04X, expected text", code);
			return NBS_E_INVALID;
		}
		i += n;
	}
	return NBS_OK;
}
