/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a good scenario becomes: every field, defaults, overrides, the document as run, limits. */
#include "scenarios/loader_test_util.h"

#include <unistd.h>

#define NS_MS UINT64_C(1000000)
#define NS_S UINT64_C(1000000000)

static struct nbs_scenario *
load_file(const char *path, const char *const *sets, size_t n)
{
	struct nbs_override overrides[8];
	struct nbs_scenario *scenario = NULL;
	assert_true(n <= 8);
	for (size_t i = 0; i < n; i++)
		overrides[i].text = sets[i];
	enum nbs_status status = nbs_scenario_load(path, 0, overrides, n, stderr, &scenario);
	if (status != NBS_OK)
		fail_msg("%s: %s", path, nbs_status_str(status));
	return scenario;
}

static struct outcome
load_string(const char *text)
{
	return load_text(text, strlen(text), 0, NULL, 0);
}

/* ---- vectors/everything.yaml, key by key ---- */

static void
check_network(const struct nbs_network_config *net)
{
	assert_int_equal(net->deployment, NBS_STAND_ALONE);
	assert_int_equal(net->receiver, NBS_RX_MINIMUM);
	assert_int_equal(net->link, NBS_LINK_IDEAL);
	assert_int_equal(net->optimisation, NBS_CONTROL_PLANE);
	assert_true(net->nrs_power_dbm == 32.2);
	assert_true(net->nrsrp_threshold_dbm[0] == -107 && net->nrsrp_threshold_dbm[1] == -117);
	assert_true(net->inactivity_timer_ns == 11 * NS_S);
	assert_true(net->cdrx.enabled);
	assert_true(net->cdrx.cycle_ns == 4096 * NS_MS);
	assert_true(net->cdrx.on_duration_ns == 130 * NS_MS);
	assert_true(net->cdrx.inactivity_ns == 260 * NS_MS);
	assert_false(net->release_assistance);
	assert_true(net->t3324_ns == 14 * NS_S);
	assert_true(net->t3412_ns == 12 * 3600 * NS_S);
	assert_int_equal(net->npdcch_paging_rmax, 64);
	assert_true(net->idle_drx_cycle_ns == 5120 * NS_MS);
	assert_true(net->s1_delay_ns == 17 * NS_MS);
	assert_int_equal(net->nprach_cp_format, 1);
	assert_true(net->preamble_target_dbm == -112);
	assert_true(net->power_ramp_db == 4);
	assert_int_equal(net->preamble_trans_max, 6);
	assert_true(net->p0_nominal_dbm == -105);
	assert_true(net->alpha == 0.9);
	assert_true(net->delta_msg3_db == 6);
	assert_true(net->t300_ns == 6 * NS_S);
}

static void
check_levels(const struct nbs_network_config *net)
{
	struct nbs_network_config start;
	nbs_network_config_default(&start);
	const struct nbs_ce_config *ce = net->ce;
	assert_int_equal(ce[0].nprach_period_ms, 80);
	assert_int_equal(ce[0].nprach_start_ms, 16);
	assert_int_equal(ce[0].nprach_subcarriers, 24);
	assert_int_equal(ce[0].nprach_repetitions, 1);
	assert_int_equal(ce[0].nprach_attempts, 3);
	assert_int_equal(ce[0].npdcch_ra_rmax, 16);
	assert_true(ce[0].npdcch_ra_g == 1.5);
	assert_int_equal(ce[0].npdcch_rmax, 32);
	assert_true(ce[0].npdcch_g == 4);
	assert_int_equal(ce[0].ra_window_pp, 10);
	assert_int_equal(ce[0].contention_timer_pp, 64);
	assert_int_equal(ce[0].ack_nack_repetitions, 16);
	assert_int_equal(ce[0].ack_nack_msg4_repetitions, 128);
	/* What a level leaves out keeps its default. */
	assert_int_equal(ce[1].nprach_period_ms, 320);
	assert_int_equal(ce[1].npdcch_rmax, 64);
	assert_int_equal(ce[1].nprach_start_ms, start.ce[1].nprach_start_ms);
	assert_int_equal(ce[2].npdcch_ra_rmax, start.ce[2].npdcch_ra_rmax);
}

static void
check_first_fleet(const struct nbs_fleet_config *fleet)
{
	assert_string_equal(fleet->name, "first");
	assert_int_equal(fleet->devices, 321);
	assert_string_equal(fleet->modem, "sara-n211");
	assert_int_equal(fleet->mcl_db.kind, NBS_DIST_NORMAL);
	assert_true(fleet->mcl_db.a == 141.5 && fleet->mcl_db.b == 6.25);
	assert_int_equal(fleet->stack, NBS_HOST_LIGHT);
	assert_int_equal(fleet->security, NBS_SEC_DTLS_PSK);
	assert_string_equal(fleet->client_id.prefix, "C:");
	assert_true(fleet->client_id.first == 12 && fleet->client_id.digits == 5);
	assert_false(fleet->dtls.identity_is_client_id);
	assert_string_equal(fleet->dtls.identity.prefix, "id.");
	assert_true(fleet->dtls.identity.first == 34 && fleet->dtls.identity.digits == 4);
	assert_true(fleet->dtls.timeout_min_ns == 2500 * NS_MS);
	assert_true(fleet->dtls.timeout_max_ns == 45 * NS_S);
	assert_int_equal(fleet->mqttsn.session, NBS_SESSION_SLEEP);
	assert_string_equal(fleet->mqttsn.topic, "plant/%s/power");
	assert_int_equal(fleet->mqttsn.keepalive_s, 65535);
	assert_int_equal(fleet->mqttsn.qos, 0);
	assert_true(fleet->mqttsn.t_retry_ns == 13 * NS_S);
	assert_int_equal(fleet->mqttsn.n_retry, 5);
	assert_int_equal(fleet->mqttsn.session_lost, NBS_LOST_RESEND);
	assert_true(fleet->report_period_ns == 900 * NS_S);
	assert_int_equal(fleet->payload_bytes, 199);
}

/* What the second fleet does not say is the table's default; the stack is the top level's. */
static void
check_second_fleet(const struct nbs_fleet_config *fleet)
{
	assert_string_equal(fleet->modem, "sara-n211");
	assert_int_equal(fleet->mcl_db.kind, NBS_DIST_UNIFORM);
	assert_true(fleet->mcl_db.a == 125.5 && fleet->mcl_db.b == 160.25);
	assert_int_equal(fleet->stack, NBS_HOST_NS3);
	assert_int_equal(fleet->security, NBS_SEC_NONE);
	assert_string_equal(fleet->client_id.prefix, "");
	assert_true(fleet->client_id.first == 9 && fleet->client_id.digits == 1);
	assert_true(fleet->dtls.identity_is_client_id);
	assert_true(fleet->dtls.timeout_min_ns == NS_S); /* RFC 6347 4.2.4.1: 1 s to 60 s */
	assert_true(fleet->dtls.timeout_max_ns == 60 * NS_S);
	assert_int_equal(fleet->mqttsn.session, NBS_SESSION_KEEPALIVE);
	assert_string_equal(fleet->mqttsn.topic, "meters/%s");
	assert_int_equal(fleet->mqttsn.keepalive_s, 7200);
	assert_int_equal(fleet->mqttsn.qos, 1);
	assert_true(fleet->mqttsn.t_retry_ns == 10 * NS_S); /* MQTT-SN v1.2 7.2 */
	assert_int_equal(fleet->mqttsn.n_retry, 3);
	assert_int_equal(fleet->mqttsn.session_lost, NBS_LOST_DROP);
	assert_true(fleet->report_period_ns == 3600 * NS_S);
	assert_int_equal(fleet->payload_bytes, 64);
}

static void
check_attack_and_checks(const struct nbs_scenario *s)
{
	const struct nbs_attack_config *attack = &s->attacks[0];
	assert_int_equal(s->attack_count, 1);
	assert_string_equal(attack->kind, "clientid-spoof");
	assert_string_equal(attack->target, "first");
	assert_true(attack->start_ns == 5400 * NS_S && attack->period_ns == 7 * NS_S);
	assert_int_equal(attack->attempts, 777);
	assert_string_equal(attack->guess.prefix, "G_");
	assert_true(attack->guess.first == 55 && attack->guess.digits == 3);
	assert_int_equal(attack->guess_count, 66);
	assert_int_equal(attack->credentials, NBS_CRED_INSIDER);
	assert_int_equal(attack->line, 66); /* "- kind: .." in vectors/everything.yaml */
	assert_int_equal(s->check_count, 3);
	assert_string_equal(s->checks[0].value, "fleets.first.messages.delivered");
	assert_true(s->checks[0].has_min && !s->checks[0].has_max && s->checks[0].min == 1.5);
	assert_true(!s->checks[1].has_min && s->checks[1].has_max && s->checks[1].max == -2.5);
	assert_true(s->checks[2].has_min && s->checks[2].has_max);
	assert_true(s->checks[2].min == 3 && s->checks[2].max == 4);
}

static void
check_everything(const struct nbs_scenario *s)
{
	assert_string_equal(s->name, "everything");
	assert_string_equal(s->description, "Each key: once");
	assert_int_equal(s->seed, NBS_SEED_MAX);
	assert_true(s->start_unix_s == 1907757296); /* date -u -d 2030-06-15T12:34:56Z +%s */
	assert_true(s->duration_ns == 36 * 3600 * NS_S);
	check_network(&s->network);
	check_levels(&s->network);
	assert_true(s->internet.delay_ns == 35 * NS_MS);
	assert_true(s->internet.rate_bps == 12500000);
	assert_true(s->internet.loss == 0.25);
	assert_false(s->gateway.bind_identity);
	assert_false(s->gateway.cookies);
	assert_int_equal(s->gateway.max_saved, 7);
	assert_true(s->battery.capacity_wh == 8.5);
	assert_int_equal(s->fleet_count, 2);
	check_first_fleet(&s->fleets[0]);
	check_second_fleet(&s->fleets[1]);
	check_attack_and_checks(s);
}

static void
test_everything(void **state)
{
	(void)state;
	struct nbs_scenario *s = load_file("vectors/everything.yaml", NULL, 0);
	check_everything(s);
	nbs_scenario_free(s);
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
	assert_true(s->gateway.bind_identity && s->gateway.cookies);
	assert_true(s->battery.capacity_wh == 5);
	assert_int_equal(s->fleets[0].mcl_db.kind, NBS_DIST_FIXED);
	assert_true(s->fleets[0].mcl_db.a == 144);
	assert_int_equal(s->fleets[0].stack, NBS_HOST_LIGHT);
	assert_int_equal(s->attack_count, 0);
	assert_null(s->attacks);
	assert_int_equal(s->check_count, 0);
	outcome_fini(&out);
}

/* ---- the document as run ---- */

/* Loading what a load wrote must give the same scenario and write the same. */
static struct nbs_scenario *
again(struct nbs_scenario *first)
{
	struct outcome out = load_string(first->yaml);
	if (out.status != NBS_OK)
		fail_msg("%s\n%s", out.messages, first->yaml);
	assert_string_equal(out.scenario->yaml, first->yaml);
	nbs_scenario_free(first);
	free(out.messages);
	return out.scenario;
}

static void
test_round_trip(void **state)
{
	(void)state;
	static const char *const files[] = {"smart-metering.yaml", "insider.yaml",
					    "sleep-session.yaml"};
	for (size_t i = 0; i < 3; i++)
		nbs_scenario_free(again(load_file(files[i], NULL, 0)));
	struct nbs_scenario *s = again(load_file("vectors/everything.yaml", NULL, 0));
	s->attacks[0].line = 66; /* stands elsewhere in the emitted document */
	check_everything(s);
	nbs_scenario_free(s);
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
	size_t limit = 8U * 1024U * 1024U;
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
	    cmocka_unit_test(test_everything),
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_round_trip_text),
	    cmocka_unit_test(test_seed),
	    cmocka_unit_test(test_overrides),
	    cmocka_unit_test(test_override_makes_list),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_scalars),
	    cmocka_unit_test(test_escapes),
	    cmocka_unit_test(test_size_limit),
	    cmocka_unit_test(test_depth_limit),
	    cmocka_unit_test(test_many_keys),
	    cmocka_unit_test(test_billion_laughs),
	    cmocka_unit_test(test_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
