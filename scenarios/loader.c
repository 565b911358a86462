/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks a document's tree and the table of the language together, and fills the structs that the
 * table names. Everything wrong is reported before it gives up.
 */
#include "scenarios/loader.h"

#include "scenarios/suggest.h"

#include <stdlib.h>
#include <string.h>

#define KNOWN_SHOWN 400U /* bytes of names in "expected one of: .." */

/* ---- walking tree and table together ---- */

size_t
nbsi_path_push(struct nbsi_loader *loader, const char *name, size_t len)
{
	size_t before = strlen(loader->path);
	char quoted[NBSI_QUOTE_MAX];
	nbsi_quote(quoted, name, len); /* shortened and without control characters */
	size_t inside = strlen(quoted);
	if (len > 0) /* without the quotes */
		nbsi_append(loader->path, sizeof(loader->path), "%s%.*s", before > 0 ? "." : "",
			    (int)inside - 2, quoted + 1);
	return before;
}

void
nbsi_path_pop(struct nbsi_loader *loader, size_t len)
{
	loader->path[len] = '\0';
}

size_t
nbsi_path_push_item(struct nbsi_loader *loader, const struct nbsi_node *item, size_t index)
{
	const struct nbsi_node *name = nbsi_node_get(item, "name", 4);
	if (name != NULL && name->kind == NBSI_NODE_SCALAR && name->len > 0)
		return nbsi_path_push(loader, name->text, name->len);
	char number[24];
	int len = snprintf(number, sizeof(number), "%zu", index);
	return nbsi_path_push(loader, number, (size_t)len);
}

/* A key that somebody may well expect; says why it is not there. */
static bool
refuse_unmodelled(struct nbsi_loader *loader, const struct nbsi_node *node)
{
	for (const struct nbsi_unmodelled *one = nbsi_schema_unmodelled(); one->name != NULL;
	     one++) {
		if (strlen(one->name) != node->key_len ||
		    memcmp(one->name, node->key, node->key_len) != 0)
			continue;
		nbsi_error(&loader->report, node->key_span, loader->path,
			   "`%s` is not modelled: %s", one->name, one->why);
		return true;
	}
	return false;
}

/* Returns the required key that was probably meant: it must not be called missing as well. */
const struct nbsi_key *
nbsi_refuse_unknown(struct nbsi_loader *loader, const struct nbsi_key *keys,
		    const struct nbsi_node *node)
{
	struct nbsi_suggest nearest;

	if (refuse_unmodelled(loader, node))
		return NULL;
	nbsi_suggest_init(&nearest, node->key, node->key_len);
	char known[NBSI_EXPECTS_MAX] = "";
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		nbsi_suggest_offer(&nearest, key->name);
		if (strlen(known) < KNOWN_SHOWN)
			nbsi_append(known, sizeof(known), "%s%s", key == keys ? "" : ", ",
				    key->name);
	}
	if (strlen(known) >= KNOWN_SHOWN)
		nbsi_append(known, sizeof(known), " .. (nbsec check --schema has them all)");
	char quoted[NBSI_QUOTE_MAX];
	nbsi_quote(quoted, node->key, node->key_len);
	if (nearest.best != NULL)
		nbsi_error(&loader->report, node->key_span, loader->path,
			   "found the unknown key %s, expected one of: %s; did you mean `%s`?",
			   quoted, known, nearest.best);
	else
		nbsi_error(&loader->report, node->key_span, loader->path,
			   "found the unknown key %s, expected one of: %s", quoted, known);
	const struct nbsi_key *meant =
	    nearest.best == NULL ? NULL
				 : nbsi_schema_find(keys, nearest.best, strlen(nearest.best));
	return meant != NULL && meant->required ? meant : NULL;
}

void
nbsi_load_refuse(struct nbsi_loader *loader, const struct nbsi_key *key,
		 const struct nbsi_node *node, const char *why)
{
	static const char *const kinds[] = {
	    [NBSI_NODE_SCALAR] = "", [NBSI_NODE_MAP] = "a mapping", [NBSI_NODE_SEQ] = "a list"};
	char quoted[NBSI_QUOTE_MAX], expected[NBSI_EXPECTS_MAX];
	const char *found = kinds[node->kind];
	if (node->kind == NBSI_NODE_SCALAR)
		found = nbsi_quote(quoted, node->text, node->len);
	nbsi_schema_expects(key, expected, sizeof(expected));
	nbsi_error(&loader->report, nbsi_node_place(node), loader->path,
		   "found %s%s%s%s, expected %s", found, why != NULL ? " (" : "",
		   why != NULL ? why : "", why != NULL ? ")" : "", expected);
}

static void
refuse_missing(struct nbsi_loader *loader, const struct nbsi_key *key,
	       const struct nbsi_node *parent)
{
	char expected[NBSI_EXPECTS_MAX];
	nbsi_schema_expects(key, expected, sizeof(expected));
	size_t before = nbsi_path_push(loader, key->name, strlen(key->name));
	nbsi_error(&loader->report, nbsi_node_place(parent), loader->path,
		   "found nothing, expected %s", expected);
	nbsi_path_pop(loader, before);
}

static void
load_item(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *item,
	  size_t index, void *base)
{
	size_t before = nbsi_path_push_item(loader, item, index);
	if (item->kind == NBSI_NODE_MAP)
		nbsi_load_map(loader, key->keys, item, base);
	else
		nbsi_load_refuse(loader, &(struct nbsi_key){.type = NBSI_MAP}, item, NULL);
	nbsi_path_pop(loader, before);
}

/* Allocates the items of a list; the struct's pointer and count are set in any case. */
static void
load_list(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	  void *base)
{
	if (node->kind != NBSI_NODE_SEQ || (double)node->count < key->min ||
	    (double)node->count > key->max) {
		nbsi_load_refuse(loader, key, node, NULL);
		return;
	}
	char *items = node->count > 0 ? calloc(node->count, key->item_size) : NULL;
	loader->no_memory |= node->count > 0 && items == NULL;
	if (items == NULL)
		return;
	size_t i = 0;
	for (const struct nbsi_node *item = node->first; item != NULL; item = item->next, i++)
		load_item(loader, key, item, i, items + i * key->item_size);
	void *pointer = items;
	memcpy((char *)base + key->offset, &pointer, sizeof(pointer));
	memcpy((char *)base + key->count_offset, &node->count, sizeof(node->count));
}

static void
load_items(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	   void *base)
{
	if (node->kind != NBSI_NODE_SEQ || node->count > key->max_items) {
		nbsi_load_refuse(loader, key, node, NULL);
		return;
	}
	size_t i = 0;
	for (const struct nbsi_node *item = node->first; item != NULL; item = item->next, i++)
		load_item(loader, key, item, i, (char *)base + key->offset + i * key->item_size);
	uint32_t count = (uint32_t)node->count;
	if (key->count_offset != 0)
		memcpy((char *)base + key->count_offset, &count, sizeof(count));
}

/* A mapping, or the scalar that may stand for it and is then read into the flag. */
static void
load_map_or(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	    void *base)
{
	bool unused = false; /* a plain mapping has no flag */
	bool *flag = key->flag != 0 ? (bool *)((char *)base + key->flag) : &unused;
	if (node->kind == NBSI_NODE_MAP) {
		*flag = key->type == NBSI_MAP_OR_SWITCH;
		nbsi_load_map(loader, key->keys, node, base);
		return;
	}
	bool text = node->kind == NBSI_NODE_SCALAR, on = true;
	if (key->type == NBSI_MAP_OR_SWITCH && text && nbsi_parse_bool(node->text, node->len, flag))
		return;
	if (key->type == NBSI_MAP_OR_WORD && text && strcmp(node->text, key->words[0]) == 0)
		*flag = true;
	else if (key->type == NBSI_MAP_OR_OFF && text &&
		 nbsi_parse_bool(node->text, node->len, &on) && !on)
		memset((char *)base + key->offset, 0, key->size);
	else
		nbsi_load_refuse(loader, key, node, NULL);
}

static void
load_key(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	 void *base)
{
	switch (key->type) {
	case NBSI_MAP:
	case NBSI_MAP_OR_SWITCH:
	case NBSI_MAP_OR_WORD:
	case NBSI_MAP_OR_OFF:
		load_map_or(loader, key, node, base);
		break;
	case NBSI_LIST:
		load_list(loader, key, node, base);
		break;
	case NBSI_ITEMS:
		load_items(loader, key, node, base);
		break;
	case NBSI_VALUE:
		nbsi_load_quantity(loader, key, node, base);
		break;
	default:
		nbsi_load_value(loader, key, node, base);
		break;
	}
}

/* The table's default goes the way of a value from the file, so that both mean the same. */
static void
load_default(struct nbsi_loader *loader, const struct nbsi_key *key, void *base)
{
	if (key->fallback != NULL) {
		struct nbsi_node node = {.kind = NBSI_NODE_SCALAR,
					 .quoted = true,
					 .text = key->fallback,
					 .len = (uint32_t)strlen(key->fallback),
					 .span = {&loader->file, 0, 0}};
		load_key(loader, key, &node, base);
	} else if (key->type == NBSI_MAP) {
		nbsi_load_map(loader, key->keys, NULL, base);
	}
}

/* Which keys of a table a mapping has, or seems to mean. */
struct seen {
	bool there[NBSI_KEYS_MAX], meant[NBSI_KEYS_MAX];
};

/* Of a key that stands twice (reported before the schema) the first one counts. */
static void
load_child(struct nbsi_loader *loader, const struct nbsi_key *keys, const struct nbsi_node *child,
	   void *base, struct seen *seen)
{
	size_t before = nbsi_path_push(loader, child->key, child->key_len);
	const struct nbsi_key *key = nbsi_schema_find(keys, child->key, child->key_len);
	if (key == NULL) {
		const struct nbsi_key *meant = nbsi_refuse_unknown(loader, keys, child);
		if (meant != NULL)
			seen->meant[meant - keys] = true;
	} else {
		if (!seen->there[key - keys])
			load_key(loader, key, child, base);
		seen->there[key - keys] = true;
	}
	nbsi_path_pop(loader, before);
}

void
nbsi_load_map(struct nbsi_loader *loader, const struct nbsi_key *keys, const struct nbsi_node *node,
	      void *base)
{
	struct seen seen = {{false}, {false}};
	const struct nbsi_node *child = node != NULL ? node->first : NULL;
	for (; child != NULL; child = child->next)
		load_child(loader, keys, child, base, &seen);
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		if (seen.there[key - keys])
			continue;
		if (!key->required)
			load_default(loader, key, base);
		else if (node != NULL && !seen.meant[key - keys])
			refuse_missing(loader, key, node);
	}
}
