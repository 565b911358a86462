/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Printing the answer of a run that lies in a folder: what `run` and `report` have in common.
 */
#ifndef NBSEC_CLI_ANSWER_H
#define NBSEC_CLI_ANSWER_H

#include <jansson.h>
#include <stdbool.h>

/** Prints the table, the stated checks, what lies in dir, and how to see the first proof. */
void cli_answer_print(const json_t *summary, const char *dir);

/** Prints the summary as JSON with the key `folder` added. @return exit status. */
int cli_answer_json(json_t *summary, const char *dir);

#endif
