/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One engine, one cell, some UEs, and what arrived where and when; shared by the UE's tests. */
#ifndef NBSEC_MODELS_NBIOT_UE_TEST_UTIL_H
#define NBSEC_MODELS_NBIOT_UE_TEST_UTIL_H

#include "models/nbiot/cell.h"
#include "models/power/test_modem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BENCH_LOG 64U
#define BENCH_S NBS_NS_PER_S
#define BENCH_MS NBS_NS_PER_MS

struct bench {
	struct nbs_engine *engine;
	struct nbs_network_config config;
	struct nbs_cell *cell;
	struct nbs_ue *ue; /* the last one added */
	bool answer;       /* the gateway answers each uplink packet with answer_len bytes */
	size_t answer_len;
	uint64_t up_ns[BENCH_LOG], down_ns[BENCH_LOG];
	size_t up_len[BENCH_LOG], down_len[BENCH_LOG];
	unsigned ups, downs;
};

static inline void
bench_on_up(void *arg, unsigned ue_index, const uint8_t *packet, size_t len)
{
	struct bench *b = arg;

	assert_true(b->ups < BENCH_LOG);
	b->up_ns[b->ups] = nbs_now(b->engine);
	b->up_len[b->ups++] = len;
	if (b->answer)
		assert_int_equal(nbs_cell_downlink(b->cell, ue_index, packet, b->answer_len),
				 NBS_OK);
}

static inline void
bench_on_down(void *arg, const uint8_t *packet, size_t len)
{
	struct bench *b = arg;

	(void)packet;
	assert_true(b->downs < BENCH_LOG);
	b->down_ns[b->downs] = nbs_now(b->engine);
	b->down_len[b->downs++] = len;
}

/* No block errors, control plane, straight to PSM: what each test changes, it says. */
static inline void
bench_init(struct bench *b, uint32_t seed)
{
	struct nbs_engine_config engine = {.seed = seed};

	memset(b, 0, sizeof(*b));
	b->answer_len = 40;
	assert_int_equal(nbs_engine_new(&engine, &b->engine), NBS_OK);
	nbs_network_config_default(&b->config);
	b->config.link = NBS_LINK_IDEAL;
	b->config.optimisation = NBS_CONTROL_PLANE;
	b->config.release_assistance = NBS_ASSIST_ON;
	b->config.t3324_ns = 0;
	b->config.backoff_index = NBS_BACKOFF_NONE;
	b->config.s1_delay.a_ns = 20 * BENCH_MS;
}

static inline void
bench_cell(struct bench *b)
{
	assert_int_equal(nbs_cell_new(b->engine, &b->config, &b->cell), NBS_OK);
	nbs_cell_uplink(b->cell, bench_on_up, b);
}

static inline void
bench_ue(struct bench *b, const char *name, double mcl_db)
{
	struct nbs_ue_config ue = {.name = name, .mcl_db = mcl_db, .modem = test_modem()};

	assert_int_equal(nbs_cell_add_ue(b->cell, &ue, &b->ue), NBS_OK);
	nbs_ue_on_downlink(b->ue, bench_on_down, b);
}

static inline void
bench_fini(struct bench *b)
{
	nbs_cell_free(b->cell);
	nbs_engine_free(b->engine);
}

static inline void
bench_send(struct bench *b, size_t len, enum nbs_rai rai)
{
	uint8_t packet[1500] = {0x45};

	assert_int_equal(nbs_ue_send(b->ue, packet, len, rai), NBS_OK);
}

static inline void
bench_run(struct bench *b, uint64_t until_ns)
{
	assert_int_equal(nbs_run(b->engine, until_ns), NBS_OK);
}

/* Ends the UE at this moment and checks that its accounts sum to it. */
static inline const struct nbs_account *
bench_account(struct bench *b)
{
	const struct nbs_account *account = nbs_ue_account(b->ue);

	assert_int_equal(nbs_ue_finish(b->ue, nbs_now(b->engine)), NBS_OK);
	assert_int_equal(nbs_account_time_ns(account), nbs_now(b->engine));
	return account;
}

static inline void
check_rel(double got, double want, double tolerance, const char *what)
{
	if (!(fabs(got - want) <= tolerance * fabs(want)))
		fail_msg("%s: got %.12g, want %.12g", what, got, want);
}

#endif
