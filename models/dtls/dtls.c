/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of reasons and suites. Numbers: RFC 6655 3, RFC 5487 3, RFC 7905 2, RFC 5489 3, RFC
 * 7251 2, RFC 5289 3.2. */
#include "models/dtls/dtls.h"

#include <mbedtls/error.h>
#include <string.h>

static const char *const reason_names[NBS_DTLS_REASON__COUNT] = {
    [NBS_DTLS_PEER_CLOSE] = "peer closed",
    [NBS_DTLS_ALERT] = "fatal alert",
    [NBS_DTLS_TIMEOUT] = "timed out",
    [NBS_DTLS_ERROR] = "protocol error",
    [NBS_DTLS_REPLACED] = "replaced by a new handshake",
    [NBS_DTLS_EVICTED] = "evicted at the session limit",
    [NBS_DTLS_NOT_DTLS] = "not DTLS",
    [NBS_DTLS_NO_SESSION] = "no session",
    [NBS_DTLS_BAD_HELLO] = "ClientHello refused",
    [NBS_DTLS_UNKNOWN_IDENTITY] = "unknown PSK identity",
    [NBS_DTLS_BAD_MAC] = "not authentic",
    [NBS_DTLS_REPLAY] = "replayed",
    [NBS_DTLS_BUSY] = "too many handshakes",
    [NBS_DTLS_FULL] = "no room for a session",
    [NBS_DTLS_CERTIFICATE] = "certificate refused",
};

static const struct nbs_dtls_suite suites[] = {
    {"psk-aes128-ccm8", NBS_DTLS_PSK_AES_128_CCM_8, false, 29, .nonce_bytes = 8, .tag_bytes = 8},
    {"psk-aes128-ccm", 0xC0A4, false, 37, .nonce_bytes = 8, .tag_bytes = 16},
    {"psk-aes256-ccm8", 0xC0A9, false, 29, .nonce_bytes = 8, .tag_bytes = 8},
    {"psk-aes128-gcm", 0x00A8, false, 37, .nonce_bytes = 8, .tag_bytes = 16},
    {"psk-aes128-cbc-sha256", 0x00AE, false, 71, .nonce_bytes = 16, .tag_bytes = 32,
     .block_bytes = 16},
    {"psk-chacha20-poly1305", 0xCCAB, false, 29, .tag_bytes = 16},
    {"ecdhe-psk-aes128-cbc-sha256", 0xC037, true, 71, .nonce_bytes = 16, .tag_bytes = 32,
     .block_bytes = 16},
    {"ecdhe-psk-chacha20-poly1305", 0xCCAC, true, 29, .tag_bytes = 16},
    {"psk-aes256-ccm", 0xC0A5, false, 37, .nonce_bytes = 8, .tag_bytes = 16},
    {"psk-aes256-gcm", 0x00A9, false, 37, .nonce_bytes = 8, .tag_bytes = 16},
    {"psk-aes256-cbc-sha384", 0x00AF, false, 87, .nonce_bytes = 16, .tag_bytes = 48,
     .block_bytes = 16},
    {"ecdhe-ecdsa-aes128-ccm8", 0xC0AE, true, 29, .nonce_bytes = 8, .tag_bytes = 8},
    {"ecdhe-ecdsa-aes128-gcm", 0xC02B, true, 37, .nonce_bytes = 8, .tag_bytes = 16},
};

const struct nbs_dtls_suite *
nbs_dtls_suite_at(size_t index)
{
	return index < sizeof(suites) / sizeof(suites[0]) ? &suites[index] : NULL;
}

const struct nbs_dtls_suite *
nbs_dtls_suite_find(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof(suites) / sizeof(suites[0]); i++) {
		if (strcmp(suites[i].name, name) == 0)
			return &suites[i];
	}
	return NULL;
}

const char *
nbs_dtls_reason_str(enum nbs_dtls_reason reason)
{
	if ((unsigned)reason >= NBS_DTLS_REASON__COUNT || reason_names[reason] == NULL)
		return "unknown reason";
	return reason_names[reason];
}

void
nbs_dtls_error_str(int mbedtls_error, char *text, size_t size)
{
	if (text != NULL)
		mbedtls_strerror(mbedtls_error, text, size);
}

const char *
nbs_dtls_alert_str(uint8_t description)
{
	static const struct {
		uint8_t description;
		const char *name;
	} alerts[] = {
	    {10, "unexpected_message"},
	    {20, "bad_record_mac"},
	    {22, "record_overflow"},
	    {40, "handshake_failure"},
	    {42, "bad_certificate"},
	    {43, "unsupported_certificate"},
	    {44, "certificate_revoked"},
	    {45, "certificate_expired"},
	    {46, "certificate_unknown"},
	    {47, "illegal_parameter"},
	    {48, "unknown_ca"},
	    {49, "access_denied"},
	    {50, "decode_error"},
	    {51, "decrypt_error"},
	    {70, "protocol_version"},
	    {71, "insufficient_security"},
	    {80, "internal_error"},
	    {90, "user_canceled"},
	    {100, "no_renegotiation"},
	    {110, "unsupported_extension"},
	    {115, "unknown_psk_identity"},
	};

	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++) {
		if (alerts[i].description == description)
			return alerts[i].name;
	}
	return "unknown alert";
}
