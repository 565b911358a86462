/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The kinds of `nbsec bench`.
 */
#ifndef NBSEC_CLI_BENCH_H
#define NBSEC_CLI_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#define BENCH_SIZES_MAX 16U

struct bench_args {
	unsigned sizes[BENCH_SIZES_MAX]; /* --devices */
	size_t count;                    /* 0 = not given */
	bool cell_day, ten_years, dtls;
	double share;        /* --share of the cell-day's devices, 0 = not given */
	const char *network; /* --network, NULL = not given */
	size_t live, parked; /* --live and --parked, 0 = not given */
	bool json;
};

/** The smart-metering scenario with DTLS everywhere, at growing numbers of devices. */
int bench_sizes(const struct bench_args *args);

/** A cell for a day as TR 45.820 counts its capacity, and the same on a network that is too small.
 */
int bench_cell_day(const struct bench_args *args);

/** One device, ten years of hourly reports, no extrapolation. */
int bench_ten_years(const struct bench_args *args);

/** DTLS sessions, live and parked: their memory, and what a second of CPU time does with them. */
int bench_dtls(const struct bench_args *args);

/** @return where a scenario of ours is, released by free(); NULL, and that is told, if nowhere. */
char *bench_find(const char *scenario);

#endif
