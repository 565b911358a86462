/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a scenario from an empty folder to a full one. */
#include "scenarios/builder.h"

#include "scenarios/world.h"

static void
run_progress(void *arg)
{
	const struct nbsi_world *world = arg;

	world->config->progress(world->config->progress_arg, nbs_now(world->engine),
				world->scenario->duration_ns, nbs_events(world->engine));
}

static enum nbs_status
run_world(struct nbsi_world *world, struct nbs_run_result *result)
{
	enum nbs_status status;

	nbs_engine_interrupt_flag(world->engine, world->config->interrupt);
	if (world->config->progress != NULL)
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

enum nbs_status
nbs_scenario_run(const struct nbs_run_config *config, struct nbs_run_result *result)
{
	struct nbsi_world world;
	enum nbs_status status, closed;

	if (config == NULL || config->scenario == NULL || config->dir == NULL || result == NULL)
		return NBS_E_ARG;
	*result = (struct nbs_run_result){0};
	status = nbsi_world_init(&world, config);
	if (status == NBS_OK)
		status = run_world(&world, result);
	closed = nbsi_world_fini(&world);
	return status == NBS_OK ? closed : status;
}
