/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each way of carrying a packet, segment by segment, against a second pen: which messages in which
 * order (TS 23.401 5.3.4, 5.3.4A, 5.3.4B), in blocks of how many bytes.
 */
#include "models/nbiot/modes_test_util.h"

/* The turns that a service request makes after Msg5; data that waits is reported in the last. */
static void
want_bearer(struct want *e, bool data)
{
	(void)want_downlink(e, true, 18);      /* Msg4: setup */
	(void)want_uplink(e, 4 + 4 + HEADERS); /* SetupComplete, SERVICE REQUEST */
	(void)want_downlink(e, false, STATUS); /* the eNB waits for the MME */
	want_ms(e, 2 * 20, NBS_POWER_MONITOR);
	(void)want_downlink(e, false, 3 + PDCP + HEADERS);           /* SecurityModeCommand */
	(void)want_uplink(e, 2 + PDCP + HEADERS);                    /* Complete */
	(void)want_downlink(e, false, 8 + PDCP + HEADERS);           /* Reconfiguration */
	(void)want_uplink(e, 2 + PDCP + HEADERS + (data ? BSR : 0)); /* Complete */
}

/* TS 23.401 5.3.4.1; a buffer status of 0 with the data lets the eNB release. */
static void
test_service_request(void **state)
{
	struct bench b;
	uint64_t decoded;

	(void)state;
	bench_init(&b, 7);
	b.config.optimisation = NBS_SERVICE_REQUEST;
	modes_report(&b, 138.0, 100, NBS_RAI_NO_REPLY, 60 * BENCH_S);

	struct want e = want_begin(&b, 138.0, 1);
	want_random_access(&e, NBS_POWER_ACTIVE);
	want_bearer(&e, true);
	decoded = want_uplink(&e, 100 + 1 + HEADERS + BSR); /* PDCP of a data bearer: 1 */
	(void)want_downlink(&e, false, STATUS);
	want_release(&e, 2 + PDCP + HEADERS);
	assert_int_equal(nbs_ue_stats(b.ue)->blocks_up, 1 + 2 + 1 + 1);
	modes_check(&b, &e, decoded);
}

/*
 * One reply with AS assistance: the UE has nothing left to say when it has the reply, so a buffer
 * status of 0 rides in the RLC status for it and the release follows at once.
 */
static void
check_one_reply(enum nbs_optimisation optimisation, bool late)
{
	const uint64_t s1_ms = late ? 300 : 20;
	struct bench b;
	uint64_t decoded, reply;

	bench_init(&b, 7);
	b.config.optimisation = optimisation;
	b.config.s1_delay.a_ns = s1_ms * BENCH_MS;
	b.answer = true;
	modes_report(&b, 125.0, 100, NBS_RAI_ONE_REPLY, 60 * BENCH_S);

	struct want e = want_begin(&b, 125.0, 0);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 9 + 6 + PDCP + 2);                 /* Msg4: resume */
	decoded = want_uplink(&e, 2 + PDCP + 2 + 2 + 1 + 100 + HEADERS); /* with the packet */
	(void)want_downlink(&e, false, STATUS);
	if (e.t_ns < decoded + 2 * s1_ms * BENCH_MS)
		want_to(&e, decoded + 2 * s1_ms * BENCH_MS, NBS_POWER_MONITOR);
	reply = want_downlink(&e, false, 40 + 1 + HEADERS);
	(void)want_uplink(&e, STATUS + BSR);
	want_release(&e, 7 + PDCP + HEADERS);
	assert_int_equal(b.downs, 1);
	assert_int_equal(b.down_ns[0], reply);
	modes_check(&b, &e, decoded);
}

static void
test_one_reply_with_as_assistance(void **state)
{
	(void)state;
	check_one_reply(NBS_USER_PLANE, true);
	check_one_reply(NBS_USER_PLANE, false);
}

/*
 * NAS assistance counts in the last packet: 60 bytes without, 61 with it. NAS 17 + 60 in
 * SetupComplete 4 are 81; ULInformationTransfer 2 + NAS 11 + 1 + 61 behind an RLC header of 2 are
 * 77. Together 158 = 122 + 36.
 */
static void
test_nas_assistance_of_the_last_packet(void **state)
{
	struct bench b;
	uint64_t first, second;

	(void)state;
	bench_init(&b, 7);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 138.0);
	bench_run(&b, 10 * BENCH_S);
	bench_send(&b, 60, NBS_RAI_NONE);
	bench_send(&b, 61, NBS_RAI_NO_REPLY);
	bench_run(&b, 60 * BENCH_S);

	struct want e = want_begin(&b, 138.0, 1);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);
	first = want_uplink(&e, 122 + HEADERS);
	second = want_uplink(&e, 36 + HEADERS);
	(void)want_downlink(&e, false, STATUS);
	want_ms(&e, 2 * 20, NBS_POWER_MONITOR); /* the MME reads it */
	want_release(&e, 2 + HEADERS);
	assert_int_equal(b.ups, 2);
	assert_int_equal(b.up_ns[0], first + 20 * BENCH_MS);
	assert_int_equal(b.up_ns[1], second + 20 * BENCH_MS);
	want_check(&e, bench_account(&b));
	bench_fini(&b);
}

/* Whatever the application knows, nobody is told: 20 s of open receiver, then the release. */
static void
test_assistance_off(void **state)
{
	struct bench b;
	uint64_t decoded;

	(void)state;
	bench_init(&b, 7);
	b.config.release_assistance = NBS_ASSIST_OFF;
	b.config.inactivity_timer_ns = 20 * BENCH_S;
	modes_report(&b, 125.0, 100, NBS_RAI_NO_REPLY, 60 * BENCH_S);

	struct want e = want_begin(&b, 125.0, 0);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);
	decoded = want_uplink(&e, 4 + 17 + 100 + HEADERS);
	(void)want_downlink(&e, false, STATUS);
	want_ms(&e, 20000, NBS_POWER_MONITOR);
	want_release(&e, 2 + HEADERS);
	modes_check(&b, &e, decoded);
}

/* AS assistance on the control plane, for who asks for it: 2 bytes in Msg5, no turn to the MME. */
static void
test_as_assistance_on_the_control_plane(void **state)
{
	struct bench b;
	uint64_t decoded;

	(void)state;
	bench_init(&b, 7);
	b.config.release_assistance = NBS_ASSIST_AS;
	modes_report(&b, 125.0, 90, NBS_RAI_NO_REPLY, 60 * BENCH_S);

	struct want e = want_begin(&b, 125.0, 0);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);
	decoded = want_uplink(&e, 4 + 17 + 90 + HEADERS + BSR);
	(void)want_downlink(&e, false, STATUS);
	want_release(&e, 2 + HEADERS);
	modes_check(&b, &e, decoded);
}

/* ---- early data (TS 36.331 5.3.3.1b) ---- */

/* Msg3 carries all, Msg4 ends it: no connection. */
static void
check_early(enum nbs_optimisation optimisation, double mcl_db, unsigned level, size_t len,
	    uint32_t msg3, uint32_t msg4)
{
	struct bench b;
	uint64_t decoded;

	bench_init(&b, 7);
	b.config.edt = true;
	b.config.optimisation = optimisation;
	modes_report(&b, mcl_db, len, NBS_RAI_NO_REPLY, 60 * BENCH_S);

	struct want e = want_begin(&b, mcl_db, level);
	want_random_access_for(&e, NBS_POWER_ACTIVE, msg3);
	decoded = e.decoded_ns;
	want_ms(&e, 2 * 20, NBS_POWER_MONITOR);
	(void)want_downlink(&e, true, msg4);
	assert_int_equal(nbs_ue_stats(b.ue)->edt, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->connections, 0);
	modes_check(&b, &e, decoded);
}

/*
 * Control plane: MAC 1, EarlyDataRequest 7, NAS 18; EarlyDataComplete 2 behind the contention
 * resolution's 9. User plane: MAC 2, ResumeRequest 9, MAC 1, RLC 2, PDCP 1 and the empty buffer's
 * report; Release 8 with PDCP 5 and RLC 2.
 */
static void
test_early_data(void **state)
{
	(void)state;
	check_early(NBS_CONTROL_PLANE, 125.0, 0, 99, 1 + 7 + 18 + 99, 9 + 2);
	check_early(NBS_CONTROL_PLANE, 138.0, 1, 60, 1 + 7 + 18 + 60, 9 + 2);
	check_early(NBS_CONTROL_PLANE, 155.0, 2, 99, 1 + 7 + 18 + 99, 9 + 2);
	check_early(NBS_USER_PLANE, 125.0, 0, 100, 2 + 9 + 1 + 2 + 1 + 100 + BSR, 9 + 2 + 5 + 8);
	check_early(NBS_USER_PLANE, 155.0, 2, 20, 2 + 9 + 1 + 2 + 1 + 20 + BSR, 9 + 2 + 5 + 8);
}

/* One byte more than fits into 1000 bits: Msg3 as ever, and a Msg5 of two blocks. */
static void
test_too_long_for_early_data(void **state)
{
	struct bench b;
	uint64_t decoded;

	(void)state;
	bench_init(&b, 7);
	b.config.edt = true;
	modes_report(&b, 125.0, 101, NBS_RAI_NO_REPLY, 60 * BENCH_S);

	struct want e = want_begin(&b, 125.0, 0);
	want_random_access(&e, NBS_POWER_ACTIVE);
	(void)want_downlink(&e, true, 18);
	(void)want_uplink(&e, 122 + HEADERS); /* 4 + 18 + 101 = 123 */
	decoded = want_uplink(&e, 1 + HEADERS);
	(void)want_downlink(&e, false, STATUS);
	want_ms(&e, 2 * 20, NBS_POWER_MONITOR);
	want_release(&e, 2 + HEADERS);
	assert_int_equal(nbs_ue_stats(b.ue)->edt, 0);
	modes_check(&b, &e, decoded);
}

/*
 * One reply: Msg4 is the set-up once the core has answered, Msg5 has an empty NAS message
 * (TS 36.300 7.3b.2), the reply has come by then. Without assistance nobody knows that it was the
 * last word.
 */
static void
check_early_connection(enum nbs_optimisation optimisation, uint32_t msg3, uint32_t msg4,
		       uint32_t msg5, uint32_t reply, uint32_t status, uint32_t release)
{
	struct bench b;
	uint64_t decoded;

	bench_init(&b, 7);
	b.config.edt = true;
	b.config.optimisation = optimisation;
	b.config.s1_delay.a_ns = 150 * BENCH_MS;
	b.answer = true;
	modes_report(&b, 125.0, 90, NBS_RAI_ONE_REPLY, 60 * BENCH_S);

	struct want e = want_begin(&b, 125.0, 0);
	want_random_access_for(&e, NBS_POWER_ACTIVE, msg3);
	decoded = e.decoded_ns;
	want_ms(&e, 2 * 150, NBS_POWER_MONITOR);
	(void)want_downlink(&e, true, msg4);
	(void)want_uplink(&e, msg5);
	(void)want_downlink(&e, false, STATUS);
	(void)want_downlink(&e, false, reply);
	(void)want_uplink(&e, status);
	want_release(&e, release);
	assert_int_equal(nbs_ue_stats(b.ue)->edt, 1);
	assert_int_equal(nbs_ue_stats(b.ue)->connections, 1);
	assert_int_equal(b.downs, 1);
	modes_check(&b, &e, decoded);
}

static void
test_early_data_with_a_reply(void **state)
{
	(void)state;
	check_early_connection(NBS_CONTROL_PLANE, 1 + 7 + 18 + 90, 18, 4 + HEADERS,
			       40 + 3 + 11 + HEADERS, STATUS, 2 + HEADERS);
	check_early_connection(NBS_USER_PLANE, 2 + 9 + 1 + 2 + 1 + 90, 22, 2 + PDCP + HEADERS,
			       40 + 1 + HEADERS, STATUS + BSR, 7 + PDCP + HEADERS);
}

static void
test_early_data_without_assistance(void **state)
{
	struct bench b;
	uint64_t decoded;

	(void)state;
	bench_init(&b, 7);
	b.config.edt = true;
	b.config.release_assistance = NBS_ASSIST_OFF;
	b.config.inactivity_timer_ns = 20 * BENCH_S;
	modes_report(&b, 125.0, 90, NBS_RAI_NO_REPLY, 60 * BENCH_S);

	struct want e = want_begin(&b, 125.0, 0);
	want_random_access_for(&e, NBS_POWER_ACTIVE, 1 + 7 + 17 + 90);
	decoded = e.decoded_ns;
	want_ms(&e, 2 * 20, NBS_POWER_MONITOR);
	(void)want_downlink(&e, true, 18);
	(void)want_uplink(&e, 4 + HEADERS);
	(void)want_downlink(&e, false, STATUS);
	want_ms(&e, 20000, NBS_POWER_MONITOR);
	want_release(&e, 2 + HEADERS);
	modes_check(&b, &e, decoded);
}

/* ---- header compression ---- */

/* Two reports of 72 bytes of payload, at 10 s and 100 s. */
static void
check_compressed(enum nbs_optimisation optimisation, uint32_t second_header)
{
	const bool cp = optimisation == NBS_CONTROL_PLANE;
	const uint32_t headers[] = {27, second_header};
	struct bench b;

	bench_init(&b, 7);
	b.config.optimisation = optimisation;
	b.config.header_compression = true;
	modes_report(&b, 125.0, 28 + 72, NBS_RAI_NO_REPLY, 100 * BENCH_S);
	bench_send(&b, 28 + 72, NBS_RAI_NO_REPLY);
	bench_run(&b, 200 * BENCH_S);

	struct want e = want_begin(&b, 125.0, 0);
	for (unsigned i = 0; i < 2; i++) {
		const uint32_t packet = headers[i] + 72;

		if (i == 1)
			want_rise(&e, 100 * BENCH_S);
		want_random_access(&e, NBS_POWER_ACTIVE);
		if (optimisation == NBS_SERVICE_REQUEST) {
			want_bearer(&e, true);
			(void)want_uplink(&e, packet + 1 + HEADERS + BSR);
		} else {
			(void)want_downlink(&e, true, cp ? 18 : 22);
			(void)want_uplink(&e, cp ? 4 + 18 + packet + HEADERS
						 : 7 + 5 + packet + HEADERS + BSR);
		}
		(void)want_downlink(&e, false, STATUS);
		if (cp)
			want_ms(&e, 2 * 20, NBS_POWER_MONITOR);
		want_release(&e,
			     HEADERS + (cp ? 2 : PDCP + (optimisation == NBS_USER_PLANE ? 7 : 2)));
	}
	assert_int_equal(b.ups, 2);
	assert_int_equal(b.up_len[1], 28 + 72); /* the core sees whole headers */
	want_check(&e, bench_account(&b));
	bench_fini(&b);
}

/*
 * IR (27 bytes for 28) in the first packet, then UO-0 (3). A bearer that each service request makes
 * anew has no context (TS 36.323 5.2.1.1): IR again.
 */
static void
test_header_compression(void **state)
{
	(void)state;
	check_compressed(NBS_CONTROL_PLANE, 3);
	check_compressed(NBS_USER_PLANE, 3);
	check_compressed(NBS_SERVICE_REQUEST, 27);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_service_request),
	    cmocka_unit_test(test_one_reply_with_as_assistance),
	    cmocka_unit_test(test_nas_assistance_of_the_last_packet),
	    cmocka_unit_test(test_assistance_off),
	    cmocka_unit_test(test_as_assistance_on_the_control_plane),
	    cmocka_unit_test(test_early_data),
	    cmocka_unit_test(test_too_long_for_early_data),
	    cmocka_unit_test(test_early_data_with_a_reply),
	    cmocka_unit_test(test_early_data_without_assistance),
	    cmocka_unit_test(test_header_compression),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
