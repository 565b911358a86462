/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network that a scenario builds on: merges its file's tree under the scenario's own keys, and
 * says what neither of them gives. No clause: the form is ours.
 */
#include "scenarios/networks.h"
#include "scenarios/shelf.h"

#include <stdlib.h>
#include <string.h>

#define SECTION "network"
#define SECTION_LEN (sizeof(SECTION) - 1)
#define BASE "base"
#define BASE_LEN (sizeof(BASE) - 1)

const struct nbsi_shelf nbsi_networks = {
    .folder = "scenarios/networks/",
    .holds = "a network's keys",
    .type = NBSI_BASE,
    .files = nbsi_shipped_networks,
};

const char *
nbs_network_name(size_t index)
{
	return nbsi_shelf_name(&nbsi_networks, index);
}

/* ---- merging ---- */

static struct nbsi_node *
take_first(struct nbsi_node *parent)
{
	struct nbsi_node *child = parent->first;
	parent->first = child->next;
	if (parent->first == NULL)
		parent->last = NULL;
	parent->count--;
	child->next = NULL;
	return child;
}

static void merge(const struct nbsi_key *keys, struct nbsi_node *over, struct nbsi_node *under);

/* Coverage levels: the items of one number belong together. */
static void
merge_items(const struct nbsi_key *keys, struct nbsi_node *over, struct nbsi_node *under)
{
	struct nbsi_node *mine = over->first;
	while (under->first != NULL) {
		struct nbsi_node *item = take_first(under);
		if (mine == NULL) {
			nbsi_node_add(over, item, NULL);
			continue;
		}
		if (mine->kind == NBSI_NODE_MAP && item->kind == NBSI_NODE_MAP)
			merge(keys, mine, item);
		mine = mine->next;
	}
}

/* What over does not have comes from under. As deep as the table, three levels. */
static void
merge(const struct nbsi_key *keys, struct nbsi_node *over, struct nbsi_node *under)
{
	while (under->first != NULL) {
		struct nbsi_node *child = take_first(under);
		struct nbsi_node *mine = nbsi_node_get(over, child->key, child->key_len);
		const struct nbsi_key *key = nbsi_schema_find(keys, child->key, child->key_len);
		if (mine == NULL)
			nbsi_node_add(over, child, NULL);
		else if (key == NULL || key->keys == NULL || mine->kind != child->kind)
			continue;
		else if (mine->kind == NBSI_NODE_SEQ && key->fixed)
			merge_items(key->keys, mine, child);
		else if (mine->kind == NBSI_NODE_MAP && key->type >= NBSI_MAP)
			merge(key->keys, mine, child);
	}
}

/* ---- a base's own tree ---- */

/* Takes name, description and source out of the tree, and says what does not belong there. */
static void
read_head(struct nbsi_loader *loader, struct nbsi_node *root, struct nbsi_node *head,
	  struct nbsi_node *rest)
{
	const struct nbsi_key *keys = nbsi_schema_network_head();
	while (root->first != NULL) {
		struct nbsi_node *child = take_first(root);
		if (nbsi_schema_find(keys, child->key, child->key_len) != NULL)
			nbsi_node_add(head, child, NULL);
		else if (child->key_len == BASE_LEN && memcmp(child->key, BASE, BASE_LEN) == 0)
			nbsi_error(&loader->report, child->key_span, NULL,
				   "found a base in a network's file, expected all its values "
				   "written out");
		else
			nbsi_node_add(rest, child, NULL);
	}
	nbsi_load_map(loader, keys, head, &loader->head);
}

static enum nbs_status
merge_base(struct nbsi_loader *loader, struct nbsi_node *section, const struct nbsi_node *base)
{
	struct nbsi_node *root = NULL;
	enum nbs_status status = nbsi_shelf_parse(loader, &nbsi_networks, base, &root);
	nbsi_path_pop(loader, 0); /* from here on a key's path is that in the base's file */
	if (status != NBS_OK)
		return status;
	struct nbsi_span start = {root->span.source, 0, 0};
	struct nbsi_node *head = nbsi_node_new(&loader->doc, NBSI_NODE_MAP, start);
	struct nbsi_node *rest = nbsi_node_new(&loader->doc, NBSI_NODE_MAP, start);
	if (head == NULL || rest == NULL)
		return NBS_E_NOMEM;
	loader->network = root->span.source;
	read_head(loader, root, head, rest);
	merge(nbsi_schema_network(), section, rest);
	return NBS_OK;
}

/* Takes the first child of that key out. */
static struct nbsi_node *
take_key(struct nbsi_node *map, const char *key, size_t len)
{
	struct nbsi_node *found = NULL;
	for (size_t left = map->count; left > 0; left--) {
		struct nbsi_node *child = take_first(map);
		if (found == NULL && child->key_len == len && memcmp(child->key, key, len) == 0)
			found = child;
		else
			nbsi_node_add(map, child, NULL);
	}
	return found;
}

enum nbs_status
nbsi_network_expand(struct nbsi_loader *loader)
{
	struct nbsi_node *section = nbsi_node_get(loader->doc.root, SECTION, SECTION_LEN);
	if (nbsi_node_get(section, BASE, BASE_LEN) == NULL)
		return NBS_OK;
	const struct nbsi_node *base = take_key(section, BASE, BASE_LEN);
	size_t before = nbsi_path_push(loader, SECTION "." BASE, SECTION_LEN + 1 + BASE_LEN);
	enum nbs_status status = merge_base(loader, section, base);
	nbsi_path_pop(loader, before);
	return status == NBS_E_NOMEM ? status : NBS_OK; /* the rest has been reported */
}

/* ---- what nobody gave ---- */

struct assumed {
	char *text;
	size_t size;
	FILE *out;
	unsigned count;
};

static void
assume(struct assumed *assumed, const char *path)
{
	fprintf(assumed->out, "%s%s", assumed->count++ == 0 ? "" : ", ", path);
}

static void collect(struct assumed *assumed, const struct nbsi_key *keys,
		    const struct nbsi_node *const *nodes, size_t count, const char *parent);

/* Coverage levels: a key is given when every level gives it. */
static void
collect_slots(struct assumed *assumed, const struct nbsi_key *key, const struct nbsi_node *list,
	      const char *path)
{
	const struct nbsi_node *items[NBS_CE_LEVELS] = {NULL};
	const struct nbsi_node *item =
	    list != NULL && list->kind == NBSI_NODE_SEQ ? list->first : NULL;
	for (size_t i = 0; i < NBS_CE_LEVELS && item != NULL; i++, item = item->next)
		items[i] = item;
	collect(assumed, key->keys, items, NBS_CE_LEVELS, path);
}

static void
collect_key(struct assumed *assumed, const struct nbsi_key *key, const struct nbsi_node *node,
	    bool given, const char *parent)
{
	char path[NBSI_KEY_PATH_MAX];
	bool slots = key->type == NBSI_ITEMS && key->fixed;
	snprintf(path, sizeof(path), "%s%s%s", parent, key->name, slots ? "[]." : "");
	if (slots) {
		collect_slots(assumed, key, node, path);
	} else if (key->type == NBSI_MAP || (given && node != NULL && key->keys != NULL &&
					     key->type > NBSI_MAP && node->kind == NBSI_NODE_MAP)) {
		nbsi_append(path, sizeof(path), ".");
		collect(assumed, key->keys, &node, 1, path);
	} else if (!given && key->type != NBSI_BASE) {
		assume(assumed, path);
	}
}

/* Keys that one of the mappings at least does not have. */
static void
collect(struct assumed *assumed, const struct nbsi_key *keys, const struct nbsi_node *const *nodes,
	size_t count, const char *parent)
{
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		const struct nbsi_node *node = NULL;
		bool given = true;
		for (size_t i = 0; i < count; i++) {
			node = nbsi_node_get(nodes[i], key->name, strlen(key->name));
			given = given && node != NULL;
		}
		collect_key(assumed, key, node, given, parent);
	}
}

enum nbs_status
nbsi_network_assumed(struct nbsi_loader *loader, char **text)
{
	struct assumed assumed = {0};
	const struct nbsi_node *section = nbsi_node_get(loader->doc.root, SECTION, SECTION_LEN);
	*text = NULL;
	if (loader->network == NULL)
		return NBS_OK;
	assumed.out = open_memstream(&assumed.text, &assumed.size);
	if (assumed.out == NULL)
		return NBS_E_NOMEM;
	collect(&assumed, nbsi_schema_network(), &section, 1, "");
	if (fclose(assumed.out) != 0)
		return NBS_E_NOMEM;
	const char *name = loader->network->name;
	size_t size = assumed.size + strlen(name) + 80;
	if (assumed.count > 0)
		*text = malloc(size);
	if (*text != NULL)
		snprintf(*text, size, "%s: %u keys not given, assumed as in network-a: %s", name,
			 assumed.count, assumed.text);
	free(assumed.text);
	return assumed.count > 0 && *text == NULL ? NBS_E_NOMEM : NBS_OK;
}

/* ---- a network's file by itself ---- */

void
nbs_network_file_free(struct nbs_network_file *file)
{
	if (file == NULL)
		return;
	free(file->assumed);
	free(file);
}

/* A tree that says nothing but {network: {base: BASE}}. */
static enum nbs_status
make_tree(struct nbsi_loader *loader, const struct nbsi_source *source)
{
	struct nbsi_span span = {source, 0, (uint32_t)source->len};
	struct nbsi_node *root = nbsi_node_new(&loader->doc, NBSI_NODE_MAP, span);
	struct nbsi_node *section = nbsi_node_new(&loader->doc, NBSI_NODE_MAP, span);
	struct nbsi_node *base = nbsi_shelf_scalar(loader, source);
	if (root == NULL || section == NULL || base == NULL)
		return NBS_E_NOMEM;
	section->key = SECTION;
	section->key_len = SECTION_LEN;
	section->key_span = span;
	base->key = BASE;
	base->key_len = BASE_LEN;
	base->key_span = span;
	nbsi_node_add(root, section, NULL);
	nbsi_node_add(section, base, NULL);
	loader->doc.root = root;
	return NBS_OK;
}

static enum nbs_status
fill_network(struct nbsi_loader *loader, struct nbs_scenario *scenario)
{
	enum nbs_status status = nbsi_network_expand(loader);
	if (status != NBS_OK)
		return status;
	nbs_network_config_default(&scenario->network);
	(void)nbsi_path_push(loader, SECTION, SECTION_LEN);
	nbsi_load_map(loader, nbsi_schema_network(), loader->doc.root->first, scenario);
	nbsi_path_pop(loader, 0);
	if (loader->report.errors == 0)
		nbsi_check_network(loader, &scenario->network);
	return loader->report.errors > 0 ? NBS_E_INVALID : NBS_OK;
}

enum nbs_status
nbs_network_file_load(const char *base, FILE *messages, struct nbs_network_file **file)
{
	struct nbsi_source source = {"network ", base, strlen(base), true, false};
	struct nbsi_loader loader = {.report = {.out = messages}, .file = source};
	struct nbs_scenario *scenario = calloc(1, sizeof(*scenario));
	struct nbs_network_file *made = calloc(1, sizeof(*made));
	char *assumed = NULL;
	enum nbs_status status = scenario == NULL || made == NULL ? NBS_E_NOMEM : NBS_OK;
	if (status == NBS_OK)
		status = make_tree(&loader, &source);
	if (status == NBS_OK)
		status = fill_network(&loader, scenario);
	if (status == NBS_OK)
		status = nbsi_network_assumed(&loader, &assumed);
	nbsi_report_end(&loader.report);
	nbsi_loader_fini(&loader);
	if (status == NBS_OK) {
		*made = loader.head;
		made->config = scenario->network;
		made->assumed = assumed;
		*file = made;
	} else {
		free(made);
	}
	free(scenario);
	return status;
}
