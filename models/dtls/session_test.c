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

/* No linear walks: the longest chain stays short (a random hash would give about 8). */
static void
test_chains_are_short(void **state)
{
	struct nbsi_dtls_sessions sessions = {0};
	struct nbs_dtls_session *cell = cell_new(&sessions);
	unsigned longest = 0;

	(void)state;
	assert_true(sessions.bucket_count >= CELL);
	for (size_t i = 0; i < sessions.bucket_count; i++) {
		unsigned length = 0;

		for (struct nbs_dtls_session *s = sessions.buckets[i]; s != NULL; s = s->chain)
			length++;
		longest = length > longest ? length : longest;
	}
	assert_true(longest <= 8);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_find),
	    cmocka_unit_test(test_chains_are_short),
	    cmocka_unit_test(test_order_of_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
