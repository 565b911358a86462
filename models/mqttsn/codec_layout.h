/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The layouts of MQTT-SN v1.2 messages as data: decoder, encoder and text form walk the same table.
 */
#ifndef NBSEC_MODELS_MQTTSN_CODEC_LAYOUT_H
#define NBSEC_MODELS_MQTTSN_CODEC_LAYOUT_H

#include "models/mqttsn/codec.h"

#define NBSI_MQTTSN_FIELDS_MAX 5U /* a layout's fields, the closing NBSI_FIELD_NONE included */

/** How a field lies on the wire, and what is at its place in struct nbs_mqttsn_msg. */
enum nbsi_mqttsn_kind {
	NBSI_FIELD_NONE,  /* closes a layout */
	NBSI_FIELD_U8,    /* 1 octet, uint8_t */
	NBSI_FIELD_U16,   /* 2 octets, most significant first, uint16_t */
	NBSI_FIELD_FLAGS, /* 1 octet, struct nbs_mqttsn_flags */
	NBSI_FIELD_BYTES, /* the rest, struct nbs_mqttsn_bytes */
	NBSI_FIELD_TOPIC  /* BYTES or U16, as Flags.TopicIdType says (5.4.15) */
};

/** What a value must keep to, and how it is shown. */
enum nbsi_mqttsn_rule {
	NBSI_RULE_NUMBER,         /* any */
	NBSI_RULE_PROTOCOL_ID,    /* 5.3.8 */
	NBSI_RULE_RETURN_CODE,    /* 5.3.10 */
	NBSI_RULE_CLIENT_ID,      /* 5.3.1 */
	NBSI_RULE_NO_CLIENT_ID,   /* the same, or nothing */
	NBSI_RULE_TEXT,           /* at least 1 octet */
	NBSI_RULE_DATA,           /* any octets */
	NBSI_RULE_ADDRESS,        /* any octets, shown as hex only */
	NBSI_RULE_TOPIC_REGISTER, /* 0000 is a client's, FFFF reserved */
	NBSI_RULE_TOPIC_REGACK,   /* 0000 and FFFF only with a rejection */
	NBSI_RULE_TOPIC           /* 0000 and FFFF only in a short topic name */
};

struct nbsi_mqttsn_field {
	const char *name; /* the specification's */
	enum nbsi_mqttsn_kind kind;
	enum nbsi_mqttsn_rule rule;
	size_t at; /* offset in struct nbs_mqttsn_msg */
};

struct nbsi_mqttsn_layout {
	const char *name; /* the message's; NULL = reserved type */
	struct nbsi_mqttsn_field field[NBSI_MQTTSN_FIELDS_MAX];
};

/** @return the layout of a type; NULL for reserved types and the encapsulation. */
const struct nbsi_mqttsn_layout *nbsi_mqttsn_layout(unsigned type);

/** @return whether the message is the 2-octet form of a type that has one (5.4.7, 5.4.21). */
bool nbsi_mqttsn_bare(const struct nbs_mqttsn_msg *msg);

/** @return the Flags of the message; NULL when its type has none. */
const struct nbs_mqttsn_flags *nbsi_mqttsn_flags(const struct nbs_mqttsn_msg *msg);

/** @return octets of the message when encoded; not limited to what Length can say. */
size_t nbsi_mqttsn_size(const struct nbs_mqttsn_msg *msg);

/** @return the Flags octet. */
uint8_t nbsi_mqttsn_flags_octet(const struct nbs_mqttsn_flags *flags);

#endif
