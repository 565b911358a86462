/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The smallest program on libnbsec: one timer. */
#include "sim/engine.h"

#include <stdio.h>

static void
on_timer(void *arg)
{
	printf("fired at %.3f s\n", (double)nbs_now(arg) / (double)NBS_NS_PER_S);
}

int
main(void)
{
	const struct nbs_engine_config config = {.seed = 1, .epoch_unix_s = 1767225600};
	struct nbs_timer timer;
	struct nbs_engine *engine;

	if (nbs_engine_new(&config, &engine) != NBS_OK)
		return 1;
	nbs_timer_init(&timer, on_timer, engine);
	if (nbs_timer_arm(engine, &timer, 5 * NBS_NS_PER_S) != NBS_OK)
		return 1;
	if (nbs_run(engine, 10 * NBS_NS_PER_S) != NBS_OK)
		return 1;
	nbs_engine_free(engine);
	return 0;
}
