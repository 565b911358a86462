/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: foreign bytes split into layers. The first byte chooses suite and what is known of
 * protected records, the second the connection ID's length; the rest is the datagram, in memory of
 * its own. Whatever is accepted adds up to the datagram and its headers, or the target aborts.
 */
#include "models/dtls/ledger.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHOICE 2U /* bytes in front of the datagram */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct nbs_dtls_content contents[] = {{NBS_DTLS_CONTENT_HANDSHAKE, 24},
							   {NBS_DTLS_CONTENT_APPLICATION, 6},
							   {NBS_DTLS_CONTENT_ALERT, 2}};
	struct nbs_dtls_ledger_view view = {.suite = NULL};
	struct nbs_dtls_ledger ledger;
	uint8_t *copy;

	if (size < FUZZ_CHOICE)
		return 0;
	view.suite = nbs_dtls_suite_at(data[0] & 0x0f); /* NULL behind the last */
	view.contents = (data[0] & 0x80) != 0 ? &contents[data[0] >> 4 & 1] : NULL;
	view.content_count = view.contents != NULL ? 2 : 0;
	view.cid_len = data[1] % (NBS_DTLS_CID_MAX + 1);
	size -= FUZZ_CHOICE;
	copy = malloc(size != 0 ? size : 1);
	if (copy == NULL)
		return 0;
	memcpy(copy, data + FUZZ_CHOICE, size);
	if (nbs_dtls_ledger_split(&view, copy, size, &ledger) == NBS_OK &&
	    nbs_dtls_ledger_total(&ledger) != size + NBS_DTLS_IP_BYTES + NBS_DTLS_UDP_BYTES)
		abort();
	free(copy);
	return 0;
}
