/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the loader asks of ranges of serial numbers; the public half is nbs_serial_text().
 */
#ifndef NBSEC_SCENARIOS_SERIAL_H
#define NBSEC_SCENARIOS_SERIAL_H

#include "scenarios/scenario.h"

#define NBSI_SERIAL_FIRST_MAX UINT64_C(999999999999999) /* 15 digits */
#define NBSI_SERIAL_DIGITS_MAX 18U                      /* 10^18 < 2^63 */

/** @return characters of the serial number at an index. */
size_t nbsi_serial_len(const struct nbs_serial *serial, uint64_t index);

/**
 * Whether two ranges of serial numbers share a text. Closed form: no list is made.
 * @param[out] shared  the first shared text, of NBS_PREFIX_MAX + 20 bytes; only when true.
 */
bool nbsi_serial_overlap(const struct nbs_serial *a, uint64_t a_count, const struct nbs_serial *b,
			 uint64_t b_count, char *shared, size_t size);

#endif
