/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of this folder read. */
#include "models/mqttsn/test_hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The value of the digit that the text begins with; it may be a capital. */
static unsigned
nibble(const char *text)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *found = *text != '\0' ? strchr(digits, *text) : NULL;

	if (found == NULL)
		fail_msg("\"%s\" begins with no hex digit", text);
	return (unsigned)(found - digits) % 16;
}

size_t
th_hex(const char *text, uint8_t *buf, size_t cap)
{
	size_t len = 0;

	while (*text != '\0') {
		unsigned long times = 1;
		unsigned octet;

		if (*text == ' ') {
			text++;
			continue;
		}
		octet = nibble(text) << 4;
		octet |= nibble(text + 1);
		text += 2;
		if (*text == '*')
			times = strtoul(text + 1, (char **)&text, 10);
		assert_true(times <= cap - len);
		memset(buf + len, (int)octet, times);
		len += times;
	}
	return len;
}

char *
th_cut(char **rest)
{
	char *text = *rest + strspn(*rest, " ");
	char *end = strchr(text, '|');

	assert_non_null(end);
	*rest = end + 1;
	while (end > text && end[-1] == ' ')
		end--;
	*end = '\0';
	return text;
}
