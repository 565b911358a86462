/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The carrier: a single user gets what the calendar says, queues by hand, RARs, the limits of time.
 * The search is held against an exhaustive one in carrier_search_test.c; that nothing is booked
 * twice, in carrier_books_test.c.
 */
#include "models/nbiot/carrier_test_util.h"

static const struct nbsi_space space_8 = {.rmax = 8, .g = 2, .offset_8th = 0};

/* ---- a single user ---- */

/* On an empty carrier a grant is what the calendar's functions say, one after the other. */
static void
single_user_in(const struct nbs_network_config *config, uint64_t *seed)
{
	const struct nbsi_space spaces[] = {{8, 2, 0}, {32, 4, 1}, {256, 1.5, 3}};
	struct nbsi_carrier *carrier = carrier_of(config, true);
	const struct nbs_calendar *c = nbsi_carrier_calendar(carrier);
	const struct nbs_tones tone_0 = {.first = 0, .count = 1};
	const struct nbs_tones tone_4 = {.first = 4, .count = 1};
	uint64_t t = 0;

	for (unsigned i = 0; i < 300; i++) {
		const struct nbsi_space *s = &spaces[pick(seed, 3)];
		const uint32_t reps = s->rmax >> pick(seed, 4);
		const uint32_t subframes = 1 + pick(seed, 200);
		const struct nbsi_ul_need need = {.tones = 1, .tx_ms = 1 + pick(seed, 2000)};
		struct nbsi_grant down, up;
		uint64_t at, postponed;

		t += 1000 + pick(seed, 3000000);
		nbsi_carrier_advance(carrier, t);
		assert_true(
		    nbsi_book_downlink(carrier, s, t, t + 20000 * MS, reps, subframes, 8, &down));
		at = nbs_calendar_npdcch_start_ns(c, t, s->rmax, s->g, s->offset_8th, reps);
		at = nbs_calendar_gapped_next_ns(c, at, s->rmax);
		assert_int_equal(down.dci_start_ns, at);
		at += nbs_calendar_gapped_span_ns(c, at, reps, s->rmax);
		assert_int_equal(down.dci_end_ns, at);
		at = nbs_calendar_gapped_next_ns(c, at + 4 * MS, s->rmax); /* n + 5 */
		assert_int_equal(down.start_ns, at);
		at += nbs_calendar_gapped_span_ns(c, at, subframes, s->rmax);
		assert_int_equal(down.end_ns, at);
		assert_int_equal(down.ack_start_ns, at + 12 * MS); /* k0 = 13 */
		assert_int_equal(down.ack_end_ns,
				 nbs_calendar_npusch_end_ns(c, at + 12 * MS, &tone_0, 8, NULL));
		t = down.ack_end_ns + 3 * MS;
		nbsi_carrier_advance(carrier, t);
		assert_true(nbsi_book_uplink(carrier, s, t, t + 20000 * MS, reps, &need, &up));
		at = nbs_calendar_npdcch_start_ns(c, t, s->rmax, s->g, s->offset_8th, reps);
		at = nbs_calendar_gapped_next_ns(c, at, s->rmax);
		at += nbs_calendar_gapped_span_ns(c, at, reps, s->rmax);
		assert_int_equal(up.dci_end_ns, at);
		assert_int_equal(up.start_ns, at + 8 * MS);
		/* one tone, nobody about: the first off NPRACH and the HARQ-ACKs' */
		assert_int_equal(up.end_ns, nbs_calendar_npusch_end_ns(c, up.start_ns, &tone_4,
								       need.tx_ms, &postponed));
		assert_int_equal(up.postponed_ns, postponed);
		t = up.end_ns;
	}
	assert_int_equal(nbsi_carrier_stats(carrier)->waits, 0);
	nbsi_carrier_free(carrier);
}

static void
single_user(void **state)
{
	struct nbs_network_config config;
	uint64_t seed = 213;

	(void)state;
	nbs_network_config_default(&config);
	single_user_in(&config, &seed);
	config.dl_gap.enabled = true;
	single_user_in(&config, &seed);
}

/* ---- queues by hand ---- */

/*
 * Every subframe valid, DCI of all 8 repetitions of T = 16: at 0, 16, ... NPUSCH on twelve tones
 * for 20 ms, k0 8, 16, 32, 64. The first: DCI 0..8, on air 16..36. The second: DCI 16..24, 32 is
 * taken, 40..60. The third: DCI 32..40, 48 and 56 are taken, 72..92 is free.
 */
static void
queue_of_three(void **state)
{
	static const uint64_t starts[] = {16, 40, 72};
	const struct nbsi_ul_need need = {.tones = 12, .tx_ms = 20};
	struct nbsi_carrier *carrier = cell_of(CELL_BARE);

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct nbsi_grant grant;

		assert_true(nbsi_book_uplink(carrier, &space_8, 0, 1000 * MS, 8, &need, &grant));
		assert_int_equal(grant.dci_start_ns, i * UINT64_C(16) * MS);
		assert_int_equal(grant.dci_end_ns, (i * 16 + 8) * MS);
		assert_int_equal(grant.start_ns, starts[i] * MS);
		assert_int_equal(grant.end_ns, (starts[i] + 20) * MS);
		assert_int_equal(grant.ack_start_ns, 0);
	}
	assert_int_equal(nbsi_carrier_stats(carrier)->waits, 2);
	assert_int_equal(nbsi_carrier_stats(carrier)->dci_sf, 24);
	assert_int_equal(nbsi_carrier_stats(carrier)->npusch_tone_ms, 3 * 12 * 20);
	nbsi_carrier_free(carrier);
}

/*
 * HARQ-ACKs of 64 ms after blocks of one subframe, DCIs of one repetition: candidates 0..7, 16..23
 * and so on, blocks five later. DCIs 0, 1, 2, 3, blocks 5, 6, 7, 8, ACKs from 18, 19, 20, 21 on,
 * on tones 0, 1, 2, 3. No tone is left then before 82, so the fifth block must end at 82 - 17 = 65
 * or later: after DCI 55 it ends at 61, after DCI 64 at 70, and its ACK begins at 82.
 */
static void
queue_for_acks(void **state)
{
	struct nbsi_carrier *carrier = cell_of(CELL_BARE);
	struct nbsi_grant grant;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		assert_true(nbsi_book_downlink(carrier, &space_8, 0, 1000 * MS, 1, 1, 64, &grant));
		assert_int_equal(grant.dci_start_ns, i * MS);
		assert_int_equal(grant.start_ns, (i + 5) * MS);
		assert_int_equal(grant.ack_start_ns, (i + 18) * MS);
	}
	assert_true(nbsi_book_downlink(carrier, &space_8, 0, 1000 * MS, 1, 1, 64, &grant));
	assert_int_equal(grant.dci_start_ns, 64 * MS);
	assert_int_equal(grant.start_ns, 69 * MS);
	assert_int_equal(grant.ack_start_ns, 82 * MS);
	assert_int_equal(grant.ack_end_ns, 146 * MS);
	assert_int_equal(nbsi_carrier_stats(carrier)->ack_tone_ms, 5 * 64);
	assert_int_equal(nbsi_carrier_stats(carrier)->npdsch_sf, 5);
	nbsi_carrier_free(carrier);
}

/*
 * Places: one tone goes to 4; 3 tones leave two blocks of 6 as they are not: 3..5 is broken, so
 * is 0..5: 0..2 breaks nothing more but holds HARQ-ACKs, and still goes before 6..8, which would
 * break 6..11. Then six tones fit once, at 6.
 */
static void
places_kept_together(void **state)
{
	const struct nbsi_ul_need needs[] = {{1, 10}, {3, 10}, {6, 10}};
	struct nbsi_carrier *carrier = cell_of(CELL_BARE);
	struct nbsi_grant grant;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_true(nbsi_book_tones(carrier, 0, MS, &needs[i], &grant));
		assert_int_equal(grant.start_ns, 0);
	}
	for (unsigned tone = 0; tone < NBS_UL_TONES; tone++)
		assert_int_equal(carrier->ul[tone][0] & 1U, tone != 3 && tone != 5);
	assert_false(nbsi_book_tones(carrier, 0, MS, &needs[1], &grant));
	assert_int_equal(grant.end_ns, 0);
	assert_true(nbsi_book_tones(carrier, 0, 11 * MS, &needs[1], &grant));
	assert_int_equal(grant.start_ns, 10 * MS);
	nbsi_carrier_free(carrier);
}

/*
 * Every subframe valid, gaps 0..127 of each 256 for Rmax 256 and more. A DCI at 199 and its block
 * of 180 without gaps fill 204..383. Rmax 256, T = 384, offset 1/8: candidates of 32 at 48, 80,
 * ..., 272, then at 432. From 208 on: 208 and 240 are busy; 272 lies in the gap and is on air
 * from 384 on, where nobody is.
 */
static void
candidate_in_gap(void **state)
{
	const struct nbsi_space gapped = {.rmax = 256, .g = 1.5, .offset_8th = 1};
	struct nbs_network_config config;
	struct nbsi_carrier *carrier;
	struct nbsi_grant grant;

	(void)state;
	nbs_network_config_default(&config);
	config.dl_gap = (struct nbs_dl_gap_config){
	    .enabled = true, .threshold = 256, .period_sf = 256, .duration_8th = 4};
	carrier = carrier_of(&config, false);
	assert_true(nbsi_book_downlink(carrier, &space_8, 199 * MS, 200 * MS, 1, 180, 0, &grant));
	assert_int_equal(grant.start_ns, 204 * MS);
	assert_int_equal(grant.end_ns, 384 * MS);
	assert_true(nbsi_book_downlink(carrier, &gapped, 208 * MS, 1000 * MS, 32, 0, 0, &grant));
	assert_int_equal(grant.dci_start_ns, 384 * MS);
	assert_int_equal(grant.dci_end_ns, 416 * MS);
	nbsi_carrier_free(carrier);
}

/*
 * NPRACH on all tones in ms 8..19 of each 80. 653 ms from 8 on: stretches from 8, 304, 600 send
 * 256 - 48, 256 - 36, 256 - 36 = 648 ms, the one from 896 waits until 900 and sends 5, the last of
 * them in 904, which is busy. From 9 on, stretches from 9, 305, 601 send 209, 220, 220 = 649, four
 * more from 900 on end at 904: the later start ends earlier, and fits. Postponed in it: 47 + 36 +
 * 36 and 897..899.
 */
static void
later_but_earlier(void **state)
{
	const struct nbsi_ul_need short_one = {.tones = 12, .tx_ms = 1};
	const struct nbsi_ul_need long_one = {.tones = 12, .tx_ms = 653};
	struct nbs_network_config config;
	struct nbsi_carrier *carrier;
	struct nbsi_grant grant;

	(void)state;
	nbs_network_config_default(&config);
	for (unsigned level = 0; level < NBS_CE_LEVELS; level++) {
		config.ce[level].nprach_period_ms = 80;
		config.ce[level].nprach_start_ms = 8;
		config.ce[level].nprach_repetitions = 2;
		config.ce[level].nprach_subcarriers = 48;
		config.ce[level].nprach_subcarrier_offset = 0;
	}
	carrier = carrier_of(&config, true);
	assert_true(nbsi_book_tones(carrier, 904 * MS, 905 * MS, &short_one, &grant));
	assert_int_equal(grant.end_ns, 905 * MS);
	assert_true(nbsi_book_tones(carrier, 8 * MS, 100 * MS, &long_one, &grant));
	assert_int_equal(grant.start_ns, 9 * MS);
	assert_int_equal(grant.end_ns, 904 * MS);
	assert_int_equal(grant.postponed_ns, 122 * MS);
	nbsi_carrier_free(carrier);
}

/* ---- RAR ---- */

static void
fill_rar(uint32_t *subframes, struct nbsi_ul_need *needs, uint32_t tones, uint32_t tx_ms)
{
	for (unsigned n = 0; n < NBSI_RAR_MAX; n++) {
		subframes[n] = n + 1;
		needs[n] = (struct nbsi_ul_need){.tones = tones, .tx_ms = tx_ms};
	}
}

/* TS 36.213 16.3.3: Msg3 12, 16, 32 or 64 ms after the RAR. DCI 0..1, RAR from 5 on. */
static void
rar_with_msg3s(void **state)
{
	uint32_t subframes[NBSI_RAR_MAX];
	struct nbsi_ul_need needs[NBSI_RAR_MAX];
	struct nbsi_carrier *carrier = cell_of(CELL_BARE);
	struct nbsi_rar rar;

	(void)state;
	/* a tone for each: all at once */
	fill_rar(subframes, needs, 1, 32);
	assert_true(nbsi_book_rar(carrier, &space_8, 0, 100 * MS, 1, subframes, needs, 12, &rar));
	assert_int_equal(rar.count, 12);
	assert_int_equal(rar.start_ns, 5 * MS);
	assert_int_equal(rar.end_ns, 17 * MS); /* of 12 subframes */
	for (unsigned n = 0; n < 12; n++) {
		assert_int_equal(rar.msg3[n].start_ns, 29 * MS);
		assert_int_equal(rar.msg3[n].end_ns, 61 * MS);
	}
	assert_int_equal(nbsi_carrier_stats(carrier)->waits, 0);
	nbsi_carrier_free(carrier);
	/* 4 ms on 3 tones: four at 12 ms, four at 16, the rest at 32 */
	carrier = cell_of(CELL_BARE);
	fill_rar(subframes, needs, 3, 4);
	assert_true(nbsi_book_rar(carrier, &space_8, 0, 100 * MS, 1, subframes, needs, 12, &rar));
	assert_int_equal(rar.count, 12);
	for (unsigned n = 0; n < 12; n++)
		assert_int_equal(rar.msg3[n].start_ns, rar.end_ns + (n < 4   ? 12
								     : n < 8 ? 16
									     : 32) *
									MS);
	nbsi_carrier_free(carrier);
	/* 32 ms on 3 tones: 12..44 keeps 16 and 32 from use, four more at 64: 8 of 12 */
	carrier = cell_of(CELL_BARE);
	fill_rar(subframes, needs, 3, 32);
	assert_true(nbsi_book_rar(carrier, &space_8, 0, 100 * MS, 1, subframes, needs, 12, &rar));
	assert_int_equal(rar.count, 8);
	assert_int_equal(rar.end_ns, 13 * MS); /* a RAR of 8 */
	assert_int_equal(rar.msg3[7].start_ns, (13 + 64) * MS);
	assert_int_equal(rar.msg3[8].start_ns, 0);
	assert_int_equal(nbsi_carrier_stats(carrier)->waits, 1);
	assert_int_equal(nbsi_carrier_stats(carrier)->npdsch_sf, 8);
	assert_int_equal(nbsi_carrier_stats(carrier)->npusch_tone_ms, 8 * 3 * 32);
	nbsi_carrier_free(carrier);
}

/* ---- modes and limits ---- */

static void
alone(void **state)
{
	const struct nbsi_ul_need need = {.tones = 12, .tx_ms = 300};
	uint32_t subframes[NBSI_RAR_MAX];
	struct nbsi_ul_need needs[NBSI_RAR_MAX];
	struct nbs_network_config config;
	struct nbsi_carrier *carrier;
	struct nbsi_grant first, again;
	struct nbsi_rar rar;

	(void)state;
	nbs_network_config_default(&config);
	config.load = NBS_LOAD_ALONE;
	carrier = carrier_of(&config, true);
	assert_true(nbsi_book_uplink(carrier, &space_8, 0, 100 * MS, 8, &need, &first));
	assert_true(nbsi_book_uplink(carrier, &space_8, 0, 100 * MS, 8, &need, &again));
	assert_memory_equal(&first, &again, sizeof(first));
	assert_true(nbsi_book_downlink(carrier, &space_8, 0, 100 * MS, 8, 32, 4, &first));
	assert_true(nbsi_book_downlink(carrier, &space_8, 0, 100 * MS, 8, 32, 4, &again));
	assert_memory_equal(&first, &again, sizeof(first));
	assert_true(nbsi_book_tones(carrier, 0, MS, &need, &first));
	assert_true(nbsi_book_tones(carrier, 0, MS, &need, &first));
	fill_rar(subframes, needs, 12, 100);
	assert_true(nbsi_book_rar(carrier, &space_8, 0, 100 * MS, 8, subframes, needs, 12, &rar));
	assert_int_equal(rar.count, 12);
	assert_int_equal(rar.msg3[11].start_ns, rar.end_ns + 12 * MS);
	assert_int_equal(nbsi_carrier_stats(carrier)->dci_sf, 5 * 8);
	assert_int_equal(nbsi_carrier_stats(carrier)->npdsch_sf, 2 * 32 + 12);
	assert_int_equal(nbsi_carrier_stats(carrier)->npusch_tone_ms, 4 * 12 * 300 + 12 * 12 * 100);
	assert_int_equal(nbsi_carrier_stats(carrier)->ack_tone_ms, 8);
	assert_int_equal(nbsi_carrier_stats(carrier)->waits, 0);
	/* the horizon holds all the same */
	assert_false(nbsi_book_tones(carrier, 120000 * MS, UINT64_MAX, &need, &first));
	nbsi_carrier_free(carrier);
}

/* A ring is 131,072 ms: what was booked a turn ago must not be in the way. */
static void
time_passes(void **state)
{
	const struct nbsi_ul_need all = {.tones = 12, .tx_ms = 100};
	struct nbsi_carrier *carrier = cell_of(CELL_BARE);
	struct nbsi_grant grant;

	(void)state;
	for (uint64_t turn = 0; turn < 4; turn++) {
		const uint64_t now = turn * 131072 * MS;

		nbsi_carrier_advance(carrier, now);
		for (unsigned i = 0; i < 1000; i++) {
			assert_true(nbsi_book_tones(carrier, now, UINT64_MAX, &all, &grant));
			assert_int_equal(grant.start_ns, now + i * UINT64_C(100) * MS);
		}
		nbsi_carrier_advance(carrier, now + 70000 * MS);
		nbsi_carrier_advance(carrier, now + 60000 * MS); /* nothing happens */
		/* the past is closed; what is left is booked up to 100 s */
		assert_true(nbsi_book_tones(carrier, now, UINT64_MAX, &all, &grant));
		assert_int_equal(grant.start_ns, now + 100000 * MS);
		assert_true(
		    nbsi_book_downlink(carrier, &space_8, now, UINT64_MAX, 8, 0, 0, &grant));
		assert_in_range(grant.dci_start_ns, now + 70000 * MS, now + 70020 * MS);
		assert_int_equal(grant.start_ns, 0);
	}
	/* a jump of more than a turn, to within a ms */
	nbsi_carrier_advance(carrier, 1000000 * MS + 1);
	assert_true(nbsi_book_tones(carrier, 0, UINT64_MAX, &all, &grant));
	assert_int_equal(grant.start_ns, 1000001 * MS);
	nbsi_carrier_free(carrier);
}

/* Network A: 711 tone-ms of NPRACH each 640 ms (calendar_test.c), counted as time passes. */
static void
nprach_is_counted(void **state)
{
	struct nbsi_carrier *carrier = cell_of(CELL_A);

	(void)state;
	nbsi_carrier_advance(carrier, 3200 * MS);
	assert_int_equal(nbsi_carrier_stats(carrier)->nprach_tone_ms, 5 * 711);
	nbsi_carrier_advance(carrier, 64000 * MS);
	assert_int_equal(nbsi_carrier_stats(carrier)->nprach_tone_ms, 100 * 711);
	nbsi_carrier_free(carrier);
}

static void
horizon(void **state)
{
	const struct nbsi_ul_need need = {.tones = 12, .tx_ms = 250};
	struct nbsi_carrier *carrier = cell_of(CELL_BARE);
	struct nbsi_grant grant;

	(void)state;
	assert_true(nbsi_book_tones(carrier, 119750 * MS, UINT64_MAX, &need, &grant));
	assert_int_equal(grant.end_ns, NBSI_BOOK_AHEAD_NS);
	assert_false(nbsi_book_tones(carrier, 119751 * MS, UINT64_MAX, &need, &grant));
	assert_false(
	    nbsi_book_uplink(carrier, &space_8, 119900 * MS, UINT64_MAX, 8, &need, &grant));
	/* DCI 119,984..119,992, block from 119,996 on: four fit, five do not */
	assert_false(
	    nbsi_book_downlink(carrier, &space_8, 119984 * MS, UINT64_MAX, 8, 5, 0, &grant));
	assert_true(
	    nbsi_book_downlink(carrier, &space_8, 119984 * MS, UINT64_MAX, 8, 4, 0, &grant));
	assert_int_equal(grant.end_ns, NBSI_BOOK_AHEAD_NS);
	nbsi_carrier_free(carrier);
}

static void
refusals(void **state)
{
	const struct nbsi_ul_need two = {.tones = 2, .tx_ms = 8};
	const struct nbsi_ul_need nothing = {.tones = 1, .tx_ms = 0};
	const struct nbsi_space short_period = {.rmax = 2, .g = 1.5, .offset_8th = 0};
	uint32_t subframes[NBSI_RAR_MAX];
	struct nbsi_ul_need needs[NBSI_RAR_MAX];
	struct nbs_network_config config;
	struct nbsi_carrier *carrier = cell_of(CELL_A);
	struct nbsi_grant grant;
	struct nbsi_rar rar;

	(void)state;
	fill_rar(subframes, needs, 1, 32);
	assert_false(nbsi_book_tones(carrier, 0, MS, &two, &grant));
	assert_false(nbsi_book_tones(carrier, 0, MS, &nothing, &grant));
	assert_false(nbsi_book_uplink(carrier, &space_8, 0, 100 * MS, 8, &two, &grant));
	assert_false(nbsi_book_uplink(carrier, &space_8, 0, 100 * MS, 3, needs, &grant));
	assert_false(nbsi_book_uplink(carrier, &space_8, 0, 100 * MS, 16, needs, &grant));
	assert_false(nbsi_book_downlink(carrier, &short_period, 0, 100 * MS, 1, 1, 2, &grant));
	/*
	 * The DCI starts before until_ns or not at all. SI takes 1, 2, 3, 6, 7, 8, 11, 12 of the
	 * first window, SIB1-NB 4, NSSS 9: subframe 13 is the first.
	 */
	assert_int_equal(nbs_calendar_next_valid_ns(nbsi_carrier_calendar(carrier), 11 * MS),
			 13 * MS);
	assert_false(nbsi_book_downlink(carrier, &space_8, 0, 13 * MS, 8, 1, 2, &grant));
	assert_true(nbsi_book_downlink(carrier, &space_8, 0, 13 * MS + 1, 8, 1, 2, &grant));
	assert_int_equal(grant.dci_start_ns, 13 * MS);
	assert_false(nbsi_book_rar(carrier, &space_8, 0, 100 * MS, 8, subframes, needs, 0, &rar));
	assert_false(nbsi_book_rar(carrier, &space_8, 0, 100 * MS, 8, subframes, needs, 13, &rar));
	assert_int_equal(rar.count, 0);
	nbsi_carrier_free(carrier);
	nbsi_carrier_free(NULL);
	nbs_network_config_default(&config);
	config.sib1_repetitions = 5;
	assert_int_equal(nbsi_carrier_new(&config, true, &carrier), NBS_E_RANGE);
	assert_null(carrier);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {

	    cmocka_unit_test(single_user),      cmocka_unit_test(queue_of_three),
	    cmocka_unit_test(queue_for_acks),   cmocka_unit_test(places_kept_together),
	    cmocka_unit_test(candidate_in_gap), cmocka_unit_test(later_but_earlier),
	    cmocka_unit_test(rar_with_msg3s),   cmocka_unit_test(alone),
	    cmocka_unit_test(time_passes),      cmocka_unit_test(nprach_is_counted),
	    cmocka_unit_test(horizon),          cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
