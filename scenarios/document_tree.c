/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of a YAML document: nodes and texts in chunks that are freed together, walks without
 * recursion, and the search for keys that stand twice (YAML 1.2 3.2.1.1: keys are unique).
 */
#include "scenarios/document.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES 65536U

struct nbsi_chunk {
	struct nbsi_chunk *next;
	size_t used, size;
	max_align_t bytes[];
};

static void *
doc_alloc(struct nbsi_document *doc, size_t bytes)
{
	bytes = (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	struct nbsi_chunk *chunk = doc->chunks;
	if (chunk == NULL || chunk->size - chunk->used < bytes) {
		size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
		chunk = malloc(sizeof(*chunk) + size);
		if (chunk == NULL)
			return NULL;
		*chunk = (struct nbsi_chunk){.next = doc->chunks, .size = size};
		doc->chunks = chunk;
	}
	void *memory = (char *)chunk->bytes + chunk->used;
	chunk->used += bytes;
	return memory;
}

void
nbsi_document_fini(struct nbsi_document *doc)
{
	while (doc->chunks != NULL) {
		struct nbsi_chunk *next = doc->chunks->next;
		free(doc->chunks);
		doc->chunks = next;
	}
	*doc = (struct nbsi_document){0};
}

const char *
nbsi_document_text(struct nbsi_document *doc, const char *text, size_t len)
{
	char *copy = doc_alloc(doc, len + 1);
	if (copy == NULL)
		return NULL;
	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

struct nbsi_node *
nbsi_node_new(struct nbsi_document *doc, enum nbsi_node_kind kind, struct nbsi_span span)
{
	struct nbsi_node *node = doc_alloc(doc, sizeof(*node));
	if (node == NULL)
		return NULL;
	*node = (struct nbsi_node){.kind = kind, .span = span, .text = ""};
	doc->nodes++;
	return node;
}

void
nbsi_node_add(struct nbsi_node *parent, struct nbsi_node *child, struct nbsi_node *after)
{
	if (after == NULL)
		after = parent->last;
	child->parent = parent;
	child->next = after == NULL ? parent->first : after->next;
	if (after == NULL)
		parent->first = child;
	else
		after->next = child;
	if (after == parent->last)
		parent->last = child;
	parent->count++;
}

struct nbsi_node *
nbsi_node_get(const struct nbsi_node *map, const char *key, size_t len)
{
	if (map == NULL || map->kind != NBSI_NODE_MAP)
		return NULL;
	for (struct nbsi_node *child = map->first; child != NULL; child = child->next) {
		if (child->key_len == len && memcmp(child->key, key, len) == 0)
			return child;
	}
	return NULL;
}

bool
nbsi_node_is_null(const struct nbsi_node *node)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"}; /* YAML 1.2 10.3.2 */
	if (node->kind != NBSI_NODE_SCALAR || node->quoted)
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (node->len == strlen(words[i]) && memcmp(node->text, words[i], node->len) == 0)
			return true;
	}
	return false;
}

struct nbsi_span
nbsi_node_place(const struct nbsi_node *node)
{
	bool own = node->kind == NBSI_NODE_SCALAR && node->span.len > 0;
	return node->key != NULL && !own ? node->key_span : node->span;
}

const struct nbsi_node *
nbsi_node_after(const struct nbsi_node *node, const struct nbsi_node *top)
{
	while (node != top && node->next == NULL)
		node = node->parent;
	return node == top ? NULL : node->next;
}

/* ---- duplicate keys ---- */

/* By key, and equal keys by their place: the first one in the file comes first. */
static int
by_key(const void *left, const void *right)
{
	const struct nbsi_node *a = *(const struct nbsi_node *const *)left;
	const struct nbsi_node *b = *(const struct nbsi_node *const *)right;
	uint32_t shorter = a->key_len < b->key_len ? a->key_len : b->key_len;
	int order = memcmp(a->key, b->key, shorter);
	if (order == 0)
		order = (a->key_len > b->key_len) - (a->key_len < b->key_len);
	if (order == 0)
		order = (a->key_span.start > b->key_span.start) -
			(a->key_span.start < b->key_span.start);
	return order;
}

static bool
same_key(const struct nbsi_node *a, const struct nbsi_node *b)
{
	return a->key_len == b->key_len && memcmp(a->key, b->key, a->key_len) == 0;
}

/* Reports each key of one mapping that an earlier line has. keys has room for all of them. */
static enum nbs_status
duplicates_of(const struct nbsi_node *map, const struct nbsi_node **keys,
	      struct nbsi_report *report)
{
	enum nbs_status status = NBS_OK;
	size_t n = 0;
	for (const struct nbsi_node *child = map->first; child != NULL; child = child->next)
		keys[n++] = child;
	qsort(keys, n, sizeof(*keys), by_key);
	size_t first = 0; /* of a run of equal keys */
	for (size_t i = 1; i < n; i++) {
		if (!same_key(keys[first], keys[i])) {
			first = i;
			continue;
		}
		const struct nbsi_span *span = &keys[first]->key_span;
		char quoted[NBSI_QUOTE_MAX];
		nbsi_error(report, keys[i]->key_span, NULL,
			   "found the key %s again, expected it once (it is already on line %u)",
			   nbsi_quote(quoted, keys[i]->key, keys[i]->key_len),
			   nbsi_source_line(span->source, span->start));
		status = NBS_E_INVALID;
	}
	return status;
}

enum nbs_status
nbsi_document_duplicates(const struct nbsi_node *root, struct nbsi_report *report)
{
	size_t most = 0;
	for (const struct nbsi_node *node = root; node != NULL;) {
		most = node->kind == NBSI_NODE_MAP && node->count > most ? node->count : most;
		node = node->first != NULL ? node->first : nbsi_node_after(node, root);
	}
	if (most < 2)
		return NBS_OK;
	const struct nbsi_node **keys = malloc(most * sizeof(struct nbsi_node *));
	if (keys == NULL)
		return NBS_E_NOMEM;
	enum nbs_status status = NBS_OK;
	for (const struct nbsi_node *node = root; node != NULL;) {
		if (node->kind == NBSI_NODE_MAP && duplicates_of(node, keys, report) != NBS_OK)
			status = NBS_E_INVALID;
		node = node->first != NULL ? node->first : nbsi_node_after(node, root);
	}
	free(keys);
	return status;
}
