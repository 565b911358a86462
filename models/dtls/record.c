/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DTLS 1.2 record and handshake headers (RFC 6347 4.1, 4.2.2; RFC 9146 4), read only. */
#include "models/dtls/record.h"

#define HANDSHAKE_HEADER 12U /* bytes, RFC 6347 4.2.2 */
#define CLIENT_HELLO 1U      /* msg_type, RFC 5246 7.4 */
#define VERSION_MAJOR 0xfeU  /* DTLS 1.x, one's complement of 1 */
#define VERSION_1_0 0xffU    /* minor version of DTLS 1.0; first flights may carry it */
#define VERSION_1_2 0xfdU

/* Big-endian number of so many bytes, at most eight. */
static uint64_t
record_number(const uint8_t *at, size_t bytes)
{
	uint64_t number = 0;

	for (size_t i = 0; i < bytes; i++)
		number = number << 8 | at[i];
	return number;
}

bool
nbsi_dtls_is_dtls(const uint8_t *data, size_t len)
{
	return len >= NBSI_DTLS_HEADER && data[0] >= NBSI_DTLS_CCS &&
	       data[0] <= NBSI_DTLS_TYPE_LAST && data[1] == VERSION_MAJOR &&
	       (data[2] == VERSION_1_0 || data[2] == VERSION_1_2);
}

bool
nbsi_dtls_next(struct nbsi_dtls_cursor *cursor, struct nbsi_dtls_record *record)
{
	const uint8_t *at = cursor->at;
	size_t header = NBSI_DTLS_HEADER;

	if (!nbsi_dtls_is_dtls(at, cursor->left))
		return false;
	record->type = at[0];
	if (record->type == NBSI_DTLS_CID)
		header += cursor->cid_len; /* between the number and the length */
	if (cursor->left < header)
		return false;
	record->epoch = (uint16_t)record_number(at + 3, 2);
	record->seq = record_number(at + 5, 6);
	record->len = (size_t)record_number(at + header - 2, 2);
	record->body = at + header;
	if (record->len > cursor->left - header)
		return false;
	cursor->at += header + record->len;
	cursor->left -= header + record->len;
	return true;
}

const uint8_t *
nbsi_dtls_cid(const uint8_t *data, size_t len, size_t cid_len)
{
	if (!nbsi_dtls_is_dtls(data, len) || data[0] != NBSI_DTLS_CID ||
	    len < NBSI_DTLS_HEADER + cid_len)
		return NULL;
	return data + NBSI_DTLS_HEADER - 2;
}

bool
nbsi_dtls_message_seq(const struct nbsi_dtls_record *record, uint16_t *seq)
{
	if (record->type != NBSI_DTLS_HANDSHAKE || record->epoch != 0 ||
	    record->len < HANDSHAKE_HEADER)
		return false;
	*seq = (uint16_t)record_number(record->body + 4, 2);
	return true;
}

size_t
nbsi_dtls_fragment_end(const struct nbsi_dtls_record *record)
{
	return (size_t)(record_number(record->body + 6, 3) + record_number(record->body + 9, 3));
}

bool
nbsi_dtls_client_hello(const uint8_t *data, size_t len, const uint8_t **random)
{
	struct nbsi_dtls_cursor cursor = {data, len, 0}; /* epoch 0 has no connection ID */
	struct nbsi_dtls_record record;
	uint16_t seq;

	if (!nbsi_dtls_next(&cursor, &record) || !nbsi_dtls_message_seq(&record, &seq) ||
	    record.body[0] != CLIENT_HELLO || record.len < HANDSHAKE_HEADER + 2U + NBSI_DTLS_RANDOM)
		return false;
	*random = record.body + HANDSHAKE_HEADER + 2U; /* behind client_version */
	return true;
}
