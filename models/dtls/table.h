/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A chained hash table whose nodes live in the sessions: nothing is allocated but its buckets.
 */
#ifndef NBSEC_MODELS_DTLS_TABLE_H
#define NBSEC_MODELS_DTLS_TABLE_H

#include "sim/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nbs_dtls_session;

/** A session's place in a table; zero = in none. */
struct nbsi_dtls_node {
	struct nbsi_dtls_node *next;      /* in the bucket */
	struct nbs_dtls_session *session; /* whose it is; NULL = in no table */
	uint64_t key;                     /* a number, or the hash of a longer key */
};

/** Zero = empty. */
struct nbsi_dtls_table {
	struct nbsi_dtls_node **buckets;
	size_t bucket_count; /* power of two; 0 before the first node */
	size_t count;
};

/** Makes sure that the next addition has room. */
enum nbs_status nbsi_dtls_table_reserve(struct nbsi_dtls_table *table);

/** Adds a node that is in no table, after nbsi_dtls_table_reserve(). */
void nbsi_dtls_table_add(struct nbsi_dtls_table *table, struct nbsi_dtls_node *node,
			 struct nbs_dtls_session *session, uint64_t key);

/** Takes a node out, if it is in. */
void nbsi_dtls_table_remove(struct nbsi_dtls_table *table, struct nbsi_dtls_node *node);

/** @return the first node of a key, or NULL; the next one after a node. */
struct nbsi_dtls_node *nbsi_dtls_table_first(const struct nbsi_dtls_table *table, uint64_t key);
struct nbsi_dtls_node *nbsi_dtls_table_next(const struct nbsi_dtls_node *node);

/** Frees the buckets; the nodes stay their owners'. */
void nbsi_dtls_table_fini(struct nbsi_dtls_table *table);

#endif
