/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a document tree as block-style YAML 1.2. Scalars are written plain where every YAML parser
 * reads them back as the same text, otherwise in double quotes (YAML 1.2 7.3.1).
 */
#include "scenarios/document.h"

#include <stdlib.h>
#include <string.h>

/* Not isalnum(): that one depends on the locale. */
static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Characters that mean nothing to block-style YAML wherever they stand behind the first. */
static bool
is_plain_character(char c)
{
	return is_alnum(c) || (c != '\0' && strchr("._/%+-,() ", c) != NULL);
}

static bool
is_plain(const char *text, size_t len)
{
	bool minus = len > 1 && text[0] == '-' && text[1] >= '0' && text[1] <= '9';
	if (len == 0 || !(minus || is_alnum(text[0])) || text[len - 1] == ' ')
		return false;
	for (size_t i = 0; i < len; i++) {
		bool colon = text[i] == ':' && i + 1 < len && is_alnum(text[i + 1]);
		if (!colon && !is_plain_character(text[i]))
			return false;
	}
	return true;
}

static void
emit_quoted(FILE *out, const char *text, size_t len)
{
	fputc('"', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void
emit_text(FILE *out, const char *text, size_t len, bool quoted)
{
	if (quoted || !is_plain(text, len))
		emit_quoted(out, text, len);
	else
		fwrite(text, 1, len, out);
}

static void
emit_value(FILE *out, const struct nbsi_node *node)
{
	if (nbsi_node_is_null(node))
		fputs("null", out);
	else if (node->kind == NBSI_NODE_SCALAR)
		emit_text(out, node->text, node->len, node->quoted);
	else
		fputs(node->kind == NBSI_NODE_MAP ? "{}" : "[]", out);
}

/*
 * "key:" or "-" and, for what has no lines of its own below it, the value. The first line of a list
 * item's own content goes behind its dash. Returns whether the next line has to.
 */
static bool
emit_line(FILE *out, const struct nbsi_node *node, unsigned depth, bool joined)
{
	for (unsigned i = 0; i < depth && !joined; i++)
		fputs("  ", out);
	if (node->key != NULL) {
		emit_text(out, node->key, node->key_len, node->key_quoted);
		fputc(':', out);
	} else {
		fputc('-', out);
	}
	if (node->first != NULL && node->key == NULL) {
		fputc(' ', out);
		return true;
	}
	if (node->first == NULL) {
		fputc(' ', out);
		emit_value(out, node);
	}
	fputc('\n', out);
	return false;
}

static unsigned
depth_of(const struct nbsi_node *node, const struct nbsi_node *root)
{
	unsigned depth = 0;
	for (node = node->parent; node != NULL && node != root; node = node->parent)
		depth++;
	return depth;
}

enum nbs_status
nbsi_document_emit(const struct nbsi_node *root, char **text)
{
	size_t size = 0;
	FILE *out = open_memstream(text, &size);
	if (out == NULL)
		return NBS_E_NOMEM;
	if (root->first == NULL) {
		emit_value(out, root);
		fputc('\n', out);
	}
	bool joined = false;
	for (const struct nbsi_node *node = root->first; node != NULL;) {
		joined = emit_line(out, node, depth_of(node, root), joined);
		node = node->first != NULL ? node->first : nbsi_node_after(node, root);
	}
	if (fclose(out) != 0) {
		free(*text);
		*text = NULL;
		return NBS_E_NOMEM;
	}
	return NBS_OK;
}
