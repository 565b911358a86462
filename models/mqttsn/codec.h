/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * MQTT-SN v1.2 packet codec: one datagram to one message and back, and as text.
 *
 * Models: all 27 messages of MQTT-SN v1.2 5.4 and the forwarder encapsulation of 5.5; both forms
 * of the Length field (5.2.1); byte-exact round trips (what a message decodes to encodes to the
 * same bytes again, bits that a message type does not use included).
 * Does not model: MQTT-SN v2.0; more than one message a datagram; nested encapsulation.
 *
 * Strict: a Length that differs from the datagram, reserved message types, TopicIdType 11,
 * reserved return codes, a ProtocolId other than 01, a ClientId outside 1..23 octets, the reserved
 * topic ids 0000 and FFFF where a topic id stands for a topic, and bytes after the last field are
 * all refused. A 3-octet Length below 256 is taken: 5.2.1 says that short messages "may" use the
 * 1-octet form.
 * Not checked: UTF-8; MsgId (0000 with QoS 1 is left to the session); flags that the message type
 * does not use.
 *
 * The functions are pure: no memory is held, none is global.
 */
#ifndef NBSEC_MODELS_MQTTSN_CODEC_H
#define NBSEC_MODELS_MQTTSN_CODEC_H

#include "sim/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_MQTTSN_PORT 10000U       /* UDP, the custom for MQTT-SN in the clear */
#define NBS_MQTTSN_CLIENT_ID_MAX 23U /* characters, 5.3.1; counted in octets here */

/** Limits of T_retry (one day) and N_retry for both ends; 7.2 has 10 to 15 s and 3 to 5. */
#define NBS_MQTTSN_T_RETRY_MAX_NS UINT64_C(86400000000000)
#define NBS_MQTTSN_N_RETRY_MAX 255U
#define NBS_MQTTSN_PROTOCOL_ID 0x01U  /* 5.3.8 */
#define NBS_MQTTSN_MESSAGE_MAX 65535U /* octets, 5.2.1 */
#define NBS_MQTTSN_FAULT_TEXT_MAX 95U /* characters of nbs_mqttsn_fault.text */

/** Message types (table 3). The values are those of the wire. */
enum nbs_mqttsn_type {
	NBS_MQTTSN_ADVERTISE = 0x00,
	NBS_MQTTSN_SEARCHGW = 0x01,
	NBS_MQTTSN_GWINFO = 0x02,
	NBS_MQTTSN_CONNECT = 0x04,
	NBS_MQTTSN_CONNACK = 0x05,
	NBS_MQTTSN_WILLTOPICREQ = 0x06,
	NBS_MQTTSN_WILLTOPIC = 0x07,
	NBS_MQTTSN_WILLMSGREQ = 0x08,
	NBS_MQTTSN_WILLMSG = 0x09,
	NBS_MQTTSN_REGISTER = 0x0a,
	NBS_MQTTSN_REGACK = 0x0b,
	NBS_MQTTSN_PUBLISH = 0x0c,
	NBS_MQTTSN_PUBACK = 0x0d,
	NBS_MQTTSN_PUBCOMP = 0x0e,
	NBS_MQTTSN_PUBREC = 0x0f,
	NBS_MQTTSN_PUBREL = 0x10,
	NBS_MQTTSN_SUBSCRIBE = 0x12,
	NBS_MQTTSN_SUBACK = 0x13,
	NBS_MQTTSN_UNSUBSCRIBE = 0x14,
	NBS_MQTTSN_UNSUBACK = 0x15,
	NBS_MQTTSN_PINGREQ = 0x16,
	NBS_MQTTSN_PINGRESP = 0x17,
	NBS_MQTTSN_DISCONNECT = 0x18,
	NBS_MQTTSN_WILLTOPICUPD = 0x1a,
	NBS_MQTTSN_WILLTOPICRESP = 0x1b,
	NBS_MQTTSN_WILLMSGUPD = 0x1c,
	NBS_MQTTSN_WILLMSGRESP = 0x1d,
	NBS_MQTTSN_ENCAPSULATED = 0xfe /* forwarder encapsulation, 5.5 */
};

/** Types are below this, the encapsulation apart: the size of tables indexed by type. */
#define NBS_MQTTSN_TYPE__COUNT 0x1eU

/** Return codes (table 5). */
enum nbs_mqttsn_return_code {
	NBS_MQTTSN_ACCEPTED = 0x00,
	NBS_MQTTSN_CONGESTION = 0x01,
	NBS_MQTTSN_INVALID_TOPIC_ID = 0x02,
	NBS_MQTTSN_NOT_SUPPORTED = 0x03,
	NBS_MQTTSN_RETURN_CODE__COUNT
};

/** What a TopicId field holds (5.3.4). */
enum nbs_mqttsn_topic_type {
	NBS_MQTTSN_TOPIC_NORMAL = 0,     /* id from REGISTER or SUBACK; in SUBSCRIBE a topic name */
	NBS_MQTTSN_TOPIC_PREDEFINED = 1, /* id known to both ends beforehand */
	NBS_MQTTSN_TOPIC_SHORT = 2       /* the two characters of a short topic name */
};

/** Foreign or owner's bytes; a decoded message points into the datagram it was decoded from. */
struct nbs_mqttsn_bytes {
	const uint8_t *data; /* may be NULL when len is 0 */
	size_t len;
};

/** The Flags octet, all eight bits of it (5.3.4). */
struct nbs_mqttsn_flags {
	bool dup;
	int8_t qos; /* -1..2 */
	bool retain;
	bool will;
	bool clean_session;
	uint8_t topic_type; /* enum nbs_mqttsn_topic_type */
};

/**
 * One message. Zero it, set type and the member of that type, encode. Members that several types
 * share are named after the first; the comment lists the types.
 */
struct nbs_mqttsn_msg {
	enum nbs_mqttsn_type type;
	uint8_t length_octets; /* form of Length: 3 = three octets even if short; else shortest */
	union {
		struct {
			uint8_t gw_id;
			uint16_t duration_s; /* to the next ADVERTISE */
		} advertise;
		struct {
			uint8_t radius; /* hops, 0 = all nodes */
		} searchgw;
		struct {
			uint8_t gw_id;
			struct nbs_mqttsn_bytes gw_add; /* empty when a gateway answers */
		} gwinfo;
		struct {
			struct nbs_mqttsn_flags flags; /* will, clean_session */
			uint8_t protocol_id;           /* NBS_MQTTSN_PROTOCOL_ID */
			uint16_t duration_s;           /* keep-alive */
			struct nbs_mqttsn_bytes client_id;
		} connect;
		struct {
			uint8_t return_code;
		} connack; /* CONNACK, WILLTOPICRESP, WILLMSGRESP */
		struct {
			bool empty;                    /* 2 octets long: deletes the Will */
			struct nbs_mqttsn_flags flags; /* qos, retain; not when empty */
			struct nbs_mqttsn_bytes topic; /* not when empty */
		} willtopic;                           /* WILLTOPIC, WILLTOPICUPD */
		struct {
			struct nbs_mqttsn_bytes msg;
		} willmsg; /* WILLMSG, WILLMSGUPD */
		struct {
			uint16_t topic_id; /* 0 from a client */
			uint16_t msg_id;
			struct nbs_mqttsn_bytes topic;
		} regist; /* REGISTER */
		struct {
			uint16_t topic_id;
			uint16_t msg_id;
			uint8_t return_code;
		} regack; /* REGACK, PUBACK */
		struct {
			struct nbs_mqttsn_flags flags; /* dup, qos, retain, topic_type */
			uint16_t topic_id;
			uint16_t msg_id; /* 0 with QoS 0 and -1 */
			struct nbs_mqttsn_bytes data;
		} publish;
		struct {
			uint16_t msg_id;
		} pubrec; /* PUBREC, PUBREL, PUBCOMP, UNSUBACK */
		struct {
			struct nbs_mqttsn_flags flags; /* dup, qos, topic_type */
			uint16_t msg_id;
			uint16_t topic_id;             /* topic_type pre-defined or short */
			struct nbs_mqttsn_bytes topic; /* topic_type normal: a name or filter */
		} subscribe;                           /* SUBSCRIBE, UNSUBSCRIBE */
		struct {
			struct nbs_mqttsn_flags flags; /* qos granted */
			uint16_t topic_id;             /* 0 when the filter has wildcards */
			uint16_t msg_id;
			uint8_t return_code;
		} suback;
		struct {
			struct nbs_mqttsn_bytes client_id; /* empty = keep-alive, not a sleeper's */
		} pingreq;
		struct {
			bool has_duration;
			uint16_t duration_s; /* the client sleeps so long at most */
		} disconnect;
		struct {
			uint8_t radius; /* 0..3 */
			struct nbs_mqttsn_bytes node_id;
			struct nbs_mqttsn_bytes
			    message; /* one whole message, checked on decoding */
		} encapsulated;
		/* WILLTOPICREQ, WILLMSGREQ, PINGRESP have no fields. */
	};
};

/** Why a datagram was refused. */
struct nbs_mqttsn_fault {
	size_t offset; /* of the octet at fault, from the datagram's first */
	char text[NBS_MQTTSN_FAULT_TEXT_MAX + 1]; /* "Length says 12, datagram has 10" */
};

/**
 * Decodes one datagram.
 * @param[out] msg    its strings and data point into data; unspecified on error.
 * @param[out] fault  set on error; may be NULL.
 * @retval NBS_E_TRUNCATED  Length agrees with the datagram, but the type's fields do not fit in
 *                          it, or the header itself is not whole.
 * @retval NBS_E_INVALID    any other breach of the rules above.
 */
NBS_API enum nbs_status nbs_mqttsn_decode(const uint8_t *data, size_t len,
					  struct nbs_mqttsn_msg *msg,
					  struct nbs_mqttsn_fault *fault);

/**
 * Encodes one message.
 * @param[out] len  octets written.
 * @retval NBS_E_RANGE    it does not fit in cap, or is longer than NBS_MQTTSN_MESSAGE_MAX.
 * @retval NBS_E_INVALID  a field that nbs_mqttsn_decode() would refuse.
 */
NBS_API enum nbs_status nbs_mqttsn_encode(const struct nbs_mqttsn_msg *msg, uint8_t *buf,
					  size_t cap, size_t *len);

/** @return "PUBLISH"; NULL for a reserved type. */
NBS_API const char *nbs_mqttsn_type_name(unsigned type);

/** @return "rejected: congestion"; "reserved" for codes above 3. */
NBS_API const char *nbs_mqttsn_return_code_name(unsigned code);

/**
 * Calls field() for each field in the order of the wire, with the specification's name and the
 * value as printable ASCII. Both strings are valid during the call only. Fields of a message inside
 * an encapsulation are named "Message.MsgType" and so on.
 */
NBS_API void nbs_mqttsn_fields(const struct nbs_mqttsn_msg *msg,
			       void (*field)(void *arg, const char *name, const char *value),
			       void *arg);

/**
 * Prints the fields, one a line, "name: value".
 * @retval NBS_E_RANGE  cut off at cap (the text is terminated all the same).
 */
NBS_API enum nbs_status nbs_mqttsn_print(const struct nbs_mqttsn_msg *msg, char *buf, size_t cap);

#ifdef __cplusplus
}
#endif
#endif
