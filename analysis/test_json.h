/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What tests of JSON values share: each ends the test when the value is another.
 */
#ifndef NBSEC_ANALYSIS_TEST_JSON_H
#define NBSEC_ANALYSIS_TEST_JSON_H

#include <jansson.h>

/** The same real number up to the rounding of a dozen operations on doubles. */
void test_json_rel(const json_t *got, double want, const char *what);

void test_json_int(const json_t *got, json_int_t want, const char *what);
void test_json_text(const json_t *got, const char *want);

#endif
