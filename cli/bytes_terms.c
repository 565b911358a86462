/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes as sums of terms: which field there is, under which circumstances, of how many bytes.
 * Fields of RFC 8446 4, RFC 9147 4 and 5, RFC 9146 3, RFC 7250 3, RFC 7924 4 and RFC 9528 5 in
 * the order of the messages; of cTLS-10 what draft-ietf-iotops-security-protocol-comparison
 * derives from the example in its appendix A.
 */
#include "cli/bytes.h"

#include <string.h>

/* Circumstances. */
enum terms_feature {
	DTLS13 = 1 << 0,
	TLS13 = 1 << 1,
	RPK = 1 << 2, /* raw public keys, both sides */
	PSK = 1 << 3,
	ECDHE = 1 << 4,
	P256 = 1 << 5, /* key share and signature; else x25519 and ed25519 */
	CID = 1 << 6,
	COMPRESSED = 1 << 7,  /* points of the keys */
	CACHED = 1 << 8,      /* the server's certificate or key is */
	CACHED_X509 = 1 << 9, /* and it is a certificate */
	CTLS = 1 << 10,
	EDHOC = 1 << 11,
	SIGNATURE = 1 << 12, /* EDHOC; else static Diffie-Hellman */
	X5T = 1 << 13,       /* EDHOC; else kid */
	R_DTLS12 = 1 << 14,  /* records, of a 8-byte tag */
	R_DTLS13 = 1 << 15,
	R_TLS12 = 1 << 16,
	R_TLS13 = 1 << 17,
	R_OSCORE = 1 << 18,
	R_GROUP = 1 << 19, /* with R_OSCORE: Group OSCORE, pairwise mode */
	R_REQUEST = 1 << 20,
	R_SN2 = 1 << 21,  /* protection encapsulation of MQTT-SN v2.0 */
	R_HMAC = 1 << 22, /* of it, with HMAC-SHA256 in full */
	R_ESP = 1 << 23,  /* AES-GCM with a tag of 16 bytes, RFC 4106 */
	R_TUNNEL = 1 << 24
};

/* Lengths that are added to a term's own bytes. */
enum terms_per { FIXED, PER_IDENTITY, PER_COOKIE, PER_SEQUENCE, PER_ID, PER_WITH_ID, PER_FILL };

#define AT(place) (1U << (place))
#define HELLOS (AT(BYTES_HELLO) | AT(BYTES_HELLO_2))
#define SERVERS (AT(BYTES_SERVER) | AT(BYTES_RETRY))
#define SERVER AT(BYTES_SERVER)
#define CLIENT AT(BYTES_CLIENT)
#define RECORD AT(BYTES_RECORD)

struct terms_rule {
	unsigned places;
	unsigned all;  /* features that must be there */
	unsigned none; /* ... and must not */
	int bytes;
	const char *what;
	enum terms_per per;
};

/* Hellos and HelloRetryRequest of (D)TLS 1.3. */
static const struct terms_rule rules_hello[] = {
    {HELLOS | SERVERS, DTLS13, 0, 13, "record header", FIXED},
    {HELLOS | SERVERS, TLS13, 0, 5, "record header", FIXED},
    {HELLOS | SERVERS, DTLS13, 0, 12, "handshake header", FIXED},
    {HELLOS | SERVERS, TLS13, 0, 4, "handshake header", FIXED},
    {HELLOS | SERVERS, 0, 0, 2, "version", FIXED},
    {HELLOS | SERVERS, 0, 0, 32, "random", FIXED},
    {HELLOS | SERVERS, 0, 0, 1, "session ID", FIXED},
    {HELLOS, DTLS13, 0, 1, "cookie of DTLS 1.2", FIXED},
    {HELLOS, 0, 0, 4, "cipher suites", FIXED},
    {HELLOS, 0, 0, 2, "compression methods", FIXED},
    {SERVERS, 0, 0, 2, "cipher suite", FIXED},
    {SERVERS, 0, 0, 1, "compression method", FIXED},
    {HELLOS | SERVERS, 0, 0, 2, "length of extensions", FIXED},
    {HELLOS, ECDHE, 0, 8, "supported_groups", FIXED},
    {HELLOS, RPK, 0, 8, "signature_algorithms", FIXED},
    {HELLOS, ECDHE | P256, 0, 75, "key_share P-256", FIXED},
    {HELLOS, ECDHE, P256, 42, "key_share x25519", FIXED},
    {SERVER, ECDHE | P256, 0, 73, "key_share P-256", FIXED},
    {SERVER, ECDHE, P256, 40, "key_share x25519", FIXED},
    {HELLOS, 0, 0, 7, "supported_versions", FIXED},
    {SERVERS, 0, 0, 6, "supported_versions", FIXED},
    {HELLOS, RPK, 0, 6, "client_certificate_type", FIXED},
    {HELLOS, RPK, CACHED_X509, 6, "server_certificate_type", FIXED},
    {HELLOS, CACHED, 0, 39, "cached_info", FIXED},
    {HELLOS | SERVER, CID, 0, 6, "connection_id", FIXED},
    {AT(BYTES_HELLO_2) | AT(BYTES_RETRY), 0, 0, 6, "cookie", PER_COOKIE},
    {HELLOS, PSK, 0, 6, "psk_key_exchange_modes", FIXED},
    {HELLOS, PSK, 0, 47, "pre_shared_key", PER_IDENTITY},
    {SERVER, PSK, 0, 6, "pre_shared_key", FIXED},
};

/* The protected rest of flights #2 and #3. */
static const struct terms_rule rules_protected[] = {
    {SERVER | CLIENT, DTLS13, 0, 2, "record header", FIXED},
    {SERVER | CLIENT, DTLS13 | CID, 0, 1, "connection ID", FIXED},
    {SERVER | CLIENT, TLS13, 0, 5, "record header", FIXED},
    {SERVER, DTLS13, 0, 12, "EncryptedExtensions header", FIXED},
    {SERVER, TLS13, 0, 4, "EncryptedExtensions header", FIXED},
    {SERVER, 0, 0, 2, "length of extensions", FIXED},
    {SERVER, RPK, 0, 6, "client_certificate_type", FIXED},
    {SERVER, RPK, CACHED_X509, 6, "server_certificate_type", FIXED},
    {SERVER, CACHED, 0, 7, "cached_info", FIXED},
    {SERVER, RPK | DTLS13, 0, 12, "CertificateRequest header", FIXED},
    {SERVER, RPK | TLS13, 0, 4, "CertificateRequest header", FIXED},
    {SERVER, RPK, 0, 1, "request context", FIXED},
    {SERVER, RPK, 0, 2, "length of extensions", FIXED},
    {SERVER, RPK, 0, 8, "signature_algorithms", FIXED},
    {SERVER | CLIENT, RPK | DTLS13, 0, 12, "Certificate header", FIXED},
    {SERVER | CLIENT, RPK | TLS13, 0, 4, "Certificate header", FIXED},
    {SERVER | CLIENT, RPK, 0, 1, "request context", FIXED},
    {SERVER | CLIENT, RPK, 0, 3, "length of the list", FIXED},
    {SERVER | CLIENT, RPK, 0, 3, "length of the key", FIXED},
    {SERVER, CACHED, 0, 32, "hash of the key", FIXED},
    {SERVER, RPK | P256, COMPRESSED | CACHED, 91, "P-256 key", FIXED},
    {SERVER, RPK | P256 | COMPRESSED, CACHED, 59, "P-256 key, compressed", FIXED},
    {SERVER, RPK, P256 | CACHED, 44, "ed25519 key", FIXED},
    {CLIENT, RPK | P256, COMPRESSED, 91, "P-256 key", FIXED},
    {CLIENT, RPK | P256 | COMPRESSED, 0, 59, "P-256 key, compressed", FIXED},
    {CLIENT, RPK, P256, 44, "ed25519 key", FIXED},
    {SERVER | CLIENT, RPK, 0, 2, "length of extensions", FIXED},
    {SERVER | CLIENT, RPK | DTLS13, 0, 12, "CertificateVerify header", FIXED},
    {SERVER | CLIENT, RPK | TLS13, 0, 4, "CertificateVerify header", FIXED},
    {SERVER | CLIENT, RPK | P256, 0, 75, "ECDSA signature, mean", FIXED},
    {SERVER | CLIENT, RPK, P256, 68, "ed25519 signature", FIXED},
    {SERVER | CLIENT, DTLS13, 0, 12, "Finished header", FIXED},
    {SERVER | CLIENT, TLS13, 0, 4, "Finished header", FIXED},
    {SERVER | CLIENT, 0, 0, 32, "verify_data", FIXED},
    {SERVER | CLIENT, 0, 0, 1, "record type", FIXED},
    {SERVER | CLIENT, 0, 0, 8, "tag", FIXED},
};

static const struct terms_rule rules_ctls[] = {
    {AT(BYTES_HELLO), 0, 0, 74, "example of appendix A", FIXED},
    {SERVER, 0, 0, 160, "example of appendix A", FIXED},
    {CLIENT, 0, 0, 91, "example of appendix A", FIXED},
    {AT(BYTES_HELLO), PSK, 0, 1, "identity", FIXED},
    {SERVER | CLIENT, PSK, 0, -71, "certificate and signature", FIXED},
    {AT(BYTES_HELLO) | SERVER, ECDHE | P256, 0, 33, "P-256 for x25519", FIXED},
    {SERVER | CLIENT, P256, PSK, 7, "ECDSA for ed25519", FIXED},
    {AT(BYTES_HELLO) | SERVER, 0, ECDHE, -32, "key share", FIXED},
};

static const struct terms_rule rules_edhoc[] = {
    {AT(BYTES_HELLO), 0, 0, 1, "METHOD", FIXED},
    {AT(BYTES_HELLO), 0, 0, 1, "SUITES_I", FIXED},
    {AT(BYTES_HELLO), 0, 0, 34, "G_X", FIXED},
    {AT(BYTES_HELLO), 0, 0, 1, "C_I", FIXED},
    {SERVER, 0, 0, 2, "byte string header", FIXED},
    {CLIENT, 0, SIGNATURE | X5T, 1, "byte string header", FIXED}, /* below 24 bytes */
    {CLIENT, X5T, SIGNATURE, 2, "byte string header", FIXED},
    {CLIENT, SIGNATURE, 0, 2, "byte string header", FIXED},
    {SERVER, 0, 0, 32, "G_Y", FIXED},
    {SERVER | CLIENT, 0, X5T, 1, "ID_CRED, kid", FIXED},
    {SERVER | CLIENT, X5T, 0, 14, "ID_CRED, x5t", FIXED},
    {SERVER | CLIENT, 0, SIGNATURE, 9, "MAC", FIXED},
    {SERVER | CLIENT, SIGNATURE, 0, 66, "signature", FIXED},
    {CLIENT, 0, 0, 8, "tag", FIXED},
    {SERVER, 0, 0, 1, "C_R", FIXED},
};

/* RFC 6347 4.1, RFC 9147 4, RFC 8446 5, RFC 8613 6.1; MQTT-SN v2.0; RFC 4303 2. */
static const struct terms_rule rules_record[] = {
    {RECORD, R_DTLS12, 0, 13, "record header", FIXED},
    {RECORD, R_DTLS12, 0, 0, "connection ID", PER_ID},
    {RECORD, R_DTLS12, 0, 8, "explicit nonce", FIXED},
    {RECORD, R_DTLS12, 0, 0, "type inside", PER_WITH_ID},
    {RECORD, R_DTLS13, 0, 1, "flags", FIXED},
    {RECORD, R_DTLS13, 0, 0, "connection ID", PER_ID},
    {RECORD, R_DTLS13, 0, 1, "sequence number, cut", FIXED},
    {RECORD, R_TLS12, 0, 5, "record header", FIXED},
    {RECORD, R_TLS12, 0, 8, "explicit nonce", FIXED},
    {RECORD, R_TLS13, 0, 5, "record header", FIXED},
    {RECORD, R_DTLS13, 0, 1, "type inside", FIXED},
    {RECORD, R_TLS13, 0, 1, "type inside", FIXED},
    {RECORD, R_OSCORE, 0, 1, "option header", FIXED},
    {RECORD, R_OSCORE | R_REQUEST, 0, 1, "flags", FIXED},
    {RECORD, R_OSCORE | R_REQUEST, 0, 0, "partial IV", PER_SEQUENCE},
    {RECORD, R_GROUP | R_REQUEST, 0, 1, "length of the ID context", FIXED},
    {RECORD, R_OSCORE | R_REQUEST, 0, 0, "sender ID", PER_ID},
    {RECORD, R_OSCORE, 0, 1, "payload marker", FIXED},
    {RECORD, R_OSCORE, 0, 1, "code inside", FIXED},
    {RECORD, R_SN2, 0, 16, "encapsulation header", FIXED},
    {RECORD, R_SN2 | R_HMAC, 0, 32, "HMAC-SHA256", FIXED},
    {RECORD, R_ESP | R_TUNNEL, 0, 20, "outer IP header", FIXED},
    {RECORD, R_ESP, 0, 8, "ESP header", FIXED},
    {RECORD, R_ESP, 0, 8, "IV", FIXED},
    {RECORD, R_ESP, 0, 0, "padding", PER_FILL},
    {RECORD, R_ESP, 0, 2, "pad length, next header", FIXED},
    {RECORD, R_ESP, 0, 16, "tag", FIXED},
    {RECORD, 0, R_HMAC | R_ESP, 8, "tag", FIXED},
};

#define COUNT(rules) (sizeof(rules) / sizeof((rules)[0]))

static const struct terms_group {
	unsigned any; /* of one of these protocols */
	const struct terms_rule *rules;
	size_t count;
} terms_groups[] = {
    {DTLS13 | TLS13, rules_hello, COUNT(rules_hello)},
    {DTLS13 | TLS13, rules_protected, COUNT(rules_protected)},
    {CTLS, rules_ctls, COUNT(rules_ctls)},
    {EDHOC, rules_edhoc, COUNT(rules_edhoc)},
    {R_DTLS12 | R_DTLS13 | R_TLS12 | R_TLS13 | R_OSCORE | R_SN2 | R_ESP, rules_record,
     COUNT(rules_record)},
};

#define D DTLS13
#define T TLS13

static const struct bytes_computed computed[] = {
    {"dtls13-rpk-ecdhe-cid", .features = D | RPK | ECDHE | P256 | CID},
    {"dtls13-crpk-ecdhe-cid", .features = D | RPK | ECDHE | P256 | CID | COMPRESSED},
    {"dtls13-cached-rpk-cid", .features = D | RPK | ECDHE | P256 | CID | CACHED},
    {"dtls13-cached-x509-cid", .features = D | RPK | ECDHE | P256 | CID | CACHED | CACHED_X509},
    {"dtls13-psk-ecdhe-cid", .features = D | PSK | ECDHE | P256 | CID},
    {"dtls13-psk-cid", .features = D | PSK | CID},
    {"edhoc-sign-x5t", .features = EDHOC | SIGNATURE | X5T},
    {"edhoc-sign-kid", .features = EDHOC | SIGNATURE},
    {"edhoc-static-x5t", .features = EDHOC | X5T},
    {"edhoc-static-kid", .features = EDHOC},
    {"dtls13-rpk-ecdhe-p256", .features = D | RPK | ECDHE | P256},
    {"dtls13-psk-ecdhe-p256", .features = D | PSK | ECDHE | P256},
    {"dtls13-psk", .features = D | PSK},
    {"tls13-rpk-ecdhe-p256", .features = T | RPK | ECDHE | P256},
    {"tls13-psk-ecdhe-p256", .features = T | PSK | ECDHE | P256},
    {"tls13-psk", .features = T | PSK},
    {"ctls-x509-ecdhe-p256", .features = CTLS | ECDHE | P256},
    {"ctls-psk-ecdhe-p256", .features = CTLS | PSK | ECDHE | P256},
    {"ctls-psk", .features = CTLS | PSK},
    {"dtls13-rpk-ecdhe-x25519", .features = D | RPK | ECDHE},
    {"dtls13-psk-ecdhe-x25519", .features = D | PSK | ECDHE},
    {"tls13-rpk-ecdhe-x25519", .features = T | RPK | ECDHE},
    {"tls13-psk-ecdhe-x25519", .features = T | PSK | ECDHE},
    {"ctls-x509-ecdhe-x25519", .features = CTLS | ECDHE},
    {"ctls-psk-ecdhe-x25519", .features = CTLS | PSK | ECDHE},
    /* not in the draft */
    {"dtls13-psk-cid-id8", "DTLS 1.3 - PSK, CID", .features = D | PSK | CID, .identity = 8},
    {"dtls13-psk-like", "DTLS 1.3 - PSK", .features = D | PSK, .chosen_identity = true},
    {"dtls13-psk-retry", "DTLS 1.3 - PSK, HRR", .features = D | PSK, .retry = true,
     .chosen_identity = true},
    {"dtls13-psk-ecdhe-retry", "DTLS 1.3 - PSK, ECDHE x25519, HRR", .features = D | PSK | ECDHE,
     .retry = true, .chosen_identity = true},
    /* records */
    {"dtls12-record", .features = R_DTLS12},
    {"dtls13-record", .features = R_DTLS13},
    {"tls12-record", .features = R_TLS12},
    {"tls13-record", .features = R_TLS13},
    {"oscore-request", .features = R_OSCORE | R_REQUEST},
    {"oscore-response", .features = R_OSCORE},
    {"group-oscore-request", .features = R_OSCORE | R_GROUP | R_REQUEST},
    {"group-oscore-response", .features = R_OSCORE | R_GROUP},
    {"mqttsn2-aead", "MQTT-SN v2.0 protection, AES-CCM-64-128", .features = R_SN2},
    {"mqttsn2-hmac", "MQTT-SN v2.0 protection, HMAC-SHA256", .features = R_SN2 | R_HMAC},
    {"esp-transport", "IPsec ESP device to gateway, transport", .features = R_ESP},
    {"esp-tunnel", "IPsec ESP device to cloud, tunnel", .features = R_ESP | R_TUNNEL},
};

const struct bytes_computed *
bytes_computed_at(size_t index)
{
	return index < COUNT(computed) ? &computed[index] : NULL;
}

const struct bytes_computed *
bytes_computed_find(const char *id)
{
	for (size_t i = 0; i < COUNT(computed); i++) {
		if (strcmp(computed[i].id, id) == 0)
			return &computed[i];
	}
	return NULL;
}

static int
rule_bytes(const struct terms_rule *rule, const struct bytes_lengths *lengths)
{
	switch (rule->per) {
	case FIXED:
		break;
	case PER_IDENTITY:
		return rule->bytes + (int)lengths->identity;
	case PER_COOKIE:
		return rule->bytes + (int)lengths->cookie;
	case PER_SEQUENCE:
		return rule->bytes + (int)lengths->sequence;
	case PER_ID:
		return rule->bytes + (int)lengths->id;
	case PER_WITH_ID:
		return rule->bytes + (lengths->id > 0);
	case PER_FILL:
		return rule->bytes + (int)lengths->fill;
	}
	return rule->bytes;
}

size_t
bytes_terms(const struct bytes_computed *row, enum bytes_place place,
	    const struct bytes_lengths *lengths, struct bytes_term terms[BYTES_TERMS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT(terms_groups); i++) {
		const struct terms_group *group = &terms_groups[i];

		if ((row->features & group->any) == 0)
			continue;
		for (size_t j = 0; j < group->count && count < BYTES_TERMS_MAX; j++) {
			const struct terms_rule *rule = &group->rules[j];

			if ((rule->places & AT(place)) != 0 &&
			    (row->features & rule->all) == rule->all &&
			    (row->features & rule->none) == 0 && rule_bytes(rule, lengths) != 0)
				terms[count++] =
				    (struct bytes_term){rule->what, rule_bytes(rule, lengths)};
		}
	}
	return count;
}

int
bytes_terms_sum(const struct bytes_term *terms, size_t count)
{
	int sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += terms[i].bytes;
	return sum;
}
