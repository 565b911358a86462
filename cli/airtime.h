/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * nbsec airtime: what its command line (airtime.c) and its channels (airtime_channels.c) share.
 */
#ifndef NBSEC_CLI_AIRTIME_H
#define NBSEC_CLI_AIRTIME_H

#include "models/nbiot/calendar.h"

#include <argp.h>

#define AIRTIME_NS_PER_MS UINT64_C(1000000)

/* What an option may give a value to. */
enum airtime_value {
	VALUE_SCS,
	VALUE_TONES,
	VALUE_TONE,
	VALUE_MCS,
	VALUE_NRU,
	VALUE_NSF,
	VALUE_NREP,
	VALUE_DEPLOYMENT,
	VALUE_FORMAT,
	VALUE_RMAX,
	VALUE_G,
	VALUE_START,
	VALUE__COUNT
};

/* What is printed; a text or number that a channel does not have is NULL or 0. */
struct airtime_answer {
	const char *modulation;
	const char *category; /* the least device category that knows the entry */
	uint32_t bits, coded_bits;
	double code_rate;
	uint64_t nominal_ns, calendar_ns, wait_ns, postponed_ns;
};

struct airtime_args {
	const char *channel;
	const char *text[VALUE__COUNT]; /* NULL = not given */
	bool json;
	const struct argp_state *state; /* for messages */
	const struct nbs_calendar *calendar;
	struct airtime_answer answer;
};

/** @return the option's name without its dashes. */
const char *airtime_option_name(enum airtime_value value);

/**
 * Reads the options of the channel and fills in args->answer. Ends the program with a message and
 * CLI_BAD_INPUT if one is missing, wrong, or another channel's.
 */
void airtime_answer(struct airtime_args *args);

#endif
