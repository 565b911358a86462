/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The schema of results.sqlite: the contract between the writer (scenarios/results_writer.c) and
 * every reader (analysis/, a user's sqlite3). docs/results.md says the same in prose, and
 * analysis/docs_test.c compares the two.
 *
 * The comments are part of the SQL, so `sqlite3 results.sqlite .schema` explains itself.
 * Times are ns of virtual time since the run's start unless the name says otherwise. Flags are 0
 * or 1. A table's first column names the row; nothing but `accepted` lacks a key.
 */
#ifndef NBSEC_SCENARIOS_RESULTS_SCHEMA_H
#define NBSEC_SCENARIOS_RESULTS_SCHEMA_H

#define NBS_RESULTS_APPLICATION_ID 0x4e425331 /* "NBS1", PRAGMA application_id */
#define NBS_RESULTS_SCHEMA_VERSION 4          /* PRAGMA user_version; grows with every change */

/* How the numbers get into the SQL text. */
#define NBS_RESULTS_TEXT_(x) #x
#define NBS_RESULTS_TEXT(x) NBS_RESULTS_TEXT_(x)

/* A list of statements; one line of SQL a line. */
/* clang-format off */
#define NBS_RESULTS_SCHEMA \
	"PRAGMA application_id = " NBS_RESULTS_TEXT(NBS_RESULTS_APPLICATION_ID) ";\n", \
	"PRAGMA user_version = " NBS_RESULTS_TEXT(NBS_RESULTS_SCHEMA_VERSION) ";\n", \
	"CREATE TABLE run ( -- one fact a row, see docs/results.md for the keys\n" \
	"  key TEXT PRIMARY KEY,\n" \
	"  value NOT NULL\n" \
	") WITHOUT ROWID;\n", \
	"CREATE TABLE cell (\n" \
	"  id INTEGER PRIMARY KEY, -- 0\n" \
	"  carriers INTEGER NOT NULL, -- of 180 kHz, the anchor included\n" \
	"  ul_share REAL NOT NULL, -- 0..1, of 12 tones x time of all carriers\n" \
	"  dl_share REAL NOT NULL, -- 0..1, of the valid subframes of all carriers\n" \
	"  nprach_share REAL NOT NULL, -- 0..1, of the anchor's uplink\n" \
	"  occasions INTEGER NOT NULL, -- NPRACH occasions that somebody used\n" \
	"  preambles INTEGER NOT NULL, -- sent\n" \
	"  detected INTEGER NOT NULL, -- of those, heard\n" \
	"  collided INTEGER NOT NULL, -- of those sent, on a subcarrier that another used too\n" \
	"  captured INTEGER NOT NULL, -- collisions out of which one was decoded\n" \
	"  responses INTEGER NOT NULL, -- preambles answered\n" \
	"  unanswered INTEGER NOT NULL, -- heard, but no room in the response window\n" \
	"  rejects INTEGER NOT NULL, -- connections turned away\n" \
	"  waits INTEGER NOT NULL, -- grants that did not get the first place they could have\n" \
	"  connected INTEGER NOT NULL, -- devices with a connection at the end\n" \
	"  connected_max INTEGER NOT NULL -- the most at a time\n" \
	");\n", \
	"CREATE TABLE nat ( -- empty without a NAT\n" \
	"  id INTEGER PRIMARY KEY, -- 0\n" \
	"  made INTEGER NOT NULL, -- bindings, the rebound ones included\n" \
	"  rebound INTEGER NOT NULL, -- of a device whose binding had expired: another port\n" \
	"  expired INTEGER NOT NULL,\n" \
	"  living INTEGER NOT NULL, -- at the end\n" \
	"  dropped_inbound INTEGER NOT NULL, -- packets to a port without a binding\n" \
	"  exhausted INTEGER NOT NULL, -- packets dropped: no free port\n" \
	"  refused INTEGER NOT NULL -- packets dropped: not UDP, or a fragment\n" \
	");\n", \
	"CREATE TABLE gateway_dtls ( -- what the gateway's DTLS server counted\n" \
	"  kind TEXT NOT NULL, -- count, failed, closed\n" \
	"  what TEXT NOT NULL, -- of a count its name, else the reason\n" \
	"  count INTEGER NOT NULL, -- reasons that did not occur are left out\n" \
	"  PRIMARY KEY (kind, what)\n" \
	") WITHOUT ROWID;\n", \
	"CREATE TABLE fleet (\n" \
	"  id INTEGER PRIMARY KEY,\n" \
	"  name TEXT NOT NULL UNIQUE,\n" \
	"  devices INTEGER NOT NULL,\n" \
	"  security TEXT NOT NULL, -- none, dtls-psk, dtls-psk-cid, dtls-ecdhe-psk or -ecdsa\n" \
	"  suite TEXT, -- the cipher suite that it prefers; NULL in the clear\n" \
	"  session TEXT NOT NULL, -- keepalive, sleep\n" \
	"  modem TEXT NOT NULL,\n" \
	"  stack TEXT NOT NULL, -- light, ns3\n" \
	"  mcu TEXT, -- its microcontroller's profile, NULL = none is counted\n" \
	"  crypto TEXT NOT NULL, -- software, hardware\n" \
	"  battery_wh REAL NOT NULL, -- Wh, nominal\n" \
	"  battery_mj REAL NOT NULL, -- mJ, what a device can take of it\n" \
	"  self_discharge REAL NOT NULL, -- 1/year: so much of what is left goes in a moment\n" \
	"  quiescent_mw REAL NOT NULL, -- mW, the board's\n" \
	"  port INTEGER NOT NULL, -- UDP, the gateway's\n" \
	"  report_period_ns INTEGER NOT NULL, -- of a mix: one over the mean rate\n" \
	"  report_period_min_ns INTEGER NOT NULL,\n" \
	"  report_period_max_ns INTEGER NOT NULL,\n" \
	"  payload_bytes INTEGER NOT NULL, -- of a report; of drawn ones the median\n" \
	"  payload_min_bytes INTEGER NOT NULL,\n" \
	"  payload_max_bytes INTEGER NOT NULL\n" \
	");\n", \
	"CREATE TABLE device (\n" \
	"  id INTEGER PRIMARY KEY,\n" \
	"  fleet INTEGER NOT NULL REFERENCES fleet(id),\n" \
	"  client_id TEXT NOT NULL,\n" \
	"  address TEXT NOT NULL, -- IPv4, dotted\n" \
	"  mcl_db REAL NOT NULL, -- maximum coupling loss, dB\n" \
	"  ce_level INTEGER NOT NULL, -- 0..2, of the first random access\n" \
	"  tx_dbm REAL NOT NULL, -- dBm, of a grant of a whole block\n" \
	"  in_outage INTEGER NOT NULL, -- 1: coupling loss too high for the target error rate\n" \
	"  energy_mj REAL NOT NULL, -- mJ, whole run, the modem\n" \
	"  mcu_mj REAL NOT NULL, -- mJ, whole run, the microcontroller\n" \
	"  settled_ns INTEGER, -- from its second report to its last\n" \
	"  settled_mj REAL, -- mJ, in that time, the modem\n" \
	"  settled_mcu_mj REAL, -- mJ, in that time, the microcontroller\n" \
	"  empty_ns INTEGER, -- its battery was empty\n" \
	"  handshakes_started INTEGER NOT NULL,\n" \
	"  handshakes_completed INTEGER NOT NULL,\n" \
	"  handshakes_failed INTEGER NOT NULL,\n" \
	"  handshakes_resumed INTEGER NOT NULL, -- of the completed ones\n" \
	"  handshake_bytes_up INTEGER NOT NULL, -- UDP payload bytes\n" \
	"  handshake_bytes_down INTEGER NOT NULL, -- UDP payload bytes\n" \
	"  handshake_datagrams INTEGER NOT NULL, -- both ways\n" \
	"  records INTEGER NOT NULL, -- DTLS application records, both ways\n" \
	"  reports_sent INTEGER NOT NULL,\n" \
	"  reports_acked INTEGER NOT NULL,\n" \
	"  end_state TEXT NOT NULL, -- where it stood at the end: psm, idle, backoff, ...\n" \
	"  end_reason TEXT NOT NULL, -- of what went wrong last; empty: nothing since\n" \
	"  end_timer TEXT NOT NULL, -- the timer that would have moved it on; empty: none\n" \
	"  end_timer_s REAL NOT NULL, -- s, what was left of it\n" \
	"  waiting_up INTEGER NOT NULL, -- packets that waited for the radio\n" \
	"  ra_attempts INTEGER NOT NULL, -- random access preambles\n" \
	"  ra_failures INTEGER NOT NULL, -- random accesses given up\n" \
	"  collisions INTEGER NOT NULL, -- preambles whose Msg3 met another device's\n" \
	"  no_response INTEGER NOT NULL, -- preambles that no response came for\n" \
	"  backoffs INTEGER NOT NULL, -- attempts put off by a backoff indicator\n" \
	"  level_climbs INTEGER NOT NULL, -- coverage levels gone up after failed preambles\n" \
	"  connections INTEGER NOT NULL, -- RRC connections set up or resumed\n" \
	"  releases INTEGER NOT NULL, -- of those, ended by the network\n" \
	"  rejects INTEGER NOT NULL, -- RRC rejects\n" \
	"  link_failures INTEGER NOT NULL, -- radio link failures\n" \
	"  reestablishments INTEGER NOT NULL, -- of those, recovered in the same connection\n" \
	"  attaches INTEGER NOT NULL, -- done\n" \
	"  taus INTEGER NOT NULL, -- periodic tracking area updates done\n" \
	"  edt INTEGER NOT NULL, -- packets carried as early data\n" \
	"  si_reads INTEGER NOT NULL, -- readings of system information beyond the MIB\n" \
	"  searches INTEGER NOT NULL, -- cell searches that found nothing to camp on\n" \
	"  pagings INTEGER NOT NULL, -- pages answered\n" \
	"  missed_pages INTEGER NOT NULL, -- pages not decoded\n" \
	"  rate_held INTEGER NOT NULL, -- packets put off by rate control\n" \
	"  lost_up INTEGER NOT NULL, -- packets given up on the radio or in the access\n" \
	"  lost_down INTEGER NOT NULL, -- packets given up on the radio\n" \
	"  unreachable INTEGER NOT NULL, -- downlink packets discarded: PSM, off\n" \
	"  illegal INTEGER NOT NULL -- events that a state has no handler for: 0\n" \
	");\n", \
	"CREATE TABLE device_state (\n" \
	"  device INTEGER NOT NULL REFERENCES device(id),\n" \
	"  state TEXT NOT NULL,\n" \
	"  time_ns INTEGER NOT NULL,\n" \
	"  energy_mj REAL NOT NULL, -- mJ\n" \
	"  PRIMARY KEY (device, state)\n" \
	") WITHOUT ROWID;\n", \
	"CREATE TABLE fleet_energy ( -- what its devices' energy went into, several ways\n" \
	"  fleet INTEGER NOT NULL REFERENCES fleet(id),\n" \
	"  view TEXT NOT NULL, -- modem: state, layer, message, tx_dbm; beside it: mcu\n" \
	"  part TEXT NOT NULL, -- psm, radio_access, publish, 23, crypto\n" \
	"  time_ns INTEGER, -- of states, radio powers, mcu\n" \
	"  energy_mj REAL NOT NULL, -- mJ, whole run, all devices\n" \
	"  settled_mj REAL, -- mJ, from each device's second report to its last\n" \
	"  PRIMARY KEY (fleet, view, part)\n" \
	") WITHOUT ROWID;\n", \
	"CREATE TABLE fleet_basis ( -- the profile's value that a part of that rests on\n" \
	"  fleet INTEGER NOT NULL REFERENCES fleet(id),\n" \
	"  view TEXT NOT NULL, -- state, mcu\n" \
	"  part TEXT NOT NULL,\n" \
	"  value TEXT NOT NULL, -- its name in the profile: parts of one name err together\n" \
	"  tag TEXT NOT NULL, -- measured, data_sheet, derived, assumed\n" \
	"  spread REAL NOT NULL, -- relative standard deviation\n" \
	"  PRIMARY KEY (fleet, view, part)\n" \
	") WITHOUT ROWID;\n", \
	"CREATE TABLE fleet_work ( -- cryptographic operations of its devices, whole run\n" \
	"  fleet INTEGER NOT NULL REFERENCES fleet(id),\n" \
	"  phase TEXT NOT NULL, -- handshake, records\n" \
	"  operation TEXT NOT NULL, -- aes_block, sha256_block, ...\n" \
	"  count INTEGER NOT NULL,\n" \
	"  PRIMARY KEY (fleet, phase, operation)\n" \
	") WITHOUT ROWID;\n", \
	"CREATE TABLE capture (\n" \
	"  id INTEGER PRIMARY KEY,\n" \
	"  file TEXT NOT NULL UNIQUE, -- relative to the run's folder\n" \
	"  frames INTEGER NOT NULL\n" \
	");\n", \
	"CREATE TABLE message ( -- what devices truly sent\n" \
	"  device INTEGER NOT NULL REFERENCES device(id),\n" \
	"  seq INTEGER NOT NULL,\n" \
	"  sent_ns INTEGER NOT NULL, -- report created\n" \
	"  delivered_ns INTEGER, -- accepted by the broker\n" \
	"  verdict TEXT NOT NULL, -- genuine, lost, altered, elsewhere\n" \
	"  capture INTEGER REFERENCES capture(id),\n" \
	"  frame INTEGER,\n" \
	"  PRIMARY KEY (device, seq)\n" \
	") WITHOUT ROWID;\n", \
	"CREATE TABLE attack (\n" \
	"  id INTEGER PRIMARY KEY,\n" \
	"  kind TEXT NOT NULL,\n" \
	"  fleet INTEGER NOT NULL REFERENCES fleet(id),\n" \
	"  attempts INTEGER NOT NULL,\n" \
	"  accepted INTEGER NOT NULL\n" \
	");\n", \
	"CREATE TABLE attempt (\n" \
	"  attack INTEGER NOT NULL REFERENCES attack(id),\n" \
	"  n INTEGER NOT NULL, -- from 1\n" \
	"  time_ns INTEGER NOT NULL,\n" \
	"  client_id TEXT NOT NULL,\n" \
	"  outcome TEXT NOT NULL, -- accepted, refused: REASON\n" \
	"  capture INTEGER REFERENCES capture(id),\n" \
	"  frame INTEGER,\n" \
	"  PRIMARY KEY (attack, n)\n" \
	") WITHOUT ROWID;\n", \
	"CREATE TABLE accepted ( -- what the cloud took though no device sent it so\n" \
	"  attack INTEGER REFERENCES attack(id),\n" \
	"  client_id TEXT NOT NULL,\n" \
	"  time_ns INTEGER NOT NULL,\n" \
	"  verdict TEXT NOT NULL, -- forged, replayed, altered, elsewhere\n" \
	"  capture INTEGER REFERENCES capture(id),\n" \
	"  frame INTEGER\n" \
	");\n"
/* clang-format on */

#endif
