/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A YAML document as a tree whose every node knows its place in the text.
 *
 * Models: the YAML that a scenario needs: mappings with scalar keys, sequences, scalars. libfyaml
 * scans and parses (its event stream); what it hands over is checked and kept here.
 * Does not model: anchors, aliases, tags, merge keys, complex keys, several documents in a file:
 * each is an error that names its place. No alias is ever expanded.
 */
#ifndef NBSEC_SCENARIOS_DOCUMENT_H
#define NBSEC_SCENARIOS_DOCUMENT_H

#include "scenarios/loader_report.h"
#include "scenarios/scenario.h"

#define NBSI_DOCUMENT_MAX 8388608U /* bytes of a file, 8 * 1024 * 1024 */
#define NBSI_DEPTH_MAX 16U         /* collections in each other; the schema needs 6 */
#define NBSI_NODES_MAX 1000000U    /* values in a file: bounds the tree's memory */

enum nbsi_node_kind { NBSI_NODE_SCALAR, NBSI_NODE_MAP, NBSI_NODE_SEQ };

/** A value, and the key it stands under when its parent is a mapping. */
struct nbsi_node {
	enum nbsi_node_kind kind;
	bool quoted; /* scalar in quotes or a block scalar: never null */
	bool key_quoted;
	bool flow;             /* collection written with [] or {} */
	const char *key;       /* NULL in a sequence; NUL-terminated */
	const char *text;      /* of a scalar; NUL-terminated, may hold NULs before its end */
	uint32_t key_len, len; /* bytes */
	struct nbsi_span key_span, span;
	struct nbsi_node *parent, *next, *first, *last; /* next: in the parent's order */
	size_t count;                                   /* children */
};

struct nbsi_chunk;

/** Owns the nodes and their texts. Zero-initialised is empty. */
struct nbsi_document {
	struct nbsi_chunk *chunks;
	struct nbsi_node *root; /* NULL before the parse */
	size_t nodes;
};

void nbsi_document_fini(struct nbsi_document *doc);

/**
 * Parses what follows the first bytes of a source.
 * @param[in]  from  bytes to skip (the path of an override), 0 for a file.
 * @param[out] root  owned by the document; not hung into it.
 * @retval NBS_E_INVALID  reported.
 */
enum nbs_status nbsi_document_parse(struct nbsi_document *doc, const struct nbsi_source *source,
				    size_t from, struct nbsi_report *report,
				    struct nbsi_node **root);

/** Checks size, UTF-8 and control characters of a text, before anything else reads it. */
enum nbs_status nbsi_text_check(const struct nbsi_source *source, struct nbsi_report *report);

/** Reports keys that stand twice in one mapping, naming both lines. n log n in the keys. */
enum nbs_status nbsi_document_duplicates(const struct nbsi_node *root, struct nbsi_report *report);

/** @return a new node owned by the document, NULL without memory. */
struct nbsi_node *nbsi_node_new(struct nbsi_document *doc, enum nbsi_node_kind kind,
				struct nbsi_span span);

/** @return a NUL-terminated copy owned by the document, NULL without memory. */
const char *nbsi_document_text(struct nbsi_document *doc, const char *text, size_t len);

/** Hangs child under parent, behind the node after (NULL = at the end). */
void nbsi_node_add(struct nbsi_node *parent, struct nbsi_node *child, struct nbsi_node *after);

/** @return the mapping's value under key, NULL when there is none or it is no mapping. */
struct nbsi_node *nbsi_node_get(const struct nbsi_node *map, const char *key, size_t len);

/** @return whether the scalar says nothing: empty, ~ or null, and not in quotes. */
bool nbsi_node_is_null(const struct nbsi_node *node);

/** @return where to point for an error about the node: its key if it is a collection. */
struct nbsi_span nbsi_node_place(const struct nbsi_node *node);

/** The next node in document order that is not below node. For walks without recursion. */
const struct nbsi_node *nbsi_node_after(const struct nbsi_node *node, const struct nbsi_node *top);

/**
 * Writes the tree as YAML that parses to the same tree.
 * @param[out] text  NUL-terminated, freed by the caller.
 */
enum nbs_status nbsi_document_emit(const struct nbsi_node *root, char **text);

#endif
