/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Contention against theory: who is alone on a subcarrier, a thousand UEs at once, the response's
 * capacity, capture. Links are ideal here, so that collisions alone decide.
 */
#include "models/nbiot/contention.h"
#include "models/nbiot/ue_test_util.h"

#include <gsl/gsl_cdf.h>

#define CROWD 1000U

/* ---- one shot ---- */

static double
choose(unsigned n, unsigned k)
{
	double product = 1.0;

	for (unsigned i = 0; i < k; i++)
		product *= (double)(n - i) / (double)(i + 1);
	return product;
}

/*
 * n devices on K subcarriers: P(S = s) = sum over j >= s of (-1)^(j-s) C(j,s) C(K,j) n!/(n-j)!
 * (K-j)^(n-j) / K^n, by inclusion and exclusion over the subcarriers with exactly one device.
 */
static double
singletons(unsigned n, unsigned k, unsigned s)
{
	double sum = 0.0;

	for (unsigned j = s; j <= k && j <= n; j++) {
		double term = choose(j, s) * choose(k, j);

		for (unsigned i = 0; i < j; i++)
			term *= (double)(n - i) / (double)k;
		/* 0^0 = 1 where every subcarrier has its one device */
		term *= pow((double)(k - j) / (double)k, (double)(n - j));
		sum += (j - s) % 2 == 0 ? term : -term;
	}
	return sum;
}

/* Chi-square over the cells that expect 5 or more; those below are put together. */
static double
chi_square_p(const unsigned *seen, unsigned n, unsigned k, unsigned rounds)
{
	double chi = 0.0, rest_seen = 0.0, rest_want = 0.0;
	unsigned cells = 0;

	for (unsigned s = 0; s <= k; s++) {
		double want = rounds * singletons(n, k, s);

		if (want < 5.0) {
			rest_seen += seen[s];
			rest_want += want;
			continue;
		}
		chi += (seen[s] - want) * (seen[s] - want) / want;
		cells++;
	}
	if (rest_want >= 1.0) {
		chi += (rest_seen - rest_want) * (rest_seen - rest_want) / rest_want;
		cells++;
	}
	return gsl_cdf_chisq_Q(chi, cells - 1);
}

/* 10,000 occasions; each test fails by chance once in a thousand seeds, and the seed is fixed. */
static void
test_singletons(void **state)
{
	static const unsigned crowds[] = {4, 12, 24, 60};
	enum { SUBCARRIERS = 12, ROUNDS = 10000 };
	struct bench b;

	(void)state;
	bench_init(&b, 11);
	for (size_t c = 0; c < sizeof(crowds) / sizeof(crowds[0]); c++) {
		unsigned seen[SUBCARRIERS + 1] = {0};
		struct nbs_ue *ues = calloc(crowds[c], sizeof(*ues));
		double mean = 0.0;
		char name[24];

		assert_non_null(ues);
		for (unsigned i = 0; i < crowds[c]; i++) {
			(void)snprintf(name, sizeof(name), "%zu/%u", c, i);
			assert_int_equal(nbs_rng_new(b.engine, name, &ues[i].rng), NBS_OK);
		}
		for (unsigned round = 0; round < ROUNDS; round++) {
			struct nbs_ue *heads[SUBCARRIERS], *first = NULL;
			unsigned alone = 0;

			for (unsigned i = 0; i < crowds[c]; i++) {
				nbsi_contention_draw(&ues[i], SUBCARRIERS);
				ues[i].ra.next = first;
				first = &ues[i];
			}
			nbsi_contention_sort(first, heads, SUBCARRIERS);
			for (unsigned i = 0; i < SUBCARRIERS; i++)
				alone += heads[i] != NULL && heads[i]->ra.next == NULL;
			seen[alone]++;
			mean += alone;
		}
		/* E = n (1 - 1/K)^(n-1) */
		check_rel(mean / ROUNDS, crowds[c] * pow(1.0 - 1.0 / SUBCARRIERS, crowds[c] - 1.0),
			  0.05, "mean of singletons");
		if (!(chi_square_p(seen, crowds[c], SUBCARRIERS, ROUNDS) > 0.001))
			fail_msg("%u devices: not the distribution", crowds[c]);
		for (unsigned i = 0; i < crowds[c]; i++)
			gsl_rng_free(ues[i].rng);
		free(ues);
	}
	bench_fini(&b);
}

/* ---- a crowd ---- */

/* One level with 48 subcarriers each 640 ms for everybody; connections go to other carriers. */
static void
crowd_config(struct bench *b)
{
	struct nbs_ce_config *ce = &b->config.ce[2];

	b->config.nrsrp_threshold_dbm[0] = b->config.nrsrp_threshold_dbm[1] = -44.0;
	/* Level 2 has no level above it; the others' resources lie at other times. */
	ce->nprach_subcarriers = ce->nprach_cbra_subcarriers = 48;
	ce->nprach_subcarrier_offset = 0;
	ce->nprach_repetitions = 1;
	ce->npdcch_ra_rmax = 8;
	ce->npdcch_rmax = 8;
	ce->ra_window_pp = 10;
	ce->contention_timer_pp = 64;
	b->config.preamble_trans_max = 200;
	b->config.t300_ns = 60 * BENCH_S;
	b->config.capture = false;
	b->config.msg3_attempts = 1;
	b->config.non_anchor_carriers = 15;
}

static void
crowd_start(struct bench *b, unsigned count, double mcl_db)
{
	uint8_t packet[40] = {0x45};
	char name[24];

	bench_cell(b);
	for (unsigned i = 0; i < count; i++) {
		(void)snprintf(name, sizeof(name), "crowd/%u", i);
		bench_ue(b, name, mcl_db);
	}
	nbs_cell_uplink(b->cell, NULL, NULL);
	bench_run(b, 10 * BENCH_S);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(
		    nbs_ue_send(nbs_cell_ue(b->cell, i), packet, sizeof(packet), NBS_RAI_NO_REPLY),
		    NBS_OK);
}

static unsigned
crowd_connections(const struct bench *b)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < nbs_cell_ue_count(b->cell); i++)
		sum += nbs_ue_stats(nbs_cell_ue(b->cell, i))->connections > 0;
	return sum;
}

/*
 * Mean field: of A that send in an occasion, A (1 - 1/K)^(A - 1) are alone and get through; the
 * others come back after D + U(0, W), where D is preamble, response, Msg3 and contention timer:
 * from the occasion's start 5.6 ms, about 4 + 30 ms up to the grant, 12 + 10 ms of Msg3, and
 * 64 x 16 ms. A UE's next preamble is the first occasion at or after its return.
 */
#define CROWD_PERIOD_S 0.64
#define CROWD_STEPS 120U

static void
mean_field(double count, double k, double w_s, double d_s, double *through)
{
	double arrivals[CROWD_STEPS] = {count};
	double done = 0.0;

	for (unsigned i = 0; i < CROWD_STEPS; i++) {
		double alone = arrivals[i] > 0
				   ? arrivals[i] * pow(1.0 - 1.0 / k, fmax(arrivals[i] - 1.0, 0.0))
				   : 0.0;
		double failed = arrivals[i] - alone;

		done += alone;
		through[i] = done;
		for (unsigned j = i + 1; j < CROWD_STEPS; j++) {
			/* returned between the occasions j - 1 and j */
			double to = (j - i) * CROWD_PERIOD_S - d_s;
			double from = to - CROWD_PERIOD_S;

			from = fmin(fmax(from, 0.0), w_s);
			to = fmin(fmax(to, 0.0), w_s);
			arrivals[j] += failed * (to - from) / w_s;
		}
	}
}

static void
test_crowd_follows_mean_field(void **state)
{
	enum { SEEDS = 4 };
	double through[CROWD_STEPS];
	double seen[CROWD_STEPS] = {0};

	(void)state;
	mean_field(CROWD, 48.0, 32.768, 0.0056 + 0.056 + 1.024, through);
	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		struct bench b;
		struct nbs_cell_stats stats;

		bench_init(&b, seed);
		crowd_config(&b);
		b.config.backoff_index = 8; /* 32,768 ms */
		crowd_start(&b, CROWD, 120.0);
		/* Waking takes 1,600 + 434 ms from 10 s: occasions at 128 + 640 k ms, first 12.288
		 * s */
		for (unsigned i = 0; i < 80; i++) {
			bench_run(&b,
				  UINT64_C(12288) * BENCH_MS + i * 640 * BENCH_MS + 600 * BENCH_MS);
			seen[i] += (double)crowd_connections(&b) / SEEDS;
		}
		nbs_cell_get_stats(b.cell, &stats);
		assert_int_equal(stats.unanswered, 0);
		assert_int_equal(stats.captured, 0);
		assert_true(stats.collided > CROWD);
		bench_fini(&b);
	}
	for (unsigned i = 0; i < 80; i++)
		if (through[i] > 100.0)
			check_rel(seen[i], through[i], 0.05, "UEs through");
	assert_true(through[79] > 0.9 * CROWD); /* the comparison has seen most of it */
}

/*
 * 48 subcarriers, all in use by 300 UEs, at a coupling loss where a response takes longer than the
 * window: one RAR alone fits, with its 12 responses; all others go without.
 */
static void
test_response_capacity(void **state)
{
	struct bench b;
	struct nbs_cell_stats stats;
	uint64_t answered = 0;

	(void)state;
	bench_init(&b, 5);
	crowd_config(&b);
	b.config.ce[2].npdcch_ra_rmax = 32;
	b.config.ce[2].ra_window_pp = 2; /* 2 x 32 x 2 = 128 ms; 672 bits at 160 dB take longer */
	crowd_start(&b, 300, 160.0);
	bench_run(&b, UINT64_C(12288) * BENCH_MS + 5 * BENCH_MS); /* the preambles are on air */
	for (unsigned i = 0; i < 300; i++)
		answered += nbs_cell_ue(b.cell, i)->ra.subcarrier < 12;
	bench_run(&b, UINT64_C(12288) * BENCH_MS + 6 * BENCH_MS);
	nbs_cell_get_stats(b.cell, &stats);
	assert_int_equal(stats.occasions, 1);
	assert_int_equal(stats.preambles, 300);
	assert_int_equal(stats.responses, answered);
	assert_int_equal(stats.unanswered, 300 - answered);
	bench_fini(&b);
}

/* Two UEs that always meet (one contention subcarrier is not to be had: 8, and many tries). */
static void
test_capture(void **state)
{
	(void)state;
	for (int on = 0; on < 2; on++) {
		struct bench b;
		struct nbs_cell_stats stats;
		uint8_t packet[40] = {0x45};
		char name[24];

		bench_init(&b, 21);
		crowd_config(&b);
		b.config.ce[2].nprach_cbra_subcarriers = 8;
		b.config.capture = on != 0;
		b.config.capture_db = 6;
		bench_cell(&b);
		/* Full power in level 2? Two repetitions and less are power-controlled, so both
		 * would arrive alike; 32 make it full power, and 20 dB apart. */
		for (unsigned i = 0; i < 40; i++) {
			(void)snprintf(name, sizeof(name), "ue/%u", i);
			bench_ue(&b, name, i % 2 == 0 ? 158.0 : 138.0);
		}
		nbs_cell_uplink(b.cell, NULL, NULL);
		bench_run(&b, 10 * BENCH_S);
		for (unsigned i = 0; i < 40; i++)
			assert_int_equal(nbs_ue_send(nbs_cell_ue(b.cell, i), packet, sizeof(packet),
						     NBS_RAI_NO_REPLY),
					 NBS_OK);
		bench_run(&b, 200 * BENCH_S);
		nbs_cell_get_stats(b.cell, &stats);
		assert_true(stats.collided > 40);
		assert_int_equal(crowd_connections(&b), 40);
		if (on)
			assert_true(stats.captured > 0);
		else
			assert_int_equal(stats.captured, 0);
		bench_fini(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_singletons),
	    cmocka_unit_test(test_crowd_follows_mean_field),
	    cmocka_unit_test(test_response_capacity),
	    cmocka_unit_test(test_capture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
