/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run of a scenario in a process of its own, and the temporary folder that it writes to. */
#include "cli/child.h"

#include "cli/cli.h"
#include "cli/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define CHILD_FIRST_WORDS 16U
#define CHILD_BYTES_PER_MB 1e6
#define CHILD_MAXRSS_UNIT 1024.0 /* Linux counts KiB */

extern char **environ;

/* ---- the command line ---- */

static bool
child_grow(struct cli_child *child)
{
	size_t room = child->room == 0 ? CHILD_FIRST_WORDS : 2 * child->room;
	char **words = realloc(child->words, room * sizeof(*words));

	if (words == NULL)
		return false;
	child->words = words;
	child->room = room;
	return true;
}

void
cli_child_add(struct cli_child *child, char *word)
{
	if (word != NULL && (child->count + 1 < child->room || child_grow(child))) {
		child->words[child->count++] = word;
		child->words[child->count] = NULL;
		return;
	}
	free(word);
	child->failed = true;
}

void
cli_child_begin(struct cli_child *child, const char *file, const char *dir)
{
	*child = (struct cli_child){0};
	cli_child_add(child, cli_text("nbsec"));
	cli_child_add(child, cli_text("run"));
	cli_child_add(child, cli_text("%s", file));
	cli_child_add(child, cli_text("-o"));
	cli_child_add(child, cli_text("%s", dir));
	cli_child_add(child, cli_text("--json"));
}

void
cli_child_free(struct cli_child *child)
{
	for (size_t i = 0; i < child->count; i++)
		free(child->words[i]);
	free(child->words);
	*child = (struct cli_child){0};
}

/* ---- the child ---- */

/* Standard output goes nowhere; standard error stays ours, so that its messages are seen. */
static int
child_spawn(const struct cli_child *child, pid_t *pid)
{
	posix_spawn_file_actions_t actions;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return cli_no_memory();
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	int error = posix_spawn(pid, child->program == NULL ? "/proc/self/exe" : child->program,
				&actions, NULL, child->words, environ);

	posix_spawn_file_actions_destroy(&actions);
	return error == 0 ? CLI_DONE
			  : cli_fail(CLI_SYSTEM, "%s: %s", child->words[0], strerror(error));
}

static double
seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Waits to the end, whatever signals come: Ctrl-C reaches the child too, and it ends. */
static int
child_wait(pid_t pid, struct cli_child_cost *cost)
{
	struct rusage usage;
	int state = 0;

	while (wait4(pid, &state, 0, &usage) < 0) {
		if (errno != EINTR)
			return cli_fail(CLI_SYSTEM, "waiting: %s", strerror(errno));
	}
	cost->cpu_s = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
	cost->peak_mb = (double)usage.ru_maxrss * CHILD_MAXRSS_UNIT / CHILD_BYTES_PER_MB;
	if (WIFSIGNALED(state))
		return cli_fail(CLI_SYSTEM, "the run died of signal %d", WTERMSIG(state));
	return WEXITSTATUS(state) == CLI_CHECK_FAILED ? CLI_DONE : WEXITSTATUS(state);
}

static int
child_read_summary(const char *dir, json_t **summary)
{
	char *path = cli_text("%s/summary.json", dir);

	if (path == NULL)
		return cli_no_memory();
	*summary = json_load_file(path, 0, NULL);
	int exit_status =
	    *summary != NULL ? CLI_DONE : cli_fail(CLI_SYSTEM, "%s: cannot be read", path);

	free(path);
	return exit_status;
}

int
cli_child_run(struct cli_child *child, const char *dir, struct cli_child_cost *cost,
	      json_t **summary)
{
	pid_t pid = 0;

	*summary = NULL;
	if (child->failed)
		return cli_no_memory();
	double start_s = cli_wall_s();
	int exit_status = child_spawn(child, &pid);

	if (exit_status == CLI_DONE)
		exit_status = child_wait(pid, cost);
	cost->wall_s = cli_wall_s() - start_s;
	if (exit_status == CLI_DONE)
		exit_status = child_read_summary(dir, summary);
	if (exit_status == CLI_DONE)
		cli_remove_tree(dir);
	return exit_status;
}

int
cli_in_temp_folder(cli_folder_work_fn work, void *arg)
{
	const char *base = getenv("TMPDIR");
	char *temp = cli_text("%s/nbsec-run-XXXXXX", base == NULL ? "/tmp" : base);
	char *dir = NULL;
	int exit_status = CLI_SYSTEM;

	if (temp == NULL) {
		cli_no_memory();
	} else if (mkdtemp(temp) == NULL) {
		cli_fail(CLI_SYSTEM, "%s: %s", temp, strerror(errno));
	} else {
		dir = cli_text("%s/run", temp);
		exit_status = dir == NULL ? cli_no_memory() : work(arg, dir);
		cli_remove_tree(temp);
	}
	free(dir);
	free(temp);
	return exit_status;
}
