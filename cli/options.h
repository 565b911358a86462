/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Values of options that several commands have. Each function ends the program with a message,
 * exit status 2, if the text is not what was expected.
 */
#ifndef NBSEC_CLI_OPTIONS_H
#define NBSEC_CLI_OPTIONS_H

#include "models/dtls/dtls.h"

#include <argp.h>
#include <stdbool.h>

/**
 * Reads a whole number from low to high.
 * @param[in] option  its name with the dashes.
 */
unsigned long long cli_option_number(const char *option, const char *text, unsigned long long low,
				     unsigned long long high, const struct argp_state *state);

/**
 * Finds the cipher suite that --suite names.
 * @param certificates  whether a suite with certificates will do.
 * @return never NULL.
 */
const struct nbs_dtls_suite *cli_option_suite(const char *name, bool certificates,
					      const struct argp_state *state);

#endif
