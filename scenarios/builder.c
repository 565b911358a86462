/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a scenario from an empty folder to a full one. */
#include "scenarios/builder.h"

#include "models/dtls/work.h"
#include "scenarios/world.h"

/* Now and then: tells how far the run is, and stops it when its captures cannot be kept. */
static void
run_progress(void *arg)
{
	struct nbsi_world *world = arg;
	unsigned i;

	for (i = 0; i < NBSI_CAP__COUNT && world->failure == NBS_OK; i++) {
		if (world->captures[i] != NULL)
			world->failure = nbs_capture_status(world->captures[i]);
		if (world->failure != NBS_OK)
			nbs_stop(world->engine);
	}
	if (world->config->progress == NULL)
		return;
	world->config->progress(world->config->progress_arg, nbs_now(world->engine),
				world->scenario->duration_ns, nbs_events(world->engine));
}

static enum nbs_status
run_world(struct nbsi_world *world, struct nbs_run_result *result)
{
	enum nbs_status status;

	nbs_engine_interrupt_flag(world->engine, world->config->interrupt);
	nbs_engine_progress(world->engine, run_progress, world);
	status = nbs_run(world->engine, world->scenario->duration_ns);
	result->interrupted = status == NBS_E_INTERRUPTED;
	result->events = nbs_events(world->engine);
	result->simulated_ns = nbs_now(world->engine);
	if (result->interrupted)
		status = NBS_OK;
	if (status == NBS_OK)
		status = world->failure;
	if (status != NBS_OK)
		return nbsi_say(world, status, "the simulation at %.6f s",
				(double)result->simulated_ns / (double)NBS_NS_PER_S);
	status = nbs_cell_finish(world->cell, result->simulated_ns);
	return status == NBS_OK ? nbsi_outcome_write(world, result->interrupted) : status;
}

/* A scenario built by hand has not been through the loader: what would break us is refused. */
static enum nbs_status
check_scenario(const struct nbs_run_config *config)
{
	const struct nbs_scenario *scenario = config->scenario;
	size_t i;

	if (scenario->fleet_count == 0 || scenario->fleets == NULL || scenario->duration_ns == 0)
		return NBS_E_ARG;
	if (scenario->attack_count > 0 && scenario->attacks == NULL)
		return NBS_E_ARG;
	for (i = 0; i < scenario->fleet_count; i++) {
		const struct nbs_fleet_config *fleet = &scenario->fleets[i];

		if (fleet->devices == 0 || fleet->payload_bytes > NBS_MQTTSN_PAYLOAD_MAX ||
		    fleet->report_period_ns < NBS_NS_PER_MS)
			return NBS_E_ARG;
	}
	for (i = 0; i < scenario->attack_count; i++)
		if (scenario->attacks[i].guess_count == 0)
			return NBS_E_ARG;
	return NBS_OK;
}

/* Counters that do not count would make security look free: no results, rather than such. */
static enum nbs_status
check_work(const struct nbs_run_config *config)
{
	enum nbs_status status = nbsi_dtls_work_check(NULL);

	if (status != NBS_OK && config->messages != NULL)
		(void)fprintf(
		    config->messages,
		    "cryptographic work is counted wrongly: this program was linked with "
		    "link-time optimisation or without the linker's --wrap options, so no "
		    "scenario is run: %s\n",
		    nbs_status_str(status));
	return status;
}

/* What is allowed, and yet surely not meant. */
static void
warn(const struct nbs_run_config *config)
{
	const struct nbs_scenario *scenario = config->scenario;
	size_t i;

	for (i = 0; i < scenario->fleet_count && config->messages != NULL; i++) {
		const struct nbs_fleet_config *fleet = &scenario->fleets[i];

		if (scenario->gateway.bind_identity && fleet->security != NBS_SEC_NONE &&
		    !fleet->dtls.identity_is_client_id)
			(void)fprintf(
			    config->messages,
			    "warning: gateway.bind_identity is on, but the PSK identities "
			    "of fleet `%s` are not its ClientIDs: the gateway refuses "
			    "every CONNECT\n",
			    fleet->name);
	}
}

enum nbs_status
nbs_scenario_run(const struct nbs_run_config *config, struct nbs_run_result *result)
{
	struct nbsi_world world;
	enum nbs_status status, closed;

	if (config == NULL || config->scenario == NULL || config->dir == NULL || result == NULL)
		return NBS_E_ARG;
	*result = (struct nbs_run_result){0};
	status = check_scenario(config);
	if (status == NBS_OK)
		status = check_work(config);
	if (status != NBS_OK)
		return status;
	warn(config);
	status = nbsi_world_init(&world, config);
	if (status == NBS_OK)
		status = run_world(&world, result);
	closed = nbsi_world_fini(&world);
	return status == NBS_OK ? closed : status;
}
