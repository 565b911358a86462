/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * `nbsec run` as a process of its own, in a temporary folder: for commands that run scenarios and
 * want their summaries. Peak memory is that of one run alone; time is the child's whole life:
 * loading, simulating, summarising, writing.
 */
#ifndef NBSEC_CLI_CHILD_H
#define NBSEC_CLI_CHILD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/** A child's command line; zero-initialised, it grows by cli_child_add(). */
struct cli_child {
	const char *program; /* NULL = the one that runs */
	char **words;        /* NULL-terminated */
	size_t count, room;
	bool failed; /* no memory: cli_child_run() says so */
};

/** What a run has cost. */
struct cli_child_cost {
	double wall_s, cpu_s;
	double peak_mb; /* 10^6 bytes resident at most */
};

/** Adds a word of cli_text(), which the child frees; NULL: no memory. */
void cli_child_add(struct cli_child *child, char *word);

/** Begins with: nbsec run FILE -o DIR --json. */
void cli_child_begin(struct cli_child *child, const char *file, const char *dir);

void cli_child_free(struct cli_child *child);

/**
 * Runs the child, reads the summary from its folder and removes that.
 * @param[out] summary  released by json_decref(); NULL on failure.
 * @return exit status; a check that fails is none: checks are about the scenario as it stands.
 */
int cli_child_run(struct cli_child *child, const char *dir, struct cli_child_cost *cost,
		  json_t **summary);

/** Works in a folder that does not exist yet; exit status. */
typedef int (*cli_folder_work_fn)(void *arg, const char *dir);

/** Calls work with a place in a temporary folder (TMPDIR), and removes what is left of it. */
int cli_in_temp_folder(cli_folder_work_fn work, void *arg);

#endif
