/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the tests of this folder read: octets in hex, fields of a line of vectors.
 */
#ifndef NBSEC_MODELS_MQTTSN_TEST_HEX_H
#define NBSEC_MODELS_MQTTSN_TEST_HEX_H

#include <stddef.h>
#include <stdint.h>

/** Reads "08 0c 0005 5a*3" into octets, at most cap; fails if it is no hex. @return how many. */
size_t th_hex(const char *text, uint8_t *buf, size_t cap);

/** Cuts at the next '|' and trims blanks. @return the field; *rest is what follows. */
char *th_cut(char **rest);

#endif
