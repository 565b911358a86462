/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MQTT-SN codec against codec_vectors.txt (decode, fields, and encoding back to the same octets),
 * and messages built in C against the octets of the vectors of their names.
 */
#include "models/mqttsn/codec.h"

#include "models/mqttsn/test_hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VECTORS "codec_vectors.txt"
#define LINE_MAX_CHARS 1024U
#define TEXT_MAX (5U * NBS_MQTTSN_MESSAGE_MAX)

struct vector {
	char line[LINE_MAX_CHARS];
	const char *name, *octets, *expectation;
	unsigned number; /* of the line */
};

static bool
next_vector(FILE *file, struct vector *v)
{
	char *rest = v->line;

	do {
		if (fgets(v->line, sizeof v->line, file) == NULL)
			return false;
		v->number++;
	} while (v->line[0] == '#' || v->line[0] == '\n');
	v->name = th_cut(&rest);
	v->octets = th_cut(&rest);
	v->expectation = th_cut(&rest);
	assert_true(strspn(rest, " ") < strlen(rest) - 1); /* the clause is there */
	return true;
}

static FILE *
open_vectors(struct vector *v)
{
	FILE *file = fopen(VECTORS, "r");

	assert_non_null(file);
	v->number = 0;
	return file;
}

/* What nbs_mqttsn_fields() says, written as in the vectors; a run of one octet as 5a*300. */
struct said {
	char *buf;
	size_t len;
};

static void
say(struct said *s, const char *text)
{
	size_t n = strlen(text);

	assert_true(s->len + n < TEXT_MAX);
	memcpy(s->buf + s->len, text, n + 1);
	s->len += n;
}

/* "5a5a...5a "ZZ...Z"" of more than 100 octets is abbreviated, after a check that it is so. */
static bool
is_run(const char *value, char *run, size_t size)
{
	size_t n = strspn(value, "0123456789abcdef") / 2;

	if (n <= 100 || strlen(value) != 3 * n + 3)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (strncmp(value + 2 * i, value, 2) != 0 ||
		    value[2 * n + 2 + i] != value[2 * n + 2])
			return false;
	}
	(void)snprintf(run, size, "%.2s*%zu", value, n);
	return true;
}

static void
on_field(void *arg, const char *name, const char *value)
{
	struct said *s = arg;
	char run[64];

	if (strcmp(name, "Length") == 0 || strcmp(name, "Message.Length") == 0)
		return;
	if (strcmp(name, "MsgType") != 0) {
		say(s, "; ");
		say(s, name);
		say(s, "=");
	}
	say(s, is_run(value, run, sizeof run) ? run : value);
}

static void
check_refused(const struct vector *v, enum nbs_status status, const struct nbs_mqttsn_fault *fault)
{
	char got[160];

	(void)snprintf(got, sizeof got, "!%s %zu %s",
		       status == NBS_E_TRUNCATED ? "truncated"
		       : status == NBS_E_INVALID ? "invalid"
						 : "?",
		       fault->offset, fault->text);
	if (strcmp(got, v->expectation) != 0)
		fail_msg(VECTORS ":%u: %s: got '%s', want '%s'", v->number, v->name, got,
			 v->expectation);
}

static void
check_accepted(const struct vector *v, const struct nbs_mqttsn_msg *msg, const uint8_t *octets,
	       size_t len)
{
	static uint8_t again[NBS_MQTTSN_MESSAGE_MAX];
	struct said s = {test_malloc(TEXT_MAX), 0};
	size_t again_len = 0;

	nbs_mqttsn_fields(msg, on_field, &s);
	if (strcmp(s.buf, v->expectation) != 0)
		fail_msg(VECTORS ":%u: %s: got '%s', want '%s'", v->number, v->name, s.buf,
			 v->expectation);
	assert_int_equal(nbs_mqttsn_encode(msg, again, sizeof again, &again_len), NBS_OK);
	assert_int_equal(again_len, len);
	assert_memory_equal(again, octets, len);
	/* One octet less room is too little. */
	assert_int_equal(nbs_mqttsn_encode(msg, again, len - 1, &again_len), NBS_E_RANGE);
	test_free(s.buf);
}

static void
vectors_decode_and_encode(void **state)
{
	static uint8_t octets[NBS_MQTTSN_MESSAGE_MAX];
	bool seen[NBS_MQTTSN_TYPE__COUNT] = {false};
	struct vector v;
	FILE *file = open_vectors(&v);
	unsigned accepted = 0, refused = 0;

	(void)state;
	while (next_vector(file, &v)) {
		size_t len = th_hex(v.octets, octets, sizeof octets);
		uint8_t *copy = test_malloc(len + 1); /* its end is watched by the sanitizer */
		struct nbs_mqttsn_fault fault = {0};
		struct nbs_mqttsn_msg msg;
		enum nbs_status status;

		memcpy(copy + 1, octets, len);
		status = nbs_mqttsn_decode(copy + 1, len, &msg, &fault);
		if (v.expectation[0] == '!') {
			check_refused(&v, status, &fault);
			refused++;
		} else {
			if (status != NBS_OK)
				fail_msg(VECTORS ":%u: %s: refused: %s", v.number, v.name,
					 fault.text);
			check_accepted(&v, &msg, octets, len);
			if (msg.type < NBS_MQTTSN_TYPE__COUNT)
				seen[msg.type] = true;
			accepted++;
		}
		test_free(copy);
	}
	(void)fclose(file);
	/* Nobody deletes lines unnoticed: every type has one, and both kinds are there. */
	for (unsigned type = 0; type < NBS_MQTTSN_TYPE__COUNT; type++)
		assert_int_equal(seen[type], nbs_mqttsn_type_name(type) != NULL);
	assert_true(accepted >= 60 && refused >= 60);
}

/* Cut anywhere, an accepted vector is refused: no message is the beginning of another. */
static void
prefixes_are_refused(void **state)
{
	static uint8_t octets[NBS_MQTTSN_MESSAGE_MAX];
	struct nbs_mqttsn_msg msg;
	struct vector v;
	FILE *file = open_vectors(&v);

	(void)state;
	while (next_vector(file, &v)) {
		size_t len = th_hex(v.octets, octets, sizeof octets);

		if (v.expectation[0] == '!' || len > 300)
			continue;
		for (size_t cut_at = 0; cut_at < len; cut_at++) {
			uint8_t *copy = test_malloc(cut_at + 1);

			memcpy(copy, octets, cut_at);
			assert_int_not_equal(nbs_mqttsn_decode(copy, cut_at, &msg, NULL), NBS_OK);
			test_free(copy);
		}
	}
	(void)fclose(file);
}

/* ---- messages built in C ---- */

static struct nbs_mqttsn_bytes
bytes(const char *text)
{
	return (struct nbs_mqttsn_bytes){(const uint8_t *)text, strlen(text)};
}

static void
check_built(const char *name, const struct nbs_mqttsn_msg *msg)
{
	static uint8_t octets[NBS_MQTTSN_MESSAGE_MAX];
	uint8_t buf[512];
	struct vector v;
	FILE *file = open_vectors(&v);
	size_t want, len = 0;

	do {
		if (!next_vector(file, &v))
			fail_msg("no vector %s", name);
	} while (strcmp(v.name, name) != 0);
	(void)fclose(file);
	want = th_hex(v.octets, octets, sizeof octets);
	assert_int_equal(nbs_mqttsn_encode(msg, buf, sizeof buf, &len), NBS_OK);
	assert_int_equal(len, want);
	assert_memory_equal(buf, octets, want);
}

#define BUILT(name, wire_type, ...) \
	check_built(name, &(struct nbs_mqttsn_msg){.type = NBS_MQTTSN_##wire_type, __VA_ARGS__})

static void
built_messages_have_the_octets_of_the_specification(void **state)
{
	const uint8_t node[] = {0xbe, 0xef}, pingreq[] = {0x02, 0x16}, add[] = {192, 0, 2, 1};
	uint8_t z[249];

	(void)state;
	memset(z, 0x5a, sizeof z);
	BUILT("advertise", ADVERTISE, .advertise = {7, 900});
	BUILT("searchgw", SEARCHGW, .searchgw = {2});
	BUILT("gwinfo-of-client", GWINFO, .gwinfo = {7, {add, 4}});
	BUILT("connect", CONNECT,
	      .connect = {{.clean_session = true}, 1, 7200, bytes("SM24-000001")});
	BUILT("connect-will", CONNECT,
	      .connect = {{.clean_session = true, .will = true}, 1, 0, bytes("mete")});
	BUILT("connack-congestion", CONNACK, .connack = {NBS_MQTTSN_CONGESTION});
	check_built("willtopicreq", &(struct nbs_mqttsn_msg){.type = NBS_MQTTSN_WILLTOPICREQ});
	BUILT("willtopic", WILLTOPIC,
	      .willtopic = {.flags = {.qos = 1, .retain = true}, .topic = bytes("a/los")});
	BUILT("willtopic-empty", WILLTOPIC, .willtopic = {.empty = true});
	check_built("willmsgreq", &(struct nbs_mqttsn_msg){.type = NBS_MQTTSN_WILLMSGREQ});
	BUILT("willmsg", WILLMSG, .willmsg = {bytes("gone")});
	BUILT("register-of-client", REGISTER, .regist = {0, 1, bytes("m/17")});
	BUILT("regack", REGACK, .regack = {1, 1, NBS_MQTTSN_ACCEPTED});
	BUILT("publish-qos1-again", PUBLISH,
	      .publish = {{.dup = true, .qos = 1}, 1, 2, bytes("A")});
	BUILT(
	    "publish-qos-1-short", PUBLISH,
	    .publish = {{.qos = -1, .topic_type = NBS_MQTTSN_TOPIC_SHORT}, 0x7431, 0, bytes("A")});
	BUILT("length-1-octet-longest", PUBLISH, .publish = {{.qos = 1}, 1, 1, {z, 248}});
	BUILT("length-3-octets-needed", PUBLISH, .publish = {{.qos = 1}, 1, 1, {z, 249}});
	BUILT("length-3-octets-255", PUBLISH, .length_octets = 3,
	      .publish = {{.qos = 1}, 1, 1, {z, 246}});
	BUILT("puback", PUBACK, .regack = {1, 2, NBS_MQTTSN_ACCEPTED});
	BUILT("pubcomp", PUBCOMP, .pubrec = {3});
	BUILT("pubrec", PUBREC, .pubrec = {3});
	BUILT("pubrel", PUBREL, .pubrec = {3});
	BUILT("subscribe-name", SUBSCRIBE, .subscribe = {{.qos = 1}, 6, 0, bytes("m/+/#")});
	BUILT("subscribe-predefined", SUBSCRIBE,
	      .subscribe = {.flags = {.qos = 2, .topic_type = NBS_MQTTSN_TOPIC_PREDEFINED},
			    .msg_id = 6,
			    .topic_id = 10});
	BUILT("suback", SUBACK, .suback = {{.qos = 1}, 1, 6, NBS_MQTTSN_ACCEPTED});
	BUILT("unsubscribe-name", UNSUBSCRIBE, .subscribe = {{0}, 7, 0, bytes("a/b")});
	BUILT("unsuback", UNSUBACK, .pubrec = {7});
	BUILT("pingreq-of-sleeper", PINGREQ, .pingreq = {bytes("SM24-000001")});
	check_built("pingresp", &(struct nbs_mqttsn_msg){.type = NBS_MQTTSN_PINGRESP});
	check_built("disconnect", &(struct nbs_mqttsn_msg){.type = NBS_MQTTSN_DISCONNECT});
	BUILT("disconnect-sleep", DISCONNECT, .disconnect = {true, 3600});
	BUILT("willtopicupd", WILLTOPICUPD,
	      .willtopic = {.flags = {.retain = true}, .topic = bytes("a/los")});
	BUILT("willtopicresp", WILLTOPICRESP, .connack = {NBS_MQTTSN_ACCEPTED});
	BUILT("willmsgupd", WILLMSGUPD, .willmsg = {bytes("OK")});
	BUILT("willmsgresp", WILLMSGRESP, .connack = {NBS_MQTTSN_NOT_SUPPORTED});
	BUILT("encapsulated-pingreq", ENCAPSULATED, .encapsulated = {1, {node, 2}, {pingreq, 2}});
}

#define REFUSED(status, wire_type, ...)                                                     \
	assert_int_equal(                                                                   \
	    nbs_mqttsn_encode(                                                              \
		&(struct nbs_mqttsn_msg){.type = NBS_MQTTSN_##wire_type, __VA_ARGS__}, buf, \
		sizeof buf, &len),                                                          \
	    status)

static void
what_would_not_decode_does_not_encode(void **state)
{
	static uint8_t buf[NBS_MQTTSN_MESSAGE_MAX + 100];
	static const uint8_t data[NBS_MQTTSN_MESSAGE_MAX];
	const uint8_t node[256] = {0}, pingreq[] = {0x02, 0x16}, bad[] = {0x03, 0x16};
	size_t len = 0;

	(void)state;
	assert_int_equal(
	    nbs_mqttsn_encode(&(struct nbs_mqttsn_msg){.type = 0x03}, buf, sizeof buf, &len),
	    NBS_E_INVALID);
	REFUSED(NBS_E_INVALID, CONNECT, .connect = {{0}, 2, 60, bytes("a")});
	REFUSED(NBS_E_INVALID, CONNECT, .connect = {{0}, 1, 60, bytes("")});
	REFUSED(NBS_E_INVALID, CONNECT, .connect = {{0}, 1, 60, {data, 24}});
	REFUSED(NBS_E_INVALID, CONNECT, .connect = {{0}, 1, 60, {NULL, 1}});
	REFUSED(NBS_E_INVALID, CONNACK, .connack = {4});
	REFUSED(NBS_E_INVALID, PUBLISH, .publish = {{.qos = 1}, 0, 1, {data, 1}});
	REFUSED(NBS_E_INVALID, PUBLISH, .publish = {{.qos = 3}, 1, 1, {data, 1}});
	REFUSED(NBS_E_INVALID, PUBLISH, .publish = {{.topic_type = 3}, 1, 1, {data, 1}});
	REFUSED(NBS_E_INVALID, REGISTER, .regist = {0, 1, {NULL, 0}});
	REFUSED(NBS_E_INVALID, ENCAPSULATED, .encapsulated = {4, {node, 2}, {pingreq, 2}});
	REFUSED(NBS_E_INVALID, ENCAPSULATED, .encapsulated = {1, {node, 253}, {pingreq, 2}});
	REFUSED(NBS_E_INVALID, ENCAPSULATED, .encapsulated = {1, {node, 0}, {pingreq, 2}});
	REFUSED(NBS_E_INVALID, ENCAPSULATED, .encapsulated = {1, {node, 2}, {bad, 2}});
	/* 5.2.1: the 3-octet form ends at 65535 octets, 9 of which are a PUBLISH's header. */
	REFUSED(NBS_OK, PUBLISH, .publish = {{0}, 1, 0, {data, 65526}});
	REFUSED(NBS_E_RANGE, PUBLISH, .publish = {{0}, 1, 0, {data, 65527}});
}

/* ---- text ---- */

static void
print_is_one_field_a_line(void **state)
{
	const uint8_t octets[] = {0x01, 0x00, 0x0a, 0x0c, 0x20, 0, 1, 0, 1, 'A'};
	const char *want = "Length: 10 (3-octet form)\n"
			   "MsgType: PUBLISH\n"
			   "Flags: 0x20 (DUP=0 QoS=1 Retain=0 Will=0 CleanSession=0 "
			   "TopicIdType=normal)\n"
			   "TopicId: 1\n"
			   "MsgId: 1\n"
			   "Data: 41 \"A\"\n";
	struct nbs_mqttsn_msg msg;
	char buf[256];

	(void)state;
	assert_int_equal(nbs_mqttsn_decode(octets, sizeof octets, &msg, NULL), NBS_OK);
	assert_int_equal(nbs_mqttsn_print(&msg, buf, sizeof buf), NBS_OK);
	assert_string_equal(buf, want);
	assert_int_equal(nbs_mqttsn_print(&msg, buf, strlen(want) + 1), NBS_OK);
	assert_int_equal(nbs_mqttsn_print(&msg, buf, strlen(want)), NBS_E_RANGE);
	assert_int_equal(strlen(buf), strlen(want) - 1);
	assert_int_equal(nbs_mqttsn_print(&msg, buf, 0), NBS_E_RANGE);
}

/* The longest message of octets that are all escaped, inside an encapsulation. */
static void
longest_text_fits(void **state)
{
	static uint8_t octets[4 + NBS_MQTTSN_MESSAGE_MAX] = {0x04, 0xfe, 0x00, 0x77, 0x01, 0xff,
							     0xff, 0x0a, 0x00, 0x00, 0x00, 0x01};
	/* REGISTER: 65535 - 8 octets of name, each \x00; the lines before it are 100 or so. */
	char *buf = test_malloc(TEXT_MAX);
	struct nbs_mqttsn_msg msg;

	(void)state;
	assert_int_equal(nbs_mqttsn_decode(octets, sizeof octets, &msg, NULL), NBS_OK);
	assert_int_equal(nbs_mqttsn_print(&msg, buf, TEXT_MAX), NBS_OK);
	assert_non_null(strstr(buf, "Message.TopicName: \\x00"));
	assert_int_equal(strlen(strstr(buf, "Message.TopicName: ")),
			 strlen("Message.TopicName: \n") + 4 * (65535 - 8));
	test_free(buf);
}

static void
names(void **state)
{
	(void)state;
	assert_string_equal(nbs_mqttsn_type_name(0xfe), "ENCAPSULATED");
	assert_string_equal(nbs_mqttsn_type_name(0x1d), "WILLMSGRESP");
	assert_null(nbs_mqttsn_type_name(0x11));
	assert_null(nbs_mqttsn_type_name(0x1e));
	assert_string_equal(nbs_mqttsn_return_code_name(3), "rejected: not supported");
	assert_string_equal(nbs_mqttsn_return_code_name(4), "reserved");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(vectors_decode_and_encode),
	    cmocka_unit_test(prefixes_are_refused),
	    cmocka_unit_test(built_messages_have_the_octets_of_the_specification),
	    cmocka_unit_test(what_would_not_decode_does_not_encode),
	    cmocka_unit_test(print_is_one_field_a_line),
	    cmocka_unit_test(longest_text_fits),
	    cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
