/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary's fleets: what the radio did, summed over devices, and where they stood at the end.
 */
#include "analysis/fleets.h"

#include <stdio.h>

#define RADIO_SQL_MAX 1024U

/* Columns of `device`, keys of the summary. */
static const char *const radio_counters[NBSI_FLEETS_COUNTERS] = {
    "connections",      "ra_attempts",  "ra_failures",  "collisions", "no_response",
    "backoffs",         "level_climbs", "releases",     "rejects",    "link_failures",
    "reestablishments", "attaches",     "taus",         "edt",        "si_reads",
    "searches",         "pagings",      "missed_pages", "rate_held",  "lost_up",
    "lost_down",        "unreachable",  "illegal",
};

static void
radio_read_counters(struct nbsi_fleets *fleets)
{
	char sql[RADIO_SQL_MAX] = "SELECT fleet";
	size_t used = sizeof("SELECT fleet") - 1;

	for (int i = 0; i < NBSI_FLEETS_COUNTERS; i++)
		used += (size_t)snprintf(sql + used, sizeof(sql) - used, ", sum(%s)",
					 radio_counters[i]);
	snprintf(sql + used, sizeof(sql) - used, " FROM device GROUP BY fleet");
	sqlite3_stmt *stmt = nbsi_db_query(fleets->db, sql);

	while (nbsi_db_next(fleets->db, stmt)) {
		struct nbsi_fleet *fleet = nbsi_fleets_find(fleets, sqlite3_column_int64(stmt, 0));

		if (fleet == NULL)
			break;
		for (int i = 0; i < NBSI_FLEETS_COUNTERS; i++)
			fleet->counters[i] = sqlite3_column_int64(stmt, 1 + i);
	}
	sqlite3_finalize(stmt);
}

static void
radio_read_ends(struct nbsi_fleets *fleets)
{
	sqlite3_stmt *stmt = nbsi_db_query(
	    fleets->db,
	    "SELECT fleet, end_state, count(*) FROM device GROUP BY 1, 2 ORDER BY 1, 2");

	while (nbsi_db_next(fleets->db, stmt)) {
		struct nbsi_fleet *fleet = nbsi_fleets_find(fleets, sqlite3_column_int64(stmt, 0));

		if (fleet == NULL)
			break;
		nbsi_fleets_count(fleets, fleet->end_states, nbsi_db_text(stmt, 1),
				  sqlite3_column_int64(stmt, 2));
	}
	sqlite3_finalize(stmt);
}

void
nbsi_fleets_read_radio(struct nbsi_fleets *fleets)
{
	radio_read_counters(fleets);
	radio_read_ends(fleets);
}

json_t *
nbsi_fleet_radio(const struct nbsi_fleet *fleet)
{
	json_t *radio = json_object();
	int failed = 0;

	for (int i = 0; i < NBSI_FLEETS_COUNTERS; i++)
		failed |=
		    json_object_set_new(radio, radio_counters[i], json_integer(fleet->counters[i]));
	failed |= json_object_set_new(radio, "devices_in_outage", json_integer(fleet->outage));
	failed |= json_object_set_new(
	    radio, "devices_by_ce_level",
	    json_pack("[I, I, I]", fleet->ce_level[0], fleet->ce_level[1], fleet->ce_level[2]));
	failed |= json_object_set(radio, "end_states", fleet->end_states);
	failed |= json_object_set(radio, "undelivered_why", fleet->undelivered_why);
	if (failed != 0) {
		json_decref(radio);
		return NULL;
	}
	return radio;
}
