/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of the command that need no simulation: hexadecimal digits, numbers, exit statuses, the
 * progress line, and the folder of a run in all the ways it can go.
 */
#include "cli/cli.h"
#include "cli/folder.h"
#include "cli/hex.h"
#include "cli/progress.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[] = "/tmp/nbsec-cli-XXXXXX";

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(home) == NULL || chdir(home) != 0 ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	if (chdir("/") != 0)
		return -1;
	cli_remove_tree(home);
	return access(home, F_OK) == 0 ? -1 : 0;
}

/* ---- text ---- */

static const struct {
	const char *text;
	enum nbs_status status;
	const char *want; /* the bytes, or words of the reason */
} hex_cases[] = {
    {"0216", NBS_OK, "\x02\x16"},
    {"02 16", NBS_OK, "\x02\x16"},
    {" aA:Bb\tcC\n", NBS_OK, "\xaa\xbb\xcc"},
    {"", NBS_E_INVALID, "no digits"},
    {" : ", NBS_E_INVALID, "no digits"},
    {"0", NBS_E_INVALID, "character 1 has no partner"},
    {"02 1", NBS_E_INVALID, "character 4 has no partner"},
    {"0 216", NBS_E_INVALID, "character 1 has no partner"},
    {"02x6", NBS_E_INVALID, "character 3 is 'x'"},
    {"021x", NBS_E_INVALID, "character 4 is 'x'"},
    {"02\xc3\xa9", NBS_E_INVALID, "character 3 is byte 0xc3"},
    {"0x02", NBS_E_INVALID, "character 2 is 'x'"},
    {"01020304050607080900", NBS_E_RANGE, "more than 8 bytes"},
};

static void
test_hex(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hex_cases) / sizeof(hex_cases[0]); i++) {
		uint8_t data[8];
		size_t len = 0;
		char why[128] = "";
		enum nbs_status status =
		    cli_hex_parse(hex_cases[i].text, data, sizeof(data), &len, why, sizeof(why));

		if (status != hex_cases[i].status)
			fail_msg("\"%s\": status %d, %s", hex_cases[i].text, status, why);
		if (status != NBS_OK && strstr(why, hex_cases[i].want) == NULL)
			fail_msg("\"%s\": %s", hex_cases[i].text, why);
		if (status == NBS_OK) {
			assert_int_equal(len, strlen(hex_cases[i].want));
			assert_memory_equal(data, hex_cases[i].want, len);
		}
	}
}

static void
test_numbers(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "", "0", "11", "-1", "+5", " 5", "5 ", "5x", "0x5", "1e1", "99999999999999999999"};
	unsigned long long number = 0;

	assert_true(cli_parse_number("1", 1, 10, &number));
	assert_int_equal(number, 1);
	assert_true(cli_parse_number("010", 1, 10, &number));
	assert_int_equal(number, 10);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cli_parse_number(bad[i], 1, 10, &number));
}

static void
test_exit_statuses(void **state)
{
	(void)state;
	static const int want[NBS_STATUS__COUNT] = {
	    [NBS_OK] = 0,      [NBS_E_INTERNAL] = 3,  [NBS_E_NOMEM] = 3,      [NBS_E_ARG] = 2,
	    [NBS_E_STATE] = 3, [NBS_E_TRUNCATED] = 2, [NBS_E_INVALID] = 2,    [NBS_E_RANGE] = 2,
	    [NBS_E_IO] = 3,    [NBS_E_NOTFOUND] = 2,  [NBS_E_INTERRUPTED] = 3};

	for (int i = 0; i < NBS_STATUS__COUNT; i++)
		assert_int_equal(cli_exit_of((enum nbs_status)i), want[i]);
}

/* 6 h of 24 h in 2 s: 10,800 x real time, and 2 s * 18/6 = 6 s left. */
static void
test_progress(void **state)
{
	(void)state;
	char text[160];

	cli_progress_text(text, sizeof(text), 2, UINT64_C(21600000000000), UINT64_C(86400000000000),
			  1250000);
	assert_string_equal(
	    text, "6.0 of 24.0 h simulated (25 %), 1.2 M events, 10800 x real time, 6 s left");
	assert_true(strlen(text) <= 79);
}

/* ---- the folder of a run ---- */

static void
make_file(const char *path)
{
	int file = open(path, O_CREAT | O_WRONLY, 0666);

	assert_true(file >= 0);
	close(file);
}

static bool
exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void
test_folder_appears_when_whole(void **state)
{
	(void)state;
	struct cli_folder folder;
	char text[32] = "";

	assert_int_equal(cli_folder_begin(&folder, "a/b/run///", false), CLI_DONE);
	assert_string_equal(folder.target, "a/b/run");
	assert_true(exists(folder.temp));
	assert_false(exists("a/b/run"));
	assert_int_equal(cli_folder_write(&folder, "results.sqlite", "one ", "two"), CLI_DONE);
	assert_int_equal(cli_folder_commit(&folder), CLI_DONE);
	FILE *file = fopen("a/b/run/results.sqlite", "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	assert_string_equal(text, "one two");
	cli_folder_end(&folder);
	assert_true(exists("a/b/run"));
}

static void
test_folder_goes_when_not_committed(void **state)
{
	(void)state;
	struct cli_folder folder;

	assert_int_equal(cli_folder_begin(&folder, "c", false), CLI_DONE);
	char *temp = cli_text("%s", folder.temp);
	char *inner = cli_folder_path(&folder, "pcap");
	assert_int_equal(mkdir(inner, 0777), 0);
	assert_int_equal(cli_folder_write(&folder, "pcap/x.pcap", "", ""), CLI_DONE);
	cli_folder_end(&folder);
	assert_false(exists(temp));
	assert_false(exists("c"));
	free(temp);
	free(inner);
}

static void
test_existing_folder_is_left_alone(void **state)
{
	(void)state;
	struct cli_folder folder;

	assert_int_equal(mkdir("d", 0777), 0);
	make_file("d/results.sqlite");
	assert_int_equal(cli_folder_begin(&folder, "d", false), CLI_BAD_INPUT);
	assert_null(folder.temp);
	assert_true(exists("d/results.sqlite"));
	cli_folder_end(&folder);
	assert_true(exists("d/results.sqlite"));
}

static void
test_force_replaces_a_run(void **state)
{
	(void)state;
	struct cli_folder folder;

	assert_int_equal(mkdir("e", 0777), 0);
	make_file("e/results.sqlite");
	make_file("e/keys.log");
	assert_int_equal(cli_folder_begin(&folder, "e", true), CLI_DONE);
	assert_true(exists("e/keys.log")); /* until the new one is whole */
	assert_int_equal(cli_folder_write(&folder, "summary.json", "", ""), CLI_DONE);
	assert_int_equal(cli_folder_commit(&folder), CLI_DONE);
	cli_folder_end(&folder);
	assert_true(exists("e/summary.json"));
	assert_false(exists("e/keys.log"));
	assert_int_equal(mkdir("f", 0777), 0); /* an empty one may go too; so may none */
	assert_int_equal(cli_folder_begin(&folder, "f", true), CLI_DONE);
	assert_int_equal(cli_folder_commit(&folder), CLI_DONE);
	cli_folder_end(&folder);
	assert_int_equal(cli_folder_begin(&folder, "g", true), CLI_DONE);
	assert_int_equal(cli_folder_commit(&folder), CLI_DONE);
	cli_folder_end(&folder);
	assert_true(exists("g"));
}

/* What is no run is not replaced, whatever the option says; nor are names that are no names. */
static void
test_force_spares_what_is_no_run(void **state)
{
	(void)state;
	static const char *const targets[] = {"home", "mixed",   "file", "link", ".",
					      "..",   "home/..", "/",    ""};
	struct cli_folder folder;

	assert_int_equal(mkdir("home", 0777), 0);
	make_file("home/letter");
	assert_int_equal(mkdir("mixed", 0777), 0); /* a run's folder with a note of the user's */
	make_file("mixed/results.sqlite");
	make_file("mixed/notes.txt");
	make_file("file");
	assert_int_equal(symlink("d", "link"), 0);
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		assert_int_equal(cli_folder_begin(&folder, targets[i], true), CLI_BAD_INPUT);
		cli_folder_end(&folder);
	}
	assert_true(exists("home/letter"));
	assert_true(exists("file"));
	assert_int_equal(cli_folder_begin(&folder, "file/run", false), CLI_SYSTEM);
	cli_folder_end(&folder);
}

/* Somebody else's folder at the target when the run ends: the run's files are not lost. */
static void
test_late_collision_keeps_the_run(void **state)
{
	(void)state;
	struct cli_folder folder;

	assert_int_equal(cli_folder_begin(&folder, "h", false), CLI_DONE);
	char *temp = cli_text("%s", folder.temp);
	assert_int_equal(mkdir("h", 0777), 0);
	make_file("h/theirs");
	assert_int_equal(cli_folder_commit(&folder), CLI_SYSTEM);
	cli_folder_end(&folder);
	assert_true(exists("h/theirs"));
	assert_true(exists(temp));
	free(temp);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hex),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_exit_statuses),
	    cmocka_unit_test(test_progress),
	    cmocka_unit_test(test_folder_appears_when_whole),
	    cmocka_unit_test(test_folder_goes_when_not_committed),
	    cmocka_unit_test(test_existing_folder_is_left_alone),
	    cmocka_unit_test(test_force_replaces_a_run),
	    cmocka_unit_test(test_force_spares_what_is_no_run),
	    cmocka_unit_test(test_late_collision_keeps_the_run),
	};

	return cmocka_run_group_tests_name("cli_parts", tests, setup, teardown);
}
