/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results.sqlite, written in one transaction without a journal through prepared statements.
 *
 * Bytes depend on the calls alone: fixed page size and encoding, no auto-vacuum, freed bytes
 * zeroed (secure_delete), row order = call order. A crash leaves a file that is of no use; the
 * command writes into a temporary folder, so nobody takes it for a result.
 */
#include "scenarios/results.h"
#include "scenarios/results_schema.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* journal_mode and synchronous trade crash safety, which is not needed here, for speed. */
static const char writer_setup[] = "PRAGMA page_size = 4096;"
				   "PRAGMA encoding = 'UTF-8';"
				   "PRAGMA auto_vacuum = NONE;"
				   "PRAGMA secure_delete = ON;"
				   "PRAGMA locking_mode = EXCLUSIVE;"
				   "PRAGMA journal_mode = OFF;"
				   "PRAGMA synchronous = OFF;"
				   "PRAGMA cache_size = -65536;" /* 64 MiB */
				   "BEGIN EXCLUSIVE;";

enum writer_table {
	WRITER_RUN,
	WRITER_FLEET,
	WRITER_DEVICE,
	WRITER_STATE,
	WRITER_CAPTURE,
	WRITER_MESSAGE,
	WRITER_ATTACK,
	WRITER_ATTEMPT,
	WRITER_ACCEPTED,
	WRITER__TABLES
};

static const char *const writer_insert[WRITER__TABLES] = {
    [WRITER_RUN] = "INSERT INTO run VALUES (?,?)",
    [WRITER_FLEET] = "INSERT INTO fleet VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    [WRITER_DEVICE] = "INSERT INTO device VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [WRITER_STATE] = "INSERT INTO device_state VALUES (?,?,?,?)",
    [WRITER_CAPTURE] = "INSERT INTO capture VALUES (?,?,?)",
    [WRITER_MESSAGE] = "INSERT INTO message VALUES (?,?,?,?,?,?,?)",
    [WRITER_ATTACK] = "INSERT INTO attack VALUES (?,?,?,?,?)",
    [WRITER_ATTEMPT] = "INSERT INTO attempt VALUES (?,?,?,?,?,?,?)",
    [WRITER_ACCEPTED] = "INSERT INTO accepted VALUES (?,?,?,?,?,?)",
};

struct nbs_results {
	sqlite3 *db;
	sqlite3_stmt *insert[WRITER__TABLES];
	enum nbs_status status; /* the first error, sticky */
	char why[256];          /* it in words */
};

/* One row under way: values are bound from left to right. */
struct writer_row {
	struct nbs_results *results;
	sqlite3_stmt *stmt;
	int column; /* bound last, from 1 */
};

static enum nbs_status
writer_fail(struct nbs_results *results, enum nbs_status status, const char *what,
	    const char *detail)
{
	if (results->status == NBS_OK) {
		results->status = status;
		snprintf(results->why, sizeof(results->why), "%s: %s", what, detail);
	}
	return results->status;
}

static enum nbs_status
writer_sql_fail(struct nbs_results *results, const char *what)
{
	int code = sqlite3_errcode(results->db);
	enum nbs_status status = NBS_E_IO;

	if (code == SQLITE_NOMEM)
		status = NBS_E_NOMEM;
	else if (code == SQLITE_CONSTRAINT)
		status = NBS_E_STATE;
	return writer_fail(results, status, what, sqlite3_errmsg(results->db));
}

static enum nbs_status
writer_exec(struct nbs_results *results, const char *sql, const char *what)
{
	if (results->status == NBS_OK &&
	    sqlite3_exec(results->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		writer_sql_fail(results, what);
	return results->status;
}

/* ---- binding ---- */

static struct writer_row
row_begin(struct nbs_results *results, enum writer_table table)
{
	return (struct writer_row){results, results->insert[table], 0};
}

static void
row_bound(struct writer_row *row, int code)
{
	if (code != SQLITE_OK)
		writer_sql_fail(row->results, sqlite3_sql(row->stmt));
}

static void
row_null(struct writer_row *row)
{
	row_bound(row, sqlite3_bind_null(row->stmt, ++row->column));
}

/* SQLite's integers are signed: what does not fit is a fault of the caller. */
static void
row_int(struct writer_row *row, uint64_t value)
{
	if (value > INT64_MAX)
		writer_fail(row->results, NBS_E_RANGE, sqlite3_sql(row->stmt),
			    "a number above 2^63-1");
	else
		row_bound(row, sqlite3_bind_int64(row->stmt, ++row->column, (int64_t)value));
}

/* SQLite stores NaN as NULL; infinities would end up in JSON: neither is a result. */
static void
row_real(struct writer_row *row, double value)
{
	if (!__builtin_isfinite(value))
		writer_fail(row->results, NBS_E_RANGE, sqlite3_sql(row->stmt),
			    "a number that is not finite");
	else
		row_bound(row, sqlite3_bind_double(row->stmt, ++row->column, value));
}

/* The text must live until row_end(). */
static void
row_text(struct writer_row *row, const char *text)
{
	if (text == NULL)
		writer_fail(row->results, NBS_E_ARG, sqlite3_sql(row->stmt), "a text is missing");
	else
		row_bound(row,
			  sqlite3_bind_text(row->stmt, ++row->column, text, -1, SQLITE_STATIC));
}

static void
row_id(struct writer_row *row, uint32_t id)
{
	if (id == NBS_RESULTS_NONE)
		row_null(row);
	else
		row_int(row, id);
}

/* Where a packet is: capture and frame, both or neither. */
static void
row_place(struct writer_row *row, uint32_t capture, uint64_t frame)
{
	if (capture == NBS_RESULTS_NONE || frame == NBS_RESULTS_NO_FRAME) {
		row_null(row);
		row_null(row);
	} else {
		row_int(row, capture);
		row_int(row, frame);
	}
}

static enum nbs_status
row_end(struct writer_row *row)
{
	struct nbs_results *results = row->results;

	if (results->status == NBS_OK && sqlite3_step(row->stmt) != SQLITE_DONE)
		writer_sql_fail(results, sqlite3_sql(row->stmt));
	sqlite3_reset(row->stmt);
	return results->status;
}

/* ---- opening ---- */

static enum nbs_status
writer_prepare(struct nbs_results *results)
{
	for (int i = 0; i < WRITER__TABLES && results->status == NBS_OK; i++) {
		if (sqlite3_prepare_v3(results->db, writer_insert[i], -1, SQLITE_PREPARE_PERSISTENT,
				       &results->insert[i], NULL) != SQLITE_OK)
			writer_sql_fail(results, writer_insert[i]);
	}
	return results->status;
}

enum nbs_status
nbs_results_create(const char *path, struct nbs_results **results)
{
	if (path == NULL || results == NULL)
		return NBS_E_ARG;
	struct nbs_results *made = calloc(1, sizeof(*made));

	if (made == NULL)
		return NBS_E_NOMEM;
	if (sqlite3_open_v2(path, &made->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
	    SQLITE_OK)
		writer_fail(made, made->db == NULL ? NBS_E_NOMEM : NBS_E_IO, path,
			    made->db == NULL ? "out of memory" : sqlite3_errmsg(made->db));
	writer_exec(made, writer_setup, path);
	writer_exec(made, NBS_RESULTS_SCHEMA, path);
	if (writer_prepare(made) != NBS_OK)
		return nbs_results_finish(made);
	*results = made;
	return NBS_OK;
}

/* ---- the run ---- */

static void
fact_int(struct nbs_results *results, const char *key, uint64_t value)
{
	struct writer_row row = row_begin(results, WRITER_RUN);

	row_text(&row, key);
	row_int(&row, value);
	row_end(&row);
}

static void
fact_real(struct nbs_results *results, const char *key, double value)
{
	struct writer_row row = row_begin(results, WRITER_RUN);

	row_text(&row, key);
	row_real(&row, value);
	row_end(&row);
}

static void
fact_text(struct nbs_results *results, const char *key, const char *value)
{
	struct writer_row row = row_begin(results, WRITER_RUN);

	row_text(&row, key);
	row_text(&row, value);
	row_end(&row);
}

static const char *const deployment_text[] = {
    [NBS_STAND_ALONE] = "stand-alone",
    [NBS_GUARD_BAND] = "guard-band",
    [NBS_IN_BAND] = "in-band",
};
static const char *const receiver_text[] = {
    [NBS_RX_EVALUATION] = "evaluation",
    [NBS_RX_MINIMUM] = "minimum",
};
static const char *const link_text[] = {
    [NBS_LINK_REAL] = "real",
    [NBS_LINK_IDEAL] = "ideal",
};
static const char *const optimisation_text[] = {
    [NBS_CONTROL_PLANE] = "control-plane",
    [NBS_USER_PLANE] = "user-plane",
};
static const char *const security_text[] = {
    [NBS_SEC_NONE] = "none",
    [NBS_SEC_DTLS_PSK] = "dtls-psk",
};
static const char *const session_text[] = {
    [NBS_SESSION_KEEPALIVE] = "keepalive",
    [NBS_SESSION_SLEEP] = "sleep",
};
static const char *const stack_text[] = {
    [NBS_HOST_LIGHT] = "light",
    [NBS_HOST_NS3] = "ns3",
};
static const char *const message_text[NBS_MESSAGE__COUNT] = {
    [NBS_MESSAGE_GENUINE] = "genuine",
    [NBS_MESSAGE_LOST] = "lost",
    [NBS_MESSAGE_ALTERED] = "altered",
    [NBS_MESSAGE_ELSEWHERE] = "elsewhere",
};
static const char *const accepted_text[NBS_ACCEPTED__COUNT] = {
    [NBS_ACCEPTED_FORGED] = "forged",
    [NBS_ACCEPTED_REPLAYED] = "replayed",
    [NBS_ACCEPTED_ALTERED] = "altered",
    [NBS_ACCEPTED_ELSEWHERE] = "elsewhere",
};

/* NULL for a value outside the enumeration: row_text() refuses it. */
#define WRITER_NAME(table, value) \
	((size_t)(value) < sizeof(table) / sizeof((table)[0]) ? (table)[value] : NULL)

static void
facts_network(struct nbs_results *results, const struct nbs_network_config *network)
{
	fact_text(results, "deployment", WRITER_NAME(deployment_text, network->deployment));
	fact_text(results, "receiver", WRITER_NAME(receiver_text, network->receiver));
	fact_text(results, "link", WRITER_NAME(link_text, network->link));
	fact_text(results, "optimisation", WRITER_NAME(optimisation_text, network->optimisation));
	fact_int(results, "inactivity_timer_ns", network->inactivity_timer_ns);
	fact_int(results, "c_drx", network->cdrx.enabled);
	if (network->cdrx.enabled) {
		fact_int(results, "c_drx_cycle_ns", network->cdrx.cycle_ns);
		fact_int(results, "c_drx_on_ns", network->cdrx.on_duration_ns);
	}
	fact_int(results, "release_assistance", network->release_assistance);
	fact_int(results, "t3324_ns", network->t3324_ns);
	fact_int(results, "t3412_ns", network->t3412_ns);
}

enum nbs_status
nbs_results_run(struct nbs_results *results, const struct nbs_scenario *scenario,
		const struct nbs_result_run *run)
{
	if (results == NULL || scenario == NULL || run == NULL)
		return NBS_E_ARG;
	fact_text(results, "scenario", scenario->name);
	fact_text(results, "description", scenario->description);
	fact_text(results, "version", run->version);
	fact_int(results, "seed", scenario->seed);
	fact_int(results, "start_unix_s", scenario->start_unix_s);
	fact_int(results, "duration_ns", scenario->duration_ns);
	fact_int(results, "simulated_ns", run->simulated_ns);
	fact_int(results, "events", run->events);
	fact_int(results, "interrupted", run->interrupted);
	facts_network(results, &scenario->network);
	fact_int(results, "bind_identity", scenario->gateway.bind_identity);
	fact_int(results, "cookies", scenario->gateway.cookies);
	fact_real(results, "battery_wh", scenario->battery.capacity_wh);
	return results->status;
}

/* ---- rows ---- */

enum nbs_status
nbs_results_fleet(struct nbs_results *results, uint32_t id, const struct nbs_fleet_config *fleet,
		  double battery_wh, uint16_t port)
{
	if (results == NULL || fleet == NULL)
		return NBS_E_ARG;
	struct writer_row row = row_begin(results, WRITER_FLEET);

	row_int(&row, id);
	row_text(&row, fleet->name);
	row_int(&row, fleet->devices);
	row_text(&row, WRITER_NAME(security_text, fleet->security));
	row_text(&row, WRITER_NAME(session_text, fleet->mqttsn.session));
	row_text(&row, fleet->modem);
	row_text(&row, WRITER_NAME(stack_text, fleet->stack));
	row_real(&row, battery_wh);
	row_int(&row, port);
	row_int(&row, fleet->report_period_ns);
	row_int(&row, fleet->payload_bytes);
	return row_end(&row);
}

enum nbs_status
nbs_results_capture(struct nbs_results *results, uint32_t id, const char *file, uint64_t frames)
{
	if (results == NULL)
		return NBS_E_ARG;
	struct writer_row row = row_begin(results, WRITER_CAPTURE);

	row_int(&row, id);
	row_text(&row, file);
	row_int(&row, frames);
	return row_end(&row);
}

enum nbs_status
nbs_results_device(struct nbs_results *results, const struct nbs_result_device *device)
{
	if (results == NULL || device == NULL)
		return NBS_E_ARG;
	struct writer_row row = row_begin(results, WRITER_DEVICE);
	char address[sizeof("255.255.255.255")];

	snprintf(address, sizeof(address), "%u.%u.%u.%u", device->address >> 24,
		 device->address >> 16 & 255U, device->address >> 8 & 255U, device->address & 255U);
	row_int(&row, device->id);
	row_id(&row, device->fleet);
	row_text(&row, device->client_id);
	row_text(&row, address);
	row_real(&row, device->mcl_db);
	row_int(&row, device->ce_level);
	row_real(&row, device->tx_dbm);
	row_int(&row, device->in_outage);
	row_real(&row, device->energy_mj);
	if (device->settled_ns > 0) {
		row_int(&row, device->settled_ns);
		row_real(&row, device->settled_mj);
	} else {
		row_null(&row);
		row_null(&row);
	}
	row_int(&row, device->handshakes_started);
	row_int(&row, device->handshakes_completed);
	row_int(&row, device->handshakes_failed);
	row_int(&row, device->handshake_bytes_up);
	row_int(&row, device->handshake_bytes_down);
	row_int(&row, device->handshake_datagrams);
	row_int(&row, device->reports_sent);
	row_int(&row, device->reports_acked);
	row_int(&row, device->ra_attempts);
	row_int(&row, device->connections);
	return row_end(&row);
}

enum nbs_status
nbs_results_state(struct nbs_results *results, const struct nbs_result_state *state)
{
	if (results == NULL || state == NULL)
		return NBS_E_ARG;
	struct writer_row row = row_begin(results, WRITER_STATE);

	row_id(&row, state->device);
	row_text(&row, state->state);
	row_int(&row, state->time_ns);
	row_real(&row, state->energy_mj);
	return row_end(&row);
}

enum nbs_status
nbs_results_message(struct nbs_results *results, const struct nbs_result_message *message)
{
	if (results == NULL || message == NULL)
		return NBS_E_ARG;
	struct writer_row row = row_begin(results, WRITER_MESSAGE);

	row_id(&row, message->device);
	row_int(&row, message->seq);
	row_int(&row, message->sent_ns);
	if (message->delivered_ns == NBS_RESULTS_NEVER)
		row_null(&row);
	else
		row_int(&row, message->delivered_ns);
	row_text(&row, WRITER_NAME(message_text, message->verdict));
	row_place(&row, message->capture, message->frame);
	return row_end(&row);
}

enum nbs_status
nbs_results_accepted(struct nbs_results *results, const struct nbs_result_accepted *accepted)
{
	if (results == NULL || accepted == NULL)
		return NBS_E_ARG;
	struct writer_row row = row_begin(results, WRITER_ACCEPTED);

	row_id(&row, accepted->attack);
	row_text(&row, accepted->client_id);
	row_int(&row, accepted->time_ns);
	row_text(&row, WRITER_NAME(accepted_text, accepted->verdict));
	row_place(&row, accepted->capture, accepted->frame);
	return row_end(&row);
}

enum nbs_status
nbs_results_attack(struct nbs_results *results, const struct nbs_result_attack *attack)
{
	if (results == NULL || attack == NULL)
		return NBS_E_ARG;
	struct writer_row row = row_begin(results, WRITER_ATTACK);

	row_int(&row, attack->id);
	row_text(&row, attack->kind);
	row_id(&row, attack->fleet);
	row_int(&row, attack->attempts);
	row_int(&row, attack->accepted);
	return row_end(&row);
}

enum nbs_status
nbs_results_attempt(struct nbs_results *results, const struct nbs_result_attempt *attempt)
{
	if (results == NULL || attempt == NULL)
		return NBS_E_ARG;
	struct writer_row row = row_begin(results, WRITER_ATTEMPT);

	row_id(&row, attempt->attack);
	row_int(&row, attempt->n);
	row_int(&row, attempt->time_ns);
	row_text(&row, attempt->client_id);
	row_text(&row, attempt->outcome);
	row_place(&row, attempt->capture, attempt->frame);
	return row_end(&row);
}

/* ---- the end ---- */

const char *
nbs_results_why(const struct nbs_results *results)
{
	return results == NULL ? "" : results->why;
}

/* A row that names an id which no row has (a device of no fleet) is a fault of the caller. */
static void
writer_check_ids(struct nbs_results *results)
{
	sqlite3_stmt *stmt = NULL;
	char detail[96];

	if (results->status != NBS_OK)
		return;
	if (sqlite3_prepare_v2(results->db, "PRAGMA foreign_key_check", -1, &stmt, NULL) !=
	    SQLITE_OK) {
		writer_sql_fail(results, "foreign_key_check");
		return;
	}
	int code = sqlite3_step(stmt);

	if (code == SQLITE_ROW) {
		snprintf(detail, sizeof(detail), "names a %s that is not there",
			 (const char *)sqlite3_column_text(stmt, 2));
		writer_fail(results, NBS_E_STATE, (const char *)sqlite3_column_text(stmt, 0),
			    detail);
	} else if (code != SQLITE_DONE) {
		writer_sql_fail(results, "foreign_key_check");
	}
	sqlite3_finalize(stmt);
}

enum nbs_status
nbs_results_finish(struct nbs_results *results)
{
	if (results == NULL)
		return NBS_OK;
	for (int i = 0; i < WRITER__TABLES; i++)
		sqlite3_finalize(results->insert[i]);
	writer_check_ids(results);
	writer_exec(results, "COMMIT", "commit");
	if (sqlite3_close(results->db) != SQLITE_OK)
		writer_fail(results, NBS_E_INTERNAL, "close", "statements left open");
	enum nbs_status status = results->status;

	free(results);
	return status;
}
