/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forgetting: a bit of a ring stands for one time only, so once all that was booked is past, no bit
 * may be left, whatever the steps by which the time was told. One that stayed would block the air a
 * turn of the ring later.
 */
#include "models/nbiot/carrier_test_util.h"

#define FORGET_ROUNDS 40U
#define FORGET_STEPS 200U
#define FORGET_LONGEST 3000U /* ms or subframes of a booking */

/* Steps within a word, to its border, over some words, and over more than a turn. */
static const uint64_t forget_steps[] = {
    1, 3, 63, 64, 65, 640, 5000, NBSI_RING_BITS, NBSI_RING_BITS + 1U, UINT64_C(3) * NBSI_RING_BITS};

static void
book(struct nbsi_carrier *carrier, const struct request *request)
{
	struct nbsi_grant grant;
	struct nbsi_rar rar;

	switch (request->kind) {
	case REQUEST_DOWN:
		(void)nbsi_book_downlink(carrier, &request->space, request->from_ns,
					 request->until_ns, request->dci_reps, request->subframes,
					 request->ack_ms, &grant);
		return;
	case REQUEST_UP:
		(void)nbsi_book_uplink(carrier, &request->space, request->from_ns,
				       request->until_ns, request->dci_reps, request->need, &grant);
		return;
	case REQUEST_RAR:
		(void)nbsi_book_rar(carrier, &request->space, request->from_ns, request->until_ns,
				    request->dci_reps, request->rar_subframes, request->need,
				    request->count, &rar);
		return;
	default:
		(void)nbsi_book_tones(carrier, request->from_ns, request->until_ns, request->need,
				      &grant);
	}
}

static uint64_t
bits_left(const struct nbsi_carrier *carrier)
{
	uint64_t bits = 0;

	for (unsigned word = 0; word < NBSI_RING_WORDS; word++) {
		bits += nbsi_ones(carrier->dl[word]);
		for (unsigned tone = 0; tone < NBS_UL_TONES; tone++)
			bits += nbsi_ones(carrier->ul[tone][word]);
	}
	return bits;
}

static void
past_leaves_no_trace(void **state)
{
	uint64_t seed = 2385, most = 0;

	(void)state;
	for (unsigned round = 0; round < FORGET_ROUNDS; round++) {
		struct nbsi_carrier *carrier = cell_of((enum test_cell)(round % CELL__COUNT));
		uint64_t now = 0;

		for (unsigned i = 0; i < FORGET_STEPS; i++) {
			struct request request;

			request_pick(&request, &seed, now * MS, FORGET_LONGEST);
			book(carrier, &request);
			if (bits_left(carrier) > most)
				most = bits_left(carrier);
			now += forget_steps[pick(&seed, round % 2 == 0 ? 6 : 10)];
			nbsi_carrier_advance(carrier, now * MS);
		}
		/* nothing is booked beyond 120 s */
		nbsi_carrier_advance(carrier, now * MS + NBSI_BOOK_AHEAD_NS + 64 * MS);
		assert_int_equal(bits_left(carrier), 0);
		nbsi_carrier_free(carrier);
	}
	assert_true(most > FORGET_LONGEST); /* there was something to forget */
}

/* Digit by digit: f, 7, 3, 1 and 8 have 4, 3, 2, 1 and 1 bits. */
static void
ones(void **state)
{
	(void)state;
	assert_int_equal(nbsi_ones(0), 0);
	assert_int_equal(nbsi_ones(UINT64_MAX), 64);
	assert_int_equal(nbsi_ones(UINT64_C(1) << 63), 1);
	assert_int_equal(nbsi_ones(UINT64_C(0xf731000000000080)), 4 + 3 + 2 + 1 + 1);
	assert_int_equal(nbsi_ones(UINT64_C(0x0123456789abcdef)), 32); /* each digit once */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(past_leaves_no_trace),
	    cmocka_unit_test(ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
