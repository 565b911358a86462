/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the kinds of `nbsec bench` share: `nbsec run` on ourselves as a process of its own, so that
 * peak memory is that of one run alone. Time is the child's whole life: loading, simulating,
 * summarising, writing.
 */
#ifndef NBSEC_CLI_BENCH_H
#define NBSEC_CLI_BENCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define BENCH_SIZES_MAX 16U

struct bench_args {
	unsigned sizes[BENCH_SIZES_MAX]; /* --devices */
	size_t count;                    /* 0 = not given */
	bool cell_day;
	double share;        /* --share of the cell-day's devices, 0 = not given */
	const char *network; /* --network, NULL = not given */
	bool json;
};

/** A child's command line; zero-initialised, it grows by bench_add(). */
struct bench_command {
	char **words; /* NULL-terminated */
	size_t count, room;
	bool failed; /* no memory: bench_run() says so */
};

/** What a run has cost. */
struct bench_cost {
	double wall_s, cpu_s;
	double peak_mb; /* 10^6 bytes resident at most */
};

/** Adds a word of cli_text(), which the command frees; NULL: no memory. */
void bench_add(struct bench_command *command, char *word);

/** Begins with: nbsec run FILE -o DIR --json. */
void bench_begin(struct bench_command *command, const char *file, const char *dir);

void bench_free(struct bench_command *command);

/**
 * Runs the command, reads the summary from its folder and removes that.
 * @param[out] summary  released by json_decref(); NULL on failure.
 * @return exit status; a check that fails is none: checks are about the scenario's own size.
 */
int bench_run(struct bench_command *command, const char *dir, struct bench_cost *cost,
	      json_t **summary);

/** Measures in a folder that does not exist yet; exit status. */
typedef int (*bench_work_fn)(void *arg, const char *dir);

/** Calls work with a place in a temporary folder (TMPDIR), and removes what is left of it. */
int bench_in_folder(bench_work_fn work, void *arg);

/** The smart-metering scenario with DTLS everywhere, at growing numbers of devices. */
int bench_sizes(const struct bench_args *args);

/** A cell for a day as TR 45.820 counts its capacity, and the same on a network that is too small.
 */
int bench_cell_day(const struct bench_args *args);

#endif
