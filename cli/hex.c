/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text to bytes; every refusal names the character.
 */
#include "cli/hex.h"

#include <stdio.h>
#include <string.h>

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static enum nbs_status
hex_refuse(char *why, size_t why_size, size_t at, char found)
{
	if (found == '\0')
		snprintf(why, why_size, "odd number of digits: character %zu has no partner", at);
	else if (found >= ' ' && found <= '~')
		snprintf(why, why_size, "character %zu is '%c', expected a hexadecimal digit", at,
			 found);
	else
		snprintf(why, why_size,
			 "character %zu is byte 0x%02x, expected a hexadecimal digit", at,
			 (unsigned)(unsigned char)found);
	return NBS_E_INVALID;
}

enum nbs_status
cli_hex_parse(const char *text, uint8_t *data, size_t cap, size_t *len, char *why, size_t why_size)
{
	size_t used = 0;

	for (size_t i = 0;; i += 2) {
		i += strspn(text + i, " \t\r\n:");
		if (text[i] == '\0')
			break;
		int high = hex_digit(text[i]);
		int low = high < 0 ? -1 : hex_digit(text[i + 1]);

		if (high < 0)
			return hex_refuse(why, why_size, i + 1, text[i]);
		if (low < 0 && strchr(" \t\r\n:", text[i + 1]) != NULL) /* the NUL too */
			return hex_refuse(why, why_size, i + 1, '\0');
		if (low < 0)
			return hex_refuse(why, why_size, i + 2, text[i + 1]);
		if (used == cap) {
			snprintf(why, why_size, "more than %zu bytes", cap);
			return NBS_E_RANGE;
		}
		data[used++] = (uint8_t)(high << 4 | low);
	}
	*len = used;
	if (used > 0)
		return NBS_OK;
	snprintf(why, why_size, "no digits");
	return NBS_E_INVALID;
}
