/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary's fleets: what became of each report.
 *
 * Why a report was not delivered is told from what its device knows of itself. Reports after the
 * last one that got through are put down to the trouble that the device is still in, or they are
 * under way. Of those before it as many are put down to the radio as the device's radio lost
 * packets; it was not the radio that lost the rest.
 */
#include "analysis/fleets.h"

#include <stdint.h>
#include <string.h>

/* The latency that TR 45.820 asks of exception reports. */
#define MESSAGES_IN_TIME_NS INT64_C(10000000000)

static const char messages_sql[] =
    "SELECT device.fleet, message.device, verdict, delivered_ns - sent_ns"
    " FROM message JOIN device ON device.id = message.device ORDER BY message.device, seq";

static const char messages_device_sql[] =
    "SELECT end_reason, end_state IN ('psm', 'idle', 'off'), waiting_up, lost_up + lost_down"
    " FROM device WHERE id = ?1";

/* The undelivered reports of one device. */
struct losses {
	struct nbsi_fleet *fleet;
	sqlite3_int64 device;
	sqlite3_int64 earlier, latest; /* before the last one that got through, and after it */
};

static sqlite3_int64
least(sqlite3_int64 a, sqlite3_int64 b)
{
	return a < b ? a : b;
}

static void
losses_put(struct nbsi_fleets *fleets, const struct losses *losses, const char *why,
	   sqlite3_int64 count)
{
	if (count > 0)
		nbsi_fleets_count(fleets, losses->fleet->undelivered_why, why, count);
}

/* The latest ones, as far as the device's end explains them. */
static sqlite3_int64
losses_latest(struct nbsi_fleets *fleets, const struct losses *losses, sqlite3_stmt *device)
{
	const char *reason = nbsi_db_text(device, 0);
	sqlite3_int64 waiting = sqlite3_column_int64(device, 2);
	sqlite3_int64 count;

	if (reason[0] != '\0') {
		losses_put(fleets, losses, reason, losses->latest);
		return losses->latest;
	}
	if (waiting == 0 && sqlite3_column_int(device, 1) == 0)
		waiting = 1; /* it is what keeps the radio busy */
	count = least(losses->latest, waiting);
	losses_put(fleets, losses, "under way", count);
	return count;
}

/* What a device's reports came to, once all of them are seen. */
static void
losses_settle(struct nbsi_fleets *fleets, const struct losses *losses, sqlite3_stmt *device)
{
	sqlite3_int64 rest = losses->earlier + losses->latest;
	sqlite3_int64 radio;

	if (rest == 0 || device == NULL)
		return;
	sqlite3_bind_int64(device, 1, losses->device);
	if (nbsi_db_next(fleets->db, device)) {
		rest -= losses_latest(fleets, losses, device);
		radio = least(rest, sqlite3_column_int64(device, 3));
		losses_put(fleets, losses, "lost on the radio", radio);
		losses_put(fleets, losses, "not by the radio", rest - radio);
	}
	sqlite3_reset(device);
}

static void
messages_delivered(struct nbsi_fleets *fleets, struct nbsi_fleet *fleet, sqlite3_int64 latency_ns)
{
	fleet->delivered++;
	fleet->in_time += latency_ns <= MESSAGES_IN_TIME_NS;
	if (!nbsi_sample_add(&fleet->latency_s, (double)latency_ns / 1e9))
		nbsi_fleets_no_memory(fleets);
}

static void
messages_add(struct nbsi_fleets *fleets, struct losses *losses, const char *verdict,
	     sqlite3_int64 latency_ns)
{
	losses->fleet->sent++;
	if (strcmp(verdict, "lost") == 0) {
		losses->latest++;
		return;
	}
	/* It got through, whatever became of it then. */
	losses->earlier += losses->latest;
	losses->latest = 0;
	if (strcmp(verdict, "genuine") == 0)
		messages_delivered(fleets, losses->fleet, latency_ns);
	else
		losses_put(fleets, losses, verdict, 1);
}

void
nbsi_fleets_read_messages(struct nbsi_fleets *fleets)
{
	sqlite3_stmt *device = nbsi_db_query(fleets->db, messages_device_sql);
	sqlite3_stmt *stmt = nbsi_db_query(fleets->db, messages_sql);
	struct losses losses = {0};

	while (nbsi_db_next(fleets->db, stmt)) {
		sqlite3_int64 id = sqlite3_column_int64(stmt, 1);

		if (losses.fleet == NULL || id != losses.device) {
			struct nbsi_fleet *fleet =
			    nbsi_fleets_find(fleets, sqlite3_column_int64(stmt, 0));

			if (fleet == NULL)
				break;
			losses_settle(fleets, &losses, device);
			losses = (struct losses){.fleet = fleet, .device = id};
		}
		messages_add(fleets, &losses, nbsi_db_text(stmt, 2), sqlite3_column_int64(stmt, 3));
	}
	losses_settle(fleets, &losses, device);
	sqlite3_finalize(stmt);
	sqlite3_finalize(device);
}

/* A share of nothing is null. */
static json_t *
messages_share(sqlite3_int64 part, sqlite3_int64 whole)
{
	return whole == 0 ? json_null() : json_real((double)part / (double)whole);
}

json_t *
nbsi_fleet_messages(struct nbsi_fleet *fleet)
{
	const struct nbsi_sample *latency = &fleet->latency_s;

	nbsi_sample_sort(&fleet->latency_s);
	return json_pack("{s:I, s:I, s:I, s:{s:o, s:o, s:o, s:o, s:o}}", "sent", fleet->sent,
			 "delivered", fleet->delivered, "acked", fleet->acked, "latency_s", "mean",
			 nbsi_sample_mean(latency), "p50", nbsi_sample_quantile(latency, 0.5),
			 "p90", nbsi_sample_quantile(latency, 0.9), "p99",
			 nbsi_sample_quantile(latency, 0.99), "within_10_s",
			 messages_share(fleet->in_time, fleet->sent));
}
