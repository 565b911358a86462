/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The coverage levels of a cell for 52,547 devices; shared by the tests that fill or measure one.
 */
#ifndef NBSEC_MODELS_NBIOT_LARGE_CELL_TEST_UTIL_H
#define NBSEC_MODELS_NBIOT_LARGE_CELL_TEST_UTIL_H

#include "models/nbiot/config.h"

/* NPRACH and NPDCCH of scenarios/networks/large-cell.yaml. */
static const struct nbs_ce_config large_cell_ce[NBS_CE_LEVELS] = {
    {.nprach_period_ms = 80,
     .nprach_start_ms = 8,
     .nprach_subcarriers = 36,
     .nprach_cbra_subcarriers = 36,
     .nprach_repetitions = 2,
     .nprach_attempts = 5,
     .edt_tbs_bits = 1000,
     .npdcch_ra_rmax = 8,
     .npdcch_ra_g = 2,
     .npdcch_rmax = 8,
     .npdcch_g = 2,
     .ra_window_pp = 10,
     .contention_timer_pp = 64,
     .ack_nack_repetitions = 2,
     .ack_nack_msg4_repetitions = 2},
    {.nprach_period_ms = 160,
     .nprach_start_ms = 32,
     .nprach_subcarriers = 12,
     .nprach_cbra_subcarriers = 12,
     .nprach_repetitions = 8,
     .nprach_attempts = 5,
     .edt_nprach_subcarrier_offset = 12,
     .edt_tbs_bits = 1000,
     .npdcch_ra_rmax = 16,
     .npdcch_ra_g = 2,
     .npdcch_rmax = 16,
     .npdcch_g = 2,
     .ra_window_pp = 10,
     .contention_timer_pp = 64,
     .ack_nack_repetitions = 8,
     .ack_nack_msg4_repetitions = 8},
    {.nprach_period_ms = 640,
     .nprach_start_ms = 128,
     .nprach_subcarriers = 12,
     .nprach_subcarrier_offset = 36,
     .nprach_cbra_subcarriers = 12,
     .nprach_repetitions = 32,
     .nprach_attempts = 10,
     .edt_nprach_subcarrier_offset = 36,
     .edt_tbs_bits = 1000,
     .npdcch_ra_rmax = 64,
     .npdcch_ra_g = 2,
     .npdcch_rmax = 64,
     .npdcch_g = 2,
     .ra_window_pp = 10,
     .contention_timer_pp = 64,
     .ack_nack_repetitions = 64,
     .ack_nack_msg4_repetitions = 64},
};

#endif
