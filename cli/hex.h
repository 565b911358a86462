/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Hexadecimal digits from the command line.
 */
#ifndef NBSEC_CLI_HEX_H
#define NBSEC_CLI_HEX_H

#include "sim/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * Reads bytes of two digits each. Blanks, tabs, newlines and colons may stand between bytes.
 * @param[out] data  len bytes at most; half the text's length always suffices.
 * @param[out] why   on error what is wrong at which character (from 1) of the text.
 * @retval NBS_E_INVALID  not hexadecimal, a byte of one digit, or nothing at all.
 * @retval NBS_E_RANGE    more than cap bytes.
 */
enum nbs_status cli_hex_parse(const char *text, uint8_t *data, size_t cap, size_t *len, char *why,
			      size_t why_size);

#endif
