/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams of DTLS 1.2 by layers (RFC 6347 4.1, 4.2.2; RFC 5246 6.2.3; RFC 7366; RFC 9146 5). */
#include "models/dtls/ledger.h"

#include "models/dtls/record.h"

#define LEDGER_MESSAGE_HEADER 12U /* bytes, RFC 6347 4.2.2 */
#define LEDGER_FRAGMENT 9U        /* where the fragment's length stands in it, 3 bytes */
#define LEDGER_FINISHED 20U       /* msg_type, RFC 5246 7.4 */
#define LEDGER_TYPES 32U          /* msg_types that have a bit */
#define LEDGER_CBC_PADDING 256U   /* bytes at most, RFC 5246 6.2.3.2 */

static const char *const layer_names[NBS_DTLS_LAYER__COUNT] = {
    [NBS_DTLS_LAYER_IP] = "ip",
    [NBS_DTLS_LAYER_UDP] = "udp",
    [NBS_DTLS_LAYER_RECORD] = "record_header",
    [NBS_DTLS_LAYER_CID] = "connection_id",
    [NBS_DTLS_LAYER_NONCE] = "nonce",
    [NBS_DTLS_LAYER_HANDSHAKE_HEADER] = "handshake_header",
    [NBS_DTLS_LAYER_HANDSHAKE] = "handshake_body",
    [NBS_DTLS_LAYER_CCS] = "change_cipher_spec",
    [NBS_DTLS_LAYER_ALERT] = "alert",
    [NBS_DTLS_LAYER_APPLICATION] = "application",
    [NBS_DTLS_LAYER_PADDING] = "padding",
    [NBS_DTLS_LAYER_TAG] = "tag",
};

/* A datagram being split. */
struct ledger_work {
	const struct nbs_dtls_ledger_view *view;
	size_t used; /* of the view's contents */
	struct nbs_dtls_ledger sum;
};

const char *
nbs_dtls_layer_name(enum nbs_dtls_layer layer)
{
	return (unsigned)layer < NBS_DTLS_LAYER__COUNT ? layer_names[layer] : NULL;
}

static void
ledger_book(struct ledger_work *work, enum nbs_dtls_layer layer, size_t bytes)
{
	work->sum.bytes[layer] += (uint32_t)bytes; /* a datagram has no more than 65,507 */
}

/* ---- records in the clear ---- */

/* One record may hold several messages, or fragments of them. */
static enum nbs_status
ledger_messages(struct ledger_work *work, const struct nbsi_dtls_record *record)
{
	const uint8_t *at = record->body;
	size_t left = record->len;

	if (left == 0)
		return NBS_E_INVALID;
	while (left != 0) {
		size_t len;

		if (left < LEDGER_MESSAGE_HEADER)
			return NBS_E_TRUNCATED;
		len = (size_t)at[LEDGER_FRAGMENT] << 16 | (size_t)at[LEDGER_FRAGMENT + 1] << 8 |
		      at[LEDGER_FRAGMENT + 2];
		if (len > left - LEDGER_MESSAGE_HEADER)
			return NBS_E_TRUNCATED;
		if (at[0] < LEDGER_TYPES)
			work->sum.messages |= UINT32_C(1) << at[0];
		ledger_book(work, NBS_DTLS_LAYER_HANDSHAKE_HEADER, LEDGER_MESSAGE_HEADER);
		ledger_book(work, NBS_DTLS_LAYER_HANDSHAKE, len);
		at += LEDGER_MESSAGE_HEADER + len;
		left -= LEDGER_MESSAGE_HEADER + len;
	}
	return NBS_OK;
}

static enum nbs_status
ledger_clear(struct ledger_work *work, const struct nbsi_dtls_record *record)
{
	switch (record->type) {
	case NBSI_DTLS_CCS:
		if (record->len != 1)
			return NBS_E_INVALID;
		ledger_book(work, NBS_DTLS_LAYER_CCS, 1);
		return NBS_OK;
	case NBSI_DTLS_TYPE_ALERT:
		if (record->len != NBS_DTLS_ALERT_CONTENT)
			return NBS_E_INVALID;
		ledger_book(work, NBS_DTLS_LAYER_ALERT, NBS_DTLS_ALERT_CONTENT);
		return NBS_OK;
	case NBSI_DTLS_HANDSHAKE:
		return ledger_messages(work, record);
	default: /* application data and connection IDs come behind a handshake only */
		return NBS_E_INVALID;
	}
}

/* ---- protected records ---- */

/* Content without padding: all that is there. */
static bool
ledger_is_tight(const struct ledger_work *work, const struct nbsi_dtls_record *record)
{
	return work->view->suite->block_bytes == 0 && record->type != NBSI_DTLS_CID;
}

/* What the record holds, as the view tells or as the type in its header leaves no choice. */
static enum nbs_status
ledger_content(struct ledger_work *work, const struct nbsi_dtls_record *record, size_t room,
	       struct nbs_dtls_content *content)
{
	if (work->view->contents != NULL) {
		if (work->used == work->view->content_count)
			return NBS_E_STATE;
		*content = work->view->contents[work->used++];
		return NBS_OK;
	}
	switch (record->type) {
	case NBSI_DTLS_HANDSHAKE:
		*content = (struct nbs_dtls_content){NBS_DTLS_CONTENT_HANDSHAKE,
						     NBS_DTLS_FINISHED_CONTENT};
		return NBS_OK;
	case NBSI_DTLS_TYPE_ALERT:
		*content =
		    (struct nbs_dtls_content){NBS_DTLS_CONTENT_ALERT, NBS_DTLS_ALERT_CONTENT};
		return NBS_OK;
	case NBSI_DTLS_APPLICATION:
		*content = (struct nbs_dtls_content){NBS_DTLS_CONTENT_APPLICATION, room};
		return ledger_is_tight(work, record) ? NBS_OK : NBS_E_STATE;
	case NBSI_DTLS_CID:
		return NBS_E_STATE;
	default:
		return NBS_E_INVALID;
	}
}

/* Whether a record of this type can hold that. */
static bool
ledger_type_fits(uint8_t type, enum nbs_dtls_content_type content)
{
	switch (content) {
	case NBS_DTLS_CONTENT_HANDSHAKE:
		return type == NBSI_DTLS_HANDSHAKE || type == NBSI_DTLS_CID;
	case NBS_DTLS_CONTENT_ALERT:
		return type == NBSI_DTLS_TYPE_ALERT || type == NBSI_DTLS_CID;
	case NBS_DTLS_CONTENT_APPLICATION:
		return type == NBSI_DTLS_APPLICATION || type == NBSI_DTLS_CID;
	}
	return false;
}

/* Whole blocks: of text and padding where the MAC follows (RFC 7366), of all three where not. */
static bool
ledger_blocks_fit(const struct nbs_dtls_suite *suite, size_t room)
{
	return suite->block_bytes == 0 || room % suite->block_bytes == 0 ||
	       (room + suite->tag_bytes) % suite->block_bytes == 0;
}

/* Whether so much padding can stand behind the content. */
static bool
ledger_padding_fits(const struct ledger_work *work, const struct nbsi_dtls_record *record,
		    size_t padding)
{
	if (ledger_is_tight(work, record))
		return padding == 0;
	if (record->type == NBSI_DTLS_CID)
		return padding >= 1; /* the type inside; zeros have no limit of their own */
	return padding >= 1 && padding <= LEDGER_CBC_PADDING;
}

static enum nbs_status
ledger_book_content(struct ledger_work *work, const struct nbs_dtls_content *content)
{
	switch (content->type) {
	case NBS_DTLS_CONTENT_HANDSHAKE:
		if (content->len != NBS_DTLS_FINISHED_CONTENT)
			return NBS_E_INVALID;
		work->sum.messages |= UINT32_C(1) << LEDGER_FINISHED;
		ledger_book(work, NBS_DTLS_LAYER_HANDSHAKE_HEADER, LEDGER_MESSAGE_HEADER);
		ledger_book(work, NBS_DTLS_LAYER_HANDSHAKE,
			    NBS_DTLS_FINISHED_CONTENT - LEDGER_MESSAGE_HEADER);
		break;
	case NBS_DTLS_CONTENT_ALERT:
		if (content->len != NBS_DTLS_ALERT_CONTENT)
			return NBS_E_INVALID;
		ledger_book(work, NBS_DTLS_LAYER_ALERT, content->len);
		break;
	case NBS_DTLS_CONTENT_APPLICATION:
		ledger_book(work, NBS_DTLS_LAYER_APPLICATION, content->len);
		break;
	}
	return NBS_OK;
}

static enum nbs_status
ledger_protected(struct ledger_work *work, const struct nbsi_dtls_record *record)
{
	const struct nbs_dtls_suite *suite = work->view->suite;
	struct nbs_dtls_content content;
	enum nbs_status status;
	size_t room;

	if (suite == NULL)
		return NBS_E_STATE;
	if (record->len < (size_t)suite->nonce_bytes + suite->tag_bytes)
		return NBS_E_INVALID;
	room = record->len - suite->nonce_bytes - suite->tag_bytes;
	status = ledger_content(work, record, room, &content);
	if (status != NBS_OK)
		return status;
	if (!ledger_type_fits(record->type, content.type) || content.len > room ||
	    !ledger_blocks_fit(suite, room) ||
	    !ledger_padding_fits(work, record, room - content.len))
		return NBS_E_INVALID;
	ledger_book(work, NBS_DTLS_LAYER_NONCE, suite->nonce_bytes);
	ledger_book(work, NBS_DTLS_LAYER_PADDING, room - content.len);
	ledger_book(work, NBS_DTLS_LAYER_TAG, suite->tag_bytes);
	return ledger_book_content(work, &content);
}

/* ---- datagrams ---- */

/* Why no further record can be read. */
static enum nbs_status
ledger_fault(const struct nbsi_dtls_cursor *cursor)
{
	if (cursor->left >= NBSI_DTLS_HEADER && !nbsi_dtls_is_dtls(cursor->at, cursor->left))
		return NBS_E_INVALID;
	return NBS_E_TRUNCATED;
}

static enum nbs_status
ledger_record(struct ledger_work *work, const struct nbsi_dtls_record *record)
{
	ledger_book(work, NBS_DTLS_LAYER_RECORD, NBSI_DTLS_HEADER);
	if (record->type == NBSI_DTLS_CID)
		ledger_book(work, NBS_DTLS_LAYER_CID, work->view->cid_len);
	work->sum.records++;
	return record->epoch == 0 ? ledger_clear(work, record) : ledger_protected(work, record);
}

enum nbs_status
nbs_dtls_ledger_split(const struct nbs_dtls_ledger_view *view, const uint8_t *data, size_t len,
		      struct nbs_dtls_ledger *ledger)
{
	struct ledger_work work = {.view = view};
	struct nbsi_dtls_cursor cursor = {.at = data, .left = len};
	enum nbs_status status = NBS_OK;

	if (view == NULL || ledger == NULL || (data == NULL && len != 0) ||
	    view->cid_len > NBS_DTLS_CID_MAX || len > NBS_DTLS_DATAGRAM_MAX)
		return NBS_E_ARG;
	if (len == 0)
		return NBS_E_TRUNCATED;
	cursor.cid_len = view->cid_len;
	ledger_book(&work, NBS_DTLS_LAYER_IP, NBS_DTLS_IP_BYTES);
	ledger_book(&work, NBS_DTLS_LAYER_UDP, NBS_DTLS_UDP_BYTES);
	while (cursor.left != 0 && status == NBS_OK) {
		struct nbsi_dtls_record record;

		if (nbsi_dtls_next(&cursor, &record))
			status = ledger_record(&work, &record);
		else
			status = ledger_fault(&cursor);
	}
	if (status == NBS_OK)
		*ledger = work.sum;
	return status;
}

void
nbs_dtls_ledger_add(struct nbs_dtls_ledger *sum, const struct nbs_dtls_ledger *ledger)
{
	if (sum == NULL || ledger == NULL)
		return;
	for (unsigned i = 0; i < NBS_DTLS_LAYER__COUNT; i++)
		sum->bytes[i] += ledger->bytes[i];
	sum->records += ledger->records;
	sum->messages |= ledger->messages;
}

uint32_t
nbs_dtls_ledger_total(const struct nbs_dtls_ledger *ledger)
{
	uint32_t total = 0;

	for (unsigned i = 0; ledger != NULL && i < NBS_DTLS_LAYER__COUNT; i++)
		total += ledger->bytes[i];
	return total;
}
