/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary's fleets: one pass over devices, one over their states, one over the messages.
 */
#include "analysis/fleets.h"
#include "analysis/summary_battery.h"
#include "analysis/summary_parts.h"
#include "models/power/battery_life.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Objects that a fleet owns while it is read. */
#define FLEETS_OBJECTS 12
#define FLEETS_OBJECTS_OF(fleet)                                                               \
	{                                                                                      \
		&(fleet)->state_mj, &(fleet)->state_s, &(fleet)->end_states,                   \
		    &(fleet)->undelivered_why, &(fleet)->by_layer, &(fleet)->by_message,       \
		    &(fleet)->by_state, &(fleet)->by_mcu, &(fleet)->by_tx_dbm, &(fleet)->work, \
		    &(fleet)->value_keys, &(fleet)->assumed                                    \
	}

void
nbsi_fleets_no_memory(struct nbsi_fleets *fleets)
{
	nbsi_db_fail(fleets->db, NBS_E_NOMEM, "out of memory");
}

struct nbsi_fleet *
nbsi_fleets_find(struct nbsi_fleets *fleets, sqlite3_int64 id)
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

static struct nbsi_fleet *
fleets_add(struct nbsi_fleets *fleets)
{
	if (fleets->count == fleets->room) {
		size_t room = fleets->room == 0 ? 8 : fleets->room * 2;
		struct nbsi_fleet *list = realloc(fleets->list, room * sizeof(*list));

		if (list == NULL) {
			nbsi_fleets_no_memory(fleets);
			return NULL;
		}
		fleets->list = list;
		fleets->room = room;
	}
	fleets->list[fleets->count] = (struct nbsi_fleet){0};
	return &fleets->list[fleets->count++];
}

void
nbsi_fleets_count(struct nbsi_fleets *fleets, json_t *object, const char *key, sqlite3_int64 more)
{
	json_int_t count = json_integer_value(json_object_get(object, key));

	if (json_object_set_new(object, key, json_integer(count + more)) != 0)
		nbsi_fleets_no_memory(fleets);
}

/* ---- gathering ---- */

/* Columns of `fleet` and keys of the summary, in this order; times become seconds. */
static const char fleets_sql[] =
    "SELECT id, battery_mj, self_discharge, quiescent_mw,"
    " name, devices, security, suite, session, modem, mcu, crypto, stack, battery_wh, port,"
    " report_period_ns / 1e9 AS report_period_s,"
    " report_period_min_ns / 1e9 AS report_period_min_s,"
    " report_period_max_ns / 1e9 AS report_period_max_s,"
    " payload_bytes, payload_min_bytes, payload_max_bytes FROM fleet ORDER BY id";

static void
fleet_start(struct nbsi_fleets *fleets, struct nbsi_fleet *fleet, sqlite3_stmt *stmt)
{
	json_t **const objects[FLEETS_OBJECTS] = FLEETS_OBJECTS_OF(fleet);

	fleet->id = sqlite3_column_int64(stmt, 0);
	fleet->battery = (struct nbs_battery_life){.usable_mj = sqlite3_column_double(stmt, 1),
						   .rate_per_year = sqlite3_column_double(stmt, 2),
						   .quiescent_mw = sqlite3_column_double(stmt, 3)};
	fleet->json = nbsi_db_object(stmt, 4);
	for (size_t i = 0; i < FLEETS_OBJECTS; i++) {
		*objects[i] = json_object();
		if (*objects[i] == NULL)
			nbsi_fleets_no_memory(fleets);
	}
	if (fleet->json == NULL)
		nbsi_fleets_no_memory(fleets);
}

static void
fleets_read_configs(struct nbsi_fleets *fleets)
{
	sqlite3_stmt *stmt = nbsi_db_query(fleets->db, fleets_sql);

	while (nbsi_db_next(fleets->db, stmt)) {
		struct nbsi_fleet *fleet = fleets_add(fleets);

		if (fleet == NULL)
			break;
		fleet_start(fleets, fleet, stmt);
	}
	sqlite3_finalize(stmt);
}

/* What one device spent: its modem and its microcontroller. */
struct device_energy {
	double days; /* that it lived, in the run */
	double mj;
	double settled_s, settled_mj;
	bool lives; /* it had a connection */
};

/* A device's energy over the run becomes energy a day, and years on its fleet's battery. */
static void
fleet_add_energy(struct nbsi_fleets *fleets, struct nbsi_fleet *fleet,
		 const struct device_energy *device)
{
	double per_day;

	if (!(device->days > 0))
		return;
	per_day = device->mj / device->days;
	fleet->device_days += device->days;
	if (!nbsi_sample_add(&fleet->mj_per_day, per_day + nbs_battery_board_mj(&fleet->battery)))
		nbsi_fleets_no_memory(fleets);
	/* A device that used nothing would last for ever, and one that never got through does not
	 * do what its battery is for: neither has a battery life. */
	if (device->lives && per_day > 0 &&
	    !nbsi_sample_add(&fleet->years, nbs_battery_life_years(&fleet->battery, per_day)))
		nbsi_fleets_no_memory(fleets);
}

/*
 * What setting up costs once, and the years of the days after it. The time from the second report
 * to the last is a whole number of periods; what the run took beyond that rate is the set-up, and
 * a battery that does not last for it leaves no years.
 */
static void
fleet_add_settled(struct nbsi_fleets *fleets, struct nbsi_fleet *fleet,
		  const struct device_energy *device)
{
	struct nbs_battery_life later = fleet->battery;
	double per_day, setup_mj;

	if (!(device->lives && device->settled_s > 0 && device->settled_mj > 0))
		return;
	per_day = device->settled_mj / device->settled_s * NBS_S_PER_DAY;
	setup_mj = device->mj - per_day * device->days;
	later.usable_mj = fmax(0.0, later.usable_mj - setup_mj);
	fleet->settled_mj += device->settled_mj;
	if (!nbsi_sample_add(&fleet->setup_mj, setup_mj) ||
	    !nbsi_sample_add(&fleet->settled_mj_per_day, per_day) ||
	    !nbsi_sample_add(&fleet->settled_years, nbs_battery_life_years(&later, per_day)))
		nbsi_fleets_no_memory(fleets);
}

/* Columns of devices_sql; the counters come last, in the order of their sums. */
enum {
	COL_FLEET,
	COL_MJ,
	COL_LEVEL,
	COL_OUTAGE,
	COL_SETTLED_S,
	COL_SETTLED_MJ,
	COL_CONNECTIONS,
	COL_EMPTY_S,
	COL_COUNTERS
};

static const char devices_sql[] =
    "SELECT fleet, energy_mj + mcu_mj, ce_level, in_outage, settled_ns / 1e9,"
    " settled_mj + settled_mcu_mj, connections, empty_ns / 1e9,"
    " reports_acked, handshakes_started, handshakes_completed, handshakes_failed,"
    " handshakes_resumed, handshake_bytes_up, handshake_bytes_down, handshake_datagrams, records "
    "FROM device"
    " ORDER BY id";

/* Columns that are NULL read as 0. */
static void
fleet_add_lifetime(struct nbsi_fleets *fleets, struct nbsi_fleet *fleet, sqlite3_stmt *stmt)
{
	const double empty_s = sqlite3_column_double(stmt, COL_EMPTY_S);
	struct device_energy device = {.days = fleets->days,
				       .mj = sqlite3_column_double(stmt, COL_MJ),
				       .settled_s = sqlite3_column_double(stmt, COL_SETTLED_S),
				       .settled_mj = sqlite3_column_double(stmt, COL_SETTLED_MJ),
				       .lives = sqlite3_column_int64(stmt, COL_CONNECTIONS) > 0};

	if (sqlite3_column_type(stmt, COL_EMPTY_S) != SQLITE_NULL) {
		device.days = fmin(device.days, empty_s / NBS_S_PER_DAY);
		if (!nbsi_sample_add(&fleet->lifetime_years,
				     empty_s / (NBS_DAYS_PER_YEAR * NBS_S_PER_DAY)))
			nbsi_fleets_no_memory(fleets);
	}
	fleet_add_energy(fleets, fleet, &device);
	fleet_add_settled(fleets, fleet, &device);
}

static void
fleet_add_device(struct nbsi_fleets *fleets, struct nbsi_fleet *fleet, sqlite3_stmt *stmt)
{
	sqlite3_int64 *const sums[] = {&fleet->acked,      &fleet->started,   &fleet->completed,
				       &fleet->failed,     &fleet->resumed,   &fleet->bytes_up,
				       &fleet->bytes_down, &fleet->datagrams, &fleet->records};
	const int count = sizeof(sums) / sizeof(sums[0]);
	sqlite3_int64 level = sqlite3_column_int64(stmt, COL_LEVEL);

	fleet->devices++;
	fleet_add_lifetime(fleets, fleet, stmt);
	if (level >= 0 && level < NBSI_FLEETS_CE_LEVELS)
		fleet->ce_level[level]++;
	fleet->outage += sqlite3_column_int64(stmt, COL_OUTAGE) != 0;
	for (int i = 0; i < count; i++)
		*sums[i] += sqlite3_column_int64(stmt, COL_COUNTERS + i);
}

static void
fleets_read_devices(struct nbsi_fleets *fleets)
{
	sqlite3_stmt *stmt = nbsi_db_query(fleets->db, devices_sql);

	while (nbsi_db_next(fleets->db, stmt)) {
		struct nbsi_fleet *fleet =
		    nbsi_fleets_find(fleets, sqlite3_column_int64(stmt, COL_FLEET));

		if (fleet == NULL)
			break;
		fleet_add_device(fleets, fleet, stmt);
	}
	sqlite3_finalize(stmt);
}

/* Needs the devices to have been counted. */
static void
fleets_read_states(struct nbsi_fleets *fleets)
{
	sqlite3_stmt *stmt = nbsi_db_query(
	    fleets->db,
	    "SELECT device.fleet, state, sum(device_state.energy_mj), sum(time_ns) / 1e9"
	    " FROM device_state JOIN device ON device.id = device_state.device"
	    " GROUP BY 1, 2 ORDER BY 1, 2");

	while (nbsi_db_next(fleets->db, stmt)) {
		struct nbsi_fleet *fleet = nbsi_fleets_find(fleets, sqlite3_column_int64(stmt, 0));

		if (fleet == NULL)
			break;
		const char *state = nbsi_db_text(stmt, 1);
		double device_days = fleet->device_days;

		if (!(device_days > 0))
			continue;
		if (json_object_set_new(fleet->state_mj, state,
					json_real(sqlite3_column_double(stmt, 2) / device_days)) ||
		    json_object_set_new(fleet->state_s, state,
					json_real(sqlite3_column_double(stmt, 3) / device_days)))
			nbsi_fleets_no_memory(fleets);
	}
	sqlite3_finalize(stmt);
}

/* ---- writing out ---- */

static json_t *
fleet_energy(struct nbsi_fleet *fleet)
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

/* And of how many devices. */
static json_t *
fleet_battery_settled(struct nbsi_sample *years)
{
	json_t *battery = fleet_battery(years);

	if (json_object_set_new(battery, "devices", json_integer((json_int_t)years->count)) != 0) {
		json_decref(battery);
		return NULL;
	}
	return battery;
}

static json_t *
fleet_dtls(const struct nbsi_fleet *fleet)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "handshakes", fleet->completed,
			 "failed", fleet->failed, "started", fleet->started, "resumed",
			 fleet->resumed, "bytes_up", fleet->bytes_up, "bytes_down",
			 fleet->bytes_down, "messages", fleet->datagrams, "records",
			 fleet->records);
}

/* Adds the statistics to the fleet's object and the object to the array. */
static bool
fleet_write(struct nbsi_fleet *fleet, json_t *array)
{
	int failed = 0;

	failed |= json_object_set_new(fleet->json, "messages", nbsi_fleet_messages(fleet));
	failed |= json_object_set_new(fleet->json, "energy_mj_per_day", fleet_energy(fleet));
	failed |= json_object_set_new(fleet->json, "security_mj_per_day",
				      fleet->device_days > 0
					  ? json_real(fleet->security_mj / fleet->device_days)
					  : json_null());
	failed |= json_object_set(fleet->json, "energy_by_state_mj", fleet->state_mj);
	failed |= json_object_set(fleet->json, "time_by_state_s", fleet->state_s);
	failed |= json_object_set_new(fleet->json, "battery_years", fleet_battery(&fleet->years));
	failed |= json_object_set_new(fleet->json, "battery_years_settled",
				      fleet_battery_settled(&fleet->settled_years));
	failed |= json_object_set_new(fleet->json, "setup_mj", nbsi_sample_mean(&fleet->setup_mj));

	failed |= json_object_set_new(fleet->json, "battery", nbsi_fleet_battery(fleet));
	failed |= json_object_set(fleet->json, "tx_by_dbm", fleet->by_tx_dbm);
	failed |= json_object_set(fleet->json, "crypto_work", fleet->work);
	failed |= json_object_set_new(fleet->json, "dtls", fleet_dtls(fleet));
	failed |= json_object_set_new(fleet->json, "radio", nbsi_fleet_radio(fleet));
	failed |= json_array_append(array, fleet->json);
	return failed == 0;
}

static void
fleets_fini(struct nbsi_fleets *fleets)
{
	for (size_t i = 0; i < fleets->count; i++) {
		struct nbsi_fleet *fleet = &fleets->list[i];

		json_t **const objects[FLEETS_OBJECTS] = FLEETS_OBJECTS_OF(fleet);

		json_decref(fleet->json);
		for (size_t k = 0; k < FLEETS_OBJECTS; k++)
			json_decref(*objects[k]);
		nbsi_sample_fini(&fleet->latency_s);
		nbsi_sample_fini(&fleet->mj_per_day);
		nbsi_sample_fini(&fleet->years);
		nbsi_sample_fini(&fleet->setup_mj);
		nbsi_sample_fini(&fleet->settled_years);
		nbsi_sample_fini(&fleet->settled_mj_per_day);
		nbsi_sample_fini(&fleet->lifetime_years);
	}
	free(fleets->list);
}

json_t *
nbsi_summary_fleets(struct nbsi_db *db, double simulated_s)
{
	struct nbsi_fleets fleets = {.db = db, .days = simulated_s / NBS_S_PER_DAY};
	json_t *array = nbsi_summary_made(db, json_array());

	fleets_read_configs(&fleets);
	fleets_read_devices(&fleets);
	fleets_read_states(&fleets);
	nbsi_fleets_read_energy(&fleets);
	nbsi_fleets_read_radio(&fleets);
	nbsi_fleets_read_messages(&fleets);
	for (size_t i = 0; i < fleets.count && db->status == NBS_OK; i++) {
		if (!fleet_write(&fleets.list[i], array))
			nbsi_fleets_no_memory(&fleets);
	}
	fleets_fini(&fleets);
	if (db->status != NBS_OK) {
		json_decref(array);
		return NULL;
	}
	return array;
}
