/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing is booked twice: 100,000 bookings against a second set of books. */
#include "models/nbiot/carrier_test_util.h"

/* A second set of the carrier's books, kept by looking at what each booking adds. */
struct books {
	uint64_t dl[NBSI_RING_WORDS];
	uint64_t ul[NBS_UL_TONES][NBSI_RING_WORDS];
	uint64_t dl_now, now; /* forgotten up to here, in whole words */
};

static bool
bit_of(const uint64_t *ring, uint64_t at)
{
	return (ring[at / 64 % NBSI_RING_WORDS] >> at % 64 & 1U) != 0;
}

/* Bits added from one time up to another; none may have gone. */
static uint64_t
books_added(uint64_t *mirror, const uint64_t *ring, uint64_t from, uint64_t to)
{
	uint64_t added = 0;

	for (uint64_t at = from; at < to; at++) {
		const bool was = bit_of(mirror, at);
		const bool is = bit_of(ring, at);

		assert_false(was && !is);
		if (is && !was) {
			mirror[at / 64 % NBSI_RING_WORDS] |= UINT64_C(1) << at % 64;
			added++;
		}
	}
	return added;
}

static uint64_t
books_added_dl(struct books *books, const struct nbsi_carrier *carrier, uint64_t from_ns,
	       uint64_t to_ns)
{
	return books_added(books->dl, carrier->dl,
			   nbs_calendar_valid_before(carrier->calendar, from_ns / MS),
			   nbs_calendar_valid_before(carrier->calendar, to_ns / MS));
}

static uint64_t
books_added_ul(struct books *books, const struct nbsi_carrier *carrier, uint64_t from_ns,
	       uint64_t to_ns)
{
	uint64_t added = 0;

	for (unsigned tone = 0; tone < NBS_UL_TONES; tone++)
		added += books_added(books->ul[tone], carrier->ul[tone], from_ns / MS, to_ns / MS);
	return added;
}

static void
books_forget(struct books *books, const struct nbsi_carrier *carrier)
{
	for (; books->dl_now / 64 < carrier->dl_now / 64; books->dl_now += 64)
		books->dl[books->dl_now / 64 % NBSI_RING_WORDS] = 0;
	for (; books->now / 64 < carrier->now / 64; books->now += 64) {
		for (unsigned tone = 0; tone < NBS_UL_TONES; tone++)
			books->ul[tone][books->now / 64 % NBSI_RING_WORDS] = 0;
	}
}

/* All bits of the ring, not only those of the last booking. */
static void
books_compare(const struct books *books, const struct nbsi_carrier *carrier)
{
	assert_memory_equal(books->dl, carrier->dl, sizeof(books->dl));
	assert_memory_equal(books->ul, carrier->ul, sizeof(books->ul));
}

static bool
books_down(struct books *books, struct nbsi_carrier *carrier, const struct request *r)
{
	struct nbsi_grant grant;

	if (!nbsi_book_downlink(carrier, &r->space, r->from_ns, r->until_ns, r->dci_reps,
				r->subframes, r->ack_ms, &grant))
		return false;
	assert_in_range(grant.dci_start_ns, r->from_ns, r->until_ns - 1);
	assert_int_equal(
	    books_added_dl(books, carrier, grant.dci_start_ns,
			   grant.end_ns > grant.dci_end_ns ? grant.end_ns : grant.dci_end_ns),
	    r->dci_reps + r->subframes);
	assert_int_equal(books_added_ul(books, carrier, grant.ack_start_ns, grant.ack_end_ns),
			 r->subframes > 0 ? r->ack_ms : 0);
	return true;
}

static bool
books_up(struct books *books, struct nbsi_carrier *carrier, const struct request *r)
{
	const bool dci = r->kind == REQUEST_UP;
	struct nbsi_grant grant;

	if (dci ? !nbsi_book_uplink(carrier, &r->space, r->from_ns, r->until_ns, r->dci_reps,
				    &r->need[0], &grant)
		: !nbsi_book_tones(carrier, r->from_ns, r->until_ns, &r->need[0], &grant))
		return false;
	assert_int_equal(books_added_dl(books, carrier, grant.dci_start_ns, grant.dci_end_ns),
			 dci ? r->dci_reps : 0);
	assert_int_equal(books_added_ul(books, carrier, grant.start_ns, grant.end_ns),
			 (uint64_t)r->need[0].tones * r->need[0].tx_ms);
	return true;
}

static bool
books_rar(struct books *books, struct nbsi_carrier *carrier, const struct request *r)
{
	struct nbsi_rar rar;
	uint64_t wanted = 0, last = 0;

	if (!nbsi_book_rar(carrier, &r->space, r->from_ns, r->until_ns, r->dci_reps,
			   r->rar_subframes, r->need, r->count, &rar))
		return false;
	assert_in_range(rar.count, 1, r->count);
	assert_int_equal(books_added_dl(books, carrier, rar.dci_start_ns, rar.end_ns),
			 r->dci_reps + r->rar_subframes[rar.count - 1]);
	for (unsigned n = 0; n < rar.count; n++) {
		wanted += (uint64_t)r->need[n].tones * r->need[n].tx_ms;
		last = rar.msg3[n].end_ns > last ? rar.msg3[n].end_ns : last;
	}
	assert_int_equal(books_added_ul(books, carrier, rar.end_ns, last), wanted);
	return true;
}

/*
 * If a booking took a place that was taken, fewer bits would be added than it takes; if it lost
 * one of another's, a bit would go.
 */
static void
never_twice_in(enum test_cell cell, unsigned bookings, uint64_t seed)
{
	struct nbsi_carrier *carrier = cell_of(cell);
	struct books *books = calloc(1, sizeof(*books));
	uint64_t now_ns = 0;
	unsigned found = 0;

	assert_non_null(books);
	for (unsigned i = 0; i < bookings; i++) {
		struct request request;

		now_ns += pick(&seed, i % 1000 == 0 ? 200000 : 150) * MS;
		nbsi_carrier_advance(carrier, now_ns);
		books_forget(books, carrier);
		request_pick(&request, &seed, now_ns, 10240);
		if (request.kind == REQUEST_DOWN)
			found += books_down(books, carrier, &request);
		else if (request.kind == REQUEST_RAR)
			found += books_rar(books, carrier, &request);
		else
			found += books_up(books, carrier, &request);
		if (i % 500 == 0)
			books_compare(books, carrier);
	}
	books_compare(books, carrier);
	assert_in_range(found, bookings / 5, bookings * 19 / 20);
	assert_in_range(nbsi_carrier_stats(carrier)->waits, bookings / 20, found);
	free(books);
	nbsi_carrier_free(carrier);
}

static void
never_twice(void **state)
{
	(void)state;
	for (unsigned cell = 0; cell < CELL__COUNT; cell++)
		never_twice_in((enum test_cell)cell, 25000, 4711 + cell);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(never_twice)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
