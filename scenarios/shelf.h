/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Files that a scenario may name: those compiled into the library by their name, others by path.
 *
 * Networks, modems and microcontrollers are such files. What is compiled in is found from any
 * folder and after installation.
 */
#ifndef NBSEC_SCENARIOS_SHELF_H
#define NBSEC_SCENARIOS_SHELF_H

#include "scenarios/loader.h"

/** A file that is compiled in, as CMake put it into NAMES_data.c. */
struct nbsi_shipped {
	const char *name; /* NULL behind the last */
	const char *text;
	size_t len;
};

/** Files of one kind. */
struct nbsi_shelf {
	const char *folder;  /* where the shipped ones lie in the source tree, for messages */
	const char *holds;   /* "a network's keys": what a file must hold */
	enum nbsi_type type; /* of a key that names one: says what is expected of it */
	const struct nbsi_shipped *files;
};

extern const struct nbsi_shelf nbsi_networks; /* networks.c */
extern const struct nbsi_shelf nbsi_modems;   /* profiles.c */
extern const struct nbsi_shelf nbsi_mcus;     /* profiles.c */

extern const struct nbsi_shipped nbsi_shipped_networks[], nbsi_shipped_modems[],
    nbsi_shipped_mcus[];

/** A file's text, kept by the loader until its end: nodes and messages point into it. */
struct nbsi_opened {
	struct nbsi_source source; /* name and text on the heap */
	struct nbsi_opened *next;
};

/** Frees the list. */
void nbsi_opened_free(struct nbsi_opened *opened);

/** @return the name of a shipped file; NULL behind the last. */
const char *nbsi_shelf_name(const struct nbsi_shelf *shelf, size_t index);

/** @return whether a text that names a file is a path: it has a slash or a dot. */
bool nbsi_is_path(const char *text);

/**
 * Opens the file that a scalar names and parses it. A path is relative to the folder of the
 * loader's file. Errors are reported, those of the scalar at the loader's path.
 * @param[out] root  a mapping without keys that stand twice, of the loader's document; not hung in.
 * @retval NBS_E_INVALID  reported.
 */
enum nbs_status nbsi_shelf_parse(struct nbsi_loader *loader, const struct nbsi_shelf *shelf,
				 const struct nbsi_node *base, struct nbsi_node **root);

/** The same of a text in memory, which must live as long as the loader. */
enum nbs_status nbsi_shelf_parse_text(struct nbsi_loader *loader, const struct nbsi_shelf *shelf,
				      const struct nbsi_source *source, struct nbsi_node **root);

/** @return a scalar on the heap of the loader's document with a text as its value. */
struct nbsi_node *nbsi_shelf_scalar(struct nbsi_loader *loader, const struct nbsi_source *source);

#endif
