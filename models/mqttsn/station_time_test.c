/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a station takes its DTLS association for dead, and what it does then; what its processor's
 * time delays. Messages in the log:
 * handshake datagrams ff, CONNECT 04, REGISTER 0a, PUBLISH 0c; r = repeated.
 */
#include "models/mqttsn/test_station.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WHOLE "ff:0* ff:0* ff:0* 04:8* 0a:7* 0c:12+ " /* a report with all that it needs */

/* The gateway is another one: it knows nobody, so nothing that the station sends is answered. */
static void
replace_service(struct world *w)
{
	nbs_service_free(w->service);
	w->log[0] = '\0';
	start_service(w, 0);
}

/* N_retry used up: this report is given up, the next one has an association of its own. */
static void
test_silence_drop(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	start_service(&w, 0);
	start_station(&w, true);
	report(&w, 60);
	replace_service(&w);
	report(&w, 60);
	assert_string_equal(w.log, "0c:12+ 0c:12r+ 0c:12r+ ");
	assert_int_equal(w.done, 2);
	assert_int_equal(w.outcome, NBS_MQTTSN_GAVE_UP);
	assert_int_equal(w.failed[NBS_DTLS_NO_SESSION], 3); /* records of nobody */
	w.log[0] = '\0';
	report(&w, 60);
	assert_string_equal(w.log, WHOLE);
	assert_int_equal(w.outcome, NBS_MQTTSN_DELIVERED);
	world_fini(&w);
}

/* With resend the same report goes over the new association: 30 s late (T_retry 10 s, thrice). */
static void
test_silence_resend(void **state)
{
	uint64_t start_ns;
	struct world w;

	(void)state;
	world_init(&w);
	w.config.mqttsn.session_lost = NBS_MQTTSN_LOST_RESEND;
	start_service(&w, 0);
	start_station(&w, true);
	report(&w, 60);
	replace_service(&w);
	start_ns = nbs_now(w.engine);
	report(&w, 60);
	assert_string_equal(w.log, "0c:12+ 0c:12r+ 0c:12r+ " WHOLE);
	assert_int_equal(w.done, 2);
	assert_int_equal(w.outcome, NBS_MQTTSN_DELIVERED);
	/* six round trips of 20 ms: three of the handshake, three of MQTT-SN */
	assert_int_equal((w.done_ns - start_ns) / NBS_NS_PER_MS, 30000 + 6 * 20);
	world_fini(&w);
}

/* In the clear there is no association: as before, the report is given up. */
static void
test_silence_in_the_clear(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.config.mqttsn.session_lost = NBS_MQTTSN_LOST_RESEND;
	start_answerer(&w, NBS_MQTTSN_PORT, NULL, 0);
	start_station(&w, false);
	report(&w, 120);
	assert_string_equal(w.log, "04:8* 04:8r* 04:8r* ");
	assert_int_equal(w.outcome, NBS_MQTTSN_GAVE_UP);
	world_fini(&w);
}

/* Nothing passed for 30 s: a handshake, resumed, before the report; sooner there is none. */
static void
test_renewed_before_use(void **state)
{
	const struct nbs_dtls_stats *stats;
	struct world w;

	(void)state;
	world_init(&w);
	w.config.renew_ns = 30 * NBS_NS_PER_S;
	w.client.resumption = NBS_DTLS_RESUME_SESSION_ID;
	start_service(&w, 1);
	start_station(&w, true);
	report(&w, 20);
	report(&w, 60);
	assert_string_equal(w.log, WHOLE "0c:12+ ");
	w.log[0] = '\0';
	report(&w, 60);
	assert_string_equal(w.log, WHOLE);
	stats = nbs_station_dtls_stats(w.station);
	assert_int_equal(stats->handshakes_completed, 2);
	assert_int_equal(stats->handshakes_resumed, 1);
	assert_int_equal(w.done, 3);
	assert_int_equal(w.outcome, NBS_MQTTSN_DELIVERED);
	world_fini(&w);
}

/* What counts is when something passed last: reports each 20 s keep an association of 30 s. */
static void
test_traffic_keeps_it_fresh(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.config.renew_ns = 30 * NBS_NS_PER_S;
	start_service(&w, 0);
	start_station(&w, true);
	for (unsigned i = 0; i < 4; i++)
		report(&w, 20);
	assert_string_equal(w.log, WHOLE "0c:12+ 0c:12+ 0c:12+ ");
	world_fini(&w);
}

/* The keep-alive finds out as well: PINGREQ thrice at 60, 70, 80 s, then the association goes. */
static void
test_silence_between_reports(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.config.mqttsn.keepalive_s = 60;
	start_service(&w, 0);
	start_station(&w, true);
	report(&w, 5);
	replace_service(&w);
	assert_int_equal(nbs_run(w.engine, 100 * NBS_NS_PER_S), NBS_OK);
	assert_string_equal(w.log, "16:2+ 16:2r+ 16:2r+ ");
	w.log[0] = '\0';
	report(&w, 30);
	assert_string_equal(w.log, WHOLE);
	assert_int_equal(w.outcome, NBS_MQTTSN_DELIVERED);
	world_fini(&w);
}

/*
 * With the largest time-out equal to the first there is no repeat: the hello leaves at 0 s, fails
 * at 1 s, leaves again at 11 s, fails at 12 s, and then the report is given up.
 */
static void
test_handshake_again(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.client.timeout_min_ns = w.client.timeout_max_ns = NBS_NS_PER_S;
	w.config.handshake_retries = 1;
	w.config.handshake_wait_ns = 10 * NBS_NS_PER_S;
	start_answerer(&w, NBS_MQTTSN_DTLS_PORT, NULL, 0);
	start_station(&w, true);
	report(&w, 60);
	assert_string_equal(w.log, "ff:0* ff:0* ");
	assert_int_equal(w.done, 1);
	assert_int_equal(w.outcome, NBS_MQTTSN_GAVE_UP);
	assert_int_equal(w.done_ns, 12 * NBS_NS_PER_S);
	report(&w, 60); /* the next report has its own retries */
	assert_string_equal(w.log, "ff:0* ff:0* ff:0* ff:0* ");
	world_fini(&w);
}

/* A device that forgets: with its session it resumes, without it starts from nothing. */
static void
test_forget(void **state)
{
	const struct nbs_dtls_stats *stats;
	struct world w;

	(void)state;
	world_init(&w);
	w.client.resumption = NBS_DTLS_RESUME_SESSION_ID;
	start_service(&w, 1);
	start_station(&w, true);
	assert_int_equal(nbs_station_publish(w.station, 1, (const uint8_t *)"12345", 5), NBS_OK);
	assert_int_equal(nbs_station_forget(w.station, true), NBS_E_STATE); /* it waits */
	assert_int_equal(nbs_run(w.engine, 60 * NBS_NS_PER_S), NBS_OK);
	stats = nbs_station_dtls_stats(w.station);
	assert_int_equal(nbs_station_forget(w.station, true), NBS_OK);
	report(&w, 60);
	assert_int_equal(stats->handshakes_resumed, 1);
	assert_int_equal(nbs_station_forget(w.station, false), NBS_OK);
	report(&w, 60);
	assert_int_equal(stats->handshakes_resumed, 1);
	assert_int_equal(stats->handshakes_completed, 3);
	assert_string_equal(w.log, WHOLE WHOLE WHOLE);
	assert_int_equal(nbs_station_forget(NULL, false), NBS_E_ARG);
	world_fini(&w);
}

/*
 * A restart with the association in flash: the next report needs nothing but itself; reading it
 * takes 77 compressions (key expansion, models/dtls/work_counts.txt). While a report is under way
 * the device does not restart.
 */
static void
test_restart(void **state)
{
	const struct nbs_crypto_work *work;
	uint64_t before;
	struct world w;

	(void)state;
	world_init(&w);
	start_service(&w, 0);
	start_station(&w, true);
	assert_int_equal(nbs_station_restart(w.station), NBS_OK); /* there is nothing yet */
	assert_int_equal(nbs_station_publish(w.station, 1, (const uint8_t *)"12345", 5), NBS_OK);
	assert_int_equal(nbs_station_restart(w.station), NBS_E_STATE);
	assert_int_equal(nbs_run(w.engine, 60 * NBS_NS_PER_S), NBS_OK);
	work = nbs_station_work(w.station, NBS_DTLS_PHASE_HANDSHAKE);
	before = work->count[NBS_CRYPTO_SHA256_BLOCK];
	assert_int_equal(nbs_station_restart(w.station), NBS_OK);
	assert_int_equal(work->count[NBS_CRYPTO_SHA256_BLOCK] - before, 77);
	report(&w, 60);
	assert_string_equal(w.log, WHOLE "0c:12+ ");
	assert_int_equal(w.done, 2);
	assert_int_equal(w.outcome, NBS_MQTTSN_DELIVERED);
	assert_int_equal(nbs_station_restart(NULL), NBS_E_ARG);
	world_fini(&w);
}

/* ---- the processor's time ---- */

#define MS UINT64_C(1000000) /* ns */

/* Six round trips of 20 ms, and what the processor needs: 5 ms for a hello, 7 ms for the keys. */
static void
test_computing_delays(void **state)
{
	static const uint64_t computed[] = {0, 5 * MS, 7 * MS, MS - 1};
	struct world w;

	(void)state;
	world_init(&w);
	w.computed_ns = computed;
	w.computed_count = 4; /* the fourth, CONNECT, is below the radio's grid: at once */
	start_service(&w, 0);
	start_station(&w, true);
	report(&w, 60);
	assert_string_equal(w.log, WHOLE);
	assert_int_equal(w.done_ns, 6 * 20 * MS + 5 * MS + 7 * MS);
	world_fini(&w);
}

/* A flight in fragments: what is ready at once still leaves behind what is not. */
static void
test_computing_keeps_the_order(void **state)
{
	static const uint64_t computed[] = {0, 0, 50 * MS, 0, 2 * MS};
	static const uint8_t identity[60] = "M1";
	struct world w;
	size_t repeats = 0;

	(void)state;
	world_init(&w);
	w.client.mtu = 135; /* both hellos fit, 97 and 129; the third flight of 94 + 60 does not */
	w.client.identity = identity;
	w.client.identity_len = sizeof identity;
	w.computed_ns = computed;
	w.computed_count = 5;
	start_service(&w, 0);
	start_station(&w, true);
	report(&w, 60);
	assert_int_equal(w.outcome, NBS_MQTTSN_DELIVERED);
	for (const char *at = w.log; (at = strchr(at, 'r')) != NULL; at++)
		repeats++;
	assert_int_equal(repeats, 0);
	assert_int_equal(w.done_ns, 6 * 20 * MS + 52 * MS);
	world_fini(&w);
}

/* Freed with datagrams under way: nothing leaks (the world counts live objects). */
static void
test_freed_while_computing(void **state)
{
	static const uint64_t computed[] = {10 * 1000 * MS};
	struct world w;

	(void)state;
	world_init(&w);
	w.computed_ns = computed;
	w.computed_count = 1;
	start_service(&w, 0);
	start_station(&w, true);
	report(&w, 1);
	assert_string_equal(w.log, "");
	world_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_silence_drop),
	    cmocka_unit_test(test_silence_resend),
	    cmocka_unit_test(test_silence_in_the_clear),
	    cmocka_unit_test(test_renewed_before_use),
	    cmocka_unit_test(test_traffic_keeps_it_fresh),
	    cmocka_unit_test(test_silence_between_reports),
	    cmocka_unit_test(test_handshake_again),
	    cmocka_unit_test(test_forget),
	    cmocka_unit_test(test_restart),
	    cmocka_unit_test(test_computing_delays),
	    cmocka_unit_test(test_computing_keeps_the_order),
	    cmocka_unit_test(test_freed_while_computing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
