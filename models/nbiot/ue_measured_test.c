/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions of a SARA-N211 against published measurements (two Norwegian networks, good coverage,
 * UDP payload 20 bytes, module asleep before and after). Nothing in the model was fitted to these
 * rows, but two inputs come from the same source: the order of magnitude of the wake-up energy
 * (models/power/modem.c) and the C-DRX duty of the second network.
 */
#include "models/nbiot/ue_test_util.h"

#define MEASURED_REPORTS 50U

struct session {
	double j, s; /* mean energy and duration outside PSM */
};

/* Reports 61.237 s apart, so that they meet the NPRACH period everywhere. */
static struct session
measure(struct bench *b, enum nbs_rai rai)
{
	const struct nbs_account *account;
	struct session session;

	b->config.link = NBS_LINK_REAL;
	bench_cell(b);
	bench_ue(b, "module", 115.0);
	for (unsigned i = 0; i < MEASURED_REPORTS; i++) {
		bench_run(b, (1 + i) * UINT64_C(61237) * BENCH_MS);
		bench_send(b, 28 + 20, rai);
	}
	bench_run(b, (2 + MEASURED_REPORTS) * UINT64_C(61237) * BENCH_MS);
	account = bench_account(b);
	session.j = (nbs_account_energy_mj(account) - account->energy_mj[NBS_POWER_PSM]) / 1000.0 /
		    MEASURED_REPORTS;
	session.s = (double)(nbs_account_time_ns(account) - account->time_ns[NBS_POWER_PSM]) / 1e9 /
		    MEASURED_REPORTS;
	return session;
}

/*
 * Release right after the uplink. The source gives two campaigns with the same module, operator
 * and setting: 0.195 J in 2.36 s and 0.285 J in 3.93 s. The model, without queueing or load, must
 * meet the faster: energy within 15 %, duration within 10 %. It lies below the slower one's 10th
 * percentile (0.218 J, 2.81 s), and so does an exchange with one reply (0.20 J where 0.227 J is
 * the 10th percentile): the slower campaign's wake-up is not modelled.
 */
static void
test_release_after_uplink(void **state)
{
	struct bench b;
	struct session session;

	(void)state;
	bench_init(&b, 3);
	session = measure(&b, NBS_RAI_NO_REPLY);
	check_rel(session.j, 0.195, 0.15, "energy of a session, J");
	check_rel(session.s, 2.36, 0.10, "duration of a session, s");
	bench_fini(&b);
}

/*
 * What 20 s without C-DRX add to that: measured 4.1521 - 0.2848 = 3.867 J in 24.13 - 3.93 =
 * 20.2 s, which is 191 mW where the data sheet's 46 mA x 3.6 V are 165.6 mW: 13 % less. The profile
 * is the data sheet's, so the energy is held to 15 %; the duration, which is the network's, to 5 %.
 */
static void
test_tail_without_cdrx(void **state)
{
	struct bench b;
	struct session with, without;

	(void)state;
	bench_init(&b, 3);
	with = measure(&b, NBS_RAI_NO_REPLY);
	bench_fini(&b);
	bench_init(&b, 3);
	without = measure(&b, NBS_RAI_NONE);
	bench_fini(&b);
	check_rel(without.s - with.s, 20.2, 0.05, "tail, s");
	check_rel(without.j - with.j, 3.867, 0.15, "tail, J");
}

/*
 * The second network has C-DRX with a receiver duty of about 20 %: 1.2154 J, from 1.1754 (10th
 * percentile) to 1.4140 J (90th). 410 of 2048 ms are 20 %; the cycle is Martinez et al. 2019's.
 */
static void
test_session_with_cdrx(void **state)
{
	struct bench b;
	struct session session;

	(void)state;
	bench_init(&b, 3);
	b.config.cdrx = (struct nbs_cdrx_config){.enabled = true,
						 .cycle_ns = 2048 * BENCH_MS,
						 .on_duration_ns = 410 * BENCH_MS,
						 .inactivity_ns = 512 * BENCH_MS};
	session = measure(&b, NBS_RAI_NONE);
	if (session.j < 1.1754 || session.j > 1.4140)
		fail_msg("%.4f J, measured 1.1754 to 1.4140 J", session.j);
	bench_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_release_after_uplink),
	    cmocka_unit_test(test_tail_without_cdrx),
	    cmocka_unit_test(test_session_with_cdrx),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
