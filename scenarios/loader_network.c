/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of the network's configuration, each at the key that its field belongs to: the table of
 * the language says which key fills which field. No clause: nbs_network_config_faults() has them.
 */
#include "scenarios/loader.h"

#include <string.h>

/* A key on the way to a field. */
struct locate {
	struct nbsi_loader *loader;
	struct nbsi_span place; /* of the last node found on the way */
	size_t field;           /* in the struct that the table at hand is for */
};

static bool locate(struct locate *at, const struct nbsi_key *keys, const struct nbsi_node *map);

static bool
covers(const struct nbsi_key *key, size_t field)
{
	size_t size = key->type == NBSI_ITEMS ? key->max_items * key->item_size : key->size;
	return field >= key->offset && field < key->offset + size;
}

static const struct nbsi_node *
item_at(const struct nbsi_node *list, size_t index)
{
	const struct nbsi_node *item =
	    list != NULL && list->kind == NBSI_NODE_SEQ ? list->first : NULL;
	while (item != NULL && index-- > 0)
		item = item->next;
	return item;
}

static void
found(struct locate *at, const struct nbsi_node *node)
{
	if (node != NULL)
		at->place = nbsi_node_place(node);
}

/* The field lies in one item: its index joins the path, the rest is looked up in its table. */
static bool
locate_item(struct locate *at, const struct nbsi_key *key, const struct nbsi_node *list)
{
	char number[24];
	size_t index = (at->field - key->offset) / key->item_size;
	const struct nbsi_node *item = item_at(list, index);
	int len = snprintf(number, sizeof(number), "%zu", index);
	(void)nbsi_path_push(at->loader, number, (size_t)len);
	found(at, item);
	at->field = (at->field - key->offset) % key->item_size;
	(void)locate(at, key->keys, item);
	return true;
}

/* Looks under one key; what it adds to the path stays there when the field was found. */
static bool
locate_key(struct locate *at, const struct nbsi_key *key, const struct nbsi_node *map)
{
	const struct nbsi_node *node = nbsi_node_get(map, key->name, strlen(key->name));
	struct nbsi_span before = at->place;
	size_t path = nbsi_path_push(at->loader, key->name, strlen(key->name));
	found(at, node);
	if (key->type == NBSI_ITEMS && covers(key, at->field))
		return locate_item(at, key, node);
	bool scalar = node != NULL && node->kind == NBSI_NODE_SCALAR;
	if (key->keys != NULL && key->type != NBSI_ITEMS && !scalar && locate(at, key->keys, node))
		return true;
	bool flag = key->flag != 0 && at->field == key->flag;
	if (flag || (key->size > 0 && covers(key, at->field)))
		return true;
	at->place = before;
	nbsi_path_pop(at->loader, path);
	return false;
}

static bool
locate(struct locate *at, const struct nbsi_key *keys, const struct nbsi_node *map)
{
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		if (locate_key(at, key, map))
			return true;
	}
	return false;
}

/* Called for each fault. A field that no key fills is the whole section's. */
static void
report_fault(void *arg, size_t field, const char *why)
{
	struct nbsi_loader *loader = arg;
	const struct nbsi_node *root = loader->doc.root;
	const struct nbsi_node *section = nbsi_node_get(root, "network", 7);
	struct locate at = {.loader = loader,
			    .place = nbsi_node_place(section != NULL ? section : root),
			    .field = offsetof(struct nbs_scenario, network) + field};
	size_t before = nbsi_path_push(loader, "network", 7);
	(void)locate(&at, nbsi_schema_network(), section);
	nbsi_error(&loader->report, at.place, loader->path, "%s", why);
	nbsi_path_pop(loader, before);
}

void
nbsi_check_network(struct nbsi_loader *loader, const struct nbs_network_config *network)
{
	(void)nbs_network_config_faults(network, report_fault, loader);
}
