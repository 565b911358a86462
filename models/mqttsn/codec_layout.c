/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layouts of MQTT-SN v1.2 messages (5.4), and what follows from them alone. */
#include "models/mqttsn/codec_layout.h"

#define AT(member) offsetof(struct nbs_mqttsn_msg, member)
#define U8(name, member, rule)                                    \
	{                                                         \
		name, NBSI_FIELD_U8, NBSI_RULE_##rule, AT(member) \
	}
#define U16(name, member, rule)                                    \
	{                                                          \
		name, NBSI_FIELD_U16, NBSI_RULE_##rule, AT(member) \
	}
#define FLAGS(member)                                                   \
	{                                                               \
		"Flags", NBSI_FIELD_FLAGS, NBSI_RULE_NUMBER, AT(member) \
	}
#define BYTES(name, member, rule)                                    \
	{                                                            \
		name, NBSI_FIELD_BYTES, NBSI_RULE_##rule, AT(member) \
	}

static const struct nbsi_mqttsn_layout layouts[NBS_MQTTSN_TYPE__COUNT] = {
    [NBS_MQTTSN_ADVERTISE] = {"ADVERTISE",
			      {U8("GwId", advertise.gw_id, NUMBER),
			       U16("Duration", advertise.duration_s, NUMBER)}},
    [NBS_MQTTSN_SEARCHGW] = {"SEARCHGW", {U8("Radius", searchgw.radius, NUMBER)}},
    [NBS_MQTTSN_GWINFO] = {"GWINFO",
			   {U8("GwId", gwinfo.gw_id, NUMBER),
			    BYTES("GwAdd", gwinfo.gw_add, ADDRESS)}},
    [NBS_MQTTSN_CONNECT] = {"CONNECT",
			    {FLAGS(connect.flags),
			     U8("ProtocolId", connect.protocol_id, PROTOCOL_ID),
			     U16("Duration", connect.duration_s, NUMBER),
			     BYTES("ClientId", connect.client_id, CLIENT_ID)}},
    [NBS_MQTTSN_CONNACK] = {"CONNACK", {U8("ReturnCode", connack.return_code, RETURN_CODE)}},
    [NBS_MQTTSN_WILLTOPICREQ] = {"WILLTOPICREQ", {{0}}},
    [NBS_MQTTSN_WILLTOPIC] = {"WILLTOPIC",
			      {FLAGS(willtopic.flags), BYTES("WillTopic", willtopic.topic, TEXT)}},
    [NBS_MQTTSN_WILLMSGREQ] = {"WILLMSGREQ", {{0}}},
    [NBS_MQTTSN_WILLMSG] = {"WILLMSG", {BYTES("WillMsg", willmsg.msg, DATA)}},
    [NBS_MQTTSN_REGISTER] = {"REGISTER",
			     {U16("TopicId", regist.topic_id, TOPIC_REGISTER),
			      U16("MsgId", regist.msg_id, NUMBER),
			      BYTES("TopicName", regist.topic, TEXT)}},
    [NBS_MQTTSN_REGACK] = {"REGACK",
			   {U16("TopicId", regack.topic_id, TOPIC_REGACK),
			    U16("MsgId", regack.msg_id, NUMBER),
			    U8("ReturnCode", regack.return_code, RETURN_CODE)}},
    [NBS_MQTTSN_PUBLISH] = {"PUBLISH",
			    {FLAGS(publish.flags), U16("TopicId", publish.topic_id, TOPIC),
			     U16("MsgId", publish.msg_id, NUMBER),
			     BYTES("Data", publish.data, DATA)}},
    /* The acknowledgement repeats the TopicId that it answers, a bad one too (5.4.13). */
    [NBS_MQTTSN_PUBACK] = {"PUBACK",
			   {U16("TopicId", regack.topic_id, NUMBER),
			    U16("MsgId", regack.msg_id, NUMBER),
			    U8("ReturnCode", regack.return_code, RETURN_CODE)}},
    [NBS_MQTTSN_PUBCOMP] = {"PUBCOMP", {U16("MsgId", pubrec.msg_id, NUMBER)}},
    [NBS_MQTTSN_PUBREC] = {"PUBREC", {U16("MsgId", pubrec.msg_id, NUMBER)}},
    [NBS_MQTTSN_PUBREL] = {"PUBREL", {U16("MsgId", pubrec.msg_id, NUMBER)}},
    [NBS_MQTTSN_SUBSCRIBE] = {"SUBSCRIBE",
			      {FLAGS(subscribe.flags),
			       U16("MsgId", subscribe.msg_id, NUMBER),
			       {"TopicName", NBSI_FIELD_TOPIC, NBSI_RULE_TEXT, 0}}},
    /* TopicId is 0000 where the filter has wildcards (5.4.16). */
    [NBS_MQTTSN_SUBACK] = {"SUBACK",
			   {FLAGS(suback.flags), U16("TopicId", suback.topic_id, NUMBER),
			    U16("MsgId", suback.msg_id, NUMBER),
			    U8("ReturnCode", suback.return_code, RETURN_CODE)}},
    [NBS_MQTTSN_UNSUBSCRIBE] = {"UNSUBSCRIBE",
				{FLAGS(subscribe.flags),
				 U16("MsgId", subscribe.msg_id, NUMBER),
				 {"TopicName", NBSI_FIELD_TOPIC, NBSI_RULE_TEXT, 0}}},
    [NBS_MQTTSN_UNSUBACK] = {"UNSUBACK", {U16("MsgId", pubrec.msg_id, NUMBER)}},
    [NBS_MQTTSN_PINGREQ] = {"PINGREQ", {BYTES("ClientId", pingreq.client_id, NO_CLIENT_ID)}},
    [NBS_MQTTSN_PINGRESP] = {"PINGRESP", {{0}}},
    [NBS_MQTTSN_DISCONNECT] = {"DISCONNECT", {U16("Duration", disconnect.duration_s, NUMBER)}},
    [NBS_MQTTSN_WILLTOPICUPD] = {"WILLTOPICUPD",
				 {FLAGS(willtopic.flags),
				  BYTES("WillTopic", willtopic.topic, TEXT)}},
    [NBS_MQTTSN_WILLTOPICRESP] = {"WILLTOPICRESP",
				  {U8("ReturnCode", connack.return_code, RETURN_CODE)}},
    [NBS_MQTTSN_WILLMSGUPD] = {"WILLMSGUPD", {BYTES("WillMsg", willmsg.msg, DATA)}},
    [NBS_MQTTSN_WILLMSGRESP] = {"WILLMSGRESP",
				{U8("ReturnCode", connack.return_code, RETURN_CODE)}},
};

const struct nbsi_mqttsn_layout *
nbsi_mqttsn_layout(unsigned type)
{
	if (type >= NBS_MQTTSN_TYPE__COUNT || layouts[type].name == NULL)
		return NULL;
	return &layouts[type];
}

bool
nbsi_mqttsn_bare(const struct nbs_mqttsn_msg *msg)
{
	switch (msg->type) {
	case NBS_MQTTSN_WILLTOPIC:
	case NBS_MQTTSN_WILLTOPICUPD:
		return msg->willtopic.empty;
	case NBS_MQTTSN_DISCONNECT:
		return !msg->disconnect.has_duration;
	default:
		return false;
	}
}

const struct nbs_mqttsn_flags *
nbsi_mqttsn_flags(const struct nbs_mqttsn_msg *msg)
{
	switch (msg->type) {
	case NBS_MQTTSN_CONNECT:
		return &msg->connect.flags;
	case NBS_MQTTSN_WILLTOPIC:
	case NBS_MQTTSN_WILLTOPICUPD:
		return msg->willtopic.empty ? NULL : &msg->willtopic.flags;
	case NBS_MQTTSN_PUBLISH:
		return &msg->publish.flags;
	case NBS_MQTTSN_SUBSCRIBE:
	case NBS_MQTTSN_UNSUBSCRIBE:
		return &msg->subscribe.flags;
	case NBS_MQTTSN_SUBACK:
		return &msg->suback.flags;
	default:
		return NULL;
	}
}

uint8_t
nbsi_mqttsn_flags_octet(const struct nbs_mqttsn_flags *flags)
{
	unsigned octet = (flags->dup ? 0x80U : 0U) | (((unsigned)flags->qos & 3U) << 5) |
			 (flags->retain ? 0x10U : 0U) | (flags->will ? 0x08U : 0U) |
			 (flags->clean_session ? 0x04U : 0U) | (flags->topic_type & 3U);

	return (uint8_t)octet;
}

static size_t
field_size(const struct nbs_mqttsn_msg *msg, const struct nbsi_mqttsn_field *field)
{
	const char *base = (const char *)msg;

	switch (field->kind) {
	case NBSI_FIELD_U8:
	case NBSI_FIELD_FLAGS:
		return 1;
	case NBSI_FIELD_U16:
		return 2;
	case NBSI_FIELD_BYTES:
		return ((const struct nbs_mqttsn_bytes *)(const void *)(base + field->at))->len;
	case NBSI_FIELD_TOPIC:
		if (msg->subscribe.flags.topic_type == NBS_MQTTSN_TOPIC_NORMAL)
			return msg->subscribe.topic.len;
		return 2;
	case NBSI_FIELD_NONE:
		break;
	}
	return 0;
}

size_t
nbsi_mqttsn_size(const struct nbs_mqttsn_msg *msg)
{
	const struct nbsi_mqttsn_layout *layout;
	size_t body = 0;

	if (msg->type == NBS_MQTTSN_ENCAPSULATED)
		return 3 + msg->encapsulated.node_id.len + msg->encapsulated.message.len;
	layout = nbsi_mqttsn_layout(msg->type);
	if (layout == NULL)
		return 0;
	if (!nbsi_mqttsn_bare(msg)) {
		for (const struct nbsi_mqttsn_field *f = layout->field; f->kind; f++)
			body += field_size(msg, f);
	}
	if (msg->length_octets == 3 || body + 2 > 255)
		return body + 4;
	return body + 2;
}

const char *
nbs_mqttsn_type_name(unsigned type)
{
	if (type == NBS_MQTTSN_ENCAPSULATED)
		return "ENCAPSULATED";
	return type < NBS_MQTTSN_TYPE__COUNT ? layouts[type].name : NULL;
}
