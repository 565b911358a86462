/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoder and encoder of MQTT-SN v1.2 (5.2 to 5.5), over the layouts of codec_layout.c.
 * Deviations: none known; where 5.3.11 says that ids 0000 and FFFF "should not be used" they are
 * refused.
 */
#include "models/mqttsn/codec.h"

#include "models/mqttsn/codec_layout.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A bounded reader over the datagram. */
struct cursor {
	const uint8_t *data;
	size_t len;
	size_t at;
};

__attribute__((format(printf, 4, 5))) static enum nbs_status
codec_fail(struct nbs_mqttsn_fault *fault, enum nbs_status status, size_t offset,
	   const char *format, ...)
{
	va_list args;

	if (fault != NULL) {
		fault->offset = offset;
		va_start(args, format);
		(void)vsnprintf(fault->text, sizeof fault->text, format, args);
		va_end(args);
	}
	return status;
}

static bool
read_u8(struct cursor *c, uint8_t *value)
{
	if (c->len - c->at < 1)
		return false;
	*value = c->data[c->at++];
	return true;
}

static bool
read_u16(struct cursor *c, uint16_t *value)
{
	if (c->len - c->at < 2)
		return false;
	*value = (uint16_t)((c->data[c->at] << 8) | c->data[c->at + 1]);
	c->at += 2;
	return true;
}

static void
read_rest(struct cursor *c, struct nbs_mqttsn_bytes *bytes)
{
	bytes->data = c->data + c->at;
	bytes->len = c->len - c->at;
	c->at = c->len;
}

static bool
read_flags(struct cursor *c, struct nbs_mqttsn_flags *flags)
{
	uint8_t octet;

	if (!read_u8(c, &octet))
		return false;
	flags->dup = (octet & 0x80) != 0;
	flags->qos = (int8_t)((octet >> 5) & 3);
	if (flags->qos == 3)
		flags->qos = -1;
	flags->retain = (octet & 0x10) != 0;
	flags->will = (octet & 0x08) != 0;
	flags->clean_session = (octet & 0x04) != 0;
	flags->topic_type = octet & 3;
	return true;
}

static bool
read_field(struct cursor *c, struct nbs_mqttsn_msg *msg, const struct nbsi_mqttsn_field *field)
{
	void *place = (char *)msg + field->at;

	switch (field->kind) {
	case NBSI_FIELD_U8:
		return read_u8(c, place);
	case NBSI_FIELD_U16:
		return read_u16(c, place);
	case NBSI_FIELD_FLAGS:
		return read_flags(c, place);
	case NBSI_FIELD_BYTES:
		read_rest(c, place);
		return true;
	case NBSI_FIELD_TOPIC:
		if (msg->subscribe.flags.topic_type != NBS_MQTTSN_TOPIC_NORMAL)
			return read_u16(c, &msg->subscribe.topic_id);
		read_rest(c, &msg->subscribe.topic);
		return true;
	case NBSI_FIELD_NONE:
		break;
	}
	return false;
}

static enum nbs_status
check_flags(const struct nbs_mqttsn_flags *flags, size_t offset, struct nbs_mqttsn_fault *fault)
{
	if (flags->topic_type > NBS_MQTTSN_TOPIC_SHORT)
		return codec_fail(fault, NBS_E_INVALID, offset,
				  "TopicIdType %u is reserved (5.3.4)", flags->topic_type);
	if (flags->qos < -1 || flags->qos > 2)
		return codec_fail(fault, NBS_E_INVALID, offset, "QoS %d, allowed are -1 to 2",
				  flags->qos);
	return NBS_OK;
}

static bool
topic_id_reserved(uint16_t id)
{
	return id == 0x0000 || id == 0xffff;
}

static enum nbs_status
check_topic_id(const struct nbs_mqttsn_msg *msg, enum nbsi_mqttsn_rule rule, uint16_t id,
	       size_t offset, struct nbs_mqttsn_fault *fault)
{
	const struct nbs_mqttsn_flags *flags = nbsi_mqttsn_flags(msg);
	bool bad;

	if (rule == NBSI_RULE_TOPIC_REGISTER)
		bad = id == 0xffff;
	else if (rule == NBSI_RULE_TOPIC_REGACK)
		bad = topic_id_reserved(id) && msg->regack.return_code == NBS_MQTTSN_ACCEPTED;
	else
		bad = topic_id_reserved(id) && flags->topic_type != NBS_MQTTSN_TOPIC_SHORT;
	if (bad)
		return codec_fail(fault, NBS_E_INVALID, offset, "TopicId %04X is reserved (5.3.11)",
				  id);
	return NBS_OK;
}

static enum nbs_status
check_number(const struct nbs_mqttsn_msg *msg, const struct nbsi_mqttsn_field *field,
	     unsigned value, size_t offset, struct nbs_mqttsn_fault *fault)
{
	switch (field->rule) {
	case NBSI_RULE_PROTOCOL_ID:
		if (value != NBS_MQTTSN_PROTOCOL_ID)
			return codec_fail(fault, NBS_E_INVALID, offset,
					  "ProtocolId is %02X, only 01 is defined (5.3.8)", value);
		return NBS_OK;
	case NBSI_RULE_RETURN_CODE:
		if (value >= NBS_MQTTSN_RETURN_CODE__COUNT)
			return codec_fail(fault, NBS_E_INVALID, offset,
					  "ReturnCode %02X is reserved (5.3.10)", value);
		return NBS_OK;
	case NBSI_RULE_TOPIC:
	case NBSI_RULE_TOPIC_REGISTER:
	case NBSI_RULE_TOPIC_REGACK:
		return check_topic_id(msg, field->rule, (uint16_t)value, offset, fault);
	default:
		return NBS_OK;
	}
}

static enum nbs_status
check_bytes(const struct nbsi_mqttsn_field *field, const struct nbs_mqttsn_bytes *bytes,
	    size_t offset, struct nbs_mqttsn_fault *fault)
{
	bool client_id =
	    field->rule == NBSI_RULE_CLIENT_ID || field->rule == NBSI_RULE_NO_CLIENT_ID;

	if (bytes->len > 0 && bytes->data == NULL)
		return codec_fail(fault, NBS_E_INVALID, offset, "%s points nowhere", field->name);
	if (bytes->len == 0 &&
	    (field->rule == NBSI_RULE_CLIENT_ID || field->rule == NBSI_RULE_TEXT))
		return codec_fail(fault, NBS_E_INVALID, offset, "%s is empty", field->name);
	if (client_id && bytes->len > NBS_MQTTSN_CLIENT_ID_MAX)
		return codec_fail(fault, NBS_E_INVALID, offset,
				  "ClientId has %zu characters, allowed are 1 to 23 (5.3.1)",
				  bytes->len);
	return NBS_OK;
}

/* Checks a field's value; size is what it takes on the wire, so that offsets run along. */
static enum nbs_status
check_field(const struct nbs_mqttsn_msg *msg, const struct nbsi_mqttsn_field *field, size_t offset,
	    size_t *size, struct nbs_mqttsn_fault *fault)
{
	static const struct nbsi_mqttsn_field topic_id = {"TopicId", NBSI_FIELD_U16,
							  NBSI_RULE_TOPIC, 0};
	const void *place = (const char *)msg + field->at;

	switch (field->kind) {
	case NBSI_FIELD_U8:
		*size = 1;
		return check_number(msg, field, *(const uint8_t *)place, offset, fault);
	case NBSI_FIELD_U16:
		*size = 2;
		return check_number(msg, field, *(const uint16_t *)place, offset, fault);
	case NBSI_FIELD_FLAGS:
		*size = 1;
		return check_flags(place, offset, fault);
	case NBSI_FIELD_TOPIC:
		*size = 2;
		if (msg->subscribe.flags.topic_type != NBS_MQTTSN_TOPIC_NORMAL)
			return check_number(msg, &topic_id, msg->subscribe.topic_id, offset, fault);
		place = &msg->subscribe.topic;
		break;
	case NBSI_FIELD_BYTES:
	case NBSI_FIELD_NONE:
		break;
	}
	*size = ((const struct nbs_mqttsn_bytes *)place)->len;
	return check_bytes(field, place, offset, fault);
}

static enum nbs_status
check_fields(const struct nbs_mqttsn_msg *msg, const struct nbsi_mqttsn_layout *layout,
	     size_t header, struct nbs_mqttsn_fault *fault)
{
	enum nbs_status status;
	size_t offset = header;
	size_t size;

	if (nbsi_mqttsn_bare(msg))
		return NBS_OK;
	for (const struct nbsi_mqttsn_field *f = layout->field; f->kind; f++) {
		status = check_field(msg, f, offset, &size, fault);
		if (status != NBS_OK)
			return status;
		offset += size;
	}
	return NBS_OK;
}

/* Notes the 2-octet forms, which lack every field. */
static bool
decode_bare(const struct cursor *c, struct nbs_mqttsn_msg *msg)
{
	bool bare = c->at == c->len;

	if (msg->type == NBS_MQTTSN_WILLTOPIC || msg->type == NBS_MQTTSN_WILLTOPICUPD)
		msg->willtopic.empty = bare;
	else if (msg->type == NBS_MQTTSN_DISCONNECT)
		msg->disconnect.has_duration = !bare;
	return nbsi_mqttsn_bare(msg);
}

static enum nbs_status
decode_fields(struct cursor *c, struct nbs_mqttsn_msg *msg, struct nbs_mqttsn_fault *fault)
{
	const struct nbsi_mqttsn_layout *layout = nbsi_mqttsn_layout(msg->type);
	size_t header = c->at;

	if (layout == NULL)
		return codec_fail(fault, NBS_E_INVALID, header - 1,
				  "MsgType %02X is reserved (5.2.2)", (unsigned)msg->type);
	if (decode_bare(c, msg))
		return NBS_OK;
	for (const struct nbsi_mqttsn_field *f = layout->field; f->kind; f++) {
		if (!read_field(c, msg, f))
			return codec_fail(fault, NBS_E_TRUNCATED, c->len, "%s ends before %s",
					  layout->name, f->name);
	}
	if (c->at != c->len)
		return codec_fail(fault, NBS_E_INVALID, c->at, "%s has %zu octets too many",
				  layout->name, c->len - c->at);
	return check_fields(msg, layout, header, fault);
}

static enum nbs_status decode_one(const uint8_t *data, size_t len, bool inner,
				  struct nbs_mqttsn_msg *msg, struct nbs_mqttsn_fault *fault);

/* 5.5: Length counts up to and with WirelessNodeId; the message behind has its own. */
static enum nbs_status
decode_encapsulated(struct cursor *c, size_t length, struct nbs_mqttsn_msg *msg,
		    struct nbs_mqttsn_fault *fault)
{
	struct nbs_mqttsn_msg inner;
	enum nbs_status status;
	uint8_t ctrl = 0;

	if (length > c->len)
		return codec_fail(fault, NBS_E_INVALID, 0, "Length says %zu, datagram has %zu",
				  length, c->len);
	if (length < 3 || !read_u8(c, &ctrl))
		return codec_fail(fault, NBS_E_TRUNCATED, length, "ENCAPSULATED ends before Ctrl");
	if (ctrl > 3)
		return codec_fail(fault, NBS_E_INVALID, 2, "Ctrl %02X has reserved bits set (5.5)",
				  ctrl);
	if (length == 3)
		return codec_fail(fault, NBS_E_INVALID, 3, "WirelessNodeId is empty");
	msg->encapsulated.radius = ctrl;
	msg->encapsulated.node_id.data = c->data + c->at;
	msg->encapsulated.node_id.len = length - c->at;
	c->at = length;
	read_rest(c, &msg->encapsulated.message);
	status = decode_one(msg->encapsulated.message.data, msg->encapsulated.message.len, true,
			    &inner, fault);
	if (status != NBS_OK && fault != NULL)
		fault->offset += length;
	return status;
}

static enum nbs_status
decode_header(struct cursor *c, size_t *length, struct nbs_mqttsn_msg *msg,
	      struct nbs_mqttsn_fault *fault)
{
	uint8_t octet = 0;
	uint16_t wide = 0;

	if (!read_u8(c, &octet))
		return codec_fail(fault, NBS_E_TRUNCATED, 0, "no Length, datagram is empty");
	*length = octet;
	msg->length_octets = 1;
	if (octet == 0x01) {
		if (!read_u16(c, &wide))
			return codec_fail(fault, NBS_E_TRUNCATED, c->len,
					  "3-octet Length ends before its value");
		*length = wide;
		msg->length_octets = 3;
	}
	if (!read_u8(c, &octet))
		return codec_fail(fault, NBS_E_TRUNCATED, c->len, "no MsgType, datagram has %zu",
				  c->len);
	msg->type = octet;
	return NBS_OK;
}

static enum nbs_status
decode_one(const uint8_t *data, size_t len, bool inner, struct nbs_mqttsn_msg *msg,
	   struct nbs_mqttsn_fault *fault)
{
	struct cursor c = {data, len, 0};
	enum nbs_status status;
	size_t length = 0;

	memset(msg, 0, sizeof *msg);
	status = decode_header(&c, &length, msg, fault);
	if (status != NBS_OK)
		return status;
	if (msg->type == NBS_MQTTSN_ENCAPSULATED) {
		if (inner)
			return codec_fail(fault, NBS_E_INVALID, c.at - 1,
					  "ENCAPSULATED inside ENCAPSULATED");
		if (msg->length_octets == 3)
			return codec_fail(fault, NBS_E_INVALID, 0,
					  "ENCAPSULATED has a 1-octet Length only (5.5)");
		return decode_encapsulated(&c, length, msg, fault);
	}
	if (length != len)
		return codec_fail(fault, NBS_E_INVALID, 0, "Length says %zu, datagram has %zu",
				  length, len);
	return decode_fields(&c, msg, fault);
}

enum nbs_status
nbs_mqttsn_decode(const uint8_t *data, size_t len, struct nbs_mqttsn_msg *msg,
		  struct nbs_mqttsn_fault *fault)
{
	if (msg == NULL || (data == NULL && len != 0))
		return NBS_E_ARG;
	return decode_one(data, len, false, msg, fault);
}

static uint8_t *
put_u16(uint8_t *at, unsigned value)
{
	*at++ = (uint8_t)(value >> 8);
	*at++ = (uint8_t)(value & 0xff);
	return at;
}

static uint8_t *
put_bytes(uint8_t *at, const struct nbs_mqttsn_bytes *bytes)
{
	if (bytes->len > 0)
		memcpy(at, bytes->data, bytes->len);
	return at + bytes->len;
}

/* Room was checked for the whole message before. */
static uint8_t *
put_field(uint8_t *at, const struct nbs_mqttsn_msg *msg, const struct nbsi_mqttsn_field *field)
{
	const void *place = (const char *)msg + field->at;

	switch (field->kind) {
	case NBSI_FIELD_U8:
		*at++ = *(const uint8_t *)place;
		return at;
	case NBSI_FIELD_U16:
		return put_u16(at, *(const uint16_t *)place);
	case NBSI_FIELD_FLAGS:
		*at++ = nbsi_mqttsn_flags_octet(place);
		return at;
	case NBSI_FIELD_BYTES:
		return put_bytes(at, place);
	case NBSI_FIELD_TOPIC:
		if (msg->subscribe.flags.topic_type != NBS_MQTTSN_TOPIC_NORMAL)
			return put_u16(at, msg->subscribe.topic_id);
		return put_bytes(at, &msg->subscribe.topic);
	case NBSI_FIELD_NONE:
		break;
	}
	return at;
}

static enum nbs_status
encode_encapsulated(const struct nbs_mqttsn_msg *msg, uint8_t *at)
{
	struct nbs_mqttsn_msg inner;
	size_t node = msg->encapsulated.node_id.len;

	if (node == 0 || node > 255 - 3 || msg->encapsulated.radius > 3 ||
	    msg->encapsulated.node_id.data == NULL || msg->encapsulated.message.data == NULL)
		return NBS_E_INVALID;
	if (decode_one(msg->encapsulated.message.data, msg->encapsulated.message.len, true, &inner,
		       NULL) != NBS_OK)
		return NBS_E_INVALID;
	*at++ = (uint8_t)(3 + node);
	*at++ = NBS_MQTTSN_ENCAPSULATED;
	*at++ = msg->encapsulated.radius;
	at = put_bytes(at, &msg->encapsulated.node_id);
	(void)put_bytes(at, &msg->encapsulated.message);
	return NBS_OK;
}

enum nbs_status
nbs_mqttsn_encode(const struct nbs_mqttsn_msg *msg, uint8_t *buf, size_t cap, size_t *len)
{
	const struct nbsi_mqttsn_layout *layout;
	uint8_t *at = buf;
	size_t size;

	if (msg == NULL || len == NULL || buf == NULL)
		return NBS_E_ARG;
	layout = nbsi_mqttsn_layout(msg->type);
	size = nbsi_mqttsn_size(msg);
	if (layout == NULL && msg->type != NBS_MQTTSN_ENCAPSULATED)
		return NBS_E_INVALID;
	if (layout != NULL && check_fields(msg, layout, 0, NULL) != NBS_OK)
		return NBS_E_INVALID;
	if (size > cap || size > NBS_MQTTSN_MESSAGE_MAX)
		return NBS_E_RANGE;
	*len = size;
	if (layout == NULL)
		return encode_encapsulated(msg, buf);
	if (msg->length_octets == 3 || size > 255) {
		*at++ = 0x01;
		at = put_u16(at, (unsigned)size);
	} else {
		*at++ = (uint8_t)size;
	}
	*at++ = (uint8_t)msg->type;
	if (nbsi_mqttsn_bare(msg))
		return NBS_OK;
	for (const struct nbsi_mqttsn_field *f = layout->field; f->kind; f++)
		at = put_field(at, msg, f);
	return NBS_OK;
}
