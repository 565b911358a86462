/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resumable sessions of a server: the library's four callbacks (RFC 5246 7.3, RFC 5077 3). */
#include "models/dtls/resume.h"

#include <mbedtls/platform_util.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct memory_entry {
	uint8_t key[NBSI_DTLS_RESUME_KEY]; /* first: what the tree compares */
	struct memory_entry *older, *newer;
	uint64_t made_ns;
	uint8_t *identity; /* of the handshake */
	size_t identity_len;
	size_t blob_len; /* 0 = a ticket's: the client keeps the rest */
	uint8_t blob[];  /* the session, serialised */
};

static int
memory_compare(const void *a, const void *b)
{
	return memcmp(a, b, NBSI_DTLS_RESUME_KEY);
}

static struct memory_entry *
memory_find(const struct nbsi_dtls_memory *memory, const uint8_t *key)
{
	struct memory_entry *const *found = tfind(key, &memory->by_key, memory_compare);

	return found == NULL ? NULL : *found;
}

/* The key of a ticket's entry is the start of a master secret, and a blob holds all of one. */
static void
memory_entry_free(struct memory_entry *entry)
{
	free(entry->identity);
	mbedtls_platform_zeroize(entry, sizeof(*entry) + entry->blob_len);
	free(entry);
}

static void
memory_forget(struct nbsi_dtls_memory *memory, struct memory_entry *entry)
{
	(void)tdelete(entry, &memory->by_key, memory_compare);
	if (entry->older != NULL)
		entry->older->newer = entry->newer;
	else
		memory->oldest = entry->newer;
	if (entry->newer != NULL)
		entry->newer->older = entry->older;
	else
		memory->newest = entry->older;
	memory->count--;
	memory_entry_free(entry);
}

/* Makes room: what has expired, and the oldest at the limit. */
static void
memory_age(struct nbsi_dtls_memory *memory)
{
	uint64_t now = nbs_now(memory->engine);

	while (memory->oldest != NULL && (memory->count >= memory->limit ||
					  now - memory->oldest->made_ns >= memory->lifetime_ns))
		memory_forget(memory, memory->oldest);
}

/* Of the handshake at work, which has made this session. */
static struct memory_entry *
memory_entry_new(const struct nbsi_dtls_memory *memory, const mbedtls_ssl_session *made,
		 size_t blob_len)
{
	struct nbs_dtls_session *session = *memory->at_work;
	struct memory_entry *entry = calloc(1, sizeof(*entry) + blob_len);

	if (entry == NULL)
		return NULL;
	nbsi_dtls_session_settle(session, made);
	entry->blob_len = blob_len;
	if (session->identity_len == 0)
		return entry;
	entry->identity = malloc(session->identity_len);
	if (entry->identity == NULL) {
		memory_entry_free(entry);
		return NULL;
	}
	memcpy(entry->identity, session->identity, session->identity_len);
	entry->identity_len = session->identity_len;
	return entry;
}

/* Takes the entry over. A key that is there already, by chance or by a repeat, is replaced. */
static int
memory_put(struct nbsi_dtls_memory *memory, struct memory_entry *entry)
{
	struct memory_entry *there = memory_find(memory, entry->key);

	if (there != NULL)
		memory_forget(memory, there);
	memory_age(memory);
	if (tsearch(entry, &memory->by_key, memory_compare) == NULL) {
		memory_entry_free(entry);
		return -1;
	}
	entry->made_ns = nbs_now(memory->engine);
	entry->older = memory->newest;
	if (memory->newest != NULL)
		memory->newest->newer = entry;
	else
		memory->oldest = entry;
	memory->newest = entry;
	memory->count++;
	return 0;
}

/* @return what is remembered under a key and has not expired; NULL = nothing. */
static struct memory_entry *
memory_recall(const struct nbsi_dtls_memory *memory, const uint8_t *key)
{
	struct memory_entry *entry = memory_find(memory, key);

	if (*memory->at_work == NULL || entry == NULL ||
	    nbs_now(memory->engine) - entry->made_ns >= memory->lifetime_ns)
		return NULL;
	return entry;
}

/* The handshake at work is offered what an earlier one proved, whose it was included. */
static int
memory_offer(struct nbsi_dtls_memory *memory, const struct memory_entry *entry,
	     const mbedtls_ssl_session *session)
{
	return nbsi_dtls_session_resume(*memory->at_work, session, entry->identity,
					entry->identity_len) == NBS_OK
		   ? 0
		   : -1;
}

/* ---- by session ID ---- */

static int
memory_set_cache(void *arg, const unsigned char *id, size_t id_len,
		 const mbedtls_ssl_session *session)
{
	struct nbsi_dtls_memory *memory = arg;
	struct memory_entry *entry;
	size_t len = 0;

	(void)mbedtls_ssl_session_save(session, NULL, 0, &len);
	if (*memory->at_work == NULL || len == 0 || id_len > NBSI_DTLS_RESUME_KEY)
		return -1;
	entry = memory_entry_new(memory, session, len);
	if (entry == NULL)
		return -1;
	memcpy(entry->key, id, id_len);
	if (mbedtls_ssl_session_save(session, entry->blob, len, &len) != 0) {
		memory_entry_free(entry);
		return -1;
	}
	return memory_put(memory, entry);
}

static int
memory_get_cache(void *arg, const unsigned char *id, size_t id_len, mbedtls_ssl_session *session)
{
	struct nbsi_dtls_memory *memory = arg;
	uint8_t key[NBSI_DTLS_RESUME_KEY] = {0};
	const struct memory_entry *entry;

	if (id_len > sizeof(key))
		return -1;
	memcpy(key, id, id_len);
	entry = memory_recall(memory, key);
	if (entry == NULL || entry->blob_len == 0 ||
	    mbedtls_ssl_session_load(session, entry->blob, entry->blob_len) != 0)
		return -1;
	return memory_offer(memory, entry, session);
}

/* ---- with tickets ---- */

/* A ticket shows its keeper nothing; who made the secret inside is remembered by the secret. */
static const uint8_t *
memory_ticket_key(const mbedtls_ssl_session *session)
{
	return session->MBEDTLS_PRIVATE(master);
}

static int
memory_ticket_write(void *arg, const mbedtls_ssl_session *session, unsigned char *start,
		    const unsigned char *end, size_t *len, uint32_t *lifetime_s)
{
	struct nbsi_dtls_memory *memory = arg;
	int result =
	    mbedtls_ssl_ticket_write(&memory->ticket, session, start, end, len, lifetime_s);
	struct memory_entry *entry;

	if (result != 0 || *memory->at_work == NULL)
		return result;
	entry = memory_entry_new(memory, session, 0);
	if (entry == NULL)
		return MBEDTLS_ERR_SSL_ALLOC_FAILED;
	memcpy(entry->key, memory_ticket_key(session), sizeof(entry->key));
	return memory_put(memory, entry);
}

static int
memory_ticket_parse(void *arg, mbedtls_ssl_session *session, unsigned char *ticket, size_t len)
{
	struct nbsi_dtls_memory *memory = arg;
	const struct memory_entry *entry;
	int result = mbedtls_ssl_ticket_parse(&memory->ticket, session, ticket, len);

	if (result != 0)
		return result;
	entry = memory_recall(memory, memory_ticket_key(session));
	return entry != NULL ? memory_offer(memory, entry, session) : -1;
}

/* ---- life ---- */

enum nbs_status
nbsi_dtls_memory_init(struct nbsi_dtls_memory *memory, struct nbs_engine *engine,
		      struct nbsi_dtls_settings *settings, size_t limit, uint64_t lifetime_ns,
		      bool tickets, struct nbs_dtls_session **at_work)
{
	memset(memory, 0, sizeof(*memory));
	mbedtls_ssl_ticket_init(&memory->ticket);
	if (limit == 0)
		return NBS_OK;
	memory->engine = engine;
	memory->limit = limit;
	memory->lifetime_ns = lifetime_ns;
	memory->at_work = at_work;
	mbedtls_ssl_conf_session_cache(&settings->conf, memory, memory_get_cache, memory_set_cache);
	if (!tickets)
		return NBS_OK;
	memory->has_tickets = true;
	if (mbedtls_ssl_ticket_setup(&memory->ticket, nbsi_dtls_random, settings->rng,
				     MBEDTLS_CIPHER_AES_256_GCM,
				     (uint32_t)(lifetime_ns / NBS_NS_PER_S)) != 0)
		return NBS_E_NOMEM;
	mbedtls_ssl_conf_session_tickets(&settings->conf, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
	mbedtls_ssl_conf_session_tickets_cb(&settings->conf, memory_ticket_write,
					    memory_ticket_parse, memory);
	return NBS_OK;
}

void
nbsi_dtls_memory_fini(struct nbsi_dtls_memory *memory)
{
	while (memory->oldest != NULL)
		memory_forget(memory, memory->oldest);
	if (memory->has_tickets)
		mbedtls_ssl_ticket_free(&memory->ticket);
	memory->has_tickets = false;
}
