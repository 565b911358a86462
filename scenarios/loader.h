/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The loader's inside: from a text in memory to a checked scenario.
 */
#ifndef NBSEC_SCENARIOS_LOADER_H
#define NBSEC_SCENARIOS_LOADER_H

#include "scenarios/document.h"
#include "scenarios/profiles.h"
#include "scenarios/schema.h"

#define NBSI_KEY_PATH_MAX 256U /* bytes of a key's path in messages */

struct nbsi_opened;
struct nbsi_loaded;

/** What loading one scenario needs. */
struct nbsi_loader {
	struct nbsi_report report;
	struct nbsi_document doc;
	struct nbsi_source file;
	char path[NBSI_KEY_PATH_MAX]; /* of the key being read */
	bool no_memory;
	struct nbsi_loaded *loaded;        /* shipped profiles: a thousand fleets have one */
	struct nbsi_opened *opened;        /* files that were opened on the way, see shelf.h */
	const struct nbsi_source *network; /* the last one that was a network's, NULL = none */
	struct nbs_network_file head;      /* of that, its config not filled in */
};

/** Frees what the loader owns. */
void nbsi_loader_fini(struct nbsi_loader *loader);

/**
 * Loads a scenario from memory; nbs_scenario_load() is this on a file's bytes.
 * @param[in] name  stands before line and column in messages.
 */
enum nbs_status nbsi_scenario_parse(const char *name, const char *text, size_t len, uint32_t seed,
				    const struct nbs_override *overrides, size_t override_count,
				    FILE *messages, struct nbs_scenario **scenario);

/**
 * Puts path.to.key=value into the tree. Errors are reported.
 * @param[in] source  the option; must live as long as the tree.
 */
enum nbs_status nbsi_override(struct nbsi_loader *loader, const struct nbsi_source *source);

/** Reads a mapping by a table into the struct at base; node NULL = only defaults. */
void nbsi_load_map(struct nbsi_loader *loader, const struct nbsi_key *keys,
		   const struct nbsi_node *node, void *base);

/** Reads a value that is no mapping of keys into its field. */
void nbsi_load_value(struct nbsi_loader *loader, const struct nbsi_key *key,
		     const struct nbsi_node *node, void *base);

/** Reads a mapping of a number with its provenance into the struct nbs_value of a key. */
void nbsi_load_quantity(struct nbsi_loader *loader, const struct nbsi_key *key,
			const struct nbsi_node *node, void *base);

/** Reads a shipped profile's name, or its keys, into a struct on the heap that a field points to.
 */
void nbsi_load_modem(struct nbsi_loader *loader, const struct nbsi_key *key,
		     const struct nbsi_node *node, void *base);
void nbsi_load_mcu(struct nbsi_loader *loader, const struct nbsi_key *key,
		   const struct nbsi_node *node, void *base);

/** Frees the list. */
void nbsi_loaded_free(struct nbsi_loaded *loaded);

/**
 * Loads a profile from memory; nbs_modem_load() and nbs_mcu_load() are this on a file's bytes.
 * @param[in]  name     stands before line and column in messages.
 * @param[out] profile  a struct of that kind on the heap; untouched on error.
 */
enum nbs_status nbsi_profile_parse(const char *name, const char *text, size_t len,
				   enum nbs_profile_kind kind, FILE *messages, void **profile);

/**
 * Puts the keys of each profile that a fleet names by its path in the place of the path, so that
 * the document stands alone. Errors are reported.
 * @return NBS_OK or NBS_E_NOMEM.
 */
enum nbs_status nbsi_profiles_expand(struct nbsi_loader *loader);

/** What no single value of a profile can say; map is what it was read from. */
void nbsi_check_modem(struct nbsi_loader *loader, const struct nbs_modem *modem,
		      const struct nbsi_node *map);
void nbsi_check_mcu(struct nbsi_loader *loader, const struct nbs_mcu *mcu,
		    const struct nbsi_node *map);

/** Reports "found .., expected what the key takes"; why, if any, is told in brackets. */
void nbsi_load_refuse(struct nbsi_loader *loader, const struct nbsi_key *key,
		      const struct nbsi_node *node, const char *why);

/** Appends to the path of messages. @return the length before, for nbsi_path_pop(). */
size_t nbsi_path_push(struct nbsi_loader *loader, const char *name, size_t len);
/** The same for an item of a list: "fleets.clear" if it has a name, else "checks.0". */
size_t nbsi_path_push_item(struct nbsi_loader *loader, const struct nbsi_node *item, size_t index);

void nbsi_path_pop(struct nbsi_loader *loader, size_t len);

/** What no single key can say: names that refer to each other, sums, the network's conditions. */
void nbsi_check_scenario(struct nbsi_loader *loader, const struct nbs_scenario *scenario);

/** Settings of DTLS that need one another: fleets' and the gateway's. */
void nbsi_check_dtls(struct nbsi_loader *loader, const struct nbs_scenario *scenario);

/** Every fault of the network, each at its key. */
void nbsi_check_network(struct nbsi_loader *loader, const struct nbs_network_config *network);

/** What the model of batteries refuses, once each key's own value is right. */
void nbsi_check_battery(struct nbsi_loader *loader, const struct nbs_scenario *scenario);

/** Reads at most one byte more than a document may have: enough to see that it is too long. */
enum nbs_status nbsi_read_file(FILE *file, char **text, size_t *len);

/** Refuses what lies outside the table: a slip, or something that there is no model of. */
const struct nbsi_key *nbsi_refuse_unknown(struct nbsi_loader *loader, const struct nbsi_key *keys,
					   const struct nbsi_node *node);

#endif
