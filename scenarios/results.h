/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Writes what a run found out into results.sqlite (schema: scenarios/results_schema.h,
 * described in docs/results.md).
 *
 * Models: one file, one transaction, rows in the order in which they were handed over. The same
 * calls give the same bytes: no wall clock, no host name, no path of the machine gets in.
 * Does not model: reading (analysis/ does), changing a row once written, two writers of a file.
 *
 * Errors stick: after the first one every further call returns the same status and writes nothing,
 * so a caller may leave single calls unchecked and look at nbs_results_finish() alone.
 * Ids are the caller's (its array indexes will do); each is unique within its table.
 */
#ifndef NBSEC_SCENARIOS_RESULTS_H
#define NBSEC_SCENARIOS_RESULTS_H

#include "models/nbiot/cell.h"
#include "models/nbiot/nat.h"
#include "models/power/battery_life.h"
#include "scenarios/scenario.h"

#include <stdbool.h>
#include <stdint.h>

#define NBS_RESULTS_NONE UINT32_MAX      /* no such id: the column becomes NULL */
#define NBS_RESULTS_NEVER UINT64_MAX     /* it did not happen: the time becomes NULL */
#define NBS_RESULTS_NO_FRAME UINT64_C(0) /* frames count from 1: 0 becomes NULL */

struct nbs_results;

/** What the run itself came to; the rest of the run's facts come from the scenario. */
struct nbs_result_run {
	const char *version;   /* of the program */
	uint64_t simulated_ns; /* reached, less than the scenario's duration when interrupted */
	uint64_t events;
	bool interrupted;
	const char *network;      /* the shipped network that the scenario's is most like */
	unsigned network_changes; /* values in which it is not */
};

/** One device at the end of the run. */
struct nbs_result_device {
	uint32_t id;
	uint32_t fleet;        /* id of its fleet */
	const char *client_id; /* MQTT-SN ClientID */
	uint32_t address;      /* IPv4, host order */
	double mcl_db;         /* maximum coupling loss */
	unsigned ce_level;     /* coverage enhancement level of its first random access, 0..2 */
	double tx_dbm;         /* transmit power of a grant of a whole block */
	bool in_outage;        /* no grant meets the target error rate */
	double energy_mj;      /* whole run, the modem's; the sum of its state rows */
	double mcu_mj;         /* whole run, the microcontroller's */
	uint64_t settled_ns;   /* from its second report to its last, 0 = fewer than three */
	double settled_mj;     /* the modem's energy in that time */
	double settled_mcu_mj; /* the microcontroller's */
	uint64_t empty_ns;     /* its battery was, NBS_RESULTS_NEVER = not */
	uint64_t handshakes_started, handshakes_completed, handshakes_failed, handshakes_resumed;
	uint64_t handshake_bytes_up, handshake_bytes_down; /* UDP payload bytes */
	uint64_t handshake_datagrams;                      /* both ways */
	uint64_t records;                                  /* application records, both ways */
	uint64_t reports_sent;                             /* PUBLISHed, repeats not counted */
	uint64_t reports_acked;                            /* PUBACK seen */
	struct nbs_ue_stats radio;
	struct nbs_ue_standing end; /* where it stood when the run ended */
};

/** What one device spent in one modem state. */
struct nbs_result_state {
	uint32_t device;
	const char *state; /* "psm", "idle-drx", ...: the modem's own names */
	uint64_t time_ns;
	double energy_mj;
};

/** The battery that each device of a fleet has, as far as a lifetime follows from it. */
struct nbs_result_battery {
	double nominal_wh;
	struct nbs_battery_life life;
};

/** A part of what a fleet's devices spent, in one view of it. */
struct nbs_result_energy {
	uint32_t fleet;
	const char *view; /* "state", "layer", "message", "tx_dbm", "mcu" */
	const char *part;
	uint64_t time_ns; /* NBS_RESULTS_NEVER = has none */
	double energy_mj; /* whole run, all devices */
	bool is_settled;  /* settled_mj is known */
	double settled_mj;
};

/** What a part of it rests on. */
struct nbs_result_basis {
	uint32_t fleet;
	const char *view, *part;
	const char *value; /* name in the profile */
	const char *tag;
	double spread; /* relative standard deviation */
};

/** Cryptographic operations of a fleet's devices. */
struct nbs_result_work {
	uint32_t fleet;
	const char *phase; /* "handshake", "records" */
	const char *operation;
	uint64_t count;
};

/** What became of a genuine message. */
enum nbs_message_verdict {
	NBS_MESSAGE_GENUINE,   /* accepted by the cloud as it was sent */
	NBS_MESSAGE_LOST,      /* not accepted by the end of the run */
	NBS_MESSAGE_ALTERED,   /* accepted with other content */
	NBS_MESSAGE_ELSEWHERE, /* accepted, but under another name or by another place */
	NBS_MESSAGE__COUNT
};

/** A message that a device truly made. */
struct nbs_result_message {
	uint32_t device;
	uint64_t seq;          /* counts a device's messages */
	uint64_t sent_ns;      /* report created */
	uint64_t delivered_ns; /* accepted by the broker, NBS_RESULTS_NEVER = not */
	enum nbs_message_verdict verdict;
	uint32_t capture; /* where the accepted packet is, NBS_RESULTS_NONE = nowhere */
	uint64_t frame;
};

/** Why something that the cloud accepted is not genuine. */
enum nbs_accepted_verdict {
	NBS_ACCEPTED_FORGED,    /* nobody sent it */
	NBS_ACCEPTED_REPLAYED,  /* a genuine one, a second time */
	NBS_ACCEPTED_ALTERED,   /* a genuine one with other content */
	NBS_ACCEPTED_ELSEWHERE, /* genuine content under another sender's name */
	NBS_ACCEPTED__COUNT
};

/** What the cloud accepted though no device sent it so. */
struct nbs_result_accepted {
	uint32_t attack;       /* whose work it is, NBS_RESULTS_NONE = no attack owns it */
	const char *client_id; /* the name under which it was accepted */
	uint64_t time_ns;
	enum nbs_accepted_verdict verdict;
	uint32_t capture;
	uint64_t frame;
};

/** One attack. */
struct nbs_result_attack {
	uint32_t id;
	const char *kind; /* "clientid-spoof" */
	uint32_t fleet;   /* target */
	uint64_t attempts;
	uint64_t accepted; /* its messages that the cloud took: its rows of `accepted` */
};

/** One attempt of an attack. */
struct nbs_result_attempt {
	uint32_t attack;
	uint64_t n; /* from 1 */
	uint64_t time_ns;
	const char *client_id;
	const char *outcome; /* "accepted", or "refused: ..." with the reason */
	uint32_t capture;    /* where the deciding packet is, best on the gateway's side */
	uint64_t frame;
};

/**
 * Creates the file; it must not exist or be empty.
 * @param[out] results  ended and freed by nbs_results_finish().
 * @retval NBS_E_IO  cannot be created.
 */
enum nbs_status nbs_results_create(const char *path, struct nbs_results **results);

/** The run's facts, once a file. */
enum nbs_status nbs_results_run(struct nbs_results *results, const struct nbs_scenario *scenario,
				const struct nbs_result_run *run);

/** What the cell carried, once a file. */
enum nbs_status nbs_results_cell(struct nbs_results *results, const struct nbs_cell_stats *stats);

/** What the NAT did, once a file; not called where there is none. */
enum nbs_status nbs_results_nat(struct nbs_results *results, const struct nbs_nat_stats *stats);

/**
 * Something that the gateway's DTLS server counted.
 * @param kind  "count", or "failed" and "closed" with a reason as what.
 */
enum nbs_status nbs_results_gateway(struct nbs_results *results, const char *kind, const char *what,
				    uint64_t count);

/** A fleet. @param[in] port  UDP port of the gateway that its devices talk to. */
enum nbs_status nbs_results_fleet(struct nbs_results *results, uint32_t id,
				  const struct nbs_fleet_config *fleet,
				  const struct nbs_result_battery *battery, uint16_t port);

enum nbs_status nbs_results_energy(struct nbs_results *results,
				   const struct nbs_result_energy *energy);
enum nbs_status nbs_results_basis(struct nbs_results *results,
				  const struct nbs_result_basis *basis);
enum nbs_status nbs_results_work(struct nbs_results *results, const struct nbs_result_work *work);

/** A capture. @param[in] file  relative to the run's folder: "pcap/gateway.pcap". */
enum nbs_status nbs_results_capture(struct nbs_results *results, uint32_t id, const char *file,
				    uint64_t frames);

enum nbs_status nbs_results_device(struct nbs_results *results,
				   const struct nbs_result_device *device);
enum nbs_status nbs_results_state(struct nbs_results *results,
				  const struct nbs_result_state *state);
enum nbs_status nbs_results_message(struct nbs_results *results,
				    const struct nbs_result_message *message);
enum nbs_status nbs_results_accepted(struct nbs_results *results,
				     const struct nbs_result_accepted *accepted);
enum nbs_status nbs_results_attack(struct nbs_results *results,
				   const struct nbs_result_attack *attack);
enum nbs_status nbs_results_attempt(struct nbs_results *results,
				    const struct nbs_result_attempt *attempt);

/** @return the first error in words, "" while there is none; valid until nbs_results_finish(). */
const char *nbs_results_why(const struct nbs_results *results);

/** Ends the transaction, closes the file, frees. @return the first error of any call. NULL: OK. */
enum nbs_status nbs_results_finish(struct nbs_results *results);

#endif
