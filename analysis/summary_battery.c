/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary's fleets: everyday life, what it goes into, and the years that follow from it.
 */
#include "analysis/summary_battery.h"

#include "models/power/battery_life.h"

#include <stdbool.h>
#include <string.h>

/* Columns of energy_sql. */
enum {
	COL_FLEET,
	COL_VIEW,
	COL_PART,
	COL_S,
	COL_MJ,
	COL_SETTLED_MJ,
	COL_VALUE,
	COL_TAG,
	COL_SPREAD
};

static const char energy_sql[] =
    "SELECT e.fleet, e.view, e.part, e.time_ns / 1e9, e.energy_mj, e.settled_mj,"
    " b.value, b.tag, b.spread FROM fleet_energy AS e LEFT JOIN fleet_basis AS b"
    " ON b.fleet = e.fleet AND b.view = e.view AND b.part = e.part ORDER BY e.fleet, e.view, "
    "e.part";

/* ---- reading ---- */

static void
set_number(struct nbsi_fleets *fleets, json_t *object, const char *key, double value)
{
	if (json_object_set_new(object, key, json_real(value)) != 0)
		nbsi_fleets_no_memory(fleets);
}

/* Parts that rest on one value of the profile err together: the key is the value's number. */
static struct nbsi_contribution *
part_of(struct nbsi_fleet *fleet, const char *value)
{
	const json_t *known = json_object_get(fleet->value_keys, value);
	size_t i = known != NULL ? (size_t)json_integer_value(known) : fleet->part_count;

	if (i == NBSI_FLEETS_VALUES)
		return NULL;
	if (known == NULL) {
		if (json_object_set_new(fleet->value_keys, value, json_integer((json_int_t)i)) != 0)
			return NULL;
		fleet->parts[i] = (struct nbsi_contribution){.key = (unsigned)i};
		fleet->part_count++;
	}
	return &fleet->parts[i];
}

static void
add_part(struct nbsi_fleets *fleets, struct nbsi_fleet *fleet, sqlite3_stmt *stmt, double mj)
{
	const char *value = nbsi_db_text(stmt, COL_VALUE);
	struct nbsi_contribution *part;

	if (sqlite3_column_type(stmt, COL_VALUE) == SQLITE_NULL)
		return; /* off: nothing is spent */
	part = part_of(fleet, value);
	if (part == NULL) {
		nbsi_db_fail(fleets->db, NBS_E_INVALID, "energy rests on too many values");
		return;
	}
	part->mj_per_day += mj;
	part->spread = sqlite3_column_double(stmt, COL_SPREAD);
	if (strcmp(nbsi_db_text(stmt, COL_TAG), "assumed") != 0 || !(mj > 0))
		return;
	fleet->assumed_mj_per_day += mj;
	if (json_object_set_new(fleet->assumed, value, json_null()) != 0)
		nbsi_fleets_no_memory(fleets);
}

/*
 * Everyday days of the mean device that make up the fleet's everyday energy: by them the parts of a
 * day add up to the mean of the devices' days, though some were watched for longer than others.
 */
static double
settled_days(const struct nbsi_fleet *fleet)
{
	const struct nbsi_sample *sample = &fleet->settled_mj_per_day;
	double sum = 0;

	for (size_t i = 0; i < sample->count; i++)
		sum += sample->values[i];
	return sample->count == 0 ? 0.0 : fleet->settled_mj / (sum / (double)sample->count);
}

/* A row's share of a device's everyday day. */
static void
read_settled(struct nbsi_fleets *fleets, struct nbsi_fleet *fleet, sqlite3_stmt *stmt)
{
	const char *view = nbsi_db_text(stmt, COL_VIEW), *part = nbsi_db_text(stmt, COL_PART);
	const double mj = sqlite3_column_double(stmt, COL_SETTLED_MJ) / fleet->settled_days;

	if (strcmp(view, "layer") == 0)
		set_number(fleets, fleet->by_layer, part, mj);
	else if (strcmp(view, "message") == 0)
		set_number(fleets, fleet->by_message, part, mj);
	else if (strcmp(view, "state") == 0)
		set_number(fleets, fleet->by_state, part, mj);
	else if (strcmp(view, "mcu") == 0)
		set_number(fleets, fleet->by_mcu, part, mj);
	if (strcmp(view, "state") == 0 || strcmp(view, "mcu") == 0)
		add_part(fleets, fleet, stmt, mj);
}

static void
read_power(struct nbsi_fleets *fleets, struct nbsi_fleet *fleet, sqlite3_stmt *stmt)
{
	const double device_days = fleet->device_days;
	json_t *level;

	if (strcmp(nbsi_db_text(stmt, COL_VIEW), "tx_dbm") != 0 || !(device_days > 0))
		return;
	level = json_pack("{s:f, s:f}", "s", sqlite3_column_double(stmt, COL_S) / device_days, "mj",
			  sqlite3_column_double(stmt, COL_MJ) / device_days);
	if (json_object_set_new(fleet->by_tx_dbm, nbsi_db_text(stmt, COL_PART), level) != 0)
		nbsi_fleets_no_memory(fleets);
}

/* What would not be there without DTLS, by bytes and operations. */
static bool
is_security(const char *view, const char *part)
{
	if (strcmp(view, "mcu") == 0)
		return strcmp(part, "crypto") == 0;
	return strcmp(view, "layer") == 0 &&
	       (strcmp(part, "dtls_handshake") == 0 || strcmp(part, "dtls_record") == 0);
}

static void
read_work(struct nbsi_fleets *fleets)
{
	sqlite3_stmt *stmt = nbsi_db_query(
	    fleets->db, "SELECT fleet, phase, operation, count FROM fleet_work ORDER BY 1, 2, 3");

	while (nbsi_db_next(fleets->db, stmt)) {
		struct nbsi_fleet *fleet = nbsi_fleets_find(fleets, sqlite3_column_int64(stmt, 0));
		const char *phase = nbsi_db_text(stmt, 1);
		json_t *operations;

		if (fleet == NULL)
			break;
		operations = json_object_get(fleet->work, phase);
		if (operations == NULL) {
			operations = json_object();
			if (json_object_set_new(fleet->work, phase, operations) != 0)
				nbsi_fleets_no_memory(fleets);
		}
		if (json_object_set_new(operations, nbsi_db_text(stmt, 2), nbsi_db_json(stmt, 3)) !=
		    0)
			nbsi_fleets_no_memory(fleets);
	}
	sqlite3_finalize(stmt);
}

void
nbsi_fleets_read_energy(struct nbsi_fleets *fleets)
{
	sqlite3_stmt *stmt = nbsi_db_query(fleets->db, energy_sql);

	for (size_t i = 0; i < fleets->count; i++)
		fleets->list[i].settled_days = settled_days(&fleets->list[i]);
	while (nbsi_db_next(fleets->db, stmt)) {
		struct nbsi_fleet *fleet =
		    nbsi_fleets_find(fleets, sqlite3_column_int64(stmt, COL_FLEET));

		if (fleet == NULL)
			break;
		read_power(fleets, fleet, stmt);
		if (is_security(nbsi_db_text(stmt, COL_VIEW), nbsi_db_text(stmt, COL_PART)))
			fleet->security_mj += sqlite3_column_double(stmt, COL_MJ);
		if (fleet->settled_days > 0 &&
		    sqlite3_column_type(stmt, COL_SETTLED_MJ) != SQLITE_NULL)
			read_settled(fleets, fleet, stmt);
	}
	sqlite3_finalize(stmt);
	read_work(fleets);
}

/* ---- writing out ---- */

static double
number_at(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

/* The layers of the modem, and beside them the microcontroller and the board: all there is. */
static json_t *
battery_breakdown(const struct nbsi_fleet *fleet)
{
	json_t *parts = json_copy(fleet->by_layer);
	int failed = 0;

	failed |=
	    json_object_set_new(parts, "crypto", json_real(number_at(fleet->by_mcu, "crypto")));
	failed |= json_object_set_new(
	    parts, "mcu",
	    json_real(number_at(fleet->by_mcu, "active") + number_at(fleet->by_mcu, "sleep")));
	failed |=
	    json_object_set_new(parts, "board", json_real(nbs_battery_board_mj(&fleet->battery)));
	if (failed == 0)
		return parts;
	json_decref(parts);
	return NULL;
}

static json_t *
battery_names(json_t *names)
{
	json_t *list = json_array();
	const char *name;
	json_t *value;

	json_object_foreach(names, name, value)
	{
		if (json_array_append_new(list, json_string(name)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* Devices whose battery was simulated until it was empty. */
static json_t *
lifetime_object(const struct nbsi_fleet *fleet)
{
	return json_pack("{s:o, s:I}", "years", nbsi_sample_mean(&fleet->lifetime_years), "devices",
			 (json_int_t)fleet->lifetime_years.count);
}

/* One number a device, and so one batch; of a single device the interval is the number. */
static struct nbsi_interval
battery_day(const struct nbsi_sample *sample)
{
	struct nbsi_interval day = {.mean = sample->values[0],
				    .low = sample->values[0],
				    .high = sample->values[0],
				    .batches = 1};

	(void)nbsi_mean_interval(sample->values, sample->count, 1, &day);
	return day;
}

static double
years_at(const struct nbsi_fleet *fleet, double mj_per_day)
{
	return nbs_battery_life_years(&fleet->battery, mj_per_day);
}

/* An interval that reaches down to no energy has no longest life. */
static json_t *
longest_at(const struct nbsi_fleet *fleet, double mj_per_day)
{
	return mj_per_day > 0 ? json_real(years_at(fleet, mj_per_day)) : json_null();
}

static json_t *
battery_object(const struct nbsi_fleet *fleet, const struct nbsi_interval *day,
	       const struct nbsi_life_years *years)
{
	const double board = nbs_battery_board_mj(&fleet->battery);

	return json_pack(
	    "{s:f, s:f, s:f, s:f, s:[f, o], s:f, s:[f, f], s:o, s:O, s:O, s:O, s:f, s:o, s:I, s:o}",
	    "years", years_at(fleet, day->mean), "years_p10", years->p10, "years_p50", years->p50,
	    "years_p90", years->p90, "years_interval", years_at(fleet, day->high),
	    longest_at(fleet, day->low), "mj_per_day", day->mean + board, "mj_per_day_interval",
	    day->low + board, day->high + board, "breakdown_mj_per_day", battery_breakdown(fleet),
	    "by_message_mj_per_day", fleet->by_message, "by_state_mj_per_day", fleet->by_state,
	    "mcu_mj_per_day", fleet->by_mcu, "assumed_share",
	    fleet->assumed_mj_per_day / (day->mean + board), "assumed",
	    battery_names(fleet->assumed), "devices", (json_int_t)fleet->settled_mj_per_day.count,
	    "lifetime", lifetime_object(fleet));
}

json_t *
nbsi_fleet_battery(const struct nbsi_fleet *fleet)
{
	const struct nbsi_sample *sample = &fleet->settled_mj_per_day;
	const struct nbsi_life_input input = {.parts = fleet->parts,
					      .part_count = fleet->part_count,
					      .devices = sample->values,
					      .device_count = sample->count,
					      .battery = fleet->battery};
	struct nbsi_life_years years;
	struct nbsi_interval day;

	if (sample->count == 0 || nbsi_life_years(&input, &years) != NBS_OK)
		return json_pack("{s:n, s:o}", "years", "lifetime", lifetime_object(fleet));
	day = battery_day(sample);
	return battery_object(fleet, &day, &years);
}
