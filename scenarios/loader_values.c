/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One value: from a YAML scalar (or a list or mapping that stands for numbers) into the field that
 * the schema names, or a refusal that says what was found and what is expected.
 */
#include "scenarios/loader.h"
#include "scenarios/suggest.h"

#include "models/nbiot/phy.h"
#include <math.h>
#include <string.h>

static void
put(const struct nbsi_key *key, void *base, const void *value, size_t size)
{
	memcpy((char *)base + key->offset, value, size);
}

/* Whole numbers go into fields of any width; the range has been checked against the table. */
static void
put_whole(const struct nbsi_key *key, void *base, uint64_t value)
{
	uint32_t word = (uint32_t)value;
	uint16_t half = (uint16_t)value;
	uint8_t byte = (uint8_t)value;
	if (key->size == sizeof(value))
		put(key, base, &value, sizeof(value));
	else if (key->size == sizeof(word))
		put(key, base, &word, sizeof(word));
	else if (key->size == sizeof(half))
		put(key, base, &half, sizeof(half));
	else if (key->size == sizeof(byte))
		put(key, base, &byte, sizeof(byte));
}

static bool
in_range(const struct nbsi_key *key, double value)
{
	return key->max <= key->min || (value >= key->min && value <= key->max);
}

/* ---- texts ---- */

static bool
is_name_character(char c)
{
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	return letter || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Characters that the type allows; extra ones besides those of names. */
static const char *
foul_character(const struct nbsi_node *node, const char *extra)
{
	for (uint32_t i = 0; i < node->len; i++) {
		char c = node->text[i];
		if (!is_name_character(c) && (c == '\0' || strchr(extra, c) == NULL))
			return "a character does not belong here";
	}
	return NULL;
}

/* Names that are all digits would read as a list index in --set and in checks. */
static const char *
foul_name(const struct nbsi_node *node)
{
	if (node->text[0] == '-' || node->text[0] == '_')
		return "it starts with neither letter nor digit";
	for (uint32_t i = 0; i < node->len; i++) {
		if (node->text[i] < '0' || node->text[i] > '9')
			return foul_character(node, "");
	}
	return "it is a mere number";
}

/* Wildcards are not allowed in the topic of a PUBLISH (MQTT 3.1.1 3.3.2.1). */
static const char *
foul_topic(const struct nbsi_node *node)
{
	unsigned places = 0;
	for (uint32_t i = 0; i < node->len; i++) {
		unsigned char c = (unsigned char)node->text[i];
		if (c < 0x20 || c == 0x7f || c == '+' || c == '#')
			return "a character does not belong here";
		if (c == '%' && node->text[i + 1] != 's') /* NUL-terminated */
			return "% stands before something else than s";
		places += c == '%';
	}
	return places == 1 ? NULL : places == 0 ? "%s is missing" : "%s stands more than once";
}

static const char *
foul_text(const struct nbsi_node *node)
{
	for (uint32_t i = 0; i < node->len; i++) {
		unsigned char c = (unsigned char)node->text[i];
		if (c < 0x20 || c == 0x7f)
			return "a control character does not belong here";
	}
	return NULL;
}

static const char *
foul(const struct nbsi_key *key, const struct nbsi_node *node)
{
	if (!in_range(key, (double)node->len) || node->len >= key->size)
		return node->len < key->min ? "it is too short" : "it is too long";
	switch (key->type) {
	case NBSI_PREFIX:
		return foul_character(node, ".:");
	case NBSI_PATH:
		return foul_character(node, ".");
	case NBSI_TOPIC:
		return foul_topic(node);
	case NBSI_TEXT:
		return foul_text(node);
	default:
		return foul_name(node);
	}
}

static void
load_text(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	  void *base)
{
	const char *why = foul(key, node);
	if (why != NULL)
		nbsi_load_refuse(loader, key, node, why);
	else
		put(key, base, node->text, node->len + 1U);
}

/* ---- words of a list ---- */

static void
refuse_word(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	    const struct nbsi_suggest *nearest)
{
	char why[NBSI_SUGGEST_MAX + 32];
	snprintf(why, sizeof(why), "did you mean `%s`?",
		 nearest->best != NULL ? nearest->best : "");
	nbsi_load_refuse(loader, key, node, nearest->best != NULL ? why : NULL);
}

/* The index of the node's text in a list that ends with NULL; false and a refusal otherwise. */
static bool
find_word(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	  unsigned *index)
{
	struct nbsi_suggest nearest;
	nbsi_suggest_init(&nearest, node->text, node->len);
	for (*index = 0;; ++*index) {
		const char *word =
		    key->type == NBSI_ATTACK ? nbsi_attack_name(*index) : key->words[*index];
		if (word == NULL)
			break;
		if (strlen(word) == node->len && memcmp(word, node->text, node->len) == 0)
			return true;
		nbsi_suggest_offer(&nearest, word);
	}
	refuse_word(loader, key, node, &nearest);
	return false;
}

static void
load_word(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	  void *base)
{
	unsigned index = 0;
	if (!find_word(loader, key, node, &index))
		return;
	if (key->type == NBSI_WORD)
		put_whole(key, base, index + (unsigned)key->min);
	else
		put(key, base, node->text, node->len + 1U);
}

static void
load_switch(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	    void *base)
{
	bool value = false;
	if (nbsi_parse_bool(node->text, node->len, &value))
		put(key, base, &value, sizeof(value));
	else
		nbsi_load_refuse(loader, key, node, NULL);
}

/* ---- numbers ---- */

static void
load_whole(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	   void *base)
{
	uint64_t value = 0;
	enum nbsi_parse result = nbsi_parse_whole(node->text, node->len, key->unit, &value);
	if (result != NBSI_PARSE_OK || !in_range(key, (double)value))
		nbsi_load_refuse(loader, key, node, nbsi_parse_why(result));
	else
		put_whole(key, base, value);
}

static void
load_duration(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	      void *base)
{
	uint64_t ns = 0;
	enum nbsi_parse result = nbsi_parse_duration(node->text, node->len, &ns);
	const char *why = nbsi_parse_why(result);
	if (why == NULL && key->step_ns > 0 && ns % key->step_ns != 0)
		why = key->step_ns == NBS_NS_PER_S ? "whole seconds are needed"
						   : "whole milliseconds are needed";
	if (why != NULL || !in_range(key, (double)ns))
		nbsi_load_refuse(loader, key, node, why);
	else
		put_whole(key, base, key->step_ns > 0 ? ns / key->step_ns : ns);
}

static bool
read_number(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	    double *value)
{
	enum nbsi_parse result = NBSI_PARSE_NUMBER;
	if (node->kind == NBSI_NODE_SCALAR)
		result = nbsi_parse_number(node->text, node->len, key->unit, value);
	if (result == NBSI_PARSE_OK && in_range(key, *value))
		return true;
	struct nbsi_key single = *key; /* an item of a list is one number */
	single.type = NBSI_NUMBER;
	bool scalar = node->kind == NBSI_NODE_SCALAR && !nbsi_node_is_null(node);
	nbsi_load_refuse(loader, &single, node, scalar ? nbsi_parse_why(result) : NULL);
	return false;
}

static void
load_number(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	    void *base)
{
	double value = 0.0;
	if (!read_number(loader, key, node, &value))
		return;
	put(key, base, &value, sizeof(value));
	if (key->flag != 0)
		*(bool *)((char *)base + key->flag) = true;
}

static void
load_numbers(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	     void *base)
{
	if (node->kind != NBSI_NODE_SEQ || node->count != key->max_items) {
		nbsi_load_refuse(loader, key, node, NULL);
		return;
	}
	size_t i = 0;
	for (const struct nbsi_node *item = node->first; item != NULL; item = item->next, i++) {
		double value = 0.0;
		if (read_number(loader, key, item, &value))
			memcpy((char *)base + key->offset + i * sizeof(value), &value,
			       sizeof(value));
	}
}

/* ---- lists and tables of durations ---- */

static bool
read_duration(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	      uint64_t *ns)
{
	enum nbsi_parse result = NBSI_PARSE_NUMBER;
	bool scalar = node->kind == NBSI_NODE_SCALAR && !nbsi_node_is_null(node);
	if (scalar)
		result = nbsi_parse_duration(node->text, node->len, ns);
	if (result == NBSI_PARSE_OK && in_range(key, (double)*ns))
		return true;
	struct nbsi_key single = *key; /* an item of a list is one duration */
	single.type = NBSI_DURATION;
	nbsi_load_refuse(loader, &single, node, scalar ? nbsi_parse_why(result) : NULL);
	return false;
}

static void
load_durations(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	       void *base)
{
	if (node->kind != NBSI_NODE_SEQ || node->count != key->max_items) {
		nbsi_load_refuse(loader, key, node, NULL);
		return;
	}
	size_t i = 0;
	for (const struct nbsi_node *item = node->first; item != NULL; item = item->next, i++) {
		uint64_t ns = 0;
		if (read_duration(loader, key, item, &ns))
			memcpy((char *)base + key->offset + i * sizeof(ns), &ns, sizeof(ns));
	}
}

/* One of the values that an indicator can name. */
static void
load_backoff(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	     void *base)
{
	bool on = true;
	uint64_t ns = 0;
	if (nbsi_parse_bool(node->text, node->len, &on) && !on) {
		put_whole(key, base, NBS_BACKOFF_NONE);
		return;
	}
	if (nbsi_parse_duration(node->text, node->len, &ns) == NBSI_PARSE_OK) {
		for (unsigned i = 0; i < NBS_BACKOFF_NONE; i++) {
			if (ns != nbs_backoff_ns(i))
				continue;
			put_whole(key, base, i);
			return;
		}
	}
	nbsi_load_refuse(loader, key, node, NULL);
}

static void
load_nb(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	void *base)
{
	unsigned index = 0;
	if (!find_word(loader, key, node, &index))
		return;
	double value = ldexp(4.0, -(int)index);
	put(key, base, &value, sizeof(value));
}

/* ---- what may be drawn ---- */

/* Two values that load_numbers() and load_durations() write side by side. */
_Static_assert(offsetof(struct nbs_dist, b) == offsetof(struct nbs_dist, a) + sizeof(double),
	       "a and b must be neighbours");
_Static_assert(offsetof(struct nbs_delay, b_ns) ==
		   offsetof(struct nbs_delay, a_ns) + sizeof(uint64_t),
	       "a_ns and b_ns must be neighbours");

static void
put_kind(const struct nbsi_key *key, void *base, uint32_t kind)
{
	if (key->flag != 0)
		memcpy((char *)base + key->flag, &kind, sizeof(kind));
}

/* "one of `uniform`, `normal` and `mix` is needed" */
static void
refuse_forms(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node)
{
	char why[NBSI_EXPECTS_MAX] = "one of ";
	for (const struct nbsi_key *form = key->keys; form->name != NULL; form++)
		nbsi_append(why, sizeof(why), "%s`%s`",
			    form == key->keys      ? ""
			    : form[1].name == NULL ? " and "
						   : ", ",
			    form->name);
	nbsi_append(why, sizeof(why), " is needed");
	nbsi_load_refuse(loader, key, node, why);
}

/* A list of two in which the greater comes first. */
static bool
is_backwards(const struct nbsi_key *form, const void *base)
{
	double numbers[2];
	uint64_t times[2];
	memcpy(numbers, (const char *)base + form->offset, sizeof(numbers));
	memcpy(times, (const char *)base + form->offset, sizeof(times));
	return form->type == NBSI_NUMBERS ? numbers[0] > numbers[1]
					  : form->type == NBSI_DURATIONS && times[0] > times[1];
}

/* A pair that is refused leaves the field as it was. */
static void
load_form(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	  void *base)
{
	unsigned before = loader->report.errors;
	const struct nbsi_key *form =
	    nbsi_schema_find(key->keys, node->first->key, node->first->key_len);
	bool pair = form != NULL && (form->type == NBSI_NUMBERS || form->type == NBSI_DURATIONS);
	uint64_t kept[2];
	if (pair)
		memcpy(kept, (char *)base + form->offset, sizeof(kept));
	nbsi_load_map(loader, key->keys, node, base);
	if (form == NULL || loader->report.errors > before)
		return;
	if (pair && is_backwards(form, base)) {
		nbsi_load_refuse(loader, key, node, "the highest value comes first");
		memcpy((char *)base + form->offset, kept, sizeof(kept));
		return;
	}
	put_kind(key, base, (uint32_t)(form - key->keys) + 1);
}

static void
load_dist(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	  void *base)
{
	if (node->kind == NBSI_NODE_MAP && node->count == 1) {
		load_form(loader, key, node, base);
		return;
	}
	if (node->kind != NBSI_NODE_SCALAR) {
		refuse_forms(loader, key, node);
		return;
	}
	put_kind(key, base, 0);
	struct nbsi_key single = *key; /* messages about one value do not speak of mappings */
	double value = 0.0;
	if (key->type == NBSI_DIST && read_number(loader, key, node, &value))
		put(key, base, &value, sizeof(value));
	single.type = key->type == NBSI_WHOLE_DIST ? NBSI_WHOLE : NBSI_DURATION;
	if (key->type == NBSI_WHOLE_DIST)
		load_whole(loader, &single, node, base);
	else if (key->type == NBSI_DURATION_DIST)
		load_duration(loader, &single, node, base);
}

static void
load_time(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	  void *base)
{
	uint64_t unix_s = 0;
	if (nbsi_parse_time(node->text, node->len, &unix_s))
		put(key, base, &unix_s, sizeof(unix_s));
	else
		nbsi_load_refuse(loader, key, node, NULL);
}

/* A base has been put in place of itself before the table is read. */
static void
load_base(struct nbsi_loader *loader, const struct nbsi_key *key, const struct nbsi_node *node,
	  void *base)
{
	(void)base;
	nbsi_load_refuse(loader, key, node, NULL);
}

typedef void (*load_fn)(struct nbsi_loader *loader, const struct nbsi_key *key,
			const struct nbsi_node *node, void *base);

/* How each type is read; the empty ones are nbsi_load_map()'s. */
static const load_fn readers[NBSI_TYPE__COUNT] = {
    [NBSI_TEXT] = load_text,          [NBSI_NAME] = load_text,
    [NBSI_MODEM] = nbsi_load_modem,   [NBSI_MCU] = nbsi_load_mcu,
    [NBSI_ATTACK] = load_word,        [NBSI_PREFIX] = load_text,
    [NBSI_TOPIC] = load_text,         [NBSI_PATH] = load_text,
    [NBSI_WORD] = load_word,          [NBSI_SWITCH] = load_switch,
    [NBSI_WHOLE] = load_whole,        [NBSI_NUMBER] = load_number,
    [NBSI_NUMBERS] = load_numbers,    [NBSI_DURATION] = load_duration,
    [NBSI_TIME] = load_time,          [NBSI_DIST] = load_dist,
    [NBSI_BASE] = load_base,          [NBSI_DURATIONS] = load_durations,
    [NBSI_BACKOFF] = load_backoff,    [NBSI_NB] = load_nb,
    [NBSI_DURATION_DIST] = load_dist, [NBSI_WHOLE_DIST] = load_dist,
};

void
nbsi_load_value(struct nbsi_loader *loader, const struct nbsi_key *key,
		const struct nbsi_node *node, void *base)
{
	bool may_nest = key->type == NBSI_NUMBERS || key->type == NBSI_DURATIONS ||
			key->type == NBSI_MODEM || key->type == NBSI_MCU ||
			(key->type >= NBSI_DIST && key->type <= NBSI_WHOLE_DIST);
	if (nbsi_node_is_null(node) || (node->kind != NBSI_NODE_SCALAR && !may_nest))
		nbsi_load_refuse(loader, key, node, NULL);
	else
		readers[key->type](loader, key, node, base);
}
