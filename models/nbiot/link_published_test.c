/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The law against published receivers: an AWGN simulation, the capacity of the modulation,
 * TS 36.104 minimum requirements, and a fading simulation of both directions.
 */
#include "models/nbiot/link.h"

#include "models/nbiot/phy_test_util.h"

/* The I_MCS of an I_TBS with one tone (TS 36.213 Table 16.5.1.2-1). */
static uint32_t
single_mcs(uint32_t i_tbs)
{
	return i_tbs == 1 ? 2 : i_tbs == 2 ? 1 : i_tbs;
}

/* vectors/awgn.csv, 0.5 dB; -3.01 dB a doubling from two repetitions on; 3.0 to 4.8 before. */
static void
awgn_table(void **state)
{
	static const uint32_t repetitions[] = {1, 2, 16, 128};
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);
	FILE *file = test_open("vectors/awgn.csv");
	struct test_line line;
	unsigned rows = 0;

	(void)state;
	for (; test_next(file, &line); rows++) {
		struct nbs_npusch npusch = {.scs = NBS_SCS_15K,
					    .tones = 1,
					    .i_mcs = single_mcs(test_uint(&line, 0)),
					    .n_ru = test_uint(&line, 1)};
		double snr_db[8];

		for (unsigned i = 0; i < 4; i++) {
			npusch.n_rep = repetitions[i];
			test_near(nbs_link_npusch_snr10_db(link, &npusch, 1) - 2.0,
				  test_double(&line, i + 2), 0.5, "SNR at 10 %");
		}
		for (unsigned i = 0; i < 8; i++) {
			npusch.n_rep = 1U << i;
			snr_db[i] = nbs_link_npusch_snr10_db(link, &npusch, 1);
		}
		assert_true(snr_db[0] - snr_db[1] >= 2.99 && snr_db[0] - snr_db[1] <= 4.8);
		for (unsigned i = 2; i < 8; i++)
			test_near(snr_db[i] - snr_db[i - 1], -3.01, 0.1, "slope");
	}
	(void)fclose(file);
	assert_int_equal(rows, 5);
	nbs_link_free(link);
}

/* Capacity of BPSK in AWGN at Es/N0 = g, by the trapezium rule: 1 - E[log2(1 + e^-2y/s2)]. */
static double
bpsk_capacity(double g)
{
	const double s2 = 1.0 / (2.0 * g);
	double sum = 0.0;

	for (int i = -4000; i <= 4000; i++) {
		const double z = i * 0.002;
		const double y = 1.0 + sqrt(s2) * z;

		sum += 0.002 * exp(-z * z / 2) / sqrt(2 * M_PI) * log2(1 + exp(-2 * y / s2));
	}
	return 1.0 - sum;
}

/* Eb/N0 in dB at which the capacity equals the code rate, by bisection. */
static double
shannon_ebn0_db(double rate)
{
	double low_db = -15.0;
	double high_db = 15.0;

	for (unsigned i = 0; i < 40; i++) {
		const double es_db = (low_db + high_db) / 2;

		if (bpsk_capacity(pow(10, es_db / 10)) < rate)
			low_db = es_db;
		else
			high_db = es_db;
	}
	return low_db - 10 * log10(rate);
}

/*
 * Between and beyond the calibrated rates: never better than the capacity of the modulation, and
 * 1.2 to 2.3 dB from it (1.35 to 1.6 at the calibrated rates over 1/4). QPSK is BPSK twice.
 */
static void
law_against_capacity(void **state)
{
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);
	unsigned checked = 0;

	(void)state;
	for (uint32_t row = 0; row <= 12; row++) {
		for (uint32_t column = 0; column < 8; column++) {
			const struct nbs_npusch npusch = {NBS_SCS_15K, 12, row,
							  nbs_block_count(column), 1};
			struct nbs_npusch_airtime airtime;
			double ebn0_db;

			assert_int_equal(nbs_npusch_airtime(&npusch, &airtime), NBS_OK);
			if (airtime.code_rate < 0.25 || airtime.code_rate > 0.93)
				continue;
			/* the law's formula the other way round: QPSK has coded_bits / 2 symbols */
			ebn0_db = nbs_link_npusch_snr10_db(link, &npusch, 1) - 2.0 +
				  10 * log10(airtime.coded_bits / 2.0 / (airtime.tbs_bits + 24));
			ebn0_db -= shannon_ebn0_db(airtime.code_rate);
			assert_true(ebn0_db > 1.2 && ebn0_db < 2.3);
			checked++;
		}
	}
	assert_true(checked > 50);
	nbs_link_free(link);
}

/* 1000 bits, I_TBS 6, 10 RU, 32 repetitions, one tone: works at 164 dB, fails at 167. */
static void
evaluation_gate(void **state)
{
	struct nbs_link *link = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);
	const struct nbs_npusch npusch = {NBS_SCS_15K, 1, single_mcs(6), 10, 32};

	(void)state;
	assert_true(nbs_link_npusch_bler(link, &npusch, nbs_ul_snr_db(23, 164, 15000), 1) <= 0.1);
	assert_true(nbs_link_npusch_bler(link, &npusch, nbs_ul_snr_db(23, 167, 15000), 1) > 0.5);
	nbs_link_free(link);
}

/* Throughput with up to four combined transmissions: blocks got over transmissions spent. */
static double
harq_throughput(const struct nbs_link *link, const struct nbs_npusch *npusch, double snr_db)
{
	double spent = 1.0;

	for (uint32_t n = 1; n < 4; n++)
		spent += nbs_link_npusch_bler(link, npusch, snr_db, n);
	return (1.0 - nbs_link_npusch_bler(link, npusch, snr_db, 4)) / spent;
}

/*
 * TS 36.104 Table 8.5.1.1.1-1: A16-1 (3.75 kHz, 32 bits, 2 RU), 70 % of the throughput at -1.9 dB
 * with one repetition and at -12.2 dB with 64. Within 1 dB.
 */
static void
minimum_gate(void **state)
{
	static const uint32_t repetitions[] = {1, 64};
	static const double anchor_db[] = {-1.9, -12.2};
	struct nbs_link *link = test_link_new(NBS_RX_MINIMUM, NBS_IN_BAND);

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const struct nbs_npusch npusch = {NBS_SCS_3K75, 1, 0, 2, repetitions[i]};
		double snr_db = -40.0;

		while (harq_throughput(link, &npusch, snr_db) < 0.7)
			snr_db += 0.01;
		print_message("36.104, %u repetitions: %.2f dB (%.1f)\n", repetitions[i], snr_db,
			      anchor_db[i]);
		test_near(snr_db, anchor_db[i], 1.0, "70 % throughput");
	}
	nbs_link_free(link);
}

/* What the law misses in one direction; root mean square of the points that count. */
struct misses {
	double squares;
	unsigned points;
};

static double
fading_law(const struct nbs_link *link, const struct test_line *line, uint32_t repetitions)
{
	const uint32_t i_tbs = test_uint(line, 3);
	const uint32_t count = test_uint(line, 4);
	const struct nbs_npusch up = {NBS_SCS_15K, 1, single_mcs(i_tbs), count, repetitions};
	const struct nbs_npdsch down = {i_tbs, count, repetitions};

	if (strcmp(line->fields[0], "up") == 0) {
		assert_int_equal(nbs_npusch_tbs(i_tbs, count), test_uint(line, 2));
		return nbs_link_npusch_snr10_db(link, &up, 1);
	}
	assert_int_equal(nbs_npdsch_tbs(i_tbs, count), test_uint(line, 2));
	return nbs_link_npdsch_snr10_db(link, &down, 1);
}

/*
 * From 8 repetitions on within 2.5 dB. Before, the published rows are no curve: they fall by up to
 * 10 dB from one to two repetitions and by 1 dB to the next, where doubled energy is worth 3 dB, or
 * 6 with an estimated channel at its worst. The law may be better there, by up to 4 dB up and 10
 * down, but not worse by more than 2.
 */
static void
fading_points(const struct nbs_link *link, const struct test_line *line, struct misses *misses)
{
	const double better_db = strcmp(line->fields[0], "up") == 0 ? 4.0 : 10.0;

	print_message("%s, %s, %s bits, I_TBS %s, %s:", line->fields[0], line->fields[1],
		      line->fields[2], line->fields[3], line->fields[4]);
	for (unsigned i = 5; i + 1 < line->count; i += 2) {
		const uint32_t repetitions = test_uint(line, i);
		const double miss_db =
		    fading_law(link, line, repetitions) - test_double(line, i + 1);

		print_message(" %u:%+.1f", repetitions, miss_db);
		if (repetitions >= 8)
			test_near(miss_db, 0, 2.5, "8 repetitions and more");
		else
			assert_true(miss_db > -better_db && miss_db < 2.0);
		if (strcmp(line->fields[0], "up") == 0 || repetitions >= 8) {
			misses->squares += miss_db * miss_db;
			misses->points++;
		}
	}
	print_message("\n");
}

/*
 * vectors/fading.csv: nothing of it is fitted. Root mean square 1.75 dB at most, all points up, and
 * down those from 8 repetitions on; the simulation's own is about 1 dB.
 */
static void
fading_rows(void **state)
{
	struct nbs_link *in_band = test_link_new(NBS_RX_MINIMUM, NBS_IN_BAND);
	struct nbs_link *alone = test_link_new(NBS_RX_MINIMUM, NBS_STAND_ALONE);
	struct misses up = {0}, down = {0};
	FILE *file = test_open("vectors/fading.csv");
	struct test_line line;

	(void)state;
	while (test_next(file, &line)) {
		const int first = strcmp(line.fields[1], "stand-alone");

		fading_points(first ? in_band : alone, &line,
			      strcmp(line.fields[0], "up") == 0 ? &up : &down);
	}
	(void)fclose(file);
	assert_int_equal(up.points, 37);
	assert_int_equal(down.points, 40);
	print_message("rms: up %.2f dB, down %.2f dB\n", sqrt(up.squares / up.points),
		      sqrt(down.squares / down.points));
	assert_true(sqrt(up.squares / up.points) <= 1.75);
	assert_true(sqrt(down.squares / down.points) <= 1.75);
	nbs_link_free(in_band);
	nbs_link_free(alone);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(awgn_table), cmocka_unit_test(law_against_capacity),
	    cmocka_unit_test(evaluation_gate), cmocka_unit_test(minimum_gate),
	    cmocka_unit_test(fading_rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
