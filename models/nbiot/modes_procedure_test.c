/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Procedures of NAS, segment by segment, against a second pen: attach (TS 23.401 5.3.2.1) and
 * periodic tracking area update (5.3.3.3).
 */
#include "models/nbiot/modes_test_util.h"

/* Periodic tracking area update at T3412 = 1,800 s: request 30, accept 30 (TS 24.301 8.2.29). */
static void
check_tau(enum nbs_optimisation optimisation, uint32_t msg4, uint32_t msg5, uint32_t accept,
	  uint32_t release)
{
	struct bench b;

	bench_init(&b, 7);
	b.config.optimisation = optimisation;
	b.config.t3412_ns = 1800 * BENCH_S;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 138.0);
	bench_run(&b, 1900 * BENCH_S);

	struct want e = want_wake(&b, 138.0, 1, 1800 * BENCH_S);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, msg4);
	(void)want_uplink(&e, msg5);
	(void)want_downlink(&e, false, STATUS);
	want_ms(&e, 2 * 20, NBS_POWER_MONITOR);
	(void)want_downlink(&e, false, accept);
	want_release(&e, release);
	assert_int_equal(nbs_ue_stats(b.ue)->taus, 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
	want_check(&e, bench_account(&b));
	bench_fini(&b);
}

/* SetupComplete 4, ResumeComplete 3 and PDCP; DLInformationTransfer 3. */
static void
test_tracking_area_update(void **state)
{
	(void)state;
	check_tau(NBS_CONTROL_PLANE, 18, 4 + 30 + HEADERS, 3 + 30 + HEADERS, 2 + HEADERS);
	check_tau(NBS_USER_PLANE, 22, 3 + 30 + PDCP + HEADERS, 3 + 30 + PDCP + HEADERS,
		  7 + PDCP + HEADERS);
	/* no data bearer, no AS security */
	check_tau(NBS_SERVICE_REQUEST, 18, 4 + 30 + HEADERS, 3 + 30 + HEADERS, 2 + HEADERS);
}

/*
 * TS 23.401 5.3.2.1 up to the accept: ATTACH REQUEST 39; authentication 36 and 11, NAS security 16
 * and 19, ESM information 9 and 37, capability 2 and 13.
 */
static void
want_attach(struct want *e)
{
	static const uint32_t down[] = {3 + 36, 3 + 16, 3 + 9, 2};
	static const uint32_t up[] = {2 + 11, 2 + 19, 2 + 37, 13};

	want_si(e); /* a UE that is not registered knows nothing of the cell */
	want_random_access(e, NBS_POWER_ACTIVE);
	(void)want_downlink(e, true, 18);
	(void)want_uplink(e, 4 + 39 + HEADERS);
	(void)want_downlink(e, false, STATUS);
	for (size_t i = 0; i < 4; i++) {
		want_ms(e, 2 * 20, NBS_POWER_MONITOR);
		(void)want_downlink(e, false, down[i] + HEADERS);
		(void)want_uplink(e, up[i] + HEADERS);
	}
}

/*
 * Control plane: accept 94 in DLInformationTransfer 3 are 82 + 15, since 680 bits are 85 bytes;
 * complete 13. A packet that waits is reported with it and follows at once.
 */
static void
check_attach_control_plane(bool data)
{
	struct bench b;

	bench_init(&b, 7);
	b.config.attach = true;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 1 * BENCH_S);
	if (data)
		bench_send(&b, 100, NBS_RAI_NO_REPLY);
	bench_run(&b, 100 * BENCH_S);

	struct want e = want_wake(&b, 125.0, 0, 0);
	want_attach(&e);
	(void)want_downlink(&e, false, 82 + HEADERS);
	(void)want_downlink(&e, false, 15 + HEADERS);
	(void)want_uplink(&e, 2 + 13 + HEADERS + (data ? BSR : 0));
	if (data) {
		(void)want_uplink(&e, 2 + 12 + 100 + HEADERS);
		(void)want_downlink(&e, false, STATUS);
		want_ms(&e, 2 * 20, NBS_POWER_MONITOR);
	}
	want_release(&e, 2 + HEADERS);
	assert_int_equal(b.ups, data);
	assert_int_equal(nbs_ue_stats(b.ue)->attaches, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->ra_attempts, 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
	want_check(&e, bench_account(&b));
	bench_fini(&b);
}

/*
 * With a data bearer: AS security; the accept, 93, in Reconfiguration 10 with PDCP, 108 = 82 + 26;
 * its Complete; ULInformationTransfer 2 with the ATTACH COMPLETE of 13.
 */
static void
check_attach_bearer(enum nbs_optimisation optimisation, uint32_t release)
{
	struct bench b;

	bench_init(&b, 7);
	b.config.attach = true;
	b.config.optimisation = optimisation;
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	bench_run(&b, 100 * BENCH_S);

	struct want e = want_wake(&b, 125.0, 0, 0);
	want_attach(&e);
	(void)want_downlink(&e, false, 3 + PDCP + HEADERS);
	(void)want_uplink(&e, 2 + PDCP + HEADERS);
	(void)want_downlink(&e, false, 82 + HEADERS);
	(void)want_downlink(&e, false, 26 + HEADERS);
	(void)want_uplink(&e, 2 + PDCP + HEADERS);
	(void)want_uplink(&e, 2 + 13 + PDCP + HEADERS);
	want_release(&e, release);
	assert_int_equal(nbs_ue_stats(b.ue)->attaches, 1);
	want_check(&e, bench_account(&b));
	bench_fini(&b);
}

static void
test_attach(void **state)
{
	(void)state;
	check_attach_control_plane(false);
	check_attach_control_plane(true);
	check_attach_bearer(NBS_USER_PLANE, 7 + PDCP + HEADERS);
	check_attach_bearer(NBS_SERVICE_REQUEST, 2 + PDCP + HEADERS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tracking_area_update),
	    cmocka_unit_test(test_attach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
