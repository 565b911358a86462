/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line on stderr, redrawn in place.
 */
#include "cli/progress.h"

#include "cli/cli.h"

#include <stdio.h>
#include <unistd.h>

#define PROGRESS_INTERVAL_S 0.25
#define PROGRESS_WIDTH 79 /* of the narrowest terminal, minus the cursor */

void
cli_progress_start(struct cli_progress *progress)
{
	*progress =
	    (struct cli_progress){.shown = isatty(STDERR_FILENO) == 1, .start_s = cli_wall_s()};
	progress->last_s = progress->start_s;
}

void
cli_progress_text(char *text, unsigned long size, double wall_s, uint64_t now_ns, uint64_t end_ns,
		  uint64_t events)
{
	double now_s = (double)now_ns / 1e9;
	double end_s = (double)end_ns / 1e9;
	double left_s = now_s > 0 ? wall_s * (end_s - now_s) / now_s : 0;

	snprintf(text, size,
		 "%.1f of %.1f h simulated (%.0f %%), %.1f M events, %.0f x real time, "
		 "%.0f s left",
		 now_s / 3600, end_s / 3600, end_s > 0 ? 100 * now_s / end_s : 100,
		 (double)events / 1e6, now_s / wall_s, left_s);
}

void
cli_progress_draw(void *arg, uint64_t now_ns, uint64_t end_ns, uint64_t events)
{
	struct cli_progress *progress = arg;
	char text[160];
	double wall_s = cli_wall_s();

	if (!progress->shown || wall_s - progress->last_s < PROGRESS_INTERVAL_S)
		return;
	progress->last_s = wall_s;
	cli_progress_text(text, sizeof(text), wall_s - progress->start_s, now_ns, end_ns, events);
	fprintf(stderr, "\r%-*.*s", PROGRESS_WIDTH, PROGRESS_WIDTH, text);
	fflush(stderr);
}

void
cli_progress_stop(struct cli_progress *progress)
{
	if (progress->shown)
		fprintf(stderr, "\r%*s\r", PROGRESS_WIDTH, "");
	progress->shown = false;
}
