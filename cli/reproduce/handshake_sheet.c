/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inputs of handshake-energy. Messages of the resumption fill whole milliseconds, as the sheet
 * has it.
 */
#include "cli/reproduce/handshake_sheet.h"

#include "cli/cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHEET_MS_MAX 1e6

static const struct {
	const char *name, *unit;
} sheet_values[VALUE__COUNT] = {
    [TX_POWER] = {"transmit power", "mW"},
    [RX_POWER] = {"receive power", "mW"},
    [SYNC_OPEN] = {"receiver open in sync", "share"},
    [UPLINK_RATE] = {"uplink rate", "kbit/s"},
    [DOWNLINK_RATE] = {"downlink rate", "kbit/s"},
};

static const char *const profile_columns[] = {"value", "unit", "mcl144", "mcl164"};
enum profile_column { PROFILE_VALUE, PROFILE_UNIT, PROFILE_MCL, PROFILE__COUNT = 4 };

/* A step of connect.csv: a message of so many bytes, or so many milliseconds. */
static const char *const connect_columns[] = {"step", "state", "bytes", "ms144", "ms164"};
enum connect_column { CONNECT_STEP, CONNECT_STATE, CONNECT_BYTES, CONNECT_MS, CONNECT__COUNT = 5 };

static const struct {
	const char *name;
	enum nbs_power_state state;
	enum handshake_value rate; /* of its messages; VALUE__COUNT = it carries none */
} sheet_states[] = {
    {"sync", NBS_POWER_SYNC, VALUE__COUNT},
    {"preamble", NBS_POWER_RA, VALUE__COUNT},
    {"transmit", NBS_POWER_TX, UPLINK_RATE},
    {"receive", NBS_POWER_RX, DOWNLINK_RATE},
};
#define SHEET_STATES (sizeof(sheet_states) / sizeof(sheet_states[0]))

/* ---- files ---- */

/* Opens a file of the paper's folder and checks its header. */
static enum nbs_status
open_csv(const struct reproduce_paper *paper, const char *file, const char *const *columns,
	 size_t count, struct cli_csv *csv)
{
	char *path = cli_text("%s/%s", paper->folder, file);
	enum nbs_status status = NBS_E_NOMEM;

	if (path != NULL)
		status = cli_csv_load(path, paper->messages, csv);
	free(path);
	return status == NBS_OK ? cli_csv_expect(csv, columns, count, paper->messages) : status;
}

/* @return column of the file that is the n-th of its list. */
static size_t
column_of(const struct cli_csv *csv, const char *const *columns, size_t n)
{
	return cli_csv_column(csv, columns[n]);
}

static enum nbs_status
read_value(const struct reproduce_paper *paper, const struct cli_csv *csv,
	   const struct cli_csv_line *line, struct handshake_sheet *sheet)
{
	const size_t name = column_of(csv, profile_columns, PROFILE_VALUE);
	const size_t unit = column_of(csv, profile_columns, PROFILE_UNIT);
	size_t i = 0;

	while (i < VALUE__COUNT &&
	       strcmp(cli_csv_at(csv, line, name)->text, sheet_values[i].name) != 0)
		i++;
	if (i == VALUE__COUNT)
		return cli_csv_fault(csv, line, name, paper->messages,
				     "transmit power, receive power, receiver open in sync, "
				     "uplink rate or downlink rate");
	if (sheet->values[i][MCL_144] > 0.0)
		return cli_csv_fault(csv, line, name, paper->messages,
				     "a value that no row before has");
	if (strcmp(cli_csv_at(csv, line, unit)->text, sheet_values[i].unit) != 0)
		return cli_csv_fault(csv, line, unit, paper->messages, "%s", sheet_values[i].unit);
	for (size_t mcl = 0; mcl < MCL__COUNT; mcl++) {
		const size_t column = column_of(csv, profile_columns, PROFILE_MCL + mcl);
		double *value = &sheet->values[i][mcl];

		if (!cli_csv_number(cli_csv_at(csv, line, column)->text, value) || *value <= 0.0)
			return cli_csv_fault(csv, line, column, paper->messages,
					     "a number above 0");
	}
	return NBS_OK;
}

static enum nbs_status
read_profile(const struct reproduce_paper *paper, struct handshake_sheet *sheet)
{
	struct cli_csv csv = {0};
	enum nbs_status status =
	    open_csv(paper, "profile.csv", profile_columns, PROFILE__COUNT, &csv);

	for (size_t i = 0; i < csv.line_count && status == NBS_OK; i++) {
		if (csv.lines[i].comment == NULL)
			status = read_value(paper, &csv, &csv.lines[i], sheet);
	}
	for (size_t i = 0; i < VALUE__COUNT && status == NBS_OK; i++) {
		if (sheet->values[i][MCL_144] > 0.0)
			continue;
		fprintf(paper->messages, "%s: found no row `%s`, expected one\n", csv.path,
			sheet_values[i].name);
		status = NBS_E_INVALID;
	}
	cli_csv_fini(&csv);
	return status;
}

/* Messages of the resumption fill whole milliseconds. */
static enum nbs_status
read_duration(const struct reproduce_paper *paper, const struct handshake_sheet *sheet,
	      const struct cli_csv_line *line, enum handshake_value rate,
	      struct handshake_step *step)
{
	const struct cli_csv *csv = &sheet->connect;
	const size_t bytes_column = column_of(csv, connect_columns, CONNECT_BYTES);
	const char *text = cli_csv_at(csv, line, bytes_column)->text;
	double bytes = 0.0;

	if (text[0] != '\0' &&
	    (rate == VALUE__COUNT || !cli_csv_number(text, &bytes) || bytes <= 0.0))
		return cli_csv_fault(csv, line, bytes_column, paper->messages,
				     "a number above 0 in steps that transmit or receive, or "
				     "nothing");
	for (size_t mcl = 0; mcl < MCL__COUNT; mcl++) {
		const size_t column = column_of(csv, connect_columns, CONNECT_MS + mcl);
		const char *given = cli_csv_at(csv, line, column)->text;
		double ms = 0.0;

		if (text[0] != '\0' && given[0] == '\0')
			ms = ceil(8.0 * bytes / sheet->values[rate][mcl]);
		else if (text[0] != '\0' || !cli_csv_number(given, &ms) || ms < 0.0 ||
			 ms > SHEET_MS_MAX)
			return cli_csv_fault(csv, line, column, paper->messages,
					     "milliseconds, or nothing where there are bytes");
		step->ns[mcl] = (uint64_t)llround(ms * HANDSHAKE_NS_PER_MS);
	}
	return NBS_OK;
}

static enum nbs_status
read_step(const struct reproduce_paper *paper, struct handshake_sheet *sheet,
	  const struct cli_csv_line *line)
{
	const struct cli_csv *csv = &sheet->connect;
	const size_t column = column_of(csv, connect_columns, CONNECT_STATE);
	struct handshake_step *step = &sheet->steps[sheet->step_count];
	const char *state = cli_csv_at(csv, line, column)->text;
	size_t i = 0;

	while (i < SHEET_STATES && strcmp(state, sheet_states[i].name) != 0)
		i++;
	if (i == SHEET_STATES)
		return cli_csv_fault(csv, line, column, paper->messages,
				     "sync, preamble, transmit or receive");
	step->name = cli_csv_at(csv, line, column_of(csv, connect_columns, CONNECT_STEP))->text;
	step->state = sheet_states[i].state;
	sheet->step_count++;
	return read_duration(paper, sheet, line, sheet_states[i].rate, step);
}

static enum nbs_status
read_connect(const struct reproduce_paper *paper, struct handshake_sheet *sheet)
{
	struct cli_csv *csv = &sheet->connect;
	enum nbs_status status =
	    open_csv(paper, "connect.csv", connect_columns, CONNECT__COUNT, csv);

	for (size_t i = 0; i < csv->line_count && status == NBS_OK; i++) {
		if (csv->lines[i].comment != NULL)
			continue;
		status = sheet->step_count < HANDSHAKE_STEPS_MAX
			     ? read_step(paper, sheet, &csv->lines[i])
			     : cli_csv_fault(csv, &csv->lines[i], 0, paper->messages,
					     "at most %u steps", HANDSHAKE_STEPS_MAX);
	}
	return status;
}

/* ---- the modem ---- */

/* The sheet's device: awake it draws nothing but what its receiver and transmitter do. */
static void
make_modem(const struct handshake_sheet *sheet, enum handshake_mcl mcl, struct nbs_modem *modem)
{
	const double volt = 1.0; /* the sheet has powers alone: any voltage gives them again */

	*modem = (struct nbs_modem){
	    .name = "sheet",
	    .supply_v = {.value = volt},
	    .rx_ma = {.value = sheet->values[RX_POWER][mcl] / volt},
	    .sync_rx_share = {.value = sheet->values[SYNC_OPEN][mcl]},
	    .tx = {{.dbm = HANDSHAKE_TX_DBM,
		    .current_ma = {.value = sheet->values[TX_POWER][mcl] / volt}}},
	    .tx_points = 1,
	};
}

enum nbs_status
handshake_sheet_read(const struct reproduce_paper *paper, struct handshake_sheet *sheet)
{
	enum nbs_status status = read_profile(paper, sheet);

	if (status == NBS_OK)
		status = read_connect(paper, sheet);
	for (size_t mcl = 0; mcl < MCL__COUNT && status == NBS_OK; mcl++)
		make_modem(sheet, (enum handshake_mcl)mcl, &sheet->modem[mcl]);
	return status;
}

void
handshake_sheet_fini(struct handshake_sheet *sheet)
{
	cli_csv_fini(&sheet->connect);
}
