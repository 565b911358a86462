/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of results.sqlite, each column in the order of scenarios/results_schema.h. */
#include "scenarios/results_internal.h"

#include "scenarios/suites.h"

#include <stddef.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const session_text[] = {
    [NBS_SESSION_KEEPALIVE] = "keepalive",
    [NBS_SESSION_SLEEP] = "sleep",
};
static const char *const stack_text[] = {
    [NBS_HOST_LIGHT] = "light",
    [NBS_HOST_NS3] = "ns3",
};
static const char *const message_text[NBS_MESSAGE__COUNT] = {
    [NBS_MESSAGE_GENUINE] = "genuine",
    [NBS_MESSAGE_LOST] = "lost",
    [NBS_MESSAGE_ALTERED] = "altered",
    [NBS_MESSAGE_ELSEWHERE] = "elsewhere",
};
static const char *const accepted_text[NBS_ACCEPTED__COUNT] = {
    [NBS_ACCEPTED_FORGED] = "forged",
    [NBS_ACCEPTED_REPLAYED] = "replayed",
    [NBS_ACCEPTED_ALTERED] = "altered",
    [NBS_ACCEPTED_ELSEWHERE] = "elsewhere",
};

/* A time, NULL for NBS_RESULTS_NEVER. */
static void
row_time(struct nbsi_row *row, uint64_t ns)
{
	if (ns == NBS_RESULTS_NEVER)
		nbsi_row_null(row);
	else
		nbsi_row_int(row, ns);
}

/* ---- cell and core ---- */

#define CELL(field) offsetof(struct nbs_cell_stats, field)
static const size_t cell_counters[] = {
    CELL(occasions), CELL(preambles), CELL(detected),      CELL(collided),
    CELL(captured),  CELL(responses), CELL(unanswered),    CELL(rejects),
    CELL(waits),     CELL(connected), CELL(connected_max),
};

#define NAT(field) offsetof(struct nbs_nat_stats, field)
static const size_t nat_counters[] = {
    NAT(made),      NAT(rebound), NAT(expired), NAT(living), NAT(dropped_inbound),
    NAT(exhausted), NAT(refused),
};

enum nbs_status
nbs_results_cell(struct nbs_results *results, const struct nbs_cell_stats *stats)
{
	if (results == NULL || stats == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_CELL);

	nbsi_row_int(&row, 0);
	nbsi_row_int(&row, stats->carriers);
	nbsi_row_real(&row, stats->ul_share);
	nbsi_row_real(&row, stats->dl_share);
	nbsi_row_real(&row, stats->nprach_share);
	nbsi_row_counters(&row, stats, cell_counters, COUNT(cell_counters));
	return nbsi_row_end(&row);
}

enum nbs_status
nbs_results_nat(struct nbs_results *results, const struct nbs_nat_stats *stats)
{
	if (results == NULL || stats == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_NAT);

	nbsi_row_int(&row, 0);
	nbsi_row_counters(&row, stats, nat_counters, COUNT(nat_counters));
	return nbsi_row_end(&row);
}

enum nbs_status
nbs_results_gateway(struct nbs_results *results, const char *kind, const char *what, uint64_t count)
{
	if (results == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_GATEWAY);

	nbsi_row_text(&row, kind);
	nbsi_row_text(&row, what);
	nbsi_row_int(&row, count);
	return nbsi_row_end(&row);
}

/* ---- fleets and devices ---- */

/* The mean, the shortest and the longest period of the fleet's devices. */
static void
fleet_periods(struct nbsi_row *row, const struct nbs_fleet_config *fleet)
{
	uint64_t least = fleet->report_period_ns, most = fleet->report_period_ns;

	for (uint32_t i = 0; i < fleet->period_points && i < NBS_MIX_MAX; i++) {
		uint64_t period_ns = fleet->period_mix[i].period_ns;

		least = i == 0 || period_ns < least ? period_ns : least;
		most = i == 0 || period_ns > most ? period_ns : most;
	}
	nbsi_row_int(row, fleet->report_period_ns);
	nbsi_row_int(row, least);
	nbsi_row_int(row, most);
}

static void
fleet_payload(struct nbsi_row *row, const struct nbs_fleet_config *fleet)
{
	bool drawn = fleet->payload.alpha > 0;

	nbsi_row_int(row, fleet->payload_bytes);
	nbsi_row_int(row, drawn ? fleet->payload.min : fleet->payload_bytes);
	nbsi_row_int(row, drawn ? fleet->payload.max : fleet->payload_bytes);
}

enum nbs_status
nbs_results_fleet(struct nbs_results *results, uint32_t id, const struct nbs_fleet_config *fleet,
		  const struct nbs_result_battery *battery, uint16_t port)
{
	if (results == NULL || fleet == NULL || battery == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_FLEET);

	nbsi_row_int(&row, id);
	nbsi_row_text(&row, fleet->name);
	nbsi_row_int(&row, fleet->devices);
	nbsi_row_text(&row, nbsi_security_name(fleet->security));
	if (fleet->security != NBS_SEC_NONE)
		nbsi_row_text(&row, nbsi_fleet_suite(fleet)->name);
	else
		nbsi_row_null(&row);
	nbsi_row_text(&row, NBSI_RESULTS_NAME(session_text, fleet->mqttsn.session));
	nbsi_row_text(&row, fleet->modem);
	nbsi_row_text(&row, NBSI_RESULTS_NAME(stack_text, fleet->stack));
	if (fleet->mcu_profile != NULL)
		nbsi_row_text(&row, fleet->mcu_profile->name);
	else
		nbsi_row_null(&row);
	nbsi_row_text(&row, fleet->crypto_hardware ? "hardware" : "software");
	nbsi_row_real(&row, battery->nominal_wh);
	nbsi_row_real(&row, battery->life.usable_mj);
	nbsi_row_real(&row, battery->life.rate_per_year);
	nbsi_row_real(&row, battery->life.quiescent_mw);
	nbsi_row_int(&row, port);
	fleet_periods(&row, fleet);
	fleet_payload(&row, fleet);
	return nbsi_row_end(&row);
}

#define SELF(field) offsetof(struct nbs_result_device, field)
static const size_t device_protocol[] = {
    SELF(handshakes_started),  SELF(handshakes_completed),
    SELF(handshakes_failed),   SELF(handshakes_resumed),
    SELF(handshake_bytes_up),  SELF(handshake_bytes_down),
    SELF(handshake_datagrams), SELF(records),
    SELF(reports_sent),        SELF(reports_acked),
};

#define UE(field) offsetof(struct nbs_ue_stats, field)
static const size_t device_radio[] = {
    UE(ra_attempts),      UE(ra_failures), UE(collisions),   UE(no_response), UE(backoffs),
    UE(level_climbs),     UE(connections), UE(releases),     UE(rejects),     UE(link_failures),
    UE(reestablishments), UE(attaches),    UE(taus),         UE(edt),         UE(si_reads),
    UE(searches),         UE(pagings),     UE(missed_pages), UE(rate_held),   UE(lost_up),
    UE(lost_down),        UE(unreachable), UE(illegal),
};

static void
device_place(struct nbsi_row *row, const struct nbs_result_device *device)
{
	nbsi_row_real(row, device->mcl_db);
	nbsi_row_int(row, device->ce_level);
	nbsi_row_real(row, device->tx_dbm);
	nbsi_row_int(row, device->in_outage);
}

static void
device_energy(struct nbsi_row *row, const struct nbs_result_device *device)
{
	nbsi_row_real(row, device->energy_mj);
	nbsi_row_real(row, device->mcu_mj);
	if (device->settled_ns > 0) {
		nbsi_row_int(row, device->settled_ns);
		nbsi_row_real(row, device->settled_mj);
		nbsi_row_real(row, device->settled_mcu_mj);
	} else {
		nbsi_row_null(row);
		nbsi_row_null(row);
		nbsi_row_null(row);
	}
	row_time(row, device->empty_ns);
}

static void
device_end(struct nbsi_row *row, const struct nbs_ue_standing *end)
{
	bool known =
	    (unsigned)end->state < NBS_UE__COUNT && (unsigned)end->reason < NBS_UE_REASON__COUNT;

	nbsi_row_text(row, known ? nbs_ue_state_name(end->state) : NULL);
	nbsi_row_text(row, end->reason == NBS_UE_FINE ? "" : nbs_ue_reason_name(end->reason));
	nbsi_row_text(row, end->timer);
	nbsi_row_real(row, (double)end->timer_left_ns / (double)NBS_NS_PER_S);
	nbsi_row_int(row, end->waiting_up);
}

enum nbs_status
nbs_results_device(struct nbs_results *results, const struct nbs_result_device *device)
{
	if (results == NULL || device == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_DEVICE);
	char address[sizeof("255.255.255.255")];

	snprintf(address, sizeof(address), "%u.%u.%u.%u", device->address >> 24,
		 device->address >> 16 & 255U, device->address >> 8 & 255U, device->address & 255U);
	nbsi_row_int(&row, device->id);
	nbsi_row_id(&row, device->fleet);
	nbsi_row_text(&row, device->client_id);
	nbsi_row_text(&row, address);
	device_place(&row, device);
	device_energy(&row, device);
	nbsi_row_counters(&row, device, device_protocol, COUNT(device_protocol));
	device_end(&row, &device->end);
	nbsi_row_counters(&row, &device->radio, device_radio, COUNT(device_radio));
	return nbsi_row_end(&row);
}

enum nbs_status
nbs_results_state(struct nbs_results *results, const struct nbs_result_state *state)
{
	if (results == NULL || state == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_STATE);

	nbsi_row_id(&row, state->device);
	nbsi_row_text(&row, state->state);
	nbsi_row_int(&row, state->time_ns);
	nbsi_row_real(&row, state->energy_mj);
	return nbsi_row_end(&row);
}

enum nbs_status
nbs_results_energy(struct nbs_results *results, const struct nbs_result_energy *energy)
{
	if (results == NULL || energy == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_ENERGY);

	nbsi_row_id(&row, energy->fleet);
	nbsi_row_text(&row, energy->view);
	nbsi_row_text(&row, energy->part);
	row_time(&row, energy->time_ns);
	nbsi_row_real(&row, energy->energy_mj);
	if (energy->is_settled)
		nbsi_row_real(&row, energy->settled_mj);
	else
		nbsi_row_null(&row);
	return nbsi_row_end(&row);
}

enum nbs_status
nbs_results_basis(struct nbs_results *results, const struct nbs_result_basis *basis)
{
	if (results == NULL || basis == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_BASIS);

	nbsi_row_id(&row, basis->fleet);
	nbsi_row_text(&row, basis->view);
	nbsi_row_text(&row, basis->part);
	nbsi_row_text(&row, basis->value);
	nbsi_row_text(&row, basis->tag);
	nbsi_row_real(&row, basis->spread);
	return nbsi_row_end(&row);
}

enum nbs_status
nbs_results_work(struct nbs_results *results, const struct nbs_result_work *work)
{
	if (results == NULL || work == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_WORK);

	nbsi_row_id(&row, work->fleet);
	nbsi_row_text(&row, work->phase);
	nbsi_row_text(&row, work->operation);
	nbsi_row_int(&row, work->count);
	return nbsi_row_end(&row);
}

/* ---- messages and attacks ---- */

enum nbs_status
nbs_results_capture(struct nbs_results *results, uint32_t id, const char *file, uint64_t frames)
{
	if (results == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_CAPTURE);

	nbsi_row_int(&row, id);
	nbsi_row_text(&row, file);
	nbsi_row_int(&row, frames);
	return nbsi_row_end(&row);
}

enum nbs_status
nbs_results_message(struct nbs_results *results, const struct nbs_result_message *message)
{
	if (results == NULL || message == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_MESSAGE);

	nbsi_row_id(&row, message->device);
	nbsi_row_int(&row, message->seq);
	nbsi_row_int(&row, message->sent_ns);
	row_time(&row, message->delivered_ns);
	nbsi_row_text(&row, NBSI_RESULTS_NAME(message_text, message->verdict));
	nbsi_row_place(&row, message->capture, message->frame);
	return nbsi_row_end(&row);
}

enum nbs_status
nbs_results_accepted(struct nbs_results *results, const struct nbs_result_accepted *accepted)
{
	if (results == NULL || accepted == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_ACCEPTED);

	nbsi_row_id(&row, accepted->attack);
	nbsi_row_text(&row, accepted->client_id);
	nbsi_row_int(&row, accepted->time_ns);
	nbsi_row_text(&row, NBSI_RESULTS_NAME(accepted_text, accepted->verdict));
	nbsi_row_place(&row, accepted->capture, accepted->frame);
	return nbsi_row_end(&row);
}

enum nbs_status
nbs_results_attack(struct nbs_results *results, const struct nbs_result_attack *attack)
{
	if (results == NULL || attack == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_ATTACK);

	nbsi_row_int(&row, attack->id);
	nbsi_row_text(&row, attack->kind);
	nbsi_row_id(&row, attack->fleet);
	nbsi_row_int(&row, attack->attempts);
	nbsi_row_int(&row, attack->accepted);
	return nbsi_row_end(&row);
}

enum nbs_status
nbs_results_attempt(struct nbs_results *results, const struct nbs_result_attempt *attempt)
{
	if (results == NULL || attempt == NULL)
		return NBS_E_ARG;
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_ATTEMPT);

	nbsi_row_id(&row, attempt->attack);
	nbsi_row_int(&row, attempt->n);
	nbsi_row_int(&row, attempt->time_ns);
	nbsi_row_text(&row, attempt->client_id);
	nbsi_row_text(&row, attempt->outcome);
	nbsi_row_place(&row, attempt->capture, attempt->frame);
	return nbsi_row_end(&row);
}
