/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of the modes share: sizes in bytes, written as sums of RRC, NAS, PDCP, RLC and MAC
 * as docs/models/nbiot-messages.md has them, and a session with one packet.
 */
#ifndef NBSEC_MODELS_NBIOT_MODES_TEST_UTIL_H
#define NBSEC_MODELS_NBIOT_MODES_TEST_UTIL_H

#include "models/nbiot/timing_test_util.h"

#define HEADERS 3U /* MAC 1, RLC AM 2 */
#define STATUS 3U  /* an RLC status: MAC 1, STATUS 2 */
#define BSR 2U     /* a buffer status report: MAC 1, BSR 1 */
#define PDCP 5U    /* on SRB1 */

/* A packet at 10 s, and what becomes of it. */
static inline void
modes_report(struct bench *b, double mcl_db, size_t len, enum nbs_rai rai, uint64_t until_ns)
{
	bench_cell(b);
	bench_ue(b, "meter/1", mcl_db);
	bench_run(b, 10 * BENCH_S);
	bench_send(b, len, rai);
	bench_run(b, until_ns);
}

/* One uplink packet, all over, and the accounts as drawn. */
static inline void
modes_check(struct bench *b, struct want *e, uint64_t decoded_ns)
{
	assert_int_equal(b->ups, 1);
	assert_int_equal(b->up_ns[0], decoded_ns + b->config.s1_delay.a_ns);
	assert_int_equal(nbs_ue_state(b->ue), NBS_UE_PSM);
	assert_int_equal(nbs_ue_stats(b->ue)->illegal, 0);
	want_check(e, bench_account(b));
	bench_fini(b);
}

#endif
