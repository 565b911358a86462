/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * norway: sessions of two modules measured on two networks. A row is a session; energy, duration
 * and round trip of one session come from one run.
 */
#include "cli/reproduce/papers.h"
#include "cli/reproduce/session.h"

#include "cli/cli.h"
#include "scenarios/profiles.h"
#include "scenarios/scenario.h"

#include <stdlib.h>

#define NORWAY_SESSIONS 200U
#define NORWAY_PERIOD_NS UINT64_C(61237000000) /* meets the NPRACH period everywhere */
#define NORWAY_MODULES 2U
#define NORWAY_NETWORKS 2U
#define NORWAY_MJ_PER_J 1000.0

enum norway_rai { RAI_NONE, RAI_200, RAI_400 };
enum norway_quantity { ENERGY, DURATION, ROUND_TRIP };

static const char *const norway_modules[] = {"SARA-N211", "BC95-G", NULL};
static const char *const norway_modem_files[] = {"sara-n211.yaml", "bc95-g.yaml"};
static const char *const norway_networks[] = {"Telenor", "Telia", NULL};
static const char *const norway_network_files[] = {"telenor.yaml", "telia.yaml"};
static const char *const norway_rai[] = {
    [RAI_NONE] = "none", [RAI_200] = "200", [RAI_400] = "400", NULL};
static const char *const norway_quantities[] = {
    [ENERGY] = "energy", [DURATION] = "duration", [ROUND_TRIP] = "round trip", NULL};

struct norway {
	struct nbs_modem *modems[NORWAY_MODULES];
	struct nbs_network_file *networks[NORWAY_NETWORKS];
	struct reproduce_sessions sessions;
};

static enum nbs_status
norway_load(const struct reproduce_paper *paper, struct norway *norway)
{
	enum nbs_status status = NBS_OK;

	for (size_t i = 0; i < NORWAY_MODULES && status == NBS_OK; i++) {
		char *path = cli_text("%s/%s", paper->folder, norway_modem_files[i]);

		status = path == NULL ? NBS_E_NOMEM
				      : nbs_modem_load(path, paper->messages, &norway->modems[i]);
		free(path);
	}
	for (size_t i = 0; i < NORWAY_NETWORKS && status == NBS_OK; i++)
		status =
		    reproduce_network_load(paper, norway_network_files[i], &norway->networks[i]);
	return status;
}

static enum nbs_status
norway_prepare(const struct reproduce_paper *paper, void **state)
{
	struct norway *norway = calloc(1, sizeof(*norway));

	*state = norway;
	return norway == NULL ? NBS_E_NOMEM : norway_load(paper, norway);
}

static void
norway_release(void *state)
{
	struct norway *norway = state;

	if (norway == NULL)
		return;
	for (size_t i = 0; i < NORWAY_MODULES; i++)
		nbs_modem_free(norway->modems[i]);
	for (size_t i = 0; i < NORWAY_NETWORKS; i++)
		nbs_network_file_free(norway->networks[i]);
	free(norway);
}

/* Without release assistance and with 0x400 the server sends the payload back. */
static enum nbs_status
norway_row(void *state, const struct reproduce_row *row, double *value)
{
	static const enum nbs_rai assistance[] = {
	    [RAI_NONE] = NBS_RAI_NONE, [RAI_200] = NBS_RAI_NO_REPLY, [RAI_400] = NBS_RAI_ONE_REPLY};
	struct norway *norway = state;
	struct reproduce_input input = {.row = row};
	const size_t module = reproduce_pick(&input, "module", norway_modules);
	const size_t network = reproduce_pick(&input, "network", norway_networks);
	const size_t rai = reproduce_pick(&input, "rai", norway_rai);
	const uint32_t payload = reproduce_whole(&input, "payload_B", 1, 1000);
	const struct reproduce_session session = {
	    .network = &norway->networks[network]->config,
	    .modem = norway->modems[module],
	    .mcl_db = reproduce_number(&input, "mcl_db", 60, 200),
	    .up_bytes = payload,
	    .down_bytes = rai == RAI_200 ? 0 : payload,
	    .rai = assistance[rai],
	    .count = NORWAY_SESSIONS,
	    .period_ns = NORWAY_PERIOD_NS,
	};
	const size_t quantity = reproduce_pick(&input, "quantity", norway_quantities);
	const struct reproduce_session_result *result = NULL;

	if (input.status == NBS_OK)
		input.status = reproduce_session_find(&norway->sessions, &session, &result);
	if (input.status != NBS_OK)
		return input.status;
	if (quantity == ENERGY)
		*value = result->energy_mj / NORWAY_MJ_PER_J;
	else
		*value = quantity == DURATION ? result->duration_s : result->round_trip_s;
	return NBS_OK;
}

static const char *const norway_inputs[] = {"module",    "network", "rai",
					    "payload_B", "mcl_db",  NULL};
static const struct reproduce_table_ops norway_tables[] = {
    {.file = "table.csv", .inputs = norway_inputs, .simulate = norway_row}, {0}};

const struct reproduce_paper_ops reproduce_norway = {
    .name = "norway",
    .title = "sessions of SARA-N211 and BC95-G measured on two Norwegian networks",
    .tables = norway_tables,
    .prepare = norway_prepare,
    .release = norway_release,
};
