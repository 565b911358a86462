/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary's fleets: one pass over devices, one over their states, one over the messages.
 */
#include "analysis/sample.h"
#include "analysis/summary_parts.h"

#include <stdlib.h>
#include <string.h>

#define FLEETS_S_PER_DAY 86400.0
#define FLEETS_DAYS_PER_YEAR 365.25 /* Julian year */
#define FLEETS_MJ_PER_WH 3.6e6
#define FLEETS_CE_LEVELS 3

/* What is gathered for a fleet. */
struct fleet {
	sqlite3_int64 id;
	double battery_mj;
	json_t *json;                  /* under construction */
	json_t *state_mj, *state_s;    /* mean a device-day */
	size_t devices;                /* rows of device */
	sqlite3_int64 sent, delivered; /* messages */
	sqlite3_int64 acked, started, completed, failed, bytes_up, bytes_down, datagrams;
	sqlite3_int64 ra_attempts, connections;
	sqlite3_int64 ce_level[FLEETS_CE_LEVELS];
	sqlite3_int64 outage; /* devices out of coverage */
	struct nbsi_sample latency_s, mj_per_day, years;
	struct nbsi_sample setup_mj, settled_years;
};

struct fleets {
	struct nbsi_db *db;
	double days; /* simulated, 0 = nothing can be scaled to a day */
	struct fleet *list;
	size_t count, room;
	size_t last; /* found last: rows come in runs of the same fleet */
};

static void
fleets_no_memory(struct fleets *fleets)
{
	nbsi_db_fail(fleets->db, NBS_E_NOMEM, "out of memory");
}

static struct fleet *
fleets_find(struct fleets *fleets, sqlite3_int64 id)
{
	if (fleets->last < fleets->count && fleets->list[fleets->last].id == id)
		return &fleets->list[fleets->last];
	for (size_t i = 0; i < fleets->count; i++) {
		if (fleets->list[i].id == id) {
			fleets->last = i;
			return &fleets->list[i];
		}
	}
	nbsi_db_fail(fleets->db, NBS_E_INVALID, "a device of no fleet");
	return NULL;
}

static struct fleet *
fleets_add(struct fleets *fleets)
{
	if (fleets->count == fleets->room) {
		size_t room = fleets->room == 0 ? 8 : fleets->room * 2;
		struct fleet *list = realloc(fleets->list, room * sizeof(*list));

		if (list == NULL) {
			fleets_no_memory(fleets);
			return NULL;
		}
		fleets->list = list;
		fleets->room = room;
	}
	fleets->list[fleets->count] = (struct fleet){0};
	return &fleets->list[fleets->count++];
}

/* ---- gathering ---- */

static void
fleets_read_configs(struct fleets *fleets)
{
	sqlite3_stmt *stmt = nbsi_db_query(
	    fleets->db,
	    "SELECT id, name, devices, security, session, modem, stack, battery_wh, port,"
	    " report_period_ns / 1e9, payload_bytes FROM fleet ORDER BY id");
	static const char *const keys[] = {
	    NULL,    "name",       "devices", "security",        "session",      "modem",
	    "stack", "battery_wh", "port",    "report_period_s", "payload_bytes"};

	while (nbsi_db_next(fleets->db, stmt)) {
		struct fleet *fleet = fleets_add(fleets);

		if (fleet == NULL)
			break;
		fleet->id = sqlite3_column_int64(stmt, 0);
		fleet->battery_mj = sqlite3_column_double(stmt, 7) * FLEETS_MJ_PER_WH;
		fleet->json = json_object();
		fleet->state_mj = json_object();
		fleet->state_s = json_object();
		for (int i = 1; i < (int)(sizeof(keys) / sizeof(keys[0])); i++) {
			if (json_object_set_new(fleet->json, keys[i], nbsi_db_json(stmt, i)) != 0)
				fleets_no_memory(fleets);
		}
	}
	sqlite3_finalize(stmt);
}

/* A device's energy over the run becomes energy a day, and years on its fleet's battery. */
static void
fleet_add_energy(struct fleets *fleets, struct fleet *fleet, double energy_mj)
{
	if (fleets->days <= 0)
		return;
	double per_day = energy_mj / fleets->days;

	if (!nbsi_sample_add(&fleet->mj_per_day, per_day))
		fleets_no_memory(fleets);
	/* A device that used nothing would last for ever: it has no battery life. */
	if (per_day > 0 &&
	    !nbsi_sample_add(&fleet->years, fleet->battery_mj / per_day / FLEETS_DAYS_PER_YEAR))
		fleets_no_memory(fleets);
}

/*
 * What setting up costs once, and the years of the days after it. The time from the second report
 * to the last is a whole number of periods; what the run took beyond that rate is the set-up.
 */
static void
fleet_add_settled(struct fleets *fleets, struct fleet *fleet, double energy_mj, double settled_s,
		  double settled_mj)
{
	double per_day = settled_mj / settled_s * FLEETS_S_PER_DAY;
	double setup_mj = energy_mj - per_day * fleets->days;

	if (!(per_day > 0))
		return;
	if (!nbsi_sample_add(&fleet->setup_mj, setup_mj) ||
	    !nbsi_sample_add(&fleet->settled_years,
			     (fleet->battery_mj - setup_mj) / per_day / FLEETS_DAYS_PER_YEAR))
		fleets_no_memory(fleets);
}

static void
fleets_read_devices(struct fleets *fleets)
{
	sqlite3_stmt *stmt = nbsi_db_query(
	    fleets->db, "SELECT fleet, energy_mj, reports_acked, handshakes_started,"
			" handshakes_completed, handshakes_failed, handshake_bytes_up,"
			" handshake_bytes_down, handshake_datagrams, ra_attempts, connections,"
			" ce_level, in_outage, settled_ns / 1e9, settled_mj FROM device"
			" ORDER BY id");

	while (nbsi_db_next(fleets->db, stmt)) {
		struct fleet *fleet = fleets_find(fleets, sqlite3_column_int64(stmt, 0));

		if (fleet == NULL)
			break;
		fleet->devices++;
		fleet_add_energy(fleets, fleet, sqlite3_column_double(stmt, 1));
		sqlite3_int64 *const sums[] = {
		    &fleet->acked,     &fleet->started,     &fleet->completed,
		    &fleet->failed,    &fleet->bytes_up,    &fleet->bytes_down,
		    &fleet->datagrams, &fleet->ra_attempts, &fleet->connections};
		for (int i = 0; i < (int)(sizeof(sums) / sizeof(sums[0])); i++)
			*sums[i] += sqlite3_column_int64(stmt, 2 + i);
		sqlite3_int64 level = sqlite3_column_int64(stmt, 11);
		if (level >= 0 && level < FLEETS_CE_LEVELS)
			fleet->ce_level[level]++;
		fleet->outage += sqlite3_column_int64(stmt, 12) != 0;
		if (sqlite3_column_type(stmt, 13) != SQLITE_NULL)
			fleet_add_settled(fleets, fleet, sqlite3_column_double(stmt, 1),
					  sqlite3_column_double(stmt, 13),
					  sqlite3_column_double(stmt, 14));
	}
	sqlite3_finalize(stmt);
}

/* Needs the devices to have been counted. */
static void
fleets_read_states(struct fleets *fleets)
{
	sqlite3_stmt *stmt = nbsi_db_query(
	    fleets->db,
	    "SELECT device.fleet, state, sum(device_state.energy_mj), sum(time_ns) / 1e9"
	    " FROM device_state JOIN device ON device.id = device_state.device"
	    " GROUP BY 1, 2 ORDER BY 1, 2");

	while (nbsi_db_next(fleets->db, stmt)) {
		struct fleet *fleet = fleets_find(fleets, sqlite3_column_int64(stmt, 0));

		if (fleet == NULL)
			break;
		if (fleets->days <= 0)
			continue;
		const char *state = nbsi_db_text(stmt, 1);
		double device_days = fleets->days * (double)fleet->devices;
		if (json_object_set_new(fleet->state_mj, state,
					json_real(sqlite3_column_double(stmt, 2) / device_days)) ||
		    json_object_set_new(fleet->state_s, state,
					json_real(sqlite3_column_double(stmt, 3) / device_days)))
			fleets_no_memory(fleets);
	}
	sqlite3_finalize(stmt);
}

static void
fleets_read_messages(struct fleets *fleets)
{
	sqlite3_stmt *stmt = nbsi_db_query(
	    fleets->db,
	    "SELECT device.fleet, CASE WHEN verdict = 'genuine' THEN delivered_ns - sent_ns END"
	    " FROM message JOIN device ON device.id = message.device");

	while (nbsi_db_next(fleets->db, stmt)) {
		struct fleet *fleet = fleets_find(fleets, sqlite3_column_int64(stmt, 0));

		if (fleet == NULL)
			break;
		fleet->sent++;
		if (sqlite3_column_type(stmt, 1) == SQLITE_NULL)
			continue;
		fleet->delivered++;
		if (!nbsi_sample_add(&fleet->latency_s, sqlite3_column_double(stmt, 1) / 1e9))
			fleets_no_memory(fleets);
	}
	sqlite3_finalize(stmt);
}

/* ---- writing out ---- */

static json_t *
fleet_messages(struct fleet *fleet)
{
	const struct nbsi_sample *latency = &fleet->latency_s;

	nbsi_sample_sort(&fleet->latency_s);
	return json_pack("{s:I, s:I, s:I, s:{s:o, s:o, s:o, s:o}}", "sent", fleet->sent,
			 "delivered", fleet->delivered, "acked", fleet->acked, "latency_s", "mean",
			 nbsi_sample_mean(latency), "p50", nbsi_sample_quantile(latency, 0.5),
			 "p90", nbsi_sample_quantile(latency, 0.9), "p99",
			 nbsi_sample_quantile(latency, 0.99));
}

static json_t *
fleet_energy(struct fleet *fleet)
{
	const struct nbsi_sample *energy = &fleet->mj_per_day;

	nbsi_sample_sort(&fleet->mj_per_day);
	return json_pack("{s:o, s:o, s:o}", "mean", nbsi_sample_mean(energy), "p50",
			 nbsi_sample_quantile(energy, 0.5), "p90",
			 nbsi_sample_quantile(energy, 0.9));
}

static json_t *
fleet_battery(struct nbsi_sample *years)
{
	nbsi_sample_sort(years);
	return json_pack("{s:o, s:o, s:o}", "mean", nbsi_sample_mean(years), "p10",
			 nbsi_sample_quantile(years, 0.1), "p90", nbsi_sample_quantile(years, 0.9));
}

static json_t *
fleet_dtls(const struct fleet *fleet)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "handshakes", fleet->completed, "failed",
			 fleet->failed, "started", fleet->started, "bytes_up", fleet->bytes_up,
			 "bytes_down", fleet->bytes_down, "messages", fleet->datagrams);
}

static json_t *
fleet_radio(const struct fleet *fleet)
{
	return json_pack("{s:I, s:I, s:I, s:[I, I, I]}", "connections", fleet->connections,
			 "ra_attempts", fleet->ra_attempts, "devices_in_outage", fleet->outage,
			 "devices_by_ce_level", fleet->ce_level[0], fleet->ce_level[1],
			 fleet->ce_level[2]);
}

/* Adds the statistics to the fleet's object and the object to the array. */
static bool
fleet_write(struct fleet *fleet, json_t *array)
{
	int failed = 0;

	failed |= json_object_set_new(fleet->json, "messages", fleet_messages(fleet));
	failed |= json_object_set_new(fleet->json, "energy_mj_per_day", fleet_energy(fleet));
	failed |= json_object_set(fleet->json, "energy_by_state_mj", fleet->state_mj);
	failed |= json_object_set(fleet->json, "time_by_state_s", fleet->state_s);
	failed |= json_object_set_new(fleet->json, "battery_years", fleet_battery(&fleet->years));
	failed |= json_object_set_new(fleet->json, "battery_years_settled",
				      fleet_battery(&fleet->settled_years));
	failed |= json_object_set_new(fleet->json, "setup_mj", nbsi_sample_mean(&fleet->setup_mj));

	failed |= json_object_set_new(fleet->json, "dtls", fleet_dtls(fleet));
	failed |= json_object_set_new(fleet->json, "radio", fleet_radio(fleet));
	failed |= json_array_append(array, fleet->json);
	return failed == 0;
}

static void
fleets_fini(struct fleets *fleets)
{
	for (size_t i = 0; i < fleets->count; i++) {
		struct fleet *fleet = &fleets->list[i];

		json_decref(fleet->json);
		json_decref(fleet->state_mj);
		json_decref(fleet->state_s);
		nbsi_sample_fini(&fleet->latency_s);
		nbsi_sample_fini(&fleet->mj_per_day);
		nbsi_sample_fini(&fleet->years);
		nbsi_sample_fini(&fleet->setup_mj);
		nbsi_sample_fini(&fleet->settled_years);
	}
	free(fleets->list);
}

json_t *
nbsi_summary_fleets(struct nbsi_db *db, double simulated_s)
{
	struct fleets fleets = {.db = db, .days = simulated_s / FLEETS_S_PER_DAY};
	json_t *array = nbsi_summary_made(db, json_array());

	fleets_read_configs(&fleets);
	fleets_read_devices(&fleets);
	fleets_read_states(&fleets);
	fleets_read_messages(&fleets);
	for (size_t i = 0; i < fleets.count && db->status == NBS_OK; i++) {
		if (!fleet_write(&fleets.list[i], array))
			fleets_no_memory(&fleets);
	}
	fleets_fini(&fleets);
	if (db->status != NBS_OK) {
		json_decref(array);
		return NULL;
	}
	return array;
}
