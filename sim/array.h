/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Room for one more in an array that grows by doubling. Shared inside the library.
 */
#ifndef NBSEC_SIM_ARRAY_H
#define NBSEC_SIM_ARRAY_H

#include "sim/status.h"

#include <stdlib.h>

#define NBSI_ARRAY_FIRST 16U /* elements of a new array */

/**
 * Doubles an array that is full. On failure the array is as it was.
 * @param[in,out] array  the array's pointer, copied back by the caller.
 * @param size  of an element.
 */
static inline enum nbs_status
nbsi_array_room(void **array, size_t size, size_t count, size_t *cap)
{
	size_t want = *cap == 0 ? NBSI_ARRAY_FIRST : *cap * 2;
	void *grown;

	if (count < *cap)
		return NBS_OK;
	grown = realloc(*array, want * size);
	if (grown == NULL)
		return NBS_E_NOMEM;
	*array = grown;
	*cap = want;
	return NBS_OK;
}

#endif
