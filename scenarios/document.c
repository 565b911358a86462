/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * YAML 1.2 through libfyaml's event stream into a tree. Deviations, all of them refusals: anchors,
 * aliases, tags, merge keys, complex keys, more than one document. The library is never asked to
 * resolve or to compare keys: both cost time that grows faster than the file.
 */
#include "scenarios/document.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#define SYNTAX_TEXT 256U /* bytes kept of the parser's own message */

struct doc_parse {
	struct nbsi_document *doc;
	const struct nbsi_source *source;
	size_t from; /* where the parser's text starts in the source */
	struct nbsi_report *report;
	struct nbsi_node *root, *open; /* open: the collection that takes the next node */
	struct fy_token *key;          /* waits for its value; valid while key_event lives */
	struct fy_event *key_event;
	unsigned depth, documents;
	bool refused;             /* something was reported */
	char syntax[SYNTAX_TEXT]; /* first message of the parser, "NAME:LINE:COLUMN: error: TEXT" */
	bool wants_key;           /* open is a mapping whose next node is a key */
};

/* The parser's output function: keeps the first line, drops its picture of the source. */
static void
doc_keep_message(struct fy_diag *diag, void *user, const char *text, size_t len)
{
	struct doc_parse *parse = user;
	(void)diag;
	if (parse->syntax[0] != '\0')
		return;
	while (len > 0 && text[len - 1] == '\n')
		len--;
	size_t skip = len < SYNTAX_TEXT ? 0 : len - SYNTAX_TEXT + 1;
	memcpy(parse->syntax, text + skip, len - skip);
	parse->syntax[len - skip] = '\0';
}

static struct nbsi_span
doc_span(const struct doc_parse *parse, struct fy_token *token)
{
	const struct fy_mark *start = token == NULL ? NULL : fy_token_start_mark(token);
	const struct fy_mark *end = token == NULL ? NULL : fy_token_end_mark(token);
	struct nbsi_span span = {parse->source, (uint32_t)parse->from, 0};
	if (start == NULL)
		return span;
	span.start += (uint32_t)start->input_pos;
	if (end != NULL && end->input_pos > start->input_pos)
		span.len = (uint32_t)(end->input_pos - start->input_pos);
	return span;
}

static void
doc_refuse(struct doc_parse *parse, struct nbsi_span span, const char *found, const char *expected)
{
	nbsi_error(parse->report, span, NULL, "found %s, expected %s", found, expected);
	parse->refused = true;
}

static bool
doc_is_merge(struct fy_token *token)
{
	size_t len = 0;
	if (token == NULL || fy_token_scalar_style(token) != FYSS_PLAIN)
		return false;
	const char *text = fy_token_get_text(token, &len);
	return text != NULL && len == 2 && memcmp(text, "<<", 2) == 0;
}

static void
doc_check_decoration(struct doc_parse *parse, struct fy_token *anchor, struct fy_token *tag)
{
	if (anchor != NULL)
		doc_refuse(parse, doc_span(parse, anchor), "an anchor (&)",
			   "values written out: anchors and aliases are not read");
	if (tag != NULL)
		doc_refuse(parse, doc_span(parse, tag), "a tag (!)",
			   "a plain value: tags are not read");
}

/*
 * Undoes single quotes (YAML 1.2 7.3.2): libfyaml 0.7.12 reads 'a''''b' as a''' and loses memory
 * over eight such pairs. Only on one line, where the text is that of the file but for the pairs.
 */
static const char *
doc_single_quoted(struct doc_parse *parse, struct fy_token *token, uint32_t *len)
{
	struct nbsi_span span = doc_span(parse, token);
	const char *text = parse->source->text + span.start;
	char *copy = malloc(span.len + 1U);
	if (copy == NULL)
		return NULL;
	*len = 0;
	for (uint32_t i = 0; i < span.len; i++) {
		copy[(*len)++] = text[i];
		i += text[i] == '\'';
	}
	if (memchr(text, '\n', span.len) != NULL)
		doc_refuse(parse, span, "single quotes over several lines", "them on one line");
	const char *kept = nbsi_document_text(parse->doc, copy, *len);
	free(copy);
	return kept;
}

/* A scalar's text, owned by the document; no token is no text. */
static const char *
doc_text(struct doc_parse *parse, struct fy_token *token, uint32_t *len)
{
	size_t size = 0;
	const char *text = NULL;
	if (token != NULL && fy_token_scalar_style(token) == FYSS_SINGLE_QUOTED)
		return doc_single_quoted(parse, token, len);
	if (token != NULL)
		text = fy_token_get_text(token, &size);
	*len = text == NULL ? 0 : (uint32_t)size;
	return nbsi_document_text(parse->doc, text, *len);
}

static enum nbs_status
doc_give_key(struct doc_parse *parse, struct nbsi_node *node)
{
	node->key = doc_text(parse, parse->key, &node->key_len);
	node->key_span = doc_span(parse, parse->key);
	node->key_quoted = parse->key != NULL && fy_token_scalar_style(parse->key) != FYSS_PLAIN;
	return node->key == NULL ? NBS_E_NOMEM : NBS_OK;
}

/* Hangs a new value into the open collection, or makes it the root. */
static enum nbs_status
doc_place(struct doc_parse *parse, struct nbsi_node *node)
{
	if (parse->doc->nodes > NBSI_NODES_MAX) {
		doc_refuse(parse, node->span, "more than 1000000 values", "a smaller file");
		return NBS_E_INVALID;
	}
	if (parse->open == NULL) {
		parse->root = node;
		return NBS_OK;
	}
	if (parse->open->kind == NBSI_NODE_MAP && doc_give_key(parse, node) != NBS_OK)
		return NBS_E_NOMEM;
	nbsi_node_add(parse->open, node, NULL);
	parse->wants_key = parse->open->kind == NBSI_NODE_MAP;
	return NBS_OK;
}

static enum nbs_status
doc_on_scalar(struct doc_parse *parse, const struct fy_event *event)
{
	struct fy_token *token = event->scalar.value;
	struct nbsi_span span = doc_span(parse, token);
	if (token == NULL && parse->key != NULL) { /* "key:" and nothing: point behind the key */
		span = doc_span(parse, parse->key);
		span.start += span.len;
		span.len = 0;
	}
	struct nbsi_node *node = nbsi_node_new(parse->doc, NBSI_NODE_SCALAR, span);
	if (node == NULL)
		return NBS_E_NOMEM;
	node->text = doc_text(parse, token, &node->len);
	node->quoted = token != NULL && fy_token_scalar_style(token) != FYSS_PLAIN;
	return node->text == NULL ? NBS_E_NOMEM : doc_place(parse, node);
}

/* A scalar where a key is due: the event is kept until the value has come. */
static void
doc_on_key(struct doc_parse *parse, struct fy_event *event)
{
	struct fy_token *token = event->scalar.value;
	if (doc_is_merge(token))
		doc_refuse(parse, doc_span(parse, token), "a merge key (<<)", "keys written out");
	parse->key = token;
	parse->key_event = event;
	parse->wants_key = false;
}

static enum nbs_status
doc_on_start(struct doc_parse *parse, enum nbsi_node_kind kind, struct fy_token *token)
{
	struct nbsi_span span = doc_span(parse, token);
	if (parse->wants_key) {
		doc_refuse(parse, span, "a list or mapping as a key", "a word as a key");
		return NBS_E_INVALID;
	}
	if (parse->depth == NBSI_DEPTH_MAX) {
		doc_refuse(parse, span, "values nested deeper than 16 levels", "a flatter file");
		return NBS_E_INVALID;
	}
	struct nbsi_node *node = nbsi_node_new(parse->doc, kind, span);
	if (node == NULL)
		return NBS_E_NOMEM;
	char first = span.len > 0 ? parse->source->text[span.start] : '\0';
	node->flow = first == '[' || first == '{';
	enum nbs_status status = doc_place(parse, node);
	if (status != NBS_OK)
		return status;
	parse->depth++;
	parse->open = node;
	parse->wants_key = kind == NBSI_NODE_MAP;
	return NBS_OK;
}

static void
doc_on_end(struct doc_parse *parse)
{
	parse->depth--;
	parse->open = parse->open->parent;
	parse->wants_key = parse->open != NULL && parse->open->kind == NBSI_NODE_MAP;
}

static enum nbs_status
doc_on_document(struct doc_parse *parse, const struct fy_event *event)
{
	if (++parse->documents < 2)
		return NBS_OK;
	doc_refuse(parse, doc_span(parse, event->document_start.document_start),
		   "a second document", "exactly one in the file");
	return NBS_E_INVALID;
}

/* An alias stands for a value (or key) that is not read: it leaves a null in its place. */
static enum nbs_status
doc_on_alias(struct doc_parse *parse, struct fy_event *event)
{
	struct nbsi_span span = doc_span(parse, event->alias.anchor);
	doc_refuse(parse, span, "an alias (*)",
		   "the value written out: anchors and aliases are not read");
	if (parse->wants_key)
		return NBS_E_INVALID;
	struct nbsi_node *node = nbsi_node_new(parse->doc, NBSI_NODE_SCALAR, span);
	return node == NULL ? NBS_E_NOMEM : doc_place(parse, node);
}

static enum nbs_status
doc_on_event(struct doc_parse *parse, struct fy_event *event)
{
	switch (event->type) {
	case FYET_DOCUMENT_START:
		return doc_on_document(parse, event);
	case FYET_SCALAR:
		doc_check_decoration(parse, event->scalar.anchor, event->scalar.tag);
		if (!parse->wants_key)
			return doc_on_scalar(parse, event);
		doc_on_key(parse, event);
		return NBS_OK;
	case FYET_MAPPING_START:
		doc_check_decoration(parse, event->mapping_start.anchor, event->mapping_start.tag);
		return doc_on_start(parse, NBSI_NODE_MAP, event->mapping_start.mapping_start);
	case FYET_SEQUENCE_START:
		doc_check_decoration(parse, event->sequence_start.anchor,
				     event->sequence_start.tag);
		return doc_on_start(parse, NBSI_NODE_SEQ, event->sequence_start.sequence_start);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		doc_on_end(parse);
		return NBS_OK;
	case FYET_ALIAS:
		return doc_on_alias(parse, event);
	default:
		return NBS_OK;
	}
}

/* Says what the parser did not like, in our form. Its own places lines from 1 like ours. */
static void
doc_report_syntax(struct doc_parse *parse)
{
	unsigned long line = 1, column = 1;
	char *text = strstr(parse->syntax, ": error: ");
	if (text != NULL) {
		char *at = text;
		*text = '\0';
		for (int colons = 0; at > parse->syntax && colons < 2; at--)
			colons += at[-1] == ':';
		char *end = at;
		line = strtoul(at + (*at == ':'), &end, 10);
		column = *end == ':' ? strtoul(end + 1, NULL, 10) : 1;
		text += strlen(": error: ");
	}
	struct nbsi_source rest = *parse->source;
	rest.text += parse->from;
	rest.len -= parse->from;
	size_t offset = parse->from + nbsi_source_offset(&rest, line, column);
	struct nbsi_span span = {parse->source, (uint32_t)offset, 1};
	nbsi_error(parse->report, span, NULL, "found no YAML: %s",
		   text != NULL               ? text
		   : parse->syntax[0] != '\0' ? parse->syntax
					      : "not readable");
	parse->refused = true;
}

static enum nbs_status
doc_read_events(struct doc_parse *parse, struct fy_parser *parser)
{
	enum nbs_status status = NBS_OK;
	struct fy_event *event = NULL;
	while (status == NBS_OK && (event = fy_parser_parse(parser)) != NULL) {
		struct fy_event *key_event = parse->key_event;
		parse->key_event = NULL;
		status = doc_on_event(parse, event);
		if (key_event != NULL) {
			fy_parser_event_free(parser, key_event);
			parse->key = NULL;
		}
		if (parse->key_event != event)
			fy_parser_event_free(parser, event);
	}
	if (parse->key_event != NULL)
		fy_parser_event_free(parser, parse->key_event);
	if (status == NBS_OK && fy_parser_get_stream_error(parser))
		doc_report_syntax(parse);
	return status;
}

static struct fy_parser *
doc_parser_new(struct fy_diag *diag, const char *text, size_t len)
{
	struct fy_parse_cfg config = {
	    .search_path = "",
	    .flags = FYPCF_ALLOW_DUPLICATE_KEYS | FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2,
	    .diag = diag,
	};
	struct fy_parser *parser = fy_parser_create(&config);
	if (parser != NULL && fy_parser_set_string(parser, text, len) != 0) {
		fy_parser_destroy(parser);
		return NULL;
	}
	return parser;
}

enum nbs_status
nbsi_document_parse(struct nbsi_document *doc, const struct nbsi_source *source, size_t from,
		    struct nbsi_report *report, struct nbsi_node **root)
{
	struct doc_parse parse = {.doc = doc, .source = source, .from = from, .report = report};
	struct fy_diag_cfg diag_config;
	fy_diag_cfg_default(&diag_config);
	diag_config.fp = NULL;
	diag_config.output_fn = doc_keep_message;
	diag_config.user = &parse;
	diag_config.level = FYET_ERROR;
	diag_config.colorize = false;
	struct fy_diag *diag = fy_diag_create(&diag_config);
	if (diag == NULL)
		return NBS_E_NOMEM;
	enum nbs_status status = NBS_E_NOMEM;
	struct fy_parser *parser = doc_parser_new(diag, source->text + from, source->len - from);
	if (parser != NULL)
		status = doc_read_events(&parse, parser);
	fy_parser_destroy(parser);
	fy_diag_destroy(diag);
	*root = parse.root;
	if (status == NBS_OK && parse.refused)
		status = NBS_E_INVALID;
	return status;
}
