/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A results file in a temporary folder, for tests of what is read from one: fixtures of a group,
 * and its summary.
 */
#ifndef NBSEC_ANALYSIS_TEST_FILE_H
#define NBSEC_ANALYSIS_TEST_FILE_H

#include <jansson.h>

/** Where the file is; nothing is there until a test writes it. Set by test_file_setup(). */
extern char test_path[64];

/** Fixtures of cmocka_run_group_tests(): make the folder, remove it with the file. */
int test_file_setup(void **state);
int test_file_teardown(void **state);

/** @return the file's summary, released by json_decref(); else the test ends. */
json_t *test_file_summary(double wall_s);

/** Writes the hand-made run (test_run.h) anew. @return its summary, as above. */
json_t *test_file_run(double wall_s);

#endif
