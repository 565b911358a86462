/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary's head (the run's facts) and its assembly.
 */
#include "analysis/summary.h"

#include "analysis/summary_parts.h"

#include <stdio.h>
#include <string.h>

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

/* How a fact becomes a value of the summary. */
enum fact_form {
	FACT_COPY,
	FACT_FLAG,            /* true or false */
	FACT_SECONDS,         /* of ns */
	FACT_SOME,            /* a word, true unless it is "off" */
	FACT_SECONDS_OR_NULL, /* null where the fact has no meaning and is not there */
};

static const struct {
	const char *key, *fact;
	enum fact_form form;
} network_facts[] = {
    {"name", "network", FACT_COPY},
    {"changes", "network_changes", FACT_COPY},
    {"inactivity_timer_s", "inactivity_timer_ns", FACT_SECONDS},
    {"c_drx", "c_drx", FACT_FLAG},
    {"c_drx_cycle_s", "c_drx_cycle_ns", FACT_SECONDS_OR_NULL},
    {"release_assistance", "release_assistance", FACT_SOME},
    {"assistance", "release_assistance", FACT_COPY},
    {"ul_request", "ul_request", FACT_COPY},
    {"psm", "psm", FACT_FLAG},
    {"t3324_s", "t3324_ns", FACT_SECONDS},
    {"t3412_s", "t3412_ns", FACT_SECONDS},
    {"edrx", "edrx", FACT_FLAG},
    {"edrx_cycle_s", "edrx_cycle_ns", FACT_SECONDS_OR_NULL},
    {"ptw_s", "ptw_ns", FACT_SECONDS_OR_NULL},
    {"optimisation", "optimisation", FACT_COPY},
    {"edt", "edt", FACT_FLAG},
    {"nas", "nas", FACT_COPY},
    {"as_security", "as_security", FACT_FLAG},
    {"apn", "apn", FACT_COPY},
    {"nat_binding_s", "nat_binding_ns", FACT_SECONDS_OR_NULL},
    {"deployment", "deployment", FACT_COPY},
    {"receiver", "receiver", FACT_COPY},
    {"link", "link", FACT_COPY},
    {"load", "load", FACT_COPY},
    {"objective", "objective", FACT_COPY},
    {"max_tones", "max_tones", FACT_COPY},
};

static json_t *
network_value(struct nbsi_db *db, const json_t *facts, const char *key, enum fact_form form)
{
	const char *word;

	switch (form) {
	case FACT_FLAG:
		return json_boolean(fact_flag(db, facts, key));
	case FACT_SECONDS_OR_NULL:
		if (json_object_get(facts, key) == NULL)
			return json_null();
		return json_real(fact_s(db, facts, key));
	case FACT_SECONDS:
		return json_real(fact_s(db, facts, key));
	case FACT_SOME:
		word = json_string_value(fact(db, facts, key));
		return json_boolean(word != NULL && strcmp(word, "off") != 0);
	case FACT_COPY:
	default:
		return json_incref(fact(db, facts, key));
	}
}

static json_t *
summary_network(struct nbsi_db *db, const json_t *facts)
{
	json_t *network = nbsi_summary_made(db, json_object());

	for (size_t i = 0; i < sizeof(network_facts) / sizeof(network_facts[0]); i++) {
		json_t *value =
		    network_value(db, facts, network_facts[i].fact, network_facts[i].form);

		if (json_object_set_new(network, network_facts[i].key, value) != 0)
			nbsi_db_fail(db, NBS_E_NOMEM, "out of memory");
	}
	return network;
}

/* A table's first row as an object without its id, null if there is none. */
static json_t *
summary_row(struct nbsi_db *db, const char *sql)
{
	sqlite3_stmt *stmt = nbsi_db_query(db, sql);
	json_t *row = nbsi_db_next(db, stmt) ? nbsi_db_object(stmt, 1) : json_null();

	sqlite3_finalize(stmt);
	return nbsi_summary_made(db, row);
}

/* The counters of the DTLS server: those of kind count by their names, the others by reason. */
static json_t *
summary_gateway_dtls(struct nbsi_db *db)
{
	sqlite3_stmt *stmt =
	    nbsi_db_query(db, "SELECT kind, what, count FROM gateway_dtls ORDER BY kind, what");
	json_t *failed = nbsi_summary_made(db, json_object());
	json_t *closed = nbsi_summary_made(db, json_object());
	json_t *dtls = nbsi_summary_made(db, json_object());

	while (nbsi_db_next(db, stmt)) {
		const char *kind = (const char *)sqlite3_column_text(stmt, 0);
		const char *what = (const char *)sqlite3_column_text(stmt, 1);
		json_t *into = strcmp(kind, "failed") == 0   ? failed
			       : strcmp(kind, "closed") == 0 ? closed
							     : dtls;

		if (json_object_set_new(into, what, nbsi_db_json(stmt, 2)) != 0)
			nbsi_db_fail(db, NBS_E_NOMEM, "out of memory");
	}
	sqlite3_finalize(stmt);
	if (json_object_set_new(dtls, "failed", failed) != 0 ||
	    json_object_set_new(dtls, "closed", closed) != 0)
		nbsi_db_fail(db, NBS_E_NOMEM, "out of memory");
	return dtls;
}

static json_t *
summary_gateway(struct nbsi_db *db, const json_t *facts)
{
	return nbsi_summary_made(db, json_pack("{s:b, s:b, s:o*}", "bind_identity",
					       fact_flag(db, facts, "bind_identity"), "cookies",
					       fact_flag(db, facts, "cookies"), "dtls",
					       summary_gateway_dtls(db)));
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
	    db,
	    json_pack("{s:O*, s:O*, s:O*, s:f, s:o*, s:O*, s:b, s:f, s:O*, s:o*, s:o*, s:o*, "
		      "s:o*, s:o*, s:o*, s:o*}",
		      "scenario", fact(db, facts, "scenario"), "seed", fact(db, facts, "seed"),
		      "version", fact(db, facts, "version"), "simulated_s", simulated_s, "wall_s",
		      wall, "events", fact(db, facts, "events"), "partial",
		      fact_flag(db, facts, "interrupted"), "duration_s",
		      fact_s(db, facts, "duration_ns"), "description",
		      fact(db, facts, "description"), "network", summary_network(db, facts), "cell",
		      summary_row(db, "SELECT * FROM cell"), "nat",
		      summary_row(db, "SELECT * FROM nat"), "gateway", summary_gateway(db, facts),
		      "fleets", nbsi_summary_fleets(db, simulated_s), "attacks",
		      nbsi_summary_attacks(db), "unattributed_accepted", summary_unattributed(db)));
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
