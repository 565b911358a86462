/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message sizes: sums of the layers, and the edge of one block of 1000 bits. */
#include "models/nbiot/messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/*
 * One Rel-13 block is 125 bytes. IP and UDP take 28, NAS 17 (18 with release assistance), RRC 4,
 * MAC and RLC 3: 72 bytes of payload fit with release assistance, 73 do not.
 */
static void
test_cliff_at_72_bytes(void **state)
{
	(void)state;
	assert_int_equal(nbsi_msg5_sdu(NBS_CONTROL_PLANE, NBSI_FOR_DATA, true, 28 + 72) +
			     NBSI_BLOCK_HEADER_BYTES,
			 125);
	assert_int_equal(nbsi_msg5_sdu(NBS_CONTROL_PLANE, NBSI_FOR_DATA, true, 28 + 73) +
			     NBSI_BLOCK_HEADER_BYTES,
			 126);
	assert_int_equal(nbsi_msg5_sdu(NBS_CONTROL_PLANE, NBSI_FOR_DATA, false, 28 + 73) +
			     NBSI_BLOCK_HEADER_BYTES,
			 125);
}

static void
test_msg5(void **state)
{
	(void)state;
	/* NAS of 127 bytes takes RRC 4, of 128 bytes RRC 5. */
	assert_int_equal(nbsi_msg5_sdu(NBS_CONTROL_PLANE, NBSI_FOR_DATA, false, 110), 127 + 4);
	assert_int_equal(nbsi_msg5_sdu(NBS_CONTROL_PLANE, NBSI_FOR_DATA, false, 111), 128 + 5);
	/* SERVICE REQUEST 17 - 3 - 5 = 9; TAU request 30. */
	assert_int_equal(nbsi_msg5_sdu(NBS_CONTROL_PLANE, NBSI_FOR_PAGE, false, 0), 9 + 4);
	assert_int_equal(nbsi_msg5_sdu(NBS_CONTROL_PLANE, NBSI_FOR_TAU, false, 0), 30 + 4);
	assert_int_equal(nbsi_msg5_sdu(NBS_USER_PLANE, NBSI_FOR_TAU, false, 0), 30 + 4);
	/* ResumeComplete 2 + PDCP 5; with data: MAC 2, RLC 2, and the packet with PDCP 1. */
	assert_int_equal(nbsi_msg5_sdu(NBS_USER_PLANE, NBSI_FOR_PAGE, false, 0), 7);
	assert_int_equal(nbsi_msg5_sdu(NBS_USER_PLANE, NBSI_FOR_DATA, true, 99), 7 + 4 + 1 + 99);
}

static void
test_data_and_release(void **state)
{
	(void)state;
	/* ULInformationTransfer 2, security 6 + ESM DATA TRANSPORT 5, release assistance 1 */
	assert_int_equal(nbsi_uplink_sdu(NBS_CONTROL_PLANE, false, 60), 60 + 2 + 11);
	assert_int_equal(nbsi_uplink_sdu(NBS_CONTROL_PLANE, true, 60), 60 + 2 + 12);
	assert_int_equal(nbsi_uplink_sdu(NBS_USER_PLANE, true, 60), 61);
	assert_int_equal(nbsi_downlink_sdu(NBS_CONTROL_PLANE, 40), 40 + 3 + 11);
	assert_int_equal(nbsi_downlink_sdu(NBS_USER_PLANE, 40), 41);
	/* Release 2 + 3; with resume identity 7 + PDCP 5 + 3 */
	assert_int_equal(nbsi_release_bytes(NBS_CONTROL_PLANE), 5);
	assert_int_equal(nbsi_release_bytes(NBS_USER_PLANE), 15);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cliff_at_72_bytes),
	    cmocka_unit_test(test_msg5),
	    cmocka_unit_test(test_data_and_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
