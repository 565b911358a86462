/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What is gathered for each fleet on the way to the summary: summary_fleets.c reads devices and
 * writes out, summary_radio.c counts what the radio did, summary_messages.c what became of reports.
 */
#ifndef NBSEC_ANALYSIS_FLEETS_H
#define NBSEC_ANALYSIS_FLEETS_H

#include "analysis/results_db.h"
#include "analysis/sample.h"
#include "analysis/uncertainty.h"

#define NBSI_FLEETS_CE_LEVELS 3
#define NBSI_FLEETS_COUNTERS 23 /* columns of `device` that the radio counts */

#define NBSI_FLEETS_VALUES 32 /* values of profiles that a device's energy may rest on */

struct nbsi_fleet {
	sqlite3_int64 id;
	struct nbs_battery_life battery;
	json_t *json;               /* under construction */
	json_t *state_mj, *state_s; /* mean a device-day */
	size_t devices;             /* rows of device */
	double device_days;         /* that they lived, in the run */
	sqlite3_int64 acked, started, completed, failed, resumed, bytes_up, bytes_down, datagrams,
	    records;
	sqlite3_int64 ce_level[NBSI_FLEETS_CE_LEVELS];
	sqlite3_int64 outage; /* devices out of coverage */
	struct nbsi_sample mj_per_day, years;
	struct nbsi_sample setup_mj, settled_years;
	/* summary_battery.c */
	double settled_mj;                     /* from second reports to last ones, all devices */
	double settled_days;                   /* of the mean device that this is, 0 = none */
	struct nbsi_sample settled_mj_per_day; /* modem and microcontroller */
	struct nbsi_sample lifetime_years;     /* of devices whose battery was empty */
	json_t *by_layer, *by_message, *by_state, *by_mcu; /* of an everyday day, mJ */
	json_t *by_tx_dbm;                                 /* mean a device-day */
	json_t *work;                                      /* operations, whole run */
	json_t *value_keys; /* name of a value to its number in parts */
	json_t *assumed;    /* a set: names are the keys */
	struct nbsi_contribution parts[NBSI_FLEETS_VALUES]; /* of that day, by what they rest on */
	size_t part_count;
	double assumed_mj_per_day;
	double security_mj; /* whole run, all devices: handshakes, records, cryptography */
	/* summary_radio.c */
	sqlite3_int64 counters[NBSI_FLEETS_COUNTERS];
	json_t *end_states;
	/* summary_messages.c */
	sqlite3_int64 sent, delivered;
	sqlite3_int64 in_time; /* delivered within 10 s */
	struct nbsi_sample latency_s;
	json_t *undelivered_why;
};

struct nbsi_fleets {
	struct nbsi_db *db;
	double days; /* simulated, 0 = nothing can be scaled to a day */
	struct nbsi_fleet *list;
	size_t count, room;
	size_t last; /* found last: rows come in runs of the same fleet */
};

/** Notes the lack of memory. */
void nbsi_fleets_no_memory(struct nbsi_fleets *fleets);

/** @return the fleet of that id; NULL, noted as a fault of the file, if there is none. */
struct nbsi_fleet *nbsi_fleets_find(struct nbsi_fleets *fleets, sqlite3_int64 id);

/** Adds to a number of an object, from 0. */
void nbsi_fleets_count(struct nbsi_fleets *fleets, json_t *object, const char *key,
		       sqlite3_int64 more);

/** Sums the radio's counters and counts the devices by their state at the end. */
void nbsi_fleets_read_radio(struct nbsi_fleets *fleets);

/** Counts messages, takes their latencies, and finds out why some were not delivered. */
void nbsi_fleets_read_messages(struct nbsi_fleets *fleets);

/** @return the object `messages`. Sorts the latencies. */
json_t *nbsi_fleet_messages(struct nbsi_fleet *fleet);

/** @return the object `radio`. */
json_t *nbsi_fleet_radio(const struct nbsi_fleet *fleet);

#endif
