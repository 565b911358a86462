/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a good scenario becomes: defaults, forms, overrides, the document as run, limits. */
#include "scenarios/loader_test_util.h"

#include <unistd.h>

#define NS_MS UINT64_C(1000000)
#define NS_S UINT64_C(1000000000)

static struct outcome
load_string(const char *text)
{
	return load_text(text, strlen(text), 0, NULL, 0);
}

/* The shortest scenario: what is not said has the documented default. */
static void
test_defaults(void **state)
{
	(void)state;
	struct outcome out = load_string("name: x\nfleets: " ONE_FLEET "\n");
	assert_int_equal(out.status, NBS_OK);
	assert_string_equal(out.messages, "");
	const struct nbs_scenario *s = out.scenario;
	assert_string_equal(s->description, "");
	assert_int_equal(s->seed, 1);
	assert_true(s->start_unix_s == 1767225600); /* 2026-01-01T00:00:00Z */
	assert_true(s->duration_ns == 86400 * NS_S);
	struct nbs_network_config net;
	nbs_network_config_default(&net);
	assert_true(s->network.t3412_ns == net.t3412_ns && s->network.alpha == net.alpha);
	assert_int_equal(s->network.cdrx.enabled, net.cdrx.enabled);
	assert_int_equal(nbs_network_config_check(&s->network, NULL, 0), NBS_OK);
	assert_true(s->gateway.bind_identity && s->gateway.cookies);
	struct nbs_battery_config ideal, battery;
	nbs_battery_config_default(&ideal);
	nbs_scenario_battery(s, &battery);
	assert_memory_equal(&battery, &ideal, sizeof(ideal));
	assert_true(s->battery.voltage_v == 3.6);
	assert_false(s->battery.until_empty);
	assert_int_equal(s->fleets[0].mcl_db.kind, NBS_DIST_FIXED);
	assert_true(s->fleets[0].mcl_db.a == 144);
	assert_int_equal(s->fleets[0].stack, NBS_HOST_LIGHT);
	assert_int_equal(s->attack_count, 0);
	assert_null(s->attacks);
	assert_int_equal(s->check_count, 0);
	outcome_fini(&out);
}

/* ---- what has several forms ---- */

static void
load_network(const char *network, struct nbs_network_config *net)
{
	char text[512];
	snprintf(text, sizeof(text), "name: x\nfleets: %s\nnetwork: {%s}\n", ONE_FLEET, network);
	struct outcome out = load_string(text);
	assert_string_equal(out.messages, "");
	*net = out.scenario->network;
	outcome_fini(&out);
}

/* The table of TS 36.321 7.2-2: 0, 256 and so on up to 524,288 ms for the indices 0 to 12. */
static void
test_backoff(void **state)
{
	(void)state;
	static const unsigned ms[] = {0,     256,   512,   1024,   2048,   4096,  8192,
				      16384, 32768, 65536, 131072, 262144, 524288};
	struct nbs_network_config net;
	char text[64];
	for (unsigned i = 0; i < sizeof(ms) / sizeof(ms[0]); i++) {
		snprintf(text, sizeof(text), "backoff: %u ms", ms[i]);
		load_network(text, &net);
		assert_int_equal(net.backoff_index, i);
	}
	load_network("backoff: off", &net);
	assert_int_equal(net.backoff_index, NBS_BACKOFF_NONE);
	load_network("backoff: 0", &net);
	assert_int_equal(net.backoff_index, 0);
}

static void
test_forms(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double value;
	} nb[] = {{"nb: 4T", 4}, {"nb: T", 1}, {"nb: T/64", 0.015625}, {"nb: T/1024", 1 / 1024.0}};
	struct nbs_network_config net;
	load_network("s1_delay: {uniform: [10 ms, 40 ms]}", &net);
	assert_int_equal(net.s1_delay.kind, NBS_DELAY_UNIFORM);
	assert_true(net.s1_delay.a_ns == 10 * NS_MS && net.s1_delay.b_ns == 40 * NS_MS);
	load_network("s1_delay: 30 ms", &net);
	assert_int_equal(net.s1_delay.kind, NBS_DELAY_FIXED);
	assert_true(net.s1_delay.a_ns == 30 * NS_MS);
	load_network("capture: off, dl_gap: off, edrx: off, outages: []", &net);
	assert_false(net.capture || net.dl_gap.enabled || net.edrx_cycle_ns > 0);
	load_network("capture: on", &net);
	assert_true(net.capture && net.capture_db == 6);
	load_network("edrx: {cycle: 20.48 s}", &net); /* the window's default: 10.24 s */
	assert_true(net.edrx_cycle_ns == 20480 * NS_MS && net.ptw_ns == 10240 * NS_MS);
	for (size_t i = 0; i < sizeof(nb) / sizeof(nb[0]); i++) {
		load_network(nb[i].text, &net);
		assert_true(net.nb_t == nb[i].value);
	}
}

/* ---- the document as run ---- */

static void
test_round_trip(void **state)
{
	(void)state;
	static const char *const files[] = {"smart-metering.yaml", "insider.yaml",
					    "sleep-session.yaml"};
	for (size_t i = 0; i < 3; i++)
		nbs_scenario_free(again(load_file(files[i], NULL, 0)));
}

/* Texts that YAML would read as something else when written without quotes. */
static void
test_round_trip_text(void **state)
{
	(void)state;
	static const char *const texts[] = {"null", "~",  "",       "- a", "#no", "a: b",
					    "a #b", "'",  "\\\"",   "on",  "*x",  "&x",
					    "!x",   "%x", "Zähler", " a ", "{}",  "?"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char text[256];
		snprintf(text, sizeof(text), "name: x\ndescription: \"%s\"\nfleets: %s\n", texts[i],
			 ONE_FLEET);
		struct outcome out = load_string(text);
		assert_int_equal(out.status, NBS_OK);
		const char *want = strcmp(texts[i], "\\\"") == 0 ? "\"" : texts[i];
		assert_string_equal(out.scenario->description, want);
		out.scenario = again(out.scenario);
		assert_string_equal(out.scenario->description, want);
		outcome_fini(&out);
	}
}

static void
test_seed(void **state)
{
	(void)state;
	const char *text = "name: x\nseed: 5 # five\nfleets: " ONE_FLEET "\n";
	struct outcome out = load_text(text, strlen(text), 0, NULL, 0);
	assert_int_equal(out.scenario->seed, 5);
	outcome_fini(&out);
	out = load_text(text, strlen(text), 77, NULL, 0);
	assert_int_equal(out.scenario->seed, 77);
	assert_non_null(strstr(out.scenario->yaml, "name: x\nseed: 77\nfleets:\n"));
	outcome_fini(&out);
	/* Without one in the file the default is written, behind the name. */
	out = load_string("name: x\nfleets: " ONE_FLEET "\n");
	assert_non_null(strstr(out.scenario->yaml, "name: x\nseed: 1\nfleets:\n"));
	outcome_fini(&out);
}

/* ---- overrides ---- */

static void
test_overrides(void **state)
{
	(void)state;
	static const char *const sets[] = {
	    "fleets.dtls.devices=5",
	    "fleets[0].mcl={normal: {mean: 140 dB, sd: 2 dB}}",
	    "fleets.1.mqttsn.session=sleep", /* makes the mapping */
	    "network.c_drx.enabled=on",      /* gives the word "off" place for a mapping */
	    "attacks.dtls.attempts=3",       /* by its target */
	    "description=a: b",
	    "checks=[]",
	    "fleets.dtls.devices=6", /* the last one counts */
	};
	/* "a: b" is a block of YAML: refused; so in quotes. */
	const char *quoted[8];
	memcpy(quoted, sets, sizeof(quoted));
	quoted[5] = "description=\"a: b\"";
	struct nbs_scenario *s = load_file("smart-metering.yaml", quoted, 8);
	assert_int_equal(s->fleets[1].devices, 6);
	assert_int_equal(s->fleets[0].devices, 20);
	assert_int_equal(s->fleets[0].mcl_db.kind, NBS_DIST_NORMAL);
	assert_int_equal(s->fleets[1].mqttsn.session, NBS_SESSION_SLEEP);
	assert_true(s->network.cdrx.enabled);
	assert_int_equal(s->attacks[1].attempts, 3);
	assert_int_equal(s->attacks[0].attempts, 700);
	assert_string_equal(s->description, "a: b");
	assert_int_equal(s->check_count, 0);
	nbs_scenario_free(again(s));
	struct nbs_override block = {sets[5]};
	const char *text = "name: x\nfleets: " ONE_FLEET "\n";
	struct outcome out = load_text(text, strlen(text), 0, &block, 1);
	assert_int_equal(out.status, NBS_E_INVALID);
	assert_non_null(strstr(out.messages, "found a block of YAML"));
	outcome_fini(&out);
}

/* A list that the file leaves out is made as long as needed. */
static void
test_override_makes_list(void **state)
{
	(void)state;
	struct nbs_override sets[] = {{"network.coverage_levels.2.nprach_repetitions=64"},
				      {"network.coverage_levels[0].nprach_attempts=10"}};
	const char *text = "name: x\nfleets: " ONE_FLEET "\n";
	struct outcome out = load_text(text, strlen(text), 0, sets, 2);
	assert_string_equal(out.messages, "");
	assert_int_equal(out.scenario->network.ce[2].nprach_repetitions, 64);
	assert_int_equal(out.scenario->network.ce[0].nprach_attempts, 10);
	assert_int_equal(out.scenario->network.ce[1].nprach_attempts, 4);
	outcome_fini(&out);
}

/* ---- what is refused before the schema ---- */

static void
refuse(const char *text, size_t len, const char *message)
{
	struct outcome out = load_text(text, len, 0, NULL, 0);
	assert_int_equal(out.status, NBS_E_INVALID);
	if (strstr(out.messages, message) == NULL)
		fail_msg("got %s\nwant %s", out.messages, message);
	outcome_fini(&out);
}

/* Bytes of RFC 3629 section 10 and the Unicode standard's table 3-7, and control characters. */
static void
test_bytes(void **state)
{
	(void)state;
	refuse("name: \xc0\xaf\n", 9, "x.yaml:1:7: found the byte 0xc0, expected UTF-8");
	refuse("name: \xed\xa0\x80\n", 10, "found the byte 0xed, expected UTF-8");
	refuse("name: \xf4\x90\x80\x80\n", 11, "found the byte 0xf4, expected UTF-8");
	refuse("name: \x80\n", 8, "found the byte 0x80, expected UTF-8");
	refuse("a\n\xff", 3, "x.yaml:2:1: found the byte 0xff, expected UTF-8");
	refuse("name: \xe2\x82", 8, "found the byte 0xe2, expected UTF-8");
	refuse("name: x\0\n", 9, "x.yaml:1:8: found the control character U+0000");
	refuse("name: \033[31mx\n", 12, "x.yaml:1:7: found the control character U+001B");
	refuse("name: \xc2\x9bx\n", 10, "found the control character U+009B");
	refuse("name: \xe2\x80\xa8\n", 10, "found the control character U+2028");
	refuse("name: x\ry: 1\n", 13, "found the control character U+000D");
	refuse("\xff\xfen\0", 4, "x.yaml:1:1: found the byte 0xff, expected UTF-8"); /* UTF-16 */
	/* Fine: CR LF line ends, a byte-order mark, characters of two, three and four bytes. */
	struct outcome out = load_string("\xef\xbb\xbfname: x\r\ndescription: \xc3\xa9\xe2\x82\xac"
					 "\xf0\x9f\x98\x80\r\nfleets: " ONE_FLEET "\r\n");
	assert_string_equal(out.messages, "");
	assert_string_equal(out.scenario->description, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	outcome_fini(&out);
}

static void
check_description(const char *yaml, const char *want)
{
	char text[512];
	snprintf(text, sizeof(text), "name: x\nfleets: %s\ndescription: %s\n", ONE_FLEET, yaml);
	struct outcome out = load_string(text);
	assert_string_equal(out.messages, "");
	assert_string_equal(out.scenario->description, want);
	outcome_fini(&out);
}

/* YAML 1.2 7.3.1 to 7.3.3 and 8.1.3: what the five ways of writing a scalar mean. */
static void
test_scalars(void **state)
{
	(void)state;
	check_description("a b  # c", "a b");
	check_description("a\n  b", "a b");
	check_description("'it''s'", "it's");
	check_description("'a''''b'", "a''b");
	check_description("''''", "'");
	check_description("''", "");
	check_description("'a\\n\"'", "a\\n\"");
	check_description("'12345678''''''''''''''''''''''''''''''''''''''''9'",
			  "12345678''''''''''''''''''''9");
	check_description("\"a\\\"\\\\ \\x41\\u00e9\"", "a\"\\ A\xc3\xa9");
	check_description("\"a\n  b\"", "a b");
	check_description(">-\n  a\n  b", "a b");
	check_description("|-\n  a: b", "a: b");
	refuse("name: x\ndescription: 'a\n  b'\n", 29,
	       "x.yaml:2:15: found single quotes over several lines, expected them on one line");
}

/* An escape in quotes can make bytes that the text does not have. */
static void
test_escapes(void **state)
{
	(void)state;
	struct outcome out =
	    load_string("name: x\ndescription: \"a\\0b\\e[31m\"\nfleets: " ONE_FLEET "\n");
	assert_int_equal(out.status, NBS_E_INVALID);
	assert_non_null(strstr(out.messages, "found `a?b?[31m` (a control character"));
	assert_null(strchr(out.messages, '\033'));
	outcome_fini(&out);
}

static void
test_size_limit(void **state)
{
	(void)state;
	size_t limit = 8388608; /* 8 * 1024 * 1024 */
	char *text = malloc(limit + 1);
	assert_non_null(text);
	const char head[] = "name: x\nfleets: " ONE_FLEET "\n#";
	for (size_t i = 0; i <= limit; i++) /* a comment fills the file to its limit */
		text[i] = i < sizeof(head) - 1 ? head[i] : 'x';
	struct outcome out = load_text(text, limit, 0, NULL, 0);
	assert_int_equal(out.status, NBS_OK);
	outcome_fini(&out);
	refuse(text, limit + 1, "found more than 8388608 bytes, expected at most 8 MB");
	free(text);
}

static void
test_depth_limit(void **state)
{
	(void)state;
	refuse("a: [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]\n", 37,
	       "x.yaml:1:19: found values nested deeper");
	size_t len = 1U << 20;
	char *text = malloc(len);
	assert_non_null(text);
	memset(text, '[', len);
	refuse(text, len, "found values nested deeper than 16 levels");
	memset(text, '{', len);
	refuse(text, len, "x.yaml:1:");
	free(text);
}

/* A million values: bounded memory, and the duplicate check is not quadratic. */
static void
test_many_keys(void **state)
{
	(void)state;
	size_t size = 0;
	char *text = NULL;
	FILE *file = open_memstream(&text, &size);
	assert_non_null(file);
	fputs("name: x\nfleets: " ONE_FLEET "\n", file);
	for (unsigned i = 0; i < 300000; i++)
		fprintf(file, "k%06u: 1\n", i);
	fputs("k000000: 2\n", file);
	assert_int_equal(fclose(file), 0);
	/* Lines 1 and 2 are the head: k000000 is on line 3, its double 300,000 lines on. */
	refuse(text, size,
	       "x.yaml:300003:1: found the key `k000000` again, expected it once (it is already on "
	       "line 3)");
	free(text);
	file = open_memstream(&text, &size);
	assert_non_null(file);
	fputs("a: [", file);
	for (unsigned i = 0; i < 1000001; i++)
		fputs("1,", file);
	assert_int_equal(fclose(file), 0);
	refuse(text, size, "found more than 1000000 values, expected a smaller file");
	free(text);
}

/* Nine levels of nine aliases: 9^9 values if anybody expanded them. */
static void
test_billion_laughs(void **state)
{
	(void)state;
	char text[1024] = "a: &a [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n";
	for (int c = 'b'; c <= 'i'; c++)
		nbsi_append(text, sizeof(text), "%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n",
			    c, c, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1);
	refuse(text, strlen(text), "x.yaml:1:5: found an anchor (&)");
}

/* ---- files ---- */

static void
test_files(void **state)
{
	(void)state;
	struct nbs_scenario *untouched = (struct nbs_scenario *)&untouched, *s = untouched;
	char *messages = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&messages, &size);
	assert_non_null(out);
	assert_int_equal(nbs_scenario_load("no/such.yaml", 0, NULL, 0, out, &s), NBS_E_NOTFOUND);
	assert_int_equal(nbs_scenario_load(".", 0, NULL, 0, out, &s), NBS_E_INVALID);
	assert_int_equal(nbs_scenario_load("no/such.yaml", 0, NULL, 0, NULL, &s), NBS_E_NOTFOUND);
	assert_int_equal(nbsi_scenario_parse("x", "a", 1, 0, NULL, 0, NULL, &s), NBS_E_INVALID);
	assert_int_equal(fclose(out), 0);
	assert_ptr_equal(s, untouched);
	assert_string_equal(messages, "no/such.yaml: cannot be read: No such file or directory\n"
				      ".: cannot be read: Is a directory\n");
	free(messages);
	nbs_scenario_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_defaults),        cmocka_unit_test(test_backoff),
	    cmocka_unit_test(test_forms),           cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_round_trip_text), cmocka_unit_test(test_seed),
	    cmocka_unit_test(test_overrides),       cmocka_unit_test(test_override_makes_list),
	    cmocka_unit_test(test_bytes),           cmocka_unit_test(test_scalars),
	    cmocka_unit_test(test_escapes),         cmocka_unit_test(test_size_limit),
	    cmocka_unit_test(test_depth_limit),     cmocka_unit_test(test_many_keys),
	    cmocka_unit_test(test_billion_laughs),  cmocka_unit_test(test_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
