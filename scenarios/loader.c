/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a file to a scenario: bytes, text checks, tree, overrides, duplicate keys, schema, checks
 * across keys, and the document as it was run. Everything wrong is reported before it gives up.
 */
#include "scenarios/loader.h"

#include "scenarios/suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* "fleets.clear" for an item with a name, "checks.0" for one without. */
static size_t
push_item(struct nbsi_loader *loader, const struct nbsi_node *item, size_t index)
{
	const struct nbsi_node *name = nbsi_node_get(item, "name", 4);
	if (name != NULL && name->kind == NBSI_NODE_SCALAR && name->len > 0)
		return nbsi_path_push(loader, name->text, name->len);
	char number[24];
	int len = snprintf(number, sizeof(number), "%zu", index);
	return nbsi_path_push(loader, number, (size_t)len);
}

/* Returns the required key that was probably meant: it must not be called missing as well. */
static const struct nbsi_key *
refuse_unknown(struct nbsi_loader *loader, const struct nbsi_key *keys,
	       const struct nbsi_node *node)
{
	struct nbsi_suggest nearest;
	nbsi_suggest_init(&nearest, node->key, node->key_len);
	char known[NBSI_EXPECTS_MAX] = "";
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		nbsi_suggest_offer(&nearest, key->name);
		nbsi_append(known, sizeof(known), "%s%s", key == keys ? "" : ", ", key->name);
	}
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
	size_t before = push_item(loader, item, index);
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
}

/* A mapping, or the scalar that may stand for it and is then read into the flag. */
static void
load_map_or(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	    void *base)
{
	bool unused = false; /* a plain mapping has no flag */
	bool *flag = key->flag != 0 ? (bool *)((char *)base + key->flag) : &unused;
	if (node->kind == NBSI_NODE_MAP) {
		if (key->type == NBSI_MAP_OR_WORD)
			*flag = false;
		nbsi_load_map(loader, key->keys, node, base);
		return;
	}
	bool text = node->kind == NBSI_NODE_SCALAR;
	if (key->type == NBSI_MAP_OR_SWITCH && text && nbsi_parse_bool(node->text, node->len, flag))
		return;
	if (key->type == NBSI_MAP_OR_WORD && text && strcmp(node->text, key->words[0]) == 0)
		*flag = true;
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
		load_map_or(loader, key, node, base);
		break;
	case NBSI_LIST:
		load_list(loader, key, node, base);
		break;
	case NBSI_ITEMS:
		load_items(loader, key, node, base);
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

/* Keys of a table that a mapping has (or seems to mean): a bit each, none has more than 64. */
struct seen {
	uint64_t there, meant;
};

static uint64_t
bit_of(const struct nbsi_key *keys, const struct nbsi_key *key)
{
	return key != NULL ? UINT64_C(1) << (key - keys) : 0;
}

/* Of a key that stands twice (reported before the schema) the first one counts. */
static void
load_child(struct nbsi_loader *loader, const struct nbsi_key *keys, const struct nbsi_node *child,
	   void *base, struct seen *seen)
{
	size_t before = nbsi_path_push(loader, child->key, child->key_len);
	const struct nbsi_key *key = nbsi_schema_find(keys, child->key, child->key_len);
	if (key == NULL)
		seen->meant |= bit_of(keys, refuse_unknown(loader, keys, child));
	else if ((seen->there & bit_of(keys, key)) == 0)
		load_key(loader, key, child, base);
	seen->there |= bit_of(keys, key);
	nbsi_path_pop(loader, before);
}

void
nbsi_load_map(struct nbsi_loader *loader, const struct nbsi_key *keys, const struct nbsi_node *node,
	      void *base)
{
	struct seen seen = {0, 0};
	const struct nbsi_node *child = node != NULL ? node->first : NULL;
	for (; child != NULL; child = child->next)
		load_child(loader, keys, child, base, &seen);
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		uint64_t bit = bit_of(keys, key);
		if ((seen.there & bit) != 0)
			continue;
		if (!key->required)
			load_default(loader, key, base);
		else if (node != NULL && (seen.meant & bit) == 0)
			refuse_missing(loader, key, node);
	}
}

/* ---- the whole of it ---- */

void
nbs_scenario_free(struct nbs_scenario *scenario)
{
	if (scenario == NULL)
		return;
	free(scenario->fleets);
	free(scenario->attacks);
	free(scenario->checks);
	free(scenario->yaml);
	free(scenario);
}

/* What a fleet takes from the top level, and where an attack stands in the file. */
static void
finish_items(const struct nbsi_loader *loader, struct nbsi_root *root)
{
	const struct nbsi_node *list = nbsi_node_get(loader->doc.root, "fleets", 6);
	const struct nbsi_node *item = list != NULL ? list->first : NULL;
	for (size_t i = 0; item != NULL && i < root->scenario.fleet_count; i++, item = item->next) {
		if (nbsi_node_get(item, "stack", 5) == NULL)
			root->scenario.fleets[i].stack = root->stack;
	}
	list = nbsi_node_get(loader->doc.root, "attacks", 7);
	item = list != NULL ? list->first : NULL;
	for (size_t i = 0; item != NULL && i < root->scenario.attack_count;
	     i++, item = item->next) {
		const struct nbsi_source *source = item->span.source;
		if (!source->option)
			root->scenario.attacks[i].line = nbsi_source_line(source, item->span.start);
	}
}

/* The seed as run goes into the tree, behind the first key if there was none. */
static enum nbs_status
set_seed(struct nbsi_loader *loader, const struct nbsi_source *source)
{
	struct nbsi_node *root = loader->doc.root;
	struct nbsi_node *seed = nbsi_node_get(root, "seed", 4);
	struct nbsi_span span = {source, 0, (uint32_t)source->len};
	if (seed == NULL) {
		seed = nbsi_node_new(&loader->doc, NBSI_NODE_SCALAR, span);
		if (seed == NULL)
			return NBS_E_NOMEM;
		seed->key = "seed";
		seed->key_len = 4;
		seed->key_span = span;
		nbsi_node_add(root, seed, root->first);
	}
	seed->kind = NBSI_NODE_SCALAR;
	seed->first = seed->last = NULL;
	seed->count = 0;
	seed->span = span;
	seed->quoted = false;
	seed->len = (uint32_t)source->len;
	seed->text = nbsi_document_text(&loader->doc, source->text, source->len);
	return seed->text == NULL ? NBS_E_NOMEM : NBS_OK;
}

/* The tree as run: file, overrides, seed. */
static enum nbs_status
build_tree(struct nbsi_loader *loader, const struct nbsi_source *options, size_t option_count,
	   const struct nbsi_source *seed)
{
	enum nbs_status status = nbsi_text_check(&loader->file, &loader->report);
	if (status == NBS_OK)
		status = nbsi_document_parse(&loader->doc, &loader->file, 0, &loader->report,
					     &loader->doc.root);
	if (status != NBS_OK)
		return status;
	struct nbsi_span start = {&loader->file, 0, 0};
	const struct nbsi_node *root = loader->doc.root;
	if (root == NULL || root->kind != NBSI_NODE_MAP) {
		nbsi_error(&loader->report, start, NULL, "found %s, expected a mapping of keys",
			   root == NULL ? "nothing" : "no mapping");
		return NBS_E_INVALID;
	}
	status = nbsi_document_duplicates(loader->doc.root, &loader->report);
	if (status == NBS_E_NOMEM)
		return status;
	for (size_t i = 0; i < option_count; i++) {
		enum nbs_status one = nbsi_override(loader, &options[i]);
		if (one == NBS_E_NOMEM)
			return one;
	}
	return seed->len > 0 ? set_seed(loader, seed) : NBS_OK;
}

static enum nbs_status
fill(struct nbsi_loader *loader, struct nbsi_root *root)
{
	nbs_network_config_default(&root->scenario.network);
	nbsi_load_map(loader, nbsi_schema(), loader->doc.root, root);
	if (loader->no_memory)
		return NBS_E_NOMEM;
	finish_items(loader, root);
	nbsi_check_scenario(loader, &root->scenario);
	if (loader->report.errors > 0)
		return NBS_E_INVALID;
	char text[16];
	struct nbsi_source seed = {"the seed", text, 0, true, false};
	seed.len = (size_t)snprintf(text, sizeof(text), "%u", root->scenario.seed);
	enum nbs_status status = set_seed(loader, &seed);
	if (status == NBS_OK)
		status = nbsi_document_emit(loader->doc.root, &root->scenario.yaml);
	return status;
}

enum nbs_status
nbsi_scenario_parse(const char *name, const char *text, size_t len, uint32_t seed,
		    const struct nbs_override *overrides, size_t override_count, FILE *messages,
		    struct nbs_scenario **scenario)
{
	struct nbsi_loader loader = {.report = {.out = messages},
				     .file = {.name = name, .text = text, .len = len}};
	char seed_text[16] = "";
	struct nbsi_source seed_option = {"--seed ", seed_text, 0, true, false};
	if (seed != 0)
		seed_option.len = (size_t)snprintf(seed_text, sizeof(seed_text), "%u", seed);
	struct nbsi_source *options = calloc(override_count + 1, sizeof(*options));
	struct nbsi_root *root = calloc(1, sizeof(*root));
	enum nbs_status status = options == NULL || root == NULL ? NBS_E_NOMEM : NBS_OK;
	for (size_t i = 0; status == NBS_OK && i < override_count; i++) {
		size_t size = strlen(overrides[i].text);
		options[i] = (struct nbsi_source){"--set ", overrides[i].text, size, true, false};
	}
	if (status == NBS_OK)
		status = build_tree(&loader, options, override_count, &seed_option);
	if (status == NBS_OK)
		status = fill(&loader, root);
	nbsi_report_end(&loader.report);
	nbsi_document_fini(&loader.doc);
	free(options);
	if (status == NBS_OK)
		*scenario = &root->scenario;
	else if (root != NULL)
		nbs_scenario_free(&root->scenario);
	return status;
}

/* At most one byte more than allowed: enough to see that it is too long. */
static enum nbs_status
read_file(FILE *file, char **text, size_t *len)
{
	char *bytes = malloc(NBSI_DOCUMENT_MAX + 1U);
	if (bytes == NULL)
		return NBS_E_NOMEM;
	*len = fread(bytes, 1, NBSI_DOCUMENT_MAX + 1U, file);
	*text = bytes;
	return ferror(file) != 0 ? NBS_E_IO : NBS_OK;
}

enum nbs_status
nbs_scenario_load(const char *path, uint32_t seed, const struct nbs_override *overrides,
		  size_t override_count, FILE *messages, struct nbs_scenario **scenario)
{
	FILE *file = fopen(path, "rb");
	enum nbs_status status = file == NULL && errno == ENOENT ? NBS_E_NOTFOUND : NBS_E_IO;
	char *text = NULL;
	size_t len = 0;
	errno = file == NULL ? errno : 0;
	if (file != NULL)
		status = read_file(file, &text, &len);
	if (status == NBS_E_IO && errno == EISDIR)
		status = NBS_E_INVALID; /* a wrong word of the user's, not a fault of the system */
	if (status != NBS_OK && messages != NULL)
		fprintf(messages, "%s: cannot be read: %s\n", path,
			errno != 0 ? strerror(errno) : nbs_status_str(status));
	if (file != NULL)
		fclose(file);
	if (status == NBS_OK)
		status = nbsi_scenario_parse(path, text, len, seed, overrides, override_count,
					     messages, scenario);
	free(text);
	return status;
}
