/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Runs a scenario: puts the models on hosts, lets the engine work, leaves the results.
 *
 * Models: one cell with its core network, the fleets in it, an internet with one gateway and the
 * attackers. Writes results.sqlite, keys.log and pcap/{sgi,gateway,attacker}.pcap.
 * Does not model: several cells, several gateways, a NAT between the operator and the internet.
 */
#ifndef NBSEC_SCENARIOS_BUILDER_H
#define NBSEC_SCENARIOS_BUILDER_H

#include "scenarios/scenario.h"

#include <signal.h>
#include <stdbool.h>

/** What a run needs; everything stays the caller's. */
struct nbs_run_config {
	const struct nbs_scenario *scenario;
	const char *dir;                        /* exists and is empty: the files go here */
	const char *version;                    /* of the program, noted in the results */
	const volatile sig_atomic_t *interrupt; /* set by a signal handler; NULL = none */
	/** About every 16384 events; NULL = none. */
	void (*progress)(void *arg, uint64_t now_ns, uint64_t end_ns, uint64_t events);
	void *progress_arg;
	FILE *messages; /* what went wrong, in words */
};

struct nbs_run_result {
	uint64_t events;
	uint64_t simulated_ns; /* less than asked when interrupted */
	bool interrupted;      /* the results are whole up to simulated_ns */
};

/**
 * Runs the scenario to its end or until the interrupt flag is set.
 * @retval NBS_E_IO     a file could not be written (said in messages).
 * @retval NBS_E_ARG    the scenario lacks fleets or breaks a limit that the loader would have told.
 * @retval NBS_E_RANGE  a device cannot exist as described (said in messages).
 * @retval NBS_E_INTERNAL  cryptographic work is counted wrongly in this build (said in messages).
 */
NBS_API enum nbs_status nbs_scenario_run(const struct nbs_run_config *config,
					 struct nbs_run_result *result);

#endif
