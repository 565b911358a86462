/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mkdir, rename and removal for the folders of runs.
 */
#define _XOPEN_SOURCE 700 /* nftw */
#include "cli/folder.h"

#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_OPEN_FILES 16 /* nftw keeps at most so many folders open */

static int
remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	(void)info;
	(void)type;
	(void)walk;
	return remove(path);
}

void
cli_remove_tree(const char *path)
{
	if (nftw(path, remove_entry, FOLDER_OPEN_FILES, FTW_DEPTH | FTW_PHYS) != 0)
		cli_fail(CLI_SYSTEM, "%s: not wholly removed: %s", path, strerror(errno));
}

/* Whether all that stands in a folder is what a run leaves there: nothing of the user's own. */
static bool
folder_is_of_a_run(const char *path)
{
	static const char *const names[] = {".",        "..",   "results.sqlite", "summary.json",
					    "keys.log", "pcap", "scenario.yaml",  "report.html",
					    "PARTIAL"};
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool ours = dir != NULL;

	while (dir != NULL && ours && (entry = readdir(dir)) != NULL) {
		ours = false;
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !ours; i++)
			ours = strcmp(entry->d_name, names[i]) == 0;
	}
	if (dir != NULL)
		closedir(dir);
	return ours;
}

/* What stands at the target must be nothing, or, with force, something that may go. */
static int
folder_check_target(const char *target, bool force)
{
	struct stat info;

	if (lstat(target, &info) != 0)
		return errno == ENOENT ? CLI_DONE
				       : cli_fail(CLI_SYSTEM, "%s: %s", target, strerror(errno));
	if (!force)
		return cli_fail(CLI_BAD_INPUT,
				"%s: exists already; --force replaces it, -o names another folder",
				target);
	if (!S_ISDIR(info.st_mode) || !folder_is_of_a_run(target))
		return cli_fail(CLI_BAD_INPUT,
				"%s: holds something that no run left there: not replaced", target);
	return CLI_DONE;
}

/* Makes every folder above the last part of path. */
static int
folder_make_parents(const char *path)
{
	char *part = cli_text("%s", path);

	if (part == NULL)
		return cli_no_memory();
	for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0777) != 0 && errno != EEXIST) {
			int exit_status = cli_fail(CLI_SYSTEM, "%s: %s", part, strerror(errno));

			free(part);
			return exit_status;
		}
		*slash = '/';
	}
	free(part);
	return CLI_DONE;
}

/* "out/x" and ".x.tmp" to "out/.x.tmp-PID": beside the target, so that rename() will do. */
static char *
folder_beside(const char *target, const char *kind)
{
	const char *slash = strrchr(target, '/');
	const char *name = slash == NULL ? target : slash + 1;

	return cli_text("%.*s.%s.%s-%ld", (int)(name - target), target, name, kind, (long)getpid());
}

static bool
folder_set_target(struct cli_folder *folder, const char *target)
{
	size_t len = strlen(target);

	while (len > 1 && target[len - 1] == '/')
		len--;
	folder->target = cli_text("%.*s", (int)len, target);
	folder->temp = folder->target == NULL ? NULL : folder_beside(folder->target, "tmp");
	return folder->temp != NULL;
}

static bool
folder_has_name(const char *target)
{
	const char *slash = strrchr(target, '/');
	const char *name = slash == NULL ? target : slash + 1;

	return name[0] != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static void
folder_forget(struct cli_folder *folder)
{
	free(folder->temp);
	free(folder->target);
	*folder = (struct cli_folder){0};
}

int
cli_folder_begin(struct cli_folder *folder, const char *target, bool force)
{
	int exit_status;

	*folder = (struct cli_folder){.force = force};
	if (!folder_set_target(folder, target)) {
		folder_forget(folder);
		return cli_no_memory();
	}
	if (!folder_has_name(folder->target))
		exit_status =
		    cli_fail(CLI_BAD_INPUT, "-o %s: expected the name of a folder", target);
	else
		exit_status = folder_check_target(folder->target, force);
	if (exit_status == CLI_DONE)
		exit_status = folder_make_parents(folder->target);
	if (exit_status == CLI_DONE && mkdir(folder->temp, 0777) != 0)
		exit_status = cli_fail(CLI_SYSTEM, "%s: %s", folder->temp, strerror(errno));
	if (exit_status != CLI_DONE)
		folder_forget(folder); /* there is no temporary folder to remove */
	return exit_status;
}

char *
cli_folder_path(const struct cli_folder *folder, const char *file)
{
	return cli_text("%s/%s", folder->temp, file);
}

int
cli_folder_write(const struct cli_folder *folder, const char *file, const char *head,
		 const char *body)
{
	char *path = cli_folder_path(folder, file);
	int exit_status = CLI_DONE;

	if (path == NULL)
		return cli_no_memory();
	FILE *out = fopen(path, "w");
	bool written = out != NULL && fputs(head, out) >= 0 && fputs(body, out) >= 0;

	if (out != NULL && fclose(out) != 0)
		written = false;
	if (!written)
		exit_status = cli_fail(CLI_SYSTEM, "%s: %s", path, strerror(errno));
	free(path);
	return exit_status;
}

static int
folder_rename(const struct cli_folder *folder, const char *from, const char *to)
{
	if (rename(from, to) == 0)
		return CLI_DONE;
	return cli_fail(CLI_SYSTEM, "%s: not renamed to %s: %s; the run's files are in %s", from,
			to, strerror(errno), folder->temp);
}

/* The old folder steps aside, the new one takes its place, then the old one goes. */
static int
folder_replace(const struct cli_folder *folder)
{
	char *aside = folder_beside(folder->target, "old");

	if (aside == NULL)
		return cli_no_memory();
	int exit_status = folder_rename(folder, folder->target, aside);

	if (exit_status == CLI_DONE) {
		exit_status = folder_rename(folder, folder->temp, folder->target);
		if (exit_status == CLI_DONE)
			cli_remove_tree(aside);
		else
			folder_rename(folder, aside, folder->target);
	}
	free(aside);
	return exit_status;
}

int
cli_folder_commit(struct cli_folder *folder)
{
	int exit_status;

	if (folder->force && access(folder->target, F_OK) == 0)
		exit_status = folder_replace(folder);
	else
		exit_status = folder_rename(folder, folder->temp, folder->target);
	/* Committed, or kept for the user: either way nothing is left to remove. */
	free(folder->temp);
	folder->temp = NULL;
	return exit_status;
}

void
cli_folder_end(struct cli_folder *folder)
{
	if (folder->temp != NULL)
		cli_remove_tree(folder->temp);
	folder_forget(folder);
}
