/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What each byte of a DTLS 1.2 datagram is for: its layers, from the IP header to the payload.
 *
 * Models: IPv4 and UDP headers by arithmetic; record headers (RFC 6347 4.1) and connection IDs
 * (RFC 9146 4); handshake messages in the clear, fragments too (RFC 6347 4.2.2); of protected
 * records explicit nonce or IV, tag or MAC, padding and content, by the suite (RFC 5246 6.2.3.2,
 * 6.2.3.3; RFC 7366; RFC 9146 5).
 * Does not model: decryption. What cannot be read is told by the caller: the suite, the length of
 * the connection ID, and the contents of protected records where the lengths leave a choice.
 *
 * Pure: no memory is held, none is global.
 */
#ifndef NBSEC_MODELS_DTLS_LEDGER_H
#define NBSEC_MODELS_DTLS_LEDGER_H

#include "models/dtls/dtls.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_DTLS_IP_BYTES 20U         /* IPv4 header without options, RFC 791 3.1 */
#define NBS_DTLS_UDP_BYTES 8U         /* RFC 768 */
#define NBS_DTLS_DATAGRAM_MAX 65507U  /* bytes: 65,535 less both headers */
#define NBS_DTLS_FINISHED_CONTENT 24U /* bytes: header 12, verify_data 12, RFC 5246 7.4.9 */
#define NBS_DTLS_ALERT_CONTENT 2U     /* bytes: level and description, RFC 5246 7.2 */

/** Layers, in the order in which they stand in a record. */
enum nbs_dtls_layer {
	NBS_DTLS_LAYER_IP,
	NBS_DTLS_LAYER_UDP,
	NBS_DTLS_LAYER_RECORD,           /**< record headers, 13 bytes each */
	NBS_DTLS_LAYER_CID,              /**< connection IDs inside them */
	NBS_DTLS_LAYER_NONCE,            /**< explicit nonce, or IV of CBC */
	NBS_DTLS_LAYER_HANDSHAKE_HEADER, /**< 12 bytes a message or fragment, protected ones too */
	NBS_DTLS_LAYER_HANDSHAKE,        /**< what follows it */
	NBS_DTLS_LAYER_CCS,              /**< ChangeCipherSpec */
	NBS_DTLS_LAYER_ALERT,
	NBS_DTLS_LAYER_APPLICATION,
	NBS_DTLS_LAYER_PADDING, /**< of CBC; with a connection ID also the type inside and zeros */
	NBS_DTLS_LAYER_TAG,     /**< tag of an AEAD, or MAC */
	NBS_DTLS_LAYER__COUNT
};

/** @return the layer as results name it, "record_header"; NULL for none. */
NBS_API const char *nbs_dtls_layer_name(enum nbs_dtls_layer layer);

/** What a protected record holds. */
enum nbs_dtls_content_type {
	NBS_DTLS_CONTENT_HANDSHAKE, /**< Finished: the only message that is protected here */
	NBS_DTLS_CONTENT_ALERT,
	NBS_DTLS_CONTENT_APPLICATION
};

struct nbs_dtls_content {
	enum nbs_dtls_content_type type;
	size_t len; /* bytes of plaintext, padding not counted */
};

/** What the caller knows of a datagram. */
struct nbs_dtls_ledger_view {
	const struct nbs_dtls_suite *suite; /* NULL: nothing in it is protected */
	size_t cid_len; /* of the receiver's connection ID; of use for records of type 25 */
	/**
	 * The protected records in their order, or NULL. Without it they must be Finished, alerts,
	 * or application records without padding: no CBC, no connection ID.
	 */
	const struct nbs_dtls_content *contents;
	size_t content_count; /* those left over are ignored */
};

/** A datagram split up. */
struct nbs_dtls_ledger {
	uint32_t bytes[NBS_DTLS_LAYER__COUNT]; /* their sum is the datagram's, headers included */
	uint32_t records;
	uint32_t messages; /* 1 << msg_type of each handshake message in it, RFC 5246 7.4 */
};

/**
 * Splits the payload of one UDP datagram.
 * @param[out] ledger  untouched on failure.
 * @retval NBS_E_ARG  NULL, a connection ID over NBS_DTLS_CID_MAX, over NBS_DTLS_DATAGRAM_MAX.
 * @retval NBS_E_TRUNCATED  it is empty, or ends inside a record or message.
 * @retval NBS_E_STATE  a protected record whose layers follow from nothing in the view.
 * @retval NBS_E_INVALID  no DTLS 1.2, or it does not fit the view.
 */
NBS_API enum nbs_status nbs_dtls_ledger_split(const struct nbs_dtls_ledger_view *view,
					      const uint8_t *data, size_t len,
					      struct nbs_dtls_ledger *ledger);

/** Adds what a datagram has to a sum. */
NBS_API void nbs_dtls_ledger_add(struct nbs_dtls_ledger *sum, const struct nbs_dtls_ledger *ledger);

/** @return the bytes of all layers, headers of IP and UDP included; 0 for NULL. */
NBS_API uint32_t nbs_dtls_ledger_total(const struct nbs_dtls_ledger *ledger);

#ifdef __cplusplus
}
#endif
#endif
