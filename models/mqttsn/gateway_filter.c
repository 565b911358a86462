/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Subscriptions of the MQTT-SN gateway (v1.2 6.9) as a tree: a filter's levels are nodes, the last
 * one holds the subscriptions. Matching a topic name costs by its levels, not by subscriptions.
 * Wildcards as in MQTT: + is one level, # the last level and any number of levels, the level above
 * included; neither as the first level matches a name that begins with $ (MQTT v3.1.1 4.7).
 */
#include "models/mqttsn/gateway_internal.h"

#include <stdlib.h>
#include <string.h>

#define LEVELS_MAX 32U /* of a filter; deeper ones are refused */

struct nbsi_gw_filter {
	struct nbsi_gw_link link; /* gateway.filters, by parent and level; not the root's */
	struct nbsi_gw_filter *parent;
	uint64_t id;   /* stands for the node in its children's hashes */
	unsigned refs; /* children and subscriptions */
	struct nbsi_gw_sub *subs;
	size_t len;
	uint8_t level[];
};

/* What is left of a name or filter, level by level. */
struct levels {
	const uint8_t *at;
	const uint8_t *end;
	bool over;
};

static struct levels
levels_of(const void *text, size_t len)
{
	const uint8_t *at = text;

	return (struct levels){at, at + len, false};
}

/* Takes the next level, which may be empty: "a//b" has three. */
static struct nbs_mqttsn_bytes
levels_take(struct levels *l)
{
	const uint8_t *slash = memchr(l->at, '/', (size_t)(l->end - l->at));
	struct nbs_mqttsn_bytes level = {l->at, (size_t)((slash != NULL ? slash : l->end) - l->at)};

	l->over = slash == NULL;
	l->at = slash != NULL ? slash + 1 : l->end;
	return level;
}

static bool
level_is(const struct nbs_mqttsn_bytes *level, char c)
{
	return level->len == 1 && level->data[0] == (uint8_t)c;
}

static bool
level_has(const struct nbs_mqttsn_bytes *level, char c)
{
	return level->len > 0 && memchr(level->data, c, level->len) != NULL;
}

bool
nbsi_gw_filter_wild(const struct nbs_mqttsn_bytes *filter)
{
	return level_has(filter, '+') || level_has(filter, '#');
}

bool
nbsi_gw_filter_valid(const struct nbs_mqttsn_bytes *filter)
{
	struct levels l = levels_of(filter->data, filter->len);
	unsigned count = 0;

	if (filter->len == 0 || filter->len > NBSI_GW_TOPIC_NAME_MAX || level_has(filter, '\0'))
		return false;
	while (!l.over) {
		struct nbs_mqttsn_bytes level = levels_take(&l);

		if (++count > LEVELS_MAX)
			return false;
		if (level_has(&level, '+') && !level_is(&level, '+'))
			return false;
		if (level_has(&level, '#') && (!level_is(&level, '#') || !l.over))
			return false;
	}
	return true;
}

bool
nbsi_gw_filter_matches(const struct nbs_mqttsn_bytes *filter, const char *name, size_t len)
{
	struct levels f = levels_of(filter->data, filter->len);
	struct levels n = levels_of(name, len);

	if (name[0] == '$' && (filter->data[0] == '+' || filter->data[0] == '#'))
		return false;
	while (!f.over) {
		struct nbs_mqttsn_bytes want = levels_take(&f);
		struct nbs_mqttsn_bytes have;

		if (level_is(&want, '#'))
			return true;
		if (n.over)
			return false;
		have = levels_take(&n);
		if (!level_is(&want, '+') &&
		    (want.len != have.len || memcmp(want.data, have.data, want.len) != 0))
			return false;
	}
	return n.over;
}

/* ---- the tree ---- */

static uint64_t
filter_hash(const struct nbsi_gw_filter *parent, const struct nbs_mqttsn_bytes *level)
{
	return nbsi_fnv1a(nbsi_fnv1a(NBSI_FNV1A_START, &parent->id, sizeof parent->id), level->data,
			  level->len);
}

static struct nbsi_gw_filter *
filter_child(const struct nbs_mqttsn_gateway *gw, const struct nbsi_gw_filter *parent,
	     const struct nbs_mqttsn_bytes *level)
{
	struct nbsi_gw_link *link = nbsi_gw_table_first(&gw->filters, filter_hash(parent, level));

	for (; link != NULL; link = nbsi_gw_table_next(link)) {
		struct nbsi_gw_filter *node =
		    (void *)((char *)link - offsetof(struct nbsi_gw_filter, link));

		if (node->parent == parent && node->len == level->len &&
		    memcmp(node->level, level->data, level->len) == 0)
			return node;
	}
	return NULL;
}

static struct nbsi_gw_filter *
filter_new(struct nbs_mqttsn_gateway *gw, struct nbsi_gw_filter *parent,
	   const struct nbs_mqttsn_bytes *level)
{
	struct nbsi_gw_filter *node = calloc(1, sizeof *node + level->len);

	if (node == NULL)
		return NULL;
	node->id = gw->next_filter_id++;
	node->parent = parent;
	node->len = level->len;
	if (level->len > 0)
		memcpy(node->level, level->data, level->len);
	if (parent == NULL)
		return node;
	if (nbsi_gw_table_add(&gw->filters, &node->link, filter_hash(parent, level)) != NBS_OK) {
		free(node);
		return NULL;
	}
	parent->refs++;
	return node;
}

/* Frees the node and those above it that hold nothing any more. */
static void
filter_prune(struct nbs_mqttsn_gateway *gw, struct nbsi_gw_filter *node)
{
	while (node != NULL && node->refs == 0) {
		struct nbsi_gw_filter *parent = node->parent;

		if (parent != NULL) {
			nbsi_gw_table_remove(&gw->filters, &node->link);
			parent->refs--;
		} else {
			gw->root = NULL;
		}
		free(node);
		node = parent;
	}
}

static struct nbsi_gw_filter *
filter_find(const struct nbs_mqttsn_gateway *gw, const struct nbs_mqttsn_bytes *filter)
{
	struct levels l = levels_of(filter->data, filter->len);
	struct nbsi_gw_filter *node = gw->root;

	while (node != NULL && !l.over) {
		struct nbs_mqttsn_bytes level = levels_take(&l);

		node = filter_child(gw, node, &level);
	}
	return node;
}

static struct nbsi_gw_filter *
filter_make(struct nbs_mqttsn_gateway *gw, const struct nbs_mqttsn_bytes *filter)
{
	struct nbs_mqttsn_bytes none = {NULL, 0};
	struct levels l = levels_of(filter->data, filter->len);
	struct nbsi_gw_filter *node;

	if (gw->root == NULL)
		gw->root = filter_new(gw, NULL, &none);
	node = gw->root;
	while (node != NULL && !l.over) {
		struct nbs_mqttsn_bytes level = levels_take(&l);
		struct nbsi_gw_filter *child = filter_child(gw, node, &level);

		if (child == NULL)
			child = filter_new(gw, node, &level);
		if (child == NULL)
			filter_prune(gw, node);
		node = child;
	}
	return node;
}

/* ---- subscriptions ---- */

static struct nbsi_gw_sub **
sub_find(struct nbsi_gw_client *client, const struct nbsi_gw_filter *filter)
{
	struct nbsi_gw_sub **at = &client->subs;

	while (*at != NULL && (*at)->filter != filter)
		at = &(*at)->client_next;
	return at;
}

enum nbs_status
nbsi_gw_subscribe(struct nbsi_gw_client *client, const struct nbs_mqttsn_bytes *filter, int8_t qos,
		  uint16_t predefined)
{
	struct nbsi_gw_filter *node = filter_make(client->gateway, filter);
	struct nbsi_gw_sub **at, *sub;

	if (node == NULL)
		return NBS_E_NOMEM;
	at = sub_find(client, node);
	if (*at == NULL) {
		sub = calloc(1, sizeof *sub);
		if (sub == NULL) {
			filter_prune(client->gateway, node);
			return NBS_E_NOMEM;
		}
		sub->client = client;
		sub->filter = node;
		sub->next = node->subs;
		sub->at = &node->subs;
		if (node->subs != NULL)
			node->subs->at = &sub->next;
		node->subs = sub;
		node->refs++;
		*at = sub;
	}
	(*at)->qos = qos;
	(*at)->predefined = predefined;
	return NBS_OK;
}

static void
sub_free(struct nbsi_gw_sub **at)
{
	struct nbsi_gw_sub *sub = *at;

	*at = sub->client_next;
	*sub->at = sub->next;
	if (sub->next != NULL)
		sub->next->at = sub->at;
	sub->filter->refs--;
	filter_prune(sub->client->gateway, sub->filter);
	free(sub);
}

void
nbsi_gw_unsubscribe(struct nbsi_gw_client *client, const struct nbs_mqttsn_bytes *filter)
{
	struct nbsi_gw_filter *node = filter_find(client->gateway, filter);
	struct nbsi_gw_sub **at;

	if (node == NULL)
		return;
	at = sub_find(client, node);
	if (*at != NULL)
		sub_free(at);
}

void
nbsi_gw_unsubscribe_all(struct nbsi_gw_client *client)
{
	while (client->subs != NULL)
		sub_free(&client->subs);
}

/* ---- matching ---- */

struct match {
	const struct nbs_mqttsn_gateway *gw;
	void (*found)(void *arg, struct nbsi_gw_sub *sub);
	void *arg;
	bool system; /* the name begins with $ */
};

static void
match_subs(const struct match *m, const struct nbsi_gw_filter *node)
{
	if (node == NULL)
		return;
	for (struct nbsi_gw_sub *sub = node->subs; sub != NULL; sub = sub->next)
		m->found(m->arg, sub);
}

/* Recursion ends at the depth of the tree, which is LEVELS_MAX. */
static void
match_below(const struct match *m, const struct nbsi_gw_filter *node, struct levels rest)
{
	static const uint8_t plus[] = {'+'}, hash[] = {'#'};
	const struct nbs_mqttsn_bytes any_one = {plus, 1}, any = {hash, 1};
	bool wild = !(node == m->gw->root && m->system);
	struct nbsi_gw_filter *next[2] = {NULL, NULL};
	struct nbs_mqttsn_bytes level;

	if (wild)
		match_subs(m, filter_child(m->gw, node, &any));
	if (rest.over) {
		match_subs(m, node);
		return;
	}
	level = levels_take(&rest);
	next[0] = filter_child(m->gw, node, &level);
	if (wild)
		next[1] = filter_child(m->gw, node, &any_one);
	for (int i = 0; i < 2; i++) {
		if (next[i] != NULL)
			match_below(m, next[i], rest);
	}
}

void
nbsi_gw_match(const struct nbs_mqttsn_gateway *gw, const struct nbsi_gw_topic *topic,
	      void (*found)(void *arg, struct nbsi_gw_sub *sub), void *arg)
{
	struct match m = {gw, found, arg, topic->name[0] == '$'};

	if (gw->root != NULL)
		match_below(&m, gw->root, levels_of(topic->name, topic->len));
}
