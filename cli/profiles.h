/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Device profiles on the terminal: lists, all values as JSON, the check of one file.
 */
#ifndef NBSEC_CLI_PROFILES_H
#define NBSEC_CLI_PROFILES_H

#include "scenarios/profiles.h"

#include <jansson.h>

/** @return the shipped profiles with each value's unit, tag, spread and source. */
json_t *cli_modems_json(void);
json_t *cli_mcus_json(void);

/** Prints a line for each shipped profile, in columns. */
void cli_modems_print(void);
void cli_mcus_print(void);

/** Checks the profile of that name or path. @return the exit status. */
int cli_modem_check(const char *base, bool json);
int cli_mcu_check(const char *base, bool json);

#endif
