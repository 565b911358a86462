/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a name or path to a parsed file: looks on the shelf, reads, checks that it is a mapping. No
 * clause: the form is ours.
 */
#include "scenarios/shelf.h"
#include "scenarios/suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".yaml"

void
nbsi_opened_free(struct nbsi_opened *opened)
{
	while (opened != NULL) {
		struct nbsi_opened *next = opened->next;
		free((void *)(uintptr_t)opened->source.name);
		free((void *)(uintptr_t)opened->source.text);
		free(opened);
		opened = next;
	}
}

const char *
nbsi_shelf_name(const struct nbsi_shelf *shelf, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (shelf->files[i].name == NULL)
			return NULL;
	}
	return shelf->files[index].name;
}

bool
nbsi_is_path(const char *text)
{
	return strpbrk(text, "/.") != NULL;
}

/* ---- finding the file ---- */

static const struct nbsi_shipped *
find_shipped(const struct nbsi_shelf *shelf, const char *name)
{
	const struct nbsi_shipped *one = shelf->files;
	while (one->name != NULL && strcmp(one->name, name) != 0)
		one++;
	return one->name != NULL ? one : NULL;
}

static void
refuse_name(struct nbsi_loader *loader, const struct nbsi_shelf *shelf,
	    const struct nbsi_node *base)
{
	char known[NBSI_EXPECTS_MAX] = "", quoted[NBSI_QUOTE_MAX];
	struct nbsi_suggest nearest;
	nbsi_suggest_init(&nearest, base->text, base->len);
	for (const struct nbsi_shipped *one = shelf->files; one->name != NULL; one++) {
		nbsi_suggest_offer(&nearest, one->name);
		nbsi_append(known, sizeof(known), "%s, ", one->name);
	}
	nbsi_error(&loader->report, nbsi_node_place(base), loader->path,
		   "found %s, expected one of %sor a file's path%s%s%s",
		   nbsi_quote(quoted, base->text, base->len), known,
		   nearest.best != NULL ? "; did you mean `" : "",
		   nearest.best != NULL ? nearest.best : "", nearest.best != NULL ? "`?" : "");
}

/* A path is relative to the folder of the scenario's file. On the heap, NULL without memory. */
static char *
join_path(const struct nbsi_loader *loader, const char *base)
{
	const char *file = loader->file.name;
	const char *slash = strrchr(file, '/');
	size_t folder = base[0] == '/' || slash == NULL ? 0 : (size_t)(slash - file) + 1;
	size_t size = folder + strlen(base) + 1;
	char *path = malloc(size);
	if (path != NULL)
		snprintf(path, size, "%.*s%s", (int)folder, file, base);
	return path;
}

/* Only a regular file: a device or a pipe might never end. */
static enum nbs_status
read_path(const char *path, char **text, size_t *len)
{
	struct stat info;
	if (stat(path, &info) != 0)
		return NBS_E_IO;
	errno = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
	if (!S_ISREG(info.st_mode))
		return NBS_E_IO;
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return NBS_E_IO;
	enum nbs_status status = nbsi_read_file(file, text, len);
	fclose(file);
	return status;
}

static enum nbs_status
open_path(struct nbsi_loader *loader, const struct nbsi_node *base, struct nbsi_source *source)
{
	char quoted[NBSI_QUOTE_MAX], *text = NULL, *path = join_path(loader, base->text);
	if (path == NULL)
		return NBS_E_NOMEM;
	enum nbs_status status = read_path(path, &text, &source->len);
	source->name = path;
	source->text = text;
	if (status == NBS_OK || status == NBS_E_NOMEM)
		return status;
	nbsi_error(&loader->report, nbsi_node_place(base), loader->path,
		   "found %s, expected a file that can be read: %s",
		   nbsi_quote(quoted, base->text, base->len), strerror(errno));
	return NBS_E_INVALID;
}

static enum nbs_status
open_shipped(const struct nbsi_shelf *shelf, const struct nbsi_shipped *shipped,
	     struct nbsi_source *source)
{
	size_t size = strlen(shelf->folder) + strlen(shipped->name) + strlen(SUFFIX) + 1;
	char *name = malloc(size), *text = malloc(shipped->len + 1);
	source->name = name;
	source->text = text;
	source->len = shipped->len;
	if (name == NULL || text == NULL)
		return NBS_E_NOMEM;
	snprintf(name, size, "%s%s%s", shelf->folder, shipped->name, SUFFIX);
	memcpy(text, shipped->text, shipped->len + 1);
	return NBS_OK;
}

/* The loader keeps the source (and frees it): nodes point into it. */
static enum nbs_status
open_base(struct nbsi_loader *loader, const struct nbsi_shelf *shelf, const struct nbsi_node *base,
	  struct nbsi_source **source)
{
	struct nbsi_key key = {.type = shelf->type, .min = 1, .max = NBS_TEXT_MAX};
	if (base->kind != NBSI_NODE_SCALAR || nbsi_node_is_null(base) || base->len == 0 ||
	    base->len > NBS_TEXT_MAX || strlen(base->text) != base->len) {
		nbsi_load_refuse(loader, &key, base, NULL);
		return NBS_E_INVALID;
	}
	const struct nbsi_shipped *shipped = find_shipped(shelf, base->text);
	if (shipped == NULL && !nbsi_is_path(base->text)) {
		refuse_name(loader, shelf, base);
		return NBS_E_INVALID;
	}
	struct nbsi_opened *opened = calloc(1, sizeof(*opened));
	if (opened == NULL)
		return NBS_E_NOMEM;
	opened->next = loader->opened;
	loader->opened = opened;
	*source = &opened->source;
	return shipped != NULL ? open_shipped(shelf, shipped, *source)
			       : open_path(loader, base, *source);
}

/* ---- its tree ---- */

enum nbs_status
nbsi_shelf_parse_text(struct nbsi_loader *loader, const struct nbsi_shelf *shelf,
		      const struct nbsi_source *source, struct nbsi_node **root)
{
	enum nbs_status status = nbsi_text_check(source, &loader->report);
	if (status == NBS_OK)
		status = nbsi_document_parse(&loader->doc, source, 0, &loader->report, root);
	if (status == NBS_OK && (*root == NULL || (*root)->kind != NBSI_NODE_MAP)) {
		struct nbsi_span start = {source, 0, 0};
		nbsi_error(&loader->report, start, NULL, "found no mapping, expected %s",
			   shelf->holds);
		status = NBS_E_INVALID;
	}
	return status == NBS_OK ? nbsi_document_duplicates(*root, &loader->report) : status;
}

enum nbs_status
nbsi_shelf_parse(struct nbsi_loader *loader, const struct nbsi_shelf *shelf,
		 const struct nbsi_node *base, struct nbsi_node **root)
{
	struct nbsi_source *source = NULL;
	enum nbs_status status = open_base(loader, shelf, base, &source);
	return status == NBS_OK ? nbsi_shelf_parse_text(loader, shelf, source, root) : status;
}

struct nbsi_node *
nbsi_shelf_scalar(struct nbsi_loader *loader, const struct nbsi_source *source)
{
	struct nbsi_span span = {source, 0, (uint32_t)source->len};
	struct nbsi_node *base = nbsi_node_new(&loader->doc, NBSI_NODE_SCALAR, span);
	if (base == NULL)
		return NULL;
	base->text = source->text;
	base->len = (uint32_t)source->len;
	base->quoted = true;
	return base;
}
