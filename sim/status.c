/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words for each status; a missing one shows as a NULL that the test finds. */
#include "sim/status.h"

#include <stddef.h>

static const char *const status_text[NBS_STATUS__COUNT] = {
    [NBS_OK] = "no error",
    [NBS_E_INTERNAL] = "internal error",
    [NBS_E_NOMEM] = "out of memory",
    [NBS_E_ARG] = "argument out of range",
    [NBS_E_STATE] = "call does not fit the present state",
    [NBS_E_TRUNCATED] = "data end too early",
    [NBS_E_INVALID] = "data break their own rules",
    [NBS_E_RANGE] = "value does not fit",
    [NBS_E_IO] = "input or output failed",
    [NBS_E_NOTFOUND] = "not found",
    [NBS_E_INTERRUPTED] = "interrupted",
};

const char *
nbs_status_str(enum nbs_status status)
{
	if ((unsigned)status >= NBS_STATUS__COUNT || status_text[status] == NULL)
		return "unknown status";
	return status_text[status];
}
