/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats key log lines: draft-ietf-tls-keylogfile 2.2, the label of TLS 1.2 and DTLS 1.2. */
#include "models/dtls/keylog.h"

#include <string.h>

static char *
keylog_hex(char *out, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 0xf];
	}
	return out;
}

void
nbsi_dtls_keylog_format(const uint8_t random[NBSI_DTLS_RANDOM],
			const uint8_t master[NBSI_DTLS_MASTER], char text[NBSI_DTLS_KEYLOG_LINE])
{
	static const char label[] = "CLIENT_RANDOM ";
	char *out = text;

	memcpy(out, label, sizeof(label) - 1);
	out = keylog_hex(out + sizeof(label) - 1, random, NBSI_DTLS_RANDOM);
	*out++ = ' ';
	out = keylog_hex(out, master, NBSI_DTLS_MASTER);
	*out = '\0';
}
