/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: whatever decodes must encode to the same octets, print, and refuse no field that it
 * took. Seeds: the octets of codec_vectors.txt.
 */
#include "models/mqttsn/codec.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ignore(void *arg, const char *name, const char *value)
{
	(void)name;
	*(size_t *)arg += strlen(value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again[NBS_MQTTSN_MESSAGE_MAX + 300];
	struct nbs_mqttsn_fault fault;
	struct nbs_mqttsn_msg msg;
	size_t len = 0, characters = 0;

	if (nbs_mqttsn_decode(data, size, &msg, &fault) != NBS_OK) {
		if (fault.offset > size || memchr(fault.text, '\0', sizeof fault.text) == NULL)
			abort();
		return 0;
	}
	if (nbs_mqttsn_encode(&msg, again, sizeof again, &len) != NBS_OK || len != size ||
	    memcmp(again, data, size) != 0)
		abort();
	nbs_mqttsn_fields(&msg, ignore, &characters);
	return 0;
}
