/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec bytes: what is a sum of terms (bytes_terms.c), as rows of the answer. MQTT-SN v2.0
 * Protection Encapsulation; ESP with AES-GCM, RFC 4303 2 and RFC 4106.
 */
#include "cli/bytes.h"

#include <stdio.h>

#define SUMS_COOKIE 32U /* bytes of a HelloRetryRequest's: as long as that of the server here */
#define SUMS_TEXT 96U

/* Whole messages that are sums. */
static const struct {
	const char *id;     /* in JSON */
	const char *record; /* of the computed row */
	const char *name;   /* NULL = the row's own */
	size_t cid_len;
} sums_messages[] = {
    {"dtls13", "dtls13-record", "DTLS 1.3", 0},
    {"dtls13-cid1", "dtls13-record", "DTLS 1.3, CID 1 B", 1},
    {"mqttsn2-aead", "mqttsn2-aead", NULL, 0},
    {"mqttsn2-hmac", "mqttsn2-hmac", NULL, 0},
};

/* What lies below UDP. */
static const struct {
	const char *id;
	bool tunnel;
} sums_tunnels[] = {{"esp-transport", false}, {"esp-tunnel", true}};

static json_t *
sums_terms(const struct bytes_computed *row, enum bytes_place place,
	   const struct bytes_lengths *lengths, int *sum)
{
	struct bytes_term terms[BYTES_TERMS_MAX];
	const size_t count = bytes_terms(row, place, lengths, terms);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:i}", "term", terms[i].what, "bytes", terms[i].bytes));
	*sum = bytes_terms_sum(terms, count);
	return list;
}

/* {flights, total, terms} of a handshake; null for a row that is no sum. */
json_t *
bytes_handshake_sum(const struct bytes_computed *row, size_t identity_len)
{
	static const enum bytes_place all[] = {BYTES_HELLO, BYTES_RETRY, BYTES_HELLO_2,
					       BYTES_SERVER, BYTES_CLIENT};
	struct bytes_lengths lengths = {.identity = 1, .cookie = SUMS_COOKIE};
	json_t *flights, *terms;
	int total = 0;

	if (row == NULL)
		return json_null();
	flights = json_array();
	terms = json_array();
	if (row->identity != 0)
		lengths.identity = row->identity;
	if (row->chosen_identity)
		lengths.identity = identity_len;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int sum;

		if (!row->retry && (all[i] == BYTES_RETRY || all[i] == BYTES_HELLO_2))
			continue;
		json_array_append_new(terms, sums_terms(row, all[i], &lengths, &sum));
		json_array_append_new(flights, json_integer(sum));
		total += sum;
	}
	return json_pack("{s:o, s:i, s:o}", "flights", flights, "total", total, "terms", terms);
}

/* The same of a record: columns as in the draft, terms of the first. */
json_t *
bytes_record_sum(const struct bytes_computed *row, bool with_ids)
{
	json_t *by_sequence, *by_id, *terms;
	int sum;

	if (row == NULL)
		return json_null();
	by_sequence = json_array();
	by_id = with_ids ? json_array() : json_null();
	terms = sums_terms(row, BYTES_RECORD, &(struct bytes_lengths){.sequence = 1}, &sum);
	for (size_t i = 0; i < BYTES_SEQUENCES; i++) {
		const struct bytes_lengths sequence = {.sequence = i + 1};
		const struct bytes_lengths id = {.sequence = 1, .id = i};

		json_decref(sums_terms(row, BYTES_RECORD, &sequence, &sum));
		json_array_append_new(by_sequence, json_integer(sum));
		json_decref(sums_terms(row, BYTES_RECORD, &id, &sum));
		if (with_ids)
			json_array_append_new(by_id, json_integer(sum));
	}
	return json_pack("{s:o, s:o, s:o}", "by_sequence_number", by_sequence, "by_id_length",
			 by_id, "terms", terms);
}

/* Rows that no table has. */
static void
sums_handshake(json_t *handshakes, const struct bytes_computed *row, size_t identity_len)
{
	json_t *sum = bytes_handshake_sum(row, identity_len);
	const int total = (int)json_integer_value(json_object_get(sum, "total"));
	const size_t flights = json_array_size(json_object_get(sum, "flights"));
	char name[SUMS_TEXT];

	snprintf(name, sizeof(name), "%s, identity %zu B", row->protocol,
		 row->chosen_identity ? identity_len : row->identity);
	json_array_append_new(
	    handshakes,
	    json_pack("{s:s, s:s, s:s, s:n, s:O, s:i, s:s, s:i, s:o}", "id", row->id, "protocol",
		      name, "origin", "computed", "source", "flights",
		      json_object_get(sum, "flights"), "total", total, "transport",
		      bytes_transport_name(BYTES_UDP), "with_lower_layers",
		      total + (int)bytes_lower_layers(BYTES_UDP, flights), "computed", sum));
}

void
bytes_computed_handshakes(json_t *handshakes, size_t identity_len)
{
	const struct bytes_computed *row;

	for (size_t i = 0; (row = bytes_computed_at(i)) != NULL; i++) {
		if (row->protocol != NULL && (row->chosen_identity || row->identity != 0))
			sums_handshake(handshakes, row, identity_len);
	}
}

void
bytes_message_add(json_t *messages, size_t publish, const struct bytes_message *message)
{
	json_array_append_new(
	    messages,
	    json_pack("{s:s, s:s, s:s, s:i, s:o, s:i, s:o}", "id", message->id, "protocol",
		      message->protocol, "origin", message->origin, "message", (int)publish,
		      "udp_payload",
		      message->udp_payload > 0 ? json_integer(message->udp_payload) : json_null(),
		      "on_ip", message->on_ip, "terms", message->terms));
}

static void
sums_records(json_t *messages, size_t publish)
{
	for (size_t i = 0; i < sizeof(sums_messages) / sizeof(sums_messages[0]); i++) {
		const struct bytes_computed *row = bytes_computed_find(sums_messages[i].record);
		const struct bytes_lengths lengths = {.id = sums_messages[i].cid_len};
		const char *name = sums_messages[i].name;
		int sum;
		json_t *terms = sums_terms(row, BYTES_RECORD, &lengths, &sum);

		sum += (int)publish;
		bytes_message_add(messages, publish,
				  &(struct bytes_message){
				      sums_messages[i].id, name != NULL ? name : row->protocol,
				      "computed", sum, sum + (int)BYTES_HEADERS, terms});
	}
}

/* What is encrypted ends, with two bytes behind it, at a multiple of four (RFC 4303 2.4). */
static void
sums_esp(json_t *messages, size_t publish)
{
	for (size_t i = 0; i < sizeof(sums_tunnels) / sizeof(sums_tunnels[0]); i++) {
		const struct bytes_computed *row = bytes_computed_find(sums_tunnels[i].id);
		const size_t inner =
		    publish + (sums_tunnels[i].tunnel ? BYTES_HEADERS : NBS_DTLS_UDP_BYTES);
		const struct bytes_lengths lengths = {.fill = (4 - (inner + 2) % 4) % 4};
		int sum;
		json_t *terms = sums_terms(row, BYTES_RECORD, &lengths, &sum);

		bytes_message_add(messages, publish,
				  &(struct bytes_message){row->id, row->protocol, "computed", 0,
							  (int)(publish + BYTES_HEADERS) + sum,
							  terms});
	}
}

void
bytes_computed_messages(json_t *messages, size_t publish)
{
	sums_records(messages, publish);
	sums_esp(messages, publish);
}
