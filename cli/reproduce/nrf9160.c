/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nrf9160: charges and mean currents of a Nordic nRF9160 in Cat-NB1, by its shipped profile. A row
 * is a session of reports, of tracking area updates, or of extended DRX with nothing to say.
 */
#include "cli/reproduce/papers.h"
#include "cli/reproduce/session.h"

#include "cli/cli.h"
#include "scenarios/profiles.h"
#include "scenarios/scenario.h"

#include <stdlib.h>

#define NRF_MODEM "nrf9160"
#define NRF_REPORTS 100U
#define NRF_PERIOD_NS UINT64_C(3601237000000) /* an hour, and the NPRACH period met everywhere */
#define NRF_NETWORKS 3U
#define NRF_UA_PER_MA 1000.0
#define NRF_MC_PER_MAH 3600.0
#define NRF_HOURS_PER_DAY 24.0

enum nrf_rai { RAI_OFF, RAI_NO_REPLY, RAI_ONE_REPLY };
enum nrf_quantity { CHARGE, ENERGY, DURATION, CONNECTED, MEAN_CURRENT, BATTERY_DAYS };

static const char *const nrf_networks[] = {"rostad", "sheet-tau", "sheet-edrx", NULL};
static const char *const nrf_network_files[] = {"rostad.yaml", "sheet-tau.yaml", "sheet-edrx.yaml"};
static const char *const nrf_rai[] = {
    [RAI_OFF] = "off", [RAI_NO_REPLY] = "no reply", [RAI_ONE_REPLY] = "one reply", NULL};
static const char *const nrf_quantities[] = {[CHARGE] = "charge",
					     [ENERGY] = "energy",
					     [DURATION] = "duration",
					     [CONNECTED] = "time connected",
					     [MEAN_CURRENT] = "mean current",
					     [BATTERY_DAYS] = "battery life",
					     NULL};

struct nrf {
	struct nbs_modem *modem;
	struct nbs_network_file *networks[NRF_NETWORKS];
	struct reproduce_sessions sessions;
};

static enum nbs_status
nrf_prepare(const struct reproduce_paper *paper, void **state)
{
	struct nrf *nrf = calloc(1, sizeof(*nrf));
	enum nbs_status status = NBS_E_NOMEM;

	*state = nrf;
	if (nrf != NULL)
		status = nbs_modem_load(NRF_MODEM, paper->messages, &nrf->modem);
	for (size_t i = 0; i < NRF_NETWORKS && status == NBS_OK; i++)
		status = reproduce_network_load(paper, nrf_network_files[i], &nrf->networks[i]);
	return status;
}

static void
nrf_release(void *state)
{
	struct nrf *nrf = state;

	if (nrf == NULL)
		return;
	nbs_modem_free(nrf->modem);
	for (size_t i = 0; i < NRF_NETWORKS; i++)
		nbs_network_file_free(nrf->networks[i]);
	free(nrf);
}

/* Capacity over what an hour takes: a report and the published charge of sleeping that hour. */
static double
nrf_days(struct reproduce_input *input, double charge_mc)
{
	const double capacity_mc = reproduce_number(input, "battery_mAh", 1, 1e5) * NRF_MC_PER_MAH;
	const double sleep_mc = reproduce_number(input, "sleep_mC_h", 0, 1e5);

	return capacity_mc / (charge_mc + sleep_mc) / NRF_HOURS_PER_DAY;
}

static double
nrf_value(struct reproduce_input *input, enum nrf_quantity quantity,
	  const struct reproduce_session_result *result)
{
	switch (quantity) {
	case CHARGE:
		return result->charge_mc;
	case ENERGY:
		return result->energy_mj;
	case DURATION:
		return result->duration_s;
	case CONNECTED:
		return result->connected_s;
	case MEAN_CURRENT:
		return result->mean_ma * NRF_UA_PER_MA;
	case BATTERY_DAYS:
		return nrf_days(input, result->charge_mc);
	}
	return 0.0;
}

static enum nbs_status
nrf_row(void *state, const struct reproduce_row *row, double *value)
{
	static const enum nbs_rai assistance[] = {[RAI_OFF] = NBS_RAI_NONE,
						  [RAI_NO_REPLY] = NBS_RAI_NO_REPLY,
						  [RAI_ONE_REPLY] = NBS_RAI_ONE_REPLY};
	struct nrf *nrf = state;
	struct reproduce_input input = {.row = row};
	const size_t network = reproduce_pick(&input, "network", nrf_networks);
	struct reproduce_session session = {
	    .network = &nrf->networks[network]->config,
	    .modem = nrf->modem,
	    .mcl_db = reproduce_number(&input, "mcl_db", 60, 200),
	    .up_bytes = reproduce_whole(&input, "up_B", 0, 1400),
	    .down_bytes = reproduce_whole(&input, "down_B", 0, 1400),
	    .rai = assistance[reproduce_pick(&input, "rai", nrf_rai)],
	    .count = NRF_REPORTS,
	    .period_ns = NRF_PERIOD_NS,
	};
	const size_t quantity = reproduce_pick(&input, "quantity", nrf_quantities);
	const struct reproduce_session_result *result = NULL;

	if (reproduce_given(row, "edrx_s"))
		session.edrx_cycle_ns =
		    (uint64_t)(reproduce_number(&input, "edrx_s", 20.48, 10485.76) * 1e9 + 0.5);
	if (input.status == NBS_OK)
		input.status = reproduce_session_find(&nrf->sessions, &session, &result);
	if (input.status == NBS_OK)
		*value = nrf_value(&input, (enum nrf_quantity)quantity, result);
	return input.status;
}

static const char *const nrf_inputs[] = {"network", "mcl_db",      "up_B",       "down_B", "rai",
					 "edrx_s",  "battery_mAh", "sleep_mC_h", NULL};
static const struct reproduce_table_ops nrf_tables[] = {
    {.file = "table.csv", .inputs = nrf_inputs, .simulate = nrf_row}, {0}};

const struct reproduce_paper_ops reproduce_nrf9160 = {
    .name = "nrf9160",
    .title = "charges and currents of an nRF9160 in Cat-NB1",
    .tables = nrf_tables,
    .prepare = nrf_prepare,
    .release = nrf_release,
};
