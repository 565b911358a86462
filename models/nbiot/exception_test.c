/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Latency of an exception report beside the figures of Liberg et al., Cellular Internet of Things
 * (NB-IoT, stand-alone / guard-band / in-band at 144, 154, 164 dB). They are quoted from memory and
 * unverified, as is the packet: 20 bytes of application data, CoAP 4, DTLS 13, UDP 8, IP 40, 85 in
 * all (TR 45.820 Annex E without header compression). So no number here is held to them: the test
 * prints both, the page must show what it prints, and what can be known is asserted: every report
 * arrives, none sooner than the sum of what the standard lets nobody skip.
 */
#include "models/nbiot/large_cell_test_util.h"
#include "models/nbiot/page_test_util.h"

#define EXCEPTION_BYTES 85U
#define EXCEPTION_REPORTS 400U
#define EXCEPTION_99 (EXCEPTION_REPORTS * 99U / 100U)   /* index of the 99 % quantile */
#define EXCEPTION_EVERY_NS (UINT64_C(61237) * BENCH_MS) /* meets the NPRACH period everywhere */

struct published {
	enum nbs_deployment deployment;
	const char *name;
	double nrs_dbm; /* 43 dBm over 12 subcarriers; 35 dBm */
	double s[NBS_CE_LEVELS];
};

static const struct published published[] = {
    {NBS_STAND_ALONE, "stand-alone", 32.2, {0.3, 0.7, 5.1}},
    {NBS_GUARD_BAND, "guard-band", 24.2, {0.3, 0.9, 8.0}},
    {NBS_IN_BAND, "in-band", 24.2, {0.3, 1.1, 8.3}},
};

static const double loss_db[NBS_CE_LEVELS] = {144, 154, 164};

/* Reports of one kind, each by a UE of its own whose life ends when the eNB has its report. */
struct exceptions {
	struct bench b;
	struct nbs_ue *ues[EXCEPTION_REPORTS];
	uint64_t sent_ns[EXCEPTION_REPORTS];
	uint64_t latency_ns[EXCEPTION_REPORTS]; /* without the module's boot; 0 = not there */
	uint64_t state_ns[NBS_POWER__COUNT];    /* sums */
};

static void
exception_on_up(void *arg, unsigned ue_index, const uint8_t *packet, size_t len)
{
	struct exceptions *e = arg;
	const uint64_t now = nbs_now(e->b.engine);
	const struct nbs_account *account = nbs_ue_account(e->ues[ue_index]);

	(void)packet;
	assert_int_equal(len, EXCEPTION_BYTES);
	assert_int_equal(nbs_ue_finish(e->ues[ue_index], now), NBS_OK);
	e->latency_ns[ue_index] = now - e->sent_ns[ue_index] - account->time_ns[NBS_POWER_WAKE];
	for (unsigned i = 0; i < NBS_POWER__COUNT; i++)
		e->state_ns[i] += account->time_ns[i];
}

static void
exception_config(struct nbs_network_config *config, const struct published *row,
		 enum nbs_optimisation optimisation)
{
	nbs_network_config_default(config);
	memcpy(config->ce, large_cell_ce, sizeof(large_cell_ce));
	config->deployment = row->deployment;
	config->nrs_power_dbm = row->nrs_dbm;
	/* Half-way between the three coupling losses, on the grid of whole dBm. */
	config->nrsrp_threshold_dbm[0] = floor(row->nrs_dbm - 149);
	config->nrsrp_threshold_dbm[1] = floor(row->nrs_dbm - 159);
	config->optimisation = optimisation;
	config->s1_delay.a_ns = 0; /* the report counts as there when the eNB has it */
}

static int
exception_compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* @return latencies in order. */
static void
exception_run(struct exceptions *e, const struct published *row, unsigned level,
	      enum nbs_optimisation optimisation)
{
	const struct nbs_engine_config engine = {.seed = 5};

	memset(e, 0, sizeof(*e));
	assert_int_equal(nbs_engine_new(&engine, &e->b.engine), NBS_OK);
	exception_config(&e->b.config, row, optimisation);
	bench_cell(&e->b);
	nbs_cell_uplink(e->b.cell, exception_on_up, e);
	for (unsigned i = 0; i < EXCEPTION_REPORTS; i++) {
		char name[32];
		struct nbs_ue_coverage coverage;

		(void)snprintf(name, sizeof(name), "meter-%u", i);
		bench_ue(&e->b, name, loss_db[level]);
		assert_int_equal(nbs_ue_coverage(e->b.ue, &coverage), NBS_OK);
		assert_int_equal(coverage.ce_level, level);
		e->ues[i] = e->b.ue;
		e->sent_ns[i] = (i + 1U) * EXCEPTION_EVERY_NS;
		bench_run(&e->b, e->sent_ns[i]);
		bench_send(&e->b, EXCEPTION_BYTES, NBS_RAI_NO_REPLY);
	}
	bench_run(&e->b, (EXCEPTION_REPORTS + 3U) * EXCEPTION_EVERY_NS);
	bench_fini(&e->b);
	qsort(e->latency_ns, EXCEPTION_REPORTS, sizeof(e->latency_ns[0]), exception_compare);
}

static double
exception_s(uint64_t ns)
{
	return (double)ns / 1e9;
}

static double
exception_mean_s(const struct exceptions *e)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < EXCEPTION_REPORTS; i++)
		sum += e->latency_ns[i];
	return (double)sum / 1e9 / EXCEPTION_REPORTS;
}

/* Mean time in a state. */
static double
exception_in_s(const struct exceptions *e, enum nbs_power_state state)
{
	return (double)e->state_ns[state] / 1e9 / EXCEPTION_REPORTS;
}

/* The steps add up: nothing but what the columns show lies between sending and arrival. */
static void
exception_steps(FILE *out, const struct exceptions *e)
{
	const double steps_s[] = {
	    exception_in_s(e, NBS_POWER_SYNC),
	    exception_in_s(e, NBS_POWER_RA),
	    exception_in_s(e, NBS_POWER_RX) + exception_in_s(e, NBS_POWER_MONITOR),
	    exception_in_s(e, NBS_POWER_TX),
	    exception_in_s(e, NBS_POWER_ACTIVE),
	};
	double sum_s = 0;

	for (size_t i = 0; i < sizeof(steps_s) / sizeof(steps_s[0]); i++) {
		(void)fprintf(out, " %.2f |", steps_s[i]);
		sum_s += steps_s[i];
	}
	(void)fputc('\n', out);
	assert_true(fabs(sum_s - exception_mean_s(e)) < 1e-6);
}

/*
 * What nobody skips, in ms: 5.6 a preamble; 4 subframes to the window, 1 of NPDCCH, 4, 1 of
 * NPDSCH; 12, one ms of Msg3, 3; 1, 4, 1, 12, 2 of HARQ-ACK, 3 for Msg4; 1, 8, one ms of Msg5 less
 * the begun ms in which the preamble ends.
 */
static void
exception_least(const struct exceptions *e, unsigned level)
{
	const double preamble_ms = 5.6 * large_cell_ce[level].nprach_repetitions;
	const double least_ms = preamble_ms - 1 + 10 + 16 + 23 + 10;

	assert_true(e->latency_ns[0] > 0); /* all are there */
	assert_true((double)e->latency_ns[0] / 1e6 >= least_ms);
}

static void
exception_row(FILE *out, const struct published *row, unsigned level)
{
	static struct exceptions up, cp;
	const double s = row->s[level];
	double up_99_s, cp_99_s;

	exception_run(&up, row, level, NBS_USER_PLANE);
	exception_run(&cp, row, level, NBS_CONTROL_PLANE);
	exception_least(&up, level);
	exception_least(&cp, level);
	up_99_s = exception_s(up.latency_ns[EXCEPTION_99]);
	cp_99_s = exception_s(cp.latency_ns[EXCEPTION_99]);
	(void)fprintf(out, "| %.0f dB, %s | %.1f | %.2f (%.2f) | %.2f | %.2f (%.2f) | %.2f |",
		      loss_db[level], row->name, s, exception_mean_s(&up), up_99_s,
		      exception_mean_s(&up) / s, exception_mean_s(&cp), cp_99_s,
		      exception_mean_s(&cp) / s);
	exception_steps(out, &up);
}

static void
test_exception_reports(void **state)
{
	struct page_table table;

	(void)state;
	page_begin(&table);
	(void)fputs("| | published, s | user plane: mean (99 %) | ratio | control plane | ratio | "
		    "search | preamble | listening | NPUSCH, ACK | waiting |\n"
		    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
		    table.out);
	for (unsigned level = 0; level < NBS_CE_LEVELS; level++)
		for (unsigned i = 0; i < sizeof(published) / sizeof(published[0]); i++)
			exception_row(table.out, &published[i], level);
	page_end(&table, "exception");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_exception_reports)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
