/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The inputs of handshake-energy: what profile.csv and connect.csv hold, and the modem they make.
 */
#ifndef NBSEC_CLI_REPRODUCE_HANDSHAKE_SHEET_H
#define NBSEC_CLI_REPRODUCE_HANDSHAKE_SHEET_H

#include "cli/reproduce/reproduce.h"

#include "models/power/modem.h"

#define HANDSHAKE_STEPS_MAX 16U
#define HANDSHAKE_NS_PER_MS 1e6
#define HANDSHAKE_TX_DBM 23.0

/** Coupling losses of the sheet. */
enum handshake_mcl { MCL_144, MCL_164, MCL__COUNT };

/** What profile.csv holds, for each coupling loss. */
enum handshake_value { TX_POWER, RX_POWER, SYNC_OPEN, UPLINK_RATE, DOWNLINK_RATE, VALUE__COUNT };

/** One step of a resumption. */
struct handshake_step {
	const char *name; /* of connect.csv */
	enum nbs_power_state state;
	uint64_t ns[MCL__COUNT];
};

struct handshake_sheet {
	double values[VALUE__COUNT][MCL__COUNT]; /* mW, mW, share, kbit/s, kbit/s */
	struct nbs_modem modem[MCL__COUNT];
	struct handshake_step steps[HANDSHAKE_STEPS_MAX];
	size_t step_count;
	struct cli_csv connect; /* holds the steps' names */
};

/** Reads both files of the paper's folder. On failure the sheet is to be released all the same. */
enum nbs_status handshake_sheet_read(const struct reproduce_paper *paper,
				     struct handshake_sheet *sheet);
void handshake_sheet_fini(struct handshake_sheet *sheet);

#endif
