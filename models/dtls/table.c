/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chained hash table of sessions, doubled when there is a node a bucket. */
#include "models/dtls/table.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS_MIN 64U /* buckets of the first node's table */

/* Fibonacci hashing (Knuth, TAOCP 3, 6.4): fleets have neighbouring addresses, equal ports. */
static size_t
table_bucket(size_t bucket_count, uint64_t key)
{
	return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (bucket_count - 1);
}

static void
table_hang(struct nbsi_dtls_node **buckets, size_t bucket_count, struct nbsi_dtls_node *node)
{
	struct nbsi_dtls_node **head = &buckets[table_bucket(bucket_count, node->key)];

	node->next = *head;
	*head = node;
}

enum nbs_status
nbsi_dtls_table_reserve(struct nbsi_dtls_table *table)
{
	size_t count = table->bucket_count == 0 ? BUCKETS_MIN : 2 * table->bucket_count;
	struct nbsi_dtls_node **buckets;

	if (table->count < table->bucket_count)
		return NBS_OK;
	buckets = calloc(count, sizeof(struct nbsi_dtls_node *));
	if (buckets == NULL)
		return NBS_E_NOMEM;
	for (size_t i = 0; i < table->bucket_count; i++) {
		for (struct nbsi_dtls_node *node = table->buckets[i]; node != NULL;) {
			struct nbsi_dtls_node *next = node->next;

			table_hang(buckets, count, node);
			node = next;
		}
	}
	free(table->buckets);
	table->buckets = buckets;
	table->bucket_count = count;
	return NBS_OK;
}

void
nbsi_dtls_table_add(struct nbsi_dtls_table *table, struct nbsi_dtls_node *node,
		    struct nbs_dtls_session *session, uint64_t key)
{
	node->session = session;
	node->key = key;
	table_hang(table->buckets, table->bucket_count, node);
	table->count++;
}

void
nbsi_dtls_table_remove(struct nbsi_dtls_table *table, struct nbsi_dtls_node *node)
{
	struct nbsi_dtls_node **at;

	if (node->session == NULL)
		return;
	at = &table->buckets[table_bucket(table->bucket_count, node->key)];
	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	memset(node, 0, sizeof(*node));
	table->count--;
}

static struct nbsi_dtls_node *
table_skip(struct nbsi_dtls_node *node, uint64_t key)
{
	while (node != NULL && node->key != key)
		node = node->next;
	return node;
}

struct nbsi_dtls_node *
nbsi_dtls_table_first(const struct nbsi_dtls_table *table, uint64_t key)
{
	if (table->bucket_count == 0)
		return NULL;
	return table_skip(table->buckets[table_bucket(table->bucket_count, key)], key);
}

struct nbsi_dtls_node *
nbsi_dtls_table_next(const struct nbsi_dtls_node *node)
{
	return table_skip(node->next, node->key);
}

void
nbsi_dtls_table_fini(struct nbsi_dtls_table *table)
{
	free(table->buckets);
	memset(table, 0, sizeof(*table));
}
