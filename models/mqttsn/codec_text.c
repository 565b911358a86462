/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MQTT-SN messages as text: the fields of v1.2 5.3 by their names there, in wire order. */
#include "models/mqttsn/codec_layout.h"

#include <stdio.h>
#include <string.h>

/* The longest value: every octet of the longest message escaped as \xNN, and some words. */
#define VALUE_MAX (4U * NBS_MQTTSN_MESSAGE_MAX + 64U)
#define NAME_MAX_CHARS 32U

/* A value as it grows; too long ones are cut, which VALUE_MAX excludes. */
struct text {
	char *buf;
	size_t cap;
	size_t len;
};

struct walk {
	void (*field)(void *arg, const char *name, const char *value);
	void *arg;
	const char *prefix;
	char *value; /* VALUE_MAX characters */
};

static void
text_char(struct text *t, char c)
{
	if (t->len + 1 < t->cap)
		t->buf[t->len++] = c;
	t->buf[t->len] = '\0';
}

static void
text_str(struct text *t, const char *s)
{
	while (*s != '\0')
		text_char(t, *s++);
}

static void
text_hex(struct text *t, unsigned octet)
{
	static const char digit[] = "0123456789abcdef";

	text_char(t, digit[octet >> 4 & 15]);
	text_char(t, digit[octet & 15]);
}

static bool
printable(uint8_t octet)
{
	return octet >= 0x20 && octet < 0x7f;
}

/* A string: what is not printable ASCII as \xNN, the backslash doubled. */
static void
text_escaped(struct text *t, const struct nbs_mqttsn_bytes *bytes)
{
	for (size_t i = 0; i < bytes->len; i++) {
		if (bytes->data[i] == '\\')
			text_char(t, '\\');
		if (printable(bytes->data[i])) {
			text_char(t, (char)bytes->data[i]);
		} else {
			text_str(t, "\\x");
			text_hex(t, bytes->data[i]);
		}
	}
}

/* Data: hex, then the same between quotes with a dot for what is not printable. */
static void
text_data(struct text *t, const struct nbs_mqttsn_bytes *bytes, bool quoted)
{
	for (size_t i = 0; i < bytes->len; i++)
		text_hex(t, bytes->data[i]);
	if (!quoted)
		return;
	text_str(t, bytes->len > 0 ? " \"" : "\"");
	for (size_t i = 0; i < bytes->len; i++)
		text_char(t, printable(bytes->data[i]) ? (char)bytes->data[i] : '.');
	text_char(t, '"');
}

static const char *
topic_type_name(unsigned type)
{
	static const char *const names[] = {
	    [NBS_MQTTSN_TOPIC_NORMAL] = "normal",
	    [NBS_MQTTSN_TOPIC_PREDEFINED] = "pre-defined",
	    [NBS_MQTTSN_TOPIC_SHORT] = "short",
	};

	return type < sizeof names / sizeof names[0] ? names[type] : "reserved";
}

const char *
nbs_mqttsn_return_code_name(unsigned code)
{
	static const char *const names[NBS_MQTTSN_RETURN_CODE__COUNT] = {
	    [NBS_MQTTSN_ACCEPTED] = "accepted",
	    [NBS_MQTTSN_CONGESTION] = "rejected: congestion",
	    [NBS_MQTTSN_INVALID_TOPIC_ID] = "rejected: invalid topic id",
	    [NBS_MQTTSN_NOT_SUPPORTED] = "rejected: not supported",
	};

	return code < NBS_MQTTSN_RETURN_CODE__COUNT ? names[code] : "reserved";
}

static void
text_flags(struct text *t, const struct nbs_mqttsn_flags *flags)
{
	char buf[96];

	(void)snprintf(buf, sizeof buf,
		       "0x%02x (DUP=%d QoS=%d Retain=%d Will=%d CleanSession=%d TopicIdType=%s)",
		       nbsi_mqttsn_flags_octet(flags), flags->dup, flags->qos, flags->retain,
		       flags->will, flags->clean_session, topic_type_name(flags->topic_type));
	text_str(t, buf);
}

/* A number; a topic id that holds a short topic name (6.7) shows that name. */
static void
text_number(struct text *t, const struct nbs_mqttsn_msg *msg, enum nbsi_mqttsn_rule rule,
	    unsigned value)
{
	const struct nbs_mqttsn_flags *flags = nbsi_mqttsn_flags(msg);
	uint8_t octets[2] = {(uint8_t)(value >> 8), (uint8_t)(value & 0xff)};
	char buf[48];

	if (rule == NBSI_RULE_TOPIC && flags != NULL &&
	    flags->topic_type == NBS_MQTTSN_TOPIC_SHORT) {
		text_escaped(t, &(struct nbs_mqttsn_bytes){octets, 2});
		return;
	}
	if (rule == NBSI_RULE_RETURN_CODE)
		(void)snprintf(buf, sizeof buf, "%u (%s)", value,
			       nbs_mqttsn_return_code_name(value));
	else
		(void)snprintf(buf, sizeof buf, "%u", value);
	text_str(t, buf);
}

static void
walk_say(const struct walk *w, const char *name, const char *value)
{
	char full[NAME_MAX_CHARS];

	(void)snprintf(full, sizeof full, "%s%s", w->prefix, name);
	w->field(w->arg, full, value);
}

static void
walk_field(const struct walk *w, const struct nbs_mqttsn_msg *msg,
	   const struct nbsi_mqttsn_field *field)
{
	struct text t = {w->value, VALUE_MAX, 0};
	const void *place = (const char *)msg + field->at;
	const char *name = field->name;

	w->value[0] = '\0';
	switch (field->kind) {
	case NBSI_FIELD_U8:
		text_number(&t, msg, field->rule, *(const uint8_t *)place);
		break;
	case NBSI_FIELD_U16:
		text_number(&t, msg, field->rule, *(const uint16_t *)place);
		break;
	case NBSI_FIELD_FLAGS:
		text_flags(&t, place);
		break;
	case NBSI_FIELD_BYTES:
		if (field->rule == NBSI_RULE_DATA || field->rule == NBSI_RULE_ADDRESS)
			text_data(&t, place, field->rule == NBSI_RULE_DATA);
		else
			text_escaped(&t, place);
		break;
	case NBSI_FIELD_TOPIC:
		if (msg->subscribe.flags.topic_type == NBS_MQTTSN_TOPIC_NORMAL) {
			text_escaped(&t, &msg->subscribe.topic);
		} else {
			name = "TopicId";
			text_number(&t, msg, NBSI_RULE_TOPIC, msg->subscribe.topic_id);
		}
		break;
	case NBSI_FIELD_NONE:
		return;
	}
	walk_say(w, name, w->value);
}

/* A field that is empty and optional is not there: GwAdd, a PINGREQ's ClientId. */
static bool
field_absent(const struct nbs_mqttsn_msg *msg, const struct nbsi_mqttsn_field *field)
{
	const void *place = (const char *)msg + field->at;

	return field->kind == NBSI_FIELD_BYTES &&
	       (field->rule == NBSI_RULE_ADDRESS || field->rule == NBSI_RULE_NO_CLIENT_ID) &&
	       ((const struct nbs_mqttsn_bytes *)place)->len == 0;
}

static void
walk_header(const struct walk *w, const struct nbs_mqttsn_msg *msg)
{
	size_t length = nbsi_mqttsn_size(msg);
	const char *name = nbs_mqttsn_type_name(msg->type);

	if (msg->type == NBS_MQTTSN_ENCAPSULATED)
		length -= msg->encapsulated.message.len;
	(void)snprintf(w->value, VALUE_MAX, "%zu%s", length,
		       msg->length_octets == 3 && length < 256 ? " (3-octet form)" : "");
	walk_say(w, "Length", w->value);
	walk_say(w, "MsgType", name != NULL ? name : "reserved");
}

static void
walk_body(const struct walk *w, const struct nbs_mqttsn_msg *msg)
{
	const struct nbsi_mqttsn_layout *layout = nbsi_mqttsn_layout(msg->type);

	if (layout == NULL || nbsi_mqttsn_bare(msg))
		return;
	for (const struct nbsi_mqttsn_field *f = layout->field; f->kind; f++) {
		if (!field_absent(msg, f))
			walk_field(w, msg, f);
	}
}

static void
walk_encapsulated(const struct walk *w, const struct nbs_mqttsn_msg *msg)
{
	struct text t = {w->value, VALUE_MAX, 0};
	struct walk in = {w->field, w->arg, "Message.", w->value};
	struct nbs_mqttsn_msg inner;

	(void)snprintf(w->value, VALUE_MAX, "0x%02x (Radius=%u)", msg->encapsulated.radius,
		       msg->encapsulated.radius);
	walk_say(w, "Ctrl", w->value);
	w->value[0] = '\0';
	text_data(&t, &msg->encapsulated.node_id, false);
	walk_say(w, "WirelessNodeId", w->value);
	if (nbs_mqttsn_decode(msg->encapsulated.message.data, msg->encapsulated.message.len, &inner,
			      NULL) != NBS_OK)
		return;
	walk_header(&in, &inner);
	walk_body(&in, &inner);
}

void
nbs_mqttsn_fields(const struct nbs_mqttsn_msg *msg,
		  void (*field)(void *arg, const char *name, const char *value), void *arg)
{
	char value[VALUE_MAX];
	struct walk w = {field, arg, "", value};

	if (msg == NULL || field == NULL)
		return;
	walk_header(&w, msg);
	if (msg->type == NBS_MQTTSN_ENCAPSULATED)
		walk_encapsulated(&w, msg);
	else
		walk_body(&w, msg);
}

struct print {
	char *buf;
	size_t cap;
	size_t len; /* may pass cap: then the text was cut off */
};

static void
print_field(void *arg, const char *name, const char *value)
{
	struct print *p = arg;
	size_t room = p->len < p->cap ? p->cap - p->len : 0;
	int n = snprintf(room > 0 ? p->buf + p->len : NULL, room, "%s: %s\n", name, value);

	if (n > 0)
		p->len += (size_t)n;
}

enum nbs_status
nbs_mqttsn_print(const struct nbs_mqttsn_msg *msg, char *buf, size_t cap)
{
	struct print p = {buf, cap, 0};

	if (msg == NULL || (buf == NULL && cap != 0))
		return NBS_E_ARG;
	if (cap == 0)
		return NBS_E_RANGE;
	buf[0] = '\0';
	nbs_mqttsn_fields(msg, print_field, &p);
	return p.len < cap ? NBS_OK : NBS_E_RANGE;
}
