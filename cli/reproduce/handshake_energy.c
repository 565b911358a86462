/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handshake-energy: the sheet by which Ericsson compared DTLS 1.3 and EDHOC on NB-IoT. A device
 * resumes its connection and exchanges three flights; nothing is lost and nobody waits.
 *
 * The sheet's sequence of states is played through a residency account with the powers of a modem.
 */
#include "cli/reproduce/handshake_sheet.h"
#include "cli/reproduce/papers.h"

#include <math.h>
#include <stdlib.h>

#define HANDSHAKE_FLIGHTS 3U
#define HANDSHAKE_BYTES_MAX 65535U

static const char *const handshake_mcls[] = {[MCL_144] = "144", [MCL_164] = "164", NULL};

static enum nbs_status
handshake_prepare(const struct reproduce_paper *paper, void **state)
{
	struct handshake_sheet *sheet = calloc(1, sizeof(*sheet));

	*state = sheet;
	return sheet == NULL ? NBS_E_NOMEM : handshake_sheet_read(paper, sheet);
}

static void
handshake_release(void *state)
{
	if (state != NULL)
		handshake_sheet_fini(state);
	free(state);
}

/* ---- a handshake ---- */

/* An account under way. */
struct handshake_play {
	const struct handshake_sheet *sheet;
	enum handshake_mcl mcl;
	struct nbs_account account;
	uint64_t now_ns;
};

static void
play_begin(const struct handshake_sheet *sheet, size_t mcl, struct handshake_play *play)
{
	*play = (struct handshake_play){.sheet = sheet, .mcl = (enum handshake_mcl)mcl};
	nbs_account_init(&play->account, 0, NBS_POWER_OFF, 0.0);
}

static void
play_state(struct handshake_play *play, enum nbs_power_state state, uint64_t duration_ns)
{
	const double mw =
	    nbs_modem_power_mw(&play->sheet->modem[play->mcl], state, HANDSHAKE_TX_DBM);

	(void)nbs_account_enter(&play->account, play->now_ns, state, mw);
	play->now_ns += duration_ns;
}

static double
play_end_mj(struct handshake_play *play)
{
	(void)nbs_account_close(&play->account, play->now_ns);
	return nbs_account_energy_mj(&play->account);
}

static void
play_connect(struct handshake_play *play)
{
	for (size_t i = 0; i < play->sheet->step_count; i++) {
		const struct handshake_step *step = &play->sheet->steps[i];

		play_state(play, step->state, step->ns[play->mcl]);
	}
}

/* Flights 1 and 3 go up, 2 comes down. */
static uint64_t
flight_ns(const struct handshake_sheet *sheet, size_t mcl, size_t flight, uint32_t bytes)
{
	const enum handshake_value rate = flight == 1 ? DOWNLINK_RATE : UPLINK_RATE;

	return (uint64_t)llround(8.0 * bytes / sheet->values[rate][mcl] * HANDSHAKE_NS_PER_MS);
}

static void
play_flights(struct handshake_play *play, const uint32_t bytes[HANDSHAKE_FLIGHTS])
{
	for (size_t i = 0; i < HANDSHAKE_FLIGHTS; i++)
		play_state(play, i == 1 ? NBS_POWER_RX : NBS_POWER_TX,
			   flight_ns(play->sheet, play->mcl, i, bytes[i]));
}

/* ---- rows ---- */

static const char *const handshake_inputs[] = {"mcl",      "step",     "f1_bytes",
					       "f2_bytes", "f3_bytes", NULL};
static const char *const flight_columns[HANDSHAKE_FLIGHTS] = {"f1_bytes", "f2_bytes", "f3_bytes"};

enum handshake_quantity {
	ROW_FLIGHT1,
	ROW_FLIGHT2,
	ROW_FLIGHT3,
	ROW_FLIGHTS,
	ROW_TOTAL,
	ROW_CONNECT,
	ROW_STEP
};

static const char *const handshake_quantities[] = {
    [ROW_FLIGHT1] = "flight 1",
    [ROW_FLIGHT2] = "flight 2",
    [ROW_FLIGHT3] = "flight 3",
    [ROW_FLIGHTS] = "energy of the flights",
    [ROW_TOTAL] = "energy with connecting",
    [ROW_CONNECT] = "energy of connecting",
    [ROW_STEP] = "time of the message",
    NULL,
};

static double
step_ms(const struct handshake_sheet *sheet, struct reproduce_input *input, size_t mcl)
{
	const char *names[HANDSHAKE_STEPS_MAX + 1] = {NULL};

	for (size_t i = 0; i < sheet->step_count; i++)
		names[i] = sheet->steps[i].name;
	const size_t step = reproduce_pick(input, "step", names);

	return (double)sheet->steps[step].ns[mcl] / HANDSHAKE_NS_PER_MS;
}

static double
handshake_mj(const struct handshake_sheet *sheet, size_t mcl, enum handshake_quantity quantity,
	     const uint32_t bytes[HANDSHAKE_FLIGHTS])
{
	struct handshake_play play;

	play_begin(sheet, mcl, &play);
	if (quantity != ROW_FLIGHTS)
		play_connect(&play);
	if (quantity != ROW_CONNECT)
		play_flights(&play, bytes);
	return play_end_mj(&play);
}

static enum nbs_status
handshake_row(void *state, const struct reproduce_row *row, double *value)
{
	const struct handshake_sheet *sheet = state;
	struct reproduce_input input = {.row = row};
	const enum handshake_quantity quantity =
	    reproduce_pick(&input, "quantity", handshake_quantities);
	const size_t mcl = reproduce_pick(&input, "mcl", handshake_mcls);
	uint32_t bytes[HANDSHAKE_FLIGHTS] = {0};

	for (size_t i = 0; i < HANDSHAKE_FLIGHTS && quantity <= ROW_TOTAL; i++) {
		if (quantity >= ROW_FLIGHTS || i == (size_t)quantity)
			bytes[i] =
			    reproduce_whole(&input, flight_columns[i], 1, HANDSHAKE_BYTES_MAX);
	}
	if (quantity == ROW_STEP)
		*value = step_ms(sheet, &input, mcl);
	else if (quantity < ROW_FLIGHTS)
		*value =
		    (double)flight_ns(sheet, mcl, quantity, bytes[quantity]) / HANDSHAKE_NS_PER_MS;
	else
		*value = handshake_mj(sheet, mcl, quantity, bytes);
	return input.status;
}

static const struct reproduce_table_ops handshake_tables[] = {
    {.file = "table.csv", .inputs = handshake_inputs, .simulate = handshake_row},
    {0},
};

const struct reproduce_paper_ops reproduce_handshake_energy = {
    .name = "handshake-energy",
    .title = "DTLS 1.3 and EDHOC handshakes, energy on NB-IoT (Ericsson, 3GPP)",
    .tables = handshake_tables,
    .prepare = handshake_prepare,
    .release = handshake_release,
};
