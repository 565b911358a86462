/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares networks field by field, as the table of the language names the fields: the bytes
 * between them mean nothing.
 */
#include "scenarios/network_like.h"

#include "scenarios/schema.h"

#include <stdlib.h>
#include <string.h>

struct likeness {
	const char *a, *b;                         /* two scenarios: offsets count from there */
	bool counted[sizeof(struct nbs_scenario)]; /* fields that two keys fill count once */
	unsigned changes;
};

static void
compare_field(struct likeness *like, size_t at, size_t size)
{
	if (size == 0 || like->counted[at])
		return;
	like->counted[at] = true;
	like->changes += memcmp(like->a + at, like->b + at, size) != 0;
}

static void compare_keys(struct likeness *like, const struct nbsi_key *keys, size_t base);

static void
compare_items(struct likeness *like, const struct nbsi_key *key, size_t base)
{
	if (key->count_offset != 0)
		compare_field(like, base + key->count_offset, sizeof(uint32_t));
	for (size_t i = 0; i < key->max_items; i++)
		compare_keys(like, key->keys, base + key->offset + i * key->item_size);
}

static void
compare_keys(struct likeness *like, const struct nbsi_key *keys, size_t base)
{
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		size_t fields = key->type == NBSI_DURATIONS ? key->max_items : 1;
		bool kind = key->type >= NBSI_DIST && key->type <= NBSI_WHOLE_DIST;

		if (key->type == NBSI_ITEMS) {
			compare_items(like, key, base);
			continue;
		}
		if (key->flag != 0)
			compare_field(like, base + key->flag, kind ? sizeof(int) : sizeof(bool));
		for (size_t i = 0; i < fields; i++)
			compare_field(like, base + key->offset + i * key->size, key->size);
		if (key->keys != NULL)
			compare_keys(like, key->keys, base);
	}
}

/* Values in which two networks differ. */
static unsigned
count_changes(const struct nbs_scenario *a, const struct nbs_scenario *b)
{
	struct likeness like = {.a = (const char *)a, .b = (const char *)b};

	compare_keys(&like, nbsi_schema_network(), 0);
	return like.changes;
}

enum nbs_status
nbsi_network_like(const struct nbs_scenario *scenario, const char **name, unsigned *changes)
{
	struct nbs_scenario *other = calloc(1, sizeof(*other));
	const char *shipped;

	if (other == NULL)
		return NBS_E_NOMEM;
	*name = "";
	*changes = 0;
	for (size_t i = 0; (shipped = nbs_network_name(i)) != NULL; i++) {
		struct nbs_network_file *file = NULL;
		enum nbs_status status = nbs_network_file_load(shipped, NULL, &file);
		unsigned count;

		if (status != NBS_OK) {
			free(other);
			return status;
		}
		other->network = file->config;
		count = count_changes(scenario, other);
		if (i == 0 || count < *changes) {
			*name = shipped;
			*changes = count;
		}
		nbs_network_file_free(file);
	}
	free(other);
	return NBS_OK;
}
