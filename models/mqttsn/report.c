/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The content of a meter's report. */
#include "models/mqttsn/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TEXT_SIZE 128U /* more than two numbers and a ClientID of 23 characters take */

void
nbsi_report_write(uint32_t n, uint64_t reading_wh, const char *id, uint8_t *payload, size_t len)
{
	char text[TEXT_SIZE];
	size_t used;

	(void)snprintf(text, sizeof text, "n=%08" PRIu32 " kWh=%06" PRIu64 ".%03" PRIu64 " id=%s",
		       n, reading_wh / 1000, reading_wh % 1000, id);
	used = strlen(text);
	memset(payload, '.', len);
	memcpy(payload, text, used < len ? used : len);
}
