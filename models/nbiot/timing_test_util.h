/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second pen, independent of the model's: adds up what each state of a modem should get. Gaps
 * and message sizes are numbers written out where it is used; positions of search spaces and
 * uplink postponements come from calendar.h, block formats from adapt.h, which have tests of their
 * own. For one UE alone on an ideal link.
 */
#ifndef NBSEC_MODELS_NBIOT_TIMING_TEST_UTIL_H
#define NBSEC_MODELS_NBIOT_TIMING_TEST_UTIL_H

#include "models/nbiot/adapt.h"
#include "models/nbiot/calendar.h"
#include "models/nbiot/ue_test_util.h"

struct want {
	const struct nbs_network_config *config;
	struct nbs_link *link;
	struct nbs_calendar *anchor;
	struct nbs_calendar *own; /* of the UE-specific search space and its data */
	double mcl_db;
	unsigned level;
	uint64_t t_ns;
	uint64_t ns[NBS_POWER__COUNT];
	double tx_mj;
	uint64_t decoded_ns; /* end of the last block */
	uint32_t failed;     /* preambles of the random access under way */
};

static inline void
want_to(struct want *e, uint64_t t_ns, enum nbs_power_state state)
{
	assert_true(t_ns >= e->t_ns);
	e->ns[state] += t_ns - e->t_ns;
	e->t_ns = t_ns;
}

static inline void
want_ms(struct want *e, double ms, enum nbs_power_state state)
{
	want_to(e, e->t_ns + (uint64_t)(ms * 1e6 + 0.5), state);
}

static inline const struct nbs_calendar *
want_calendar(const struct want *e, bool common)
{
	return common ? e->anchor : e->own;
}

static inline uint32_t
want_rmax(const struct want *e, bool common)
{
	const struct nbs_ce_config *ce = &e->config->ce[e->level];

	return common ? ce->npdcch_ra_rmax : ce->npdcch_rmax;
}

/* Valid, and not in a downlink gap: TS 36.211 10.2.3.4, the gap opens each period. */
static inline bool
want_usable(const struct want *e, bool common, uint64_t subframe)
{
	const struct nbs_dl_gap_config *gap = &e->config->dl_gap;
	const bool pauses = gap->enabled && want_rmax(e, common) >= gap->threshold;

	if (!nbs_calendar_valid(want_calendar(e, common), subframe))
		return false;
	return !pauses || subframe % gap->period_sf >= gap->period_sf * gap->duration_8th / 8U;
}

/* To the first usable subframe that begins at or after the pen. */
static inline void
want_usable_from(struct want *e, bool common)
{
	uint64_t subframe = (e->t_ns + BENCH_MS - 1U) / BENCH_MS;

	while (!want_usable(e, common, subframe))
		subframe++;
	want_to(e, subframe * BENCH_MS, NBS_POWER_ACTIVE);
}

/* So many usable subframes, counted one by one. */
static inline void
want_subframes(struct want *e, bool common, uint32_t subframes)
{
	uint64_t subframe = e->t_ns / BENCH_MS;

	for (; subframes > 0; subframe++)
		subframes -= want_usable(e, common, subframe);
	want_to(e, subframe * BENCH_MS, NBS_POWER_RX);
}

static inline void
want_dci(struct want *e, bool common)
{
	const struct nbs_ce_config *ce = &e->config->ce[e->level];
	struct nbs_npdcch_choice dci;
	uint64_t start;

	assert_int_equal(nbs_adapt_npdcch(e->link, e->mcl_db, want_rmax(e, common), &dci), NBS_OK);
	start = nbs_calendar_npdcch_start_ns(
	    want_calendar(e, common), e->t_ns, want_rmax(e, common),
	    common ? ce->npdcch_ra_g : ce->npdcch_g,
	    common ? ce->npdcch_ra_offset_8th : ce->npdcch_offset_8th, dci.repetitions);
	want_to(e, start, NBS_POWER_ACTIVE);
	want_usable_from(e, common);
	want_subframes(e, common, dci.repetitions);
}

/* TS 36.213 16.4.1: NPDSCH begins at n + 5, so four subframes lie between. */
static inline uint64_t
want_npdsch(struct want *e, bool common, uint32_t bytes)
{
	struct nbs_npdsch_choice grant;

	assert_int_equal(nbs_adapt_npdsch(e->link, e->mcl_db, bytes * 8U, &grant), NBS_OK);
	want_ms(e, 4, NBS_POWER_ACTIVE);
	want_usable_from(e, common);
	want_subframes(e, common, grant.subframes);
	e->decoded_ns = e->t_ns;
	return e->t_ns;
}

static inline void
want_transmit(struct want *e, uint64_t tx_ns, uint64_t duration_ns, double dbm,
	      enum nbs_power_state state)
{
	e->tx_mj += (double)tx_ns * 1e-9 * nbs_modem_power_mw(test_modem(), NBS_POWER_TX, dbm);
	want_to(e, e->t_ns + tx_ns, state);
	want_to(e, e->t_ns + duration_ns - tx_ns, NBS_POWER_ACTIVE);
}

/* DCI N1, NPDSCH, 12 ms, HARQ-ACK of 2 ms a repetition, 3 ms. @return when it was decoded. */
static inline uint64_t
want_downlink(struct want *e, bool common, uint32_t bytes)
{
	const struct nbs_ce_config *ce = &e->config->ce[e->level];
	uint32_t repetitions = common ? ce->ack_nack_msg4_repetitions : ce->ack_nack_repetitions;
	struct nbs_ack_choice ack;
	uint64_t decoded;

	assert_int_equal(nbs_adapt_ack(e->link, e->mcl_db, e->level, common, &ack), NBS_OK);
	want_dci(e, common);
	decoded = want_npdsch(e, common, bytes);
	want_ms(e, 12, NBS_POWER_ACTIVE);
	want_transmit(e, repetitions * (2 * BENCH_MS), repetitions * (2 * BENCH_MS),
		      ack.tx_power_dbm, NBS_POWER_TX);
	want_ms(e, 3, NBS_POWER_ACTIVE);
	return decoded;
}

/* The eNB keeps off the tones of NPRACH (the upper ones here) unless the grant needs them all. */
static inline void
want_npusch(struct want *e, bool common, const struct nbs_npusch_choice *grant)
{
	const struct nbs_tones tones = {.first = 0, .count = grant->npusch.tones};
	uint64_t end = nbs_calendar_npusch_end_ns(want_calendar(e, common), e->t_ns, &tones,
						  (uint32_t)(grant->tx_ns / BENCH_MS), NULL);

	want_transmit(e, grant->tx_ns, end - e->t_ns, grant->tx_power_dbm, NBS_POWER_TX);
	e->decoded_ns = e->t_ns;
}

/* DCI N0, 8 ms, NPUSCH, 3 ms. @return when it was decoded. */
static inline uint64_t
want_granted(struct want *e, bool common, uint32_t bytes)
{
	struct nbs_npusch_choice grant;

	assert_int_equal(nbs_adapt_npusch(e->link, e->mcl_db, bytes * 8U, &grant), NBS_OK);
	want_dci(e, common);
	want_ms(e, 8, NBS_POWER_ACTIVE);
	want_npusch(e, common, &grant);
	want_ms(e, 3, NBS_POWER_ACTIVE);
	return e->decoded_ns;
}

static inline uint64_t
want_uplink(struct want *e, uint32_t bytes)
{
	return want_granted(e, false, bytes);
}

/* After a random access in the connection: the first grant is in the common search space. */
static inline uint64_t
want_uplink_resolving(struct want *e, uint32_t bytes)
{
	return want_granted(e, true, bytes);
}

/*
 * NPRACH at the next k x 640 ms + start, so many preambles of 5.6 ms, the window four subframes
 * after the last one's, RAR of 7 bytes, 12 ms, Msg3, 3 ms. Early data is Msg3 itself.
 */
static inline void
want_random_access_for(struct want *e, enum nbs_power_state waiting, uint32_t early_bytes)
{
	static const uint64_t start_ms[] = {8, 64, 128};
	static const unsigned repetitions[] = {2, 8, 32};
	uint64_t period = 640 * BENCH_MS, offset = start_ms[e->level] * BENCH_MS;
	uint64_t k = e->t_ns < offset ? 0 : (e->t_ns - offset + period - 1) / period;
	double dbm = nbs_nprach_power_dbm(e->config, e->level, e->failed + 1U, e->mcl_db);
	uint64_t preamble = repetitions[e->level] * UINT64_C(5600000);
	struct nbs_npusch_choice msg3;

	want_to(e, k * period + offset, waiting);
	want_transmit(e, preamble, preamble, dbm, NBS_POWER_RA);
	/* The occasion is on a full ms, so the preamble ends in subframe ceil(end) - 1. */
	want_to(e, ((e->t_ns + BENCH_MS - 1) / BENCH_MS + 3) * BENCH_MS, NBS_POWER_ACTIVE);
	want_dci(e, true);
	(void)want_npdsch(e, true, 7);
	want_ms(e, 12, NBS_POWER_ACTIVE);
	if (early_bytes > 0)
		assert_int_equal(nbs_adapt_edt(e->link, e->mcl_db, early_bytes * 8U, &msg3),
				 NBS_OK);
	else
		assert_int_equal(nbs_adapt_msg3(e->link, e->mcl_db, &msg3), NBS_OK);
	want_npusch(e, true, &msg3);
	want_ms(e, 3, NBS_POWER_ACTIVE);
}

static inline void
want_random_access(struct want *e, enum nbs_power_state waiting)
{
	want_random_access_for(e, waiting, 0);
}

/* Release of so many bytes, and the RLC status for it. */
static inline void
want_release(struct want *e, uint32_t bytes)
{
	(void)want_downlink(e, false, bytes);
	(void)want_uplink(e, 3);
}

/* At t_ns from PSM, or from no supply at 0: 1.6 s, then the cell search of the level. */
static inline void
want_rise(struct want *e, uint64_t t_ns)
{
	static const double sync_ms[] = {94, 264, 434};

	e->t_ns = t_ns;
	want_ms(e, 1600, t_ns == 0 ? NBS_POWER_BOOT : NBS_POWER_WAKE);
	want_ms(e, sync_ms[e->level], NBS_POWER_SYNC);
}

static inline struct want
want_wake(const struct bench *b, double mcl_db, unsigned level, uint64_t t_ns)
{
	struct want e = {.config = &b->config, .mcl_db = mcl_db, .level = level};

	assert_int_equal(nbs_link_new(&b->config, &e.link), NBS_OK);
	assert_int_equal(nbs_calendar_new(&b->config, true, &e.anchor), NBS_OK);
	assert_int_equal(nbs_calendar_new(&b->config, b->config.non_anchor_carriers == 0, &e.own),
			 NBS_OK);
	want_rise(&e, t_ns);
	return e;
}

/* Up to the next of the times start + k x period, in ms. */
static inline void
want_next(struct want *e, uint64_t period_ms, uint64_t start_ms, enum nbs_power_state state)
{
	uint64_t ms = (e->t_ns + BENCH_MS - 1U) / BENCH_MS;

	while (ms < start_ms || (ms - start_ms) % period_ms != 0)
		ms++;
	want_to(e, ms * BENCH_MS, state);
}

/* So many copies of so many subframes, one each step: receiver on in those, active between. */
static inline void
want_copies(struct want *e, uint32_t copies, uint32_t subframes, uint32_t step_ms, uint32_t span_ms)
{
	for (uint32_t i = 0; i < copies; i++) {
		const uint32_t left_ms = (i + 1U < copies ? step_ms : span_ms) - subframes;

		want_ms(e, subframes, NBS_POWER_SI);
		want_ms(e, left_ms, NBS_POWER_ACTIVE);
	}
}

static inline uint32_t
want_copies_of(const struct want *e, uint32_t bits, uint32_t subframes)
{
	struct nbs_npdsch_choice block;

	assert_int_equal(nbs_adapt_npdsch(e->link, e->mcl_db, bits, &block), NBS_OK);
	return (block.subframes + subframes - 1U) / subframes;
}

/*
 * Network A's system information. SIB1-NB, 440 bits: 16 repetitions in 2,560 ms, each in 8
 * subframes of 160 ms. SI message 1, 256 bits: from 0 on in each 5,120 ms a copy of 8 subframes
 * every 40 ms of 960: 24. Message 2, 56 bits: from 960 on in each 20,480 ms, 24 copies of 2
 * subframes.
 */
static inline void
want_si(struct want *e)
{
	static const struct {
		uint32_t bits, subframes, period_ms, start_ms;
	} messages[] = {{256, 8, 5120, 0}, {56, 2, 20480, 960}};

	want_next(e, 160, 0, NBS_POWER_ACTIVE);
	want_copies(e, want_copies_of(e, 440, 8), 8, 160, 160);
	for (size_t i = 0; i < 2; i++) {
		uint32_t left = want_copies_of(e, messages[i].bits, messages[i].subframes);

		for (uint32_t now; left > 0; left -= now) {
			now = left < 24 ? left : 24;
			want_next(e, messages[i].period_ms, messages[i].start_ms, NBS_POWER_ACTIVE);
			want_copies(e, now, messages[i].subframes, 40, 10);
		}
	}
}

/* The same of a UE that was sent for at 10 s, in PSM. */
static inline struct want
want_begin(const struct bench *b, double mcl_db, unsigned level)
{
	return want_wake(b, mcl_db, level, 10 * BENCH_S);
}

static inline void
want_fini(struct want *e)
{
	nbs_calendar_free(e->anchor);
	nbs_calendar_free(e->own);
	nbs_link_free(e->link);
}

/* PSM is what is left of the time: bench_account() looks after the sum. */
static inline void
want_check(struct want *e, const struct nbs_account *account)
{
	for (int s = 0; s < NBS_POWER__COUNT; s++) {
		if (s == NBS_POWER_PSM)
			continue;
		if (account->time_ns[s] != e->ns[s])
			fail_msg("%s: %llu us, want %llu",
				 nbs_power_state_name((enum nbs_power_state)s),
				 (unsigned long long)account->time_ns[s] / 1000U,
				 (unsigned long long)e->ns[s] / 1000U);
	}
	check_rel(account->energy_mj[NBS_POWER_TX] + account->energy_mj[NBS_POWER_RA], e->tx_mj,
		  1e-9, "transmit energy");
	want_fini(e);
}

#endif
