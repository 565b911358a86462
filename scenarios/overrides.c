/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --set path.to.key=value: changes the tree before the schema sees it, so that an override is
 * checked exactly as if it stood in the file. List items go by index or by their name (attacks: by
 * their target). What is missing on the way is made; whether it may be there, the schema says.
 */
#include "scenarios/loader.h"
#include "scenarios/suggest.h"

#include <string.h>

#define INDEX_MAX                                                                      \
	999U /* of a list item in a path: the longest list that the schema has is 1000 \
	      */

/* One step of the path, "devices" or "0" or "[0]". */
struct step {
	const char *name;
	size_t len;
	bool index;     /* all digits, or in brackets */
	unsigned value; /* of an index, at most INDEX_MAX + 1 */
};

struct walk {
	struct nbsi_loader *loader;
	const struct nbsi_source *source;
	size_t at, end;               /* of the path in the option's text; end is at the = */
	char done[NBSI_KEY_PATH_MAX]; /* the path so far, for messages */
};

static struct nbsi_span
step_span(const struct walk *walk, const struct step *step)
{
	struct nbsi_span span = {walk->source, (uint32_t)(step->name - walk->source->text),
				 (uint32_t)step->len};
	return span;
}

static void
read_index(struct step *step)
{
	step->index = step->len > 0;
	for (size_t i = 0; i < step->len; i++) {
		if (step->name[i] < '0' || step->name[i] > '9') {
			step->index = false;
			return;
		}
		if (step->value <= INDEX_MAX)
			step->value = step->value * 10 + (unsigned)(step->name[i] - '0');
	}
	if (step->value > INDEX_MAX)
		step->value = INDEX_MAX + 1;
}

/* Takes the next step off the path. False when it is empty or a bracket is not closed. */
static bool
next_step(struct walk *walk, struct step *step)
{
	const char *text = walk->source->text;
	bool bracket = walk->at < walk->end && text[walk->at] == '[';
	walk->at += bracket;
	*step = (struct step){.name = text + walk->at};
	while (walk->at < walk->end && strchr(bracket ? "]" : ".[", text[walk->at]) == NULL)
		walk->at++;
	step->len = (size_t)(text + walk->at - step->name);
	if (bracket && walk->at++ == walk->end)
		return false;
	read_index(step);
	/* Behind a step: a dot and another one, a bracket, or the end. */
	if (walk->at < walk->end && text[walk->at] == '.')
		return ++walk->at < walk->end && step->len > 0;
	return step->len > 0 && (walk->at >= walk->end || text[walk->at] == '[');
}

static bool
refuse_path(const struct walk *walk, const struct step *step)
{
	nbsi_error(&walk->loader->report, step_span(walk, step), NULL,
		   "found no path, expected path.to.key=value or list.0.key=value");
	return false;
}

static bool
has_name(const struct nbsi_node *item, const char *key, const struct step *step)
{
	const struct nbsi_node *name = nbsi_node_get(item, key, strlen(key));
	return name != NULL && name->kind == NBSI_NODE_SCALAR && name->len == step->len &&
	       memcmp(name->text, step->name, step->len) == 0;
}

/* The one item whose name (or target) it is. */
static struct nbsi_node *
item_by_name(const struct nbsi_node *list, const struct step *step)
{
	struct nbsi_node *found = NULL;
	for (struct nbsi_node *item = list->first; item != NULL; item = item->next) {
		if (has_name(item, "name", step))
			return item;
		if (has_name(item, "target", step)) {
			if (found != NULL)
				return NULL;
			found = item;
		}
	}
	return found;
}

static void
refuse_item(const struct walk *walk, const struct nbsi_node *list, const struct step *step)
{
	char names[NBSI_EXPECTS_MAX] = "", quoted[NBSI_QUOTE_MAX];
	struct nbsi_suggest nearest;
	nbsi_suggest_init(&nearest, step->name, step->len);
	for (const struct nbsi_node *item = list->first; item != NULL; item = item->next) {
		const struct nbsi_node *name = nbsi_node_get(item, "name", 4);
		if (name == NULL)
			name = nbsi_node_get(item, "target", 6);
		if (name == NULL || name->kind != NBSI_NODE_SCALAR)
			continue;
		nbsi_suggest_offer(&nearest, name->text);
		nbsi_append(names, sizeof(names), ", %s", name->text);
	}
	nbsi_error(&walk->loader->report, step_span(walk, step), walk->done,
		   "found %s, expected an index below %zu%s%s%s%s%s",
		   nbsi_quote(quoted, step->name, step->len), list->count,
		   names[0] != '\0' ? " or one of" : "", names[0] != '\0' ? names + 1 : "",
		   nearest.best != NULL ? "; did you mean `" : "",
		   nearest.best != NULL ? nearest.best : "", nearest.best != NULL ? "`?" : "");
}

static struct nbsi_node *
new_child(const struct walk *walk, struct nbsi_node *parent, const struct step *step)
{
	struct nbsi_document *doc = &walk->loader->doc;
	struct nbsi_node *node = nbsi_node_new(doc, NBSI_NODE_MAP, step_span(walk, step));
	if (node == NULL)
		return NULL;
	if (parent->kind == NBSI_NODE_MAP) {
		node->key = nbsi_document_text(doc, step->name, step->len);
		node->key_len = (uint32_t)step->len;
		node->key_span = node->span;
		if (node->key == NULL)
			return NULL;
	}
	nbsi_node_add(parent, node, NULL);
	return node;
}

/* A list that the path makes grows up to the index; one from the file keeps its length. */
static struct nbsi_node *
step_into_list(const struct walk *walk, struct nbsi_node *list, const struct step *step)
{
	bool made = list->span.source->option;
	while (made && step->index && step->value <= INDEX_MAX && list->count <= step->value) {
		if (new_child(walk, list, step) == NULL)
			return NULL;
	}
	struct nbsi_node *item = NULL;
	if (!step->index)
		item = item_by_name(list, step);
	else if (step->value < list->count)
		item = list->first;
	for (unsigned i = 0; item != NULL && step->index && i < step->value; i++)
		item = item->next;
	if (item == NULL)
		refuse_item(walk, list, step);
	return item;
}

/* The value that a step leads to; a scalar on the way gives place to a mapping. */
static struct nbsi_node *
step_into(const struct walk *walk, struct nbsi_node *node, const struct step *step)
{
	if (node->kind == NBSI_NODE_SEQ)
		return step_into_list(walk, node, step);
	if (node->kind == NBSI_NODE_SCALAR || node->first == NULL) {
		bool made = node->span.source == walk->source;
		bool new_list = step->index && (made || nbsi_node_is_null(node));
		node->kind = new_list ? NBSI_NODE_SEQ : NBSI_NODE_MAP;
		node->span = node->key_span = step_span(walk, step);
		if (new_list)
			return step_into_list(walk, node, step);
	}
	struct nbsi_node *child = nbsi_node_get(node, step->name, step->len);
	return child != NULL ? child : new_child(walk, node, step);
}

/* Puts the parsed value in the place of a node, which keeps its key and its order. */
static void
replace(const struct walk *walk, struct nbsi_node *node, const struct nbsi_node *value)
{
	if (node->key_span.source != walk->source) /* else it is its own step of the path */
		node->key_span = (struct nbsi_span){walk->source, 0, (uint32_t)walk->end};
	node->kind = value->kind;
	node->quoted = value->quoted;
	node->flow = value->flow;
	node->text = value->text;
	node->len = value->len;
	node->span = value->span;
	node->first = value->first;
	node->last = value->last;
	node->count = value->count;
	for (struct nbsi_node *child = node->first; child != NULL; child = child->next)
		child->parent = node;
}

/* What stands behind the =, as YAML: a scalar, [..] or {..}; nothing is an empty scalar. */
static enum nbs_status
parse_value(const struct walk *walk, struct nbsi_node **value)
{
	struct nbsi_loader *loader = walk->loader;
	size_t from = walk->end + 1;
	struct nbsi_span span = {walk->source, (uint32_t)from,
				 (uint32_t)(walk->source->len - from)};
	enum nbs_status status =
	    nbsi_document_parse(&loader->doc, walk->source, from, &loader->report, value);
	if (status != NBS_OK)
		return status;
	if (*value == NULL)
		*value = nbsi_node_new(&loader->doc, NBSI_NODE_SCALAR, span);
	if (*value == NULL)
		return NBS_E_NOMEM;
	if ((*value)->kind != NBSI_NODE_SCALAR && !(*value)->flow) {
		nbsi_error(&loader->report, span, NULL,
			   "found a block of YAML, expected one value, [..] or {..}");
		return NBS_E_INVALID;
	}
	return nbsi_document_duplicates(*value, &loader->report);
}

/* Looks at the whole path before the first step changes anything. */
static bool
is_path(struct walk walk)
{
	struct step step = {.name = walk.source->text};
	bool good = walk.end > 0;
	while (good && walk.at < walk.end)
		good = next_step(&walk, &step);
	return good || refuse_path(&walk, &step);
}

static enum nbs_status
walk_path(struct walk *walk, struct nbsi_node **node)
{
	*node = walk->loader->doc.root;
	struct step step;
	while (walk->at < walk->end && next_step(walk, &step)) {
		unsigned before = walk->loader->report.errors;
		*node = step_into(walk, *node, &step);
		if (*node == NULL)
			return walk->loader->report.errors > before ? NBS_E_INVALID : NBS_E_NOMEM;
		nbsi_append(walk->done, sizeof(walk->done), "%s%.*s",
			    walk->done[0] != '\0' ? "." : "", (int)step.len, step.name);
	}
	return NBS_OK;
}

enum nbs_status
nbsi_override(struct nbsi_loader *loader, const struct nbsi_source *source)
{
	enum nbs_status status = nbsi_text_check(source, &loader->report);
	if (status != NBS_OK)
		return status;
	const char *equals = source->len > 0 ? memchr(source->text, '=', source->len) : NULL;
	struct walk walk = {.loader = loader, .source = source};
	walk.end = equals == NULL ? 0 : (size_t)(equals - source->text);
	if (!is_path(walk))
		return NBS_E_INVALID;
	struct nbsi_node *value = NULL, *node = NULL;
	status = parse_value(&walk, &value);
	if (status == NBS_OK)
		status = walk_path(&walk, &node);
	if (status == NBS_OK)
		replace(&walk, node, value);
	return status;
}
