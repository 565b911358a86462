/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the serialised associations of mbedTLS 3.6: DTLS 1.2 (RFC 6347), IDs of RFC 9146. */
#include "models/dtls/serial.h"

#include "models/dtls/dtls.h"

#include <mbedtls/ssl.h>

#define SERIAL_HEADER 8U      /* bytes: version of the library, what is compiled into it */
#define SERIAL_SESSION_ID 32U /* bytes kept, whatever the ID's length */
#define SERIAL_MASTER 48U
#define SERIAL_RANDOMS 64U
#define SERIAL_TIME 8U
#define SERIAL_MFL_MAX 4U   /* RFC 6066 4: codes 1 to 4, 0 = none */
#define SERIAL_MINOR 3U     /* DTLS 1.2 is 3.3 inside the library */
#define SERIAL_EPOCH 1U     /* RFC 6347 4.1: that of the first keys; there are no others */
#define SERIAL_SEQ_BITS 48U /* RFC 6347 4.1 */

/* What is left to be read. */
struct serial {
	const uint8_t *at;
	size_t left;
	bool failed; /* something was not there, or not allowed */
};

static const uint8_t *
serial_take(struct serial *serial, size_t len)
{
	const uint8_t *at = serial->at;

	if (len > serial->left) {
		serial->failed = true;
		serial->left = 0;
		return NULL;
	}
	serial->at += len;
	serial->left -= len;
	return at;
}

/* Big endian; 0 behind the end. */
static uint64_t
serial_number(struct serial *serial, size_t len)
{
	const uint8_t *at = serial_take(serial, len);
	uint64_t number = 0;

	for (size_t i = 0; at != NULL && i < len; i++)
		number = number << 8 | at[i];
	return number;
}

static void
serial_expect(struct serial *serial, bool holds)
{
	if (!holds)
		serial->failed = true;
}

/* A length of some bytes, and as many bytes as it says. */
static size_t
serial_skip_counted(struct serial *serial, size_t len)
{
	size_t counted = (size_t)serial_number(serial, len);

	(void)serial_take(serial, counted);
	return counted;
}

/* One of the endpoint's, and AEAD: the library serialises no other. */
static bool
serial_suite_fits(int suite, const struct nbsi_dtls_serial_rules *rules)
{
	const mbedtls_ssl_ciphersuite_t *info = mbedtls_ssl_ciphersuite_from_id(suite);
	const mbedtls_cipher_info_t *cipher;
	const int *at = rules->suites;

	while (*at != 0 && *at != suite)
		at++;
	if (*at == 0 || info == NULL)
		return false;
	cipher =
	    mbedtls_cipher_info_from_type((mbedtls_cipher_type_t)info->MBEDTLS_PRIVATE(cipher));
	return cipher != NULL && mbedtls_cipher_info_get_mode(cipher) != MBEDTLS_MODE_CBC;
}

static void
serial_read_session(struct serial *session, const struct nbsi_dtls_serial_rules *rules)
{
	serial_expect(session, serial_number(session, 1) == SERIAL_MINOR);
	serial_expect(session, (int)serial_number(session, 1) == rules->endpoint);
	serial_expect(session, serial_suite_fits((int)serial_number(session, 2), rules));
	(void)serial_take(session, SERIAL_TIME); /* when it began */
	serial_expect(session, serial_number(session, 1) <= SERIAL_SESSION_ID);
	(void)serial_take(session, SERIAL_SESSION_ID + SERIAL_MASTER);
	(void)serial_take(session, 4);         /* what the check of a certificate came to */
	(void)serial_skip_counted(session, 3); /* the peer's certificate; the library parses it */
	if (rules->endpoint == MBEDTLS_SSL_IS_CLIENT) {
		(void)serial_skip_counted(session, 3); /* ticket ... */
		(void)serial_take(session, 4);         /* ... and its life */
	} else {
		(void)serial_take(session, SERIAL_TIME); /* when the ticket was made */
	}
	serial_expect(session, serial_number(session, 1) <= SERIAL_MFL_MAX);
	serial_expect(session, serial_number(session, 1) <= 1); /* encrypt-then-MAC */
	serial_expect(session, session->left == 0);
}

/* The own ID and the peer's; an empty one may be one or none. */
static void
serial_read_cids(struct serial *serial, const struct nbsi_dtls_serial_rules *rules)
{
	const size_t own = serial_skip_counted(serial, 1);
	const size_t peers = serial_skip_counted(serial, 1);

	serial_expect(serial, own == 0 || (rules->cid && own == rules->cid_len));
	serial_expect(serial, peers == 0 || (rules->cid && peers <= NBS_DTLS_CID_MAX));
}

bool
nbsi_dtls_serial_is_valid(const uint8_t *data, size_t len,
			  const struct nbsi_dtls_serial_rules *rules)
{
	struct serial serial = {data, len, false};
	struct serial session = {NULL, 0, false};

	(void)serial_take(&serial, SERIAL_HEADER);
	session.left = (size_t)serial_number(&serial, 4);
	session.at = serial_take(&serial, session.left);
	if (session.at == NULL)
		return false;
	serial_read_session(&session, rules);
	(void)serial_take(&serial, SERIAL_RANDOMS);
	serial_read_cids(&serial, rules);
	(void)serial_take(&serial, 4); /* forged records seen */
	serial_expect(&serial, serial_number(&serial, 8) >> SERIAL_SEQ_BITS == 0); /* newest in */
	(void)serial_take(&serial, 8);                          /* replay window below it */
	serial_expect(&serial, serial_number(&serial, 1) <= 1); /* several records a datagram */
	serial_expect(&serial,
		      serial_number(&serial, 2) == SERIAL_EPOCH); /* of what goes out ... */
	(void)serial_take(&serial, SERIAL_SEQ_BITS / 8);          /* ... and its number */
	(void)serial_take(&serial, 2);                            /* MTU */
	return !session.failed && !serial.failed && serial.left == 0;
}
