/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec bytes: the first half of the answer, the configuration that was asked for by layers. Text
 * and JSON are both made from this document; its keys keep their order.
 */
#include "cli/bytes.h"
#include "cli/cli.h"
#include "models/mqttsn/codec.h"

#include <stdlib.h>
#include <string.h>

#define ANSWER_TEXT 160U /* bytes: all names of a flight */

/* Handshake messages in the order in which a flight has them; msg_type of RFC 5246 7.4. */
static const struct {
	unsigned type;
	const char *name;
} answer_messages[] = {
    {1, "ClientHello"},      {3, "HelloVerifyRequest"}, {2, "ServerHello"},
    {11, "Certificate"},     {12, "ServerKeyExchange"}, {13, "CertificateRequest"},
    {14, "ServerHelloDone"}, {16, "ClientKeyExchange"}, {15, "CertificateVerify"},
    {4, "NewSessionTicket"},
};

static void
answer_name_add(char text[ANSWER_TEXT], const char *name)
{
	const size_t used = strlen(text);

	snprintf(text + used, ANSWER_TEXT - used, "%s%s", used != 0 ? ", " : "", name);
}

/* "ServerHello, ServerHelloDone" */
static void
answer_name(const struct bytes_flight *flight, bool again, char text[ANSWER_TEXT])
{
	const struct nbs_dtls_ledger *ledger = &flight->ledger;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(answer_messages) / sizeof(answer_messages[0]); i++) {
		if ((ledger->messages >> answer_messages[i].type & 1U) != 0)
			answer_name_add(text, answer_messages[i].name);
	}
	if (again && (ledger->messages & 1U << 1) != 0)
		answer_name_add(text, "cookie");
	if (ledger->bytes[NBS_DTLS_LAYER_CCS] != 0)
		answer_name_add(text, "ChangeCipherSpec");
	if ((ledger->messages & 1U << 20) != 0)
		answer_name_add(text, "Finished");
}

static json_t *
answer_layers(const struct nbs_dtls_ledger *ledger)
{
	json_t *bytes = json_object();

	for (unsigned i = 0; i < NBS_DTLS_LAYER__COUNT; i++)
		json_object_set_new(bytes, nbs_dtls_layer_name((enum nbs_dtls_layer)i),
				    json_integer(ledger->bytes[i]));
	return bytes;
}

/* direction NULL: both. */
static json_t *
answer_flight(const char *name, const char *direction, unsigned datagrams,
	      const struct nbs_dtls_ledger *ledger)
{
	const uint32_t total = nbs_dtls_ledger_total(ledger);

	return json_pack("{s:s, s:s?, s:i, s:i, s:o, s:i, s:i}", "name", name, "direction",
			 direction, "datagrams", (int)datagrams, "records", (int)ledger->records,
			 "bytes", answer_layers(ledger), "udp_payload",
			 (int)(total - BYTES_HEADERS * datagrams), "total", (int)total);
}

static json_t *
answer_one(const struct bytes_flight *flight, const char *name)
{
	return answer_flight(name, flight->up ? "up" : "down", flight->datagrams, &flight->ledger);
}

static json_t *
answer_handshake(const struct bytes_measured *measured)
{
	struct bytes_flight sum = {.datagrams = 0};
	json_t *flights = json_array();

	for (size_t i = 0; i < measured->flight_count; i++) {
		const struct bytes_flight *flight = &measured->flights[i];
		char name[ANSWER_TEXT];

		answer_name(flight, i > 0, name);
		json_array_append_new(flights, answer_one(flight, name));
		nbs_dtls_ledger_add(&sum.ledger, &flight->ledger);
		sum.datagrams += flight->datagrams;
	}
	return json_pack("{s:o, s:o}", "flights", flights, "sum",
			 answer_flight("handshake", NULL, sum.datagrams, &sum.ledger));
}

static json_t *
answer_configuration(const struct bytes_question *question)
{
	const struct bytes_config *config = &question->config;
	const bool cid = config->cid_len != BYTES_NO_CID;

	return json_pack("{s:s, s:i, s:b, s:o, s:o, s:i}", "suite", config->suite, "identity_bytes",
			 (int)question->identity_len, "cookie", config->cookie,
			 "connection_id_bytes", cid ? json_integer(config->cid_len) : json_null(),
			 "padding", cid ? json_integer((json_int_t)config->padding) : json_null(),
			 "payload_bytes", (int)question->payload);
}

size_t
bytes_publish_len(size_t payload)
{
	static const uint8_t data[BYTES_PAYLOAD_MAX];
	const struct nbs_mqttsn_msg msg = {
	    .type = NBS_MQTTSN_PUBLISH,
	    .publish = {.topic_id = 1, .msg_id = 1, .data = {data, payload}}};
	uint8_t packet[BYTES_PAYLOAD_MAX + 16U];
	size_t len = 0;

	return nbs_mqttsn_encode(&msg, packet, sizeof(packet), &len) == NBS_OK ? len : 0;
}

json_t *
bytes_answer(const struct bytes_question *question, int *exit_status)
{
	struct bytes_measured measured;
	char record[ANSWER_TEXT];
	json_t *answer;
	enum nbs_status status = bytes_measure(&question->config, question->identity_len,
					       &question->payload, 1, &measured);

	if (status != NBS_OK) {
		*exit_status = cli_fail(CLI_SYSTEM, "%s: the handshake did not come to its end: %s",
					question->config.suite, nbs_status_str(status));
		return NULL;
	}
	snprintf(record, sizeof(record), "record of %zu bytes", question->payload);
	answer = json_pack("{s:o, s:o, s:o, s:o, s:o}", "configuration",
			   answer_configuration(question), "handshake", answer_handshake(&measured),
			   "record", answer_one(&measured.records[0], record), "close_notify",
			   answer_one(&measured.close[0], "close_notify"), "close_answer",
			   answer_one(&measured.close[1], "close_notify in answer"));
	*exit_status = answer == NULL ? cli_no_memory() : bytes_compare(question, answer);
	if (*exit_status == CLI_DONE)
		return answer;
	json_decref(answer);
	return NULL;
}
