/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chained hash table of intrusive links; the hashes are FNV-1a (sim/hash.h). */
#include "models/mqttsn/gateway_table.h"

#include <stdlib.h>

#define BUCKETS_FIRST 16U

static struct nbsi_gw_link **
table_bucket(const struct nbsi_gw_table *table, uint64_t hash)
{
	/* The low bits of FNV-1a are its weak ones. */
	return &table->bucket[(hash ^ hash >> 32) & (table->buckets - 1)];
}

static void
table_push(const struct nbsi_gw_table *table, struct nbsi_gw_link *link)
{
	struct nbsi_gw_link **head = table_bucket(table, link->hash);

	link->next = *head;
	*head = link;
}

static enum nbs_status
table_grow(struct nbsi_gw_table *table)
{
	struct nbsi_gw_table wide = {NULL, table->buckets > 0 ? table->buckets * 2 : BUCKETS_FIRST,
				     table->count};
	struct nbsi_gw_link *link;

	wide.bucket = calloc(wide.buckets, sizeof *wide.bucket);
	if (wide.bucket == NULL)
		return table->buckets > 0 ? NBS_OK : NBS_E_NOMEM; /* fuller is only slower */
	for (size_t i = 0; i < table->buckets; i++) {
		while ((link = table->bucket[i]) != NULL) {
			table->bucket[i] = link->next;
			table_push(&wide, link);
		}
	}
	free(table->bucket);
	*table = wide;
	return NBS_OK;
}

enum nbs_status
nbsi_gw_table_add(struct nbsi_gw_table *table, struct nbsi_gw_link *link, uint64_t hash)
{
	if (table->count >= table->buckets && table_grow(table) != NBS_OK)
		return NBS_E_NOMEM;
	link->hash = hash;
	table_push(table, link);
	table->count++;
	return NBS_OK;
}

void
nbsi_gw_table_remove(struct nbsi_gw_table *table, struct nbsi_gw_link *link)
{
	struct nbsi_gw_link **at = table_bucket(table, link->hash);

	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	link->next = NULL;
	table->count--;
}

struct nbsi_gw_link *
nbsi_gw_table_first(const struct nbsi_gw_table *table, uint64_t hash)
{
	struct nbsi_gw_link *link;

	if (table->buckets == 0)
		return NULL;
	link = *table_bucket(table, hash);
	while (link != NULL && link->hash != hash)
		link = link->next;
	return link;
}

struct nbsi_gw_link *
nbsi_gw_table_next(const struct nbsi_gw_link *link)
{
	struct nbsi_gw_link *next = link->next;

	while (next != NULL && next->hash != link->hash)
		next = next->next;
	return next;
}

struct nbsi_gw_link *
nbsi_gw_table_any(const struct nbsi_gw_table *table, size_t *from)
{
	for (; *from < table->buckets; (*from)++) {
		if (table->bucket[*from] != NULL)
			return table->bucket[*from];
	}
	return NULL;
}

void
nbsi_gw_table_fini(struct nbsi_gw_table *table)
{
	free(table->bucket);
	*table = (struct nbsi_gw_table){0};
}
