/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The folder of a run: written under a temporary name beside its place, renamed when whole.
 *
 * An existing folder is left alone without force. With force it is replaced, once the new one is
 * complete, and only if it is empty or holds a results.sqlite: a slip of the -o option must not
 * cost somebody a home folder.
 */
#ifndef NBSEC_CLI_FOLDER_H
#define NBSEC_CLI_FOLDER_H

#include <stdbool.h>

/** Zero-initialised it is nothing. */
struct cli_folder {
	char *target; /* where it is to be in the end */
	char *temp;   /* where it is written now */
	bool force;
};

/**
 * Checks the place and makes the temporary folder (and the parents of its place).
 * @return CLI_DONE, or the exit status with the message printed and nothing touched.
 */
int cli_folder_begin(struct cli_folder *folder, const char *target, bool force);

/** @return path of a file in the temporary folder, freed by free(); NULL without memory. */
char *cli_folder_path(const struct cli_folder *folder, const char *file);

/** Writes a small text file into the temporary folder. @return exit status. */
int cli_folder_write(const struct cli_folder *folder, const char *file, const char *head,
		     const char *body);

/** Puts the folder into its place. On failure the temporary one stays, and the message names it. */
int cli_folder_commit(struct cli_folder *folder);

/** Frees the struct; removes the temporary folder if it was not committed. */
void cli_folder_end(struct cli_folder *folder);

/** Removes a folder with all that is in it; links are removed, not followed. */
void cli_remove_tree(const char *path);

#endif
