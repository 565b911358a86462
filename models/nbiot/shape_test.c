/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What any energy model of a report must do, over a grid: cost no less with more coupling loss,
 * with more bytes, with more repetitions; less with release assistance; nothing less for an active
 * timer that nobody uses. With block errors, each a mean over many reports.
 */
#include "models/nbiot/ue_test_util.h"

#define SHAPE_REPORTS 200U
#define SHAPE_EVERY_MS UINT64_C(361237) /* meets the NPRACH period everywhere */
#define SHAPE_HEADERS 28U
/* The largest relative error of a mean that a comparison has to bear: 200 reports of 164 dB scatter
 * by a quarter of their mean, 0.25 / sqrt(200) = 1.8 %; two of them 2.5 %. */
#define SHAPE_NOISE 0.025

static const enum nbs_optimisation modes[] = {NBS_CONTROL_PLANE, NBS_USER_PLANE,
					      NBS_SERVICE_REQUEST};
static const size_t payloads[] = {20, 64, 110, 200, 512};

/* Mean energy of a report, mJ: all but what it would have slept away. */
static double
report_mj(struct bench *b, double mcl_db, size_t payload, enum nbs_rai rai)
{
	const struct nbs_account *account;
	double mj;

	b->config.link = NBS_LINK_REAL;
	b->config.load = NBS_LOAD_ALONE;
	bench_cell(b);
	bench_ue(b, "meter/1", mcl_db);
	nbs_cell_uplink(b->cell, NULL, NULL); /* more reports than the bench has a log for */
	for (unsigned i = 0; i < SHAPE_REPORTS; i++) {
		bench_run(b, (1 + i) * SHAPE_EVERY_MS * BENCH_MS);
		bench_send(b, SHAPE_HEADERS + payload, rai);
	}
	bench_run(b, (2 + SHAPE_REPORTS) * SHAPE_EVERY_MS * BENCH_MS);
	account = bench_account(b);
	mj = (nbs_account_energy_mj(account) - account->energy_mj[NBS_POWER_PSM]) / SHAPE_REPORTS;
	bench_fini(b);
	return mj;
}

static double
mode_report_mj(enum nbs_optimisation mode, double mcl_db, size_t payload)
{
	struct bench b;

	bench_init(&b, 3);
	b.config.optimisation = mode;
	return report_mj(&b, mcl_db, payload, NBS_RAI_NO_REPLY);
}

static void
not_less(double more, double less, double noise, const char *what, double at)
{
	if (more < less * (1.0 - noise))
		fail_msg("%s at %g: %.3f mJ after %.3f mJ", what, at, more, less);
}

/* 100 to 160 dB in steps of 5: three coverage levels of network A, single blocks and many. */
static void
test_coupling_loss(void **state)
{
	(void)state;
	for (size_t m = 0; m < sizeof(modes) / sizeof(modes[0]); m++) {
		for (size_t p = 0; p < sizeof(payloads) / sizeof(payloads[0]); p++) {
			double before = 0.0;

			for (double mcl_db = 100.0; mcl_db <= 160.0; mcl_db += 5.0) {
				const double mj = mode_report_mj(modes[m], mcl_db, payloads[p]);

				not_less(mj, before, mcl_db < 150.0 ? 0.0 : SHAPE_NOISE,
					 "coupling loss, dB", mcl_db);
				before = mj;
			}
		}
	}
}

static void
test_payload(void **state)
{
	(void)state;
	for (size_t m = 0; m < sizeof(modes) / sizeof(modes[0]); m++) {
		for (double mcl_db = 100.0; mcl_db <= 160.0; mcl_db += 20.0) {
			double before = 0.0;

			for (size_t p = 0; p < sizeof(payloads) / sizeof(payloads[0]); p++) {
				const double mj = mode_report_mj(modes[m], mcl_db, payloads[p]);

				not_less(mj, before, 0.0, "payload, bytes", (double)payloads[p]);
				before = mj;
			}
		}
	}
}

/* One level's preambles (below those of the next level, 8) and HARQ-ACKs with twice as many. */
static double
repetitions_mj(uint32_t preamble, uint32_t ack)
{
	struct bench b;

	bench_init(&b, 3);
	b.config.ce[0].nprach_repetitions = preamble;
	b.config.ce[0].ack_nack_repetitions = ack;
	return report_mj(&b, 120.0, 64, NBS_RAI_NO_REPLY);
}

/* Each doubling is felt: a preamble of 5.6 ms and a HARQ-ACK of 2 ms draw 266 mW or
 * more: 1.5 and 0.5 mJ. */
static void
test_repetitions(void **state)
{
	double before = 0.0;

	(void)state;
	for (uint32_t n = 1; n <= 4; n *= 2) {
		const double mj = repetitions_mj(n, 2);

		assert_true(mj > before + (n > 1 ? 1.0 : 0.0));
		before = mj;
	}
	before = 0.0;
	for (uint32_t n = 1; n <= 64; n *= 2) {
		const double mj = repetitions_mj(2, n);

		assert_true(mj > before + (n > 1 ? 0.5 : 0.0));
		before = mj;
	}
}

static void
test_release_assistance(void **state)
{
	(void)state;
	for (double mcl_db = 100.0; mcl_db <= 160.0; mcl_db += 20.0) {
		struct bench with, without;
		double assisted_mj, waiting_mj;

		bench_init(&with, 3);
		assisted_mj = report_mj(&with, mcl_db, 64, NBS_RAI_NO_REPLY);
		bench_init(&without, 3);
		waiting_mj = report_mj(&without, mcl_db, 64, NBS_RAI_NONE);
		/* 20 s of inactivity timer with the receiver open: 3,312 mJ. */
		assert_true(waiting_mj > assisted_mj + 3000.0);
	}
}

/* Uplink only, nothing pending: an active timer is listening for nobody. */
static void
test_active_timer(void **state)
{
	static const uint64_t t3324_s[] = {0, 2, 6, 10, 30, 60, 120};
	double before = 0.0;

	(void)state;
	for (size_t i = 0; i < sizeof(t3324_s) / sizeof(t3324_s[0]); i++) {
		struct bench b;
		double mj;

		bench_init(&b, 3);
		b.config.t3324_ns = t3324_s[i] * BENCH_S;
		mj = report_mj(&b, 120.0, 64, NBS_RAI_NO_REPLY);
		not_less(mj, before, 0.0, "T3324, s", (double)t3324_s[i]);
		before = mj;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_coupling_loss), cmocka_unit_test(test_payload),
	    cmocka_unit_test(test_repetitions),   cmocka_unit_test(test_release_assistance),
	    cmocka_unit_test(test_active_timer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
