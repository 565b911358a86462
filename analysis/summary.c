/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary's head (the run's facts) and its assembly.
 */
#include "analysis/summary.h"

#include "analysis/summary_parts.h"

#include <stdio.h>

#define SUMMARY_NS_PER_S 1e9

json_t *
nbsi_summary_made(struct nbsi_db *db, json_t *value)
{
	if (value == NULL)
		nbsi_db_fail(db, NBS_E_NOMEM, "out of memory");
	return value;
}

/* The table `run` as one object. */
static json_t *
summary_facts(struct nbsi_db *db)
{
	sqlite3_stmt *stmt = nbsi_db_query(db, "SELECT key, value FROM run ORDER BY key");
	json_t *facts = nbsi_summary_made(db, json_object());

	while (facts != NULL && nbsi_db_next(db, stmt)) {
		if (json_object_set_new(facts, nbsi_db_text(stmt, 0), nbsi_db_json(stmt, 1)) != 0)
			nbsi_db_fail(db, NBS_E_NOMEM, "out of memory");
	}
	sqlite3_finalize(stmt);
	return facts;
}

/* @return a borrowed fact; NULL is noted in db. */
static json_t *
fact(struct nbsi_db *db, const json_t *facts, const char *key)
{
	char text[96];
	json_t *value = json_object_get(facts, key);

	if (value == NULL) {
		snprintf(text, sizeof(text), "table run lacks the fact %s", key);
		nbsi_db_fail(db, NBS_E_INVALID, text);
	}
	return value;
}

/* Nanoseconds of the file to seconds of the summary; 0 for a fact that is missing. */
static double
fact_s(struct nbsi_db *db, const json_t *facts, const char *key)
{
	return (double)json_integer_value(fact(db, facts, key)) / SUMMARY_NS_PER_S;
}

static int
fact_flag(struct nbsi_db *db, const json_t *facts, const char *key)
{
	return json_integer_value(fact(db, facts, key)) != 0;
}

static json_t *
summary_network(struct nbsi_db *db, const json_t *facts)
{
	int c_drx = fact_flag(db, facts, "c_drx");
	json_t *cycle = c_drx ? json_real(fact_s(db, facts, "c_drx_cycle_ns")) : json_null();

	return nbsi_summary_made(
	    db, json_pack("{s:f, s:b, s:o, s:b, s:f, s:f, s:O*, s:O*, s:O*, s:O*}",
			  "inactivity_timer_s", fact_s(db, facts, "inactivity_timer_ns"), "c_drx",
			  c_drx, "c_drx_cycle_s", cycle, "release_assistance",
			  fact_flag(db, facts, "release_assistance"), "t3324_s",
			  fact_s(db, facts, "t3324_ns"), "t3412_s", fact_s(db, facts, "t3412_ns"),
			  "optimisation", fact(db, facts, "optimisation"), "deployment",
			  fact(db, facts, "deployment"), "receiver", fact(db, facts, "receiver"),
			  "link", fact(db, facts, "link")));
}

static json_t *
summary_gateway(struct nbsi_db *db, const json_t *facts)
{
	return nbsi_summary_made(db, json_pack("{s:b, s:b}", "bind_identity",
					       fact_flag(db, facts, "bind_identity"), "cookies",
					       fact_flag(db, facts, "cookies")));
}

/* Messages that the cloud took from nobody, and that no attack accounts for. */
static json_t *
summary_unattributed(struct nbsi_db *db)
{
	sqlite3_stmt *stmt =
	    nbsi_db_query(db, "SELECT count(*) FROM accepted WHERE attack IS NULL");
	json_t *count = nbsi_db_next(db, stmt) ? nbsi_db_json(stmt, 0) : NULL;

	sqlite3_finalize(stmt);
	return count;
}

static json_t *
summary_assemble(struct nbsi_db *db, const json_t *facts, double wall_s)
{
	double simulated_s = fact_s(db, facts, "simulated_ns");
	json_t *wall = wall_s < 0 ? json_null() : json_real(wall_s);

	/* "o*" and "O*" leave out a NULL: such a summary is thrown away with db's error. */
	return nbsi_summary_made(
	    db, json_pack("{s:O*, s:O*, s:O*, s:f, s:o*, s:O*, s:b, s:f, s:O*, s:o*, s:o*, s:o*, "
			  "s:o*, s:o*}",
			  "scenario", fact(db, facts, "scenario"), "seed", fact(db, facts, "seed"),
			  "version", fact(db, facts, "version"), "simulated_s", simulated_s,
			  "wall_s", wall, "events", fact(db, facts, "events"), "partial",
			  fact_flag(db, facts, "interrupted"), "duration_s",
			  fact_s(db, facts, "duration_ns"), "description",
			  fact(db, facts, "description"), "network", summary_network(db, facts),
			  "gateway", summary_gateway(db, facts), "fleets",
			  nbsi_summary_fleets(db, simulated_s), "attacks", nbsi_summary_attacks(db),
			  "unattributed_accepted", summary_unattributed(db)));
}

enum nbs_status
nbs_summary_read(const char *path, double wall_s, json_t **summary, char *why, size_t why_size)
{
	struct nbsi_db db;
	json_t *facts = NULL;
	json_t *made = NULL;

	if (nbsi_db_open(&db, path) == NBS_OK)
		facts = summary_facts(&db);
	if (facts != NULL)
		made = summary_assemble(&db, facts, wall_s);
	json_decref(facts);
	nbsi_db_close(&db);
	if (db.status != NBS_OK) {
		snprintf(why, why_size, "%s", db.why);
		json_decref(made);
		return db.status;
	}
	*summary = made;
	return NBS_OK;
}
