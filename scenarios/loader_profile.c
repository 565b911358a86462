/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads device profiles: by their tables, then what a table cannot say of one value alone: power
 * to current, ranges behind that, a spread where none is given. No clause: the form is ours.
 */
#include "scenarios/profiles.h"
#include "scenarios/shelf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FLEETS "fleets"
#define NONE "none"

static struct nbs_value *
value_at(const struct nbsi_key *key, void *base)
{
	return (struct nbs_value *)((char *)base + key->offset);
}

static const struct nbsi_node *
get(const struct nbsi_node *map, const char *name)
{
	return nbsi_node_get(map, name, strlen(name));
}

/* ---- one value ---- */

/* Not a number is a value that is missing or was refused: conditions pass it over. */
static void
blank(const struct nbsi_key *keys, void *base)
{
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		if (key->type == NBSI_VALUE)
			value_at(key, base)->value = NAN;
		else if (key->keys != NULL && key->type != NBSI_ITEMS)
			blank(key->keys, base);
	}
}

static bool
is_one_of_two(struct nbsi_loader *loader, const struct nbsi_node *map)
{
	bool current = get(map, "current") != NULL, power = get(map, "power") != NULL;
	if (current != power)
		return true;
	nbsi_error(&loader->report, nbsi_node_place(map), loader->path,
		   current ? "found `current` and `power`, expected one of them"
			   : "found neither `current` nor `power`, expected one of them");
	return false;
}

void
nbsi_load_quantity(struct nbsi_loader *loader, const struct nbsi_key *key,
		   const struct nbsi_node *node, void *base)
{
	struct nbs_value *value = value_at(key, base);
	unsigned before = loader->report.errors;
	if (node->kind != NBSI_NODE_MAP) {
		nbsi_load_refuse(loader, key, node, NULL);
		return;
	}
	nbsi_load_map(loader, key->keys, node, value);
	if (loader->report.errors == before && key->unit == NBSI_MA)
		(void)is_one_of_two(loader, node);
	if (loader->report.errors > before)
		value->value = NAN;
}

/* The range holds for the current, however it was given. */
static void
check_range(struct nbsi_loader *loader, const struct nbsi_key *range, const struct nbsi_node *map,
	    struct nbs_value *value)
{
	char found[48], expected[96];
	if (!(value->value < range->min || value->value > range->max))
		return;
	nbsi_format_number(found, sizeof(found), range->unit, value->value);
	value->value = NAN;
	nbsi_schema_range(range, expected, sizeof(expected));
	nbsi_error(&loader->report, nbsi_node_place(map), loader->path, "found %s%s, expected %s",
		   found, get(map, "power") != NULL ? " (power over supply voltage)" : "",
		   expected);
}

static void
finish_value(struct nbsi_loader *loader, const struct nbsi_key *range, const struct nbsi_node *map,
	     struct nbs_value *value, const struct nbs_value *supply)
{
	if (get(map, "power") != NULL)
		value->value /= supply->value;
	if (get(map, "spread") == NULL)
		value->spread = nbs_tag_spread(value->tag);
	check_range(loader, range, map, value);
}

/* As deep as the table, two levels; the supply comes first in it. */
static void
finish_values(struct nbsi_loader *loader, const struct nbsi_key *keys, const struct nbsi_node *map,
	      void *base, const struct nbs_value *supply)
{
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		const struct nbsi_node *node = get(map, key->name);
		if (node == NULL || node->kind != NBSI_NODE_MAP)
			continue;
		size_t before = nbsi_path_push(loader, key->name, strlen(key->name));
		if (key->type == NBSI_VALUE)
			finish_value(loader, key, node, value_at(key, base), supply);
		else if (key->keys != NULL && key->type != NBSI_ITEMS)
			finish_values(loader, key->keys, node, base, supply);
		nbsi_path_pop(loader, before);
	}
}

/* ---- a profile ---- */

/* Points of the transmit curve are values without a key of their own. */
static void
finish_tx(struct nbsi_loader *loader, struct nbs_modem *modem, const struct nbsi_node *list)
{
	const struct nbsi_key *key = nbsi_schema_find(nbsi_schema_modem(), "tx", 2);
	const struct nbsi_key *range = nbsi_schema_find(key->keys, "current", 7);
	size_t before = nbsi_path_push(loader, "tx", 2);
	const struct nbsi_node *item = list->first;
	for (uint32_t i = 0; i < modem->tx_points; i++, item = item->next) {
		char number[16];
		int len = snprintf(number, sizeof(number), "%u", (unsigned)i);
		size_t inside = nbsi_path_push(loader, number, (size_t)len);
		struct nbs_value *value = &modem->tx[i].current_ma;
		if (item->kind != NBSI_NODE_MAP || !is_one_of_two(loader, item))
			value->value = NAN;
		else
			finish_value(loader, range, item, value, &modem->supply_v);
		nbsi_path_pop(loader, inside);
	}
	nbsi_path_pop(loader, before);
}

static void
read_modem(struct nbsi_loader *loader, const struct nbsi_node *map, void *profile)
{
	struct nbs_modem *modem = profile;
	blank(nbsi_schema_modem(), modem);
	for (size_t i = 0; i < NBS_MODEM_TX_POINTS; i++)
		modem->tx[i].dbm = modem->tx[i].current_ma.value = NAN;
	nbsi_load_map(loader, nbsi_schema_modem(), map, modem);
	finish_values(loader, nbsi_schema_modem(), map, modem, &modem->supply_v);
	const struct nbsi_node *tx = get(map, "tx");
	if (tx != NULL && tx->kind == NBSI_NODE_SEQ)
		finish_tx(loader, modem, tx);
	nbsi_check_modem(loader, modem, map);
}

static void
read_mcu(struct nbsi_loader *loader, const struct nbsi_node *map, void *profile)
{
	struct nbs_mcu *mcu = profile;
	blank(nbsi_schema_mcu(), mcu);
	nbsi_load_map(loader, nbsi_schema_mcu(), map, mcu);
	finish_values(loader, nbsi_schema_mcu(), map, mcu, &mcu->supply_v);
	nbsi_check_mcu(loader, mcu, map);
	if (mcu->no_hardware)
		mcu->hardware = (struct nbs_mcu_crypto){0};
}

/* What is different between the kinds of profiles. */
struct kind {
	const struct nbsi_shelf *shelf;
	size_t size;
	void (*read)(struct nbsi_loader *loader, const struct nbsi_node *map, void *profile);
};
static const struct kind modem_kind = {&nbsi_modems, sizeof(struct nbs_modem), read_modem};
static const struct kind mcu_kind = {&nbsi_mcus, sizeof(struct nbs_mcu), read_mcu};

/* A shipped profile that was read already. */
struct nbsi_loaded {
	const struct kind *kind;
	struct nbsi_loaded *next;
	void *profile;               /* on the heap */
	char base[NBS_NAME_MAX + 1]; /* as scenarios name it */
};

void
nbsi_loaded_free(struct nbsi_loaded *loaded)
{
	while (loaded != NULL) {
		struct nbsi_loaded *next = loaded->next;
		free(loaded->profile);
		free(loaded);
		loaded = next;
	}
}

/* A new profile, zero or as another one; NULL without memory. */
static void *
new_profile(struct nbsi_loader *loader, const struct kind *kind, const void *other)
{
	void *profile = calloc(1, kind->size);
	loader->no_memory |= profile == NULL;
	if (profile != NULL && other != NULL)
		memcpy(profile, other, kind->size);
	return profile;
}

/* Reads a shipped profile the first time that it is named. NULL: reported, or no memory. */
static const struct nbsi_loaded *
find_loaded(struct nbsi_loader *loader, const struct nbsi_node *name, const struct kind *kind)
{
	struct nbsi_node *root = NULL;
	struct nbsi_loaded *loaded = loader->loaded;
	while (loaded != NULL && (loaded->kind != kind || strcmp(loaded->base, name->text) != 0))
		loaded = loaded->next;
	if (loaded != NULL)
		return loaded;
	enum nbs_status status = nbsi_shelf_parse(loader, kind->shelf, name, &root);
	loader->no_memory |= status == NBS_E_NOMEM;
	if (status != NBS_OK)
		return NULL;
	loaded = calloc(1, sizeof(*loaded));
	loader->no_memory |= loaded == NULL;
	if (loaded == NULL)
		return NULL;
	*loaded = (struct nbsi_loaded){.kind = kind, .next = loader->loaded};
	snprintf(loaded->base, sizeof(loaded->base), "%s", name->text);
	loaded->profile = new_profile(loader, kind, NULL);
	loader->loaded = loaded;
	if (loaded->profile != NULL)
		kind->read(loader, root, loaded->profile);
	return loaded->profile != NULL ? loaded : NULL;
}

/* A path in this place could not be opened, which has been reported. */
static void
load_profile(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	     void *base, const struct kind *kind)
{
	void *profile = NULL;
	bool scalar = node->kind == NBSI_NODE_SCALAR;
	if (node->kind == NBSI_NODE_SEQ || (scalar && strlen(node->text) != node->len)) {
		nbsi_load_refuse(loader, key, node, NULL);
		return;
	}
	if (scalar) {
		if (nbsi_is_path(node->text))
			return;
		const struct nbsi_loaded *loaded = find_loaded(loader, node, kind);
		if (loaded != NULL)
			profile = new_profile(loader, kind, loaded->profile);
	} else {
		profile = new_profile(loader, kind, NULL);
		if (profile != NULL)
			kind->read(loader, node, profile);
	}
	memcpy((char *)base + key->offset, &profile, sizeof(profile));
}

void
nbsi_load_modem(struct nbsi_loader *loader, const struct nbsi_key *key,
		const struct nbsi_node *node, void *base)
{
	load_profile(loader, key, node, base, &modem_kind);
}

void
nbsi_load_mcu(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	      void *base)
{
	bool none = node->kind == NBSI_NODE_SCALAR && node->len == strlen(NONE) &&
		    memcmp(node->text, NONE, node->len) == 0;
	if (!none)
		load_profile(loader, key, node, base, &mcu_kind);
}

/* ---- paths of fleets ---- */

/* The node keeps its key and its place; what it holds comes from the file. */
static void
become(struct nbsi_node *node, const struct nbsi_node *root)
{
	node->kind = root->kind;
	node->flow = root->flow;
	node->quoted = root->quoted;
	node->first = root->first;
	node->last = root->last;
	node->count = root->count;
	for (struct nbsi_node *child = node->first; child != NULL; child = child->next)
		child->parent = node;
}

static enum nbs_status
expand(struct nbsi_loader *loader, const struct nbsi_node *item, const char *name,
       const struct nbsi_shelf *shelf)
{
	struct nbsi_node *node = nbsi_node_get(item, name, strlen(name)), *root = NULL;
	if (node == NULL || node->kind != NBSI_NODE_SCALAR || !nbsi_is_path(node->text))
		return NBS_OK;
	size_t before = nbsi_path_push(loader, name, strlen(name));
	enum nbs_status status = nbsi_shelf_parse(loader, shelf, node, &root);
	nbsi_path_pop(loader, before);
	if (status == NBS_OK)
		become(node, root);
	return status == NBS_E_NOMEM ? status : NBS_OK; /* the rest has been reported */
}

enum nbs_status
nbsi_profiles_expand(struct nbsi_loader *loader)
{
	const struct nbsi_node *list = get(loader->doc.root, FLEETS);
	enum nbs_status status = NBS_OK;
	if (list == NULL || list->kind != NBSI_NODE_SEQ)
		return NBS_OK;
	size_t before = nbsi_path_push(loader, FLEETS, strlen(FLEETS)), index = 0;
	for (const struct nbsi_node *item = list->first; status == NBS_OK && item != NULL;
	     item = item->next) {
		size_t inside = nbsi_path_push_item(loader, item, index++);
		status = expand(loader, item, "modem", &nbsi_modems);
		if (status == NBS_OK)
			status = expand(loader, item, "mcu", &nbsi_mcus);
		nbsi_path_pop(loader, inside);
	}
	nbsi_path_pop(loader, before);
	return status;
}
