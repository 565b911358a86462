/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nbsec bytes: the answer for people, from the same document that --json prints. */
#include "cli/bytes.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PRINT_NAME 48 /* columns */
#define PRINT_PROTOCOL 56
#define PRINT_FLIGHTS 28
#define PRINT_TEXT 64U

/* Heads of the layers, two lines. */
static const char *const print_heads[NBS_DTLS_LAYER__COUNT][2] = {
    [NBS_DTLS_LAYER_IP] = {"", "IP"},
    [NBS_DTLS_LAYER_UDP] = {"", "UDP"},
    [NBS_DTLS_LAYER_RECORD] = {"record", "header"},
    [NBS_DTLS_LAYER_CID] = {"", "CID"},
    [NBS_DTLS_LAYER_NONCE] = {"", "nonce"},
    [NBS_DTLS_LAYER_HANDSHAKE_HEADER] = {"message", "header"},
    [NBS_DTLS_LAYER_HANDSHAKE] = {"", "body"},
    [NBS_DTLS_LAYER_CCS] = {"", "CCS"},
    [NBS_DTLS_LAYER_ALERT] = {"", "alert"},
    [NBS_DTLS_LAYER_APPLICATION] = {"appli-", "cation"},
    [NBS_DTLS_LAYER_PADDING] = {"pad-", "ding"},
    [NBS_DTLS_LAYER_TAG] = {"", "tag"},
};

static int
number(const json_t *object, const char *key)
{
	return (int)json_integer_value(json_object_get(object, key));
}

static const char *
text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value != NULL ? value : "";
}

/* ---- by layers ---- */

/* Layers that no row has are left out. */
static void
print_used(const json_t *flight, bool used[NBS_DTLS_LAYER__COUNT])
{
	const json_t *bytes = json_object_get(flight, "bytes");

	for (unsigned i = 0; i < NBS_DTLS_LAYER__COUNT; i++)
		used[i] |= number(bytes, nbs_dtls_layer_name((enum nbs_dtls_layer)i)) != 0;
}

static int
print_width(unsigned layer)
{
	const size_t upper = strlen(print_heads[layer][0]), lower = strlen(print_heads[layer][1]);
	const size_t width = upper > lower ? upper : lower;

	return width > 4 ? (int)width : 4;
}

static void
print_flight(const json_t *flight, const bool used[NBS_DTLS_LAYER__COUNT])
{
	const json_t *bytes = json_object_get(flight, "bytes");

	const char *name = text(flight, "name");

	if (strlen(name) > PRINT_NAME) { /* of a flight with certificates: a line of its own */
		puts(name);
		name = "";
	}
	printf("%-*s %-4s", PRINT_NAME, name, text(flight, "direction"));
	for (unsigned i = 0; i < NBS_DTLS_LAYER__COUNT; i++) {
		if (used[i])
			printf(" %*d", print_width(i),
			       number(bytes, nbs_dtls_layer_name((enum nbs_dtls_layer)i)));
	}
	printf("  %6d %7d\n", number(flight, "udp_payload"), number(flight, "total"));
}

static void
print_flight_heads(const bool used[NBS_DTLS_LAYER__COUNT])
{
	for (unsigned line = 0; line < 2; line++) {
		printf("%-*s %-4s", PRINT_NAME, line == 0 ? "" : "datagram",
		       line == 0 ? "" : "way");
		for (unsigned i = 0; i < NBS_DTLS_LAYER__COUNT; i++) {
			if (used[i])
				printf(" %*s", print_width(i), print_heads[i][line]);
		}
		printf("  %6s %7s\n", line == 0 ? "UDP" : "data", line == 0 ? "with" : "headers");
	}
}

static void
print_configuration(const json_t *configuration)
{
	const json_t *cid = json_object_get(configuration, "connection_id_bytes");

	printf("DTLS 1.2, %s, identity %d B, %s", text(configuration, "suite"),
	       number(configuration, "identity_bytes"),
	       json_is_true(json_object_get(configuration, "cookie")) ? "cookie" : "no cookie");
	if (!json_is_null(cid))
		printf(", connection ID %d B, padding to %d", (int)json_integer_value(cid),
		       number(configuration, "padding"));
	puts(": bytes by what they are for, measured");
}

static void
print_layers(const json_t *answer)
{
	static const char *const records[] = {"record", "close_notify", "close_answer"};
	const json_t *handshake = json_object_get(answer, "handshake");
	const json_t *flights = json_object_get(handshake, "flights");
	bool used[NBS_DTLS_LAYER__COUNT] = {false};
	size_t i;
	json_t *flight;

	print_configuration(json_object_get(answer, "configuration"));
	print_used(json_object_get(handshake, "sum"), used);
	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		print_used(json_object_get(answer, records[i]), used);
	putchar('\n');
	print_flight_heads(used);
	json_array_foreach(flights, i, flight) print_flight(flight, used);
	print_flight(json_object_get(handshake, "sum"), used);
	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		print_flight(json_object_get(answer, records[i]), used);
}

/* ---- comparison ---- */

/* "97 60 129", or "-" in place of what is null. */
static void
print_numbers(const json_t *list, char line[PRINT_TEXT])
{
	size_t i, used = 0;
	json_t *value;

	line[0] = '\0';
	json_array_foreach(list, i, value)
	{
		char one[16] = "-";

		if (json_is_integer(value))
			snprintf(one, sizeof(one), "%d", (int)json_integer_value(value));
		used += (size_t)snprintf(line + used, PRINT_TEXT - used, "%s%4s", i > 0 ? " " : "",
					 one);
		if (used >= PRINT_TEXT)
			return;
	}
	if (i == 0)
		snprintf(line, PRINT_TEXT, "   -");
}

/* "published, figure 2" */
static void
print_origin(const json_t *row)
{
	const char *figure = text(json_object_get(row, "source"), "figure");

	printf("  %s%s%s\n", text(row, "origin"), figure[0] != '\0' ? ", " : "", figure);
}

static void
print_handshakes(const json_t *rows)
{
	size_t i;
	json_t *row;

	printf("\n%-*s %-*s %6s %6s %6s      %s\n", PRINT_PROTOCOL, "handshake", PRINT_FLIGHTS,
	       "bytes of each flight", "total", "terms", "on IP", "origin");
	json_array_foreach(rows, i, row)
	{
		const json_t *computed = json_object_get(row, "computed");
		char flights[PRINT_TEXT];

		print_numbers(json_object_get(row, "flights"), flights);
		printf("%-*s %-*s %6d", PRINT_PROTOCOL, text(row, "protocol"), PRINT_FLIGHTS,
		       flights, number(row, "total"));
		if (json_is_object(computed))
			printf(" %6d", number(computed, "total"));
		else
			printf(" %6s", "-");
		printf(" %6d %-4s", number(row, "with_lower_layers"),
		       strcmp(text(row, "transport"), "udp") == 0 ? "" : text(row, "transport"));
		print_origin(row);
	}
}

static void
print_records(const json_t *rows)
{
	static const char *const keys[] = {"by_sequence_number", "by_id_length"};
	size_t i;
	json_t *row;

	printf("\n%-*s %-16s %-16s %-16s %s\n", PRINT_PROTOCOL, "added to a record of 6 bytes",
	       "  number of 1-3 B", "  ID of 0-2 B", "  the same, terms", "origin");
	json_array_foreach(rows, i, row)
	{
		char line[PRINT_TEXT];

		printf("%-*s", PRINT_PROTOCOL, text(row, "protocol"));
		for (size_t j = 0; j < 2; j++) {
			print_numbers(json_object_get(row, keys[j]), line);
			printf("   %-14s", line);
		}
		const json_t *computed = json_object_get(row, "computed");

		print_numbers(
		    json_object_get(computed, json_is_array(json_object_get(computed, keys[1]))
						  ? keys[1]
						  : keys[0]),
		    line);
		printf("   %-14s", line);
		print_origin(row);
	}
}

static void
print_messages(const json_t *rows, int payload)
{
	const json_t *first = json_array_get(rows, 0);
	size_t i;
	json_t *row;

	printf("\nMQTT-SN PUBLISH with %d bytes of payload, %d bytes\n", payload,
	       number(first, "message"));
	printf("%-*s %9s %9s  %s\n", PRINT_PROTOCOL, "over", "UDP data", "on IPv4", "origin");
	json_array_foreach(rows, i, row)
	{
		printf("%-*s ", PRINT_PROTOCOL, text(row, "protocol"));
		if (json_is_integer(json_object_get(row, "udp_payload")))
			printf("%9d", number(row, "udp_payload"));
		else
			printf("%9s", "-");
		printf(" %9d", number(row, "on_ip"));
		print_origin(row);
	}
}

/* ---- terms ---- */

static void
print_sum(const json_t *terms)
{
	size_t i;
	json_t *term;
	int sum = 0;

	json_array_foreach(terms, i, term)
	{
		const int bytes = number(term, "bytes");

		if (i > 0)
			printf(" %c ", bytes < 0 ? '-' : '+');
		printf("%d %s", i > 0 && bytes < 0 ? -bytes : bytes, text(term, "term"));
		sum += bytes;
	}
	printf(" = %d\n", sum);
}

static void
print_terms(const json_t *comparison)
{
	static const char *const lists[] = {"handshakes", "records", "messages"};

	puts("\nterms of the sums");
	for (size_t list = 0; list < sizeof(lists) / sizeof(lists[0]); list++) {
		size_t i, j;
		json_t *row, *flight;

		json_array_foreach(json_object_get(comparison, lists[list]), i, row)
		{
			const json_t *own = json_object_get(row, "terms");
			const json_t *terms =
			    own != NULL
				? own
				: json_object_get(json_object_get(row, "computed"), "terms");

			if (!json_is_array(terms))
				continue;
			printf("%s\n", text(row, "id"));
			if (!json_is_array(json_array_get(terms, 0))) {
				printf("  ");
				print_sum(terms);
				continue;
			}
			json_array_foreach(terms, j, flight)
			{
				printf("  flight %zu: ", j + 1);
				print_sum(flight);
			}
		}
	}
}

void
bytes_print(const json_t *answer, bool terms)
{
	const json_t *comparison = json_object_get(answer, "comparison");
	size_t i;
	json_t *note;

	print_layers(answer);
	print_handshakes(json_object_get(comparison, "handshakes"));
	puts(
	    "on IP: with IPv4 and UDP headers; coap: and 12 + 5 + 1 bytes of CoAP; tcp: 40 bytes a "
	    "flight, no connection set-up\n"
	    "published: identities and IDs of 1 byte, no cookie; measured: identities as asked "
	    "for");
	print_records(json_object_get(comparison, "records"));
	print_messages(json_object_get(comparison, "messages"),
		       number(json_object_get(answer, "configuration"), "payload_bytes"));
	puts("\nnotes on draft-ietf-iotops-security-protocol-comparison");
	json_array_foreach(json_object_get(comparison, "notes"), i, note)
	    printf("- %s\n", json_string_value(note));
	if (terms)
		print_terms(comparison);
}
