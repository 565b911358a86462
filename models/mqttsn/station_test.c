/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a station says of each datagram before it leaves, in the clear and over DTLS. */
#include "models/mqttsn/test_station.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ---- tests: v1.2 5.4.4 CONNECT 6 + 2, 5.4.10 REGISTER 6 + 1, 5.4.12 PUBLISH 7 + 5 ---- */

static void
test_in_the_clear(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	start_service(&w, 0);
	start_station(&w, false);
	report(&w, 60);
	report(&w, 60);
	assert_string_equal(w.log, "04:8* 0a:7* 0c:12+ 0c:12+ ");
	assert_null(nbs_station_work(w.station, NBS_DTLS_PHASE_RECORDS));
	world_fini(&w);
}

/* Three flights before the same messages; what the handshake took is told apart from records. */
static void
test_over_dtls(void **state)
{
	const struct nbs_crypto_work *handshake, *records;
	struct world w;

	(void)state;
	world_init(&w);
	start_service(&w, 0);
	start_station(&w, true);
	report(&w, 60);
	report(&w, 60);
	assert_string_equal(w.log, "ff:0* ff:0* ff:0* 04:8* 0a:7* 0c:12+ 0c:12+ ");
	handshake = nbs_station_work(w.station, NBS_DTLS_PHASE_HANDSHAKE);
	records = nbs_station_work(w.station, NBS_DTLS_PHASE_RECORDS);
	assert_int_equal(handshake->count[NBS_CRYPTO_AES_BLOCK], 14); /* work_counts.txt */
	/* four messages and four answers, each of 16 bytes at most: 3 + 2 AES blocks (CCM) */
	assert_int_equal(records->count[NBS_CRYPTO_AES_BLOCK], 8 * 5);
	world_fini(&w);
}

/* T_retry 10 s, twice: 0, 10 and 20 s. */
static void
test_repetitions_of_mqttsn(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	start_answerer(&w, NBS_MQTTSN_PORT, NULL, 0);
	start_station(&w, false);
	report(&w, 60);
	assert_string_equal(w.log, "04:8* 04:8r* 04:8r* ");
	assert_int_equal(w.datagrams, 3);
	world_fini(&w);
}

/* RFC 6347 4.2.4.1: 0, 1 and 3 s. */
static void
test_repetitions_of_dtls(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	start_answerer(&w, NBS_MQTTSN_DTLS_PORT, NULL, 0);
	start_station(&w, true);
	report(&w, 5);
	assert_string_equal(w.log, "ff:0* ff:0r* ff:0r* ");
	assert_int_equal(w.datagrams, 3);
	world_fini(&w);
}

/*
 * A ServerHelloDone answers the ClientHello: the client says decode_error, as the model of this
 * library learnt by dtls-fuzzer has it (state s0), and begins anew for the report.
 */
static void
test_alert(void **state)
{
	static const uint8_t done[13 + 12] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 14};
	struct world w;

	(void)state;
	world_init(&w);
	start_answerer(&w, NBS_MQTTSN_DTLS_PORT, done, sizeof done);
	start_station(&w, true);
	report(&w, 60);
	assert_memory_equal(w.log, "ff:0* fd:0* ", 12);
	world_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_in_the_clear),
	    cmocka_unit_test(test_over_dtls),
	    cmocka_unit_test(test_repetitions_of_mqttsn),
	    cmocka_unit_test(test_repetitions_of_dtls),
	    cmocka_unit_test(test_alert),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
