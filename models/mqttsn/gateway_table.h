/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A hash table of links that live inside their owners: no memory of its own but the buckets, which
 * double as it fills. The gateway finds sessions, topics and filters through it.
 */
#ifndef NBSEC_MODELS_MQTTSN_GATEWAY_TABLE_H
#define NBSEC_MODELS_MQTTSN_GATEWAY_TABLE_H

#include "sim/hash.h"
#include "sim/status.h"

#include <stddef.h>
#include <stdint.h>

/** One element's place; the owner gets back to itself by offsetof. */
struct nbsi_gw_link {
	struct nbsi_gw_link *next;
	uint64_t hash;
};

/** Zeroed = empty. */
struct nbsi_gw_table {
	struct nbsi_gw_link **bucket;
	size_t buckets; /* a power of two */
	size_t count;
};

/** @retval NBS_E_NOMEM  there was no first bucket yet, and none could be had. */
enum nbs_status nbsi_gw_table_add(struct nbsi_gw_table *table, struct nbsi_gw_link *link,
				  uint64_t hash);

/** Takes out a link that is in the table. */
void nbsi_gw_table_remove(struct nbsi_gw_table *table, struct nbsi_gw_link *link);

/** @return the first link with hash; go on with nbsi_gw_table_next(). NULL = no more. */
struct nbsi_gw_link *nbsi_gw_table_first(const struct nbsi_gw_table *table, uint64_t hash);
struct nbsi_gw_link *nbsi_gw_table_next(const struct nbsi_gw_link *link);

/**
 * For emptying a table.
 * @param[in,out] from  bucket to look from, 0 at first; buckets before it are known to be empty.
 * @return some link, still in the table; NULL when there is none.
 */
struct nbsi_gw_link *nbsi_gw_table_any(const struct nbsi_gw_table *table, size_t *from);

/** Frees the buckets, not the elements. */
void nbsi_gw_table_fini(struct nbsi_gw_table *table);

#endif
