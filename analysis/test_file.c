/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A results file in a temporary folder.
 */
#include "analysis/test_file.h"

#include "analysis/summary.h"
#include "analysis/test_run.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/nbsec-analysis-XXXXXX";

char test_path[64];

int
test_file_setup(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(test_path, sizeof(test_path), "%s/results.sqlite", folder);
	return 0;
}

int
test_file_teardown(void **state)
{
	(void)state;
	unlink(test_path);
	return rmdir(folder);
}

json_t *
test_file_summary(double wall_s)
{
	char why[256];
	json_t *summary = NULL;

	if (nbs_summary_read(test_path, wall_s, &summary, why, sizeof(why)) != NBS_OK)
		fail_msg("%s", why);
	return summary;
}

json_t *
test_file_run(double wall_s)
{
	unlink(test_path);
	assert_int_equal(test_run_write(test_path), NBS_OK);
	return test_file_summary(wall_s);
}
