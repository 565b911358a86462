/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts of a run: what was to be simulated, by which network, and how far it got. */
#include "scenarios/results_internal.h"

/* Words as the scenario language has them. */
static const char *const deployment_text[] = {
    [NBS_STAND_ALONE] = "stand-alone",
    [NBS_GUARD_BAND] = "guard-band",
    [NBS_IN_BAND] = "in-band",
};
static const char *const receiver_text[] = {
    [NBS_RX_EVALUATION] = "evaluation",
    [NBS_RX_MINIMUM] = "minimum",
};
static const char *const link_text[] = {
    [NBS_LINK_REAL] = "real",
    [NBS_LINK_IDEAL] = "ideal",
};
static const char *const load_text[] = {
    [NBS_LOAD_SHARED] = "shared",
    [NBS_LOAD_ALONE] = "alone",
};
static const char *const objective_text[] = {
    [NBS_LEAST_AIRTIME] = "airtime",
    [NBS_LEAST_ENERGY] = "energy",
    [NBS_LEAST_TONE_MS] = "tone_ms",
};
static const char *const optimisation_text[] = {
    [NBS_CONTROL_PLANE] = "control-plane",
    [NBS_USER_PLANE] = "user-plane",
    [NBS_SERVICE_REQUEST] = "service-request",
};
static const char *const ul_request_text[] = {
    [NBS_UL_RANDOM_ACCESS] = "random-access",
    [NBS_UL_ENB_POLL] = "enb-poll",
    [NBS_UL_SR_R15] = "sr-r15",
};
static const char *const assistance_text[] = {
    [NBS_ASSIST_OFF] = "off",
    [NBS_ASSIST_ON] = "on",
    [NBS_ASSIST_NAS] = "nas",
    [NBS_ASSIST_AS] = "as",
};
static const char *const nas_text[] = {
    [NBS_EEA0] = "eea0",
    [NBS_EEA1] = "eea1",
    [NBS_EEA2] = "eea2",
};
static const char *const apn_text[] = {
    [NBS_APN_PRIVATE] = "private",
    [NBS_APN_INTERNET] = "internet",
};

static void
fact_int(struct nbs_results *results, const char *key, uint64_t value)
{
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_RUN);

	nbsi_row_text(&row, key);
	nbsi_row_int(&row, value);
	nbsi_row_end(&row);
}

static void
fact_real(struct nbs_results *results, const char *key, double value)
{
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_RUN);

	nbsi_row_text(&row, key);
	nbsi_row_real(&row, value);
	nbsi_row_end(&row);
}

static void
fact_text(struct nbs_results *results, const char *key, const char *value)
{
	struct nbsi_row row = nbsi_row_begin(results, NBSI_RESULTS_RUN);

	nbsi_row_text(&row, key);
	nbsi_row_text(&row, value);
	nbsi_row_end(&row);
}

#define FACT_WORD(key, value) fact_text(results, #key, NBSI_RESULTS_NAME(key##_text, value))

static void
facts_radio(struct nbs_results *results, const struct nbs_network_config *network)
{
	FACT_WORD(deployment, network->deployment);
	FACT_WORD(receiver, network->receiver);
	FACT_WORD(link, network->link);
	FACT_WORD(load, network->load);
	FACT_WORD(objective, network->objective);
	fact_int(results, "max_tones", network->max_tones);
	FACT_WORD(optimisation, network->optimisation);
	fact_int(results, "edt", network->edt);
	fact_int(results, "inactivity_timer_ns", network->inactivity_timer_ns);
	fact_int(results, "c_drx", network->cdrx.enabled);
	if (network->cdrx.enabled) {
		fact_int(results, "c_drx_cycle_ns", network->cdrx.cycle_ns);
		fact_int(results, "c_drx_on_ns", network->cdrx.on_duration_ns);
	}
	FACT_WORD(ul_request, network->ul_request);
	fact_text(results, "release_assistance",
		  NBSI_RESULTS_NAME(assistance_text, network->release_assistance));
	fact_int(results, "as_security", network->as_security);
}

static void
facts_core(struct nbs_results *results, const struct nbs_network_config *network)
{
	fact_int(results, "edrx", network->edrx_cycle_ns > 0);
	if (network->edrx_cycle_ns > 0) {
		fact_int(results, "edrx_cycle_ns", network->edrx_cycle_ns);
		fact_int(results, "ptw_ns", network->ptw_ns);
	}
	fact_int(results, "psm", network->psm);
	fact_int(results, "t3324_ns", network->t3324_ns);
	fact_int(results, "t3412_ns", network->t3412_ns);
	FACT_WORD(nas, network->nas);
	FACT_WORD(apn, network->apn);
	if (network->apn == NBS_APN_INTERNET)
		fact_int(results, "nat_binding_ns", network->nat_binding_ns);
}

enum nbs_status
nbs_results_run(struct nbs_results *results, const struct nbs_scenario *scenario,
		const struct nbs_result_run *run)
{
	if (results == NULL || scenario == NULL || run == NULL)
		return NBS_E_ARG;
	fact_text(results, "scenario", scenario->name);
	fact_text(results, "description", scenario->description);
	fact_text(results, "version", run->version);
	fact_int(results, "seed", scenario->seed);
	fact_int(results, "start_unix_s", scenario->start_unix_s);
	fact_int(results, "duration_ns", scenario->duration_ns);
	fact_int(results, "simulated_ns", run->simulated_ns);
	fact_int(results, "events", run->events);
	fact_int(results, "interrupted", run->interrupted);
	fact_text(results, "network", run->network);
	fact_int(results, "network_changes", run->network_changes);
	facts_radio(results, &scenario->network);
	facts_core(results, &scenario->network);
	fact_int(results, "bind_identity", scenario->gateway.bind_identity);
	fact_int(results, "cookies", scenario->gateway.cookies);
	fact_real(results, "battery_wh", scenario->battery.capacity_wh);
	return results->status;
}
