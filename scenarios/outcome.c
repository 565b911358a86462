/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run came to, written into results.sqlite row by row. */
#include "scenarios/network_like.h"
#include "scenarios/outcome_energy.h"
#include "scenarios/results.h"
#include "scenarios/world.h"

#include <stdlib.h>
#include <string.h>

static void
write_fleets(const struct nbsi_world *world, struct nbs_results *results)
{
	const struct nbs_scenario *scenario = world->scenario;
	const struct nbs_result_battery battery = nbsi_outcome_battery(world);
	size_t i;

	for (i = 0; i < scenario->fleet_count; i++) {
		const struct nbs_fleet_config *fleet = &scenario->fleets[i];
		bool secured = fleet->security != NBS_SEC_NONE;

		(void)nbs_results_fleet(results, (uint32_t)i, fleet, &battery,
					secured ? NBS_MQTTSN_DTLS_PORT : NBS_MQTTSN_PORT);
	}
}

static void
write_captures(const struct nbsi_world *world, struct nbs_results *results)
{
	unsigned i;

	for (i = 0; i < NBSI_CAP__COUNT; i++)
		if (world->captures[i] != NULL)
			(void)nbs_results_capture(results, i,
						  nbsi_capture_file((enum nbsi_capture_id)i),
						  nbs_capture_frames(world->captures[i]));
}

static void
write_states(const struct nbsi_device *device, struct nbs_results *results)
{
	const struct nbs_account *account = nbs_ue_account(device->ue);
	unsigned i;

	for (i = 0; i < NBS_POWER__COUNT; i++) {
		const struct nbs_result_state row = {
		    .device = device->index,
		    .state = nbs_power_state_name((enum nbs_power_state)i),
		    .time_ns = account->time_ns[i],
		    .energy_mj = account->energy_mj[i],
		};

		if (row.time_ns > 0)
			(void)nbs_results_state(results, &row);
	}
}

static void
fill_handshakes(struct nbs_result_device *row, const struct nbs_dtls_stats *dtls)
{
	row->handshakes_started = dtls->handshakes_started;
	row->handshakes_completed = dtls->handshakes_completed;
	row->handshakes_failed = dtls->handshakes_failed;
	row->handshakes_resumed = dtls->handshakes_resumed;
	row->handshake_bytes_up = dtls->handshake_bytes_out;
	row->handshake_bytes_down = dtls->handshake_bytes_in;
	row->records = dtls->records_out + dtls->records_in;
	row->handshake_datagrams = dtls->handshake_datagrams_out + dtls->handshake_datagrams_in;
}

/* With one report or two there is no time from the second to the last. */
static void
fill_energy(struct nbs_result_device *row, const struct nbsi_device *device)
{
	struct nbsi_energy whole;
	struct nbs_mcu_account mcu;

	nbsi_energy_now(device, &whole);
	mcu = nbsi_energy_mcu(device, &whole.load);
	row->energy_mj = whole.modem_mj;
	row->mcu_mj = nbsi_energy_mcu_mj(&mcu);
	row->settled_ns = device->settled.ns;
	row->settled_mj = device->settled.modem_mj;
	row->settled_mcu_mj = device->settled.mcu_mj;
	row->empty_ns = device->dead ? device->battery.empty_ns : NBS_RESULTS_NEVER;
}

static enum nbs_status
write_device(const struct nbsi_device *device, struct nbs_results *results)
{
	const struct nbs_dtls_stats *dtls = nbs_station_dtls_stats(device->station);
	struct nbs_ue_coverage coverage;
	struct nbs_result_device row = {
	    .id = device->index,
	    .fleet = (uint32_t)(device->fleet - device->world->scenario->fleets),
	    .client_id = device->client_id,
	    .address = device->addr,
	    .mcl_db = device->mcl_db,
	    .reports_sent = device->seq,
	    .reports_acked = device->acked,
	    .radio = *nbs_ue_stats(device->ue),
	};
	enum nbs_status status = nbs_ue_coverage(device->ue, &coverage);

	if (status != NBS_OK)
		return status;
	row.ce_level = coverage.ce_level;
	row.in_outage = coverage.in_outage;
	row.tx_dbm = coverage.tx_dbm;
	nbs_ue_standing(device->ue, &row.end);
	fill_energy(&row, device);
	if (dtls != NULL)
		fill_handshakes(&row, dtls);
	status = nbs_results_device(results, &row);
	write_states(device, results);
	return status;
}

static void
write_cell(const struct nbsi_world *world, struct nbs_results *results)
{
	struct nbs_cell_stats cell;
	struct nbs_nat_stats nat;

	nbs_cell_get_stats(world->cell, &cell);
	(void)nbs_results_cell(results, &cell);
	if (world->nat == NULL)
		return;
	nbs_nat_get_stats(world->nat, &nat);
	(void)nbs_results_nat(results, &nat);
}

static void
write_gateway(const struct nbsi_world *world, struct nbs_results *results)
{
	const struct nbs_dtls_server *server = nbs_service_dtls(world->service);
	const struct nbs_dtls_stats *stats = nbs_dtls_server_stats(server);
	const struct {
		const char *what;
		uint64_t count;
	} counts[] = {
	    {"handshakes", stats->handshakes_completed},
	    {"resumed", stats->handshakes_resumed},
	    {"cookies", stats->cookies_sent},
	    {"retransmissions", stats->retransmissions},
	    {"moves", stats->moves},
	    {"sessions", nbs_dtls_server_sessions(server)},
	    {"resumable", nbs_dtls_server_resumable(server)},
	};

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		(void)nbs_results_gateway(results, "count", counts[i].what, counts[i].count);
	for (unsigned i = 0; i < NBS_DTLS_REASON__COUNT; i++) {
		enum nbs_dtls_reason reason = (enum nbs_dtls_reason)i;
		uint64_t failed = nbs_dtls_server_failed(server, reason);
		uint64_t closed = nbs_dtls_server_closed(server, reason);

		if (failed != 0)
			(void)nbs_results_gateway(results, "failed", nbs_dtls_reason_str(reason),
						  failed);
		if (closed != 0)
			(void)nbs_results_gateway(results, "closed", nbs_dtls_reason_str(reason),
						  closed);
	}
}

static void
write_messages(const struct nbsi_world *world, struct nbs_results *results)
{
	size_t i;

	for (i = 0; i < nbs_oracle_count(world->oracle); i++) {
		const struct nbs_oracle_message *m = nbs_oracle_message(world->oracle, i);
		bool delivered = m->delivered_ns != NBS_ORACLE_NEVER;
		const struct nbs_result_message row = {
		    .device = m->sender,
		    .seq = m->seq,
		    .sent_ns = m->sent_ns,
		    .delivered_ns = delivered ? m->delivered_ns : NBS_RESULTS_NEVER,
		    .verdict = delivered ? NBS_MESSAGE_GENUINE : NBS_MESSAGE_LOST,
		    .capture = delivered ? NBSI_CAP_GATEWAY : NBS_RESULTS_NONE,
		    .frame = delivered ? m->frame : NBS_RESULTS_NO_FRAME,
		};

		(void)nbs_results_message(results, &row);
	}
}

/* "accepted", "refused: ..." with the reason, "unanswered", or "unfinished" at the run's end. */
static void
outcome_text(const struct nbsi_attempt *attempt, char *text, size_t size)
{
	if (attempt->accepted)
		(void)snprintf(text, size, "accepted");
	else if (attempt->outcome[0] == '\0')
		(void)snprintf(text, size, "unfinished");
	else
		(void)snprintf(text, size, "%s%s", attempt->refused ? "refused: " : "",
			       attempt->outcome);
}

static void
write_attempt(const struct nbsi_attempt *attempt, uint32_t attack, uint64_t n,
	      struct nbs_results *results)
{
	char outcome[sizeof attempt->outcome + 16];
	const struct nbs_result_attempt row = {
	    .attack = attack,
	    .n = n,
	    .time_ns = attempt->time_ns,
	    .client_id = attempt->client_id,
	    .outcome = outcome,
	    .capture = attempt->frame == 0 ? NBS_RESULTS_NONE : NBSI_CAP_GATEWAY,
	    .frame = attempt->frame,
	};

	outcome_text(attempt, outcome, sizeof outcome);
	(void)nbs_results_attempt(results, &row);
}

static void
write_attack(const struct nbsi_attack *attack, uint32_t id, struct nbs_results *results)
{
	const struct nbs_result_attack row = {
	    .id = id,
	    .kind = attack->config->kind,
	    .fleet = attack->target,
	    .attempts = attack->attempt_count,
	    .accepted = attack->accepted,
	};
	size_t i;

	(void)nbs_results_attack(results, &row);
	for (i = 0; i < attack->attempt_count; i++)
		write_attempt(&attack->attempts[i], id, i + 1, results);
}

static enum nbs_accepted_verdict
accepted_verdict(enum nbs_verdict verdict)
{
	switch (verdict) {
	case NBS_REPLAYED:
		return NBS_ACCEPTED_REPLAYED;
	case NBS_ALTERED:
		return NBS_ACCEPTED_ALTERED;
	case NBS_ELSEWHERE:
		return NBS_ACCEPTED_ELSEWHERE;
	default:
		return NBS_ACCEPTED_FORGED;
	}
}

static void
write_acceptances(const struct nbsi_world *world, struct nbs_results *results)
{
	size_t i;

	for (i = 0; i < world->acceptance_count; i++) {
		const struct nbsi_acceptance *a = &world->acceptances[i];
		const struct nbs_result_accepted row = {
		    .attack = a->attack == UINT32_MAX ? NBS_RESULTS_NONE : a->attack,
		    .client_id = a->client_id,
		    .time_ns = a->time_ns,
		    .verdict = accepted_verdict(a->verdict),
		    .capture = NBSI_CAP_GATEWAY,
		    .frame = a->frame,
		};

		(void)nbs_results_accepted(results, &row);
	}
}

/* What goes wrong with a row sticks to the results; the status is of what comes before rows. */
static enum nbs_status
write_all(const struct nbsi_world *world, bool interrupted, struct nbs_results *results)
{
	struct nbs_result_run run = {
	    .version = world->config->version,
	    .simulated_ns = nbs_now(world->engine),
	    .events = nbs_events(world->engine),
	    .interrupted = interrupted,
	};
	enum nbs_status status;
	size_t i;

	status = nbsi_network_like(world->scenario, &run.network, &run.network_changes);
	if (status != NBS_OK)
		return status;
	(void)nbs_results_run(results, world->scenario, &run);
	write_cell(world, results);
	write_gateway(world, results);
	write_captures(world, results);
	write_fleets(world, results);
	for (i = 0; i < world->device_count && status == NBS_OK; i++)
		status = write_device(&world->devices[i], results);
	if (status == NBS_OK)
		status = nbsi_outcome_energy(world, results);
	write_messages(world, results);
	for (i = 0; i < world->attack_count; i++)
		write_attack(&world->attacks[i], (uint32_t)i, results);
	write_acceptances(world, results);
	return status;
}

enum nbs_status
nbsi_outcome_write(const struct nbsi_world *world, bool interrupted)
{
	size_t size = strlen(world->config->dir) + 32;
	char *path = malloc(size);
	struct nbs_results *results = NULL;
	char why[256] = "";
	enum nbs_status status, written;

	if (path == NULL)
		return NBS_E_NOMEM;
	(void)snprintf(path, size, "%s/results.sqlite", world->config->dir);
	status = nbs_results_create(path, &results);
	if (status == NBS_OK) {
		written = write_all(world, interrupted, results);
		(void)snprintf(why, sizeof why, "%s", nbs_results_why(results));
		status = nbs_results_finish(results);
		if (written != NBS_OK)
			status = written;
	}
	if (status != NBS_OK)
		(void)nbsi_say(world, status, "%s%s%s", path, why[0] != '\0' ? ": " : "", why);
	free(path);
	return status;
}
