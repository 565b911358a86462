/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary's attacks: what was tried, what got through, and the packets that prove it.
 */
#include "analysis/summary.h"
#include "analysis/summary_parts.h"

/*
 * The refused ones count only what the far end turned away: unanswered tries prove nothing. A false
 * message under a name that no device has harms nobody: those under a device's name are counted
 * too.
 */
static const char attacks_sql[] =
    "SELECT attack.id, kind, fleet.name, attack.attempts, attack.accepted,"
    " (SELECT count(*) FROM attempt WHERE attempt.attack = attack.id AND outcome LIKE 'refused%'),"
    " (SELECT count(*) FROM accepted WHERE accepted.attack = attack.id"
    "   AND client_id IN (SELECT client_id FROM device))"
    " FROM attack JOIN fleet ON fleet.id = attack.fleet ORDER BY attack.id";

/* The messages under a device's name first. */
static const char evidence_accepted_sql[] =
    "SELECT file, frame, client_id, time_ns / 1e9 FROM accepted"
    " JOIN capture ON capture.id = accepted.capture"
    " WHERE attack = ?1 ORDER BY client_id NOT IN (SELECT client_id FROM device),"
    " time_ns, accepted.rowid LIMIT ?2";

static const char evidence_refused_sql[] =
    "SELECT file, frame, client_id, time_ns / 1e9 FROM attempt"
    " JOIN capture ON capture.id = attempt.capture"
    " WHERE attack = ?1 AND outcome <> 'accepted' ORDER BY n LIMIT ?2";

static const char outcomes_sql[] =
    "SELECT outcome, count(*) FROM attempt WHERE attack = ?1 GROUP BY 1 ORDER BY 1";

static const char verdicts_sql[] =
    "SELECT verdict, count(*) FROM accepted WHERE attack = ?1 GROUP BY 1 ORDER BY 1";

static json_t *
attack_evidence(struct nbsi_db *db, sqlite3_int64 id, bool accepted)
{
	sqlite3_stmt *stmt =
	    nbsi_db_query(db, accepted ? evidence_accepted_sql : evidence_refused_sql);
	json_t *array = nbsi_summary_made(db, json_array());

	if (stmt == NULL || array == NULL) {
		sqlite3_finalize(stmt);
		return array;
	}
	sqlite3_bind_int64(stmt, 1, id);
	sqlite3_bind_int(stmt, 2, accepted ? NBS_SUMMARY_ACCEPTED_MAX : NBS_SUMMARY_REFUSED_MAX);
	while (nbsi_db_next(db, stmt)) {
		json_t *item =
		    json_pack("{s:s, s:I, s:s, s:f}", "pcap", nbsi_db_text(stmt, 0), "frame",
			      sqlite3_column_int64(stmt, 1), "client_id", nbsi_db_text(stmt, 2),
			      "time_s", sqlite3_column_double(stmt, 3));

		if (json_array_append_new(array, item) != 0)
			nbsi_db_fail(db, NBS_E_NOMEM, "out of memory");
	}
	sqlite3_finalize(stmt);
	return array;
}

/* Rows "text, count" of an attack as an object. */
static json_t *
attack_counts(struct nbsi_db *db, const char *sql, sqlite3_int64 id)
{
	sqlite3_stmt *stmt = nbsi_db_query(db, sql);
	json_t *counts = nbsi_summary_made(db, json_object());

	if (stmt != NULL)
		sqlite3_bind_int64(stmt, 1, id);
	while (counts != NULL && nbsi_db_next(db, stmt)) {
		if (json_object_set_new(counts, nbsi_db_text(stmt, 0), nbsi_db_json(stmt, 1)) != 0)
			nbsi_db_fail(db, NBS_E_NOMEM, "out of memory");
	}
	sqlite3_finalize(stmt);
	return counts;
}

static json_t *
attack_json(struct nbsi_db *db, sqlite3_stmt *stmt)
{
	sqlite3_int64 id = sqlite3_column_int64(stmt, 0);
	sqlite3_int64 attempts = sqlite3_column_int64(stmt, 3);
	sqlite3_int64 accepted = sqlite3_column_int64(stmt, 4);
	const char *verdict = "unanswered";

	if (accepted > 0)
		verdict = "accepted";
	else if (attempts == 0)
		verdict = "not tried";
	else if (sqlite3_column_int64(stmt, 5) > 0)
		verdict = "refused";
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:s, s:o*, s:o*, s:o*}", "kind",
			 nbsi_db_text(stmt, 1), "target", nbsi_db_text(stmt, 2), "attempts",
			 attempts, "accepted", accepted, "accepted_as_device",
			 sqlite3_column_int64(stmt, 6), "refused", sqlite3_column_int64(stmt, 5),
			 "verdict", verdict, "outcomes", attack_counts(db, outcomes_sql, id),
			 "accepted_as", attack_counts(db, verdicts_sql, id), "evidence",
			 attack_evidence(db, id, accepted > 0));
}

json_t *
nbsi_summary_attacks(struct nbsi_db *db)
{
	sqlite3_stmt *stmt = nbsi_db_query(db, attacks_sql);
	json_t *array = nbsi_summary_made(db, json_array());

	while (array != NULL && nbsi_db_next(db, stmt)) {
		if (json_array_append_new(array, attack_json(db, stmt)) != 0)
			nbsi_db_fail(db, NBS_E_NOMEM, "out of memory");
	}
	sqlite3_finalize(stmt);
	return array;
}
