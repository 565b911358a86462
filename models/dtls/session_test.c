/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table and list of sessions, at the size of a whole cell. */
#include "models/dtls/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define CELL 52547U /* devices of a cell, TR 45.820 */

/* Neighbouring addresses with one port, as a fleet has them. */
static struct nbs_endpoint
endpoint(unsigned number)
{
	return (struct nbs_endpoint){0x0a400000U + number, 49152};
}

static struct nbs_dtls_session *
cell_new(struct nbsi_dtls_sessions *sessions)
{
	struct nbs_dtls_session *cell = calloc(CELL, sizeof(*cell));

	assert_non_null(cell);
	for (unsigned i = 0; i < CELL; i++) {
		cell[i].peer = endpoint(i);
		cell[i].handle = i + 1;
		cell[i].cid_len = 2; /* IDs as short as can be: 65,536 of them */
		cell[i].cid[0] = (uint8_t)(i >> 8);
		cell[i].cid[1] = (uint8_t)i;
		assert_int_equal(nbsi_dtls_sessions_add(sessions, &cell[i], i), NBS_OK);
	}
	return cell;
}

static void
test_find(void **state)
{
	struct nbsi_dtls_sessions sessions = {0};
	struct nbs_dtls_session *cell;
	struct nbs_endpoint other = endpoint(17);

	(void)state;
	assert_null(nbsi_dtls_sessions_find(&sessions, endpoint(0)));
	cell = cell_new(&sessions);
	assert_int_equal(sessions.count, CELL);
	for (unsigned i = 0; i < CELL; i++)
		assert_ptr_equal(nbsi_dtls_sessions_find(&sessions, endpoint(i)), &cell[i]);
	assert_null(nbsi_dtls_sessions_find(&sessions, endpoint(CELL)));
	other.port++;
	assert_null(nbsi_dtls_sessions_find(&sessions, other));
	for (unsigned i = 0; i < CELL; i += 2)
		nbsi_dtls_sessions_remove(&sessions, &cell[i]);
	for (unsigned i = 0; i < CELL; i++)
		assert_ptr_equal(nbsi_dtls_sessions_find(&sessions, endpoint(i)),
				 i % 2 == 0 ? NULL : &cell[i]);
	nbsi_dtls_sessions_fini(&sessions);
	free(cell);
}

static unsigned
chain_of(const struct nbsi_dtls_table *table)
{
	unsigned longest = 0;

	assert_true(table->bucket_count >= CELL);
	for (size_t i = 0; i < table->bucket_count; i++) {
		unsigned length = 0;

		for (struct nbsi_dtls_node *n = table->buckets[i]; n != NULL; n = n->next)
			length++;
		longest = length > longest ? length : longest;
	}
	return longest;
}

/* No linear walks: the longest chain stays short (a random hash would give about 8). */
static void
test_chains_are_short(void **state)
{
	struct nbsi_dtls_sessions sessions = {0};
	struct nbs_dtls_session *cell = cell_new(&sessions);
	unsigned longest = 0;

	(void)state;
	longest = chain_of(&sessions.by_peer);
	assert_true(longest <= 8);
	longest = chain_of(&sessions.by_handle);
	assert_true(longest <= 8);
	longest = chain_of(&sessions.by_cid);
	assert_true(longest <= 8);
	nbsi_dtls_sessions_fini(&sessions);
	free(cell);
}

static void
test_find_by_handle_and_cid(void **state)
{
	struct nbsi_dtls_sessions sessions = {0};
	struct nbs_dtls_session *cell = cell_new(&sessions);

	(void)state;
	for (unsigned i = 0; i < CELL; i++) {
		const uint8_t cid[2] = {(uint8_t)(i >> 8), (uint8_t)i};

		assert_ptr_equal(nbsi_dtls_sessions_find_handle(&sessions, i + 1), &cell[i]);
		assert_ptr_equal(nbsi_dtls_sessions_find_cid(&sessions, cid, 2), &cell[i]);
		assert_null(nbsi_dtls_sessions_find_cid(&sessions, cid, 1));
	}
	assert_null(nbsi_dtls_sessions_find_handle(&sessions, 0));
	assert_null(nbsi_dtls_sessions_find_handle(&sessions, CELL + 1));
	assert_null(nbsi_dtls_sessions_find_cid(&sessions, (const uint8_t *)"\xff\xff", 2));
	nbsi_dtls_sessions_drop_cid(&sessions, &cell[0x0102]);
	assert_null(nbsi_dtls_sessions_find_cid(&sessions, (const uint8_t *)"\1\2", 2));
	assert_ptr_equal(nbsi_dtls_sessions_find_handle(&sessions, 0x0103), &cell[0x0102]);
	nbsi_dtls_sessions_remove(&sessions, &cell[0x0103]);
	assert_null(nbsi_dtls_sessions_find_cid(&sessions, (const uint8_t *)"\1\3", 2));
	assert_null(nbsi_dtls_sessions_find_handle(&sessions, 0x0104));
	nbsi_dtls_sessions_fini(&sessions);
	free(cell);
}

/* Where a session moves to decides who is found there; the ID finds it everywhere. */
static void
test_move(void **state)
{
	struct nbsi_dtls_sessions sessions = {0};
	struct nbs_dtls_session *cell = cell_new(&sessions);

	(void)state;
	nbsi_dtls_sessions_move(&sessions, &cell[0], endpoint(CELL)); /* nobody there */
	assert_null(nbsi_dtls_sessions_find(&sessions, endpoint(0)));
	assert_ptr_equal(nbsi_dtls_sessions_find(&sessions, endpoint(CELL)), &cell[0]);
	nbsi_dtls_sessions_move(&sessions, &cell[0], endpoint(1)); /* one with an ID there */
	assert_ptr_equal(nbsi_dtls_sessions_find(&sessions, endpoint(1)), &cell[0]);
	assert_ptr_equal(nbsi_dtls_sessions_find_cid(&sessions, cell[1].cid, 2), &cell[1]);
	nbsi_dtls_sessions_drop_cid(&sessions, &cell[2]);
	nbsi_dtls_sessions_move(&sessions, &cell[0], endpoint(2)); /* one without */
	assert_ptr_equal(nbsi_dtls_sessions_find(&sessions, endpoint(2)), &cell[2]);
	assert_ptr_equal(nbsi_dtls_sessions_find_cid(&sessions, cell[0].cid, 2), &cell[0]);
	assert_int_equal(cell[0].peer.addr, endpoint(2).addr);
	nbsi_dtls_sessions_move(&sessions, &cell[1], endpoint(1)); /* back where it was */
	assert_ptr_equal(nbsi_dtls_sessions_find(&sessions, endpoint(1)), &cell[1]);
	nbsi_dtls_sessions_remove(&sessions, &cell[0]);
	nbsi_dtls_sessions_remove(&sessions, &cell[1]);
	assert_null(nbsi_dtls_sessions_find(&sessions, endpoint(1)));
	assert_int_equal(sessions.count, CELL - 2);
	nbsi_dtls_sessions_fini(&sessions);
	free(cell);
}

static void
test_order_of_use(void **state)
{
	struct nbsi_dtls_sessions sessions = {0};
	struct nbs_dtls_session *cell = cell_new(&sessions);

	(void)state;
	assert_ptr_equal(sessions.oldest, &cell[0]);
	nbsi_dtls_sessions_touch(&sessions, &cell[0], CELL);
	nbsi_dtls_sessions_touch(&sessions, &cell[2], CELL + 1);
	nbsi_dtls_sessions_touch(&sessions, &cell[2], CELL + 2);
	nbsi_dtls_sessions_remove(&sessions, &cell[1]);
	assert_ptr_equal(sessions.oldest, &cell[3]);
	assert_ptr_equal(sessions.newest, &cell[2]);
	assert_ptr_equal(sessions.newest->older, &cell[0]);
	assert_int_equal(cell[2].used_ns, CELL + 2);
	for (unsigned i = 3; i < CELL; i++) {
		assert_ptr_equal(sessions.oldest, &cell[i]);
		nbsi_dtls_sessions_remove(&sessions, &cell[i]);
	}
	nbsi_dtls_sessions_remove(&sessions, &cell[2]);
	nbsi_dtls_sessions_remove(&sessions, &cell[0]);
	assert_null(sessions.oldest);
	assert_null(sessions.newest);
	assert_int_equal(sessions.count, 0);
	nbsi_dtls_sessions_fini(&sessions);
	free(cell);
}

/* Sessions rest in the order of their last use; whoever is used again is awake, and the last. */
static void
test_order_of_rest(void **state)
{
	struct nbsi_dtls_sessions sessions = {0};
	struct nbs_dtls_session *cell = cell_new(&sessions);

	(void)state;
	assert_ptr_equal(sessions.awake, &cell[0]);
	for (unsigned i = 0; i < CELL; i++) {
		assert_ptr_equal(sessions.awake, &cell[i]);
		nbsi_dtls_sessions_rest(&sessions);
		assert_true(cell[i].rested);
	}
	assert_null(sessions.awake);
	nbsi_dtls_sessions_touch(&sessions, &cell[CELL - 1], CELL); /* it was the newest already */
	assert_ptr_equal(sessions.awake, &cell[CELL - 1]);
	assert_false(cell[CELL - 1].rested);
	nbsi_dtls_sessions_touch(&sessions, &cell[5], CELL + 1);
	nbsi_dtls_sessions_touch(&sessions, &cell[3], CELL + 2);
	assert_ptr_equal(sessions.awake, &cell[CELL - 1]);
	nbsi_dtls_sessions_remove(&sessions, &cell[CELL - 1]);
	assert_ptr_equal(sessions.awake, &cell[5]);
	nbsi_dtls_sessions_touch(&sessions, &cell[5], CELL + 3);
	assert_ptr_equal(sessions.awake, &cell[3]);
	nbsi_dtls_sessions_remove(&sessions, &cell[7]); /* one that rests */
	assert_ptr_equal(sessions.awake, &cell[3]);
	assert_ptr_equal(sessions.oldest, &cell[0]);
	nbsi_dtls_sessions_fini(&sessions);
	free(cell);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_find),
	    cmocka_unit_test(test_chains_are_short),
	    cmocka_unit_test(test_find_by_handle_and_cid),
	    cmocka_unit_test(test_move),
	    cmocka_unit_test(test_order_of_use),
	    cmocka_unit_test(test_order_of_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
