/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the carrier share: configurations, numbers that look random, requests. */
#ifndef NBSEC_MODELS_NBIOT_CARRIER_TEST_UTIL_H
#define NBSEC_MODELS_NBIOT_CARRIER_TEST_UTIL_H

#include "models/nbiot/calendar_test_util.h"
#include "models/nbiot/carrier_internal.h"

static inline struct nbsi_carrier *
carrier_of(const struct nbs_network_config *config, bool anchor)
{
	struct nbsi_carrier *carrier = NULL;

	assert_int_equal(nbsi_carrier_new(config, anchor, &carrier), NBS_OK);
	assert_non_null(carrier);
	return carrier;
}

enum test_cell { CELL_A, CELL_GAPS, CELL_BARE, CELL_NPRACH, CELL__COUNT };

/* Network A; with downlink gaps and early data; a non-anchor; NPRACH on all tones, often. */
static inline struct nbsi_carrier *
cell_of(enum test_cell cell)
{
	struct nbs_network_config config;

	nbs_network_config_default(&config);
	if (cell == CELL_GAPS) {
		config.dl_gap = (struct nbs_dl_gap_config){
		    .enabled = true, .threshold = 32, .period_sf = 128, .duration_8th = 3};
		config.edt = true;
	}
	for (unsigned level = 0; level < NBS_CE_LEVELS && cell == CELL_NPRACH; level++) {
		config.ce[level].nprach_period_ms = level == 2 ? 240 : 80;
		config.ce[level].nprach_start_ms = 8U << level;
		config.ce[level].nprach_repetitions = 1U << level;
		config.ce[level].nprach_subcarriers = level == 1 ? 36 : 12;
		config.ce[level].nprach_subcarrier_offset = level == 1 ? 2 : 36;
	}
	return carrier_of(&config, cell != CELL_BARE);
}

enum request_kind { REQUEST_DOWN, REQUEST_UP, REQUEST_RAR, REQUEST_TONES, REQUEST__COUNT };

/* Arguments of one of the four booking functions. */
struct request {
	enum request_kind kind;
	struct nbsi_space space;
	uint64_t from_ns, until_ns;
	uint32_t dci_reps, subframes, ack_ms;
	struct nbsi_ul_need need[NBSI_RAR_MAX];
	uint32_t rar_subframes[NBSI_RAR_MAX];
	unsigned count;
};

static inline void
request_pick(struct request *request, uint64_t *seed, uint64_t now_ns, uint32_t longest)
{
	static const struct nbsi_space spaces[] = {
	    {8, 2, 0}, {16, 1.5, 1}, {32, 4, 3}, {1, 8, 0}, {64, 2, 2}};
	static const uint32_t sizes[] = {1, 3, 6, 12};

	request->kind = (enum request_kind)pick(seed, REQUEST__COUNT);
	request->space = spaces[pick(seed, 5)];
	request->dci_reps = request->space.rmax >> pick(seed, 4);
	if (request->dci_reps == 0)
		request->dci_reps = 1;
	request->from_ns = now_ns + pick(seed, 1000) * MS + pick(seed, 2) * UINT64_C(1000);
	request->until_ns = request->from_ns + pick(seed, 4000) * MS;
	request->subframes = pick(seed, 8) == 0 ? 0 : 1 + pick(seed, pick(seed, 50) ? 32 : longest);
	request->ack_ms = pick(seed, 4) == 0 ? 0 : 2U << pick(seed, 8);
	request->count = 1 + pick(seed, NBSI_RAR_MAX);
	for (unsigned n = 0; n < NBSI_RAR_MAX; n++) {
		request->need[n].tones = sizes[pick(seed, 4)];
		request->need[n].tx_ms = 1 + pick(seed, pick(seed, 10) ? 100 : longest);
		request->rar_subframes[n] = 2 + n * (1 + request->dci_reps / 4) / 3;
	}
}

#endif
