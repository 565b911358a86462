/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of options that several commands have. */
#include "cli/options.h"

#include "cli/cli.h"
#include "models/dtls/certificate.h"

#include <stdio.h>

unsigned long long
cli_option_number(const char *option, const char *text, unsigned long long low,
		  unsigned long long high, const struct argp_state *state)
{
	unsigned long long number = low;

	if (!cli_parse_number(text, low, high, &number))
		argp_error(state, "%s %s: expected a whole number from %llu to %llu", option, text,
			   low, high);
	return number;
}

static bool
option_takes_suite(const struct nbs_dtls_suite *suite, bool certificates)
{
	return suite != NULL && (certificates || !nbs_dtls_suite_has_certificate(suite->number));
}

const struct nbs_dtls_suite *
cli_option_suite(const char *name, bool certificates, const struct argp_state *state)
{
	const struct nbs_dtls_suite *wanted = nbs_dtls_suite_find(name), *suite;
	char names[512] = "";
	size_t used = 0;

	for (size_t i = 0; (suite = nbs_dtls_suite_at(i)) != NULL && used < sizeof(names); i++) {
		if (option_takes_suite(suite, certificates))
			used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
						 used == 0 ? "" : ", ", suite->name);
	}
	if (!option_takes_suite(wanted, certificates))
		argp_error(state, "--suite %s: expected one of %s", name, names);
	return wanted;
}
