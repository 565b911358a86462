/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a file to a scenario: bytes, text checks, tree, duplicate keys, the network that it builds
 * on, overrides, schema, checks across keys, and the document as it was run.
 */
#include "scenarios/gateway_presets.h"
#include "scenarios/loader.h"
#include "scenarios/networks.h"
#include "scenarios/profiles.h"
#include "scenarios/shelf.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void
nbs_scenario_free(struct nbs_scenario *scenario)
{
	if (scenario == NULL)
		return;
	for (size_t i = 0; i < scenario->fleet_count; i++) {
		nbs_modem_free(scenario->fleets[i].modem_profile);
		nbs_mcu_free(scenario->fleets[i].mcu_profile);
	}
	free(scenario->fleets);
	free(scenario->attacks);
	free(scenario->checks);
	free(scenario->yaml);
	free(scenario->assumed);
	free(scenario);
}

void
nbsi_loader_fini(struct nbsi_loader *loader)
{
	nbsi_document_fini(&loader->doc);
	nbsi_loaded_free(loader->loaded);
	nbsi_opened_free(loader->opened);
}

/* One over the mean rate: so long it takes, on average, from a report of a device to its next. */
static uint64_t
mean_period_ns(const struct nbs_fleet_config *fleet)
{
	double rate = 0; /* per ns */
	for (uint32_t i = 0; i < fleet->period_points; i++)
		rate += fleet->period_mix[i].share / (double)fleet->period_mix[i].period_ns;
	return rate > 0 ? (uint64_t)llround(1 / rate) : 0;
}

/* Half of the reports are at most so long: min * 2^(1/alpha). */
static unsigned
median_bytes(const struct nbs_pareto *pareto)
{
	double median = round(pareto->min * exp2(1 / pareto->alpha));
	return median < pareto->max ? (unsigned)median : pareto->max;
}

/* What follows from a fleet's own values; those that were refused are 0. */
static void
finish_fleet(struct nbs_fleet_config *fleet, const struct nbsi_node *item)
{
	const struct nbsi_node *report = nbsi_node_get(item, "report", 6);
	if (fleet->modem_profile != NULL)
		strcpy(fleet->modem, fleet->modem_profile->name);
	if (nbsi_node_get(report, "spread", 6) == NULL)
		fleet->report_spread_ns = NBS_SPREAD_PERIOD;
	if (fleet->period_points > 0)
		fleet->report_period_ns = mean_period_ns(fleet);
	if (fleet->payload.alpha > 0)
		fleet->payload_bytes = median_bytes(&fleet->payload);
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
		finish_fleet(&root->scenario.fleets[i], item);
	}
	nbsi_gateway_presets(&root->scenario, nbsi_node_get(loader->doc.root, "gateway", 7));
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

/*
 * Overrides in their order; those of the network's base come before the others, which go over what
 * it says. Only a lack of memory ends it: what is wrong has been reported.
 */
static enum nbs_status
apply(struct nbsi_loader *loader, const struct nbsi_source *options, size_t count, bool base)
{
	static const char prefix[] = "network.base=";
	for (size_t i = 0; i < count; i++) {
		const size_t len = sizeof(prefix) - 1;
		bool is_base = options[i].len >= len && memcmp(options[i].text, prefix, len) == 0;
		if (is_base == base && nbsi_override(loader, &options[i]) == NBS_E_NOMEM)
			return NBS_E_NOMEM;
	}
	return NBS_OK;
}

/* The tree as run: file, the network's base, overrides, seed. */
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
	status = apply(loader, options, option_count, true);
	if (status == NBS_OK)
		status = nbsi_network_expand(loader);
	if (status == NBS_OK)
		status = apply(loader, options, option_count, false);
	if (status == NBS_OK) /* of an option that sets the whole section */
		status = nbsi_network_expand(loader);
	if (status == NBS_OK)
		status = nbsi_profiles_expand(loader);
	if (status != NBS_OK)
		return status;
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
	if (status == NBS_OK)
		status = nbsi_network_assumed(loader, &root->scenario.assumed);
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
	nbsi_loader_fini(&loader);
	free(options);
	if (status == NBS_OK)
		*scenario = &root->scenario;
	else if (root != NULL)
		nbs_scenario_free(&root->scenario);
	return status;
}

enum nbs_status
nbsi_read_file(FILE *file, char **text, size_t *len)
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
		status = nbsi_read_file(file, &text, &len);
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
