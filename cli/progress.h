/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The line that shows on a terminal how far a run is.
 */
#ifndef NBSEC_CLI_PROGRESS_H
#define NBSEC_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct cli_progress {
	bool shown;     /* stderr is a terminal */
	double start_s; /* wall clock */
	double last_s;  /* when the line was drawn last */
};

/** Starts the clock; silent when stderr is no terminal. */
void cli_progress_start(struct cli_progress *progress);

/** For nbs_run_config.progress: draws the line, at most four times a second. */
void cli_progress_draw(void *arg, uint64_t now_ns, uint64_t end_ns, uint64_t events);

/** Wipes the line. */
void cli_progress_stop(struct cli_progress *progress);

/**
 * The line's text: simulated time of how much, events, speed, time left.
 * @param wall_s  since the start, above 0.
 */
void cli_progress_text(char *text, unsigned long size, double wall_s, uint64_t now_ns,
		       uint64_t end_ns, uint64_t events);

#endif
