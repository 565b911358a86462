/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device profiles by themselves: loaded by name or path, their kind, their values one by one.
 */
#include "scenarios/profiles.h"
#include "scenarios/shelf.h"

#include <stdlib.h>
#include <string.h>

const struct nbsi_shelf nbsi_modems = {
    .folder = "models/power/profiles/",
    .holds = "a modem's keys",
    .type = NBSI_MODEM,
    .files = nbsi_shipped_modems,
};
const struct nbsi_shelf nbsi_mcus = {
    .folder = "models/power/mcus/",
    .holds = "a microcontroller's keys",
    .type = NBSI_MCU,
    .files = nbsi_shipped_mcus,
};

const char *
nbs_modem_name(size_t index)
{
	return nbsi_shelf_name(&nbsi_modems, index);
}

const char *
nbs_mcu_name(size_t index)
{
	return nbsi_shelf_name(&nbsi_mcus, index);
}

void
nbs_modem_free(struct nbs_modem *modem)
{
	free(modem);
}

void
nbs_mcu_free(struct nbs_mcu *mcu)
{
	free(mcu);
}

/* ---- loading ---- */

/* What is different between the kinds. */
static const struct {
	const struct nbsi_shelf *shelf;
	const char *option; /* before the name in messages */
	void (*read)(struct nbsi_loader *loader, const struct nbsi_key *key,
		     const struct nbsi_node *node, void *base);
} kinds[] = {
    [NBS_PROFILE_MODEM] = {&nbsi_modems, "modem ", nbsi_load_modem},
    [NBS_PROFILE_MCU] = {&nbsi_mcus, "mcu ", nbsi_load_mcu},
};

/* From a tree, or a failure to get one, to the profile; ends the loader. */
static enum nbs_status
finish(struct nbsi_loader *loader, enum nbs_status status, const struct nbsi_node *root,
       enum nbs_profile_kind kind, void **profile)
{
	void *made = NULL;
	const struct nbsi_key key = {.type = kinds[kind].shelf->type, .size = sizeof(made)};
	if (status == NBS_OK) {
		kinds[kind].read(loader, &key, root, &made);
		status = loader->no_memory           ? NBS_E_NOMEM
			 : loader->report.errors > 0 ? NBS_E_INVALID
						     : NBS_OK;
	}
	nbsi_report_end(&loader->report);
	nbsi_loader_fini(loader);
	if (status == NBS_OK)
		*profile = made;
	else
		free(made);
	return status;
}

enum nbs_status
nbsi_profile_parse(const char *name, const char *text, size_t len, enum nbs_profile_kind kind,
		   FILE *messages, void **profile)
{
	struct nbsi_loader loader = {.report = {.out = messages},
				     .file = {.name = name, .text = text, .len = len}};
	struct nbsi_node *root = NULL;
	enum nbs_status status =
	    nbsi_shelf_parse_text(&loader, kinds[kind].shelf, &loader.file, &root);
	return finish(&loader, status, root, kind, profile);
}

static enum nbs_status
load(const char *base, enum nbs_profile_kind kind, FILE *messages, void **profile)
{
	struct nbsi_source source = {kinds[kind].option, base, strlen(base), true, false};
	struct nbsi_loader loader = {.report = {.out = messages}, .file = source};
	struct nbsi_node *root = NULL;
	const struct nbsi_node *name = nbsi_shelf_scalar(&loader, &source);
	enum nbs_status status = NBS_E_NOMEM;
	if (name != NULL)
		status = nbsi_shelf_parse(&loader, kinds[kind].shelf, name, &root);
	return finish(&loader, status, root, kind, profile);
}

enum nbs_status
nbs_modem_load(const char *base, FILE *messages, struct nbs_modem **modem)
{
	void *profile = NULL;
	enum nbs_status status = load(base, NBS_PROFILE_MODEM, messages, &profile);
	if (status == NBS_OK)
		*modem = profile;
	return status;
}

enum nbs_status
nbs_mcu_load(const char *base, FILE *messages, struct nbs_mcu **mcu)
{
	void *profile = NULL;
	enum nbs_status status = load(base, NBS_PROFILE_MCU, messages, &profile);
	if (status == NBS_OK)
		*mcu = profile;
	return status;
}

/* ---- what a file is about ---- */

static enum nbs_profile_kind
kind_of(const struct nbsi_node *root)
{
	const struct nbsi_node *kind = nbsi_node_get(root, "kind", 4);
	if (kind == NULL || kind->kind != NBSI_NODE_SCALAR)
		return NBS_PROFILE_NONE;
	return strcmp(kind->text, "mcu") == 0 ? NBS_PROFILE_MCU : NBS_PROFILE_MODEM;
}

enum nbs_profile_kind
nbs_profile_kind(const char *path)
{
	struct nbsi_document doc = {0};
	struct nbsi_report silent = {0};
	struct nbsi_source source = {.name = path};
	char *text = NULL;
	FILE *file = fopen(path, "rb");
	enum nbs_profile_kind kind = NBS_PROFILE_NONE;
	if (file == NULL)
		return kind;
	enum nbs_status status = nbsi_read_file(file, &text, &source.len);
	source.text = text;
	if (status == NBS_OK)
		status = nbsi_text_check(&source, &silent);
	if (status == NBS_OK)
		status = nbsi_document_parse(&doc, &source, 0, &silent, &doc.root);
	if (status == NBS_OK && doc.root != NULL)
		kind = kind_of(doc.root);
	nbsi_document_fini(&doc);
	free(text);
	fclose(file);
	return kind;
}

/* ---- value by value ---- */

struct search {
	const void *base;
	size_t left; /* values to pass by */
	struct nbs_profile_value *value;
};

static bool
found(struct search *at, const char *parent, const struct nbsi_key *key)
{
	if (at->left-- > 0)
		return false;
	snprintf(at->value->name, sizeof(at->value->name), "%s%s", parent, key->name);
	at->value->unit = nbsi_unit_name(key->unit);
	at->value->value = (const struct nbs_value *)((const char *)at->base + key->offset);
	return true;
}

static bool
found_tx(struct search *at, const struct nbs_modem *modem)
{
	char dbm[32];
	if (at->left >= modem->tx_points) {
		at->left -= modem->tx_points;
		return false;
	}
	nbsi_format_number(dbm, sizeof(dbm), NBSI_DBM, modem->tx[at->left].dbm);
	snprintf(at->value->name, sizeof(at->value->name), "tx at %s", dbm);
	at->value->unit = nbsi_unit_name(NBSI_MA);
	at->value->value = &modem->tx[at->left].current_ma;
	return true;
}

/* As deep as the table, two levels. A controller without an accelerator has no values there. */
static bool
search(struct search *at, const struct nbsi_key *keys, const char *parent)
{
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		char path[32];
		bool none = key->type == NBSI_MAP_OR_WORD &&
			    *(const bool *)((const char *)at->base + key->flag);
		snprintf(path, sizeof(path), "%s.", key->name);
		if (key->type == NBSI_VALUE && found(at, parent, key))
			return true;
		if (key->type == NBSI_ITEMS && found_tx(at, at->base))
			return true;
		if ((key->type == NBSI_MAP || key->type == NBSI_MAP_OR_WORD) && !none &&
		    search(at, key->keys, path))
			return true;
	}
	return false;
}

bool
nbs_modem_value(const struct nbs_modem *modem, size_t index, struct nbs_profile_value *value)
{
	struct search at = {modem, index, value};
	return search(&at, nbsi_schema_modem(), "");
}

bool
nbs_mcu_value(const struct nbs_mcu *mcu, size_t index, struct nbs_profile_value *value)
{
	struct search at = {mcu, index, value};
	return search(&at, nbsi_schema_mcu(), "");
}
