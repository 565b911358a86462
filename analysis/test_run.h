/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A small run written by hand, for tests: half a day, fleet "clear" of three devices, fleet
 * "dtls" of two. The numbers are chosen so that every statistic can be worked out on paper; the
 * arithmetic stands in summary_test.c.
 */
#ifndef NBSEC_ANALYSIS_TEST_RUN_H
#define NBSEC_ANALYSIS_TEST_RUN_H

#include "scenarios/results.h"

/** A scenario with everything that nbs_results_run() and nbs_results_fleet() read. */
void test_scenario(struct nbs_scenario *scenario, struct nbs_fleet_config fleets[2]);

/** Writes the whole run to path. */
enum nbs_status test_run_write(const char *path);

#endif
