/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of TS 36.213 section 16 and the grid of TS 36.211 section 10, against their text. */
#include "models/nbiot/phy.h"

#include "models/nbiot/phy_test_util.h"

static const uint32_t counts[NBS_TBS_COLUMNS] = {1, 2, 3, 4, 5, 6, 8, 10};

/* All 112 + 112 cells of vectors/tbs.csv. */
static void
tbs_cells(void **state)
{
	FILE *file = test_open("vectors/tbs.csv");
	struct test_line line;
	unsigned cells = 0;

	(void)state;
	while (test_next(file, &line)) {
		const uint32_t row = test_uint(&line, 1);
		const int up = strcmp(line.fields[0], "ul") == 0;

		assert_int_equal(line.count, 10);
		for (unsigned i = 0; i < NBS_TBS_COLUMNS; i++, cells++)
			assert_int_equal(up ? nbs_npusch_tbs(row, counts[i])
					    : nbs_npdsch_tbs(row, counts[i]),
					 test_uint(&line, i + 2));
	}
	(void)fclose(file);
	assert_int_equal(cells, 224);
}

/* Sizes are whole bytes and grow with each row and column. */
static void
tbs_properties(void **state)
{
	(void)state;
	for (uint32_t row = 0; row < NBS_TBS_ROWS; row++) {
		for (unsigned i = 0; i < NBS_TBS_COLUMNS; i++) {
			const uint32_t up = nbs_npusch_tbs(row, counts[i]);
			const uint32_t down = nbs_npdsch_tbs(row, counts[i]);

			assert_int_equal(up % 8, 0);
			assert_int_equal(down % 8, 0);
			if (i > 0) {
				assert_true(up > nbs_npusch_tbs(row, counts[i - 1]));
				assert_true(down > nbs_npdsch_tbs(row, counts[i - 1]));
			}
			if (row > 0) {
				assert_true(up >= nbs_npusch_tbs(row - 1, counts[i]));
				assert_true(down >= nbs_npdsch_tbs(row - 1, counts[i]));
			}
		}
	}
	assert_int_equal(nbs_npusch_tbs(14, 1), 0);
	assert_int_equal(nbs_npdsch_tbs(14, 1), 0);
	assert_int_equal(nbs_npusch_tbs(0, 7), 0); /* N_RU 7 and 9 do not exist */
	assert_int_equal(nbs_npdsch_tbs(0, 9), 0);
	assert_int_equal(nbs_npdsch_tbs(0, 0), 0);
}

/* The columns that Cat-NB1 of Rel-13 has in each row of the uplink table, footnote by footnote. */
static void
rel13_limits(void **state)
{
	/* largest N_RU allowed for I_TBS 0..13: (7,10), (8,8..10), (9,8..10), (10,8..10),
	 * (11,6..10), (12,5..10) and row 13 are excluded */
	static const uint32_t largest[NBS_TBS_ROWS] = {10, 10, 10, 10, 10, 10, 10,
						       8,  6,  6,  6,  5,  4,  0};

	(void)state;
	for (uint32_t row = 0; row < NBS_TBS_ROWS; row++) {
		for (unsigned i = 0; i < NBS_TBS_COLUMNS; i++) {
			const int allowed = counts[i] <= largest[row];

			assert_int_equal(nbs_npusch_nb1(12, row, counts[i]), allowed);
			assert_int_equal(nbs_npusch_nb1(1, row, counts[i]), allowed && row <= 10);
		}
	}
	/* downlink: 680 bits and I_TBS 12; in-band I_TBS 10 */
	assert_true(nbs_npdsch_nb1(NBS_STAND_ALONE, 4, 10));
	assert_true(nbs_npdsch_nb1(NBS_GUARD_BAND, 12, 3));
	assert_false(nbs_npdsch_nb1(NBS_IN_BAND, 12, 3));
	assert_true(nbs_npdsch_nb1(NBS_IN_BAND, 10, 4));
	assert_false(nbs_npdsch_nb1(NBS_STAND_ALONE, 5, 10));
	assert_false(nbs_npdsch_nb1(NBS_STAND_ALONE, 13, 1));
}

static void
index_tables(void **state)
{
	static const uint32_t downlink[] = {1,   2,   4,   8,   16,  32,   64,   128,
					    192, 256, 384, 512, 768, 1024, 1536, 2048};

	(void)state;
	for (uint32_t i = 0; i < 8; i++) {
		assert_int_equal(nbs_block_count(i), counts[i]);
		assert_int_equal(nbs_npusch_n_rep(i), 1U << i);
	}
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(nbs_npdsch_n_rep(i), downlink[i]);
	assert_int_equal(nbs_block_count(8), 0);
	assert_int_equal(nbs_npusch_n_rep(8), 0);
	assert_int_equal(nbs_npdsch_n_rep(16), 0);
}

/* TS 36.213 Table 16.5.1.2-1 and the QPSK rows of several tones. */
static void
mcs(void **state)
{
	static const uint32_t i_tbs_single[] = {0, 2, 1, 3, 4, 5, 6, 7, 8, 9, 10};
	uint32_t i_tbs;
	uint32_t qm;

	(void)state;
	for (uint32_t i = 0; i <= 10; i++) {
		assert_int_equal(nbs_npusch_mcs(1, i, &i_tbs, &qm), NBS_OK);
		assert_int_equal(i_tbs, i_tbs_single[i]);
		assert_int_equal(qm, i < 2 ? 1 : 2);
	}
	for (uint32_t i = 0; i <= 13; i++) {
		assert_int_equal(nbs_npusch_mcs(6, i, &i_tbs, &qm), NBS_OK);
		assert_int_equal(i_tbs, i);
		assert_int_equal(qm, 2);
	}
	assert_int_equal(nbs_npusch_mcs(1, 11, &i_tbs, &qm), NBS_E_RANGE);
	assert_int_equal(nbs_npusch_mcs(3, 14, &i_tbs, &qm), NBS_E_RANGE);
	assert_int_equal(nbs_npusch_mcs(2, 0, &i_tbs, &qm), NBS_E_RANGE);
}

/* TS 36.211 Table 10.1.2.3-1. */
static void
resource_units(void **state)
{
	(void)state;
	assert_int_equal(nbs_ru_ns(NBS_SCS_3K75, 1), 32000000);
	assert_int_equal(nbs_ru_ns(NBS_SCS_15K, 1), 8000000);
	assert_int_equal(nbs_ru_ns(NBS_SCS_15K, 3), 4000000);
	assert_int_equal(nbs_ru_ns(NBS_SCS_15K, 6), 2000000);
	assert_int_equal(nbs_ru_ns(NBS_SCS_15K, 12), 1000000);
	assert_int_equal(nbs_ru_ns(NBS_SCS_3K75, 3), 0);
	assert_int_equal(nbs_ru_ns(NBS_SCS_15K, 4), 0);
	assert_int_equal(nbs_ru_format2_ns(NBS_SCS_3K75), 8000000);
	assert_int_equal(nbs_ru_format2_ns(NBS_SCS_15K), 2000000);
	assert_int_equal(nbs_ru_symbols(NBS_SCS_3K75, 1), 96);
	assert_int_equal(nbs_ru_symbols(NBS_SCS_15K, 1), 96);
	assert_int_equal(nbs_ru_symbols(NBS_SCS_15K, 3), 144);
	assert_int_equal(nbs_ru_symbols(NBS_SCS_15K, 6), 144);
	assert_int_equal(nbs_ru_symbols(NBS_SCS_15K, 12), 144);
	assert_true(nbs_ul_bandwidth_hz(NBS_SCS_3K75, 1) == 3750.0);
	assert_true(nbs_ul_bandwidth_hz(NBS_SCS_15K, 12) == 180000.0);
}

/* Four groups of a cyclic prefix (2048 or 8192 Ts) and five symbols of 8192 Ts. */
static void
preambles(void **state)
{
	(void)state;
	assert_int_equal(nbs_nprach_preamble_ns(0), 5600000);
	assert_int_equal(nbs_nprach_preamble_ns(1), 6400000);
	assert_int_equal(nbs_nprach_preamble_ns(2), 0);
}

static void
delays(void **state)
{
	static const uint32_t small[] = {0, 4, 8, 12, 16, 32, 64, 128};
	static const uint32_t large[] = {0, 16, 32, 64, 128, 256, 512, 1024};
	static const uint32_t grant[] = {8, 16, 32, 64};
	static const uint32_t rar[] = {12, 16, 32, 64};
	static const uint32_t ack[] = {13, 15, 17, 18};

	(void)state;
	for (uint32_t i = 0; i < 8; i++) {
		assert_int_equal(nbs_npdsch_k0(i, 64), small[i]);
		assert_int_equal(nbs_npdsch_k0(i, 128), large[i]);
	}
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(nbs_npusch_k0(i), grant[i]);
		assert_int_equal(nbs_rar_k0(i), rar[i]);
	}
	for (uint32_t i = 0; i < 16; i++) {
		assert_int_equal(nbs_ack_k0(NBS_SCS_15K, i), ack[i / 4]);
		assert_int_equal(nbs_ack_k0(NBS_SCS_3K75, i), i < 8 ? 13 : 21);
	}
	assert_int_equal(nbs_npdsch_k0(8, 1), 0);
	assert_int_equal(nbs_npusch_k0(4), 0);
	assert_int_equal(nbs_rar_k0(4), 0);
	assert_int_equal(nbs_ack_k0(NBS_SCS_15K, 16), 0);
}

/*
 * 12 x 14 = 168 elements; 8 for each NRS port. In-band three control symbols go, and the LTE
 * reference elements in the other eleven: 12 with two ports, 16 with four.
 * TS 36.101 A.3.12.1.2-1 R.NB.5 (in-band, 4 CRS and 2 NRS ports): 200 bits.
 */
static void
downlink_bits(void **state)
{
	(void)state;
	assert_int_equal(nbs_dl_bits_per_subframe(NBS_STAND_ALONE, 1, 0), 320);
	assert_int_equal(nbs_dl_bits_per_subframe(NBS_GUARD_BAND, 2, 0), 304);
	assert_int_equal(nbs_dl_bits_per_subframe(NBS_IN_BAND, 2, 2), 208);
	assert_int_equal(nbs_dl_bits_per_subframe(NBS_IN_BAND, 2, 4), 200);
	assert_int_equal(nbs_dl_bits_default(NBS_STAND_ALONE), 304);
	assert_int_equal(nbs_dl_bits_default(NBS_IN_BAND), 208);
	assert_int_equal(nbs_dl_bits_per_subframe(NBS_IN_BAND, 2, 3), 0);
	assert_int_equal(nbs_dl_bits_per_subframe(NBS_STAND_ALONE, 3, 0), 0);
	/* R.NB.5: I_TBS 4, one subframe, 56 bits: (56 + 24) / 200 = 0.4 */
	assert_int_equal((nbs_npdsch_tbs(4, 1) + NBS_TBS_CRC_BITS) * 10 /
			     nbs_dl_bits_per_subframe(NBS_IN_BAND, 2, 4),
			 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tbs_cells),    cmocka_unit_test(tbs_properties),
	    cmocka_unit_test(rel13_limits), cmocka_unit_test(index_tables),
	    cmocka_unit_test(mcs),          cmocka_unit_test(resource_units),
	    cmocka_unit_test(preambles),    cmocka_unit_test(delays),
	    cmocka_unit_test(downlink_bits)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
