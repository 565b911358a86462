/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * One modem in an unloaded cell that wakes, says something and sleeps again: what measurements of
 * modules show, by the same code that a fleet's devices run on.
 *
 * Models: packets of a given size from PSM, with or without an answer of a given size, repeated at
 * times that meet the cell's periods everywhere; a tracking area update in their place.
 * Does not model: what is in the packets.
 */
#ifndef NBSEC_CLI_REPRODUCE_SESSION_H
#define NBSEC_CLI_REPRODUCE_SESSION_H

#include "cli/reproduce/reproduce.h"
#include "models/nbiot/cell.h"
#include "scenarios/scenario.h"

#define REPRODUCE_UDP_IP_BYTES 28U
#define REPRODUCE_SESSIONS_MAX 32U /* different ones of a paper */

/** What is said, each time. */
struct reproduce_session {
	const struct nbs_network_config *network;
	uint64_t edrx_cycle_ns; /* in place of the network's; 0 = as it has it */
	const struct nbs_modem *modem;
	double mcl_db;
	uint32_t up_bytes;   /* UDP payload; 0 = nothing: T3412 of the network wakes the modem */
	uint32_t down_bytes; /* of the answer, sent when a packet is there; 0 = none */
	enum nbs_rai rai;
	uint32_t count;     /* times it is said, or the updates that are waited for */
	uint64_t period_ns; /* between two of them */
};

/** Means over the sessions. All but sleep counts: PSM and eDRX outside of its windows. */
struct reproduce_session_result {
	double energy_mj;
	double charge_mc;
	double duration_s;
	double connected_s;
	double round_trip_s; /* from handing over to the answer; NAN without one */
	double mean_ma;      /* over all time, sleep too */
};

/** Those that ran for a paper. Zero-initialised: none. */
struct reproduce_sessions {
	struct {
		struct reproduce_session what;
		struct reproduce_session_result result;
	} done[REPRODUCE_SESSIONS_MAX];
	size_t count;
};

/**
 * Runs the sessions, the first after one period, when a row asks for them first.
 * @param[out] result  lives as long as the sessions
 * @retval NBS_E_RANGE  the network is refused, or there are too many different ones.
 */
enum nbs_status reproduce_session_find(struct reproduce_sessions *sessions,
				       const struct reproduce_session *what,
				       const struct reproduce_session_result **result);

/** Loads a network from a file of the paper's folder; released by nbs_network_file_free(). */
enum nbs_status reproduce_network_load(const struct reproduce_paper *paper, const char *file,
				       struct nbs_network_file **network);

#endif
