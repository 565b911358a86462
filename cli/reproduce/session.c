/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions of one modem: an engine, a cell, a UE, and a clock that sends. */
#include "cli/reproduce/session.h"

#include "cli/cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SESSION_SEED 1U
#define SESSION_PACKET_MAX 1500U
#define SESSION_NS_PER_S 1e9

/* A run under way. */
struct session {
	const struct reproduce_session *what;
	struct nbs_engine *engine;
	struct nbs_cell *cell;
	struct nbs_ue *ue;
	uint64_t sent_ns, round_trips_ns;
	uint32_t answers;
	uint8_t packet[SESSION_PACKET_MAX];
};

static void
session_on_up(void *arg, unsigned ue_index, const uint8_t *packet, size_t len)
{
	struct session *session = arg;

	(void)packet;
	(void)len;
	if (session->what->down_bytes > 0)
		(void)nbs_cell_downlink(session->cell, ue_index, session->packet,
					session->what->down_bytes + REPRODUCE_UDP_IP_BYTES);
}

static void
session_on_down(void *arg, const uint8_t *packet, size_t len)
{
	struct session *session = arg;

	(void)packet;
	(void)len;
	session->round_trips_ns += nbs_now(session->engine) - session->sent_ns;
	session->answers++;
}

static enum nbs_status
session_begin(struct session *session)
{
	const struct reproduce_session *what = session->what;
	const struct nbs_engine_config engine = {.seed = SESSION_SEED};
	const struct nbs_ue_config ue = {
	    .name = "module", .mcl_db = what->mcl_db, .modem = what->modem};
	struct nbs_network_config network = *what->network;
	enum nbs_status status = nbs_engine_new(&engine, &session->engine);

	if (what->edrx_cycle_ns > 0)
		network.edrx_cycle_ns = what->edrx_cycle_ns;
	if (status == NBS_OK)
		status = nbs_cell_new(session->engine, &network, &session->cell);
	if (status == NBS_OK) {
		nbs_cell_uplink(session->cell, session_on_up, session);
		status = nbs_cell_add_ue(session->cell, &ue, &session->ue);
	}
	if (status == NBS_OK)
		nbs_ue_on_downlink(session->ue, session_on_down, session);
	return status;
}

static enum nbs_status
session_say(struct session *session)
{
	const struct reproduce_session *what = session->what;
	enum nbs_status status = NBS_OK;

	for (uint32_t i = 1; i <= what->count && status == NBS_OK; i++) {
		status = nbs_run(session->engine, i * what->period_ns);
		session->sent_ns = nbs_now(session->engine);
		if (status == NBS_OK && what->up_bytes > 0)
			status = nbs_ue_send(session->ue, session->packet,
					     what->up_bytes + REPRODUCE_UDP_IP_BYTES, what->rai);
	}
	if (status == NBS_OK)
		status = nbs_run(session->engine, (what->count + 1U) * what->period_ns);
	return status;
}

static void
session_result(const struct session *session, struct reproduce_session_result *result)
{
	const double count = session->what->count;
	struct nbs_account account;
	double asleep_mj, asleep_s, total_s;

	nbs_ue_account_now(session->ue, &account);
	asleep_mj = account.energy_mj[NBS_POWER_PSM] + account.energy_mj[NBS_POWER_EDRX];
	asleep_s = (double)(account.time_ns[NBS_POWER_PSM] + account.time_ns[NBS_POWER_EDRX]) /
		   SESSION_NS_PER_S;
	total_s = (double)nbs_account_time_ns(&account) / SESSION_NS_PER_S;
	result->energy_mj = (nbs_account_energy_mj(&account) - asleep_mj) / count;
	result->charge_mc = result->energy_mj / session->what->modem->supply_v.value;
	result->duration_s = (total_s - asleep_s) / count;
	result->connected_s =
	    (double)nbs_ue_stats(session->ue)->connected_ns / SESSION_NS_PER_S / count;
	result->round_trip_s = session->answers > 0 ? (double)session->round_trips_ns /
							  SESSION_NS_PER_S / session->answers
						    : NAN;
	result->mean_ma =
	    nbs_account_energy_mj(&account) / total_s / session->what->modem->supply_v.value;
}

static enum nbs_status
session_run(const struct reproduce_session *what, struct reproduce_session_result *result)
{
	struct session session = {.what = what, .packet = {0x45}};
	enum nbs_status status = NBS_E_RANGE;

	if (what->up_bytes + REPRODUCE_UDP_IP_BYTES <= SESSION_PACKET_MAX &&
	    what->down_bytes + REPRODUCE_UDP_IP_BYTES <= SESSION_PACKET_MAX && what->count > 0)
		status = session_begin(&session);
	if (status == NBS_OK)
		status = session_say(&session);
	if (status == NBS_OK)
		session_result(&session, result);
	nbs_cell_free(session.cell);
	nbs_engine_free(session.engine);
	return status;
}

static bool
session_same(const struct reproduce_session *a, const struct reproduce_session *b)
{
	return a->network == b->network && a->edrx_cycle_ns == b->edrx_cycle_ns &&
	       a->modem == b->modem && a->mcl_db == b->mcl_db && a->up_bytes == b->up_bytes &&
	       a->down_bytes == b->down_bytes && a->rai == b->rai && a->count == b->count &&
	       a->period_ns == b->period_ns;
}

enum nbs_status
reproduce_session_find(struct reproduce_sessions *sessions, const struct reproduce_session *what,
		       const struct reproduce_session_result **result)
{
	enum nbs_status status;
	size_t i = 0;

	while (i < sessions->count && !session_same(&sessions->done[i].what, what))
		i++;
	if (i == REPRODUCE_SESSIONS_MAX)
		return NBS_E_RANGE;
	if (i == sessions->count) {
		status = session_run(what, &sessions->done[i].result);
		if (status != NBS_OK)
			return status;
		sessions->done[i].what = *what;
		sessions->count++;
	}
	*result = &sessions->done[i].result;
	return NBS_OK;
}

enum nbs_status
reproduce_network_load(const struct reproduce_paper *paper, const char *file,
		       struct nbs_network_file **network)
{
	char *path = cli_text("%s/%s", paper->folder, file);
	enum nbs_status status = NBS_E_NOMEM;

	if (path != NULL)
		status = nbs_network_file_load(path, paper->messages, network);
	free(path);
	return status;
}
